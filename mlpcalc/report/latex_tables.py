"""Tables in LaTeX: of words and figures, of marked answers, of what was found how often."""

from collections.abc import Iterator, Sequence

from mlpcalc.report import blocks as kinds
from mlpcalc.report.blocks import Phrase, plain
from mlpcalc.report.displays import Layout, text_width
from mlpcalc.report.figures import is_numeric
from mlpcalc.report.latex_text import escape, indented, phrase, row
from mlpcalc.report.marked import part

_COLUMN_GAP, _LEAST_COLUMN = 1.2, 8  # em; between columns, and of a column that is wrapped
_SOME_REMARKS = 6  # on a marked answer
_HIGH = 25  # rows on a page, some of which have several lines
_BAR = 4  # em; of what is most frequent


def table(block: kinds.Table, layout: Layout) -> Iterator[str]:
    """A table with figures aligned on the right, words on the left; a last column that is wide is wrapped."""
    columns = list(zip(*block.rows, strict=True)) or [()] * len(block.columns)
    sides = ["r" if is_numeric(map(plain, column)) else "l" for column in columns]
    widths = [
        _COLUMN_GAP + max(text_width(plain(text)) for text in [head, *column])
        for head, column in zip(block.columns, columns, strict=True)
    ]
    if sum(widths) > layout.width and sides[-1] == "l":
        sides[-1] = rf"p{{{max(_LEAST_COLUMN, layout.width - sum(widths[:-1])):.4g}em}}"
    gap = "" if sum(widths) <= layout.width else r"\setlength{\tabcolsep}{0.4em}"
    ragged = r"\raggedright " if sides[-1].startswith("p") else ""
    rows = []
    for i, texts in enumerate(block.rows):
        *cells, last = map(phrase, texts)
        lines = [row([*cells, ragged + last])]
        for below in block.below[i] if block.below else ():
            whole = rf"\multicolumn{{{len(columns)}}}{{@{{}}p{{0.95\linewidth}}@{{}}}}"
            lines.append(row([rf"{whole}{{\quad {phrase(below)}}}"]))
        rows.append("\n".join(lines))
    yield from _on_pages(rf"{gap}\begin{{tabular}}{{@{{}}{''.join(sides)}@{{}}}}", block.columns, rows)


def _on_pages(begin: str, heads: Sequence[Phrase], rows: Sequence[str]) -> Iterator[str]:
    """A table as several of so many rows that a page holds them, each with the heads of the columns."""
    for start in range(0, max(1, len(rows)), _HIGH):
        yield rf"\par\medskip{{\small{begin}"
        yield row(map(phrase, heads)) + r" \hline"
        yield from rows[start : start + _HIGH]
        yield r"\end{tabular}}\par\medskip"


def marked(block: kinds.MarkedMatrix, layout: Layout) -> Iterator[str]:
    """A table of the figures as typed, wrong ones in bold, and below it the remarks on them."""
    name = f"{escape(block.sign)} {phrase(block.name)}"
    remarks = [remark for line in block.remarks for remark in line]
    if not block.shape:
        figure = rf"\quad \textbf{{{escape(block.cells[0][0])}}}\quad {escape(', '.join(remarks))}"
        yield rf"{{\par\smallskip\noindent\raggedright {name}{figure}\par}}"
        return
    cells = [
        [f"{sign} {figure}".strip() for sign, figure in zip(*line, strict=True)]
        for line in zip(block.signs, block.cells, strict=True)
    ]
    widest = _COLUMN_GAP + max(text_width(cell) for line in cells for cell in line)
    rows, columns = part(block, int((layout.width - _LEAST_COLUMN) / widest))
    yield rf"\par\medskip{{\small\begin{{tabular}}{{@{{}}r{'r' * len(columns)}@{{}}}}"
    yield row([name, *(escape(block.columns[j]) for j in columns)])
    for i in rows:
        figures = [
            rf"\textbf{{{escape(cells[i][j])}}}" if block.signs[i][j] == block.sign else escape(cells[i][j])
            for j in columns
        ]
        yield row([escape(block.rows[i]), *figures])
    yield r"\end{tabular}\par}"
    if len(rows) < len(block.rows) or len(columns) < len(block.columns):
        yield indented(f"in part, of {block.shape}", 1)
    if remarks:
        more = [f"and {len(remarks) - _SOME_REMARKS} more"] if len(remarks) > _SOME_REMARKS else []
        yield indented(", ".join([*remarks[:_SOME_REMARKS], *more]), 1)


def tally(block: kinds.Tally) -> Iterator[str]:
    """How often something was found, with a bar for each."""
    begin = r"\begin{tabular}{@{}p{0.36\linewidth}p{0.14\linewidth}rlp{0.24\linewidth}@{}}"
    what, where, who = block.columns
    most = max(found.times for found in block.rows)
    rows = []
    for found in block.rows:
        bar = rf"\rule{{{_BAR * found.times / most:.3g}em}}{{1.2ex}}"
        cells = [rf"\raggedright {escape(text)}" for text in (found.what, found.where, found.first_names)]
        rows.append(row([cells[0], cells[1], str(found.times), bar, cells[2]]))
    yield from _on_pages(begin, (what, where, "", "", who), rows)
