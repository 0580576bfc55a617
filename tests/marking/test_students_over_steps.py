"""Students who work through two or three steps: the honest ones, and those who make a mistake on the way.

`python -m tests.tools.simulations honest-over-steps 2000` and `wrong-over-steps 1000` do it with many more.
"""

from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest

from mlpcalc import Solution, solve
from mlpcalc.answers.blank import filled
from mlpcalc.auditing.wrong_sheet import wrong_sheet
from mlpcalc.marking.marker import Marker
from mlpcalc.marking.marks import QuantityMarks, SheetMarks
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.numerics.rounding import Digits
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.optimizers import OPTIMIZERS
from mlpcalc.page.symbols import Symbol
from mlpcalc.reading.source import Document
from mlpcalc.solving.selection import Selection
from tests.support.marked import marked, verdict, verdicts
from tests.support.marking_exercises import training_exercise
from tests.support.networks import random_exercise
from tests.support.reading import read_answers
from tests.support.student_equations import Routes
from tests.support.student_training import training_mistakes
from tests.support.students import Style
from tests.support.students import wrong_sheet as simulated_sheet
from tests.tools.simulations import WrongTally, cells, honest_students, wrong_students_over_steps

# With four decimals nothing is left of the second moment of Adam, a tenth of the square of small gradients;
# the mistakes in it show with more.
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


# ---------------------------------------------------------------------------- simulated students


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_honest_students_over_steps_are_right_but_for_rounding(seed: int) -> None:
    students = list(honest_students(60, seed, drawn=training_exercise))
    assert [(sheet.name, sheet.text) for sheet in students if sheet.accused] == []
    counts = cells(sheet.marks for sheet in students)
    answered = counts.total() - counts[Verdict.BLANK]
    assert counts[Verdict.UNCHECKED] < 0.01 * answered


@pytest.mark.slow
def test_mistakes_over_steps_are_found_and_named_and_none_is_paid_for() -> None:
    tally = WrongTally()
    for sheet in wrong_students_over_steps(60, 0):
        tally.add(sheet)
    assert tally.totals["missed"] == 0
    assert tally.found >= 0.9 * tally.visible  # the others cannot be checked
    assert tally.placed >= 0.95 * tally.found
    assert tally.named >= 0.9 * tally.found


# ---------------------------------------------------------------------------- figures of hardly a digit

_ONE_WEIGHT = """
inputs: [[1]]
targets: [[0]]
layers: [{weights: [[0.0123]]}]
loss: squared_error
learning_rate: 0.1
optimizer: {name: adam}
decimals: 4
"""  # dW1 0.0123, M 0.00123, V 0.00000015, M̂ 0.0123, V̂ 0.00015, W1' -0.0877


def _verdict(sheet: str, name: str) -> str:
    return verdict(marked(_ONE_WEIGHT, sheet), name)


@pytest.mark.parametrize(
    ("moments", "weight"),
    [
        ("M_W1: 0.0012\nV_W1: 0.0000", "-0.0877"),  # by all digits
        ("M_W1: 0.0012\nV_W1: 0.0000\nMhat_W1: 0.0120", "-0.0853"),  # M̂ as it is written, V̂ from dW1
        ("M_W1: 0.0012\nV_W1: 0.0000\nMhat_W1: 0.0123\nVhat_W1: 0.0002", "-0.0747"),  # both as written
    ],
)
def test_who_goes_on_with_hardly_a_digit_is_right(moments: str, weight: str) -> None:
    assert _verdict(f"dW1: 0.0123\n{moments}\nW1_new: {weight}", "W1_new") == "correct"


@pytest.mark.parametrize("weight", ["-0.0500", "0.1123", "-0.9877", "0.0111"])
def test_what_hardly_a_digit_cannot_explain_earns_nothing(weight: str) -> None:
    sheet = f"dW1: 0.0123\nM_W1: 0.0012\nV_W1: 0.0000\nMhat_W1: 0.0123\nVhat_W1: 0.0002\nW1_new: {weight}"
    assert _verdict(sheet, "W1_new") in ("wrong", "unchecked")


def test_a_number_that_is_a_quantity_is_no_part_of_other_formulas() -> None:
    """∂L/∂Y of a sum is 1, and so is the factor of ε."""
    exercise = _ONE_WEIGHT.replace("targets: [[0]]\n", "").replace("squared_error", "sum")
    sheet = "dZ1: 1\nMhat_W1: 1\nVhat_W1: 1\nW1_new: -0.0877\n"
    assert set(verdicts(marked(exercise, sheet)).values()) == {"correct"}


# ---------------------------------------------------------------------------- mistakes throughout a step

_LEFT_FOR_THE_END = """
W1_new@2: 0.1832 0.3910 -0.5079; -0.3119 0.0940 0.1941
b1_new@2: -0.4168 0.1881
W2_new@2: -0.1943 -0.0776
b2_new@2: 0.3390
"""  # both gradients taken with the weights of the exercise


@pytest.mark.slow
def test_a_mistake_throughout_a_step_of_which_nothing_is_written_is_told_once() -> None:
    marks = marked(solve("han_kamber_online"), _LEFT_FOR_THE_END)
    told = {symbol.plain: [each.mistake for each in found.diagnoses] for symbol, found in _wrong(marks)}
    assert "W2_new@2" in told
    assert all(names == ["updated_after_pass"] for names in told.values())
    (first,) = marks.quantities[Symbol("W", 2, updated=True, step=2)].diagnoses
    assert first.message.startswith("S1@2 was computed with W1: the update was left for the end of the pass.")
    assert marks.points == 3  # of 4: the second is for the same reason


def _wrong(marks: SheetMarks) -> list[tuple[Symbol, QuantityMarks]]:
    return [(symbol, each) for symbol, each in marks.quantities.items() if each.verdict == Verdict.WRONG]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mistake", "last", "unwritten"),
    [
        ("weights_of_first_step", "S2@3", {"S1@3", "Z1@3"}),
        (
            "samples_of_other_step",
            "dW1@3",
            {"S1@3", "Z1@3", "S2@3", "Z2@3", "loss@3", "Delta2@3", "Delta1@3"},
        ),
    ],
)
def test_a_mistake_made_throughout_a_step_explains_the_answer_that_ends_it(
    mistake: str, last: str, unwritten: set[str]
) -> None:
    exercise = _drawn("sgd", 1, 0)
    changes = next(
        each.changes
        for each in training_mistakes(exercise, Routes())
        if each.mistake == mistake and {"S1@3", last} <= each.changes.keys()
    )
    style = Style("python", carry="full", answered="usual", layout="text")
    text = simulated_sheet(exercise, np.random.default_rng(0), style, changes)
    assert text is not None
    written = [line for line in text.splitlines() if line.split(":")[0].strip() not in unwritten]
    diagnoses = _marked(exercise, "\n".join(written)).quantities[solve(exercise).symbols[last]].diagnoses
    assert [each.mistake for each in diagnoses] == [mistake]
