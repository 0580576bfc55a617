"""The results of marking as JSON."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from mlpcalc.answers.files import Unreadable
from mlpcalc.answers.kinds import PassedOver
from mlpcalc.answers.variants import Variants
from mlpcalc.marking.marks import Diagnosis, QuantityMarks
from mlpcalc.marking.reports import understanding, words
from mlpcalc.marking.reports.attendance import Attendance
from mlpcalc.marking.results import Result
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.page.symbols import Symbol
from mlpcalc.solving.solution import Solution

_NAMES = np.array([words.VERDICTS[verdict].name for verdict in Verdict])


def data(
    variants: Variants,
    results: Iterable[Result],
    attendance: Attendance,
    passed_over: Sequence[PassedOver] = (),
) -> dict[str, Any]:
    """Everything: the submissions one by one as they are marked, the files that are not, who handed in.

    What is said of students is complete once the submissions have been gone through.
    """

    def submissions() -> Iterator[dict[str, Any]]:
        for result in results:
            attendance.add(result)
            variant = {"variant": result.handed_in.variant or None} if variants.several else {}
            yield _submission(result) | variant

    return {
        "exercise": variants.first.exercise.title,
        "submissions": submissions(),
        "passed_over": [
            {"file": each.file, "reason": each.reason, "student": each.student or None}
            for each in passed_over
        ],
        **attendance.data(),
    }


def _submission(result: Result) -> dict[str, Any]:
    marked, solution = result.marked, result.solution
    whose = {
        "file": marked.file,
        "files": [marked.file, *marked.others],
        "student": result.student or None,
    }
    if isinstance(marked, Unreadable):
        facts = dict.fromkeys(
            ("score", "points", "of", "answered", "asked", "not_answered", "first_wrong", "convention")
        )
        return {
            **whose,
            "status": "unreadable",
            "reason": words.first_problem(marked),
            **facts,
            "quantities": {},
            "not_understood": understanding.data(marked.problems, marked.file),
            "remarks": [],
        }
    first = marked.first_wrong
    return {
        **whose,
        "status": "marked",
        "reason": None,
        "score": None if marked.score is None else words.rounded(marked.score),
        "points": words.rounded(marked.points),
        "of": words.rounded(marked.most_points),
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
                "points": words.rounded(marks.share * marked.worth(symbol)),
                "of": words.rounded(marked.worth(symbol)),
            }
            for symbol, marks in marked.quantities.items()
        },
        "not_understood": understanding.data(marked.not_understood, marked.file),
        "remarks": understanding.data(marked.remarks, marked.file),
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
