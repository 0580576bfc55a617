"""The values of the page: float64 arrays, computed when they are asked for."""

from collections.abc import Callable, Container, Iterable, Mapping
from fractions import Fraction
from math import inf

import numpy as np

from mlpcalc.equations import Equation, Page, page
from mlpcalc.evaluate import Context, evaluate
from mlpcalc.exercise import Exercise
from mlpcalc.expr import Coefficient, Expr, references
from mlpcalc.noise import Noise
from mlpcalc.shapes import shape_of
from mlpcalc.stable import Array
from mlpcalc.symbols import Symbol


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
        edited: Mapping[Symbol, Expr] | None = None,
    ) -> None:
        self.exercise = exercise
        self.page: Page = page(exercise.network)
        self._known = exercise.givens()
        self._rounding = rounding
        self._edited = edited or {}
        # On paper one carries on with what one wrote, so such figures take the route that is written.
        self._as_written = rounding is not None or bool(edited)
        self.coefficients = Coefficients(exercise)
        self._deciding = {
            Symbol("S", k) for k, f in enumerate(exercise.network.activations, start=1) if f.kinked
        }
        self._noise = Noise(self._known, self.coefficients, max(exercise.samples, *exercise.sizes))
        self._plain = Context(self._known.__getitem__, self.coefficients, settle=self._noise.settle)
        self._careful = self._plain._replace(careful=True)

    def __getitem__(self, symbol: Symbol) -> Array:
        """The value of a quantity; KeyError if this exercise has no such quantity."""
        if symbol not in self._known:
            for equation in self.missing(symbol, self._known):
                self._known[equation.symbol] = self._compute(equation)
        return self._known[symbol]

    def __contains__(self, symbol: object) -> bool:
        return symbol in self._known or symbol in self.page

    def settled(self, test: Expr, value: Array) -> Array:
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
        return [self.page[symbol] for symbol in self.page if symbol in needed]

    def _operands(self, equation: Equation) -> Iterable[Symbol]:
        return references(self._expression(equation)) if self._as_written else equation.operands

    def _expression(self, equation: Equation) -> Expr:
        written = equation.expression if self._as_written else equation.stable
        return self._edited.get(equation.symbol, written)

    def _compute(self, equation: Equation) -> Array:
        expression = self._expression(equation)
        try:
            with np.errstate(all="ignore", invalid="raise"):
                value = evaluate(expression, self._plain)
        except FloatingPointError:  # ∞ or 0/0 turned up: again, minding the cases that have a limit
            with np.errstate(all="ignore"):
                value = evaluate(expression, self._careful)
        shape = self._shape(equation.symbol)
        if value.shape != shape:
            value = np.broadcast_to(value, shape)
        if self._rounding is not None:
            return self._rounding(value)
        return self._noise.removed(
            equation.symbol, expression, value, decides=equation.symbol in self._deciding
        )

    def _shape(self, symbol: Symbol) -> tuple[int, ...]:
        """The shape of a quantity in here: () for a number, two axes for everything else."""
        if not symbol.row.shape:
            return ()
        return shape_of(symbol, self.exercise.network.depth, self.exercise.length)


class Coefficients:
    """The coefficients of an exercise's equations as floats, each rounded once."""

    def __init__(self, exercise: Exercise) -> None:
        self._scalars = exercise.scalars()
        self._known: dict[int, tuple[Coefficient, float]] = {}  # by identity, as fractions hash slowly

    def __call__(self, coefficient: Coefficient) -> float:
        """The value of a coefficient."""
        found = self._known.get(id(coefficient))
        if found is None:
            found = self._known[id(coefficient)] = coefficient, self._float(coefficient)
        return found[1]

    def _float(self, coefficient: Coefficient) -> float:
        exact = self.exact(coefficient)
        try:
            return float(exact)
        except OverflowError:
            return inf if exact > 0 else -inf

    def exact(self, coefficient: Coefficient) -> Fraction:
        """The value of a coefficient as a fraction."""
        value = coefficient.number
        for name, power in coefficient.powers:
            value *= self._scalars[name] ** power
        return value
