"""Honest students are not accused of anything, however they round and whichever way they go.

`python -m tests.tools.simulations honest 20000` does the same with many more.
"""

from functools import cache

import pytest

from mlpcalc.marking.verdicts import Verdict
from tests.tools.simulations import Honest, cells, honest_students

SEEDS = (0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2)))
SHEETS = 100


@cache
def students(seed: int) -> list[Honest]:
    return list(honest_students(SHEETS, seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_honest_students_are_right_but_for_rounding(seed: int) -> None:
    assert [(sheet.name, sheet.text) for sheet in students(seed) if sheet.accused] == []
    assert all(sheet.marks.convention is None for sheet in students(seed))
    counts = cells(sheet.marks for sheet in students(seed))
    answered = counts.total() - counts[Verdict.BLANK]
    assert counts[Verdict.CORRECT] + counts[Verdict.COARSE] > 0.98 * answered
    assert counts[Verdict.COARSE] < 0.05 * answered
    assert counts[Verdict.UNCHECKED] < 0.005 * answered
