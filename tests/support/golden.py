"""Golden files: what is printed is compared with them, or written to them where GOLDEN=write is set."""

import os
from collections.abc import Callable
from pathlib import Path


def assert_golden(found: str, path: Path, *, first: str = "", but_for: Callable[[str], str] = str) -> None:
    """Compare a text with that of a file; first: what stands above it there. but_for: leaves out noise."""
    if os.environ.get("GOLDEN") == "write":
        path.write_text(first + found, encoding="utf-8", newline="\n")
    expected = path.read_text(encoding="utf-8")
    assert expected.startswith(first)
    assert but_for(found) == but_for(expected.removeprefix(first))
