"""The report of explain: a cell in four lines, remarks on it, and its operands back to the givens."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from math import isfinite
from typing import Any

import numpy as np

from mlpcalc.explaining.arithmetic import CellWriter, elided, subtracted_from_exponents
from mlpcalc.explaining.cells import Cell, SoftmaxCell, cells, walk
from mlpcalc.explaining.explainer import Explainer
from mlpcalc.notation.formulas import Formula, Notation
from mlpcalc.notation.styles import BETWEEN_NUMBERS
from mlpcalc.numerics.evaluate import evaluate_derivative, evaluate_function
from mlpcalc.page import expr
from mlpcalc.page.functions import Activation, Apply, Derivative
from mlpcalc.page.symbols import Symbol
from mlpcalc.report.blocks import Aligned, Block, Header, More, Note
from mlpcalc.report.report import Report
from mlpcalc.solving.solution import Given, Solution, solution_meant

_SATURATED = 0.01  # of the steepest slope there is, 1
_USES = 6  # named one by one
_REASONS = 6
_INDENTED = 10  # levels; further ones are not indented more


def explanation(
    solution: Given | Solution, text: str, depth: int | None = 0, precision: int | None = None
) -> Report:
    """Explain a cell (`Delta1[2,1]`), or every cell of a quantity (`S1`).

    solution: a solution, an exercise, or the name of one. text: the cell, in the letters of the course.
    depth: how many levels of operands to explain too; None for all. precision: decimals shown; None for those
    of the exercise.

    Raises `InputError` for a quantity or a cell that does not exist.
    """
    solution = solution_meant(solution)
    explainer = Explainer(solution, solution.digits(precision))
    symbol, cell = explainer.find(text)
    wanted = [cell] if cell is not None else list(explainer.cells_of(symbol))
    return Report(
        blocks=lambda: _blocks(explainer, wanted, depth),
        data=lambda: _data(explainer, wanted, depth),
    )


class _LineWriter:
    """Writes the lines about cells, in the style of a notation."""

    def __init__(self, explainer: Explainer, notation: Notation) -> None:
        self.explainer = explainer
        self.notation = notation
        self.writer = CellWriter(BETWEEN_NUMBERS[notation.style.names], self.name)
        self._equals = self.writer.style.equals

    def name(self, cell: Cell) -> str:
        return self.explainer.name(cell, self.notation)

    def formula(self, cell: Cell) -> list[str]:
        return [self.notation.name(cell.symbol), f"{self._equals}{self.notation.formula(cell.symbol)}"]

    def result(self, cell: Cell) -> str:
        return self.writer.style.number(self.explainer.result(cell))

    def in_full(self, cell: Cell) -> list[list[str]]:
        """The lines of a cell: formula, indices, numbers, numbers with functions evaluated, result."""
        node = self.explainer.expanded(cell)
        numbers, evaluated = self.explainer.lines(cell)
        lines = [self.writer.segments(line) for line in (elided(node), numbers, evaluated)]
        lines.append([self.result(cell)])
        different = [line for i, line in enumerate(lines) if line not in lines[:i]]
        names = [self.name(cell), *[""] * len(lines)]
        return [
            self.formula(cell),
            *(
                [name, f"{self._equals}{first}", *rest]
                for name, (first, *rest) in zip(names, different, strict=False)
            ),
        ]

    def in_short(self, cell: Cell, level: int = 0) -> list[str]:
        """One line with numbers: `S1[2,1] = 0.7 · 0.75 + 0.43 · 0.8 = 0.8690`, indented by level."""
        name, result = self.name(cell), self.result(cell)
        if self.notation.style.names == "text":
            name = "  " * min(level, _INDENTED) + name
        if self.explainer.is_given(cell):
            return [name, f"{self._equals}{result}"]
        node = self.explainer.expanded(cell)
        numbers, _ = self.explainer.lines(cell)
        steps = [self.writer.text(numbers), result]
        if level:
            steps.insert(0, self.writer.text(elided(node)))
        # Equal steps are written once, rather than x = x.
        return [name, self._equals + f" {self._equals}".join(dict.fromkeys(steps))]


def _rows(explainer: Explainer, write: Callable[[_LineWriter], Iterable[list[str]]]) -> Aligned:
    """Lines whose pieces are written in every style; as markup only if that is needed."""
    notation = explainer.solution.notation

    def written(styled: Callable[[], Notation]) -> Callable[[], list[list[str]]]:
        return cache(lambda: list(write(_LineWriter(explainer, styled()))))

    latex, mathml = written(lambda: notation.latex), written(lambda: notation.mathml)

    def piece(text: str, i: int, j: int) -> Formula:
        return Formula(text, lambda: latex()[i][j], lambda: mathml()[i][j])

    lines = enumerate(written(lambda: notation)())
    return Aligned([[piece(text, i, j) for j, text in enumerate(line)] for i, line in lines])


def _blocks(explainer: Explainer, wanted: Sequence[Cell], depth: int | None) -> Iterator[Block]:
    whole = len(wanted) > 1
    cell, words = wanted[0], explainer.in_words(wanted[0])
    if whole:
        title = f"{explainer.solution.notation.name(cell.symbol)}, cell by cell"
    else:
        title = f"{explainer.name(cell)}: {words}" if words else explainer.name(cell)
    yield Header(title, explainer.solution.exercise.origin)
    if explainer.is_given(cell):
        yield _rows(explainer, lambda lines: [lines.in_short(each) for each in wanted])
        yield Note("Given in the exercise.")
    elif whole:
        yield _rows(
            explainer, lambda lines: [lines.formula(cell), *(lines.in_short(each) for each in wanted)]
        )
    else:
        yield _rows(explainer, lambda lines: lines.in_full(cell))
    steps = list(_operands_back(explainer, wanted, depth)) if depth != 0 else []
    yield from _definitions(explainer, [cell.symbol, *(step.symbol for step, _ in steps)])
    if not (whole or explainer.is_given(cell)):
        yield from _notes(explainer, cell, depth)
    if steps:
        yield _rows(explainer, lambda lines: [lines.in_short(each, level) for each, level in steps])


def _operands_back(
    explainer: Explainer, wanted: Sequence[Cell], depth: int | None
) -> Iterator[tuple[Cell, int]]:
    """The operands, their operands, and so on, each once, with the number of steps back."""
    seen = set(wanted)
    pending = [(operand, 1) for cell in reversed(wanted) for operand in reversed(explainer.operands(cell))]
    while pending:
        cell, level = pending.pop()
        if cell in seen:
            continue
        seen.add(cell)
        yield cell, level
        if depth is None or level < depth:
            pending += [(operand, level + 1) for operand in reversed(explainer.operands(cell))]


# ---------------------------------------------------------------------------- in words


def _definitions(explainer: Explainer, symbols: Iterable[Symbol]) -> Iterator[Note]:
    """The definitions of the functions in the equations of these quantities, each once."""
    formulas = (formula for symbol in dict.fromkeys(symbols) for formula in explainer.definitions(symbol))
    for formula in dict.fromkeys(formulas):
        yield Note([formula])


def _notes(explainer: Explainer, cell: Cell, depth: int | None) -> Iterator[Note | More]:
    reasons = list(dict.fromkeys(_reasons(explainer, explainer.expanded(cell))))
    sentences: list[Sequence[str | Formula]] = [*reasons[:_REASONS]]
    if not isfinite(explainer.value(cell)):
        sentences.append(
            ["Outside the range of double precision: a unit is saturated, or a number is too large."]
        )
    uses = explainer.uses(cell)
    if uses:
        more = f" and {len(uses) - _USES} more" if len(uses) > _USES else ""
        listed = [piece for use in uses[:_USES] for piece in (", ", use)][1:]
        sentences.append(["Used in ", *listed, f"{more}."])
    if sentences:
        yield Note([piece for sentence in sentences for piece in ("  ", *sentence)][1:])
    if depth == 0 and any(not explainer.is_given(operand) for operand in explainer.operands(cell)):
        yield More("operands")


Reason = tuple[str | Formula, ...]


def _reasons(explainer: Explainer, node: expr.Expr) -> Iterator[Reason]:
    """A sentence for each kink, saturated unit, or threshold of the loss that matters here."""
    for part in walk(node):
        match part:
            case Derivative(function, Cell() as argument):
                name = explainer.named(argument)
                yield from _slope(function, name, explainer.value(argument))
            case Apply(function, Cell() as argument) if function.kinked:
                yield from _branch(function, explainer.named(argument), explainer.value(argument))
            case SoftmaxCell():
                yield from _shift(explainer, part)
            case expr.Where(test) | expr.Maximum(expr.Number(), test):
                yield from _edge(explainer, test)


def _branch(function: Activation, name: Formula, value: float) -> Iterator[Reason]:
    """On which side of its kinks f is evaluated, where that is remarkable."""
    at = np.array([value])
    if function.flat:
        result = float(evaluate_function(function, at)[0])
        yield name, f" {_side(function, value)}: {function.symbol} is {result:g} there."
    elif function.kinks == (0,):
        if value <= 0:
            yield name, f" is not above 0: {function.symbol} takes its other branch."
    elif not evaluate_derivative(function, at)[0]:
        yield name, f" {_side(function, value)}: {function.symbol} is constant there."


def _side(function: Activation, value: float) -> str:
    """`> 0`, `< -3`, `between -3 and 3`, `= 3`: where a number stands among the kinks of a function."""
    if value in function.kinks:
        return f"= {value:g}"
    below = [kink for kink in function.kinks if kink < value]
    above = [kink for kink in function.kinks if kink > value]
    if below and above:
        return f"is between {below[-1]:g} and {above[0]:g}"
    return f"> {below[-1]:g}" if below else f"< {above[0]:g}"


def _slope(function: Activation, name: Formula, value: float) -> Iterator[Reason]:
    """A sentence about f' at a pre-activation, at a kink or where the unit is off or saturated."""
    slope = float(np.ravel(evaluate_derivative(function, np.array([value])))[0])
    if function.flat:
        yield f"{function.symbol}' is 0: no error passes.", ""
    elif function.kinked:
        if value in function.kinks:
            at = f"{value:g}"
            yield name, f" is exactly {at}, at the kink: {function.symbol}'({at}) is taken as {slope:g}."
            return
        side = _side(function, value)
        if slope == 0:
            yield name, f" {side}: the unit is off and passes nothing on."
        elif slope == 1:
            yield name, f" {side}: the unit passes the error on."
        else:
            yield name, f" {side}: the unit passes on {slope:.2g} of the error."
    elif abs(slope) < _SATURATED and function.saturates:
        yield name, f" = {value:.3g}: {function.symbol} is saturated, only {slope:.1e} of the error passes."


def _shift(explainer: Explainer, softmax: SoftmaxCell) -> Iterator[Reason]:
    """A sentence about the number that is subtracted from the exponents of a softmax."""
    match subtracted_from_exponents(softmax, explainer.exactly):
        case Cell() as largest:
            shift = (
                f" = {explainer.result(largest)} is subtracted from every exponent, which leaves the quotient"
            )
            yield (
                explainer.named(largest),
                f"{shift} unchanged: the exponentials are out of the range of double precision.",
            )


def _edge(explainer: Explainer, test: expr.Expr) -> Iterator[Reason]:
    """A sentence on which side of a threshold of the loss an output is; none for the true class."""
    loss = explainer.solution.exercise.loss
    if loss is None or not loss.function.edge.above:
        return
    output = next(cell for cell in cells(test) if cell.symbol.kind == "Z")
    target = Cell(Symbol("T"), output.row, output.column)
    if loss.function.targets == "one-hot" and explainer.value(target) == 1:
        return
    distance = explainer.exactly(test)
    sentence = loss.function.edge.above if distance >= 0 else loss.function.edge.below
    words = {
        "output": explainer.in_words(output).replace(", ", " of ").capitalize(),
        "distance": explainer.digits.figure(distance),
    }
    yield (sentence.format(**words),)


# ---------------------------------------------------------------------------- for programs


def _data(explainer: Explainer, wanted: Sequence[Cell], depth: int | None) -> dict[str, Any]:
    entries = _entries(explainer, wanted, depth)
    if len(entries) == 1:
        return entries[0]
    return {"quantity": wanted[0].symbol.plain, "cells": entries}


def _entries(explainer: Explainer, wanted: Sequence[Cell], depth: int | None) -> list[dict[str, Any]]:
    """The data of cells with their operands; a cell that occurs again has no operands there."""
    entries: list[dict[str, Any]] = []
    seen: set[Cell] = set()
    pending = [(cell, 0, entries) for cell in reversed(wanted)]
    while pending:
        cell, level, among = pending.pop()
        entry = _entry(explainer, cell)
        among.append(entry)
        if cell not in seen and (depth is None or level < depth):
            seen.add(cell)
            pending += [
                (operand, level + 1, entry["operands"]) for operand in reversed(explainer.operands(cell))
            ]
    return entries


def _entry(explainer: Explainer, cell: Cell) -> dict[str, Any]:
    """The data of a cell without its operands."""
    notation, value = explainer.solution.notation, explainer.value(cell)
    indices = explainer.indices(cell)
    entry: dict[str, Any] = {
        "quantity": cell.symbol.plain,
        "name": notation.name(cell.symbol),
        "cell": [*indices, 1] if len(indices) == 1 else indices,
        "formula": notation.equation(cell.symbol),
        "functions": [formula.text for formula in explainer.definitions(cell.symbol)],
    }
    if explainer.is_given(cell):
        entry |= {"indexed": explainer.name(cell), "substituted": explainer.result(cell)}
    else:
        node = explainer.expanded(cell)
        entry |= {
            "indexed": _LineWriter(explainer, notation).writer.text(node),
            "substituted": explainer.for_calculator(cell),
        }
    return entry | {"result": explainer.result(cell), "value": np.asarray(value), "operands": []}
