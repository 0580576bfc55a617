"""What is worked out at once, in a stack of arrays."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, islice
from typing import TypeVar

MOST_CELLS = 100_000  # of a stack: what fits into the cache of a processor is quickest
Item = TypeVar("Item")


def batches(items: Iterable[Item], most: int, key: Callable[[Item], object]) -> Iterator[list[Item]]:
    """Successive items with the same key, at most so many."""
    for _, alike in groupby(items, key):
        while batch := list(islice(alike, most)):
            yield batch
