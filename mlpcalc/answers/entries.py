"""One key of an answer sheet: a quantity or one of its cells, as texts in the page's layout."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from weakref import WeakKeyDictionary

from mlpcalc.answers.digits import figure
from mlpcalc.errors import UnknownQuantityError
from mlpcalc.page.cells import split_cell
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.shapes import shape_of
from mlpcalc.page.symbols import Symbol
from mlpcalc.reading.matrices import DECIMAL_COMMA, Grid, read_grid, split_by_commas
from mlpcalc.reading.source import Document, Node, ScalarNode, SequenceNode
from mlpcalc.solving.solution import Solution
from mlpcalc.text.sanitize import clean
from mlpcalc.text.wording import clipped, counted, did_you_mean, extent

LABELS = ("exercise", "student")
WRAPPER = "answers"
_INDEX = re.compile(r"\d{1,9}", re.ASCII)
_LONGEST_LABEL = 100  # characters; what follows is left out
_ROOM = 1000  # cells that an answer may have whatever its right shape
_EXCESS = 10  # times as many as are right

Texts = tuple[tuple[str | None, ...], ...]


class Entry(NamedTuple):
    """One quantity of a sheet, or one cell of it.

    name: the spelling used. texts: what was typed, in the layout of the page; None where it is blank, and
    no rows at all if nothing is answered. cell: its place on the page, from 0; None for a whole matrix.
    written_shape: (rows, columns) as typed, if these are not the right ones. transposed: whether they are
    the right ones the other way round.
    """

    symbol: Symbol
    name: str
    texts: Texts
    cell: tuple[int, int] | None = None
    written_shape: tuple[int, int] | None = None
    transposed: bool = False


class Quantities:
    """The quantities that a sheet may answer: their names, shapes and orientation.

    shapes: (rows, columns) of every quantity on the page, in its order.
    """

    def __init__(self, solution: Solution) -> None:
        exercise = solution.exercise
        self.layout = exercise.layout
        self.shapes: Mapping[Symbol, tuple[int, int]] = {
            symbol: shape_of(symbol, len(exercise.layers), exercise.lengths(symbol))
            for symbol in solution.symbols.values()
        }
        self._named: dict[str, Symbol] = {}
        self._places = {symbol: place for place, symbol in enumerate(self.shapes)}

    def symbol(self, name: str, solution: Solution) -> Symbol:
        """The quantity that a name means; raises `UnknownQuantityError`."""
        if name not in self._named:
            self._named[name] = solution.symbol(name)
        return self._named[name]

    def in_order(self, symbols: Iterable[Symbol]) -> list[Symbol]:
        """Quantities in the order of the page."""
        return sorted(symbols, key=self._places.__getitem__)

    def own_shape(self, symbol: Symbol) -> tuple[int, int]:
        """(rows, columns) of a quantity as the exercise has it."""
        return self.layout.axes(symbol, self.shapes[symbol])


_QUANTITIES: WeakKeyDictionary[Exercise, Quantities] = WeakKeyDictionary()


def quantities_of(solution: Solution) -> Quantities:
    """The quantities of a solution's exercise, looked up once."""
    quantities = _QUANTITIES.get(solution.exercise)
    if quantities is None:
        quantities = _QUANTITIES[solution.exercise] = Quantities(solution)
    return quantities


class EntryReader:
    """Read the entries of one document. An invalid entry is reported and read as None."""

    def __init__(self, document: Document, solution: Solution) -> None:
        self._document = document
        self._solution = solution
        self._quantities = quantities_of(solution)

    def label(self, key: ScalarNode, value: Node) -> str:
        """The text of a label, safe to show."""
        if not isinstance(value, ScalarNode):
            self._document.complain(value, f"{key.text} must be text", hint="put it in quotes")
            return ""
        return "" if value.blank else " ".join(clean(value.text[:_LONGEST_LABEL]).split())

    def entry(self, key: ScalarNode, value: Node) -> Entry | None:
        """A quantity or one of its cells; None, with the problem noted, where it cannot be read."""
        typed, indices = split_cell(key.text)
        symbol = self._symbol(key, typed)
        if symbol is None:
            return None
        name, cell = clipped(typed), None
        if indices is not None and (cell := self._cell(key, name, symbol, indices)) is None:
            return None
        if _is_empty(value):
            return Entry(symbol, name, (), cell)
        rows, columns = self._quantities.shapes[symbol]
        most = _ROOM + _EXCESS * rows * columns
        what = clipped(key.text)
        grid = read_grid(self._document, value, what, number=_value, blanks=True, most=most)
        if grid is None:
            return None
        if cell is None:
            return self._matrix(symbol, name, grid)
        if grid.shape != (1, 1):
            self._document.complain(
                value, f"{what}: {counted(grid.values.size, 'number')}", expected="a single number"
            )
            return None
        return _answered(Entry(symbol, name, _texts(grid), cell))

    def _symbol(self, key: ScalarNode, name: str) -> Symbol | None:
        try:
            return self._quantities.symbol(name, self._solution)
        except UnknownQuantityError as error:
            (problem,) = error.problems
            hint = problem.hint or did_you_mean(name.strip(), (*LABELS, WRAPPER))
            self._document.note(key, problem._replace(hint=hint))
            return None

    def _cell(self, key: ScalarNode, name: str, symbol: Symbol, indices: str) -> tuple[int, int] | None:
        """The place on the page of a cell that is counted from 1 in the exercise's own orientation."""
        parts = [part.strip() for part in indices.split(",")]
        counts = [int(part) for part in parts if _INDEX.fullmatch(part)]
        own, page = self._quantities.own_shape(symbol), self._quantities.shapes[symbol]
        flat = len(symbol.spec.shape) < 2
        length = own[0] * own[1]
        cells = extent(name, [length] if flat else own)
        what = clipped(key.text)
        if len(counts) != len(parts) or len(parts) not in ((1, 2) if flat else (2,)):
            hint = None if flat else "write two numbers: the row, then the column"
            self._document.complain(key, f"{what} is not a cell: {cells}", hint=hint)
            return None
        if flat:  # [i], and [i, 1] or [1, i] however a list is oriented
            *rest, place = sorted(counts)
            row, column = (1, place) if page[0] == 1 else (place, 1)
            inside = 1 <= place <= length and rest in ([], [1])
        else:
            row, column = self._quantities.layout.axes(symbol, tuple(counts))
            inside = 1 <= row <= page[0] and 1 <= column <= page[1]
        if inside:
            return row - 1, column - 1
        hint = None
        if 0 in counts:
            hint = "rows and columns count from 1"
        elif not flat and 1 <= row <= page[1] and 1 <= column <= page[0]:
            hint = "the row comes first, then the column"
        self._document.complain(key, f"there is no {what}: {cells}", hint=hint)
        return None

    def _matrix(self, symbol: Symbol, name: str, grid: Grid) -> Entry | None:
        """A whole matrix, turned as the page has it; of whatever shape it is."""
        own, page = self._quantities.own_shape(symbol), self._quantities.shapes[symbol]
        if len(symbol.spec.shape) < 2 and 1 in grid.shape:  # a list, which may be written as row or column
            cells = tuple(text for row in _texts(grid) for text in row)
            texts: Texts = (cells,) if symbol.spec.shape == ("N",) else tuple((text,) for text in cells)
            right, transposed = len(cells) == page[0] * page[1], False
        else:
            oriented = grid.oriented(*own, column_first=own[1] == 1)
            texts = _texts(oriented)
            right, transposed = oriented.shape == own, grid.shape == own[::-1] and not grid.flat
            if self._quantities.layout.is_transposed(symbol):
                texts = tuple(zip(*texts, strict=True))
        if right:
            return _answered(Entry(symbol, name, texts))
        if grid.values.size == 2 * page[0] * page[1] and split_by_commas(self._document, grid):
            self._document.complain(
                grid.node,
                f"{name} has {grid.values.size} numbers",
                expected=counted(page[0] * page[1], "number"),
                hint=DECIMAL_COMMA,
            )
            return None
        return _answered(Entry(symbol, name, texts, None, grid.shape, transposed))


def _value(text: str) -> float:
    return figure(text).value


def _texts(grid: Grid) -> Texts:
    return tuple([tuple([None if cell.blank else cell.text for cell in row]) for row in grid.rows])


def _answered(entry: Entry) -> Entry:
    """The entry, without its texts and shape if all of it is blank."""
    return entry if any(map(any, entry.texts)) else Entry(entry.symbol, entry.name, (), entry.cell)


def _is_empty(node: Node) -> bool:
    """Whether there is nothing at all: no text, no items."""
    if isinstance(node, ScalarNode):
        return node.blank or not node.text.strip("\n ;,")
    return isinstance(node, SequenceNode) and all(
        isinstance(i, SequenceNode) and not i.items for i in node.items
    )
