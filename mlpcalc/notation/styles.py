"""Styles of writing expressions: templates and precedence of operations, spellings of names and numbers.

TEXT, LATEX and MATHML are for formulas between matrices, ARITHMETIC and CALCULATOR for numbers, NUMPY for
code.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

from mlpcalc.notation import mathml
from mlpcalc.notation.letters import latex_letter
from mlpcalc.page import expr

_SCALARS: Mapping[expr.Scalar, str] = {
    "1-beta1": "(1-{beta1})",
    "1-beta2": "(1-{beta2})",
    "1-beta1^t": "(1-{beta1}^{t})",
    "1-beta2^t": "(1-{beta2}^{t})",
}
_LATEX_SCALARS = {name: text.replace("{t}", "{{{t}}}") for name, text in _SCALARS.items()}
_CODE_SCALARS = {name: text.replace("-", " - ").replace("^", "**") for name, text in _SCALARS.items()}

# Levels of precedence; an operand of lower precedence than required is put in brackets.
SUM, HADAMARD, PRODUCT, RAISED, TIGHT = range(5)


class Rule(NamedTuple):
    """How one operation is written: a template for its operands, and its precedence.

    operands: the precedence that each operand needs to stand without brackets. binds: the precedence of the
    whole. bare: types of operands that never take brackets.
    """

    template: str
    operands: tuple[int, ...]
    binds: int
    bare: tuple[type[expr.Expr], ...] = ()


def _cell(name: str, indices: Sequence[int]) -> str:
    return f"{name}[{','.join(map(str, indices))}]"


Rules = Mapping[type[expr.Expr], Rule]


class Style(NamedTuple):
    """The rules of the operations, and the spellings of names and numbers.

    names: which of the forms of names is used. scalars: the named numbers that are expressions of others, by
    their letters; {t} is the number of the step. fraction: templates of a coefficient, with one scalar in the
    denominator or several. above, below: what separates scalars in numerator and denominator. cell: the name
    of a cell, from that of its quantity and its indices. literal: signs between expressions, such as `= `.
    """

    rules: Rules
    names: Literal["text", "latex", "mathml"] = "text"
    scalars: Mapping[expr.Scalar, str] = _SCALARS
    layer: Callable[[int], str] = str
    letter: Callable[[str], str] = str
    function: Callable[[str], str] = str
    elementary: Callable[[str], str] = str
    brackets: Callable[[str], str] = "({})".format
    number: Callable[[str], str] = str
    fraction: tuple[str, str] = ("{}/{}", "{}/({})")
    above: str = " "
    below: str = ""
    literal: Callable[[str], str] = str
    cell: Callable[[str, Sequence[int]], str] = _cell
    ones: str = "1"
    square: str = "{}²"
    power: str = "{}^{}"
    root: str = "√({})"
    prime: str = "'"
    of_step: str = "{}@{}"
    positive: str = "{} > {}"
    not_negative: str = "{} ≥ {}"
    indicator: str = "[{}]"
    cases: str = "({} if {} else {})"
    elided: str = "… {} terms …"


_LONG = 10_000  # a denominator that nobody would write


def number_text(value: Fraction) -> str:
    """A rational number as people write it: 0.05, 3, 1/3; 0.0123456789 and not in hundreds of millionths."""
    try:
        short = f"{float(value):.6g}"
    except OverflowError:  # possible for a product of numbers within bounds
        return f"{Decimal(value.numerator) / value.denominator:.6g}"
    if Fraction(short) == value:
        return short
    return str(value) if value.denominator < _LONG else repr(float(value))


def latex_number(text: str) -> str:
    r"""Convert the text of a number to LaTeX: -0.5, `\frac{1}{3}`, `6.9 \cdot 10^{-13}`."""
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
    """Put the text in brackets, large ones around a fraction."""
    return rf"\left({text}\right)" if r"\frac" in text else f"({text})"


_IN_BOOKS = {"log": "ln", "Phi": "Φ", "phi": "φ"}


def _in_books(name: str) -> str:
    return _IN_BOOKS.get(name, name)


_FORMULAS: Rules = {
    expr.Add: Rule("{} + {}", (SUM, SUM), SUM),
    expr.Sub: Rule("{} - {}", (SUM, HADAMARD), SUM),
    # A matrix product beside ⊙ is put in brackets for clarity.
    expr.Hadamard: Rule("{} ⊙ {}", (RAISED, RAISED), HADAMARD, (expr.Hadamard,)),
    expr.Quotient: Rule("{} / {}", (RAISED, RAISED), HADAMARD),
    expr.MatMul: Rule("{} {}", (PRODUCT, PRODUCT), PRODUCT),
    expr.Scale: Rule("{} {}", (PRODUCT,), PRODUCT, (expr.Hadamard,)),
    expr.Transpose: Rule("{}ᵀ", (TIGHT,), RAISED),
    expr.RowSums: Rule("{} 1", (PRODUCT,), PRODUCT),
    expr.ColumnSums: Rule("1ᵀ {}", (PRODUCT,), PRODUCT),
    expr.AcrossColumns: Rule("{} 1ᵀ", (PRODUCT,), PRODUCT),
    expr.AcrossRows: Rule("1 {}", (PRODUCT,), PRODUCT),
    expr.Total: Rule("Σ {}", (RAISED,), PRODUCT),
    expr.Maximum: Rule("max({}, {})", (SUM, SUM), TIGHT),
}
TEXT = Style(_FORMULAS, elementary=_in_books)
LATEX = Style(
    {
        **_FORMULAS,
        expr.Hadamard: _FORMULAS[expr.Hadamard]._replace(template=r"{} \odot {}"),
        expr.Quotient: Rule(r"\frac{{{}}}{{{}}}", (SUM, SUM), RAISED),
        expr.Transpose: Rule(r"{}^\top", (TIGHT,), RAISED),
        expr.RowSums: Rule(r"{} \mathbf{{1}}", (PRODUCT,), PRODUCT),
        expr.ColumnSums: Rule(r"\mathbf{{1}}^\top {}", (PRODUCT,), PRODUCT),
        expr.AcrossColumns: Rule(r"{} \mathbf{{1}}^\top", (PRODUCT,), PRODUCT),
        expr.AcrossRows: Rule(r"\mathbf{{1}} {}", (PRODUCT,), PRODUCT),
        expr.Total: Rule(r"\sum {}", (RAISED,), PRODUCT),
        expr.Maximum: Rule(r"\max({}, {})", (SUM, SUM), TIGHT),
    },
    names="latex",
    scalars=_LATEX_SCALARS,
    layer=lambda k: str(k) if k < 10 else f"{{{k}}}",
    letter=latex_letter,
    function=latex_function,
    elementary=lambda name: latex_function(_in_books(name)),
    brackets=latex_brackets,
    number=latex_number,
    fraction=(r"\frac{{{}}}{{{}}}",) * 2,
    ones=r"\mathbf{1}",
    square="{}^2",
    power="{}^{{{}}}",
    root=r"\sqrt{{{}}}",
    of_step="{{{}}}^{{({})}}",
    not_negative=r"{} \geq {}",
    cases=r"\left({} \text{{ if }} {} \text{{ else }} {}\right)",
)

_OVER = "<mfrac><mrow>{}</mrow><mrow>{}</mrow></mfrac>"
_ONES = '<mn class="ones">1</mn>'
_ONES_TRANSPOSED = mathml.TRANSPOSED.format(_ONES)
MATHML = Style(
    {
        expr.Add: Rule("{}<mo>+</mo>{}", (SUM, SUM), SUM),
        expr.Sub: Rule("{}<mo>−</mo>{}", (SUM, HADAMARD), SUM),
        expr.Hadamard: _FORMULAS[expr.Hadamard]._replace(template="{}<mo>⊙</mo>{}"),
        expr.Quotient: Rule(_OVER, (SUM, SUM), RAISED),
        expr.MatMul: Rule(f"{{}}{mathml.SPACE}{{}}", (PRODUCT, PRODUCT), PRODUCT),
        expr.Scale: Rule(f"{{}}{mathml.SPACE}{{}}", (PRODUCT,), PRODUCT, (expr.Hadamard,)),
        expr.Transpose: Rule(mathml.TRANSPOSED, (TIGHT,), RAISED),
        expr.RowSums: Rule(f"{{}}{mathml.SPACE}{_ONES}", (PRODUCT,), PRODUCT),
        expr.ColumnSums: Rule(f"{_ONES_TRANSPOSED}{mathml.SPACE}{{}}", (PRODUCT,), PRODUCT),
        expr.AcrossColumns: Rule(f"{{}}{mathml.SPACE}{_ONES_TRANSPOSED}", (PRODUCT,), PRODUCT),
        expr.AcrossRows: Rule(f"{_ONES}{mathml.SPACE}{{}}", (PRODUCT,), PRODUCT),
        expr.Total: Rule("<mo>∑</mo>{}", (RAISED,), PRODUCT),
        expr.Maximum: Rule("<mi>max</mi><mrow><mo>(</mo>{}<mo>,</mo>{}<mo>)</mo></mrow>", (SUM, SUM), TIGHT),
    },
    names="mathml",
    scalars={name: mathml.template(text) for name, text in _SCALARS.items()},
    layer=lambda k: mathml.number(str(k)),
    letter=mathml.letter,
    function=mathml.from_text,
    elementary=lambda name: mathml.from_text(_in_books(name)),
    brackets=mathml.brackets,
    number=mathml.number,
    fraction=(_OVER,) * 2,
    above="",
    literal=mathml.from_text,
    cell=lambda name, indices: name + mathml.from_text(_cell("", indices)),
    ones=_ONES,
    square=mathml.SQUARED,
    power="<msup><mrow>{}</mrow><mn>{}</mn></msup>",
    root="<msqrt>{}</msqrt>",
    prime="<mo>′</mo>",
    of_step="<msup><mrow>{}</mrow><mtext>({})</mtext></msup>",
    positive="{}<mo>&gt;</mo>{}",
    not_negative="{}<mo>≥</mo>{}",
    indicator="<mrow><mo>[</mo>{}<mo>]</mo></mrow>",
    cases=mathml.brackets("{{}}{}{{}}{}{{}}".format(*map(mathml.from_text, (" if ", " else ")))),
)


def _between_numbers(style: Style, times: str, over: str) -> Style:
    """A variant of the style for numbers, where every product needs a sign."""
    rules: Rules = {
        **style.rules,
        **{node: style.rules[node]._replace(operands=(SUM, PRODUCT)) for node in (expr.Add, expr.Sub)},
        expr.Hadamard: Rule(times, (PRODUCT, TIGHT), PRODUCT),
        expr.Quotient: Rule(over, (PRODUCT, TIGHT), PRODUCT),
        expr.Scale: Rule(times, (TIGHT,), PRODUCT),
    }
    return style._replace(rules=rules, brackets="({})".format)  # a line may be broken inside them


ARITHMETIC = _between_numbers(TEXT, "{} · {}", "{} / {}")
ARITHMETIC_LATEX = _between_numbers(LATEX, r"{} \cdot {}", r"{} / \allowbreak {}")._replace(
    elided=r"\cdots {} \text{{ terms}} \cdots"
)
ARITHMETIC_MATHML = _between_numbers(MATHML, "{}<mo>·</mo>{}", "{}<mo>/</mo>{}")._replace(
    elided="<mo>…</mo><mtext>{} terms</mtext><mo>…</mo>", brackets=MATHML.brackets
)
BETWEEN_NUMBERS: Mapping[str, Style] = {
    style.names: style for style in (ARITHMETIC, ARITHMETIC_LATEX, ARITHMETIC_MATHML)
}
CALCULATOR = _between_numbers(TEXT, "{} * {}", "{} / {}")._replace(
    elementary=str, square="{}**2", power="{}**{}", root="({})**0.5", not_negative="{} >= {}"
)
"""In + - * / ** ( ) exp log tanh max only."""

NUMPY = Style(
    {
        expr.Add: Rule("{} + {}", (SUM, PRODUCT), SUM),
        expr.Sub: Rule("{} - {}", (SUM, PRODUCT), SUM),
        expr.Hadamard: Rule("{} * {}", (RAISED, RAISED), PRODUCT, (expr.Hadamard,)),
        expr.Quotient: Rule("{} / {}", (RAISED, RAISED), PRODUCT),
        expr.MatMul: Rule("{} @ {}", (RAISED, RAISED), PRODUCT, (expr.MatMul,)),
        expr.Scale: Rule("{} * {}", (RAISED,), PRODUCT, (expr.Hadamard,)),
        expr.Transpose: Rule("{}.T", (TIGHT,), TIGHT),
        expr.RowSums: Rule("np.sum({}, axis=1, keepdims=True)", (SUM,), TIGHT),
        expr.ColumnSums: Rule("np.sum({}, axis=0, keepdims=True)", (SUM,), TIGHT),
        expr.AcrossColumns: Rule("{}", (TIGHT,), TIGHT),  # NumPy repeats it where it is needed
        expr.AcrossRows: Rule("{}", (TIGHT,), TIGHT),
        expr.Total: Rule("np.sum({})", (SUM,), TIGHT),
        expr.Maximum: Rule("np.maximum({}, {})", (SUM, SUM), TIGHT),
    },
    elementary=lambda name: name if name in ("Phi", "phi") else f"np.{name}",  # a script defines those
    fraction=("{} / {}", "{} / ({})"),
    above=" * ",
    below=" * ",
    square="{}**2",
    power="{}**{}",
    root="np.sqrt({})",
    scalars=_CODE_SCALARS,
    prime="_prime",
    not_negative="{} >= {}",
    indicator="np.where({}, 1, 0)",
    cases="np.where({1}, {0}, {2})",
)
