"""What is worked out at once, in a stack of arrays."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import TypeVar

import numpy as np

from mlpcalc.numerics.interval import Ball

MOST_CELLS = 100_000  # of a stack: what fits into the cache of a processor is quickest
Item = TypeVar("Item")


def batches(items: Iterable[Item], most: int, key: Callable[[Item], object]) -> Iterator[list[Item]]:
    """Successive items with the same key, at most so many."""
    for _, alike in groupby(items, key):
        while batch := list(islice(alike, most)):
            yield batch


def stack(balls: Sequence[Ball]) -> Ball:
    """Balls, each for some sheets, along a new first axis."""
    shape = np.broadcast_shapes((1, 1, 1), *(ball.value.shape for ball in balls))
    value, radius = np.empty((2, len(balls), *shape))
    for place, ball in enumerate(balls):
        value[place], radius[place] = ball
    return Ball(value, radius)
