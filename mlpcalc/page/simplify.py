"""The standard form of an expression: factors collected in front, nothing that cancels left standing.

Everything here is an identity of matrix algebra; the value stays what it is. The page is kept in this
form, so that formulas print as one would write them: `1/N (Z2 - T)`, not `1/2 · 1/N · 2 (Z2 - T)`.
"""

from mlpcalc.page import expr, trees

_MINUS = expr.Coefficient(-expr.ONE.number)


def simplify(node: expr.Expr) -> expr.Expr:
    """The expression in standard form."""
    return _fold(trees.rebuild(node, simplify))


def _fold(node: expr.Expr) -> expr.Expr:
    """One step at the root of a node whose operands are in standard form, repeated until none applies."""
    match node:
        case expr.Scale(coefficient, _) if coefficient == expr.ONE:
            return node.operand
        case expr.Scale(a, expr.Scale(b, x)):
            return _fold(expr.Scale(a * b, x))
        case expr.Scale(a, expr.Sub(x, y)) if a.number < 0:
            return _fold(expr.Scale(a * _MINUS, _fold(expr.Sub(y, x))))
        case expr.Scale(a, expr.Hadamard(expr.Sub(x, y), z)) if a.number < 0:
            return _fold(expr.Scale(a * _MINUS, expr.Hadamard(_fold(expr.Sub(y, x)), z)))
        case expr.Scale(_, expr.Number(value)) if value == 0:
            return node.operand
        case expr.Scale(expr.Coefficient(number, ()), expr.Number(value)):
            return expr.Number(number * value)

        case expr.Hadamard(expr.Number(value), x) | expr.Hadamard(x, expr.Number(value)):
            return _fold(expr.Scale(expr.Coefficient(value), x))
        case expr.Hadamard(expr.Scale(a, x), y) | expr.Hadamard(x, expr.Scale(a, y)):
            return _fold(expr.Scale(a, _fold(expr.Hadamard(x, y))))
        case expr.MatMul(expr.Scale(a, x), y) | expr.MatMul(x, expr.Scale(a, y)):
            return _fold(expr.Scale(a, _fold(expr.MatMul(x, y))))
        case expr.Quotient(x, expr.Number(value)) if value == 1:
            return x
        case expr.Quotient(expr.Scale(a, x), y):
            return _fold(expr.Scale(a, _fold(expr.Quotient(x, y))))
        case (
            expr.Transpose(expr.Scale(a, x))
            | expr.RowSums(expr.Scale(a, x))
            | expr.ColumnSums(expr.Scale(a, x))
            | expr.Total(expr.Scale(a, x))
        ):
            return _fold(expr.Scale(a, _fold(type(node)(x))))
        case expr.AcrossColumns(expr.Scale(a, x)) | expr.AcrossRows(expr.Scale(a, x)):
            return _fold(expr.Scale(a, type(node)(x)))

        case (
            expr.Add(x, expr.Number(value))
            | expr.Add(expr.Number(value), x)
            | expr.Sub(x, expr.Number(value))
        ) if value == 0:
            return x
        case expr.Add(x, expr.Scale(a, y)) if a.number < 0:
            return _fold(expr.Sub(x, _fold(expr.Scale(a * _MINUS, y))))
        case expr.Sub(x, expr.Scale(a, y)) if a.number < 0:
            return _fold(expr.Add(x, _fold(expr.Scale(a * _MINUS, y))))

        case expr.Total(expr.ColumnSums(x)) | expr.Total(expr.RowSums(x)):
            return _fold(expr.Total(x))
        case expr.Transpose(expr.Transpose(x)):
            return x
        case _:
            return node
