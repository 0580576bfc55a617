"""The library in Python and notebooks: names, read-only values, what is shown, what is taken."""

import copy
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mlpcalc
from mlpcalc import Solution, check, derive, explain, load, solve
from mlpcalc.errors import InputError
from mlpcalc.page import expr
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.network import Network
from mlpcalc.page.symbols import Symbol
from mlpcalc.report.report import Report
from tests.conftest import Run

Write = Callable[[str, str | bytes], Path]

# Here Z1 are the pre-activations and A1 the activations: 2·3 = 6 of the first, none of the second after relu.
OTHER_LETTERS = """\
title: In other letters
inputs: [[3], [-1]]
targets: [[1]]
layers:
  - {weights: [[2, 0], [-1, 1]], activation: relu}
  - {weights: [[1, 1]]}
loss: squared_error
learning_rate: 0.5
symbols: {S: Z, Z: A}
points: {Z1: 2, A1: 5}
"""


def solution() -> Solution:
    return solve(load("exercise2"))


# ---------------------------------------------------------------------------- names


def test_a_name_is_read_once_in_the_letters_of_the_course(run: Run, write: Write) -> None:
    exercise = load(write("x.yaml", OTHER_LETTERS))
    assert exercise.points == {Symbol("S", 1): 2, Symbol("Z", 1): 5}
    write("a.yaml", "Z1: [[6], [-4]]\nA1: [[9.25], [9.25]]\n")
    marked = run("check", "x.yaml", "a.yaml", "--format", "csv").out.splitlines()[1]
    assert marked.startswith('a.yaml,a,marked,0.117647,2.0,17.0,"Z1[1,1]",Z1: ')


def test_programs_get_plain_names_and_beside_them_those_of_the_course(run: Run, write: Write) -> None:
    write("x.yaml", OTHER_LETTERS)
    write("a.yaml", "Z1: [[6], [-4]]\nA1: [[9.25], [9.25]]\n")
    (sheet,) = run("check", "x.yaml", "a.yaml", "--format", "json").json["submissions"]
    marks = {name: (marks["name"], marks["verdict"]) for name, marks in sheet["quantities"].items()}
    assert marks == {"S1": ("Z1", "correct"), "Z1": ("A1", "wrong")}
    assert sheet["first_wrong"]["quantity"] == "Z1"
    quantities = run("solve", "x.yaml", "--format", "json").json["quantities"]
    assert {name: quantities[name]["name"] for name in ("S1", "Z1", "dZ1")} == {
        "S1": "Z1",
        "Z1": "A1",
        "dZ1": "dA1",
    }
    assert quantities["Z1"]["values"] == [[6], [0]]


def test_an_unknown_name_is_answered_with_names_that_are_read(run: Run, write: Write) -> None:
    """Whatever is listed means what it stands for, in the notation in which it is read again."""
    solved = solve(load(write("x.yaml", OTHER_LETTERS)))
    with pytest.raises(InputError) as raised:
        solved.symbol("Q1")
    (problem,) = raised.value.problems
    names = (problem.expected or "").removeprefix("one of ").split()
    assert [solved.symbol(name) for name in names] == list(solved.symbols.values())
    assert {"Z1", "A1"} < set(names)
    assert "did you mean A1?" in run("solve", "x.yaml", "--only", "AA1").err
    assert run("solve", "x.yaml", "--only", "a1").out == run("solve", "x.yaml", "--only", "A1").out


def test_a_solution_has_every_quantity_once_under_its_plain_name(write: Write) -> None:
    solved = solve(load(write("x.yaml", OTHER_LETTERS)))
    found = dict(solved.items())
    assert (found["S1"].tolist(), found["Z1"].tolist()) == ([[6], [-4]], [[6], [0]])
    assert dict(solved).keys() == found.keys() == solved.symbols.keys()
    assert len(found) == len(solved) == len({id(value) for value in found.values()})
    for name in solved:
        np.testing.assert_array_equal(solved[name], solved.value(solved.symbols[name]))
    assert (solved.formula("S1"), solved.formula("Z1")) == ("Z1 = W1 X", "A1 = relu(Z1)")
    assert solved["A1"].tolist() == [[6], [0]]  # no plain name: as the course has it


# ---------------------------------------------------------------------------- read-only


def test_what_was_solved_cannot_be_changed() -> None:
    solved = solution()
    before = {name: value.copy() for name, value in solved.items()}
    for value in solved.values():
        with pytest.raises(ValueError, match="read-only"):
            value[...] = 9
    exercise = solved.exercise
    for array in (exercise.inputs, exercise.targets, *(layer.weights for layer in exercise.layers)):
        assert array is not None
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 9
    for name, value in solve(exercise).items():
        np.testing.assert_array_equal(value, before[name])


def test_an_exercise_does_not_follow_the_arrays_that_it_was_made_of() -> None:
    weights = np.array([[2.0]])
    exercise = load("exercise2")
    layer = exercise.layers[0]._replace(weights=weights, bias=None)
    made = Exercise(inputs=np.array([[3.0]]), layers=(layer,))
    weights[0, 0] = 5
    assert solve(made)["S1"].tolist() == [[6.0]]


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))])  # noqa: S301  # our own
def test_copies_are_read_only_too(again: Callable[[Any], Any]) -> None:
    solved = solution()
    other = again(solved)
    assert other["loss"] == solved["loss"]
    assert not other.exercise.inputs.flags.writeable
    assert not other["X"].flags.writeable
    network = again(solved.exercise.network)
    assert (network, hash(network)) == (solved.exercise.network, hash(solved.exercise.network))
    with pytest.raises(FrozenInstanceError):
        network.loss = None


def test_solutions_are_compared_by_identity() -> None:
    one, other = solution(), solution()
    assert one == one
    assert (one == other, one != other, len({one, other, one})) == (False, True, 2)


@pytest.mark.parametrize(
    "record",
    [expr.Number(Fraction(1)), expr.Coefficient(), load("exercise2").network],
    ids=lambda r: type(r).__name__,
)
def test_a_record_cannot_be_changed(record: expr.Coefficient | expr.Number | Network) -> None:
    value = hash(record)
    for name in (*record.__match_args__, "_hash", "new"):
        with pytest.raises(FrozenInstanceError):
            setattr(record, name, None)
        with pytest.raises(FrozenInstanceError):
            delattr(record, name)
    assert hash(record) == value


def test_a_network_that_comes_from_another_process_is_the_same_one() -> None:
    """Texts have other hashes there, so a hash that was carried along would be wrong."""
    program = (
        "import pickle, sys, mlpcalc; network = mlpcalc.load('exercise2').network; hash(network);"
        "sys.stdout.buffer.write(pickle.dumps(network))"
    )
    for seed in ("1", "2"):
        pickled = subprocess.run(  # noqa: S603  # our own program
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, check=True, capture_output=True
        ).stdout
        network = load("exercise2").network
        assert {network: "found"}[pickle.loads(pickled)] == "found"  # noqa: S301  # as above


# ---------------------------------------------------------------------------- shown


def test_everything_is_shown_in_words(write: Write) -> None:
    solved, answers = solution(), write("a.yaml", "loss: 0.4916\n")
    title = "'Exercise 2, one SGD step', exercise2.yaml (bundled)"
    assert repr(solved.exercise) == f"<Exercise {title}: 2-3-1, 4 samples, 12 answers asked for>"
    assert repr(solved) == f"<Solution of {title}: 2-3-1, 4 samples, 12 answers asked for>"
    assert repr(solve(solved, carry=2)).endswith("asked for, every quantity rounded to 2 decimals>")
    given = replace(solved.exercise, ask=None, given=(Symbol("S", 1), Symbol("Z", 1)))
    assert repr(given).endswith("4 samples, S1 Z1 given>")
    shown = repr(explain(solved, "Delta1[2,1]")).splitlines()
    assert shown[2:4] == ["Δ1      = (W2ᵀ Δ2) ⊙ f1'(S1)", "Δ1[2,1] = W2[1,2] · Δ2[1,1]   · relu'(S1[2,1])"]
    assert "THE LOSS" in repr(derive(solved))
    assert "1 of 12 answered, all right" in repr(check(solved, answers))


def test_the_library_does_not_speak_of_options(write: Write) -> None:
    sheets = [write(f"{name}.yaml", f"S1: [[{name}, 2, 3, 4]]\nloss: {name}\n") for name in range(3)]
    solved = solution()
    reports: list[Report] = [
        explain(solved, "Delta1[2,1]"),
        explain(solved, "S1"),
        derive(solved),
        check(solved, sheets[0]),
        check(solved, *sheets),
    ]
    for text in (text for report in reports for text in (repr(report), report._repr_markdown_())):
        assert len(text) > 100
        assert not re.search(r"--\w", text)


def test_the_module_lists_what_it_has() -> None:
    assert set(dir(mlpcalc)) == {*mlpcalc.__all__, "__version__"}
    assert all(getattr(mlpcalc, name) for name in dir(mlpcalc))


# ---------------------------------------------------------------------------- taken


def test_an_exercise_its_name_and_its_solution_are_taken_alike(write: Write) -> None:
    solved, answers = solution(), write("a.yaml", "loss: 0.4916\n")
    for given in (solved, solved.exercise, "exercise2"):
        assert repr(derive(given)) == repr(derive(solved))
        assert repr(explain(given, "loss")) == repr(explain(solved, "loss"))
        assert repr(check(given, str(answers))) == repr(check(solved, answers))
        assert solve(given)["loss"] == solved["loss"]


@pytest.mark.parametrize("given", [None, 3, [load("exercise2")]])
@pytest.mark.parametrize(
    "call", [solve, derive, lambda it: explain(it, "S1"), lambda it: check(it, "a.yaml")]
)
def test_anything_else_is_refused_at_once(call: Callable[[Any], object], given: object) -> None:
    with pytest.raises(TypeError, match="expected an exercise, its name, or a solution, not "):
        call(given)


def test_answers_are_files() -> None:
    with pytest.raises(TypeError, match="expected answer files, folders of them, or a mapping, not list"):
        check("exercise2", [1])  # type: ignore[arg-type]  # that is the question
    with pytest.raises(TypeError, match="expected the name of an exercise, not 3 "):
        load(3)  # type: ignore[arg-type]  # as above
