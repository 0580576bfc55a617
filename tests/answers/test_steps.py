"""Answers of several steps: blocks of a step in a sheet, headings of a step in a document."""

from pathlib import Path

import pytest

from mlpcalc import Solution, load, solve
from mlpcalc.answers.reader import Submission
from mlpcalc.reading.source import Document
from tests.conftest import Run
from tests.support.online import online
from tests.support.reading import read_answers, read_homework

_EXERCISE = online(3)


@pytest.fixture
def solution(tmp_path: Path) -> Solution:
    (tmp_path / "exercise.yaml").write_text(_EXERCISE)
    return solve(load(tmp_path / "exercise.yaml"))


def _figures(submission: Submission) -> dict[str, list[list[str | None]]]:
    return {symbol.plain: [list(row) for row in each.texts] for symbol, each in submission.answers.items()}


# ---------------------------------------------------------------------------- sheets


def test_in_a_block_of_a_step_names_are_those_of_the_step(solution: Solution) -> None:
    sheet = """
student: s1
S1: -0.7; 0.1
step 2:
  S1: 0.1843; -0.0118
  Delta1[2,1]: 0.0123
  W1: ~ ~ 0.5; 1 2 3
  loss: 0.1241
Step 3:
  loss_new: 0.1
  S2@2: -0.2
"""
    found = read_answers(Document(sheet, "sheet.yaml"), solution)
    assert _figures(found) == {
        "S1": [["-0.7"], ["0.1"]],
        "W1_new": [[None, None, "0.5"], ["1", "2", "3"]],
        "S1@2": [["0.1843"], ["-0.0118"]],
        "S2@2": [["-0.2"]],
        "loss@2": [["0.1241"]],
        "Delta1@2": [[None], ["0.0123"]],
        "loss_new@3": [["0.1"]],
    }
    assert not found.not_understood


def test_a_block_may_stand_in_the_answers(solution: Solution) -> None:
    sheet = "answers:\n  S1: 1; 2\n  step 2:\n    S1: 3; 4\n"
    found = read_answers(Document(sheet, "sheet.yaml"), solution)
    assert _figures(found) == {"S1": [["1"], ["2"]], "S1@2": [["3"], ["4"]]}


def test_a_sheet_that_is_no_yaml_has_its_blocks_all_the_same(solution: Solution) -> None:
    sheet = "S1: [1, 2\nstep 2:\n  S1: 3; 4\n  Z2: 0.5\nZ1: 5; 6\n"
    found = read_answers(Document(sheet, "sheet.yaml"), solution)
    figures = _figures(found)
    assert figures["S1@2"] == [["3"], ["4"]]
    assert figures["Z2@2"] == [["0.5"]]
    assert figures["Z1"] == [["5"], ["6"]]


def test_a_step_that_there_is_not_is_told_with_its_place(solution: Solution) -> None:
    found = read_answers(Document("S1: 1; 2\nstep 4:\n  S1: 1; 2\n", "sheet.yaml"), solution)
    (problem,) = found.not_understood
    assert problem.message == "there is no S1@4"
    assert problem.place is not None
    assert (problem.place.line, problem.place.column) == (3, 3)


def test_a_step_without_keys_is_told(solution: Solution) -> None:
    found = read_answers(Document("S1: 1; 2\nstep 2: 5\n", "sheet.yaml"), solution)
    assert [problem.message for problem in found.not_understood] == ["step 2 must have keys"]


# ---------------------------------------------------------------------------- documents


@pytest.mark.parametrize("form", ["json", "csv", "markdown", "latex"])
def test_what_the_program_writes_of_several_steps_is_read_again(run: Run, tmp_path: Path, form: str) -> None:
    (tmp_path / "exercise.yaml").write_text(_EXERCISE)
    ending = {"markdown": "md", "latex": "tex"}.get(form, form)
    handed_in = tmp_path / f"sheet.{ending}"
    handed_in.write_text(run("solve", "exercise.yaml", "--format", form).out)
    result = run("check", "exercise.yaml", handed_in.name, "--format", "json")
    (submission,) = result.json["submissions"]
    assert submission["points"] == submission["of"] == 46
    assert {each["verdict"] for each in submission["quantities"].values()} == {"correct"}


_HOMEWORK = r"""
# Step 1

$S_1 = \begin{pmatrix} -0.7 \\ 0.1 \end{pmatrix}$

$dW_2 = \begin{pmatrix} -0.0436 & -0.0689 \end{pmatrix}$

$W_2 = \begin{pmatrix} -0.2608 & -0.1380 \end{pmatrix}$

# Step 2: sample 2

$S_1 = \begin{pmatrix} 0.1843 \\ -0.0118 \end{pmatrix}$

$dW_2 = \begin{pmatrix} -0.0681 & -0.0620 \end{pmatrix}$

$W_2 = \begin{pmatrix} -0.1996 & -0.0823 \end{pmatrix}$

# Step 3

$W_2 = \begin{pmatrix} -0.1996 & -0.0823 \end{pmatrix}$

$S_1 = \begin{pmatrix} 1 \\ 2 \end{pmatrix}$
"""


def test_a_heading_says_which_step_it_is(solution: Solution) -> None:
    """Once gradients are stated the weights are the new ones; at the head of a step they are its own."""
    found = read_homework(Document(_HOMEWORK, "homework.md"), solution, ".md")
    assert _figures(found) == {
        "S1": [["-0.7"], ["0.1"]],
        "dW2": [["-0.0436", "-0.0689"]],
        "W2_new": [["-0.2608", "-0.1380"]],
        "S1@2": [["0.1843"], ["-0.0118"]],
        "dW2@2": [["-0.0681", "-0.0620"]],
        "W2_new@2": [["-0.1996", "-0.0823"]],
        "S1@3": [["1"], ["2"]],
    }


def test_a_heading_that_counts_the_parts_of_a_page_is_none_of_a_step(solution: Solution) -> None:
    text = "# Step 2: backward pass\n\n$\\Delta_2 = -0.1312$\n"
    found = read_homework(Document(text, "homework.md"), solution, ".md")
    assert list(_figures(found)) == ["Delta2"]


# ---------------------------------------------------------------------------- what is asked


def test_names_that_are_asked_may_say_their_step(tmp_path: Path) -> None:
    path = tmp_path / "exercise.yaml"
    path.write_text(_EXERCISE + "ask: {loss@3: 2, S1: 1, S1@2: 1, W1_new@2: 4, loss_new: 1}\n")
    exercise = load(path)
    assert exercise.ask is not None
    assert [symbol.plain for symbol in exercise.ask] == ["loss@3", "S1", "S1@2", "W1_new@2", "loss_new@3"]
    assert {symbol.plain: points for symbol, points in exercise.points.items()}["W1_new@2"] == 4


def test_given_quantities_may_say_their_step(run: Run, tmp_path: Path) -> None:
    (tmp_path / "exercise.yaml").write_text(_EXERCISE + "ask: [S1@2]\ngiven: [W1_new]\n")
    assert "\n# ======== step 2, sample #2 ========\n" in run("sheet", "exercise.yaml").out
    assert "\nS1@2: |\n" in run("sheet", "exercise.yaml").out
    assert "# W1' = W1 - η dW1   2×3, a row for each unit, a column for each input   given\n" in (
        run("sheet", "exercise.yaml").out
    )


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        ("S1@4", "there is no S1@4"),
        (
            "loss_new@2",
            "there is no loss_new@2: only the last step has the forward pass with its updated parameters",
        ),
        ("X@2", "X@2 is asked for, but the exercise states it"),
        ("Q@2", "unknown quantity 'Q'"),
    ],
)
def test_what_cannot_be_asked_is_told(tmp_path: Path, ask: str, message: str) -> None:
    from mlpcalc.errors import InputError

    path = tmp_path / "exercise.yaml"
    path.write_text(_EXERCISE + f"ask: [{ask}]\n")
    with pytest.raises(InputError) as raised:
        load(path)
    (problem, *_) = raised.value.problems
    assert problem.message.startswith(message)
    assert problem.place is not None
    assert (problem.place.line, problem.place.column) == (12, 7)


def test_of_very_many_answers_that_are_missing_some_are_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "exercise.yaml").write_text(online(40))
    (tmp_path / "sheet.yaml").write_text("S1: -0.7; 0.1\n")
    out = " ".join(run("check", "exercise.yaml", "sheet.yaml").out.split())
    assert "not answered: Z1 S2 Z2 L Δ2 Δ1 dW2 db2 dW1 db1 W2' b2' W1' b1' S1@2" in out
    assert out.endswith("and 580 more in steps 2 to 40")
