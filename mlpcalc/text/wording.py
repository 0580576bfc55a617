"""Turns of phrase that messages and reports have in common."""

import difflib
from collections.abc import Collection


def counted(number: int, noun: str) -> str:
    """So many of something: `1 row`, `3 classes`."""
    plural = noun + ("es" if noun.endswith("s") else "s")
    return f"{number} {noun if number == 1 else plural}"


def shown(text: str) -> str:
    """A text from a file as it is quoted in messages: short, in quotes."""
    return repr(text if len(text) <= 30 else text[:27] + "…")


def nearest(word: str, known: Collection[str]) -> str | None:
    """A hint with the known word that is most like this one, if any is."""
    near = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {near[0]}?" if near else None
