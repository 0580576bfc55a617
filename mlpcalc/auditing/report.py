"""The report of audit: what the figures of an exercise reveal, what they hide and why, what to change."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isfinite
from typing import Any

import numpy as np

from mlpcalc.auditing.advice import advice
from mlpcalc.auditing.audit import Audit
from mlpcalc.auditing.hidden import Cause, Hidden
from mlpcalc.auditing.wrongs import NAMES, Wrong
from mlpcalc.report.blocks import Aligned, Block, Formula, Heading, Note, Table
from mlpcalc.report.report import Report
from mlpcalc.solving.header import header
from mlpcalc.solving.report import Selection
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
        hidden = [mistake for mistake in audit.hidden if mistake.reason.cause == cause]
        if hidden:
            yield Heading(heading)
            yield from _reasons(audit, hidden, full=full)
    if audit.coincidences:
        yield Heading("mistakes that look the same with these figures")
        yield _list(_alike(audit, full=full))
    if audit.remarks:
        yield Heading("remarks")
        yield _list(audit.remarks)
    if changes := advice(audit):
        yield Heading("what to change")
        yield _list(changes)


def _summary(audit: Audit) -> str:
    decimals = counted(audit.decimals, "decimal")
    text = (
        f"Each mistake of the catalogue was made on a sheet of its own with {decimals}, and the sheet was "
        f"marked: {audit.revealed} of {counted(len(audit.outcomes), 'mistake')} show, a score of "
        f"{audit.score:.2f}."
    )
    if audit.avoidable:
        text += f" {audit.avoidable} more would show with other numbers or more decimals."
    return text


def _reasons(audit: Audit, hidden: Sequence[Hidden], *, full: bool) -> Iterator[Block]:
    """Each reason with the mistakes that do not show because of it, and where they are made."""
    places_of: dict[str, dict[str, dict[str, None]]] = {}
    for wrong, why, _ in sorted(hidden, key=lambda one: one.wrong.symbol.spec.detail):
        place = audit.solution.notation.name(wrong.symbol)
        places_of.setdefault(why.text, {}).setdefault(wrong.title, {})[place] = None
    lines = {
        reason: [
            f"{title}: {' '.join(_cut(list(places), _PLACES, full=full))}"
            for title, places in mistakes.items()
        ]
        for reason, mistakes in places_of.items()
    }
    several = {reason: mistakes for reason, mistakes in lines.items() if len(mistakes) > 1}
    if several:
        below = [_cut(mistakes, _LINES, full=full) for mistakes in several.values()]
        yield Table(("reason and mistakes",), [(reason,) for reason in several], below)
    single: dict[str, list[str]] = {}
    for reason, mistakes in lines.items():
        if reason not in several:
            single.setdefault(mistakes[0], []).append(reason)
    if single:
        yield _list(f"{mistake} ({'; '.join(reasons)})" for mistake, reasons in single.items())


def _alike(audit: Audit, *, full: bool) -> list[str]:
    """`learning rate left out and twice as large: step_W2`; or with each its quantity, if they differ."""
    texts: dict[str, list[str]] = {}
    for group in audit.coincidences:
        names = [audit.solution.notation.name(wrong.symbol) for wrong in group]
        if len(set(names)) == 1:
            titles = dict.fromkeys(wrong.title for wrong in group)
            texts.setdefault(" and ".join(titles), []).append(names[0])
        else:
            titles = dict.fromkeys(
                f"{wrong.title} in {name}" for wrong, name in zip(group, names, strict=True)
            )
            texts[" and ".join(titles)] = []
    whole = [f"{titles}: {' '.join(places)}" if places else titles for titles, places in texts.items()]
    return _cut(whole, _GROUPS, full=full)


def _cut(texts: list[str], most: int, *, full: bool) -> list[str]:
    """The texts, of many only the first."""
    if full or len(texts) <= most + 1:
        return texts
    return [*texts[:most], f"and {len(texts) - most} more"]


def _list(texts: Iterable[str]) -> Aligned:
    return Aligned([[Formula("-", "--"), Formula(text, text)] for text in texts])


# ---------------------------------------------------------------------------- for programs


def _data(audit: Audit) -> dict[str, Any]:
    exercise = audit.solution.exercise
    made = {outcome.wrong.mistake for outcome in audit.outcomes}
    return {
        "exercise": exercise.title,
        "origin": exercise.origin,
        "decimals": audit.decimals,
        "score": audit.score,
        "revealed": audit.revealed,
        "of": len(audit.outcomes),
        "avoidable": audit.avoidable,
        "hidden": [
            {
                **_named(wrong),
                "reason": f"{_IN_JSON[reason.cause]}: {reason.text}",
                "cause": reason.cause,
                "difference": _finite(difference),
                "avoidable": reason.avoidable,
            }
            for wrong, reason, difference in audit.hidden
        ],
        "indistinguishable": [[wrong.code for wrong in group] for group in audit.indistinguishable],
        "coincidences": [[wrong.code for wrong in group] for group in audit.coincidences],
        "remarks": audit.remarks,
        "advice": advice(audit),
        "mistakes": [
            {
                **_named(outcome.wrong),
                "revealed": outcome.revealed,
                "difference": _finite(outcome.effect.difference),
            }
            for outcome in audit.outcomes
        ],
        "impossible": [name for name in NAMES if name not in made],
    }


def _named(wrong: Wrong) -> dict[str, str]:
    return {
        "mistake": wrong.mistake,
        "quantity": wrong.symbol.plain,
        "wrong": wrong.code,
        "title": wrong.title,
    }


def _finite(number: float) -> float | None:
    return number if isfinite(number) else None
