"""The expressions that equations are made of: a closed set of small frozen trees.

Samples are columns and units are rows here, always; other orientations are a rewriting of these trees.
Every feature that does something with an equation is one `match` over the nodes below. Operators build
them, so that the page of equations reads like the homework: `W @ Z` is a matrix product, `A * B` the
elementwise (Hadamard) product, `A / B` elementwise too, `2 * A` a scaling, `A.T` the transpose.
"""

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import lru_cache
from math import inf
from typing import ClassVar, Literal, Protocol, Self, dataclass_transform, get_args, overload

from mlpcalc.arrays import Array
from mlpcalc.page.symbols import Symbol

Scalar = Literal[
    "N", "M", "eta", "lambda",
    "mu", "beta1", "beta2", "1-beta1", "1-beta2", "1-beta1^t", "1-beta2^t", "epsilon",
]  # fmt: skip
"""Named numbers of an exercise: samples, output units, learning rate, weight decay, those of optimisers."""
_SCALARS: tuple[Scalar, ...] = get_args(Scalar)  # in the order in which a product has them
OF_A_STEP: frozenset[Scalar] = frozenset(("N", "1-beta1^t", "1-beta2^t"))
"""Those that may differ from step to step."""


@dataclass_transform(frozen_default=True, eq_default=True)
class Record:
    """Values with names: the annotations of a subclass are its fields, as in a frozen dataclass.

    Only without the code that `dataclass` writes and compiles for each class at every start, a twentieth of
    the time that a small exercise takes; and a tree that has told its hash once remembers it.
    """

    __slots__ = ("__dict__", "_hash")
    __match_args__: ClassVar[tuple[str, ...]] = ()
    _hash: int

    def __init_subclass__(cls) -> None:
        cls.__match_args__ = tuple(cls.__annotations__)  # type: ignore[misc]  # what a dataclass does unseen

    def __init__(self, *values: object, **named: object) -> None:
        given = dict(zip(self.__match_args__, values, strict=False)) | named
        missing = [
            name for name in self.__match_args__ if name not in given and not hasattr(type(self), name)
        ]
        if missing or len(values) + len(named) != len(given) or given.keys() - self.__match_args__:
            raise TypeError(f"{type(self).__name__} has the fields {', '.join(self.__match_args__)}")
        for name in self.__match_args__:
            self.__dict__[name] = given[name] if name in given else getattr(type(self), name)

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
        raise AttributeError(f"cannot assign to {name!r}: a {type(self).__name__} is frozen")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"cannot delete {name!r}: a {type(self).__name__} is frozen")

    def __reduce__(self) -> tuple[type[Self], tuple[object, ...]]:
        """Copied and pickled by its fields: the hash of a text is another one in another process."""
        return type(self), tuple(self.__dict__.values())

    def replaced(self, **changes: object) -> Self:
        """The same with other values for some of its fields."""
        return type(self)(**{**self.__dict__, **changes})

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.__dict__.values()))})"


class Coefficient(Record):
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
        """The same in a page of that step."""
        return self.replaced(step=step) if OF_A_STEP.intersection(dict(self.powers)) else self


ONE = Coefficient()


def scalar(name: Scalar, power: int = 1) -> Coefficient:
    """The coefficient that is one named scalar: `scalar("N", -1)` is 1/N."""
    return Coefficient(Fraction(1), ((name, power),))


class Expr(Record):
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


class Ref(Expr):
    """The value of another quantity."""

    symbol: Symbol


class Variable(Expr):
    """A placeholder in the definition of a function (s, z, y, t), or one of its parameters."""

    name: str


def as_float(exact: Fraction) -> float:
    """A rational number as a double; infinite where it is out of bounds, as a product of doubles would be."""
    try:
        return float(exact)
    except OverflowError:
        return inf if exact > 0 else -inf


class Number(Expr):
    """A constant, the same in every cell."""

    value: Fraction


class Add(Expr):
    """Elementwise sum."""

    left: Expr
    right: Expr


class Sub(Expr):
    """Elementwise difference."""

    left: Expr
    right: Expr


class Sum(Expr):
    """Elementwise sum of many terms, two or more: see `sum_of`."""

    terms: tuple[Expr, ...]


class Hadamard(Expr):
    """Elementwise product."""

    left: Expr
    right: Expr


class Quotient(Expr):
    """Elementwise quotient."""

    left: Expr
    right: Expr


class Power(Expr):
    """Elementwise integer power."""

    operand: Expr
    exponent: int


class Scale(Expr):
    """A coefficient times a matrix."""

    coefficient: Coefficient
    operand: Expr


class MatMul(Expr):
    """Matrix product."""

    left: Expr
    right: Expr


class Transpose(Expr):
    """Matrix transpose."""

    operand: Expr


class RowSums(Expr):
    """A @ 1: the sum of each row, as a column. Over the samples, here where samples are columns."""

    operand: Expr


class ColumnSums(Expr):
    """1ᵀ @ A: the sum of each column, as a row. Over the units of each sample."""

    operand: Expr


class AcrossColumns(Expr):
    """b @ 1ᵀ: a column repeated for every sample."""

    operand: Expr


class AcrossRows(Expr):
    """1 @ r: a row repeated for every unit."""

    operand: Expr


class MeanGap(Expr):
    """w_i Σ_j w_j (a_i - a_j) over the units j of each sample: how far each cell is above the mean, weighted.

    That is w (a - Σ w a) for weights that add up to 1, and keeps the digits which that loses near a weight
    of 1.
    """

    weights: Expr
    operand: Expr


class Total(Expr):
    """The sum of all cells, a number."""

    operand: Expr


Elementary = Literal["exp", "log", "tanh", "sqrt"]


class Call(Expr):
    """An elementary function, elementwise."""

    function: Elementary
    operand: Expr


class Maximum(Expr):
    """The larger of the two, elementwise."""

    left: Expr
    right: Expr


class Where(Expr):
    """`then` in the cells where `test` > 0 (≥ 0 if `inclusive`), `otherwise` in the others."""

    test: Expr
    then: Expr
    otherwise: Expr
    inclusive: bool = False


class Function(Protocol):
    """What `Apply` and `Derivative` need of an activation function; `functions.Activation` is one."""

    def __hash__(self) -> int: ...

    @property
    def name(self) -> str:
        """The name in exercise files."""

    @property
    def symbol(self) -> str:
        """The name in formulas."""

    @property
    def kinked(self) -> bool:
        """Whether the function is defined by cases."""

    @property
    def elementwise(self) -> bool:
        """Whether each activation depends on its own pre-activation only."""

    @property
    def saturates(self) -> bool:
        """Whether f' nearly vanishes for large pre-activations."""

    @property
    def steepest(self) -> float:
        """A bound of |f(0)|, |f'| and |f''| / 2, parameters aside."""

    @property
    def absolute_rounding(self) -> float:
        """How far a computed value may be off, in unit roundoffs, beside its relative error."""

    @property
    def turns(self) -> "tuple[float, ...] | None":
        """The points between which f is monotone, where they are known."""

    @property
    def derivative_turns(self) -> "tuple[float, ...] | None":
        """The points between which f' is monotone, where they are known."""

    @property
    def pulls_apart(self) -> bool:
        """Whether each value goes one way with its own pre-activation, the other way with the others."""

    @property
    def parameters(self) -> "tuple[tuple[str, Fraction], ...]":
        """The parameters by name, such as the slope of a leaky ReLU."""

    @property
    def value(self) -> Expr:
        """f in the variable s."""

    @property
    def derivative(self) -> Expr:
        """f' in the variables s and z = f(s)."""

    @property
    def compute(self) -> "Callable[..., Array] | None":
        """A NumPy version of f, where the expression as written overflows or loses digits."""

    @property
    def compute_derivative(self) -> "Callable[..., Array] | None":
        """A NumPy version of f', likewise."""


class Apply(Expr):
    """f(S): cell by cell, or sample by sample for softmax."""

    function: Function
    operand: Expr


class Derivative(Expr):
    """f'(S), cell by cell."""

    function: Function
    operand: Expr


def _lift(value: "Expr | Fraction | int") -> Expr:
    return value if isinstance(value, Expr) else Number(Fraction(value))


def sum_of(terms: Iterable[Expr]) -> Expr:
    """The sum of one or more terms as one node, however many there are; sums among them are taken in."""
    flat = [part for term in terms for part in (term.terms if isinstance(term, Sum) else (term,))]
    return Sum(tuple(flat)) if len(flat) > 1 else flat[0]


def children(node: Expr) -> tuple[Expr, ...]:
    """The operands of a node, in the order they are written."""
    found: list[Expr] = []
    for part in vars(node).values():
        if isinstance(part, Expr):
            found.append(part)
        elif type(part) is tuple:  # of operands; a function is a tuple of another type
            found += part
    return tuple(found)


def nodes(root: Expr) -> Iterator[Expr]:
    """The expression and everything in it."""
    yield root
    for part in children(root):
        yield from nodes(part)


def rebuild(node: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """The same node with each operand replaced by `change` of it."""
    parts: list[object] = []
    for part in vars(node).values():
        if isinstance(part, Expr):
            parts.append(change(part))
        else:
            parts.append(tuple(map(change, part)) if type(part) is tuple else part)
    return type(node)(*parts)


def replace_leaves(node: Expr, change: Callable[["Ref | Variable"], Expr]) -> Expr:
    """The expression with `change` applied to every reference and variable."""
    if isinstance(node, (Ref, Variable)):
        return change(node)
    return rebuild(node, lambda part: replace_leaves(part, change))


def rewrite(node: Expr, change: Callable[[Expr], Expr | None]) -> Expr:
    """The expression with `change` of every part, from the root down, that it is not None for."""
    changed = change(node)
    return rebuild(node, lambda part: rewrite(part, change)) if changed is None else changed


def exchange(node: Expr, old: Expr, new: Expr) -> Expr:
    """The expression with one part of it, wherever it occurs, replaced."""
    return new if node == old else rebuild(node, lambda part: exchange(part, old, new))


def bind(node: Expr, **values: Expr) -> Expr:
    """The definition of a function with its variables replaced: `bind(f.value, s=S)`."""

    def fill(leaf: Ref | Variable) -> Expr:
        return values.get(leaf.name, leaf) if isinstance(leaf, Variable) else leaf

    return replace_leaves(node, fill)


@lru_cache(maxsize=256)
def derivative_in_s(function: Function) -> Expr:
    """f' with the activation z written out in terms of s; as it is where z does not occur."""
    if not any(isinstance(part, Variable) and part.name == "z" for part in nodes(function.derivative)):
        return function.derivative
    return bind(function.derivative, z=function.value)


@lru_cache(maxsize=20_000)
def references(node: Expr) -> frozenset[Symbol]:
    """The quantities that an expression uses."""
    return frozenset(part.symbol for part in nodes(node) if isinstance(part, Ref))
