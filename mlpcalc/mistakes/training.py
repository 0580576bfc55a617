"""Mistakes over several steps: what is used of other steps, the order of the samples, the optimisers."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from mlpcalc.mistakes.rules import MOST_SPECIFIC, SPECIFIC, EditResult, Rules, Step, Word, without
from mlpcalc.page import expr, trees
from mlpcalc.page.symbols import Symbol

RULES = Rules()

_MOMENTS = "V_W V_b M_W M_b"
_OF_TARGETS = "err loss_terms dZ@out Delta@out loss_new"
_NEAR = 8  # batches of a pass, up to which those of all its steps may be taken for one another

# ---------------------------------------------------------------------------- parameters and gradients


@RULES.mistake(
    "S dZ dX",
    "update after the whole pass",
    formula="S1@2 = W1 X@2 + b1 1ᵀ",
    done="{symbol} was computed with {used}: the update was left for the end of the pass.",
    advice="Update after each step, and go on with {right}.",
    hint="after how many samples are the parameters updated?",
    precedence=SPECIFIC,
)
def _updated_after_pass(step: Step) -> Iterator[EditResult]:
    """The parameters from the start of the pass, in a step after its first one."""
    first = step.step - (step.step - 1) % step.exercise.steps_of_a_pass
    return _with_parameters_of(step, first, "Wb")


@RULES.mistake(
    "S dZ dX",
    "weights of the first step used again",
    formula="S1@2 = W1 X@2 + b1' 1ᵀ",
    done="{used} was used in {symbol}: the weights of the first step.",
    advice="Begin each step with the weights that the step before left, {right}.",
    hint="which weights does step {step} begin with?",
)
def _weights_of_first_step(step: Step) -> Iterator[EditResult]:
    return _with_parameters_of(step, 1, "W")


@RULES.mistake(
    "S",
    "biases of the first step used again",
    formula="S1@2 = W1' X@2 + b1 1ᵀ",
    done="{used} was used in {symbol}: the biases of the first step.",
    advice="Begin each step with the biases that the step before left, {right}.",
    hint="which biases does step {step} begin with?",
)
def _biases_of_first_step(step: Step) -> Iterator[EditResult]:
    return _with_parameters_of(step, 1, "b")


@RULES.mistake(
    "S",
    "weights and biases of the first step used again",
    formula="S1@2 = W1 X@2 + b1 1ᵀ",
    done="{symbol} was computed with the weights and biases of the first step.",
    advice="Begin each step with what the step before left.",
    hint="which weights and biases does step {step} begin with?",
)
def _parameters_of_first_step(step: Step) -> Iterator[EditResult]:
    if step.network.biases[step.k - 1] and step.network.conventions.update_biases:
        yield from _with_parameters_of(step, 1, "Wb")


def _with_parameters_of(step: Step, other: int, kinds: str) -> Iterator[EditResult]:
    """The expression with the parameters that another step began with, in place of those of its own."""
    if other < step.step and not step.updated:
        changed, words = step.expression, dict[str, Word]()
        for symbol in sorted(trees.references(step.expression)):
            if symbol.is_parameter and symbol.updated and symbol.kind in kinds:
                used = step.network.at_step(Symbol(symbol.kind, symbol.layer), other)
                changed = trees.exchange(changed, expr.Ref(symbol), expr.Ref(used))
                words = words or {"used": used, "right": symbol}
        if words:
            yield changed, words


@RULES.mistake(
    "dW db",
    "gradients accumulated over the steps",
    formula="dW1@2 = Δ1@2 X@2ᵀ + dW1",
    done="The gradient of the step before, {before}, was added to {symbol}.",
    advice="Each step has a gradient of its own: leave out {before}.",
    hint="of which samples is the gradient in step {step}?",
)
def _gradients_accumulated(step: Step) -> Iterator[EditResult]:
    if step.step > 1:
        before = step.symbol._replace(step=step.step - 1)
        yield step.expression + expr.Ref(before), {"before": before}


# ---------------------------------------------------------------------------- samples


@RULES.mistake(
    "S dW",
    "samples in another order",
    formula="S1@2 = W1' X + b1' 1ᵀ",
    done="{used} was used in {symbol}: the samples of another step.",
    advice="Take the samples in their order: step {step} has {right}.",
    hint="which samples does step {step} see?",
    name="samples_of_other_step",
)
@RULES.mistake(
    _OF_TARGETS,
    "targets in another order",
    formula="err@2 = Z2@2 - T",
    done="{used} was used in {symbol}: the targets of the samples of another step.",
    advice="Take the samples in their order: step {step} has {right}.",
    hint="which samples does step {step} see?",
    name="targets_of_other_step",
)
def _of_other_samples(step: Step) -> Iterator[EditResult]:
    for symbol in sorted(trees.references(step.expression)):
        if symbol.kind in ("X", "T"):
            for other in _steps_with_others(step):
                yield step.instead(expr.Ref(symbol), expr.Ref(symbol._replace(step=other)))


def _steps_with_others(step: Step) -> Iterator[int]:
    """Steps with as many samples as this one, and others: next to it, or of its pass if that is short."""
    exercise, own = step.exercise, step.exercise.samples_of(step.step)
    length = exercise.steps_of_a_pass
    first = step.step - (step.step - 1) % length
    seen = {own}
    for other in (step.step - 1, step.step + 1, *(range(first, first + length) if length <= _NEAR else ())):
        samples = exercise.samples_of(other)
        if 1 <= other <= exercise.steps and samples not in seen and len(samples) == len(own):
            seen.add(samples)
            yield other


@RULES.mistake(
    "loss",
    "loss of a batch averaged over all samples",
    formula="L = 1/(4N) Σ losses",
    done="{symbol} was divided by the number of all samples.",
    advice="Divide by the number of samples of the step.",
    hint="how many samples does step {step} see?",
    precedence=MOST_SPECIFIC,
    name="batch_loss_averaged_over_all",
)
@RULES.mistake(
    "dZ@out Delta@out dW db step_W step_b",
    "batch averaged over all samples",
    formula="dZ2 = 1/(4N) (Z2 - T)",
    done="{symbol} was divided by the number of all samples.",
    advice="Divide by the number of samples of the step.",
    hint="how many samples does step {step} see?",
    name="batch_averaged_over_all",
)
def _averaged_over_all(step: Step) -> Iterator[EditResult]:
    samples, whole = len(step.exercise.samples_of(step.step)), step.exercise.inputs.shape[1]
    if step.averaged and step.loss.average != "none" and samples < whole:
        yield step.times(Fraction(samples, whole))


# ---------------------------------------------------------------------------- optimisers


@RULES.mistake(
    "V_W V_b",
    "velocity without its factor",
    formula="V_W1@2 = V_W1 + dW1@2",
    done="The factor {mu} is missing in front of {before} in {symbol}.",
    advice="Multiply the velocity of the step before by {mu}.",
    hint="how much of the velocity is kept from step to step?",
)
def _velocity_without_mu(step: Step) -> Iterator[EditResult]:
    yield without(step.expression, "mu"), {"before": _before(step)}


@RULES.mistake(
    _MOMENTS,
    "velocity of the step before forgotten",
    formula="V_W1@2 = dW1@2",
    done="{before} was left out of {symbol}, as if this were the first step.",
    advice="Keep what the step before left: {before}.",
    hint="what does the optimiser remember of the step before?",
)
def _velocity_reset(step: Step) -> Iterator[EditResult]:
    match step.expression:
        case expr.Add(_, new) if step.step > 1:
            yield new, {"before": _before(step)}


@RULES.mistake(
    "V_W V_b",
    "velocity with the wrong sign",
    formula="V_W1@2 = μ V_W1 - dW1@2",
    done="The gradient was subtracted in {symbol}.",
    advice="Add the gradient to the velocity; the update subtracts it.",
    hint="in which direction does the velocity point here?",
)
def _velocity_sign(step: Step) -> Iterator[EditResult]:
    match step.expression:
        case expr.Add(old, new) if step.network.optimizer != "adam":
            yield old - new


def _before(step: Step) -> Symbol:
    """The quantity in the step before."""
    return step.symbol._replace(step=step.step - 1)


@RULES.mistake(
    "Mhat_W Mhat_b Vhat_W Vhat_b",
    "bias correction forgotten",
    formula="Mhat_W1 = M_W1",
    done="{symbol} is {moment} itself: the correction was left out.",
    advice="Divide by 1 minus the power of {beta}.",
    hint="what is {symbol} divided by?",
)
def _bias_correction_forgotten(step: Step) -> Iterator[EditResult]:
    match step.expression:
        case expr.Scale(_, operand):
            yield operand, _correction(step)


@RULES.mistake(
    "Mhat_W Mhat_b Vhat_W Vhat_b",
    "bias correction of another step",
    formula="Mhat_W1 = 1/(1-β1^2) M_W1",
    done="The power of {beta} in {symbol} is that of step {other}.",
    advice="The power of {beta} is the number of the step, {step}.",
    hint="which step is this?",
)
def _bias_correction_of_other_step(step: Step) -> Iterator[EditResult]:
    match step.expression:
        case expr.Scale(coefficient, operand):
            for other in dict.fromkeys((1, step.step - 1, step.step + 1)):
                if other not in (0, step.step):
                    changed = replace(coefficient, step=other)
                    yield expr.Scale(changed, operand), {**_correction(step), "other": str(other)}


def _correction(step: Step) -> dict[str, str | Symbol]:
    moment = step.kind.removesuffix(f"hat_{step.kind[-1]}")
    letters = step.exercise.all_letters
    return {
        "moment": step.symbol._replace(kind=f"{moment}_{step.kind[-1]}"),
        "beta": letters["beta1" if moment == "M" else "beta2"],
    }
