"""The bundled exercises beside the figures printed in their sources.

exercises/NAME.answers.yaml has the figures as the author printed them, slips included. Authors round on the
way, so a figure counts as right if it follows, to its digits, from those printed before it, or if it is the
exact one. What follows from figures known to so many digits is found by trying values inside those digits.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

import mlpcalc
from mlpcalc import Solution, load, solve
from mlpcalc.equations import Equation
from mlpcalc.evaluate import Context, evaluate
from mlpcalc.expr import Derivative, Expr, Ref, bind
from mlpcalc.orientation import turns
from mlpcalc.stable import Array
from mlpcalc.symbols import Symbol
from mlpcalc.values import Coefficients

EXERCISES = Path(mlpcalc.__file__).parents[1] / "exercises"
TRIALS = 100

Cell = tuple[int, ...]

# What the authors got wrong, by the cells as they are counted in the exercise; () is the loss.
SLIPS: Mapping[tuple[str, str], set[Cell]] = {
    # of hidden gradients that were taken with the already updated output weights
    ("mazur", "loss_new"): {()},
    # with the already updated W2
    ("handout", "Delta1"): {(1, 1), (2, 1)},
    # the pre-activations
    ("ist_tanh", "Z2"): {(1, 1), (2, 1), (3, 1)},
    # Y - T, which is already Delta2
    ("double_fprime", "dZ2"): {(1, 1)},
}


def answers(name: str) -> Mapping[str, Any]:
    """What the author printed, as text."""
    text = (EXERCISES / f"{name}.answers.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)["answers"]  # noqa: S506  # it makes only text
    return found


NAMES = sorted(path.name.removesuffix(".answers.yaml") for path in EXERCISES.glob("*.answers.yaml"))
QUANTITIES = [(name, quantity) for name in NAMES for quantity in answers(name)]


@dataclass(frozen=True)
class Figures:
    """A quantity as printed: values, half a unit of their last digits, and what is not printed as nan.

    In the layout of the page, where samples are columns.
    """

    values: Array
    halves: Array

    @property
    def printed(self) -> "np.ndarray[Any, np.dtype[np.bool_]]":
        """Which cells are printed."""
        return np.isfinite(self.values)

    def drawn(self, rng: np.random.Generator, otherwise: Array) -> Array:
        """A value inside the digits of each printed cell, often at an end; other cells from `otherwise`."""
        inside = self.values + self.halves * np.clip(rng.uniform(-2, 2, self.values.shape), -1, 1)
        return np.where(self.printed, inside, otherwise)


def read(solution: Solution, symbol: Symbol, grid: Any) -> Figures:  # noqa: ANN401  # text, lists or lists of lists
    """The figures of one quantity."""
    texts = np.array(grid, dtype=object)
    if texts.ndim == 2 and turns(symbol.row.lies, solution.exercise.conventions):
        texts = texts.T
    texts = texts.reshape(solution.computed[symbol].shape)
    figures = [Decimal(text if text != "~" else "nan") for text in texts.ravel()]
    decimals = [-int(figure.as_tuple().exponent) if figure.is_finite() else 0 for figure in figures]
    # A figure without decimals is as exact as it can be, and no more than the others of its matrix.
    known = [each if each > 0 else max([0, *decimals]) for each in decimals]
    halves = [0.5 * 10.0**-each if each > 0 else 0.0 for each in known]
    values = [float(figure) for figure in figures]
    return Figures(np.reshape(values, texts.shape), np.reshape(halves, texts.shape))


def routes(equation: Equation, solution: Solution) -> Iterator[Expr]:
    """The ways to work a quantity out that authors choose from."""
    yield equation.expression
    yield equation.stable
    if equation.chain_rule is not None:
        yield equation.chain_rule
    if isinstance(equation.expression, Derivative):
        k = equation.symbol.layer
        f = solution.exercise.layers[k - 1].activation
        yield bind(f.derivative, s=Ref(Symbol("S", k)), z=Ref(Symbol("Z", k)))


@dataclass(frozen=True)
class Checked:
    """The printed figures of an exercise, and the bounds that the figures printed before put to each.

    One pair of bounds for each route, along the first axis.
    """

    solution: Solution
    printed: Mapping[Symbol, Figures]
    low: Mapping[Symbol, Array]
    high: Mapping[Symbol, Array]

    def wrong(self, symbol: Symbol, values: Array) -> "np.ndarray[Any, np.dtype[np.bool_]]":
        """Which of these values, to the digits that were printed, neither follow nor are exact."""
        half, exact = self.printed[symbol].halves, self.solution.computed[symbol]
        # Steps on scratch paper are rounded, too: twice the half unit.
        reach = 2 * half + 1e-12 * np.abs(values)
        by_route = (self.low[symbol] - reach <= values) & (values <= self.high[symbol] + reach)
        right = np.abs(values - exact) <= half + 1e-12 * np.abs(exact)
        return np.asarray(self.printed[symbol].printed & ~by_route.any(axis=0) & ~right)


@cache
def checked(name: str) -> Checked:
    """Every equation of the page, worked out on what the author printed, many times."""
    solution = solve(load(name))
    printed = {
        solution.symbol(key): read(solution, solution.symbol(key), grid)
        for key, grid in answers(name).items()
    }
    low: dict[Symbol, Array] = {}
    high: dict[Symbol, Array] = {}
    coefficient = Coefficients(solution.exercise)
    rng = np.random.default_rng(NAMES.index(name))
    for _ in range(TRIALS):
        tried = dict(solution.exercise.givens())
        context = Context(tried.__getitem__, coefficient, careful=True)
        for symbol, equation in solution.computed.page.items():
            shape = solution.computed[symbol].shape
            ways = routes(equation, solution)
            found = np.array([np.broadcast_to(evaluate(way, context), shape) for way in ways])
            if symbol in printed:
                tried[symbol] = printed[symbol].drawn(rng, otherwise=found[0])
                low[symbol] = np.minimum(low.get(symbol, found), found)
                high[symbol] = np.maximum(high.get(symbol, found), found)
            else:
                tried[symbol] = found[rng.integers(len(found))]
    return Checked(solution, printed, low, high)


@pytest.mark.parametrize(("name", "quantity"), QUANTITIES, ids=str)
def test_every_printed_cell_but_the_slips_comes_out_in_the_roundings_of_its_author(
    name: str, quantity: str
) -> None:
    sheet = checked(name)
    symbol = sheet.solution.symbol(quantity)
    wrong = sheet.solution.lying(symbol, sheet.wrong(symbol, sheet.printed[symbol].values))
    cells = {tuple(int(i) + 1 for i in index) for index in np.argwhere(wrong)}
    assert cells == SLIPS.get((name, quantity), set())


@pytest.mark.parametrize("name", NAMES)
def test_figures_twice_as_large_would_not_come_out(name: str) -> None:
    sheet = checked(name)
    for symbol, figures in sheet.printed.items():
        noticed = sheet.wrong(symbol, 2 * figures.values)
        precise = figures.printed & (np.abs(figures.values) > 4 * figures.halves)  # 0.1 may be 0.15, so 0.2
        assert noticed[precise].all(), symbol.plain


def test_all_that_was_printed_is_looked_at() -> None:
    assert len(NAMES) == 13
    assert sum(figures.printed.sum() for name in NAMES for figures in checked(name).printed.values()) == 562
    assert set(SLIPS) <= set(QUANTITIES)


def test_without_its_slip_mazurs_last_loss_is_another() -> None:
    assert f"{float(solve(load('mazur'))['loss_new']):.9f}" == "0.291027774"
