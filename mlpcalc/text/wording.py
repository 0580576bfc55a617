"""Turns of phrase that messages and reports have in common."""

import difflib
from collections.abc import Collection

_ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]


def counted(number: int, noun: str) -> str:
    """So many of something: `1 row`, `3 classes`."""
    plural = noun + ("es" if noun.endswith("s") else "s")
    return f"{number} {noun if number == 1 else plural}"


def ordinal(number: int) -> str:
    """`first`, `second`, …; `11th` from there on."""
    if number <= len(_ORDINALS):
        return _ORDINALS[number - 1]
    teen = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def shown(text: str) -> str:
    """A text from a file as it is quoted in messages: short, in quotes."""
    return repr(text if len(text) <= 30 else text[:27] + "…")


def nearest(word: str, known: Collection[str]) -> str | None:
    """A hint with the known word that is most like this one, if any is."""
    near = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {near[0]}?" if near else None
