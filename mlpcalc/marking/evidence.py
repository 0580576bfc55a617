"""Does a supposed mistake explain what is wrong in an answer? The case, and the test of a supposition."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from mlpcalc.answers.reader import Answer, Submission
from mlpcalc.arrays import Mask
from mlpcalc.marking.lines import Line, Scratch
from mlpcalc.marking.marks import Cell, QuantityMarks
from mlpcalc.marking.verdicts import Figures, Verdict, Verdicts
from mlpcalc.numerics.interval import Ball
from mlpcalc.page.symbols import Symbol


class Cases(NamedTuple):
    """Answers to one question, a stack of sheets, with wrong cells in each; and what is known of the sheets.

    own, right: the lines of the sheets' own figures and of the right ones, up to this answer. scratch: how
    scratch paper rounds. earlier: for each sheet the marks of the answers before.
    """

    sheets: Sequence[Submission]
    symbol: Symbol
    figures: Figures
    verdicts: Verdicts
    own: Line
    right: Line
    scratch: Scratch
    earlier: Sequence[Mapping[Symbol, QuantityMarks]]

    @property
    def wrong(self) -> Mask:
        """Where the verdict is WRONG, for what is written there: shape (sheets, rows, columns)."""
        wrong = self.verdicts == Verdict.WRONG
        for row, sheet in enumerate(self.sheets):
            if (twice := sheet.answers[self.symbol].twice) is not None:
                wrong[row] &= ~twice
        return np.asarray(wrong)

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that a mistake may have been made on: the sheets' own, and the right one."""
        return (self.own,) if self.right is self.own else (self.own, self.right)

    def of(self, rows: Sequence[int]) -> "Cases":
        """Those of some of the sheets."""
        index = np.array(rows)
        own = self.own.rows(index)
        return Cases(
            [self.sheets[row] for row in rows],
            self.symbol,
            Figures(self.figures.value[index], self.figures.half[index]),
            self.verdicts[index],
            own,
            own if self.right is self.own else self.right.rows(index),
            self.scratch.of(index),
            [self.earlier[row] for row in rows],
        )


class Case:
    """One of the cases: an answer of one sheet, everything about it a stack of one."""

    def __init__(self, cases: Cases, row: int) -> None:
        one = cases.of([row])
        self.sheet, self.earlier, self.symbol = one.sheets[0], one.earlier[0], one.symbol
        self.figures, self.own, self.right, self.lines = one.figures, one.own, one.right, one.lines
        self.wrong: Mask = one.wrong[0]
        self.written: Mask = ~one.figures.blank[0]

    @cached_property
    def step(self) -> Ball:
        """What follows from the figures of the sheet: shape (rows, columns)."""
        return self._flat(self.own.step(self.symbol))

    @cached_property
    def should(self) -> Ball:
        """What follows with all mistakes mended."""
        return self.step if self.right is self.own else self._flat(self.right.step(self.symbol))

    def _flat(self, ball: Ball) -> Ball:
        return Ball(*(np.asarray(part).reshape(self.wrong.shape) for part in ball))

    @property
    def answer(self) -> Answer:
        """The answer as it was read."""
        return self.sheet.answers[self.symbol]


class Explained(NamedTuple):
    """The wrong cells that a supposition explains, and how much of the answer agrees with it.

    scope: 0 for the whole answer, 1 for whole rows or columns, 2 for single cells.
    """

    cells: tuple[Cell, ...]
    scope: int


def fitting(case: Case | Cases, ball: Ball) -> Mask:
    """Where the figures can be the values in a ball, which says something there; stacked as the ball is."""
    return np.asarray(case.figures.meets(ball) & ~case.figures.undecided(ball))


def explained(cases: Cases, ball: Ball) -> dict[int, Explained]:
    """The sheets in which the figures of all wrong cells are what would have come out.

    ball: of one supposition, for every sheet.
    """
    wrong, met = cases.wrong, cases.figures.meets(ball)
    able = np.flatnonzero((met | ~wrong).all(axis=(1, 2)) & wrong.any(axis=(1, 2)))
    if not able.size:
        return {}
    fits = met & ~cases.figures.undecided(ball)
    # The cells that are right must agree too, but may be where the supposition leaves everything open.
    agrees = met | cases.figures.blank
    return {
        int(row): Explained(cells_of(wrong[row]), _scope(agrees[row], wrong[row]))
        for row in able
        if fits[row][wrong[row]].all()
    }


def _scope(agrees: Mask, wrong: Mask) -> int:
    if agrees.all():
        return 0
    return 1 if agrees[wrong.any(axis=1)].all() or agrees[:, wrong.any(axis=0)].all() else 2


def cells_of(mask: Mask) -> tuple[Cell, ...]:
    """The cells of a mask, counted from 0."""
    return tuple((int(i), int(j)) for i, j in np.argwhere(mask))


def unwritten(cases: Cases, symbol: Symbol) -> list[Symbol]:
    """The steps between an answer and the figures it was worked out from, the nearest first."""
    found: dict[Symbol, None] = {}
    pending = [symbol]
    while pending:
        for other in sorted(cases.own.operands(pending.pop(0)), reverse=True):
            if other not in cases.own.known and other not in found:
                found[other] = None
                pending.append(other)
    return list(found)
