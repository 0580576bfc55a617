"""Round figures as on paper: half away from zero, ignoring the noise of binary floating point."""

from decimal import ROUND_HALF_UP, Context, Decimal
from math import isfinite, isnan

import numpy as np

from mlpcalc.arrays import Array

# The noise of binary floating point: a tie on paper may come out a little to the wrong side, by so much of a
# unit where larger terms have cancelled, and by so much of the value at least; never by more than the last.
_OF_A_UNIT, _OF_THE_VALUE, _AT_MOST = 1e-9, 1e-13, 1e-3
_ROOMY = Context(prec=50, rounding=ROUND_HALF_UP)  # for all digits of the largest that is rounded, and more
_WHOLE = 1e15  # from here on, doubles have next to no decimals
_LARGE = 10**9
_SMALL = 1e-3


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


def round_cells(values: Array, decimals: int) -> Array:
    """Round every finite cell as on paper; any shape."""
    cells = [float(rounded(cell, decimals)) if isfinite(cell) else cell for cell in values.ravel().tolist()]
    return np.array(cells, dtype=np.float64).reshape(values.shape)
