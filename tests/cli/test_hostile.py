"""Files that are too large, not what they seem, or gone, and a program that is stopped."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from mlpcalc import load, solve
from mlpcalc.answers.files import MAX_SHEET_BYTES
from mlpcalc.answers.folders import AnswerFile
from mlpcalc.cli import cli
from mlpcalc.marking.checking import Check
from tests.conftest import Run, heed_interrupts, interpreted

ROOT = Path(__file__).parents[2]
RIGHT = b"loss: 0.4916\n"
UNREADABLE = "/proc/self/mem"  # opens, but reading from address 0 fails, for every user
MEMORY = 300  # MiB
Write = Callable[[str, str | bytes], Path]

no_fifos = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
root_may_everything = pytest.mark.skipif(
    getattr(os, "geteuid", lambda: 1)() == 0, reason="root may read everything"
)


def program(*arguments: str, folder: Path) -> "subprocess.Popen[bytes]":
    """The program as a process of its own."""
    return subprocess.Popen(  # noqa: S603  # our own program
        [sys.executable, "-m", "mlpcalc", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=heed_interrupts,
    )


# ---------------------------------------------------------------------------- large sheets


def test_a_sheet_is_read_up_to_the_limit_of_bytes(run: Run, write: Write) -> None:
    write("x.yaml", RIGHT + b"#" * (MAX_SHEET_BYTES - len(RIGHT)))
    assert run("check", "exercise2", "x.yaml").code == 0


@pytest.mark.parametrize("name", ["x.yaml", "-", "/dev/zero"])
def test_a_larger_sheet_is_refused_and_no_more_of_it_read(name: str, run: Run, write: Write) -> None:
    if name == "/dev/zero" and not Path(name).exists():
        pytest.skip("this system has no endless file")
    content = RIGHT + b"#" * MAX_SHEET_BYTES
    write("x.yaml", content)
    result = run("check", "exercise2", name, stdin=content)
    assert (result.code, result.err) == (3, "")
    assert "the file is too large: 4,194,305 bytes" in result.out
    assert "expected at most 4,194,304" in result.out


def test_an_exercise_may_be_larger_than_a_sheet(run: Run, write: Write) -> None:
    write("e.yaml", b"inputs: [[1]]\nlayers: [{weights: [[2]]}]\n" + b"#" * MAX_SHEET_BYTES)
    assert run("solve", "e.yaml").code == 0


def test_a_sheet_with_too_many_values_is_refused_where_they_are(
    run: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "mlpcalc.answers.files.MAX_SHEET_VALUES", 50
    )  # the real limit takes a second to reach
    write("x.yaml", "loss: 0.4916\nS1: [" + "0," * 60 + "]\n")
    result = run("check", "exercise2", "x.yaml")
    assert result.code == 0  # the other answer is right
    assert "line 2: S1: " in result.out
    assert "not answered: S1 " in result.out


@pytest.mark.slow
@pytest.mark.parametrize(
    "content",
    [
        b"S1: [" + b"0," * (MAX_SHEET_BYTES // 2 - 9) + b"]",
        b"S1: " + b"x " * (MAX_SHEET_BYTES // 2 - 9),
    ],
    ids=["values", "words"],
)
def test_the_largest_sheets_take_little_memory(content: bytes, write: Write, tmp_path: Path) -> None:
    if not Path("/proc/self/status").exists():
        pytest.skip("this system does not tell")
    write("x.yaml", content)
    code = (
        "import sys\n"
        "from mlpcalc.cli import main\n"
        "sys.argv = ['mlpcalc', 'check', 'exercise2', 'x.yaml']\n"
        "try: main()\n"
        # getrusage counts what the process was before it became this program
        "finally: print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0], file=sys.stderr)\n"
    )
    done = interpreted(code, tmp_path)

    assert done.returncode == 3
    assert int(done.stderr) * 1024 < MEMORY * 2**20


def test_the_problems_of_long_lines_do_not_pile_up(write: Write) -> None:
    names = [str(write(f"{i}.yaml", b"S1: x" + b" " * 100_000 + b"#")) for i in range(3)]
    report = Check(solve(load("exercise2")), [AnswerFile(name, chosen=True) for name in names]).report(
        details=True
    )
    kept = [problem.place.source for block in report.blocks() for problem in getattr(block, "problems", ())]
    assert not any(kept)


# ---------------------------------------------------------------------------- special files


@no_fifos
def test_a_named_pipe_in_a_folder_is_left_alone(run: Run, write: Write, tmp_path: Path) -> None:
    write("sheets/a.yaml", RIGHT)
    os.mkfifo(tmp_path / "sheets" / "b.yaml")
    result = run("check", "exercise2", "sheets", "--format", "csv")
    assert result.code == 0
    assert [line.split(",")[2] for line in result.out.splitlines()[1:]] == ["marked", "unreadable"]
    assert "not a regular file" in run("check", "exercise2", "sheets").out


@no_fifos
def test_a_named_pipe_is_no_exercise_of_this_folder(run: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.yaml")
    assert run("solve").out.startswith("Exercise 2")


def test_a_folder_named_like_a_file_is_a_students_folder(run: Run, write: Write) -> None:
    write("sheets/a.yaml", RIGHT)
    write("sheets/b.yaml/c.yaml", RIGHT)
    result = run("check", "exercise2", "sheets", "--format", "json")
    assert result.code == 0
    assert [each["student"] for each in result.json["submissions"]] == ["a", "b.yaml"]


@pytest.mark.parametrize("target", ["../secret.yaml", "/dev/zero", "nowhere", "."])
def test_a_link_in_a_folder_is_not_followed(target: str, run: Run, write: Write, tmp_path: Path) -> None:
    write("secret.yaml", "loss: 0.4242\n")
    write("sheets/a.yaml", RIGHT)
    (tmp_path / "sheets" / "b.yaml").symlink_to(target)
    result = run("check", "exercise2", "sheets")
    assert result.code == 0
    assert re.search("b.yaml(: |  )a symbolic link", result.out)
    assert "0.4242" not in result.out


# ---------------------------------------------------------------------------- files that cannot be read


@pytest.mark.skipif(not Path(UNREADABLE).exists(), reason="this system has no file that nobody can read")
def test_a_sheet_whose_reading_fails_does_not_stop_the_others(run: Run, write: Write) -> None:
    write("a.yaml", RIGHT)
    result = run("check", "exercise2", "a.yaml", UNREADABLE)
    assert result.code == 3
    assert "unreadable  mem  cannot be read: input/output error" in result.out
    assert result.out.startswith("2 sheets: 1 right, 1 unreadable")


@root_may_everything
def test_a_sheet_without_permission_does_not_stop_the_others(run: Run, write: Write) -> None:
    write("sheets/a.yaml", RIGHT)
    write("sheets/b.yaml", RIGHT).chmod(0)
    result = run("check", "exercise2", "sheets")
    assert result.code == 0
    assert "b.yaml  cannot be read: permission denied" in result.out


@root_may_everything
def test_a_folder_without_permission_is_said_to_be_so(run: Run, write: Write) -> None:
    folder = write("sheets/a.yaml", RIGHT).parent
    folder.chmod(0)
    result = run("check", "exercise2", "sheets")
    folder.chmod(0o700)
    assert (result.code, result.err) == (2, "sheets  cannot be read: permission denied\n")


FORMS = {"yaml": RIGHT, "tex": b"$L = 0.4916$\n", "md": RIGHT, "csv": b"loss\n0.4916\n"}
FORMS |= {
    "json": b'{"loss": 0.4916}',
    "ipynb": b'{"cells": [{"cell_type": "markdown", "source": ["$L = 0.4916$"]}]}',
}


def changed_in_between(write: Write, ending: str, change: Callable[[Path], object]) -> Sequence[Any]:
    """What comes of three files in a form, of which the second is changed after the first one is marked."""
    files = [write(f"{name}.{ending}", FORMS[ending]) for name in "abc"]
    answers = [AnswerFile(str(file), chosen=False) for file in files]

    def change_the_second() -> None:
        change(files[1])

    check = Check(solve(load("exercise2")), answers, progress=change_the_second)
    found: Sequence[Any] = [*check.report().data()["submissions"]]
    assert [each["status"] for each in found] == ["marked", "unreadable", "marked"]
    assert [each["points"] for each in found] == [1, None, 1]
    return found


@pytest.mark.parametrize("ending", FORMS)
def test_a_file_that_vanishes_before_its_turn_does_not_stop_the_others(ending: str, write: Write) -> None:
    found = changed_in_between(write, ending, lambda file: file.unlink(missing_ok=True))
    assert found[1]["reason"] == "cannot be read: no such file or directory"


@pytest.mark.parametrize("ending", FORMS)
def test_nor_does_one_that_has_grown_too_large(ending: str, write: Write) -> None:
    found = changed_in_between(write, ending, lambda file: file.write_bytes(b" " * (MAX_SHEET_BYTES + 1)))
    assert found[1]["reason"].startswith("the file is too large: 4,194,305 bytes")


@pytest.mark.parametrize("ending", FORMS)
def test_nor_does_one_of_which_only_the_beginning_is_there(ending: str, write: Write) -> None:
    found = changed_in_between(write, ending, lambda file: file.write_bytes(FORMS[ending][:4]))
    assert found[1]["reason"]


@pytest.mark.parametrize("ending", FORMS)
def test_nor_does_one_that_has_become_a_link(ending: str, write: Write) -> None:
    def linked(file: Path) -> None:
        file.unlink()
        file.symlink_to("a." + ending)

    assert changed_in_between(write, ending, linked)[1]["reason"].startswith("a symbolic link")


@pytest.mark.skipif("new" not in cli.commands, reason="nothing writes files yet")
@pytest.mark.skipif(not Path("/proc").exists(), reason="this system has no folder that nobody can write to")
def test_a_folder_that_cannot_be_written_to_is_said_to_be_so(run: Run) -> None:
    result = run("new", "--sizes", "2,2,1", "--seed", "1", "--count", "2", "--out", "/proc/sys/sheets")
    assert result.code == 2
    assert "/proc/sys/sheets" in result.err


# ---------------------------------------------------------------------------- stopped


@no_fifos
@pytest.mark.parametrize("command", [("check", "exercise2", "a.yaml", "pipe"), ("solve", "pipe")])
def test_who_interrupts_the_program_sees_no_traceback(
    command: tuple[str, ...], write: Write, tmp_path: Path
) -> None:
    write("a.yaml", RIGHT)
    os.mkfifo(tmp_path / "pipe")
    with program(*command, folder=tmp_path) as process, (tmp_path / "pipe").open("wb"):
        time.sleep(0.1)  # the program has opened the pipe and now waits for what comes
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert process.returncode == 130
    assert out == b""
    assert err.strip() == b""
