"""Every mistake that can be made in an exercise, and what comes of it.

A mistake is made in one quantity, and whatever comes after follows from it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, cached_property
from itertools import count, groupby, repeat
from math import prod
from typing import NamedTuple

import numpy as np

from mlpcalc.answers.blank import key
from mlpcalc.answers.contents import BLANK, asked_for, figures
from mlpcalc.answers.entries import Texts
from mlpcalc.arrays import Array, Mask
from mlpcalc.auditing.right import differs, redrawn, right_line
from mlpcalc.auditing.slips import PARTNERS, SWAPPED, slips
from mlpcalc.errors import refuse
from mlpcalc.marking.lines import Line
from mlpcalc.marking.slips import SLIPS
from mlpcalc.mistakes import GENERAL, MISTAKES, Edit, edits
from mlpcalc.numerics.interval import Ball
from mlpcalc.numerics.rounding import Digits
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.expr import Expr
from mlpcalc.page.symbols import Symbol
from mlpcalc.page.trees import references
from mlpcalc.solving.report import Selection
from mlpcalc.solving.solution import Solution
from mlpcalc.text.wording import counted

MOST_LAYERS, MOST_CELLS = 20, 20_000
NAMES = (*MISTAKES, *SLIPS)
"""Every mistake of the catalogue, the misconceptions first."""
OTHERS = 6
"""Exercises of the same form: what holds in all of them holds whatever the figures are."""
FINE = 12  # decimals that tell all figures apart
_TIE = 1e-3  # units of the last decimal: so far from a tie there is one way to round
_IDENTITY = "identity"
_ANOTHER = "square"  # the name of a function without parameters that is computed by its definition


class Wrong(NamedTuple):
    """A mistake made in a quantity.

    mistake: its name for programs. title: what to call it. done: what was done, in a sentence. ball: the
    figures of the quantity, (rows, columns). expression: what was computed instead; None for slips. linear:
    whether it is one only where an activation is not the identity. code: its name on the command line.
    """

    mistake: str
    title: str
    symbol: Symbol
    done: str
    ball: Ball
    expression: Expr | None = None
    linear: bool = False
    code: str = ""

    @property
    def partner(self) -> Symbol | None:
        """What has the right figures of this quantity, where all that was done is that names were swapped."""
        return self.symbol._replace(kind=PARTNERS[self.symbol.kind]) if self.mistake == SWAPPED else None


class Effect(NamedTuple):
    """What comes of a mistake on a sheet, as far as it was followed.

    difference: by how much its figures differ from the right ones, at most, before they are rounded.
    changed: the figures that are other ones as they are written, by quantity, in the order of the page.
    """

    wrong: Wrong
    difference: float
    changed: Mapping[Symbol, Texts]

    @property
    def first(self) -> tuple[Symbol, Texts] | None:
        """The first quantity that is changed, and its figures."""
        return next(iter(self.changed.items()), None)


class Wrongs:
    """The mistakes that can be made where the figures of a sheet come from.

    selection: what the sheet asks for; the steps of a solution, if nothing is said.

    Raises `InputError` for an exercise that is too large for this, and as `sheet` does.
    """

    def __init__(self, solution: Solution, selection: Selection | None = None) -> None:
        self.solution = solution
        self.asked = asked_for(solution, selection or Selection())
        _check_size(solution, self.asked)
        self.page = solution.computed.page
        self.right = right_line(solution)
        bent = _without_identities(solution.exercise)
        self._edits = self._edits_if_bent = edits(solution.exercise, solution.notation.name)
        if bent.network != solution.exercise.network:
            self._edits_if_bent = edits(bent, solution.notation.name)
        self.of, self.slips, self.right_texts = cache(self._of), cache(self._slips), cache(self._right_texts)
        self.elsewhere = cache(lambda number: Wrongs(Solution(redrawn(solution.exercise, number)), selection))

    @cached_property
    def sources(self) -> tuple[Symbol, ...]:
        """The quantities that figures of the sheet come from, or are, in the order of the page."""
        needed, given = set(self.asked), self.right.basis.givens
        for symbol in reversed([*self.page]):
            if symbol in needed and symbol not in given:
                needed |= references(self.page[symbol].expression)
        return tuple(symbol for symbol in self.page if symbol in needed and symbol not in given)

    def __iter__(self) -> Iterator[Wrong]:
        """Every mistake, in the order of the page, the misconceptions before the slips."""
        for symbol in self.sources:
            yield from self.of(symbol)

    def _of(self, symbol: Symbol) -> tuple[Wrong, ...]:
        """The mistakes that can be made in a quantity, numbered where there are several ways to make one."""
        wrongs = [*self._misconceptions(symbol), *(self.slips(symbol) if symbol in self.asked else ())]
        ways = Counter(wrong.mistake for wrong in wrongs)
        numbers = {mistake: count(1) if several > 1 else repeat(0) for mistake, several in ways.items()}
        name = key(self.solution, symbol, ascii_only=True)
        coded = ((f"{wrong.mistake}@{name}", next(numbers[wrong.mistake]), wrong) for wrong in wrongs)
        return tuple(wrong._replace(code=f"{code}#{n}" if n else code) for code, n, wrong in coded)

    def _misconceptions(self, symbol: Symbol) -> Iterator[Wrong]:
        """The edits of an equation; also those that are none only since an activation is the identity."""
        known = self._edits[symbol]
        yield from map(self._edited, known)
        names = GENERAL.union(edit.mistake.name for edit in known)
        expressions = {edit.expression for edit in known}
        for edit in self._edits_if_bent[symbol]:
            if edit.mistake.name not in names and edit.expression not in expressions:
                others = (self.elsewhere(number).right for number in range(OTHERS))
                if not any(
                    differs(line.value(edit.expression, symbol), line[symbol]).any() for line in others
                ):
                    yield self._edited(edit)._replace(linear=True)

    def _edited(self, edit: Edit) -> Wrong:
        mistake, symbol, expression = edit
        ball = self.right.value(expression, symbol)
        return Wrong(mistake.name, mistake.title, symbol, mistake.done, ball, expression)

    def _slips(self, symbol: Symbol) -> list[Wrong]:
        """The slips of the moment in an answer."""
        made = (
            Wrong(kind, SLIPS[kind].title, symbol, SLIPS[kind].message.format(what), ball)
            for kind, what, ball in slips(symbol, self._all_known)
        )
        return [wrong for wrong in made if wrong.partner is None or wrong.partner in self.asked]

    @cached_property
    def _all_known(self) -> Line:
        """The line on which all is right, as if it had been written down: what a slip is made on."""
        return self.right.changed(known={symbol: self.right[symbol] for symbol in self.page})

    # -- what comes of it

    def values(self, wrong: Wrong) -> dict[Symbol, Array]:
        """All figures of the sheet, unrounded: (rows, columns) by quantity."""
        line, exact = self.right.changed(known={wrong.symbol: wrong.ball}), self.right.basis.exact
        if wrong.partner:  # nothing follows from swapped names
            swapped = {wrong.symbol: wrong.ball.value, wrong.partner: exact(wrong.symbol)}
            return {symbol: swapped.get(symbol, exact(symbol)) for symbol in self.asked}
        return {symbol: self._compared(symbol, line[symbol])[1] for symbol in self.asked}

    def _compared(self, symbol: Symbol, ball: Ball) -> tuple[Array, Array]:
        """By how much figures differ from the right ones, and the figures, without noise."""
        differences = differs(ball, self.right[symbol])
        return differences, np.where(differences, ball.value, self.right.basis.exact(symbol))

    def effects(self, wrongs: Iterable[Wrong], decimals: int, *, to_the_end: bool = False) -> list[Effect]:
        """What comes of mistakes in figures of so many decimals, up to where each shows, or to the end."""
        groups = groupby(wrongs, key=lambda wrong: wrong.symbol)
        return [
            effect
            for symbol, group in groups
            for effect in self._effects(symbol, [*group], decimals, to_the_end=to_the_end)
        ]

    def _effects(
        self, start: Symbol, wrongs: Sequence[Wrong], decimals: int, *, to_the_end: bool
    ) -> Iterator[Effect]:
        """The same, of mistakes in one quantity, which are followed as one stack."""
        stack = Ball(*map(np.stack, zip(*(wrong.ball for wrong in wrongs), strict=True)))
        line = self.right.changed(known={start: stack})
        most, changed = [0.0] * len(wrongs), [dict[Symbol, Texts]() for _ in wrongs]
        pending = np.flatnonzero(differs(stack, self.right[start]).any(axis=(1, 2)))
        for symbol in self.asked:
            if not pending.size or (ball := line[symbol]).value.ndim < stack.value.ndim:
                continue  # nothing comes of it there
            differences, values = self._compared(symbol, ball)
            unlike = _may_look_different(values, self.right.basis.exact(symbol), decimals)
            largest, other = differences.max(axis=(1, 2)).tolist(), np.any(unlike, axis=(1, 2)).tolist()
            for row in pending.tolist():
                if largest[row] and (wrongs[row].partner is None or symbol == start):  # else nothing follows
                    most[row] = max(most[row], largest[row])
                    texts = _texts(values[row], decimals) if other[row] else ()
                    if texts and texts != self.right_texts(symbol, decimals):
                        changed[row][symbol] = texts
            if not to_the_end:
                pending = np.array([row for row in pending if not changed[row]], int)
        return map(Effect, wrongs, most, changed)

    def again(self, wrongs: Iterable[Wrong], decimals: int) -> list[Effect]:
        """What comes of the misconceptions of another exercise of the same form in this one."""
        made = [
            wrong._replace(ball=self.right.value(wrong.expression, wrong.symbol))
            for wrong in wrongs
            if wrong.expression is not None
        ]
        return self.effects(made, decimals)

    def _right_texts(self, symbol: Symbol, decimals: int) -> Texts:
        return _texts(self.right.basis.exact(symbol), decimals)


def _may_look_different(values: Array, right: Array, decimals: int) -> Mask:
    """Where figures may be written as other ones: rounded apart, or near a tie."""
    with np.errstate(all="ignore"):  # what is not finite is not equal
        one, other = (part * 10.0**decimals for part in (values, right))
        tie = [np.abs(part % 1 - 0.5) < _TIE for part in (one, other)]
        return np.asarray((np.rint(one) != np.rint(other)) | tie[0] | tie[1])


def _texts(values: Array, decimals: int) -> Texts:
    """Figures as they are written, None where they are left blank."""
    rows = figures(values, Digits(decimals)).tolist()
    return tuple(tuple(None if text == BLANK else text for text in row) for row in rows)


def _check_size(solution: Solution, asked: Sequence[Symbol]) -> None:
    """There are thousands of mistakes in a deep network, each with a sheet of its own."""
    exercise = solution.exercise
    cells = sum(prod(exercise.shape(symbol)) for symbol in asked)
    if len(exercise.layers) > MOST_LAYERS or cells > MOST_CELLS:
        raise refuse(
            f"too large to try every mistake: {counted(len(exercise.layers), 'layer')}, "
            f"{cells:,} figures on a sheet",
            exercise.places.get("layers"),
            expected=f"at most {MOST_LAYERS} layers, and {MOST_CELLS:,} figures",
        )


def _without_identities(exercise: Exercise) -> Exercise:
    """The exercise with its identities as functions like any other."""
    layers = tuple(
        layer._replace(activation=replace(layer.activation, name=_ANOTHER, letter=layer.activation.symbol))
        if layer.activation.name == _IDENTITY
        else layer
        for layer in exercise.layers
    )
    return replace(exercise, layers=layers)
