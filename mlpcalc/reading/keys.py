"""The keys of an exercise file, and what each is for: one table for the reader and for the JSON Schema."""

from collections.abc import Mapping
from typing import get_args

from mlpcalc.page.exercise import Average, AveragedStep, DeltaSign, Product

TOP: Mapping[str, str] = {
    "title": "What the exercise is called.",
    "source": "Where it comes from.",
    "inputs": "The input matrix X; by default a column for each sample.",
    "targets": "The target matrix T, lying like the inputs; or {classes: [1, 3, 2]}, counted from 1.",
    "layers": "The layers, the first hidden one first.",
    "loss": "The loss function: a name, or a block with name, factor, average, l2, margin.",
    "learning_rate": "η of the SGD update; without it there is no update.",
    "decimals": "Digits shown after the point; default 4.",
    "conventions": "What this course does differently: product, delta, average_in, update_biases.",
    "points": "What answers are worth when they are marked, by quantity; one point each where it is unsaid.",
    "symbols": "How this course writes S, Z, Delta, W, b, X and T.",
}
LAYER: Mapping[str, str] = {
    "weights": "The weight matrix W; by default a row for each unit, a column for each input.",
    "bias": "A number for each unit, or one number for all.",
    "activation": "The activation function: a name, or a block with name and parameter; default identity.",
}
LOSS: Mapping[str, str] = {
    "name": "The loss function.",
    "factor": "The factor in front; default 1/2 for squared_error, 1 for the others.",
    "average": "Divide by nothing, by the number of samples, or by the number of entries; default none.",
    "l2": "λ of the weight decay λ/2 Σ ||W||² added to the loss.",
}
CONVENTIONS: Mapping[str, str] = {
    "product": "How samples and weights lie: W X (samples in columns, W out × in), W^T X, X W or X W^T.",
    "delta": "What Δ stands for: dL/dS, or -dL/dS.",
    "average_in": "Where the average enters: in the errors, the gradients or the update.",
    "update_biases": "Whether the update changes the biases.",
}
SYMBOLS: Mapping[str, str] = {
    "S": "The pre-activations.",
    "Z": "The activations.",
    "Delta": "The error signals.",
    "W": "The weights.",
    "b": "The biases.",
    "X": "The inputs.",
    "T": "The targets.",
}
CLASSES: Mapping[str, str] = {"classes": "The true class of each sample, counted from 1."}
AVERAGES: tuple[Average, ...] = get_args(Average)
PRODUCTS: tuple[Product, ...] = get_args(Product)
DELTAS: tuple[DeltaSign, ...] = get_args(DeltaSign)
AVERAGED_STEPS: tuple[AveragedStep, ...] = get_args(AveragedStep)
MAX_DECIMALS = 15
MAX_LAYERS = 200
MAX_CLASSES = 10_000
