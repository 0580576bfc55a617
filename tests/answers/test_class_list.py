"""Class lists: who is missing, who is not on the list, and which variant each student has."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlpcalc import load, solve
from mlpcalc.answers import class_list
from mlpcalc.answers.class_list import ClassList, read_class_list
from mlpcalc.answers.variants import Variants
from mlpcalc.errors import InputError
from tests.conftest import Run

Write = Callable[[str, str | bytes], Path]
RIGHT = "loss: 0.4916\n"
LIST = """\
name,id,email
"Doe, Jane",s01,jdoe@uni.example
Bob Roe,s02,broe@uni.example
Xu Li,s03,xli@uni.example
"""


def students(write: Write, text: str | bytes) -> ClassList:
    return read_class_list(str(write("list.csv", text)))


@pytest.mark.parametrize(
    "identity",
    ["s01", "S01", "Doe, Jane", "Jane Doe", "  jane   DOE ", "jdoe@uni.example", "jdoe", "doe jane"],
)
def test_a_student_is_found_by_whatever_is_on_the_list(identity: str, write: Write) -> None:
    found = students(write, LIST).find([identity])
    assert found is not None
    assert (found.name, found.rows) == ("Doe, Jane", (0,))


@pytest.mark.parametrize("identity", ["", "s1", "Doe", "Jane", "s04", "uni.example", "name"])
def test_nobody_is_found_who_is_not_on_it(identity: str, write: Write) -> None:
    assert students(write, LIST).find([identity]) is None


def test_the_first_identity_that_stands_for_one_student_decides(write: Write) -> None:
    listed = students(write, "name,id\nJane Doe,1\nJane Doe,2\nBob Roe,3\n")
    assert listed.find(["Jane Doe"]) is None
    assert listed.find(["Jane Doe", "2"]) == ("Jane Doe", (1,), "")
    assert listed.find(["nobody", "3", "1"]) == ("Bob Roe", (2,), "")


def test_first_and_last_names_are_one_name(write: Write) -> None:
    listed = students(write, "First name;Surname;ID number\nJane;Doe;7\n")
    assert [each.name for each in listed.students] == ["Jane Doe"]
    assert listed.find(["Doe, Jane"]) == ("Jane Doe", (0,), "")


@pytest.mark.parametrize(
    "data",
    [
        LIST.encode("utf-8-sig"),
        LIST.replace('"Doe, Jane"', "Jane Doe").replace(",", ";").encode(),
        LIST.replace('"Doe, Jane"', "Jane Doe").replace(",", "\t").encode("utf-16"),
        LIST.replace("\n", "\r\n").encode(),
        LIST.replace("Jane", "Zoë").encode("cp1252"),
    ],
    ids=["bom", "semicolons", "utf-16", "windows lines", "windows letters"],
)
def test_a_list_may_be_saved_as_spreadsheets_do(data: bytes, write: Write) -> None:
    listed = students(write, data)
    assert [each.rows for each in listed.students] == [(0,), (1,), (2,)]
    assert listed.find(["s02"]) is not None


def test_rows_of_canvas_that_are_no_students_are_left_out(write: Write) -> None:
    text = (
        "Student,ID,SIS Login ID,Section,Homework 1 (77)\n"
        "    Points Possible,,,,10\n"
        ",,,,Manual Posting\n"
        '"Doe, Jane",11,jane,A,\n'
        '"Student, Test",99,,A,\n'
    )
    assert [(each.name, each.rows) for each in students(write, text).students] == [("Doe, Jane", (2,))]


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("a,b\n1,2\n", "no column of this table is known to have names or ids: a, b", 1),
        ("name,id\n", "no students in this table", 1),
        ("", "the file is empty", None),
        ("name,id\nJane,1\nDoe, Jane,2\n", "this row has 3 fields", 3),
        ('name,id\nJane,1\n"Bob,2\n', "not a table: unexpected end of data", 3),
    ],
)
def test_what_is_wrong_with_a_list_is_told_with_its_line(
    text: str, message: str, line: int | None, write: Write
) -> None:
    with pytest.raises(InputError) as caught:
        students(write, text)
    (problem,) = caught.value.problems
    assert problem.message == message or line is None
    assert problem.place is not None
    assert line is None or problem.place.line == line


def test_a_list_has_a_largest_size(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(class_list, "MAX_ROWS", 2)
    with pytest.raises(InputError, match="4 rows"):
        students(write, LIST)


def test_a_list_that_is_not_there_is_said_to_be_so(run: Run, write: Write) -> None:
    write("a.yaml", RIGHT)
    done = run("check", "exercise2", "a.yaml", "--students", "nosuch.csv")
    assert (done.code, done.err) == (2, "nosuch.csv  cannot be read: no such file or directory\n")


# ---------------------------------------------------------------------------- who handed in


def test_who_is_missing_is_named_and_who_is_not_on_the_list(run: Run, write: Write) -> None:
    write("class/s01.yaml", RIGHT)
    write("class/other.yaml", f"student: Jane Doe\n{RIGHT}")
    write("class/s02.docx", b"PK\x03\x04")
    write("class/s09.yaml", RIGHT)
    write("class/list.csv", LIST)
    out = run("check", "exercise2", "class", "--students", "class/list.csv").out
    assert "on the list: 3, 1 of them with a submission\n" in out
    assert "handed in nothing: Xu Li\n" in out
    assert "handed in nothing that can be read: Bob Roe (s02.docx)\n" in out
    assert "handed in, but not on the list: s09\n" in out
    assert "handed in more than once: Doe, Jane (other.yaml, s01.yaml: the last counts)\n" in out
    found = run("check", "exercise2", "class", "--students", "class/list.csv", "--format", "json").json
    assert [each["student"] for each in found["missing"]] == ["Bob Roe", "Xu Li"]
    assert found["missing"][0]["passed_over"] == ["class/s02.docx"]
    assert found["not_listed"] == [{"student": "s09", "files": ["class/s09.yaml"]}]
    assert {each["file"]: each["reason"] for each in found["passed_over"]}[
        "class/list.csv"
    ] == "the class list"


def test_a_folder_as_moodle_packs_it_fits_its_worksheet(run: Run, write: Write) -> None:
    write("class/Doe Jane_123_assignsubmission_file_/homework.yaml", RIGHT)
    write("class/Participant_124_assignsubmission_file_/homework.yaml", RIGHT)
    write("list.csv", "Identifier,Full name,Grade\nParticipant 123,Jane Doe,\nParticipant 124,Bob Roe,\n")
    found = run("check", "exercise2", "class", "--students", "list.csv", "--format", "json").json
    assert (found["missing"], found["not_listed"]) == ([], [])


# ---------------------------------------------------------------------------- variants

ONE, TWO = "inputs: [[1]]\nlayers: [{weights: [[2]]}]\n", "inputs: [[1]]\nlayers: [{weights: [[3]]}]\n"


@pytest.fixture
def variants(write: Write) -> None:
    write("variants/exercise01.yaml", ONE)
    write("variants/exercise02.yaml", TWO)
    write("variants/manifest.csv", "file,seed\nexercise01.yaml,1\n")


def verdicts(run: Run, *arguments: str) -> dict[str, Any]:
    """By student: the variant, and the verdict on S1 or why the sheet is not marked."""
    found = run("check", "variants", "class", *arguments, "--format", "json").json
    return {
        each["student"]: (each["variant"], each["reason"] or each["quantities"]["S1"]["verdict"])
        for each in found["submissions"]
    }


@pytest.mark.usefixtures("variants")
def test_a_sheet_says_which_variant_it_is_of(run: Run, write: Write) -> None:
    write("class/a.yaml", "exercise: exercise01.yaml\nS1: 2\n")
    write("class/b.yaml", "exercise: exercise02\nS1: 3\n")
    write("class/c.yaml", "exercise: exercise02.yaml\nS1: 2\n")
    write("class/d.yaml", "S1: 2\n")
    write("class/e.yaml", "exercise: exercise07.yaml\nS1: 2\n")
    assert verdicts(run) == {
        "a": ("exercise01.yaml", "correct"),
        "b": ("exercise02.yaml", "correct"),
        "c": ("exercise02.yaml", "wrong"),
        "d": (None, "it is not known which variant this is (write exercise: NAME into the sheet)"),
        "e": (None, "there is no variant 'exercise07.yaml' of the exercise"),
    }


@pytest.mark.usefixtures("variants")
@pytest.mark.parametrize("name", ["exercise02.yaml", "Exercise02", "2", "02", "variants/exercise02.yaml"])
def test_the_class_list_says_who_has_which_variant(name: str, run: Run, write: Write) -> None:
    write("class/a.tex", "$S_1 = 3$")
    write("class/b.yaml", "exercise: exercise02.yaml\nstudent: Jane Doe\nS1: 2\n")
    write("list.csv", f"name,id,variant\nAda,a,{name}\nJane Doe,7,1\n")
    assert verdicts(run, "--students", "list.csv") == {
        "a": ("exercise02.yaml", "correct"),
        "Jane Doe": ("exercise01.yaml", "correct"),
    }
    table = run("check", "variants", "class", "--students", "list.csv", "--format", "csv").out.splitlines()
    assert table[0].split(",")[-3] == "variant"
    assert ",exercise02.yaml,yes," in table[1]


@pytest.mark.usefixtures("variants")
def test_a_variant_that_there_is_not_is_refused(run: Run, write: Write) -> None:
    write("class/a.yaml", "S1: 2\n")
    write("list.csv", "name,variant\nAda,3\n")
    for exercise in ("variants", "variants/exercise01.yaml"):
        done = run("check", exercise, "class", "--students", "list.csv")
        assert (done.code, done.out) == (2, "")
        assert "Ada has the variant '3'" in done.err


@pytest.mark.usefixtures("variants")
def test_standard_input_is_no_variant(run: Run) -> None:
    done = run("check", "variants", "-", stdin=b"S1: 2")
    assert (done.code, done.out) == (2, "")
    assert "standard input" in done.err


def test_a_folder_without_exercises_is_refused(run: Run, write: Write) -> None:
    write("class/a.yaml", "S1: 2\n")
    done = run("check", "class", "class")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("class  no exercises in this folder\n")


def test_a_number_that_several_variants_have_stands_for_none() -> None:
    one, other, third = (solve(load("exercise2")) for _ in range(3))
    variants = Variants({"a1.yaml": one, "b1.yaml": other, "c2.yaml": third})
    assert [variants.find(name) for name in ("1", "2", "b1", "B1.YAML")] == [None, third, other, other]
