"""The report of explain: a cell in four lines, remarks on it, and its operands back to the givens."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from math import isfinite
from typing import Any

import numpy as np

from mlpcalc.explaining.cells import Cell
from mlpcalc.explaining.explainer import Explainer
from mlpcalc.explaining.lines import LineWriter, aligned
from mlpcalc.explaining.reasons import reasons
from mlpcalc.explaining.workings import workings_of
from mlpcalc.notation.formulas import Formula
from mlpcalc.page.symbols import Symbol
from mlpcalc.report.blocks import Background, Block, Header, Heading, More, Note
from mlpcalc.report.report import Report
from mlpcalc.report.workings import Place
from mlpcalc.solving.background import background
from mlpcalc.solving.header import carried_in_words
from mlpcalc.solving.matrices import matrix
from mlpcalc.solving.report import solution_report
from mlpcalc.solving.selection import Selection
from mlpcalc.solving.solution import Given, Solution, solution_meant

_USES = 6  # named one by one
_REASONS = 6


def explanation(
    solution: Given | Solution,
    text: str | Sequence[str] | None = None,
    depth: int | None = 0,
    precision: int | None = None,
) -> Report:
    """Explain a cell (`Delta1[2,1]`), every cell of a quantity (`S1`), or several of these.

    solution: a solution, an exercise, or the name of one. text: the cell, or several, in the letters of the
    course; None for the whole solution, in which a notebook lets one click on every figure. depth: how many
    levels of operands to explain too; None for all. precision: decimals shown; None for those of the
    exercise.

    Raises `InputError` for a quantity or a cell that does not exist.
    """
    solution = solution_meant(solution)
    explainer = Explainer(solution, solution.digits(precision))
    if text is None:
        return solution_report(solution, Selection(givens=True), precision, workings_of(explainer))
    found = map(explainer.find, [text] if isinstance(text, str) else text)
    wanted = [[*explainer.cells_of(symbol)] if cell is None else [cell] for symbol, cell in found]
    return Report(
        blocks=lambda: _one_after_another(explainer, wanted, depth),
        data=lambda: _data(explainer, wanted, depth),
    )


def _one_after_another(
    explainer: Explainer, wanted: Sequence[Sequence[Cell]], depth: int | None
) -> Iterator[Block]:
    """What was asked for, one explanation after another; that there are operands is said once, at the end."""
    blocks = [*chain.from_iterable(_blocks(explainer, cells, depth) for cells in wanted)]
    yield from (block for block in blocks if not isinstance(block, More))
    yield from [block for block in blocks if isinstance(block, More)][:1]
    yield from _background(explainer, [*chain.from_iterable(wanted)])


def _blocks(explainer: Explainer, wanted: Sequence[Cell], depth: int | None) -> Iterator[Block]:
    """The explanation of a cell, or of all cells of a quantity."""
    whole = len(wanted) > 1
    cell, words = wanted[0], explainer.in_words(wanted[0])
    if whole:
        title = f"{explainer.solution.notation.name(cell.symbol)}, cell by cell"
    else:
        title = f"{explainer.name(cell)}: {words}" if words else explainer.name(cell)
    yield Header(title, explainer.solution.exercise.origin, carried_in_words(explainer.solution))
    if explainer.is_given(cell):
        yield aligned(explainer, lambda lines: [lines.in_short(each) for each in wanted])
        yield Note("Given in the exercise.")
    elif whole:
        yield aligned(
            explainer, lambda lines: [lines.formula(cell), *(lines.in_short(each) for each in wanted)]
        )
    else:
        yield aligned(explainer, lambda lines: lines.in_full(cell))
    steps = list(_operands_back(explainer, wanted, depth)) if depth != 0 else []
    yield from _definitions(explainer, [cell.symbol, *(step.symbol for step, _ in steps)])
    if not (whole or explainer.is_given(cell)):
        yield from _notes(explainer, cell, depth)
    if steps:
        yield aligned(explainer, lambda lines: [lines.in_short(each, level) for each, level in steps])


def _background(explainer: Explainer, cells: Sequence[Cell]) -> Iterator[Background]:
    """The matrices of cells, the network, and all that the cells are computed from."""
    solution, symbols = explainer.solution, [*dict.fromkeys(cell.symbol for cell in cells)]
    block = partial(matrix, solution, digits=explainer.digits, workings=workings_of(explainer))
    start = Place(cells[0].symbol.plain, explainer.shown_indices(cells[0])).address
    yield Background(lambda: [Heading("in the exercise"), *map(block, symbols)], start=start)
    yield from background(solution, symbols, symbols[0].step, block)


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
    found = list(dict.fromkeys(reasons(explainer, explainer.expanded(cell))))
    sentences: list[Sequence[str | Formula]] = [*found[:_REASONS]]
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


# ---------------------------------------------------------------------------- for programs


def _data(explainer: Explainer, wanted: Sequence[Sequence[Cell]], depth: int | None) -> dict[str, Any]:
    """The data of the cell if there is one, else a list of all, with the quantity if it is only one."""
    cells = [*chain.from_iterable(wanted)]
    entries = _entries(explainer, cells, depth)
    if len(entries) == 1:
        return entries[0]
    return {**({"quantity": cells[0].symbol.plain} if len(wanted) == 1 else {}), "cells": entries}


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
            "indexed": LineWriter(explainer, notation).writer.text(node),
            "substituted": explainer.for_calculator(cell),
        }
    return entry | {"result": explainer.result(cell), "value": np.asarray(value), "operands": []}
