"""How scratch paper rounds what a sheet does not show."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Literal, NamedTuple

import numpy as np

from mlpcalc.answers.digits import power_of_ten
from mlpcalc.arrays import Array, Mask
from mlpcalc.marking.stacks import batches
from mlpcalc.marking.verdicts import Rows
from mlpcalc.numerics.interval import Ball
from mlpcalc.page.symbols import Symbol

NEAR = 6  # quantities that are not written, each of which may be rounded or not
_NEAREST = 4  # of which one may be rounded in some of its uses
_SHORT = 1e-6  # half units
NOISE = 1e-12  # of figures of ordinary size
_TIE = 1e-9  # of a unit: as near to a tie as this, it is one on paper


Ends = Literal["away", "even", "cut"]


class Procedure(NamedTuple):
    """What is rounded on scratch paper: some of what is not written, and each product before it is added.

    ends: whether ties go away from zero or, as in many programs, to the even digit, or digits are cut off.
    perhaps: what may be rounded or not. unrounded: uses of what is rounded, as user and operand, that take it
    before it is. aside: details that are written down, rounded, and used.
    """

    matrices: frozenset[Symbol]
    products: bool = False
    ends: Ends = "away"
    perhaps: frozenset[Symbol] = frozenset()
    unrounded: frozenset[tuple[Symbol, Symbol]] = frozenset()
    aside: frozenset[Symbol] = frozenset()

    @property
    def as_written(self) -> bool:
        """Whether figures are used as they are written; elsewhere they may have had more digits."""
        return self.products or self.ends == "cut"


class Scratch(NamedTuple):
    """Scratch paper that rounds to so many decimals, or to so many significant digits.

    half_unit: half a unit of the last decimal. significant_share: half a unit of the last digit of a figure
    from 1 to 10, where significant digits are kept, else 0. Both have the shape (sheets, 1, 1).
    """

    half_unit: Array
    significant_share: Array

    def rounded(self, ball: Ball, ends: Ends = "away") -> Ball:
        """A figure as it stands on scratch paper; of a ball both ends."""
        value, radius = ball
        low, high = (self._round(end, ends) for end in (value - radius, value + radius))
        known = np.isfinite(radius)
        return Ball(np.where(known, (low + high) / 2, value), np.where(known, (high - low) / 2, radius))

    def _round(self, value: Array, ends: Ends) -> Array:
        unit = self._unit(np.abs(value))
        units = np.abs(value) / unit
        nearest = np.floor(units + _TIE) if ends == "cut" else np.floor(units + 0.5 + _TIE)
        if ends == "even":
            tie = np.abs(units - np.floor(units) - 0.5) <= _TIE
            nearest = np.where(tie, 2 * np.ceil(np.floor(units) / 2), nearest)
        return np.where(unit > 0, np.copysign(nearest, value) * unit, value)

    def _unit(self, size: Array) -> Array:
        """One unit of the last digit of figures of that size; 0 where nothing is rounded."""
        significant = self.significant_share * power_of_ten(size)
        return np.where(
            self.significant_share > 0, np.where(size > 0, 2 * significant, 0.0), 2 * self.half_unit
        )

    def by_procedures(self, procedures: Sequence[Procedure], symbol: Symbol, ball: Ball) -> Ball:
        """What stands there for a derived step by each procedure, along a first axis if they differ.

        They differ in nothing but the matrices that are rounded, and the uses of these.
        """
        if symbol in procedures[0].perhaps:
            return self.widened(ball)
        chosen = mask_of(symbol in procedure.matrices | procedure.aside for procedure in procedures)
        if not chosen.any():
            return ball
        rounded = self.rounded(ball, procedures[0].ends)
        return (
            rounded
            if chosen.all()
            else Ball(*(np.where(chosen, *pair) for pair in zip(rounded, ball, strict=True)))
        )

    def widened(self, ball: Ball) -> Ball:
        """All that may stand there for a derived step; what has so few digits anyway is not rounded."""
        value, radius, half, share = np.broadcast_arrays(*ball, self.half_unit, self.significant_share)
        unit = np.where(half > 0, 2 * half, 1.0)
        short = (half > 0) & (share == 0) & (np.abs(value - np.rint(value / unit) * unit) < _SHORT * half)
        unrounded = (radius < NOISE) & ((value == 0) | short)
        largest = np.abs(value) + np.where(np.isfinite(radius), radius, 0.0)
        return Ball(value, radius + np.where(unrounded, 0.0, self._unit(largest) / 2))

    def of_decimals(self) -> "Scratch":
        """Scratch paper with as many decimals, but no significant digits kept."""
        return self._replace(significant_share=np.zeros_like(self.significant_share))

    def rows(self, rows: Rows) -> "Scratch":
        """The scratch paper of some of the sheets."""
        return Scratch(self.half_unit[rows], self.significant_share[rows])


def together(procedures: Iterable[Procedure], most: int) -> Iterator[list[Procedure]]:
    """Successive procedures, at most so many, that can be followed at once."""
    return batches(
        procedures, most, key=lambda one: one._replace(matrices=frozenset(), unrounded=frozenset())
    )


def mask_of(chosen: Iterable[bool]) -> Mask:
    """A mask along a first axis, before that of the sheets."""
    return np.array(list(chosen))[:, None, None, None]


Hidden = Mapping[Symbol, frozenset[Symbol]]
"""What an answer hangs on and a sheet does not show, the nearest first, each with what uses it."""


def of_matrices(hidden: Hidden) -> Iterator[Procedure]:
    """The ways to round what is used and not written.

    Of the nearest, each way is tried; the others may be rounded or not, and that is left open.
    """
    near, far = [*hidden][:NEAR], frozenset([*hidden][NEAR:])
    for size in range(len(near) + 1):
        for some in combinations(near, size):
            if some or far:
                yield Procedure(frozenset(some), perhaps=far)
    if hidden:
        yield Procedure(frozenset(hidden), ends="even")


def of_digits_cut_off(hidden: Hidden) -> Iterator[Procedure]:
    """Everything cut off, as calculators do that show no more."""
    if hidden:
        yield Procedure(frozenset(hidden), ends="cut")


def of_uses(hidden: Hidden) -> Iterator[Procedure]:
    """The ways to round a figure that is used more than once, but not in one of its uses.

    It is one of the nearest, of which the others are rounded in each way.
    """
    near, far = [*hidden][:_NEAREST], frozenset([*hidden][_NEAREST:])
    for operand in near:
        others = [symbol for symbol in near if symbol != operand]
        for user in sorted(hidden[operand]) if len(hidden[operand]) > 1 else ():
            for size in range(len(others) + 1):
                for some in combinations(others, size):
                    uses = frozenset({(user, operand)})
                    yield Procedure(frozenset({operand, *some}), perhaps=far, unrounded=uses)


def of_products(hidden: Hidden) -> Iterator[Procedure]:
    """The ways to round each product of a sum: with all that is not written rounded too, or none of it."""
    yield Procedure(frozenset(hidden), products=True)
    if hidden:
        yield Procedure(frozenset(), products=True)
