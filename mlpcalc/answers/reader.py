"""Answer sheets: what a student wrote for which quantity, and how wide each figure is."""

from collections.abc import Iterator, Mapping, Sequence
from math import isnan
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from mlpcalc.answers.digits import Mask, coarsest, figure, figures, widths
from mlpcalc.answers.entries import LABELS, WRAPPER, Entry, EntryReader, Layout, Texts, layout_of
from mlpcalc.answers.pieces import label, parsed, taken_apart
from mlpcalc.errors import InputError, refuse
from mlpcalc.exercise import Exercise
from mlpcalc.reading.source import Document, Node, Scalar
from mlpcalc.reading.source import Mapping as Block
from mlpcalc.reading.source import Sequence as List
from mlpcalc.sanitize import clean
from mlpcalc.solution import Solution
from mlpcalc.stable import Array
from mlpcalc.symbols import Symbol
from mlpcalc.wording import shown

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
    content = memory.content(document, solution) or _content(document, solution)
    found: dict[Symbol, list[_Draft]] = {}
    for draft in content.drafts:
        if draft.entry.texts:
            found.setdefault(draft.entry.symbol, []).append(draft)
    drafts = {symbol: _joined(found[symbol], layout) for symbol in layout.in_order(found)}
    places = min((draft.coarsest for draft in drafts.values() if draft.coarsest is not None), default=None)
    if all(draft.short for draft in drafts.values()):  # nothing tells how a sheet of zeros was rounded
        places = solution.exercise.decimals
    return Submission(
        document.file,
        content.student,
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


class _Content(NamedTuple):
    """What is in a sheet, in its order."""

    student: str
    drafts: list[_Draft]


def _content(document: Document, solution: Solution) -> _Content:
    """What is in a sheet that is parsed as a whole; raises `InputError` with every problem found."""
    root = document.root
    if not isinstance(root, Block):
        what = "a list" if isinstance(root, List) else "text"
        raise refuse(f"a sheet of answers was expected, not {what}", document.place(root), expected=_EXPECTED)
    if any(key.text == "layers" for key, _ in root.pairs):
        raise refuse("this is an exercise, not a sheet of answers", document.place(root), expected=_EXPECTED)
    reader = EntryReader(document, solution)
    student = ""
    drafts = []
    for key, value in _pairs(document, root, top=True):
        if key.text in LABELS:
            text = reader.label(key, value)
            student = student or (text if key.text == "student" else "")
        elif (entry := reader.entry(key, value)) is not None:
            drafts.append(_Draft(entry))
    if not drafts and not document.problems:
        document.complain(root, "there are no answers in this sheet", expected=_EXPECTED)
    document.raise_problems()
    return _Content(student, drafts)


def _pairs(document: Document, block: Block, *, top: bool) -> Iterator[tuple[Scalar, Node]]:
    """The keys of a sheet with their values, those inside `answers` included, each once."""
    seen: dict[str, int] = {}
    for key, value in block.pairs:
        if key.text in seen:
            document.complain(
                key,
                f"{shown(clean(key.text))} is given twice",
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


class _Piece(NamedTuple):
    """What a piece of a sheet says under its key: the text of a label, or something about a quantity."""

    key: str
    text: str = ""
    draft: _Draft | None = None


class _Memory:
    """The pieces of the sheets of one exercise that have been read, by what was typed."""

    def __init__(self) -> None:
        self._known: dict[str, _Piece] = {}

    def content(self, document: Document, solution: Solution) -> _Content | None:
        """What is in a sheet without any problem; None for one that has to be parsed as a whole."""
        pieces = taken_apart(document.text)
        if pieces is None:
            return None
        read: dict[str, _Piece] = {}
        unread: tuple[list[str], list[str]] = [], []  # at the top, inside `answers`
        for piece in pieces:
            if known := self._known.get(piece):
                read[piece] = known
            elif found := label(piece):
                read[piece] = _Piece(*found)
            else:
                unread[piece.startswith(" ")].append(piece)
        for group in filter(None, unread):
            fresh = _read_pieces(group, document.file, solution)
            if fresh is None:
                return None
            read |= fresh
            self._remember(fresh)
        return _assembled(pieces, read)

    def _remember(self, fresh: Mapping[str, _Piece]) -> None:
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        self._known |= {text: piece for text, piece in fresh.items() if piece.draft and len(text) < _LONGEST}


def _read_pieces(pieces: Sequence[str], file: str, solution: Solution) -> dict[str, _Piece] | None:
    """What pieces say; None if something is wrong with one of them."""
    found = parsed(pieces, file)
    if found is None:
        return None
    document, pairs = found
    reader = EntryReader(document, solution)
    read = {}
    try:
        for piece, (key, value) in zip(pieces, pairs, strict=True):
            if key.text in LABELS:
                read[piece] = _Piece(key.text, reader.label(key, value))
            elif (entry := reader.entry(key, value)) is not None:
                read[piece] = _Piece(key.text, draft=_Draft(entry))
    except InputError:
        return None
    return None if document.problems else read


def _assembled(pieces: Sequence[str], read: Mapping[str, _Piece]) -> _Content | None:
    """The sheet made of these pieces; None if a key stands there twice, or there are no answers."""
    student = ""
    drafts: dict[tuple[bool, str], _Draft | None] = {}
    for text in pieces:
        key, label_text, draft = read[text]
        place = text.startswith(" "), key
        if place in drafts:
            return None
        drafts[place] = draft
        if key == "student":
            student = student or label_text
    answered = [draft for draft in drafts.values() if draft]
    return _Content(student, answered) if answered else None


_MEMORIES: WeakKeyDictionary[Exercise, _Memory] = WeakKeyDictionary()
