"""Exercises that state the pre-activations of the first layer, or the derivative by the outputs."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mlpcalc import InputError, derive, explain, solve
from mlpcalc.page.exercise import Exercise
from mlpcalc.reading.keys import DELTAS, PRODUCTS
from mlpcalc.reading.library import Found, exercise_of
from tests.conftest import Run

_TO_GRADIENT = """
inputs: [[1, 2], [-1, 0.5]]
layers:
  - {weights: [[0.5, -0.5], [0.25, 1]], bias: 0.35, activation: relu}
  - {weights: [[1, -1]], bias: 0.6, activation: sigmoid}
output_gradient: [[0.5, -0.25]]
learning_rate: 0.1
"""
_LOGITS = """
layers:
  - {pre_activations: [[1, 2], [-1, 0.5], [0, 1]], activation: softmax}
targets: {classes: [1, 3]}
loss: {name: cross_entropy, average: samples}
"""
_FROM_S = """
layers:
  - {pre_activations: [[1, 2], [-1, 0.5], [0, 1]], activation: tanh}
  - {weights: [[1, -1, 2]], bias: 0.6, activation: sigmoid}
targets: [[1, 0]]
loss: {name: squared_error, average: samples, l2: 0.1}
learning_rate: 0.1
"""
_BOTH = """
layers:
  - {pre_activations: [[1, 2], [-1, 0.5], [0, 1]], activation: tanh}
  - {weights: [[1, -1, 2]], bias: 0.6, activation: sigmoid}
output_gradient: [[0.5, -0.25]]
learning_rate: 0.1
"""
_TEXTS = {"gradient": _TO_GRADIENT, "logits": _LOGITS, "from S": _FROM_S, "both": _BOTH}


def load_text(text: str) -> Exercise:
    return exercise_of(Found(text.encode(), "test.yaml", ""))


def _quantities(run: Run, text: str, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = run("solve", "-", "--format", "json", *arguments, stdin=text.encode()).json
    quantities: dict[str, Any] = found["quantities"]
    return quantities


# ---------------------------------------------------------------------------- the derivative by the outputs


def test_everything_from_the_error_signals_on_is_worked_out(run: Run) -> None:
    found = _quantities(run, _TO_GRADIENT)
    assert list(found) == [
        *("X", "dZ2", "W1", "b1", "W2", "b2", "S1", "Z1", "S2", "Z2"),
        *("fprime2", "Delta2", "dZ1", "fprime1", "Delta1", "dX", "dW2", "db2", "dW1", "db1"),
        *("step_W2", "W2_new", "step_b2", "b2_new", "step_W1", "W1_new", "step_b1", "b1_new"),
        *("S1_new", "Z1_new", "S2_new", "Z2_new"),
    ]
    assert found["dZ2"]["stage"] == "givens"
    assert found["dZ2"]["values"] == [[0.5, -0.25]]
    assert found["Delta2"]["formula"] == "Δ2 = dZ2 ⊙ f2'(S2)"
    # S2 = 1.95, 0.35
    slopes = [1 / (1 + np.exp(-s)) * (1 - 1 / (1 + np.exp(-s))) for s in (1.95, 0.35)]
    signals = [0.5 * slopes[0], -0.25 * slopes[1]]
    np.testing.assert_allclose(found["Delta2"]["values"], [signals], rtol=1e-14)
    np.testing.assert_allclose(found["Delta1"]["values"], [signals, [0, -signals[1]]], rtol=1e-14)
    np.testing.assert_allclose(found["b2_new"]["values"], [0.6 - 0.1 * sum(signals)], rtol=1e-14)


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("delta", DELTAS)
def test_it_is_the_gradient_of_a_loss_with_that_derivative(product: str, delta: str) -> None:
    """With Y - T for dL/dY all is as for half the squared error."""
    rows, turned = product in ("X W", "X W^T"), product in ("W^T X", "X W")
    W1, W2 = np.array([[0.5, -0.5], [0.25, 1]]), np.array([[1.0, -1.0]])
    X, T = np.array([[1, 2, 3], [-1, 0.5, 0]]), np.array([[1.0, 0.0, 2.0]])
    common = {
        "inputs": X.T if rows else X,
        "layers": [
            {"weights": W1.T if turned else W1, "bias": 0.35, "activation": "tanh"},
            {"weights": W2.T if turned else W2, "activation": "softplus"},
        ],
        "learning_rate": 0.1,
        "conventions": {"product": product, "delta": delta},
    }
    with_loss = solve({**common, "targets": T.T if rows else T, "loss": "squared_error"})
    given = solve({**common, "output_gradient": with_loss["err"]})
    for name in given:
        np.testing.assert_allclose(given[name], with_loss[name], rtol=1e-13, atol=1e-15, err_msg=name)


def test_numerical_gradients_are_those_of_the_linear_function(run: Run) -> None:
    result = run("grad", "-", "--numeric", stdin=_TO_GRADIENT.encode())
    assert result.code == 0
    told = "The gradients are those of Σ (dZ2 ⊙ Z2), whose derivative is the one that is given."
    assert told in " ".join(result.out.split())
    assert "DISAGREES" not in result.out


def test_the_head_says_what_is_given(run: Run) -> None:
    assert "dZ2 = ∂L/∂Z2 is given" in run("solve", "-", stdin=_TO_GRADIENT.encode()).out
    latex = run("solve", "-", "--format", "latex", stdin=_TO_GRADIENT.encode()).out
    assert r"$dZ_2 = \frac{\partial L}{\partial Z_2}$ is given" in latex


def test_the_derivation_begins_with_what_is_given() -> None:
    data = derive(load_text(_TO_GRADIENT)).data()
    assert data["steps"][0] == {"title": "the output", "lines": ["∂L/∂Z2 = dZ2, given  d2×N = 1×2"]}
    assert [each["value"] for each in data["parameters"]["W1"]["chain"]] == [
        "dZ2",
        "f2'(S2)",
        "W2",
        "f1'(S1)",
        "X",
    ]


def test_what_is_given_is_explained_as_typed() -> None:
    solution = solve(load_text(_TO_GRADIENT))
    assert explain(solution, "Delta2[1,2]").data()["substituted"].startswith("(-0.25) * ")
    assert explain(solution, "dY[1,2]").data()["result"] == "-0.25"


# ---------------------------------------------------------------------------- the pre-activations


def test_logits_alone(run: Run) -> None:
    found = _quantities(run, _LOGITS)
    assert list(found) == ["S1", "T", "expS1", "Z1", "loss_terms", "losses", "loss", "err", "dZ1", "Delta1"]
    assert found["S1"]["stage"] == "givens"
    # softmax of (1, -1, 0) and (2, 0.5, 1)
    first, second = (np.exp(s) / np.exp(s).sum() for s in ([1, -1, 0], [2, 0.5, 1]))
    np.testing.assert_allclose(found["Z1"]["values"], np.array([first, second]).T, rtol=1e-14)
    assert found["loss"]["values"] == pytest.approx(-(np.log(first[0]) + np.log(second[2])) / 2, rel=1e-14)
    expected = np.array([first - [1, 0, 0], second - [0, 0, 1]]).T / 2
    np.testing.assert_allclose(found["Delta1"]["values"], expected, rtol=1e-13)


def test_the_first_layer_has_no_parameters(run: Run) -> None:
    found = _quantities(run, _FROM_S)
    assert not {"X", "W1", "b1", "dX", "dW1", "db1", "W1_new", "S1_new", "Z1_new"} & set(found)
    assert found["S2_new"]["formula"] == "S2' = W2' Z1 + b2' 1ᵀ"
    assert found["loss"]["formula"] == "L = 1/(2N) Σ (Z2 - T)² + λ/2 Σ W2²"
    assert np.array(found["Delta1"]["values"]).shape == (3, 2)


@pytest.mark.parametrize("text", [_FROM_S, _BOTH], ids=["loss", "gradient"])
def test_the_gradients_are_the_numerical_ones(run: Run, text: str) -> None:
    result = run("grad", "-", "--numeric", "--format", "json", stdin=text.encode())
    assert result.json["numeric"]["agrees"]
    assert set(result.json["numeric"]["parameters"]) == {"W2", "b2"}


def test_a_flat_list_takes_the_orientation_that_fits() -> None:
    text = _FROM_S.replace("[[1, 2], [-1, 0.5], [0, 1]]", "[1, 2, 3]").replace("[[1, 0]]", "[1]")
    assert solve(load_text(text))["S1"].tolist() == [[1], [2], [3]]
    text = _FROM_S.replace("[[1, 2], [-1, 0.5], [0, 1]]", "[1, 2, 3]").replace("[[1, -1, 2]]", "[[1]]")
    assert solve(load_text(text.replace("[[1, 0]]", "[1, 0, 0]")))["S1"].tolist() == [[1, 2, 3]]


def test_the_size_does_not_speak_of_inputs(run: Run) -> None:
    assert "3-1, tanh → sigmoid, N = 2" in run("solve", "-", stdin=_FROM_S.encode()).out
    assert "W: out × in" not in run("solve", "-", stdin=_LOGITS.encode()).out
    assert "each gradient from S1" in run("cost", "-", stdin=_FROM_S.encode()).out


def test_the_derivation_of_logits_ends_with_their_error_signal() -> None:
    data = derive(load_text(_LOGITS)).data()
    assert data["parameters"] == {}
    assert "= 1/N (Z1 - T)  d1×N = 3×2" in data["steps"][-1]["lines"]


# ---------------------------------------------------------------------------- everywhere else


@pytest.mark.parametrize("name", _TEXTS)
def test_a_filled_in_sheet_is_right_and_a_wrong_one_is_wrong(run: Run, tmp_path: Path, name: str) -> None:
    path = tmp_path / "exercise.yaml"
    path.write_text(_TEXTS[name])
    (tmp_path / "sheet.yaml").write_text(run("sheet", str(path), "--wrong", "factor_10@Delta1").out)
    result = run("check", str(path), str(tmp_path / "sheet.yaml"), "--format", "json")
    (submission,) = result.json["submissions"]
    assert result.code == 1
    assert submission["first_wrong"]["quantity"] == "Delta1"
    diagnoses = submission["quantities"]["Delta1"]["diagnoses"]
    assert "factor_10" in {each["mistake"] for each in diagnoses}


@pytest.mark.parametrize("name", _TEXTS)
def test_its_mistakes_are_found(run: Run, name: str) -> None:
    data = run("audit", "-", "--format", "json", stdin=_TEXTS[name].encode()).json
    assert data["score"] > 0.9


@pytest.mark.parametrize("name", _TEXTS)
def test_the_script_computes_the_same(run: Run, name: str) -> None:
    script = run("solve", "-", "--format", "python", "--only", "Delta1", stdin=_TEXTS[name].encode()).out
    found: dict[str, Any] = {}
    exec(script, found)  # noqa: S102  # a script of our own making
    np.testing.assert_allclose(found["Δ1"], solve(load_text(_TEXTS[name]))["Delta1"], rtol=1e-12)


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        (_TO_GRADIENT + "targets: [[1, 0]]\n", 8, 10, "targets beside output_gradient"),
        (_TO_GRADIENT + "loss: sum\n", 8, 7, "loss beside output_gradient"),
        (_TO_GRADIENT + "steps: 2\n", 8, 8, "2 steps with output_gradient"),
        (_TO_GRADIENT + "epochs: 3\n", 8, 9, "3 steps with output_gradient"),
        (
            _TO_GRADIENT.replace("[[0.5, -0.25]]", "[[1], [2]]"),
            6,
            18,
            "output_gradient: 2 × 1, but the outputs are 1 × 2",
        ),
        (_FROM_S + "inputs: [[1]]\n", 8, 9, "inputs beside pre_activations"),
        (_FROM_S + "steps: 2\n", 8, 8, "2 steps with pre_activations"),
        (
            _FROM_S.replace("activation: tanh", "weights: [[1]]"),
            3,
            61,
            "weights of layer 1 beside pre_activations",
        ),
        (_FROM_S.replace("activation: tanh", "bias: 1"), 3, 58, "bias of layer 1 beside pre_activations"),
        (
            _FROM_S.replace("weights: [[1, -1, 2]]", "pre_activations: [[1]]").replace("bias: 0.6, ", ""),
            4,
            23,
            "pre_activations of layer 2",
        ),
        (_LOGITS + "learning_rate: 1\n", 6, 16, "there are no weights to update"),
        (
            _FROM_S.replace("[[1, -1, 2]]", "[[1, -1]]"),
            4,
            15,
            "weights of layer 2: 2 columns, but layer 1 has 3 units",
        ),
        ("layers:\n  - {weights: 1}\n", 1, 1, "the exercise has no inputs"),
        ("inputs: 1\nlayers:\n  - {bias: 1}\n", 3, 5, "layer 1 has no weights"),
    ],
)
def test_what_cannot_be_combined_is_told(text: str, line: int, column: int, message: str) -> None:
    with pytest.raises(InputError) as raised:
        load_text(text)
    (problem,) = raised.value.problems
    assert problem.place is not None
    assert (problem.message, problem.place.line, problem.place.column) == (message, line, column)


@pytest.mark.parametrize("name", ["gradient", "from S"])
def test_more_steps_are_refused_on_the_command_line(run: Run, name: str) -> None:
    result = run("solve", "-", "--steps", "2", stdin=_TEXTS[name].encode())
    assert result.code == 2
    assert "in an exercise of 2 steps" in result.err


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (("grad",), "the exercise has no weights, so there are no gradients"),
        (("update",), "the exercise has no weights, so there is no update"),
        (("cost",), "the exercise has no weights: there are no gradients to count"),
    ],
)
def test_what_logits_alone_do_not_have_is_told(run: Run, command: tuple[str, ...], message: str) -> None:
    result = run(*command, "-", stdin=_LOGITS.encode())
    assert result.code == 2
    assert message in result.err


def test_one_step_is_what_it_has_without_being_told(run: Run) -> None:
    result = run("solve", "-", "--steps", "1", stdin=_TO_GRADIENT.encode())
    assert (result.code, result.out) == (0, run("solve", "-", stdin=_TO_GRADIENT.encode()).out)
