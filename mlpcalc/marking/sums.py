"""The sums in an equation, taken apart: every term by itself, for the figures of a sheet."""

import numpy as np

from mlpcalc.marking.lines import Line
from mlpcalc.numerics.interval import Ball
from mlpcalc.page import expr

MOST_TERMS = 400
_MANY_CELLS = 1_000_000  # in the stack of the terms


def terms_of(node: expr.Expr, line: Line) -> tuple[Ball, Ball] | None:
    """A sum and the stack of its terms; None for what is no sum, or one of too many terms."""
    match node:
        case expr.MatMul(left, right):
            (a, r), (b, s) = (_flat(line, part) for part in (left, right))
            if not 2 <= a.shape[-1] <= MOST_TERMS // 4 or a.size * b.shape[-1] > _MANY_CELLS:
                return None
            columns = [part.T[:, :, None] for part in (a, r)]
            rows = [part[:, None, :] for part in (b, s)]
            value = columns[0] * rows[0]
            radius = np.abs(columns[0]) * rows[1] + columns[1] * (np.abs(rows[0]) + rows[1])
        case expr.RowSums(operand) | expr.ColumnSums(operand) | expr.Total(operand):
            a, r = _flat(line, operand)
            match node:
                case expr.RowSums():
                    value, radius = (part.T[:, :, None] for part in (a, r))
                case expr.ColumnSums():
                    value, radius = (part[:, None, :] for part in (a, r))
                case _:
                    value, radius = (part.reshape(-1, 1, 1) for part in (a, r))
            if not 2 <= len(value) <= MOST_TERMS:
                return None
        case _:
            return None
    total = Ball(value.sum(axis=0)[None], radius.sum(axis=0)[None])
    return total, Ball(value, radius)


def _flat(line: Line, node: expr.Expr) -> Ball:
    """The ball of an operand, of the only sheet there is."""
    value, radius = line.operand(node)
    return Ball(*(np.asarray(part).reshape(part.shape[-2:]) for part in (value, radius)))
