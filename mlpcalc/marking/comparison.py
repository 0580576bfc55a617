"""How figures compare with what they should be, in the digits asked and in their own."""

from collections.abc import Iterable, Sequence
from functools import reduce

import numpy as np

from mlpcalc.answers.digits import power_of_ten
from mlpcalc.arrays import Array, Mask
from mlpcalc.marking.evidence import Question, unwritten
from mlpcalc.marking.lines import Line
from mlpcalc.marking.scratch import NEAR, of_digits_cut_off, of_matrices, of_products, of_uses
from mlpcalc.marking.verdicts import NOISE, Figures, Verdict
from mlpcalc.numerics.interval import Ball
from mlpcalc.page.symbols import Symbol

_LOOSE = 1 / 8  # of what is expected
_SMALL, _SINGLE, _DOUBLE = 1 / 200, 1e-6, 3e-7  # of what is expected
_SINGLE_TERM = 3e-7  # of a term
_BEYOND, _MIXED = 3, 8  # half units
_WHOLE = 1e-6  # of a unit: as near to a whole number of units as this is one on paper


def exactly(question: Question) -> Ball:
    """The exact solution, as near as double precision comes."""
    exact = question.exact
    return Ball(exact, np.where(np.isfinite(exact), NOISE * np.abs(exact), 0.0))


def follows_on(question: Question, line: Line) -> Mask:
    """Where the figures follow on a line by one of the routes; found out once for several rules."""
    if line not in question.followed:
        question.followed[line] = _follows_on(question, line)
    return question.followed[line]


def _follows_on(question: Question, line: Line) -> Mask:
    routes, step = (
        (question.own_routes, question.own_step)
        if line is question.own
        else (question.right_routes, question.right_step)
    )
    fits = fits_route(question, routes)
    unsettled = question.figures.meets(step) & leaves_open(question, step)
    unsettled = ~fits & (unsettled | question.figures.infinite)  # joined, routes are finite if one of them is
    if unsettled.any():
        fits |= unsettled & fits_route(question, line.single_routes(question.symbol))
        for reading in line.readings_of_few_digits(question.symbol):
            fits |= unsettled & fits_route(question, reading.routes(question.symbol))
    return fits


def fits_route(question: Question, routes: Sequence[Ball]) -> Mask:
    """Where the figures, in the digits asked, are what one of the routes gives, and leaves no others open."""
    fits = np.zeros(question.figures.value.shape, bool)
    for ball in routes:
        figures = question.figures.telling(ball.value, question.asked.share)
        fits |= figures.meets(ball) & ~leaves_open(question, ball)
    return fits


def fits_in_few_digits(question: Question, step: Ball) -> Mask:
    """Where the figures are in a ball only because they have fewer digits than asked."""
    figures = question.figures
    if figures.asked is None:
        return np.zeros(figures.value.shape, bool)
    short = (figures.asked < figures.half) & (figures.half > question.asked.share * np.abs(step.value))
    return np.asarray(short & figures.meets(step))


def leaves_open(question: Question, step: Ball) -> Mask:
    """Where a ball reaches further than an eighth of what is expected, and than a unit of what is asked.

    To a written infinity all is open only where the step is undefined.
    """
    open_to = np.maximum(np.abs(step.value) * _LOOSE, 2 * question.asked.half_at(step.value))
    unbounded = ~np.isfinite(step.radius)
    return np.where(question.figures.infinite, np.isnan(step.value), unbounded | (step.radius > open_to))


def needs_no_rounding(question: Question, step: Ball) -> Mask:
    """Where neither a step nor what the sheets have before it has more digits than the figures written.

    Where a unit of the last digit is so little that it hardly matters, that is left aside.
    """
    size, unit = np.abs(step.value), 2 * question.figures.half
    largest = np.maximum(size, np.abs(question.own_step.value))
    exact = np.maximum(step.radius, question.own_step.radius) <= NOISE * np.maximum(largest, 1.0)
    units = np.divide(size, unit, out=np.zeros(np.broadcast(size, unit).shape), where=unit > 0)
    return np.asarray(exact & (np.abs(units - np.rint(units)) <= _WHOLE) & (unit > _SMALL * size))


def one_off(question: Question, step: Ball) -> Mask:
    """Where a figure is one unit off, or one of more digits right to those asked, as in single precision."""
    value, size = question.figures.value, np.abs(step.value)
    off = size * np.where([sheet.may_be_single for sheet in question.sheets], _SINGLE, _DOUBLE)[:, None, None]
    if question.asked.stated:
        off = np.maximum(off, np.minimum(question.asked.half_at(size), size * _SMALL))
    as_asked = (np.abs(value - step.value) <= off + step.radius) & (value * step.value > 0)
    as_asked |= np.abs(value - step.value) <= _lost_in_single_precision(question, step) + step.radius
    as_asked &= np.isfinite(value)
    figures = question.figures.telling(step.value, question.asked.share)
    return (figures.meets(step, 2) & ~needs_no_rounding(question, step)) | as_asked


def _lost_in_single_precision(question: Question, step: Ball) -> Array:
    """By how much terms as large as the largest cell may be off where they cancel, in float32; else 0."""
    may_be_single = np.array([sheet.may_be_single for sheet in question.sheets])[:, None, None]
    largest = np.abs(step.value).max(axis=(-2, -1), keepdims=True, initial=0.0, where=np.isfinite(step.value))
    return np.where(may_be_single, _SINGLE_TERM * largest, 0.0)


def settles(figures: Figures, step: Ball, units: float = 1) -> Mask:
    """Where the figures, give or take half a unit (times `units`), are in a ball, and others would not be."""
    return np.asarray(figures.meets(step, units) & ~figures.undecided(step))


def is_near(figures: Figures, step: Ball) -> Mask:
    """Where a figure is as large as expected, but for an eighth and two units."""
    return np.asarray(
        np.abs(figures.value - step.value) <= np.abs(step.value) * _LOOSE + 4 * figures.half + step.radius
    )


def rounded_by_a_procedure(question: Question, undecided: Mask, *, as_asked: bool) -> Mask:
    """Where a figure is what one of the procedures on scratch paper gives."""
    holds = np.zeros(undecided.shape, bool)
    if not undecided.any():
        return holds
    rows, steps = question.on_scratch(undecided, as_asked=as_asked)
    figures = question.figures.as_asked if as_asked else question.figures
    # Rounding of matrices alone cannot take a figure further than the worst case does, nor to the other sign.
    within, part = np.zeros(undecided.shape, bool), figures.rows(rows)
    within[rows] = anywhere(part.meets(step, _BEYOND) & _may_have_sign(part, step) for step in steps)
    ways_to_round = (
        *((of_matrices, 2, within), (of_products, 1, undecided)),
        *((of_digits_cut_off, 1, undecided), (of_uses, 1, within)),
    )
    for ways, units, possible in ways_to_round:
        rows = np.flatnonzero((undecided & possible & ~holds).any(axis=(1, 2)))
        if rows.size:
            part = figures.rows(rows)
            narrow = question.rows(rows)
            for ball in question.by_procedures(rows, ways, as_asked=as_asked):
                fits = settles(part, ball, units) & ~leaves_open(narrow, ball)
                holds[rows] |= fits.reshape(-1, *part.value.shape).any(axis=0)
    if len(unwritten(question.own, question.symbol)) > NEAR:  # of so many, not every way was tried
        holds |= undecided & within & anywhere(figures.meets(step, _MIXED) for step in question.steps)
    return holds


def _may_have_sign(figures: Figures, ball: Ball) -> Mask:
    """Where a ball has a value with the sign of the figures, or these stand for 0 as well."""
    small = np.abs(figures.value) <= figures.half
    return np.asarray(small | (np.sign(figures.value) * ball.value + ball.radius >= 0))


def wrong_on(question: Question, symbol: Symbol) -> Mask:
    """Where the figures of an earlier answer are wrong, or follow from nothing but wrong zeros."""
    verdicts = question.verdicts_on(symbol)
    return np.asarray((verdicts >= Verdict.TRIVIAL) & (verdicts != Verdict.UNREAD))


def anywhere(masks: Iterable[Mask]) -> Mask:
    """Where any of the masks holds."""
    return reduce(np.logical_or, masks, np.zeros(1, bool))


def half_elsewhere(question: Question) -> Array:
    """Half a unit of the finest figures of the other answers, of that asked where there are none.

    Of the last digit of each figure, where others have no more significant ones. Stacked as the figures are.
    """
    last_digit = question.finest_share * power_of_ten(question.figures.value)
    return np.asarray(np.fmax(question.finest, last_digit))
