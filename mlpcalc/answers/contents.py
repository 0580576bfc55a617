"""What an answer sheet asks for and what it gives, and how figures are written on it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from math import isfinite

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.errors import refuse
from mlpcalc.numerics.rounding import Digits, rounded
from mlpcalc.page.asked import asked
from mlpcalc.page.symbols import Stage, Symbol
from mlpcalc.report.blocks import Formula, Phrase
from mlpcalc.solving.quantities import Cells
from mlpcalc.solving.selection import Selection, selected
from mlpcalc.solving.solution import Solution
from mlpcalc.text.wording import points_in_figures

BLANK = "~"
_MOST_NAMED, _NAMED = 100, 20  # quantities whose names are listed, and those listed where there are more
_LARGE = 1e9  # from here on figures are written with an exponent
_LARGEST = 1e300  # as of the numbers that are read


def asked_for(solution: Solution, selection: Selection) -> list[Symbol]:
    """The quantities that a sheet asks for: those of the selection that the exercise asks for.

    Whatever is in the selection where that has names, or details. Raises `InputError` as `sheet` does.
    """
    given = solution.exercise.given
    return [symbol for symbol in on_sheet(solution, selection) if symbol not in given]


def on_sheet(solution: Solution, selection: Selection) -> list[Symbol]:
    """The quantities that a sheet asks for or gives."""
    exercise, stages = solution.exercise, [stage for stage in selection.stages if stage != Stage.GIVENS]
    symbols = selected(solution, selection._replace(stages=stages), details=True)
    wanted = asked(exercise)
    if not (selection.details or selection.only):
        symbols = [symbol for symbol in symbols if symbol in wanted or symbol in exercise.given]
    if all(symbol in exercise.given for symbol in symbols):
        names = " ".join(map(solution.spelling, wanted))
        raise refuse("the exercise asks for none of this", expected=f"a sheet with some of {names}")
    return symbols


def giving(solution: Solution, names: Sequence[str]) -> Solution:
    """The exercise with some more quantities filled in on its sheets, and not asked for.

    Raises `InputError` for a name that it does not have, or that it states, and if nothing is left to ask.
    """
    exercise = solution.exercise
    symbols = dict.fromkeys(map(solution.symbol, names))
    if stated := [solution.spelling(symbol) for symbol in symbols if symbol not in solution.computed.page]:
        raise refuse(f"{' '.join(stated)}: the exercise states that", expected="what is worked out from it")
    exercise = replace(exercise, given=tuple(dict.fromkeys((*exercise.given, *symbols))))
    if not asked(exercise):
        raise refuse("nothing is left to be answered", expected="fewer quantities that are given")
    return Solution(exercise)


def given_figures(solution: Solution, symbol: Symbol) -> Cells[np.str_]:
    """A quantity as sheets give it: to the digits shown, in the layout of the page; blank if infinite."""
    return figures(solution.computed[symbol], solution.digits(), shown=True)


def given_values(solution: Solution, symbol: Symbol) -> Array:
    """What those figures are worth, nan where there is none."""
    texts = given_figures(solution, symbol)
    return np.where(texts == BLANK, "nan", texts).astype(np.float64)


def names(solution: Solution, symbols: Sequence[Symbol]) -> Formula:
    """`S1 Z1 Z2`; of very many the first, and how many more there are in which steps."""
    notation, listed, more = solution.notation, symbols, ""
    if len(symbols) > _MOST_NAMED:
        listed, rest = symbols[:_NAMED], symbols[_NAMED:]
        first, last = rest[0].step, rest[-1].step
        steps = f"step {first}" if first == last else f"steps {first} to {last}"
        more = f"and {len(rest):,} more in {steps}"
    texts, typeset = ([style.name(symbol) for symbol in listed] for style in (notation, notation.latex))
    return Formula(
        " ".join([*texts, *([more] if more else [])]),
        r" \enspace \allowbreak ".join([*typeset, *([rf"\text{{{more}}}"] if more else [])]),
    )


def _listed(solution: Solution, symbols: Sequence[Symbol]) -> list[str | Formula]:
    """The same as formulas of their own, between which a line may be broken."""
    pieces: list[str | Formula] = []
    for symbol in symbols:
        pieces += [*([" "] if pieces else []), names(solution, [symbol])]
    return pieces


def remarks(solution: Solution, symbols: Sequence[Symbol]) -> Iterator[Phrase]:
    """What is said above a sheet: the points, what is given, what earns nothing."""
    exercise = solution.exercise
    wanted = asked(exercise)
    points = {symbol: points_in_figures(wanted[symbol]) for symbol in symbols if symbol in wanted}
    if points:
        (usual, _), *others = Counter(points.values()).most_common()
        special: list[str | Formula] = []
        for worth, _ in others:
            special += [
                f"{worth} for ",
                *_listed(solution, [one for one in points if points[one] == worth]),
                ", ",
            ]
        total = points_in_figures(sum(wanted[symbol] for symbol in points))
        each = "each other answer" if special else "each answer"
        yield ["Points: ", *special, f"{usual} for {each}; {total} in all."]
    if given := [symbol for symbol in symbols if symbol in exercise.given]:
        yield ["Given, and not to be changed: ", *_listed(solution, given), "."]
    if more := [symbol for symbol in symbols if symbol not in wanted and symbol not in exercise.given]:
        yield ["Without points: ", *_listed(solution, more), "."]


# ---------------------------------------------------------------------------- figures


def figures(values: Array, digits: Digits, *, shown: bool = False) -> Cells[np.str_]:
    """The figures of a sheet; `shown` as elsewhere, where what is not 0 does not look it."""
    write = digits.figure if digits.significant or shown else partial(written_figure, decimals=digits.number)
    texts = [write(value) if isfinite(value) else BLANK for value in values.ravel().tolist()]
    return np.array(texts, dtype=np.str_).reshape(values.shape)


def written_figure(value: float, decimals: int) -> str:
    """A value as a sheet has it: rounded, or blank if it could not be read again."""
    if not isfinite(value) or abs(value) > _LARGEST:
        return BLANK
    return f"{value:.{decimals}e}" if abs(value) >= _LARGE else f"{rounded(value, decimals):f}"
