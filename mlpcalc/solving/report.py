"""The report of a solution: the quantities of an exercise in the order of the page."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from mlpcalc.errors import InputError, Problem, UnknownQuantityError, refuse
from mlpcalc.notation.letters import latex_letter
from mlpcalc.notation.styles import latex_function, latex_number, number_text
from mlpcalc.numerics.evaluate import evaluate_derivative
from mlpcalc.numerics.rounding import Digits
from mlpcalc.page.cells import cell_of
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.expr import Where
from mlpcalc.page.functions import Activation, kind_of_targets
from mlpcalc.page.symbols import LETTERS, Axis, Stage, Symbol
from mlpcalc.report.blocks import Block, Formula, Header, Heading, Matrix, Note, Phrase, plain
from mlpcalc.report.report import Report
from mlpcalc.solving.solution import Solution


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


def solution_report(solution: Solution, selection: Selection, precision: int | None = None) -> Report:
    """The report of the selected quantities.

    precision: decimals shown; None for the digits of the exercise.

    Raises `InputError` for a layer or a name that the exercise does not have, or a stage it does not reach.
    """
    everything = selected(solution, selection, details=True)
    chosen = everything if selection.details or selection.only else selected(solution, selection)
    digits = solution.digits(precision)
    return Report(
        blocks=lambda: _blocks(solution, chosen, digits),
        data=lambda: _data(solution, everything),
        records=lambda: _records(solution, everything),
        script=lambda ascii_only: _script(solution, chosen, digits, ascii_only=ascii_only),
    )


def selected(solution: Solution, selection: Selection, *, details: bool = False) -> list[Symbol]:
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


def _named_ones(solution: Solution, symbols: Sequence[Symbol], names: Sequence[str]) -> list[Symbol]:
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


def _shown_by_default(solution: Solution, symbol: Symbol) -> bool:
    """Not the givens; a detail only where the formulas of others refer to it by name."""
    if symbol.stage == Stage.GIVENS:
        return False
    if not symbol.spec.detail:
        return True
    return symbol.kind == "dZ" and solution.notation.keeps_its_name(symbol)


# ---------------------------------------------------------------------------- for people


def _blocks(solution: Solution, symbols: Sequence[Symbol], digits: Digits) -> Iterator[Block]:
    yield header(solution)
    for remark in _remarks(solution.exercise):
        yield Note(remark)
    stage = None
    for symbol in symbols:
        if symbol.stage != stage:
            stage = symbol.stage
            yield Heading(_TITLES[stage])
        yield matrix(solution, symbol, digits)
    for note in _notes(solution, symbols):
        yield Note(note)


def header(solution: Solution) -> Header:
    """Title, origin, and the facts that all values depend on: sizes, functions, loss, rates, conventions."""
    exercise = solution.exercise
    sizes = "-".join(str(size) for size in exercise.sizes)
    functions = " → ".join(_named(layer.activation) for layer in exercise.layers)
    facts: list[Phrase] = [[f"{sizes}, {functions}, ", _equal("N", str(exercise.samples))]]
    if loss := solution.symbols.get("loss"):
        facts.append(solution.notation.both(lambda notation: notation.equation(loss)))
    if exercise.learning_rate is not None:
        facts.append(_equal("η", number_text(exercise.learning_rate)))
    if exercise.loss is not None and exercise.loss.l2 is not None:
        facts.append(_equal("λ", number_text(exercise.loss.l2)))
    lines = [facts, list(conventions_in_words(exercise))]
    if solution.carry is not None:
        lines.append([f"every quantity rounded to {solution.carry} decimals, as on paper"])
    return Header(exercise.title or "Exercise", exercise.origin, lines)


def constant_layers(exercise: Exercise) -> list[str]:
    """A remark for each layer whose output does not depend on its inputs."""
    found = []
    for k, layer in enumerate(exercise.layers, start=1):
        if layer.is_constant:
            loss, at_the_end = exercise.loss, k == len(exercise.layers)
            no_loss = (
                at_the_end
                and loss is not None
                and loss.l2 is None
                and kind_of_targets(loss.function, layer.activation) == "distribution"
            )
            found.append(
                f"layer {k} is a {layer.activation.name} of one unit: its output is always 1, "
                f"{'the loss is 0, ' if no_loss else ''}and no gradient flows through it"
            )
    return found


def _remarks(exercise: Exercise) -> list[str]:
    return [f"{remark[0].upper()}{remark[1:]}." for remark in constant_layers(exercise)]


def _equal(letter: str, number: str) -> Formula:
    """`η = 0.5`."""
    return Formula(f"{letter} = {number}", lambda: f"{latex_letter(letter)} = {latex_number(number)}")


def conventions_in_words(exercise: Exercise) -> Iterator[Phrase]:
    """The conventions of the exercise, including the defaults."""
    conventions, loss = exercise.conventions, exercise.loss
    yield f"samples are {exercise.layout.axes('samples', ('columns', 'rows'))[0]}"
    weights = exercise.letters.get("W", "W")
    rows, columns = exercise.layout.axes("weights", ("out", "in"))
    yield Formula(weights, latex_letter(weights)), f": {rows} × {columns}"
    if loss is None:
        yield "no loss: forward pass only"
        return
    yield _meaning_of_delta(exercise)
    average = {"none": "", "samples": "1/N", "entries": "1/(NM)"}[loss.average]
    if average:
        where = {"errors": "the errors", "gradients": "the gradients", "update": "the update"}
        outputs = ", M outputs" if loss.average == "entries" else ""
        yield Formula(average, average), f"{outputs} in {where[conventions.average_in]}"
    if exercise.assumed:
        yield f"assumed: {', '.join(exercise.assumed)}"
    at_kinks = {at_kink for layer in exercise.layers if (at_kink := _at_kink(layer.activation))}
    yield from sorted(at_kinks, key=plain)
    if not conventions.update_biases and any(layer.bias is not None for layer in exercise.layers):
        yield "biases not updated"


def _meaning_of_delta(exercise: Exercise) -> Formula:
    """`Δ = ∂L/∂S`, in the letters of the course; N times that where the average comes later."""
    letters, sign = {**LETTERS, **exercise.letters}, exercise.conventions.delta.removesuffix("dL/dS")
    Delta, S = letters["Delta"], letters["S"]
    later = exercise.conventions.average_in != "errors"
    left_out = exercise.loss.average if exercise.loss and later else "none"
    times = {"none": "", "samples": "N ", "entries": "NM "}[left_out]
    return Formula(
        f"{Delta} = {sign}{times}∂L/∂{S}",
        lambda: rf"{latex_letter(Delta)} = {sign}{times}\partial L/\partial {latex_letter(S)}",
    )


def _at_kink(activation: Activation) -> Formula | None:
    """What is taken for the derivative at a kink: that of the branch for s ≤ 0."""
    if not isinstance(activation.derivative, Where):
        return None
    value = f"{evaluate_derivative(activation, np.zeros(1))[0]:g}"
    return Formula(
        f"{activation.name}'(0) = {value}",
        lambda: f"{latex_function(activation.name)}'(0) = {latex_number(value)}",
    )


def _named(activation: Activation) -> str:
    """The name of a function with its parameters."""
    parameters = ", ".join(f"{name} {number_text(value)}" for name, value in activation.parameters)
    return f"{activation.name} ({parameters})" if parameters else activation.name


def matrix(solution: Solution, symbol: Symbol, digits: Digits) -> Matrix:
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
        digits=digits,
        cells=cells,
        counts=[symbol.counted(axis) for axis in solution.axes(symbol)],
        upright=symbol.spec.shape == ("out",) and not solution.exercise.layout.is_transposed("flat"),
    )


def _labels(axis: Axis, length: int) -> list[str]:
    """#1, #2, … for samples, 1, 2, … for units."""
    return [f"#{i}" if axis == "N" else str(i) for i in range(1, length + 1)]


def _notes(solution: Solution, symbols: Sequence[Symbol]) -> list[Phrase]:
    """What must be said about the figures."""
    values = {symbol: solution.computed[symbol] for symbol in symbols}
    infinite = [symbol for symbol, value in values.items() if np.isinf(value).any()]
    undefined = [symbol for symbol, value in values.items() if np.isnan(value).any()]
    reasons = {
        "outside the range of double precision: cells of ": infinite,
        "undefined, as their operands are out of range: cells of ": undefined,
    }
    return [[words, _names(solution, cells)] for words, cells in reasons.items() if cells]


def _names(solution: Solution, symbols: Sequence[Symbol]) -> Formula:
    return solution.notation.both(lambda notation: ", ".join(map(notation.name, symbols)))


# ---------------------------------------------------------------------------- for programs


def _data(solution: Solution, symbols: Sequence[Symbol]) -> dict[str, Any]:
    exercise = solution.exercise
    return {
        "exercise": exercise.title,
        "origin": exercise.origin,
        "conventions": exercise.conventions._asdict(),
        "quantities": {symbol.plain: _quantity(solution, symbol) for symbol in symbols},
        "notes": [*_remarks(exercise), *(plain(note) for note in _notes(solution, symbols))],
    }


def _quantity(solution: Solution, symbol: Symbol) -> dict[str, Any]:
    return {
        "name": solution.notation.name(symbol),
        "stage": symbol.stage,
        "shape": solution.value(symbol).shape,
        "formula": solution.notation.equation(symbol),
        "values": solution.value(symbol),
    }


def _records(solution: Solution, symbols: Sequence[Symbol]) -> Iterator[tuple[Any, ...]]:
    yield ("quantity", "row", "column", "value")
    for symbol in symbols:
        value = solution.value(symbol)
        for index, cell in zip(np.ndindex(value.shape), value.ravel().tolist(), strict=True):
            yield (symbol.plain, *(cell_of(symbol, index) or (None, None)), cell)


def _script(solution: Solution, symbols: Sequence[Symbol], digits: Digits, *, ascii_only: bool) -> str:
    from mlpcalc.solving.script import script  # what the other forms have no use for

    return script(solution, symbols, digits, _TITLES, ascii_only=ascii_only)
