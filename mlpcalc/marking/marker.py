"""Marking the sheets of an exercise, by its own conventions and, where those do not fit, by others."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from mlpcalc.answers.reader import Answer, Submission
from mlpcalc.marking.basis import Basis
from mlpcalc.marking.conventions import Reading, other_readings
from mlpcalc.marking.diagnosis import Diagnostics
from mlpcalc.marking.elsewhere import as_of_another_exercise
from mlpcalc.marking.marking import Marking
from mlpcalc.marking.marks import SheetMarks
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.page.network import Conventions
from mlpcalc.page.symbols import Symbol
from mlpcalc.solving.solution import Solution

_SAME = 1e-12  # of a figure


class Marker:
    """Marks the sheets of one exercise, whatever conventions they keep to."""

    def __init__(self, solution: Solution) -> None:
        self._solution = solution
        self._exercise = solution.exercise
        self._basis = Basis(solution)
        self._diagnostics = Diagnostics(self._basis)
        self._others: dict[Conventions, Marker] = {}

    def mark(self, sheets: Sequence[Submission]) -> list[SheetMarks]:
        """The marks of the sheets, in their order; of equal ones only once.

        None of what was filled in when they were handed out.
        """
        with np.errstate(all="ignore"):  # what is out of bounds is infinite, or no number, and wrong as such
            return self._mark(sheets)

    def _mark(self, sheets: Sequence[Submission]) -> list[SheetMarks]:
        as_written = sheets
        if self._exercise.given:
            sheets = [self._without_given(sheet) for sheet in sheets]
        keys = [_content(sheet) for sheet in sheets]
        distinct = list(dict(zip(keys, sheets, strict=True)).values())
        marked = {
            key: self._as_meant(sheet, marks)
            for key, sheet, marks in zip(
                dict.fromkeys(keys), distinct, self.mark_as_asked(distinct), strict=True
            )
        }
        marks = [
            replace(
                marked[key],
                file=sheet.file,
                student=sheet.student,
                not_understood=sheet.not_understood,
                remarks=sheet.remarks,
                others=sheet.others,
            )
            for key, sheet in zip(keys, sheets, strict=True)
        ]
        if not self._exercise.given:
            return marks
        return [
            replace(one, changed=self._changed(sheet)) for one, sheet in zip(marks, as_written, strict=True)
        ]

    def mark_as_asked(self, sheets: Sequence[Submission], *, diagnose: bool = True) -> list[SheetMarks]:
        """The marks of the sheets under the conventions of the exercise.

        diagnose: whether to look for what explains the mistakes.
        """
        marks: dict[int, SheetMarks] = {}
        diagnostics = self._diagnostics if diagnose else None
        with np.errstate(all="ignore"):  # as above
            for places in _alike(sheets):
                marking = Marking(self._basis, [sheets[place] for place in places], diagnostics)
                marks |= zip(places, marking.run(), strict=True)
        return [marks[place] for place in range(len(sheets))]

    def mark_undiagnosed(self, sheet: Submission, *, while_consistent: bool) -> SheetMarks | None:
        """The marks of a sheet without what explains its mistakes.

        while_consistent: whether to give up, with None, as soon as something is wrong.
        """
        with np.errstate(all="ignore"):  # as above
            marking = Marking(self._basis, [sheet], None)
            return next(marking.run(while_consistent=while_consistent), None)

    def _changed(self, sheet: Submission) -> tuple[Symbol, ...]:
        """What is given, but has other figures on the sheet."""

        def same(answer: Answer) -> bool:
            given = self._basis.givens[answer.symbol].value
            if answer.value.shape != given.shape or answer.twice is not None:
                return False
            off = np.abs(answer.value - given)
            return not (off > answer.half + _SAME * np.abs(given)).any()

        given = self._exercise.given
        return tuple(
            symbol for symbol, answer in sheet.answers.items() if symbol in given and not same(answer)
        )

    def _without_given(self, sheet: Submission) -> Submission:
        """The sheet with nothing but what is to be answered, or could be."""
        if sheet.answers.keys().isdisjoint(self._exercise.given):
            return sheet
        given = self._exercise.given
        answers = {symbol: answer for symbol, answer in sheet.answers.items() if symbol not in given}
        return sheet._replace(answers=answers)

    def _as_meant(self, sheet: Submission, marks: SheetMarks) -> SheetMarks:
        """The marks of a sheet that may keep to another convention, or answer another exercise."""
        marks = self._under_another_convention(sheet, marks) or marks
        return as_of_another_exercise(marks, self._basis) or marks

    def _under_another_convention(self, sheet: Submission, marks: SheetMarks) -> SheetMarks | None:
        """The marks under another convention that makes all of the sheet consistent, and shows in it.

        Of what no exercise can state, as the sign of err, also if something else is wrong either way.
        """
        if marks.worst != Verdict.WRONG or sheet.is_filled_in:  # where nothing was computed by any
            return None
        reversed_update: Reading | None = None
        partly: Reading | None = None
        best = marks
        for reading in other_readings(sheet, marks, self._exercise, self._basis.exact):
            marker = self._under(reading)
            if not self._gives_the_same(marker):
                continue
            seems_to_follow = any(marks.verdict_on(each) == Verdict.FOLLOWS for each in reading.updated)
            may_explain = marker is self and bool(reading.shown)
            in_full = reversed_update is None and (may_explain or seems_to_follow)
            other = marker.mark_undiagnosed(reading.sheet, while_consistent=not in_full)
            if other is None:
                continue
            if other.is_consistent:
                return _as_written(other, reading)
            if any(_only_seems_to_follow(symbol, marks, other) for symbol in reading.updated):
                reversed_update = reading
            elif may_explain and reading.explains(best, other):
                partly, best = reading, other
        if reversed_update is not None:
            return _with_reversed_update(marks, reversed_update, self._read_as(reversed_update))
        return None if partly is None else _as_written(self._read_as(partly), partly)

    def _read_as(self, reading: Reading) -> SheetMarks:
        (marks,) = self._under(reading).mark_as_asked([reading.sheet])
        return marks

    def _gives_the_same(self, other: "Marker") -> bool:
        """Whether the sheets of another convention would have the same figures filled in."""
        given, others = self._basis.givens, other._basis.givens
        return all(np.array_equal(given[each].value, others[each].value) for each in self._exercise.given)

    def _under(self, reading: Reading) -> "Marker":
        # The layout is the sheet's affair alone: on the page samples are columns anyway.
        conventions = reading.conventions._replace(product=self._exercise.conventions.product)
        if conventions == self._exercise.conventions:
            return self
        if conventions not in self._others:
            self._others[conventions] = Marker(Solution(self._exercise.under(conventions)))
        return self._others[conventions]


def _content(sheet: Submission) -> object:
    """Everything on a sheet that its marks hang on."""
    answers = (
        (symbol, answer.texts, answer.typed, answer.written_shape, answer.names, answer.twice is not None)
        for symbol, answer in sheet.answers.items()
    )
    return sheet.single, sheet.significant_share, *answers


def _as_written(marks: SheetMarks, reading: Reading) -> SheetMarks:
    """The marks of a sheet that was read by another convention, with the figures as they were written."""
    return replace(marks, quantities=reading.restored(marks.quantities), convention=reading.words)


def _with_reversed_update(marks: SheetMarks, reading: Reading, other: SheetMarks) -> SheetMarks:
    """The marks of a sheet whose steps have the opposite sign and are added all the same: no update follows.

    The update is wrong for the same reason as the steps, which is paid for there.
    """
    steps = {symbol: marks.quantities[symbol] for symbol in reading.scaled}
    causes = {diagnosis.mistake for step in steps.values() for diagnosis in step.diagnoses}
    quantities = dict(marks.quantities)
    for symbol in reading.updated:
        if _only_seems_to_follow(symbol, marks, other):
            mark = other.quantities[symbol]
            if causes & {diagnosis.mistake for diagnosis in mark.diagnoses}:
                wrong = float((mark.verdicts == Verdict.WRONG).mean())
                mark = mark._replace(repeated=True, share=mark.share + wrong)
            quantities[symbol] = mark
    return replace(marks, quantities=quantities)


def _only_seems_to_follow(updated: Symbol, marks: SheetMarks, other: SheetMarks) -> bool:
    """Whether an updated parameter follows from the steps as written, but not from what they stand for."""
    return marks.verdict_on(updated) == Verdict.FOLLOWS and other.verdict_on(updated) == Verdict.WRONG


def _alike(sheets: Sequence[Submission]) -> Iterable[list[int]]:
    """The places of sheets that can be marked as one stack of arrays.

    Those that answer the same quantities, but one with an answer of the wrong shape, or with two answers to
    one question, by itself.
    """
    stacks: dict[object, list[int]] = {}
    for place, sheet in enumerate(sheets):
        odd = any(answer.written_shape or answer.twice is not None for answer in sheet.answers.values())
        stacks.setdefault(place if odd else (sheet.single, *sheet.answers), []).append(place)
    return stacks.values()
