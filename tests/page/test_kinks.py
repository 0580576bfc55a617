"""Functions whose cases change elsewhere than at 0, or that jump: the figures of the paper decide."""

import json
from fractions import Fraction
from math import erf, exp, sqrt

import numpy as np
import pytest

from mlpcalc import solve
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.exercise import Exercise, Layer
from mlpcalc.page.functions import with_parameters
from mlpcalc.page.losses import LOSSES
from mlpcalc.page.network import Loss
from tests.conftest import Run

THREE = [[1.1, 2.2, -0.3]]  # with inputs of 1: 3 on paper, 3.0000000000000004 in binary
ONE = [[0.1, 0.2, 0.7]]  # 1 on paper; taken from it, 0.3 + 0.7 is 1.1102e-16 less
ZERO = [[0.5, -0.6, 0.1]]  # 2.8e-17 in binary

EXERCISE = """
inputs: [[1], [1], [1]]
targets: [[{target}]]
layers:
  - {{weights: {weights}, activation: {activation}}}
loss: {loss}
learning_rate: 0.5
"""


def one_unit(activation: str, weights: list[list[float]], loss: str = "sum") -> Exercise:
    layer = Layer(np.array(weights), None, with_parameters(ACTIVATIONS[activation], {}))
    form = Loss(with_parameters(LOSSES[loss], {}), Fraction(1))
    return Exercise(np.ones((3, 1)), (layer,), loss=form)


@pytest.mark.parametrize(
    ("activation", "weights", "value", "slope"),
    [
        ("hard_sigmoid", THREE, 1.0, 1 / 6),
        ("hard_sigmoid", [[-w for w in THREE[0]]], 0.0, 0.0),
        ("hard_tanh", [[3.3, -2.2, -0.1]], 1.0, 1.0),  # 0.9999999999999998 in binary
        ("hard_tanh", [[-3.3, 2.2, 0.1]], -1.0, 0.0),
        ("threshold", ZERO, 1.0, 0.0),
        ("threshold", [[-w for w in ZERO[0]]], 1.0, 0.0),
        ("sign", ZERO, 0.0, 0.0),
        ("selu", ZERO, 0.0, 1.0507009873554805 * 1.6732632423543772),
    ],
)
def test_at_a_kink_the_figures_of_the_paper_decide(
    activation: str, weights: list[list[float]], value: float, slope: float
) -> None:
    solution = solve(one_unit(activation, weights))
    assert solution["Z1"].item() == value
    assert solution["fprime1"].item() == pytest.approx(slope, rel=1e-15)
    assert solution["Delta1"].item() == pytest.approx(slope, rel=1e-15)


def test_a_jump_is_decided_by_the_paper_in_networks_of_any_size_and_after_the_update() -> None:
    """A hundred terms that are 0 in all, of which 1.4e-17 is left in binary."""
    terms = [[0.5, -0.6, 0.1] * 100]
    layer = Layer(np.array(terms), None, ACTIVATIONS["threshold"])
    form = Loss(LOSSES["sum"], Fraction(1))
    for sign in (1, -1):
        exercise = Exercise(np.full((300, 1), float(sign)), (layer,), loss=form, learning_rate=Fraction(1))
        assert [solve(exercise)[name].item() for name in ("Z1", "Z1_new")] == [1.0, 1.0]


def compared(
    run: Run, activation: str, weights: object, loss: str, target: float
) -> tuple[bool, list[list[bool]]]:
    """Whether the gradient agrees with a numerical one, and which weights are at a kink."""
    text = EXERCISE.format(target=target, weights=json.dumps(weights), activation=activation, loss=loss)
    numeric = run("grad", "-", "--numeric", "--format", "json", stdin=text.encode()).json["numeric"]
    return numeric["agrees"], numeric["parameters"]["W1"]["kink"]


@pytest.mark.parametrize(
    ("activation", "weights", "loss", "target", "kink"),
    [
        ("hard_sigmoid", THREE, "squared_error", 0.5, True),
        ("hard_sigmoid", ZERO, "squared_error", 0.5, False),
        ("hard_tanh", [[0.5, 0.25, 0.25]], "squared_error", 0.5, True),
        ("threshold", ZERO, "squared_error", 0.5, True),
        ("sign", THREE, "squared_error", 0.5, False),
        ("identity", THREE, "absolute_error", 3, True),
        ("identity", THREE, "absolute_error", 2, False),
        ("identity", [[0.5, 0.25, 0.25]], "huber", 1, False),
        ("identity", THREE, "huber", 2, False),  # at the end of the square, where both parts have the slope
        ("identity", THREE, "huber", 1, False),
        ("identity", [[0.5, 0.25, 0.25]], "squared_hinge", 1, False),
        ("identity", [[0.5, 0.25, 0.25]], "hinge", 1, True),
    ],
)
def test_a_gradient_is_compared_except_where_there_is_none(
    run: Run, activation: str, weights: list[list[float]], loss: str, target: float, kink: bool
) -> None:
    assert compared(run, activation, weights, loss, target) == (True, [[kink] * 3])


# ---------------------------------------------------------------------------- in words

JUMPING = """
inputs: [[1, 0, 1], [1, 1, 0]]
targets: [[1, 0, 0.5]]
layers:
  - {weights: [[1, 1], [0.5, 0.25]], bias: [-1, 0.5], activation: STEP}
  - {weights: [[1, -1]], bias: 0.5}
loss: squared_error
learning_rate: 0.5
"""


@pytest.mark.slow
def test_the_page_says_that_nothing_learns_before_a_function_that_jumps(run: Run) -> None:
    out = " ".join(run("solve", "-", stdin=JUMPING.encode()).out.split())
    assert "The derivative of threshold is 0, so no error passes through it: layer 1 learns nothing." in out
    assert "threshold(0) = 1" in out
    audit = run("audit", "-", stdin=JUMPING.encode()).out
    assert "the derivative of threshold is 0" in " ".join(audit.split())
    forward = JUMPING.split("targets")[0] + "layers" + JUMPING.split("layers")[1].split("loss")[0]
    assert "learns nothing" not in run("solve", "-", stdin=forward.encode()).out


@pytest.mark.parametrize(
    ("activation", "cell", "words"),
    [
        ("step", "Z1[1,2]", "S1[1,2] = 0: threshold is 1 there."),
        ("sign", "Z1[1,2]", "S1[1,2] = 0: sign is 0 there."),
        ("sign", "Z1[1,1]", "S1[1,1] > 0: sign is 1 there."),
        ("step", "Delta1[1,1]", "threshold' is 0: no error passes."),
        ("hard_tanh", "Z1[2,1]", "S1[2,1] > 1: hard_tanh is constant there."),
        ("hard_tanh", "Delta1[2,1]", "S1[2,1] > 1: the unit is off and passes nothing on."),
        ("hard_tanh", "Delta1[1,2]", "S1[1,2] is between -1 and 1: the unit passes the error on."),
        ("hard_tanh", "Delta1[1,1]", "S1[1,1] is exactly 1, at the kink: hard_tanh'(1) is taken as 1."),
        ("hard_sigmoid", "Delta1[1,1]", "is between -3 and 3: the unit passes on 0.17 of the error."),
        ("gelu", "Z1[1,1]", "gelu(s) = s ⊙ Φ(s)"),
        ("gelu", "Delta1[1,1]", "gelu'(s) = Φ(s) + s ⊙ φ(s)"),
        ("hard_sigmoid", "Z1[1,1]", "hard_sigmoid(s) = (1 if s > 3 else (1/6 (s + 3) if s > -3 else 0))"),
    ],
)
def test_a_cell_is_explained_by_where_its_operand_is(
    run: Run, activation: str, cell: str, words: str
) -> None:
    out = run("explain", "-", cell, stdin=JUMPING.replace("STEP", activation).encode()).out
    assert words in " ".join(out.split())


def test_a_line_of_gelu_for_a_calculator_has_the_normal_distribution_in_figures(run: Run) -> None:
    text = JUMPING.replace("STEP", "gelu")
    data = run("explain", "-", "Z1[1,1]", "--format", "json", stdin=text.encode()).json
    left, right = map(float, data["substituted"].split("*"))
    assert (left, right) == pytest.approx((1, (1 + erf(1 / sqrt(2))) / 2), rel=1e-15)
    assert data["result"] == "0.8413"


def test_the_output_of_a_new_exercise_does_not_only_jump(run: Run) -> None:
    result = run("new", "--sizes", "2,2,1", "--activation", "tanh,threshold")
    assert result.code == 2
    assert "threshold as the output activation: its derivative is 0" in result.err


@pytest.mark.parametrize("names", [("gelu", "silu"), ("hard_sigmoid", "selu"), ("sign", "bipolar_sigmoid")])
def test_a_script_works_out_what_the_page_has(run: Run, names: tuple[str, str]) -> None:
    text = JUMPING.replace("STEP", names[0]).replace("bias: 0.5}", f"bias: 0.5, activation: {names[1]}}}")
    code = run("solve", "-", "--all", "--format", "python", stdin=text.encode()).out
    found: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]] = {}
    exec(compile(code, "script", "exec"), found)  # noqa: S102  # our own code
    data = run("solve", "-", "--format", "json", stdin=text.encode()).json["quantities"]
    for name in ("Z1", "Z2", "dW1", "dW2"):
        assert found[name] == pytest.approx(np.array(data[name]["values"]), rel=1e-12, abs=1e-15), name


@pytest.mark.parametrize("delta", ["0", "-1"])
def test_where_the_square_of_huber_ends_is_above_0(run: Run, delta: str) -> None:
    loss = f"{{name: huber, delta: {delta}}}"
    text = EXERCISE.format(target=1, weights=THREE, activation="identity", loss=loss)
    result = run("solve", "-", stdin=text.encode())
    assert (result.code, "delta is not above 0" in result.err) == (2, True)


@pytest.mark.parametrize("s", [1e4, 1e20])
@pytest.mark.parametrize("activation", ["silu", "gelu", "selu"])
def test_the_slope_of_a_large_pre_activation_is_not_taken_for_noise(activation: str, s: float) -> None:
    slope = 1.0507009873554805 if activation == "selu" else 1.0
    weights = [[s, s / 2, s / 4]]
    assert solve(one_unit(activation, weights))["Delta1"].item() == pytest.approx(slope, rel=1e-15)


# ---------------------------------------------------------------------------- figures of the literature


@pytest.mark.parametrize(
    ("activation", "value", "slope"),
    [  # at s = 1, from the definitions
        ("bipolar_sigmoid", (1 - exp(-1)) / (1 + exp(-1)), 2 * exp(-1) / (1 + exp(-1)) ** 2),
        ("hard_sigmoid", 2 / 3, 1 / 6),
        ("silu", 0.7310585786300049, 0.9276705118714869),  # as PyTorch prints them
        ("gelu", 0.8413447460685429, 1.0833154705876864),
        ("selu", 1.0507009873554805, 1.0507009873554805),
    ],
)
def test_a_function_has_its_usual_values(activation: str, value: float, slope: float) -> None:
    solution = solve(one_unit(activation, [[0.5, 0.25, 0.25]]))
    assert solution["Z1"].item() == pytest.approx(value, rel=1e-14)
    assert solution["fprime1"].item() == pytest.approx(slope, rel=1e-14)
