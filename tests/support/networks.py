"""Random exercises, away from the points where a derivative jumps."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import ceil
from typing import TypeVar

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.exercise import Exercise, Layer
from mlpcalc.page.functions import Activation, LossFunction, with_parameters
from mlpcalc.page.losses import LOSSES
from mlpcalc.page.network import Average, DecayAverage, Loss
from tests.support.oracle_loops import activate, solve_by_loops

Item = TypeVar("Item")
Function = TypeVar("Function", Activation, LossFunction)

_USUAL = [name for name, record in ACTIVATIONS.items() if record.well_known]
USUAL_LOSSES = ("squared_error", "cross_entropy", "binary_cross_entropy", "multiclass_hinge", "hinge", "sum")
_OF_ERRORS = ("squared_error", "absolute_error", "huber", "sum")  # go with outputs that only jump, too


def _pairs() -> Iterator[tuple[str, str]]:
    yield from product(_USUAL, USUAL_LOSSES)
    for i, (name, record) in enumerate(ACTIVATIONS.items()):
        for j, loss in enumerate(LOSSES):
            if record.flat:
                new = loss in _OF_ERRORS
            else:
                new = (name not in _USUAL or loss not in USUAL_LOSSES) and (i + j) % 3 == 0
            if new:
                yield name, loss


PAIRS: tuple[tuple[str, str], ...] = tuple(_pairs())
"""Every usual output activation with every usual loss, and every other function with some.

Where an activation also has values outside the domain of the loss (tanh with cross-entropy), the networks
made here stay inside.
"""

# The pairs that stay inside the domain of the loss whatever the pre-activations are. `square` is here
# because these networks keep away from s = 0.
_ALWAYS_INSIDE = {
    "cross_entropy": {"sigmoid", "softmax", "softplus", "square"},
    "binary_cross_entropy": {"sigmoid", "softmax"},
}
_KINK_DISTANCE = 1e-3
_KINKS = {"hard_sigmoid": (-3, 3), "hard_tanh": (-1, 1)}  # of the others, at 0
_NUDGE = 1e-10
_MOST_DIGITS_LOST = 100
_AVERAGES: tuple[Average, ...] = ("none", "samples", "entries")
_FACTORS = (Fraction(1, 2), Fraction(1), Fraction(2), Fraction(1, 3))
_PARAMETERS = {
    "slope": (Fraction(1, 100), Fraction(1, 5)),
    "alpha": (Fraction(1), Fraction(1, 2), Fraction(3, 2)),
    "margin": (Fraction(1), Fraction(1, 4), Fraction(1, 10)),
    "scale": (Fraction(1), Fraction("1.0507")),
    "delta": (Fraction(1), Fraction(1, 2), Fraction(3, 2)),
}


_ALWAYS_DRAWN = ("slope", "alpha", "margin")


def random_exercise(
    rng: np.random.Generator,
    *,
    activations: Sequence[str] | None = None,
    most_layers: int = 4,
    loss: str | None = None,
    samples: int | None = None,
    bias: bool | None = None,
    shared_bias: bool = False,
    l2: bool | None = None,
    decay_average: DecayAverage | None = None,
    average: Average | None = None,
    factor: Fraction | None = None,
) -> Exercise:
    """An exercise with the choices given; what is None is drawn: 1 to `most_layers`, 1-8 samples.

    Every pre-activation is at least 0.001 away from 0, every hinge from its margin, and before and after
    the update all outputs lie inside the domain of the loss. Givens have at most three decimals.
    """
    if activations is None:
        activations = [_choice(rng, _USUAL) for _ in range(rng.integers(1, most_layers + 1))]
    loss = loss or _choice(rng, USUAL_LOSSES)
    samples = samples or int(rng.integers(1, 9))
    bias = bool(rng.integers(2)) if bias is None else bias
    l2 = bool(rng.integers(2)) if l2 is None else l2
    form = Loss(
        _with_parameters(rng, LOSSES[loss], ("margin",)),
        _choice(rng, _FACTORS) if factor is None else factor,
        _choice(rng, _AVERAGES) if average is None else average,
        *random_decay(rng, decay_average, present=l2),
    )
    for _ in range(2000):
        exercise = _draw(rng, activations, form, samples, bias, shared=shared_bias)
        if exercise is not None and _usable(exercise):
            exercise = replace(exercise, learning_rate=_moderate_rate(rng, exercise))
            if _usable(exercise) and _well_conditioned(rng, exercise):
                return exercise
    raise AssertionError(f"no network found for {activations} with {loss}, {samples} samples")


def random_decay(
    rng: np.random.Generator, average: DecayAverage | None = None, *, present: bool
) -> tuple[Fraction | None, DecayAverage]:
    """λ, None for no weight decay, and what it is divided by, drawn where that is None."""
    number = int(rng.integers(1, 20)) if present else 0
    return Fraction(number, 100) if present else None, average or ("samples" if number % 2 else "none")


def _draw(
    rng: np.random.Generator,
    activations: Sequence[str],
    loss: Loss,
    samples: int,
    bias: bool,
    *,
    shared: bool,
) -> Exercise | None:
    """A network with pre-activations of moderate size, so that no function saturates."""
    name = loss.function.name
    steered = activations[-1] not in _ALWAYS_INSIDE.get(name, set(ACTIVATIONS))
    inputs = int(rng.integers(1, 5))
    X = np.round(rng.normal(size=(inputs, samples)), 2)
    if steered:
        X[0] = np.round(rng.uniform(0.7, 1.5, size=samples), 2)
    Z, layers = X, []
    for k, activation in enumerate(activations, start=1):
        last = k == len(activations)
        least = 2 if activation == "softmax" or (last and name == "multiclass_hinge") else 1
        units = int(rng.integers(least, 5))
        W = rng.normal(size=(units, Z.shape[0]))
        shares = shared and activation != "softmax"  # whose gradient would be 0 by nature
        biases = (1 if shares else units, 1)
        b = rng.normal(size=biases) if bias else np.zeros(biases)
        if steered:
            # A chain of units that are positive for every sample; all outputs follow it.
            following = slice(None) if last else slice(0, 1)
            W[following, 0] = 0.5 + np.abs(W[following, 0])
            W[following, 1:] *= 0.1
            b[following] = 0.1 * np.abs(b[following])
        # Rows of the output layer one by one, so that each unit stays in the domain of the loss.
        size = np.abs(W @ Z + b).max(axis=1 if steered and last and not shares else None, keepdims=True)
        if not size.all():
            return None
        largest = rng.uniform(0.3, 0.5 if activation == "softplus" else 0.9) if steered and last else 2.5
        W, b = np.round(W * largest / size, 3), np.round(b * largest / size, 3)
        record = _with_parameters(rng, ACTIVATIONS[activation], _ALWAYS_DRAWN)
        layers.append(Layer(W, b if bias else None, record, bias and shares))
        parameters = {key: float(value) for key, value in record.parameters}
        Z = np.array(activate(activation, parameters, (W @ Z + b).tolist()))
    return Exercise(
        inputs=X,
        layers=tuple(layers),
        targets=random_targets(rng, activations[-1], name, Z.shape),
        loss=loss,
        learning_rate=Fraction(1, 10**6),
    )


def random_targets(rng: np.random.Generator, output: str, loss: str, shape: tuple[int, ...]) -> Array | None:
    """Targets that the loss is defined for; `sum` has them in half of the cases, for err."""
    units, samples = shape
    match loss:
        case "cross_entropy" if output == "softmax":
            trials = int(rng.choice([1, 10]))  # one-hot, or a distribution in tenths
            return np.asarray(rng.multinomial(trials, np.full(units, 1 / units), size=samples).T / trials)
        case "cross_entropy":
            return np.asarray(rng.integers(0, 4, size=shape) / 2)
        case "binary_cross_entropy":
            return np.asarray(rng.integers(0, 5, size=shape) / 4)
        case "multiclass_hinge":
            return np.eye(units)[:, rng.integers(units, size=samples)]
        case "hinge" | "squared_hinge":
            return np.asarray(rng.choice([-1.0, 1.0], size=shape))
        case "sum" if rng.integers(2):
            return None
    return np.asarray(np.round(rng.normal(size=shape), 2))


def _moderate_rate(rng: np.random.Generator, exercise: Exercise) -> Fraction:
    """A learning rate with which no parameter moves by more than 0.1: squares of squares soon run away."""
    gradients = [value for name, value in solve_by_loops(exercise).items() if name.startswith(("dW", "db"))]
    largest = max(float(np.abs(gradient).max()) for gradient in gradients)
    return Fraction(1, int(rng.integers(2, 20)) + ceil(10 * largest))


def _usable(exercise: Exercise) -> bool:
    """Whether all outputs are in the domain of the loss and nothing is close to a kink."""
    try:
        solution = solve_by_loops(exercise)
    except (ValueError, ZeroDivisionError, OverflowError):  # the logarithm of a negative output, …
        return False
    depth = len(exercise.layers)
    distances = [
        np.abs(np.array(solution[f"S{k}"]) - kink).min()
        for k, layer in enumerate(exercise.layers, start=1)
        for kink in (0, *_KINKS.get(layer.activation.name, ()))
    ]
    Y, T, loss = np.array(solution[f"Z{depth}"]), exercise.targets, exercise.loss
    assert loss is not None
    if T is not None and loss.function.name == "absolute_error":
        distances.append(np.abs(Y - T).min())
    if T is not None and loss.function.name in ("hinge", "squared_hinge"):
        distances.append(np.abs(1 - T * Y).min())
    if T is not None and loss.function.name == "multiclass_hinge":
        inside_by = Y - (T * Y).sum(axis=0) + float(dict(loss.function.parameters)["margin"])
        distances.append(np.abs(inside_by[T == 0]).min())
    low, high = loss.function.domain
    inside = ((low < Y) & (high > Y)).all()
    return bool(min(distances) > _KINK_DISTANCE and inside)


def _well_conditioned(rng: np.random.Generator, exercise: Exercise) -> bool:
    """Whether no quantity is little more than the rounding noise of larger terms that cancel.

    By chance the samples of a bias gradient do; and with outputs that add up to 1 what a softmax passes on
    does, where the hinges of all its units push alike. Softmax with `sum` has nothing else.
    """
    assert exercise.loss is not None
    if (exercise.layers[-1].activation.name, exercise.loss.function.name) == ("softmax", "sum"):
        return True
    solution = solve_by_loops(exercise)
    for k, layer in enumerate(exercise.layers, start=1):
        if layer.activation.name == "softmax":
            error, passed_on = (np.abs(solution[f"{name}{k}"]).max() for name in ("dZ", "Delta"))
            if error > 0 and passed_on < error / _MOST_DIGITS_LOST:
                return False

    def nudged(values: Array) -> Array:
        return values * (1 + _NUDGE * rng.uniform(-1, 1, size=values.shape))

    layers = tuple(each._replace(weights=nudged(each.weights)) for each in exercise.layers)
    moved = solve_by_loops(replace(exercise, inputs=nudged(exercise.inputs), layers=layers))
    for name, rows in solution.items():
        value = np.array(rows)
        if np.abs(value - moved[name]).max() > _MOST_DIGITS_LOST * _NUDGE * np.abs(value).max():
            return False
    return True


def _with_parameters(rng: np.random.Generator, record: Function, always: Sequence[str]) -> Function:
    """The function with parameters that are drawn; `always`: also those that it has not."""
    names = [*always, *(name for name, _ in record.parameters if name not in always)]
    return with_parameters(record, {name: _choice(rng, _PARAMETERS[name]) for name in names})


def _choice(rng: np.random.Generator, items: Sequence[Item]) -> Item:
    return items[int(rng.integers(len(items)))]
