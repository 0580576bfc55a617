"""Activation and loss functions: one table each.

A function is a small expression for its value and one for its derivative; text, LaTeX, substituted
numbers and the tests' computer algebra all read these. Adding a function is adding a record here, and a
NumPy version in `stable` only if the expression, evaluated as written, overflows or loses digits.

In the expressions, s is the pre-activation and z = f(s) the activation; y the output and t the target,
as whole matrices (samples are columns). At a kink the derivative is the one from the left: ReLU'(0) = 0.
"""

from collections.abc import Mapping
from fractions import Fraction
from math import inf
from typing import Literal, NamedTuple, TypeVar

from mlpcalc.page import expr

s, z, y, t = expr.Variable("s"), expr.Variable("z"), expr.Variable("y"), expr.Variable("t")
slope, alpha, margin = expr.Variable("slope"), expr.Variable("alpha"), expr.Variable("margin")
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


class Activation(NamedTuple):
    """An activation function f.

    An elementwise f has `derivative`, in s and z. Softmax has `jacobian` instead: Jᵀd for the variable d
    in each column, and `stable_jacobian`, the same without loss of digits. `range` is an open interval that
    the values lie in, whatever s is.
    `steepest` bounds |f'| (with the parameters, whichever is larger), and twice that |f''| where it exists.
    """

    name: str
    value: expr.Expr
    derivative: expr.Expr = one
    jacobian: expr.Expr | None = None
    stable_jacobian: expr.Expr | None = None
    letter: str = ""
    range: tuple[float, float] = (-inf, inf)
    steepest: float = 1
    parameters: tuple[tuple[str, Fraction], ...] = ()

    @property
    def kinked(self) -> bool:
        """Whether the function is defined by cases, so that it may have a kink."""
        return any(isinstance(part, (expr.Maximum, expr.Where)) for part in expr.nodes(self.value))

    @property
    def symbol(self) -> str:
        """The name in formulas."""
        return self.letter or self.name

    @property
    def elementwise(self) -> bool:
        """Whether each activation depends on its own pre-activation only."""
        return self.jacobian is None


ACTIVATIONS: Mapping[str, Activation] = {
    record.name: record
    for record in (
        Activation("identity", s),
        Activation("relu", expr.Maximum(zero, s), expr.Where(s, one, zero)),
        Activation(
            "leaky_relu",
            expr.Where(s, s, slope * s),
            expr.Where(s, one, slope),
            parameters=(("slope", Fraction(1, 100)),),
        ),
        Activation(
            "elu",
            expr.Where(s, s, alpha * (exp(s) - 1)),
            expr.Where(s, one, alpha * exp(s)),
            parameters=(("alpha", Fraction(1)),),
        ),
        Activation(
            "sigmoid",
            1 / (1 + exp(-s)),
            z * (1 - z),
            letter="σ",
            range=(0, 1),
        ),
        Activation("tanh", expr.Call("tanh", s), 1 - z**2, range=(-1, 1)),
        Activation(
            "softplus",
            log(1 + exp(s)),
            1 / (1 + exp(-s)),
            range=(0, inf),
        ),
        Activation("square", s**2, 2 * s, steepest=inf),
        Activation(
            "softmax",
            exp(s) / per_sample_sum(exp(s)),
            jacobian=z * (d - per_sample_sum(z * d)),
            stable_jacobian=expr.MeanGap(z, d),
            range=(0, 1),
        ),
    )
}
# Not for layers: what the stable routes of softmax and softplus are made of.
SOFTMAX_REST = Activation("softmax_rest", 1 - exp(s) / per_sample_sum(exp(s)))
LOG_SOFTMAX = Activation("log_softmax", s - log(per_sample_sum(exp(s))), steepest=2)
LOG_SOFTMAX_REST = Activation("log_softmax_rest", log(1 - exp(s) / per_sample_sum(exp(s))), steepest=2)
LOG_SOFTPLUS = Activation("log_softplus", log(log(1 + exp(s))))
SOFTPLUS_LOG_SLOPE = Activation("softplus_log_slope", 1 / (1 + exp(-s)) / log(1 + exp(s)))
ACTIVATION_ALIASES: Mapping[str, str] = {"linear": "identity"}


# ---------------------------------------------------------------------------- losses

Targets = Literal["none", "any", "nonnegative", "probability", "distribution", "sign", "one-hot"]


class LossFunction(NamedTuple):
    """A loss, cell by cell: `value` and its derivative by y, without factor and average.

    `domain` is the closed interval that the outputs must lie in; at an end of it the loss is infinite
    unless the target makes that term vanish. `targets` says what targets the loss is defined for.
    """

    name: str
    value: expr.Expr
    derivative: expr.Expr
    targets: Targets = "any"
    factor: Fraction = Fraction(1)
    domain: tuple[float, float] = (-inf, inf)
    parameters: tuple[tuple[str, Fraction], ...] = ()


Record = TypeVar("Record", Activation, LossFunction)


def with_parameters(record: Record, given: Mapping[str, Fraction]) -> Record:
    """The function with its parameters (`slope`, `margin`, …) filled in, defaults where none is given."""
    filled = tuple((name, given.get(name, default)) for name, default in record.parameters)
    numbers = {name: expr.Number(number) for name, number in filled}
    value, derivative = expr.bind(record.value, **numbers), expr.bind(record.derivative, **numbers)
    return record._replace(parameters=filled, value=value, derivative=derivative)


_violation = y - per_sample_sum(t * y) + margin  # by how much a class is inside the margin
_inside = (1 - t) * indicator(_violation)

LOSSES: Mapping[str, LossFunction] = {
    record.name: record
    for record in (
        LossFunction("squared_error", (y - t) ** 2, 2 * (y - t), factor=Fraction(1, 2)),
        LossFunction("cross_entropy", -(t * log(y)), -(t / y), "nonnegative", domain=(0, inf)),
        LossFunction(
            "binary_cross_entropy",
            -(t * log(y) + (1 - t) * log(1 - y)),
            (1 - t) / (1 - y) - t / y,
            "probability",
            domain=(0, 1),
        ),
        LossFunction(
            "multiclass_hinge",
            (1 - t) * expr.Maximum(zero, _violation),
            _inside - t * per_sample_sum(_inside),
            "one-hot",
            parameters=(("margin", Fraction(1)),),
        ),
        LossFunction(
            "hinge",
            expr.Maximum(zero, 1 - t * y),
            -(t * indicator(1 - t * y)),
            "sign",
        ),
        LossFunction("sum", y, one, "none"),
    )
}


class Matched(NamedTuple):
    """A loss with the output activation it is meant for, where the two collapse.

    `delta` is the error signal without factor and average.
    """

    delta: expr.Expr


MATCHED: Mapping[tuple[str, str], Matched] = {
    ("softmax", "cross_entropy"): Matched(y - t),
    ("sigmoid", "binary_cross_entropy"): Matched(y - t),
    ("sigmoid", "cross_entropy"): Matched(-(t * (1 - y))),
}
