"""Every parameter's gradient beside a numerical one, by complex steps.

L(w + ih) has the derivative in its imaginary part, h ∂L/∂w, without any difference being taken: h can be
so small that nothing is lost, and no formula for a derivative is involved. Case distinctions (ReLU, the
hinges) go by the real part. Source: Squire and Trapp, "Using complex variables to estimate derivatives of
real functions", SIAM Review 40 (1998).
"""

from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from mlpcalc.arrays import Array, Mask
from mlpcalc.errors import refuse
from mlpcalc.numerics.evaluate import Context, evaluate, evaluate_derivative
from mlpcalc.numerics.values import Values
from mlpcalc.page import expr, trees
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.functions import Activation, Apply
from mlpcalc.page.symbols import Symbol

STEP = 1e-12  # its square is lost beside 1, and a tiny derivative times it is not
OTHER_STEPS = (0.61e-12, 1.37e-12)  # how much the numerical gradient changes with these is its own noise
TINY_STEPS = (1e-100, 1e-250, 1e-305)  # for parameters beside which the usual step is large
TOLERANCE = 1e-8
MAX_PARAMETERS = 20_000


class Comparison(NamedTuple):
    """The gradient of one parameter matrix; all arrays have the shape of that on the page.

    relative_error: |a - n| relative to max(|a|, |n|, 1e-6 of the largest entry); not a number where one of
    them overflows. Where little is left of terms that cancel, the noise in n is no error.
    kink: whether a step in that parameter leaves a kink, where there is no derivative to compare with.
    """

    numeric: Array
    relative_error: Array
    kink: Mask

    @property
    def worst(self) -> float:
        """The largest relative error, of those cells that have a derivative to compare with."""
        comparable = ~self.kink & np.isfinite(self.relative_error)
        return float(np.max(self.relative_error, initial=0.0, where=comparable))

    @property
    def agrees(self) -> bool:
        """Whether the two gradients are the same, up to rounding, wherever there is one."""
        return self.worst <= TOLERANCE


def compare(values: Values) -> dict[Symbol, Comparison]:
    """The comparison for each weight matrix and bias, by the symbol of its gradient.

    Raises `InputError` if the exercise has no gradients, or too many parameters for this.
    """
    exercise = values.exercise
    gradients = [symbol for symbol in values.page if symbol.kind in ("dW", "db")]
    if not gradients:
        raise refuse("no gradients to check", exercise.places.get("layers"), expected="targets and a loss")
    count = sum(values[symbol].size for symbol in gradients)
    if count > MAX_PARAMETERS:
        raise refuse(
            f"too many parameters for numerical gradients: {count:,}", expected=f"at most {MAX_PARAMETERS:,}"
        )
    steps = _Steps(exercise)
    return {symbol: _compared(values[symbol], symbol, steps) for symbol in gradients}


def _compared(analytic: Array, symbol: Symbol, steps: "_Steps") -> Comparison:
    parameter = Symbol(symbol.kind.removeprefix("d"), symbol.layer)
    numeric, kink = steps.gradient(parameter)
    error = _relative_error(analytic, numeric)
    for index in map(tuple, np.argwhere(~kink & (error > TOLERANCE)).tolist()):
        again = _looked_at_again(float(analytic[index]), float(numeric[index]), parameter, index, steps)
        if again is not None:
            numeric[index], error[index] = again, 0
    return Comparison(numeric, error, kink)


def _relative_error(analytic: Array, numeric: Array) -> Array:
    size = np.maximum(np.abs(analytic), np.abs(numeric))
    finite = np.isfinite(size)
    scale = np.maximum(size, 1e-6 * np.max(size, initial=0.0, where=finite))
    with np.errstate(all="ignore"):
        error = np.where(analytic == numeric, 0.0, np.abs(analytic - numeric) / scale)
    return np.where(finite, error, np.nan)


def _looked_at_again(
    analytic: float, numeric: float, parameter: Symbol, index: tuple[int, ...], steps: "_Steps"
) -> float | None:
    """A numerical derivative that agrees after all, or agrees up to its own noise; None if there is none."""
    near = [numeric, *(steps.derivative(parameter, index, step)[0] for step in OTHER_STEPS)]
    if abs(analytic - numeric) <= 4 * (max(near) - min(near)):
        return numeric
    for step in TINY_STEPS:
        other, _ = steps.derivative(parameter, index, step)
        if other and abs(analytic - other) <= TOLERANCE * abs(other):
            return other
    return None


class _Steps:
    """The forward pass of one exercise, repeated with single parameters moved a little along i."""

    def __init__(self, exercise: Exercise) -> None:
        if exercise.loss is not None and exercise.conventions.average_in in ("update", "loss"):
            # dW and db carry no average there: they are the gradients of the loss without it.
            exercise = replace(exercise, loss=exercise.loss._replace(average="none"))
        self._at = Values(exercise)
        self._givens = exercise.givens()
        self._equations = self._at.missing(Symbol("loss"), self._givens)
        self._coefficients = exercise.coefficients

    def gradient(self, parameter: Symbol) -> tuple[Array, Mask]:
        """∂L/∂parameter by complex steps, and where a step leaves a kink; both of the parameter's shape."""
        shape = self._givens[parameter].shape
        steps = [self.derivative(parameter, index, STEP) for index in np.ndindex(shape)]
        derivatives, kinks = zip(*steps, strict=True)
        return np.array(derivatives).reshape(shape), np.array(kinks).reshape(shape)

    def derivative(self, parameter: Symbol, index: tuple[int, ...], step: float) -> tuple[float, bool]:
        """The derivative of the loss by one cell, and whether a kink was left on the way."""
        moved = self._givens[parameter].astype(np.complex128)
        moved[index] += 1j * step
        known: dict[Symbol, Array] = {**self._givens, parameter: moved}  # type: ignore[dict-item]  # complex on the way
        context = Context(known.__getitem__, self._coefficients, careful=True)
        kink = False
        with np.errstate(all="ignore"):
            for equation in self._equations:
                kink = kink or self._leaves_kink(equation.stable, context)
                # The real part is what it was without the step, zeros on paper included.
                imaginary = np.imag(evaluate(equation.stable, context))
                known[equation.symbol] = self._at[equation.symbol] + 1j * imaginary
        return float(np.imag(known[Symbol("loss")])) / step, kink

    def _leaves_kink(self, node: expr.Expr, context: Context) -> bool:
        """Whether a case distinction in the expression stands at its edge, and the step moves it."""
        match node:
            case Apply(function, operand) if kinks := [s for s in function.kinks if _bends(function, s)]:
                edges = [operand - Fraction(s) if s else operand for s in kinks]
            case expr.Maximum(left, right):
                edges = [left - right]
            case expr.Power(expr.Maximum(expr.Number())):  # the square of what has a kink at 0 has none
                return False
            case _:
                return any(self._leaves_kink(part, context) for part in trees.children(node))
        return any(self._moves_off(edge, context) for edge in edges)

    def _moves_off(self, edge: expr.Expr, context: Context) -> bool:
        distance = evaluate(edge, context)
        on_edge = self._at.settled(edge, np.real(distance)) == 0
        return bool((on_edge & (np.imag(distance) != 0)).any())


def _bends(function: Activation, kink: float) -> bool:
    """Whether f or its derivative jumps where its cases change."""
    left, right = evaluate_derivative(function, np.array([kink, np.nextafter(kink, np.inf)])) + np.zeros(2)
    return function.flat or bool(left != right)
