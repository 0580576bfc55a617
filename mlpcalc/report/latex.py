"""Reports as LaTeX for amsmath: a part to include in a document, or a complete document.

The output is ASCII except for characters without a command in LaTeX. A complete document shows those that its
fonts lack by their codes.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence

from mlpcalc.notation.letters import greek
from mlpcalc.notation.signs import SIGNS
from mlpcalc.report import blocks as kinds
from mlpcalc.report.blocks import Formula, Phrase, pieces, plain
from mlpcalc.report.displays import Display, Layout, aligned_width, beginnings, chain, displays
from mlpcalc.report.figures import is_numeric
from mlpcalc.report.output import Output
from mlpcalc.text.encoding import encodable

_WIDTH = 33  # em: the text width of the standard classes
_STRUT = r"\rule[-2.1ex]{0pt}{5.6ex}"  # as high as a fraction, with some space around it
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
_PREAMBLE = r"""\documentclass[11pt,a4paper,fleqn]{article}
\usepackage[hmargin=25mm,vmargin=22mm]{geometry}
\usepackage{amsmath}
\ifdefined\pdfoutput % pdfTeX; other engines have these fonts from the start
  \usepackage[T1]{fontenc}
  \usepackage{textcomp,lmodern}
\fi
\setlength{\parindent}{0pt}
\setlength{\mathindent}{1em}
\setlength{\emergencystretch}{3em}
\allowdisplaybreaks
"""


def write(blocks: Callable[[], Iterable[kinds.Block]], output: Output) -> Iterator[str]:
    """Write the blocks of a report; in ASCII where the encoding is not UTF-8, which LaTeX expects."""
    yield render(blocks(), full=output.full, standalone=output.standalone, ascii_only=not output.is_utf8)


def render(
    blocks: Iterable[kinds.Block], *, full: bool = False, standalone: bool = False, ascii_only: bool = False
) -> str:
    """Write blocks as LaTeX.

    full: whether large matrices are shown in full. standalone: whether to write a complete document.
    ascii_only: whether to replace all other characters.
    """
    layout = Layout(_WIDTH, r"\\", full)
    body = "\n".join(line for block in blocks for line in _block(block, layout)) + "\n"
    body = encodable(body, "ascii") if ascii_only else body
    if not standalone:
        return body
    return f"{_PREAMBLE}\\begin{{document}}\n{''.join(map(_by_code, body))}\\end{{document}}\n"


def _block(block: kinds.Block, layout: Layout) -> Iterator[str]:
    match block:
        case kinds.Header(title, origin, lines):
            yield rf"\section*{{{escape(title)}}}"
            if origin:
                yield rf"{{\small\ttfamily {escape(origin)}\par}}"
            for facts in lines:
                yield r"{\small\raggedright " + " \\quad\n".join(map(_phrase, facts)) + r"\par}"
        case kinds.Heading():
            yield rf"\subsection*{{{_phrase(block.capitalised)}}}"
        case kinds.Matrix():
            for display in displays(block, layout):
                yield from _display(display)
        case kinds.Aligned(rows):
            yield from _aligned(rows, layout)
        case kinds.Chain(product, factors):
            yield f"\\[\n{chain(product, factors, layout)}\n\\]"
        case kinds.Room(lines):
            yield rf"\par\vspace{{{lines}\baselineskip}}"
        case kinds.Table():
            yield from _table(block)
        case kinds.Note(text):
            yield rf"\par\smallskip\noindent {_phrase(text)}"


def _display(display: Display) -> Iterator[str]:
    """A display, or inline mathematics, which TeX may break, if it is wider than a line."""
    if display.long:
        yield from _broken(display.math)
        if display.caption:
            yield rf"\hfill {{\footnotesize {_phrase(display.caption)}}}"
    else:
        tag = rf" \tag*{{\footnotesize {_phrase(display.caption)}}}" if display.caption else ""
        yield f"\\[\n{display.math}{tag}\n\\]"


def _broken(math: str) -> Iterator[str]:
    # Ragged, as a line of figures has few places to break.
    yield rf"{{\par\smallskip\noindent\raggedright\hangindent=1em\hangafter=0 $\displaystyle {math}$\par}}"


def _aligned(rows: Sequence[Sequence[Formula]], layout: Layout) -> Iterator[str]:
    """Lines with all pieces aligned, or only the first two, or none, whichever fits."""
    for lines in (rows, beginnings(rows)):
        columns = max(map(len, lines))
        if aligned_width(lines) <= layout.width:
            yield f"\\[\n{_grid(lines, columns)}\n\\]"
            return
    for row in rows:
        yield from _broken(" ".join(piece.latex for piece in row))


def _grid(rows: Sequence[Sequence[Formula]], columns: int) -> str:
    lines = []
    for row in rows:
        strut = _STRUT if any(r"\frac" in piece.latex for piece in row) else ""
        cells = [rf"\displaystyle {strut}{{}}{piece.latex}" for piece in row]
        if len(row) < columns:
            cells[-1] = rf"\multicolumn{{{columns - len(row) + 1}}}{{@{{}}l}}{{{cells[-1]}}}"
        lines.append(" & ".join(cells))
    body = " \\\\\n".join(lines)
    spaces = r"@{\;}l" * (columns - 1)
    return f"\\begin{{array}}{{@{{}}l{spaces}}}\n{body}\n\\end{{array}}"


def _table(table: kinds.Table) -> Iterator[str]:
    """A table with figures aligned on the right, words on the left."""
    columns = list(zip(*table.rows, strict=True)) or [()] * len(table.columns)
    sides = "".join("r" if is_numeric(map(plain, column)) else "l" for column in columns)
    yield rf"\par\medskip{{\small\begin{{tabular}}{{@{{}}{sides}@{{}}}}"
    yield " & ".join(_phrase(text) for text in table.columns) + r" \\ \hline"
    for i, row in enumerate(table.rows):
        yield " & ".join(_phrase(text) for text in row) + r" \\"
        for below in table.below[i] if table.below else ():
            whole = rf"\multicolumn{{{len(columns)}}}{{@{{}}p{{0.95\linewidth}}@{{}}}}"
            yield rf"{whole}{{\quad {_phrase(below)}}} \\"
    yield r"\end{tabular}}\par\medskip"


# ---------------------------------------------------------------------------- text


def _phrase(phrase: Phrase) -> str:
    """Write words and formulas in a line of text."""
    return "".join(
        escape(piece) if isinstance(piece, str) else f"${piece.latex}$" for piece in pieces(phrase)
    )


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


def _by_code(character: str) -> str:
    """A character itself if the fonts of a document have it, otherwise its code."""
    known = character.isascii() or character in _IN_EVERY_FONT
    return character if known else rf"\fbox{{\tiny {ord(character):04X}}}"
