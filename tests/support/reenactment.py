"""Is an explanation true of the sheet? What a mistake makes of the figures that are written there.

Worked out in NumPy on the figures themselves, by every honest way from one to the next. How far the result
may be off is found by moving every figure by half a unit, one after another.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice, product

import numpy as np

from mlpcalc.answers.reader import Submission
from mlpcalc.arrays import Array
from mlpcalc.marking.marks import Cell, Diagnosis, SheetMarks
from mlpcalc.marking.routes import routes
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.mistakes import Edit, Edits
from mlpcalc.numerics.evaluate import Context, evaluate
from mlpcalc.page.expr import Expr
from mlpcalc.page.symbols import Symbol
from mlpcalc.page.trees import references
from mlpcalc.solving.solution import Solution

_MOST_WAYS, _WAYS_ON_SCRATCH = 32, 2
_SLACK = 2  # together they move more than one by one, and a marker may not see what moves together
_NOISE = 1e-9

Figures = Mapping[Symbol, Array]
Ways = Mapping[Symbol, Expr]


class Reenactment:
    """One sheet, with the mistakes that it is said to have."""

    def __init__(self, solution: Solution, sheet: Submission, marks: SheetMarks) -> None:
        self._solution, self._sheet, self._marks = solution, sheet, marks
        self._page = solution.computed.page
        self._order = list(sheet.answers)

    @cached_property
    def _edits(self) -> Mapping[Symbol, tuple[Edit, ...]]:
        return Edits(self._solution.exercise, self._solution.notation.name)

    def false(self) -> Iterator[tuple[Symbol, Diagnosis]]:
        """The misconceptions reported that do not lead to the figures that they are to explain."""
        for symbol, diagnosis in self._marks.diagnoses():
            if diagnosis.misconception and not self._true(symbol, diagnosis):
                yield symbol, diagnosis

    def contradicted(self) -> Iterator[tuple[Symbol, Diagnosis]]:
        """Those reported in steps that are not written, while answers before that need the step right."""
        for symbol, diagnosis in self._marks.diagnoses():
            meant = [edit for edit in self._meant(symbol, diagnosis) if edit.symbol != symbol]
            if diagnosis.misconception and meant and not any(self._agrees(symbol, edit) for edit in meant):
                yield symbol, diagnosis

    # -- what is said

    def _meant(self, symbol: Symbol, diagnosis: Diagnosis) -> Iterator[Edit]:
        """The edits that a diagnosis may be about: of the answer, or of a step that is not written."""
        for place in [symbol, *(other for other in self._page if other not in self._sheet.answers)]:
            for edit in self._edits[place]:
                said = f"{edit.mistake.done} {edit.mistake.advice}"
                if edit.mistake.name == diagnosis.mistake and diagnosis.message.endswith(said):
                    yield edit

    def _before(self, symbol: Symbol) -> Sequence[Symbol]:
        return self._order[: self._order.index(symbol)]

    def _said_before(self, symbol: Symbol) -> Iterator[Ways]:
        """Nothing, or what earlier answers are said to come from in a step that is not written."""
        yield {}
        for answered in self._before(symbol):
            for diagnosis in self._marks.quantities[answered].diagnoses:
                for edit in self._meant(answered, diagnosis):
                    if edit.symbol != answered:
                        yield {edit.symbol: edit.expression}

    def _true(self, symbol: Symbol, diagnosis: Diagnosis) -> bool:
        return any(
            self._leads(symbol, diagnosis.cells, edit, before, mended=mended)
            for mended in (False, True)
            for edit in self._meant(symbol, diagnosis)
            for before in self._said_before(symbol)
        )

    def _agrees(self, symbol: Symbol, edit: Edit) -> bool:
        for earlier in self._before(symbol):
            figures, _ = self._figures(earlier, mended=False)
            needed = all(edit.symbol in _used(earlier, ways) for ways in self._ways(earlier, figures, {}))
            cells = self._marks.quantities[earlier].cells(Verdict.CORRECT)
            if needed and not self._leads(earlier, cells, edit, {}, mended=False):
                return False
        return True

    # -- what it comes to

    def _leads(
        self, symbol: Symbol, cells: Sequence[Cell], edit: Edit, before: Ways, *, mended: bool
    ) -> bool:
        """Whether cells of an answer are what comes out of the figures before, with an edit on the way."""
        answer = self._sheet.answers[symbol]
        figures, halves = self._figures(symbol, mended=mended)
        edited = {**before, edit.symbol: edit.expression}
        ways = [way for way in self._ways(symbol, figures, edited) if edit.symbol in _used(symbol, way)]
        half = float(np.nanmax(answer.half))
        for scratch, tried in ((0.0, ways), (half, ways[:_WAYS_ON_SCRATCH])):
            for way in tried:
                off = np.abs(answer.value - self._value(symbol, figures, way))
                off = off - answer.half - _NOISE * (1 + np.abs(answer.value))
                if any(off[cell] > 0 for cell in cells):
                    with np.errstate(invalid="ignore"):
                        off = off - _SLACK * self._reach(symbol, figures, halves, way, scratch)
                if all(off[cell] <= 0 for cell in cells):
                    return True
        return False

    def _figures(self, symbol: Symbol, *, mended: bool) -> tuple[Figures, Figures]:
        """What is written before an answer, and half a unit of each; `mended`: where it is right."""
        figures: dict[Symbol, Array] = dict(self._solution.exercise.givens())
        halves: dict[Symbol, Array] = {}
        honest = {other: equation.expression for other, equation in self._page.items()}
        for earlier in self._before(symbol):
            answer, verdicts = self._sheet.answers[earlier], self._marks.quantities[earlier].verdicts
            instead = np.isnan(answer.value)
            if mended:
                instead |= (verdicts > Verdict.ROUNDING) & (verdicts != Verdict.UNCHECKED)
            value = answer.value
            if instead.any():
                value = np.where(instead, self._value(earlier, figures, honest), value)
            figures[earlier], halves[earlier] = value, np.where(instead, 0.0, answer.half)
        return figures, halves

    def _ways(self, symbol: Symbol, figures: Figures, edited: Ways) -> Iterator[Ways]:
        """Every combination of honest ways to the steps that are not written, but for those edited."""
        details = {other for other in figures if other in self._page and other.spec.detail}
        choices: dict[Symbol, Sequence[Expr]] = {}
        pending = [symbol]
        while pending:
            step = pending.pop()
            if step in choices or (step in figures and step != symbol):
                continue
            honest = routes(step, self._page, self._solution.exercise.network, details - {step})
            choices[step] = (edited[step],) if step in edited else honest
            pending += [other for way in choices[step] for other in references(way)]
        for chosen in islice(product(*choices.values()), _MOST_WAYS):
            yield dict(zip(choices, chosen, strict=True))

    def _reach(self, symbol: Symbol, figures: Figures, halves: Figures, ways: Ways, scratch: float) -> Array:
        """By how much a step moves when everything written that it uses is half a unit off.

        And every step that is not written, by the amount `scratch`.
        """
        value = self._value(symbol, figures, ways)
        used = {other for way in ways.values() for other in references(way)}
        moved = {other: (figures[other], half) for other, half in halves.items() if other in used}
        for step in used & ways.keys() - figures.keys() if scratch else ():
            found = self._value(step, figures, ways)
            moved[step] = found, np.full(found.shape, scratch)
        reach = np.zeros_like(value)
        for other, (held, half) in moved.items():
            for cell in zip(*half.nonzero(), strict=True):
                ends = []
                for sign in (-1, 1):
                    variant = held.copy()
                    variant[cell] += sign * half[cell]
                    changed = self._value(symbol, {**figures, other: variant}, ways)
                    with np.errstate(invalid="ignore"):  # both may be infinite
                        ends.append(np.abs(changed - value))
                reach = reach + np.fmax(*ends)
        return reach

    def _value(self, symbol: Symbol, figures: Figures, ways: Ways) -> Array:
        """A step by the ways chosen, on these figures."""
        known: dict[Symbol, Array] = {other: value for other, value in figures.items() if other != symbol}
        coefficient = self._solution.exercise.coefficients

        def value(other: Symbol) -> Array:
            if other not in known:
                found = evaluate(ways[other], Context(value, coefficient, careful=True))
                known[other] = np.broadcast_to(found, self._solution.computed[other].shape or (1, 1))
            return known[other]

        with np.errstate(all="ignore"):
            return value(symbol)


def _used(symbol: Symbol, ways: Ways) -> set[Symbol]:
    """The steps that one goes through on the way to a quantity."""
    found: set[Symbol] = set()
    pending = [symbol]
    while pending:
        step = pending.pop()
        if step in ways and step not in found:
            found.add(step)
            pending += references(ways[step])
    return found
