"""Workings of cells: the lines of explain with their operands marked, which recompute."""

import re
from collections.abc import Iterator
from math import exp, log, tanh
from typing import Any

import numpy as np
import pytest

from mlpcalc import Solution, explain, load, solve
from mlpcalc.explaining.explainer import Explainer
from mlpcalc.explaining.workings import workings_of
from mlpcalc.reading.library import bundled
from mlpcalc.report.blocks import Aligned
from mlpcalc.report.workings import Line, Operand, Place, Working
from mlpcalc.solving.matrices import matrix

RATE = {"learning_rate": 0.5}
EXERCISES = [found.file for found in bundled()]


def working(solution: Solution, name: str, i: int = 0, j: int = 0) -> Working:
    found = workings_of(Explainer(solution, solution.digits()))(solution.symbol(name))
    assert found is not None
    return found.of(i, j)


def text(line: Line, names: list[str] | None = None) -> str:
    """A line with the names or the figures of its operands."""
    pieces = []
    for piece in line:
        if isinstance(piece, str):
            pieces.append(piece)
        elif piece.figure:
            pieces.append(piece.figure)
        else:
            assert names is not None
            pieces.append(names[piece.number])
    return "".join(pieces)


def test_the_operands_of_a_cell_are_marked_by_name_and_by_figure() -> None:
    found = working(solve("exercise2"), "Delta1", 1, 0)
    assert found == Working(
        "unit 2, sample 1",
        [
            [Operand(0), " · ", Operand(1), " · relu'(", Operand(2), ")"],
            [Operand(0, "0.03"), " · (", Operand(1, "-0.2254"), ") · relu'(", Operand(2, "0.8690"), ")"],
            [Operand(0, "0.03"), " · (", Operand(1, "-0.2254"), ") · 1"],
            ["-0.0068"],
        ],
        (),
        [Place("W2", [1, 2]), Place("Delta2", [1, 1]), Place("S1", [2, 1])],
        found.remarks,
    )
    ((name, sentence),) = found.remarks
    assert (getattr(name, "text", ""), sentence) == ("S1[2,1]", " > 0: the unit passes the error on.")
    assert [place.address for place in found.operands] == ["W2[1,2]", "Delta2[1,1]", "S1[2,1]"]


def test_a_list_and_a_number_have_their_places() -> None:
    solution = solve("mazur")
    assert [place.address for place in working(solution, "db1", 0, 1).operands] == ["Delta1[2,1]"]
    layers = [{"weights": [[1], [2]], "bias": [3, 4]}]
    updated = solve(
        {"inputs": [[1]], "targets": [[1], [1]], "layers": layers, "loss": "squared_error"} | RATE
    )
    assert [place.address for place in working(updated, "b1_new", 0, 1).operands] == ["b1[2]", "db1[2]"]
    assert working(solution, "loss").meaning == ""


def test_givens_have_no_workings() -> None:
    solution = solve("exercise2")
    assert workings_of(Explainer(solution, solution.digits()))(solution.symbol("W1")) is None


def test_the_definitions_of_functions_come_along() -> None:
    solution = solve("exercise2")
    found = workings_of(Explainer(solution, solution.digits()))(solution.symbol("Delta1"))
    assert found is not None
    assert [formula.text for formula in found.definitions] == ["relu'(s) = [s > 0]"]


def lines_of(solution: Solution, name: str) -> Iterator[str]:
    """What explain says about a cell, each line without what aligns it."""
    block = next(block for block in explain(solution, name).blocks() if isinstance(block, Aligned))
    for row in block.rows[1:]:
        yield " ".join(piece.text for piece in row[1:]).removeprefix("= ")


@pytest.mark.slow
@pytest.mark.parametrize("name", EXERCISES)
def test_workings_are_the_lines_of_explain(name: str) -> None:
    solution = solve(load(name))
    explainer = Explainer(solution, solution.digits())
    for symbol in solution.symbols.values():
        if symbol not in solution.computed.page or symbol.kind == "fprime":
            continue
        block = matrix(solution, symbol, solution.digits())
        rows, columns = block.values.shape
        i, j = rows - 1, columns - 1
        found = workings_of(explainer)(symbol)
        assert found is not None
        shown = found.of(i, j)
        letters = solution.exercise.letters
        if letters:  # names are plain in addresses, in the letters of the course in lines
            continue
        address = block.place(i, j).address.replace(symbol.plain, solution.spelling(symbol))
        operands = [explainer.find(each.address)[1] for each in shown.operands]
        names = [explainer.name(operand) for operand in operands if operand]
        expected = [line.replace(" ", "") for line in lines_of(solution, address)]
        assert [text(line, names).replace(" ", "") for line in shown.lines] == expected


FUNCTIONS: dict[str, Any] = {"exp": exp, "ln": log, "tanh": tanh, "max": max, "__builtins__": {}}


def large() -> Solution:
    rng = np.random.default_rng(7)
    return solve(
        {
            "inputs": rng.normal(size=(12, 60)).round(2),
            "targets": rng.normal(size=(3, 60)).round(2),
            "layers": [
                {"weights": rng.normal(size=(10, 12)).round(2), "activation": "relu"},
                {"weights": rng.normal(size=(3, 10)).round(2)},
            ],
            "loss": "squared_error",
            "learning_rate": 0.1,
        }
    )


def test_a_long_sum_has_its_terms_in_full_and_they_recompute() -> None:
    found = working(large(), "S1", 2, 5)
    assert "… 8 terms …" in text(found.lines[0], [""] * 24)
    assert len(found.operands) == 24
    names, numbers = found.in_full
    assert len([piece for piece in names if isinstance(piece, Operand)]) == 24
    code = text(numbers).replace("·", "*")
    assert re.fullmatch(r"[-\d.* +()]+", code)
    assert f"{eval(code, dict(FUNCTIONS)):.4f}" == text(found.lines[-1])  # noqa: S307  # digits and signs


def test_a_sum_of_very_many_terms_lists_those_that_are_shown() -> None:
    found = working(large(), "dW1", 0, 0)  # 60 samples: 120 operands
    assert found.in_full == ()
    assert len(found.operands) == 8
