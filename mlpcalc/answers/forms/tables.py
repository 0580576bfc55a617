"""Tables: CSV and TSV of a spreadsheet, tables of Markdown, and the program's own CSV.

A name stands above a block, beside it, or in its corner; or each row, or each column, has its own.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from mlpcalc.answers.forms import chains
from mlpcalc.answers.forms.figures import DECIMAL_COMMA, LONGEST, figure_text, is_cell
from mlpcalc.answers.forms.labels import count
from mlpcalc.answers.forms.passages import Grid, Passage, Reading, empty, grid_of
from mlpcalc.errors import Place, refuse
from mlpcalc.page.cells import cell_in_step
from mlpcalc.text.wording import clipped

_STEP = "step"
_OWN_COLUMNS = ["quantity", "row", "column", "value"]
_CELL_COLUMNS = (
    {"quantity", "name", "matrix", "variable", "symbol", "key"},
    {"row", "i", "r"},
    {"column", "col", "j", "c"},
    {"value", "val", "figure", "answer"},
)
_DECORATION = re.compile(r"\*\*|`|\$")
_SEPARATOR = re.compile(r"\s*+\|?\s*+:?-++:?\s*+(?:\|\s*+:?-*+:?\s*+)*+")
_PIPE = re.compile(r"(?<!\\)\|")
_SNIFFED = 200  # lines, for the separator
_SURELY_DECIMAL = re.compile(r"[-+−]?0,\d{2,40}|-?\d{1,40},0\d{1,40}")

Row = tuple[int, list[str]]
"""A line of a table: its number in the document, and its cells."""


def read(text: str, line: int = 1) -> Reading:
    """The passages in values that are separated by commas, semicolons or tabs."""
    sign = separator(text)
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


def separator(text: str) -> str:
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


def read_markdown(lines: Sequence[str], line: int, above: str = "") -> Reading:
    """The passages in a table of Markdown that begins on this line of its document.

    above: the words right above it, which may be its name.
    """
    rows = [
        (number, [cell.strip() for cell in _PIPE.split(text.strip().strip("|"))])
        for number, text in enumerate(lines, start=line)
        if not _SEPARATOR.fullmatch(text)
    ]
    if len(rows) > 1 and rows[0][1][0] == _STEP and rows[1][1][0].isdecimal():
        return _step_by_step(rows)
    return _table(rows, (above,) if above else (), headed=True)


def _step_by_step(rows: Sequence[Row]) -> Reading:
    """A table with a line for each step, such as that of the losses which `solve` shows."""
    found = empty()
    (_, head), *body = rows
    for line, cells in body:
        if len(cells) == len(head) and cells[0].isdecimal():
            _add(found, (cell_in_step(_bare(head[-1]), cells[0]),), grid_of([cells[-1:]]), line)
    return found


def is_separator(line: str) -> bool:
    """Whether a line is the one below the head of a table in Markdown."""
    return (
        "-" in line and "|" in line and len(line) < 100 * LONGEST and _SEPARATOR.fullmatch(line) is not None
    )


# ---------------------------------------------------------------------------- separated values


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
        table = [[cells.get((row, column), "~") for column in columns] for row in rows_]
        if len(rows_) * len(columns) > 2 * len(cells):
            found.leave(lines[0][0], f"{clipped(key[-1], 40)}: cells are missing")
            continue
        name = key[-1] if not extra or key[0] in ("", "1") else f"{key[-1]}@{key[0]}"
        _add(found, (name,), grid_of(table), lines[0][0], plain=plain)
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
        return _table(rest, (first[0],), line)
    return _table(block, ())


# ---------------------------------------------------------------------------- tables


def _table(
    rows: Sequence[Row], above: tuple[str, ...], line: int | None = None, *, headed: bool = False
) -> Reading:
    """The passages of a table, whatever labels it has. headed: whether the first row is meant as labels."""
    found = empty()
    cells = [[_bare(cell) for cell in row] for _, row in rows]
    if not cells or not cells[0]:
        return found
    line = rows[0][0] if line is None else line
    head, names = list[str](), above
    if len(cells) > 1 and _is_head(cells, headed=headed):
        head, *cells = cells
        rows = rows[1:]
    labels: list[str] = []
    if _has_labels(head, cells):
        labels = [row[0] if row else "" for row in cells]
        cells = [row[1:] for row in cells]
        if head and head[0]:
            names = (*above, head[0])
        head = head[1:]
    if labels and _repeated(labels):
        _by_label(found, labels, cells, rows)
        return found
    has_matrices = any(map(_is_matrix, (cell for row in cells for cell in row)))
    grid = None if has_matrices else grid_of(cells, flat=len(cells) == 1)
    if grid is None and labels:
        for (number, _), label, row in zip(rows, labels, cells, strict=True):
            values = [value for cell in row if (value := chains.value(cell)) is not None]
            _add(found, (label,), values[0] if len(values) == 1 else None, number)
        return found
    if isinstance(grid, Grid):
        passage = Passage(names, grid, line, rows=tuple(labels), columns=tuple(head))
        found.passages.append(passage)
    elif grid is not None:
        if labels and not above and len({len(row) for row in cells}) > 1:
            _by_label(found, labels, cells, rows)
        else:
            _add(found, names, grid, line)
    return found


def _bare(cell: str) -> str:
    """A cell without emphasis."""
    return _DECORATION.sub("", cell).strip() if len(cell) <= LONGEST else cell


def _is_matrix(cell: str) -> bool:
    """Whether a cell has a whole matrix or list in it."""
    return cell[:1] in ("[", "(", "{") and isinstance(chains.value(cell), Grid)


def _is_head(rows: Sequence[Sequence[str]], *, headed: bool) -> bool:
    """Whether the first row has labels, not figures."""
    row = rows[0]
    figures = [figure_text(cell, comma=True) is not None for cell in row]
    if not any(figures):
        return not any(map(_is_matrix, row))
    if headed:
        return count(row) or (not figures[0] and len(row) > 1 and count(row[1:]))
    below = [other[0] if other else "" for other in rows[1:]]
    return not figures[0] and len(row) > 1 and count(row[1:]) and all(below)


def _has_labels(head: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Whether the first column has labels, not figures."""
    first = [row[0] if row else "" for row in body]
    if not any(figure_text(label, comma=True) for label in first):
        return any(first) and any(len(row) > 1 for row in body)
    if not any(head[1:]) or not count(first):
        return False
    return (
        (not head[0] or not count(head))
        and any(len(row) > 1 for row in body)
        and figure_text(head[0]) is None
    )


def _repeated(labels: Sequence[str]) -> bool:
    """Whether a label stands for several rows: it is repeated, or the ones below it are empty."""
    return bool(labels[0]) and len(labels) > 1 and (not all(labels) or len(set(labels)) < len(labels))


def _by_label(found: Reading, labels: Sequence[str], cells: Sequence[list[str]], rows: Sequence[Row]) -> None:
    """A matrix for each label: the rows beside it and those below it that have none of their own."""
    groups: list[tuple[str, int, list[list[str]]]] = []
    for label, row, (number, _) in zip(labels, cells, rows, strict=True):
        if groups and label in ("", groups[-1][0]):
            groups[-1][2].append(row)
        else:
            groups.append((label, number, [row]))
    for label, number, group in groups:
        width = max((place + 1 for row in group for place, cell in enumerate(row) if cell), default=0)
        whole = [row[:width] for row in group]
        _add(found, (label,), grid_of(whole, flat=len(whole) == 1), number)


def _add(
    found: Reading, names: tuple[str, ...], value: Grid | str | None, line: int, plain: bool = False
) -> None:
    if isinstance(value, Grid):
        found.passages.append(Passage(names, value, line, plain=plain))
    elif value is not None:
        found.leave(line, f"{clipped(names[0], 40)}: {value}" if names else value)
