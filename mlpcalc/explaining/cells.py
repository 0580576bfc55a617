"""One cell of an equation: the expression written out in the cells of its operands.

`expand` turns a matrix expression into one between numbers: a matrix product becomes the sum over its inner
index, a transpose swaps the indices, a softmax becomes a quotient over its sample. Indices count from 0
here; texts count from 1.
"""

from collections.abc import Callable, Iterator

from mlpcalc.page import expr, trees
from mlpcalc.page.functions import Activation, Apply
from mlpcalc.page.shapes import shape
from mlpcalc.page.symbols import Symbol

Shape = Callable[[Symbol], tuple[int, int]]


@expr.record
class Cell(expr.Expr):
    """One cell of a quantity."""

    symbol: Symbol
    row: int
    column: int


@expr.record
class SoftmaxCell(expr.Expr):
    """exp(of) / Σ exp(among): a softmax, whose exponentials may overflow where it does not."""

    of: expr.Expr
    among: tuple[expr.Expr, ...]

    @property
    def exponents(self) -> tuple[expr.Expr, ...]:
        """All of `among`, those of the middle of a long sum too."""
        return tuple(
            part for each in self.among for part in (each.terms if isinstance(each, ElidedTerms) else (each,))
        )


@expr.record
class Figure(expr.Expr):
    """A number as it is printed."""

    text: str


@expr.record
class ElidedTerms(expr.Expr):
    """The middle of a long sum, which a person need not see term by term."""

    terms: tuple[expr.Expr, ...]


def expand(node: expr.Expr, row: int, column: int, shape_of: Shape, *, samples_in_rows: bool) -> expr.Expr:
    """The cell of an expression at (row, column), between the cells of its operands."""

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
    """The cells in an expression, repetitions included."""
    return (part for part in walk(node) if isinstance(part, Cell))


def walk(node: expr.Expr) -> Iterator[expr.Expr]:
    """The expression and everything in it, in the order it is written; a softmax's own cell is among all."""
    yield node
    for part in node.among if isinstance(node, SoftmaxCell) else trees.children(node):
        yield from walk(part)
