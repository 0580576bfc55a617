"""Arithmetic in one line: a cell's expression with its indices, with its numbers, or for a calculator.

`printed` puts figures in the place of cells, a `CellWriter` makes text of either, `worth` says what a printed
line comes to: the figures as printed, no more digits than that.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from operator import add
from typing import NamedTuple

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.explaining.cells import Cell, Share, Terms
from mlpcalc.notation.styles import CALCULATOR, PRODUCT, SUM, TIGHT, Style, number_text
from mlpcalc.notation.writer import Writer
from mlpcalc.numerics.evaluate import Context, evaluate
from mlpcalc.page import expr
from mlpcalc.page.symbols import Symbol

LONG_SUM = 8  # terms; of a longer one, the middle is shown as one subtotal
_HEAD, _TAIL = 3, 1


class Figure(expr.Expr):
    """A number as it is printed."""

    text: str


class Rest(expr.Expr):
    """The middle of a long sum, which a person need not see term by term."""

    terms: tuple[expr.Expr, ...]


def abridged(node: expr.Expr) -> expr.Expr:
    """The expression with the middle of every long sum set aside."""
    match node:
        case Terms(terms):
            kept = tuple(abridged(term) for term in terms)
            if len(kept) <= LONG_SUM:
                return Terms(kept)
            return Terms((*kept[:_HEAD], Rest(terms[_HEAD:-_TAIL]), *kept[-_TAIL:]))
        case Share() | Cell():
            return node
        case _:
            return expr.rebuild(node, abridged)


class Printer(NamedTuple):
    """How figures are printed: `cell` by what is known of a cell, `value` any other number."""

    cell: Callable[[Cell], str]
    value: Callable[[float], str]
    exact: Callable[[Cell], float]
    coefficient: Callable[[expr.Coefficient], Fraction]


def printed(node: expr.Expr, printer: Printer, *, functions: bool) -> expr.Expr:
    """The expression with figures for cells and coefficients; with `functions` kept, or evaluated too."""

    def again(part: expr.Expr) -> expr.Expr:
        return printed(part, printer, functions=functions)

    match node:
        case Cell():
            return Figure(printer.cell(node))
        case expr.Scale(coefficient, operand):
            number = printer.coefficient(coefficient)
            if abs(number) == 1:
                return again(operand) if number == 1 else -again(operand)
            return Figure(number_text(number)) * again(operand)
        case Terms(terms):
            return Terms(tuple(again(term) for term in terms))
        case Rest(terms):
            return Figure(printer.value(_exactly(Terms(terms), printer)))
        case Share(of, among):
            largest = max(_exactly(part, printer) for part in among)
            shifted = [Figure(printer.value(_exactly(part, printer) - largest)) for part in (of, *among)]
            return Share(shifted[0], tuple(shifted[1:]))
        case expr.Apply() | expr.Derivative() if not functions:
            return Figure(printer.value(_exactly(node, printer)))
        case _:
            return expr.rebuild(node, again)


def _exactly(node: expr.Expr, printer: Printer) -> float:
    return worth(node, printer.exact, printer.coefficient)


def worth(
    node: expr.Expr,
    cell: Callable[[Cell], float] | None = None,
    coefficient: Callable[[expr.Coefficient], Fraction] | None = None,
    *,
    strictly: bool = False,
) -> float:
    """What the arithmetic comes to, in floating point; printed lines need no values for cells.

    Strictly, it is not a number where a step overflows or divides by zero, as calculators see it.
    """

    def number(part: expr.Expr) -> expr.Expr:
        match part:
            case Cell():
                assert cell is not None  # noqa: S101  # printed lines have no cells left
                return expr.Number(Fraction(cell(part)))
            case Figure(text):
                return expr.Number(Fraction(text))
            case Terms(terms):
                return reduce(add, (number(term) for term in terms))
            case Share(of, among):
                exponents = [worth(term, cell, coefficient) for term in (of, *among)]
                top, *raised = np.exp(np.array(exponents) - max(exponents[1:])).tolist()
                return expr.Number(Fraction(top) / Fraction(sum(raised)))
            case _:
                return expr.rebuild(part, number)

    def scale(c: expr.Coefficient) -> float:
        return float(c.number if coefficient is None else coefficient(c))

    try:
        with np.errstate(all="raise" if strictly else "ignore", under="ignore"):
            return float(evaluate(number(node), Context(_no_quantity, scale)))
    except (ArithmeticError, ValueError):  # ∞ has no fraction
        return np.nan


def _no_quantity(symbol: Symbol) -> Array:
    raise KeyError(symbol)


# ---------------------------------------------------------------------------- writing


class CellWriter(Writer):
    """Writes expressions between cells, which `cell` names, on one line."""

    def __init__(self, style: Style, cell: Callable[[Cell], str] = str) -> None:
        super().__init__(style)
        self._cell = cell

    def write(self, node: expr.Expr) -> tuple[str, int]:
        """The text of an expression, and how tightly its outermost operation binds."""
        match node:
            case Cell():
                return self._cell(node), TIGHT
            case Figure(text):
                return self.number(text)
            case Rest(terms):
                return self.style.elided.format(len(terms)), TIGHT
            case Terms():
                return " ".join(self.segments(node)), SUM
            case Share(of, among):
                exp = self.style.elementary("exp")
                above, *below = [f"{exp}({self.text(term)})" for term in (of, *among)]
                quotient = self.style.rules[expr.Quotient].template
                return quotient.format(above, f"({' + '.join(below)})"), PRODUCT
            case _:
                return super().write(node)

    def segments(self, node: expr.Expr) -> list[str]:
        """The line in pieces that line up with those of the same expression with other cells and figures."""
        match node:
            case Terms(terms):
                first, *others = terms
                return [self.at(SUM, first), *(f"+ {self.at(PRODUCT, term)}" for term in others)]
            case expr.Add(left, right) | expr.Sub(left, right) | expr.Hadamard(left, right):
                rule = self.style.rules[type(node)]
                factors = isinstance(node, expr.Hadamard) and isinstance(left, expr.Hadamard)
                head = self.segments(left) if factors else [self.at(rule.operands[0], left)]
                return [*head, f"{rule.template.format('', '').strip()} {self.at(rule.operands[1], right)}"]
            case _:
                return [self.text(node)]


# ---------------------------------------------------------------------------- for a calculator


def for_calculator(node: expr.Expr) -> str:
    """A line that is `decided`, in + - * / ** ( ) exp log tanh max only."""
    return CellWriter(CALCULATOR).text(node)


def decided(node: expr.Expr) -> expr.Expr:
    """The expression with functions by their definitions, of those with cases only the one that holds."""
    match node:
        case expr.Apply(function, operand):
            return decided(expr.bind(function.value, s=operand))
        case expr.Derivative(function, operand):
            return decided(expr.bind(expr.derivative_in_s(function), s=operand))
        case expr.Where(test, then, otherwise, inclusive):
            value = worth(test)
            return decided(then if value > 0 or (inclusive and value == 0) else otherwise)
        case Terms(terms):
            return Terms(tuple(decided(term) for term in terms))
        case Share() | Figure():
            return node
        case _:
            return expr.rebuild(node, decided)
