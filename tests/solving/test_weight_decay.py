"""The weight decay, averaged and not, in every place where a course takes the average."""

import pytest

from mlpcalc import load, solve
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.network import AveragedStep
from tests.conftest import Run

_AVERAGED = {"lambda": "0.2", "average": "samples"}


def _exercise(average_in: AveragedStep, l2: object = _AVERAGED) -> Exercise:
    """S = 0.5, 1 for targets of 1: errors of -0.5 and 0."""
    return load(
        {
            "inputs": [[1, 2]],
            "targets": [[1, 1]],
            "layers": [{"weights": [[0.5]]}],
            "loss": {"name": "squared_error", "average": "samples", "l2": l2},
            "learning_rate": 0.1,
            "conventions": {"average_in": average_in},
        }
    )


@pytest.mark.parametrize(
    ("average_in", "gradient", "updated", "formula"),
    [
        ("errors", -0.2, 0.52, "dW1 = Δ1 Xᵀ + λ/N W1"),
        ("gradients", -0.2, 0.52, "dW1 = 1/N Δ1 Xᵀ + λ/N W1"),
        ("update", -0.4, 0.52, "dW1 = Δ1 Xᵀ + λ W1"),
        ("loss", -0.4, 0.54, "dW1 = Δ1 Xᵀ + λ W1"),
    ],
)
def test_an_averaged_weight_decay_is_averaged_where_the_rest_is(
    average_in: AveragedStep, gradient: float, updated: float, formula: str
) -> None:
    solution = solve(_exercise(average_in))
    assert solution["loss"].item() == pytest.approx(0.075, abs=1e-15)
    assert solution["dW1"].item() == pytest.approx(gradient, abs=1e-15)
    assert solution["W1_new"].item() == pytest.approx(updated, abs=1e-15)
    assert solution.formula("dW1") == formula


def test_the_formula_of_the_loss_has_its_n() -> None:
    assert solve(_exercise("errors")).formula("loss") == "L = 1/(2N) Σ (Z1 - T)² + λ/(2N) Σ W1²"
    assert solve(_exercise("errors", 0.2)).formula("loss") == "L = 1/(2N) Σ (Z1 - T)² + λ/2 Σ W1²"


def test_a_weight_decay_that_is_not_averaged_stays_whole() -> None:
    solution = solve(_exercise("update", 0.2))
    assert solution["dW1"].item() == pytest.approx(-0.4, abs=1e-15)
    assert solution["W1_new"].item() == pytest.approx(0.5 - 0.1 * (-0.25 + 0.1), abs=1e-15)


@pytest.mark.parametrize("average_in", ["errors", "gradients", "update", "loss"])
@pytest.mark.parametrize("average", ["none", "samples"])
@pytest.mark.parametrize("decay_average", ["none", "samples"])
def test_gradients_with_an_averaged_decay_are_the_numerical_ones(
    run: Run, average_in: str, average: str, decay_average: str
) -> None:
    text = (
        "inputs: [[1, 2, -1]]\ntargets: [[1, 0, 1]]\n"
        "layers:\n  - {weights: [[0.5], [-0.25]], bias: 0.1, activation: tanh}\n  - {weights: [[1, 0.5]]}\n"
        f"loss: {{name: squared_error, average: {average}, l2: {{lambda: 0.3, average: {decay_average}}}}}\n"
        f"learning_rate: 0.1\nconventions: {{average_in: {average_in}}}\n"
    )
    result = run("grad", "-", "--numeric", "--format", "json", stdin=text.encode())
    assert result.code == 0
    assert result.json["numeric"]["agrees"]
    told = [note for note in result.json["notes"] if "average is in the loss only" in note]
    aside = [note for note in told if "the weight decay aside" in note]
    assert bool(told) == (average_in == "loss" and average == "samples")
    assert bool(aside) == (bool(told) and decay_average == "none")
