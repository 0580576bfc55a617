"""Homework in the forms in which it is handed in: marked as the same figures on a YAML sheet are."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import mlpcalc
from mlpcalc import Solution, check, load, solve
from mlpcalc.answers.digits import figure
from mlpcalc.answers.reader import Answer, Submission
from mlpcalc.reading.library import bundled_names
from mlpcalc.reading.source import Document
from tests.conftest import Run
from tests.support.hand_in import WRITERS
from tests.support.networks import random_exercise
from tests.support.reading import read_answers, read_homework
from tests.tools import hand_in

EXERCISES = Path(mlpcalc.__file__).parents[1] / "exercises"
PRINTED = sorted(
    name
    for path in EXERCISES.glob("*.answers.yaml")
    if load(name := path.name.removesuffix(".answers.yaml")).steps == 1
)

HOMEWORK = r"""Exercise 2

$$X = \begin{bmatrix} 0.75 & 0.2 & -0.75 & 0.2 \\ 0.8 & 0.05 & 0.8 & -0.05 \end{bmatrix}$$

$$W_1 = \begin{bmatrix} 0.6 & 0.01 \\ 0.7 & 0.43 \\ 0.0 & 0.88 \end{bmatrix}$$

$$W_2 = \begin{bmatrix} 0.02 & 0.03 & 0.09 \end{bmatrix}$$

$$y = \begin{bmatrix} 1 & 1 & -1 & -1 \end{bmatrix}$$

Forward-Propagation

$$S_1 = W_1 X = \begin{bmatrix} 0.4580 & 0.1205 & -0.4420 & 0.1195 \\ 0.8690 & 0.1615 & -0.1810 & 0.1185 \\
0.7040 & 0.0440 & 0.7040 & -0.0440 \end{bmatrix}$$

$$Z_1 = f_1(S_1) = \begin{bmatrix} 0.4580 & 0.1205 & 0.0000 & 0.1195 \\ 0.8690 & 0.1615 & 0.0000 & 0.1185 \\
0.7040 & 0.0440 & 0.7040 & 0.0000 \end{bmatrix}$$

$$S_2 = W_2 Z_1 = Z_2 = Y_{out} = \begin{bmatrix} 0.0986 & 0.0112 & 0.0634 & 0.0059 \end{bmatrix}$$

$$\mathcal{L} = 0.4916$$

Error Signals

$$\Delta_{out} = \frac{\partial \mathcal{L}}{\partial Y_{out}} =
\begin{bmatrix} -0.2254 & -0.2472 & 0.2658 & 0.2515 \end{bmatrix}$$

$$\Delta_1 = \frac{\partial \mathcal{L}}{\partial S_1} =
\begin{bmatrix} -0.0045 & -0.0049 & 0.0000 & 0.0050 \\
-0.0068 & -0.0074 & 0.0000 & 0.0075 \\ -0.0203 & -0.0222 & 0.0239 & 0.0000 \end{bmatrix}$$

Parameter Derivatives

$$\frac{\partial \mathcal{L}}{\partial W_2} = \begin{bmatrix} -0.1029 & -0.2060 & 0.0176 \end{bmatrix}$$

$$\frac{\partial \mathcal{L}}{\partial W_1} =
\begin{bmatrix} -0.0034 & -0.0041 \\ -0.0050 & -0.0062 \\ -0.0376 & 0.0018 \end{bmatrix}$$

Parameter Updates

$$W_1 = \begin{bmatrix} 0.6017 & 0.0121 \\ 0.7025 & 0.4331 \\ 0.0188 & 0.8791 \end{bmatrix}$$

$$W_2 = \begin{bmatrix} 0.0715 & 0.1330 & 0.0812 \end{bmatrix}$$

$$\mathcal{L} = 0.4657$$
"""
"""Exercise 2 of the source homework, as text recognition makes it of a page; the givens are on it too."""
TWELVE = ["S1", "Z1", "S2", "Z2", "loss", "Delta2", "Delta1", "dW2", "dW1", "W2_new", "W1_new", "loss_new"]

Write = Callable[[str, "str | bytes"], Path]


@cache
def solution(name: str) -> Solution:
    return solve(load(name))


def handed_in(text: str, name: str, ending: str) -> Submission:
    return read_homework(Document(text, f"homework{ending}"), solution(name), ending)


def test_the_source_homework_has_twelve_answers_all_right(write: Write, run: Run) -> None:
    write("homework.md", HOMEWORK)
    data = run("check", "exercise2", "homework.md", "--format", "json").json
    (marks,) = data["submissions"]
    assert list(marks["quantities"]) == TWELVE
    assert {each["verdict"] for each in marks["quantities"].values()} == {"correct"}
    assert (marks["points"], marks["not_understood"], marks["convention"]) == (12, [], None)


@cache
def printed(name: str) -> Submission:
    """What the author printed, as a YAML sheet."""
    file = EXERCISES / f"{name}.answers.yaml"
    return read_answers(Document(file.read_text(encoding="utf-8"), str(file)), solution(name))


def in_latex(answer: Answer, name: str, number: int) -> str:
    """An answer as an equation, in an environment that hangs on its number."""
    kind = ("bmatrix", "pmatrix", "array", "smallmatrix")[number % 4]
    layout = solution(name).exercise.layout
    texts = layout.values(answer.symbol, np.array(answer.written, dtype=object))
    body = r" \\ ".join(" & ".join(row) for row in texts)
    spec = "{" + "c" * texts.shape[1] + "}" if kind == "array" else ""
    symbol, letters = answer.symbol, {**hand_in_letters(), **solution(name).exercise.letters}
    left = symbol.in_formulas(symbol.spec.latex, str(symbol.layer), letters)
    return rf"\[ {left} = \begin{{{kind}}}{spec} {body} \end{{{kind}}} \]"


def hand_in_letters() -> dict[str, str]:
    return {letter: letter for letter in "SZWbXT"} | {"Delta": r"\Delta", "loss": "L"}


@pytest.mark.parametrize("name", PRINTED)
def test_printed_answers_in_latex_are_those_of_the_sheet(name: str) -> None:
    sheet = printed(name)
    equations = [in_latex(answer, name, number) for number, answer in enumerate(sheet.answers.values())]
    found = handed_in("\n\n".join(equations), name, ".tex")
    assert list(found.answers) == list(sheet.answers)
    for symbol, answer in found.answers.items():
        assert answer.texts == sheet.answers[symbol].texts
        assert np.array_equal(answer.half, sheet.answers[symbol].half, equal_nan=True)


# ---------------------------------------------------------------------------- there and back


@pytest.mark.parametrize("form", WRITERS)
def test_what_is_written_in_a_form_is_read_again(form: str) -> None:
    rng = np.random.default_rng(sorted(WRITERS).index(form))
    solutions = [
        *(solution(name.removesuffix(".yaml")) for name in bundled_names() if load(name).steps == 1),
        solve(random_exercise(rng)),
    ]
    trips = [hand_in.trip(form, each, rng) for each in solutions]
    assert [trip.misread for trip in trips if trip.misread] == []
    assert sum(len(trip.read) for trip in trips) >= 0.97 * sum(len(trip.handed.written) for trip in trips)


def test_what_is_read_as_something_else_would_be_noticed() -> None:
    trip = hand_in.trip("lists", solution("exercise2"), np.random.default_rng(0))
    first, second, *rest = trip.understood.answers
    swapped = [first._replace(symbol=second.symbol), second._replace(symbol=first.symbol), *rest]
    assert len(trip._replace(understood=trip.understood._replace(answers=swapped)).misread) >= 2


# ---------------------------------------------------------------------------- files, folders, standard input


def test_a_folder_takes_every_form_and_names_what_it_cannot_read(write: Write, run: Run) -> None:
    write("class/anna.md", HOMEWORK)
    write("class/bob.yaml", "loss: 0.4916\n")
    write("class/carl.json", '{"student": "Carl", "loss": 0.4961}')
    write("class/dora.pdf", b"%PDF-1.7")
    write("class/emil.docx", b"PK\x03\x04")
    write("class/fred.jpeg", b"\xff\xd8\xff")
    write("class/exercise.yaml", "inputs: [[1]]\nlayers: [{weights: [[1]]}]\n")
    done = run("check", "exercise2", "class", "--format", "json")
    assert [each["student"] for each in done.json["submissions"]] == ["anna", "bob", "Carl"]
    over = {Path(each["file"]).name: each["reason"] for each in done.json["passed_over"]}
    assert list(over) == ["dora.pdf", "emil.docx", "exercise.yaml", "fred.jpeg"]
    assert "text recognition" in over["fred.jpeg"]
    assert done.code == 1
    table = run("check", "exercise2", "class").out
    assert "3 sheets" in table
    assert "not marked: 3 files of another kind" in table


def test_a_folder_with_nothing_to_mark_says_what_there_is(write: Write, run: Run) -> None:
    write("class/dora.pdf", b"%PDF-1.7")
    done = run("check", "exercise2", "class")
    assert done.code == 2
    assert "dora.pdf is a PDF" in " ".join(done.err.split())


@pytest.mark.parametrize("name", ["homework.pdf", "homework.txt"])
def test_a_file_that_is_no_text_is_refused_with_what_to_do(name: str, write: Write, run: Run) -> None:
    write(name, b"%PDF-1.7 \x00")
    done = run("check", "exercise2", name)
    assert done.code == 3
    assert "this is a PDF" in done.out
    assert "its text as Markdown" in done.out


@pytest.mark.parametrize(
    "text", [HOMEWORK, "S1: |\n  1 2 3 4\n  1 2 3 4\n  1 2 3 4\n", '{"loss": 0.5}', "loss = 0.5\n"]
)
def test_standard_input_may_have_any_form(text: str, run: Run) -> None:
    done = run("check", "exercise2", "-", "--format", "json", stdin=text.encode())
    assert done.json["submissions"][0]["quantities"]


def test_what_was_left_out_is_told_at_the_end(write: Write, run: Run) -> None:
    write("homework.txt", "loss = 0.4916\nA7 = [[1, 2], [3, 4]]\n")
    done = run("check", "exercise2", "homework.txt")
    assert done.code == 0
    assert "line 2: A7 is not a quantity of this exercise" in done.out


def test_a_document_without_answers_cannot_be_read(write: Write, run: Run) -> None:
    write("homework.tex", r"\section{Nothing} to see")
    assert run("check", "exercise2", "homework.tex").code == 3


# ---------------------------------------------------------------------------- blocks of a YAML sheet


@pytest.mark.parametrize(
    "block",
    [
        "\\begin{bmatrix} -0.1029 & -0.2060 & 0.0176 \\end{bmatrix}",
        "$$\\left[\\begin{array}{ccc} -0.1029 & -0.2060 & 0.0176 \\end{array}\\right]$$",
        "array([[-0.1029, -0.2060, 0.0176]])",
        "tensor([[-0.1029, -0.2060,  0.0176]], grad_fn=<MmBackward0>)",
        "[[-0.1029 -0.2060 0.0176]]",
        "{{-0.1029, -0.2060, 0.0176}}",
        "[-0.1029 -0.2060 0.0176;]",
    ],
)
def test_a_matrix_of_any_form_may_be_pasted_into_a_sheet(block: str) -> None:
    found = handed_in(f"student: s1\ndW2: |\n  {block}\n", "exercise2", ".yaml")
    (answer,) = found.answers.values()
    assert answer.texts == (("-0.1029", "-0.2060", "0.0176"),)
    assert not found.not_understood


# ---------------------------------------------------------------------------- what was understood, as a sheet


def test_the_sheet_that_was_understood_has_the_same_marks(write: Write, run: Run) -> None:
    write("homework.md", HOMEWORK)
    done = run("sheet", "exercise2", "--from", "homework.md")
    assert done.code == 0
    assert "# line 13: S_1\nS1: |\n  0.4580 0.1205 -0.4420  0.1195\n" in done.out
    assert (
        "# Given by the exercise, not answers: X (line 3), W1 (line 5), W2 (line 7), T (line 9)" in done.out
    )
    write("sheet.yaml", done.out)
    assert "12 of 12" in run("check", "exercise2", "sheet.yaml").out


def test_the_sheet_says_what_was_left_out(write: Write, run: Run) -> None:
    write("homework.tex", "$L = 0.4916$\n\n$A_1 = [0.1, 0.2]$ and $W_1[1,2] = 0.3$, $dW_1[2,1] = 0.25$\n")
    out = run("sheet", "exercise2", "--from", "homework.tex").out
    assert "# Left out:\n#   line 3: A_1 is not a quantity of this exercise\n" in out
    assert '"dW1[2,1]": 0.25' in out


@pytest.mark.parametrize("text", ["", "nothing here", "%PDF-1.4", '{"S1": ['])
def test_a_sheet_of_nothing_is_refused(text: str, write: Write, run: Run) -> None:
    write("homework.json", text)
    done = run("sheet", "exercise2", "--from", "homework.json")
    assert (done.code, done.out) == (2, "")
    assert "homework.json" in done.err
    assert run("sheet", "exercise2", "--from", "missing.tex").code == 2


# ---------------------------------------------------------------------------- arrays of a program


def test_arrays_are_marked_as_answers() -> None:
    exact = solution("exercise2")
    answers = {
        "S1": exact["S1"],
        "loss": float(exact["loss"]),
        "dW2": exact["dW2"].tolist(),
        "b": [None],
    }
    (marks,) = check(exact, answers).data()["submissions"]
    verdicts = {name: each["verdict"] for name, each in marks["quantities"].items()}
    assert verdicts == {"S1": "correct", "loss": "correct", "dW2": "correct"}
    assert len(marks["not_understood"]) == 1


def test_an_exercise_may_be_a_mapping_with_arrays() -> None:
    layers = [{"weights": np.array([[0.5, -1.0]]), "bias": np.array([0.25]), "activation": "sigmoid"}]
    exercise = load(
        {"inputs": np.array([[1.0], [2]]), "targets": [[1]], "layers": layers, "learning_rate": 0.5}
    )
    assert solve(exercise)["S1"].tolist() == [[-1.25]]
    assert next(check(exercise, {"S1": [[-1.25]]}).data()["submissions"])["points"] == 1
    with pytest.raises(mlpcalc.InputError) as error:
        load({"inputs": [[np.nan]], "layers": layers})
    assert error.value.problems[0].place is not None
    with pytest.raises(TypeError, match="numbers"):
        load({"inputs": object()})


def test_figures_of_arrays_lose_nothing() -> None:
    exact = solution("car")
    (found,) = check(exact, {name: exact[name] for name in ("S1", "Delta1")}).data()["submissions"]
    for name, marks in found["quantities"].items():
        written = [[figure(text).value for text in row] for row in marks["written"]]
        assert np.array_equal(np.array(written), exact[name])
