"""Phrases that messages and reports share."""

import difflib
import unicodedata
from collections.abc import Iterable, Sequence

from mlpcalc.text.sanitize import clean

_LONGEST_NAME = 100  # characters of a name in a message, enough for a path
_LONGEST_QUOTED = 30  # of a text in quotes

_ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 row`, `3 classes`."""
    plural = noun + ("es" if noun.endswith("s") else "s")
    return f"{number} {noun if number == 1 else plural}"


def in_range(noun: str, last: int) -> str:
    """`a step from 1 to 3`; `step 1, the only one`."""
    return f"{noun} 1, the only one" if last == 1 else f"a {noun} from 1 to {last}"


def one_of(names: Iterable[str], between: str = ", ") -> str:
    """`one of relu, tanh`; a single name alone."""
    listed = [*names]
    return ("one of " if len(listed) > 1 else "") + between.join(listed)


def points_in_figures(points: float) -> str:
    """Points with as few decimals as they need, two at most."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def ordinal(number: int) -> str:
    """`first`, `second`, …, `tenth`, `11th`."""
    if number <= len(_ORDINALS):
        return _ORDINALS[number - 1]
    teen = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def extent(name: str, shape: Sequence[int]) -> str:
    """The cells of a quantity: `S1 is 3×4: rows 1–3, columns 1–4`.

    shape: two lengths, one for a list, none for a number.
    """
    match [*shape]:
        case [rows, columns]:
            return f"{name} is {rows}×{columns}: {_span('row', rows)}, {_span('column', columns)}"
        case [length]:
            return f"{name} is a list of {length}: {_span('cell', length)}"
        case _:
            return f"{name} is a single number"


def _span(noun: str, last: int) -> str:
    return f"{noun} 1" if last == 1 else f"{noun}s 1–{last}"


def clipped(text: str, most: int = _LONGEST_NAME) -> str:
    """Make a text that somebody typed safe for a message, cut to `most` characters."""
    safe = clean(text[: 2 * most]).strip()  # no more is processed, as it may be as long as a file
    if len(safe) > most or len(text) > 2 * most:
        return f"{safe[: most - 1]}…"
    return safe


def comparable(name: str) -> str:
    """A name of a person as it is compared with others: in small letters, whatever its spaces and signs."""
    return " ".join(unicodedata.normalize("NFKC", clean(name)).casefold().split())


def shown(text: str) -> str:
    """Quote a value from a file in a message, cut short, with invisible characters escaped."""
    return repr(text if len(text) <= _LONGEST_QUOTED else f"{text[: _LONGEST_QUOTED - 3]}…")


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most similar, ignoring case; None if none is similar."""
    if len(word) > _LONGEST_NAME:  # no known word is as long
        return None
    folded = {each.lower(): each for each in reversed(list(known))}
    near = difflib.get_close_matches(word.lower(), folded, n=1)
    return folded[near[0]] if near else None


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """The hint `did you mean …?` with the most similar known word; None if none is similar."""
    near = nearest(word, known)
    return f"did you mean {near}?" if near else None
