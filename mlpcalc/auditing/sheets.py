"""Sheets with a mistake in each: whether marking finds anything wrong."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from mlpcalc.answers.entries import Entry, Texts
from mlpcalc.answers.reader import Part, Submission, united
from mlpcalc.answers.statements import Notes
from mlpcalc.auditing.wrongs import Effect, Wrong, Wrongs
from mlpcalc.marking.marker import Marker
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.page.symbols import Symbol
from mlpcalc.reading.source import Document, ScalarNode
from mlpcalc.solving.solution import Solution

_NOWHERE = ScalarNode("", 1, 1, True, False)  # where no file has it


class Outcome(NamedTuple):
    """What a sheet with a mistake gives away.

    effect: what comes of the mistake. verdict: the worst on the sheet, as far as it had to be marked.
    """

    effect: Effect
    verdict: Verdict

    @property
    def wrong(self) -> Wrong:
        """The mistake."""
        return self.effect.wrong

    @property
    def revealed(self) -> bool:
        """Whether marking finds something wrong."""
        return self.verdict >= Verdict.TRIVIAL


class WrongSheets:
    """Marks the sheets of students who make one mistake, and otherwise carry on at full precision.

    decimals: to which the figures of the sheets are rounded.
    """

    def __init__(self, wrongs: Wrongs, decimals: int) -> None:
        self._wrongs, self._decimals = wrongs, decimals
        exercise = wrongs.solution.exercise
        if exercise.states_decimals and exercise.decimals != decimals:  # they are what is asked
            exercise = replace(exercise, decimals=decimals)
        self._solution = Solution(exercise)
        self._marker = Marker(self._solution)
        self._right = {symbol: wrongs.right_texts(symbol, decimals) for symbol in wrongs.asked}
        self._before = cache(self._answers_before)
        self._significant_share = self._read(self._right).significant_share

    def outcomes(self, wrongs: Iterable[Wrong]) -> list[Outcome]:
        """What each of the mistakes gives away.

        Most of them are found where they show first; only the others are followed to the end.
        """
        outcomes = self._marked(self._wrongs.effects(wrongs, self._decimals))
        rest = {
            place: outcome.wrong
            for place, outcome in enumerate(outcomes)
            if outcome.effect.changed and not outcome.revealed
        }
        followed = self._wrongs.effects(rest.values(), self._decimals, to_the_end=True)
        for place, outcome in zip(rest, self._marked(followed), strict=True):
            outcomes[place] = outcome
        return outcomes

    def _marked(self, effects: Sequence[Effect]) -> list[Outcome]:
        """Mark what is changed on each sheet, with what that is worked out from; equal sheets once.

        Sheets that are first changed in one quantity answer the same, so that they are marked as one stack.
        """
        beside: dict[Symbol, dict[Symbol, Texts]] = {}
        for effect in effects:
            for symbol in effect.changed:
                names = {symbol} | self._before(symbol)
                beside.setdefault(next(iter(effect.changed)), {}).update(
                    (name, self._right[name]) for name in names
                )
        keys = [tuple(effect.changed.items()) for effect in effects]
        sheets = {key: self._read({**beside[key[0][0]], **dict(key)}) for key in dict.fromkeys(keys) if key}
        asked = [sheet._replace(significant_share=self._significant_share) for sheet in sheets.values()]
        marks = self._marker.mark_as_asked(asked, diagnose=False)
        verdicts = {key: marked.worst for key, marked in zip(sheets, marks, strict=True)}
        return [
            Outcome(effect, verdicts.get(key, Verdict.CORRECT))
            for key, effect in zip(keys, effects, strict=True)
        ]

    def _read(self, texts_of: Mapping[Symbol, Texts]) -> Submission:
        """A sheet, without the answers that are blank."""
        entries = [
            Entry(symbol, "", _NOWHERE, texts) for symbol, texts in texts_of.items() if any(map(any, texts))
        ]
        return united([Part("", "", entries, Notes(Document("", "")))], self._solution)

    def _answers_before(self, symbol: Symbol) -> set[Symbol]:
        """The answers that a quantity is worked out from, by whatever route."""
        basis, asked = self._wrongs.right.basis, {*self._right}
        found: set[Symbol] = set()
        pending = [symbol]
        while pending:
            operands = basis.operands(pending.pop(), basis.details & asked) - found
            found |= operands
            pending += operands - asked
        return found & asked
