"""Two mistakes of the catalogue made along one path, where no single one explains an answer.

An error signal that goes back without f' and through weights that are already updated, for instance. Both are
made in the answer itself or in steps before it that are not written; two in one step are an edit of an edit.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from mlpcalc.marking.basis import Basis
from mlpcalc.marking.chance import Attempts, Hit, Ledger, Level
from mlpcalc.marking.evidence import Question, unwritten
from mlpcalc.marking.stacks import batches
from mlpcalc.marking.suppositions import Suppositions, is_all_zero
from mlpcalc.mistakes import GENERAL, Edit
from mlpcalc.page import expr, trees
from mlpcalc.page.symbols import Symbol

_MOST = 400  # pairs tried on one answer
_WAYS = 2  # in which a mistake of a pair can be made in one step: more of them say little each
_STEPS = 4  # of a path


class Pair(NamedTuple):
    """Two mistakes, the later one on the path first; in one step, `later` has both in its equation."""

    later: Edit
    earlier: Edit

    @property
    def made_before(self) -> Mapping[Symbol, expr.Expr]:
        """What the earlier mistake makes of another step."""
        return {} if self.later.symbol == self.earlier.symbol else self.earlier.expressions

    @property
    def merged(self) -> Edit:
        """The later edit with what the earlier one makes of a step put in its place."""
        expression = self.later.expression
        if self.later.symbol != self.earlier.symbol:
            expression = trees.exchange(expression, expr.Ref(self.earlier.symbol), self.earlier.expression)
        return self.later._replace(expression=expression)


class PairHit(NamedTuple):
    """A pair that explains all wrong cells of a sheet, in agreement with the right ones."""

    pair: Pair
    hit: Hit


class Pairs:
    """The pairs of mistakes of one exercise."""

    def __init__(self, basis: Basis, suppositions: Suppositions) -> None:
        self._basis, self._suppositions = basis, suppositions
        self._behind: dict[expr.Expr, frozenset[Symbol]] = {}
        self._definite: dict[Symbol, tuple[Edit, ...]] = {}

    def of(self, question: Question, ledgers: Sequence[Ledger]) -> list[list[PairHit]]:
        """The pairs that explain the whole answer of each sheet; what is tried goes into the ledgers."""
        found: list[list[PairHit]] = [[] for _ in question.sheets]
        attempts, line = Attempts(question), question.own
        path = [question.symbol, *unwritten(line, question.symbol)][:_STEPS]
        pairs = islice(self._along(path), _MOST)
        most = self._basis.most_at_once(len(question.sheets))
        for batch in batches(pairs, most, key=lambda pair: (pair.later.symbol, pair.made_before)):
            before = line.changed(edited=batch[0].made_before) if batch[0].made_before else line
            outcomes = before.outcomes(question.symbol, [pair.later.expressions for pair in batch])
            for place, hits in attempts.explained(outcomes, [Level.PAIR] * len(batch)).items():
                for row, hit in hits.items():
                    if hit.match.scope == 0 and not is_all_zero(question, row):
                        found[row].append(PairHit(batch[place], hit))
        for row, ledger in enumerate(ledgers):
            ledger.add(*attempts.ledger(row))
        return found

    def _along(self, path: Sequence[Symbol]) -> Iterator[Pair]:
        """The pairs of mistakes in the steps of a path, those near the answer first."""
        for end in range(len(path)):
            known: set[expr.Expr] = set()  # what comes first does not matter
            names = {edit.mistake.name for edit in self._of(path[end])}
            for first in self._of(path[end]):
                for edit in self._suppositions.edits.after(first, names - {first.mistake.name}):
                    if edit.expression not in known:
                        known.add(edit.expression)
                        yield Pair(edit, first)
            for start in range(end):
                for earlier in self._of(path[end]):
                    if path[start] in self._needed(earlier.expression):
                        continue  # it would be needed for itself
                    for later in self._of(path[start]):
                        yield Pair(later, earlier)

    def _of(self, symbol: Symbol) -> tuple[Edit, ...]:
        """The definite mistakes in a step: none that is made anywhere, or that can be made in many ways."""
        if symbol not in self._definite:
            edits = self._suppositions.edits.get(symbol, ())
            names = [edit.mistake.name for edit in edits]
            self._definite[symbol] = tuple(
                edit
                for edit, name in zip(edits, names, strict=True)
                if name not in GENERAL and names.count(name) <= _WAYS
            )
        return self._definite[symbol]

    def _needed(self, expression: expr.Expr) -> frozenset[Symbol]:
        """Every quantity that an expression is worked out from."""
        if expression not in self._behind:
            needed: set[Symbol] = set()
            pending = list(trees.references(expression))
            while pending:
                symbol = pending.pop()
                if symbol not in needed:
                    needed.add(symbol)
                    pending += self._basis.operands(symbol, frozenset())
            self._behind[expression] = frozenset(needed)
        return self._behind[expression]
