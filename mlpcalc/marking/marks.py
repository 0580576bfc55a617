"""What marking a sheet results in: a verdict for every cell, what went wrong, and the score."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from mlpcalc.answers.files import Unreadable
from mlpcalc.answers.reader import Answer
from mlpcalc.errors import Problem
from mlpcalc.marking.verdicts import Verdict, Verdicts
from mlpcalc.notation.formulas import Formula
from mlpcalc.numerics.interval import Ball
from mlpcalc.page.expr import Expr
from mlpcalc.page.symbols import Symbol

Cell = tuple[int, int]
Suspicion = Mapping[Symbol, Expr]
"""What a sheet may have computed for quantities that it does not show."""

UNEXPLAINED = "unexplained"
_MUDDLED = 4  # steps that nothing explains


class Diagnosis(NamedTuple):
    """A mistake that explains wrong cells.

    mistake: its name for programs. title: what to call it in an overview. message: what was done and what
    to do, for the student. hint: a question that does not give the answer away. cells: those that it
    explains, in the layout of the page, counted from 0. formula: what was computed. misconception: whether
    it is about a rule, which one gets wrong every time, and not a slip.
    """

    mistake: str
    title: str
    message: str
    hint: str
    cells: tuple[Cell, ...]
    formula: Formula | None = None
    misconception: bool = False
    certain: bool = True


class Explanation(NamedTuple):
    """What explains a wrong answer.

    causes: the misconceptions among the diagnoses that are certain; empty unless they explain all of it.
    suspected_steps: what the sheet may have computed for quantities that it does not show.
    """

    diagnoses: tuple[Diagnosis, ...]
    causes: frozenset[str] = frozenset()
    suspected_steps: tuple[Suspicion, ...] = ()


class QuantityMarks(NamedTuple):
    """The marks of one answered quantity, in the layout of the page.

    expected: what follows from the sheet's own figures before it. verdict: that of the worst cell. share:
    of the points. repeated: whether all that is wrong has a cause for which the sheet has already paid.
    follows_from: the wrong quantities that it follows from, if that is the verdict.
    """

    answer: Answer
    verdicts: Verdicts
    expected: Ball
    verdict: Verdict
    share: float
    diagnoses: tuple[Diagnosis, ...] = ()
    repeated: bool = False
    follows_from: tuple[Symbol, ...] = ()

    def cells(self, verdict: Verdict) -> tuple[Cell, ...]:
        """The cells with that verdict."""
        return tuple((int(i), int(j)) for i, j in zip(*(self.verdicts == verdict).nonzero(), strict=True))

    @property
    def is_consistent(self) -> bool:
        """Whether all that can be read is right, or follows from what was written before."""
        read = self.verdicts != Verdict.UNREAD
        return self.verdict < Verdict.UNCHECKED or bool((self.verdicts[read] < Verdict.UNCHECKED).all())

    @property
    def unexplained(self) -> int:
        """The number of wrong cells that nothing explains."""
        return sum(len(each.cells) for each in self.diagnoses if each.mistake == UNEXPLAINED)

    def strictly(self) -> "QuantityMarks":
        """Count the cells that are off by rounding as wrong."""
        cells = self.cells(Verdict.ROUNDING) if self.verdict else ()
        if not cells:
            return self
        verdicts = np.where(self.verdicts == Verdict.ROUNDING, np.int8(Verdict.WRONG), self.verdicts)
        return self._replace(
            verdicts=verdicts,
            verdict=max(self.verdict, Verdict.WRONG),
            share=self.share - len(cells) / verdicts.size,
            diagnoses=(*self.diagnoses, _OFF._replace(cells=cells)),
        )


def quantity_marks(
    answers: Sequence[Answer],
    verdicts: Verdicts,
    expected: Ball,
    explanations: Mapping[int, Explanation] | None = None,
    repeated: Container[int] = (),
) -> list[QuantityMarks]:
    """The marks of a stack of answers: verdicts of shape (sheets, rows, columns).

    explanations: by row. repeated: rows in which the mistakes are not to be paid for.
    """
    value, radius = (np.broadcast_to(part, verdicts.shape) for part in expected)
    worst = verdicts.max(axis=(1, 2)).tolist()
    shares = _CREDIT[verdicts].mean(axis=(1, 2)).tolist()
    wrong = (verdicts == Verdict.WRONG).mean(axis=(1, 2)).tolist()
    return [
        QuantityMarks(
            answer,
            verdicts[row],
            Ball(value[row], radius[row]),
            _VERDICTS[worst[row]],
            shares[row] + wrong[row] if row in repeated else shares[row],
            explanations[row].diagnoses if explanations and row in explanations else (),
            row in repeated,
        )
        for row, answer in enumerate(answers)
    ]


_VERDICTS = tuple(Verdict)
_CREDIT = np.array([verdict.credited for verdict in Verdict], dtype=np.float64)
_OFF = Diagnosis(
    "rounding",
    "off by rounding",
    "The last digits are off: carry more digits, and round only what is written down.",
    "How many digits did you carry?",
    (),
)


@dataclass(eq=False)
class SheetMarks:
    """The marks of one sheet.

    asked: what is to be answered, in the order of the page, with the points of each. convention: in words,
    what the sheet does otherwise than the exercise without being wrong. shows_other_convention: whether
    something is right that does not follow from what is wrong, as it would under another convention. changed:
    what is given on the sheet, but was not left as it was. foreign: whether it answers another exercise, so
    that nothing counts that follows. not_understood, remarks, others: as of the `Submission`.
    """

    file: str
    student: str
    quantities: Mapping[Symbol, QuantityMarks]
    asked: Mapping[Symbol, float]
    convention: str | None = None
    shows_other_convention: bool = False
    changed: tuple[Symbol, ...] = ()
    foreign: bool = False
    not_understood: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()
    others: tuple[str, ...] = ()

    @cached_property
    def points(self) -> float:
        """The points earned."""
        return sum(self.worth(symbol) * marks.share for symbol, marks in self.answered.items())

    @cached_property
    def most_points(self) -> float:
        """The points to be had, whatever is answered."""
        return sum(self.asked.values())

    def worth(self, symbol: Symbol) -> float:
        """The points to be had for a quantity; 0 for one that is not asked."""
        return self.asked.get(symbol, 0.0)

    @cached_property
    def answered(self) -> Mapping[Symbol, QuantityMarks]:
        """The marks of what is asked and answered."""
        return {symbol: marks for symbol, marks in self.quantities.items() if symbol in self.asked}

    @property
    def not_answered(self) -> list[Symbol]:
        """What is asked and not answered."""
        return [symbol for symbol in self.asked if symbol not in self.quantities]

    @property
    def not_asked(self) -> list[Symbol]:
        """What is answered and not asked."""
        return [symbol for symbol in self.quantities if symbol not in self.asked]

    @property
    def right(self) -> list[Symbol]:
        """What is asked and right as far as it is filled in."""
        return [symbol for symbol, marks in self.answered.items() if marks.verdict.is_right]

    @property
    def all_right(self) -> bool:
        """Whether something that is asked is answered, and all of that is right."""
        return 0 < len(self.answered) == len(self.right)

    @property
    def complete(self) -> bool:
        """Whether every cell that is asked is filled in."""
        return not (
            self.not_answered
            or any((marks.verdicts == Verdict.BLANK).any() for marks in self.answered.values())
        )

    def strictly(self) -> "SheetMarks":
        """Count everything on the sheet that is off by rounding as wrong."""
        quantities = {symbol: marks.strictly() for symbol, marks in self.quantities.items()}
        return replace(self, quantities=quantities)

    @property
    def score(self) -> float | None:
        """The share of the points that was earned; None if there was nothing to be had."""
        return self.points / self.most_points if self.most_points else None

    @cached_property
    def muddled(self) -> bool:
        """Whether the figures contradict one another throughout, as if they were of another run."""
        puzzles = sum(
            marks.verdict == Verdict.WRONG and marks.unexplained > 0 for marks in self.quantities.values()
        )
        return self.foreign or is_muddled(puzzles, len(self.quantities))

    def verdict_on(self, symbol: Symbol) -> Verdict:
        """The verdict on a quantity, BLANK if it is not answered."""
        return self.quantities[symbol].verdict if symbol in self.quantities else Verdict.BLANK

    @property
    def worst(self) -> Verdict:
        """The worst verdict on the sheet, on what is not asked too."""
        return max((marks.verdict for marks in self.quantities.values()), default=Verdict.CORRECT)

    @property
    def worst_asked(self) -> Verdict:
        """The worst verdict on what is asked."""
        return max((marks.verdict for marks in self.answered.values()), default=Verdict.CORRECT)

    @property
    def is_consistent(self) -> bool:
        """Whether all that can be read is right, or follows from what was written before."""
        return all(marks.is_consistent for marks in self.quantities.values())

    @property
    def first_wrong(self) -> tuple[Symbol, Cell] | None:
        """The first cell that is wrong, in the order of the page."""
        for symbol, marks in self.quantities.items():
            if marks.verdict == Verdict.WRONG:
                return symbol, marks.cells(Verdict.WRONG)[0]
        return None

    def diagnoses(self) -> Iterator[tuple[Symbol, Diagnosis]]:
        """Every diagnosis with the quantity that it is about."""
        for symbol, marks in self.quantities.items():
            for diagnosis in marks.diagnoses:
                yield symbol, diagnosis


def is_muddled(puzzles: int, answers: int) -> bool:
    """Whether so many answers that nothing explains make a sheet of so many answers a muddle."""
    return puzzles >= _MUDDLED and 2 * puzzles > answers


Marked = SheetMarks | Unreadable
"""What comes of one answer file."""
