"""The most memory that whole processes take, against importing the libraries they need."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.marking import write_class
from tests.benchmarks.timing import Ratio

_ROOT = Path(__file__).parents[2]
_IMPORTS = "import click, yaml, numpy, rich.console, rich.table"
_IN_UNITS = 1 if sys.platform == "darwin" else 1024  # bytes; what the system counts memory in


def ratios() -> list[Ratio]:
    """One exercise, and a large course: what is held at once does not grow with the number of sheets."""
    with tempfile.TemporaryDirectory() as folder:
        write_class(Path(folder), 10_000)
        bare = _peak("-c", _IMPORTS)
        return [
            Ratio(what, f"python -c '{_IMPORTS}'", _peak("-m", "mlpcalc", *arguments), bare, target)
            for what, arguments, target in (
                ("mlpcalc solve exercise2.yaml", ("solve", "exercise2"), 1.25),
                ("check, 10,000 sheets", ("check", "exercise2", folder), 2.5),
            )
        ]


def _peak(*arguments: str) -> float:
    """The largest resident size of a Python process, in MiB."""
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    process = subprocess.Popen(  # noqa: S603  # our own command
        [sys.executable, *arguments], env=environment, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode > 1:
        raise subprocess.CalledProcessError(process.returncode, arguments)
    return usage.ru_maxrss * _IN_UNITS / 2**20
