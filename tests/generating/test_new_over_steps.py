"""New exercises of several steps: every optimiser, batches, passes; their figures stay on scale."""

from pathlib import Path

import numpy as np
import pytest

from mlpcalc import load, solve
from mlpcalc.errors import InputError
from mlpcalc.generating.generate import form_of
from tests.conftest import Run

_SIZES = ["new", "--sizes", "2,2,1", "--batch", "2", "--seed", "3"]
_TRAININGS = {
    "steps": ["--steps", "2"],
    "a pass": ["--epochs", "1", "--mini-batch", "1"],
    "momentum": ["--steps", "2", "--optimizer", "momentum"],
    "nesterov": ["--steps", "2", "--optimizer", "nesterov", "--mini-batch", "1"],
    "adam": ["--steps", "2", "--optimizer", "adam"],
}


@pytest.mark.slow
@pytest.mark.parametrize("name", _TRAININGS)
def test_figures_of_all_steps_are_within_their_digits_and_away_from_kinks(
    name: str, run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "new.yaml"
    path.write_text(run(*_SIZES, *_TRAININGS[name]).out)
    solution = solve(load(path))
    assert solution.exercise.steps == 2
    assert solution.exercise.optimizer.name == (name if name in ("momentum", "nesterov", "adam") else "sgd")
    shown = [symbol for symbol in solution.symbols.values() if not symbol.spec.detail]
    cells = np.concatenate([np.abs(solution.computed[symbol]).ravel() for symbol in shown])
    assert cells.max() < 100
    assert cells[cells > 0].min() >= 0.0001
    kinks = [solution.computed[each] for each in shown if each.kind == "S" and each.layer == 1]
    assert min(np.abs(value).min() for value in kinks) > 0.005


@pytest.mark.slow
def test_the_head_of_a_file_makes_it_again(run: Run) -> None:
    arguments = [*_SIZES, "--epochs", "2", "--mini-batch", "1", "--optimizer", "momentum"]
    text = run(*arguments).out
    said = " ".join(
        text.partition("# Made by mlpcalc ")[2].partition("# A sheet")[0].replace("#", " ").split()
    )
    assert "--steps 4 --mini-batch 1 --optimizer momentum" in said
    assert run(*said.split()).out == text


def test_the_title_says_what_is_done() -> None:
    assert form_of([2, 1]).like.title == "One step of gradient descent, 2-1"
    assert form_of([2, 1], steps=3).like.title == "3 steps of gradient descent, 2-1"
    assert form_of([2, 1], steps=2, optimizer="adam").like.title == "2 steps of Adam, 2-1"


def test_an_average_over_one_sample_is_none() -> None:
    loss = form_of([2, 1], batch=4, mini_batch=1, epochs=1).like.loss
    assert loss is not None
    assert loss.average == "none"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"steps": 0}, "0 steps; expected 1 to 10"),
        ({"steps": 11}, "11 steps; expected 1 to 10"),
        ({"epochs": 6, "batch": 4, "mini_batch": 2}, "12 steps; expected 1 to 10"),
        ({"epochs": 0}, "0 steps"),
        ({"mini_batch": 5, "batch": 4}, "steps that see 5 samples; expected 1 to 4, the number of samples"),
        ({"mini_batch": 0, "batch": 4}, "steps that see 0 samples"),
    ],
)
def test_steps_that_cannot_be_are_refused(arguments: dict[str, int], message: str) -> None:
    with pytest.raises(InputError) as error:
        form_of([2, 1], **arguments)  # type: ignore[arg-type]  # whatever the case has
    problem = error.value.problems[0]
    assert message in f"{problem.message}; expected {problem.expected}"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--steps", "2", "--epochs", "1"], "--steps and --epochs: give one of them"),
        (["--optimizer", "rmsprop"], "'rmsprop' is not one of"),
    ],
)
def test_options_that_cannot_be_are_refused(arguments: list[str], message: str, run: Run) -> None:
    found = run(*_SIZES, *arguments)
    assert found.code == 2
    assert message in found.err


def test_like_keeps_what_biases_share_and_the_average_of_the_weight_decay(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "exercise.yaml"
    path.write_text(
        """
inputs: [[1, 2]]
targets: [[1, 0], [0, 2]]
layers: [{weights: [[1], [2]], bias: 0.5, shared_bias: true}]
loss: {name: squared_error, l2: {lambda: 0.5, average: samples}}
learning_rate: 0.1
"""
    )
    made = tmp_path / "made.yaml"
    made.write_text(run("new", "--like", str(path)).out)
    assert load(made).network == load(path).network  # which the loss is a part of


@pytest.mark.parametrize(
    ("stated", "key"),
    [
        ("inputs: [[1, 2]]\noutput_gradient: [[1, 0]]\nlayers: [{weights: [[2]]}]", "output_gradient"),
        (
            "targets: {classes: [1, 2]}\nloss: cross_entropy\n"
            "layers: [{pre_activations: [[1, 2], [0, 1]], activation: softmax}]",
            "pre_activations",
        ),
    ],
)
def test_like_keeps_what_is_stated_in_place_of_inputs_or_loss(
    stated: str, key: str, run: Run, tmp_path: Path
) -> None:
    path, made = tmp_path / "exercise.yaml", tmp_path / "made.yaml"
    path.write_text(stated)
    made.write_text(run("new", "--like", str(path)).out)
    assert key in made.read_text()
    assert load(made).network == load(path).network
