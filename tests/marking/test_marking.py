"""The rules of marking, one by one: an exercise, some answers as they are typed, the verdict of each cell."""

from typing import Any

import numpy as np
import pytest

from mlpcalc import load
from mlpcalc.marking.marks import quantity_marks
from mlpcalc.marking.routes import by_the_sign
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.numerics.interval import Ball
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.solving.solution import Solution
from tests.conftest import Run
from tests.support.marked import DEEP, diagnoses, marked, mistakes, submission, verdict, verdicts

# S1 is 0.449, S2 is 44.9: one hundredth in Z1 is a whole unit in S2.
STEEP = """
inputs: [[1], [2]]
targets: [[30]]
layers:
  - {weights: [[0.131, 0.159]]}
  - {weights: [[100]]}
loss: {name: squared_error, factor: 1/2}
"""
# S1 [[0.2, -0.6], [0.05, 0.6]], Z1 [[0.1974, -0.5370], [0.0500, 0.5370]], Z2 [[0.2687, -0.3908]], L 0.2265,
# Δ2 [[-0.3656, 0.3046]], Δ1 [[-0.1757, 0.1084], [0.2188, -0.1301]], dW2 [[-0.2358, 0.1453]]
BENT = """
inputs: [[0.5, -1.0], [0.25, 2.0]]
targets: [[1, -1]]
layers:
  - {weights: [[0.3, -0.2], [0.1, 0.4]], bias: [0.1, -0.1], activation: tanh}
  - {weights: [[0.5, -0.6]], bias: [0.2]}
loss: {name: squared_error, factor: 1/2, average: samples}
learning_rate: 0.5
"""
FORWARD = """
S1: 0.2000 -0.6000; 0.0500 0.6000
Z1: 0.1974 -0.5370; 0.0500 0.5370
Z2: 0.2687 -0.3907
"""
# S2 0.8337, Z2 0.6971; the error signal of the output is Z2.
SIGMOID = """
inputs: [[0.8]]
targets: [[0]]
layers:
  - {weights: [[1.5]], activation: tanh}
  - {weights: [[1]], activation: sigmoid}
loss: binary_cross_entropy
"""
# exp(S1) 3.8962, 1.6820; Z1 0.6985, 0.3015
SOFTMAX = """
inputs: [[1]]
targets: [[0], [1]]
layers:
  - {weights: [[1.36], [0.52]], activation: softmax}
loss: cross_entropy
"""
EXERCISE2 = Solution(load("exercise2"))
EXERCISE2_FORWARD = """
S1: 0.4580 0.1205 -0.4420 0.1195; 0.8690 0.1615 -0.1810 0.1185; 0.7040 0.0440 0.7040 -0.0440
Z1: 0.4580 0.1205 0 0.1195; 0.8690 0.1615 0 0.1185; 0.7040 0.0440 0.7040 0
Z2: 0.0986 0.0112 0.0634 0.0059
loss: 0.4916
"""


def line(weights: str, *, targets: str = "0.52", inputs: str = "[[1]]") -> str:
    """One layer without activation: Z1 is the weights where the input is 1, Δ1 is Z1 - T."""
    return f"""
inputs: {inputs}
targets: [[{targets}]]
layers: [{{weights: {weights}}}]
loss: {{name: squared_error, factor: 1/2}}
"""


# ---------------------------------------------------------------------------- the two lines


def test_what_equals_the_exact_solution_is_correct() -> None:
    marks = marked(STEEP, "S1: 0.449\nS2: 44.90\nloss: 111.005")
    assert verdicts(marks) == {"S1": "correct", "S2": "correct", "loss": "correct"}


def test_what_follows_from_rounded_figures_is_correct() -> None:
    assert verdicts(marked(STEEP, "S1: 0.45\nS2: 45.00")) == {"S1": "correct", "S2": "correct"}


def test_who_writes_rounded_figures_and_carries_full_ones_is_correct() -> None:
    assert verdicts(marked(STEEP, "S1: 0.4\nS2: 44.900")) == {"S1": "correct", "S2": "correct"}


def test_what_neither_follows_nor_is_exact_is_wrong() -> None:
    assert verdict(marked(STEEP, "S1: 0.45\nS2: 47.00"), "S2") == "wrong"


def test_the_exact_solution_is_correct_even_where_it_does_not_follow() -> None:
    marks = marked(STEEP, "S1: 0.44\nS2: 44.900")  # from 0.44 no more than 44.5 follows
    assert verdicts(marks) == {"S1": "rounding", "S2": "correct"}


def test_what_follows_from_a_mistake_has_full_credit() -> None:
    marks = marked(STEEP, "S1: 0.549\nZ1: 0.549\nS2: 54.9\nloss: 310.005")
    assert verdicts(marks) == {"S1": "wrong", "Z1": "follows", "S2": "follows", "loss": "follows"}
    assert (marks.points, marks.most_points) == (3, 9)


def test_a_mistake_that_is_repaired_later_spoils_nothing() -> None:
    marks = marked(STEEP, "S1: 0.549\nZ1: 0.449\nS2: 44.9")
    assert verdicts(marks) == {"S1": "wrong", "Z1": "correct", "S2": "correct"}


def test_after_a_repaired_mistake_rounded_figures_are_carried_on() -> None:
    marks = marked(STEEP, "S1: 0.549\nZ1: 0.45\nS2: 45.00\nloss: 112.5")
    assert verdicts(marks) == {"S1": "wrong", "Z1": "correct", "S2": "correct", "loss": "correct"}


@pytest.mark.parametrize(("S2", "loss"), [("54.9", "follows"), ("54.9000", "wrong")])
def test_what_a_step_leaves_open_goes_on_as_more_than_a_figure_that_ends_in_zeros(S2: str, loss: str) -> None:
    # S1 is 0.54896, of which three digits are written: S2 54.896, the loss 309.9054.
    marks = marked(f"{STEEP}decimals: 4", f"S1: 0.549\nS2: {S2}\nloss: 309.9054")
    assert verdicts(marks) == {"S1": "wrong", "S2": "follows", "loss": loss}


def test_a_second_mistake_is_found_behind_the_first() -> None:
    marks = marked(STEEP, "S1: 0.549\nZ1: 0.549\nS2: 64.9\nloss: 609.005")
    assert verdicts(marks) == {"S1": "wrong", "Z1": "follows", "S2": "wrong", "loss": "follows"}
    assert marks.points == 2


def test_cells_are_marked_one_by_one() -> None:
    marks = marked(BENT, "S1: 0.20 -0.60; 0.05 0.70\nZ1: 0.1974 -0.5370; 0.0500 0.6044")
    assert verdicts(marks) == {
        "S1": "correct correct; correct wrong",
        "Z1": "correct correct; correct follows",
    }
    assert (marks.points, marks.most_points, marks.score) == (1.75, 16, 1.75 / 16)


def test_the_first_wrong_cell_is_the_first_on_the_page() -> None:
    marks = marked(BENT, "Z2: 0.2687 -0.9\nS1: 0.20 -0.60; 0.50 0.60")
    assert marks.first_wrong is not None
    symbol, cell = marks.first_wrong
    assert (symbol.plain, cell) == ("S1", (1, 0))


def test_what_is_expected_follows_from_the_students_own_figures() -> None:
    expected = marked(STEEP, "S1: 0.54\nS2: 60").quantities[EXERCISE2.symbol("S2")].expected
    low, high = expected.value - expected.radius, expected.value + expected.radius
    assert (low.item(), high.item()) == pytest.approx(
        (53.995, 54.005)
    )  # 0.54 is read as 0.5400, as it is wrong


# ---------------------------------------------------------------------------- rounding


@pytest.mark.parametrize("figure", ["0.44", "0.5", "0.4489"])
def test_one_unit_of_the_last_digit_is_rounding(figure: str) -> None:
    marks = marked(STEEP, f"S1: {figure}")
    assert verdicts(marks) == {"S1": "rounding"}
    assert marks.points == 1


@pytest.mark.parametrize("figure", ["0.43", "0.47"])
def test_two_units_of_the_last_digit_are_wrong(figure: str) -> None:
    assert verdict(marked(STEEP, f"S1: {figure}"), "S1") == "wrong"


def test_figures_cut_off_are_rounding() -> None:
    marks = marked(BENT, "S1: 0.2 -0.6; 0.05 0.6\nZ1: 0.1973 -0.5370; 0.0499 0.5370\nZ2: 0.2687 -0.3907")
    assert verdicts(marks) == {
        "S1": "correct",
        "Z1": "rounding correct; rounding correct",
        "Z2": "correct",
    }


@pytest.mark.parametrize("figure", ["0.12", "0.13"])
def test_a_tie_may_be_rounded_either_way(figure: str) -> None:
    exercise = "inputs: [[0.5, 1]]\nlayers: [{weights: [[0.25]]}]\n"
    assert verdict(marked(exercise, f"S1: {figure} 0.25"), "S1") == "correct"


def test_what_binary_leaves_of_nothing_is_as_good_as_nothing() -> None:
    exercise = "inputs: [[0.5], [2], [0.1]]\nlayers: [{weights: [[1, -0.3, 1]]}]\n"
    assert verdict(marked(exercise, "S1: 2.7755575615628914e-17"), "S1") == "correct"


@pytest.mark.parametrize(("Delta", "expected"), [("0.33 -0.44", "correct"), ("-0.33 0.44", "wrong")])
def test_an_error_that_is_written_goes_on_with_its_sign(Delta: str, expected: str) -> None:
    """Y - T, of the outputs 2/3 and 4/9; the error signals of this course are T - Y."""
    exercise = """
inputs: [[0.6931, -0.2231]]
targets: [[1, 0]]
layers: [{weights: [[1]], activation: sigmoid}]
loss: binary_cross_entropy
conventions: {delta: -dL/dS}
"""
    assert verdict(marked(exercise, f"err: -0.33 0.44\nDelta1: {Delta}"), "Delta1") == expected


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_f_prime_of_relu_and_its_leaky_kin_depends_on_a_sign_alone(name: str) -> None:
    assert by_the_sign(ACTIVATIONS[name]) == (name in {"relu", "leaky_relu"})


def test_what_needs_rounding_on_scratch_paper_is_rounding() -> None:
    assert verdict(marked(STEEP, "S1: 0.449\nS2: 45.00"), "S2") == "rounding"  # Z1 is not written


def test_scratch_paper_has_the_digits_of_the_answer() -> None:
    assert verdict(marked(STEEP, "S1: 0.449\nS2: 45.000"), "S2") == "wrong"


@pytest.mark.parametrize("figure", ["3.157 3.15", "3.157 3.150"])
def test_scratch_paper_has_the_zeros_that_an_answer_leaves_out(figure: str) -> None:
    """7 · 0.451 and 7 · 0.450, for who keeps three decimals of 0.45142 and 0.44963."""
    exercise = "inputs: [[0.45142, 0.44963]]\nlayers: [{weights: [[1]]}, {weights: [[7]]}]\n"
    assert verdict(marked(exercise, f"S2: {figure}"), "S2").startswith("rounding")
    assert verdict(marked(exercise, "S2: 3.155 3.15"), "S2") == "wrong correct"


@pytest.mark.parametrize(
    ("figure", "expected"), [("44.00", "rounding"), ("44.01", "wrong"), ("43.99", "wrong")]
)
def test_scratch_paper_may_cut_off_digits(figure: str, expected: str) -> None:
    assert verdict(marked(STEEP, f"S1: 0.449\nS2: {figure}"), "S2") == expected


@pytest.mark.parametrize(("figure", "expected"), [("0.7234", "rounding"), ("0.7241", "wrong")])
def test_scratch_paper_may_be_rounded_in_one_use_and_not_in_another(figure: str, expected: str) -> None:
    """∂L/∂Y from 0.97253517, which the calculator has, and f' from 0.9725: 27.052885 · 0.02674375."""
    exercise = """
inputs: [[3.567]]
targets: [[0.25]]
layers: [{weights: [[1]], activation: sigmoid}]
loss: binary_cross_entropy
decimals: 4
"""
    assert verdict(marked(exercise, f"Delta1: {figure}"), "Delta1") == expected


def test_a_step_that_is_written_is_no_scratch_paper() -> None:
    marks = marked(STEEP, "S1: 0.449\nZ1: 0.449\nS2: 45.00")
    assert verdict(marks, "S2") == "wrong"


@pytest.mark.parametrize(
    ("weight", "figure", "expected"), [(0.25, 50.30, "wrong"), (0.3333, 67.00, "rounding")]
)
def test_what_has_so_few_digits_anyway_is_not_rounded_on_scratch_paper(
    weight: float, figure: float, expected: str
) -> None:
    """0.5 is 0.50 for who keeps two decimals, but 0.6666 is 0.67; a hundred times that is 66.66, or 67."""
    exercise = f"inputs: [[2, 0.04, 0]]\nlayers: [{{weights: [[{weight}]]}}, {{weights: [[100]]}}]\n"
    second = {0.25: "1.00", 0.3333: "1.33"}[weight]
    marks = marked(exercise, f"S2: {figure:.2f} {second} 0.00")
    assert verdict(marks, "S2") == f"{expected} correct correct"


@pytest.mark.parametrize(("figure", "expected"), [("-0.00200", "correct"), ("-0.00300", "unchecked")])
def test_what_cancels_only_within_the_figures_is_not_settled(figure: str, expected: str) -> None:
    """0.668 - 0.67 is -0.002 as they are written, and may be anything from -0.0075 to 0.0035."""
    exercise = """
inputs: [[0.7]]
layers: [{weights: [[1], [1]], activation: sigmoid}, {weights: [[1, -1]]}]
"""
    assert verdict(marked(exercise, f"Z1: 0.668; 0.67\nS2: {figure}"), "S2") == expected


def test_a_route_that_divides_by_nothing_is_not_taken() -> None:
    """By the chain rule the 1 - Z1 of a Z1 = 1.0000 would be divided by; Z1 - T is 1.0000, too."""
    exercise = """
inputs: [[2]]
targets: [[0]]
layers: [{weights: [[1]], activation: sigmoid}]
loss: binary_cross_entropy
"""
    marks = marked(exercise, "Z1: 1.0000\nDelta1: 1.0000")
    assert verdicts(marks) == {"Z1": "wrong", "Delta1": "follows"}


def test_a_loss_cannot_be_checked_where_scratch_paper_may_have_an_output_of_zero() -> None:
    # -log(6e-6), which is 12.00; with few decimals the output is 0.0000, and the loss anything.
    exercise = "inputs: [[1]]\ntargets: [[1]]\nlayers: [{weights: [[-12]], activation: sigmoid}]\n"
    exercise += "loss: binary_cross_entropy\n"
    assert verdict(marked(exercise, "S1: -12\nloss: 10.5"), "loss") == "unchecked"
    assert verdict(marked(exercise, "S1: -12\nZ1: 0.000006\nloss: 10.5"), "loss") == "wrong"


def test_a_cell_that_is_left_blank_is_scratch_paper() -> None:
    exercise = STEEP.replace("[[1], [2]]", "[[1, 2], [2, 1]]").replace("[[30]]", "[[30, 30]]")
    marks = marked(exercise, "S1: 0.449 0.421\nZ1: ~ 0.421\nS2: 45.00 42.00")
    assert verdict(marks, "S2") == "rounding wrong"


def test_strict_marks_count_rounding_as_wrong() -> None:
    marks = marked(BENT, "S1: 0.2 -0.6; 0.05 0.6\nZ1: 0.1973 -0.5370; 0.0500 0.5370")
    strict = marks.strictly()
    assert (marks.points, strict.points) == (2, 1.75)
    assert verdicts(strict)["Z1"] == "wrong correct; correct correct"
    assert [(each.mistake, each.cells) for each in diagnoses(strict, "Z1")] == [("rounding", ((0, 0),))]


def test_strict_marks_leave_the_rest_alone() -> None:
    marks = marked(STEEP, "S1: 0.549\nZ1: 0.549\nS2: 0")
    assert verdicts(marks.strictly()) == verdicts(marks)
    assert marks.strictly().points == marks.points


def test_check_is_strict_if_told_so(run: Run) -> None:
    sheet = b"S1: 0.4580 0.1206 -0.4420 0.1195; 0.8690 0.1615 -0.1810 0.1185; 0.7040 0.0440 0.7040 -0.0440"
    assert run("check", "exercise2", "-", stdin=sheet).code == 0
    assert run("check", "exercise2", "-", "--strict", stdin=sheet).code == 1


# ---------------------------------------------------------------------------- trivial, unchecked, blank


ZEROS = """
Delta2: 0 0 0 0
Delta1: 0 0 0 0; 0 0 0 0; 0 0 0 0
dW2: 0 0 0
dW1: 0 0; 0 0; 0 0
W2_new: 0 0 0
W1_new: 0 0; 0 0; 0 0
S1_new: 0 0 0 0; 0 0 0 0; 0 0 0 0
Z1_new: 0 0 0 0; 0 0 0 0; 0 0 0 0
Z2_new: 0 0 0 0
loss_new: 0
"""


@pytest.mark.parametrize("zero", ["0", "0.0000", "0.00"])
def test_a_sheet_of_zeros_from_the_first_error_signal_on_scores_nothing_for_them(zero: str) -> None:
    marks = marked(EXERCISE2, EXERCISE2_FORWARD + ZEROS.replace(" 0", f" {zero}"))
    assert verdict(marks, "Delta2") == "wrong"
    assert (marks.points, marks.most_points) == (4, 12)


@pytest.mark.parametrize("zero", ["0", "0.0000"])
def test_what_follows_from_wrong_zeros_alone_is_trivial(zero: str) -> None:
    sheet = f"Delta2: {zero} {zero}\nDelta1: {zero} {zero}; {zero} {zero}\ndW1: {zero} {zero}; {zero} {zero}"
    marks = marked(BENT, FORWARD + sheet)
    assert verdicts(marks) | dict.fromkeys(("S1", "Z1", "Z2"), "") == {
        **dict.fromkeys(("S1", "Z1", "Z2"), ""),
        "Delta2": "wrong",
        "Delta1": "trivial",
        "dW1": "trivial",
    }
    assert marks.points == 3


def test_one_wrong_zero_among_other_figures_costs_itself_only() -> None:
    sheet = "Delta2: -0.3656 0.0000\nDelta1: -0.1757 0.0000; 0.2188 0.0000\ndW2: -0.0722 -0.0183"
    marks = marked(BENT, FORWARD + sheet)
    assert verdict(marks, "Delta2") == "correct wrong"
    assert verdict(marks, "Delta1") == "correct trivial; correct trivial"
    assert verdict(marks, "dW2") == "follows"


def test_zeros_that_are_right_are_correct() -> None:
    marks = marked(EXERCISE2, EXERCISE2_FORWARD + "fprime1: 1 1 0 1; 1 1 0 1; 1 1 1 0")
    assert set(verdicts(marks).values()) == {"correct"}


def test_given_weights_that_wrong_zeros_leave_as_they_are_have_no_credit() -> None:
    marks = marked(BENT, FORWARD + "Delta2: 0.0000 0.0000\ndW2: 0.0000 0.0000\nW2_new: 0.5000 -0.6000")
    assert verdict(marks, "dW2") == "trivial"
    assert verdict(marks, "W2_new") == "trivial"


def test_what_the_figures_before_leave_open_is_unchecked() -> None:
    marks = marked(
        line("[[0.62]]"), "Z1: 0.6\nDelta1: 0.110"
    )  # 0.6 may be 0.55 or 0.65, so Δ1 may be from 0.03 to 0.13
    assert verdicts(marks) == {"Z1": "correct", "Delta1": "unchecked"}
    assert marks.points == 1


def test_what_comes_of_a_figure_that_cannot_be_checked_is_as_right_as_of_any_other() -> None:
    marks = marked(STEEP, "S1: 0.4\nS2: 41.00\nloss: 60.5")  # of 41 - 30
    assert verdicts(marks) == {"S1": "correct", "S2": "unchecked", "loss": "correct"}


def test_what_the_figures_before_give_as_they_are_written_is_right() -> None:
    assert verdict(marked(line("[[0.62]]"), "Z1: 0.6\nDelta1: 0.080"), "Delta1") == "correct"


def test_what_is_exact_is_correct_even_where_nothing_can_be_checked() -> None:
    assert verdict(marked(line("[[0.62]]"), "Z1: 0.6\nDelta1: 0.100"), "Delta1") == "correct"


def test_blank_cells_earn_nothing_and_are_not_wrong() -> None:
    marks = marked(BENT, "S1: [[0.2, ~], [0.05, 0.6]]\nZ1: [[~, ~], [~, ~]]\nDelta2: [[-0.3656, ~]]")
    assert verdicts(marks) == {"S1": "correct blank; correct correct", "Delta2": "correct blank"}
    assert (marks.points, marks.most_points) == (1.25, 16)


def test_what_follows_is_found_through_blank_cells() -> None:
    marks = marked(BENT, "S1: 0.2 ~; 0.05 0.8\nZ1: ~ -0.5370; ~ 0.6640\nZ2: 0.2687 -0.4669")
    assert verdicts(marks) == {
        "S1": "correct blank; correct wrong",
        "Z1": "blank correct; blank follows",
        "Z2": "correct follows",
    }


def test_verdicts_from_the_worst_to_the_best() -> None:
    order = [verdict.name.lower() for verdict in sorted(Verdict, reverse=True)]
    assert order == [
        "wrong",
        "unread",
        "trivial",
        "coarse",
        "unchecked",
        "follows",
        "rounding",
        "blank",
        "correct",
    ]


@pytest.mark.parametrize("worst", Verdict)
def test_a_quantity_has_the_worst_verdict_of_its_cells(worst: Verdict) -> None:
    answer = submission(EXERCISE2, "Z2: 1 2 3 4").answers[EXERCISE2.symbol("Z2")]
    cells = np.array([[[Verdict.CORRECT, worst, min(worst, Verdict.FOLLOWS), Verdict.CORRECT]]], np.int8)
    (marks,) = quantity_marks([answer], cells, Ball(answer.value, answer.half))
    assert marks.verdict == worst


@pytest.mark.parametrize(
    ("kind", "credit"),
    [
        ("correct", 1),
        ("follows", 1),
        ("rounding", 1),
        ("blank", 0),
        ("unchecked", 0),
        ("coarse", 0),
        ("trivial", 0),
        ("wrong", 0),
    ],
)
def test_what_earns_its_share(kind: str, credit: int) -> None:
    answer = submission(EXERCISE2, "Z2: 1 2 3 4").answers[EXERCISE2.symbol("Z2")]
    cells = np.array([[[Verdict.CORRECT, Verdict[kind.upper()], Verdict.CORRECT, Verdict.WRONG]]], np.int8)
    (marks,) = quantity_marks([answer], cells, Ball(answer.value, answer.half))
    assert marks.share == (2 + credit) / 4


# ---------------------------------------------------------------------------- digits

THIRDS = line("[[1/3, 0.5]]", inputs="[[1], [2]]")  # Z1 is 4/3


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        ("4/3", "correct"),
        ("1333/1000", "wrong"),  # a fraction has no width
        ("1.333", "correct"),
        ("1.334", "rounding"),
        ("1.335", "wrong"),
        ("1.333e0", "correct"),
        ("1333e-3", "correct"),
        ("13335e-4", "wrong"),
        ("1.3333333333333333", "correct"),
        ("1.3333333333333335", "correct"),  # the last bits of another order of adding up
        ("1.333333333334", "rounding"),
        ("1.333333333353", "rounding"),  # as where 1e-12 was added somewhere
        ("1.3333333730697632", "correct"),  # the float32 nearest to 4/3
        ("1.3333334922790527", "correct"),  # and the one beside it, an operation later
        ("1.3333339", "wrong"),
        ("1.33339", "wrong"),
        ("1", "wrong"),
        ("1e0", "coarse"),
        ("2", "wrong"),
        ("3", "wrong"),
    ],
)
def test_the_tolerance_comes_from_the_digits(figure: str, expected: str) -> None:
    assert verdict(marked(THIRDS, f"Z1: {figure}"), "Z1") == expected


def test_a_fraction_is_carried_on_without_a_width() -> None:
    assert verdict(marked(THIRDS, "Z1: 13/10\nDelta1: 0.7800"), "Delta1") == "follows"
    assert verdict(marked(THIRDS, "Z1: 13/10\nDelta1: 0.8133"), "Delta1") == "correct"
    assert verdict(marked(THIRDS, "Z1: 13/10\nDelta1: 0.7900"), "Delta1") == "wrong"


def test_an_integer_that_is_exactly_what_its_step_gives_has_no_width() -> None:
    exercise = line("[[2, 1], [1, 4]]", targets="5], [1", inputs="[[3], [-2]]")
    marks = marked(exercise, "Z1: 4; -5\nDelta1: -1.4; -6.0")
    assert verdicts(marks) == {"Z1": "correct", "Delta1": "wrong; correct"}


def test_an_integer_that_was_rounded_has_a_width() -> None:
    exercise = line("[[2.2, 1], [1, 4]]", targets="5], [1", inputs="[[3], [-2]]")  # Z1 4.6, -5
    marks = marked(exercise, "Z1: 5; -5\nDelta1: 0.400; -6.0")
    assert verdicts(marks) == {"Z1": "correct", "Delta1": "unchecked; correct"}


SMALL = line("[[0.04], [0.9], [0.3]]", targets="0], [1], [0")


@pytest.mark.parametrize(
    ("sheet", "expected"),
    [
        ("Z1: 0; ~; 0.3", "correct; blank; correct"),  # 0.0, as the 0.3 beside it
        ("Z1: 0; ~; 0.30", "wrong; blank; correct"),
        ("Z1: 0; ~; 0.30\nDelta1: ~; ~; 0.3", "wrong; blank; correct"),  # those of the matrix count first
        ("Z1: 0; ~; ~\nDelta1: ~; ~; 0.3", "correct; blank; blank"),
        ("Z1: 0; ~; ~\nDelta1: ~; ~; 0.30", "wrong; blank; blank"),
        ("Z1: 0; ~; 3/10\nDelta1: ~; ~; 0.3", "correct; blank; correct"),
        ("Z1: ~; 1; 0.3", "blank; correct; correct"),
        ("Z1: ~; 1; 0.300", "blank; wrong; correct"),
    ],
)
def test_zero_and_one_are_as_wide_as_the_figures_beside_them(sheet: str, expected: str) -> None:
    assert verdict(marked(SMALL, sheet), "Z1") == expected


def test_zero_and_one_that_are_exact_have_no_width() -> None:
    exercise = line("[[1], [-2]]", targets="0.25], [0.5")
    assert verdict(marked(exercise, "Z1: 1; -2.0\nDelta1: 0.78; -2.50"), "Delta1") == "wrong; correct"


SIZES = """
inputs: [[123.4], [0.5]]
targets: [[1]]
layers:
  - {weights: [[0.01, 0.002], [3.3, -4]]}
  - {weights: [[0.001, 0.002]], activation: sigmoid}
loss: {name: squared_error, factor: 1/2}
"""


def test_who_rounds_to_significant_figures_is_correct() -> None:
    sheet = (
        "S1: 1.24; 405\nS2: 0.811\nZ2: 0.692\nloss: 0.0474\nDelta2: -0.0656\nDelta1: -0.0000656; -0.000131"
    )
    assert set(verdicts(marked(SIZES, sheet)).values()) == {"correct"}


@pytest.mark.parametrize(("loss", "expected"), [("2.761e4", "rounding"), ("27612.5", "wrong")])
def test_scratch_paper_keeps_as_many_significant_figures_as_the_sheet(loss: str, expected: str) -> None:
    """1234.6 - 1000 is 235.0 for who keeps four digits, here and everywhere."""
    exercise = """
inputs: [[1000]]
targets: [[0]]
layers: [{weights: [[1.2346]]}, {weights: [[1]], bias: [-1000]}]
loss: {name: squared_error, factor: 1/2}
"""
    assert verdict(marked(exercise, f"S2: 235.0\nloss: {loss}"), "S2") == expected


@pytest.mark.parametrize("zero", ["0.0", "-0.0", "-0", "\N{MINUS SIGN}0.0"])
def test_a_signed_zero_is_zero(zero: str) -> None:
    short = "coarse" if "." in zero else "correct"  # of a 0.04
    assert verdict(marked(SMALL, f"Z1: {zero}; 0.9; 0.3"), "Z1") == f"{short}; correct; correct".replace(
        "correct; correct; correct", "correct"
    )


# ---------------------------------------------------------------------------- kinks

# S1 is 0.004 and 0 on paper: 0.25 - 0.18 - 0.07
KINKS = """
inputs: [[0.5], [0.3]]
targets: [[1]]
layers:
  - {weights: [[0.26, -0.42], [0.5, -0.6]], bias: [0, -0.07], activation: relu}
  - {weights: [[0.5, 2]]}
loss: {name: squared_error, factor: 1/2}
"""


@pytest.mark.parametrize(("fprime", "Delta"), [("1", "-0.50"), ("0", "0.00")])
def test_where_zero_may_be_rounded_both_derivatives_are_accepted(fprime: str, Delta: str) -> None:
    marks = marked(KINKS, f"S1: 0.00; 0.00\nfprime1: {fprime}; 0\nDelta1: {Delta}; 0")
    assert verdicts(marks)["fprime1"].split("; ")[0] in ("correct", "unchecked")
    assert marks.worst < Verdict.TRIVIAL


def test_where_it_is_zero_on_paper_only_the_convention_is_accepted() -> None:
    marks = marked(KINKS, "S1: 0.004; 0.000\nfprime1: 1; 1\nDelta1: -0.499; -1.996")
    assert verdicts(marks) == {"S1": "correct", "fprime1": "correct; wrong", "Delta1": "correct; follows"}
    assert "kink_from_the_right" in mistakes(marks, "fprime1")


@pytest.mark.parametrize("Delta", ["fprime1: 1.000; 1.000", "Delta1: -0.499; -1.996"])
def test_what_is_zero_on_paper_is_zero_on_scratch_paper(Delta: str) -> None:
    marks = marked(KINKS, Delta)
    assert list(verdicts(marks).values()) == ["correct; wrong"]


def test_a_blank_beside_whole_figures_is_not_taken_for_an_exact_one() -> None:
    marks = marked(KINKS, "S1: 0.0; ~\nfprime1: 0; ~")  # 0.004, rounded on scratch paper
    assert verdict(marks, "fprime1").split("; ")[0] != "wrong"


def test_at_the_kink_the_convention_is_correct() -> None:
    marks = marked(KINKS, "S1: 0.004; 0\nfprime1: 1; 0\nDelta1: -0.499; 0")
    assert set(verdicts(marks).values()) == {"correct"}


def test_away_from_the_kink_there_is_one_derivative() -> None:
    marks = marked(KINKS, "S1: 0.004; 0.000\nfprime1: 0; 0\nDelta1: 0.000; 0")
    assert verdict(marks, "fprime1").startswith("wrong; ")


# ---------------------------------------------------------------------------- routes


@pytest.mark.parametrize("fprime", ["0.311", "0.305"])
def test_the_derivative_may_come_from_either_side_of_the_activation(fprime: str) -> None:
    """1 - 0.83² is 0.311, where 0.83 is rounded; with S it is 0.305, where 1.2 is exact."""
    assert verdict(marked(SIGMOID, f"S1: 1.2\nZ1: 0.83\nfprime1: {fprime}"), "fprime1") == "correct"


@pytest.mark.parametrize(("fprime", "expected"), [("0.360", "correct"), ("0.400", "unchecked")])
def test_a_derivative_of_an_activation_of_one_digit_cannot_be_checked(fprime: str, expected: str) -> None:
    """1 - 0.8² is 0.36 as it is written, but 0.8 may be 0.75 or 0.85."""
    assert verdict(marked(SIGMOID, f"S1: 1.2\nZ1: 0.8\nfprime1: {fprime}"), "fprime1") == expected


def test_a_derivative_that_follows_from_neither_is_wrong() -> None:
    assert verdict(marked(SIGMOID, "S1: 1.2\nZ1: 0.83\nfprime1: 0.35"), "fprime1") == "wrong"


@pytest.mark.parametrize("Delta", ["0.218", "0.214"])
def test_a_derivative_that_is_not_written_may_have_come_from_either(Delta: str) -> None:
    sheet = f"S1: 1.2\nZ1: 0.83\nDelta2: 0.70\nDelta1: {Delta}"
    assert verdict(marked(SIGMOID, sheet), "Delta1") == "correct"


@pytest.mark.parametrize("Delta", ["0.700", "0.699"])
def test_an_error_signal_that_collapses_may_still_be_a_product(Delta: str) -> None:
    sheet = f"S2: 0.83\nZ2: 0.7\ndZ2: 3.33\nfprime2: 0.21\nDelta2: {Delta}"  # 3.33 times 0.21 is 0.699
    assert verdict(marked(SIGMOID, sheet), "Delta2") == "correct"


@pytest.mark.parametrize("loss", ["1.204", "1.191"])
def test_the_loss_may_come_from_the_outputs_or_from_their_pre_activations(loss: str) -> None:
    """-ln(1 - 0.7) is 1.204; ln(1 + exp(0.83)) is 1.191."""
    assert verdict(marked(SIGMOID, f"S2: 0.83\nZ2: 0.70\nloss: {loss}"), "loss") == "correct"


def test_a_softmax_may_come_from_the_exponentials_that_are_written() -> None:
    sheet = "S1: 1.36; 0.52\n{}Z1: 0.6964; 0.3036"  # 3.9 and 1.7, divided by their sum
    assert verdict(marked(SOFTMAX, sheet.format("expS1: 3.9; 1.7\n")), "Z1") == "correct"
    assert verdict(marked(SOFTMAX, sheet.format("")), "Z1") != "correct"


def test_a_softmax_need_not_come_from_the_exponentials_that_are_written() -> None:
    assert verdict(marked(SOFTMAX, "S1: 1.36; 0.52\nexpS1: 3.9; 1.7\nZ1: 0.6985; 0.3015"), "Z1") == "correct"


def test_exponentials_that_are_wrong_are_followed() -> None:
    marks = marked(SOFTMAX, "S1: 1.36; 0.52\nexpS1: 3.90; 2.68\nZ1: 0.593; 0.407\nloss: 0.899")
    assert verdicts(marks) == {
        "S1": "correct",
        "expS1": "correct; wrong",
        "Z1": "follows",
        "loss": "follows",
    }


def test_a_written_error_may_be_used() -> None:
    marks = marked(line("[[1.111]]", targets="0.123"), "Z1: 1.111\nerr: 1.0\nloss: 0.5000\nDelta1: 1.000")
    assert set(verdicts(marks).values()) == {"correct"}


def test_a_written_error_need_not_be_used() -> None:
    marks = marked(line("[[1.111]]", targets="0.123"), "Z1: 1.111\nerr: 1.0\nloss: 0.4881\nDelta1: 0.988")
    assert set(verdicts(marks).values()) == {"correct"}


def test_a_wrong_error_is_followed() -> None:
    marks = marked(line("[[1.111]]", targets="0.123"), "Z1: 1.111\nerr: 1.234\nloss: 0.7614\nDelta1: 1.234")
    assert verdicts(marks) == {"Z1": "correct", "loss": "follows", "err": "wrong", "Delta1": "follows"}


def test_an_error_that_was_found_the_other_way_round_is_followed() -> None:
    marks = marked(line("[[1.111]]", targets="0.123"), "err: -0.988\nDelta1: -0.988")
    assert verdicts(marks) == {"err": "wrong", "Delta1": "follows"}


@pytest.mark.parametrize(
    ("sheet", "expected"),
    [
        ("loss_new: 0.1154", "correct"),
        ("loss_new: 0.12", "correct"),
        ("loss_new: 0.2265", "wrong"),
        ("W1: 0.3 -0.2; 0.1 0.4\nloss_new: 0.1154", "correct"),
    ],
)
def test_steps_between_need_not_be_written(sheet: str, expected: str) -> None:
    assert verdict(marked(BENT, sheet), "loss_new") == expected


def test_steps_may_be_written_in_any_order() -> None:
    sheet = "loss: 310.005\nS2: 54.9\nZ1: 0.549\nS1: 0.549"
    assert verdicts(marked(STEEP, sheet)) == {
        "S1": "wrong",
        "Z1": "follows",
        "S2": "follows",
        "loss": "follows",
    }


# ---------------------------------------------------------------------------- shapes


@pytest.mark.parametrize(
    ("written", "shape"),
    [
        ("0.27 -0.39; 0 0", "2 × 2"),
        ("0.27 -0.39 0.5; 0 0 0; 1 1 1", "3 × 3"),
        ("0.2 0.3 0.4; 1 2 3", "2 × 3"),
    ],
)
def test_a_matrix_of_another_shape_is_wrong_throughout(written: str, shape: str) -> None:
    marks = marked(BENT, f"Z2: {written}\nloss: 0.2265")
    assert verdicts(marks) == {"Z2": "wrong", "loss": "correct"}
    (diagnosis,) = diagnoses(marks, "Z2")
    assert diagnosis.mistake == "wrong_shape"
    assert diagnosis.message == f"{shape} was written, 1 × 2 was expected."


def test_a_transpose_is_told_and_gone_on_from() -> None:
    marks = marked(BENT, "dW2: [[-0.24], [0.15]]\nW2_new: 0.6200 -0.6750")
    assert verdicts(marks) == {"dW2": "wrong", "W2_new": "correct"}
    assert mistakes(marks, "dW2") == ["transposed"]


def test_a_transpose_is_told_in_the_layout_of_the_exercise() -> None:
    turned = BENT.replace("[[0.5, -1.0], [0.25, 2.0]]", "[[0.5, 0.25], [-1.0, 2.0]]")
    turned = turned.replace("[[1, -1]]", "[[1], [-1]]") + "conventions: {product: X W^T}"
    (diagnosis,) = diagnoses(marked(turned, "Z2: [[0.27, -0.39]]"), "Z2")
    assert diagnosis.message == "1 × 2 was written, 2 × 1 was expected: this is the transpose."


def test_one_quantity_by_two_names_with_equal_figures_is_one_answer() -> None:
    marks = marked(BENT, "Y: 0.2687 -0.39\nZ2: 0.2687 -0.3900")
    assert verdicts(marks) == {"Z2": "correct"}
    assert [symbol.plain for symbol in marks.answered] == ["Z2"]


@pytest.mark.parametrize("sheet", ["Y: 0.27 -0.39\nZ2: 0.27 -0.19", "Y: 0.27 -0.19\nZ2: 0.27 -0.39"])
def test_two_figures_for_one_cell_are_wrong_and_that_is_said(sheet: str) -> None:
    marks = marked(BENT, f"{sheet}\nloss: 0.2265")
    assert verdicts(marks) == {"Z2": "correct wrong", "loss": "correct"}
    (diagnosis,) = diagnoses(marks, "Z2")
    assert diagnosis.cells == ((0, 1),)
    assert "Y and Z2" in diagnosis.message


# ---------------------------------------------------------------------------- score


def test_every_quantity_that_is_asked_is_worth_one_point() -> None:
    marks = marked(BENT, FORWARD + "Delta2: -0.3656 0.4046")
    assert (marks.points, marks.most_points, marks.score) == (3.5, 16, 3.5 / 16)


def test_a_sheet_without_points_to_be_had_has_no_score() -> None:
    marks = marked(BENT + "ask: {dW2: 0}", "dW2: 0.1 0.2")
    assert (marks.points, marks.most_points, marks.score) == (0, 0, None)


def test_the_exercise_may_give_points() -> None:
    marks = marked(
        BENT + "points: {Delta1: 4, dW2: 0, loss: 2}", FORWARD + "Delta1: -0.1757 0.1084; 0.2188 0.9"
    )
    assert (marks.points, marks.most_points) == (3 + 4 * 3 / 4, 16 + 3 - 1 + 1)


def test_points_are_given_by_any_name_of_a_quantity() -> None:
    marks = marked(BENT + "points: {Y: 3}", "Z2: 0.2687 -0.3908")
    assert (marks.points, marks.most_points) == (3, 18)


def test_a_misconception_is_paid_for_once() -> None:
    marks = marked(
        BENT, FORWARD + "loss: 0.4530\nDelta2: -0.7313 0.6093\nDelta1: -0.3514 0.2168; 0.4377 -0.2602"
    )
    assert (verdict(marks, "loss"), verdict(marks, "Delta2")) == ("wrong", "wrong")
    assert "average_forgotten" in mistakes(marks, "loss")
    assert "average_forgotten" in mistakes(marks, "Delta2")
    assert (marks.points, marks.most_points) == (5, 16)


DEEP_FORWARD = "Z1: 0.6044; 0.1974\nZ2: 0.3311; 0.2899\nZ3: 0.0909\nDelta3: -0.9091\n"


def test_a_misconception_in_two_layers_is_paid_for_once() -> None:
    marks = marked(DEEP, DEEP_FORWARD + "Delta2: -0.7273; 0.5455\nDelta1: -0.4000; 0.7819")
    assert "fprime_forgotten_hidden" in mistakes(marks, "Delta2")
    assert "fprime_forgotten_hidden" in mistakes(marks, "Delta1")
    assert (verdict(marks, "Delta2"), verdict(marks, "Delta1")) == ("wrong", "wrong")
    assert (marks.points, marks.most_points) == (5, 13)


def test_two_slips_are_paid_for_twice() -> None:
    marks = marked(DEEP, "Z1: 0.6044; 0.1794\nZ2: 0.3311; 0.2899\nZ3: 0.9010")
    assert (verdict(marks, "Z1"), verdict(marks, "Z3")) == ("correct; wrong", "wrong")
    assert marks.points == 1.5


def test_a_repeated_misconception_costs_where_something_else_is_missing() -> None:
    marks = marked(DEEP, DEEP_FORWARD + "Delta2: -0.7273; 0.5455\nDelta1: -0.4000; ~")
    assert (marks.points, marks.most_points) == (4.5, 13)


@pytest.mark.parametrize(
    ("error_signals", "certain", "points"),
    [("Delta2: -0.570\nDelta1: -0.399", True, 5), ("Delta2: -0.57\nDelta1: -0.40", False, 4)],
)
def test_a_misconception_that_is_not_certain_is_paid_for_each_time(
    error_signals: str, certain: bool, points: float
) -> None:
    exercise = """
inputs: [[1.5]]
targets: [[1]]
layers:
  - {weights: [[0.4]], activation: tanh}
  - {weights: [[0.7]], activation: tanh}
  - {weights: [[0.8]]}
loss: {name: squared_error, factor: 1/2}
"""
    marks = marked(exercise, f"Z1: 0.5370\nZ2: 0.3592\nZ3: 0.2873\nDelta3: -0.7127\n{error_signals}")
    for name in ("Delta2", "Delta1"):
        (found,) = diagnoses(marks, name)
        assert (found.mistake, found.certain) == ("fprime_forgotten_hidden", certain)
    assert marks.points == points


# ---------------------------------------------------------------------------- diagnosis


@pytest.mark.parametrize(
    ("Delta1", "cells"),
    [
        ("-0.1828 0.1523; 0.2194 -0.1828", ((0, 0), (0, 1), (1, 0), (1, 1))),
        ("-0.1828 0.1523; 0.2188 -0.1301", ((0, 0), (0, 1))),
        ("-0.1757 0.1523; 0.2188 -0.1828", ((0, 1), (1, 1))),
        ("-0.1757 0.1523; 0.2188 -0.1301", ((0, 1),)),
        ("-0.1757 0.1523; 0.2194 -0.1301", ((0, 1), (1, 0))),
    ],
    ids=["whole", "row", "column", "cell", "two cells"],
)
def test_a_mistake_may_be_made_throughout_or_in_places(Delta1: str, cells: Any) -> None:  # noqa: ANN401  # cells
    marks = marked(BENT, FORWARD + f"Delta2: -0.3656 0.3047\nDelta1: {Delta1}")
    assert marks.quantities[EXERCISE2.symbol("Delta1")].cells(Verdict.WRONG) == cells
    diagnosis = diagnoses(marks, "Delta1")[0]
    assert diagnosis.mistake == "fprime_forgotten_hidden"
    assert diagnosis.cells == cells
    assert diagnosis.formula is not None
    assert diagnosis.formula.text == "Δ1 = W2ᵀ Δ2"


def test_all_explanations_are_reported() -> None:
    marks = marked(BENT, FORWARD + "Delta2: -0.7313 0.6093")  # with N = 2, the 1/2 and the 1/N are the same
    assert mistakes(marks, "Delta2") == ["factor_forgotten", "average_forgotten"]


def test_what_explains_the_right_cells_too_is_told_first() -> None:
    # Both units are below 0, and their errors -3.861 -3.068 and 5.049 4.012: f1' taken there is 0 and 1.
    exercise = """
inputs: [[1, 2], [1, 0.5]]
targets: [[0.13, 0.74]]
layers:
  - {weights: [[-0.5, -0.4], [-0.3, -0.7]], activation: relu}
  - {weights: [[-1.3, 1.7]], bias: [3.1]}
loss: {name: squared_error, factor: 1/2}
"""
    marks = marked(exercise, "Delta2: 2.97 2.36\nDelta1: 0 0; 5.0490 4.0120")
    assert mistakes(marks, "Delta1") == ["fprime_at_error", "fprime_forgotten_hidden", "other_derivative"]


def test_a_factor_in_one_cell_among_right_ones_explains_nothing() -> None:
    marks = marked(Solution(load("double_fprime")), "S1: 0.5; 1.1; 1.7\nZ1: 0.5; 0.55; 1.7")
    assert verdicts(marks) == {"S1": "correct", "Z1": "correct; wrong; correct"}
    assert mistakes(marks, "Z1") == ["unexplained"]


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("Delta1: -0.07", [("error_sign", True)]),
        ("W1_new: 1.45", [("factor_2", True)]),
        ("Delta1: 0.03", [("unexplained", True)]),  # twice as much is 0.029; so are others
    ],
)
def test_how_sure_a_mistake_is_hangs_on_what_others_give_nearly_as_well(
    answer: str, found: list[tuple[str, bool]]
) -> None:
    exercise = """
inputs: [[-0.8]]
targets: [[-0.6]]
layers: [{weights: [[0.7]], activation: tanh}]
loss: {name: squared_error, factor: 1/2}
learning_rate: 0.5
decimals: 2
"""
    told = diagnoses(marked(exercise, answer), answer.partition(":")[0])
    assert [(diagnosis.mistake, diagnosis.certain) for diagnosis in told] == found


def test_what_nothing_explains_is_unexplained() -> None:
    marks = marked(BENT, FORWARD + "Delta2: -0.9137 0.1549")
    assert mistakes(marks, "Delta2") == ["unexplained"]
    assert diagnoses(marks, "Delta2")[0].cells == ((0, 0), (0, 1))


def test_a_figure_on_the_way_to_what_a_mistake_gives_is_not_explained_by_it() -> None:
    # 0.35 times the error signal, of which an average over the outputs makes a third.
    exercise = """
inputs: [[0.8], [-0.5]]
targets: [[0], [1], [0]]
layers:
  - {weights: [[1.5, 0.4], [0.3, -0.7]], activation: sigmoid}
  - {weights: [[1, 0.5], [-0.6, 0.9], [0.2, 0.1]], activation: softmax}
loss: cross_entropy
"""
    marks = marked(exercise, "Z2: 0.5457; 0.2192; 0.2351\nDelta2: 0.1910; -0.2733; 0.0823")
    assert mistakes(marks, "Delta2") == ["unexplained"]


def test_nothing_is_explained_where_nothing_is_wrong() -> None:
    marks = marked(BENT, FORWARD + "Delta2: -0.3655 0.3047")
    assert list(marks.diagnoses()) == []


def test_a_function_value_that_was_looked_up_wrongly_is_told() -> None:
    exercise = SIGMOID.replace("tanh", "sigmoid").replace("1.5", "3")
    (diagnosis,) = diagnoses(marked(exercise, "S1: 2.4\nZ1: 0.9084"), "Z1")
    assert diagnosis.mistake == "unexplained"
    assert diagnosis.message == "σ(2.4) = 0.9168, you wrote 0.9084."


def test_a_function_value_is_told_at_the_students_own_figure() -> None:
    exercise = SIGMOID.replace("tanh", "sigmoid").replace("1.5", "3")
    (diagnosis,) = diagnoses(marked(exercise, "S1: 1.6\nZ1: 0.7514"), "Z1")
    assert diagnosis.message == "σ(1.6) = 0.8320, you wrote 0.7514."


def test_a_mistake_in_a_step_that_is_not_written_is_named_in_the_next_answer() -> None:
    marks = marked(DEEP, "Z1: 0.6044; 0.1974\nZ2: 0.3311; 0.2899\nDelta2: -0.4853; 0.3745")  # Y - 3/4 instead
    assert verdict(marks, "Delta2") == "wrong"


def test_a_mistake_made_in_one_row_only_is_not_gone_on_from_in_the_whole() -> None:
    # As if Δ2 were twice as large: in the first row of Δ1, and throughout dW2.
    marks = marked(BENT, FORWARD + "Delta1: -0.3514 0.2168; 0.2188 -0.1301\ndW2: -0.4715 0.2906")
    assert verdict(marks, "Delta1") == "wrong wrong; correct correct"
    assert verdict(marks, "dW2") == "wrong"


def test_a_mistake_made_with_the_right_figures_is_not_gone_on_from_with_wrong_ones() -> None:
    # Δ2 twice as large, from the right Z2 in Δ1, from the Z2 that is written in dW2.
    forward = FORWARD.replace("0.2687", "0.2867")
    marks = marked(BENT, forward + "Delta1: -0.3514 0.2168; 0.4376 -0.2602\ndW2: -0.4680 0.2915")
    assert (verdict(marks, "Z2"), verdict(marks, "Delta1")) == ("wrong correct", "wrong")
    assert verdict(marks, "dW2") == "wrong"


BENT_SIGMOID = BENT.replace("bias: [0.2]}", "bias: [0.2], activation: sigmoid}").replace(
    "[[1, -1]]", "[[1, 0]]"
)


def test_what_comes_after_a_mistake_in_a_step_that_is_not_written_follows() -> None:
    # Δ2 without f': -0.2166 0.2018; Δ1 shows it, dW2 and db2 follow
    sheet = """
Z1: 0.1974 -0.5370; 0.0500 0.5370
Z2: 0.5668 0.4035
dW2: -0.1511 0.0975
db2: -0.0148
Delta1: -0.1041 0.0718; 0.1296 -0.0862
"""
    marks = marked(BENT_SIGMOID, sheet)
    assert "fprime_forgotten_output" in mistakes(marks, "Delta1")
    assert verdicts(marks) == {
        "Z1": "correct",
        "Z2": "correct",
        "Delta1": "wrong",
        "dW2": "follows",
        "db2": "follows",
    }


@pytest.mark.parametrize(
    ("figure", "expected"),
    [("-0.1511", "follows"), ("-0.1512", "rounding"), ("-0.1510", "rounding")],
)
def test_what_comes_after_a_mistake_that_is_not_written_may_be_a_unit_off(figure: str, expected: str) -> None:
    sheet = "Z1: 0.1974 -0.5370; 0.0500 0.5370\nZ2: 0.5668 0.4035\nDelta1: -0.1041 0.0718; 0.1296 -0.0862\n"
    assert verdict(marked(BENT_SIGMOID, f"{sheet}dW2: {figure} 0.0975"), "dW2") == expected


@pytest.mark.parametrize(
    ("figure", "expected"), [("0.0046", "rounding"), ("0.0048", "wrong rounding; wrong wrong")]
)
def test_what_comes_after_a_mistake_that_is_not_written_may_be_cut_off(figure: str, expected: str) -> None:
    # dW1[2,1] is 0.00469, and with inputs as small as these no digit of Δ1 that is lost counts there.
    exercise = BENT_SIGMOID.replace("[[0.5, -1.0], [0.25, 2.0]]", "[[0.010, -0.020], [0.25, 0.2]]")
    sheet = "Z1: 0.0530 0.0539; 0.0010 -0.0220\nZ2: 0.5562 0.5598\ndW2: 0.0033 -0.0064\n"
    marks = marked(exercise, f"{sheet}dW1: -0.0039 0.0002; {figure} -0.0003")
    assert verdict(marks, "dW1") == expected


@pytest.mark.parametrize(
    ("figure", "expected"),
    # All that is rounded before it, on paper or on the way, can make no more than 0.11266 of it.
    [("0.1124", "rounding"), ("0.1127", "rounding"), ("0.1128", "wrong")],
)
def test_what_comes_after_a_mistake_that_is_not_written_may_be_rounded_on_the_way(
    figure: str, expected: str
) -> None:
    # With Δ2 and Δ1 rounded to four decimals; the first is -0.0868 without that.
    sheet = "Z1: 0.1974 -0.7616; 0.0500 0.8854\nZ2: 0.5668 0.3292\ndW2: -0.1681 0.1349\n"
    sheet += f"dW1: -0.0866 {figure}; 0.0861 -0.0528"
    assert verdict(marked(BENT_SIGMOID.replace("2.0", "4.0"), sheet), "dW1") == expected


@pytest.mark.parametrize("puzzles", [3, 4, 5])
def test_a_sheet_of_four_puzzles_or_more_is_muddled(puzzles: int) -> None:
    answers = """
S1: 0.31 -0.43; 0.77 0.12
Z1: 0.91 -0.28; 0.61 0.35
Z2: 0.63 0.17
loss: 0.8123
Delta2: 0.4419 0.9127
"""
    marks = marked(BENT, "\n".join(answers.split("\n")[: puzzles + 1]))
    assert list(verdicts(marks).values()) == ["wrong"] * puzzles
    assert marks.muddled == (puzzles >= 4)


def test_a_sheet_with_as_much_that_is_right_is_not_muddled() -> None:
    wrong = "loss: 0.8123\nDelta2: 0.4419 0.9127\nDelta1: 0.71 0.37; 0.93 0.29\ndW2: 0.77 0.91"
    marks = marked(BENT, f"T: 1 -1\n{FORWARD}{wrong}")
    assert sorted(verdicts(marks).values()) == ["correct"] * 4 + ["wrong"] * 4
    assert not marks.muddled


def test_a_sheet_with_one_puzzle_is_not_muddled() -> None:
    marks = marked(BENT, FORWARD + "loss: 0.8123\nDelta2: -0.3656 0.3047")
    assert verdict(marks, "loss") == "wrong"
    assert not marks.muddled


def test_activations_that_repeat_the_pre_activations_are_told() -> None:
    marks = marked(BENT, "S1: 0.20 -0.60; 0.05 0.60\nZ1: 0.20 -0.60; 0.05 0.60\nS2: 0.27 -0.46")
    assert verdict(marks, "Z1") == "correct wrong; correct wrong"
    assert verdict(marks, "S2") == "correct follows"
    assert mistakes(marks, "Z1") == ["activation_left_out"]


def test_names_that_are_swapped_are_told() -> None:
    marks = marked(
        BENT, "S1: 0.1974 -0.5370; 0.0500 0.5370\nZ1: 0.2000 -0.6000; 0.0500 0.6000\nZ2: 0.2687 -0.3907"
    )
    told = " ".join(diagnosis.message for _, diagnosis in marks.diagnoses())
    assert "swapped" in told


def test_what_can_be_wrong_anywhere_is_said_only_where_nothing_else_is() -> None:
    exercise = "inputs: [[0.65]]\ntargets: [[0.1], [1], [0]]\nlayers: [{weights: [[0.3], [0.2], [0.9]]}]\n"
    marks = marked(
        exercise + "loss: {name: squared_error, factor: 1}",
        "Z1: 0.195; 0.13; 0.585\ndW1: 0.062; -0.566; 0.380",
    )
    assert mistakes(marks, "dW1") == ["two_forgotten"]


def test_what_an_earlier_answer_rules_out_is_not_said_of_just_any_figure() -> None:
    exercise = "inputs: [[0.6]]\ntargets: [[0.2]]\nlayers:\n  - {weights: [[0.5]], activation: sigmoid}\n"
    exercise += "  - {weights: [[0.8]]}\nloss: {name: squared_error, factor: 1/2}"
    sheet = "Y: 0.4595\nDelta1: -5.658"  # f' of a Z1 ten times too large, with which Y would not be right
    assert mistakes(marked(exercise, sheet), "Delta1") == ["unexplained"]


BEHIND = """
inputs: [[0.6], [-0.4]]
targets: [[0.2]]
layers:
  - {weights: [[0.35, -0.7], [0.25, 0.45]], activation: sigmoid}
  - {weights: [[0.8, -0.55]], activation: sigmoid}
loss: {name: squared_error, factor: 1/2}
learning_rate: 0.5
decimals: 9
"""
UPDATED = "W2_new: 0.772747197 -0.571644705\nW1_new: 0.345030481 -0.696686987; 0.253624943 0.447583371\n"


def test_a_mistake_that_only_what_comes_after_the_update_has_is_told() -> None:
    # The loss of a run with W2' in dZ1, beside the weights of a run with W2.
    (found,) = diagnoses(marked(BEHIND, f"{UPDATED}loss_new: 0.060882771"), "loss_new")
    assert found.mistake == "weights_already_updated"
    assert found.message.endswith("Yet W1' was computed correctly.")
    assert found.formula is not None
    assert found.formula.text == "dZ1 = W2'ᵀ Δ2"


@pytest.mark.parametrize("loss", ["0.060890123", "0.0611"])
def test_no_mistake_is_sought_behind_right_figures_without_many_digits_that_tell(loss: str) -> None:
    marks = marked(BEHIND, f"{UPDATED}loss_new: {loss}")
    assert mistakes(marks, "loss_new") == ["unexplained"]


def test_what_is_expected_belongs_to_the_line_that_the_cells_beside_it_were_accepted_on() -> None:
    # Δ2 should be -0.3656, 0.3047; with it, not with what was written, dW2 is -0.2358, 0.1453
    marks = marked(BENT, FORWARD + "Delta2: -0.3656 0.9047\ndW2: -0.2358 0.6453")
    assert verdict(marks, "dW2") == "correct wrong"
    expected = marks.quantities[EXERCISE2.symbol("dW2")].expected.value
    np.testing.assert_allclose(expected, [[-0.2358, 0.1453]], atol=0.0001)


def test_the_derivative_at_a_figure_is_told_where_a_mistake_would_say_nothing() -> None:
    exercise = "inputs: [[1], [1]]\ntargets: [[0], [0], [0]]\nloss: squared_error\nlayers:\n"
    exercise += "  - {weights: [[0.5, 0.2], [-0.3, -0.1], [0.7, -0.2]], activation: relu}"
    exercise = exercise.replace("loss: squared_error", "loss: {name: squared_error, factor: 1/2}")
    marks = marked(exercise, "S1: 0.70; -0.40; 0.50\nfprime1: 1.00; 1.00; 1.00")
    assert [each.message for each in diagnoses(marks, "fprime1")] == ["relu'(-0.4) = 0.00, you wrote 1.00."]


def test_an_answer_with_the_figures_of_another_quantity_is_told_so() -> None:
    sheet = FORWARD + "Delta2: -0.3656 0.3047\ndb1: -0.1757 0.1084; 0.2188 -0.1301"
    (found,) = diagnoses(marked(BENT, sheet), "db1")
    assert found.message.endswith("these are the figures of Δ1.")


@pytest.mark.parametrize(("answer", "other"), [("S2", "S1"), ("Z2", "Z1")])
def test_an_answer_with_figures_of_two_quantities_is_told_for_the_one_of_its_kind(
    answer: str, other: str
) -> None:
    exercise = """
inputs: [[0.6, -0.2], [0.3, 0.9]]
layers:
  - {weights: [[0.5, -0.7], [0.2, 0.4], [0.1, 0.3]]}
  - {weights: [[0.9, 0.1, 0.2], [-0.3, 0.8, 0.5]]}
"""
    figures = "0.09 -0.73; 0.24 0.32; 0.15 0.25"
    (found,) = diagnoses(marked(exercise, f"S1: {figures}\n{answer}: {figures}"), answer)
    assert found.message.endswith(f"these are the figures of {other}.")


def test_an_answer_with_the_figures_of_another_layer_is_told_so() -> None:
    exercise = "inputs: [[0.6, -0.2], [0.3, 0.9]]\nlayers:\n  - {weights: [[0.5, -0.7], [0.2, 0.4]]}\n"
    exercise += "  - {weights: [[0.9, 0.1], [-0.3, 0.8]]}\n"
    S1 = "0.0900 -0.7300; 0.2400 0.3200"
    found = diagnoses(marked(exercise, f"S1: {S1}\nS2: {S1}"), "S2")
    assert [each.message for each in found] == ["These are the figures of S1."]


# ---------------------------------------------------------------------------- conventions

ALL_RIGHT = "dW2: -0.2358 0.1453\ndb2: -0.0610\nW2_new: 0.6179 -0.6727\n"


def test_error_signals_of_the_other_sign_are_a_convention_where_all_else_is_right() -> None:
    sheet = FORWARD + "Delta2: 0.3656 -0.3047\nDelta1: 0.1757 -0.1084; -0.2188 0.1301\n" + ALL_RIGHT
    marks = marked(BENT, sheet)
    assert marks.convention == "Δ stands for -∂L/∂S here"
    assert set(verdicts(marks).values()) == {"correct"}
    assert marks.points == len(marks.quantities)


def test_error_signals_of_the_usual_sign_are_a_convention_in_a_course_with_the_other() -> None:
    marks = marked(BENT + "conventions: {delta: -dL/dS}", "Delta2: -0.3656 0.3047\ndW2: -0.2358 0.1453")
    assert marks.convention == "Δ stands for ∂L/∂S here"


@pytest.mark.parametrize(
    "gradients",
    ["", "Delta1: 0.1757 -0.1084; -0.2188 0.1301", "dW2: 0.2358 -0.1453\nW2_new: 0.3821 -0.5273"],
    ids=["alone", "with the next", "with all that follows"],
)
def test_error_signals_of_the_other_sign_are_wrong_where_no_counterpart_is_shown(gradients: str) -> None:
    marks = marked(BENT, FORWARD + f"Delta2: 0.3656 -0.3047\n{gradients}")
    assert marks.convention is None
    assert verdict(marks, "Delta2") == "wrong"
    assert "error_sign" in mistakes(marks, "Delta2")


def test_a_convention_needs_the_rest_to_be_right() -> None:
    sheet = FORWARD + "Delta2: 0.3656 -0.3047\ndW2: -0.2358 0.1453\nW2_new: 0.6179 -0.9727"
    marks = marked(BENT, sheet)
    assert marks.convention is None
    assert verdict(marks, "Delta2") == "wrong"


NEURON = """
inputs: [[1], [2]]
targets: [[1]]
layers: [{weights: [[0.5, -0.4]], bias: [0.1], activation: sigmoid}]
loss: {name: squared_error, factor: 1/2}
"""


@pytest.mark.parametrize("shown", ["dZ1: -0.5498", "Delta1: -0.1361"])
def test_target_minus_output_is_a_convention_where_what_comes_of_it_is_right(shown: str) -> None:
    marks = marked(NEURON, f"Z1: 0.4502\nerr: 0.5498\n{shown}\ndW1: -0.1361 -0.2722")
    assert marks.convention == "err stands for T - Z1 here"
    assert set(verdicts(marks).values()) == {"correct"}
    (error,) = (quantity for symbol, quantity in marks.quantities.items() if symbol.plain == "err")
    assert error.answer.texts == (("0.5498",),)
    assert error.expected.value == pytest.approx(0.5498, abs=1e-4)


def test_target_minus_output_is_the_counterpart_of_the_older_error_signals() -> None:
    exercise = NEURON + "conventions: {delta: -dL/dS}\nsymbols: {Z: y, T: d}"
    marks = marked(exercise, "y1: 0.4502\nerr: 0.5498\nDelta1: 0.1361")
    assert marks.convention == "err stands for d - y1 here"


@pytest.mark.parametrize(
    "sheet",
    [
        "Z1: 0.4502\nerr: 0.5498",
        "Z1: 0.4502\nerr: 0.5498\ndW1: -0.1361 -0.2722",
        "Z1: 0.4502\nerr: 0.5498\ndZ1: 0.5498",
        "Z1: 0.4502\nerr: 0.5498\nDelta1: 0.1361\ndW1: -0.1361 -0.1361",
    ],
    ids=["alone", "without the errors", "carried on", "beside a mistake"],
)
def test_target_minus_output_is_wrong_where_no_counterpart_is_shown(sheet: str) -> None:
    marks = marked(NEURON, sheet)
    assert marks.convention is None
    assert mistakes(marks, "err")[0] == "error_sign"


def test_target_minus_output_is_a_convention_beside_a_mistake_that_has_nothing_to_do_with_it() -> None:
    marks = marked(NEURON, "Z1: 0.4502\nerr: 0.5498\nDelta1: -0.1361\ndW1: -0.1361 -0.1361")
    assert marks.convention == "err stands for T - Z1 here"
    assert verdicts(marks) == {
        "Z1": "correct",
        "err": "correct",
        "Delta1": "correct",
        "dW1": "correct wrong",
    }
    assert mistakes(marks, "dW1")


@pytest.mark.parametrize(
    ("gradients", "words"),
    [
        ("dW2: -0.2358 0.1453\nW2_new: 0.6179 -0.6727", "the average is taken in the gradients here"),
        ("dW2: -0.4716 0.2906\nW2_new: 0.6179 -0.6727", "the average is taken in the update here"),
    ],
)
def test_the_average_in_a_later_step_is_a_convention(gradients: str, words: str) -> None:
    marks = marked(BENT, FORWARD + f"Delta2: -0.7313 0.6093\n{gradients}")
    assert marks.convention == words
    assert set(verdicts(marks).values()) == {"correct"}


def test_the_average_in_an_earlier_step_is_a_convention() -> None:
    exercise = BENT + "conventions: {average_in: gradients}"
    marks = marked(exercise, FORWARD + "Delta2: -0.3656 0.3047\ndW2: -0.2358 0.1453")
    assert marks.convention == "the average is taken in the error signals here"


@pytest.mark.parametrize("gradients", ["", "dW2: -0.4716 0.2906\nW2_new: 0.7358 -0.7453"])
def test_the_average_nowhere_is_wrong(gradients: str) -> None:
    marks = marked(BENT, FORWARD + f"Delta2: -0.7313 0.6093\n{gradients}")
    assert marks.convention is None
    assert "average_forgotten" in mistakes(marks, "Delta2")


@pytest.mark.parametrize(
    ("sheet", "words"),
    [
        (
            "S1: 0.2 0.05; -0.6 0.6\nZ2: 0.2687; -0.3908\ndW2: -0.2358; 0.1453",
            "samples are rows and weights are in × out here",
        ),
        (
            "Z2: 0.2687; -0.3908\nDelta2: -0.3656; 0.3046\ndW2: -0.2358 0.1453",
            "samples are rows here",
        ),
        (
            "Z2: 0.2687 -0.3908\ndW2: -0.2358; 0.1453\nW2_new: 0.6179; -0.6727",
            "weights are in × out here",
        ),
        (
            "S2: 0.2687 -0.3908\nZ2: 0.2687; -0.3908\nDelta2: -0.3656; 0.3046",  # S2 is a list
            "samples are rows here",
        ),
    ],
)
def test_all_matrices_turned_are_a_convention(sheet: str, words: str) -> None:
    marks = marked(BENT, sheet)
    assert marks.convention == words
    assert set(verdicts(marks).values()) == {"correct"}


def test_one_matrix_turned_among_others_is_wrong() -> None:
    marks = marked(BENT, "Z2: 0.2687 -0.3908\nDelta2: -0.3656; 0.3046\ndW2: -0.2358 0.1453")
    assert marks.convention is None
    assert verdicts(marks) == {"Z2": "correct", "Delta2": "wrong", "dW2": "correct"}


def test_turned_matrices_among_square_ones_that_are_not_are_wrong() -> None:
    marks = marked(BENT, "S1: 0.2 -0.6; 0.05 0.6\nZ2: 0.2687; -0.3908\nDelta2: -0.3656; 0.3046")
    assert marks.convention is None


def test_square_matrices_may_all_be_turned_too() -> None:
    marks = marked(BENT, "S1: 0.2 0.05; -0.6 0.6\nZ1: 0.1974 0.0500; -0.5370 0.5370\nloss: 0.2265")
    assert marks.convention == "samples are rows here"
    assert set(verdicts(marks).values()) == {"correct"}


@pytest.mark.parametrize(
    "sheet", ["S1: 0.2 0.05; -0.6 0.6", "S1: 0.2 0.05; -0.6 0.6\nZ1: 0.1974 -0.5370; 0.0500 0.5370"]
)
def test_one_square_matrix_turned_is_wrong(sheet: str) -> None:
    marks = marked(BENT, sheet)
    assert marks.convention is None
    assert "transposed" in mistakes(marks, "S1")


SUBTRACTED = f"{FORWARD}dW2: -0.2358 0.1453\nstep_W2: -0.1179 0.0727\n"


def test_steps_that_are_subtracted_are_a_convention() -> None:
    marks = marked(BENT, f"{SUBTRACTED}W2_new: 0.6179 -0.6727")
    assert marks.convention == "the steps of the update are subtracted here"
    assert set(verdicts(marks).values()) == {"correct"}
    assert marks.quantities[EXERCISE2.symbol("step_W2")].answer.texts == (("-0.1179", "0.0727"),)


def test_steps_of_the_other_sign_are_wrong_where_no_update_shows_what_they_mean() -> None:
    marks = marked(BENT, SUBTRACTED)
    assert marks.convention is None
    assert mistakes(marks, "step_W2") == ["update_added"]


def test_a_reversed_update_does_not_follow_from_its_steps() -> None:
    marks = marked(BENT, f"{SUBTRACTED}W2_new: 0.3821 -0.5273")
    assert marks.convention is None
    assert (verdict(marks, "step_W2"), verdict(marks, "W2_new")) == ("wrong", "wrong")
    assert "update_added" in mistakes(marks, "W2_new")
    assert marks.points == 5  # of 6: the same mistake is paid for once


@pytest.mark.parametrize("at_outputs", ["", "dZ2: -0.3656 0.3047\n", "dZ2: 0.3656 -0.3047\n"])
def test_errors_passed_back_with_the_sign_of_the_error_signals_are_a_convention(at_outputs: str) -> None:
    exercise = f"{BENT}conventions: {{delta: -dL/dS}}\n"
    signals = "Delta2: 0.3656 -0.3047\nDelta1: 0.1757 -0.1084; -0.2188 0.1301\n"
    marks = marked(exercise, f"{FORWARD}{at_outputs}{signals}dZ1: 0.1828 -0.1523; -0.2194 0.1828")
    assert marks.convention == "errors are passed back with the sign of Δ here"
    assert set(verdicts(marks).values()) == {"correct"}
    wrong = marked(exercise, f"{FORWARD}Delta2: 0.3656 -0.3047\ndZ1: 0.1828 -0.1523; -0.2194 0.1828")
    assert "sign_of_delta_kept" in mistakes(wrong, "dZ1")


OLDER = "Delta2: 0.3656 -0.3047\nDelta1: 0.1757 -0.1084; -0.2188 0.1301\n"
OLDER += "dW2: -0.2358 0.1453\nW2_new: 0.6179 -0.6727"


def test_target_minus_output_beside_the_older_error_signals_is_a_convention() -> None:
    marks = marked(BENT, f"{FORWARD}err: 0.7313 -0.6093\n{OLDER}")
    assert marks.convention == "Δ stands for -∂L/∂S here, and err stands for T - Z2 here"
    assert set(verdicts(marks).values()) == {"correct"}


def test_layers_may_be_numbered_from_the_output() -> None:
    sheet = "S1: 0.2687 -0.3908\nS2: 0.2 -0.6; 0.05 0.6\nDelta1: -0.3656 0.3046\ndW1: -0.2358 0.1453\n"
    marks = marked(BENT, sheet)
    assert marks.convention == "layers are numbered from the output here"
    assert set(verdicts(marks).values()) == {"correct"}
    assert marked(BENT, f"{sheet}dW2: -0.2358 0.1453").convention is None
