"""The values of the page: float64 arrays, each computed when it is first needed."""

from collections.abc import Callable, Container, Iterable, Mapping
from functools import lru_cache

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.numerics.evaluate import Context, evaluate
from mlpcalc.numerics.noise import Noise
from mlpcalc.page import expr, trees
from mlpcalc.page.equations import Equation, Page, page
from mlpcalc.page.exercise import Exercise, Network
from mlpcalc.page.shapes import shape_of
from mlpcalc.page.symbols import Axis, Symbol


class Values:
    """The quantities of one exercise by symbol: shape (rows, columns), samples in columns; () for a number.

    Cells that are zero on paper are exactly 0: see `noise`.

    rounding: applied to every quantity before it is used further, as on paper. edited: expressions that
    replace those of the page, to see what a mistake leads to.
    """

    def __init__(
        self,
        exercise: Exercise,
        rounding: Callable[[Array], Array] | None = None,
        edited: Mapping[Symbol, expr.Expr] | None = None,
    ) -> None:
        self.exercise = exercise
        self.page: Page = page(exercise.network)
        self._shapes = _shapes(exercise.network, exercise.samples, exercise.sizes)
        self._known = exercise.givens()
        self._rounding = rounding
        self._edited = edited or {}
        # With rounded or edited quantities the formula as written is computed, as on paper.
        self._as_written = rounding is not None or bool(edited)
        self._noise = Noise(self._known, exercise.coefficients, max(exercise.samples, *exercise.sizes))
        self._context = Context(self._known.__getitem__, exercise.coefficients, settle=self._noise.settle)

    def __getitem__(self, symbol: Symbol) -> Array:
        """The value of a quantity; raises KeyError if this exercise does not have it."""
        if symbol not in self._known:
            with np.errstate(all="ignore", invalid="raise", over="raise"):
                for equation in self.missing(symbol, self._known):
                    self._known[equation.symbol] = self._compute(equation)
        return self._known[symbol]

    def __contains__(self, symbol: object) -> bool:
        return symbol in self._known or symbol in self.page

    def settled(self, test: expr.Expr, value: Array) -> Array:
        """The value of a test, with 0 in the cells that are zero on paper."""
        return self._noise.settle(test, value)

    def missing(self, wanted: Symbol, known: Container[Symbol]) -> list[Equation]:
        """The equations that must be evaluated to get `wanted`, in the order of the page."""
        needed: set[Symbol] = set()
        pending = [wanted]
        while pending:
            symbol = pending.pop()
            if symbol not in known and symbol not in needed:
                needed.add(symbol)
                pending.extend(self._operands(self.page[symbol]))
        return [equation for symbol, equation in self.page.items() if symbol in needed]

    def _operands(self, equation: Equation) -> Iterable[Symbol]:
        return trees.references(self._expression(equation)) if self._as_written else equation.operands

    def _expression(self, equation: Equation) -> expr.Expr:
        written = equation.expression if self._as_written else equation.stable
        return self._edited.get(equation.symbol, written)

    def _compute(self, equation: Equation) -> Array:
        symbol, expression = equation.symbol, self._expression(equation)
        try:
            value = evaluate(expression, self._context)
        except FloatingPointError:  # ∞ or 0/0 occurred: again, treating the cases that have a limit
            self._context = self._context._replace(careful=True)  # and from now on
            with np.errstate(all="ignore"):
                value = evaluate(expression, self._context)
        if value.shape != self._shapes[symbol]:
            value = np.broadcast_to(value, self._shapes[symbol])
        if self._rounding is not None:
            return self._rounding(value)
        return self._noise.as_on_paper(symbol, expression, value, self._kinks(symbol))

    def _kinks(self, symbol: Symbol) -> tuple[float, ...]:
        """Where a quantity decides between cases: of f', or of a function that jumps."""
        if symbol.kind != "S":
            return ()
        f = self.exercise.layers[symbol.layer - 1].activation
        return f.kinks if f.flat or not symbol.updated else ()


@lru_cache(maxsize=1024)
def _shapes(network: Network, samples: int, sizes: tuple[int, ...]) -> Mapping[Symbol, tuple[int, ...]]:
    """The shapes of all quantities of a page: () for a number, (rows, columns) for all others."""

    def length(axis: Axis) -> int:
        return samples if axis == "N" else sizes[axis]

    return {
        symbol: shape_of(symbol, network.depth, length) if symbol.spec.shape else ()
        for symbol in page(network)
    }
