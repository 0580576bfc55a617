"""A sheet taken apart by its lines: a piece of text for each key, so that known pieces need no parser.

The sheets of a class consist of the same few pieces. A line that looks like the beginning of a piece may
stand inside quotes or brackets that go on over lines; so pieces are guesses until they have been parsed, and
where a guess fails, the sheet has to be parsed as a whole.
"""

import re
from collections.abc import Sequence

from mlpcalc.errors import InputError
from mlpcalc.reading.source import Document, Mapping, Node, Scalar

MAX_LENGTH = 100_000  # characters of a sheet that is taken apart

# Comments without anything that YAML would not allow, or take for the end of a line.
_COMMENT = "#[ -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*"
_NOTHING = f" *(?:{_COMMENT})?"
_IDLE = re.compile(_NOTHING)
_MARK = "\ufeff"  # of byte order, which is allowed at the beginning only
_KEY = re.compile(r"[^\s#\-]")
_TOP = re.compile(r"\n(?=[^\s#\-])")
_WRAPPED = re.compile(rf"answers:(?: {_NOTHING})?\n(?:{_NOTHING}\n)*(?P<indent> +)(?=[^\s#\-])")
_TEXT = r"(?!null\b|Null\b|NULL\b)\w[\w.@/-]{0,30}(?: \w[\w.@/-]{0,30}){0,2}"
_LABEL = re.compile(rf"(?P<key>exercise|student): +(?P<text>{_TEXT}) *(?:\n{_NOTHING})*", re.ASCII)


def taken_apart(text: str) -> list[str] | None:
    """The pieces of a sheet in their order; None for a sheet better parsed as a whole.

    The pieces of its block `answers` begin with spaces, all others do not.
    """
    if len(text) > MAX_LENGTH or text.startswith(" ") or _MARK in text:
        return None
    pieces: list[str] = []
    wrapped = False
    for piece in _TOP.split(text):
        if found := _WRAPPED.match(piece):
            if wrapped:
                return None
            wrapped = True
            pieces += _inside(piece[found.start("indent") :], len(found["indent"]))
        elif pieces or not all(_IDLE.fullmatch(line) for line in piece.split("\n")):
            pieces.append(piece)
    return pieces


def _inside(text: str, indent: int) -> list[str]:
    """The pieces of a block whose keys are indented so far."""
    pieces: list[list[str]] = []
    for line in text.split("\n"):
        if not pieces or (_KEY.match(line, indent) and not line[:indent].strip(" ")):
            pieces.append([])
        pieces[-1].append(line)
    return ["\n".join(lines) for lines in pieces]


def label(piece: str) -> tuple[str, str] | None:
    """The key and the text of a piece that is a label like any other."""
    found = _LABEL.fullmatch(piece)
    return found and (found["key"], found["text"])


def parsed(pieces: Sequence[str], file: str) -> tuple[Document, list[tuple[Scalar, Node]]] | None:
    """The key and the value of each piece, and the document of all; None if some piece is not what it seemed.

    All pieces begin with the same number of spaces. What a piece means here it means beside any others: it
    is one key, at the beginning, and the whole of its value.
    """
    document = Document("\n".join(pieces), file)
    try:
        root = document.root
    except InputError:
        return None
    if not isinstance(root, Mapping) or len(root.pairs) != len(pieces):
        return None
    line, column = 1, len(pieces[0]) - len(pieces[0].lstrip(" ")) + 1
    for piece, (key, _) in zip(pieces, root.pairs, strict=True):
        if (key.line, key.column) != (line, column):
            return None
        line += piece.count("\n") + 1
    return document, root.pairs
