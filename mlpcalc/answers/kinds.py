"""Which files of a folder are homework, by their endings, and what to do with those that cannot be read."""

from collections.abc import Mapping
from os import path
from typing import NamedTuple

from mlpcalc.reading.library import SUFFIXES

READ = (
    *SUFFIXES,
    ".tex",
    ".md",
    ".markdown",
    ".rmd",
    ".qmd",
    ".txt",
    ".text",
    ".log",
    ".csv",
    ".tsv",
    ".json",
    ".ipynb",
)
"""The endings of files that are read."""

EXERCISE = "an exercise"
"""Why an exercise beside the homework is not marked, which nobody needs to be told."""

HIDDEN = "a hidden file, or one that a system keeps for itself"
"""Why what nobody handed in is not marked, which nobody needs to be told either."""

CLASS_LIST = "the class list"
FEEDBACK = "feedback on homework"
UNTOLD = (EXERCISE, HIDDEN, CLASS_LIST, FEEDBACK)
LINK = "a symbolic link to a folder; name that folder as well"
EMPTY = "an empty folder"
DEEP = "more than {depth} folders deep; name this folder as well"

_DOCUMENT = "a document of an office program; save it as plain text or Markdown"
_PICTURE = "a picture; turn it into Markdown with text recognition"
_SPREADSHEET = "a spreadsheet; save it as CSV"
_ARCHIVE = "an archive; unpack it"
_PROGRAM = "a program; hand in what it prints"
_PAGE = "a web page; copy its text into a file, or save it as plain text"
_PDF = "a PDF; hand in its source, or its text as Markdown"
_WHAT_TO_DO: Mapping[str, str] = {
    ".pdf": _PDF,
    **dict.fromkeys((".doc", ".docx", ".odt", ".rtf", ".pages"), _DOCUMENT),
    **dict.fromkeys(
        (".png", ".jpg", ".jpeg", ".heic", ".gif", ".webp", ".tif", ".tiff", ".bmp", ".svg"), _PICTURE
    ),
    **dict.fromkeys((".xls", ".xlsx", ".ods", ".numbers"), _SPREADSHEET),
    **dict.fromkeys((".zip", ".rar", ".7z", ".tar", ".gz", ".tgz"), _ARCHIVE),
    **dict.fromkeys((".html", ".htm", ".mht"), _PAGE),
    **dict.fromkeys((".py", ".m", ".r", ".jl", ".mlx", ".c", ".cpp", ".java"), _PROGRAM),
}
_OF_SYSTEMS = ("__macosx", "thumbs.db", "desktop.ini")
_FIRST_BYTES = {
    b"%PDF": _PDF,
    b"PK\x03\x04": "an archive, or a document of an office program; save it as plain text or CSV",
    b"\xd0\xcf\x11\xe0": _DOCUMENT,
    b"\x89PNG": _PICTURE,
    b"\xff\xd8\xff": _PICTURE,
    b"GIF8": _PICTURE,
    b"{\\rtf": _DOCUMENT,
}


class PassedOver(NamedTuple):
    """A file of a folder that is not marked, why, and whose it seems to be, as of an `AnswerFile`."""

    file: str
    reason: str
    student: str = ""
    number: str = ""


def ending(name: str) -> str:
    """The ending of a file's name, with its point, in small letters."""
    return path.splitext(name)[1].lower()


def is_hidden(name: str) -> bool:
    """Whether a file or a folder is none that anybody hands in: hidden, or a system's own."""
    return name.startswith(".") or name.lower() in _OF_SYSTEMS


def why_not(name: str) -> str | None:
    """Why a file of this name is not read, with what to do; None if it is."""
    kind = ending(name)
    return None if kind in READ else _WHAT_TO_DO.get(kind, "not a kind of homework that can be read")


def what_to_do(data: bytes) -> str | None:
    """What to do with a file that begins like this, if it is of a kind that cannot be read."""
    return next((reason for start, reason in _FIRST_BYTES.items() if data.startswith(start)), None)
