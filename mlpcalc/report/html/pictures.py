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
_RADIUS, _ACROSS, _DOWN = 24, 150, 64
_MARGIN = 14
_FONT = 11.0
_THIN, _THICK = 0.8, 5.0  # the width of an edge
_CURVE_WIDTH, _CURVE_HEIGHT = 420.0, 150.0
# What a picture looks like where the style is missing, as in a notebook that is not trusted.
_PLAIN = {"fill": "none", "stroke": "currentColor", "text_anchor": "middle"}
_TEXT = {"fill": "currentColor", "stroke": "none"}
_FEW_EDGES = 200  # with their weights as tooltips


class _Unit(NamedTuple):
    """A unit in the picture: its place in the layer, from 0, and its centre."""

    place: int
    x: float
    y: float


def network(block: Network) -> str:
    """The network layer by layer, for the first sample; the script shows others, and the error signals."""
    return element(
        "figure",
        element("figcaption", "") + _drawing(block),
        class_="network",
        data_step=block.step or None,
        data_samples=" ".join(block.samples),
    )


def _drawing(block: Network) -> str:
    chosen = ends(len(block.layers), _LAYERS)
    most = max(len(ends(_size(block, layer), _UNITS)) for layer in block.layers)
    height, width = most * _DOWN + 2 * _MARGIN, (len(chosen) - 1) * _ACROSS + 2 * (_RADIUS + _MARGIN)
    places = {k: list(_units(block, k, column, height)) for column, k in enumerate(chosen) if k is not None}
    parts = []
    for before, k in pairwise(chosen):
        if before is None or k is None:
            x = _x(chosen.index(None))
            parts.append(element("text", "…", class_="gap", x=x, y=height / 2, **_TEXT))
        else:
            parts += _edges(block, k, places[before], places[k])
    for k, units in places.items():
        parts += _layer(block, k, units, height)
    sizes = ", ".join(str(_size(block, layer)) for layer in block.layers)
    words = f"Network, layer by layer with {sizes} units"
    return element(
        "svg",
        "".join(parts),
        viewBox=f"0 0 {width:g} {height + 2 * _MARGIN:g}",
        role="img",
        aria_label=words,
        **_PLAIN,
        data_samples_in_rows=block.samples_in_rows,
    )


def _size(block: Network, layer: Layer) -> int:
    return int(layer.values.values.shape[1 if block.samples_in_rows else 0])


def _x(column: int) -> float:
    return _MARGIN + _RADIUS + column * _ACROSS


def _units(block: Network, k: int, column: int, height: float) -> Iterator[_Unit]:
    rows = ends(_size(block, block.layers[k]), _UNITS)
    top = (height - len(rows) * _DOWN) / 2 + _DOWN / 2
    for row, index in enumerate(rows):
        if index is not None:
            yield _Unit(index, _x(column), top + row * _DOWN)


def _edges(block: Network, k: int, sources: Sequence[_Unit], units: Sequence[_Unit]) -> Iterator[str]:
    weights = block.layers[k].weights
    if weights is None:
        return
    strongest = max((abs(weight) for weight in weights.values.flat if isfinite(weight)), default=0) or 1
    for unit in units:
        for source in sources:
            i, j = (source.place, unit.place) if block.inputs_in_rows else (unit.place, source.place)
            weight, address = float(weights.values[i, j]), weights.place(i, j).address
            size = min(abs(weight) / strongest, 1) if isfinite(weight) else 1
            tooltip = element("title", f"{escape(_named(weights, i, j))} = {figure(cell(weights, i, j))}")
            yield element(
                "line",
                tooltip if weights.values.size <= _FEW_EDGES else "",
                class_="edge negative" if weight < 0 else "edge",
                data_cell=address,
                x1=source.x + _RADIUS,
                y1=source.y,
                x2=unit.x - _RADIUS,
                y2=unit.y,
                stroke_width=round(_THIN + (_THICK - _THIN) * size, 2),
            )


def _named(matrix: Matrix, i: int, j: int) -> str:
    """The name of a cell in the letters of the course."""
    name = matrix.name.text if matrix.name else matrix.key
    return name + matrix.place(i, j).address.removeprefix(matrix.key)


def _layer(block: Network, k: int, units: Sequence[_Unit], height: float) -> Iterator[str]:
    layer = block.layers[k]
    for unit in units:
        i, j = (0, unit.place) if block.samples_in_rows else (unit.place, 0)
        text = figure(cell(layer.values, i, j))
        circle = element("circle", cx=unit.x, cy=unit.y, r=_RADIUS)
        value = element("text", text, x=unit.x, y=unit.y + 4, font_size=font_size(text), **_TEXT)
        yield element(
            "g",
            circle + value,
            class_="unit" if layer.values.values[i, j] else "unit off",
            data_values=layer.values.key,
            data_errors=layer.errors.key if layer.errors else None,
            data_keys=" ".join(layer.keys),
            data_unit=unit.place + 1,
        )
    for one, other in pairwise(units):
        if other.place > one.place + 1:
            yield element("text", "⋮", class_="gap", x=one.x, y=(one.y + other.y) / 2 + 5, **_TEXT)
    x, y = units[0].x, height + _MARGIN
    function = f", {layer.function}" if layer.function else ""
    for matrix, kind in ((layer.values, "values"), (layer.errors, "errors")):
        if matrix is not None and matrix.name is not None:
            label = _label(matrix.name.text, function if kind == "values" else "")
            hidden = "none" if kind == "errors" else None  # until the script shows them
            yield element("text", label, class_=f"label of-{kind}", x=x, y=y, display=hidden, **_TEXT)


def font_size(text: str) -> float:
    """The size of a figure that fits into a unit."""
    return round(min(_FONT, 74 / max(len(text), 1)), 1)


def _label(name: str, more: str) -> str:
    """The name of a quantity with the number of its layer below the line, and more text after it."""
    found = re.fullmatch(r"(\D+)(\d+)(\D*)", name, re.ASCII)
    if not found:
        return escape(name + more)
    below = element("tspan", found[2], dy=3, font_size=9)
    return escape(found[1]) + below + element("tspan", escape(found[3] + more), dy=-3)


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
