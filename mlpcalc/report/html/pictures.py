"""Pictures in SVG: the network with the values of a sample, and the course of a quantity."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import isfinite
from typing import NamedTuple

from mlpcalc.report.blocks import Curve, Layer, Matrix, Network
from mlpcalc.report.figures import cell, ends
from mlpcalc.report.html.markup import element, escape, figure

_UNITS, _LAYERS = 12, 7  # of more, the first and the last are drawn
# All lengths are in pixels: a picture has its natural size, or is as wide as its place.
_RADIUS, _DOWN = 28, 64
_ACROSS, _FEW_LAYERS, _ACROSS_MANY = 140, 3, 110  # between two layers, of few of them and of more
_HIGHEST = 400  # a layer; where there are more units, they are flatter
_MARGIN = 10
_FONT, _FIGURE = 12.0, 80  # the size of a figure, at most, and so that it fits into a unit
_LETTER, _LINE = 3.6, 15  # half the width of a letter of a label, and the height of a line
_WIDEST = 520  # of a picture that is made smaller to fit; a wider one is scrolled
_THIN, _THICK = 0.8, 5.0  # the width of an edge
_CURVE_WIDTH, _CURVE_HEIGHT = 420.0, 150.0
# What a picture looks like where the style is missing, as in a notebook that is not trusted.
_PLAIN = {"fill": "none", "stroke": "currentColor", "text_anchor": "middle"}
_TEXT = {"fill": "currentColor", "stroke": "none"}
_FEW_EDGES = 200  # with their weights as tooltips


class _Unit(NamedTuple):
    """A unit in the picture: its place in the layer, from 0, its centre, and half its height."""

    place: int
    x: float
    y: float
    half: float


def network(block: Network) -> str:
    """The network layer by layer, for the first sample; the script shows others, and the error signals."""
    return element(
        "figure",
        element("figcaption", escape(f"the values of sample {block.samples[0]}")) + _drawing(block),
        class_="network",
        data_step=block.step or None,
        data_samples=" ".join(block.samples),
    )


def _drawing(block: Network) -> str:
    chosen = ends(len(block.layers), _LAYERS)
    across = _ACROSS if len(chosen) <= _FEW_LAYERS else _ACROSS_MANY
    left, right = (_side(block.layers[k]) for k in (0, -1))
    width = left + across * (len(chosen) - 1) + right
    rows = [ends(_size(block, layer), _UNITS) for layer in block.layers]
    down = min(_DOWN, _HIGHEST / max(map(len, rows)))
    height = down * max(map(len, rows))
    centres = {k: left + across * column for column, k in enumerate(chosen)}
    places = {k: list(_units(rows[k], centres[k], height, down)) for k in chosen if k is not None}
    parts = []
    for before, k in pairwise(chosen):
        if before is None or k is None:
            parts.append(element("text", "…", class_="gap", x=centres[None], y=height / 2, **_TEXT))
        else:
            parts += _edges(block, k, places[before], places[k])
            if block.layers[before].errors:
                parts.append(_below("←", "errors", (centres[before] + centres[k]) / 2, height))
    for k, units in places.items():
        parts += [*_layer(block, k, units), *_labels(block.layers[k], centres[k], height)]
    sizes = ", ".join(str(_size(block, layer)) for layer in block.layers)
    full_height = height + 2 * _LINE + _MARGIN
    drawing = element(
        "svg",
        "".join(parts),
        viewBox=f"0 0 {width:g} {full_height:g}",
        width=width,
        height=full_height,
        role="img",
        aria_label=f"Network, layer by layer with {sizes} units",
        **_PLAIN,
        data_font=_FONT,
        data_figure=_FIGURE,
        data_samples_in_rows=block.samples_in_rows,
    )
    wide = width > _WIDEST
    return element("div", drawing, class_="scroll wide" if wide else "scroll", tabindex="0" if wide else None)


def _size(block: Network, layer: Layer) -> int:
    return int(layer.values.values.shape[1 if block.samples_in_rows else 0])


def _side(layer: Layer) -> float:
    """The room beside the centre of the first or the last layer, for its units and its labels."""
    return max(_RADIUS, _LETTER * max(map(len, (layer.function, _name(layer.values))))) + _MARGIN


def _units(rows: Sequence[int | None], x: float, height: float, down: float) -> Iterator[_Unit]:
    top = (height - len(rows) * down) / 2 + down / 2
    for row, index in enumerate(rows):
        if index is not None:
            yield _Unit(index, x, round(top + row * down, 1), round(min(_RADIUS, down / 2 - 2), 1))


def _edges(block: Network, k: int, sources: Sequence[_Unit], units: Sequence[_Unit]) -> Iterator[str]:
    weights = block.layers[k].weights
    if weights is None:
        return
    strongest = max((abs(weight) for weight in weights.values.flat if isfinite(weight)), default=0) or 1
    back = " back" if block.layers[k - 1].errors else ""  # whether error signals go back along it
    for unit in units:
        for source in sources:
            i, j = (source.place, unit.place) if block.inputs_in_rows else (unit.place, source.place)
            weight, address = float(weights.values[i, j]), weights.place(i, j).address
            size = min(abs(weight) / strongest, 1) if isfinite(weight) else 1
            tooltip = element("title", f"{escape(_cell_name(weights, i, j))} = {figure(cell(weights, i, j))}")
            yield element(
                "line",
                tooltip if weights.values.size <= _FEW_EDGES else "",
                class_=f"edge{' negative' if weight < 0 else ''}{back}",
                data_cell=address,
                x1=source.x + _RADIUS,
                y1=source.y,
                x2=unit.x - _RADIUS,
                y2=unit.y,
                stroke_width=round(_THIN + (_THICK - _THIN) * size, 2),
            )


def _cell_name(matrix: Matrix, i: int, j: int) -> str:
    """The name of a cell in the letters of the course."""
    name = matrix.name.text if matrix.name else matrix.key
    return name + matrix.place(i, j).address.removeprefix(matrix.key)


def _layer(block: Network, k: int, units: Sequence[_Unit]) -> Iterator[str]:
    """The units of a layer: circles with figures, and dots for those that are left out."""
    layer = block.layers[k]
    for unit in units:
        i, j = (0, unit.place) if block.samples_in_rows else (unit.place, 0)
        text = figure(cell(layer.values, i, j))
        shape = element(
            "rect",
            x=unit.x - _RADIUS,
            y=round(unit.y - unit.half, 1),
            width=2 * _RADIUS,
            height=2 * unit.half,
            rx=unit.half,
        )
        value = element("text", text, x=unit.x, y=unit.y + 4, font_size=font_size(text), **_TEXT)
        yield element(
            "g",
            shape + value,
            class_="unit" if layer.values.values[i, j] else "unit off",
            data_values=layer.values.key,
            data_errors=layer.errors.key if layer.errors else None,
            data_keys=" ".join(layer.keys),
            data_error_keys=" ".join(layer.error_keys) or None,
            data_unit=unit.place + 1,
        )
    for one, other in pairwise(units):
        if other.place > one.place + 1:
            yield element("text", "⋮", class_="gap", x=one.x, y=(one.y + other.y) / 2 + 5, **_TEXT)


def _labels(layer: Layer, x: float, height: float) -> Iterator[str]:
    """Below a layer the names of its values and of its error signals, and its activation."""
    yield _below(_lowered(_name(layer.values)), "values", x, height)
    if layer.errors:
        yield _below(_lowered(_name(layer.errors)), "errors", x, height)
    if layer.function:
        yield element(
            "text", escape(layer.function), class_="label", x=x, y=round(height + 2 * _LINE, 1), **_TEXT
        )


def _below(content: str, kind: str, x: float, height: float) -> str:
    """A label for the values, or for the error signals, which are hidden until the script shows them."""
    hidden = "none" if kind == "errors" else None
    y = round(height + _LINE, 1)
    return element("text", content, class_=f"label of-{kind}", x=x, y=y, display=hidden, **_TEXT)


def font_size(text: str) -> float:
    """The size of a figure that fits into a unit."""
    return round(min(_FONT, _FIGURE / max(len(text), 1)), 1)


def _name(matrix: Matrix) -> str:
    """The name of a matrix as formulas on the page write it."""
    return matrix.formula.text.partition(" = ")[0]


def _lowered(name: str) -> str:
    """The name of a quantity with the number of its layer below the line."""
    found = re.fullmatch(r"(\D+)(\d+)(\D*)", name, re.ASCII)
    if not found:
        return escape(name)
    below = element("tspan", found[2], dy=3, font_size=9)
    return escape(found[1]) + below + (element("tspan", escape(found[3]), dy=-3) if found[3] else "")


# ---------------------------------------------------------------------------- curves


def curve(block: Curve) -> str:
    """The course of a quantity as a line, with the values at its ends in words."""
    finite = [value for value in block.values if isfinite(value)]
    if len(finite) < 2:
        return ""
    low, high = min(finite), max(finite)
    span = high - low or 1
    points = [
        (
            _CURVE_WIDTH * number / (len(block.values) - 1),
            _CURVE_HEIGHT * (high - value) / span,
            label,
            f"{label}: {block.digits.figure(value)}",
        )
        for number, (label, value) in enumerate(zip(block.labels, block.values, strict=True))
        if isfinite(value)
    ]
    line = element("polyline", points=" ".join(f"{x:.1f},{y:.1f}" for x, y, *_ in points))
    dots = "".join(
        element(
            "circle", element("title", figure(words)), cx=round(x, 1), cy=round(y, 1), r=3, data_step=label
        )
        for x, y, label, words in points
    )
    first, last = (block.digits.figure(value) for value in (finite[0], finite[-1]))
    drawing = element(
        "svg",
        line + dots,
        viewBox=f"-8 -8 {_CURVE_WIDTH + 16:g} {_CURVE_HEIGHT + 16:g}",
        role="img",
        aria_label=f"{block.name.text}: from {first} to {last}",
        **_PLAIN,
    )
    ends_ = (block.labels[0], block.labels[-1])
    caption = "step {} to {}, from {} to {}".format(*ends_, first, last)
    return element("figure", drawing + element("figcaption", figure(caption)), class_="curve")
