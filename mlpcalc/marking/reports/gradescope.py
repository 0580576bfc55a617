"""The results.json of Gradescope's autograder.

https://gradescope-autograders.readthedocs.io/en/latest/specs/ says what that file holds.
"""

from collections.abc import Sequence
from typing import Any

from mlpcalc.answers.files import Unreadable
from mlpcalc.answers.kinds import UNTOLD, PassedOver
from mlpcalc.marking.marks import Marked
from mlpcalc.marking.reports import words
from mlpcalc.marking.reports.feedback import meaning, told
from mlpcalc.marking.reports.understanding import in_words
from mlpcalc.page.asked import asked
from mlpcalc.page.symbols import Symbol
from mlpcalc.solving.solution import Solution

_NOTHING = "There is nothing that can be marked."


def gradescope(
    solution: Solution, marked: Marked | None, passed_over: Sequence[PassedOver], *, student: bool
) -> dict[str, Any]:
    """The results of one submission as Gradescope's autograder wants them: a test for each quantity.

    The points to be had are those of what is asked, whatever the submission has. marked: None if there is no
    file that can be read. passed_over: the files that cannot. student: with hints instead of explanations.
    """
    worth = asked(solution.exercise)

    def test(symbol: Symbol, score: float, output: str, *, passed: bool) -> dict[str, Any]:
        return {
            "name": solution.notation.name(symbol),
            "name_format": "text",
            "score": score,
            "max_score": words.rounded(worth.get(symbol, 0.0)),
            "status": "passed" if passed else "failed",
            "output": output,
            "output_format": "text",
        }

    over = [f"not marked: {each.file}: {each.reason}" for each in passed_over if each.reason not in UNTOLD]
    if marked is None or isinstance(marked, Unreadable):
        why = f"unreadable: {words.first_problem(marked)}" if marked else _NOTHING
        return {
            "score": 0.0,
            "output": "\n".join([why, *over]),
            "output_format": "text",
            "tests": [test(symbol, 0.0, "unreadable", passed=False) for symbol in worth],
        }
    answered = [
        test(
            symbol,
            words.rounded(marks.share * marked.worth(symbol)),
            "\n".join([meaning(solution, [symbol], marked), *told(solution, symbol, marks, student=student)]),
            passed=marks.verdict.is_right,
        )
        for symbol, marks in marked.quantities.items()
    ]
    missing = [test(symbol, 0.0, words.NOT_ANSWERED, passed=False) for symbol in marked.not_answered]
    return {
        "score": words.rounded(marked.points),
        "output": "\n".join(
            [
                *([f"{marked.convention}: {words.A_CONVENTION}"] if marked.convention else []),
                *(f"not understood: {in_words(each, marked.file)}" for each in marked.not_understood),
                *(in_words(each, marked.file) for each in marked.remarks),
                *over,
            ]
        ),
        "output_format": "text",
        "tests": [*answered, *missing],
    }
