"""The catalogue of slips of a moment, as against misconceptions: a term of a sum forgotten, a figure misread.

A slip is one record. It supposes many things at once: a stack of what would have come out, one for each. In
marking it is supposed on the figures of a sheet; an audit supposes it where everything is right.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

import numpy as np

from mlpcalc.marking.chance import Level
from mlpcalc.marking.misprints import misreadings
from mlpcalc.marking.scenes import Scene, Supposed, partner_of, step_of
from mlpcalc.numerics.interval import Ball
from mlpcalc.page import expr
from mlpcalc.reading.numerals import NumeralError, approximate
from mlpcalc.text.wording import ordinal

_MOST = 400  # suppositions of one slip

Suppose = Callable[[Scene], Iterator[Supposed]]


# ---------------------------------------------------------------------------- in computing


def _term_times(factor: int) -> Suppose:
    """One term of a sum is taken so many times."""

    def suppose(scene: Scene) -> Iterator[Supposed]:
        for total, terms, _, where, outcome in scene.sums:
            more = abs(factor - 1) if factor else -1  # what is left out adds no uncertainty
            value = total.value + (factor - 1) * terms.value
            ball = Ball(value, np.maximum(total.radius + more * terms.radius, 0))
            labels = [f"{ordinal(j)} term of the sum{where}" for j in range(1, len(terms.value) + 1)]
            yield Supposed(outcome(ball), labels, whole=False)

    return suppose


def _one_sample(scene: Scene) -> Iterator[Supposed]:
    samples = scene.basis.exercise.samples
    for found in scene.sums:
        if len(found.terms.value) == samples > 1 and found.step.stage == "gradients":
            labels = [f"sample {n}" for n in range(1, samples + 1)]
            yield Supposed(found.outcome(found.terms), labels, whole=True)


def _given_misread(scene: Scene) -> Iterator[Supposed]:
    """A given with one of its cells misread."""
    basis, line = scene.basis, scene.line
    for given in sorted(line.operands(scene.symbol) & basis.givens.keys()):
        texts, array = basis.exercise.written.get(given), basis.givens[given].value
        if given in line.known or texts is None or array.size > _MOST:
            continue
        variants, labels = [], []
        for i, j, text in misreadings(texts):
            try:
                value = approximate(text)
            except NumeralError:
                continue
            if value != array[i, j]:
                variant = array.copy()
                variant[i, j] = value
                variants.append(variant)
                name = scene.cell_name(given, (i, j))
                labels.append(f"{name} is {texts[i][j]}, it was read as {text}.")
        if variants:
            stack = np.array(variants[:_MOST])
            ball = line.changed(known={given: Ball(stack, np.zeros_like(stack))}).step(scene.symbol)
            yield Supposed(_stacked(ball, len(stack)), labels[:_MOST], whole=True)


def _another_rate(scene: Scene) -> Iterator[Supposed]:
    """An update with another learning rate."""
    eta = scene.basis.exercise.learning_rate
    if scene.rate is not None and eta:
        taken = expr.Ref(step_of(scene.symbol))
        changed = expr.Scale(expr.Coefficient(scene.rate / eta), taken)
        expression = expr.exchange(scene.basis.page[scene.symbol].expression, taken, changed)
        ball = scene.line.value(expression, scene.symbol)
        yield Supposed(_stacked(ball, 1), [f"{float(scene.rate):g}"], whole=True)


# ---------------------------------------------------------------------------- in writing it down


def _names_swapped(scene: Scene) -> Iterator[Supposed]:
    """Pre-activations by the name of the activations, or the other way round."""
    if scene.named:
        partner = partner_of(scene.symbol)
        names = f"{scene.name(scene.symbol)} and {scene.name(partner)}"
        yield Supposed(_stacked(scene.line.step(partner), 1), [names], whole=True)


def _another_layer(scene: Scene) -> Iterator[Supposed]:
    """The figures of the same kind of quantity in another layer, where these have the same shape."""
    basis, (kind, layer, updated) = scene.basis, scene.symbol
    for symbol in basis.page:
        if (symbol.kind, symbol.updated) == (kind, updated) and symbol.layer != layer:
            exact = basis.exact(symbol)
            if exact.shape == scene.step.value.shape:
                ball = Ball(exact[None], np.zeros_like(exact)[None])
                yield Supposed(ball, [scene.name(symbol)], whole=True)


def _swapped_along(rows: int) -> Suppose:
    """Two rows of the matrix as it is written are swapped (1), or two columns (0)."""

    def suppose(scene: Scene) -> Iterator[Supposed]:
        transposed = scene.basis.exercise.layout.is_transposed(scene.symbol)
        axis = int(transposed == bool(rows))
        length = scene.step.value.shape[axis]
        pairs = list(combinations(range(length), 2))[:_MOST]
        if pairs:
            orders = [_exchanged(length, *pair) for pair in pairs]
            ball = Ball(*(np.array([np.take(part, order, axis) for order in orders]) for part in scene.step))
            yield Supposed(ball, [f"{a + 1} and {b + 1}" for a, b in pairs], whole=True)

    return suppose


def _cells_swapped(scene: Scene) -> Iterator[Supposed]:
    if scene.swapped:
        first, second = scene.swapped
        parts = [part[None].copy() for part in scene.step]
        for part, (whole,) in zip(scene.step, parts, strict=True):
            whole[first], whole[second] = part[second], part[first]
        label = " and ".join(scene.cell_name(scene.symbol, cell) for cell in scene.swapped)
        yield Supposed(Ball(*parts), [label], whole=True)


def _transposed(scene: Scene) -> Iterator[Supposed]:
    rows, columns = scene.step.value.shape
    if rows == columns > 1:
        yield Supposed(Ball(*(part.T[None] for part in scene.step)), [""], whole=True)


def _column_order(scene: Scene) -> Iterator[Supposed]:
    if min(scene.step.value.shape) > 1:
        down = [part.ravel(order="C").reshape(part.shape, order="F") for part in scene.step]
        across = [part.ravel(order="F").reshape(part.shape, order="C") for part in scene.step]
        ball = Ball(*(np.array(pair) for pair in zip(down, across, strict=True)))
        yield Supposed(ball, ["", ""], whole=True)


def _copied(scene: Scene) -> Iterator[Supposed]:
    """The figure of another cell of the answer, or of the same cell of an earlier one."""
    value, radius = scene.step
    shape = value.shape
    copies = [
        (Ball(np.full(shape, value[cell]), np.full(shape, radius[cell])), scene.cell_name(scene.symbol, cell))
        for cell in np.ndindex(shape)
        if value[cell] != 0 and value.size > 1
    ][:_MOST]
    for symbol, figures in scene.earlier.items():
        held = Ball(np.where(figures == 0, np.nan, figures), np.zeros(shape))
        copies.append((held, f"the same cell of {scene.name(symbol)}"))
    if copies:
        values, radii = zip(*(ball for ball, _ in copies), strict=True)
        yield Supposed(Ball(np.array(values), np.array(radii)), [words for _, words in copies], whole=False)


# ---------------------------------------------------------------------------- the catalogue


class Slip(NamedTuple):
    """A kind of slip.

    title: what to call it. message: a sentence (`{}`: what exactly). hint: a question, or what to check.
    equal: why it makes no difference where it makes none. suppose: what would have come out; None for slips
    of the pen, which are looked for in single figures. computing: whether it is made in computing, from the
    right figures or from those of the sheet, rather than in writing the result down. level: how plausible it
    is beside other mistakes.
    """

    title: str
    message: str
    hint: str
    equal: str = ""
    suppose: Suppose | None = None
    computing: bool = False
    level: Level = Level.PEN


_NO_TERM, _DIGITS = "no term of the sum makes a difference", "Check the digits of this figure."
SLIPS: Mapping[str, Slip] = {
    "term_left_out": Slip(
        "a term left out",
        "The {} is missing.",
        "Is every term of the sum there?",
        _NO_TERM,
        _term_times(0),
        computing=True,
        level=Level.SUM,
    ),
    "term_sign": Slip(
        "a term with the wrong sign",
        "The {} has the wrong sign.",
        "Check the sign of every product.",
        _NO_TERM,
        _term_times(-1),
        computing=True,
        level=Level.SUM,
    ),
    "term_times_ten": Slip(
        "a term ten times too large",
        "The {} is ten times too large.",
        "Check the decimal point in each product.",
        _NO_TERM,
        _term_times(10),
        computing=True,
        level=Level.SUM,
    ),
    "one_sample_only": Slip(
        "only one sample",
        "Only {} was used; add up all samples.",
        "Do all samples have a part in this?",
        "the other samples add nothing",
        _one_sample,
        computing=True,
        level=Level.SUM,
    ),
    "given_misread": Slip(
        "a given misread",
        "{}",
        "Compare the figures that you used with those of the exercise.",
        "the given makes no difference",
        _given_misread,
        computing=True,
        level=Level.MISREAD,
    ),
    "another_learning_rate": Slip(
        "another learning rate",
        "The step was made with η = {}.",
        "Which learning rate does the exercise give?",
        "the gradient is 0",
        _another_rate,
        computing=True,
        level=Level.SUM,
    ),
    "names_swapped": Slip(
        "names swapped",
        "The names {} seem swapped: each has the figures of the other.",
        "Which name stands for what?",
        "both have the same figures",
        _names_swapped,
    ),
    "another_layer": Slip(
        "figures of another layer",
        "These are the figures of {}.",
        "From which end are the layers numbered?",
        "both layers have the same figures",
        _another_layer,
    ),
    "rows_swapped": Slip(
        "rows swapped",
        "Rows {} are swapped.",
        "Check the order of the rows.",
        "all rows are equal",
        _swapped_along(rows=1),
    ),
    "columns_swapped": Slip(
        "columns swapped",
        "Columns {} are swapped.",
        "Check the order of the columns.",
        "all columns are equal",
        _swapped_along(rows=0),
    ),
    "cells_swapped": Slip(
        "cells swapped",
        "The figures of {} are swapped.",
        "Check where each figure belongs.",
        "all figures are equal",
        _cells_swapped,
    ),
    "transposed": Slip(
        "transposed",
        "This is the transpose of the matrix.",
        "Which dimension do the rows stand for?",
        "the matrix is its own transpose",
        _transposed,
    ),
    "column_order": Slip(
        "filled in the wrong order",
        "The figures are right, but filled in column by column instead of row by row.",
        "In which order are the cells of a matrix filled in?",
        "the figures are the same in either order",
        _column_order,
    ),
    "copied": Slip(
        "another figure copied",
        "This is the figure of {}.",
        "Check where each figure belongs.",
        "all figures are equal",
        _copied,
        level=Level.MISREAD,
    ),
    "sign_lost": Slip("sign lost", "The sign is wrong: {}.", "Check the sign."),
    "digits_swapped": Slip(
        "digits swapped", "Two digits are swapped: {}.", "Check the digits of this figure."
    ),
    "digit_inserted": Slip("a digit too many", "One digit too many: {}.", _DIGITS),
    "digit_dropped": Slip("a digit missing", "A digit is missing: {}.", _DIGITS, level=Level.MISREAD),
    "point_shifted": Slip(
        "decimal point misplaced", "The decimal point is misplaced: {}.", "Check the decimal point."
    ),
}


# ---------------------------------------------------------------------------- helpers


def _exchanged(length: int, a: int, b: int) -> list[int]:
    order = list(range(length))
    order[a], order[b] = b, a
    return order


def _stacked(ball: Ball, count: int) -> Ball:
    """The ball as a stack of so many, even where the suppositions made no difference."""
    shape = (count, *ball.value.shape[-2:])
    return Ball(*(np.broadcast_to(np.asarray(part), shape) for part in ball))
