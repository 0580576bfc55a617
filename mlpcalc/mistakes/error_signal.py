"""Mistakes of the error signal Δ: its sign, what cancels in it at the output, and the Jacobian of softmax.

Where a factor f' is missing or too many, see `derivative`.
"""

from collections.abc import Iterator

from mlpcalc.mistakes.rules import EditResult, Rules, Step
from mlpcalc.page import expr, trees

RULES = Rules()


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
    advice="Here {symbol} stands for {minus}∂{loss}/∂{S}.",
    hint="which sign does {symbol} have in this exercise?",
)
def _delta_sign(step: Step) -> Iterator[EditResult]:
    yield -step.expression, {"minus": "-" if step.sign == -1 else ""}
