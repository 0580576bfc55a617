"""`check --feedback FOLDER`: a file for each student, under a safe name, with hints only if wanted."""

import json
import re
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpcalc import load, solve
from mlpcalc.answers.folders import AnswerFile
from mlpcalc.cli.feedback import Feedback, file_names
from mlpcalc.marking.checking import Check
from mlpcalc.marking.results import Result
from tests.conftest import Run
from tests.support.payloads import KINDS, PAYLOADS

Write = Callable[[str, str | bytes], Path]
WRONG = "Delta2: -0.9014 -0.9888 1.0634 1.0059\n"
RIGHT = "loss: 0.4916\n"


@pytest.fixture
def homework(write: Write) -> None:
    write("class/a.yaml", f"student: Doe, Jane\n{WRONG}")
    write("class/b.yaml", f"student: ../../etc/passwd\n{RIGHT}")
    write("class/c.yaml", f"student: doe jane\n{RIGHT}")
    write("class/d.yaml", "\x00")
    write("class/e/scan.png", b"\x89PNG")
    write("class/f/1.yaml", RIGHT)
    write("class/f/2.pdf", b"%PDF")


@pytest.mark.usefixtures("homework")
def test_there_is_a_file_for_each_student(run: Run, tmp_path: Path) -> None:
    done = run("check", "exercise2", "class", "--feedback", "out/feedback")
    texts = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "out/feedback").iterdir()}
    assert done.err == "6 files in out/feedback\n"
    assert texts.keys() == {
        *("Doe_Jane.txt", "etc_passwd.txt", "doe_jane-2.txt", "d.txt", "e.txt", "f.txt"),
    }
    assert "1/N was left out of Δ2" in texts["Doe_Jane.txt"]
    assert "class/d.yaml cannot be read:" in texts["d.txt"]
    assert "None of the files that you handed in could be marked." in texts["e.txt"]
    assert "class/e/scan.png: a picture; turn it into Markdown" in texts["e.txt"]
    assert done.out.startswith("5 sheets:")


@pytest.mark.usefixtures("homework")
def test_of_a_student_with_several_submissions_the_last_is_spoken_of(run: Run, tmp_path: Path) -> None:
    Path("class/list.csv").write_text('name\n"Doe, Jane"\n', encoding="utf-8")
    run("check", "exercise2", "class", "--feedback", "feedback", "--students", "class/list.csv")
    assert (
        (tmp_path / "feedback/Doe_Jane.txt").read_text(encoding="utf-8").startswith("class/c.yaml, doe jane ")
    )


@pytest.mark.usefixtures("homework")
@pytest.mark.parametrize(("form", "suffix"), [("table", ".txt"), ("markdown", ".md")])
def test_hints_for_students_give_no_figure_away(form: str, suffix: str, run: Run, tmp_path: Path) -> None:
    arguments = ("--student", "--feedback", "feedback", "--feedback-format", form)
    done = run("check", "exercise2", "class", *arguments)
    assert "average left out" in done.out  # which the teacher sees
    text = (tmp_path / f"feedback/Doe_Jane{suffix}").read_text(encoding="utf-8")
    assert "Look at" in text
    assert not re.search(r"\d\.\d|left out", text)


@pytest.mark.usefixtures("homework")
def test_hints_go_with_every_form_of_the_output(run: Run) -> None:
    done = run("check", "exercise2", "class", "--student", "--feedback", "feedback", "--format", "csv")
    assert done.code == 1
    assert done.out.startswith("file,student")


@pytest.mark.usefixtures("homework")
def test_a_folder_that_is_not_empty_is_left_alone_unless_forced(run: Run, write: Write) -> None:
    write("feedback/notes.txt", "mine")
    done = run("check", "exercise2", "class", "--feedback", "feedback")
    assert (done.code, done.out) == (2, "")
    assert done.err == "feedback exists already, and is not empty\n  hint: --force overwrites it\n"
    assert run("check", "exercise2", "class", "--feedback", "feedback", "--force").code == 1
    assert Path("feedback/notes.txt").read_text(encoding="utf-8") == "mine"
    assert Path("feedback/f.txt").exists()


def test_what_is_no_folder_is_refused(run: Run, write: Write) -> None:
    write("a.yaml", RIGHT)
    done = run("check", "exercise2", "a.yaml", "--feedback", "a.yaml")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("a.yaml is not a folder\n")


@pytest.mark.usefixtures("homework")
def test_feedback_among_the_homework_is_not_marked(run: Run) -> None:
    for force in ((), ("--force",)):
        done = run("check", "exercise2", "class", "--feedback", "class/feedback", *force)
        assert done.out.startswith("5 sheets:")


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_a_name_is_no_markup_and_no_path(form: str, run: Run, write: Write, tmp_path: Path) -> None:
    for number, payload in enumerate((*PAYLOADS, *KINDS.values())):
        write(f"class/{number}.yaml", f"student: {json.dumps(payload)}\n{WRONG}")
    run("check", "exercise2", "class", "--feedback", "feedback", "--feedback-format", form)
    written = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.parts[0] for path in written} == {"class", "feedback"}
    assert all(len(path.parts) == 2 for path in written)
    texts = [path.read_text(encoding="utf-8") for path in written if path.parts[0] == "feedback"]
    assert not any(character in text for text in texts for character in "\x1b\x07\x9b\u202e")
    if form == "markdown":
        assert not any(re.search(r"<(?!br>)|(?<!\\)!?\[", text) for text in texts)


@pytest.mark.slow
def test_the_pages_of_a_class_take_far_less_memory_than_they_are_long(write: Write, tmp_path: Path) -> None:
    files = [AnswerFile(str(write(f"{n}.yaml", WRONG)), chosen=False, student=str(n)) for n in range(40)]
    pages = Feedback("html", student=False, students=None, passed_over=())
    held: list[int] = []

    def add(result: Result) -> None:
        pages.add(result)
        held.append(tracemalloc.get_traced_memory()[0])

    tracemalloc.start()
    try:
        _ = [*Check(solve(load("exercise2")), files, take=add).report().blocks()]
    finally:
        tracemalloc.stop()
    assert pages.write(str(tmp_path / "feedback"), force=False) == len(held) == len(files)
    long = sum(path.stat().st_size for path in (tmp_path / "feedback").iterdir())
    assert held[-1] - held[len(files) // 2] < long / 4  # of half of them


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Doe, Jane", "Doe Jane", "doe jane"], ["Doe_Jane", "Doe_Jane-2", "doe_jane-3"]),
        (["", "..", "/", "CON", "nul.txt"], ["_", "_-2", "_-3", "CON_", "nul.txt_"]),
        (["Zoë", "李雷", "a" * 300], ["Zoë", "李雷", "a" * 60]),
        (["s@uni.example", "a:b*c?d<e>f|g"], ["s@uni.example", "a_b_c_d_e_f_g"]),
    ],
)
def test_names_of_people_become_safe_names_of_files(names: list[str], expected: list[str]) -> None:
    assert file_names(names, ".txt") == [f"{name}.txt" for name in expected]


@given(st.lists(st.text(max_size=80), max_size=12))
def test_names_of_files_are_unique_and_have_no_meaning(names: list[str]) -> None:
    files = file_names(names, ".txt")
    assert len({file.casefold() for file in files}) == len(names)
    assert not any(re.search(r'[\\/:*?"<>|\x00-\x1f]', file) or file.startswith(".") for file in files)
    assert all(len(file.encode()) <= 255 for file in files)


def test_a_long_path_is_left_out_beside_the_name_of_a_student(run: Run, write: Write, tmp_path: Path) -> None:
    write("class/Jane Doe_123456_assignsubmission_file_/homework.yaml", RIGHT)
    run("check", "exercise2", "class", "--feedback", "out")
    text = (tmp_path / "out/Jane_Doe.txt").read_text(encoding="utf-8")
    assert text.startswith("homework.yaml, Jane Doe ")
