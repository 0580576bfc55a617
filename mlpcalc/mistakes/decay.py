"""Mistakes with the weight decay."""

from collections.abc import Iterator
from fractions import Fraction

from mlpcalc.mistakes.rules import Factor, Found, Rules, Step, parts
from mlpcalc.page.expr import exchange, scalar

RULES = Rules()

_DECAYED = "loss dW step_W"


def _decay_times(step: Step, factor: Factor) -> Iterator[Found]:
    """The expression with its weight decay times a factor."""
    front, data, decay = parts(step.expression)
    if decay is not None:
        yield front * (data + factor * decay)


@RULES.mistake(
    _DECAYED,
    "weight decay left out",
    done="The weight decay is missing in {symbol}.",
    advice="Add the part of the weight decay.",
    hint="what has the loss beside the errors?",
)
def _decay_forgotten(step: Step) -> Iterator[Found]:
    front, data, decay = parts(step.expression)
    if decay is not None:
        yield front * data


@RULES.mistake(
    _DECAYED,
    "weight decay without the 1/2",
    done="The weight decay in {symbol} is twice as large as it should be.",
    advice="It is λ/2 times the squares in the loss, so λ times the weights here.",
    hint="what stands in front of the weights in the loss?",
)
def _decay_without_half(step: Step) -> Iterator[Found]:
    return _decay_times(step, 2)


@RULES.mistake(
    "dW step_W",
    "weight decay with 1/2 in the gradient",
    done="The weight decay in {symbol} still has the 1/2 of the loss.",
    advice="The 2 from the derivative of the squares cancels the 1/2.",
    hint="what is the derivative of the weight decay?",
)
def _decay_halved(step: Step) -> Iterator[Found]:
    return _decay_times(step, Fraction(1, 2))


@RULES.mistake(
    _DECAYED,
    "weight decay averaged",
    done="The weight decay in {symbol} was divided by N.",
    advice="The weight decay is never averaged.",
    hint="does the weight decay depend on the samples?",
)
def _decay_averaged(step: Step) -> Iterator[Found]:
    return _decay_times(step, scalar("N", -1))


@RULES.mistake(
    _DECAYED,
    "weight decay with the wrong sign",
    done="The weight decay was subtracted in {symbol}.",
    advice="Add the weight decay.",
    hint="does the weight decay make the loss larger or smaller?",
)
def _decay_sign(step: Step) -> Iterator[Found]:
    return _decay_times(step, -1)


@RULES.mistake(
    "loss_new",
    "weight decay of the old weights",
    done="The weight decay in {symbol} is that of the old weights.",
    advice="After the update, take the squares of the new weights.",
    hint="which weights does the network have after the update?",
)
def _decay_of_old_weights(step: Step) -> Iterator[Found]:
    changed = step.expression
    for j in range(1, step.K + 1):
        changed = exchange(changed, step.ref("W", j, updated=True), step.ref("W", j))
    yield changed


@RULES.mistake(
    "db",
    "weight decay of the biases",
    done="The weight decay was added to {symbol}, too.",
    advice="The weight decay is on the weights only: leave it out here.",
    hint="which parameters does the weight decay hold for?",
)
def _decay_of_biases(step: Step) -> Iterator[Found]:
    if step.loss.l2 is not None:
        yield step.expression + scalar("lambda") * step.ref("b", step.k)
