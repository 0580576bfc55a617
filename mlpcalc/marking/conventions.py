"""Other conventions than those of the exercise: a sheet that follows one throughout is not wrong."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, get_args

from mlpcalc.answers.reader import Answer, Submission
from mlpcalc.marking.marks import QuantityMarks, SheetMarks
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.numerics.interval import Ball
from mlpcalc.page.exercise import AveragedStep, Conventions, DeltaSign, Exercise
from mlpcalc.page.layout import Product
from mlpcalc.page.symbols import Orientation, Symbol

_ERR = Symbol("err")
_AVERAGED: Mapping[AveragedStep, str] = {
    "errors": "in the error signals",
    "gradients": "in the gradients",
    "update": "in the update",
}
_PRODUCTS: tuple[Product, ...] = get_args(Product)
_LAYOUTS: Mapping[Orientation, tuple[str, str]] = {
    "samples": ("samples are columns", "samples are rows"),
    "weights": ("weights are out × in", "weights are in × out"),
}


class Reading(NamedTuple):
    """A way to read a sheet: in words, the conventions that it supposes, and the sheet under these.

    negated: the error as it was written, if it was read with the opposite sign.
    """

    words: str
    conventions: Conventions
    sheet: Submission
    negated: Answer | None = None

    def restored(self, quantities: Mapping[Symbol, QuantityMarks]) -> Mapping[Symbol, QuantityMarks]:
        """The marks of the sheet as it was written."""
        if self.negated is None:
            return quantities
        value, radius = quantities[_ERR].expected
        error = quantities[_ERR]._replace(answer=self.negated, expected=Ball(-value, radius))
        return {**quantities, _ERR: error}


def other_readings(sheet: Submission, marks: SheetMarks, exercise: Exercise) -> Iterator[Reading]:
    """The ways to read a sheet that is wrong otherwise, by what shows in it.

    marks: by the exercise's own conventions.
    """
    yield from _with_negated_error(sheet, marks, exercise)
    all_turned = _all_turned(sheet)
    if not (marks.shows_other_convention or all_turned):
        return
    for words, conventions in _readings(exercise):
        turned = _turned(sheet, exercise, conventions)
        if marks.shows_other_convention if turned is sheet else all_turned:
            yield Reading(words, conventions, turned)


def _with_negated_error(sheet: Submission, marks: SheetMarks, exercise: Exercise) -> Iterator[Reading]:
    """The error as target minus output.

    The derivative by the outputs, or the error signal there, has to show that its sign is known.
    """
    last = len(exercise.layers)
    shown = {Symbol("dZ", last), Symbol("Delta", last)} & sheet.answers.keys()
    if _ERR in marks.quantities and marks.quantities[_ERR].verdict == Verdict.WRONG and shown:
        answer = sheet.answers[_ERR]
        negated = sheet._replace(answers={**sheet.answers, _ERR: answer._replace(value=-answer.value)})
        words = (
            f"err stands for {exercise.letters.get('T', 'T')} - {exercise.letters.get('Z', 'Z')}{last} here"
        )
        yield Reading(words, exercise.conventions, negated, answer)


def _readings(exercise: Exercise) -> Iterator[tuple[str, Conventions]]:
    """The conventions that differ from those of the exercise in one respect, and how in words."""
    own, letters = exercise.conventions, exercise.letters
    if exercise.loss is None:
        steps: tuple[AveragedStep, ...] = ()
    else:
        Delta, S = letters.get("Delta", "Δ"), letters.get("S", "S")
        sign: DeltaSign = "dL/dS" if own.delta == "-dL/dS" else "-dL/dS"
        words = f"{Delta} stands for {sign.removesuffix('dL/dS')}∂L/∂{S} here"
        yield words, own._replace(delta=sign)
        steps = ("errors", "gradients", "update") if exercise.loss.average != "none" else ()
    for step in steps:
        if step != own.average_in:
            yield f"the average is taken {_AVERAGED[step]} here", own._replace(average_in=step)
    layouts_of = [own._replace(product=product) for product in _PRODUCTS if product != own.product]
    for other in sorted(layouts_of, key=lambda other: len(_transposed(own, other))):  # as few as can be
        layouts = [_LAYOUTS[each][other.layout.is_transposed(each)] for each in _transposed(own, other)]
        yield f"{' and '.join(layouts)} here", other


def _transposed(own: Conventions, other: Conventions) -> list[Orientation]:
    """What is oriented otherwise in one layout than in another."""
    return [each for each in _LAYOUTS if own.layout.is_transposed(each) != other.layout.is_transposed(each)]


def _all_turned(sheet: Submission) -> bool:
    """Whether the matrices of a sheet, at least two of them, are turned as another layout would have them."""
    turned = [answer for answer in sheet.answers.values() if answer.transposed]
    return len(turned) > 1 and len(turned) == sum(a.written_shape is not None for a in sheet.answers.values())


def _turned(sheet: Submission, exercise: Exercise, conventions: Conventions) -> Submission:
    """The sheet as it is meant if its matrices lie otherwise than those of the exercise."""
    own = exercise.conventions
    flips = _transposed(own, conventions)
    if not flips:
        return sheet
    answers: dict[Symbol, Answer] = {}
    for symbol, answer in sheet.answers.items():
        answers[symbol] = answer
        a_list = answer.written_shape is None and min(answer.value.shape) == 1  # lies either way
        a_list = a_list or answer.is_unread
        if symbol.spec.orientation in flips and len(symbol.spec.shape) == 2 and not a_list:
            rows, columns = answer.value.T.shape
            fits = (rows, columns) == exercise.shape(symbol)
            answers[symbol] = answer.turned._replace(
                written_shape=None if fits else own.layout.axes(symbol, (rows, columns)),
                transposed=False,
            )
    return sheet._replace(answers=answers)
