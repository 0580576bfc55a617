"""The figures and statements of the source's exercises, and the conventions at the kinks."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from mlpcalc import Solution, load, solve
from mlpcalc.arrays import Array
from mlpcalc.numerics.rounding import rounded
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.exercise import Exercise, Layer
from mlpcalc.page.functions import with_parameters
from mlpcalc.page.losses import LOSSES
from mlpcalc.page.network import Loss
from tests.support.networks import random_exercise

# ---------------------------------------------------------------------------- exercise 2

# As printed on the sheet: W1_new and W2_new are its updated weights, loss_new the loss after the update.
SHEET = {
    "X": "0.75 0.2 -0.75 0.2; 0.8 0.05 0.8 -0.05",
    "W1": "0.6 0.01; 0.7 0.43; 0.0 0.88",
    "W2": "0.02 0.03 0.09",
    "T": "1 1 -1 -1",
    "S1": "0.4580 0.1205 -0.4420 0.1195; 0.8690 0.1615 -0.1810 0.1185; 0.7040 0.0440 0.7040 -0.0440",
    "Z1": "0.4580 0.1205 0.0000 0.1195; 0.8690 0.1615 0.0000 0.1185; 0.7040 0.0440 0.7040 0.0000",
    "S2": "0.0986 0.0112 0.0634 0.0059",
    "Z2": "0.0986 0.0112 0.0634 0.0059",
    "Y_out": "0.0986 0.0112 0.0634 0.0059",
    "loss": "0.4916",
    "dZ2": "-0.2254 -0.2472 0.2658 0.2515",
    "Delta2": "-0.2254 -0.2472 0.2658 0.2515",
    "Delta_out": "-0.2254 -0.2472 0.2658 0.2515",
    "Delta1": "-0.0045 -0.0049 0.0000 0.0050; -0.0068 -0.0074 0.0000 0.0075; -0.0203 -0.0222 0.0239 0.0000",
    "dW2": "-0.1029 -0.2060 0.0176",
    "dW1": "-0.0034 -0.0041; -0.0050 -0.0062; -0.0376 0.0018",
    "W1_new": "0.6017 0.0121; 0.7025 0.4331; 0.0188 0.8791",
    "W2_new": "0.0715 0.1330 0.0812",
    "loss_new": "0.4657",
}


@pytest.mark.parametrize("name", SHEET)
def test_exercise_2_has_the_figures_of_the_sheet(name: str) -> None:
    value = solve(load("exercise2"))[name]
    printed = [[Fraction(figure) for figure in row.split()] for row in SHEET[name].split(";")]
    rows = value.reshape(len(printed), len(printed[0])).tolist()
    assert [[Fraction(rounded(cell, 4)) for cell in row] for row in rows] == printed


def test_exercise_2_is_half_the_mean_squared_error_and_a_step_of_one_half() -> None:
    # Not stated on the sheet; its figures follow only from these.
    exercise = load("exercise2")
    assert exercise.loss is not None
    assert (exercise.loss.factor, exercise.loss.average) == (Fraction(1, 2), "samples")
    assert exercise.learning_rate == Fraction(1, 2)


# ---------------------------------------------------------------------------- exercise 1


@pytest.fixture(scope="module")
def exercise1() -> Solution:
    return solve(load("exercise1"))


def test_exercise_1_has_three_layers_without_biases(exercise1: Solution) -> None:
    assert [layer.bias for layer in exercise1.exercise.layers] == [None, None, None]


def test_the_loss_of_exercise_1_is_half_the_squared_norm(exercise1: Solution) -> None:
    difference = exercise1["Z3"] - exercise1["T"]
    assert exercise1["loss"] == pytest.approx(0.5 * np.linalg.norm(difference) ** 2, rel=1e-14)
    assert exercise1["loss"] == pytest.approx(0.5 * np.trace(difference.T @ difference), rel=1e-14)


def test_exercise_1_starts_from_the_difference(exercise1: Solution) -> None:
    assert exercise1["dZ3"] == pytest.approx(exercise1["Z3"] - exercise1["T"], rel=1e-14)


def test_the_output_error_of_exercise_1_passes_f_prime(exercise1: Solution) -> None:
    expected = (exercise1["Z3"] - exercise1["T"]) * exercise1["fprime3"]
    assert exercise1["Delta3"] == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("k", [1, 2])
def test_the_errors_of_exercise_1_come_from_the_layer_above(exercise1: Solution, k: int) -> None:
    passed_on = exercise1[f"W{k + 1}"].T @ exercise1[f"Delta{k + 1}"]
    assert exercise1[f"dZ{k}"] == pytest.approx(passed_on, rel=1e-14)
    assert exercise1[f"Delta{k}"] == pytest.approx(passed_on * exercise1[f"fprime{k}"], rel=1e-14)


@pytest.mark.parametrize(("gradient", "below"), [("1", "X"), ("2", "Z1"), ("3", "Z2")])
def test_a_gradient_of_exercise_1_is_error_times_activation(
    exercise1: Solution, gradient: str, below: str
) -> None:
    expected = exercise1[f"Delta{gradient}"] @ exercise1[below].T
    assert exercise1[f"dW{gradient}"] == pytest.approx(expected, rel=1e-14)


def test_a_weight_moves_its_own_row_by_the_row_of_its_input(exercise1: Solution) -> None:
    # ∂S3/∂W3[i,j] has the j-th row of Z2 as its i-th row: its (k, n) entry is Z2[j,n] δ_ik.
    exercise, (i, j) = exercise1.exercise, (0, 1)
    last = exercise.layers[-1]
    weights = last.weights.copy()
    weights[i, j] += 1
    moved = solve(
        replace(exercise, layers=(*exercise.layers[:-1], Layer(weights, last.bias, last.activation)))
    )
    assert (moved["S3"] - exercise1["S3"])[i] == pytest.approx(exercise1["Z2"][j], rel=1e-12)


# ---------------------------------------------------------------------------- exercise 3


def closed_form(solution: Solution) -> Array:
    """dL/do_j = Σ over k ≠ y that are inside of p_j (δ_jk - δ_jy - p_k + p_y), for a single layer.

    Without factor and average.
    """
    loss, T = solution.exercise.loss, solution.exercise.targets
    assert loss is not None
    assert T is not None
    margin = float(dict(loss.function.parameters)["margin"])
    depth = len(solution.exercise.layers)
    found = np.zeros_like(T)
    for n, o in enumerate(solution[f"S{depth}"].T.tolist()):
        p = [np.exp(o_j) / sum(np.exp(o_l) for o_l in o) for o_j in o]
        y = T[:, n].tolist().index(1)
        for j in range(len(o)):
            for k in range(len(o)):
                if k != y and not p[y] - p[k] > margin:
                    found[j, n] += p[j] * ((j == k) - (j == y) - p[k] + p[y])
    return found


def test_exercise_3_has_the_closed_gradient_of_the_sheet() -> None:
    solution = solve(load("exercise3"))
    assert solution["Delta1"] == pytest.approx(closed_form(solution), rel=1e-12)


def test_exercise_3_has_classes_inside_and_outside_the_margin() -> None:
    solution = solve(load("exercise3"))
    false_classes = solution["T"] == 0
    assert (solution["loss_terms"][false_classes] > 0).any()
    assert (solution["loss_terms"][false_classes] == 0).any()


@pytest.mark.parametrize("seed", range(60))
def test_hinge_on_softmax_has_the_closed_gradient_of_the_sheet(seed: int) -> None:
    rng = np.random.default_rng([5, seed])
    activations = ["tanh"] * (seed % 3) + ["softmax"]
    exercise = random_exercise(
        rng, activations=activations, loss="multiclass_hinge", average="none", factor=Fraction(1)
    )
    solution = solve(exercise)
    expected = closed_form(solution)
    found = solution[f"Delta{len(activations)}"]
    assert np.abs(found - expected).max() <= 1e-12 * np.abs(expected).max()


def test_a_class_beyond_the_margin_passes_no_error_on() -> None:
    # p = (0.9, 0.1) and a margin of 1/2: separated, so that the loss is content.
    solution = solve(single([[np.log(9.0)], [0.0]], "softmax", [[1], [0]], "multiclass_hinge", margin="1/2"))
    assert solution["loss"] == 0
    assert solution["Delta1"].tolist() == [[0], [0]]


# ---------------------------------------------------------------------------- kinks


def single(
    weights: list[list[float]],
    activation: str,
    targets: list[list[float]],
    loss: str,
    **parameters: str,
) -> Exercise:
    """One layer without bias and one sample, 1; its weights are the pre-activations."""
    given = {name: Fraction(value) for name, value in parameters.items()}
    return Exercise(
        inputs=np.array([[1.0]]),
        layers=(Layer(np.array(weights), None, with_parameters(ACTIVATIONS[activation], given)),),
        targets=np.array(targets, dtype=np.float64),
        loss=Loss(with_parameters(LOSSES[loss], given), Fraction(1)),
        learning_rate=Fraction(1, 2),
    )


AT_ZERO = [
    ("relu", {}, 0.0),
    ("leaky_relu", {"slope": "1/5"}, 0.2),
    ("leaky_relu", {}, 0.01),
    ("elu", {"alpha": "3/2"}, 1.5),
    ("elu", {}, 1.0),
]


@pytest.mark.parametrize(("activation", "parameters", "expected"), AT_ZERO)
def test_at_its_kink_a_function_has_the_slope_on_the_left(
    activation: str, parameters: dict[str, str], expected: float
) -> None:
    solution = solve(single([[0.0]], activation, [[1]], "squared_error", **parameters))
    assert solution["Z1"] == 0
    assert solution["fprime1"] == expected
    assert solution["Delta1"] == -2 * expected


@pytest.mark.parametrize(("activation", "parameters", "expected"), AT_ZERO)
def test_what_is_zero_on_paper_is_at_the_kink(
    activation: str, parameters: dict[str, str], expected: float
) -> None:
    # 0.5·1 - 0.3·2 + 0.1 is 2.8e-17 in binary.
    assert 0.5 * 1 - 0.3 * 2 + 0.1 > 0
    exercise = single([[0.5, -0.3, 0.1]], activation, [[1]], "squared_error", **parameters)
    solution = solve(replace(exercise, inputs=np.array([[1.0], [2.0], [1.0]])))
    assert solution["S1"] == 0
    assert solution["fprime1"] == expected


def test_a_hinge_at_equality_counts_as_inside() -> None:
    solution = solve(single([[1.0], [-1.0]], "identity", [[1], [-1]], "hinge"))
    assert solution["loss_terms"].tolist() == [[0], [0]]
    assert solution["dZ1"].tolist() == [[-1], [1]]


def test_a_class_exactly_at_the_margin_counts_as_inside() -> None:
    # Scores 1, 0, -1 and a margin of 1: the second class is at it, the third one beyond.
    solution = solve(single([[1.0], [0.0], [-1.0]], "identity", [[1], [0], [0]], "multiclass_hinge"))
    assert solution["loss_terms"].tolist() == [[0], [0], [0]]
    assert solution["dZ1"].tolist() == [[-1], [1], [0]]


def test_a_class_at_the_margin_on_paper_counts_as_inside() -> None:
    # 0.8 and 0.6 are 0.2 apart on paper, in binary a little more.
    assert 0.6 - 0.8 + 0.2 < 0
    solution = solve(single([[0.8], [0.6]], "identity", [[1], [0]], "multiclass_hinge", margin="1/5"))
    assert solution["dZ1"].tolist() == [[-1], [1]]
