"""Mistakes of the gradients and of the update."""

from collections.abc import Callable, Iterator

from mlpcalc.mistakes.rules import Found, Rules, Step, without
from mlpcalc.page import expr

RULES = Rules()

# ---------------------------------------------------------------------------- gradients


@RULES.mistake(
    "dW",
    "gradient with the pre-activation",
    done="{used} was used in {symbol} instead of {below}.",
    advice="Use {below}: that is what the weights are multiplied with.",
    hint="what are the weights of layer {k} multiplied with in {S}?",
)
def _gradient_of_preactivation(step: Step) -> Iterator[Found]:
    if step.k > 1 and not step.linear(step.k - 1):
        yield step.instead(step.input, step.ref("S", step.k - 1))


@RULES.mistake(
    "dW",
    "gradient with the layer's own output",
    done="{used} was used in {symbol} instead of {below}.",
    advice="Use {below}, what goes into layer {k}, not what comes out of it.",
    hint="what are the weights of layer {k} multiplied with in {S}?",
)
def _gradient_of_own_output(step: Step) -> Iterator[Found]:
    yield step.instead(step.input, step.ref("Z", step.k))


@RULES.mistake(
    "dW",
    "gradient with the input of another layer",
    done="{used} was used in {symbol} instead of {below}.",
    advice="Use {below}, what goes into layer {k}.",
    hint="what are the weights of layer {k} multiplied with in {S}?",
)
def _gradient_of_other_input(step: Step) -> Iterator[Found]:
    for j in (0, *step.others(step.k)):
        yield step.instead(step.input, step.ref("Z", j))


@RULES.mistake(
    "dW",
    "gradient transposed",
    done="{symbol} was written as its transpose.",
    advice="Write {symbol} the way {W} lies.",
    hint="to which weight does each cell of {symbol} belong?",
)
def _gradient_turned(step: Step) -> Iterator[Found]:
    yield expr.rewrite(step.expression, lambda part: part.T if isinstance(part, expr.MatMul) else None)


@RULES.mistake(
    "dW db",
    "gradient with the error instead of the error signal",
    done="{used} was used in {symbol} instead of {Delta}.",
    advice="Use {Delta}, the derivative by {S}.",
    hint="is it the derivative by {S} or by {Z} that {symbol} needs?",
)
def _gradient_of_error(step: Step) -> Iterator[Found]:
    return step.error_for_signal()


@RULES.mistake(
    "dW db",
    "gradient with the error signal of another layer",
    done="{used} was used in {symbol} instead of {Delta}.",
    advice="Use {Delta}, that of layer {k} itself.",
    hint="which layer's error signal does {symbol} need?",
)
def _gradient_of_other_delta(step: Step) -> Iterator[Found]:
    for j in step.others(step.k):
        yield step.instead(step.incoming, step.ref("Delta", j))


@RULES.mistake(
    "db",
    "bias gradient zero",
    done="{symbol} was taken as zero.",
    advice="Add up the error signals {Delta} of all samples.",
    hint="does the loss depend on {b}?",
)
def _bias_gradient_zero(step: Step) -> Iterator[Found]:
    yield 0 * expr.RowSums(step.ref("Delta", step.k))


@RULES.mistake(
    "db",
    "bias gradient of a shared bias",
    done="{symbol} adds up the error signals of all units, as if they had one bias together.",
    advice="Each unit has a bias of its own: add up its own error signals.",
    hint="how many biases does layer {k} have?",
)
def _bias_gradient_shared(step: Step) -> Iterator[Found]:
    if step.exercise.sizes[step.k] > 1:
        yield expr.AcrossRows(expr.ColumnSums(step.expression))


# ---------------------------------------------------------------------------- update


@RULES.mistake(
    "step_W step_b W_new b_new",
    "update added instead of subtracted",
    done="{moved} was moved along the gradient, not against it.",
    advice="Subtract η times the gradient.",
    hint="in which direction does the loss become smaller?",
)
def _update_added(step: Step) -> Iterator[Found]:
    moved = step.ref(_parameter(step), step.k)
    words = {"moved": moved.symbol}
    match step.expression:
        case expr.Add(old, change):
            yield old - change, words
        case whole:
            yield -whole, words


def _parameter(step: Step) -> str:
    return step.kind.removeprefix("step_")


def _eta_changed(step: Step, change: Callable[[expr.Expr], expr.Expr]) -> Iterator[Found]:
    """The step, or the updated parameter with the step written out, with the learning rate changed."""
    if step.updated:
        detail = step.ref(f"step_{_parameter(step)}", step.k)
        yield expr.exchange(step.expression, detail, change(step.page[detail.symbol].expression))
    else:
        yield change(step.expression)


@RULES.mistake(
    "step_W step_b W_new b_new",
    "learning rate left out",
    done="The learning rate η was left out of {symbol}.",
    advice="Multiply the gradient by η before you subtract it.",
    hint="how long is a step of the update?",
)
def _eta_forgotten(step: Step) -> Iterator[Found]:
    return _eta_changed(step, lambda node: without(node, "eta"))


@RULES.mistake(
    "step_W step_b W_new b_new",
    "learning rate applied twice",
    done="The learning rate η was applied twice in {symbol}.",
    advice="Multiply the gradient by η only once.",
    hint="how long is a step of the update?",
)
def _eta_twice(step: Step) -> Iterator[Found]:
    return _eta_changed(step, lambda node: expr.scalar("eta") * node)


@RULES.mistake(
    "W_new b_new",
    "only the step written",
    done="Only the step was written for {symbol}, without what it is added to.",
    advice="Add the step to the old value.",
    hint="what is the step of the update added to?",
)
def _step_only(step: Step) -> Iterator[Found]:
    match step.expression:
        case expr.Add(_, change):
            yield change
            yield -change


@RULES.mistake(
    "W_new@hidden",
    "only the last layer updated",
    done="{symbol} repeats {W}: layer {k} was not updated.",
    advice="Update the weights of every layer.",
    hint="which layers learn?",
    name="only_last_layer_updated",
)
@RULES.mistake(
    "W_new@out",
    "weights not updated",
    done="{symbol} repeats {W}: the weights were not updated.",
    advice="Subtract η times the gradient.",
    hint="what does {dW} do to {W}?",
    name="weights_not_updated",
)
@RULES.mistake(
    "b_new",
    "biases not updated",
    done="{symbol} repeats {b}: the bias was not updated.",
    advice="Update the biases like the weights.",
    hint="which parameters are updated in this exercise?",
    name="biases_not_updated",
)
def _not_updated(step: Step) -> Iterator[Found]:
    match step.expression:
        case expr.Add(old, _):
            yield old


@RULES.mistake(
    "step_W",
    "update with the gradient of another layer",
    done="{used} was used in {symbol} instead of {dW}.",
    advice="Use {dW}, the gradient by {W} itself.",
    hint="which gradient belongs to {W}?",
)
def _update_with_other_gradient(step: Step) -> Iterator[Found]:
    for j in step.others(step.k):
        yield step.instead(step.ref("dW", step.k), step.ref("dW", j))
