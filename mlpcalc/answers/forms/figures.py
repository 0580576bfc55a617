r"""A figure as it is handed in, spelled as numbers are in exercises: `1.2\times10^{-3}` is 1.2e-3."""

import re

from mlpcalc.answers.forms.latex_commands import FONTS, SETTINGS, SIZES_OF_BRACKETS, alternatives
from mlpcalc.reading.numerals import NumeralError, numeral

LONGEST = 120  # characters; nothing longer is a figure
DASHES = dict.fromkeys(  # all that Unicode has, and the raised minus
    map(
        ord,
        "\u058a\u05be\u1400\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u207b\u2212\u2e17\u2e1a\u2e3a\u2e3b\u2e40"
        "\u2e5d\u301c\u3030\u30a0\ufe31\ufe32\ufe58\ufe63\uff0d\U00010ead",
    ),
    "-",
)
BLANKS = {"", "~", "-", "--", "---", "_", "?", "??", "???", "n/a", "n.a.", "na", "none", "null", "blank"}
"""What a cell may have in it that is left open, in small letters."""
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺", "0123456789+")
_PLAIN = re.compile(r"[-+]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][-+]?[0-9]{1,4})?")
_ELLIPSES = {"...", "…", "⋯", "⋮", "⋱", "....", "..", ":"}
_DOTS = re.compile(r"\\[clvdi]?dots[a-z]?\b|\\hdotsfor")
_INVISIBLE = re.compile(
    r"\\[hv]?phantom\s*\{[^{}]*\}|\\(?:text)?color\s*\{[^{}]*\}|\\[,;:! ]"
    r"|\\(?:q?quad|(?:thin|med|thick|en)space)\b|[~$\s`]"
)
_AROUND = {"num", "underline", "ensuremath", "boxed", "color", "textcolor", "hfill", "mathord"}
_STYLES = re.compile(rf"\\(?:{alternatives(FONTS | SETTINGS | SIZES_OF_BRACKETS | _AROUND)})(?![A-Za-z])")
_GAP = re.compile(r"[0-9.][\s~$]+[0-9.]")
_APART = re.compile(  # 0. 45 and 0 . 4 5, as text recognition has them
    r"[-+−–]?\s?(?:[0-9]{1,40}\.\s[0-9]{1,40}|(?:[0-9]\s){1,40}\.(?:\s[0-9]){1,40})"
)
_FRACTION = re.compile(r"\\[dtc]?frac(?:\{([^{}]*)\}|([0-9]))(?:\{([^{}]*)\}|([0-9]))")
_TIMES = re.compile(r"\\(?:times|cdot|ast)(?![A-Za-z])|[×·⋅*∙]")
_POWER_OF_TEN = re.compile(r"\*10(?:\^(?:\{([-+]?[0-9]{1,4})\}|([-+]?[0-9]{1,4}))|([-+][0-9]{1,4}))")
_ONLY_POWER = re.compile(r"([-+]?)10\^([-+]?[0-9]{1,4})")
_WRAPPED = re.compile(
    r"(?:np\.|numpy\.|torch\.|jnp\.)?(?:float|double|int|Float|tensor|array|mat|vec)[0-9_]*\((.*)\)"
)
_SINGLE = re.compile(r"([0-9.])f([-+]?[0-9]{1,2})")
_PIECES = re.compile(
    r"(?<=[0-9.])[ \t]?(?:\\times|\\cdot|[×x·⋅*∙])[ \t]?10[ \t]?"
    r"(?:\^[ \t]?[{(]?[ \t]?([-+−]?[0-9]{1,4})[ \t]?[)}]?|([⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,4}))"
)
_GAP_BEHIND_POINT = re.compile(r"(?<![0-9.])([-+−]?0)\. ([0-9]{2,40})(?![0-9.])")
DECIMAL_COMMA = re.compile(r"([-+−]?[0-9]{1,40}),([0-9]{1,40}(?:[eE][-+]?[0-9]{1,4})?)")


def is_blank(text: str) -> bool:
    """Whether a cell is left open."""
    return len(text) < LONGEST and text.strip().lower() in BLANKS


def is_ellipsis(text: str) -> bool:
    """Whether a cell stands for others that are not shown."""
    return text.strip() in _ELLIPSES or (len(text) < LONGEST and _DOTS.search(text) is not None)


def is_cell(text: str, *, comma: bool = False) -> bool:
    """Whether a text may be a cell of a matrix: a figure, a blank, or what stands for others.

    comma: whether 0,5 is a number.
    """
    return figure_text(text, comma=comma) is not None or is_blank(text) or is_ellipsis(text)


def figure_text(raw: str, *, comma: bool = False) -> str | None:
    """The number in a text, as `numeral` reads it; None if it is something else.

    comma: whether 0,5 is a number.
    """
    text = raw.strip()
    if _PLAIN.fullmatch(text):
        return _if_number(text)
    if len(text) <= LONGEST and _APART.fullmatch(text.strip("{} ")):
        text = "".join(text.split())
    if not text or len(text) > LONGEST or _GAP.search(text):  # two numbers are not one
        return None
    text = _bare(text)
    if text.startswith("(") and text.endswith(")") and text.count("(") == 1:
        text = text[1:-1]
    if found := _WRAPPED.fullmatch(text):
        text = found[1]
    if text.endswith((",", ";")) or (text.endswith(".") and text.count(".") > 1):
        text = text[:-1]  # the end of a sentence
    if comma and (found := DECIMAL_COMMA.fullmatch(text)):
        text = f"{found[1]}.{found[2]}"
    return _if_number(text)


def _bare(text: str) -> str:
    """A figure without what is only for its looks, and with e for a power of ten."""
    text = _STYLES.sub("", text.translate(DASHES))
    text = _INVISIBLE.sub("", text).replace("{,}", ".").replace("**", "")
    text = _FRACTION.sub(_divided, text)
    text = _TIMES.sub("*", text)
    raised = text.translate(_SUPERSCRIPTS)
    text = _POWER_OF_TEN.sub(_exponent, raised)
    text = text.replace("{", "").replace("}", "")
    if found := _ONLY_POWER.fullmatch(text):
        return f"{found[1]}1e{found[2]}"
    return _SINGLE.sub(_single, text)


def _divided(found: re.Match[str]) -> str:
    above, below = found[1] or found[2] or "", found[3] or found[4] or ""
    return f"{above}/{below}"


def _exponent(found: re.Match[str]) -> str:
    return f"e{found[1] or found[2] or found[3]}"


def _single(found: re.Match[str]) -> str:
    return found[1] if found[2] == "0" else f"{found[1]}e{found[2]}"


def joined(text: str) -> str:
    """A text in which each number that is written in pieces is one word: 1.2 × 10⁻³ is 1.2e-3."""
    text = _PIECES.sub(_power, text)
    return _GAP_BEHIND_POINT.sub(r"\1.\2", text)


def _power(found: re.Match[str]) -> str:
    return f"e{found[1] or found[2]}".translate(_SUPERSCRIPTS).translate(DASHES)


def scaled(text: str, power: int) -> str:
    """A figure times a power of ten, with the same digits; a text that is no figure as it is."""
    found = _PLAIN.fullmatch(text)
    if found is None or not power:
        return text
    digits, _, exponent = text.lower().partition("e")
    return f"{digits}e{int(exponent or 0) + power}"


def _if_number(text: str) -> str | None:
    try:
        numeral(text)
    except NumeralError:
        return None
    return text
