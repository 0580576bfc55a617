"""Students who work through two or three steps: the honest ones, and those who make a mistake on the way."""

from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest

from mlpcalc import Solution, solve
from mlpcalc.answers.blank import filled
from mlpcalc.auditing.wrong_sheet import wrong_sheet
from mlpcalc.marking.marker import Marker
from mlpcalc.marking.marks import SheetMarks
from mlpcalc.numerics.rounding import Digits
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.optimizers import OPTIMIZERS
from mlpcalc.reading.source import Document
from mlpcalc.solving.report import Selection
from tests.support.networks import random_exercise
from tests.support.reading import read_answers

# With four decimals nothing is left of the second moment of Adam, a tenth of the square of small gradients.
_DECIMALS = {"adam": 12}
_ADAM = OPTIMIZERS["adam"].with_parameters({"beta2": Fraction(9, 10)})
_TRAININGS = [("sgd", 1), ("momentum", 1), ("nesterov", 2), ("adam", None)]


@cache
def _drawn(name: str, batch: int | None, seed: int) -> Exercise:
    made = random_exercise(
        np.random.default_rng([610, seed]),
        activations=["tanh", "sigmoid"],
        loss="squared_error",
        samples=3,
        bias=True,
        average="samples",
        l2=False,
    )
    optimizer = _ADAM if name == "adam" else OPTIMIZERS[name]
    return replace(made, steps=3, batch=batch, optimizer=optimizer, decimals=_DECIMALS.get(name, 4))


def _marked(exercise: Exercise, text: str) -> SheetMarks:
    solution = solve(exercise)
    (marks,) = Marker(solution).mark([read_answers(Document(text, "sheet.yaml"), solution)])
    return marks


def _sheet(solution: Solution) -> str:
    values = {
        symbol: solution.computed[symbol] for symbol in solution.symbols.values() if not symbol.spec.detail
    }
    page = {symbol: value for symbol, value in values.items() if symbol in solution.computed.page}
    return filled(solution, page, Digits(solution.exercise.decimals))


@pytest.mark.parametrize("more", [None, 0, 2])
@pytest.mark.parametrize("training", _TRAININGS, ids=str)
def test_who_works_it_out_earns_full_credit(training: tuple[str, int | None], more: int | None) -> None:
    """In full precision, or rounding every figure to the digits asked, or some more, before using it."""
    for seed in range(2):
        exercise = _drawn(*training, seed)
        carry = None if more is None else exercise.decimals + more
        marks = _marked(exercise, _sheet(Solution(exercise, carry)))
        wrong = [symbol.plain for symbol, each in marks.quantities.items() if not each.verdict.is_right]
        assert wrong == []
        assert marks.points == marks.most_points


_MISTAKES = [
    ("sgd", 1, "updated_after_pass@S1@2", "S1@2"),
    ("sgd", 1, "weights_of_first_step@S1@3", "S1@3"),
    ("sgd", 1, "biases_of_first_step@S2@2", "S2@2"),
    ("sgd", 1, "samples_of_other_step@S1@2", "S1@2"),
    ("sgd", 1, "gradients_accumulated@dW1@2", "dW1@2"),
    ("sgd", 1, "gradients_accumulated@db2@3", "db2@3"),
    ("sgd", 1, "batch_loss_averaged_over_all@loss@2", "loss@2"),
    ("momentum", 1, "velocity_without_mu@V_W2@2", "V_W2@2"),
    ("momentum", 1, "velocity_reset@V_W1@3", "V_W1@3"),
    ("momentum", 1, "velocity_sign@V_b2@2", "V_b2@2"),
    ("adam", None, "parameters_of_first_step@S1@3", "S1@3"),
    ("adam", None, "velocity_reset@M_W2@2", "M_W2@2"),
    ("adam", None, "bias_correction_forgotten@Mhat_W1@2", "Mhat_W1@2"),
    ("adam", None, "bias_correction_of_other_step@Mhat_W2@3", "Mhat_W2@3"),
]


@pytest.mark.parametrize(
    ("name", "batch", "code", "place"), _MISTAKES, ids=[code for _, _, code, _ in _MISTAKES]
)
def test_a_mistake_is_found_in_its_step_and_carried_forward(
    name: str, batch: int | None, code: str, place: str
) -> None:
    exercise = _drawn(name, batch, 0)
    text, _, shows = wrong_sheet(solve(exercise), Selection(), code)
    assert shows
    marks = _marked(exercise, text)
    assert marks.first_wrong is not None
    assert marks.first_wrong[0].plain == place
    wrong = {symbol.plain: each for symbol, each in marks.quantities.items() if not each.verdict.is_right}
    assert list(wrong) == [place]  # what comes after it follows
    assert code.split("@")[0] in {diagnosis.mistake for diagnosis in wrong[place].diagnoses}
