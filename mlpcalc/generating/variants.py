"""Many exercises of the same form and difficulty, each with figures of its own."""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from os import path
from typing import Any, NamedTuple

from mlpcalc.auditing.catalogue import Catalogue
from mlpcalc.errors import InputError, reason, refuse
from mlpcalc.generating.draws import Form
from mlpcalc.generating.exercise_text import exercise_text
from mlpcalc.generating.friendly import Dice
from mlpcalc.generating.generate import GeneratedExercise, generate
from mlpcalc.report.blocks import Block, Note
from mlpcalc.report.csv import render as render_csv
from mlpcalc.report.report import Report
from mlpcalc.solving.solution import Solution
from mlpcalc.text.sanitize import clean
from mlpcalc.text.wording import clipped, shown

BAND = 0.02
"""By how much the scores of variants may differ."""

MOST = 1000
MANIFEST = "manifest.csv"
_TRIES = 12  # for each variant
_SEEDS = 1 << 31
_VARIANTS = 1 << 20  # tells their seeds from the numbers of the draws of one exercise


class Variant(NamedTuple):
    """A variant: the name of its file, the title, and the exercise."""

    file: str
    title: str
    made: GeneratedExercise

    @property
    def text(self) -> str:
        """The exercise file."""
        return exercise_text(self.made, self.title)


def usual_title(form: Form) -> str:
    """What an exercise is called if nothing is said."""
    return f"One step of gradient descent, {'-'.join(map(str, form.sizes))}"


def variants(
    form: Form,
    seed: int,
    count: int,
    name: str = "exercise",
    title: str | None = None,
    progress: Callable[[], None] = lambda: None,
) -> list[Variant]:
    """So many exercises of one form, no two alike, whose scores differ by `BAND` at most.

    Each has a seed of its own, from which it can be made again. Raises `InputError` where there are not
    so many.
    """
    files = _files(name, count)
    dice = Dice(seed, _VARIANTS)
    title = usual_title(form) if title is None else title
    catalogue = Catalogue(Solution(generate(form, seed).exercise()))
    taken: set[object] = set()

    def fresh(least: float) -> GeneratedExercise:
        """An exercise that is not among the others, and has at least that score."""
        for _ in range(_TRIES):
            made = generate(form, dice.below(_SEEDS), catalogue)
            key = repr(made.figures)
            if key not in taken and made.score >= least:
                taken.add(key)
                return made
        raise refuse(
            f"only {len(taken)} of {count} variants were found",
            expected=f"different exercises whose scores differ by at most {BAND}",
            hint="larger sizes, or fewer variants",
        )

    exercises = []
    for _ in range(count):
        exercises.append(fresh(0.0))
        progress()
    least = max(made.score for made in exercises) - BAND
    exercises = [made if made.score >= least else fresh(least) for made in exercises]
    numbers = [file.removeprefix(name).removesuffix(".yaml") for file in files]
    return [
        Variant(file, f"{title}, variant {number}", made)
        for file, number, made in zip(files, numbers, exercises, strict=True)
    ]


def _files(name: str, count: int) -> list[str]:
    """`exercise01.yaml` and so on; raises `InputError` for too many."""
    if not 1 <= count <= MOST:
        raise refuse(f"{count} variants", expected=f"1 to {MOST}")
    digits = max(2, len(str(count)))
    return [f"{name}{number:0{digits}}.yaml" for number in range(1, count + 1)]


# ---------------------------------------------------------------------------- files


def write(
    folder: str,
    form: Form,
    seed: int,
    count: int,
    name: str = "exercise",
    title: str | None = None,
    *,
    force: bool = False,
    progress: Callable[[], None] = lambda: None,
) -> Report:
    """Make `variants`, and write them and their manifest into a folder, which is made if need be.

    Raises `InputError` where files would be overwritten without `force`, or cannot be written.
    """
    _check_folder(folder)
    _check_free([path.join(folder, file) for file in [*_files(name, count), MANIFEST]], force=force)
    made = variants(form, seed, count, name, title, progress)
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from None
    for variant in made:
        _write(path.join(folder, variant.file), variant.text)
    _write(path.join(folder, MANIFEST), manifest(made))
    return _summary(folder, made)


def write_one(file: str, text: str, *, force: bool) -> None:
    """Write one exercise file; raises as `write` does."""
    _check_file(file, force=force)
    _write(file, text)


def _check_file(file: str, *, force: bool) -> None:
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


def manifest(made: Sequence[Variant]) -> str:
    """The table of the variants as CSV."""
    head = ("file", "seed", "score", "revealed", "of")
    rows = (
        (variant.file, variant.made.seed, f"{variant.made.score:.4f}", variant.made.revealed, variant.made.of)
        for variant in made
    )
    return render_csv([head, *rows])


def _check_folder(folder: str) -> None:
    if not folder or "\0" in folder:
        raise refuse(f"{shown(folder)} is not the name of a folder", expected="a folder, made if need be")
    if path.lexists(folder) and not path.isdir(folder):
        raise refuse(f"{clipped(folder)} is not a folder", expected="a folder, made if need be")


def _check_free(files: Sequence[str], *, force: bool) -> None:
    there = [file for file in files if path.lexists(file)]
    if there and not force:
        more = f", and {len(there) - 1} more" if len(there) > 1 else ""
        raise refuse(f"{clipped(there[0])} exists already{more}", topic="existing file")


def _write(file: str, text: str) -> None:
    """Write a file, all of it or none: what was there before stays until the new one is complete."""
    if path.exists(file) and not path.isfile(file):
        _fill(file, file, text)  # /dev/stdout, or a pipe
        return
    target = _target(file)
    part = path.join(path.dirname(target), f".{os.getpid()}.part")  # short, as the name may be of any length
    try:
        _fill(part, file, text)
        os.replace(part, target)
    except OSError as error:
        raise _unwritable(file, error) from None
    finally:
        with suppress(OSError):
            os.unlink(part)


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


def _fill(place: str, file: str, text: str) -> None:
    try:
        with open(place, "w", encoding="utf-8", newline="\n") as opened:
            opened.write(text)
    except OSError as error:
        raise _unwritable(file, error) from None


def _unwritable(file: str, error: OSError) -> InputError:
    return refuse(f"cannot write {clipped(file)}: {reason(error)}")


# ---------------------------------------------------------------------------- reports


def _summary(folder: str, made: Sequence[Variant]) -> Report:
    """What was written into a folder."""
    scores = [variant.made.score for variant in made]
    low, high = min(scores), max(scores)

    def blocks() -> list[Block]:
        names = made[0].file if len(made) == 1 else f"{made[0].file} to {made[-1].file}"
        return [
            Note(f"{names} and {MANIFEST} are in {clean(folder)}."),
            Note(f"Scores from {low:.3f} to {high:.3f}; they may differ by {BAND}."),
        ]

    def data() -> Mapping[str, Any]:
        return {
            "folder": clean(folder),
            "manifest": MANIFEST,
            "band": BAND,
            "scores": {"least": low, "greatest": high},
            "exercises": [
                {"file": variant.file, "title": variant.title, **facts(variant.made)} for variant in made
            ],
        }

    return Report(blocks, data)


def facts(made: GeneratedExercise) -> dict[str, Any]:
    """What is said of an exercise in a manifest."""
    return {"seed": made.seed, "score": made.score, "revealed": made.revealed, "of": made.of}
