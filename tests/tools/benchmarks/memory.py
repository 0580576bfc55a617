"""The most memory that whole processes take, against importing the libraries they need."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.tools.benchmarks.marking import write_class
from tests.tools.benchmarks.timing import Ratio

_ROOT = Path(__file__).parents[3]
_IMPORTS = "import click, yaml, numpy, rich.console, rich.table"
# From a small process of its own: what a process is started from counts as its memory, too.
_WATCH = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
assert os.waitstatus_to_exitcode(status) <= 1
print(usage.ru_maxrss)
"""
_IN_UNITS = 1 if sys.platform == "darwin" else 1024  # bytes; what the system counts memory in


def ratios() -> list[Ratio]:
    """One exercise, and a large course: what is held at once does not grow with the number of sheets."""
    with tempfile.TemporaryDirectory() as folder:
        write_class(Path(folder), 10_000)
        bare = _peak("-c", _IMPORTS)
        return [
            Ratio(f"memory: {what}", f"python -c '{_IMPORTS}'", _peak("-m", "mlpcalc", *each), bare, target)
            for what, each, target in (
                ("mlpcalc solve exercise2.yaml", ("solve", "exercise2"), 1.25),
                ("check, 10,000 sheets", ("check", "exercise2", folder), 3.5),
            )
        ]


def _peak(*arguments: str) -> float:
    """The largest resident size of a Python process, in MiB."""
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    command = [sys.executable, "-c", _WATCH, sys.executable, *arguments]
    ended = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)  # noqa: S603  # our own command
    return int(ended.stdout) * _IN_UNITS / 2**20
