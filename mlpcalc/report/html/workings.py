"""The workings of cells as data for the script of a page, as many as a page has room for."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from mlpcalc.notation.formulas import Formula
from mlpcalc.report.html.matrices import ShownMatrix
from mlpcalc.report.workings import Line, Operand, Place, Working

MOST_CELLS = 2_000
MOST_CHARACTERS = 800_000
_UNSAFE = str.maketrans({character: f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"})


class Explained(NamedTuple):
    """The data for the script, and how many of how many computed cells are explained in it."""

    data: Mapping[str, Any]
    cells: int
    of: int


def explained(matrices: Sequence[ShownMatrix], start: str) -> Explained:
    """The workings of the cells of a page, the same number of each matrix where there is no room for all.

    start: the address of the cell that is shown first, "" for none.
    """
    computed = [shown for shown in matrices if shown.matrix.workings and shown.matrix.key]
    displayed = {shown.matrix.key: shown for shown in matrices}
    places = {shown.matrix.key: list(_places(shown)) for shown in computed}
    writer = _Writer(displayed)
    first = {key: len(json.dumps(writer.entry(*at[0]))) for key, at in places.items() if at}
    each = max(1, _fitting({key: len(at) for key, at in places.items()}, first))
    cells: dict[str, Any] = {}
    room = MOST_CHARACTERS
    for shown, i, j in chain.from_iterable(at[:each] for at in places.values()):
        entry = writer.entry(shown, i, j)
        room -= len(json.dumps(entry))
        if room < 0 or len(cells) >= MOST_CELLS:
            break
        cells[shown.matrix.place(i, j).address] = entry
    data = {"start": start, "computed": [*places], "cells": cells}
    return Explained(data, len(cells), sum(shown.matrix.values.size for shown in computed))


def _places(shown: ShownMatrix) -> Iterator[tuple[ShownMatrix, int, int]]:
    """The cells of a matrix along its longer side, so that the first ones are of whole samples."""
    rows = [i for i in shown.rows if i is not None]
    columns = [j for j in shown.columns if j is not None]
    if len(columns) >= len(rows):
        yield from ((shown, i, j) for j in columns for i in rows)
    else:
        yield from ((shown, i, j) for i in rows for j in columns)


def _fitting(sizes: Mapping[str, int], lengths: Mapping[str, int]) -> int:
    """The largest number of cells of each matrix that keeps within the bounds.

    sizes: the number of cells of each matrix. lengths: of the data of one of its cells.
    """

    def fits(each: int) -> bool:
        counts = {key: min(each, size) for key, size in sizes.items()}
        characters = sum(count * lengths.get(key, 0) for key, count in counts.items())
        return sum(counts.values()) <= MOST_CELLS and characters <= MOST_CHARACTERS

    low, high = 0, max(sizes.values(), default=0)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


class _Writer:
    """Writes workings in short: names of operands as numbers, figures that stand on the page as ~numbers.

    displayed: the matrices of the page by key.
    """

    def __init__(self, displayed: Mapping[str, ShownMatrix]) -> None:
        self._displayed = displayed

    def entry(self, shown: ShownMatrix, i: int, j: int) -> list[Any]:
        """The working of a cell: its meaning, lines, operands, remarks, and if elided the lines in full."""
        assert shown.matrix.workings is not None  # noqa: S101  # only such matrices are asked
        working: Working = shown.matrix.workings.of(i, j)
        entry: list[Any] = [
            working.meaning,
            [self._line(line, working.operands) for line in working.lines],
            [operand.address for operand in working.operands],
            [[_remark(piece) for piece in remark] for remark in working.remarks],
        ]
        if working.in_full:
            entry.append([self._line(line, working.operands) for line in working.in_full])
        return entry

    def _line(self, line: Line, operands: Sequence[Place]) -> list[Any]:
        return [
            self._operand(piece, operands[piece.number]) if isinstance(piece, Operand) else figure_text(piece)
            for piece in line
        ]

    def _operand(self, operand: Operand, place: Place) -> Any:  # noqa: ANN401  # JSON
        if not operand.figure:
            return operand.number
        if self._text(place) == operand.figure:
            return ~operand.number
        return [operand.number, figure_text(operand.figure)]

    def _text(self, place: Place) -> str | None:
        """The text of a cell on the page; None if it does not stand there."""
        shown = self._displayed.get(place.matrix)
        if shown is None:
            return None
        match place.indices:
            case []:
                i, j = 0, 0
            case [index]:
                i, j = 0, index - 1
            case [row, column, *_]:
                i, j = row - 1, column - 1
        return shown.text(i, j) if i in shown.rows and j in shown.columns else None


def _remark(piece: str | Formula) -> Any:  # noqa: ANN401  # JSON
    """Words, or a name in a list of its own."""
    return figure_text(piece) if isinstance(piece, str) else [piece.text]


def figure_text(text: str) -> str:
    """Text of a line with the sign of a minus."""
    return text.replace("-", "−")


def script_text(data: Mapping[str, Any], *, ascii_only: bool) -> str:
    """Data as JSON that may stand in an element `script`: nothing in it ends the element or a line."""
    text = json.dumps(data, ensure_ascii=ascii_only, separators=(",", ":"))
    return text.translate(_UNSAFE)
