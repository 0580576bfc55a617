"""Round figures as on paper: half away from zero, ignoring the noise of binary floating point."""

from decimal import ROUND_HALF_UP, Context, Decimal
from math import isfinite, isnan
from typing import NamedTuple

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.text.wording import counted

# The noise of binary floating point: a tie on paper may come out slightly too small, by this much of a unit
# of the last place where larger terms cancelled, or by this much of the value; by no more than the last.
_OF_A_UNIT, _OF_THE_VALUE, _AT_MOST = 1e-9, 1e-13, 1e-3
_ROOMY = Context(prec=50, rounding=ROUND_HALF_UP)  # more than the digits of the largest value that is rounded
_WHOLE = 1e15  # from here on, doubles have hardly any decimals
_LARGE = 10**9
_SMALL = 1e-3
_SMALLEST_EXPONENT = -4  # of a figure that is written without one, where significant digits count


class Digits(NamedTuple):
    """So many digits of each figure: after the point, or significant ones."""

    number: int
    significant: bool = False

    @property
    def in_words(self) -> str:
        """`4 decimals`, `1 significant digit`, `no decimals`."""
        if self.significant:
            return counted(self.number, "significant digit")
        return counted(self.number, "decimal") if self.number else "no decimals"

    def more(self, extra: int) -> "Digits":
        """So many more of them."""
        return self._replace(number=self.number + extra)

    def figure(self, value: float) -> str:
        """A value as it is shown: `-0.0068`, and `6.9e-13` for what is not zero but would look it.

        With an exponent too where significant digits would need zeros before or after them to be seen as
        what they are: `1.235e+04`.
        """
        if not (self.significant and isfinite(value)):
            return figure(value, self.number)
        return _significant(value, self.number) if value else "0"


def rounded(value: float, decimals: int) -> Decimal:
    """Round a finite value to `decimals` places, ties away from zero; never -0."""
    exact = Decimal(repr(float(value)))
    if abs(value) >= _WHOLE:
        return exact
    return _to_the_unit(exact, decimals, abs(value) * 10**decimals)


def _to_the_unit(exact: Decimal, decimals: int, units: float) -> Decimal:
    """Round a number to `decimals` places (-1: to tens); units: its size in units of the last place."""
    unit = Decimal(1).scaleb(-decimals)
    noise = max(_OF_A_UNIT, min(_OF_THE_VALUE * units, _AT_MOST))
    nudged = _ROOMY.add(exact, unit * Decimal(noise).copy_sign(exact))
    return _ROOMY.add(_ROOMY.quantize(nudged, unit), Decimal(0))


def figure(value: float, decimals: int) -> str:
    """Format a value to `decimals` places: `-0.0068`; `6.9e-13` where that would show 0."""
    if not isfinite(value):
        return "?" if isnan(value) else "-∞" if value < 0 else "∞"
    if abs(value) >= _LARGE:
        return f"{_to_digits(value, decimals + 1):.{decimals}e}"
    short = rounded(value, decimals)
    if short == 0 and value != 0:
        two = _to_digits(value, 2)
        return f"{two:.1e}" if abs(value) < _SMALL else f"{two:.2g}"
    return f"{short:f}"


def _to_digits(value: float, digits: int) -> float:
    """Round a value to `digits` significant digits, ties away from zero."""
    exact = Decimal(repr(value))
    found = float(_to_the_unit(exact, digits - 1 - exact.adjusted(), 10.0**digits))
    return found if isfinite(found) else value


def _significant(value: float, digits: int) -> str:
    """A value to so many significant digits, ties away from zero."""
    exact = Decimal(repr(float(value)))
    short = _to_the_unit(exact, digits - 1 - exact.adjusted(), 10.0**digits)
    exponent = short.adjusted()
    if exponent > exact.adjusted():  # 9.9996 as 10.00
        short = _to_the_unit(exact, digits - 1 - exponent, 10.0**digits)
    if _SMALLEST_EXPONENT <= exponent < digits:
        return f"{short:f}"
    return f"{short.scaleb(-exponent, _ROOMY):.{digits - 1}f}e{exponent:+03d}"


def round_cells(values: Array, decimals: int) -> Array:
    """Round every finite cell as on paper; any shape."""
    cells = [float(rounded(cell, decimals)) if isfinite(cell) else cell for cell in values.ravel().tolist()]
    return np.array(cells, dtype=np.float64).reshape(values.shape)
