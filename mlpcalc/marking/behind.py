"""Mistakes behind figures that are right: what comes after the update may show what was answered otherwise.

A loss after the update may come of a run with a mistake on the way back, beside weights of a run without it.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from mlpcalc.marking.case import Case, cells_of
from mlpcalc.marking.chance import SURE, Cells, Ledger
from mlpcalc.marking.lines import Line
from mlpcalc.marking.marks import Cell
from mlpcalc.marking.scenes import stacked
from mlpcalc.marking.suppositions import MOST_STEPS
from mlpcalc.mistakes import GENERAL, Edit
from mlpcalc.page import trees
from mlpcalc.page.equations import Page
from mlpcalc.page.symbols import Symbol

_BACK = ("errors", "gradients")
_TELLING = 50  # times as far off as it is uncertain

Behind = tuple[Edit, Sequence[Symbol], tuple[Cell, ...]]
"""A mistake, the answers after it that do not have it, and the cells that it explains."""


def mistakes_behind(case: Case, edits: Mapping[Symbol, Sequence[Edit]]) -> Iterator[Behind]:
    """The mistakes on the way back with which one went on, though what was written is right.

    It takes a figure of many digits to tell: it has to be much further off than it is uncertain.
    """
    page, own = case.own.basis.page, case.own
    if case.symbol.stage != "after" or case.right is not own or case.wrong.sum() > 1:
        return
    value, half = (part[0][case.wrong] for part in case.figures[:2])
    right, radius = (part[case.wrong] for part in case.step)
    if (np.abs(value - right) < _TELLING * (half + radius)).any():
        return
    room = MOST_STEPS / len(page) ** 2
    cells, ledger = Cells(case), Ledger()
    hits: list[tuple[Behind, float]] = []
    for symbol in page:
        if symbol.stage not in _BACK or symbol in own.known or room < 0:
            continue
        spoilt = _after(page, symbol)
        answered = [name for name in own.known if name in spoilt]
        if case.symbol not in spoilt or not answered:
            continue
        room -= len(spoilt) * len(edits.get(symbol, ()))
        kept = {known: ball for known, ball in own.known.items() if known not in spoilt}
        line = Line(own.basis, kept, written=own.written)
        for edit in edits.get(symbol, ()):
            ball = stacked(line.changed(edited={symbol: edit.expression}).step(case.symbol), 1)
            shares, keys = (part[:, 0] for part in cells.shares(ball))
            ledger.add(np.zeros(len(shares)), shares, keys)
            if edit.mistake.name not in GENERAL and case.figures.meets(ball)[0][case.wrong].all():
                hits.append(((edit, answered, cells_of(case.wrong)), float(shares[0])))
    for found, share in hits:
        if ledger.chance(0, share) <= SURE:
            yield found


def _after(page: Page, symbol: Symbol) -> set[Symbol]:
    """All that is computed from a quantity."""
    affected = {symbol}
    for later, equation in page.items():  # in order
        if not affected.isdisjoint(trees.references(equation.expression)):
            affected.add(later)
    return affected - {symbol}
