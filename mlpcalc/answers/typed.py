"""What people type into a cell: a figure in some spelling, a blank, or something that cannot be read."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from mlpcalc.answers.digits import INFINITE, figure
from mlpcalc.answers.forms.figures import BLANKS, DASHES, DECIMAL_COMMA
from mlpcalc.reading.numerals import NumeralError
from mlpcalc.reading.source import Document, ScalarNode

BLANK = "~"
_INFINITE = re.compile(r"([-+]?)(?:\.?inf|infinity|∞)", re.IGNORECASE)
_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2},\d{3}")
_NO_NUMBER = re.compile(r"[-+]?0\d")
_LONGEST = 100  # characters; no figure is as long

Rows = Sequence[Sequence[ScalarNode]]


class CellReading(NamedTuple):
    """A cell as it is read: the figure in plain letters, None if it is blank, or why it cannot be read."""

    figure: str | None
    fault: NumeralError | None = None


def reading(text: str) -> CellReading:
    """What a cell means, with any dash as a minus; `inf` and `-inf` are figures, `nan` is none."""
    return _read(text) if len(text) <= _LONGEST else _as_figure(text)


@lru_cache(maxsize=1 << 14)  # a class writes the same few figures over and over
def _read(text: str) -> CellReading:
    plain = text.strip().translate(DASHES)
    if plain.lower() in BLANKS:
        return CellReading(None)
    if found := _INFINITE.fullmatch(plain):
        minus, plus = sorted(INFINITE)
        return CellReading(minus if found[1] == "-" else plus)
    return _as_figure(plain)


def _as_figure(text: str) -> CellReading:
    try:
        figure(text)
    except NumeralError as error:
        return CellReading(None, error)
    return CellReading(text)


def is_blank(cell: ScalarNode) -> bool:
    """Whether nothing is answered in a cell."""
    return cell.text in BLANKS or reading(cell.text) == CellReading(None)


class Commas(NamedTuple):
    """Rows in which commas have been told apart; `decimal` is the first cell where one is a decimal point."""

    rows: Rows
    decimal: ScalarNode | None = None


def told_apart(rows: Rows, fits: "Fits", document: Document) -> Commas:
    """Commas as decimal points, or as what separates numbers, where they can mean nothing else.

    fits: whether rows have as many numbers as the quantity. Where that does not tell, all stays as it is.
    document: where the rows stand.
    """
    with_comma = [cell for row in rows for cell in row if "," in cell.text]
    if not with_comma:
        pairs = _pairs(rows, document)
        return told_apart(pairs, fits, document) if pairs is not None and fits(pairs) else Commas(rows)
    plain = [cell.text.translate(DASHES) for cell in with_comma]
    decimal = _are_decimal(plain, with_points=any("." in cell.text for row in rows for cell in row))
    no_two_numbers = any(_NO_NUMBER.match(text.partition(",")[2]) for text in plain)
    if decimal and (no_two_numbers or fits(rows)):
        return Commas(rows, with_comma[0])
    split = [[part for cell in row for part in _parts(cell)] for row in rows]
    either = decimal and (plain[0].lstrip("-+")[0] == "0" or any(len(row) > 1 for row in rows))
    return Commas(split if fits(split) and not either else rows)


def _are_decimal(texts: Sequence[str], *, with_points: bool) -> bool:
    """Whether commas can be decimal points: 1,234 is more than a thousand unless another shows otherwise.

    with_points: whether points are written beside them.
    """
    if not all(DECIMAL_COMMA.fullmatch(text) for text in texts):
        return False
    no_thousands = [_THOUSANDS.fullmatch(text) is None for text in texts]
    return all(no_thousands) if with_points else any(no_thousands)


class Fits:
    """Whether rows have the shape of a quantity as the exercise has it; a flat list may lie either way."""

    def __init__(self, rows: int, columns: int, *, flat: bool) -> None:
        self._shape, self._flat = (rows, columns), flat

    def __call__(self, rows: Rows) -> bool:
        """Whether they have."""
        lengths = {len(row) for row in rows}
        if 1 in self._shape and (self._flat or len(rows) == 1) and (len(rows) == 1 or lengths == {1}):
            return sum(map(len, rows)) == self._shape[0] * self._shape[1]
        return len(rows) == self._shape[0] and lengths == {self._shape[1]}


def _pairs(rows: Rows, document: Document) -> Rows | None:
    """The numbers of which commas without a space have made two each: 0,45, 0,12 in a list."""
    if not rows or len(rows[0]) % 2 or not _is_whole(rows[0][0]):  # as most are
        return None
    if any(len(row) % 2 for row in rows) or not all(_is_whole(cell) for row in rows for cell in row):
        return None
    joined = []
    for row in rows:
        pairs = [*zip(row[::2], row[1::2], strict=True)]
        tight = all(_split_by_comma(*pair, document) for pair in pairs)
        loose = not any(
            _split_by_comma(before, after, document) for (_, before), (after, _) in pairwise(pairs)
        )
        if not (tight and loose):
            return None
        joined.append([left._replace(text=f"{left.text},{right.text}") for left, right in pairs])
    return joined


def _is_whole(cell: ScalarNode) -> bool:
    return cell.text.translate(DASHES).lstrip("-+").isdigit()


def _split_by_comma(left: ScalarNode, right: ScalarNode, document: Document) -> bool:
    """Whether nothing but a comma stands between two cells."""
    end = left.column - 1 + len(left.text)
    beside = (left.line, end + 2) == (right.line, right.column)
    return beside and document.lines[left.line - 1][end : end + 1] == ","


def _parts(cell: ScalarNode) -> list[ScalarNode]:
    return [cell._replace(text=part) for part in cell.text.split(",") if part]
