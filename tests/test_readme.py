"""The README is true: its commands run and print what it says they print.

After a change of the output, `python -m tests.test_readme` writes the outputs in the README anew.
"""

import doctest
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from mlpcalc.answers import class_list, files, folders
from mlpcalc.auditing import wrongs
from mlpcalc.generating import generate, variants
from mlpcalc.numerics import complex_step as numeric
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.losses import LOSSES
from mlpcalc.page.network import Conventions
from mlpcalc.page.symbols import quantities
from mlpcalc.reading import matrices, numerals, source
from mlpcalc.reading.keys import CONVENTIONS, LAYER, LOSS, MAX_CLASSES, MAX_LAYERS, SYMBOLS, TOP
from mlpcalc.report.forms import FORMS, Form
from mlpcalc.report.html import body, workings
from tests.conftest import without_noise
from tests.marking.reports.test_reports import GRADESCOPE, valid

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8")
_CONSOLE = re.compile(r"(?<=^```console\n)(.*?)(?=^```$)", re.DOTALL | re.MULTILINE)
_FILE = re.compile(r"^```(?:yaml|sh)\n((?:#!\S+\n)?# (\S+)\n.*?)^```$", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)

BLOCKS = _CONSOLE.findall(TEXT)
FILES = {name: content for content, name in _FILE.findall(TEXT)}
SET_UP, SET_UP_AND_TEST = re.findall(r"^python3 -m venv .*$", TEXT, re.MULTILINE)


def printed(command: str, folder: Path) -> str:
    """What a shell prints, both streams, for a command that may use the files shown in the README."""
    work = folder / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    for name, content in FILES.items():
        if name in command:
            (work / name).write_text(content, encoding="utf-8")
    completed = in_shell(command, work)
    return "".join(line.rstrip() + "\n" for line in completed.stdout.splitlines())


def in_shell(command: str, work: Path) -> "subprocess.CompletedProcess[str]":
    """Run a command in a folder, with both streams as one."""
    binaries = work.parent / "bin"
    binaries.mkdir(exist_ok=True)
    program = binaries / "mlpcalc"  # the code under test, wherever it is installed
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m mlpcalc "$@"\n')
    program.chmod(0o755)
    kept = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "FORCE_COLOR"}}
    own = {
        "PATH": f"{binaries}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "COLUMNS": "80",
    }
    return subprocess.run(  # noqa: S603  # the README is ours
        ["/bin/sh", "-c", command],
        cwd=work,
        env=kept | own,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )


def to_nine_places(text: str) -> str:
    """Full precision cut to what every machine agrees on; the last digits depend on how sums are ordered."""
    return without_noise(re.sub(r"-?\d+\.\d{10,}", lambda found: f"{float(found[0]):.9f}", text))


@pytest.mark.parametrize("block", BLOCKS, ids=[block.splitlines()[0][2:60] for block in BLOCKS])
def test_commands_print_what_the_readme_shows(block: str, tmp_path: Path) -> None:
    if "jq " in block and shutil.which("jq") is None:
        pytest.skip("jq is not installed")
    commands = _COMMAND.findall(block)
    shown = "".join(f"$ {command}\n{output}" for command, output in commands)
    assert shown == block
    real = "".join(f"$ {command}\n{printed(command, tmp_path)}" for command, _ in commands)
    assert to_nine_places(real) == to_nine_places(shown)


@pytest.mark.parametrize(
    ("files", "score"),
    [
        (
            {
                "a.yaml": "student: Ada\nloss: 0.4916\n",
                "b.tex": "student Bob, $Z_2 = (0.0986, 0.0112, 0.0634, 0.0059)$",
            },
            2,
        ),
        ({"homework.docx": "PK\x03\x04"}, 0),
        ({}, 0),
    ],
    ids=["two documents", "nothing that is read", "nothing"],
)
def test_the_autograder_works_where_gradescope_runs_it(
    files: dict[str, str], score: float, tmp_path: Path
) -> None:
    """The folders are those of https://gradescope-autograders.readthedocs.io/en/latest/specs/."""
    place = tmp_path / "autograder"
    for name in ("source", "submission", "results"):
        (place / name).mkdir(parents=True)
    shutil.copy(ROOT / "exercises" / "exercise2.yaml", place / "source" / "exercise.yaml")
    for name, text in files.items():
        (place / "submission" / name).write_text(text, encoding="utf-8")
    script = place / "run_autograder"
    script.write_text(FILES["run_autograder"], encoding="utf-8")
    script.chmod(0o755)
    done = in_shell("./run_autograder", place)
    assert (done.returncode, done.stdout) == (0, "")
    results = json.loads((place / "results" / "results.json").read_text(encoding="utf-8"))
    valid(results, GRADESCOPE)
    assert (results["score"], sum(test["max_score"] for test in results["tests"])) == (score, 12)
    assert not files or score or "save it as plain text" in results["output"]


@pytest.mark.parametrize("command", [SET_UP, SET_UP_AND_TEST])
def test_the_set_up_commands_are_run_by_ci_as_written(command: str) -> None:
    assert f"(\n    {command}\n)\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_python_session_is_one() -> None:
    sessions = re.findall(r"^```pycon\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
    assert sessions
    for number, session in enumerate(sessions):
        test = doctest.DocTestParser().get_doctest(session, {}, f"session {number}", "README.md", 0)
        assert test.examples
        assert doctest.DocTestRunner(verbose=False).run(test).failed == 0


@pytest.mark.parametrize("name", [*TOP, *LAYER, *LOSS, *CONVENTIONS, *SYMBOLS, *ACTIVATIONS, *LOSSES])
def test_every_word_of_the_exercise_format_is_in_the_readme(name: str) -> None:
    assert re.search(rf"(?<!\w){re.escape(name)}(?!\w)", TEXT)


@pytest.mark.parametrize("name", [symbol.plain for symbol in quantities(1)])
def test_every_name_of_a_quantity_is_in_the_readme(name: str) -> None:
    assert f"`{name}`" in TEXT


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.name)
def test_every_form_is_in_the_readme(form: Form) -> None:
    commands = ", ".join(f"`{command}`" for command in form.commands)
    assert f"| `{form.name}` | {form.purpose} | {commands} | `{form.suffix}` |\n" in TEXT


def test_the_defaults_of_the_conventions_stand_in_the_example() -> None:
    defaults = Conventions()
    shown = FILES["rows.yaml"]
    assert f"delta: {defaults.delta} " in shown
    assert f"average_in: {defaults.average_in} " in shown
    assert "update_biases: true" in shown
    assert f"{defaults.product} (the default)" in shown


@pytest.mark.parametrize(
    "limit",
    [
        f"{source.MAX_BYTES // 2**20} MiB",
        f"{source.MAX_NODES:,} values",
        f"{source.MAX_DEPTH} levels",
        f"{MAX_LAYERS} layers",
        f"{matrices.MAX_CELLS:,} cells",
        f"{numerals.MAX_DIGITS} digits",
        f"±{numerals.MAX_EXPONENT}",
        f"{MAX_CLASSES:,} classes",
        f"{files.MAX_SHEET_BYTES // 2**20} MiB",
        f"{files.MAX_SHEET_VALUES:,} values",
        f"{source.MAX_PROBLEMS} are shown",
        f"{numeric.MAX_PARAMETERS:,} weights",
        f"{wrongs.MOST_LAYERS} layers and {wrongs.MOST_CELLS:,} figures",
        f"{generate.MOST_LAYERS} layers of {generate.MOST_UNITS} units, {generate.MOST_SAMPLES} samples",
        f"{variants.MOST} variants",
        f"explains up to {workings.MOST_CELLS:,} figures, and from {body.MOST_FIGURES:,} on",
        f"at most {class_list.MAX_BYTES // 2**20} MiB and {class_list.MAX_ROWS:,} rows",
        f"{folders.MAX_DEPTH} folders deep and may have {folders.MAX_FILES:,} files",
    ],
)
def test_every_limit_is_the_one_in_the_code(limit: str) -> None:
    assert limit in " ".join(TEXT.split("## Limits")[1].split())


def write() -> None:
    """Put what the commands really print into the README."""
    with tempfile.TemporaryDirectory() as folder:

        def run(block: re.Match[str]) -> str:
            commands = _COMMAND.findall(block[1])
            return "".join(f"$ {command}\n{printed(command, Path(folder))}" for command, _ in commands)

        README.write_text(_CONSOLE.sub(run, TEXT), encoding="utf-8")


if __name__ == "__main__":
    write()
