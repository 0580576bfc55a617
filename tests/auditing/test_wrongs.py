"""Sheets with a mistake in them: what every mistake of the catalogue makes of the figures, and its names."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from mlpcalc import load, solve
from mlpcalc.answers.blank import filled
from mlpcalc.answers.reader import Submission
from mlpcalc.auditing.wrong_sheet import find, shows, wrong_sheet
from mlpcalc.auditing.wrongs import NAMES, Wrongs
from mlpcalc.errors import InputError
from mlpcalc.marking import slips
from mlpcalc.marking.marker import Marker
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.mistakes import MISTAKES
from mlpcalc.numerics.rounding import Digits, round_cells
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.optimizers import OPTIMIZERS
from mlpcalc.page.symbols import Stage, Symbol
from mlpcalc.reading.keys import PRODUCTS
from mlpcalc.reading.reader import read_exercise
from mlpcalc.reading.source import Document
from mlpcalc.solving.selection import Selection
from mlpcalc.solving.solution import Solution
from tests.conftest import Run
from tests.support.marking_exercises import marking_exercise
from tests.support.networks import random_exercise
from tests.support.reading import read_answers
from tests.support.student_equations import Change
from tests.support.students import Style
from tests.support.students import wrong_sheet as sheet_of_wrong_student

EVERYTHING = Selection()
CLEAR = """
inputs: [[1, 2, -1], [0.5, -1, 1]]
targets: [[1, 0, 1], [0, 1, 1]]
layers:
  - weights: [[0.4, -0.7], [0.9, 0.2]]
    bias: [0.3, -0.1]
    activation: relu
  - weights: [[0.8, -0.5], [-0.6, 0.7]]
    bias: [0.2, 0.5]
loss: {name: squared_error, factor: 1/2, average: samples}
learning_rate: 0.2
"""


def solution_of(text: str) -> Solution:
    return solve(read_exercise(Document(text, "x.yaml"), "x.yaml"))


def wrongs_of(solution: Solution, selection: Selection = EVERYTHING) -> Wrongs:
    return Wrongs(solution, selection)


def read(text: str, solution: Solution) -> Submission:
    return read_answers(Document(text, "sheet.yaml"), solution)


def figures(solution: Solution, code: str, quantity: str) -> list[list[float]]:
    """What a sheet with a mistake has for a quantity, in the layout of the page."""
    text, _, _ = wrong_sheet(solution, EVERYTHING, code)
    found: list[list[float]] = read(text, solution).answers[solution.symbol(quantity)].value.tolist()
    return found


def changed(solution: Solution, code: str) -> set[str]:
    """The quantities in which a sheet with a mistake has other figures than it should."""
    wrongs = wrongs_of(solution)
    values = wrongs.values(find(wrongs, code))
    return {
        symbol.plain
        for symbol, value in values.items()
        if not np.array_equal(round_cells(value, 4), round_cells(wrongs.right[symbol].value, 4))
    }


# ---------------------------------------------------------------------------- what follows from a mistake


def test_a_mistake_shows_where_it_is_made_and_in_all_that_follows() -> None:
    solution = solve(load("exercise2"))
    assert figures(solution, "fprime_forgotten_hidden@Delta1", "Delta1") == [
        [-0.0045, -0.0049, 0.0053, 0.005],
        [-0.0068, -0.0074, 0.008, 0.0075],
        [-0.0203, -0.0222, 0.0239, 0.0226],
    ]
    later = {"Delta1", "dW1", "W1_new", "loss_new"}
    assert changed(solution, "fprime_forgotten_hidden@Delta1") == later


def test_a_mistake_in_a_step_that_is_not_asked_for_shows_in_the_next() -> None:
    solution = solve(load("exercise2"))
    assert changed(solution, "average_forgotten@dZ2") >= {"Delta2", "dW2", "Delta1"}
    assert figures(solution, "average_forgotten@dZ2", "Delta2") == [[-0.9014, -0.9888, 1.0634, 1.0059]]


CHANGES: Sequence[tuple[str, str, Change]] = [
    ("fprime_forgotten_hidden@Delta1", "Delta1", lambda look: look("dZ1")),
    ("not_transposed@dZ1", "dZ1", lambda look: look("W2") @ look("Delta2")),
    ("bias_left_out@S1", "S1", lambda look: look("W1") @ look("X")),
    ("gradient_of_own_output@dW1", "dW1", lambda look: look("Delta1") @ look("Z1").T),
    ("weights_already_updated@dZ1", "dZ1", lambda look: look("W2_new").T @ look("Delta2")),
    ("update_added@W2_new", "W2_new", lambda look: look("W2") - look("step_W2")),
    ("old_inputs@S2_new", "S2_new", lambda look: look("W2_new") @ look("Z1") + look("b2_new")),
    ("activation_left_out@Z1", "Z1", lambda look: look("S1")),
]


@pytest.mark.parametrize(("code", "name", "change"), CHANGES, ids=[code for code, _, _ in CHANGES])
def test_sheets_are_those_of_students_who_make_the_mistake(code: str, name: str, change: Change) -> None:
    exercise = random_exercise(
        np.random.default_rng(600),
        activations=["tanh", "sigmoid"],
        loss="squared_error",
        bias=True,
        samples=3,
    )
    exercise = _with_square_weights(exercise)
    style = Style(digits=4, carry="full", answered="usual", layout="rows")
    text = sheet_of_wrong_student(exercise, np.random.default_rng(0), style, {name: change})
    assert text is not None
    solution = solve(exercise)
    student = read(text, solution).answers
    selection = Selection(only=[symbol.plain for symbol in student])
    own = read(wrong_sheet(solution, selection, code)[0], solution).answers
    assert own.keys() == student.keys()
    for symbol, answer in own.items():
        np.testing.assert_array_equal(answer.value, student[symbol].value, symbol.plain)


def _with_square_weights(exercise: Exercise) -> Exercise:
    """2-2-2, so that no mistake is stopped by shapes."""
    rng = np.random.default_rng(601)
    inputs = np.round(rng.normal(size=(2, 3)), 2)
    layers = tuple(
        layer._replace(
            weights=np.round(rng.normal(size=(2, 2)), 2), bias=np.round(rng.normal(size=(2, 1)), 2)
        )
        for layer in exercise.layers
    )
    targets = np.round(rng.normal(size=(2, 3)), 2)
    return replace(exercise, inputs=inputs, layers=layers, targets=targets)


@pytest.mark.parametrize("product", PRODUCTS)
def test_sheets_lie_as_the_exercise_does(product: str) -> None:
    usual = solve(load("exercise2")).exercise
    conventions = usual.conventions._replace(product=product)  # type: ignore[arg-type]  # one of four
    solution = Solution(replace(usual, conventions=conventions))
    sheet = read(wrong_sheet(solution, EVERYTHING, "average_forgotten@Delta2")[0], solution)
    assert all(answer.written_shape is None for answer in sheet.answers.values())
    found = sheet.answers[Symbol("Delta", 2)].value.tolist()
    assert found == [[-0.9014, -0.9888, 1.0634, 1.0059]]


# ---------------------------------------------------------------------------- slips


SLIPS: Mapping[str, tuple[str, list[list[float]]]] = {
    # right: S1 = [[0.35, 1.8, -0.8], [0.9, 1.5, -0.8]]
    "term_left_out@S1": ("S1", [[0.35, 1.8, -0.8], [0.9, -0.3, -0.8]]),
    "term_sign@S1": ("S1", [[0.35, 1.8, -0.8], [0.9, -2.1, -0.8]]),
    "term_times_ten@S1": ("S1", [[0.35, 1.8, -0.8], [0.9, 17.7, -0.8]]),
    "rows_swapped@S1": ("S1", [[0.9, 1.5, -0.8], [0.35, 1.8, -0.8]]),
    "columns_swapped@S1": ("S1", [[0.35, -0.8, 1.8], [0.9, -0.8, 1.5]]),
    "cells_swapped@S1": ("S1", [[0.35, -0.8, 1.8], [0.9, 1.5, -0.8]]),
    "copied@S1": ("S1", [[0.35, 1.8, 1.8], [0.9, 1.5, -0.8]]),
    "column_order@S1": ("S1", [[0.35, -0.8, 1.5], [1.8, 0.9, -0.8]]),
    "sign_lost@S1": ("S1", [[0.35, -1.8, -0.8], [0.9, 1.5, -0.8]]),
    "digits_swapped@S1": ("S1", [[0.35, 8.1, -0.8], [0.9, 1.5, -0.8]]),
    "digit_inserted@S1": ("S1", [[0.35, 1.08, -0.8], [0.9, 1.5, -0.8]]),
    "digit_dropped@S1": ("S1", [[0.35, 0.8, -0.8], [0.9, 1.5, -0.8]]),
    "point_shifted@S1": ("S1", [[0.35, 180.0, -0.8], [0.9, 1.5, -0.8]]),
    "given_misread@S1": ("S1", [[0.35, -1.0, -0.8], [0.9, 1.5, -0.8]]),
}


def test_the_figures_before_the_slips_are_these() -> None:
    assert solution_of(CLEAR)["S1"].round(9).tolist() == [[0.35, 1.8, -0.8], [0.9, 1.5, -0.8]]


@pytest.mark.parametrize("code", [code for code in SLIPS if code != "given_misread@S1"])
def test_a_slip_is_made_where_it_makes_the_most_difference(code: str) -> None:
    name, expected = SLIPS[code]
    assert figures(solution_of(CLEAR), code, name) == expected


def test_a_given_is_misread_where_it_is_used_and_only_there() -> None:
    solution = solution_of(CLEAR)
    wrongs = wrongs_of(solution)
    wrong = find(wrongs, "given_misread@S1")
    assert "but was read as" in wrong.done
    S1 = np.array(figures(solution, "given_misread@S1", "S1"))
    assert np.abs(S1 - solution["S1"]).max() > 1
    values = wrongs.values(wrong)
    np.testing.assert_allclose(values[Symbol("dW", 1)], values[Symbol("Delta", 1)] @ solution["X"].T)


def test_only_one_sample_is_taken_for_a_gradient() -> None:
    solution = solution_of(CLEAR)
    Delta, X = solution["Delta1"], solution["X"]
    alone = [Delta[:, [n]] @ X[:, [n]].T for n in range(3)]
    expected = round_cells(max(alone, key=lambda dW: float(np.abs(dW - solution["dW1"]).max())), 4)
    assert figures(solution, "one_sample_only@dW1", "dW1") == expected.tolist()


def test_another_learning_rate_is_not_a_simple_multiple_of_the_right_one() -> None:
    solution = solution_of(CLEAR)
    wrong = find(wrongs_of(solution), "another_learning_rate@W1_new")
    assert wrong.done == "The step was made with η = 0.14."
    expected = solution["W1"] - 0.14 * solution["dW1"]
    assert figures(solution, wrong.code, "W1_new") == round_cells(expected, 4).tolist()


def test_names_are_swapped_and_nothing_follows_from_that() -> None:
    solution = solution_of(CLEAR)
    assert figures(solution, "names_swapped@S1", "S1") == [[0.35, 1.8, 0.0], [0.9, 1.5, 0.0]]
    assert figures(solution, "names_swapped@S1", "Z1") == [[0.35, 1.8, -0.8], [0.9, 1.5, -0.8]]
    assert changed(solution, "names_swapped@S1") == {"S1", "Z1"}


def test_a_square_matrix_is_written_as_its_transpose() -> None:
    solution = solution_of(CLEAR)
    assert figures(solution, "transposed@dW1", "dW1") == round_cells(solution["dW1"].T, 4).tolist()


@pytest.mark.parametrize("product", ["X W", "X W^T"])
def test_rows_are_those_of_the_exercise(product: str) -> None:
    exercise = solution_of(CLEAR).exercise
    conventions = exercise.conventions._replace(product=product)  # type: ignore[arg-type]  # one of four
    solution = Solution(replace(exercise, conventions=conventions))
    expected = [[0.35, 0.9], [-0.8, -0.8], [1.8, 1.5]]  # samples 2 and 3
    text, _, _ = wrong_sheet(solution, EVERYTHING, "rows_swapped@S1")
    assert read(text, solution).answers[Symbol("S", 1)].value.T.tolist() == expected


# ---------------------------------------------------------------------------- the whole catalogue


def test_every_mistake_has_one_name() -> None:
    assert len(set(NAMES)) == len(MISTAKES) + len(slips.SLIPS)


def _forms() -> list[Exercise]:
    """Exercises in which, together, every mistake can be made."""
    rng = np.random.default_rng(602)
    bent = random_exercise(
        rng,
        activations=["leaky_relu", "tanh"],
        loss="binary_cross_entropy",
        l2=True,
        bias=True,
        decay_average="none",
        average="entries",
        samples=3,
    )
    leaky = replace(bent.layers[0].activation, parameters=(("slope", Fraction(1, 5)),))
    bent = replace(bent, layers=(bent.layers[0]._replace(activation=leaky), bent.layers[1]))
    assert bent.loss is not None
    averaged = replace(bent, loss=bent.loss._replace(decay_average="samples"))
    shared = random_exercise(
        rng,
        activations=["tanh"],
        loss="squared_error",
        bias=True,
        shared_bias=True,
        samples=3,
        average="samples",
    )
    trained = [
        replace(shared, steps=3, batch=batch, optimizer=OPTIMIZERS[name])
        for name, batch in (("momentum", 1), ("adam", None))
    ]
    names = ("mazur", "exercise3", "ist_tanh", "cs231n_softmax", "han_kamber", "insper")
    return [bent, averaged, shared, *trained, *map(load, names)]


@pytest.mark.slow
def test_every_mistake_of_the_catalogue_can_be_made() -> None:
    forms = (replace(exercise, ask=None) for exercise in _forms())
    made = {wrong.mistake for exercise in forms for wrong in wrongs_of(Solution(exercise))}
    assert made == set(NAMES)


@pytest.mark.parametrize("name", ["exercise2", "planar", "han_kamber"])  # in the letters of three courses
def test_every_mistake_has_a_code_of_its_own_which_finds_it(name: str) -> None:
    wrongs = wrongs_of(solve(replace(load(name), ask=None)))
    codes = [wrong.code for wrong in wrongs]
    assert len(set(codes)) == len(codes) > 300
    assert [find(wrongs, code).code for code in codes] == codes


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_marking_finds_the_first_mistake_where_it_was_made(seed: int) -> None:
    exercise = random_exercise(np.random.default_rng([603, seed]), bias=True, samples=3)
    solution = solve(exercise)
    wrongs = wrongs_of(solution, Selection(details=True))
    some = [*wrongs][seed % 7 :: 53]
    sheets = [read(filled(solution, wrongs.values(wrong), Digits(6)), solution) for wrong in some]
    for wrong, marks in zip(some, Marker(Solution(replace(exercise, decimals=6))).mark(sheets), strict=True):
        first = marks.first_wrong
        if first is not None and marks.convention is None:
            assert first[0] == wrong.symbol, wrong.code


# ---------------------------------------------------------------------------- names


def test_without_a_quantity_a_mistake_is_made_where_it_shows_first() -> None:
    wrongs = wrongs_of(solve(load("exercise2")))
    assert find(wrongs, "activated_too_early").symbol == Symbol("S", 1)
    assert find(wrongs, "fprime_twice").symbol == Symbol("Delta", 2)  # it shows nowhere
    assert find(wrongs, "error_propagated").symbol == Symbol("dZ", 1)


@pytest.mark.parametrize(
    "code",
    [
        "average_forgotten@Delta2",
        " average_forgotten @ Delta2 ",
        "average-forgotten@D2",
        "Average forgotten@Δ2",
        "average_forgotten@Delta_out",
        "average_forgotten@Delta2#1",
    ],
)
def test_names_may_be_written_as_elsewhere(code: str) -> None:
    found = find(wrongs_of(solve(load("exercise2"))), code)
    assert found.symbol == Symbol("Delta", 2)
    assert found.code == "average_forgotten@Delta2"


def test_quantities_are_named_as_the_course_names_them() -> None:
    wrongs = wrongs_of(solve(load("planar")))  # where Z stands for S, and dZ for Delta
    assert find(wrongs, "factor_2@dZ1").symbol == Symbol("Delta", 1)
    assert find(wrongs, "factor_2@dA1").code == "factor_2@dA1"
    assert find(wrongs, "factor_2@dA1").symbol == Symbol("dZ", 1)


def test_ways_to_make_a_mistake_are_counted() -> None:
    wrongs = wrongs_of(solve(load("exercise2")))
    done = [find(wrongs, f"other_activation@Z1#{number}").done for number in (1, 3)]
    assert done == [
        "leaky_relu was applied, but layer 1 has relu.",
        "σ was applied, but layer 1 has relu.",
    ]


@pytest.mark.parametrize(
    ("code", "message", "more"),
    [
        (
            "fprime_forgoten_hidden",
            "unknown mistake 'fprime_forgoten_hidden'",
            "did you mean fprime_forgotten_",
        ),
        ("", "unknown mistake ''", "NAME@QUANTITY"),
        ("@S1", "unknown mistake ''", "NAME@QUANTITY"),
        ("\x1b[31m@#", "unknown mistake", "NAME@QUANTITY"),
        ("softmax_not_normalised", "cannot occur in this exercise", "mistakes"),
        ("bias_left_out@S1", "cannot occur in this exercise", "mistakes"),
        ("average_forgotten@S1", "cannot occur in S1", "average_forgotten@Delta2"),
        ("other_activation@Z1#99", "there is no other_activation@Z1#99", "other_activation@Z1#6"),
        ("not_transposed@dX", "no answer on this sheet depends on dX", "Delta1"),
        ("average_forgotten@Delta7", "unknown quantity 'Delta7'", "the network has 2 layers"),
    ],
)
def test_what_there_is_not_is_refused_with_what_there_is(code: str, message: str, more: str) -> None:
    with pytest.raises(InputError) as error:
        find(wrongs_of(solve(load("exercise2"))), code)
    (problem,) = error.value.problems
    assert message in problem.message
    assert more in f"{problem.expected} {problem.hint} {problem.topic}"


def test_a_sheet_may_ask_for_part_of_the_steps() -> None:
    solution = solve(load("exercise2"))
    forward = Selection([Stage.FORWARD])
    text, _, shows = wrong_sheet(solution, forward, "activation_left_out@Z1")
    assert {symbol.plain for symbol in read(text, solution).answers} == {"S1", "Z1", "S2", "Z2", "loss"}
    assert shows
    with pytest.raises(InputError, match="no answer on this sheet depends on Delta1"):
        wrong_sheet(solution, forward, "fprime_forgotten_hidden@Delta1")


def test_with_the_details_a_mistake_may_be_in_what_nothing_else_uses() -> None:
    solution = solve(load("exercise2"))
    text, _, _ = wrong_sheet(solution, Selection(details=True), "opposite_sign@dX")
    marks = Marker(solution).mark([read(text, solution)])[0]
    assert [s.plain for s, mark in marks.quantities.items() if mark.verdict == Verdict.WRONG] == ["dX"]


def test_whether_a_mistake_shows_is_said() -> None:
    solution = solve(load("exercise2"))
    shows = {
        code: wrong_sheet(solution, EVERYTHING, code)[2] for code in ("fprime_twice", "average_forgotten")
    }
    assert shows == {"fprime_twice": False, "average_forgotten": True}


def test_a_mistake_does_not_show_where_the_figure_is_left_blank_either_way() -> None:
    wrongs = wrongs_of(solution_of("inputs: [[1e200]]\nlayers: [{weights: [[1]], activation: square}]\n"))
    assert not shows(wrongs, find(wrongs, "opposite_sign@Z1"))  # -∞ for ∞: both are beyond what is written


def test_too_large_an_exercise_is_refused() -> None:
    layers = "\n".join("  - weights: [[1]]" for _ in range(21))
    solution = solution_of(f"inputs: [[1]]\ntargets: [[1]]\nlayers:\n{layers}\nloss: squared_error\n")
    with pytest.raises(InputError, match="too large to try every mistake: 21 layers"):
        wrongs_of(solution)


# ---------------------------------------------------------------------------- many mistakes at once


@pytest.mark.slow
@pytest.mark.parametrize("decimals", [0, 4, 9, 15])
def test_what_mistakes_change_is_what_is_written_and_read(decimals: int) -> None:
    exercise = marking_exercise(np.random.default_rng([604, decimals]), samples=3)
    solution = solve(replace(exercise, decimals=decimals))
    wrongs = wrongs_of(solution)
    some = [*wrongs][decimals::61]
    for effect in wrongs.effects(some, decimals, to_the_end=True):
        sheet = read(filled(solution, wrongs.values(effect.wrong), Digits(decimals)), solution)
        for symbol in wrongs.asked:
            texts = effect.changed.get(symbol, wrongs.right_texts(symbol, decimals))
            answer = sheet.answers.get(symbol)
            assert answer is None or answer.texts == texts, f"{effect.wrong.code} {symbol.plain}"
            assert answer is not None or not any(map(any, texts))


def test_mistakes_are_followed_until_they_show() -> None:
    wrongs = wrongs_of(solve(load("exercise2")))
    to_the_end = wrongs.effects(wrongs, 4, to_the_end=True)
    for effect, whole in zip(wrongs.effects(wrongs, 4), to_the_end, strict=True):
        assert effect.first == whole.first
        assert len(effect.changed) == bool(whole.changed)
        assert effect.difference <= whole.difference
        assert not effect.changed or effect.difference > 0


@pytest.mark.parametrize(
    "value", [0.00005, -0.00005, 0.12345, 2.5, -0.0, 1e9, -3e12, 1e-300, np.nan, np.inf, 1e301]
)
def test_awkward_figures_are_written_as_on_a_sheet(value: float) -> None:
    solution = solve(load("exercise2"))
    wrongs = wrongs_of(solution)
    wrong = find(wrongs, "average_forgotten@Delta2")
    ball = wrong.ball._replace(value=np.array([[value, 1.0, 2.0, 3.0]]), radius=np.zeros((1, 4)))
    wrong = wrong._replace(ball=ball)
    with np.errstate(all="ignore"):
        (effect,) = wrongs.effects([wrong], 4)
        text = filled(solution, wrongs.values(wrong), Digits(4))
    assert effect.changed[wrong.symbol] == read(text, solution).answers[wrong.symbol].texts


def test_the_right_line_agrees_with_the_solution() -> None:
    for seed in range(5):
        exercise = marking_exercise(np.random.default_rng([605, seed]))
        solution = solve(exercise)
        wrongs = wrongs_of(solution, Selection(details=True))
        first = wrongs.sources[0]
        line = wrongs.right.changed(known={first: wrongs.right[first]})
        for symbol in wrongs.asked:
            expected = solution.computed[symbol].reshape(wrongs.right[symbol].value.shape)
            for found in (line, wrongs.right):
                np.testing.assert_allclose(found[symbol].value, expected, rtol=1e-9, atol=1e-12)


# ---------------------------------------------------------------------------- the command


def test_the_command_writes_a_sheet_that_check_marks(run: Run) -> None:
    sheet = run("sheet", "exercise2", "--wrong", "fprime_forgotten_hidden")
    assert (sheet.code, sheet.err) == (0, "")
    marks = run("check", "exercise2", "-", "--format", "json", stdin=sheet.out.encode())
    (submission,) = marks.json["submissions"]
    assert submission["first_wrong"]["quantity"] == "Delta1"
    diagnoses = submission["quantities"]["Delta1"]["diagnoses"]
    assert diagnoses[0]["mistake"] == "fprime_forgotten_hidden"


def test_the_command_says_where_a_mistake_does_not_show(run: Run) -> None:
    sheet = run("sheet", "exercise2", "--wrong", "fprime_forgotten_output")
    assert sheet.code == 0
    assert sheet.err == (
        "fprime_forgotten_output@Delta2 does not show in these figures; mlpcalc audit says why\n"
    )
    assert run("check", "exercise2", "-", stdin=sheet.out.encode()).code == 0


def test_the_command_says_which_command_lists_the_mistakes(run: Run) -> None:
    result = run("sheet", "exercise2", "--wrong", "bias_left_out")
    assert (result.code, result.out) == (2, "")
    assert "hint: mlpcalc audit EXERCISE --format json lists the mistakes" in result.err
    result = run("sheet", "exercise2")
    assert "# mlpcalc check EXERCISE FILE marks the sheet.\n" in result.out


def test_the_command_refuses_another_form_of_a_wrong_sheet(run: Run) -> None:
    result = run("sheet", "exercise2", "--wrong", "fprime_twice", "--format", "latex")
    assert result.code == 2
    assert "--wrong needs --format yaml" in result.err


def test_no_mistake_is_made_in_what_is_given_nor_in_what_only_that_hangs_on() -> None:
    given = tuple(Symbol(kind, k) for kind, k in (("S", 1), ("Z", 1), ("Delta", 2)))
    wrongs = wrongs_of(solve(replace(load("exercise2"), given=given)), Selection())
    places = {symbol.plain for symbol in wrongs.sources}
    assert places.isdisjoint({"S1", "Z1", "Delta2", "dZ2", "fprime2"})
    assert {"S2", "Delta1", "dZ1", "dW2", "loss_new"} <= places
