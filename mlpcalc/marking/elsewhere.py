"""Sheets with the answers to another exercise, such as a neighbour's variant.

Where the inputs, targets, weights and biases of this exercise are used they are mostly wrong, for no reason
that is known. What follows from such figures was not worked out for this exercise: only what is right as it
stands counts.
"""

from dataclasses import replace

import numpy as np

from mlpcalc.marking.basis import Basis
from mlpcalc.marking.marks import QuantityMarks, SheetMarks, quantity_marks
from mlpcalc.marking.verdicts import NOISE, Verdict
from mlpcalc.page.symbols import Symbol

_FEW = 3  # answers that are wrong for no known reason


def as_of_another_exercise(marks: SheetMarks, basis: Basis) -> SheetMarks | None:
    """The marks of a sheet that answers another exercise; None if it does not seem to."""
    using = {symbol: mark for symbol, mark in marks.quantities.items() if _uses_givens(symbol, basis)}
    puzzles = sum(map(_is_puzzling, using.values()))
    one_stage = len({symbol.stage for symbol in using}) < 2  # where a rule is misunderstood, maybe
    if one_stage or puzzles < _FEW or 2 * puzzles < len(using):
        return None
    quantities = {symbol: _as_it_stands(symbol, mark, basis) for symbol, mark in marks.quantities.items()}
    return replace(marks, quantities=quantities, foreign=True)


def _uses_givens(symbol: Symbol, basis: Basis) -> bool:
    """Whether something that the exercise states stands in the equation of a quantity."""
    return not basis.givens.keys().isdisjoint(basis.operands(symbol, frozenset()))


def _is_puzzling(mark: QuantityMarks) -> bool:
    """Whether half of what is not 0 in an answer is wrong, and nothing is known to lead to all of it.

    What only could lead to it may do so by chance.
    """
    wrong = (mark.verdicts == Verdict.WRONG).sum()
    worked_out = (mark.verdicts != Verdict.BLANK) & (mark.expected.value != 0)
    unknown = mark.unexplained or not any(each.certain for each in mark.diagnoses)
    return bool(unknown and wrong and 2 * wrong >= worked_out.sum())


def _as_it_stands(symbol: Symbol, mark: QuantityMarks, basis: Basis) -> QuantityMarks:
    """The marks of an answer where only what has the right value to the digits asked is right."""
    answer, verdicts = mark.answer, mark.verdicts.copy()
    if answer.written_shape is None:
        exact = basis.exact(symbol)
        right = np.abs(answer.value - exact) <= basis.asked.half_at(exact) + NOISE * np.abs(exact)
        verdicts[(verdicts != Verdict.BLANK) & (verdicts != Verdict.UNREAD) & ~right] = Verdict.WRONG
    (found,) = quantity_marks([answer], verdicts[None], mark.expected)
    return found._replace(diagnoses=mark.diagnoses)
