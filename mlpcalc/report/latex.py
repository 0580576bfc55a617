"""Reports as LaTeX for amsmath: a part to include in a document, or a complete document.

The output is ASCII except for characters without a command in LaTeX. A complete document shows those that its
fonts lack by their codes.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from mlpcalc.report import blocks as kinds
from mlpcalc.report import latex_picture, latex_tables
from mlpcalc.report.blocks import Formula, pieces
from mlpcalc.report.displays import (
    Display,
    Layout,
    aligned_width,
    beginnings,
    chain,
    displays,
    text_width,
)
from mlpcalc.report.latex_text import by_code, escape, indented, phrase, verbatim
from mlpcalc.report.output import Output
from mlpcalc.report.problems import render as problems_text
from mlpcalc.text.encoding import encodable

_WIDTH = 33  # em: the text width of the standard classes
_LINE_END = r"\\ "
_TITLE = 2.1  # the size of the letters of a title, which are bold
_STRUT = r"\rule[-2.1ex]{0pt}{5.6ex}"  # as high as a fraction, with some space around it
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
    return f"{_PREAMBLE}\\begin{{document}}\n{''.join(map(by_code, body))}\\end{{document}}\n"


def _block(block: kinds.Block, layout: Layout) -> Iterator[str]:
    match block:
        case kinds.Header(title, origin, lines):
            ragged = r"\raggedright " if _TITLE * text_width(title) > layout.width else ""
            yield rf"\section*{{{ragged}{escape(title)}}}"
            if origin:
                yield rf"{{\small\ttfamily {escape(origin)}\par}}"
            for facts in lines:
                yield r"{\small\raggedright " + " \\quad\n".join(map(phrase, facts)) + r"\par}"
        case kinds.Heading():
            yield rf"\subsection*{{{phrase(block.capitalised)}}}"
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
            yield from latex_tables.table(block, layout)
        case kinds.Note(text):
            yield rf"\par\smallskip\noindent {phrase(text)}"
        case kinds.ListItem(mark, text, level, below):
            yield indented([f"{mark} " if mark else "", *pieces(text)], level)
            yield from (indented(line, level + 1) for line in below)
        case kinds.More(_, text, level):
            if text:
                yield indented(text, level)
        case kinds.MarkedMatrix():
            yield from latex_tables.marked(block, layout)
        case kinds.Tally():
            yield from latex_tables.tally(block)
        case kinds.Network():
            yield from latex_picture.network(block)
        case kinds.Problems(problems):
            lines = problems_text(problems).splitlines()
            yield rf"{{\par\small\ttfamily\raggedright {_LINE_END.join(map(verbatim, lines))}\par}}"
        case kinds.Group(blocks):
            for each in blocks:
                yield from _block(each, layout)


def _display(display: Display) -> Iterator[str]:
    """A display, or inline mathematics, which TeX may break, if it is wider than a line."""
    if display.long:
        yield from _broken(display.math)
        if display.caption:
            yield rf"\hfill {{\footnotesize {phrase(display.caption)}}}"
    else:
        tag = rf" \tag*{{\footnotesize {phrase(display.caption)}}}" if display.caption else ""
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
