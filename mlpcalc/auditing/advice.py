"""What to change in an exercise so that its figures reveal more mistakes."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from mlpcalc.auditing.audit import Audit, Hidden
from mlpcalc.auditing.consequences import Consequences, differs
from mlpcalc.auditing.remarks import Remarks
from mlpcalc.auditing.wrong_sheets import WrongSheets
from mlpcalc.exercise import Exercise
from mlpcalc.reading.keys import MAX_DECIMALS
from mlpcalc.reading.matrices import counted
from mlpcalc.solution import Solution
from mlpcalc.stable import Array
from mlpcalc.symbols import Symbol

_CHANGES = {
    "N": "take two samples or more",
    "M": "take two outputs or more",
    "eta": "take another learning rate than 1",
    "lambda": "take another weight decay than 1",
    "identity": "take an activation that is not the identity",
    "bias": "take biases that are not 0",
}
_MORE_DECIMALS = (1, 2)
_TRIALS = 30  # changes of a single figure
_NAMED = 2  # equalities


def advice(audit: Audit) -> list[str]:
    """Changes, in sentences, with the number of mistakes that each would show, the most helpful first."""
    found = sorted([*_of_form(audit), *_of_figures(audit), *_of_digits(audit)], key=lambda change: -change[0])
    return [f"{text} ({counted(number, 'mistake')})" for number, text in found] + [*_of_remarks(audit)]


Change = tuple[int, str]
"""How many more mistakes show, and what to do for it."""


def _of_form(audit: Audit) -> Iterator[Change]:
    """What another form of the exercise would show."""
    about = Counter(part for hidden in audit.hidden for part in hidden.reason.about.split("+"))
    for what, words in _CHANGES.items():
        if about[what]:
            yield about[what], words


def _of_digits(audit: Audit) -> Iterator[Change]:
    """What more decimals would show."""
    lost = [hidden.wrong for hidden in audit.hidden if hidden.reason.cause == "rounding"]
    before = 0
    for more in _MORE_DECIMALS if lost else ():
        decimals = audit.decimals + more
        if decimals > MAX_DECIMALS:
            return
        sheets = WrongSheets(audit.wrongs.consequences, audit.wrongs.asked, decimals)
        seen = sum(outcome.revealed for outcome in sheets.outcomes(lost))
        if seen > before:
            yield seen, f"show {counted(decimals, 'decimal')} instead of {audit.decimals}"
            before = seen


def _of_figures(audit: Audit) -> Iterator[Change]:
    """What one other figure would show: the best of some trials; or else what should not be equal."""
    equal = [
        hidden for hidden in audit.hidden if hidden.reason.about == "figures" and hidden.reason.avoidable
    ]
    if not equal:
        return
    trial = _best_trial(audit, equal)
    if trial is not None:
        yield trial
    else:
        texts = Counter(hidden.reason.text for hidden in equal).most_common(_NAMED)
        yield len(equal), "take figures that are not as these: " + "; ".join(text for text, _ in texts)


def _best_trial(audit: Audit, equal: list[Hidden]) -> Change | None:
    """The change of one figure's sign that shows most, and does no harm."""
    exercise = audit.solution.exercise
    best: Change | None = None
    for symbol, cell in _cells(exercise):
        givens = exercise.givens()
        figures = givens[symbol] = givens[symbol].copy()
        figures[cell] *= -1
        changed = Consequences(Solution(_with_figures(exercise, givens)))
        seen = sum(_shows(audit, changed, hidden) for hidden in equal)
        if seen > (best[0] if best else 0):
            remarks = Remarks(changed, audit.wrongs.asked, audit.decimals).all()
            if len(remarks) <= len(audit.remarks):
                name = audit.solution.cell_name(symbol, cell)
                best = seen, f"take {name} = {figures[cell]:g} instead of {-figures[cell]:g}"
    return best


def _shows(audit: Audit, changed: Consequences, hidden: Hidden) -> bool:
    """Whether a mistake makes a difference that can be seen among other figures."""
    expression, symbol = hidden.wrong.expression, hidden.wrong.symbol
    if expression is None:
        return False
    follow = changed.follow(symbol, changed.value(expression, symbol))
    apart = 10.0**-audit.decimals
    return any((differs(follow(name), changed.right(name)) > apart).any() for name in audit.wrongs.asked)


def _cells(exercise: Exercise) -> list[tuple[Symbol, tuple[int, int]]]:
    """Some of the cells of inputs, weights and biases that are not 0."""
    cells = [
        (symbol, (int(i), int(j)))
        for symbol, values in exercise.givens().items()
        if symbol.kind != "T"
        for i, j in np.argwhere(values)
    ]
    return cells[:: max(1, -(-len(cells) // _TRIALS))]


def _with_figures(exercise: Exercise, givens: Mapping[Symbol, Array]) -> Exercise:
    """The exercise with these inputs, weights and biases."""
    layers = tuple(
        layer._replace(weights=givens[Symbol("W", k)], bias=givens.get(Symbol("b", k)))
        for k, layer in enumerate(exercise.layers, start=1)
    )
    return replace(exercise, inputs=givens[Symbol("X")], layers=layers)


def _of_remarks(audit: Audit) -> Iterator[str]:
    """What to do about dead units, and about a loss that rises."""
    for k, units in audit.about.dead_units():
        which = counted(len(units), "unit")
        yield f"bring {which} of layer {k} to life: a larger bias, or a sample for which it is active"
    if audit.about.rises:
        yield "take a smaller learning rate"
