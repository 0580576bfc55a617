"""Text for outputs whose encoding lacks the signs of the formulas: the same in ASCII."""

_ASCII = {
    "Δ": "Delta",
    "Σ": "sum",
    "∂": "d",
    "σ": "sigmoid",
    "η": "eta",
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
    "█": "#",
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
        return _ASCII.get(character, "?")
    return character
