"""Shapes: of every value, and of every equation without its numbers; and the routes to one value."""

from dataclasses import replace
from functools import reduce
from itertools import product
from typing import get_args

import numpy as np
import pytest

from mlpcalc import Solution, solve
from mlpcalc.arrays import Array
from mlpcalc.numerics.evaluate import Context, evaluate
from mlpcalc.page.equations import Equation
from mlpcalc.page.exercise import Exercise, Layer
from mlpcalc.page.expr import (
    AcrossColumns,
    AcrossRows,
    Add,
    Call,
    ColumnSums,
    Expr,
    Hadamard,
    MatMul,
    Maximum,
    Number,
    Power,
    Quotient,
    Ref,
    RowSums,
    Scale,
    Sub,
    Sum,
    Total,
    Transpose,
    Where,
)
from mlpcalc.page.functions import Apply, Derivative
from mlpcalc.page.layout import Product
from mlpcalc.page.losses import MATCHED
from mlpcalc.page.network import AveragedStep, Conventions, DeltaSign, Network
from mlpcalc.page.pages import in_layout, page
from mlpcalc.page.symbols import Symbol
from tests.support.networks import random_exercise

SEEDS = range(25)


def drawn(seed: int) -> Exercise:
    return random_exercise(np.random.default_rng([6, seed]), shared_bias=seed % 3 == 2)


# ---------------------------------------------------------------------------- values


def expected_shape(name: str, sizes: tuple[int, ...], samples: int, *, shared: bool) -> tuple[int, ...]:
    """The shape of a quantity by its plain name, from the definitions."""
    bare = name.removesuffix("_new")
    if bare in ("loss", "losses"):
        return () if bare == "loss" else (samples,)
    if bare in ("X", "dX"):
        return (sizes[0], samples)
    if bare in ("T", "err", "loss_terms"):
        return (sizes[-1], samples)
    kind, k = bare[:-1].removeprefix("step_").removeprefix("d"), int(bare[-1])
    if kind == "W":
        return (sizes[k], sizes[k - 1])
    if kind == "b":
        return (1,) if shared else (sizes[k],)
    assert kind in ("S", "Z", "Delta", "fprime", "expS")
    return (sizes[k], samples)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_quantity_has_the_shape_of_its_definition(seed: int) -> None:
    exercise = drawn(seed)
    solution = solve(exercise)
    shared = exercise.network.shared_biases
    for name, value in solution.items():
        expected = expected_shape(
            name, exercise.sizes, exercise.samples, shared=solution.symbol(name).layer in shared
        )
        assert value.shape == expected, name
        assert value.shape == exercise.shape(solution.symbol(name)), name
        assert value.dtype == np.float64, name


# ---------------------------------------------------------------------------- equations

Axis = int | str | None
"""Units of layer k, "N" for samples, "1" for a single one; None for as many as there are beside it."""
Shape = tuple[Axis, Axis]

NUMBER: Shape = ("1", "1")


def shape(node: Expr, network: Network) -> Shape:
    """The shape of an expression; asserts that its operands fit each other, repeating none of their own."""

    def of(part: Expr) -> Shape:
        return shape(part, network)

    match node:
        case Ref(symbol):
            return shape_of(symbol, network)
        case Number():
            return (None, None)
        case (
            Add(left, right)
            | Sub(left, right)
            | Hadamard(left, right)
            | Quotient(left, right)
            | Maximum(left, right)
        ):
            return same(of(left), of(right))
        case Sum(terms):
            return reduce(same, map(of, terms))
        case Where(test, then, otherwise):
            return same(of(test), same(of(then), of(otherwise)))
        case Scale(_, operand) | Power(operand, _) | Call(_, operand):
            return of(operand)
        case Apply(_, operand) | Derivative(_, operand):
            return of(operand)
        case Transpose(operand):
            rows, columns = of(operand)
            return columns, rows
        case MatMul(left, right):
            (rows, inner), (other_inner, columns) = of(left), of(right)
            either(inner, other_inner)
            return rows, columns
        case RowSums(operand):
            return of(operand)[0], "1"
        case ColumnSums(operand):
            return "1", of(operand)[1]
        case AcrossColumns(operand):
            rows, single = of(operand)
            assert single in ("1", None)
            return rows, None
        case AcrossRows(operand):
            single, columns = of(operand)
            assert single in ("1", None)
            return None, columns
        case Total(operand):
            of(operand)
            return NUMBER
    raise TypeError(f"not an expression of the page: {node!r}")


def shape_of(symbol: Symbol, network: Network) -> Shape:
    """The shape of a quantity where flat ones have two axes; turned, if the course has it so."""
    match network.dimensions(symbol):
        case ():
            found: Shape = NUMBER
        case ("one",):
            found = ("1", "1")
        case ("N",):
            found = ("1", "N")
        case (units,):
            found = (units, "1")
        case (rows, columns):
            found = (rows, columns)
    return network.conventions.layout.axes(symbol, found)


def same(left: Shape, right: Shape) -> Shape:
    return either(left[0], right[0]), either(left[1], right[1])


def either(left: Axis, right: Axis) -> Axis:
    assert left == right or None in (left, right)
    return right if left is None else left


def routes(equation: Equation) -> list[Expr]:
    found = [equation.expression, equation.chain_rule]
    return [route for route in found if route is not None]


ALL_CONVENTIONS = [
    Conventions(product_, delta, step, update_biases)
    for product_, delta, step, update_biases in product(
        get_args(Product), get_args(DeltaSign), get_args(AveragedStep), (True, False)
    )
]


@pytest.mark.slow
@pytest.mark.parametrize(
    "conventions",
    ALL_CONVENTIONS,
    ids=lambda each: f"{each.product} {each.delta} {each.average_in} {each.update_biases}",
)
def test_every_route_of_every_equation_has_the_shape_of_its_quantity(conventions: Conventions) -> None:
    for seed in range(8):
        network = replace(drawn(seed), conventions=conventions).network
        for symbol, equation in in_layout(page(network), conventions.layout).items():
            expected = shape_of(symbol, network)
            for route in routes(equation):
                assert same(shape(route, network), expected) == expected, symbol


# ---------------------------------------------------------------------------- routes


def evaluated(solution: Solution, route: Expr) -> Array:
    context = Context(solution.computed.__getitem__, solution.exercise.coefficients)
    return evaluate(route, context)


@pytest.mark.parametrize("sign", get_args(DeltaSign))
@pytest.mark.parametrize("pair", MATCHED, ids="-".join)
@pytest.mark.parametrize("seed", range(5))
def test_the_chain_rule_gives_the_collapsed_delta(pair: tuple[str, str], sign: DeltaSign, seed: int) -> None:
    rng = np.random.default_rng([7, seed])
    exercise = random_exercise(rng, activations=["tanh", pair[0]], loss=pair[1])
    solution = solve(replace(exercise, conventions=Conventions(delta=sign)))
    equation = solution.computed.page[Symbol("Delta", 2)]
    assert equation.chain_rule is not None
    assert evaluated(solution, equation.chain_rule) == pytest.approx(solution["Delta2"], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_route_leads_to_the_same_value(seed: int) -> None:
    solution = solve(drawn(seed))
    for symbol, equation in solution.computed.page.items():
        value = solution.computed[symbol]
        for route in routes(equation):
            # A constant, such as the derivative of the identity, is one number for all cells.
            found = np.broadcast_to(evaluated(solution, route), value.shape)
            assert found == pytest.approx(value, rel=1e-9, abs=1e-12), symbol


@pytest.mark.parametrize("pair", MATCHED, ids="-".join)
def test_a_saturated_output_keeps_its_digits(pair: tuple[str, str]) -> None:
    # Far out on the side of the target, where the outputs are 1 and 0 up to the 43rd digit.
    rng = np.random.default_rng(8)
    exercise = random_exercise(
        rng, activations=[pair[0]], loss=pair[1], samples=1, bias=False, l2=False, average="none"
    )
    weights, T = np.array([[100.0], [0.0]]), np.array([[1.0], [0.0]])
    layer = Layer(weights, None, exercise.layers[0].activation)
    solution = solve(replace(exercise, layers=(layer,), inputs=np.ones((1, 1)), targets=T))
    assert exercise.loss is not None
    expected = -float(exercise.loss.factor) * np.exp(-100.0)
    assert solution["Delta1"][0] == pytest.approx(expected, rel=1e-12)
