"""Arithmetic in one line: a cell's expression with its indices, with its numbers, or for a calculator.

`printed` puts figures in the place of cells, `written` makes text of either, `worth` says what a printed
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
from mlpcalc.notation.formulas import number_text
from mlpcalc.numerics.evaluate import Context, evaluate
from mlpcalc.page import expr
from mlpcalc.page.functions import one, zero
from mlpcalc.page.symbols import Symbol

LONG_SUM = 8  # terms; of a longer one, the middle is shown as one subtotal
_HEAD, _TAIL = 3, 1
_SUM, _PRODUCT, _TIGHT = range(3)


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


class Signs(NamedTuple):
    """The signs of a line of arithmetic, and how cells, coefficients and functions are written in it."""

    cell: Callable[[Cell], str]
    coefficient: Callable[[expr.Coefficient], str]
    function: Callable[[str], str] = str
    number: Callable[[str], str] = str
    times: str = " · "
    over: str = " / "
    square: str = "²"
    rest: str = "… {} terms …"
    at_least: str = "≥"


def written(node: expr.Expr, signs: Signs) -> str:
    """The expression on one line."""
    return _write(node, signs)[0]


def segments(node: expr.Expr, signs: Signs) -> list[str]:
    """The line in pieces that line up with those of the same expression in another signs."""
    match node:
        case Terms(terms):
            pieces = [_at(_SUM, terms[0], signs), *(_at(_PRODUCT, term, signs) for term in terms[1:])]
            return [pieces[0], *(f"+ {piece}" for piece in pieces[1:])]
        case expr.Hadamard(left, right):
            sign = signs.times.strip()
            head = segments(left, signs) if isinstance(left, expr.Hadamard) else [_at(_PRODUCT, left, signs)]
            return [*head, f"{sign} {_at(_TIGHT, right, signs)}"]
        case expr.Add(left, right):
            return [_at(_SUM, left, signs), f"+ {_at(_PRODUCT, right, signs)}"]
        case expr.Sub(left, right):
            return [_at(_SUM, left, signs), f"- {_at(_PRODUCT, right, signs)}"]
        case _:
            return [written(node, signs)]


def _write(node: expr.Expr, signs: Signs) -> tuple[str, int]:
    """The text of an expression, and how tightly its outermost operation binds."""

    def at(level: int, part: expr.Expr) -> str:
        return _at(level, part, signs)

    match node:
        case Cell():
            return signs.cell(node), _TIGHT
        case Figure(text):
            return signs.number(text), _SUM if text.startswith("-") else _PRODUCT if "/" in text else _TIGHT
        case expr.Number(value):
            return number_text(value), _TIGHT if value >= 0 else _SUM
        case Rest(terms):
            return signs.rest.format(len(terms)), _TIGHT
        case Terms() | expr.Add() | expr.Sub():
            return " ".join(segments(node, signs)), _SUM
        case expr.Hadamard(left, right):
            return f"{at(_PRODUCT, left)}{signs.times}{at(_TIGHT, right)}", _PRODUCT
        case expr.Quotient(left, right):
            return f"{at(_PRODUCT, left)}{signs.over}{at(_TIGHT, right)}", _PRODUCT
        case expr.Scale(expr.Coefficient(number=Fraction(numerator=-1, denominator=1), powers=()), operand):
            return f"-{at(_PRODUCT, operand)}", _SUM
        case expr.Scale(coefficient, operand):
            return f"{signs.coefficient(coefficient)}{signs.times}{at(_TIGHT, operand)}", _PRODUCT
        case Share(of, among):
            raised = [f"{signs.function('exp')}({written(term, signs)})" for term in (of, *among)]
            return f"{raised[0]}{signs.over}({' + '.join(raised[1:])})", _PRODUCT
        case expr.Power(operand, 2):
            return f"{at(_TIGHT, operand)}{signs.square}", _TIGHT
        case expr.Call(name, operand):
            return f"{signs.function(name)}({written(operand, signs)})", _TIGHT
        case expr.Maximum(left, right):
            return f"{signs.function('max')}({written(left, signs)}, {written(right, signs)})", _TIGHT
        case expr.Apply(function, operand) if isinstance(function.value, expr.Variable):
            return _write(operand, signs)
        case expr.Apply(function, operand):
            return f"{signs.function(function.symbol)}({written(operand, signs)})", _TIGHT
        case expr.Derivative(function, operand):
            return f"{signs.function(function.symbol)}'({written(operand, signs)})", _TIGHT
        case expr.Where(test, then, otherwise, inclusive):
            holds = f"{written(test, signs)} {signs.at_least if inclusive else '>'} 0"
            if (then, otherwise) == (one, zero):
                return f"[{holds}]", _TIGHT
            return f"({written(then, signs)} if {holds} else {written(otherwise, signs)})", _TIGHT
    raise TypeError(f"not an expression of cells: {node!r}")


def _at(level: int, node: expr.Expr, signs: Signs) -> str:
    text, binds = _write(node, signs)
    return text if binds >= level else f"({text})"


# ---------------------------------------------------------------------------- for a calculator


def for_calculator(node: expr.Expr) -> str:
    """A line that is `decided`, in + - * / ** ( ) exp log tanh max only."""
    return written(node, _CALCULATOR)


_CALCULATOR = Signs(cell=str, coefficient=lambda scale: number_text(scale.number), times=" * ", square="**2")


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
