"""The block of a quantity: its matrix with formula, labels, figures, and how they were computed."""

from collections.abc import Callable

from mlpcalc.numerics.rounding import Digits
from mlpcalc.page.symbols import Axis, Symbol
from mlpcalc.report.blocks import Matrix
from mlpcalc.report.workings import Workings
from mlpcalc.solving.quantities import Quantities

Explain = Callable[[Symbol], Workings | None]
"""What gives the workings of a quantity; None for givens, and where nobody can ask."""


def unexplained(_symbol: Symbol) -> None:
    """The workings of quantities that are only shown."""


def matrix(solution: Quantities, symbol: Symbol, digits: Digits, workings: Explain = unexplained) -> Matrix:
    """The block of one quantity, with formula, labels, values, and how they were computed."""
    value, cells = solution.value(symbol), solution.exercise.typed(symbol)
    first = solution.exercise.samples_of(symbol.step).start + 1
    labels = [
        _labels(axis, length, first) for axis, length in zip(solution.axes(symbol), value.shape, strict=True)
    ]
    if solution.is_number(symbol):
        labels = [[""], [""]]
    elif value.ndim < 2:
        labels = [[""], *labels]
    if value.ndim < 2 or solution.exercise.layout.is_transposed(symbol):
        cells = cells and tuple(zip(*cells, strict=True))
    return Matrix(
        formula=solution.notation.both(lambda notation: notation.equation(symbol)),
        shape="" if solution.is_number(symbol) else "×".join(str(length) for length in value.shape),
        values=value.reshape(len(labels[0]), len(labels[1])),
        rows=labels[0],
        columns=labels[1],
        digits=digits,
        cells=cells,
        counts=[symbol.counted(axis) for axis in solution.axes(symbol)],
        upright=symbol.spec.shape == ("out",) and not solution.exercise.layout.is_transposed("flat"),
        name=solution.notation.both(lambda notation: notation.name(symbol)),
        key=symbol.plain,
        workings=workings(symbol),
    )


def _labels(axis: Axis, length: int, first: int) -> list[str]:
    """#1, #2, … for samples, from the first of the step; 1, 2, … for units."""
    if axis == "N":
        return [f"#{i}" for i in range(first, first + length)]
    return [str(i) for i in range(1, length + 1)]
