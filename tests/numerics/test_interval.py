"""Balls hold what they claim to: every value that an expression has, for operands anywhere in their balls.

The expressions are worked out by definition, with hundreds of digits (mpmath), on operands from the balls.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from operator import add
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf

from mlpcalc.arrays import Array
from mlpcalc.marking.routes import from_activations
from mlpcalc.numerics.interval import UNIT, Ball, IntervalContext, enclose, hull
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.expr import (
    AcrossColumns,
    AcrossRows,
    Add,
    Call,
    Coefficient,
    ColumnSums,
    Expr,
    Hadamard,
    MatMul,
    Maximum,
    MeanGap,
    Number,
    Power,
    Quotient,
    Ref,
    RowSums,
    Scalar,
    Scale,
    Sub,
    Sum,
    Total,
    Transpose,
    Variable,
    Where,
    scalar,
)
from mlpcalc.page.functions import (
    Activation,
    Apply,
    Derivative,
    derivative_in_s,
    with_parameters,
)
from mlpcalc.page.losses import LOSSES, MATCHED
from mlpcalc.page.saturated import LOG_SOFTMAX, LOG_SOFTMAX_REST, SOFTMAX_REST, stable_form
from mlpcalc.page.symbols import Symbol
from mlpcalc.page.trees import bind, references

Cells = Any  # an array of objects: numbers with as many digits as are wanted, or fractions

# ---------------------------------------------------------------------------- by definition

_each = {
    name: np.vectorize(function, otypes=[object])
    for name, function in {
        "exp": mp.exp,
        "log": mp.log,
        "tanh": mp.tanh,
        "Phi": lambda x: mp.erfc(-x / mp.sqrt(2)) / 2,
        "phi": mp.npdf,
    }.items()
}
_larger = np.vectorize(max, otypes=[object])


def exactly(
    node: Expr,
    quantity: Callable[[Symbol], Cells],
    number: Callable[[Fraction], Any],
    scalars: Mapping[Scalar, Fraction],
    **variables: Cells,
) -> Cells:
    """The value of an expression by the definitions of its functions, in the numbers its operands are."""

    def value(node: Expr, variables: Mapping[str, Cells]) -> Cells:
        def of(part: Expr) -> Cells:
            return value(part, variables)

        match node:
            case Ref(symbol):
                return quantity(symbol)
            case Variable(name):
                return variables[name]
            case Number(fraction):
                return _cells(number(fraction))
            case Add(left, right):
                return of(left) + of(right)
            case Sum(terms):
                return reduce(add, map(of, terms))
            case Sub(left, right):
                return of(left) - of(right)
            case Hadamard(left, right):
                return of(left) * of(right)
            case Quotient(left, right):
                return of(left) / of(right)
            case Power(operand, exponent):
                return of(operand) ** exponent
            case Scale(coefficient, operand):
                return _cells(number(in_full(coefficient, scalars))) * of(operand)
            case MatMul(left, right):
                return of(left) @ of(right)
            case Transpose(operand):
                return of(operand).T
            case RowSums(operand):
                return of(operand).sum(axis=1, keepdims=True)
            case ColumnSums(operand):
                return of(operand).sum(axis=0, keepdims=True)
            case AcrossColumns(operand) | AcrossRows(operand):
                return of(operand)
            case Total(operand):
                return _cells(of(operand).sum())
            case Call(name, operand):
                return _each[name](of(operand))
            case MeanGap(weights, operand):
                weighed, values = of(weights), of(operand)
                return weighed * sum(weighed[j] * (values - values[j]) for j in range(len(values)))
            case Maximum(left, right):
                return _larger(of(left), of(right))
            case Where(test, then, otherwise, inclusive):
                tested = of(test)
                holds = (tested >= 0 if inclusive else tested > 0).astype(bool)
                return np.where(holds, of(then), of(otherwise))
            case Apply(function, operand):
                return value(function.value, {"s": of(operand)})
            case Derivative(function, operand):
                return value(derivative_in_s(function), {"s": of(operand)})
        raise TypeError(f"not an expression: {node!r}")

    return value(node, variables)


def in_full(coefficient: Coefficient, scalars: Mapping[Scalar, Fraction]) -> Fraction:
    """The value of a coefficient as a fraction."""
    product = coefficient.number
    for name, power in coefficient.powers:
        product *= scalars[name] ** power
    return product


def to_mpf(fraction: Fraction) -> Any:  # noqa: ANN401  # mpmath is not typed
    """A fraction to all digits that mpmath works with."""
    return mpf(fraction.numerator) / fraction.denominator


def _cells(number: Any) -> Cells:  # noqa: ANN401  # mpf or Fraction
    return np.array(number, dtype=object)


# ---------------------------------------------------------------------------- what is enclosed

S, Z, T = (Ref(Symbol(*name)) for name in (("S", 1), ("Z", 1), ("T",)))
W, b = Ref(Symbol("W", 2)), Ref(Symbol("b", 1))
SHAPES = {S: (3, 4), Z: (3, 4), T: (3, 4), W: (2, 3), b: (3, 1)}
SCALARS: Mapping[Scalar, Fraction] = {
    "N": Fraction(4),
    "M": Fraction(3),
    "eta": Fraction(1, 10),
    "lambda": Fraction(1, 100),
}

FUNCTIONS: dict[str, Activation] = {
    **ACTIVATIONS,
    "leaky_relu": with_parameters(ACTIVATIONS["leaky_relu"], {"slope": Fraction(1, 5)}),
    "elu": with_parameters(ACTIVATIONS["elu"], {"alpha": Fraction(3, 2)}),
    "selu": with_parameters(ACTIVATIONS["selu"], {}),
    "softmax_rest": SOFTMAX_REST,
    "log_softmax": LOG_SOFTMAX,
    "log_softmax_rest": LOG_SOFTMAX_REST,
}
EXPRESSIONS: dict[str, Expr] = {
    "a name": S,
    "a third": S + Fraction(1, 3),
    "sum": S + Z,
    "difference": S - Z,
    "elementwise product": S * Z,
    "square": S**2,
    "cube": S**3,
    "minus": -S,
    "a third of": Coefficient(Fraction(1, 3)) * S,
    "scaled by names": -(scalar("eta") * scalar("N", -1) * S),
    "matrix product": W @ S,
    "matrix product of transposes": S.T @ W.T,
    "products of products": W @ (S * (W.T @ (W @ Z))),
    "row sums": RowSums(S),
    "column sums": ColumnSums(S),
    "total": Total(S),
    "total of squares": Total((S - Z) ** 2),
    "repeated for the samples": S + AcrossColumns(b),
    "repeated for the units": S - AcrossRows(ColumnSums(Z)),
    "exp": Call("exp", S),
    "normal distribution": Call("Phi", S),
    "normal density": Call("phi", S),
    "tanh": Call("tanh", S),
    "larger": Maximum(S, Z),
    "where": Where(S - Z, 2 * S, Z - 3),
    "where, with equality": Where(S - Z, 2 * S, Z - 3, inclusive=True),
    "gaps to a mean": MeanGap(Z, S),
    "Jacobian of softmax": bind(ACTIVATIONS["softmax"].jacobian or S, z=Z, d=S),
    **{f"{name}(S)": Apply(f, S) for name, f in FUNCTIONS.items()},
    **{f"{name}'(S)": Derivative(FUNCTIONS[name], S) for name, f in ACTIVATIONS.items() if f.elementwise},
}
# With Z in the place of probabilities.
OF_PROBABILITIES: dict[str, Expr] = {
    "log": Call("log", Z),
    "quotient": S / Z,
    **{
        f"{name}, {part}": bind(expression, y=Z, t=T)
        for name, loss in LOSSES.items()
        for part, expression in (
            ("value", with_parameters(loss, {}).value),
            ("derivative", with_parameters(loss, {}).derivative),
        )
    },
    **{
        f"{output} with {name}, {part}": bind(expression, y=Z, t=T, s=S)
        for (output, name), matched in MATCHED.items()
        for part, expression in (
            ("delta", matched.delta),
            ("stable delta", stable_form(output, matched.delta)),
        )
    },
    **{
        f"{output} with {name}, stable": bind(stable_form(output, LOSSES[name].value), y=Z, t=T, s=S)
        for output, name in (
            ("softmax", "cross_entropy"),
            ("softmax", "binary_cross_entropy"),
            ("sigmoid", "binary_cross_entropy"),
            ("sigmoid", "squared_error"),
            ("softmax", "squared_error"),
        )
    },
}

SMALLEST = float(np.finfo(float).tiny)  # what is below may be 0 in floating point
RADII = (0.0, 1e-16, 1e-4, 0.5, 5.0)
SAMPLES = 6


def coefficient(factor: Coefficient) -> float:
    return float(in_full(factor, SCALARS))


def enclosed(node: Expr, balls: Mapping[Symbol, Ball], *, noise_only: bool = False) -> Ball:
    with np.errstate(all="ignore"):
        return enclose(node, IntervalContext(balls.__getitem__, coefficient, noise_only))


def outside(node: Expr, values: Mapping[Symbol, Cells], ball: Ball) -> list[str]:
    """The cells of the expression that are not in the ball, for these values of the operands."""
    exact = np.atleast_2d(exactly(node, values.__getitem__, to_mpf, SCALARS))
    shape = np.broadcast_shapes(exact.shape, ball.value.shape, ball.radius.shape)
    exact, centre, radius = (np.broadcast_to(each, shape) for each in (exact, ball.value, ball.radius))
    found = []
    for index in np.ndindex(shape):
        off = abs(exact[index] - mpf(float(centre[index])))
        if not off <= mpf(float(radius[index])) + SMALLEST:
            found.append(f"{index}: off by {mp.nstr(off, 5)}, radius {radius[index]:.5g}")
    return found


def assert_sound(
    node: Expr, rng: np.random.Generator, radius: float, scale: float, *, probabilities: bool
) -> None:
    balls, low, high = {}, {}, {}
    for ref, shape in SHAPES.items():
        centre = scale * rng.uniform(-1, 1, size=shape) * 10.0 ** -rng.integers(0, 3, size=shape)
        if ref == T or (probabilities and ref == Z):
            centre = rng.uniform(0.01, 0.99, size=shape)
        radii = np.full(shape, 0.0 if ref == T else radius) * rng.choice([0, 0.3, 1], size=shape)
        balls[ref.symbol] = Ball(centre, radii)
        low[ref.symbol], high[ref.symbol] = (0.0, 1.0) if probabilities and ref == Z else (-np.inf, np.inf)
    ball = enclosed(node, balls)
    for _ in range(SAMPLES):
        values = {}
        for symbol, (centre, radii) in balls.items():
            towards = np.clip(rng.uniform(-1.5, 1.5, size=centre.shape), -1, 1)
            cells = [
                min(max(mpf(c) + mpf(r) * mpf(u), low[symbol] + mpf(10) ** -9), high[symbol] - mpf(10) ** -9)
                for c, r, u in zip(
                    centre.ravel().tolist(), radii.ravel().tolist(), towards.ravel().tolist(), strict=True
                )
            ]
            values[symbol] = np.array(cells, dtype=object).reshape(centre.shape)
        assert outside(node, values, ball) == []


@pytest.mark.parametrize("radius", RADII)
@pytest.mark.parametrize("name", EXPRESSIONS)
def test_a_ball_holds_every_value_of_an_expression(name: str, radius: float) -> None:
    rng = np.random.default_rng([30, list(EXPRESSIONS).index(name), RADII.index(radius)])
    with mp.workdps(50):
        assert_sound(EXPRESSIONS[name], rng, radius, 2.0, probabilities=False)


@pytest.mark.parametrize("radius", RADII)
@pytest.mark.parametrize("name", OF_PROBABILITIES)
def test_a_ball_holds_every_value_of_a_loss(name: str, radius: float) -> None:
    rng = np.random.default_rng([31, list(OF_PROBABILITIES).index(name), RADII.index(radius)])
    with mp.workdps(50):
        assert_sound(OF_PROBABILITIES[name], rng, radius, 2.0, probabilities=True)


OF_S = {name: node for name, node in EXPRESSIONS.items() if isinstance(node, (Apply, Derivative, Call))}


@pytest.mark.slow
@pytest.mark.parametrize("radius", [0.0, 1e-12, 0.5])
@pytest.mark.parametrize("scale", [30.0, 690.0])
@pytest.mark.parametrize("name", OF_S)
def test_a_ball_holds_every_value_of_a_saturated_function(name: str, scale: float, radius: float) -> None:
    rng = np.random.default_rng([32, list(OF_S).index(name), int(scale)])
    with mp.workdps(40 + int(scale)):
        assert_sound(OF_S[name], rng, radius, scale, probabilities=False)


# ---------------------------------------------------------------------------- cases


def one(value: float, radius: float) -> Ball:
    return Ball(np.full((1, 1), value), np.full((1, 1), radius))


@pytest.mark.parametrize("inclusive", [False, True])
@pytest.mark.parametrize("value", [-0.1, 0.0, 0.1])
def test_a_test_that_may_go_either_way_holds_both_branches(value: float, inclusive: bool) -> None:
    balls = {S.symbol: one(value, 0.5), Z.symbol: one(3.0, 0.25), T.symbol: one(-4.0, 0.125)}
    ball = enclosed(Where(S, Z, T, inclusive), balls)
    low, high = ball.value - ball.radius, ball.value + ball.radius
    assert low <= -4.125
    assert high >= 3.25


@pytest.mark.parametrize("inclusive", [False, True])
@pytest.mark.parametrize(("value", "branch"), [(-0.6, -4.0), (0.6, 3.0)])
def test_a_test_that_is_decided_holds_its_branch_only(value: float, branch: float, inclusive: bool) -> None:
    balls = {S.symbol: one(value, 0.5), Z.symbol: one(3.0, 0.25), T.symbol: one(-4.0, 0.25)}
    ball = enclosed(Where(S, Z, T, inclusive), balls)
    assert ball.value.item() == branch
    assert 0.25 <= ball.radius.item() < 0.2500001


@pytest.mark.parametrize(("inclusive", "branch"), [(False, -4.0), (True, 3.0)])
@pytest.mark.parametrize("value", [-1e-17, 0.0, 1e-17])
def test_a_test_inside_its_rounding_error_is_zero(value: float, inclusive: bool, branch: float) -> None:
    balls = {S.symbol: one(value, 1e-16), Z.symbol: one(3.0, 0.0), T.symbol: one(-4.0, 0.0)}
    ball = enclosed(Where(S, Z, T, inclusive), balls, noise_only=True)
    assert (ball.value.item(), ball.radius.item()) == (branch, 0.0)


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "elu"])
def test_the_derivative_at_a_kink_may_be_that_of_either_side(name: str) -> None:
    function = FUNCTIONS[name]
    ball = enclosed(Derivative(function, S), {S.symbol: one(0.0, 1e-3)})
    left = {"relu": 0.0, "leaky_relu": 0.2, "elu": 1.5}[name]
    assert ball.value - ball.radius <= min(left, 1)
    assert ball.value + ball.radius >= max(left, 1)


@pytest.mark.parametrize(
    "node", [Call("log", Z), S / Z, *(bind(LOSSES[name].derivative, y=Z, t=T) for name in ("cross_entropy",))]
)
@pytest.mark.parametrize("centre", [0.0, 0.02, -0.02])
def test_next_to_a_pole_there_is_no_bound(node: Expr, centre: float) -> None:
    balls = {S.symbol: one(1.0, 0.1), Z.symbol: one(centre, 0.05), T.symbol: one(1.0, 0.0)}
    assert enclosed(node, balls).radius.item() == np.inf


INDEFINITE = [S * Call("log", Z), Call("log", Z) * S, S / Z]


@pytest.mark.parametrize("noise_only", [False, True])
@pytest.mark.parametrize("node", INDEFINITE, ids=str)
def test_exactly_nothing_stays_nothing_beside_what_has_no_bound(node: Expr, noise_only: bool) -> None:
    with np.errstate(all="ignore"):
        ball = enclosed(node, {S.symbol: one(0.0, 0.0), Z.symbol: one(0.0, 0.0)}, noise_only=noise_only)
    assert (ball.value.item(), ball.radius.item()) == (0, 0)


@pytest.mark.parametrize("factor", [(1.0, 0.0), (0.0, 0.1), (1.0, 0.1)])
@pytest.mark.parametrize("node", INDEFINITE, ids=str)
def test_what_may_be_something_has_no_bound_beside_what_has_none(
    node: Expr, factor: tuple[float, float]
) -> None:
    with np.errstate(all="ignore"):
        ball = enclosed(node, {S.symbol: one(*factor), Z.symbol: one(0.0, 0.0)})
    assert ball.radius.item() == np.inf


@pytest.mark.parametrize(
    ("node", "value", "radius"),
    [
        (S / Z, 0.5, 1.1 / 1.5 - 0.5),  # from 0.9/2.5 to 1.1/1.5
        (-S / Z, -0.5, 1.1 / 1.5 - 0.5),
        (Maximum(S, Z), 2.0, 0.5),
        (Z**2, 4.0, 2.25),
    ],
    ids=str,
)
def test_noise_leaves_the_value_and_reaches_as_far_as_the_farther_end(
    node: Expr, value: float, radius: float
) -> None:
    ball = enclosed(node, {S.symbol: one(1.0, 0.1), Z.symbol: one(2.0, 0.5)}, noise_only=True)
    assert ball.value.item() == value
    assert ball.radius.item() == pytest.approx(radius, rel=1e-14)


@pytest.mark.parametrize("node", [S + Z, S - Z, S * Z, W @ S, Maximum(S, Z), -S, 1 - S], ids=str)
def test_whole_numbers_are_known_exactly_but_for_the_roundings(node: Expr) -> None:
    rng = np.random.default_rng(33)
    balls = {}
    for ref, shape in SHAPES.items():
        balls[ref.symbol] = Ball(rng.integers(-9, 10, size=shape).astype(float), np.zeros(shape))
    ball = enclosed(node, balls)
    assert ball.radius.max() < 1e-12


@pytest.mark.parametrize("name", [name for name, f in FUNCTIONS.items() if name != "square"])
def test_a_ball_is_hardly_wider_than_what_it_holds(name: str) -> None:
    rng = np.random.default_rng([34, list(FUNCTIONS).index(name)])
    radius = 1e-4
    centre: Array = rng.uniform(-2, 2, size=(3, 4))
    ball = enclosed(Apply(FUNCTIONS[name], S), {S.symbol: Ball(centre, np.full((3, 4), radius))})
    # No function moves by more than twice what its operands move by; those of a column by all of them.
    assert ball.radius.max() <= 2.01 * radius


# ---------------------------------------------------------------------------- stacks

EVERYTHING = {**EXPRESSIONS, **OF_PROBABILITIES}
STACK = 3


def stacked_balls(rng: np.random.Generator) -> dict[Symbol, Ball]:
    """A stack of balls for every name, with values that probabilities may have."""
    return {
        ref.symbol: Ball(
            rng.uniform(0.05, 0.95, size=(STACK, *shape)),
            0.04 * rng.uniform(size=(STACK, *shape)) * rng.integers(0, 2, size=(STACK, *shape)),
        )
        for ref, shape in SHAPES.items()
    }


@pytest.mark.parametrize("name", EVERYTHING)
def test_a_stack_is_enclosed_like_each_of_its_matrices(name: str) -> None:
    balls = stacked_balls(np.random.default_rng([35, list(EVERYTHING).index(name)]))
    whole = enclosed(EVERYTHING[name], balls)
    for row in range(STACK):
        one = {symbol: Ball(ball.value[row], ball.radius[row]) for symbol, ball in balls.items()}
        for stack, alone in zip(whole, enclosed(EVERYTHING[name], one), strict=True):
            cells = np.broadcast_to(stack, (STACK, *alone.shape))[row]
            np.testing.assert_allclose(cells, alone, rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("name", EVERYTHING)
def test_values_may_be_the_same_for_a_whole_stack_of_radii(name: str) -> None:
    balls = stacked_balls(np.random.default_rng([36, list(EVERYTHING).index(name)]))
    common = {symbol: Ball(ball.value[0], ball.radius) for symbol, ball in balls.items()}
    repeated = {
        symbol: Ball(np.repeat(ball.value[:1], STACK, axis=0), ball.radius) for symbol, ball in balls.items()
    }
    whole = enclosed(EVERYTHING[name], common)
    for part, other in zip(whole, enclosed(EVERYTHING[name], repeated), strict=True):
        np.testing.assert_allclose(np.broadcast_to(part, other.shape), other, rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("name", EVERYTHING)
def test_one_given_may_stand_beside_a_stack(name: str) -> None:
    balls = stacked_balls(np.random.default_rng([37, list(EVERYTHING).index(name)]))
    for symbol in {*references(EVERYTHING[name])}:
        alone = {**balls, symbol: Ball(balls[symbol].value[0], balls[symbol].radius[0])}
        repeated = {**balls, symbol: Ball(*(np.repeat(part[:1], STACK, axis=0) for part in balls[symbol]))}
        found, expected = enclosed(EVERYTHING[name], alone), enclosed(EVERYTHING[name], repeated)
        for part, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(np.broadcast_to(part, other.shape), other, rtol=1e-9, atol=1e-14)


# ---------------------------------------------------------------------------- how wide


def ends(ball: Ball) -> tuple[list[float], list[float]]:
    """The least and the greatest value of each cell."""
    return (ball.value - ball.radius).ravel().tolist(), (ball.value + ball.radius).ravel().tolist()


def spread(node: Expr, *cells: tuple[float, float]) -> tuple[float, float]:
    """The ends of an expression of one cell, of names that are each between two numbers."""
    names = [ref.symbol for ref in (S, Z)]
    balls = {name: one((a + b) / 2, (b - a) / 2) for name, (a, b) in zip(names, cells, strict=False)}
    (low,), (high,) = ends(enclosed(node, balls))
    return low, high


@pytest.mark.parametrize(
    ("node", "cells", "expected"),
    [
        (S / Z, [(1, 2), (4, 8)], (1 / 8, 1 / 2)),
        (S / Z, [(1, 2), (-8, -4)], (-1 / 2, -1 / 8)),
        (S / Z, [(-1, 2), (4, 8)], (-1 / 4, 1 / 2)),
        (S / Z, [(-2, -1), (-8, -4)], (1 / 8, 1 / 2)),
        (1 / Z, [(0, 0), (0.5, 1)], (1, 2)),
        (Maximum(S, Z), [(1, 4), (2, 3)], (2, 4)),
        (Maximum(S, Z), [(1, 2), (3, 5)], (3, 5)),
        (Maximum(S, 0 * Z), [(-3, 2), (7, 7)], (0, 2)),
        (S**2, [(-1, 3)], (0, 9)),
        (S**2, [(-3, -1)], (1, 9)),
        (S**3, [(-1, 2)], (-1, 8)),
        (Derivative(ACTIVATIONS["sigmoid"], S), [(-1, 2)], (0.104993585403507, 0.25)),
        (Derivative(ACTIVATIONS["tanh"], S), [(-1, 0.5)], (0.419974341614026, 1)),
        (Derivative(ACTIVATIONS["relu"], S), [(-1, 2)], (0, 1)),
        (Derivative(ACTIVATIONS["square"], S), [(-1, 2)], (-2, 4)),
        (Apply(ACTIVATIONS["relu"], S), [(-1, 2)], (0, 2)),
        (Apply(ACTIVATIONS["sigmoid"], S), [(-1, 1)], (0.268941421369995, 0.731058578630005)),
        (Where(S, 2 * Z, 3 * Z), [(-1, 2), (1, 2)], (2, 6)),
        (Where(S, 2 * Z, 3 * Z), [(1, 2), (1, 2)], (2, 4)),
    ],
    ids=str,
)
def test_a_ball_reaches_from_the_least_value_to_the_greatest_and_no_further(
    node: Expr, cells: list[tuple[float, float]], expected: tuple[float, float]
) -> None:
    assert spread(node, *cells) == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_a_derivative_in_terms_of_the_activation_turns_in_the_middle() -> None:
    from_z = from_activations(ACTIVATIONS["sigmoid"])
    assert from_z is not None
    assert spread(Apply(from_z, S), (0.3, 0.8)) == pytest.approx((0.16, 0.25))


@pytest.mark.parametrize("name", ["softmax", "softmax_rest", "log_softmax", "log_softmax_rest"])
def test_each_cell_of_a_softmax_is_as_wide_as_it_can_be(name: str) -> None:
    """Its own pre-activation at one end and all others at the other, for each cell."""
    centre = np.array([[0.3, -1.0], [1.1, 0.4], [-0.7, 0.2]])
    radius = np.array([[0.5, 0.1], [0.2, 2.0], [0.3, 0.0]])
    low, high = ends(enclosed(Apply(FUNCTIONS[name], S), {S.symbol: Ball(centre, radius)}))
    falls = name.endswith("rest")
    for sign, found in ((1 if falls else -1, low), (-1 if falls else 1, high)):
        for i in range(3):
            pulled = centre - sign * radius
            pulled[i] += 2 * sign * radius[i]
            shares = np.exp(pulled) / np.exp(pulled).sum(axis=0)
            values = 1 - shares if falls else shares
            expected = np.log(values) if name.startswith("log") else values
            assert found[2 * i : 2 * i + 2] == pytest.approx(expected[i].tolist(), rel=1e-9)


def test_a_cell_is_no_gap_from_itself() -> None:
    """The weighted mean of one unit is the unit, however uncertain it is."""
    ball = enclosed(MeanGap(Z, S), {S.symbol: one(3.0, 1.0), Z.symbol: one(0.5, 0.1)})
    assert (ball.value.item(), ball.radius.item()) == (0, 0)


def test_a_hull_holds_all_balls_and_no_more() -> None:
    balls = [one(1.0, 0.5), one(2.0, 0.25), one(1.5, 0.125)]
    (low,), (high,) = ends(hull(balls))
    assert (low, high) == pytest.approx((0.5, 2.25), rel=1e-15)
    assert low <= 0.5
    assert high >= 2.25


def test_a_hull_of_one_ball_is_that_ball() -> None:
    ball = one(0.1, 0.2)
    assert hull([ball]) is ball


def test_a_hull_with_an_unbounded_ball_is_unbounded() -> None:
    with np.errstate(invalid="ignore"):
        ball = hull([one(1.0, 0.5), one(2.0, np.inf)])
    assert ball.radius.item() == np.inf
    assert ball.value.item() == 1.0


@pytest.mark.parametrize(
    "name", ["sum", "matrix product", "row sums", "quotient", "sigmoid(S)", "softmax(S)"]
)
def test_single_precision_stays_inside_its_own_unit(name: str) -> None:
    """What a program computes in float32, one operation after another."""
    rng = np.random.default_rng([38, list(EVERYTHING).index(name)])
    unit = float(np.finfo(np.float32).eps)
    found: dict[str, Callable[..., Array]] = {
        "sum": lambda S, Z, W: S + Z,
        "matrix product": lambda S, Z, W: W @ S,
        "row sums": lambda S, Z, W: S.sum(axis=1, keepdims=True),
        "quotient": lambda S, Z, W: S / Z,
        "sigmoid(S)": lambda S, Z, W: 1 / (1 + np.exp(-S)),
        "softmax(S)": lambda S, Z, W: np.exp(S) / np.exp(S).sum(axis=0),
    }
    worst = 0.0
    for _ in range(50):
        cells = [rng.normal(size=SHAPES[ref]).astype(np.float32) for ref in (S, Z, W)]
        balls = {
            ref.symbol: Ball(value.astype(float), np.zeros(value.shape))
            for ref, value in zip((S, Z, W), cells, strict=True)
        }
        context = IntervalContext(balls.__getitem__, coefficient, unit=2 * unit)
        value, radius = enclose(EVERYTHING[name], context)
        off = np.abs(found[name](*cells).astype(float) - value)
        assert (off <= radius).all()
        exact_value, exact_radius = enclosed(EVERYTHING[name], balls)
        assert (exact_radius <= radius).all()
        np.testing.assert_allclose(exact_value, value, rtol=1e-6)
        worst = max(worst, float((off / np.maximum(exact_radius, UNIT)).max()))
    assert worst > 1  # double precision would not do
