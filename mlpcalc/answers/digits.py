"""What a written figure means: a value, and how far around it the number that was meant may lie.

Who writes 0.4580 has rounded something between 0.45795 and 0.45805. Widths are half of such an interval.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import frexp, inf, ldexp, nan, prod, ulp
from struct import pack, unpack
from typing import NamedTuple

import numpy as np

from mlpcalc.arrays import Array, Mask
from mlpcalc.numerics.rounding import Digits
from mlpcalc.page.exercise import Exercise
from mlpcalc.reading.numerals import numeral

_TELLING = 8  # significant digits; fewer do not tell a float32 value from others
_SINGLE_DIGITS = 24  # binary ones, of a float32
_SINGLE_RANGE = 1e-37, 3e38  # where float32 has all of its digits
_WIDEST = 1e300
_NEARLY_ALL, _MOST = 0.8, 0.5
_MIXED, _ENOUGH = 0.7, 5  # so many figures with other decimals tell that a sheet keeps to none
_FEW = 3  # significant digits; of sheets with fewer, decimals are what is kept


class Asked(NamedTuple):
    """The digits that an exercise asks for.

    decimals: places after the point, to which a figure with fewer digits is read. enough: so many significant
    digits will do as well. share: so much of the expected value may the width of a figure with fewer digits
    reach to either side; 0 where digits are stated. stated: whether the exercise states them. significant:
    whether it states `enough` and not `decimals`: a figure with fewer is then read to so many of its own.
    """

    decimals: int
    enough: int
    share: float
    stated: bool
    significant: bool = False

    @classmethod
    def of(cls, exercise: Exercise) -> "Asked":
        """Those that an exercise states, or else the rule for one that states none."""
        if exercise.significant is not None:
            return cls(exercise.significant, exercise.significant, 0.0, stated=True, significant=True)
        return cls(exercise.decimals, 4, 0.0, stated=True) if exercise.states_decimals else UNSTATED

    @property
    def in_words(self) -> str:
        """`4 decimals`, `at least 3 significant digits`."""
        if not self.stated:
            return f"at least {self.enough} significant digits"
        return Digits(self.enough if self.significant else self.decimals, self.significant).in_words

    @property
    def half(self) -> float:
        """Half a unit of the last place asked; of figures from 0.1 to 1 where significant digits are."""
        return half_unit(self.decimals)

    def half_at(self, values: Array) -> Array | float:
        """Half a unit of the last place asked of figures of this size; 0 for a 0 with significant digits."""
        if not self.significant:
            return self.half
        counts = (values != 0) & np.isfinite(values)
        return np.where(counts, self.significant_share * power_of_ten(values), 0.0)

    @property
    def significant_share(self) -> float:
        """Half a unit of the last significant digit asked, of a figure from 1 to 10; 0 for decimals."""
        return half_unit(self.enough - 1) if self.significant else 0.0

    def half_of(self, figure: "Figure") -> float:
        """Half the width of a figure that is read as if it ended in zeros where it has fewer digits."""
        if figure.significant >= self.enough:
            return figure.half
        return min(figure.half, float(self.half_at(np.asarray(figure.value))))


UNSTATED = Asked(4, 3, 1 / 8, stated=False)
"""What is asked where an exercise states no digits: three significant ones, or what tells as much."""


class Figure(NamedTuple):
    """One figure by itself.

    half: half the width that it stands for; 0 for a fraction, which is exact. whole: whether it has neither
    an exponent nor a digit after the point. short: whether it is a whole 0 or ±1, which people write for
    0.00 and 1.00 too. decimals: places after the point, if there are any and no exponent. digits: how many
    significant ones are written, 0 for whole numbers, fractions and zeros, which do not tell. significant:
    how many are written, whether they tell or not. spacing: the distance of neighbouring float32 values
    there, 0 where float32 has fewer digits than usual. chance: how likely a number of so many digits is a
    float32 value to the digits written; 1 if there are too few digits to tell, infinite if it is none.
    """

    value: float
    half: float
    whole: bool = False
    short: bool = False
    decimals: int | None = None
    digits: int = 0
    significant: int = 0
    spacing: float = 0.0
    chance: float = 1.0


_BLANK = Figure(nan, nan)
INFINITE = {"inf": inf, "-inf": -inf}
"""What is a figure although it is no number: the logarithm of a 0 that was written."""


@lru_cache(maxsize=1 << 14)  # a class writes the same few figures over and over
def figure(text: str) -> Figure:
    """What a figure means by itself; raises `NumeralError` if the text is no number, `inf` or `-inf`."""
    if text in INFINITE:
        return Figure(INFINITE[text], 0.0)
    value, decimals, digits, exponent = numeral(text)
    if decimals is None:
        return Figure(value, 0.0)
    half = half_unit(decimals)
    whole = decimals == 0 and not (exponent and value)
    nearest, spacing = _in_single_precision(value)
    chance = 1.0
    if spacing and len(digits.rstrip("0")) >= _TELLING:
        chance = min(1.0, 2 * half / spacing) if abs(nearest - value) <= half + ulp(value) else inf
    return Figure(
        value,
        half,
        whole,
        short=whole and value in (-1, 0, 1),
        decimals=decimals if decimals > 0 and not exponent else None,
        digits=len(digits) if value and decimals else 0,
        significant=len(digits),
        spacing=spacing,
        chance=chance,
    )


@lru_cache(maxsize=1 << 8)
def half_unit(decimals: int) -> float:
    """Half a unit of the last place, of a number with so many."""
    return min(float(f"5e{-decimals - 1}"), _WIDEST)


def _in_single_precision(value: float) -> tuple[float, float]:
    """The nearest float32 value, and its distance from the next; 0 where they have not all their digits."""
    low, high = _SINGLE_RANGE
    if not low < abs(value) < high:
        return value, 0.0
    (nearest,) = unpack("f", pack("f", value))
    return nearest, ldexp(1.0, frexp(nearest)[1] - _SINGLE_DIGITS)


def power_of_ten(values: Array) -> Array:
    """The power of ten of the first digit of each figure; 1 for 0, and for what is not finite."""
    size = np.abs(values)
    return np.asarray(10.0 ** np.floor(np.log10(np.where((size > 0) & np.isfinite(size), size, 1.0))))


def single_chance(cells: Iterable[Figure]) -> float:
    """How likely all figures of a sheet that was not computed in float32 are such values; infinite if not."""
    return prod(each.chance for each in cells)


def figures(texts: Sequence[Sequence[str | None]]) -> list[Figure]:
    """The cells of a matrix, row by row, None being a blank; raises `NumeralError` for what is no number."""
    return [_BLANK if text is None else figure(text) for row in texts for text in row]


def coarsest(cells: Iterable[Figure], least: int = 1) -> int | None:
    """The fewest decimals among the figures that have so many at least; None if there are none."""
    return min((each.decimals for each in cells if each.decimals and each.decimals >= least), default=None)


def widths(
    cells: Sequence[Figure],
    shape: tuple[int, int],
    decimals: int | None,
    asked: Asked | None = None,
    *,
    single: bool = False,
) -> tuple[Array, Array, Mask]:
    """The values of a matrix, half the width of each, and which are whole; nan and False where it is blank.

    decimals: the places after the point that make a whole 0 or ±1 as wide as other figures; None for none.
    A 1 may stand for 1.00, where three digits are kept and the figures beside it are 0.996, unless the
    exercise states what is asked: then it has those digits, and a 0 is exact where they are significant ones.
    single: whether the sheet was computed in float32, of which every figure stands for those that round to
    the same.
    """
    half = [each.half for each in cells]
    if single:
        half = [max(each.half, each.spacing / 2) if each.digits else each.half for each in cells]
    if decimals is not None and True in [each.short for each in cells]:
        zero = half_unit(decimals)
        kept = 0 if asked is not None and asked.stated else max(each.digits for each in cells)
        one = max(zero, half_unit(kept - 1)) if kept else zero
        if asked is not None and asked.significant:
            zero, one = 0.0, asked.significant_share
        ends = [one if each.value else zero for each in cells]
        half = [end if each.short else own for each, end, own in zip(cells, ends, half, strict=True)]
    return (
        np.array([each.value for each in cells]).reshape(shape),
        np.array(half).reshape(shape),
        np.array([each.whole for each in cells]).reshape(shape),
    )


def significant_share(cells: Iterable[Figure]) -> float:
    """Half a unit of the last digit, of a figure from 1 to 10, in a sheet that keeps to significant digits.

    0 for one that keeps to so many decimals. There the longest figures all have the same decimals; where
    digits are kept, 0.0012345 stands beside 1.2345. A few may have less, as many programs print no zeros at
    the end. One or two digits that are all of the same place are decimals.
    """
    telling = [each for each in cells if each.digits]
    kept = max((each.digits for each in telling), default=0)
    if kept < _FEW:
        return 0.0
    longest = [each.decimals for each in telling if each.digits == kept]
    enough = _NEARLY_ALL if len(set(longest)) == 1 else _MOST
    return 0.5 * 10.0 ** (1 - kept) if len(longest) >= enough * len(telling) > 0 else 0.0


def mixed_share(cells: Iterable[Figure]) -> float:
    """As `significant_share`, of the fewest digits in a sheet that keeps neither to those nor to decimals.

    Nearly all of its figures have so many digits; 0 for other sheets, and for those of few figures.
    """
    telling = [each for each in cells if each.digits]
    places = Counter(each.decimals for each in telling)
    if len(telling) < _ENOUGH or max(places.values()) >= _MIXED * len(telling):
        return 0.0
    fewest = sorted(each.digits for each in telling)[len(telling) // 10]
    return 0.5 * 10.0 ** (1 - fewest) if fewest >= _FEW else 0.0
