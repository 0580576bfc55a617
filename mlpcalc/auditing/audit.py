"""Which mistakes the figures of an exercise reveal, and which they cannot.

Every mistake of the catalogue is made, in every quantity in which it can be, on a sheet of its own, rounded
to the decimals of the exercise; then the sheet is marked.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

from mlpcalc.auditing.reasons import Reason, Reasons
from mlpcalc.auditing.remarks import Remarks
from mlpcalc.auditing.sheets import WrongSheets
from mlpcalc.auditing.wrongs import Effect, Wrong, Wrongs
from mlpcalc.solving.selection import Selection
from mlpcalc.solving.solution import Solution


class Hidden(NamedTuple):
    """A mistake that does not show, why, and by how much the figures differ from the right ones."""

    wrong: Wrong
    reason: Reason
    difference: float


class Audit:
    """What the figures of an exercise reveal to someone who marks a sheet.

    selection: what the sheet asks for; the steps of a solution, if nothing is said.

    Raises `InputError` as `Wrongs` does.
    """

    def __init__(self, solution: Solution, selection: Selection | None = None) -> None:
        self.solution, self.selection = solution, selection
        self.decimals = solution.decimals()
        self.wrongs = Wrongs(solution, selection)
        self.about = Remarks(self.wrongs, self.decimals)

    @cached_property
    def effects(self) -> list[Effect]:
        """What each mistake gives away, in the order of the page."""
        return WrongSheets(self.wrongs, self.decimals).effects(self.wrongs)

    @cached_property
    def revealed(self) -> int:
        """How many mistakes show."""
        return sum(effect.revealed for effect in self.effects)

    @property
    def score(self) -> float:
        """The share of the mistakes that show; 1 if none can be made."""
        return self.revealed / len(self.effects) if self.effects else 1.0

    @cached_property
    def hidden(self) -> list[Hidden]:
        """The mistakes that do not show."""
        reasons = Reasons(self.wrongs)
        return [
            Hidden(effect.wrong, reasons.of(effect, self.decimals), effect.difference)
            for effect in self.effects
            if not effect.revealed
        ]

    @property
    def avoidable(self) -> int:
        """How many mistakes other figures, or more digits, could show."""
        return sum(each.reason.avoidable for each in self.hidden)

    @cached_property
    def remarks(self) -> list[str]:
        """What is unfortunate about the figures, in sentences."""
        return self.about.all()

    @cached_property
    def indistinguishable(self) -> list[list[Wrong]]:
        """Different misconceptions that marking cannot tell apart: the same figures where they show first.

        A slip may by chance look like anything.
        """
        shown = [each for each in self.effects if each.revealed and each.wrong.expression is not None]
        return _of_several(_alike([each.wrong for each in shown], [each.first for each in shown]))

    @cached_property
    def coincidences(self) -> list[list[Wrong]]:
        """Misconceptions that look the same with these figures, and not with others.

        Of those that look the same with any figures, one stands for all.
        """
        alike = self.indistinguishable
        wrongs = sorted((wrong for group in alike for wrong in group), key=lambda wrong: wrong.symbol)
        elsewhere = zip(*(other.again(wrongs) for other in self.wrongs.others), strict=True)
        kinds = {
            wrong.code: tuple(effect.first for effect in effects)
            for wrong, effects in zip(wrongs, elsewhere, strict=True)
        }
        return _of_several(
            [same[0] for same in _alike(group, [kinds[wrong.code] for wrong in group])] for group in alike
        )


def _alike(wrongs: Sequence[Wrong], looks: Sequence[object]) -> list[list[Wrong]]:
    """The mistakes in groups of those that look the same."""
    groups: dict[object, list[Wrong]] = {}
    for wrong, look in zip(wrongs, looks, strict=True):
        groups.setdefault(look, []).append(wrong)
    return [*groups.values()]


def _of_several(groups: Iterable[list[Wrong]]) -> list[list[Wrong]]:
    """The groups that have different mistakes in them, and not one in several places."""
    return [group for group in groups if len({wrong.mistake for wrong in group}) > 1]
