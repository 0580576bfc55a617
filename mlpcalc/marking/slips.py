"""Slips of a moment, as against misconceptions: a term of a sum forgotten, a figure misread or miscopied.

Each kind of slip supposes many things at once: a stack of what would have come out, one for each.
"""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple

import numpy as np

from mlpcalc.arrays import Mask
from mlpcalc.marking.basis import Basis
from mlpcalc.marking.evidence import Case, cells_of, fitting
from mlpcalc.marking.lines import Line
from mlpcalc.marking.marks import Cell, Diagnosis
from mlpcalc.marking.misprints import meant, misread
from mlpcalc.marking.sums import terms_of
from mlpcalc.marking.verdicts import Figures
from mlpcalc.numerics.interval import Ball
from mlpcalc.page import expr
from mlpcalc.page.symbols import Symbol
from mlpcalc.reading.numerals import NumeralError, approximate
from mlpcalc.text.wording import ordinal

_MOST = 400  # suppositions of one kind
_SUM = Symbol("sum")  # stands for a sum of which something is supposed


class Kind(NamedTuple):
    """A kind of slip: its name for programs, what to call it, a sentence (`{}`: what exactly), a hint."""

    title: str
    message: str
    hint: str


KINDS = {
    "term_left_out": Kind("a term left out", "The {} is missing.", "Is every term of the sum there?"),
    "term_sign": Kind(
        "a term with the wrong sign", "The {} has the wrong sign.", "Check the sign of every product."
    ),
    "term_times_ten": Kind(
        "a term ten times too large",
        "The {} is ten times too large.",
        "Check the decimal point in each product.",
    ),
    "one_sample_only": Kind(
        "only one sample", "Only {} was used; add up all samples.", "Do all samples have a part in this?"
    ),
    "given_misread": Kind(
        "a given misread", "{}", "Compare the figures that you used with those of the exercise."
    ),
    "rows_swapped": Kind("rows swapped", "Rows {} are swapped.", "Check the order of the rows."),
    "columns_swapped": Kind("columns swapped", "Columns {} are swapped.", "Check the order of the columns."),
    "cells_swapped": Kind(
        "cells swapped", "The figures of {} are swapped.", "Check where each figure belongs."
    ),
    "transposed": Kind(
        "transposed", "This is the transpose of the matrix.", "Which dimension do the rows stand for?"
    ),
    "column_order": Kind(
        "filled in the wrong order",
        "The figures are right, but filled in column by column instead of row by row.",
        "In which order are the cells of a matrix filled in?",
    ),
    "names_swapped": Kind(
        "names swapped",
        "The names {} seem swapped: each has the figures of the other.",
        "Which name stands for what?",
    ),
    "copied": Kind("another figure copied", "This is the figure of {}.", "Check where each figure belongs."),
    "another_learning_rate": Kind(
        "another learning rate",
        "The step was made with η = {}.",
        "Which learning rate does the exercise give?",
    ),
    "sign_lost": Kind("sign lost", "The sign is wrong: {}.", "Check the sign."),
    "digits_swapped": Kind(
        "digits swapped", "Two digits are swapped: {}.", "Check the digits of this figure."
    ),
    "digit_inserted": Kind("a digit too many", "One digit too many: {}.", "Check the digits of this figure."),
    "digit_dropped": Kind("a digit missing", "A digit is missing: {}.", "Check the digits of this figure."),
    "point_shifted": Kind(
        "decimal point misplaced", "The decimal point is misplaced: {}.", "Check the decimal point."
    ),
}


_LOOSE = ("digit_dropped", "digit_inserted")  # so many figures are one digit away that others come first
_PARTNERS = {"S": "Z", "Z": "S"}


class Supposed(NamedTuple):
    """Suppositions of one kind: what would have come out, a stack, and in words what each is.

    whole: whether the whole answer must agree; otherwise each cell may have its own.
    """

    kind: str
    ball: Ball
    labels: Sequence[str]
    whole: bool


class Slips:
    """The slips that explain wrong cells of an exercise's answers."""

    def __init__(self, basis: Basis) -> None:
        self._basis = basis

    def of_all(self, case: Case, *, only_names: bool = False) -> list[Diagnosis]:
        """Each kind of slip that explains all wrong cells.

        only_names: of several cells, only whether names are swapped.
        """
        found = []
        cells = cells_of(case.wrong)
        for supposed in self._names(case) if only_names else self._suppositions(case):
            if supposed.whole:
                agrees = case.figures.meets(supposed.ball) | ~case.written
                fits = fitting(case, supposed.ball)
                able = np.flatnonzero(agrees.all(axis=(1, 2)) & fits[:, case.wrong].all(axis=1))
                if able.size:
                    found.append(_diagnosis(supposed.kind, supposed.labels[able[0]], cells))
            elif (fits := _of_single_cells(case, supposed))[:, case.wrong].any(axis=0).all():
                first = int(np.argmax(fits[(slice(None), *cells[0])]))
                found.append(_diagnosis(supposed.kind, supposed.labels[first], cells))
        found += self._misprints(case) if len(cells) == 1 else []
        return found

    def cell_by_cell(self, case: Case) -> list[Diagnosis]:
        """What explains single wrong cells, where nothing explains all of them."""
        found = list(self._misprints(case))
        done = {cell for each in found for cell in each.cells}
        for supposed in self._suppositions(case):
            if supposed.whole:
                continue
            fits = _of_single_cells(case, supposed)
            for cell in cells_of(case.wrong):
                if cell not in done and (able := fits[(slice(None), *cell)]).any():
                    found.append(_diagnosis(supposed.kind, supposed.labels[int(np.argmax(able))], (cell,)))
                    done.add(cell)
        return found

    def _suppositions(self, case: Case) -> Iterator[Supposed]:
        for line in case.lines:
            yield from self._terms(case, line)
            yield from self._givens(case, line)
            yield from self._rates(case, line)
        yield from self._names(case)
        yield from self._places(case)
        yield from self._copies(case)

    # -- sums

    def _terms(self, case: Case, line: Line) -> Iterator[Supposed]:
        """A sum without one of its terms, with it turned round, ten times as large, or alone."""
        if case.symbol not in self._basis.page:
            return
        yield from self._terms_in(case.symbol, case, line)
        for step in _on_the_way(case.symbol, line):
            yield from self._terms_in(step, case, line)

    def _terms_in(self, step: Symbol, case: Case, line: Line) -> Iterator[Supposed]:
        """The same in a certain step: the answer's own, or one on the way there that was not written."""
        expression = self._basis.page[step].expression
        where = "" if step == case.symbol else f" in {self._name(step)}"
        for node in expr.nodes(expression):
            if (found := terms_of(node, line)) is None:
                continue
            whole, terms = found
            labels = [f"{ordinal(j)} term of the sum{where}" for j in range(1, len(terms.value) + 1)]

            def outcome(ball: Ball, node: expr.Expr = node) -> Ball:
                other = line.changed(known={_SUM: ball}).value(
                    expr.exchange(expression, node, expr.Ref(_SUM)), step
                )
                return other if step == case.symbol else line.changed(known={step: other}).step(case.symbol)

            for kind, times in (("term_left_out", 1), ("term_sign", 2), ("term_times_ten", -9)):
                radius = (
                    whole.radius - terms.radius
                    if times == 1
                    else whole.radius + abs(times - 1) * terms.radius
                )
                ball = Ball(whole.value - times * terms.value, np.maximum(radius, 0))
                yield Supposed(kind, outcome(ball), labels, whole=False)
            if len(labels) == self._basis.exercise.samples > 1 and step.stage == "gradients":
                samples = [f"sample {n}" for n in range(1, len(labels) + 1)]
                yield Supposed("one_sample_only", outcome(terms), samples, whole=True)

    # -- givens

    def _givens(self, case: Case, line: Line) -> Iterator[Supposed]:
        """A given with one of its cells misread."""
        givens = sorted(line.operands(case.symbol) & self._basis.givens.keys())
        for given in givens:
            texts = self._basis.exercise.written.get(given)
            if given in line.known or texts is None:
                continue
            array = self._basis.givens[given].value
            if array.size > _MOST:
                continue
            variants, labels = [], []
            for i, j, text in _misreadings(texts):
                try:
                    value = approximate(text)
                except NumeralError:
                    continue
                variant = array.copy()
                variant[i, j] = value
                if value != array[i, j]:
                    variants.append(variant)
                    labels.append(f"{self.named(given, (i, j))} is {texts[i][j]}, it was read as {text}.")
            if variants:
                stack = np.array(variants[:_MOST])
                ball = line.changed(known={given: Ball(stack, np.zeros_like(stack))}).step(case.symbol)
                yield Supposed("given_misread", _stacked(ball, len(stack)), labels[:_MOST], whole=True)

    def _rates(self, case: Case, line: Line) -> Iterator[Supposed]:
        """An update with another learning rate, if one of few digits explains it."""
        eta = self._basis.exercise.learning_rate
        if case.symbol.kind not in ("W", "b") or not eta:
            return
        step = line[Symbol("step_" + case.symbol.kind, case.symbol.layer)].value.reshape(case.wrong.shape)
        before = line[case.symbol._replace(updated=False)].value.reshape(case.wrong.shape)
        cell = np.unravel_index(np.argmax(np.where(case.wrong, np.abs(step), -1)), step.shape)
        if step[cell] == 0 or case.wrong.sum() < 2:
            return
        times = (case.figures.value[0][cell] - before[cell]) / step[cell]
        rate = float(f"{float(eta) * times:.2g}")
        if rate == 0 or not np.isfinite(rate):
            return
        factor = expr.Coefficient(Fraction(f"{rate:g}") / eta)
        expression = self._basis.page[case.symbol].expression
        taken = expr.Ref(Symbol("step_" + case.symbol.kind, case.symbol.layer))
        ball = line.value(expr.exchange(expression, taken, expr.Scale(factor, taken)), case.symbol)
        yield Supposed("another_learning_rate", _stacked(ball, 1), [f"{rate:g}"], whole=True)

    # -- names

    def _names(self, case: Case) -> Iterator[Supposed]:
        """Pre-activations by the name of the activations and the other way round, if both answers say so."""
        other = case.symbol._replace(kind=_PARTNERS.get(case.symbol.kind, ""))
        partner = case.sheet.answers.get(other)
        if partner is None or partner.value.shape != case.wrong.shape:
            return
        there = Figures(partner.value[None], partner.half[None])
        if (there.meets(case.right.step(case.symbol)) | there.blank).all():
            names = f"{self._name(case.symbol)} and {self._name(other)}"
            yield Supposed("names_swapped", _stacked(case.right.step(other), 1), [names], whole=True)

    # -- places

    def _places(self, case: Case) -> Iterator[Supposed]:
        """The right figures in the wrong places."""
        value, radius = case.step
        units, columns = value.shape
        kinds = self._basis.exercise.layout.axes(case.symbol, ("rows_swapped", "columns_swapped"))
        for axis, kind in enumerate(kinds):
            pairs = list(combinations(range(value.shape[axis]), 2))[:_MOST]
            order = [_exchanged(value.shape[axis], *pair) for pair in pairs]
            if order:
                ball = Ball(*(np.array([np.take(part, o, axis) for o in order]) for part in (value, radius)))
                yield Supposed(kind, ball, [f"{a + 1} and {b + 1}" for a, b in pairs], whole=True)
        wrong = cells_of(case.wrong)
        if len(wrong) == 2:
            swapped = [part.copy() for part in (value, radius)]
            for part in swapped:
                part[wrong[0]], part[wrong[1]] = part[wrong[1]], part[wrong[0]]
            label = " and ".join(self.named(case.symbol, cell) for cell in wrong)
            yield Supposed("cells_swapped", Ball(*(part[None] for part in swapped)), [label], whole=True)
        if units == columns > 1:
            yield Supposed("transposed", Ball(value.T[None], radius.T[None]), [""], whole=True)
        if min(units, columns) > 1:
            parts = (value, radius)
            down = [part.ravel(order="C").reshape(part.shape, order="F") for part in parts]
            across = [part.ravel(order="F").reshape(part.shape, order="C") for part in parts]
            ball = Ball(*(np.array(pair) for pair in zip(down, across, strict=True)))
            yield Supposed("column_order", ball, ["", ""], whole=True)

    def _copies(self, case: Case) -> Iterator[Supposed]:
        """The figure of another cell of the answer, or of the same cell of an earlier one."""
        value, radius = case.step
        shape = value.shape
        copies = [
            (Ball(np.full(shape, value[cell]), np.full(shape, radius[cell])), self.named(case.symbol, cell))
            for cell in np.ndindex(shape)
            if value[cell] != 0
        ][:_MOST]
        for symbol, mark in case.earlier.items():
            answer = mark.answer
            if answer.value.shape == shape and answer.written_shape is None:
                held = Ball(np.where(answer.value == 0, np.nan, answer.value), np.zeros(shape))
                copies.append((held, f"the same cell of {self._name(symbol)}"))
        if copies:
            values, radii = zip(*(ball for ball, _ in copies), strict=True)
            yield Supposed(
                "copied", Ball(np.array(values), np.array(radii)), [w for _, w in copies], whole=False
            )

    def _misprints(self, case: Case) -> Iterator[Diagnosis]:
        """Figures that are one slip of the pen away from what follows, on either line."""
        texts = case.answer.texts
        for cell in cells_of(case.wrong):
            text = texts[cell[0]][cell[1]] or ""
            kinds = dict.fromkeys(
                kind
                for kind, figure, half, room in meant(text)
                for value, radius in (
                    (float(part[cell]) for part in ball) for ball in (case.step, case.should)
                )
                if figure and abs(figure - value) <= half + radius and radius < min(abs(figure) / 10, room)
            )
            telling = [kind for kind in kinds if kind not in _LOOSE] or list(kinds)
            yield from (_diagnosis(kind, f"you wrote {text}", (cell,)) for kind in telling)

    # -- words

    def named(self, symbol: Symbol, cell: Cell) -> str:
        """A cell by its name, in the layout of the exercise."""
        return self._basis.solution.cell_name(symbol, cell)

    def _name(self, symbol: Symbol) -> str:
        return self._basis.solution.notation.name(symbol)


def _of_single_cells(case: Case, supposed: Supposed) -> Mask:
    """Which suppositions explain which cells; a 0 is nothing done rather than something done wrong."""
    return np.asarray(fitting(case, supposed.ball) & (case.figures.value != 0))


def _on_the_way(symbol: Symbol, line: Line) -> Iterator[Symbol]:
    """The steps that were not written between an answer and the last ones that usually are."""
    pending, seen = [symbol], {symbol}
    while pending:
        for other in sorted(line.operands(pending.pop(0))):
            if other not in line.known and other in line.basis.page and other not in seen:
                seen.add(other)
                yield other
                if other in line.basis.details:
                    pending.append(other)


def _misreadings(texts: Sequence[Sequence[str]]) -> Iterator[tuple[int, int, str]]:
    """Every cell with what may have been read there: other digits, no sign, the figure beside it."""
    everywhere = {text for row in texts for text in row}
    for i, row in enumerate(texts):
        for j, text in enumerate(row):
            for _, variant in misread(text):
                yield i, j, variant
            for other in sorted(everywhere - {text}):
                yield i, j, other


def _exchanged(length: int, a: int, b: int) -> list[int]:
    order = list(range(length))
    order[a], order[b] = b, a
    return order


def _stacked(ball: Ball, count: int) -> Ball:
    """The ball as a stack of so many, even where the suppositions made no difference."""
    shape = (count, *ball.value.shape[-2:])
    return Ball(*(np.broadcast_to(np.asarray(part), shape) for part in ball))


def _diagnosis(kind: str, label: str, cells: Iterable[Cell]) -> Diagnosis:
    title, message, hint = KINDS[kind]
    return Diagnosis(kind, title, message.format(label), hint, tuple(cells))
