"""Tables of learning platforms with grade and feedback filled in, as each of them imports it.

A table stays as it was exported but for the fields of those who handed in something that counts. What the
platforms read:

- Moodle's offline grading worksheet (importgradeslib.php and locallib.php in mod/assign/feedback/offline of
  https://github.com/moodle/moodle): students by Identifier, `Grade` out of `Maximum Grade`, where an empty
  grade changes nothing, `Feedback comments` in HTML; `Last modified (grade)` must be there as it was.
- Canvas' gradebook (lib/gradebook_importer.rb of https://github.com/instructure/canvas-lms, and
  https://teaching.resources.osu.edu/toolsets/carmencanvas/guides/calculating-final-grades/import-csv-file-carmen-grades
  ): Student, ID, Section, perhaps others between them, then a column for each assignment, with the points
  possible in a row of their own; columns said there to be read only are ignored. Comments have no place.
- PrairieLearn's submissions for manual grading (https://prairielearn.readthedocs.io/en/latest/manualGrading/):
  `score_perc` from 0 to 100 and `feedback` in Markdown, either empty to change nothing. Its total scores are
  uid, instance, and score_perc (https://prairielearn.readthedocs.io/en/latest/faq/).
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from mlpcalc.answers.class_list import ClassList
from mlpcalc.answers.files import Unreadable
from mlpcalc.errors import InputError, Place, refuse
from mlpcalc.marking.reports.attendance import Attendance
from mlpcalc.marking.reports.feedback import lines
from mlpcalc.marking.results import Result
from mlpcalc.report.csv import Original
from mlpcalc.report.markdown import escape
from mlpcalc.text.wording import clipped, comparable, one_of, points_in_figures

_CANVAS_STUDENT = {  # columns of Canvas about a student, not an assignment
    *("student", "lastname", "firstname", "id", "sis user id", "sis login id", "integration id"),
    *("root account", "section", "notes"),
}
_CANVAS_COMPUTED = re.compile(r"(current|final|override) (score|points|grade|status)")
_CANVAS_POINTS = "points possible"
_SHOWN = 5  # tasks
_ASSIGNMENT_ID = re.compile(r"\s{0,9}\(\d{1,20}\)$")


class Grade(NamedTuple):
    """What a submission is worth, None if it cannot be read: as points and as a share; what is said of it."""

    points: float | None
    share: float | None
    said: Sequence[str]


class GradeBook(NamedTuple):
    """How a platform's table is filled in.

    name: the platform. export: what to export there. needed: columns without which it is not that table.
    grade: the column of grades, given a wanted name and the title of the exercise. most: the largest grade in
    a row of that column, None where grades are points as they are. feedback: its column, "" if there is none.
    written: the form of feedback. task: the column that says what is graded, "" if there is none.
    needs_table: whether a table of the platform must be given to be filled in.
    """

    name: str
    export: str
    needed: Sequence[str]
    grade: Callable[[ClassList, str | None, str], int]
    most: Callable[[ClassList, Sequence[str], int], float | None]
    feedback: str
    written: Callable[[Sequence[str]], str]
    task: str = ""
    needs_table: bool = True

    def check(self, table: ClassList) -> None:
        """Raise `InputError` for a table that is another one."""
        missing = [name for name in self.needed if table.column(name) is None]
        if missing:
            raise refuse(
                f"this is not the table of {self.name}: there is no column {', '.join(missing)}",
                Place(table.file, 1),
                expected=self.export,
            )
        task = table.column(self.task)
        tasks = [] if task is None else [*dict.fromkeys(row[task] for row in table.rows)]
        if len(tasks) > 1:
            raise refuse(
                f"this table has {len(tasks)} tasks: {', '.join(map(clipped, tasks[:_SHOWN]))}",
                Place(table.file),
                expected=f"the rows of one {self.task}",
            )

    def records(
        self, table: ClassList, grades: Mapping[int, Grade], column: str | None, title: str
    ) -> Iterator[Sequence[str]]:
        """The table with the grades of these rows.

        column: the name of the column of grades, where that is not clear. title: of the exercise.
        """
        place, feedback = self.grade(table, column, title), table.column(self.feedback)
        yield table.columns
        for number, row in enumerate(table.rows):
            kept: list[str] = [*map(Original, row)]
            grade = grades.get(number)
            yield kept if grade is None else self._filled(table, kept, grade, place, feedback)

    def _filled(
        self, table: ClassList, row: list[str], grade: Grade, place: int, feedback: int | None
    ) -> list[str]:
        most = self.most(table, row, place)
        worth = grade.points if most is None or grade.share is None else grade.share * most
        if worth is not None:
            row[place] = points_in_figures(worth)
        if feedback is not None:
            row[feedback] = self.written(grade.said)
        return row


def grades(results: Iterable[Result], attendance: Attendance, *, student: bool) -> dict[int, Grade]:
    """The grades of the submissions that count, by the rows of the class list.

    student: with hints instead of explanations in what is said.
    """
    by_student: dict[str, tuple[Sequence[int], Grade]] = {}
    for result in results:
        listed = attendance.listed(result)
        if attendance.add(result) and listed is not None:
            by_student[attendance.key(result)] = listed.rows, _grade(result, student=student)
    return {row: grade for rows, grade in by_student.values() for row in rows}


def total_scores(results: Iterable[Result], attendance: Attendance) -> Iterator[tuple[Any, ...]]:
    """The total scores of PrairieLearn: a row for each student, by the label of the sheet."""
    scores: dict[str, tuple[str, Grade]] = {}
    for result in results:
        if attendance.add(result):
            scores[attendance.key(result)] = result.student, _grade(result, student=False)
    yield "uid", "instance", "score_perc"
    for uid, grade in scores.values():
        if grade.share is not None:
            yield uid, 1, points_in_figures(100 * grade.share)


def _grade(result: Result, *, student: bool) -> Grade:
    said = [*lines(result, student=student)]
    if isinstance(result.marked, Unreadable):
        return Grade(None, None, said)
    return Grade(result.marked.points, result.marked.score, said)


# ---------------------------------------------------------------------------- columns


def _named(usual: str) -> Callable[[ClassList, str | None, str], int]:
    """The column of a fixed name, unless another one is wanted."""

    def place(table: ClassList, wanted: str | None, _title: str) -> int:
        found = table.column(wanted or usual)
        if found is None:
            raise _no_column(table, wanted or usual, table.columns)
        return found

    return place


def _assignment(table: ClassList, wanted: str | None, title: str) -> int:
    """The column of an assignment of Canvas: as wanted, or of the exercise's title, or the only one."""
    points = _points_possible(table)
    places = [
        place
        for place, name in enumerate(table.columns)
        if comparable(name) not in _CANVAS_STUDENT
        and not _CANVAS_COMPUTED.search(comparable(name))
        and "read only" not in comparable(points[place])
    ]
    meant = comparable(wanted or title)
    named = [place for place in places if meant in _titles(table.columns[place])]
    if not named and wanted is None and len(places) == 1:
        named = places
    if len(named) != 1:
        raise _no_column(table, wanted, [table.columns[place] for place in places])
    return named[0]


def _titles(column: str) -> set[str]:
    """`Homework 1 (123)`, with and without its number."""
    return {comparable(column), comparable(_ASSIGNMENT_ID.sub("", column))}


def _no_column(table: ClassList, wanted: str | None, columns: Sequence[str]) -> InputError:
    message = (
        f"there is no column {clipped(wanted)}" if wanted else "it is not clear which column has the grades"
    )
    return refuse(
        message,
        Place(table.file, 1),
        expected=one_of(map(clipped, columns)),
        topic="column",
    )


def _points_possible(table: ClassList) -> Sequence[str]:
    """The row of a table of Canvas with the points of each assignment."""
    return next(
        (row for row in table.rows if comparable(row[0]) == _CANVAS_POINTS), [""] * len(table.columns)
    )


def _maximum(table: ClassList, row: Sequence[str], _place: int) -> float | None:
    place = table.column("Maximum Grade")
    return None if place is None else _number(row[place])


def _number(text: str) -> float | None:
    """A number as platforms write it; None for anything else, and for 0."""
    found = re.fullmatch(r"\s*(\d{1,9})(?:[.,](\d{1,9}))?\s*", text)
    return float(f"{found[1]}.{found[2] or 0}") or None if found else None


# ---------------------------------------------------------------------------- the platforms


def _html(said: Sequence[str]) -> str:
    return "<br>".join(html.escape(line, quote=False) for line in said)


GRADE_BOOKS: Mapping[str, GradeBook] = {
    "moodle": GradeBook(
        "Moodle",
        "the offline grading worksheet of the assignment: View all submissions, Download grading worksheet",
        ("Identifier", "Grade", "Last modified (grade)"),
        _named("Grade"),
        _maximum,
        "Feedback comments",
        _html,
    ),
    "canvas": GradeBook(
        "Canvas",
        "the gradebook: Grades, Export, Export Entire Gradebook",
        ("Student", "ID", "Section"),
        _assignment,
        lambda table, _row, place: _number(_points_possible(table)[place]),
        "",
        " ".join,
    ),
    "prairielearn": GradeBook(
        "PrairieLearn",
        "the submissions for manual grading of the assessment: Downloads",
        ("uid", "score_perc"),
        _named("score_perc"),
        lambda _table, _row, _place: 100.0,
        "feedback",
        lambda said: "\n\n".join(map(escape, said)),
        "qid",
        needs_table=False,
    ),
}
