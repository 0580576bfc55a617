"""What the gradients cost: against loops that count, the printed screen, and what programs read."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import exp
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from mlpcalc import load, solve
from mlpcalc.costing.cost import WAYS, Costs, Counts, count, deeper, degree
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.expr import AcrossColumns, ColumnSums, Expr, MatMul, Ref, RowSums, Total
from mlpcalc.page.functions import exp as exp_of
from mlpcalc.page.functions import with_parameters
from mlpcalc.page.layout import Product
from mlpcalc.page.losses import LOSSES
from mlpcalc.page.network import AveragedStep, Conventions, DeltaSign, Loss, Network
from mlpcalc.page.pages import in_layout, page
from mlpcalc.page.shapes import ShapeError, shape, shape_of
from mlpcalc.page.symbols import Axis, Symbol
from tests.conftest import Result, Run
from tests.support.networks import PAIRS, random_exercise
from tests.support.oracle_loops import activation, slope

ROOT = Path(__file__).parents[2]
SEEDS = range(60)


def drawn(seed: int) -> Exercise:
    """A random exercise, in random conventions."""
    rng = np.random.default_rng([4, seed])
    exercise = random_exercise(rng, shared_bias=seed % 4 == 3)
    conventions = Conventions(
        product=get_args(Product)[rng.integers(4)],
        delta=get_args(DeltaSign)[rng.integers(2)],
        average_in=get_args(AveragedStep)[rng.integers(3)],
    )
    return replace(exercise, conventions=conventions)


def costs_of(exercise: Exercise) -> Costs:
    return Costs(exercise.network, exercise.sizes, exercise.samples)


def data(result: Result) -> Any:  # noqa: ANN401  # JSON
    return json.loads(result.out)


# ---------------------------------------------------------------------------- loops that count


class Tally:
    """Counts what is done with its numbers."""

    def __init__(self) -> None:
        self.multiplications = self.additions = self.functions = 0

    def counts(self) -> tuple[int, int, int]:
        return self.multiplications, self.additions, self.functions

    def call(self, function: Callable[[float], float], of: "Counted") -> "Counted":
        self.functions += 1
        return Counted(function(of.value), self)


class Counted:
    """A number that has its operations counted; a change of sign is free."""

    def __init__(self, value: float, tally: Tally) -> None:
        self.value, self.tally = value, tally

    def __add__(self, other: "Counted | float") -> "Counted":
        self.tally.additions += 1
        return Counted(self.value + value_of(other), self.tally)

    def __sub__(self, other: "Counted") -> "Counted":
        self.tally.additions += 1
        return Counted(self.value - other.value, self.tally)

    def __rsub__(self, other: float) -> "Counted":
        self.tally.additions += 1
        return Counted(other - self.value, self.tally)

    def __mul__(self, other: "Counted | float") -> "Counted":
        self.tally.multiplications += 1
        return Counted(self.value * value_of(other), self.tally)

    def __truediv__(self, other: "Counted") -> "Counted":
        self.tally.multiplications += 1
        return Counted(self.value / other.value, self.tally)

    def __neg__(self) -> "Counted":
        return Counted(-self.value, self.tally)


def value_of(number: Counted | float) -> float:
    return number.value if isinstance(number, Counted) else number


Rows = list[list[Counted]]


def matrix_product(A: Rows, B: Rows) -> Rows:
    return [[added([a * B[i][j] for i, a in enumerate(row)]) for j in range(len(B[0]))] for row in A]


def added(numbers: Sequence[Counted]) -> Counted:
    total = numbers[0]
    for number in numbers[1:]:
        total = total + number
    return total


def transposed(A: Rows) -> Rows:
    return [list(column) for column in zip(*A, strict=True)]


def cellwise(operation: Callable[..., Counted], *matrices: Rows) -> Rows:
    return [[operation(*cells) for cells in zip(*rows, strict=True)] for rows in zip(*matrices, strict=True)]


def times(a: Counted, b: Counted) -> Counted:
    return a * b


def scaled(factor: float, A: Rows, *, average: bool) -> Rows:
    """The matrix times a factor, which costs nothing if it is 1 or -1, and not an average that may be 1."""
    if not average and factor in (1, -1):
        return A if factor == 1 else cellwise(lambda a: -a, A)
    return cellwise(lambda a: a * factor, A)


class Loops:
    """The gradients of an exercise by loops over cells, on the roads that a person would take."""

    def __init__(self, exercise: Exercise) -> None:
        assert exercise.loss is not None
        self.exercise, self.loss, self.tally = exercise, exercise.loss, Tally()
        self.depth = len(exercise.layers)
        self.X = self._numbers(exercise.inputs)
        self.T = [] if exercise.targets is None else self._numbers(exercise.targets)
        self.W = [self._numbers(layer.weights) for layer in exercise.layers]
        self.names = [layer.activation.name for layer in exercise.layers]
        outputs = len(self.W[-1])
        divisor = {"none": 1, "samples": exercise.samples, "entries": exercise.samples * outputs}
        self.average = 1 / divisor[self.loss.average]
        self.sign = -1 if exercise.conventions.delta == "-dL/dS" else 1

    def _numbers(self, values: "np.ndarray[Any, Any]") -> Rows:
        return [[Counted(float(value), self.tally) for value in row] for row in values]

    def _averages_in(self, step: AveragedStep) -> bool:
        return self.loss.average != "none" and self.exercise.conventions.average_in == step

    def forward(self) -> tuple[list[Rows], list[Rows]]:
        """S_1 … S_K and X, Z_1 … Z_K; the first S is empty."""
        S: list[Rows] = [[]]
        Z = [self.X]
        for k, layer in enumerate(self.exercise.layers):
            s = matrix_product(self.W[k], Z[-1])
            if layer.bias is not None:
                b = np.broadcast_to(layer.bias, (len(s), 1)).ravel().tolist()
                s = [[cell + each for cell in row] for row, each in zip(s, b, strict=True)]
            S.append(s)
            Z.append(self._activated(k, s))
        return S, Z

    def _activated(self, k: int, S: Rows) -> Rows:
        name, parameters = self.names[k], self._parameters(k)
        if name != "softmax":
            return cellwise(lambda s: self.tally.call(lambda x: activation(name, parameters, x), s), S)
        totals = [sum(exp(s.value) for s in column) for column in transposed(S)]
        return [
            [self.tally.call(lambda x, n=n: exp(x) / totals[n], s) for n, s in enumerate(row)]  # type: ignore[misc]
            for row in S
        ]

    def _parameters(self, k: int) -> dict[str, float]:
        return {name: float(value) for name, value in self.exercise.layers[k].activation.parameters}

    def output_error(self, S: Rows, Z: Rows) -> Rows:
        """The error signal of the output layer."""
        averages = self._averages_in("errors")
        factor = float(self.loss.factor) * (self.average if averages else 1)
        pair = (self.names[-1], self.loss.function.name)
        if pair in {("softmax", "cross_entropy"), ("sigmoid", "binary_cross_entropy")}:
            collapsed = cellwise(lambda y, t: y - t, Z, self.T)
        elif pair == ("sigmoid", "cross_entropy"):
            collapsed = cellwise(lambda y, t: -(t * (1 - y)), Z, self.T)
        else:
            return self._through(self.depth, self._slope_of_loss(Z, factor, averages=averages), S, Z)
        return scaled(self.sign * factor, collapsed, average=averages)

    def _slope_of_loss(self, Z: Rows, factor: float, *, averages: bool) -> Rows:
        match self.loss.function.name:
            case "squared_error":
                return scaled(2 * factor, cellwise(lambda y, t: y - t, Z, self.T), average=averages)
            case "cross_entropy":
                slopes = cellwise(lambda y, t: -(t / y), Z, self.T)
            case "binary_cross_entropy":
                slopes = cellwise(lambda y, t: (1 - t) / (1 - y) - t / y, Z, self.T)
            case "hinge":
                slopes = cellwise(lambda y, t: -(t * self._is_positive(1 - t * y)), Z, self.T)
            case "multiclass_hinge":
                back = cellwise(times, self.T, self._sums_of_samples(self._inside_the_margin(Z)))
                slopes = cellwise(lambda a, b: a - b, self._inside_the_margin(Z), back)
            case "squared_hinge":
                slopes = cellwise(lambda y, t: t * self._above_0(1 - t * y), Z, self.T)
                return scaled(-2 * factor, slopes, average=averages)
            case "absolute_error":
                slopes = cellwise(lambda y, t: self._is_positive(y - t) - self._is_positive(t - y), Z, self.T)
            case "huber":
                slopes = cellwise(self._clipped_error, Z, self.T)
            case _:  # the sum: one number for all cells
                one = scaled(factor, [[Counted(1, self.tally)]], average=True) if averages else None
                slope = one[0][0] if one else Counted(factor, self.tally)
                return [[slope for _ in row] for row in Z]
        return scaled(factor, slopes, average=averages)

    def _inside_the_margin(self, Z: Rows) -> Rows:
        margin = float(dict(self.loss.function.parameters)["margin"])
        true = self._sums_of_samples(cellwise(times, self.T, Z))
        return cellwise(lambda t, y, p: (1 - t) * self._is_positive(y - p + margin), self.T, Z, true)

    def _is_positive(self, number: Counted) -> Counted:
        return Counted(float(number.value >= 0), self.tally)

    def _above_0(self, number: Counted) -> Counted:
        return Counted(max(number.value, 0.0), self.tally)

    def _clipped_error(self, y: Counted, t: Counted) -> Counted:
        """y - t, or delta with its sign where it is beyond that: both tests and the difference count."""
        delta = float(dict(self.loss.function.parameters)["delta"])
        limit = Counted(delta, self.tally)
        above, below, error = y - t - limit, t - y - limit, y - t
        if above.value > 0:
            return limit
        return Counted(-delta, self.tally) if below.value > 0 else error

    @staticmethod
    def _sums_of_samples(A: Rows) -> Rows:
        """In every cell, the sum of its column, which is worked out once."""
        sums = [added(column) for column in transposed(A)]
        return [sums for _ in A]

    def _through(self, k: int, dZ: Rows, S: Rows, Z: Rows) -> Rows:
        """The error signal of layer k, from that of its activations."""
        name, parameters = self.names[k - 1], self._parameters(k - 1)
        if name == "softmax":
            sums = self._sums_of_samples(cellwise(times, Z, dZ))
            error = cellwise(lambda z, d, total: z * (d - total), Z, dZ, sums)
        else:
            slopes = cellwise(lambda s: self.tally.call(lambda x: slope(name, parameters, x), s), S)
            error = cellwise(times, dZ, slopes)
        return scaled(self.sign, error, average=False)

    def step_back(self, k: int, above: Rows, S: Rows, Z: Rows) -> Rows:
        """The error signal of layer k, from that of the layer above."""
        dZ = scaled(self.sign, matrix_product(transposed(self.W[k]), above), average=False)
        return self._through(k, dZ, S, Z)

    def gradients(self, k: int, Delta: Rows, below: Rows) -> tuple[Rows, Rows]:
        """dW_k and db_k (empty without a bias)."""
        averages = self._averages_in("gradients")
        factor = self.sign * (self.average if averages else 1)
        dW = scaled(factor, matrix_product(Delta, transposed(below)), average=averages)
        if self.loss.l2 is not None:
            decay = float(self.loss.l2) / (
                self.exercise.samples if self.loss.decay_average == "samples" else 1
            )
            dW = cellwise(lambda d, w: d + w * decay, dW, self.W[k - 1])
        if self.exercise.layers[k - 1].bias is None:
            return dW, []
        if self.exercise.layers[k - 1].shared_bias:
            return dW, scaled(factor, [[added([added(row) for row in Delta])]], average=averages)
        return dW, scaled(factor, [[added(row)] for row in Delta], average=averages)

    def chain(self, k: int, S: list[Rows], Z: list[Rows]) -> Rows:
        """The error signal of layer k, all the way from the output."""
        Delta = self.output_error(S[-1], Z[-1])
        for j in range(self.depth - 1, k - 1, -1):
            Delta = self.step_back(j, Delta, S[j], Z[j])
        return Delta


Gradients = dict[int, tuple[Rows, Rows]]


def naive(loops: Loops) -> Gradients:
    found = {}
    for k in range(1, loops.depth + 1):
        S, Z = loops.forward()
        found[k] = loops.gradients(k, loops.chain(k, S, Z), Z[k - 1])
    return found


def cached(loops: Loops) -> Gradients:
    S, Z = loops.forward()
    return {k: loops.gradients(k, loops.chain(k, S, Z), Z[k - 1]) for k in range(1, loops.depth + 1)}


def backprop(loops: Loops) -> Gradients:
    S, Z = loops.forward()
    Delta = loops.output_error(S[-1], Z[-1])
    found = {loops.depth: loops.gradients(loops.depth, Delta, Z[-2])}
    for k in range(loops.depth - 1, 0, -1):
        Delta = loops.step_back(k, Delta, S[k], Z[k])
        found[k] = loops.gradients(k, Delta, Z[k - 1])
    return found


BY_LOOPS: dict[str, Callable[[Loops], Gradients]] = {"naive": naive, "cached": cached, "backprop": backprop}


@pytest.mark.parametrize("seed", SEEDS)
def test_each_way_costs_what_loops_count(seed: int) -> None:
    exercise = drawn(seed)
    totals = costs_of(exercise).totals
    assert set(totals) == set(BY_LOOPS) == set(WAYS)
    for way, by_loops in BY_LOOPS.items():
        loops = Loops(exercise)
        by_loops(loops)
        assert totals[way] == loops.tally.counts(), way


@pytest.mark.parametrize("way", BY_LOOPS)
@pytest.mark.parametrize("seed", SEEDS[:20])
def test_the_loops_that_count_do_work_out_the_gradients(seed: int, way: str) -> None:
    exercise = drawn(seed)
    solution = solve(exercise)
    for k, (dW, db) in BY_LOOPS[way](Loops(exercise)).items():
        expected = solution.computed[Symbol("dW", k)]
        scale = float(np.abs(expected).max()) + 1e-300
        assert np.array([[cell.value for cell in row] for row in dW]) == pytest.approx(
            expected, rel=1e-7, abs=1e-9 * scale
        )
        if db:
            expected = solution.computed[Symbol("db", k)]
            assert np.array([[row[0].value] for row in db]) == pytest.approx(
                expected, rel=1e-7, abs=1e-9 * (scale + float(np.abs(expected).max()))
            )


@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_every_output_with_every_loss_costs_what_loops_count(output: str, loss: str) -> None:
    exercise = random_exercise(np.random.default_rng(5), activations=["relu", output], loss=loss)
    loops = Loops(exercise)
    backprop(loops)
    assert costs_of(exercise).totals["backprop"] == loops.tally.counts()


A, B = Ref(Symbol("Z", 1)), Ref(Symbol("Z", 2))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (A**2, (12, 0, 0)),
        (A**3, (24, 0, 0)),
        (Total(A * A), (12, 11, 0)),
        (RowSums(A), (0, 9, 0)),
        (ColumnSums(A), (0, 8, 0)),
        (2 * A, (12, 0, 0)),
        (-A, (0, 0, 0)),
        (1 / (1 + exp_of(-A)), (12, 12, 12)),
        (B @ A.T, (12, 9, 0)),
        (A + AcrossColumns(RowSums(A)), (0, 21, 0)),
    ],
    ids=["square", "cube", "total", "rows", "columns", "scale", "sign", "sigmoid", "product", "spread"],
)
def test_an_operation_counts_once_for_each_cell(expression: Expr, expected: tuple[int, int, int]) -> None:
    shapes = {Symbol("Z", 1): (3, 4), Symbol("Z", 2): (1, 4)}
    assert count(expression, shapes.__getitem__) == expected


# ---------------------------------------------------------------------------- published figures


def test_exercise_2_costs_what_the_screen_says(run: Run) -> None:
    assert data(run("cost", "exercise2", "--format", "json"))["strategies"] == {
        "naive": {"multiplications": 148, "additions": 75, "functions": 52},
        "cached": {"multiplications": 112, "additions": 55, "functions": 36},
        "backprop": {"multiplications": 104, "additions": 51, "functions": 32},
    }


def test_exercise_2_made_deeper_grows_as_the_screen_says(run: Run) -> None:
    growth = data(run("cost", "exercise2", "--format", "json"))["growth"]
    assert (growth["width"], growth["depths"]) == (3, [4, 8, 16, 32])
    assert {way: found["multiplications"] for way, found in growth["strategies"].items()} == {
        "naive": {"counts": [1104, 4128, 15936, 62592], "order": "K²"},
        "cached": {"counts": [672, 2112, 7296, 26880], "order": "K²"},
        "backprop": {"counts": [456, 936, 1896, 3816], "order": "K"},
    }


def test_the_cache_of_exercise_2_keeps_the_cells_of_S_and_Z(run: Run) -> None:
    cache = data(run("cost", "exercise2", "--format", "json"))["cache"]
    assert cache == {"values": 32, "quantities": {"S1": 12, "Z1": 12, "S2": 4, "Z2": 4}}


def test_the_table_shows_the_three_ways_with_bars(run: Run) -> None:
    lines = run("cost", "exercise2").out.splitlines()
    start = lines.index("each gradient from X      148  75    52  ████████████████████")
    assert lines[start - 1 : start + 3] == [
        "                            ×   +  f,f'",
        "each gradient from X      148  75    52  ████████████████████",
        "forward values cached     112  55    36  ███████████████",
        "… and Δ reused: backprop  104  51    32  ██████████████",
    ]


def test_the_table_shows_the_growth_and_its_order(run: Run) -> None:
    lines = run("cost", "exercise2").out.splitlines()
    start = lines.index("GROWTH WITH DEPTH") + 1
    assert lines[start : start + 4] == [
        "×, 3 units a layer, K =      4      8      16      32  grows like",
        "each gradient from X     1 104  4 128  15 936  62 592  K²",
        "cached                     672  2 112   7 296  26 880  K²",
        "backprop                   456    936   1 896   3 816  K",
    ]


def test_the_table_shows_each_equation_with_its_counts(run: Run) -> None:
    out = run("cost", "exercise2").out
    assert "\nS1 = W1 X            24  12     0    12  2, 1, 1\n" in out
    assert "\nΔ2 = dZ2 ⊙ f2'(S2)    4   0     0        2, 2, 1\n" in out
    assert "\ndW1 = Δ1 Xᵀ          24  18     0        1, 1, 1\n" in out


def test_what_is_counted_is_printed(run: Run) -> None:
    counted = data(run("cost", "--format", "json"))["counted"]
    text = " ".join(run("cost").out.split())
    for part in counted.split("; "):
        assert part in text


# ---------------------------------------------------------------------------- growth


def network(activations: Sequence[str], loss: str, *, bias: bool, average: str = "none") -> Network:
    function = with_parameters(LOSSES[loss], {})
    records = tuple(with_parameters(ACTIVATIONS[name], {}) for name in activations)
    form = Loss(function, function.factor, "samples" if average == "samples" else "none")
    return Network(records, (bias,) * len(records), form, targets=loss != "sum")


FORMS = {
    "relu": network(["relu", "identity"], "squared_error", bias=False, average="samples"),
    "tanh with biases": network(["tanh", "tanh"], "squared_error", bias=True),
    "softmax at the output": network(["sigmoid", "softmax"], "cross_entropy", bias=True),
    "softmax everywhere": network(["softmax"], "multiclass_hinge", bias=False),
    "sum": network(["relu", "sigmoid"], "sum", bias=True),
}


def differences(values: Sequence[int], order: int) -> list[int]:
    for _ in range(order):
        values = np.diff(values).tolist()
    return list(values)


@pytest.mark.parametrize("samples", [1, 5])
@pytest.mark.parametrize("form", FORMS)
def test_in_constant_width_backprop_is_linear_in_depth_and_the_others_quadratic(
    form: str, samples: int
) -> None:
    totals = [Costs(deeper(FORMS[form], K), (4,) * (K + 1), samples).totals for K in range(2, 12)]
    for operation in (0, 1):
        counts = {way: [total[way][operation] for total in totals] for way in WAYS}
        linear = counts.pop("backprop")
        assert set(differences(linear, 2)) == {0}
        assert set(differences(linear, 1)) != {0}
        assert set(counts) == {"naive", "cached"}
        for values in counts.values():
            assert set(differences(values, 3)) == {0}
            assert 0 not in differences(values, 2)


def test_a_deeper_network_has_hidden_layers_like_the_first_and_its_own_output() -> None:
    deep = deeper(FORMS["sum"], 4)
    assert [activation.name for activation in deep.activations] == ["relu", "relu", "relu", "sigmoid"]
    assert deep.biases == (True,) * 4


@pytest.mark.parametrize(
    ("polynomial", "expected"),
    [
        (lambda K: 7, 0),
        (lambda K: 3 * K - 100, 1),
        (lambda K: K * K + 5 * K, 2),
        (lambda K: K * (K + 1) // 2, 2),
        (lambda K: K**3 - K, 3),
    ],
)
def test_the_order_is_found_from_the_figures(polynomial: Callable[[int], int], expected: int) -> None:
    points = (4, 8, 16, 32)
    assert degree(points, [polynomial(K) for K in points]) == expected


def test_what_does_not_grow_quadratically_is_not_said_to(run: Run) -> None:
    """Hidden softmax layers have no f' to call: with a cache, only the forward pass calls functions."""
    growth = data(run("cost", "exercise3", "--format", "json"))["growth"]["strategies"]
    assert growth["cached"]["functions"]["order"] == "K"
    assert growth["cached"]["multiplications"]["order"] == "K²"


# ---------------------------------------------------------------------------- shapes


THREE_LAYERS = network(["tanh"] * 3, "squared_error", bias=True)


def symbolic(network: Network) -> Callable[[Symbol], tuple[str | int, str | int]]:
    def name(axis: Axis) -> str:
        return "N" if axis == "N" else f"d{axis}"

    return lambda symbol: shape_of(symbol, network, name)


@pytest.mark.parametrize("seed", SEEDS[:20])
def test_the_shape_of_each_equation_is_that_of_its_value(seed: int) -> None:
    exercise = drawn(seed)
    solution, costs = solve(exercise), costs_of(exercise)
    for symbol, equation in page(exercise.network).items():
        assert costs.shape(symbol) == (solution.computed[symbol].shape or (1, 1))
        found = shape(equation.expression, costs.shape)
        assert found in (costs.shape(symbol), (1, 1)), symbol


@pytest.mark.parametrize("loss", ["squared_error", "cross_entropy", "multiclass_hinge", "hinge"])
@pytest.mark.parametrize("output", ["relu", "softmax"])
def test_the_shape_of_each_equation_in_letters_is_that_of_its_name(loss: str, output: str) -> None:
    drawn_as = network(["tanh", "softmax", output], loss, bias=True)
    of, equations = symbolic(drawn_as), page(drawn_as)
    for symbol, equation in equations.items():
        assert shape(equation.expression, of) == of(symbol), symbol


def test_shapes_in_letters_read_as_on_paper() -> None:
    of = symbolic(THREE_LAYERS)
    assert of(Symbol("W", 2)) == ("d2", "d1")
    assert of(Symbol("b", 2)) == ("d2", 1)
    assert of(Symbol("losses")) == (1, "N")
    assert of(Symbol("loss")) == (1, 1)
    assert shape(Ref(Symbol("W", 3)).T @ Ref(Symbol("Delta", 3)), of) == ("d2", "N")


def test_factors_that_do_not_fit_have_no_shape() -> None:
    with pytest.raises(ShapeError, match="d3×d2 times d3×N"):
        shape(
            MatMul(Ref(Symbol("W", 3)), Ref(Symbol("Delta", 3))),
            symbolic(THREE_LAYERS),
        )


def test_terms_that_do_not_fit_have_no_shape() -> None:
    with pytest.raises(ShapeError, match="d1×N beside d2×N"):
        shape(
            Ref(Symbol("Z", 1)) * Ref(Symbol("Z", 2)),
            symbolic(THREE_LAYERS),
        )


@pytest.mark.parametrize("product", get_args(Product))
@pytest.mark.parametrize("seed", SEEDS[:10])
def test_the_counts_do_not_depend_on_how_the_matrices_lie(seed: int, product: Product) -> None:
    exercise = drawn(seed)
    costs, conventions = costs_of(exercise), Conventions(product=product)

    def oriented(symbol: Symbol) -> tuple[int, int]:
        rows, columns = costs.shape(symbol)
        return conventions.layout.axes(symbol, (rows, columns))

    turned = in_layout(page(exercise.network), conventions.layout)
    assert {symbol: count(turned[symbol].expression, oriented) for symbol in costs.counts} == costs.counts


# ---------------------------------------------------------------------------- JSON


def test_the_equations_add_up_to_the_totals(run: Run) -> None:
    found = data(run("cost", "exercise1", "--format", "json"))
    for way, totals in found["strategies"].items():
        for operation, total in totals.items():
            each = [row[operation] * row["times"][way] for row in found["equations"].values()]
            assert sum(each) == total


def test_json_has_each_equation_that_the_gradients_need_and_no_other(run: Run) -> None:
    found = data(run("cost", "exercise2", "--format", "json"))["equations"]
    names = "S1 Z1 S2 Z2 dZ2 fprime2 Delta2 dZ1 fprime1 Delta1 dW2 dW1"
    assert list(found) == names.split()
    assert found["Delta1"] == {
        "formula": "Δ1 = dZ1 ⊙ f1'(S1)",
        "multiplications": 12,
        "additions": 0,
        "functions": 0,
        "times": {"naive": 1, "cached": 1, "backprop": 1},
    }


def test_a_collapsed_error_signal_is_counted_as_it_is_written(run: Run) -> None:
    arguments = ("--sizes", "4,3", "--batch", "5", "--loss", "cross_entropy", "--format", "json")
    found = data(run("cost", *arguments))
    assert list(found["equations"]) == ["S1", "Z1", "Delta1", "dW1", "db1"]
    assert found["equations"]["Delta1"]["additions"] == 15


def test_json_says_what_network_was_counted(run: Run) -> None:
    found = data(run("cost", "exercise2", "--format", "json"))
    assert found["exercise"] == "Exercise 2, one SGD step"
    assert (found["sizes"], found["samples"]) == ([2, 3, 1], 4)
    assert found["activations"] == ["relu", "identity"]
    assert isinstance(found["counted"], str)


# ---------------------------------------------------------------------------- options


def test_sizes_alone_make_a_network_with_biases_and_one_sample(run: Run) -> None:
    found = data(run("cost", "--sizes", "2,3,1", "--format", "json"))
    assert (found["sizes"], found["samples"]) == ([2, 3, 1], 1)
    assert found["activations"] == ["relu", "identity"]
    assert "db1" in found["equations"]


def test_options_make_the_network_of_exercise_2_but_for_its_average(run: Run) -> None:
    arguments = ("--sizes", "2,3,1", "--batch", "4", "--activation", "relu", "--loss", "squared_error")
    found = data(run("cost", *arguments, "--no-bias", "--format", "json"))["strategies"]
    # 1/N costs 4 multiplications wherever dZ2 is worked out
    assert [found[way]["multiplications"] for way in WAYS] == [148 - 8, 112 - 8, 104 - 4]
    assert [found[way]["additions"] for way in WAYS] == [75, 55, 51]
    assert [found[way]["functions"] for way in WAYS] == [52, 36, 32]


def test_a_network_of_the_size_of_mnist_is_counted_at_once(run: Run) -> None:
    found = data(run("cost", "--sizes", "784,300,100,10", "--batch", "64", "--no-bias", "--format", "json"))
    forward = 64 * (784 * 300 + 300 * 100 + 100 * 10)
    backward = 64 * (300 * 100 + 100 * 10) + 64 * (300 + 100 + 10)
    assert found["strategies"]["backprop"]["multiplications"] == 2 * forward + backward


@pytest.mark.parametrize(
    ("arguments", "activations"),
    [
        (("--loss", "cross_entropy"), ["relu", "relu", "softmax"]),
        (("--loss", "binary_cross_entropy"), ["relu", "relu", "sigmoid"]),
        (("--loss", "sum"), ["relu", "relu", "identity"]),
        (("--activation", "tanh"), ["tanh", "tanh", "identity"]),
        (("--activation", "tanh, linear,softplus"), ["tanh", "identity", "softplus"]),
    ],
)
def test_the_output_activation_goes_with_the_loss_unless_it_is_named(
    arguments: tuple[str, ...], activations: list[str], run: Run
) -> None:
    found = data(run("cost", "--sizes", "4,3,3,2", *arguments, "--format", "json"))
    assert found["activations"] == activations


def test_the_header_of_a_network_from_options_shows_its_sizes_and_its_loss(run: Run) -> None:
    out = run("cost", "--sizes", "784,300,10", "--batch", "64").out
    assert "784-300-10, relu → identity, N = 64   L = 1/2 Σ (Z2 - T)²" in out


def test_without_an_argument_the_bundled_exercise_2_is_counted(run: Run) -> None:
    assert run("cost").out == run("cost", "exercise2").out


def test_formulas_are_in_the_notation_of_the_exercise(run: Run, write: Callable[[str, str], Path]) -> None:
    write(
        "rows.yaml",
        "inputs: [[1, 2]]\ntargets: [[1]]\nlayers:\n  - weights: [[1], [2]]\nloss: squared_error\n"
        "conventions: {product: X W}\nsymbols: {S: Z, Z: A, Delta: δ}\n",
    )
    out = run("cost", "rows.yaml").out
    assert "… and δ reused: backprop" in out
    assert "\nZ1 = X W1 " in out
    assert "\ndW1 = Xᵀ δ1 " in out


def test_a_deep_network_is_shown_by_kinds_of_equations(run: Run) -> None:
    arguments = ("cost", "--sizes", ",".join(["3"] * 33), "--batch", "4", "--no-bias")
    lines = run(*arguments).out.splitlines()
    assert [line.split()[:8] for line in lines if line.startswith("S1 ")] == [
        ["S1", "…", "S32", "1", "152", "768", "0", "384"]
    ]
    shown = [line for line in run(*arguments, "--full").out.splitlines() if line.startswith("S")]
    assert len(shown) == 32


# ---------------------------------------------------------------------------- screens


@pytest.mark.parametrize(
    "arguments",
    [
        ("exercise1",),
        ("exercise2",),
        ("exercise3",),
        ("--sizes", "784,300,100,10", "--batch", "64"),
        ("--sizes", ",".join(["100"] * 60), "--batch", "128", "--loss", "cross_entropy"),
        ("--sizes", "10000,10000,10", "--batch", "1000"),
    ],
    ids=lambda arguments: " ".join(arguments)[:40],
)
def test_the_screen_is_80_columns_wide_and_its_tables_stay_aligned(
    arguments: tuple[str, ...], run: Run
) -> None:
    lines = run("cost", *arguments).out.splitlines()
    assert max(map(len, lines)) <= 80
    head = next(line for line in lines if line.endswith("f,f'"))
    rows = [lines[lines.index(head) + i] for i in (1, 2, 3)]
    assert all(row[len(head) - 1].isdigit() and row[len(head) :].strip(" █") == "" for row in rows)


def test_an_encoding_without_the_signs_gets_ascii(tmp_path: Path) -> None:
    completed = subprocess.run(  # our own program
        [sys.executable, "-m", "mlpcalc", "cost", "exercise2"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        encoding="ascii",
        check=True,
    )
    assert "... and Delta reused: backprop  104  51    32  ##############" in completed.stdout
    assert "?" not in completed.stdout


# ---------------------------------------------------------------------------- mistakes

TWICE = ",".join(["2"] * 202)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--sizes", "3"), "these sizes name no layer"),
        (("--sizes", "a,b"), "'a' is not a whole number"),
        (("--sizes", "3,0"), "'0' is not a whole number"),
        (("--sizes", "3,-2"), "'-2' is not a whole number"),
        (("--sizes", "3,2.5"), "'2.5' is not a whole number"),
        (("--sizes", "3,,2"), "'' is not a whole number"),
        (("--sizes", "3,1000000"), "'1000000' is not a whole number from 1 to 999999"),
        (("--sizes", "3,٣"), "is not a whole number"),
        (("--sizes", ""), "'' is not a whole number"),
        (("--sizes", TWICE), "201 layers"),
        (("--sizes", "3,2", "--batch", "0"), "--batch"),
        (("--sizes", "3,2", "--batch", "-1"), "--batch"),
        (("--sizes", "3,2", "--batch", "x"), "--batch"),
        (("--sizes", "3,2", "--activation", "rellu"), "did you mean relu?"),
        (("--sizes", "3,2", "--activation", ""), "unknown activation ''"),
        (("--sizes", "3,2,2,2", "--activation", "relu,relu"), "2 activations for 3 layers"),
        (("--sizes", "3,2", "--loss", "squared_eror"), "did you mean squared_error?"),
        (("exercise2", "--sizes", "3,2"), "give either an exercise or --sizes"),
        (("exercise2", "--batch", "3"), "--batch needs --sizes"),
        (("--no-bias",), "--no-bias needs --sizes"),
        (("exercise2", "--format", "csv"), "csv"),
        (("missing.yaml",), "missing.yaml"),
    ],
)
def test_a_mistake_on_the_command_line_is_explained(arguments: tuple[str, ...], said: str, run: Run) -> None:
    result = run("cost", *arguments)
    assert (result.code, result.out) == (2, "")
    assert said in result.err
    assert "Traceback" not in result.err


def test_a_mistake_is_json_where_json_was_asked_for(run: Run) -> None:
    result = run("cost", "--sizes", "3,2", "--activation", "rellu", "--format", "json")
    assert (result.code, result.err) == (2, "")
    assert data(result)["error"]["problems"][0]["hint"] == "did you mean relu?"


def test_an_exercise_without_a_loss_has_no_gradients_to_count(
    run: Run, write: Callable[[str, str], Path]
) -> None:
    write("x.yaml", "inputs: [[1]]\nlayers:\n  - weights: [[2]]\n")
    result = run("cost", "x.yaml")
    assert (result.code, result.out) == (2, "")
    assert "no loss" in result.err


def test_what_is_typed_cannot_control_the_terminal(run: Run) -> None:
    assert "\x1b" not in run("cost", "--sizes", "3,\x1b[31m").err
    assert "\x1b" not in run("cost", "--sizes", "3,2", "--activation", "\x1b[31m").err


def test_the_counts_of_an_exercise_are_named(run: Run) -> None:
    exercise = load("exercise2")
    assert costs_of(exercise).totals["backprop"] == Counts(multiplications=104, additions=51, functions=32)
