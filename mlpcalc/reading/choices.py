"""Activations, losses and networks by the names used in files and on the command line."""

from collections.abc import Mapping
from typing import TypeVar

from mlpcalc.errors import refuse
from mlpcalc.page.activations import ACTIVATION_ALIASES, ACTIVATIONS
from mlpcalc.page.functions import Activation, LossFunction, with_parameters
from mlpcalc.page.losses import LOSSES
from mlpcalc.page.network import Loss, Network
from mlpcalc.page.optimizers import OPTIMIZERS, Optimizer
from mlpcalc.reading.keys import MAX_LAYERS
from mlpcalc.text.wording import counted, did_you_mean, one_of, shown

# Names that mean different things to different authors, and what each may have meant.
_SQUARED = (
    "{name: squared_error, factor: 1/2, average: none}      1/2 Σ (Y-T)²",
    "{name: squared_error, factor: 1/2, average: samples}   1/(2N) Σ (Y-T)²",
    "{name: squared_error, factor: 1, average: samples}     1/N Σ (Y-T)²",
    "{name: squared_error, factor: 1, average: entries}     the mean over all entries",
)
_LOGARITHMIC = (
    "{name: cross_entropy, average: samples}          -1/N Σ T ln Y, after softmax",
    "{name: binary_cross_entropy, average: samples}   -1/N Σ T ln Y + (1-T) ln(1-Y), after sigmoid",
)
_AMBIGUOUS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("mse", "mean_squared_error", "sse", "l2", "quadratic", "least_squares"), _SQUARED),
    **dict.fromkeys(("log_loss", "logloss", "ce", "bce", "nll", "crossentropy", "logistic"), _LOGARITHMIC),
}

Record = TypeVar("Record", Activation, LossFunction, Optimizer)


def activation_named(name: str) -> Activation:
    """The activation function of that name in any letter case, with its parameters as variables.

    Raises `InputError`.
    """
    aliases = {alias: ACTIVATIONS[meant] for alias, meant in ACTIVATION_ALIASES.items()}
    return _known(name, {**ACTIVATIONS, **aliases}, "activation")


def loss_named(name: str) -> LossFunction:
    """The loss function of that name in any letter case, with its parameters as variables.

    Raises `InputError`; for an ambiguous name such as mse, with the candidates.
    """
    if (meant := _AMBIGUOUS.get(name.lower().replace("-", "_").replace(" ", "_"))) is not None:
        raise refuse(
            f"loss {shown(name)} means different things to different authors",
            expected="one of\n" + "\n".join(f"    loss: {line}" for line in meant),
        )
    return _known(name, LOSSES, "loss")


def optimizer_named(name: str) -> Optimizer:
    """The optimiser of that name in any letter case, with the usual parameters; raises `InputError`."""
    return _known(name, OPTIMIZERS, "optimizer")


def _known(name: str, known: Mapping[str, Record], what: str) -> Record:
    record = known.get(name.lower())
    if record is None:
        raise refuse(
            f"unknown {what} {shown(name)}",
            expected=one_of(known),
            hint=did_you_mean(name, known),
        )
    return record


def network_of(
    depth: int,
    activations: str | None,
    loss: str,
    hidden: Activation,
    *,
    bias: bool,
    output: Activation | None = None,
) -> Network:
    """A network of `depth` layers without numbers, as options describe it.

    activations: a name for each layer, with commas, or one for all hidden layers; None for `hidden` in all
    of them. output: of the last layer where it is not named; None for the one that goes with the loss.

    Raises `InputError` for unknown names, or where their number does not fit.
    """
    if not 1 <= depth <= MAX_LAYERS:
        raise refuse(f"a network cannot have {counted(depth, 'layer')}", expected=f"1 to {MAX_LAYERS}")
    function = with_parameters(loss_named(loss), {})
    names = [] if activations is None else [name.strip() for name in activations.split(",")]
    named = [with_parameters(activation_named(name), {}) for name in names]
    if len(named) not in (0, 1, depth):
        raise refuse(
            f"{counted(len(named), 'activation')} for {counted(depth, 'layer')}",
            expected="one for each layer, or one for all hidden layers",
        )
    if len(named) != depth:
        last = output or with_parameters(activation_named(function.output or "identity"), {})
        named = (named or [hidden]) * (depth - 1) + [last]
    return Network(
        activations=tuple(named),
        biases=(bias,) * depth,
        loss=Loss(function, function.factor),
        targets=function.targets != "none",
        learns=False,
    )
