"""The figures of a quantity after a slip: of all that can be supposed, what makes the most difference."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from mlpcalc.auditing.consequences import Consequences, differs
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

SWAPPED = "names_swapped"
PARTNERS = {"S": "Z"}
"""The slip of swapping the names of two quantities, and which they may be."""

_USUAL_RATES = tuple(map(Fraction, ("0.1", "0.01", "0.2", "0.5", "0.3", "0.05", "0.7")))
_OPPOSITE = {"digit_dropped": "digit_inserted", "digit_inserted": "digit_dropped"}


def slips(consequences: Consequences, symbol: Symbol) -> list[Slip]:
    """A slip of each kind that can be made with a quantity; none where its figures are not finite."""
    right = consequences.right(symbol)
    if not np.isfinite(right.value).all():
        return []
    with np.errstate(all="ignore"):  # what comes of a slip may be beyond double precision
        return [*_supposed(_scene(consequences, symbol), right), *_misprints(consequences, symbol)]


def _scene(consequences: Consequences, symbol: Symbol) -> Scene:
    """Where a slip is made by someone who has worked out everything else as it should be."""
    known = {name: consequences.right(name) for name in consequences.page}
    value = consequences.right(symbol).value
    extremes = [np.unravel_index(place, value.shape) for place in (value.argmin(), value.argmax())]
    return Scene(
        symbol,
        Line(consequences.basis, known, written=frozenset()),
        consequences.right(symbol),
        swapped=[(int(i), int(j)) for i, j in extremes] if value.max() > value.min() else [],
        rate=_another_rate(consequences, symbol),
        named=symbol.kind in PARTNERS,
    )


def _another_rate(consequences: Consequences, symbol: Symbol) -> Fraction | None:
    """A usual learning rate that is not a simple multiple of the right one."""
    exercise = consequences.solution.exercise
    eta = exercise.learning_rate
    if symbol.kind not in ("W", "b") or not eta:
        return None
    counts = [1, 2, 10, 100, exercise.samples, exercise.sizes[-1]]
    simple = {eta, 1 / eta, *map(Fraction, counts), *(Fraction(1, count) for count in counts)}
    return next((rate for rate in _USUAL_RATES if rate / eta not in simple), 3 * eta)


def _supposed(scene: Scene, right: Ball) -> Iterator[Slip]:
    """What the records of the slips suppose: of each the one that makes the most difference."""
    for name, slip in SLIPS.items():
        supposed = [_most_different(one, right) for one in slip.suppose(scene)] if slip.suppose else []
        if supposed:
            _, label, ball = max(supposed, key=lambda one: one[0])
            yield name, label, ball


def _most_different(supposed: Supposed, right: Ball) -> tuple[float, str, Ball]:
    """The largest difference from the right figures, what was done for it, and the figures then."""
    effects = differs(supposed.ball, right)
    place, *cell = map(int, np.unravel_index(int(effects.argmax()), effects.shape))
    stack = [np.broadcast_to(part, effects.shape)[place] for part in supposed.ball]
    if not supposed.whole:  # a single cell
        there = np.zeros(right.value.shape, bool)
        there[tuple(cell)] = True
        stack = [np.where(there, wrong, part) for wrong, part in zip(stack, right, strict=True)]
    return float(effects.max()), supposed.labels[place], Ball(*stack)


def _misprints(consequences: Consequences, symbol: Symbol) -> Iterator[Slip]:
    """A slip of the pen in the largest figure, with which the student goes on."""
    right = consequences.right(symbol)
    decimals = consequences.solution.decimals()
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
        changed = Ball(*(part.copy() for part in right))
        changed.value[cell], changed.radius[cell] = wrong, 0.0
        yield name, f"you wrote {wrong:.{decimals}f}", changed
