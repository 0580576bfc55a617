"""How a course lays out its matrices: values, cells and formulas, from the page to the exercise and back.

The page has samples in columns and a row of W for each unit. A course that writes S = X W has the
transposes of all that. Formulas follow mechanically: every matrix that the course has the other way round is
replaced by its transpose, and (AB)ᵀ = BᵀAᵀ brings the transposes down to the names, where they cancel.
"""

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar, cast

from mlpcalc.page import expr, trees
from mlpcalc.page.cells import cell_of, indices_of
from mlpcalc.page.simplify import simplify
from mlpcalc.page.symbols import Orientation, Symbol

if TYPE_CHECKING:
    import numpy as np

Product = Literal["W X", "W^T X", "X W", "X W^T"]
"""How a course writes the product of weights and inputs."""

Axes = TypeVar("Axes", bound=tuple[object, ...])
Cell = TypeVar("Cell", bound="np.generic")


class Layout(NamedTuple):
    """The orientation of an exercise's matrices; `of` is a quantity, or what quantities are oriented like."""

    product: Product = "W X"

    def is_transposed(self, of: Symbol | Orientation) -> bool:
        """Whether the course has the transpose of what the page has.

        Flat quantities go with the samples: a bias is a column beside samples in columns, a row beside rows.
        """
        orientation = of.spec.orientation if isinstance(of, Symbol) else of
        if orientation == "weights":
            return self.product in ("W^T X", "X W")
        return self.product in ("X W", "X W^T")

    def axes(self, of: Symbol | Orientation, axes: Axes) -> Axes:
        """A shape, an index, or anything else that there is one of for each axis."""
        return cast(Axes, axes[::-1]) if self.is_transposed(of) else axes

    def values(
        self, of: Symbol | Orientation, array: "np.ndarray[tuple[int, ...], np.dtype[Cell]]"
    ) -> "np.ndarray[tuple[int, ...], np.dtype[Cell]]":
        """An array with a value for each cell, of one or two axes; a view."""
        return array.T if self.is_transposed(of) else array

    def cell(self, symbol: Symbol, index: tuple[int, int]) -> tuple[int, ...]:
        """The cell of the exercise for an index of the page; see `cell_of`."""
        return cell_of(symbol, self.axes(symbol, index))

    def indices(self, symbol: Symbol, index: tuple[int, int]) -> tuple[int, ...]:
        """The cell of the exercise for an index of the page, as it stands in brackets; see `indices_of`."""
        return indices_of(symbol, self.axes(symbol, index))

    def expression(self, symbol: Symbol, node: expr.Expr) -> expr.Expr:
        """An expression for a quantity, between the matrices of the course."""

        def as_in_course(leaf: expr.Ref | expr.Variable) -> expr.Expr:
            if isinstance(leaf, expr.Ref) and self.is_transposed(leaf.symbol):
                return expr.Transpose(leaf)
            return leaf

        expression = trees.replace_leaves(node, as_in_course)
        return simplify(_settle(expr.Transpose(expression) if self.is_transposed(symbol) else expression))


def _settle(node: expr.Expr) -> expr.Expr:
    """Bring every transpose down to the names."""
    match node:
        case expr.Transpose(expr.Transpose(x)):
            return _settle(x)
        case expr.Transpose(expr.Ref() | expr.Variable() | expr.Number()):
            return node.operand if isinstance(node.operand, expr.Number) else node
        case expr.Transpose(expr.MatMul(left, right)):
            return expr.MatMul(_settle(expr.Transpose(right)), _settle(expr.Transpose(left)))
        case expr.Transpose(expr.RowSums(x)):
            return expr.ColumnSums(_settle(expr.Transpose(x)))
        case expr.Transpose(expr.ColumnSums(x)):
            return expr.RowSums(_settle(expr.Transpose(x)))
        case expr.Transpose(expr.AcrossColumns(x)):
            return expr.AcrossRows(_settle(expr.Transpose(x)))
        case expr.Transpose(expr.AcrossRows(x)):
            return expr.AcrossColumns(_settle(expr.Transpose(x)))
        case expr.Transpose(expr.Total() as total) | (expr.Total() as total):
            # A sum of all cells may be taken either way round: the one with fewer transposes reads better.
            ways = _settle(total.operand), _settle(expr.Transpose(total.operand))
            return expr.Total(min(ways, key=_transposes))
        case expr.Transpose(elementwise):
            return trees.rebuild(elementwise, lambda part: _settle(expr.Transpose(part)))
        case _:
            return trees.rebuild(node, _settle)


def _transposes(node: expr.Expr) -> int:
    return isinstance(node, expr.Transpose) + sum(_transposes(part) for part in trees.children(node))
