"""Lay out blocks as lines of text for a terminal of some width, figures aligned at decimal points.

No line is wider than the terminal: wide matrices are cut into blocks of columns, and sentences are wrapped.
"""

from collections.abc import Callable, Iterator, Sequence
from textwrap import wrap
from typing import NamedTuple

from mlpcalc.report.blocks import Aligned, Chain, Header, ListItem, Matrix, Phrase, Table, plain
from mlpcalc.report.figures import cell, extremes, shown
from mlpcalc.text.sanitize import shortened, width

INDENT = "   "
GAP = 2  # columns between figures
STYLES = {"✗": "red", "✓": "green"}
_LEFT = 22  # the room for a formula on the line of the column labels
_LABEL = 13  # where the row labels end
_LONGEST_BAR = 20
_ELLIPSIS = "…"
_NO_BREAK = "\N{NO-BREAK SPACE}"
_LEAST = 20  # characters of a column that may be cut
_PIECE = 40  # characters; pieces of a line up to this length are not broken

Line = list[tuple[str, str]]
"""Pieces of text with their styles."""


class Room(NamedTuple):
    """The width of a terminal, and a function that spells out the signs that its encoding lacks."""

    width: int
    encodable: Callable[[str], str]

    def text(self, phrase: Phrase) -> str:
        """A phrase as text for this terminal."""
        return self.encodable(plain(phrase))

    def filled(self, facts: Sequence[str], indent: str = "", hanging: str = "") -> Iterator[Line]:
        """Facts side by side, as many on a line as fit; a longer one is wrapped."""
        line = ""
        for fact in facts:
            if line and width(line) + len(INDENT) + width(fact) <= self.width:
                line += INDENT + fact
                continue
            if line:
                yield [(line, "")]
            *whole, line = self.wrapped(fact, indent, indent + hanging)
            yield from ([(each, "")] for each in whole)
        if line:
            yield [(line, "")]

    def wrapped(self, text: str, first: str = "", others: str = "") -> list[str]:
        """Wrap a text at the width of the terminal; first, others: prefixes of the lines."""
        # In a very narrow terminal each line still has a few characters of text.
        room = max(self.width, len(first) + len(INDENT))
        lines = wrap(text, room, initial_indent=first, subsequent_indent=others, break_on_hyphens=False)
        return lines or [first.rstrip()]

    def words(self, text: str, style: str = "", indent: str = "") -> Iterator[Line]:
        """Wrap a text in one style at the width of the terminal."""
        for line in wrap(text, self.width, initial_indent=indent, subsequent_indent=indent):
            yield [(line, style)]

    def indent(self, text: str, wanted: int) -> str:
        """An indentation for the second line of a text that leaves room for its longest word."""
        room = self.width - max(map(len, text.split()), default=0)
        return " " * max(0, min(wanted, self.width // 3, room))


def padded(text: str, room: int) -> str:
    """The text followed by spaces, `room` columns wide."""
    return text + " " * (room - width(text))


def aligned_at_points(texts: Sequence[Sequence[str]]) -> list[list[str]]:
    """Figures with spaces behind them, so that aligned on the right they align at decimal points."""
    tails = [[len(text) - text.index(".") if "." in text else 0 for text in line] for line in texts]
    longest = max(map(max, tails))
    return [
        [text + " " * (longest - tail) for text, tail in zip(*line, strict=True)]
        for line in zip(texts, tails, strict=True)
    ]


def header(block: Header, room: Room) -> Iterator[Line]:
    """Title and origin, on one line if there is room; the facts below."""
    title, origin = room.text(block.title), room.text(block.origin)
    gap = room.width - len(title) - len(origin)
    if origin and gap >= GAP:
        yield [(title, "bold"), (" " * gap, ""), (origin, "dim")]
    else:
        yield from room.words(title, "bold")
        yield from room.words(origin, "dim")
    for facts in block.lines:
        yield from room.filled([room.text(fact) for fact in facts], hanging="    ")


def item(block: ListItem, room: Room) -> Iterator[Line]:
    """A remark with its mark in front, continued under itself."""
    indent, mark = INDENT * block.level, room.text(block.mark)
    first = f"{indent}{mark} " if mark else indent
    hanging = " " * len(first)
    lines = room.wrapped(room.text(block.text), first, hanging)
    for text in block.below:
        lines += room.wrapped(room.text(text), hanging, hanging)
    start = len(indent) + len(mark)
    yield [(lines[0][:start], STYLES.get(block.mark, "")), (lines[0][start:], "")]
    yield from ([(line, "")] for line in lines[1:])


# ---------------------------------------------------------------------------- matrices


def matrix(block: Matrix, room: Room, *, full: bool, hint: str | None) -> Iterator[Line]:
    """The figures under the labels of their columns, beside the formula if that is short.

    full: whether a large matrix is shown in full. hint: what to add where it is not.
    """
    title = room.text(INDENT.join(filter(None, [block.formula.text, block.shape, block.worth])))
    if not block.shape:
        yield from _number(title, room.text(cell(block, 0, 0)), room)
        return
    rows, columns = shown(block, _fitting(block, room), full=full)
    figures = aligned_at_points([[room.text(_cell(block, i, j)) for j in columns] for i in rows])
    row_labels = [room.text(_ELLIPSIS if i is None else block.rows[i]) for i in rows]
    labels = [room.text(_ELLIPSIS if j is None else block.columns[j]) for j in columns]
    longest = max(len(text) for line in [labels, *figures] for text in line)
    each = max(longest, len("-0.") + block.digits.number) + GAP
    roomy = _LEFT + each * len(labels) <= room.width
    left = _LEFT if roomy else max(map(len, row_labels)) + GAP
    beside = roomy and len(title) <= _LEFT
    if not beside:
        yield from _formula(title, room)
    per_block = max(1, (room.width - left) // each)
    for start in range(0, len(labels), per_block):
        part = slice(start, start + per_block)
        if start:
            yield []
        yield [(f"{title if beside else '':<{left}}", "bold"), _side_by_side(labels[part], each, "dim")]
        for label, cells in zip(row_labels, figures, strict=True):
            place = f"{label:>{_LABEL if roomy else left - GAP}}"
            yield [(f"{place:<{left}}", "dim"), _side_by_side(cells[part], each)]
    if None in [*rows, *columns]:
        range_ = "" if block.blank else "min {}, max {}".format(*extremes(block))
        yield from room.words(
            room.text("; ".join(filter(None, [f"in part, of {block.shape}", range_, hint]))), "dim"
        )


def _cell(block: Matrix, i: int | None, j: int | None) -> str:
    return _ELLIPSIS if i is None or j is None else cell(block, i, j)


def _side_by_side(texts: Sequence[str], each: int, style: str = "") -> tuple[str, str]:
    return "".join(f"{text:>{each}}" for text in texts), style


def _number(title: str, number: str, room: Room) -> Iterator[Line]:
    """A quantity that is one number, beside its formula if there is room."""
    if len(title) + GAP + len(number) <= room.width:
        yield [(f"{title:<{_LEFT}}", "bold"), (" " * GAP + number, "")]
    else:
        yield from _formula(title, room)
        yield [(" " * min(_LEFT + GAP, max(0, room.width - len(number))) + number, "")]


def _formula(text: str, room: Room) -> Iterator[Line]:
    """A formula on lines of its own, continued under its right-hand side."""
    indent = room.indent(text, text.find("=") + 2)
    for line in wrap(text, room.width, subsequent_indent=indent, break_long_words=False):
        yield [(line, "bold")]


def _fitting(block: Matrix, room: Room) -> int:
    """The number of columns that fit on a line."""
    longest = max(map(len, [*extremes(block), block.columns[-1]]))
    return (room.width - len(block.rows[-1]) - GAP) // (longest + GAP)


# ---------------------------------------------------------------------------- formulas and tables


def aligned(block: Aligned, room: Room) -> Iterator[Line]:
    """Lines with their pieces aligned in columns; a line that is too long is wrapped instead."""
    rows = [[room.text(piece) for piece in row] for row in block.rows]
    columns = max(map(len, rows))
    whole = [row if len(row) == columns else row[:-1] for row in rows]  # the last piece of others may extend
    widths = [max((len(row[i]) for row in whole if i < len(row)), default=0) for i in range(columns)]
    for row in rows:
        line = " ".join(f"{piece:<{width}}" for piece, width in zip(row, widths, strict=False)).rstrip()
        indent = room.indent(line, widths[0] + 3)
        if len(line) > room.width:
            most = min(_PIECE, room.width - max(len(indent), widths[0] + 1))
            kept = [piece.replace(" ", _NO_BREAK) if len(piece) <= most else piece for piece in row[1:]]
            line = " ".join([f"{row[0]:<{widths[0]}}", *kept]).rstrip()
        for part in wrap(line, room.width, subsequent_indent=indent, break_long_words=False):
            yield [(part.replace(_NO_BREAK, " "), "")]


def chain(block: Chain, room: Room) -> Iterator[Line]:
    """The factors with their lines below; as many side by side as there is room for."""
    left, dot = room.encodable(f"{block.product.text} = "), room.encodable("· ")
    columns = [[room.text(piece) for piece in factor] for factor in block.factors]
    if len(left) + len(dot) + max(len(piece) for column in columns for piece in column) > room.width:
        for column in [[left.rstrip(" =")], *columns]:
            yield from room.words((" " * GAP).join(column))
        return
    parts: list[list[list[str]]] = [[]]
    used = len(left)
    for i, column in enumerate(columns):
        each = max(map(len, column))
        taken = (len(dot) if i else 0) + each
        if parts[-1] and used + len(dot) + taken > room.width:
            parts.append([])
            used = len(left)
        signs = ["", *[""] * len(column)] if i == 0 else [dot, *[" " * len(dot)] * len(column)]
        parts[-1].append([f"{sign}{piece:<{each}}" for sign, piece in zip(signs, column, strict=False)])
        used += taken + 1
    for n, part in enumerate(parts):
        if n:
            yield []
        for row, texts in enumerate(zip(*part, strict=True)):
            start = left if n == row == 0 else " " * len(left)
            yield [(start + " ".join(texts), "" if row == 0 else "dim")]


def table(block: Table, room: Room) -> Iterator[Line]:
    """Aligned columns; wrapped lines if a row would be wider than the terminal."""
    if block.across:
        for part in _across(block, room):
            yield from table(part, room)
        return
    lines = [[room.text(text) for text in line] for line in [block.columns, *block.rows]]
    gap = " " * GAP
    if block.bars:
        taken = sum(max(map(width, column)) + GAP for column in zip(*lines, strict=True))
        longest = max(0, min(_LONGEST_BAR, room.width - taken))
        bars = [room.encodable("█") * round(longest * bar) for bar in block.bars]
        lines = [[*line, bar] for line, bar in zip(lines, ["", *bars], strict=True)]
    if block.cut:
        others = [max(map(width, column)) + GAP for column in [*zip(*lines, strict=True)][:-1]]
        rest = max(room.width - sum(others), _LEAST) - len(room.text(_ELLIPSIS)) + len(_ELLIPSIS)
        lines = [[*line[:-1], room.text(shortened(line[-1], rest))] for line in lines]
    widths = [max(map(width, column)) for column in zip(*lines, strict=True)]
    texts = [gap.join(map(padded, line, widths)).rstrip() for line in lines]
    narrow = any(width(text) > room.width for text in texts)
    for i, text in enumerate(texts):
        style = "dim" if i == 0 else ""
        yield from room.words(gap.join(lines[i]), style) if narrow else [[(text, style)]]
        for below in block.below[i - 1] if i and block.below else ():
            yield from room.words(room.text(below), "dim", indent="    ")


def _across(block: Table, room: Room) -> Iterator[Table]:
    """A table with its rows side by side, under each other where they do not fit on a line."""

    def taken(texts: Sequence[Phrase]) -> int:
        return max(width(room.text(text)) for text in texts) + GAP

    parts: list[list[Sequence[Phrase]]] = []
    left = 0
    for row in block.rows:
        if taken(row) > left:
            parts.append([block.columns])
            left = room.width - taken(block.columns) + GAP
        parts[-1].append(row)
        left -= taken(row)
    for part in parts:
        first, *others = zip(*part, strict=True)
        yield Table(first, others)
