"""Count the operations that all gradients take, in three ways, from the shapes alone.

The ways differ only in how often they evaluate an equation: `naive` repeats the forward pass and a chain of
error signals for each layer, `cached` runs the forward pass once, `backprop` every equation once.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import chain, pairwise
from typing import Any, NamedTuple

from mlpcalc.page import expr, trees
from mlpcalc.page.functions import Apply, Derivative
from mlpcalc.page.network import Network
from mlpcalc.page.pages import page
from mlpcalc.page.shapes import shape, shape_of
from mlpcalc.page.symbols import Stage, Symbol

COUNTED = (
    "counted for all gradients: scalar × and /, + and -",
    "evaluations of f and f', one per cell (softmax and identity included)",
    "1/(2N) counts as one factor",
    "not counted: signs, comparisons, the loss, dX",
)
WAYS: Mapping[str, tuple[str, str]] = {
    "naive": ("each gradient from {first}", "each gradient from X"),
    "cached": ("forward values cached", "cached"),
    "backprop": ("… and {Delta} reused: backprop", "backprop"),
}
"""The names of the three ways, in full and in short."""

DEPTHS = (4, 8, 16, 32)
WIDTH = 3


class Counts(NamedTuple):
    """Numbers of scalar operations."""

    multiplications: int = 0
    additions: int = 0
    functions: int = 0


# ---------------------------------------------------------------------------- counting


def count(node: expr.Expr, of: Callable[[Symbol], tuple[int, int]]) -> Counts:
    """Count the operations of an expression as written; of: the shape of a symbol, as (rows, columns)."""
    parts = (_operation(node, of), *(count(part, of) for part in trees.children(node)))
    return Counts(*map(sum, zip(*parts, strict=True)))


def _operation(node: expr.Expr, of: Callable[[Symbol], tuple[int, int]]) -> Counts:
    """Count the operations of a node, without those of its operands."""

    def cells(part: expr.Expr) -> int:
        rows, columns = shape(part, of)
        return rows * columns

    match node:
        case expr.MatMul(left):
            inner = shape(left, of)[1]
            return Counts(cells(node) * inner, cells(node) * (inner - 1))
        case expr.Add() | expr.Sub():
            return Counts(additions=cells(node))
        case expr.Sum(terms):
            return Counts(additions=cells(node) * (len(terms) - 1))
        case expr.RowSums(operand) | expr.ColumnSums(operand) | expr.Total(operand):
            return Counts(additions=cells(operand) - cells(node))
        case expr.Hadamard() | expr.Quotient():
            return Counts(multiplications=cells(node))
        case expr.Power(_, exponent):
            return Counts(multiplications=cells(node) * (exponent - 1))
        case expr.Scale(coefficient) if coefficient not in (expr.ONE, expr.Coefficient(Fraction(-1))):
            return Counts(multiplications=cells(node))
        case Apply() | Derivative() | expr.Call():
            return Counts(functions=cells(node))
        case (
            expr.Ref() | expr.Number() | expr.Scale() | expr.Maximum() | expr.Where()
        ):  # names, signs, comparisons
            return Counts()
        case expr.Transpose() | expr.AcrossColumns() | expr.AcrossRows():  # no operations
            return Counts()
    raise TypeError(f"not an expression to be counted: {node!r}")


class Costs:
    """The counts of one network with a loss.

    sizes: number of inputs, then units of each layer. counts: of each equation that the gradients need.
    times: how often each way evaluates an equation. totals: of each way. kept: the cells of each S_k and
    Z_k, which are cached.
    """

    def __init__(self, network: Network, sizes: Sequence[int], samples: int) -> None:
        self.network, self.sizes, self.samples = network.of_one_step, sizes, samples
        equations = page(self.network)
        uses = {symbol: trees.references(equation.expression) for symbol, equation in equations.items()}

        def error_chain(layer: int) -> set[Symbol]:
            """The equations that lead from the forward pass to the gradients of a layer."""
            found = {Symbol("dW", layer), Symbol("db", layer)}
            for symbol in reversed(uses):  # an equation comes after its operands
                if symbol in found:
                    found |= uses[symbol]
            return {symbol for symbol in uses if symbol in found and symbol.stage != Stage.FORWARD}

        forward = [each for each in equations if each.kind in ("S", "Z") and not each.updated]
        layers = self.network.with_weights
        chains = Counter(chain.from_iterable(error_chain(k) for k in layers))
        self.times = {
            "naive": Counter(dict.fromkeys(forward, len(layers))) + chains,
            "cached": Counter(forward) + chains,
            "backprop": Counter(forward) + Counter(set(chains)),
        }
        self.counts = {
            symbol: count(equation.expression, self.shape)
            for symbol, equation in equations.items()
            if symbol in self.times["backprop"]
        }
        self.totals = {
            way: Counts(*(sum(n * self.counts[symbol][i] for symbol, n in times.items()) for i in range(3)))
            for way, times in self.times.items()
        }
        shapes = {symbol: self.shape(symbol) for symbol in forward}
        self.kept = {symbol: rows * columns for symbol, (rows, columns) in shapes.items()}

    def shape(self, symbol: Symbol) -> tuple[int, int]:
        """(rows, columns) of a quantity."""
        return shape_of(
            symbol, self.network, lambda axis: self.sizes[axis] if isinstance(axis, int) else self.samples
        )


# ---------------------------------------------------------------------------- growth


def deeper(network: Network, depth: int) -> Network:
    """A network of this depth, with hidden layers like the first and the same output layer."""
    alike = [1] * (depth - 1) + [network.depth]  # the layer that each is like
    return replace(
        network,
        activations=tuple(network.activations[k - 1] for k in alike),
        biases=tuple(network.biases[k - 1] for k in alike),
        from_pre_activations=False,
        shared_biases=frozenset(k for k, like in enumerate(alike, start=1) if like in network.shared_biases),
    )


def degree(points: Sequence[int], values: Sequence[int]) -> int:
    """The degree of the polynomial through the points, by divided differences."""
    found, differences = 0, [Fraction(value) for value in values]
    for order in range(1, len(points)):
        steps = enumerate(pairwise(differences))
        differences = [(b - a) / (points[i + order] - points[i]) for i, (a, b) in steps]
        found = order if any(differences) else found
    return found


def growth(costs: Costs) -> dict[str, dict[str, dict[str, Any]]]:
    """For each way and operation, the counts for networks of DEPTHS layers, and the order of growth."""
    totals = [Costs(deeper(costs.network, K), (WIDTH,) * (K + 1), costs.samples).totals for K in DEPTHS]
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for way in WAYS:
        columns = zip(*(total[way] for total in totals), strict=True)
        found[way] = {
            operation: {"counts": column, "order": ("1", "K", "K²", "K³")[degree(DEPTHS, column)]}
            for operation, column in zip(Counts._fields, columns, strict=True)
        }
    return found
