"""Several balls of one quantity as one ball."""

from collections.abc import Sequence

import numpy as np

from mlpcalc.numerics.interval import Ball


def hull(balls: Sequence[Ball], unit: float, *, with_unbounded: bool) -> Ball:
    """From the least to the greatest value in any of the balls.

    unit: what one operation rounds by. with_unbounded: whether one that has no bounds counts beside one that
    has, so that the hull has none either.
    """
    value = np.stack(np.broadcast_arrays(*(ball.value for ball in balls)))
    radius = np.stack(np.broadcast_arrays(*(ball.radius for ball in balls)))
    low, high, finite = value - radius, value + radius, np.isfinite(radius)
    known = finite.all(axis=0)
    if not known.all() and not with_unbounded:
        low, high = np.where(finite, low, np.inf), np.where(finite, high, -np.inf)
        known = finite.any(axis=0)
    low, high = low.min(axis=0), high.max(axis=0)
    middle, reach = (low + high) / 2, (high - low) / 2
    reach = reach + unit * np.maximum(np.abs(low), np.abs(high))
    return Ball(np.where(known, middle, value[0]), np.where(known, reach, np.inf))


def stacked(balls: Sequence[Ball]) -> Ball:
    """The balls of stacks of sheets, along a new first axis."""
    shape = np.broadcast_shapes((1, 1, 1), *(ball.value.shape for ball in balls))
    value, radius = np.empty((2, len(balls), *shape))
    for place, ball in enumerate(balls):
        value[place], radius[place] = ball
    return Ball(value, radius)
