"""A file of feedback for each student."""

import os
import unicodedata
import zlib
from collections.abc import Iterable, Sequence
from os import path

from mlpcalc.answers.class_list import ClassList
from mlpcalc.answers.kinds import PassedOver
from mlpcalc.cli.files import check_folder, write_folder
from mlpcalc.errors import refuse
from mlpcalc.marking.checking import in_full
from mlpcalc.marking.reports.attendance import Attendance
from mlpcalc.marking.reports.understanding import files_passed_over
from mlpcalc.marking.results import Result
from mlpcalc.report.blocks import Block, Note
from mlpcalc.report.forms import FORMS
from mlpcalc.report.output import Output
from mlpcalc.report.report import Report
from mlpcalc.text.wording import clipped

_LONGEST = 60  # characters of a name, of up to four bytes each
_KEPT = "-.@+_"  # in names, beside letters, digits and spaces
_OF_SYSTEMS = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
_NOTHING = "None of the files that you handed in could be marked."


class Feedback:
    """Collects what is said to each student, to be written in the end.

    form: the name of a form of pages. student: whether there are hints instead of explanations. students: the
    class list, if there is one. passed_over: the files that are not marked, which is said to whose they are.
    """

    def __init__(
        self, form: str, *, student: bool, students: ClassList | None, passed_over: Sequence[PassedOver]
    ) -> None:
        self._form = FORMS[form]
        self._student = student
        self._attendance = Attendance(students, passed_over)
        self._texts: dict[str, tuple[str, bytes]] = {}  # compressed, as pages of thousands are large

    def add(self, result: Result) -> None:
        """Take down what is said of a submission, if it counts before the others of its student."""
        if self._attendance.add(result):
            listed = self._attendance.listed(result)
            name = listed.name if listed else result.student or path.basename(result.marked.file)
            text = self._written(in_full(result, student=self._student))
            self._texts[self._attendance.key(result)] = name, text

    def write(self, folder: str, *, force: bool) -> int:
        """Write a file for each student, which is all of it or none; how many there are."""
        said = [*self._texts.values()]
        for name, files in self._attendance.unmarked().items():
            said.append((name, self._written([Note(_NOTHING), *files_passed_over(files)])))
        names = file_names([name for name, _ in said], self._form.suffix)
        texts = (zlib.decompress(text).decode() for _, text in said)
        write_folder(folder, zip(names, texts, strict=True), force=force)
        return len(said)

    def _written(self, blocks: Iterable[Block]) -> bytes:
        report = Report(blocks=lambda: blocks, data=dict)
        output = Output(standalone=self._form.has_document, to_file=True)
        return zlib.compress("".join(self._form.write(report, output)).encode(), level=1)


def check_empty(folder: str, *, force: bool) -> None:
    """Raise `InputError` for what is no folder, or one that is not empty unless it may be written into."""
    check_folder(folder, [], force=force)
    if not force and path.isdir(folder) and os.listdir(folder):
        raise refuse(f"{clipped(folder)} exists already, and is not empty", topic="existing file")


def file_names(names: Sequence[str], suffix: str) -> list[str]:
    """Names of files for names of people: safe on every system, and no two alike in any letter case."""
    taken: set[str] = set()
    safe = []
    for name in map(_safe, names):
        numbered, number = name, 1
        while numbered.casefold() in taken:
            number += 1
            numbered = f"{name}-{number}"
        taken.add(numbered.casefold())
        safe.append(f"{numbered}{suffix}")
    return safe


def _safe(name: str) -> str:
    """A name without what has a meaning in paths, and without what a system keeps for itself."""
    plain = unicodedata.normalize("NFC", name)
    kept = "".join(letter if letter.isalnum() or letter in _KEPT else " " for letter in plain)
    short = "_".join(kept.split())[:_LONGEST].strip("._")
    return f"{short}_" if short.split(".")[0].lower() in {"", *_OF_SYSTEMS} else short
