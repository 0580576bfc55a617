"""Slips of a moment: what is left out of a sum, misread, miswritten, or put in the wrong place."""

import re

import pytest

from mlpcalc import load
from mlpcalc.marking.misprints import meant, misread
from mlpcalc.marking.slips import SLIPS
from mlpcalc.solving.solution import Solution
from tests.support.marked import diagnoses, marked, mistakes, verdict, verdicts

EXERCISE = """
inputs: [[1.25, -0.5, 2.0], [0.4, 1.6, -1.1], [0.75, 0.35, 0.9]]
targets: [[1, 0, 1], [0, 1, 1]]
layers:
  - {weights: [[0.31, -0.72, 0.45], [-0.28, 0.64, 0.17]], bias: [0.15, -0.35], activation: sigmoid}
  - {weights: [[1.2, -0.9], [0.7, 1.4]], bias: [-0.2, 0.3], activation: sigmoid}
loss: {name: squared_error, factor: 1/2}
learning_rate: 0.5
"""
# The same with a sample in each row.
ROWS = EXERCISE.replace(
    "[[1.25, -0.5, 2.0], [0.4, 1.6, -1.1], [0.75, 0.35, 0.9]]",
    "[[1.25, 0.4, 0.75], [-0.5, 1.6, 0.35], [2.0, -1.1, 0.9]]",
).replace("[[1, 0, 1], [0, 1, 1]]", "[[1, 0], [0, 1], [1, 1]]")
ROWS += "conventions: {product: X W^T}\n"
S1 = "S1: 0.5870 -0.9995 1.9670; -0.3165 0.8735 -1.4610"
FORWARD = f"""
{S1}
Z1: 0.6427 0.2690 0.8773; 0.4215 0.7055 0.1883
Z2: 0.5478 0.3747 0.6645; 0.7925 0.8140 0.7645
"""
BACK = f"{FORWARD}Delta2: -0.1120 0.0878 -0.0748; 0.1303 -0.0282 -0.0424\n"


def messages(sheet: str, name: str, exercise: str = EXERCISE) -> list[str]:
    """What is said about one quantity."""
    return [diagnosis.message for diagnosis in diagnoses(marked(exercise, sheet), name)]


def test_the_figures_without_a_slip_are_right() -> None:
    assert set(verdicts(marked(EXERCISE, BACK)).values()) == {"correct"}


# ---------------------------------------------------------------------------- sums and givens


@pytest.mark.parametrize(
    ("sheet", "mistake", "message"),
    [
        (
            "S1: 0.5870 0.1525 1.9670; -0.3165 0.8735 -1.4610",
            "term_left_out",
            "The second term of the sum is missing.",
        ),
        (
            "S1: 0.8750 0.1525 1.1750; -0.3165 0.8735 -1.4610",
            "term_left_out",
            "The second term of the sum is missing.",
        ),
        (
            "S1: 0.5870 1.3045 1.9670; -0.3165 0.8735 -1.4610",
            "term_sign",
            "The second term of the sum has the wrong sign.",
        ),
        (
            "S1: 0.5870 -0.9995 1.9670; 0.8310 0.8735 -1.4610",
            "term_times_ten",
            "The third term of the sum is ten times too large.",
        ),
        (
            "S1: 0.5870 -4.2395 1.9670; -0.3165 3.7535 -1.4610",
            "given_misread",
            "X[2,2] is 1.6 but was read as 6.1.",
        ),
        (
            "S1: 0.5870 -0.6895 1.9670; -0.3165 0.5935 -1.4610",
            "given_misread",
            "X[1,2] is -0.5 but was read as 0.5.",
        ),
        (
            "S1: 0.5870 -0.4570 1.9670; -0.3165 0.3835 -1.4610",
            "given_misread",
            "X[1,2] is -0.5 but was read as 1.25.",
        ),
        (
            "S1: 0.6545 -0.9680 2.0480; -0.3165 0.8735 -1.4610",
            "given_misread",
            "W1[1,3] is 0.45 but was read as 0.54.",
        ),
    ],
)
def test_what_is_wrong_with_a_sum_is_told(sheet: str, mistake: str, message: str) -> None:
    found = {each.mistake: each.message for each in diagnoses(marked(EXERCISE, sheet), "S1")}
    assert found[mistake] == message
    assert "unexplained" not in found


def test_one_of_two_terms_left_out_is_told() -> None:
    # 1.2 · 0.6427 - 0.2 = 0.5712, without the term -0.9 · 0.4215
    sheet = f"""
{S1}
Z1: 0.6427 0.2690 0.8773; 0.4215 0.7055 0.1883
S2: 0.5712 -0.5121 0.6833; 1.3400 1.4760 1.1777
"""
    assert verdict(marked(EXERCISE, sheet), "S2") == "wrong correct correct; correct correct correct"
    assert messages(sheet, "S2") == ["The second term of the sum is missing."]


@pytest.mark.parametrize(("figure", "mistake"), [("0.20", "term_left_out"), ("0.00", "unexplained")])
def test_a_zero_is_nothing_done_rather_than_a_term_left_out(figure: str, mistake: str) -> None:
    # without the second term, 0.5 - 0.3 and 0.5 - 0.5 are left
    weights = {"0.20": "[0.5, 0.7, -0.3]", "0.00": "[0.5, 0.7, -0.5]"}[figure]
    exercise = f"inputs: [[1], [1], [1]]\nlayers:\n  - {{weights: [{weights}]}}\n"
    assert mistake in mistakes(marked(exercise, f"S1: {figure}"), "S1")


@pytest.mark.parametrize(
    ("sheet", "name", "message"),
    [
        (
            "Z1: 0.6427 0.5381 0.8773; 0.4215 0.7055 0.1883",
            "Z1",
            "The second term of the sum in S1 is missing.",
        ),
        (
            f"{BACK}Delta1: -0.0309 0.0207 -0.0097; 0.0246 -0.0164 0.0103",
            "Delta1",
            "The second term of the sum in dZ1 is missing.",
        ),
        (f"{FORWARD}loss: 0.2287", "loss", "The second term of the sum in losses is missing."),
        (
            f"{BACK}W2_new: 1.2242 -0.9074; 0.6619 1.3825",
            "W2_new",
            "The third term of the sum in dW2 is missing.",
        ),
        (
            f"{BACK}W2_new: 1.2328 -0.8930; 0.7186 1.4040",
            "W2_new",
            "Only sample 3 was used; add up all samples.",
        ),
    ],
)
def test_what_is_wrong_with_a_sum_that_was_not_written_is_told(sheet: str, name: str, message: str) -> None:
    assert message in messages(sheet, name)


def test_a_given_is_named_in_the_layout_of_the_exercise() -> None:
    sheet = "S1: 0.5870 -0.3165; -4.2395 3.7535; 1.9670 -1.4610"
    assert messages(sheet, "S1", ROWS) == ["X[2,2] is 1.6 but was read as 6.1."]
    sheet = "S1: 0.5870 -0.3165; -0.4570 0.3835; 1.9670 -1.4610"
    assert messages(sheet, "S1", ROWS) == ["X[2,1] is -0.5 but was read as 1.25."]


def test_a_target_misread_is_told() -> None:
    sheet = FORWARD + "err: -0.4522 -0.6253 -0.3355; 0.7925 -0.1860 -0.2355"
    assert "T[1,2] is 0 but was read as 1." in messages(sheet, "err")


def test_a_bias_left_out_of_one_cell_is_told() -> None:
    sheet = "S1: 0.5870 -0.9995 1.9670; -0.3165 0.8735 -1.1110"
    assert "bias_left_out" in mistakes(marked(EXERCISE, sheet), "S1")


def test_a_sample_left_out_of_a_gradient_is_told() -> None:
    sheet = BACK + "dW2: -0.0420 0.0478; -0.0448 -0.0279"
    assert "term_left_out" in mistakes(marked(EXERCISE, sheet), "dW2")


@pytest.mark.parametrize(
    ("gradient", "message"),
    [
        ("dW2: -0.0656 -0.0141; -0.0372 -0.0080", "Only sample 3 was used; add up all samples."),
        ("dW2: -0.0720 -0.0472; 0.0838 0.0549", "Only sample 1 was used; add up all samples."),
        ("db2: -0.0748 -0.0424", "Only sample 3 was used; add up all samples."),
    ],
)
def test_a_gradient_of_one_sample_only_is_told(gradient: str, message: str) -> None:
    assert messages(BACK + gradient, gradient[:3]) == [message]


@pytest.mark.parametrize(
    ("sheet", "name", "rate"),
    [
        ("dW2: -0.1140 0.0006; 0.0390 0.0271\nW2_new: 1.2342 -0.9002; 0.6883 1.3919", "W2_new", "0.3"),
        ("db2: -0.0990 0.0598\nb2_new: -0.1703 0.2821", "b2_new", "0.3"),
    ],
)
def test_another_learning_rate_is_told(sheet: str, name: str, rate: str) -> None:
    assert f"The step was made with η = {rate}." in messages(BACK + sheet, name)


def test_a_tenth_of_the_learning_rate_is_one_factor() -> None:
    sheet = "dW2: -0.1140 0.0006; 0.0390 0.0271\nW2_new: 1.2057 -0.9000; 0.6981 1.3986"
    assert "factor_tenth" in mistakes(marked(EXERCISE, BACK + sheet), "W2_new")


@pytest.mark.parametrize(
    ("gradient", "mistake"),
    [
        ("-0.2280 0.0012; 0.0780 0.0542", "factor_2"),
        ("-1.1400 0.0060; 0.3900 0.2710", "factor_10"),
        ("0.1140 -0.0006; -0.0390 -0.0271", "opposite_sign"),
    ],
)
def test_one_factor_for_the_whole_matrix_is_told(gradient: str, mistake: str) -> None:
    assert mistake in mistakes(marked(EXERCISE, f"{BACK}dW2: {gradient}"), "dW2")


# ---------------------------------------------------------------------------- places


@pytest.mark.parametrize(
    ("sheet", "mistake", "message"),
    [
        (
            "S1: -0.3165 0.8735 -1.4610; 0.5870 -0.9995 1.9670",
            "rows_swapped",
            "Rows 1 and 2 are swapped.",
        ),
        (
            "S1: 0.5870 1.9670 -0.9995; -0.3165 -1.4610 0.8735",
            "columns_swapped",
            "Columns 2 and 3 are swapped.",
        ),
        (
            "S1: -1.4610 -0.9995 1.9670; -0.3165 0.8735 0.5870",
            "cells_swapped",
            "The figures of S1[1,1] and S1[2,3] are swapped.",
        ),
        (
            "S1: -1.4610 -0.9995 1.9670; -0.3165 0.8735 -1.4610",
            "copied",
            "This is the figure of S1[2,3].",
        ),
        (
            "S1: 0.5870 -0.3165 -0.9995; 0.8735 1.9670 -1.4610",
            "column_order",
            "The figures are right, but filled in column by column instead of row by row.",
        ),
    ],
)
def test_figures_in_the_wrong_places_are_told(sheet: str, mistake: str, message: str) -> None:
    found = {each.mistake: each.message for each in diagnoses(marked(EXERCISE, sheet), "S1")}
    assert found[mistake] == message


def test_swapped_rows_are_those_of_the_sheet() -> None:
    sheet = "S1: 0.5870 -0.3165; 1.9670 -1.4610; -0.9995 0.8735"
    assert "Rows 2 and 3 are swapped." in messages(sheet, "S1", ROWS)


def test_a_square_matrix_that_is_turned_is_told() -> None:
    found = mistakes(marked(EXERCISE, BACK + "dW2: -0.1140 0.0390; 0.0006 0.0271"), "dW2")
    assert {"gradient_turned", "transposed"} & set(found)


def test_the_figure_of_another_quantity_is_told() -> None:
    sheet = BACK + "Delta1: -0.1120 0.0168 -0.0129; 0.0691 -0.0246 0.0012"
    assert messages(sheet, "Delta1") == ["This is the figure of the same cell of Δ2."]


def test_a_zero_is_no_copy() -> None:
    assert mistakes(marked(EXERCISE, f"{S1}\nZ1: 0.0000 0.2690 0.8773; 0.4215 0.7055 0.1883"), "Z1") == [
        "unexplained"
    ]


# ---------------------------------------------------------------------------- figures


@pytest.mark.parametrize(
    ("right", "figure", "mistake", "message"),
    [
        ("0.5870", "0.8570", "digits_swapped", "Two digits are swapped"),
        ("0.5870", "5.0870", "digits_swapped", "Two digits are swapped"),
        ("0.5870", "0.58870", "digit_inserted", "One digit too many"),
        ("0.8735", "0.835", "digit_dropped", "A digit is missing"),
        ("0.8735", "0.875", "digit_dropped", "It could be this: A digit is missing"),
        ("0.5870", "5.870", "point_shifted", "The decimal point is misplaced"),
        ("0.5870", "0.0587", "point_shifted", "The decimal point is misplaced"),
        ("0.5870", "58.70", "point_shifted", "The decimal point is misplaced"),
        ("0.5870", "-0.5870", "sign_lost", "The sign is wrong"),
        ("-1.4610", "1.4610", "sign_lost", "The sign is wrong"),
    ],
)
def test_a_figure_that_is_miswritten_is_told(right: str, figure: str, mistake: str, message: str) -> None:
    marks = marked(EXERCISE, S1.replace(right, figure))
    assert verdict(marks, "S1").count("wrong") == 1
    found = {each.mistake: each.message for each in diagnoses(marks, "S1")}
    assert found[mistake] == f"{message}: you wrote {figure}."


def test_a_point_that_is_shifted_may_have_taken_the_last_digit_along() -> None:
    sheet = BACK + "Delta1: -0.0099 0.1680 -0.0129; 0.0691 -0.0246 0.0012"  # 0.0168 is 0.01684 rounded
    assert "point_shifted" in mistakes(marked(EXERCISE, sheet), "Delta1")


def test_a_figure_that_follows_from_a_mistake_may_be_miswritten_too() -> None:
    sheet = (
        "S1: 0.7780 -0.9995 1.9670; -0.3165 0.8735 -1.4610\nZ1: 0.8652 0.2690 0.8773; 0.4215 0.7055 0.1883"
    )
    assert messages(sheet, "Z1") == ["Two digits are swapped: you wrote 0.8652."]


def test_several_slips_are_told_cell_by_cell() -> None:
    sheet = "S1: 0.8570 -0.9995 1.9670; -0.3165 8.735 -1.4610"
    found = {each.cells: each.mistake for each in diagnoses(marked(EXERCISE, sheet), "S1")}
    assert found == {((0, 0),): "digits_swapped", ((1, 1),): "point_shifted"}


def test_one_kind_of_slip_in_several_places_is_told_of_each() -> None:
    sheet = "S1: 0.8570 -0.9995 1.9670; -0.3165 0.7835 -1.4610"
    found = [(each.mistake, each.cells) for each in diagnoses(marked(EXERCISE, sheet), "S1")]
    assert found == [("digits_swapped", ((0, 0),)), ("digits_swapped", ((1, 1),))]


def test_a_given_that_is_answered_wrongly_is_unexplained() -> None:
    marks = marked(EXERCISE, "W1: 0.31 0.55 0.45; -0.28 0.64 0.17")
    assert verdict(marks, "W1") == "correct wrong correct; correct correct correct"
    assert mistakes(marks, "W1") == ["unexplained"]


def test_what_is_left_of_several_slips_is_unexplained() -> None:
    sheet = "S1: 0.8570 -0.9995 1.9670; -0.3165 4.7391 -1.4610"
    found = {each.cells: each.mistake for each in diagnoses(marked(EXERCISE, sheet), "S1")}
    assert found == {((0, 0),): "digits_swapped", ((1, 1),): "unexplained"}


@pytest.mark.parametrize(
    "before", ["", "Z2: 1 2; 3 4\n"], ids=["as it is", "after an answer of another shape"]
)
def test_a_mistake_in_a_step_that_is_not_written_is_told(before: str) -> None:
    # (W2ᵀ (Z2 - T)) ⊙ Z1 ⊙ (1 - Z1): f2' is missing
    sheet = f"""
{S1}
Z1: 0.6427 0.2690 0.8773; 0.4215 0.7055 0.1883
{before}Delta1: 0.0028 0.0628 -0.0611; 0.3698 -0.1242 -0.0042
"""
    assert mistakes(marked(EXERCISE, sheet), "Delta1") == ["error_propagated", "fprime_forgotten_output"]


def test_a_mistake_that_an_earlier_answer_rules_out_is_not_told() -> None:
    # (Z2 - T) Z1ᵀ; but Δ1 needs the Δ2 that has its f2'
    sheet = f"""
{S1}
Z1: 0.6427 0.2690 0.8773; 0.4215 0.7055 0.1883
Delta1: -0.0099 0.0168 -0.0129; 0.0691 -0.0246 0.0012
dW2: -0.4842 0.0105; 0.2527 0.1585
"""
    assert mistakes(marked(EXERCISE, sheet), "dW2") == ["gradient_of_error"]


def test_a_mistake_made_on_the_right_figures_is_told_after_one_that_was_miscopied() -> None:
    # 0.5748 for 0.5478; but Δ2 is the right Z2 - T, without f2'
    sheet = FORWARD.replace("0.5478", "0.5748") + "Delta2: -0.4522 0.3747 -0.3355; 0.7925 -0.1860 -0.2355"
    marks = marked(EXERCISE, sheet)
    assert mistakes(marks, "Z2") == ["digits_swapped"]
    assert "fprime_forgotten_output" in mistakes(marks, "Delta2")


# (W2'ᵀ (Z2 - T)) ⊙ f1'(S1): without f2', and with weights that are already updated.
TWO_AT_ONCE = "Delta1: -0.0067 0.0677 -0.0627; 0.3672 -0.1237 -0.0037\n"


@pytest.mark.parametrize("before", [BACK, FORWARD], ids=["error signal written", "not written"])
def test_two_mistakes_on_one_path_are_told_together(before: str) -> None:
    marks = marked(EXERCISE, f"{before}{TWO_AT_ONCE}W1_new: 0.3938 -0.8073 0.4688; -0.5367 0.6635 0.0556")
    (found,) = diagnoses(marks, "Delta1")
    assert found.mistake == "error_propagated+weights_already_updated"
    assert found.message.startswith("Two mistakes: ")
    assert found.formula is not None
    assert found.formula.text == "dZ1 = W2'ᵀ (Z2 - T)"
    assert verdict(marks, "W1_new") == "follows"


def test_two_mistakes_that_leave_a_number_to_be_added_up_are_no_pair() -> None:
    # the margin and the true class both left out of the derivative of a hinge: 1 - T ⊙ (1 1ᵀ 1)
    marks = marked(Solution(load("exercise3")), 'dW1: "~ ~; ~ ~; ~ 2.60"')
    assert verdict(marks, "dW1") == "blank blank; blank blank; blank wrong"


def test_one_mistake_is_told_rather_than_two() -> None:
    # (W2ᵀ (Z2 - T)) ⊙ f1'(S1)
    found = mistakes(
        marked(EXERCISE, f"{BACK}Delta1: 0.0028 0.0628 -0.0611; 0.3698 -0.1242 -0.0042"), "Delta1"
    )
    assert found == ["error_propagated"]


def test_a_blank_cell_contradicts_no_swap_of_rows() -> None:
    sheet = "S1: -0.3165 ~ -1.4610; 0.5870 -0.9995 1.9670"
    assert "rows_swapped" in mistakes(marked(EXERCISE, sheet), "S1")


def test_a_slip_is_no_misconception() -> None:
    marks = marked(EXERCISE, S1.replace("0.5870", "0.8570"))
    assert not any(each.misconception for each in diagnoses(marks, "S1"))


# ---------------------------------------------------------------------------- texts


def meant_by(text: str) -> dict[str, set[float]]:
    """What may have been meant by a figure, by the name of the slip."""
    found: dict[str, set[float]] = {}
    for each in meant(text):
        found.setdefault(each.slip, set()).add(each.value)
    return found


def test_what_may_have_been_meant_by_a_figure() -> None:
    found = meant_by("-1.23")
    assert found["sign_lost"] == {1.23}
    assert found["digits_swapped"] == {-2.13, -1.32}
    assert found["digit_inserted"] == {-0.23}  # -1.2 and -1.3 would only be rounded
    assert sorted(found["point_shifted"]) == pytest.approx([-123.0, -12.3, -0.123, -0.0123])
    assert {-1.523, -1.253, -1.235} <= found["digit_dropped"]


def test_a_point_may_be_shifted_either_way_by_two_places() -> None:
    shifted = [(value, half) for name, value, half, *_ in meant("5.87") if name == "point_shifted"]
    expected = [(0.0587, 0.005), (0.587, 0.005), (58.7, 0.05), (587, 0.5)]
    assert shifted == [pytest.approx(pair) for pair in expected]


def test_a_digit_more_makes_a_figure_narrower() -> None:
    halves = {name: {each.half for each in meant("1.234") if each.slip == name} for name in meant_by("1.234")}
    assert halves["digits_swapped"] == {0.0005}
    assert halves["digit_dropped"] == {0.00005}
    assert halves["digit_inserted"] == {0.005, 0.0005}


@pytest.mark.parametrize(
    ("output", "loss", "mistake"),
    [
        ("0.5225", "10.02155", "unexplained"),  # 10.024155 is between 10.02378 and 10.02423, as much else is
        ("0.5224848", "10.02155", "unexplained"),
        ("0.5224848", "10.0207", "digit_dropped"),  # 10.02407
    ],
)
def test_a_digit_is_missing_only_where_those_after_it_bear_it_out(
    output: str, loss: str, mistake: str
) -> None:
    exercise = "inputs: [[0.09]]\ntargets: [[5]]\nlayers: [{weights: [[1]], activation: sigmoid}]\n"
    sheet = f"Z1: {output}\nloss: {loss}"
    assert mistakes(marked(f"{exercise}loss: {{name: squared_error, factor: 1/2}}", sheet), "loss") == [
        mistake
    ]


@pytest.mark.parametrize("text", ["1/3", "1e5", "0.02", "7"])
def test_figures_with_few_digits_may_mean_little_else(text: str) -> None:
    assert set(meant_by(text)) <= {"sign_lost", "point_shifted"}


@pytest.mark.parametrize(
    "text", ["0", "0.00", "-0", "+1.5", "\N{MINUS SIGN}2.75", ".5", "5.", "1e-3", "10/7", "9" * 60]
)
def test_every_figure_can_be_looked_at(text: str) -> None:
    assert all(each.half >= 0 for each in meant(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("-0.5", {"0.5"}), ("1.6", {"-1.6", "6.1"}), ("0.45", {"-0.45", "0.54", "4.05"}), ("12", {"-12", "21"})],
)
def test_what_may_be_read_instead_of_a_given(text: str, expected: set[str]) -> None:
    assert expected <= {variant for _, variant in misread(text)}


def test_what_is_read_is_never_a_number_with_a_leading_zero() -> None:
    assert not [variant for _, variant in misread("10.5") if re.match(r"-?0\d", variant)]


def test_every_kind_of_slip_has_a_title_a_sentence_and_a_hint() -> None:
    assert len({kind.title for kind in SLIPS.values()}) == len(SLIPS)
    assert all(kind.message.endswith((".", "{}")) and kind.hint[-1] in ".?" for kind in SLIPS.values())


def test_a_slip_is_told_of_the_cells_that_it_explains() -> None:
    exercise = "inputs: [[1]]\nlayers: [{weights: [[0.4583], [0.8691], [0.7047]]}]\n"
    marks = marked(exercise, "S1: 0.7047; 0.4583; 0.7047")
    told = [(each.cells, each.message) for mark in marks.quantities.values() for each in mark.diagnoses]
    assert told == [
        (((0, 0),), "This is the figure of S1[3,1]."),
        (((1, 0),), "This is the figure of S1[1,1]."),
    ]


@pytest.mark.parametrize(("figure", "certain"), [("-1.04", False), ("-1.0400", True)])
def test_a_slip_is_less_certain_the_more_slips_lead_near_a_figure(figure: str, certain: bool) -> None:
    exercise = """
inputs: [[0.7, -0.4], [0.3, 0.6], [-0.8, 0.2]]
targets: [[1, 0]]
layers:
  - {weights: [[0.4, -0.2, 0.9], [0.3, 0.5, -0.6]], activation: tanh}
  - {weights: [[0.8, -0.6]]}
loss: {name: squared_error, factor: 1/2}
"""
    marks = marked(exercise, f"S1: {figure} -0.10; 0.84 0.06")  # 0.28 - 0.06 - 0.72 = -0.50
    (found,) = diagnoses(marks, "S1")
    assert (found.mistake, found.certain) == ("term_times_ten", certain)
