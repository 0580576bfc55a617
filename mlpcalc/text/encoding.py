"""Spell out signs that the encoding of the output lacks."""

import unicodedata

_ASCII = {
    "Σ": "sum",
    "∂": "d",
    "σ": "sigmoid",
    "λ": "lambda",
    "⊙": "(*)",
    "·": "*",
    "×": "x",
    "ᵀ": "^T",
    "²": "^2",
    "−": "-",
    "∞": "inf",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "…": "...",
    "✓": "ok",
    "✗": "x",
    "→": "->",
    "←": "<-",
    "≈": "~",
    "○": "o",
    "▫": ".",
    "–": "-",
    "█": "#",
    "‖": "||",
}


def encodable(text: str, encoding: str) -> str:
    """Spell out the characters that the encoding lacks in ASCII: `->` for →; ? where there is no spelling."""
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return "".join(_spelled(character, encoding) for character in text)
    return text


def _spelled(character: str, encoding: str) -> str:
    try:
        character.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return _ASCII.get(character) or _letter_name(character)
    return character


def _letter_name(character: str) -> str:
    """`theta` for θ, `e` for é, ? for any other character."""
    name = unicodedata.name(character, "")
    if not name.startswith("GREEK"):
        base = unicodedata.normalize("NFKD", character)[0]
        return base if base.isascii() else "?"
    word = name.split()[-1]
    return word.capitalize() if "CAPITAL" in name else word.lower()
