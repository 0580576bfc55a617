"""The results of marking as a table: a line for each submission."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mlpcalc.answers.files import Unreadable
from mlpcalc.answers.variants import Variants
from mlpcalc.marking.marks import Cell, SheetMarks
from mlpcalc.marking.reports import words
from mlpcalc.marking.reports.attendance import Attendance
from mlpcalc.marking.reports.feedback import lines
from mlpcalc.marking.results import Result
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.page.asked import asked
from mlpcalc.page.symbols import Symbol
from mlpcalc.solving.solution import Solution

COLUMNS = (
    *("file", "student", "status", "score", "points", "of", "first_wrong", "diagnosis"),
    *("answered", "asked", "not_answered"),
)


def records(
    variants: Variants, results: Iterable[Result], attendance: Attendance
) -> Iterator[tuple[Any, ...]]:
    """A line for each submission, the names of the columns first.

    What is asked has a column each with the points earned, empty where it is not answered. Where there are
    several variants, a column says which one it is. The last columns say whether the submission counts, which
    it does not if the student has handed in a later one, and what is to be said of it, in plain words.
    """
    solutions = variants.solutions.values()
    answers = [*dict.fromkeys(symbol for each in solutions for symbol in asked(each.exercise))]
    variant = ["variant"] if variants.several else []
    yield (*COLUMNS, *(symbol.plain for symbol in answers), *variant, "counts", "feedback")
    rows = []
    for result in results:
        attendance.add(result)
        said = " ".join(lines(result))
        facts = _facts(result, answers)
        if variant:
            facts = (*facts, result.handed_in.variant)
        rows.append((attendance.key(result), result.marked.file, facts, said))
    for key, file, facts, said in rows:
        yield (*facts, "yes" if attendance.counting(key) == file else "no", said)


def _facts(result: Result, answers: Sequence[Symbol]) -> tuple[Any, ...]:
    """The fields about one submission, without those that depend on others."""
    sheet = result.marked
    files = "; ".join([sheet.file, *sheet.others])
    if isinstance(sheet, Unreadable):
        reason = words.first_problem(sheet)
        facts = (files, result.student, "unreadable", "", "", "", "", reason, "", "", "")
        return (*facts, *([""] * len(answers)))
    score = "" if sheet.score is None else words.rounded(sheet.score)
    first = _cell_name(result.solution, *sheet.first_wrong) if sheet.first_wrong else ""
    diagnosis = "; ".join(filter(None, [sheet.convention, *dict.fromkeys(_findings(sheet))]))
    points, most = words.rounded(sheet.points), words.rounded(sheet.most_points)
    missing = " ".join(symbol.plain for symbol in sheet.not_answered)
    counts = (len(sheet.answered), len(sheet.asked), missing)
    earned = [
        words.rounded(sheet.answered[symbol].share * sheet.worth(symbol)) if symbol in sheet.answered else ""
        for symbol in answers
    ]
    return (files, result.student, "marked", score, points, most, first, diagnosis, *counts, *earned)


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
