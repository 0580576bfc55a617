"""Problems as text: place and message, the line with a caret, what was expected, a hint."""

from collections.abc import Iterable
from textwrap import wrap
from typing import Any

from mlpcalc.errors import Problem
from mlpcalc.text.sanitize import clean, width

_WINDOW = 72
_INDENT = "    "


def render(problems: Iterable[Problem], width: int | None = None) -> str:
    """Write all problems, separated by blank lines.

    width: of the terminal, in columns; None for sentences on one line. Lines of files and blocks to paste are
    never wrapped.
    """
    return "\n\n".join(_problem(problem, width) for problem in problems) + "\n"


def data(problems: Iterable[Problem], code: int) -> dict[str, Any]:
    """All problems as JSON data, with the exit code."""
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


def _problem(problem: Problem, width: int | None) -> str:
    place = problem.place
    lines = []
    if place is None:
        lines += _wrapped(problem.message, width)
    else:
        numbers = [str(number) for number in (place.line, place.column) if number is not None]
        lines += _wrapped(":".join([place.file, *numbers]) + "  " + problem.message, width)
        if place.line is not None and place.source is not None:
            lines += _excerpt(place.line, place.column or 1, place.source)
    if problem.expected:
        sentence, *to_paste = problem.expected.split("\n")
        lines += [*_wrapped(f"  expected {sentence}", width), *to_paste]
    if problem.hint:
        lines += _wrapped(f"  hint: {problem.hint}", width)
    return "\n".join(lines)


def _wrapped(sentence: str, width: int | None) -> list[str]:
    """Wrap a sentence, indented from the second line on."""
    if width is None or len(sentence) <= width:
        return [sentence]
    return wrap(sentence, width, subsequent_indent=_INDENT, break_long_words=False, break_on_hyphens=False)


def _excerpt(line: int, column: int, source: str) -> list[str]:
    """The line, or the part of a long one around the column, and a caret under the column."""
    # Only the part that is shown is processed, as a line may be very long.
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
