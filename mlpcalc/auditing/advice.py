"""What to change in an exercise so that its figures reveal more mistakes."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from mlpcalc.auditing.audit import Audit, Hidden
from mlpcalc.auditing.consequences import Consequences, differs
from mlpcalc.auditing.remarks import Remarks
from mlpcalc.exercise import Exercise
from mlpcalc.reading.keys import MAX_DECIMALS
from mlpcalc.solution import Solution
from mlpcalc.stable import Array
from mlpcalc.symbols import Symbol
from mlpcalc.wording import counted

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
_MOST = 2000  # mistakes that are made in all of these
_NAMED = 2  # equalities


def advice(audit: Audit) -> list[str]:
    """Changes, in sentences, with the number of mistakes that each would show, the most helpful first."""
    found = [*_of_form(audit), *_of_figures(audit), *_of_digits(audit)]
    found.sort(key=lambda change: -change[0])
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
        seen = sum(outcome.revealed for outcome in audit.sheets(decimals).outcomes(lost))
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
    solution = audit.solution
    least = len(audit.remarks)
    best: Change | None = None
    for symbol, cell in _cells(solution.exercise, max(1, min(_TRIALS, _MOST // len(equal)))):
        changed = Consequences(Solution(_with_other_sign(solution.exercise, symbol, cell)))
        seen = sum(_shows(audit, changed, hidden) for hidden in equal)
        if seen > (best[0] if best else 0):
            asked = audit.wrongs.asked
            if len(Remarks(changed, asked, audit.decimals).all()) <= least:
                figure = float(solution.exercise.givens()[symbol][cell])
                name = solution.cell_name(symbol, cell)
                best = seen, f"take {name} = {-figure:g} instead of {figure:g}"
    return best


def _shows(audit: Audit, changed: Consequences, hidden: Hidden) -> bool:
    """Whether a mistake makes a difference that can be seen among other figures."""
    expression, symbol = hidden.wrong.expression, hidden.wrong.symbol
    if expression is None:
        return False
    follow = changed.follow(symbol, changed.value(expression, symbol))
    apart = 10.0**-audit.decimals
    return any((differs(follow(name), changed.right(name)) > apart).any() for name in audit.wrongs.asked)


def _cells(exercise: Exercise, most: int) -> list[tuple[Symbol, tuple[int, int]]]:
    """Some of the cells of inputs, weights and biases that are not 0, spread over all of them."""
    cells = [
        (symbol, (int(i), int(j)))
        for symbol, values in exercise.givens().items()
        if symbol.kind != "T"
        for i, j in np.argwhere(values)
    ]
    return cells[:: max(1, -(-len(cells) // most))]


def _with_other_sign(exercise: Exercise, symbol: Symbol, cell: tuple[int, int]) -> Exercise:
    """The exercise with one figure turned round."""

    def turned(values: Array) -> Array:
        values = values.copy()
        values[cell] *= -1
        return values

    if symbol.kind == "X":
        return replace(exercise, inputs=turned(exercise.inputs))
    layers = list(exercise.layers)
    layer = layers[symbol.layer - 1]
    if symbol.kind == "W":
        layer = layer._replace(weights=turned(layer.weights))
    elif layer.bias is not None:
        layer = layer._replace(bias=turned(layer.bias))
    layers[symbol.layer - 1] = layer
    return replace(exercise, layers=tuple(layers))


def _of_remarks(audit: Audit) -> Iterator[str]:
    """What to do about dead units, and about a loss that rises."""
    for k, units in audit.about.dead_units():
        which = counted(len(units), "unit")
        yield f"bring {which} of layer {k} to life: a larger bias, or a sample for which it is active"
    if any("makes the loss rise" in remark for remark in audit.remarks):
        yield "take a smaller learning rate"
