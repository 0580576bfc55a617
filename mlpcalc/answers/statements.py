"""What a sheet says, before it means anything in an exercise: names, figures as typed, places.

Every reader of a form of sheets makes statements of a text, and knows of no exercise; `entries` gives them
their meaning.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from mlpcalc.errors import Place, Problem
from mlpcalc.reading.source import MAX_PROBLEMS, Document, ScalarNode

LABELS: Mapping[str, str] = {
    "exercise": "The name of the exercise.",
    "student": "The name of the student.",
    "name": "The name of the student, if there is no other.",
    "comment": "What else is to be said.",
}
"""The keys of a sheet that have a text, and what it is."""
WRAPPER = "answers"
LONGEST_TEXT = 200  # characters of what is shown as typed


class Statement(NamedTuple):
    """What a sheet says of one quantity, or of one cell of it.

    name: as typed, where messages point to; with a cell in brackets if it is about one. rows: the texts of
    the cells as typed, each at its place; a ~ by itself stands for a whole row, and rows may have any length.
    flat: whether they are one list, which may be meant as a row or as a column. fault: why what is typed is
    no matrix; `rows` then has its lines as they stand.
    """

    name: ScalarNode
    rows: Sequence[Sequence[ScalarNode]]
    flat: bool = False
    fault: Problem | None = None


class Sheet(NamedTuple):
    """The statements of a sheet in their order, and its labels by their keys, each as typed.

    problems: what a reader has left out, and why.
    """

    statements: Sequence[Statement]
    labels: Mapping[str, str]
    problems: Sequence[Problem] = ()


class Notes:
    """What there is to say about reading a document: the first of it in full, the rest as a number."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._problems: list[Problem] = []
        self._remarks: list[Problem] = []
        self._more = 0

    @property
    def file(self) -> str:
        """The name of the document."""
        return self._document.file

    def problem(self, node: ScalarNode, found: Callable[[], Problem]) -> None:
        """Note what is not understood, at a node unless the problem has its place.

        It is put into words only if there is room for it.
        """
        if len(self._problems) >= MAX_PROBLEMS:
            self._more += 1
            return
        problem = found()
        self.add(problem._replace(place=problem.place or self._document.place(node)))

    def add(self, problem: Problem) -> None:
        """Note a problem that has its place."""
        if len(self._problems) >= MAX_PROBLEMS:
            self._more += 1
        else:
            self._problems.append(problem)

    def remark(self, message: str, node: ScalarNode | None = None) -> None:
        """Note what is understood, but may not be meant like that; of the whole document without a node."""
        if len(self._remarks) < MAX_PROBLEMS:
            place = Place(self._document.file) if node is None else self._document.place(node)
            self._remarks.append(Problem(message, place))

    @property
    def not_understood(self) -> tuple[Problem, ...]:
        """The problems in the order of the document, and last how many more there are."""
        shown = sorted(self._problems, key=_position)
        more = Problem(f"and {self._more:,} more problems", Place(self._document.file))
        return (*shown, more) if self._more else tuple(shown)

    @property
    def remarks(self) -> tuple[Problem, ...]:
        """The remarks, in their order."""
        return tuple(self._remarks)


def _position(problem: Problem) -> tuple[int, int]:
    place = problem.place
    return (place.line or 0, place.column or 0) if place else (0, 0)
