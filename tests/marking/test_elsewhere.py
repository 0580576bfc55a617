"""Sheets with the answers to another exercise earn nothing for what follows."""

import numpy as np
import pytest

from mlpcalc import load, solve
from mlpcalc.marking.marker import Marker
from mlpcalc.marking.marks import SheetMarks
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.page.layout import Product
from mlpcalc.reading.source import Document
from mlpcalc.solving.solution import Solution
from tests.support.reading import read_answers

_ASKED = ["S1", "Z1", "S2", "Z2", "loss", "Delta2", "Delta1", "dW2", "dW1", "W2_new", "W1_new"]


def _solution(first: list[list[float]], second: list[list[float]], inputs: list[list[float]]) -> Solution:
    exercise = {
        "inputs": inputs,
        "targets": [[1, 0]],
        "layers": [
            {"weights": first, "activation": "sigmoid"},
            {"weights": second, "activation": "sigmoid"},
        ],
        "loss": "squared_error",
        "learning_rate": 0.5,
        "decimals": 4,
        "ask": _ASKED,
    }
    return solve(load(exercise))


OWN = _solution([[0.3, 0.8], [-0.5, 0.1]], [[0.7, -0.2]], [[1, 0.5], [0.2, -1]])
OTHER = _solution([[0.6, -0.4], [0.9, 0.2]], [[-0.3, 0.5]], [[1, 0.5], [0.2, -1]])


def _sheet(solution: Solution, names: list[str] = _ASKED) -> str:
    rows = {name: np.atleast_2d(solution[name]).tolist() for name in names}
    return "".join(
        f"{name}: {'; '.join(' '.join(f'{cell:.4f}' for cell in row) for row in matrix)}\n"
        for name, matrix in rows.items()
    )


def _marks(sheet: str) -> SheetMarks:
    (marks,) = Marker(OWN).mark([read_answers(Document(sheet, "sheet.yaml"), OWN)])
    return marks


def test_the_sheet_of_another_variant_earns_nothing() -> None:
    marks = _marks(_sheet(OTHER))
    assert marks.foreign
    assert marks.muddled
    assert marks.points == 0
    assert {each.verdict for each in marks.quantities.values()} == {Verdict.WRONG}


def test_what_is_right_on_it_by_chance_is_right() -> None:
    """The loss is that of this exercise to the digits asked."""
    sheet = _sheet(OTHER).replace(f"loss: {OTHER['loss']:.4f}", f"loss: {OWN['loss']:.4f}")
    marks = _marks(sheet)
    assert marks.foreign
    assert marks.points == 1


def test_the_sheet_of_another_variant_of_a_single_neuron_earns_nothing() -> None:
    """S = -0.26, not -0.18, and all that uses the inputs, the weight and the bias is wrong; ∂L/∂b follows."""
    of_variant = """
    S1: -0.26
    Z1: -0.26
    loss: 0.2738
    Delta1: 0.74
    dX: 0.888
    dW1: 0.148
    db1: 0.74
    W1_new: 1.1704
    b1_new: -0.648
    """
    exercise = {
        "inputs": [[-0.4]],
        "targets": [[-1]],
        "layers": [{"weights": [[0.2]], "bias": [-0.1], "activation": "identity"}],
        "loss": {"name": "squared_error", "factor": "1/2", "average": "none"},
        "learning_rate": 0.2,
        "decimals": 4,
    }
    solution = solve(load(exercise))
    (marks,) = Marker(solution).mark([read_answers(Document(of_variant, "sheet.yaml"), solution)])
    assert marks.foreign
    assert marks.points == 0


def test_a_right_sheet_and_one_with_wrong_pre_activations_alone_are_not_taken_for_it() -> None:
    assert _marks(_sheet(OWN)).all_right
    forward = ["S1", "Z1", "S2", "Z2", "loss"]
    marks = _marks(_sheet(OTHER, forward))
    assert not marks.foreign
    assert marks.quantities[next(s for s in marks.quantities if s.plain == "Z1")].verdict == Verdict.FOLLOWS


@pytest.mark.parametrize("product", ["X W", "W^T X"])
def test_another_layout_is_no_other_exercise(product: Product) -> None:
    turned = solve(OWN.exercise.under(OWN.exercise.conventions._replace(product=product)))
    assert _marks(_sheet(turned)).convention
