"""The standard form of an expression: factors collected in front, nothing that cancels left standing.

Everything here is an identity of matrix algebra; the value stays what it is. The page is kept in this
form, so that formulas print as one would write them: `1/N (Z2 - T)`, not `1/2 · 1/N · 2 (Z2 - T)`.
"""

from mlpcalc.expr import (
    ONE,
    AcrossColumns,
    AcrossRows,
    Add,
    Coefficient,
    ColumnSums,
    Expr,
    Hadamard,
    MatMul,
    Number,
    Quotient,
    RowSums,
    Scale,
    Sub,
    Total,
    Transpose,
    rebuild,
)

_MINUS = Coefficient(-ONE.number)


def simplify(node: Expr) -> Expr:
    """The expression in standard form."""
    return _fold(rebuild(node, simplify))


def _fold(node: Expr) -> Expr:
    """One step at the root of a node whose operands are in standard form, repeated until none applies."""
    match node:
        case Scale(coefficient, _) if coefficient == ONE:
            return node.operand
        case Scale(a, Scale(b, x)):
            return _fold(Scale(a * b, x))
        case Scale(a, Sub(x, y)) if a.number < 0:
            return _fold(Scale(a * _MINUS, _fold(Sub(y, x))))
        case Scale(a, Hadamard(Sub(x, y), z)) if a.number < 0:
            return _fold(Scale(a * _MINUS, Hadamard(_fold(Sub(y, x)), z)))
        case Scale(Coefficient(number, ()), Number(value)):
            return Number(number * value)

        case Hadamard(Number(value), x) | Hadamard(x, Number(value)):
            return _fold(Scale(Coefficient(value), x))
        case Hadamard(Scale(a, x), y) | Hadamard(x, Scale(a, y)):
            return _fold(Scale(a, _fold(Hadamard(x, y))))
        case MatMul(Scale(a, x), y) | MatMul(x, Scale(a, y)):
            return _fold(Scale(a, _fold(MatMul(x, y))))
        case Quotient(Scale(a, x), y):
            return _fold(Scale(a, _fold(Quotient(x, y))))
        case Transpose(Scale(a, x)) | RowSums(Scale(a, x)) | ColumnSums(Scale(a, x)) | Total(Scale(a, x)):
            return _fold(Scale(a, _fold(type(node)(x))))
        case AcrossColumns(Scale(a, x)) | AcrossRows(Scale(a, x)):
            return _fold(Scale(a, type(node)(x)))

        case Add(x, Number(value)) | Add(Number(value), x) | Sub(x, Number(value)) if value == 0:
            return x
        case Add(x, Scale(a, y)) if a.number < 0:
            return _fold(Sub(x, _fold(Scale(a * _MINUS, y))))
        case Sub(x, Scale(a, y)) if a.number < 0:
            return _fold(Add(x, _fold(Scale(a * _MINUS, y))))

        case Total(ColumnSums(x)) | Total(RowSums(x)):
            return _fold(Total(x))
        case Transpose(Transpose(x)):
            return x
        case _:
            return node
