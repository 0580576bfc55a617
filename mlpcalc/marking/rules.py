"""The rules of marking: one ordered list, of which the first that holds decides the verdict of a cell.

A condition takes the question and the cells that no earlier rule has decided. It gives a mask over all cells
of the stack, shape (sheets, rows, columns); what it says of decided cells does not matter.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np

from mlpcalc.arrays import Mask
from mlpcalc.marking.evidence import Question
from mlpcalc.marking.lines import Line
from mlpcalc.marking.verdicts import Figures, Verdict, Verdicts
from mlpcalc.numerics.interval import Ball

_NOISE = 1e-13  # what double precision leaves of a figure that is exact on paper
_UNKNOWN, _BOUNDED = 1e60, 1e50


class Rule(NamedTuple):
    """The verdict on the cells for which a condition holds."""

    verdict: Verdict
    holds: Callable[[Question, Mask], Mask]


def judge(question: Question, rules: Sequence[Rule]) -> Verdicts:
    """The verdict on every cell: that of the first rule that holds, WRONG where none does."""
    verdicts = np.full(question.figures.value.shape, Verdict.WRONG, np.int8)
    undecided = np.ones(verdicts.shape, bool)
    for verdict, holds in rules:
        decided = undecided & holds(question, undecided)
        verdicts[decided] = verdict
        undecided &= ~decided
        if not undecided.any():
            break
    return verdicts


def _wrong_shape(question: Question, _: Mask) -> Mask:
    return np.full(question.figures.value.shape, question.answers[0].written_shape is not None)


def _blank(question: Question, _: Mask) -> Mask:
    return question.figures.blank


def _given_twice(question: Question, _: Mask) -> Mask:
    return question.given_twice


def _filled_with_zeros(question: Question, _: Mask) -> Mask:
    """Zeros that happen to be right, in an answer of nothing but zeros some of which are wrong."""
    blank = question.figures.blank
    holds = np.zeros(blank.shape, bool)
    rows = np.flatnonzero(((question.figures.value == 0) | blank).all(axis=(1, 2)))
    if rows.size:
        part = question.rows(rows)
        wrong = (judge(part, BY_FIGURES) >= Verdict.TRIVIAL) | part.given_twice
        holds[rows] = ~wrong & (wrong & ~blank[rows]).any(axis=(1, 2), keepdims=True)
    return holds


def _correct(question: Question, _: Mask) -> Mask:
    """The exact solution, or what follows from the right figures."""
    return _fits_exactly(question, 1) | _fits(question.figures, question.right_step)


def _follows(question: Question, _: Mask) -> Mask:
    return _fits(question.figures, question.own_step)


def _follows_from_zeros(question: Question, undecided: Mask) -> Mask:
    """What follows from nothing but wrong zeros, as 0 times anything is 0: nothing else needs to be known."""
    basis, own = question.own.basis, question.own
    holds = undecided & _follows(question, undecided)
    if question.symbol not in basis.page or not holds.any():
        return np.zeros(1, bool)
    known = {given: Ball(value, radius + _UNKNOWN) for given, (value, radius) in basis.givens.items()}
    wrong_zeros = np.zeros(len(question.sheets), bool)
    for earlier in question.answered:
        if question.sheets[0].answers[earlier].written_shape is None:
            zero = own.known[earlier].value == 0
            known[earlier] = Ball(
                np.where(zero, 0.0, own.known[earlier].value), np.where(zero, 0.0, _UNKNOWN)
            )
            if zero.any():
                wrong_zeros |= (zero & (question.verdicts_on(earlier) >= Verdict.TRIVIAL)).any(axis=(1, 2))
    if not wrong_zeros.any():
        return np.zeros(1, bool)
    radius = Line(basis, known, written=own.written).step(question.symbol).radius
    return np.asarray(holds & (radius < _BOUNDED) & wrong_zeros[:, None, None])


def _cannot_be_checked(question: Question, _: Mask) -> Mask:
    """What follows, as other figures would: the figures before it have too few digits."""
    return _any(_fits_loosely(question.figures, step) for step in question.steps)


def _one_unit_off_solution(question: Question, _: Mask) -> Mask:
    return _fits_exactly(question, 2)


def _one_unit_off(question: Question, _: Mask) -> Mask:
    return _any(_fits(question.figures, step, 2) for step in question.steps)


def _rounded_on_scratch(question: Question, undecided: Mask) -> Mask:
    return _on_scratch(question, undecided, _fits)


def _cannot_be_checked_on_scratch(question: Question, undecided: Mask) -> Mask:
    return _on_scratch(question, undecided, _fits_loosely)


def _suspected(units: float, *, on_scratch: bool = False) -> Callable[[Question, Mask], Mask]:
    """What follows from a quantity that is not shown, if that is what it seems to have been.

    All undecided cells of an answer must fit. Of several suspicions of a sheet those are kept that fit.
    """

    def holds(question: Question, undecided: Mask) -> Mask:
        fits = np.zeros(undecided.shape, bool)
        for row in np.flatnonzero(undecided.any(axis=(1, 2))).tolist():
            suspicions, cells, one = question.suspicions[row], undecided[row], np.array([row])
            own = question.own.rows(one) if suspicions else question.own
            able = []
            for suspicion in suspicions:
                line = own.changed(edited=suspicion)
                step = (line.widened(question.scratch.rows(one)) if on_scratch else line).step(
                    question.symbol
                )
                if _fits(question.figures.rows(one), step, units)[0][cells].all():
                    able.append(suspicion)
            if able:
                suspicions[:] = able
                fits[row] = cells
        return fits

    return holds


BY_FIGURES = (
    Rule(Verdict.CORRECT, _correct),
    Rule(Verdict.TRIVIAL, _follows_from_zeros),
    Rule(Verdict.FOLLOWS, _follows),
    Rule(Verdict.ROUNDING, _one_unit_off_solution),
    Rule(Verdict.UNCHECKED, _cannot_be_checked),
    Rule(Verdict.ROUNDING, _one_unit_off),
    Rule(Verdict.ROUNDING, _rounded_on_scratch),
    Rule(Verdict.UNCHECKED, _cannot_be_checked_on_scratch),
    Rule(Verdict.FOLLOWS, _suspected(1)),
    Rule(Verdict.ROUNDING, _suspected(2)),
    Rule(Verdict.ROUNDING, _suspected(1, on_scratch=True)),
)
"""The rules about figures, whatever stands beside them."""

AS_MEANT = (
    Rule(Verdict.BLANK, _blank),
    Rule(Verdict.WRONG, _given_twice),
    Rule(Verdict.TRIVIAL, _filled_with_zeros),
    *BY_FIGURES,
)
"""The rules about an answer, turned if it was written as its transpose."""

RULES = (Rule(Verdict.WRONG, _wrong_shape), *AS_MEANT)
"""All rules, in order."""


def _fits(figures: Figures, step: Ball, units: float = 1) -> Mask:
    """Where the figures, give or take half a unit (times `units`), are in a ball, and others would not be."""
    return np.asarray(figures.meets(step, units) & ~figures.undecided(step))


def _fits_loosely(figures: Figures, step: Ball) -> Mask:
    """Where the figures are in a ball that decides nothing."""
    return np.asarray(figures.meets(step) & figures.undecided(step))


def _fits_exactly(question: Question, units: float) -> Mask:
    """Where the figures, give or take half a unit (times `units`), are the exact solution."""
    exact = question.exact
    noise = np.where(np.isfinite(exact), _NOISE * np.abs(exact), 0.0)
    return question.figures.meets(Ball(exact, noise), units)


def _on_scratch(question: Question, undecided: Mask, fits: Callable[[Figures, Ball], Mask]) -> Mask:
    """Where the undecided figures fit what follows with rounding on scratch paper."""
    rows, steps = question.on_scratch(undecided)
    holds = np.zeros(undecided.shape, bool)
    holds[rows] = _any(fits(question.figures.rows(rows), step) for step in steps)
    return holds


def _any(masks: Iterable[Mask]) -> Mask:
    return reduce(np.logical_or, masks)
