"""The report of a solution: selected quantities in the order of the page."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from mlpcalc.numerics.rounding import Digits
from mlpcalc.page.cells import cell_of
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.symbols import Stage, Symbol
from mlpcalc.report.blocks import Block, Formula, Heading, Matrix, Note, Phrase, plain
from mlpcalc.report.report import Report
from mlpcalc.solving.background import background
from mlpcalc.solving.header import header, header_data, layers_that_learn_nothing
from mlpcalc.solving.losses import losses, sample_range
from mlpcalc.solving.matrices import Explain, matrix, unexplained
from mlpcalc.solving.quantities import Quantities
from mlpcalc.solving.script import script
from mlpcalc.solving.selection import Selection, check, selected

TITLES = {
    Stage.GIVENS: "givens",
    Stage.FORWARD: "forward pass",
    Stage.ERRORS: "error signals",
    Stage.GRADIENTS: "gradients",
    Stage.UPDATE: "update",
    Stage.AFTER: "after the update",
}
MANY_STEPS = 10  # of more, their losses are shown and not their pages


def solution_report(
    solution: Quantities,
    selection: Selection,
    precision: int | None = None,
    workings: Explain = unexplained,
) -> Report:
    """The report of the selected quantities, step by step; of many steps, only their losses for people.

    precision: decimals shown; None for the digits of the exercise. workings: how the cells of a quantity were
    computed, for forms in which one can ask for that.

    Raises `InputError` for a layer, a name or a step that the exercise does not have, or a stage it does not
    reach.
    """
    check(solution, selection)
    digits = solution.digits(precision)
    steps = solution.steps if selection.step is None else [selection.step]
    shown = selection._replace(details=selection.details or bool(selection.only))
    return Report(
        blocks=lambda: _blocks(solution, shown, steps, digits, workings),
        data=lambda: _data(solution, selection, steps),
        records=lambda: _records(solution, selection, steps),
        source=lambda ascii_only: script(
            solution, selected(solution, shown), digits, TITLES, ascii_only=ascii_only
        ),
    )


# ---------------------------------------------------------------------------- for people


def _blocks(
    solution: Quantities, selection: Selection, steps: Sequence[int], digits: Digits, workings: Explain
) -> Iterator[Block]:
    yield header(solution)
    for remark in _remarks(solution.exercise):
        yield Note(remark)
    if len(steps) > MANY_STEPS:
        yield from losses(solution, digits)
        return
    block = partial(matrix, solution, digits=digits, workings=workings)
    so_far: list[Symbol] = []
    for step in steps:
        symbols = selected(solution, selection._replace(step=step))
        so_far += symbols
        if solution.exercise.steps > 1 and symbols:
            yield Heading(step_in_words(solution.exercise, step), step)
        beside = [*background(solution, so_far, step, block)] if symbols else []
        yield from (each for each in beside if not each.title)
        yield from _page(solution, symbols, block, source=not selection.only and selection.layer is None)
        yield from (each for each in beside if each.title)
    if len(steps) > 1 and not selection.only and Stage.FORWARD in selection.stages:
        yield from losses(solution, digits)


def _page(
    solution: Quantities, symbols: Sequence[Symbol], block: Callable[[Symbol], Matrix], *, source: bool
) -> Iterator[Block]:
    """The quantities of a step by stages; source: whether to say with the givens where they are from."""
    stage, level = None, 2 if solution.exercise.steps > 1 else 1
    for symbol in symbols:
        if solution.exercise.network.stage(symbol) != stage:
            stage = solution.exercise.network.stage(symbol)
            yield Heading(TITLES[stage], level=level)
            if source and symbol.kind == "X" and symbol.step == 1 and solution.exercise.source:
                yield Note(f"Source: {solution.exercise.source}")
        yield block(symbol)
    for note in _notes(solution, symbols):
        yield Note(note)


def step_in_words(exercise: Exercise, step: int) -> str:
    """`step 2, sample #2`, `step 3, samples #1 to #4`; the step alone where it sees all samples."""
    if exercise.batch is None:
        return f"step {step}"
    samples = exercise.samples_of(step)
    return f"step {step}, {'samples' if len(samples) > 1 else 'sample'} {sample_range(samples)}"


def _remarks(exercise: Exercise) -> list[str]:
    return [f"{remark[0].upper()}{remark[1:]}." for remark in layers_that_learn_nothing(exercise)]


def _notes(solution: Quantities, symbols: Sequence[Symbol]) -> list[Phrase]:
    """Notes on quantities that are infinite or undefined."""
    values = {symbol: solution.computed[symbol] for symbol in symbols}
    infinite = [symbol for symbol, value in values.items() if np.isinf(value).any()]
    undefined = [symbol for symbol, value in values.items() if np.isnan(value).any()]
    reasons = {
        "outside the range of double precision: cells of ": infinite,
        "undefined, as their operands are out of range: cells of ": undefined,
    }
    return [[words, _names(solution, cells)] for words, cells in reasons.items() if cells]


def _names(solution: Quantities, symbols: Sequence[Symbol]) -> Formula:
    notation = solution.notation.at_step(symbols[0].step)
    return notation.both(lambda notation: notation.style.literal(", ").join(map(notation.name, symbols)))


# ---------------------------------------------------------------------------- for programs


def _data(solution: Quantities, selection: Selection, steps: Sequence[int]) -> dict[str, Any]:
    first = selected(solution, selection._replace(step=steps[0]), details=True)
    data = {
        **header_data(solution.exercise),
        "quantities": _quantities(solution, first),
        "notes": [*_remarks(solution.exercise), *(plain(note) for note in _notes(solution, first))],
    }
    if solution.exercise.steps > 1:
        data["steps"] = (_step_data(solution, selection, step) for step in steps)
    return data


def _step_data(solution: Quantities, selection: Selection, step: int) -> dict[str, Any]:
    symbols = selected(solution, selection._replace(step=step), details=True)
    return {
        "step": step,
        "samples": [sample + 1 for sample in solution.exercise.samples_of(step)],
        "quantities": _quantities(solution, symbols),
    }


def _quantities(solution: Quantities, symbols: Sequence[Symbol]) -> dict[str, Any]:
    """What is known of quantities, by their names within their step."""
    return {symbol._replace(step=1).plain: _quantity(solution, symbol) for symbol in symbols}


def _quantity(solution: Quantities, symbol: Symbol) -> dict[str, Any]:
    return {
        "name": solution.notation.at_step(symbol.step).name(symbol),
        "stage": solution.exercise.network.stage(symbol),
        "shape": solution.value(symbol).shape,
        "formula": solution.notation.equation(symbol),
        "values": solution.value(symbol),
    }


def _records(solution: Quantities, selection: Selection, steps: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    several = solution.exercise.steps > 1
    columns = ("quantity", "row", "column", "value")
    yield ("step", *columns) if several else columns
    for step in steps:
        for symbol in selected(solution, selection._replace(step=step), details=True):
            value, name = solution.value(symbol), symbol._replace(step=1).plain
            for index, cell in zip(np.ndindex(value.shape), value.ravel().tolist(), strict=True):
                record = (name, *(cell_of(symbol, index) or (None, None)), cell)
                yield (step, *record) if several else record
