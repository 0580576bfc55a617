"""The loss functions, a record each, and how they collapse with the output activations made for them.

In the expressions, y is the output and t the target, as whole matrices (samples are columns).
"""

from collections.abc import Mapping
from fractions import Fraction
from math import inf
from typing import NamedTuple

from mlpcalc.page import expr
from mlpcalc.page.functions import (
    MARGIN,
    Activation,
    Edge,
    LossFunction,
    Targets,
    delta,
    indicator,
    log,
    margin,
    one,
    per_sample_sum,
    t,
    y,
    zero,
)

_violation = y - per_sample_sum(t * y) + margin  # of a false class; t is 1 for the true one
_inside = (1 - t) * indicator(_violation)

LOSSES: Mapping[str, LossFunction] = {
    record.name: record
    for record in (
        LossFunction("squared_error", (y - t) ** 2, 2 * (y - t), factor=Fraction(1, 2)),
        LossFunction(
            "cross_entropy", -(t * log(y)), -(t / y), "nonnegative", domain=(0, inf), output="softmax"
        ),
        LossFunction(
            "binary_cross_entropy",
            -(t * log(y) + (1 - t) * log(1 - y)),
            (1 - t) / (1 - y) - t / y,
            "probability",
            domain=(0, 1),
            output="sigmoid",
        ),
        LossFunction(
            "multiclass_hinge",
            (1 - t) * expr.Maximum(zero, _violation),
            _inside - t * per_sample_sum(_inside),
            "one-hot",
            parameters=(("margin", Fraction(1)),),
            violation=_violation,
            by_class=True,
            edge=MARGIN,
        ),
        LossFunction(
            "hinge",
            expr.Maximum(zero, 1 - t * y),
            -(t * indicator(1 - t * y)),
            "sign",
            violation=1 - t * y,
            edge=MARGIN,
        ),
        LossFunction(
            "squared_hinge",
            expr.Maximum(zero, 1 - t * y) ** 2,
            -2 * (t * expr.Maximum(zero, 1 - t * y)),
            "sign",
            violation=1 - t * y,
            edge=Edge(
                "the margin",
                above="{output} violates the margin by {distance}.",
                below="{output} satisfies the margin: {distance}.",
            ),
        ),
        # At y = t the derivative is 0, as that of PyTorch.
        LossFunction("absolute_error", expr.Maximum(y - t, t - y), indicator(y - t) - indicator(t - y)),
        # Huber, "Robust estimation of a location parameter" (1964): a square up to delta, a line beyond it.
        LossFunction(
            "huber",
            expr.Where(
                y - t - delta,
                delta * (y - t - Fraction(1, 2) * delta),
                expr.Where(
                    t - y - delta,
                    delta * (t - y - Fraction(1, 2) * delta),
                    Fraction(1, 2) * (y - t) ** 2,
                ),
            ),
            expr.Where(y - t - delta, delta, expr.Where(t - y - delta, -delta, y - t)),
            parameters=(("delta", Fraction(1)),),
            positive=("delta",),
            edge=Edge("the end of the square"),
        ),
        LossFunction("sum", y, one, "none"),
    )
}


class Matched(NamedTuple):
    """A loss with the output activation it is meant for, where the two collapse.

    delta: the error signal without factor and average. between: a step on the way to it from the chain rule.
    reason: why they collapse, in a sentence; $Y is the output. targets: what the targets must be for it,
    where that is more than the loss alone asks for.
    """

    delta: expr.Expr
    reason: str
    between: expr.Expr | None = None
    targets: Targets | None = None


MATCHED: Mapping[tuple[str, str], Matched] = {
    ("softmax", "cross_entropy"): Matched(
        y - t,
        "$Y cancels in the products, and the targets of a sample add up to 1.",
        y * per_sample_sum(t) - t,
        "distribution",
    ),
    ("sigmoid", "binary_cross_entropy"): Matched(
        y - t,
        "The derivative of the activation cancels both denominators, and the products that are left cancel "
        "each other.",
        (1 - t) * y - t * (1 - y),
    ),
    ("sigmoid", "cross_entropy"): Matched(-(t * (1 - y)), "$Y cancels."),
}


def kind_of_targets(loss: LossFunction, output: Activation) -> Targets:
    """What the targets must be: after some output activations, more than the loss alone asks for."""
    matched = MATCHED.get((output.name, loss.name))
    return matched.targets if matched and matched.targets else loss.targets
