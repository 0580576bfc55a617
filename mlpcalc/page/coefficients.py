"""What the coefficients of equations are worth in an exercise."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache

from mlpcalc.page import expr


class Coefficients:
    """The coefficients of equations as floats, each rounded once.

    scalars: what the names in them stand for in a step.
    """

    def __init__(self, scalars: Callable[[int], Mapping[expr.Scalar, Fraction]]) -> None:
        self._scalars = lru_cache(maxsize=64)(scalars)
        self._known: dict[int, tuple[expr.Coefficient, float]] = {}  # by identity, as fractions hash slowly

    def __call__(self, coefficient: expr.Coefficient) -> float:
        """The value of a coefficient."""
        found = self._known.get(id(coefficient))
        if found is None:
            found = self._known[id(coefficient)] = coefficient, expr.as_float(self.exact(coefficient))
        return found[1]

    def exact(self, coefficient: expr.Coefficient) -> Fraction:
        """The value of a coefficient as a fraction."""
        value = coefficient.number
        scalars = self._scalars(coefficient.step) if coefficient.powers else {}
        for name, power in coefficient.powers:
            value *= scalars[name] ** power
        return value
