"""What to change in an exercise, so that its figures reveal more."""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from mlpcalc.auditing.audit import Audit, Hidden
from mlpcalc.auditing.remarks import Remarks
from mlpcalc.auditing.sheets import WrongSheets
from mlpcalc.auditing.wrongs import Wrongs
from mlpcalc.reading.keys import MAX_DECIMALS
from mlpcalc.solving.solution import Solution
from mlpcalc.text.wording import counted

_CHANGES = {
    "N": "use at least two samples",
    "M": "use at least two outputs",
    "eta": "use a learning rate other than 1",
    "lambda": "use a weight decay other than 1",
    "identity": "use an activation other than the identity",
    "constant": "use at least two units in a softmax, or another activation",
    "bias": "use biases other than 0",
}
_MORE_DECIMALS = (1, 2)
_TRIALS = 30  # changes of a single figure
_MOST = 2000  # mistakes that are made in all of these
_NAMED = 2  # equalities
_TELLING = 2  # units of the last digit: less could be rounding

Change = tuple[int, str]
"""How many more mistakes show, and what to do for it."""


def advice(audit: Audit) -> list[str]:
    """Changes, in sentences, with the number of mistakes that each would show, the most helpful first."""
    changes = sorted([*_of_form(audit), *_of_figures(audit), *_of_digits(audit)], key=lambda one: -one[0])
    return [f"{text} ({counted(number, 'mistake')})" for number, text in changes] + audit.about.advice()


def _of_form(audit: Audit) -> Iterator[Change]:
    """What another form of the exercise would show."""
    about = Counter(part for hidden in audit.hidden for part in hidden.reason.about.split("+"))
    return ((about[what], words) for what, words in _CHANGES.items() if about[what])


def _of_digits(audit: Audit) -> Iterator[Change]:
    """What more decimals would show."""
    lost = [hidden.wrong for hidden in audit.hidden if hidden.reason.cause == "rounding"]
    before = 0
    for decimals in [audit.decimals + more for more in _MORE_DECIMALS if lost]:
        if decimals <= MAX_DECIMALS:
            seen = sum(effect.revealed for effect in WrongSheets(audit.wrongs, decimals).effects(lost))
            if seen > before:
                yield seen, f"show {counted(decimals, 'decimal')} instead of {audit.decimals}"
                before = seen


def _of_figures(audit: Audit) -> Iterator[Change]:
    """What one other figure would show: the best of some trials; or else what should not be equal."""
    equal = [each for each in audit.hidden if each.reason.about == "figures" and each.reason.avoidable]
    best = max(_trials(audit, equal), key=lambda trial: trial[0], default=None)
    if best:
        yield best
    elif equal:
        texts = Counter(hidden.reason.text for hidden in equal).most_common(_NAMED)
        yield len(equal), "avoid these equalities: " + "; ".join(text for text, _ in texts)


def _trials(audit: Audit, equal: list[Hidden]) -> Iterator[Change]:
    """What shows if a figure that is not 0 has the other sign, where that does no harm.

    The figures are inputs, weights and biases: some of them, spread over all.
    """
    exercise, name = audit.solution.exercise, audit.solution.cell_name
    stated = exercise.parameters() | exercise.of_all_samples()
    places = [
        (symbol, (int(i), int(j)))
        for symbol, values in stated.items()
        for i, j in np.argwhere(values)
        if symbol.kind != "T" and equal
    ]
    trials = max(1, min(_TRIALS, _MOST // max(1, len(equal))))
    for symbol, cell in places[:: max(1, -(-len(places) // trials))]:
        figures = stated[symbol].copy()
        figures[cell] *= -1
        changed = Wrongs(Solution(exercise.with_givens({**stated, symbol: figures})), audit.selection)
        effects = changed.again((hidden.wrong for hidden in equal), audit.decimals)
        seen = sum(effect.difference > _TELLING * 10.0**-audit.decimals for effect in effects)
        if seen and len(Remarks(changed, audit.decimals).all()) <= len(audit.remarks):
            yield seen, f"use {name(symbol, cell)} = {figures[cell]:g} instead of {-figures[cell]:g}"
