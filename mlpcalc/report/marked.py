"""Marked answers, and what was found how often, as lines of text for a terminal of some width."""

from collections.abc import Callable, Iterator, Sequence
from textwrap import wrap
from typing import NamedTuple

from mlpcalc.report.blocks import Frequency, ListItem, MarkedMatrix, Tally, plain, shortened
from mlpcalc.report.figures import LARGE
from mlpcalc.text.sanitize import width

_INDENT = "   "
_GAP = 2
_FEW = 8  # rows of a large matrix
_REMARKS = 6
_BAR = 12
_LEAST_BAR = 4
_WHAT = 0.45  # of the width: the longest that a mistake is on one line
_WHO = 16  # the room that sheets get before bars do
_NARROW = 60
_STYLES = {"✗": "red", "✓": "green"}

Line = list[tuple[str, str]]
"""Pieces of text with their styles."""


class Room(NamedTuple):
    """The width of the console, and what makes text fit for its encoding."""

    width: int
    encodable: Callable[[str], str]

    def filled(self, facts: Sequence[str], indent: str = "", hanging: str = "") -> Iterator[Line]:
        """Facts side by side, as many on a line as there is room for; a longer one is broken."""
        line = ""
        for fact in facts:
            if line and width(line) + len(_INDENT) + width(fact) <= self.width:
                line += _INDENT + fact
                continue
            if line:
                yield [(line, "")]
            *whole, line = self.wrapped(fact, indent, indent + hanging)
            yield from ([(each, "")] for each in whole)
        if line:
            yield [(line, "")]

    def wrapped(self, text: str, first: str = "", others: str = "") -> list[str]:
        """Text of any length, broken at the width of the console, behind what its lines begin with."""
        # Where the console is hardly wider than that, a few characters of text stand on each line.
        room = max(self.width, len(first) + len(_INDENT))
        lines = wrap(text, room, initial_indent=first, subsequent_indent=others, break_on_hyphens=False)
        return lines or [first.rstrip()]


def item(block: ListItem, room: Room) -> Iterator[Line]:
    """A remark behind its mark, going on under itself."""
    indent, mark = _INDENT * block.level, room.encodable(block.mark)
    first = f"{indent}{mark} " if mark else indent
    hanging = " " * len(first)
    lines = room.wrapped(room.encodable(plain(block.text)), first, hanging)
    for text in block.below:
        lines += room.wrapped(room.encodable(plain(text)), hanging, hanging)
    start = len(indent) + len(mark)
    yield [(lines[0][:start], _STYLES.get(block.mark, "")), (lines[0][start:], "")]
    yield from ([(line, "")] for line in lines[1:])


# ---------------------------------------------------------------------------- a marked answer


def written(block: MarkedMatrix, room: Room) -> Iterator[Line]:
    """The figures under the labels of their columns, remarks to the right if there is room for all."""
    style = _STYLES.get(block.sign, "")
    title: Line = [(room.encodable(block.sign), style), (f" {room.encodable(block.name.text)}", "bold")]
    start = sum(len(text) for text, _ in title)
    if not block.shape:
        yield from _number(block, title, room.width - start, room)
        return
    figures = _figures(block, room)
    left = max(start, len(_INDENT) + max(map(len, block.rows)))
    each = max(len(text) for line in [block.columns, *figures] for text in line) + _GAP
    rows, columns = part(block, (room.width - left) // each)
    whole = len(rows) == len(block.rows) and len(columns) == len(block.columns)
    beside = [room.encodable(", ".join(remarks)) for remarks in block.remarks]
    rest = room.width - left - each * len(columns) - len(_INDENT)
    fits = whole and all(width(remark) <= rest for remark in beside)
    labels = "".join(f"{block.columns[j]:>{each}}" for j in columns)
    yield [*title, (" " * (left - start) + labels, "dim")]
    for i in rows:
        line: Line = [(f"{_INDENT}{block.rows[i]}".ljust(left), "dim")]
        line += [(f"{figures[i][j]:>{each}}", _STYLES.get(block.signs[i][j], "")) for j in columns]
        yield [*line, (_INDENT + beside[i], "")] if fits and beside[i] else line
    if not whole:
        yield [(room.encodable(f"{_INDENT}in part, of {block.shape}"), "dim")]
    if not fits:
        remarks = [remark for line in block.remarks for remark in line]
        more = [f"and {len(remarks) - _REMARKS} more"] if len(remarks) > _REMARKS else []
        yield from room.filled([room.encodable(text) for text in [*remarks[:_REMARKS], *more]], _INDENT)


def _number(block: MarkedMatrix, title: Line, rest: int, room: Room) -> Iterator[Line]:
    """A quantity that is one number, all on one line if there is room."""
    figure = _INDENT + room.encodable(block.cells[0][0])
    remark = room.encodable(", ".join(block.remarks[0]))
    fits = len(figure) + len(_INDENT) + len(remark) <= rest
    yield [*title, (figure, _STYLES.get(block.sign, "")), (_INDENT + remark if fits else "", "")]
    if not fits:
        yield from room.filled([remark], _INDENT)


def _figures(block: MarkedMatrix, room: Room) -> list[list[str]]:
    """The figures behind their signs, decimal points under one another."""
    texts = [
        [room.encodable(sign + text) for sign, text in zip(*line, strict=True)]
        for line in zip(block.signs, block.cells, strict=True)
    ]
    tails = [[len(text) - text.index(".") if "." in text else 0 for text in line] for line in texts]
    longest = max(map(max, tails))
    return [
        [text + " " * (longest - tail) for text, tail in zip(*line, strict=True)]
        for line in zip(texts, tails, strict=True)
    ]


def part(block: MarkedMatrix, fitting: int) -> tuple[list[int], list[int]]:
    """The rows and columns to show: all of them, or else some of those with something wrong in them."""
    rows, columns = list(range(len(block.rows))), list(range(len(block.columns)))
    if len(rows) > LARGE:
        rows = [i for i in rows if block.sign in block.signs[i]][:_FEW]
    if len(columns) > max(1, fitting):
        columns = [j for j in columns if any(block.signs[i][j] == block.sign for i in rows)][
            : max(1, fitting)
        ]
    return rows, columns


# ---------------------------------------------------------------------------- how often


def tally(block: Tally, room: Room) -> Iterator[Line]:
    """A row for each thing that was found, with a bar; in a narrow terminal a few words instead."""
    rows = [_encoded(row, room) for row in block.rows]
    if room.width < _NARROW:
        for row in rows:
            text = f"{row.times}  {row.what}  {row.where}  {_names(row, 2 * _NARROW, room)}"
            yield from ([(line, "")] for line in room.wrapped(text, others=_INDENT))
        return
    most = max(row.times for row in rows)
    digits = len(str(most))
    what = min(
        int(_WHAT * room.width), max(width(text) for text in [block.columns[0], *(row.what for row in rows)])
    )
    where = max(width(text) for text in [block.columns[1], *(row.where for row in rows)])
    left = room.width - what - where - digits - 4 * _GAP
    bar = min(_BAR, most, max(_LEAST_BAR, left - _WHO))
    gap = " " * _GAP
    heads = [padded(block.columns[0], what), padded(block.columns[1], where), block.columns[2]]
    yield [(gap.join(heads), "dim")]
    for row in rows:
        first, *others = wrap(row.what, what - len(_INDENT), break_on_hyphens=False) or [""]
        if width(row.what) <= what:
            first, others = row.what, []
        bars = padded(room.encodable("█") * max(1, round(bar * row.times / most)), bar)
        cells = [padded(first, what), padded(row.where, where), f"{bars} {row.times:>{digits}}"]
        yield [(gap.join([*cells, _names(row, left - bar, room)]).rstrip(), "")]
        yield from ([(_INDENT + other, "")] for other in others)


def _encoded(row: Frequency, room: Room) -> Frequency:
    what, where, *who = map(room.encodable, (row.what, row.where, *row.who))
    return Frequency(what, where, row.times, who)


def _names(row: Frequency, available: int, room: Room) -> str:
    """As many of the sheets as there is room for."""
    between = ", " if any(" " in name for name in row.who) else " "
    more = between + room.encodable("…")
    text = ""
    for shown, name in enumerate(row.who, start=1):
        longer = f"{text}{between}{name}" if text else name
        if width(longer) + (len(more) if shown < row.times else 0) > available:
            break
        text = longer
    else:
        return text + (more if row.times > len(row.who) else "")
    if not text:
        text = room.encodable(shortened(row.who[0], max(available - len(more) - 2, 2)))
    return text + (more if row.times > 1 else "")


def padded(text: str, room: int) -> str:
    """The text with so much space behind it that it takes all of its room."""
    return text + " " * (room - width(text))
