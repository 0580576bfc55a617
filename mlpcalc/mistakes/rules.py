"""What a rule of the catalogue is: the words of a mistake, and how it edits an equation of the page.

A rule looks at one `Step`, an equation with what stands around it, and yields what one computes instead, if
one makes the mistake there. It takes the equation's own tree apart and exchanges a part; no formula is
written down a second time.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from mlpcalc.page import expr, trees
from mlpcalc.page.equations import Equation, Page
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.functions import Activation
from mlpcalc.page.losses import LOSSES
from mlpcalc.page.network import Loss
from mlpcalc.page.symbols import Symbol, quantities


class Mistake(NamedTuple):
    """A misconception.

    name: for programs. title: for an overview. done: what was done. advice: what to do instead. hint: a
    question that does not give the answer away. In the catalogue they are templates: {Z} is the name of the
    activations of the layer that the mistake is made in, see `Step.words`.
    """

    name: str
    title: str
    done: str
    advice: str
    hint: str


Word = str | Symbol | expr.Expr
"""What a template is filled with. A symbol is its name; a weight matrix that is multiplied with something is
an expression, and turned as the course has it: Wᵀ X in some."""

EditResult = expr.Expr | tuple[expr.Expr, Mapping[str, Word]]
"""What is computed instead, and words that only the rule knows."""

GENERAL, USUAL, SPECIFIC, MOST_SPECIFIC = range(4)
"""Precedences. General mistakes can be made anywhere, and say less of what went wrong than the others."""

Editor = Callable[["Step"], Iterator[EditResult]]

Factor = expr.Coefficient | Fraction | int
"""What an expression can be multiplied with."""


class Rule(NamedTuple):
    """A mistake, and how it edits the equations of the quantities that `places` names.

    formula: an example of what the edit makes of an equation, in the usual notation. A place is a kind of
    quantity, `S`, or only those after the update, `S_new`, or those of certain layers: `dZ@out`,
    `dZ@hidden`. No places: all. precedence: two mistakes may give the same expression; it is named after the
    one with the higher precedence.
    """

    mistake: Mistake
    formula: str
    places: frozenset[str]
    precedence: int
    edit: Editor


_PLACES = frozenset().union(*(symbol.groups for symbol in quantities(1)))


class Rules(list[Rule]):
    """The rules of one part of the page."""

    def mistake(
        self,
        places: str,
        title: str,
        *,
        formula: str,
        done: str,
        advice: str,
        hint: str,
        name: str = "",
        precedence: int = USUAL,
    ) -> Callable[[Editor], Editor]:
        """Make a rule of the function below; `places` are separated by spaces.

        The mistake has the name of the function, `_error_sign` being error_sign, where none is given.

        Raises `ValueError` for a place that no quantity has.
        """

        def register(edit: Editor) -> Editor:
            mistake = Mistake(name or edit.__name__.removeprefix("_"), title, done, advice, hint)
            names = frozenset(places.split())
            if unknown := {place.split("@")[0] for place in names} - _PLACES:
                raise ValueError(f"{mistake.name}: no quantity is called {', '.join(sorted(unknown))}")
            self.append(Rule(mistake, formula, names, precedence, edit))
            return edit

        return register


_HERE = ("Z", "S", "W", "b", "dZ", "Delta", "fprime", "dW", "db")
_OF_LAYER_0 = {"Z": "X", "dZ": "dX"}
_STAGES = {"errors": 0, "gradients": 1, "update": 2, "loss": 3}
_STAGE_OF = {"dZ": 0, "Delta": 0, "dW": 1, "db": 1, "step_W": 2, "step_b": 2}
_ANY_LOSS = Loss(LOSSES["sum"], Fraction(1))


class Step:
    """An equation of an exercise, with what a rule asks about its surroundings.

    bent: whether the identity is looked at as a function like any other, about which one may be wrong
    without a difference.
    """

    def __init__(self, exercise: Exercise, page: Page, equation: Equation, *, bent: bool = False) -> None:
        self.exercise, self.page, self._bent = exercise, page, bent
        self.network = exercise.network
        self.symbol, self.expression = equation.symbol, equation.expression
        self.chain_rule = equation.chain_rule
        self.kind, self.k, self.updated, self.step = equation.symbol
        self.K = self.network.depth
        where = "out" if self.k == self.K else "hidden"
        self.places = {place for name in equation.symbol.groups for place in (name, f"{name}@{where}")}

    def ref(self, kind: str, layer: int, *, updated: bool = False) -> expr.Ref:
        """A quantity by kind and layer; the activations of layer 0 are the inputs."""
        return expr.Ref(self._symbol(kind, layer, updated=updated))

    def _symbol(self, kind: str, layer: int, *, updated: bool = False) -> Symbol:
        """The quantity on the page of this equation's step."""
        if layer == 0:
            kind = _OF_LAYER_0.get(kind, kind)
        return self.network.at_step(Symbol(kind, layer, updated), self.step)

    def like(self, kind: str, layer: int) -> expr.Ref:
        """A quantity by kind and layer, before or after the update as that of this equation is."""
        return self.ref(kind, layer, updated=self.updated)

    def others(self, layer: int) -> Iterator[int]:
        """The numbers of all layers but one."""
        return (j for j in range(1, self.K + 1) if j != layer)

    @property
    def input(self) -> expr.Ref:
        """What goes into the layer, before or after the update as this equation."""
        return self.like("Z", self.k - 1)

    @property
    def output(self) -> expr.Ref:
        """The outputs of the network, before or after the update as this equation."""
        return self.like("Z", self.K)

    @property
    def target(self) -> expr.Ref:
        """The targets."""
        return self.ref("T", 0)

    def errors(self, layer: int) -> Iterator[expr.Ref]:
        """The derivative by the activations of a layer and, at the output, the plain Y - T."""
        yield self.ref("dZ", layer)
        if layer == self.K and self.network.targets:
            yield self.ref("err", 0)

    @property
    def incoming(self) -> expr.Ref:
        """The error signal that the equation of a gradient, or of an error below the output, starts from."""
        return self.ref("Delta", self.k if self.kind in ("dW", "db") else self.k + 1)

    @property
    def by_the_chain_rule(self) -> expr.Expr:
        """The expression before anything cancelled in it."""
        return self.chain_rule or self.expression

    @property
    def f(self) -> Activation:
        """The activation of the equation's layer, of the output layer for what no layer owns."""
        return self.network.activations[self.k - 1]

    def linear(self, layer: int) -> bool:
        """Whether a layer has no activation function, so that Δ is dZ; never where it is taken as bent."""
        return layer > 0 and self.network.activations[layer - 1].name == "identity" and not self._bent

    def bends(self, layer: int) -> bool:
        """Whether a layer has an f' to speak of: it is elementwise, and not the identity."""
        return layer > 0 and not self.linear(layer) and self.network.activations[layer - 1].elementwise

    @property
    def loss(self) -> Loss:
        """The loss; where ∂L/∂Y is stated in its place, a sum without factor and average, as any will do."""
        return self.network.loss or _ANY_LOSS

    @property
    def is_square(self) -> bool:
        """Whether the loss is the squared error."""
        return self.loss.function.name == "squared_error"

    @property
    def sign(self) -> int:
        """-1 where Δ stands for -∂L/∂S."""
        return self.network.conventions.sign

    # ------------------------------------------------------------------ something else in place of a part

    def instead(self, right: expr.Expr, used: expr.Expr) -> EditResult:
        """The expression with something else used where the right one belongs, and the words for both."""
        return trees.exchange(self.expression, right, used), {"used": used, "right": right}

    def error_for_signal(self) -> Iterator[EditResult]:
        """The expression with an error in the place of the error signal, where the two differ."""
        layer = self.incoming.symbol.layer
        for error in [] if self.linear(layer) else self.errors(layer):
            yield trees.exchange(self.expression, self.incoming, self.sign * error), {"used": error}

    # ------------------------------------------------------------------ factors and averages

    @property
    def average(self) -> expr.Coefficient:
        """The average of the loss: 1/N, 1/(NM), or 1."""
        return self.loss.normaliser

    @property
    def averaged(self) -> bool:
        """Whether in this course the average stands in this step or in one before it."""
        if self.kind in _STAGE_OF:
            return _STAGES[self.network.conventions.average_in] <= _STAGE_OF[self.kind]
        return self.kind == "loss"

    @property
    def of_the_loss(self) -> expr.Coefficient:
        """The coefficient of the errors: the factor of the loss and, if it stands there, the average."""
        average = self.average if self.network.conventions.average_in == "errors" else expr.ONE
        return expr.Coefficient(self.loss.factor) * average

    def times(self, factor: Factor) -> expr.Expr:
        """The equation's expression times a factor, but for the weight decay that is added to it."""
        front, data, decay = parts(self.expression)
        return front * (factor * data if decay is None else factor * data + decay)

    # ------------------------------------------------------------------ words

    @property
    def words(self) -> dict[str, Word]:
        """What every template may name: quantities of this layer, of the one below, and of the one above."""
        k = self.k
        here = {kind: self._symbol(kind, k) for kind in _HERE}
        near: dict[str, Word] = {
            "W_new": self._symbol("W", k, updated=True),
            "b_new": self._symbol("b", k, updated=True),
            "symbol": self.symbol,
            "below": self.input.symbol,
            "W_up": self._symbol("W", k + 1),
            "Delta_up": self._symbol("Delta", k + 1),
            "Y": self.output.symbol,
            "T": self.target.symbol,
            "f": f"f{k}",
            "act": self.f.symbol,
            "k": str(k),
            "up": str(k + 1),
            "loss": self._symbol("loss", 0),
            "step": str(self.step),
        }
        numbers = {name: self.exercise.all_letters[name] for name in expr.LETTERS_OF_SCALARS}
        return {**here, **near, **numbers}


def parts(node: expr.Expr) -> tuple[expr.Coefficient, expr.Expr, expr.Expr | None]:
    """What stands in front of everything, what comes from the data, and the weight decay added to it."""
    match node:
        case expr.Scale(front, expr.Add(data, decay)) if _is_decay(decay):
            return front, data, decay
        case expr.Add(data, decay) if _is_decay(decay):
            return expr.ONE, data, decay
    return expr.ONE, node, None


def _is_decay(node: expr.Expr) -> bool:
    """Whether an expression is the weight decay: λ times something of the weights."""
    return isinstance(node, expr.Scale) and ("lambda", 1) in node.coefficient.powers


def without(node: expr.Expr, name: expr.Scalar) -> expr.Expr:
    """The expression with a named scalar left out of every coefficient."""

    def change(part: expr.Expr) -> expr.Expr | None:
        match part:
            case expr.Scale(coefficient, operand) if name in dict(coefficient.powers):
                kept = tuple(power for power in coefficient.powers if power[0] != name)
                return expr.Scale(replace(coefficient, powers=kept), operand)
        return None

    return trees.rewrite(node, change)


def both_ways(W: expr.Ref) -> tuple[expr.Ref, expr.Expr]:
    """A weight matrix and its transpose."""
    return W, W.T
