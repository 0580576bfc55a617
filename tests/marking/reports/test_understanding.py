"""What could not be read of a sheet, in every form of a report."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run

Write = Callable[[str, str | bytes], Path]

SHEET = """\
student: s1234
exercise: mazur.yaml
S_1: |
  0.4580 0.1205 –0.4420 0.1195
  0.8690 oops   -0.1810 0.1185
  0.7040 0.0440  0.7040 -0.0440
loss = 0,4916
Detla2: 1 2 3 4
Z1: [[0.1, 0.2], [0.3]]
"""
NOT_UNDERSTOOD = [
    {"line": 5, "message": "S_1: 'oops' is not a number"},
    {"line": 8, "message": "unknown quantity 'Detla2' (did you mean Delta2?)"},
    {"line": 9, "message": "row 2 of Z1 has 1 number, row 1 has 2, expected 2 numbers in each row"},
]
SCREEN = """\
✓ L
! S1          #1          #2          #3          #4
   1      0.4580      0.1205     –0.4420      0.1195
   2      0.8690  !oops          -0.1810      0.1185
   3      0.7040      0.0440      0.7040     -0.0440
   ! cannot be read: no credit
! Z1   cannot be read: no credit
   0.1  0.2
   0.3
not answered: S2 Z2 Δ2 Δ1 dW2 dW1 W2' W1' L'
! Not understood:
   line 5: S_1: 'oops' is not a number
   line 8: unknown quantity 'Detla2' (did you mean Delta2?)
   line 9: row 2 of Z1 has 1 number, row 1 has 2, expected 2 numbers in each row
Read, but perhaps meant otherwise:
   line 7: loss: decimal commas read as points: 0,4916 as 0.4916
   this sheet says that it is of mazur.yaml
"""


@pytest.fixture
def submission(run: Run, write: Write) -> Callable[..., dict[str, Any]]:
    def marked(text: str, exercise: str = "exercise2") -> dict[str, Any]:
        write("a.yaml", text)
        found: dict[str, Any] = run("check", exercise, "a.yaml", "--format", "json").json["submissions"][0]
        return found

    return marked


def test_a_teacher_sees_what_was_typed_and_a_short_list_at_the_end(run: Run, write: Write) -> None:
    write("a.yaml", SHEET)
    result = run("check", "exercise2", "a.yaml")
    assert result.code == 1
    _, _, body = result.out.partition("\n")
    assert body == SCREEN


def test_a_student_sees_the_same_list(run: Run, write: Write) -> None:
    write("a.yaml", SHEET)
    out = run("check", "exercise2", "a.yaml", "--student").out
    assert "Cannot be read: S1 Z1. See below.\n" in out
    assert out.endswith(SCREEN[SCREEN.index("! Not understood") :])


def test_a_class_sees_how_many_there_are(run: Run, write: Write) -> None:
    write("sheets/a.yaml", SHEET)
    write("sheets/b.yaml", "loss: 0.4916\nfoo: 1\n")
    write("sheets/c.yaml", "loss: 0.4916\n")
    result = run("check", "exercise2", "sheets")
    assert result.out.startswith("3 sheets: 2 right, 1 not fully read")
    assert "\nnot understood: 4 problems on 2 sheets, such as a.yaml, line 5: S_1: 'oops' is\n" in result.out
    details = run("check", "exercise2", "sheets", "--details").out
    assert "S1 Z1 cannot be read" in details


def test_a_long_list_is_cut(run: Run, write: Write) -> None:
    write("a.yaml", "loss: 0.4916\n" + "".join(f"foo{n}: 1\n" for n in range(100)))
    result = run("check", "exercise2", "a.yaml")
    assert result.code == 0
    assert result.out.count("unknown quantity") == 8
    assert "and 23 more" in result.out
    found = run("check", "exercise2", "a.yaml", "--format", "json").json["submissions"][0]["not_understood"]
    assert len(found) == 31
    assert found[-1] == {"line": None, "message": "and 70 more problems"}


def test_programs_get_lines_messages_and_what_was_typed(submission: Callable[..., dict[str, Any]]) -> None:
    found = submission(SHEET)
    assert (found["student"], found["status"]) == ("s1234", "marked")
    assert found["not_understood"] == NOT_UNDERSTOOD
    assert [each["line"] for each in found["remarks"]] == [7, None]
    S1, Z1, loss = (found["quantities"][name] for name in ("S1", "Z1", "loss"))
    assert S1["verdict"] == Z1["verdict"] == "unread"
    assert S1["cells"][1] == ["correct", "unread", "correct", "correct"]
    assert S1["written"][:2] == [
        ["0.4580", "0.1205", "–0.4420", "0.1195"],
        ["0.8690", "oops", "-0.1810", "0.1185"],
    ]
    assert Z1["cells"] == [["unread"] * 4] * 3
    assert Z1["written"] == [["0.1", "0.2"], ["0.3"]]
    assert loss["written"] == "0,4916"


@pytest.mark.parametrize(
    ("exercise", "text", "name", "written"),
    [
        ("exercise2", "Z2: 0.0986 ~ - 0.0059", "Z2", [["0.0986", "~", "-", "0.0059"]]),
        ("exercise2", "S1[2,1]: 0.8690", "S1", [["~"] * 4, ["0.8690", "~", "~", "~"], ["~"] * 4]),
        ("exercise2", "Z2: 1; 2; 3; 4", "Z2", [["1"], ["2"], ["3"], ["4"]]),
        ("exercise2", "Z2: 1 2 3", "Z2", [["1", "2", "3"]]),
        ("exercise2", "losses: 0.4063 x 0.5654 0.5060", "losses", ["0.4063", "x", "0.5654", "0.5060"]),
        ("planar", "db1: [1, 2, 3, 4]", "db1", ["1", "2", "3", "4"]),
        ("notes", "S1: 1 2 3; 4 x 6", "S1", [["1", "2", "3"], ["4", "x", "6"]]),
        ("notes", "S1: 1 4; 2 5; 3 6", "S1", [["1", "4"], ["2", "5"], ["3", "6"]]),
        ("notes", "S1: 1 2 3; 4", "S1", [["1", "2", "3"], ["4"]]),
    ],
)
def test_what_was_typed_lies_as_in_the_exercise(
    exercise: str,
    text: str,
    name: str,
    written: Any,  # noqa: ANN401  # nested lists
    submission: Callable[..., dict[str, Any]],
    write: Write,
) -> None:
    rows = "inputs: [[1], [2]]\nlayers: [{weights: [[1, 2, 3]]}]\nconventions: {product: X W}\n"
    write("notes.yaml", rows)
    path = "notes.yaml" if exercise == "notes" else exercise
    found = submission(f"{text}\nS1[1,1]: 1\n" if name != "S1" else f"{text}\nZ1[1,1]: 1\n", path)
    assert found["quantities"][name]["written"] == written


def test_a_sheet_of_which_nothing_can_be_read_tells_whose_it_is(
    submission: Callable[..., dict[str, Any]], run: Run
) -> None:
    found = submission("student: Ada\nS1: 1 2; 3\nfoo: 2\n")
    assert (found["student"], found["status"], found["quantities"]) == ("Ada", "unreadable", {})
    assert [each["line"] for each in found["not_understood"]] == [2, 3]
    row = run("check", "exercise2", "a.yaml", "--format", "csv").out.splitlines()[1]
    assert row.startswith("a.yaml,Ada,unreadable,")


def test_an_autograder_is_told_what_was_not_understood(run: Run, write: Write) -> None:
    write("a.yaml", SHEET)
    found = run("check", "exercise2", "a.yaml", "--format", "gradescope").json
    assert "not understood: line 8: unknown quantity 'Detla2' (did you mean Delta2?)" in found["output"]
    outputs = {test["name"]: test["output"] for test in found["tests"]}
    assert outputs["Z1"] == "cannot be read: no credit"


def test_a_grade_book_is_told_what_cannot_be_read(run: Run, write: Write) -> None:
    write("a.yaml", SHEET)
    row = run("check", "exercise2", "a.yaml", "--format", "csv").out.splitlines()[1]
    assert ",S1: cannot be read; Z1: cannot be read," in row
