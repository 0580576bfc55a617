"""Sheets with mistakes by the hundred: what is written on them, and whether marking finds anything wrong."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isfinite
from typing import NamedTuple

import numpy as np

from mlpcalc.answers.digits import Figure, figure
from mlpcalc.answers.reader import Answer, Submission
from mlpcalc.auditing.consequences import Consequences, differs
from mlpcalc.auditing.wrongs import Wrong
from mlpcalc.interval import Ball
from mlpcalc.marking.lines import Ground
from mlpcalc.marking.marker import Marker
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.rounding import rounded
from mlpcalc.stable import Array, Mask
from mlpcalc.symbols import Symbol

_CELLS = 1_000_000  # that are worked on at once
_SURE = 2e-3  # of a unit: so far from a tie, there is one way to round
_SHORT = 9  # significant digits; figures with more may be float32 values
_MATRIX = 2  # axes
_LARGE, _LARGEST = 1e9, 1e300  # as in `sheet`
_BLANK = Figure(np.nan, np.nan)

Written = tuple[tuple[Symbol, bytes], ...]
"""The figures on a sheet that are not the right ones, by quantity."""


class Outcome(NamedTuple):
    """What a sheet with a mistake gives away.

    verdict: the worst on the sheet; WRONG, TRIVIAL where the mistake is revealed. difference: by how much its
    figures differ from the right ones, at most, before they are rounded; where: in which quantity, None if
    they do not. written: equal for sheets with the same figures.
    """

    wrong: Wrong
    verdict: Verdict
    difference: float
    where: Symbol | None
    written: Written

    @property
    def revealed(self) -> bool:
        """Whether marking finds something wrong."""
        return self.verdict >= Verdict.TRIVIAL


class Draft(NamedTuple):
    """A sheet with a mistake: what `Outcome` says of it, and its answers."""

    wrong: Wrong
    answers: Mapping[Symbol, Answer]
    single: bool
    difference: float
    where: Symbol | None
    written: Written


class WrongSheets:
    """Marks the sheets of students who make one mistake, and otherwise carry on at full precision.

    asked: the quantities of the sheet. decimals: to which its figures are rounded.
    """

    def __init__(self, consequences: Consequences, asked: Sequence[Symbol], decimals: int) -> None:
        self._consequences = consequences
        self._asked = asked
        self._decimals = decimals
        self._ground = Ground(consequences.solution)
        self._right = {symbol: self._figures(consequences.right(symbol).value) for symbol in asked}
        self._answers = {
            symbol: Answer(symbol, right.value, right.half, right.whole, ())
            for symbol, right in self._right.items()
            if not np.isnan(right.value).all()
        }
        self._singles = {symbol: bool(right.single.any()) for symbol, right in self._right.items()}

    def outcomes(self, wrongs: Iterable[Wrong]) -> list[Outcome]:
        """What each of the mistakes gives away."""
        found = []
        for portion in self._portions(wrongs):
            drafts = [draft for group in portion for draft in self._together(group)]
            different = {draft.written: draft for draft in drafts}
            sheets = [Submission("", "", draft.answers, draft.single) for draft in different.values()]
            with np.errstate(all="ignore"):
                marks = Marker(self._ground, {}).without_mistakes(sheets)
            verdicts = {
                written: Verdict.WRONG if mark is None else mark.worst
                for written, mark in zip(different, marks, strict=True)
            }
            found += [
                Outcome(draft.wrong, verdicts[draft.written], draft.difference, draft.where, draft.written)
                for draft in drafts
            ]
        return found

    def _portions(self, wrongs: Iterable[Wrong]) -> Iterator[list[list[Wrong]]]:
        """Mistakes in the same quantity together, and of such groups as many as can be worked on at once."""
        cells = sum(figures.value.size for figures in self._right.values())
        most = max(1, _CELLS // max(cells, 1))
        groups: dict[Symbol, list[Wrong]] = {}
        for wrong in wrongs:
            groups.setdefault(wrong.symbol, []).append(wrong)
        portion: list[list[Wrong]] = []
        room = most
        for group in groups.values():
            for start in range(0, len(group), most):
                part = group[start : start + most]
                if len(part) > room:
                    yield portion
                    portion, room = [], most
                portion.append(part)
                room -= len(part)
        yield portion

    def drafts(self, wrongs: Iterable[Wrong]) -> Iterator[Draft]:
        """The sheets, in the order of the quantities in which the mistakes are."""
        for portion in self._portions(wrongs):
            for group in portion:
                yield from self._together(group)

    def _together(self, wrongs: Sequence[Wrong]) -> Iterator[Draft]:
        """The sheets with mistakes in one quantity."""
        symbol, right = wrongs[0].symbol, self._consequences.right
        balls = (wrong.ball if wrong.partner is None else right(symbol) for wrong in wrongs)
        follow = self._consequences.follow(symbol, Ball(*map(np.stack, zip(*balls, strict=True))))
        changed = {name: follow(name) for name in self._asked}
        changed = {name: ball for name, ball in changed.items() if ball.value.ndim > _MATRIX}
        for row, wrong in enumerate(wrongs):
            if wrong.partner is not None:
                for name, ball in ((symbol, wrong.ball), (wrong.partner, right(symbol))):
                    value, radius = (part.copy() for part in changed[name])
                    value[row], radius[row] = ball
                    changed[name] = Ball(value, radius)
        figures = {name: self._figures(ball.value) for name, ball in changed.items()}
        others = {name: self._others(name, found) for name, found in figures.items()}
        differences = {
            name: differs(ball, right(name)).max(axis=(1, 2)).tolist() for name, ball in changed.items()
        }
        for row, wrong in enumerate(wrongs):
            answers = dict(self._answers)
            singles = dict(self._singles)
            written = []
            for name, found in figures.items():
                if others[name][row]:
                    value = found.value[row]
                    written.append((name, value.tobytes()))
                    answers[name] = Answer(name, value, found.half[row], found.whole[row], ())
                    singles[name] = bool(found.single[row].any())
                    if np.isnan(value).all():
                        del answers[name]
            most = max(differences, key=lambda name: differences[name][row], default=None)
            difference = differences[most][row] if most else 0.0
            single = any(singles.values())
            yield Draft(wrong, answers, single, difference, most if difference else None, tuple(written))

    def _others(self, name: Symbol, figures: "_Figures") -> list[bool]:
        """In which sheets of a stack a quantity has other figures than the right ones."""
        right = self._right[name].value
        same = (figures.value == right) | (np.isnan(figures.value) & np.isnan(right))
        return [not each for each in same.all(axis=(1, 2)).tolist()]

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
        whole, single = np.zeros(values.shape, bool), np.zeros(values.shape, bool)
        careful = ~plain | tie if self._decimals else np.ones(values.shape, bool)
        for cell in zip(*careful.nonzero(), strict=True):
            found = self._figure(float(values[cell]))
            value[cell], half[cell] = found.value, found.half
            whole[cell], single[cell] = found.whole, found.single
        return _Figures(value, half, whole, single)

    def _figure(self, value: float) -> Figure:
        """A figure as it stands on the sheet that `sheet.filled` writes."""
        if not isfinite(value) or abs(value) > _LARGEST:
            return _BLANK
        if abs(value) >= _LARGE:
            return figure(f"{value:.{self._decimals}e}")
        return figure(f"{rounded(value, self._decimals):f}")


class _Figures(NamedTuple):
    """As in `Answer`; single: where a figure is a float32 value."""

    value: Array
    half: Array
    whole: Mask
    single: Mask
