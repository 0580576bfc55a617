"""Figures of any size keep their digits: every quantity against 50-digit arithmetic.

`python -m tests.tools.numerics 10000` does the same with many more networks.
"""

from dataclasses import replace
from fractions import Fraction
from functools import cache
from math import exp, log, tanh

import numpy as np
import pytest

from mlpcalc import Solution, solve
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.exercise import Exercise, Layer
from mlpcalc.page.functions import with_parameters
from mlpcalc.page.losses import LOSSES
from mlpcalc.page.network import Loss
from mlpcalc.page.optimizers import OPTIMIZERS
from mlpcalc.report.json import render
from mlpcalc.solving.report import solution_report
from mlpcalc.solving.selection import Selection
from tests.support.extreme_networks import RANGES
from tests.tools.numerics import MOST_ROUNDINGS, Cell, Checked, networks

NETWORKS = 108


@cache
def checked() -> list[Checked]:
    return list(networks(NETWORKS, seed=21))


@cache
def found(sizes: str) -> list[Cell]:
    return [cell for network in checked() if network.sizes == sizes for cell in network.cells]


@pytest.mark.parametrize("sizes", RANGES)
def test_no_digit_is_lost_that_need_not_be(sizes: str) -> None:
    assert len(found(sizes)) > 1000
    assert [cell for cell in found(sizes) if not cell.roundings <= MOST_ROUNDINGS] == []


@pytest.mark.parametrize("sizes", RANGES)
def test_well_conditioned_figures_have_twelve_digits(sizes: str) -> None:
    errors = [error for cell in found(sizes) if (error := cell.relative) is not None]
    assert len(errors) > 500
    assert max(errors) < 1e-12


@pytest.mark.parametrize("sizes", RANGES)
def test_a_zero_of_the_paper_is_a_zero(sizes: str) -> None:
    zeros = [cell for cell in found(sizes) if cell.figure.value == 0]
    assert len(zeros) > 50
    assert [cell for cell in zeros if cell.found != 0 and not cell.overflown] == []


def test_nothing_is_overlooked() -> None:
    computed = [network for network in checked() if network.cells]
    assert len(computed) > 0.7 * NETWORKS
    assert {network.loss for network in computed} == set(LOSSES)
    assert {network.output for network in computed} == set(ACTIVATIONS)
    assert {network.optimizer for network in computed if network.steps > 1} == set(OPTIMIZERS)
    assert any(cell.name.endswith("@3") for cell in found("up to 5"))


# ---------------------------------------------------------------------------- one unit beside another


def solved(output: str, loss: str, S: list[float], targets: list[float]) -> Solution:
    """One sample with these pre-activations, which are the weights of its only input, 1."""
    layer = Layer(np.array([S]).T, None, with_parameters(ACTIVATIONS[output], {}))
    form = Loss(with_parameters(LOSSES[loss], {}), Fraction(1))
    return solve(Exercise(np.ones((1, 1)), (layer,), np.array([targets]).T, form, Fraction(1)))


def column(solution: Solution, name: str) -> list[float]:
    return [float(cell) for cell in solution[name].ravel()]


@pytest.mark.parametrize(
    ("output", "loss", "S", "targets", "name", "expected"),
    [
        ("sigmoid", "squared_error", [50.0], [1.0], "err", [-exp(-50)]),
        ("sigmoid", "squared_error", [50.0], [1.0], "loss_terms", [exp(-100)]),
        ("softmax", "squared_error", [60.0, 0.0], [1.0, 0.0], "dZ1", [-2 * exp(-60), 2 * exp(-60)]),
        ("softmax", "squared_error", [60.0, 0.0], [1.0, 0.0], "Delta1", [-4 * exp(-120), 4 * exp(-120)]),
        ("softmax", "cross_entropy", [0.0, -800.0], [0.0, 1.0], "loss_terms", [0.0, 800.0]),
        ("softmax", "binary_cross_entropy", [0.0, -800.0], [1.0, 1.0], "loss_terms", [0.0, 800.0]),
        ("softmax", "binary_cross_entropy", [0.0, -800.0], [0.0, 0.0], "loss_terms", [800.0, 0.0]),
        ("softmax", "binary_cross_entropy", [60.0, 0.0], [1.0, 0.0], "loss_terms", [exp(-60), exp(-60)]),
        ("softmax", "binary_cross_entropy", [60.0, 0.0], [0.0, 1.0], "Delta1", [2.0, -2.0]),
    ],
)
def test_a_saturated_probability_keeps_its_digits(
    output: str, loss: str, S: list[float], targets: list[float], name: str, expected: list[float]
) -> None:
    solution = solved(output, loss, S, targets)
    assert column(solution, name) == pytest.approx(expected, rel=1e-12, abs=0)


@pytest.mark.parametrize(
    ("output", "loss", "S", "targets", "name", "expected"),
    [
        ("tanh", "squared_error", [3.0, -3.0], [1.0, -1.0], "err", [tanh(3) - 1, 1 - tanh(3)]),
        ("tanh", "hinge", [3.0, -3.0], [1.0, 1.0], "loss_terms", [1 - tanh(3), 1 + tanh(3)]),
        ("tanh", "binary_cross_entropy", [3.0], [0.0], "loss_terms", [-log(1 - tanh(3))]),
        ("tanh", "binary_cross_entropy", [3.0], [0.0], "Delta1", [1 + tanh(3)]),
        ("tanh", "cross_entropy", [30.0], [1.0], "Delta1", [-4 * exp(-60)]),
        ("softplus", "cross_entropy", [-30.0], [1.0], "loss_terms", [30.0]),
        ("softplus", "cross_entropy", [-30.0], [0.5], "Delta1", [-0.5]),
        ("softmax", "multiclass_hinge", [3.0, 0.0], [1.0, 0.0], "loss_terms", [0.0, 2 / (1 + exp(3))]),
    ],
)
def test_other_outputs_are_good_to_twelve_digits_where_they_do_not_saturate(
    output: str, loss: str, S: list[float], targets: list[float], name: str, expected: list[float]
) -> None:
    """1 - tanh(30) is 0 in floating point: only for probabilities is more than that promised."""
    assert column(solved(output, loss, S, targets), name) == pytest.approx(expected, rel=1e-12, abs=0)


@pytest.mark.parametrize(
    ("output", "loss", "S", "target"),
    [("tanh", "squared_error", 30.0, 1.0), ("tanh", "hinge", 30.0, 1.0)],
)
def test_what_is_lost_of_a_saturated_output_is_less_than_its_last_digit(
    output: str, loss: str, S: float, target: float
) -> None:
    assert abs(column(solved(output, loss, [S], [target]), "loss_terms")[0]) < 1e-15


def test_a_small_term_beside_a_hinge_that_is_far_from_its_margin_stays() -> None:
    solution = solved("identity", "hinge", [0.5, 1e20], [1.0, 1.0])
    assert column(solution, "losses") == [0.5]


def test_an_output_far_below_the_others_leaves_them_their_digits() -> None:
    first = Layer(np.array([[0.0], [0.0], [-1e20]]), None, ACTIVATIONS["softmax"])
    second = Layer(np.array([[0.25, 0.5, 0.0]]), None, ACTIVATIONS["identity"])
    solution = solve(Exercise(np.ones((1, 1)), (first, second)))
    assert solution["S2"].tolist() == [[0.375]]


# ---------------------------------------------------------------------------- beyond double precision


def test_a_hinge_is_on_the_side_where_its_output_overflows() -> None:
    solution = solved("square", "hinge", [1e200, 1e200], [1.0, -1.0])
    assert column(solution, "loss_terms") == [0.0, np.inf]
    assert column(solution, "dZ1") == [0.0, 1.0]


def test_no_case_is_decided_on_what_is_not_known() -> None:
    solution = solved("square", "multiclass_hinge", [1e200, 2e200], [1.0, 0.0])
    assert np.isnan(column(solution, "dZ1")).all()


@pytest.mark.parametrize("activation", [*ACTIVATIONS])
def test_nothing_is_known_of_what_comes_from_what_is_not_known(activation: str) -> None:
    first = Layer(np.array([[1e200], [1e200]]), None, ACTIVATIONS["square"])
    second = Layer(np.array([[1.0, -2.0], [1.0, -1.0]]), None, with_parameters(ACTIVATIONS[activation], {}))
    form = Loss(LOSSES["sum"], Fraction(1))
    solution = solve(Exercise(np.ones((1, 1)), (first, second), loss=form))
    assert np.isnan(solution["S2"]).all()
    assert np.isnan(solution["Z2"]).all()
    if activation == "softmax" or ACTIVATIONS[activation].flat or activation == "identity":
        return  # there is no f', or it is the same everywhere
    assert np.isnan(solution["fprime2"]).all()


def test_what_is_not_known_decides_no_case_in_a_later_step() -> None:
    # The first step leaves the weights -∞ and ∞, whose sum is not known, nor then the sign of the error.
    layer = Layer(np.array([[2e300, 1e300]]), None, ACTIVATIONS["square"])
    X, T = np.array([[1.0, 1.0], [-1.0, 1.0]]), np.ones((1, 2))
    loss = Loss(LOSSES["absolute_error"], Fraction(1))
    exercise = Exercise(X, (layer,), T, loss, Fraction(10**10), steps=3, batch=1)
    solution = solve(exercise)
    for step in (2, 3):
        assert np.isnan(solution[f"dZ1@{step}"]).all()
        assert np.isnan(solve(exercise)[f"dZ1@{step}"]).all()  # also where it is the first to be asked for


def test_a_root_of_what_overflowed_is_not_known() -> None:
    # V = 0.001 · (1e200)² is too large for a float; the step is -1 on paper, and would be 0 with √V = ∞.
    layer = Layer(np.array([[1.0]]), None, ACTIVATIONS["identity"])
    loss = Loss(LOSSES["sum"], Fraction(1))
    exercise = Exercise(np.full((1, 1), 1e200), (layer,), loss=loss, learning_rate=Fraction(1))
    solution = solve(replace(exercise, optimizer=OPTIMIZERS["adam"]))
    assert np.isnan(solution["step_W1"]).all()


def test_a_sum_of_terms_of_both_signs_that_overflow_has_no_sign() -> None:
    # -1e310 + 3e310: which of the two comes first must not decide. With two samples NumPy fuses the sum.
    for weights in ([-1e10, 3e10], [3e10, -1e10]):
        first = Layer(np.array([[1e300], [1e300]]), None, ACTIVATIONS["identity"])
        second = Layer(np.array([weights, weights]), None, ACTIVATIONS["tanh"])
        assert np.isnan(solve(Exercise(np.ones((1, 2)), (first, second)))["Z2"]).all()


def test_what_is_not_finite_is_null_with_a_note() -> None:
    solution = solved("softmax", "binary_cross_entropy", [0.0, -800.0], [0.0, 1.0])
    report = solution_report(solution, Selection())
    text = render(report.data())
    assert '"loss": {' in text
    assert "NaN" not in text
    assert "Infinity" not in text
    assert "null" in text


def test_a_figure_that_follows_from_what_overflowed_is_not_taken_for_noise() -> None:
    first = Layer(np.array([[1e200]]), None, ACTIVATIONS["identity"])
    second = Layer(np.array([[1e200]]), None, ACTIVATIONS["tanh"])
    third = Layer(np.array([[0.5]]), np.array([[0.25]]), ACTIVATIONS["tanh"])
    loss = Loss(LOSSES["squared_error"], Fraction(1))
    solution = solve(Exercise(np.ones((1, 1)), (first, second, third), np.zeros((1, 1)), loss))
    assert solution["loss"] == pytest.approx(tanh(0.75) ** 2)
