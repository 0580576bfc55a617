"""What sheets earn that were filled in without computing, against what their figures are right in.

The same figure in every cell, the given parameters as the new ones, and the sheet of another variant; for
every bundled exercise and so many made by `new`. A cell counts as right if it has the value to the digits
asked; beyond that, a twentieth of all may be earned.
"""

from collections.abc import Iterator, Mapping
from itertools import count as counting
from itertools import islice

import numpy as np

from mlpcalc import load, solve
from mlpcalc.answers.digits import Asked
from mlpcalc.arrays import Array
from mlpcalc.generating.exercise_text import exercise_text
from mlpcalc.generating.generate import generate
from mlpcalc.marking.marker import Marker
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.page.symbols import Stage, Symbol
from mlpcalc.reading.library import bundled_names
from mlpcalc.reading.reader import read_exercise
from mlpcalc.reading.source import Document
from mlpcalc.solving.solution import Solution
from tests.support.forms import FORMS
from tests.tools.simulations import read

FIGURES = ("0", "0.0", "0.0000", "0e9", "1e9", "0.1", "0.5", "1", "-1", "1.0", "2", "-0.5", "0.25", "1/2")
ALLOWED = 1 / 20


def answered(solution: Solution) -> list[Symbol]:
    """All that may be answered."""
    return [symbol for symbol in solution.symbols.values() if symbol.stage != Stage.GIVENS]


def typed(values: Mapping[Symbol, Array]) -> str:
    """A sheet with these figures."""
    cells = {symbol.plain: np.asarray(value).tolist() for symbol, value in values.items()}
    return "".join(f"{name}: {figures}\n".replace("'", "") for name, figures in cells.items())


def everywhere(solution: Solution, figure: str) -> str:
    """A sheet with the same figure in every cell."""
    return typed({symbol: np.full(solution.value(symbol).shape, figure) for symbol in answered(solution)})


def sheets(solution: Solution, other: Solution | None = None) -> Iterator[tuple[str, str]]:
    """The sheets by what they were filled in with. other: a variant with matrices of the same shapes."""
    symbols = answered(solution)
    for figure in FIGURES:
        yield figure, everywhere(solution, figure)
    given = {symbol.plain: solution.value(symbol) for symbol in solution.symbols.values()}
    new = {symbol: given.get(symbol.plain.removesuffix("_new")) for symbol in symbols if symbol.updated}
    copied = {
        symbol: value for symbol, value in new.items() if value is not None and symbol.kind in ("W", "b")
    }
    if copied:
        yield "parameters copied", typed(copied)
    if other is not None:
        decimals = solution.exercise.decimals
        yield "another variant", typed({symbol: other.value(symbol).round(decimals) for symbol in symbols})


def earned(solution: Solution, text: str) -> tuple[float, float, int]:
    """What a sheet earns, what its figures are right in, and the number of its answers."""
    sheet = read(text, solution)
    (marks,) = Marker(solution).mark([sheet])
    half = Asked.of(solution.exercise).half * (1 + 1e-9)
    credited = np.array([verdict.credited for verdict in Verdict])
    points = right = 0.0
    for symbol, quantity in marks.quantities.items():
        exact = solution.computed[symbol]
        points += float(credited[quantity.verdicts].mean())
        right += float((np.abs(sheet.answers[symbol].value - exact) <= half).mean())
    return points, right, len(marks.quantities)


def exercises(count: int, seed: int) -> Iterator[tuple[str, Solution, Solution | None]]:
    """Every bundled exercise, and so many new ones, each with another variant of it."""
    for name in bundled_names():
        yield name, solve(load(name)), None
    for number, start in enumerate(islice(counting(seed * 10_000), count)):
        form = FORMS[number % len(FORMS)]
        made, other = (
            Solution(read_exercise(Document(exercise_text(generate(form, at).exercise), "new.yaml"), ""))
            for at in (start, start + 5_000)
        )
        yield f"new {number % len(FORMS)}, seed {start}", made, other


def filled_in_table(count: int, seed: int) -> Iterator[str]:
    """The sheets that earn more than they may, and how many there are."""
    number = too_much = 0
    for name, solution, other in exercises(count, seed):
        for what, text in sheets(solution, other):
            points, right, answers = earned(solution, text)
            number += 1
            if points > right + ALLOWED * answers:
                too_much += 1
                yield f"{name}: {what}: {points:.2f} points, right in {right:.2f} of {answers}"
    yield f"{too_much} of {number} sheets earn too much"
