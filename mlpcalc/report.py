"""What a command has to say, before it takes a form: blocks for people, data for programs.

Numbers stay at full precision here; rounding is the renderer's.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from mlpcalc.stable import Array


class Header(NamedTuple):
    """The head of a report: what it is about, where that comes from, and lines of facts."""

    title: str
    origin: str
    lines: Sequence[Sequence[str]] = ()


class Heading(NamedTuple):
    """The title of a part."""

    text: str


class Matrix(NamedTuple):
    """A quantity with its formula.

    values: shape (rows, columns); one row for a flat list, (1, 1) for a number.
    shape: as it is shown, such as "3×4"; empty for a number.
    rows, columns: the labels.
    cells: the figures as typed in the exercise, for givens.
    """

    formula: str
    shape: str
    values: Array
    rows: Sequence[str]
    columns: Sequence[str]
    decimals: int
    cells: Sequence[Sequence[str]] | None = None


class Table(NamedTuple):
    """A list of things with a few properties each; `below` has lines of text to stand under each row."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    below: Sequence[Sequence[str]] = ()


class Note(NamedTuple):
    """A remark."""

    text: str


Block = Header | Heading | Matrix | Table | Note


class Report(NamedTuple):
    """Blocks for people, `data` for JSON, `records` for CSV, the head first; only what is printed is made.

    status: the exit code that the command ends with.
    """

    blocks: Callable[[], Iterable[Block]]
    data: Callable[[], Mapping[str, Any]]
    records: Callable[[], Iterable[Sequence[Any]]] | None = None
    status: int = 0
