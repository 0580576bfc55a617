"""Which quantities of a solution are shown: by stage, layer, name and step."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from mlpcalc.errors import InputError, Problem, UnknownQuantityError, refuse
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.symbols import AT, Stage, Symbol
from mlpcalc.solving.quantities import Quantities
from mlpcalc.text.wording import clipped, in_range, one_of

_LACKING = {
    **dict.fromkeys(Stage, "is nothing to show"),
    Stage.ERRORS: "are no error signals",
    Stage.GRADIENTS: "are no gradients",
    Stage.UPDATE: "is no update",
    Stage.AFTER: "is no update",
}


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


def check(solution: Quantities, selection: Selection) -> None:
    """Raise `InputError` as `selected` does for any step, and for a name that is not in the only step."""
    found = {symbol.step for symbol in map(solution.find, selection.only or ()) if symbol is not None}
    for step in sorted({1} | found) if selection.step is None else [selection.step]:
        selected(solution, selection._replace(step=step), details=True)
    if selection.step is None:
        return
    on_page = {*solution.of_step(selection.step)}
    for name in selection.only or ():
        symbol = solution.symbol(name)
        if (symbol if AT in name else symbol._replace(step=selection.step)) not in on_page:
            raise refuse(
                f"{clipped(name)} is not on the page of step {selection.step}",
                expected=f"a quantity of step {selection.step}"
                + (", or no step in the name" if AT in name else ""),
            )


def selected(solution: Quantities, selection: Selection, *, details: bool = False) -> list[Symbol]:
    """The selected quantities in the order of the page.

    details: whether givens and intermediate quantities are included, whatever the selection says.

    Raises `InputError` for a layer, a name or a step that the exercise does not have, or a stage it does not
    reach.
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
                expected=one_of(map(solution.spelling, symbols), " "),
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
