"""Formulas in MathML, from their text: names, numbers, and signs between them.

Expressions are written by the style MATHML, as in every other form. Here are the pieces that it is made of,
and formulas that exist as text only: `∂L/∂S`, `Δ = ∂L/∂S`, `d3×N`.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from html import escape

TRANSPOSED = '<msup><mrow>{}</mrow><mi mathvariant="normal">T</mi></msup>'
SQUARED = "<msup><mrow>{}</mrow><mn>2</mn></msup>"
SPACE = '<mspace width="0.3em"/>'
_RAISED = {"ᵀ": TRANSPOSED, "²": SQUARED}
_OPERATORS = {"-": "−", "'": "′"}
_BRACKETS = "()[]‖"
_NEGATIVE = '<mo form="prefix">−</mo>'
_IDENTIFIERS = "∂∞…"
_LAYER = "\1"  # where the number of a layer goes, in the template of a name
_TOKEN = re.compile(
    rf"""(?P<words>[ ]if[ ]|,?[ ]else[ ]|,[ ]the[ ]shape[ ]of[ ])
    |(?P<number>[0-9]+(?:\.[0-9]+)?(?:e[-+]?[0-9]+)?)
    |(?P<base>\$[A-Za-z0-9_]+|[^\W\d_ᵀ²]+(?:_[a-z]{{2,}})?)
     (?:(?P<layer>[0-9]+|{_LAYER})|_(?P<below>\$\w+{_LAYER}|\w|\{{[^{{}}]{{0,20}}\}}))?
     (?:\^(?P<raised>\$\w+))?
    |(?P<space>\s+)
    |(?P<sign>.)(?:(?<=‖)_(?P<of>\w))?""",
    re.VERBOSE,
)


_FILLED = re.compile(r"\$([A-Za-z0-9_]+)")
_DERIVATIVE = re.compile(r"∂(L|u|v|\$\w+|\(.{0,99}?\))/∂(\$\w+)", re.ASCII)
_SINGLE = re.compile(rf"<(\w+)>[^<]*</\1>|{_LAYER}")


@lru_cache(maxsize=1024)
def from_text(text: str) -> str:
    """Convert a short formula, or a part of one, to MathML, without `<math>` around it.

    A name such as `$of` stands for a formula that is filled in later.
    """
    pieces: list[str] = []
    joined = True  # whether a space would stand beside an operator, which has space of its own
    for token in _TOKEN.finditer(text):
        sign = token["sign"]
        if token["space"]:
            if not joined and not _is_operator(text[token.end() : token.end() + 1]):
                pieces.append(SPACE)
        elif sign in _RAISED and pieces:
            pieces.append(_RAISED[sign].format(pieces.pop()))
        elif token["of"]:
            pieces.append(subscript(_sign(sign), from_text(token["of"])))
        elif sign == "-" and _begins(text[: token.start()]):
            pieces.append(_NEGATIVE)
        elif sign:
            pieces.append(_sign(sign))
        else:
            pieces.extend(_operand(token))
        joined = bool(sign) and _is_operator(sign)
    return "".join(pieces)


def _begins(before: str) -> bool:
    """Whether a minus after this text is the sign of what follows, not a difference."""
    last = before.rstrip()[-1:]
    return not last or last in "([" or _is_operator(last)


def from_template(template: str, filled: Callable[[str], str]) -> str:
    """Convert a template such as `∂$of/∂$by` to MathML, with such a quotient as a fraction.

    filled: the MathML of a name in the template.
    """
    above_below = iter(_DERIVATIVE.split(template))
    pieces = [from_text(next(above_below))]
    for above, below, rest in zip(above_below, above_below, above_below, strict=True):
        of, by = (f"<mrow><mi>∂</mi>{from_text(part)}</mrow>" for part in (above, below))
        pieces += [f"<mfrac>{of}{by}</mfrac>", from_text(rest)]
    return _FILLED.sub(lambda found: filled(found[1]), "".join(pieces))


def _operand(token: re.Match[str]) -> Iterator[str]:
    if token["words"]:
        yield f"<mtext>{token['words'].replace(' ', '&#160;')}</mtext>"
    elif token["number"]:
        yield number(token["number"])
    else:
        base, index = token["base"], token["layer"] or token["below"]
        if len(base) == 2 and base[0] == "d":  # a derivative: dZ
            yield identifier("d")
            base = base[1]
        name = subscript(_base(base), from_text(index.strip("{}"))) if index else _base(base)
        yield f"<msup>{name}<mn>{token['raised']}</mn></msup>" if token["raised"] else name


def _base(text: str) -> str:
    if text[0] == "$":
        return text
    if text == "Σ":
        return "<mo>∑</mo>"
    if len(text) == 4 and text.endswith("hat"):
        return f"<mover>{identifier(text[0])}<mo>^</mo></mover>"
    return identifier(text.replace("_", "-"))


def _sign(sign: str) -> str:
    if sign == _LAYER:
        return sign
    if sign in _IDENTIFIERS:
        return identifier(sign)
    if sign in _BRACKETS:  # they are as high as a line, whatever stands beside them
        return f'<mo stretchy="false">{sign}</mo>'
    return f"<mo>{escape(_OPERATORS.get(sign, sign))}</mo>"


def _is_operator(sign: str) -> bool:
    return sign not in "".join((*_RAISED, *_IDENTIFIERS, "$()[]'′")) and not sign.isalnum()


def identifier(text: str) -> str:
    """A letter, in italics, or an upright word."""
    return f"<mi>{escape(text)}</mi>"


def subscript(base: str, index: str) -> str:
    """An element with an index of one element or several."""
    return f"<msub>{base}{one_element(index)}</msub>"


def one_element(elements: str) -> str:
    """Elements as a single one, where only one may stand."""
    return elements if _SINGLE.fullmatch(elements) else f"<mrow>{elements}</mrow>"


def number(text: str) -> str:
    """A number: `-0.5`, `1/3` as a fraction, `6.9e-13` as a power of ten."""
    sign, size = (_NEGATIVE, text[1:]) if text.startswith(("-", "−")) else ("", text)
    above, over, below = size.partition("/")
    digits, power, exponent = size.partition("e")
    if over:
        return f"{sign}<mfrac><mn>{above}</mn><mn>{below}</mn></mfrac>"
    if power:
        raised = str(int(exponent)).replace("-", "−")
        return f"{sign}<mn>{digits}</mn><mo>·</mo><msup><mn>10</mn><mn>{raised}</mn></msup>"
    return f"{sign}<mn>{escape(size)}</mn>"


def brackets(elements: str) -> str:
    """Elements in round brackets, which are as high as a fraction in them."""
    opened, closed = ("<mo>(</mo>", "<mo>)</mo>") if "<mfrac" in elements else (_sign("("), _sign(")"))
    return f"<mrow>{opened}{elements}{closed}</mrow>"


def letter(text: str) -> str:
    """A letter or a short word of a course; _ and ^ mark subscripts and superscripts, as in `z_in`."""
    base, *scripts = re.split(r"([_^])[_^]*", text)
    if found := re.fullmatch(r"([^\W\d_])(\d+)", base):  # β1
        mathml = subscript(identifier(found[1]), number(found[2]))
    elif len(base) == 2 and base[0] == "d":  # a derivative
        mathml = one_element("".join(map(identifier, base)))
    else:
        mathml = identifier(base)
    for mark, script in zip(scripts[::2], scripts[1::2], strict=True):
        if script:
            tag = "msub" if mark == "_" else "msup"
            mathml = f"<{tag}>{mathml}{identifier(script)}</{tag}>"
    return mathml


@lru_cache(maxsize=256)
def template(text: str) -> str:
    """The template of a name in MathML, from that in text: `d{W}{k}`, where {W} and {k} stay."""
    filled = re.sub(r"\{(\w+)\}", lambda found: _LAYER if found[1] == "k" else f"${found[1]}", text)
    return _FILLED.sub(r"{\1}", from_text(filled)).replace(_LAYER, "{k}")
