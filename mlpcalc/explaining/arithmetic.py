"""Write the expression of a cell on one line: with indices, with numbers, or for a calculator.

`with_figures` replaces cells by figures; a `CellWriter` writes an expression of cells or figures as text.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import NamedTuple

from mlpcalc.explaining.cells import Cell, ElidedTerms, Figure, SoftmaxCell
from mlpcalc.explaining.recompute import in_doubles, on_paper
from mlpcalc.notation.styles import CALCULATOR, PRODUCT, SUM, TIGHT, Style, number_text
from mlpcalc.notation.writer import Writer
from mlpcalc.page import expr, trees
from mlpcalc.page.functions import Apply, Derivative, derivative_in_s, exp

LONG_SUM = 8  # terms; the middle of a longer one is shown as one subtotal
_HEAD, _TAIL = 3, 1
_BOUND, _VANISHING = 700, 745  # exponents: exp(±700) and sums of them are doubles, exp(-745) is just not 0


def elided(node: expr.Expr) -> expr.Expr:
    """Replace the middle of every long sum by `ElidedTerms`."""
    match node:
        case expr.Sum(terms):
            return expr.Sum(_elided(tuple(elided(term) for term in terms)))
        case SoftmaxCell(of, among):
            return SoftmaxCell(of, _elided(among))
        case Cell():
            return node
        case _:
            return trees.rebuild(node, elided)


def _elided(terms: tuple[expr.Expr, ...]) -> tuple[expr.Expr, ...]:
    if len(terms) <= LONG_SUM:
        return terms
    return *terms[:_HEAD], ElidedTerms(terms[_HEAD:-_TAIL]), *terms[-_TAIL:]


class Printer(NamedTuple):
    """Formats the figures of a line.

    cell, value: the text of a cell, and of any other number. exactly, coefficient: the value of an expression
    of cells, and of a coefficient.
    """

    cell: Callable[[Cell], str]
    value: Callable[[float], str]
    exactly: Callable[[expr.Expr], float]
    coefficient: Callable[[expr.Coefficient], Fraction]


def with_figures(node: expr.Expr, printer: Printer, *, functions: bool) -> expr.Expr:
    """Replace cells and coefficients by figures.

    functions: whether functions are kept, as in `relu(0.5)`, rather than evaluated.
    """

    def again(part: expr.Expr) -> expr.Expr:
        return with_figures(part, printer, functions=functions)

    match node:
        case Cell():
            return Figure(printer.cell(node), node)
        case expr.Scale(coefficient, expr.Number(value)):
            return Figure(number_text(printer.coefficient(coefficient) * value))
        case expr.Scale(coefficient, operand):
            number = printer.coefficient(coefficient)
            if abs(number) == 1:
                return again(operand) if number == 1 else -again(operand)
            return Figure(number_text(number)) * again(operand)
        case ElidedTerms():
            return Figure(printer.value(printer.exactly(node)))
        case SoftmaxCell():
            return _softmax_with_figures(node, printer, again)
        case Apply() | Derivative() if not functions:
            return Figure(printer.value(printer.exactly(node)))
        case _:
            return trees.rebuild(node, again)


def _softmax_with_figures(
    node: SoftmaxCell, printer: Printer, again: Callable[[expr.Expr], expr.Expr]
) -> expr.Expr:
    """A softmax with figures, by its definition, or with a number subtracted from every exponent."""
    shift = subtracted_from_exponents(node, printer.exactly)

    def less(part: expr.Expr) -> expr.Expr:
        return part if shift is None else part - shift

    def raised(part: expr.Expr) -> expr.Expr:
        if isinstance(part, ElidedTerms):
            return Figure(printer.value(printer.exactly(expr.sum_of(exp(less(term)) for term in part.terms))))
        return exp(again(less(part)))

    return expr.Quotient(raised(node.of), expr.sum_of(map(raised, node.among)))


def subtracted_from_exponents(node: SoftmaxCell, exactly: Callable[[expr.Expr], float]) -> expr.Expr | None:
    """The largest exponent of a softmax, if it must be subtracted from all so that none overflows.

    None where no exponential overflows as written, and none underflows that is not negligible.
    """
    exponents = {part: exactly(part) for part in node.exponents}
    largest = max(exponents, key=exponents.__getitem__)
    top = exponents[largest]
    beyond = top > _BOUND or any(each < -_BOUND and each - top > -_VANISHING for each in exponents.values())
    return largest if beyond else None


# ---------------------------------------------------------------------------- writing


class CellWriter(Writer):
    """Writes expressions of cells and figures on one line.

    cell: returns the name of a cell. letters: those of the named numbers, where they are not the usual ones.
    """

    def __init__(
        self, style: Style, cell: Callable[[Cell], str] = str, letters: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(style, letters or {})
        self._cell = cell

    def write(self, node: expr.Expr) -> tuple[str, int]:
        """The text of an expression, and its precedence."""
        match node:
            case Cell():
                return self._cell(node), TIGHT
            case Figure(text):
                return self.number(text)
            case ElidedTerms(terms):
                return self.style.elided.format(len(terms)), TIGHT
            case SoftmaxCell(of, among):
                raised = expr.sum_of(part if isinstance(part, ElidedTerms) else exp(part) for part in among)
                return super().write(expr.Quotient(exp(of), raised))
            case _:
                return super().write(node)

    def segments(self, node: expr.Expr) -> list[str]:
        """The line in pieces, to be aligned with those of the same expression with other figures."""
        match node:
            case expr.Sum(terms):
                first, *others = terms
                plus = self.style.rules[expr.Add].template.format("", "").strip()
                return [self.at(SUM, first), *(f"{plus} {self.at(PRODUCT, term)}" for term in others)]
            case expr.Add(left, right) | expr.Sub(left, right) | expr.Hadamard(left, right):
                rule = self.style.rules[type(node)]
                factors = isinstance(node, expr.Hadamard) and isinstance(left, expr.Hadamard)
                head = self.segments(left) if factors else [self.at(rule.operands[0], left)]
                return [*head, f"{rule.template.format('', '').strip()} {self.at(rule.operands[1], right)}"]
            case _:
                return [self.text(node)]


# ---------------------------------------------------------------------------- for a calculator


def for_calculator(node: expr.Expr) -> str:
    """Write a result of `branches` in + - * / ** ( ) exp log tanh max only."""
    return CellWriter(CALCULATOR).text(node)


def branches(node: expr.Expr) -> expr.Expr:
    """The expression with functions by their definitions, of those with cases only the one that holds.

    The normal distribution is there by its values.
    """
    match node:
        case Apply(function, operand):
            return branches(trees.bind(function.value, s=operand))
        case Derivative(function, operand):
            return branches(trees.bind(derivative_in_s(function), s=operand))
        case expr.Where(test, then, otherwise, inclusive):
            value = on_paper(test) or 0
            return branches(then if value > 0 or (inclusive and value == 0) else otherwise)
        case expr.Call("Phi" | "phi" as name, operand):  # no calculator has a key for it
            return Figure(repr(in_doubles(name, float(on_paper(branches(operand)) or 0))))
        case Figure():
            return node
        case _:
            return trees.rebuild(node, branches)
