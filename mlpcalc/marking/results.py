"""What comes of each submission: its marks, beside the exercise it is of and whose it is."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from mlpcalc.answers.files import HandedIn, Unreadable
from mlpcalc.answers.reader import Submission
from mlpcalc.marking.marker import Marker
from mlpcalc.marking.marks import Marked, SheetMarks
from mlpcalc.solving.solution import Solution

_PORTION = 1000  # submissions whose figures are held at once


class Result(NamedTuple):
    """What comes of one submission: its marks, or why it cannot be read, and what was handed in."""

    marked: Marked
    handed_in: HandedIn

    @property
    def solution(self) -> Solution:
        """The solution of the exercise that the submission is of."""
        return self.handed_in.solution

    @property
    def student(self) -> str:
        """Who handed it in, "" if unknown."""
        return self.handed_in.student


def results(handed_in: Iterable[HandedIn], *, strict: bool = False) -> Iterator[Result]:
    """Mark any number of submissions, in their order, some at a time.

    strict: whether rounding differences are wrong.
    """
    markers: dict[Solution, Marker] = {}
    remaining = iter(handed_in)
    while portion := list(islice(remaining, _PORTION)):
        marks = _marks(portion, markers)
        for place, each in enumerate(portion):
            if isinstance(each.sheet, Unreadable):
                yield Result(each.sheet, each)
            else:
                yield Result(marks[place].strictly() if strict else marks[place], each)


def _marks(portion: Sequence[HandedIn], markers: dict[Solution, Marker]) -> dict[int, SheetMarks]:
    """The marks of what can be read, by its place; markers: those of the exercises seen so far."""
    by_exercise: dict[Solution, dict[int, Submission]] = {}
    for place, each in enumerate(portion):
        if isinstance(each.sheet, Submission):
            by_exercise.setdefault(each.solution, {})[place] = each.sheet
    marks: dict[int, SheetMarks] = {}
    for solution, sheets in by_exercise.items():
        if solution not in markers:
            markers[solution] = Marker(solution)
        marks |= zip(sheets, markers[solution].mark([*sheets.values()]), strict=True)
    return marks
