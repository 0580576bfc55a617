"""The report of a solution: selected quantities in the order of the page."""

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from mlpcalc.errors import InputError, Problem, UnknownQuantityError, refuse
from mlpcalc.numerics.rounding import Digits
from mlpcalc.page.cells import cell_of
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.symbols import AT, Stage, Symbol
from mlpcalc.report.blocks import Block, Formula, Heading, Matrix, Note, Phrase, plain
from mlpcalc.report.report import Report
from mlpcalc.solving.background import background
from mlpcalc.solving.header import header, header_data, layers_that_learn_nothing
from mlpcalc.solving.losses import losses, sample_range
from mlpcalc.solving.matrices import Explain, matrix, unexplained
from mlpcalc.solving.quantities import Quantities
from mlpcalc.solving.script import script
from mlpcalc.text.wording import clipped, in_range


class Selection(NamedTuple):
    """Which quantities to show.

    stages: the stages to include. layer: the only layer to include, from 1; None for all. only: the names of
    the only quantities to include; None for all. details: whether givens and intermediate quantities are
    included. step: the only step to include, from 1; None for all. givens: whether givens are included, and
    nothing else that is not by default.
    """

    stages: Collection[Stage] = tuple(Stage)
    layer: int | None = None
    only: Sequence[str] | None = None
    details: bool = False
    step: int | None = None
    givens: bool = False


TITLES = {
    Stage.GIVENS: "givens",
    Stage.FORWARD: "forward pass",
    Stage.ERRORS: "error signals",
    Stage.GRADIENTS: "gradients",
    Stage.UPDATE: "update",
    Stage.AFTER: "after the update",
}
MANY_STEPS = 10  # of more, their losses are shown and not their pages
_LACKING = {
    **dict.fromkeys(Stage, "is nothing to show"),
    Stage.ERRORS: "are no error signals",
    Stage.GRADIENTS: "are no gradients",
    Stage.UPDATE: "is no update",
    Stage.AFTER: "is no update",
}


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
    selected(solution, selection._replace(step=selection.step or 1), details=True)  # or raise what is wrong
    _check_steps(solution, selection)
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


def selected(solution: Quantities, selection: Selection, *, details: bool = False) -> list[Symbol]:
    """The selected quantities in the order of the page; raises `InputError` as `solution_report` does.

    details: whether givens and intermediate quantities are included, whatever the selection says.
    """
    exercise, step = solution.exercise, selection.step
    depth = len(exercise.layers)
    if selection.layer is not None and not 1 <= selection.layer <= depth:
        raise refuse(f"there is no layer {selection.layer}", expected=in_range("layer", depth))
    if step is not None and step not in solution.steps:
        raise refuse(f"there is no step {step}", expected=in_range("step", exercise.steps))
    stage = exercise.network.stage
    chosen = solution.symbols.values() if step is None else solution.of_step(step)
    symbols = [symbol for symbol in chosen if stage(symbol) in selection.stages]
    if all(symbol.spec.detail for symbol in symbols) and not _only_in_last_step(solution, selection):
        raise _no_such_stage(exercise, selection.stages)
    if selection.layer is not None:
        symbols = [symbol for symbol in symbols if symbol.layer == selection.layer]
    if selection.only:
        return _named_ones(solution, symbols, selection)
    details = details or selection.details
    return [symbol for symbol in symbols if details or _shown_by_default(solution, symbol, selection)]


def _check_steps(solution: Quantities, selection: Selection) -> None:
    """Refuse a name with a step that is not the one shown."""
    for name in selection.only or () if selection.step is not None else ():
        symbol = solution.symbol(name)
        if AT in name and symbol.step != selection.step:
            raise refuse(
                f"{clipped(name)} is not on the page of step {selection.step}",
                expected=f"a quantity of step {selection.step}, or no step in the name",
            )


def _only_in_last_step(solution: Quantities, selection: Selection) -> bool:
    return [*selection.stages] == [Stage.AFTER] and (selection.step or 1) < solution.exercise.steps


def _named_ones(solution: Quantities, symbols: Sequence[Symbol], selection: Selection) -> list[Symbol]:
    """Those with the names of a selection; a name without a step is that of a quantity of every step."""
    wanted: dict[str, Symbol] = {}
    problems: list[Problem] = []
    for name in selection.only or ():
        try:
            wanted[name] = solution.symbol(name)
        except UnknownQuantityError as error:
            problems += error.problems
    if problems:
        raise UnknownQuantityError(problems)
    found: set[Symbol] = set()
    for name, symbol in wanted.items():
        exactly = AT in name or solution.exercise.steps == 1
        named = {each for each in symbols if each == (symbol if exactly else symbol._replace(step=each.step))}
        if not named and (selection.step is None or symbol.step == selection.step):
            raise refuse(
                f"{name} is not one of the quantities shown here",
                expected="one of " + " ".join(map(solution.spelling, symbols)),
                topic="quantities",
            )
        found |= named
    return [symbol for symbol in symbols if symbol in found]


def _no_such_stage(exercise: Exercise, stages: Collection[Stage]) -> InputError:
    """The error for a stage that the exercise does not reach."""
    wanted = next(stage for stage in Stage if stage in stages)
    place = exercise.places.get("layers")
    if not exercise.network.with_weights:
        return refuse(f"the exercise has no weights, so there {_LACKING[wanted]}", place)
    needed: dict[str, object] = {}
    if not exercise.network.has_gradients:
        needed |= {"targets": exercise.targets, "loss": exercise.loss}
    if Stage.UPDATE in stages:
        needed["learning_rate"] = exercise.learning_rate
    missing = [key for key, value in needed.items() if value is None]
    lacking = " and no ".join(missing).replace("_", " ")
    return refuse(
        f"the exercise has no {lacking}, so there {_LACKING[wanted]}",
        place,
        hint=f"add {', '.join(f'{key}:' for key in missing)} to the exercise",
    )


def _shown_by_default(solution: Quantities, symbol: Symbol, selection: Selection) -> bool:
    """Whether a quantity is shown by default: givens if wanted, dZ where formulas refer to it by name."""
    if solution.exercise.network.stage(symbol) == Stage.GIVENS:
        return selection.givens
    if not symbol.spec.detail:
        return True
    return symbol.kind == "dZ" and solution.notation.keeps_its_name(symbol)


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
