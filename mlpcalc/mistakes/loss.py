"""Mistakes of the loss and of its derivative, where the same one goes through both."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial

from mlpcalc.mistakes.rules import MOST_SPECIFIC, EditResult, Rules, Step, parts
from mlpcalc.page import expr, trees
from mlpcalc.page.functions import log, one
from mlpcalc.page.losses import LOSSES
from mlpcalc.page.symbols import Symbol

RULES = Rules()

_LOGARITHMIC = ("cross_entropy", "binary_cross_entropy")
_PROBABILITIES = ("sigmoid", "softmax")
_SQUARES = (("squared_error", Fraction(1, 2)), ("squared_error", Fraction(1)))
_OF_PREDICTIONS = {
    "squared_error": [(name, Fraction(1)) for name in _LOGARITHMIC],
    "cross_entropy": [("binary_cross_entropy", Fraction(1)), *_SQUARES],
    "binary_cross_entropy": _SQUARES,
}  # the losses that are taken for each other, with their factors

# ---------------------------------------------------------------------------- what is compared


@RULES.mistake(
    "loss_new",
    "loss after the update from the old outputs",
    formula="L' = 1/2 Σ (Z2 - T)²",
    done="{symbol} was computed with {used}, from before the update.",
    advice="Use {Y}, from the forward pass with the new weights.",
    hint="which outputs does {symbol} compare with the targets?",
)
def _loss_of_old_outputs(step: Step) -> Iterator[EditResult]:
    used = step.ref("Z", step.K)
    yield step.instead(step.output, used)
    yield step.ref("loss", 0), {"used": used}


@RULES.mistake(
    "loss_terms loss_new err dZ@out Delta@out",
    "pre-activation taken for the output",
    formula="dZ2 = S2 - T",
    done="{used} was used as the output in {symbol}.",
    advice="The output of the network is {Y}.",
    hint="what is the output of the network?",
)
def _error_from_preactivation(step: Step) -> Iterator[EditResult]:
    if not step.linear(step.K):
        yield step.instead(step.output, step.like("S", step.K))


@RULES.mistake(
    "dZ@out",
    "output minus target taken for the derivative of the loss",
    formula="dZ2 = 1/N (Z2 - T)",
    done="{used} was written for {symbol}, but it is not the derivative by {Y}.",
    advice="Differentiate the loss by {Y}; {f}' comes after that, in {Delta}.",
    hint="what is the derivative of this loss by {Y}, before {f}' comes in?",
)
def _error_called_dZ(step: Step) -> Iterator[EditResult]:
    if step.loss.function.name in _LOGARITHMIC:
        difference = step.output - step.target
        yield step.of_the_loss * difference, {"used": difference}
    if step.network.matched:
        Delta = step.page[step.ref("Delta", step.k).symbol]
        yield step.sign * Delta.expression, {"used": Delta.symbol}


# ---------------------------------------------------------------------------- the function


def _in_the_loss(step: Step, change: Callable[[expr.Expr], expr.Expr | None]) -> expr.Expr:
    """The expression with parts of the loss function changed; the weight decay is left as it is."""
    _, data, _ = parts(step.expression)
    return trees.exchange(step.expression, data, trees.rewrite(data, change))


@RULES.mistake(
    "loss_terms loss_new",
    "square forgotten in the loss",
    formula="loss_terms = 1/2 (Z2 - T)",
    done="The differences were not squared in {symbol}.",
    advice="Square each difference before you add them up.",
    hint="what happens to errors of opposite signs in {symbol}?",
)
def _square_forgotten(step: Step) -> Iterator[EditResult]:
    yield _in_the_loss(step, lambda part: part.operand if isinstance(part, expr.Power) else None)


@RULES.mistake(
    "loss_terms loss_new",
    "absolute value instead of the square",
    formula="loss_terms = 1/2 max(Z2 - T, T - Z2)",
    done="The sizes of the differences were added up in {symbol}, not their squares.",
    advice="Square each difference before you add them up.",
    hint="what does the loss do with each difference?",
)
def _absolute_error(step: Step) -> Iterator[EditResult]:
    def change(part: expr.Expr) -> expr.Expr | None:
        match part:
            case expr.Power(expr.Sub(x, y), 2):
                return expr.Maximum(x - y, y - x)
        return None

    if step.is_square:
        yield _in_the_loss(step, change)


def _other_logarithm(base: int, step: Step) -> Iterator[EditResult]:
    def change(part: expr.Expr) -> expr.Expr | None:
        return (
            part / log(expr.Number(Fraction(base)))
            if isinstance(part, expr.Call) and part.function == "log"
            else None
        )

    yield _in_the_loss(step, change)


for _base in (10, 2):
    RULES.mistake(
        "loss_terms loss_new",
        f"logarithm to base {_base}",
        done=f"The logarithm to base {_base} was taken in {{symbol}}.",
        advice="Take the natural logarithm, ln.",
        hint="which logarithm does the loss have?",
        formula=f"loss_terms = -(T ⊙ (ln(Z2) / ln({_base})))",
        name=f"log_base_{_base}",
    )(partial(_other_logarithm, _base))


@RULES.mistake(
    "loss_terms losses loss dZ@out",
    "minus of the cross-entropy forgotten",
    formula="loss_terms = T ⊙ ln(Z2)",
    done="The minus in front of the cross-entropy is missing in {symbol}.",
    advice="Keep the minus: the logarithm of a probability is negative.",
    hint="can a cross-entropy be negative?",
    precedence=MOST_SPECIFIC,
)
def _log_minus_forgotten(step: Step) -> Iterator[EditResult]:
    if step.loss.function.name in _LOGARITHMIC:
        yield step.times(-1)


@RULES.mistake(
    "loss_terms loss_new dZ@out",
    "term of the targets 0 left out",
    formula="loss_terms = -(T ⊙ ln(Z2))",
    done="The term with 1 - {T} is missing in {symbol}.",
    advice="Add the term with 1 - {T}: targets of 0 count as well.",
    hint="what does a target of 0 add to {symbol}?",
)
def _second_term_forgotten(step: Step) -> Iterator[EditResult]:
    rest = one - step.target

    def change(part: expr.Expr) -> expr.Expr | None:
        match part:
            case expr.Add(first, expr.Hadamard(left, _)) if left == rest:
                return first
            case expr.Sub(expr.Quotient(above, _), second) if above == rest:
                return -second
        return None

    yield _in_the_loss(step, change)


@RULES.mistake(
    "loss_terms loss_new",
    "another loss",
    formula="loss_terms = 1/2 (Z2 - T)²",
    done="The {used} was computed in {symbol}, which is another loss.",
    advice="Compute the loss of the exercise.",
    hint="which loss does the exercise have?",
)
def _another_loss(step: Step) -> Iterator[EditResult]:
    own, output = step.loss.function, step.network.activations[-1].name
    if own.name not in _OF_PREDICTIONS or not step.loss.factor:  # times 0 all losses are the same
        return

    def of_outputs(value: expr.Expr) -> expr.Expr:
        return trees.bind(value, y=step.output, t=step.target)

    for name, factor in _OF_PREDICTIONS[own.name]:
        if name not in _LOGARITHMIC or output in _PROBABILITIES:
            other = factor / step.loss.factor * of_outputs(LOSSES[name].value)
            words = {"used": name.replace("_", " ")}
            yield trees.exchange(step.expression, of_outputs(own.value), other), words


@RULES.mistake(
    "loss_terms loss_new dZ@out",
    "outputs outside the margin counted",
    formula="loss_terms = (1 - T) ⊙ (Z2 - 1 1ᵀ (T ⊙ Z2) + 1)",
    done="{symbol} counts outputs outside the margin, too.",
    advice="Outputs outside the margin add nothing.",
    hint="what does an output outside the margin add?",
)
def _hinge_without_max(step: Step) -> Iterator[EditResult]:
    def change(part: expr.Expr) -> expr.Expr | None:
        match part:
            case expr.Maximum(expr.Number(), violation):
                return violation
            case expr.Where():
                return one
        return None

    if step.loss.function.violation is not None:
        yield _in_the_loss(step, change)


@RULES.mistake(
    "loss_terms loss_new dZ@out",
    "margin left out",
    formula="loss_terms = (1 - T) ⊙ max(0, Z2 - 1 1ᵀ (T ⊙ Z2))",
    done="The margin is missing in {symbol}.",
    advice="Add the margin before you compare with 0.",
    hint="how far apart must the outputs be to cost nothing?",
)
def _margin_forgotten(step: Step) -> Iterator[EditResult]:
    def change(part: expr.Expr) -> expr.Expr | None:
        match part:
            case expr.Add(violation, expr.Number()):
                return violation
            case expr.Sub(expr.Number(), expr.Hadamard(left, right)):
                return -(left * right)
        return None

    if step.loss.function.violation is not None:
        yield _in_the_loss(step, change)


@RULES.mistake(
    "loss_terms loss_new dZ@out",
    "true class counted as a false one",
    formula="loss_terms = max(0, Z2 - 1 1ᵀ (T ⊙ Z2) + 1)",
    done="{symbol} counts the true class as a false one.",
    advice="Leave out the true class: the sum is over the false classes.",
    hint="over which classes does the loss add up?",
)
def _true_class_counted(step: Step) -> Iterator[EditResult]:
    def change(part: expr.Expr) -> expr.Expr | None:
        match part:
            case expr.Hadamard(expr.Sub(expr.Number(), expr.Ref(Symbol("T"))), x):
                return x
        return None

    if step.loss.function.targets == "one-hot":
        yield _in_the_loss(step, change)


@RULES.mistake(
    "dZ@out",
    "true class left out of the derivative",
    formula="dZ2 = (1 - T) ⊙ [Z2 - 1 1ᵀ (T ⊙ Z2) + 1 ≥ 0]",
    done="{symbol} is 0 for the true class.",
    advice="The true class gets minus the sum over the false classes.",
    hint="does the loss depend on the output of the true class?",
)
def _true_class_forgotten(step: Step) -> Iterator[EditResult]:
    def change(part: expr.Expr) -> expr.Expr | None:
        match part:
            case expr.Sub(false_classes, expr.Hadamard(expr.Ref(Symbol("T")), expr.AcrossRows())):
                return false_classes
        return None

    yield _in_the_loss(step, change)
