"""Text for outputs whose encoding lacks the signs of the formulas: the same in ASCII."""

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
    """The text, with signs that the encoding lacks spelled out; a question mark for what has no spelling."""
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
    """`theta` for θ, `e` for é; a question mark for what has neither a name nor a letter below."""
    name = unicodedata.name(character, "")
    if not name.startswith("GREEK"):
        base = unicodedata.normalize("NFKD", character)[0]
        return base if base.isascii() else "?"
    word = name.split()[-1]
    return word.capitalize() if "CAPITAL" in name else word.lower()
