"""Arithmetic in one line: a cell's expression with its indices, with its numbers, or for a calculator.

`printed` puts figures in the place of cells, `written` makes text of either.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from mlpcalc.explaining.cells import Cell, Figure, Rest, Share
from mlpcalc.explaining.worth import on_paper
from mlpcalc.notation.formulas import number_text
from mlpcalc.page import expr
from mlpcalc.page.functions import exp, one, zero

LONG_SUM = 8  # terms; of a longer one, the middle is shown as one subtotal
_HEAD, _TAIL = 3, 1
_BOUND, _VANISHING = 700, 745  # exponents: exp(±700) and sums of them are doubles, exp(-745) is just not 0
_SUM, _PRODUCT, _TIGHT = range(3)


def abridged(node: expr.Expr) -> expr.Expr:
    """The expression with the middle of every long sum set aside."""
    match node:
        case expr.Sum(terms):
            return expr.Sum(_elided(tuple(abridged(term) for term in terms)))
        case Share(of, among):
            return Share(of, _elided(among))
        case Cell():
            return node
        case _:
            return expr.rebuild(node, abridged)


def _elided(terms: tuple[expr.Expr, ...]) -> tuple[expr.Expr, ...]:
    if len(terms) <= LONG_SUM:
        return terms
    return *terms[:_HEAD], Rest(terms[_HEAD:-_TAIL]), *terms[-_TAIL:]


class Printer(NamedTuple):
    """How figures are printed: `cell` by what is known of a cell, `value` any other number.

    exactly: the value of an expression of cells. coefficient: that of a coefficient.
    """

    cell: Callable[[Cell], str]
    value: Callable[[float], str]
    exactly: Callable[[expr.Expr], float]
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
        case Rest():
            return Figure(printer.value(printer.exactly(node)))
        case Share():
            return _printed_share(node, printer, again)
        case expr.Apply() | expr.Derivative() if not functions:
            return Figure(printer.value(printer.exactly(node)))
        case _:
            return expr.rebuild(node, again)


def _printed_share(node: Share, printer: Printer, again: Callable[[expr.Expr], expr.Expr]) -> expr.Expr:
    """A softmax with figures: on paper as it is defined, or with the same number taken off each exponent."""
    shift = shifted_by(node, printer.exactly)

    def less(part: expr.Expr) -> expr.Expr:
        return part if shift is None else part - shift

    def raised(part: expr.Expr) -> expr.Expr:
        if isinstance(part, Rest):
            return Figure(printer.value(printer.exactly(expr.sum_of(exp(less(term)) for term in part.terms))))
        return exp(again(less(part)))

    return expr.Quotient(raised(node.of), expr.sum_of(map(raised, node.among)))


def shifted_by(node: Share, exactly: Callable[[expr.Expr], float]) -> expr.Expr | None:
    """The largest exponent of a softmax where exponentials are beyond doubles unless it is taken off them.

    None where all can be written as they are, or are nothing beside the largest either way.
    """
    exponents = {part: exactly(part) for part in node.exponents}
    largest = max(exponents, key=exponents.__getitem__)
    top = exponents[largest]
    beyond = top > _BOUND or any(each < -_BOUND and each - top > -_VANISHING for each in exponents.values())
    return largest if beyond else None


# ---------------------------------------------------------------------------- writing


class Signs(NamedTuple):
    """The signs of a line of arithmetic, and how cells, coefficients and functions are written in it."""

    cell: Callable[[Cell], str]
    coefficient: Callable[[expr.Coefficient], str]
    function: Callable[[str], str] = str
    number: Callable[[str], str] = str
    times: str = " · "
    over: str = " / "
    power: Callable[[int], str] = lambda exponent: "²" if exponent == 2 else f"^{exponent}"
    rest: str = "… {} terms …"
    at_least: str = "≥"


def written(node: expr.Expr, signs: Signs) -> str:
    """The expression on one line."""
    return _write(node, signs)[0]


def segments(node: expr.Expr, signs: Signs) -> list[str]:
    """The line in pieces that line up with those of the same expression in another signs."""
    match node:
        case expr.Sum(terms):
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
        case expr.Sum() | expr.Add() | expr.Sub():
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
            raised = expr.sum_of(part if isinstance(part, Rest) else exp(part) for part in among)
            return _write(expr.Quotient(exp(of), raised), signs)
        case expr.Power(operand, exponent):
            return f"{at(_TIGHT, operand)}{signs.power(exponent)}", _TIGHT
        case expr.Call(name, operand):
            return f"{signs.function(name)}({written(operand, signs)})", _TIGHT
        case expr.Maximum(left, right):
            return f"{signs.function('max')}({written(left, signs)}, {written(right, signs)})", _TIGHT
        case expr.Apply(function, operand) if isinstance(function.value, expr.Variable):
            return _write(operand, signs)
        case expr.Apply(function, operand):
            return f"{signs.function(function.symbol)}({written(operand, signs)})", _TIGHT
        case expr.Derivative(function) if isinstance(function.derivative, expr.Number):  # of the identity
            return _write(function.derivative, signs)
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


_CALCULATOR = Signs(
    cell=str,
    coefficient=lambda scale: number_text(scale.number),
    times=" * ",
    power="**{}".format,
)


def decided(node: expr.Expr) -> expr.Expr:
    """The expression with functions by their definitions, of those with cases only the one that holds."""
    match node:
        case expr.Apply(function, operand):
            return decided(expr.bind(function.value, s=operand))
        case expr.Derivative(function, operand):
            return decided(expr.bind(expr.derivative_in_s(function), s=operand))
        case expr.Where(test, then, otherwise, inclusive):
            value = on_paper(test) or 0
            return decided(then if value > 0 or (inclusive and value == 0) else otherwise)
        case Figure():
            return node
        case _:
            return expr.rebuild(node, decided)
