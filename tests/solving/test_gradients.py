"""Every quantity against three independent computations: autodiff, loops over floats, differences."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import product
from typing import get_args

import numpy as np
import pytest

from mlpcalc import Solution, solve
from mlpcalc.arrays import Array
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.exercise import Exercise, Layer
from mlpcalc.page.losses import LOSSES
from mlpcalc.page.network import AveragedStep, Conventions, DeltaSign
from mlpcalc.page.symbols import Symbol
from tests.support.networks import PAIRS, random_exercise
from tests.support.oracle_autodiff import derivatives
from tests.support.oracle_loops import solve_by_loops

# Relative to the largest of the two figures and of all in their matrices.
TOLERANCE = 1e-12

Case = tuple[str, str, str, int]  # hidden activation, output activation, loss, layers
# One layer has no hidden activation; of the deeper networks each third combination gets one.
CASES: list[Case] = [("-", *pair, 1) for pair in PAIRS] + [
    (hidden, *pair, 2 + (i + j) // 3 % 3)
    for (i, hidden), (j, pair) in product(enumerate(ACTIVATIONS), enumerate(PAIRS))
    if (i + j) % 3 == 0
]


@cache
def solved(case: Case) -> Solution:
    hidden, output, loss, depth = case
    rng = np.random.default_rng([4, CASES.index(case)])
    shared = CASES.index(case) % 4 == 0
    activations = [hidden] * (depth - 1) + [output]
    return solve(random_exercise(rng, activations=activations, loss=loss, shared_bias=shared))


def noise_floor(case: Case) -> float:
    """The size of the terms that a figure is what is left of, where nothing is left of them.

    The outputs of softmax add up to 1, so their sum does not change: each derivative before it is rounding
    noise of terms of the order of 1.
    """
    return 1.0 if case[1:3] == ("softmax", "sum") else 0.0


def deviation(found: Array, expected: Array, floor: float) -> float:
    """The largest difference, relative to the largest figure of the two matrices."""
    scale = max(float(np.abs(found).max()), float(np.abs(expected).max()), floor)
    return float(np.abs(found - expected).max()) / scale if scale else 0.0


def named(case: Case) -> str:
    hidden, output, loss, depth = case
    return f"{output}-{loss}" if depth == 1 else f"{hidden}x{depth - 1}-{output}-{loss}"


@pytest.mark.parametrize("case", CASES, ids=named)
def test_every_derivative_agrees_with_autodiff(case: Case) -> None:
    solution = solved(case)
    for name, expected in derivatives(solution.exercise).items():
        found = solution[name]
        assert deviation(found, expected.reshape(found.shape), noise_floor(case)) < TOLERANCE, name


@pytest.mark.parametrize("case", CASES[::2], ids=named)
def test_every_quantity_agrees_with_loops_over_floats(case: Case) -> None:
    solution = solved(case)
    by_hand = solve_by_loops(solution.exercise)
    assert set(by_hand) == set(solution)
    for name, rows in by_hand.items():
        found, expected = solution[name], np.array(rows)
        assert found.shape == expected.shape, name
        assert deviation(found, expected, noise_floor(case)) < TOLERANCE, name


FACTS: dict[str, tuple[Callable[[Exercise], object], set[object]]] = {
    "layers": (lambda exercise: len(exercise.layers), {1, 2, 3, 4}),
    "samples": (lambda exercise: exercise.samples, {1, 2, 3, 4, 5, 6, 7, 8}),
    "bias": (lambda exercise: exercise.layers[0].bias is not None, {False, True}),
    "l2": (lambda exercise: exercise.loss is not None and exercise.loss.l2 is not None, {False, True}),
    "average": (lambda exercise: exercise.loss and exercise.loss.average, {"none", "samples", "entries"}),
}


@pytest.mark.parametrize("fact", FACTS)
@pytest.mark.parametrize("loss", LOSSES)
def test_the_random_networks_cover_every_choice_with_every_loss(loss: str, fact: str) -> None:
    of, wanted = FACTS[fact]
    assert {of(solved(case).exercise) for case in CASES if case[2] == loss} == wanted


# ---------------------------------------------------------------------------- conventions

# Two things that a course may do at another place, and one that it may leave out; `W X` turned is in the
# tests of the shapes.
CONVENTIONS = [
    Conventions("W X", *choices)
    for choices in product(get_args(DeltaSign), get_args(AveragedStep), (True, False))
    if "loss" not in choices  # that is another update
]


def by_hand_with(conventions: Conventions, exercise: Exercise) -> dict[str, Array]:
    """The derivatives and the step as a course with these conventions has them."""
    assert exercise.loss is not None
    average = {
        "none": 1.0,
        "samples": 1 / exercise.samples,
        "entries": 1 / (exercise.samples * exercise.sizes[-1]),
    }[exercise.loss.average]
    not_yet = {"errors": (), "gradients": ("dZ", "Delta", "dX"), "update": ("dZ", "Delta", "dX", "dW", "db")}
    decay = 0.0 if exercise.loss.l2 is None else float(exercise.loss.l2)
    found = {}
    for name, rows in solve_by_loops(exercise).items():
        value = np.array(rows)
        if name.startswith(not_yet[conventions.average_in]):
            decayed = decay * exercise.layers[int(name[2:]) - 1].weights if name.startswith("dW") else 0.0
            value = (value - decayed) / average + decayed
        if name.startswith("Delta") and conventions.delta == "-dL/dS":
            value = -value
        found[name] = value
    return found


@pytest.mark.parametrize(
    "conventions", CONVENTIONS, ids=lambda each: f"{each.delta} {each.average_in} {each.update_biases}"
)
@pytest.mark.parametrize("seed", range(4))
def test_a_convention_moves_sign_and_average_and_nothing_else(conventions: Conventions, seed: int) -> None:
    exercise = random_exercise(np.random.default_rng([9, seed]), activations=["tanh", "sigmoid"])
    solution = solve(replace(exercise, conventions=conventions))
    for name, expected in by_hand_with(conventions, exercise).items():
        changed_later = not conventions.update_biases and depends_on_new_biases(name)
        if not changed_later:
            assert deviation(solution[name], expected, floor=0.0) < TOLERANCE, name


def depends_on_new_biases(name: str) -> bool:
    """Whether a quantity is another one, or none, in a course that does not update its biases."""
    return name.endswith("_new") and not name.startswith("W")


def test_biases_that_are_not_updated_stay_in_the_pass_after_the_update() -> None:
    exercise = random_exercise(np.random.default_rng(10), activations=["tanh"], loss="sum", bias=True)
    solution = solve(replace(exercise, conventions=Conventions(update_biases=False)))
    expected = solution["W1_new"] @ solution["X"] + solution["b1"][:, np.newaxis]
    assert "b1_new" not in solution
    assert solution["S1_new"] == pytest.approx(expected, rel=1e-14)


# ---------------------------------------------------------------------------- differences

STEP = 1e-5  # far from the kinks, which are 1e-3 away


def numerical(exercise: Exercise, symbol: Symbol) -> Array:
    """The derivative of the loss by every cell of a given, from central differences."""
    found = np.zeros_like(exercise.givens()[symbol])
    for cell in np.ndindex(found.shape):
        up, down = (float(solve(moved(exercise, symbol, cell, by))["loss"]) for by in (STEP, -STEP))
        found[cell] = (up - down) / (2 * STEP)
    return found


def moved(exercise: Exercise, symbol: Symbol, cell: tuple[int, ...], by: float) -> Exercise:
    """The exercise with one cell of one given moved."""
    values = exercise.givens()[symbol].copy()
    values[cell] += by
    if symbol.kind == "X":
        return replace(exercise, inputs=values)
    layers = list(exercise.layers)
    layer = layers[symbol.layer - 1]
    W, b = (values, layer.bias) if symbol.kind == "W" else (layer.weights, values)
    layers[symbol.layer - 1] = Layer(W, b, layer.activation)
    return replace(exercise, layers=tuple(layers))


@pytest.mark.parametrize("place", ["hidden", "output"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradients_agree_with_differences_of_the_loss(activation: str, place: str) -> None:
    activations = [activation, "identity"] if place == "hidden" else ["tanh", activation]
    rng = np.random.default_rng([2, list(ACTIVATIONS).index(activation)])
    exercise = random_exercise(
        rng, activations=activations, loss="squared_error", samples=3, bias=True, l2=True
    )
    solution = solve(exercise)
    for symbol in exercise.givens():
        if symbol.kind != "T":
            found = solution[f"d{symbol.plain}"]
            expected = numerical(exercise, symbol).reshape(found.shape)
            assert deviation(found, expected, floor=0.0) < 1e-7, symbol.plain


def test_a_target_of_zero_takes_the_pole_out_of_the_logarithm() -> None:
    # relu gives an output of exactly 0; 0 ln 0 is 0 in the loss, and so is 0/0 in its derivative.
    rng = np.random.default_rng(3)
    exercise = random_exercise(
        rng, activations=["relu"], loss="cross_entropy", samples=2, bias=False, l2=False
    )
    assert exercise.targets is not None
    layer = Layer(-np.abs(exercise.layers[0].weights), None, exercise.layers[0].activation)
    inputs, targets = np.abs(exercise.inputs), np.zeros_like(exercise.targets)
    solution = solve(replace(exercise, layers=(layer,), inputs=inputs, targets=targets))
    assert solution["Z1"].tolist() == targets.tolist()
    assert solution["loss"] == 0
    assert solution["dZ1"].tolist() == targets.tolist()
