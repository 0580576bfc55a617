"""Evaluate expressions of cells, and printed lines of figures.

`exactly` uses the values of the cells in full precision, `on_paper` the printed digits in decimal arithmetic,
`on_a_computer` the printed digits in double precision.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, localcontext
from fractions import Fraction
from functools import reduce
from operator import add
from typing import Generic, TypeVar

import numpy as np

from mlpcalc.explaining.cells import Cell, ElidedTerms, Figure, SoftmaxCell
from mlpcalc.numerics.evaluate import ELEMENTARY, evaluate_derivative, evaluate_function
from mlpcalc.page import expr, trees
from mlpcalc.page.functions import Apply, Derivative, derivative_in_s

N = TypeVar("N", float, Decimal)

# Precise enough for squares of doubles, with unbounded exponents.
_PAPER = Context(prec=60, Emax=MAX_EMAX, Emin=MIN_EMIN)
_SHORTER = _PAPER.copy()
_SHORTER.prec = 50  # so that a tie is one, though thirds and ninths are cut off
_IN_DOUBLES = {"exp": math.exp, "log": math.log, "tanh": math.tanh, "sqrt": math.sqrt}


def in_doubles(name: expr.Elementary, x: float) -> float:
    """The value of an elementary function; raises `ValueError` or `OverflowError` where it has none."""
    return _IN_DOUBLES[name](x) if name in _IN_DOUBLES else float(ELEMENTARY[name](np.array(x)))


def exactly(
    node: expr.Expr, cell: Callable[[Cell], float], coefficient: Callable[[expr.Coefficient], Fraction]
) -> float:
    """The value of an expression of cells in floating point; NaN where it is undefined.

    cell, coefficient: the values of cells and coefficients.
    """
    try:
        with np.errstate(all="ignore"):
            return _Cells(cell, coefficient).value_of(node)
    except (ArithmeticError, ValueError):
        return math.nan


def on_paper(line: expr.Expr) -> Decimal | None:
    """The value of a printed line, exact except for functions; None where it is undefined."""
    try:
        with localcontext(_PAPER), np.errstate(all="ignore"):
            value = _SHORTER.plus(_Figures().value_of(line))
    except (ArithmeticError, ValueError):
        return None
    return value if value.is_finite() else None


def on_a_computer(line: expr.Expr) -> float:
    """The value of a line for a calculator in doubles; NaN where a step overflows or is undefined."""
    try:
        return _Doubles().value_of(line)
    except (ArithmeticError, ValueError):
        return math.nan


class _Evaluator(ABC, Generic[N]):
    """Evaluates an expression in one kind of number; raises what the arithmetic of that kind raises."""

    zero_wins = True  # whether 0 · ∞ is 0, as in 0 · ln 0 on paper

    @abstractmethod
    def number(self, value: Fraction) -> N: ...

    @abstractmethod
    def figure(self, text: str) -> N: ...

    @abstractmethod
    def call(self, name: expr.Elementary, x: N) -> N: ...

    @abstractmethod
    def function(self, node: Apply | Derivative) -> N: ...

    def cell(self, cell: Cell) -> N:
        raise TypeError(f"no value for {cell!r}")

    def coefficient(self, coefficient: expr.Coefficient) -> N:
        return self.number(coefficient.number)

    def softmax(self, node: SoftmaxCell) -> N:
        raise TypeError(f"not a printed line: {node!r}")

    def total(self, terms: Iterable[expr.Expr]) -> N:
        return reduce(add, map(self.value_of, terms))

    def value_of(self, node: expr.Expr) -> N:
        match node:
            case Cell():
                return self.cell(node)
            case Figure(text):
                return self.figure(text)
            case expr.Number(value):
                return self.number(value)
            case expr.Sum(terms) | ElidedTerms(terms):
                return self.total(terms)
            case expr.Add(left, right):
                return self.value_of(left) + self.value_of(right)
            case expr.Sub(left, right):
                return self.value_of(left) - self.value_of(right)
            case expr.Hadamard(left, right):
                factor = self.value_of(left)
                return factor if self.zero_wins and factor == 0 else factor * self.value_of(right)
            case expr.Quotient(left, right):
                above = self.value_of(left)
                return above if self.zero_wins and above == 0 else above / self.value_of(right)
            case expr.Scale(coefficient, operand):
                return self.coefficient(coefficient) * self.value_of(operand)
            case expr.Power(operand, exponent):
                base = self.value_of(operand)
                return reduce(lambda power, _: power * base, range(exponent - 1), base)
            case expr.Maximum(left, right):
                return max(self.value_of(left), self.value_of(right))
            case expr.Where(test, then, otherwise, inclusive):
                tested = self.value_of(test)
                return self.value_of(then if tested > 0 or (inclusive and tested == 0) else otherwise)
            case expr.Call(name, operand):
                return self.call(name, self.value_of(operand))
            case Apply() | Derivative():
                return self.function(node)
            case SoftmaxCell():
                return self.softmax(node)
        raise TypeError(f"not an expression of cells: {node!r}")


class _Doubles(_Evaluator[float]):
    zero_wins = False

    def number(self, value: Fraction) -> float:
        return expr.as_float(value)

    def figure(self, text: str) -> float:
        return expr.as_float(Fraction(text))

    def call(self, name: expr.Elementary, x: float) -> float:
        return in_doubles(name, x)

    def function(self, node: Apply | Derivative) -> float:
        return _stable_value(node, self.value_of(node.operand))

    def value_of(self, node: expr.Expr) -> float:
        value = super().value_of(node)
        if not math.isfinite(value):
            raise OverflowError
        return value


class _Cells(_Doubles):
    zero_wins = True

    def __init__(
        self, cell: Callable[[Cell], float], coefficient: Callable[[expr.Coefficient], Fraction]
    ) -> None:
        self._cell = cell
        self._coefficient = coefficient

    def cell(self, cell: Cell) -> float:
        return self._cell(cell)

    def coefficient(self, coefficient: expr.Coefficient) -> float:
        return expr.as_float(self._coefficient(coefficient))

    def softmax(self, node: SoftmaxCell) -> float:
        exponents = [self.value_of(part) for part in node.exponents]
        top = max(exponents)
        return math.exp(self.value_of(node.of) - top) / sum(math.exp(each - top) for each in exponents)


class _Figures(_Evaluator[Decimal]):
    def number(self, value: Fraction) -> Decimal:
        return Decimal(value.numerator) / value.denominator

    def figure(self, text: str) -> Decimal:
        return self.number(Fraction(text)) if "/" in text else Decimal(text)

    def call(self, name: expr.Elementary, x: Decimal) -> Decimal:
        match name:
            case "exp":
                return x.exp()
            case "log":
                return x.ln()
            case "sqrt":
                return x.sqrt()
        return Decimal(in_doubles(name, float(x)))

    def function(self, node: Apply | Derivative) -> Decimal:
        """By the definition if that is rational; otherwise in doubles, as ties cannot occur."""
        x, function = self.value_of(node.operand), node.function
        definition = function.value if isinstance(node, Apply) else derivative_in_s(function)
        try:
            return _Rational().value_of(trees.bind(definition, s=expr.Number(Fraction(x))))
        except _NotRationalError:
            return Decimal(_stable_value(node, float(x)))


class _NotRationalError(Exception):
    pass


class _Rational(_Figures):
    def call(self, name: expr.Elementary, x: Decimal) -> Decimal:
        raise _NotRationalError


def _stable_value(node: Apply | Derivative, x: float) -> float:
    version = evaluate_function if isinstance(node, Apply) else evaluate_derivative
    return float(np.ravel(version(node.function, np.array([[x]])))[0])
