"""How a course lays out its matrices, as a rewriting of the page.

The page has samples in columns and a row of W for each unit. A course that writes S = X W has the
transposes of all that. Turning is mechanical: every matrix that the course has the other way round is
replaced by its transpose, and (AB)ᵀ = BᵀAᵀ brings the transposes down to the names, where they cancel.
No other module knows of orientation.
"""

from typing import TypeVar, cast

from mlpcalc.equations import Equation, Page
from mlpcalc.exercise import Conventions
from mlpcalc.expr import (
    AcrossColumns,
    AcrossRows,
    ColumnSums,
    Expr,
    MatMul,
    Number,
    Ref,
    RowSums,
    Total,
    Transpose,
    Variable,
    children,
    rebuild,
    replace_leaves,
)
from mlpcalc.simplify import simplify
from mlpcalc.symbols import Lies, Symbol


def turns(lies: Lies, conventions: Conventions) -> bool:
    """Whether matrices that lie like the samples (or the weights) are transposes of those of the page.

    Flat quantities turn with the samples: a bias is a column beside samples in columns, a row beside rows.
    """
    if lies == "weights":
        return conventions.product in ("W^T X", "X W")
    return conventions.product in ("X W", "X W^T")


Axes = TypeVar("Axes", bound=tuple[object, ...])


def turned_shape(shape: Axes, lies: Lies, conventions: Conventions) -> Axes:
    """A shape (or anything else an axis has) of the page, as the course has it."""
    return cast(Axes, shape[::-1]) if turns(lies, conventions) else shape


def turn(page: Page, conventions: Conventions) -> Page:
    """The page as the course writes it: the same equations between its own matrices."""
    if conventions.product == "W X":
        return page
    return {symbol: _equation(equation, conventions) for symbol, equation in page.items()}


def _equation(equation: Equation, conventions: Conventions) -> Equation:
    def turned(route: Expr) -> Expr:
        return turn_expression(equation.symbol, route, conventions)

    return Equation(
        equation.symbol,
        turned(equation.expression),
        equation.stable,  # computed on the page only
        equation.chain_rule and turned(equation.chain_rule),
        equation.operands,
    )


def turn_expression(symbol: Symbol, node: Expr, conventions: Conventions) -> Expr:
    """An expression for a quantity, between the matrices of the course."""

    def as_in_course(leaf: Ref | Variable) -> Expr:
        if isinstance(leaf, Ref) and turns(leaf.symbol.row.lies, conventions):
            return Transpose(leaf)
        return leaf

    expression = replace_leaves(node, as_in_course)
    if turns(symbol.row.lies, conventions):
        expression = Transpose(expression)
    return simplify(_settle(expression))


def _settle(node: Expr) -> Expr:
    """Bring every transpose down to the names."""
    match node:
        case Transpose(Transpose(x)):
            return _settle(x)
        case Transpose(Ref() | Variable() | Number()):
            return node.operand if isinstance(node.operand, Number) else node
        case Transpose(MatMul(left, right)):
            return MatMul(_settle(Transpose(right)), _settle(Transpose(left)))
        case Transpose(RowSums(x)):
            return ColumnSums(_settle(Transpose(x)))
        case Transpose(ColumnSums(x)):
            return RowSums(_settle(Transpose(x)))
        case Transpose(AcrossColumns(x)):
            return AcrossRows(_settle(Transpose(x)))
        case Transpose(AcrossRows(x)):
            return AcrossColumns(_settle(Transpose(x)))
        case Transpose(Total() as total) | (Total() as total):
            # A sum of all cells may be taken either way round: the one with fewer transposes reads better.
            ways = _settle(total.operand), _settle(Transpose(total.operand))
            return Total(min(ways, key=_transposes))
        case Transpose(elementwise):
            return rebuild(elementwise, lambda part: _settle(Transpose(part)))
        case _:
            return rebuild(node, _settle)


def _transposes(node: Expr) -> int:
    return isinstance(node, Transpose) + sum(_transposes(part) for part in children(node))
