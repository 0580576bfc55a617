"""What is zero on paper, and only looks otherwise in binary: 0.5 - 0.6 + 0.1 is 2.8e-17 in floating point.

A naive ReLU' is wrong there. So every quantity has a bound on its rounding error, carried through the
layers, and a cell that is no larger than its bound is taken for the zero it is on paper.

Bounding every cell costs more than computing it, so a bound from norms is tried first, which clears most
quantities as a whole. In networks too large for paper only the pre-activations of functions with a kink
are looked at: elsewhere a zero decides nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial, reduce
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.numerics.interval import UNIT, Ball, Enclosures, enclose
from mlpcalc.page import expr
from mlpcalc.page.memory import once_for_each
from mlpcalc.page.symbols import Symbol

Bound = tuple[float, float]
"""The largest magnitude of a quantity's cells, and the largest rounding error among them."""

_UNKNOWN: Bound = (np.inf, np.inf)
_ON_PAPER = 64  # terms
_FEW_STEPS = 60  # through which each may ask for the one before
_PIECE = 16_384
_CANCELLING = (expr.Add, expr.Sub, expr.Sum, expr.MatMul, expr.RowSums, expr.ColumnSums, expr.Total)


class Noise:
    """The rounding errors of the quantities of one exercise, and their removal where nothing else is left.

    `known` are the quantities computed so far; those that `removed` has not seen are decimal figures, as
    exact as a float can be: the givens, or all where every step is rounded. `terms`: of the longest sum.
    """

    def __init__(
        self,
        known: Mapping[Symbol, Array],
        coefficient: Callable[[expr.Coefficient], float],
        terms: int,
    ) -> None:
        self._known = known
        self.coefficient = coefficient
        self.terms = terms
        self.on_paper = terms <= _ON_PAPER
        self._bounds: dict[Symbol, Bound] = {}
        self._errors: dict[Symbol, float] = {}
        self._radii: dict[Symbol, Array] = {}
        self._made_by: dict[Symbol, expr.Expr] = {}

    def absent(self, made: "Sequence[Made]") -> bool:
        """Whether none of these quantities, those computed last, has a cell that may be zero on paper.

        A look at all of them at once, which is quick; False if that cannot tell.
        """
        bounds = self._bounds
        fresh = [symbol for symbol in self._known if symbol not in bounds]
        values = [self._known[symbol] for symbol in fresh]
        starts = [0, *accumulate(value.size for value in values[:-1])]
        sizes = np.abs(np.concatenate(values, axis=None))
        largest = np.maximum.reduceat(sizes, starts).tolist()
        sizes[sizes == 0] = np.inf  # what came out as zero is zero
        least = np.minimum.reduceat(sizes, starts).tolist()
        givens = len(fresh) - len(made)
        for symbol, size in zip(fresh[:givens], largest, strict=False):
            bounds[symbol] = size, UNIT * size
        for (symbol, _, bound, cancels), size, small in zip(
            made, largest[givens:], least[givens:], strict=True
        ):
            error = bound(self)[1]
            if cancels and not small > error:
                for other in fresh[givens:]:
                    bounds.pop(other, None)
                return False
            bounds[symbol] = size, error
        for each in made:
            self._made_by[each.symbol] = each.expression
        return True

    def removed(self, symbol: Symbol, expression: expr.Expr, value: Array, *, decides: bool) -> Array:
        """The value of a quantity with the cells set to zero that are zero on paper.

        decides: whether case distinctions are made on it, so that no zero may be overlooked in any network.
        """
        self._made_by[symbol] = expression
        if not (decides or self.on_paper):
            return value
        if not _cancels(expression):
            return value  # factors that are not zero make no zero
        if not _some_within(value, self._error(symbol)):
            return value
        radius = self._enclose(expression).radius
        radius = np.broadcast_to(radius, value.shape) if value.shape else radius.reshape(())
        noisy = (np.abs(value) <= radius) & np.isfinite(radius)
        self._radii[symbol] = np.where(noisy, 0.0, radius)
        return np.where(noisy, 0.0, value)

    def settle(self, test: expr.Expr, value: Array) -> Array:
        """The test of a case distinction, zero where it is zero on paper."""
        if not expr.references(
            test
        ):  # of a function's definition: its operand was settled when it was computed
            return value
        radius = self._enclose(test).radius
        return np.where((np.abs(value) <= radius) & np.isfinite(radius), 0.0, value)

    # -- cell by cell

    def _enclose(self, expression: expr.Expr) -> Ball:
        with np.errstate(all="ignore"):
            return enclose(expression, Enclosures(self._ball, self.coefficient, noise_only=True))

    def _ball(self, symbol: Symbol) -> Ball:
        """A quantity with the rounding errors of its cells."""
        value = self._known[symbol]
        if symbol not in self._radii:
            made_by = self._made_by.get(symbol)
            if len(self._made_by) > _FEW_STEPS:
                self._go_through(symbol)
            radius = _representation(value) if made_by is None else self._enclose(made_by).radius
            # A cell that came out as zero is as much the zero of the paper as one that was made so.
            self._radii[symbol] = np.where(value == 0, 0.0, radius)
        return Ball(value, self._radii[symbol])

    def _go_through(self, symbol: Symbol) -> None:
        """Look at what a quantity was made of in the order in which it was, and not one inside the other."""
        needed: set[Symbol] = set()
        pending = [symbol]
        while pending:
            made_by = self._made_by.get(pending.pop())
            found = (expr.references(made_by) if made_by else set()).difference(needed, self._radii)
            needed |= found
            pending += found
        for other in [each for each in self._made_by if each in needed]:
            self._ball(other)

    # -- a whole quantity at once

    def _error(self, symbol: Symbol) -> float:
        """A bound on the rounding errors of all cells of a quantity."""
        if symbol not in self._errors:
            made_by = self._made_by.get(symbol)
            self._errors[symbol] = (
                UNIT * _largest(self._known[symbol]) if made_by is None else _bound_of(made_by)(self)[1]
            )
        return self._errors[symbol]

    def bound(self, symbol: Symbol) -> Bound:
        """A bound of a whole quantity."""
        if symbol not in self._bounds:
            self._bounds[symbol] = (_largest(self._known[symbol]), self._error(symbol))
        return self._bounds[symbol]

    def row_sum(self, node: expr.Expr) -> float:
        """The largest sum of magnitudes along a row."""
        match node:
            case expr.Ref(symbol):
                return _largest_sum(self._known[symbol], axis=1)
            case expr.Transpose(expr.Ref(symbol)):
                return _largest_sum(self._known[symbol], axis=0)
        return self.terms * _bound_of(node)(self)[0]


Estimate = Callable[[Noise], Bound]


def _estimate(node: expr.Expr) -> Estimate:
    """The bound of an expression as a function of what is known of its quantities, made once."""
    match node:
        case expr.Ref(symbol):
            return lambda noise: noise.bound(symbol)
        case expr.Number(value):
            size = abs(expr.as_float(value))
            constant = size, UNIT * size
            return lambda noise: constant
        case expr.MatMul(left, right):
            return _of_two(_product_of_matrices(left), left, right)
        case expr.Add(left, right) | expr.Sub(left, right):
            return _of_two(_sum, left, right)
        case expr.Sum(terms):
            return _of_many(terms)
        case expr.Hadamard(left, right):
            return _of_two(_product, left, right)
        case expr.Maximum(left, right):
            return _of_two(_larger, left, right)
        case expr.Scale(coefficient, operand):
            return _of_one(lambda noise, a: _times(abs(noise.coefficient(coefficient)), a), operand)
        case expr.Transpose(operand) | expr.AcrossColumns(operand) | expr.AcrossRows(operand):
            return _estimate(operand)
        case expr.RowSums(operand) | expr.ColumnSums(operand):
            return _of_one(lambda noise, a: _sum_of(noise.terms, a), operand)
        case expr.Total(operand):
            return _of_one(lambda noise, a: _sum_of(noise.terms**2, a), operand)
        case expr.Power(operand, 2):
            return _of_one(lambda _, a: _product(None, a, a), operand)
        case expr.Apply(function, operand) | expr.Derivative(function, operand):
            slope = max([function.steepest, *(abs(float(number)) for _, number in function.parameters)])
            bend = 2 * slope if isinstance(node, expr.Derivative) else slope
            return _of_one(lambda noise, a: _through(noise.terms, a, slope, bend), operand)
    return lambda noise: _UNKNOWN


_bound_of = once_for_each(_estimate)


def _of_one(rule: Callable[[Noise, Bound], Bound], operand: expr.Expr) -> Estimate:
    inner = _estimate(operand)
    return lambda noise: rule(noise, inner(noise))


def _of_two(rule: Callable[[Noise, Bound, Bound], Bound], left: expr.Expr, right: expr.Expr) -> Estimate:
    first, second = _estimate(left), _estimate(right)
    return lambda noise: rule(noise, first(noise), second(noise))


def _of_many(terms: Sequence[expr.Expr]) -> Estimate:
    estimates = [_estimate(term) for term in terms]

    def rule(noise: Noise) -> Bound:
        return reduce(partial(_sum, noise), [estimate(noise) for estimate in estimates])

    return rule


def _product_of_matrices(left: expr.Expr) -> Callable[[Noise, Bound, Bound], Bound]:
    def rule(noise: Noise, a: Bound, b: Bound) -> Bound:
        terms = noise.terms
        row = terms * a[0] if noise.on_paper else noise.row_sum(left)  # looser, but at hand
        rounding = (terms + 1) * UNIT * row * b[0]
        return row * b[0], row * b[1] + terms * a[1] * (b[0] + b[1]) + rounding

    return rule


def _sum(_: Noise, a: Bound, b: Bound) -> Bound:
    size = a[0] + b[0]
    return size, a[1] + b[1] + UNIT * size


def _product(_: Noise | None, a: Bound, b: Bound) -> Bound:
    size = a[0] * b[0]
    return size, a[0] * b[1] + a[1] * b[0] + a[1] * b[1] + UNIT * size


def _larger(_: Noise, a: Bound, b: Bound) -> Bound:
    return max(a[0], b[0]), max(a[1], b[1])


def _times(c: float, a: Bound) -> Bound:
    return c * a[0], c * a[1] + 2 * UNIT * c * a[0]


def _sum_of(terms: int, a: Bound) -> Bound:
    return terms * a[0], terms * (a[1] + terms * UNIT * a[0])


def _through(terms: int, a: Bound, slope: float, bend: float) -> Bound:
    size = slope * (a[0] + 1)  # no function is farther than 1 from 0 at 0
    return size, bend * a[1] + (terms + 8) * UNIT * size


class Made(NamedTuple):
    """A quantity that is made by an expression.

    bound: the estimate of the expression. cancels: whether there is a sum in it.
    """

    symbol: Symbol
    expression: expr.Expr
    bound: Estimate
    cancels: bool


def made_by(symbol: Symbol, expression: expr.Expr) -> Made:
    """A quantity of the page, and what is to be known of its expression."""
    return Made(symbol, expression, _bound_of(expression), _cancels(expression))


@once_for_each
def _cancels(expression: expr.Expr) -> bool:
    """Whether there is a sum in an expression."""
    return any(isinstance(node, _CANCELLING) for node in expr.nodes(expression))


def _largest(value: Array) -> float:
    return float(max(value.max(), -value.min()))


def _largest_sum(value: Array, axis: int) -> float:
    """The largest sum of magnitudes along an axis; infinite where it is out of bounds."""
    with np.errstate(over="ignore"):
        return float(np.abs(value).sum(axis=axis).max())


def _some_within(value: Array, bound: float) -> bool:
    """Whether any cell is at most the bound, but not zero; in pieces that stay in the processor's cache."""
    cells = value.ravel()
    for start in range(0, cells.size, _PIECE):
        piece = cells[start : start + _PIECE]
        small = ~(np.abs(piece) > bound)  # all of them where there is no bound
        if small.any() and piece[small].any():
            return True
    return False


def _representation(value: Array) -> Array:
    """How far the floats of decimal figures may be from the figures: not at all for whole numbers."""
    return np.where(value == np.rint(value), 0.0, UNIT * np.abs(value))
