"""Figures as on paper: rounded half away from zero, after the noise of binary floating point is taken off."""

from decimal import ROUND_HALF_UP, Decimal
from math import floor, isfinite, isnan, log10

import numpy as np

from mlpcalc.stable import Array

# A double carries 15 digits and a little; a computation of a few steps leaves at least this many of them.
# What looks like 0.12344999999999 was 0.12345 on paper.
_RELIABLE_DIGITS = 13
_LARGE = 10**9
_SMALL = 1e-3


def rounded(value: float, decimals: int) -> Decimal:
    """A finite value to so many decimals, ties away from zero; never -0."""
    # Never so few digits that taking off the noise is a rounding of its own: two beyond the one that decides.
    decisive = decimals + 1 + (floor(log10(abs(value))) + 1 if value else 0)
    digits = min(max(_RELIABLE_DIGITS, decisive + 2), 17)
    return Decimal(f"{value:.{digits}g}").quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) + 0


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
