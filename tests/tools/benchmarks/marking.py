"""Marking a class in one call, the whole process, against parsing the same files and nothing more."""

import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import numpy as np

from mlpcalc import load, solve
from mlpcalc.arrays import Array
from mlpcalc.mistakes import Edits
from mlpcalc.numerics.evaluate import Context, evaluate
from mlpcalc.page.expr import Expr
from mlpcalc.solving.solution import Solution
from tests.support.student_equations import Lookup
from tests.support.students import Style, honest_sheet, wrong_sheet
from tests.tools.benchmarks.timing import Ratio, compare

_ROOT = Path(__file__).parents[3]
_WRONG = 0.3  # of the sheets
_COMPOSE = """
import glob, sys, yaml
for name in glob.glob(sys.argv[1] + "/*.yaml"):
    with open(name, "rb") as file:
        yaml.compose(file, Loader=yaml.CSafeLoader)
"""


def ratios() -> list[Ratio]:
    """A class and a large course; the same exercise, three sheets in ten with a mistake of the catalogue."""
    found = []
    for sheets, runs, target in ((1_000, 7, 8.0), (10_000, 3, 8.0)):
        with tempfile.TemporaryDirectory() as folder:
            write_class(Path(folder), sheets)
            found.append(
                compare(
                    f"check, {sheets:,} sheets",
                    "composing them with libyaml",
                    target,
                    ours=partial(_run, "-m", "mlpcalc", "check", "exercise2", folder, "--format", "csv"),
                    theirs=partial(_run, "-c", _COMPOSE, folder),
                    runs=runs,
                )
            )
    return found


def _run(*arguments: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    ended = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, *arguments], env=environment, stdout=subprocess.DEVNULL, check=False
    )
    if ended.returncode > 1:
        raise subprocess.CalledProcessError(ended.returncode, arguments)


def write_class(folder: Path, sheets: int) -> None:
    """The sheets of so many students, in a folder."""
    solution = solve(load("exercise2"))
    rng = np.random.default_rng(5)
    mistakes = [edit for found in Edits(solution.exercise, solution.notation.name).values() for edit in found]
    written = 0
    while written < sheets:
        style = Style(
            carry=("rounded", "full", "mixed")[int(rng.integers(3))], answered="usual", layout="rows"
        )
        if rng.random() < _WRONG:
            edit = mistakes[int(rng.integers(len(mistakes)))]
            change = partial(_mistaken, solution, edit.symbol.plain, edit.expression)
            text = wrong_sheet(solution.exercise, rng, style, {edit.symbol.plain: change})
        else:
            text = honest_sheet(solution.exercise, rng, style)
        if text is not None:
            text = text.replace("student: s0001", f"student: s{written:05}")
            (folder / f"s{written:05}.yaml").write_text(text, encoding="utf-8")
            written += 1


def _mistaken(solution: Solution, name: str, expression: Expr, look: Lookup) -> Array:
    """What a student gets who computes a quantity by that expression, from the figures he has."""
    context = Context(lambda symbol: look(symbol.plain), solution.exercise.coefficients)
    shape = solution.computed[solution.symbol(name)].shape or (1, 1)
    return np.broadcast_to(evaluate(expression, context), shape)
