"""Answer files: finding them, and reading them one after another."""

import glob
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from os import path
from typing import NamedTuple

from mlpcalc.answers.encoding import text_of
from mlpcalc.answers.homework import read_homework
from mlpcalc.answers.kinds import EXERCISE, FOLDER, LINK, PassedOver, ending, what_to_do, why_not
from mlpcalc.answers.reader import NothingReadableError, Submission, read_answers
from mlpcalc.errors import InputError, Place, Problem, reason, refuse
from mlpcalc.reading.library import (
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
    stands for all its files in a form that is read, except exercises.

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
            inside, others = _in_folder(word)
            if not inside:
                raise _nothing_in(word, others)
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


def passed_over(wanted: Sequence[str]) -> list[PassedOver]:
    """The files of the folders among these words that are not marked, with the reason of each."""
    return [each for word in wanted if path.isdir(word) for each in _in_folder(word)[1]]


def _nothing_in(folder: str, others: Sequence[PassedOver]) -> InputError:
    seen = f"; {others[0].file} is {others[0].reason}" if others else ""
    return refuse(
        f"no answer files in this folder{seen}",
        Place(clean(folder)),
        expected="homework as YAML, LaTeX, Markdown, text, CSV, JSON, or notebooks",
    )


class GivenAnswers(NamedTuple):
    """Answers of a program by their names, as text, in place of a file; `path` is what they are called."""

    path: str
    text: str
    chosen: bool = True


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
    solution: Solution,
    files: Iterable[AnswerFile | GivenAnswers],
    progress: Callable[[], None] = lambda: None,
) -> Iterator[Submission | Unreadable]:
    """Read the files in order; `progress` is called after each file."""
    for file in files:
        submission = _submission(file, solution)
        progress()
        yield submission


def _in_folder(folder: str) -> tuple[list[str], list[PassedOver]]:
    """The files of a folder that are marked, and those that are passed over; hidden ones are neither."""
    marked, others = list[str](), list[PassedOver]()
    for name in listed(folder):
        file = path.join(folder, name)
        if name.startswith("."):
            continue
        if path.isdir(file):
            reason: str | None = LINK if path.islink(file) else FOLDER
        else:
            reason = EXERCISE if is_exercise_file(file) else why_not(name)
        if reason is None:
            marked.append(file)
        else:
            others.append(PassedOver(clean(file), reason))
    return marked, others


def _submission(file: AnswerFile | GivenAnswers, solution: Solution) -> Submission | Unreadable:
    name = "standard input" if file.path == STANDARD_INPUT else clean(file.path)
    try:
        if isinstance(file, GivenAnswers):
            return read_answers(Document(file.text, name), solution)
        return read_homework(document_of(file), solution, ending(file.path))
    except InputError as error:
        student = error.student if isinstance(error, NothingReadableError) else ""
        return Unreadable(name, tuple(map(_without_long_lines, error.problems)), student)
    except OSError as error:
        problem = Problem(f"cannot be read: {reason(error)}", Place(name))
        return Unreadable(name, (problem,))


def one_document(wanted: str) -> tuple[Document, str]:
    """A document that was named by itself, and the ending of its name; raises `InputError` for none."""
    files = answer_files([wanted])
    if len(files) != 1:
        raise refuse(f"{clipped(wanted)} stands for {len(files)} files", expected="one document")
    (file,) = files
    try:
        return document_of(file), ending(file.path)
    except OSError as error:
        raise refuse(f"cannot be read: {reason(error)}", Place(clean(file.path))) from None


def document_of(file: AnswerFile) -> Document:
    """The text of a file that was handed in; raises `InputError` where it is no text."""
    name = "standard input" if file.path == STANDARD_INPUT else clean(file.path)
    data = _content(file, name)
    if (advice := what_to_do(data)) is not None:
        raise refuse(f"this is {advice.partition(';')[0]}", Place(name), hint=advice.partition("; ")[2])
    return Document(text_of(data, name, MAX_SHEET_BYTES), name, MAX_SHEET_VALUES)


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
