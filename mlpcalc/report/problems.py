"""Problems as text: place and message, the line with a caret, what was expected, what to do."""

from collections.abc import Iterable
from typing import Any

from mlpcalc.errors import Problem
from mlpcalc.text.sanitize import clean, width

_WINDOW = 72


def render(problems: Iterable[Problem]) -> str:
    """All problems, a blank line between them."""
    return "\n\n".join(_problem(problem) for problem in problems) + "\n"


def data(problems: Iterable[Problem], code: int) -> dict[str, Any]:
    """All problems as JSON data, with the exit code they lead to."""
    return {"error": {"code": code, "problems": [_fields(problem) for problem in problems]}}


def _fields(problem: Problem) -> dict[str, Any]:
    place = problem.place
    return {
        "file": place and place.file,
        "line": place and place.line,
        "column": place and place.column,
        "message": problem.message,
        "expected": problem.expected,
        "hint": problem.hint,
    }


def _problem(problem: Problem) -> str:
    place = problem.place
    lines = []
    if place is None:
        lines.append(problem.message)
    else:
        numbers = [str(number) for number in (place.line, place.column) if number is not None]
        lines.append(":".join([place.file, *numbers]) + "  " + problem.message)
        if place.line is not None and place.source is not None:
            lines += _excerpt(place.line, place.column or 1, place.source)
    if problem.expected:
        lines.append(f"  expected {problem.expected}")
    if problem.hint:
        lines.append(f"  hint: {problem.hint}")
    return "\n".join(lines)


def _excerpt(line: int, column: int, source: str) -> list[str]:
    """The line, or the part of a long one around the column, and a caret under the column."""
    # Only what can be shown is looked at: a line may be very long.
    before, after = source[max(column - 1 - _WINDOW, 0) : column - 1], source[column - 1 :][:_WINDOW]
    cut = column - 1 > _WINDOW
    before, after = clean(before), clean(after)
    if len(before) + len(after) > _WINDOW:
        if cut or len(before) > _WINDOW // 2:
            before = "…" + before[-_WINDOW // 2 :]
        room = _WINDOW - len(before)
        after = after if len(after) <= room else after[: room - 1] + "…"
    number = f"{line:>5}"
    return [f"{number} | {before}{after}".rstrip(), f"{'':>5} | {' ' * width(before)}^"]
