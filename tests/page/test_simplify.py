"""The standard form of an expression: how it is written, and that its value stays what it is."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from mlpcalc.arrays import Array
from mlpcalc.numerics.evaluate import Context, evaluate
from mlpcalc.page import expr
from mlpcalc.page.expr import Expr, Number, Ref, Scale
from mlpcalc.page.simplify import simplify
from mlpcalc.page.symbols import Symbol

S, Z, B, R = Ref(Symbol("S", 1)), Ref(Symbol("Z", 1)), Ref(Symbol("b", 1)), Ref(Symbol("losses"))
ZERO, ONE, FIVE = (Number(Fraction(number)) for number in (0, 1, 5))
MATRICES = {
    S.symbol: np.array([[1.5, -2.0], [0.25, 3.0]]),
    Z.symbol: np.array([[-0.75, 0.5], [4.0, -1.25]]),
    B.symbol: np.array([[2.0], [-3.0]]),
    R.symbol: np.array([[0.5, 7.0]]),
}
FORMS: list[tuple[Expr, Expr]] = [
    (1 * S, S),
    (2 * (Fraction(1, 2) * S), S),
    (2 * (3 * S), 6 * S),
    (-2 * (S - Z), 2 * (Z - S)),
    (-((S - Z) * Z), (Z - S) * Z),
    (3 * ZERO, ZERO),
    (3 * FIVE, Number(Fraction(15))),
    (FIVE * S, 5 * S),
    (S * FIVE, 5 * S),
    ((2 * S) * Z, 2 * (S * Z)),
    (S * (2 * Z), 2 * (S * Z)),
    ((2 * S) @ Z, 2 * (S @ Z)),
    (S @ (2 * Z), 2 * (S @ Z)),
    ((2 * S) @ (3 * Z), 6 * (S @ Z)),
    (S / ONE, S),
    (S / FIVE, S / FIVE),
    ((2 * S) / Z, 2 * (S / Z)),
    ((2 * S).T, 2 * S.T),
    (expr.RowSums(2 * S), 2 * expr.RowSums(S)),
    (expr.ColumnSums(2 * S), 2 * expr.ColumnSums(S)),
    (expr.Total(2 * S), 2 * expr.Total(S)),
    (S + expr.AcrossColumns(2 * B), S + 2 * expr.AcrossColumns(B)),
    (S + expr.AcrossRows(2 * R), S + 2 * expr.AcrossRows(R)),
    (S + ZERO, S),
    (ZERO + S, S),
    (S - ZERO, S),
    (S + FIVE, S + FIVE),
    (S + -2 * Z, S - 2 * Z),
    (S - -2 * Z, S + 2 * Z),
    (S + -1 * Z, S - Z),
    (expr.Total(expr.ColumnSums(S)), expr.Total(S)),
    (expr.Total(expr.RowSums(S)), expr.Total(S)),
    (S.T.T, S),
    (S.T.T.T, S.T),
    (((2 * (S - Z)) * (Fraction(1, 2) * Z)).T, ((S - Z) * Z).T),
]


def _value(node: Expr) -> Array:
    quantity: Callable[[Symbol], Array] = MATRICES.__getitem__
    return evaluate(node, Context(quantity, lambda coefficient: float(coefficient.number)))


@pytest.mark.parametrize(("written", "standard"), FORMS)
def test_an_expression_has_one_standard_form_of_the_same_value(written: Expr, standard: Expr) -> None:
    assert simplify(written) == standard
    assert simplify(standard) == standard
    np.testing.assert_allclose(_value(written), _value(standard), rtol=1e-15)


def test_a_factor_with_a_letter_stays_in_front_of_a_number() -> None:
    rate = Scale(expr.scalar("eta"), FIVE)
    assert simplify(rate) == rate
