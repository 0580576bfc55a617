"""What is zero on paper is zero here, and nothing else is.

The page is worked out again in exact fractions where all its functions are rational, and with many digits
(mpmath) where they are not.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from mpmath import mp

from mlpcalc import Solution, load, solve
from mlpcalc.arrays import Array
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.exercise import Exercise, Layer
from mlpcalc.page.functions import with_parameters
from mlpcalc.page.losses import LOSSES
from mlpcalc.page.network import Loss
from mlpcalc.page.symbols import Symbol
from tests.conftest import Run
from tests.numerics.test_interval import exactly, to_mpf

RATIONAL = ("identity", "relu", "leaky_relu", "square")
SMOOTH = ("sigmoid", "tanh", "softplus", "softmax")


def on_paper(solution: Solution, number: Any) -> dict[Symbol, Any]:  # noqa: ANN401  # a kind of number
    """Every quantity in numbers of another kind, from the decimal figures that were written."""
    to_cells = np.vectorize(lambda cell: number(Fraction(repr(float(cell)))), otypes=[object])
    found = {symbol: to_cells(value) for symbol, value in solution.exercise.givens().items()}
    for symbol, equation in solution.computed.page.items():
        value = exactly(equation.expression, found.__getitem__, number, solution.exercise.scalars())
        found[symbol] = np.broadcast_to(value, solution.computed[symbol].shape)
    return found


def named_zeros(solution: Solution, cells: dict[Symbol, Any]) -> dict[str, list[list[int]]]:
    """Which cells are zero, by quantity."""
    return {
        symbol.plain: np.argwhere(np.asarray(cells[symbol] == 0, dtype=bool)).tolist()
        for symbol in solution.computed.page
    }


def assert_same_zeros(solution: Solution) -> int:
    """Zero here if, and only if, zero in fractions; how many there are."""
    expected = named_zeros(solution, on_paper(solution, Fraction))
    found = named_zeros(solution, {symbol: solution.computed[symbol] for symbol in solution.computed.page})
    assert found == expected
    return sum(map(len, expected.values()))


def network(
    inputs: Sequence[Sequence[float]],
    *layers: tuple[Sequence[Sequence[float]], Sequence[float], str],
    targets: Sequence[Sequence[float]] = ((1.0,),),
    loss: str = "squared_error",
) -> Solution:
    """A solved exercise with a learning rate of 1/10."""
    built = [
        Layer(
            np.array(W),
            np.array(b).reshape(-1, 1),
            with_parameters(ACTIVATIONS[f], {"slope": Fraction(1, 5)}),
        )
        for W, b, f in layers
    ]
    function = with_parameters(LOSSES[loss], {"margin": Fraction(3, 10)})
    return solve(
        Exercise(
            inputs=np.array(inputs),
            targets=np.array(targets),
            layers=tuple(built),
            loss=Loss(function, function.factor),
            learning_rate=Fraction(1, 10),
        )
    )


# ---------------------------------------------------------------------------- zeros that were constructed


def test_a_pre_activation_at_the_threshold_is_zero_and_passes_nothing_on(run: Run) -> None:
    solution = solve(load("threshold"))
    assert 0.5 - 0.3 * 2 + 0.1 != 0  # in binary
    assert solution["S1"].tolist()[0] == [0.0]
    assert solution["Delta1"].tolist()[0] == [0.0]
    assert solution["dW1"].tolist()[0] == [0.0, 0.0]
    quantities = json.loads(run("solve", "threshold", "--format", "json").out)["quantities"]
    assert quantities["S1"]["values"][0] == [0.0]
    assert quantities["Delta1"]["values"][0] == [0.0]
    assert quantities["fprime1"]["values"] == [[0.0], [1.0]]
    assert "            1            0.000\n" in run("solve", "threshold", "--only", "S1").out


FIRST = ([[1.0, -1.0]], [0.0], "identity")  # z1 = 100.1 - 100, which is 0.09999999999999432 in binary


@pytest.mark.parametrize("between", [(), ("identity",), ("relu",), ("leaky_relu",), ("relu", "identity")])
@pytest.mark.parametrize("kinked", ["relu", "leaky_relu", "elu"])
def test_a_zero_behind_rounding_in_the_layers_below_is_found(kinked: str, between: tuple[str, ...]) -> None:
    middle = [([[1.0]], [0.2], f) for f in between]
    left = -round(0.1 + 0.2 * len(between), 1)
    solution = network(
        [[100.1], [100.0]], FIRST, *middle, ([[1.0]], [left], kinked), ([[3.0]], [0.5], "identity")
    )
    k = 2 + len(between)
    assert (100.1 - 100) != 0.1
    assert solution[f"S{k}"].tolist() == [[0.0]]
    assert solution[f"Z{k}"].tolist() == [[0.0]]
    slope = {"relu": 0.0, "leaky_relu": 0.2, "elu": 1.0}[kinked]
    assert solution[f"fprime{k}"].tolist() == [[slope]]


def test_a_zero_behind_a_steep_slope_is_found() -> None:
    # z1 = -0.1 but for 6e-15, and 100 times that; the last layer subtracts -10
    steep = with_parameters(ACTIVATIONS["leaky_relu"], {"slope": Fraction(100)})
    relu, ones = ACTIVATIONS["relu"], np.ones((1, 1))
    layers = Layer(np.array([[1.0, -1.0]]), None, steep), Layer(ones, np.array([[10.0]]), relu)
    solution = solve(Exercise(inputs=np.array([[100.0], [100.1]]), layers=layers))
    assert solution["Z1"].item() != -10
    assert solution["S2"].item() == 0


def test_a_tiny_figure_beside_large_ones_is_no_zero() -> None:
    weights = np.array([[1.0, -1.0, 0.0, 0.0], [0.0, 0.0, 1.0, -1.0]])
    inputs = np.array([[100.1], [100.1], [3e-14], [1e-14]])
    solution = solve(Exercise(inputs=inputs, layers=(Layer(weights, None, ACTIVATIONS["relu"]),)))
    assert solution["S1"].ravel().tolist() == [0.0, pytest.approx(2e-14, rel=1e-9, abs=0)]


def test_a_zero_behind_a_square_is_found() -> None:
    solution = network(
        [[100.1], [100.0]],
        ([[1.0, -1.0]], [0.0], "square"),
        ([[1.0]], [-0.01], "relu"),
        ([[2.0]], [0.0], "identity"),
    )
    assert solution["S2"].tolist() == [[0.0]]
    assert solution["Delta2"].tolist() == [[0.0]]


@pytest.mark.parametrize("output", ["identity", "sigmoid", "relu"])
def test_a_zero_stands_out_in_a_matrix_of_one_cell(output: str) -> None:
    # 0.5 - 0.6 + 0.1, with nothing larger beside it
    solution = network([[1.0], [2.0]], ([[0.5, -0.3]], [0.1], output))
    assert solution["S1"].tolist() == [[0.0]]


def test_a_gradient_that_cancels_over_the_samples_is_zero() -> None:
    # Δ = 0.1 - 0.3 and 0.2: their sum, over two samples of input 1, is nothing.
    solution = network([[1.0, 1.0]], ([[0.1]], [0.0], "identity"), targets=[[0.3, -0.1]])
    assert solution["dW1"].tolist() == [[0.0]]
    assert solution["db1"].tolist() == [0.0]
    assert solution["W1_new"].tolist() == [[0.1]]


def test_a_threshold_behind_as_many_layers_as_there_may_be_is_looked_at() -> None:
    units = 65  # too many for paper: nothing is looked at before the threshold at the end
    hidden = Layer(np.eye(units), np.zeros((units, 1)), ACTIVATIONS["tanh"])
    last = Layer(np.tile([0.5, -0.5], (1, 33))[:, :units], np.array([[-0.5]]), ACTIVATIONS["relu"])
    solution = solve(Exercise(np.zeros((units, 1)), (hidden,) * 199 + (last,)))
    assert solution["S200"].tolist() == [[-0.5]]


def test_a_zero_is_found_again_after_an_update_that_changes_nothing() -> None:
    # y = 2 is outside the margin of the hinge: every gradient is 0.
    hidden, output = ([[0.5, -0.3]], [0.1], "relu"), ([[1.0]], [2.0], "identity")
    solution = network([[1.0], [2.0]], hidden, output, loss="hinge")
    assert not np.any(solution["dW1"])
    assert solution["S1_new"].tolist() == [[0.0]]
    assert solution["Z1_new"].tolist() == [[0.0]]


def test_an_error_that_is_met_exactly_is_zero() -> None:
    solution = network([[0.1], [0.2]], ([[1.0, 1.0]], [0.0], "identity"), targets=[[0.3]])
    for name in ("err", "loss", "Delta1", "dW1"):
        assert not np.any(solution[name]), name


@pytest.mark.parametrize(("kinked", "slope"), [("leaky_relu", 0.2), ("elu", 1.0)])
def test_a_unit_at_the_kink_passes_on_what_its_left_slope_says(kinked: str, slope: float) -> None:
    # Unit 1 has S = 0.5 - 0.5, which is 0 in binary too; the error of unit 2 is tiny beside that of unit 1.
    solution = network(
        [[1.0]],
        ([[0.5], [0.3]], [-0.5, 0.4], kinked),
        ([[1.0, 1e-12]], [0.0], "identity"),
        targets=[[2.0]],
    )
    error = solution["Delta2"].item()
    np.testing.assert_allclose(solution["Delta1"], [[slope * error], [1e-12 * error]], rtol=1e-12)


def decimal(rng: np.random.Generator, decimals: int) -> Fraction:
    size = 10**decimals
    return Fraction(int(rng.integers(-3 * size, 3 * size + 1)), size)


def with_constructed_zeros(
    rng: np.random.Generator, activations: Sequence[str], loss: str
) -> tuple[Exercise, int]:
    """A network of random decimals, in each layer a unit that is 0 for some sample, and how many of them."""
    samples, decimals = int(rng.integers(1, 4)), int(rng.integers(1, 4))
    sizes = [int(rng.integers(1, 4)) for _ in range(len(activations) + 1)]
    draw = np.vectorize(lambda _: decimal(rng, decimals), otypes=[object])
    X = Z = draw(np.zeros((sizes[0], samples)))
    layers, zeros = [], 0
    for (below, units), f in zip(pairwise(sizes), activations, strict=True):
        W, bias = draw(np.zeros((units, below))), draw(np.zeros((units, 1)))
        record = with_parameters(ACTIVATIONS[f], {"slope": Fraction(1, 5)})
        unit, sample = int(rng.integers(units)), int(rng.integers(samples))
        bias[unit, 0] = -(W @ Z)[unit, sample]
        if len(str(bias[unit, 0].denominator)) < 13:  # a figure that fits into a float
            zeros += 1
        else:
            bias[unit, 0] = Fraction(1)
        S = W @ Z + bias
        Z = exactly(record.value, _no_name, Fraction, {}, s=S)
        layers.append(Layer(W.astype(float), bias.astype(float), record))
    function = LOSSES[loss]
    T = rng.choice([-1.0, 1.0], size=Z.shape) if loss == "hinge" else draw(np.zeros(Z.shape)).astype(float)
    exercise = Exercise(
        inputs=X.astype(float),
        targets=T,
        layers=tuple(layers),
        loss=Loss(function, function.factor, "samples"),
        learning_rate=Fraction(1, 10),
    )
    return exercise, zeros


def _no_name(symbol: Symbol) -> Any:  # noqa: ANN401  # it never returns
    raise KeyError(symbol)


@pytest.mark.parametrize("seed", range(60))
def test_all_zeros_of_decimal_figures_are_found_and_no_others(seed: int) -> None:
    rng = np.random.default_rng([40, seed])
    activations = [str(f) for f in rng.choice(RATIONAL[:3], size=rng.integers(1, 4))]
    if seed % 3 == 0:
        activations[int(rng.integers(len(activations)))] = "square"
    exercise, constructed = with_constructed_zeros(
        rng, activations, ("squared_error", "hinge", "sum")[seed % 3]
    )
    assert assert_same_zeros(solve(exercise)) >= constructed


# ---------------------------------------------------------------------------- and no others


@pytest.mark.parametrize("seed", range(40))
def test_random_networks_of_short_decimals_have_the_zeros_they_have_on_paper(seed: int) -> None:
    # One decimal, so that zeros come about by chance.
    rng = np.random.default_rng([41, seed])
    layers, d = [], 2
    for f in rng.choice(RATIONAL, size=rng.integers(1, 4)):
        units = int(rng.integers(1, 4))
        W, b = (np.round(rng.normal(size=shape), 1) for shape in ((units, d), (units, 1)))
        layers.append(Layer(W, b, with_parameters(ACTIVATIONS[str(f)], {"slope": Fraction(1, 10)})))
        d = units
    exercise = Exercise(
        inputs=np.round(rng.normal(size=(2, 3)), 1),
        targets=np.round(rng.normal(size=(d, 3)), 1),
        layers=tuple(layers),
        loss=Loss(LOSSES["squared_error"], Fraction(1, 2), "samples"),
        learning_rate=Fraction(1, 5),
    )
    assert_same_zeros(solve(exercise))


def zeros_that_are_none(solution: Solution, precise: dict[Symbol, Any], smallest: float) -> list[str]:
    """The cells that are zero here, and a float that is not zero on paper."""
    return [
        f"{symbol.plain}{index.tolist()} = {mp.nstr(precise[symbol][tuple(index)], 5)}"
        for symbol in solution.computed.page
        for index in np.argwhere(solution.computed[symbol] == 0)
        if abs(precise[symbol][tuple(index)]) > smallest
    ]


def smooth_exercise(rng: np.random.Generator, size: float, *, matched: bool = False) -> Exercise:
    """A network of smooth functions, with pre-activations of about this size in every layer."""
    hidden = [str(f) for f in rng.choice(("sigmoid", "tanh", "softplus"), size=rng.integers(0, 3))]
    output = str(rng.choice(("sigmoid", "softmax") if matched else SMOOTH))
    layers, Z = [], np.round(rng.normal(size=(2, 3)), 2)
    inputs: Array = Z
    for f in [*hidden, output]:
        units = int(rng.integers(2, 4))
        W = rng.normal(size=(units, Z.shape[0]))
        W = np.round(W * size / np.abs(W @ Z).max(), 3)
        layers.append(Layer(W, np.round(rng.normal(size=(units, 1)), 2), ACTIVATIONS[f]))
        partial = Exercise(inputs=inputs, layers=tuple(layers))
        Z = solve(partial)[f"Z{len(layers)}"]
    loss = "squared_error"
    if matched:
        loss = "cross_entropy" if output == "softmax" else "binary_cross_entropy"
    T = np.eye(Z.shape[0])[:, rng.integers(Z.shape[0], size=3)]
    return Exercise(
        inputs=inputs,
        targets=T,
        layers=tuple(layers),
        loss=Loss(LOSSES[loss], LOSSES[loss].factor, "samples"),
        learning_rate=Fraction(1, 10),
    )


@pytest.mark.parametrize("seed", range(25))
def test_nothing_smooth_is_declared_zero(seed: int) -> None:
    exercise = smooth_exercise(np.random.default_rng([42, seed]), 2.5)
    with mp.workdps(50):
        solution = solve(exercise)
        assert zeros_that_are_none(solution, on_paper(solution, to_mpf), 1e-40) == []


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("size", [30.0, 700.0])
def test_no_tiny_figure_of_a_saturated_network_is_declared_zero(size: float, seed: int) -> None:
    exercise = smooth_exercise(np.random.default_rng([43, seed]), size, matched=True)
    with mp.workdps(800):
        solution = solve(exercise)
        found = zeros_that_are_none(solution, on_paper(solution, to_mpf), float(np.finfo(float).tiny))
        # Elsewhere a sum may cancel, 1/3 and -1/3 before 1e-71.
        kinds = ("S", "Z", "fprime", "loss", f"Delta{len(exercise.layers)}")
        assert [cell for cell in found if cell.startswith(kinds)] == []


@pytest.mark.parametrize("seed", range(12))
def test_the_error_of_a_saturated_output_is_what_its_delta_says(seed: int) -> None:
    # Both are printed as Z - T.
    exercise = smooth_exercise(np.random.default_rng([43, seed]), 700.0, matched=True)
    assert exercise.loss is not None
    solution = solve(replace(exercise, loss=Loss(exercise.loss.function, Fraction(1))))
    assert solution["err"].tolist() == solution["Delta_out"].tolist()


@pytest.mark.parametrize("s", [30.0, -30.0, 700.0, -700.0])
@pytest.mark.parametrize("name", ["sigmoid", "softplus", "elu", "tanh"])
def test_a_saturated_derivative_keeps_its_size(name: str, s: float) -> None:
    solution = network([[s]], ([[1.0]], [0.0], name), loss="sum")
    with mp.workdps(800):
        exact = on_paper(solution, to_mpf)[Symbol("fprime", 1)][0, 0]
        if exact > float(np.finfo(float).tiny):
            assert abs(solution["fprime1"].item() / float(exact) - 1) < 1e-12
        else:
            assert solution["fprime1"].item() == 0


# ---------------------------------------------------------------------------- hinges


def test_an_output_exactly_at_the_margin_has_no_loss_and_is_inside() -> None:
    # -4.836 - 4.891 - 0.702 + 8.924 + 2.505 is 1 on paper, and 8.9e-16 less in binary
    inputs = [[-9.3], [6.7], [3.9], [-9.7], [1.0]]
    weights = [[0.52, -0.73, -0.18, -0.92, 2.505]]
    solution = network(inputs, (weights, [0.0], "identity"), loss="hinge")
    assert solution["loss"] == 0
    assert solution["dZ1"].tolist() == [[-1]]


@pytest.mark.parametrize("target", [1.0, -1.0])
def test_a_hinge_exactly_at_its_margin_is_inside(target: float) -> None:
    # y = 0.6 + 0.3 + 0.1, times the target
    solution = network(
        [[0.6], [0.3]], ([[target, target]], [0.1 * target], "identity"), targets=[[target]], loss="hinge"
    )
    assert 0.6 + 0.3 + 0.1 != 1
    assert solution["loss"] == 0
    assert solution["dZ1"].tolist() == [[-target]]


@pytest.mark.parametrize("far", ["0.3", "0.1"])
def test_a_multiclass_hinge_exactly_at_its_margin_is_inside(far: str) -> None:
    # Scores 0.3 (the true class) and 0, less by just the margin of 0.3: 0 - (0.1 + 0.2) + 0.3.
    solution = network(
        [[0.1], [0.2]],
        ([[1.0, 1.0], [0.0, 0.0], [0.0, 0.0]], [0.0, 0.0, -float(far)], "identity"),
        targets=[[1.0], [0.0], [0.0]],
        loss="multiclass_hinge",
    )
    assert 0 - (0.1 + 0.2) + 0.3 != 0
    assert solution["loss"] == 0
    assert solution["dZ1"].tolist() == [[-1.0], [1.0], [0.0]]


# ---------------------------------------------------------------------------- overflow

HUGE = """\
inputs: [[1e200, 1]]
targets: [[0, 0]]
layers:
  - weights: [[1e200]]
    activation: square
loss: squared_error
learning_rate: 1
"""


def test_what_overflows_is_null_in_json_and_noted_without_a_warning(run: Run) -> None:
    result = run("solve", "-", "--format", "json", stdin=HUGE.encode())
    data = json.loads(result.out)
    assert (result.code, result.err) == (0, "")
    assert data["quantities"]["S1"]["values"] == [[None, 1e200]]
    assert data["quantities"]["Z1"]["values"] == [[None, None]]
    assert data["quantities"]["loss"]["values"] is None
    assert "outside the range of double precision" in data["notes"][0]


def test_what_overflows_is_infinity_in_a_table_with_a_note(run: Run) -> None:
    result = run("solve", "-", "--only", "S1,loss", stdin=HUGE.encode())
    assert (result.code, result.err) == (0, "")
    assert "∞" in result.out
    assert result.out.endswith("outside the range of double precision: cells of S1, L\n")


def test_exponentials_that_overflow_leave_the_softmax_as_it_is(run: Run) -> None:
    text = "inputs: [[1]]\nlayers:\n  - weights: [[800], [799]]\n    activation: softmax\n"
    quantities = json.loads(run("solve", "-", "--format", "json", stdin=text.encode()).out)["quantities"]
    assert quantities["expS1"]["values"] == [[None], [None]]
    np.testing.assert_allclose(
        quantities["Z1"]["values"], [[1 / (1 + np.exp(-1))], [1 / (1 + np.exp(1))]], 1e-15
    )


def test_rounded_steps_are_as_exact_as_they_are_written() -> None:
    # Carried with one decimal, 0.04 becomes 0, and 0.06 becomes 0.1: no noise, nothing to remove.
    exercise = network([[0.4, 0.6]], ([[0.1]], [0.0], "relu"), targets=[[0.0, 0.0]]).exercise
    solution = solve(replace(exercise, decimals=1), carry=1)
    assert solution["S1"].tolist() == [[0.0, 0.1]]
    assert solution["Delta1"].tolist() == [[0.0, 0.1]]


@pytest.mark.parametrize("jumping", ["threshold", "sign"])
def test_what_only_jumps_has_exact_values_beside_which_nothing_is_noise(jumping: str) -> None:
    # The cross-entropy is ln 1 = 0; what is left of the loss is 1/2 · 2e-40².
    layer = Layer(np.array([[2e-40]]), None, ACTIVATIONS[jumping])
    loss = Loss(LOSSES["cross_entropy"], Fraction(1), l2=Fraction(1))
    solution = solve(Exercise(np.ones((1, 1)), (layer,), np.ones((1, 1)), loss))
    assert solution["loss"] == pytest.approx(2e-80, rel=1e-12, abs=0)
