"""A printed line of arithmetic recomputes, for every cell there is."""

import json
import math
import re
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mlpcalc
from mlpcalc.errors import InputError
from mlpcalc.explaining.explainer import Explainer, last_unit
from mlpcalc.explaining.report import explanation
from mlpcalc.numerics.rounding import Digits, figure
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.exercise import Exercise, Layer
from mlpcalc.page.functions import with_parameters
from mlpcalc.page.losses import LOSSES
from mlpcalc.page.network import Loss
from mlpcalc.reading.library import bundled_names
from mlpcalc.report.blocks import Aligned
from mlpcalc.solving.solution import Solution, load, solve
from tests.conftest import Run
from tests.support import paper
from tests.support.networks import random_exercise

BUNDLED = [name.removesuffix(".yaml") for name in bundled_names()]
NAMES = r"[^\W\d]\w*'*(?:@\d+)?\[\d|[ηλNMμβε](?!\w)|β\d"  # of cells and scalars
FIGURE = r"-?[\d.]+(?:e[-+]\d+)?"
CALCULATOR: dict[str, Callable[..., float]] = {
    "exp": math.exp,
    "log": math.log,
    "tanh": math.tanh,
    "max": max,
    "abs": abs,
}


def recomputed(arithmetic: str) -> float:
    words = set(re.findall(r"[a-z]{2,}", arithmetic))
    assert words <= set(CALCULATOR), arithmetic
    assert re.fullmatch(r"[-+*/().,\sa-z0-9]+", arithmetic), arithmetic
    return float(eval(arithmetic, {"__builtins__": {}}, CALCULATOR))  # noqa: S307  # two lines up: arithmetic only


def entries(solution: Solution) -> Iterator[dict[str, Any]]:
    for name in solution:
        data = explanation(solution, name, depth=0).data()
        yield from data.get("cells", [data])


def check(solution: Solution) -> int:
    """Every cell of every quantity: its arithmetic gives its result, and its result is its value rounded."""
    count = 0
    for entry in entries(solution):
        value, result = float(entry["value"]), entry["result"]
        if not math.isfinite(value):
            continue
        half = 0.5 * last_unit(result)
        assert abs(float(result) - value) <= half * (1 + 1e-9), entry
        assert abs(recomputed(entry["substituted"]) - float(result)) <= half * (1 + 1e-6), entry
        count += 1
    return count


@pytest.mark.parametrize("name", BUNDLED)
def test_the_arithmetic_of_every_cell_of_a_bundled_exercise_gives_its_result(name: str) -> None:
    solution = solve(load(name))
    assert check(solution) == sum(solution[quantity].size for quantity in solution)


@pytest.mark.slow
@pytest.mark.parametrize("name", BUNDLED)
def test_the_arithmetic_of_every_cell_gives_its_result_where_rounded_figures_are_carried_on(
    name: str,
) -> None:
    exercise = load(name)
    digits = 5 if exercise.optimizer.name == "adam" else 2  # two leave nothing of its squared gradients
    solution = solve(exercise, carry=digits)
    assert check(solution) > 0
    assert check_lines(solution) > 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_the_arithmetic_of_every_cell_of_a_random_network_gives_its_result(seed: int) -> None:
    exercise = random_exercise(np.random.default_rng(seed))
    assert check(solve(exercise)) > 0


def printed_lines(solution: Solution, name: str, decimals: int | None) -> Iterator[tuple[str, str]]:
    """The lines with numbers that are printed for a quantity, each with the result that stands after it."""

    def rows(text: str) -> list[list[str]]:
        blocks = explanation(solution, text, precision=decimals).blocks()
        aligned = next(block for block in blocks if isinstance(block, Aligned))
        return [[piece.text.removeprefix("= ") for piece in row] for row in aligned.rows]

    cell = name + (f"[{','.join('1' * solution[name].ndim)}]" if np.ndim(solution[name]) else "")
    lines = [" ".join(row[1:]) for row in rows(cell)]
    written = [(line, lines[-1]) for line in lines[1:-1]]
    if np.size(solution[name]) > 1:
        for _, text in rows(name)[1:]:
            *steps, result = text.split(" = ")
            written += [(step, result) for step in steps]
    return ((line, result) for line, result in written if not re.search(NAMES, line))


def check_lines(solution: Solution, decimals: int | None = None) -> int:
    count = 0
    for name in solution:
        layer = solution.symbol(name).layer
        parameters = solution.exercise.layers[layer - 1].activation.parameters if layer else ()
        known = paper.functions(**{key: paper.exactly(number) for key, number in parameters})
        for line, result in printed_lines(solution, name, decimals):
            if re.fullmatch(FIGURE, result):  # and not ∞
                assert paper.rounds_to(paper.worked_out(line, known), result), (name, line, result)
                count += 1
    return count


@pytest.mark.slow
@pytest.mark.parametrize("name", BUNDLED)
def test_every_line_printed_for_a_bundled_exercise_comes_to_the_last_digit_of_its_result(name: str) -> None:
    assert check_lines(solve(load(name))) > 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_every_line_printed_for_a_random_network_comes_to_the_last_digit_of_its_result(seed: int) -> None:
    assert check_lines(solve(random_exercise(np.random.default_rng(seed))), 1 + seed % 5) > 0


@pytest.mark.parametrize("output", ["sigmoid", "tanh", "softplus", "elu", "softmax"])
@pytest.mark.parametrize("size", [50.0, 800.0, 1e-200])
def test_the_arithmetic_of_saturated_cells_gives_their_results(output: str, size: float) -> None:
    activation = with_parameters(ACTIVATIONS[output], {})
    first = Layer(np.array([[size], [-size]]), None, activation)
    second = Layer(np.array([[1.0, 2.0], [0.5, -1.0]]), None, activation)
    loss = Loss(LOSSES["squared_error"], Fraction(1, 2))
    exercise = Exercise(np.array([[1.0, -1.0]]), (first, second), np.eye(2), loss, Fraction(1, 2))
    assert check(solve(exercise)) > 0


def test_a_function_that_is_lost_when_written_out_stands_as_a_figure() -> None:
    layer = Layer(np.array([[50.0]]), None, ACTIVATIONS["tanh"])
    loss = Loss(LOSSES["sum"], Fraction(2))
    solution = solve(Exercise(np.array([[1.0]]), (layer,), None, loss))
    data = explanation(solution, "Delta1[1,1]", depth=0).data()
    assert (data["substituted"], data["result"]) == ("2 * 1.5e-43", "3.0e-43")


def test_a_result_is_the_figure_of_the_table() -> None:
    solution = solve(load("exercise2"))
    for entry in entries(solution):
        if entry["quantity"] not in ("X", "T", "W1", "W2"):
            assert entry["result"] == figure(float(entry["value"]), 4)


def test_a_cell_is_explained_by_formula_indices_numbers_and_result(run: Run) -> None:
    lines = run("explain", "exercise2", "Delta1[2,1]").out.splitlines()
    assert lines[0].startswith("Δ1[2,1]: unit 2, sample 1")
    assert lines[2:7] == [
        "Δ1      = (W2ᵀ Δ2) ⊙ f1'(S1)",
        "Δ1[2,1] = W2[1,2] · Δ2[1,1]   · relu'(S1[2,1])",
        "        = 0.03    · (-0.2254) · relu'(0.8690)",
        "        = 0.03    · (-0.2254) · 1",
        "        = -0.0068",
    ]
    assert lines[8] == "relu'(s) = [s > 0]"
    assert "S1[2,1] > 0: the unit passes the error on." in lines[10]
    assert "Used in dW1[2,1], dW1[2,2]." in lines[10]


def test_a_unit_that_is_off_passes_nothing_on(run: Run) -> None:
    out = run("explain", "exercise2", "Delta1[1,3]").out
    assert "= 0.02    · 0.2658  · 0" in out
    assert "S1[1,3] < 0: the unit is off and passes nothing on." in out


def test_a_cell_at_the_kink_is_explained_by_the_convention(run: Run) -> None:
    out = run("explain", "threshold", "Delta1[1,1]").out
    assert "S1[1,1] is exactly 0, at the kink: relu'(0) is taken as 0." in " ".join(out.split())


def test_the_margin_of_each_class_is_told_with_its_indicator(run: Run) -> None:
    out = " ".join(run("explain", "exercise3", "dZ1[1,1]").out.split())
    assert "Unit 2 of sample 1 violates the margin by 0.0548 (indicator 1)." in out
    assert "Unit 3 of sample 1 satisfies the margin: -0.3313 (indicator 0)." in out


def test_a_softmax_is_written_with_its_exponentials_as_on_paper(run: Run) -> None:
    out = run("explain", "exercise3", "Z1[2,1]").out
    assert "= exp(S1[2,1]) / (exp(S1[1,1]) + exp(S1[2,1]) + exp(S1[3,1]))" in out
    assert "= exp(1.6000) / (exp(2.0000) + exp(1.6000) + exp(-2.0000))" in out


def softmax_of(*scores: float) -> bytes:
    rows = ", ".join(f"[{score}]" for score in scores)
    return f"inputs: [1]\nlayers: [{{weights: [{rows}], activation: softmax}}]\n".encode()


def test_a_softmax_of_11_writes_the_exponential_of_11(run: Run) -> None:
    out = run("explain", "-", "Z1[1,1]", stdin=softmax_of(11, 10.5)).out
    assert "= exp(11.0000) / (exp(11.0000) + exp(10.5000))\n        = 0.6225\n" in out  # 1/(1 + 0.6065)
    assert "taken off" not in out


@pytest.mark.parametrize("scores", [(1000, 999), (-1000, -1001), (0, -1), (600, -600), (5, -800)])
def test_a_softmax_says_what_is_taken_off_its_exponents_only_where_they_need_it(
    run: Run, tmp_path: Path, scores: tuple[int, int]
) -> None:
    out = " ".join(run("explain", "-", "Z1[1,1]", stdin=softmax_of(*scores)).out.split())
    told = f"S1[1,1] = {scores[0]}.0000 is subtracted from every exponent" in out
    assert told == (abs(scores[0]) == 1000)
    assert (f"- {scores[0]}.0000)" in out or f"- ({scores[0]}.0000))" in out) == told
    (tmp_path / "scores.yaml").write_bytes(softmax_of(*scores))
    solution = solve(load(str(tmp_path / "scores.yaml")))
    assert check(solution) > 0
    assert check_lines(solution) > 0


def test_a_softmax_of_many_units_has_its_sum_abridged_with_one_subtotal(run: Run) -> None:
    out = run("explain", "-", "Z1[1,1]", stdin=softmax_of(*[0.0] * 1000)).out
    words = " ".join(out.split())
    assert "… 996 terms …" in words
    assert "+ 996 + exp(0.0000))" in words


@pytest.mark.parametrize(
    ("activation", "meaning"),
    [
        ("sigmoid", "σ(s) = 1 / (1 + exp(-s))"),
        ("softplus", "softplus(s) = ln(1 + exp(s))"),
        ("{name: elu, alpha: 2}", "elu(s) = (s if s > 0 else 2 (exp(s) - 1))"),
        ("{name: leaky_relu, slope: 0.2}", "leaky_relu(s) = (s if s > 0 else 1/5 s)"),
        ("relu", "relu(s) = max(0, s)"),
        ("softmax", "softmax(s) = exp(s) / (1 1ᵀ exp(s))"),
    ],
)
def test_a_function_is_said_to_be_what_it_is_in_every_format(run: Run, activation: str, meaning: str) -> None:
    text = f"inputs: [[0.5]]\nlayers: [{{weights: [[2]], activation: {activation}}}]\n".encode()
    out = run("explain", "-", "Z1[1,1]", stdin=text).out
    assert out.splitlines().count(meaning) == 1
    assert run("explain", "-", "Z1[1,1]", "--format", "json", stdin=text).json["functions"] == [meaning]
    for form in ("latex", "markdown"):
        typeset = run("explain", "-", "Z1[1,1]", "--format", form, stdin=text).out
        assert "(s) = " in typeset


def test_elementary_functions_are_not_explained(run: Run) -> None:
    text = b"inputs: [[0.5]]\nlayers: [{weights: [[2]], activation: tanh}]\n"
    assert "(s) =" not in run("explain", "-", "Z1[1,1]", stdin=text).out


def test_the_softmax_of_samples_in_rows_adds_up_rows(run: Run) -> None:
    text = b"inputs: [[1, 2]]\nlayers: [{weights: [[2, 1], [0, 1]], activation: softmax}]\n"
    text += b"conventions: {product: X W}\n"
    assert "softmax(s) = exp(s) / (exp(s) 1 1ᵀ)" in run("explain", "-", "Z1[1,1]", stdin=text).out


def test_the_value_of_a_function_is_printed_once(run: Run) -> None:
    assert run("explain", "exercise2", "Z1[1,1]").out.count("= 0.4580") == 1


def test_a_tie_is_settled_by_one_digit_more(tmp_path: Path) -> None:
    # Half of 0.47665 is 0.238325; 0.5 · 0.4767 would be 0.23835, which is 0.2384 to four digits.
    text = b"inputs: [[0.47665]]\nlayers: [{weights: [[1]]}, {weights: [[0.5]]}]\n"
    (tmp_path / "tie.yaml").write_bytes(text)
    solution = solve(load(str(tmp_path / "tie.yaml")))
    assert list(printed_lines(solution, "S2", 4)) == [("0.5 · 0.47665", "0.2383")]
    assert list(printed_lines(solution, "S2", 5)) == [("0.5 · 0.47665", "0.23833")]


def test_a_tie_on_paper_goes_away_from_zero(run: Run) -> None:
    text = b"inputs: [[0.4767]]\nlayers: [{weights: [[1]]}, {weights: [[-0.5]]}]\n"
    out = run("explain", "-", "S2[1,1]", stdin=text).out
    assert "= (-0.5) · 0.4767 = -0.2384 " in " ".join(out.split())


def test_a_whole_matrix_shows_the_sum_of_each_cell(run: Run) -> None:
    out = run("explain", "exercise2", "S1").out
    assert "S1[2,3] = 0.7 · (-0.75) + 0.43 · 0.8 = -0.1810" in out
    assert len(re.findall(r"^S1\[", out, re.MULTILINE)) == 12


def test_depth_follows_the_operands_to_the_givens(run: Run) -> None:
    one, everything = (
        run("explain", "exercise2", "dW2[1,1]", "--depth", depth).out for depth in ("1", "all")
    )
    assert "\n  Δ2[1,1]" in one
    assert "X[1,1]" not in one
    assert re.search(r"\n {4,}X\[1,1\] += 0\.75", everything)


def test_json_nests_the_operands(run: Run) -> None:
    data = run("explain", "exercise2", "Delta1[2,1]", "--depth", "1", "--format", "json").json
    assert data["quantity"] == "Delta1"
    assert data["cell"] == [2, 1]
    assert data["formula"] == "Δ1 = (W2ᵀ Δ2) ⊙ f1'(S1)"
    assert data["indexed"] == "W2[1,2] · Δ2[1,1] · relu'(S1[2,1])"
    assert data["substituted"] == "0.03 * (-0.2254) * 1"
    assert data["result"] == "-0.0068"
    assert [operand["quantity"] for operand in data["operands"]] == ["W2", "Delta2", "S1"]


def test_a_cell_of_a_list_has_one_index_and_json_two(run: Run) -> None:
    assert run("explain", "mazur", "b1[2]", "--format", "json").json["cell"] == [2, 1]
    assert run("explain", "mazur", "loss", "--format", "json").json["cell"] == []
    assert run("explain", "walkthrough", "db1[3]", "--format", "json").json["cell"] == [3, 1]


def test_a_long_sum_keeps_its_ends_and_one_subtotal_but_not_in_json(run: Run) -> None:
    rows = "; ".join(f"0.{i}" for i in range(1, 13))
    text = f"inputs: '{rows}'\nlayers:\n- weights: [[{', '.join(str(i) for i in range(1, 13))}]]\n"
    out = run("explain", "-", "S1[1,1]", stdin=text.encode()).out
    assert "… 8 terms …" in out
    assert "… 8 terms …" not in run("explain", "-", "S1[1,1]", "--format", "json", stdin=text.encode()).out


FORMATS = ["table", "json", "latex", "markdown"]


def network(inputs: int, outputs: int, samples: int, layers: int = 1) -> bytes:
    """A network of small figures, with weight decay."""
    rng = np.random.default_rng(inputs + outputs + samples + layers)

    def matrix(rows: int, columns: int) -> str:
        return json.dumps((rng.integers(-99, 99, (rows, columns)) / 100).tolist())

    sizes = [inputs] * layers + [outputs]
    text = f"inputs: {matrix(inputs, samples)}\ntargets: {matrix(outputs, samples)}\nlayers:\n"
    for below, above in pairwise(sizes):
        text += f"- {{weights: {matrix(above, below)}, activation: sigmoid}}\n"
    text += "loss: {name: squared_error, average: samples, l2: 0.1}\nlearning_rate: 0.5\n"
    return text.encode()


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("text", "cell"),
    [
        (network(1000, 1, 1), "S1[1,1]"),
        (network(2, 1, 1000), "dW1[1,1]"),
        (network(2, 1, 1000), "loss"),
    ],
    ids=["1000 inputs", "dW of 1000 samples", "loss of 1000 samples"],
)
def test_a_sum_is_explained_however_long_it_is(run: Run, text: bytes, cell: str, form: str) -> None:
    result = run("explain", "-", cell, "--format", form, stdin=text)
    assert (result.code, result.err) == (0, "")
    if form == "json":
        assert result.json["substituted"].count("+ ") >= 999
        assert recomputed(result.json["substituted"]) == pytest.approx(float(result.json["result"]), abs=5e-5)
    else:
        assert len(result.out) < 2000  # the middle is one subtotal


@pytest.mark.parametrize("form", ["table", "json"])  # the others write the lines of the table
def test_a_network_is_explained_to_its_givens_however_deep_it_is(run: Run, form: str) -> None:
    text = network(1, 1, 1, layers=200)
    result = run("explain", "-", "Delta1[1,1]", "--depth", "all", "--format", form, stdin=text)
    assert (result.code, result.err) == (0, "")
    if form != "json":
        assert "S200[1,1]" in result.out
        return
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(10_000)  # the JSON module of Python calls itself
    try:
        entry, chain = result.json, []
    finally:
        sys.setrecursionlimit(limit)
    while entry["operands"]:
        chain.append(entry["quantity"])
        entry = entry["operands"][-1 if entry["quantity"] == "Delta200" else 1]
    assert chain[:3] == ["Delta1", "Delta2", "Delta3"]
    assert "Delta200" in chain


@pytest.mark.slow
@pytest.mark.parametrize(("command", "form"), [("solve", "table"), ("derive", "markdown"), ("grad", "json")])
def test_the_weight_decay_of_many_layers_is_one_sum(run: Run, command: str, form: str) -> None:
    result = run(command, "-", "--format", form, stdin=network(1, 1, 1, layers=200))
    assert (result.code, result.err) == (0, "")


def test_cells_lie_as_in_the_exercise(run: Run) -> None:
    first = run("explain", "walkthrough", "S1[2,3]").out
    assert first.startswith("S1[2,3]: sample 2, unit 3")
    assert "X[2,1] · W1[1,3] + X[2,2] · W1[2,3] + X[2,3] · W1[3,3] + b1[3]" in " ".join(first.split())


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("S1[9,9]", "S1 is 3×4: rows 1–3, columns 1–4"),
        ("S1[0,1]", "S1 is 3×4: rows 1–3, columns 1–4"),
        ("loss[2,1]", "loss is a single number"),
        ("Q7[1,1]", "unknown quantity 'Q7'"),
    ],
)
def test_a_cell_that_is_not_there_is_an_error(run: Run, cell: str, message: str) -> None:
    result = run("explain", "exercise2", cell)
    assert result.code == 2
    assert message in result.err


def test_cells_are_read_in_the_notation_of_the_course() -> None:
    explainer = Explainer(solve(load("planar")), Digits(8))
    symbol, cell = explainer.find("Z1[1,2]")
    assert symbol.plain == "S1"
    assert cell is not None
    assert explainer.name(cell) == "Z1[1,2]"
    with pytest.raises(InputError):
        explainer.find("S9[1,1]")


def test_a_given_is_said_to_be_given(run: Run) -> None:
    assert "Given in the exercise." in run("explain", "exercise2", "W1[2,2]").out


def test_a_programmatic_exercise_without_typed_digits_is_explained() -> None:
    exercise: Exercise = random_exercise(np.random.default_rng(5))
    assert explanation(solve(exercise), "S1[1,1]", depth=0).data()["substituted"]


def test_a_notebook_shows_explanations_and_derivations_typeset() -> None:
    exercise = load("exercise2")
    shown = mlpcalc.explain(mlpcalc.solve(exercise), "Delta1[2,1]")._repr_markdown_()
    assert r"\Delta_1[2,1]" in shown
    assert "-0.0068" in shown
    assert r"\underbrace" in mlpcalc.derive(exercise)._repr_markdown_()


def test_only_false_classes_are_said_to_be_inside_the_margin(run: Run) -> None:
    out = run("explain", "exercise3", "dZ1[1,1]").out
    assert "unit 1, sample 1: " not in out.splitlines()[-3]
    assert "indicator 1" in " ".join(run("explain", "exercise3", "loss").out.split())


def test_the_true_class_is_that_of_the_sample_of_its_step() -> None:
    exercise = {
        "inputs": [[1, 0.5]],
        "targets": {"classes": [1, 2]},
        "layers": [{"weights": [[0.3], [0.2]]}],
        "loss": "multiclass_hinge",
        "learning_rate": 0.1,
        "batch": 1,
        "steps": 2,
    }
    solution = solve(load(exercise))
    for cell in ("dZ1@2[1,1]", "dZ1@2[2,1]"):
        said = repr(explanation(solution, cell))
        assert "Unit 1 of sample 2 violates the margin" in said
        assert "Unit 2 of sample 2 violates" not in said


def test_a_cell_that_is_infinite_is_explained_without_noise_digits(run: Run) -> None:
    network = b"inputs: [1]\ntargets: [0]\nlayers: [{weights: [1], activation: softmax}]\n"
    text = network + b"loss: binary_cross_entropy\n"
    out = run("explain", "-", "loss", stdin=text).out
    assert "= \N{INFINITY}" in out
    assert "Outside the range of double precision" in out
    assert "0000000" not in out


def test_a_matrix_cell_needs_both_indices(run: Run) -> None:
    assert "S1 has two indices" in run("explain", "exercise2", "S1[2]").err


def test_a_forgotten_cell_is_asked_for(run: Run) -> None:
    assert "which cell? For example: mlpcalc explain exercise2 'S1[1,1]'" in run("explain", "exercise2").err


# ---------------------------------------------------------------------------- several cells

SEVERAL = ("S1[2,3]", "W1", "loss")


def test_several_cells_are_explained_one_after_another(run: Run) -> None:
    alone = [
        run("explain", "exercise2", text).out.removesuffix("Further back: --depth 1\n") for text in SEVERAL
    ]
    together = run("explain", "exercise2", *SEVERAL)
    assert (
        together.out == "\n".join(text.rstrip("\n") + "\n" for text in alone) + "\nFurther back: --depth 1\n"
    )
    assert (together.code, together.err) == (0, "")


def test_json_has_the_entries_of_several_cells_in_a_list(run: Run) -> None:
    alone = [run("explain", "exercise2", text, "--format", "json").json for text in SEVERAL]
    assert list(alone[0])[:3] == ["quantity", "name", "cell"]
    assert list(alone[1]) == ["quantity", "cells"]
    together = run("explain", "exercise2", *SEVERAL, "--format", "json").json
    assert together == {"cells": [alone[0], *alone[1]["cells"], alone[2]]}


def test_a_cell_that_is_named_twice_is_explained_twice(run: Run) -> None:
    entries = run("explain", "exercise2", "loss", "loss", "--depth", "1", "--format", "json").json["cells"]
    assert [bool(entry["operands"]) for entry in entries] == [True, False]
    assert entries[0] | {"operands": []} == entries[1]


def test_the_exercise_may_be_left_out_before_several_cells(run: Run) -> None:
    assert run("explain", *SEVERAL).out == run("explain", "exercise2", *SEVERAL).out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("exersise2", "S1"), "no such file: exersise2"),
        (("nowhere.yaml", "S1", "loss"), "no such file: nowhere.yaml"),
        (("exercise2", "S1[2,3]", "Delta1[2,9]"), "Delta1 is 3×4: rows 1–3, columns 1–4"),
        (("exercise2", "loss", "Q7"), "Q7"),
        (("S1", "exercise2"), "exercise2"),
    ],
)
def test_of_several_words_the_wrong_one_is_named(arguments: tuple[str, ...], message: str, run: Run) -> None:
    result = run("explain", *arguments)
    assert (result.code, result.out) == (2, "")
    assert message in result.err


def test_rounded_figures_are_carried_on_as_in_solve(run: Run) -> None:
    solved = run("solve", "exercise1", "--only", "Delta1", "--carry", "2", "--format", "json").json
    explained = run("explain", "exercise1", "Delta1", "--carry", "2", "--format", "json").json["cells"]
    values = [cell for row in solved["quantities"]["Delta1"]["values"] for cell in row]
    assert [cell["value"] for cell in explained] == values
    out = run("explain", "exercise1", "S1[1,1]", "--carry", "2").out.splitlines()
    assert out[1] == "every quantity rounded to 2 decimals, as on paper"
    assert out[-3] == "        = 0.38"


def test_what_was_rounded_on_the_way_is_not_written_out(run: Run) -> None:
    out = run("explain", "exercise2", "W2_new[1,3]", "--carry", "1").out.splitlines()
    assert [line.split("=")[1].strip() for line in out if "=" in line] == [
        "W2 - η dW2",
        "W2[1,3] + step_W2[1,3]",
        "0.09    + (-0.1)",  # -0.5 · 0.1, rounded
        "0.0",
    ]
    assert (
        "Used in loss_terms[1,1], err[1,1], dZ3[1,1]."
        in run("explain", "exercise1", "Z3[1,1]", "--carry", "2").out
    )


def test_python_explains_several_cells() -> None:
    solution = solve(load("exercise2"))
    explained = explanation(solution, ["S1[2,3]", "loss"])
    assert [entry["quantity"] for entry in explained.data()["cells"]] == ["S1", "loss"]


def test_a_value_that_is_undefined_has_no_place_among_the_kinks() -> None:
    solution = mlpcalc.solve(
        {
            "inputs": [[1e300], [1]],
            "targets": [[1]],
            "layers": [
                {"weights": [[1e300, 0], [-1e300, 0]]},
                {"weights": [[1, 1]], "activation": "relu"},
                {"weights": [[1]]},
            ],
            "loss": "squared_error",
        }
    )
    assert np.isnan(solution["S2"]).all()
    assert "S2[1,1]" in repr(mlpcalc.explain(solution, "Z2[1,1]"))
