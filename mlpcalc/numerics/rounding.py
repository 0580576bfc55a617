"""Figures as on paper: rounded half away from zero, after the noise of binary floating point is taken off."""

from decimal import ROUND_HALF_UP, Context, Decimal
from math import copysign, isfinite, isnan

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
    """A finite value to so many decimals, ties away from zero; never -0."""
    exact = Decimal(repr(float(value)))
    if abs(value) >= _WHOLE:
        return exact
    unit = Decimal(1).scaleb(-decimals)
    noise = max(_OF_A_UNIT, min(_OF_THE_VALUE * abs(value) * 10**decimals, _AT_MOST))
    nudged = _ROOMY.add(exact, unit * Decimal(copysign(noise, value)))
    return _ROOMY.add(_ROOMY.quantize(nudged, unit), Decimal(0))


def figure(value: float, decimals: int) -> str:
    """A value as it is shown: `-0.0068`, and `6.9e-13` for what is not zero but would look it."""
    if not isfinite(value):
        return "?" if isnan(value) else "-∞" if value < 0 else "∞"
    if abs(value) >= _LARGE:
        return f"{value:.{decimals}e}"
    short = rounded(value, decimals)
    if short == 0 and value != 0:
        return f"{value:.1e}" if abs(value) < _SMALL else f"{value:.2g}"
    return f"{short:f}"


def round_cells(values: Array, decimals: int) -> Array:
    """Every cell rounded as on paper; not finite ones as they are."""
    cells = [float(rounded(cell, decimals)) if isfinite(cell) else cell for cell in values.ravel().tolist()]
    return np.array(cells, dtype=np.float64).reshape(values.shape)
