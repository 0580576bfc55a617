"""Figures compared with what they should be."""

import numpy as np
import pytest

from mlpcalc.marking.verdicts import Figures
from mlpcalc.numerics.interval import Ball

HALF = 0.005


@pytest.mark.parametrize(
    ("figure", "low", "high", "undecided"),
    [
        (0.1, 0.05, 0.15, False),
        (0.1, -0.05, 0.15, False),  # 0, but not twice the figure
        (0.1, 0.05, 0.25, False),  # twice the figure, but not 0
        (0.1, -0.05, 0.25, True),
        (0.1, 0.0, 0.2, True),  # just so far
        (0.1, -0.25, 0.05, False),  # twice the figure of the other sign
        (-0.1, -0.15, 0.05, False),
        (-0.1, -0.25, -0.05, False),
        (-0.1, -0.25, 0.05, True),
        (-0.1, -0.2, 0.0, True),
        (-0.1, -0.05, 0.25, False),
        (0.0, -0.005, 0.005, False),  # a 0 means less than half a unit
        (0.0, -0.005, 0.015, True),
        (0.0, 0.0, 0.0, False),  # nothing can be anything else
        (0.1, -np.inf, np.inf, True),
    ],
)
def test_what_can_be_nothing_and_twice_as_much_decides_nothing(
    figure: float, low: float, high: float, undecided: bool
) -> None:
    bounded = np.isfinite(high)
    centre, radius = ((low + high) / 2, (high - low) / 2) if bounded else (0.0, np.inf)
    figures = Figures(np.array([[figure]]), np.array([[HALF]]))
    assert figures.undecided(Ball(np.array([[centre]]), np.array([[radius]]))).item() == undecided
