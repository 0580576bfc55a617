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

from mlpcalc.evaluate import Context, evaluate
from mlpcalc.explaining.cells import Cell, Share, Terms
from mlpcalc.expr import (
    Add,
    Apply,
    Call,
    Coefficient,
    Derivative,
    Expr,
    Hadamard,
    Maximum,
    Number,
    Power,
    Quotient,
    Scale,
    Sub,
    Variable,
    Where,
    bind,
    derivative_in_s,
    rebuild,
)
from mlpcalc.functions import one, zero
from mlpcalc.notation import number_text
from mlpcalc.stable import Array
from mlpcalc.symbols import Symbol

LONG_SUM = 8  # terms; of a longer one, the middle is shown as one subtotal
_HEAD, _TAIL = 3, 1
_SUM, _PRODUCT, _TIGHT = range(3)


class Figure(Expr):
    """A number as it is printed."""

    text: str


class Rest(Expr):
    """The middle of a long sum, which a person need not see term by term."""

    terms: tuple[Expr, ...]


def abridged(node: Expr) -> Expr:
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
            return rebuild(node, abridged)


class Printer(NamedTuple):
    """How figures are printed: `cell` by what is known of a cell, `value` any other number."""

    cell: Callable[[Cell], str]
    value: Callable[[float], str]
    exact: Callable[[Cell], float]
    coefficient: Callable[[Coefficient], Fraction]


def printed(node: Expr, printer: Printer, *, functions: bool) -> Expr:
    """The expression with figures for cells and coefficients; with `functions` kept, or evaluated too."""

    def again(part: Expr) -> Expr:
        return printed(part, printer, functions=functions)

    match node:
        case Cell():
            return Figure(printer.cell(node))
        case Scale(coefficient, operand):
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
        case Apply() | Derivative() if not functions:
            return Figure(printer.value(_exactly(node, printer)))
        case _:
            return rebuild(node, again)


def _exactly(node: Expr, printer: Printer) -> float:
    return worth(node, printer.exact, printer.coefficient)


def worth(
    node: Expr,
    cell: Callable[[Cell], float] | None = None,
    coefficient: Callable[[Coefficient], Fraction] | None = None,
    *,
    strictly: bool = False,
) -> float:
    """What the arithmetic comes to, in floating point; printed lines need no values for cells.

    Strictly, it is not a number where a step overflows or divides by zero, as calculators see it.
    """

    def number(part: Expr) -> Expr:
        match part:
            case Cell():
                assert cell is not None  # noqa: S101  # printed lines have no cells left
                return Number(Fraction(cell(part)))
            case Figure(text):
                return Number(Fraction(text))
            case Terms(terms):
                return reduce(add, (number(term) for term in terms))
            case Share(of, among):
                exponents = [worth(term, cell, coefficient) for term in (of, *among)]
                top, *raised = np.exp(np.array(exponents) - max(exponents[1:])).tolist()
                return Number(Fraction(top) / Fraction(sum(raised)))
            case _:
                return rebuild(part, number)

    def scale(c: Coefficient) -> float:
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
    coefficient: Callable[[Coefficient], str]
    function: Callable[[str], str] = str
    number: Callable[[str], str] = str
    times: str = " · "
    over: str = " / "
    power: Callable[[int], str] = lambda exponent: "²" if exponent == 2 else f"^{exponent}"
    rest: str = "… {} terms …"
    at_least: str = "≥"


def written(node: Expr, signs: Signs) -> str:
    """The expression on one line."""
    return _write(node, signs)[0]


def segments(node: Expr, signs: Signs) -> list[str]:
    """The line in pieces that line up with those of the same expression in another signs."""
    match node:
        case Terms(terms):
            pieces = [_at(_SUM, terms[0], signs), *(_at(_PRODUCT, term, signs) for term in terms[1:])]
            return [pieces[0], *(f"+ {piece}" for piece in pieces[1:])]
        case Hadamard(left, right):
            sign = signs.times.strip()
            head = segments(left, signs) if isinstance(left, Hadamard) else [_at(_PRODUCT, left, signs)]
            return [*head, f"{sign} {_at(_TIGHT, right, signs)}"]
        case Add(left, right):
            return [_at(_SUM, left, signs), f"+ {_at(_PRODUCT, right, signs)}"]
        case Sub(left, right):
            return [_at(_SUM, left, signs), f"- {_at(_PRODUCT, right, signs)}"]
        case _:
            return [written(node, signs)]


def _write(node: Expr, signs: Signs) -> tuple[str, int]:
    """The text of an expression, and how tightly its outermost operation binds."""

    def at(level: int, part: Expr) -> str:
        return _at(level, part, signs)

    match node:
        case Cell():
            return signs.cell(node), _TIGHT
        case Figure(text):
            return signs.number(text), _SUM if text.startswith("-") else _PRODUCT if "/" in text else _TIGHT
        case Number(value):
            return number_text(value), _TIGHT if value >= 0 else _SUM
        case Rest(terms):
            return signs.rest.format(len(terms)), _TIGHT
        case Terms() | Add() | Sub():
            return " ".join(segments(node, signs)), _SUM
        case Hadamard(left, right):
            return f"{at(_PRODUCT, left)}{signs.times}{at(_TIGHT, right)}", _PRODUCT
        case Quotient(left, right):
            return f"{at(_PRODUCT, left)}{signs.over}{at(_TIGHT, right)}", _PRODUCT
        case Scale(Coefficient(number=Fraction(numerator=-1, denominator=1), powers=()), operand):
            return f"-{at(_PRODUCT, operand)}", _SUM
        case Scale(coefficient, operand):
            return f"{signs.coefficient(coefficient)}{signs.times}{at(_TIGHT, operand)}", _PRODUCT
        case Share(of, among):
            raised = [f"{signs.function('exp')}({written(term, signs)})" for term in (of, *among)]
            return f"{raised[0]}{signs.over}({' + '.join(raised[1:])})", _PRODUCT
        case Power(operand, exponent):
            return f"{at(_TIGHT, operand)}{signs.power(exponent)}", _TIGHT
        case Call(name, operand):
            return f"{signs.function(name)}({written(operand, signs)})", _TIGHT
        case Maximum(left, right):
            return f"{signs.function('max')}({written(left, signs)}, {written(right, signs)})", _TIGHT
        case Apply(function, operand) if isinstance(function.value, Variable):
            return _write(operand, signs)
        case Apply(function, operand):
            return f"{signs.function(function.symbol)}({written(operand, signs)})", _TIGHT
        case Derivative(function, operand):
            return f"{signs.function(function.symbol)}'({written(operand, signs)})", _TIGHT
        case Where(test, then, otherwise, inclusive):
            holds = f"{written(test, signs)} {signs.at_least if inclusive else '>'} 0"
            if (then, otherwise) == (one, zero):
                return f"[{holds}]", _TIGHT
            return f"({written(then, signs)} if {holds} else {written(otherwise, signs)})", _TIGHT
    raise TypeError(f"not an expression of cells: {node!r}")


def _at(level: int, node: Expr, signs: Signs) -> str:
    text, binds = _write(node, signs)
    return text if binds >= level else f"({text})"


# ---------------------------------------------------------------------------- for a calculator


def for_calculator(node: Expr) -> str:
    """A line that is `decided`, in + - * / ** ( ) exp log tanh max only."""
    return written(node, _CALCULATOR)


_CALCULATOR = Signs(
    cell=str,
    coefficient=lambda scale: number_text(scale.number),
    times=" * ",
    power="**{}".format,
)


def decided(node: Expr) -> Expr:
    """The expression with functions by their definitions, of those with cases only the one that holds."""
    match node:
        case Apply(function, operand):
            return decided(bind(function.value, s=operand))
        case Derivative(function, operand):
            return decided(bind(derivative_in_s(function), s=operand))
        case Where(test, then, otherwise, inclusive):
            value = worth(test)
            return decided(then if value > 0 or (inclusive and value == 0) else otherwise)
        case Terms(terms):
            return Terms(tuple(decided(term) for term in terms))
        case Share() | Figure():
            return node
        case _:
            return rebuild(node, decided)
