"""The ways in which a matrix lies over lines: rows of numbers, MATLAB's columns, R's labels, lists."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mlpcalc.answers.forms import chains
from mlpcalc.answers.forms.figures import figure_text, is_cell, is_ellipsis
from mlpcalc.answers.forms.labels import count, counted
from mlpcalc.answers.forms.lines import Line, Lines
from mlpcalc.answers.forms.passages import INCOMPLETE, Grid, grid_of

_FACTOR = re.compile(r"\s*+(?P<factor>[0-9.]++(?:e[-+][0-9]++|\s*+\*\s*+10\^[-+]?[0-9]++))\s*+\*?\s*+")
_COLUMNS = re.compile(
    r"\s*+Columns?\s++(?P<from>\d++)(?:\s++(?:through|and|to|-)\s++\d++)?\s*+:?\s*+", re.IGNORECASE
)
_JULIA = re.compile(r"\s*+(?:\d+[×x]\d+|\d+-element|\d+)\s++[A-Z]\w*+\{[^:\n]*+:\s*+")
_R_HEAD = re.compile(r"\s*(?:\[,\d+\]\s*)+")
_R_ROW = re.compile(r"\s*\[(?P<row>\d+),\]\s*(?P<cells>.*)")
_R_VECTOR = re.compile(r"\s*+\[(?P<first>\d++)\]\s++(?P<cells>[^\[\]]*+)")

_WIDE_GAP = re.compile(r"\s{2,20}")
_ROW_LABEL = re.compile(
    r"\s*+(?P<label>(?:row|unit|neuron|node|sample|example|feature|class|input|output|line|zeile|ligne|fila|linha)"
    r"\s?#?\d{1,6})\s?[:=.)]?\s++(?P<cells>.*+)",
    re.IGNORECASE,
)

Block = tuple[Grid | str, int]
"""A matrix, or why it cannot be used, and the number of the line after it."""


class Labelled(NamedTuple):
    """A matrix with the labels beside its rows and above its columns, and the line after it."""

    value: Grid | str
    next: int
    rows: tuple[str, ...]
    columns: tuple[str, ...]


class Layouts:
    """Finds the matrices that lie over lines of a text."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._barren = 0  # the line up to which rows have no figures

    def block(self, number: int) -> Block | None:
        """The figures that begin in a line; None if none do."""
        if number >= len(self._lines):
            return None
        power = 0
        first = self._lines.short(number)
        if _JULIA.fullmatch(first):
            number = self._lines.after_blanks(number + 1)
        elif (found := _FACTOR.fullmatch(first)) and "*" in first:
            power = _power_of_ten(found["factor"])
            number = self._lines.after_blanks(number + 1)
        for way in (self._columns, self._r_matrix, self._r_vector, self._bracketed, self._rows):
            if (there := way(number)) is not None:
                value, end = there
                return (value.scaled(power) if isinstance(value, Grid) else value), end
        return None

    def _bracketed(self, number: int) -> Block | None:
        if number >= len(self._lines):
            return None
        line = self._lines.whole(number)
        text = chains.undecorated(line.text)
        is_output = line.text.lstrip().startswith("Out[")
        if text[:1] not in "[({<" and not text[:1].isalpha() and not is_output:
            return None
        value = chains.value(text)
        if isinstance(value, Grid) and value.flat and value.size > 1:
            return self._list_by_list(value, line)
        return None if value is None else (value, line.next)

    def _list_by_list(self, first: Grid, line: Line) -> Block:
        """A list, or a matrix with a list for each row, line by line."""
        rows, number = [*first.rows], line.next
        while number < len(self._lines):
            text = chains.undecorated(self._lines[number])
            value = chains.value(text) if text[:1] in "[({" else None
            if not isinstance(value, Grid) or not value.flat:
                break
            rows += value.rows
            number += 1
        if len({len(row) for row in rows}) > 1:
            return "lists of different lengths", number
        return Grid(tuple(rows), flat=len(rows) == 1), number

    def _rows(self, number: int) -> Block | None:
        """Rows of numbers, one a line."""
        rows, incomplete = list[list[str]](), False
        if number < self._barren:
            return None
        while number < len(self._lines) and (cells := _cells(self._lines[number])):
            incomplete = incomplete or any(map(is_ellipsis, cells))
            rows.append(cells)
            number += 1
        if not rows:
            return None
        if incomplete:
            return (INCOMPLETE, number) if len(rows) > 1 else None
        rows = _without_index(rows)
        value = grid_of(rows, flat=len(rows) == 1)
        if value is None:
            self._barren = number
        return None if value is None else (value, number)

    def _columns(self, number: int) -> Block | None:
        """MATLAB's blocks of columns, side by side."""
        rows: list[list[str]] = []
        while found := _COLUMNS.fullmatch(self._lines.short(number)):
            if rows and int(found["from"]) != len(rows[0]) + 1:
                return "the blocks of columns do not follow one another", number + 1
            block = self._rows(self._lines.after_blanks(number + 1))
            if block is None:
                return "a block of columns has no figures", number + 1
            value, number = block
            if isinstance(value, str):
                return value, number
            if rows and len(rows) != len(value.rows):
                return "the blocks of columns have different lengths", number
            rows = [[*a, *b] for a, b in zip(rows or [[]] * len(value.rows), value.rows, strict=True)]
            further = self._lines.after_blanks(number)
            if _COLUMNS.fullmatch(self._lines.short(further)):
                number = further
        whole = grid_of(rows) if rows else None
        return None if whole is None else (whole, number)

    def _r_matrix(self, number: int) -> Block | None:
        """R's matrices: [,1] above the columns, [1,] beside the rows; wide ones in blocks."""
        rows: dict[int, list[str]] = {}
        if number < self._barren:
            return None
        while number < len(self._lines):
            if _R_HEAD.fullmatch(self._lines.short(number)):
                number += 1
            elif found := _R_ROW.fullmatch(self._lines[number]):
                rows.setdefault(int(found["row"]), []).extend(found["cells"].split())
                number += 1
            else:
                break
        if not rows:
            return None
        if sorted(rows) != list(range(1, len(rows) + 1)):
            return "rows are missing", number
        value = grid_of([rows[row] for row in sorted(rows)])
        if value is None:
            self._barren = number
        return None if value is None else (value, number)

    def _r_vector(self, number: int) -> Block | None:
        """R's vectors: [1] before the first figure, and a number before the first of each further line."""
        cells: list[str] = []
        while found := _R_VECTOR.fullmatch(self._lines[number]):
            if int(found["first"]) != len(cells) + 1:
                break
            cells += found["cells"].split()
            number += 1
        value = grid_of([cells], flat=True) if cells else None
        return None if value is None else (value, number)


def labelled(lines: Lines, number: int) -> Labelled | None:
    """The matrix that begins in a line with labels that count beside its rows, and perhaps above them."""
    head = lines.short(number).split()
    for columns in (head, _WIDE_GAP.split(lines.short(number).strip())):
        if count(columns):
            number += 1
            rows = [*_rows_under(lines, number, len(columns))]
            break
    else:
        columns, rows = [], [*_labelled_rows(lines, number)]
    labels = [label for label, _ in rows]
    labels = labels[: counted(labels)]
    grid = grid_of([cells for _, cells in rows[: len(labels)]])
    return None if grid is None else Labelled(grid, number + len(labels), tuple(labels), tuple(columns))


def _labelled_rows(lines: Lines, number: int) -> Iterator[tuple[str, list[str]]]:
    """Rows as `row 1: 0.1 0.2`, from a line on."""
    while found := _ROW_LABEL.fullmatch(lines.short(number)):
        value = chains.value(found["cells"])
        if not isinstance(value, Grid) or len(value.rows) > 1:
            return
        yield found["label"], [*value.rows[0]]
        number += 1


def _rows_under(lines: Lines, number: int, columns: int) -> Iterator[tuple[str, list[str]]]:
    """Rows with a label and so many figures, from a line on."""
    while len(words := lines.short(number).split()) > columns and all(map(is_cell, words[-columns:])):
        yield " ".join(words[:-columns]), words[-columns:]
        number += 1


def _cells(line: str) -> list[str]:
    """The cells of a line of numbers; nothing if it is anything else."""
    text = line.strip().removesuffix("\\\\").rstrip()
    if not text or text[0] not in "0123456789.-+−–~?…⋮,;":
        return []
    if text.startswith(("- ", "– ")):
        return []  # a bullet, or a minus by itself
    cells = (
        [cell for part in text.split(";") for cell in chains.row_cells(part)]
        if ";" in text
        else chains.row_cells(text)
    )
    return cells if all(map(is_cell, cells)) else []


def _without_index(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Rows without the numbers that a data frame has above its columns and beside its rows."""
    head, *body = [list(row) for row in rows]
    if body and all(len(row) == len(head) + 1 for row in body):
        first = [row[0] for row in body]
        for begin in ("0", "1"):
            counts = [str(int(begin) + k) for k in range(max(len(head), len(body)))]
            if first == counts[: len(first)] and head == counts[: len(head)]:
                return [row[1:] for row in body]
    return [head, *body]


def _power_of_ten(text: str) -> int:
    """The exponent of MATLAB's factor 1.0e-03."""
    figure = figure_text(text.replace(" ", "")) or "1e0"
    digits, _, exponent = figure.partition("e")
    return int(exponent or 0) + (len(digits.partition(".")[0]) - 1)
