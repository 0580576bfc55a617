"""How a document names things, as far as its figures tell: its letters, and from where it counts.

Courses call pre-activation and activation S and Z, z and a, a and z, v and y: a document that has both, with
f of the one beside the other, says itself which is which.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import permutations
from typing import NamedTuple

import numpy as np

from mlpcalc.answers.digits import figure
from mlpcalc.answers.forms import names
from mlpcalc.answers.forms.passages import Grid, Passage
from mlpcalc.arrays import Array
from mlpcalc.numerics.evaluate import evaluate_function
from mlpcalc.page.functions import Activation
from mlpcalc.page.symbols import Symbol
from mlpcalc.reading.numerals import NumeralError
from mlpcalc.solving.solution import Solution

_OTHERS = {
    "w",
    "b",
    "θ",
    "theta",
    "x",
    "t",
    "loss",
    "l",
    "j",
    "e",
    "step",
    "step_",
    "fprime",
    "step_w",
    "step_b",
}
_LETTERS_OF_OUTPUTS = {"a", "h", "y", "o", "out"}
_ZERO = re.compile(r"[_\[{(,]\s?0(?!\d*\.)")  # not that of w_{10}
_MOST = 200  # statements that are compared
Cell = tuple[Symbol, tuple[int, ...]]
"""One cell of a quantity, as the exercise counts it."""

_SLACK = 5  # half units of the last digit by which authors are off
_SURE = 2  # digits that agree, in all; by chance two letters agree in one or two


class Stated(NamedTuple):
    """Figures under a letter with the number of a layer, or under one cell of it, before any update."""

    letter: str
    layer: int
    indices: tuple[int, ...] | None
    grid: Grid
    bracketed: bool


def stated(passages: Iterable[Passage], depth: int) -> list[Stated]:
    """What a document states under letters with layers; letters as typed, d before those of derivatives."""
    return [
        Stated(name.spelling, layer, name.indices, passage.grid, is_bracketed(typed))
        for passage in passages
        if not passage.plain
        for typed in passage.names
        for name in names.readings(typed)
        if (layer := name.number(depth)) is not None and not name.updated
    ]


# ---------------------------------------------------------------------------- letters


def letters(solution: Solution, statements: Sequence[Stated], offset: int) -> Mapping[str, str]:
    """What small letters mean S and Z, for those of which the document has one beside f of the other.

    offset: of its layers against those of the exercise. Nothing where the exercise declares its letters.
    """
    if {"S", "Z"} & set(solution.exercise.letters):
        return {}
    by_place: dict[tuple[int, tuple[int, ...] | None], dict[str, Array]] = {}
    for letter, layer, indices, grid, _ in statements[:_MOST]:
        small, layer_here = letter.lower(), layer + offset
        known = solution.find(f"{letter}{layer}")
        free = known is None or known.kind in ("S", "Z")
        if free and small not in _OTHERS and small[:1] != "d" and _fits(solution, layer_here, indices, grid):
            by_place.setdefault((layer_here, indices), {}).setdefault(small, _values(grid))
    own = {letter for found in by_place.values() for letter in found} & {"s", "z"}
    if len(own) == 2:
        return {}  # those of the exercise
    votes: dict[tuple[str, str], Array] = {}
    for (layer, indices), found in by_place.items():
        function = solution.exercise.network.activations[layer - 1]
        for pair in permutations(found, 2):
            if own <= {*pair} and (indices is None or function.elementwise):
                compared = _compared(solution, function, *(found[letter] for letter in pair))
                votes[pair] = votes.get(pair, 0) + np.array(compared)
    decided = [pair for pair, (digits, good, bad) in votes.items() if digits >= _SURE and 3 * bad <= good]
    before, after = {a for a, _ in decided}, {b for _, b in decided}
    if before & after:
        return {}
    return {**dict.fromkeys(before, "S"), **dict.fromkeys(after, "Z")}


def _fits(solution: Solution, layer: int, indices: tuple[int, ...] | None, grid: Grid) -> bool:
    """Whether there is such a layer, and figures have the size of its pre-activations, or are one of them."""
    if not 1 <= layer <= len(solution.exercise.layers):
        return False
    return grid.size == (1 if indices is not None else solution.value(Symbol("S", layer)).size)


def _values(grid: Grid) -> Array:
    """Figures and the half units of their last digits, in two layers; nan for a blank."""
    return np.array([[_figure(text) for text in row] for row in grid.rows]).transpose(2, 0, 1)


def _figure(text: str) -> tuple[float, float]:
    try:
        read = figure(text)
    except NumeralError:
        return np.nan, np.nan
    return read.value, read.half


def _compared(
    solution: Solution, function: Activation, before: Array, after: Array
) -> tuple[float, int, int]:
    """How far figures are f of others: the digits that show it, the cells that agree, and those that do not.

    A student may be wrong in some.
    """
    if before.shape != after.shape:
        return 0, 0, 0
    in_rows = before.shape[1] == 1 or solution.exercise.layout.is_transposed("samples")
    if in_rows and not function.elementwise:
        before, after = before.transpose(0, 2, 1), after.transpose(0, 2, 1)
    exactly = np.stack([before[0], 0 * before[1]])  # 0.3 as 0.3000
    digits = np.maximum(_digits(function, before, after), _digits(function, exactly, after))
    agree = digits >= 0
    bad = ~agree & ~np.isnan(before[0] + after[0])
    return float(np.clip(digits, 0, 6).sum()), int(agree.sum()), int(bad.sum())


def _digits(function: Activation, before: Array, after: Array) -> Array:
    """By how many digits figures are f of others and not just these themselves; -1 where they are not f."""
    (s, half), (z, unit) = before, after
    with np.errstate(all="ignore"):
        low, middle, high = (evaluate_function(function, s + shift * half) for shift in (-1, 0, 1))
        reach = np.maximum(np.abs(low - middle), np.abs(high - middle)) + _SLACK * unit + 1e-12
        digits = np.maximum(np.log10(np.abs(z - s) / reach), 0)
    return np.where(np.abs(z - middle) <= reach, digits, -1)


# ---------------------------------------------------------------------------- layers


def offset(solution: Solution, statements: Sequence[Stated], *, parameters: bool = False) -> int:
    """-1 where the layers of a document are numbered with the inputs as the first, else 0.

    Only where that makes everything fit that it states of units, or else of parameters.
    """
    letters_of_parameters = {"w", "b", "dw", "db"}
    depth = len(solution.exercise.layers)
    found = [
        each
        for each in statements
        if (each.letter.lower() in letters_of_parameters) == parameters
        and (parameters or each.letter.removeprefix("d").lower() not in _OTHERS)
    ]
    beyond = any(each.layer == depth + 1 for each in found)
    return -1 if beyond and all(_fits_shifted(solution, each) for each in found) else 0


def _fits_shifted(solution: Solution, each: Stated) -> bool:
    letter, layer = each.letter.lower(), each.layer - 1
    if letter.removeprefix("d") not in ("w", "b"):
        of_inputs = layer == 0 and letter in _LETTERS_OF_OUTPUTS
        return of_inputs or _fits(solution, layer, each.indices, each.grid)
    symbol = solution.symbols.get(f"{'W' if letter.endswith('w') else 'b'}{layer}")
    size = 1 if each.indices is not None else each.grid.size
    return symbol is not None and size == (1 if each.indices is not None else solution.value(symbol).size)


# ---------------------------------------------------------------------------- cells


def numbered_through(solution: Solution, statements: Iterable[Stated], letter: str) -> Mapping[int, Cell]:
    """The cells of w_1, w_2, … or b_1, b_2, … where these run through the whole network; else nothing.

    The document must state all of them with the figures of the exercise; a figure that occurs twice there
    says of neither which cell it is.
    """
    first: dict[int, float] = {}
    for each in statements:
        if each.letter == letter and each.indices is None and each.grid.size == 1:
            first.setdefault(each.layer, float(_values(each.grid)[0, 0, 0]))
    given: dict[float, list[Cell]] = {}
    for symbol in solution.exercise.givens():
        if symbol.kind == letter.upper() or symbol.kind == letter:
            for index, value in np.ndenumerate(solution.value(symbol)):
                given.setdefault(float(value), []).append((symbol, tuple(place + 1 for place in index)))
    places = sorted(value for value, cells in given.items() for _ in cells)
    if len(places) < 2 or places != sorted(first.values()):
        return {}
    return {number: given[value][0] for number, value in first.items() if len(given[value]) == 1}


def cells_are_turned(solution: Solution, statements: Iterable[Stated]) -> set[bool]:
    """Whether w_12 is the weight from unit 1 to unit 2, as the weights given show, where they are stated.

    For cells in brackets (True) and below the letter (False): those of which that is so.
    """
    straight, turned = set[bool](), set[bool]()
    for letter, layer, indices, grid, bracketed in statements:
        symbol = solution.find(f"W{layer}")
        if letter.lower() != "w" or symbol is None or indices is None or len(indices) != 2 or grid.size != 1:
            continue
        weights, value = solution.value(symbol), _values(grid)[0, 0, 0]
        here, there = (_cell(weights, each) == value for each in (indices, indices[::-1]))
        if here != there:
            (straight if here else turned).add(bracketed)
    return turned - straight


def _cell(values: Array, indices: Sequence[int]) -> float:
    row, column = indices
    inside = 1 <= row <= values.shape[0] and 1 <= column <= values.shape[1]
    return float(values[row - 1, column - 1]) if inside else np.nan


def is_bracketed(typed: str) -> bool:
    """Whether the cell in a name stands in brackets, as in programs: W[0,1], dW1[0][1]."""
    return "[" in typed.replace("^{[", "").replace("^[", "")


def has_zero(typed: str) -> bool:
    """Whether a name is one of a cell whose row or column is counted as 0."""
    return _ZERO.search(typed) is not None and any(
        name.indices is not None and 0 in name.indices for name in names.readings(typed)
    )
