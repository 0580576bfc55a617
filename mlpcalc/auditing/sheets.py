"""Sheets with a mistake in each: whether marking finds anything wrong."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache

from mlpcalc.answers.entries import Entry, Texts
from mlpcalc.answers.reader import Part, Submission, united
from mlpcalc.answers.statements import Notes
from mlpcalc.auditing.wrongs import Effect, Wrong, Wrongs
from mlpcalc.marking.evidence import unwritten
from mlpcalc.marking.lines import Line
from mlpcalc.marking.marker import Marker
from mlpcalc.page.symbols import Symbol
from mlpcalc.reading.source import Document, ScalarNode
from mlpcalc.solving.solution import Solution

_NOWHERE = ScalarNode("", 1, 1, True, False)  # where no file has it


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
        self._line = Line(
            wrongs.right.basis,
            {symbol: wrongs.right[symbol] for symbol in wrongs.asked},
            written=frozenset(wrongs.asked),
        )
        self._beside = cache(self._answers_beside)
        self._significant_share = self._read(self._right).significant_share

    def effects(self, wrongs: Iterable[Wrong]) -> list[Effect]:
        """What each of the mistakes gives away.

        Most of them are found where they show first; only the others are followed to the end.
        """
        effects = self._marked(self._wrongs.effects(wrongs, self._decimals))
        rest = [place for place, effect in enumerate(effects) if effect.changed and not effect.revealed]
        wrong = [effects[place].wrong for place in rest]
        followed = self._wrongs.effects(wrong, self._decimals, to_the_end=True)
        for place, effect in zip(rest, self._marked(followed), strict=True):
            effects[place] = effect
        return effects

    def _marked(self, effects: Sequence[Effect]) -> list[Effect]:
        """Mark what is changed on each sheet, with what that is worked out from; equal sheets once.

        Sheets that are first changed in one quantity answer the same, so that they are marked as one stack.
        """
        beside: dict[Symbol, dict[Symbol, Texts]] = {}
        for effect in effects:
            if effect.first:
                answers = beside.setdefault(effect.first[0], {})
                for symbol in effect.changed:
                    answers |= self._beside(symbol)
        keys = [tuple(effect.changed.items()) for effect in effects]
        sheets = {key: self._read({**beside[key[0][0]], **dict(key)}) for key in dict.fromkeys(keys) if key}
        asked = [sheet._replace(significant_share=self._significant_share) for sheet in sheets.values()]
        marks = self._marker.mark_as_asked(asked, diagnose=False)
        verdicts = {key: marked.worst for key, marked in zip(sheets, marks, strict=True)}
        return [
            effect._replace(verdict=verdicts.get(key, effect.verdict))
            for key, effect in zip(keys, effects, strict=True)
        ]

    def _read(self, texts_of: Mapping[Symbol, Texts]) -> Submission:
        """A sheet, without the answers that are blank."""
        entries = [
            Entry(symbol, "", _NOWHERE, texts) for symbol, texts in texts_of.items() if any(map(any, texts))
        ]
        return united([Part("", "", entries, Notes(Document("", "")))], self._solution)

    def _answers_beside(self, symbol: Symbol) -> dict[Symbol, Texts]:
        """The right answer for a quantity, and those that it is worked out from, by whatever route."""
        steps = [symbol, *unwritten(self._line, symbol)]
        used = {symbol}.union(*map(self._line.operands, steps))
        return {answer: texts for answer, texts in self._right.items() if answer in used}
