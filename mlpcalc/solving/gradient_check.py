"""The report that compares gradients with numerical ones."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from mlpcalc.arrays import Mask
from mlpcalc.notation.formulas import Notation
from mlpcalc.notation.styles import latex_number
from mlpcalc.numerics.complex_step import Comparison, compare
from mlpcalc.numerics.rounding import Digits
from mlpcalc.numerics.values import Values
from mlpcalc.page.symbols import Symbol
from mlpcalc.report.blocks import Block, Formula, Heading, Note
from mlpcalc.report.report import Report
from mlpcalc.solving.matrices import Explain, matrix, unexplained
from mlpcalc.solving.quantities import Quantities
from mlpcalc.solving.report import solution_report
from mlpcalc.solving.selection import Selection, selected

_SHOWN = 8  # kinked cells named one by one
DISAGREES = 1


def gradient_check(
    solution: Quantities,
    selection: Selection,
    precision: int | None = None,
    workings: Explain = unexplained,
) -> Report:
    """Compare the selected gradients with numerical ones, by complex steps; status 1 if they differ.

    Raises `InputError` as `solution_report` does, and if there are no gradients or too many parameters.
    """
    report = solution_report(solution, selection, precision, workings)
    unrounded = solution if solution.carry is None else Quantities(solution.exercise)
    comparisons: dict[Symbol, Comparison] = {}
    for step in solution.steps if selection.step is None else [selection.step]:
        compared = compare(Values(unrounded.exercise_of_step(step)))
        for symbol in selected(solution, selection._replace(step=step), details=True):
            if (alone := symbol._replace(step=1)) in compared:
                comparisons[symbol] = compared[alone]
    agrees = all(comparison.agrees for comparison in comparisons.values())
    digits = solution.digits(precision)
    return report._replace(
        blocks=lambda: [*report.blocks(), *_blocks(solution, comparisons, digits)],
        data=lambda: _with_comparisons(report.data(), solution, comparisons),
        status=lambda: 0 if agrees else DISAGREES,
    )


def _blocks(solution: Quantities, comparisons: dict[Symbol, Comparison], digits: Digits) -> Iterator[Block]:
    yield Heading("numerical gradients, by complex steps")
    for note in _notes(solution):
        yield Note(note)
    for symbol, comparison in comparisons.items():
        shown = matrix(solution, symbol, digits)
        numeric = solution.in_exercise_layout(symbol, comparison.numeric).reshape(shown.values.shape)
        name = solution.notation.both(partial(Notation.name, symbol=symbol))
        title = Formula(f"{name.text}, numerically", rf"{name.latex} \text{{, numerically}}")
        yield shown._replace(formula=title, values=numeric, key="")
        verdict = "agrees" if comparison.agrees else "DISAGREES"
        worst = f"{comparison.worst:.1e}"
        yield Note([name, f" {verdict}: largest relative error ", Formula(worst, latex_number(worst))])
        if not np.isfinite(comparison.relative_error).all():
            yield Note([name, ": cells that overflow are not compared"])
        if comparison.kink.any():
            yield Note(_kinks(solution, symbol, comparison.kink))


def _notes(solution: Quantities) -> list[str]:
    """What is compared, where that is not what is shown."""
    notes = []
    if solution.carry is not None:
        notes.append("The comparison is with the gradients before rounding, not with the figures above.")
    loss = solution.exercise.loss
    if (network := solution.exercise.network).to_output_gradient:
        dY, Y = (solution.notation.name(Symbol(kind, network.depth)) for kind in ("dZ", "Z"))
        notes.append(f"The gradients are those of Σ ({dY} ⊙ {Y}), whose derivative is the one that is given.")
    if loss is not None and loss.average != "none" and solution.exercise.conventions.average_in == "loss":
        N, M, L = (solution.exercise.all_letters[key] for key in ("N", "M", "loss"))
        times = N + (M if loss.average == "entries" else "")
        aside = loss.l2 is not None and loss.decay_average != loss.average
        decay = ", the weight decay aside" if aside else ""
        notes.append(f"The gradients are those of {times}·{L}{decay}: here the average is in the loss only.")
    return notes


def _with_comparisons(
    data: Mapping[str, Any], solution: Quantities, comparisons: dict[Symbol, Comparison]
) -> dict[str, Any]:
    notes = [*data["notes"], *_notes(solution)]
    return {**data, "notes": notes, "numeric": _data(solution, comparisons)}


def _kinks(solution: Quantities, symbol: Symbol, kink: Mask) -> str:
    """The sentence that names the parameters at a kink."""
    parameter = symbol._replace(kind=symbol.kind.removeprefix("d"))
    cells = [solution.cell_name(parameter, (row, column)) for row, column in np.argwhere(kink).tolist()]
    more = f" and {len(cells) - _SHOWN} more" if len(cells) > _SHOWN else ""
    return f"At a kink: {', '.join(cells[:_SHOWN])}{more}; the derivative there is a convention."


def _data(solution: Quantities, comparisons: dict[Symbol, Comparison]) -> dict[str, Any]:
    return {
        "agrees": all(comparison.agrees for comparison in comparisons.values()),
        "worst": max((comparison.worst for comparison in comparisons.values()), default=0.0),
        "parameters": {
            symbol.plain.removeprefix("d"): {
                "name": solution.notation.name(symbol._replace(kind=symbol.kind.removeprefix("d"))),
                "values": solution.in_exercise_layout(symbol, comparison.numeric),
                "relative_error": solution.in_exercise_layout(symbol, comparison.relative_error),
                "kink": solution.in_exercise_layout(symbol, comparison.kink).tolist(),
            }
            for symbol, comparison in comparisons.items()
        },
    }
