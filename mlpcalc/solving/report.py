"""The report of a solution: the quantities of an exercise in the order of the page."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from mlpcalc.errors import InputError, Problem, UnknownQuantityError, refuse
from mlpcalc.page.cells import cell_of
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.symbols import Axis, Stage, Symbol
from mlpcalc.report.blocks import Block, Formula, Heading, Matrix, Note, Phrase, plain
from mlpcalc.report.report import Report
from mlpcalc.solving.header import constant_layers, header, header_data
from mlpcalc.solving.quantities import Quantities
from mlpcalc.solving.script import script


class Selection(NamedTuple):
    """Which quantities to show.

    stages: those of these stages. layer: those of this layer, from 1; None for all. only: those with these
    names; None for all. details: whether givens and intermediate quantities are included.
    """

    stages: Collection[Stage] = tuple(Stage)
    layer: int | None = None
    only: Sequence[str] | None = None
    details: bool = False


_TITLES = {
    Stage.GIVENS: "givens",
    Stage.FORWARD: "forward pass",
    Stage.ERRORS: "error signals",
    Stage.GRADIENTS: "gradients",
    Stage.UPDATE: "update",
    Stage.AFTER: "after the update",
}
_LACKING = {
    **dict.fromkeys(Stage, "is nothing to show"),
    Stage.ERRORS: "are no error signals",
    Stage.GRADIENTS: "are no gradients",
    Stage.UPDATE: "is no update",
    Stage.AFTER: "is no update",
}


def solution_report(solution: Quantities, selection: Selection, precision: int | None = None) -> Report:
    """The report of the selected quantities.

    precision: decimals shown; None for those of the exercise.

    Raises `InputError` for a layer or a name that the exercise does not have, or a stage it does not reach.
    """
    everything = selected(solution, selection, details=True)
    chosen = everything if selection.details or selection.only else selected(solution, selection)
    decimals = solution.decimals(precision)
    return Report(
        blocks=lambda: _blocks(solution, chosen, decimals),
        data=lambda: _data(solution, everything),
        records=lambda: _records(solution, everything),
        source=lambda ascii_only: script(solution, chosen, decimals, _TITLES, ascii_only=ascii_only),
    )


def selected(solution: Quantities, selection: Selection, *, details: bool = False) -> list[Symbol]:
    """The selected quantities in the order of the page; raises `InputError` as `solution_report` does."""
    exercise = solution.exercise
    depth = len(exercise.layers)
    if selection.layer is not None and not 1 <= selection.layer <= depth:
        raise refuse(f"there is no layer {selection.layer}", expected=f"a layer from 1 to {depth}")
    symbols = [symbol for symbol in solution.symbols.values() if symbol.stage in selection.stages]
    if all(symbol.spec.detail for symbol in symbols):
        raise _no_such_step(exercise, selection.stages)
    if selection.layer is not None:
        symbols = [symbol for symbol in symbols if symbol.layer == selection.layer]
    if selection.only:
        return _named_ones(solution, symbols, selection.only)
    return [symbol for symbol in symbols if details or _shown_by_default(solution, symbol)]


def _named_ones(solution: Quantities, symbols: Sequence[Symbol], names: Sequence[str]) -> list[Symbol]:
    wanted: dict[str, Symbol] = {}
    problems: list[Problem] = []
    for name in names:
        try:
            wanted[name] = solution.symbol(name)
        except UnknownQuantityError as error:
            problems += error.problems
    if problems:
        raise UnknownQuantityError(problems)
    for name, symbol in wanted.items():
        if symbol not in symbols:
            raise refuse(
                f"{name} is not one of the quantities shown here",
                expected="one of " + " ".join(map(solution.spelling, symbols)),
                topic="quantities",
            )
    return [symbol for symbol in symbols if symbol in wanted.values()]


def _no_such_step(exercise: Exercise, stages: Collection[Stage]) -> InputError:
    """The error for a stage that the exercise does not reach."""
    needed: dict[str, object] = {"targets": exercise.targets, "loss": exercise.loss}
    if Stage.UPDATE in stages:
        needed["learning_rate"] = exercise.learning_rate
    missing = [key for key, value in needed.items() if value is None]
    lacking = " and no ".join(missing).replace("_", " ")
    wanted = next(stage for stage in Stage if stage in stages)
    return refuse(
        f"the exercise has no {lacking}, so there {_LACKING[wanted]}",
        exercise.places.get("layers"),
        hint=f"add {', '.join(f'{key}:' for key in missing)} to the exercise",
    )


def _shown_by_default(solution: Quantities, symbol: Symbol) -> bool:
    """Not the givens; a detail only where the formulas of others refer to it by name."""
    if symbol.stage == Stage.GIVENS:
        return False
    if not symbol.spec.detail:
        return True
    return symbol.kind == "dZ" and solution.notation.keeps_its_name(symbol)


# ---------------------------------------------------------------------------- for people


def _blocks(solution: Quantities, symbols: Sequence[Symbol], decimals: int) -> Iterator[Block]:
    yield header(solution)
    for remark in _remarks(solution.exercise):
        yield Note(remark)
    stage = None
    for symbol in symbols:
        if symbol.stage != stage:
            stage = symbol.stage
            yield Heading(_TITLES[stage])
        yield matrix(solution, symbol, decimals)
    for note in _notes(solution, symbols):
        yield Note(note)


def _remarks(exercise: Exercise) -> list[str]:
    return [f"{remark[0].upper()}{remark[1:]}." for remark in constant_layers(exercise)]


def matrix(solution: Quantities, symbol: Symbol, decimals: int) -> Matrix:
    """The block of one quantity, with formula, labels and values."""
    value, cells = solution.value(symbol), solution.exercise.written.get(symbol)
    labels = [_labels(axis, length) for axis, length in zip(solution.axes(symbol), value.shape, strict=True)]
    if value.ndim < 2:
        labels = [[""], *labels] if value.ndim else [[""], [""]]
    if value.ndim < 2 or solution.exercise.layout.is_transposed(symbol):
        cells = cells and tuple(zip(*cells, strict=True))
    return Matrix(
        formula=solution.notation.both(lambda notation: notation.equation(symbol)),
        shape="×".join(str(length) for length in value.shape),
        values=value.reshape(len(labels[0]), len(labels[1])),
        rows=labels[0],
        columns=labels[1],
        decimals=decimals,
        cells=cells,
        counts=[symbol.counted(axis) for axis in solution.axes(symbol)],
        upright=symbol.spec.shape == ("out",) and not solution.exercise.layout.is_transposed("flat"),
    )


def _labels(axis: Axis, length: int) -> list[str]:
    """#1, #2, … for samples, 1, 2, … for units."""
    return [f"#{i}" if axis == "N" else str(i) for i in range(1, length + 1)]


def _notes(solution: Quantities, symbols: Sequence[Symbol]) -> list[Phrase]:
    """What must be said about the figures."""
    values = {symbol: solution.computed[symbol] for symbol in symbols}
    infinite = [symbol for symbol, value in values.items() if np.isinf(value).any()]
    undefined = [symbol for symbol, value in values.items() if np.isnan(value).any()]
    reasons = {
        "outside the range of double precision: cells of ": infinite,
        "undefined, as their operands are out of range: cells of ": undefined,
    }
    return [[words, _names(solution, cells)] for words, cells in reasons.items() if cells]


def _names(solution: Quantities, symbols: Sequence[Symbol]) -> Formula:
    return solution.notation.both(lambda notation: ", ".join(map(notation.name, symbols)))


# ---------------------------------------------------------------------------- for programs


def _data(solution: Quantities, symbols: Sequence[Symbol]) -> dict[str, Any]:
    return {
        **header_data(solution.exercise),
        "quantities": {symbol.plain: _quantity(solution, symbol) for symbol in symbols},
        "notes": [*_remarks(solution.exercise), *(plain(note) for note in _notes(solution, symbols))],
    }


def _quantity(solution: Quantities, symbol: Symbol) -> dict[str, Any]:
    return {
        "name": solution.notation.name(symbol),
        "stage": symbol.stage,
        "shape": solution.value(symbol).shape,
        "formula": solution.notation.equation(symbol),
        "values": solution.value(symbol),
    }


def _records(solution: Quantities, symbols: Sequence[Symbol]) -> Iterator[tuple[Any, ...]]:
    yield ("quantity", "row", "column", "value")
    for symbol in symbols:
        value = solution.value(symbol)
        for index, cell in zip(np.ndindex(value.shape), value.ravel().tolist(), strict=True):
            yield (symbol.plain, *(cell_of(symbol, index) or (None, None)), cell)
