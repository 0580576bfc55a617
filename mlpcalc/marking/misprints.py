"""Slips of the pen in one figure: what might have been meant by a text of digits."""

import re
from collections.abc import Iterator
from itertools import pairwise

from mlpcalc.reading.numerals import MAX_DIGITS, NumeralError, numeral

_SHIFTS = (-2, -1, 1, 2)
_A_SLIP = 4  # half units
_FEW_DIGITS = 3  # with fewer, almost anything is a digit away


def meant(text: str) -> Iterator[tuple[str, float, float]]:
    """Every figure that is one slip away: the name of the slip, the value, and half the width of the figure.

    Texts that are fractions or have an exponent are taken as they are, but for their sign. A figure that is
    no more than rounded otherwise is no slip.
    """
    written, places, *_ = numeral(text)
    for name, variant in _variants(text):
        try:
            value, decimals, *_ = numeral(variant)
        except NumeralError:
            continue
        half = 0.0 if decimals is None else 0.5 * 10.0**-decimals
        if abs(value - written) > _A_SLIP * half:
            yield name, value, half
    if places is not None:
        for shift in _SHIFTS:  # the last digit may have been rounded away
            yield "point_shifted", written * 10.0**shift, 0.5 * 10.0 ** (max(shift, 0) - places)


def misread(text: str) -> Iterator[tuple[str, str]]:
    """What someone may have read instead of a given: its sign lost, two digits the other way round."""
    yield "sign_lost", text[1:] if text[0] in "-\N{MINUS SIGN}" else f"-{text}"
    for variant in _swapped(text):
        yield "digits_swapped", variant


def _variants(text: str) -> Iterator[tuple[str, str]]:
    yield "sign_lost", text[1:] if text[0] in "-\N{MINUS SIGN}" else f"-{text.removeprefix('+')}"
    digits = [place for place, sign in enumerate(text) if sign.isdigit()]
    if len(text.strip("-+0.")) < _FEW_DIGITS or len(digits) > MAX_DIGITS or re.search(r"[eE/]", text):
        return
    for variant in _swapped(text):
        yield "digits_swapped", variant
    if "." not in text:
        return
    point = text.index(".")
    for place in digits:
        yield "digit_inserted", text[:place] + text[place + 1 :]
    for place in range(point + 1, len(text) + 1):
        for digit in "0123456789":
            yield "digit_dropped", text[:place] + digit + text[place:]


def _swapped(text: str) -> Iterator[str]:
    """The text with two neighbouring digits the other way round, across the point as well."""
    digits = [place for place, sign in enumerate(text) if sign.isdigit()]
    for left, right in pairwise(digits):
        if text[left] != text[right]:
            swapped = list(text)
            swapped[left], swapped[right] = text[right], text[left]
            variant = "".join(swapped)
            if not re.match(r"[-+\N{MINUS SIGN}]?0\d", variant):
                yield variant
