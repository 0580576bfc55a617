"""The figures of a quantity after a slip: one example of each kind, where it makes the most difference.

The kinds are those of `marking.slips`, which looks for them in sheets; here they are made.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.auditing.consequences import Consequences, differs
from mlpcalc.marking.misprints import misread
from mlpcalc.numerics.interval import Ball
from mlpcalc.numerics.rounding import rounded
from mlpcalc.page import expr
from mlpcalc.page.symbols import Symbol
from mlpcalc.reading.numerals import NumeralError, approximate
from mlpcalc.text.wording import ordinal

Slip = tuple[str, str, Ball]
"""The kind of a slip, what exactly happened, for the message of its kind, and all figures after it."""

SWAPPED = "names_swapped"
PARTNERS = {"S": "Z"}
"""The slip of swapping the names of two quantities, and which they may be."""

_SUM = Symbol("sum")  # stands for a sum in which a slip was made
_MOST = 400  # suppositions of one kind
_USUAL_RATES = tuple(map(Fraction, ("0.1", "0.01", "0.2", "0.5", "0.3", "0.05", "0.7")))
_TERMS = {"term_left_out": 0, "term_sign": -1, "term_times_ten": 10}  # what becomes of the term, times itself


def slips(consequences: Consequences, symbol: Symbol) -> list[Slip]:
    """A slip of each kind that can be made with a quantity; none where its figures are not finite."""
    if not np.isfinite(consequences.right(symbol).value).all():
        return []
    with np.errstate(all="ignore"):  # what comes of a slip may be beyond double precision
        return [*_Slips(consequences, symbol).all()]


class _Slips:
    """The slips that can be made with one quantity."""

    def __init__(self, consequences: Consequences, symbol: Symbol) -> None:
        self._consequences = consequences
        self._solution = consequences.solution
        self._exercise = consequences.solution.exercise
        self._symbol = symbol
        self._right = consequences.right(symbol)
        self._expression = consequences.page[symbol].expression

    def all(self) -> Iterator[Slip]:
        yield from self._terms()
        yield from self._givens()
        yield from self._rate()
        yield from self._names()
        yield from self._places()
        yield from self._misprints()

    # -- sums

    def _terms(self) -> Iterator[Slip]:
        """Something done to the largest term of a sum; and one sample instead of all."""
        best: dict[str, tuple[float, Slip]] = {}
        for node, terms in self._sums():
            term, i, j = np.unravel_index(int(np.argmax(np.abs(terms))), terms.shape)
            for kind, times in _TERMS.items() if len(terms) > 1 else ():
                total = terms.sum(axis=0)
                total[i, j] += (times - 1) * terms[term, i, j]
                ball = self._with_sum(node, total)
                effect = float(differs(ball, self._right).max())
                if kind not in best or effect > best[kind][0]:
                    best[kind] = effect, (kind, f"{ordinal(int(term) + 1)} term of the sum", ball)
            if self._symbol.stage == "gradients" and "one_sample_only" not in best:
                ball = self._with_sum(node, terms[-1])
                best["one_sample_only"] = 0.0, ("one_sample_only", f"sample {len(terms)}", ball)
        yield from (slip for _, slip in best.values())

    def _with_sum(self, node: expr.Expr, total: Array) -> Ball:
        """What comes of it if a sum in the equation comes out otherwise."""
        known = {_SUM: Ball(total, np.zeros(total.shape))}
        return self._consequences.value(
            expr.exchange(self._expression, node, expr.Ref(_SUM)), self._symbol, known
        )

    def _sums(self) -> Iterator[tuple[expr.Expr, Array]]:
        """Every sum in the equation, and the stack of its terms."""
        for node in dict.fromkeys(expr.nodes(self._expression)):
            match node:
                case expr.MatMul(left, right):
                    a, b = self._operand(left), self._operand(right)
                    yield node, np.asarray(a.T[:, :, None] * b[:, None, :])
                case expr.RowSums(operand):
                    yield node, self._operand(operand).T[:, :, None]
                case expr.ColumnSums(operand):
                    yield node, self._operand(operand)[:, None, :]
                case expr.Total(operand):
                    yield node, self._operand(operand).reshape(-1, 1, 1)

    def _operand(self, node: expr.Expr) -> Array:
        return self._consequences.operand(node).value

    # -- givens

    def _givens(self) -> Iterator[Slip]:
        """A given misread where this quantity is worked out."""
        best: tuple[float, str, Ball] | None = None
        for given in sorted(expr.references(self._expression) & self._exercise.written.keys()):
            misreadings = self._misreadings(given)
            if not misreadings:
                continue
            stack = np.array([values for values, _ in misreadings])
            known = {given: Ball(stack, np.zeros(stack.shape))}
            balls = self._consequences.value(self._expression, self._symbol, known)
            balls = Ball(*(np.broadcast_to(part, (len(stack), *part.shape[-2:])) for part in balls))
            effects = differs(balls, self._right).max(axis=(1, 2))
            place = int(np.argmax(effects))
            if best is None or effects[place] > best[0]:
                best = effects[place], misreadings[place][1], Ball(*(part[place] for part in balls))
        if best is not None:
            yield "given_misread", *best[1:]

    def _misreadings(self, given: Symbol) -> list[tuple[Array, str]]:
        """The given with one of its cells misread, and in words which."""
        texts = self._exercise.written[given]
        right = self._consequences.right(given).value
        found = []
        for cell in list(np.ndindex(right.shape))[:_MOST]:
            text = texts[cell[0]][cell[1]]
            for _, other in misread(text):
                try:
                    value = approximate(other)
                except NumeralError:
                    continue
                if value != right[cell]:
                    values = right.copy()
                    values[cell] = value
                    name = self._solution.cell_name(given, cell)
                    found.append((values, f"{name} is {text}, it was read as {other}."))
        return found[:_MOST]

    def _rate(self) -> Iterator[Slip]:
        """A step with another learning rate, one that is not a simple multiple of the right one."""
        eta, symbol = self._exercise.learning_rate, self._symbol
        if symbol.kind in ("W", "b") and eta:
            counts = [1, 2, 10, 100, self._exercise.samples, self._exercise.sizes[-1]]
            simple = {eta, 1 / eta, *map(Fraction, counts), *(Fraction(1, count) for count in counts)}
            rate = next((rate for rate in _USUAL_RATES if rate / eta not in simple), 3 * eta)
            step = expr.Ref(Symbol("step_" + symbol.kind, symbol.layer))
            changed = expr.exchange(self._expression, step, expr.Scale(expr.Coefficient(rate / eta), step))
            yield "another_learning_rate", f"{float(rate):g}", self._consequences.value(changed, symbol)

    # -- places

    def _names(self) -> Iterator[Slip]:
        """Pre-activations by the name of the activations, and the other way round."""
        if self._symbol.kind in PARTNERS:
            partner = self._symbol._replace(kind=PARTNERS[self._symbol.kind])
            names = map(self._solution.notation.name, (self._symbol, partner))
            yield SWAPPED, " and ".join(names), self._consequences.right(partner)

    def _places(self) -> Iterator[Slip]:
        """The right figures in the wrong places."""
        right = self._right
        rows, columns = right.value.shape
        kinds = self._exercise.layout.axes(self._symbol, ("rows_swapped", "columns_swapped"))
        for axis, kind in enumerate(kinds):
            if right.value.shape[axis] > 1:
                (a, b), ball = self._exchanged(axis)
                yield kind, f"{a + 1} and {b + 1}", ball
        if rows * columns > 1:
            low, high = _extremes(right.value)
            swapped, copied = (Ball(*(part.copy() for part in right)) for _ in range(2))
            for part, copy, source in zip(swapped, copied, right, strict=True):
                part[low], part[high] = source[high], source[low]
                copy[low] = source[high]
            names = [self._solution.cell_name(self._symbol, cell) for cell in (low, high)]
            yield "cells_swapped", " and ".join(names), swapped
            yield "copied", names[1], copied
        if rows == columns > 1:
            yield "transposed", "", Ball(right.value.T, right.radius.T)
        if min(rows, columns) > 1:
            shape, transposed = right.value.shape, self._exercise.layout.is_transposed(self._symbol)
            parts = (
                part.ravel(order="F").reshape(shape) if transposed else part.ravel().reshape(shape, order="F")
                for part in right
            )
            yield "column_order", "", Ball(*parts)

    def _exchanged(self, axis: int) -> tuple[tuple[int, int], Ball]:
        """The two rows or columns that differ most, in each other's place."""

        def apart(pair: tuple[int, int]) -> float:
            one, other = (np.take(self._right.value, place, axis) for place in pair)
            return float(np.abs(one - other).max())

        order = list(range(self._right.value.shape[axis]))
        a, b = max(list(combinations(order, 2))[:_MOST], key=apart)
        order[a], order[b] = b, a
        return (a, b), Ball(*(np.take(part, order, axis) for part in self._right))

    # -- single figures

    def _misprints(self) -> Iterator[Slip]:
        """A slip of the pen in the largest figure, with which the student goes on."""
        cell = _extremes(np.abs(self._right.value))[1]
        decimals = self._solution.decimals()
        text = f"{rounded(float(self._right.value[cell]), decimals):f}"
        for kind, other in _misprints(text):
            wrong = f"{rounded(float(other), decimals):f}"
            if float(wrong) != float(text):
                changed = Ball(*(part.copy() for part in self._right))
                changed.value[cell], changed.radius[cell] = float(wrong), 0.0
                yield kind, f"you wrote {wrong}", changed


def _misprints(text: str) -> Iterator[tuple[str, str]]:
    """A figure with one slip of the pen in it, of each kind that there is room for."""
    sign, size = ("-", text[1:]) if text.startswith("-") else ("", text)
    first = next((place for place, digit in enumerate(size) if digit in "123456789"), None)
    if first is None:
        return
    yield "sign_lost", size if sign else f"-{size}"
    swapped = [other for kind, other in misread(text) if kind == "digits_swapped"]
    if swapped:
        yield "digits_swapped", max(swapped, key=lambda other: abs(float(other) - float(text)))
    if "." in size:
        yield "digit_inserted", sign + size[: first + 1] + size[first:]
        dropped = size[:first] + size[first + 1 :]
        yield "digit_dropped", sign + (f"0{dropped}" if dropped.startswith(".") else dropped)
        yield "point_shifted", f"{float(text) * 10}"


def _extremes(values: Array) -> tuple[tuple[int, int], tuple[int, int]]:
    """The cells with the smallest and the largest value; the first and the last if all are equal."""
    columns = values.shape[1]
    low, high = int(np.argmin(values)), values.size - 1 - int(np.argmax(values[::-1, ::-1]))
    return (low // columns, low % columns), (high // columns, high % columns)
