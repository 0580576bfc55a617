r"""The picture of a network in LaTeX, drawn by its own picture environment: no package is needed.

Lines are Bézier curves that are straight, as that environment has lines of a few slopes only.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil, hypot
from typing import NamedTuple

from mlpcalc.notation.styles import latex_number
from mlpcalc.report.blocks import Matrix, Network
from mlpcalc.report.figures import cell, ends
from mlpcalc.report.latex_text import escape

# All lengths are in pt.
_WIDTH = 345  # the text width of the standard classes
_MARGIN = 35  # left and right of the centres of the outer circles
_RADIUS = 11  # of a circle
_ABOVE = 44  # between the centres of two units
_BESIDE = 150  # between two layers, at most
_LEAST_BESIDE = 80  # where weights can be written on the lines
_BELOW = 32  # for two lines about the layer
_DOTS = 2.5  # of a line, for each pt
_LETTER = 2.7  # the width of a figure on a line, for each character with its dollar signs
_MOST_UNITS, _MOST_LAYERS = 6, 5


class _Column(NamedTuple):
    """A layer as drawn: its number, its place from the left, its units with None for those left out."""

    k: int | None
    x: float
    units: Sequence[int | None]

    def places(self, middle: float) -> dict[int | None, float]:
        """The height of each unit that is drawn; middle: the height of the layer's middle."""
        top = middle + _ABOVE * (len(self.units) - 1) / 2
        return {unit: top - _ABOVE * i for i, unit in enumerate(self.units)}


class _Line(NamedTuple):
    """A line between two units."""

    x0: float
    y0: float
    x1: float
    y1: float

    def at(self, share: float) -> str:
        """The point after this share of its length."""
        x, y = self.x0 + share * (self.x1 - self.x0), self.y0 + share * (self.y1 - self.y0)
        return f"{x:.5g},{y:.5g}"

    def drawn(self, start: float, end: float) -> str:
        """The part between two shares of its length."""
        dots = ceil(_DOTS * (end - start) * hypot(self.x1 - self.x0, self.y1 - self.y0))
        return rf"\qbezier[{dots}]({self.at(start)})({self.at((start + end) / 2)})({self.at(end)})"


def network(block: Network) -> Iterator[str]:
    """The picture, and a line that says what stands where; large layers and deep networks in part."""
    shown = ends(len(block.layers), _MOST_LAYERS)
    beside = min(_BESIDE, (_WIDTH - 2 * _MARGIN) / max(1, len(shown) - 1))
    columns = [
        _Column(k, _MARGIN + beside * n, [None] if k is None else ends(_count(block, k), _MOST_UNITS))
        for n, k in enumerate(shown)
    ]
    height = _ABOVE * max(len(column.units) for column in columns)
    middle = _BELOW + height / 2
    weights = beside >= _LEAST_BESIDE
    yield r"{\par\medskip\noindent\setlength{\unitlength}{1pt}%"
    yield rf"\begin{{picture}}({columns[-1].x + _MARGIN:g},{_BELOW + height:g})"
    for left, right in pairwise(columns):
        yield from _lines(block, left, right, middle, weights=weights)
    for column in columns:
        yield from _units(block, column, middle)
    yield r"\end{picture}\par"
    yield rf"\noindent\footnotesize {_legend(block, columns, weights=weights)}\par}}"


def _count(block: Network, k: int) -> int:
    """The number of units of layer k."""
    values = block.layers[k].values
    return len(values.columns if block.samples_in_rows else values.rows)


def _lines(block: Network, left: _Column, right: _Column, middle: float, *, weights: bool) -> Iterator[str]:
    """The lines between two layers, each with its weight in a gap."""
    if left.k is None or right.k is None:
        return
    values = block.layers[right.k].weights
    along = 1 / (len(right.units) + 1)  # there lines are apart, in layers that are equally wide
    for unit, y in right.places(middle).items():
        for source, y0 in left.places(middle).items():
            if unit is None or source is None:
                continue
            line = _Line(left.x + _RADIUS, y0, right.x - _RADIUS, y)
            if not weights or values is None:
                yield line.drawn(0, 1)
                continue
            figure = _figure(values, *((source, unit) if block.inputs_in_rows else (unit, source)))
            half = (_LETTER * len(figure) / 2) / (line.x1 - line.x0)
            before = max(along - half, 0.02)
            yield line.drawn(0, before) + line.drawn(before + 2 * half, 1)
            yield rf"\put({line.at(before + half)}){{\makebox(0,0){{\tiny {figure}}}}}"


def _figure(matrix: Matrix, i: int, j: int) -> str:
    return f"${latex_number(cell(matrix, i, j).removeprefix('+'))}$"


def _units(block: Network, column: _Column, middle: float) -> Iterator[str]:
    """The circles of a layer with the numbers of its units, their biases above, and its name below."""
    if column.k is None:
        yield rf"\put({column.x:g},{middle:g}){{\makebox(0,0){{$\cdots$}}}}"
        return
    layer = block.layers[column.k]
    for unit, y in column.places(middle).items():
        place = f"{column.x:g},{y:g}"
        if unit is None:
            yield rf"\put({place}){{\makebox(0,0){{$\vdots$}}}}"
            continue
        yield rf"\put({place}){{\circle{{{2 * _RADIUS}}}}}"
        yield rf"\put({place}){{\makebox(0,0){{\footnotesize {unit + 1}}}}}"
        if layer.biases is not None:
            above = f"{column.x:g},{y + _RADIUS + 2:g}"
            bias = _figure(layer.biases, 0, unit if layer.biases.values.size > 1 else 0)  # a shared one
            yield rf"\put({above}){{\makebox(0,0)[b]{{\tiny {bias}}}}}"
    name = layer.values.formula.latex.partition(" = ")[0]
    yield rf"\put({column.x:g},{_BELOW - 8}){{\makebox(0,0)[t]{{\footnotesize ${name}$}}}}"
    yield rf"\put({column.x:g},{_BELOW - 20}){{\makebox(0,0)[t]{{\tiny {escape(layer.function)}}}}}"


def _legend(block: Network, columns: Sequence[_Column], *, weights: bool) -> str:
    """What stands where, and what is left out."""
    said = ["in the circles the numbers of the units"]
    said += ["on the lines the weights"] if weights else []
    said += ["above the circles the biases"] if any(layer.biases for layer in block.layers) else []
    known = [column for column in columns if column.k is not None]
    in_part = [f"layer {column.k}" if column.k else "inputs" for column in known if None in column.units]
    said += [f"in part: {', '.join(in_part)}"] if in_part else []
    said += ["not all layers"] if len(known) < len(columns) else []
    text = "; ".join(said)
    return escape(f"{text[0].upper()}{text[1:]}.")
