"""Matrices as displayed formulas, in the LaTeX that TeX, MathJax and KaTeX have in common.

A formula too wide to stand beside its matrix goes above it; a matrix that is still too wide is cut into
blocks. A caption says what rows and columns count. A blank matrix has empty boxes to write in by hand.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mlpcalc.notation.styles import latex_number
from mlpcalc.report.blocks import Formula, Matrix
from mlpcalc.report.figures import cell, extremes, hand_width, shown
from mlpcalc.text.wording import counted

_HIGH = 36  # rows on a page
_HIGH_TO_FILL_IN = 20
_HAND = r"\rule[-1.7ex]{0pt}{5.4ex}"  # as high as a line of handwriting
_ELLIPSES = {(False, True): r"\cdots", (True, False): r"\vdots", (True, True): r"\ddots"}
_TIMES = Formula(" × ", r"{}\times{}")


class Display(NamedTuple):
    """A displayed formula with its caption; long: whether it is wider than a line."""

    math: str
    caption: Sequence[str | Formula] = ()
    long: bool = False


class Layout(NamedTuple):
    """The width available to a display, in em, what ends a row, and whether large matrices are full."""

    width: float
    row_end: str
    full: bool = False


def displays(matrix: Matrix, layout: Layout) -> Iterator[Display]:
    """The displays of a quantity: its formula and its figures."""
    formula = matrix.formula
    if not matrix.shape:
        number = (
            rf"\rule{{{hand_width(matrix):g}em}}{{0.4pt}}" if matrix.blank else _figure(cell(matrix, 0, 0))
        )
        width = text_width(formula.text) + 1.3 + _cell_width(matrix, 0, 0)
        worth = (matrix.worth,) if matrix.worth else ()
        yield Display(f"{formula.latex} = {number}", worth, long=width > layout.width)
        return
    rows, columns = shown(matrix, _fitting(matrix, layout), full=layout.full)
    in_part = None in [*rows, *columns]
    caption = _in_words(matrix)
    if in_part and matrix.blank:
        caption += [", in part"]
    elif in_part:
        low, high = (Formula(figure, _figure(figure)) for figure in extremes(matrix))
        caption += [", in part; min ", low, ", max ", high]
    name, equals, right = formula.latex.partition(" = ")
    name_width = text_width(formula.text.partition(" = ")[0]) + 1.3
    width = sum(_column_widths(matrix, rows, columns)) + 1.5
    array = _array(matrix, rows, columns, layout)
    is_long = text_width(formula.text) + 1.3 > layout.width
    fits = len(rows) <= _most_rows(matrix)
    if fits and text_width(formula.text) + 1.3 + width <= layout.width:
        yield Display(f"{formula.latex} =\n{array}", caption)
    elif fits and name_width + max(width, text_width(formula.text) - name_width) <= layout.width:
        lines = [f"{name} &= {right}", f"&=\n{array}"] if equals else [f"{name} &=\n{array}"]
        yield Display(aligned(lines, layout.row_end), caption)
    elif equals and fits and width + 1.3 <= layout.width:
        yield Display(formula.latex, long=is_long)
        yield Display(f"=\n{array}", caption)
    else:
        yield Display(f"{formula.latex} =", caption, long=is_long)
        yield from _blocks(matrix, rows, columns, layout)


def aligned(lines: Sequence[str], row_end: str) -> str:
    """Lines aligned at their `&`."""
    return "\\begin{aligned}\n" + f" {row_end}\n".join(lines) + "\n\\end{aligned}"


def chain(product: Formula, factors: Sequence[Sequence[Formula]], layout: Layout) -> str:
    """A product of derivatives, with the lines about each factor under a brace."""
    lines: list[str] = []
    room = 0.0
    for derivative, *below in factors:
        column = f" {layout.row_end} ".join(piece.latex for piece in below)
        factor = rf"\underbrace{{{derivative.latex}}}_{{\begin{{array}}{{c}}{column}\end{{array}}}}"
        width = 1.5 + max(text_width(piece.text) for piece in [derivative, *below])
        if width > room:
            lines.append(f"&\\quad \\cdot {factor}" if lines else f"{product.latex} &= {factor}")
            room = layout.width - text_width(product.text) - 2
        else:
            lines[-1] += f"\n\\cdot {factor}"
        room -= width
    return aligned(lines, layout.row_end)


def aligned_width(rows: Sequence[Sequence[Formula]]) -> float:
    """The width of aligned lines, in em; the last piece of a short line may extend to the right."""
    columns = max(map(len, rows))
    widths = [0.0] * columns
    for row in rows:
        for i, piece in enumerate(row):
            if i < len(row) - 1 or len(row) == columns:
                widths[i] = max(widths[i], text_width(piece.text) + 0.5)
    short = [sum(widths[: len(row) - 1]) + text_width(row[-1].text) for row in rows]
    return max(sum(widths), *short)


def beginnings(rows: Sequence[Sequence[Formula]]) -> list[list[Formula]]:
    """Lines of two pieces, the first one and all others; a single equation is split before its =."""
    lines = [_sides(row[0]) if len(row) == 1 else row for row in rows]
    return [
        [
            first,
            Formula(" ".join(each.text for each in others), " ".join(each.latex for each in others)),
        ]
        if others
        else [first]
        for first, *others in lines
    ]


def _sides(equation: Formula) -> list[Formula]:
    """Split an equation before its =; any other formula stays whole."""
    (left, equals, right), latex = equation.text.partition(" = "), equation.latex.partition(" = ")
    return [Formula(left, latex[0]), Formula(f"= {right}", f"= {latex[2]}")] if equals else [equation]


def text_width(text: str) -> float:
    """Estimate the width of a formula, in em, from its text."""
    return 0.42 * len(text)


def figure_width(figure: str) -> float:
    """The width of a figure, in em."""
    digits, _, exponent = figure.partition("e")
    narrow = {"-": 0.78, ".": 0.28, "∞": 1.0}
    return sum(narrow.get(character, 0.5) for character in digits) + (
        1.9 + 0.36 * len(exponent) if exponent else 0
    )


def _in_words(matrix: Matrix) -> list[str | Formula]:
    """`3 units × 4 samples`, `2 units`, and what the answer counts."""
    lengths = matrix.values.shape[-len(matrix.counts) :]
    words = [counted(length, noun) for length, noun in zip(lengths, matrix.counts, strict=True)]
    pieces: list[str | Formula] = [words[0]]
    for word in words[1:]:
        pieces += [_TIMES, word]
    return [*pieces, f", {matrix.worth}"] if matrix.worth else pieces


def _fitting(matrix: Matrix, layout: Layout) -> int:
    """The number of columns of a large matrix that fit."""
    widest = (hand_width(matrix) if matrix.blank else max(map(figure_width, extremes(matrix)))) + 1
    return int((layout.width - 4) / widest)


def _blocks(
    matrix: Matrix, rows: Sequence[int | None], columns: Sequence[int | None], layout: Layout
) -> Iterator[Display]:
    """The matrix in blocks of columns, and of rows if it is higher than a page."""
    most = _most_rows(matrix)
    for upper in range(0, len(rows), most):
        some_rows = rows[upper : upper + most]
        for block in _side_by_side(columns, _column_widths(matrix, some_rows, columns), layout.width - 1.5):
            parts = [(some_rows, rows), (block, columns)][-len(matrix.counts) :]
            caption = ", ".join(
                _range(noun, part)
                for noun, (part, whole) in zip(matrix.counts, parts, strict=True)
                if len(part) < len(whole)
            )
            yield Display(_array(matrix, some_rows, block, layout), [caption])


def _side_by_side(
    columns: Sequence[int | None], widths: Sequence[float], room: float
) -> Iterator[Sequence[int | None]]:
    """Columns in blocks that fit into the room, as many in each as do; at least one."""
    start, used = 0, 0.0
    for place, width in enumerate(widths):
        if place > start and used + width > room:
            yield columns[start:place]
            start, used = place, 0.0
        used += width
    yield columns[start:]


def _range(noun: str, indices: Sequence[int | None]) -> str:
    """`samples 1 to 7`."""
    first, last = ((index or 0) + 1 for index in (indices[0], indices[-1]))
    return f"{noun} {first}" if first == last else f"{noun}s {first} to {last}"


def _column_widths(matrix: Matrix, rows: Sequence[int | None], columns: Sequence[int | None]) -> list[float]:
    return [
        1 + max((_cell_width(matrix, i, j) for i in rows if i is not None and j is not None), default=1)
        for j in columns
    ]


def _cell_width(matrix: Matrix, i: int, j: int) -> float:
    return hand_width(matrix) if matrix.blank else figure_width(cell(matrix, i, j))


def _most_rows(matrix: Matrix) -> int:
    return _HIGH_TO_FILL_IN if matrix.blank else _HIGH


def _array(matrix: Matrix, rows: Sequence[int | None], columns: Sequence[int | None], layout: Layout) -> str:
    """The figures in brackets, aligned at decimal points."""
    if matrix.blank:
        return _boxes(matrix, rows, columns, layout)
    columns_of_figures = [_padded([_text(matrix, i, j) for i in rows]) for j in columns]
    lines = [" & ".join(line) for line in zip(*columns_of_figures, strict=True)]
    raised = r"^\top" if matrix.upright else ""
    body = f" {layout.row_end}\n".join(lines)
    return f"\\left[\\begin{{array}}{{{'r' * len(columns)}}}\n{body}\n\\end{{array}}\\right]{raised}"


def _boxes(matrix: Matrix, rows: Sequence[int | None], columns: Sequence[int | None], layout: Layout) -> str:
    """Empty cells in brackets, with lines between them."""
    lines = []
    for i in rows:
        cells = ["" if None not in (i, j) else _ELLIPSES[i is None, j is None] for j in columns]
        if i == rows[0]:  # the first row makes the columns wide, the first column the rows high
            wide = rf"\hspace{{{hand_width(matrix):g}em}}"
            cells = [wide if j is not None else text for j, text in zip(columns, cells, strict=True)]
        lines.append(_HAND + " & ".join(cells))
    raised = r"^\top" if matrix.upright else ""
    body = f" {layout.row_end} \\hline\n".join(lines)
    return (
        f"\\left[\\begin{{array}}{{{'|'.join('c' * len(columns))}}}\n{body}\n\\end{{array}}\\right]{raised}"
    )


def _text(matrix: Matrix, i: int | None, j: int | None) -> str:
    if i is None or j is None:
        return _ELLIPSES[i is None, j is None]
    return cell(matrix, i, j)


def _padded(column: Sequence[str]) -> list[str]:
    """A column of figures in LaTeX, padded with invisible digits to align decimal points."""
    tails = [len(text) - text.index(".") if "." in text else 0 for text in column if _plain(text)]
    longest = max(tails, default=0)
    padded = []
    for text in column:
        if not _plain(text):
            padded.append(text if text.startswith("\\") else _figure(text))
            continue
        missing = longest - (len(text) - text.index(".") if "." in text else 0)
        unseen = ("." if missing == longest else "") + "0" * (missing - (missing == longest))
        padded.append(_figure(text) + (rf"\phantom{{{unseen}}}" if missing else ""))
    return padded


def _plain(text: str) -> bool:
    """Whether the text is a decimal figure, of digits and a point."""
    return text.lstrip("-+\N{MINUS SIGN}").replace(".", "").isdigit()


def _figure(text: str) -> str:
    return latex_number(text.removeprefix("+").replace("∞", r"\infty"))
