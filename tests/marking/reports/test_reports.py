"""What `check` prints, for people and for programs.

Each file golden/check/NAME.txt begins with a command line, `$ COLUMNS=80 mlpcalc check …  # exit 1`; the
rest is what that command prints. The sheets are those of `tests.support.homework`. After a change of output

    GOLDEN=write python -m pytest tests/marking/reports/test_reports.py

writes the screens anew; read the difference before you commit it.
"""

import csv
import io
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from rich.console import Console

from mlpcalc import check, load, solve
from mlpcalc.answers.folders import AnswerFile
from mlpcalc.errors import InputError
from mlpcalc.marking.checking import Check
from mlpcalc.report.terminal import render
from mlpcalc.text.sanitize import shortened, width
from tests.conftest import Result, Run
from tests.support import homework
from tests.support.golden import assert_golden
from tests.support.marked import DEEP
from tests.support.payloads import PAYLOADS
from tests.support.terminal import in_a_terminal

ROOT = Path(__file__).parents[3]
SCREENS = sorted((Path(__file__).parents[2] / "golden" / "check").glob("*.txt"))
FORMATS = ("table", "json", "csv", "gradescope")
BATCHES = ("table", "json", "csv")
HEADER = ["file", "student", "status", "score", "points", "of", "first_wrong", "diagnosis"]
HEADER += ["answered", "asked", "not_answered"]
HEADER += ["S1", "Z1", "S2", "Z2", "loss", "Delta2", "Delta1", "dW2", "dW1", "W2_new", "W1_new", "loss_new"]
HEADER += ["counts", "feedback"]
Write = Callable[[str, str | bytes], Path]


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sheets of `tests.support.homework`; nobody writes there."""
    folder = tmp_path_factory.mktemp("homework")
    homework.write_sheets(folder)
    return folder


@pytest.fixture
def sheets(everything: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That folder, with the command line running in it."""
    assert run
    monkeypatch.chdir(everything)
    return everything


def marked(run: Run, *arguments: str) -> Any:  # noqa: ANN401  # JSON
    """The JSON of `check exercise2 ARGUMENTS`, valid by the schema."""
    result = run("check", "exercise2", *arguments, "--format", "json")
    found = json.loads(result.out, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    valid(found)
    return found


def records(result: Result) -> list[list[str]]:
    return list(csv.reader(io.StringIO(result.out)))


# ---------------------------------------------------------------------------- whole screens


def test_there_are_screens() -> None:
    assert len(SCREENS) >= 18


@pytest.mark.parametrize("path", SCREENS, ids=lambda path: path.stem)
@pytest.mark.usefixtures("sheets")
def test_a_screen_is_as_expected(path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    command, _, code = first.partition("# exit ")
    columns, program, *arguments = shlex.split(command.removeprefix("$ "))
    assert program == "mlpcalc"
    monkeypatch.setenv("COLUMNS", columns.removeprefix("COLUMNS="))
    result = run(*arguments)
    assert (str(result.code), result.err) == (code, "")
    assert_golden(result.out, path, first=f"{first}\n")


# ---------------------------------------------------------------------------- one sheet

WIDTHS = (200, 80, 60, 40)
NAMES = ("mixed", "right", "coarse", "zeros", "shapes", "convention", "muddled", "rounding")


def shown(report: Any, columns: int) -> list[str]:  # noqa: ANN401  # a report
    file = io.StringIO()
    render(report.blocks(), Console(width=columns, file=file, highlight=False, markup=False, emoji=False))
    return file.getvalue().splitlines()


@pytest.mark.slow
@pytest.mark.parametrize("name", [*NAMES, "sheets"])
def test_no_line_is_wider_than_the_terminal_or_ends_in_spaces(name: str, sheets: Path) -> None:
    report = check(solve(load("exercise2")), str(sheets / name) + ("" if name == "sheets" else ".yaml"))
    for columns in WIDTHS:
        lines = shown(report, columns)
        assert [line for line in lines if len(line) > columns or line != line.rstrip()] == []


@pytest.mark.parametrize("columns", [200, 80, 60])
def test_the_decimal_points_of_an_answer_stand_under_one_another(columns: int, sheets: Path) -> None:
    lines = shown(check(solve(load("exercise2")), str(sheets / "mixed.yaml")), columns)
    start = next(i for i, line in enumerate(lines) if line.startswith("✗ Δ1"))
    matrix = [line[: line.find(" [")] if " [" in line else line for line in lines[start + 1 : start + 4]]
    points = [[found.start() for found in re.finditer(r"\.", line)] for line in matrix]
    assert len(points[0]) == 4
    assert points[0] == points[1] == points[2]


def remarks(run: Run, write: Write, answers: str, *arguments: str) -> str:
    """What is printed about a sheet of exercise 2."""
    write("x.yaml", answers)
    return run("check", "exercise2", "x.yaml", *arguments).out


@pytest.mark.parametrize(
    ("answers", "remark"),
    [
        ("Z2: 0.0986 0.0112 0.2 0.0059", "[1,3] should be 0.1\n"),
        ("Z2: 0.0986 0.0112 0.20 0.0059", "[1,3] should be 0.06\n"),
        ("Z2: 0.0986 0.0112 0.1000 0.0059", "[1,3] should be 0.0634"),
        ("Z2: 0.0986 0.0112 2e-2 0.0059", "[1,3] should be 0.06\n"),
        ("Z2: 0.0986 0.0112 1/3 0.0059", "[1,3] should be 0.0634"),
        ("S1: 0.4580 7 -0.4420 0.1195; ~ ~ ~ ~; ~ ~ ~ ~", "[1,2] should be 0.1205"),
        ("Z1: ~ ~ 0.4 ~; ~ ~ ~ ~; ~ ~ ~ ~", "[1,3] must be 0"),
        ("loss: 0.5916", "0.5916   should be 0.4916"),
    ],
)
def test_what_should_be_there_has_as_many_decimals_as_what_was_written(
    answers: str, remark: str, run: Run, write: Write
) -> None:
    assert remark in remarks(run, write, answers)


def test_an_interval_is_given_where_its_ends_differ(run: Run, write: Write) -> None:
    out = remarks(run, write, "Delta2: -0.23 -0.2472 0.2658 0.2515\nDelta1: 1 ~ ~ ~; ~ ~ ~ ~; 2.0000 ~ ~ ~")
    assert "[1,1] should be -0.0047 to -0.0045" in out


def test_explanations_of_several_cells_say_of_which(run: Run, write: Write) -> None:
    out = remarks(run, write, "S1: 0.4850 0.1205 -0.4420 0.1195; 0.8690 0.1615 0.1810 0.1185; ~ ~ ~ ~")
    assert "[1,1]: Two digits are swapped: you wrote 0.4850." in out
    assert "[2,3]: The sign is wrong: you wrote 0.1810." in out


def test_slips_of_one_kind_are_named_together(run: Run, write: Write) -> None:
    out = remarks(run, write, "S1: 0.4850 0.1205 -0.4420 0.1195; 0.8960 0.1615 -0.1810 0.1185; ~ ~ ~ ~")
    assert "[1,1] [2,1]: digits swapped." in out


def test_a_cell_with_two_different_figures_is_not_explained_otherwise(run: Run, write: Write) -> None:
    out = remarks(run, write, "Delta1[1,1]: -0.0045\nD1[1,1]: 7")
    assert "[1,1] is given twice, with different values" in out
    assert "explain" not in out


def test_a_sheet_without_any_figure_says_so(run: Run, write: Write) -> None:
    assert "Nothing is filled in." in remarks(run, write, "S1: ~")
    assert "Nothing is filled in." in remarks(run, write, "S1: ~", "--student")
    (sheet,) = marked(run, "x.yaml")["submissions"]
    assert (sheet["score"], sheet["points"], sheet["of"]) == (0, 0, 12)
    assert run("check", "exercise2", "x.yaml").code == 1
    assert overview(run, write, a="S1: ~", b="loss: 0.4916")[0].startswith("2 sheets: 1 right, 1 blank ")


def test_what_follows_from_a_mistake_says_from_which(run: Run, write: Write) -> None:
    values = homework.changed(homework.exercise2(fprime=False), "S1", (2, 2), 0.1651)
    values["Z1"] = np.maximum(values["S1"], 0)
    out = remarks(run, write, homework.sheet({name: values[name] for name in ("S1", "Z1", "Delta1", "dW1")}))
    assert "→ Z1   follows from the written S1, full credit\n→ dW1   follows from the written Δ1," in out


def test_a_mistake_that_was_made_before_is_said_to_count_once_under_its_explanation(
    run: Run, write: Write
) -> None:
    right = "Z1: 0.6044; 0.1974\nZ2: 0.3311; 0.2899\nDelta3: -0.9091"
    write("deep.yaml", DEEP)
    write("x.yaml", f"{right}\nDelta2: -0.7273; 0.5455\nDelta1: -0.4000; 0.7819")  # both without f'
    out = run("check", "deep.yaml", "x.yaml").out
    assert "\n       used: f1'(S1) = relu'(S1)\n   The same mistake as in Δ2: counted once.\n" in out


# ---------------------------------------------------------------------------- hints


@pytest.mark.usefixtures("sheets")
def test_hints_say_that_a_convention_is_no_mistake(run: Run) -> None:
    _, *lines = run("check", "exercise2", "convention.yaml", "--student").out.splitlines()
    assert lines[:2] == [
        "Δ stands for -∂L/∂S here: a convention, not a mistake.",
        "What is filled in is right.",
    ]


@pytest.mark.parametrize("name", [*NAMES, "sheets"])
def test_hints_never_give_a_figure(name: str, run: Run, sheets: Path) -> None:
    paths = sorted(str(path) for path in (sheets / "sheets").glob("*.yaml") if path.stem != "s22")
    out = run("check", "exercise2", *(paths if name == "sheets" else [f"{name}.yaml"]), "--student").out
    assert out
    assert re.findall(r"\d\.\d|used:", out) == []


def test_hints_for_a_class_come_sheet_by_sheet(run: Run, sheets: Path) -> None:
    assert sheets
    out = run("check", "exercise2", "sheets", "--student").out
    assert len(re.findall(r"^sheets/s\d\d.yaml +11 of 12 answered, ", out, re.MULTILINE)) == 29
    assert "sheets/s22.yaml cannot be read:" in out


@pytest.mark.usefixtures("sheets")
def test_hints_for_gradescope_say_no_more(run: Run) -> None:
    found = run("check", "exercise2", "mixed.yaml", "--student", "--format", "gradescope").json
    outputs = {test["name"]: test["output"] for test in found["tests"]}
    assert outputs["Δ1"].startswith("wrong\nHint: what does relu' do where S1 is negative?")
    assert not any(re.search(r"\d\.\d", output) for output in outputs.values())


# ---------------------------------------------------------------------------- a class


def overview(run: Run, write: Write, **sheets: str) -> list[str]:
    for name, text in sheets.items():
        write(f"class/{name}.yaml", text)
    return run("check", "exercise2", "class").out.splitlines()


def test_files_are_counted_where_there_are_not_as_many_as_sheets(run: Run, write: Write) -> None:
    write("class/ann/1.yaml", "loss: 0.4916")
    assert "files" not in overview(run, write, bob="loss: 0.4916")[1]
    write("class/ann/2.yaml", "Z2: 0.0986 0.0112 0.0634 0.0059")
    assert overview(run, write)[1] == "3 files: 3 in 2 submissions"
    write("class/ann/photo.png", b"")
    assert overview(run, write)[1] == "4 files: 3 in 2 submissions, 1 not marked (1 .png)"


@pytest.mark.usefixtures("sheets")
def test_of_a_sheet_that_does_not_fit_together_a_class_has_no_mistake_but_this(run: Run) -> None:
    lines = run("check", "exercise2", "muddled.yaml", "right.yaml").out.splitlines()
    assert tallied(lines) == ["figures of another run  S1 Z1 Z2 …  █ 1  muddled"]


def tallied(lines: list[str]) -> list[str]:
    """The rows of the table of mistakes."""
    (start,) = (place for place, line in enumerate(lines) if line.startswith("mistake "))
    return lines[start + 1 : -1]


def test_alternative_explanations_of_an_answer_are_counted_once(run: Run, write: Write) -> None:
    both = "Z1: ~ ~ ~ ~; ~ ~ ~ ~; ~ ~ -0.7040 ~"
    lines = overview(run, write, a=both, b=both)
    (row,) = tallied(lines)
    assert row.split()[-3:] == ["2", "a", "b"]
    assert row.startswith("opposite sign or sign lost")


def test_a_mistake_that_shows_in_two_steps_is_one(run: Run, write: Write) -> None:
    wrong = homework.exercise2(average=False)
    wrong["loss"] = wrong["loss"] * 4
    lines = overview(run, write, a=homework.sheet(wrong), b=homework.sheet(homework.exercise2()))
    (row,) = tallied(lines)
    assert re.fullmatch(r"average left out +L Δ2 +█ 1  a", row)


def test_what_is_unexplained_comes_last(run: Run, write: Write) -> None:
    unexplained = homework.sheet(homework.changed(homework.exercise2(), "S1", (2, 3), -0.3333))
    sign = homework.sheet(homework.exercise2(update=1))
    lines = overview(run, write, a=unexplained, b=unexplained, c=unexplained, d=sign)
    assert re.fullmatch(r"unexplained ← look at this +S1\[2,3\]  ███ 3  a b c", lines[-2])


def test_names_of_steps_and_of_sheets_are_cut_to_fit(run: Run, write: Write) -> None:
    sheets = {}
    for i, name in enumerate(("S1", "Z1", "Delta1", "dW1", "W1_new")):
        values = homework.exercise2()
        values[name] = 10 * values[name]
        sheets[f"student_with_a_long_name_{i}"] = homework.sheet(values)
    lines = overview(run, write, **sheets)
    row = next(line for line in lines if line.startswith("10 times as large"))
    assert re.fullmatch(r"10 times as large +S1 Z1 Δ1 … +█+ 5  student_with.*…", row)
    assert len(row) <= 80


def test_points_that_differ_have_a_row_of_their_own(run: Run, write: Write) -> None:
    write("e.yaml", "inputs: [[1]]\nlayers: [{weights: [[2]]}]\nask: {S1: 3, Z1: 1}\n")
    write("class/a.yaml", "S1: 2\n")
    write("class/b.yaml", "S1: 2\nZ1: 2\n")
    lines = run("check", "e.yaml", "class").out.splitlines()
    assert lines[0].split() == ["2", "sheets:", "2", "right", "88", "%", "of", "the", "points"]
    assert lines[1] == "2 sheets: mean 3.5 of 4, the middle half from 3.25 to 3.75"
    assert [line.rsplit(maxsplit=2) for line in lines[2:6]] == [
        ["answer", "S1", "Z1"],
        ["answered, of 2", "2", "1"],
        ["mean points", "3", ".5"],
        ["points to be had", "3", "1"],
    ]


def test_variants_of_different_totals_are_compared_in_per_cent(run: Run, write: Write) -> None:
    write("v/1.yaml", "inputs: [[1]]\nlayers: [{weights: [[2]]}]\nask: [S1]\n")
    write("v/2.yaml", "inputs: [[1]]\nlayers: [{weights: [[2]]}]\nask: {S1: 1, Z1: 3}\n")
    write("class/a.yaml", "exercise: 1\nS1: 2\n")
    write("class/b.yaml", "exercise: 2\nS1: 2\n")
    lines = run("check", "v", "class").out.splitlines()
    assert lines[1] == "2 sheets: mean 62 %, the middle half from 44 to 81 %"


def test_a_line_for_each_sheet(run: Run, sheets: Path) -> None:
    assert sheets
    out = run("check", "exercise2", "sheets", "--details").out
    rows = [line.split()[0] for line in out.partition("sheet  points")[2].splitlines()[1:]]
    assert rows == [f"s{number:02}" for number in range(1, 31)]


# ---------------------------------------------------------------------------- JSON

_CELL = {"type": "array", "items": {"type": "integer", "minimum": 1}, "maxItems": 2}
_WORD = {
    "enum": ["correct", "blank", "rounding", "follows", "unchecked", "coarse", "trivial", "unread", "wrong"]
}
_PAIR = {"type": "array", "items": {"type": ["number", "null"]}, "minItems": 2, "maxItems": 2}
_TEXT, _NUMBER = {"type": "string"}, {"type": "number", "minimum": 0}
_COUNT = {"type": "integer", "minimum": 0}


def _nested(leaf: Mapping[str, Any]) -> dict[str, Any]:
    """A number, a flat list or a matrix of something."""
    flat = {"type": "array", "items": leaf, "minItems": 1}
    return {"anyOf": [leaf, flat, {"type": "array", "items": flat, "minItems": 1}]}


def _object(**properties: Any) -> dict[str, Any]:  # noqa: ANN401  # parts of a schema
    return {"type": "object", "properties": properties, "required": [*properties]}


_DIAGNOSIS = _object(mistake=_TEXT, message=_TEXT, cells={"type": "array", "items": _CELL})
_LIST = {"type": "array", "items": _TEXT}
_PROBLEMS = {
    "type": "array",
    "items": _object(
        line={"type": ["integer", "null"], "minimum": 1}, message={"type": "string", "minLength": 1}
    ),
}
_QUANTITY = _object(
    verdict=_WORD,
    cells=_nested(_WORD),
    written={"anyOf": [_TEXT, _LIST, {"type": "array", "items": _LIST}]},
    expected=_nested(_PAIR),
    diagnoses={"type": "array", "items": _DIAGNOSIS},
    asked={"type": "boolean"},
    points=_NUMBER,
    of=_NUMBER,
)
_FIRST = {"anyOf": [{"type": "null"}, _object(quantity=_TEXT, cell=_CELL)]}
_MARKED = _object(
    file=_TEXT,
    student={"type": ["string", "null"]},
    status={"const": "marked"},
    reason={"type": "null"},
    score={"type": ["number", "null"], "minimum": 0, "maximum": 1},
    points=_NUMBER,
    of=_NUMBER,
    answered=_COUNT,
    asked=_COUNT,
    not_answered={"type": "array", "items": _TEXT},
    first_wrong=_FIRST,
    convention={"type": ["string", "null"]},
    quantities={"type": "object", "additionalProperties": _QUANTITY},
    not_understood=_PROBLEMS,
    remarks=_PROBLEMS,
)
_UNREADABLE = _object(
    file=_TEXT,
    student={"type": ["string", "null"]},
    status={"const": "unreadable"},
    reason={"type": "string", "minLength": 1},
    score={"type": "null"},
    points={"type": "null"},
    of={"type": "null"},
    first_wrong={"type": "null"},
    convention={"type": "null"},
    quantities={"type": "object", "maxProperties": 0},
    not_understood=_PROBLEMS,
)
SUBMISSIONS = Draft202012Validator(
    _object(exercise=_TEXT, submissions={"type": "array", "items": {"anyOf": [_MARKED, _UNREADABLE]}})
)


def valid(found: Any, schema: Draft202012Validator = SUBMISSIONS) -> None:  # noqa: ANN401  # JSON
    schema.validate(found)


@pytest.mark.usefixtures("sheets")
@pytest.mark.parametrize("name", [*NAMES, "broken"])
def test_json_is_valid_by_its_schema(name: str, run: Run) -> None:
    (submission,) = marked(run, f"{name}.yaml")["submissions"]
    assert submission["file"] == f"{name}.yaml"


@pytest.mark.usefixtures("sheets")
def test_json_of_a_class_has_every_sheet(run: Run) -> None:
    found = marked(run, "sheets")
    assert found["exercise"] == "Exercise 2, one SGD step"
    assert [each["file"] for each in found["submissions"]] == [f"sheets/s{n:02}.yaml" for n in range(1, 31)]
    unreadable = [each for each in found["submissions"] if each["status"] == "unreadable"]
    assert [each["reason"].split(":")[0] for each in unreadable] == ["line 4"]


@pytest.mark.usefixtures("sheets")
def test_json_of_a_sheet_with_mistakes(run: Run) -> None:
    (sheet,) = marked(run, "mixed.yaml")["submissions"]
    assert (sheet["student"], sheet["points"], sheet["of"]) == (
        "s1234",
        pytest.approx(7 + 8 / 12, abs=1e-6),
        12,
    )
    assert (sheet["answered"], sheet["asked"], sheet["not_answered"]) == (9, 12, ["S2", "W2_new", "loss_new"])
    assert sheet["first_wrong"] == {"quantity": "loss", "cell": []}
    verdicts = {name: quantity["verdict"] for name, quantity in sheet["quantities"].items()}
    assert verdicts == {
        "S1": "blank",
        "Z1": "correct",
        "Z2": "rounding",
        "loss": "wrong",
        "Delta2": "correct",
        "Delta1": "wrong",
        "dW2": "correct",
        "dW1": "follows",
        "W1_new": "follows",
    }
    delta = sheet["quantities"]["Delta1"]
    wrong = [
        [i + 1, j + 1]
        for i, row in enumerate(delta["cells"])
        for j, word in enumerate(row)
        if word == "wrong"
    ]
    assert wrong == [[1, 3], [2, 3], [3, 4]]
    assert delta["expected"][0][2] == [0, 0]
    assert delta["diagnoses"][0]["mistake"] == "fprime_forgotten_hidden"
    assert delta["diagnoses"][0]["cells"] == wrong


@pytest.mark.usefixtures("sheets")
def test_json_of_the_loss_is_a_word_and_a_pair(run: Run) -> None:
    loss = marked(run, "mixed.yaml")["submissions"][0]["quantities"]["loss"]
    assert loss["cells"] == "wrong"
    assert loss["expected"] == pytest.approx([0.49155, 0.49167], abs=2e-4)
    assert [each["cells"] for each in loss["diagnoses"]] == [[[]]]


@pytest.mark.usefixtures("sheets")
def test_json_of_biases_is_flat_and_turned_matrices_lie_as_in_the_exercise(run: Run) -> None:
    result = run("check", "rows.yaml", "ada.yaml", "--format", "json")
    valid(result.json)
    quantities = result.json["submissions"][0]["quantities"]
    assert quantities["db1"]["cells"] == ["wrong", "wrong"]
    assert np.shape(quantities["db1"]["expected"]) == (2, 2)
    assert quantities["db1"]["diagnoses"][0]["cells"] == [[1, 1], [2, 1]]
    assert quantities["S1"]["cells"] == [["correct"] * 2, ["correct"] * 2, ["correct", "wrong"]]
    assert result.json["submissions"][0]["first_wrong"] == {"quantity": "S1", "cell": [3, 2]}


@pytest.mark.usefixtures("sheets")
def test_json_of_a_wrong_shape_has_the_right_one_and_is_wrong_everywhere(run: Run) -> None:
    quantities = marked(run, "shapes.yaml")["submissions"][0]["quantities"]
    assert quantities["dW2"]["cells"] == [["wrong"] * 3]
    assert quantities["dW1"]["cells"] == [["wrong"] * 2] * 3
    assert np.shape(quantities["dW1"]["expected"]) == (3, 2, 2)


def test_json_has_null_for_what_has_no_bound(run: Run, write: Write) -> None:
    write("e.yaml", "inputs: [[1e200, 1]]\nlayers: [{weights: [[1]], activation: square}]\n")
    write("x.yaml", "S1: 1e200 1\nZ1: 5 1\n")
    result = run("check", "e.yaml", "x.yaml", "--format", "json")
    valid(result.json)
    assert None in result.json["submissions"][0]["quantities"]["Z1"]["expected"][0][0]


@pytest.mark.slow
def test_sheets_are_marked_while_json_is_written(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("loss: 0.4916\n", encoding="utf-8")
    read: list[None] = []
    solution = solve(load("exercise2"))
    files = [AnswerFile(str(path), chosen=True)] * 2500
    report = Check(solution, files, progress=lambda: read.append(None)).report()
    submissions = iter(report.data()["submissions"])
    next(submissions)
    assert len(read) < 2000
    assert sum(1 for _ in submissions) == 2499
    assert len(read) == 2500


# ---------------------------------------------------------------------------- CSV, Gradescope


@pytest.mark.usefixtures("sheets")
def test_csv_has_a_record_for_each_sheet(run: Run) -> None:
    header, *rows = records(run("check", "exercise2", "sheets", "mixed.yaml", "--format", "csv"))
    assert header == HEADER
    assert all(len(row) == len(HEADER) for row in rows)
    by_file = {Path(row[0]).stem: dict(zip(HEADER, row, strict=True)) for row in rows}
    assert len(by_file) == 31
    assert by_file["s01"]["score"] == "0.916667"
    assert [by_file["s01"][key] for key in ("answered", "asked", "not_answered")] == ["11", "12", "S2"]
    assert by_file["s09"]["first_wrong"] == "S1[2,3]"
    assert by_file["s15"]["diagnosis"] == "; ".join(
        f"W{k}_new: update added instead of subtracted" for k in (2, 1)
    )
    assert by_file["s22"]["status"] == "unreadable"
    assert by_file["s22"]["diagnosis"].startswith("line 4: row 2 of S1 has 5 numbers")
    assert (by_file["mixed"]["student"], by_file["mixed"]["first_wrong"]) == ("s1234", "loss")
    assert "Delta1: f' forgotten at a hidden layer or f' evaluated" in by_file["mixed"]["diagnosis"]


_GRADESCOPE_TEST = {
    **_object(
        name=_TEXT, score=_NUMBER, max_score=_NUMBER, status={"enum": ["passed", "failed"]}, output=_TEXT
    ),
    "propertyNames": {
        "pattern": "^((max_)?score|status|(name|output)(_format)?|number|tags|visibility|extra_data)$"
    },
}
_GRADESCOPE_TEST["properties"] |= {"name_format": {"const": "text"}, "output_format": {"const": "text"}}
# https://gradescope-autograders.readthedocs.io/en/latest/specs/
GRADESCOPE = Draft202012Validator(
    {
        **_object(score=_NUMBER, output=_TEXT, tests={"type": "array", "items": _GRADESCOPE_TEST}),
        "propertyNames": {
            "pattern": "^(score|execution_time|(test_)?output(_format)?|test_name_format|(stdout_)?visibility"
            "|extra_data|tests|leaderboard)$"
        },
    }
)


@pytest.mark.usefixtures("sheets")
@pytest.mark.parametrize("arguments", [("exercise2", "mixed.yaml"), ("rows.yaml", "ada.yaml"), ("mazur",)])
def test_the_results_for_gradescope_are_valid_and_add_up(arguments: tuple[str, ...], run: Run) -> None:
    found = run("check", *arguments, "--format", "gradescope").json
    valid(found, GRADESCOPE)
    points = run("check", *arguments, "--format", "json").json["submissions"][0]
    assert found["score"] == points["points"]
    assert sum(test["score"] for test in found["tests"]) == pytest.approx(points["points"], abs=1e-5)
    assert sum(test["max_score"] for test in found["tests"]) == pytest.approx(points["of"])


@pytest.mark.usefixtures("sheets")
def test_the_total_for_gradescope_is_the_same_whatever_is_handed_in(run: Run) -> None:
    for name in ("mixed.yaml", "right.yaml", "zeros.yaml", "broken.yaml"):
        assert totals(run("check", "exercise2", name, "--format", "gradescope").json)[1] == 12


def totals(results: Any) -> tuple[float, float]:  # noqa: ANN401  # a results.json
    """The points of all tests, and those to be had."""
    tests = results["tests"]
    return sum(test["score"] for test in tests), sum(test["max_score"] for test in tests)


@pytest.mark.usefixtures("sheets")
def test_gradescope_gets_the_results_of_an_unreadable_sheet(run: Run) -> None:
    result = run("check", "exercise2", "broken.yaml", "--format", "gradescope")
    valid(result.json, GRADESCOPE)
    assert (result.code, result.json["score"], totals(result.json)) == (3, 0, (0, 12))
    assert "line 4" in result.json["output"]


@pytest.mark.usefixtures("sheets")
def test_gradescope_takes_one_sheet_only(run: Run) -> None:
    result = run("check", "exercise2", "mixed.yaml", "right.yaml", "--format", "gradescope")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("2 answer files\n")


# ---------------------------------------------------------------------------- exit codes


@pytest.mark.usefixtures("sheets")
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("right", 0),
        ("rounding", 0),
        ("coarse", 1),
        ("convention", 0),
        ("mixed", 1),
        ("zeros", 1),
        ("broken", 3),
        ("rows", 3),
        ("nosuch", 2),
    ],
)
def test_the_exit_code_says_what_was_found(name: str, code: int, form: str, run: Run) -> None:
    result = run("check", "exercise2", f"{name}.yaml", "--format", form)
    assert result.code == code
    assert bool(result.out) == (code != 2 or form == "json")


@pytest.mark.usefixtures("sheets")
@pytest.mark.parametrize("form", BATCHES)
@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["right", "rounding"], 0),
        (["right", "mixed"], 1),
        (["mixed", "right"], 1),
        (["broken", "mixed"], 3),
        (["mixed", "broken"], 3),
        (["broken", "right"], 3),
        (["mixed", "broken", "nosuch"], 2),
    ],
)
def test_the_exit_code_is_that_of_the_whole_batch(names: list[str], code: int, form: str, run: Run) -> None:
    assert run("check", "exercise2", *(f"{name}.yaml" for name in names), "--format", form).code == code


@pytest.mark.usefixtures("sheets")
@pytest.mark.parametrize("form", FORMATS)
def test_strictly_what_is_off_by_rounding_is_wrong(form: str, run: Run) -> None:
    assert run("check", "exercise2", "rounding.yaml", "--strict", "--format", form).code == 1


@pytest.mark.usefixtures("sheets")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("exercise2", "mixed.yaml", "--details", "--format", "json"), "--details"),
        (("exercise2", "mixed.yaml", "--details", "--format", "csv"), "--details"),
        (("exercise2", "mixed.yaml", "--details", "--student"), "--details"),
        (("exercise2", "mixed.yaml", "--student", "--format", "json"), "--student"),
        (("exercise2", "mixed.yaml", "--student", "--format", "csv"), "--student"),
        (("exercise2",), "no answers"),
        (("rows.yaml",), "no answers"),
        (("-",), "no answers"),
        (("-", "-"), "both standard input"),
        (("nosuch",), "no such file: nosuch"),
        (("exercise2", "nosuch.yaml"), "no such file: nosuch.yaml"),
        (("exercise2", "no*such"), "no such file"),
        (("mixed.yaml", "right.yaml"), "layers"),
    ],
)
def test_a_faulty_command_is_refused(arguments: tuple[str, ...], words: str, run: Run) -> None:
    result = run("check", *arguments)
    assert result.code == 2
    assert words in result.out + result.err
    assert not result.out or result.json["error"]["code"] == 2


def test_a_folder_in_which_there_is_nothing_to_mark_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert run("check", "exercise2", "empty").code == 2


@pytest.mark.usefixtures("sheets")
def test_answers_may_come_from_standard_input(run: Run) -> None:
    result = run("check", "exercise2", "-", stdin=homework.MIXED.encode())
    assert result.code == 1
    assert result.out.startswith("standard input, s1234 ")


@pytest.mark.usefixtures("sheets")
def test_the_exercise_may_come_from_standard_input(run: Run) -> None:
    assert run("check", "-", "ada.yaml", stdin=homework.ROWS.encode()).code == 1


def test_the_answers_that_a_source_prints_are_marked_by_name(run: Run) -> None:
    assert run("check", "mazur").out == run("check", "mazur", "mazur").out
    assert run("check", "mazur", "--format", "json").json["submissions"][0]["first_wrong"] == {
        "quantity": "loss_new",
        "cell": [],
    }


def test_an_exercise_of_ones_own_is_not_taken_for_a_bundled_one(run: Run, write: Write) -> None:
    write("mazur.yaml", "inputs: [[1]]\nlayers: [{weights: [[1]]}]\n")
    assert run("check", "mazur.yaml").code == 2


# ---------------------------------------------------------------------------- hostile input

UNREADABLE = {
    "empty": b"",
    "blank": b"\n\n# nothing\n",
    "binary": bytes(range(256)) * 20,
    "huge": b"loss: 0.4916\n#" + b"x" * (17 << 20),
    "deep": b"S1: " + b"[" * 3000 + b"]" * 3000,
    "braces": b"{S1: " * 3000,
    "aliases": b"a: &a [1, 2]\nb: &b [*a, *a]\nS1: [*b, *b]\n",
    "nan": b"loss: nan\n",
    "digits": b"loss: 0." + b"4" * 400 + b"\n",
    "tag": b"loss: !!python/object:os.system [x]\n",
    "list": b"- 1\n",
    "escapes": b'"\\e[31mS1": 1\n',
    "markup": b'"[bold]S1[/bold]": 1\n',
    "no answers": b"student: s1\n",
}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", UNREADABLE)
def test_a_sheet_that_cannot_be_read_has_a_reason_in_every_format(
    name: str, form: str, run: Run, write: Write
) -> None:
    write("x.yaml", UNREADABLE[name])
    result = run("check", "exercise2", "x.yaml", "--format", form)
    assert (result.code, result.err) == (3, "")
    assert "\x1b" not in result.out
    assert len(result.out) < 3000
    match form:
        case "json":
            valid(result.json)
        case "gradescope":
            valid(result.json, GRADESCOPE)
        case "csv":
            assert records(result)[1][2] == "unreadable"
        case _:
            assert result.out.startswith("x.yaml cannot be read:\nx.yaml")


def test_unreadable_sheets_do_not_stop_a_batch(run: Run, write: Write) -> None:
    for name, content in UNREADABLE.items():
        write(f"sheets/{name}.yaml", content)
    for name in ("aa", "mm", "zz"):
        write(f"sheets/{name}.yaml", "loss: 0.4916\n")
    found = marked(run, "sheets")
    status = {Path(each["file"]).stem: each["status"] for each in found["submissions"]}
    assert status == dict.fromkeys(UNREADABLE, "unreadable") | dict.fromkeys(("aa", "mm", "zz"), "marked")
    rows = records(run("check", "exercise2", "sheets", "--format", "csv"))
    assert {row[2] for row in rows[1:]} == {"marked", "unreadable"}
    assert len(rows) == 1 + len(status)
    out = run("check", "exercise2", "sheets").out
    assert out.startswith("17 sheets: 3 right, 14 unreadable ")
    assert "and 4 more that cannot be read" in out
    assert run("check", "exercise2", "sheets", "--student").code == 0  # nobody named the file


HOSTILE = (
    *PAYLOADS,
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\x1b[31mred\x1b[0m",
    "\u202eevil",
    "x" * 5000,
    "a\x00b\x85c",
)


def student(payload: str) -> str:
    """A sheet by a student of that name."""
    return f"student: {json.dumps(payload)}\nloss: 0.4916\n"


@pytest.mark.parametrize("payload", HOSTILE)
def test_a_name_is_text_in_a_spreadsheet(payload: str, run: Run, write: Write) -> None:
    write("x.yaml", student(payload))
    result = run("check", "exercise2", "x.yaml", "--format", "csv")
    assert len(records(result)) == 2
    name = records(result)[1][1]
    assert name[0] not in "=+-@"
    assert name.isprintable()


@pytest.mark.parametrize("payload", HOSTILE)
def test_a_name_is_text_in_a_terminal(payload: str, run: Run, write: Write) -> None:
    write("x.yaml", student(payload))
    write("y.yaml", student(payload))
    for arguments in (("x.yaml",), ("x.yaml", "--student"), (".", "--details")):
        result = run("check", "exercise2", *arguments)
        assert result.code == 0
        assert all(line.isprintable() for line in result.out.splitlines())
        assert max(map(width, result.out.splitlines())) <= 80
    if len(payload) < 20 and payload.isprintable():
        assert payload in run("check", "exercise2", "x.yaml").out


@pytest.mark.parametrize("payload", HOSTILE)
def test_a_name_is_text_in_a_notebook(payload: str, write: Write) -> None:
    path = write("x.yaml", student(payload))
    title = check(solve(load("exercise2")), str(path))._repr_markdown_().split("\n")[0].partition(", ")[2]
    assert not re.search(r"[*_`$|#~\[\]<>]", re.sub(r"\\.", "", title))


@pytest.mark.parametrize("payload", HOSTILE)
@pytest.mark.parametrize("form", ["json", "gradescope"])
def test_a_name_is_text_in_json(form: str, payload: str, run: Run, write: Write) -> None:
    write("x.yaml", student(payload))
    result = run("check", "exercise2", "x.yaml", "--format", form)
    assert result.code == 0
    assert result.out.isascii()
    valid(result.json, GRADESCOPE if form == "gradescope" else SUBMISSIONS)


@pytest.mark.parametrize("name", ["=1+1", "[bold]x", "a\x1b[31mb", "\u202ecba", "$x$ `y` *z*", "long" * 50])
@pytest.mark.parametrize("form", BATCHES)
def test_the_name_of_a_file_is_text(name: str, form: str, run: Run, write: Write) -> None:
    write(f"{name}.yaml", "loss: 0.4916\n")
    write(f"{name}2.yaml", "loss: nan\n")
    result = run("check", "exercise2", f"{name}.yaml", f"{name}2.yaml", "--format", form)
    assert result.code == 3
    assert all(line.isprintable() for line in result.out.splitlines())
    if form == "csv":
        assert [row[0][0] in "=+-@" for row in records(result)] == [False] * 3


# ---------------------------------------------------------------------------- terminals


def program(folder: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    """The program as a process of its own."""
    return subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-m", "mlpcalc", "check", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "80"} | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("exercise2", "mixed.yaml"),
        ("exercise2", "name.yaml", "--format", "csv"),
        ("exercise2", "sheets", "--details"),
        ("exercise2", "convention.yaml", "--student"),
    ],
)
def test_an_output_in_ascii_has_everything(arguments: tuple[str, ...], sheets: Path) -> None:
    completed = program(sheets, *arguments, PYTHONIOENCODING="ascii")
    assert completed.stderr == b""
    assert completed.returncode in {0, 1, 3}
    assert completed.stdout.isascii()
    lines = completed.stdout.splitlines()
    assert "csv" in arguments or max(map(len, lines)) <= 80
    if "name.yaml" in arguments:
        assert b"Zoe ?il ?? Delta" in completed.stdout


def test_only_the_marks_and_wrong_figures_are_coloured(sheets: Path) -> None:
    out = in_a_terminal(sheets, "check", "exercise2", "mixed.yaml").decode()
    coloured = re.findall(r"\x1b\[3(\d)m([^\x1b]*)\x1b", out)
    assert {text.strip() for colour, text in coloured if colour == "2"} == {"✓"}
    assert {text.strip()[0] for colour, text in coloured if colour == "1"} <= {"✗", "0"}
    assert {colour for colour, _ in coloured} == {"1", "2"}


def test_no_color_is_respected(sheets: Path) -> None:
    assert b"\x1b[3" not in in_a_terminal(
        sheets, "check", "exercise2", "mixed.yaml", environment={"NO_COLOR": "1"}
    )


def test_a_bar_shows_the_progress_on_a_terminal_only(sheets: Path) -> None:
    assert b"marking" in in_a_terminal(sheets, "check", "exercise2", "sheets", errors=True)
    assert b"marking" not in in_a_terminal(sheets, "check", "exercise2", "mixed.yaml", errors=True)
    assert program(sheets, "exercise2", "sheets").stderr == b""


@pytest.mark.usefixtures("sheets")
@pytest.mark.parametrize("name", [*NAMES, "broken", "sheets"])
def test_a_terminal_of_twenty_columns_is_wide_enough(
    name: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    result = run("check", "exercise2", name if name == "sheets" else f"{name}.yaml")
    assert result.err == ""
    assert result.out


# ---------------------------------------------------------------------------- as a library


@pytest.mark.usefixtures("sheets")
def test_a_notebook_shows_a_sheet(run: Run) -> None:
    assert run("check", "exercise2", "right.yaml").code == 0
    markdown = check(solve(load("exercise2")), "mixed.yaml")._repr_markdown_()
    assert r"✓ $Z_1 \enspace \Delta_2 \enspace dW_2$" in markdown
    assert "| 1 | -0.0045 | -0.0049 | **✗ 0.0053** | 0.0050 | \\[1,3\\] must be 0 |" in markdown
    assert "<br>used: $\\Delta_1 = W_2^\\top \\Delta_2$" in markdown
    assert "✗ $L$ **0.4961** should be 0.4916 to 0.4917" in markdown
    tables = re.findall(r"(?:^\|.*\|\n)+", markdown, re.MULTILINE)
    assert [{line.count(" | ") for line in table.splitlines()} for table in tables] == [{5}]


@pytest.mark.usefixtures("sheets")
def test_a_notebook_shows_a_class(run: Run) -> None:
    assert run("check", "exercise2", "right.yaml").code == 0
    markdown = check(solve(load("exercise2")), "sheets")._repr_markdown_()
    assert (
        "| f' forgotten at a hidden layer or f' evaluated at the error | Δ1 | 4 | s07, s11, s19, s24 |"
        in markdown
    )
    assert "| s09 | 10.92 of 12 | S1\\[2,3\\] unexplained; not answered: S2 |" in markdown


@pytest.mark.usefixtures("sheets")
def test_a_notebook_shows_what_cannot_be_read(run: Run) -> None:
    assert run("check", "exercise2", "right.yaml").code == 0
    markdown = check(solve(load("exercise2")), "broken.yaml")._repr_markdown_()
    assert "```text\nbroken.yaml:4:3  row 2 of S1 has 3 numbers, row 1 has 4\n" in markdown
    assert markdown.endswith("```\n")


def test_the_library_wants_answers() -> None:
    with pytest.raises(InputError, match="no answers"):
        check(solve(load("exercise2")))


@pytest.mark.usefixtures("sheets")
def test_a_report_of_the_library_has_the_data(run: Run, sheets: Path) -> None:
    printed = marked(run, "mixed.yaml")
    report = check(solve(load("exercise2")), str(sheets / "mixed.yaml"))
    (submission,) = report.data()["submissions"]
    assert submission["quantities"].keys() == printed["submissions"][0]["quantities"].keys()
    assert report.status() == 1


@pytest.mark.parametrize(
    ("text", "room", "short"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("学生学生", 8, "学生学生"),
        ("学生学生", 7, "学生学…"),
        ("a b", 2, "a…"),
    ],
)
def test_text_is_cut_by_the_columns_it_takes(text: str, room: int, short: str) -> None:
    assert shortened(text, room) == short
