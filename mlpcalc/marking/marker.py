"""Marking: the figures of a sheet against what follows from the exercise, and from one another.

Sheets that answer the same quantities are marked as one stack of arrays, twice at most. Where nothing is
wrong, one line is enough. The others are gone through again along two: with their figures as they are
(`own`), and with all that is not right replaced by what it should have been (`right`).
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from mlpcalc.answers.digits import share_of_figures
from mlpcalc.answers.reader import Answer, Submission
from mlpcalc.arrays import Array, Mask
from mlpcalc.marking.diagnosis import Diagnostics
from mlpcalc.marking.evidence import Cases
from mlpcalc.marking.lines import Ground, Line, Scratch
from mlpcalc.marking.marks import Found, QuantityMarks, SheetMarks, quantity_marks
from mlpcalc.marking.verdicts import Figures, Verdict, Verdicts, judge
from mlpcalc.numerics.interval import UNIT, Ball
from mlpcalc.page.expr import Expr
from mlpcalc.page.symbols import Symbol

_SINGLE = 2.0**-21  # what one operation in single precision rounds by, with room for exp and log
_SUSPICIONS = 12  # of one sheet, about steps that it does not show
_UNKNOWN, _BOUNDED = 1e60, 1e50


class Marker:
    """Marks the sheets of one exercise."""

    def __init__(self, ground: Ground, worth: Mapping[Symbol, float]) -> None:
        self._ground = ground
        self._worth = worth
        self._diagnostics = Diagnostics(ground)

    def mark(self, sheets: Sequence[Submission]) -> list[SheetMarks]:
        """The marks of the sheets, in their order."""
        marks = dict(enumerate(self.without_mistakes(sheets)))
        left = [place for place, mark in marks.items() if mark is None]
        for places in _alike(sheets, left):
            found = _Careful(self._ground, [sheets[place] for place in places], self._diagnostics).run()
            marks |= zip(places, found.marks(self._worth), strict=True)
        return [mark for mark in marks.values() if mark is not None]

    def without_mistakes(self, sheets: Sequence[Submission]) -> list[SheetMarks | None]:
        """The marks of the sheets in which nothing is wrong; None for the others."""
        marks: list[SheetMarks | None] = [None] * len(sheets)
        regular = [place for place, sheet in enumerate(sheets) if not _odd(sheet)]
        for places in _alike(sheets, regular):
            found = _Pass(self._ground, [sheets[place] for place in places]).run()
            for place, fine, mark in zip(places, found.fine, found.marks(self._worth), strict=True):
                marks[place] = mark if fine else None
        return marks


def _odd(sheet: Submission) -> bool:
    """Whether a sheet has something that arrays cannot hold: a wrong shape, two answers to one question."""
    return any(answer.written_shape or answer.twice is not None for answer in sheet.answers.values())


def _alike(sheets: Sequence[Submission], places: Sequence[int]) -> Iterator[list[int]]:
    """The places of sheets that can be marked as one stack."""
    stacks: dict[object, list[int]] = {}
    for place in places:
        sheet = sheets[place]
        key = place if _odd(sheet) else (sheet.single, *sheet.answers)
        stacks.setdefault(key, []).append(place)
    yield from stacks.values()


class _Pass:
    """Once over the page with a stack of sheets, along one line."""

    def __init__(self, ground: Ground, sheets: Sequence[Submission]) -> None:
        self._ground = ground
        self._sheets = sheets
        self._own = self._right = Line(
            ground, {}, written=frozenset(sheets[0].answers), unit=_SINGLE if sheets[0].single else UNIT
        )
        self._marks: dict[Symbol, list[QuantityMarks]] = {}
        self.fine = np.ones(len(sheets), bool)

    def run(self) -> "_Pass":
        """Mark every answer, in the order in which one depends on another."""
        for symbol in sorted(self._sheets[0].answers, key=self._ground.order.__getitem__):
            self._mark(symbol, [sheet.answers[symbol] for sheet in self._sheets])
        return self

    def marks(self, worth: Mapping[Symbol, float]) -> Iterator[SheetMarks]:
        """The marks of each sheet."""
        for row, sheet in enumerate(self._sheets):
            quantities = {symbol: self._marks[symbol][row] for symbol in sheet.answers}
            yield SheetMarks(sheet.file, sheet.student, quantities, worth, shows_another=self._shows(row))

    def _shows(self, _row: int) -> bool:
        return False

    def _mark(self, symbol: Symbol, answers: Sequence[Answer]) -> None:
        figures, step = _figures(answers), self._own.step(symbol)
        verdicts = self._judged(symbol, figures, step, step, _scratch(answers))
        self.fine &= (verdicts != Verdict.WRONG).all(axis=(1, 2))
        self._own.enter(symbol, figures.ball(step), figures.blank)
        self._marks[symbol] = quantity_marks(answers, verdicts, step)

    def _judged(
        self, symbol: Symbol, figures: Figures, step: Ball, should: Ball, scratch: Scratch
    ) -> Verdicts:
        def on_scratch(sheets: Mask) -> tuple[Ball, Ball]:
            rows, amount = np.flatnonzero(sheets), scratch.of(sheets)
            own = self._own.rows(rows).widened(amount).step(symbol)
            if self._right is self._own:
                return own, own
            return self._right.rows(rows).widened(amount).step(symbol), own

        return judge(figures, self._ground.exact(symbol), should, step, on_scratch)


class _Careful(_Pass):
    """Once over the page along two lines, with what explains the mistakes."""

    def __init__(self, ground: Ground, sheets: Sequence[Submission], diagnostics: Diagnostics) -> None:
        super().__init__(ground, sheets)
        self._diagnostics = diagnostics
        self._causes: list[set[str]] = [set() for _ in sheets]
        self._suspicions: list[list[dict[Symbol, Expr]]] = [[] for _ in sheets]
        self._verdicts: dict[Symbol, Verdicts] = {}
        self._another = np.zeros(len(sheets), bool)
        self._share = np.array([share_of_figures(_texts(sheet)) for sheet in sheets])

    def _shows(self, row: int) -> bool:
        return bool(self._another[row])

    def _mark(self, symbol: Symbol, answers: Sequence[Answer]) -> None:
        step = self._own.step(symbol)
        should = step if self._right is self._own else self._right.step(symbol)
        if answers[0].written_shape is not None:
            self._misshapen(symbol, answers[0], step, should)
            return
        figures, scratch = _figures(answers), _scratch(answers, self._share)
        verdicts = self._judged(symbol, figures, step, should, scratch)
        for row, answer in enumerate(answers):
            if answer.twice is not None:
                verdicts[row][answer.twice] = Verdict.WRONG
        self._follow_suspicions(symbol, figures, verdicts, scratch)
        self._take_back_trivial(symbol, figures, verdicts)
        right = (verdicts == Verdict.CORRECT) | (verdicts == Verdict.ROUNDING)
        self._another |= (right & ~figures.meets(step, 2)).any(axis=(1, 2))
        found, repeated = self._diagnosed(symbol, figures, verdicts, step, should, scratch)
        self._marks[symbol] = quantity_marks(answers, verdicts, step, found, repeated)
        self._verdicts[symbol] = verdicts
        self._go_on(symbol, figures, verdicts, step, should)

    def _diagnosed(
        self,
        symbol: Symbol,
        figures: Figures,
        verdicts: Verdicts,
        step: Ball,
        should: Ball,
        scratch: Scratch,
    ) -> tuple[dict[int, Found], set[int]]:
        """What explains the mistakes, by row; and the rows in which a cause has been paid for already."""
        wrong = np.flatnonzero((verdicts == Verdict.WRONG).any(axis=(1, 2)))
        if not wrong.size:
            return {}, set()
        sheets = [self._sheets[row] for row in wrong.tolist()]
        earlier = [{s: marks[row] for s, marks in self._marks.items()} for row in wrong]
        own = self._own.rows(wrong)
        cases = Cases(
            sheets,
            symbol,
            Figures(figures.value[wrong], figures.half[wrong]),
            verdicts[wrong],
            own,
            own if self._right is self._own else self._right.rows(wrong),
            scratch.of(wrong),
            earlier,
        )
        found = dict(zip(wrong.tolist(), self._diagnostics.diagnose(cases), strict=True))
        repeated = {row for row, each in found.items() if each.causes & self._causes[row]}
        for row, each in found.items():
            self._causes[row] |= each.causes
            before = self._suspicions[row]
            more = [
                {**other, unwritten: way} for other in (before or [{}]) for unwritten, way in each.instead
            ]
            self._suspicions[row] = [*more, *before][:_SUSPICIONS]
        return found, repeated

    def _follow_suspicions(
        self, symbol: Symbol, figures: Figures, verdicts: Verdicts, scratch: Scratch
    ) -> None:
        """What is wrong by the page follows, if it is right by what an unseen step seems to have been.

        Where several things may have been done there, those are kept that go with this answer, too.
        """
        for row in np.flatnonzero((verdicts == Verdict.WRONG).any(axis=(1, 2))).tolist():
            if not self._suspicions[row]:
                continue
            own, wrong = self._own.rows(np.array([row])), verdicts[row] == Verdict.WRONG
            one = Figures(figures.value[[row]], figures.half[[row]])
            for verdict, amount, units in _DEGREES:
                able = []
                for suspicion in self._suspicions[row]:
                    line = own.changed(edited=suspicion)
                    step = (line.widened(scratch.of(np.array([row]))) if amount else line).step(symbol)
                    if _all_fit(one, step, wrong, units):
                        able.append(suspicion)
                if able:
                    self._suspicions[row] = able
                    verdicts[row][wrong] = verdict
                    break

    def _go_on(self, symbol: Symbol, figures: Figures, verdicts: Verdicts, step: Ball, should: Ball) -> None:
        """Both lines with this answer on them; on the right one, what it should have been where it is not."""
        kept = (verdicts <= Verdict.ROUNDING) | (verdicts == Verdict.UNCHECKED)
        if self._right is self._own and not kept.all():
            self._right = self._own.copy()
        self._own.enter(symbol, figures.ball(step), figures.blank)
        if self._right is not self._own:
            mended = _mended(should, self._ground.exact(symbol))
            pairs = zip(figures.ball(should), mended, strict=True)
            self._right.enter(symbol, Ball(*(np.where(kept, *pair) for pair in pairs)), figures.blank)

    def _misshapen(self, symbol: Symbol, answer: Answer, step: Ball, should: Ball) -> None:
        """A matrix of the wrong shape, on the only sheet of this stack."""
        shape = self._ground.exact(symbol).shape
        verdicts = np.full((1, *shape), Verdict.WRONG, np.int8)
        found = self._diagnostics.misshapen(answer)
        self._marks[symbol] = quantity_marks([answer], verdicts, step, {0: Found((found,))})
        if answer.transposed:  # one goes on from such a matrix as it was meant
            figures = Figures(answer.value.T[None], answer.half.T[None])
            turned = self._judged(symbol, figures, step, should, _scratch([answer]))
            if not (turned == Verdict.WRONG).any():
                self._own.enter(symbol, figures.ball(step), figures.blank)
                if self._right is not self._own:
                    self._right.enter(symbol, figures.ball(should), figures.blank)

    def _take_back_trivial(self, symbol: Symbol, figures: Figures, verdicts: Verdicts) -> None:
        """No credit for what follows from nothing but wrong zeros: 0 times anything is 0.

        That is so if nothing else needs to be known. And of an answer that is nothing but zeros, some of them
        wrong, those that happen to be right are no better than the others.
        """
        if symbol in self._ground.page and (verdicts == Verdict.FOLLOWS).any():
            verdicts[(verdicts == Verdict.FOLLOWS) & self._fixed_by_zeros(symbol)] = Verdict.TRIVIAL
        nothing = ((figures.value == 0) | figures.blank).all(axis=(1, 2), keepdims=True)
        if nothing.any():
            nothing &= (verdicts >= Verdict.TRIVIAL).any(axis=(1, 2), keepdims=True)
            verdicts[nothing & (verdicts < Verdict.TRIVIAL) & ~figures.blank] = Verdict.TRIVIAL

    def _fixed_by_zeros(self, symbol: Symbol) -> Mask:
        """The cells whose values the wrong zeros among the figures determine by themselves."""
        known = {
            given: Ball(ball.value, ball.radius + _UNKNOWN) for given, ball in self._ground.givens.items()
        }
        false = np.zeros(len(self._sheets), bool)
        for other, others in self._verdicts.items():
            ball = self._own.known[other]
            zero = ball.value == 0
            known[other] = Ball(np.where(zero, 0.0, ball.value), np.where(zero, 0.0, _UNKNOWN))
            false |= (zero & (others >= Verdict.TRIVIAL)).any(axis=(1, 2))
        if not false.any():
            return np.zeros(1, bool)
        radius = Line(self._ground, known, written=self._own.written).step(symbol).radius
        return np.asarray((radius < _BOUNDED) & false[:, None, None])


# How well figures may go with a suspicion: as they are, by a unit, with rounding on scratch paper.
_DEGREES = ((Verdict.FOLLOWS, False, 1), (Verdict.ROUNDING, False, 2), (Verdict.ROUNDING, True, 1))


def _all_fit(figures: Figures, step: Ball, cells: Mask, units: int) -> bool:
    """Whether the figures of one sheet can be those of a ball in all of these cells."""
    return bool((figures.meets(step, units) & ~figures.undecided(step))[0][cells].all())


def _texts(sheet: Submission) -> Iterator[str | None]:
    return (text for answer in sheet.answers.values() for row in answer.texts for text in row)


def _figures(answers: Sequence[Answer]) -> Figures:
    """The answers as one stack."""
    return Figures(np.stack([a.value for a in answers]), np.stack([a.half for a in answers]))


def _scratch(answers: Sequence[Answer], share: Array | float = 0.0) -> Scratch:
    """Half a unit of the coarsest figure of each answer; whole numbers count where there is nothing else."""
    half, whole = np.stack([a.half for a in answers]), np.stack([a.whole for a in answers])
    decimal = np.where(whole | np.isnan(half), -1.0, half).max(axis=(1, 2), keepdims=True)
    half = np.where(np.isnan(half), 0.0, half)
    amount = np.where(decimal >= 0, decimal, half.max(axis=(1, 2), keepdims=True))
    return Scratch(amount, np.broadcast_to(np.reshape(share, (-1, 1, 1)), amount.shape))


def _mended(should: Ball, exact: Array) -> Ball:
    """What a cell should have been: what follows, or the exact solution where that says nothing."""
    known = np.isfinite(should.radius)
    return Ball(np.where(known, should.value, exact), np.where(known, should.radius, 0.0))
