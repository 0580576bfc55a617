"""Many exercises of the same form and difficulty, each with figures of its own."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from mlpcalc.errors import refuse
from mlpcalc.generating.friendly import Dice
from mlpcalc.generating.generate import Form, GeneratedExercise, generate
from mlpcalc.report.blocks import Note
from mlpcalc.report.csv import render as render_csv
from mlpcalc.report.report import Report
from mlpcalc.text.sanitize import clean

BAND = 0.02
"""By how much the scores of variants may differ."""

MOST = 1000
MANIFEST = "manifest.csv"
_TRIES = 12  # for each variant
_SEEDS = 1 << 31
_VARIANTS = 1 << 20  # tells their seeds from the numbers of the draws of one exercise


class Variant(NamedTuple):
    """A variant: the name of its file, and the exercise."""

    file: str
    made: GeneratedExercise


def file_names(name: str, count: int) -> list[str]:
    """`exercise01.yaml` and so on; raises `InputError` for too many."""
    if not 1 <= count <= MOST:
        raise refuse(f"{count} variants", expected=f"1 to {MOST}")
    digits = max(2, len(str(count)))
    return [f"{name}{number:0{digits}}.yaml" for number in range(1, count + 1)]


def variants(
    form: Form, seed: int, count: int, name: str = "exercise", progress: Callable[[], None] = lambda: None
) -> list[Variant]:
    """So many exercises of one form, no two alike, whose scores differ by `BAND` at most.

    Each has a seed of its own, from which it can be made again. Raises `InputError` where there are not
    so many.
    """
    files, dice, taken = file_names(name, count), Dice(seed, _VARIANTS), set[object]()

    def fresh(file: str, least: float) -> Variant:
        """An exercise that is not among the others, and has at least that score."""
        number = file.removeprefix(name).removesuffix(".yaml")
        for _ in range(_TRIES):
            made = generate(form.titled(f"{form.like.title}, variant {number}"), dice.below(_SEEDS))
            key = tuple(made.exercise.written.items())
            if key not in taken and made.score >= least:
                taken.add(key)
                return Variant(file, made)
        raise refuse(
            f"only {len(taken)} of {count} variants were found",
            expected=f"different exercises whose scores differ by at most {BAND}",
            hint="larger sizes, or fewer variants",
        )

    found = []
    for file in files:
        found.append(fresh(file, 0.0))
        progress()
    least = max(variant.made.score for variant in found) - BAND
    return [one if one.made.score >= least else fresh(one.file, least) for one in found]


# ---------------------------------------------------------------------------- reports


def manifest(made: Sequence[Variant]) -> str:
    """The table of the variants as CSV."""
    rows = ({"file": file, **facts(one), "score": f"{one.score:.4f}"} for file, one in made)
    return render_csv([("file", "seed", "score", "revealed", "of"), *(tuple(row.values()) for row in rows)])


def facts(made: GeneratedExercise) -> dict[str, Any]:
    """The seed and the score of an exercise, as a manifest has them."""
    return {"seed": made.seed, "score": made.score, "revealed": made.revealed, "of": made.of}


def report(folder: str, made: Sequence[Variant]) -> Report:
    """The report on variants: which files are in the folder, and how far their scores are apart."""
    scores = [variant.made.score for variant in made]
    low, high, folder = min(scores), max(scores), clean(folder)
    names = made[0].file if len(made) == 1 else f"{made[0].file} to {made[-1].file}"
    return Report(
        blocks=lambda: [
            Note(f"{names} and {MANIFEST} are in {folder}."),
            Note(f"Scores from {low:.3f} to {high:.3f}; they may differ by {BAND}."),
        ],
        data=lambda: {
            "folder": folder,
            "manifest": MANIFEST,
            "band": BAND,
            "scores": {"least": low, "greatest": high},
            "exercises": [{"file": file, "title": one.exercise.title, **facts(one)} for file, one in made],
        },
    )
