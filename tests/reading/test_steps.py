"""Steps, batches and optimisers of an exercise file, and what can be wrong with them."""

from fractions import Fraction
from pathlib import Path

import pytest

from mlpcalc import load
from mlpcalc.errors import InputError
from mlpcalc.page.exercise import Exercise

_HEAD = """inputs: [[1, 2, 3], [0, 1, 0]]
targets: [[1, 0, 1]]
layers:
  - weights: [[0.5, 0.25]]
loss: squared_error
"""


def _read(tmp_path: Path, rest: str, head: str = _HEAD) -> Exercise:
    path = tmp_path / "exercise.yaml"
    path.write_text(head + rest)
    return load(path)


def test_steps_and_batches_are_read(tmp_path: Path) -> None:
    exercise = _read(tmp_path, "learning_rate: 0.1\nsteps: 4\nbatch: 2\n")
    assert (exercise.steps, exercise.batch) == (4, 2)
    assert [list(exercise.samples_of(step)) for step in (1, 2, 3, 4)] == [[0, 1], [2], [0, 1], [2]]


def test_epochs_are_passes_through_all_samples(tmp_path: Path) -> None:
    assert _read(tmp_path, "learning_rate: 0.1\nepochs: 3\nbatch: 2\n").steps == 6
    assert _read(tmp_path, "learning_rate: 0.1\nepochs: 3\n").steps == 3


def test_an_optimizer_has_the_usual_parameters_unless_others_are_given(tmp_path: Path) -> None:
    plain = _read(tmp_path, "learning_rate: 0.1\noptimizer: Adam\n").optimizer
    assert dict(plain.parameters) == {
        "beta1": Fraction(9, 10),
        "beta2": Fraction(999, 1000),
        "epsilon": Fraction(1, 10**8),
    }
    other = _read(tmp_path, "learning_rate: 0.1\noptimizer: {name: momentum, mu: 0.5}\n").optimizer
    assert dict(other.parameters) == {"mu": Fraction(1, 2)}


@pytest.mark.parametrize(
    ("rest", "line", "column", "message"),
    [
        ("steps: 2\n", 6, 8, "steps needs a learning rate"),
        ("batch: 1\n", 6, 8, "batch needs a learning rate"),
        ("optimizer: adam\n", 6, 12, "optimizer needs a learning rate"),
        ("learning_rate: 1\nsteps: 2\nepochs: 3\n", 8, 9, "epochs beside steps"),
        ("learning_rate: 1\nsteps: 0\n", 7, 8, "steps must be a whole number"),
        ("learning_rate: 1\nbatch: 4\n", 7, 8, "batch must be a whole number"),
        ("learning_rate: 1\nepochs: 100000\nbatch: 1\n", 7, 9, "these are 300000 steps"),
        ("learning_rate: 1\noptimizer: adamw\n", 7, 12, "unknown optimizer 'adamw'"),
        ("learning_rate: 1\noptimizer: {name: sgd, mu: 0.5}\n", 7, 24, "unknown key 'mu' in sgd"),
        ("learning_rate: 1\noptimizer: {name: momentum, mu: 1}\n", 7, 33, "mu is out of range"),
        (
            "learning_rate: 1\nconventions: {average_in: update}\noptimizer: momentum\n",
            8,
            12,
            "momentum needs gradients that are averaged",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path, rest: str, line: int, column: int, message: str
) -> None:
    with pytest.raises(InputError) as raised:
        _read(tmp_path, rest)
    (problem,) = raised.value.problems
    assert problem.place is not None
    assert (problem.place.line, problem.place.column) == (line, column)
    assert problem.message == message


@pytest.mark.parametrize("key", ["steps: 2", "epochs: 2", "batch: 1", "optimizer: adam"])
def test_there_are_no_steps_without_a_loss(key: str, tmp_path: Path) -> None:
    without = _HEAD.replace("loss: squared_error\n", "learning_rate: 1\n")
    with pytest.raises(InputError) as raised:
        _read(tmp_path, f"{key}\n", without)
    (problem,) = raised.value.problems
    assert problem.message == f"{key.partition(':')[0]} needs a loss"
    given = without.replace("targets", "output_gradient") + f"{key}\n"
    if key in ("batch: 1", "optimizer: adam"):
        assert _read(tmp_path, given, "").steps == 1


def test_a_parameter_of_others_is_told_with_all_that_have_it(tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        _read(tmp_path, "learning_rate: 1\noptimizer: {name: sgd, mu: 0.5}\n")
    assert raised.value.problems[0].hint == "mu belongs to momentum and nesterov"
