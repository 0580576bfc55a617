"""Mistakes with the activation functions: f in the forward pass, and f' on the way back."""

from collections.abc import Iterator

from mlpcalc.mistakes.rules import SPECIFIC, EditResult, Rules, Step
from mlpcalc.notation.styles import number_text
from mlpcalc.page import expr, trees
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.functions import Activation, Apply, Derivative, s, with_parameters
from mlpcalc.page.simplify import simplify

RULES = Rules()

# ---------------------------------------------------------------------------- activations


@RULES.mistake(
    "Z",
    "activation left out",
    formula="Z1 = S1",
    done="{f} was left out: {symbol} repeats the pre-activation {S_here}.",
    advice="Apply {act} to {S_here}.",
    hint="what does layer {k} do with {S_here}?",
)
def _activation_left_out(step: Step) -> Iterator[EditResult]:
    match step.expression:
        case Apply(_, expr.Ref(S)) if not step.linear(step.k):
            yield expr.Ref(S), {"S_here": S}


@RULES.mistake(
    "Z fprime",
    "parameter of the activation forgotten",
    formula="Z1 = leaky_relu(S1)",
    done="{symbol} was computed with {used} instead of {right}.",
    advice="In this exercise {act} has {right}.",
    hint="what does the exercise say about {act} in layer {k}?",
    precedence=SPECIFIC,
)
def _parameter_forgotten(step: Step) -> Iterator[EditResult]:
    for (name, value), (_, usual) in zip(step.f.parameters, ACTIVATIONS[step.f.name].parameters, strict=True):
        words = {"right": f"{name} {number_text(value)}", "used": f"{name} {number_text(usual)}"}
        if value != usual:
            yield with_activation(step.expression, with_parameters(ACTIVATIONS[step.f.name], {})), words
        if name == "slope":
            yield with_activation(step.expression, ACTIVATIONS["relu"]), {**words, "used": f"{name} 0"}


def with_activation(node: expr.Expr, g: Activation) -> expr.Expr:
    """The expression with another function, or its derivative, in place of the layer's own."""

    def change(part: expr.Expr) -> expr.Expr | None:
        match part:
            case Apply(_, operand):
                return Apply(g, operand)
            case Derivative(_, operand):
                return Derivative(g, operand)
        return None

    return trees.rewrite(node, change)


def other_activations(f: Activation) -> Iterator[Activation]:
    """Every other well-known elementwise activation, with its usual parameters, but for the identity."""
    for name, record in ACTIVATIONS.items():
        if record.elementwise and record.well_known and name not in (f.name, "identity"):
            yield with_parameters(record, {})


def _with_others(step: Step) -> Iterator[EditResult]:
    return ((with_activation(step.expression, g), {"other": g.symbol}) for g in other_activations(step.f))


@RULES.mistake(
    "Z",
    "another activation",
    formula="Z1 = elu(S1)",
    done="{other} was applied, but layer {k} has {act}.",
    advice="Apply {act} in layer {k}.",
    hint="which activation does layer {k} have?",
)
def _other_activation(step: Step) -> Iterator[EditResult]:
    if step.f.name != "identity":
        yield from _with_others(step)


@RULES.mistake(
    "Z",
    "activation where there is none",
    formula="Z2 = relu(S2)",
    done="{other} was applied, but layer {k} has no activation.",
    advice="Leave the pre-activation as it is: here {f} is the identity.",
    hint="which activation does layer {k} have?",
)
def _activation_added(step: Step) -> Iterator[EditResult]:
    if step.f.name == "identity":
        yield from _with_others(step)


@RULES.mistake(
    "Z expS",
    "sign of the exponent",
    formula="Z2 = σ(-S2)",
    done="The exponent in {symbol} has the wrong sign.",
    advice="Look up whether {act} contains exp(s) or exp(-s).",
    hint="what is the value of {act} for a large positive pre-activation?",
)
def _exponent_sign(step: Step) -> Iterator[EditResult]:
    def opposite(part: expr.Expr) -> expr.Expr | None:
        return (
            expr.Call("exp", -part.operand)
            if isinstance(part, expr.Call) and part.function == "exp"
            else None
        )

    f = step.f.value
    if (turned := trees.rewrite(f, opposite)) != f and simplify(turned) == simplify(trees.bind(f, s=-s)):
        S = step.like("S", step.k)
        yield trees.exchange(step.expression, S, -S)


@RULES.mistake(
    "Z",
    "softmax not normalised",
    formula="Z2 = exp(S2)",
    done="{symbol} has the exponentials, not divided by their sum.",
    advice="Divide the exponentials of each sample by their sum.",
    hint="what do the outputs of a softmax add up to?",
)
def _softmax_not_normalised(step: Step) -> Iterator[EditResult]:
    match _softmax(step):
        case expr.Quotient(exponentials, _):
            yield exponentials


@RULES.mistake(
    "Z",
    "softmax across the samples",
    formula="Z2 = exp(S2) / (exp(S2) 1 1ᵀ)",
    done="In {symbol} the softmax was taken across the samples.",
    advice="Divide by the sum over the units of each sample.",
    hint="what do the outputs of one sample add up to?",
)
def _softmax_over_samples(step: Step) -> Iterator[EditResult]:
    def change(part: expr.Expr) -> expr.Expr | None:
        match part:
            case expr.AcrossRows(expr.ColumnSums(x)):
                return expr.AcrossColumns(expr.RowSums(x))
        return None

    if whole := _softmax(step):
        yield trees.rewrite(whole, change)


@RULES.mistake(
    "Z",
    "softmax without the exponential",
    formula="Z2 = S2 / (1 1ᵀ S2)",
    done="{symbol} has the pre-activations divided by their sum.",
    advice="Take the exponentials first, then divide them by their sum.",
    hint="can an output of a softmax be negative?",
)
def _softmax_without_exp(step: Step) -> Iterator[EditResult]:
    if whole := _softmax(step):
        yield trees.rewrite(whole, lambda part: part.operand if isinstance(part, expr.Call) else None)


def _softmax(step: Step) -> expr.Expr | None:
    """The activations of a softmax written out; None for other functions."""
    return None if step.f.elementwise else trees.bind(step.f.value, s=step.like("S", step.k))
