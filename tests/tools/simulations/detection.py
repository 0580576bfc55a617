"""What is found of figures that are off by a few units of the last of four decimals.

One figure of an honest sheet is off; all others are as they were. It passes if it has credit.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from mlpcalc.answers.reader import Submission
from mlpcalc.marking.marker import Marker
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.page.symbols import Symbol
from mlpcalc.solving.solution import Solution
from tests.support.marking_exercises import marking_exercise
from tests.support.students import Carry, Style, honest_sheet
from tests.tools.simulations import read

_DECIMALS = 4
_UNITS = (2, 3, 5, 8, 20)
_FIGURES = 4  # of each sheet that are off, one at a time


class Work(NamedTuple):
    """How much of the work is written, and what is carried on."""

    share: float
    carry: Carry


_WORK = tuple(Work(share, carry) for share in (1.0, 0.4) for carry in ("rounded", "full"))


def _off(sheet: Submission, symbol: Symbol, cell: tuple[int, ...], units: int) -> Submission:
    """The sheet with one figure that is off by so many units."""
    answer = sheet.answers[symbol]
    value = answer.value.copy()
    value[cell] += units * 10.0**-_DECIMALS
    return sheet._replace(answers={**sheet.answers, symbol: answer._replace(value=value)})


def detected(exercises: int, seed: int) -> Iterator[tuple[Work, int, Verdict]]:
    """The verdict on every figure that is off, by how the student works and by how many units."""
    rng = np.random.default_rng(seed)
    for _ in range(exercises):
        solution = Solution(replace(marking_exercise(rng), decimals=_DECIMALS))
        cases: list[tuple[Work, int, Symbol, tuple[int, ...], Submission]] = []
        for work in _WORK:
            style = Style(
                carry=work.carry,
                answered="all" if work.share == 1 else "some",
                share=work.share,
                layout="rows",
            )
            text = honest_sheet(solution.exercise, rng, style)
            if text is None:
                continue
            sheet = read(text, solution)
            symbols = list(sheet.answers)
            for place in rng.permutation(len(symbols))[:_FIGURES].tolist():
                symbol = symbols[place]
                cell = tuple(int(rng.integers(size)) for size in sheet.answers[symbol].value.shape)
                sign = int(rng.choice([-1, 1]))
                cases += [
                    (work, units, symbol, cell, _off(sheet, symbol, cell, sign * units)) for units in _UNITS
                ]
        marked = Marker(solution).mark_as_asked([case[-1] for case in cases], diagnose=False)
        for (work, units, symbol, cell, _), marks in zip(cases, marked, strict=True):
            yield work, units, Verdict(int(marks.quantities[symbol].verdicts[cell]))


def detection_table(exercises: int, seed: int) -> Iterator[str]:
    """The share of the figures that pass, and of those that cannot be checked."""
    counts: Counter[tuple[Work, int, str]] = Counter()
    for work, units, verdict in detected(exercises, seed):
        counts[work, units, "all"] += 1
        counts[work, units, "passes" if verdict.credited else verdict.name.lower()] += 1
    yield f"{'off by, units':34}" + "".join(f"{units:>9}" for units in _UNITS)
    for work in _WORK:
        for outcome in ("passes", "unchecked"):
            shares = [counts[work, units, outcome] / counts[work, units, "all"] for units in _UNITS]
            name = f"{work.share:.0%} written, {work.carry}: {outcome}"
            yield f"{name:34}" + "".join(f"{share:9.2%}" for share in shares)
    yield f"{counts.total() // 2} figures"
