"""Make text from files safe to show in a terminal."""

import unicodedata

_BIDIRECTIONAL = {"RLE", "LRE", "RLO", "LRO", "PDF", "RLI", "LRI", "FSI", "PDI"}


def clean(text: str) -> str:
    """The text on one line, without control, escape, bidirectional and other invisible characters.

    Nor with those that are no characters, which XML cannot have.
    """
    if text.isascii() and text.isprintable():
        return text
    kept = (" " if character in "\t\n\r" else character for character in text)
    return "".join(character for character in kept if _visible(character))


def _visible(character: str) -> bool:
    return (
        unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
        and unicodedata.bidirectional(character) not in _BIDIRECTIONAL
        and not _is_noncharacter(ord(character))
    )


def _is_noncharacter(code: int) -> bool:
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF  # as Unicode promises for ever


def width(text: str) -> int:
    """The number of columns that the text takes in a terminal."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def shortened(text: str, room: int) -> str:
    """Cut a text with an ellipsis if it is wider than `room` columns of a terminal."""
    if len(text) <= room // 2 or width(text) <= room:
        return text
    kept, used = [], 1  # the ellipsis
    for character in text:
        used += width(character)
        if used > room:
            break
        kept.append(character)
    return f"{''.join(kept).rstrip()}…"
