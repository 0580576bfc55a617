"""Figures for a new exercise: drawn unit by unit, and kept where nothing awkward comes of them.

What is decided here hangs on no rounding: every limit lies between the decimals that the figures can be.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.generating.friendly import BIASES, INPUTS, WEIGHTS, Dice, Rows, as_decimal
from mlpcalc.numerics.evaluate import evaluate_definition, evaluate_function
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.functions import Activation, LossFunction
from mlpcalc.page.network import Loss
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


class Form(NamedTuple):
    """What a new exercise is to be like: another one, whose figures do not matter.

    rates: the learning rates to try, the best first; only None for an exercise without update.
    """

    like: Exercise
    rates: tuple[Fraction | None, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units of each layer, the inputs first."""
        return self.like.sizes

    @property
    def activations(self) -> tuple[Activation, ...]:
        """The activation function of each layer."""
        return self.like.network.activations

    @property
    def loss(self) -> Loss | None:
        """The loss, None for a forward pass only."""
        return self.like.loss

    @property
    def samples(self) -> int:
        """The number of samples of all steps together."""
        return int(self.like.inputs.shape[1])

    def has_bias(self, k: int) -> bool:
        """Whether layer k has biases."""
        return self.like.layers[k - 1].bias is not None

    @property
    def steered(self) -> tuple[float, float] | None:
        """Between what the outputs must lie for the loss to be defined, if they may lie elsewhere."""
        if self.loss is None:
            return None
        low, high = self.loss.function.domain
        least, most = self.activations[-1].range
        if low <= least and most <= high:
            return None
        return low + _INSIDE, high - _INSIDE


Figures = Mapping[Symbol, Rows]
"""The givens of an exercise, in tenths, as on the page: samples in columns, biases in one."""


def draw(form: Form, dice: Dice, *, strict: bool = True) -> Figures | None:
    """Figures without anything awkward in the forward pass; None if none were found.

    strict: whether they must have all the variety that reveals mistakes.
    """
    return _Drawing(form, dice, strict=strict).whole()


class _Drawing:
    def __init__(self, form: Form, dice: Dice, *, strict: bool) -> None:
        self._form = form
        self._dice = dice
        self._strict = strict

    def whole(self) -> Figures | None:
        inputs = self._inputs()
        figures = {Symbol("X"): inputs}
        Z = np.array(inputs) / 10
        for k, f in enumerate(self._form.activations, start=1):
            layer = self._layer(k, Z)
            if layer is None:
                return None
            figures[Symbol("W", k)], biases, S = layer
            if self._form.has_bias(k):
                figures[Symbol("b", k)] = biases
            Z = evaluate_function(f, S)
        loss = self._form.loss
        if loss is not None and loss.function.targets != "none":
            targets = self._targets(loss, Z)
            if targets is None:
                return None
            figures[Symbol("T")] = targets
        return figures

    def _inputs(self) -> Rows:
        """Inputs of which no two samples are alike, unless there are too many."""
        samples: list[tuple[int, ...]] = []
        for _ in range(self._form.samples):
            for _ in range(_TRIES):
                sample = tuple(self._dice.signed(INPUTS) for _ in range(self._form.sizes[0]))
                if sample not in samples:
                    break
            samples.append(sample)
        return tuple(zip(*samples, strict=True))

    # -- layers

    def _layer(self, k: int, Z: Array) -> tuple[Rows, Rows, Array] | None:
        """Weights and biases of a layer, and its pre-activations for the activations Z of the layer below."""
        form = self._form
        steered = form.steered if k == len(form.activations) else None
        for _ in range(_TRIES):
            units: list[tuple[tuple[int, ...], int, Array]] = []
            for _ in range(form.sizes[k]):
                unit = self._unit(k, Z, steered, [weights for weights, *_ in units])
                if unit is None:
                    return None
                units.append(unit)
            weights, biases, rows = zip(*units, strict=True)
            S = np.array(rows)
            if self._lively(form.activations[k - 1], S, free=steered is None):
                return weights, tuple((bias,) for bias in biases), S
        return None

    def _unit(
        self, k: int, Z: Array, steered: tuple[float, float] | None, taken: Sequence[tuple[int, ...]]
    ) -> tuple[tuple[int, ...], int, Array] | None:
        """Weights, bias and pre-activations of a unit; weights unlike those of the taken."""
        form, dice = self._form, self._dice
        f = form.activations[k - 1]
        sizes = WEIGHTS[: len(WEIGHTS) if len(Z) <= _MANY else _MANY]
        for _ in range(_TRIES if steered is None else _STEERED_TRIES):
            weights = tuple(dice.signed(sizes) for _ in range(len(Z)))
            bias = dice.signed(BIASES) if form.has_bias(k) else 0
            if weights in taken:
                continue
            s = sum((w / 10 * z for w, z in zip(weights, Z, strict=True)), np.full(form.samples, bias / 10))
            if not self._comfortable(f, s):
                continue
            if steered is not None:
                low, high = steered
                y = evaluate_function(f, s[None, :])
                if not ((low < y) & (y < high)).all():
                    continue
            return weights, bias, s
        return None

    def _comfortable(self, f: Activation, s: Array) -> bool:
        """Whether the pre-activations of a unit are of a good size, and it is active often enough."""
        distances = np.abs(np.subtract.outer(s, (0.0, *f.kinks)))
        if distances.min() < _LEAST or np.abs(s).max() > f.spread:
            return False
        return not f.switches_off or len(s) == 1 or not self._strict or 2 * int((s > 0).sum()) >= len(s)

    def _lively(self, f: Activation, S: Array, *, free: bool) -> bool:
        """Whether the units of a layer, and the samples, differ, and pre-activations of both signs occur."""
        if not self._strict:
            return not f.switches_off or bool((S > 0).any())
        units, samples = S.shape
        if not (_differ(S) and _differ(S.T)):
            return False
        if not free:
            return not f.switches_off or bool((S > 0).all())
        if S.size == 1:
            return bool((S > 0).all()) == f.switches_off
        below = int((S < 0).sum())
        if f.switches_off and samples == 1:  # one unit is off, or relu would not show
            return below == (1 if units > 1 else 0)
        return 0 < below < S.size

    # -- targets

    def _targets(self, loss: Loss, Y: Array) -> Rows | None:
        """Targets that the loss is meant for, none too near an output."""
        for _ in range(_TRIES):
            targets = self._drawn_targets(loss.function, Y)
            if self._telling(loss.function, np.array(targets) / 10, Y):
                return targets
        return None

    def _drawn_targets(self, loss: LossFunction, Y: Array) -> Rows:
        dice, output = self._dice, self._form.activations[-1]
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
            margin = float(dict(loss.parameters).get("margin", Fraction(1)))
            violation = evaluate_definition(loss.violation, y=Y, t=T)
            if loss.targets == "one-hot":
                violation = violation[T == 0]
            if np.abs(violation).min() < _MARGIN or not (violation > 0).any():
                return False
            if not self._strict:
                return True
            safe, close = (violation < 0).any(), ((violation > 0) & (violation < margin)).any()
            return bool(violation.size == 1 or (safe and close))
        if loss.targets == "probability" and T.size > 1 and np.unique(T).size == 1:
            return False
        if loss.targets != "any":
            return True
        error = Y - T
        size = np.abs(error)
        if size.min() < _LEAST or size.max() > _FAR:
            return False
        return error.size == 1 or not self._strict or 0 < int((error < 0).sum()) < error.size


def _differ(rows: Array) -> bool:
    """Whether every two rows are apart somewhere."""
    return all(np.abs(row - other).max() > _APART for i, row in enumerate(rows) for other in rows[:i])


def exercise_of(
    form: Form, figures: Figures, learning_rate: Fraction | None, title: str | None = None
) -> Exercise:
    """The exercise with these figures; title: as in the form if nothing is said."""
    values = {symbol: np.array(rows) / 10 for symbol, rows in figures.items()}
    return replace(
        form.like,
        inputs=values[Symbol("X")],
        layers=tuple(
            layer._replace(weights=values[Symbol("W", k)], bias=values.get(Symbol("b", k)))
            for k, layer in enumerate(form.like.layers, start=1)
        ),
        targets=values.get(Symbol("T")),
        learning_rate=learning_rate,
        title=form.like.title if title is None else title,
        source=None,
        written={
            symbol: tuple(tuple(as_decimal(cell) for cell in row) for row in rows)
            for symbol, rows in figures.items()
        },
    )
