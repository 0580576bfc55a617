"""Grade books: the platform's own table, with nothing changed but grade and feedback."""

import csv
import html
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.support.grade_books import CANVAS, MOODLE, PRAIRIELEARN, TABLES

Write = Callable[[str, str | bytes], Path]
RIGHT = "loss: 0.4916\nZ2: 0.0986 0.0112 0.0634 0.0059\nS1: ~\n"
WRONG = "Delta2: -0.9014 -0.9888 1.0634 1.0059\n"


@pytest.fixture
def homework(write: Write) -> None:
    write("class/jane.yaml", RIGHT)
    write("class/bob.yaml", f"student: Bob Roe\n{WRONG}foo: <script>alert(1)</script>\n")
    write("class/zed.yaml", RIGHT)
    write("class/xu.docx", b"PK\x03\x04")
    for name, table in TABLES.items():
        write(f"{name}.csv", table)


def rows(text: str) -> list[list[str]]:
    return [*csv.reader(io.StringIO(text))]


def filled(run: Run, name: str, *arguments: str) -> tuple[list[list[str]], str]:
    """The table that is printed, and what is said beside it."""
    done = run("check", "exercise2", "class", "--students", f"{name}.csv", "--format", name, *arguments)
    assert done.code == 1
    return rows(done.out), done.err


def changes(name: str, table: list[list[str]]) -> dict[tuple[int, str], str]:
    """The fields that are other than in the export: by row, counted from 1, and column."""
    header, *before = rows(TABLES[name])
    assert [header] == table[:1]
    assert len(table) == 1 + len(before)
    return {
        (number, column): new
        for number, (old_row, new_row) in enumerate(zip(before, table[1:], strict=True), start=1)
        for column, old, new in zip(header, old_row, new_row, strict=True)
        if old != new
    }


@pytest.mark.usefixtures("homework")
def test_moodle_gets_grades_of_its_maximum_and_feedback_in_html(run: Run) -> None:
    table, said = filled(run, "moodle")
    changed = changes("moodle", table)
    assert changed.keys() == {
        (1, "Grade"),
        (1, "Feedback comments"),
        (2, "Grade"),
        (2, "Feedback comments"),
    }
    assert changed[1, "Grade"] == "16.67"  # 2 of 12, of 100
    assert changed[2, "Grade"] == "0"
    feedback = changed[2, "Feedback comments"]
    assert re.findall("<[^>]*>", feedback) == ["<br>"] * feedback.count("<")
    assert "Δ2: wrong. 1/N was left out of Δ2." in html.unescape(feedback)
    assert "'foo'" in html.unescape(feedback)
    assert "handed in, but not on the list: zed" in said
    assert "handed in nothing that can be read: Xu Li (xu.docx)" in said
    assert "class/xu.docx: a document of an office program" in said


@pytest.mark.usefixtures("homework")
def test_moodle_gets_hints_if_these_are_wanted(run: Run) -> None:
    changed = changes("moodle", filled(run, "moodle", "--student")[0])
    assert "Hint: " in changed[2, "Feedback comments"]
    assert "left out" not in changed[2, "Feedback comments"]


@pytest.mark.usefixtures("homework")
def test_canvas_gets_points_of_its_own_in_the_column_of_the_assignment(run: Run) -> None:
    for column in ("Homework 2", "homework 2 (772)"):
        table, _ = filled(run, "canvas", "--column", column)
        assert changes("canvas", table) == {(2, "Homework 2 (772)"): "3.33", (3, "Homework 2 (772)"): "0"}


@pytest.mark.usefixtures("homework")
def test_which_column_of_canvas_is_meant_must_be_clear(run: Run, write: Write) -> None:
    done = run("check", "exercise2", "class", "--students", "canvas.csv", "--format", "canvas")
    assert (done.code, done.out) == (2, "")
    assert "it is not clear which column has the grades" in done.err
    assert "one of Homework 1 (771), Homework 2 (772)\n  hint: --column says which" in done.err
    done = run(
        *("check", "exercise2", "class", "--students", "canvas.csv", "--format", "canvas"),
        *("--column", "Final Score"),
    )
    assert (done.code, done.out) == (2, "")
    title = "Exercise 2, one SGD step (772)"
    write("canvas.csv", CANVAS.replace("Homework 2 (772)", f'"{title}"'))
    done = run("check", "exercise2", "class", "--students", "canvas.csv", "--format", "canvas")
    assert rows(done.out)[2][6] == "3.33"
    write("canvas.csv", CANVAS.replace("Final Score", "Assignments"))  # of which one may read only
    done = run("check", "exercise2", "class", "--students", "canvas.csv", "--format", "canvas")
    assert "one of Homework 1 (771), Homework 2 (772)\n" in done.err
    write("canvas.csv", CANVAS.replace("Homework 2 (772)", "Final Points"))
    done = run("check", "exercise2", "class", "--students", "canvas.csv", "--format", "canvas")
    assert rows(done.out)[2][5] == "1.67"


@pytest.mark.usefixtures("homework")
def test_prairielearn_gets_per_cent_and_feedback_in_markdown(run: Run) -> None:
    changed = changes("prairielearn", filled(run, "prairielearn")[0])
    assert changed.keys() == {(1, "score_perc"), (1, "feedback"), (2, "score_perc"), (2, "feedback")}
    assert (changed[1, "score_perc"], changed[2, "score_perc"]) == ("16.67", "0")
    assert "Δ2: wrong." in changed[2, "feedback"]
    assert "<script" not in changed[2, "feedback"]


@pytest.mark.usefixtures("homework")
def test_rows_of_several_questions_are_refused(run: Run, write: Write) -> None:
    write("prairielearn.csv", PRAIRIELEARN.replace("2,mlp", "2,other"))
    done = run("check", "exercise2", "class", "--students", "prairielearn.csv", "--format", "prairielearn")
    assert (done.code, done.out) == (2, "")
    assert "this table has 2 tasks: mlp, other" in done.err


def test_without_a_list_prairielearn_gets_total_scores(run: Run, write: Write) -> None:
    write("class/jane@uni.example.yaml", RIGHT)
    write("class/b.yaml", f"student: bob@uni.example\n{WRONG}")
    write("class/c.yaml", "\x00")
    done = run("check", "exercise2", "class", "--format", "prairielearn")
    assert rows(done.out) == [
        ["uid", "instance", "score_perc"],
        ["bob@uni.example", "1", "0"],
        ["jane@uni.example", "1", "16.67"],
    ]


@pytest.mark.parametrize(
    ("name", "words"), [("moodle", "Download grading worksheet"), ("canvas", "Export Entire Gradebook")]
)
def test_without_a_list_it_is_said_what_to_export(name: str, words: str, run: Run, write: Write) -> None:
    write("a.yaml", RIGHT)
    done = run("check", "exercise2", "a.yaml", "--format", name)
    assert (done.code, done.out) == (2, "")
    assert "to fill in is missing\n" in done.err
    assert words in " ".join(done.err.split())
    assert "hint: --students takes it" in done.err


@pytest.mark.usefixtures("homework")
@pytest.mark.parametrize(("name", "other"), [("moodle", "canvas"), ("canvas", "moodle")])
def test_the_table_of_another_platform_is_refused(name: str, other: str, run: Run) -> None:
    done = run("check", "exercise2", "class", "--students", f"{other}.csv", "--format", name)
    assert (done.code, done.out) == (2, "")
    assert "there is no column" in done.err


@pytest.mark.usefixtures("homework")
def test_what_cannot_be_read_is_told_and_not_graded(run: Run, write: Write) -> None:
    write("class/jane.yaml", "\x00")
    changed = changes("moodle", filled(run, "moodle")[0])
    assert (1, "Grade") not in changed
    assert changed[1, "Feedback comments"].startswith("Cannot be read: ")


@pytest.mark.usefixtures("homework")
def test_of_a_student_twice_the_last_submission_counts(run: Run, write: Write) -> None:
    write("class/a-jane.yaml", f"student: Jane Doe\n{WRONG}")
    assert changes("moodle", filled(run, "moodle")[0])[1, "Grade"] == "16.67"
    write("class/z-jane.yaml", f"student: Jane Doe\n{WRONG}")
    table, said = filled(run, "moodle")
    assert changes("moodle", table)[1, "Grade"] == "0"
    assert "handed in more than once: Jane Doe (a-jane.yaml, jane.yaml, z-jane.yaml: the" in said


@pytest.mark.usefixtures("homework")
def test_a_formula_in_a_table_stays_text_and_numbers_stay_numbers(run: Run, write: Write) -> None:
    write("moodle.csv", MOODLE.replace("Xu Li", "=1+1").replace("Jane Doe", "@SUM(1)"))
    table = rows(run("check", "exercise2", "class", "--students", "moodle.csv", "--format", "moodle").out)
    assert [row[1] for row in table[1:]] == ["'@SUM(1)", "Bob Roe", "'=1+1"]
    assert table[3][4] == "-5.00"
    assert table[3][7] == "-"
