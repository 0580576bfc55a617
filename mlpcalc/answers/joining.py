"""All that a sheet says of one quantity put together: whole matrices, single cells, the same again."""

from collections.abc import Callable, Sequence
from functools import partial
from os import path
from typing import NamedTuple

import numpy as np

from mlpcalc.answers.digits import Figure, figure
from mlpcalc.answers.entries import Entry
from mlpcalc.answers.statements import Notes
from mlpcalc.answers.typed import BLANK
from mlpcalc.arrays import Mask
from mlpcalc.errors import Problem

_NOISE = 1e-9  # of the width that a figure stands for
TWICE = "given twice, with different values"


class Joined(NamedTuple):
    """One entry for a quantity, with the first figure where there are several.

    names: the spellings used. twice: the cells that have different figures; None if there are none.
    """

    entry: Entry
    names: tuple[str, ...]
    twice: Mask | None = None


def joined(entries: Sequence[Entry], shape: tuple[int, int], notes: Notes) -> Joined:
    """What the entries of one quantity say together; its shape is (rows, columns) on the page.

    Entries that cannot be read at all count only if there is no other.
    """
    readable = [entry for entry in entries if entry.texts]
    if not readable:
        return Joined(_all_unread(entries[0], shape), (entries[0].name,))
    if len(readable) == 1 and readable[0].cell is None:
        return Joined(readable[0], (readable[0].name,))
    matrices = [entry for entry in readable if entry.cell is None]
    fitting = [entry for entry in matrices if entry.written_shape is None]
    like = next(iter(fitting or matrices), readable[0]._replace(cell=None, texts=()))
    grid = _Grid(_shape(like) if like.texts else shape)
    for entry in readable:
        if like.written_shape if entry.cell else _shape(entry) != grid.shape:
            grid.twice[:] = differs = True  # they cannot be compared cell by cell
        else:
            differs = grid.add(entry)
        if differs:
            _note_twice(entry, readable[0], notes)
    return Joined(grid.entry(like), tuple(dict.fromkeys(entry.name for entry in readable)), grid.given_twice)


def joined_across(parts: Sequence[tuple[Joined, Notes]]) -> Joined:
    """What several documents say of one quantity, each with the notes on it; the first figure counts."""
    if len(parts) == 1:
        return parts[0][0]
    stated = [each for each in parts if any(map(any, each[0].entry.texts))] or parts
    (first, notes), *others = stated
    grid = _Grid(_shape(first.entry))
    grid.add(first.entry)
    for other, others_notes in others:
        if _shape(other.entry) != grid.shape or grid.add(other.entry, same=_agree):
            hint = f"the figures in {path.basename(notes.file)} count"
            message = f"{other.entry.name} is stated again, with different values"
            others_notes.problem(other.entry.node, partial(Problem, message, hint=hint))
    names = (name for each, _ in stated for name in each.names)
    return Joined(grid.entry(first.entry), tuple(dict.fromkeys(names)), first.twice)


def _equal(one: Figure, other: Figure) -> bool:
    return one.value == other.value


def _agree(one: Figure, other: Figure) -> bool:
    """Whether figures of two documents may be the same number, written with more digits in one of them."""
    half = max(0.0 if each.whole else each.half for each in (one, other))
    return abs(one.value - other.value) <= half * (1 + _NOISE)


class _Grid:
    """The cells of a quantity, filled by one entry after the other."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self.shape = shape
        self.twice = np.zeros(shape, dtype=np.bool_)
        self._texts: list[list[str | None]] = [[None] * shape[1] for _ in range(shape[0])]
        self._typed = [[BLANK] * shape[1] for _ in range(shape[0])]
        self._unread = np.zeros(shape, dtype=np.bool_)

    def add(
        self, entry: Entry, same: Callable[[Figure, Figure], bool] = lambda a, b: a.value == b.value
    ) -> bool:
        """Fill what is empty so far; whether some figure is not the same as the one that is there."""
        differs = False
        top, left = entry.cell or (0, 0)
        for i, row in enumerate(entry.texts):
            for j, text in enumerate(row):
                first = self._texts[top + i][left + j]
                if first is None:
                    self._fill(entry, (i, j), (top + i, left + j))
                elif text is not None and not same(figure(first), figure(text)):
                    self.twice[top + i, left + j] = differs = True
        return differs

    def _fill(self, entry: Entry, source: tuple[int, int], cell: tuple[int, int]) -> None:
        text = entry.texts[source[0]][source[1]]
        typed = text if entry.typed is None else entry.typed[source[0]][source[1]]
        unread = entry.unread is not None and entry.unread[source[0]][source[1]]
        if text is None and (self._unread[cell] or not unread):
            return
        self._texts[cell[0]][cell[1]] = text
        self._typed[cell[0]][cell[1]] = typed or BLANK
        self._unread[cell] = unread

    @property
    def given_twice(self) -> Mask | None:
        """The cells with a figure that have different ones, if there are any."""
        twice = self.twice & np.array([[text is not None for text in row] for row in self._texts])
        return twice if twice.any() else None

    def entry(self, like: Entry) -> Entry:
        """The grid as an entry, otherwise like another one."""
        texts, typed = tuple(map(tuple, self._texts)), tuple(map(tuple, self._typed))
        plain = tuple(tuple(text or BLANK for text in row) for row in texts)
        return like._replace(
            texts=texts,
            typed=None if typed == plain else typed,
            unread=tuple(map(tuple, self._unread.tolist())) if self._unread.any() else None,
        )


def _note_twice(entry: Entry, first: Entry, notes: Notes) -> None:
    hint = f"the first one, on line {first.node.line}, counts"
    notes.problem(entry.node, lambda: Problem(f"{entry.name} is {TWICE}", hint=hint))


def _all_unread(entry: Entry, shape: tuple[int, int]) -> Entry:
    """An entry of which nothing can be read, with all cells of the quantity unread."""
    rows, columns = shape
    return entry._replace(texts=((None,) * columns,) * rows, unread=((True,) * columns,) * rows)


def _shape(entry: Entry) -> tuple[int, int]:
    return len(entry.texts), len(entry.texts[0])
