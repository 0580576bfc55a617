"""Formulas as text: `Δ1 = (W2ᵀ Δ2) ⊙ f1'(S1)`.

A matrix product is written by putting the factors side by side, ⊙ is the elementwise product, 1 as a
matrix factor a vector of ones. Quantities that a table shows only on request are written out in the
formulas of the others, so that a formula needs nothing that is not on the screen.
"""

from collections.abc import Mapping
from fractions import Fraction

from mlpcalc.equations import Page
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
    Hadamard,
    MatMul,
    Maximum,
    Number,
    Power,
    Quotient,
    Ref,
    RowSums,
    Scalar,
    Scale,
    Sub,
    Total,
    Transpose,
    Variable,
    Where,
    replace_leaves,
)
from mlpcalc.functions import one, zero
from mlpcalc.simplify import simplify
from mlpcalc.symbols import LETTERS, Symbol

SCALARS: Mapping[Scalar, str] = {"N": "N", "M": "M", "eta": "η", "lambda": "λ"}

_LONG = 50  # characters: what is longer would bury the formula it is written into

# How tightly an operation binds; an operand that binds less is put in brackets.
_SUM, _HADAMARD, _PRODUCT, _TIGHT = range(4)


class Notation:
    """How one exercise writes its formulas: the letters of its course, and its page."""

    def __init__(self, page: Page, letters: Mapping[str, str] = LETTERS) -> None:
        self._page = page
        self._letters = letters

    def name(self, symbol: Symbol) -> str:
        """The quantity's name in formulas: Δ1, W1', f1'(S1)."""
        return symbol.row.text.format(k=symbol.layer, **self._letters)

    def equation(self, symbol: Symbol) -> str:
        """`name = formula`; the name alone for a given, or where the name says it all."""
        name = self.name(symbol)
        formula = self.formula(symbol) if symbol in self._page else name
        return name if formula == name else f"{name} = {formula}"

    def formula(self, symbol: Symbol) -> str:
        """The right-hand side of a quantity's equation, with the details in it written out."""
        return self.text(simplify(self._write_out(self._page[symbol].expression)))

    def keeps_its_name(self, symbol: Symbol) -> bool:
        """Whether a detail stands in formulas by its name, being too long to be written out there."""
        return symbol.kind == "fprime" or len(self.text(self._page[symbol].expression)) > _LONG

    def _write_out(self, node: Expr) -> Expr:
        def definition(leaf: Ref | Variable) -> Expr:
            if isinstance(leaf, Ref) and leaf.symbol.row.detail and not self.keeps_its_name(leaf.symbol):
                return self._write_out(self._page[leaf.symbol].expression)
            return leaf

        return replace_leaves(node, definition)

    def text(self, node: Expr) -> str:
        """An expression as text."""
        return self._write(node)[0]

    def _write(self, node: Expr) -> tuple[str, int]:
        """The text of an expression, and how tightly its outermost operation binds."""
        match node:
            case Ref(symbol):
                return self.name(symbol), _TIGHT
            case Variable(name):
                return name, _TIGHT
            case Number(value):
                return number_text(value), _TIGHT if value >= 0 else _SUM
            case Add(left, right):
                return f"{self._at(_SUM, left)} + {self._at(_SUM, right)}", _SUM
            case Sub(left, right):
                return f"{self._at(_SUM, left)} - {self._at(_HADAMARD, right)}", _SUM
            case Hadamard(left, right):
                return f"{self._factor(left)} ⊙ {self._factor(right)}", _HADAMARD
            case Quotient(left, right):
                return f"{self._factor(left)} / {self._at(_TIGHT, right)}", _HADAMARD
            case MatMul(left, right):
                return f"{self._at(_PRODUCT, left)} {self._at(_PRODUCT, right)}", _PRODUCT
            case Scale(Coefficient(Fraction(numerator=-1, denominator=1), ()), operand):
                return f"-{self._at(_PRODUCT, operand)}", _SUM
            case Scale(coefficient, Hadamard() as operand):
                return f"{coefficient_text(coefficient)} {self.text(operand)}", _HADAMARD
            case Scale(coefficient, operand):
                sign = "-" if coefficient.number < 0 else ""
                factor = coefficient_text(coefficient).removeprefix("-")
                return f"{sign}{factor} {self._at(_PRODUCT, operand)}", _SUM if sign else _PRODUCT
            case Transpose(operand):
                return f"{self._at(_TIGHT, operand)}ᵀ", _TIGHT
            case RowSums(operand):
                return f"{self._at(_PRODUCT, operand)} 1", _PRODUCT
            case ColumnSums(operand):
                return f"1ᵀ {self._at(_PRODUCT, operand)}", _PRODUCT
            case AcrossColumns(operand):
                return f"{self._at(_PRODUCT, operand)} 1ᵀ", _PRODUCT
            case AcrossRows(operand):
                return f"1 {self._at(_PRODUCT, operand)}", _PRODUCT
            case Total(operand):
                return f"Σ {self._at(_TIGHT, operand)}", _PRODUCT
            case Power(operand, 2):
                return f"{self._at(_TIGHT, operand)}²", _TIGHT
            case Power(operand, exponent):
                return f"{self._at(_TIGHT, operand)}^{exponent}", _TIGHT
            case Call("log", operand):
                return f"ln({self.text(operand)})", _TIGHT
            case Call(function, operand):
                return f"{function}({self.text(operand)})", _TIGHT
            case Maximum(left, right):
                return f"max({self.text(left)}, {self.text(right)})", _TIGHT
            case Where(test, then, otherwise, inclusive):
                holds = f"{self.text(test)} {'≥' if inclusive else '>'} 0"
                if (then, otherwise) == (one, zero):
                    return f"[{holds}]", _TIGHT
                return f"({self.text(then)} if {holds} else {self.text(otherwise)})", _TIGHT
            case Apply(function, operand):
                if isinstance(function.value, Variable):  # the identity
                    return self._write(operand)
                return f"{function.symbol}({self.text(operand)})", _TIGHT
            case Derivative(function, operand):
                if isinstance(function.derivative, Number):  # the identity again
                    return self._write(function.derivative)
                return f"{function.symbol}'({self.text(operand)})", _TIGHT
        raise TypeError(f"not an expression: {node!r}")

    def _at(self, level: int, node: Expr) -> str:
        """The text of an operand, in brackets unless it binds at least as tightly as `level`."""
        text, binds = self._write(node)
        return text if binds >= level else f"({text})"

    def _factor(self, node: Expr) -> str:
        """A factor of ⊙: a matrix product beside it is put in brackets for the eye."""
        text, binds = self._write(node)
        return text if binds == _TIGHT or isinstance(node, Hadamard) else f"({text})"


def number_text(value: Fraction) -> str:
    """A rational number as people write it: 0.05, 3, 1/3."""
    short = f"{float(value):.6g}"
    return short if Fraction(short) == value else str(value)


def coefficient_text(coefficient: Coefficient) -> str:
    """A coefficient: `1/(2N)`, `-η`, `λ/2`."""
    number = coefficient.number
    above = [SCALARS[name] for name, power in coefficient.powers for _ in range(power)]
    below = [SCALARS[name] for name, power in coefficient.powers for _ in range(-power)]
    if not above and not below:
        return str(number) if number.denominator <= 12 else number_text(number)
    if number.denominator <= 12:
        below = [str(number.denominator)] * (number.denominator != 1) + below
        number = Fraction(number.numerator)
    sign, size = "-" if number < 0 else "", abs(number)
    above = [number_text(size)] * (size != 1 or not above) + above
    numerator = sign + " ".join(above)
    if not below:
        return numerator
    return f"{numerator}/{below[0]}" if len(below) == 1 else f"{numerator}/({''.join(below)})"
