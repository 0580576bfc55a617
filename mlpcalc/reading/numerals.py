"""Numbers as people write them: which texts are numbers, and their exact values."""

import re
from fractions import Fraction
from typing import NamedTuple

from mlpcalc.text.wording import shown

MAX_DIGITS = 60
MAX_EXPONENT = 300

SIGNS = "-+\N{MINUS SIGN}"
SIZE = (
    r"(?:(?P<fraction>(?:0|[1-9][0-9]*)/[1-9][0-9]*)"
    r"|(?:(?P<whole>0|[1-9][0-9]*)(?P<point>\.[0-9]*)?|(?P<bare>\.[0-9]+))"
    rf"(?:[eE](?P<exponent>[{SIGNS}]?[0-9]+))?)"
)
"""A number without its sign, as a regular expression; the JSON Schema has it without its groups' names."""
_NUMBER = re.compile(f"(?P<sign>[{SIGNS}]?){SIZE}")


class NumeralError(ValueError):
    """A text is not a number; `hint` says how to write it, if that can be told."""

    def __init__(self, reason: str, hint: str | None = None) -> None:
        super().__init__(reason)
        self.hint = hint


def exact(text: str) -> Fraction:
    """The number that `text` is, exactly: 0.5, -2, 1e-3, 1/3, also with a Unicode minus.

    Raises `NumeralError` for anything else: `nan`, `1_0`, `010`, `0,5`, words.
    """
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise NumeralError(f"{shown(text)} is not a number", _hint(text))
    if len(text) > MAX_DIGITS + 10 or sum(map(str.isdigit, text)) > MAX_DIGITS:
        raise NumeralError(f"{shown(text)} has more than {MAX_DIGITS} digits", "round it")
    plain = text.replace("\N{MINUS SIGN}", "-")
    exponent = found["exponent"] and int(plain[found.start("exponent") :])
    value = Fraction(plain) if abs(exponent or 0) <= MAX_EXPONENT + MAX_DIGITS else None
    if value is None or (value and not Fraction(1, 10**MAX_EXPONENT) <= abs(value) <= 10**MAX_EXPONENT):
        raise NumeralError(
            f"{shown(text)} is out of range",
            f"its size must be between 1e-{MAX_EXPONENT} and 1e{MAX_EXPONENT}",
        )
    return value


def approximate(text: str) -> float:
    """The float64 nearest to the number that `text` is; raises as `exact` does."""
    return _nearest(text, _NUMBER.fullmatch(text))


def _nearest(text: str, found: re.Match[str] | None) -> float:
    if found and text.isascii() and len(text) <= 24 and found["fraction"] is None:
        value = float(text)
        if 1e-290 < abs(value) < 1e290 or (value == 0 and found["exponent"] is None):
            return value
    return float(exact(text))


class Numeral(NamedTuple):
    """A number and how it was written.

    decimals: places after the point, fewer by the exponent; None for a fraction, which is exact.
    digits: the significant ones, without point and exponent. exponent: whether one is written.
    """

    value: float
    decimals: int | None
    digits: str
    exponent: bool


def numeral(text: str) -> Numeral:
    """The number that `text` is, and how it is written; raises as `exact` does."""
    found = _NUMBER.fullmatch(text)
    value = _nearest(text, found)
    assert found is not None  # noqa: S101  # or it would not have had a value
    fraction, whole, point, bare, exponent = found.group("fraction", "whole", "point", "bare", "exponent")
    if fraction:
        return Numeral(value, None, "", exponent=False)
    after = (bare or point or ".")[1:]
    shift = int(exponent.replace("\N{MINUS SIGN}", "-")) if exponent else 0
    if not value:
        shift = min(shift, 0)  # 0e9 is 0
    return Numeral(value, len(after) - shift, ((whole or "") + after).lstrip("0"), exponent is not None)


def _hint(text: str) -> str | None:
    plain = text.replace("\N{MINUS SIGN}", "-")
    if re.fullmatch(r"[-+]?\d+,\d+", plain):
        return f"decimal comma? write {text.replace(',', '.')}"
    if plain.lower().lstrip("-+.") in {"nan", "inf", "infinity", "∞"}:
        return "every number must be finite"
    if zeros := re.fullmatch(r"([-+]?)0+((?:0|[1-9]\d*)(?:\.\d*)?)", plain):
        return f"no leading zeros: {zeros[1]}{zeros[2]}"
    if re.fullmatch(r"[-+]?\d[\d_]*(\.\d+)?", plain):
        return f"write {plain.replace('_', '')}"
    if re.fullmatch(r"[-+]?\d+:\d+", plain):
        return "a fraction is written with a slash, as in 1/3"
    if plain.lower() in {"true", "false", "yes", "no", "on", "off"}:
        return "write 1 or 0"
    if plain in {"", "~", "null"}:
        return "a number is missing here"
    return None
