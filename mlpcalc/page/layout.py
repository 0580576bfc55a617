"""How a course lays out its matrices, as a rewriting of the page.

The page has samples in columns and a row of W for each unit. A course that writes S = X W has the
transposes of all that. Turning is mechanical: every matrix that the course has the other way round is
replaced by its transpose, and (AB)ᵀ = BᵀAᵀ brings the transposes down to the names, where they cancel.
No other module knows of orientation.
"""

from typing import TypeVar, cast

from mlpcalc.page import expr
from mlpcalc.page.equations import Equation, Page
from mlpcalc.page.exercise import Conventions
from mlpcalc.page.simplify import simplify
from mlpcalc.page.symbols import Orientation, Symbol


def turns(orientation: Orientation, conventions: Conventions) -> bool:
    """Whether matrices that lie like the samples (or the weights) are transposes of those of the page.

    Flat quantities turn with the samples: a bias is a column beside samples in columns, a row beside rows.
    """
    if orientation == "weights":
        return conventions.product in ("W^T X", "X W")
    return conventions.product in ("X W", "X W^T")


Axes = TypeVar("Axes", bound=tuple[object, ...])


def turned_shape(shape: Axes, orientation: Orientation, conventions: Conventions) -> Axes:
    """A shape (or anything else an axis has) of the page, as the course has it."""
    return cast(Axes, shape[::-1]) if turns(orientation, conventions) else shape


def turn(page: Page, conventions: Conventions) -> Page:
    """The page as the course writes it: the same equations between its own matrices."""
    if conventions.product == "W X":
        return page
    return {symbol: _equation(equation, conventions) for symbol, equation in page.items()}


def _equation(equation: Equation, conventions: Conventions) -> Equation:
    def turned(route: expr.Expr) -> expr.Expr:
        return turn_expression(equation.symbol, route, conventions)

    return Equation(
        equation.symbol,
        turned(equation.expression),
        equation.stable,  # computed on the page only
        equation.chain_rule and turned(equation.chain_rule),
        equation.operands,
    )


def turn_expression(symbol: Symbol, node: expr.Expr, conventions: Conventions) -> expr.Expr:
    """An expression for a quantity, between the matrices of the course."""

    def as_in_course(leaf: expr.Ref | expr.Variable) -> expr.Expr:
        if isinstance(leaf, expr.Ref) and turns(leaf.symbol.spec.orientation, conventions):
            return expr.Transpose(leaf)
        return leaf

    expression = expr.replace_leaves(node, as_in_course)
    if turns(symbol.spec.orientation, conventions):
        expression = expr.Transpose(expression)
    return simplify(_settle(expression))


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
            return expr.rebuild(elementwise, lambda part: _settle(expr.Transpose(part)))
        case _:
            return expr.rebuild(node, _settle)


def _transposes(node: expr.Expr) -> int:
    return isinstance(node, expr.Transpose) + sum(_transposes(part) for part in expr.children(node))
