"""How wide the terminal is that a stream writes to."""

import os
from typing import IO

USUAL = 80
_WIDEST = 1000  # columns; who sets COLUMNS to more wants no line broken, and gets none of ordinary length


def columns(stream: IO[str]) -> int:
    """The width in characters: COLUMNS if that is one, else what the terminal says; 80 without either."""
    wanted = os.environ.get("COLUMNS", "")
    if wanted.isascii() and wanted.isdigit() and (width := int(wanted[:20])):
        return min(width, _WIDEST)
    try:
        return os.get_terminal_size(stream.fileno()).columns or USUAL
    except (OSError, ValueError):  # no terminal, or no file at all
        return USUAL
