"""The values of the page: float64 arrays, computed when they are asked for."""

from collections.abc import Callable, Container, Iterable, Mapping
from functools import lru_cache

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.numerics.evaluate import Context, evaluate
from mlpcalc.numerics.noise import Noise
from mlpcalc.page import expr
from mlpcalc.page.equations import Equation, Page, page, page_of_any_step, page_of_step
from mlpcalc.page.exercise import Exercise, Network
from mlpcalc.page.shapes import shape_of
from mlpcalc.page.symbols import Axis, Symbol


class Values:
    """The quantities of one exercise by symbol, each computed once, when it is first asked for.

    What is zero on paper is zero here: see `noise`. `rounding`, if given, is applied to every quantity as
    soon as it is known, and the rounded figures are carried on, as on paper. `edited` has quantities that
    are computed some other way than the page says: what comes out if a mistake is made there.
    """

    def __init__(
        self,
        exercise: Exercise,
        rounding: Callable[[Array], Array] | None = None,
        edited: Mapping[Symbol, expr.Expr] | None = None,
    ) -> None:
        self.exercise = exercise
        self.page: Page = page(exercise.network)
        self._known = exercise.givens()
        self._rounding = rounding
        self._edited = edited or {}
        # On paper one carries on with what one wrote, so such figures take the route that is written.
        self._as_written = rounding is not None or bool(edited)
        self._noise = Noise(self._known, exercise.coefficients, max(exercise.samples, *exercise.sizes))
        self._context = Context(self._known.__getitem__, exercise.coefficients, settle=self._noise.settle)

    def __getitem__(self, symbol: Symbol) -> Array:
        """The value of a quantity; KeyError if this exercise has no such quantity."""
        if symbol not in self._known:
            with np.errstate(all="ignore", invalid="raise", over="raise"):
                for equation in self.missing(symbol, self._known):
                    self._known[equation.symbol] = self._compute(equation)
        return self._known[symbol]

    def __contains__(self, symbol: object) -> bool:
        return symbol in self._known or symbol in self.page

    def settled(self, test: expr.Expr, value: Array) -> Array:
        """The value of a test, zero where it is zero on paper."""
        return self._noise.settle(test, value)

    def missing(self, wanted: Symbol, known: Container[Symbol]) -> list[Equation]:
        """The equations to be evaluated to know `wanted`, in the order of the page."""
        needed: set[Symbol] = set()
        pending = [wanted]
        while pending:
            symbol = pending.pop()
            if symbol not in known and symbol not in needed:
                needed.add(symbol)
                pending.extend(self._operands(self.page[symbol]))
        network = self.exercise.network
        if network.steps == 1:
            return [equation for symbol, equation in self.page.items() if symbol in needed]
        steps = sorted({symbol.step for symbol in needed})
        pages = (page_of_step(network, step) for step in steps)
        return [equation for each in pages for symbol, equation in each.items() if symbol in needed]

    def _operands(self, equation: Equation) -> Iterable[Symbol]:
        return expr.references(self._expression(equation)) if self._as_written else equation.operands

    def _expression(self, equation: Equation) -> expr.Expr:
        written = equation.expression if self._as_written else equation.stable
        return self._edited.get(equation.symbol, written)

    def _compute(self, equation: Equation) -> Array:
        symbol, expression = equation.symbol, self._expression(equation)
        try:
            value = evaluate(expression, self._context)
        except FloatingPointError:  # ∞ or 0/0 turned up: again, minding the cases that have a limit
            self._context = self._context._replace(careful=True)  # and from now on
            with np.errstate(all="ignore"):
                value = evaluate(expression, self._context)
        shape = self._shape(symbol)
        if value.shape != shape:
            value = np.broadcast_to(value, shape)
        if self._rounding is not None:
            return self._rounding(value)
        activation = self.exercise.layers[symbol.layer - 1].activation
        feeds_kink = symbol.kind == "S" and not symbol.updated and activation.kinked
        return self._noise.with_exact_zeros(symbol, expression, value, feeds_kink=feeds_kink)

    def _shape(self, symbol: Symbol) -> tuple[int, ...]:
        """() for a number, two axes for everything else."""
        samples = self.exercise.samples_of(symbol.step)
        return _shapes(self.exercise.network, len(samples), self.exercise.sizes)[symbol._replace(step=1)]


@lru_cache(maxsize=1024)
def _shapes(network: Network, samples: int, sizes: tuple[int, ...]) -> Mapping[Symbol, tuple[int, ...]]:
    """The shapes of all quantities of a step: () for a number, two axes for everything else."""

    def length(axis: Axis) -> int:
        return samples if axis == "N" else sizes[axis]

    return {
        symbol: shape_of(symbol, network.depth, length) if symbol.spec.shape else ()
        for symbol in page_of_any_step(network)
    }
