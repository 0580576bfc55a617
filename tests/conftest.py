"""Fixtures that several test files share."""

import gc
import io
import json
import os
import re
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
from hypothesis import HealthCheck, settings

from mlpcalc.cli import main

CASES = 10  # of a test that the default run has

# The same examples everywhere, and no failure because the machine was busy.
settings.register_profile(
    "steady", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")


@dataclass(frozen=True)
class Result:
    """What a run of the command line left behind."""

    code: int | str | None
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401  # what JSON holds
        """Standard output as JSON."""
        return json.loads(self.out)


class Run(Protocol):
    """Runs `mlpcalc ARGUMENTS` in the test's own empty folder, with these bytes on standard input."""

    def __call__(self, *arguments: str, stdin: bytes = b"") -> Result: ...


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line in this process: no start-up time, the same code path as the command."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str, stdin: bytes = b"") -> Result:
        monkeypatch.setattr(sys, "argv", ["mlpcalc", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsys.readouterr()
        with pytest.raises(SystemExit) as exit_:
            main()
        captured = capsys.readouterr()
        return Result(exit_.value.code, captured.out, captured.err)

    return run


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Writes a file into the test's own folder, byte for byte."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def without_noise(text: str) -> str:
    """A text without the sizes of rounding errors, which depend on the machine and the version of NumPy."""
    return re.sub(r"\b\d\.\de-1[4-9]\b", "noise", text)


def heed_interrupts() -> None:
    """In a new process: react to interrupts, though these tests may have been started to ignore them.

    A shell starts what runs in the background so, and a program hands it down to those that it starts.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def interpreted(code: str, folder: Path) -> "subprocess.CompletedProcess[bytes]":
    """A program that imports the checkout, run in a folder by an interpreter of its own."""
    return subprocess.run(  # noqa: S603  # our own interpreter on our own text
        [sys.executable, "-c", code],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        check=False,
        preexec_fn=heed_interrupts,
    )


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Of a test with many cases the default run has some, evenly spread; the slow run has the others."""
    cases = defaultdict[str, list[pytest.Item]](list)
    for item in items:
        if item.get_closest_marker("slow") is None:
            cases[item.nodeid.partition("[")[0]].append(item)
    for of_one in cases.values():
        every = -(-len(of_one) // CASES)
        for number, item in enumerate(of_one):
            if number % every:
                item.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """Thousands of tests stay to the end: they need not be looked through whenever garbage is looked for."""
    gc.collect()
    gc.freeze()
