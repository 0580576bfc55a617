"""What is said about input that cannot be used: the whole text, place and caret included.

Each file golden/bad_input/NAME.yaml is an exercise with something wrong with it, NAME.txt is what
`mlpcalc solve NAME.yaml` says about it on standard error. Inputs that depend on exact bytes, and mistakes
on the command line, stand here and have only a NAME.txt. After a change of the messages

    GOLDEN=write python -m pytest tests/cli/test_bad_input.py

writes the expected texts anew; read the difference before you commit it.
"""

import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from mlpcalc.errors import InputError
from mlpcalc.reading.reader import read_exercise
from mlpcalc.reading.source import Document, decode
from tests.conftest import Run
from tests.support.golden import assert_golden

GOLDEN = Path(__file__).parents[1] / "golden" / "bad_input"

GOOD = b"""\
title: Two layers
inputs: [[0.75, 0.2, -0.75], [0.8, 0.05, 0.8]]
targets: [[1, 1, -1]]
layers:
  - weights: |
      0.6 0.01
      0.7 0.43
      0.0 0.88
    bias: 0.1; 0.2; 0.3
    activation: {name: leaky_relu, slope: 1/5}
  - weights: [[0.02, 0.03, 0.09]]
loss: {name: squared_error, average: samples}
learning_rate: 0.5
"""
FORWARD_ONLY = b"inputs: [[1]]\nlayers:\n  - weights: [[2]]\n"
UNREADABLE = "/proc/self/mem"  # opens, but reading from address 0 fails, for every user


@dataclass(frozen=True)
class Case:
    """A command line, and the files that are there when it runs."""

    arguments: tuple[str, ...]
    files: Mapping[str, bytes] = field(default_factory=dict)
    stdin: bytes = b""


def _of_file(name: str, content: bytes) -> Case:
    return Case(("solve", f"{name}.yaml"), {f"{name}.yaml": content})


BYTES = {
    "binary_data": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00\x00\x00\x01\x00\x08\x06",
    "latin_1": "title: Ein Schritt\nsource: Übungsblatt 2\n".encode("latin-1"),
    "utf_16": "title: Exercise 2\n".encode("utf-16"),
    "null_character": b"title: Exercise 2\ninputs: [[1, \x002]]\n",
    "control_character_after_umlauts": "title: Übung ÄÖÜ\nsource: süß\x01\n".encode(),
    "byte_order_mark": "\ufeffinputs: [[1, x]]\nlayers:\n  - weights: [[1]]\n".encode(),
    "windows_line_endings": GOOD.replace(b"0.7 0.43", b"0.7 0,43").replace(b"\n", b"\r\n"),
    "old_mac_line_endings": GOOD.replace(b"0.7 0.43", b"0.7 0,43").replace(b"\n", b"\r"),
    "brackets_200000_deep": b"inputs: " + b"[" * 200_000,
    "closed_brackets_200000_deep": b"inputs: " + b"[" * 200_000 + b"]" * 200_000,
    "braces_200000_deep": b"{a: " * 200_000,
    "list_items_200000_deep": b"- " * 200_000,
    "indented_3000_deep": b"".join(b" " * level + b"a:\n" for level in range(3000)),
}
COMMANDS = {
    "missing_file": Case(("solve", "missing.yaml")),
    "directory": Case(("solve", "sheets"), {"sheets/a.yaml": FORWARD_ONLY}),
    "unreadable_file": Case(("solve", UNREADABLE)),
    "several_exercises_and_none_named": Case(("solve",), dict.fromkeys(("b.yaml", "a.yml"), FORWARD_ONLY)),
    "standard_input_empty": Case(("solve", "-")),
    "standard_input_wrong": Case(("solve", "-"), stdin=GOOD.replace(b"0.02", b"o.02")),
    "layer_too_large": Case(("grad", "exercise2", "--layer", "3")),
    "layer_zero": Case(("grad", "exercise2", "--layer", "0")),
    "layer_negative": Case(("grad", "exercise2", "--layer", "-1")),
    "layer_is_a_word": Case(("grad", "exercise2", "--layer", "last")),
    "unknown_quantity": Case(("solve", "exercise2", "--only", "S1,Detla1")),
    "unknown_quantity_without_a_near_one": Case(("solve", "exercise2", "--only", "gradient")),
    "quantity_of_a_layer_too_many": Case(("solve", "exercise2", "--only", "W3")),
    "fprime_of_softmax": Case(("solve", "exercise3", "--only", "fprime1")),
    "quantity_that_needs_a_loss": Case(("solve", "a.yaml", "--only", "dW1"), {"a.yaml": FORWARD_ONLY}),
    "gradients_without_a_loss": Case(("grad", "a.yaml"), {"a.yaml": FORWARD_ONLY}),
    "update_without_a_learning_rate": Case(
        ("update", "a.yaml"), {"a.yaml": GOOD.replace(b"learning_rate: 0.5\n", b"")}
    ),
    "unknown_command": Case(("slove",)),
    "unknown_option": Case(("solve", "--ony", "S1")),
    "two_exercises": Case(("solve", "exercise1", "exercise2")),
    "carry_out_of_range": Case(("solve", "exercise2", "--carry", "99")),
}
CASES = {
    **{path.stem: _of_file(path.stem, path.read_bytes()) for path in sorted(GOLDEN.glob("*.yaml"))},
    **{name: _of_file(name, content) for name, content in BYTES.items()},
    **COMMANDS,
}
every_case = pytest.mark.parametrize("name", CASES)


def _prepare(case: Case, folder: Path) -> None:
    if UNREADABLE in case.arguments and not Path(UNREADABLE).exists():
        pytest.skip("this system has no file whose reading fails for every user")
    for name, content in case.files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)


@every_case
def test_the_message_is_the_golden_text_and_the_exit_code_is_2(name: str, run: Run, tmp_path: Path) -> None:
    case = CASES[name]
    _prepare(case, tmp_path)
    result = run(*case.arguments, stdin=case.stdin)
    golden = GOLDEN / f"{name}.txt"
    assert_golden(result.err, golden)
    assert result.out == ""
    assert result.code == 2


@every_case
def test_json_says_the_same_in_one_object_on_standard_output(name: str, run: Run, tmp_path: Path) -> None:
    case = CASES[name]
    _prepare(case, tmp_path)
    result = run(*case.arguments, "--format", "json", stdin=case.stdin)
    assert result.code == 2
    assert result.err == ""
    data = json.loads(result.out)  # exactly one object, or this fails
    assert data["error"]["code"] == 2
    problems = data["error"]["problems"]
    assert all(_is_a_problem(problem) for problem in problems)
    golden = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
    without_excerpts = re.sub(r"^[\d ]{5,} \|.*\n", "", golden, flags=re.MULTILINE)
    assert "\n\n".join(map(_as_text, problems)) + "\n" == without_excerpts


def _is_a_problem(problem: dict[str, Any]) -> bool:
    """Whether the fields are those that other programs may rely on, and of their types."""
    place = (problem["file"], problem["line"], problem["column"])
    return (
        isinstance(problem["message"], str)
        and isinstance(problem["hint"], str | None)
        and [type(part) for part in place if part is not None] == [str, int, int][: 3 - place.count(None)]
    )


def _as_text(problem: dict[str, Any]) -> str:
    place = [str(problem[key]) for key in ("file", "line", "column") if problem[key] is not None]
    lines = [":".join(place) + "  " * bool(place) + problem["message"]]
    if problem["expected"]:
        lines.append(f"  expected {problem['expected']}")
    if problem["hint"]:
        lines.append(f"  hint: {problem['hint']}")
    return "\n".join(lines)


def test_every_golden_text_belongs_to_a_case() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(CASES)


def test_an_unknown_format_is_refused(run: Run) -> None:
    result = run("solve", "exercise2", "--format", "xml")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("Invalid value for '--format': 'xml' is not one of")


@pytest.mark.parametrize("arguments", [("--format=json", "--bogus"), ("--bogus", "--format", "json")])
def test_a_usage_error_is_json_too_wherever_the_format_stands(run: Run, arguments: tuple[str, ...]) -> None:
    result = run("solve", *arguments)
    assert (result.code, result.err) == (2, "")
    assert json.loads(result.out)["error"]["problems"][0]["message"] == "No such option: '--bogus'."


def test_without_a_command_the_help_is_the_error(run: Run) -> None:
    result = run()
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("Usage: mlpcalc [OPTIONS] COMMAND [ARGS]...\n")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_to_read_is_said_to_be_so(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "secret.yaml"
    path.write_bytes(GOOD)
    path.chmod(0)
    result = run("solve", "secret.yaml")
    assert (result.code, result.err) == (2, "secret.yaml  cannot be read: permission denied\n")


def test_a_name_too_long_for_a_file_is_no_such_file(run: Run) -> None:
    result = run("solve", "a" * 300)
    assert result.code == 2
    assert result.err.startswith("no such file: aaa")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"0.02", b"9999999999e300"),
        (b"slope: 1/5", b"slope: 9999999999e300"),
        (b"average: samples", b"factor: 9999999999e300"),
        (b"learning_rate: 0.5", b"learning_rate: 9999999999e300"),
    ],
)
def test_a_number_too_large_for_double_precision_is_refused(
    run: Run, tmp_path: Path, old: bytes, new: bytes
) -> None:
    (tmp_path / "a.yaml").write_bytes(GOOD.replace(old, new))
    result = run("solve", "a.yaml")
    assert result.code == 2
    assert "'9999999999e300'" in result.err


def test_no_more_of_an_endless_file_is_read_than_the_limit() -> None:
    """In a process of its own with bounded memory: reading on would fill that of the machine."""
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30));"
        "sys.argv = ['mlpcalc', 'solve', '/dev/zero'];"
        "from mlpcalc.cli import main; main()"
    )
    result = subprocess.run(  # noqa: S603  # our own interpreter on the text above
        [sys.executable, "-c", code],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert "at most 16,777,216" in result.stderr


def test_a_quantity_of_another_stage_is_not_passed_over_in_silence(run: Run) -> None:
    result = run("grad", "exercise2", "--only", "S1")
    assert result.code == 2 or "S1 = W1 X" in result.out


@pytest.mark.parametrize("seed", range(20))
def test_a_damaged_file_is_either_read_or_refused(seed: int) -> None:
    """No damage of up to four places leads to anything but an exercise or an `InputError`."""
    rng = random.Random(seed)  # noqa: S311  # no secret, a seeded choice
    pieces = [b"", b" ", b"\n", b"[", b"]", b"{", b"}", b":", b": ", b"- ", b"|", b">", b"'", b'"', b"#"]
    pieces += [b"\t", b"&a ", b"*a", b"!t ", b"---\n", b"...", b"%", b"@", b"~", b"null", b"9e300", b"\xff"]
    pieces += [b"\x00", "²".encode(), "\u2028".encode(), "\ufeff".encode(), b",", b";", b"1/0", b"e", b"\\"]
    problems = []
    for _ in range(100):
        data = bytearray(GOOD)
        for _ in range(rng.randint(1, 4)):
            start = rng.randrange(len(data))
            data[start : start + rng.choice((0, 0, 1, 3, 20))] = rng.choice(pieces)
        try:
            read_exercise(Document(decode(bytes(data), "a.yaml"), "a.yaml"), "a.yaml")
        except InputError as error:
            problems.append(error.problems)
    assert len(problems) > 50  # the damage is real
    assert all(problem.message and problem.place for found in problems for problem in found)
