"""The form of a network, its loss, and what courses do differently: all that the page of equations needs."""

from dataclasses import replace
from fractions import Fraction
from itertools import chain
from typing import Literal, NamedTuple

from mlpcalc.page import expr
from mlpcalc.page.functions import Activation, LossFunction
from mlpcalc.page.layout import Layout, Product
from mlpcalc.page.losses import MATCHED, Matched
from mlpcalc.page.optimizers import OptimizerName
from mlpcalc.page.symbols import STEP_BEFORE, Axis, Stage, Symbol

Average = Literal["none", "samples", "entries"]
DecayAverage = Literal["none", "samples"]
DeltaSign = Literal["dL/dS", "-dL/dS"]
AveragedStep = Literal["errors", "gradients", "update", "loss"]
"""Where the average comes in: in that step and so in all after it, or in the loss alone."""


class Conventions(NamedTuple):
    """What courses do differently without meaning anything different."""

    product: Product = "W X"
    delta: DeltaSign = "dL/dS"
    average_in: AveragedStep = "errors"
    update_biases: bool = True

    @property
    def sign(self) -> int:
        """-1 where Δ stands for -∂L/∂S."""
        return -1 if self.delta == "-dL/dS" else 1

    @property
    def layout(self) -> Layout:
        """How matrices are oriented."""
        return Layout(self.product)


USUAL = Conventions()


class Loss(NamedTuple):
    """A loss function with its factor and its average, and the weight decay λ/2 Σ ||W_k||².

    l2: λ, None where there is no weight decay. decay_average: what the weight decay is divided by.
    """

    function: LossFunction
    factor: Fraction
    average: Average = "none"
    l2: Fraction | None = None
    decay_average: DecayAverage = "none"

    @property
    def decay(self) -> expr.Coefficient:
        """What the weights are multiplied by in the gradient of the loss: λ, or λ/N."""
        lambda_ = expr.scalar("lambda")
        return lambda_ if self.decay_average == "none" else lambda_ * expr.scalar("N", -1)

    @property
    def summed(self) -> "Loss":
        """The loss without its average: N L, with the weight decay as it is in that where both are averaged.

        A weight decay that is averaged in another way stays what it is.
        """
        both = self.decay_average == self.average
        return self._replace(average="none", decay_average="none" if both else self.decay_average)

    @property
    def normaliser(self) -> expr.Coefficient:
        """What the sum of all terms is multiplied by for the average: 1/N, 1/(NM), or 1."""
        match self.average:
            case "none":
                return expr.ONE
            case "samples":
                return expr.scalar("N", -1)
            case "entries":
                return expr.scalar("N", -1) * expr.scalar("M", -1)


@expr.record
class Network(expr.HashedOnce):
    """The form of a network, without its numbers; the page of equations follows from it.

    `activations` and `biases` (whether the layer has one) go from the first layer to the output, and
    `shared_biases` are the layers whose units have one bias in common; `loss` is None for a forward pass
    only, `learns` says whether there is a learning rate. optimizer: its name. steps: how many updates there
    are. from_pre_activations: whether S_1 is stated, so that layer 1 has no parameters and there are no
    inputs. to_output_gradient: whether ∂L/∂Y is stated in place of a loss.
    """

    activations: tuple[Activation, ...]
    biases: tuple[bool, ...]
    loss: Loss | None = None
    targets: bool = True
    learns: bool = True
    conventions: Conventions = USUAL
    optimizer: OptimizerName = "sgd"
    steps: int = 1
    shared_biases: frozenset[int] = frozenset()
    from_pre_activations: bool = False
    to_output_gradient: bool = False

    @property
    def depth(self) -> int:
        """The number of layers, K."""
        return len(self.activations)

    @property
    def with_weights(self) -> range:
        """The layers that have weights: all, but for the first where its pre-activations are stated."""
        return range(2 if self.from_pre_activations else 1, self.depth + 1)

    @property
    def has_gradients(self) -> bool:
        """Whether it goes on to the error signals and the gradients."""
        return self.loss is not None or self.to_output_gradient

    @property
    def of_one_step(self) -> "Network":
        """The network with a single step of gradient descent in place of its training."""
        return replace(self, steps=1, optimizer="sgd")

    def at_step(self, symbol: Symbol, step: int) -> Symbol:
        """The quantity that a symbol of step 1 stands for on the page of another step.

        Its parameters are those that the step before it left; step 0 where that is what an optimiser
        remembers before the first step.
        """
        if symbol.is_parameter and not symbol.updated:
            changes = symbol.kind == "W" or self.conventions.update_biases
            return symbol if step == 1 or not changes else symbol._replace(updated=True, step=step - 1)
        return symbol._replace(step=step - 1 if symbol.step == STEP_BEFORE else step)

    def before_update(self, parameter: Symbol) -> Symbol:
        """The parameter that an updated one takes the place of: a given, or what the step before it left."""
        return self.at_step(parameter._replace(updated=False, step=1), parameter.step)

    def dimensions(self, symbol: Symbol) -> tuple[Axis, ...]:
        """What each axis of a quantity counts: as `Symbol.dimensions`, but for biases that are shared."""
        if symbol.spec.shape == ("out",) and symbol.layer in self.shared_biases:
            return ("one",)
        return symbol.dimensions(self.depth)

    @property
    def givens(self) -> tuple[Symbol, ...]:
        """The matrices that an exercise of this form states."""
        layers = [
            (Symbol("W", k), Symbol("b", k)) if self.biases[k - 1] else (Symbol("W", k),)
            for k in self.with_weights
        ]
        return (*self.of_the_samples, *chain.from_iterable(layers))

    @property
    def of_the_samples(self) -> tuple[Symbol, ...]:
        """The matrices that an exercise of this form states of its samples."""
        first = Symbol("S", 1) if self.from_pre_activations else Symbol("X")
        last = [Symbol("T")] if self.targets else []
        return (first, *last, *([Symbol("dZ", self.depth)] if self.to_output_gradient else []))

    def stage(self, symbol: Symbol) -> Stage:
        """The stage that a quantity belongs to; the givens are whatever an exercise of this form states."""
        return Stage.GIVENS if symbol._replace(step=1) in self.of_the_samples else symbol.stage

    @property
    def decay(self) -> expr.Coefficient | None:
        """What dW has of the weights, None without weight decay: it is averaged where the rest is."""
        if self.loss is None or self.loss.l2 is None:
            return None
        later = self.conventions.average_in in ("update", "loss")
        return self.loss.summed.decay if later else self.loss.decay

    @property
    def matched(self) -> Matched | None:
        """How output activation and loss collapse, if they are made for each other."""
        if self.loss is None:
            return None
        return MATCHED.get((self.activations[-1].name, self.loss.function.name))
