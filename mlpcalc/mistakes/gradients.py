"""Mistakes of the gradients and of the update."""

from collections.abc import Callable, Iterator
from fractions import Fraction

from mlpcalc.mistakes.rules import SPECIFIC, EditResult, Rules, Step, without
from mlpcalc.page import expr, trees
from mlpcalc.page.functions import one

RULES = Rules()

# ---------------------------------------------------------------------------- gradients


@RULES.mistake(
    "dW",
    "gradient with the pre-activation",
    formula="dW2 = Δ2 S1ᵀ",
    done="{used} was used in {symbol} instead of {below}.",
    advice="Use {below}: the weights are multiplied by it.",
    hint="what are the weights of layer {k} multiplied by in {S}?",
)
def _gradient_of_preactivation(step: Step) -> Iterator[EditResult]:
    if step.k > 1 and not step.linear(step.k - 1):
        yield step.instead(step.input, step.ref("S", step.k - 1))


@RULES.mistake(
    "dW",
    "gradient with the layer's own output",
    formula="dW2 = Δ2 Z2ᵀ",
    done="{used} was used in {symbol} instead of {below}.",
    advice="Use {below}, the input of layer {k}, not its output.",
    hint="what are the weights of layer {k} multiplied by in {S}?",
)
def _gradient_of_own_output(step: Step) -> Iterator[EditResult]:
    yield step.instead(step.input, step.ref("Z", step.k))


@RULES.mistake(
    "dW",
    "gradient with the input of another layer",
    formula="dW2 = Δ2 Xᵀ",
    done="{used} was used in {symbol} instead of {below}.",
    advice="Use {below}, the input of layer {k}.",
    hint="what are the weights of layer {k} multiplied by in {S}?",
)
def _gradient_of_other_input(step: Step) -> Iterator[EditResult]:
    for j in (0, *step.others(step.k)):
        yield step.instead(step.input, step.ref("Z", j))


@RULES.mistake(
    "dW",
    "divided by the input instead of multiplied",
    formula="dW2 = Δ2 (1 / Z1ᵀ)",
    done="{Delta} was divided by {below} in {symbol}.",
    advice="Multiply each error signal by the input of its weight, {below}.",
    hint="what are the weights of layer {k} multiplied by in {S}?",
)
def _divided_by_input(step: Step) -> Iterator[EditResult]:
    yield trees.exchange(step.expression, step.input, one / step.input)


@RULES.mistake(
    "dW",
    "input left out of the gradient",
    formula="dW2 = Δ2 1 1ᵀ",
    done="{below} was left out of {symbol}: only the error signals {Delta} are left.",
    advice="Multiply each error signal by the input of its weight, {below}.",
    hint="what are the weights of layer {k} multiplied by in {S}?",
)
def _input_forgotten(step: Step) -> Iterator[EditResult]:
    yield trees.rewrite(
        step.expression,
        lambda part: expr.AcrossColumns(expr.RowSums(part.left)) if isinstance(part, expr.MatMul) else None,
    )


@RULES.mistake(
    "dW",
    "gradient transposed",
    formula="dW2 = Z1 Δ2ᵀ",
    done="{symbol} was written as its transpose.",
    advice="Give {symbol} the shape of {W}.",
    hint="to which weight does each cell of {symbol} belong?",
)
def _gradient_turned(step: Step) -> Iterator[EditResult]:
    yield trees.rewrite(step.expression, lambda part: part.T if isinstance(part, expr.MatMul) else None)


@RULES.mistake(
    "dW db",
    "gradient with the error instead of the error signal",
    formula="dW2 = dZ2 Z1ᵀ",
    done="{used} was used in {symbol} instead of {Delta}.",
    advice="Use {Delta}, the derivative by {S}.",
    hint="does {symbol} need the derivative by {S} or by {Z}?",
)
def _gradient_of_error(step: Step) -> Iterator[EditResult]:
    return step.error_for_signal()


@RULES.mistake(
    "dW db",
    "gradient with the error signal of another layer",
    formula="dW2 = Δ1 Z1ᵀ",
    done="{used} was used in {symbol} instead of {Delta}.",
    advice="Use {Delta}, that of layer {k} itself.",
    hint="which layer's error signal does {symbol} need?",
)
def _gradient_of_other_delta(step: Step) -> Iterator[EditResult]:
    for j in step.others(step.k):
        yield step.instead(step.incoming, step.ref("Delta", j))


@RULES.mistake(
    "db",
    "bias gradient zero",
    formula="db2 = 0 Δ2 1",
    done="{symbol} was taken as zero.",
    advice="Add up the error signals {Delta} of all samples.",
    hint="does the loss depend on {b}?",
)
def _bias_gradient_zero(step: Step) -> Iterator[EditResult]:
    yield 0 * expr.RowSums(step.ref("Delta", step.k))


@RULES.mistake(
    "db",
    "bias gradient of a shared bias",
    formula="db1 = 1 1ᵀ Δ1 1",
    done="{symbol} adds up the error signals of all units, as if they shared one bias.",
    advice="Each unit has a bias of its own: add up its own error signals.",
    hint="how many biases does layer {k} have?",
)
def _bias_gradient_shared(step: Step) -> Iterator[EditResult]:
    if step.exercise.sizes[step.k] > 1 and step.k not in step.network.shared_biases:
        yield expr.AcrossRows(expr.ColumnSums(step.expression))


@RULES.mistake(
    "db",
    "gradient of a shared bias averaged over the units",
    formula="db1 = 1/2 1ᵀ Δ1 1",
    done="{symbol} is the average over the units of layer {k}, not the sum.",
    advice="Add up the error signals of all units: the bias enters each of them.",
    hint="in how many units does {b} take part?",
    precedence=SPECIFIC,
)
def _bias_gradient_averaged_over_units(step: Step) -> Iterator[EditResult]:
    if step.k in step.network.shared_biases:
        yield step.times(Fraction(1, step.exercise.sizes[step.k]))


# ---------------------------------------------------------------------------- update


@RULES.mistake(
    "step_W step_b W_new b_new",
    "update added instead of subtracted",
    formula="W2' = W2 - step_W2",
    done="{moved} was moved along the gradient, not against it.",
    advice="Subtract {eta} times the gradient.",
    hint="in which direction does the loss become smaller?",
)
def _update_added(step: Step) -> Iterator[EditResult]:
    moved = step.ref(_parameter(step), step.k)
    words = {"moved": moved.symbol}
    match step.expression:
        case expr.Add(old, change):
            yield old - change, words
        case whole:
            yield -whole, words


def _parameter(step: Step) -> str:
    return step.kind.removeprefix("step_")


def _eta_changed(step: Step, change: Callable[[expr.Expr], expr.Expr]) -> Iterator[EditResult]:
    """The step, or the updated parameter with the step written out, with the learning rate changed."""
    if step.updated:
        detail = step.ref(f"step_{_parameter(step)}", step.k)
        yield trees.exchange(step.expression, detail, change(step.page[detail.symbol].expression))
    else:
        yield change(step.expression)


@RULES.mistake(
    "step_W step_b W_new b_new",
    "learning rate left out",
    formula="W2' = W2 - dW2",
    done="The learning rate {eta} was left out of {symbol}.",
    advice="Multiply the gradient by {eta} before you subtract it.",
    hint="how large is a step of the update?",
)
def _eta_forgotten(step: Step) -> Iterator[EditResult]:
    return _eta_changed(step, lambda node: without(node, "eta"))


@RULES.mistake(
    "step_W step_b W_new b_new",
    "learning rate applied twice",
    formula="step_b2 = -η η db2",
    done="The learning rate {eta} was applied twice in {symbol}.",
    advice="Multiply the gradient by {eta} only once.",
    hint="how large is a step of the update?",
)
def _eta_twice(step: Step) -> Iterator[EditResult]:
    return _eta_changed(step, lambda node: expr.scalar("eta") * node)


@RULES.mistake(
    "W_new b_new",
    "only the step written",
    formula="W2' = step_W2",
    done="Only the step was written for {symbol}: it was not added to the old value.",
    advice="Add the step to the old value.",
    hint="what is the step of the update added to?",
)
def _step_only(step: Step) -> Iterator[EditResult]:
    match step.expression:
        case expr.Add(_, change):
            yield change
            yield -change


@RULES.mistake(
    "W_new@hidden",
    "only the last layer updated",
    formula="W1' = W1",
    done="{symbol} repeats {W}: layer {k} was not updated.",
    advice="Update the weights of every layer.",
    hint="which layers learn?",
    name="only_last_layer_updated",
)
@RULES.mistake(
    "W_new@out",
    "weights not updated",
    formula="W2' = W2",
    done="{symbol} repeats {W}: the weights were not updated.",
    advice="Subtract {eta} times the gradient.",
    hint="what does {dW} do to {W}?",
    name="weights_not_updated",
)
@RULES.mistake(
    "b_new",
    "biases not updated",
    formula="b2' = b2",
    done="{symbol} repeats {b}: the bias was not updated.",
    advice="Update the biases like the weights.",
    hint="which parameters are updated in this exercise?",
    name="biases_not_updated",
)
def _not_updated(step: Step) -> Iterator[EditResult]:
    match step.expression:
        case expr.Add(old, _):
            yield old


@RULES.mistake(
    "step_W",
    "update with the gradient of another layer",
    formula="step_W2 = -η dW1",
    done="{used} was used in {symbol} instead of {dW}.",
    advice="Use {dW}, the gradient by {W} itself.",
    hint="which gradient belongs to {W}?",
)
def _update_with_other_gradient(step: Step) -> Iterator[EditResult]:
    for j in step.others(step.k):
        yield step.instead(step.ref("dW", step.k), step.ref("dW", j))
