"""The reasons for the steps of a derivation: one sentence for each kind of step.

A name such as $Z is filled in for each layer. {row} is `row` where samples are columns, else `column`.
"""

from collections.abc import Mapping

from mlpcalc.notation.formulas import Formula
from mlpcalc.notation.signs import NAME
from mlpcalc.report.blocks import Phrase

REASONS: Mapping[str, str] = {
    # the loss
    "squared": "The trace is the sum of the squares of all cells; the derivative of a square is twice its "
    "base.",
    "cellwise": "Each term of $L contains one cell of $Y, so the derivative is taken cell by cell.",
    "scores": "In words: for each sample $n the loss pushes down the output of every false class $k that "
    "comes within the margin of the true class $y, and stops once they are separated.",
    "probabilities": "In words: for each sample $n the loss pushes down the probability of every false "
    "class $k that comes within the margin of the true class $y, and stops once they are separated.",
    "inside": "The sum is over the false classes that violate the margin; the others contribute nothing, "
    "neither to the loss nor to its derivative.",
    "quotient": "By the quotient rule; an exponential is its own derivative, and $delta is 1 if $same, else "
    "0.",
    "decay": "The weight decay depends on the weights directly, not through the layers: $decay is added "
    "at the end.",
    "average": "This course puts $average in the gradients: $Delta is written without it.",
    "average in the update": "This course puts $average in the update: $Delta and $dW are written without "
    "it, so that $dW is not yet the derivative.",
    "average in the loss": "This course averages the loss only: $Delta and $dW are written without "
    "$average, and the update goes by the sum.",
    "negative": "In this course $Delta is the negative derivative; its sign is reversed wherever it is used.",
    # a layer
    "elementwise": "$f is elementwise: each cell of $Z depends only on the same cell of $S, so its "
    "derivative is one number per cell, and the product with it is elementwise: $hadamard.",
    "softmax": "$f is not elementwise: each output of a sample depends on all pre-activations of that "
    "sample. So there is one matrix $J per sample, and no elementwise product.",
    "weights": "The $i-th {row} of $dSdW, of shape $shape, is the $j-th {row} of $Zin; its other {row}s "
    "are zero. Its cells, each multiplied by the same cell of $Delta, add up to one cell of $product.",
    "bias": "The bias is added to every sample, so its gradient is the sum over the samples.",
    "shared bias": "The one bias of a layer is added to every unit and every sample, so its gradient is the "
    "sum over all of them.",
    "inputs": "Each cell of $Zin feeds every unit of the next layer, with a different weight each time; the "
    "sum over these units is the matrix product with $W, transposed.",
    "recursion": "$Delta needs only $above from the layer above: the first factors of the chain need not be "
    "multiplied again.",
    "general": "Here $k is any layer below the output whose f is elementwise; $Z is $X.",
}


def reason(sentence: str, names: Mapping[str, Formula], words: Mapping[str, str]) -> Phrase:
    """Fill in the names and words of a sentence."""
    parts = NAME.split(sentence.format(**words))
    return [names[part] if i % 2 else part for i, part in enumerate(parts) if part]
