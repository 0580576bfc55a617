"""The activation functions, a record each."""

from collections.abc import Mapping
from fractions import Fraction
from math import inf

from mlpcalc.page import expr, stable
from mlpcalc.page.functions import (
    SOFTMAX_OF_S,
    Activation,
    alpha,
    d,
    exp,
    log,
    one,
    per_sample_sum,
    s,
    slope,
    z,
    zero,
)

_from_0_to_1: tuple[int, ...] = (0, 10)
_above_0: tuple[int, ...] = (5, 10, 15, 20)

ACTIVATIONS: Mapping[str, Activation] = {
    record.name: record
    for record in (
        Activation("identity", s, one, turns=(), derivative_turns=(), steepest=1),
        Activation(
            "relu",
            expr.Maximum(zero, s),
            expr.Where(s, one, zero),
            turns=(),
            derivative_turns=(),
            steepest=1,
            reachable=_above_0,
        ),
        Activation(
            "leaky_relu",
            expr.Where(s, s, slope * s),
            expr.Where(s, one, slope),
            parameters=(("slope", Fraction(1, 100)),),
            turns=(0,),
            derivative_turns=(0,),
            steepest=1,
        ),
        Activation(
            "elu",
            expr.Where(s, s, alpha * (exp(s) - 1)),
            expr.Where(s, one, alpha * exp(s)),
            parameters=(("alpha", Fraction(1)),),
            compute=stable.elu,
            compute_derivative=stable.elu_derivative,
            turns=(0,),
            derivative_turns=(0,),
            steepest=1,
        ),
        Activation(
            "sigmoid",
            1 / (1 + exp(-s)),
            z * (1 - z),
            letter="σ",
            range=(0, 1),
            saturates=True,
            compute=stable.logistic,
            compute_derivative=stable.logistic_derivative,
            turns=(),
            derivative_turns=(0,),
            steepest=1,
            spread=2.2371903,
            reachable=_from_0_to_1,
        ),
        Activation(
            "tanh",
            expr.Call("tanh", s),
            1 - z**2,
            range=(-1, 1),
            saturates=True,
            compute_derivative=stable.tanh_derivative,
            turns=(),
            derivative_turns=(0,),
            steepest=1,
            spread=1.7371903,
            reachable=(-10, 10),
        ),
        Activation(
            "softplus",
            log(1 + exp(s)),
            1 / (1 + exp(-s)),
            range=(0, inf),
            saturates=True,
            compute=stable.softplus,
            compute_derivative=stable.logistic,
            turns=(),
            derivative_turns=(),
            steepest=1,
            reachable=_above_0,
        ),
        Activation(
            "square",
            s**2,
            2 * s,
            turns=(0,),
            derivative_turns=(),
            spread=1.7371903,
            reachable=_above_0,
        ),
        Activation(
            "softmax",
            SOFTMAX_OF_S,
            jacobian=z * (d - per_sample_sum(z * d)),
            stable_jacobian=expr.MeanGap(z, d),
            range=(0, 1),
            saturates=True,
            compute=stable.softmax,
            pulls_apart=True,
            steepest=1,
            spread=2.2371903,
        ),
    )
}
ACTIVATION_ALIASES: Mapping[str, str] = {"linear": "identity"}
