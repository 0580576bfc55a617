"""Mistakes on the way back from one layer to the one below: dZ = Wᵀ Δ, and dX."""

from collections.abc import Callable, Iterator

from mlpcalc.mistakes.rules import EditResult, Rules, Step, Word, both_ways
from mlpcalc.page import expr, trees
from mlpcalc.page.functions import one

RULES = Rules()


@RULES.mistake(
    "dZ@hidden dX",
    "weights not transposed on the way back",
    formula="dZ1 = W2 Δ2",
    done="{used} was used in {symbol} where {right} belongs.",
    advice="Use {right}: a unit collects the errors of all units that it feeds.",
    hint="which weights lead out of the first unit of layer {k}?",
)
def _not_transposed(step: Step) -> Iterator[EditResult]:
    W = step.ref("W", step.k + 1)
    yield step.instead(W.T, W)


@RULES.mistake(
    "dZ@hidden dX",
    "weights left out on the way back",
    formula="dZ1 = Δ2",
    done="{W_up} was left out of {symbol}.",
    advice="The error goes back through {right}.",
    hint="how does the error get from layer {up} back to layer {k}?",
)
def _weights_skipped(step: Step) -> Iterator[EditResult]:
    words: dict[str, Word] = {"right": step.ref("W", step.k + 1).T}

    def without_weights(
        passed_on: Callable[[expr.Expr], expr.Expr],
    ) -> tuple[expr.Expr, dict[str, Word]]:
        """Each unit gets what `passed_on` makes of the error signals, whatever its weights are."""
        return trees.rewrite(
            step.expression, lambda part: passed_on(part.right) if isinstance(part, expr.MatMul) else None
        ), words

    yield without_weights(lambda Delta: Delta)
    yield without_weights(lambda Delta: expr.AcrossRows(expr.ColumnSums(Delta)))


@RULES.mistake(
    "dZ@hidden dX",
    "divided by the weights instead of multiplied",
    formula="dZ1 = (1 / W2ᵀ) Δ2",
    done="The error signals were divided by {W_up} in {symbol}.",
    advice="Multiply by {right}.",
    hint="how does the error get from layer {up} back to layer {k}?",
)
def _divided_by_weights(step: Step) -> Iterator[EditResult]:
    W = step.ref("W", step.k + 1)
    yield trees.exchange(step.expression, W, one / W), {"right": W.T}


@RULES.mistake(
    "dZ@hidden dX",
    "already updated weights on the way back",
    formula="dZ1 = W2'ᵀ Δ2",
    done="{used} was used in {symbol}: the weights after the update.",
    advice="All gradients are taken with the old weights: use {right}.",
    hint="when are the weights updated, before the gradients or after them?",
)
def _weights_already_updated(step: Step) -> Iterator[EditResult]:
    yield step.instead(step.ref("W", step.k + 1).T, step.ref("W", step.k + 1, updated=True).T)


@RULES.mistake(
    "dZ@hidden dX",
    "weights of another layer on the way back",
    formula="dZ1 = W1 Δ2",
    done="{used} was used in {symbol}, the weights of another layer.",
    advice="Use {right}.",
    hint="which weights lie between layer {k} and layer {up}?",
)
def _back_through_other_weights(step: Step) -> Iterator[EditResult]:
    right = step.ref("W", step.k + 1).T
    for j in step.others(step.k + 1):
        for other in both_ways(step.ref("W", j)):
            yield step.instead(right, other)


@RULES.mistake(
    "dZ@hidden dX",
    "error propagated instead of the error signal",
    formula="dZ1 = W2ᵀ dZ2",
    done="{used} was passed on in {symbol} instead of {Delta_up}.",
    advice="Pass on {Delta_up}, the error before the activation of layer {up}.",
    hint="which error of layer {up} does {symbol} start from?",
)
def _error_propagated(step: Step) -> Iterator[EditResult]:
    return step.error_for_signal()


@RULES.mistake(
    "dZ@hidden dX",
    "error signal of another layer passed on",
    formula="dZ1 = W2ᵀ Δ3",
    done="{used} was passed on in {symbol} instead of {Delta_up}.",
    advice="Pass on {Delta_up}, that of the next layer.",
    hint="which layer comes right after layer {k}?",
)
def _delta_of_other_layer(step: Step) -> Iterator[EditResult]:
    for j in range(step.k + 2, step.K + 1):
        yield step.instead(step.incoming, step.ref("Delta", j))


@RULES.mistake(
    "dZ",
    "f' applied one step too early",
    formula="dZ1 = (W2ᵀ Δ2) ⊙ f1'(S1)",
    done="{symbol} was already multiplied by {fprime}.",
    advice="Leave {fprime} for {Delta}.",
    hint="is {symbol} the derivative by {Z} or by {S}?",
)
def _fprime_too_early(step: Step) -> Iterator[EditResult]:
    if step.bends(step.k):
        yield step.expression * step.ref("fprime", step.k)


@RULES.mistake(
    "dZ@hidden dX dW db",
    "sign of the error signal not undone",
    formula="dZ1 = W2ᵀ Δ2",
    done="The sign of {Delta_in} was kept in {symbol}.",
    advice="{symbol} is the derivative itself: undo the sign that {Delta_in} has.",
    hint="what does {Delta_in} stand for in this exercise, and what does {symbol}?",
)
def _sign_of_delta_kept(step: Step) -> Iterator[EditResult]:
    if step.sign == -1:
        yield step.times(-1), {"Delta_in": step.incoming.symbol}
