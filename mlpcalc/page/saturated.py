"""What keeps its digits where a sigmoid or a softmax saturates.

Where an output y is 1 up to the 20th digit, 1 - y is nothing in floating point, and its logarithm infinite.
Both have all their digits if they are computed from the pre-activations s. Here are the identities for that,
in the variables of `functions`; what is written on the page stays as it is. They are for the outputs that the
cross-entropies are made for. With other outputs a loss is computed as it is written.
"""

from collections.abc import Mapping
from typing import NamedTuple

from mlpcalc.page import expr, stable, trees
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.functions import SOFTMAX_OF_S, Activation, Apply, exp, log, per_sample_sum, s, t, y

SOFTMAX_REST = Activation(
    "softmax_rest", 1 - SOFTMAX_OF_S, compute=stable.softmax_rest, pulls_apart=True, steepest=1
)
LOG_SOFTMAX = Activation(
    "log_softmax",
    s - log(per_sample_sum(exp(s))),
    compute=stable.log_softmax,
    pulls_apart=True,
    steepest=2,
)
LOG_SOFTMAX_REST = Activation(
    "log_softmax_rest",
    log(1 - SOFTMAX_OF_S),
    compute=stable.log_softmax_rest,
    pulls_apart=True,
    steepest=2,
)


class _Saturated(NamedTuple):
    """1 - y, log y and log(1 - y) in terms of s."""

    rest: expr.Expr
    log: expr.Expr
    log_rest: expr.Expr


_sigmoid, _softplus = ACTIVATIONS["sigmoid"], ACTIVATIONS["softplus"]
_SATURATED: Mapping[str, _Saturated] = {
    "sigmoid": _Saturated(Apply(_sigmoid, -s), -Apply(_softplus, -s), -Apply(_softplus, s)),
    "softmax": _Saturated(Apply(SOFTMAX_REST, s), Apply(LOG_SOFTMAX, s), Apply(LOG_SOFTMAX_REST, s)),
}


def stable_form(output: str, definition: expr.Expr) -> expr.Expr:
    """A definition in y and t in a form that keeps its digits where this output activation saturates."""
    if output not in _SATURATED:
        return definition
    of_s = _SATURATED[output]
    # The error: nothing cancels for targets 0 and 1, and nowhere more than y and t do.
    error = (1 - t) * y - t * of_s.rest
    for written, computed in (
        (log(y), of_s.log),
        (log(1 - y), of_s.log_rest),
        (y - t, error),
        (1 - y, of_s.rest),
    ):
        definition = trees.exchange(definition, written, computed)
    return definition
