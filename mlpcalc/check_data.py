"""The results of marking for other programs: JSON, CSV, and the results.json of Gradescope."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from mlpcalc.batch import Marked
from mlpcalc.errors import Problem
from mlpcalc.marks import Diagnosis, QuantityMarks, Unreadable
from mlpcalc.solution import Solution
from mlpcalc.symbols import Symbol
from mlpcalc.verdicts import Verdict

_WORDS = np.array([verdict.name.lower() for verdict in Verdict])
_DIGITS = 6  # of points, which are fractions of cells


def data(solution: Solution, marked: Iterable[Marked]) -> dict[str, Any]:
    """Everything, the submissions one by one as they are marked."""
    return {
        "exercise": solution.exercise.title,
        "submissions": (_submission(solution, each) for each in marked),
    }


def records(solution: Solution, marked: Iterable[Marked]) -> Iterator[tuple[Any, ...]]:
    """A line for each submission, the names of the columns first."""
    yield ("file", "student", "status", "score", "points", "of", "first_wrong", "diagnosis")
    for each in marked:
        if isinstance(each, Unreadable):
            yield (each.file, "", "unreadable", "", "", "", "", reason(each))
            continue
        score = "" if each.score is None else _rounded(each.score)
        first = solution.cell_name(*each.first_wrong) if each.first_wrong else ""
        found = "; ".join(f"{symbol.plain}: {diagnosis.title}" for symbol, diagnosis in each.diagnoses())
        found = f"{each.convention}; {found}".strip("; ") if each.convention else found
        yield (
            each.file,
            each.student,
            "marked",
            score,
            _rounded(each.points),
            _rounded(each.of),
            first,
            found,
        )


def gradescope(solution: Solution, marked: Marked) -> dict[str, Any]:
    """The results of one submission as Gradescope's autograder wants them: a test for each quantity."""
    if isinstance(marked, Unreadable):
        return {"score": 0, "output": f"unreadable: {reason(marked)}", "output_format": "text", "tests": []}
    tests = [
        {
            "name": solution.notation.name(symbol),
            "name_format": "text",
            "score": _rounded(marks.share * marked.worth(symbol)),
            "max_score": _rounded(marked.worth(symbol)),
            "status": "failed" if marks.verdict >= Verdict.TRIVIAL else "passed",
            "output": " ".join([_WORDS[marks.verdict], *(each.message for each in marks.diagnoses)]),
            "output_format": "text",
        }
        for symbol, marks in marked.quantities.items()
    ]
    return {
        "score": _rounded(marked.points),
        "output": marked.convention or "",
        "output_format": "text",
        "tests": tests,
    }


def reason(unreadable: Unreadable) -> str:
    """Why a file could not be read, on one line: the first problem, and how many more there are."""
    first, *others = unreadable.problems
    more = f" (and {len(others)} more)" if others else ""
    return f"{_place(first)}{first.message}{more}"


def _place(problem: Problem) -> str:
    line = problem.place and problem.place.line
    return f"line {line}: " if line else ""


def _submission(solution: Solution, marked: Marked) -> dict[str, Any]:
    if isinstance(marked, Unreadable):
        facts = dict.fromkeys(("score", "points", "of", "first_wrong", "convention"))
        return {
            "file": marked.file,
            "student": None,
            "status": "unreadable",
            "reason": reason(marked),
            **facts,
            "quantities": {},
        }
    first = marked.first_wrong
    return {
        "file": marked.file,
        "student": marked.student or None,
        "status": "marked",
        "reason": None,
        "score": None if marked.score is None else _rounded(marked.score),
        "points": _rounded(marked.points),
        "of": _rounded(marked.of),
        "first_wrong": first and {"quantity": first[0].plain, "cell": solution.cell(*first)},
        "convention": marked.convention,
        "quantities": {
            symbol.plain: _quantity(solution, symbol, marks) for symbol, marks in marked.quantities.items()
        },
    }


def _quantity(solution: Solution, symbol: Symbol, marks: QuantityMarks) -> dict[str, Any]:
    value, radius = marks.expected
    bounds = [solution.lying(symbol, end) for end in (value - radius, value + radius)]
    return {
        "verdict": str(_WORDS[marks.verdict]),
        "cells": _WORDS[solution.lying(symbol, marks.verdicts)].tolist(),
        "expected": np.stack(bounds, axis=-1),
        "diagnoses": [_diagnosis(solution, symbol, each) for each in marks.diagnoses],
    }


def _diagnosis(solution: Solution, symbol: Symbol, diagnosis: Diagnosis) -> dict[str, Any]:
    return {
        "mistake": diagnosis.mistake,
        "message": diagnosis.message,
        "formula": diagnosis.formula and diagnosis.formula.text,
        "cells": [solution.cell(symbol, cell) for cell in diagnosis.cells],
    }


def _rounded(points: float) -> float:
    """Points without the noise of adding up fractions."""
    return round(points, _DIGITS)
