"""What is zero on paper, and only looks otherwise in binary: 0.5 - 0.6 + 0.1 is 2.8e-17 in floating point.

A naive ReLU' is wrong there. So every quantity has a bound on its rounding error, carried through the
layers, and a cell that is no larger than its bound is taken for the zero it is on paper.

Bounding every cell costs more than computing it, so a bound from norms is tried first, which clears most
quantities as a whole. In networks too large for paper only the pre-activations of functions with a kink
are looked at: elsewhere a zero decides nothing.
"""

from collections.abc import Callable, Mapping

import numpy as np

from mlpcalc.expr import (
    AcrossColumns,
    AcrossRows,
    Add,
    Apply,
    Coefficient,
    ColumnSums,
    Derivative,
    Expr,
    Hadamard,
    MatMul,
    Maximum,
    Number,
    Power,
    Ref,
    RowSums,
    Scale,
    Sub,
    Total,
    Transpose,
    nodes,
    references,
)
from mlpcalc.interval import UNIT, Ball, Enclosures, enclose
from mlpcalc.stable import Array
from mlpcalc.symbols import Symbol

Bound = tuple[float, float]
"""The largest magnitude of a quantity's cells, and the largest rounding error among them."""

_UNKNOWN: Bound = (np.inf, np.inf)
_ON_PAPER = 64  # units or samples
_PIECE = 16_384
_CANCELLING = (Add, Sub, MatMul, RowSums, ColumnSums, Total)


class Noise:
    """The rounding errors of the quantities of one exercise, and their removal where nothing else is left.

    `known` are the quantities computed so far; those that `removed` has not seen are decimal figures, as
    exact as a float can be: the givens, or all where every step is rounded. `terms`: of the longest sum.
    """

    def __init__(
        self,
        known: Mapping[Symbol, Array],
        coefficient: Callable[[Coefficient], float],
        terms: int,
    ) -> None:
        self._known = known
        self._coefficient = coefficient
        self._terms = terms
        self._bounds: dict[Symbol, Bound] = {}
        self._errors: dict[Symbol, float] = {}
        self._radii: dict[Symbol, Array] = {}
        self._made_by: dict[Symbol, Expr] = {}

    def removed(self, symbol: Symbol, expression: Expr, value: Array, *, decides: bool) -> Array:
        """The value of a quantity with the cells set to zero that are zero on paper.

        decides: whether case distinctions are made on it, so that no zero may be overlooked in any network.
        """
        self._made_by[symbol] = expression
        if not decides and self._terms > _ON_PAPER:
            return value
        if not any(isinstance(node, _CANCELLING) for node in nodes(expression)):
            return value  # factors that are not zero make no zero
        if not _some_within(value, self._error(symbol)):
            return value
        radius = self._enclose(expression).radius
        radius = np.broadcast_to(radius, value.shape) if value.shape else radius.reshape(())
        noisy = (np.abs(value) <= radius) & np.isfinite(radius)
        self._radii[symbol] = np.where(noisy, 0.0, radius)
        return np.where(noisy, 0.0, value)

    def settle(self, test: Expr, value: Array) -> Array:
        """The test of a case distinction, zero where it is zero on paper."""
        if not references(test):  # of a function's definition: its operand was settled when it was computed
            return value
        return np.where(np.abs(value) <= self._enclose(test).radius, 0.0, value)

    # -- cell by cell

    def _enclose(self, expression: Expr) -> Ball:
        with np.errstate(all="ignore"):
            return enclose(expression, Enclosures(self._ball, self._coefficient, noise_only=True))

    def _ball(self, symbol: Symbol) -> Ball:
        """A quantity with the rounding errors of its cells."""
        value = self._known[symbol]
        if symbol not in self._radii:
            made_by = self._made_by.get(symbol)
            radius = _representation(value) if made_by is None else self._enclose(made_by).radius
            # A cell that came out as zero is as much the zero of the paper as one that was made so.
            self._radii[symbol] = np.where(value == 0, 0.0, radius)
        return Ball(value, self._radii[symbol])

    # -- a whole quantity at once

    def _bound(self, symbol: Symbol) -> Bound:
        if symbol not in self._bounds:
            self._bounds[symbol] = (_largest(self._known[symbol]), self._error(symbol))
        return self._bounds[symbol]

    def _error(self, symbol: Symbol) -> float:
        """A bound on the rounding errors of all cells of a quantity."""
        if symbol not in self._errors:
            made_by = self._made_by.get(symbol)
            self._errors[symbol] = (
                UNIT * _largest(self._known[symbol]) if made_by is None else self._coarse(made_by)[1]
            )
        return self._errors[symbol]

    def _row_sum(self, node: Expr) -> float:
        """The largest sum of magnitudes along a row."""
        match node:
            case Ref(symbol):
                return float(np.abs(self._known[symbol]).sum(axis=1).max())
            case Transpose(Ref(symbol)):
                return float(np.abs(self._known[symbol]).sum(axis=0).max())
        return self._terms * self._coarse(node)[0]

    def _coarse(self, node: Expr) -> Bound:
        """Magnitude and rounding error of an expression, from those of the quantities in it."""
        match node:
            case Ref(symbol):
                return self._bound(symbol)
            case Number(value):
                return abs(float(value)), UNIT * abs(float(value))
            case MatMul(left, right):
                row = self._row_sum(left)
                (_, r), (b, s) = self._coarse(left), self._coarse(right)
                rounding = (self._terms + 1) * UNIT * row * b
                return row * b, row * s + self._terms * r * (b + s) + rounding
            case Add(left, right) | Sub(left, right):
                (a, r), (b, s) = self._coarse(left), self._coarse(right)
                return a + b, r + s + UNIT * (a + b)
            case Hadamard(left, right):
                (a, r), (b, s) = self._coarse(left), self._coarse(right)
                return a * b, a * s + r * b + r * s + UNIT * a * b
            case Scale(coefficient, operand):
                c, (a, r) = abs(self._coefficient(coefficient)), self._coarse(operand)
                return c * a, c * r + 2 * UNIT * c * a
            case Transpose(operand) | AcrossColumns(operand) | AcrossRows(operand):
                return self._coarse(operand)
            case RowSums(operand) | ColumnSums(operand) | Total(operand):
                terms = self._terms**2 if isinstance(node, Total) else self._terms
                a, r = self._coarse(operand)
                return terms * a, terms * (r + terms * UNIT * a)
            case Power(operand, 2):
                a, r = self._coarse(operand)
                return a * a, 2 * a * r + r * r + UNIT * a * a
            case Maximum(left, right):
                (a, r), (b, s) = self._coarse(left), self._coarse(right)
                return max(a, b), max(r, s)
            case Apply(function, operand) | Derivative(function, operand):
                a, r = self._coarse(operand)
                slope = max([function.steepest, *(abs(float(number)) for _, number in function.parameters)])
                magnitude = slope * (a + 1)  # no function is farther than 1 from 0 at 0
                bend = 2 * slope if isinstance(node, Derivative) else slope
                return magnitude, bend * r + (self._terms + 8) * UNIT * magnitude
        return _UNKNOWN


def _largest(value: Array) -> float:
    return float(max(value.max(), -value.min()))


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
