"""The report of audit: what the figures of an exercise reveal, what they hide and why, what to change."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isfinite
from typing import Any

import numpy as np

from mlpcalc.auditing.advice import advice
from mlpcalc.auditing.audit import Audit, Hidden
from mlpcalc.auditing.reasons import Cause
from mlpcalc.auditing.wrongs import NAMES, Wrong
from mlpcalc.report.blocks import Block, Group, Heading, ListItem, Note, Table
from mlpcalc.report.report import Report
from mlpcalc.solving.header import header
from mlpcalc.solving.selection import Selection
from mlpcalc.solving.solution import Solution
from mlpcalc.text.wording import counted

_HEADINGS: Mapping[Cause, str] = {
    "form": "hidden with any figures",
    "figures": "hidden by these figures",
    "rounding": "hidden by rounding",
}
_IN_JSON: Mapping[Cause, str] = {
    "form": "by construction",
    "figures": "with these figures",
    "rounding": "hidden by rounding",
}
_LINES = 6  # mistakes under one reason
_PLACES = 8  # of one mistake
_GROUPS = 6  # of mistakes that look the same


def audit_report(solution: Solution, selection: Selection | None = None, *, full: bool = False) -> Report:
    """The report of an audit.

    selection: what the sheet asks for; the steps of a solution, if nothing is said. full: all that is hidden,
    however much it is.

    Raises `InputError` as `sheet` does.
    """
    audit = Audit(solution, selection)
    # What is out of bounds in a mistake is infinite, or no number, and looks as wrong as it is.
    quietly = np.errstate(all="ignore")
    return Report(blocks=quietly(lambda: list(_blocks(audit, full=full))), data=quietly(lambda: _data(audit)))


# ---------------------------------------------------------------------------- for people


def _blocks(audit: Audit, *, full: bool) -> Iterator[Block]:
    yield header(audit.solution)
    yield Note(_summary(audit))
    for cause, heading in _HEADINGS.items():
        if hidden := [mistake for mistake in audit.hidden if mistake.reason.cause == cause]:
            yield Heading(heading)
            yield _reasons(audit, hidden, full=full)
    for heading, lines in (
        ("mistakes that look the same with these figures", _cut(_alike(audit), _GROUPS, full=full)),
        ("remarks", audit.remarks),
        ("what to change", advice(audit)),
    ):
        if lines:
            yield Heading(heading)
            yield Group([ListItem("-", text) for text in lines])


def _summary(audit: Audit) -> str:
    decimals = counted(audit.decimals, "decimal")
    text = (
        f"Each mistake of the catalogue was made on a sheet of its own with {decimals}, and the sheet was "
        f"marked: {audit.revealed} of {counted(len(audit.effects), 'mistake')} show, a score of "
        f"{audit.score:.2f}."
    )
    if audit.avoidable:
        text += f" {audit.avoidable} more would show with other numbers or more decimals."
    return text


def _reasons(audit: Audit, hidden: Sequence[Hidden], *, full: bool) -> Table:
    """Each reason, with the mistakes that do not show because of it, and where they are made.

    Several reasons with the same mistakes are told together.
    """
    places_of: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for wrong, why, _ in sorted(hidden, key=lambda one: one.wrong.symbol.spec.detail):
        places_of[why.text][wrong.title].append(audit.solution.notation.name(wrong.symbol))
    reasons_of: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for reason, mistakes in places_of.items():
        lines = [_places(title, places, full=full) for title, places in mistakes.items()]
        reasons_of[tuple(_cut(lines, _LINES, full=full))].append(reason)
    reasons = [("; ".join(texts),) for texts in reasons_of.values()]
    return Table(("reason and mistakes",), reasons, [*reasons_of])


def _places(what: str, places: Iterable[str], *, full: bool) -> str:
    return f"{what}: {' '.join(_cut([*dict.fromkeys(places)], _PLACES, full=full))}"


def _alike(audit: Audit) -> list[str]:
    """`learning rate left out and twice as large: step_W2`; or with each its quantity, if they differ."""
    texts: dict[str, list[str]] = defaultdict(list)
    for group in audit.coincidences:
        names = [audit.solution.notation.name(wrong.symbol) for wrong in group]
        if len(set(names)) == 1:
            texts[" and ".join(dict.fromkeys(wrong.title for wrong in group))].append(names[0])
        else:
            pairs = zip(group, names, strict=True)
            texts[" and ".join(dict.fromkeys(f"{wrong.title} in {name}" for wrong, name in pairs))] = []
    return [_places(titles, places, full=True) if places else titles for titles, places in texts.items()]


def _cut(texts: list[str], most: int, *, full: bool) -> list[str]:
    """The texts, of many only the first."""
    if full or len(texts) <= most + 1:
        return texts
    return [*texts[:most], f"and {len(texts) - most} more"]


# ---------------------------------------------------------------------------- for programs


def _data(audit: Audit) -> dict[str, Any]:
    exercise = audit.solution.exercise
    made = {effect.wrong.mistake for effect in audit.effects}
    return {
        "exercise": exercise.title,
        "origin": exercise.origin,
        "decimals": audit.decimals,
        "score": audit.score,
        "revealed": audit.revealed,
        "of": len(audit.effects),
        "avoidable": audit.avoidable,
        "hidden": [
            {
                **_named(wrong, difference),
                "reason": f"{_IN_JSON[reason.cause]}: {reason.text}",
                "cause": reason.cause,
                "avoidable": reason.avoidable,
            }
            for wrong, reason, difference in audit.hidden
        ],
        "indistinguishable": [[wrong.code for wrong in group] for group in audit.indistinguishable],
        "coincidences": [[wrong.code for wrong in group] for group in audit.coincidences],
        "remarks": audit.remarks,
        "advice": advice(audit),
        "mistakes": [
            {**_named(effect.wrong, effect.difference), "revealed": effect.revealed}
            for effect in audit.effects
        ],
        "impossible": [name for name in NAMES if name not in made],
    }


def _named(wrong: Wrong, difference: float) -> dict[str, Any]:
    return {
        "mistake": wrong.mistake,
        "quantity": wrong.symbol.plain,
        "wrong": wrong.code,
        "title": wrong.title,
        "difference": difference if isfinite(difference) else None,
    }
