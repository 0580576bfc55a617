"""The value of an expression: the page interpreted with NumPy.

Samples are columns. Flat quantities keep two axes here: biases are (units, 1), per-sample losses (1, N).
"""

from collections.abc import Callable, Mapping
from functools import reduce
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.page import expr
from mlpcalc.page.functions import one, zero
from mlpcalc.page.memory import once_for_each
from mlpcalc.page.symbols import Symbol

ELEMENTARY = {"exp": np.exp, "log": np.log, "tanh": np.tanh}


class Context(NamedTuple):
    """What an expression is evaluated with.

    quantity, coefficient: the values of the names in it. variables: those of a function's definition.
    careful: whether ∞ may turn up, so that products must mind zeros. settle: the test of a case
    distinction, its noise removed.
    """

    quantity: Callable[[Symbol], Array]
    coefficient: Callable[[expr.Coefficient], float]
    variables: Mapping[str, Array] = MappingProxyType({})
    careful: bool = False
    settle: Callable[[expr.Expr, Array], Array] = lambda _, value: value


def _careful_product(left: Array, right: Array) -> Array:
    """Elementwise product in which 0 wins over infinity, as in 0 · ln 0."""
    return np.where((left == 0) | (right == 0), 0.0, left * right)


def _careful_quotient(left: Array, right: Array) -> Array:
    """Elementwise quotient in which 0 wins over an underflown denominator, as in 0 / softmax(-1000)."""
    return np.where(left == 0, 0.0, left / right)


def _careful_matmul(left: Array, right: Array) -> Array:
    """Matrix product; not a number where terms of both signs overflow, whichever NumPy adds up first."""
    value = left @ right
    if np.isfinite(value).all() or np.iscomplexobj(value):
        return value
    (a, c), (b, d) = ((np.maximum(part, 0), np.maximum(-part, 0)) for part in (left, right))
    difference = (_sizes(a, b) + _sizes(c, d)) - (_sizes(a, d) + _sizes(c, b))
    return np.where(np.isinf(value), difference, value)


def _sizes(left: Array, right: Array) -> Array:
    """Matrix product of what is not negative, in which 0 wins over infinity."""
    a, b = np.isinf(left), np.isinf(right)
    infinite = (a @ (right > 0)) | ((left > 0) @ b)
    return np.where(infinite, np.inf, np.where(a, 0, left) @ np.where(b, 0, right))


def _mean_gap(weights: Array, values: Array) -> Array:
    values = np.broadcast_to(values, weights.shape)
    with np.errstate(invalid="ignore"):
        gaps = weights[None, :, :] * (values[:, None, :] - values[None, :, :])
        units = range(len(weights))
        gaps[units, units] = 0  # from itself, even at infinity; other weights of 0 are tiny ones in truth
        return np.asarray(weights * gaps.sum(axis=1))


Code = Callable[[Context], Array]
"""An expression, ready to be evaluated with whatever its names stand for."""


def evaluate(node: expr.Expr, context: Context) -> Array:
    """The value of an expression, in float64 or, for derivatives by complex steps, in complex128."""
    return prepared(node)(context)


def _code(node: expr.Expr) -> Code:
    """The expression as a function of its context, made once: the page is worked out over and over."""
    match node:
        case expr.Ref(symbol):
            return lambda context: context.quantity(symbol)
        case expr.Variable(name):
            return lambda context: context.variables[name]
        case expr.Number(number):
            constant = np.asarray(expr.as_float(number))
            return lambda context: constant
        case expr.Scale(coefficient, operand):
            value = _code(operand)
            return lambda context: context.coefficient(coefficient) * value(context)
        case expr.MatMul(left, right):
            a, b = _code(left), _code(right)
            return lambda context: (_careful_matmul if context.careful else np.matmul)(a(context), b(context))
        case expr.Add(left, right):
            return _of_two(np.add, left, right)
        case expr.Sum(terms):
            codes = [_code(term) for term in terms]
            return lambda context: reduce(np.add, [code(context) for code in codes])
        case expr.Sub(left, right):
            return _of_two(np.subtract, left, right)
        case expr.Quotient(left, right):
            return _of_two(_careful_quotient, left, right)
        case expr.MeanGap(weights, operand):
            return _of_two(_mean_gap, weights, operand)
        case expr.Maximum(left, right):
            return _of_two(_maximum, left, right)
        case expr.Hadamard(left, right):
            a, b = _code(left), _code(right)
            return lambda context: (_careful_product if context.careful else np.multiply)(
                a(context), b(context)
            )
        case expr.Transpose(operand):
            return _of_one(np.transpose, operand)
        case expr.AcrossColumns(operand) | expr.AcrossRows(operand):
            return _code(operand)  # NumPy repeats it where it is needed
        case expr.RowSums(operand):
            return _of_one(lambda a: np.add.reduce(a, axis=1, keepdims=True), operand)
        case expr.ColumnSums(operand):
            return _of_one(lambda a: np.add.reduce(a, axis=0, keepdims=True), operand)
        case expr.Total(operand):
            return _of_one(lambda a: np.asarray(np.add.reduce(a, axis=None)), operand)
        case expr.Power(operand, exponent):
            return _of_one(np.square if exponent == 2 else lambda a: a**exponent, operand)
        case expr.Call(name, operand):
            return _of_one(ELEMENTARY[name], operand)
        case expr.Apply(function, operand):
            return _of_one(_function(function), operand)
        case expr.Derivative(function, operand):
            return _slope(function, operand)
        case expr.Where():
            return _where(node)
    raise TypeError(f"not an expression: {node!r}")


def _of_one(operation: Callable[[Array], Array], operand: expr.Expr) -> Code:
    value = _code(operand)
    return lambda context: operation(value(context))


def _of_two(operation: Callable[[Array, Array], Array], left: expr.Expr, right: expr.Expr) -> Code:
    a, b = _code(left), _code(right)
    return lambda context: operation(a(context), b(context))


def _maximum(a: Array, b: Array) -> Array:
    return np.where(a.real >= b.real, a, b) if b.dtype.kind == "c" else np.maximum(a, b)


def _slope(function: expr.Function, operand: expr.Expr) -> Code:
    pre_activations, slope = _code(operand), _derivative(function)

    def value(context: Context) -> Array:
        S = pre_activations(context)
        found = slope(S)
        return np.where(np.isnan(S), np.nan, found) if context.careful else found

    return value


def _where(node: expr.Where) -> Code:
    tested, then, otherwise = _code(node.test), _code(node.then), _code(node.otherwise)
    an_indicator = (node.then, node.otherwise) == (one, zero)

    def value(context: Context) -> Array:
        settled = context.settle(node.test, tested(context)).real
        holds = settled >= 0 if node.inclusive else settled > 0
        if context.careful:
            return np.where(np.isnan(settled), np.nan, np.where(holds, then(context), otherwise(context)))
        if an_indicator:
            return holds.astype(np.float64)  # the same as below, in a third of the time
        return np.where(holds, then(context), otherwise(context))

    return value


prepared = once_for_each(_code)
"""An expression as a function of its context."""


def evaluate_definition(definition: expr.Expr, **variables: Array) -> Array:
    """The value of a definition in the variables of functions, such as y and t."""
    return prepared(definition)(Context(_no_quantity, _number_of, variables))


def evaluate_function(function: expr.Function, S: Array) -> Array:
    """f(S), by the stable version if there is one and by the definition otherwise."""
    return _function(function)(S)


def evaluate_derivative(function: expr.Function, S: Array) -> Array:
    """f'(S), likewise."""
    return _derivative(function)(S)


@once_for_each
def _function(function: expr.Function) -> Callable[[Array], Array]:
    return _version(function.compute, function, function.value)


@once_for_each
def _derivative(function: expr.Function) -> Callable[[Array], Array]:
    return _version(function.compute_derivative, function, expr.derivative_in_s(function))


def _version(
    version: Callable[..., Array] | None, function: expr.Function, definition: expr.Expr
) -> Callable[[Array], Array]:
    if version is None:
        return lambda S: evaluate_definition(definition, s=S)
    parameters = [float(number) for _, number in function.parameters]
    return lambda S: version(S, *parameters)


def _number_of(coefficient: expr.Coefficient) -> float:
    return expr.as_float(coefficient.number)


def _no_quantity(symbol: Symbol) -> Array:
    raise KeyError(symbol)
