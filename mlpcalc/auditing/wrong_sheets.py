"""Sheets with mistakes by the hundred: what is written on them, and whether marking finds anything wrong."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import NamedTuple

import numpy as np

from mlpcalc.answers.contents import BLANK, written_figure
from mlpcalc.answers.digits import Asked, Figure, figure
from mlpcalc.answers.reader import Answer, Submission
from mlpcalc.arrays import Array, Mask
from mlpcalc.auditing.consequences import differs
from mlpcalc.auditing.wrongs import Wrong, Wrongs
from mlpcalc.marking.marker import Marker
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.page.symbols import Symbol

_CELLS = 1_000_000  # that are worked on at once
_SURE = 2e-3  # of a unit: so far from a tie, there is one way to round
_SHORT = 9  # significant digits; figures with more may be float32 values


class Outcome(NamedTuple):
    """What a sheet with a mistake gives away.

    verdict: the worst on the sheet; WRONG, TRIVIAL where the mistake is revealed. difference: by how much its
    figures differ from the right ones, at most, before they are rounded; where: in which quantity, None if
    they do not. written: the figures that are not the right ones, by quantity; equal for equal sheets.
    """

    wrong: Wrong
    verdict: Verdict
    difference: float
    where: Symbol | None
    written: tuple[tuple[Symbol, bytes], ...]

    @property
    def revealed(self) -> bool:
        """Whether marking finds something wrong."""
        return self.verdict >= Verdict.TRIVIAL


class WrongSheets:
    """Marks the sheets of students who make one mistake, and otherwise carry on at full precision.

    exercise: the mistakes that can be made in it. decimals: to which the figures of the sheets are rounded.
    """

    def __init__(self, exercise: Wrongs, decimals: int) -> None:
        self._exercise = exercise
        self._consequences = exercise.consequences
        self._decimals = decimals
        right = self._consequences.right
        self._right = {symbol: self._figures(right(symbol).value) for symbol in exercise.asked}
        self._asked = Asked.of(exercise.consequences.solution.exercise)
        self._answers = {symbol: each.answer(symbol, self._asked) for symbol, each in self._right.items()}

    def outcomes(self, wrongs: Iterable[Wrong]) -> list[Outcome]:
        """What each of the mistakes gives away."""
        outcomes = []
        marker = Marker(self._consequences.solution)
        for portion in self._portions(wrongs):
            sheets = [*self.sheets(portion)]
            different = {outcome.written: sheet for outcome, sheet in sheets}
            marks = marker.mark_as_asked([*different.values()], diagnose=False)
            verdicts = {written: marked.worst for written, marked in zip(different, marks, strict=True)}
            outcomes += [outcome._replace(verdict=verdicts[outcome.written]) for outcome, _ in sheets]
        return outcomes

    def _portions(self, wrongs: Iterable[Wrong]) -> Iterator[list[Wrong]]:
        """As many mistakes at a time as can be worked on at once."""
        cells = sum(figures.value.size for figures in self._right.values())
        rest = iter(wrongs)
        while portion := [*islice(rest, max(1, _CELLS // max(cells, 1)))]:
            yield portion

    def sheets(self, wrongs: Iterable[Wrong]) -> Iterator[tuple[Outcome, Submission]]:
        """The sheets, and what is known of them before they are marked; the verdict stands open."""
        for symbol, group in groupby(wrongs, key=lambda wrong: wrong.symbol):
            yield from self._together(symbol, [*group])

    def _together(self, symbol: Symbol, wrongs: Sequence[Wrong]) -> Iterator[tuple[Outcome, Submission]]:
        """The sheets with mistakes in one quantity."""
        changed = self._exercise.changed(symbol, wrongs)
        figures = {name: self._figures(ball.value) for name, ball in changed.items()}
        differs_in = {name: self._others(name, written_figures) for name, written_figures in figures.items()}
        differences = {
            name: differs(ball, self._consequences.right(name)).max(axis=(1, 2)).tolist()
            for name, ball in changed.items()
        }
        for row, wrong in enumerate(wrongs):
            here = {
                name: written_figures.of(row)
                for name, written_figures in figures.items()
                if differs_in[name][row]
            }
            most = max(differences, key=lambda name: differences[name][row], default=None)
            difference = differences[most][row] if most else 0.0
            written = tuple((name, written_figures.value.tobytes()) for name, written_figures in here.items())
            outcome = Outcome(wrong, Verdict.BLANK, difference, most if difference else None, written)
            answers = {
                **self._answers,
                **{name: written_figures.answer(name, self._asked) for name, written_figures in here.items()},
            }
            written_answers = {name: answer for name, answer in answers.items() if answer is not None}
            yield outcome, Submission("", "", written_answers)

    def _others(self, name: Symbol, figures: "_Figures") -> list[bool]:
        """In which sheets of a stack a quantity has other figures than the right ones."""
        right = self._right[name].value
        same = (figures.value == right) | (np.isnan(figures.value) & np.isnan(right))
        return [not equal for equal in same.all(axis=(1, 2)).tolist()]

    # -- figures

    def _figures(self, values: Array) -> "_Figures":
        """Values as they are written, a matrix or a stack of them."""
        unit = 10.0**self._decimals
        with np.errstate(all="ignore"):
            scaled = values * unit
            nearest = np.rint(scaled)
            tie = np.abs(np.abs(scaled - nearest) - 0.5) < _SURE
            plain = np.abs(values) * unit < 10.0**_SHORT
        value = nearest / unit + 0.0  # no -0
        half = np.full(values.shape, float(f"5e{-self._decimals - 1}"))
        whole = np.zeros(values.shape, bool)
        careful = ~plain | tie if self._decimals else np.ones(values.shape, bool)
        for cell in zip(*careful.nonzero(), strict=True):
            read = self._figure(float(values[cell]))
            value[cell], half[cell], whole[cell] = read.value, read.half, read.whole
        return _Figures(value, half, whole)

    def _figure(self, value: float) -> Figure:
        """A figure as it stands on a sheet."""
        text = written_figure(value, self._decimals)
        return Figure(np.nan, np.nan) if text == BLANK else figure(text)


class _Figures(NamedTuple):
    """As in `Answer`."""

    value: Array
    half: Array
    whole: Mask

    def of(self, row: int) -> "_Figures":
        """Those of one sheet of a stack."""
        return _Figures(*(part[row] for part in self))

    def answer(self, symbol: Symbol, asked: Asked) -> Answer | None:
        """The answer with these figures, None if all are blank."""
        if np.isnan(self.value).all():
            return None
        return Answer(symbol, self.value, self.half, self.whole, (), asked=self._read_to(asked))

    def _read_to(self, asked: Asked) -> Array | None:
        """Half the width of each figure, read to the digits asked; None where it is the same."""
        short = np.abs(self.value) < 2 * self.half * 10.0 ** (asked.enough - 1)
        half = np.where(short, np.minimum(self.half, asked.half_at(self.value)), self.half)
        return None if np.array_equal(half, self.half, equal_nan=True) else half
