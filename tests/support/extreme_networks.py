"""Random exercises with figures of any size: saturated, overflowing, vanishing, with zeros and ties."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TypeVar, get_args

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.exercise import Exercise, Layer
from mlpcalc.page.functions import Activation, with_parameters
from mlpcalc.page.losses import LOSSES
from mlpcalc.page.network import Average, AveragedStep, Conventions, DeltaSign, Loss
from mlpcalc.page.optimizers import OPTIMIZERS
from tests.support.networks import random_decay, random_targets

Item = TypeVar("Item")

RANGES: Mapping[str, tuple[float, float]] = {
    "up to 5": (0.1, 5),
    "5 to 40": (5, 40),
    "40 to 700": (40, 700),
    "700 to 2000": (700, 2000),
    "2000 to 1e300": (2e3, 1e300),
    "1e-300 to 0.1": (1e-300, 0.1),
}
"""The ranges of pre-activations: the largest of a layer, in at least one layer, is drawn between these."""

_AVERAGES: tuple[Average, ...] = get_args(Average)
_DELTAS: tuple[DeltaSign, ...] = get_args(DeltaSign)
_STEPS: tuple[AveragedStep, ...] = get_args(AveragedStep)
_PARAMETERS = {
    "slope": ("0", "0.01", "0.2", "1"),
    "alpha": ("1", "0.5", "1.5"),
    "margin": ("1", "0.25", "0.1"),
    "scale": ("1", "1.0507"),
    "delta": ("1", "0.5"),
}
_FACTORS = ("1/2", "1", "2", "1/3", "1000")
_RATES = ("0.5", "0.1", "1/3", "1e-6", "10")
_LARGEST, _SMALLEST = 1e300, 1e-300  # what exercise files may contain


def extreme_exercise(
    rng: np.random.Generator, output: str, loss: str, sizes: tuple[float, float]
) -> Exercise:
    """An exercise with this output activation and loss; `sizes` is one of `RANGES`.

    Outputs that the loss is not defined for are possible. Givens are decimals of up to six digits. A third
    of those that learn go on for two or three steps, with any optimizer; so do some of one step.
    """
    depth = int(rng.integers(1, 4))
    hidden = [_pick(rng, list(ACTIVATIONS)) for _ in range(depth - 1)]
    activations = [*hidden, output]
    in_range = rng.random(depth) < 1 / 2
    in_range[rng.integers(depth)] = True
    samples = int(rng.integers(1, 4))
    X = _decimals(rng, rng.normal(size=(int(rng.integers(1, 4)), samples)))
    if samples > 1 and rng.random() < 1 / 5:
        X[:, -1] = X[:, 0]
    layers, Z = [], X
    for k, activation in enumerate(activations):
        least = 2 if activation == "softmax" or (k == depth - 1 and loss == "multiclass_hinge") else 1
        W = rng.normal(size=(int(rng.integers(least, 5)), Z.shape[0]))
        b = rng.normal(size=(len(W), 1)) if rng.random() < 1 / 2 else None
        if rng.random() < 1 / 2 and k == depth - 1 and loss in ("cross_entropy", "binary_cross_entropy"):
            W, b = np.abs(W) * np.sign(Z[:, 0]), None if b is None else np.abs(b)
        low, high = sizes if in_range[k] else RANGES["up to 5"]
        with np.errstate(all="ignore"):
            size = np.abs(W @ Z + (0 if b is None else b)).max()
            by = 10 ** rng.uniform(np.log10(low), np.log10(high)) / size
        if not 0 < by < np.inf:
            by = 1.0
        W = _decimals(rng, W * by)
        if len(W) > 1 and rng.random() < 1 / 5:
            W[-1] = W[0]
        b = None if b is None else _decimals(rng, b * by)
        layers.append(Layer(W, b, _function(rng, activation)))
        with np.errstate(all="ignore"):
            Z = _moderate(activation, W @ Z + (0 if b is None else b))
    given = {key: Fraction(_pick(rng, _PARAMETERS[key])) for key in ("margin", "delta")}
    form = with_parameters(LOSSES[loss], given)
    decay = random_decay(rng, present=rng.random() < 1 / 3)
    exercise = Exercise(
        inputs=X,
        layers=tuple(layers),
        targets=random_targets(rng, output, loss, Z.shape),
        loss=Loss(form, Fraction(_pick(rng, _FACTORS)), _pick(rng, _AVERAGES), *decay),
        learning_rate=None if rng.random() < 1 / 5 else Fraction(_pick(rng, _RATES)),
        conventions=Conventions("W X", _pick(rng, _DELTAS), _pick(rng, _STEPS), rng.random() < 3 / 4),
    )
    if exercise.learning_rate is None or rng.random() < 1 / 2:
        return exercise
    optimizer = _pick(rng, [*OPTIMIZERS.values()])
    steps, batch = int(rng.integers(1, 4)), _pick(rng, (None, 1, 2))
    return replace(exercise, steps=steps, batch=batch, optimizer=optimizer)


def _function(rng: np.random.Generator, name: str) -> Activation:
    given = {key: Fraction(_pick(rng, values)) for key, values in _PARAMETERS.items()}
    return with_parameters(ACTIVATIONS[name], given)


def _decimals(rng: np.random.Generator, values: Array) -> Array:
    """The values to so many digits, so that some are whole or equal, and some of them 0."""
    digits = int(rng.integers(1, 7))
    rounded = np.array([float(f"{value:.{digits - 1}e}") for value in values.ravel()]).reshape(values.shape)
    rounded = np.where(rng.random(values.shape) < 1 / 10, 0.0, rounded)
    size = np.clip(np.abs(rounded), _SMALLEST, _LARGEST)
    return np.where(rounded == 0, 0.0, np.copysign(size, rounded))


def _moderate(activation: str, S: Array) -> Array:
    """About f(S): what the sizes of the next weights go by."""
    S = np.nan_to_num(S)
    match activation:
        case "identity" | "leaky_relu":
            return S
        case "relu" | "softplus":
            return np.maximum(S, 0.0)
        case "elu":
            return np.maximum(S, -1.0)
        case "square":
            return np.nan_to_num(S**2)
        case "tanh" | "hard_tanh" | "bipolar_sigmoid" | "sign":
            return np.tanh(S)
        case "silu" | "gelu" | "selu":
            return np.maximum(S, -1.0)
        case _:
            return np.asarray(1 / (1 + np.exp(-S)))


def _pick(rng: np.random.Generator, items: Sequence[Item]) -> Item:
    return items[int(rng.integers(len(items)))]
