"""Mistakes with the weight decay."""

from collections.abc import Iterator
from fractions import Fraction

from mlpcalc.mistakes.rules import EditResult, Factor, Rules, Step, parts
from mlpcalc.page import expr
from mlpcalc.page.expr import scalar
from mlpcalc.page.trees import exchange

RULES = Rules()

_DECAYED = "loss dW step_W"


def _decay_times(step: Step, factor: Factor) -> Iterator[EditResult]:
    """The expression with its weight decay times a factor."""
    front, data, decay = parts(step.expression)
    if decay is not None:
        yield front * (data + factor * decay)


@RULES.mistake(
    _DECAYED,
    "weight decay left out",
    formula="L = 1/N Σ losses",
    done="The weight decay is missing in {symbol}.",
    advice="Add the term of the weight decay.",
    hint="what does the loss contain besides the errors?",
)
def _decay_forgotten(step: Step) -> Iterator[EditResult]:
    front, data, decay = parts(step.expression)
    if decay is not None:
        yield front * data


@RULES.mistake(
    _DECAYED,
    "weight decay without the 1/2",
    formula="L = 1/N Σ losses + λ (Σ W1² + Σ W2²)",
    done="The weight decay in {symbol} is twice as large as it should be.",
    advice="It is {lambda}/2 times the squares in the loss, so {lambda} times the weights here.",
    hint="what stands in front of the weights in the loss?",
)
def _decay_without_half(step: Step) -> Iterator[EditResult]:
    return _decay_times(step, 2)


@RULES.mistake(
    "dW step_W",
    "weight decay with 1/2 in the gradient",
    formula="dW2 = Δ2 Z1ᵀ + λ/2 W2",
    done="The weight decay in {symbol} still has the 1/2 of the loss.",
    advice="The 2 from the derivative of the squares cancels the 1/2.",
    hint="what is the derivative of the weight decay?",
)
def _decay_halved(step: Step) -> Iterator[EditResult]:
    return _decay_times(step, Fraction(1, 2))


@RULES.mistake(
    _DECAYED,
    "weight decay averaged",
    formula="step_W2 = -η (1/N (dW2 - λ W2) + λ/N W2)",
    done="The weight decay in {symbol} was divided by {N}.",
    advice="Here the weight decay is not averaged.",
    hint="does the weight decay depend on the samples?",
)
def _decay_averaged(step: Step) -> Iterator[EditResult]:
    if not _is_averaged(step):
        yield from _decay_times(step, scalar("N", -1))


@RULES.mistake(
    _DECAYED,
    "weight decay not averaged",
    formula="L = 1/N Σ losses + λ/2 (Σ W1² + Σ W2²)",
    done="The weight decay in {symbol} was not divided by {N}.",
    advice="Here the weight decay is averaged, too: divide {lambda} by {N}.",
    hint="what is the weight decay divided by in the loss?",
)
def _decay_not_averaged(step: Step) -> Iterator[EditResult]:
    if _is_averaged(step):
        yield from _decay_times(step, scalar("N"))


def _is_averaged(step: Step) -> bool:
    """Whether the weight decay that is added here is divided by N already."""
    _, _, decay = parts(step.expression)
    match decay:
        case expr.Scale(coefficient):
            return ("N", -1) in coefficient.powers
    return False


@RULES.mistake(
    _DECAYED,
    "weight decay with the wrong sign",
    formula="dW2 = Δ2 Z1ᵀ - λ W2",
    done="The weight decay was subtracted in {symbol}.",
    advice="Add the weight decay.",
    hint="does the weight decay make the loss larger or smaller?",
)
def _decay_sign(step: Step) -> Iterator[EditResult]:
    return _decay_times(step, -1)


@RULES.mistake(
    "loss_new",
    "weight decay of the old weights",
    formula="L' = 1/(2N) Σ (Z2' - T)² + λ/2 (Σ W1² + Σ W2²)",
    done="The weight decay in {symbol} is that of the old weights.",
    advice="After the update, take the squares of the new weights.",
    hint="which weights does the network have after the update?",
)
def _decay_of_old_weights(step: Step) -> Iterator[EditResult]:
    changed = step.expression
    for j in range(1, step.K + 1):
        changed = exchange(changed, step.ref("W", j, updated=True), step.ref("W", j))
    yield changed


@RULES.mistake(
    "db",
    "weight decay of the biases",
    formula="db2 = Δ2 1 + λ b2",
    done="The weight decay was also added to {symbol}.",
    advice="The weight decay applies to the weights only: leave it out here.",
    hint="which parameters does the weight decay apply to?",
)
def _decay_of_biases(step: Step) -> Iterator[EditResult]:
    if step.loss.l2 is not None:
        yield step.expression + step.loss.decay * step.ref("b", step.k)
