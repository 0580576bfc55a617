"""The width of the terminal."""

import os
from typing import IO

USUAL = 80
_WIDEST = 1000  # columns; more is taken as a wish for unbroken lines


def columns(stream: IO[str]) -> int:
    """The width in characters: from COLUMNS, else from the terminal that the stream writes to, else 80."""
    wanted = os.environ.get("COLUMNS", "")
    if wanted.isascii() and wanted.isdigit() and (width := int(wanted[:20])):
        return min(width, _WIDEST)
    try:
        return os.get_terminal_size(stream.fileno()).columns or USUAL
    except (OSError, ValueError):  # no terminal, or no file at all
        return USUAL
