"""Matrices drawn with strokes over several lines, as pretty printers do and text recognition makes of paper.

They become brackets in the same lines, with the name first, which may stand before the middle row:

         | 0.1  0.2 |                [[0.1, 0.2],
    S1 = | 0.3  0.4 |   is   S1 =     [0.3, 0.4],
         | 0.5  0.6 |                 [0.5, 0.6]]
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from mlpcalc.answers.forms import chains
from mlpcalc.answers.forms.figures import figure_text, is_cell

_LONGEST_LINE = 5_000  # characters
_STROKES = "|│┃❘∣⎡⎢⎣⎤⎥⎦⎛⎜⎝⎞⎟⎠"
_ROW = re.compile(
    rf"(?P<before>\s*+(?:[^{_STROKES}=≈:≃←\[\]]{{1,80}}(?:[=≈:≃←]|:=|<-)\s*+)?)(?P<stroke>[{_STROKES}\[(])(?P<cells>[^\[\](){{}}=]*[{_STROKES}\])])\s*+[.,;]?\s*+"
)
_STROKE = re.compile(rf"[{_STROKES}\])]")
_NAMED = re.compile(r".*(?:[=≈:≃]|:=|<-|←)\s*")
_FRAME = set("+┌┐└┘├┤┬┴┼─═╔╗╚╝╭╮╰╯")
_BORDER = _FRAME | set("|│- ")


class _Row(NamedTuple):
    """A line with one row of a matrix: what stands before it, its cells, the column where it begins."""

    before: str
    cells: Sequence[str]
    column: int
    stroke: str


def in_brackets(lines: Sequence[str]) -> list[str]:
    """The lines of a text with drawn matrices in brackets; a second name begins another matrix."""
    result = list(lines)
    number = 0
    while number < len(lines):
        rows: dict[int, _Row] = {}
        named = False
        end = number
        while end < len(lines) and (end == number or rows):
            row = _row(lines[end])
            if row is None and not (rows and _is_border(lines[end])):
                break
            if row is not None:
                if rows and ((row.before and named) or not _is_below(row, next(iter(rows.values())))):
                    break
                rows[end] = row
                named = named or bool(row.before)
            end += 1
        if _is_drawn([*rows.values()]):
            while number and _is_border(lines[number - 1]):
                number -= 1
            result[number:end] = [""] * (end - number)
            _write(result, rows)
        number = max(end, number + 1)
    return result


def _row(line: str) -> _Row | None:
    """The row of a matrix that a line has; None for any other line."""
    found = _ROW.fullmatch(line) if len(line) <= _LONGEST_LINE else None
    if found is None or (found["before"].strip() and not _NAMED.fullmatch(found["before"])):
        return None
    cells = chains.row_cells(_STROKE.sub(" ", found["cells"]))
    if not all(map(is_cell, cells)) or not any(figure_text(cell) is not None for cell in cells):
        return None
    return _Row(found["before"].strip(), cells, found.start("stroke"), found["stroke"])


def _is_border(line: str) -> bool:
    return len(line) <= _LONGEST_LINE and _FRAME & set(line) != set() and set(line.rstrip()) <= _BORDER


def _is_below(row: _Row, first: _Row) -> bool:
    """Whether a row may belong to a matrix with this first row."""
    if len(row.cells) != len(first.cells) or row.stroke in "⎡⎛":
        return False
    return first.stroke not in "[(" or (row.stroke == first.stroke and row.column == first.column)


def _is_drawn(rows: Sequence[_Row]) -> bool:
    """Whether rows need to be put in brackets: others are read as they stand."""
    if len(rows) == 1:
        return rows[0].stroke not in "[(" and "-" not in rows[0].cells  # |0.3 - 0.8| is a calculation
    return bool(rows) and (rows[0].stroke not in "[(" or any(row.before for row in rows[1:]))


def _write(lines: list[str], rows: dict[int, _Row]) -> None:
    """Put rows in brackets, with the name before the first."""
    name = next((row.before for row in rows.values() if row.before), "")
    first, last = min(rows), max(rows)
    for number, row in rows.items():
        start, end = (f"{name} [" if number == first else " "), ("]" if number == last else ",")
        lines[number] = f"{start}[{', '.join(row.cells)}]{end}"
