"""What the statements of a sheet mean in an exercise: quantities and cells, as texts in the page's layout."""

import re
from collections.abc import Iterable, Mapping
from functools import partial
from itertools import chain
from typing import NamedTuple
from weakref import WeakKeyDictionary

from mlpcalc.answers.statements import LABELS, LONGEST_TEXT, WRAPPER, Notes, Statement
from mlpcalc.answers.typed import BLANK, Commas, Fits, Rows, is_blank, reading, told_apart
from mlpcalc.errors import Problem, UnknownQuantityError
from mlpcalc.page.cells import split_cell
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.shapes import shape_of
from mlpcalc.page.spellings import STEP_BLOCK
from mlpcalc.page.symbols import Symbol
from mlpcalc.reading.matrices import miscount_hint
from mlpcalc.reading.numerals import NumeralError
from mlpcalc.reading.source import Document, ScalarNode
from mlpcalc.solving.solution import Solution
from mlpcalc.text.wording import clipped, counted, did_you_mean, extent

_INDEX = re.compile(r"\d{1,9}", re.ASCII)
_ROOM = 1000  # cells that an answer may have in the smallest exercise
_EXCESS = 10  # times as many as the largest quantity has
_LINES = 100  # of an answer that cannot be read
_EXPECTED = "a number such as 0.5, -2, 1e-3 or 1/3, or ~ for a blank"

Texts = tuple[tuple[str | None, ...], ...]
Typed = tuple[tuple[str, ...], ...]
Unread = tuple[tuple[bool, ...], ...]


class Entry(NamedTuple):
    """One quantity of a sheet, or one cell of it.

    name: the spelling used. node: where it stands. texts: the figures in plain letters, in the layout of the
    page; None where it is blank or cannot be read, and no rows at all where there is no figure. cell: its
    place on the page, from 0; None for a whole matrix. written_shape: (rows, columns) as typed, if these are
    not the right ones. transposed: whether they are the right ones the other way round. typed: what was
    typed, in the same layout, None if it is what `texts` has; the rows as they stand where there is no
    matrix. unread: the cells that cannot be read, None if there are none.
    """

    symbol: Symbol
    name: str
    node: ScalarNode
    texts: Texts = ()
    cell: tuple[int, int] | None = None
    written_shape: tuple[int, int] | None = None
    transposed: bool = False
    typed: Typed | None = None
    unread: Unread | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is answered."""
        return not self.texts and self.typed is None


def shown_as_typed(text: str) -> str:
    """A text as it is shown: safe, on one line, and no longer than anybody reads."""
    return text if text.isascii() and text.isprintable() and len(text) <= LONGEST_TEXT else clipped(text)


class Quantities:
    """The quantities that a sheet may answer: their names, shapes and orientation.

    shapes: (rows, columns) of every quantity on the page, in its order. most: the largest number of cells
    that is read for any of them.
    """

    def __init__(self, solution: Solution) -> None:
        exercise = solution.exercise
        self.layout = exercise.layout
        self.shapes: Mapping[Symbol, tuple[int, int]] = {
            symbol: shape_of(symbol, exercise.network, exercise.lengths(symbol))
            for symbol in solution.symbols.values()
        }
        self.most = _ROOM + _EXCESS * max(rows * columns for rows, columns in self.shapes.values())
        self._named: dict[str, Symbol] = {}
        self._places = {symbol: place for place, symbol in enumerate(self.shapes)}

    def symbol(self, name: str, solution: Solution) -> Symbol | None:
        """The quantity that a name means, if any."""
        if name not in self._named:
            found = solution.find(name)
            if found is None:
                return None
            self._named[name] = found
        return self._named[name]

    def in_order(self, symbols: Iterable[Symbol]) -> list[Symbol]:
        """Quantities in the order of the page."""
        return sorted(symbols, key=self._places.__getitem__)

    def own_shape(self, symbol: Symbol) -> tuple[int, int]:
        """(rows, columns) of a quantity as the exercise has it."""
        return self.layout.axes(symbol, self.shapes[symbol])


def _not_a_number(what: str, fault: NumeralError) -> Problem:
    return Problem(f"{what}: {fault}", expected=_EXPECTED, hint=fault.hint)


def _lies_as_column(length: int, rows: int, columns: int) -> bool:
    """Whether a flat list is meant as a column: if that alone fits, or the quantity is one."""
    column, row = (rows, columns) == (length, 1), (rows, columns) == (1, length)
    return columns == 1 if column == row else column


def _plain(text: str) -> str | None:
    """A text as it is read if it is a figure or a blank in plain letters."""
    return None if text == BLANK else text


_QUANTITIES: WeakKeyDictionary[Exercise, Quantities] = WeakKeyDictionary()


def quantities_of(solution: Solution) -> Quantities:
    """The quantities of a solution's exercise, looked up once."""
    quantities = _QUANTITIES.get(solution.exercise)
    if quantities is None:
        quantities = _QUANTITIES[solution.exercise] = Quantities(solution)
    return quantities


class EntryReader:
    """Give the statements of one document their meaning; what has none is noted with its place.

    document: what the places of statements are in, whatever its form.
    """

    def __init__(self, document: Document, solution: Solution, notes: Notes) -> None:
        self._document = document
        self._solution = solution
        self._quantities = quantities_of(solution)
        self._notes = notes

    def entry(self, statement: Statement) -> Entry | None:
        """A quantity or one of its cells; None where the name means none."""
        typed, indices = split_cell(statement.name.text)
        symbol = self._quantities.symbol(typed, self._solution)
        if symbol is None:
            is_block = typed.lower() == WRAPPER or STEP_BLOCK.fullmatch(typed)
            fault = statement.fault if is_block else None
            self._notes.problem(statement.name, lambda: fault or self._unknown(typed))
            return None
        cell = None
        if indices is not None and (cell := self._cell(statement.name, symbol, typed, indices)) is None:
            return None
        entry = Entry(symbol, clipped(typed), statement.name, cell=cell)
        if statement.fault is not None:
            return self._unread(entry, statement, statement.fault)
        if all(is_blank(each) for row in statement.rows for each in row):
            return entry
        return self._matrix(entry, statement) if cell is None else self._single(entry, statement)

    # -- names

    def _unknown(self, name: str) -> Problem:
        try:
            self._solution.symbol(name)
        except UnknownQuantityError as error:
            (problem,) = error.problems
            return problem._replace(hint=problem.hint or did_you_mean(name.strip(), (*LABELS, WRAPPER)))
        raise AssertionError(name)  # it was unknown just now

    def _cell(self, key: ScalarNode, symbol: Symbol, typed: str, indices: str) -> tuple[int, int] | None:
        """The place on the page of a cell that is counted from 1 in the exercise's own orientation."""
        parts = [part.strip() for part in indices.split(",")]
        counts = [int(part) for part in parts if _INDEX.fullmatch(part)]
        own, page = self._quantities.own_shape(symbol), self._quantities.shapes[symbol]
        flat = len(symbol.spec.shape) < 2
        length = own[0] * own[1]
        what, cells = clipped(key.text), extent(clipped(typed), [length] if flat else own)
        if len(counts) != len(parts) or len(parts) not in ((1, 2) if flat else (2,)):
            hint = None if flat else "write two numbers: the row, then the column"
            self._notes.problem(key, lambda: Problem(f"{what} is not a cell: {cells}", hint=hint))
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
        advice = None
        if 0 in counts:
            advice = "rows and columns count from 1"
        elif not flat and 1 <= row <= page[1] and 1 <= column <= page[0]:
            advice = "the row comes first, then the column"
        self._notes.problem(key, lambda: Problem(f"there is no {what}: {cells}", hint=advice))
        return None

    # -- figures

    def _single(self, entry: Entry, statement: Statement) -> Entry:
        """One cell of a quantity."""
        cells, decimal = self._told_apart(entry, statement, Fits(1, 1, flat=True))
        if len(cells) == len(cells[0]) == 1:
            return self._read(entry, cells, decimal=decimal)
        message = f"{clipped(statement.name.text)}: {counted(sum(map(len, cells)), 'number')}"
        problem = Problem(message, self._document.place(cells[0][0]), expected="a single number")
        return self._unread(entry, statement, problem)

    def _matrix(self, entry: Entry, statement: Statement) -> Entry:
        """A whole matrix, turned as the page has it; of whatever shape it is."""
        symbol = entry.symbol
        own, page = self._quantities.own_shape(symbol), self._quantities.shapes[symbol]
        is_list = len(symbol.spec.shape) < 2
        rows, decimal = self._told_apart(entry, statement, Fits(*own, flat=is_list))
        width = next((len(row) for row in rows if len(row) > 1 or not all(map(is_blank, row))), 1)
        rows = [[*row] * width if len(row) == 1 and is_blank(row[0]) else row for row in rows]
        if problem := self._misshapen(statement, rows, width):
            return self._unread(entry, statement, problem)
        shape = len(rows), width
        if is_list and 1 in shape:  # which may be written as row or column
            cells = [cell for row in rows for cell in row]
            rows = [cells] if symbol.spec.shape == ("N",) else [[cell] for cell in cells]
            right, transposed = len(cells) == page[0] * page[1], False
        else:
            if statement.flat and len(rows) == 1 and _lies_as_column(width, *own):
                rows = [[cell] for cell in rows[0]]
            right = (len(rows), len(rows[0])) == own
            transposed = not statement.flat and shape == own[::-1]
            if self._quantities.layout.is_transposed(symbol):
                rows = [*zip(*rows, strict=True)]
        if not right:
            entry = entry._replace(written_shape=shape, transposed=transposed)
        return self._read(entry, rows, decimal=decimal)

    def _told_apart(self, entry: Entry, statement: Statement, fits: Fits) -> Commas:
        """The rows of a statement without empty ones, and whether they have decimal commas."""
        commas = told_apart([row for row in statement.rows if row], fits, self._document)
        if commas.decimal is not None:
            typed = commas.decimal.text
            figure = typed.replace(",", ".")
            message = f"{entry.name}: decimal commas read as points: {typed} as {figure}"
            self._notes.remark(message, commas.decimal)
        return commas

    def _misshapen(self, statement: Statement, rows: Rows, width: int) -> Problem | None:
        """Why rows are no matrix of a size that is read, if they are none."""
        what = clipped(statement.name.text)
        most = self._quantities.most
        if (cells := len(rows) * width) > most:
            place = self._document.place(rows[0][0])
            return Problem(f"{what}: too large: {cells:,} cells", place, expected=f"at most {most:,}")
        for i, row in enumerate(rows, start=1):
            if len(row) != width:
                return Problem(
                    f"row {i} of {what} has {counted(len(row), 'number')}, row 1 has {width}",
                    self._document.place(row[0]),
                    expected=counted(width, "number") + " in each row",
                    hint=miscount_hint(self._document, row),
                )
        return None

    def _read(self, entry: Entry, rows: Rows, *, decimal: ScalarNode | None) -> Entry:
        """The entry with its figures; the cells that cannot be read are noted."""
        if decimal is None:
            read = [[reading(cell.text) for cell in row] for row in rows]
        else:
            read = [[reading(cell.text.replace(",", ".")) for cell in row] for row in rows]
        texts = tuple([tuple([each.figure for each in row]) for row in read])
        if texts == tuple([tuple([_plain(cell.text) for cell in row]) for row in rows]):
            return entry._replace(texts=texts)
        typed = tuple(tuple(shown_as_typed(cell.text) for cell in row) for row in rows)
        for cell, each in zip(chain.from_iterable(rows), chain.from_iterable(read), strict=True):
            if each.fault is not None:
                self._notes.problem(cell, partial(_not_a_number, clipped(entry.name), each.fault))
        unread = tuple(tuple(each.fault is not None for each in row) for row in read)
        return entry._replace(texts=texts, typed=typed, unread=unread if any(map(any, unread)) else None)

    def _unread(self, entry: Entry, statement: Statement, problem: Problem) -> Entry:
        """The entry as it was typed, with nothing read."""
        self._notes.problem(entry.node, lambda: problem)
        rows = [[shown_as_typed(cell.text) for cell in row] for row in statement.rows[:_LINES] if row]
        if entry.cell is None:
            return entry._replace(typed=tuple(map(tuple, rows)))
        typed = clipped(" ".join(chain.from_iterable(rows)))
        return entry._replace(texts=((None,),), typed=((typed,),), unread=((True,),))
