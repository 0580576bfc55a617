"""Other conventions than those of the exercise: a sheet that follows one throughout is not wrong."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, get_args

from mlpcalc.answers.reader import Answer, Submission
from mlpcalc.marking.lines import Ground
from mlpcalc.marking.marker import Marker
from mlpcalc.marking.marks import SheetMarks
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.numerics.interval import Ball
from mlpcalc.page.exercise import AveragedStep, Conventions, DeltaSign, Exercise, Product
from mlpcalc.page.layout import turned_shape, turns
from mlpcalc.page.symbols import Lies, Symbol
from mlpcalc.solving.solution import Solution

_ERR = Symbol("err")
_STEPS: Mapping[AveragedStep, str] = {
    "errors": "in the error signals",
    "gradients": "in the gradients",
    "update": "in the update",
}
_PRODUCTS: tuple[Product, ...] = get_args(Product)
_LAYOUTS: Mapping[Lies, tuple[str, str]] = {
    "samples": ("samples are columns", "samples are rows"),
    "weights": ("weights are out × in", "weights are in × out"),
}


class Reading(NamedTuple):
    """A way to read a sheet: in words, and the conventions that it supposes."""

    words: str
    conventions: Conventions


class Marking:
    """Marks sheets of one exercise, whatever conventions they keep to."""

    def __init__(self, solution: Solution) -> None:
        self._exercise = solution.exercise
        self._worth = self._exercise.points
        self._marker = Marker(Ground(solution), self._worth)
        self._others: dict[Conventions, Marker] = {}

    def mark(self, sheets: Sequence[Submission]) -> list[SheetMarks]:
        """The marks of the sheets, in their order."""
        marks = self._marker.mark(sheets)
        return [
            self._otherwise(sheet, mark) or mark if mark.worst == Verdict.WRONG else mark
            for sheet, mark in zip(sheets, marks, strict=True)
        ]

    def _otherwise(self, sheet: Submission, marks: SheetMarks) -> SheetMarks | None:
        """The marks under another convention that makes all of the sheet consistent, and shows in it."""
        if (mark := self._with_errors_turned_round(sheet, marks)) is not None:
            return mark
        all_turned = _all_turned(sheet)
        if not (marks.shows_another or all_turned):
            return None
        for reading in _readings(self._exercise):
            turned = _turned(sheet, self._exercise, reading.conventions)
            if (turned is sheet and marks.shows_another) or (turned is not sheet and all_turned):
                (found,) = self._under(reading.conventions).without_mistakes([turned])
                if found is not None and found.worst < Verdict.UNCHECKED:
                    return SheetMarks(
                        sheet.file, sheet.student, found.quantities, self._worth, convention=reading.words
                    )
        return None

    def _with_errors_turned_round(self, sheet: Submission, marks: SheetMarks) -> SheetMarks | None:
        """The marks if the error is target minus output and nothing else is wrong.

        The derivative by the outputs, or the error signal there, has to show that its sign is known.
        """
        exercise = self._exercise
        last = len(exercise.layers)
        shown = {Symbol("dZ", last), Symbol("Delta", last)} & sheet.answers.keys()
        if _ERR not in marks.quantities or marks.quantities[_ERR].verdict != Verdict.WRONG or not shown:
            return None
        answer = sheet.answers[_ERR]
        other = sheet._replace(answers={**sheet.answers, _ERR: answer._replace(value=-answer.value)})
        (found,) = self._marker.without_mistakes([other])
        if found is None or found.worst >= Verdict.UNCHECKED:
            return None
        value, radius = found.quantities[_ERR].expected
        error = found.quantities[_ERR]._replace(answer=answer, expected=Ball(-value, radius))
        words = (
            f"err stands for {exercise.letters.get('T', 'T')} - {exercise.letters.get('Z', 'Z')}{last} here"
        )
        return SheetMarks(
            sheet.file, sheet.student, {**found.quantities, _ERR: error}, self._worth, convention=words
        )

    def _under(self, conventions: Conventions) -> Marker:
        if conventions not in self._others:
            exercise = self._exercise
            # The layout is the sheet's affair alone: on the page samples are columns anyway.
            other = exercise.under(conventions._replace(product=exercise.conventions.product))
            self._others[conventions] = Marker(Ground(Solution(other)), self._worth)
        return self._others[conventions]


def _readings(exercise: Exercise) -> Iterator[Reading]:
    """The conventions that differ from those of the exercise in one respect."""
    own, letters = exercise.conventions, exercise.letters
    if exercise.loss is None:
        steps: tuple[AveragedStep, ...] = ()
    else:
        Delta, S = letters.get("Delta", "Δ"), letters.get("S", "S")
        sign: DeltaSign = "dL/dS" if own.delta == "-dL/dS" else "-dL/dS"
        words = f"{Delta} stands for {sign.removesuffix('dL/dS')}∂L/∂{S} here"
        yield Reading(words, own._replace(delta=sign))
        steps = ("errors", "gradients", "update") if exercise.loss.average != "none" else ()
    for step in steps:
        if step != own.average_in:
            yield Reading(f"the average is taken {_STEPS[step]} here", own._replace(average_in=step))
    others = [own._replace(product=product) for product in _PRODUCTS if product != own.product]
    for other in sorted(others, key=lambda other: len(_turns(own, other))):  # no more turned than must be
        layouts = [_LAYOUTS[lies][turns(lies, other)] for lies in _turns(own, other)]
        yield Reading(f"{' and '.join(layouts)} here", other)


def _turns(own: Conventions, other: Conventions) -> list[Lies]:
    """What lies otherwise in one layout than in another."""
    return [lies for lies in _LAYOUTS if turns(lies, own) != turns(lies, other)]


def _all_turned(sheet: Submission) -> bool:
    """Whether the matrices of a sheet, at least two of them, are turned as another layout would have them."""
    turned = [answer for answer in sheet.answers.values() if answer.transposed]
    return len(turned) > 1 and len(turned) == sum(a.written_shape is not None for a in sheet.answers.values())


def _turned(sheet: Submission, exercise: Exercise, conventions: Conventions) -> Submission:
    """The sheet as it is meant if its matrices lie otherwise than those of the exercise."""
    own = exercise.conventions
    flips = _turns(own, conventions)
    if not flips:
        return sheet
    answers: dict[Symbol, Answer] = {}
    for symbol, answer in sheet.answers.items():
        answers[symbol] = answer
        a_list = answer.written_shape is None and min(answer.value.shape) == 1  # lies either way
        if symbol.row.lies in flips and len(symbol.row.shape) == 2 and not a_list:
            rows, columns = answer.value.T.shape
            fits = (rows, columns) == exercise.shape(symbol)
            answers[symbol] = answer._replace(
                value=answer.value.T,
                half=answer.half.T,
                whole=answer.whole.T,
                texts=tuple(zip(*answer.texts, strict=True)),
                written_shape=None if fits else turned_shape((rows, columns), symbol.row.lies, own),
                transposed=False,
            )
    return sheet._replace(answers=answers)
