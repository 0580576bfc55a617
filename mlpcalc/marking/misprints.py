"""Slips of the pen in one figure: what might have been meant by a text of digits."""

import math
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from mlpcalc.answers.digits import INFINITE
from mlpcalc.reading.numerals import MAX_DIGITS, NumeralError, numeral

MOST = 400  # suppositions of one slip
_SHIFTS = (-2, -1, 1, 2)
_A_SLIP = 4  # half units
_FEW_DIGITS = 3  # with fewer, almost anything is a digit away
_BY_CHANCE = 0.1  # of the way from one digit to the next


class Meant(NamedTuple):
    """A figure that is one slip away from what is written.

    half: half the width of the figure. room: how far what should stand there may be known only roughly for
    the figure to say something. Any digit may be missing; if the digits after it confirm nothing, one of the
    ten comes near enough whatever is written.
    """

    slip: str
    value: float
    half: float
    room: float = math.inf


@lru_cache(maxsize=10_000)
def meant(text: str) -> tuple[Meant, ...]:
    """Every figure that is one slip away.

    Texts that are fractions or have an exponent are taken as they are, but for their sign. A figure that is
    no more than rounded otherwise is no slip; neither is an infinity.
    """
    return () if text in INFINITE else tuple(_meant(text))


def _meant(text: str) -> Iterator[Meant]:
    written, places, *_ = numeral(text)
    for name, variant, place in _variants(text):
        try:
            value, decimals, *_ = numeral(variant)
        except NumeralError:
            continue
        half = 0.0 if decimals is None else 0.5 * 10.0**-decimals
        if abs(value - written) > _A_SLIP * half:
            yield Meant(name, value, half, math.inf if place is None else _BY_CHANCE / 2 * 10.0**-place)
    if places is not None:
        for shift in _SHIFTS:  # the last digit may have been rounded away
            yield Meant("point_shifted", written * 10.0**shift, 0.5 * 10.0 ** (max(shift, 0) - places))


def misread(text: str) -> Iterator[tuple[str, str]]:
    """What someone may have read instead of a given: its sign lost, two digits the other way round."""
    yield "sign_lost", text[1:] if text[0] in "-\N{MINUS SIGN}" else f"-{text}"
    for variant in _swapped(text):
        yield "digits_swapped", variant


def misreadings(texts: Sequence[Sequence[str]]) -> Iterator[tuple[int, int, str]]:
    """Every cell with what may have been read there: other digits, no sign, the figure beside it."""
    everywhere = {text for row in texts for text in row}
    for i, row in enumerate(texts):
        for j, text in enumerate(row):
            for _, variant in misread(text):
                yield i, j, variant
            for other in sorted(everywhere - {text}):
                yield i, j, other


def _variants(text: str) -> Iterator[tuple[str, str, int | None]]:
    """The name of a slip, the text without it, and the decimal place of a digit that is missing."""
    yield "sign_lost", text[1:] if text[0] in "-\N{MINUS SIGN}" else f"-{text.removeprefix('+')}", None
    digits = [place for place, sign in enumerate(text) if sign.isdigit()]
    if len(text.strip("-+0.")) < _FEW_DIGITS or len(digits) > MAX_DIGITS or re.search(r"[eE/]", text):
        return
    for variant in _swapped(text):
        yield "digits_swapped", variant, None
    if "." not in text:
        return
    point = text.index(".")
    for place in digits:
        yield "digit_inserted", text[:place] + text[place + 1 :], None
    for place in range(point + 1, len(text) + 1):
        for digit in "0123456789":
            yield "digit_dropped", text[:place] + digit + text[place:], place - point


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
