"""What the passages of a document mean in an exercise: quantities with their figures, and what is left out.

What is not certain is left out and told: a matrix under a wrong name is worse than ten that are missing.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from math import isclose, nan
from typing import NamedTuple

import numpy as np

from mlpcalc.answers.digits import figure
from mlpcalc.answers.entries import quantities_of
from mlpcalc.answers.forms import names
from mlpcalc.answers.forms.passages import Grid, Leftover, Passage, Reading, agree
from mlpcalc.answers.statements import Sheet, Statement
from mlpcalc.arrays import Array
from mlpcalc.errors import Problem
from mlpcalc.page.symbols import Stage, Symbol
from mlpcalc.reading.numerals import NumeralError
from mlpcalc.reading.source import Document, ScalarNode
from mlpcalc.solving.solution import Solution
from mlpcalc.text.wording import clipped, counted

_SHOWN = 40  # characters of a name
_UPDATE = re.compile(
    r"updat|new (?:weight|bias|param|loss|value)|after (?:the |one |an? |this )?(?:step|training|learning)|"
    r"(?:sgd|gradient descent) step|weight change|learning step|aktualisier|mise à jour|actualiz|aggiorn",
    re.IGNORECASE,
)
_OTHER_STAGE = re.compile(
    r"forward|backward|back-?prop|gradient|deriv|error|activation|given|initial|input|hidden|output|loss\b|rückwärts|vorwärts",
    re.IGNORECASE,
)
_ONE_OF_MANY = re.compile(
    r"\b(?:sample|example|instance|pattern|unit|neuron|node|iteration|epoch|step|row|column)\b", re.IGNORECASE
)
_NO_QUANTITY = re.compile(
    r"(?:η|eta|α|alpha|μ|mu|λ|lambda|lr|learning_?rate|n|m|d|k|t|N|M|K|D|epochs?|seed|accuracy|batch(?:_?size)?|exercise|"
    r"problem|question|task|part|page|aufgabe|section|figure|table|step|layer|version|samples?|slope|margin|factor)\d{0,9}",
    re.IGNORECASE,
)
_ABOUT = re.compile("shape|size|dtype|len", re.IGNORECASE)
_ACTIVATIONS = {"a", "A", "h", "H"}
_LONGEST_SCALAR = 25  # characters of a name of one number that is worth a word


class Answered(NamedTuple):
    """Figures of a quantity, or of one of its cells, as the exercise counts them; name: as typed."""

    symbol: Symbol
    name: str
    grid: Grid
    line: int
    column: int
    indices: tuple[int, ...] | None = None


class Understood(NamedTuple):
    """What a document says of an exercise, and what of it was left out and why, by lines.

    givens: what it repeats of the exercise, with the lines.
    """

    answers: list[Answered]
    left_out: list[Leftover]
    givens: list[tuple[Symbol, int]]


def understood(reading: Reading, solution: Solution) -> Understood:
    """Give the passages of a document their meaning in an exercise."""
    meaning = _Meaning(solution, reading.passages)
    for passage in reading.passages:
        meaning.take(passage)
    found = meaning.found
    found.left_out[:] = sorted({*found.left_out, *reading.leftovers})
    return found


def sheet(found: Understood, document: Document, solution: Solution) -> Sheet:
    """The same as the statements of a sheet."""
    statements = []
    for answer in found.answers:
        cell = "" if answer.indices is None else f"[{','.join(map(str, answer.indices))}]"
        name = ScalarNode(solution.spelling(answer.symbol) + cell, answer.line, answer.column)
        rows = [[ScalarNode(text, answer.line, answer.column) for text in row] for row in answer.grid.rows]
        statements.append(Statement(name, rows, answer.grid.flat))
    problems = [Problem(message, document.at(line, 1)) for line, message in found.left_out]
    return Sheet(statements, {}, problems)


class _Meant(NamedTuple):
    """What a name means: a quantity, or one of its cells; loose if only in another letter case."""

    symbol: Symbol
    indices: tuple[int, ...] | None
    loose: bool


class _Meaning:
    """Takes passage after passage, in the order of the document, as later ones depend on earlier ones."""

    def __init__(self, solution: Solution, passages: Sequence[Passage]) -> None:
        self._solution = solution
        self._depth = len(solution.exercise.layers)
        self._quantities = quantities_of(solution)
        self._known: dict[str, _Meant | None] = {}
        self._first: dict[Symbol, Grid] = {}
        self._derivatives = False  # whether any has been stated so far
        self._givens = {symbol: _two_axes(solution.value(symbol)) for symbol in solution.exercise.givens()}
        self._unsure = self._unsure_letters(passages)
        self.found = Understood([], [], [])

    def take(self, passage: Passage) -> None:
        """Note what a passage means."""
        meant = [(name, self._meaning(name, passage)) for name in passage.names]
        certain = [(name, each) for name, each in meant if each is not None]
        if not certain:
            self._without_meaning(passage)
            return
        if self._is_in_doubt(passage, certain):
            return
        (name, meant_first), *others = certain
        first = self._in_context(passage, name, meant_first)
        if first is None:
            return
        self._answer(passage, name, first)
        seen = {first.symbol}
        for other_name, other in others:
            symbol = (
                self._as_new(other.symbol)
                if first.symbol.updated and not other.symbol.updated
                else other.symbol
            )
            if symbol is None or symbol in seen or other.indices != first.indices:
                continue
            seen.add(symbol)
            if not self._same_values(first.symbol, symbol):
                this, that = clipped(other_name, _SHOWN), clipped(name, _SHOWN)
                read_as = first.symbol.plain
                self._leave(
                    passage, f"{this} is not {that} in this exercise; the figures are read as {read_as}"
                )
            elif not symbol.spec.detail:
                self._answer(passage, other_name, other._replace(symbol=symbol))

    # ------------------------------------------------------------------------ names

    def _meaning(self, typed: str, passage: Passage) -> _Meant | None:
        """The quantity that a name means by itself."""
        if passage.plain:
            symbol = self._solution.symbols.get(typed)
            return None if symbol is None else _Meant(symbol, None, loose=False)
        if typed not in self._known:
            self._known[typed] = self._looked_up(typed)
        meant = self._known[typed]
        if (
            meant is not None
            and meant.symbol.kind == "err"
            and passage.grid.size == 1
            and names.base(typed) == "E"
        ):
            shape = self._quantities.shapes[meant.symbol]
            loss = self._solution.symbols.get("loss")
            return None if shape == (1, 1) or loss is None else _Meant(loss, None, loose=False)
        return meant

    def _looked_up(self, typed: str) -> _Meant | None:
        find = self._solution.find
        for name in names.readings(typed):
            spelled = name.spelled(self._depth)
            if spelled is None:
                continue
            symbol = find(spelled)
            if symbol is None and self._depth == 1 and name.layer is None:
                symbol = find(name._replace(layer=1).spelled(1) or "")
            if symbol is not None:
                loose = (
                    spelled[:1].islower() and symbol.plain[:1].isupper() and not spelled.startswith("delta")
                )
                return _Meant(symbol, name.indices, loose)
        return None

    def _unsure_letters(self, passages: Iterable[Passage]) -> set[str]:
        """Letters that mean something else here than in the exercise: Z beside A is what S is elsewhere."""
        letters = self._solution.exercise.letters
        if "Z" in letters or "S" in letters:
            return set()
        bases = {names.base(name) for passage in passages for name in passage.names[:1] if not passage.plain}
        return {"z", "Z"} if bases & _ACTIVATIONS and not bases & {"s", "S"} else set()

    def _as_new(self, symbol: Symbol) -> Symbol | None:
        """The quantity after the update, if the exercise has it."""
        new = symbol._replace(updated=True)
        return new if new in self._quantities.shapes else None

    def _same_values(self, one: Symbol, other: Symbol) -> bool:
        a, b = self._solution.value(one), self._solution.value(other)
        return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-9, atol=1e-12, equal_nan=True))

    # ------------------------------------------------------------------------ what a passage is in its place

    def _in_context(self, passage: Passage, name: str, meant: _Meant) -> _Meant | None:
        """What a name means where it stands: the given one, or the updated one; None where it is left out."""
        symbol, grid = meant.symbol, passage.grid
        if symbol.updated:
            return meant
        new = self._as_new(symbol)
        if (passage.assigned or _refers_to_itself(passage)) and symbol.kind in ("W", "b"):
            return self._updated(passage, name, meant)
        if symbol in self._givens:
            if meant.indices is None and self._is_given(grid, symbol):
                self.found.givens.append((symbol, passage.line))
                return None
            if new is not None and (self._derivatives or _is_update(passage.heading)):
                return meant._replace(symbol=new)
            if meant.indices is None or not self._is_given_cell(grid, symbol, meant.indices):
                self._leave(passage, f"{clipped(name, _SHOWN)}: these are not the figures of the exercise")
            return None
        target = Symbol("T")
        if names.base(name).lower() == "y" and target in self._givens and self._is_given(grid, target):
            self.found.givens.append((target, passage.line))
            return None
        if new is None:
            return meant
        before = self._first.get(symbol)
        if before is not None and meant.indices is None:
            again = agree(before, grid)
            return (
                meant
                if again or not (self._derivatives or _is_update(passage.heading))
                else meant._replace(symbol=new)
            )
        if before is None and _is_update(passage.heading):
            return meant._replace(symbol=new)
        return meant

    def _updated(self, passage: Passage, name: str, meant: _Meant) -> _Meant | None:
        new = self._as_new(meant.symbol)
        if new is None:
            self._leave(passage, f"{clipped(name, _SHOWN)}: the exercise has no update")
            return None
        return meant._replace(symbol=new)

    def _is_in_doubt(self, passage: Passage, certain: Sequence[tuple[str, _Meant]]) -> bool:
        """Whether a letter may mean another quantity here; then it is told."""
        name, meant = certain[0]
        if (
            names.base(name).removeprefix("d") in self._unsure
            and not passage.plain
            and meant.symbol.kind in ("Z", "dZ")
        ):
            other = meant.symbol._replace(kind="S").plain
            said = f"{clipped(name, _SHOWN)} may be {other}, as there is an A as well"
            self._leave(passage, f"{said}; the exercise can say so in its symbols")
            return True
        return False

    def _without_meaning(self, passage: Passage) -> None:
        """A passage none of whose names mean anything: its rows or columns may have names."""
        parts = [*self._parts(passage)]
        if parts:
            for part in parts:
                self.take(part)
            return
        given = next(
            (
                symbol
                for symbol in self._givens
                if passage.grid.size > 1 and self._is_given(passage.grid, symbol)
            ),
            None,
        )
        if given is not None:
            self.found.givens.append((given, passage.line))
            return
        name = passage.names[0] if passage.names else ""
        if _ABOUT.search(name) and passage.grid.flat:
            return
        if passage.grid.size > 1:
            what = (
                f"{clipped(name, _SHOWN)} means no quantity of this exercise"
                if name
                else "figures without a name"
            )
            self._leave(passage, what)
        elif (
            not passage.quiet
            and name
            and len(name) <= _LONGEST_SCALAR
            and names.base(name)
            and not _NO_QUANTITY.fullmatch(name)
        ):
            self._leave(passage, f"{clipped(name, _SHOWN)} means no quantity of this exercise")

    def _parts(self, passage: Passage) -> Iterator[Passage]:
        """The rows, or else the columns, of a table in which these have names."""
        for labels, grid in ((passage.rows, passage.grid), (passage.columns, _turned(passage.grid))):
            known = [label for label in labels if self._meaning(label, passage) is not None]
            if known and len(labels) == len(grid.rows):
                for label, row in zip(labels, grid.rows, strict=True):
                    yield passage._replace(names=(label,), grid=Grid((row,), flat=True), rows=(), columns=())
                return

    # ------------------------------------------------------------------------ answers

    def _answer(self, passage: Passage, name: str, meant: _Meant) -> None:
        symbol, grid = meant.symbol, passage.grid
        indices = meant.indices
        fault = self._misfit(passage, meant)
        if fault is None and indices is not None:
            indices = self._indices(symbol, indices)
            if indices is None:
                fault = f"there is no such cell of {symbol.plain}"
        if fault is not None:
            self._leave(passage, f"{clipped(name, _SHOWN)}: {fault}")
            return
        if symbol.stage in (Stage.ERRORS, Stage.GRADIENTS) and symbol.kind != "fprime":
            self._derivatives = True
        before = self._first.get(symbol) if indices is None else None
        if before is not None and agree(before, grid):
            return  # the same again
        if indices is None:
            self._first.setdefault(symbol, grid)
        self.found.answers.append(Answered(symbol, name, grid, passage.line, passage.column, indices))

    def _misfit(self, passage: Passage, meant: _Meant) -> str | None:
        """Why figures cannot be those of a quantity, if it is not for the marking to say."""
        symbol, grid = meant.symbol, passage.grid
        own = self._quantities.own_shape(symbol)
        cells = own[0] * own[1]
        if meant.indices is not None:
            return None if grid.size == 1 else f"{counted(grid.size, 'figure')} for one cell"
        if self._fits(grid, symbol):
            return None
        what = f"{symbol.plain} is {own[0]}×{own[1]}"
        shape = len(grid.rows), len(grid.rows[0])
        if grid.size == 1 and cells > 1:
            return f"one figure, and {what}"
        if 1 in shape and 1 not in own:
            return f"{counted(grid.size, 'figure')} in a list, and {what}"
        words = " / ".join((*passage.names, *passage.heading.split(" / ")[-1:]))
        if meant.loose or _ONE_OF_MANY.search(words):
            return f"{shape[0]}×{shape[1]} figures, and {what}"
        return None

    def _fits(self, grid: Grid, symbol: Symbol) -> bool:
        """Whether a grid has the shape of a quantity, turned or not."""
        own = self._quantities.own_shape(symbol)
        shape = len(grid.rows), len(grid.rows[0])
        as_list = (grid.flat or len(symbol.spec.shape) < 2) and 1 in shape and 1 in own
        return shape in (own, own[::-1]) or (as_list and grid.size == own[0] * own[1])

    def _indices(self, symbol: Symbol, indices: tuple[int, ...]) -> tuple[int, ...] | None:
        """The cell of a quantity; one index is enough where it has one row or one column."""
        own = self._quantities.own_shape(symbol)
        flat = len(symbol.spec.shape) < 2
        if len(indices) == 1 and not flat:
            if 1 not in own:
                return None
            indices = (indices[0], 1) if own[1] == 1 else (1, indices[0])
        inside = all(index >= 1 for index in indices) and (
            max(indices) <= max(own) if flat else all(a <= b for a, b in zip(indices, own, strict=True))
        )
        return indices if inside else None

    # ------------------------------------------------------------------------ givens

    def _is_given(self, grid: Grid, symbol: Symbol) -> bool:
        """Whether figures are those of a given, as the exercise has it or turned."""
        given = self._givens[symbol]
        if grid.size != given.size:
            return False
        values = _values(grid)
        if grid.flat and 1 in given.shape:
            return _equal(values.ravel(), given.ravel())
        return any(values.shape == each.shape and _equal(values, each) for each in (given, given.T))

    def _is_given_cell(self, grid: Grid, symbol: Symbol, indices: tuple[int, ...]) -> bool:
        place = self._indices(symbol, indices)
        given = self._givens[symbol]
        if place is None or grid.size != 1:
            return False
        value = given.ravel()[max(place) - 1] if len(place) == 1 else given[place[0] - 1, place[1] - 1]
        return isclose(float(_values(grid)[0, 0]), float(value), rel_tol=1e-6)

    def _leave(self, passage: Passage, message: str) -> None:
        self.found.left_out.append(Leftover(passage.line, message))


def _two_axes(values: Array) -> Array:
    return np.atleast_2d(values)


def _values(grid: Grid) -> Array:
    return np.array([[_value(text) for text in row] for row in grid.rows])


def _value(text: str) -> float:
    try:
        return figure(text).value
    except NumeralError:
        return nan


def _equal(values: Array, given: Array) -> bool:
    return bool(np.allclose(values, given, rtol=1e-6, atol=1e-12))


def _turned(grid: Grid) -> Grid:
    return grid.turned


def _is_update(heading: str) -> bool:
    """Whether the nearest heading that speaks of a stage speaks of the update."""
    for words in reversed(heading.split(" / ")):
        update, other = _UPDATE.search(words), _OTHER_STAGE.search(words)
        if update or other:
            return update is not None and other is None
    return False


def _refers_to_itself(passage: Passage) -> bool:
    """Whether a chain is W = W - …: what it assigns is new."""
    first = "".join(passage.names[0].split()) if passage.names else ""
    formulas = ("".join(name.split()) for name in passage.names[1:])
    return bool(first) and any(
        formula.startswith(first) and formula[len(first) : len(first) + 1] in ("-", "+", "−", "–")
        for formula in formulas
    )
