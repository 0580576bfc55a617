"""Suppositions: edits of equations that explain what is wrong in an answer."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np

from mlpcalc.marking.basis import Basis
from mlpcalc.marking.chance import Attempts, Hit, Ledger, Level, has_few_values
from mlpcalc.marking.evidence import Question, unwritten
from mlpcalc.marking.lines import Line
from mlpcalc.marking.marks import Suspicion
from mlpcalc.marking.stacks import batches
from mlpcalc.marking.verdicts import Figures, Verdict
from mlpcalc.mistakes import GENERAL, Edit, Edits
from mlpcalc.page import expr, trees
from mlpcalc.page.symbols import Symbol

MOST_STEPS = 25_000_000  # worked out at most to explain one answer, times those of the page, squared


class Supposition(NamedTuple):
    """An edit that explains the wrong cells; `own`: on the sheet's own line, not on the right one.

    contradicted: whether an earlier answer needs the quantity to be right, so that it was computed twice.
    """

    edit: Edit
    hit: Hit
    own: bool
    contradicted: bool


class Suppositions:
    """The edits of the catalogue, tried on the answers to one exercise."""

    def __init__(self, basis: Basis) -> None:
        self._basis = basis

    @cached_property
    def edits(self) -> Edits:
        """The edits of every equation."""
        return Edits(self._basis.exercise, self._basis.solution.notation.name)

    def of(self, question: Question) -> list[tuple[list[Supposition], Ledger]]:
        """The edits that explain all wrong cells of each sheet, and what was tried on it.

        With scratch paper, if nothing else explains them.
        """
        able: list[list[Supposition]] = [[] for _ in question.sheets]
        few_values = has_few_values(question.symbol, question.own)
        ledgers = [Ledger(few_values=few_values) for _ in question.sheets]
        for rounded in (False, True):
            left = [row for row, suppositions in enumerate(able) if not suppositions]
            if not left:
                break
            part = question if len(left) == len(able) else question.rows(np.array(left))
            attempts = Attempts(part)
            for line in part.lines[::-1]:
                paper = line.widened(part.scratch) if rounded else line
                for edit, hits in self._explained(part, paper, attempts, rounded=rounded):
                    contradicted = _contradicted(part, edit, paper)
                    for row, hit in hits.items():
                        if is_all_zero(part, row) and not _says_zero(edit.expression):
                            continue
                        able[left[row]].append(Supposition(edit, hit, line is part.own, row in contradicted))
            for row, place in enumerate(left):
                ledgers[place].add(*attempts.ledger(row))
        # Something odd done once only is possible, but not just anything.
        return [
            (
                [one for one in suppositions if not one.contradicted]
                or [one for one in suppositions if one.edit.mistake.name not in GENERAL],
                ledger,
            )
            for suppositions, ledger in zip(able, ledgers, strict=True)
        ]

    def _explained(
        self, question: Question, line: Line, attempts: Attempts, *, rounded: bool
    ) -> Iterator[tuple[Edit, dict[int, Hit]]]:
        """The edits that explain the wrong cells of some of the sheets, on a line; these sheets."""
        edits = self._within_reach(question, rounded=rounded)
        most = self._basis.most_at_once(len(question.sheets))
        for batch in batches(edits, most, key=lambda edit: edit.expressions.keys()):
            outcomes = line.outcomes(question.symbol, [edit.expressions for edit in batch])
            levels = [Level.SCRATCH if rounded else _level(edit, question) for edit in batch]
            for place, hits in attempts.explained(outcomes, levels).items():
                yield batch[place], hits

    def _within_reach(self, question: Question, *, rounded: bool) -> Iterator[Edit]:
        """The edits of an answered quantity and of those before it that are not written, the nearest first.

        Not all of them in a deep network of which little is written: each is followed through all of these.
        With scratch paper, none that comes to the same without it.
        """
        hidden = unwritten(question.own, question.symbol)
        room = MOST_STEPS / len(self._basis.page) ** 2
        for place, symbol in enumerate((question.symbol, *hidden), start=1):
            edits_of = self.edits.get(symbol, ())
            room -= len(edits_of) * (1 + len(hidden) if rounded else place)
            if room < 0 and place > 1:
                break
            yield from (
                edit for edit in edits_of if place > 1 or not rounded or question.own.derives(edit.expression)
            )
        yield from self.edits.throughout(hidden)
        made = (question.symbol, *hidden) if question.symbol in self._basis.page else ()  # else it is a given
        yield from (edit for edit in self.edits.throughout(made) if question.symbol in edit.expressions)


def suspected_steps(symbol: Symbol, suppositions: Iterable[Supposition]) -> tuple[Suspicion, ...]:
    """What a sheet may have computed for quantities that it does not show, if it explains all.

    Not for the answer itself, from the figures of which one goes on anyway.
    """
    return tuple(
        supposition.edit.expressions
        for supposition in suppositions
        if supposition.edit.symbol != symbol and supposition.hit.match.scope == 0 and supposition.own
    )


def is_all_zero(question: Question, row: int) -> bool:
    """Whether an answer is nothing but zeros, where nothing was worked out rather than something wrongly."""
    return bool(((question.figures.value[row] == 0) | question.figures.blank[row]).all())


def _level(edit: Edit, question: Question) -> Level:
    """How plausible an edit is: in the answer itself, in a step that is not written, or one made anywhere."""
    if edit.mistake.name in GENERAL:
        return Level.GENERAL
    return Level.STEP if edit.symbol == question.symbol else Level.UNWRITTEN_STEP


def _contradicted(question: Question, edit: Edit, line: Line) -> set[int]:
    """The sheets with an earlier answer that an edit would have spoilt, if it was made on that line."""
    contradicted: set[int] = set()
    if edit.symbol == question.symbol:
        return contradicted
    supposed = line.changed(edited=edit.expressions)
    for symbol in question.answered:
        if symbol not in supposed.known or edit.expressions.keys().isdisjoint(
            unwritten(question.own, symbol)
        ):
            continue
        answers = [sheet.answers[symbol] for sheet in question.sheets]
        if answers[0].written_shape is not None:  # which cells are meant cannot be said
            continue
        figures = Figures.of(answers)
        spoilt = ~figures.meets(supposed.widened(question.scratch).step(symbol), 2) & ~figures.blank
        wrong = question.verdicts_on(symbol) == Verdict.WRONG
        contradicted |= set(np.flatnonzero((spoilt & ~wrong).any(axis=(1, 2))).tolist())
    return contradicted


def _says_zero(expression: expr.Expr) -> bool:
    """Whether an expression is 0 whatever the figures are."""
    match expression:
        case expr.Scale(coefficient, _):
            return coefficient.number == 0
    return not trees.references(expression)
