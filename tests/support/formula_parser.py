"""Reads the formulas that are printed, and works them out.

Nothing here knows how a formula was made: the text is all there is, with the figures of the names in it. So a
formula that is missing a transpose, a bracket or a factor gives other figures, or does not fit together.

    sum      = ["-"] term {("+" | "-") term}
    term     = product {("⊙" | " / ") product}
    product  = factor {factor}                  a matrix product, or a number times a matrix
    factor   = atom {"ᵀ" | "²" | "^n"}
    atom     = name | number | "1" | "Σ" factor | ["√"] "(" sum ")" | "[" sum "≥ 0]"
             | function "(" sum {"," sum} ")"

A number is written without blanks (1/2, η/N, 1/(2N), 0.25); " / " with blanks divides cell by cell. Beside
another factor, 1 is a column of ones and 1ᵀ a row, as long as it must be; 1 alone in its term is the number.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NoReturn

import numpy as np

from mlpcalc.arrays import Array

Functions = Mapping[str, Callable[..., Array]]

_SCALARS = "NMηλ"
_NUMBER = re.compile(
    rf"(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|[{_SCALARS}](?!\w))"
    rf"(?:/(?:\d+(?![\d{_SCALARS}])|[{_SCALARS}](?!\w)|\(\d*[{_SCALARS}]*\)))*"
)
_NAME = re.compile(r"[^\W\d_]\w*'*")
_BLANKS = re.compile(r"\s*")


@dataclass(frozen=True)
class Value:
    """A matrix. Along a free axis it has one cell, which is repeated as often as it is needed."""

    cells: Array
    free: tuple[bool, bool] = (False, False)
    ones: bool = False

    @property
    def number(self) -> bool:
        """Whether this is a number, and not a matrix."""
        return all(self.free)

    def map(self, function: Callable[..., Array], *others: "Value") -> "Value":
        """A function of this and others, cell by cell; their shapes must be the same."""
        shapes = {
            axis: {value.cells.shape[axis] for value in (self, *others) if not value.free[axis]}
            for axis in (0, 1)
        }
        if any(len(lengths) > 1 for lengths in shapes.values()):
            raise ValueError(f"shapes differ: {[value.cells.shape for value in (self, *others)]}")
        free = (not shapes[0], not shapes[1])
        return Value(np.asarray(function(self.cells, *(other.cells for other in others))), free)

    def times(self, other: "Value") -> "Value":
        """The matrix product; by a number, a scaling."""
        if self.number or other.number:
            return Value(self.cells * other.cells, _both(self.free, other.free))
        if self.free[1] and other.free[0]:
            raise ValueError("the length of a sum is not known")
        left = self._stretched(1, other.cells.shape[0])
        right = other._stretched(0, self.cells.shape[1])
        if left.shape[1] != right.shape[0]:
            raise ValueError(f"shapes do not fit: {left.shape} and {right.shape}")
        return Value(left @ right, (self.free[0], other.free[1]))

    def _stretched(self, axis: int, length: int) -> Array:
        if not self.free[axis]:
            return self.cells
        return np.repeat(self.cells, length, axis=axis)

    @property
    def T(self) -> "Value":
        """The transpose."""
        return Value(self.cells.T, self.free[::-1], self.ones)


def _both(a: tuple[bool, bool], b: tuple[bool, bool]) -> tuple[bool, bool]:
    return a[0] and b[0], a[1] and b[1]


def _multiplied(factors: Sequence[Value]) -> Value:
    """The product of all, from the first one that has a size outwards: 1 1ᵀ A is 1 (1ᵀ A)."""
    sized = [i for i, factor in enumerate(factors) if not factor.ones and not factor.number]
    if not sized and any(factor.ones for factor in factors):
        raise ValueError("nothing says how long these vectors of ones are")
    start = sized[0] if sized else 0
    value = factors[start]
    for factor in reversed(factors[:start]):
        value = factor.times(value)
    for factor in factors[start + 1 :]:
        value = value.times(factor)
    return value


def _number(value: float) -> Value:
    return Value(np.full((1, 1), value), (True, True))


# A column of ones: one cell wide, and as high as it must be.
_ONES = Value(np.ones((1, 1)), (True, False), ones=True)


def work_out(
    formula: str,
    shape: tuple[int, ...],
    *,
    names: Mapping[str, Array],
    scalars: Mapping[str, float],
    functions: Functions,
) -> Array:
    """The value of a formula, as a matrix of that shape.

    names: matrices (two axes) or numbers (none) by the names they have in formulas. functions: of matrices,
    by name. Raises `ValueError` where the text makes no sense, or its shapes do not fit together.
    """
    parser = _Parser(formula, names, scalars, functions)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = parser.whole()
    fits = [
        free or length == wanted
        for free, length, wanted in zip(value.free, value.cells.shape, shape, strict=True)
    ]
    if not all(fits):
        raise ValueError(f"{formula}: {value.cells.shape}, not {shape}")
    return np.broadcast_to(value.cells, shape)


def _product(left: Array, right: Array) -> Array:
    """Cell by cell; 0 ln 0 is 0 on paper, and so is 0 times the logarithm of what has none."""
    return np.where((left == 0) | (right == 0), 0.0, left * right)


def _power(exponent: int, cells: Array) -> Array:
    return np.asarray(cells**exponent)


class _Parser:
    def __init__(
        self, text: str, names: Mapping[str, Array], scalars: Mapping[str, float], functions: Functions
    ) -> None:
        self._text = text
        self._at = 0
        # Longest first: f1'(S1) is one name, though f1 or S1 may be others.
        self._names = dict(sorted(names.items(), key=lambda item: -len(item[0])))
        self._scalars = scalars
        self._functions = functions

    def whole(self) -> Value:
        """The value of the whole text."""
        value = self._sum()
        if self._at != len(self._text):
            self._fail("nothing more")
        return value

    # -- the grammar

    def _sum(self) -> Value:
        value = self._term().map(np.negative) if self._take("-") else self._term()
        while True:
            if self._take("+ "):
                value = value.map(np.add, self._term())
            elif self._take("- "):
                value = value.map(np.subtract, self._term())
            else:
                return value

    def _term(self) -> Value:
        value = self._product()
        while True:
            if self._take("⊙"):
                value = value.map(_product, self._product())
            elif self._take("/ "):
                value = value.map(np.divide, self._product())
            else:
                return value

    def _product(self) -> Value:
        factors = [self._factor()]
        while self._starts_factor():
            factors.append(self._factor())
        if len(factors) == 1:
            (only,) = factors
            return _number(1) if only.ones and not only.free[1] else only
        return _multiplied(factors)

    def _starts_factor(self) -> bool:
        self._skip()
        return self._at < len(self._text) and self._text[self._at] not in "+-⊙/)],>≥"

    def _factor(self) -> Value:
        value = self._atom()
        while True:
            if self._take("ᵀ"):
                value = value.T
            elif self._take("²"):
                value = value.map(np.square)
            elif self._take("^"):
                exponent = int(self._match(re.compile(r"\d+")) or self._fail("an exponent"))
                value = value.map(partial(_power, exponent))
            else:
                return value

    def _atom(self) -> Value:
        self._skip()
        for name, cells in self._names.items():
            after = self._text[self._at + len(name) : self._at + len(name) + 1]
            if self._text.startswith(name, self._at) and not re.match(r"[^\Wᵀ²]|'", after):
                self._at += len(name)
                return Value(cells) if cells.ndim else _number(float(cells))
        if (number := self._match(_NUMBER)) is not None:
            return _ONES if number == "1" else _number(self._coefficient(number))
        if self._take("Σ"):
            return _number(float(self._factor().cells.sum()))
        if self._take("√("):
            return self._closed(self._sum().map(np.sqrt), ")")
        if self._take("("):
            return self._closed(self._sum(), ")")
        if self._take("["):
            tested = self._sum()
            if not self._take("≥ 0"):
                self._fail("≥ 0")
            return self._closed(tested.map(lambda cells: np.where(cells >= 0, 1.0, 0.0)), "]")
        return self._call()

    def _call(self) -> Value:
        name = self._match(_NAME)
        if name is None or name not in self._functions or not self._take("("):
            self._fail("a factor")
        arguments = [self._sum()]
        while self._take(","):
            arguments.append(self._sum())
        return self._closed(arguments[0].map(self._functions[name], *arguments[1:]), ")")

    def _coefficient(self, text: str) -> float:
        above, *below = text.split("/")
        value = self._scalars.get(above) or float(above)
        for divisor in below:
            for part in re.findall(rf"\d+|[{_SCALARS}]", divisor):
                value /= self._scalars.get(part) or float(part)
        return value

    # -- the text

    def _skip(self) -> None:
        found = _BLANKS.match(self._text, self._at)
        assert found is not None  # it matches no blanks, too
        self._at = found.end()

    def _take(self, token: str) -> bool:
        """Step over a token if it comes next."""
        self._skip()
        if not self._text.startswith(token, self._at):
            return False
        self._at += len(token)
        return True

    def _match(self, pattern: re.Pattern[str]) -> str | None:
        """Step over what a pattern matches."""
        found = pattern.match(self._text, self._at)
        if found is None:
            return None
        self._at = found.end()
        return found[0]

    def _closed(self, value: Value, bracket: str) -> Value:
        if not self._take(bracket):
            self._fail(bracket)
        return value

    def _fail(self, expected: str) -> NoReturn:
        raise ValueError(f"{self._text[: self._at]} ? {self._text[self._at :]}: expected {expected}")
