"""Marking wrong sheets, with mistakes of all kinds and all different: milliseconds of CPU a sheet.

Also where every sheet answers another selection of the quantities, so that sheets have little in common.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import cycle, islice
from statistics import mean
from time import process_time

import numpy as np

from mlpcalc import load, solve
from mlpcalc.answers.reader import Submission
from mlpcalc.arrays import Array
from mlpcalc.marking.marker import Marker
from mlpcalc.page.symbols import Symbol
from mlpcalc.reading.source import Document
from mlpcalc.solving.solution import Solution
from tests.support.injections import Injection, injections
from tests.support.reading import read_answers
from tests.support.student_equations import Lookup
from tests.support.students import Carry, Style, honest_sheet, wrong_sheet
from tests.tools.benchmarks.timing import Ratio

_EXERCISES = ("exercise2", "mazur", "ist_tanh", "walkthrough")
_SHEETS = 250  # of each
_SELECTIONS, _SELECTED = 60, 0.6  # sheets of each; the share of the quantities that one answers
_MUDDLED = 10
_CARRIES: tuple[Carry, ...] = ("rounded", "full", "mixed")
_USUAL = Style(answered="usual", layout="rows")
_GUESSES = 5  # every so many sheets have a figure that nothing explains


def ratios() -> list[Ratio]:
    """The average over a class, over sheets of all selections, and over muddled ones; targets in ms."""
    found = []
    for what, sheets, target in (
        ("a wrong sheet, all kinds of mistakes", partial(_wrong_sheets, count=_SHEETS), 5.0),
        ("a wrong sheet, each of another selection", partial(_selections, count=_SELECTIONS), 20.0),
        ("a sheet with nearly every figure wrong", partial(_muddled_sheets, count=_MUDDLED), 100.0),
    ):
        times = []
        for name in _EXERCISES:
            solution = solve(load(name))
            read = list(sheets(solution))
            began = process_time()
            Marker(solution).mark(read)
            times.append(1000 * (process_time() - began) / len(read))
        found.append(Ratio(what, "a millisecond", mean(times), 1.0, target))
    return found


def _wrong_sheets(solution: Solution, count: int, style: Style = _USUAL) -> Iterator[Submission]:
    """Sheets with a mistake each, every mistake and slip in turn, or with a figure at random."""
    rng = np.random.default_rng(9)
    by_name: dict[str, list[Injection]] = {}
    for injection in injections(solution, rng):
        by_name.setdefault(injection.mistake, []).append(injection)
    return islice(_with_mistakes(solution, by_name, rng, style), count)


def _selections(solution: Solution, count: int) -> Iterator[Submission]:
    """Such sheets, each with another selection of the quantities."""
    seen: set[frozenset[Symbol]] = set()
    sheets = _wrong_sheets(solution, 4 * count, _USUAL._replace(answered="some", share=_SELECTED))
    for sheet in sheets:
        if (selection := frozenset(sheet.answers)) not in seen:
            seen.add(selection)
            yield sheet
            if len(seen) == count:
                return


def _with_mistakes(
    solution: Solution, by_name: dict[str, list[Injection]], rng: np.random.Generator, style: Style
) -> Iterator[Submission]:
    for number, ways in enumerate(cycle(by_name.values())):
        injection = ways[int(rng.integers(len(ways)))]
        change = injection.change
        if number % _GUESSES == 0:
            change = partial(_guessed, injection, float(rng.uniform(1.2, 3.0)))
        style = style._replace(carry=_CARRIES[number % 3])
        text = wrong_sheet(solution.exercise, rng, style, {injection.symbol.plain: change})
        if text is not None:
            yield _read(text, solution)


def _guessed(injection: Injection, times: float, look: Lookup) -> Array:
    """A matrix with its first cell so many times as large."""
    value = np.array(injection.change(look), dtype=np.float64)
    value.flat[0] *= times
    return value


def _muddled_sheets(solution: Solution, count: int) -> Iterator[Submission]:
    """Sheets of figures at random."""
    rng = np.random.default_rng(10)
    for _ in range(count):
        text = honest_sheet(solution.exercise, rng, Style(answered="usual", layout="cells"))
        assert text is not None
        lines: Sequence[str] = text.splitlines()
        changed = (
            f"{name}: {rng.normal():.4f}" if figure.strip() else f"{name}:"
            for name, _, figure in (line.partition(":") for line in lines)
            if name.strip() != "student"
        )
        yield _read("\n".join(changed), solution)


def _read(text: str, solution: Solution) -> Submission:
    return read_answers(Document(text, "sheet"), solution)
