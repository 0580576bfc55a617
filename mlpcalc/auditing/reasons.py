"""Why a mistake does not show on a sheet: what is equal in the figures, or what rounding hides."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial, reduce
from math import isinf
from typing import Literal, NamedTuple

import numpy as np

from mlpcalc.auditing.right import differs
from mlpcalc.auditing.wrongs import Effect, Wrong, Wrongs
from mlpcalc.marking.slips import SLIPS
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.mistakes.rules import without
from mlpcalc.page import expr, trees
from mlpcalc.page.equations import written_out
from mlpcalc.page.functions import Activation, Apply, Derivative
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


class Reasons:
    """Finds out why mistakes do not show: looks for what is equal in the equations, and in the figures."""

    def __init__(self, wrongs: Wrongs) -> None:
        self._wrongs, self._right, self._page = wrongs, wrongs.right, wrongs.page
        self._exercise, self._notation = wrongs.solution.exercise, wrongs.solution.notation
        self._same = [*self._what_is_equal()]

    def of(self, effect: Effect, decimals: int) -> Reason:
        """Why a mistake does not show on a sheet of so many decimals."""
        if isinf(effect.difference):
            return Reason("figures", "stuck", "it ends in a division by 0")
        if effect.verdict == Verdict.UNCHECKED:
            return Reason("rounding", "digits", "the figures before it have too few digits to check it")
        if effect.difference >= 10.0**-decimals:
            return Reason("rounding", "digits", "the difference could be rounding")
        if effect.difference:
            text = "the difference is less than one unit of the last decimal"
            return Reason("rounding", "digits", text)
        about, text = self._why(effect.wrong)
        form = about in _FORM or (about != "kink" and self._equal_always(effect.wrong))
        return Reason("form" if form else "figures", about, text)

    def _why(self, wrong: Wrong) -> tuple[str, str]:
        """What it is about, and in words."""
        symbol, edited, layers = wrong.symbol, wrong.expression, [*enumerate(self._exercise.layers, start=1)]
        if edited is None:
            return "figures", SLIPS[wrong.mistake].equal or _FALLBACK
        if differs(wrong.ball, self._right[symbol]).any():
            return "figures", "nothing that follows is changed"
        right = self._page[symbol].expression
        if _has_inclusive_test(edited) and not _has_inclusive_test(right):
            return "kink", "no pre-activation is exactly 0"
        if not self._right[symbol].value.any():
            for k, layer in layers:
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
        layers = [*enumerate(self._exercise.layers, start=1)]
        if identities := [f"f{k}" for k, layer in layers if layer.activation.name == "identity"]:
            are = "is" if len(identities) == 1 else "are"
            text = f"{' and '.join(identities)} {are} the identity: f' is 1, and it changes nothing"
            yield "identity", text, partial(trees.rewrite, change=self._without_identity)
        values, letters = self._exercise.scalars(), self._exercise.all_letters
        ones = [name for name in _ONES if values.get(name) == 1]
        for names in [*([name] for name in ones), *([ones] if len(ones) > 1 else [])]:
            text = " and ".join(_ONES[name].format_map(letters) for name in names)
            yield "+".join(names), text, partial(reduce, without, names)
        for bias in (symbol for symbol in (*self._exercise.givens(), *self._page) if symbol.kind == "b"):
            if not self._right[bias].value.any():
                yield "bias", f"{self._notation.name(bias)} is 0", _without_bias(bias)
        for k, layer in layers:
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

    def _equal_always(self, wrong: Wrong) -> bool:
        """Whether a mistake makes no difference with other inputs, weights and biases, either."""
        if wrong.expression is not None:
            return all(other.again([wrong])[0].first is None for other in self._wrongs.others)
        return not any(
            differs(slip.ball, other.right[slip.symbol]).any()
            for other in self._wrongs.others
            for slip in other.slips(wrong.symbol)
            if slip.mistake == wrong.mistake
        )

    def _without_identity(self, node: expr.Expr) -> expr.Expr | None:
        """What an identity is applied to, and 1 for its derivative; so also where a quantity is named."""
        match node:
            case Apply(Activation(name="identity"), operand):
                return trees.rewrite(operand, self._without_identity)
            case Derivative(Activation(name="identity")):
                return expr.Number(Fraction(1))
            case expr.Ref(Symbol(kind="Z" | "Delta") as symbol) if symbol in self._page:
                if self._exercise.network.activations[symbol.layer - 1].name == "identity":
                    return trees.rewrite(
                        written_out(self._page[symbol].expression, self._page, lambda _: False),
                        self._without_identity,
                    )
        return None


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
