"""grad --numeric: agrees on what is right, names the kinks, and catches what is wrong."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, cast

import numpy as np
import pytest

from mlpcalc import load, solve
from mlpcalc.arrays import Array
from mlpcalc.numerics.complex_step import compare
from mlpcalc.numerics.values import Values
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.equations import Page
from mlpcalc.page.exercise import Exercise, Layer
from mlpcalc.page.expr import Coefficient, Expr, Hadamard, MatMul, Ref, Scale
from mlpcalc.page.functions import Activation, with_parameters
from mlpcalc.page.layout import Product
from mlpcalc.page.losses import LOSSES
from mlpcalc.page.network import Average, AveragedStep, Conventions, DeltaSign, Loss, Network
from mlpcalc.page.pages import page
from mlpcalc.page.symbols import Symbol
from mlpcalc.page.trees import references
from mlpcalc.reading.keys import AVERAGED_STEPS, DELTAS, PRODUCTS
from tests.conftest import Run
from tests.support.networks import random_exercise

SMOOTH = ("identity", "sigmoid", "tanh", "softplus", "square", "softmax")
SMOOTH_LOSSES = ("squared_error", "cross_entropy", "binary_cross_entropy", "sum")


def worst(exercise: Exercise) -> float:
    """The largest relative error of all parameters."""
    comparisons = compare(solve(exercise).computed)
    assert all(comparison.agrees for comparison in comparisons.values())
    return max(comparison.worst for comparison in comparisons.values())


def kinked(exercise: Exercise) -> dict[str, list[Any]]:
    """Which cells of each parameter stand at a kink."""
    solution = solve(exercise)
    found = {}
    for symbol, comparison in compare(solution.computed).items():
        assert comparison.agrees
        found[symbol.plain] = solution.in_exercise_layout(symbol, comparison.kink).tolist()
    return found


# ---------------------------------------------------------------------------- smooth networks


@pytest.mark.parametrize("loss", SMOOTH_LOSSES)
@pytest.mark.parametrize("output", SMOOTH)
def test_both_gradients_of_a_smooth_network_are_the_same(output: str, loss: str) -> None:
    rng = np.random.default_rng([50, SMOOTH.index(output), SMOOTH_LOSSES.index(loss)])
    # After softmax the outputs add up to 1, and both gradients are rounding noise.
    noise = 1e-6 if (output, loss) == ("softmax", "sum") else 0.0
    for hidden in (("sigmoid", "softplus"), ("tanh", "square")):
        exercise = random_exercise(rng, activations=[*hidden, output], loss=loss)
        solution = solve(exercise)
        for symbol, comparison in compare(solution.computed).items():
            larger = np.abs(solution.computed[symbol]) >= noise
            assert comparison.relative_error[larger].max(initial=0) < 1e-9, (hidden, symbol.plain)
            assert not comparison.kink.any()


def test_the_numerical_gradient_owes_nothing_to_the_analytic_one() -> None:
    rng = np.random.default_rng(51)
    exercise = random_exercise(rng, activations=["tanh", "sigmoid"], loss="squared_error", bias=True)
    solution = solve(exercise)
    for symbol, comparison in compare(solution.computed).items():
        given = Symbol(symbol.kind.removeprefix("d"), symbol.layer)
        for cell in np.ndindex(comparison.numeric.shape):
            up, down = (float(solve(moved(exercise, given, cell, by))["loss"]) for by in (1e-5, -1e-5))
            assert abs((up - down) / 2e-5 - comparison.numeric[cell]) < 1e-8


def moved(exercise: Exercise, given: Symbol, cell: tuple[int, ...], by: float) -> Exercise:
    """The exercise with one cell of one parameter moved."""
    values = exercise.givens()[given].copy()
    values[cell] += by
    layers = list(exercise.layers)
    W, b, f = (
        layers[given.layer - 1].weights,
        layers[given.layer - 1].bias,
        layers[given.layer - 1].activation,
    )
    layers[given.layer - 1] = Layer(values, b, f) if given.kind == "W" else Layer(W, values, f)
    return replace(exercise, layers=tuple(layers))


@pytest.mark.slow
@pytest.mark.parametrize("average", ["samples", "entries"])
@pytest.mark.parametrize("delta", DELTAS)
@pytest.mark.parametrize("average_in", AVERAGED_STEPS)
def test_the_gradients_agree_under_every_convention(
    average_in: AveragedStep, delta: DeltaSign, average: Average
) -> None:
    rng = np.random.default_rng([52, AVERAGED_STEPS.index(average_in), DELTAS.index(delta)])
    for loss in LOSSES:
        exercise = random_exercise(rng, activations=["tanh", "sigmoid"], loss=loss, l2=True, average=average)
        for layout in PRODUCTS if loss == "squared_error" else PRODUCTS[:1]:
            turned = replace(exercise, conventions=Conventions(layout, delta, average_in))
            assert worst(turned) < 1e-9, loss


def test_a_saturated_network_agrees() -> None:
    layer = Layer(np.array([[30.0], [-30.0]]), None, ACTIVATIONS["sigmoid"])
    loss = Loss(LOSSES["binary_cross_entropy"], Fraction(1))
    assert worst(Exercise(np.array([[1.0]]), (layer,), np.array([[0.0], [0.0]]), loss)) < 1e-9


@pytest.mark.parametrize("loss", ["cross_entropy", "binary_cross_entropy", "squared_error", "hinge"])
def test_a_saturated_softmax_agrees(loss: str) -> None:
    layer = Layer(np.array([[40.0], [-10.0], [3.0]]), None, ACTIVATIONS["softmax"])
    targets = np.array([[-1.0], [1.0], [-1.0]]) if loss == "hinge" else np.array([[1.0], [0.0], [0.0]])
    assert worst(Exercise(np.array([[1.0]]), (layer,), targets, Loss(LOSSES[loss], Fraction(1)))) < 1e-9


def test_what_is_left_of_terms_that_cancel_is_no_disagreement() -> None:
    layer = Layer(np.array([[0.7]]), np.array([[0.1]]), ACTIVATIONS["tanh"])
    inputs = np.array([[0.3, -0.2, 0.45]])
    second = Layer(np.array([[0.3], [-0.3]]), np.array([[0.0], [0.0]]), ACTIVATIONS["softmax"])
    exercise = Exercise(inputs, (layer, second), None, Loss(LOSSES["sum"], Fraction(1)))
    assert worst(exercise) < 1e-9


@pytest.mark.parametrize("target", [3, "3.0"])
def test_an_error_that_is_zero_on_paper_is_no_disagreement(target: object) -> None:
    """In binary 1.1 + 2.2 - 0.3 is 3 + 4.4e-16."""
    exercise = load(
        {
            "inputs": [[1], [1], [1]],
            "targets": [[target]],
            "layers": [{"weights": [[1.1, 2.2, -0.3]]}],
            "loss": "squared_error",
        }
    )
    (comparison,) = compare(solve(exercise).computed).values()
    assert 0 < comparison.numeric.max() < 1e-15
    assert comparison.agrees
    assert comparison.worst == 0


def test_a_gradient_that_is_wrongly_zero_disagrees_however_small_it_should_be() -> None:
    exercise = load(
        {
            "inputs": [[1], [1], [1]],
            "targets": [["3.000000000001"]],
            "layers": [{"weights": [[1.1, 2.2, -0.3]]}],
            "loss": "squared_error",
        }
    )
    values = Values(exercise)
    gradient = Symbol("dW", 1)
    edited = Values(
        exercise, edited={gradient: Scale(Coefficient(Fraction(0)), values.page[gradient].expression)}
    )
    assert not edited[gradient].any()
    (comparison,) = compare(edited).values()
    assert not comparison.agrees


def test_a_step_is_small_beside_a_tiny_parameter() -> None:
    layer = Layer(np.array([[1e-270]]), None, ACTIVATIONS["identity"])
    loss = Loss(LOSSES["cross_entropy"], Fraction(1))
    assert worst(Exercise(np.array([[1.0]]), (layer,), np.array([[1.0]]), loss)) < 1e-9


@pytest.mark.parametrize(
    ("output", "loss"),
    [
        ("sigmoid", "binary_cross_entropy"),
        ("sigmoid", "cross_entropy"),
        ("sigmoid", "squared_error"),
        ("softmax", "cross_entropy"),
        ("softmax", "squared_error"),
        ("softplus", "squared_error"),
        ("tanh", "squared_error"),
        ("elu", "squared_error"),
        ("square", "squared_error"),
    ],
)
def test_a_network_that_starts_from_zero_weights_agrees(output: str, loss: str) -> None:
    # Functions computed in two branches must not be at a loss where the branches meet.
    layer = Layer(np.zeros((2, 3)), np.zeros((2, 1)), with_parameters(ACTIVATIONS[output], {}))
    X = np.array([[1.0, 0.5], [2.0, 1.0], [0.0, 1.0]])
    exercise = Exercise(X, (layer,), np.eye(2), Loss(LOSSES[loss], Fraction(1)))
    assert worst(exercise) < 1e-9
    assert kinked(exercise) == {"dW1": [[False] * 3] * 2, "db1": [False] * 2}


# ---------------------------------------------------------------------------- kinks


def at_kink(name: str, **parameters: Fraction) -> Exercise:
    """Unit 1 has S = 0.5 - 0.6 + 0.1 for sample 1, which has no input 3."""
    hidden = Layer(
        np.array([[0.5, -0.3, 0.2], [0.2, 0.8, 0.1]]),
        np.array([[0.1], [-0.2]]),
        with_parameters(ACTIVATIONS[name], parameters),
    )
    output = Layer(np.array([[1.0, -0.5]]), np.array([[0.5]]), ACTIVATIONS["sigmoid"])
    return Exercise(
        inputs=np.array([[1.0, 0.5], [2.0, 1.0], [0.0, 1.0]]),
        layers=(hidden, output),
        targets=np.array([[1.0, 0.0]]),
        loss=Loss(LOSSES["squared_error"], Fraction(1, 2), "samples"),
    )


UNIT_1 = {
    "dW2": [[False, False]],
    "db2": [False],
    "dW1": [[True, True, False], [False, False, False]],
    "db1": [True, False],
}
NOWHERE = {**UNIT_1, "dW1": [[False] * 3, [False] * 3], "db1": [False, False]}


@pytest.mark.parametrize(
    ("name", "parameters", "expected"),
    [
        ("relu", {}, UNIT_1),
        ("leaky_relu", {"slope": Fraction(1, 5)}, UNIT_1),
        ("leaky_relu", {"slope": Fraction(1)}, NOWHERE),
        ("elu", {"alpha": Fraction(1, 2)}, UNIT_1),
        ("elu", {"alpha": Fraction(1)}, NOWHERE),
        ("softplus", {}, NOWHERE),  # made of two branches that meet at 0
        ("square", {}, NOWHERE),  # its derivative goes through 0 there
    ],
)
def test_only_parameters_that_leave_a_kink_are_named(
    name: str, parameters: Mapping[str, Fraction], expected: dict[str, Any]
) -> None:
    assert kinked(at_kink(name, **parameters)) == expected


def test_a_kink_that_needs_no_step_is_none() -> None:
    # Away from 0, by as little as one likes.
    exercise = at_kink("relu")
    for by in (1e-9, -1e-9):
        assert kinked(moved(exercise, Symbol("b", 1), (0, 0), by)) == NOWHERE


def test_a_hinge_at_its_margin_is_a_kink() -> None:
    # y = 0.6 + 0.3 + 0.1 for sample 1, with the target 1; sample 2 is far outside the margin.
    layer = Layer(np.array([[1.0, 1.0]]), np.array([[0.1]]), ACTIVATIONS["identity"])
    loss = Loss(LOSSES["hinge"], Fraction(1))
    exercise = Exercise(np.array([[0.6, 5.0], [0.3, 5.0]]), (layer,), np.array([[1.0, 1.0]]), loss)
    assert kinked(exercise) == {"dW1": [[True, True]], "db1": [True]}


def test_a_multiclass_hinge_at_its_margin_is_a_kink_for_the_two_classes() -> None:
    # Scores 0.3 for the true class, 0 and -0.1, with a margin of 0.3: class 2 is at the margin.
    layer = Layer(
        np.array([[1.0, 1.0], [0.0, 0.0], [0.0, 0.0]]),
        np.array([[0.0], [0.0], [-0.1]]),
        ACTIVATIONS["identity"],
    )
    loss = Loss(with_parameters(LOSSES["multiclass_hinge"], {"margin": Fraction(3, 10)}), Fraction(1))
    exercise = Exercise(np.array([[0.1], [0.2]]), (layer,), np.array([[1.0], [0.0], [0.0]]), loss)
    assert kinked(exercise) == {
        "dW1": [[True, True], [True, True], [False, False]],
        "db1": [True, True, False],
    }


KINKED = """\
inputs: [[1, 0], [2, 1]]
targets: [[1, 1]]
layers:
  - weights: [[0.5, -0.3], [0.2, 0.8]]
    bias: [0.1, -0.2]
    activation: relu
  - weights: [[1, -0.5]]
    bias: 0.5
loss: squared_error
"""


def test_kinks_are_named_by_their_cells_and_are_no_disagreement(run: Run) -> None:
    result = run("grad", "-", "--numeric", stdin=KINKED.encode())
    assert (result.code, result.err) == (0, "")
    lines = [line.strip() for line in result.out.splitlines() if "kink" in line]
    assert lines == [
        "At a kink: W1[1,1], W1[1,2]; the derivative there is a convention.",
        "At a kink: b1[1]; the derivative there is a convention.",
    ]
    assert "DISAGREES" not in result.out


@pytest.mark.parametrize(
    "name", ["exercise1", "exercise2", "exercise3", "mazur", "planar", "walkthrough", "mit6036"]
)
def test_the_gradients_of_a_bundled_exercise_agree(run: Run, name: str) -> None:
    result = run("grad", name, "--numeric", "--format", "json")
    assert result.code == 0
    numeric = json.loads(result.out)["numeric"]
    assert numeric["agrees"] is True
    assert numeric["worst"] < 1e-9


# ---------------------------------------------------------------------------- what is wrong

TWO_LAYERS = """\
inputs: [[0.5, -0.2], [0.3, 0.9]]
targets: [[1, 0]]
layers:
  - weights: [[0.3, -0.1], [0.2, 0.4]]
    bias: [0.1, -0.2]
    activation: {hidden}
  - weights: [[0.5, -0.3]]
    bias: 0.2
    activation: {hidden}
loss: {{name: squared_error, average: samples}}
"""
WRONG: Mapping[str, tuple[str, Callable[..., Array]]] = {
    "σ' without the factor 1 - z": ("sigmoid", lambda S: 1 / (1 + np.exp(-S))),
    "tanh' = 1 - z": ("tanh", lambda S: 1 - np.tanh(S)),
    "tanh' wrong in the seventh digit": ("tanh", lambda S: (1 + 1e-7) / np.cosh(S) ** 2),
    "softplus' = 1": ("softplus", lambda S: np.ones_like(S.real)),
    "elu' without alpha": ("elu", lambda S, alpha: np.where(S > 0, 1, np.exp(S))),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_wrong_derivative_is_caught(run: Run, monkeypatch: pytest.MonkeyPatch, mistake: str) -> None:
    name, version = WRONG[mistake]
    text = TWO_LAYERS.format(hidden="{name: elu, alpha: 1/2}" if name == "elu" else name).encode()
    right = run("grad", "-", "--numeric", "--format", "json", stdin=text)
    assert (right.code, json.loads(right.out)["numeric"]["agrees"]) == (0, True)
    record = replace(ACTIVATIONS[name], compute_derivative=version)
    monkeypatch.setitem(cast("dict[str, Activation]", ACTIVATIONS), name, record)
    wrong = run("grad", "-", "--numeric", "--format", "json", stdin=text)
    assert (wrong.code, json.loads(wrong.out)["numeric"]["agrees"]) == (1, False)
    assert json.loads(wrong.out)["numeric"]["worst"] > 1e-8
    table = run("grad", "-", "--numeric", stdin=text)
    assert table.code == 1
    assert "dW1 DISAGREES" in table.out


def _doubled(expression: Expr) -> Expr:
    return 2 * expression


def _without_f_prime(expression: Expr) -> Expr:
    assert isinstance(expression, Hadamard)
    return expression.left


def _activations_for_inputs(expression: Expr) -> Expr:
    assert isinstance(expression, MatMul)
    return MatMul(expression.left, Ref(Symbol("Z", 1)).T)


@pytest.mark.parametrize(
    ("kind", "layer", "edit", "parameters"),
    [
        ("dW", 1, _doubled, {"W1"}),
        ("db", 1, _doubled, {"b1"}),
        ("dW", 2, _doubled, {"W2"}),
        ("Delta", 1, _without_f_prime, {"W1", "b1"}),
        ("Delta", 2, _doubled, {"W1", "b1", "W2", "b2"}),
        ("dW", 1, _activations_for_inputs, {"W1"}),
    ],
    ids=lambda each: getattr(each, "__name__", None),
)
def test_a_wrong_equation_is_caught_where_it_matters(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    layer: int,
    edit: Callable[[Expr], Expr],
    parameters: set[str],
) -> None:
    def wrong_page(network: Network) -> Page:
        symbol = Symbol(kind, layer)
        stable = edit(page(network)[symbol].stable)
        wrong = page(network)[symbol]._replace(stable=stable, operands=frozenset(references(stable)))
        return {**page(network), symbol: wrong}

    monkeypatch.setattr("mlpcalc.numerics.values.page", wrong_page)
    result = run(
        "grad", "-", "--numeric", "--format", "json", stdin=TWO_LAYERS.format(hidden="tanh").encode()
    )
    assert result.code == 1
    numeric = json.loads(result.out)["numeric"]
    assert numeric["agrees"] is False
    off = {name for name, each in numeric["parameters"].items() if np.max(each["relative_error"]) > 1e-8}
    assert off == parameters


# ---------------------------------------------------------------------------- the shape of the JSON

LAID_OUT: Mapping[Product, tuple[str, str, str]] = {
    "W X": ("[[1, 2], [3, 4], [5, 6]]", "[[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]", "[[1, 0], [0, 1]]"),
    "W^T X": ("[[1, 2], [3, 4], [5, 6]]", "[[0.1, 0.4], [0.2, 0.5], [0.3, 0.6]]", "[[1, 0], [0, 1]]"),
    "X W": ("[[1, 3, 5], [2, 4, 6]]", "[[0.1, 0.4], [0.2, 0.5], [0.3, 0.6]]", "[[1, 0], [0, 1]]"),
    "X W^T": ("[[1, 3, 5], [2, 4, 6]]", "[[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]", "[[1, 0], [0, 1]]"),
}


@pytest.mark.parametrize("layout", LAID_OUT)
def test_the_json_has_a_cell_for_each_parameter_lying_like_it(run: Run, layout: Product) -> None:
    inputs, weights, targets = LAID_OUT[layout]
    text = (
        f"inputs: {inputs}\ntargets: {targets}\nlayers:\n  - weights: {weights}\n    bias: [0.1, -0.1]\n"
        f"    activation: tanh\nloss: squared_error\nconventions: {{product: {layout}}}\n"
    )
    result = run("grad", "-", "--numeric", "--format", "json", stdin=text.encode())
    assert result.code == 0
    data = json.loads(result.out)
    assert set(data) >= {"exercise", "conventions", "quantities", "numeric"}
    assert set(data["numeric"]) >= {"agrees", "worst", "parameters"}
    assert set(data["numeric"]["parameters"]) == {"W1", "b1"}
    for name, found in data["numeric"]["parameters"].items():
        gradient = np.array(data["quantities"][f"d{name}"]["values"])
        assert set(found) >= {"relative_error", "kink"}
        assert np.array(found["relative_error"]).shape == gradient.shape
        assert np.array(found["kink"]).shape == gradient.shape
        np.testing.assert_allclose(found["values"], gradient, rtol=1e-9)


def test_kinks_in_json_turn_with_the_weights(run: Run) -> None:
    turned = """\
inputs: [[1, 2], [0, 1]]
targets: [[1], [1]]
layers:
  - weights: [[0.5, 0.2], [-0.3, 0.8]]
    bias: [0.1, -0.2]
    activation: relu
  - weights: [[1], [-0.5]]
    bias: 0.5
loss: squared_error
conventions: {product: X W}
"""
    found = []
    for text in (KINKED, turned):
        result = run("grad", "-", "--numeric", "--format", "json", stdin=text.encode())
        found.append(json.loads(result.out)["numeric"]["parameters"]["W1"]["kink"])
    assert found == [[[True, True], [False, False]], [[True, False], [True, False]]]
    lines = run("grad", "-", "--numeric", stdin=turned.encode()).out
    assert "At a kink: W1[1,1], W1[2,1]; the derivative there is a convention." in lines


@pytest.mark.parametrize(
    ("option", "parameters"), [(("--layer", "2"), ["W2", "b2"]), (("--only", "db1"), ["b1"])]
)
def test_only_the_selected_parameters_are_compared(
    run: Run, option: tuple[str, str], parameters: list[str]
) -> None:
    result = run("grad", "-", "--numeric", "--format", "json", *option, stdin=KINKED.encode())
    assert list(json.loads(result.out)["numeric"]["parameters"]) == parameters


def test_without_a_loss_there_is_nothing_to_compare(run: Run) -> None:
    result = run("grad", "-", "--numeric", stdin=b"inputs: [[1]]\nlayers:\n  - weights: [[2]]\n")
    assert result.code == 2
    assert "no targets and no loss" in result.err


def test_too_many_parameters_are_refused(run: Run) -> None:
    row = " ".join(["0.1"] * 101)
    text = f"inputs: {'; '.join(['1'] * 101)}\nlayers:\n  - weights: {'; '.join([row] * 200)}\nloss: sum\n"
    result = run("grad", "-", "--numeric", stdin=text.encode())
    assert result.code == 2
    assert "too many parameters for numerical gradients: 20,200" in result.err


# ---------------------------------------------------------------------------- rounded steps


def test_rounded_steps_are_compared_before_rounding(run: Run) -> None:
    """Steps rounded to two decimals are far from any derivative; that says nothing of the formulas."""
    result = run("grad", "exercise2", "--carry", "2", "--numeric")
    assert result.code == 0
    assert "comparison is with the gradients before rounding" in result.out
    assert "dW1 agrees" in result.out
    assert "0.00   0.00" in result.out  # the figures themselves stay rounded
    data = run("grad", "exercise2", "--carry", "2", "--numeric", "--format", "json").json
    assert data["numeric"]["agrees"]
    assert any("before rounding" in note for note in data["notes"])
    assert not run("grad", "exercise2", "--numeric", "--format", "json").json["notes"]
