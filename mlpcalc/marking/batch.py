"""Many answer files: finding them, reading them one after another, marking them in portions."""

import glob
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from os import path
from typing import NamedTuple

import numpy as np

from mlpcalc.answers.reader import Submission, read_answers
from mlpcalc.errors import InputError, Place, Problem, reason, refuse
from mlpcalc.marking.conventions import Marking
from mlpcalc.marking.marks import SheetMarks, Unreadable
from mlpcalc.reading.library import SUFFIXES, bundled_answers, is_exercise_file, listed, nearest_file
from mlpcalc.reading.source import Document, decode
from mlpcalc.solving.solution import Solution
from mlpcalc.text.sanitize import clean
from mlpcalc.text.wording import clipped

MAX_SHEET_BYTES = 4 * 1024 * 1024
MAX_SHEET_VALUES = 500_000  # what fits in as many bytes where each figure has a few digits
_PORTION = 1000  # files whose figures are held at once
_LONGEST_EXCERPT = 10_000  # characters of a line that is kept to show what is wrong in it
STANDARD_INPUT = "-"

Marked = SheetMarks | Unreadable


class AnswerFile(NamedTuple):
    """A file to be marked; `chosen` if it was named itself, and not found in a folder."""

    path: str
    chosen: bool


def answer_files(wanted: Sequence[str]) -> list[AnswerFile]:
    """The files that some words mean: paths, folders, patterns, printed answers of bundled exercises, `-`.

    Of a folder all YAML files but exercises. Raises `InputError` for a word that means nothing.
    """
    files: dict[str, AnswerFile] = {}

    def add(names: Iterable[str], *, chosen: bool) -> None:
        for name in names:
            files.setdefault(name, AnswerFile(name, chosen))

    for word in wanted:
        if word == STANDARD_INPUT or (path.lexists(word) and not path.isdir(word)):
            add([word], chosen=True)
        elif path.isdir(word):
            found = _in_folder(word)
            if not found:
                raise refuse("no answer files in this folder", Place(clean(word)), expected="YAML files")
            add(found, chosen=False)
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


def mark_files(
    solution: Solution, files: Sequence[AnswerFile], progress: Callable[[], None]
) -> Iterator[Marked]:
    """The marks of each file, in order; `progress` is called once for each file that is read."""
    marking = Marking(solution)
    remaining = iter(files)
    while portion := list(islice(remaining, _PORTION)):
        read = []
        for file in portion:
            read.append(_submission(file, solution))
            progress()
        with np.errstate(all="ignore"):  # what is out of bounds is infinite, or no number, and wrong as such
            marks = iter(marking.mark([each for each in read if isinstance(each, Submission)]))
        for each in read:
            yield each if isinstance(each, Unreadable) else next(marks)


def _in_folder(folder: str) -> list[str]:
    names = [name for name in listed(folder) if name.endswith(SUFFIXES)]
    paths = [path.join(folder, name) for name in names]
    return [name for name in paths if not is_exercise_file(name)]


def _submission(file: AnswerFile, solution: Solution) -> Submission | Unreadable:
    name = "standard input" if file.path == STANDARD_INPUT else clean(file.path)
    try:
        text = decode(_content(file, name), name, MAX_SHEET_BYTES)
        return read_answers(Document(text, name, MAX_SHEET_VALUES), solution)
    except InputError as error:
        return Unreadable(name, tuple(map(_without_long_lines, error.problems)))
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
            hint="put the file itself there",
        )
    with open(file.path, "rb") as opened:
        return opened.read(MAX_SHEET_BYTES + 1)
