"""The answer of one sheet to a question, and what a supposition explains of it."""

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from mlpcalc.answers.reader import Answer
from mlpcalc.arrays import Mask
from mlpcalc.marking.evidence import Question
from mlpcalc.marking.marks import Cell
from mlpcalc.marking.scenes import Supposed
from mlpcalc.numerics.interval import Ball


class Case:
    """What one sheet answers to a question; its figures and lines are stacks of one sheet.

    supposed: what each slip supposes, once it was worked out.
    """

    def __init__(self, question: Question, row: int) -> None:
        one = question.rows(np.array([row]))
        self.sheet, self.symbol = one.sheets[0], one.symbol
        self.earlier = {symbol: one.marks_on(symbol)[0] for symbol in one.answered}
        self.figures, self.own, self.right = one.figures, one.own, one.right
        self.lines = one.lines[::-1]
        self.wrong: Mask = one.wrong[0]
        self.written: Mask = ~one.figures.blank[0]
        self.supposed: Sequence[tuple[str, Supposed]] | None = None

    @cached_property
    def step(self) -> Ball:
        """What follows from the figures of the sheet: shape (rows, columns)."""
        return self._flat(self.own.step(self.symbol))

    @cached_property
    def should(self) -> Ball:
        """What follows from the right figures: shape (rows, columns)."""
        return self.step if self.right is self.own else self._flat(self.right.step(self.symbol))

    def _flat(self, ball: Ball) -> Ball:
        return Ball(*(np.asarray(part).reshape(self.wrong.shape) for part in ball))

    @property
    def steps(self) -> tuple[Ball, ...]:
        """What follows on each of the lines, that of the sheet first."""
        return (self.step,) if self.right is self.own else (self.step, self.should)

    @property
    def answer(self) -> Answer:
        """The answer as it was read."""
        return self.sheet.answers[self.symbol]


class Match(NamedTuple):
    """The wrong cells that a supposition explains, and how much of the answer agrees with it.

    scope: 0 for the whole answer, 1 for whole rows or columns, 2 for single cells.
    """

    cells: tuple[Cell, ...]
    scope: int


def fitting(case: Case | Question, ball: Ball) -> Mask:
    """Where the figures can be the values in a ball that decides something; stacked as the ball is."""
    return np.asarray(case.figures.meets(ball) & ~case.figures.undecided(ball))


def cells_of(mask: Mask) -> tuple[Cell, ...]:
    """The cells of a mask, counted from 0."""
    return tuple((int(i), int(j)) for i, j in np.argwhere(mask))
