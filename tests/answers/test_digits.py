"""How wide the figures of a sheet are."""

import math
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpcalc.answers.digits import coarsest, figure, figures, single_chance, widths
from mlpcalc.reading.numerals import NumeralError, numeral


@pytest.mark.parametrize(
    ("text", "value", "half"),
    [
        ("0.4580", 0.458, 0.00005),
        ("-0.0068", -0.0068, 0.00005),
        ("\N{MINUS SIGN}0.5", -0.5, 0.05),
        (".25", 0.25, 0.005),
        ("12.0", 12, 0.05),
        ("1e-3", 0.001, 0.0005),
        ("6.9e-13", 6.9e-13, 0.05e-13),
        ("1.50e2", 150, 0.5),
        ("2e3", 2000, 500),
        ("3", 3, 0.5),
        ("-7", -7, 0.5),
        ("3.", 3, 0.5),
        ("0", 0, 0.5),
        ("1/3", 1 / 3, 0),
        ("-2/4", -0.5, 0),
        ("0.0000", 0, 0.00005),
    ],
)
def test_a_figure_means_its_value_and_half_a_unit_of_its_last_digit(
    text: str, value: float, half: float
) -> None:
    found = figure(text)
    assert found.value == value
    assert found.half == pytest.approx(half, rel=1e-15)


@given(st.floats(-1e6, 1e6), st.integers(1, 12))
def test_a_rounded_number_lies_within_the_width_of_its_figure(number: float, places: int) -> None:
    found = figure(f"{number:.{places}f}")
    assert abs(found.value - number) <= found.half + math.ulp(number)


@pytest.mark.parametrize("text", ["3", "-12", "+4", "0", "\N{MINUS SIGN}1", "100", "2.", "0."])
def test_a_figure_without_decimals_is_whole(text: str) -> None:
    assert figure(text).whole


@pytest.mark.parametrize(
    ("text", "half"), [("0e9", 0.5), ("0.00e5", 0.005), ("0.000e-2", 0.000005), ("1e9", 5e8)]
)
def test_an_exponent_does_not_widen_a_zero(text: str, half: float) -> None:
    assert figure(text).half == pytest.approx(half)


@pytest.mark.parametrize(
    ("text", "digits"), [("1e9", 1), ("0e9", 0), ("0.0", 0), ("0.0450", 3), ("1200", 4), ("12.0", 3)]
)
def test_significant_digits_are_counted_from_the_first_that_is_not_zero(text: str, digits: int) -> None:
    assert figure(text).significant == digits


@pytest.mark.parametrize("text", ["3.0", "1e3", "3e0", "6/2", "0.5", "1.50e2"])
def test_decimals_exponents_and_fractions_are_not_whole(text: str) -> None:
    assert not figure(text).whole


@pytest.mark.parametrize("text", ["", "~", "nan", "0,5", "1_0"])
def test_what_is_no_number_is_no_figure(text: str) -> None:
    with pytest.raises(NumeralError):
        figure(text)


# ---------------------------------------------------------------------------- 0 and ±1


@pytest.mark.parametrize(
    ("texts", "decimals"),
    [
        ([["0.50", "0.125"]], 2),
        ([["0", "0.125", None]], 3),
        ([["0", "3"], ["1/3", None]], None),
        ([["1e-3", "2.5e-7"]], None),  # says nothing about decimals elsewhere
        ([["3.", "0.1250"]], 4),
    ],
)
def test_the_coarsest_figure_is_the_one_with_the_fewest_decimals(
    texts: list[list[str | None]], decimals: int | None
) -> None:
    assert coarsest(figures(texts)) == decimals


@pytest.mark.parametrize(
    "short", ["0", "-0", "+0", "1", "+1", "-1", "\N{MINUS SIGN}1", "0.", "-1.", "0e9", "0e0"]
)
def test_a_whole_0_or_1_is_as_wide_as_the_decimals_it_is_given(short: str) -> None:
    _, half, whole = widths(figures([[short, "0.1234"]]), (1, 2), 2)
    np.testing.assert_allclose(half, [[0.005, 0.00005]])
    np.testing.assert_array_equal(whole, [[True, False]])


@pytest.mark.parametrize("text", ["2", "10", "0.0", "1.0", "1e0", "0.0e0", "3/3"])
def test_other_figures_keep_the_width_they_have(text: str) -> None:
    _, half, _ = widths(figures([[text]]), (1, 1), 4)
    assert half == figure(text).half


def test_without_any_decimals_0_and_1_are_as_wide_as_other_whole_numbers() -> None:
    _, half, _ = widths(figures([["0"], ["1"], ["5"]]), (3, 1), None)
    np.testing.assert_array_equal(half, [[0.5], [0.5], [0.5]])


def test_a_blank_has_no_value_and_no_width_and_is_not_whole() -> None:
    value, half, whole = widths(figures([["1", None]]), (1, 2), None)
    np.testing.assert_array_equal(value, [[1, np.nan]])
    np.testing.assert_array_equal(half, [[0.5, np.nan]])
    np.testing.assert_array_equal(whole, [[True, False]])


# ---------------------------------------------------------------------------- float32

single_values = st.floats(2.0**-100, 2.0**100, width=32)


@pytest.mark.parametrize(
    "text",
    ["0.86899996", "-0.44200003", "0.45800000429153442", "-3.2999999523162842", "1.1920928955e-07"],
)
def test_a_long_figure_may_be_a_float32_value(text: str) -> None:
    assert figure(text).chance < 1 / 2


@given(single_values, st.sampled_from([".7e", ".8f", ".9e", ".11e", ".17g", ".40f"]))
def test_every_float32_value_of_many_digits_is_one_to_the_digits_written(number: float, form: str) -> None:
    assert figure(f"{number:{form}}"[:60]).chance <= 1


@given(single_values, st.sampled_from([".6e", ".7g", ".3f"]))
def test_a_figure_of_few_digits_is_no_sign_of_float32(number: float, form: str) -> None:
    text = f"{number:{form}}"
    assert len(numeral(text).digits) > 7 or figure(text).chance == 1


@pytest.mark.parametrize("text", ["0.4580000000123", "0.33333333333333331", "2.7182818284590451"])
def test_a_long_figure_of_double_precision_is_no_float32_value(text: str) -> None:
    assert figure(text).chance == inf


@pytest.mark.parametrize(
    "text",
    [
        *("0.5000000000", "-12.25000000000", "3.0000000000e-05"),  # short, with zeros
        *("9" * 50, "1" * 12 + "e40", "1.23456789012e-45", "0.00000000000000", "1e-300"),  # out of range
    ],
)
def test_short_decimals_and_what_float32_cannot_hold_tell_nothing(text: str) -> None:
    assert figure(text).chance == 1


def test_a_sheet_is_in_float32_where_chance_would_not_have_it_so() -> None:
    printed = ["0.86899996", "-0.44200003", "0.70399994", "0.61399996", "0.55200005", "0.61899996", "0.5"]
    assert single_chance(map(figure, printed)) < 1e-4
    assert single_chance(map(figure, printed[:2])) > 1e-2  # a sixth, and a third
    assert single_chance(map(figure, [*printed, "0.86900125"])) == inf
    assert single_chance([figure("0.4580000042915344")]) < 1e-8


def test_all_figures_of_a_sheet_in_float32_are_as_wide_as_its_values() -> None:
    cells = [figure(text) for text in ("0.45800000429", "0.5000000000", "0.25", "1", "1/3")]
    _, half, _ = widths(cells, (1, 5), 4, single=True)
    np.testing.assert_array_equal(half, [[2**-26, 2**-25, 0.005, 0.00005, 0]])
