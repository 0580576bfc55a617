"""Evaluate expressions with NumPy.

Samples are columns. Flat quantities keep two axes here: biases are (units, 1), per-sample losses (1, N).
"""

from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.page import expr, stable
from mlpcalc.page.functions import Activation, Apply, Derivative, derivative_in_s, one, zero
from mlpcalc.page.symbols import Symbol


def _root(x: Array) -> Array:
    """The square root; of what may lie on either side of 0, that of what lies above.

    That of a number too large for a float may well be one, but is not known.
    """
    return np.where(np.isinf(x), np.nan, np.sqrt(np.maximum(x, 0)))


ELEMENTARY: Mapping[expr.Elementary, Callable[[Array], Array]] = {
    "exp": np.exp,
    "log": np.log,
    "tanh": np.tanh,
    "Phi": stable.normal_distribution,
    "phi": stable.normal_density,
    "sqrt": _root,
}


class Context(NamedTuple):
    """The values that an expression is evaluated with.

    quantity, coefficient: look up the value of a symbol or a coefficient. variables: the values of the
    variables in a function's definition. careful: whether infinities may occur, so that products treat zeros
    separately. settle: removes the rounding noise from the test of a case distinction.
    """

    quantity: Callable[[Symbol], Array]
    coefficient: Callable[[expr.Coefficient], float]
    variables: Mapping[str, Array] = MappingProxyType({})
    careful: bool = False
    settle: Callable[[expr.Expr, Array], Array] = lambda _, value: value


def _careful_product(left: Array, right: Array) -> Array:
    """Elementwise product where 0 · ∞ is 0, as in 0 · ln 0."""
    return np.where((left == 0) | (right == 0), 0.0, left * right)


def _careful_quotient(left: Array, right: Array) -> Array:
    """Elementwise quotient where 0 / 0 is 0, as in 0 / softmax(-1000), whose denominator underflows."""
    return np.where(left == 0, 0.0, left / right)


def _careful_matmul(left: Array, right: Array) -> Array:
    """Matrix product that is NaN where terms of both signs overflow, in whichever order NumPy adds them."""
    value = left @ right
    if np.isfinite(value).all() or np.iscomplexobj(value):
        return value
    (a, c), (b, d) = ((np.maximum(part, 0), np.maximum(-part, 0)) for part in (left, right))
    difference = (_sizes(a, b) + _sizes(c, d)) - (_sizes(a, d) + _sizes(c, b))
    return np.where(np.isinf(value), difference, value)


def _sizes(left: Array, right: Array) -> Array:
    """Matrix product of non-negative arrays where 0 · ∞ is 0."""
    a, b = np.isinf(left), np.isinf(right)
    infinite = (a @ (right > 0)) | ((left > 0) @ b)
    return np.where(infinite, np.inf, np.where(a, 0, left) @ np.where(b, 0, right))


def _mean_gap(weights: Array, values: Array) -> Array:
    values = np.broadcast_to(values, weights.shape)
    with np.errstate(invalid="ignore"):
        gaps = weights[None, :, :] * (values[:, None, :] - values[None, :, :])
        units = range(len(weights))
        gaps[units, units] = 0  # the gap from itself, even at infinity; other weights of 0 have underflowed
        return np.asarray(weights * gaps.sum(axis=1))


def evaluate(node: expr.Expr, context: Context) -> Array:
    """Evaluate an expression, in float64 or, for complex steps, in complex128; shape (rows, columns)."""
    match node:
        case expr.Ref(symbol):
            return context.quantity(symbol)
        case expr.MatMul(left, right):
            product = _careful_matmul if context.careful else np.matmul
            return product(evaluate(left, context), evaluate(right, context))
        case expr.Scale(coefficient, operand):
            return context.coefficient(coefficient) * evaluate(operand, context)
        case expr.Sub(left, right):
            return evaluate(left, context) - evaluate(right, context)
        case expr.Add(left, right):
            return evaluate(left, context) + evaluate(right, context)
        case expr.Sum(terms):
            return reduce(np.add, (evaluate(term, context) for term in terms))
        case expr.Hadamard(left, right):
            times = _careful_product if context.careful else np.multiply
            return times(evaluate(left, context), evaluate(right, context))
        case expr.Transpose(operand):
            return evaluate(operand, context).T
        case Apply(function, operand):
            return evaluate_function(function, evaluate(operand, context))
        case Derivative(function, operand):
            return evaluate_derivative(function, evaluate(operand, context))
        case expr.AcrossColumns(operand) | expr.AcrossRows(operand):
            return evaluate(operand, context)  # NumPy repeats it where it is needed
        case expr.Variable(name):
            return context.variables[name]
        case expr.Number(number):
            return np.asarray(expr.as_float(number))
        case expr.Total(operand):
            return np.asarray(np.add.reduce(evaluate(operand, context), axis=None))
        case expr.Power(operand, exponent):
            base = evaluate(operand, context)
            return np.square(base) if exponent == 2 else base**exponent
        case expr.Maximum(left, right):
            return _maximum(evaluate(left, context), evaluate(right, context))
        case expr.Where():
            return _where(node, context)
        case expr.RowSums(operand):
            return np.add.reduce(evaluate(operand, context), axis=1, keepdims=True)
        case expr.ColumnSums(operand):
            return np.add.reduce(evaluate(operand, context), axis=0, keepdims=True)
        case expr.Quotient(left, right):
            return _careful_quotient(evaluate(left, context), evaluate(right, context))
        case expr.MeanGap(weights, operand):
            return _mean_gap(evaluate(weights, context), evaluate(operand, context))
        case expr.Call(name, operand):
            return ELEMENTARY[name](evaluate(operand, context))
    raise TypeError(f"not an expression: {node!r}")


def _maximum(a: Array, b: Array) -> Array:
    return np.where(a.real >= b.real, a, b) if b.dtype.kind == "c" else np.maximum(a, b)


def _where(node: expr.Where, context: Context) -> Array:
    settled = context.settle(node.test, evaluate(node.test, context)).real
    holds = settled >= 0 if node.inclusive else settled > 0
    if (node.then, node.otherwise) == (one, zero) and not context.careful:
        return holds.astype(np.float64)  # a third of the time of the lines below
    value = np.where(holds, evaluate(node.then, context), evaluate(node.otherwise, context))
    return np.where(np.isnan(settled), np.nan, value) if context.careful else value


def evaluate_definition(definition: expr.Expr, **variables: Array) -> Array:
    """Evaluate the definition of a function, given the arrays of its variables, such as y and t."""
    return evaluate(definition, Context(_no_quantity, _number_of, variables))


@np.errstate(over="ignore", invalid="ignore")  # what is out of bounds is infinite, or no number
def evaluate_function(function: Activation, S: Array) -> Array:
    """f(S) of shape (units, samples), by the stable version if there is one, else by the definition."""
    if function.compute is None:
        return _by_definition(function.value, S)
    return np.asarray(function.compute(S, *_parameters(function)))


@np.errstate(over="ignore", invalid="ignore")  # what is out of bounds is infinite, or no number
def evaluate_derivative(function: Activation, S: Array) -> Array:
    """f'(S) of shape (units, samples), by the stable version if there is one, else by the definition."""
    if function.compute_derivative is None:
        return _by_definition(derivative_in_s(function), S)
    return np.asarray(function.compute_derivative(S, *_parameters(function)))


def _by_definition(definition: expr.Expr, S: Array) -> Array:
    """By the definition of a function. Where S is not known, nor is which of its cases is the one."""
    value, unknown = evaluate_definition(definition, s=S), np.isnan(S)
    return np.where(unknown, np.nan, value) if value.shape == S.shape and unknown.any() else value


def _parameters(function: Activation) -> Iterator[float]:
    return (float(number) for _, number in function.parameters)


def _number_of(coefficient: expr.Coefficient) -> float:
    return expr.as_float(coefficient.number)


def _no_quantity(symbol: Symbol) -> Array:
    raise KeyError(symbol)
