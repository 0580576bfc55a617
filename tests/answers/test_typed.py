"""What is typed into a cell: figures in any spelling, blanks, and commas that mean a point or a gap."""

import unicodedata
from math import inf, isnan

import numpy as np
import pytest

from mlpcalc.answers.digits import figure
from mlpcalc.answers.typed import reading
from tests.answers.test_reader import COLUMNS, answer, read

# Every dash of Unicode, from its tables.
DASHES = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Pd"] + ["\u2212"]


@pytest.mark.parametrize("dash", DASHES, ids=unicodedata.name)
def test_any_dash_is_a_minus(dash: str) -> None:
    assert reading(f"{dash}0.25").figure == "-0.25"
    assert reading(f"1e{dash}2").figure == "1e-2"
    assert answer(f"Z2: {dash}0.5 0.25 {dash}1e{dash}1 0").value.tolist() == [[-0.5, 0.25, -0.1, 0]]


def test_there_are_many_dashes() -> None:
    assert len(DASHES) > 20


@pytest.mark.parametrize("blank", ["~", "-", "–", "—", "--", "?", "n/a", "N/A", "''", "null", "None", "NA"])
def test_a_blank_has_many_signs(blank: str) -> None:
    for text in (f"Z2: [1, {blank}, 3, 4]", f"Z2: |\n  1 {blank.strip(chr(39)) or '~'} 3 4\n"):
        found = answer(text)
        np.testing.assert_array_equal(found.value, [[1, np.nan, 3, 4]])
        assert found.unread is None
    sheet = read(f"loss: {blank}\nS2: {blank}\nZ2: 1 2 3 4\n")
    assert [symbol.plain for symbol in sheet.answers] == ["Z2"]
    assert (sheet.not_understood, sheet.remarks) == ((), ())


@pytest.mark.parametrize(
    ("text", "value"),
    [("inf", inf), ("-inf", -inf), ("∞", inf), ("-∞", -inf), ("–∞", -inf), (".inf", inf), ("Infinity", inf)],
)
def test_an_infinity_is_a_figure(text: str, value: float) -> None:
    found = answer(f"loss: {text}")
    assert (found.value.item(), found.half.item(), found.unread) == (value, 0, None)


@pytest.mark.parametrize(
    "text", ["nan", "NaN", ".nan", "1_0", "oops", "1.2.3", "0x1", "1e999", "0." + "3" * 99]
)
def test_what_is_no_figure_is_unread_and_shown_as_typed(text: str) -> None:
    sheet = read(f"Z2: [1, {text}, 3, 4]\nloss: 0.5\n")
    found = sheet.answers[COLUMNS.symbol("Z2")]
    assert found.unread is not None
    assert found.unread.tolist() == [[False, True, False, False]]
    assert isnan(found.value[0, 1])
    assert found.texts == (("1", None, "3", "4"),)
    assert found.written == (("1", text, "3", "4"),)
    assert [problem.place and problem.place.line for problem in sheet.not_understood] == [1]


def test_only_figures_that_can_be_infinite_are_infinities() -> None:
    assert figure("inf").value == inf
    with pytest.raises(ValueError, match="is not a number"):
        figure("∞")  # spelled as it is read


# ---------------------------------------------------------------------------- commas


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("loss: 0,4916", [[0.4916]]),
        ("loss: -12,25", [[-12.25]]),
        ("loss: 1,5e-3", [[0.0015]]),
        ("Z2: 0,5 –0,3 0,25 0,1", [[0.5, -0.3, 0.25, 0.1]]),
        ("Z2: |\n  0,5, 0,3, 0,25, ~", [[0.5, 0.3, 0.25, np.nan]]),
        ("Z2: [0,5, 0,3, 0,25, 0,1]", [[0.5, 0.3, 0.25, 0.1]]),
        ("Z2: [[0,5, -0,3, 0,25, 0,1]]", [[0.5, -0.3, 0.25, 0.1]]),
        ("S1: |\n  0,5 1,5 2,5 3,5\n  0,1 0,2 0,3 0,4", [[0.5, 1.5, 2.5, 3.5], [0.1, 0.2, 0.3, 0.4]]),
        ("S1: 0,5 1,5 2,5 3,5; 0,1 0,2 0,3 0,4", [[0.5, 1.5, 2.5, 3.5], [0.1, 0.2, 0.3, 0.4]]),
        ("Z2: 0.5 0,25 1.5 2.5", [[0.5, 0.25, 1.5, 2.5]]),
        ("Z2: 1,234 2,5 3,5 4,5", [[1.234, 2.5, 3.5, 4.5]]),
        ("S1[1,1]: 0,5", [[0.5, *[np.nan] * 3], [np.nan] * 4]),
    ],
)
def test_a_decimal_comma_is_read_where_it_can_mean_nothing_else(text: str, values: list[list[float]]) -> None:
    found = read(f"{text}\nS2: 1 2 3 4\n")
    (quantity,) = (each for each in found.answers.values() if each.symbol.plain != "S2")
    np.testing.assert_array_equal(quantity.value, values)
    assert found.not_understood == ()
    (remark,) = found.remarks
    assert "decimal commas read as points" in remark.message
    assert remark.place is not None
    assert "," in (remark.place.source or "")
    assert quantity.written != quantity.texts


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Z2: 0.5,0.3,0.25,0.1", [[0.5, 0.3, 0.25, 0.1]]),
        ("Z2: 1,2,3,4", [[1, 2, 3, 4]]),
        ("S1: |\n  0.5,1,2,3\n  4,5,6,7", [[0.5, 1, 2, 3], [4, 5, 6, 7]]),
        ("Z2: '0.5,0.3 0.25,0.1'", [[0.5, 0.3, 0.25, 0.1]]),
    ],
)
def test_a_comma_separates_where_it_can_be_no_point(text: str, values: list[list[float]]) -> None:
    found = read(text)
    (quantity,) = found.answers.values()
    np.testing.assert_array_equal(quantity.value, values)
    assert (found.not_understood, found.remarks) == ((), ())


@pytest.mark.parametrize(
    "text", ["Z2: 1,5 2,3", "Z2: 0,5 0,3", "loss: 1,234", "Z2: 1,234 2.5 3.5 4.5", "loss: 1,2,3"]
)
def test_a_comma_that_may_mean_either_is_not_read(text: str) -> None:
    sheet = read(f"{text}\nS2: 1 2 3 4\n")
    found = next(each for each in sheet.answers.values() if each.symbol.plain != "S2")
    assert found.unread is not None or found.written_shape is not None
    assert sheet.not_understood
    assert sheet.remarks == ()
