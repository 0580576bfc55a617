"""How students write their figures: by hand, or as the programs print them that they compute with."""

from collections.abc import Mapping
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from math import copysign
from typing import Literal, NamedTuple

import numpy as np

from mlpcalc.arrays import Array
from tests.support.student_equations import Arithmetic

Form = Literal[
    "decimals",
    "significant",
    "mixed",
    "scientific",
    "python",
    "python printed",
    "float32",
    "float32 str",
    "float32 printed",
    "torch",
]
"""So many decimals or significant figures; now this many, now that; 1.234e-02; or what programs show.

"python" and "float32" are `.tolist()` and `.item()`, all digits of a float64; "printed" is `print(array)`;
"torch" is `print(tensor)`.
"""
Ties = Literal["away", "even", "cut"]
"""Half away from zero, half to even, or all that comes after the last digit cut off."""

ARITHMETIC: Mapping[Form, Arithmetic] = {
    "python": "float64",
    "python printed": "float64",
    "float32": "float32",
    "float32 str": "float32",
    "float32 printed": "float32",
    "torch": "float32",
}
"""What a form is computed in, if not on paper."""

_TIE = 1e-9  # of a unit: so close to a tie, it is one on paper, and the rest is binary noise
_LAST_BITS = 4e-16
_UNITS = [Decimal(1).scaleb(-digits) for digits in range(16)]
_TIES = {"away": ROUND_HALF_UP, "even": ROUND_HALF_EVEN, "cut": ROUND_DOWN}
_SPREAD = 3  # from the fewest figures of "mixed" to more than the most
_TORCH_LARGE, _TORCH_SMALL, _TORCH_RATIO = 1e8, 1e-4, 1e3


class Hand(NamedTuple):
    """How one student writes.

    digits: decimals or significant figures, the fewest of "mixed"; of no use to programs. trim: no zeros at
    the end. signed_zero: -0.00 where a program has it.
    """

    form: Form = "decimals"
    digits: int = 4
    ties: Ties = "away"
    trim: bool = False
    signed_zero: bool = False

    def texts(self, value: Array) -> list[str]:
        """All cells of a quantity in a row."""
        match self.form:
            case "python" | "float32":
                return [repr(cell) for cell in value.ravel().tolist()]
            case "float32 str":
                return [str(cell) for cell in value.astype(np.float32).ravel()]
            case "python printed" | "float32 printed":
                with np.printoptions(threshold=10**6, linewidth=10**6):
                    return str(value).translate({ord(mark): " " for mark in "[]"}).split()
            case "torch":
                return _tensor(value.ravel().tolist())
        return [self._text(cell) for cell in value.ravel().tolist()]

    def _text(self, value: float) -> str:
        digits, rounding = self.digits, _TIES[self.ties]
        if self.form == "decimals":
            nudge = copysign(_TIE * 10.0**-digits, value)
            tidy = value * (1 + _LAST_BITS) + nudge
            if self.ties == "even":  # a tie on paper is one
                tidy = float(Decimal(tidy).quantize(_UNITS[min(digits + 6, 15)]))
            short = Decimal(repr(tidy)).quantize(_UNITS[digits], rounding)
            text = f"{short:f}"
        else:
            if self.form == "mixed":
                digits += int(abs(value) * 1e6) % _SPREAD
            nudged = Decimal(value * (1 + _TIE * 10.0**-digits))
            short = Context(prec=digits, rounding=rounding).create_decimal(nudged)
            if short:
                short = short.quantize(Decimal((0, (1,), short.adjusted() - digits + 1)))
            if self.form == "scientific":
                return f"{short:.{digits - 1}e}"
            text = str(short)  # 0.01230 or 123, but 1.23E+4; just 0 for zero
        if not short and not self.signed_zero:
            text = text.removeprefix("-")
        if self.trim and "." in text and "E" not in text:
            text = text.rstrip("0").rstrip(".")
        return text


def _tensor(cells: list[float]) -> list[str]:
    """As PyTorch prints a tensor: whole ones as `1.`, others with four decimals or in scientific notation."""
    sizes = [abs(cell) for cell in cells if cell]
    largest, smallest = max(sizes, default=1.0), min(sizes, default=1.0)
    spread = largest / smallest > _TORCH_RATIO or largest > _TORCH_LARGE
    if all(cell == round(cell) for cell in cells):
        return [f"{cell:.4e}" if spread else f"{cell:.0f}." for cell in cells]
    return [f"{cell:.4e}" if spread or smallest < _TORCH_SMALL else f"{cell:.4f}" for cell in cells]
