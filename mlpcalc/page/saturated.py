"""The losses of saturated outputs, in forms that keep their digits.

Where a sigmoid is 1 up to the 20th digit, 1 - y is nothing in floating point, and its logarithm infinite.
Both have all their digits if they are computed from the pre-activations s. Here are the identities for that,
in the variables of `functions`; what is written on the page stays as it is.
"""

from collections.abc import Mapping
from fractions import Fraction

from mlpcalc.page import expr
from mlpcalc.page.functions import (
    ACTIVATIONS,
    LOG_SOFTMAX,
    LOG_SOFTMAX_REST,
    LOG_SOFTPLUS,
    SOFTMAX_REST,
    SOFTPLUS_LOG_SLOPE,
    log,
    per_sample_sum,
    s,
    t,
    y,
)

Identity = tuple[expr.Expr, expr.Expr]
"""What is written, and what it is computed as."""

_sigmoid, _softplus = ACTIVATIONS["sigmoid"], ACTIVATIONS["softplus"]
_below_one: Mapping[str, expr.Expr] = {
    "sigmoid": expr.Apply(_sigmoid, -s),
    "softmax": expr.Apply(SOFTMAX_REST, s),
    "tanh": 2 * expr.Apply(_sigmoid, -2 * s),
}
_above_minus_one = 2 * expr.Apply(_sigmoid, 2 * s)  # of tanh


def _of_probabilities(one_minus_output: expr.Expr) -> tuple[Identity, ...]:
    """Nothing cancels for targets 0 and 1, and nowhere more than y and t do."""
    return (1 - t * y, one_minus_output + (1 - t) * y), (y - t, (1 - t) * y - t * one_minus_output)


def _of_tanh(one_minus_output: expr.Expr) -> tuple[Identity, ...]:
    """The same for targets 1 and -1."""
    gap = Fraction(1, 2) * ((1 + t) * one_minus_output + (1 - t) * _above_minus_one)
    return (1 - t * y, gap), (y - t, (1 - t) * (1 + t) * y - t * gap)


_STABLE: Mapping[str, tuple[Identity, ...]] = {
    "sigmoid": (
        (log(y), -expr.Apply(_softplus, -s)),
        (log(1 - y), -expr.Apply(_softplus, s)),
        *_of_probabilities(_below_one["sigmoid"]),
    ),
    "softmax": (
        (log(y), expr.Apply(LOG_SOFTMAX, s)),
        (log(1 - y), expr.Apply(LOG_SOFTMAX_REST, s)),
        *_of_probabilities(_below_one["softmax"]),
    ),
    "tanh": (
        (log(1 - y), log(expr.Number(Fraction(2))) - expr.Apply(_softplus, 2 * s)),
        *_of_tanh(_below_one["tanh"]),
    ),
    "softplus": ((log(y), expr.Apply(LOG_SOFTPLUS, s)),),
}
_STABLE_THROUGH: Mapping[str, tuple[Identity, ...]] = {
    "tanh": (
        (t / y, t * (_below_one["tanh"] * (1 + y) / y)),
        ((1 - t) / (1 - y), (1 - t) * _above_minus_one),
    ),
    "softplus": (
        (t / y, t * expr.Apply(SOFTPLUS_LOG_SLOPE, s)),
        ((1 - t) / (1 - y), (1 - t) * (expr.Derivative(_softplus, s) / (1 - y))),
    ),
}


def stable_form(output: str, definition: expr.Expr) -> expr.Expr:
    """A definition in y and t in a form that keeps its digits where the activation named `output` saturates.

    What would cancel, or take the logarithm of nothing, is computed from the pre-activations s instead.
    """
    for written, stable in _STABLE.get(output, ()):
        definition = expr.exchange(definition, written, stable)
    one_minus_output = _below_one.get(output)
    if one_minus_output is None:
        return definition
    violation = y - per_sample_sum(t * y) + 1  # the targets being one-hot
    definition = expr.exchange(definition, violation, y + per_sample_sum(t * one_minus_output))
    return expr.exchange(definition, 1 - y, one_minus_output)


def stable_error_signal(output: str, derivative: expr.Expr) -> expr.Expr | None:
    """The derivative of a loss times f', where the one may be infinite and the other nothing.

    None where there is no such form, or no need for it.
    """
    changed = derivative
    for written, stable in _STABLE_THROUGH.get(output, ()):
        changed = expr.exchange(changed, written, stable)
    return None if changed == derivative else changed
