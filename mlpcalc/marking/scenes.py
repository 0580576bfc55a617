"""Where a slip may have been made, and what would have come out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.marking.lines import Line
from mlpcalc.marking.marks import Cell
from mlpcalc.marking.sums import terms_of
from mlpcalc.numerics.interval import Ball
from mlpcalc.page import expr, trees
from mlpcalc.page.symbols import Symbol

_PARTNERS = {"S": "Z", "Z": "S"}
_SUM = Symbol("sum")  # stands for a sum of which something is supposed


class Supposed(NamedTuple):
    """What would have come out after one slip or another: a stack, and in words what each is.

    whole: whether the whole answer would be as in the stack; otherwise single cells would.
    """

    ball: Ball
    labels: Sequence[str]
    whole: bool


class Sum(NamedTuple):
    """A sum on the way to a quantity: its value, the stack of its terms, and where it stands, in words.

    outcome: what the quantity is if the sum has other values.
    """

    total: Ball
    terms: Ball
    step: Symbol
    where: str
    outcome: Callable[[Ball], Ball]


class Scene:
    """Where a slip may have been made: in a quantity that follows from the figures of a line.

    step: what follows for it, shape (rows, columns). swapped: two cells that may have been swapped. rate: the
    learning rate that may have been used. named: whether its name may have been swapped with its partner's.
    earlier: other figures of the same shape that may have been copied.
    """

    def __init__(
        self,
        symbol: Symbol,
        line: Line,
        step: Ball,
        *,
        swapped: Sequence[Cell] = (),
        rate: Fraction | None = None,
        named: bool = False,
        earlier: Mapping[Symbol, Array] | None = None,
    ) -> None:
        self.symbol, self.line, self.step = symbol, line, step
        self.swapped, self.rate, self.named, self.earlier = swapped, rate, named, earlier or {}
        self.basis = line.basis

    def name(self, symbol: Symbol) -> str:
        """The name of a quantity in the letters of the course."""
        return self.basis.solution.notation.name(symbol)

    def cell_name(self, symbol: Symbol, cell: Cell) -> str:
        """A cell by its name, in the layout of the exercise."""
        return self.basis.solution.cell_name(symbol, cell)

    @cached_property
    def sums(self) -> list[Sum]:
        """The sums in its equation, and in those of the steps before it that were not written."""
        if self.symbol not in self.basis.page:
            return []
        steps = (self.symbol, *_on_the_way(self.symbol, self.line))
        return [found for step in steps for found in self._sums_in(step)]

    def _sums_in(self, step: Symbol) -> Iterator[Sum]:
        expression = self.basis.page[step].expression
        where = "" if step == self.symbol else f" in {self.name(step)}"
        for node in trees.nodes(expression):
            if (found := terms_of(node, self.line)) is None:
                continue

            def outcome(ball: Ball, node: expr.Expr = node) -> Ball:
                changed = self.line.changed(known={_SUM: ball})
                other = changed.value(trees.exchange(expression, node, expr.Ref(_SUM)), step)
                if step == self.symbol:
                    return other
                return stacked(self.line.changed(known={step: other}).step(self.symbol), len(ball.value))

            yield Sum(*found, step, where, outcome)


Suppose = Callable[[Scene], Iterator[Supposed]]
"""What would have come out after a slip, for everything that it may have been."""


def _on_the_way(symbol: Symbol, line: Line) -> Iterator[Symbol]:
    """The steps that were not written between an answer and the last ones that usually are."""
    pending, seen = [symbol], {symbol}
    while pending:
        for other in sorted(line.operands(pending.pop(0))):
            if other not in line.known and other not in line.basis.givens and other not in seen:
                seen.add(other)
                yield other
                if other in line.basis.details:
                    pending.append(other)


def step_of(symbol: Symbol) -> Symbol:
    """The step of the update of a parameter."""
    return symbol._replace(kind="step_" + symbol.kind, updated=False)


def partner_of(symbol: Symbol) -> Symbol:
    """The quantity whose name may be swapped with that of another; one that does not exist for most."""
    return symbol._replace(kind=_PARTNERS.get(symbol.kind, ""))


def stacked(ball: Ball, count: int) -> Ball:
    """The ball as a stack of so many, even where the suppositions made no difference."""
    shape = (count, *ball.value.shape[-2:])
    return Ball(*(np.broadcast_to(np.asarray(part), shape) for part in ball))
