"""Files that a command writes: all of a file or none of it, and over another one only if that is wanted."""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from os import path

from mlpcalc.cli.interrupts import before_interrupt
from mlpcalc.errors import InputError, reason, refuse
from mlpcalc.text.wording import clipped, shown


def write_file(file: str, pieces: Iterable[str], *, force: bool) -> None:
    """Write the pieces of a text to one file.

    Raises `InputError` where it exists, unless forced, or cannot be written; before the first piece is made
    where that can be told.
    """
    if path.isdir(file):
        raise refuse(f"{clipped(file)} is a folder", expected="the name of a file", topic="folder")
    target = _target(file)
    if not path.isdir(path.dirname(target)):
        folder = path.dirname(target if path.islink(file) else file)
        raise refuse(
            f"cannot write {clipped(file)}: there is no folder {clipped(folder)}",
            hint="make the folder first, or write into another one",
        )
    _check_free([file], force=force)
    _write(file, pieces, force=force)


def check_folder(folder: str, names: Sequence[str], *, force: bool) -> None:
    """Raise `InputError` where files of these names cannot be written into a folder."""
    if not folder or "\0" in folder:
        raise refuse(f"{shown(folder)} is not the name of a folder", expected="a folder, made if need be")
    if path.lexists(folder) and not path.isdir(folder):
        raise refuse(f"{clipped(folder)} is not a folder", expected="a folder, made if need be")
    _check_free([path.join(folder, name) for name in names], force=force)


def write_folder(folder: str, texts: Iterable[tuple[str, str]], *, force: bool) -> None:
    """Write files into a folder, which is made if need be; raises `InputError` where that cannot be done.

    texts: each after the name of its file. What another program has written meanwhile stays, unless forced.
    """
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from None
    for name, text in texts:
        _write(path.join(folder, name), [text], force=force)


def _check_free(files: Sequence[str], *, force: bool) -> None:
    there = [file for file in files if path.lexists(file) and not _is_special(file)]
    if there and not force:
        raise _exists(there[0], f", and {len(there) - 1} more" if len(there) > 1 else "")


def _is_special(file: str) -> bool:
    """Whether this is a device or a pipe, such as /dev/stdout, in which nothing is overwritten."""
    return path.exists(file) and not path.isfile(file) and not path.isdir(file)


def _write(file: str, pieces: Iterable[str], *, force: bool) -> None:
    """Write a file, all of it or none: what was there before stays until the new one is complete."""
    if _is_special(file):
        _fill(file, file, pieces)
        return
    target = _target(file)
    part = path.join(path.dirname(target), f".{os.getpid()}.part")  # short, as the name may be of any length

    def remove() -> None:
        with suppress(OSError):
            os.unlink(part)

    try:
        with before_interrupt(remove):
            _fill(part, file, pieces)
            _move(part, target, force=force)
    except FileExistsError:
        raise _exists(file) from None
    except OSError as error:
        raise _unwritable(file, error) from None
    finally:
        remove()


def _move(part: str, target: str, *, force: bool) -> None:
    """Give a file its name; raises `FileExistsError` where there is such a file by now, unless forced."""
    if not force:
        try:
            os.link(part, target)
        except FileExistsError:
            raise
        except OSError:
            pass  # a file system without links, where what was there when the program began was looked at
        else:
            return
    os.replace(part, target)


def _target(file: str) -> str:
    """Where a file is, or will be: a link is followed; raises `InputError` where that leads nowhere."""
    if not file or "\0" in file:
        raise refuse(f"{shown(file)} is not the name of a file", expected="a path such as exercise.yaml")
    try:
        if path.islink(file):
            os.stat(file)  # a link to itself leads nowhere
    except FileNotFoundError:
        pass  # to where no file is yet
    except OSError as error:
        raise _unwritable(file, error) from None
    try:
        return path.realpath(file)
    except FileNotFoundError:
        raise refuse(f"cannot write {clipped(file)}: the current folder no longer exists") from None


def _fill(place: str, file: str, pieces: Iterable[str]) -> None:
    try:
        with open(place, "w", encoding="utf-8", newline="\n") as opened:
            opened.writelines(pieces)
    except OSError as error:
        raise _unwritable(file, error) from None


def _exists(file: str, more: str = "") -> InputError:
    return refuse(f"{clipped(file)} exists already{more}", topic="existing file")


def _unwritable(file: str, error: OSError) -> InputError:
    return refuse(f"cannot write {clipped(file)}: {reason(error)}")
