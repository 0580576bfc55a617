"""Marking a stack of sheets: the figures against what follows from the exercise, and from one another."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from mlpcalc.answers.reader import Answer, Submission
from mlpcalc.arrays import Array, Mask
from mlpcalc.marking.basis import Basis
from mlpcalc.marking.diagnosis import Diagnostics, unexplained
from mlpcalc.marking.evidence import Question, finest_half
from mlpcalc.marking.lines import Line
from mlpcalc.marking.marks import (
    UNEXPLAINED,
    Explanation,
    QuantityMarks,
    SheetMarks,
    Suspicion,
    is_muddled,
    quantity_marks,
)
from mlpcalc.marking.rules import AS_MEANT, RULES, copied, judge
from mlpcalc.marking.verdicts import Figures, Verdict
from mlpcalc.numerics.interval import UNIT, Ball
from mlpcalc.page.symbols import Symbol

_SINGLE = 2.0**-21  # what one operation in single precision rounds by, with room for exp and log
_SUSPICIONS = 12  # of one sheet
_PASSED_THROUGH = (Verdict.FOLLOWS, Verdict.UNCHECKED, Verdict.COARSE, Verdict.UNREAD)
_KEPT = np.array([verdict.kept for verdict in Verdict])


class Marking:
    """One pass over the page with a stack of sheets that answer the same quantities, along two lines.

    The own line has the figures of the sheets. The right line has what they should have been, from the first
    answer on that is not right everywhere; before that there is only one. diagnostics: None to leave mistakes
    unexplained.
    """

    def __init__(self, basis: Basis, sheets: Sequence[Submission], diagnostics: Diagnostics | None) -> None:
        self._basis = basis
        self._sheets = sheets
        self._diagnostics = diagnostics
        self._own = self._right = Line(
            basis, {}, written=frozenset(sheets[0].answers), unit=_SINGLE if sheets[0].single else UNIT
        )
        self._marks: dict[Symbol, list[QuantityMarks]] = {}
        self._places = np.arange(len(sheets))
        self._shows_other_convention = np.zeros(len(sheets), bool)
        self._causes: list[set[str]] = [set() for _ in sheets]
        self._puzzles = [0] * len(sheets)  # answers that nothing explains
        self._suspicions: list[list[Suspicion]] = [[] for _ in sheets]
        self._wrong_before_known: dict[tuple[object, ...], tuple[Symbol, ...]] = {}
        self._significant_shares = np.array([_significant_share(sheet, basis) for sheet in sheets])
        self._finest = finest_half(sheets, basis)
        self._filled_in = np.array([sheet.is_filled_in for sheet in sheets])

    def run(self, *, while_consistent: bool = False) -> Iterator[SheetMarks]:
        """Mark every answer, in the order in which one depends on another; the marks of each sheet.

        while_consistent: whether to give up, with no marks, at an answer that is not right on some sheet.
        """
        for symbol in sorted(self._sheets[0].answers, key=self._basis.order.__getitem__):
            self._mark(symbol)
            if while_consistent and not all(marks.is_consistent for marks in self._marks[symbol]):
                return
        for row, sheet in enumerate(self._sheets):
            marks = self._with_sources({symbol: self._marks[symbol][row] for symbol in sheet.answers})
            shows = bool(self._shows_other_convention[row])
            yield SheetMarks(
                *(sheet.file, sheet.student, marks, self._basis.points),
                shows_other_convention=shows,
                not_understood=sheet.not_understood,
                remarks=sheet.remarks,
            )

    def _mark(self, symbol: Symbol) -> None:
        answers = [sheet.answers[symbol] for sheet in self._sheets]
        figures = _figures(answers, self._basis.exact(symbol).shape)
        question = Question(
            symbol,
            self._sheets,
            figures,
            self._own,
            self._right,
            self._significant_shares,
            self._finest,
            self._filled_in,
            self._marks,
            self._places,
            self._suspicions,
        )
        verdicts = question.verdicts = judge(question, RULES)
        right = (verdicts == Verdict.CORRECT) | (verdicts == Verdict.ROUNDING)
        repaired = (right & ~figures.meets(question.own_step, 2)).any(axis=(1, 2))
        self._shows_other_convention |= repaired
        explanations = self._explained(question)
        worked_out = ~(self._filled_in | copied(question).any(axis=(1, 2)))
        repeated = {
            row for row, why in explanations.items() if worked_out[row] and why.causes & self._causes[row]
        }
        for row, explanation in explanations.items():
            if self._basis.points.get(symbol):  # else nothing was paid
                self._causes[row] |= explanation.causes
            self._suspect(row, explanation)
        expected = _expected(question, repaired)
        self._marks[symbol] = quantity_marks(answers, verdicts, expected, explanations, repeated)
        self._go_on(question)

    def _explained(self, question: Question) -> dict[int, Explanation]:
        """What explains the mistakes, by row; nothing is looked for on a sheet that is a muddle anyway."""
        wrong = np.flatnonzero((question.verdicts == Verdict.WRONG).any(axis=(1, 2)))
        if self._diagnostics is None or not wrong.size:
            return {}
        answers = len(self._sheets[0].answers)
        hopeless = np.array([is_muddled(self._puzzles[row], answers) for row in wrong])
        rows, left = wrong[~hopeless], wrong[hopeless]
        explanations = {row: unexplained(question.verdicts[row]) for row in left.tolist()}
        if rows.size:
            puzzles = [self._puzzles[row] for row in rows]
            found = self._diagnostics.diagnose(question.rows(rows), puzzles)
            explanations |= zip(rows.tolist(), found, strict=True)
        for row, explanation in explanations.items():
            self._puzzles[row] += any(each.mistake == UNEXPLAINED for each in explanation.diagnoses)
        return explanations

    def _suspect(self, row: int, explanation: Explanation) -> None:
        """Add to the suspicions of a sheet: each one so far, with each of the new ones."""
        before = self._suspicions[row]
        combined = [
            {**suspicion, **found} for suspicion in (before or [{}]) for found in explanation.suspected_steps
        ]
        self._suspicions[row] = [*combined, *before][:_SUSPICIONS]

    def _go_on(self, question: Question) -> None:
        """Add the answer to both lines; to the right one what it should have been where it is not right."""
        symbol, figures, verdicts = question.symbol, question.figures, question.verdicts
        if question.answers[0].written_shape is not None:  # on the only sheet of this stack
            verdicts = judge(question, AS_MEANT)
            if not question.answers[0].transposed or (verdicts == Verdict.WRONG).any():
                return
        own_step, right_step = question.own_step, question.right_step
        kept, coarse = _KEPT[verdicts], verdicts == Verdict.COARSE
        if self._right is self._own and not kept.all():
            self._right = self._own.copy()
        figures = figures.as_accepted(own_step, verdicts >= Verdict.TRIVIAL)
        self._own.enter(symbol, figures.ball(own_step), figures.blank, coarse)
        if self._right is not self._own:
            mended = _mended(right_step, self._basis.exact(symbol))
            pairs = zip(figures.ball(right_step), mended, strict=True)
            ball = Ball(*(np.where(kept, *pair) for pair in pairs))
            self._right.enter(symbol, ball, figures.blank, coarse)

    def _with_sources(self, marks: Mapping[Symbol, QuantityMarks]) -> Mapping[Symbol, QuantityMarks]:
        """The marks of a sheet, with the wrong answers that each one follows from, if that is its verdict."""
        verdicts = {symbol: mark.verdict for symbol, mark in marks.items()}
        return {
            symbol: mark._replace(follows_from=self._wrong_before(symbol, verdicts))
            if mark.verdict == Verdict.FOLLOWS
            else mark
            for symbol, mark in marks.items()
        }

    def _wrong_before(self, symbol: Symbol, verdicts: Mapping[Symbol, Verdict]) -> tuple[Symbol, ...]:
        case = symbol, *verdicts.values()
        if case not in self._wrong_before_known:
            wrong: set[Symbol] = set()
            seen, pending = {symbol}, [symbol]
            while pending:
                operands = self._own.operands(pending.pop()) - seen
                seen |= operands
                for operand in operands:
                    verdict = verdicts.get(operand, Verdict.FOLLOWS)
                    if verdict in _PASSED_THROUGH:
                        pending.append(operand)
                    elif verdict >= Verdict.TRIVIAL:
                        wrong.add(operand)
            self._wrong_before_known[case] = tuple(operand for operand in verdicts if operand in wrong)
        return self._wrong_before_known[case]


def _expected(question: Question, repaired: Mask) -> Ball:
    """What is expected in every cell: what follows from the figures of the sheet.

    repaired: the sheets in which cells are right that do not follow; there, what the right figures give.
    """
    follows = (question.verdicts == Verdict.FOLLOWS).any(axis=(1, 2))
    on_right = (repaired & ~follows)[:, None, None]
    if not on_right.any():
        return question.own_step
    pairs = zip(question.right_step, question.own_step, strict=True)
    return Ball(*(np.where(on_right, *pair) for pair in pairs))


def _figures(answers: Sequence[Answer], shape: tuple[int, ...]) -> Figures:
    """The answers as one stack; one of the wrong shape as it is meant, or blank."""
    first = answers[0]
    if first.written_shape is None:
        return Figures.of(answers)
    if first.transposed:
        return Figures.of([first.turned])
    return Figures(*np.full((2, 1, *shape), np.nan))


def _significant_share(sheet: Submission, basis: Basis) -> float:
    """Half a unit of the last digit that a sheet keeps: where these are asked, the digits asked or more."""
    shares = filter(None, (sheet.significant_share, basis.asked.significant_share))
    return min(shares, default=0.0)


def _mended(right_step: Ball, exact: Array) -> Ball:
    """What a cell should have been: what follows, or the exact solution where that says nothing."""
    known = np.isfinite(right_step.radius)
    return Ball(np.where(known, right_step.value, exact), np.where(known, right_step.radius, 0.0))
