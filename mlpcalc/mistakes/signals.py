"""Mistakes of the error signals Δ, where an error goes through an activation function."""

from collections.abc import Callable, Iterator

from mlpcalc.mistakes.rules import EditResult, Rules, Step
from mlpcalc.page import expr, trees
from mlpcalc.page.symbols import Symbol

RULES = Rules()


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
    "divided by f' instead of multiplied",
    formula="Δ1 = dZ1 / f1'(S1)",
    done="{symbol} was divided by {fprime}.",
    advice=_WITH,
    hint="how does {f}' enter the chain rule?",
)
def _fprime_divided(step: Step) -> Iterator[EditResult]:
    return _at_fprime(step, lambda error, fprime: error / fprime)


@RULES.mistake(
    "Delta@out",
    "f' applied where it had cancelled",
    formula="Δ2 = 1/N (Z2 - T) ⊙ f2'(S2)",
    done="{f}' was applied in {symbol}, where it had cancelled.",
    advice="With this loss {f}' cancels: only the error is left.",
    hint="what happens to {f}' when it meets the derivative of this loss?",
)
def _fprime_not_cancelled(step: Step) -> Iterator[EditResult]:
    if step.network.matched is None:
        return
    if step.f.jacobian is None:
        yield step.expression * step.ref("fprime", step.k)
    else:
        whole = trees.bind(step.f.jacobian, z=step.ref("Z", step.k), d=step.expression)
        yield whole
        yield _diagonal(whole)


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


@RULES.mistake(
    "Delta",
    "softmax not differentiated",
    formula="Δ2 = dZ2",
    done="{symbol} repeats the error {dZ}: the softmax was not differentiated.",
    advice="Multiply the error of each sample by the Jacobian of the softmax.",
    hint="what does the softmax do to an error on its way back?",
)
def _jacobian_forgotten(step: Step) -> Iterator[EditResult]:
    if not step.f.elementwise:
        yield step.sign * step.ref("dZ", step.k)


@RULES.mistake(
    "Delta",
    "Jacobian of the softmax taken as diagonal",
    formula="Δ2 = Z2 ⊙ (dZ2 - Z2 ⊙ dZ2)",
    done="The Jacobian of the softmax was taken as diagonal in {symbol}.",
    advice="Every output depends on all of {S}: the Jacobian is a full matrix.",
    hint="which outputs change when one pre-activation does?",
)
def _jacobian_diagonal(step: Step) -> Iterator[EditResult]:
    if not step.f.elementwise:
        yield _diagonal(step.by_the_chain_rule)


def _diagonal(node: expr.Expr) -> expr.Expr:
    """The expression with each sum over the units reduced to the unit itself."""

    def change(part: expr.Expr) -> expr.Expr | None:
        match part:
            case expr.AcrossRows(expr.ColumnSums(x)):
                return x
        return None

    return trees.rewrite(node, change)


@RULES.mistake(
    "Delta@out",
    "output minus target where it does not hold",
    formula="Δ2 = Z2 - T",
    done="{symbol} was written as {difference}, which does not hold here.",
    advice="Take the chain rule: the derivative by {Y}, then {f}'.",
    hint="for which losses and outputs is only {difference} left?",
)
def _collapsed_wrongly(step: Step) -> Iterator[EditResult]:
    if step.network.targets and step.loss.function.targets in ("probability", "nonnegative"):
        difference = step.output - step.target
        yield step.sign * (step.of_the_loss * difference), {"difference": difference}


@RULES.mistake(
    "Delta",
    "error signal with the opposite sign",
    formula="Δ1 = -(dZ1 ⊙ f1'(S1))",
    done="{symbol} was written with the opposite sign.",
    advice="Here {symbol} stands for {minus}∂L/∂{S}.",
    hint="which sign does {symbol} have in this exercise?",
)
def _delta_sign(step: Step) -> Iterator[EditResult]:
    yield -step.expression, {"minus": "-" if step.sign == -1 else ""}
