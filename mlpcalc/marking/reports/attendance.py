"""Who handed in and who did not, and which submission counts of a student with several."""

from collections.abc import Iterator, Sequence
from os import path
from typing import Any, NamedTuple

from mlpcalc.answers.class_list import ClassList, Student
from mlpcalc.answers.kinds import UNTOLD, PassedOver
from mlpcalc.marking.results import Result
from mlpcalc.report.blocks import Block, ListItem, More
from mlpcalc.text.sanitize import shortened
from mlpcalc.text.wording import comparable

_NAME, _FILE = 30, 40  # characters
_LISTED = 10  # students with several submissions
_NAMED = 60  # students who are missing, or not on the list


class Handed(NamedTuple):
    """The submissions of one student by their files, alphabetically; the last one counts."""

    student: str
    listed: Student | None
    files: tuple[str, ...]


class Attendance:
    """Whose the submissions are, taken down as they come.

    students: the class list, if there is one. passed_over: the files that are not marked.
    """

    def __init__(self, students: ClassList | None = None, passed_over: Sequence[PassedOver] = ()) -> None:
        self._students = students
        self._passed_over = [each for each in passed_over if each.reason not in UNTOLD]
        self._handed: dict[str, Handed] = {}
        self._namesakes: dict[str, list[str]] = {}

    def key(self, result: Result) -> str:
        """What a student's submissions have in common; a submission of an unknown student stands alone."""
        if student := self.listed(result):
            return f"row {student.rows[0]}"
        if not result.student:
            return f"file {result.marked.file}"
        return self._person(result.student, result.handed_in.number)

    def _person(self, student: str, number: str) -> str:
        """The same by a name, and by a number that tells namesakes apart; the first of them goes without."""
        name = f"student {comparable(student)}"
        namesakes = self._namesakes.setdefault(name, [])
        if number and number not in namesakes:
            namesakes.append(number)
        return name if not number or number == namesakes[0] else f"{name}, {number}"

    def listed(self, result: Result) -> Student | None:
        """The student on the class list who handed a submission in."""
        return None if self._students is None else self._students.find(result.handed_in.identities)

    def add(self, result: Result) -> bool:
        """Take down a submission; whether it counts before those that the student has handed in so far."""
        key, file = self.key(result), result.marked.file
        student = self.listed(result)
        before = self._handed.get(key, Handed(student.name if student else result.student, student, ()))
        files = tuple(sorted((*before.files, file), key=path.splitext))
        self._handed[key] = before._replace(files=files)
        return files[-1] == file

    def counting(self, key: str) -> str:
        """The file of the submission of a student that counts."""
        return self._handed[key].files[-1]

    def twice(self) -> list[Handed]:
        """Those who handed in more than once."""
        return [handed for handed in self._handed.values() if len(handed.files) > 1]

    def missing(self) -> dict[Student, list[PassedOver]]:
        """Those on the list of whom nothing was marked, with their files that were passed over."""
        if self._students is None:
            return {}
        there = {handed.listed for handed in self._handed.values()}
        missing: dict[Student, list[PassedOver]] = {
            student: [] for student in self._students.students if student not in there
        }
        for each in self._passed_over:
            student = self._students.find((each.student, each.number))
            if student in missing:
                missing[student].append(each)
        return missing

    def unmarked(self) -> dict[str, list[PassedOver]]:
        """The files of those of whom nothing was marked, by what to call them."""
        if self._students is not None:
            return {student.name: files for student, files in self.missing().items() if files}
        unmarked: dict[str, list[PassedOver]] = {}
        for each in self._passed_over:
            if each.student and self._person(each.student, each.number) not in self._handed:
                unmarked.setdefault(each.student, []).append(each)
        return unmarked

    def strangers(self) -> list[Handed]:
        """Those who handed in and are not on the list."""
        return [] if self._students is None else [each for each in self._handed.values() if not each.listed]

    def data(self) -> dict[str, Iterator[dict[str, Any]]]:
        """Who handed in, as data for programs; complete once every submission has been taken down."""

        def twice() -> Iterator[dict[str, Any]]:
            for each in self.twice():
                yield {"student": each.student, "files": [*each.files], "counts": each.files[-1]}

        def missing() -> Iterator[dict[str, Any]]:
            for student, files in self.missing().items():
                yield {"student": student.name, "passed_over": [each.file for each in files]}

        def strangers() -> Iterator[dict[str, Any]]:
            for each in self.strangers():
                yield {"student": each.student or None, "files": [*each.files]}

        several = {"handed_in_more_than_once": twice()}
        return (
            several if self._students is None else several | {"missing": missing(), "not_listed": strangers()}
        )

    def blocks(self) -> Iterator[Block]:
        """Who handed in twice, who is missing, and who is not on the list, for people."""
        several = self.twice()
        for handed in several[:_LISTED]:
            files = [shortened(name, _FILE) for name in _short_names(handed.files)]
            who = shortened(handed.student, _NAME)
            yield ListItem("", f"handed in more than once: {who} ({', '.join(files)}: the last counts)")
        if (more := len(several) - _LISTED) > 0:
            yield More("everything", f"and {more} more who handed in more than once")
        missing = self.missing()
        if self._students is not None and missing:
            total = len(self._students.students)
            yield ListItem("", f"on the list: {total}, {total - len(missing)} of them with a submission")
        yield from _named("handed in nothing", [each.name for each, files in missing.items() if not files])
        unread = [f"{each.name} ({path.basename(files[0].file)})" for each, files in missing.items() if files]
        yield from _named("handed in nothing that can be read", unread)
        strangers = [each.student or each.files[0] for each in self.strangers()]
        yield from _named("handed in, but not on the list", strangers)


def _named(what: str, names: Sequence[str]) -> Iterator[Block]:
    """A line with names, however many there are."""
    if names:
        more = [f"and {len(names) - _NAMED} more"] if len(names) > _NAMED else []
        said = ", ".join([*(shortened(name, _NAME + _FILE) for name in names[:_NAMED]), *more])
        yield ListItem("", f"{what}: {said}")


def _short_names(files: tuple[str, ...]) -> list[str]:
    """The names of files without their folders, unless they are the same."""
    names = [path.basename(file) for file in files]
    return names if len({*names}) == len(names) else [*files]
