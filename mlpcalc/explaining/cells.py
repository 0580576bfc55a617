"""One cell of an equation: the expression written out in the cells of its operands.

`expand` turns a matrix expression into one between numbers: a matrix product becomes the sum over its inner
index, a transpose swaps the indices, a softmax becomes a quotient over its sample. Indices count from 0
here; texts count from 1.
"""

from collections.abc import Callable, Iterator

from mlpcalc.page import expr
from mlpcalc.page.functions import Activation
from mlpcalc.page.shapes import shape
from mlpcalc.page.symbols import Symbol

Shape = Callable[[Symbol], tuple[int, int]]


class Cell(expr.Expr):
    """One cell of a quantity."""

    symbol: Symbol
    row: int
    column: int


class Terms(expr.Expr):
    """A sum of many cells' worth, in the order of the index that is summed over."""

    terms: tuple[expr.Expr, ...]


class Share(expr.Expr):
    """exp(of) / Σ exp(among): a softmax, written with exponentials that cannot overflow."""

    of: expr.Expr
    among: tuple[expr.Expr, ...]


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
            return _sum([at(left, row, k) * at(right, k, column) for k in along(left, 1)])
        case expr.RowSums(operand):
            return _sum([at(operand, row, k) for k in along(operand, 1)])
        case expr.ColumnSums(operand):
            return _sum([at(operand, k, column) for k in along(operand, 0)])
        case expr.Total(operand):
            return _sum([at(operand, i, j) for i in along(operand, 0) for j in along(operand, 1)])
        case expr.AcrossColumns(operand):
            return at(operand, row, 0)
        case expr.AcrossRows(operand):
            return at(operand, 0, column)
        case expr.Apply(Activation(jacobian=expr.Expr()), operand):  # softmax: over the units of one sample
            units = along(operand, 1 if samples_in_rows else 0)
            among = [at(operand, row, k) if samples_in_rows else at(operand, k, column) for k in units]
            return Share(at(operand, row, column), tuple(among))
        case expr.Number() | Cell():
            return node
        case _:
            return expr.rebuild(node, lambda part: at(part, row, column))


def _sum(terms: list[expr.Expr]) -> expr.Expr:
    return terms[0] if len(terms) == 1 else Terms(tuple(terms))


def parts(node: expr.Expr) -> tuple[expr.Expr, ...]:
    """The operands of a node, those of sums and softmaxes included."""
    match node:
        case Terms(terms):
            return terms
        case Share(_, among):
            return among
        case _:
            return expr.children(node)


def walk(node: expr.Expr) -> Iterator[expr.Expr]:
    """The expression and everything in it, in the order it is written."""
    yield node
    for part in parts(node):
        yield from walk(part)


def cells(node: expr.Expr) -> Iterator[Cell]:
    """The cells in an expression, repetitions included."""
    return (part for part in walk(node) if isinstance(part, Cell))
