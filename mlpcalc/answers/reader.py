"""Answer sheets: what a student wrote for which quantity, and how wide each figure is."""

from collections.abc import Iterator, Mapping, Sequence
from math import isnan
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from mlpcalc.answers.digits import coarsest, figure, figures, widths
from mlpcalc.answers.entries import LABELS, WRAPPER, Entry, EntryReader, Layout, Texts, layout_of
from mlpcalc.answers.pieces import label, parsed, taken_apart
from mlpcalc.arrays import Array, Mask
from mlpcalc.errors import InputError, refuse
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.symbols import Symbol
from mlpcalc.reading.source import Document, Node, Scalar
from mlpcalc.reading.source import Mapping as Block
from mlpcalc.reading.source import Sequence as List
from mlpcalc.solving.solution import Solution
from mlpcalc.text.wording import shown

_EXPECTED = "quantities, such as S1: [[0.5, -0.25], [1.5, 2]]"
_REMEMBERED = 4000  # pieces of sheets of one exercise
_LONGEST = 4000  # characters of a piece that is remembered


class Answer(NamedTuple):
    """What a sheet has for one quantity.

    In the layout of the page, always with two axes: (units, samples), weights (units, inputs), biases
    (units, 1), per-sample losses (1, N), the loss (1, 1).

    value: float64, nan where it is blank. half: half the width that each figure stands for, 0 for fractions,
    nan where it is blank. whole: where a figure has neither an exponent nor a digit after the point, so that
    it may be exact. texts: what was typed, None where it is blank. names: the spellings used in the sheet.
    twice: where the sheet has two different figures, of which the first one is here; None if nowhere.

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


class Submission(NamedTuple):
    """What one student handed in.

    student: the label of the sheet, "" if it has none. answers: in the order of the page; quantities left
    blank are not among them. single: whether some figure is a float32 value.
    """

    file: str
    student: str
    answers: Mapping[Symbol, Answer]
    single: bool


def read_answers(document: Document, solution: Solution) -> Submission:
    """The answers in a document; raises `InputError` with every problem found.

    What sheets of one exercise have in common is read once, and shared: the arrays cannot be written to.
    """
    layout = layout_of(solution)
    memory = _MEMORIES.setdefault(solution.exercise, _Memory())
    pieces = memory.pieces(document, solution) or _pieces(document, solution)
    found: dict[Symbol, list[_Draft]] = {}
    for piece in pieces:
        if piece.draft and piece.draft.entry.texts:
            found.setdefault(piece.draft.entry.symbol, []).append(piece.draft)
    drafts = {symbol: _joined(found[symbol], layout) for symbol in layout.in_order(found)}
    places = min((draft.coarsest for draft in drafts.values() if draft.coarsest is not None), default=None)
    if all(draft.short for draft in drafts.values()):  # nothing tells how a sheet of zeros was rounded
        places = solution.exercise.decimals
    return Submission(
        document.file,
        next((piece.text for piece in pieces if piece.key == "student" and piece.text), ""),
        {symbol: draft.beside(places) for symbol, draft in drafts.items()},
        single=any(draft.single for draft in drafts.values()),
    )


# ---------------------------------------------------------------------------- from entries to answers


class _Draft:
    """What a sheet has for a quantity, and what that means by itself."""

    def __init__(self, entry: Entry, names: tuple[str, ...] = (), twice: Mask | None = None) -> None:
        self.entry = entry
        self._figures = figures(entry.texts)
        self.coarsest = coarsest(self._figures)
        self.single = any(each.single for each in self._figures)
        self.short = all(each.short or isnan(each.value) for each in self._figures)
        self._borrows = self.coarsest is None and any(each.short for each in self._figures)
        self._names = names or (entry.name,)
        self._twice = twice
        self._alone: Answer | None = None

    def beside(self, decimals: int | None) -> Answer:
        """The answer, in a sheet whose coarsest figures have so many decimals."""
        if self._borrows:
            return self._answer(decimals)
        if self._alone is None:
            self._alone = self._answer(self.coarsest)
        return self._alone

    def _answer(self, decimals: int | None) -> Answer:
        symbol, _, texts, _, written_shape, transposed = self.entry
        value, half, whole = widths(self._figures, _shape(self.entry), decimals)
        for array in (value, half, whole):
            array.flags.writeable = False
        return Answer(symbol, value, half, whole, texts, written_shape, transposed, self._names, self._twice)


def _joined(drafts: Sequence[_Draft], layout: Layout) -> _Draft:
    """All that a sheet has for one quantity, with the first figure where it has several."""
    entries = [draft.entry for draft in drafts]
    if len(entries) == 1 and entries[0].cell is None:
        return drafts[0]
    matrices = [entry for entry in entries if entry.cell is None]
    fitting = [entry for entry in matrices if entry.written_shape is None]
    like = next(iter(fitting or matrices), Entry(entries[0].symbol, "", ()))
    shape = _shape(like) if like.texts else layout.shapes[like.symbol]
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
    twice.flags.writeable = False
    names = tuple(dict.fromkeys(entry.name for entry in entries))
    whole = like._replace(texts=tuple(map(tuple, texts)))
    return _Draft(whole, names, twice if twice.any() else None)


def _shape(entry: Entry) -> tuple[int, int]:
    return len(entry.texts), len(entry.texts[0])


# ---------------------------------------------------------------------------- from the document to entries


class _Piece(NamedTuple):
    """What a sheet says under one key: the text of a label, or something about a quantity, if it is read."""

    key: str
    text: str = ""
    draft: _Draft | None = None


def _piece(reader: EntryReader, key: Scalar, value: Node) -> _Piece:
    if key.text in LABELS:
        return _Piece(key.text, reader.label(key, value))
    entry = reader.entry(key, value)
    return _Piece(key.text, draft=entry and _Draft(entry))


def _pieces(document: Document, solution: Solution) -> list[_Piece]:
    """The pieces of a sheet that is parsed as a whole; raises `InputError` with every problem found."""
    root = document.root
    if not isinstance(root, Block):
        what = "a list" if isinstance(root, List) else "text"
        raise refuse(f"a sheet of answers was expected, not {what}", document.place(root), expected=_EXPECTED)
    if any(key.text == "layers" for key, _ in root.pairs):
        raise refuse("this is an exercise, not a sheet of answers", document.place(root), expected=_EXPECTED)
    reader = EntryReader(document, solution)
    pieces = [_piece(reader, key, value) for key, value in _pairs(document, root, top=True)]
    if not document.problems and not any(piece.draft for piece in pieces):
        document.complain(root, "there are no answers in this sheet", expected=_EXPECTED)
    document.raise_problems()
    return pieces


def _pairs(document: Document, block: Block, *, top: bool) -> Iterator[tuple[Scalar, Node]]:
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
        elif isinstance(value, Block):
            yield from _pairs(document, value, top=False)
        elif not (isinstance(value, Scalar) and value.blank):
            document.complain(value, f"{WRAPPER} must have keys", expected=_EXPECTED)


class _Memory:
    """The pieces of the sheets of one exercise that have been read, by what was typed."""

    def __init__(self) -> None:
        self._known: dict[str, _Piece] = {}

    def pieces(self, document: Document, solution: Solution) -> list[_Piece] | None:
        """The pieces of a sheet without any problem; None for one that has to be parsed as a whole."""
        texts = taken_apart(document.text)
        if texts is None:
            return None
        read: dict[str, _Piece] = {}
        unread: tuple[list[str], list[str]] = [], []  # at the top, inside `answers`
        for text in texts:
            if known := self._known.get(text):
                read[text] = known
            elif found := label(text):
                read[text] = _Piece(*found)
            else:
                unread[text.startswith(" ")].append(text)
        for group in filter(None, unread):
            fresh = _read_pieces(group, document.file, solution)
            if fresh is None:
                return None
            read |= fresh
            self._remember(fresh)
        pieces = [read[text] for text in texts]
        places = {(text.startswith(" "), piece.key) for text, piece in zip(texts, pieces, strict=True)}
        no_key_twice = len(places) == len(pieces)
        return pieces if no_key_twice and any(piece.draft for piece in pieces) else None

    def _remember(self, fresh: Mapping[str, _Piece]) -> None:
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        self._known |= {text: piece for text, piece in fresh.items() if piece.draft and len(text) < _LONGEST}


def _read_pieces(texts: Sequence[str], file: str, solution: Solution) -> dict[str, _Piece] | None:
    """What pieces say; None if something is wrong with one of them."""
    found = parsed(texts, file)
    if found is None:
        return None
    document, pairs = found
    reader = EntryReader(document, solution)
    try:
        read = {text: _piece(reader, *pair) for text, pair in zip(texts, pairs, strict=True)}
    except InputError:
        return None
    return None if document.problems else read


_MEMORIES: WeakKeyDictionary[Exercise, _Memory] = WeakKeyDictionary()
