"""What is written means what was meant: Python reads code and calculator lines back to the same value."""

from collections.abc import Callable
from fractions import Fraction
from math import tanh

import numpy as np
import pytest

from mlpcalc.explaining.arithmetic import for_calculator
from mlpcalc.explaining.cells import Figure
from mlpcalc.notation.styles import NUMPY
from mlpcalc.notation.writer import Writer
from mlpcalc.numerics.evaluate import Context, evaluate
from mlpcalc.page import expr, trees
from mlpcalc.page.functions import exp, one, zero
from mlpcalc.page.symbols import Symbol

VALUES = {
    Symbol("W", 1): np.array([[0.5, -1.5], [2.0, 0.25]]),
    Symbol("W", 2): np.array([[-0.75, 1.25], [0.5, 3.0]]),
}
NUMBERS = (Fraction(1, 13), Fraction(-2), Fraction(5, 2), Fraction(2, 3), Fraction(-7, 29))
SCALARS = {"N": 4, "M": 2, "η": 0.5, "λ": 0.1}


def matrices(rng: np.random.Generator, depth: int) -> expr.Expr:
    """A random expression between 2 × 2 matrices."""

    def part() -> expr.Expr:
        return matrices(rng, depth - 1)

    if depth == 0:
        leaves: list[expr.Expr] = [*map(expr.Ref, VALUES), expr.Number(NUMBERS[int(rng.integers(5))])]
        return leaves[int(rng.choice(3, p=[0.4, 0.4, 0.2]))]
    A = expr.Ref(Symbol("W", 1))
    coefficient = expr.Coefficient(
        NUMBERS[int(rng.integers(5))], ((("N", -1), ("eta", 1)), ())[rng.integers(2)]
    )
    made: tuple[Callable[[], expr.Expr], ...] = (
        lambda: part() + part(),
        lambda: part() - part(),
        lambda: expr.sum_of(part() for _ in range(4)),
        lambda: part() * part(),
        lambda: part() / (exp(expr.Call("tanh", part())) + one),
        lambda: (A * part()) @ (A * part()),
        lambda: coefficient * (A * part()),
        lambda: coefficient * part(),
        lambda: -part(),
        lambda: (A * part()).T,
        lambda: part() ** int(rng.integers(2, 4)),
        lambda: A * expr.AcrossColumns(expr.RowSums(A * part())),
        lambda: A * expr.AcrossRows(expr.ColumnSums(A * part())),
        lambda: A * expr.Total(A * part()),
        lambda: expr.Maximum(part(), A),
        lambda: expr.Where(A - part(), part(), part(), inclusive=bool(rng.integers(2))),
        lambda: expr.Where(A - part(), one, zero),
    )
    return made[int(rng.integers(len(made)))]()


@pytest.mark.parametrize("seed", range(40))
def test_code_computes_what_the_expression_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    context = Context(VALUES.__getitem__, lambda c: float(worth(c)))
    for _ in range(10):
        node = matrices(rng, 4)
        text = Writer(NUMPY).text(node)
        names = {symbol.plain: value for symbol, value in VALUES.items()} | SCALARS | {"np": np}
        with np.errstate(all="ignore"):
            found, expected = eval(text, names), evaluate(node, context)  # noqa: S307  # what is tested
        np.testing.assert_allclose(np.broadcast_to(found, expected.shape), expected, 1e-9, err_msg=text)


def worth(coefficient: expr.Coefficient) -> float:
    """A coefficient in the numbers above."""
    value = float(coefficient.number)
    for name, power in coefficient.powers:
        value *= {"N": 4, "eta": 0.5}[name] ** power
    return value


def numbers(rng: np.random.Generator, depth: int) -> expr.Expr:
    """A random expression between figures as they are printed."""

    def part() -> expr.Expr:
        return numbers(rng, depth - 1)

    if depth == 0:
        return Figure(("0.5", "-1.25", "1/3", "2", "6.9e-03")[int(rng.integers(5))])
    made: tuple[Callable[[], expr.Expr], ...] = (
        lambda: part() + part(),
        lambda: part() - part(),
        lambda: expr.sum_of(part() for _ in range(4)),
        lambda: part() * part(),
        lambda: part() / (exp(expr.Call("tanh", part())) + one),
        lambda: -part(),
        lambda: part() ** int(rng.integers(2, 4)),
        lambda: expr.Maximum(part(), part()),
    )
    return made[int(rng.integers(len(made)))]()


@pytest.mark.parametrize("seed", range(40))
def test_a_calculator_computes_what_the_line_says(seed: int) -> None:
    rng = np.random.default_rng(seed)

    def value(node: expr.Expr) -> float:
        known = trees.rewrite(
            node, lambda part: expr.Number(Fraction(part.text)) if isinstance(part, Figure) else None
        )
        return float(evaluate(known, Context(VALUES.__getitem__, lambda c: float(c.number))))

    for _ in range(10):
        node = numbers(rng, 4)
        text = for_calculator(node)
        found = eval(text, {"exp": np.exp, "tanh": tanh, "max": max})  # noqa: S307  # what is tested
        assert found == pytest.approx(value(node), rel=1e-9, abs=1e-12), text
