"""Which mistakes the figures of an exercise reveal, and which they cannot.

Every mistake of the catalogue is made, in every quantity in which it can be, on a sheet of its own, rounded
to the decimals of the exercise; then the sheet is marked.
"""

from functools import cached_property

from mlpcalc.auditing.hidden import Hidden, hidden
from mlpcalc.auditing.remarks import Remarks
from mlpcalc.auditing.sheets import Outcome, WrongSheets
from mlpcalc.auditing.wrongs import FINE, OTHERS, Wrong, Wrongs
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.solving.report import Selection
from mlpcalc.solving.solution import Solution


class Audit:
    """What the figures of an exercise reveal to someone who marks a sheet.

    selection: what the sheet asks for; the steps of a solution, if nothing is said.

    Raises `InputError` as `Wrongs` does.
    """

    def __init__(self, solution: Solution, selection: Selection | None = None) -> None:
        self.solution, self.selection = solution, selection
        self.decimals = solution.decimals()
        self.wrongs = Wrongs(solution, selection)

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
        return hidden(self.wrongs, self.outcomes, self.decimals)

    @cached_property
    def avoidable(self) -> int:
        """How many mistakes other figures, or more digits, could show."""
        return sum(each.reason.avoidable for each in self.hidden)

    @cached_property
    def about(self) -> Remarks:
        """The figures themselves."""
        return Remarks(self.wrongs, self.decimals)

    @cached_property
    def remarks(self) -> list[str]:
        """What is unfortunate about the figures, in sentences."""
        return self.about.all()

    @cached_property
    def indistinguishable(self) -> list[list[Wrong]]:
        """Different misconceptions that marking cannot tell apart: the same figures where they show first.

        A slip may by chance look like anything.
        """
        groups: dict[object, list[Wrong]] = {}
        for effect, verdict in self.outcomes:
            if verdict >= Verdict.TRIVIAL and effect.wrong.expression is not None:
                groups.setdefault(effect.first, []).append(effect.wrong)
        return [group for group in groups.values() if len({wrong.mistake for wrong in group}) > 1]

    @cached_property
    def coincidences(self) -> list[list[Wrong]]:
        """Those that look the same only with these figures: one of each kind for others."""
        groups = []
        others = [self.wrongs.elsewhere(number) for number in range(OTHERS)]
        for group in self.indistinguishable:
            kinds: dict[object, Wrong] = {}
            for wrong, *effects in zip(group, *(other.again(group, FINE) for other in others), strict=True):
                kinds.setdefault(tuple(effect.first for effect in effects), wrong)
            if len({wrong.mistake for wrong in kinds.values()}) > 1:
                groups.append([*kinds.values()])
        return groups
