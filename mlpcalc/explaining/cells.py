"""One cell of an equation: the expression written out in the cells of its operands.

`expand` turns a matrix expression into one between numbers: a matrix product becomes the sum over its inner
index, a transpose swaps the indices, a softmax becomes a quotient over its sample. Indices count from 0
here; texts count from 1.
"""

from collections.abc import Callable, Iterator

from mlpcalc.expr import (
    AcrossColumns,
    AcrossRows,
    Apply,
    ColumnSums,
    Expr,
    MatMul,
    Number,
    Ref,
    RowSums,
    Sum,
    Total,
    Transpose,
    children,
    rebuild,
    sum_of,
)
from mlpcalc.functions import Activation
from mlpcalc.shapes import shape
from mlpcalc.symbols import Symbol

Shape = Callable[[Symbol], tuple[int, int]]


class Cell(Expr):
    """One cell of a quantity."""

    symbol: Symbol
    row: int
    column: int


class Share(Expr):
    """exp(of) / Σ exp(among): a softmax, whose exponentials may overflow where it does not."""

    of: Expr
    among: tuple[Expr, ...]

    @property
    def exponents(self) -> tuple[Expr, ...]:
        """All of `among`, those of the middle of a long sum too."""
        return tuple(
            part for each in self.among for part in (each.terms if isinstance(each, Rest) else (each,))
        )


class Figure(Expr):
    """A number as it is printed."""

    text: str


class Rest(Expr):
    """The middle of a long sum, which a person need not see term by term."""

    terms: tuple[Expr, ...]


def expand(node: Expr, row: int, column: int, shape_of: Shape, *, samples_in_rows: bool) -> Expr:
    """The cell of an expression at (row, column), between the cells of its operands."""

    def at(part: Expr, i: int, j: int) -> Expr:
        return expand(part, i, j, shape_of, samples_in_rows=samples_in_rows)

    def along(part: Expr, axis: int) -> range:
        return range(shape(part, shape_of)[axis])

    match node:
        case Ref(symbol):
            return Cell(symbol, row, column)
        case Transpose(operand):
            return at(operand, column, row)
        case MatMul(left, right):
            return sum_of(at(left, row, k) * at(right, k, column) for k in along(left, 1))
        case RowSums(operand):
            return sum_of(at(operand, row, k) for k in along(operand, 1))
        case ColumnSums(operand):
            return sum_of(at(operand, k, column) for k in along(operand, 0))
        case Total(operand):
            return sum_of(at(operand, i, j) for i in along(operand, 0) for j in along(operand, 1))
        case AcrossColumns(operand):
            return at(operand, row, 0)
        case AcrossRows(operand):
            return at(operand, 0, column)
        case Apply(Activation(jacobian=Expr()), operand):  # softmax: over the units of one sample
            units = along(operand, 1 if samples_in_rows else 0)
            among = [at(operand, row, k) if samples_in_rows else at(operand, k, column) for k in units]
            return Share(at(operand, row, column), tuple(among))
        case Sum(terms):
            return sum_of(at(term, row, column) for term in terms)
        case Number() | Cell():
            return node
        case _:
            return rebuild(node, lambda part: at(part, row, column))


def cells(node: Expr) -> Iterator[Cell]:
    """The cells in an expression, repetitions included."""
    return (part for part in walk(node) if isinstance(part, Cell))


def walk(node: Expr) -> Iterator[Expr]:
    """The expression and everything in it, in the order it is written; a softmax's own cell is among all."""
    yield node
    for part in node.among if isinstance(node, Share) else children(node):
        yield from walk(part)
