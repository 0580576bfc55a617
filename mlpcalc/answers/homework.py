"""A document that was handed in, in whichever form: the answers in it."""

from collections.abc import Mapping

from mlpcalc.answers.forms import documents
from mlpcalc.answers.meaning import Understood, understood
from mlpcalc.answers.reader import NothingReadableError, Part, part_of, read_part
from mlpcalc.answers.statements import Sheet, Statement
from mlpcalc.errors import InputError, Place, Problem
from mlpcalc.reading.library import SUFFIXES
from mlpcalc.reading.source import Document, ScalarNode
from mlpcalc.solving.solution import Solution

_LINE_SEPARATORS = dict.fromkeys(map(ord, "\x85\u2028\u2029"), " ")  # which only YAML counts as ends of lines
_EITHER = ("", ".txt", ".text", ".log")  # the endings of texts that may be YAML as well


def read_document(document: Document, solution: Solution, ending: str) -> Part:
    """What a document has of a submission; raises `InputError` where there is nothing that can be read.

    ending: of the file's name, "" for none; a hint where the content does not tell the form.
    """
    if ending in SUFFIXES or (ending in _EITHER and _is_labelled(document.text)):
        try:
            return read_part(document, solution)
        except NothingReadableError as error:
            return _from_forms(document, solution, ending) or _fail(error)
        except InputError as error:
            if any(problem.place is None for problem in error.problems):
                raise
            return _from_forms(document, solution, ending) or _fail(error)
    if ending not in _EITHER:
        return read_forms(document, solution, ending)
    try:
        found = read_forms(document, solution, ending)
    except InputError:
        return read_part(document, solution)
    return read_part(document, solution) if found.is_blank else found


def read_forms(document: Document, solution: Solution, ending: str) -> Part:
    """What a document that is no YAML has of a submission."""
    document = in_plain_lines(document)
    found, labels = understood_in(document, solution, ending)
    return part_of(document, _sheet(found, document, solution)._replace(labels=labels), solution)


def _sheet(found: Understood, document: Document, solution: Solution) -> Sheet:
    """What was understood of a document, as the statements of a sheet."""
    statements = []
    for answer in found.answers:
        cell = "" if answer.indices is None else f"[{','.join(map(str, answer.indices))}]"
        name = ScalarNode(solution.spelling(answer.symbol) + cell, answer.line, answer.column)
        rows = [[ScalarNode(text, answer.line, answer.column) for text in row] for row in answer.grid.rows]
        statements.append(Statement(name, rows, answer.grid.flat))
    problems = [Problem(message, document.at(line, 1)) for line, message in found.left_out]
    return Sheet(statements, {}, problems)


def understood_in(
    document: Document, solution: Solution, ending: str
) -> tuple[Understood, Mapping[str, str]]:
    """What a document says of an exercise, and of itself; raises `InputError` where its form is broken."""
    try:
        reading = documents.read(document.text, f"homework{ending}")
    except InputError as error:
        raise located(error, document) from None
    return understood(reading, solution), reading.labels


def in_plain_lines(document: Document) -> Document:
    """The document with no other ends of lines than those that every editor counts."""
    text = document.text.translate(_LINE_SEPARATORS)
    return document if text == document.text else Document(text, document.file, document.most)


def located(error: InputError, document: Document) -> InputError:
    """An error of a reader, which knows lines, with the file and the text of its line."""

    def at(place: Place | None) -> Place:
        line, column = (place.line or 1, place.column or 1) if place else (1, 1)
        return document.at(line, column)

    return InputError([problem._replace(place=at(problem.place)) for problem in error.problems])


def _is_labelled(text: str) -> bool:
    """Whether a text begins as sheets of the program do."""
    lines = (line.strip() for line in text.split("\n", 50)[:50])
    first = next((line for line in lines if line and not line.startswith("#")), "")
    return first.startswith(("student:", "exercise:", "answers:", "---"))


def _from_forms(document: Document, solution: Solution, ending: str) -> Part | None:
    try:
        found = read_forms(document, solution, ending)
    except InputError:
        return None
    return None if found.is_blank else found


def _fail(error: InputError) -> Part:
    raise error
