"""Sheets with the answers to another exercise, such as a neighbour's variant.

Wherever a weight or a bias of this exercise is used they are wrong, and nothing explains it. What follows
from such figures was not worked out for this exercise, so only what is right as it stands counts.
"""

from dataclasses import replace

import numpy as np

from mlpcalc.marking.basis import Basis
from mlpcalc.marking.marks import QuantityMarks, SheetMarks, quantity_marks
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.page.symbols import Symbol

_MANY = 6  # cells that nothing explains
_MOST = 3 / 4  # of what is filled in; a few figures are those of another exercise by chance


def as_of_another_exercise(marks: SheetMarks, basis: Basis) -> SheetMarks | None:
    """The marks of a sheet that answers another exercise; None if it does not seem to."""
    using = {symbol: mark for symbol, mark in marks.quantities.items() if _uses_parameters(symbol, basis)}
    worked_out = sum(
        int(((mark.verdicts != Verdict.BLANK) & (mark.verdicts != Verdict.TRIVIAL)).sum())
        for mark in using.values()
    )
    unexplained = sum(mark.unexplained for mark in using.values())
    one_stage = len({symbol.stage for symbol in using}) < 2  # where a rule is misunderstood, maybe
    if one_stage or unexplained < max(_MANY, _MOST * worked_out):
        return None
    quantities = {symbol: _as_it_stands(symbol, mark, basis) for symbol, mark in marks.quantities.items()}
    return replace(marks, quantities=quantities, foreign=True)


def _uses_parameters(symbol: Symbol, basis: Basis) -> bool:
    """Whether a parameter that the exercise states stands in the equation of a quantity."""
    return any(each.is_parameter and each in basis.givens for each in basis.operands(symbol, frozenset()))


def _as_it_stands(symbol: Symbol, mark: QuantityMarks, basis: Basis) -> QuantityMarks:
    """The marks of an answer where only what has the right value to the digits asked is right."""
    answer, verdicts = mark.answer, mark.verdicts.copy()
    if answer.written_shape is None:
        exact = basis.exact(symbol)
        right = np.abs(answer.value - exact) <= np.maximum(answer.half, basis.asked.half_at(np.abs(exact)))
        verdicts[(verdicts != Verdict.BLANK) & (verdicts != Verdict.UNREAD) & ~right] = Verdict.WRONG
    (found,) = quantity_marks([answer], verdicts[None], mark.expected)
    return found._replace(diagnoses=mark.diagnoses)
