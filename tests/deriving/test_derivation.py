"""The derivation of the gradients: the statements of the sheet, and that what is printed is true.

Each file golden/derive/NAME.txt begins with a command line; `GOLDEN=write python -m pytest
tests/deriving/test_derivation.py` writes the screens anew.
"""

import io
import json
import re
import shlex
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from rich.console import Console

from mlpcalc import load
from mlpcalc.arrays import Array
from mlpcalc.deriving.report import derivation, derivation_of
from mlpcalc.numerics.evaluate import Context, evaluate
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.layout import Product
from mlpcalc.page.losses import LOSSES, MATCHED
from mlpcalc.page.network import AveragedStep, Conventions, DeltaSign
from mlpcalc.page.optimizers import OPTIMIZERS
from mlpcalc.page.symbols import Symbol
from mlpcalc.reading.library import bundled_names
from mlpcalc.report import terminal as table
from mlpcalc.report.report import Report
from mlpcalc.solving.solution import Solution
from tests.conftest import Run
from tests.support.formula_parser import work_out
from tests.support.golden import assert_golden
from tests.support.networks import PAIRS, random_exercise

SCREENS = sorted((Path(__file__).parents[1] / "golden" / "derive").glob("*.txt"))
BUNDLED = [name for name in bundled_names() if load(name).loss is not None]

# The statements of the sheet's first exercise, in its order and in our notation.
EXERCISE_1 = (
    "L = 1/2 Σ (Y - T)² = 1/2 ‖Y - T‖_F² = 1/2 Tr[(Y - T)ᵀ (Y - T)]",
    "∂L/∂Y = Y - T",
    "∂L/∂W3 = ∂L/∂Y · ∂Y/∂S3 · ∂S3/∂W3",
    "Y - T f3'(S3) Z2",
    "d3×N d3×N d2×N",
    "∂Y/∂S3 = f3'(S3)",
    "Δ3 = (Y - T) ⊙ f3'(S3)",
    "∂S3[k,n]/∂W3[i,j] = Z2[j,n] if k = i, else 0",
    "∂L/∂W3 = Δ3 Z2ᵀ d3×d2, the shape of W3",
    "f3 is elementwise",
    "The i-th row of ∂S3/∂W3[i,j], of shape d3×N, is the j-th row of Z2; its other rows are zero.",
    "∂L/∂W2 = ∂L/∂Y · ∂Y/∂S3 · ∂S3/∂Z2 · ∂Z2/∂S2 · ∂S2/∂W2",
    "Y - T f3'(S3) W3 f2'(S2) Z1",
    "d3×N d3×N d3×d2 d2×N d1×N",
    "∂L/∂Z2 = W3ᵀ Δ3",
    "Δ2 = (W3ᵀ Δ3) ⊙ f2'(S2)",
    "∂L/∂W2 = Δ2 Z1ᵀ d2×d1, the shape of W2",
    "∂L/∂W1 = ∂L/∂Y · ∂Y/∂S3 · ∂S3/∂Z2 · ∂Z2/∂S2 · ∂S2/∂Z1 · ∂Z1/∂S1 · ∂S1/∂W1",
    "Y - T f3'(S3) W3 f2'(S2) W2 f1'(S1) X",
    "d3×N d3×N d3×d2 d2×N d2×d1 d1×N d0×N",
    "Δ1 = (W2ᵀ Δ2) ⊙ f1'(S1)",
    "∂S1[k,n]/∂W1[i,j] = X[j,n] if k = i, else 0",
    "∂L/∂W1 = Δ1 Xᵀ d1×d0, the shape of W1",
    "Δ_k = (W_{k+1}ᵀ Δ_{k+1}) ⊙ f_k'(S_k)",
    "∂L/∂W_k = Δ_k Z_{k-1}ᵀ",
)
# The third: p is Z1, o is S1, the margin 0.25.
EXERCISE_3 = (
    "= Σ_n Σ_{k≠y} (0 if Z1[y,n] - Z1[k,n] > 0.25, else Z1[k,n] - Z1[y,n] + 0.25)",
    "By the quotient rule",
    "Z1[k,n] - Z1[y,n] = u / v",
    "u = exp(S1[k,n]) - exp(S1[y,n])",
    "v = Σ_l exp(S1[l,n])",
    "∂u/∂S1[j,n] = exp(S1[j,n]) (δ[j,k] - δ[j,y])",
    "∂v/∂S1[j,n] = exp(S1[j,n])",
    "∂(Z1[k,n] - Z1[y,n])/∂S1[j,n] = (∂u/∂S1[j,n] v - u ∂v/∂S1[j,n]) / v²",
    "= Z1[j,n] (δ[j,k] - δ[j,y] - Z1[k,n] + Z1[y,n])",
    "∂L/∂S1[j,n] = Σ_{k≠y} (0 if Z1[y,n] - Z1[k,n] > 0.25, else "
    "Z1[j,n] (δ[j,k] - δ[j,y] - Z1[k,n] + Z1[y,n]))",
    "the loss pushes down the probability of every false class k that comes within the margin of the true "
    "class y, and stops once they are separated.",
)


def shown(report: Report, width: int, *, terminal: bool = False) -> str:
    """What a console of some width shows."""
    file = io.StringIO()
    console = Console(
        width=width, file=file, force_terminal=terminal, highlight=False, markup=False, emoji=False
    )
    table.render(report.blocks(), console)
    return file.getvalue()


def flat(text: str) -> str:
    """The text in one line, single spaces."""
    return " ".join(text.split())


def assert_in_order(statements: Sequence[str], text: str) -> None:
    place = 0
    for statement in statements:
        found = text.find(statement, place)
        assert found >= 0, statement
        place = found + len(statement)


def too_wide(text: str, width: int) -> list[str]:
    return [line for line in text.splitlines() if len(line.rstrip()) > width]


def data(run: Run, *arguments: str) -> Any:  # noqa: ANN401  # JSON
    result = run("derive", *arguments, "--format", "json")
    assert result.code == 0
    return json.loads(result.out)


# ---------------------------------------------------------------------------- the sheet


@pytest.mark.parametrize("width", [80, 200])
def test_three_layers_have_every_statement_of_exercise_1_in_order(width: int) -> None:
    assert_in_order(EXERCISE_1, flat(shown(derivation_of(3), width)))


@pytest.mark.parametrize("width", [80, 200])
def test_exercise_3_has_every_statement_of_the_sheet_in_order(width: int) -> None:
    assert_in_order(EXERCISE_3, flat(shown(derivation(load("exercise3")), width)))


def test_exercise_1_with_its_numbers_has_the_shapes_in_numbers_too() -> None:
    text = flat(shown(derivation(load("exercise1")), 80))
    factors = "d3×N d3×N d3×d2 d2×N d2×d1 d1×N d0×N 1×2 1×2 1×2 2×2 2×2 2×2 2×2"
    assert_in_order([factors, "∂L/∂W1 = Δ1 Xᵀ d1×d0 = 2×2, the shape of W1"], text)


@pytest.mark.parametrize(
    ("loss", "between"),
    [
        ("cross_entropy", ("Y ⊙ (dY - 1 1ᵀ (Y ⊙ dY))", "Y ⊙ (1 1ᵀ T) - T", "= Y - T")),
        (
            "binary_cross_entropy",
            ("((1 - T) / (1 - Y) - T / Y) ⊙ Y ⊙ (1 - Y)", "(1 - T) ⊙ Y - T ⊙ (1 - Y)", "= Y - T"),
        ),
    ],
)
def test_cross_entropy_collapses_to_the_outputs_minus_the_targets(loss: str, between: Sequence[str]) -> None:
    assert_in_order(("Δ2 =", *between), flat(shown(derivation_of(2, loss=loss), 80)))


# ---------------------------------------------------------------------------- any network


def derivations() -> list[tuple[str, str, bool]]:
    """Every output activation with every loss, below it others: 1 to 6 layers."""
    rng = np.random.default_rng(41)
    names = list(ACTIVATIONS)
    found = []
    for i, (output, loss) in enumerate(PAIRS):
        hidden = [names[rng.integers(len(names))] for _ in range(i % 6)]
        found.append((",".join([*hidden, output]), loss, bool(rng.integers(2))))
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("activations", "loss", "bias"), derivations())
def test_any_network_is_derived_within_the_width(activations: str, loss: str, bias: bool) -> None:
    report = derivation_of(activations.count(",") + 1, activations, loss, bias=bias)
    for width in (40, 80, 200):
        assert not too_wide(shown(report, width), width)


@pytest.mark.parametrize("name", BUNDLED)
@pytest.mark.parametrize("width", [80, 200])
def test_every_bundled_exercise_is_derived_within_the_width(name: str, width: int) -> None:
    text = shown(derivation(load(name)), width)
    assert "IN GENERAL" in text
    assert not too_wide(text, width)


@pytest.mark.parametrize("name", BUNDLED)
def test_every_collapsed_equation_is_the_one_of_the_page(name: str) -> None:
    solution = Solution(load(name))
    text = flat(shown(derivation(solution.exercise), 200))
    for symbol in solution.symbols.values():
        told = symbol.step == 1 and symbol.kind in ("Delta", "dW", "db")
        formula = flat(solution.notation.formula(symbol)) if told else ""
        assert f"= {formula}" in text


@pytest.mark.parametrize("seed", range(16))
def test_the_equations_are_those_of_the_page_in_every_course(seed: int) -> None:
    rng = np.random.default_rng([43, seed])
    conventions = Conventions(
        get_args(Product)[seed % 4], get_args(DeltaSign)[seed // 4 % 2], get_args(AveragedStep)[seed % 3]
    )
    exercise = replace(random_exercise(rng), conventions=conventions, letters={"S": "A", "Delta": "δ"})
    notation, report = Solution(exercise).notation, derivation(exercise)
    text = flat(shown(report, 200))
    for name, found in report.data()["parameters"].items():
        gradient, layer = Symbol(f"d{name[0]}", int(name[1:])), int(name[1:])
        if conventions.average_in not in ("update", "loss"):  # else dW is not yet the derivative
            assert found["result"].endswith(f" = {notation.formula(gradient)}")
        assert f"= {flat(notation.formula(Symbol('Delta', layer)))} " in text


def changed(exercise: Exercise, layer: int, part: str, cell: tuple[int, ...], by: float) -> Exercise:
    """The exercise with one weight or bias changed."""
    moved = getattr(exercise.layers[layer - 1], part).copy()
    moved[cell] += by
    layers = list(exercise.layers)
    layers[layer - 1] = layers[layer - 1]._replace(**{part: moved})
    return replace(exercise, layers=tuple(layers))


@pytest.mark.parametrize("seed", range(24))
def test_what_is_printed_as_a_derivative_is_the_derivative_of_the_loss(seed: int) -> None:
    rng = np.random.default_rng([47, seed])
    conventions = Conventions(
        get_args(Product)[seed % 4], get_args(DeltaSign)[seed // 4 % 2], get_args(AveragedStep)[seed % 3]
    )
    exercise = replace(random_exercise(rng), conventions=conventions)
    assert exercise.loss is not None
    loss = exercise.loss._replace(average=("samples", "entries")[seed // 8 % 2])
    exercise = replace(exercise, loss=loss)
    solution, in_rows = Solution(exercise), conventions.product in ("X W", "X W^T")
    scalars = {"N": float(exercise.samples), "M": float(exercise.sizes[-1])}
    if loss.l2 is not None:
        scalars["λ"] = float(loss.l2)
    names = {solution.notation.name(symbol): solution.value(symbol) for symbol in solution.symbols.values()}
    for name, found in derivation(exercise).data()["parameters"].items():
        part, layer = {"W": "weights", "b": "bias"}[name[0]], int(name[1:])
        slopes = np.zeros_like(getattr(exercise.layers[layer - 1], part))
        for cell in np.ndindex(slopes.shape):
            up, down = (
                float(Solution(changed(exercise, layer, part, cell, step))["loss"]) for step in (1e-6, -1e-6)
            )
            slopes[cell] = (up - down) / 2e-6
        expected = solution.in_exercise_layout(Symbol(f"d{name[0]}", layer), slopes)
        if expected.ndim == 1:
            expected = expected[np.newaxis, :] if in_rows else expected[:, np.newaxis]
        left, _, formula = found["result"].partition(" = ")
        assert left == f"∂L/∂{name}"
        printed = work_out(formula, expected.shape, names=names, scalars=scalars, functions={})
        assert printed == pytest.approx(expected, rel=1e-4, abs=1e-6 * max(1, np.abs(expected).max()))


def test_the_terminal_and_a_pipe_show_the_same_words() -> None:
    report = derivation(load("exercise3"))
    colours = re.compile(r"\x1b\[[\d;]*m")
    terminal = shown(report, 80, terminal=True)
    assert colours.search(terminal)
    assert colours.sub("", terminal) == shown(report, 80)


# ---------------------------------------------------------------------------- shapes


def carried(error: tuple[str, str], factor: dict[str, str]) -> tuple[str, str]:
    """The shape of the error after one more factor of the chain (samples in columns)."""
    shape = tuple(factor["shape"].split("×"))
    if factor["value"].startswith("W"):
        assert shape[0] == error[0]  # W transposed, times the error
        return shape[1], error[1]
    if factor["value"].startswith("J"):
        assert shape == (error[0], error[0])
        return error
    assert shape == error  # elementwise
    return error


@pytest.mark.parametrize(("activations", "loss", "bias"), derivations()[::3])
def test_the_shapes_of_a_chain_fit_and_give_the_shape_of_the_parameter(
    activations: str,
    loss: str,
    bias: bool,
) -> None:
    parameters = derivation_of(activations.count(",") + 1, activations, loss, bias=bias).data()["parameters"]
    for name, found in parameters.items():
        first, *middle, last = found["chain"]
        error = tuple(first["shape"].split("×"))
        for factor in middle:
            error = carried((error[0], error[1]), factor)
        units, samples = last["shape"].split("×")
        assert samples == error[1] == "N"
        assert found["shape"] == (error[0] if name.startswith("b") else f"{error[0]}×{units}")


@pytest.mark.parametrize("name", BUNDLED)
def test_each_factor_begins_where_the_one_before_it_ends(name: str) -> None:
    for found in derivation(load(name)).data()["parameters"].values():
        parts = [factor["factor"].replace("∂", "").split("/") for factor in found["chain"]]
        assert parts[0][0] == "L"
        assert all(before[1] == after[0] for before, after in pairwise(parts))


@pytest.mark.parametrize("name", BUNDLED)
def test_the_sizes_are_those_of_the_values(name: str) -> None:
    solution = Solution(load(name))
    for parameter, found in derivation(solution.exercise).data()["parameters"].items():
        last = found["chain"][-1]
        if parameter.startswith("W"):
            layer = int(parameter[1:]) - 1
            assert last["size"] == list(solution[f"Z{layer}"].shape)


# ---------------------------------------------------------------------------- what is printed is true


def python(formula: str) -> str:
    """A printed formula between cells as a Python expression."""
    return re.sub(r"(\]|\)) (?=\(|Z|δ)", r"\1 * ", formula)


def test_the_result_of_the_quotient_rule_is_the_derivative() -> None:
    solution = Solution(load("exercise3"))
    S = solution["S1"]

    def softmax(of: Array) -> Array:
        return np.asarray(np.exp(of) / np.exp(of).sum(axis=0))

    printed = flat(shown(derivation(solution.exercise), 200))
    found = re.search(r"/ v² = (Z1\[j,n\] \(.*?\)) ∂L", printed)
    assert found is not None
    n, h = 0, 1e-6
    for j, k, y in np.ndindex(3, 3, 3):
        step = np.zeros_like(S)
        step[j, n] = h
        up, down = softmax(S + step)[:, n], softmax(S - step)[:, n]
        numerical = ((up[k] - up[y]) - (down[k] - down[y])) / (2 * h)
        names = {"Z1": softmax(S), "δ": np.eye(3), "j": j, "k": k, "y": y, "n": n}
        assert eval(python(found[1]), names) == pytest.approx(numerical, abs=1e-9)  # noqa: S307  # our formula


def test_the_sum_over_the_classes_inside_the_margin_is_the_error_signal() -> None:
    solution = Solution(load("exercise3"))
    Z, T = solution["Z1"], solution["T"]
    printed = flat(shown(derivation(solution.exercise), 200))
    found = re.search(r"∂L/∂S1\[j,n\] = Σ_\{k≠y\} \(0 if (.*?), else (.*?)\) The sum", printed)
    assert found is not None
    for j, n in np.ndindex(*Z.shape):
        y = int(T[:, n].argmax())
        total = 0.0
        for k in {0, 1, 2} - {y}:
            names = {"Z1": Z, "δ": np.eye(3), "j": j, "k": k, "y": y, "n": n}
            if not eval(found[1], names):  # noqa: S307  # as above
                total += eval(python(found[2]), names)  # noqa: S307  # as above
        assert total == pytest.approx(solution["Delta1"][j, n], abs=1e-12)


@pytest.mark.parametrize("name", ["exercise1", "walkthrough", "car", "mazur"])
def test_the_derivative_by_one_weight_is_the_matrix_that_is_printed(name: str) -> None:
    solution = Solution(load(name))
    for parameter, found in derivation(solution.exercise).data()["parameters"].items():
        pattern = r"∂\w+\[(.,.)\]/∂\w+\[(.,?.?)\] = (?:\w+\[(.,.)\]|1) if k = i, else 0"
        match = re.fullmatch(pattern, found["element"])
        assert match is not None
        of, by, entering = (text.split(",") if text else [] for text in match.groups())
        layer = int(parameter[1:])
        S, W, Z = (solution[symbol] for symbol in (f"S{layer}", parameter, f"Z{layer - 1}"))
        assert np.ndim(W) == len(by)
        assert S.shape[of.index("n")] == Z.shape[of.index("n")]
        if parameter.startswith("W"):
            assert W.shape[by.index("i")] == S.shape[of.index("k")]
            assert W.shape[by.index("j")] == Z.shape[entering.index("j")]
            W, Z = (W.T if by == ["j", "i"] else W), (Z.T if entering == ["n", "j"] else Z)
            bias = solution[f"b{layer}"][:, None] if f"b{layer}" in solution.symbols else 0
            assert np.allclose(W @ Z + bias, S.T if of == ["n", "k"] else S)


@pytest.mark.parametrize("pair", [pair for pair, matched in MATCHED.items() if matched.between])
def test_the_step_before_the_collapse_has_the_same_value(pair: tuple[str, str]) -> None:
    rng = np.random.default_rng(5)
    y, t = rng.random((3, 4)), rng.random((3, 4))
    t /= t.sum(axis=0)  # a distribution
    none: dict[Symbol, Array] = {}
    context = Context(none.__getitem__, lambda c: float(c.number), {"y": y, "t": t})
    matched = MATCHED[pair]
    assert matched.between is not None
    assert evaluate(matched.between, context) == pytest.approx(evaluate(matched.delta, context))


# ---------------------------------------------------------------------------- conventions


def test_samples_in_rows_turn_products_cells_and_words(run: Run) -> None:
    text = flat(run("derive", "walkthrough").out)
    assert_in_order(
        (
            "N×d2 d2×d2 N×d1",
            "∂S2[n,k]/∂W2[j,i] = Z1[n,j] if k = i, else 0",
            "∂L/∂W2 = 1/N Z1ᵀ Δ2",
            "The i-th column of ∂S2/∂W2[j,i], of shape N×d2, is the j-th column of Z1",
            "Δ1 = (Δ2 W2ᵀ) ⊙ f1'(S1)",
            "∂L/∂W_k = 1/N Z_{k-1}ᵀ Δ_k",
        ),
        text,
    )


def test_an_average_that_comes_late_is_announced(run: Run) -> None:
    text = flat(run("derive", "walkthrough").out)
    assert "This course puts 1/N in the gradients: Δ2 is written without it." in text
    assert "∂L/∂Z2 = 1/N dZ2 = -1/N (T / Z2)" in text
    late = (Path(__file__).parents[2] / "exercises" / "walkthrough.yaml").read_text(encoding="utf-8")
    late = late.replace("average_in: gradients", "average_in: update")
    text = flat(run("derive", "-", stdin=late.encode()).out)
    assert "Δ2 and dW2 are written without it, so that dW2 is not yet the derivative." in text
    assert "∂L/∂W2 = 1/N Z1ᵀ Δ2" in text


def test_letters_of_the_course_and_the_sign_of_its_error_signal_are_kept(run: Run) -> None:
    text = flat(run("derive", "han_kamber").out)
    assert_in_order(
        ("∂L/∂O2 · ∂O2/∂I2 · ∂I2/∂θ2", "Err2 = (T - O2) ⊙ f2'(I2)", "∂L/∂W2 = -Err2 O1ᵀ", "∂L/∂θ2 = -Err2 1"),
        text,
    )
    assert "Err2 is the negative derivative" in text


def test_weight_decay_is_added_at_the_end() -> None:
    rng = np.random.default_rng(42)
    made = random_exercise(
        rng, activations=("tanh", "identity"), loss="squared_error", l2=True, decay_average="none"
    )
    assert made.loss is not None
    text = flat(shown(derivation(made), 80))
    assert re.search(r"Tr\[\(Z2 - T\)ᵀ \(Z2 - T\)\] \+ λ/2 ", text)
    assert_in_order(("λ W is added at the end", "∂L/∂W2 = Δ2 Z1ᵀ + λ W2", "∂L/∂W1 = Δ1 Xᵀ + λ W1"), text)
    averaged = replace(made, loss=made.loss._replace(decay_average="samples"))
    text = flat(shown(derivation(averaged), 80))
    assert re.search(r"Tr\[\(Z2 - T\)ᵀ \(Z2 - T\)\] \+ λ/\(2N\) ", text)
    assert_in_order(("λ/N W is added at the end", "∂L/∂W2 = Δ2 Z1ᵀ + λ/N W2"), text)


def test_functions_without_a_name_are_any_f(run: Run) -> None:
    assert "f1 → f2 → f3" in run("derive", "--layers", "3").out
    assert "tanh → tanh → f3" in run("derive", "--layers", "3", "--activation", "tanh").out


# ---------------------------------------------------------------------------- LaTeX and Markdown


@pytest.mark.parametrize("form", ["latex", "markdown"])
@pytest.mark.parametrize(
    "asked", [("exercise3",), ("walkthrough",), ("--layers", "3"), ("--layers", "2", "--bias")]
)
def test_no_sign_of_the_terminal_is_left_in_typeset_formulas(
    form: str, asked: tuple[str, ...], run: Run
) -> None:
    result = run("derive", *asked, "--format", form)
    assert (result.code, result.err) == (0, "")
    assert r"\underbrace{\frac{\partial L}{\partial" in result.out
    assert not set("∂⊙ΔδΣᵀ²‖≠") & set(result.out)
    assert "$" not in re.sub(r"\$[^$]+\$|\$\$[^$]+\$\$", "", result.out)
    assert result.out.count("{") == result.out.count("}")


# ---------------------------------------------------------------------------- JSON and mistakes


def test_json_has_the_chain_with_values_and_shapes(run: Run) -> None:
    found = data(run, "--layers", "3")["parameters"]
    assert list(found) == ["W3", "W2", "W1"]
    assert found["W3"]["chain"] == [
        {"factor": "∂L/∂Y", "value": "Y - T", "shape": "d3×N"},
        {"factor": "∂Y/∂S3", "value": "f3'(S3)", "shape": "d3×N"},
        {"factor": "∂S3/∂W3", "value": "Z2", "shape": "d2×N"},
    ]
    assert found["W3"]["result"] == "∂L/∂W3 = Δ3 Z2ᵀ"


def test_json_says_what_the_terminal_says(run: Run) -> None:
    found = data(run, "exercise3")
    text = flat(run("derive", "exercise3").out)
    for part in found["steps"]:
        assert part["title"].upper() in text
        for said in part["lines"]:
            assert flat(said) in text
    for said in found["general"]:
        assert flat(said) in text
    assert_in_order(EXERCISE_3, flat(" ".join(" ".join(part["lines"]) for part in found["steps"])))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--layers", "0"), "0 is not in the range"),
        (("--layers", "three"), "is not a valid integer"),
        (("--layers", "2", "exercise1"), "give either an exercise or --layers, not both"),
        (("exercise1", "--loss", "hinge"), "--loss needs --layers"),
        (("--activation", "relu"), "--activation needs --layers"),
        (("--layers", "2", "--activation", "rellu"), "did you mean relu?"),
        (("--layers", "2", "--loss", "mse"), "means different things"),
        (("--layers", "3", "--activation", "relu,tanh"), "2 activations for 3 layers"),
        (("no_such_file.yaml",), "no such file"),
    ],
)
def test_bad_options_are_clear_errors(arguments: Sequence[str], message: str, run: Run) -> None:
    result = run("derive", *arguments)
    assert (result.code, result.out) == (2, "")
    assert message in result.err


def test_without_a_loss_there_is_nothing_to_derive(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("inputs: [[1]]\nlayers: [{weights: [[2]]}]\n")
    result = run("derive", "x.yaml")
    assert result.code == 2
    assert "no loss" in result.err


def test_all_losses_are_derived_from_raw_scores_too() -> None:
    for loss in LOSSES:
        text = shown(derivation_of(1, "identity", loss), 80)
        assert "∂L/∂W1" in text


# ---------------------------------------------------------------------------- whole screens


@pytest.mark.parametrize("path", SCREENS, ids=lambda path: path.stem)
def test_a_screen_is_as_expected(path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    command = path.read_text(encoding="utf-8").partition("\n")[0]
    width, program, *arguments = shlex.split(command.removeprefix("$ "))
    assert program == "mlpcalc"
    monkeypatch.setenv("COLUMNS", width.removeprefix("COLUMNS="))
    result = run(*arguments)
    assert (result.code, result.err) == (0, "")
    screen = "".join(line.rstrip() + "\n" for line in result.out.splitlines())
    assert_golden(screen, path, first=f"{command}\n")


def test_there_are_screens() -> None:
    assert len(SCREENS) >= 4


def test_the_optimizer_is_written_for_any_step() -> None:
    exercise = replace(load("exercise2"), optimizer=OPTIMIZERS["adam"], steps=2)
    text = flat(str(derivation(exercise)))
    assert "V_W_k = β2 V_W_k@t-1 + (1-β2) dW_k²" in text
    assert "Mhat_W_k = 1/(1-β1^t) M_W_k" in text
    assert "W_k' = W_k - η (Mhat_W_k / (√(Vhat_W_k) + ε))" in text
