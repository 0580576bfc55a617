"""What comes of wrong figures: the page, worked out from there on, for many wrong figures at once.

All quantities have two axes here, as in `shapes`; a stack has the wrong figures along an axis before those.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from mlpcalc.expr import Expr, references
from mlpcalc.interval import UNIT, Ball, Enclosures, enclose
from mlpcalc.shapes import shape_of
from mlpcalc.solution import Solution
from mlpcalc.stable import Array
from mlpcalc.symbols import Symbol

_NOTHING: Mapping[Symbol, Ball] = MappingProxyType({})


class Consequences:
    """The right figures of an exercise, and what follows from wrong ones.

    The radius of a ball is what rounding in floating point may have added: within it, two figures are equal
    on paper.
    """

    def __init__(self, solution: Solution) -> None:
        self.solution = solution
        self.page = solution.computed.page
        self._givens = solution.exercise.givens()
        self._right: dict[Symbol, Ball] = {}
        self._after: dict[Symbol, frozenset[Symbol]] = {}
        self._overflows: dict[Symbol, bool] = {}
        self._operands = {
            symbol: frozenset(references(equation.expression)) for symbol, equation in self.page.items()
        }

    def shape(self, symbol: Symbol) -> tuple[int, int]:
        """(rows, columns) of a quantity on the page."""
        exercise = self.solution.exercise
        return shape_of(symbol, len(exercise.layers), exercise.length)

    def right(self, symbol: Symbol) -> Ball:
        """The right figures of a quantity."""
        if symbol not in self._right:
            value = self.solution.computed[symbol].reshape(self.shape(symbol))
            if symbol in self._givens:
                radius = np.where(value == np.rint(value), 0.0, UNIT * np.abs(value))
            else:
                radius = self._enclosed(self.page[symbol].stable, self.right, symbol).radius
                radius = np.where(value == 0, 0.0, radius)
            self._right[symbol] = Ball(value, radius)
        return self._right[symbol]

    def value(self, expression: Expr, symbol: Symbol, known: Mapping[Symbol, Ball] = _NOTHING) -> Ball:
        """What an expression for a quantity gives on the right figures, but for those that are `known`."""

        def quantity(name: Symbol) -> Ball:
            return known[name] if name in known else self.right(name)

        return self._enclosed(expression, quantity, symbol)

    def operand(self, expression: Expr) -> Ball:
        """Any expression on the right figures, in a shape of its own."""
        context = Enclosures(self.right, self.solution.exercise.coefficients, noise_only=True)
        with np.errstate(all="ignore"):
            return enclose(expression, context)

    def after(self, symbol: Symbol) -> frozenset[Symbol]:
        """The quantities that are worked out from one, in as many steps as it takes."""
        if symbol not in self._after:
            found = {symbol}
            pending = [symbol]
            while pending:
                last = pending.pop()
                for later, operands in self._operands.items():
                    if last in operands and later not in found:
                        found.add(later)
                        pending.append(later)
            self._after[symbol] = frozenset(found - {symbol})
        return self._after[symbol]

    def follow(self, symbol: Symbol, wrong: Ball) -> Callable[[Symbol], Ball]:
        """Every quantity if one has other figures: (rows, columns), or a stack where it comes after that."""
        known = {symbol: wrong}
        after = self.after(symbol)

        def quantity(name: Symbol) -> Ball:
            if name not in known:
                known[name] = self._followed(name, quantity) if name in after else self.right(name)
            return known[name]

        return quantity

    def _followed(self, symbol: Symbol, quantity: Callable[[Symbol], Ball]) -> Ball:
        """A quantity as it is worked out on paper; the stable way if that overflows on the right figures."""
        equation = self.page[symbol]
        if symbol not in self._overflows:
            right = self._enclosed(equation.expression, self.right, symbol)
            self._overflows[symbol] = not np.isfinite(right.value).all()
        way = equation.stable if self._overflows[symbol] else equation.expression
        return self._enclosed(way, quantity, symbol)

    def _enclosed(self, expression: Expr, quantity: Callable[[Symbol], Ball], symbol: Symbol) -> Ball:
        """An expression in the shape of a quantity; nothing but noise is nothing."""
        context = Enclosures(quantity, self.solution.exercise.coefficients, noise_only=True)
        with np.errstate(all="ignore"):
            value, radius = np.broadcast_arrays(*enclose(expression, context))
            noise = (np.abs(value) <= radius) & np.isfinite(radius)
        shape = self.shape(symbol)
        if value.shape[-2:] != shape:
            stack = value.shape[:-2] + shape
            value, radius, noise = (np.broadcast_to(part, stack) for part in (value, radius, noise))
        if noise.any():
            value, radius = np.where(noise, 0.0, value), np.where(noise, 0.0, radius)
        return Ball(value, radius)


def differs(one: Ball, other: Ball) -> Array:
    """By how much figures differ, cell by cell; nothing where it may be the noise of floating point."""
    (a, r), (b, s) = one, other
    with np.errstate(invalid="ignore"):
        apart = np.abs(a - b)
        noise = np.where(np.isfinite(r), r, 0.0) + np.where(np.isfinite(s), s, 0.0)
        same = (apart <= noise) | (a == b) | (np.isnan(a) & np.isnan(b))
    return np.where(same, 0.0, np.where(np.isnan(apart), np.inf, apart))
