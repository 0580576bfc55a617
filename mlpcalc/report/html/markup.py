"""Elements of HTML and SVG, and the text in them. Every text of a report goes through here."""

import html
import re

from mlpcalc.report.blocks import Formula, Phrase, pieces
from mlpcalc.report.figures import BLANK

_NARROW = 34  # characters that fit into every window
_VOID = frozenset(("input", "br"))
_EMPTY = frozenset(("line", "circle", "rect", "polyline", "path"))  # elements of SVG without content


def element(name: str, content: str = "", /, **attributes: str | int | float | bool | None) -> str:
    """An element around content that is HTML already.

    attributes: escaped here; `class_` is class, `data_cell` data-cell. None and False leave one out, True is
    one without a value.
    """
    opened = name
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        opened += f" {key.rstrip('_').replace('_', '-')}"
        if value is not True:
            opened += f'="{escape(value if isinstance(value, str) else f"{value:g}")}"'
    if name in _VOID:
        return f"<{opened}>"
    return f"<{opened}/>" if name in _EMPTY and not content else f"<{opened}>{content}</{name}>"


def escape(text: str) -> str:
    """Any text so that nothing in it is markup, in content and in attributes."""
    return html.escape(re.sub(r"\s+", " ", text))


def figure(text: str) -> str:
    """The text of a figure, with the sign of a minus."""
    return escape(text).replace("-", "−")


def math(mathematics: Formula) -> str:
    """A formula where there is room for it, however long it is."""
    return f"<math>{mathematics.mathml}</math>"


def formula(mathematics: Formula) -> str:
    """A formula in a text, to be scrolled if it is long; a blank to write on is a line."""
    text = mathematics.text
    if text and not text.strip("_"):
        return element("span", class_="write")
    return scrolled(math(mathematics), len(text), "span")


def scrolled(content: str, characters: int, name: str = "div") -> str:
    """Content that may be wider than the window; by keyboard too, if it has so many characters."""
    wide = characters > _NARROW
    if name == "span" and not wide:
        return content
    return element(name, content, class_="scroll", tabindex="0" if wide else None)


def phrase(words: Phrase) -> str:
    """Words with formulas among them."""
    return "".join(escape(piece) if isinstance(piece, str) else formula(piece) for piece in pieces(words))


def written(text: str) -> str:
    """The text of a cell of a table, with a line where something is to be filled in."""
    return element("span", class_="write") if text == BLANK else figure(text)
