"""`--out`: all forms of all commands go to a file, whole or not at all; the ending may choose the form."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mlpcalc.cli import cli
from mlpcalc.cli.files import write_file
from mlpcalc.errors import InputError
from mlpcalc.report.forms import FORMS
from tests.conftest import Run
from tests.report.test_forms import arguments as arguments_of

Write = Callable[[str, str], Path]
CASES = [(command, form.name) for form in FORMS.values() for command in form.commands]


@pytest.mark.parametrize(("command", "form"), CASES)
def test_the_file_has_what_would_be_printed(command: str, form: str, run: Run, tmp_path: Path) -> None:
    words = arguments_of(command, form, tmp_path)
    printed = run(*words)
    result = run(*words, "-o", "page")
    assert (result.code, result.out, result.err) == (printed.code, "", "written to page\n")
    assert (tmp_path / "page").read_text(encoding="utf-8") == printed.out


def test_every_command_but_help_writes_to_a_file() -> None:
    with_out = {name for name in cli.commands if any("-o" in p.opts for p in cli.commands[name].params)}
    assert set(cli.commands) - with_out == {"help"}


@pytest.mark.parametrize(
    ("arguments", "file", "form"),
    [
        ("solve exercise2", "page.tex", "latex"),
        ("grad exercise2", "a folder.d/page.MD", "markdown"),
        ("solve exercise2", "page.json", "json"),
        ("solve exercise2", "page.csv", "csv"),
        ("solve exercise2", "page.py", "python"),
        ("solve exercise2", "page.txt", "table"),
        ("solve exercise2", "page", "table"),
        ("solve exercise2", "page.v2", "table"),
        ("sheet exercise2", "page.txt", "table"),
        ("sheet exercise2", "page.yaml", "yaml"),
        ("check handout", "page.csv", "csv"),
    ],
)
def test_the_ending_chooses_the_form(arguments: str, file: str, form: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "a folder.d").mkdir()
    run(*arguments.split(), "--out", file)
    printed = run(*arguments.split(), "--format", form).out
    assert (tmp_path / file).read_text(encoding="utf-8") == printed


@pytest.mark.parametrize(("command", "form"), [("solve exercise2", "csv"), ("check handout", "csv")])
def test_a_table_begins_with_a_byte_order_mark_if_that_is_wanted(
    command: str, form: str, run: Run, tmp_path: Path
) -> None:
    plain = run(*command.split(), "--format", form).out
    assert not plain.startswith("\ufeff")
    assert run(*command.split(), "--format", form, "--bom").out == f"\ufeff{plain}"
    run(*command.split(), "-o", "page.csv", "--bom")
    assert (tmp_path / "page.csv").read_bytes() == b"\xef\xbb\xbf" + plain.encode()


def test_what_is_no_table_has_no_byte_order_mark(run: Run) -> None:
    result = run("check", "handout", "--bom")
    assert (result.code, result.out) == (2, "")
    assert "--bom needs --format csv" in result.err


def test_nor_has_an_output_in_another_encoding(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mlpcalc", "solve", "exercise2", "--format", "csv", "--bom"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONIOENCODING": "latin-1", "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"--out writes a file in UTF-8" in done.stderr


@pytest.mark.parametrize("form", ["json", "gradescope", "table"])
def test_a_form_that_is_named_goes_to_a_file_of_any_name(form: str, run: Run, tmp_path: Path) -> None:
    assert run("check", "handout", "-o", "results.json", "--format", form).code == 1
    written = (tmp_path / "results.json").read_text(encoding="utf-8")
    assert written == run("check", "handout", "--format", form).out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("check handout -o r.json", "r.json: --format json or --format gradescope?"),
        (
            "audit exercise2 -o a.tex",
            "a.tex: this command has no form with the ending .tex. Use --format, which may be table, json",
        ),
        ("solve exercise2 -o s.yaml", "s.yaml: this command has no form with the ending .yaml. "),
        ("solve exercise2 -o there", "there is a folder"),
        ("solve exercise2 -o nowhere/page.tex", "cannot write nowhere/page.tex: there is no folder nowhere"),
        ("solve exercise2 -o old.txt", "old.txt exists already\n  hint: --force overwrites it"),
        ("solve exercise2 -o broken.txt --only Q7", "Q7"),
    ],
)
def test_nothing_is_written_where_something_is_wrong(
    arguments: str, message: str, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "old.txt").write_text("old", encoding="utf-8")
    result = run(*arguments.split())
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert sorted(os.listdir(tmp_path)) == ["old.txt", "there"]
    assert (tmp_path / "old.txt").read_text(encoding="utf-8") == "old"


def test_what_exists_is_overwritten_by_force(run: Run, tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text("old", encoding="utf-8")
    assert run("solve", "exercise2", "-o", "old.json", "--force").code == 0
    assert "quantities" in json.loads((tmp_path / "old.json").read_text(encoding="utf-8"))


def test_an_error_is_json_on_standard_output_where_json_was_named(run: Run, tmp_path: Path) -> None:
    result = run("solve", "missing.yaml", "--format", "json", "-o", "page.json")
    assert (result.code, result.err) == (2, "")
    assert result.json["error"]["code"] == 2
    assert not [*tmp_path.iterdir()]


def test_a_dash_is_standard_output(run: Run) -> None:
    assert run("solve", "exercise2", "-o", "-") == run("solve", "exercise2")


def test_a_text_that_breaks_off_leaves_what_was_there(tmp_path: Path) -> None:
    def pieces() -> Iterator[str]:
        yield "new"
        raise InputError([])

    file = tmp_path / "page.txt"
    file.write_text("old", encoding="utf-8")
    with pytest.raises(InputError):
        write_file(str(file), pieces(), force=True)
    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == ["old"]


def test_nothing_is_made_for_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    def pieces() -> Iterator[str]:
        yield pytest.fail("this may take long")

    (tmp_path / "page.txt").write_text("old", encoding="utf-8")
    with pytest.raises(InputError, match="exists already"):
        write_file(str(tmp_path / "page.txt"), pieces(), force=False)


def test_a_file_is_plain_utf_8_wherever_standard_output_goes(tmp_path: Path) -> None:
    surroundings = {"PYTHONIOENCODING": "ascii", "FORCE_COLOR": "1", "TTY_COMPATIBLE": "1", "PYTHONUTF8": "0"}
    subprocess.run(  # noqa: S603  # our own interpreter on our own text
        [sys.executable, "-m", "mlpcalc", "check", "handout", "-o", str(tmp_path / "page.txt")],
        env={**os.environ, **surroundings, "PYTHONPATH": str(Path(__file__).parents[2])},
        check=False,
    )
    text = (tmp_path / "page.txt").read_text(encoding="utf-8")
    assert "✓" in text
    assert "\x1b" not in text
