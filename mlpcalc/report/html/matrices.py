"""Matrices as tables: figures under the labels of their columns, beside the formula and the shape."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mlpcalc.report.blocks import Formula, Matrix
from mlpcalc.report.figures import BLANK, cell, ends, extremes
from mlpcalc.report.html.markup import element, escape, formula, scrolled, written
from mlpcalc.text.wording import counted

_FIGURE_SPACE, _POINT_SPACE = "&numsp;", "&puncsp;"  # as wide as a digit, and as a point
_GAP, _BLANK = 2, 9  # characters: between columns, of a cell to be filled in


class ShownMatrix(NamedTuple):
    """A matrix with the rows and columns that are shown of it, None where some are left out."""

    matrix: Matrix
    rows: Sequence[int | None]
    columns: Sequence[int | None]

    @property
    def is_whole(self) -> bool:
        """Whether no cell is left out."""
        return None not in (*self.rows, *self.columns)

    def text(self, i: int | None, j: int | None) -> str:
        """The text of a cell, an ellipsis for those left out."""
        return "…" if i is None or j is None else cell(self.matrix, i, j)


def shown_matrix(matrix: Matrix, room: int | None) -> ShownMatrix:
    """A matrix with at most `room` rows and columns; None for all of them."""
    height, length = matrix.values.shape
    return ShownMatrix(matrix, ends(height, room or height), ends(length, room or length))


def matrix_figure(shown: ShownMatrix, *, named: bool = True) -> str:
    """A quantity with its formula; named: whether the page can refer to it by its name."""
    matrix = shown.matrix
    key = matrix.key if named else ""
    attributes = {"id": key or None, "data_name": matrix.name.text if matrix.name and key else None}
    definitions = matrix.workings.definitions if matrix.workings and key else ()
    if not matrix.shape:
        value = element("span", written(shown.text(0, 0)), class_="cell")
        content = f'{formula(matrix.formula)} <span class="equals">=</span> {value}'
        if matrix.worth:
            content += element("span", escape(matrix.worth), class_="shape")
        return element("div", content + _template(definitions), class_="matrix number", **attributes)
    caption = f"{formula(matrix.formula)} {element('span', escape(_described(shown)), class_='shape')}"
    table = element("table", _head(shown) + _body(shown), data_indices=len(matrix.counts) if key else None)
    least = _BLANK if matrix.blank else 0
    width = sum(max(least, *(len(shown.text(i, j)) for i in shown.rows)) + _GAP for j in shown.columns)
    scroll = scrolled(table, width)
    content = element("figcaption", caption) + scroll + _template(definitions)
    return element("figure", content, class_="matrix blank" if matrix.blank else "matrix", **attributes)


def _described(shown: ShownMatrix) -> str:
    """`3 units × 4 samples`, the extremes of what is shown in part, and what an answer counts."""
    matrix = shown.matrix
    lengths = matrix.values.shape[-len(matrix.counts) :] if matrix.counts else ()
    words = " × ".join(counted(length, noun) for length, noun in zip(lengths, matrix.counts, strict=True))
    if matrix.worth:
        words = f"{words}, {matrix.worth}"
    if shown.is_whole:
        return words
    if matrix.blank:
        return f"{words}, in part"
    low, high = (end.replace("-", "−") for end in extremes(matrix))
    return f"{words}, in part; min {low}, max {high}"


def _head(shown: ShownMatrix) -> str:
    labels = "".join(
        element("th", _label(shown.matrix.columns, j), scope="col", data_n=_number(shown.columns, j))
        for j in shown.columns
    )
    return f"<thead><tr><td></td>{labels}</tr></thead>"


def _body(shown: ShownMatrix) -> str:
    columns = [_aligned([shown.text(i, j) for i in shown.rows]) for j in shown.columns]
    lines = []
    for i, cells in zip(shown.rows, zip(*columns, strict=True), strict=True):
        label = _label(shown.matrix.rows, i)
        label = element("th", label, scope="row", data_n=_number(shown.rows, i)) if label else "<td></td>"
        tds = [
            element("td", text, class_="zero" if _is_zero(shown, i, j) else None)
            for j, text in zip(shown.columns, cells, strict=True)
        ]
        lines.append(f"<tr>{label}{''.join(tds)}</tr>")
    return f"<tbody>{''.join(lines)}</tbody>"


def _is_zero(shown: ShownMatrix, i: int | None, j: int | None) -> bool:
    return None not in (i, j) and not shown.matrix.blank and shown.matrix.values[i, j] == 0


def _label(labels: Sequence[str], i: int | None) -> str:
    return "…" if i is None else escape(labels[i])


def _number(indices: Sequence[int | None], i: int | None) -> int | None:
    """The number of a row or a column from 1, where its place in the table does not tell it."""
    return None if i is None or None not in indices[: indices.index(i)] else i + 1


def _aligned(column: Sequence[str]) -> Iterator[str]:
    """A column of figures in HTML, aligned at their decimal points when they are on the right."""
    tails = [len(text) - text.index(".") if "." in text else 0 for text in column]
    longest = max(tails)
    for text, tail in zip(column, tails, strict=True):
        missing = longest - tail if text not in (BLANK, "…") else 0
        point = missing > 0 and tail == 0
        yield written(text) + _POINT_SPACE * point + _FIGURE_SPACE * (missing - point)


def _template(definitions: Sequence[Formula]) -> str:
    """The definitions of the functions in the formula, kept for whoever asks how a cell was computed."""
    return (
        element("template", "".join(f"<p>{formula(each)}</p>" for each in definitions)) if definitions else ""
    )
