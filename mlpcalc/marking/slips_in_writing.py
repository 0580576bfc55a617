"""Slips made in writing a result down: the right figures in the wrong place, or under the wrong name."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from mlpcalc.marking.misprints import MOST
from mlpcalc.marking.scenes import Scene, Suppose, Supposed, partner_of, stacked
from mlpcalc.numerics.interval import Ball


def names_swapped(scene: Scene) -> Iterator[Supposed]:
    """Pre-activations by the name of the activations, or the other way round."""
    if scene.named:
        partner = partner_of(scene.symbol)
        names = f"{scene.name(scene.symbol)} and {scene.name(partner)}"
        yield Supposed(stacked(scene.line.step(partner), 1), [names], whole=True)


def another_layer(scene: Scene) -> Iterator[Supposed]:
    """The figures of the same kind of quantity in another layer, where these have the same shape."""
    basis, own = scene.basis, scene.symbol
    for symbol in basis.page:
        if symbol._replace(layer=own.layer) == own != symbol:
            exact = basis.exact(symbol)
            if exact.shape == scene.step.value.shape:
                ball = Ball(exact[None], np.zeros_like(exact)[None])
                yield Supposed(ball, [scene.name(symbol)], whole=True)


def swapped_along(rows: int) -> Suppose:
    """Two rows of the matrix as it is written are swapped (1), or two columns (0)."""

    def suppose(scene: Scene) -> Iterator[Supposed]:
        is_transposed = scene.basis.exercise.layout.is_transposed(scene.symbol)
        axis = int(is_transposed == bool(rows))
        length = scene.step.value.shape[axis]
        pairs = list(combinations(range(length), 2))[:MOST]
        if pairs:
            orders = [_exchanged(length, *pair) for pair in pairs]
            ball = Ball(*(np.array([np.take(part, order, axis) for order in orders]) for part in scene.step))
            yield Supposed(ball, [f"{a + 1} and {b + 1}" for a, b in pairs], whole=True)

    return suppose


def cells_swapped(scene: Scene) -> Iterator[Supposed]:
    """Two cells with the figures of each other."""
    if scene.swapped:
        first, second = scene.swapped
        parts = [part[None].copy() for part in scene.step]
        for part, (whole,) in zip(scene.step, parts, strict=True):
            whole[first], whole[second] = part[second], part[first]
        label = " and ".join(scene.cell_name(scene.symbol, cell) for cell in scene.swapped)
        yield Supposed(Ball(*parts), [label], whole=True)


def transposed(scene: Scene) -> Iterator[Supposed]:
    """A square matrix the other way round."""
    rows, columns = scene.step.value.shape
    if rows == columns > 1:
        yield Supposed(Ball(*(part.T[None] for part in scene.step)), [""], whole=True)


def column_order(scene: Scene) -> Iterator[Supposed]:
    """A matrix filled in down the columns instead of along the rows, or the other way round."""
    if min(scene.step.value.shape) > 1:
        down = [part.ravel(order="C").reshape(part.shape, order="F") for part in scene.step]
        across = [part.ravel(order="F").reshape(part.shape, order="C") for part in scene.step]
        ball = Ball(*(np.array(pair) for pair in zip(down, across, strict=True)))
        yield Supposed(ball, ["", ""], whole=True)


def copied(scene: Scene) -> Iterator[Supposed]:
    """The figure of another cell of the answer, or of the same cell of an earlier one."""
    value, radius = scene.step
    shape = value.shape
    copies = [
        (Ball(np.full(shape, value[cell]), np.full(shape, radius[cell])), scene.cell_name(scene.symbol, cell))
        for cell in np.ndindex(shape)
        if value[cell] != 0 and value.size > 1
    ][:MOST]
    for symbol, figures in scene.earlier.items():
        held = Ball(np.where(figures == 0, np.nan, figures), np.zeros(shape))
        copies.append((held, f"the same cell of {scene.name(symbol)}"))
    if copies:
        values, radii = zip(*(ball for ball, _ in copies), strict=True)
        yield Supposed(Ball(np.array(values), np.array(radii)), [words for _, words in copies], whole=False)


def _exchanged(length: int, a: int, b: int) -> list[int]:
    order = list(range(length))
    order[a], order[b] = b, a
    return order
