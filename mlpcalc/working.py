"""The report of solve, forward, errors, grad and update: the quantities of an exercise, in page order."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from mlpcalc.errors import refuse
from mlpcalc.exercise import Exercise
from mlpcalc.functions import Activation
from mlpcalc.notation import number_text
from mlpcalc.report import Block, Header, Heading, Matrix, Note, Report
from mlpcalc.solution import Solution
from mlpcalc.symbols import Stage, Symbol


@dataclass(frozen=True, slots=True)
class Selection:
    """Which quantities are wanted: of some stages, of one layer, by name, with the details or without."""

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
# What a stage needs of the exercise; said where somebody asks for a stage that is not there.
_NEEDS = {
    Stage.ERRORS: "targets and a loss",
    Stage.GRADIENTS: "targets and a loss",
    Stage.UPDATE: "targets, a loss and a learning_rate",
}


def working(solution: Solution, selection: Selection, precision: int | None = None) -> Report:
    """The report of the selected quantities.

    precision: digits after the point; None for those of the exercise.

    Raises `InputError` for a layer or a name that the exercise does not have, or a stage it does not reach.
    """
    exercise = solution.exercise
    everything = selected(solution, selection, details=True)
    chosen = everything if selection.details or selection.only else selected(solution, selection)
    decimals = precision if precision is not None else solution.carry or exercise.decimals
    return Report(
        blocks=lambda: _blocks(solution, chosen, decimals),
        data=lambda: _data(solution, everything),
        records=lambda: _records(solution, everything),
    )


def selected(solution: Solution, selection: Selection, *, details: bool = False) -> list[Symbol]:
    """The quantities that a selection means, in the order of the page."""
    exercise = solution.exercise
    depth = len(exercise.layers)
    if selection.layer is not None and not 1 <= selection.layer <= depth:
        raise refuse(f"there is no layer {selection.layer}", expected=f"--layer 1 to {depth}")
    symbols = [symbol for symbol in solution.symbols.values() if symbol.stage in selection.stages]
    if not symbols:
        needed = _NEEDS[min(selection.stages, key=list(Stage).index)]
        raise refuse(
            f"{exercise.title or 'this exercise'} has no such step",
            exercise.places.get("layers"),
            expected=needed,
            hint="add the missing keys to the exercise",
        )
    if selection.only:
        wanted = {solution.symbol(name) for name in selection.only}
        return [symbol for symbol in symbols if symbol in wanted]
    if selection.layer is not None:
        symbols = [symbol for symbol in symbols if symbol.layer == selection.layer]
    return [symbol for symbol in symbols if details or _shown_by_default(solution, symbol)]


def _shown_by_default(solution: Solution, symbol: Symbol) -> bool:
    """Not the givens; a detail only where the formulas of others refer to it by name."""
    if symbol.stage == Stage.GIVENS:
        return False
    if not symbol.row.detail:
        return True
    return symbol.kind == "dZ" and solution.notation.keeps_its_name(symbol)


# ---------------------------------------------------------------------------- for people


def _blocks(solution: Solution, symbols: Sequence[Symbol], decimals: int) -> Iterator[Block]:
    yield header(solution)
    stage = None
    for symbol in symbols:
        if symbol.stage != stage:
            stage = symbol.stage
            yield Heading(_TITLES[stage])
        yield _matrix(solution, symbol, decimals)
    for note in _notes(solution, symbols):
        yield Note(note)


def header(solution: Solution) -> Header:
    """Title, origin, and the facts of the network that every figure depends on."""
    exercise = solution.exercise
    sizes = "-".join(str(size) for size in exercise.sizes)
    functions = " · ".join(_named(layer.activation) for layer in exercise.layers)
    facts = [f"{sizes}, {functions}, N = {exercise.samples}"]
    if "loss" in solution.symbols:
        facts.append(solution.formula("loss"))
    if exercise.learning_rate is not None:
        facts.append(f"η = {number_text(exercise.learning_rate)}")
    if exercise.loss is not None and exercise.loss.l2 is not None:
        facts.append(f"λ = {number_text(exercise.loss.l2)}")
    lines = [facts, [" · ".join(conventions_in_words(exercise))]]
    if solution.carry is not None:
        lines.append([f"every step rounded to {solution.carry} decimals and carried on"])
    return Header(exercise.title or "Exercise", exercise.origin, lines)


def conventions_in_words(exercise: Exercise) -> Iterator[str]:
    """The conventions in force, those that the exercise leaves unsaid included."""
    yield "samples are columns"
    if exercise.loss is None:
        yield "no loss: forward pass only"
        return
    average = {"none": "nothing averaged", "samples": "with the 1/N", "entries": "with the 1/(MN)"}
    yield f"Δ = ∂L/∂S, {average[exercise.loss.average]}"
    for name in sorted({layer.activation.name for layer in exercise.layers} & {"relu", "leaky_relu", "elu"}):
        activation = next(layer.activation for layer in exercise.layers if layer.activation.name == name)
        at_zero = {"relu": "0"}.get(name) or number_text(activation.parameters[0][1])
        yield f"{name}'(0) = {at_zero}"


def _named(activation: Activation) -> str:
    """The name of a function with its parameters."""
    parameters = ", ".join(f"{name} {number_text(value)}" for name, value in activation.parameters)
    return f"{activation.name} ({parameters})" if parameters else activation.name


def _matrix(solution: Solution, symbol: Symbol, decimals: int) -> Matrix:
    exercise = solution.exercise
    value, shape = solution.value(symbol), exercise.shape(symbol)
    labels = [_labels(axis, length) for axis, length in zip(_axes(solution, symbol), shape, strict=True)]
    cells = exercise.written.get(symbol)
    if len(shape) < 2:
        labels = [[""], *labels] if shape else [[""], [""]]
        cells = cells and tuple(zip(*cells, strict=True))
    return Matrix(
        formula=solution.notation.equation(symbol),
        shape="×".join(str(length) for length in shape),
        values=value.reshape(len(labels[0]), len(labels[1])),
        rows=labels[0],
        columns=labels[1],
        decimals=decimals,
        cells=cells,
    )


def _axes(solution: Solution, symbol: Symbol) -> tuple[int | str, ...]:
    return symbol.dimensions(len(solution.exercise.layers))


def _labels(axis: int | str, length: int) -> list[str]:
    """#1, #2, … for samples, 1, 2, … for units."""
    return [f"#{i}" if axis == "N" else str(i) for i in range(1, length + 1)]


def _notes(solution: Solution, symbols: Sequence[Symbol]) -> list[str]:
    """What must be said about the figures."""
    infinite = [symbol for symbol in symbols if not np.isfinite(solution.computed[symbol]).all()]
    names = ", ".join(solution.notation.name(symbol) for symbol in infinite)
    return [f"beyond the range of double precision: cells of {names}"] if infinite else []


# ---------------------------------------------------------------------------- for programs


def _data(solution: Solution, symbols: Sequence[Symbol]) -> dict[str, Any]:
    exercise = solution.exercise
    return {
        "exercise": exercise.title,
        "origin": exercise.origin,
        "conventions": asdict(exercise.conventions),
        "quantities": {symbol.plain: _quantity(solution, symbol) for symbol in symbols},
        "notes": _notes(solution, symbols),
    }


def _quantity(solution: Solution, symbol: Symbol) -> dict[str, Any]:
    return {
        "stage": symbol.stage,
        "shape": solution.exercise.shape(symbol),
        "formula": solution.notation.equation(symbol),
        "values": solution.value(symbol),
    }


def _records(solution: Solution, symbols: Sequence[Symbol]) -> Iterator[tuple[Any, ...]]:
    yield ("quantity", "row", "column", "value")
    for symbol in symbols:
        value = solution.value(symbol)
        for index, cell in zip(np.ndindex(value.shape), value.ravel().tolist(), strict=True):
            yield (symbol.plain, *cell_of(index), cell)


def cell_of(index: tuple[int, ...]) -> tuple[int | None, int | None]:
    """A cell as people count: (row, column) from 1, (i, 1) in a flat list, nothing for a number."""
    row, column = (*index, *((None,) if not index else (0,)), None)[:2]
    return (None if row is None else row + 1), (None if column is None else column + 1)
