"""What an activation or a loss function is; which there are stands in `activations` and `losses`.

A function is a small expression for its value and one for its derivative; text, LaTeX, substituted
numbers and the tests' computer algebra all read these. Adding a function is adding a record to one of the
tables: no other module knows a function by its name. It needs a NumPy version in `stable` only if the
expression, evaluated as written, overflows or loses digits.

In the expressions, s is the pre-activation and z = f(s) the activation; y the output and t the target,
as whole matrices (samples are columns). At a kink the derivative is the one from the left: ReLU'(0) = 0.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from math import inf
from typing import Any, Literal, NamedTuple, TypeVar

from mlpcalc.arrays import Array
from mlpcalc.page import expr, trees

s, z, y, t = expr.Variable("s"), expr.Variable("z"), expr.Variable("y"), expr.Variable("t")
slope, alpha, scale = expr.Variable("slope"), expr.Variable("alpha"), expr.Variable("scale")
margin, delta = expr.Variable("margin"), expr.Variable("delta")
d = expr.Variable("d")
zero, one = expr.Number(Fraction(0)), expr.Number(Fraction(1))


def exp(x: expr.Expr) -> expr.Expr:
    """The exponential as a node."""
    return expr.Call("exp", x)


def log(x: expr.Expr) -> expr.Expr:
    """The natural logarithm as a node."""
    return expr.Call("log", x)


def indicator(x: expr.Expr) -> expr.Expr:
    """[x ≥ 0] as a node: 1 where it holds, 0 elsewhere."""
    return expr.Where(x, one, zero, inclusive=True)


def per_sample_sum(x: expr.Expr) -> expr.Expr:
    """1 1ᵀ x: in every cell, the sum over the units of that sample."""
    return expr.AcrossRows(expr.ColumnSums(x))


# ---------------------------------------------------------------------------- activations


Version = Callable[..., Array]
"""A function in NumPy, of the pre-activations and the parameters."""

NO_DERIVATIVE = expr.Variable("no derivative")
"""For f' of a function that nobody differentiates; evaluating it is an error."""
_UNSTATED = expr.Variable("unstated")
SOFTMAX_OF_S = exp(s) / per_sample_sum(exp(s))


@dataclass(frozen=True)
class Activation:
    """An activation function f, with everything that depends on which function it is.

    The formulas:
        value, derivative: f in s, and f' in s and z. At a kink f' is the one from the left.
        jacobian: instead of f' where f is not elementwise: Jᵀd for the variable d in each column.
            `stable_jacobian` is the same without loss of digits.
        letter: the name in formulas, where that is not `name`.
        parameters: their names, with the usual values.

    The values:
        range: an open interval that they lie in, whatever s is.
        saturates: whether f' nearly vanishes for large |s|, so that no error passes.
        compute, compute_derivative: NumPy versions (`stable`), where the expression as written overflows or
            loses digits.

    The bounds; where they are not stated, the definition is bounded term by term, which is looser:
        turns, derivative_turns: the points between which f, and f', is monotone; only where it is computed to
            nearly all digits everywhere, which an f' is not that passes through 0 where terms cancel.
        pulls_apart: of an f that is not elementwise, whether each value rises with its own pre-activation
            and falls with the others, or the other way round.
        steepest: bounds |f(0)|, |f'| and |f''| / 2 wherever these exist, together with the sizes of the
            parameters: the largest of them counts.

    Wrong answers:
        well_known: whether students may take it for the function of a layer.

    New exercises:
        spread: the largest |s|. reachable: targets, in tenths, that the values can come near to.

    Raises `ValueError` without a derivative; for a function of whole samples that is not softmax, since no
    other can be explained or derived; and for cases that do not change at a certain number s, since it
    is of s only that rounding errors are told from the figures of the paper.
    """

    name: str
    value: expr.Expr
    derivative: expr.Expr = _UNSTATED
    jacobian: expr.Expr | None = None
    stable_jacobian: expr.Expr | None = None
    letter: str = ""
    parameters: tuple[tuple[str, Fraction], ...] = ()
    range: tuple[float, float] = (-inf, inf)
    saturates: bool = False
    compute: Version | None = field(default=None, repr=False)
    compute_derivative: Version | None = field(default=None, repr=False)
    turns: tuple[float, ...] | None = None
    derivative_turns: tuple[float, ...] | None = None
    pulls_apart: bool = False
    steepest: float = inf
    well_known: bool = True
    spread: float = 4.0371903
    reachable: tuple[int, ...] = (-15, -10, -5, 5, 10, 15)

    def __post_init__(self) -> None:
        if self.elementwise and self.derivative == _UNSTATED:
            raise ValueError(f"{self.name} has no derivative")
        if self.jacobian is not None and self.value != SOFTMAX_OF_S:
            raise ValueError(f"{self.name} is neither elementwise nor a softmax")
        try:
            self.kinks  # noqa: B018  # found out now, so that a wrong record is refused
        except ValueError as error:
            raise ValueError(f"{self.name} {error}") from None

    @cached_property
    def kinks(self) -> tuple[float, ...]:
        """Where its cases change, in order: at these s it may have a kink, or jump."""
        found = set()
        for part in (*trees.nodes(self.value), *trees.nodes(self.derivative)):
            match part:
                case expr.Where(test):
                    found.add(_crossing(test))
                case expr.Maximum(left, right):
                    found.add(_crossing(left - right))
        return tuple(sorted(found))

    @property
    def kinked(self) -> bool:
        """Whether the function is defined by cases, so that it may have a kink."""
        return bool(self.kinks)

    @property
    def flat(self) -> bool:
        """Whether it does nothing but jump: its derivative is 0, and no error passes through it."""
        return self.derivative == zero

    @property
    def switches_off(self) -> bool:
        """Whether a unit whose pre-activation is not above 0 passes nothing on, either way."""
        return self.kinked and self.derivative == expr.Where(s, one, zero)

    @property
    def symbol(self) -> str:
        """The name in formulas."""
        return self.letter or self.name

    @property
    def elementwise(self) -> bool:
        """Whether each activation depends on its own pre-activation only."""
        return self.jacobian is None and not self.pulls_apart


def _crossing(test: expr.Expr) -> float:
    """The s at which a test of a case distinction is 0; raises `ValueError` where there is no one such s."""
    slope, at_zero = _line(test)
    if slope == 0 or (slope is None and at_zero):
        raise ValueError(f"has a case that does not change at one certain s: {test!r}")
    return 0.0 if slope is None else float(-at_zero / slope)


def _line(node: expr.Expr) -> tuple[Fraction | None, Fraction]:
    """The slope of an expression linear in s, None of a parameter times s, and its value at 0."""
    match node:
        case expr.Number(value):
            return Fraction(0), value
        case expr.Variable("s"):
            return Fraction(1), Fraction(0)
        case expr.Scale(expr.Coefficient(number, ()), x) | expr.Hadamard(expr.Number(number), x):
            slope, at_zero = _line(x)
            return slope and number * slope, number * at_zero
        case expr.Hadamard(expr.Variable(name), x) if name not in ("s", "z") and not _line(x)[1]:
            return None, Fraction(0)
        case expr.Add(left, right) | expr.Sub(left, right):
            (a, c), (b, d) = _line(left), _line(right)
            sign = 1 if isinstance(node, expr.Add) else -1
            return None if a is None or b is None else a + sign * b, c + sign * d
    raise ValueError(f"has a case that does not change at one certain s: {node!r}")


@expr.record
class OfFunction(expr.Expr):
    """A function, or its derivative, at an operand."""

    function: Activation
    operand: expr.Expr


class Apply(OfFunction):
    """f(S): cell by cell, or sample by sample for softmax."""


class Derivative(OfFunction):
    """f'(S), cell by cell."""


@lru_cache(maxsize=256)
def derivative_in_s(function: Activation) -> expr.Expr:
    """f' with the activation z written out in terms of s; as it is where z does not occur."""
    if z not in trees.nodes(function.derivative):
        return function.derivative
    return trees.bind(function.derivative, z=function.value)


# ---------------------------------------------------------------------------- losses


Targets = Literal["none", "any", "nonnegative", "probability", "distribution", "sign", "one-hot"]


class Edge(NamedTuple):
    """Where the cases of a loss change: what it is called, and what is said of an output on either side.

    The sentences have {output} and {distance} in them; there are none where nothing is to be said.
    """

    name: str = "a kink"
    above: str = ""
    below: str = ""


KINK = Edge()
MARGIN = Edge(
    "the margin",
    above="{output} violates the margin by {distance} (indicator 1).",
    below="{output} satisfies the margin: {distance} (indicator 0).",
)


@dataclass(frozen=True)
class LossFunction:
    """A loss, cell by cell, with everything that depends on which loss it is.

    value, derivative: the loss, and its derivative by y, without factor and average.
    targets: what targets the loss is defined for. domain: the closed interval that the outputs must lie in;
        at an end of it the loss is infinite unless the target makes that term vanish.
    parameters: their names, with the usual values; positive: those that must be more than 0.
    output: the output activation that it is made for.
    edge: the words for where its cases change, if it has any.
    violation: of a loss with a margin, how far an output is on the wrong side of it.
    by_class: whether its derivative is shown class by class.
    """

    name: str
    value: expr.Expr
    derivative: expr.Expr
    targets: Targets = "any"
    factor: Fraction = Fraction(1)
    domain: tuple[float, float] = (-inf, inf)
    parameters: tuple[tuple[str, Fraction], ...] = ()
    positive: tuple[str, ...] = ()
    output: str = ""
    edge: Edge = KINK
    violation: expr.Expr | None = None
    by_class: bool = False


Function = TypeVar("Function", Activation, LossFunction)


def with_parameters(record: Function, given: Mapping[str, Fraction]) -> Function:
    """The function with its parameters (`slope`, `margin`, …) filled in, defaults where none is given."""
    filled = tuple((name, given.get(name, default)) for name, default in record.parameters)
    numbers = {name: expr.Number(number) for name, number in filled}
    formulas: dict[str, Any] = {
        name: trees.bind(formula, **numbers)
        for name, formula in vars(record).items()
        if isinstance(formula, expr.Expr)
    }
    return replace(record, parameters=filled, **formulas)
