"""Where exercises come from: a path, the bundled ones, the current folder, standard input."""

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mlpcalc.errors import InputError, Place, refuse
from mlpcalc.sanitize import clean
from mlpcalc.source import MAX_BYTES

DEFAULT = "exercise2"
_SUFFIXES = (".yaml", ".yml")
# A line that begins with the key, or a mapping in braces that has it.
_IS_EXERCISE = re.compile(
    rb"""(?:\A\xef\xbb\xbf|\A|[\r\n])(?:["']?layers["']?[ \t]*:|\{.*["']?layers["']?\s*:)""", re.DOTALL
)
_PEEK = 1 << 20


@dataclass(frozen=True, slots=True)
class Found:
    """An exercise file: its content, its name in messages, and what the header says of where it is from."""

    data: bytes
    file: str
    origin: str


def find(wanted: str | None) -> Found:
    """The exercise that `wanted` means.

    A path that exists; else a bundled exercise by name; `-` is standard input. None is the only exercise
    file of the current folder, or, where there is none, the bundled exercise 2. Raises `InputError`.
    """
    if wanted == "-":
        return Found(sys.stdin.buffer.read(MAX_BYTES + 1), "standard input", "standard input")
    if wanted is None:
        here = [path for path in sorted(Path().iterdir()) if _is_exercise(path)]
        if len(here) > 1:
            raise refuse(
                f"{len(here)} exercises in this folder, and none named",
                expected="one of " + ", ".join(clean(path.name) for path in here),
                hint=f"name the one you mean: {clean(here[0].name)}",
            )
        return _read(here[0]) if here else _bundled(DEFAULT)
    if os.path.exists(wanted):  # Path.exists raises for a name that is too long
        return _read(Path(wanted))
    return _bundled(wanted)


def bundled() -> Iterator[Found]:
    """The exercises that come with the program, by name."""
    for path in sorted(_folder().glob("*.yaml")):
        if not path.name.endswith(".answers.yaml"):
            yield Found(path.read_bytes(), path.name, f"{path.name} (bundled)")


def _folder() -> Path:
    """The bundled exercises: inside the package in a wheel, beside it in a checkout."""
    package = Path(__file__).parent
    inside = package / "exercises"
    return inside if inside.is_dir() else package.parent / "exercises"


def _bundled(wanted: str) -> Found:
    names = {found.file: found for found in bundled()}
    for name in (wanted, f"{wanted}.yaml"):
        if name in names:
            return names[name]
    raise refuse(
        f"no such file: {clean(wanted)}",
        expected="a file, or a bundled exercise: " + ", ".join(name.removesuffix(".yaml") for name in names),
        hint="mlpcalc list shows the bundled ones",
    )


def _is_exercise(path: Path) -> bool:
    """Whether a file looks like an exercise: it has layers at the top."""
    if path.suffix not in _SUFFIXES or not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return _IS_EXERCISE.search(file.read(_PEEK)) is not None
    except OSError:
        return False


def _read(path: Path) -> Found:
    name = clean(str(path))
    if path.is_dir():
        raise refuse("this is a folder", Place(name), expected="an exercise file")
    try:
        with path.open("rb") as file:
            return Found(file.read(MAX_BYTES + 1), name, name)
    except OSError as error:
        raise unreadable(name, error) from None


def unreadable(name: str, error: OSError) -> InputError:
    """The error for a file that the system does not let us read."""
    return refuse(f"cannot be read: {(error.strerror or 'unknown reason').lower()}", Place(name))
