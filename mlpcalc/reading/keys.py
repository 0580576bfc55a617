"""The keys of an exercise file, and what each is for: one table for the reader and for the JSON Schema."""

from collections.abc import Mapping
from math import inf
from typing import Literal, NamedTuple, get_args

from mlpcalc.page.layout import Product
from mlpcalc.page.network import Average, AveragedStep, DecayAverage, DeltaSign


class Number(NamedTuple):
    """A number, no less than `least`."""

    least: float = -inf


class Whole(NamedTuple):
    """A whole number within bounds."""

    least: int
    most: int


class Words(NamedTuple):
    """One of some words."""

    words: tuple[str, ...]


Form = Literal[
    "text", "letter", "matrix", "classes", "targets", "layers", "activation", "loss", "conventions",
    "optimizer", "points", "ask", "names", "symbols", "decay",
]  # fmt: skip


class Key(NamedTuple):
    """What a key is for, what stands under it, and whether it has to be there."""

    about: str
    form: Form | Number | Whole | Words
    required: bool = False


def required(table: Mapping[str, Key]) -> list[str]:
    """The keys that have to be there."""
    return [name for name, key in table.items() if key.required]


AVERAGES: tuple[Average, ...] = get_args(Average)
DECAY_AVERAGES: tuple[DecayAverage, ...] = get_args(DecayAverage)
PRODUCTS: tuple[Product, ...] = get_args(Product)
DELTAS: tuple[DeltaSign, ...] = get_args(DeltaSign)
AVERAGED_STEPS: tuple[AveragedStep, ...] = get_args(AveragedStep)
YES_OR_NO: tuple[Literal["true", "false"], ...] = ("true", "false")
MAX_DECIMALS = 15
DECIMALS = Whole(0, MAX_DECIMALS)
SIGNIFICANT = Whole(1, MAX_DECIMALS)
POINTS = Number(least=0)
FIRST_CLASS = 1
MAX_CLASSES = 10_000
MAX_LAYERS = 200
MAX_STEPS = 100_000
STEPS = Whole(1, MAX_STEPS)
MAX_BATCH = 1_000_000
MAX_LETTERS = 8  # of a symbol
NUMBERS_OF_ALL = ("N", "M", "eta", "lambda")  # whose letters no exercise may give to another
TAKEN_LETTERS = ("f",)  # what formulas have beside quantities and numbers

TOP: Mapping[str, Key] = {
    "title": Key("The title of the exercise.", "text"),
    "source": Key("The source of the exercise.", "text"),
    "inputs": Key("The input matrix X; by default a column for each sample.", "matrix"),
    "targets": Key(
        "The target matrix T, in the layout of the inputs; or {classes: [1, 3, 2]}, counted from 1.",
        "targets",
    ),
    "layers": Key("The layers, from the first hidden layer to the output layer.", "layers", required=True),
    "loss": Key("The loss function: a name, or a block with name, factor, average, l2, margin.", "loss"),
    "output_gradient": Key(
        "∂L/∂Y, in the layout of the inputs, in place of targets and loss: what follows from it is computed.",
        "matrix",
    ),
    "learning_rate": Key("η of the update; without it there is no update.", Number()),
    "steps": Key("The number of updates, one after the other; default 1.", STEPS),
    "epochs": Key("The number of passes through all samples, in place of steps.", STEPS),
    "batch": Key(
        "How many samples an update sees, in their order, starting over after the last; default all.",
        Whole(1, MAX_BATCH),
    ),
    "optimizer": Key(
        "sgd, momentum, nesterov or adam; or a block with name and parameters; default sgd.", "optimizer"
    ),
    "decimals": Key("Decimals that are shown, and asked for; default 4, which are only shown.", DECIMALS),
    "significant": Key("Significant digits that are shown and asked for, instead of decimals.", SIGNIFICANT),
    "conventions": Key(
        "The conventions of the course: product, delta, average_in, update_biases.", "conventions"
    ),
    "ask": Key(
        "What is to be answered: a list of quantities, or points for each; default: all but intermediate and "
        "given ones, and after the update only loss_new.",
        "ask",
    ),
    "points": Key("The points of a quantity when answers are marked; default 1.", "points"),
    "given": Key("Quantities that are filled in on answer sheets, and not asked for.", "names"),
    "symbols": Key("How the course writes S, Z, Delta, W, b, X, T, loss, eta, N and so on.", "symbols"),
}
LAYER: Mapping[str, Key] = {
    "weights": Key("The weight matrix W; by default a row for each unit, a column for each input.", "matrix"),
    "pre_activations": Key(
        "S of the first layer, in the layout of the inputs, in place of inputs, weights and bias.", "matrix"
    ),
    "bias": Key("A number for each unit, or one number for all.", "matrix"),
    "shared_bias": Key(
        "Whether the units have one bias in common, whose gradient is the sum over them; default false.",
        Words(YES_OR_NO),
    ),
    "activation": Key(
        "The activation function: a name, or a block with name and parameter; default identity.",
        "activation",
    ),
}
LOSS: Mapping[str, Key] = {
    "name": Key("The loss function.", "text", required=True),
    "factor": Key(
        "The factor in front of the loss; default 1/2 for squared_error, 1 for the others.", Number()
    ),
    "average": Key(
        "Whether to divide by nothing, the number of samples or the number of entries; default none.",
        Words(AVERAGES),
    ),
    "l2": Key("λ of the weight decay λ/2 Σ ||W||² added to the loss; or a block {lambda, average}.", "decay"),
}
DECAY: Mapping[str, Key] = {
    "lambda": Key("λ of the weight decay.", Number(least=0), required=True),
    "average": Key("Whether to divide by the number of samples, too; default none.", Words(DECAY_AVERAGES)),
}
OPTIMIZER: Mapping[str, Key] = {"name": Key("The optimiser.", "text", required=True)}
ACTIVATION: Mapping[str, Key] = {"name": Key("The activation function.", "text", required=True)}
CONVENTIONS: Mapping[str, Key] = {
    "product": Key(
        "The layout of samples and weights: W X (samples in columns, W out × in), W^T X, X W or X W^T.",
        Words(PRODUCTS),
    ),
    "delta": Key("What Δ means: dL/dS, or -dL/dS.", Words(DELTAS)),
    "average_in": Key(
        "Where the average is taken: in the errors, the gradients, the update, or in the loss only.",
        Words(AVERAGED_STEPS),
    ),
    "update_biases": Key("Whether the update changes the biases.", Words(YES_OR_NO)),
}
SYMBOLS: Mapping[str, Key] = {
    "S": Key("The pre-activations.", "letter"),
    "Z": Key("The activations.", "letter"),
    "Delta": Key("The error signals.", "letter"),
    "W": Key("The weights.", "letter"),
    "b": Key("The biases.", "letter"),
    "X": Key("The inputs.", "letter"),
    "T": Key("The targets.", "letter"),
    "loss": Key("The loss.", "letter"),
    "eta": Key("The learning rate.", "letter"),
    "lambda": Key("The weight decay.", "letter"),
    "N": Key("The number of samples.", "letter"),
    "M": Key("The number of outputs.", "letter"),
    "mu": Key("The momentum.", "letter"),
    "beta1": Key("The decay of the mean of the gradients, of adam.", "letter"),
    "beta2": Key("The decay of the mean of their squares, of adam.", "letter"),
    "epsilon": Key("The small number in the denominator, of adam.", "letter"),
}
CLASSES: Mapping[str, Key] = {
    "classes": Key("The true class of each sample, counted from 1.", "classes", required=True)
}
_BLOCKS: Mapping[str, Mapping[str, Key]] = {"layers": LAYER, "loss": LOSS, "conventions": CONVENTIONS}
ELSEWHERE: Mapping[str, str] = {
    name: f"{name} belongs under {block}:"
    for block, table in _BLOCKS.items()
    for name in table
    if name not in TOP and name != "name"
}
"""Hints for keys that stand at the top of an exercise, but belong into a block of it."""
