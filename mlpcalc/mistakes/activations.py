"""Mistakes with the activation functions: f in the forward pass, and f' on the way back."""

from collections.abc import Iterator

from mlpcalc.mistakes.rules import SPECIFIC, EditResult, Rules, Step, Word
from mlpcalc.notation.styles import number_text
from mlpcalc.page import expr, trees
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.functions import Activation, Apply, Derivative, s, with_parameters, z
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
            yield _through(step.expression, with_parameters(ACTIVATIONS[step.f.name], {})), words
        if name == "slope":
            yield _through(step.expression, ACTIVATIONS["relu"]), {**words, "used": f"{name} 0"}


def _through(node: expr.Expr, g: Activation) -> expr.Expr:
    """The expression with another function, or its derivative, in place of the layer's own."""

    def change(part: expr.Expr) -> expr.Expr | None:
        match part:
            case Apply(_, operand):
                return Apply(g, operand)
            case Derivative(_, operand):
                return Derivative(g, operand)
        return None

    return trees.rewrite(node, change)


def _others_than(f: Activation) -> Iterator[Activation]:
    """Every other well-known elementwise activation, with its usual parameters, but for the identity."""
    for name, record in ACTIVATIONS.items():
        if record.elementwise and record.well_known and name not in (f.name, "identity"):
            yield with_parameters(record, {})


def _through_others(step: Step) -> Iterator[EditResult]:
    return ((_through(step.expression, g), {"other": g.symbol}) for g in _others_than(step.f))


@RULES.mistake(
    "Z",
    "another activation",
    formula="Z1 = elu(S1)",
    done="{other} was applied, but layer {k} has {act}.",
    advice="Apply {act} in layer {k}.",
    hint="which activation does layer {k} have?",
)
def _other_activation(step: Step) -> Iterator[EditResult]:
    if not step.linear(step.k):
        yield from _through_others(step)


@RULES.mistake(
    "Z",
    "activation where there is none",
    formula="Z2 = relu(S2)",
    done="{other} was applied, but layer {k} has no activation.",
    advice="Leave the pre-activation as it is: here {f} is the identity.",
    hint="which activation does layer {k} have?",
)
def _activation_added(step: Step) -> Iterator[EditResult]:
    if step.linear(step.k):
        yield from _through_others(step)


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


# ---------------------------------------------------------------------------- f'


@RULES.mistake(
    "fprime",
    "f' evaluated at the activation",
    formula="f1'(S1) = tanh'(Z1)",
    done="{f}' was evaluated at {Z} instead of {S}.",
    advice="Evaluate {f}' at {S}.",
    hint="at which values is {f}' evaluated?",
)
def _fprime_of_activation(step: Step) -> Iterator[EditResult]:
    if step.bends(step.k):
        yield Derivative(step.f, step.ref("Z", step.k))


@RULES.mistake(
    "fprime",
    "formula of f' with the pre-activation",
    formula="f1'(S1) = 1 - S1²",
    done="{S} was put into the formula of {act}' that is for {Z}.",
    advice="Put {Z} into that formula.",
    hint="is your formula for {act}' one for {S} or for {Z}?",
)
def _fprime_formula_of_preactivation(step: Step) -> Iterator[EditResult]:
    if z in trees.nodes(step.f.derivative):
        S = step.ref("S", step.k)
        yield trees.bind(step.f.derivative, s=S, z=S)


@RULES.mistake(
    "fprime",
    "f instead of f'",
    formula="f3'(S3) = Z3",
    done="{act} was used instead of its derivative.",
    advice="Take the derivative {act}' of {S}.",
    hint="which function does the chain rule ask for?",
)
def _f_for_fprime(step: Step) -> Iterator[EditResult]:
    if step.bends(step.k):
        yield step.ref("Z", step.k)


@RULES.mistake(
    "fprime",
    "formula of f' cut short",
    formula="f1'(S1) = 1 - Z1",
    done="1 - {Z} was used as {act}'.",
    advice="Look up the formula of {act}': a part of it is missing.",
    hint="how does {act}' follow from {Z}?",
)
def _fprime_formula_cut(step: Step) -> Iterator[EditResult]:
    def change(part: expr.Expr) -> expr.Expr | None:
        match part:
            case expr.Power(base, 2):  # tanh: 1 - z²
                return base
            case expr.Hadamard(_, right):  # σ: z (1 - z)
                return right
        return None

    if trees.rewrite(step.f.derivative, change) == 1 - z:
        yield 1 - step.ref("Z", step.k)


@RULES.mistake(
    "fprime",
    "f' of another function",
    formula="f1'(S1) = relu'(S1)",
    done="{other}' was taken, but layer {k} has {act}.",
    advice="Take the derivative of {act}.",
    hint="which activation does layer {k} have?",
)
def _other_derivative(step: Step) -> Iterator[EditResult]:
    for g in _others_than(step.f):
        words: dict[str, Word] = {"other": g.symbol}
        yield _through(step.expression, g), words
        if z in trees.nodes(g.derivative):  # the formula of σ' for Z, with the Z of another function
            yield trees.bind(g.derivative, s=step.ref("S", step.k), z=step.ref("Z", step.k)), words


@RULES.mistake(
    "fprime",
    "f' evaluated at the error",
    formula="f3'(S3) = σ'(dZ3)",
    done="{f}' was evaluated at {used} instead of {S}.",
    advice="Evaluate {f}' at {S}.",
    hint="at which values is {f}' evaluated?",
)
def _fprime_at_error(step: Step) -> Iterator[EditResult]:
    if step.bends(step.k):
        for error in step.errors(step.k):
            words: dict[str, Word] = {"used": error.symbol}
            yield Derivative(step.f, error), words
            if z in trees.nodes(step.f.derivative):  # put into the formula that is for the activation
                yield trees.bind(step.f.derivative, s=step.ref("S", step.k), z=error), words


@RULES.mistake(
    "fprime",
    "f' = 1 at the kink",
    formula="f1'(S1) = (1 if S1 ≥ 0 else 0.2)",
    done="{act}'(0) was taken as 1.",
    advice="Where {S} is exactly 0, take the derivative from the left.",
    hint="what is {act}' exactly at 0?",
)
def _kink_from_the_right(step: Step) -> Iterator[EditResult]:
    match step.f.derivative:
        case expr.Where(test, then, otherwise) if step.f.kinks == (0,):
            yield trees.bind(expr.Where(test, then, otherwise, inclusive=True), s=step.ref("S", step.k))
