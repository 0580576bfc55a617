"""What was understood of a document that was handed in, as a sheet in YAML for a person to mend."""

import re
from collections.abc import Sequence

import numpy as np

from mlpcalc.answers.blank import comment, entry_lines, key, key_text, opening
from mlpcalc.answers.contents import BLANK
from mlpcalc.answers.homework import in_plain_lines, understood_in
from mlpcalc.answers.meaning import Answered, Understood
from mlpcalc.errors import InputError, Problem
from mlpcalc.reading.source import Document
from mlpcalc.solving.solution import Solution
from mlpcalc.text.encoding import encodable
from mlpcalc.text.sanitize import clean
from mlpcalc.text.wording import clipped, counted

_LOOK_IT_OVER = "Check it and correct it. Lines that begin with # are comments."
_CELL = re.compile(r"[^\s;#,\"']{1,60}")
_EXPECTED = "names and figures, such as S_1 = [[0.5, -0.25], [1.5, 2]]"


def transcript(
    solution: Solution,
    document: Document,
    ending: str,
    *,
    ascii_only: bool = False,
    closing: Sequence[str] = (),
) -> str:
    """A sheet as YAML with all that was understood, the line each was read from, and what was left out.

    ending: of the file's name, "" for none. closing: sentences to follow the instructions.

    Raises `InputError` where nothing was understood.
    """
    document = in_plain_lines(document)
    found, labels = understood_in(document, solution, ending)
    if not found.answers:
        problems = [Problem(message, document.at(line, 1)) for line, message in found.left_out]
        none = Problem("there are no answers in this document", document.at(1, 1), expected=_EXPECTED)
        raise InputError(problems or [none])
    what = f"Understood of {clipped(document.file)}: {counted(len(found.answers), 'answer')}."
    lines = opening(
        solution, [what, _LOOK_IT_OVER, *closing], labels.get("student", ""), ascii_only=ascii_only
    )
    for answer in found.answers:
        lines += [
            "",
            *comment(f"line {answer.line}: {answer.name}"),
            *_entry(solution, answer, ascii_only=ascii_only),
        ]
    lines += _closing(found)
    text = "\n".join(lines) + "\n"
    return encodable(text, "ascii") if ascii_only else text


def _entry(solution: Solution, answer: Answered, *, ascii_only: bool) -> list[str]:
    cell = "" if answer.indices is None else f"[{','.join(map(str, answer.indices))}]"
    name = key_text(key(solution, answer.symbol, ascii_only=ascii_only) + cell, ascii_only=ascii_only)
    cells = np.array([[_cell(text) for text in row] for row in answer.grid.rows])
    if cells.size == 1:
        cells = cells.reshape(())
    elif answer.grid.flat:
        cells = cells.ravel()
    return [*entry_lines(name, cells)]


def _cell(text: str) -> str:
    """A figure as typed; a blank for what would be several cells, or the beginning of a comment."""
    return text if _CELL.fullmatch(text) and clean(text) == text else BLANK


def _closing(found: Understood) -> list[str]:
    """In comments: what is the exercise's own, and what was left out."""
    lines: list[str] = []
    if found.givens:
        given = ", ".join(f"{symbol.plain} (line {line})" for symbol, line in found.givens)
        lines += ["", *comment(f"Given by the exercise, not answers: {given}")]
    if found.left_out:
        told = (line for at, message in found.left_out for line in comment(f"  line {at}: {message}"))
        lines += ["", *comment("Left out:"), *told]
    return lines
