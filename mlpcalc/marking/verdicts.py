"""The verdicts, and figures compared with what they should be."""

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from mlpcalc.answers.reader import Answer
from mlpcalc.arrays import Array, Mask
from mlpcalc.numerics.interval import UNIT, Ball

Rows = np.ndarray[tuple[int, ...], np.dtype[np.intp]]
"""Some of the sheets of a stack, by their places in it."""

_FUZZ = 16 * UNIT  # the ends of what a figure means are decimals, and floats only near them
NOISE = 1e-13  # what double precision leaves of a figure that is exact on paper
_ZERO = 1e-13  # and of nothing, where terms of ordinary size have cancelled


class Verdict(IntEnum):
    """The verdict on a cell, from the best to the worst; a quantity has the worst of its cells."""

    CORRECT = 0
    BLANK = 1
    ROUNDING = 2
    FOLLOWS = 3
    UNCHECKED = 4
    COARSE = 5
    TRIVIAL = 6
    UNREAD = 7
    WRONG = 8

    @property
    def kept(self) -> bool:
        """Whether the right line keeps the figure of a cell with this verdict, and does not mend it."""
        return self in _KEPT

    @property
    def is_right(self) -> bool:
        """Whether nothing that is filled in costs anything, where this is the verdict on a quantity."""
        return self.credited or self == Verdict.BLANK

    @property
    def credited(self) -> bool:
        """Whether a cell with this verdict earns its share of the points."""
        return self in (Verdict.CORRECT, Verdict.ROUNDING, Verdict.FOLLOWS)


_KEPT = (
    *(Verdict.CORRECT, Verdict.BLANK, Verdict.UNREAD, Verdict.ROUNDING),
    *(Verdict.UNCHECKED, Verdict.COARSE),
)

Verdicts = np.ndarray[tuple[int, ...], np.dtype[np.int8]]


class Figures(NamedTuple):
    """What a sheet, or a stack of sheets, has for one quantity.

    value: nan where it is blank. half: half the width of what is written, 0 for fractions. asked: that half
    width read to the digits asked; None where every figure has these.
    """

    value: Array
    half: Array
    asked: Array | None = None

    @classmethod
    def of(cls, answers: Sequence[Answer]) -> "Figures":
        """The figures of answers of one shape, as a stack."""
        short = any(each.asked is not None for each in answers)
        return cls(
            np.stack([each.value for each in answers]),
            np.stack([each.half for each in answers]),
            np.stack([each.half if each.asked is None else each.asked for each in answers])
            if short
            else None,
        )

    @property
    def as_asked(self) -> "Figures":
        """The figures read to the digits asked."""
        return self if self.asked is None else Figures(self.value, self.asked)

    def telling(self, expected: Array, share: float) -> "Figures":
        """The figures read to the digits asked, where their own width reaches further than a share allows."""
        if self.asked is None:
            return self
        fine = self.half <= share * np.abs(expected)
        return Figures(self.value, np.where(fine, self.half, self.asked))

    @property
    def blank(self) -> Mask:
        """Where there is no figure."""
        return np.isnan(self.value)

    def rows(self, rows: Rows) -> "Figures":
        """The figures of some of the sheets."""
        return Figures(self.value[rows], self.half[rows], None if self.asked is None else self.asked[rows])

    def as_accepted(self, step: Ball, rejected: Mask) -> "Figures":
        """The figures in the reading to go on with: to the digits asked where these settle it.

        That is where a figure was rejected, and where it is what its step gives to the digits asked, if the
        step leaves no choice as to these.
        """
        if self.asked is None:
            return self
        settled = rejected | (self.as_asked.meets(step) & (step.radius <= self.asked))
        return Figures(self.value, np.where(settled, self.asked, self.half))

    def ball(self, step: Ball) -> Ball:
        """All values that the figures can stand for; blanks as they follow, exact figures without width.

        A figure that is exactly what its step gives, where the step leaves no choice, is exact: the 1 of a
        derivative of ReLU, the 0.5 that nobody rounded.
        """
        near = NOISE * np.abs(self.value)
        exact = (np.abs(self.value - step.value) <= near) & (step.radius <= near) & ~self.infinite
        blank = self.blank
        value = np.where(blank, step.value, self.value)
        half = np.where(exact, step.radius, np.where(self.infinite, np.inf, self.half))
        return Ball(value, np.where(blank, step.radius, half))

    @property
    def infinite(self) -> Mask:
        """Where an infinity is written, as the logarithm of a 0 is one."""
        return np.isinf(self.value)

    def meets(self, ball: Ball, units: float = 1) -> Mask:
        """Where the figures, give or take half a unit (times `units`), can be values in a ball.

        A written infinity is met by the centre alone, as the ball around it holds everything.
        """
        reach = units * self.half + _FUZZ * (np.abs(self.value) + self.half)
        reach = reach + np.where((ball.value == 0) & (ball.radius == 0), _ZERO, ball.radius)
        met = (np.abs(self.value - ball.value) <= reach) | ~np.isfinite(ball.radius)
        infinite = self.infinite
        if infinite.any():
            met = np.where(infinite, (self.value == ball.value) | np.isnan(ball.value), met)
        return np.asarray(met)

    def undecided(self, ball: Ball) -> Mask:
        """Where a ball holds both 0 and twice the figure, so that it decides nothing."""
        twice = 2 * np.maximum(np.abs(self.value), self.half)
        twice = np.where(self.value < 0, -twice, twice)
        no_bound = np.isinf(ball.radius)
        with np.errstate(invalid="ignore"):
            low, high = ball.value - ball.radius, ball.value + ball.radius
        wide = (low <= 0) & (high >= 0) & (low <= twice) & (high >= twice)
        return np.asarray(no_bound | wide)
