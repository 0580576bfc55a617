"""Reports in the terminal: Rich tables without boxes, decimal points under one another.

Everything is at most as wide as the console: a wide matrix is cut into blocks of columns, never its
digits. A large one is shown in part, unless all of it is wanted.
"""

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from textwrap import wrap
from typing import NamedTuple

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table as RichTable
from rich.text import Text

from mlpcalc.report import marked
from mlpcalc.report.blocks import (
    Aligned,
    Block,
    Chain,
    Group,
    Header,
    Heading,
    ListItem,
    MarkedMatrix,
    Matrix,
    More,
    Note,
    Phrase,
    Problems,
    Table,
    Tally,
    pieces,
    plain,
    shortened,
)
from mlpcalc.report.figures import cell, ends, extremes, is_large
from mlpcalc.report.options import OPTIONS, offer
from mlpcalc.report.problems import render as problems_text
from mlpcalc.text.encoding import encodable
from mlpcalc.text.sanitize import width as columns_of
from mlpcalc.text.width import columns

_LEFT = 22  # the room for a formula on the line of the column labels
_LABEL = 13  # where the row labels end
_GAP = 2
_ELLIPSIS = "…"
_NO_BREAK = "\N{NO-BREAK SPACE}"
_LEAST = 20  # characters of a column that may be cut
_HEIGHT = 25  # lines, which nothing depends on; with both given, Rich does not ask the system for every line
_PIECE = 40  # characters; a piece of a line that is no longer is not broken


class _Whole(NamedTuple):
    """A table as wide as it is: Rich would cut the figures of a column that is wider than the console."""

    table: RichTable
    width: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        return console.render(self.table, options.update_width(self.width))


def show(blocks: Iterable[Block], *, full: bool = False) -> None:
    """Print the blocks on standard output; plain where that is no terminal or NO_COLOR is set."""
    plain = bool(os.environ.get("NO_COLOR"))
    console = Console(
        width=columns(sys.stdout),
        height=_HEIGHT,
        highlight=False,
        markup=False,
        emoji=False,
        color_system=None if plain else "auto",
    )
    render(blocks, console, full=full)


def text(blocks: Iterable[Block], *, full: bool = False) -> str:
    """The blocks as plain text, as wide as the terminal, without hints about options."""
    console = Console(file=StringIO(), highlight=False, markup=False, emoji=False, color_system=None)
    with console.capture() as captured:
        render(blocks, console, full=full, options={})
    return captured.get().rstrip("\n")


def render(
    blocks: Iterable[Block], console: Console, *, full: bool = False, options: Mapping[str, str] = OPTIONS
) -> None:
    """Print the blocks.

    full: whether large matrices are shown in full. options: the hint of each topic.
    """
    printer = _Printer(console, full, options)
    for block in blocks:
        printer.block(block)


class _Printer:
    def __init__(self, console: Console, full: bool, options: Mapping[str, str]) -> None:
        self._console = console
        self._options = options
        self._encoding = console.encoding
        self._full = full
        self._tight = True  # no blank line before the next block

    def block(self, block: Block) -> None:
        if isinstance(block, More) and not offer(block.what, block.text, self._options):
            return
        if not self._tight:
            self._console.print()
        self._tight = isinstance(block, Heading)
        self._print(block)

    def _print(self, block: Block) -> None:
        match block:
            case Group(blocks):
                for each in blocks:
                    self._print(each)
            case Header():
                self._header(block)
            case Heading(text):
                parts = [part.upper() if isinstance(part, str) else part for part in pieces(text)]
                self._lines(self._encodable(parts), "bold")
            case Matrix():
                self._matrix(block)
            case Table():
                self._table(block)
            case Aligned(rows):
                self._aligned([[self._encodable(piece) for piece in row] for row in rows])
            case Chain():
                self._chain(block)
            case Note(text):
                self._lines(self._encodable(text))
            case ListItem():
                self._pieces(marked.item(block, self._room))
            case More(what, text, level):
                if words := offer(what, text, self._options):
                    self._print(ListItem("", words, level))
            case MarkedMatrix():
                self._pieces(marked.written(block, self._room))
            case Tally():
                self._pieces(marked.tally(block, self._room))
            case Problems(problems):
                width = self._console.width if self._console.is_terminal else None
                for line in problems_text(problems, width).splitlines():
                    self._line(Text(self._encodable(line)))

    def _encodable(self, text: Phrase) -> str:
        return encodable(plain(text), self._encoding)

    @property
    def _room(self) -> marked.Room:
        return marked.Room(self._console.width, self._encodable)

    def _pieces(self, lines: Iterable[marked.Line]) -> None:
        for line in lines:
            text = Text.assemble(*line)
            text.rstrip()
            self._line(text)

    def _line(self, text: Text) -> None:
        self._console.print(text, soft_wrap=True)

    def _header(self, header: Header) -> None:
        title, origin = self._encodable(header.title), self._encodable(header.origin)
        gap = self._console.width - len(title) - len(origin)
        if not origin:
            self._lines(title, "bold")
        elif gap >= 2:
            self._line(Text.assemble((title, "bold"), " " * gap, (origin, "dim")))
        else:
            self._lines(title, "bold")
            self._lines(origin, "dim")
        for facts in header.lines:
            self._pieces(self._room.filled([self._encodable(fact) for fact in facts], hanging="    "))

    def _lines(self, text: str, style: str = "", indent: str = "") -> None:
        """Text of any length, broken at the width of the console."""
        for line in wrap(text, self._console.width, initial_indent=indent, subsequent_indent=indent):
            self._line(Text(line, style=style))

    def _matrix(self, matrix: Matrix) -> None:
        title = self._encodable([matrix.formula, "   ", matrix.shape]).rstrip()
        if not matrix.shape:
            self._number(title, self._encodable(_figures(matrix, [0], [0])[0][0]))
            return
        rows, columns, in_part = self._in_part(matrix)
        figures = [[self._encodable(cell) for cell in line] for line in _figures(matrix, rows, columns)]
        row_labels = [self._encodable(_ELLIPSIS if i is None else matrix.rows[i]) for i in rows]
        labels = [self._encodable(_ELLIPSIS if j is None else matrix.columns[j]) for j in columns]
        longest = max(len(text) for line in [labels, *figures] for text in line)
        width = max(longest, len("-0.") + matrix.digits.number) + _GAP
        roomy = _LEFT + width * len(labels) <= self._console.width
        left = _LEFT if roomy else max(map(len, row_labels)) + _GAP
        beside = roomy and len(title) <= _LEFT
        if not beside:
            self._title(title)
        per_block = max(1, (self._console.width - left) // width)
        for start in range(0, len(labels), per_block):
            part = slice(start, start + per_block)
            if start:
                self._console.print()
            table = RichTable(box=None, padding=0, pad_edge=False, show_edge=False, header_style="dim")
            table.add_column(Text(title if beside else "", style="bold not dim"), width=left, no_wrap=True)
            for label in labels[part]:
                table.add_column(Text(f"{label:>{width}}"), width=width, no_wrap=True)
            for label, cells in zip(row_labels, figures, strict=True):
                place = f"{label:>{_LABEL if roomy else left - _GAP}}"
                table.add_row(Text(place, style="dim"), *(Text(f"{cell:>{width}}") for cell in cells[part]))
            self._console.print(_Whole(table, left + width * len(labels[part])), crop=False)
        if in_part:
            low, high = extremes(matrix)
            range_ = [] if matrix.blank else [f"min {low}, max {high}"]
            parts = [
                f"in part, of {matrix.shape}",
                *range_,
                *filter(None, [offer("cells", "", self._options)]),
            ]
            self._lines(self._encodable("; ".join(parts)), "dim")

    def _number(self, title: str, number: str) -> None:
        """A quantity that is one number, beside its formula if there is room."""
        if len(title) + _GAP + len(number) <= self._console.width:
            self._line(Text.assemble((f"{title:<{_LEFT}}", "bold"), " " * _GAP, number))
        else:
            self._title(title)
            self._line(Text(" " * min(_LEFT + _GAP, max(0, self._console.width - len(number))) + number))

    def _indent(self, text: str, wanted: int) -> str:
        """So far, but not more than leaves room for the longest word of a text."""
        room = self._console.width - max(map(len, text.split()), default=0)
        return " " * max(0, min(wanted, self._console.width // 3, room))

    def _title(self, title: str) -> None:
        """A formula on lines of its own, continued under its right-hand side."""
        indent = self._indent(title, title.find("=") + 2)
        for line in wrap(title, self._console.width, subsequent_indent=indent, break_long_words=False):
            self._line(Text(line, style="bold"))

    def _in_part(self, matrix: Matrix) -> tuple[list[int | None], list[int | None], bool]:
        """Which rows and columns to show; None for those left out."""
        height, length = matrix.values.shape
        if self._full or not is_large(matrix):
            return list(range(height)), list(range(length)), False
        width = max(map(len, extremes(matrix)))
        labels = len(matrix.rows[-1]) + _GAP
        fit = max(3, (self._console.width - labels) // (max(width, len(matrix.columns[-1])) + _GAP))
        return ends(height, 10), ends(length, min(fit, 10)), True

    def _aligned(self, rows: Sequence[Sequence[str]]) -> None:
        """Pieces padded to one width a column; lines that are too long for that, each by itself."""
        columns = max(map(len, rows))
        widths = [
            max(
                len(row[i]) for row in rows if i < len(row) and not (i == len(row) - 1 and len(row) < columns)
            )
            for i in range(columns)
        ]
        first = widths[0]
        for row in rows:
            padded = [f"{piece:<{width}}" for piece, width in zip(row, widths, strict=False)]
            line = " ".join(padded).rstrip()
            indent = self._indent(line, first + 3)
            if len(line) > self._console.width:
                room = min(_PIECE, self._console.width - max(len(indent), first + 1))
                whole = [piece.replace(" ", _NO_BREAK) if len(piece) <= room else piece for piece in row[1:]]
                line = " ".join([f"{row[0]:<{first}}", *whole]).rstrip()
            for part in wrap(line, self._console.width, subsequent_indent=indent, break_long_words=False):
                self._line(Text(part.replace(_NO_BREAK, " ")))

    def _chain(self, chain: Chain) -> None:
        """The factors with their lines under them; as many side by side as there is room for."""
        left = self._encodable(f"{chain.product.text} = ")
        dot = self._encodable("· ")
        columns = [[self._encodable(piece) for piece in factor] for factor in chain.factors]
        if (
            len(left) + len(dot) + max(len(piece) for column in columns for piece in column)
            > self._console.width
        ):
            for column in [[left.rstrip(" =")], *columns]:
                self._lines((" " * _GAP).join(column))
            return
        parts: list[list[list[str]]] = [[]]
        used = len(left)
        for i, column in enumerate(columns):
            width = (len(dot) if i else 0) + max(map(len, column))
            if parts[-1] and used + len(dot) + width > self._console.width:
                parts.append([])
                used = len(left)
            padded = f"{{:<{max(map(len, column))}}}"
            signs = [(dot if row == 0 else " " * len(dot)) if i else "" for row in range(len(column))]
            parts[-1].append([sign + padded.format(piece) for sign, piece in zip(signs, column, strict=True)])
            used += width + 1
        for n, part in enumerate(parts):
            if n:
                self._console.print()
            for row, texts in enumerate(zip(*part, strict=True)):
                start = left if n == row == 0 else " " * len(left)
                self._line(Text((start + " ".join(texts)).rstrip(), style="" if row == 0 else "dim"))

    def _table(self, table: Table) -> None:
        lines = [[self._encodable(cell) for cell in line] for line in [table.columns, *table.rows]]
        widths = [max(map(columns_of, column)) for column in zip(*lines, strict=True)]
        if table.cut:
            room = self._console.width - sum(widths[:-1]) - _GAP * (len(widths) - 1)
            room = max(room, _LEAST) - len(self._encodable(_ELLIPSIS)) + len(_ELLIPSIS)
            for line in lines:
                line[-1] = self._encodable(shortened(line[-1], room))
            widths[-1] = max(columns_of(line[-1]) for line in lines)
        texts = [(" " * _GAP).join(map(marked.padded, line, widths)).rstrip() for line in lines]
        narrow = any(columns_of(text) > self._console.width for text in texts)
        for i, text in enumerate(texts):
            style = "dim" if i == 0 else ""
            if narrow:
                self._lines((" " * _GAP).join(lines[i]), style)
            else:
                self._line(Text(text, style=style))
            for below in table.below[i - 1] if i and table.below else ():
                self._lines(self._encodable(below), "dim", indent="    ")


def _figures(matrix: Matrix, rows: Sequence[int | None], columns: Sequence[int | None]) -> list[list[str]]:
    """The cells as text, decimal points under one another; givens as they were typed."""
    texts = [[_ELLIPSIS if i is None or j is None else cell(matrix, i, j) for j in columns] for i in rows]
    tails = [[_after_point(text) for text in line] for line in texts]
    longest = max(tail for line in tails for tail in line)
    return [
        [text + " " * (longest - tail) for text, tail in zip(line, line_tails, strict=True)]
        for line, line_tails in zip(texts, tails, strict=True)
    ]


def _after_point(text: str) -> int:
    """How many characters stand from the decimal point on."""
    return len(text) - text.index(".") if "." in text else 0
