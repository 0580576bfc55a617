"""Tables of figures: those of Markdown, and what the rows of any table mean.

A name stands above a block, beside it, or in its corner; or each row, or each column, has its own.
"""

import re
from collections.abc import Sequence

from mlpcalc.answers.forms import chains
from mlpcalc.answers.forms.figures import LONGEST, figure_text
from mlpcalc.answers.forms.labels import count
from mlpcalc.answers.forms.passages import Grid, Passage, Reading, empty, grid_of
from mlpcalc.page.cells import cell_in_step
from mlpcalc.text.wording import clipped

_STEP = "step"
_DECORATION = re.compile(r"\*\*|`|\$")
_SEPARATOR = re.compile(r"\s*+\|?\s*+:?-++:?\s*+(?:\|\s*+:?-*+:?\s*+)*+")
_PIPE = re.compile(r"(?<!\\)\|")

Row = tuple[int, list[str]]
"""A line of a table: its number in the document, and its cells."""


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
    return table(rows, (above,) if above else (), headed=True)


def _step_by_step(rows: Sequence[Row]) -> Reading:
    """A table with a line for each step, such as that of the losses which `solve` shows."""
    found = empty()
    (_, head), *body = rows
    for line, cells in body:
        if len(cells) == len(head) and cells[0].isdecimal():
            add(found, (cell_in_step(_bare(head[-1]), cells[0]),), grid_of([cells[-1:]]), line)
    return found


def is_separator(line: str) -> bool:
    """Whether a line is the one below the head of a table in Markdown."""
    return (
        "-" in line and "|" in line and len(line) < 100 * LONGEST and _SEPARATOR.fullmatch(line) is not None
    )


def table(
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
            add(found, (label,), values[0] if len(values) == 1 else None, number)
        return found
    if isinstance(grid, Grid):
        passage = Passage(names, grid, line, rows=tuple(labels), columns=tuple(head))
        found.passages.append(passage)
    elif grid is not None:
        if labels and not above and len({len(row) for row in cells}) > 1:
            _by_label(found, labels, cells, rows)
        else:
            add(found, names, grid, line)
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
        add(found, (label,), grid_of(whole, flat=len(whole) == 1), number)


def add(
    found: Reading, names: tuple[str, ...], value: Grid | str | None, line: int, plain: bool = False
) -> None:
    """Note a grid of figures under these names, or why it cannot be used.

    plain: whether the names are those of the program's own files.
    """
    if isinstance(value, Grid):
        found.passages.append(Passage(names, value, line, plain=plain))
    elif value is not None:
        found.leave(line, f"{clipped(names[0], 40)}: {value}" if names else value)
