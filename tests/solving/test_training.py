"""Several updates, one after the other: against loops over floats with optimisers of their own."""

import tracemalloc
from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import sqrt
from pathlib import Path

import numpy as np
import pytest

from mlpcalc import load, solve
from mlpcalc.errors import InputError
from mlpcalc.numerics.values import Training
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.network import Average, Conventions
from mlpcalc.page.optimizers import OPTIMIZERS
from mlpcalc.page.symbols import Symbol
from tests.support.networks import random_exercise
from tests.support.online import ONLINE
from tests.support.oracle_loops import solve_by_loops

_STEPS = 5
_AVERAGES: tuple[Average, ...] = ("none", "samples")


def _batches(count: int, batch: int | None, steps: int) -> list[list[int]]:
    """The samples of each step: so many at a time, from the first again after the last."""
    size = batch or count
    of_a_pass = [list(range(count))[i : i + size] for i in range(0, count, size)]
    return [of_a_pass[t % len(of_a_pass)] for t in range(steps)]


class _Optimizer:
    """Textbook optimisers for one number."""

    def __init__(self, name: str, eta: float) -> None:
        self.name, self.eta, self.t, self.m, self.v = name, eta, 0, 0.0, 0.0

    def step(self, w: float, g: float) -> float:
        self.t += 1
        match self.name:
            case "sgd":
                return w - self.eta * g
            case "momentum":
                self.v = 0.9 * self.v + g
                return w - self.eta * self.v
            case "nesterov":
                self.v = 0.9 * self.v + g
                return w - self.eta * (g + 0.9 * self.v)
            case "adam":
                self.m = 0.9 * self.m + 0.1 * g
                self.v = 0.999 * self.v + 0.001 * g * g
                m, v = self.m / (1 - 0.9**self.t), self.v / (1 - 0.999**self.t)
                return w - self.eta * m / (sqrt(v) + 1e-8)
        raise ValueError(self.name)


def _trained(exercise: Exercise) -> dict[str, list[float]]:
    """The parameters after all steps, flat."""
    assert exercise.learning_rate is not None
    eta, name = float(exercise.learning_rate), exercise.optimizer.name
    optimizers: dict[tuple[str, int], _Optimizer] = {}
    layers = list(exercise.layers)
    for samples in _batches(exercise.inputs.shape[1], exercise.batch, exercise.steps):
        now = replace(
            exercise,
            inputs=exercise.inputs[:, samples],
            targets=None if exercise.targets is None else exercise.targets[:, samples],
            layers=tuple(layers),
            steps=1,
            batch=None,
        )
        found = solve_by_loops(now)
        for k, layer in enumerate(layers, start=1):
            after = {}
            for kind, value in (("W", layer.weights), ("b", layer.bias)):
                if value is None:
                    continue
                if kind == "b" and not exercise.conventions.update_biases:
                    after[kind] = value
                    continue
                gradient = np.array(found[f"d{kind}{k}"], dtype=float).ravel().tolist()
                each = [
                    optimizers.setdefault((f"{kind}{k}", i), _Optimizer(name, eta)).step(w, g)
                    for i, (w, g) in enumerate(zip(value.ravel().tolist(), gradient, strict=True))
                ]
                after[kind] = np.array(each).reshape(value.shape)
            layers[k - 1] = layer._replace(weights=after["W"], bias=after.get("b"))
    return {f"W{k}": layer.weights.ravel().tolist() for k, layer in enumerate(layers, start=1)} | {
        f"b{k}": layer.bias.ravel().tolist()
        for k, layer in enumerate(layers, start=1)
        if layer.bias is not None
    }


@pytest.mark.parametrize(
    ("name", "batch", "steps"),
    [*product(OPTIMIZERS, (1, 2, None), (_STEPS,)), *product(OPTIMIZERS, (None,), (1,))],
)
def test_the_weights_after_some_steps_are_those_of_a_loop(name: str, batch: int | None, steps: int) -> None:
    rng = np.random.default_rng(len(name) * 10 + (batch or 0))
    for average, bias, l2, product_of in product(_AVERAGES, (False, True), (False, True), ("W X", "X W")):
        made = random_exercise(
            rng, activations=["tanh", "sigmoid"], samples=3, bias=bias, l2=l2, average=average,
            loss="squared_error",
        )  # fmt: skip
        exercise = replace(
            made,
            steps=steps,
            batch=batch,
            optimizer=OPTIMIZERS[name],
            learning_rate=Fraction(1, 10),
            conventions=Conventions(product=product_of),  # type: ignore[arg-type]  # both are products
        )
        solution = solve(exercise)
        for parameter, expected in _trained(exercise).items():
            after = solution.computed[Symbol(parameter[0], int(parameter[1]), updated=True, step=steps)]
            np.testing.assert_allclose(after.ravel(), expected, rtol=0, atol=1e-12)


def test_han_and_kamber_one_sample_after_the_other(tmp_path: Path) -> None:
    (tmp_path / "hk.yaml").write_text(f"{ONLINE}steps: 2\n")
    solution = solve(tmp_path / "hk.yaml")
    expected: dict[str, list[list[float]] | list[float]] = {
        "W2_new@2": [[-0.1996, -0.0823]],
        "b2_new@2": [0.3302],
        "W1_new@2": [[0.1849, 0.3927, -0.508], [-0.3098, 0.0961, 0.194]],
        "b1_new@2": [-0.4151, 0.1902],
    }
    for name, figures in expected.items():
        np.testing.assert_allclose(solution[name], np.array(figures), rtol=0, atol=1.6e-4)


def test_rounding_on_the_way_goes_through_the_steps() -> None:
    exercise = replace(load("exercise2"), steps=3)
    solution = solve(exercise, carry=2)
    assert solution["W1_new@2"].ravel().tolist() == solution["W1@3"].ravel().tolist()
    assert all(round(x, 2) == x for x in solution["W1_new@3"].ravel().tolist())


def test_a_page_far_on_is_the_one_that_every_page_before_it_leads_to() -> None:
    exercise = replace(load("exercise2"), steps=40)
    straight, training = solve(exercise), Training(exercise)
    losses = [training.advance() for _ in range(40)]
    assert straight["loss@40"] == pytest.approx(losses[-1], rel=1e-14)
    stepwise = solve(exercise)
    for step in range(1, 41):
        assert float(stepwise[f"loss@{step}"]) == pytest.approx(losses[step - 1], rel=1e-14)


def test_pages_looked_at_one_after_the_other_take_each_update_once(monkeypatch: pytest.MonkeyPatch) -> None:
    advance, updates = Training.advance, []

    def counted(training: Training) -> float:
        updates.append(training)
        return advance(training)

    monkeypatch.setattr(Training, "advance", counted)
    solution = solve(replace(load("exercise2"), steps=40))
    for step in range(2, 41, 2):
        assert np.isfinite(solution[f"loss@{step}"])
    assert len(updates) == 39


def test_memory_does_not_grow_with_the_steps() -> None:
    training = Training(replace(load("exercise2"), steps=300))
    for _ in range(300):
        training.advance()
    assert {symbol.step for symbol in training.carried_on} == {300}


def test_a_solution_of_many_steps_takes_no_more_room_than_one_of_few() -> None:
    exercise = load("exercise2")
    sizes = []
    for steps in (10, 10_000):
        tracemalloc.start()
        solution = solve(replace(exercise, steps=steps))
        assert solution["loss"].shape == ()
        sizes.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert sizes[1] < sizes[0] + 100_000


def test_the_samples_of_any_step_are_at_hand() -> None:
    exercise = replace(load("exercise2"), steps=8, batch=1)
    for carry in (None, 3):
        solution = solve(exercise, carry)
        assert solution["X@7"].tolist() == [[-0.75], [0.8]]
        assert solution["T@6"].tolist() == [[1]]
        assert solution["S1@8"].shape == (3, 1)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("S1@1", Symbol("S", 1)),
        ("S1@3", Symbol("S", 1, step=3)),
        ("W1@1", Symbol("W", 1)),
        ("W1@2", Symbol("W", 1, updated=True)),
        ("W1@4", Symbol("W", 1, updated=True, step=3)),
        ("W1_new@3", Symbol("W", 1, updated=True, step=3)),
        ("W1'@2", Symbol("W", 1, updated=True, step=2)),
        ("loss_new", Symbol("loss", updated=True, step=3)),
        ("L@2", Symbol("loss", step=2)),
    ],
)
def test_a_name_may_say_its_step(name: str, meant: Symbol) -> None:
    solution = solve(replace(load("exercise2"), steps=3))
    assert solution.symbol(name) == meant


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("S1@4", "there is no S1@4"),
        ("loss_new@1", "there is no loss_new@1: only the last step has the forward pass"),
        ("S1@0", "unknown quantity 'S1@0'"),
        ("W1@5", "there is no W1@5"),
    ],
)
def test_a_step_that_there_is_not_is_told(name: str, message: str) -> None:
    solution = solve(replace(load("exercise2"), steps=3))
    with pytest.raises(InputError) as raised:
        solution.symbol(name)
    assert message in str(raised.value)


def test_one_step_is_also_called_by_its_number() -> None:
    solution = solve("exercise2")
    assert solution["S1@1"].tolist() == solution["S1"].tolist()
    assert solution["W1@2"].tolist() == solution["W1_new"].tolist()


def test_the_domain_of_a_loss_is_looked_at_with_the_samples_of_the_first_step(tmp_path: Path) -> None:
    path = tmp_path / "batches.yaml"
    text = """
inputs: [[1, -1, 2]]
targets: [[1, 0, 1]]
layers:
  - {{weights: [[{weight}]], activation: relu}}
loss: binary_cross_entropy
batch: {batch}
steps: 2
learning_rate: 0.1
"""
    path.write_text(text.format(weight="0.5", batch=1))
    assert solve(load(path))["loss"] == pytest.approx(0.6931471805599453)  # ln 2
    path.write_text(text.format(weight="2", batch=2))
    with pytest.raises(InputError, match=r"not defined for the output 2 \(unit 1, sample 1\)"):
        solve(load(path))
