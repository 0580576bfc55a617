"""Enclose the value of an expression in ball arithmetic: a centre and a radius for each cell.

Each rule encloses the true result for all operands inside their balls, and adds the rounding error of its
own floating-point operation. If all operands are exact, the radius is therefore that of the rounding errors.

Matrices may be stacked: the last two axes are rows and columns, the others are independent copies.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import partial, reduce
from math import prod
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.numerics.evaluate import ELEMENTARY, evaluate_derivative, evaluate_function
from mlpcalc.page import expr
from mlpcalc.page.functions import Activation, Apply, Derivative, derivative_in_s
from mlpcalc.page.symbols import Symbol

# Twice the unit roundoff: elementary functions of the C library err by up to one unit in the last place,
# and computing the radii rounds a little too.
UNIT = 2.0**-52
_ROUNDED_UP = 1 + 8 * UNIT  # computing a radius takes a few roundings, too
_ROUNDINGS = 8  # units that a function may be off by: what is made of erfc is off by most

_ADDED = {expr.RowSums: (-1,), expr.ColumnSums: (-2,), expr.Total: (-1, -2)}  # axes


class Ball(NamedTuple):
    """All values within `radius` of `value`, cell by cell; two arrays of one shape, radii not negative."""

    value: Array
    radius: Array


class IntervalContext(NamedTuple):
    """The balls and coefficients that an expression is enclosed with.

    noise_only: whether the radii are rounding errors only, so that a test that may be zero is zero; otherwise
    such a test is undecided, and the ball holds both branches. unit: the relative rounding error of one
    operation. variables: the balls of the variables in a function's definition. rounded_terms: what becomes
    of each term before it is added to a sum, where that is not computed in one go. enclosed: the balls of
    what was enclosed before with this context, for expressions that have much in common; None to keep none.
    """

    quantity: Callable[[Symbol], Ball]
    coefficient: Callable[[expr.Coefficient], float]
    noise_only: bool = False
    unit: float = UNIT
    variables: Mapping[str, Ball] = MappingProxyType({})
    rounded_terms: Callable[[Ball], Ball] | None = None
    enclosed: dict[expr.Expr, Ball] | None = None


def enclose(node: expr.Expr, context: IntervalContext) -> Ball:
    """The ball that encloses every value of the expression; the shape of a total is (1, 1)."""
    if isinstance(node, expr.Ref):  # as half of all nodes are
        value, radius = context.quantity(node.symbol)
    elif context.enclosed is None:
        value, radius = _enclose(node, context)
    else:
        if node not in context.enclosed:
            context.enclosed[node] = _enclose(node, context)
        value, radius = context.enclosed[node]
    return Ball(value, radius * _ROUNDED_UP)


def hull(balls: Sequence[Ball], unit: float = UNIT, *, with_unbounded: bool = True) -> Ball:
    """The smallest ball that encloses all of the balls, cell by cell.

    unit: the relative rounding error of one operation. with_unbounded: whether a ball of infinite radius
    counts beside one that has bounds, so that the hull has none either.
    """
    if len(balls) == 1:
        return balls[0]
    lows, highs = ([ball.value + sign * ball.radius for ball in balls] for sign in (-1, 1))
    if not with_unbounded:
        bounded = [np.isfinite(ball.radius) for ball in balls]
        lows = [np.where(*each, np.inf) for each in zip(bounded, lows, strict=True)]
        highs = [np.where(*each, -np.inf) for each in zip(bounded, highs, strict=True)]
    low, high = _least(np.broadcast_arrays(*lows)), _greatest(np.broadcast_arrays(*highs))
    return _between(low, high, balls[0].value, unit)


def _between(low: Array, high: Array, centre: Array, unit: float = UNIT) -> Ball:
    """The ball from `low` to `high`; of infinite radius around `centre` where an end is not finite."""
    value, radius = (low + high) / 2, (high - low) / 2
    bounded = np.isfinite(radius)
    radius = radius + unit * np.maximum(np.abs(low), np.abs(high))
    if bounded.all():
        return Ball(value, radius)
    return Ball(np.where(bounded, value, centre), np.where(bounded, radius, np.inf))


def _enclose(node: expr.Expr, context: IntervalContext) -> Ball:
    unit = context.unit

    def ball(part: expr.Expr) -> Ball:
        return enclose(part, context)

    match node:  # the most frequent first
        case expr.Scale(coefficient, operand):
            c, (a, r) = context.coefficient(coefficient), ball(operand)
            exact = abs(c) == 1
            return _rounded(c * a, 0 if exact else 2 * unit, abs(c) * r)
        case expr.MatMul(left, right) if context.rounded_terms is not None:
            return _term_by_term(ball(left), ball(right), context.rounded_terms, unit)
        case expr.MatMul(left, right):
            return _matmul(ball(left), ball(right), unit)
        case expr.Add(left, right):
            return _plus(ball(left), ball(right), unit)
        case expr.Transpose(operand):
            a, r = ball(operand)
            return Ball(np.swapaxes(a, -1, -2), np.swapaxes(r, -1, -2))
        case expr.AcrossColumns(operand) | expr.AcrossRows(operand):
            return ball(operand)
        case expr.Sub(left, right):
            (a, r), (b, s) = ball(left), ball(right)
            return _rounded(a - b, unit, r + s)
        case expr.Hadamard(left, right):
            return _product(ball(left), ball(right), unit)
        case expr.Sum(terms):
            return reduce(lambda total, term: _plus(total, term, unit), map(ball, terms))
        case expr.Variable(name):
            return context.variables[name]
        case expr.Number(number):
            return _rounded(np.asarray(expr.as_float(number)), 0 if number.denominator == 1 else unit)
        case expr.RowSums(operand) | expr.ColumnSums(operand) | expr.Total(operand):
            added = ball(operand) if context.rounded_terms is None else context.rounded_terms(ball(operand))
            return _sum(added, _ADDED[type(node)], unit)
        case expr.MeanGap(weights, operand):
            return _mean_gap(ball(weights), ball(operand), unit)
        case expr.Quotient(left, right):
            return _quotient(ball(left), ball(right), context)
        case expr.Power(operand, exponent) if exponent < 0:
            return ball(expr.Quotient(expr.Number(Fraction(1)), expr.Power(operand, -exponent)))
        case expr.Power(operand, exponent):
            return _through(lambda x: x**exponent, (0,), ball(operand), context)
        case expr.Call(name, operand):
            return _through(ELEMENTARY[name], (0,) if name == "phi" else (), ball(operand), context)
        case Apply(function, operand) if function.pulls_apart:
            return _through_columns(function, ball(operand), context)
        case Apply(function, operand) if function.turns is not None and not function.flat:
            return _through(partial(evaluate_function, function), function.turns, ball(operand), context)
        case Derivative(function, operand) if function.derivative_turns is not None:
            slope = partial(evaluate_derivative, function)
            return _through(slope, function.derivative_turns, ball(operand), context)
        case Apply(function, operand):  # what only jumps has its values, which are exact, in its definition
            return _by_definition(function.value, ball(operand), context)
        case Derivative(function, operand):
            return _by_definition(derivative_in_s(function), ball(operand), context)
        case expr.Maximum(left, right):
            (a, r), (b, s) = ball(left), ball(right)
            centre, low, high = np.maximum(a, b), np.maximum(a - r, b - s), np.maximum(a + r, b + s)
            if context.noise_only:
                return _rounded(centre, 0, np.maximum(high - centre, centre - low))
            return _between(low, high, centre)
        case expr.Where(test, then, otherwise):
            return _where(ball(test), ball(then), ball(otherwise), node, context)
    raise TypeError(f"not an expression: {node!r}")


def _rounded(value: Array, rounding: float, radius: "Array | float" = 0.0) -> Ball:
    """The ball, with the rounding error of its centre added to the radius."""
    radius = radius + rounding * np.abs(value)
    return Ball(value, np.fmin(radius, np.inf))  # no number is infinite: outside the domain, nothing is known


def _plus(left: Ball, right: Ball, unit: float) -> Ball:
    (a, r), (b, s) = left, right
    return _rounded(a + b, unit, r + s)


def _product(left: Ball, right: Ball, unit: float) -> Ball:
    (a, r), (b, s) = left, right
    value, radius = a * b, np.abs(a) * s + r * np.abs(b) + r * s
    if not np.isfinite(radius).all():  # 0 times anything is 0: 0 · ln 0
        nothing = ((a == 0) & (r == 0)) | ((b == 0) & (s == 0))
        value, radius = np.where(nothing, 0.0, value), np.where(nothing, 0.0, radius)
    return _rounded(value, unit, radius)


def _matmul(left: Ball, right: Ball, unit: float) -> Ball:
    (a, r), (b, s) = left, right
    size_a, size_b = np.abs(a), np.abs(b)
    terms = a.shape[-1]
    # |a| (s + rounding of |b|) + r (|b| + s)
    spread = size_a @ (s + (terms + 1) * unit * size_b) + r @ (size_b + s)
    return _rounded(a @ b, 0, spread * (1 + terms * UNIT))


def _term_by_term(left: Ball, right: Ball, rounded: Callable[[Ball], Ball], unit: float) -> Ball:
    (a, r), (b, s) = left, right
    terms = (
        _product(
            Ball(a[..., :, i : i + 1], r[..., :, i : i + 1]),
            Ball(b[..., i : i + 1, :], s[..., i : i + 1, :]),
            unit,
        )
        for i in range(a.shape[-1])
    )
    return reduce(lambda total, term: _plus(total, term, unit), map(rounded, terms))


def _sum(ball: Ball, axes: tuple[int, ...], unit: float) -> Ball:
    a, r = np.broadcast_arrays(*ball)
    terms = prod(a.shape[axis] for axis in axes)
    value, radius = (part.sum(axis=axes, keepdims=True) for part in (a, r))
    noise = terms * unit * np.abs(a).sum(axis=axes, keepdims=True)
    return _rounded(np.asarray(value), 0, np.asarray(radius * (1 + terms * UNIT) + noise))


def _mean_gap(weights: Ball, operand: Ball, unit: float) -> Ball:
    w, r, a, s = np.broadcast_arrays(*weights, *operand)
    others = 1 - np.eye(a.shape[-2])[:, :, None]  # the gap of a cell from itself is 0
    spread = others * (s[..., :, None, :] + s[..., None, :, :])
    gaps = _rounded(a[..., :, None, :] - a[..., None, :, :], unit, spread)
    products = _product(Ball(w[..., None, :, :], r[..., None, :, :]), gaps, unit)
    value, radius = _sum(products, (-2,), unit)
    return _product(Ball(w, r), Ball(value[..., 0, :], radius[..., 0, :]), unit)


def _quotient(left: Ball, right: Ball, context: IntervalContext) -> Ball:
    (a, r), (b, s) = left, right
    nothing = (a == 0) & (r == 0)
    q = np.where(nothing, 0.0, a / b)
    away = np.abs(b) > s  # from 0
    ends = [(a + i * r) / np.where(away, b + j * s, 1) for i in (-1, 1) for j in (-1, 1)]
    low, high = (np.where(away, pick(ends), edge) for pick, edge in ((_least, -np.inf), (_greatest, np.inf)))
    if context.noise_only:
        value, radius = q, np.maximum(high - q, q - low)
    else:
        value, radius = _between(low, high, q)
    value, radius = np.where(nothing, 0.0, value), np.where(nothing, 0.0, radius)
    return _rounded(value, context.unit, radius)


def _least(ends: Sequence[Array]) -> Array:
    return np.asarray(np.minimum.reduce(ends))


def _greatest(ends: Sequence[Array]) -> Array:
    return np.asarray(np.maximum.reduce(ends))


def _through(
    function: Callable[[Array], Array], turns: Sequence[float], ball: Ball, context: IntervalContext
) -> Ball:
    """f of a ball, for an elementwise f that is monotone between its turning points, where it may jump."""
    a, r = ball
    centre = function(a)
    if not r.any():
        return _rounded(centre, _ROUNDINGS * context.unit)
    low, high = np.nextafter(a - r, -np.inf), np.nextafter(a + r, np.inf)
    inside = [np.clip(side, low, high) for turn in turns for side in (turn, np.nextafter(turn, np.inf))]
    return _reaching(centre, [function(point) for point in (low, high, *inside)], r, context)


def _by_definition(definition: expr.Expr, ball: Ball, context: IntervalContext) -> Ball:
    """f of a ball, by the definition of f."""
    shape = np.broadcast_shapes(ball.value.shape, ball.radius.shape)
    value, radius = enclose(definition, context._replace(variables={"s": ball}, enclosed=None))
    return Ball(np.broadcast_to(value, shape), np.broadcast_to(radius, shape))


def _reaching(centre: Array, ends: Sequence[Array], r: Array, context: IntervalContext) -> Ball:
    """The ball from the least to the greatest of `ends`, where the radius r is not 0."""
    exact = r == 0
    if context.noise_only:
        value, radius = centre, _greatest([np.abs(end - centre) for end in ends])
        radius = np.where(np.isinf(r), np.inf, radius)  # an overflow is not noise
    else:
        value, radius = _between(_least(ends), _greatest(ends), centre)
    return _rounded(np.where(exact, centre, value), _ROUNDINGS * context.unit, np.where(exact, 0.0, radius))


def _through_columns(function: Activation, ball: Ball, context: IntervalContext) -> Ball:
    """f of each column, for softmax: extreme where one pre-activation is high and the others are low."""
    a, r = np.broadcast_arrays(*ball)
    centre = evaluate_function(function, a)
    shift = np.max(a, axis=-2, keepdims=True) - a
    r = r + context.unit * (a.shape[-2] + shift)  # the rounding of the sum, and of the shift by the largest
    own = np.eye(a.shape[-2])[..., :, :, None]  # one copy of each column for each of its cells
    pulled = (2 * own - 1) * r[..., None, :, :]
    ends = []
    for direction in (-1, 1):
        columns = evaluate_function(function, a[..., None, :, :] + direction * pulled)
        ends.append(np.moveaxis(np.diagonal(columns, axis1=-3, axis2=-2), -1, -2))
    return _reaching(centre, ends, np.broadcast_to(r.max(axis=-2, keepdims=True), a.shape), context)


def _where(test: Ball, then: Ball, otherwise: Ball, node: expr.Where, context: IntervalContext) -> Ball:
    """The branch chosen by the test; where the test is undecided, the hull of both branches."""
    undecided = (np.abs(test.value) <= test.radius) & (test.radius > 0)
    decisive = np.where(undecided, 0.0, test.value) if context.noise_only else test.value
    holds = decisive >= 0 if node.inclusive else decisive > 0
    value = np.where(holds, then.value, otherwise.value)
    radius = np.where(holds, then.radius, otherwise.radius)
    if context.noise_only:
        return Ball(value, radius)
    shape = np.broadcast_shapes(*(part.shape for ball in (test, then, otherwise) for part in ball))
    both = hull([Ball(*(np.broadcast_to(part, shape) for part in ball)) for ball in (then, otherwise)])
    return Ball(np.where(undecided, both.value, value), np.where(undecided, both.radius, radius))
