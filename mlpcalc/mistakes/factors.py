"""Mistakes with the factors of the loss and with its average, and one factor too many anywhere."""

from collections.abc import Iterator
from fractions import Fraction
from functools import partial

from mlpcalc.mistakes.rules import Factor, Found, Rules, Step
from mlpcalc.page.expr import Coefficient, scalar

RULES = Rules()

_SUMS = "loss_terms losses loss"
_OF_THE_LOSS = f"{_SUMS} dZ@out Delta@out"
_EVERYWHERE = f"{_OF_THE_LOSS} dW db step_W step_b"

_ONE_NTH, _ONE_MTH = scalar("N", -1), scalar("M", -1)
_TEXT = {"samples": "1/N", "entries": "1/(NM)"}

# ---------------------------------------------------------------------------- sign and factors


@RULES.mistake(
    "err dZ@out Delta@out",
    "error with the wrong sign",
    done="{symbol} was written with the opposite sign.",
    advice="Here it is output minus target: positive where the output is too large.",
    hint="what sign does {symbol} have where the output is too large?",
)
def _error_sign(step: Step) -> Iterator[Found]:
    if step.network.targets and (step.kind != "Delta" or step.sign == 1):
        yield step.times(-1)


@RULES.mistake(
    "dZ@out Delta@out",
    "2 of the square forgotten",
    done="The 2 from the derivative of the square is missing in {symbol}.",
    advice="The derivative of a square is twice its base.",
    hint="what is the derivative of a square?",
)
def _two_forgotten(step: Step) -> Iterator[Found]:
    if step.is_square:
        yield step.times(Fraction(1, 2))


@RULES.mistake(
    _OF_THE_LOSS,
    "factor of the loss left out",
    done="The factor {factor} of the loss was left out of {symbol}.",
    advice="Keep the factor {factor}.",
    hint="what stands in front of the sum in the loss?",
)
def _factor_forgotten(step: Step) -> Iterator[Found]:
    if step.loss.factor:
        yield step.times(1 / step.loss.factor), {"factor": str(step.loss.factor)}


@RULES.mistake(
    _OF_THE_LOSS,
    "factor of the loss applied twice",
    done="The factor {factor} of the loss was applied twice in {symbol}.",
    advice="Apply the factor {factor} once only.",
    hint="where has the factor of the loss been applied already?",
)
def _factor_twice(step: Step) -> Iterator[Found]:
    yield step.times(step.loss.factor), {"factor": str(step.loss.factor)}


@RULES.mistake(
    _SUMS,
    "1/2 in a loss that has none",
    done="{symbol} was multiplied by 1/2.",
    advice="This loss is stated without the 1/2.",
    hint="what stands in front of the sum in the loss?",
)
def _half_added(step: Step) -> Iterator[Found]:
    if step.is_square:
        yield step.times(Fraction(1, 2))


# ---------------------------------------------------------------------------- the average


@RULES.mistake(
    "db",
    "bias gradient averaged",
    done="{symbol} is the average of the error signals, not their sum.",
    advice="Add up the error signals of all samples.",
    hint="are the error signals of the samples added up or averaged here?",
)
def _bias_gradient_averaged(step: Step) -> Iterator[Found]:
    if step.averaged or step.loss.average == "none":
        yield step.times(_ONE_NTH)


@RULES.mistake(
    _EVERYWHERE,
    "average left out",
    done="{average} was left out of {symbol}.",
    advice="This loss is an average: divide by {divisor}.",
    hint="is the loss a sum or an average?",
)
def _average_forgotten(step: Step) -> Iterator[Found]:
    if step.averaged:
        yield step.times(_inverse(step.average)), _average(step)


@RULES.mistake(
    _EVERYWHERE,
    "average taken twice",
    done="{average} was applied a second time in {symbol}.",
    advice="Divide by {divisor} only once.",
    hint="where has the average been taken already?",
)
def _average_twice(step: Step) -> Iterator[Found]:
    if step.averaged:
        yield step.times(step.average), _average(step)


@RULES.mistake(
    _EVERYWHERE,
    "average taken too early",
    done="{average} was applied in {symbol} already.",
    advice="Here the average is taken later, in the {later}.",
    hint="in which step does this exercise take the average?",
)
def _average_too_early(step: Step) -> Iterator[Found]:
    if not step.averaged:
        is_loss = step.kind in _SUMS.split()
        later = "loss" if is_loss else step.network.conventions.average_in
        yield step.times(step.average), {**_average(step), "later": later}


def _inverse(coefficient: Coefficient) -> Coefficient:
    """One divided by a coefficient."""
    powers = tuple((name, -power) for name, power in coefficient.powers)
    return Coefficient(1 / coefficient.number, powers)


def _average(step: Step) -> dict[str, str]:
    text = _TEXT.get(step.loss.average, "1")
    return {"average": text, "divisor": text.removeprefix("1/")}


@RULES.mistake(
    _EVERYWHERE,
    "average of a sum",
    done="{symbol} was divided by N.",
    advice="This loss is a sum over the samples: do not divide.",
    hint="is the loss a sum or an average?",
)
def _average_added(step: Step) -> Iterator[Found]:
    if step.loss.average == "none":
        yield step.times(_ONE_NTH)


@RULES.mistake(
    _EVERYWHERE,
    "average over the outputs",
    done="{symbol} was divided by M, the number of outputs.",
    advice="Add up over the outputs of a sample, do not average them.",
    hint="over what does the loss average, if it does?",
)
def _outputs_averaged(step: Step) -> Iterator[Found]:
    if step.loss.average != "entries":
        yield step.times(_ONE_MTH)


@RULES.mistake(
    _EVERYWHERE,
    "average over the samples only",
    done="{symbol} was not divided by M, the number of outputs.",
    advice="The average is over all cells: divide by M, too.",
    hint="over what does the loss average?",
)
def _outputs_not_averaged(step: Step) -> Iterator[Found]:
    if step.loss.average == "entries" and step.averaged:
        yield step.times(scalar("M"))


@RULES.mistake(
    _EVERYWHERE,
    "average over the outputs only",
    done="{symbol} was not divided by N, the number of samples.",
    advice="The average is over all cells: divide by N, too.",
    hint="over what does the loss average?",
)
def _samples_not_averaged(step: Step) -> Iterator[Found]:
    if step.loss.average == "entries" and step.averaged:
        yield step.times(scalar("N"))


# ---------------------------------------------------------------------------- one factor for all cells


def _times(factor: Factor, step: Step) -> Iterator[Found]:
    if step.kind != "fprime" or step.bends(step.k):
        yield factor * step.expression


@RULES.mistake(
    "",
    "opposite sign",
    done="{symbol} has the opposite sign.",
    advice="Go through the signs of {symbol} again.",
    hint="which sign must {symbol} have?",
)
def _opposite_sign(step: Step) -> Iterator[Found]:
    return _times(-1, step)


_FACTORS: tuple[tuple[str, str, Factor], ...] = (
    ("factor_2", "twice", 2),
    ("factor_half", "half", Fraction(1, 2)),
    ("factor_N", "N times", scalar("N")),
    ("factor_1_N", "1/N times", scalar("N", -1)),
    ("factor_10", "10 times", 10),
    ("factor_tenth", "a tenth", Fraction(1, 10)),
    ("factor_100", "100 times", 100),
    ("factor_hundredth", "a hundredth", Fraction(1, 100)),
)
for _name, _so_many, _factor in _FACTORS:
    RULES.mistake(
        "",
        f"{_so_many} as large",
        done=f"{{symbol}} is {_so_many} as large as it should be.",
        advice="Go through {symbol} again, factor by factor.",
        hint="is there a factor too many or too few in {symbol}?",
        name=_name,
    )(partial(_times, _factor))
