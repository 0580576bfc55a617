"""Answer files: finding them, and reading them one after another."""

import glob
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from os import path
from typing import NamedTuple

from mlpcalc.answers.encoding import text_of
from mlpcalc.answers.reader import NothingReadableError, Submission, read_answers
from mlpcalc.errors import InputError, Place, Problem, reason, refuse
from mlpcalc.reading.library import (
    SUFFIXES,
    bundled_answers,
    find,
    has_layers,
    is_exercise,
    is_exercise_file,
    listed,
    nearest_file,
)
from mlpcalc.reading.source import Document
from mlpcalc.solving.solution import Solution
from mlpcalc.text.sanitize import clean
from mlpcalc.text.wording import clipped

MAX_SHEET_BYTES = 4 * 1024 * 1024
MAX_SHEET_VALUES = 500_000  # what fits in as many bytes where each figure has a few digits
_LONGEST_EXCERPT = 10_000  # characters of a line that is kept to show what is wrong in it
STANDARD_INPUT = "-"


class AnswerFile(NamedTuple):
    """A file to be marked; `chosen` if it was named itself, not found in a folder."""

    path: str
    chosen: bool


def answer_files(wanted: Sequence[str]) -> list[AnswerFile]:
    """Find answer files.

    wanted: paths, folders, patterns, names of bundled exercises (for their printed answers), `-`. A folder
    stands for all its YAML files except exercises.

    Raises `InputError` for a word that matches nothing.
    """
    files: dict[str, AnswerFile] = {}

    def add(names: Iterable[str], *, chosen: bool) -> None:
        for name in names:
            files.setdefault(name, AnswerFile(name, chosen))

    for word in wanted:
        if word == STANDARD_INPUT or (path.lexists(word) and not path.isdir(word)):
            add([word], chosen=True)
        elif path.isdir(word):
            inside = _in_folder(word)
            if not inside:
                raise refuse("no answer files in this folder", Place(clean(word)), expected="YAML files")
            add(inside, chosen=False)
        elif matches := sorted(glob.glob(word)):
            add([name for name in matches if not is_exercise_file(name)], chosen=False)
        elif printed := bundled_answers(word):
            add([printed], chosen=True)
        else:
            near = nearest_file(word)
            raise refuse(
                f"no such file: {clipped(word)}",
                expected="answer files, a folder of them, or - for standard input",
                hint=f"did you mean {near}?" if near else None,
            )
    return list(files.values())


class Unreadable(NamedTuple):
    """A sheet of which nothing could be read, its problems, and the label of the student if that could."""

    file: str
    problems: tuple[Problem, ...]
    student: str = ""


def chosen_files(exercise: str, answers: Sequence[str]) -> list[AnswerFile]:
    """The answer files that were named, or else the printed answers of a bundled exercise.

    Raises `InputError` where there are none, where the exercise and the answers are both standard input, and
    where they are swapped.
    """
    if STANDARD_INPUT in answers and exercise == STANDARD_INPUT:
        raise refuse(
            "the exercise and the answers are both standard input", expected="a file for one of them"
        )
    if path.isfile(exercise) and not has_layers(exercise):
        for word in answers:
            if has_layers(word) if path.exists(word) else is_exercise(word):
                raise refuse(
                    f"{clipped(exercise)} is no exercise, but {clipped(word)} is one",
                    expected="the exercise first, then the answers",
                    hint="the two are swapped",
                )
    if answers:
        return answer_files(answers)
    printed = None if path.exists(exercise) else bundled_answers(exercise)
    if printed is None:
        if exercise != STANDARD_INPUT:
            find(exercise)  # if there is no such exercise, that is what is wrong
        raise refuse(
            "no answers to mark",
            expected="answer files, a folder of them, or - for standard input",
            topic="answers",
        )
    return [AnswerFile(printed, chosen=True)]


def read_files(
    solution: Solution, files: Iterable[AnswerFile], progress: Callable[[], None] = lambda: None
) -> Iterator[Submission | Unreadable]:
    """Read the files in order; `progress` is called after each file."""
    for file in files:
        submission = _submission(file, solution)
        progress()
        yield submission


def _in_folder(folder: str) -> list[str]:
    names = [name for name in listed(folder) if name.endswith(SUFFIXES)]
    paths = [path.join(folder, name) for name in names]
    return [name for name in paths if not is_exercise_file(name)]


def _submission(file: AnswerFile, solution: Solution) -> Submission | Unreadable:
    name = "standard input" if file.path == STANDARD_INPUT else clean(file.path)
    try:
        text = text_of(_content(file, name), name, MAX_SHEET_BYTES)
        return read_answers(Document(text, name, MAX_SHEET_VALUES), solution)
    except InputError as error:
        student = error.student if isinstance(error, NothingReadableError) else ""
        return Unreadable(name, tuple(map(_without_long_lines, error.problems)), student)
    except OSError as error:
        problem = Problem(f"cannot be read: {reason(error)}", Place(name))
        return Unreadable(name, (problem,))


def _without_long_lines(problem: Problem) -> Problem:
    """A problem that can be held beside thousands of others: a line may be as long as a file."""
    place = problem.place
    if place is None or place.source is None or len(place.source) <= _LONGEST_EXCERPT:
        return problem
    return problem._replace(place=place._replace(source=None))


def _content(file: AnswerFile, name: str) -> bytes:
    """The bytes of a file; one that was found in a folder must be a regular file, as links lead elsewhere."""
    if file.path == STANDARD_INPUT:
        return sys.stdin.buffer.read(MAX_SHEET_BYTES + 1)
    kind = os.stat(file.path, follow_symlinks=file.chosen).st_mode
    if not (file.chosen or stat.S_ISREG(kind)):
        raise refuse(
            "a symbolic link" if stat.S_ISLNK(kind) else "not a regular file",
            Place(name),
            expected="an answer file",
            hint="put the file itself into the folder",
        )
    with open(file.path, "rb") as opened:
        return opened.read(MAX_SHEET_BYTES + 1)
