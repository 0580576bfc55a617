"""The right figures of an exercise, and those of exercises of the same form."""

from dataclasses import replace
from fractions import Fraction
from itertools import count

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.marking.basis import Basis
from mlpcalc.marking.lines import Line
from mlpcalc.numerics.interval import Ball
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.functions import Targets
from mlpcalc.page.losses import kind_of_targets
from mlpcalc.solving.solution import Solution

_PRECISE = 1e-9  # of a figure, or of 1
_START, _GOLDEN = 0.123, 0.618033988749895  # steps of the golden ratio spread most evenly


def right_line(solution: Solution) -> Line:
    """The line of someone who works out everything as it should be, as on paper.

    The stable form of an equation takes its place where that overflows, or loses its digits.
    """
    basis = Basis(solution)
    forms = {symbol: equation.stable for symbol, equation in basis.page.items()}
    stable = Line(basis, {}, written=frozenset(), edited=forms, noise_only=True)
    for symbol, (_, expression, form, *_) in basis.page.items():
        if expression != form:
            value, radius = stable.value(expression, symbol)
            if np.isfinite(value).all() and (radius <= _PRECISE * np.maximum(np.abs(value), 1)).all():
                forms[symbol] = expression
    return Line(basis, {}, written=frozenset(), edited=forms, noise_only=True)


def differs(one: Ball, other: Ball) -> Array:
    """By how much figures differ, cell by cell; nothing where it may be the noise of floating point."""
    (a, r), (b, s) = one, other
    with np.errstate(all="ignore"):
        apart = np.abs(a - b)
        noise = np.where(np.isfinite(r), r, 0.0) + np.where(np.isfinite(s), s, 0.0)
        same = (apart <= noise) | (a == b) | (np.isnan(a) & np.isnan(b))
    return np.where(same, 0.0, np.where(np.isnan(apart), np.inf, apart))


def redrawn(exercise: Exercise, number: int) -> Exercise:
    """An exercise of the same form with other figures: spread between -2 and 2, none of them 0.

    What holds in several of them holds whatever the figures are.
    """
    spread = (4 * (place % 1) - 2 for place in count(_START * (number + 1), _GOLDEN))
    givens = exercise.parameters() | exercise.of_all_samples()
    for symbol, values in givens.items():
        if symbol.kind != "T":
            givens[symbol] = np.fromiter(spread, float, values.size).reshape(values.shape)
        elif number % 2 and exercise.loss is not None:
            kind = kind_of_targets(exercise.loss.function, exercise.layers[-1].activation)
            givens[symbol] = _other_targets(values, kind)
    rate = exercise.learning_rate and Fraction(3 + number, 100)
    return replace(exercise.with_givens(givens), learning_rate=rate)


def _other_targets(T: Array, kind: Targets) -> Array:
    """Other targets that a loss allows as well."""
    match kind:
        case "sign":
            return -T
        case "probability":
            return 1 - T
        case "distribution" | "one-hot":
            return np.roll(T, 1, axis=0)
    return T + 1
