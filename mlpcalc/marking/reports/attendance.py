"""Who handed in, and which submission counts of a student with several."""

from collections.abc import Iterator
from os import path
from typing import NamedTuple

from mlpcalc.marking.results import Result
from mlpcalc.report.blocks import Block, ListItem, More, shortened
from mlpcalc.text.wording import comparable

_NAME, _FILE = 30, 40  # characters
_LISTED = 10  # students


class Handed(NamedTuple):
    """The submissions of one student by their first files, alphabetically; the last one counts."""

    student: str
    files: tuple[str, ...]


class Attendance:
    """Whose the submissions are, taken down as they come."""

    def __init__(self) -> None:
        self._handed: dict[str, Handed] = {}

    def key(self, result: Result) -> str:
        """What a student's submissions have in common; a submission of an unknown student stands alone."""
        return f"student {comparable(result.student)}" if result.student else f"file {result.marked.file}"

    def add(self, result: Result) -> bool:
        """Take down a submission; whether it counts before those that the student has handed in so far."""
        key, file = self.key(result), result.marked.file
        before = self._handed.get(key, Handed(result.student, ()))
        files = tuple(sorted((*before.files, file), key=path.splitext))
        self._handed[key] = before._replace(files=files)
        return files[-1] == file

    def twice(self) -> list[Handed]:
        """Those who handed in more than once."""
        return [handed for handed in self._handed.values() if len(handed.files) > 1]

    def counting(self, key: str) -> str:
        """The first file of the submission of a student that counts."""
        return self._handed[key].files[-1]

    def blocks(self) -> Iterator[Block]:
        """Whoever handed in more than once."""
        for handed in self.twice()[:_LISTED]:
            files = [shortened(name, _FILE) for name in _short_names(handed.files)]
            who = shortened(handed.student, _NAME)
            yield ListItem("", f"handed in more than once: {who} ({', '.join(files)}: the last counts)")
        if (more := len(self.twice()) - _LISTED) > 0:
            yield More("everything", f"and {more} more who handed in more than once")


def _short_names(files: tuple[str, ...]) -> list[str]:
    """The names of files without their folders, unless they are the same."""
    names = [path.basename(file) for file in files]
    return names if len({*names}) == len(names) else [*files]
