"""Mistakes with the factors of the loss and with its average, and one factor too many anywhere."""

from collections.abc import Iterator
from fractions import Fraction
from functools import partial

from mlpcalc.mistakes.rules import GENERAL, MOST_SPECIFIC, SPECIFIC, EditResult, Factor, Rules, Step
from mlpcalc.page.expr import Coefficient, scalar

RULES = Rules()

_SUMS = "loss_terms losses loss"
_OF_THE_LOSS = f"{_SUMS} dZ@out Delta@out"
_EVERYWHERE = f"{_OF_THE_LOSS} dW db step_W step_b"

_ONE_NTH, _ONE_MTH = scalar("N", -1), scalar("M", -1)
_DIVISORS = {"none": "1", "samples": "{N}", "entries": "({N}{M})"}

# ---------------------------------------------------------------------------- sign and factors


@RULES.mistake(
    "err dZ@out Delta@out",
    "error with the wrong sign",
    formula="err = T - Z2",
    done="{symbol} was written with the opposite sign.",
    advice="Here it is output minus target: positive where the output is too large.",
    hint="what sign does {symbol} have where the output is too large?",
    precedence=SPECIFIC,
)
def _error_sign(step: Step) -> Iterator[EditResult]:
    if step.network.targets and (step.kind != "Delta" or step.sign == 1):
        yield step.times(-1)


@RULES.mistake(
    "dZ@out Delta@out",
    "2 of the square forgotten",
    formula="dZ2 = 1/2 (Z2 - T)",
    done="The 2 from the derivative of the square is missing in {symbol}.",
    advice="The derivative of a square is twice its base.",
    hint="what is the derivative of a square?",
    precedence=MOST_SPECIFIC,
)
def _two_forgotten(step: Step) -> Iterator[EditResult]:
    if step.is_square:
        yield step.times(Fraction(1, 2))


@RULES.mistake(
    _OF_THE_LOSS,
    "factor of the loss left out",
    formula="loss_terms = (Z2 - T)²",
    done="The factor {factor} of the loss was left out of {symbol}.",
    advice="Keep the factor {factor}.",
    hint="what stands in front of the sum in the loss?",
    precedence=SPECIFIC,
)
def _factor_forgotten(step: Step) -> Iterator[EditResult]:
    if step.loss.factor:
        yield step.times(1 / step.loss.factor), {"factor": str(step.loss.factor)}


@RULES.mistake(
    _OF_THE_LOSS,
    "factor of the loss applied twice",
    formula="loss_terms = 1/4 (Z2 - T)²",
    done="The factor {factor} of the loss was applied twice in {symbol}.",
    advice="Apply the factor {factor} only once.",
    hint="where has the factor of the loss been applied already?",
    precedence=SPECIFIC,
)
def _factor_twice(step: Step) -> Iterator[EditResult]:
    yield step.times(step.loss.factor), {"factor": str(step.loss.factor)}


@RULES.mistake(
    _SUMS,
    "1/2 in a loss that has none",
    formula="loss_terms = 1/2 (Z2 - T)²",
    done="{symbol} was multiplied by 1/2.",
    advice="This loss is stated without the 1/2.",
    hint="what stands in front of the sum in the loss?",
)
def _half_added(step: Step) -> Iterator[EditResult]:
    if step.is_square:
        yield step.times(Fraction(1, 2))


# ---------------------------------------------------------------------------- the average


@RULES.mistake(
    "db",
    "bias gradient averaged",
    formula="db2 = 1/N Δ2 1",
    done="{symbol} is the average of the error signals, not their sum.",
    advice="Add up the error signals of all samples.",
    hint="are the error signals of the samples added up or averaged here?",
    precedence=SPECIFIC,
)
def _bias_gradient_averaged(step: Step) -> Iterator[EditResult]:
    if step.averaged or step.loss.average == "none":
        yield step.times(_ONE_NTH)


@RULES.mistake(
    _EVERYWHERE,
    "average left out",
    formula="L = Σ losses",
    done="{average} was left out of {symbol}.",
    advice="This loss is an average: divide by {divisor}.",
    hint="is the loss a sum or an average?",
)
def _average_forgotten(step: Step) -> Iterator[EditResult]:
    if step.averaged:
        yield step.times(_inverse(step.average)), _average(step)


@RULES.mistake(
    _EVERYWHERE,
    "average taken twice",
    formula="dW2 = 1/(NN) Δ2 Z1ᵀ",
    done="{average} was applied a second time in {symbol}.",
    advice="Divide by {divisor} only once.",
    hint="where has the average been taken already?",
)
def _average_twice(step: Step) -> Iterator[EditResult]:
    if step.averaged:
        yield step.times(step.average), _average(step)


@RULES.mistake(
    _EVERYWHERE,
    "average taken too early",
    formula="dZ2 = 1/N (Z2 - T)",
    done="{average} was applied in {symbol} already.",
    advice="Here the average is taken {later}.",
    hint="where does this exercise take the average?",
)
def _average_too_early(step: Step) -> Iterator[EditResult]:
    if not step.averaged:
        is_loss = step.kind in _SUMS.split()
        where = "loss" if is_loss else step.network.conventions.average_in
        later = f"later, in the {where}" if is_loss or where != "loss" else "in the loss only"
        yield step.times(step.average), {**_average(step), "later": later}


def _inverse(coefficient: Coefficient) -> Coefficient:
    """One divided by a coefficient."""
    powers = tuple((name, -power) for name, power in coefficient.powers)
    return Coefficient(1 / coefficient.number, powers)


def _average(step: Step) -> dict[str, str]:
    divisor = _DIVISORS[step.loss.average].format_map(step.exercise.all_letters)
    return {"average": divisor if divisor == "1" else f"1/{divisor}", "divisor": divisor}


@RULES.mistake(
    _EVERYWHERE,
    "average of a sum",
    formula="dW2 = 1/N Δ2 Z1ᵀ",
    done="{symbol} was divided by {N}.",
    advice="Here the samples are added up: do not divide.",
    hint="are the samples added up or averaged here?",
)
def _average_added(step: Step) -> Iterator[EditResult]:
    if step.loss.average == "none":
        yield step.times(_ONE_NTH)


@RULES.mistake(
    _EVERYWHERE,
    "average over the outputs",
    formula="L = 1/M Σ losses",
    done="{symbol} was divided by {M}, the number of outputs.",
    advice="Add up over the outputs of a sample, do not average them.",
    hint="over what does the loss average, if it does?",
)
def _outputs_averaged(step: Step) -> Iterator[EditResult]:
    if step.loss.average != "entries":
        yield step.times(_ONE_MTH)


@RULES.mistake(
    _EVERYWHERE,
    "average over the samples only",
    formula="L = 1/N Σ losses",
    done="{symbol} was not divided by {M}, the number of outputs.",
    advice="The average is over all cells: divide by {M}, too.",
    hint="over what does the loss average?",
)
def _outputs_not_averaged(step: Step) -> Iterator[EditResult]:
    if step.loss.average == "entries" and step.averaged:
        yield step.times(scalar("M"))


@RULES.mistake(
    _EVERYWHERE,
    "average over the outputs only",
    formula="L = 1/M Σ losses",
    done="{symbol} was not divided by {N}, the number of samples.",
    advice="The average is over all cells: divide by {N}, too.",
    hint="over what does the loss average?",
)
def _samples_not_averaged(step: Step) -> Iterator[EditResult]:
    if step.loss.average == "entries" and step.averaged:
        yield step.times(scalar("N"))


# ---------------------------------------------------------------------------- one factor for all cells


def _times(factor: Factor, step: Step) -> Iterator[EditResult]:
    if step.kind != "fprime" or step.bends(step.k):
        yield factor * step.expression


@RULES.mistake(
    "",
    "opposite sign",
    formula="W1' = -(W1 + step_W1)",
    done="{symbol} has the opposite sign.",
    advice="Check the signs of {symbol}.",
    hint="which sign must {symbol} have?",
    precedence=GENERAL,
)
def _opposite_sign(step: Step) -> Iterator[EditResult]:
    return _times(-1, step)


_FACTORS: tuple[tuple[str, str, str, Factor], ...] = (
    ("factor_2", "twice", "2", 2),
    ("factor_half", "half", "1/2", Fraction(1, 2)),
    ("factor_N", "N times", "N", scalar("N")),
    ("factor_1_N", "1/N times", "1/N", scalar("N", -1)),
    ("factor_10", "10 times", "10", 10),
    ("factor_tenth", "a tenth", "1/10", Fraction(1, 10)),
    ("factor_100", "100 times", "100", 100),
    ("factor_hundredth", "a hundredth", "0.01", Fraction(1, 100)),
)
for _name, _times_as_large, _text, _factor in _FACTORS:
    RULES.mistake(
        "",
        f"{_times_as_large} as large",
        formula=f"dW2 = {_text} Δ2 Z1ᵀ",
        done=f"{{symbol}} is {_times_as_large.replace('N', '{N}')} as large as it should be.",
        advice="Check {symbol} factor by factor.",
        hint="is there a factor too many or too few in {symbol}?",
        name=_name,
        precedence=GENERAL,
    )(partial(_times, _factor))
