"""What the exercise gives, recognised where a document repeats it."""

from math import isclose, nan

import numpy as np

from mlpcalc.answers.digits import figure
from mlpcalc.answers.forms.passages import Grid
from mlpcalc.arrays import Array
from mlpcalc.page.symbols import Symbol
from mlpcalc.reading.numerals import NumeralError
from mlpcalc.solving.solution import Solution


class Givens:
    """The inputs, targets and parameters of an exercise, in its own layout."""

    def __init__(self, solution: Solution) -> None:
        self._values = {
            symbol: np.atleast_2d(solution.value(symbol)) for symbol in solution.exercise.givens()
        }

    def __contains__(self, symbol: Symbol) -> bool:
        return symbol in self._values

    def has(self, grid: Grid, symbol: Symbol) -> bool:
        """Whether figures are those of a given, as the exercise has it or turned."""
        given = self._values.get(symbol)
        if given is None:
            return False
        values = _values(grid)
        if grid.size == 1 and symbol.kind == "b":
            return _equal(given, np.broadcast_to(values, given.shape))  # one for the whole layer
        if grid.size != given.size:
            return False
        if grid.flat and 1 in given.shape:
            return _equal(values.ravel(), given.ravel())
        return any(values.shape == each.shape and _equal(values, each) for each in (given, given.T))

    def has_cell(self, grid: Grid, symbol: Symbol, indices: tuple[int, ...]) -> bool:
        """Whether one figure is that of a cell of a given."""
        given = self._values[symbol]
        value = (
            given.ravel()[max(indices) - 1] if len(indices) == 1 else given[indices[0] - 1, indices[1] - 1]
        )
        return grid.size == 1 and isclose(float(_values(grid)[0, 0]), float(value), rel_tol=1e-6)

    def which(self, grid: Grid) -> Symbol | None:
        """The given whose figures a matrix or list has."""
        if grid.size == 1:
            return None
        return next((symbol for symbol in self._values if self.has(grid, symbol)), None)


def _values(grid: Grid) -> Array:
    return np.array([[_value(text) for text in row] for row in grid.rows])


def _value(text: str) -> float:
    try:
        return figure(text).value
    except NumeralError:
        return nan


def _equal(values: Array, given: Array) -> bool:
    return bool(np.allclose(values, given, rtol=1e-6, atol=1e-12))
