"""The results.json of Gradescope's autograder.

https://gradescope-autograders.readthedocs.io/en/latest/specs/ says what that file holds.
"""

from typing import Any

from mlpcalc.answers.files import Unreadable
from mlpcalc.marking.marks import Marked
from mlpcalc.marking.reports import words
from mlpcalc.marking.reports.feedback import meaning, told
from mlpcalc.marking.reports.understanding import in_words
from mlpcalc.page.asked import asked
from mlpcalc.page.symbols import Symbol
from mlpcalc.solving.solution import Solution


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
            "max_score": words.rounded(worth.get(symbol, 0.0)),
            "status": "passed" if passed else "failed",
            "output": output,
            "output_format": "text",
        }

    if isinstance(marked, Unreadable):
        return {
            "score": 0.0,
            "output": f"unreadable: {words.first_problem(marked)}",
            "output_format": "text",
            "tests": [test(symbol, 0.0, "unreadable", passed=False) for symbol in worth],
        }
    answered = [
        test(
            symbol,
            words.rounded(marks.share * marked.worth(symbol)),
            "\n".join([meaning(solution, [symbol], marked), *told(marks, student=student)]),
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
            ]
        ),
        "output_format": "text",
        "tests": [*answered, *missing],
    }
