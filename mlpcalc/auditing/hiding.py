"""Why a mistake cannot be seen in the figures of a sheet: what is equal in them, or what rounding hides."""

from fractions import Fraction
from functools import cache
from math import isinf
from typing import Literal, NamedTuple

import numpy as np

from mlpcalc.auditing.catalogue import redrawn
from mlpcalc.auditing.consequences import Consequences, differs
from mlpcalc.auditing.slips import slips
from mlpcalc.auditing.wrong_sheets import Outcome
from mlpcalc.auditing.wrongs import Wrong, Wrongs
from mlpcalc.marking.slips import SLIPS
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.mistakes.rules import without
from mlpcalc.page import expr, trees
from mlpcalc.page.equations import written_out
from mlpcalc.page.functions import Derivative
from mlpcalc.page.simplify import simplify
from mlpcalc.page.symbols import Symbol
from mlpcalc.solving.solution import Solution

Cause = Literal["form", "figures", "rounding"]
"""Whatever the inputs, weights and targets are; these figures only; the digits that are shown."""

_ONES: dict[expr.Scalar, str] = {
    "N": "N = 1: there is one sample",
    "M": "M = 1: there is one output",
    "eta": "η = 1",
    "lambda": "λ = 1",
}
_CONSTANT = (  # kinds of quantities that are 0 if the output is always the same
    *("loss", "losses", "loss_terms"),
    *("Delta", "dZ", "dX", "dW", "db", "step_W", "step_b"),
)
_DRAWN = 6  # other figures that a mistake is tried on
_FORM = ("N", "M", "identity", "switch", "constant")  # reasons that hold whatever the figures are
_FALLBACK = "the result is the same"
_LONGEST = 60  # characters of a formula in a reason
_ZERO = expr.Number(Fraction(0))


class Reason(NamedTuple):
    """Why a mistake does not show.

    about: what would have to change: "N", "identity", "bias", "kink", "digits", … text: in words.
    """

    cause: Cause
    about: str
    text: str

    @property
    def avoidable(self) -> bool:
        """Whether other figures of the same form, or more digits, would show it, and do no harm elsewhere."""
        return self.cause != "form" and self.about not in ("kink", "stuck")


class Hiding:
    """Finds out why mistakes do not show; decimals: to which the figures of the sheets are rounded."""

    def __init__(self, wrongs: Wrongs, decimals: int) -> None:
        self._wrongs = wrongs
        self._consequences = wrongs.consequences
        self._solution = wrongs.consequences.solution
        self._decimals = decimals
        self._drawn = cache(lambda number: Consequences(Solution(redrawn(self._solution.exercise, number))))

    def reason(self, outcome: Outcome) -> Reason:
        """Why a mistake that is not revealed is not."""
        wrong = outcome.wrong
        if isinf(outcome.difference):
            return Reason("figures", "stuck", "it ends in a division by 0")
        if outcome.where is not None:
            return Reason("rounding", "digits", self._lost(outcome))
        about, text = self._equal(wrong)
        form = about in _FORM or (about != "kink" and self._equal_always(wrong))
        return Reason("form" if form else "figures", about, text)

    def _lost(self, outcome: Outcome) -> str:
        if outcome.verdict == Verdict.UNCHECKED:
            return "the figures before it have too few digits to check it"
        if outcome.difference < 10.0**-self._decimals:
            return "the difference is less than one unit of the last decimal"
        return "the difference could be rounding"

    # -- what is equal

    def _equal(self, wrong: Wrong) -> tuple[str, str]:
        """Why the figures are exactly the right ones: what about, and in words."""
        if wrong.linear:
            return "identity", self._identities(wrong)
        if wrong.expression is None:
            return "figures", SLIPS[wrong.mistake].equal or _FALLBACK
        symbol, edited = wrong.symbol, wrong.expression
        page = self._consequences.page
        while differs(wrong.ball, self._consequences.right(symbol)).any():
            following = [other for other in page if symbol in trees.references(page[other].expression)]
            if not following:
                break
            edited = trees.exchange(page[following[0]].expression, expr.Ref(symbol), edited)
            symbol = following[0]
            wrong = wrong._replace(ball=self._consequences.value(edited, symbol))
        return self._equation(symbol, page[symbol].expression, edited)

    def _equation(self, symbol: Symbol, right: expr.Expr, edited: expr.Expr) -> tuple[str, str]:
        """Why an equation gives what it would give without the mistake."""
        if _has_inclusive_test(edited) and not _has_inclusive_test(right):
            return "kink", "no pre-activation is exactly 0"
        if not self._consequences.right(symbol).value.any():
            for k, layer in enumerate(self._solution.exercise.layers, start=1):
                if layer.is_constant and symbol.kind in _CONSTANT and symbol.layer <= k:
                    return "constant", f"the {layer.activation.name} of one unit is always 1"
            return "figures", f"{self._solution.notation.name(symbol)} is 0 in every cell"
        for find in (self._scalars, self._biases, self._switches):
            if (why := find(right, edited)) is not None:
                return why
        return "figures", self._same_part(symbol, right, edited)

    def _scalars(self, right: expr.Expr, edited: expr.Expr) -> tuple[str, str] | None:
        """A scalar that is 1 is not missed, and may be there twice."""
        values = self._solution.exercise.scalars()
        ones = [name for name in _ONES if values.get(name) == 1]
        right, edited = self._in_full(right), self._in_full(edited)
        for names in [[name] for name in ones] + [ones]:
            one, other = right, edited
            for name in names:
                one, other = without(one, name), without(other, name)
            if names and simplify(one) == simplify(other):
                return "+".join(names), " and ".join(_ONES[name] for name in names)
        return None

    def _biases(self, right: expr.Expr, edited: expr.Expr) -> tuple[str, str] | None:
        """A bias of 0 is not missed."""
        used = {symbol for symbol in trees.references(right) | trees.references(edited) if symbol.kind == "b"}
        zero = sorted(symbol for symbol in used if not self._consequences.right(symbol).value.any())
        for symbol in zero:
            added = expr.AcrossColumns(expr.Ref(symbol))
            if simplify(trees.exchange(right, added, _ZERO)) == simplify(
                trees.exchange(edited, added, _ZERO)
            ):
                return "bias", f"{self._solution.notation.name(symbol)} is 0"
        return None

    def _switches(self, right: expr.Expr, edited: expr.Expr) -> tuple[str, str] | None:
        """A derivative that is 0 or 1 everywhere is its own square."""
        names: list[str] = []

        def once(node: expr.Expr) -> expr.Expr | None:
            match node:
                case expr.Hadamard(expr.Hadamard(_, Derivative() as inner) as product, outer) if (
                    inner == outer
                ):
                    if np.isin(self._consequences.operand(inner).value, (0.0, 1.0)).all():
                        names.append(inner.function.symbol)
                        return trees.rewrite(product, once)
            return None

        one, other = (trees.rewrite(self._in_full(node), once) for node in (right, edited))
        if names and simplify(one) == simplify(other):
            return "switch", f"{names[0]}' is 0 or 1: applied twice it is the same"
        return None

    def _same_part(self, symbol: Symbol, right: expr.Expr, edited: expr.Expr) -> str:
        """The smallest parts that differ and have the same figures: `Z1 = S1 here`."""
        while (parts := _only_difference(right, edited)) is not None:
            if not self._alike(*parts):
                break
            right, edited = parts
        texts = [self._text(symbol, node) for node in (edited, right)]
        if not self._alike(right, edited) or max(map(len, texts)) > _LONGEST or texts[0] == texts[1]:
            return _FALLBACK
        return f"{texts[0]} = {texts[1]}"

    def _alike(self, one: expr.Expr, other: expr.Expr) -> bool:
        return not differs(*(self._consequences.operand(node) for node in (one, other))).any()

    def _text(self, symbol: Symbol, node: expr.Expr) -> str:
        """A part of an equation as the course writes it; which way round is that of the first name in it."""
        first = next((part.symbol for part in trees.nodes(node) if isinstance(part, expr.Ref)), symbol)
        turned = self._solution.exercise.layout.expression(first, node)
        return self._solution.notation.text(turned)

    def _in_full(self, node: expr.Expr) -> expr.Expr:
        return simplify(written_out(node, self._consequences.page, lambda _: False))

    def _identities(self, wrong: Wrong) -> str:
        """The layers around a mistake that have no activation function."""
        layers = self._solution.exercise.layers
        near = [
            k
            for k in (wrong.symbol.layer or len(layers), wrong.symbol.layer + 1, wrong.symbol.layer - 1)
            if 1 <= k <= len(layers) and layers[k - 1].activation.name == "identity"
        ]
        return f"f{near[0]} is the identity: f{near[0]}' is 1, and it changes nothing" if near else _FALLBACK

    # -- whatever the figures are

    def _equal_always(self, wrong: Wrong) -> bool:
        """Whether a mistake makes no difference with other inputs, weights and biases, either."""
        key, always = (wrong.symbol, wrong.expression or wrong.mistake), self._wrongs.catalogue.always
        if key not in always:
            always[key] = all(self._equal_in(self._drawn(number), wrong) for number in range(_DRAWN))
        return always[key]

    def _equal_in(self, drawn: Consequences, wrong: Wrong) -> bool:
        """Whether a mistake makes no difference with other figures."""
        symbol = wrong.symbol
        if wrong.expression is None:
            balls = (ball for kind, _, ball in slips(drawn, symbol) if kind == wrong.mistake)
            return not any(differs(ball, drawn.right(symbol)).any() for ball in balls)
        ball = drawn.value(wrong.expression, symbol)
        if not np.isfinite(ball.value).all():
            return False
        follow = drawn.follow(symbol, ball)
        return not any(differs(follow(name), drawn.right(name)).any() for name in self._wrongs.asked)


def _has_inclusive_test(node: expr.Expr) -> bool:
    return any(isinstance(part, expr.Where) and part.inclusive for part in trees.nodes(node))


def _only_difference(one: expr.Expr, other: expr.Expr) -> tuple[expr.Expr, expr.Expr] | None:
    """The operands in which two expressions differ, if it is one operand of each and nothing else."""
    if type(one) is not type(other):
        return None
    pairs = zip(vars(one).values(), vars(other).values(), strict=True)
    match [pair for pair in pairs if pair[0] != pair[1]]:
        case [(expr.Expr() as part, expr.Expr() as counterpart)]:
            return part, counterpart
    return None
