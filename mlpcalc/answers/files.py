"""Answer files, read one after another: what each student handed in."""

import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from os import path
from typing import NamedTuple

from mlpcalc.answers.encoding import text_of
from mlpcalc.answers.finding import STANDARD_INPUT, answer_files
from mlpcalc.answers.folders import AnswerFile, submissions
from mlpcalc.answers.homework import read_document
from mlpcalc.answers.kinds import ending, what_to_do
from mlpcalc.answers.reader import NothingReadableError, Part, Submission, read_part, united
from mlpcalc.answers.variants import Variants
from mlpcalc.errors import InputError, Place, Problem, reason, refuse
from mlpcalc.reading.source import Document
from mlpcalc.solving.solution import Solution
from mlpcalc.text.sanitize import clean
from mlpcalc.text.wording import clipped, comparable

MAX_SHEET_BYTES = 4 * 1024 * 1024
MAX_SHEET_VALUES = 500_000  # what fits in as many bytes where each figure has a few digits
_LONGEST_EXCERPT = 10_000  # characters of a line that is kept to show what is wrong in it


class Unreadable(NamedTuple):
    """A submission of which nothing could be read, its problems, its student if known, its documents."""

    file: str
    problems: tuple[Problem, ...]
    student: str = ""
    others: tuple[str, ...] = ()


class HandedIn(NamedTuple):
    """What one student handed in, as it was read.

    solution: of the exercise it is of. student: by the label of the sheet, else by the name of the folder or
    of the file; "" if unknown. chosen: whether one of its files was named itself. identities: all that may
    stand for the student in a class list, the surest first. number: by which a platform knows the student, ""
    if there is none. variant: the file of the exercise, "" if there is only one or it is not known.
    """

    sheet: Submission | Unreadable
    solution: Solution
    student: str = ""
    chosen: bool = False
    identities: tuple[str, ...] = ()
    number: str = ""
    variant: str = ""


_Document = tuple[AnswerFile, Part | Unreadable]


def read_files(
    variants: Variants,
    files: Sequence[AnswerFile],
    progress: Callable[[], None] = lambda: None,
    *,
    of_one: bool = False,
) -> Iterator[HandedIn]:
    """Read what was handed in, in order; `progress` is called after each file.

    of_one: whether all files are one student's, whatever they are called and say.
    """
    for together in [files] if of_one and files else submissions(files):
        read = []
        for file in together:
            read.append((file, _read(file, variants.first)))
            progress()
        for documents in [read] if of_one else _by_student(read):
            yield _submission(documents, variants)


def one_document(wanted: str) -> tuple[Document, str]:
    """A document that was named by itself, and the ending of its name; raises `InputError` for none."""
    files = answer_files([wanted]).files
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


# ---------------------------------------------------------------------------- what belongs together


def _by_student(read: Sequence[_Document]) -> Iterator[Sequence[_Document]]:
    """What was handed in together: one submission, unless the documents name different students."""
    named: dict[str, list[_Document]] = {}
    for document in read:
        named.setdefault(comparable(document[1].student), []).append(document)
    yield from [read] if len(named.keys() - {""}) < 2 else named.values()


def _submission(read: Sequence[_Document], variants: Variants) -> HandedIn:
    """The documents of one student, read as answers to the exercise that the student has."""
    file = read[0][0]
    label = next((each.student for _, each in read if each.student), "")
    identities = filter(None, (label, file.student, path.basename(file.folder), file.number))
    whose = HandedIn(
        Unreadable("", ()),
        variants.first,
        label or file.student,
        any(each.chosen for each, _ in read),
        tuple(dict.fromkeys(identities)),
        file.number,
    )
    said = next((each.exercise for _, each in read if isinstance(each, Part) and each.exercise), "")
    solution = variants.of(whose.identities, said)
    if isinstance(solution, Problem):
        names = [each.file for _, each in read]
        problem = solution._replace(place=Place(names[0]))
        return whose._replace(sheet=Unreadable(names[0], (problem,), label, tuple(names[1:])))
    if solution is not variants.first:
        read = [(each, _read(each, solution)) for each, _ in read]
    sheet = _together([each for _, each in read], solution)
    return whose._replace(
        sheet=sheet._replace(student=label or (file.student if file.folder else "")),
        solution=solution,
        variant=variants.file(solution),
    )


def _together(documents: Sequence[Part | Unreadable], solution: Solution) -> Submission | Unreadable:
    """Documents as one submission; what cannot be read of some is told, unless it is all."""
    parts = [each for each in documents if isinstance(each, Part)]
    faults = [each for each in documents if isinstance(each, Unreadable)]
    sheet: Submission | Unreadable
    if parts:
        found = united(parts, solution)
        told = tuple(each.problems[0] for each in faults)
        sheet = found._replace(not_understood=(*found.not_understood, *told))
    else:
        sheet = Unreadable(faults[0].file, tuple(problem for each in faults for problem in each.problems))
    return sheet._replace(others=tuple(each.file for each in documents if each.file != sheet.file))


# ---------------------------------------------------------------------------- one document


def _read(file: AnswerFile, solution: Solution) -> Part | Unreadable:
    """What a document has of a submission, or why nothing."""
    name = "standard input" if file.path == STANDARD_INPUT else clean(file.path)
    try:
        if file.text is not None:
            return read_part(Document(file.text, name), solution)
        return read_document(document_of(file), solution, ending(file.path))
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
