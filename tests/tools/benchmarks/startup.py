"""Whole processes: the commands of an installed wheel against importing the libraries they need."""

import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from tests.tools.benchmarks.timing import Ratio, compare

_ROOT = Path(__file__).parents[3]
_RUNS = 31
_ALL = "import click, yaml, numpy, rich.console, rich.table"
_CASES = (
    (["--help"], "import click", 1.3),
    (["solve", "exercise2.yaml"], _ALL, 1.3),
    (["solve", "exercise2.yaml", "--format", "json"], "import click, yaml, numpy", 1.3),
    (["check", "handout", "-"], _ALL, 2.0),
)
_SHEET = _ROOT / "exercises" / "handout.answers.yaml"


def ratios() -> list[Ratio]:
    """Installs the checkout, as a wheel with compiled modules, in an environment of its own, and times it."""
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder, "empty")
        empty.mkdir()
        binaries = Path(folder, "venv", "bin")
        subprocess.run([sys.executable, "-m", "venv", binaries.parent], check=True)  # noqa: S603  # our own command
        subprocess.run([binaries / "pip", "install", "--quiet", _ROOT], check=True)  # noqa: S603  # as above
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}

        def run(*command: str | Path) -> None:
            with _SHEET.open() as sheet:
                ended = subprocess.run(  # noqa: S603  # as above
                    command, check=False, cwd=empty, env=environment, stdin=sheet, stdout=subprocess.DEVNULL
                )
            assert ended.returncode <= 1  # some answer is wrong

        return [
            compare(
                " ".join(["mlpcalc", *arguments]),
                f"python -c '{imports}'",
                target,
                ours=partial(run, binaries / "mlpcalc", *arguments),
                theirs=partial(run, binaries / "python", "-c", imports),
                runs=_RUNS,
            )
            for arguments, imports, target in _CASES
        ]
