"""The shape of an expression: the page interpreted without its numbers.

A dimension is whatever the caller counts in: an int, or a name such as "d3" and "N" where a derivation
shows its factors. The int 1 stands for one row or column either way. Flat quantities have two axes here:
biases are (units, 1), per-sample losses (1, N), numbers (1, 1).
"""

from collections.abc import Callable
from functools import reduce
from typing import TypeVar

from mlpcalc.page import expr
from mlpcalc.page.functions import Apply, Derivative
from mlpcalc.page.network import Network
from mlpcalc.page.symbols import Axis, Symbol

Dimension = TypeVar("Dimension")


class ShapeError(ValueError):
    """The operands of an operation do not fit together."""


def shape(
    node: expr.Expr, of: Callable[[Symbol], tuple[Dimension | int, Dimension | int]]
) -> tuple[Dimension | int, Dimension | int]:
    """(rows, columns) of an expression; `of` gives those of the quantities in it.

    What is repeated across columns or rows keeps its own length here, 1, and takes that of its neighbour.

    Raises `ShapeError` where operands do not fit.
    """
    match node:
        case expr.Ref(symbol):
            return of(symbol)
        case expr.Number() | expr.Total():
            return 1, 1
        case expr.MatMul(left, right):
            (rows, inner), (other, columns) = shape(left, of), shape(right, of)
            if inner != other:
                raise ShapeError(f"{rows}×{inner} times {other}×{columns}")
            return rows, columns
        case expr.Transpose(operand):
            return shape(operand, of)[::-1]
        case expr.RowSums(operand):
            return shape(operand, of)[0], 1
        case expr.ColumnSums(operand):
            return 1, shape(operand, of)[1]
        case expr.Add(left, right) | expr.Sub(left, right) | expr.Maximum(left, right):
            return _together(shape(left, of), shape(right, of))
        case expr.Sum(terms):
            return reduce(_together, [shape(term, of) for term in terms])
        case expr.Hadamard(left, right) | expr.Quotient(left, right) | expr.MeanGap(left, right):
            return _together(shape(left, of), shape(right, of))
        case expr.Where(test, then, otherwise):
            return _together(shape(test, of), _together(shape(then, of), shape(otherwise, of)))
        case (
            expr.Scale(operand=operand)
            | expr.Power(operand=operand)
            | expr.Call(operand=operand)
            | Apply(operand=operand)
            | Derivative(operand=operand)
            | expr.AcrossColumns(operand)
            | expr.AcrossRows(operand)
        ):
            return shape(operand, of)
    raise TypeError(f"not an expression with a shape: {node!r}")


def _together(
    a: tuple[Dimension | int, Dimension | int], b: tuple[Dimension | int, Dimension | int]
) -> tuple[Dimension | int, Dimension | int]:
    """The shape of an elementwise operation: what has length 1 is repeated."""
    if any(1 not in (x, y) and x != y for x, y in zip(a, b, strict=True)):
        raise ShapeError(f"{a[0]}×{a[1]} beside {b[0]}×{b[1]}")
    return (b[0] if a[0] == 1 else a[0]), (b[1] if a[1] == 1 else a[1])


def shape_of(
    symbol: Symbol, network: Network, length: Callable[[Axis], Dimension]
) -> tuple[Dimension | int, Dimension | int]:
    """(rows, columns) of a quantity on the page of a network.

    `length` says how long an axis is: "N" for the samples, k for the units of layer k.
    """
    match [1 if axis == "one" else length(axis) for axis in network.dimensions(symbol)]:
        case [rows, columns]:
            return rows, columns
        case [only]:
            return (1, only) if symbol.spec.shape == ("N",) else (only, 1)
        case _:
            return 1, 1
