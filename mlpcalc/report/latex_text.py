"""Texts, and words with formulas among them, in LaTeX: nothing in a text is a command."""

import re
import unicodedata
from collections.abc import Iterable

from mlpcalc.notation.letters import greek
from mlpcalc.notation.signs import SIGNS
from mlpcalc.report.blocks import Phrase, pieces

_LONG_WORD = 20  # characters; longer ones may be broken anywhere
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",  # in the old font encoding < > | are other signs; some pairs are ligatures
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "`": r"\textasciigrave{}",
    "'": r"{\textquotesingle}",
    '"': r"\textquotedbl{}",
    "-": "-",
}
_ACCENTS = dict(
    zip("\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c", "`'^~=u.\"rHv", strict=True)
)
_ACCENTS |= {"\u0323": "d", "\u0327": "c", "\u0328": "k", "\u0331": "b"}
_IN_EVERY_FONT = set("ßæøåÆØÅœŒłŁđĐðÐþÞı¡¿§¶©®£¢¥€°µ¹²³¼½¾ªº–—‘’“”„…†‡•«»‹›™")


def phrase(text: Phrase) -> str:
    """Write words and formulas in a line of text."""
    return "".join(escape(piece) if isinstance(piece, str) else f"${piece.latex}$" for piece in pieces(text))


def escape(text: str) -> str:
    """Write any text so that nothing in it is a command."""
    composed = unicodedata.normalize("NFC", re.sub(r"\s+", " ", text))
    return " ".join(map(_word, composed.split(" ")))


def _word(word: str) -> str:
    characters = [_character(character) for character in word]
    if len(word) > _LONG_WORD:
        return r"\allowbreak{}".join(characters)
    # Two dashes and the like are kept apart, as LaTeX would join them.
    return re.sub(r"([-,!?])(?=[-,`!?]|\\textascii)", r"\1\\kern0pt{}", "".join(characters))


def _character(character: str) -> str:
    if character in _SPECIAL:
        return _SPECIAL[character]
    if character.isascii() or character in _IN_EVERY_FONT:
        return character
    if math := SIGNS.get(character) or greek(character):
        return f"${math}$"
    parts = unicodedata.normalize("NFD", character)
    base, marks = parts[0], parts[1:]
    if marks and all(mark in _ACCENTS for mark in marks) and base.isascii():
        for mark in marks:
            base = rf"\{_ACCENTS[mark]}{{{base}}}"
        return base
    if marks and (letter := greek(base)):
        return f"${letter}$"
    simpler = unicodedata.normalize("NFKC", character)
    return character if simpler == character else "".join(map(_character, simpler))


def by_code(character: str) -> str:
    """A character itself if the fonts of a document have it, otherwise its code."""
    known = character.isascii() or character in _IN_EVERY_FONT
    return character if known else rf"\allowbreak\fbox{{\tiny {ord(character):04X}}}"


def row(cells: Iterable[str]) -> str:
    """A row of a table; brackets at its beginning would be taken for a distance from the row before."""
    line = " & ".join(cells)
    return ("{}" if line.startswith(("[", "*")) else "") + line + r" \tabularnewline"


def indented(text: Phrase, level: int) -> str:
    """A paragraph, indented by a level, and by one more from its second line on."""
    left = rf"\leftskip={1.5 * level:g}em" if level else ""
    return rf"{{\par\noindent\raggedright{left}\hangindent=1.5em {phrase(text)}\par}}"


def verbatim(line: str) -> str:
    """A line in which spaces count."""
    return r"\mbox{}" + r"\ ".join(escape(word) for word in line.split(" "))
