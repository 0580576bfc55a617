"""Random exercises to be marked, and the text of their files."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TypeVar, get_args

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.layout import Product
from mlpcalc.page.network import AveragedStep, Conventions, DeltaSign
from mlpcalc.page.optimizers import OPTIMIZERS
from tests.support.networks import random_exercise
from tests.support.student_equations import StuckError
from tests.support.students import Student, Style

Item = TypeVar("Item")
_PRODUCTS: tuple[Product, ...] = get_args(Product)
_DELTAS: tuple[DeltaSign, ...] = get_args(DeltaSign)
_STEPS: tuple[AveragedStep, ...] = get_args(AveragedStep)
_TRIES = 40
_LARGEST_VALUE, _LARGEST_INPUT = 1e4, 12.0
_PARAMETERS = {
    "mu": (Fraction(9, 10), Fraction(1, 2)),
    "beta1": (Fraction(9, 10), Fraction(1, 2)),
    "beta2": (Fraction(999, 1000), Fraction(99, 100), Fraction(9, 10)),
    "epsilon": (Fraction(1, 10**8),),
}


def marking_exercise(
    rng: np.random.Generator,
    *,
    activations: Sequence[str] | None = None,
    most_layers: int = 4,
    loss: str | None = None,
    samples: int | None = None,
) -> Exercise:
    """An exercise to be marked, with any conventions; what is None is drawn: 1 to `most_layers`, 1-6 samples.

    Half of them have few-digit numbers instead of random ones: zeros, ones and halves, so that units are
    dead, pre-activations lie on kinks, and gradients are exactly 0.
    """
    samples = samples or int(rng.integers(1, 7))
    shared = samples % 3 == 0
    exercise = random_exercise(
        rng,
        activations=activations,
        most_layers=most_layers,
        loss=loss,
        samples=samples,
        shared_bias=shared,
    )
    exercise = replace(
        exercise,
        decimals=_pick(rng, (2, 3, 4, 6)),
        conventions=Conventions(
            product=_pick(rng, _PRODUCTS),
            delta=_pick(rng, _DELTAS),
            average_in=_pick(rng, _STEPS),
            update_biases=rng.random() < 0.75,
        ),
    )
    if rng.random() < 0.5:
        for _ in range(_TRIES):
            plain = _with_plain_numbers(rng, exercise)
            if _solvable(plain):
                return plain
    return exercise


def _with_plain_numbers(rng: np.random.Generator, exercise: Exercise) -> Exercise:
    """The exercise with multiples of 1, 1/2 or 1/10 for its inputs, weights and biases."""
    unit, most = _pick(rng, ((1.0, 2), (0.5, 3), (0.1, 9)))

    def plain(shape: tuple[int, ...]) -> Array:
        return np.asarray(np.round(unit * rng.integers(-most, most + 1, size=shape), 1))

    layers = tuple(
        layer._replace(
            weights=plain(layer.weights.shape),
            bias=None if layer.bias is None else plain(layer.bias.shape),
        )
        for layer in exercise.layers
    )
    rate = _pick(rng, (Fraction(1, 2), Fraction(1, 10), Fraction(1, 100)))
    return replace(exercise, inputs=plain(exercise.inputs.shape), layers=layers, learning_rate=rate)


def training_exercise(rng: np.random.Generator) -> Exercise:
    """An exercise of two or three steps to be marked: any optimiser, batches of one, of some or of all."""
    while True:
        exercise = marking_exercise(rng, most_layers=2, samples=int(rng.integers(1, 5)))
        optimizer = OPTIMIZERS[_pick(rng, ("sgd", "sgd", "momentum", "nesterov", "adam"))]
        numbers: dict[str, Fraction] = {
            name: _pick(rng, _PARAMETERS[name]) for name, _ in optimizer.parameters
        }
        count = int(exercise.inputs.shape[1])
        batch = _pick(rng, (None, 1, 1, 2))
        conventions = exercise.conventions
        if optimizer.name != "sgd" and conventions.average_in == "update":
            conventions = conventions._replace(average_in="gradients")
        exercise = replace(
            exercise,
            conventions=conventions,
            steps=int(rng.integers(2, 4)),
            batch=None if batch is None else min(batch, count),
            optimizer=optimizer.with_parameters(numbers),
            learning_rate=Fraction(1, 10) if optimizer.name == "adam" else exercise.learning_rate,
        )
        if _solvable(exercise):
            return exercise


def _solvable(exercise: Exercise) -> bool:
    """Whether the loss is defined in every step and after the last, and no figure is very large."""
    assert exercise.loss is not None
    student = Student(exercise, np.random.default_rng(0), Style(carry="full"), {})
    low, high = exercise.loss.function.domain
    try:
        with np.errstate(all="ignore"):
            for name, symbol in student.symbols.items():
                value = student.value(name)
                if np.abs(value).max() > (_LARGEST_INPUT if symbol.kind == "S" else _LARGEST_VALUE):
                    return False
                is_output = symbol.kind == "Z" and symbol.layer == len(exercise.layers)
                if is_output and (value.min() < low or value.max() > high):
                    return False
    except StuckError:
        return False
    return True


def exercise_text(exercise: Exercise) -> str:
    """The exercise as an exercise file, its matrices in the layout of its conventions."""
    loss, conventions = exercise.loss, exercise.conventions
    assert loss is not None
    by_rows = conventions.product in ("X W", "X W^T")
    turned = conventions.product in ("W^T X", "X W")
    lines = [f"inputs: {_matrix(exercise.inputs, turned=by_rows)}"]
    if exercise.targets is not None:
        lines.append(f"targets: {_matrix(exercise.targets, turned=by_rows)}")
    lines.append("layers:")
    for weights, bias, activation, shared in exercise.layers:
        lines.append(f"  - weights: {_matrix(weights, turned=turned)}")
        if bias is not None:
            lines.append(f"    bias: {bias.ravel().tolist()}")
            lines.append(f"    shared_bias: {str(shared).lower()}")
        lines.append(f"    activation: {{name: {activation.name}{_settings(activation.parameters)}}}")
    settings = [*loss.function.parameters, ("factor", loss.factor)]
    decay = ""
    if loss.l2 is not None:
        decay = f", l2: {{lambda: {loss.l2}, average: {loss.decay_average}}}"
    form = f"name: {loss.function.name}{_settings(settings)}, average: {loss.average}{decay}"
    lines.append(f"loss: {{{form}}}")
    if exercise.learning_rate is not None:
        lines.append(f"learning_rate: {exercise.learning_rate}")
    if exercise.steps > 1:
        optimizer = exercise.optimizer
        lines += [
            f"steps: {exercise.steps}",
            f"optimizer: {{name: {optimizer.name}{_settings(optimizer.parameters)}}}",
        ]
        if exercise.batch is not None:
            lines.append(f"batch: {exercise.batch}")
    if exercise.states_decimals:
        lines.append(f"decimals: {exercise.decimals}")
    lines += [
        "conventions:",
        f"  product: {conventions.product}",
        f"  delta: {conventions.delta}",
        f"  average_in: {conventions.average_in}",
        f"  update_biases: {str(conventions.update_biases).lower()}",
    ]
    return "\n".join(lines) + "\n"


def _matrix(values: Array, *, turned: bool) -> str:
    return str((values.T if turned else values).tolist())


def _settings(parameters: Iterable[tuple[str, Fraction]]) -> str:
    return "".join(f", {name}: {value}" for name, value in parameters)


def _pick(rng: np.random.Generator, items: Sequence[Item]) -> Item:
    return items[int(rng.integers(len(items)))]
