"""Expand one cell of a matrix expression into an expression of the cells of its operands.

A matrix product becomes a sum over its inner index, a transpose swaps the indices, a softmax becomes a
quotient of exponentials over one sample. Indices count from 0 here; texts count from 1.
"""

from collections.abc import Callable, Iterator

from mlpcalc.page import expr, trees
from mlpcalc.page.functions import Activation, Apply
from mlpcalc.page.shapes import shape
from mlpcalc.page.symbols import Symbol

Shape = Callable[[Symbol], tuple[int, int]]


@expr.record
class Cell(expr.Expr):
    """One cell of a quantity, in the layout of the exercise; row and column count from 0."""

    symbol: Symbol
    row: int
    column: int


@expr.record
class SoftmaxCell(expr.Expr):
    """exp(of) / Σ exp(among), in one node, as the exponentials may overflow where the softmax does not."""

    of: expr.Expr
    among: tuple[expr.Expr, ...]

    @property
    def exponents(self) -> tuple[expr.Expr, ...]:
        """All of `among`, elided terms included."""
        return tuple(
            part for each in self.among for part in (each.terms if isinstance(each, ElidedTerms) else (each,))
        )


@expr.record
class Figure(expr.Expr):
    """A number as printed; of: the cell whose number it is, if of one."""

    text: str
    of: Cell | None = None


@expr.record
class ElidedTerms(expr.Expr):
    """The middle of a long sum, shown as one subtotal."""

    terms: tuple[expr.Expr, ...]


def expand(node: expr.Expr, row: int, column: int, shape_of: Shape, *, samples_in_rows: bool) -> expr.Expr:
    """Expand the cell of an expression at (row, column).

    shape_of: the shape of a quantity, as (rows, columns). samples_in_rows: the layout of the exercise.
    """

    def at(part: expr.Expr, i: int, j: int) -> expr.Expr:
        return expand(part, i, j, shape_of, samples_in_rows=samples_in_rows)

    def along(part: expr.Expr, axis: int) -> range:
        return range(shape(part, shape_of)[axis])

    match node:
        case expr.Ref(symbol):
            return Cell(symbol, row, column)
        case expr.Transpose(operand):
            return at(operand, column, row)
        case expr.MatMul(left, right):
            return expr.sum_of(at(left, row, k) * at(right, k, column) for k in along(left, 1))
        case expr.RowSums(operand):
            return expr.sum_of(at(operand, row, k) for k in along(operand, 1))
        case expr.ColumnSums(operand):
            return expr.sum_of(at(operand, k, column) for k in along(operand, 0))
        case expr.Total(operand):
            return expr.sum_of(at(operand, i, j) for i in along(operand, 0) for j in along(operand, 1))
        case expr.AcrossColumns(operand):
            return at(operand, row, 0)
        case expr.AcrossRows(operand):
            return at(operand, 0, column)
        case Apply(Activation(jacobian=expr.Expr()), operand):  # softmax: over the units of one sample
            units = along(operand, 1 if samples_in_rows else 0)
            among = [at(operand, row, k) if samples_in_rows else at(operand, k, column) for k in units]
            return SoftmaxCell(at(operand, row, column), tuple(among))
        case expr.Sum(terms):
            return expr.sum_of(at(term, row, column) for term in terms)
        case expr.Number() | Cell():
            return node
        case _:
            return trees.rebuild(node, lambda part: at(part, row, column))


def cells(node: expr.Expr) -> Iterator[Cell]:
    """The cells in an expression, including repetitions."""
    return (part for part in walk(node) if isinstance(part, Cell))


def walk(node: expr.Expr) -> Iterator[expr.Expr]:
    """The expression and its subexpressions, in the order they are written."""
    yield node
    # The cell itself is one of `among`.
    for part in node.among if isinstance(node, SoftmaxCell) else trees.children(node):
        yield from walk(part)
