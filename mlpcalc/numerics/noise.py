"""Find the cells that are zero on paper: 0.5 - 0.6 + 0.1 is 2.8e-17 in floating point, and relu' then wrong.

The rounding error of every quantity is bounded, layer by layer. A cell that is no larger than its bound is
set to 0.

Bounding every cell takes longer than computing it, so a bound from norms is tried first: for most
quantities it shows that no cell is in doubt. In networks too large for paper only the pre-activations of
functions with a kink are examined, as zeros elsewhere change nothing.
"""

from collections.abc import Callable, Container, Mapping
from functools import lru_cache, reduce
from math import inf, isfinite

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.numerics.interval import UNIT, Ball, IntervalContext, enclose
from mlpcalc.page import expr, trees
from mlpcalc.page.functions import Apply, Derivative
from mlpcalc.page.symbols import Symbol

Bound = tuple[float, float]
"""The largest magnitude of a quantity's cells, and the largest rounding error among them."""

_UNKNOWN: Bound = (np.inf, np.inf)
_ON_PAPER = 64  # terms
_FEW_STEPS = 60  # of recursion
_REST_OF_STEP = 8  # roundings that a parameter is taken to have left from the step before: a bound carried
# on through the steps would soon be larger than what it bounds
_PIECE = 16_384
_FEW = 256  # cells, for which plain Python is faster than NumPy
_CANCELLING = (expr.Add, expr.Sub, expr.Sum, expr.MatMul, expr.RowSums, expr.ColumnSums, expr.Total)


class Noise:
    """Bounds of the rounding errors of one exercise.

    `known` are the quantities computed so far; those that `as_on_paper` has not seen are decimal
    figures, as exact as a float can be: the givens, or all where every step is rounded. `terms`: of the
    longest sum.
    """

    def __init__(
        self,
        known: Mapping[Symbol, Array],
        coefficient: Callable[[expr.Coefficient], float],
        terms: int,
        *,
        on_paper: bool = True,
    ) -> None:
        self._known = known
        self.coefficient = coefficient
        self.terms = terms
        self.on_paper = on_paper and terms <= _ON_PAPER
        self._bounds: dict[Symbol, Bound] = {}
        self._radii: dict[Symbol, Array] = {}
        self._made_by: dict[Symbol, expr.Expr] = {}
        self._edges: dict[Symbol, tuple[float, ...]] = {}

    def as_on_paper(
        self, symbol: Symbol, expression: expr.Expr, value: Array, kinks: tuple[float, ...] = ()
    ) -> Array:
        """The value of a quantity, with 0 in the cells that are zero on paper.

        kinks: where cases are distinguished by it. No cell may be overlooked, in any network, that is one of
        these numbers on paper; it is set to that.
        """
        self._made_by[symbol] = expression
        edges = self._edges[symbol] = kinks if 0.0 in kinks else (0.0, *kinks)
        if not (kinks or self.on_paper):
            return value
        if not _cancels(expression):
            return value  # a product of nonzero factors is not zero
        error = self._estimate(expression)[1]
        self._bounds[symbol] = _largest(value), error
        near = [edge for edge in edges if _some_within(value - edge if edge else value, error)]
        if not near:
            return value
        radius = self._enclose(expression).radius
        radius = np.broadcast_to(radius, value.shape) if value.shape else radius.reshape(())
        for edge in near:
            noisy = (np.abs(value - edge) <= radius) & np.isfinite(radius)
            value, radius = np.where(noisy, edge, value), np.where(noisy, 0.0, radius)
        self._radii[symbol] = radius
        return value

    def settle(self, test: expr.Expr, value: Array) -> Array:
        """The value of a test, with 0 in the cells that are zero on paper."""
        if not trees.references(test):  # in the definition of a function: its operand already has exact zeros
            return value
        radius = self._enclose(test).radius
        return np.where((np.abs(value) <= radius) & np.isfinite(radius), 0.0, value)

    # -- cell by cell

    def _enclose(self, expression: expr.Expr) -> Ball:
        with np.errstate(all="ignore"):
            return enclose(expression, IntervalContext(self._ball, self.coefficient, noise_only=True))

    def _ball(self, symbol: Symbol) -> Ball:
        """The value of a quantity with the bounds of its cells' rounding errors."""
        value = self._known[symbol]
        if symbol not in self._radii:
            made_by = self._made_by.get(symbol)
            self._visit_operands(symbol, self._radii, self._ball)
            if made_by is None:
                radius = (
                    _REST_OF_STEP * _representation(value) if symbol.is_carried_on else _representation(value)
                )
            else:
                radius = self._enclose(made_by).radius
            # A cell that came out as zero is as much the zero of the paper as one that was made so.
            exact = np.isin(value, self._edges.get(symbol, (0.0,)))
            self._radii[symbol] = np.where(exact, 0.0, radius)
        return Ball(value, self._radii[symbol])

    def _visit_operands(
        self, symbol: Symbol, done: Container[Symbol], look_at: Callable[[Symbol], object]
    ) -> None:
        """Call `look_at` for all that a quantity was computed from, in order, so as not to recurse deeply."""
        if len(self._made_by) <= _FEW_STEPS:
            return
        needed: set[Symbol] = set()
        pending = [symbol]
        while pending:
            made_by = self._made_by.get(pending.pop())
            used = trees.references(made_by) if made_by else ()
            found = {other for other in used if other not in needed and other not in done}
            needed |= found
            pending += found
        if needed:
            for other in [each for each in self._made_by if each in needed]:
                look_at(other)

    # -- a whole quantity at once

    def _bound(self, symbol: Symbol) -> Bound:
        """The bound of a whole quantity."""
        if symbol not in self._bounds:
            self._visit_operands(symbol, self._bounds, self._bound)
            size, made_by = _largest(self._known[symbol]), self._made_by.get(symbol)
            error = _REST_OF_STEP * UNIT * size if made_by is None else self._estimate(made_by)[1]
            self._bounds[symbol] = size, error
        return self._bounds[symbol]

    def _estimate(self, node: expr.Expr) -> Bound:
        """The bound of an expression, computed from the bounds of the quantities in it."""
        match node:
            case expr.Ref(symbol):
                return self._bound(symbol)
            case expr.MatMul(left, right):
                (a, r), (b, s) = self._estimate(left), self._estimate(right)
                row = self.terms * a if self.on_paper else self._row_sum(left)  # looser, but already known
                rounding = (self.terms + 1) * UNIT * row * b
                return row * b, row * s + self.terms * r * (b + s) + rounding
            case expr.Scale(coefficient, operand):
                c, (a, r) = abs(self.coefficient(coefficient)), self._estimate(operand)
                return c * a, c * r + 2 * UNIT * c * a
            case expr.Add(left, right) | expr.Sub(left, right):
                return _sum(self._estimate(left), self._estimate(right))
            case expr.Sum(summands):
                return reduce(_sum, map(self._estimate, summands))
            case expr.Hadamard(left, right):
                return _product(self._estimate(left), self._estimate(right))
            case expr.Transpose(operand) | expr.AcrossColumns(operand) | expr.AcrossRows(operand):
                return self._estimate(operand)
            case Apply(function, operand) | Derivative(function, operand):
                a, r = self._estimate(operand)
                slope = max([function.steepest, *(abs(float(number)) for _, number in function.parameters)])
                bend = 2 * slope if isinstance(node, Derivative) else slope
                size = slope * (a + 1)  # for every f, |f(0)| is at most 1
                return size, bend * r + (self.terms + 8) * UNIT * size
            case expr.Number(value):
                size = abs(expr.as_float(value))
                return size, UNIT * size
            case expr.RowSums(operand) | expr.ColumnSums(operand) | expr.Total(operand):
                terms = self.terms**2 if isinstance(node, expr.Total) else self.terms
                a, r = self._estimate(operand)
                return terms * a, terms * (r + terms * UNIT * a)
            case expr.Power(operand, 2):
                base = self._estimate(operand)
                return _product(base, base)
            case expr.Maximum(left, right):
                (a, r), (b, s) = self._estimate(left), self._estimate(right)
                return max(a, b), max(r, s)
        return _UNKNOWN

    def _row_sum(self, node: expr.Expr) -> float:
        """A bound of the sums of absolute values of the rows."""
        match node:
            case expr.Ref(symbol):
                return _largest_sum(self._known[symbol], axis=1)
            case expr.Transpose(expr.Ref(symbol)):
                return _largest_sum(self._known[symbol], axis=0)
        return self.terms * self._estimate(node)[0]


def _sum(left: Bound, right: Bound) -> Bound:
    (a, r), (b, s) = left, right
    return a + b, r + s + UNIT * (a + b)


def _product(left: Bound, right: Bound) -> Bound:
    (a, r), (b, s) = left, right
    return a * b, a * s + r * b + r * s + UNIT * a * b


@lru_cache(maxsize=20_000)
def _cancels(expression: expr.Expr) -> bool:
    """Whether an expression has a sum, whose terms may cancel."""
    return any(isinstance(node, _CANCELLING) for node in trees.nodes(expression))


def _largest(value: Array) -> float:
    if value.size > _FEW:
        return float(max(value.max(), -value.min()))
    sizes = [*map(abs, value.ravel().tolist())]
    return max(sizes) if isfinite(sum(sizes)) else inf


def _largest_sum(value: Array, axis: int) -> float:
    """The largest sum of absolute values along an axis."""
    with np.errstate(over="ignore"):
        return float(np.abs(value).sum(axis=axis).max())


def _some_within(value: Array, bound: float) -> bool:
    """Whether any cell but 0 is at most the bound; checked in pieces that fit the processor's cache."""
    cells = value.ravel()
    if cells.size <= _FEW:
        least = min(filter(None, map(abs, cells.tolist())), default=inf)
        return not least > bound  # also true if the bound or the first cell is NaN
    for start in range(0, cells.size, _PIECE):
        piece = cells[start : start + _PIECE]
        small = ~(np.abs(piece) > bound)  # all of them if the bound is NaN
        if small.any() and piece[small].any():
            return True
    return False


def _representation(value: Array) -> Array:
    """Bounds of the error of storing decimal figures as floats: 0 for whole numbers."""
    return np.where(value == np.rint(value), 0.0, UNIT * np.abs(value))
