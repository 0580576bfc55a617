"""The letters of a course in LaTeX."""

import re
import unicodedata

_NAMED_OTHERWISE = {  # LaTeX commands by Unicode name, where the two differ
    "SMALL LETTER EPSILON": "varepsilon",
    "SMALL LETTER PHI": "varphi",
    "SMALL LETTER FINAL SIGMA": "varsigma",
    "LUNATE EPSILON SYMBOL": "epsilon",
    "THETA SYMBOL": "vartheta",
    "PHI SYMBOL": "phi",
    "PI SYMBOL": "varpi",
    "RHO SYMBOL": "varrho",
}
_LATIN_SHAPES = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧο", "ABEZHIKMNOPTXo", strict=True))  # LaTeX has no commands for these


def greek(letter: str) -> str | None:
    r"""A Greek letter in LaTeX formulas: `\Delta`, `\theta`; None for any other character."""
    if letter in _LATIN_SHAPES:
        return rf"\mathrm{{{_LATIN_SHAPES[letter]}}}"
    family, _, name = unicodedata.name(letter, "").partition(" ")
    if family != "GREEK":
        return None
    if name in _NAMED_OTHERWISE:
        return f"\\{_NAMED_OTHERWISE[name]}"
    found = re.fullmatch(r"(SMALL|CAPITAL) LETTER (\w+)", name)
    if found is None:
        return None
    word = found[2].replace("LAMDA", "LAMBDA")
    return f"\\{word.capitalize() if found[1] == 'CAPITAL' else word.lower()}"


def latex_letter(text: str) -> str:
    r"""A letter or a short word in LaTeX formulas: `W`, `\delta`, `\mathrm{net}`.

    _ and ^ mark subscripts and superscripts: `z_in` is z with the index `in`.
    """
    base, *scripts = re.split(r"([_^])[_^]*", text)
    latex = _word(base)
    for mark, script in zip(scripts[::2], scripts[1::2], strict=True):
        latex = f"{{{latex}{mark}{{{_word(script)}}}}}" if script else latex
    return latex


def _word(text: str) -> str:
    if len(text) == 1:
        return greek(text) or (text if text.isascii() else rf"\text{{{text}}}")
    if (found := re.fullmatch(r"([^\W\d_])(\d+)", text)) and (letter := greek(found[1])):  # β1
        return f"{letter}_{found[2]}" if len(found[2]) == 1 else f"{letter}_{{{found[2]}}}"
    if len(text) == 2 and text[0] == "d":  # a derivative: dZ
        return f"d{_word(text[1])}"
    if text.isascii():
        return text if text.isdigit() else rf"\mathrm{{{text}}}"
    letters = [greek(letter) for letter in text]
    if all(letter or character.isascii() for letter, character in zip(letters, text, strict=True)):
        return " ".join(letter or character for letter, character in zip(letters, text, strict=True))
    return rf"\text{{{text}}}"
