"""`new --like`: all of an exercise but its figures."""

import dataclasses
import io
import pickle
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mlpcalc import load
from mlpcalc.errors import InputError
from mlpcalc.generating.exercise_text import exercise_text
from mlpcalc.generating.generate import form_like, generate
from mlpcalc.page.exercise import Exercise
from mlpcalc.reading.reader import read_exercise
from mlpcalc.reading.source import Document
from tests.conftest import Run

Write = Callable[[str, str], Path]
FIGURES = {"inputs", "targets", "layers", "written"}
OF_THE_FILE = {"places", "origin", "source", "assumed"}  # where it lies, and what it leaves unsaid
EVERYTHING = """\
title: "Three steps: 'all' of it"
source: a book
inputs: [[0.5, 1], [-1, 2], [2, 1], [1, -1]]
targets: {classes: [1, 2, 1, 2]}
layers:
  - weights: [[1, -0.5], [0.5, 1], [1, 1]]
    activation: {name: leaky_relu, slope: 1/5}
  - weights: [[1, 0.5, 1], [0, -1, 1]]
    bias: [0.1, 0.2]
    activation: softmax
loss: {name: cross_entropy, factor: 2, average: samples, l2: 0.01}
learning_rate: 1/3
steps: 3
batch: 2
optimizer: {name: momentum, mu: 0.5}
significant: 3
ask: [net1, loss, δ1, V_W1]
points: {δ1: 4, loss: 1/2}
given: [Z1]
conventions: {delta: -dL/dS, product: X W^T, update_biases: false}
symbols: {S: "net", Delta: "δ", T: Y}
"""
FORWARD = "inputs: [[1, 2]]\nlayers: [{weights: [[1], [2]], activation: relu}]\ndecimals: 3\n"
GRADIENTS = (
    "inputs: [[1, 2]]\ntargets: [[1, 0]]\nloss: {name: huber, delta: 1/2}\n"
    "layers: [{weights: [[1]], activation: tanh}]\nconventions: {average_in: gradients}\n"
)


def read(text: str) -> Exercise:
    return read_exercise(Document(text, "x.yaml"), "x.yaml")


def exercise(source: str) -> Exercise:
    return read(source) if "\n" in source else load(source)


@pytest.mark.parametrize(
    "source",
    [EVERYTHING, FORWARD, GRADIENTS, "mazur", "planar", "walkthrough", "handout", "cs231n_hinge"],
    ids=lambda source: source.partition("\n")[0][:20],
)
def test_all_but_the_figures_is_that_of_the_other_exercise(source: str) -> None:
    like = exercise(source)
    made = generate(form_like(like), 1)
    found = read(exercise_text(dataclasses.replace(made.exercise, title=like.title)))
    for field in dataclasses.fields(Exercise):
        if field.name not in FIGURES | OF_THE_FILE:
            assert getattr(found, field.name) == getattr(like, field.name), field.name
    assert found.network == like.network
    assert found.givens().keys() == like.givens().keys()
    for symbol, values in like.givens().items():
        assert found.givens()[symbol].shape == values.shape
    assert not np.array_equal(found.inputs, like.inputs)
    for symbol, values in made.exercise.givens().items():
        np.testing.assert_array_equal(found.givens()[symbol], values, symbol.plain)


def test_the_exercise_that_is_taken_stays_as_it_was() -> None:
    like = exercise(GRADIENTS)
    before = pickle.dumps(like.inputs), like.title
    generate(form_like(like), 1)
    assert (pickle.dumps(like.inputs), like.title) == before


def test_a_seed_means_the_same_figures_again_and_another_one_others(run: Run, write: Write) -> None:
    write("e.yaml", GRADIENTS)
    one, again, other = (run("new", "--like", "e.yaml", "--seed", seed).out for seed in ("7", "7", "8"))
    assert one == again
    assert one != other
    assert "# Made by mlpcalc new --like e.yaml --seed 7\n" in one


def test_where_the_figures_of_another_exercise_are_from_is_not_said_of_new_ones(run: Run) -> None:
    assert "source:" not in run("new", "--like", "planar").out


def test_variants_are_alike_and_have_numbered_titles(run: Run, write: Write, tmp_path: Path) -> None:
    write("e.yaml", GRADIENTS)
    result = run("new", "--like", "e.yaml", "--count", "2", "-o", "variants", "--seed", "3")
    assert (result.code, result.err) == (0, "")
    made = [load(tmp_path / "variants" / f"exercise0{n}.yaml") for n in (1, 2)]
    assert [each.title for each in made] == ["Exercise, 1-1, variant 01", "Exercise, 1-1, variant 02"]
    assert {each.conventions.average_in for each in made} == {"gradients"}
    assert not np.array_equal(made[0].inputs, made[1].inputs)


@pytest.mark.parametrize("count", [2, 3])
def test_the_progress_of_a_few_variants_is_shown_on_a_terminal(
    count: int, run: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    write("e.yaml", FORWARD)
    assert run("new", "--like", "e.yaml", "--count", str(count), "-o", "variants").code == 0
    assert ("drawing figures" in terminal.getvalue()) == (count == 3)


def test_a_title_may_be_another_one(run: Run) -> None:
    assert 'title: "Exam"\n' in run("new", "--like", "planar", "--title", "Exam").out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--like", "planar", "--sizes", "2,1"), "--sizes cannot be combined with --like"),
        (("--like", "planar", "--no-bias"), "--bias cannot be combined with --like"),
        (("--like", "planar", "--learning-rate", "1"), "--learning-rate cannot be combined with --like"),
        (("--like", "nowhere.yaml"), "no such file: nowhere.yaml"),
        (("--seed", "3"), "--sizes is missing, such as --sizes 2,3,1; or --like with an exercise"),
    ],
)
def test_it_is_said_which_options_do_not_go_together(
    arguments: tuple[str, ...], message: str, run: Run
) -> None:
    result = run("new", *arguments)
    assert (result.code, result.out) == (2, "")
    assert message in result.err


def test_what_is_too_large_for_paper_is_refused() -> None:
    wide = "inputs: [[1]]\nlayers: [{weights: [" + ", ".join(["[1]"] * 21) + "]}]\n"
    with pytest.raises(InputError, match="layers of the sizes 1, 21"):
        form_like(read(wide))
    long = "inputs: [[" + ", ".join(["1"] * 21) + "]]\nlayers: [{weights: [[1]]}]\n"
    with pytest.raises(InputError, match="21 samples"):
        form_like(read(long))


def test_where_nothing_would_be_learnt_it_is_said() -> None:
    flat = (
        "inputs: [[1]]\ntargets: [[1]]\nloss: squared_error\nlayers: [{weights: [[1]], activation: step}]\n"
    )
    with pytest.raises(InputError, match="threshold as the output activation"):
        form_like(read(flat))
