"""Blank answer sheets, and sheets with figures on them.

`GOLDEN=write python -m pytest tests/answers/test_blank.py` writes golden/sheet anew.
"""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from mlpcalc import load, solve
from mlpcalc.answers.blank import filled, key, sheet, sheet_yaml
from mlpcalc.errors import InputError
from mlpcalc.numerics.rounding import Digits, round_cells
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.layout import Product
from mlpcalc.page.network import Conventions
from mlpcalc.page.symbols import Stage, Symbol
from mlpcalc.reading.keys import PRODUCTS
from mlpcalc.reading.library import bundled
from mlpcalc.reading.reader import read_exercise
from mlpcalc.reading.source import Document
from mlpcalc.report import json as json_form
from mlpcalc.report.blocks import Formula, Matrix
from mlpcalc.report.latex import render as as_latex
from mlpcalc.report.latex_text import escape as in_latex
from mlpcalc.report.markdown import escape as in_markdown
from mlpcalc.report.markdown import render as as_markdown
from mlpcalc.solving.selection import Selection, selected
from mlpcalc.solving.solution import Solution
from tests.conftest import Run
from tests.report.test_latex import faults
from tests.report.test_terminal import shown
from tests.support.golden import assert_golden
from tests.support.networks import random_exercise
from tests.support.payloads import PAYLOADS

GOLDEN = Path(__file__).parents[1] / "golden" / "sheet"
EXERCISES = [found.file for found in bundled()]
ALL = Selection()
DETAILS = Selection(details=True)
FORWARD_ONLY = "inputs: [[1, 2]]\nlayers: [{weights: [[0.5]]}]\n"
HOSTILE = (
    *PAYLOADS,
    "one\nS1: 5",
    "one\r\n---\nstudent: me",
    "one\x85S1: 5",
    "one\u2028S1: 5\u2029",
    "\ufffe\uffff",
    "\x1b[31m\u202e",
    "=1+1",
    "%YAML 9.9",
    '"] } & * ! | > @',
    "word " * 100,
)


def solution_of(text: str) -> Solution:
    return solve(read_exercise(Document(text, "x.yaml"), "x.yaml"))


def asked(solution: Solution, selection: Selection) -> list[Symbol]:
    every = selected(solution, selection._replace(stages=list(Stage)[1:]), details=True)
    wanted = every if selection.details else solution.exercise.ask or ()
    return [symbol for symbol in every if symbol in wanted]


def answers(text: str) -> dict[str, Any]:
    """The quantities on a sheet, as a stock YAML parser reads them."""
    data = yaml.safe_load(text)
    assert list(data)[:2] == ["exercise", "student"]
    assert data["student"] is None
    return {name: value for name, value in data.items() if name not in ("exercise", "student")}


def cells(value: Any) -> list[Any]:  # noqa: ANN401  # whatever YAML holds
    """Rows of cells of a matrix, the cells of a list; `~` is what a blank cell of a matrix reads as."""
    return [line.split() for line in value.splitlines()] if isinstance(value, str) else value


def shape(value: Any) -> tuple[int, ...]:  # noqa: ANN401  # as above
    return () if value is None or isinstance(value, float) else np.array(cells(value)).shape


def blank(value: Any) -> bool:  # noqa: ANN401  # as above
    rows = cells(value) if isinstance(value, str) else [value if isinstance(value, list) else [value]]
    return set(chain.from_iterable(rows)) <= {"~", None}


def figures(value: Any) -> "np.ndarray[Any, Any]":  # noqa: ANN401  # as above
    return np.array(cells(value), dtype=float)


# ---------------------------------------------------------------------------- whole sheets


def form(solution: Solution, suffix: str) -> str:
    if suffix == "yaml":
        return sheet_yaml(solution, ALL)
    blocks = list(sheet(solution, ALL).blocks())
    match suffix:
        case "tex":
            return as_latex(blocks)
        case "md":
            return as_markdown(blocks)
    return "".join(line.rstrip() + "\n" for line in shown(blocks))


@pytest.mark.parametrize("suffix", ["yaml", "tex", "md", "txt"])
def test_a_sheet_is_as_expected(suffix: str) -> None:
    found, path = form(solve(load("exercise2")), suffix), GOLDEN / f"exercise2.{suffix}"
    assert_golden(found, path)


def check_blank_yaml(solution: Solution) -> None:
    """Every quantity is on the sheet once, in the order of the page, in its shape, with nothing in it."""
    found, symbols = answers(sheet_yaml(solution, DETAILS)), asked(solution, DETAILS)
    assert [solution.symbol(name) for name in found] == symbols
    assert [shape(value) for value in found.values()] == [solution.value(symbol).shape for symbol in symbols]
    assert all(map(blank, found.values()))


@pytest.mark.parametrize("name", EXERCISES)
def test_a_sheet_of_a_bundled_exercise_is_yaml_with_every_quantity_in_its_shape(name: str) -> None:
    check_blank_yaml(solve(load(name)))


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("seed", range(20))
def test_a_sheet_of_a_random_exercise_is_yaml_in_every_orientation(seed: int, product: Product) -> None:
    check_blank_yaml(solve(turned(seed, product)))


def turned(seed: int, product: Product) -> Exercise:
    if seed not in _DRAWN:
        _DRAWN[seed] = random_exercise(np.random.default_rng([seed, 6]))
    return replace(_DRAWN[seed], conventions=Conventions(product))


_DRAWN: dict[int, Exercise] = {}


@pytest.mark.parametrize("ask", [None, load("exercise2").ask])
def test_a_sheet_has_no_details_and_of_what_comes_after_the_update_only_the_loss(
    ask: tuple[Symbol, ...] | None,
) -> None:
    found = answers(sheet_yaml(solve(replace(load("exercise2"), ask=ask)), ALL))
    names = "S1 Z1 S2 Z2 loss Delta2 Delta1 dW2 dW1 W2_new W1_new loss_new"
    assert list(found) == names.split()


def test_a_forward_pass_only_has_a_sheet() -> None:
    assert list(answers(sheet_yaml(solution_of(FORWARD_ONLY), ALL))) == ["S1", "Z1"]


# ---------------------------------------------------------------------------- what is asked for


@pytest.mark.parametrize(
    ("selection", "names"),
    [
        (Selection([Stage.ERRORS]), "Delta2 Delta1"),
        (Selection([Stage.GIVENS, Stage.GRADIENTS]), "dW2 dW1"),
        (Selection([Stage.AFTER, Stage.UPDATE], layer=1), "W1_new"),
        (Selection(only=["dW1", "dZ1", "S1"]), "S1 dZ1 dW1"),
        (Selection([Stage.ERRORS], details=True), "err dZ2 fprime2 Delta2 dZ1 fprime1 Delta1 dX"),
    ],
)
def test_a_sheet_has_the_stages_and_quantities_that_are_asked_for(selection: Selection, names: str) -> None:
    solution = solve(load("exercise2"))
    in_print = [block for block in sheet(solution, selection, givens=False).blocks() if is_matrix(block)]
    wanted = list(dict.fromkeys(names.split()))
    assert list(answers(sheet_yaml(solution, selection))) == wanted
    assert [plain_name(block) for block in in_print] == [
        solution.notation.name(solution.symbol(name)) for name in wanted
    ]


def is_matrix(block: object) -> bool:
    return isinstance(block, Matrix)


def plain_name(block: Any) -> str:  # noqa: ANN401  # a matrix
    return str(block.formula.text.partition(" = ")[0])


@pytest.mark.parametrize("make", [sheet, sheet_yaml], ids=["print", "yaml"])
@pytest.mark.parametrize(
    ("selection", "complaint"),
    [
        (Selection([Stage.ERRORS]), "so there are no error signals"),
        (Selection(layer=2), "there is no layer 2"),
        (Selection(only=["X"]), "X is not one of the quantities shown here"),
    ],
)
def test_what_an_exercise_does_not_have_is_refused(
    make: Callable[..., object], selection: Selection, complaint: str
) -> None:
    with pytest.raises(InputError, match=complaint):
        make(solution_of(FORWARD_ONLY), selection)


# ---------------------------------------------------------------------------- digits, points, what is given

GIVEN = Symbol("S", 1), Symbol("Z", 1)


def told(solution: Solution, **facts: Any) -> str:  # noqa: ANN401  # fields of an exercise
    """The comments above a sheet, in one line."""
    changed = Solution(replace(solution.exercise, **facts))
    lines = [line.lstrip("# ") for line in sheet_yaml(changed, ALL).splitlines() if line.startswith("#")]
    return " ".join(lines)


def test_a_sheet_says_which_digits_are_asked_for() -> None:
    solution = solve(load("exercise2"))
    assert " with 4 decimals. " in told(solution)
    assert " with at least 3 significant digits. " in told(solution, states_decimals=False)
    assert " with 5 significant digits. " in told(solution, significant=5)


def test_a_sheet_says_what_its_answers_are_worth() -> None:
    solution = solve(load("exercise2"))
    loss, Delta1, dW1 = Symbol("loss"), Symbol("Delta", 1), Symbol("dW", 1)
    assert " Points: 1 for each answer; 12 in all. " in told(solution)
    assert " Points: 4 for L Δ1, 0.5 for dW1, 1 for each other answer; 17.5 in all. " in told(
        solution, points={loss: 4, Delta1: 4, dW1: 0.5}
    )
    assert " Points: 3 for each answer; 6 in all. " in told(
        solution, ask=(loss, dW1), points={loss: 3, dW1: 3}
    )
    some = sheet_yaml(solution, Selection(only=["S1", "dZ1"]))
    assert "# Points: 1 for each answer; 1 in all.\n# Without points: dZ1.\n" in some


@pytest.mark.parametrize(
    ("facts", "S1"),
    [
        ({}, [["0.4580", "0.1205", "-0.4420", "0.1195"], ["0.8690", "0.1615", "-0.1810", "0.1185"]]),
        ({"significant": 2}, [["0.46", "0.12", "-0.44", "0.12"], ["0.87", "0.16", "-0.18", "0.12"]]),
    ],
)
def test_what_is_given_is_filled_in_with_the_digits_shown(facts: dict[str, Any], S1: list[list[str]]) -> None:
    solution = solve(replace(load("exercise2"), ask=None, given=GIVEN, **facts))
    text = sheet_yaml(solution, ALL)
    found = answers(text)
    assert cells(found["S1"])[:2] == S1
    assert [name for name, value in found.items() if not blank(value)] == ["S1", "Z1"]
    assert "# Given, and not to be changed: S1 Z1.\n" in text
    matrices = [block for block in sheet(solution, ALL, givens=False).blocks() if isinstance(block, Matrix)]
    assert [block.blank for block in matrices] == [False] * 2 + [True] * 10
    quantities = json.loads(json_form.render(sheet(solution, ALL).data()))["quantities"]
    assert quantities["S1"]["values"][0] == list(map(float, S1[0]))
    assert (quantities["S1"]["given"], quantities["S1"]["points"]) == (True, 0)


def test_what_is_not_zero_is_not_given_as_zero() -> None:
    solution = solve(replace(load("mit6036"), ask=None, given=(Symbol("Z", 2),)))
    assert cells(answers(sheet_yaml(solution, ALL))["Z2"]) == [["1.0000"], ["6.9e-13"]]


def test_one_sheet_may_give_more(run: Run) -> None:
    given = yaml.safe_load(run("sheet", "han_kamber", "--give", "I1,O1").out)
    assert (given["I1"], given["O1"]) == ("-0.700\n 0.100\n", "0.332\n0.525\n")
    assert blank(given["I2"])
    assert yaml.safe_load(run("sheet", "han_kamber").out).keys() == given.keys()


@pytest.mark.parametrize(
    ("names", "complaint"),
    [
        ("S1,W1", "W1: the exercise states that"),
        ("S1,Q", "unknown quantity 'Q'"),
        (",", "--give needs the name of a quantity"),
        ("S1,loss", "nothing is left to be answered"),
    ],
)
def test_what_cannot_be_given_is_refused(names: str, complaint: str, run: Run) -> None:
    result = run("sheet", "cs231n_hinge", "--give", names)
    assert (result.code, result.out) == (2, "")
    assert complaint in result.err


def test_a_sheet_of_nothing_that_is_asked_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        sheet_yaml(solve(load("exercise1")), Selection([Stage.AFTER]))
    assert caught.value.problems[0].message == "the exercise asks for none of this"


# ---------------------------------------------------------------------------- names


def test_a_sheet_is_in_the_letters_of_the_course() -> None:
    found = answers(sheet_yaml(solve(load("han_kamber")), Selection(details=True)))
    names = "I1 O1 I2 O2 loss_terms losses loss err dO2 fprime2 Err2 dO1 fprime1 Err1 dX dW2 dθ2 dW1 dθ1"
    assert [name for name in found if "step" not in name and "new" not in name] == names.split()
    updated = "W2_new θ2_new W1_new θ1_new I1_new O1_new I2_new O2_new loss_new"
    assert [name for name in found if "new" in name] == updated.split()


@pytest.mark.parametrize(
    "letters",
    [
        {"S": "Z", "Z": "A"},
        {"S": "Z", "Z": "A", "Delta": "dZ", "T": "Y"},
        {"Z": "expS", "S": "W^l", "W": "θ", "Delta": "dA"},
        {"S": "net", "Z": "out", "Delta": "δ", "b": "θ_0", "X": "é", "W": "ж"},
        {"Z": "y", "X": "n", "W": "e", "b": "Inf"},
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("ascii_only", [False, True])
def test_every_name_is_read_as_the_quantity_it_stands_for(letters: dict[str, str], ascii_only: bool) -> None:
    symbols = json.dumps(letters, ensure_ascii=False)
    exercise = "inputs: [[1, 2]]\nlayers: [{weights: [[0.5]], activation: softmax, bias: 1}]\n"
    solution = solution_of(f"{exercise}targets: [[1, 1]]\nloss: {{name: sum}}\nsymbols: {symbols}\n")
    text = sheet_yaml(solution, DETAILS, ascii_only=ascii_only)
    assert [solution.symbol(name) for name in answers(text)] == asked(solution, DETAILS)
    assert text.isascii() or not ascii_only


def test_without_declared_letters_names_can_be_typed() -> None:
    solution = solve(load("exercise2"))
    assert all(key(solution, symbol).isascii() for symbol in asked(solution, DETAILS))


def test_an_output_without_greek_letters_gets_names_without_them() -> None:
    text = sheet_yaml(solve(load("han_kamber")), ALL, ascii_only=True)
    assert text.isascii()
    assert "\n# theta2' = theta2 - eta dtheta2   1, one for each unit\nb2_new: [~]\n" in text


# ---------------------------------------------------------------------------- shapes and labels


@pytest.mark.parametrize(
    ("product", "comment"),
    [
        ("W X", "S1 = W1 X   3×4, a row for each unit, a column for each sample"),
        ("W^T X", "S1 = W1ᵀ X   3×4, a row for each unit, a column for each sample"),
        ("X W", "S1 = X W1   4×3, a row for each sample, a column for each unit"),
        ("X W^T", "S1 = X W1ᵀ   4×3, a row for each sample, a column for each unit"),
    ],
)
def test_a_comment_has_formula_and_shape_as_the_course_writes_them(product: Product, comment: str) -> None:
    exercise = replace(load("exercise2"), conventions=Conventions(product))
    assert f"\n# {comment}\nS1: |\n" in sheet_yaml(solve(exercise), ALL)


@pytest.mark.parametrize(
    ("origin", "label"),
    [
        ("exercise2.yaml (bundled)", "exercise2.yaml"),
        ("sheets/week 3.yaml", "week 3.yaml"),
        (r"C:\sheets\week3.yaml", "week3.yaml"),
        ("1e3.yaml", "1e3.yaml"),
        ('a": {#.yaml\nS1: 5', 'a": {#.yaml S1: 5'),
        ("yes", "yes"),
        ("Übung \U0001d44a.yaml", "Übung \U0001d44a.yaml"),
        ("", None),
    ],
)
@pytest.mark.parametrize("ascii_only", [False, True])
def test_a_sheet_is_labelled_with_the_file_name_of_its_exercise(
    origin: str, label: str | None, ascii_only: bool
) -> None:
    solution = solve(replace(load("exercise2"), origin=origin))
    assert yaml.safe_load(sheet_yaml(solution, ALL, ascii_only=ascii_only))["exercise"] == label


@pytest.mark.parametrize(("decimals", "words"), [(4, "4 decimals"), (1, "1 decimal"), (0, "no decimals")])
def test_a_sheet_says_how_far_to_round(decimals: int, words: str) -> None:
    solution = solve(replace(load("exercise2"), decimals=decimals))
    assert f" each ~ by a number with {words}. Write a decimal point" in sheet_yaml(solution, ALL)


# ---------------------------------------------------------------------------- texts of the exercise


@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_is_a_comment_and_changes_nothing_else(title: str) -> None:
    exercise = load("exercise2")
    usual, found = (sheet_yaml(solve(replace(exercise, title=text)), ALL) for text in (exercise.title, title))
    assert yaml.safe_load(found) == yaml.safe_load(usual)
    rest = usual.split("\n")[1:]
    lines = found.split("\n")
    assert lines[-len(rest) :] == rest
    assert all(line.startswith("# ") and line.isprintable() for line in lines[: -len(rest)])


@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_in_print_is_text(title: str) -> None:
    blocks = list(sheet(solve(replace(load("exercise2"), title=title)), ALL).blocks())
    heading = as_latex(blocks).replace(r"{\raggedright ", "{", 1)  # where it may take several lines
    assert heading.startswith(rf"\section*{{{in_latex(title)}}}" + "\n")
    assert as_markdown(blocks).startswith(f"# {in_markdown(title)}\n")


# ---------------------------------------------------------------------------- figures filled in


def test_a_filled_sheet_has_the_figures_of_the_exercise_sheet() -> None:
    solution = solve(load("exercise2"))
    values = {Symbol(kind, layer): solution.computed[Symbol(kind, layer)] for kind, layer in STEPS}
    found = answers(filled(solution, values, Digits(4)))
    assert list(found) == ["S1", "loss", "dW1"]
    assert found["S1"] == (
        "0.4580 0.1205 -0.4420  0.1195\n0.8690 0.1615 -0.1810  0.1185\n0.7040 0.0440  0.7040 -0.0440\n"
    )
    assert found["loss"] == 0.4916
    assert found["dW1"] == "-0.0034 -0.0041\n-0.0050 -0.0062\n-0.0376  0.0018\n"


STEPS = (("dW", 1), ("loss", 0), ("S", 1))


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("decimals", [0, 3, 8])
def test_a_filled_sheet_has_every_value_in_its_place(product: Product, decimals: int) -> None:
    for seed in range(5):
        solution = solve(turned(seed, product))
        values = {symbol: solution.computed[symbol] for symbol in asked(solution, DETAILS)}
        found = answers(filled(solution, values, Digits(decimals)))
        assert [solution.symbol(name) for name in found] == list(values)
        for name, value in found.items():
            np.testing.assert_array_equal(figures(value), round_cells(solution[name], decimals))


def test_a_first_row_that_is_indented_for_its_column_is_still_a_row() -> None:
    solution = solution_of("inputs: [[1], [2]]\nlayers: [{weights: [[1, 1], [1, 1], [1, 1]]}]\n")
    text = filled(solution, {Symbol("S", 1): np.array([[0.5], [-12.25], [3.0]])}, Digits(2))
    assert "\nS1: |2\n    0.50\n  -12.25\n    3.00\n" in text
    assert answers(text)["S1"] == "  0.50\n-12.25\n  3.00\n"


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan, 1e305])
def test_what_is_no_number_of_a_sheet_is_left_blank(value: float) -> None:
    solution = solution_of(FORWARD_ONLY)
    text = filled(solution, {Symbol("S", 1): np.array([[value, 0.5]])}, Digits(1))
    assert answers(text)["S1"].split() == ["~", "0.5"]


def test_large_values_are_written_with_an_exponent() -> None:
    text = filled(solution_of(FORWARD_ONLY), {Symbol("S", 1): np.array([[-1.25e12, 999999999.0]])}, Digits(3))
    assert answers(text)["S1"].split() == ["-1.250e+12", "999999999.000"]


def test_flat_quantities_are_lists_of_numbers() -> None:
    solution = solve(load("han_kamber"))
    b = Symbol("b", 1, updated=True)
    found = answers(filled(solution, {b: solution.computed[b]}, Digits(3)))
    assert found == {"θ1_new": [-0.408, 0.194]}


# ---------------------------------------------------------------------------- to print


def boxes(latex: str) -> list[tuple[int, int]]:
    """Rows and columns of the arrays with lines in them, or of one empty column."""
    found = []
    for columns, body in re.findall(r"\\begin\{array\}\{(c(?:\|c)*)\}\n(.*?)\n\\end", latex, re.DOTALL):
        rows = re.split(r" \\\\ \\hline\n", body)
        assert {row.count(" & ") for row in rows} == {columns.count("|")}
        assert not re.search(r"\d", re.sub(r"\\(rule|hspace)\S*", "", body))
        found.append((len(rows), columns.count("c")))
    return found


def tables(markdown: str) -> list[tuple[int, int]]:
    """Rows and columns of the empty tables, without their labels."""
    found = []
    for head, body in re.findall(r"^\| ( \|.*) \|\n\|[- |]+\|\n((?:\|.*\|\n?)+)", markdown, re.MULTILINE):
        rows = body.strip("\n").split("\n")
        assert all(re.fullmatch(r"\|\s*[\d#\\]*\s*(\| {4,6})+\|", row) for row in rows)
        found.append((len(rows), head.count("|")))
    return found


def shapes(solution: Solution) -> list[tuple[int, int]]:
    """The shapes of all answers but numbers; those of lists as they are shown, in one row."""
    values = [solution.value(symbol) for symbol in asked(solution, ALL)]
    rows = [np.atleast_2d(value).shape for value in values if value.ndim]
    return [(shape[0], shape[1]) for shape in rows]


@pytest.mark.parametrize("name", EXERCISES)
def test_a_printed_sheet_has_an_empty_cell_for_every_figure(name: str) -> None:
    solution = solve(load(name))
    blocks = list(sheet(solution, ALL, givens=False).blocks())
    numbers = any(not symbol.spec.shape for symbol in asked(solution, ALL))
    expected, size = shapes(solution), sum(solution.value(s).size for s in asked(solution, ALL))
    latex, markdown = as_latex(blocks), as_markdown(blocks)
    assert faults(latex) == []
    for found in (boxes(latex), tables(markdown)):
        assert sum(height * width for height, width in found) == sum(
            height * width for height, width in expected
        )
    assert (r"= \rule{" in latex) == (r"$ = \_\_\_\_" in markdown) == numbers
    terminal = " ".join(shown(blocks, 200)).replace("_" * 30, "")
    assert len(re.findall(r"\b____\b", terminal)) == size


def test_matrices_in_print_have_the_shape_of_the_answers() -> None:
    solution = solve(load("exercise2"))
    blocks = list(sheet(solution, ALL, givens=False).blocks())
    assert boxes(as_latex(blocks)) == tables(as_markdown(blocks)) == shapes(solution)


def test_the_givens_stand_before_what_is_asked() -> None:
    blocks = list(sheet(solve(load("exercise2")), Selection([Stage.FORWARD])).blocks())
    matrices = [block for block in blocks if isinstance(block, Matrix)]
    assert " ".join(map(plain_name, matrices)) == "X T W1 W2 S1 Z1 S2 Z2 L"
    assert [block.blank for block in matrices] == [False] * 4 + [True] * 5


def test_no_answer_is_on_a_printed_sheet() -> None:
    blocks = list(sheet(solve(load("exercise2")), ALL).blocks())
    text = as_latex(blocks) + as_markdown(blocks) + "\n".join(shown(blocks))
    assert [figure for figure in ("0.4580", "0.1205", "0.4916", "-0.0068", "0.6017") if figure in text] == []


def test_there_is_room_for_the_digits_that_are_asked_for() -> None:
    def width(decimals: int) -> float:
        blocks = sheet(solve(replace(load("exercise2"), decimals=decimals)), ALL).blocks()
        found = re.search(r"\\hspace\{([\d.]+)em\}", as_latex(blocks))
        assert found
        return float(found[1])

    assert (width(0), width(4), width(12)) == (3, 4.2, 9)


def test_a_sheet_for_programs_has_null_for_every_figure() -> None:
    data = json.loads(json_form.render(sheet(solve(load("han_kamber")), ALL).data()))
    assert data["exercise"] == "Han and Kamber, one tuple through a 3-2-1 network"
    assert data["quantities"]["b1_new"] == {
        "key": "θ1_new",
        "points": 1,
        "given": False,
        "stage": "update",
        "shape": [2],
        "formula": "θ1' = θ1 - η dθ1",
        "values": [None, None],
    }
    assert data["quantities"]["Z2"]["values"] == [[None]]
    assert data["digits"] == "3 decimals"


# ---------------------------------------------------------------------------- large matrices


def large(rows: int, columns: int, decimals: int = 4) -> Matrix:
    return Matrix(
        formula=Formula("S1 = W1 X", "S_1 = W_1 X"),
        shape=f"{rows}×{columns}",
        values=np.zeros((rows, columns)),
        rows=[str(i + 1) for i in range(rows)],
        columns=[f"#{j + 1}" for j in range(columns)],
        digits=Digits(decimals),
        counts=("unit", "sample"),
        blank=True,
    )


@pytest.mark.parametrize("decimals", [0, 4, 12])
def test_empty_matrices_are_cut_where_a_page_ends(decimals: int) -> None:
    found = boxes(as_latex([large(45, 13, decimals)], full=True))
    assert sum(rows * columns for rows, columns in found) == 45 * 13
    assert max(rows for rows, _ in found) <= 20
    assert max(columns for _, columns in found) * (max(3, 0.6 * (decimals + 3)) + 1) <= 33


def test_empty_tables_are_cut_where_a_page_ends() -> None:
    assert tables(as_markdown([large(3, 17)])) == [(3, 8), (3, 8), (3, 1)]


@pytest.mark.parametrize("render", [as_latex, as_markdown, lambda blocks: "\n".join(shown(blocks))])
def test_a_large_empty_matrix_is_shown_in_part_and_without_extremes(render: Callable[..., str]) -> None:
    text = render([large(25, 30)])
    assert "in part" in text
    assert "min" not in text
    assert re.search(r"\\[cvd]dots|…", text)


def test_full_shows_all_of_a_large_empty_matrix() -> None:
    assert sum(rows * columns for rows, columns in tables(as_markdown([large(25, 30)], full=True))) == 750
    assert " ".join(shown([large(25, 30)], full=True)).count("____") == 750


# ---------------------------------------------------------------------------- what a printed sheet says

POINTS = (
    "inputs: [[1, 2], [0, 1]]\ntargets: [[1, 0]]\nlayers: [{weights: [[0.5, 1]], activation: sigmoid}]\n"
    "loss: squared_error\nask: {S1: 2, loss: 0.5, Delta1: 1}\n"
)


def test_a_printed_sheet_has_the_points_of_each_answer(run: Run) -> None:
    def printed(form: str) -> str:
        return run("sheet", "-", "--format", form, stdin=POINTS.encode()).out

    assert "S1 = W1 X   1×2   2 points\n" in printed("table")
    assert "L = 1/2 Σ (Z1 - T)²   0.5 points  ____\n" in printed("table")
    assert "1 unit${}\\times{}$2 samples, 2 points}" in printed("latex")
    assert "\\rule{4.2em}{0.4pt} \\tag*{\\footnotesize 0.5 points}" in printed("latex")
    assert "$S_1 = W_1 X$ · 1×2, a row for each unit, a column for each sample · 2 points\n" in printed(
        "markdown"
    )
    assert "\\_\\_ · 0.5 points\n" in printed("markdown")
    assert "a column for each sample · 1 point\n" in printed("markdown")


def test_no_points_stand_beside_answers_where_the_exercise_states_none(run: Run) -> None:
    text = POINTS[: POINTS.index("ask")].encode()
    out = run("sheet", "-", "--format", "markdown", stdin=text).out
    assert "Points: 1 for each answer" in out
    assert "· 1 point" not in out


@pytest.mark.parametrize("form", ["yaml", "table", "json", "latex", "markdown"])
@pytest.mark.parametrize("exercise", ["exercise2", "mazur", "planar"])
def test_a_sheet_without_formulas_has_names_alone(exercise: str, form: str, run: Run) -> None:
    solution = solve(load(exercise))
    out = run("sheet", exercise, "--no-formulas", "--format", form).out
    with_formulas = run("sheet", exercise, "--format", form).out
    for symbol in asked(solution, ALL):
        if symbol.kind == "loss" and not symbol.updated:
            continue  # the head of every sheet says what the loss is
        notation = solution.notation.latex if form in ("latex", "markdown") else solution.notation
        formula = notation.formula(symbol)
        assert formula not in ("", notation.name(symbol))
        if form in ("yaml", "table", "json"):
            assert json.dumps(formula)[1:-1] in with_formulas or formula in with_formulas
        assert f"= {formula}" not in out
        if form == "json":
            assert json.loads(out)["quantities"][symbol.plain]["formula"] == notation.name(symbol)


def test_formulas_are_left_out_of_blank_sheets_only(run: Run) -> None:
    for more in (["--from", "x.md"], ["--wrong", "average_forgotten"]):
        result = run("sheet", "exercise2", "--no-formulas", *more)
        assert (result.code, result.out) == (2, "")
        assert "--no-formulas is for blank sheets" in result.err


@pytest.mark.parametrize(
    ("form", "room"),
    [
        ("latex", "\\par\\vspace{3\\baselineskip}\n"),
        ("markdown", "\n<br><br><br>\n"),
        ("table", "\n\n\n\n\n\n"),
    ],
)
def test_there_is_room_for_working_under_each_answer(form: str, room: str, run: Run) -> None:
    out = run("sheet", "exercise2", "--give", "S1", "--room", "3", "--format", form).out
    answers = len(load("exercise2").ask or ()) - 1
    assert (out + "\n\n").count(room) == answers
    assert room not in run("sheet", "exercise2", "--format", form).out
