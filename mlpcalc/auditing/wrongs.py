"""Sheets with a mistake in them: every mistake of the catalogue, made in an exercise.

A mistake is made in one quantity, and whatever comes after follows from it. `NAME@QUANTITY` says which,
`NAME@QUANTITY#2` where there are several ways to make it there.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import count, repeat
from math import prod
from typing import NamedTuple

import numpy as np

from mlpcalc.answers.blank import filled, key
from mlpcalc.answers.contents import asked_for, written_figure
from mlpcalc.arrays import Array
from mlpcalc.auditing.catalogue import Catalogue
from mlpcalc.auditing.consequences import Consequences
from mlpcalc.auditing.slips import PARTNERS, SWAPPED, slips
from mlpcalc.errors import InputError, refuse
from mlpcalc.marking.slips import SLIPS
from mlpcalc.mistakes import MISTAKES
from mlpcalc.numerics.interval import Ball
from mlpcalc.page.expr import Expr
from mlpcalc.page.symbols import Symbol
from mlpcalc.solving.report import Selection
from mlpcalc.solving.solution import Solution
from mlpcalc.text.wording import clipped, counted, did_you_mean, shown

_LONGEST_NUMBER = 6  # digits
MOST_LAYERS, MOST_CELLS = 20, 20_000
_MATRIX = 2  # axes
NAMES = (*MISTAKES, *SLIPS)
"""Every mistake of the catalogue, the misconceptions first."""
_BY_NAME = {name.lower(): name for name in NAMES}


class Wrong(NamedTuple):
    """A mistake made in a quantity.

    mistake: its name for programs. title: what to call it. done: what was done, in a sentence. expression:
    what was computed instead; None for slips. ball: the figures of the quantity, (rows, columns).
    number: which of several ways to make it there, from 1; None for the only one. linear: whether it is one
    only where an activation is not the identity. name: of the quantity, as it is read in this exercise.
    """

    mistake: str
    title: str
    symbol: Symbol
    done: str
    ball: Ball
    expression: Expr | None = None
    number: int | None = None
    linear: bool = False
    name: str = ""

    @property
    def code(self) -> str:
        """The mistake as `Wrongs.find` reads it."""
        return f"{self.mistake}@{self.name}" + (f"#{self.number}" if self.number else "")

    @property
    def partner(self) -> Symbol | None:
        """What has the right figures of this quantity, where all that was done is that names were swapped."""
        return self.symbol._replace(kind=PARTNERS[self.symbol.kind]) if self.mistake == SWAPPED else None


class Wrongs:
    """The mistakes that can be made where the figures of a sheet come from.

    asked: the quantities of the sheet. catalogue: if it is there already, of an exercise of the same form.

    Raises `InputError` for an exercise that is too large for this.
    """

    def __init__(
        self, solution: Solution, asked: Sequence[Symbol], catalogue: Catalogue | None = None
    ) -> None:
        _check_size(solution, asked)
        self.consequences = Consequences(solution)
        self.asked = asked
        self._solution = solution
        self.catalogue = catalogue or Catalogue(solution)
        self._made: dict[Symbol, tuple[Wrong, ...]] = {}

    @cached_property
    def sources(self) -> tuple[Symbol, ...]:
        """The quantities that figures of the sheet come from, or are, in the order of the page."""
        asked, after = set(self.asked), self.consequences.after
        return tuple(
            symbol
            for symbol in self.consequences.page
            if symbol not in self.consequences.basis.givens
            and (symbol in asked or not asked.isdisjoint(after(symbol)))
        )

    def __iter__(self) -> Iterator[Wrong]:
        """Every mistake, in the order of the page, the misconceptions before the slips."""
        for symbol in self.sources:
            yield from self.of(symbol)

    def of(self, symbol: Symbol) -> tuple[Wrong, ...]:
        """The mistakes that can be made in a quantity."""
        if symbol not in self._made:
            name = key(self._solution, symbol, ascii_only=True)
            self._made[symbol] = _numbered([*self._misconceptions(symbol), *self._slips(symbol)], name)
        return self._made[symbol]

    def _misconceptions(self, symbol: Symbol) -> Iterator[Wrong]:
        for linear, made in ((False, self.catalogue.of(symbol)), (True, self.catalogue.linear(symbol))):
            for mistake, _, expression in made:
                ball = self.consequences.value(expression, symbol)
                yield Wrong(
                    mistake.name, mistake.title, symbol, mistake.done, ball, expression, linear=linear
                )

    def _slips(self, symbol: Symbol) -> Iterator[Wrong]:
        for kind, what, ball in slips(self.consequences, symbol) if symbol in self.asked else ():
            wrong = Wrong(kind, SLIPS[kind].title, symbol, SLIPS[kind].message.format(what), ball)
            if wrong.partner is None or wrong.partner in self.asked:
                yield wrong

    # -- one of them

    def find(self, code: str) -> Wrong:
        """The mistake that `NAME`, `NAME@QUANTITY` or `NAME@QUANTITY#2` means.

        Without a quantity the first one in which it shows, if there is one. Raises `InputError`.
        """
        place, numbered, number = (part.strip() for part in code.partition("#"))
        written, placed, quantity = (part.strip() for part in place.partition("@"))
        if numbered and not (number.isdecimal() and len(number) <= _LONGEST_NUMBER):
            raise _unknown(code)
        name = _BY_NAME.get("_".join(written.replace("-", " ").split()).lower())
        if name is None:
            raise _unknown(written)
        places = (self._source(quantity),) if placed else self.sources
        made = [wrong for symbol in places for wrong in self.of(symbol) if wrong.mistake == name]
        if not made:
            raise self._impossible(name, quantity if placed else None)
        if not numbered:
            return next(filter(self.shows, made), made[0])
        for wrong in made:
            if (wrong.number or 1) == int(number):
                return wrong
        raise refuse(
            f"there is no {clipped(code)}", expected="one of " + ", ".join(wrong.code for wrong in made)
        )

    def _source(self, name: str) -> Symbol:
        symbol = self._solution.symbol(name)
        if symbol not in self.sources:
            names = " ".join(key(self._solution, source) for source in self.sources)
            raise refuse(
                f"no answer on this sheet depends on {symbol.plain}", expected=f"a mistake in one of {names}"
            )
        return symbol

    def _impossible(self, name: str, quantity: str | None) -> InputError:
        codes = [wrong.code for wrong in self if wrong.mistake == name]
        if quantity is None or not codes:
            return refuse(
                f"{name} cannot occur in this exercise",
                topic="mistakes",
            )
        return refuse(
            f"{name} cannot occur in {clipped(quantity)}",
            expected="one of " + ", ".join(codes),
        )

    # -- what comes of it

    def changed(self, symbol: Symbol, wrongs: Sequence[Wrong]) -> dict[Symbol, Ball]:
        """What mistakes in one quantity may change on the sheet: stacks with a layer for each of them."""
        right = self.consequences.right
        balls = (right(symbol) if wrong.partner else wrong.ball for wrong in wrongs)
        follow = self.consequences.follow(symbol, Ball(*map(np.stack, zip(*balls, strict=True))))
        stacks = {name: ball for name in self.asked if (ball := follow(name)).value.ndim > _MATRIX}
        for layer, wrong in enumerate(wrongs):
            if wrong.partner is not None:
                for name, ball in ((symbol, wrong.ball), (wrong.partner, right(symbol))):
                    stacks[name] = Ball(*(part.copy() for part in stacks[name]))
                    stacks[name].value[layer], stacks[name].radius[layer] = ball
        return stacks

    def values(self, wrong: Wrong) -> dict[Symbol, Array]:
        """All figures of the sheet, unrounded: (rows, columns) by quantity."""
        changed = self.changed(wrong.symbol, [wrong])
        return {
            symbol: changed[symbol].value[0] if symbol in changed else self.consequences.right(symbol).value
            for symbol in self.asked
        }

    def shows(self, wrong: Wrong) -> bool:
        """Whether a figure of the sheet is another one than it should be, as it is written."""
        right, decimals = self.consequences.right, self._solution.decimals()

        def written(values: Array) -> list[str]:
            return [written_figure(value, decimals) for value in values.ravel().tolist()]

        return any(
            written(value) != written(right(symbol).value) for symbol, value in self.values(wrong).items()
        )


def wrong_sheet(
    solution: Solution, selection: Selection, code: str, *, ascii_only: bool = False
) -> tuple[str, Wrong, bool]:
    """A sheet as YAML, filled in by someone who makes a mistake; the mistake, and whether it shows.

    code: as for `Wrongs.find`. ascii_only: for an output whose encoding is not UTF-8.

    Raises `InputError` for a mistake that there is not, and as `sheet` does.
    """
    wrongs = Wrongs(solution, asked_for(solution, selection))
    with np.errstate(all="ignore"):  # what is out of bounds is infinite, or no number, and left blank
        wrong = wrongs.find(code)
        text = filled(solution, wrongs.values(wrong), solution.digits(), ascii_only=ascii_only)
        return text, wrong, wrongs.shows(wrong)


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


def _numbered(wrongs: Sequence[Wrong], name: str) -> tuple[Wrong, ...]:
    """With the name of the quantity, and a number each where a mistake can be made in several ways."""
    ways = Counter(wrong.mistake for wrong in wrongs)
    numbers = {mistake: count(1) if several > 1 else repeat(None) for mistake, several in ways.items()}
    return tuple(wrong._replace(name=name, number=next(numbers[wrong.mistake])) for wrong in wrongs)


def _unknown(name: str) -> InputError:
    return refuse(
        f"unknown mistake {shown(name)}",
        expected="NAME, NAME@QUANTITY or NAME@QUANTITY#2",
        hint=did_you_mean(name, NAMES),
        topic="mistakes",
    )
