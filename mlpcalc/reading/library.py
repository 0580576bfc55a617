"""Where exercises come from: a path, the bundled ones, the current folder, standard input.

With os.path throughout: pathlib would be the slowest import of a whole run.
"""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from os import path
from typing import TYPE_CHECKING, NamedTuple

from mlpcalc.errors import InputError, Place, reason, refuse
from mlpcalc.reading.source import MAX_BYTES, Document, decode
from mlpcalc.text.sanitize import clean
from mlpcalc.text.wording import clipped, nearest, one_of

if TYPE_CHECKING:
    from mlpcalc.page.exercise import Exercise

DEFAULT = "exercise2"
STANDARD_INPUT = "standard input"  # as the header names it
_BUNDLED = " (bundled)"
_SLASH = re.compile(r"[\\/]")
SUFFIXES = (".yaml", ".yml")  # of the files that are looked at in a folder
# A line that begins with the key, or a mapping in braces that has it; looked for one after the other, as a
# pattern for both would look through the rest of the file for every brace.
_LAYERS_IN_A_LINE = re.compile(rb"""(?:\A\xef\xbb\xbf|\A|[\r\n])["']?layers["']?[ \t]*:""")
_BRACE_IN_A_LINE = re.compile(rb"(?:\A\xef\xbb\xbf|\A|[\r\n])\{")
_LAYERS = re.compile(rb"""layers["']?\s*:""")
_PEEK = 1 << 20


class Found(NamedTuple):
    """An exercise file: its content, its name in messages, and what the header says of where it is from."""

    data: bytes
    file: str
    origin: str


def exercise_of(found: Found) -> "Exercise":
    """The exercise in a file that was found; raises `InputError` with everything that is wrong with it."""
    from mlpcalc.reading.reader import read_exercise  # with NumPy, which names alone do not need

    return read_exercise(Document(decode(found.data, found.file), found.file), found.origin)


def find(wanted: str | None) -> Found:
    """Find an exercise.

    wanted: an existing path, else the name of a bundled exercise; `-` for standard input; None for the only
    exercise file of the current folder or, if there is none, the bundled exercise 2.

    Raises `InputError` if there is no such file, it cannot be read, or the folder has several.
    """
    if wanted == "-":
        return Found(sys.stdin.buffer.read(MAX_BYTES + 1), STANDARD_INPUT, STANDARD_INPUT)
    if wanted is None:
        here = [name for name in listed(os.curdir) if is_exercise_file(name)]
        if len(here) > 1:
            raise refuse(
                f"there are {len(here)} exercises in this folder",
                expected=one_of(map(clean, here)),
                hint=f"name the one you mean: {clean(here[0])}",
            )
        return _read(here[0]) if here else _bundled(DEFAULT)
    return _read(wanted) if path.exists(wanted) else _bundled(wanted)


def bundled_names() -> list[str]:
    """The exercises that come with the program, as file names."""
    return sorted(
        name
        for name in os.listdir(_folder())
        if name.endswith(".yaml") and not name.endswith(".answers.yaml")
    )


def is_exercise(wanted: str) -> bool:
    """Whether a word means a file, or a bundled exercise."""
    return path.exists(wanted) or _bundled_name(wanted) is not None


def is_exercise_name(text: str) -> bool:
    """Whether a text is the name of a file as exercises have it, or of a bundled exercise."""
    return text.endswith(SUFFIXES) or _bundled_name(text) is not None


def stem(name: str) -> str:
    """The name of an exercise file without folder and ending, however the header names it; "" for none."""
    base = _SLASH.split(name.removesuffix(_BUNDLED))[-1]
    return "" if name == STANDARD_INPUT else path.splitext(base)[0]


def bundled_answers(wanted: str) -> str | None:
    """The path of the printed answers of a bundled exercise, by its name or theirs; None without any."""
    stem = wanted.removesuffix(".yaml").removesuffix(".answers")
    name = f"{stem}.answers.yaml"
    return path.join(_folder(), name) if name in os.listdir(_folder()) else None


def bundled() -> Iterator[Found]:
    """The exercises that come with the program, by name."""
    for name in bundled_names():
        yield _bundled(name)


def _folder() -> str:
    """The bundled exercises: inside the package in a wheel, beside it in a checkout."""
    package = path.dirname(path.dirname(path.abspath(__file__)))
    inside = path.join(package, "exercises")
    return inside if path.isdir(inside) else path.join(path.dirname(package), "exercises")


def _bundled_name(wanted: str) -> str | None:
    """The file name of the bundled exercise that a word means, if any."""
    return next((name for name in bundled_names() if wanted in (name, name.removesuffix(".yaml"))), None)


def _bundled(wanted: str) -> Found:
    name = _bundled_name(wanted)
    if name is None:
        known = [name.removesuffix(".yaml") for name in bundled_names()]
        near = nearest_file(wanted, known)
        raise refuse(
            f"no such file: {clipped(wanted)}",
            expected="a file, or a bundled exercise: " + ", ".join(known),
            hint=f"did you mean {near}?" if near else None,
            topic="bundled exercises",
        )
    return _read(path.join(_folder(), name))._replace(file=name, origin=f"{name}{_BUNDLED}")


def nearest_file(wanted: str, others: Sequence[str] = ()) -> str | None:
    """The YAML file in the same folder, or the word among `others`, most like a path that does not exist.

    Endings are ignored. None if nothing is similar.
    """
    folder = path.dirname(wanted)
    names: list[str] = []
    with suppress(OSError, ValueError):  # no such folder either
        names = sorted(name for name in os.listdir(folder or os.curdir) if name.endswith(SUFFIXES))
    meant = {path.splitext(name)[0]: name for name in [*others, *(path.join(folder, name) for name in names)]}
    near = nearest(path.splitext(wanted)[0], meant)
    return clean(meant[near]) if near is not None else None


def listed(folder: str) -> list[str]:
    """What is in a folder, in order; raises `InputError` where that cannot be read."""
    try:
        return sorted(os.listdir(folder))
    except OSError as error:
        raise _unreadable(folder, error) from None


def is_exercise_file(name: str) -> bool:
    """Whether a file looks like an exercise, by its name too. A link or a pipe does not."""
    return name.lower().endswith(SUFFIXES) and not path.islink(name) and has_layers(name)


def has_layers(name: str) -> bool:
    """Whether a path leads to a file that has layers at the top."""
    if not path.isfile(name):
        return False
    try:
        with open(name, "rb") as file:
            start = file.read(_PEEK)
    except OSError:
        return False
    if _LAYERS_IN_A_LINE.search(start):
        return True
    brace = _BRACE_IN_A_LINE.search(start)
    return brace is not None and _LAYERS.search(start, brace.end()) is not None


def _read(name: str) -> Found:
    shown = clean(name)
    if path.isdir(name):
        raise refuse("this is a folder", Place(shown), expected="an exercise file")
    try:
        with open(name, "rb") as file:
            return Found(file.read(MAX_BYTES + 1), shown, shown)
    except OSError as error:
        raise _unreadable(name, error) from None


def _unreadable(name: str, error: OSError) -> InputError:
    return refuse(f"cannot be read: {reason(error)}", Place(clean(name)))
