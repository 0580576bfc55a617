"""The figures of a matrix as shown: rounded, givens as typed, large matrices in part."""

from mlpcalc.numerics.rounding import figure
from mlpcalc.report.blocks import Matrix

LARGE = 20  # rows or columns
BLANK = "____"  # a cell to be filled in


def cell(matrix: Matrix, i: int, j: int) -> str:
    """The text of a cell: `-0.0068`, `6.9e-13`; a given as typed; `____` in a blank matrix."""
    if matrix.blank:
        return BLANK
    return matrix.cells[i][j] if matrix.cells else figure(float(matrix.values[i, j]), matrix.decimals)


def hand_width(matrix: Matrix) -> float:
    """The width of a handwritten figure of the matrix, in em."""
    return max(3.0, 0.6 * (matrix.decimals + 3))


def is_large(matrix: Matrix) -> bool:
    """Whether the matrix is shown in part by default."""
    return max(matrix.values.shape) > LARGE


def ends(length: int, room: int) -> list[int | None]:
    """All indices if at most `room`; otherwise the first and the last ones with None between."""
    if length <= room:
        return list(range(length))
    tail = room // 3
    return [*range(room - 1 - tail), None, *range(length - tail, length)]


def extremes(matrix: Matrix) -> tuple[str, str]:
    """The smallest and the largest figure, as text."""
    if matrix.blank:
        return BLANK, BLANK
    low, high = (figure(float(end), matrix.decimals) for end in (matrix.values.min(), matrix.values.max()))
    return low, high
