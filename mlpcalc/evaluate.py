"""The value of an expression: the page interpreted with NumPy.

Samples are columns. Flat quantities keep two axes here: biases are (units, 1), per-sample losses (1, N).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from mlpcalc import stable
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
    MeanGap,
    Number,
    Power,
    Quotient,
    Ref,
    RowSums,
    Scale,
    Sub,
    Total,
    Transpose,
    Variable,
    Where,
    derivative_in_s,
)
from mlpcalc.functions import one, zero
from mlpcalc.stable import Array
from mlpcalc.symbols import Symbol

_ELEMENTARY = {"exp": np.exp, "log": np.log, "tanh": np.tanh}


class Context(NamedTuple):
    """What an expression is evaluated with.

    quantity, coefficient: the values of the names in it. variables: those of a function's definition.
    careful: whether ∞ may turn up, so that products must mind zeros. settle: the test of a case
    distinction, its noise removed.
    """

    quantity: Callable[[Symbol], Array]
    coefficient: Callable[[Coefficient], float]
    variables: Mapping[str, Array] = MappingProxyType({})
    careful: bool = False
    settle: Callable[[Expr, Array], Array] = lambda _, value: value


def _careful_product(left: Array, right: Array) -> Array:
    """Elementwise product in which 0 wins over infinity, as in 0 · ln 0."""
    return np.where((left == 0) | (right == 0), 0.0, left * right)


def _careful_quotient(left: Array, right: Array) -> Array:
    """Elementwise quotient in which 0 wins over an underflown denominator, as in 0 / softmax(-1000)."""
    return np.where(left == 0, 0.0, left / right)


def _mean_gap(weights: Array, values: Array) -> Array:
    values = np.broadcast_to(values, weights.shape)
    gaps = values[:, None, :] - values[None, :, :]
    with np.errstate(invalid="ignore"):
        return np.asarray(_careful_product(weights[None, :, :], gaps).sum(axis=1))


def evaluate(node: Expr, context: Context) -> Array:
    """The value of an expression, in float64 or, for derivatives by complex steps, in complex128."""

    def value(part: Expr) -> Array:
        return evaluate(part, context)

    match node:
        case Ref(symbol):
            return context.quantity(symbol)
        case Variable(name):
            return context.variables[name]
        case Number(number):
            return np.asarray(float(number))
        case MatMul(left, right):
            return np.asarray(value(left) @ value(right))
        case Hadamard(left, right):
            if context.careful:
                return _careful_product(value(left), value(right))
            return value(left) * value(right)
        case Add(left, right):
            return value(left) + value(right)
        case Sub(left, right):
            return value(left) - value(right)
        case Scale(coefficient, operand):
            return context.coefficient(coefficient) * value(operand)
        case Transpose(operand):
            return value(operand).T
        case AcrossColumns(operand) | AcrossRows(operand):
            return value(operand)  # NumPy repeats it where it is needed
        case Apply(function, operand):
            return evaluate_function(function, value(operand))
        case Derivative(function, operand):
            return evaluate_derivative(function, value(operand))
        case RowSums(operand):
            return np.asarray(value(operand).sum(axis=1, keepdims=True))
        case ColumnSums(operand):
            return np.asarray(value(operand).sum(axis=0, keepdims=True))
        case Total(operand):
            return np.asarray(value(operand).sum())
        case MeanGap(weights, operand):
            return _mean_gap(value(weights), value(operand))
        case Quotient(left, right):
            return _careful_quotient(value(left), value(right))
        case Power(operand, exponent):
            return np.asarray(value(operand) ** exponent)
        case Call(name, operand):
            return np.asarray(_ELEMENTARY[name](value(operand)))
        case Maximum(left, right):
            a, b = value(left), value(right)
            return np.where(a.real >= b.real, a, b) if np.iscomplexobj(b) else np.maximum(a, b)
        case Where(test, then, otherwise, inclusive):
            settled = context.settle(test, value(test)).real
            holds = settled >= 0 if inclusive else settled > 0
            if (then, otherwise) == (one, zero):
                return holds.astype(np.float64)  # the same as below, in a third of the time
            return np.where(holds, value(then), value(otherwise))
    raise TypeError(f"not an expression: {node!r}")


def evaluate_function(function: Function, S: Array) -> Array:
    """f(S), by the stable version if there is one and by the definition otherwise."""
    return _evaluate_definition(function, function.value, stable.VALUE, S)


def evaluate_derivative(function: Function, S: Array) -> Array:
    """f'(S), likewise."""
    return _evaluate_definition(function, derivative_in_s(function), stable.DERIVATIVE, S)


def _evaluate_definition(function: Function, definition: Expr, table: stable.Table, S: Array) -> Array:
    if (version := table.get(function.name)) is not None:
        return version(S, *(float(number) for _, number in function.parameters))
    return evaluate(definition, Context(_no_quantity, lambda scale: float(scale.number), {"s": S}))


def _no_quantity(symbol: Symbol) -> Array:
    raise KeyError(symbol)
