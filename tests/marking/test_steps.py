"""Sheets of several updates: names with a step, and errors carried from one to the next."""

from pathlib import Path

import pytest

from mlpcalc import load, solve
from mlpcalc.marking.marker import Marker
from mlpcalc.marking.marks import SheetMarks
from mlpcalc.reading.source import Document
from tests.support.marked import marked
from tests.support.online import online
from tests.support.reading import read_answers

_STEP_1 = """
Delta2: -0.1312
Delta1: 0.0087; 0.0065
W2_new: -0.2608 -0.1380
b2_new: 0.2181
W1_new: 0.1921 0.4 -0.5079; -0.3059 0.1 0.1941
b1_new: -0.4079 0.1941
"""


def _marks(tmp_path: Path, sheet: str, steps: int = 2) -> SheetMarks:
    path = tmp_path / "exercise.yaml"
    path.write_text(online(steps))
    solution = solve(load(path))
    (marks,) = Marker(solution).mark([read_answers(Document(sheet, "sheet.yaml"), solution)])
    return marks


def _verdicts(marks: SheetMarks) -> dict[str, str]:
    return {symbol.plain: each.verdict.name.lower() for symbol, each in marks.quantities.items()}


def test_what_is_right_in_both_steps_is_right(tmp_path: Path) -> None:
    marks = _marks(
        tmp_path, _STEP_1 + "S1@2: 0.1843; -0.0118\nZ2@2: 0.5018\nW1@3: 0.1849 0.3928 -0.5079; ~ ~ ~\n"
    )
    assert {verdict for name, verdict in _verdicts(marks).items() if name != "W1_new@2"} == {"correct"}
    assert not marks.not_understood


def test_an_error_is_carried_into_the_next_step(tmp_path: Path) -> None:
    added = _STEP_1.replace("0.2181", "-0.0181")  # the update with the other sign
    verdicts = _verdicts(_marks(tmp_path, added + "Z1@2: 0.5459; 0.4971\nS2@2: -0.2290\n"))
    assert (verdicts["b2_new"], verdicts["Z1@2"], verdicts["S2@2"]) == ("wrong", "correct", "follows")


def test_a_step_that_there_is_not_is_not_understood(tmp_path: Path) -> None:
    marks = _marks(tmp_path, _STEP_1 + "S1@3: 1; 2\n")
    (problem,) = marks.not_understood
    assert problem.message == "there is no S1@3"


@pytest.mark.parametrize("steps", [100])
def test_a_sheet_of_many_steps_is_marked(tmp_path: Path, steps: int) -> None:
    assert _verdicts(_marks(tmp_path, _STEP_1, steps))["W1_new"] == "correct"


PUSHED = """
inputs: [[1.0]]
targets: [[0]]
layers: [{weights: [[2.0]]}]
loss: {name: squared_error, factor: 1/2}
learning_rate: 0.2
optimizer: {name: momentum, mu: 0.5}
steps: 2
"""  # dW 2, 1.6; V 2, 2.6; W' 1.6, 1.08


@pytest.mark.parametrize(
    ("velocities", "words"),
    [
        (("0.4", "0.52"), "the velocities contain the learning rate here"),
        (("-0.4", "-0.52"), "the velocities contain the learning rate and are added here"),
        (("-2", "-2.6"), "the velocities are added here"),
        (("1", "1.3"), "the velocities contain the factor 1 - μ here"),
    ],
)
def test_velocities_may_contain_the_rate_and_be_added(velocities: tuple[str, str], words: str) -> None:
    sheet = "V_W1: {}\nW1_new: 1.6\nV_W1@2: {}\nW1_new@2: 1.08".format(*velocities)
    marks = marked(PUSHED, sheet)
    assert marks.convention == words
    assert set(_verdicts(marks).values()) == {"correct"}
    texts = {symbol.plain: mark.answer.texts for symbol, mark in marks.quantities.items()}
    assert texts["V_W1@2"] == ((velocities[1],),)


def test_velocities_of_their_own_size_are_wrong_where_no_update_shows_what_they_mean() -> None:
    marks = marked(PUSHED, "V_W1: 0.4\nV_W1@2: 0.52")
    assert marks.convention is None
    assert _verdicts(marks)["V_W1"] == "wrong"


def test_a_velocity_of_another_size_among_others_is_wrong() -> None:
    marks = marked(PUSHED, "V_W1: 2\nW1_new: 1.6\nV_W1@2: 0.52\nW1_new@2: 1.08")
    assert marks.convention is None
    assert _verdicts(marks)["V_W1@2"] == "wrong"
