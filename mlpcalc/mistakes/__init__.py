"""The catalogue of misconceptions: what each equation of the page becomes under them.

    forward        S, before and after the update     activations    f in the forward pass
    loss           L and its derivative               factors        signs, 1/2, averages, one factor too many
    derivative     f', its values and its place       error_signal   Δ: its sign, what cancels, softmax
    backward       dZ = Wᵀ Δ, from layer to layer     decay          the weight decay
    gradients      dW, db and the update              training       several steps, optimisers
    rules          what a rule is

A mistake is a rule that edits the tree of an equation: f' forgotten is Δ = dZ ⊙ f'(S) with the factor f'(S)
taken out. So it is known in every convention and for every function, and its value for any operands. Slips
of single figures have no equation: they are in `marking.slips`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import cached_property
from typing import NamedTuple

from mlpcalc.mistakes import (
    activations,
    backward,
    decay,
    derivative,
    error_signal,
    factors,
    forward,
    gradients,
    loss,
    rules,
    training,
)
from mlpcalc.mistakes.rules import EditResult, Mistake, Rule, Step, Word
from mlpcalc.page import expr, trees
from mlpcalc.page.equations import Equation
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.pages import page
from mlpcalc.page.shapes import ShapeError, shape, shape_of
from mlpcalc.page.simplify import simplify
from mlpcalc.page.symbols import Axis, Symbol

__all__ = ["GENERAL", "MISTAKES", "OVER_STEPS", "RULES", "Edit", "Edits", "Mistake"]

_PARTS = (forward, activations, derivative, loss, factors, error_signal, backward, decay, gradients, training)
RULES: Sequence[Rule] = sorted(
    (rule for part in _PARTS for rule in part.RULES), key=lambda rule: rule.precedence, reverse=True
)
"""The rule of every mistake, those of the highest precedence first."""
MISTAKES: Mapping[str, Mistake] = {rule.mistake.name: rule.mistake for rule in RULES}
"""Every mistake by name, its words being templates."""
GENERAL = frozenset(rule.mistake.name for rule in RULES if rule.precedence == rules.GENERAL)
"""The names of those that can be made anywhere, and say less of what went wrong than the others."""
OVER_STEPS = frozenset(rule.mistake.name for rule in training.RULES)
"""The names of those that are made over several steps."""


class Edit(NamedTuple):
    """An equation with a mistake in it.

    mistake: with the names of this equation in its words. expression: what is computed for `symbol`
    instead, in the layout of the page. elsewhere: the same for other quantities, where the mistake is made
    throughout a step.
    """

    mistake: Mistake
    symbol: Symbol
    expression: expr.Expr
    elsewhere: tuple[tuple[Symbol, expr.Expr], ...] = ()

    @property
    def expressions(self) -> dict[Symbol, expr.Expr]:
        """What is computed instead, by quantity."""
        return {self.symbol: self.expression, **dict(self.elsewhere)}


class Edits(Mapping[Symbol, tuple[Edit, ...]]):
    """What each equation of an exercise becomes under the mistakes of the catalogue.

    They are made when they are first asked for: different expressions, the most specific first; each has the
    shape of its quantity and needs nothing that comes from it. Their values may well be those of the
    equation: where N is 1, for instance.

    name: how quantities are called in the sentences, `Notation.name` for instance. bent: as of a
    `Step`.
    """

    def __init__(self, exercise: Exercise, name: Callable[[Symbol], str], *, bent: bool = False) -> None:
        self._exercise, self._name, self._bent = exercise, name, bent
        self._page = page(exercise.network)
        self._existing = {*exercise.givens(), *self._page}
        self._shapes: dict[Symbol, tuple[str | int, str | int]] = {}
        self._made: dict[Symbol, tuple[Edit, ...]] = {}
        self._twice: dict[tuple[Symbol, expr.Expr], tuple[Edit, ...]] = {}

    def __getitem__(self, symbol: Symbol) -> tuple[Edit, ...]:
        if symbol not in self._made:
            self._made[symbol] = tuple(self._make(self._page[symbol]))
        return self._made[symbol]

    def __iter__(self) -> Iterator[Symbol]:
        return iter(self._page)

    def __len__(self) -> int:
        return len(self._page)

    @cached_property
    def _places(self) -> Mapping[Symbol, int]:
        return {symbol: place for place, symbol in enumerate(self._page)}

    def throughout(self, symbols: Iterable[Symbol]) -> Iterator[Edit]:
        """The mistakes over steps that are made alike in all of some quantities of a step, where one can."""
        made: dict[tuple[str, int, int], dict[Symbol, Edit]] = {}  # by which of several ways as well
        for symbol in sorted(symbols, key=self._places.__getitem__):
            ways = Counter[str]()
            for edit in self[symbol] if symbol.step > 1 else ():
                name = edit.mistake.name
                if name in OVER_STEPS:
                    made.setdefault((name, symbol.step, ways[name]), {})[symbol] = edit
                    ways[name] += 1
        for edits_of in made.values():
            first, *others = edits_of.values()
            if others:
                yield first._replace(elsewhere=tuple((one.symbol, one.expression) for one in others))

    def after(self, edit: Edit, names: Set[str]) -> tuple[Edit, ...]:
        """The edits of an equation that has a mistake already: two in one step, different from each alone.

        names: those of the second mistake.
        """
        key = edit.symbol, edit.expression
        if key not in self._twice:
            equation = self._page[edit.symbol]._replace(expression=edit.expression, chain_rule=None)
            alone = {self._page[edit.symbol].expression, *(one.expression for one in self[edit.symbol])}
            made = self._make(equation, names)
            self._twice[key] = tuple(one for one in made if one.expression not in alone)
        return self._twice[key]

    def _make(self, equation: Equation, only: Set[str] = MISTAKES.keys()) -> Iterator[Edit]:
        symbol = equation.symbol
        step = Step(self._exercise, self._page, equation, bent=self._bent)
        known = {equation.expression, equation.chain_rule}
        names = self._filled(step.words)
        for mistake, _, places, _, edit in RULES:
            if mistake.name not in only or (places and not places & step.places):
                continue
            for expression, words in map(_with_words, edit(step)):
                expression = simplify(expression)
                if expression not in known and self._fits(expression, equation.expression, symbol):
                    known.add(expression)
                    filled = {**names, **self._filled(words)}
                    texts = (template.format_map(filled) for template in mistake[1:])
                    yield Edit(Mistake(mistake.name, *texts), symbol, expression)

    def _fits(self, edited: expr.Expr, right: expr.Expr, symbol: Symbol) -> bool:
        """Whether all names in it exist, and its shape is that of the quantity.

        Lengths are strings: only what an equation repeats on purpose has the int 1, which fits any length.
        """
        if not trees.references(edited) <= self._existing or _sums_a_number(edited):
            return False
        try:
            found, wanted = shape(edited, self._shape), self._shape(symbol)
            if _is_repeated(edited):  # one row or one column, as often as there are units or inputs
                return all(length in (1, other) for length, other in zip(found, wanted, strict=True))
            return found == wanted or found == shape(right, self._shape)
        except ShapeError:
            return False

    def _shape(self, symbol: Symbol) -> tuple[str | int, str | int]:
        if symbol not in self._shapes:
            lengths = self._exercise.lengths(symbol)

            def length(axis: Axis) -> str:
                return str(lengths(axis))

            self._shapes[symbol] = shape_of(symbol, self._exercise.network, length)
        return self._shapes[symbol]

    def _filled(self, words: Mapping[str, Word]) -> dict[str, str]:
        return {key: self._written(word) for key, word in words.items()}

    def _written(self, word: Word) -> str:
        """A word as it stands in a sentence; weights are transposed where the course has them so."""
        match word:
            case str():
                return word
            case Symbol():
                return self._name(word)
            case expr.Sub(left, right):
                return f"{self._written(left)} - {self._written(right)}"
            case expr.Ref(symbol) if symbol.kind != "W":
                return self._name(symbol)
            case expr.Ref(symbol) | expr.Transpose(expr.Ref(symbol)):
                layout = self._exercise.layout
                otherwise = layout.is_transposed("weights") != layout.is_transposed("samples")
                transposed = isinstance(word, expr.Transpose) != otherwise
                return self._name(symbol) + ("ᵀ" if transposed else "")
        raise TypeError(f"not a word of a sentence: {word!r}")


def _is_repeated(node: expr.Expr) -> bool:
    """Whether an expression is one row or column over and over, maybe times a number."""
    match node:
        case expr.Scale(_, operand):
            return _is_repeated(operand)
    return isinstance(node, expr.AcrossRows | expr.AcrossColumns)


def _sums_a_number(node: expr.Expr) -> bool:
    """Whether an expression adds up the cells of what has none: two mistakes may leave a number there."""
    return any(
        isinstance(part, expr.RowSums | expr.ColumnSums | expr.Total) and not trees.references(part.operand)
        for part in trees.nodes(node)
    )


def _with_words(found: EditResult) -> tuple[expr.Expr, Mapping[str, Word]]:
    return found if isinstance(found, tuple) else (found, {})
