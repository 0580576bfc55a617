"""A function that is added to the tables is right everywhere: each record here is one that no module knows.

So are those that few courses have, which are in the tables, and of which no module knows either.

Bounds against values at many points in the ball, gradients against complex steps, formulas as text and LaTeX.
"""

import json
import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from mlpcalc import load, solve
from mlpcalc.arrays import Array
from mlpcalc.marking.routes import from_activations
from mlpcalc.numerics.evaluate import evaluate_derivative, evaluate_function
from mlpcalc.numerics.interval import Ball, IntervalContext, enclose
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.expr import Call, Expr, Maximum, Number, Ref, Variable, Where
from mlpcalc.page.functions import (
    Activation,
    Apply,
    Derivative,
    LossFunction,
    exp,
    one,
    per_sample_sum,
    s,
    t,
    with_parameters,
    y,
    z,
    zero,
)
from mlpcalc.page.losses import LOSSES
from mlpcalc.page.symbols import Symbol
from tests.conftest import Run

_bent = Call("tanh", Fraction(4, 5) * (s + Fraction(1, 20) * s**3))
beta = Variable("beta")

NEW = {
    record.name: record
    for record in (
        Activation("cubic", s**3, 3 * s**2),
        Activation(
            "bent",
            Fraction(1, 2) * (s * (1 + _bent)),
            Fraction(1, 2) * (1 + _bent)
            + Fraction(2, 5) * (s * (1 - _bent**2) * (1 + Fraction(3, 20) * s**2)),
        ),
        Activation("gauss", exp(-(s**2)), -2 * (s * z), range=(0, math.inf), saturates=True),
        Activation(
            "swish_beta",
            s / (1 + exp(-(beta * s))),
            1 / (1 + exp(-(beta * s))) * (1 + beta * s * (1 - 1 / (1 + exp(-(beta * s))))),
            parameters=(("beta", Fraction(3, 2)),),
        ),
        Activation("absolute", Maximum(s, -s), Where(s, one, Number(Fraction(-1)))),
        Activation("reciprocal", (1 + s**2) ** -1, -2 * (s * (1 + s**2) ** -2)),
    )
}
DEFINITIONS: Mapping[str, Callable[[float], float]] = {
    "cubic": lambda s: s * s * s,
    "bent": lambda s: s / 2 * (1 + math.tanh(0.8 * (s + 0.05 * s**3))),
    "gauss": lambda s: math.exp(-s * s),
    "swish_beta": lambda s: s / (1 + math.exp(-1.5 * s)),
    "absolute": abs,
    "reciprocal": lambda s: 1 / (1 + s * s),
    "threshold": lambda s: 1.0 if s >= 0 else 0.0,
    "sign": lambda s: math.copysign(1.0, s) if s else 0.0,
    "bipolar_sigmoid": lambda s: (1 - math.exp(-s)) / (1 + math.exp(-s)),
    "hard_sigmoid": lambda s: min(max(s / 6 + 0.5, 0.0), 1.0),
    "hard_tanh": lambda s: min(max(s, -1.0), 1.0),
    "silu": lambda s: s / (1 + math.exp(-s)),
    "gelu": lambda s: s / 2 * (1 + math.erf(s / math.sqrt(2))),
    "selu": lambda s: 1.0507009873554805 * (s if s > 0 else 1.6732632423543772 * (math.exp(s) - 1)),
}
QUARTIC = LossFunction("quartic", (y - t) ** 4, 4 * (y - t) ** 3)
EXERCISE = """
inputs: [[1, 0.5], [-2, 1.5]]
targets: [[0.5, -1], [1, 0.25]]
layers:
  - {{weights: [[0.5, 0.75], [-1, 0.25], [0.3, -0.6]], bias: [0.25, 0.1, -0.3], activation: {hidden}}}
  - {{weights: [[1, -0.5, 0.4], [0.2, 0.3, -0.8]], bias: [0.1, -0.2], activation: {output}}}
loss: {{name: {loss}, average: samples}}
learning_rate: 0.1
"""


@pytest.fixture(autouse=True)
def added(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables with the new records in them."""
    for name, record in NEW.items():
        monkeypatch.setitem(cast("dict[str, Activation]", ACTIVATIONS), name, record)
    monkeypatch.setitem(cast("dict[str, LossFunction]", LOSSES), QUARTIC.name, QUARTIC)


def exercise(hidden: str, output: str = "identity", loss: str = "quartic") -> bytes:
    return EXERCISE.format(hidden=hidden, output=output, loss=loss).encode()


# ---------------------------------------------------------------------------- values and bounds

_S = Ref(Symbol("S", 1))
CENTRES = np.array([[-30.0, -4.0, -1.28, -0.7, -0.1, 0.0, 1e-9, 0.3, 0.5, 1.2, 5.0, 30.0]])
RADII = (0.0, 1e-12, 0.01, 0.4, 3.0)


def enclosed(node: Expr, ball: Ball, *, noise_only: bool = False) -> Ball:
    context = IntervalContext(lambda _: ball, lambda c: float(c.number), noise_only=noise_only)
    with np.errstate(all="ignore"):
        return enclose(node, context)


@pytest.mark.parametrize("noise_only", [False, True])
@pytest.mark.parametrize("radius", RADII)
@pytest.mark.parametrize("name", [name for name, f in [*ACTIVATIONS.items(), *NEW.items()] if f.elementwise])
def test_a_ball_holds_f_and_its_derivative_everywhere_in_it(
    name: str, radius: float, *, noise_only: bool
) -> None:
    given = {"slope": Fraction(2), "alpha": Fraction(3, 2)}  # the slope at 0 jumps down
    f = with_parameters(ACTIVATIONS[name], given)
    ball = Ball(CENTRES, np.full(CENTRES.shape, radius))
    inside = CENTRES + radius * np.linspace(-1, 1, 2001)[:, np.newaxis]
    inside = np.clip(inside, CENTRES - radius, CENTRES + radius)
    if noise_only:  # a zero within the noise is the zero of the paper, and no sign is in doubt
        inside = np.where(np.abs(CENTRES) <= radius, 0.0 if radius else CENTRES, inside)
    for node, values in ((Apply(f, _S), evaluate_function), (Derivative(f, _S), evaluate_derivative)):
        value, reach = enclosed(node, ball, noise_only=noise_only)
        reached = np.broadcast_to(values(f, inside), inside.shape)
        assert np.isfinite(reached).all()
        outside = np.abs(reached - value) - reach
        assert (outside <= 0).all(), (node, CENTRES[0, np.argwhere(outside > 0)[:, 1]])


@pytest.mark.parametrize("name", NEW)
def test_a_bound_by_the_definition_is_narrow_where_the_ball_is(name: str) -> None:
    f = with_parameters(NEW[name], {})
    ball = Ball(CENTRES, np.full(CENTRES.shape, 1e-6))
    for node in (Apply(f, _S), Derivative(f, _S)):
        near = np.abs(CENTRES) < 10
        kink = f.kinked & (np.abs(CENTRES) <= 1e-6)
        assert (enclosed(node, ball).radius[near & ~kink] < 1e-3).all()


@pytest.mark.parametrize("name", NEW)
def test_one_matrix_may_have_a_stack_of_radii(name: str) -> None:
    f = with_parameters(NEW[name], {})
    radii = np.array([0.0, 1e-6, 0.5])[:, np.newaxis, np.newaxis] * np.ones(CENTRES.shape)
    for node in (Apply(f, _S), Derivative(f, _S)):
        value, radius = enclosed(node, Ball(CENTRES, radii))
        for i, some in enumerate(radii):
            alone = enclosed(node, Ball(CENTRES, some))
            np.testing.assert_array_equal(np.broadcast_to(value, radii.shape)[i], alone.value)
            np.testing.assert_array_equal(np.broadcast_to(radius, radii.shape)[i], alone.radius)


def test_turning_points_make_a_bound_exact() -> None:
    known = ACTIVATIONS["silu"]
    ball = Ball(np.array([[-1.0]]), np.array([[1.0]]))
    value, radius = enclosed(Apply(known, _S), ball)
    assert float((value - radius).item()) == pytest.approx(-0.2784645427610738)  # its least value
    assert float((value + radius).item()) == pytest.approx(0.0, abs=1e-12)


def test_a_function_with_a_derivative_in_s_and_z_is_not_one_of_z() -> None:
    assert from_activations(NEW["gauss"]) is None
    assert from_activations(ACTIVATIONS["tanh"]) is not None


@pytest.mark.parametrize(
    ("value", "derivative", "message"),
    [
        (Where(s - beta, s, zero), Where(s - beta, one, zero), "does not change at one certain s"),
        (Maximum(zero, s - s), one, "does not change at one certain s"),
        (Maximum(s * (s - 1), zero), one, "does not change at one certain s"),
    ],
)
def test_what_could_not_be_right_is_refused(value: Expr, derivative: Expr, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Activation("new", value, derivative)


def test_a_function_of_whole_samples_is_softmax() -> None:
    shares = s / per_sample_sum(s)
    with pytest.raises(ValueError, match="new is neither elementwise nor a softmax"):
        Activation("new", shares, jacobian=z * Variable("d"))


def test_a_function_needs_a_derivative() -> None:
    with pytest.raises(ValueError, match="new has no derivative"):
        Activation("new", s**3)


# ---------------------------------------------------------------------------- commands


@pytest.mark.parametrize("name", DEFINITIONS)
def test_the_forward_pass_is_that_of_the_definition(run: Run, name: str) -> None:
    data = run("solve", "-", "--format", "json", stdin=exercise(name)).json
    S1, Z1 = (np.array(data["quantities"][key]["values"]) for key in ("S1", "Z1"))
    expected = np.vectorize(DEFINITIONS[name])(S1)
    assert pytest.approx(expected, rel=1e-12) == Z1


@pytest.mark.parametrize("loss", ["quartic", "squared_error"])
@pytest.mark.parametrize("name", DEFINITIONS)
def test_the_gradients_agree_with_numerical_ones(run: Run, name: str, loss: str) -> None:
    result = run("grad", "-", "--numeric", "--format", "json", stdin=exercise(name, name, loss))
    assert result.code == 0
    assert result.json["numeric"]["agrees"]


FORMATS = ("table", "markdown", "latex", "json")


@pytest.mark.slow
@pytest.mark.parametrize("style", FORMATS)
@pytest.mark.parametrize("name", DEFINITIONS)
@pytest.mark.parametrize("command", ["solve", "derive"])
def test_every_report_can_be_made(run: Run, command: str, name: str, style: str) -> None:
    result = run(command, "-", "--format", style, stdin=exercise(name, name))
    assert (result.code, result.err) == (0, "")
    assert name in result.out.replace("\\_", "_")


@pytest.mark.slow
@pytest.mark.parametrize("style", FORMATS)
@pytest.mark.parametrize("name", DEFINITIONS)
def test_every_cell_can_be_explained(run: Run, name: str, style: str) -> None:
    for cell in ("Z1[2,1]", "Delta1[2,1]", "Z2", "Delta2[1,2]", "loss", "loss_terms[2,2]", "dZ2[1,1]"):
        result = run("explain", "-", cell, "--depth", "all", "--format", style, stdin=exercise(name, name))
        assert (result.code, result.err) == (0, "")
        assert "margin" not in result.out


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_line_for_a_calculator_gives_the_result(run: Run, name: str) -> None:
    explained = run("explain", "-", "Z1", "--format", "json", stdin=exercise(name)).json
    for cell in explained["cells"]:
        functions = {"exp": math.exp, "log": math.log, "tanh": math.tanh, "max": max, "__builtins__": {}}
        found = eval(cell["substituted"], functions)  # noqa: S307  # our formula
        assert found == pytest.approx(float(cell["result"]), rel=0.05, abs=5.1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("name", DEFINITIONS)
def test_right_answers_are_right_and_wrong_ones_wrong(
    run: Run, write: Callable[[str, str | bytes], Path], name: str
) -> None:
    write("new.yaml", exercise(name, name))
    solution = solve(load("new.yaml"))
    names = ("S1", "Z1", "S2", "Z2", "Delta2", "Delta1", "dW1")

    def verdicts(figures: Mapping[str, Array]) -> dict[str, str]:
        answers = {key: np.round(values, 4).tolist() for key, values in figures.items()}
        write("answers.yaml", json.dumps({"answers": answers}))
        (marks,) = run("check", "new.yaml", "answers.yaml", "--format", "json").json["submissions"]
        return {key: quantity["verdict"] for key, quantity in marks["quantities"].items()}

    right = {key: solution[key] for key in names}
    assert set(verdicts(right).values()) == {"correct"}
    wrong = {**right, "Z1": right["Z1"] + 0.5}
    assert verdicts(wrong)["Z1"] == "wrong"


@pytest.mark.slow
@pytest.mark.parametrize("name", [*DEFINITIONS][::3])
def test_a_new_exercise_can_be_made_and_audited(
    run: Run, write: Callable[[str, str | bytes], Path], name: str
) -> None:
    made = run("new", "--sizes", "2,2,1", "--activation", name, "--seed", "3")
    assert (made.code, made.err) == (0, "")
    write("made.yaml", made.out)
    audited = run("audit", "made.yaml")
    assert audited.err == ""
    assert "rounds to 0" not in audited.out
