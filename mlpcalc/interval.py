"""What is known of a value whose operands are known only within bounds: a centre and a radius per cell.

The interpreter of the page in ball arithmetic. Every rule encloses the true result for all operands inside
their balls, and adds the rounding of its own floating-point operation, so that a ball of radius 0 around
exact figures comes out with the radius of the rounding errors alone.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from mlpcalc.evaluate import evaluate_derivative, evaluate_function
from mlpcalc.expr import (
    AcrossColumns,
    AcrossRows,
    Add,
    Apply,
    Call,
    Coefficient,
    ColumnSums,
    Derivative,
    Expr,
    Function,
    Hadamard,
    MatMul,
    Maximum,
    Number,
    Power,
    Quotient,
    Ref,
    RowSums,
    Scale,
    Sub,
    Total,
    Transpose,
    Where,
)
from mlpcalc.stable import Array
from mlpcalc.symbols import Symbol

# Twice the unit roundoff: elementary functions of the C library err by up to one unit in the last place,
# and computing the radii rounds a little too.
UNIT = 2.0**-52


class Ball(NamedTuple):
    """All values within `radius` of `value`, cell by cell."""

    value: Array
    radius: Array


class Enclosures(NamedTuple):
    """What an expression is enclosed with: the balls of the names in it, and its coefficients.

    With `noise_only` the radii are rounding errors, so that a test that may be zero is zero; without, such
    a test may go either way, and the ball holds both branches.
    """

    quantity: Callable[[Symbol], Ball]
    coefficient: Callable[[Coefficient], float]
    noise_only: bool = False


def enclose(node: Expr, context: Enclosures) -> Ball:
    """A ball around every value that the expression can have."""
    value, radius = _enclose(node, context)
    return Ball(value, radius * (1 + 8 * UNIT))  # computing a radius takes a few roundings, too


def _enclose(node: Expr, context: Enclosures) -> Ball:
    def ball(part: Expr) -> Ball:
        return enclose(part, context)

    match node:
        case Ref(symbol):
            return context.quantity(symbol)
        case Number(number):
            return _rounded(np.asarray(float(number)), 0 if number.denominator == 1 else 1)
        case MatMul(left, right):
            return _matmul(ball(left), ball(right))
        case Hadamard(left, right):
            return _product(ball(left), ball(right))
        case Add(left, right):
            (a, r), (b, s) = ball(left), ball(right)
            return _rounded(a + b, 1, r + s)
        case Sub(left, right):
            (a, r), (b, s) = ball(left), ball(right)
            return _rounded(a - b, 1, r + s)
        case Scale(coefficient, operand):
            c, (a, r) = context.coefficient(coefficient), ball(operand)
            exact = abs(c) == 1
            return _rounded(c * a, 0 if exact else 2, abs(c) * r)
        case Transpose(operand):
            a, r = ball(operand)
            return Ball(a.T, r.T)
        case AcrossColumns(operand) | AcrossRows(operand):
            return ball(operand)
        case RowSums(operand):
            return _sum(ball(operand), 1)
        case ColumnSums(operand):
            return _sum(ball(operand), 0)
        case Total(operand):
            return _sum(ball(operand), None)
        case Quotient(left, right):
            return _quotient(ball(left), ball(right))
        case Power(operand, exponent):
            return _through(lambda x: x**exponent, ball(operand))
        case Call(name, operand):
            return _through({"exp": np.exp, "log": np.log, "tanh": np.tanh}[name], ball(operand))
        case Apply(function, operand):
            return _apply(function, ball(operand))
        case Derivative(function, operand):
            return _through(lambda S: evaluate_derivative(function, S), ball(operand))
        case Maximum(left, right):
            (a, r), (b, s) = ball(left), ball(right)
            return Ball(np.maximum(a, b), np.maximum(r, s))
        case Where(test, then, otherwise):
            return _where(ball(test), ball(then), ball(otherwise), node, context)
    raise TypeError(f"not an expression: {node!r}")


def _rounded(value: Array, roundings: int, radius: "Array | float" = 0.0) -> Ball:
    """A ball whose centre took so many roundings to compute."""
    radius = radius + roundings * UNIT * np.abs(value)
    return Ball(value, np.where(np.isnan(radius), np.inf, radius))  # outside the domain nothing is known


def _product(left: Ball, right: Ball) -> Ball:
    (a, r), (b, s) = left, right
    return _rounded(a * b, 1, np.abs(a) * s + r * np.abs(b) + r * s)


def _matmul(left: Ball, right: Ball) -> Ball:
    (a, r), (b, s) = left, right
    size_a, size_b = np.abs(a), np.abs(b)
    terms = a.shape[1]
    spread = size_a @ s + r @ size_b + r @ s
    spread = spread * (1 + terms * UNIT)
    return Ball(a @ b, spread + (terms + 1) * UNIT * (size_a @ size_b))


def _sum(ball: Ball, axis: int | None) -> Ball:
    a, r = ball
    keep = axis is not None
    terms = a.size if axis is None else a.shape[axis]
    radius = np.broadcast_to(r, a.shape).sum(axis=axis, keepdims=keep)
    noise = terms * UNIT * np.abs(a).sum(axis=axis, keepdims=keep)
    return Ball(np.asarray(a.sum(axis=axis, keepdims=keep)), np.asarray(radius * (1 + terms * UNIT) + noise))


def _quotient(left: Ball, right: Ball) -> Ball:
    (a, r), (b, s) = left, right
    q = np.where(a == 0, 0.0, a / b)
    nearest = np.abs(b) - s
    spread = np.where(nearest > 0, (r + np.abs(q) * s) / np.where(nearest > 0, nearest, 1), np.inf)
    return _rounded(q, 1, np.where((a == 0) & (r == 0), 0.0, spread))


def _through(function: Callable[[Array], Array], ball: Ball) -> Ball:
    """f of a ball, for an f of one number that is monotone on either side of 0, as all of ours are."""
    a, r = ball
    centre = function(a)
    low, high = np.nextafter(a - r, -np.inf), np.nextafter(a + r, np.inf)
    ends = [function(point) for point in (low, high, np.clip(0, low, high))]
    reach = np.max([np.abs(end - centre) for end in ends], axis=0)
    return _rounded(centre, 4, np.where(r == 0, 0.0, reach))


# Functions of a whole column: by what factor of their value all errors of the column, up to r, can move them.
_COLUMN_FUNCTIONS: Mapping[str, Callable[[Array, Array], Array]] = {
    "softmax": lambda value, r: value * np.expm1(2 * r),
    "softmax_rest": lambda value, r: value * np.expm1(2 * r),
    # d log y_i = (1 - y_i) ds_i - Σ y_j ds_j, and 1 - y_i grows at most by exp(2r) on the way
    "log_softmax": lambda value, r: 2 * r * np.exp(2 * r) * -np.expm1(value),
}


def _apply(function: Function, ball: Ball) -> Ball:
    moved = _COLUMN_FUNCTIONS.get(function.name)
    if moved is None:
        return _through(lambda S: evaluate_function(function, S), ball)
    a, r = ball
    value = evaluate_function(function, a)
    worst = np.broadcast_to(r, a.shape).max(axis=0, keepdims=True)
    worst = worst + UNIT * np.ptp(a, axis=0, keepdims=True)  # the rounding of the shift by the largest
    return _rounded(value, a.shape[0] + 8, moved(value, worst))


def _where(test: Ball, then: Ball, otherwise: Ball, node: Where, context: Enclosures) -> Ball:
    """The branch that the test decides on; where it cannot, everything from one branch to the other."""
    undecided = (np.abs(test.value) <= test.radius) & (test.radius > 0)
    decisive = np.where(undecided, 0.0, test.value) if context.noise_only else test.value
    holds = decisive >= 0 if node.inclusive else decisive > 0
    value = np.where(holds, then.value, otherwise.value)
    radius = np.where(holds, then.radius, otherwise.radius)
    if context.noise_only:
        return Ball(value, radius)
    gap = np.abs(then.value - otherwise.value) + np.maximum(then.radius, otherwise.radius)
    return Ball(value, np.where(undecided, gap, radius))
