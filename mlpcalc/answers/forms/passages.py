"""What a document states, before anything is known of its meaning: names, a grid of figures, a place."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple

from mlpcalc.answers.digits import figure
from mlpcalc.answers.forms.figures import figure_text, is_blank, is_ellipsis, scaled
from mlpcalc.errors import refuse
from mlpcalc.text.wording import counted

_LONGEST_LIST = 400  # characters of a list of names
MAX_CELLS = 500_000  # of a document
_ENOUGH = 1 / 2  # of the cells must be figures, or it is a matrix of letters


class Grid(NamedTuple):
    """Figures as typed, row by row, spelled as numbers are; flat where a list may be a row or a column."""

    rows: tuple[tuple[str, ...], ...]
    flat: bool = False

    @property
    def turned(self) -> "Grid":
        """The transpose; a flat list becomes a column."""
        return Grid(tuple(zip(*self.rows, strict=True)))

    def scaled(self, power: int) -> "Grid":
        """The figures times a power of ten, with the same digits."""
        rows = tuple(tuple(scaled(text, power) for text in row) for row in self.rows) if power else self.rows
        return self._replace(rows=rows)

    @property
    def size(self) -> int:
        """How many cells there are."""
        return sum(map(len, self.rows))


class Passage(NamedTuple):
    """One chain of equals signs with figures in it: `S_2 = W_2 Z_1 = Z_2 = [0.0986, 0.0112]`.

    names: what else the chain has, as typed, in its order; a name, a formula, or words. heading: the words
    above it in the document. assigned: whether the figures were assigned by an arrow, ←. rows, columns: what
    a table has beside its rows and above its columns. quiet: whether it may as well be no passage at all.
    plain: whether the names are those of the program's own files, not of the course. fault: why the figures
    cannot be used, to be told if the names mean anything.
    """

    names: tuple[str, ...]
    grid: Grid
    line: int
    column: int = 1
    heading: str = ""
    assigned: bool = False
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    quiet: bool = False
    plain: bool = False
    fault: str = ""

    def one_by_one(self) -> Iterator["Passage"]:
        """A passage for each name where these are a list beside a list: `(w_1, w_2) = (0.1, 0.2)`."""
        listed = _listed(self.names[0]) if self.names else []
        figures = [text for row in self.grid.rows for text in row]
        if len(listed) < 2 or len(listed) != len(figures) or not all(listed):
            yield self
            return
        for name, text in zip(listed, figures, strict=True):
            yield self._replace(names=(name,), grid=Grid(((text,),), flat=True))


def _listed(text: str) -> list[str]:
    """The names in a list of them: those of `[w_{1,1}, w_2]`; one if it is no list."""
    inside = text.strip()
    if inside[:1] in "([" and inside[-1:] in ")]":
        inside = inside[1:-1]
    commas, depth = [-1], 0
    for place, sign in enumerate(inside[:_LONGEST_LIST]):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0:
            commas.append(place)
    ends = [*commas[1:], len(inside)]
    return [inside[start + 1 : end].strip() for start, end in zip(commas, ends, strict=True)]


class Leftover(NamedTuple):
    """Something that was not understood, and why; figures without a name among it."""

    line: int
    message: str


class Reading(NamedTuple):
    """All that a document states, and what of it could not be read, each in the document's order.

    labels: what it says of itself, such as the name of the student.
    """

    passages: list[Passage]
    leftovers: list[Leftover]
    labels: Mapping[str, str] = MappingProxyType({})

    def add(self, other: "Reading") -> None:
        """Take over what another reader found."""
        self.passages.extend(other.passages)
        self.leftovers.extend(other.leftovers)

    def leave(self, line: int, message: str) -> None:
        """Note what is left out."""
        self.leftovers.append(Leftover(line, message))


def empty() -> Reading:
    """A reading with nothing in it so far."""
    return Reading([], [])


INCOMPLETE = "incomplete: cells are left out with …"
CONTRADICTION = "two different values in one chain"


def grid_of(rows: Sequence[Sequence[str]], *, flat: bool = False, comma: bool = False) -> Grid | str | None:
    """Cells as typed as a grid of figures; a message where it cannot be used, None where it has no figures.

    comma: whether 0,5 in a cell is a number with a decimal comma.
    """
    cells = sum(map(len, rows))
    if cells > MAX_CELLS:
        return f"too large: {cells:,} cells, at most {MAX_CELLS:,} are read"
    read = [[_cell(text, comma=comma) for text in row] for row in rows]
    figures = sum(text is not None for row in read for text, _ in row)
    if any(is_ellipsis(text) for row in rows for text in row):
        return INCOMPLETE if figures else None
    blanks = sum(blank for row in read for _, blank in row)
    if not figures or figures < _ENOUGH * (cells - blanks):
        return None
    lengths = {len(row) for row in rows}
    if len(lengths) > 1:
        first, other = len(rows[0]), next(len(row) for row in rows if len(row) != len(rows[0]))
        return f"its rows have different lengths: {counted(first, 'cell')}, {counted(other, 'cell')}"
    texts = (
        tuple("~" if blank else (text or raw.strip()) for (text, blank), raw in zip(row, raws, strict=True))
        for row, raws in zip(read, rows, strict=True)
    )
    return Grid(tuple(texts), flat)


def _cell(text: str, *, comma: bool) -> tuple[str | None, bool]:
    """The figure in a cell, if it is one, and whether it is a blank."""
    figure = figure_text(text, comma=comma)
    return figure, figure is None and is_blank(text)


def check_size(passages: Iterable[Passage]) -> None:
    """Refuse a document with more figures than a sheet can have."""
    cells = sum(passage.grid.size for passage in passages)
    if cells > MAX_CELLS:
        raise refuse(f"too many figures: {cells:,}", expected=f"at most {MAX_CELLS:,} in a document")


def result(values: Sequence[Grid]) -> Grid | None:
    """The value of a chain that has several: the one with the most digits; None where they differ."""
    best = max(values, key=lambda grid: sum(len(text) for row in grid.rows for text in row))
    return best if all(agree(best, other) or _is_every_cell_of(best, other) for other in values) else None


def _is_every_cell_of(grid: Grid, number: Grid) -> bool:
    """Whether a grid has the same number throughout, as in `f1'(S1) = 1 = …`."""
    ((text, *more), *rows) = number.rows
    cells = chain.from_iterable(grid.rows)
    return not more and not rows and all(cell == text or _close(cell, text) for cell in cells)


def agree(one: Grid, other: Grid) -> bool:
    """Whether two grids have the same figures, as far as they are written."""
    if [len(row) for row in one.rows] != [len(row) for row in other.rows]:
        return False
    pairs = zip(chain.from_iterable(one.rows), chain.from_iterable(other.rows), strict=True)
    return all(a == b or _close(a, b) for a, b in pairs)


def _close(one: str, other: str) -> bool:
    """Whether one figure may be the other one rounded."""
    try:
        a, b = figure(one), figure(other)
    except ValueError:
        return False
    return abs(a.value - b.value) <= max(a.half, b.half) * (1 + 1e-9)
