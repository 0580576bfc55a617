"""Numbers in 50-digit arithmetic that know how far off floating point may be.

A `Figure` is a number of the paper with what the roundings of 64-bit floating point on the way to it come to.
That is a condition number: all that cancels counts, so that a result that meets it lost no digit that it
need not lose.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from mpmath import mp

Real = Any  # mpmath has no types
DIGITS = 50
UNIT = 2.0**-52
UNDECIDED = 64 * UNIT  # of a spread: what is less than that may have either sign
_NOTHING = 1e-42  # of the terms of a sum: what is left of them is the zero of the paper
_TOO_LARGE = 2.0**1000
FLOOR = 2.0**-1022  # below it floats lose digits: an error of as much, in units
_WHOLE = 2**53


class UndecidedError(ArithmeticError):
    """A case distinction, or a division, hangs on what rounding may have made of either sign."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the paper. In floating point it may be off by `spread` times a few times 2**-52.

    lost: whether it, or what it is made of, may be too large for a float.
    """

    value: Real
    spread: Real
    lost: bool = False

    def __neg__(self) -> "Figure":
        return replace(self, value=-self.value)

    def __add__(self, other: object) -> "Figure":
        return total([self, figure(other)])

    def __sub__(self, other: object) -> "Figure":
        return total([self, -figure(other)])

    def __rsub__(self, other: object) -> "Figure":
        return total([figure(other), -self])

    def __mul__(self, other: object) -> "Figure":
        a, b = self, figure(other)
        if is_nothing(a) or is_nothing(b):
            return ZERO
        value = a.value * b.value
        spread = abs(a.value) * b.spread + a.spread * abs(b.value) + abs(value)
        return made(value, spread, (a, b))

    __rmul__ = __mul__

    def __truediv__(self, other: object) -> "Figure":
        a, b = self, figure(other)
        if is_nothing(a):
            return ZERO
        if abs(b.value) <= UNDECIDED * b.spread:
            raise UndecidedError
        value = a.value / b.value
        spread = (a.spread + abs(value) * b.spread) / abs(b.value) + abs(value)
        return made(value, spread, (a, b))


ZERO = Figure(mp.mpf(0), mp.mpf(0))


def figure(number: object) -> Figure:
    """A given: the decimal that is written, or a fraction; exact as a float where it is a whole number."""
    if isinstance(number, Figure):
        return number
    with mp.workdps(DIGITS):
        if isinstance(number, Fraction):
            value = mp.mpf(number.numerator) / number.denominator
        else:
            value = mp.mpf(repr(number))
    whole = value == int(value) and abs(value) <= _WHOLE
    return Figure(value, mp.mpf(0) if whole else abs(value))


def is_nothing(a: Figure) -> bool:
    """Whether a number is zero, on paper and in floating point."""
    return not a.value and not a.spread


def made(value: Real, spread: Real, of: Iterable[Figure]) -> Figure:
    lost = any(a.lost for a in of) or abs(value) > _TOO_LARGE or spread > _TOO_LARGE
    return Figure(value, spread + FLOOR, lost)


def total(terms: Sequence[Figure]) -> Figure:
    """The sum; zero where it is zero on paper."""
    terms = [term for term in terms if not is_nothing(term)]
    if len(terms) < 2:
        return terms[0] if terms else ZERO
    value, size = sum(term.value for term in terms), sum(abs(term.value) for term in terms)
    if abs(value) <= _NOTHING * size:
        value = mp.mpf(0)
    return made(value, sum(term.spread for term in terms) + size, terms)


def image(value: Real, slopes: Iterable[tuple[Real, Figure]], own: Real = None) -> Figure:
    """The value of a function, its slope by each operand given; `own`: what the function itself rounds."""
    slopes = list(slopes)
    spread = sum(abs(slope) * a.spread for slope, a in slopes) + abs(value if own is None else own)
    return made(value, spread, [a for slope, a in slopes if slope])


def is_positive(a: Figure, *, or_zero: bool = False) -> bool:
    """The side of a case distinction; raises `UndecidedError` where rounding might take the other one."""
    if a.value and abs(a.value) <= UNDECIDED * a.spread:
        raise UndecidedError
    return bool(a.value > 0 or (or_zero and a.value == 0))
