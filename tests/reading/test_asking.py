"""The keys of an exercise that say what is asked, what it is worth, and what is given."""

from dataclasses import replace

import pytest

from mlpcalc.errors import InputError
from mlpcalc.page.asked import asked
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.symbols import Symbol
from mlpcalc.reading.reader import read_exercise
from mlpcalc.reading.source import Document

NET = """inputs: [[3], [-1]]
targets: [[1]]
layers:
  - {weights: [[2, 0], [-1, 1]], activation: relu}
  - {weights: [[1, 1]]}
loss: squared_error
learning_rate: 0.5
symbols: {S: Z, Z: A}
"""  # eight lines
S1, Z1, DELTA1, LOSS = Symbol("S", 1), Symbol("Z", 1), Symbol("Delta", 1), Symbol("loss")


def read(more: str) -> Exercise:
    return read_exercise(Document(NET + more, "x.yaml"), "")


def problems(more: str) -> list[tuple[int | None, int | None, str]]:
    with pytest.raises(InputError) as caught:
        read(more)
    found = []
    for problem in caught.value.problems:
        assert problem.place is not None
        found.append((problem.place.line, problem.place.column, problem.message))
    return found


def test_a_list_of_names_in_the_letters_of_the_course() -> None:
    assert read("ask: [Z1, A1, δ1, L]").ask == (S1, Z1, DELTA1, LOSS)
    assert read("given: [Z1, A1]").given == (S1, Z1)


def test_points_under_ask() -> None:
    exercise = read("ask: {Z1: 2, Delta1: 1/2}")
    assert (exercise.ask, exercise.points) == ((S1, DELTA1), {S1: 2, DELTA1: 0.5})


def test_points_beside_a_list() -> None:
    exercise = read("ask: [Z1, loss]\npoints: {loss: 4}")
    assert asked(exercise) == {S1: 1, LOSS: 4}


def test_details_may_be_asked_for_and_given() -> None:
    assert read("ask: [fprime1, dX]").ask == (Symbol("fprime", 1), Symbol("dX"))
    assert read("given: [err]").given == (Symbol("err"),)


def test_nothing_said_is_kept_as_nothing() -> None:
    assert (read("").ask, read("").points, read("").given, read("").significant) == (None, {}, (), None)


def test_significant_digits() -> None:
    exercise = read("significant: 3")
    assert (exercise.significant, exercise.states_decimals) == (3, False)


FAULTS = {
    "ask: [Z1, Q1]": [(9, 11, "unknown quantity 'Q1'")],
    "ask: [Z1, loss, S1]": [(9, 17, "S1 is asked for twice")],
    "ask: [W1, Z1]": [(9, 7, "W1 is asked for, but the exercise states it")],
    "ask: {X: 1, Z1: 2}": [(9, 7, "X is asked for, but the exercise states it")],
    "ask: {Z1: 1, Z1: 2}": [(9, 14, "Z1 is given points twice")],
    "ask: {Z1: -1}": [(9, 11, "points of Z1: -1 is negative")],
    "ask: {Z1: many}": [(9, 11, "points of Z1: 'many' is not a number")],
    "ask: loss": [(9, 6, "ask must be a list of quantities")],
    "ask: []": [(9, 6, "ask must be a list of quantities")],
    "ask: {}": [(9, 6, "nothing is left to be answered")],
    "ask: [[Z1]]": [(9, 7, "ask must be a list of names")],
    "given: {Z1: 1}": [(9, 8, "given must be a list of quantities")],
    "given: [Z1, Z1]": [(9, 13, "Z1 is given twice")],
    "given: [T]": [(9, 9, "T is given, but the exercise states it")],
    "given: [A3]": [(9, 9, "unknown quantity 'A3'")],
    "ask: [Z1, A1]\ngiven: [A1]": [(10, 9, "A1 is both given and asked")],
    "points: {A1: 2}\ngiven: [A1]": [(10, 9, "A1 is both given and asked")],
    "ask: {Z1: 2}\npoints: {A1: 1}": [(10, 9, "points are given under ask already")],
    "ask: [Z1]\npoints: {A1: 1}": [(10, 10, "A1 has points, but ask does not name it")],
    "given: [Z1, A1, Z2, A2, L, δ1, δ2, dW1, dW2, W1', W2', L']": [(9, 8, "nothing is left to be answered")],
    "decimals: 3\nsignificant: 3": [(10, 14, "significant beside decimals")],
    "significant: 0": [(9, 14, "significant must be a whole number")],
    "significant: 16": [(9, 14, "significant must be a whole number")],
}


@pytest.mark.parametrize("more", FAULTS)
def test_a_fault_is_told_where_it_is(more: str) -> None:
    assert problems(more) == FAULTS[more]


def test_all_faults_are_told_at_once() -> None:
    assert len(problems("ask: [Q, W1, loss, loss]\ngiven: [loss, X]\ndecimals: 1\nsignificant: 1")) == 6


def test_an_exercise_that_gives_something_still_asks_for_the_rest() -> None:
    exercise = read("given: [Z1, A1]")
    assert asked(exercise) == {
        symbol: 1 for symbol in asked(replace(exercise, given=())) if symbol not in (S1, Z1)
    }
