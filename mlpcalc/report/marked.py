"""Lay out marked answers and frequencies as lines of text for a terminal of some width."""

from collections.abc import Iterator
from textwrap import wrap

from mlpcalc.report.blocks import Frequency, MarkedMatrix, Tally
from mlpcalc.report.figures import LARGE
from mlpcalc.report.lines import GAP, INDENT, STYLES, Line, Room, aligned_at_points, padded
from mlpcalc.text.sanitize import shortened, width

_FEW = 8  # rows of a large matrix
_REMARKS = 6
_BAR = 12
_LEAST_BAR = 4
_WHAT = 0.45  # of the width; longer descriptions are wrapped
_WHO = 16  # the room that sheets get before bars do
_NARROW = 60


# ---------------------------------------------------------------------------- a marked answer


def written(block: MarkedMatrix, room: Room) -> Iterator[Line]:
    """The figures under the labels of their columns, remarks to the right if all fit."""
    style = STYLES.get(block.sign, "")
    title: Line = [(room.encodable(block.sign), style), (f" {room.encodable(block.name.text)}", "bold")]
    start = sum(len(text) for text, _ in title)
    if not block.shape:
        yield from _number(block, title, room.width - start, room)
        return
    signed = [[*map("".join, zip(*line, strict=True))] for line in zip(block.signs, block.cells, strict=True)]
    figures = aligned_at_points([[room.text(figure) for figure in line] for line in signed])
    left = max(start, len(INDENT) + max(map(len, block.rows)))
    each = max(len(text) for line in [block.columns, *figures] for text in line) + GAP
    rows, columns = part(block, (room.width - left) // each)
    whole = len(rows) == len(block.rows) and len(columns) == len(block.columns)
    beside = [room.encodable(", ".join(remarks)) for remarks in block.remarks]
    rest = room.width - left - each * len(columns) - len(INDENT)
    fits = whole and all(width(remark) <= rest for remark in beside)
    labels = "".join(f"{block.columns[j]:>{each}}" for j in columns)
    yield [*title, (" " * (left - start) + labels, "dim")]
    for i in rows:
        line: Line = [(f"{INDENT}{block.rows[i]}".ljust(left), "dim")]
        line += [(f"{figures[i][j]:>{each}}", STYLES.get(block.signs[i][j], "")) for j in columns]
        yield [*line, (INDENT + beside[i], "")] if fits and beside[i] else line
    if not whole:
        yield [(room.encodable(f"{INDENT}in part, of {block.shape}"), "dim")]
    if not fits:
        remarks = [remark for line in block.remarks for remark in line]
        more = [f"and {len(remarks) - _REMARKS} more"] if len(remarks) > _REMARKS else []
        yield from room.filled([room.encodable(text) for text in [*remarks[:_REMARKS], *more]], INDENT)


def _number(block: MarkedMatrix, title: Line, rest: int, room: Room) -> Iterator[Line]:
    """A quantity that is one number, on one line if there is room."""
    figure = INDENT + room.encodable(block.cells[0][0])
    remark = room.encodable(", ".join(block.remarks[0]))
    fits = len(figure) + len(INDENT) + len(remark) <= rest
    yield [*title, (figure, STYLES.get(block.sign, "")), (INDENT + remark if fits else "", "")]
    if not fits:
        yield from room.filled([remark], INDENT)


def part(block: MarkedMatrix, fitting: int) -> tuple[list[int], list[int]]:
    """The rows and columns to show: all, or if that is too many, some of those with wrong cells.

    fitting: the number of columns that fit.
    """
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
    """A row for each finding, with a bar; in a narrow terminal a sentence without one."""
    rows = [_encoded(row, room) for row in block.rows]
    if room.width < _NARROW:
        for row in rows:
            text = f"{row.times}  {row.what}  {row.where}  {_names(row, 2 * _NARROW, room)}"
            yield from ([(line, "")] for line in room.wrapped(text, others=INDENT))
        return
    most = max(row.times for row in rows)
    digits = len(str(most))
    what = min(
        int(_WHAT * room.width), max(width(text) for text in [block.columns[0], *(row.what for row in rows)])
    )
    where = max(width(text) for text in [block.columns[1], *(row.where for row in rows)])
    left = room.width - what - where - digits - 4 * GAP
    bar = min(_BAR, most, max(_LEAST_BAR, left - _WHO))
    gap = " " * GAP
    heads = [padded(block.columns[0], what), padded(block.columns[1], where), block.columns[2]]
    yield [(gap.join(heads), "dim")]
    for row in rows:
        first, *others = wrap(row.what, what - len(INDENT), break_on_hyphens=False) or [""]
        if width(row.what) <= what:
            first, others = row.what, []
        bars = padded(room.encodable("█") * max(1, round(bar * row.times / most)), bar)
        cells = [padded(first, what), padded(row.where, where), f"{bars} {row.times:>{digits}}"]
        yield [(gap.join([*cells, _names(row, left - bar, room)]).rstrip(), "")]
        yield from ([(INDENT + other, "")] for other in others)


def _encoded(row: Frequency, room: Room) -> Frequency:
    what, where, *who = map(room.encodable, (row.what, row.where, *row.who))
    return Frequency(what, where, row.times, who)


def _names(row: Frequency, available: int, room: Room) -> str:
    """As many names of sheets as fit."""
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
