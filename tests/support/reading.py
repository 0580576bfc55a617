"""One document, or one name, read by itself."""

from collections.abc import Mapping

from mlpcalc.answers.homework import read_document
from mlpcalc.answers.reader import Submission, read_part, united
from mlpcalc.page.spellings import Spellings, spellings
from mlpcalc.page.symbols import Symbol
from mlpcalc.reading.source import Document
from mlpcalc.solving.solution import Solution


def read_answers(document: Document, solution: Solution) -> Submission:
    """The answers in a YAML sheet; raises `InputError` where there is none that can be read."""
    return united([read_part(document, solution)], solution)


def read_homework(document: Document, solution: Solution, ending: str) -> Submission:
    """The answers in a document of whatever form; ending: of the file's name, "" for none."""
    return united([read_document(document, solution, ending)], solution)


def parse_name(name: str, known: Mapping[str, Symbol], depth: int) -> Symbol:
    """The quantity of a name in a network of so many layers, which has those that are known."""
    return Spellings(spellings(known, depth, {})).symbol(name)
