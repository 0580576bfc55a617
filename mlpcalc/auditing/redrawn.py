"""The same exercise with other figures: what holds in it, too, holds whatever the figures are."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np

from mlpcalc.exercise import Exercise
from mlpcalc.functions import Targets
from mlpcalc.stable import Array

_GOLDEN = 0.618033988749895


def redrawn(exercise: Exercise, number: int) -> Exercise:
    """An exercise of the same form with other figures: spread between -2 and 2, none of them 0."""
    spread = _spread(number)

    def drawn(values: Array) -> Array:
        return np.array([next(spread) for _ in range(values.size)]).reshape(values.shape)

    layers = tuple(
        layer._replace(weights=drawn(layer.weights), bias=None if layer.bias is None else drawn(layer.bias))
        for layer in exercise.layers
    )
    rate = exercise.learning_rate and Fraction(3 + number, 100)
    T = exercise.targets
    if T is not None and number % 2:
        T = _other_targets(T, exercise.loss.function.targets if exercise.loss else "any")
    inputs = drawn(exercise.inputs)
    return replace(exercise, inputs=inputs, layers=layers, targets=T, learning_rate=rate, written={})


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


def _spread(start: int) -> Iterator[float]:
    place = 0.123 + start
    while True:
        place += _GOLDEN
        yield 4 * (place % 1) - 2
