"""Numbers that are pleasant to work with on paper, and the dice to choose them with.

All in tenths, as whole numbers: nothing here depends on how a machine rounds.
"""

from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")
Rows = tuple[tuple[int, ...], ...]
"""A matrix of tenths, row by row."""

INPUTS = (5, 10, 15, 20, 2, 4, 8, 25, 30)
WEIGHTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15)
BIASES = (1, 2, 3, 4, 5, 6, 7, 8)

_MASK = (1 << 64) - 1
_STEP, _MIX_1, _MIX_2 = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB  # of SplitMix64


class Dice:
    """Random choices that are the same on every machine and in every version of Python: SplitMix64."""

    def __init__(self, seed: int, *more: int) -> None:
        self._state = seed & _MASK
        for part in more:
            self._state = (self._next() + part) & _MASK

    def _next(self) -> int:
        self._state = (self._state + _STEP) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * _MIX_1) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * _MIX_2) & _MASK
        return mixed ^ (mixed >> 31)

    def below(self, count: int) -> int:
        """A whole number from 0 to count - 1."""
        return self._next() * count >> 64

    def pick(self, items: Sequence[Item]) -> Item:
        """One of the items."""
        return items[self.below(len(items))]

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """The items in another order."""
        left = list(items)
        return [left.pop(self.below(len(left))) for _ in items]

    def signed(self, sizes: Sequence[int]) -> int:
        """A number of one of these sizes, with either sign."""
        return self.pick(sizes) * (1 - 2 * self.below(2))


def as_decimal(tenths: int) -> str:
    """`-1.5`, and `2` for what is whole."""
    sign, size = "-" if tenths < 0 else "", abs(tenths)
    return f"{sign}{size // 10}" + (f".{size % 10}" if size % 10 else "")
