"""Answer sheets: the values a student wrote for each quantity, and the precision of each figure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import inf, isnan
from typing import NamedTuple

import numpy as np

from mlpcalc.answers.digits import Asked, coarsest, figure, figures, significant_share, widths
from mlpcalc.answers.entries import LABELS, WRAPPER, Entry, EntryReader, Quantities, Texts, quantities_of
from mlpcalc.arrays import Array, Mask
from mlpcalc.errors import refuse
from mlpcalc.page.symbols import Symbol
from mlpcalc.reading.source import Document, MappingNode, Node, ScalarNode, SequenceNode
from mlpcalc.solving.solution import Solution
from mlpcalc.text.wording import shown

_EXPECTED = "quantities, such as S1: [[0.5, -0.25], [1.5, 2]]"


class Answer(NamedTuple):
    """The answer of a sheet for one quantity.

    In the layout of the page, always with two axes: (units, samples), weights (units, inputs), biases
    (units, 1), per-sample losses (1, N), the loss (1, 1).

    value: float64, nan where it is blank. half: half the width that each figure stands for, 0 for fractions,
    nan where it is blank. asked: the same, read as if it ended in zeros where it has fewer digits than asked;
    None if that changes nothing. whole: where a figure has neither an exponent nor a digit after the point,
    so that it may be exact. texts: what was typed, None where it is blank. names: the spellings used in the
    sheet. twice: where the sheet has two different figures, of which the first one is here; None if nowhere.

    written_shape: (rows, columns) as typed, if these are not the right ones; then everything above has that
    shape, or, where the exercise's own layout is not that of the page, the other way round. transposed:
    whether they would be the right ones the other way round.
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
        )


class Submission(NamedTuple):
    """The sheet of one student.

    student: the label of the sheet, "" if it has none. answers: in the order of the page; quantities left
    blank are not among them. single: whether some figure is a float32 value. significant_share: half a unit
    of the last digit of a figure from 1 to 10, if the sheet keeps to significant digits; 0 for decimals.
    """

    file: str
    student: str
    answers: Mapping[Symbol, Answer]
    single: bool
    significant_share: float = 0.0


def read_answers(document: Document, solution: Solution) -> Submission:
    """The answers in a document; raises `InputError` with every problem found."""
    student, entries = _content(document, solution)
    return submission(document.file, student, entries, solution)


def submission(file: str, student: str, entries: Iterable[Entry], solution: Solution) -> Submission:
    """What the entries of a sheet mean beside one another."""
    quantities, asked = quantities_of(solution), Asked.of(solution.exercise)
    by_symbol: dict[Symbol, list[Entry]] = {}
    for entry in entries:
        if entry.texts:
            by_symbol.setdefault(entry.symbol, []).append(entry)
    drafts = {symbol: _joined(by_symbol[symbol], quantities) for symbol in quantities.in_order(by_symbol)}
    places = min((draft.coarsest for draft in drafts.values() if draft.coarsest is not None), default=None)
    if asked.stated or all(draft.short for draft in drafts.values()):
        places = asked.decimals  # else nothing tells how a sheet of zeros was rounded
    return Submission(
        file,
        student,
        {symbol: draft.beside(places, asked) for symbol, draft in drafts.items()},
        any(draft.single for draft in drafts.values()),
        significant_share(each for draft in drafts.values() for each in draft.figures),
    )


# ---------------------------------------------------------------------------- from entries to answers


class _Draft:
    """What a sheet has for a quantity, and what that means by itself."""

    def __init__(self, entry: Entry, names: tuple[str, ...] = (), twice: Mask | None = None) -> None:
        self.entry = entry
        self.figures = figures(entry.texts)
        self.coarsest = coarsest(self.figures)
        self.single = True in [each.single for each in self.figures]
        self.short = self.coarsest is None and all(each.short or isnan(each.value) for each in self.figures)
        self._borrows = self.coarsest is None and any(each.short for each in self.figures)
        self._names = names or (entry.name,)
        self._twice = twice

    def beside(self, decimals: int | None, asked: Asked) -> Answer:
        """The answer, in a sheet whose whole 0 and ±1 have so many decimals."""
        symbol, _, texts, _, written_shape, transposed = self.entry
        shape = _shape(self.entry)
        borrowed = decimals if self._borrows or asked.stated else self.coarsest
        value, half, whole = widths(self.figures, shape, borrowed, stated=asked.stated)
        as_asked = [inf if each.short else asked.half_of(each) for each in self.figures]
        read = np.minimum(half, np.array(as_asked).reshape(shape))
        short = None if np.array_equal(read, half, equal_nan=True) else read
        return Answer(
            *(symbol, value, half, whole, texts, written_shape, transposed, self._names, self._twice, short)
        )


def _joined(entries: Sequence[Entry], quantities: Quantities) -> _Draft:
    """All that a sheet has for one quantity, with the first figure where it has several."""
    if len(entries) == 1 and entries[0].cell is None:
        return _Draft(entries[0])
    matrices = [entry for entry in entries if entry.cell is None]
    fitting = [entry for entry in matrices if entry.written_shape is None]
    like = next(iter(fitting or matrices), Entry(entries[0].symbol, "", ()))
    shape = _shape(like) if like.texts else quantities.shapes[like.symbol]
    texts: list[list[str | None]] = [[None] * shape[1] for _ in range(shape[0])]
    twice = np.zeros(shape, dtype=np.bool_)
    for entry in entries:
        if like.written_shape if entry.cell else _shape(entry) != shape:
            twice[:] = True  # they cannot be compared cell by cell
            continue
        top, left = entry.cell or (0, 0)
        for i, row in enumerate(entry.texts, start=top):
            for j, text in enumerate(row, start=left):
                first = texts[i][j]
                if first is None:
                    texts[i][j] = text
                elif text is not None and figure(first).value != figure(text).value:
                    twice[i, j] = True
    twice &= np.array([[text is not None for text in row] for row in texts])
    names = tuple(dict.fromkeys(entry.name for entry in entries))
    whole = like._replace(texts=tuple(map(tuple, texts)))
    return _Draft(whole, names, twice if twice.any() else None)


def _shape(entry: Entry) -> tuple[int, int]:
    return len(entry.texts), len(entry.texts[0])


# ---------------------------------------------------------------------------- from the document to entries


def _content(document: Document, solution: Solution) -> tuple[str, list[Entry]]:
    """The label of the student, and what a sheet says of each quantity; raises `InputError`."""
    root = document.root
    if not isinstance(root, MappingNode):
        what = "a list" if isinstance(root, SequenceNode) else "text"
        raise refuse(f"a sheet of answers was expected, not {what}", document.place(root), expected=_EXPECTED)
    if any(key.text == "layers" for key, _ in root.pairs):
        raise refuse("this is an exercise, not a sheet of answers", document.place(root), expected=_EXPECTED)
    reader = EntryReader(document, solution)
    labels = {"student": ""}
    entries: list[Entry] = []
    for key, value in _pairs(document, root, top=True):
        if key.text in LABELS:
            labels[key.text] = labels.get(key.text) or reader.label(key, value)
        elif entry := reader.entry(key, value):
            entries.append(entry)
    if not document.problems and not entries:
        document.complain(root, "there are no answers in this sheet", expected=_EXPECTED)
    document.raise_problems()
    return labels["student"], entries


def _pairs(document: Document, block: MappingNode, *, top: bool) -> Iterator[tuple[ScalarNode, Node]]:
    """The keys of a sheet with their values, those inside `answers` included, each once."""
    seen: dict[str, int] = {}
    for key, value in block.pairs:
        if key.text in seen:
            document.complain(
                key,
                f"{shown(key.text)} is given twice",
                hint=f"the first one is on line {seen[key.text]}",
            )
            continue
        seen[key.text] = key.line
        if not (top and key.text == WRAPPER):
            yield key, value
        elif isinstance(value, MappingNode):
            yield from _pairs(document, value, top=False)
        elif not (isinstance(value, ScalarNode) and value.blank):
            document.complain(value, f"{WRAPPER} must have keys", expected=_EXPECTED)
