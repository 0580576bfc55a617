"""Compare every gradient with a numerical one, by complex steps.

The imaginary part of L(w + ih) is h ∂L/∂w. No difference is taken, so h can be so small that no digit is
lost, and no formula for a derivative is involved. Case distinctions (ReLU, the hinges) depend on the real
part. Source: Squire and Trapp, "Using complex variables to estimate derivatives of
real functions", SIAM Review 40 (1998).
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from mlpcalc.arrays import Array, Mask
from mlpcalc.errors import refuse
from mlpcalc.numerics.evaluate import Context, evaluate, evaluate_derivative
from mlpcalc.numerics.interval import UNIT, Ball, IntervalContext, enclose
from mlpcalc.numerics.values import Values
from mlpcalc.page import expr, trees
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.functions import Activation, Apply
from mlpcalc.page.symbols import Symbol

STEP = 1e-12  # its square vanishes beside 1, and a tiny derivative times it does not
OTHER_STEPS = (0.61e-12, 1.37e-12)  # the change of the numerical gradient with these is its own noise
TINY_STEPS = (1e-100, 1e-250, 1e-305)  # for parameters that are small compared with the usual step
TOLERANCE = 1e-8
MAX_PARAMETERS = 20_000


class Comparison(NamedTuple):
    """The numerical gradient of one weight matrix or bias; all arrays have its shape on the page.

    relative_error: of the analytic gradient a and the numerical one n, |a - n| relative to max(|a|, |n|, 1e-6
    of the largest entry); NaN where one of them overflows; 0 where the difference is noise in n, or all that
    rounding leaves where a is 0 on paper.
    kink: where a step in that parameter leaves a kink, so that there is no derivative to compare with.
    """

    numeric: Array
    relative_error: Array
    kink: Mask

    @property
    def worst(self) -> float:
        """The largest relative error, without the cells at a kink and those that overflow."""
        comparable = ~self.kink & np.isfinite(self.relative_error)
        return float(np.max(self.relative_error, initial=0.0, where=comparable))

    @property
    def agrees(self) -> bool:
        """Whether the two gradients are equal up to rounding."""
        return self.worst <= TOLERANCE


def compare(values: Values) -> dict[Symbol, Comparison]:
    """Compare the gradient of each weight matrix and bias; keys are the symbols of the gradients.

    Raises `InputError` if the exercise has no gradients, or more than `MAX_PARAMETERS` parameters.
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
    noise = _noise(values, gradients)
    return {symbol: _compared(values[symbol], noise[symbol], symbol, steps) for symbol in gradients}


def _noise(values: Values, gradients: Sequence[Symbol]) -> dict[Symbol, Array]:
    """By how much rounding on the way may have moved each gradient, if no zero of the paper was made one."""
    found = {symbol: UNIT * np.abs(value) for symbol, value in values.exercise.givens().items()}

    def ball(symbol: Symbol) -> Ball:
        return Ball(values[symbol], found[symbol])

    context = IntervalContext(ball, values.exercise.coefficients, noise_only=True)
    for gradient in gradients:
        for symbol, _, stable, *_ in values.missing(gradient, found):
            with np.errstate(all="ignore"):
                radius = enclose(stable, context).radius
            found[symbol] = np.broadcast_to(radius, np.shape(values[symbol]) or (1, 1))
    return found


def _compared(analytic: Array, noise: Array, symbol: Symbol, steps: "_Steps") -> Comparison:
    parameter = Symbol(symbol.kind.removeprefix("d"), symbol.layer)
    numeric, kink = steps.gradient(parameter)
    error = _relative_error(analytic, numeric)
    error[(analytic == 0) & (np.abs(numeric) <= noise)] = 0.0
    for index in map(tuple, np.argwhere(~kink & (error > TOLERANCE)).tolist()):
        again = _recomputed(float(analytic[index]), float(numeric[index]), parameter, index, steps)
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


def _recomputed(
    analytic: float, numeric: float, parameter: Symbol, index: tuple[int, ...], steps: "_Steps"
) -> float | None:
    """A numerical derivative that agrees, found with other steps; None if there is none.

    The first one counts as agreeing if it differs by no more than it changes with the step.
    """
    near = [numeric, *(steps.derivative(parameter, index, step)[0] for step in OTHER_STEPS)]
    if abs(analytic - numeric) <= 4 * (max(near) - min(near)):
        return numeric
    for step in TINY_STEPS:
        other, _ = steps.derivative(parameter, index, step)
        if other and abs(analytic - other) <= TOLERANCE * abs(other):
            return other
    return None


class _Steps:
    """The forward pass of one exercise, repeated with an imaginary step in a single parameter."""

    def __init__(self, exercise: Exercise) -> None:
        if exercise.loss is not None and exercise.conventions.average_in in ("update", "loss"):
            # dW and db carry no average there: they are the gradients of the loss without it.
            exercise = replace(exercise, loss=exercise.loss.summed)
        self._at = Values(exercise)
        self._givens = exercise.givens()
        self._outputs = Symbol("Z", exercise.network.depth)
        self._gradient = exercise.output_gradient
        wanted = Symbol("loss") if self._gradient is None else self._outputs
        self._equations = self._at.missing(wanted, self._givens)
        self._coefficients = exercise.coefficients

    def gradient(self, parameter: Symbol) -> tuple[Array, Mask]:
        """∂L/∂parameter, and where a step leaves a kink; both arrays have the shape of the parameter."""
        shape = self._givens[parameter].shape
        steps = [self.derivative(parameter, index, STEP) for index in np.ndindex(shape)]
        derivatives, kinks = zip(*steps, strict=True)
        return np.array(derivatives).reshape(shape), np.array(kinks).reshape(shape)

    def derivative(self, parameter: Symbol, index: tuple[int, ...], step: float) -> tuple[float, bool]:
        """The derivative of the loss by one cell, and whether the step leaves a kink."""
        moved = self._givens[parameter].astype(np.complex128)
        moved[index] += 1j * step
        known: dict[Symbol, Array] = {**self._givens, parameter: moved}  # type: ignore[dict-item]  # complex on the way
        context = Context(known.__getitem__, self._coefficients, careful=True)
        kink = False
        with np.errstate(all="ignore"):
            for equation in self._equations:
                kink = kink or self._leaves_kink(equation.stable, context)
                # The real part is the value without the step, with its exact zeros.
                imaginary = np.imag(evaluate(equation.stable, context))
                known[equation.symbol] = self._at[equation.symbol] + 1j * imaginary
        if self._gradient is not None:  # of which loss it is, nobody knows: any with this one will do
            return float(np.imag(self._gradient * known[self._outputs]).sum()) / step, kink
        return float(np.imag(known[Symbol("loss")])) / step, kink

    def _leaves_kink(self, node: expr.Expr, context: Context) -> bool:
        """Whether a case distinction in the expression is undecided without the step, and decided by it."""
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
