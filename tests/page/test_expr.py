"""Expressions as values: equal where they say the same."""

from fractions import Fraction

from mlpcalc.page.expr import ONE, Add, Coefficient, Ref, Scale, Sub, Sum, scalar, sum_of
from mlpcalc.page.symbols import Symbol
from mlpcalc.page.trees import children, exchange

S, Z = Ref(Symbol("S", 1)), Ref(Symbol("Z", 1))


def test_a_sum_is_not_the_difference_of_the_same_operands() -> None:
    assert Add(S, Z) != Sub(S, Z)
    assert Add(S, Z) == S + Z


def test_a_sum_of_many_terms_is_one_node_with_all_of_them() -> None:
    assert sum_of([S]) == S
    assert sum_of([S, sum_of([Z, S]), Z]) == Sum((S, Z, S, Z))
    assert children(Sum((S, Z, S))) == (S, Z, S)
    assert exchange(Sum((S, Z, S)), S, Z) == Sum((Z, Z, Z))


def test_only_equal_parts_are_exchanged() -> None:
    assert exchange((S + Z) * (S - Z), S - Z, Z) == (S + Z) * Z


def test_powers_of_a_scalar_that_cancel_leave_nothing() -> None:
    assert scalar("N") * scalar("N", -1) == ONE


def test_coefficients_multiply_number_by_number_and_power_by_power() -> None:
    half = Coefficient(Fraction(1, 2))
    assert half * scalar("eta") * half * scalar("eta") * scalar("N", -1) * S == Scale(
        Coefficient(Fraction(1, 4), (("N", -1), ("eta", 2))), S
    )
