"""What counts as a number, and which one it is."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpcalc.reading.numerals import MAX_DIGITS, NumeralError, approximate, exact, numeral
from mlpcalc.text.wording import shown

ACCEPTED = {
    "0": Fraction(0),
    "-0": Fraction(0),
    "7": Fraction(7),
    "+7": Fraction(7),
    "-0.0068": Fraction(-68, 10000),
    "0.50": Fraction(1, 2),
    ".5": Fraction(1, 2),
    "-.5": Fraction(-1, 2),
    "5.": Fraction(5),
    "1e-3": Fraction(1, 1000),
    "1E3": Fraction(1000),
    "1.5e+2": Fraction(150),
    ".5e1": Fraction(5),
    "2.e-1": Fraction(1, 5),
    "1e007": Fraction(10**7),
    "1/3": Fraction(1, 3),
    "-2/6": Fraction(-1, 3),
    "0/5": Fraction(0),
    "\N{MINUS SIGN}0.25": Fraction(-1, 4),
    "\N{MINUS SIGN}1/4": Fraction(-1, 4),
    "2e\N{MINUS SIGN}2": Fraction(1, 50),
    "1e300": Fraction(10**300),
    "1e-300": Fraction(1, 10**300),
    "0." + "3" * (MAX_DIGITS - 1): Fraction(int("3" * (MAX_DIGITS - 1)), 10 ** (MAX_DIGITS - 1)),
}
REFUSED = (
    *("", " ", "~", "null", "-", "+", ".", "-.", "e5", ".e5", "1e", "1e+", "1e1.5", "x", "0.5x", "O.5"),
    *("nan", "NaN", ".nan", "-nan", "inf", "-inf", ".inf", "+.Inf", "Infinity", "∞"),
    *("1_0", "1_000.5", "010", "-010", "00", "00.5", "0x10", "0o7", "0b1", "1:30", "1:30:00"),
    *("true", "false", "yes", "no", "on", "off", "True"),
    *("0,5", "1,000", "1.000,5", "1.2.3", "1'000", "1 000", "--1", "+-1", "1-", "- 1", "–1", "—1"),
    *("1/0", "1/-3", "1/", "/3", "1//3", "1/3/3", "1 / 3", "1/03", "0.5/2", "1/2.5", "1/3e5", "1e5/3"),
    *("½", "²", "١", "１", "50%", "5f", "5L", "1j", "1e5e5", "0.5\n", " 0.5", "0.5 ", "\u200b1"),
)

finite = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e290, max_value=1e290)


@pytest.mark.parametrize("text", ACCEPTED)
def test_an_accepted_spelling_has_its_exact_value(text: str) -> None:
    assert exact(text) == ACCEPTED[text]


@pytest.mark.parametrize("text", ACCEPTED)
def test_the_float_is_the_one_nearest_to_the_exact_value(text: str) -> None:
    assert approximate(text) == float(ACCEPTED[text])


@pytest.mark.parametrize("text", REFUSED)
def test_anything_else_is_no_number(text: str) -> None:
    with pytest.raises(NumeralError, match="is not a number"):
        exact(text)
    with pytest.raises(NumeralError, match="is not a number"):
        approximate(text)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("0,5", "decimal comma? write 0.5"),
        ("-12,25", "decimal comma? write -12.25"),
        ("\N{MINUS SIGN}0,5", "decimal comma? write \N{MINUS SIGN}0.5"),
        ("nan", "every number must be finite"),
        (".inf", "every number must be finite"),
        ("010", "no leading zeros: 10"),
        ("-010", "no leading zeros: -10"),
        ("00.3", "no leading zeros: 0.3"),
        ("00", "no leading zeros: 0"),
        ("1_000", "write 1000"),
        ("1:30", "a fraction is written with a slash, as in 1/3"),
        ("true", "write 1 or 0"),
        ("", "a number is missing here"),
        ("~", "a number is missing here"),
        ("word", None),
    ],
)
def test_the_hint_says_how_to_write_it(text: str, hint: str | None) -> None:
    with pytest.raises(NumeralError) as caught:
        exact(text)
    assert caught.value.hint == hint


@pytest.mark.parametrize("read", [exact, approximate])
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1" * 61, "has more than 60 digits"),
        ("0." + "0" * 60, "has more than 60 digits"),
        ("1/" + "9" * 60, "has more than 60 digits"),
        ("9" * 1_000_000, "has more than 60 digits"),
        ("1e" + "9" * 5000, "has more than 60 digits"),
        ("1e301", "is out of range"),
        ("1e-301", "is out of range"),
        ("1e\N{MINUS SIGN}999999999", "is out of range"),
    ],
)
def test_a_number_beyond_the_limits_is_refused_at_once(read: object, text: str, reason: str) -> None:
    assert callable(read)
    with pytest.raises(NumeralError, match=reason):
        read(text)


@pytest.mark.parametrize("text", ["9999999999e300", "-9999999999e300", "1" * 59 + "e300"])
def test_a_number_beyond_double_precision_is_refused(text: str) -> None:
    with pytest.raises(NumeralError):
        approximate(text)


@given(finite)
def test_what_python_prints_of_a_float_is_read_back_unchanged(number: float) -> None:
    text = repr(number)
    if abs(number) > 1e-290 or number == 0:
        assert exact(text) == Fraction(text)
        assert approximate(text) == number
        assert float(exact(text)) == number


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**12))
def test_a_fraction_is_read_exactly(numerator: int, denominator: int) -> None:
    assert exact(f"{numerator}/{denominator}") == Fraction(numerator, denominator)
    assert approximate(f"{numerator}/{denominator}") == numerator / denominator


@given(st.text(alphabet="0123456789+-−.eE/_,: xn", max_size=12))
def test_what_is_accepted_is_a_number_for_python_too(text: str) -> None:
    try:
        number = exact(text)
    except NumeralError:
        return
    assert number == Fraction(text.replace("\N{MINUS SIGN}", "-"))


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("0.4580", 4),
        ("-0.0068", 4),
        ("\N{MINUS SIGN}0.50", 2),
        ("3", 0),
        ("3.", 0),
        (".5", 1),
        ("1e-3", 3),
        ("1.50e-3", 5),
        ("1e2", -2),
        ("1.25e2", 0),
        ("2e\N{MINUS SIGN}2", 2),
        ("1/3", None),
    ],
)
def test_the_places_after_the_point_are_those_written(text: str, places: int | None) -> None:
    assert numeral(text).decimals == places


@given(st.floats(-1e6, 1e6), st.integers(0, 15))
def test_a_figure_written_with_so_many_decimals_has_so_many(number: float, places: int) -> None:
    assert numeral(f"{number:.{places}f}").decimals == places


@pytest.mark.parametrize("text", ACCEPTED)
def test_a_numeral_has_the_same_value_as_the_number(text: str) -> None:
    assert numeral(text).value == approximate(text)


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_number_is_no_numeral(text: str) -> None:
    with pytest.raises(NumeralError, match="is not a number"):
        numeral(text)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("0.4580", "4580"),
        ("-0.00680", "680"),
        ("\N{MINUS SIGN}12.50", "1250"),
        ("100", "100"),
        (".05", "5"),
        ("3.", "3"),
        ("0", ""),
        ("-0.000", ""),
        ("1.50e-13", "150"),
        ("1/3", ""),
    ],
)
def test_the_significant_digits_are_those_after_the_leading_zeros(text: str, digits: str) -> None:
    assert numeral(text).digits == digits


@pytest.mark.parametrize(
    ("text", "exponent"), [("1e3", True), ("0.5E-1", True), ("0.5", False), ("1/3", False)]
)
def test_a_numeral_knows_whether_an_exponent_was_written(text: str, exponent: bool) -> None:
    assert numeral(text).exponent == exponent


def test_a_long_text_is_quoted_in_part() -> None:
    assert shown("x" * 1000) == repr("x" * 27 + "…")
