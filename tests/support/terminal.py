"""The program in a terminal of its own."""

import os
import pty
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]


def in_a_terminal(
    folder: Path, *arguments: str, errors: bool = False, environment: Mapping[str, str] | None = None
) -> bytes:
    """What `mlpcalc ARGUMENTS` writes to a terminal of 80 columns; errors: what goes to standard error."""
    ours, theirs = pty.openpty()
    kept = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "FORCE_COLOR"}}
    with subprocess.Popen(  # noqa: S603  # our own program
        [sys.executable, "-m", "mlpcalc", *arguments],
        cwd=folder,
        env=kept
        | {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "COLUMNS": "80", **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if errors else theirs,
        stderr=theirs if errors else subprocess.DEVNULL,
    ) as process:
        os.close(theirs)
        written = b""
        try:
            while part := os.read(ours, 65536):
                written += part
        except OSError:  # how Linux reports that the other end is closed
            pass
    os.close(ours)
    assert process.returncode in {0, 1, 3}
    return written
