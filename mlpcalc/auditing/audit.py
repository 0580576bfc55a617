"""Which mistakes the figures of an exercise reveal, which they cannot, and what to change.

Every mistake of the catalogue is made, in every quantity in which it can be, on a sheet of its own, rounded
to the decimals of the exercise; then the sheet is marked.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from mlpcalc.answers.contents import asked_for
from mlpcalc.arrays import Array
from mlpcalc.auditing.catalogue import Catalogue, redrawn
from mlpcalc.auditing.consequences import Consequences, differs
from mlpcalc.auditing.hiding import Hiding, Reason
from mlpcalc.auditing.remarks import Remarks
from mlpcalc.auditing.wrong_sheets import Outcome, WrongSheets
from mlpcalc.auditing.wrongs import Wrong, Wrongs
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.symbols import Symbol
from mlpcalc.reading.keys import MAX_DECIMALS
from mlpcalc.solving.report import Selection
from mlpcalc.solving.solution import Solution
from mlpcalc.text.wording import counted

_FINE = 12  # decimals that tell all figures apart
_CHANGES = {
    "N": "use at least two samples",
    "M": "use at least two outputs",
    "eta": "use a learning rate other than 1",
    "lambda": "use a weight decay other than 1",
    "identity": "use an activation other than the identity",
    "constant": "use at least two units in a softmax, or another activation",
    "bias": "use biases other than 0",
}
_MORE_DECIMALS = (1, 2)
_TRIALS = 30  # changes of a single figure
_MOST = 2000  # mistakes that are made in all of these
_NAMED = 2  # equalities


class Hidden(NamedTuple):
    """A mistake that is not revealed, why, and by how much the figures differ from the right ones."""

    wrong: Wrong
    reason: Reason
    difference: float


class Audit:
    """What the figures of an exercise reveal to someone who marks a sheet.

    selection: what the sheet asks for; the steps of a solution, if nothing is said. catalogue: if it is
    there already, of an exercise of the same form.
    """

    def __init__(
        self, solution: Solution, selection: Selection | None = None, catalogue: Catalogue | None = None
    ) -> None:
        self.solution = solution
        self.decimals = solution.decimals()
        self.wrongs = Wrongs(solution, asked_for(solution, selection or Selection()), catalogue)

    @cached_property
    def outcomes(self) -> list[Outcome]:
        """What each mistake gives away, in the order of the page."""
        return WrongSheets(self.wrongs, self.decimals).outcomes(self.wrongs)

    @property
    def revealed(self) -> int:
        """How many mistakes show."""
        return sum(outcome.revealed for outcome in self.outcomes)

    @property
    def score(self) -> float:
        """The share of the mistakes that show; 1 if none can be made."""
        return self.revealed / len(self.outcomes) if self.outcomes else 1.0

    @cached_property
    def hidden(self) -> list[Hidden]:
        """The mistakes that do not show."""
        hiding = Hiding(self.wrongs, self.decimals)
        return [
            Hidden(outcome.wrong, hiding.reason(outcome), outcome.difference)
            for outcome in self.outcomes
            if not outcome.revealed
        ]

    @cached_property
    def avoidable(self) -> int:
        """How many mistakes other figures, or more digits, could show."""
        return sum(hidden.reason.avoidable for hidden in self.hidden)

    @cached_property
    def remarks(self) -> list[str]:
        """What is unfortunate about the figures, in sentences."""
        return self.about.all()

    @cached_property
    def about(self) -> Remarks:
        """The figures themselves."""
        return Remarks(self.wrongs.consequences, self.wrongs.asked, self.decimals)

    # -- mistakes that look the same

    @cached_property
    def indistinguishable(self) -> list[list[Wrong]]:
        """Different misconceptions that lead to the same sheet; a slip may by chance look like anything."""
        sheets: dict[object, list[Wrong]] = {}
        for outcome in self.outcomes:
            if outcome.revealed and outcome.wrong.expression is not None:
                sheets.setdefault(outcome.written, []).append(outcome.wrong)
        return [group for group in sheets.values() if len({wrong.mistake for wrong in group}) > 1]

    @cached_property
    def coincidences(self) -> list[list[Wrong]]:
        """Those that lead to the same sheet only with these figures: one of each kind for others."""
        suspects = [wrong for group in self.indistinguishable for wrong in group]
        if not suspects:
            return []
        elsewhere = self._elsewhere(suspects)
        groups = []
        for group in self.indistinguishable:
            kinds: dict[object, Wrong] = {}
            for wrong in group:
                kinds.setdefault(elsewhere.get(wrong.code), wrong)
            if len({wrong.mistake for wrong in kinds.values()}) > 1:
                groups.append([*kinds.values()])
        return groups

    def _elsewhere(self, suspects: Sequence[Wrong]) -> Mapping[str, object]:
        """What the same mistakes lead to in another exercise of the same form, by their codes."""
        exercise = replace(redrawn(self.solution.exercise, 0), decimals=_FINE)
        wrongs = Wrongs(Solution(exercise), self.wrongs.asked, self.wrongs.catalogue)
        codes = {wrong.code for wrong in suspects}
        places = dict.fromkeys(wrong.symbol for wrong in suspects)
        made = [wrong for place in places for wrong in wrongs.of(place) if wrong.code in codes]
        sheets = WrongSheets(wrongs, _FINE).sheets(made)
        return {outcome.wrong.code: outcome.written for outcome, _ in sheets}


# ---------------------------------------------------------------------------- what to change


def advice(audit: Audit) -> list[str]:
    """Changes, in sentences, with the number of mistakes that each would show, the most helpful first."""
    changes = sorted([*_of_form(audit), *_of_figures(audit), *_of_digits(audit)], key=lambda one: -one[0])
    return [f"{text} ({counted(number, 'mistake')})" for number, text in changes] + [*_of_remarks(audit)]


Change = tuple[int, str]
"""How many more mistakes show, and what to do for it."""


def _of_form(audit: Audit) -> Iterator[Change]:
    """What another form of the exercise would show."""
    about = Counter(part for hidden in audit.hidden for part in hidden.reason.about.split("+"))
    for what, words in _CHANGES.items():
        if about[what]:
            yield about[what], words


def _of_digits(audit: Audit) -> Iterator[Change]:
    """What more decimals would show."""
    lost = [hidden.wrong for hidden in audit.hidden if hidden.reason.cause == "rounding"]
    before = 0
    for more in _MORE_DECIMALS if lost else ():
        decimals = audit.decimals + more
        if decimals > MAX_DECIMALS:
            return
        sheets = WrongSheets(audit.wrongs, decimals)
        seen = sum(outcome.revealed for outcome in sheets.outcomes(lost))
        if seen > before:
            yield seen, f"show {counted(decimals, 'decimal')} instead of {audit.decimals}"
            before = seen


def _of_figures(audit: Audit) -> Iterator[Change]:
    """What one other figure would show: the best of some trials; or else what should not be equal."""
    equal = [
        hidden for hidden in audit.hidden if hidden.reason.about == "figures" and hidden.reason.avoidable
    ]
    if not equal:
        return
    trial = _best_trial(audit, equal)
    if trial is not None:
        yield trial
    else:
        texts = Counter(hidden.reason.text for hidden in equal).most_common(_NAMED)
        yield len(equal), "avoid these equalities: " + "; ".join(text for text, _ in texts)


def _best_trial(audit: Audit, equal: list[Hidden]) -> Change | None:
    """The change of one figure's sign that shows most, and does no harm."""
    exercise = audit.solution.exercise
    best: Change | None = None
    for symbol, cell in _cells(exercise, max(1, min(_TRIALS, _MOST // len(equal)))):
        givens = exercise.givens()
        figures = givens[symbol] = givens[symbol].copy()
        figures[cell] *= -1
        changed = Consequences(Solution(_with_figures(exercise, givens)))
        seen = sum(_shows(audit, changed, hidden) for hidden in equal)
        if seen > (best[0] if best else 0):
            remarks = Remarks(changed, audit.wrongs.asked, audit.decimals).all()
            if len(remarks) <= len(audit.remarks):
                name = audit.solution.cell_name(symbol, cell)
                best = seen, f"use {name} = {figures[cell]:g} instead of {-figures[cell]:g}"
    return best


def _shows(audit: Audit, changed: Consequences, hidden: Hidden) -> bool:
    """Whether a mistake makes a difference that can be seen among other figures."""
    expression, symbol = hidden.wrong.expression, hidden.wrong.symbol
    if expression is None:
        return False
    follow = changed.follow(symbol, changed.value(expression, symbol))
    apart = 10.0**-audit.decimals
    return any((differs(follow(name), changed.right(name)) > apart).any() for name in audit.wrongs.asked)


def _cells(exercise: Exercise, most: int) -> list[tuple[Symbol, tuple[int, int]]]:
    """Some of the cells of inputs, weights and biases that are not 0, spread over all of them."""
    cells = [
        (symbol, (int(i), int(j)))
        for symbol, values in exercise.givens().items()
        if symbol.kind != "T"
        for i, j in np.argwhere(values)
    ]
    return cells[:: max(1, -(-len(cells) // most))]


def _with_figures(exercise: Exercise, givens: Mapping[Symbol, Array]) -> Exercise:
    """The exercise with these inputs, weights and biases."""
    layers = tuple(
        layer._replace(weights=givens[Symbol("W", k)], bias=givens.get(Symbol("b", k)))
        for k, layer in enumerate(exercise.layers, start=1)
    )
    return replace(exercise, inputs=givens[Symbol("X")], layers=layers)


def _of_remarks(audit: Audit) -> Iterator[str]:
    """What to do about dead units, and about a loss that rises."""
    for k, units in audit.about.dead_units():
        which = counted(len(units), "unit")
        yield f"activate {which} of layer {k}: with a larger bias, or a sample for which it is active"
    if audit.about.rises:
        yield "use a smaller learning rate"
