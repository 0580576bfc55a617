"""Four ways to lay out samples and weights: the same figures, under formulas that are right as printed."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mlpcalc import load, solve
from mlpcalc.arrays import Array
from mlpcalc.notation.formulas import Notation
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.functions import Activation
from mlpcalc.page.layout import Product
from mlpcalc.page.network import Conventions, DeltaSign, Loss
from mlpcalc.page.symbols import LETTERS, Symbol, quantities
from mlpcalc.reading.keys import AVERAGED_STEPS, AVERAGES, DELTAS, PRODUCTS
from mlpcalc.reading.library import bundled
from mlpcalc.solving.solution import Solution
from tests.conftest import Run
from tests.support.formula_parser import Functions, work_out
from tests.support.networks import random_exercise

COURSES: tuple[Mapping[str, str], ...] = (
    {},
    {"S": "Z", "Z": "A", "Delta": "dZ", "T": "Y"},
    {"S": "net", "Z": "out", "Delta": "δ"},
    {"S": "I", "Z": "O", "Delta": "Err", "b": "θ"},
    {"W": "Θ", "X": "x", "T": "y", "S": "z", "Z": "a"},
)
"""How some courses write S, Z, Delta, W, b, X and T."""

SAMPLES_IN_ROWS = ("X W", "X W^T")
WEIGHTS_IN_COLUMNS = ("W^T X", "X W")  # a column for each unit


# ---------------------------------------------------------------------------- exercises as text


def as_text(exercise: Exercise) -> str:
    """The file that says what this exercise is, its matrices in the layout of its conventions."""
    conventions, loss = exercise.conventions, exercise.loss
    in_rows, in_columns = (
        conventions.product in SAMPLES_IN_ROWS,
        conventions.product in WEIGHTS_IN_COLUMNS,
    )
    lines = [f"inputs: {_matrix(exercise.inputs, in_rows)}"]
    if exercise.targets is not None:
        lines.append(f"targets: {_matrix(exercise.targets, in_rows)}")
    lines.append("layers:")
    for layer in exercise.layers:
        lines.append(f"  - weights: {_matrix(layer.weights, in_columns)}")
        lines.append(f"    activation: {_block(layer.activation)}")
        if layer.bias is not None:
            lines.append(f"    bias: {layer.bias.ravel().tolist()}")
            lines.append(f"    shared_bias: {str(layer.shared_bias).lower()}")
    if loss is not None:
        decay = "" if loss.l2 is None else f", l2: {{lambda: {loss.l2}, average: {loss.decay_average}}}"
        more = f", factor: {loss.factor}, average: {loss.average}{decay}}}"
        lines.append(f"loss: {_block(loss.function).removesuffix('}')}{more}")
    if exercise.learning_rate is not None:
        lines.append(f"learning_rate: {exercise.learning_rate}")
    words = {
        "product": conventions.product,
        "delta": conventions.delta,
        "average_in": conventions.average_in,
        "update_biases": str(conventions.update_biases).lower(),
    }
    lines.append("conventions:")
    lines += [f"  {key}: {word}" for key, word in words.items()]
    if exercise.letters:
        lines.append(
            f"symbols: {{{', '.join(f'{key}: {letter}' for key, letter in exercise.letters.items())}}}"
        )
    return "\n".join(lines) + "\n"


def _matrix(values: Array, turned: bool) -> str:
    return str((values.T if turned else values).tolist())


def _block(function: Any) -> str:  # noqa: ANN401  # an activation or a loss: both have name and parameters
    parameters = [f", {name}: {value}" for name, value in function.parameters]
    return f"{{name: {function.name}{''.join(parameters)}}}"


def printed(run: Run, exercise: Exercise) -> dict[str, Any]:
    """The quantities in the JSON of `solve`, as another program gets them."""
    result = run("solve", "-", "--format", "json", stdin=as_text(exercise).encode())
    assert (result.code, result.err) == (0, "")
    quantities: dict[str, Any] = json.loads(result.out)["quantities"]
    return quantities


def in_product(exercise: Exercise, product: Product) -> Exercise:
    conventions = exercise.conventions
    turned = Conventions(product, conventions.delta, conventions.average_in, conventions.update_biases)
    return replace(exercise, conventions=turned)


# ---------------------------------------------------------------------------- the same figures


def turned(name: str, quantity: Mapping[str, Any], product: Product) -> Array:
    """The figures of a quantity in a layout, as they are in that of W X."""
    values = np.array(quantity["values"])
    if values.ndim < 2:
        return values
    weights = name.removeprefix("step_").removeprefix("d").startswith("W")
    return values.T if product in (WEIGHTS_IN_COLUMNS if weights else SAMPLES_IN_ROWS) else values


def assert_same_figures(found: Array, expected: Array, name: str) -> None:
    """The same up to the order in which a sum was added up, and zero in the same cells."""
    np.testing.assert_array_equal(found == 0, expected == 0, name)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-13 * np.abs(expected).max(), err_msg=name)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("layout", PRODUCTS[1:])
def test_an_exercise_has_the_same_figures_however_it_is_laid_out(
    run: Run, layout: Product, seed: int
) -> None:
    exercise = random_exercise(
        np.random.default_rng([20, seed]), shared_bias=seed == 3, bias=seed == 3 or None
    )
    expected = printed(run, exercise)
    found = printed(run, in_product(exercise, layout))
    assert list(found) == list(expected)
    for name, quantity in found.items():
        assert quantity["shape"] == list(np.array(quantity["values"]).shape), name
        assert_same_figures(turned(name, quantity, layout), np.array(expected[name]["values"]), name)


@pytest.mark.parametrize("layout", PRODUCTS)
def test_a_solution_in_python_lies_like_its_exercise(tmp_path: Path, run: Run, layout: Product) -> None:
    exercise = in_product(random_exercise(np.random.default_rng([21, 0])), layout)
    path = tmp_path / "a.yaml"
    path.write_text(as_text(exercise), encoding="utf-8")
    solution = solve(load(str(path)))
    for name, quantity in printed(run, exercise).items():
        np.testing.assert_array_equal(solution[name], quantity["values"], name)


@pytest.mark.parametrize("layout", PRODUCTS)
def test_csv_counts_rows_and_columns_as_the_exercise_does(run: Run, layout: Product) -> None:
    exercise = in_product(random_exercise(np.random.default_rng([22, 0])), layout)
    quantities = printed(run, exercise)
    out = run("solve", "-", "--format", "csv", stdin=as_text(exercise).encode()).out
    records = list(csv.DictReader(io.StringIO(out)))
    assert len(records) == sum(np.size(quantity["values"]) for quantity in quantities.values())
    for record in records:
        cells = np.array(quantities[record["quantity"]]["values"])
        index = tuple(int(record[axis]) - 1 for axis in ("row", "column") if record[axis])
        assert float(record["value"]) == cells[index[: cells.ndim]]


@pytest.mark.parametrize("layout", PRODUCTS)
def test_rounded_steps_give_the_same_figures_in_every_layout(layout: Product) -> None:
    exercise = random_exercise(np.random.default_rng([23, 0]))
    expected, found = (solve(each, carry=3) for each in (exercise, in_product(exercise, layout)))
    for name in expected:
        quantity = {"values": found[name].tolist()}
        np.testing.assert_array_equal(turned(name, quantity, layout), expected[name], name)


FORMULAS: Mapping[Product, tuple[str, ...]] = {
    "W X": (
        "S1 = W1 X + b1 1ᵀ",
        "S2 = W2 Z1 + b2 1ᵀ",
        "Δ2 = 1/N (Z2 - T) ⊙ f2'(S2)",
        "dZ1 = W2ᵀ Δ2",
        "Δ1 = (W2ᵀ Δ2) ⊙ f1'(S1)",
        "dX = W1ᵀ Δ1",
        "dW2 = Δ2 Z1ᵀ",
        "dW1 = Δ1 Xᵀ",
        "db1 = Δ1 1",
        "losses = 1/2 1ᵀ (Z2 - T)²",
    ),
    "W^T X": (
        "S1 = W1ᵀ X + b1 1ᵀ",
        "S2 = W2ᵀ Z1 + b2 1ᵀ",
        "Δ2 = 1/N (Z2 - T) ⊙ f2'(S2)",
        "dZ1 = W2 Δ2",
        "Δ1 = (W2 Δ2) ⊙ f1'(S1)",
        "dX = W1 Δ1",
        "dW2 = Z1 Δ2ᵀ",
        "dW1 = X Δ1ᵀ",
        "db1 = Δ1 1",
        "losses = 1/2 1ᵀ (Z2 - T)²",
    ),
    "X W": (
        "S1 = X W1 + 1 b1",
        "S2 = Z1 W2 + 1 b2",
        "Δ2 = 1/N (Z2 - T) ⊙ f2'(S2)",
        "dZ1 = Δ2 W2ᵀ",
        "Δ1 = (Δ2 W2ᵀ) ⊙ f1'(S1)",
        "dX = Δ1 W1ᵀ",
        "dW2 = Z1ᵀ Δ2",
        "dW1 = Xᵀ Δ1",
        "db1 = 1ᵀ Δ1",
        "losses = 1/2 (Z2 - T)² 1",
    ),
    "X W^T": (
        "S1 = X W1ᵀ + 1 b1",
        "S2 = Z1 W2ᵀ + 1 b2",
        "Δ2 = 1/N (Z2 - T) ⊙ f2'(S2)",
        "dZ1 = Δ2 W2",
        "Δ1 = (Δ2 W2) ⊙ f1'(S1)",
        "dX = Δ1 W1",
        "dW2 = Δ2ᵀ Z1",
        "dW1 = Δ1ᵀ X",
        "db1 = 1ᵀ Δ1",
        "losses = 1/2 (Z2 - T)² 1",
    ),
}


@pytest.mark.parametrize("layout", FORMULAS)
def test_formulas_are_those_of_a_course_with_that_layout(run: Run, layout: Product) -> None:
    exercise = random_exercise(
        np.random.default_rng([24, 0]),
        activations=["tanh", "sigmoid"],
        loss="squared_error",
        bias=True,
        l2=False,
        average="samples",
    )
    assert exercise.loss is not None
    exercise = replace(exercise, loss=Loss(exercise.loss.function, exercise.loss.function.factor, "samples"))
    quantities = printed(run, in_product(exercise, layout))
    found = {quantity["formula"] for quantity in quantities.values()}
    assert set(FORMULAS[layout]) <= found


def test_rows_of_a_table_are_samples_where_they_are_rows_of_the_exercise(run: Run) -> None:
    text = """\
inputs: [[0.75, 0.80], [0.2, 0.05], [-0.75, 0.8], [0.2, -0.05]]
targets: [[1], [1], [-1], [-1]]
layers:
  - weights: [[0.6, 0.7, 0], [0.01, 0.43, 0.88]]
    activation: relu
  - weights: [[0.02], [0.03], [0.09]]
loss: {name: squared_error, average: samples}
conventions: {product: X W}
"""
    result = run("solve", "-", "--only", "X,W1,Delta1", stdin=text.encode())
    lines = [line.rstrip() for line in result.out.split("GIVENS\n")[1].splitlines()]
    assert (
        "\n".join(lines)
        == """\
X   4×2                       1        2
           #1              0.75     0.80
           #2              0.2      0.05
           #3             -0.75     0.8
           #4              0.2     -0.05

W1   2×3                      1        2        3
            1              0.6      0.7      0
            2              0.01     0.43     0.88

ERROR SIGNALS
Δ1 = (Δ2 W2ᵀ) ⊙ f1'(S1)   4×3
                              1        2        3
           #1           -0.0045  -0.0068  -0.0203
           #2           -0.0049  -0.0074  -0.0222
           #3            0.0000   0.0000   0.0239
           #4            0.0050   0.0075   0.0000"""
    )


@pytest.mark.parametrize(
    ("layout", "message", "expected"),
    [
        ("W X", "3 columns, but the inputs have 2 rows", "5 × 2 (one column for each input, line 1)"),
        ("W^T X", "3 rows, but the inputs have 2 rows", "2 × 5 (one row for each input, line 1)"),
        ("X W", "3 rows, but the inputs have 2 columns", "2 × 5 (one row for each input, line 1)"),
        ("X W^T", "3 columns, but the inputs have 2 columns", "5 × 2 (one column for each input, line 1)"),
    ],
)
def test_a_misfit_is_reported_in_rows_and_columns_of_the_file(
    run: Run, layout: Product, message: str, expected: str
) -> None:
    inputs = np.array([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]])
    weights = np.ones((5, 3))
    text = (
        f"inputs: {_matrix(inputs, layout in SAMPLES_IN_ROWS)}\n"
        f"layers:\n  - weights: {_matrix(weights, layout in WEIGHTS_IN_COLUMNS)}\n"
        f"conventions: {{product: {layout}}}\n"
    )
    result = run("solve", "-", "--format", "json", stdin=text.encode())
    assert result.code == 2
    (problem,) = json.loads(result.out)["error"]["problems"]
    assert (problem["line"], problem["column"]) == (3, 14)
    assert problem["message"] == f"weights of layer 1: {message}"
    assert problem["expected"] == expected


# ---------------------------------------------------------------------------- formulas right as printed

TOLERANCE = 1e-12


def functions_of(activation: Activation, layout: Product) -> Functions:
    """The functions in formulas, written down here anew; those with parameters as this layer has them."""
    parameters = {name: float(value) for name, value in activation.parameters}
    slope, alpha = parameters.get("slope", 0.0), parameters.get("alpha", 0.0)
    return {
        "ln": np.log,
        "exp": np.exp,
        "max": np.maximum,
        "tanh": np.tanh,
        "tanh'": lambda S: 1 / np.cosh(S) ** 2,
        "σ": _sigmoid,
        "σ'": lambda S: _sigmoid(S) * _sigmoid(-S),
        "relu": lambda S: np.maximum(S, 0),
        "relu'": lambda S: np.where(S > 0, 1.0, 0.0),
        "leaky_relu": lambda S: np.where(S > 0, S, slope * S),
        "leaky_relu'": lambda S: np.where(S > 0, 1, slope),
        "elu": lambda S: np.where(S > 0, S, alpha * (np.exp(S) - 1)),
        "elu'": lambda S: np.where(S > 0, 1, alpha * np.exp(S)),
        "softplus": lambda S: np.log(1 + np.exp(S)),
        "softplus'": _sigmoid,
        "square": np.square,
        "square'": lambda S: 2 * S,
        "softmax": partial(_softmax, axis=1 if layout in SAMPLES_IN_ROWS else 0),
    }


def _sigmoid(S: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-S)))


def _softmax(S: Array, axis: int) -> Array:
    raised = np.exp(S - S.max(axis=axis, keepdims=True))
    return np.asarray(raised / raised.sum(axis=axis, keepdims=True))


def wrong_formulas(solution: Solution, quantities: Mapping[str, Any]) -> list[str]:
    """The formulas whose text, worked out on the figures of the others, does not give their own figures."""
    exercise = solution.exercise
    layout = exercise.conventions.product
    symbols = {name: solution.symbols[name] for name in quantities}
    figures = {
        name: _as_matrix(symbols[name], np.array(quantity["values"]), layout)
        for name, quantity in quantities.items()
    }
    called = {name: solution.notation.name(symbol) for name, symbol in symbols.items()}
    scalars = {"N": float(exercise.samples), "M": float(exercise.sizes[-1])}
    if exercise.learning_rate is not None:
        scalars["η"] = float(exercise.learning_rate)
    if exercise.loss is not None and exercise.loss.l2 is not None:
        scalars["λ"] = float(exercise.loss.l2)
    wrong = []
    for name, quantity in quantities.items():
        symbol, expected = symbols[name], figures[name]
        if symbol.stage == "givens":
            if quantity["formula"] != called[name]:
                wrong.append(quantity["formula"])
            continue
        left, _, right = quantity["formula"].partition(" = ")
        found = work_out(
            right or left,
            expected.shape or (1, 1),
            names={called[other]: figures[other] for other in quantities if other != name}
            | _of_optimizer(exercise),
            scalars=scalars,
            functions=functions_of(exercise.layers[(symbol.layer or 1) - 1].activation, layout),
        )
        # The outputs of softmax add up to 1: what is left of their sum's derivative is noise of terms of 1.
        noise = 1.0 if exercise.layers[-1].activation.name == "softmax" else 0.0
        scale = max(float(np.abs(expected).max()), noise)
        if left != called[name] or np.abs(found - expected).max() > TOLERANCE * scale:
            wrong.append(f"{quantity['formula']}: {found.tolist()}, not {expected.tolist()}")
    return wrong


def _of_optimizer(exercise: Exercise) -> dict[str, Array]:
    """The numbers of an optimiser in its first step, as formulas write them."""
    numbers: dict[str, float] = {name: float(value) for name, value in exercise.optimizer.parameters}
    written = {"μ": numbers.get("mu"), "ε": numbers.get("epsilon")}
    for beta in ("1", "2"):
        decay = numbers.get(f"beta{beta}", 0.0)
        written |= {f"β{beta}": decay, f"(1-β{beta})": 1 - decay, f"1/(1-β{beta}^1)": 1 / (1 - decay)}
    return {name: np.array(value) for name, value in written.items() if value is not None}


def _as_matrix(symbol: Symbol, values: Array, layout: Product) -> Array:
    """A flat list as formulas have it: biases like one sample, losses like one unit."""
    if values.ndim != 1:
        return values
    of_units = symbol.kind != "losses"
    return values.reshape((1, -1) if (layout in SAMPLES_IN_ROWS) == of_units else (-1, 1))


@pytest.mark.parametrize("name", [found.file.removesuffix(".yaml") for found in bundled()])
def test_formulas_of_a_bundled_exercise_are_right_as_printed(run: Run, name: str) -> None:
    result = run("solve", name, "--format", "json")
    assert wrong_formulas(solve(load(name)), json.loads(result.out)["quantities"]) == []


LOSSES_USED = ("squared_error", "cross_entropy", "binary_cross_entropy", "multiclass_hinge", "hinge", "sum")


@pytest.mark.slow
@pytest.mark.parametrize("loss", LOSSES_USED)
@pytest.mark.parametrize("layout", PRODUCTS)
@pytest.mark.parametrize("delta", DELTAS)
def test_formulas_are_right_as_printed(run: Run, delta: DeltaSign, layout: Product, loss: str) -> None:
    place = [DELTAS.index(delta), PRODUCTS.index(layout), LOSSES_USED.index(loss)]
    for i, average_in in enumerate(AVERAGED_STEPS):
        rng = np.random.default_rng([25, *place, i])
        average = AVERAGES[rng.integers(3)]
        # Without the step of the biases, outputs may leave the domain of a logarithm.
        update_biases = "entropy" in loss or bool(rng.integers(4))
        drawn = random_exercise(rng, loss=loss, average=average)
        assert drawn.learning_rate is not None
        shorter = drawn.samples * drawn.sizes[-1] if average_in == "loss" else 1  # the same step, or less
        exercise = replace(
            drawn,
            learning_rate=drawn.learning_rate / shorter,
            conventions=Conventions(layout, delta, average_in, update_biases),
            letters=COURSES[rng.integers(len(COURSES))],
        )
        assert wrong_formulas(solve(exercise), printed(run, exercise)) == [], as_text(exercise)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Δ1 1", "1ᵀ Δ1"),
        ("Δ1 Xᵀ", "X Δ1ᵀ"),
        ("Δ1 Xᵀ", "Δ1 X"),
        ("W1 X + b1 1ᵀ", "W1 X + 1 b1"),
        ("1/N Δ1 Xᵀ", "Δ1 Xᵀ"),
        ("(T - X) ⊙ X", "T - X ⊙ X"),
        ("1 1ᵀ X", "1ᵀ X"),
        ("1/(2N) Σ (X - T)²", "1/N Σ (X - T)²"),
        ("-X", "X"),
        ("X / T", "X ⊙ T"),
        ("[X ≥ 0]", "max(0, X)"),
        ("1 - X", "X - 1"),
    ],
)
def test_the_reading_of_formulas_tells_right_from_wrong(right: str, wrong: str) -> None:
    rng = np.random.default_rng(26)
    names = {"X": rng.normal(size=(3, 4)), "T": rng.normal(size=(3, 4)), "b1": rng.normal(size=(2, 1))}
    names |= {"W1": rng.normal(size=(2, 3)), "Δ1": rng.normal(size=(2, 4))}
    X, T, W, D = names["X"], names["T"], names["W1"], names["Δ1"]
    by_hand = {
        "Δ1 1": D.sum(axis=1, keepdims=True),
        "Δ1 Xᵀ": D @ X.T,
        "W1 X + b1 1ᵀ": W @ X + names["b1"],
        "1/N Δ1 Xᵀ": D @ X.T / 4,
        "(T - X) ⊙ X": (T - X) * X,
        "1 1ᵀ X": np.tile(X.sum(axis=0), (3, 1)),
        "1/(2N) Σ (X - T)²": np.full((1, 1), ((X - T) ** 2).sum() / 8),
        "-X": -X,
        "X / T": X / T,
        "[X ≥ 0]": (X >= 0) * 1.0,
        "1 - X": 1 - X,
    }[right]

    def worked_out(formula: str) -> Array:
        return work_out(
            formula,
            by_hand.shape,
            names=names,
            scalars={"N": 4.0},
            functions={"max": np.maximum},
        )

    np.testing.assert_allclose(worked_out(right), by_hand, rtol=1e-14)
    try:
        differs = not np.allclose(worked_out(wrong), by_hand)
    except ValueError:  # its shapes do not fit together
        differs = True
    assert differs


@pytest.mark.parametrize("letters", COURSES)
def test_every_quantity_has_a_name_of_its_own_in_formulas(letters: Mapping[str, str]) -> None:
    notation = Notation({}, {**LETTERS, **letters})
    symbols = {symbol for k in (1, 2, 3) for symbol in quantities(k)}
    assert len({notation.name(symbol) for symbol in symbols}) == len(symbols)
