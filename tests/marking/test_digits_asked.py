"""Marks cannot be had for nothing: figures of too few digits, the same figure everywhere, givens copied."""

from functools import cache

import numpy as np
import pytest

from mlpcalc import Solution, load, solve
from mlpcalc.answers.digits import Asked
from mlpcalc.marking.marker import Marker
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.reading.library import bundled_names
from tests.conftest import Run
from tests.support.marked import marked, mistakes, submission, verdict, verdicts
from tests.tools.simulations.filling_in import answered, earned, everywhere

LINE = """
inputs: [[1], [0]]
targets: [[1]]
layers: [{{weights: [[{weights}]]}}]
loss: {{name: squared_error, factor: 1/2}}
learning_rate: 0.05
{digits}
"""
STATED = LINE.format(weights="0.5, 0.5", digits="decimals: 4")  # S1 0.5, Δ1 -0.5, loss 0.125
ODD = LINE.format(weights="0.4580, 0.5", digits="decimals: 4")  # S1 0.458, loss 0.1469
UNSTATED = LINE.format(weights="0.4580, 0.5", digits="")


# ---------------------------------------------------------------------------- too few digits


@pytest.mark.parametrize("figure", ["0.5", "0.50", "1/2", "5e-1", "0.5000"])
def test_a_figure_is_read_as_if_it_ended_in_zeros(figure: str) -> None:
    assert verdict(marked(STATED, f"S1: {figure}"), "S1") == "correct"


@pytest.mark.parametrize(
    ("figure", "stated", "unstated"),
    [
        ("0.4580", "correct", "correct"),
        ("0.458", "correct", "correct"),
        ("0.46", "coarse", "correct"),  # two digits, but no more than an eighth to either side
        ("0.5", "coarse", "correct"),
        ("5e-1", "coarse", "correct"),
        ("0.45", "coarse", "rounding"),
        ("0.47", "wrong", "wrong"),
        ("0.4", "wrong", "rounding"),
        ("0", "wrong", "wrong"),
        ("0e0", "wrong", "wrong"),
        ("0e9", "wrong", "wrong"),
        ("1", "wrong", "wrong"),
        ("1e9", "wrong", "wrong"),
        ("-1e9", "wrong", "wrong"),
        ("-0.4580", "wrong", "wrong"),
    ],
)
def test_what_is_right_only_within_its_own_digits_is_coarse(figure: str, stated: str, unstated: str) -> None:
    assert verdict(marked(ODD, f"S1: {figure}"), "S1") == stated
    assert verdict(marked(UNSTATED, f"S1: {figure}"), "S1") == unstated


EXACT = LINE.format(weights="0.8, 0.5", digits="")  # S1 0.8: there is nothing to round


@pytest.mark.parametrize(
    ("figure", "verdict_of_it"),
    [
        ("0.8", "correct"),
        ("0.7", "wrong"),
        ("0.9", "wrong"),
        ("0.79", "wrong"),
        ("0.81", "wrong"),
        ("0.801", "rounding"),  # so little that it hardly matters
    ],
)
def test_a_unit_off_is_no_rounding_where_nothing_has_to_be_rounded(figure: str, verdict_of_it: str) -> None:
    assert verdict(marked(EXACT, f"S1: {figure}"), "S1") == verdict_of_it


TINY = """
inputs: [[1], [0.5]]
layers:
  - {weights: [[0.4, 0.2], [0.02, 0.01]], activation: sigmoid}
"""  # S1 0.5, 0.025; Z1 0.6225, 0.5062


@pytest.mark.parametrize(
    ("sheet", "verdict_of_it"),
    [
        ("S1: 0.5 0", "correct"),  # nothing tells to how many decimals it was rounded
        ("S1: 0.5 0\nZ1: 0.6 0.5", "correct"),
        ("S1: 0.5 0\nZ1: 0.62 0.51", "correct; wrong"),  # the 0.5 is exact, and tells nothing
        ("S1: 0.5 0\nZ1: 0.6225 0.5062", "correct; wrong"),
        ("S1: 0.5 0.025\nZ1: 0.6225 0.5062", "correct"),
    ],
)
def test_a_whole_0_has_the_decimals_to_which_a_sheet_is_rounded(sheet: str, verdict_of_it: str) -> None:
    assert verdict(marked(TINY, sheet), "S1") == verdict_of_it


FEW_WRITTEN = """
inputs: [[0.4], [0.6]]
targets: [[0.9], [0.1]]
layers:
  - {weights: [[0.3, -0.2], [0.5, 0.1]], activation: sigmoid}
  - {weights: [[0.6, -0.4], [-0.7, 0.2]], activation: sigmoid}
loss: {name: squared_error, factor: 1/2}
"""  # dW1 -0.0116 -0.0174; 0.0054 0.0081


@pytest.mark.parametrize(
    ("sheet", "verdicts_of_it"),
    [
        ("-0.01 -0.02; 0.01 0.01", "coarse"),
        ("-0.01 -0.02; 0.01 -0.01", "coarse coarse; coarse wrong"),
        ("0.01 -0.02; 0.01 0.01", "wrong coarse; coarse coarse"),
    ],
)
def test_rounding_to_few_digits_does_not_change_a_sign(sheet: str, verdicts_of_it: str) -> None:
    marks = marked(FEW_WRITTEN, f"Z1: 0.50 0.56\nZ2: 0.52 0.44\ndW1: {sheet}")
    assert verdict(marks, "dW1") == verdicts_of_it


def test_four_significant_digits_are_enough_whatever_decimals_are_stated() -> None:
    large = LINE.format(weights="12.3456, 0", digits="decimals: 4")
    assert verdict(marked(large, "S1: 12.35"), "S1") == "correct"
    assert verdict(marked(large, "S1: 12.3"), "S1") == "coarse"


def test_what_accepts_more_than_an_eighth_is_coarse_where_no_digits_are_stated() -> None:
    small = LINE.format(weights="0.031, 0", digits="")
    assert verdict(marked(small, "S1: 0.03"), "S1") == "coarse"
    assert verdict(marked(small, "S1: 0.031"), "S1") == "correct"


def test_what_follows_from_coarse_figures_is_not_wrong() -> None:
    marks = marked(ODD, "S1: 0.46\nDelta1: -0.54\nloss: 0.15")
    assert verdicts(marks) == {"S1": "coarse", "loss": "coarse", "Delta1": "correct"}


def test_coarse_figures_are_told_with_the_digits_asked(run: Run, tmp_path) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    exercise, sheet = tmp_path / "exercise.yaml", tmp_path / "sheet.yaml"
    exercise.write_text(ODD)
    sheet.write_text("S1: 0.5\n")
    found = run("check", str(exercise), str(sheet))
    assert found.code == 1
    assert "S1   1 decimal written, 4 asked: no credit" in found.out
    assert (
        "Too few digits in S1: 1 decimal written, 4 asked."
        in run("check", "--student", str(exercise), str(sheet)).out
    )
    exercise.write_text(LINE.format(weights="0.031, 0", digits=""))
    sheet.write_text("S1: 0.03\n")
    assert "S1   1 significant digit written, at least 3 asked" in run("check", str(exercise), str(sheet)).out


# ---------------------------------------------------------------------------- tolerances

XENT = """
inputs: [[1]]
targets: [[1]]
layers: [{weights: [[-1.1653]], activation: sigmoid}]
loss: binary_cross_entropy
"""  # S1 -1.1653, Z1 0.2377, loss 1.4368


@pytest.mark.slow
@pytest.mark.parametrize("figure", ["0.5", "0.8", "1.0", "1.2", "1.8", "2.0", "2.5", "1e0", "7.2543"])
def test_a_lone_loss_is_compared_with_the_exact_solution(figure: str) -> None:
    assert verdict(marked(XENT, f"loss: {figure}"), "loss") in ("wrong", "coarse")
    assert not marked(XENT, f"loss: {figure}").points


def test_a_lone_loss_that_is_far_off_is_wrong_and_not_unchecked() -> None:
    assert verdict(marked(XENT, "loss: 7.2543"), "loss") == "wrong"
    assert verdict(marked(XENT, "loss: 2.5"), "loss") == "wrong"


def test_scratch_paper_rounds_a_figure_at_its_own_last_digit() -> None:
    exercise = LINE.format(weights="0.6549, 0.5", digits="").replace("[[1]]\nlayers", "[[0]]\nlayers")
    assert verdict(marked(exercise, "Z1: 0.6549\nloss: 0.2144"), "loss") == "correct"
    assert verdict(marked(exercise, "Z1: 0.6549\nloss: 0.2150"), "loss") == "wrong"


@pytest.mark.parametrize("digits", ["", "decimals: 4"])
def test_an_unchanged_weight_does_not_loosen_its_matrix(digits: str) -> None:
    exercise = LINE.format(weights="0.5, 0.5", digits=digits)
    marks = marked(exercise, "dW1: -0.5 0\nW1_new: 0.475 0.5")
    assert verdicts(marks) == {"dW1": "correct", "W1_new": "wrong; correct".replace(";", "")}
    assert "update_added" in mistakes(marks, "W1_new") or mistakes(marks, "W1_new")


@pytest.mark.parametrize("digits", ["", "decimals: 4"])
def test_constant_decimals_are_not_taken_for_significant_digits(digits: str) -> None:
    exercise = LINE.format(weights="-0.5, 0.5", digits=digits).replace("[[1]]\nlayers", "[[0]]\nlayers")
    marks = marked(exercise, "S1: 0.5\nZ1: 0.5\nDelta1: -0.8\nloss: 0.4")  # right: -0.5, 0.125
    assert verdict(marks, "S1") == verdict(marks, "Delta1") == verdict(marks, "loss") == "wrong"


# ---------------------------------------------------------------------------- nothing for nothing


@cache
def solution(name: str) -> Solution:
    return solve(load(name))


NAMES = bundled_names()


EVERYWHERE = [
    *((name, figure) for name in NAMES for figure in ("0e9", "0.1", "1")),
    *(("exercise2", figure) for figure in ("0", "0.0", "1e9", "0.5", "-1")),
    ("adam", "0.5"),  # as the difference of targets 1 and outputs it would follow
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "figure"), EVERYWHERE)
def test_the_same_figure_everywhere_earns_what_it_happens_to_be_right_in(name: str, figure: str) -> None:
    points, right, answers = earned(solution(name), everywhere(solution(name), figure))
    assert points <= right + 0.05 * answers


def test_the_same_figure_everywhere_is_no_convention() -> None:
    """Read as T - Y it would be right in the first update, and that of the second would follow."""
    exercise = """
inputs: [[1, 1]]
targets: [[1, 0]]
layers: [{weights: [[0.5]]}]
loss: {name: squared_error, factor: 1/2, average: none}
learning_rate: 0.1
steps: 2
batch: 1
decimals: 4
"""
    worked_out = marked(exercise, "err: 0.5\nDelta1: -0.5\nerr@2: -0.55\nDelta1@2: 0.55")
    assert worked_out.convention == "err stands for T - Z1 here"
    symbols = ("err", "Delta1", "dW1", "W1_new", "err@2", "Delta1@2", "dW1@2")
    filled_in = marked(exercise, "\n".join(f"{symbol}: 0.5" for symbol in symbols))
    assert filled_in.convention is None
    assert filled_in.points == 0


@pytest.mark.parametrize("name", NAMES)
def test_given_parameters_copied_are_not_updated(name: str) -> None:
    solved = solution(name)
    new = [s for s in answered(solved) if s.plain.startswith(("W", "b")) and s.plain.endswith("_new")]
    given = {s.plain: s for s in solved.symbols.values()}
    sheet = "\n".join(f"{s.plain}: {solved.value(given[s.plain[:-4]]).tolist()}" for s in new)
    half = Asked.of(solved.exercise).half
    sheets = [submission(solved, sheet)] if new else []
    marks = Marker(solved).mark_as_asked(sheets, diagnose=False)
    for symbol in new:
        update = np.abs(solved.computed[symbol] - solved.computed[given[symbol.plain[:-4]]]) > half
        found = marks[0].quantities[symbol].verdicts
        assert (found[update.reshape(found.shape)] == Verdict.WRONG).all()


def test_a_parameter_that_stays_in_the_digits_of_a_sheet_is_coarse() -> None:
    """With three significant digits the weight is 2.00 before and after; 2.00096 is expected."""
    exercise = """
inputs: [[0.02]]
targets: [[1]]
layers: [{weights: [[2]]}]
loss: {name: squared_error, factor: 1/2}
learning_rate: 0.05
"""
    sheet = "S1: 0.04\ndW1: -0.0192\nstep_W1: 0.00096\nW1_new: 2"
    assert verdict(marked(exercise, sheet), "W1_new") == "coarse"
    finer = sheet.replace("-0.0192", "-0.019200")
    assert verdict(marked(exercise, finer), "W1_new") == "wrong"


def test_a_sheet_of_negative_sums_and_then_zeros_earns_nothing() -> None:
    exercise = """
inputs: [[1, 2], [1, 0.5]]
targets: [[1, 2]]
layers:
  - {weights: [[0.5, 0.25], [0.75, 0.5]], activation: relu}
  - {weights: [[0.5, 1]]}
loss: {name: squared_error, factor: 1/2}
learning_rate: 0.1
decimals: 4
"""
    dead = "S1: -1 -1; -1 -1\nZ1: 0 0; 0 0\nS2: 0 0\nZ2: 0 0\nfprime1: 0 0; 0 0\nDelta1: 0 0; 0 0\ndW2: 0 0\n"
    marks = marked(exercise, dead + "dW1: 0 0; 0 0\nW1_new: 0.5 0.25; 0.75 0.5\nW2_new: 0.5 1")
    assert marks.points == 0


def test_a_function_value_after_a_wrong_zero_is_worked_out() -> None:
    exercise = """
inputs: [[1, 2], [1, 3]]
layers:
  - {weights: [[1, -0.1], [1, 1]], activation: relu}
  - {weights: [[0.8, 0.5]], activation: sigmoid}
"""
    marks = marked(exercise, "S1: 0.9 1.7; 2 5\nZ1: 0 1.7; 1 5\nZ2: 0.6225 0.9794")
    assert verdict(marks, "Z2") == "follows correct"
