"""The figures of a matrix as shown: rounded, givens as typed, large matrices in part."""

import re
from collections.abc import Iterable

from mlpcalc.report.blocks import Matrix

LARGE = 20  # rows or columns
_IN_PART = 10  # of those
BLANK = "____"  # a cell to be filled in
_FIGURE = re.compile(r"[\d\s.,/-]*")


def cell(matrix: Matrix, i: int, j: int) -> str:
    """The text of a cell: `-0.0068`, `6.9e-13`; a given as typed; `____` in a blank matrix."""
    if matrix.blank:
        return BLANK
    return matrix.cells[i][j] if matrix.cells else matrix.digits.figure(float(matrix.values[i, j]))


def hand_width(matrix: Matrix) -> float:
    """The width of a handwritten figure of the matrix, in em."""
    return max(3.0, 0.6 * (matrix.digits.number + 3))


def shown(matrix: Matrix, fitting: int, *, full: bool) -> tuple[list[int | None], list[int | None]]:
    """The rows and columns to show, with None for those left out of a large matrix.

    fitting: the number of columns that fit. full: whether a large matrix is shown in full.
    """
    height, length = matrix.values.shape
    if full or max(height, length) <= LARGE:
        return [*range(height)], [*range(length)]
    return ends(height, _IN_PART), ends(length, max(3, min(fitting, _IN_PART)))


def ends(length: int, room: int) -> list[int | None]:
    """All indices if at most `room`; otherwise the first and the last ones with None between."""
    if length <= room:
        return list(range(length))
    tail = room // 3
    return [*range(room - 1 - tail), None, *range(length - tail, length)]


def is_numeric(column: Iterable[str]) -> bool:
    """Whether a column of a table has nothing but figures, to be aligned on the right."""
    return all(_FIGURE.fullmatch(text) for text in column)


def extremes(matrix: Matrix) -> tuple[str, str]:
    """The smallest and the largest figure, as text."""
    if matrix.blank:
        return BLANK, BLANK
    low, high = (matrix.digits.figure(float(end)) for end in (matrix.values.min(), matrix.values.max()))
    return low, high
