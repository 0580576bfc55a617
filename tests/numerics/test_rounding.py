"""Figures to so many digits, as they are shown."""

from decimal import Context, Decimal

import numpy as np
import pytest

from mlpcalc.numerics.rounding import Digits


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.458, 4, "0.4580"),
        (-0.0068, 3, "-0.00680"),
        (1234.5, 4, "1235"),  # a tie, away from zero
        (1234.4, 4, "1234"),
        (12346.0, 4, "1.235e+04"),
        (9.9996, 4, "10.00"),
        (99996.0, 4, "1.000e+05"),
        (0.00012345, 4, "0.0001235"),
        (0.000012345, 3, "1.23e-05"),
        (6.91440011e-13, 4, "6.914e-13"),
        (5e-324, 2, "5.0e-324"),
        (0.0, 4, "0"),
        (-0.0, 4, "0"),
        (float("inf"), 4, "∞"),
        (float("nan"), 4, "?"),
        (0.1 + 0.2, 15, "0.300000000000000"),
        (2.675, 3, "2.68"),  # 2.67499999999999982236431605997495353221893310546875
    ],
)
def test_significant_digits(value: float, digits: int, text: str) -> None:
    assert Digits(digits, significant=True).figure(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.458, "0.4580"), (12346.0, "12346.0000"), (6.9e-13, "6.9e-13")]
)
def test_decimals(value: float, text: str) -> None:
    assert Digits(4).figure(value) == text


@pytest.mark.parametrize("digits", range(1, 10))
def test_a_figure_is_as_near_as_its_digits_let_it_be(digits: int) -> None:
    rng = np.random.default_rng(digits)
    context = Context(prec=digits)
    for value in (rng.normal(size=200) * 10.0 ** rng.integers(-12, 12, 200)).tolist():
        assert Decimal(Digits(digits, significant=True).figure(value)) == context.create_decimal(repr(value))


def test_more_digits() -> None:
    assert Digits(3, significant=True).more(2).figure(0.458) == "0.45800"


@pytest.mark.parametrize(
    ("digits", "words"),
    [
        (Digits(4), "4 decimals"),
        (Digits(1), "1 decimal"),
        (Digits(0), "no decimals"),
        (Digits(3, significant=True), "3 significant digits"),
        (Digits(1, significant=True), "1 significant digit"),
    ],
)
def test_digits_in_words(digits: Digits, words: str) -> None:
    assert digits.in_words == words
