"""The tables of functions against computer algebra, and their NumPy versions against 50 correct digits."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from inspect import isfunction
from itertools import pairwise, product
from math import inf
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy

from mlpcalc.arrays import Array
from mlpcalc.numerics.evaluate import ELEMENTARY, evaluate_derivative, evaluate_function
from mlpcalc.numerics.interval import Ball, IntervalContext, enclose
from mlpcalc.page import stable
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.expr import (
    AcrossRows,
    Add,
    Call,
    ColumnSums,
    Expr,
    Hadamard,
    Maximum,
    Number,
    Power,
    Quotient,
    Ref,
    Scale,
    Sub,
    Variable,
    Where,
)
from mlpcalc.page.functions import (
    Activation,
    Apply,
    Derivative,
    LossFunction,
    derivative_in_s,
    t,
    with_parameters,
    y,
)
from mlpcalc.page.losses import LOSSES, MATCHED
from mlpcalc.page.saturated import (
    LOG_SOFTMAX,
    LOG_SOFTMAX_REST,
    SOFTMAX_REST,
    stable_form,
)
from mlpcalc.page.symbols import Symbol

Symbolic = Any  # sympy has no types
Column = tuple[Symbolic, ...]
"""One sample, a cell for each unit; a single cell stands for as many as are needed."""


CALLS: Mapping[str, Callable[[Symbolic], Symbolic]] = {
    "exp": sympy.exp,
    "log": sympy.log,
    "tanh": sympy.tanh,
    "Phi": lambda x: sympy.erfc(-x / sympy.sqrt(2)) / 2,
    "phi": lambda x: sympy.exp(-(x**2) / 2) / sympy.sqrt(2 * sympy.pi),
}


def symbolic(node: Expr, columns: Mapping[str, Column]) -> Column:
    """An expression in the algebra of sympy, for one sample."""

    def both(left: Expr, right: Expr) -> list[tuple[Symbolic, Symbolic]]:
        return together(symbolic(left, columns), symbolic(right, columns))

    match node:
        case Variable(name):
            return columns[name]
        case Number(value):
            return (sympy.Rational(value.numerator, value.denominator),)
        case Add(left, right):
            return tuple(a + b for a, b in both(left, right))
        case Sub(left, right):
            return tuple(a - b for a, b in both(left, right))
        case Hadamard(left, right):
            return tuple(a * b for a, b in both(left, right))
        case Quotient(left, right):
            return tuple(a / b for a, b in both(left, right))
        case Power(operand, exponent):
            return tuple(a**exponent for a in symbolic(operand, columns))
        case Scale(coefficient, operand):
            assert not coefficient.powers
            number = coefficient.number
            factor = sympy.Rational(number.numerator, number.denominator)
            return tuple(factor * a for a in symbolic(operand, columns))
        case Call(name, operand):
            return tuple(CALLS[name](a) for a in symbolic(operand, columns))
        case Maximum(left, right):
            return tuple(sympy.Piecewise((a, a > b), (b, True)) for a, b in both(left, right))
        case Where(test, then, otherwise, inclusive):
            tests = [a >= 0 if inclusive else a > 0 for a in symbolic(test, columns)]
            branches = [(a, b) for a, b in both(then, otherwise)]
            return tuple(
                sympy.Piecewise((a, holds), (b, True))
                for holds, (a, b) in together(tuple(tests), tuple(branches))
            )
        case ColumnSums(operand):
            return (sum(symbolic(operand, columns)),)
        case AcrossRows(operand):
            return symbolic(operand, columns)
        case Apply(function, operand):
            return symbolic(function.value, {"s": symbolic(operand, columns)})
        case Derivative(function, operand):
            return symbolic(derivative_in_s(function), {"s": symbolic(operand, columns)})
    raise TypeError(f"not part of the definition of a function: {node!r}")


def together(left: Column, right: Column) -> list[tuple[Symbolic, Symbolic]]:
    """Cell beside cell; a single cell beside each."""
    units = max(len(left), len(right))
    assert {len(left), len(right)} <= {1, units}
    return [(left[i % len(left)], right[i % len(right)]) for i in range(units)]


def single(node: Expr, **columns: Symbolic) -> Symbolic:
    """An elementwise expression of single cells."""
    (cell,) = symbolic(node, {name: (column,) for name, column in columns.items()})
    return cell


S = sympy.symbols("s1:4", real=True)
Y = sympy.symbols("y1:4", real=True)
T = sympy.symbols("t1:4", real=True)
D = sympy.symbols("d1:4", real=True)
SLOPE, ALPHA, SCALE, MARGIN, DELTA = sympy.symbols("slope alpha scale margin delta", positive=True)
AWAY = sympy.symbols("a1:4", positive=True)  # distances from a kink
PARAMETERS = {"slope": SLOPE, "alpha": ALPHA, "scale": SCALE}
ELEMENTWISE = [record for record in ACTIVATIONS.values() if record.elementwise]


def named(record: Activation | LossFunction) -> str:
    return record.name


# ---------------------------------------------------------------------------- activations


def pieces(record: Activation) -> Iterator[Symbolic]:
    """A number in each of the intervals between kinks, which together cover all there are."""
    kinks = record.kinks or (0.0,)
    yield kinks[0] - AWAY[0]
    yield kinks[-1] + AWAY[0]
    for low, high in pairwise(kinks):  # any positive number is somewhere between 0 and infinity
        yield low + (high - low) * AWAY[0] / (1 + AWAY[0])


@pytest.mark.parametrize("record", ELEMENTWISE, ids=named)
def test_f_prime_is_the_derivative_of_f(record: Activation) -> None:
    (s, *_) = S
    f = single(record.value, s=s, **PARAMETERS)
    for at in map(sympy.nsimplify, pieces(record)):
        expected = sympy.diff(f, s).subs(s, at)
        found = single(derivative_in_s(record), s=s, **PARAMETERS).subs(s, at)
        assert sympy.simplify(sympy.piecewise_fold(found - expected)) == 0


def softmax_in_s() -> Column:
    return symbolic(ACTIVATIONS["softmax"].value, {"s": S})


def test_the_jacobian_of_softmax_is_that_of_its_definition() -> None:
    softmax = ACTIVATIONS["softmax"]
    assert softmax.jacobian is not None
    z = softmax_in_s()
    found = symbolic(softmax.jacobian, {"z": z, "d": D})
    for i in range(3):
        expected = sum(D[j] * sympy.diff(z[j], S[i]) for j in range(3))
        assert sympy.cancel(sympy.together(rational(found[i] - expected))) == 0


def rational(expression: Symbolic) -> Symbolic:
    """With u for exp(s): then exponentials are powers, and logarithms of products can be taken apart."""
    in_u = expression.subs({s: sympy.log(u) for s, u in zip(S, AWAY, strict=True)})
    apart = in_u.replace(sympy.log, lambda x: sympy.log(sympy.factor(sympy.together(x))))
    return sympy.expand_log(apart, force=True)


def bound_of_slopes(record: Activation) -> float:
    return max([record.steepest, *(float(value) for _, value in record.parameters)])


@pytest.mark.parametrize("record", ELEMENTWISE, ids=named)
def test_no_slope_is_steeper_than_the_record_says(record: Activation) -> None:
    record = with_parameters(record, {"alpha": Fraction(3, 2), "slope": Fraction(2)})
    slopes = evaluate_derivative(record, np.linspace(-40, 40, 4001)[np.newaxis, :])
    assert np.abs(slopes).max() <= bound_of_slopes(record)
    assert abs(evaluate_function(record, np.zeros((1, 1))).item()) <= bound_of_slopes(record)


@pytest.mark.parametrize("record", ELEMENTWISE, ids=named)
def test_no_curvature_is_more_than_twice_that(record: Activation) -> None:
    record = with_parameters(record, {"alpha": Fraction(3, 2), "slope": Fraction(2)})
    for low, high in pairwise(sorted({-40.0, 0.0, 40.0, *record.kinks})):
        side = np.linspace(low + 1e-9, high - 1e-9, 4001)
        slopes = np.broadcast_to(evaluate_derivative(record, side[np.newaxis, :]), (1, side.size))
        assert np.abs(np.diff(slopes) / np.diff(side)).max() <= 2 * bound_of_slopes(record)


@pytest.mark.parametrize("record", [ACTIVATIONS["softmax"], SOFTMAX_REST, LOG_SOFTMAX], ids=named)
def test_no_function_of_a_column_changes_faster_than_the_record_says(record: Activation) -> None:
    S, step = np.array([[5.0], [-5.0], [0.0]]), 1e-4
    moved = S + step * np.array(list(product([1, -1], repeat=3))).T
    change = np.abs(evaluate_function(record, moved) - evaluate_function(record, S)).max()
    assert change <= record.steepest * step * (1 + 1e-9)


@pytest.mark.parametrize("record", [r for r in ACTIVATIONS.values() if r.range != (-inf, inf)], ids=named)
def test_values_go_from_one_end_of_the_range_to_the_other(record: Activation) -> None:
    far = np.linspace(-700, 700, 141)
    values = evaluate_function(record, np.stack([far, -far]))
    assert (values.min(), min(values.max(), 700)) == pytest.approx(
        (record.range[0], min(record.range[1], 700))
    )


# ---------------------------------------------------------------------------- losses


def regions(record: LossFunction) -> list[tuple[dict[Symbolic, Symbolic], dict[Symbolic, Symbolic]]]:
    """Targets, and outputs on either side of each kink, which together cover all there are."""
    sides = list(product([1, -1], repeat=3))
    if record.targets == "sign":
        signs = product([1, -1], repeat=3)
        return [
            ({T[i]: t[i] for i in range(3)}, {Y[i]: t[i] * (1 - side[i] * AWAY[i]) for i in range(3)})
            for t in signs
            for side in sides
        ]
    if record.name == "absolute_error":
        return [({}, {Y[i]: T[i] + side[i] * AWAY[i] for i in range(3)}) for side in sides]
    if record.name == "huber":
        inside = {Y[i]: T[i] + DELTA * (AWAY[i] - 1) / (AWAY[i] + 1) for i in range(3)}
        beyond = [{Y[i]: T[i] + side[i] * (DELTA + AWAY[i]) for i in range(3)} for side in sides]
        return [({}, outputs) for outputs in (inside, *beyond)]
    if record.name == "multiclass_hinge":
        return [
            (
                {T[i]: int(i == true) for i in range(3)},
                {Y[i]: Y[true] - MARGIN + side[i] * AWAY[i] for i in range(3) if i != true},
            )
            for true in range(3)
            for side in sides
        ]
    return [({}, {})]


@pytest.mark.parametrize("record", LOSSES.values(), ids=named)
def test_the_derivative_of_a_loss_is_that_of_its_value(record: LossFunction) -> None:
    columns: dict[str, Column] = {"y": Y, "t": T, "margin": (MARGIN,), "delta": (DELTA,)}
    value, derivative = symbolic(record.value, columns), symbolic(record.derivative, columns)
    for targets, outputs in regions(record):
        of_sample = sum(cell.subs(targets) for cell in value)
        for i, (_, found) in enumerate(together(Y, derivative)):
            expected = sympy.diff(of_sample, Y[i]).subs(outputs)
            # Twice: sums that hold y of other cells are only then free of it.
            assert sympy.simplify(found.subs(targets).subs(outputs) - expected) == 0, (targets, outputs)


def test_a_class_is_inside_the_margin_as_in_the_sheet() -> None:
    # Exercise 3 of the sheet: nothing if p_y - p_j > C, p_j - p_y + C otherwise; here y is the first class.
    (y1, y2, y3), c = Y, MARGIN
    columns: dict[str, Column] = {"y": Y, "t": (1, 0, 0), "margin": (c,)}
    found = sum(symbolic(LOSSES["multiclass_hinge"].value, columns))
    expected = sum(sympy.Piecewise((0, y1 - y > c), (y - y1 + c, True)) for y in (y2, y3))
    for first, second in product([AWAY[0], -AWAY[0], 0], [AWAY[1], -AWAY[1], 0]):
        at = {y2: y1 - c + first, y3: y1 - c + second}
        assert sympy.simplify((found - expected).subs(at)) == 0


# ---------------------------------------------------------------------------- losses with their activation


def of_pair(pair: tuple[str, str]) -> tuple[Column, Column, dict[Symbolic, Symbolic]]:
    """Outputs in s, the targets, and what is known of them: those of softmax are distributions."""
    outputs = symbolic(ACTIVATIONS[pair[0]].value, {"s": S})
    return outputs, T, {T[2]: 1 - T[0] - T[1]} if pair[0] == "softmax" else {}


@pytest.mark.parametrize("pair", MATCHED, ids="-".join)
def test_a_collapsed_delta_is_what_the_chain_rule_gives(pair: tuple[str, str]) -> None:
    outputs, targets, known = of_pair(pair)
    found = symbolic(MATCHED[pair].delta, {"y": outputs, "t": targets})
    slopes = symbolic(LOSSES[pair[1]].derivative, {"y": outputs, "t": targets})
    for i in range(3):
        chain_rule = sum(slopes[j] * sympy.diff(outputs[j], S[i]) for j in range(3))
        difference = rational((found[i] - chain_rule).subs(known))
        assert sympy.cancel(sympy.together(difference)) == 0


# ---------------------------------------------------------------------------- saturated outputs

SATURATING = ("sigmoid", "softmax")
DEFINITIONS: dict[str, Expr] = {
    "error": y - t,
    "delta of sigmoid with cross_entropy": MATCHED["sigmoid", "cross_entropy"].delta,
    **{f"{name}, value": with_parameters(record, {}).value for name, record in LOSSES.items()},
    **{f"{name}, derivative": with_parameters(record, {}).derivative for name, record in LOSSES.items()},
}
# Two samples of pre-activations, with outputs of all these inside the domain of every loss, and a true class.
SAMPLES = ((Fraction(1, 3), Fraction(-3, 4), Fraction(1, 8)), (0, 0, 1)), ((Fraction(1, 5), 0, 0), (1, 0, 0))


def at_the_samples(output: str, *definitions: Expr) -> Iterator[list[list[Any]]]:
    """For each sample the cells of each definition, to 50 digits; only those where y is in (0, 1)."""
    for pre_activations, targets in SAMPLES:
        y_of_s = symbolic(ACTIVATIONS[output].value, {"s": S})
        values = dict(zip((*S, *T), (*pre_activations, *targets), strict=True))
        columns = {"s": S, "t": T, "y": y_of_s}
        with mpmath.workdps(50):
            cells = [
                [sympy.N(cell.subs(values), 50) for cell in three(each, columns)] for each in definitions
            ]
            inside = [0 < sympy.N(cell.subs(values)) < 1 for cell in three(Variable("y"), columns)]
        yield [[cell for cell, here in zip(row, inside, strict=True) if here] for row in cells]


def three(node: Expr, columns: Mapping[str, Column]) -> Column:
    found = symbolic(node, columns)
    return tuple(sympy.sympify(cell) for cell in (found * 3 if len(found) == 1 else found))


@pytest.mark.parametrize("definition", DEFINITIONS)
@pytest.mark.parametrize("output", SATURATING)
def test_what_keeps_the_digits_is_the_same_on_paper(output: str, definition: str) -> None:
    written = DEFINITIONS[definition]
    for one, other in at_the_samples(output, written, stable_form(output, written)):
        assert one
        for a, b in zip(one, other, strict=True):
            assert abs(a - b) < 1e-40 or a == b


# ---------------------------------------------------------------------------- numbers

# So many digits that 50 are left where 1 is subtracted from a sigmoid that is 1 up to the 600th.
WORKING_DIGITS = 700
SMALLEST_NORMAL = np.finfo(np.float64).tiny
BY_COLUMN: Mapping[str, Activation] = {
    record.name: record for record in (ACTIVATIONS["softmax"], LOG_SOFTMAX, SOFTMAX_REST, LOG_SOFTMAX_REST)
}

_rng = np.random.default_rng(4)
POINTS = np.concatenate(
    [
        [0.0, *(sign * 10.0**power for sign in (1, -1) for power in range(-300, 1, 30))],
        np.linspace(-700, 700, 57),
        _rng.uniform(-700, 700, size=40),
        _rng.uniform(-40, 40, size=40),
        _rng.normal(size=40),
    ]
)[np.newaxis, :]
# Binary fractions: with other figures, the difference of two of them is itself a rounded one.
COLUMNS = np.concatenate(
    [
        _rng.integers(-350 * 16, 350 * 16, size=(3, 60)) / 16,
        _rng.integers(-20 * 16, 20 * 16, size=(3, 60)) / 16,
        [[0, 0, -700, 700, 700, 5, 0], [0, 0, 0, 0, 700, 5, -700], [0, -700, -700, 0, 700, 5, -700]],
    ],
    axis=1,
)


def worst_error(found: Array, definition: Expr, points: Array) -> float:
    """The largest relative error of the values of a definition; columns of `points` are samples.

    Only of values that are normal numbers: less than that has fewer digits, or is zero.
    """
    variables = S[: len(points)]
    exact = sympy.lambdify(variables, symbolic(definition, {"s": variables}), modules="mpmath")
    worst = 0.0
    with mpmath.workdps(WORKING_DIGITS):
        for column, cells in zip(points.T.tolist(), found.T.tolist(), strict=True):
            expected: Sequence[Any] = exact(*(mpmath.mpf(s) for s in column))
            for cell, value in zip(cells, expected, strict=True):
                if abs(value) >= SMALLEST_NORMAL:
                    worst = max(worst, float(abs((cell - value) / value)))
                else:
                    assert abs(cell) <= SMALLEST_NORMAL
    return worst


@pytest.mark.parametrize("alpha", [Fraction(1), Fraction(3, 4)], ids=str)
@pytest.mark.parametrize("record", ELEMENTWISE, ids=named)
def test_the_value_of_a_function_has_all_its_digits(record: Activation, alpha: Fraction) -> None:
    record = with_parameters(record, {"alpha": alpha})
    assert worst_error(evaluate_function(record, POINTS), record.value, POINTS) < 1e-14


@pytest.mark.parametrize("alpha", [Fraction(1), Fraction(3, 4)], ids=str)
@pytest.mark.parametrize("record", ELEMENTWISE, ids=named)
def test_the_derivative_of_a_function_has_all_its_digits(record: Activation, alpha: Fraction) -> None:
    record = with_parameters(record, {"alpha": alpha})
    found = np.broadcast_to(evaluate_derivative(record, POINTS), POINTS.shape)
    assert worst_error(found, derivative_in_s(record), POINTS) < 1e-14


@pytest.mark.parametrize("name", ["silu", "gelu"])
def test_a_derivative_that_passes_through_zero_is_off_by_rounding_only(name: str) -> None:
    record = ACTIVATIONS[name]
    assert record.turns is not None
    (root,) = record.turns
    near = root + np.concatenate([[0], *(sign * 10.0 ** np.arange(-16, 0) for sign in (1, -1))])
    slope = sympy.lambdify(S[0], single(derivative_in_s(record), s=S[0]), modules="mpmath")
    with mpmath.workdps(50):
        exact = [float(slope(mpmath.mpf(s))) for s in near.tolist()]
    found = evaluate_derivative(record, near[np.newaxis, :])[0]
    assert np.abs(found - exact).max() <= 2.0**-51
    assert abs(exact[0]) < 1e-15
    context = IntervalContext(lambda _: Ball(near, 0 * near), lambda c: float(c.number))
    ball = enclose(Derivative(record, Ref(Symbol("S", 1))), context)
    assert (np.abs(ball.value - exact) <= ball.radius).all()


@pytest.mark.parametrize("record", BY_COLUMN.values(), ids=named)
def test_a_function_of_a_column_has_all_its_digits(record: Activation) -> None:
    assert worst_error(evaluate_function(record, COLUMNS), record.value, COLUMNS) < 1e-14


def test_every_numpy_version_belongs_to_a_function_tested_here() -> None:
    public = {each for name, each in vars(stable).items() if isfunction(each) and not name.startswith("_")}
    records = (*ACTIVATIONS.values(), *BY_COLUMN.values())
    versions = {version for each in records for version in (each.compute, each.compute_derivative)}
    assert public <= versions | {*ELEMENTARY.values()}


@pytest.mark.parametrize(
    ("name", "only"),
    [("softmax", 1.0), ("softmax_rest", 0.0), ("log_softmax", 0.0), ("log_softmax_rest", -np.inf)],
)
@pytest.mark.parametrize("s", [700.0, 0.0, -700.0])
def test_a_layer_of_one_unit_has_its_only_value(name: str, only: float, s: float) -> None:
    assert evaluate_function(BY_COLUMN[name], np.array([[s]])).tolist() == [[only]]
