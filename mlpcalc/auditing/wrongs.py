"""Sheets with a mistake in them: every mistake of the catalogue, made in an exercise.

A mistake is made in one quantity, and whatever comes after follows from it. `NAME@QUANTITY` says which,
`NAME@QUANTITY#2` where there are several ways to make it there.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from math import prod
from typing import NamedTuple

import numpy as np

from mlpcalc.auditing.consequences import Consequences
from mlpcalc.auditing.lapses import Lapses
from mlpcalc.auditing.linear import LinearEdits
from mlpcalc.errors import InputError, refuse
from mlpcalc.expr import Expr
from mlpcalc.interval import Ball
from mlpcalc.marking.slips import KINDS
from mlpcalc.mistakes import MISTAKES, Edit, edits
from mlpcalc.rounding import round_cells
from mlpcalc.sanitize import clean
from mlpcalc.sheet import filled, key
from mlpcalc.solution import Solution
from mlpcalc.stable import Array
from mlpcalc.symbols import Stage, Symbol
from mlpcalc.wording import counted, nearest, shown
from mlpcalc.working import Selection, selected

_CODE = re.compile(r"\s*(?P<name>[^@#]*?)\s*(?:@\s*(?P<quantity>[^#]*?)\s*)?(?:#\s*(?P<number>\d{1,6})\s*)?")
MOST_LAYERS, MOST_CELLS = 20, 20_000
NAMES = (*MISTAKES, *KINDS)
"""Every mistake of the catalogue, the misconceptions first."""
_BY_NAME = {name.lower(): name for name in NAMES}


class Wrong(NamedTuple):
    """A mistake made in a quantity.

    mistake: its name for programs. title: what to call it. done: what was done, in a sentence. expression:
    what was computed instead; None for slips. ball: the figures of the quantity, (rows, columns).
    number: which of several ways to make it there, from 1; None for the only one. linear: whether it is one
    only where an activation is not the identity. partner: the quantity that has the right figures of this one
    instead of its own, where all that was done is that names were swapped. name: of the quantity, as it is
    read in this exercise.
    """

    mistake: str
    title: str
    symbol: Symbol
    done: str
    ball: Ball
    expression: Expr | None = None
    number: int | None = None
    linear: bool = False
    partner: Symbol | None = None
    name: str = ""

    @property
    def code(self) -> str:
        """The mistake as `Wrongs.find` reads it."""
        return f"{self.mistake}@{self.name}" + (f"#{self.number}" if self.number else "")


class Catalogue:
    """The misconceptions as edits of an exercise's equations.

    They depend on the form of the exercise alone: one that differs in its figures only has the same. So does
    `always`: whether a mistake makes no difference whatever the figures are, where that has been found out.
    """

    def __init__(self, solution: Solution) -> None:
        exercise, name = solution.exercise, solution.notation.name
        self._edits, self._linear = edits(exercise, name), LinearEdits(exercise, name)
        self.always: dict[tuple[Symbol, Expr | str], bool] = {}
        self._kept: dict[Symbol, list[Edit]] = {}

    def of(self, symbol: Symbol) -> tuple[Edit, ...]:
        """The edits of a quantity's equation."""
        return self._edits[symbol]

    def linear(self, symbol: Symbol) -> list[Edit]:
        """Those that change nothing due to an identity, by names that the others do not have."""
        if symbol not in self._kept:
            names = {edit.mistake.name for edit in self._edits[symbol]}
            self._kept[symbol] = self._linear.of(symbol, but=names)
        return self._kept[symbol]


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
        self._catalogue = catalogue or Catalogue(solution)
        self._made: dict[Symbol, tuple[Wrong, ...]] = {}

    @cached_property
    def sources(self) -> tuple[Symbol, ...]:
        """The quantities that figures of the sheet come from, or are, in the order of the page."""
        asked, after = set(self.asked), self.consequences.after
        return tuple(
            symbol
            for symbol in self.consequences.page
            if symbol in asked or not asked.isdisjoint(after(symbol))
        )

    def __iter__(self) -> Iterator[Wrong]:
        """Every mistake, in the order of the page, the misconceptions before the slips."""
        for symbol in self.sources:
            yield from self.of(symbol)

    def of(self, symbol: Symbol) -> tuple[Wrong, ...]:
        """The mistakes that can be made in a quantity."""
        if symbol not in self._made:
            name = key(self._solution, symbol, ascii_only=True)
            self._made[symbol] = _numbered([*self._misconceptions(symbol), *self._lapses(symbol)], name)
        return self._made[symbol]

    def _misconceptions(self, symbol: Symbol) -> Iterator[Wrong]:
        value = self.consequences.value
        for edit in self._catalogue.of(symbol):
            yield _misconception(edit, value(edit.expression, symbol))
        for edit in self._catalogue.linear(symbol):
            yield _misconception(edit, value(edit.expression, symbol))._replace(linear=True)

    def _lapses(self, symbol: Symbol) -> Iterator[Wrong]:
        for lapse in Lapses(self.consequences).of(symbol) if symbol in self.asked else ():
            if lapse.partner is None or lapse.partner in self.asked:
                title = KINDS[lapse.kind].title
                yield Wrong(lapse.kind, title, symbol, lapse.done, lapse.ball, partner=lapse.partner)

    # -- one of them

    def find(self, code: str) -> Wrong:
        """The mistake that `NAME`, `NAME@QUANTITY` or `NAME@QUANTITY#2` means.

        Without a quantity the first one in which it shows, if there is one. Raises `InputError`.
        """
        parts = _CODE.fullmatch(code)
        written = re.sub(r"[-\s]+", "_", parts["name"]) if parts else code
        name = _BY_NAME.get(written.lower())
        if name is None:
            raise _unknown(written)
        quantity = parts["quantity"] if parts else None
        places = self.sources
        if quantity is not None:
            symbol = self._solution.symbol(quantity)
            if symbol not in places:
                raise refuse(
                    f"no figure of this sheet comes from {symbol.plain}",
                    expected="a mistake in one of " + " ".join(key(self._solution, each) for each in places),
                )
            places = (symbol,)
        made = [wrong for symbol in places for wrong in self.of(symbol) if wrong.mistake == name]
        if not made:
            raise self._impossible(name, quantity)
        number = parts["number"] if parts else None
        if number is None:
            return next(filter(self.shows, made), made[0])
        for wrong in made:
            if wrong.number == int(number) or (wrong.number is None and number == "1"):
                return wrong
        raise refuse(
            f"there is no {clean(code).strip()}", expected="one of " + ", ".join(wrong.code for wrong in made)
        )

    def _impossible(self, name: str, quantity: str | None) -> InputError:
        codes = [wrong.code for wrong in self if wrong.mistake == name]
        if quantity is None or not codes:
            return refuse(
                f"{name} is a mistake that cannot be made in this exercise",
                hint="mlpcalc audit EXERCISE --format json lists those that can",
            )
        return refuse(
            f"{name} is a mistake that cannot be made in {clean(quantity)}",
            expected="one of " + ", ".join(codes),
        )

    # -- what comes of it

    def values(self, wrong: Wrong) -> dict[Symbol, Array]:
        """All figures of the sheet, unrounded: (rows, columns) by quantity."""
        right = self.consequences.right
        if wrong.partner is not None:
            values = {symbol: right(symbol).value for symbol in self.asked}
            return values | {wrong.symbol: wrong.ball.value, wrong.partner: right(wrong.symbol).value}
        follow = self.consequences.follow(wrong.symbol, wrong.ball)
        return {symbol: follow(symbol).value for symbol in self.asked}

    def shows(self, wrong: Wrong) -> bool:
        """Whether a figure of the sheet is another one than it should be, as it is written."""
        decimals = self._solution.decimals()
        return any(
            not np.array_equal(
                round_cells(value, decimals),
                round_cells(self.consequences.right(symbol).value, decimals),
                equal_nan=True,
            )
            for symbol, value in self.values(wrong).items()
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
        text = filled(solution, wrongs.values(wrong), solution.decimals(), ascii_only=ascii_only)
        return text, wrong, wrongs.shows(wrong)


def asked_for(solution: Solution, selection: Selection) -> list[Symbol]:
    """The quantities that a sheet has cells for, as in `sheet`."""
    stages = [stage for stage in selection.stages if stage != Stage.GIVENS]
    details = selection.details or bool(selection.only)
    return selected(solution, selection._replace(stages=stages), details=details)


def _check_size(solution: Solution, asked: Sequence[Symbol]) -> None:
    """There are thousands of mistakes in a deep network, each with a sheet of its own."""
    exercise = solution.exercise
    cells = sum(prod(exercise.shape(symbol)) for symbol in asked)
    if len(exercise.layers) > MOST_LAYERS or cells > MOST_CELLS:
        raise refuse(
            f"too large for every mistake to be tried: {counted(len(exercise.layers), 'layer')}, "
            f"{cells:,} figures on a sheet",
            exercise.places.get("layers"),
            expected=f"at most {MOST_LAYERS} layers, and {MOST_CELLS:,} figures",
        )


def _misconception(edit: Edit, ball: Ball) -> Wrong:
    mistake = edit.mistake
    return Wrong(mistake.name, mistake.title, edit.symbol, mistake.done, ball, edit.expression)


def _numbered(wrongs: Sequence[Wrong], name: str) -> tuple[Wrong, ...]:
    """With the name of the quantity, and a number each where a mistake can be made in several ways."""
    ways = Counter(wrong.mistake for wrong in wrongs)
    numbers: Counter[str] = Counter()
    numbered = []
    for wrong in wrongs:
        numbers[wrong.mistake] += 1
        several = ways[wrong.mistake] > 1
        numbered.append(wrong._replace(name=name, number=numbers[wrong.mistake] if several else None))
    return tuple(numbered)


def _unknown(name: str) -> InputError:
    return refuse(
        f"unknown mistake {shown(clean(name))}",
        expected="NAME, NAME@QUANTITY or NAME@QUANTITY#2",
        hint=nearest(name.lower(), NAMES) or "mlpcalc audit EXERCISE --format json lists the mistakes",
    )
