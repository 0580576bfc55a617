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
    indicator,
    log,
    one,
    per_sample_sum,
    s,
    scale,
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
        # Russell and Norvig, "Artificial Intelligence: A Modern Approach": 1 where s ≥ 0, 0 elsewhere.
        Activation(
            "threshold", indicator(s), zero, turns=(), steepest=1, well_known=False, reachable=(0, 10)
        ),
        # As NumPy has it: 1, -1, and 0 at 0.
        Activation(
            "sign",
            expr.Where(s, one, expr.Where(-s, -one, zero)),
            zero,
            turns=(),
            steepest=1,
            well_known=False,
            reachable=(-10, 10),
        ),
        # Fausett, "Fundamentals of Neural Networks" (1994), with steepness 1: tanh(s/2).
        Activation(
            "bipolar_sigmoid",
            2 / (1 + exp(-s)) - 1,
            Fraction(1, 2) * (1 - z**2),
            range=(-1, 1),
            saturates=True,
            compute=stable.bipolar_sigmoid,
            compute_derivative=stable.bipolar_sigmoid_derivative,
            turns=(),
            derivative_turns=(0,),
            steepest=1,
            well_known=False,
            spread=2.2371903,
            reachable=(-10, 10),
        ),
        # Howard et al., "Searching for MobileNetV3" (2019), and PyTorch: (s + 3)/6 between -3 and 3. Others
        # have (s + 1)/2 between -1 and 1 (Courbariaux et al. 2015), or s/5 + 1/2 (Keras before version 3).
        Activation(
            "hard_sigmoid",
            expr.Where(s - 3, one, expr.Where(s + 3, Fraction(1, 6) * (s + 3), zero)),
            expr.Where(s - 3, zero, expr.Where(s + 3, expr.Number(Fraction(1, 6)), zero)),
            turns=(),
            derivative_turns=(-3, 3),
            steepest=1,
            well_known=False,
            reachable=_from_0_to_1,
        ),
        # Collobert et al., "Natural Language Processing (Almost) from Scratch" (2011).
        Activation(
            "hard_tanh",
            expr.Where(s - 1, one, expr.Where(s + 1, s, -one)),
            expr.Where(s - 1, zero, expr.Where(s + 1, one, zero)),
            turns=(),
            derivative_turns=(-1, 1),
            steepest=1,
            well_known=False,
            spread=1.7371903,
            reachable=(-10, 10),
        ),
        # Hendrycks and Gimpel, "Gaussian Error Linear Units" (2016); swish with β = 1.
        Activation(
            "silu",
            s / (1 + exp(-s)),
            (1 + s / (1 + exp(s))) / (1 + exp(-s)),
            compute=stable.silu,
            compute_derivative=stable.silu_derivative,
            turns=(-1.2784645427610738,),
            steepest=1.1,
            well_known=False,
        ),
        # The same, and exact: with the normal distribution function, not by its approximation with tanh.
        Activation(
            "gelu",
            s * expr.Call("Phi", s),
            expr.Call("Phi", s) + s * expr.Call("phi", s),
            compute=stable.gelu,
            compute_derivative=stable.gelu_derivative,
            turns=(-0.7517915246935645,),
            steepest=1.13,
            well_known=False,
        ),
        # Klambauer et al., "Self-Normalizing Neural Networks" (2017).
        Activation(
            "selu",
            scale * expr.Where(s, s, alpha * (exp(s) - 1)),
            scale * expr.Where(s, one, alpha * exp(s)),
            parameters=(
                ("alpha", Fraction("1.6732632423543772")),
                ("scale", Fraction("1.0507009873554805")),
            ),
            compute=stable.selu,
            compute_derivative=stable.selu_derivative,
            turns=(0,),
            derivative_turns=(0,),
            well_known=False,
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
ACTIVATION_ALIASES: Mapping[str, str] = {
    "linear": "identity",
    "step": "threshold",
    "heaviside": "threshold",
    "swish": "silu",
}
