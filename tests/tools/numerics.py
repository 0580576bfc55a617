"""Every quantity against 50-digit arithmetic, in numbers: `python -m tests.tools.numerics NETWORKS [SEED]`.

For each range of pre-activations and each kind of quantity: the worst and the median relative error of the
cells that are well conditioned; of all cells, the worst error in units of what rounding accounts for; and how
many are not finite, and how many are, on paper, beyond double precision or made of what is.
"""

import sys
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import product
from math import inf, isfinite
from statistics import median
from typing import NamedTuple

import numpy as np

from mlpcalc.errors import InputError
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.losses import LOSSES
from mlpcalc.solving.solution import solve
from tests.support.extreme_networks import RANGES, extreme_exercise
from tests.support.figures import UNIT, Figure, UndecidedError
from tests.support.oracle_mpmath import solve_in_50_digits

CASES = list(product(RANGES, ACTIVATIONS, LOSSES))
MOST_ROUNDINGS = 4.0
_STRIDE = 55  # has no factor in common with the number of cases, and all kinds of cases come early
_WELL_CONDITIONED = 1e3  # times the size of a figure: its spread; for exponentials, the size of the exponent
_SMALLEST = 2.0**-1022


class Cell(NamedTuple):
    """One cell as it was found, and as it is on paper.

    overflown: whether something that was computed before it, or it, may be too large for a float.
    """

    kind: str
    name: str
    place: tuple[int, int]
    found: float
    figure: Figure
    overflown: bool

    @property
    def roundings(self) -> float:
        """The error, in units of 2**-52 times what is rounded on the way."""
        if not isfinite(self.found):
            return 0.0 if self.overflown else inf
        error = abs(self.found - self.figure.value)
        if not self.figure.spread:
            return inf if error else 0.0
        return float(error / (UNIT * self.figure.spread))

    @property
    def relative(self) -> float | None:
        """The relative error; None where there is none to speak of: 0, ∞, or a figure of few digits."""
        size = abs(self.figure.value)
        if not isfinite(self.found) or not size > _SMALLEST or self.figure.spread > _WELL_CONDITIONED * size:
            return None
        return float(abs(self.found - self.figure.value) / size)


def cells(exercise: Exercise) -> Iterator[Cell]:
    """Every cell of every quantity; raises `InputError` and `UndecidedError`."""
    solution, overflown = solve(exercise), False
    expected = solve_in_50_digits(exercise)
    assert expected.keys() == solution.symbols.keys()
    for name, rows in expected.items():
        symbol = solution.symbols[name]
        found = np.atleast_2d(solution.computed[symbol])
        assert found.shape == (len(rows), len(rows[0]))
        overflown = overflown or any(figure.lost for row in rows for figure in row)
        for place, value in np.ndenumerate(found):
            i, j = place
            yield Cell(symbol.kind, name, (i, j), float(value), rows[i][j], overflown)


class Checked(NamedTuple):
    """A network with its cells, over so many steps; `outcome` says why there are none, or that there are."""

    number: int
    sizes: str
    output: str
    loss: str
    steps: int
    optimizer: str
    outcome: str
    cells: tuple[Cell, ...] = ()


def networks(count: int, seed: int) -> Iterator[Checked]:
    """So many random networks: every range with every output activation and every loss, in turns."""
    for number in range(count):
        sizes, output, loss = case = CASES[_STRIDE * number % len(CASES)]
        exercise = extreme_exercise(np.random.default_rng([seed, number]), output, loss, RANGES[sizes])
        drawn = (number, *case, exercise.steps, exercise.optimizer.name)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                yield Checked(*drawn, "computed", tuple(cells(exercise)))
            except InputError:
                yield Checked(*drawn, "outside of the domain of the loss")
            except UndecidedError:
                yield Checked(*drawn, "rounding decides a case")


# ---------------------------------------------------------------------------- in numbers


_HEADS = ("", "cells", "worst", "median", "roundings", "infinite", "on paper")
_WIDTHS = (12, 9, 10, 10, 11, 10, 10)


def _table(checked: Iterable[Checked]) -> Iterator[str]:
    outcomes: Counter[str] = Counter()
    found: defaultdict[tuple[str, str], list[Cell]] = defaultdict(list)
    for network in checked:
        outcomes[network.outcome] += 1
        for cell in network.cells:
            found[network.sizes, cell.kind].append(cell)
        wrong = [cell for cell in network.cells if cell.roundings > MOST_ROUNDINGS]
        if wrong:
            yield f"WRONG {' '.join(map(str, network[:-2]))}: {wrong[0]}"
    kinds = dict.fromkeys(kind for _, kind in found)
    for sizes in RANGES:
        yield f"\npre-activations {sizes}"
        yield "".join(f"{word:>{width}}" for word, width in zip(_HEADS, _WIDTHS, strict=True))
        for kind in kinds:
            if (sizes, kind) in found:
                yield f"{kind:12}{_row(found[sizes, kind])}"
    yield "\n" + ", ".join(f"{count} networks {outcome}" for outcome, count in outcomes.items())


def _row(found: list[Cell]) -> str:
    relative = [error for cell in found if (error := cell.relative) is not None]
    worst, middle = (max(relative), median(relative)) if relative else (0.0, 0.0)
    roundings = max(cell.roundings for cell in found)
    infinite = sum(not isfinite(cell.found) for cell in found)
    too_large = sum(cell.figure.lost for cell in found)
    return f"{len(found):9}{worst:10.1e}{middle:10.1e}{roundings:11.2f}{infinite:10}{too_large:10}"


if __name__ == "__main__":
    number, *rest = sys.argv[1:]
    for line in _table(networks(int(number), int(rest[0]) if rest else 0)):
        print(line, flush=True)  # noqa: T201  # what it is for
