"""One bias for all units of a layer: a single number, whose gradient is the sum over the units."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mlpcalc import InputError, derive, explain, load, solve
from mlpcalc.reading.keys import PRODUCTS
from tests.conftest import Run

_EXERCISE = """
inputs: [[1, 2], [-1, 0.5]]
targets: [[1, 0]]
layers:
  - {weights: [[0.5, -0.5], [0.25, 1]], bias: 0.35, shared_bias: true}
  - {weights: [[1, -1]], bias: 0.6}
loss: squared_error
learning_rate: 0.1
"""


@pytest.fixture
def path(tmp_path: Path) -> str:
    (tmp_path / "shared.yaml").write_text(_EXERCISE)
    return str(tmp_path / "shared.yaml")


def test_the_gradient_is_the_sum_over_all_units_and_samples(path: str) -> None:
    # Y = [2.35, 0.35], so the errors are 1.35 and 0.35.
    solution = solve(path)
    assert solution["S1"].tolist() == [[1.35, 1.1], [-0.4, 1.35]]
    np.testing.assert_allclose(solution["Delta1"], [[1.35, 0.35], [-1.35, -0.35]], atol=1e-15)
    assert solution["db1"].tolist() == [0]
    assert solution["b1"].tolist() == solution["b1_new"].tolist() == [0.35]
    np.testing.assert_allclose(solution["db2"], [1.7], atol=1e-15)
    assert solution.formula("S1") == "S1 = W1 X + 1 b1 1ᵀ"
    assert solution.formula("db1") == "db1 = 1ᵀ Δ1 1"


@pytest.mark.parametrize("product", PRODUCTS)
def test_mazur_with_the_biases_that_the_page_shares(product: str) -> None:
    """With one bias a layer, as drawn in its picture; the gradients of the biases are in no source."""
    exercise = load(
        {
            "inputs": "0.05; 0.10" if product.endswith("X") else "0.05 0.10",
            "targets": "0.01; 0.99" if product.endswith("X") else "0.01 0.99",
            "layers": [
                {"weights": w, "bias": b, "shared_bias": True, "activation": "sigmoid"}
                for w, b in (
                    ([[0.15, 0.20], [0.25, 0.30]], 0.35),
                    ([[0.40, 0.45], [0.50, 0.55]], 0.60),
                )
            ]
            if product in ("W X", "X W^T")
            else [
                {"weights": w, "bias": b, "shared_bias": True, "activation": "sigmoid"}
                for w, b in (
                    ([[0.15, 0.25], [0.20, 0.30]], 0.35),
                    ([[0.40, 0.50], [0.45, 0.55]], 0.60),
                )
            ],
            "loss": "squared_error",
            "learning_rate": 0.5,
            "conventions": {"product": product},
        }
    )
    solution = solve(exercise)
    assert solution["loss"].item() == pytest.approx(0.298371109, abs=5e-10)
    errors = solution["Delta2"].ravel()
    np.testing.assert_allclose(errors, [0.138498562, -0.038098236], atol=5e-10)
    assert solution["db2"].tolist() == pytest.approx([0.138498562 - 0.038098236], abs=1e-9)
    assert solution["b2_new"].tolist() == pytest.approx([0.6 - 0.5 * (0.138498562 - 0.038098236)], abs=1e-9)


def test_numerical_gradients_agree(run: Run, path: str) -> None:
    result = run("grad", path, "--numeric", "--format", "json")
    assert result.code == 0
    assert result.json["numeric"]["parameters"]["b1"]["values"] == [0]
    assert result.json["quantities"]["db1"]["shape"] == [1]


def test_the_head_says_so(run: Run, path: str) -> None:
    assert "one bias for all units of layer 1" in run("solve", path).out


def test_a_cell_is_explained(path: str) -> None:
    data = explain(solve(path), "db1").data()
    assert data["cell"] == [1, 1]
    assert data["substituted"] == "1.3500 + (-1.3500) + 0.3500 + (-0.3500)"
    assert "+ b1" in explain(solve(path), "S1[2,1]").data()["indexed"]


def test_the_derivation_adds_up_over_the_units(path: str) -> None:
    data = derive(load(path)).data()
    (of_b1,) = (each for name, each in data["parameters"].items() if name == "b1")
    assert of_b1["chain"][-1] | {} == {
        "factor": "∂S1/∂b1", "value": "1 1ᵀ", "shape": "d1×N", "size": [2, 2]
    }  # fmt: skip
    assert of_b1["element"] == "∂S1[k,n]/∂b1 = 1"
    assert of_b1["result"] == "∂L/∂b1 = 1ᵀ Δ1 1"


def test_the_script_computes_the_same(run: Run, path: str) -> None:
    script = run("solve", path, "--format", "python", "--only", "b2_new,W1_new,db1").out
    found: dict[str, Any] = {}
    exec(script, found)  # noqa: S102  # a script of our own making
    np.testing.assert_allclose(found["b2_new"], [[0.43]])


def test_one_number_is_answered(run: Run, path: str, tmp_path: Path) -> None:
    (tmp_path / "sheet.yaml").write_text("db1: 0\nb1_new: 0.35\ndb2: 1.7\nb2_new: 0.43\n")
    result = run("check", path, str(tmp_path / "sheet.yaml"), "--format", "json")
    marked = result.json["submissions"][0]["quantities"]
    assert {each["verdict"] for each in marked.values()} == {"correct"}
    blank = run("sheet", path).out
    assert "b1_new: [~]\n" in blank


@pytest.mark.parametrize(
    ("bias", "column", "message"),
    [
        ("bias: [0.1, 0.2], shared_bias: true", 47, "bias of layer 1: 2 numbers, but it is shared"),
        ("shared_bias: true", 54, "shared_bias needs a bias"),
        ("bias: 1, shared_bias: 2", 63, "unknown shared_bias '2'"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, bias: str, column: int, message: str) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(_EXERCISE.replace("bias: 0.35, shared_bias: true", bias))
    with pytest.raises(InputError) as raised:
        load(path)
    (problem,) = raised.value.problems
    assert problem.place is not None
    assert (problem.place.line, problem.message) == (5, message)
    assert problem.place.column == column
