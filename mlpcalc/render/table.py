"""Reports in the terminal: Rich tables without boxes, decimal points under one another.

Everything is at most as wide as the console: a wide matrix is cut into blocks of columns, never its
digits. A large one is shown in part, unless all of it is wanted.
"""

from collections.abc import Iterable, Sequence
from textwrap import wrap

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from mlpcalc.render.encoding import encodable
from mlpcalc.report import Block, Header, Heading, Matrix, Note, Table
from mlpcalc.rounding import figure

_LEFT = 22  # the room for a formula on the line of the column labels
_LABEL = 13  # where the row labels end
_GAP = 2
_LARGE = 20  # rows or columns
_ELLIPSIS = "…"
_BETWEEN = "   "


def render(blocks: Iterable[Block], console: Console, *, full: bool = False) -> None:
    """Print the blocks; `full` shows large matrices whole."""
    printer = _Printer(console, full)
    for block in blocks:
        printer.block(block)


class _Printer:
    def __init__(self, console: Console, full: bool) -> None:
        self._console = console
        self._full = full
        self._tight = True  # no blank line before the next block

    def block(self, block: Block) -> None:
        if not self._tight:
            self._console.print()
        self._tight = isinstance(block, Heading)
        match block:
            case Header():
                self._header(block)
            case Heading(text):
                self._line(Text(self._encodable(text.upper()), style="bold"))
            case Matrix():
                self._matrix(block)
            case Table():
                self._table(block)
            case Note(text):
                self._line(Text(self._encodable(text)), wrap=True)

    def _encodable(self, text: str) -> str:
        return encodable(text, self._console.encoding)

    def _line(self, text: Text, *, wrap: bool = False) -> None:
        self._console.print(text, soft_wrap=not wrap)

    def _header(self, header: Header) -> None:
        title, origin = self._encodable(header.title), self._encodable(header.origin)
        gap = self._console.width - len(title) - len(origin)
        between = " " * gap if gap >= 2 else "\n"
        self._line(Text.assemble((title, "bold"), between, (origin, "dim")))
        for facts in header.lines:
            for line in _fill([self._encodable(fact) for fact in facts], self._console.width):
                self._line(Text(line))

    def _matrix(self, matrix: Matrix) -> None:
        title = self._encodable(f"{matrix.formula}   {matrix.shape}").rstrip()
        if not matrix.shape:
            figures = _figures(matrix, [0], [0])
            number = self._encodable(figures[0][0])
            if len(title) + _GAP + len(number) <= self._console.width:
                self._line(Text.assemble((f"{title:<{_LEFT}}", "bold"), " " * _GAP, number))
            else:
                self._title(title)
                self._line(Text(f"{'':{_LEFT}}{'':{_GAP}}{number}"))
            return
        rows, columns, in_part = self._in_part(matrix)
        figures = _figures(matrix, rows, columns)
        row_labels = [matrix.rows[i] if i is not None else _ELLIPSIS for i in rows]
        labels = [matrix.columns[j] if j is not None else _ELLIPSIS for j in columns]
        longest = max(len(text) for line in [labels, *figures] for text in line)
        width = max(longest, len("-0.") + matrix.decimals) + _GAP
        beside = len(title) <= _LEFT and _LEFT + width * len(labels) <= self._console.width
        label_width = _LABEL if beside else max(map(len, row_labels)) + 2
        left = _LEFT if beside else label_width
        if _LEFT + width * len(labels) <= self._console.width:
            label_width, left = _LABEL, _LEFT
        per_block = max(1, (self._console.width - left) // width)
        if not beside:
            self._title(title)
        for start in range(0, len(labels), per_block):
            part = slice(start, start + per_block)
            if start:
                self._console.print()
            table = RichTable(box=None, padding=0, pad_edge=False, show_edge=False, header_style="dim")
            table.add_column(Text(title if beside else "", style="bold not dim"), width=left, no_wrap=True)
            for label in labels[part]:
                table.add_column(Text(self._encodable(label)), width=width, justify="right", no_wrap=True)
            for label, cells in zip(row_labels, figures, strict=True):
                shown = [Text(self._encodable(cell)) for cell in cells[part]]
                table.add_row(Text(self._encodable(f"{label:>{label_width}}"), style="dim"), *shown)
            self._console.print(table)
        if in_part:
            low, high = (
                figure(float(end), matrix.decimals) for end in (matrix.values.min(), matrix.values.max())
            )
            self._line(
                Text(
                    self._encodable(f"in part, of {matrix.shape}; min {low}, max {high}; --full shows all"),
                    style="dim",
                )
            )

    def _title(self, title: str) -> None:
        """A formula on lines of its own, continued under its right-hand side."""
        indent = " " * min(title.find("=") + 2, self._console.width // 3)
        for line in wrap(title, self._console.width, subsequent_indent=indent, break_long_words=False):
            self._line(Text(line, style="bold"))

    def _in_part(self, matrix: Matrix) -> tuple[list[int | None], list[int | None], bool]:
        """Which rows and columns to show; None for those left out."""
        height, length = matrix.values.shape
        if self._full or (height <= _LARGE and length <= _LARGE):
            return list(range(height)), list(range(length)), False
        width = max(
            len(figure(float(end), matrix.decimals)) for end in (matrix.values.min(), matrix.values.max())
        )
        fit = max(3, (self._console.width - _LABEL) // (max(width, len(matrix.columns[-1])) + _GAP))
        return _ends(height, 10), _ends(length, min(fit, 10)), True

    def _table(self, table: Table) -> None:
        lines = [[self._encodable(cell) for cell in line] for line in [table.columns, *table.rows]]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        texts = [
            (" " * _GAP).join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in lines
        ]
        self._line(Text(texts[0], style="dim"))
        for i, text in enumerate(texts[1:]):
            self._line(Text(text))
            for below in table.below[i] if table.below else ():
                for line in wrap(self._encodable(below), self._console.width - 4):
                    self._line(Text("    " + line, style="dim"))


def _ends(length: int, room: int) -> list[int | None]:
    """All indices if there is room, else the first and last ones with a gap between."""
    if length <= room:
        return list(range(length))
    tail = room // 3
    return [*range(room - 1 - tail), None, *range(length - tail, length)]


def _figures(matrix: Matrix, rows: Sequence[int | None], columns: Sequence[int | None]) -> list[list[str]]:
    """The cells as text, decimal points under one another; givens as they were typed."""

    def cell(i: int | None, j: int | None) -> str:
        if i is None or j is None:
            return _ELLIPSIS
        return matrix.cells[i][j] if matrix.cells else figure(float(matrix.values[i, j]), matrix.decimals)

    texts = [[cell(i, j) for j in columns] for i in rows]
    tails = [[_after_point(text) for text in line] for line in texts]
    longest = max(tail for line in tails for tail in line)
    return [
        [text + " " * (longest - tail) for text, tail in zip(line, line_tails, strict=True)]
        for line, line_tails in zip(texts, tails, strict=True)
    ]


def _after_point(text: str) -> int:
    """How many characters stand from the decimal point on."""
    return len(text) - text.index(".") if "." in text else 0


def _fill(facts: Sequence[str], width: int) -> list[str]:
    """Facts side by side, as many on a line as there is room for; a longer one is broken."""
    lines: list[str] = []
    for fact in facts:
        if lines and len(lines[-1]) + len(_BETWEEN) + len(fact) <= width:
            lines[-1] += _BETWEEN + fact
        else:
            lines += wrap(fact, width, subsequent_indent="    ", break_long_words=False)
    return lines
