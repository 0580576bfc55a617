"""The rules of marking: one ordered list, of which the first that holds decides the verdict of a cell.

A condition takes the question and the cells that no earlier rule has decided. It gives a mask over all cells
of the stack, shape (sheets, rows, columns); what it says of decided cells does not matter.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from mlpcalc.arrays import Mask
from mlpcalc.marking.comparison import (
    anywhere,
    exactly,
    fits_in_few_digits,
    follows_on,
    half_elsewhere,
    is_near,
    leaves_open,
    needs_no_rounding,
    one_off,
    rounded_by_a_procedure,
    settles,
    wrong_on,
)
from mlpcalc.marking.evidence import Question
from mlpcalc.marking.lines import Line
from mlpcalc.marking.verdicts import Figures, Verdict, Verdicts
from mlpcalc.numerics.interval import Ball

_UNKNOWN, _SETTLED = 1e60, 1e-6
_TENTHS = 0.05  # half a unit


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


def _unread(question: Question, _: Mask) -> Mask:
    return question.where(lambda answer: answer.unread)


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


def copied(question: Question) -> Mask:
    """Where a parameter is as given, in an answer that is so throughout, although an update changes it."""
    given, figures = question.own.basis.before_update(question.symbol), question.figures
    if given is None:
        return np.zeros(figures.value.shape, bool)
    same = ((figures.value == given) | figures.blank).all(axis=(1, 2), keepdims=True)
    if not same.any():
        return np.zeros(figures.value.shape, bool)
    figures = figures.as_asked
    return np.asarray(same & ~figures.meets(exactly(question)) & ~figures.meets(question.right_step))


def _copied_without_update(question: Question, _: Mask) -> Mask:
    """A copy that follows, as nothing but wrong zeros was left to update it by."""
    copies, step = copied(question), question.own_step
    if not copies.any():
        return copies
    return (
        copies & question.figures.as_asked.meets(step) & (step.radius <= question.asked.half_at(step.value))
    )


def _copied_in_few_digits(question: Question, undecided: Mask) -> Mask:
    """A copy that rounding as on the rest of the sheet gives as well, where no digits are stated."""
    figures, copies = question.figures, copied(question) & undecided
    if figures.asked is None or question.asked.stated or not copies.any():
        return np.zeros(undecided.shape, bool)
    rounded = Figures(figures.value, np.minimum(figures.half, half_elsewhere(question)))
    return copies & anywhere(rounded.meets(step) for step in (exactly(question), *question.steps))


def _not_updated(question: Question, _: Mask) -> Mask:
    return copied(question)


def _correct(question: Question, _: Mask) -> Mask:
    """The exact solution, or what follows from the right figures."""
    exact = exactly(question)
    figures, as_asked = question.figures.telling(exact.value, question.asked.share), question.figures.as_asked
    filled_in = question.filled_in[:, None, None]
    if filled_in.any():
        found = np.where(
            filled_in, as_asked.meets(exact), figures.meets(exact) | follows_on(question, question.right)
        )
        return np.asarray(found)
    return np.asarray(figures.meets(exact) | follows_on(question, question.right))


def _follows(question: Question, _: Mask) -> Mask:
    return follows_on(question, question.own)


def _follows_as_filled_in(question: Question, undecided: Mask) -> Mask:
    """What follows on a sheet with the same figure in every cell: nothing was computed there."""
    filled_in = _filled_in(question, undecided)
    return filled_in & _follows(question, undecided) if filled_in.any() else filled_in


def _filled_in_unchecked(question: Question, undecided: Mask) -> Mask:
    filled_in = _filled_in(question, undecided)
    return filled_in & _cannot_be_checked(question, undecided) if filled_in.any() else filled_in


def _filled_in(question: Question, undecided: Mask) -> Mask:
    return question.filled_in[:, None, None] & undecided


def _follows_from_zeros(question: Question, undecided: Mask) -> Mask:
    """A 0, or a given that stays as it is, where wrong zeros or dead units leave nothing to compute."""
    basis, own, figures = question.own.basis, question.own, question.figures
    given = basis.before_update(question.symbol)
    empty = (figures.value == 0) if given is None else (figures.value == 0) | (figures.value == given)
    holds = undecided & empty
    if question.symbol not in basis.page or not holds.any():
        return np.zeros(1, bool)
    holds = holds & _follows(question, undecided)
    if not holds.any():
        return np.zeros(1, bool)
    # Nothing but zeros, although others are right: all units are dead.
    dead = ((figures.value == 0) | figures.blank).all(axis=(1, 2), keepdims=True)
    dead = dead & holds
    known = {given: Ball(value, radius + _UNKNOWN) for given, (value, radius) in basis.givens.items()}
    wrong_zeros = np.zeros(len(question.sheets), bool)
    for earlier in question.answered:
        if question.sheets[0].answers[earlier].written_shape is None:
            zero = own.known[earlier].value == 0
            known[earlier] = Ball(
                np.where(zero, 0.0, own.known[earlier].value), np.where(zero, 0.0, _UNKNOWN)
            )
            if zero.any():
                wrong_zeros |= (zero & wrong_on(question, earlier)).any(axis=(1, 2))
    if not wrong_zeros.any():
        return np.asarray(dead)
    radius = Line(basis, known, written=own.written).step(question.symbol).radius
    return np.asarray(dead | (holds & (radius < _SETTLED) & wrong_zeros[:, None, None]))


def _coarse(question: Question, _: Mask) -> Mask:
    """What is right only within its own digits, which are fewer than asked."""
    return anywhere(fits_in_few_digits(question, step) for step in (exactly(question), *question.steps))


def _cannot_be_checked(question: Question, undecided: Mask) -> Mask:
    """What follows, as other figures would: the figures before it have too few digits."""
    holds = anywhere(question.figures.meets(step) & leaves_open(question, step) for step in question.steps)
    if (holds & undecided).any() and question.alone:
        return holds & ~np.isfinite(question.exact)
    return holds


def _one_unit_off_solution(question: Question, _: Mask) -> Mask:
    return one_off(question, exactly(question))


def _one_unit_off(question: Question, _: Mask) -> Mask:
    return anywhere(
        one_off(question, step) & ~leaves_open(question, step)
        for step in (*question.right_routes, *question.own_routes)
    )


def _rounded_on_scratch(question: Question, undecided: Mask) -> Mask:
    """What is right with rounding on the way, give or take a unit of the last digit."""
    holds = rounded_by_a_procedure(question, undecided, as_asked=True)
    rows, steps = question.on_mixed_scratch(undecided & ~holds)
    figures = question.figures.as_asked.rows(rows)
    holds[rows] |= anywhere(settles(figures, step) for step in steps)
    return holds


def _coarse_on_scratch(question: Question, undecided: Mask) -> Mask:
    """What is right with rounding to the few digits of the answer, or cut off there."""
    figures = question.figures
    if figures.asked is None:
        return np.zeros(undecided.shape, bool)
    short = undecided & (figures.asked < figures.half) & (figures.half < _TENTHS)
    near = anywhere(is_near(figures, step) for step in question.steps)
    cut_off = anywhere(figures.meets(step, 2) & ~needs_no_rounding(question, step) for step in question.steps)
    holds = short & near & cut_off
    return holds | rounded_by_a_procedure(question, short & near & ~holds, as_asked=False)


def _cannot_be_checked_on_scratch(question: Question, undecided: Mask) -> Mask:
    if question.alone:
        return np.zeros(undecided.shape, bool)
    rows, steps = question.on_scratch(undecided, as_asked=True)
    part = question.rows(rows)
    holds = np.zeros(undecided.shape, bool)
    holds[rows] = anywhere(part.figures.meets(step) & leaves_open(part, step) for step in steps)
    return holds


def _suspected(
    units: float, *, on_scratch: bool = False, in_few_digits: bool = False
) -> Callable[[Question, Mask], Mask]:
    """What follows from a quantity that is not shown, if that is what it seems to have been.

    All undecided cells of an answer must fit. Of several suspicions of a sheet those are kept that fit.
    in_few_digits: whether in those written, where these are fewer than asked.
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
                figures = question.figures.rows(one)
                if not in_few_digits:
                    figures = figures.telling(step.value, question.asked.share)
                if settles(figures, step, units)[0][cells].all():
                    able.append(suspicion)
            if able:
                suspicions[:] = able
                fits[row] = cells
        return fits

    return holds


BY_FIGURES = (
    Rule(Verdict.TRIVIAL, _copied_without_update),
    Rule(Verdict.COARSE, _copied_in_few_digits),
    Rule(Verdict.WRONG, _not_updated),
    Rule(Verdict.CORRECT, _correct),
    Rule(Verdict.TRIVIAL, _follows_as_filled_in),
    Rule(Verdict.TRIVIAL, _follows_from_zeros),
    Rule(Verdict.FOLLOWS, _follows),
    Rule(Verdict.COARSE, _coarse),
    Rule(Verdict.UNCHECKED, _filled_in_unchecked),
    Rule(Verdict.WRONG, _filled_in),
    Rule(Verdict.ROUNDING, _one_unit_off_solution),
    Rule(Verdict.UNCHECKED, _cannot_be_checked),
    Rule(Verdict.ROUNDING, _one_unit_off),
    Rule(Verdict.ROUNDING, _rounded_on_scratch),
    Rule(Verdict.COARSE, _coarse_on_scratch),
    Rule(Verdict.UNCHECKED, _cannot_be_checked_on_scratch),
    Rule(Verdict.FOLLOWS, _suspected(1)),
    Rule(Verdict.ROUNDING, _suspected(2)),
    Rule(Verdict.ROUNDING, _suspected(1, on_scratch=True)),
    Rule(Verdict.COARSE, _suspected(1, in_few_digits=True)),
)
"""The rules about figures, whatever stands beside them."""

AS_MEANT = (
    Rule(Verdict.UNREAD, _unread),
    Rule(Verdict.BLANK, _blank),
    Rule(Verdict.WRONG, _given_twice),
    Rule(Verdict.TRIVIAL, _filled_with_zeros),
    *BY_FIGURES,
)
"""The rules about an answer, turned if it was written as its transpose."""

RULES = (Rule(Verdict.WRONG, _wrong_shape), *AS_MEANT)
"""All rules, in order."""
