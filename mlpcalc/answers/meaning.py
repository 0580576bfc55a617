"""What the passages of a document mean in an exercise: quantities with their figures, and what is left out.

What is not certain is left out and told: a matrix under a wrong name is worse than ten that are missing.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from mlpcalc.answers import stages
from mlpcalc.answers.entries import quantities_of
from mlpcalc.answers.fit import cell_of, misfit
from mlpcalc.answers.forms import names
from mlpcalc.answers.forms.letters import plain
from mlpcalc.answers.forms.passages import Grid, Leftover, Passage, Reading, agree
from mlpcalc.answers.given import Givens
from mlpcalc.answers.lookup import Lookup, Meant
from mlpcalc.page.symbols import AT, Stage, Symbol
from mlpcalc.solving.solution import Solution
from mlpcalc.text.wording import clipped

_SHOWN = 40  # characters of a name
_NO_QUANTITY = re.compile(
    r"(?:η|eta|α|alpha|μ|mu|λ|lambda|[βε]_?|(?:beta|(?:var)?epsilon)_?|lr|learning_?rate|n|m|d|k|l|i|j|t|N|M|K|D|epochs?|seed|accuracy|batch(?:_?size)?|exercise|"
    r"problem|question|task|part|page|aufgabe|section|figure|table|step|layer|version|samples?|slope|margin|factor)\d{0,9}",
    re.IGNORECASE,
)
_ABOUT = re.compile("shape|size|dtype|len", re.IGNORECASE)


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


class _Meaning:
    """Takes passage after passage, in the order of the document, as later ones depend on earlier ones."""

    def __init__(self, solution: Solution, passages: Sequence[Passage]) -> None:
        self._solution = solution
        self._quantities = quantities_of(solution)
        self._lookup = Lookup(solution, passages)
        self._first: dict[tuple[Symbol, tuple[int, ...] | None], Grid] = {}
        self._step = 1
        self._derivatives = False  # whether any has been stated so far, in this step
        self._givens = Givens(solution)
        self.found = Understood([], [], [])

    def take(self, passage: Passage) -> None:
        """Note what a passage means."""
        step = stages.step_above(passage.heading) or self._step
        if step != self._step and step in self._solution.steps:
            self._step, self._derivatives = step, False
        meant = [(name, self._meaning(name, passage)) for name in passage.names]
        certain = [(name, each) for name, each in meant if each is not None]
        if passage.fault:
            if certain:
                self._leave(passage, f"{clipped(certain[0][0], _SHOWN)}: {passage.fault}")
            return
        if not certain:
            self._without_meaning(passage)
            return
        if self._is_in_doubt(passage, certain):
            return
        if stages.is_of_another(passage):
            self._leave(passage, f"{clipped(certain[0][0], _SHOWN)}: of another example")
            return
        if later := stages.later_step(passage):
            self._leave(passage, f"{clipped(later, _SHOWN)}: a later step")
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

    def _meaning(self, typed: str, passage: Passage) -> Meant | None:
        """The quantity that a name means by itself; E is the loss where it is one number of several."""
        meant = self._lookup.meaning(typed, plain=passage.plain)
        if meant is not None and AT not in typed:
            meant = self._in_step(meant)
        if meant is None or passage.grid.size > 1:
            return meant
        if meant.symbol.kind == "loss" and len(names.base(typed)) == 1:
            return None if self._is_count(meant.symbol, passage.grid.rows[0][0]) else meant
        if meant.symbol.kind != "err" or names.base(typed) != "E":
            return meant
        loss = self._solution.symbols.get("loss")
        unsure = self._quantities.shapes[meant.symbol] == (1, 1) and not stages.is_of_loss(passage)
        return None if unsure or loss is None else Meant(loss, None, loose=False)

    def _is_count(self, loss: Symbol, text: str) -> bool:
        """Whether a letter counts something, as L = 2 layers or j = 1 does, unless the loss is just that."""
        return text.isdecimal() and not np.allclose(self._solution.value(loss), float(text))

    def _in_step(self, meant: Meant) -> Meant | None:
        """What a name of step 1 means in the step that has come up, if that has such a quantity."""
        if self._step == 1:
            return meant if meant.symbol in self._quantities.shapes else None
        symbol = self._solution.exercise.network.at_step(meant.symbol._replace(step=1), self._step)
        return meant._replace(symbol=symbol) if symbol in self._quantities.shapes else None

    def _as_new(self, symbol: Symbol) -> Symbol | None:
        """The quantity after the update, if the exercise has it."""
        new = symbol._replace(updated=True)
        return new if new in self._quantities.shapes else None

    def _same_values(self, one: Symbol, other: Symbol) -> bool:
        """Whether two quantities are the same here, such as dL/db and Δ of a single sample."""
        a, b = (np.atleast_2d(self._solution.value(symbol)) for symbol in (one, other))
        if 1 in a.shape and 1 in b.shape:
            a, b = a.ravel(), b.ravel()
        return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-9, atol=1e-12, equal_nan=True))

    # ------------------------------------------------------------------------ what a passage is in its place

    def _in_context(self, passage: Passage, name: str, meant: Meant) -> Meant | None:
        """What a name means where it stands: the given one, or the updated one; None where it is left out."""
        symbol, grid = meant.symbol, passage.grid
        assigned = symbol.is_parameter and (passage.assigned or stages.refers_to_itself(passage))
        if symbol.is_parameter and symbol.step < self._step:  # as the step before left it, or the new one
            updated = assigned or self._derivatives or stages.is_update(passage.heading)
            return meant._replace(symbol=symbol._replace(step=self._step)) if updated else meant
        if symbol.updated:
            return meant
        new = self._as_new(symbol)
        if assigned:
            return self._updated(passage, name, meant)
        if symbol in self._givens:
            if meant.indices is None and self._givens.has(grid, symbol):
                self.found.givens.append((symbol, passage.line))
                return None
            if new is not None and (self._derivatives or stages.is_update(passage.heading)):
                return meant._replace(symbol=new)
            place = None if meant.indices is None else cell_of(self._quantities, symbol, meant.indices)
            if place is None or not self._givens.has_cell(grid, symbol, place):
                self._leave(passage, f"{clipped(name, _SHOWN)}: these are not the figures of the exercise")
            return None
        target = Symbol("T", step=self._step)
        if names.base(name).lower() == "y" and self._givens.has(grid, target):
            self.found.givens.append((target, passage.line))
            return None
        if new is None:
            return meant
        before = self._first.get((symbol, meant.indices))
        if before is not None:
            again = agree(before, grid)
            return (
                meant
                if again or not (self._derivatives or stages.is_update(passage.heading))
                else meant._replace(symbol=new)
            )
        if before is None and stages.is_update(passage.heading):
            return meant._replace(symbol=new)
        return meant

    def _updated(self, passage: Passage, name: str, meant: Meant) -> Meant | None:
        new = self._as_new(meant.symbol)
        if new is None:
            self._leave(passage, f"{clipped(name, _SHOWN)}: the exercise has no update")
            return None
        return meant._replace(symbol=new)

    def _is_in_doubt(self, passage: Passage, certain: Sequence[tuple[str, Meant]]) -> bool:
        """Whether a letter or its number may mean something else here; then it is told."""
        name, meant = certain[0]
        numbered = meant.indices is None and passage.grid.size == 1 and self._lookup.is_layer_unsure(name)
        if numbered and not self._givens.has(passage.grid, meant.symbol):
            said = "one figure; its number may not be that of a layer"
            self._leave(passage, f"{clipped(name, _SHOWN)}: {said}")
            return True
        if self._lookup.is_letter_unsure(name) and not passage.plain and meant.symbol.kind in ("Z", "dZ"):
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
        formula = passage.names[0] if passage.names else ""
        parameter = stages.updated_by(formula)
        if parameter is not None and (meant := self._meaning(parameter, passage)) is not None:
            if meant.symbol.is_parameter and (new := self._updated(passage, parameter, meant)) is not None:
                self._answer(passage, formula, new)
            return
        given = self._givens.which(passage.grid)
        if given is not None:
            self.found.givens.append((given, passage.line))
            return
        name = passage.names[0] if passage.names else ""
        if _ABOUT.search(name) and passage.grid.flat:
            return
        if passage.grid.size > 1:
            what = (
                f"{clipped(name, _SHOWN)} is not a quantity of this exercise"
                if name
                else "figures without a name"
            )
            self._leave(passage, what)
        elif not passage.quiet and names.is_name(name) and not _NO_QUANTITY.fullmatch(plain(name) or name):
            self._leave(passage, f"{clipped(name, _SHOWN)} is not a quantity of this exercise")

    def _parts(self, passage: Passage) -> Iterator[Passage]:
        """The rows, or else the columns, of a table in which these have names, and which has none itself."""
        if any(len(names.base(name)) in (1, 2) for name in passage.names):
            return
        for labels, grid in ((passage.rows, passage.grid), (passage.columns, passage.grid.turned)):
            known = [label for label in labels if self._meaning(label, passage) is not None]
            if known and len(labels) == len(grid.rows):
                for label, row in zip(labels, grid.rows, strict=True):
                    yield passage._replace(names=(label,), grid=Grid((row,), flat=True), rows=(), columns=())
                return

    # ------------------------------------------------------------------------ answers

    def _answer(self, passage: Passage, name: str, meant: Meant) -> None:
        symbol, grid = meant.symbol, passage.grid
        indices = meant.indices
        fault = misfit(self._quantities, passage, meant)
        if fault is None and indices is not None:
            indices = cell_of(self._quantities, symbol, indices)
            if indices is None:
                fault = f"there is no such cell of {symbol.plain}"
        if fault is not None:
            self._leave(passage, f"{clipped(name, _SHOWN)}: {fault}")
            return
        if symbol.stage in (Stage.ERRORS, Stage.GRADIENTS) and symbol.kind != "fprime":
            self._derivatives = True
        before = self._first.setdefault((symbol, meant.indices), grid)
        if before is not grid and agree(before, grid):
            return  # the same again
        self.found.answers.append(Answered(symbol, name, grid, passage.line, passage.column, indices))

    def _leave(self, passage: Passage, message: str) -> None:
        self.found.left_out.append(Leftover(passage.line, message))
