"""Separated values: CSV and TSV of a spreadsheet, and the program's own CSV."""

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from mlpcalc.answers.forms.figures import DECIMAL_COMMA, figure_text, is_cell
from mlpcalc.answers.forms.passages import Reading, empty, grid_of
from mlpcalc.answers.forms.tables import Row, add, table
from mlpcalc.errors import Place, refuse
from mlpcalc.page.cells import cell_in_step
from mlpcalc.text.wording import clipped

_OWN_COLUMNS = ["quantity", "row", "column", "value"]
_CELL_COLUMNS = (
    {"quantity", "name", "matrix", "variable", "symbol", "key"},
    {"row", "i", "r"},
    {"column", "col", "j", "c"},
    {"value", "val", "figure", "answer"},
)
_SNIFFED = 200  # lines, for the separator
_SURELY_DECIMAL = re.compile(r"[-+−]?0,\d{2,40}|-?\d{1,40},0\d{1,40}")


def read(text: str, line: int = 1) -> Reading:
    """The passages in values that are separated by commas, semicolons or tabs."""
    sign = _separator(text)
    if sign == "," and _has_decimal_commas(text):
        sign = ";"
    rows = list(_separated(text, line, sign))
    if sign != ",":
        rows = [(number, [_with_point(cell) for cell in cells]) for number, cells in rows]
    if rows and _has_a_cell_a_line(head := [cell.lower() for cell in rows[0][1]]):
        return _cell_by_cell(rows, plain=head[-4:] == _OWN_COLUMNS)
    found = empty()
    for block in _blocks(rows):
        for part in _side_by_side(block):
            found.add(_named(part))
    return found


def _separator(text: str) -> str:
    """What separates the cells of a text."""
    lines = [line for line in text.split("\n", _SNIFFED)[:_SNIFFED] if line.strip()]
    counts = {sign: sum(sign in line for line in lines) for sign in "\t;,"}
    return (
        max("\t;,", key=lambda sign: counts[sign] * (1 if sign == "," else 2))
        if any(counts.values())
        else ","
    )


def _has_decimal_commas(text: str) -> bool:
    """Whether the figures of each line have decimal commas, and semicolons between them: -2,85;0,86."""
    lines = (line.strip().split(";") for line in text.split("\n", _SNIFFED)[:_SNIFFED])
    rows = [cells if is_cell(cells[0], comma=True) else cells[1:] for cells in lines]
    figures = [cell.strip() for cells in rows for cell in cells]
    decimal = all(map(DECIMAL_COMMA.fullmatch, (cell for cell in figures if "," in cell or "." in cell)))
    certain = any(len(cells) > 1 for cells in rows) or any(map(_SURELY_DECIMAL.fullmatch, figures))
    return decimal and certain


def _separated(text: str, line: int, sign: str) -> Iterator[Row]:
    reader = csv.reader(text.split("\n"), delimiter=sign, strict=False)
    before = 0
    try:
        for cells in reader:
            yield line + before, [cell.strip() for cell in cells]
            before = reader.line_num
    except csv.Error as error:
        place = Place("", line + before)
        raise refuse(f"not a table: {error}", place, hint="is a quotation mark missing?") from None


def _with_point(cell: str) -> str:
    return cell.replace(",", ".") if DECIMAL_COMMA.fullmatch(cell) else cell


def _has_a_cell_a_line(head: Sequence[str]) -> bool:
    """Whether a table has a line for each cell, as the CSV of `solve` has."""
    return len(head) >= len(_CELL_COLUMNS) and all(
        name in names for name, names in zip(head[-len(_CELL_COLUMNS) :], _CELL_COLUMNS, strict=True)
    )


def _cell_by_cell(rows: Sequence[Row], *, plain: bool) -> Reading:
    """A table with a line for each cell. plain: whether it is the CSV of `solve`."""
    found = empty()
    (_, head), *body = rows
    extra = len(head) - len(_OWN_COLUMNS)
    body = [(line, cells) for line, cells in body if len(cells) == len(head)]
    for key, group in groupby(body, key=lambda row: tuple(row[1][: extra + 1])):
        lines = [*group]
        cells = {(row, column): text for _, (*_, row, column, text) in lines}
        rows_, columns = (sorted({place[axis] for place in cells}, key=_number) for axis in (0, 1))
        texts = [[cells.get((row, column), "~") for column in columns] for row in rows_]
        if len(rows_) * len(columns) > 2 * len(cells):
            found.leave(lines[0][0], f"{clipped(key[-1], 40)}: cells are missing")
            continue
        name = key[-1] if not extra or key[0] in ("", "1") else cell_in_step(key[-1], key[0])
        add(found, (name,), grid_of(texts), lines[0][0], plain=plain)
    return found


def _number(text: str) -> tuple[int, str]:
    return (int(text), "") if text.isdecimal() and len(text) < 10 else (0, text)


def _blocks(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Rows that belong together: what lies between empty lines; a name by itself begins a new block."""
    block: list[Row] = []
    for row in rows:
        filled = [cell for cell in row[1] if cell]
        alone = len(filled) == 1 and row[1][0] and not is_cell(filled[0], comma=True)
        if block and (
            not filled or (alone and any(figure_text(cell) for _, cells in block[-1:] for cell in cells))
        ):
            yield block
            block = []
        if filled:
            block.append(row)
    if block:
        yield block


def _side_by_side(block: list[Row]) -> Iterator[list[Row]]:
    """The blocks between empty columns."""
    width = max(len(cells) for _, cells in block)
    used = [False] * width
    for _, cells in block:
        for place, cell in enumerate(cells):
            used[place] = used[place] or bool(cell)
    start = 0
    for place in range(width + 1):
        if place == width or not used[place]:
            if place > start:
                yield [
                    (line, (cells + [""] * width)[start:place])
                    for line, cells in block
                    if any(cells[start:place])
                ]
            start = place + 1


def _named(block: list[Row]) -> Reading:
    """A block with its name above, beside it, or neither."""
    (line, first), *rest = block
    filled = [cell for cell in first if cell]
    if rest and len(filled) == 1 and first[0] and not is_cell(first[0], comma=True):
        return table(rest, (first[0],), line)
    return table(block, ())
