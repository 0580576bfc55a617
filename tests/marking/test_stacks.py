"""Sheets are marked as stacks of arrays: each as if it were the only one, whatever stands beside it."""

from typing import Any

import numpy as np
import pytest

from mlpcalc.answers.reader import Submission
from mlpcalc.marking.marker import Marker
from mlpcalc.marking.marks import SheetMarks
from mlpcalc.page.exercise import Exercise
from mlpcalc.reading.keys import PRODUCTS
from mlpcalc.solving.solution import Solution
from tests.support.injections import injections
from tests.support.marked import mistakes, solved, submission, verdicts
from tests.support.marking_exercises import marking_exercise
from tests.support.networks import PAIRS
from tests.support.students import honest_sheet, random_style, wrong_sheet
from tests.tools.simulations import read

SEEDS = range(3)
SHEETS = 8


def exercise_of(rng: np.random.Generator, seed: int) -> Exercise:
    """Two layers, of every kind in turn."""
    output, loss = PAIRS[(5 * seed + int(rng.integers(5))) % len(PAIRS)]
    hidden = ("relu", "tanh", "leaky_relu", "softmax", "sigmoid")[seed % 5]
    return marking_exercise(rng, activations=[hidden, output], loss=loss, samples=1 + seed % 4)


def class_of(solution: Solution, rng: np.random.Generator) -> list[Submission]:
    """Honest and wrong sheets; most of them answer the same quantities, which are some or all."""
    mistakes = list(injections(solution, rng))
    usual = random_style(rng)
    same = int(rng.integers(1 << 60))
    sheets: list[Submission] = []
    while len(sheets) < SHEETS:
        alike = rng.random() < 0.8
        style = usual if alike else random_style(rng)
        student = np.random.default_rng(same) if alike else rng
        if rng.random() < 0.3:
            text = honest_sheet(solution.exercise, student, style)
        else:
            mistake = mistakes[int(rng.integers(len(mistakes)))]
            text = wrong_sheet(solution.exercise, student, style, {mistake.symbol.plain: mistake.change})
        if text is not None:
            sheets.append(read(text, solution))
    return sheets


def facts(marks: SheetMarks) -> dict[str, Any]:
    """All that is said about a sheet."""
    return {
        "verdicts": verdicts(marks),
        "points": round(marks.points, 9),
        "convention": marks.convention,
        "muddled": marks.muddled,
        "diagnoses": [(symbol, each.mistake, each.message, each.cells) for symbol, each in marks.diagnoses()],
        "repeated": [symbol for symbol, each in marks.quantities.items() if each.repeated],
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_a_sheet_is_marked_the_same_alone_and_among_others(seed: int) -> None:
    rng = np.random.default_rng([80, seed])
    solution = Solution(exercise_of(rng, seed))
    sheets = class_of(solution, rng)
    together = Marker(solution).mark(sheets)
    for sheet, marks in zip(sheets, together, strict=True):
        (alone,) = Marker(solution).mark([sheet])
        assert facts(marks) == facts(alone)
        for symbol, quantity in marks.quantities.items():
            for part, lone in zip(quantity.expected, alone.quantities[symbol].expected, strict=True):
                np.testing.assert_allclose(part, lone, rtol=1e-12, atol=1e-15)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_neither_the_order_nor_copies_of_sheets_matter(seed: int) -> None:
    rng = np.random.default_rng([81, seed])
    solution = Solution(exercise_of(rng, seed))
    sheets = class_of(solution, rng)
    marking = Marker(solution)
    first = [facts(marks) for marks in marking.mark(sheets)]
    order = rng.integers(len(sheets), size=2 * len(sheets)).tolist()
    assert [facts(marks) for marks in marking.mark([sheets[i] for i in order])] == [first[i] for i in order]


def test_marks_come_in_the_order_of_the_sheets() -> None:
    solution = solved(BENT)
    texts = ["S1: 0.5", "Z1: 0.5", "S1: 0.9", "Z1: ~\nS1: 0.5", "S1: [[0.5, 1]]"]
    sheets = [submission(solution, text)._replace(file=str(i)) for i, text in enumerate(texts)]
    marks = Marker(solution).mark(sheets)
    assert [each.file for each in marks] == ["0", "1", "2", "3", "4"]
    assert [verdicts(each) for each in marks] == [
        {"S1": "correct"},
        {"Z1": "correct"},
        {"S1": "wrong"},
        {"S1": "correct"},
        {"S1": "wrong"},
    ]


def test_equal_figures_in_a_row_and_in_a_column_are_each_told_their_shape() -> None:
    layers = "layers: [{weights: [[1], [2]], bias: [1, 1]}]"
    solution = solved(f"inputs: [[0.5]]\ntargets: [[1], [0]]\n{layers}\nloss: squared_error")
    marks = Marker(solution).mark([submission(solution, f"db1: {typed}") for typed in ("1 2 3", "1; 2; 3")])
    messages = [each.message for sheet in marks for _, each in sheet.diagnoses()]
    assert messages == ["1 × 3 was written, 2 × 1 was expected.", "3 × 1 was written, 2 × 1 was expected."]


def test_no_sheets_have_no_marks() -> None:
    assert Marker(solved(BENT)).mark([]) == []


BENT = """
inputs: [[1.0]]
targets: [[1]]
layers:
  - {weights: [[0.5]], activation: relu}
  - {weights: [[0.4]]}
loss: {name: squared_error, factor: 1/2}
"""


def test_zeros_that_follow_are_not_taken_for_those_of_another_sheet() -> None:
    solution = solved(BENT)
    dead = submission(solution, "S1: -0.50\nZ1: 0.00\nZ2: 0.00\nDelta2: -1.00\ndW2: 0.00")
    idle = submission(solution, "S1: 0.50\nZ1: 0.50\nZ2: 0.20\nDelta2: 0.00\ndW2: 0.00")
    both = Marker(solution).mark([dead, idle])
    assert verdicts(both[0])["dW2"] == "trivial"  # all units are dead
    assert verdicts(both[0])["Delta2"] == "follows"
    assert verdicts(both[1])["dW2"] == "trivial"


@pytest.mark.parametrize("seed", SEEDS)
def test_the_layout_of_the_matrices_does_not_matter(seed: int) -> None:
    rng = np.random.default_rng([82, seed])
    exercise = exercise_of(rng, seed)
    mistakes = [each for each in injections(Solution(exercise), rng) if not each.slip]
    _, symbol, change, _ = mistakes[int(rng.integers(len(mistakes)))]
    style = random_style(rng)._replace(answered="usual")
    found = []
    for product in PRODUCTS:
        solution = Solution(exercise.under(exercise.conventions._replace(product=product)))
        text = wrong_sheet(solution.exercise, np.random.default_rng(seed), style, {symbol.plain: change})
        if text is not None:
            (marks,) = Marker(solution).mark([read(text, solution)])
            names = [each.mistake for _, each in marks.diagnoses() if each.misconception]
            found.append((verdicts(marks), marks.points, names))
    assert found == found[:1] * len(PRODUCTS)


# Δ2 is dZ2 ⊙ f2'(S2), neither of them written: with 1 - Z2 for f2' once Δ1 shows it, and once dW2.
HIDDEN = """
inputs: [[0.5, -1.0], [0.25, 2.0]]
targets: [[0.3, 0.9]]
layers:
  - {weights: [[0.3, -0.2], [0.1, 0.4]], bias: [0.1, -0.1], activation: tanh}
  - {weights: [[0.5, -0.6]], bias: [0.2], activation: sigmoid}
loss: {name: squared_error, factor: 1/2}
"""
FORWARD = "Z1: 0.1974 -0.5370; 0.0500 0.5370\nZ2: 0.5668 0.4035\n"


def test_what_one_sheet_seems_to_have_in_a_step_that_is_not_written_is_no_matter_of_another() -> None:
    solution = solved(HIDDEN)
    early = submission(solution, FORWARD + "Delta1: 0.0555 -0.1054; -0.0692 0.1264\ndW2: 0.1818 -0.1533")
    late = submission(solution, FORWARD + "Delta1: 0.0315 -0.0425; -0.0392 0.0510\ndW2: 0.1818 -0.1533")
    for sheet, place in ((early, "Delta1"), (late, "dW2")):
        (alone,) = Marker(solution).mark([sheet])
        assert mistakes(alone, place) == ["fprime_formula_cut"]
    marks = Marker(solution).mark([early, late])
    assert mistakes(marks[0], "Delta1") == ["fprime_formula_cut"]
    assert verdicts(marks[0])["dW2"] == "follows"
    assert mistakes(marks[1], "dW2") == ["fprime_formula_cut"]


def test_two_copies_of_a_sheet_with_a_mistake_in_a_step_that_is_not_written_are_marked_alike() -> None:
    solution = solved(HIDDEN)
    sheet = submission(solution, FORWARD + "Delta1: 0.0555 -0.1054; -0.0692 0.1264\ndb2: -0.16")
    for marks in Marker(solution).mark([sheet, sheet]):
        assert verdicts(marks) == {"Z1": "correct", "Z2": "correct", "Delta1": "wrong", "db2": "rounding"}
