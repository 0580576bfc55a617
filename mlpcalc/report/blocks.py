"""What a command has to say, before it takes a form: blocks for people, data for programs.

Numbers stay at full precision here; rounding is the renderer's.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from mlpcalc.arrays import Array
from mlpcalc.errors import Problem
from mlpcalc.notation.formulas import Formula as Formula  # a part of blocks: offered here again
from mlpcalc.text.sanitize import width

Phrase = str | Formula | Sequence[str | Formula]
"""Words with formulas among them."""


def plain(phrase: Phrase) -> str:
    """A phrase as text."""
    return "".join(piece if isinstance(piece, str) else piece.text for piece in pieces(phrase))


def pieces(phrase: Phrase) -> Sequence[str | Formula]:
    """The words and formulas of a phrase, in their order."""
    return [phrase] if isinstance(phrase, str | Formula) else phrase


class Header(NamedTuple):
    """The head of a report: what it is about, where that comes from, and lines of facts."""

    title: str
    origin: str
    lines: Sequence[Sequence[Phrase]] = ()


class Heading(NamedTuple):
    """The title of a part."""

    text: Phrase


class Matrix(NamedTuple):
    """A quantity with its formula.

    values: shape (rows, columns); one row for a flat list, (1, 1) for a number.
    shape: as it is shown, such as "3×4"; empty for a number.
    rows, columns: the labels.
    cells: the figures as typed in the exercise, for givens.
    counts: what the rows and the columns count, such as ("unit", "sample"); what the cells of a list count.
    upright: whether a flat list is a column in formulas.
    blank: whether the cells are left empty, for figures to be written in.
    """

    formula: Formula
    shape: str
    values: Array
    rows: Sequence[str]
    columns: Sequence[str]
    decimals: int
    cells: Sequence[Sequence[str]] | None = None
    counts: Sequence[str] = ()
    upright: bool = False
    blank: bool = False

    @property
    def described(self) -> str:
        """`3×4, a row for each unit, a column for each sample`; nothing for a number."""
        if not self.shape:
            return ""
        ways = ("one",) if len(self.counts) == 1 else ("a row", "a column")
        words = [f"{way} for each {noun}" for way, noun in zip(ways, self.counts, strict=False)]
        return ", ".join([self.shape, *words])


class MarkedMatrix(NamedTuple):
    """A quantity as it stands on an answer sheet, some of its figures marked.

    rows, columns: the labels; one empty label where there is only one.
    cells: the figures as typed; signs: what is put before each, "" for nothing, "✗" where it is wrong.
    remarks: what is said about the cells, row by row.
    """

    name: Formula
    shape: str
    rows: Sequence[str]
    columns: Sequence[str]
    cells: Sequence[Sequence[str]]
    signs: Sequence[Sequence[str]]
    remarks: Sequence[Sequence[str]]


class Table(NamedTuple):
    """A list of things with a few properties each; `below` has lines of text to stand under each row.

    cut: whether the last column, rather than be broken, ends where the room ends.
    """

    columns: Sequence[Phrase]
    rows: Sequence[Sequence[Phrase]]
    below: Sequence[Sequence[Phrase]] = ()
    cut: bool = False


class Frequency(NamedTuple):
    """How often something was found: what, where, how often, on which sheets (or on some of them)."""

    what: str
    where: str
    times: int
    who: Sequence[str]


class Tally(NamedTuple):
    """What was found how often, with a bar for each number; columns: the labels of what, where and who."""

    columns: tuple[str, str, str]
    rows: Sequence[Frequency]


class Aligned(NamedTuple):
    """Lines whose pieces stand under one another.

    A line with fewer pieces than the longest one has its last piece run on to the right.
    """

    rows: Sequence[Sequence[Formula]]


class Chain(NamedTuple):
    """A product of derivatives, each factor with lines under it: what it is, its shape."""

    product: Formula
    factors: Sequence[Sequence[Formula]]


class Note(NamedTuple):
    """A remark."""

    text: Phrase


class ListItem(NamedTuple):
    """A remark with a mark in front, such as ✓ or (1).

    level: how far it is indented. below: what stands under the text.
    """

    mark: str
    text: Phrase
    level: int = 0
    below: Sequence[Phrase] = ()


class More(NamedTuple):
    """Something that is not shown, and can be asked for: in the terminal it is said by which option.

    text: what is said of it everywhere; nothing if only the terminal has something to say. level: how far it
    is indented.
    """

    what: Literal["operands", "equations", "sheets", "everything"]
    text: str = ""
    level: int = 0


class Problems(NamedTuple):
    """What is wrong with a file, each with its place."""

    problems: Sequence[Problem]


class Group(NamedTuple):
    """Blocks that stand close together."""

    blocks: "Sequence[Block]"


Block = (
    Header
    | Heading
    | Matrix
    | MarkedMatrix
    | Table
    | Tally
    | Aligned
    | Chain
    | Note
    | ListItem
    | More
    | Problems
    | Group
)


def shortened(text: str, room: int) -> str:
    """The text, cut with an ellipsis if it takes more columns of a terminal than there is room for."""
    if len(text) <= room // 2 or width(text) <= room:
        return text
    kept, used = [], 1  # the ellipsis
    for character in text:
        used += width(character)
        if used > room:
            break
        kept.append(character)
    return f"{''.join(kept).rstrip()}…"
