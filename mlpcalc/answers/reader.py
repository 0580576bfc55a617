"""Answer sheets: the values a student wrote for each quantity, and the precision of each figure."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import inf, isnan
from typing import NamedTuple

import numpy as np

from mlpcalc.answers.digits import (
    Asked,
    coarsest,
    figures,
    mixed_share,
    significant_share,
    single_chance,
    widths,
)
from mlpcalc.answers.entries import Entry, EntryReader, Texts, Typed, quantities_of
from mlpcalc.answers.joining import Joined, joined, joined_across
from mlpcalc.answers.statements import Notes, Sheet
from mlpcalc.answers.typed import BLANK
from mlpcalc.answers.yaml_sheet import EXPECTED, read_sheet
from mlpcalc.arrays import Array, Mask
from mlpcalc.errors import InputError, Problem
from mlpcalc.page.symbols import Symbol
from mlpcalc.reading.library import is_exercise_name, stem
from mlpcalc.reading.source import Document
from mlpcalc.solving.solution import Solution
from mlpcalc.text.sanitize import clean
from mlpcalc.text.wording import clipped

_LONGEST_LABEL = 100  # characters; what follows is left out
_ROUNDED = 2  # decimals; where a sheet has figures with so many, those with fewer are exact more often
_MANY = 4  # equal figures
_BY_CHANCE = 1e-4  # as likely may all figures of a sheet be float32 values although none was computed as one


class Answer(NamedTuple):
    """The answer of a sheet for one quantity.

    In the layout of the page, always with two axes: (units, samples), weights (units, inputs), biases
    (units, 1), per-sample losses (1, N), the loss (1, 1).

    value: float64, nan where it is blank or unread. half: half the width that each figure stands for, 0 for
    fractions, nan where there is none. asked: the same, read as if it ended in zeros where it has fewer
    digits than asked; None if that changes nothing. whole: where a figure has neither an exponent nor a digit
    after the point, so that it may be exact. texts: the figures in plain letters, None where there is none.
    names: the spellings used. twice: where there are two different figures, of which the first one is here;
    None if nowhere.

    written_shape: (rows, columns) as typed, if these are not the right ones; then everything above has that
    shape, or, where the exercise's own layout is not that of the page, the other way round. transposed:
    whether they would be the right ones the other way round.

    unread: the cells that have something that cannot be read, None if there are none; they are nan as blanks
    are. typed: what was typed, if that is not what `texts` has; where all of it cannot be read, the rows as
    they stand, whatever their lengths.
    """

    symbol: Symbol
    value: Array
    half: Array
    whole: Mask
    texts: Texts
    written_shape: tuple[int, int] | None = None
    transposed: bool = False
    names: tuple[str, ...] = ()
    twice: Mask | None = None
    asked: Array | None = None
    unread: Mask | None = None
    typed: Typed | None = None

    @property
    def is_matrix(self) -> bool:
        """Whether what was typed has the shape of the figures; else nothing of it can be read."""
        return self.typed is None or [*map(len, self.typed)] == [*map(len, self.texts)]

    @property
    def is_unread(self) -> bool:
        """Whether nothing of it can be read."""
        return self.unread is not None and bool(self.unread.all())

    @property
    def written(self) -> Typed:
        """What was typed, a ~ where that is nothing; in the layout of `texts` if it is a matrix."""
        if self.typed is not None:
            return self.typed
        return tuple(tuple(BLANK if text is None else text for text in row) for row in self.texts)

    @property
    def turned(self) -> "Answer":
        """The same with rows and columns exchanged."""
        return self._replace(
            value=self.value.T,
            half=self.half.T,
            whole=self.whole.T,
            texts=tuple(zip(*self.texts, strict=True)),
            twice=None if self.twice is None else self.twice.T,
            asked=None if self.asked is None else self.asked.T,
            unread=None if self.unread is None else self.unread.T,
            typed=tuple(zip(*self.typed, strict=True)) if self.typed and self.is_matrix else self.typed,
        )


class Submission(NamedTuple):
    """The sheet of one student.

    student: the label of the sheet, else the name of the student's folder, "" if there is none. others: the
    further documents of the submission. answers: in the order of the page; quantities left
    blank are not among them. single_chance: how likely all its figures are float32 values if it was not
    computed in float32; infinite if they are not. significant_share: half a unit of the last digit of a
    figure from 1 to 10, if the sheet keeps to significant digits; 0 for decimals. mixed_share: the same for
    the fewest digits of a sheet that keeps to neither, else 0. not_understood: what could not be read, with
    its place. remarks: what was read, but may not be meant.
    """

    file: str
    student: str
    answers: Mapping[Symbol, Answer]
    single_chance: float = 1.0
    significant_share: float = 0.0
    mixed_share: float = 0.0
    not_understood: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def single(self) -> bool:
        """Whether it was computed in float32."""
        return self.single_chance < _BY_CHANCE

    @property
    def is_filled_in(self) -> bool:
        """Whether it has the same figure in every cell, and too many of them for chance."""
        values = np.concatenate([np.empty(0), *(answer.value.ravel() for answer in self.answers.values())])
        written = values[~np.isnan(values)]
        return bool(written.size >= _MANY and (written == written[0]).all())

    @property
    def may_be_single(self) -> bool:
        """Whether it may have been computed in float32."""
        return self.single_chance < inf


class Part(NamedTuple):
    """What one document has of a submission: its labels, its entries, what is said of it."""

    file: str
    student: str
    entries: Sequence[Entry]
    notes: Notes
    exercise: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing is answered in it."""
        return all(entry.is_empty for entry in self.entries)


class NothingReadableError(InputError):
    """There is nothing in a sheet that can be read, but for the label of the student perhaps."""

    def __init__(self, problems: Sequence[Problem], student: str) -> None:
        super().__init__(problems)
        self.student = student


def read_part(document: Document, solution: Solution) -> Part:
    """What a YAML sheet has of a submission; raises `InputError` where there is nothing that can be read."""
    return part_of(document, read_sheet(document, quantities_of(solution).most), solution)


def part_of(document: Document, sheet: Sheet, solution: Solution) -> Part:
    """The entries in the statements of a document, whatever its form.

    Raises `InputError` where nothing can be read, with every problem found.
    """
    notes = Notes(document)
    for problem in sheet.problems:
        notes.add(problem)
    reader = EntryReader(document, solution, notes)
    entries = [entry for statement in sheet.statements if (entry := reader.entry(statement)) is not None]
    student = _label(sheet.labels.get("student") or sheet.labels.get("name") or "")
    if not any(entry.is_empty or any(map(any, entry.texts)) for entry in entries):
        problem = Problem("there are no answers in this sheet", document.at(1, 1), EXPECTED)
        raise NothingReadableError(notes.not_understood or [problem], student)
    _compare_exercise(sheet, solution, notes)
    return Part(document.file, student, entries, notes, _label(sheet.labels.get("exercise") or ""))


def united(parts: Sequence[Part], solution: Solution) -> Submission:
    """What the documents of a student say beside one another.

    A figure that is stated in several of them counts as in the first, and it is noted where others differ.
    """
    quantities, asked = quantities_of(solution), Asked.of(solution.exercise)
    by_symbol: dict[Symbol, list[tuple[Joined, Notes]]] = {}
    for part in parts:
        for symbol, entries in _by_symbol(part.entries).items():
            one = joined(entries, quantities.shapes[symbol], part.notes)
            by_symbol.setdefault(symbol, []).append((one, part.notes))
    drafts = {symbol: _Draft(joined_across(by_symbol[symbol])) for symbol in quantities.in_order(by_symbol)}
    cells = [each for draft in drafts.values() for each in draft.figures]
    places = coarsest(cells, _ROUNDED) or coarsest(cells)
    if asked.stated or all(draft.short for draft in drafts.values()):
        places = asked.decimals  # else nothing tells how a sheet of zeros was rounded
    chance, share = single_chance(cells), significant_share(cells)
    return Submission(
        parts[0].file,
        next((part.student for part in parts if part.student), ""),
        {symbol: draft.beside(places, asked, single=chance < _BY_CHANCE) for symbol, draft in drafts.items()},
        chance,
        share,
        0.0 if share else mixed_share(cells),
        tuple(problem for part in parts for problem in part.notes.not_understood),
        tuple(problem for part in parts for problem in part.notes.remarks),
    )


def _by_symbol(entries: Sequence[Entry]) -> dict[Symbol, list[Entry]]:
    by_symbol: dict[Symbol, list[Entry]] = {}
    for entry in entries:
        if not entry.is_empty:
            by_symbol.setdefault(entry.symbol, []).append(entry)
    return by_symbol


def _compare_exercise(sheet: Sheet, solution: Solution, notes: Notes) -> None:
    """Remark on a sheet that says it is of another exercise."""
    said, own = _label(sheet.labels.get("exercise") or ""), stem(solution.exercise.origin)
    if said and own and stem(said) != own and is_exercise_name(said):
        notes.remark(f"this sheet says that it is of {clipped(said)}")


def _label(text: str) -> str:
    """The text of a label, safe to show."""
    return " ".join(clean(text[:_LONGEST_LABEL]).split())


# ---------------------------------------------------------------------------- from entries to answers


class _Draft:
    """What a sheet has for a quantity, and what that means by itself."""

    def __init__(self, statements: Joined) -> None:
        self.entry, self._names, self._twice = statements
        self.figures = figures(self.entry.texts)
        self.coarsest = coarsest(self.figures, _ROUNDED)
        self.short = all(each.short or isnan(each.value) for each in self.figures)
        self._borrows = self.coarsest is None and any(each.short for each in self.figures)

    def beside(self, decimals: int | None, asked: Asked, *, single: bool) -> Answer:
        """The answer, in a sheet whose whole 0 and ±1 have so many decimals; `single`: in float32."""
        entry = self.entry
        borrowed = decimals if self._borrows or asked.stated else self.coarsest
        value, half, whole, as_asked = _widths(entry.texts, borrowed, asked, single=single)
        return Answer(
            *(entry.symbol, value, half, whole, entry.texts, entry.written_shape, entry.transposed),
            names=self._names,
            twice=self._twice,
            asked=as_asked,
            unread=None if entry.unread is None else np.array(entry.unread),
            typed=entry.typed,
        )


@lru_cache(maxsize=1 << 12)  # a class writes the same few matrices over and over
def _widths(
    texts: Texts, decimals: int | None, asked: Asked, *, single: bool
) -> tuple[Array, Array, Mask, Array | None]:
    """The `value`, `half`, `whole` and `asked` of an answer, not to be changed; decimals: as of `widths`."""
    cells, shape = figures(texts), (len(texts), len(texts[0]))
    value, half, whole = widths(cells, shape, decimals, asked, single=single)
    as_asked = [inf if each.short else asked.half_of(each) for each in cells]
    read = np.minimum(half, np.array(as_asked).reshape(shape))
    for array in (value, half, whole, read):
        array.flags.writeable = False
    return value, half, whole, read if (read < half).any() else None
