"""Tables, lines of formulas, marked answers and frequencies."""

import re
from collections.abc import Sequence

from mlpcalc.report.blocks import (
    Aligned,
    Chain,
    Formula,
    MarkedMatrix,
    Phrase,
    Table,
    Tally,
    pieces,
    plain,
)
from mlpcalc.report.figures import is_numeric
from mlpcalc.report.html.markup import element, escape, formula, math, phrase, scrolled

_MARKS = {"✗": "wrong", "✓": "right"}
_GAP, _BAR, _WIDE = 2, 20, 80  # characters: between columns, of a bar, of a table that is always wide


def mark(sign: str) -> str:
    """A mark such as ✓, in its colour."""
    return element("span", escape(sign), class_=f"mark {_MARKS.get(sign, '')}".rstrip()) if sign else ""


def table(block: Table) -> str:
    """A table with figures aligned on the right, and a bar at the end of each row if there are any."""
    columns = list(zip(*block.rows, strict=True)) or [()] * len(block.columns)
    classes = ["figures" if is_numeric(map(plain, column)) else None for column in columns]
    head = [_heading(_words(text), style) for text, style in zip(block.columns, classes, strict=True)]
    if block.bars:
        head.append("<td></td>")
    lines = []
    for number, row in enumerate(block.rows):
        cells = [
            element("td", phrase(text).strip(), class_=style)
            for text, style in zip(row, classes, strict=True)
        ]
        if block.bars:
            cells.append(element("td", bar(block.bars[number]), class_="bar"))
        lines.append(f"<tr>{''.join(cells)}</tr>")
        lines += [
            element("tr", element("td", phrase(below), colspan=len(cells)), class_="below")
            for below in (block.below[number] if block.below else ())
        ]
    table = element("table", _grid([head], lines), class_="rows")
    return scrolled(table, _characters([block.columns, *block.rows]) + (_BAR if block.bars else 0))


def tally(block: Tally) -> str:
    """A row for each finding, with a bar for how often it was found."""
    most = max((row.times for row in block.rows), default=1)
    head = [_heading(escape(text)) for text in block.columns[:2]]
    head.append(element("th", escape(block.columns[2]), scope="col", colspan=2))
    head.append("<td></td>")
    lines = []
    for row in block.rows:
        cells = [
            escape(row.what),
            escape(row.where),
            bar(row.times / most),
            str(row.times),
            escape(row.first_names),
        ]
        styles = (None, None, "bar", "figures", "names")
        tds = [element("td", cell, class_=style) for cell, style in zip(cells, styles, strict=True)]
        lines.append(f"<tr>{''.join(tds)}</tr>")
    return scrolled(element("table", _grid([head], lines), class_="rows tally"), _WIDE)


def bar(share: float) -> str:
    """A bar from 0 to 1; what it shows stands beside it as a number."""
    rectangle = element("rect", width=round(100 * share, 1), height=10)
    return element(
        "svg", rectangle, class_="bar", viewBox="0 0 100 10", preserveAspectRatio="none", aria_hidden="true"
    )


def marked_matrix(block: MarkedMatrix) -> str:
    """An answer as typed, with marks on its cells and remarks behind their rows."""
    name = f"{mark(block.sign)} {formula(block.name)}"
    if not block.shape:
        cell = element("span", escape(block.cells[0][0]), class_=_MARKS.get(block.sign, "marked"))
        return element("p", f"{name} {cell} {_remarks(block.remarks[0])}", class_="marked")
    head = ["<td></td>", *(_heading(escape(label), "figures") for label in block.columns), "<td></td>"]
    lines = []
    for label, signs, cells, remarks in zip(block.rows, block.signs, block.cells, block.remarks, strict=True):
        row = [element("th", escape(label), scope="row") if label else "<td></td>"]
        row += [_marked_cell(sign, text, block.sign) for sign, text in zip(signs, cells, strict=True)]
        row.append(element("td", _remarks(remarks), class_="remark"))
        lines.append(f"<tr>{''.join(row)}</tr>")
    shape = element("span", escape(block.shape), class_="shape")
    caption = element("figcaption", f"{name} {shape}")
    table = element("table", _grid([head], lines))
    width = _characters([block.columns, *block.cells]) + max(map(len, map(_remarks, block.remarks)))
    return element("figure", caption + scrolled(table, width), class_="matrix marked")


def _marked_cell(sign: str, text: str, worst: str) -> str:
    style = _MARKS.get(sign, "marked") if sign == worst else None
    return element("td", mark(sign) + escape(text), class_=style)


def _remarks(remarks: Sequence[str]) -> str:
    return re.sub(r"(?<!\w)-(?=\d)", "−", escape(", ".join(remarks)))


def aligned(block: Aligned) -> str:
    """Lines of formulas with their pieces in columns; the last piece of a short line may extend."""
    most = max(map(len, block.rows))
    lines = []
    for row in block.rows:
        cells = [element("td", _piece(piece)) for piece in row[:-1]]
        span = most - len(row) + 1
        cells.append(element("td", _piece(row[-1]), colspan=span if span > 1 else None))
        lines.append(f"<tr>{''.join(cells)}</tr>")
    width = max(sum(len(piece.text) for piece in row) for row in block.rows)
    return scrolled(element("table", "".join(lines), class_="aligned", role="presentation"), width)


def chain(block: Chain) -> str:
    """A product of derivatives, with the value and the shape of each factor below it."""
    depth = max(map(len, block.factors))
    lines = []
    for level in range(depth):
        left = f"{formula(block.product)} <math><mo>=</mo></math>" if level == 0 else ""
        cells = [element("td", left)]
        for number, factor in enumerate(block.factors):
            dot = "<math><mo>·</mo></math>" if number and level == 0 else ""
            cells.append(element("td", dot, class_="dot"))
            cells.append(element("td", _piece(factor[level]) if level < len(factor) else ""))
        lines.append(f"<tr>{''.join(cells)}</tr>")
    width = len(block.product.text) + _characters([*zip(*block.factors, strict=False)])
    return scrolled(element("table", "".join(lines), class_="chain", role="presentation"), width)


def _piece(piece: Formula) -> str:
    return math(piece) if piece.text.strip() else ""


def _words(phrase_: Phrase) -> str:
    """A heading of a column: a formula alone as text, as not every reader of screens knows what it is."""
    alone = all(isinstance(piece, Formula) for piece in pieces(phrase_))
    return escape(plain(phrase_)) if alone else phrase(phrase_).strip()


def _characters(rows: Sequence[Sequence[Phrase]]) -> int:
    """The width of a table, in characters."""
    return sum(max(len(plain(cell)) + _GAP for cell in column) for column in zip(*rows, strict=True))


def _heading(text: str, style: str | None = None) -> str:
    return element("th", text, scope="col", class_=style) if text else "<td></td>"


def _grid(head: Sequence[Sequence[str]], body: Sequence[str]) -> str:
    heads = "".join(f"<tr>{''.join(cells)}</tr>" for cells in head)
    return f"<thead>{heads}</thead><tbody>{''.join(body)}</tbody>"
