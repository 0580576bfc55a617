"""The figures of a matrix as they are shown: rounded, givens as typed, of a large one only a part."""

from mlpcalc.report.blocks import Matrix

LARGE = 20  # rows or columns
BLANK = "____"  # a cell to be filled in


def cell(matrix: Matrix, i: int, j: int) -> str:
    """One figure: `-0.0068`, `6.9e-13`; as typed in the exercise for a given; a line to write on."""
    if matrix.blank:
        return BLANK
    return matrix.cells[i][j] if matrix.cells else matrix.digits.figure(float(matrix.values[i, j]))


def hand_width(matrix: Matrix) -> float:
    """Width of a handwritten figure of the matrix, in em."""
    return max(3.0, 0.6 * (matrix.digits.number + 3))


def is_large(matrix: Matrix) -> bool:
    """Whether the matrix is shown in part by default."""
    return max(matrix.values.shape) > LARGE


def ends(length: int, room: int) -> list[int | None]:
    """All indices if there is room, else the first and the last ones with None between."""
    if length <= room:
        return list(range(length))
    tail = room // 3
    return [*range(room - 1 - tail), None, *range(length - tail, length)]


def extremes(matrix: Matrix) -> tuple[str, str]:
    """The smallest and the largest figure."""
    if matrix.blank:
        return BLANK, BLANK
    low, high = (matrix.digits.figure(float(end)) for end in (matrix.values.min(), matrix.values.max()))
    return low, high
