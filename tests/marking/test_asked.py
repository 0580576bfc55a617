"""The score over what is asked, what is given, and significant digits: each with its figures typed out."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mlpcalc import load, solve
from mlpcalc.answers.blank import sheet_yaml
from mlpcalc.marking.marks import SheetMarks
from mlpcalc.page.asked import asked
from mlpcalc.page.symbols import Stage
from mlpcalc.reading.library import Found, bundled, bundled_answers
from mlpcalc.solving.selection import Selection
from mlpcalc.solving.solution import Solution
from tests.conftest import Run
from tests.support.marked import marked, mistakes, verdict, verdicts

Write = Callable[[str, str | bytes], Path]

# S1 = 0.55, Z1 = 0.55, L = (0.55 - 1)² = 0.2025, Δ1 = 2 (0.55 - 1) = -0.9, dW1 = -0.9, -0.45,
# W1' = 0.59, 0.345, and after the update Z1' = 0.7625, L' = 0.05640625.
PLAIN = """
inputs: [[1], [0.5]]
targets: [[1]]
layers: [{weights: [[0.5, 0.1]]}]
loss: {name: squared_error, factor: 1}
learning_rate: 0.1
decimals: 4
"""
HALF = "S1: 0.55\nloss: 0.2025\nDelta1: -0.9"


def points(marks: SheetMarks) -> tuple[float, float]:
    return marks.points, marks.most_points


# ---------------------------------------------------------------------------- the score


def test_what_is_not_answered_counts_and_is_listed() -> None:
    marks = marked(PLAIN, HALF)
    assert (points(marks), marks.score) == ((3, 7), 3 / 7)
    assert [symbol.plain for symbol in marks.not_answered] == ["Z1", "dW1", "W1_new", "loss_new"]
    assert marks.all_right
    assert not marks.complete


def test_only_what_is_asked_has_points() -> None:
    marks = marked(PLAIN + "ask: [S1, Delta1]", HALF)
    assert (points(marks), marks.score) == ((2, 2), 1)
    assert [symbol.plain for symbol in marks.not_asked] == ["loss"]
    assert marks.all_right
    assert marks.complete


def test_points_weigh_what_is_asked() -> None:
    assert points(marked(PLAIN + "ask: {S1: 2, Delta1: 4, dW1: 1/2}", HALF)) == (6, 6.5)
    assert points(marked(PLAIN + "ask: [S1, dW1]\npoints: {dW1: 3}", HALF)) == (1, 4)
    assert points(marked(PLAIN + "points: {dW1: 3}", HALF)) == (3, 9)


def test_a_share_of_the_cells_is_a_share_of_the_points() -> None:
    assert points(marked(PLAIN + "ask: {dW1: 4}", "dW1: -0.9 ~")) == (2, 4)


def test_a_blank_sheet_scores_nothing() -> None:
    marks = marked(PLAIN, "S1: ~\nloss: ~")
    assert (points(marks), marks.score) == ((0, 7), 0)
    assert not marks.all_right


def test_a_wrong_answer_that_is_not_asked_costs_nothing_and_the_rest_follows_from_it() -> None:
    marks = marked(PLAIN + "ask: [Delta1, dW1]", "Z1: 0.65\nDelta1: -0.7\ndW1: -0.7 -0.35")
    assert verdicts(marks) == {"Z1": "wrong", "Delta1": "follows", "dW1": "follows"}
    assert points(marks) == (2, 2)
    assert marks.all_right
    assert marks.first_wrong is not None


BENT = """
inputs: [[1, 0.5], [0.5, 2]]
targets: [[1, -1]]
layers: [{weights: [[0.2, 0.1]]}]
loss: {name: squared_error, factor: 1/2, average: samples}
learning_rate: 0.1
decimals: 4
"""
# Z1 = 0.25, 0.3; without the average L = 1.12625, dZ1 = -0.75, 1.3; with it L = 0.563125, dZ1 = -0.375, 0.65
TWICE = "Z1: 0.25 0.3\nloss: 1.1263\nDelta1: -0.75 1.3"


def test_one_cause_is_paid_for_once() -> None:
    marks = marked(BENT + "ask: [loss, Delta1]", TWICE)
    assert "average_forgotten" in mistakes(marks, "loss")
    assert "average_forgotten" in mistakes(marks, "Delta1")
    assert points(marks) == (1, 2)


@pytest.mark.parametrize("ask", ["[Delta1]", "{Delta1: 1, loss: 0}"])
def test_a_cause_is_not_paid_for_where_there_are_no_points(ask: str) -> None:
    assert points(marked(BENT + f"ask: {ask}", TWICE)) == (0, 1)


# ---------------------------------------------------------------------------- what is given

# S1 = 0.3333, shown; exactly 1/3. S2 = 100/3 exactly, 33.33 from what is shown, 33.335 would be from 0.33335.
STEEP = """
inputs: [[1/3]]
targets: [[30]]
layers:
  - {weights: [[1]], activation: relu}
  - {weights: [[100]]}
loss: squared_error
decimals: 4
"""


@pytest.mark.parametrize(
    ("S2", "found"),
    [("33.3333", "correct"), ("33.3300", "correct"), ("33.3340", "wrong"), ("33.3320", "wrong")],
)
def test_what_is_given_is_exact(S2: str, found: str) -> None:
    assert verdict(marked(STEEP + "given: [S1, Z1]", f"S2: {S2}"), "S2") == found


def test_without_it_figures_that_were_written_have_a_width() -> None:
    assert verdict(marked(STEEP, "Z1: 0.3333\nS2: 33.3340"), "S2") == "correct"


def test_what_was_given_is_no_answer() -> None:
    marks = marked(STEEP + "given: [S1, Z1]", "S1: 0.3333\nZ1: 0.3333\nS2: 33.33")
    assert (verdicts(marks), points(marks)) == ({"S2": "correct"}, (1, 7))
    assert (marks.changed, marks.not_asked) == ((), [])


def test_what_was_given_is_taken_as_it_was_given_even_where_it_was_changed() -> None:
    marks = marked(STEEP + "given: [S1, Z1]", "S1: 0.3333\nZ1: 0.4\nS2: 40")
    assert verdicts(marks) == {"S2": "wrong"}
    assert [symbol.plain for symbol in marks.changed] == ["Z1"]


def test_what_was_given_may_be_left_out_or_copied_in_fewer_digits() -> None:
    for Z1 in ("", "Z1: 0.33\n", "Z1: ~\n"):
        marks = marked(STEEP + "given: [S1, Z1]", f"{Z1}S2: 33.33")
        assert (verdicts(marks), marks.changed) == ({"S2": "correct"}, ())


def test_a_sheet_with_nothing_but_what_is_given_is_blank() -> None:
    marks = marked(STEEP + "given: [S1, Z1]", "S1: 0.3333\nZ1: 0.3333")
    assert (points(marks), marks.all_right, len(marks.answered)) == ((0, 7), False, 0)


@pytest.mark.parametrize("found", list(bundled()), ids=lambda found: found.file)
def test_a_sheet_with_the_forward_pass_filled_in_is_marked_as_blank(found: Found) -> None:
    exercise = load(found.file)
    forward = tuple(symbol for symbol in asked(exercise) if symbol.stage == Stage.FORWARD)
    if len(forward) == len(asked(exercise)):
        pytest.skip("there is nothing but the forward pass")
    given = Solution(replace(exercise, given=forward))
    marks = marked(given, sheet_yaml(given, Selection()))
    assert (dict(marks.quantities), marks.changed) == ({}, ())


def test_an_error_signal_that_is_given_settles_its_sign() -> None:
    exercise = PLAIN + "given: [S1, Z1, Delta1]"
    assert points(marked(exercise, "dW1: -0.9 -0.45\nW1_new: 0.59 0.145")) == (2, 4)
    assert verdict(marked(exercise, "Delta1: 0.9\ndW1: 0.9 0.45"), "dW1") == "wrong"


# ---------------------------------------------------------------------------- significant digits

# Z1 = 1/3, L = 1/2 (1/3 - 0.3)² = 0.000555…, Δ1 = 0.0333…, dW1 = 0.0111…
SMALL = """
inputs: [[1/3]]
targets: [[0.3]]
layers: [{weights: [[1]]}]
loss: squared_error
significant: 3
"""


@pytest.mark.parametrize(
    ("sheet", "found"),
    [
        ("Z1: 0.333", "correct"),
        ("Z1: 0.33", "coarse"),
        ("Z1: 0.3333333", "correct"),
        ("Z1: 0.334", "rounding"),  # one unit off
        ("Z1: 0.336", "wrong"),
        ("loss: 0.000556", "correct"),
        ("loss: 5.56e-4", "correct"),
        ("loss: 0.00056", "coarse"),
        ("loss: 0.0006", "coarse"),
        ("loss: 0.000600", "wrong"),
        ("loss: 0", "wrong"),
        ("Delta1: 0.0333", "correct"),
        ("Delta1: 0.033", "coarse"),
        ("Delta1: 0.03", "coarse"),
        ("Delta1: 0.09", "wrong"),
        ("Delta1: 1/30", "correct"),
    ],
)
def test_significant_digits_are_asked_for(sheet: str, found: str) -> None:
    assert verdict(marked(SMALL, sheet), sheet.partition(":")[0]) == found


def test_every_step_may_be_rounded_to_the_digits_asked() -> None:
    marks = marked(SMALL, "S1: 0.333\nZ1: 0.333\nloss: 0.000545\nDelta1: 0.0330\ndW1: 0.0110")
    assert set(verdicts(marks).values()) == {"correct"}


def test_a_zero_and_a_one_have_the_digits_asked() -> None:
    exercise = SMALL.replace("[[1/3]]", "[[1.004]]").replace("[[0.3]]", "[[1.004]]")
    assert verdicts(marked(exercise, "Z1: 1\nloss: 0\nDelta1: 0")) == {
        "Z1": "correct",
        "loss": "correct",
        "Delta1": "correct",
    }
    assert verdict(marked(exercise.replace("1.004", "1.016"), "Z1: 1"), "Z1") == "wrong"


def test_a_large_figure_may_be_rounded_to_the_digits_asked() -> None:
    exercise = SMALL.replace("[[1/3]]", "[[12346]]")
    for text in ("1.23e4", "12300", "12346"):
        assert verdict(marked(exercise, f"Z1: {text}"), "Z1") in ("correct", "rounding")
    assert verdict(marked(exercise, "Z1: 12400"), "Z1") == "wrong"


# ---------------------------------------------------------------------------- printed answers


@pytest.mark.parametrize("name", [each.file for each in bundled() if bundled_answers(each.file)])
def test_what_a_source_prints_is_what_its_exercise_asks_for(name: str) -> None:
    path = bundled_answers(name)
    assert path is not None
    marks = marked(solve(load(name)), Path(path).read_text(encoding="utf-8"))
    assert (marks.not_answered, marks.not_asked) == ([], [])


# ---------------------------------------------------------------------------- exit codes


@pytest.mark.parametrize(
    ("sheet", "code", "complete"),
    [
        (HALF, 0, 1),
        (HALF + "\nZ1: 0.55\ndW1: -0.9 -0.45\nW1_new: 0.59 0.145\nloss_new: 0.1139", 0, 0),
        (HALF + "\nZ1: 0.55\ndW1: -0.9 ~\nW1_new: 0.59 0.145\nloss_new: 0.1139", 0, 1),
        ("S1: ~", 1, 1),
        ("S1: 0.65", 1, 1),
        ("S1: 0.5", 1, 1),
        ("dZ1: 17", 1, 1),
        ("dZ1: 17\nS1: 0.55", 0, 1),
        ("[", 3, 3),
    ],
)
def test_exit_codes_of_one_sheet(sheet: str, code: int, complete: int, run: Run, write: Write) -> None:
    write("e.yaml", PLAIN)
    write("a.yaml", sheet)
    for form in ("table", "json", "csv", "gradescope"):
        assert run("check", "e.yaml", "a.yaml", "--format", form).code == code
    assert run("check", "e.yaml", "a.yaml", "--complete").code == complete


def test_exit_codes_of_a_class(run: Run, write: Write) -> None:
    write("e.yaml", PLAIN)
    write("all/right.yaml", HALF)
    write("all/broken.yaml", "[")
    assert run("check", "e.yaml", "all").code == 0  # nobody named what cannot be read
    assert run("check", "e.yaml", "all", "--complete").code == 1
    write("all/wrong.yaml", "S1: 0.65")
    assert run("check", "e.yaml", "all").code == 1
    assert run("check", "e.yaml", "all/right.yaml", "all/wrong.yaml", "all/broken.yaml").code == 3


def test_a_folder_of_which_nothing_can_be_read_is_not_all_right(run: Run, write: Write) -> None:
    write("e.yaml", PLAIN)
    write("all/broken.yaml", "[")
    assert run("check", "e.yaml", "all").code == 1


def test_what_is_given_may_be_infinite() -> None:
    vast = PLAIN.replace("[[1], [0.5]]", "[[1e200], [0.5]]") + "given: [loss]"
    assert verdict(marked(vast, "loss: ~\nZ1: 5.0000e199"), "Z1") == "correct"


def test_what_the_exercise_states_may_be_on_a_sheet_even_wrong() -> None:
    marks = marked(PLAIN, "W1: 0.9 0.9\nZ1: 1.35")
    assert verdicts(marks) == {"W1": "wrong", "Z1": "follows"}
    assert [symbol.plain for symbol in marks.not_asked] == ["W1"]
