"""Folders of homework, searched through: which files are marked, whose they are, which are passed over."""

import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from os import path
from typing import NamedTuple

from mlpcalc.answers.kinds import (
    DEEP,
    EMPTY,
    EXERCISE,
    HIDDEN,
    LINK,
    PassedOver,
    is_hidden,
    why_not,
)
from mlpcalc.errors import Place, reason, refuse
from mlpcalc.reading.library import is_exercise_file, listed
from mlpcalc.text.sanitize import clean

MAX_FILES = 100_000  # in a folder and all that are in it
MAX_DEPTH = 20  # folders inside one another

# How learning platforms pack what was handed in, with name and number of the student before that of a file;
# and what stands in their tables for that number.
_PACKED = (
    # Doe Jane_123456_assignsubmission_file_homework.tex, or a folder of that name without the last word
    (
        re.compile(
            r"(?P<owner>(?P<name>.{1,200})_(?P<number>\d{1,20})_assignsubmission_[a-z]{1,20})_?.*", re.DOTALL
        ),
        "Participant {}",
    ),
    # doejane_1234_567890_homework.tex, doejane_LATE_1234_567890_homework.tex
    (
        re.compile(
            r"(?P<owner>(?P<name>[^\W_]{1,200})_(?:LATE_)?(?P<number>\d{2,20}))_\d{5,20}_.+", re.DOTALL
        ),
        "{}",
    ),
)


class AnswerFile(NamedTuple):
    """A file to be marked.

    chosen: whether it was named itself, not found in a folder. student: whose it is by the name of a folder
    or by its own; "" if that is not known. folder: what all documents of this student are in; "" if this one
    is a submission by itself. number: by which a platform knows the student, "" if there is none. text: what
    it has, where a program gives that and `path` is only what it is called.
    """

    path: str
    chosen: bool
    student: str = ""
    folder: str = ""
    number: str = ""
    text: str | None = None


class Search(NamedTuple):
    """The files to be marked, in alphabetical order, and those that are not."""

    files: Sequence[AnswerFile]
    passed_over: Sequence[PassedOver] = ()


class Owner(NamedTuple):
    """A student by the name of a file or folder.

    number: by which a platform knows the student. prefix: what the names of all the student's files share.
    """

    name: str
    number: str = ""
    prefix: str = ""


def owner(name: str) -> Owner:
    """The student that a name of a file, without its ending, or of a folder stands for."""
    for pattern, number in _PACKED:
        if found := pattern.fullmatch(name):
            return Owner(clean(found["name"]), number.format(found["number"]), found["owner"])
    return Owner(clean(name))


def search(folder: str, apart: Mapping[str, str]) -> Search:
    """All files of a folder and of the folders in it.

    Each folder in it is one student's. apart: real paths that are no homework, and what they are.

    Raises `InputError` where the folder cannot be read or has more than `MAX_FILES` files.
    """
    found = _Search(folder, apart)
    found.look_into(folder, listed(folder), None, 1)
    return Search(found.files, found.passed_over)


def apart_from_namesakes(files: Sequence[AnswerFile]) -> list[AnswerFile]:
    """The files with the name of its folder for each that is called like one of another folder.

    `Doe/homework.tex` and `Roe/homework.tex`, each named itself, are by Doe and by Roe.
    """
    places: dict[str, set[str]] = defaultdict(set)
    for file in files:
        if not file.folder:
            places[file.student].add(path.dirname(file.path))
    return [
        file
        if file.folder or not file.student or len(places[file.student]) == 1
        else _of(file, owner(path.basename(path.dirname(path.abspath(file.path)))))
        for file in files
    ]


def by_itself(file: str, *, chosen: bool) -> AnswerFile:
    """A file in nobody's folder: its name says whose it is."""
    whose = owner(path.splitext(path.basename(file))[0])
    together = path.join(path.dirname(file), whose.prefix) if whose.prefix else ""
    return AnswerFile(file, chosen, whose.name, together, whose.number)


def in_order(names: Sequence[str]) -> list[str]:
    """Names of files alphabetically: `s31.tex` before `s31-new.tex`."""
    return sorted(names, key=path.splitext)


def _of(file: AnswerFile, whose: Owner) -> AnswerFile:
    return file._replace(student=whose.name, number=whose.number)


class _Search:
    """The files found so far."""

    def __init__(self, top: str, apart: Mapping[str, str]) -> None:
        self.files: list[AnswerFile] = []
        self.passed_over: list[PassedOver] = []
        self._top = top
        self._apart = apart
        self._seen = 0

    def look_into(self, folder: str, names: Sequence[str], whose: AnswerFile | None, depth: int) -> None:
        """Take what is in a folder, which is one student's unless it is the one that is searched."""
        for name in in_order(names):
            file = path.join(folder, name)
            mine = by_itself(file, chosen=False) if whose is None else whose._replace(path=file)
            if (why := self._why_not(file, name)) is not None:
                self._pass_over(mine, why)
            elif path.isdir(file):
                if whose is None:
                    mine = _of(mine, owner(name))._replace(folder=file)
                self._open(mine, depth + 1)
            else:
                self.files.append(mine)
                self._count()

    def _open(self, folder: AnswerFile, depth: int) -> None:
        if depth > MAX_DEPTH:
            self._pass_over(folder, DEEP.format(depth=MAX_DEPTH))
            return
        try:
            names = os.listdir(folder.path)
        except OSError as error:
            self._pass_over(folder, f"cannot be read: {reason(error)}")
            return
        if not names:
            self._pass_over(folder, EMPTY)
        self.look_into(folder.path, names, folder, depth)

    def _why_not(self, file: str, name: str) -> str | None:
        """Why a file or a folder is not looked at; None if it is."""
        if is_hidden(name):
            return HIDDEN
        if self._apart and (what := self._apart.get(path.realpath(file))):
            return what
        if path.isdir(file):
            return LINK if path.islink(file) else None
        return EXERCISE if is_exercise_file(file) else why_not(name)

    def _pass_over(self, file: AnswerFile, why: str) -> None:
        self.passed_over.append(PassedOver(clean(file.path), why, file.student, file.number))
        self._count()

    def _count(self) -> None:
        self._seen += 1
        if self._seen > MAX_FILES:
            raise refuse(
                f"more than {MAX_FILES:,} files in this folder",
                Place(clean(self._top)),
                hint="name the folders in it, some at a time",
            )


def submissions(files: Sequence[AnswerFile]) -> Iterator[list[AnswerFile]]:
    """The files that were handed in together, in the order of the first of each."""
    together: dict[str, list[AnswerFile]] = {}
    for file in files:
        if file.folder:
            together.setdefault(file.folder, []).append(file)
    for file in files:
        if not file.folder:
            yield [file]
        elif all_of_it := together.pop(file.folder, None):
            yield all_of_it
