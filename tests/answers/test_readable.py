"""What can be read of a sheet is read, whatever else is wrong with it; what cannot is told with its line."""

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from mlpcalc.answers.encoding import text_of
from mlpcalc.answers.reader import NothingReadableError, Submission
from mlpcalc.errors import InputError
from mlpcalc.reading.source import Document
from tests.answers.test_reader import COLUMNS, EXERCISE_2, ROWS, read
from tests.conftest import Run
from tests.support.reading import read_answers

Write = Callable[[str, str | bytes], Path]
NAN = float("nan")
S1 = [[1, 2, 3, 4], [5, 6, 7, 8]]
BESIDE = "student: s1\nS2: [0.5, 0.25, 1, 2]\n"
"""What stands beside every fault, and is to be read whatever that is."""
FAULTS = {
    "unknown key": ("Detla2: 1 2 3 4", "unknown quantity 'Detla2'"),
    "wrong layer": ("S3: 1 2", "unknown quantity 'S3'"),
    "no such cell": ("S1[9,9]: 1", "there is no S1[9,9]: S1 is 2×4: rows 1–2, columns 1–4"),
    "bad cell": ("S1: 1 2 x 4; 5 6 7 8", "S1: 'x' is not a number"),
    "ragged": ("S1: 1 2 3 4; 5 6 7", "row 2 of S1 has 3 numbers, row 1 has 4"),
    "block": ("S1: {a: 1}", "S1: expected a matrix, not a block of keys"),
    "deep": ("S1: [[[1]]]", "row 1 of S1 is not a list of numbers"),
    "deeper": (f"S1: {'[' * 50}1{']' * 50}", "brackets are nested too deeply"),
    "anchor": ("S1: &a [1, 2]", "aliases and anchors (* and &) are not allowed"),
    "alias": ("S1: *a", "aliases and anchors (* and &) are not allowed"),
    "tag": ("S1: !!float 1", "tags are not allowed: tag:yaml.org,2002:float"),
    "open bracket": ("S1: [[1, 2, 3, 4], [5, 6, 7, 8]", None),
    "open quote": ("S1: '1 2 3 4", None),
    "twice": ("Z2: 1 2 3 4\nZ2: 1 2 3 5", "Z2 is given twice, with different values"),
    "twice by other names": ("Z2: 1 2 3 4\nY: 1 2 3 5", "Y is given twice, with different values"),
    "too large": ("S1: " + "1 " * 5000, "S1: too large: 5,000 cells"),
    "control character": ("S1: 1 2 \x07 4", None),
    "a line without a key": ("S1: 1 2 3 4; 5 6 7 8\nwhat is this", None),
}


@pytest.mark.parametrize("before", [False, True], ids=["after", "before"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_concerns_its_own_quantity_and_is_told_with_its_line(fault: str, *, before: bool) -> None:
    text, message = FAULTS[fault]
    sheet = read(f"{text}\n{BESIDE}" if before else f"{BESIDE}{text}\n")
    assert sheet.student == "s1"
    np.testing.assert_array_equal(sheet.answers[COLUMNS.symbol("S2")].value, [[0.5, 0.25, 1, 2]])
    (problem,) = sheet.not_understood
    assert message is None or problem.message == message
    assert problem.place is not None
    assert problem.place.line is not None
    assert problem.place.line in ([1, 2] if before else [3, 4, 5])


def test_a_ragged_matrix_cannot_be_placed_and_is_shown_as_typed() -> None:
    found = read("S1: 1 2 3 4; 5 6 7\nloss: 1\n").answers[COLUMNS.symbol("S1")]
    assert found.is_unread
    assert (found.value.shape, found.written_shape) == ((2, 4), None)
    assert found.written == (("1", "2", "3", "4"), ("5", "6", "7"))
    assert not found.is_matrix


def test_what_is_read_counts_beside_what_cannot_be() -> None:
    sheet = read("S1: 1 2; 3\nS1: 1 2 3 4; 5 6 7 8\nZ2[1,1]: x\nZ2[1,1]: 0.5\nZ2[1,2]: y\n")
    np.testing.assert_array_equal(sheet.answers[COLUMNS.symbol("S1")].value, S1)
    Z2 = sheet.answers[COLUMNS.symbol("Z2")]
    np.testing.assert_array_equal(Z2.value, [[0.5, NAN, NAN, NAN]])
    assert Z2.unread is not None
    assert Z2.unread.tolist() == [[False, True, False, False]]
    assert Z2.written == (("0.5", "y", "~", "~"),)


def test_samples_in_rows_are_unread_where_they_were_written() -> None:
    found = read("S1: 1 x; 2 6; 3 7; 4 8\nloss: 1\n", ROWS).answers[ROWS.symbol("S1")]
    np.testing.assert_array_equal(found.value, [[1, 2, 3, 4], [NAN, 6, 7, 8]])
    assert found.unread is not None
    assert np.argwhere(found.unread).tolist() == [[1, 0]]
    assert found.written[1][0] == "x"


# ---------------------------------------------------------------------------- nearly YAML

FORMS = [
    "S1: |\n  1 2 3 4\n  5 6 7 8\nloss: 0.5\n",
    "S1:\n  1 2 3 4\n  5 6 7 8\nloss: 0.5\n",
    "S1: 1 2 3 4\n    5 6 7 8\nloss: 0.5\n",
    "S1:\n1 2 3 4\n5 6 7 8\nloss: 0.5\n",
    "S1 = 1 2 3 4; 5 6 7 8\nloss = 0.5\n",
    "S1 := [1 2 3 4; 5 6 7 8]\nloss := 0.5\n",
    "S1 =\n1 2 3 4\n5 6 7 8\n\nloss = 0.5\n",
    "S1:[[1,2,3,4],[5,6,7,8]]\nloss:0.5\n",
    "S1:[[1, 2, 3, 4],\n    [5, 6, 7, 8]]\nloss:0.5\n",
    "S1: [[1 2 3 4]\n [5 6 7 8]]\nloss: 0.5\n",
    "S1: [1 2 3 4\n 5 6 7 8]\nloss: 0.5\n",
    "S1:\t1\t2\t3\t4;\t5\t6\t7\t8\nloss:\t0.5\n",
    "S1: |\n\t1\t2\t3\t4\n\t5\t6\t7\t8\nloss: 0.5\n",
    "S1: |\n\t1 2 3 4\n  5 6 7 8\nloss: 0.5\n",
    "S1: |\n    1 2 3 4\n  5 6 7 8\nloss: 0.5\n",
    "S1: |\n  1 2 3 4  # the first unit\n  5 6 7 8\nloss: 0.5 # computed by hand\n",
    "S1: | 1 2 3 4; 5 6 7 8\nloss: 0.5\n",
    " S1: 1 2 3 4; 5 6 7 8\nloss: 0.5\n",
    "answers:\n  S1 = 1 2 3 4; 5 6 7 8\n  loss = 0.5\n",
    "S1:\u00a01 2 3 4; 5 6 7 8\nloss:\u00a00.5\n",
    "S1: 1 2 3 4; 5 6 7 8\n---\nloss: 0.5\n",
    "comment: S9 = 3\nS_1: 1 2 3 4; 5 6 7 8\nJ: 0.5\n",
    "comment: |\n  I guessed\n  S2 = 3\nS1 = 1 2 3 4; 5 6 7 8\nLoss = 0.5\n",
    "'S1': 1 2 3 4; 5 6 7 8\n\"loss\" = 0.5\n",
    "exercise: exercise.yaml\nstudent: a: b\ns1: 1 2 3 4; 5 6 7 8\nLOSS: 0.5\n",
]


@pytest.mark.parametrize("text", FORMS)
def test_what_is_nearly_yaml_is_read_like_yaml(text: str) -> None:
    sheet = read(text)
    assert (sheet.not_understood, sheet.remarks) == ((), ())
    assert {symbol.plain for symbol in sheet.answers} == {"S1", "loss"}
    np.testing.assert_array_equal(sheet.answers[COLUMNS.symbol("S1")].value, S1)
    assert sheet.answers[COLUMNS.symbol("loss")].value == [[0.5]]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("loss = 0.5\nS1 = 1 2 3 4; 5 6 x 8\n", (2, 19)),
        ("loss = 0.5\nS1:\n\t1 2 3 4\n\t5 6 x 8\n", (4, 6)),
        ("loss = 0.5\n\n# mine\nS1:[[1, 2, 3, 4],\n   [5, 6, x, 8]]\n", (5, 11)),
        ("loss = 0.5\nS1: |\n  1 2 3 4\n  5 6 x 8\n", (4, 7)),
        ("loss = 0.5\n  foo: 1\n", (2, 3)),
        ("loss = 0.5\nS1: !!x 3\n", (2, 5)),
        ("loss = 0.5\nS1: 'ab\n", (2, 5)),
    ],
)
def test_places_are_those_of_the_file_in_what_is_nearly_yaml(text: str, where: tuple[int, int]) -> None:
    (problem,) = read(text).not_understood
    assert problem.place is not None
    assert (problem.place.line, problem.place.column) == where
    assert problem.place.source == text.split("\n")[where[0] - 1]


# ---------------------------------------------------------------------------- labels


@pytest.mark.parametrize(
    ("text", "student"),
    [
        ("name: Ada", "Ada"),
        ("Name: Ada", "Ada"),
        ("STUDENT: Ada", "Ada"),
        ("name: x\nstudent: Ada", "Ada"),
        ("student: ~\nname: Ada", "Ada"),
        ("student: [Ada, 7]", "[Ada, 7]"),
        ("student: Ada: 7", "Ada: 7"),
        ("student = Ada", "Ada"),
        ("student: @ada", "@ada"),
        ("student: Ada\nS1: [1, 2", "Ada"),
        ("S1: &a 1\nstudent: Ada", "Ada"),
    ],
)
def test_the_student_is_kept_whatever_else_is_wrong(text: str, student: str) -> None:
    assert read(f"{text}\nloss: 1\n").student == student
    with pytest.raises(NothingReadableError) as caught:
        read(f"{text}\nfoo: 1\n")
    assert caught.value.student == student


def test_a_comment_is_no_answer() -> None:
    assert read("comment: I was ill\nloss: 1\n").not_understood == ()


@pytest.mark.parametrize(
    ("said", "remarks"),
    [
        *[("exercise2.yaml", 0), ("exercise2", 0), ("week1/exercise2.yaml", 0), ("homework 3", 0), ("7", 0)],
        *[("mazur", 1), ("mazur.yaml", 1), ("week1\\mazur.yml", 1), ("other.yaml", 1)],
    ],
)
def test_a_sheet_of_another_exercise_is_remarked_on(said: str, remarks: int) -> None:
    found = read(f"exercise: {json.dumps(said)}\nloss: 0.4916\n", EXERCISE_2)
    assert len(found.remarks) == remarks
    assert found.answers


# ---------------------------------------------------------------------------- files


SHEET = "student: Zoë\nS1: −1 2 3 4; 5 6 7 8\nloss: 0.5\n"
ENCODED: Mapping[str, bytes] = {
    "utf-8": SHEET.encode(),
    "utf-8 with a mark": SHEET.encode("utf-8-sig"),
    "utf-16": SHEET.encode("utf-16"),
    "little endian": b"\xff\xfe" + SHEET.encode("utf-16-le"),
    "big endian": b"\xfe\xff" + SHEET.encode("utf-16-be"),
    "windows": SHEET.replace("−", "–").encode("cp1252"),
    "windows lines": SHEET.replace("\n", "\r\n").encode("utf-16"),
    "old lines": SHEET.replace("\n", "\r").encode(),
}


@pytest.mark.parametrize("name", ENCODED)
def test_a_sheet_is_read_in_the_encodings_of_editors(name: str) -> None:
    sheet = read(text_of(ENCODED[name], "sheet.yaml", 1000))
    assert sheet.student == "Zoë"
    assert sheet.answers[COLUMNS.symbol("S1")].value[0].tolist() == [-1, 2, 3, 4]


@pytest.mark.parametrize(
    "data",
    [
        b"loss: \x00\xff",
        b"\x89PNG\r\n\x1a\n\x00",
        b"\xff\xfe\x00\xd8",
        SHEET.encode("utf-16-le"),
        b"\xff\x81",
    ],
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="not a text file"):
        text_of(data, "sheet.yaml", 1000)


def test_a_file_is_no_larger_for_its_encoding() -> None:
    with pytest.raises(InputError, match="too large"):
        text_of(SHEET.encode("utf-16"), "sheet.yaml", 20)


@pytest.mark.parametrize("given", ["exercise2", "e.yaml", "e.txt"])
def test_a_sheet_and_an_exercise_that_are_swapped(given: str, run: Run, write: Write) -> None:
    exercise = (Path(__file__).parents[2] / "exercises" / "exercise2.yaml").read_text(encoding="utf-8")
    write("e.yaml", exercise)
    write("e.txt", exercise)
    write("a.yaml", "loss: 0.4916\n")
    result = run("check", "a.yaml", given)
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        f"a.yaml is no exercise, but {given} is one\n  expected the exercise first, then the answers\n"
        "  hint: the two are swapped\n"
    )
    assert run("check", given, "a.yaml").code == 0


# ---------------------------------------------------------------------------- bounds

HOSTILE: Mapping[str, Callable[[int], str]] = {
    "unknown keys": lambda n: "".join(f"k{i} = 1\n" for i in range(n)),
    "bad cells": lambda n: "S1 = x y\n" * n,
    "cells": lambda n: "".join(f"? S1[{i},1]\n: x\n" for i in range(n)),
    "the same again": lambda n: "S1[1,1]: 1\n" * n,
    "rows": lambda n: ("S1 = \n" + " x y\n" * 100) * (n // 50),
    "brackets": lambda n: "S1: [0.5, ?" + "[" * 4 * n,
    "pairs of brackets": lambda n: "S1 = " + "[ ]" * 4 * n,
    "commas": lambda n: "S1: " + "1," * 4 * n,
    "decimal commas": lambda n: ("S1: |\n  " + "0,5 " * 1000 + "\n") * (n // 500),
    "lines": lambda n: "a\n" * 4 * n,
    "open quotes": lambda n: '"a: 1\n' * n,
    "indented keys": lambda n: "".join(f"{' ' * (i % 50)}S1: 1\n" for i in range(n)),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_sheet_full_of_mistakes_takes_time_in_proportion(kind: str) -> None:
    def took(n: int) -> float:
        text = HOSTILE[kind](n)
        start = time.process_time()
        try:
            found: Submission | InputError = read_answers(Document(text, "sheet.yaml"), COLUMNS)
        except InputError as error:
            found = error
        problems = found.problems if isinstance(found, InputError) else found.not_understood
        assert len(problems) <= 31
        assert all(len(f"{each.message}{each.hint}") < 1000 for each in problems)
        return time.process_time() - start

    took(500)
    assert took(8000) < 40 * took(1000) + 0.5
