"""Figures for a new exercise: drawn unit by unit, and kept where nothing awkward comes of them.

What is decided here hangs on no rounding: every limit lies between the decimals that the figures can be.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.generating.friendly import BIASES, INPUTS, WEIGHTS, Dice, Rows, as_decimal
from mlpcalc.numerics.evaluate import evaluate_definition, evaluate_function
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.functions import Activation, LossFunction
from mlpcalc.page.symbols import Symbol

_LEAST = 0.0971903  # pre-activations from 0, where there may be a kink
_APART = 0.0971903  # rows and columns of a matrix, somewhere
_INSIDE = 0.0771903  # the domain of a loss
_FAR = 2.4371903  # targets from outputs, at most
_MARGIN = 0.0571903  # outputs from the margin of a hinge
_TARGETS: Mapping[str, tuple[int, ...]] = {"sign": (-10, 10), "probability": (0, 10), "nonnegative": (5, 10)}
_TRIES = 60
_STEERED_TRIES = 600
_MANY = 6  # inputs of a unit, beyond which weights are small

Figures = Mapping[Symbol, Rows]
"""The givens of an exercise, in tenths, as on the page: samples in columns, biases in one."""


def draw(like: Exercise, dice: Dice) -> Figures | None:
    """Figures without anything awkward in the forward pass; None if none were found.

    They have all the variety that reveals mistakes. like: an exercise of the same form.
    """
    return _Drawing(like, dice).whole()


def steered(like: Exercise) -> tuple[float, float] | None:
    """The interval in which the outputs must lie for the loss to be defined; None where they always do."""
    if like.loss is None:
        return None
    (low, high), (least, most) = like.loss.function.domain, like.layers[-1].activation.range
    return None if low <= least and most <= high else (low, high)


def shows_signs(f: Activation, S: Array) -> bool:
    """Whether the pre-activations of a layer show that f treats signs differently, or that it does not.

    Of several both signs occur, but no more units are switched off than not; a single one is positive where
    f switches off, and otherwise negative.
    """
    if S.size == 1:
        return bool((S > 0).all()) == f.switches_off
    below = int((S < 0).sum())
    return 0 < below < S.size and not (f.switches_off and 2 * below > S.size)


class _Drawing:
    def __init__(self, like: Exercise, dice: Dice) -> None:
        self._like, self._dice = like, dice
        self._samples = int(like.inputs.shape[1])  # of all steps together
        self._between = steered(like)

    def whole(self) -> Figures | None:
        network = self._like.network
        if network.from_pre_activations:
            f, first = self._like.layers[0].activation, Symbol("S", 1)
            rows = self._stated(self._like.sizes[1], INPUTS)
            S = np.array(rows) / 10
            if not all(_comfortable(f, s) for s in S) or not shows_signs(f, S):
                return None
            Z = evaluate_function(f, S)
        else:
            first, rows = Symbol("X"), self._stated(self._like.sizes[0], INPUTS)
            Z = np.array(rows) / 10
        figures = {first: rows}
        for k in network.with_weights:
            drawn, layer = self._layer(k, Z), self._like.layers[k - 1]
            if drawn is None:
                return None
            figures[Symbol("W", k)], biases, S = drawn
            if layer.bias is not None:
                figures[Symbol("b", k)] = biases[:1] if layer.shared_bias else biases
            Z = evaluate_function(layer.activation, S)
        if network.to_output_gradient:
            figures[Symbol("dZ", network.depth)] = self._stated(len(Z), WEIGHTS)
        if self._like.loss is not None and self._like.loss.function.targets != "none":
            targets = self._targets(self._like.loss.function, Z)
            if targets is None:
                return None
            figures[Symbol("T")] = targets
        return figures

    def _stated(self, rows: int, sizes: Sequence[int]) -> Rows:
        """Figures of so many rows, a column for each sample."""
        samples = range(self._samples)
        return tuple(tuple(self._dice.signed(sizes) for _ in samples) for _ in range(rows))

    # -- layers

    def _layer(self, k: int, Z: Array) -> tuple[Rows, Rows, Array] | None:
        """Weights and biases of a layer, and its pre-activations for the activations Z of the layer below."""
        f = self._like.layers[k - 1].activation
        between = self._between if k == len(self._like.layers) else None
        for _ in range(_TRIES):
            units: list[tuple[tuple[int, ...], int, Array]] = []
            shared = self._dice.signed(BIASES) if self._like.layers[k - 1].shared_bias else None
            for _ in range(self._like.sizes[k]):
                unit = self._unit(k, Z, between, [weights for weights, *_ in units], shared)
                if unit is None:
                    return None
                units.append(unit)
            weights, biases, rows = zip(*units, strict=True)
            S = np.array(rows)
            varied = shows_signs(f, S) if between is None else not f.switches_off or bool((S > 0).all())
            if varied and _differ(S) and _differ(S.T):
                return weights, tuple((bias,) for bias in biases), S
        return None

    def _unit(
        self,
        k: int,
        Z: Array,
        between: tuple[float, float] | None,
        taken: Sequence[tuple[int, ...]],
        shared: int | None,
    ) -> tuple[tuple[int, ...], int, Array] | None:
        """Weights, bias and pre-activations of a unit; weights unlike those of the taken.

        shared: the bias, if it is that of all units.
        """
        _, bias_given, f, *_ = self._like.layers[k - 1]
        sizes = WEIGHTS[: len(WEIGHTS) if len(Z) <= _MANY else _MANY]
        for _ in range(_TRIES if between is None else _STEERED_TRIES):
            weights = tuple(self._dice.signed(sizes) for _ in range(len(Z)))
            bias = shared
            if bias is None:
                bias = 0 if bias_given is None else self._dice.signed(BIASES)
            s = sum((w / 10 * z for w, z in zip(weights, Z, strict=True)), np.full(self._samples, bias / 10))
            if weights not in taken and _comfortable(f, s) and _inside(f, s, between):
                return weights, bias, s
        return None

    # -- targets

    def _targets(self, loss: LossFunction, Y: Array) -> Rows | None:
        """Targets that the loss is meant for, none too near an output."""
        for _ in range(_TRIES):
            targets = self._drawn_targets(loss, Y)
            if self._telling(loss, np.array(targets) / 10, Y):
                return targets
        return None

    def _drawn_targets(self, loss: LossFunction, Y: Array) -> Rows:
        dice, output = self._dice, self._like.layers[-1].activation
        units, samples = Y.shape
        if loss.targets == "one-hot" or not (output.elementwise or loss.targets == "probability"):
            order = [n % units for n in range(samples)] if samples >= units else range(units)
            classes = dice.shuffled(list(order))[:samples]
            return tuple(tuple(10 * (i == label) for label in classes) for i in range(units))
        values = _TARGETS.get(loss.targets) or output.reachable
        return tuple(tuple(dice.pick(values) for _ in range(samples)) for _ in range(units))

    def _telling(self, loss: LossFunction, T: Array, Y: Array) -> bool:
        """Whether errors have a good size and both signs; for hinges, whether some outputs are safe."""
        if loss.violation is not None:
            violation = evaluate_definition(loss.violation, y=Y, t=T)
            if loss.targets == "one-hot":
                violation = violation[T == 0]
            cannot_be_safe = loss.targets == "sign" and self._like.layers[-1].activation.range[1] <= 1
            some_safe = cannot_be_safe or violation.size == 1 or (violation < 0).any()
            return bool(np.abs(violation).min() >= _MARGIN and (violation > 0).any() and some_safe)
        if loss.targets == "probability":
            return T.size == 1 or np.unique(T).size > 1
        if loss.targets != "any":
            return True
        error = Y - T
        size = np.abs(error)
        good_size = size.min() >= _LEAST and size.max() <= _FAR
        return bool(good_size and (error.size == 1 or 0 < (error < 0).sum() < error.size))


def _comfortable(f: Activation, s: Array) -> bool:
    """Whether the pre-activations of a unit are of a good size, and it is active often enough."""
    distances = np.abs(np.subtract.outer(s, (0.0, *f.kinks)))
    if distances.min() < _LEAST or np.abs(s).max() > f.spread:
        return False
    return not f.switches_off or len(s) == 1 or 2 * int((s > 0).sum()) >= len(s)


def _inside(f: Activation, s: Array, between: tuple[float, float] | None) -> bool:
    """Whether the outputs of a unit lie where they must, and not near the ends."""
    if between is None:
        return True
    (low, high), y = between, evaluate_function(f, s[None, :])
    return bool(((low + _INSIDE < y) & (y < high - _INSIDE)).all())


def _differ(rows: Array) -> bool:
    """Whether every two rows are apart somewhere."""
    return all(np.abs(row - other).max() > _APART for i, row in enumerate(rows) for other in rows[:i])


def exercise_of(like: Exercise, figures: Figures, learning_rate: Fraction | None) -> Exercise:
    """The exercise with these figures, and all else as in another one."""
    values = {symbol: np.array(rows) / 10 for symbol, rows in figures.items()}
    written = {symbol: tuple(tuple(map(as_decimal, row)) for row in rows) for symbol, rows in figures.items()}
    exercise = like.with_givens({**like.of_all_samples(), **values})
    return replace(exercise, learning_rate=learning_rate, source=None, written=written)
