"""The report of check: one sheet in full, or a class at a glance."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from os import PathLike, fspath
from typing import Any

from mlpcalc.answers.class_list import ClassList
from mlpcalc.answers.files import Unreadable, read_files
from mlpcalc.answers.finding import answer_files
from mlpcalc.answers.folders import AnswerFile, submissions
from mlpcalc.answers.kinds import PassedOver
from mlpcalc.answers.variants import Variants
from mlpcalc.errors import refuse
from mlpcalc.marking.reports.attendance import Attendance
from mlpcalc.marking.reports.class_overview import Overview
from mlpcalc.marking.reports.data import data
from mlpcalc.marking.reports.gradescope import gradescope
from mlpcalc.marking.reports.records import records
from mlpcalc.marking.reports.sheet import sheet_report
from mlpcalc.marking.reports.student import student_report
from mlpcalc.marking.reports.understanding import files_passed_over
from mlpcalc.marking.results import Result, results
from mlpcalc.reading.mappings import text_of_mapping
from mlpcalc.report.blocks import Block, Group, Note, Problems
from mlpcalc.report.report import Report
from mlpcalc.solving.solution import Given, Solution, solution_meant

WRONG, UNREADABLE = 1, 3


@dataclass
class Check:
    """Some answer files of one exercise, or of its variants, marked when they are asked for.

    solution: of the exercise, or of each of its variants. students: the class list, if there is one.
    strict: whether rounding differences are wrong. complete: whether what is not answered counts for the
    status as what is wrong does. progress: called once for each file that is read. passed_over: the files of
    the same folders that cannot be marked, for the report to list. take: called with each result.
    """

    solution: Solution | Variants
    files: Sequence[AnswerFile]
    _: KW_ONLY
    students: ClassList | None = None
    strict: bool = False
    complete: bool = False
    passed_over: Sequence[PassedOver] = ()
    progress: Callable[[], None] = lambda: None
    take: Callable[[Result], None] = lambda _: None
    status: int = field(default=0, init=False)

    def report(self, *, details: bool = False, student: bool = False) -> Report:
        """The report: of one submission in full, of several what the class got wrong.

        details: a line for each sheet of a class. student: hints for each sheet, without the figures that
        were expected.
        """
        attendance = Attendance(self.students, self.passed_over)
        return self._report(attendance)._replace(
            blocks=lambda: self._blocks(attendance, details=details, student=student)
        )

    def _report(self, attendance: Attendance) -> Report:
        return Report(
            blocks=lambda: self._blocks(attendance, details=False, student=False),
            data=lambda: data(self._variants, self._results(), attendance, self.passed_over),
            records=lambda: records(self._variants, self._results(), attendance),
            status=lambda: self.status,
            aside=lambda: _groups([*attendance.blocks()], [*files_passed_over(self.passed_over)]),
        )

    def gradescope(self, *, student: bool = False) -> Report:
        """The results of one submission, as Gradescope wants them: of a file, or of all that is in a folder.

        student: with hints instead of explanations. Raises `InputError` for several files that were named.
        """
        if len(self.files) > 1 and any(file.chosen for file in self.files):
            raise refuse(
                f"{len(self.files)} answer files",
                expected="one, or a folder: Gradescope wants the results of one submission",
            )

        def results() -> dict[str, Any]:
            result = next(self._results(of_one=True), None)
            solution = result.solution if result else self._variants.first
            return gradescope(solution, result and result.marked, self.passed_over, student=student)

        return self._report(Attendance())._replace(data=results)

    def grade_book(self, name: str, *, column: str | None = None, student: bool = False) -> Report:
        """The class list, which is the export of a grade book, with grade and feedback filled in.

        name: of the platform. column: where the grades go, if that is not clear. student: with hints instead
        of explanations. Without a class list, PrairieLearn gets a table of total scores; raises `InputError`
        for the other platforms, with what to export, and for the table of another one.
        """
        from mlpcalc.marking.reports import grade_books  # with Markdown, which other forms do not need

        book, table = grade_books.GRADE_BOOKS[name], self.students
        attendance = Attendance(table, self.passed_over)
        if table is None and book.needs_table:
            raise refuse(
                f"the table of {book.name} to fill in is missing", expected=book.export, topic="class list"
            )
        if table is not None:
            book.check(table)

        def filled() -> Iterator[Sequence[Any]]:
            if table is None:
                return grade_books.total_scores(self._results(), attendance)
            title = self._variants.first.exercise.title
            book.grade(table, column, title)  # complain before the marking
            grades = grade_books.grades(self._results(), attendance, student=student)
            return book.records(table, grades, column, title)

        return self._report(attendance)._replace(records=filled)

    @cached_property
    def _variants(self) -> Variants:
        return self.solution if isinstance(self.solution, Variants) else Variants({"": self.solution})

    def _results(self, *, of_one: bool = False) -> Iterator[Result]:
        """What comes of each submission; the status is then the worst so far. of_one: as of `read_files`."""
        marked_any = False
        handed_in = read_files(self._variants, self.files, self.progress, of_one=of_one)
        for result in results(handed_in, strict=self.strict):
            marks = result.marked
            if isinstance(marks, Unreadable):
                if result.handed_in.chosen:
                    self.status = UNREADABLE
            else:
                marked_any = True
                if not marks.all_right or (self.complete and not marks.complete):
                    self.status = max(self.status, WRONG)
            self.take(result)
            yield result
        if not marked_any:
            self.status = max(self.status, WRONG)

    def _blocks(self, attendance: Attendance, *, details: bool, student: bool) -> Iterator[Block]:
        if student or (self.students is None and sum(map(bool, submissions(self.files))) == 1):
            for result in self._results():
                attendance.add(result)
                yield from in_full(result, student=student)
            yield from _groups([*attendance.blocks()])
        else:
            overview = Overview(self._variants.first, attendance, self.passed_over, details=details)
            for result in self._results():
                overview.add(result)
            yield from overview.blocks()
        yield from files_passed_over(self.passed_over)


def _groups(*parts: Sequence[Block]) -> Iterator[Block]:
    """Blocks without blank lines between those that belong together."""
    yield from (Group(part) for part in parts if part)


def in_full(result: Result, *, student: bool) -> Iterator[Block]:
    """Everything about one submission, or hints."""
    marked = result.marked
    if isinstance(marked, Unreadable):
        yield Group([Note(f"{marked.file} cannot be read:"), Problems(marked.problems)])
    else:
        yield from (student_report if student else sheet_report)(result.solution, marked)


def check(
    solution: Given | Solution, *answers: str | PathLike[str] | Mapping[str, object], strict: bool = False
) -> Report:
    """Mark answers against a solution.

    solution: of an exercise, or the exercise, or its name.
    answers: files, folders, patterns; for a bundled exercise its name, for the answers printed in its source;
    or a mapping of names to arrays, lists or numbers: `{"S1": S1, "loss": 0.4916}`.
    strict: mark rounding differences as wrong.

    Raises `InputError` for a file that is not there; one that cannot be read is part of the report.
    """
    solution = solution_meant(solution)
    if not answers:
        raise refuse("no answers to mark", expected="answer files, or folders of them")
    files: list[AnswerFile] = []
    named: list[str] = []
    for each in answers:
        if isinstance(each, Mapping):
            files.append(AnswerFile("the answers", chosen=True, text=text_of_mapping(each)))
        elif isinstance(each, str | PathLike):
            named.append(fspath(each))
        else:
            raise TypeError(
                f"expected answer files, folders of them, or a mapping, not {type(each).__name__}"
            )
    found = answer_files(named)
    files += found.files
    return Check(solution, files, strict=strict, passed_over=found.passed_over).report(details=True)
