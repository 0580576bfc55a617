"""Whatever is written on a sheet, of whatever step and exercise, is marked: every answer has a verdict."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import cycle, product
from typing import Any

import numpy as np
import pytest

from mlpcalc import load, solve
from mlpcalc.marking.marker import Marker
from mlpcalc.marking.marks import SheetMarks
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.reading.reader import read_exercise
from mlpcalc.reading.source import Document
from mlpcalc.solving.solution import Solution
from tests.support.reading import read_answers

_INPUTS = [[0.5, 0.3, -0.4, 0.9, 0.1], [0.2, 0.7, 0.6, -0.8, 0.4]]
_TARGETS = [[1, 0, 0, 1, 1], [0, 1, 1, 0, 0]]
_FUNCTIONS = {
    "squares": ("sigmoid", "sigmoid", "squared_error"),
    "classes": ("relu", "softmax", "cross_entropy"),
    "line": ("tanh", "identity", {"name": "squared_error", "average": "samples", "l2": 0.1}),
}
_TRAINING: dict[str, dict[str, Any]] = {
    "one step": {},
    "one after the other": {"steps": 3, "batch": 1},
    "a shorter last batch": {"steps": 4, "batch": 2, "optimizer": "momentum"},
    "whole passes": {"steps": 2, "optimizer": "adam"},
    "samples in rows": {"steps": 2, "batch": 2, "conventions": {"product": "X W", "update_biases": False}},
}
_WRONG: dict[str, Callable[[np.ndarray[Any, np.dtype[np.float64]], random.Random], Any]] = {
    "added": lambda right, _: right + 0.1,
    "doubled": lambda right, _: right * 2,
    "negated": lambda right, _: -right,
    "reversed": lambda right, _: right[::-1, ::-1],
    "turned": lambda right, _: right.T,
    "at random": lambda right, rng: np.array([[rng.uniform(-1, 1) for _ in row] for row in right]),
    "one cell": lambda right, rng: (
        right + 0.1 * (np.arange(right.size).reshape(right.shape) == rng.randrange(right.size))
    ),
}


def _solution(functions: str, training: str) -> Solution:
    hidden, output, loss = _FUNCTIONS[functions]
    settings = _TRAINING[training]
    rows = settings.get("conventions", {}).get("product") == "X W"
    inputs, targets, first, second = (
        np.array(matrix).T.tolist() if rows else matrix
        for matrix in (
            _INPUTS,
            _TARGETS,
            [[0.3, 0.2], [0.1, -0.4], [0.6, 0.5]],
            [[0.5, 0.6, -0.2], [0.1, -0.3, 0.4]],
        )
    )
    exercise = {
        "inputs": inputs,
        "targets": targets,
        "layers": [
            {"weights": first, "bias": [0.1, 0.2, -0.1], "activation": hidden},
            {"weights": second, "bias": [0.3, -0.2], "activation": output},
        ],
        "loss": loss,
        "learning_rate": 0.5,
        "decimals": 4,
        **settings,
    }
    return solve(load(exercise))


def _lines(solution: Solution, wrong: str) -> Iterator[tuple[str, str]]:
    """Every quantity that is no detail, with figures that something was done to, as lines of a sheet."""
    rng = random.Random(1)  # noqa: S311  # no secret, a seeded choice
    for symbol in solution.computed.page:
        if symbol.spec.detail:
            continue
        right = np.atleast_2d(np.asarray(solution[symbol.plain], float))
        rows = np.atleast_2d(_WRONG[wrong](right, rng)).tolist()
        text = "; ".join(" ".join(f"{cell:.4f}" for cell in row) for row in rows)
        yield symbol.plain, f"{symbol.plain}: {text}\n"


def _mark(solution: Solution, sheets: list[str]) -> list[SheetMarks]:
    return Marker(solution).mark([read_answers(Document(sheet, "sheet.yaml"), solution) for sheet in sheets])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("functions", "training", "wrong"),
    [(*where, wrong) for where, wrong in zip(product(_FUNCTIONS, _TRAINING), cycle(_WRONG))],
)
def test_every_answer_of_a_sheet_has_a_verdict(functions: str, training: str, wrong: str) -> None:
    solution = _solution(functions, training)
    lines = dict(_lines(solution, wrong))
    (marks,) = _mark(solution, ["".join(lines.values())])
    assert {symbol.plain for symbol in marks.quantities} == lines.keys()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("training", "wrong"), [("one after the other", "turned"), ("samples in rows", "added")]
)
def test_every_answer_has_a_verdict_by_itself(training: str, wrong: str) -> None:
    solution = _solution("squares", training)
    lines = dict(_lines(solution, wrong))
    for name, marks in zip(lines, _mark(solution, [*lines.values()]), strict=True):
        assert [symbol.plain for symbol in marks.quantities] == [name]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["S1", "S1@2", "W1_new", "W1_new@2", "b1_new@2", "W2_new@3"])
def test_a_wrong_answer_of_a_smaller_batch_is_marked(name: str) -> None:
    solution = _solution("squares", "one after the other")
    for wrong in ("added", "at random"):
        (marks,) = _mark(solution, [dict(_lines(solution, wrong))[name]])
        assert [each.verdict for each in marks.quantities.values()] == [Verdict.WRONG]


def test_what_a_convention_scales_out_of_bounds_is_infinite() -> None:
    """With the rate in the velocities they would be 1e300 / 1e-9: infinite, without a warning."""
    exercise = replace(load("momentum"), learning_rate=Fraction(1, 10**9))
    solution = solve(exercise)
    names = [symbol.plain for symbol in solution.symbols.values() if symbol.kind in ("V_W", "step_W")]
    with np.errstate(all="raise"):
        sheet = read_answers(Document("".join(f"{name}: 1e300 1e300\n" for name in names), ""), solution)
        (marks,) = Marker(solution).mark([sheet])
    assert {each.verdict for each in marks.quantities.values()} == {Verdict.WRONG}


def test_a_sum_that_a_wrong_answer_does_not_hang_on_explains_nothing() -> None:
    """f' of the identity is 1 whatever S is, also with one of its terms left out."""
    exercise = """
inputs: [[1], [2]]
targets: [[1], [2]]
layers: [{weights: [[1, 2], [3, 4]], activation: identity}, {weights: [[1, 0], [0, 1]]}]
loss: squared_error
"""
    solution = solve(read_exercise(Document(exercise, ""), ""))
    (marks,) = _mark(solution, ["fprime1: 24 0.5"])
    assert [each.verdict for each in marks.quantities.values()] == [Verdict.WRONG]
