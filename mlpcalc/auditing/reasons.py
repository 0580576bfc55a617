"""What is hidden on a sheet, and why: what is equal in its figures, or what rounding hides."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from math import isinf
from typing import Literal, NamedTuple

import numpy as np

from mlpcalc.auditing.right import differs
from mlpcalc.auditing.sheets import Outcome
from mlpcalc.auditing.wrongs import FINE, OTHERS, Effect, Wrong, Wrongs
from mlpcalc.marking.slips import SLIPS
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.mistakes.rules import without
from mlpcalc.page import expr, trees
from mlpcalc.page.equations import written_out
from mlpcalc.page.simplify import simplify
from mlpcalc.page.symbols import Symbol

Cause = Literal["form", "figures", "rounding"]
"""Whatever the inputs, weights and targets are; these figures only; the digits that are shown."""

_ONES: dict[expr.Scalar, str] = {
    "N": "{N} = 1: there is one sample",
    "M": "{M} = 1: there is one output",
    "eta": "{eta} = 1",
    "lambda": "{lambda} = 1",
}
_CONSTANT = (  # kinds of quantities that are 0 if the output is always the same
    *("loss", "losses", "loss_terms"),
    *("Delta", "dZ", "dX", "dW", "db", "step_W", "step_b"),
)
_FORM = ("N", "M", "identity", "switch", "constant")  # reasons that hold whatever the figures are
_FALLBACK = "the result is the same"
_LONGEST = 60  # characters of a formula in a reason
_ZERO = expr.Number(Fraction(0))

Rewriting = Callable[[expr.Expr], expr.Expr]


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


class Hidden(NamedTuple):
    """A mistake that is not revealed, why, and by how much the figures differ from the right ones."""

    wrong: Wrong
    reason: Reason
    difference: float


def hidden(wrongs: Wrongs, outcomes: list[Outcome], decimals: int) -> list[Hidden]:
    """The mistakes that do not show on sheets of so many decimals."""
    reasons = Reasons(wrongs)
    found = []
    for effect, verdict in outcomes:
        if verdict < Verdict.TRIVIAL:
            reason = _lost(effect, verdict, decimals) if effect.difference else reasons.equal(effect.wrong)
            found.append(Hidden(effect.wrong, reason, effect.difference))
    return found


def _lost(effect: Effect, verdict: Verdict, decimals: int) -> Reason:
    """Why figures that differ do not show it."""
    if isinf(effect.difference):
        return Reason("figures", "stuck", "it ends in a division by 0")
    if verdict == Verdict.UNCHECKED:
        text = "the figures before it have too few digits to check it"
    elif effect.difference < 10.0**-decimals:
        text = "the difference is less than one unit of the last decimal"
    else:
        text = "the difference could be rounding"
    return Reason("rounding", "digits", text)


class Reasons:
    """Finds out why the figures are the right ones in spite of a mistake."""

    def __init__(self, wrongs: Wrongs) -> None:
        self._wrongs, self._right = wrongs, wrongs.right
        self._exercise, self._notation = wrongs.solution.exercise, wrongs.solution.notation
        self._page = wrongs.page
        self._same = [*self._what_is_equal()]

    def equal(self, wrong: Wrong) -> Reason:
        """Why a mistake makes no difference at all."""
        about, text = self._why(wrong)
        form = about in _FORM or (about != "kink" and self._equal_always(wrong))
        return Reason("form" if form else "figures", about, text)

    def _why(self, wrong: Wrong) -> tuple[str, str]:
        """What it is about, and in words."""
        if wrong.linear:
            return "identity", self._identities(wrong.symbol.layer)
        if wrong.expression is None:
            return "figures", SLIPS[wrong.mistake].equal or _FALLBACK
        symbol, edited, ball = wrong.symbol, wrong.expression, wrong.ball
        while differs(ball, self._right[symbol]).any():  # it makes none further on
            uses = (each for each, line in self._page.items() if symbol in trees.references(line.expression))
            following = next(uses, None)
            if following is None:
                break
            edited = trees.exchange(self._page[following].expression, expr.Ref(symbol), edited)
            symbol = following
            ball = self._right.value(edited, symbol)
        return self._equation(symbol, self._page[symbol].expression, edited)

    def _equation(self, symbol: Symbol, right: expr.Expr, edited: expr.Expr) -> tuple[str, str]:
        """Why an equation gives what it would give without the mistake."""
        if _has_inclusive_test(edited) and not _has_inclusive_test(right):
            return "kink", "no pre-activation is exactly 0"
        if not self._right[symbol].value.any():
            for k, layer in enumerate(self._exercise.layers, start=1):
                if layer.is_constant and symbol.kind in _CONSTANT and symbol.layer <= k:
                    return "constant", f"the {layer.activation.name} of one unit is always 1"
            return "figures", f"{self._notation.name(symbol)} is 0 in every cell"
        one, other = (simplify(written_out(node, self._page, lambda _: False)) for node in (right, edited))
        for about, text, rewriting in self._same:
            if simplify(rewriting(one)) == simplify(rewriting(other)):
                return about, text
        return "figures", self._same_part(symbol, right, edited)

    def _what_is_equal(self) -> Iterator[tuple[str, str, Rewriting]]:
        """What happens to be equal in this exercise: what about, in words, and expressions without it."""
        values, letters = self._exercise.scalars(), self._exercise.all_letters
        ones = [name for name in _ONES if values.get(name) == 1]
        for names in [*([name] for name in ones), *([ones] if len(ones) > 1 else [])]:
            text = " and ".join(_ONES[name].format_map(letters) for name in names)
            yield "+".join(names), text, _without(names)
        for bias in (symbol for symbol in (*self._exercise.givens(), *self._page) if symbol.kind == "b"):
            if not self._right[bias].value.any():
                yield "bias", f"{self._notation.name(bias)} is 0", _without_bias(bias)
        for k, layer in enumerate(self._exercise.layers, start=1):
            slopes = Symbol("fprime", k)
            if slopes in self._page and np.isin(self._right[slopes].value, (0.0, 1.0)).all():
                text = f"{layer.activation.symbol}' is 0 or 1: applied twice it is the same"
                yield "switch", text, _applied_once(self._page[slopes].expression)

    def _same_part(self, symbol: Symbol, right: expr.Expr, edited: expr.Expr) -> str:
        """The smallest parts that differ and have the same figures: `Z1 = S1 here`."""
        while (parts := _only_difference(right, edited)) is not None and self._alike(*parts):
            right, edited = parts
        texts = [self._text(symbol, node) for node in (edited, right)]
        if not self._alike(right, edited) or max(map(len, texts)) > _LONGEST or texts[0] == texts[1]:
            return _FALLBACK
        return f"{texts[0]} = {texts[1]}"

    def _alike(self, one: expr.Expr, other: expr.Expr) -> bool:
        return not differs(*(self._right.operand(node) for node in (one, other))).any()

    def _text(self, symbol: Symbol, node: expr.Expr) -> str:
        """A part of an equation as the course writes it; which way round is that of the first name in it."""
        first = next((part.symbol for part in trees.nodes(node) if isinstance(part, expr.Ref)), symbol)
        return self._notation.text(self._exercise.layout.expression(first, node))

    def _identities(self, layer: int) -> str:
        """The layer near a mistake that has no activation function."""
        layers = self._exercise.layers
        near = [
            k
            for k in (layer or len(layers), layer + 1, layer - 1)
            if 1 <= k <= len(layers) and layers[k - 1].activation.name == "identity"
        ]
        return f"f{near[0]} is the identity: f{near[0]}' is 1, and it changes nothing" if near else _FALLBACK

    def _equal_always(self, wrong: Wrong) -> bool:
        """Whether a mistake makes no difference with other inputs, weights and biases, either."""
        return all(_equal_in(self._wrongs.elsewhere(number), wrong) for number in range(OTHERS))


def _equal_in(other: Wrongs, wrong: Wrong) -> bool:
    """Whether a mistake makes no difference in another exercise."""
    if wrong.expression is None:
        made = [each for each in other.slips(wrong.symbol) if each.mistake == wrong.mistake]
        return not any(differs(each.ball, other.right[wrong.symbol]).any() for each in made)
    (effect,) = other.again([wrong], FINE)
    return not effect.difference and bool(np.isfinite(effect.wrong.ball.value).all())


def _without(names: list[expr.Scalar]) -> Rewriting:
    """Scalars that are 1 are not missed, and may be there twice."""

    def rewriting(node: expr.Expr) -> expr.Expr:
        for name in names:
            node = without(node, name)
        return node

    return rewriting


def _without_bias(bias: Symbol) -> Rewriting:
    """A bias of 0 is not missed."""
    bare = expr.Ref(bias)
    return lambda node: trees.exchange(
        trees.exchange(node, expr.AcrossRows(bare), bare), expr.AcrossColumns(bare), _ZERO
    )


def _applied_once(slopes: expr.Expr) -> Rewriting:
    """A derivative that is 0 or 1 everywhere is its own square."""

    def once(node: expr.Expr) -> expr.Expr | None:
        match node:
            case expr.Hadamard(expr.Hadamard(_, inner) as product, outer) if inner == outer == slopes:
                return trees.rewrite(product, once)
        return None

    return lambda node: trees.rewrite(node, once)


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
