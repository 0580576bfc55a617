"""Folders of homework: everything in them is marked or listed, and it is known whose it is."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlpcalc.answers import folders
from mlpcalc.answers.finding import answer_files
from mlpcalc.answers.folders import owner, submissions
from tests.conftest import Run

Write = Callable[[str, str | bytes], Path]
RIGHT = "loss: 0.4916\n"
no_links = pytest.mark.skipif(sys.platform == "win32", reason="making links needs a privilege there")


def marked(run: Run, *arguments: str) -> Any:  # noqa: ANN401  # JSON
    return run("check", "exercise2", *arguments, "--format", "json").json


def students(found: Any) -> list[str]:  # noqa: ANN401  # JSON
    return [each["student"] for each in found["submissions"]]


# ---------------------------------------------------------------------------- whose it is


@pytest.mark.parametrize(
    ("name", "student", "number"),
    [
        ("s1234", "s1234", ""),
        ("Doe Jane_123456_assignsubmission_file_", "Doe Jane", "Participant 123456"),
        ("Doe Jane_123456_assignsubmission_file_homework", "Doe Jane", "Participant 123456"),
        ("Van_der_Roe_7_assignsubmission_onlinetext_", "Van_der_Roe", "Participant 7"),
        ("doejane_1234_567890_homework", "doejane", "1234"),
        ("doejane_LATE_1234_567890_homework-2", "doejane", "1234"),
        ("s1234_2024_05_homework", "s1234_2024_05_homework", ""),
        ("hw1_doe", "hw1_doe", ""),
        ("a\u202eb", "ab", ""),
    ],
)
def test_a_name_says_whose_it_is(name: str, student: str, number: str) -> None:
    assert owner(name)[:2] == (student, number)


def test_the_student_is_the_label_else_the_folder_else_the_name_of_the_file(run: Run, write: Write) -> None:
    write("class/b/one.yaml", f"student: Ada\n{RIGHT}")
    write("class/c/deep/down/one.yaml", RIGHT)
    write("class/Doe Jane_12_assignsubmission_file_/homework.tex", "$L = 0.4916$")
    write("class/e.YAML", RIGHT)
    found = marked(run, "class")
    assert students(found) == ["Doe Jane", "Ada", "c", "e"]
    assert all(each["status"] == "marked" for each in found["submissions"])


def test_files_of_one_name_in_several_folders_are_told_apart_by_these(run: Run, write: Write) -> None:
    for name in ("Doe Jane_12_assignsubmission_file_", "roe"):
        write(f"class/{name}/homework.yaml", RIGHT)
    assert students(marked(run, *sorted(map(str, Path("class").glob("*/*"))))) == ["Doe Jane", "roe"]
    assert students(marked(run, "class/*/homework.yaml")) == ["Doe Jane", "roe"]


def test_files_packed_flat_belong_together_by_their_prefix(run: Run, write: Write) -> None:
    write("class/doejane_1234_567890_a.yaml", RIGHT)
    write("class/doejane_1234_567891_b.yaml", "Z2: 0.0986 0.0112 0.0634 0.0059\n")
    write("class/roe_1235_567892_a.yaml", RIGHT)
    found = marked(run, "class")
    assert students(found) == ["doejane", "roe"]
    assert [*found["submissions"][0]["quantities"]] == ["Z2", "loss"]


# ---------------------------------------------------------------------------- several documents


def test_the_documents_of_a_students_folder_are_one_submission(run: Run, write: Write) -> None:
    write("class/doe/1.yaml", "S1[1,1]: 0.4580\nZ2: 0.0986 0.0112 0.0634 0.0059\nloss: 0.4916\n")
    write(
        "class/doe/2.tex",
        "$$S_1 = \\begin{pmatrix} 0.4580 & 0.1205 & -0.4420 & 0.1195 \\\\"
        " 0.8690 & 0.1615 & -0.1810 & 0.1185 \\\\ 0.7040 & 0.0440 & 0.7040 & -0.0440 \\end{pmatrix}$$",
    )
    write("class/doe/3.yaml", "loss: 0.7\nfoo: 2\n")
    (submission,) = marked(run, "class")["submissions"]
    assert submission["files"] == ["class/doe/1.yaml", "class/doe/2.tex", "class/doe/3.yaml"]
    assert submission["quantities"]["S1"]["verdict"] == "correct"
    assert submission["quantities"]["loss"]["written"] == "0.4916"
    assert submission["points"] == 3
    told = [(each["file"], each["line"]) for each in submission["not_understood"]]
    assert told == [("class/doe/3.yaml", 1), ("class/doe/3.yaml", 2)]
    out = " ".join(run("check", "exercise2", "class").out.split())
    assert out.startswith("class/doe/1.yaml and 2 more, doe ")
    assert "3.yaml, line 1: loss is stated again, with different values (the figures in 1.yaml" in out


@pytest.mark.parametrize(
    ("second", "told"),
    [("0.49161195", 0), ("0.492", 0), ("0.4917", 1), ("1/2", 1), ("0", 1), ("~", 0), ("0.5", 0), ("0.6", 1)],
)
def test_more_digits_in_another_document_are_no_other_value(
    second: str, told: int, run: Run, write: Write
) -> None:
    write("class/doe/1.yaml", "loss: 0.4916\n")
    write("class/doe/2.yaml", f"loss: {second}\nS1[1,1]: 0.4580\n")
    (submission,) = marked(run, "class")["submissions"]
    assert submission["quantities"]["loss"]["written"] == "0.4916"
    assert len(submission["not_understood"]) == told


def test_matrices_of_different_shapes_in_two_documents_are_told_and_the_first_counts(
    run: Run, write: Write
) -> None:
    write("class/doe/1.yaml", "dW2: -0.1029 -0.2060 0.0176\n")
    write("class/doe/2.yaml", "dW2: -0.1029; -0.2060\nS1: ~\n")
    (submission,) = marked(run, "class")["submissions"]
    assert submission["quantities"]["dW2"]["verdict"] == "correct"
    assert "stated again" in submission["not_understood"][0]["message"]


def test_what_cannot_be_read_of_some_documents_is_told(run: Run, write: Write) -> None:
    write("class/doe/1.txt", "Dear teacher, here is my homework.\n")
    write("class/doe/2.yaml", RIGHT)
    (submission,) = marked(run, "class")["submissions"]
    assert submission["status"] == "marked"
    assert [each["file"] for each in submission["not_understood"]] == ["class/doe/1.txt"]
    write("class/doe/2.yaml", "\x00")
    (submission,) = marked(run, "class")["submissions"]
    assert submission["status"] == "unreadable"
    assert submission["student"] == "doe"


def test_labels_of_several_students_in_one_folder_are_several_submissions(run: Run, write: Write) -> None:
    write("class/group/1.yaml", f"student: Ada\n{RIGHT}")
    write("class/group/2.yaml", f"student: Bob\n{RIGHT}")
    write("class/group/3.yaml", "student: ada\nS1[1,1]: 0.4580\n")
    found = marked(run, "class")
    assert students(found) == ["Ada", "Bob"]
    assert len(found["submissions"][0]["files"]) == 2


# ---------------------------------------------------------------------------- one student twice


def test_of_one_student_twice_the_last_in_alphabetical_order_counts(run: Run, write: Write) -> None:
    write("class/s31-new.yaml", "student: s31\nloss: 0.4916\nZ2: 0.0986 0.0112 0.0634 0.0059\n")
    write("class/s31.yaml", RIGHT)
    write("class/s32.yaml", "loss: 1\n")
    found = marked(run, "class")
    assert [each["points"] for each in found["submissions"]] == [1, 2, 0]
    assert found["handed_in_more_than_once"] == [
        {"student": "s31", "files": ["class/s31.yaml", "class/s31-new.yaml"], "counts": "class/s31-new.yaml"}
    ]
    out = run("check", "exercise2", "class", "--details").out
    assert "2 sheets: 1 right, 1 with mistakes" in out
    assert "3 files: 3 submissions" in out
    assert "handed in more than once: s31 (s31.yaml, s31-new.yaml: the last counts)" in out
    assert "2 sheets: mean 1 of 12, the middle half from 0.5 to 1.5" in out
    assert "s31-new.yaml counts; not answered:" in out
    table = run("check", "exercise2", "class", "--format", "csv")
    assert [line.split(",")[-2] for line in table.out.splitlines()[1:] if '"' not in line] == []
    assert [",no," in line for line in table.out.splitlines()] == [False, True, False, False]
    assert "handed in more than once: s31" in table.err


def test_two_students_of_one_name_are_two(run: Run, write: Write) -> None:
    for number in (1, 2):
        write(f"class/Jane Doe_{number}_assignsubmission_file_/homework.yaml", RIGHT)
    write("class/Jane Doe_1_assignsubmission_onlinetext_/homework.yaml", RIGHT)
    found = marked(run, "class")
    assert students(found) == ["Jane Doe"] * 3
    (twice,) = found["handed_in_more_than_once"]
    assert [Path(file).parent.name for file in twice["files"]] == [
        "Jane Doe_1_assignsubmission_file_",
        "Jane Doe_1_assignsubmission_onlinetext_",
    ]
    run("check", "exercise2", "class", "--feedback", "feedback")
    assert sorted(path.name for path in Path("feedback").iterdir()) == ["Jane_Doe-2.txt", "Jane_Doe.txt"]


# ---------------------------------------------------------------------------- what is passed over


@no_links
def test_every_file_is_marked_or_listed(run: Run, write: Write, tmp_path: Path) -> None:
    write("class/doe/homework.yaml", RIGHT)
    write("class/doe/homework.pdf", b"%PDF-1.7")
    write("class/roe/scan.HEIC", b"")
    write("class/roe/._scan.yaml", b"\x00\x05\x16\x07")
    write("class/__MACOSX/roe/._scan.yaml", b"\x00")
    write("class/.git/config", "x")
    write("class/homework.docx", b"PK\x03\x04")
    write("class/onlinetext.html", "<p>0.5</p>")
    write("class/exercise.yaml", "inputs: [[1]]\nlayers: [{weights: [[1]]}]\n")
    (tmp_path / "class" / "empty").mkdir()
    (tmp_path / "class" / "roe" / "circle").symlink_to("..")
    (tmp_path / "class" / "self").symlink_to("self")
    found = marked(run, "class")
    over = {each["file"]: each["reason"] for each in found["passed_over"]}
    assert [each["file"] for each in found["submissions"]] == ["class/doe/homework.yaml"]
    assert over.keys() == {
        *("class/doe/homework.pdf", "class/roe/scan.HEIC", "class/roe/._scan.yaml", "class/__MACOSX"),
        *("class/.git", "class/homework.docx", "class/onlinetext.html", "class/exercise.yaml"),
        *("class/empty", "class/roe/circle", "class/self"),
    }
    assert over["class/homework.docx"].endswith("save it as plain text or Markdown")
    assert over["class/roe/circle"].startswith("a symbolic link to a folder")
    assert {each["file"]: each["student"] for each in found["passed_over"]}["class/roe/scan.HEIC"] == "roe"
    run("check", "exercise2", "class").out.index("a PDF; hand in its source")
    aside = run("check", "exercise2", "class", "--format", "csv").err
    assert "not marked: 7 files of another kind" in aside
    assert "roe/scan.HEIC: a picture; turn it into Markdown with text recognition" in " ".join(aside.split())
    assert ".git" not in aside


@no_links
def test_links_that_lead_in_circles_end(run: Run, write: Write, tmp_path: Path) -> None:
    write("class/doe/homework.yaml", RIGHT)
    (tmp_path / "class" / "a").symlink_to("b")
    (tmp_path / "class" / "b").symlink_to("a")
    (tmp_path / "class" / "doe" / "up").symlink_to("../..")
    found = marked(run, "class")
    assert [each["status"] for each in found["submissions"]].count("marked") == 1
    assert len(found["submissions"]) + len(found["passed_over"]) == 4


def test_folders_are_searched_to_a_stated_depth(run: Run, write: Write) -> None:
    deepest = "/".join("d" * (folders.MAX_DEPTH - 1))
    write(f"class/{deepest}/a.yaml", RIGHT)
    write(f"class/{deepest}/d/b.yaml", RIGHT)
    found = marked(run, "class")
    assert [each["file"] for each in found["submissions"]] == [f"class/{deepest}/a.yaml"]
    assert [each["reason"] for each in found["passed_over"]] == [
        "more than 20 folders deep; name this folder as well"
    ]


def test_too_many_files_are_refused(
    run: Run, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "MAX_FILES", 3)
    for name in "abcd":
        write(f"class/{name}.yaml", RIGHT)
    done = run("check", "exercise2", "class")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("class  more than 3 files in this folder\n")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_in_it_that_cannot_be_read_is_passed_over(run: Run, write: Write) -> None:
    write("class/a.yaml", RIGHT)
    closed = write("class/doe/b.yaml", RIGHT).parent
    closed.chmod(0)
    found = marked(run, "class")
    closed.chmod(0o700)
    assert [each["reason"] for each in found["passed_over"]] == ["cannot be read: permission denied"]


def test_many_files_are_found_in_linear_time(tmp_path: Path) -> None:
    """Ten times as many files may take at most thirty times as long."""

    def seconds(count: int) -> float:
        place = tmp_path / str(count)
        place.mkdir()
        for number in range(count):
            (place / f"s{number}.txt").touch()
        started = time.process_time()
        found = answer_files([str(place)])
        assert sum(1 for _ in submissions(found.files)) == count
        return time.process_time() - started

    few = max(seconds(300), 1e-3)
    assert seconds(3000) < 30 * few


def test_what_comes_from_no_folder_of_a_student_belongs_to_none(run: Run) -> None:
    found = run("check", "car", "car", "-", "--format", "json", stdin=b"loss: 1.5\n").json
    assert students(found) == [None, None]
