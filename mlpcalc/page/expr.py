"""The expressions that equations are made of: a closed set of small frozen trees.

Samples are columns and units are rows here, always; other orientations are a rewriting of these trees.
Every feature that does something with an equation is one `match` over the nodes below. Operators build
them, so that the page of equations reads like the homework: `W @ Z` is a matrix product, `A * B` the
elementwise (Hadamard) product, `A / B` elementwise too, `2 * A` a scaling, `A.T` the transpose.
"""

from collections.abc import Iterable, Mapping
from dataclasses import FrozenInstanceError, dataclass, replace
from fractions import Fraction
from math import inf
from typing import Literal, Self, TypeVar, dataclass_transform, get_args, overload

from mlpcalc.page.symbols import Symbol

Scalar = Literal[
    "N", "M", "eta", "lambda",
    "mu", "beta1", "beta2", "1-beta1", "1-beta2", "1-beta1^t", "1-beta2^t", "epsilon",
]  # fmt: skip
"""Named numbers of an exercise: samples, output units, learning rate, weight decay, those of optimisers."""
_SCALARS: tuple[Scalar, ...] = get_args(Scalar)  # in the order in which a product has them
LETTERS_OF_SCALARS: Mapping[str, str] = {
    "N": "N", "M": "M", "eta": "η", "lambda": "λ", "mu": "μ", "beta1": "β1", "beta2": "β2", "epsilon": "ε",
}  # fmt: skip
"""The letters of the named numbers that are no expressions of others; a course may have its own."""
OF_A_STEP: frozenset[Scalar] = frozenset(("N", "1-beta1^t", "1-beta2^t"))
"""Those that may differ from step to step."""


class HashedOnce:
    """What can be compared and looked up by its fields; a tree that has told its hash once remembers it."""

    __slots__ = ("__dict__", "_hash")
    _hash: int

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        try:
            return self._hash
        except AttributeError:
            value = hash((type(self), *self.__dict__.values()))
            object.__setattr__(self, "_hash", value)
            return value

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __reduce__(self) -> tuple[type[Self], tuple[object, ...]]:
        """Copied and pickled by its fields: the hash of a text is another one in another process."""
        return type(self), tuple(self.__dict__.values())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.__dict__.values()))})"


Value = TypeVar("Value", bound=HashedOnce)


@dataclass_transform(frozen_default=True)
def record(cls: type[Value]) -> type[Value]:
    """The class as a frozen dataclass, which remembers its hash; to be said of classes that add fields."""
    return dataclass(frozen=True, eq=False, repr=False)(cls)


@record
class Coefficient(HashedOnce):
    """A product of a rational number and powers of named scalars, such as 1/(2N) or -η.

    step: the step whose samples N and whose t are meant, where these occur.
    """

    number: Fraction = Fraction(1)
    powers: tuple[tuple[Scalar, int], ...] = ()
    step: int = 1

    @overload
    def __mul__(self, other: "Coefficient") -> "Coefficient": ...
    @overload
    def __mul__(self, other: "Expr") -> "Expr": ...
    def __mul__(self, other: "Coefficient | Expr") -> "Coefficient | Expr":
        if isinstance(other, Expr):
            return Scale(self, other)
        powers = dict(self.powers)
        for name, power in other.powers:
            powers[name] = powers.get(name, 0) + power
        kept = tuple((name, powers[name]) for name in _SCALARS if powers.get(name))
        return Coefficient(self.number * other.number, kept, max(self.step, other.step))

    def at_step(self, step: int) -> "Coefficient":
        """The coefficient on the page of a step, with the N and the t of that step."""
        return replace(self, step=step) if OF_A_STEP.intersection(dict(self.powers)) else self


ONE = Coefficient()


def scalar(name: Scalar, power: int = 1) -> Coefficient:
    """The coefficient that is one named scalar: `scalar("N", -1)` is 1/N."""
    return Coefficient(Fraction(1), ((name, power),))


class Expr(HashedOnce):
    """A node of an expression; the subclasses are all there are."""

    def __add__(self, other: "Expr | Fraction | int") -> "Expr":
        return Add(self, _lift(other))

    def __radd__(self, other: "Fraction | int") -> "Expr":
        return Add(_lift(other), self)

    def __sub__(self, other: "Expr | Fraction | int") -> "Expr":
        return Sub(self, _lift(other))

    def __rsub__(self, other: "Fraction | int") -> "Expr":
        return Sub(_lift(other), self)

    def __mul__(self, other: "Expr") -> "Expr":
        return Hadamard(self, other)

    def __rmul__(self, other: "Fraction | int") -> "Expr":
        return Scale(Coefficient(Fraction(other)), self)

    def __truediv__(self, other: "Expr") -> "Expr":
        return Quotient(self, other)

    def __rtruediv__(self, other: "Fraction | int") -> "Expr":
        return Quotient(_lift(other), self)

    def __matmul__(self, other: "Expr") -> "Expr":
        return MatMul(self, other)

    def __pow__(self, exponent: int) -> "Expr":
        return Power(self, exponent)

    def __neg__(self) -> "Expr":
        return -1 * self

    @property
    def T(self) -> "Expr":
        """The transpose."""
        return Transpose(self)


@record
class Ref(Expr):
    """The value of another quantity."""

    symbol: Symbol


@record
class Variable(Expr):
    """A placeholder in the definition of a function (s, z, y, t), or one of its parameters."""

    name: str


def as_float(exact: Fraction) -> float:
    """A rational number as a double; infinite where it is out of bounds, as a product of doubles would be."""
    try:
        return float(exact)
    except OverflowError:
        return inf if exact > 0 else -inf


@record
class Number(Expr):
    """A constant, the same in every cell."""

    value: Fraction


@record
class Unary(Expr):
    """An operation on one operand."""

    operand: Expr


@record
class Binary(Expr):
    """An operation on two operands."""

    left: Expr
    right: Expr


class Add(Binary):
    """Elementwise sum."""


class Sub(Binary):
    """Elementwise difference."""


@record
class Sum(Expr):
    """Elementwise sum of many terms, two or more: see `sum_of`."""

    terms: tuple[Expr, ...]


class Hadamard(Binary):
    """Elementwise product."""


class Quotient(Binary):
    """Elementwise quotient."""


@record
class Power(Expr):
    """Elementwise integer power."""

    operand: Expr
    exponent: int


@record
class Scale(Expr):
    """A coefficient times a matrix."""

    coefficient: Coefficient
    operand: Expr


class MatMul(Binary):
    """Matrix product."""


class Transpose(Unary):
    """Matrix transpose."""


class RowSums(Unary):
    """A @ 1: the sum of each row, as a column. Over the samples, here where samples are columns."""


class ColumnSums(Unary):
    """1ᵀ @ A: the sum of each column, as a row. Over the units of each sample."""


class AcrossColumns(Unary):
    """b @ 1ᵀ: a column repeated for every sample."""


class AcrossRows(Unary):
    """1 @ r: a row repeated for every unit."""


@record
class MeanGap(Expr):
    """w_i Σ_j w_j (a_i - a_j) over the units j of each sample: how far each cell is above the mean, weighted.

    That is w (a - Σ w a) for weights that add up to 1, and keeps the digits which that loses near a weight
    of 1.
    """

    weights: Expr
    operand: Expr


class Total(Unary):
    """The sum of all cells, a number."""


Elementary = Literal["exp", "log", "tanh", "sqrt", "Phi", "phi"]
"""Phi and phi are the normal distribution function and its density."""


@record
class Call(Expr):
    """An elementary function, elementwise."""

    function: Elementary
    operand: Expr


class Maximum(Binary):
    """The larger of the two, elementwise."""


@record
class Where(Expr):
    """`then` in the cells where `test` > 0 (≥ 0 if `inclusive`), `otherwise` in the others."""

    test: Expr
    then: Expr
    otherwise: Expr
    inclusive: bool = False


def _lift(value: "Expr | Fraction | int") -> Expr:
    return value if isinstance(value, Expr) else Number(Fraction(value))


def sum_of(terms: Iterable[Expr]) -> Expr:
    """The sum of one or more terms as one node, however many there are; sums among them are taken in."""
    flat = [part for term in terms for part in (term.terms if isinstance(term, Sum) else (term,))]
    return Sum(tuple(flat)) if len(flat) > 1 else flat[0]
