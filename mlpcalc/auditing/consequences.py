"""What comes of wrong figures: the page, worked out from there on, for many wrong figures at once.

All quantities have two axes here, as in `shapes`; a stack has the wrong figures along an axis before those.
"""

from collections.abc import Callable, Mapping

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.marking.basis import Basis
from mlpcalc.numerics.interval import Ball, IntervalContext, enclose
from mlpcalc.page.expr import Expr
from mlpcalc.page.symbols import Symbol
from mlpcalc.page.trees import references
from mlpcalc.solving.solution import Solution


class Consequences:
    """The right figures of an exercise, and what follows from wrong ones.

    The radius of a ball is what rounding in floating point may have added: within it, two figures are equal
    on paper.
    """

    def __init__(self, solution: Solution) -> None:
        self.solution = solution
        self.basis = Basis(solution)
        self.page = self.basis.page
        self._right = dict(self.basis.givens)
        self._after: dict[Symbol, frozenset[Symbol]] = {}
        self._overflows: dict[Symbol, bool] = {}
        self._operands = {  # of what is worked out, not given
            symbol: references(equation.expression)
            for symbol, equation in self.page.items()
            if symbol not in self.basis.givens
        }

    def right(self, symbol: Symbol) -> Ball:
        """The right figures of a quantity."""
        if symbol not in self._right:
            value = self.basis.exact(symbol)
            radius = self._enclosed(self.page[symbol].stable, self.right, symbol).radius
            self._right[symbol] = Ball(value, np.where(value == 0, 0.0, radius))
        return self._right[symbol]

    def value(self, expression: Expr, symbol: Symbol, known: Mapping[Symbol, Ball] | None = None) -> Ball:
        """What an expression for a quantity gives on the right figures, but for those that are `known`."""
        assumed = known or {}
        return self._enclosed(expression, lambda name: assumed.get(name) or self.right(name), symbol)

    def operand(self, expression: Expr) -> Ball:
        """Any expression on the right figures, in a shape of its own."""
        return self._ball(expression, self.right)

    def after(self, symbol: Symbol) -> frozenset[Symbol]:
        """The quantities that are worked out from one, in as many steps as it takes."""
        if symbol not in self._after:
            affected = {symbol}
            for later, operands in self._operands.items():  # in the order in which one works them out
                if not affected.isdisjoint(operands):
                    affected.add(later)
            self._after[symbol] = frozenset(affected - {symbol})
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
        value, radius = np.broadcast_arrays(*self._ball(expression, quantity))
        shape = self.basis.exact(symbol).shape
        if value.shape[-2:] != shape:
            stack = value.shape[:-2] + shape
            value, radius = np.broadcast_to(value, stack), np.broadcast_to(radius, stack)
        with np.errstate(invalid="ignore"):
            noise = (np.abs(value) <= radius) & np.isfinite(radius)
        if noise.any():
            value, radius = np.where(noise, 0.0, value), np.where(noise, 0.0, radius)
        return Ball(value, radius)

    def _ball(self, expression: Expr, quantity: Callable[[Symbol], Ball]) -> Ball:
        with np.errstate(all="ignore"):
            return enclose(expression, IntervalContext(quantity, self.basis.coefficient, noise_only=True))


def differs(one: Ball, other: Ball) -> Array:
    """By how much figures differ, cell by cell; nothing where it may be the noise of floating point."""
    (a, r), (b, s) = one, other
    with np.errstate(all="ignore"):
        apart = np.abs(a - b)
        noise = np.where(np.isfinite(r), r, 0.0) + np.where(np.isfinite(s), s, 0.0)
        same = (apart <= noise) | (a == b) | (np.isnan(a) & np.isnan(b))
    return np.where(same, 0.0, np.where(np.isnan(apart), np.inf, apart))
