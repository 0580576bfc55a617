"""The optimisers and their parameters; what they do to an update stands on the page of equations.

Sources: Polyak, "Some methods of speeding up the convergence of iteration methods" (1964); Nesterov's method
in the form of Sutskever et al., "On the importance of initialization and momentum in deep learning" (2013),
as PyTorch has it; Kingma and Ba, "Adam: a method for stochastic optimization" (2015).
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal, NamedTuple

from mlpcalc.page.expr import Scalar

OptimizerName = Literal["sgd", "momentum", "nesterov", "adam"]


class Optimizer(NamedTuple):
    """What an update makes of the gradients; `parameters` are those that it has, by name."""

    name: OptimizerName
    parameters: tuple[tuple[Scalar, Fraction], ...] = ()

    def scalars(self, step: int) -> dict[Scalar, Fraction]:
        """What the names of numbers stand for in a step: its parameters, and what follows from them."""
        found = dict(self.parameters)
        if self.name == "adam":
            beta1, beta2 = found["beta1"], found["beta2"]
            found |= {"1-beta1": 1 - beta1, "1-beta2": 1 - beta2}
            found |= {"1-beta1^t": 1 - beta1**step, "1-beta2^t": 1 - beta2**step}
        return found

    def with_parameters(self, given: Mapping[str, Fraction]) -> "Optimizer":
        """The optimiser with its parameters filled in, those it has where none is given."""
        return self._replace(
            parameters=tuple((name, given.get(name, usual)) for name, usual in self.parameters)
        )


SGD = Optimizer("sgd")
_MOMENTUM: tuple[tuple[Scalar, Fraction], ...] = (("mu", Fraction(9, 10)),)
OPTIMIZERS: Mapping[str, Optimizer] = {
    "sgd": SGD,
    "momentum": Optimizer("momentum", _MOMENTUM),
    "nesterov": Optimizer("nesterov", _MOMENTUM),
    "adam": Optimizer(
        "adam",
        (("beta1", Fraction(9, 10)), ("beta2", Fraction(999, 1000)), ("epsilon", Fraction(1, 10**8))),
    ),
}
"""Every optimiser by name, with the usual values of its parameters."""
