"""The program as a process: signals, streams that are closed or full, surroundings that lack something."""

import errno
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mlpcalc.cli import main
from mlpcalc.cli.files import write_file, write_folder
from mlpcalc.errors import InputError
from mlpcalc.report.forms import FORMS
from tests.conftest import Run, interpreted
from tests.report.test_forms import arguments as arguments_of
from tests.support.grade_books import TABLES
from tests.tools.command_lines import Case
from tests.tools.fuzz import outcome

ROOT = Path(__file__).parents[2]
Write = Callable[[str, str | bytes], Path]
FULL = "/dev/full"
needs_bash = pytest.mark.skipif(not Path("/bin/bash").exists(), reason="the redirections are those of bash")
needs_full = pytest.mark.skipif(not Path(FULL).exists(), reason="this system has no disk that is always full")


def shell(command: str, folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """A line of bash in which `mlpcalc` is the program."""
    program = f'mlpcalc() {{ "{sys.executable}" -m mlpcalc "$@"; }}; {command}'
    return subprocess.run(  # noqa: S603  # our own lines
        ["/bin/bash", "-c", program],
        cwd=folder,
        env=(environment or os.environ) | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


# ---------------------------------------------------------------------------- streams


@needs_bash
@pytest.mark.parametrize("arguments", ["--help", "schema", "nothing --format json"])
def test_a_closed_pipe_ends_the_program_without_a_word(arguments: str, tmp_path: Path) -> None:
    done = shell(f"mlpcalc {arguments} | true; exit ${{PIPESTATUS[0]}}", tmp_path)
    assert (done.returncode, done.stderr) == (141, "")


@needs_bash
@pytest.mark.parametrize("form", [form.name for form in FORMS.values() if "check" in form.commands])
def test_a_closed_pipe_leaves_the_feedback_of_everybody(form: str, write: Write, tmp_path: Path) -> None:
    for student in ("a", "b", "c"):
        write(f"class/{student}/homework.yaml", f"student: {student}\nDelta2: [[1, 2, 3, 4]]\n")
    write("list.csv", TABLES.get(form, ""))
    of_book = " --students list.csv" * (form in TABLES) + " --column 'Homework 1'" * (form == "canvas")
    answers = "class/a" if form == "gradescope" else "class"
    command = f"mlpcalc check exercise2 {answers} --feedback out --format {form}{of_book}"
    done = shell(f"{command} | true; exit ${{PIPESTATUS[0]}}", tmp_path)
    assert (done.returncode, "Traceback" in done.stderr) == (141, False)
    assert shell(f"{command.replace('out', 'whole')} >/dev/null", tmp_path).returncode == 1
    texts = [
        {each.name: each.read_text() for each in (tmp_path / name).iterdir()} for name in ("out", "whole")
    ]
    assert texts[0] == texts[1]
    assert len(texts[0]) >= (1 if form == "gradescope" else 3)


@needs_bash
@needs_full
@pytest.mark.parametrize("arguments", ["--help", "list --format json", "nothing --format json"])
def test_a_full_disk_is_named_in_one_line(arguments: str, tmp_path: Path) -> None:
    done = shell(f"mlpcalc {arguments} >{FULL}", tmp_path)
    assert (done.returncode, done.stderr) == (2, "cannot write the output: no space left on device\n")


@needs_bash
@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("mlpcalc check mazur >&-", 1),
        ("mlpcalc list >&-", 0),
        ("mlpcalc nothing 2>&-", 2),
        (f"mlpcalc nothing 2>{FULL}", 2),
        ("mlpcalc solve - <&-", 2),
        ("mlpcalc check exercise2 - <&-", 3),
    ],
)
def test_a_stream_that_is_closed_or_full_leaves_the_exit_code_alone(
    command: str, code: int, tmp_path: Path
) -> None:
    done = shell(command, tmp_path)
    assert done.returncode == code
    assert "Traceback" not in done.stderr


@needs_bash
@pytest.mark.parametrize("environment", [{"LC_ALL": "C"}, {"LC_ALL": "POSIX", "HOME": "/nowhere"}])
def test_no_home_and_no_locale_are_needed(environment: dict[str, str], tmp_path: Path) -> None:
    done = shell("mlpcalc forward", tmp_path, **environment)
    assert (done.returncode, done.stderr) == (0, "")


@needs_bash
def test_the_folder_may_be_gone(tmp_path: Path) -> None:
    done = shell("mkdir gone; cd gone; rmdir ../gone; mlpcalc grad exercise2", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


class FullDisk(io.RawIOBase):
    """Takes nothing, as long as it is full."""

    full = True

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:  # noqa: ANN401  # whatever a buffer is
        if self.full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return len(data)


@pytest.mark.parametrize(
    ("command", "form"),
    [
        pytest.param(command, form.name, marks=[pytest.mark.slow] if command in ("audit", "new") else [])
        for form in FORMS.values()
        for command in form.commands
    ],
)
def test_every_form_names_a_full_disk_in_one_line(
    command: str, form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, err = FullDisk(), io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["mlpcalc", *arguments_of(command, form, tmp_path)])
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BufferedWriter(disk), encoding="utf-8"))
    monkeypatch.setattr(sys, "stderr", err)
    with pytest.raises(SystemExit) as exit_:
        main()
    err.seek(0)
    assert (exit_.value.code, err.read()) == (2, "cannot write the output: no space left on device\n")
    disk.full = False  # for what is left in the buffer


# ---------------------------------------------------------------------------- interrupts


@pytest.mark.parametrize("module", ["click", "numpy.linalg", "yaml", "rich.text"])
def test_an_interrupt_while_libraries_are_loaded_ends_the_program(module: str, tmp_path: Path) -> None:
    code = (
        "import os, signal, sys\n"
        "class Interrupt:\n"
        "    def find_spec(self, name, path, target=None):\n"
        f"        if name == {module!r}: os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupt())\n"
        "sys.argv = ['mlpcalc', 'solve']\n"
        "from mlpcalc.__main__ import main\n"
        "main()\n"
    )
    done = interpreted(code, tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


@needs_bash
def test_a_program_that_is_to_ignore_interrupts_does(tmp_path: Path) -> None:
    done = shell("trap '' INT; mlpcalc list & pid=$!; sleep 0.1; kill -INT $pid; wait $pid", tmp_path)
    assert done.returncode == 0
    assert "exercise2" in done.stdout


# ---------------------------------------------------------------------------- files


def test_an_interrupt_while_a_file_is_written_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    (tmp_path / "e.yaml").write_text("old", encoding="utf-8")
    monkeypatch.setattr("os.replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_file(str(tmp_path / "e.yaml"), ["new"], force=True)
    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == ["old"]


@pytest.mark.parametrize(
    "command",
    [
        "check handout --feedback folder",
        pytest.param("solve exercise2 --out page.html", marks=pytest.mark.slow),
        pytest.param("audit mazur --out page.html", marks=pytest.mark.slow),
        pytest.param("new --sizes 1,1 --no-bias --count 2 --out folder", marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize("moment", ["open", "link"])
def test_an_interrupt_leaves_no_part_of_a_file(command: str, moment: str, tmp_path: Path) -> None:
    code = (
        "import builtins, os, signal, sys\n"
        f"where = {{'open': builtins, 'link': os}}[{moment!r}]\n"
        f"do = getattr(where, {moment!r})\n"
        "def interrupted(name, *arguments, **more):\n"
        "    done = do(name, *arguments, **more)\n"
        "    if str(name).endswith('.part'): os.kill(os.getpid(), signal.SIGINT)\n"
        "    return done\n"
        f"setattr(where, {moment!r}, interrupted)\n"
        f"sys.argv = ['mlpcalc', *{command.split()!r}]\n"
        "from mlpcalc.__main__ import main\n"
        "main()\n"
    )
    done = interpreted(code, tmp_path)
    assert (done.returncode, done.stderr) == (130, b"")
    assert not [path for path in tmp_path.rglob("*") if path.name.endswith(".part")]


def test_what_another_program_has_written_meanwhile_stays(tmp_path: Path) -> None:
    file = tmp_path / "e.yaml"

    def pieces() -> Iterator[str]:
        file.write_text("of another", encoding="utf-8")
        yield "new"

    with pytest.raises(InputError, match="exists already"):
        write_file(str(file), pieces(), force=False)
    with pytest.raises(InputError, match="exists already"):
        write_folder(str(tmp_path), [("e.yaml", "new")], force=False)
    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == ["of another"]
    write_folder(str(tmp_path), [("e.yaml", "new")], force=True)
    assert file.read_text(encoding="utf-8") == "new"


def test_files_can_be_written_where_there_are_no_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "as exFAT says")

    monkeypatch.setattr("os.link", refuse)
    write_file(str(tmp_path / "e.yaml"), ["new"], force=False)
    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == ["new"]


@needs_bash
@pytest.mark.parametrize("more", ["--out e.yaml --force", "--count 2 --out . --name e --force"])
def test_a_file_that_cannot_be_written_whole_is_not_written(more: str, tmp_path: Path) -> None:
    for name in ("e.yaml", "e01.yaml"):
        (tmp_path / name).write_text("old", encoding="utf-8")
    done = shell(f"ulimit -f 0; mlpcalc new --sizes 1,1 --no-bias {more}", tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("cannot write ")
    assert {path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {"old"}


def test_a_link_that_is_overwritten_stays_a_link(write: Write, tmp_path: Path) -> None:
    target = write("there/e.yaml", "old")
    (tmp_path / "e.yaml").symlink_to(target)
    write_file(str(tmp_path / "e.yaml"), ["new"], force=True)
    assert (tmp_path / "e.yaml").is_symlink()
    assert target.read_text(encoding="utf-8") == "new"


@needs_bash
def test_an_exercise_may_be_written_to_a_device(tmp_path: Path) -> None:
    done = shell("mlpcalc new --sizes 1,1 --no-bias --out /dev/stdout | grep -c layers:", tmp_path)
    assert (done.stdout, done.stderr) == ("1\n", "")


@pytest.mark.skipif(not Path("/proc").exists(), reason="this system has no folder that nobody can write to")
def test_a_file_in_a_read_only_folder_is_said_to_be_unwritable(run: Run) -> None:
    result = run("new", "--sizes", "1,1", "--no-bias", "--out", "/proc/sys/e.yaml")
    assert result.code == 2
    assert result.err.startswith("cannot write /proc/sys/e.yaml: ")


# ---------------------------------------------------------------------------- outputs

EXERCISE = """\
title: "Übung ∇θ 学 → ≈ 👩"
inputs: [[1, -2], [0.5, 3]]
targets: [[1, 0]]
layers: [{weights: [[0.5, -1], [1, 2]], activation: relu}, {weights: [[1, -1]], bias: [0.1]}]
loss: squared_error
learning_rate: 0.1
symbols: {S: ζ, Delta: δ}
"""
SHEET = 'student: "Zoë 学 ✓"\nloss: 3\nZ1: 5 5; 5 5\nδ1: 1 2; 3 4\n'
IN_EVERY_FORM = {
    "solve": "e.yaml --all",
    "explain": "e.yaml Delta1[1,1] --depth all",
    "derive": "e.yaml",
    "cost": "e.yaml",
    "check": "e.yaml a.yaml b.yaml",
    "sheet": "e.yaml",
    "audit": "e.yaml",
    "new": "--sizes 1,1 --title Ü∇学",
    "list": "",
    "schema": "",
}
COMMANDS = (
    *(
        f"{command} {IN_EVERY_FORM[command]} --format {form.name}"
        + (f" --students {form.name}.csv" if form.name in TABLES else "")
        for form in FORMS.values()
        for command in form.commands
    ),
    "solve e.yaml --format latex --standalone",
    "grad e.yaml --numeric",
    "check e.yaml a.yaml",
    "check e.yaml a.yaml --format html",
    "check e.yaml a.yaml b.yaml --details",
    "check e.yaml a.yaml b.yaml --student",
    "check e.yaml a.yaml --format gradescope",
    "check e.yaml a.yaml b.yaml --feedback f --feedback-format html",
    "sheet e.yaml --wrong fprime_forgotten_hidden",
    "solve 学.yaml",
    "ü∇",
    *(f"{command} --help" for command in ("", "solve", "explain", "derive", "cost", "check", "sheet", "new")),
)


def case(command: str, encoding: str = "utf-8", columns: int = 80) -> Case:
    files = {"e.yaml": EXERCISE, "a.yaml": SHEET, "b.yaml": SHEET + "S1: é\n"}
    files |= {f"{name}.csv": table for name, table in TABLES.items()}
    return Case(
        tuple(command.split()), {name: text.encode() for name, text in files.items()}, encoding, columns
    )


# Help is in ASCII, and an audit has no sign that the others lack.
WITH_SIGNS = [command for command in COMMANDS if not command.endswith("--help") and "audit" not in command]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("encoding", "command"),
    [("ascii", command) for command in COMMANDS]
    + [(encoding, command) for encoding in ("cp1252", "cp437") for command in WITH_SIGNS],
)
def test_every_output_can_be_written_in_an_old_encoding(command: str, encoding: str, tmp_path: Path) -> None:
    found = outcome(case(command, encoding), tmp_path)
    assert found.error == ""
    assert found.code in {0, 1, 2, 3}


def test_a_page_is_in_ascii_where_latex_would_not_read_the_encoding(tmp_path: Path) -> None:
    found = outcome(case("solve e.yaml --format latex --standalone", "cp437"), tmp_path)
    assert found.out.startswith("\\documentclass")
    assert found.out.isascii()


@pytest.mark.parametrize(
    "command",
    [
        "solve e.yaml --all",
        "grad e.yaml --numeric",
        "explain e.yaml Delta1[1,1] --depth all",
        "explain e.yaml S1",
        "derive e.yaml",
        "cost e.yaml",
        "check e.yaml a.yaml",
        "check e.yaml a.yaml a.yaml --details",
        "check e.yaml a.yaml --student",
        "sheet e.yaml --format table",
        "list",
    ],
)
def test_nothing_is_wider_than_a_terminal_of_twenty_columns(command: str, tmp_path: Path) -> None:
    found = outcome(case(command, columns=20), tmp_path)
    assert found.code in {0, 1}
    assert [line for line in found.out.splitlines() if len(line) > 20] == []
