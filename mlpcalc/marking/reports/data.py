"""The results of marking for other programs: JSON, CSV, and the results.json of Gradescope.

https://gradescope-autograders.readthedocs.io/en/latest/specs/ says what that file holds.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from mlpcalc.answers.files import Unreadable
from mlpcalc.answers.kinds import PassedOver
from mlpcalc.marking.marks import Cell, Diagnosis, Marked, QuantityMarks, SheetMarks
from mlpcalc.marking.reports import understanding, words
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.page.asked import asked
from mlpcalc.page.symbols import Symbol
from mlpcalc.report.blocks import plain
from mlpcalc.solving.solution import Solution

_NAMES = np.array([words.VERDICTS[verdict].name for verdict in Verdict])
_DIGITS = 6  # of points, which are fractions of cells
_COLUMNS = (
    *("file", "student", "status", "score", "points", "of", "first_wrong", "diagnosis"),
    *("answered", "asked", "not_answered"),
)


def data(
    solution: Solution, marked: Iterable[Marked], passed_over: Iterable[PassedOver] = ()
) -> dict[str, Any]:
    """Everything, the submissions one by one as they are marked, then the files that are not."""
    return {
        "exercise": solution.exercise.title,
        "submissions": (_submission(solution, sheet) for sheet in marked),
        "passed_over": [each._asdict() for each in passed_over],
    }


def records(solution: Solution, marked: Iterable[Marked]) -> Iterator[tuple[Any, ...]]:
    """A line for each submission, the names of the columns first."""
    yield _COLUMNS
    for sheet in marked:
        if isinstance(sheet, Unreadable):
            yield (sheet.file, sheet.student, "unreadable", "", "", "", "", _first_problem(sheet), "", "", "")
            continue
        score = "" if sheet.score is None else _rounded(sheet.score)
        first = _cell_name(solution, *sheet.first_wrong) if sheet.first_wrong else ""
        diagnosis = "; ".join(filter(None, [sheet.convention, *dict.fromkeys(_findings(sheet))]))
        points, most = _rounded(sheet.points), _rounded(sheet.most_points)
        missing = " ".join(symbol.plain for symbol in sheet.not_answered)
        answered = (len(sheet.answered), len(sheet.asked), missing)
        yield (sheet.file, sheet.student, "marked", score, points, most, first, diagnosis, *answered)


def _cell_name(solution: Solution, symbol: Symbol, cell: Cell) -> str:
    """`Delta1[1,3]`, in plain letters."""
    place = ",".join(map(str, solution.exercise.layout.cell(symbol, cell)))
    return f"{symbol.plain}[{place}]" if place else symbol.plain


def _findings(marks: SheetMarks) -> Iterator[str]:
    """`Delta1: f' forgotten or f' taken at the error`: alternative explanations are one finding."""
    for symbol, mark in marks.quantities.items():
        for alternatives in words.explanations(mark).values():
            titles = dict.fromkeys(diagnosis.title for diagnosis in alternatives)
            yield f"{symbol.plain}: {' or '.join(titles)}"
        if mark.answer.twice is not None:
            yield f"{symbol.plain}: {words.TWICE}"
        if mark.answer.unread is not None:
            yield f"{symbol.plain}: {words.VERDICTS[Verdict.UNREAD].beside_cell}"


def gradescope(solution: Solution, marked: Marked, *, student: bool) -> dict[str, Any]:
    """The results of one submission as Gradescope's autograder wants them: a test for each quantity.

    The points to be had are those of what is asked, whatever the submission has. student: with hints instead
    of the explanations.
    """
    worth = asked(solution.exercise)

    def test(symbol: Symbol, score: float, output: str, *, passed: bool) -> dict[str, Any]:
        return {
            "name": solution.notation.name(symbol),
            "name_format": "text",
            "score": score,
            "max_score": _rounded(worth.get(symbol, 0.0)),
            "status": "passed" if passed else "failed",
            "output": output,
            "output_format": "text",
        }

    if isinstance(marked, Unreadable):
        return {
            "score": 0.0,
            "output": f"unreadable: {_first_problem(marked)}",
            "output_format": "text",
            "tests": [test(symbol, 0.0, "unreadable", passed=False) for symbol in worth],
        }
    answered = [
        test(
            symbol,
            _rounded(marks.share * marked.worth(symbol)),
            "\n".join([_meaning(solution, symbol, marked), *_told(marks, student=student)]),
            passed=marks.verdict.is_right,
        )
        for symbol, marks in marked.quantities.items()
    ]
    missing = [test(symbol, 0.0, words.NOT_ANSWERED, passed=False) for symbol in marked.not_answered]
    return {
        "score": _rounded(marked.points),
        "output": "\n".join(
            [
                *([f"{marked.convention}: {words.A_CONVENTION}"] if marked.convention else []),
                *(f"not understood: {understanding.in_words(each)}" for each in marked.not_understood),
                *map(understanding.in_words, marked.remarks),
            ]
        ),
        "output_format": "text",
        "tests": [*answered, *missing],
    }


def _meaning(solution: Solution, symbol: Symbol, marks: SheetMarks) -> str:
    template = words.VERDICTS[marks.quantities[symbol].verdict].meaning
    fields = words.digits(solution, marks, [symbol])
    meaning = plain(words.filled(template, follow="follows", source="what was written before", **fields))
    return meaning if symbol in marks.asked else f"{meaning} ({words.NOT_ASKED})"


def _told(marks: QuantityMarks, *, student: bool) -> list[str]:
    """What is said of a wrong answer, each thing once."""
    told = [diagnosis for group in words.explanations(marks).values() for diagnosis in group]
    said = dict.fromkeys(
        f"Hint: {words.hint(diagnosis)}" if student else diagnosis.message for diagnosis in told
    )
    twice = [f"It is {words.TWICE}."] if marks.answer.twice is not None else []
    return [
        *twice,
        *said,
        *(["The same mistake as before: counted once."] if marks.repeated and told else []),
    ]


def _first_problem(unreadable: Unreadable) -> str:
    """Why a file could not be read, on one line: the first problem, and how many more there are."""
    first, *more_problems = unreadable.problems
    line = first.place and first.place.line
    more = f" (and {len(more_problems)} more)" if more_problems else ""
    return f"{f'line {line}: ' if line else ''}{words.problem_in_words(first)}{more}"


def _submission(solution: Solution, marked: Marked) -> dict[str, Any]:
    if isinstance(marked, Unreadable):
        facts = dict.fromkeys(
            ("score", "points", "of", "answered", "asked", "not_answered", "first_wrong", "convention")
        )
        return {
            "file": marked.file,
            "student": marked.student or None,
            "status": "unreadable",
            "reason": _first_problem(marked),
            **facts,
            "quantities": {},
            "not_understood": understanding.data(marked.problems),
            "remarks": [],
        }
    first = marked.first_wrong
    return {
        "file": marked.file,
        "student": marked.student or None,
        "status": "marked",
        "reason": None,
        "score": None if marked.score is None else _rounded(marked.score),
        "points": _rounded(marked.points),
        "of": _rounded(marked.most_points),
        "answered": len(marked.answered),
        "asked": len(marked.asked),
        "not_answered": [symbol.plain for symbol in marked.not_answered],
        "given_but_changed": [symbol.plain for symbol in marked.changed],
        "first_wrong": first and {"quantity": first[0].plain, "cell": solution.exercise.layout.cell(*first)},
        "convention": marked.convention,
        "quantities": {
            symbol.plain: {
                **_quantity(solution, symbol, marks),
                "asked": symbol in marked.asked,
                "points": _rounded(marks.share * marked.worth(symbol)),
                "of": _rounded(marked.worth(symbol)),
            }
            for symbol, marks in marked.quantities.items()
        },
        "not_understood": understanding.data(marked.not_understood),
        "remarks": understanding.data(marked.remarks),
    }


def _quantity(solution: Solution, symbol: Symbol, marks: QuantityMarks) -> dict[str, Any]:
    value, radius = marks.expected
    with np.errstate(all="ignore"):  # what has no bound is null in the end
        bounds = [solution.in_exercise_layout(symbol, end) for end in (value - radius, value + radius)]
    return {
        "name": solution.notation.name(symbol),
        "verdict": words.VERDICTS[marks.verdict].name,
        "cells": _NAMES[solution.in_exercise_layout(symbol, marks.verdicts)].tolist(),
        "written": understanding.written(solution, symbol, marks.answer),
        "expected": np.stack(bounds, axis=-1),
        "diagnoses": [_diagnosis(solution, symbol, diagnosis) for diagnosis in marks.diagnoses],
    }


def _diagnosis(solution: Solution, symbol: Symbol, diagnosis: Diagnosis) -> dict[str, Any]:
    return {
        "mistake": diagnosis.mistake,
        "message": diagnosis.message,
        "formula": diagnosis.formula and diagnosis.formula.text,
        "cells": [solution.exercise.layout.cell(symbol, cell) for cell in diagnosis.cells],
    }


def _rounded(points: float) -> float:
    """Points without the noise of adding up fractions."""
    return round(float(points), _DIGITS)
