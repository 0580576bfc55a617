"""Every mistake that can be made in an exercise, and what comes of it.

A mistake is made in one quantity, and whatever comes after follows from it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from itertools import groupby
from math import prod
from typing import NamedTuple

import numpy as np

from mlpcalc.answers.blank import key
from mlpcalc.answers.contents import BLANK, asked_for, figures
from mlpcalc.answers.entries import Texts
from mlpcalc.arrays import Array
from mlpcalc.auditing.right import differs, redrawn, right_line
from mlpcalc.auditing.slips import slips
from mlpcalc.errors import refuse
from mlpcalc.marking.lines import Line
from mlpcalc.marking.scenes import partner_of
from mlpcalc.marking.slips import SLIPS
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.mistakes import MISTAKES, Edit, Edits
from mlpcalc.numerics.interval import Ball
from mlpcalc.numerics.rounding import Digits
from mlpcalc.page.expr import Expr
from mlpcalc.page.symbols import Symbol
from mlpcalc.page.trees import references
from mlpcalc.solving.selection import Selection
from mlpcalc.solving.solution import Solution
from mlpcalc.text.wording import counted

MOST_LAYERS, MOST_CELLS = 20, 20_000
NAMES = (*MISTAKES, *SLIPS)
"""Every mistake of the catalogue, the misconceptions first."""
_OTHERS = 4  # exercises of the same form: what holds in all of them holds whatever the figures are
_FINE = 12  # decimals that tell all figures apart


class Wrong(NamedTuple):
    """A mistake made in a quantity.

    mistake: its name for programs. title: what to call it. done: what was done, in a sentence. ball: the
    figures of the quantity, (rows, columns). expression: what was computed instead; None for slips. code: its
    name on the command line.
    """

    mistake: str
    title: str
    symbol: Symbol
    done: str
    ball: Ball
    expression: Expr | None = None
    code: str = ""

    @property
    def partner(self) -> Symbol | None:
        """What has the right figures of this quantity, where all that was done is that names were swapped."""
        return partner_of(self.symbol) if self.mistake == "names_swapped" else None


class Effect(NamedTuple):
    """What comes of a mistake on a sheet, as far as it was followed.

    difference: by how much its figures differ from the right ones, at most, before they are rounded.
    changed: the figures that are other ones as they are written, by quantity, in the order of the page.
    verdict: the worst that marking says of them.
    """

    wrong: Wrong
    difference: float
    changed: Mapping[Symbol, Texts]
    verdict: Verdict = Verdict.CORRECT

    @property
    def first(self) -> tuple[Symbol, Texts] | None:
        """The first quantity that is changed, and its figures."""
        return next(iter(self.changed.items()), None)

    @property
    def revealed(self) -> bool:
        """Whether marking finds something wrong."""
        return self.verdict >= Verdict.TRIVIAL


class Wrongs:
    """The mistakes that can be made in an exercise, in every quantity that figures of a sheet come from.

    selection: what the sheet asks for; the steps of a solution, if nothing is said. asked: these quantities.
    page: the equations. right: the line on which everything is right. of: the mistakes in one quantity.

    Raises `InputError` for an exercise that is too large for this, and as `sheet` does.
    """

    def __init__(self, solution: Solution, selection: Selection | None = None) -> None:
        self.solution, self.selection = solution, selection
        self.asked = asked_for(solution, selection or Selection())
        _check_size(solution, self.asked)
        self.page = solution.computed.page
        self.right = right_line(solution)
        self._exact = self.right.basis.exact
        self._edits = Edits(solution.exercise, solution.notation.name, bent=True)
        self.of, self.slips, self.right_texts = cache(self._of), cache(self._slips), cache(self._right_texts)

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
        wrongs = [
            *map(self._misconception, self._edits[symbol]),
            *(self.slips(symbol) if symbol in self.asked else ()),
        ]
        ways, so_far = Counter(wrong.mistake for wrong in wrongs), Counter[str]()
        name, coded = key(self.solution, symbol, ascii_only=True), []
        for wrong in wrongs:
            so_far[wrong.mistake] += 1
            number = f"#{so_far[wrong.mistake]}" if ways[wrong.mistake] > 1 else ""
            coded.append(wrong._replace(code=f"{wrong.mistake}@{name}{number}"))
        return tuple(coded)

    def _misconception(self, edit: Edit) -> Wrong:
        mistake, symbol, expression, _ = edit
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
        if wrong.partner:  # nothing follows from swapped names
            swapped = {wrong.symbol: wrong.ball.value, wrong.partner: self._exact(wrong.symbol)}
            return {symbol: swapped.get(symbol, self._exact(symbol)) for symbol in self.asked}
        line = self.right.changed(known={wrong.symbol: wrong.ball})
        return {symbol: self._compared(symbol, line[symbol])[1] for symbol in self.asked}

    def _compared(self, symbol: Symbol, ball: Ball) -> tuple[Array, Array]:
        """By how much figures differ from the right ones, and the figures, without noise."""
        differences = differs(ball, self.right[symbol])
        return differences, np.where(differences, ball.value, self._exact(symbol))

    def effects(self, wrongs: Iterable[Wrong], decimals: int, *, to_the_end: bool = False) -> list[Effect]:
        """What comes of mistakes in figures of so many decimals, up to where each shows, or to the end.

        Those in one quantity that come after one another are followed as one stack.
        """
        groups = groupby(wrongs, key=lambda wrong: wrong.symbol)
        return [
            effect
            for symbol, group in groups
            for effect in self._effects(symbol, [*group], decimals, to_the_end=to_the_end)
        ]

    def _effects(
        self, start: Symbol, wrongs: Sequence[Wrong], decimals: int, *, to_the_end: bool
    ) -> Iterator[Effect]:
        stack = Ball(*map(np.stack, zip(*(wrong.ball for wrong in wrongs), strict=True)))
        line = self.right.changed(known={start: stack})
        most, changed = [0.0] * len(wrongs), [dict[Symbol, Texts]() for _ in wrongs]
        pending = {*np.flatnonzero(differs(stack, self.right[start]).any(axis=(1, 2))).tolist()}
        for symbol in self.asked:
            if not pending or (ball := line[symbol]).value.ndim < stack.value.ndim:
                continue  # nothing comes of it there
            differences, values = self._compared(symbol, ball)
            largest = differences.max(axis=(1, 2)).tolist()
            for row in sorted(pending):
                if not largest[row] or (wrongs[row].partner and symbol != start):  # then nothing follows
                    continue
                most[row] = max(most[row], largest[row])
                texts = _texts(values[row], decimals)
                if texts != self.right_texts(symbol, decimals):
                    changed[row][symbol] = texts
                    if not to_the_end:
                        pending.remove(row)
        return map(Effect, wrongs, most, changed)

    # -- with other figures

    @cached_property
    def others(self) -> list["Wrongs"]:
        """The mistakes in exercises of the same form with other figures."""
        exercises = (redrawn(self.solution.exercise, number) for number in range(_OTHERS))
        return [Wrongs(Solution(exercise), self.selection) for exercise in exercises]

    def again(self, wrongs: Iterable[Wrong], decimals: int = _FINE) -> list[Effect]:
        """What comes of the misconceptions of another exercise of the same form in this one."""
        made = [
            wrong._replace(ball=self.right.value(wrong.expression, wrong.symbol))
            for wrong in wrongs
            if wrong.expression is not None
        ]
        return self.effects(made, decimals)

    def _right_texts(self, symbol: Symbol, decimals: int) -> Texts:
        return _texts(self._exact(symbol), decimals)


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
