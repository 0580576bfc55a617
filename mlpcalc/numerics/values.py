"""The values of the page: float64 arrays, each computed when it is first needed."""

from collections.abc import Callable, Container, Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.numerics.evaluate import Context, evaluate
from mlpcalc.numerics.noise import Noise
from mlpcalc.page import expr, trees
from mlpcalc.page.coefficients import Coefficients
from mlpcalc.page.equations import Equation, Page, page_of_any_step
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.network import Network
from mlpcalc.page.pages import page, page_of_step
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
        self._known = exercise.givens_of(1) | exercise.parameters()  # those of other steps when they come up
        self._rounding = rounding
        self._edited = edited or {}
        # With rounded or edited quantities the formula as written is computed, as on paper.
        self._as_written = rounding is not None or bool(edited)
        self._samples = _Samples(exercise)
        self._sheets: dict[int, _Sheet] = {}
        self._training: Training | None = None

    def __getitem__(self, symbol: Symbol) -> Array:
        """The value of a quantity; raises KeyError if this exercise does not have it."""
        if symbol not in self._known:
            if symbol.step > 1 and not self._as_written:
                self._start_from_step_before(symbol.step)
            if symbol in self._samples:
                self._sheet(symbol.step)
            for equation in self.missing(symbol, self._known):
                sheet = self._sheet(equation.symbol.step)
                sheet.compute(equation.symbol, self._expression(equation), self._shape(equation.symbol))
        return self._known[symbol]

    def __contains__(self, symbol: object) -> bool:
        return symbol in self._known or symbol in self.page or symbol in self._samples

    def settled(self, test: expr.Expr, value: Array) -> Array:
        """The value of a test of the first step, zero where it is zero on paper."""
        return self._sheet(1).noise.settle(test, value)

    def missing(self, wanted: Symbol, known: Container[Symbol]) -> list[Equation]:
        """The equations that must be evaluated to get `wanted`, in the order of the page."""
        needed: set[Symbol] = set()
        pending = [wanted]
        while pending:
            symbol = pending.pop()
            if symbol not in known and symbol not in needed and symbol not in self._samples:
                needed.add(symbol)
                pending.extend(self._operands(self.page[symbol]))
        network = self.exercise.network
        if network.steps == 1:
            return [equation for symbol, equation in self.page.items() if symbol in needed]
        steps = sorted({symbol.step for symbol in needed})
        pages = (page_of_step(network, step) for step in steps)
        return [equation for each in pages for symbol, equation in each.items() if symbol in needed]

    def _sheet(self, step: int) -> "_Sheet":
        if step not in self._sheets:
            exercise = self.exercise
            self._known |= exercise.givens_of(step)
            before = (self._sheets.get(step - 1), self._training)
            careful = any(each is not None and each.careful for each in before)
            self._sheets[step] = _Sheet(
                exercise, self._known, exercise.coefficients, self._rounding, careful=careful
            )
        return self._sheets[step]

    def _start_from_step_before(self, step: int) -> None:
        """Know the parameters that the step before left, and what the optimiser remembers of it."""
        if any(each.is_carried_on and each.step == step - 1 for each in self._known):
            return
        if self._training is None or self._training.steps_done >= step:
            self._training = Training(self.exercise)
        while self._training.steps_done < step - 1:
            self._training.advance()
        self._known |= self._training.carried_on

    def _operands(self, equation: Equation) -> Iterable[Symbol]:
        return trees.references(self._expression(equation)) if self._as_written else equation.operands

    def _expression(self, equation: Equation) -> expr.Expr:
        written = equation.expression if self._as_written else equation.stable
        return self._edited.get(equation.symbol, written)

    def _shape(self, symbol: Symbol) -> tuple[int, ...]:
        """() for a number, two axes for everything else."""
        samples = self.exercise.samples_of(symbol.step)
        return _shapes(self.exercise.network, len(samples), self.exercise.sizes)[symbol._replace(step=1)]


class _Samples(Container[Symbol]):
    """What an exercise states of its samples, in each of its steps but the first."""

    def __init__(self, exercise: Exercise) -> None:
        self._steps = range(2, exercise.steps + 1)
        self._kinds = frozenset(symbol.kind for symbol in exercise.network.of_the_samples)

    def __contains__(self, symbol: object) -> bool:
        return isinstance(symbol, Symbol) and symbol.kind in self._kinds and symbol.step in self._steps


class _Sheet:
    """What it takes to compute the quantities of one step, all of which are found in `known`.

    on_paper: whether anybody sees them, so that every zero of the paper is to be zero. careful: whether
    something may not be finite, in this step or one before it.
    """

    def __init__(
        self,
        exercise: Exercise,
        known: dict[Symbol, Array],
        coefficients: Callable[[expr.Coefficient], float],
        rounding: Callable[[Array], Array] | None = None,
        *,
        on_paper: bool = True,
        careful: bool = False,
    ) -> None:
        self._exercise, self._known, self._rounding = exercise, known, rounding
        terms = max(exercise.samples, *exercise.sizes)
        self.noise = Noise(known, coefficients, terms, on_paper=on_paper)
        self._context = Context(known.__getitem__, coefficients, careful=careful, settle=self.noise.settle)

    @property
    def careful(self) -> bool:
        return self._context.careful

    def compute(self, symbol: Symbol, expression: expr.Expr, shape: tuple[int, ...]) -> None:
        """Add the value of a quantity to those known."""
        try:
            with np.errstate(all="ignore", invalid="raise", over="raise"):
                value = evaluate(expression, self._context)
        except FloatingPointError:  # ∞ or 0/0 occurred: again, treating the cases that have a limit
            self._context = self._context._replace(careful=True)  # and from now on
            with np.errstate(all="ignore"):
                value = evaluate(expression, self._context)
        if value.shape != shape:
            value = np.broadcast_to(value, shape)
        self._known[symbol] = self._settled(symbol, expression, value)

    def _settled(self, symbol: Symbol, expression: expr.Expr, value: Array) -> Array:
        if self._rounding is not None:
            return self._rounding(value)
        return self.noise.as_on_paper(symbol, expression, value, self._kinks(symbol))

    def _kinks(self, symbol: Symbol) -> tuple[float, ...]:
        """Where a quantity decides between cases: of f', or of a function that jumps."""
        if symbol.kind != "S":
            return ()
        f = self._exercise.layers[symbol.layer - 1].activation
        return f.kinks if f.flat or not symbol.updated else ()


class Training:
    """The updates of an exercise, one after the other: what each step leaves is all that is kept.

    steps_done: how many there were. careful: whether something in them may not have been finite.
    """

    def __init__(self, exercise: Exercise) -> None:
        self._exercise = exercise
        self.steps_done = 0
        self.careful = False
        self._parameters = exercise.parameters()
        self._left: dict[Symbol, Array] = {}  # by the last step, as one after it calls that
        self._scalars: Mapping[expr.Scalar, Fraction] = {}

    @property
    def carried_on(self) -> dict[Symbol, Array]:
        """The parameters after the last step, and what the optimiser remembers of it."""
        return {symbol._replace(step=self.steps_done): value for symbol, value in self._left.items()}

    def advance(self) -> float:
        """Do the next step; its loss."""
        self.steps_done += 1
        # Every step but the first is computed as if it were the second: then its equations are made once.
        exercise, step = self._exercise, min(self.steps_done, 2)
        samples = exercise.givens_of(self.steps_done)
        plan = _plan(exercise.network, step, len(exercise.samples_of(self.steps_done)), exercise.sizes)
        known = {**self._parameters, **self._left, **dict(zip(plan.samples, samples.values(), strict=True))}
        sheet = _Sheet(exercise, known, self._coefficients(), on_paper=False, careful=self.careful)
        for symbol, expression, shape in plan.equations:
            sheet.compute(symbol, expression, shape)
        self._left = {after: known[symbol] for symbol, after in plan.left}
        self.careful = sheet.careful
        return float(known[plan.loss])

    def _coefficients(self) -> Coefficients:
        scalars = self._exercise.scalars(self.steps_done)
        if scalars != self._scalars:
            self._scalars, self._known_coefficients = scalars, Coefficients(lambda _: scalars)
        return self._known_coefficients


class _Plan(NamedTuple):
    """What one of many steps computes: no more than its loss, and what the next one starts from.

    samples: the names of what is stated of them. equations: with the shapes of their values, in order.
    left: each quantity that the next step starts from, and what that calls it where it is the second.
    """

    samples: tuple[Symbol, ...]
    equations: tuple[tuple[Symbol, expr.Expr, tuple[int, ...]], ...]
    left: tuple[tuple[Symbol, Symbol], ...]
    loss: Symbol


@lru_cache(maxsize=64)
def _plan(network: Network, step: int, samples: int, sizes: tuple[int, ...]) -> _Plan:
    page, shapes = page_of_step(network, step), _shapes(network, samples, sizes)
    left, loss = [symbol for symbol in page if symbol.is_carried_on], Symbol("loss", step=step)
    needed = {*left, loss}
    for symbol in reversed([*page]):
        if symbol in needed:
            needed |= page[symbol].operands
    return _Plan(
        tuple(symbol._replace(step=step) for symbol in network.of_the_samples),
        tuple(
            (symbol, equation.stable, shapes[symbol._replace(step=1)])
            for symbol, equation in page.items()
            if symbol in needed
        ),
        tuple((symbol, symbol._replace(step=1)) for symbol in left),
        loss,
    )


@lru_cache(maxsize=1024)
def _shapes(network: Network, samples: int, sizes: tuple[int, ...]) -> Mapping[Symbol, tuple[int, ...]]:
    """The shapes of all quantities of a page: () for a number, (rows, columns) for all others."""

    def length(axis: Axis) -> int:
        return sizes[axis] if isinstance(axis, int) else samples

    return {
        symbol: shape_of(symbol, network, length) if symbol.spec.shape else ()
        for symbol in page_of_any_step(network)
    }
