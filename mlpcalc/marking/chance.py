"""How surprising it is that a wrong figure is what a supposed mistake gives.

Who tries a hundred mistakes on a figure of two digits finds one that fits. A figure that is wrong by an
amount e might as well be any other that is wrong by e/2 to 2 e, to either side. What is tried hits a share
of these figures, which is known before it is seen whether it hits the one that was written: a cause is named
where this share is small, "could be" where it is not, and is none where it is large. Of several wrong cells
the shares are multiplied, so that a whole matrix is never hit by chance.
"""

from collections.abc import Sequence
from enum import IntEnum
from math import comb, prod
from typing import NamedTuple

import numpy as np

from mlpcalc.arrays import Array, Mask
from mlpcalc.marking.case import Case, Match, cells_of
from mlpcalc.marking.evidence import Question
from mlpcalc.marking.lines import Line
from mlpcalc.numerics.interval import Ball
from mlpcalc.page import expr, trees
from mlpcalc.page.functions import s, z
from mlpcalc.page.symbols import Symbol

SURE, POSSIBLE = 1 / 20, 1 / 3
_WINDOW = 3.0  # from e/2 to 2 e on both sides, in e
_AS_NARROW = 2  # times the share of a hit: what is wider is no hit of its kind
_CELLS = (-2, -1)  # the axes of the cells
_PLACES = 6  # of a key
_GOLDEN = 0.618033988749895


class Level(IntEnum):
    """How plausible a kind of mistake is, the most plausible first.

    A hit is judged among what is as plausible or more. After each level of misconceptions comes that of
    the same misconceptions in rows or columns only.
    """

    STEP = 0
    PEN = 2
    UNWRITTEN_STEP = 3
    SUM = 5
    GENERAL = 6
    MISREAD = 8
    SCRATCH = 9
    PAIR = 11
    SINGLE_CELL = 12


class Ledger:
    """What was tried on the wrong cells of one sheet: each with its level, its share and its figures.

    few_values: whether any mistake gives the only other figure there is; how many do has to tell then.
    """

    def __init__(self, *, few_values: bool = False) -> None:
        self._most = POSSIBLE if few_values else 1.0
        self._tried: list[tuple[Array, Array, Array]] = []

    def add(self, levels: Array, shares: Array, keys: Array) -> None:
        """Add what was tried; a key stands for the figures that it gives."""
        used = shares > 0
        self._tried.append((levels[used], shares[used], np.round(keys[used], _PLACES)))

    def chance(self, level: int, share: float) -> float:
        """The share of all figures that would have been hit as closely, by what is at least as plausible."""
        if not self._tried:
            return share
        levels, shares, keys = (np.concatenate(part) for part in zip(*self._tried, strict=True))
        counted = (levels <= level) & (shares <= _AS_NARROW * share)
        _, distinct = np.unique(keys[counted], return_index=True)
        return float(min(max(shares[counted][distinct].sum(), share), self._most))


class Hit(NamedTuple):
    """A supposition that fits: how much of the answer agrees, its level, and its share of all figures."""

    match: Match
    level: int
    share: float


class Attempts:
    """Suppositions tried on the answers to one question, for all of its sheets at once."""

    def __init__(self, question: Question) -> None:
        self._question, self._wrong = question, question.wrong
        self._expected = np.broadcast_to(question.own_step.value, question.figures.value.shape)
        self._off = np.abs(question.figures.value - self._expected)
        self._blank = question.figures.blank
        self._few_values = (
            np.array([_of_patterns(wrong) for wrong in self._wrong])
            if has_few_values(question.symbol, question.own)
            else None
        )
        self._weights = _weights(self._wrong.shape[1:])
        nothing = np.empty((0, len(self._wrong)))
        self._tried: list[tuple[Array, Array, Array]] = [(nothing, nothing, nothing)]

    def explained(self, ball: Ball, levels: Sequence[Level]) -> dict[int, dict[int, Hit]]:
        """By supposition, the sheets in which the figures of all wrong cells are those that it gives.

        ball: what each supposition gives for every sheet; it becomes (suppositions, sheets, rows, columns).
        levels: of each supposition, where it agrees with the whole answer.
        """
        ball = Ball(*(np.broadcast_to(part, (len(levels), *self._wrong.shape)) for part in ball))
        wrong, met = self._wrong, self._question.figures.meets(ball)
        scopes = self._scopes(met)
        shares, keys = self._shares(ball, met)
        reached = np.where(scopes > 1, Level.SINGLE_CELL, np.array(levels)[:, None] + scopes)
        self._tried.append((reached, shares, keys))
        able = np.nonzero((met | ~wrong).all(axis=_CELLS) & wrong.any(axis=_CELLS))
        hits: dict[int, dict[int, Hit]] = {}
        if not able[0].size:
            return hits
        undecided = self._question.figures.rows(able[1]).undecided(Ball(ball.value[able], ball.radius[able]))
        decided = ~(undecided & wrong[able[1]]).any(axis=_CELLS)
        for place, row in np.transpose(able)[decided].tolist():
            at = place, row
            match = Match(cells_of(wrong[row]), int(scopes[at]))
            hits.setdefault(place, {})[row] = Hit(match, int(reached[at]), float(shares[at]))
        return hits

    def ledger(self, row: int) -> tuple[Array, Array, Array]:
        """What was tried on one sheet, for its `Ledger`."""
        levels, shares, keys = (
            np.concatenate([tried[part][:, row] for tried in self._tried]) for part in range(3)
        )
        return levels, shares, keys

    def _scopes(self, met: Mask) -> Array:
        """0 where the right cells agree, 1 where those in the same rows or columns do, else 2."""
        agrees = np.asarray(met | self._blank | self._wrong)
        beside = np.zeros(agrees.shape[:-2], bool)
        for axis in _CELLS:
            if agrees.shape[axis] > 1:  # else it is a single cell
                lines = np.asarray(agrees.all(axis=axis) | ~self._wrong.any(axis=axis))
                beside |= lines.all(axis=-1)
        return np.where(agrees.all(axis=_CELLS), 0, np.where(beside, 1, 2))

    def _shares(self, ball: Ball, met: Mask) -> tuple[Array, Array]:
        """The share of all figures that each supposition hits on each sheet, and a key for what it gives."""
        with np.errstate(all="ignore"):
            apart = (ball.value - self._expected) / self._off
            keys = np.where(self._wrong & np.isfinite(apart), apart, 0.0) * self._weights
            if self._few_values is not None:
                differs = (np.abs(ball.value - self._expected) > ball.radius).sum(axis=_CELLS)
                alike = (differs == self._wrong.sum(axis=_CELLS)) | (met | ~self._wrong).all(axis=_CELLS)
                return np.where(alike, self._few_values, 0.0), keys.sum(axis=_CELLS)
            share = shares(apart, 2 * (self._question.figures.half + ball.radius) / self._off, met)
        return np.where(self._wrong, share, 1.0).prod(axis=_CELLS), keys.sum(axis=_CELLS)


def shares(apart: Array, width: Array, met: Mask) -> Array:
    """The share of the figures about as far off as the written one that is as near to what is supposed.

    apart: what is supposed less what is expected. width: of what is supposed and of the figure. Both in
    units of what the figure is off by. met: where they meet.
    """
    near = (np.abs(apart) >= 1 / 2) & (np.abs(apart) <= 2)
    return np.asarray(np.where(near | met, np.minimum(width / _WINDOW, 1.0), 0.0))


def _weights(shape: tuple[int, ...]) -> Array:
    """Weights of the cells in a sum that tells one matrix from another."""
    return np.asarray(1 + np.arange(1, prod(shape) + 1).reshape(shape) * _GOLDEN % 1, np.float64)


def has_few_values(symbol: Symbol, line: Line) -> bool:
    """Whether a quantity has one of two values in every cell, as f' of ReLU: any mistake gives the other."""
    if symbol.kind not in ("fprime", "Z"):
        return False
    f = line.basis.exercise.network.activations[symbol.layer - 1]
    match f.derivative if symbol.kind == "fprime" else f.value:
        case expr.Where(_, then, otherwise):
            return not {s, z} & {*trees.nodes(then), *trees.nodes(otherwise)}
    return False


def _of_patterns(wrong: Mask) -> float:
    """The share of one pattern of wrong cells among all that have as many."""
    return 1 / comb(wrong.size, int(wrong.sum()))


class Cells:
    """The wrong cells of one sheet, for what is supposed of each by itself."""

    def __init__(self, case: Case) -> None:
        self.cells = cells_of(case.wrong)
        self._value, self._half = (
            np.array([part[0][cell] for cell in self.cells])
            for part in (case.figures.value, case.figures.half)
        )
        self._expected = case.step.value[case.wrong]
        self._off = np.abs(self._value - self._expected)
        self._weights = _weights(case.wrong.shape)[case.wrong]
        few = has_few_values(case.symbol, case.own)
        self._few_values = _of_patterns(case.wrong) ** (1 / len(self.cells)) if few else None

    def shares(self, ball: Ball) -> tuple[Array, Array]:
        """The shares of a stack of suppositions, and keys for what they give: shape (suppositions, cells)."""
        rows, columns = zip(*self.cells, strict=True)
        value, radius = (part[:, rows, columns] for part in ball)
        with np.errstate(all="ignore"):
            apart = (value - self._expected) / self._off
            met = np.abs(value - self._value) <= self._half + radius
            found = shares(apart, 2 * (self._half + radius) / self._off, met)
        if self._few_values is not None:
            found = np.where((np.abs(value - self._expected) > radius) | met, self._few_values, 0.0)
        return found, np.where(np.isfinite(apart), apart, 0.0) * self._weights
