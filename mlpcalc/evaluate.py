"""The values of the page: float64 arrays, computed when they are asked for.

Samples are columns. Flat quantities keep two axes here: biases are (units, 1), per-sample losses (1, N).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from mlpcalc import stable
from mlpcalc.equations import Equation, Page, page
from mlpcalc.exercise import Exercise
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
    Variable,
    Where,
    derivative_in_s,
)
from mlpcalc.stable import Array
from mlpcalc.symbols import Symbol

_ELEMENTARY = {"exp": np.exp, "log": np.log, "tanh": np.tanh}


@dataclass(frozen=True, slots=True)
class Context:
    """What an expression is evaluated with: the quantities and coefficients it uses, and two operations."""

    quantity: Callable[[Symbol], Array]
    coefficient: Callable[[Coefficient], float]
    product: Callable[[Array, Array], Array] = np.multiply
    quotient: Callable[[Array, Array], Array] = np.divide


def _product(left: Array, right: Array) -> Array:
    """Elementwise product in which 0 wins over infinity, as in 0 · ln 0."""
    return np.where((left == 0) | (right == 0), 0.0, left * right)


def _quotient(left: Array, right: Array) -> Array:
    """Elementwise quotient in which 0 wins over an underflown denominator, as in 0 / softmax(-1000)."""
    return np.where(left == 0, 0.0, left / right)


def evaluate(node: Expr, context: Context, variables: Mapping[str, Array] | None = None) -> Array:
    """The value of an expression; `variables` are those of a function's definition."""

    def value(part: Expr) -> Array:
        return evaluate(part, context, variables)

    match node:
        case Ref(symbol):
            return context.quantity(symbol)
        case Variable(name):
            assert variables is not None  # noqa: S101  # only definitions have variables, and they bring them
            return variables[name]
        case Number(number):
            return np.float64(float(number))  # type: ignore[return-value]  # broadcasts like an array of one cell
        case MatMul(left, right):
            return value(left) @ value(right)
        case Hadamard(left, right):
            return context.product(value(left), value(right))
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
            return _call(function, stable.VALUE, function.value, value(operand), context)
        case Derivative(function, operand):
            return _call(function, stable.DERIVATIVE, derivative_in_s(function), value(operand), context)
        case RowSums(operand):
            return np.asarray(value(operand).sum(axis=1, keepdims=True))
        case ColumnSums(operand):
            return np.asarray(value(operand).sum(axis=0, keepdims=True))
        case Total(operand):
            return np.asarray(value(operand).sum())
        case Quotient(left, right):
            return context.quotient(value(left), value(right))
        case Power(operand, exponent):
            return np.asarray(value(operand) ** exponent)
        case Call(function, operand):
            return np.asarray(_ELEMENTARY[function](value(operand)))
        case Maximum(left, right):
            return np.maximum(value(left), value(right))
        case Where(test, then, otherwise, inclusive):
            holds = np.greater_equal if inclusive else np.greater
            return np.where(holds(value(test), 0), value(then), value(otherwise))
    raise TypeError(f"not an expression: {node!r}")


def _call(function: Function, table: stable.Table, definition: Expr, S: Array, context: Context) -> Array:
    """f(S) or f'(S), by the stable version where the table has one and by the definition otherwise."""
    if (version := table.get(function.name)) is not None:
        return version(S, *(float(number) for _, number in function.parameters))
    return evaluate(definition, context, {"s": S})


class Values:
    """The quantities of one exercise by symbol, each computed once, when it is first asked for.

    `rounding`, if given, is applied to every quantity as soon as it is known, and the rounded figures are
    carried on, as on paper.
    """

    def __init__(self, exercise: Exercise, rounding: Callable[[Array], Array] | None = None) -> None:
        self.exercise = exercise
        self.page: Page = page(exercise.network)
        self._known = exercise.givens()
        self._rounding = rounding
        self._scalars = exercise.scalars()
        self._coefficients: dict[Coefficient, float] = {}
        self._plain = Context(self._known.__getitem__, self._coefficient)
        self._careful = Context(self._known.__getitem__, self._coefficient, _product, _quotient)

    def __getitem__(self, symbol: Symbol) -> Array:
        """The value of a quantity; KeyError if this exercise has no such quantity."""
        if symbol not in self._known:
            for equation in self._missing(symbol):
                self._known[equation.symbol] = self._compute(equation)
        return self._known[symbol]

    def __contains__(self, symbol: object) -> bool:
        return symbol in self._known or symbol in self.page

    def _missing(self, wanted: Symbol) -> list[Equation]:
        """The equations still to be evaluated to know `wanted`, in the order of the page."""
        needed: set[Symbol] = set()
        pending = [wanted]
        while pending:
            symbol = pending.pop()
            if symbol not in self._known and symbol not in needed:
                needed.add(symbol)
                pending.extend(self.page[symbol].operands)
        return [self.page[symbol] for symbol in self.page if symbol in needed]

    def _compute(self, equation: Equation) -> Array:
        try:
            with np.errstate(all="ignore", invalid="raise"):
                value = evaluate(equation.stable, self._plain)
        except FloatingPointError:  # ∞ or 0/0 turned up: again, minding the cases that have a limit
            with np.errstate(all="ignore"):
                value = evaluate(equation.stable, self._careful)
        shape = self._internal_shape(equation.symbol)
        if value.shape != shape:
            value = np.broadcast_to(value, shape)
        return value if self._rounding is None else self._rounding(value)

    def _internal_shape(self, symbol: Symbol) -> tuple[int, ...]:
        match self.exercise.shape(symbol):
            case (length,):
                return (1, length) if symbol.row.shape == ("N",) else (length, 1)
            case shape:
                return shape

    def _coefficient(self, coefficient: Coefficient) -> float:
        if coefficient not in self._coefficients:
            exact = coefficient.number
            for name, power in coefficient.powers:
                exact *= self._scalars[name] ** power
            self._coefficients[coefficient] = float(exact)
        return self._coefficients[coefficient]
