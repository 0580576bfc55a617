"""Shell completion: what an answer has, and what bash, zsh and fish make of it, where they are installed."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click.shell_completion
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlpcalc.cli import cli
from mlpcalc.page.activations import ACTIVATION_ALIASES, ACTIVATIONS
from mlpcalc.page.losses import LOSSES
from mlpcalc.reading.library import bundled_names
from tests.conftest import Run, interpreted

FILES = "(files)"
Complete = Callable[[str], list[str]]
EXERCISE = "inputs: [[1, 2]]\nlayers: [{weights: [[3], [4]]}]\nsymbols: {S: Z, Z: A}\n"
NAMES = [name.removesuffix(".yaml") for name in bundled_names()]


@pytest.fixture
def complete(run: Run, monkeypatch: pytest.MonkeyPatch) -> Complete:
    """What may stand at the end of a line."""

    def complete(line: str) -> list[str]:
        monkeypatch.setenv("_MLPCALC_COMPLETE", "bash_complete")
        monkeypatch.setenv("COMP_WORDS", line)
        result = run()
        assert (result.code, result.err) == (0, "")
        fields = [answer.split("\t") for answer in result.out.splitlines() if answer]
        return [FILES if kind == "file" else value for kind, value, _ in fields]

    return complete


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("mlpcalc so", ["solve"]),
        ("mlpcalc help so", ["solve"]),
        ("mlpcalc solve ", [*NAMES, FILES]),
        ("mlpcalc solve maz", ["mazur", FILES]),
        ("mlpcalc solve 'my ho", [FILES]),
        ("mlpcalc check mazur ", [FILES]),
        ("mlpcalc new --out ", [FILES]),
        ("mlpcalc grad exercise2 -o ", [FILES]),
        ("mlpcalc solve --only loss", ["loss_terms", "losses", "loss", "loss_new"]),
        ("mlpcalc solve --only=S1,S", ["S1,S1", "S1,S2", "S1,S1_new", "S1,S2_new"]),
        ("mlpcalc solve mazur --only ne", ["net1", "net2", "net1_new", "net2_new"]),
        ("mlpcalc solve course.yaml --only ", ["X", "W1", "Z1", "A1"]),
        ("mlpcalc solve course.yaml --only S1 --only A", ["A1"]),
        ("mlpcalc solve exercise1 --layer ", ["1", "2", "3"]),
        ("mlpcalc explain exercise1 loss_n", ["loss_new"]),
        ("mlpcalc explain course.yaml Z1[", ["Z1[1,1]", "Z1[1,2]", "Z1[2,1]", "Z1[2,2]"]),
        ("mlpcalc explain maz", ["mazur", FILES]),
        ("mlpcalc explain exercise2 'b", []),
        ("mlpcalc explain mazur 'b2[", ["b2[1]", "b2[2]"]),
        ("mlpcalc sheet --wrong fprime_forgotten", ["fprime_forgotten_hidden", "fprime_forgotten_output"]),
        ("mlpcalc sheet --wrong fprime_forgotten_hidden@Delta", ["fprime_forgotten_hidden@Delta2",
                                                                "fprime_forgotten_hidden@Delta1"]),
        ("mlpcalc sheet --stages forward,e", ["forward,errors"]),
        ("mlpcalc solve --format ", ["table", "json", "csv", "latex", "markdown", "html", "python"]),
        ("mlpcalc new --activation ", [*ACTIVATIONS, *ACTIVATION_ALIASES]),
        ("mlpcalc derive --activation relu,t", ["relu,tanh", "relu,threshold"]),
        ("mlpcalc cost --loss ", [*LOSSES]),
        ("mlpcalc explain --dep", ["--depth"]),
    ],
)  # fmt: skip
def test_what_may_stand_at_the_cursor(
    complete: Complete, write: Callable[[str, str], Path], line: str, expected: list[str]
) -> None:
    write("homework/course.yaml", EXERCISE)
    assert complete(line.replace("course.yaml", "homework/course.yaml")) == expected


@pytest.mark.parametrize("named", ["missing.yaml", "broken.yaml", "-", ".", "pipe", "large.yaml"])
def test_an_exercise_that_cannot_be_read_is_as_good_as_none(
    complete: Complete, write: Callable[[str, str], Path], tmp_path: Path, named: str
) -> None:
    write("broken.yaml", "inputs: {")
    write("large.yaml", EXERCISE + "#" * 2**20)
    os.mkfifo(tmp_path / "pipe")
    assert complete(f"mlpcalc solve {named} --only Delta") == ["Delta2", "Delta1"]


@pytest.mark.parametrize(
    "line",
    [
        "", " ", "mlpcalc nonsense x", "mlpcalc solve --only", "mlpcalc solve --nonsense ",
        "mlpcalc --only=", "mlpcalc explain S1[1,1] S1[", "mlpcalc explain nonsense[", "mlpcalc explain [",
        "mlpcalc solve a b c ", "mlpcalc solve \\", "mlpcalc solve '\"", "mlpcalc cost --sizes 0,x --",
        "mlpcalc solve --layer x --only ", "mlpcalc solve \udcff", "mlpcalc solve --only \udcff,S",
        "mlpcalc sheet --wrong @", "mlpcalc solve \n\t",
    ],
)  # fmt: skip
def test_no_line_brings_up_anything_else(complete: Complete, line: str) -> None:
    complete(line)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(["mlpcalc", *cli.list_commands(click.Context(cli)), "--only", "--wrong", "--layer=",
                         "mazur", "Delta1[", "'", '"', "=", "@", ",", "\\", "--", " ", "\x00", "\n", "é"])
    )
)  # fmt: skip
def test_no_line_of_odds_and_ends_does(complete: Complete, words: list[str]) -> None:
    complete(" ".join(words).replace("\x00", ""))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_a_script_that_asks_the_program(
    run: Run, monkeypatch: pytest.MonkeyPatch, shell: str
) -> None:
    monkeypatch.setenv("_MLPCALC_COMPLETE", f"{shell}_source")
    result = run()
    assert (result.code, result.err) == (0, "")
    assert f"_MLPCALC_COMPLETE={shell}_complete" in result.out


def test_what_completes_is_not_imported_without_need(tmp_path: Path) -> None:
    code = "import sys, mlpcalc.cli.solve, mlpcalc.cli.sheet; print(*sys.modules)"
    modules = interpreted(code, tmp_path).stdout.decode().split()
    assert "mlpcalc.cli.options" in modules
    assert {"mlpcalc.cli.shells", "mlpcalc.cli.completion", "click.shell_completion"}.isdisjoint(modules)


def test_the_names_of_exercises_are_completed_without_numpy(tmp_path: Path) -> None:
    code = """
import os, sys, atexit
atexit.register(lambda: print(*sys.modules, file=sys.stderr))
os.environ |= {"_MLPCALC_COMPLETE": "zsh_complete", "COMP_WORDS": "mlpcalc solve ma"}
from mlpcalc.__main__ import main
main()
"""
    result = interpreted(code, tmp_path)
    assert result.stdout.decode().splitlines()[0].split("\t")[1] == "mazur"
    assert "numpy" not in result.stderr.decode().split()


# ---------------------------------------------------------------------------- in real shells

LINES = {
    "mlpcalc sol": "solve",
    "mlpcalc solve maz": "mazur",
    "mlpcalc solve my": "my homework.yaml",
    "mlpcalc solve 'my": "my homework.yaml",
    "mlpcalc solve my\\ h": "my homework.yaml",
    "mlpcalc solve it": "it's.yaml",
    "mlpcalc solve Ü": "Übung.yaml",
    "mlpcalc check mazur an": "anna.yaml",
    "mlpcalc new --out=an": "--out=anna.yaml",
    "mlpcalc solve 'my homework.yaml' --only A": "A1",
    "mlpcalc solve --only=S1,loss_n": "--only=S1,loss_new",
    "mlpcalc solve --form": "--format",
    "mlpcalc explain 'Delta1[2,4": "Delta1[2,4]",
    "mlpcalc sheet --wrong fprime_forgotten_h": "fprime_forgotten_hidden",
    "mlpcalc sheet --wrong fprime_forgotten_hidden@loss_n": "fprime_forgotten_hidden@loss_new",
}
README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
INSTALL = {
    shell: line.strip() for line, shell in re.findall(r"^(.*_COMPLETE=(\w+)_source.*?) +#", README, re.M)
}
TYPED = {
    "bash": (["bash", "--noprofile", "--norc", "-i"], ""),
    "zsh": (["zsh", "-f", "-i"], "autoload -U compinit; compinit -u -D; bindkey -e"),
}


@pytest.fixture
def environment(tmp_path: Path, write: Callable[[str, str], Path]) -> dict[str, str]:
    """A home with some files to complete, and the command on the path."""
    for name in ("my homework.yaml", "it's.yaml", "Übung.yaml", "anna.yaml"):
        write(name, EXERCISE)
    command = f"#!/bin/sh\nexec '{sys.executable}' -m mlpcalc \"$@\"\n"
    write("bin/mlpcalc", command).chmod(0o755)
    checkout = str(Path(__file__).parents[2])
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "HOME": str(tmp_path), "TERM": "dumb", "LC_ALL": "C.UTF-8", "PYTHONPATH": checkout}


@pytest.mark.slow
@pytest.mark.parametrize("shell", TYPED)
def test_a_shell_completes_what_is_typed(tmp_path: Path, environment: dict[str, str], shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    program, setup = TYPED[shell]
    # The line, Tab; then back to its beginning, to have the shell print its words instead of running it.
    typed = [f"{line}\t\x01printf '<%s>' \x05; echo\n" for line in LINES]
    seen = subprocess.run(  # noqa: S603  # a shell, in a terminal of its own
        [sys.executable, "-c", "import pty, sys; pty.spawn(sys.argv[1:])", *program],
        input="\n".join([setup, INSTALL[shell], *typed, "exit\n"]).encode(),
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        timeout=300,
        check=False,
    ).stdout.decode()
    printed = [line for line in seen.replace("\r", "\n").splitlines() if line.startswith("<mlpcalc>")]
    assert [line.rstrip("/>").rpartition("<")[2] for line in printed] == [*LINES.values()]


@pytest.mark.slow
def test_fish_completes_what_is_typed(tmp_path: Path, environment: dict[str, str]) -> None:
    fish = shutil.which("fish")
    if fish is None:
        pytest.skip("no fish here")
    script = INSTALL["fish"] + "\nfor line in $argv; complete -C $line; end"
    result = subprocess.run(  # noqa: S603  # as above
        [fish, "--no-config", "-c", script, *LINES],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert result.stderr == b""
    found = [line.partition("\t")[0] for line in result.stdout.decode().splitlines()]
    assert found == [*LINES.values()]
