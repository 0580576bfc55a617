"""Why the steps of a derivation are what they are: one sentence for each kind of step.

Names stand as $Z; a derivation fills in those of its layer. {row} is what the words say in a course that has
its samples in columns.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from mlpcalc.notation.formulas import Formula
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
    "are zero. The sum of its cells, each times the same cell of $Delta, is one cell of $product.",
    "bias": "The bias is added to every sample, so its gradient is the sum over the samples.",
    "inputs": "A cell of $Zin enters every unit of the next layer, each time with another weight; the sum "
    "over these units is the matrix product with $W, transposed.",
    "recursion": "$Delta needs only $above from the layer above: the front of the chain need not be "
    "multiplied out again.",
    "general": "Here $k is any layer below the output whose f is elementwise; $Z is $X.",
}


def reason(sentence: str, names: Mapping[str, Formula], words: Mapping[str, str]) -> Phrase:
    """A sentence, with the names and words that it needs filled in."""
    parts = _NAME.split(sentence.format(**words))
    return [names[part] if i % 2 else part for i, part in enumerate(parts) if part]


# How the terminal's signs are written in LaTeX, from the longest to the shortest. What stands between
# brackets is bounded, so that no text is looked through again from each of them.
_LATEX = tuple(
    (re.compile(signs, re.ASCII), command)
    for signs, command in (
        (r"\((∂.{0,99})\) / v²", r"\\left(\1\\right) / v^2"),
        (r"∂(L|u|v|\$\w+|\(.{0,99}?\))/∂(\$\w+)", r"\\frac{\\partial \1}{\\partial \2}"),
        (r"δ\[(\w),(\w)\]", r"\\delta_{\1\2}"),
        (r"Σ_\{?([\w≠]+)\}?", r"\\sum_{\1}"),
        (r"‖(.{0,99}?)‖_F", r"\\left\\|\1\\right\\|_F"),
        (r"Tr\[(.{0,99}?)\]", r"\\operatorname{Tr}\\left[\1\\right]"),
        (r"\bexp\(", r"\\exp("),
        (r"( if |, else |, the shape of )", r"\\text{\1}"),
        ("²", "^2"),
        ("ᵀ", r"^\\top "),
        ("≠", r"\\ne "),
        ("⊙", r"\\odot "),
        ("×", r" \\times "),
        ("∂", r"\\partial "),
    )
)
_NAME = re.compile(r"\$(\w+)", re.ASCII)


def line(template: str, **names: Formula) -> Formula:
    """A formula from a template in the terminal's signs, with $names filled in."""
    return Formula(
        _NAME.sub(lambda found: names[found[1]].text, template),
        _NAME.sub(lambda found: names[found[1]].latex, _in_latex(template)),
    )


@lru_cache(maxsize=512)
def _in_latex(template: str) -> str:
    for signs, command in _LATEX:
        template = signs.sub(command, template)
    return template
