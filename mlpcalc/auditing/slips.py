"""The figures of a quantity after a slip: of all that can be supposed, what makes the most difference."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from mlpcalc.auditing.right import differs
from mlpcalc.marking.lines import Line
from mlpcalc.marking.misprints import meant
from mlpcalc.marking.scenes import Scene, Supposed
from mlpcalc.marking.slips import SLIPS
from mlpcalc.numerics.interval import Ball
from mlpcalc.numerics.rounding import rounded
from mlpcalc.page.symbols import Symbol
from mlpcalc.reading.numerals import MAX_DIGITS

Slip = tuple[str, str, Ball]
"""The name of a slip, what exactly happened, for its message, and all figures after it."""

_OTHER_RATE = Fraction(7, 10)  # of the right one: no other mistake has that factor
_OPPOSITE = {"digit_dropped": "digit_inserted", "digit_inserted": "digit_dropped"}


def slips(symbol: Symbol, right: Line) -> Iterator[Slip]:
    """A slip of each kind that can be made with a quantity; none where its figures are not finite.

    right: a line on which everything is right, and known.
    """
    ball, eta = right[symbol], right.basis.exercise.learning_rate
    value = ball.value
    if not np.isfinite(value).all():
        return
    least, greatest = (np.unravel_index(place, value.shape) for place in (value.argmin(), value.argmax()))
    scene = Scene(
        symbol,
        right,
        ball,
        swapped=[(int(i), int(j)) for i, j in (least, greatest)] if least != greatest else [],
        rate=_OTHER_RATE * eta if eta and symbol.kind in ("W", "b") else None,
        named=symbol.kind == "S",
    )
    with np.errstate(all="ignore"):  # what comes of a slip may be beyond double precision
        for name, slip in SLIPS.items():
            supposed = [_most_different(one, ball) for one in slip.suppose(scene)] if slip.suppose else []
            if supposed:
                yield name, *max(supposed, key=lambda one: one[0])[1:]
        yield from _misprints(ball, right.basis.solution.decimals())


def _most_different(supposed: Supposed, right: Ball) -> tuple[float, str, Ball]:
    """The largest difference from the right figures, what was done for it, and the figures then."""
    effects = differs(supposed.ball, right)
    place, *cell = map(int, np.unravel_index(int(effects.argmax()), effects.shape))
    ball = Ball(*(np.broadcast_to(part, effects.shape)[place] for part in supposed.ball))
    if not supposed.whole:
        ball = _with_cell(right, tuple(cell), *(part[tuple(cell)] for part in ball))
    return float(effects.max()), supposed.labels[place], ball


def _misprints(right: Ball, decimals: int) -> Iterator[Slip]:
    """A slip of the pen in the largest figure, with which the student goes on."""
    cell = np.unravel_index(int(np.abs(right.value).argmax()), right.value.shape)
    text = f"{rounded(float(right.value[cell]), decimals):f}"
    if sum(map(str.isdigit, text)) > MAX_DIGITS:
        return
    misprints: dict[str, float] = {}
    for slip, value, *_ in meant(text):
        name = _OPPOSITE.get(slip, slip)  # a slip away in the one direction, and in the other
        wrong = float(rounded(value, decimals))
        if wrong != float(text):
            misprints[name] = max(misprints.get(name, wrong), wrong, key=lambda one: abs(one - float(text)))
    for name, wrong in misprints.items():
        yield name, f"you wrote {wrong:.{decimals}f}", _with_cell(right, cell, wrong, 0.0)


def _with_cell(ball: Ball, cell: tuple[np.intp | int, ...], value: float, radius: float) -> Ball:
    """A ball with another figure in one cell."""
    changed = Ball(*(part.copy() for part in ball))
    changed.value[cell], changed.radius[cell] = value, radius
    return changed
