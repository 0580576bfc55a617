"""The report of check: one sheet in full, or a class at a glance."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from mlpcalc.batch import AnswerFile, Marked, answer_files, mark_files
from mlpcalc.check_data import data, gradescope, records
from mlpcalc.check_report import sheet_report, student_report
from mlpcalc.class_report import Overview
from mlpcalc.errors import refuse
from mlpcalc.marks import SheetMarks, Unreadable
from mlpcalc.report import Block, Faults, Note, Report
from mlpcalc.solution import Solution
from mlpcalc.verdicts import Verdict

WRONG, UNREADABLE = 1, 3


class Check:
    """Some answer files of one exercise, marked when they are asked for, and only once."""

    def __init__(
        self,
        solution: Solution,
        files: Sequence[AnswerFile],
        *,
        strict: bool = False,
        progress: Callable[[], None] = lambda: None,
    ) -> None:
        self._solution = solution
        self.files = files
        self._strict = strict
        self._progress = progress
        self.status = 0

    def __iter__(self) -> Iterator[Marked]:
        for marked in mark_files(self._solution, self.files, self._progress):
            each = marked.strictly() if self._strict and isinstance(marked, SheetMarks) else marked
            if isinstance(each, Unreadable):
                self.status = UNREADABLE
            elif each.worst >= Verdict.TRIVIAL:
                self.status = max(self.status, WRONG)
            yield each

    def report(self, *, details: bool = False, student: bool = False) -> Report:
        """The report: of one file in full, of several what the class got wrong.

        details: a line for each sheet of a class. student: hints, without the figures that were expected.
        """
        return Report(
            blocks=lambda: self._blocks(details=details, student=student),
            data=lambda: data(self._solution, self),
            records=lambda: records(self._solution, self),
            status=lambda: self.status,
        )

    def gradescope(self) -> dict[str, Any]:
        """The results of the only file, as Gradescope wants them; raises `InputError` for several files."""
        if len(self.files) != 1:
            raise refuse(
                f"{len(self.files)} answer files",
                expected="one: Gradescope wants the results of one submission",
            )
        (marked,) = self
        return gradescope(self._solution, marked)

    def _blocks(self, *, details: bool, student: bool) -> Iterable[Block]:
        if len(self.files) == 1:
            (marked,) = self
            if isinstance(marked, Unreadable):
                return self._unreadable(marked)
            return (student_report if student else sheet_report)(self._solution, marked)
        overview = Overview(self._solution, details=details)
        for marked in self:
            overview.add(marked)
        return overview.blocks()

    def _unreadable(self, marked: Unreadable) -> Iterator[Block]:
        yield Note(f"{marked.file} cannot be read.")
        yield Faults(marked.problems)


def check(solution: Solution, *answers: str, strict: bool = False) -> Report:
    """Mark answer files against a solution.

    answers: files, folders, patterns; for a bundled exercise its name, for the answers printed in its source.
    strict: count as wrong what is off by rounding.

    Raises `InputError` for a file that is not there; one that cannot be read is part of the report.
    """
    return Check(solution, answer_files(answers), strict=strict).report(details=True)
