"""One figure against what it should be: the verdicts, and the rules by which they fall."""

from collections.abc import Callable
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from mlpcalc.arrays import Array, Mask
from mlpcalc.numerics.interval import UNIT, Ball

_FUZZ = 16 * UNIT  # the ends of what a figure means are decimals, and floats only near them
_NOISE = 1e-13  # what double precision leaves of a figure that is exact on paper
_ZERO = 1e-13  # and of nothing, where terms of ordinary size have cancelled


class Verdict(IntEnum):
    """What is said of a cell, from the best to the worst; a quantity has the worst of its cells."""

    CORRECT = 0
    BLANK = 1
    ROUNDING = 2
    FOLLOWS = 3
    UNCHECKED = 4
    TRIVIAL = 5
    WRONG = 6

    @property
    def credited(self) -> bool:
        """Whether a cell with this verdict earns its share of the points."""
        return self in (Verdict.CORRECT, Verdict.ROUNDING, Verdict.FOLLOWS)


Verdicts = np.ndarray[tuple[int, ...], np.dtype[np.int8]]


class Figures(NamedTuple):
    """What a sheet, or a stack of sheets, has for one quantity.

    value: nan where it is blank. half: half the width of what is written, 0 for fractions.
    """

    value: Array
    half: Array

    @property
    def blank(self) -> Mask:
        """Where there is no figure."""
        return np.isnan(self.value)

    def ball(self, step: Ball) -> Ball:
        """All that the figures can mean; blanks as they follow, exact figures without any width.

        A figure that is exactly what its step gives, where the step leaves no choice, is exact: the 1 of a
        derivative of ReLU, the 0.5 that nobody rounded.
        """
        near = _NOISE * np.abs(self.value)
        exact = (np.abs(self.value - step.value) <= near) & (step.radius <= near)
        blank = self.blank
        value = np.where(blank, step.value, self.value)
        half = np.where(exact, step.radius, self.half)
        return Ball(value, np.where(blank, step.radius, half))

    def meets(self, ball: Ball, units: float = 1) -> Mask:
        """Where the figures, give or take half a unit (times `units`), can be the values in a ball."""
        reach = units * self.half + _FUZZ * (np.abs(self.value) + self.half)
        reach = reach + np.where((ball.value == 0) & (ball.radius == 0), _ZERO, ball.radius)
        met = np.abs(self.value - ball.value) <= reach
        return np.asarray(met | np.isinf(ball.radius))

    def undecided(self, ball: Ball) -> Mask:
        """Where a ball holds 0 and twice the figure, so that it says nothing."""
        twice = 2 * np.maximum(np.abs(self.value), self.half)
        twice = np.where(self.value < 0, -twice, twice)
        no_bound = np.isinf(ball.radius)
        with np.errstate(invalid="ignore"):
            low, high = ball.value - ball.radius, ball.value + ball.radius
        wide = (low <= 0) & (high >= 0) & (low <= twice) & (high >= twice) & (ball.radius > 0)
        return np.asarray(no_bound | wide)


def judge(
    figures: Figures,
    exact: Array,
    right: Ball,
    own: Ball,
    on_scratch: Callable[[Mask], tuple[Ball, Ball]],
) -> Verdicts:
    """The verdict on every cell.

    exact: the exact solution. right: what follows from the figures with all mistakes mended (line B). own:
    what follows from them as they are (line A). on_scratch: both with scratch paper, asked for only where
    nothing else would do; its argument says in which sheets (a mask over the stack).
    """
    blank = figures.blank
    solution = Ball(exact, np.where(np.isfinite(exact), _NOISE * np.abs(exact), 0.0))
    verdicts = np.full(figures.value.shape, Verdict.WRONG, np.int8)
    lines = [right] if right is own else [right, own]
    weakly = np.zeros(figures.value.shape, bool)
    for line in lines:
        met, unsaid = figures.meets(line), figures.undecided(line)
        weakly |= met & unsaid
        verdict = Verdict.CORRECT if line is right else Verdict.FOLLOWS
        verdicts[met & ~unsaid & (verdicts == Verdict.WRONG)] = verdict
    verdicts[figures.meets(solution)] = Verdict.CORRECT
    if (verdicts[~blank] == Verdict.WRONG).any():
        left = verdicts == Verdict.WRONG
        verdicts[left & weakly] = Verdict.UNCHECKED
        verdicts[left & figures.meets(solution, 2)] = Verdict.ROUNDING
        for line in lines:
            close = figures.meets(line, 2) & ~figures.undecided(line)
            verdicts[(verdicts == Verdict.WRONG) & close] = Verdict.ROUNDING
    left = (verdicts == Verdict.WRONG) & ~blank
    sheets = left.any(axis=(-1, -2))
    if sheets.any():
        part = Figures(figures.value[sheets], figures.half[sheets])
        within = verdicts[sheets]
        wide = on_scratch(sheets)
        for line in wide if len(lines) > 1 else wide[:1]:
            met, unsaid = part.meets(line), part.undecided(line)
            for mask, verdict in ((met & ~unsaid, Verdict.ROUNDING), (met & unsaid, Verdict.UNCHECKED)):
                within[mask & (within == Verdict.WRONG)] = verdict
        verdicts[sheets] = within
    verdicts[blank] = Verdict.BLANK
    return verdicts
