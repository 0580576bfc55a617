"""Mistakes with f', the derivative of an activation function: its values, and its place in the chain rule."""

from collections.abc import Callable, Iterator

from mlpcalc.mistakes.activations import other_activations, with_activation
from mlpcalc.mistakes.rules import EditResult, Rules, Step, Word
from mlpcalc.page import expr, trees
from mlpcalc.page.functions import Derivative, z
from mlpcalc.page.symbols import Symbol

RULES = Rules()

# ---------------------------------------------------------------------------- the values of f'


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
    for g in other_activations(step.f):
        words: dict[str, Word] = {"other": g.symbol}
        yield with_activation(step.expression, g), words
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


# ---------------------------------------------------------------------------- f' in the chain rule


def _at_fprime(step: Step, change: Callable[[expr.Expr, expr.Expr], expr.Expr]) -> Iterator[expr.Expr]:
    """The chain rule with something else done with an error and f' than multiplying them."""

    def put(part: expr.Expr) -> expr.Expr | None:
        match part:
            case expr.Hadamard(error, expr.Ref(Symbol("fprime")) as fprime):
                return change(error, fprime)
        return None

    if step.bends(step.k):
        yield trees.rewrite(step.by_the_chain_rule, put)


_WITHOUT = "The factor {fprime} is missing from {symbol}."
_WITH = "Multiply elementwise by {fprime}."
_WHERE = "what does {act}' do where {S} is {somewhere}?"


@RULES.mistake(
    "Delta@out",
    "f' forgotten at the output",
    formula="Δ2 = dZ2",
    done=_WITHOUT,
    advice=_WITH,
    hint=_WHERE,
    name="fprime_forgotten_output",
)
@RULES.mistake(
    "Delta@hidden",
    "f' forgotten at a hidden layer",
    formula="Δ1 = dZ1",
    done=_WITHOUT,
    advice=_WITH,
    hint=_WHERE,
    name="fprime_forgotten_hidden",
)
def _fprime_forgotten(step: Step) -> Iterator[EditResult]:
    words = {"somewhere": "negative" if step.f.kinks == (0,) else "large"}
    return ((found, words) for found in _at_fprime(step, lambda error, _: error))


@RULES.mistake(
    "Delta",
    "error forgotten beside f'",
    formula="Δ2 = f2'(S2)",
    done="{symbol} is only {fprime}: the error {dZ} is missing.",
    advice="Multiply {dZ} elementwise by {fprime}.",
    hint="which two factors does {symbol} have?",
)
def _error_forgotten(step: Step) -> Iterator[EditResult]:
    return _at_fprime(step, lambda _, fprime: fprime)


@RULES.mistake(
    "Delta",
    "divided by f' instead of multiplied",
    formula="Δ1 = dZ1 / f1'(S1)",
    done="{symbol} was divided by {fprime}.",
    advice=_WITH,
    hint="how does {f}' enter the chain rule?",
)
def _fprime_divided(step: Step) -> Iterator[EditResult]:
    return _at_fprime(step, lambda error, fprime: error / fprime)


@RULES.mistake(
    "Delta",
    "f' applied twice",
    formula="Δ1 = dZ1 ⊙ f1'(S1) ⊙ f1'(S1)",
    done="{f}' was applied twice in {symbol}.",
    advice="Multiply by {fprime} only once.",
    hint="where has {f}' been applied already?",
)
def _fprime_twice(step: Step) -> Iterator[EditResult]:
    if step.chain_rule is None:
        yield from _at_fprime(step, lambda error, fprime: error * fprime * fprime)


@RULES.mistake(
    "dZ@hidden dX dW db",
    "f' applied to the error signal again",
    formula="dZ1 = W2ᵀ (Δ2 ⊙ f2'(S2))",
    done="{Delta_in} was multiplied by {fprime_in} again in {symbol}.",
    advice="Use {Delta_in} as it is: it already contains {fprime_in}.",
    hint="what does {Delta_in} consist of?",
)
def _fprime_again(step: Step) -> Iterator[EditResult]:
    Delta = step.incoming
    fprime = step.ref("fprime", Delta.symbol.layer)
    if step.bends(Delta.symbol.layer):
        words = {"Delta_in": Delta.symbol, "fprime_in": fprime.symbol}
        yield trees.exchange(step.expression, Delta, Delta * fprime), words


@RULES.mistake(
    "Delta",
    "f' of another layer",
    formula="Δ1 = dZ1 ⊙ f2'(S2)",
    done="{used} was used in {symbol} instead of {fprime}.",
    advice=_WITH,
    hint="through which layer's activation does the error go in {symbol}?",
)
def _fprime_of_other_layer(step: Step) -> Iterator[EditResult]:
    for j in step.others(step.k):
        used = step.ref("fprime", j)
        if step.bends(j):
            yield trees.exchange(step.by_the_chain_rule, step.ref("fprime", step.k), used), {"used": used}
