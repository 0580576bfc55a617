"""Matrices as people write them in YAML: lists of rows, flat lists, text with a row a line or between ;."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.errors import Problem
from mlpcalc.reading.numerals import NumeralError, approximate
from mlpcalc.reading.source import Document, MappingNode, Node, ScalarNode, SequenceNode
from mlpcalc.text.wording import counted

MAX_CELLS = 1_500_000
DECIMAL_COMMA = "a decimal comma? write 0.5, not 0,5"
_BRACKET = re.compile(r"[\[({\\&]|\d[×x]\d")
_AROUND_MATRIX = re.compile(
    r"\\begin\{[A-Za-z]{1,20}\*?\}(?:\[[a-z]\])?(?:\{[clr|@*0-9 ]{1,60}\})?|\\end\{[A-Za-z]{1,20}\*?\}"
    r"|\\(?:left|right)(?![A-Za-z])|(?<!\\)\\[\[\]()]|\$"
    r"|(?:[A-Za-z]{1,12}\.)?(?:array|matrix|Matrix|[tT]ensor|c)(?=\()"
    r"|,\s{0,9}dtype\s{0,2}=\s{0,2}[A-Za-z.]{1,20}[0-9]{0,3}"
    r"|^[ \t]{0,99}(?:\[,\d{1,6}\][ \t]{0,99})+$|^[ \t]{0,99}\[\d{1,6},\]"  # R
    r"|^[ \t]{0,99}\d{1,6}(?:[×x]\d{1,6}|-element)[ \t][A-Za-z]{1,20}\{[^\n]{1,60}:$",  # Julia
    re.MULTILINE,
)
_LETTER = re.compile(r"(?![eE][-+\d])[^\W\d_]")
_NESTED = re.compile(r"[\[({]\s{0,99}[\[({]\s{0,99}[^\s\[({]|[\])}]\s{0,99},?\s{0,99}[\[({]")
_ROW_END = re.compile(r"\\\\(?:\[-?[0-9.]{1,8}[a-z]{2}\])?|\\cr(?![A-Za-z])")
_CLOSING = re.compile(r"[\])}]\s*,?")
_SEPARATORS = str.maketrans("[({&,", "     ")
_LOOK_AHEAD = 5  # lines; blank ones and comments may lie between two rows


class Grid(NamedTuple):
    """A matrix of numbers as written: float64, nan for blank cells.

    flat: whether it was written as a flat list, which may be a row or a column.
    """

    node: Node
    rows: Sequence[Sequence[ScalarNode]]
    values: Array
    flat: bool = False

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns as written."""
        return len(self.rows), len(self.rows[0])

    @property
    def turned(self) -> "Grid":
        """The transpose."""
        return Grid(self.node, list(zip(*self.rows, strict=True)), self.values.T)

    @property
    def texts(self) -> tuple[tuple[str, ...], ...]:
        """The text of each cell."""
        return tuple(tuple(cell.text for cell in row) for row in self.rows)

    def oriented(self, rows: int | None, columns: int | None, *, column_first: bool) -> "Grid":
        """Turn a flat list into the row or column that fits this shape; leave other grids alone.

        rows, columns: the wanted lengths, None for any. If both fit, or neither, `column_first` decides.
        """
        if not self.flat:
            return self
        length = len(self.rows[0])
        column = rows in (None, length) and columns in (None, 1)
        row = rows in (None, 1) and columns in (None, length)
        as_column = column_first if column == row else column
        return self.turned if as_column else Grid(self.node, self.rows, self.values)


class NotRowsError(Exception):
    """A node is nothing that rows of numbers can be written as."""

    def __init__(self, node: Node, problem: Problem) -> None:
        super().__init__(problem.message)
        self.node = node
        self.problem = problem


def read_grid(document: Document, node: Node, what: str) -> Grid | None:
    """Read a matrix of at most `MAX_CELLS`; an invalid one is reported and read as None."""
    try:
        rows = rows_of(document, node, what, MAX_CELLS)
    except NotRowsError as error:
        document.note(error.node, error.problem)
        return None
    if not rows or not rows[0]:
        document.complain(
            node, f"{what}: there are no numbers", expected="a matrix, such as [[1, 2], [3, 4]]"
        )
        return None
    width = len(rows[0])
    ragged = [(i, row) for i, row in enumerate(rows, start=1) if len(row) != width]
    for i, row in ragged:
        document.complain(
            row[0] if row else node,
            f"row {i} of {what} has {counted(len(row), 'number')}, row 1 has {width}",
            expected=counted(width, "number") + " in each row",
            hint=miscount_hint(document, row or rows[0]),
        )
    values = _values(document, rows, what)
    if ragged or values is None:
        return None
    return Grid(node, rows, np.array(values), flat=is_flat(node, rows))


def rows_of(
    document: Document, node: Node, what: str, most: int, *, blanks: bool = False
) -> list[list[ScalarNode]]:
    """The cells of a matrix as they are written, in rows of any length; none if nothing is written.

    most: the largest number of cells. blanks: whether a ~ may stand for a row. Raises `NotRowsError` for
    anything else.
    """
    words = _words(node) if isinstance(node, ScalarNode) and len(node.text) > most else 0
    rows = _rows(document, node, what, blanks=blanks) if words <= most else []
    if (cells := max(words, len(rows) * max(map(len, rows), default=0))) > most:
        problem = Problem(f"{what}: too large: {cells:,} cells", expected=f"at most {most:,}")
        raise NotRowsError(node, problem)
    return rows


def is_flat(node: Node, rows: Sequence[Sequence[ScalarNode]]) -> bool:
    """Whether a matrix was written as a flat list, which may be a row or a column."""
    nested = isinstance(node, SequenceNode) and any(isinstance(item, SequenceNode) for item in node.items)
    return len(rows) == 1 and not nested


def miscount_hint(document: Document, cells: Sequence[ScalarNode]) -> str:
    """A hint for a row with too many or too few numbers."""
    return (cells and _comma_hint(document, cells[0])) or "is a number missing, or one too many?"


def _comma_hint(document: Document, cell: ScalarNode) -> str | None:
    """A hint if the line looks as if decimal commas had split its numbers in two."""
    line = document.place(cell).source or ""
    if re.search(r"(?<![\d.])-?0,\d(?!,)", line) or (re.search(r"\d,\d", line) and re.search(r",\s", line)):
        return DECIMAL_COMMA
    return None


def _values(document: Document, rows: Sequence[Sequence[ScalarNode]], what: str) -> list[list[float]] | None:
    """The value of each cell; None, with the problems noted, where some are no numbers."""
    try:
        return [[approximate(cell.text) for cell in row] for row in rows]
    except NumeralError:
        expected = "a number such as 0.5, -2, 1e-3 or 1/3"
    for cell in (cell for row in rows for cell in row):
        try:
            approximate(cell.text)
        except NumeralError as error:
            split = None if "," in cell.text else _comma_hint(document, cell)
            document.complain(cell, f"{what}: {error}", expected=expected, hint=split or error.hint)
    return None


def _rows(document: Document, node: Node, what: str, *, blanks: bool) -> list[list[ScalarNode]]:
    match node:
        case ScalarNode():
            return [] if node.blank else _text_rows(document, node)
        case MappingNode():
            raise NotRowsError(node, Problem(f"{what}: expected a matrix, not a block of keys"))
    flat = [item for item in node.items if isinstance(item, ScalarNode)]
    if len(flat) == len(node.items):
        if any(" " in item.text.strip() for item in flat):  # rows as text, one an item
            return [row for item in flat for row in _text_rows(document, item)]
        return [flat]
    rows = []
    for i, item in enumerate(node.items, start=1):
        cells = [item] if blanks and isinstance(item, ScalarNode) and item.blank else _cells(item)
        if cells is None:
            message = f"row {i} of {what} is not a list of numbers"
            raise NotRowsError(item, Problem(message, expected="rows such as [0.5, -1, 2]"))
        rows.append(cells)
    return rows


def _cells(node: Node) -> list[ScalarNode] | None:
    """The items of a list, if it is one and none of them is a list or a block."""
    cells = [cell for cell in getattr(node, "items", []) if isinstance(cell, ScalarNode)]
    return cells if isinstance(node, SequenceNode) and len(cells) == len(node.items) else None


def _words(text: ScalarNode) -> int:
    """How many numbers there may be in a text, at most."""
    return sum(1 for _ in re.finditer(r"[^\s;]+", text.text))


def _text_rows(document: Document, node: ScalarNode) -> list[list[ScalarNode]]:
    """The cells of a matrix written as text: rows by lines or semicolons, numbers by spaces or ", "."""
    line, column = (node.line + 1, 1) if node.block else (node.line, node.column)
    rows = []
    text = _without_brackets(node.text) if _BRACKET.search(node.text) else node.text
    for row in re.split(r"[\n;]", text):
        cells = []
        for word in row.split():
            line, column = _find(document, word, line, column)
            cells.append(ScalarNode(word.rstrip(",") or ",", line, column))
            column += len(word)
        if cells:
            rows.append(cells)
    return rows


def _without_brackets(text: str) -> str:
    r"""A matrix as a program or LaTeX writes it, as rows between semicolons, with its numbers in their order.

    [1 2; 3 4], [[1, 2], [3, 4]], {{1, 2}, {3, 4}}, array([[1, 2]]), \begin{pmatrix} 1 & 2 \\ 3 & 4
    \end{pmatrix}, and what R and Julia print. A text with letters elsewhere, or with brackets that do not
    match, stays as it is.
    """
    plain = _AROUND_MATRIX.sub(" ", text)
    if _ROW_END.search(plain):
        plain = _ROW_END.sub(";", plain.replace("\n", " "))
    unmatched = any(plain.count(opening) != plain.count(closing) for opening, closing in ("()", "[]", "{}"))
    if unmatched or _LETTER.search(plain):
        return text
    if _NESTED.search(plain):
        plain = plain.replace("\n", " ").replace(";", " ")  # rows end where their brackets do
    return _CLOSING.sub(";", plain).translate(_SEPARATORS)


def _find(document: Document, word: str, line: int, column: int) -> tuple[int, int]:
    """Where a word of the text stands, at or after a place; that place if it is written some other way."""
    for number in range(line, min(line + _LOOK_AHEAD, len(document.lines)) + 1):
        found = document.lines[number - 1].find(word, column - 1 if number == line else 0)
        if found >= 0:
            return number, found + 1
    return line, column
