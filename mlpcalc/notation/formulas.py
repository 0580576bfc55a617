"""Formulas as text, `Δ1 = (W2ᵀ Δ2) ⊙ f1'(S1)`, and as LaTeX.

A matrix product is written by putting the factors side by side, ⊙ is the elementwise product, 1 as a
matrix factor a vector of ones. One match over the expressions writes both; what differs is a `Style`.
Quantities that a table shows only on request are written out in the formulas of the others, so that a
formula needs nothing that is not on the screen.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Literal, NamedTuple

from mlpcalc.notation.letters import latex_letter
from mlpcalc.page import expr
from mlpcalc.page.equations import Page, written_out
from mlpcalc.page.functions import one, zero
from mlpcalc.page.simplify import simplify
from mlpcalc.page.symbols import LETTERS, Symbol

SCALARS: Mapping[expr.Scalar, str] = {"N": "N", "M": "M", "eta": "η", "lambda": "λ"}

_LONG = 50  # characters: what is longer would bury the formula it is written into

# How tightly an operation binds; an operand that binds less is put in brackets.
_SUM, _HADAMARD, _PRODUCT, _RAISED, _TIGHT = range(5)


class Formula:
    """A formula, or a piece of one, for a terminal and for LaTeX.

    latex: the LaTeX, or what makes it, if it is ever asked for: a terminal has no use for it.
    """

    __slots__ = ("_latex", "text")

    def __init__(self, text: str, latex: str | Callable[[], str]) -> None:
        self.text = text
        self._latex = latex

    @property
    def latex(self) -> str:
        """The formula in LaTeX, without signs for where mathematics begins and ends."""
        if not isinstance(self._latex, str):
            self._latex = self._latex()
        return self._latex

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Formula) and (self.text, self.latex) == (other.text, other.latex)

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Formula({self.text!r}, {self.latex!r})"


class Style(NamedTuple):
    """How a formula is set down: templates for the operations, and spellings of names and numbers.

    `over` says how tightly the parts of a quotient must bind to do without brackets, `quotient_binds` how
    tightly the quotient itself binds.
    """

    names: Literal["text", "latex"]
    layer: Callable[[int], str]
    letter: Callable[[str], str]
    function: Callable[[str], str]
    number: Callable[[Fraction], str]
    brackets: Callable[[str], str]
    hadamard: str = "{} ⊙ {}"
    quotient: str = "{} / {}"
    over: int = _RAISED
    quotient_binds: int = _HADAMARD
    fraction: tuple[str, str] = ("{}/{}", "{}/({})")  # of a coefficient: one scalar below, or several
    transpose: str = "{}ᵀ"
    ones: str = "1"
    total: str = "Σ {}"
    square: str = "{}²"
    power: str = "{}^{}"
    maximum: str = "max({}, {})"
    positive: str = "{} > 0"
    not_negative: str = "{} ≥ 0"
    indicator: str = "[{}]"
    cases: str = "({} if {} else {})"


def number_text(value: Fraction) -> str:
    """A rational number as people write it: 0.05, 3, 1/3."""
    try:
        short = f"{float(value):.6g}"
    except OverflowError:  # a product of numbers that are within bounds
        return f"{Decimal(value.numerator) / value.denominator:.6g}"
    return short if Fraction(short) == value else str(value)


def latex_number(text: str) -> str:
    r"""A number that is written out, in LaTeX: -0.5, `\frac{1}{3}`, `6.9 \cdot 10^{-13}`."""
    text = text.replace("\N{MINUS SIGN}", "-")
    if found := re.fullmatch(r"(-?)(\d+)/(\d+)", text):
        return rf"{found[1]}\frac{{{found[2]}}}{{{found[3]}}}"
    digits, _, exponent = text.lower().partition("e")
    return rf"{digits} \cdot 10^{{{int(exponent)}}}" if exponent else text


def latex_function(name: str) -> str:
    r"""The name of a function in LaTeX: `\sigma`, `\tanh`, `\operatorname{relu}`."""
    if len(name) == 1:
        return latex_letter(name)
    if name in ("exp", "ln", "max", "tanh"):
        return f"\\{name}"
    return rf"\operatorname{{{name.replace('_', '-')}}}"


def latex_brackets(text: str) -> str:
    """Brackets of the right height."""
    return rf"\left({text}\right)" if r"\frac" in text else f"({text})"


TEXT = Style(
    names="text",
    layer=str,
    letter=str,
    function=str,
    number=number_text,
    brackets="({})".format,
)
LATEX = Style(
    names="latex",
    layer=lambda k: str(k) if k < 10 else f"{{{k}}}",
    letter=latex_letter,
    function=latex_function,
    number=lambda value: latex_number(number_text(value)),
    brackets=latex_brackets,
    hadamard=r"{} \odot {}",
    quotient=r"\frac{{{}}}{{{}}}",
    over=_SUM,
    quotient_binds=_RAISED,
    fraction=(r"\frac{{{}}}{{{}}}",) * 2,
    transpose=r"{}^\top",
    ones=r"\mathbf{1}",
    total=r"\sum {}",
    square="{}^2",
    power="{}^{{{}}}",
    maximum=r"\max({}, {})",
    not_negative=r"{} \geq 0",
    cases=r"\left({} \text{{ if }} {} \text{{ else }} {}\right)",
)


class Notation:
    """How one exercise writes its formulas: the letters of its course, its page, and the style."""

    def __init__(self, page: Page, letters: Mapping[str, str] = LETTERS, style: Style = TEXT) -> None:
        self._page = page
        self._letters = letters
        self._written = {letter: style.letter(text) for letter, text in letters.items()}
        self.style = style
        self._plain = self if style is TEXT else Notation(page, letters)

    @cached_property
    def latex(self) -> "Notation":
        """The same in LaTeX."""
        return Notation(self._page, self._letters, LATEX)

    def both(self, write: Callable[["Notation"], str]) -> Formula:
        """A formula for a terminal and for LaTeX: `both(lambda notation: notation.equation(symbol))`."""
        return Formula(write(self), lambda: write(self.latex))

    def name(self, symbol: Symbol) -> str:
        """The quantity's name in formulas: Δ1, W1', f1'(S1)."""
        return symbol.in_formulas(self.style.names, self.style.layer(symbol.layer), self._written)

    def equation(self, symbol: Symbol) -> str:
        """`name = formula`; the name alone for a given, or where the name says it all."""
        name = self.name(symbol)
        formula = self.formula(symbol) if symbol in self._page else name
        return name if formula == name else f"{name} = {formula}"

    def formula(self, symbol: Symbol) -> str:
        """The right-hand side of a quantity's equation, with the details in it written out."""
        expression = self._page[symbol].expression
        return self.text(simplify(written_out(expression, self._page, self.keeps_its_name)))

    def keeps_its_name(self, symbol: Symbol) -> bool:
        """Whether a detail stands in formulas by its name, being too long to be written out there."""
        return symbol.kind == "fprime" or len(self._plain.text(self._page[symbol].expression)) > _LONG

    def text(self, node: expr.Expr) -> str:
        """An expression in this style."""
        return self._write(node)[0]

    def coefficient(self, coefficient: expr.Coefficient) -> str:
        """A coefficient: `1/(2N)`, `-η`, `λ/2`."""
        number = coefficient.number
        above = [self.style.letter(SCALARS[name]) for name, power in coefficient.powers for _ in range(power)]
        below = [
            self.style.letter(SCALARS[name]) for name, power in coefficient.powers for _ in range(-power)
        ]
        if number.denominator <= 12:
            if number.denominator != 1:
                below = [str(number.denominator), *below]
            number = Fraction(number.numerator)
        sign, size = "-" if number < 0 else "", abs(number)
        if size != 1 or not above:
            above = [self.style.number(size), *above]
        numerator = " ".join(above)
        if not below:
            return sign + numerator
        one_below, several_below = self.style.fraction
        if len(below) == 1:
            return sign + one_below.format(numerator, below[0])
        return sign + several_below.format(numerator, "".join(below))

    def _write(self, node: expr.Expr) -> tuple[str, int]:
        """The text of an expression, and how tightly its outermost operation binds."""
        style = self.style
        match node:
            case expr.Ref(symbol):
                return self.name(symbol), _TIGHT
            case expr.Variable(name):
                return style.letter(name), _TIGHT
            case expr.Number(value):
                return style.number(value), _TIGHT if value >= 0 else _SUM
            case expr.Add(left, right):
                return f"{self._at(_SUM, left)} + {self._at(_SUM, right)}", _SUM
            case expr.Sum(terms):
                return " + ".join(self._at(_SUM, term) for term in terms), _SUM
            case expr.Sub(left, right):
                return f"{self._at(_SUM, left)} - {self._at(_HADAMARD, right)}", _SUM
            case expr.Hadamard(left, right):
                return style.hadamard.format(self._factor(left), self._factor(right)), _HADAMARD
            case expr.Quotient(left, right):
                above, below = self._at(style.over, left), self._at(style.over, right)
                return style.quotient.format(above, below), style.quotient_binds
            case expr.MatMul(left, right):
                return f"{self._at(_PRODUCT, left)} {self._at(_PRODUCT, right)}", _PRODUCT
            case expr.Scale(expr.Coefficient(Fraction(numerator=-1, denominator=1), ()), operand):
                return f"-{self._at(_PRODUCT, operand)}", _SUM
            case expr.Scale(expr.Coefficient(number, powers), expr.Number(value)):  # 1/N, not 1/N 1
                return self.coefficient(expr.Coefficient(number * value, powers)), _HADAMARD
            case expr.Scale(coefficient, expr.Hadamard() as operand):
                return f"{self.coefficient(coefficient)} {self.text(operand)}", _HADAMARD
            case expr.Scale(coefficient, operand):
                text = f"{self.coefficient(coefficient)} {self._at(_PRODUCT, operand)}"
                return text, _SUM if coefficient.number < 0 else _PRODUCT
            case expr.Transpose(operand):
                return style.transpose.format(self._at(_TIGHT, operand)), _RAISED
            case expr.RowSums(operand):
                return f"{self._at(_PRODUCT, operand)} {style.ones}", _PRODUCT
            case expr.ColumnSums(operand):
                return f"{style.transpose.format(style.ones)} {self._at(_PRODUCT, operand)}", _PRODUCT
            case expr.AcrossColumns(operand):
                return f"{self._at(_PRODUCT, operand)} {style.transpose.format(style.ones)}", _PRODUCT
            case expr.AcrossRows(operand):
                return f"{style.ones} {self._at(_PRODUCT, operand)}", _PRODUCT
            case expr.Total(operand):
                return style.total.format(self._at(_RAISED, operand)), _PRODUCT
            case expr.Power(operand, 2):
                return style.square.format(self._at(_TIGHT, operand)), _RAISED
            case expr.Power(operand, exponent):
                return style.power.format(self._at(_TIGHT, operand), exponent), _RAISED
            case expr.Call(function, operand):
                return self._call("ln" if function == "log" else function, "", operand), _TIGHT
            case expr.Maximum(left, right):
                return style.maximum.format(self.text(left), self.text(right)), _TIGHT
            case expr.Where(test, then, otherwise, inclusive):
                holds = (style.not_negative if inclusive else style.positive).format(self.text(test))
                if (then, otherwise) == (one, zero):
                    return style.indicator.format(holds), _TIGHT
                return style.cases.format(self.text(then), holds, self.text(otherwise)), _TIGHT
            case expr.Apply(function, operand):
                if isinstance(function.value, expr.Variable):  # the identity
                    return self._write(operand)
                return self._call(function.symbol, "", operand), _TIGHT
            case expr.Derivative(function, operand):
                if isinstance(function.derivative, expr.Number):  # the identity again
                    return self._write(function.derivative)
                return self._call(function.symbol, "'", operand), _TIGHT
        raise TypeError(f"not an expression: {node!r}")

    def _call(self, function: str, prime: str, operand: expr.Expr) -> str:
        return f"{self.style.function(function)}{prime}{self.style.brackets(self.text(operand))}"

    def _at(self, level: int, node: expr.Expr) -> str:
        """The text of an operand, in brackets unless it binds at least as tightly as `level`."""
        text, binds = self._write(node)
        return text if binds >= level else self.style.brackets(text)

    def _factor(self, node: expr.Expr) -> str:
        """A factor of ⊙: a matrix product beside it is put in brackets for the eye."""
        text, binds = self._write(node)
        return text if binds >= _RAISED or isinstance(node, expr.Hadamard) else self.style.brackets(text)
