"""`--format python`: the script computes what the page says, whatever a file calls its quantities."""

import io
import unicodedata
from contextlib import redirect_stdout
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from mlpcalc import Solution, load, solve
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.exercise import Exercise, Layer
from mlpcalc.page.functions import with_parameters
from mlpcalc.page.layout import Product
from mlpcalc.page.losses import LOSSES
from mlpcalc.page.network import Loss
from mlpcalc.page.symbols import Stage, Symbol
from mlpcalc.reading.library import bundled
from mlpcalc.solving.report import solution_report
from mlpcalc.solving.selection import Selection, selected
from tests.conftest import Run

NAMES = [found.file.removesuffix(".yaml") for found in bundled()]
SAMPLE = np.array([[0.5, -1.25, 2.0], [0.75, 0.25, -0.5]])


def script(solution: Solution, selection: Selection, *, ascii_only: bool = False) -> str:
    write = solution_report(solution, selection).source
    assert write is not None
    return write(ascii_only)


def executed(code: str) -> tuple[dict[str, Any], str]:
    """The variables that the script leaves behind, and what it prints."""
    variables: dict[str, Any] = {}
    out = io.StringIO()
    with redirect_stdout(out):
        exec(compile(code, "script", "exec"), variables)  # noqa: S102  # what is tested
    return variables, out.getvalue()


def name_in_course(solution: Solution, symbol: Symbol) -> str:
    """The name on the page of its own step."""
    name = unicodedata.normalize("NFKC", solution.notation.at_step(symbol.step).name(symbol))
    return plain_name(symbol) if "(" in name else name.replace("'", "_new")


def plain_name(symbol: Symbol) -> str:
    return symbol.plain.partition("@")[0]


def check(solution: Solution, selection: Selection, *, plain: bool = False, ascii_only: bool = False) -> str:
    """Run the script and compare everything that is asked for; returns what it printed.

    Every step prints what is asked for; its variables are those of the last step in the end.
    """
    variables, out = executed(script(solution, selection, ascii_only=ascii_only))
    symbols = selected(solution, selection, details=selection.details)
    assert symbols
    names = [plain_name(symbol) if plain else name_in_course(solution, symbol) for symbol in symbols]
    for name, symbol in dict(zip(names, symbols, strict=True)).items():
        expected = solution.value(in_last_step(solution, symbol))
        np.testing.assert_allclose(np.ravel(variables[name]), expected.ravel(), 1e-9, 1e-12, err_msg=name)
        if expected.ndim == 2:
            assert variables[name].shape == expected.shape
    steps = ["" if symbol.step == 1 else f"@{symbol.step}" for symbol in symbols]
    printed = [line.split(":")[0] for line in out.splitlines() if ":" in line]
    assert printed == [name + step for name, step in zip(names, steps, strict=True)]
    return out


def in_last_step(solution: Solution, symbol: Symbol) -> Symbol:
    """What stands for a given parameter in the last step; any other quantity itself."""
    if not symbol.is_parameter or symbol.updated:
        return symbol
    return solution.exercise.network.at_step(symbol, solution.exercise.steps)


@pytest.mark.parametrize("details", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_the_script_of_a_bundled_exercise_computes_the_whole_page(name: str, details: bool) -> None:
    check(solve(load(name)), Selection(details=details))


@pytest.mark.parametrize("name", NAMES)
def test_a_script_rounds_each_step_as_on_paper(name: str) -> None:
    with np.errstate(divide="ignore"):  # ln 0, for which mit6036 has an infinite loss
        check(solve(load(name), carry=5), Selection(details=True))


@pytest.mark.parametrize("name", NAMES)
def test_a_script_minds_zeros_only_where_an_output_is_one(name: str) -> None:
    assert "times_ln" not in script(solve(load(name)), Selection(details=True))
    assert ("times_ln" in script(solve(load(name), carry=5), Selection())) == (name == "mit6036")


@pytest.mark.parametrize("loss", ["binary_cross_entropy", "cross_entropy"])
def test_a_script_takes_0_ln_0_and_0_by_0_for_0(loss: str) -> None:
    layer = Layer(np.eye(2), None, ACTIVATIONS["relu"])
    form = Loss(LOSSES[loss], Fraction(1))
    exercise = Exercise(np.eye(2), (layer,), np.eye(2), form, Fraction(1, 3))
    solution = solve(exercise)
    with np.errstate(all="raise"):
        variables, _ = executed(script(solution, Selection(only=["L", "Delta1"])))
    assert variables["L"] == solution["L"] == 0
    assert variables["Δ1"].tolist() == solution["Delta1"].tolist() == [[-1, 0], [0, -1]]


@pytest.mark.parametrize("name", NAMES)
def test_a_script_has_plain_names_where_the_output_lacks_greek_letters(name: str) -> None:
    solution = solve(load(name))
    assert script(solution, Selection(), ascii_only=True).replace(solution.exercise.title, "").isascii()
    check(solution, Selection(details=True), plain=True, ascii_only=True)


def test_a_script_for_some_quantities_has_no_more_than_they_need(run: Run) -> None:
    result = run("solve", "exercise2", "--only", "Z1", "--format", "python")
    assert result.code == 0
    variables, out = executed(result.out)
    assert out.startswith("Z1:\n[[0.458 ")
    assert {"X", "W1", "S1", "Z1"} <= variables.keys()
    assert not {"T", "W2", "S2", "N", "η"} & variables.keys()


def test_a_script_prints_the_stages_that_are_asked_for() -> None:
    solution = solve(load("exercise2"))
    out = check(solution, Selection([Stage.GRADIENTS], layer=2))
    assert out == "dW2:\n[[-0.1029 -0.206   0.0176]]\n"


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("product", ["W X", "W^T X", "X W", "X W^T"])
def test_every_function_is_as_its_record_says_in_every_layout(activation: str, product: Product) -> None:
    hidden = with_parameters(ACTIVATIONS[activation], {"slope": Fraction(1, 4), "alpha": Fraction(1, 2)})
    output = with_parameters(ACTIVATIONS[activation], {})
    first = Layer(
        np.array([[0.5, -0.25], [1.0, 0.75], [-0.5, 0.1]]), np.array([[0.1], [0.2], [-0.3]]), hidden
    )
    second = Layer(np.array([[0.2, -0.4, 0.6], [1.0, 0.5, -0.5]]), None, output)
    loss = Loss(LOSSES["squared_error"], Fraction(1, 2), "samples", Fraction(1, 10))
    exercise = Exercise(SAMPLE, (first, second), np.ones((2, 3)), loss, Fraction(1, 3))
    check(solve(exercise.under(exercise.conventions._replace(product=product))), Selection(details=True))


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_is_written_as_its_record_says(loss: str) -> None:
    layer = Layer(np.array([[0.5, -0.25], [1.0, 0.75]]), np.array([[0.1], [0.2]]), ACTIVATIONS["sigmoid"])
    targets = np.array([[1.0, 0, 1], [0, 1, 0]])
    form = Loss(with_parameters(LOSSES[loss], {}), Fraction(1))
    check(solve(Exercise(SAMPLE, (layer,), targets, form, Fraction(1, 3))), Selection(details=True))


# ---------------------------------------------------------------------------- what a file may say


@pytest.mark.parametrize(
    "letters",
    [
        {"S": "Z", "Z": "A"},
        {"S": "net", "Z": "o", "Delta": "δ"},
        {"S": "ϕ", "X": "x"},  # Python takes it for φ
        {"S": "z_in", "W": "Θ"},
    ],
)
def test_a_script_is_in_the_letters_of_the_course(letters: dict[str, str]) -> None:
    solution = solve(replace(load("exercise2"), letters=letters))
    check(solution, Selection(details=True))


@pytest.mark.parametrize(
    "letters",
    [
        {"S": "z^"},  # no identifier
        {"X": "lambda"},
        {"X": "np"},
        {"X": "print"},
        {"X": "relu"},
        {"T": "N"},
        {"S": "φ", "Z": "ϕ"},  # the same to Python
        {"S": "Z", "Z": "A^"},  # the plain name of one is the letter of another
    ],
)
def test_letters_that_python_cannot_tell_apart_give_way_to_plain_names(letters: dict[str, str]) -> None:
    check(solve(replace(load("exercise2"), letters=letters)), Selection(details=True), plain=True)


@pytest.mark.parametrize(
    "title",
    [
        'x\nraise SystemExit("injected")',
        "x\rraise SystemExit",
        "x\x0craise SystemExit",
        "x\u2028raise SystemExit",
        "-*- coding: utf-7 -*-",
        '"""',
        "\\",
    ],
)
def test_texts_of_a_file_are_comments_and_nothing_else(title: str) -> None:
    solution = solve(replace(load("exercise2"), title=title, origin=title))
    code = script(solution, Selection())
    assert "coding" not in "".join(code.splitlines()[:2])
    check(solution, Selection())
    variables, _ = executed(code.encode().decode())
    assert "L_new" in variables


def test_figures_are_as_they_were_typed(run: Run) -> None:
    text = "inputs: [[0.50, 1/3, \N{MINUS SIGN}2]]\nlayers: [{weights: [[1e-1], [.5]]}]\n"
    out = run("solve", "-", "--format", "python", stdin=text.encode()).out
    assert "    [0.50, 1/3, -2],\n" in out
    assert "    [1e-1],\n    [.5],\n" in out
    assert executed(out)[0]["S1"].tolist()[0] == pytest.approx([0.05, 0.1 / 3, -0.2])


def test_numerical_gradients_are_no_script(run: Run) -> None:
    result = run("grad", "exercise2", "--numeric", "--format", "python")
    assert result.code == 2
    assert "--numeric cannot be combined with --format python" in result.err
