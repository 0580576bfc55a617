"""Other conventions than those of the exercise: a sheet that follows one throughout is not wrong."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from typing import NamedTuple, get_args

import numpy as np

from mlpcalc.answers.reader import Answer, Submission
from mlpcalc.arrays import Array
from mlpcalc.marking.marks import QuantityMarks, SheetMarks
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.numerics.interval import Ball
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.layout import Product
from mlpcalc.page.network import AveragedStep, Conventions, DeltaSign
from mlpcalc.page.symbols import Orientation, Symbol

_STEPS = ("step_W", "step_b")
_VELOCITIES, _WITH_VELOCITY = ("V_W", "V_b"), ("momentum", "nesterov")
_NEAR = 0.02  # of a figure
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

    scaled: the answers as they were written that stand for `factor` times what the exercise calls so.
    shown: the quantities of which one has to be right, to show that the factor is known.
    """

    words: str
    conventions: Conventions
    sheet: Submission
    scaled: Mapping[Symbol, Answer] = {}
    factor: float = 1.0
    shown: Set[Symbol] = frozenset()

    def explains(self, marks: SheetMarks, other: SheetMarks) -> bool:
        """Whether it makes something right and nothing wrong, as what is shown tells.

        other: the marks of the sheet as it is read.
        """
        before, after = (
            {symbol for symbol, mark in each.quantities.items() if not mark.verdict.is_right}
            for each in (marks, other)
        )
        right = {symbol for symbol, mark in other.quantities.items() if mark.verdict.credited}
        return after < before and not self.shown.isdisjoint(right)

    def restored(self, quantities: Mapping[Symbol, QuantityMarks]) -> Mapping[Symbol, QuantityMarks]:
        """The marks of the sheet as it was written."""
        written: dict[Symbol, QuantityMarks] = {}
        for symbol, answer in self.scaled.items():
            value, radius = quantities[symbol].expected
            expected = Ball(self.factor * value, abs(self.factor) * radius)
            written[symbol] = quantities[symbol]._replace(answer=answer, expected=expected)
        return {**quantities, **written}

    @property
    def updated(self) -> set[Symbol]:
        """The parameters from which the steps of the update are subtracted on this sheet."""
        return {_updated(symbol) for symbol in self.scaled if symbol.kind in _STEPS}


class _Scaling(NamedTuple):
    """Answers that stand for `factor` times what the exercise calls so, by a convention told in words.

    shown: the quantities of which one has to be answered, to show that the factor is known.
    """

    words: str
    factor: float
    symbols: Sequence[Symbol]
    shown: Set[Symbol]


def other_readings(
    sheet: Submission, marks: SheetMarks, exercise: Exercise, exact: Callable[[Symbol], Array]
) -> Iterator[Reading]:
    """The ways to read a sheet that is wrong otherwise, by what shows in it.

    marks: by the exercise's own conventions. exact: the solution of a quantity, in the layout of the page.
    """
    own = exercise.conventions
    yield from _scaled_otherwise(sheet, marks, exercise, own, exact)
    turned_throughout = _all_turned(sheet) or _square_ones_turned(marks, exact)
    if marks.shows_other_convention or turned_throughout:
        for words, conventions in _readings(exercise):
            turned = _turned(sheet, exercise, conventions)
            if turned is not sheet:
                several = sum(
                    turned.answers[symbol] is not answer for symbol, answer in sheet.answers.items()
                )
                if turned_throughout and several > 1:
                    yield Reading(words, conventions, turned)
            elif marks.shows_other_convention:
                yield Reading(words, conventions, sheet)
                for reading in _scaled_otherwise(sheet, marks, exercise, conventions, exact):
                    yield reading._replace(words=f"{words}, and {reading.words}")
    if renumbered := _from_the_output(sheet, marks, exercise, exact):
        yield Reading("layers are numbered from the output here", own, renumbered)


# ---------------------------------------------------------------------------- signs and factors


def _scaled_otherwise(
    sheet: Submission,
    marks: SheetMarks,
    exercise: Exercise,
    conventions: Conventions,
    exact: Callable[[Symbol], Array],
) -> Iterator[Reading]:
    """The sheet with what has another sign or factor by a convention of its own as it is meant.

    exact: the solution of a quantity.
    """
    for words, factor, symbols, shown in _scalings(sheet, exercise, conventions):
        answers = {symbol: sheet.answers[symbol] for symbol in symbols}
        other = any(
            marks.quantities[symbol].verdict == Verdict.WRONG
            and _has_figures(_times(answer, 1 / factor), exact(symbol))
            for symbol, answer in answers.items()
        )
        if other and shown & sheet.answers.keys():
            meant = {symbol: _times(answer, 1 / factor) for symbol, answer in answers.items()}
            as_meant = sheet._replace(answers={**sheet.answers, **meant})
            yield Reading(words, conventions, as_meant, answers, factor, shown)


def _scalings(sheet: Submission, exercise: Exercise, conventions: Conventions) -> Iterator[_Scaling]:
    """The signs and factors that courses give to what a sheet answers."""
    last, letters = len(exercise.layers), exercise.all_letters
    differences = [symbol for symbol in sheet.answers if symbol.kind == "err"]
    signals = {err._replace(kind=kind, layer=last) for err in differences for kind in ("dZ", "Delta")}
    words = f"err stands for {letters['T']} - {letters['Z']}{last} here"
    yield _Scaling(words, -1.0, differences, signals)
    steps = [symbol for symbol in sheet.answers if symbol.kind in _STEPS]
    yield _Scaling("the steps of the update are subtracted here", -1.0, steps, set(map(_updated, steps)))
    if conventions.sign < 0:
        errors = [symbol for symbol in sheet.answers if symbol.kind in ("dZ", "dX")]
        signals = {symbol._replace(kind="Delta") for symbol in errors}
        words = f"errors are passed back with the sign of {letters['Delta']} here"
        yield _Scaling(words, -1.0, [symbol for symbol in errors if symbol.layer < last], signals)
        yield _Scaling(words, -1.0, errors, signals)
    if exercise.network.optimizer in _WITH_VELOCITY and exercise.learning_rate:
        velocities = [symbol for symbol in sheet.answers if symbol.kind in _VELOCITIES]
        rate, moved = float(exercise.learning_rate), set(map(_updated, velocities))
        yield _Scaling("the velocities contain the learning rate here", rate, velocities, moved)
        words = "the velocities contain the learning rate and are added here"
        yield _Scaling(words, -rate, velocities, moved)
        yield _Scaling("the velocities are added here", -1.0, velocities, moved)
        words = f"the velocities contain the factor 1 - {letters['mu']} here"
        kept = float(1 - dict(exercise.optimizer.parameters)["mu"])
        yield _Scaling(words, kept, velocities, moved)


def _updated(change: Symbol) -> Symbol:
    """The parameter that a step of the update, or a velocity, leads to."""
    return change._replace(kind=change.kind[-1], updated=True)


def _times(answer: Answer, factor: float) -> Answer:
    """An answer with all figures so many times as large."""
    size = abs(factor)
    asked = None if answer.asked is None else size * answer.asked
    return answer._replace(value=factor * answer.value, half=size * answer.half, asked=asked)


# ---------------------------------------------------------------------------- conventions of an exercise


def _readings(exercise: Exercise) -> Iterator[tuple[str, Conventions]]:
    """The conventions that differ from those of the exercise in one respect, and how in words."""
    own = exercise.conventions
    if exercise.loss is None:
        steps: tuple[AveragedStep, ...] = ()
    else:
        letters = exercise.all_letters
        sign: DeltaSign = "dL/dS" if own.delta == "-dL/dS" else "-dL/dS"
        of_loss = f"{sign.removesuffix('dL/dS')}∂{letters['loss']}/∂{letters['S']}"
        words = f"{letters['Delta']} stands for {of_loss} here"
        yield words, own._replace(delta=sign)
        # The average in the loss alone is another update, not the same one written otherwise.
        late = exercise.loss.average != "none" and own.average_in != "loss"
        steps = ("errors", "gradients", "update") if late else ()
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
    """The sheet as it is meant if its matrices are in another layout than the exercise's."""
    own = exercise.conventions
    flips = _transposed(own, conventions)
    if not flips:
        return sheet
    answers: dict[Symbol, Answer] = {}
    for symbol, answer in sheet.answers.items():
        answers[symbol] = answer
        a_list = answer.written_shape is None and min(answer.value.shape) == 1  # fits either layout
        a_list = a_list or answer.is_unread
        if symbol.spec.orientation in flips and len(symbol.spec.shape) == 2 and not a_list:
            rows, columns = answer.value.T.shape
            fits = (rows, columns) == exercise.shape(symbol)
            answers[symbol] = answer.turned._replace(
                written_shape=None if fits else own.layout.axes(symbol, (rows, columns)),
                transposed=False,
            )
    return sheet._replace(answers=answers)


def _square_ones_turned(marks: SheetMarks, exact: Callable[[Symbol], Array]) -> bool:
    """Whether a square matrix is wrong and would be right the other way round."""
    return any(
        mark.verdict == Verdict.WRONG
        and min(mark.answer.value.shape) > 1
        and _has_figures(mark.answer.turned, exact(symbol))
        for symbol, mark in marks.quantities.items()
    )


# ---------------------------------------------------------------------------- numbers of layers


def _from_the_output(
    sheet: Submission, marks: SheetMarks, exercise: Exercise, exact: Callable[[Symbol], Array]
) -> Submission | None:
    """The sheet with its layers counted the other way round, if a wrong answer is right then."""

    def renumbered(symbol: Symbol) -> Symbol:
        return symbol._replace(layer=len(exercise.layers) + 1 - symbol.layer) if symbol.layer else symbol

    try:
        shows = any(
            mark.verdict == Verdict.WRONG
            and renumbered(symbol) != symbol
            and _has_figures(mark.answer, exact(renumbered(symbol)))
            for symbol, mark in marks.quantities.items()
        )
        if not shows:
            return None
        answers: dict[Symbol, Answer] = {}
        for symbol, answer in sheet.answers.items():
            meant, shape = renumbered(symbol), answer.value.shape
            rows, columns = shape
            written_shape = (
                None if exact(meant).shape == shape else exercise.layout.axes(meant, (rows, columns))
            )
            answers[meant] = answer._replace(symbol=meant, written_shape=written_shape, transposed=False)
    except KeyError:  # a quantity that the other layer does not have
        return None
    return sheet._replace(answers=answers)


def _has_figures(answer: Answer, exact: Array) -> bool:
    """Whether an answer has the figures of a quantity, as near as it may be after rounding on the way.

    Zeros alone tell nothing.
    """
    if answer.value.shape != exact.shape or not np.nan_to_num(answer.value).any():
        return False
    near = np.abs(answer.value - exact) <= _NEAR * (np.abs(exact) + answer.half)
    return bool((near | (np.abs(answer.value - exact) <= 2 * answer.half) | np.isnan(answer.value)).all())
