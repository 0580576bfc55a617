"""The misconceptions that can be made in exercises of one form, whatever their figures are."""

from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import count

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.mistakes import Edit, edits
from mlpcalc.page import expr, trees
from mlpcalc.page.equations import page
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.functions import Apply, Derivative, Targets, one, s
from mlpcalc.page.losses import kind_of_targets
from mlpcalc.page.simplify import simplify
from mlpcalc.page.symbols import Symbol
from mlpcalc.solving.solution import Solution

_IDENTITY = "identity"
_ANOTHER = "square"  # the name of a function without parameters that is computed by its definition
_PASSED_ON = ("Z", "Delta", "dZ", "fprime")  # what is that of the quantity before it, or 1
_ONE = expr.Number(Fraction(1))
_START, _GOLDEN = 0.123, 0.618033988749895  # steps of the golden ratio spread most evenly


class Catalogue:
    """The misconceptions as edits of an exercise's equations; other figures have the same.

    always: whether a mistake makes no difference whatever the figures are, as far as that has been found out.
    """

    def __init__(self, solution: Solution) -> None:
        exercise, name = solution.exercise, solution.notation.name
        disguised = _disguised(exercise)
        self._identities = frozenset(
            k for k, layer in enumerate(exercise.layers, start=1) if layer.activation.name == _IDENTITY
        )
        self._page = page(disguised.network)
        self._edits, self._disguised = edits(exercise, name), edits(disguised, name)
        self.always: dict[tuple[Symbol, expr.Expr | str], bool] = {}
        self.linear = cache(self._linear)

    def of(self, symbol: Symbol) -> tuple[Edit, ...]:
        """The edits of a quantity's equation."""
        return self._edits[symbol]

    def _linear(self, symbol: Symbol) -> tuple[Edit, ...]:
        """Edits that change nothing since an activation is the identity: f' forgotten, S for Z, dZ for Δ.

        The catalogue leaves them out there. They are made as if the identity were a function like any other.
        """
        if not self._identities:
            return ()
        right = self._plain(self._page[symbol].expression)
        known = {edit.mistake.name for edit in self._edits[symbol]}
        made = (edit for edit in self._disguised[symbol] if edit.mistake.name not in known)
        return tuple(edit for edit in made if self._plain(edit.expression) == right)

    def _plain(self, node: expr.Expr) -> expr.Expr:
        """An expression with the identities taken for what they are."""

        def change(part: expr.Expr) -> expr.Expr | None:
            match part:
                case Apply(function, operand) if function.value == s:
                    return self._plain(operand)
                case Derivative(function) if function.derivative == one:
                    return _ONE
                case expr.Quotient(above, below) if self._plain(below) == _ONE:
                    return self._plain(above)
                case expr.Ref(Symbol(kind, k) as symbol) if symbol in self._page:
                    if kind == "err" or (k in self._identities and kind in _PASSED_ON):
                        return self._plain(self._page[symbol].expression)
            return None

        return simplify(trees.rewrite(node, change))


def _disguised(exercise: Exercise) -> Exercise:
    """The exercise with its identities as functions like any other."""
    layers = tuple(
        layer._replace(activation=replace(layer.activation, name=_ANOTHER, letter=layer.activation.symbol))
        if layer.activation.name == _IDENTITY
        else layer
        for layer in exercise.layers
    )
    return replace(exercise, layers=layers)


# ---------------------------------------------------------------------------- other figures


def redrawn(exercise: Exercise, number: int) -> Exercise:
    """An exercise of the same form with other figures: spread between -2 and 2, none of them 0.

    What holds in several of them holds whatever the figures are.
    """
    spread = (4 * (place % 1) - 2 for place in count(_START + number + _GOLDEN, _GOLDEN))

    def drawn(values: Array) -> Array:
        return np.fromiter(spread, float, values.size).reshape(values.shape)

    layers = tuple(
        layer._replace(weights=drawn(layer.weights), bias=None if layer.bias is None else drawn(layer.bias))
        for layer in exercise.layers
    )
    rate = exercise.learning_rate and Fraction(3 + number, 100)
    T = exercise.targets
    if T is not None and number % 2:
        loss, output = exercise.loss, layers[-1].activation
        T = _other_targets(T, kind_of_targets(loss.function, output) if loss else "any")
    inputs = drawn(exercise.inputs)
    return replace(exercise, inputs=inputs, layers=layers, targets=T, learning_rate=rate, written={})


def _other_targets(T: Array, kind: Targets) -> Array:
    """Other targets that a loss allows as well."""
    match kind:
        case "sign":
            return -T
        case "probability":
            return 1 - T
        case "distribution" | "one-hot":
            return np.roll(T, 1, axis=0)
    return T + 1
