"""Mistakes that make no difference where an activation is the identity: f' forgotten, S for Z, dZ for Δ.

The catalogue leaves them out there. Here they are made as if the identity were a function like any other.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from fractions import Fraction

from mlpcalc.equations import Page, page
from mlpcalc.exercise import Exercise
from mlpcalc.expr import Apply, Derivative, Expr, Number, Quotient, Ref, rewrite
from mlpcalc.functions import one, s
from mlpcalc.mistakes import Edit, edits
from mlpcalc.simplify import simplify
from mlpcalc.symbols import Symbol

_IDENTITY = "identity"
_ANOTHER = "square"  # the name of a function without parameters that is computed by its definition
_ONE = Number(Fraction(1))


class LinearEdits:
    """The edits of an exercise's equations that leave all figures as they are, due to an identity."""

    def __init__(self, exercise: Exercise, name: Callable[[Symbol], str]) -> None:
        self.layers = frozenset(
            k for k, layer in enumerate(exercise.layers, start=1) if layer.activation.name == _IDENTITY
        )
        disguised = _disguised(exercise)
        self._page: Page = page(disguised.network)
        self._edits: Mapping[Symbol, tuple[Edit, ...]] = edits(disguised, name) if self.layers else {}

    def of(self, symbol: Symbol, but: Collection[str]) -> list[Edit]:
        """Those of a quantity, leaving out mistakes of some names."""
        if not self._edits:
            return []
        right = self._plain(self._page[symbol].expression)
        others = (edit for edit in self._edits[symbol] if edit.mistake.name not in but)
        return [edit for edit in others if self._plain(edit.expression) == right]

    def _plain(self, node: Expr) -> Expr:
        """An expression with the identities taken for what they are."""

        def change(part: Expr) -> Expr | None:
            match part:
                case Apply(function, operand) if function.value == s:
                    return self._plain(operand)
                case Derivative(function) if function.derivative == one:
                    return _ONE
                case Ref(Symbol("fprime", k)) if k in self.layers:
                    return _ONE
                case Ref(Symbol("Z" | "Z_new" | "Delta" | "dZ", k) as symbol) if k in self.layers:
                    return self._plain(self._page[symbol].expression) if symbol in self._page else None
                case Ref(Symbol("err") as symbol):
                    return self._plain(self._page[symbol].expression)
                case Quotient(above, below) if self._plain(below) == _ONE:
                    return self._plain(above)
            return None

        return simplify(rewrite(node, change))


def _disguised(exercise: Exercise) -> Exercise:
    """The exercise with its identities as functions like any other."""
    layers = tuple(
        layer._replace(activation=layer.activation._replace(name=_ANOTHER, letter=layer.activation.symbol))
        if layer.activation.name == _IDENTITY
        else layer
        for layer in exercise.layers
    )
    return replace(exercise, layers=layers)
