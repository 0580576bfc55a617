"""Mistakes of the forward pass, the first one and the one after the update."""

from collections.abc import Iterator

from mlpcalc.mistakes.rules import EditResult, Rules, Step, both_ways
from mlpcalc.page import expr, trees
from mlpcalc.page.functions import Apply
from mlpcalc.page.symbols import Symbol

RULES = Rules()

# ---------------------------------------------------------------------------- pre-activations


@RULES.mistake(
    "S",
    "bias left out",
    formula="S2 = W2 Z1",
    done="{bias} was left out of {symbol}.",
    advice="Add {bias} to every sample.",
    hint="which parameters of layer {k} does {symbol} need?",
)
def _bias_left_out(step: Step) -> Iterator[EditResult]:
    match step.expression:
        case expr.Add(product, expr.AcrossColumns() as added):
            yield product, {"bias": _bias(added)}


@RULES.mistake(
    "S",
    "bias subtracted",
    formula="S2 = W2 Z1 - b2 1ᵀ",
    done="{bias} was subtracted in {symbol}.",
    advice="Add {bias}, whatever its sign.",
    hint="how does {bias} enter {symbol}?",
)
def _bias_subtracted(step: Step) -> Iterator[EditResult]:
    match step.expression:
        case expr.Add(product, expr.AcrossColumns() as added):
            yield product - added, {"bias": _bias(added)}


def _bias(added: expr.Expr) -> Symbol:
    """The bias in what is added to every sample, be it one for each unit or one for all."""
    (bias,) = trees.references(added)
    return bias


@RULES.mistake(
    "S_new",
    "old weights after the update",
    formula="S2' = W2 Z1' + b2' 1ᵀ",
    done="{symbol} was computed with {W}, from before the update.",
    advice="After the update, use {W_new}.",
    hint="which weights does layer {k} have after the update?",
)
def _old_weights(step: Step) -> Iterator[EditResult]:
    yield trees.exchange(step.expression, step.ref("W", step.k, updated=True), step.ref("W", step.k))
    yield step.page[step.ref("S", step.k).symbol].expression


@RULES.mistake(
    "S_new",
    "old biases after the update",
    formula="S2' = W2' Z1' + b2 1ᵀ",
    done="{symbol} was computed with {b}, from before the update.",
    advice="After the update, use {b_new}.",
    hint="which bias does layer {k} have after the update?",
)
def _old_biases(step: Step) -> Iterator[EditResult]:
    yield trees.exchange(step.expression, step.ref("b", step.k, updated=True), step.ref("b", step.k))


@RULES.mistake(
    "S_new Z_new",
    "figures from before the update",
    formula="S2' = W2' Z1 + b2' 1ᵀ",
    done="{symbol} was computed from {used}, from before the update.",
    advice="Use {right}, from the forward pass with the new weights.",
    hint="from which forward pass does the input of {symbol} come?",
)
def _old_inputs(step: Step) -> Iterator[EditResult]:
    if step.kind == "S":
        yield step.instead(step.input, step.ref("Z", step.k - 1))
    else:
        yield step.instead(step.ref("S", step.k, updated=True), step.ref("S", step.k))


@RULES.mistake(
    "S",
    "pre-activation passed on",
    formula="S2 = W2 S1 + b2 1ᵀ",
    done="{symbol} was computed from {used} instead of {below}.",
    advice="The input of a layer is the output of the layer below: {below}.",
    hint="what is the input of layer {k}?",
)
def _input_not_activated(step: Step) -> Iterator[EditResult]:
    if step.k > 1 and not step.linear(step.k - 1):
        yield step.instead(step.input, step.like("S", step.k - 1))


@RULES.mistake(
    "S",
    "input of another layer",
    formula="S3 = W3 X + b3 1ᵀ",
    done="{symbol} was computed from {used} instead of {below}.",
    advice="The input of a layer is the output of the layer below: {below}.",
    hint="what is the input of layer {k}?",
)
def _input_of_other_layer(step: Step) -> Iterator[EditResult]:
    for j in range(step.k - 1):
        yield step.instead(step.input, step.like("Z", j))


@RULES.mistake(
    "S",
    "weights transposed",
    formula="S1 = W1ᵀ X + b1 1ᵀ",
    done="{used} was used in {symbol} where {right} belongs.",
    advice="Take {right}: each unit adds up its inputs with its own weights.",
    hint="which weights belong to the first unit of layer {k}?",
)
def _weights_turned(step: Step) -> Iterator[EditResult]:
    W = step.like("W", step.k)
    yield step.instead(W, W.T)


@RULES.mistake(
    "S",
    "weights of another layer",
    formula="S1 = W2 X + b1 1ᵀ",
    done="{used} was used in {symbol}, the weights of another layer.",
    advice="Use {right}.",
    hint="which weights lead into layer {k}?",
)
def _weights_of_other_layer(step: Step) -> Iterator[EditResult]:
    W = step.like("W", step.k)
    for j in step.others(step.k):
        for other in both_ways(step.like("W", j)):
            yield step.instead(W, other)


@RULES.mistake(
    "S",
    "activation given as pre-activation",
    formula="S1 = leaky_relu(W1 X + b1 1ᵀ)",
    done="{symbol} already has {act} applied: that is the activation.",
    advice="Write down {symbol} before you apply {act}.",
    hint="what comes first in layer {k}, the sum or {act}?",
)
def _activated_too_early(step: Step) -> Iterator[EditResult]:
    if not step.linear(step.k):
        yield Apply(step.f, step.expression)
