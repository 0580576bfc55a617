"""What courses do differently: signs, where the average goes, biases, and letters."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mlpcalc import InputError, Solution, load, solve
from mlpcalc.arrays import Array
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.layout import Product
from mlpcalc.page.losses import LOSSES
from mlpcalc.page.network import Average, AveragedStep, Conventions
from mlpcalc.reading.keys import AVERAGED_STEPS, PRODUCTS
from tests.conftest import Run
from tests.support.networks import random_exercise

USUAL = Conventions()


def under(exercise: Exercise, **changed: Any) -> Solution:  # noqa: ANN401  # a word or a truth value
    """The exercise solved under other conventions."""
    words = {
        "product": USUAL.product,
        "delta": USUAL.delta,
        "average_in": USUAL.average_in,
        "update_biases": USUAL.update_biases,
    }
    return solve(replace(exercise, conventions=Conventions(**{**words, **changed})))


def exercise_with(loss: str, seed: int, **choices: Any) -> Exercise:  # noqa: ANN401  # of random_exercise
    rng = np.random.default_rng([60, list(LOSSES).index(loss), seed])
    return random_exercise(rng, loss=loss, **choices)


def close(found: Array, expected: Array) -> bool:
    """The same figures up to rounding, beside the largest of them."""
    size = max(float(np.abs(found).max()), float(np.abs(expected).max()))
    return bool(np.abs(found - expected).max() <= 1e-12 * size)


# ---------------------------------------------------------------------------- delta


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("loss", LOSSES)
def test_the_sign_of_delta_changes_delta_only(loss: str, product: Product) -> None:
    exercise = exercise_with(loss, PRODUCTS.index(product))
    plus, minus = under(exercise, product=product), under(exercise, product=product, delta="-dL/dS")
    assert list(plus) == list(minus)
    for name in plus:
        expected = -plus[name] if name.startswith("Delta") else plus[name]
        np.testing.assert_array_equal(minus[name], expected, name)


def test_with_the_sign_turned_the_update_is_still_a_step_down() -> None:
    minus = solve(load("han_kamber"))
    assert (minus["Delta2"] > 0).all()  # the output is below its target
    assert (minus["dZ2"] < 0).all()
    assert minus["loss_new"] < minus["loss"]


# ---------------------------------------------------------------------------- average_in

CARRY_THE_AVERAGE: Mapping[AveragedStep, tuple[str, ...]] = {
    "errors": ("dZ", "Delta", "dX", "dW", "db"),
    "gradients": ("dW", "db"),
    "update": (),
    "loss": (),
}


@pytest.mark.parametrize("average", ["samples", "entries"])
@pytest.mark.parametrize("step", ["gradients", "update"])
@pytest.mark.parametrize("loss", LOSSES)
def test_the_average_enters_where_the_course_puts_it(loss: str, step: AveragedStep, average: Average) -> None:
    exercise = exercise_with(loss, 2, bias=True, l2=False, average=average)
    times = exercise.samples * (exercise.sizes[-1] if average == "entries" else 1)
    usual, found = under(exercise), under(exercise, average_in=step)
    assert list(found) == list(usual)
    for name in usual:
        # dZ of the errors, and so on: everything but the forward pass and what the update makes
        signal = name.startswith(("dZ", "Delta", "dX", "dW", "db"))
        without = signal and not name.startswith(CARRY_THE_AVERAGE[step])
        assert close(found[name], usual[name] * times if without else usual[name]), name


@pytest.mark.parametrize("average", ["none", "samples", "entries"])
@pytest.mark.parametrize("loss", LOSSES)
def test_the_update_is_the_same_wherever_the_average_enters(loss: str, average: Average) -> None:
    exercise = exercise_with(loss, 3, bias=True, l2=True, average=average)
    solutions = [under(exercise, average_in=step) for step in AVERAGED_STEPS if step != "loss"]
    updated = [name for name in solutions[0] if name.endswith("_new") or name.startswith("step_")]
    assert {"W1_new", "b1_new", "step_W1", "step_b1", "loss_new"} <= set(updated)
    for name in updated:
        assert all(close(each[name], solutions[0][name]) for each in solutions), name


@pytest.mark.parametrize("average", ["samples", "entries"])
@pytest.mark.parametrize("loss", LOSSES)
def test_where_only_the_loss_is_averaged_the_update_goes_by_the_sum(loss: str, average: Average) -> None:
    exercise = exercise_with(loss, 2, bias=True, l2=True, decay_average="none", average=average)
    assert exercise.loss is not None
    averaged = under(exercise, average_in="loss")
    summed = under(replace(exercise, loss=exercise.loss._replace(average="none")))
    for name in summed:
        if name not in ("loss", "loss_new"):
            assert close(averaged[name], summed[name]), name
    assert averaged["loss"] == under(exercise)["loss"]


@pytest.mark.parametrize("step", AVERAGED_STEPS)
@pytest.mark.parametrize("average", ["none", "samples", "entries"])
def test_a_plain_weight_decay_is_averaged_nowhere(average: Average, step: AveragedStep) -> None:
    exercise = exercise_with("squared_error", 4, bias=True, l2=True, decay_average="none", average=average)
    assert exercise.loss is not None
    assert exercise.loss.l2 is not None
    assert exercise.learning_rate is not None
    decay, rate = float(exercise.loss.l2), float(exercise.learning_rate)
    form = type(exercise.loss)(exercise.loss.function, exercise.loss.factor, exercise.loss.average)
    with_decay = under(exercise, average_in=step)
    without = under(replace(exercise, loss=form), average_in=step)
    weights = [name for name in with_decay if name in ("W1", "W2", "W3", "W4")]
    for name in weights:
        W = with_decay[name]
        assert close(with_decay[f"d{name}"], without[f"d{name}"] + decay * W)
        assert close(with_decay[f"{name}_new"], without[f"{name}_new"] - rate * decay * W)
        bias = name.replace("W", "b")
        assert close(with_decay[f"d{bias}"], without[f"d{bias}"])
    squares = sum(float((with_decay[name] ** 2).sum()) for name in weights)
    assert close(with_decay["loss"], without["loss"] + decay / 2 * squares)
    np.testing.assert_array_equal(with_decay["loss_terms"], without["loss_terms"])
    np.testing.assert_array_equal(with_decay["losses"], without["losses"])


@pytest.mark.parametrize("step", AVERAGED_STEPS)
def test_the_loss_and_its_terms_do_not_depend_on_where_the_average_enters(step: AveragedStep) -> None:
    solution = under(exercise_with("squared_error", 5, l2=False, average="samples"), average_in=step)
    samples = solution.exercise.samples
    assert close(solution["losses"], solution["loss_terms"].sum(axis=0))
    assert close(solution["loss"], solution["losses"].sum() / samples)


# ---------------------------------------------------------------------------- update_biases


def test_biases_that_are_not_updated_stay_what_they_are() -> None:
    exercise = exercise_with("squared_error", 6, bias=True, average="none")
    usual, kept = under(exercise), under(exercise, update_biases=False)
    assert [name for name in usual if name not in kept] == [
        f"b{k}_new" for k in range(len(exercise.layers), 0, -1)
    ]
    for name in kept:
        if not name.endswith("_new") or name.startswith("W"):
            np.testing.assert_array_equal(kept[name], usual[name], name)
    after = kept["W1_new"] @ kept["X"] + kept["b1"].reshape(-1, 1)
    assert close(kept["S1_new"], after)
    assert kept.formula("S1_new") == "S1' = W1' X + b1 1ᵀ"


def test_an_updated_bias_cannot_be_asked_for_where_there_is_none(run: Run) -> None:
    result = run("solve", "mazur", "--only", "b1_new")
    assert result.code == 2
    assert result.err.startswith("unknown quantity 'b1_new'")


# ---------------------------------------------------------------------------- the line of conventions

BASE = """\
inputs: [[1, 2], [2, 1]]
targets: [[1, 0]]
layers:
  - weights: [[0.5, -0.3], [0.2, 0.8]]
    bias: 0.1
    activation: {hidden}
  - weights: [[1, 1]]
    activation: sigmoid
"""


def conventions_line(run: Run, text: str) -> str:
    """The conventions in the head of the output, in one line whatever the width."""
    head = run("solve", "-", "--only", "S1", stdin=text.encode()).out.split("\n\n")[0]
    lines = head.split("\n")
    start = next(i for i, line in enumerate(lines) if line.startswith("samples are"))
    return "   ".join(lines[start:])


@pytest.mark.parametrize(
    ("hidden", "more", "line"),
    [
        (
            "tanh",
            "loss: squared_error\n",
            "samples are columns   W: out × in   Δ = ∂L/∂S   assumed: factor 1/2, no average",
        ),
        (
            "tanh",
            "loss: binary_cross_entropy\n",
            "samples are columns   W: out × in   Δ = ∂L/∂S   assumed: factor 1, no average",
        ),
        (
            "tanh",
            "loss: {name: squared_error, average: none}\n",
            "samples are columns   W: out × in   Δ = ∂L/∂S   assumed: factor 1/2",
        ),
        (
            "relu",
            "loss: {name: squared_error, factor: 1}\n",
            "samples are columns   W: out × in   Δ = ∂L/∂S   assumed: no average   relu'(0) = 0",
        ),
        (
            "{name: leaky_relu, slope: 1/5}",
            "loss: {name: squared_error, factor: 1, average: samples}\n",
            "samples are columns   W: out × in   Δ = ∂L/∂S   1/N in the errors   leaky_relu'(0) = 0.2",
        ),
        (
            "{name: elu, alpha: 1/2}",
            "loss: {name: squared_error, factor: 1, average: samples}\n"
            "conventions: {product: W X, delta: -dL/dS, average_in: gradients}\n",
            "samples are columns   W: out × in   Δ = -N ∂L/∂S   1/N in the gradients   elu'(0) = 0.5",
        ),
        (
            "tanh",
            "loss: {name: squared_error, factor: 1, average: entries}\n"
            "conventions: {average_in: update, update_biases: false}\n",
            "samples are columns   W: out × in   Δ = NM ∂L/∂S   1/(NM), M outputs in the update   "
            "biases not updated",
        ),
        ("tanh", "", "samples are columns   W: out × in   no loss: forward pass only"),
    ],
)
def test_the_conventions_in_force_are_named_with_those_assumed(
    run: Run, hidden: str, more: str, line: str
) -> None:
    assert " ".join(conventions_line(run, BASE.format(hidden=hidden) + more).split()) == " ".join(
        line.split()
    )


@pytest.mark.parametrize(
    ("product", "line"),
    [
        ("W X", "samples are columns   W: out × in"),
        ("W^T X", "samples are columns   W: in × out"),
        ("X W", "samples are rows   W: in × out"),
        ("X W^T", "samples are rows   W: out × in"),
    ],
)
def test_the_layout_is_named(run: Run, product: Product, line: str) -> None:
    text = "inputs: [[1, 2], [3, 4]]\nlayers:\n  - weights: [[1, 2], [3, 4]]\nconventions: {product: "
    assert conventions_line(run, f"{text}{product}}}\n").startswith(line + "   ")


def test_the_meaning_of_delta_is_told_in_the_letters_of_the_course(run: Run) -> None:
    assert "Err = -∂L/∂I" in run("solve", "han_kamber").out.split("\n\n")[0]
    assert "dZ = N ∂L/∂Z" in run("solve", "planar").out.split("\n\n")[0]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("exercise2", {"product": "W X", "delta": "dL/dS", "average_in": "errors", "update_biases": True}),
        ("han_kamber", {"product": "W X", "delta": "-dL/dS", "average_in": "errors", "update_biases": True}),
        (
            "walkthrough",
            {"product": "X W", "delta": "dL/dS", "average_in": "gradients", "update_biases": True},
        ),
        ("mazur", {"product": "W X", "delta": "dL/dS", "average_in": "errors", "update_biases": False}),
    ],
)
def test_json_has_the_conventions_in_the_words_of_the_exercise_format(
    run: Run, name: str, expected: dict[str, Any]
) -> None:
    assert json.loads(run("solve", name, "--format", "json").out)["conventions"] == expected


# ---------------------------------------------------------------------------- formulas as courses write them

PLANAR = """\
X
Y
W1
b1
W2
b2
Z1 = W1 X + b1 1ᵀ
A1 = tanh(Z1)
Z2 = W2 A1 + b2 1ᵀ
A2 = σ(Z2)
loss_terms = -(Y ⊙ ln(A2) + (1 - Y) ⊙ ln(1 - A2))
losses = -1ᵀ (Y ⊙ ln(A2) + (1 - Y) ⊙ ln(1 - A2))
L = -1/N Σ (Y ⊙ ln(A2) + (1 - Y) ⊙ ln(1 - A2))
err = A2 - Y
dA2 = (1 - Y) / (1 - A2) - Y / A2
f2'(Z2) = σ'(Z2)
dZ2 = A2 - Y
dA1 = W2ᵀ dZ2
f1'(Z1) = tanh'(Z1)
dZ1 = (W2ᵀ dZ2) ⊙ f1'(Z1)
dX = W1ᵀ dZ1
dW2 = 1/N dZ2 A1ᵀ
db2 = 1/N dZ2 1
dW1 = 1/N dZ1 Xᵀ
db1 = 1/N dZ1 1
"""
HAN_KAMBER = """\
X
T
W1
θ1
W2
θ2
I1 = W1 X + θ1 1ᵀ
O1 = σ(I1)
I2 = W2 O1 + θ2 1ᵀ
O2 = σ(I2)
loss_terms = 1/2 (O2 - T)²
losses = 1/2 1ᵀ (O2 - T)²
L = 1/2 Σ (O2 - T)²
err = O2 - T
dO2 = O2 - T
f2'(I2) = σ'(I2)
Err2 = (T - O2) ⊙ f2'(I2)
dO1 = -W2ᵀ Err2
f1'(I1) = σ'(I1)
Err1 = (W2ᵀ Err2) ⊙ f1'(I1)
dX = -W1ᵀ Err1
dW2 = -Err2 O1ᵀ
dθ2 = -Err2 1
dW1 = -Err1 Xᵀ
dθ1 = -Err1 1
step_W2 = -η dW2
W2' = W2 - η dW2
step_θ2 = -η dθ2
θ2' = θ2 - η dθ2
step_W1 = -η dW1
W1' = W1 - η dW1
step_θ1 = -η dθ1
θ1' = θ1 - η dθ1
I1' = W1' X + θ1' 1ᵀ
O1' = σ(I1')
I2' = W2' O1' + θ2' 1ᵀ
O2' = σ(I2')
L' = 1/2 Σ (O2' - T)²
"""


@pytest.mark.parametrize(("name", "formulas"), [("planar", PLANAR), ("han_kamber", HAN_KAMBER)])
def test_the_formulas_are_those_of_the_course(run: Run, name: str, formulas: str) -> None:
    quantities = json.loads(run("solve", name, "--format", "json").out)["quantities"]
    assert [quantity["formula"] for quantity in quantities.values()] == formulas.splitlines()


def test_the_average_in_the_update_stands_in_the_step() -> None:
    choices = {"activations": ["tanh"], "bias": True, "l2": True, "decay_average": "none"}
    exercise = exercise_with("squared_error", 7, average="samples", **choices)
    solution = under(exercise, average_in="update")
    assert solution.formula("dW1") == "dW1 = Δ1 Xᵀ + λ W1"
    assert solution.formula("db1") == "db1 = Δ1 1"
    assert solution.formula("step_b1") == "step_b1 = -η/N db1"
    assert solution.formula("W1_new") == "W1' = W1 - η (1/N (dW1 - λ W1) + λ W1)"


# ---------------------------------------------------------------------------- names as courses write them


@pytest.mark.parametrize(
    ("exercise", "written", "plain"),
    [
        ("planar", "Z1", "S1"),
        ("planar", "A1", "Z1"),
        ("planar", "dZ1", "Delta1"),
        ("planar", "dL/dZ1", "Delta1"),
        ("planar", "dA1", "dZ1"),
        ("planar", "Y", "T"),
        ("planar", "Y_out", "Z2"),
        ("planar", "S1", "S1"),
        ("planar", "Delta1", "Delta1"),
        ("planar", "f1'(Z1)", "fprime1"),
        ("han_kamber", "I2", "S2"),
        ("han_kamber", "O1", "Z1"),
        ("han_kamber", "Err1", "Delta1"),
        ("han_kamber", "θ1", "b1"),
        ("han_kamber", "θ1'", "b1_new"),
        ("han_kamber", "dθ1", "db1"),
        ("han_kamber", "step_θ1", "step_b1"),
        ("han_kamber", "Z1", "Z1"),
        ("han_kamber", "b1", "b1"),
        ("mazur", "net1", "S1"),
        ("mazur", "out2", "Z2"),
        ("mazur", "dout2", "dZ2"),
        ("mazur", "out1'", "Z1_new"),
        ("mazur", "dS1", "Delta1"),
        ("mazur", "dnet1", "Delta1"),
        ("exercise2", "Z1", "Z1"),
        ("exercise2", "dZ1", "dZ1"),
    ],
)
def test_names_are_read_in_the_letters_of_the_course_first(
    run: Run, exercise: str, written: str, plain: str
) -> None:
    result = run("solve", exercise, "--only", written, "--format", "json")
    assert result.code == 0
    assert list(json.loads(result.out)["quantities"]) == [plain]


def test_json_has_plain_names_whatever_the_letters(run: Run) -> None:
    quantities = json.loads(run("solve", "planar", "--format", "json").out)["quantities"]
    assert {"S1", "Z1", "T", "dZ2", "Delta2", "dW1", "db1", "err", "fprime1"} <= set(quantities)
    assert "A1" not in quantities
    assert quantities["S1"]["formula"] == "Z1 = W1 X + b1 1ᵀ"


def test_an_unknown_name_suggests_one_that_is_known_here() -> None:
    with pytest.raises(InputError) as caught:
        solve(load("han_kamber"))["Er1"]
    assert caught.value.problems[0].hint in ("did you mean Delta1?", "did you mean Err1?")


# ---------------------------------------------------------------------------- what is wrong in the blocks

HEAD = "inputs: [[1], [2]]\nlayers:\n  - {weights: [[0.5, -0.3]], bias: 0.1}\n"  # what comes next is line 4
TAIL = "targets: [[1]]\nloss: squared_error\nlearning_rate: 0.1\n"


def problems(run: Run, line: str) -> list[tuple[int, int, str, str | None, str | None]]:
    """Line, column, message, expected and hint of everything that is said about an exercise."""
    result = run("solve", "-", "--format", "json", stdin=(HEAD + line + "\n" + TAIL).encode())
    assert result.code == 2
    found = json.loads(result.out)["error"]["problems"]
    assert {problem["file"] for problem in found} == {"standard input"}
    return [
        (each["line"], each["column"], each["message"], each.get("expected"), each.get("hint"))
        for each in found
    ]


PRODUCTS_TEXT = "one of W X, W^T X, X W, X W^T"
CONVENTIONS_TEXT = "product, delta, average_in, update_biases"
ALL_SYMBOLS = "S, Z, Delta, W, b, X, T, loss, eta, lambda, N, M, mu, beta1, beta2, epsilon"
LETTERS_TEXT = "a letter or a short word, such as A, δ or net"


@pytest.mark.parametrize(
    ("line", "column", "message", "expected", "hint"),
    [
        ("conventions: {product: XW}", 24, "unknown product 'XW'", PRODUCTS_TEXT, "did you mean X W?"),
        ("conventions: {product: W x}", 24, "unknown product 'W x'", PRODUCTS_TEXT, "did you mean W X?"),
        (
            "conventions: {delta: dL/ds}",
            22,
            "unknown delta 'dL/ds'",
            "one of dL/dS, -dL/dS",
            "did you mean dL/dS?",
        ),
        ("conventions: {delta: 1}", 22, "unknown delta '1'", "one of dL/dS, -dL/dS", None),
        (
            "conventions: {average_in: gradient}",
            27,
            "unknown average_in 'gradient'",
            "one of errors, gradients, update, loss",
            "did you mean gradients?",
        ),
        ("conventions: {update_biases: yes}", 30, "unknown update_biases 'yes'", "one of true, false", None),
        (
            "conventions: {averages_in: update}",
            15,
            "unknown key 'averages_in' in conventions",
            f"one of {CONVENTIONS_TEXT}",
            "did you mean average_in?",
        ),
        (
            "conventions: {product: W X, product: X W}",
            29,
            "product is given twice in conventions",
            None,
            "the first one is on line 4",
        ),
        ("conventions: X W", 14, "conventions must have keys", CONVENTIONS_TEXT, None),
        (
            "symbols: {delta: d}",
            11,
            "unknown key 'delta' in symbols",
            f"one of {ALL_SYMBOLS}",
            "did you mean Delta?",
        ),
        ("symbols: {S: 1}", 14, "'1' cannot be the symbol of S", LETTERS_TEXT, None),
        (
            "symbols: {S: L}",
            14,
            "'L' would mean both S and loss",
            None,
            "say how the course writes loss, too",
        ),
        ("symbols: {S: N}", 14, "'N' would mean both S and N", None, "say how the course writes N, too"),
        (
            "symbols: {S: pre-activation}",
            14,
            "'pre-activation' cannot be the symbol of S",
            LETTERS_TEXT,
            None,
        ),
        ("symbols: {S: '[bold]'}", 14, "'[bold]' cannot be the symbol of S", LETTERS_TEXT, None),
        ("symbols: {S: '\\input'}", 14, "'\\\\input' cannot be the symbol of S", LETTERS_TEXT, None),
        ("symbols: {S: Z}", 14, "'Z' would mean both S and Z", None, "say how the course writes Z, too"),
        (
            "symbols: {Delta: T}",
            18,
            "'T' would mean both Delta and T",
            None,
            "say how the course writes T, too",
        ),
        ("symbols: Z", 10, "symbols must have keys", ALL_SYMBOLS, None),
    ],
)
def test_what_is_wrong_in_a_block_is_reported_where_it_stands(
    run: Run, line: str, column: int, message: str, expected: str | None, hint: str | None
) -> None:
    assert problems(run, line) == [(4, column, message, expected, hint)]


def test_a_word_that_is_a_list_is_one_problem(run: Run) -> None:
    assert len(problems(run, "symbols: {S: [a]}")) == 1
    assert len(problems(run, "conventions: {product: [W X]}")) == 1


@pytest.mark.parametrize(
    "symbols",
    [
        "{S: a, Z: a}",
        "{Delta: dZ}",  # dZ1 would be ∂L/∂Z1 and Δ1
        "{Delta: dW}",
        "{S: dA, Z: A}",
        "{X: S1}",
        "{X: W2}",
        "{T: err}",
        "{T: losses}",
        "{S: step_W}",
    ],
)
def test_letters_that_give_two_quantities_one_name_are_refused(run: Run, symbols: str) -> None:
    assert problems(run, f"symbols: {symbols}") != []


@pytest.mark.parametrize(
    ("letter", "owner"), [("η", "eta"), ("λ", "lambda"), ("N", "N"), ("M", "M"), ("L", "loss"), ("f", None)]
)
@pytest.mark.parametrize("key", ["X", "T"])
def test_letters_that_formulas_use_for_something_else_are_refused(
    run: Run, key: str, letter: str, owner: str | None
) -> None:
    ((_, _, message, _, _),) = problems(run, f"symbols: {{{key}: {letter}}}")
    refused = f"would mean both {key} and {owner}" if owner else f"cannot be the symbol of {key}"
    assert message == f"{letter!r} {refused}"


@pytest.mark.parametrize(
    "symbols",
    [
        "{S: Z, Z: A, Delta: dZ, T: Y}",
        "{S: z, Z: a, Delta: δ}",
        "{S: net, Z: out, Delta: delta}",
        "{S: I, Z: O, Delta: Err, b: θ}",
        "{W: Θ, X: x, T: y}",
        "{S: Z, Z: S}",
        "{S: S, Z: Z, Delta: Δ, W: W, b: b, X: X, T: T}",
    ],
)
def test_letters_of_known_courses_are_accepted(run: Run, symbols: str) -> None:
    assert run("solve", "-", stdin=f"{HEAD}symbols: {symbols}\n{TAIL}".encode()).code == 0
