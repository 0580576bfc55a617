"""The values of the page: float64 arrays, computed when they are asked for."""

from collections.abc import Callable, Container, Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.numerics.evaluate import Code, Context, evaluate, prepared
from mlpcalc.numerics.noise import Made, Noise, made_by
from mlpcalc.page import expr
from mlpcalc.page.equations import Equation, Page, page
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
        self._at_once = self._noise.on_paper and not self._as_written
        self._context = Context(self._known.__getitem__, exercise.coefficients, settle=self._noise.settle)

    def __getitem__(self, symbol: Symbol) -> Array:
        """The value of a quantity; KeyError if this exercise has no such quantity."""
        if symbol not in self._known and not (self._at_once and self._compute_together(symbol)):
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
        return _needed(self.page, [wanted], known, self._operands)

    def _operands(self, equation: Equation) -> Iterable[Symbol]:
        return expr.references(self._expression(equation)) if self._as_written else equation.operands

    def _expression(self, equation: Equation) -> expr.Expr:
        written = equation.expression if self._as_written else equation.stable
        return self._edited.get(equation.symbol, written)

    def _compute_together(self, wanted: Symbol) -> bool:
        """Compute the page in one go, with this one of its details: for most exercises all there is to it.

        False where a case is to be distinguished, ∞ turns up, or a cell may be zero on paper. Then nothing
        of it is kept, and from now on one quantity is computed after another, with more care.
        """
        exercise, known = self.exercise, self._known
        detail = wanted if wanted.spec.detail else None
        way = _way(exercise.network, exercise.samples, exercise.sizes, detail)
        if not way.straight:  # a case would be decided on, and remembered, before anything is settled
            self._at_once = False
            return False
        steps = [step for step in way.steps if step.made.symbol not in known]
        try:
            with np.errstate(all="ignore", invalid="raise", over="raise"):
                for made, code, shape in steps:
                    value = code(self._context)
                    known[made.symbol] = value if value.shape == shape else np.broadcast_to(value, shape)
            self._at_once = self._noise.absent([step.made for step in steps])
        except FloatingPointError:
            self._at_once = False
        if not self._at_once:
            for step in steps:
                known.pop(step.made.symbol, None)
        return self._at_once

    def _compute(self, equation: Equation) -> Array:
        symbol, expression = equation.symbol, self._expression(equation)
        try:
            with np.errstate(all="ignore", invalid="raise", over="raise"):
                value = evaluate(expression, self._context)
        except FloatingPointError:  # ∞ or 0/0 turned up: again, minding the cases that have a limit
            self._context = self._context._replace(careful=True)  # and from now on
            with np.errstate(all="ignore"):
                value = evaluate(expression, self._context)
        network = self.exercise.network
        shape = _shape(symbol, network.depth, self.exercise.length)
        if value.shape != shape:
            value = np.broadcast_to(value, shape)
        if self._rounding is not None:
            return self._rounding(value)
        decides = symbol.kind == "S" and not symbol.updated and network.activations[symbol.layer - 1].kinked
        return self._noise.removed(symbol, expression, value, decides=decides)


class _Step(NamedTuple):
    """One quantity of many that are computed in one go: what it is made by, and the shape it must have."""

    made: Made
    code: Code
    shape: tuple[int, ...]


class _Way(NamedTuple):
    """The steps from the givens to the end of the page; straight if no case is distinguished on the way."""

    steps: tuple[_Step, ...]
    straight: bool


@lru_cache(maxsize=1024)
def _way(network: Network, samples: int, sizes: tuple[int, ...], detail: Symbol | None) -> _Way:
    """The page without its details, but with this one; the same for all exercises of one form."""
    equations = page(network)
    wanted = [symbol for symbol in equations if symbol == detail or not symbol.spec.detail]

    def length(axis: Axis) -> int:
        return samples if axis == "N" else sizes[axis]

    steps = []
    for equation in _needed(equations, wanted, network.givens, lambda equation: equation.operands):
        shape = _shape(equation.symbol, network.depth, length)
        steps.append(_Step(made_by(equation.symbol, equation.stable), prepared(equation.stable), shape))
    straight = not any(
        isinstance(node, expr.Where) for step in steps for node in expr.nodes(step.made.expression)
    )
    return _Way(tuple(steps), straight)


def _needed(
    equations: Page,
    wanted: Iterable[Symbol],
    known: Container[Symbol],
    operands: Callable[[Equation], Iterable[Symbol]],
) -> list[Equation]:
    """The equations to be evaluated to know what is wanted, in the order of the page."""
    needed: set[Symbol] = set()
    pending = [*wanted]
    while pending:
        symbol = pending.pop()
        if symbol not in known and symbol not in needed:
            needed.add(symbol)
            pending.extend(operands(equations[symbol]))
    return [equation for symbol, equation in equations.items() if symbol in needed]


def _shape(symbol: Symbol, depth: int, length: Callable[[Axis], int]) -> tuple[int, ...]:
    """The shape of a quantity in here: () for a number, two axes for everything else."""
    return shape_of(symbol, depth, length) if symbol.spec.shape else ()
