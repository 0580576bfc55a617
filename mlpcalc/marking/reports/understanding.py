"""What of a sheet could not be read, or was read with a doubt, for people and for programs."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from mlpcalc.answers.kinds import UNTOLD, PassedOver
from mlpcalc.answers.reader import Answer
from mlpcalc.errors import Problem
from mlpcalc.marking.marks import SheetMarks
from mlpcalc.marking.reports import words
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.page.symbols import Symbol
from mlpcalc.report.blocks import Block, Group, ListItem, More
from mlpcalc.solving.solution import Solution
from mlpcalc.text.sanitize import shortened
from mlpcalc.text.wording import counted

_SHOWN = 8  # problems of one sheet, and remarks
_ROWS = 6  # of an answer that is no matrix
_CELL = 40  # characters


def closing(marks: SheetMarks) -> Iterator[Block]:
    """A short list at the end of a report on one sheet."""
    unread = words.VERDICTS[Verdict.UNREAD].sign
    for sign, said, problems in (
        (unread, "Not understood:", marks.not_understood),
        ("", "Read, but perhaps meant otherwise:", marks.remarks),
    ):
        if problems:
            yield ListItem(sign, said)
            yield from (ListItem("", in_words(problem, marks.file), 1) for problem in problems[:_SHOWN])
        if (more := len(problems) - _SHOWN) > 0:
            yield More("everything", f"and {more} more", 1)


def files_passed_over(files: Sequence[PassedOver]) -> Iterator[Block]:
    """How many files of a folder are not marked, and why, by reason."""
    by_reason: dict[str, list[str]] = {}
    for each in files:
        if each.reason not in UNTOLD:
            short = len(each.file) <= _CELL or not each.student
            name = each.file if short else f"{each.student}, {words.base(each.file)}"
            by_reason.setdefault(each.reason, []).append(name)
    if by_reason:
        total = sum(map(len, by_reason.values()))
        told = [ListItem("", f"not marked: {counted(total, 'file')} of another kind")]
        for reason, names in by_reason.items():
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            told.append(ListItem("", f"{shortened(names[0], _CELL)}{more}: {reason}", 1))
        yield Group(told)


def in_words(problem: Problem, file: str | None = None) -> str:
    """`line 3: unknown quantity 'Detla2' (did you mean Delta2?)`.

    file: what the sheet is called; where a problem is in another document, its name comes first.
    """
    line = problem.place and problem.place.line
    other = _elsewhere(problem, file)
    where = ", ".join(([words.base(other)] if other else []) + ([f"line {line}"] if line else []))
    return f"{f'{where}: ' if where else ''}{words.problem_in_words(problem)}"


def _elsewhere(problem: Problem, file: str | None) -> str | None:
    """The document that a problem is in, if that is not the first one of the sheet."""
    place = problem.place
    return place.file if place is not None and file is not None and place.file != file else None


def as_typed(answer: Answer) -> Iterator[Block]:
    """An answer that is no matrix: its rows as they stand on the sheet."""
    for row in answer.written[:_ROWS]:
        yield ListItem("", shortened("  ".join(row), _CELL), 1)
    if (more := len(answer.written) - _ROWS) > 0:
        yield More("everything", f"and {counted(more, 'more row')}", 1)


def data(problems: Sequence[Problem], file: str) -> list[dict[str, Any]]:
    """Problems for programs: the line, None where there is none, and the message with what to do.

    file: the first document of the sheet; problems in another one say in which.
    """
    return [
        {"line": problem.place and problem.place.line, "message": words.problem_in_words(problem)}
        | ({"file": other} if (other := _elsewhere(problem, file)) else {})
        for problem in problems
    ]


def written(solution: Solution, symbol: Symbol, answer: Answer) -> Any:  # noqa: ANN401  # nested lists
    """What was typed for a quantity: in the exercise's layout, or as it stands where the shape is another."""
    if not answer.is_matrix:
        return [list(row) for row in answer.written]
    if answer.written_shape is None:
        return solution.in_exercise_layout(symbol, np.array(answer.written, dtype=object)).tolist()
    turned = solution.exercise.layout.is_transposed(symbol)
    rows = zip(*answer.written, strict=True) if turned else answer.written
    return [list(row) for row in rows]
