"""Which mistakes the figures of an exercise reveal, and which they cannot.

Every mistake of the catalogue is made, in every quantity in which it can be, on a sheet of its own, rounded
to the decimals of the exercise; then the sheet is marked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from mlpcalc.auditing.catalogue import Catalogue, redrawn
from mlpcalc.auditing.hiding import Hiding, Reason
from mlpcalc.auditing.remarks import Remarks
from mlpcalc.auditing.wrong_sheets import Outcome, WrongSheets
from mlpcalc.auditing.wrongs import Wrong, Wrongs
from mlpcalc.sheet import asked_for
from mlpcalc.solution import Solution
from mlpcalc.working import Selection

_FINE = 12  # decimals that tell all figures apart


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
        return WrongSheets(self.wrongs.consequences, self.wrongs.asked, self.decimals).outcomes(self.wrongs)

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
            Hidden(each.wrong, hiding.reason(each), each.difference)
            for each in self.outcomes
            if not each.revealed
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
        found = []
        for group in self.indistinguishable:
            kinds: dict[object, Wrong] = {}
            for wrong in group:
                kinds.setdefault(elsewhere.get(wrong.code), wrong)
            if len({wrong.mistake for wrong in kinds.values()}) > 1:
                found.append([*kinds.values()])
        return found

    def _elsewhere(self, suspects: Sequence[Wrong]) -> Mapping[str, object]:
        """What the same mistakes lead to in another exercise of the same form, by their codes."""
        exercise = replace(redrawn(self.solution.exercise, 0), decimals=_FINE)
        wrongs = Wrongs(Solution(exercise), self.wrongs.asked, self.wrongs.catalogue)
        codes = {wrong.code for wrong in suspects}
        places = dict.fromkeys(wrong.symbol for wrong in suspects)
        made = [wrong for place in places for wrong in wrongs.of(place) if wrong.code in codes]
        sheets = WrongSheets(wrongs.consequences, wrongs.asked, _FINE).sheets(made)
        return {outcome.wrong.code: outcome.written for outcome, _ in sheets}
