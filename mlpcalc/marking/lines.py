"""What follows from the figures of a sheet: the page in interval arithmetic, on its own figures."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

import numpy as np

from mlpcalc.arrays import Array, Mask
from mlpcalc.marking.routes import by_the_sign, routes
from mlpcalc.numerics.evaluate import evaluate_derivative
from mlpcalc.numerics.interval import UNIT, Ball, Enclosures, enclose
from mlpcalc.page.expr import Expr, references
from mlpcalc.page.symbols import Symbol
from mlpcalc.solving.solution import Solution

_FEW_LAYERS = 6  # through which each step may ask for the one before
_STACK = 3  # axes of a stack of matrices
_SHORT = 1e-6  # half units
_NOISE = 1e-12  # of figures of ordinary size


class Ground:
    """What all sheets of an exercise stand on: its page, its givens, and its exact solution.

    exact: every quantity, shape (rows, columns) in the layout of the page.
    """

    def __init__(self, solution: Solution) -> None:
        self.solution = solution
        self.exercise = solution.exercise
        self.page = solution.computed.page
        self.coefficient = solution.exercise.coefficients
        self.givens = {symbol: _given(value) for symbol, value in self.exercise.givens().items()}
        self.order = _order([*self.givens, *self.page])
        self._exact: dict[Symbol, Array] = {}
        self._routes: dict[tuple[Symbol, frozenset[Symbol]], tuple[Expr, ...]] = {}
        self._operands: dict[tuple[Symbol, frozenset[Symbol]], frozenset[Symbol]] = {}
        self.deep = len(self.exercise.layers) > _FEW_LAYERS
        self.largest = max(1.0, *(float(np.abs(ball.value).max()) for ball in self.givens.values()))

    def exact(self, symbol: Symbol) -> Array:
        """The exact solution of a quantity."""
        if symbol not in self._exact:
            value = self.solution.computed[symbol]
            self._exact[symbol] = value.reshape(value.shape or (1, 1))
        return self._exact[symbol]

    def routes(self, symbol: Symbol, carried: frozenset[Symbol]) -> tuple[Expr, ...]:
        """Every way to a quantity, the page's own first; also through those details that were `carried`."""
        if (symbol, carried) not in self._routes:
            place = self.order[symbol]
            before = {detail for detail in carried if self.order[detail] < place}
            self._routes[symbol, carried] = routes(symbol, self.page, self.exercise.network, before)
        return self._routes[symbol, carried]

    def operands(self, symbol: Symbol, carried: frozenset[Symbol]) -> frozenset[Symbol]:
        """The quantities that any way to a quantity uses."""
        if (symbol, carried) not in self._operands:
            ways = self.routes(symbol, carried) if symbol in self.page else ()
            self._operands[symbol, carried] = frozenset().union(*map(references, ways))
        return self._operands[symbol, carried]

    @cached_property
    def details(self) -> frozenset[Symbol]:
        """The quantities that one often does without writing them down."""
        return frozenset(symbol for symbol in self.page if symbol.row.detail)


def _order(symbols: Iterable[Symbol]) -> dict[Symbol, int]:
    """Every quantity by its place: those of the page, but Y - T at once, since the loss may go on from it."""
    symbols = list(symbols)
    error = Symbol("err")
    if error in symbols:
        symbols.remove(error)
        symbols.insert(max(place for place, symbol in enumerate(symbols) if symbol.kind == "Z") + 1, error)
    return {symbol: place for place, symbol in enumerate(symbols)}


def _given(value: Array) -> Ball:
    """A given as it is on paper: whole numbers are exact, other decimals as near as a float comes."""
    return Ball(value, np.where(value == np.rint(value), 0.0, UNIT * np.abs(value)))


class Scratch(NamedTuple):
    """How scratch paper rounds: by half a unit, and by a share of the figure if digits that count are kept.

    Both have the shape (sheets, 1, 1).
    """

    half: Array
    share: Array

    def widened(self, ball: Ball) -> Ball:
        """A derived step as it may stand on scratch paper; what has so few digits anyway is not rounded."""
        value, radius, half, share = np.broadcast_arrays(*ball, self.half, self.share)
        unit = np.where(half > 0, 2 * half, 1.0)
        short = (half > 0) & (share == 0) & (np.abs(value - np.rint(value / unit) * unit) < _SHORT * half)
        unrounded = (radius < _NOISE) & ((value == 0) | short)
        return Ball(value, radius + np.where(unrounded, 0.0, np.maximum(half, share * np.abs(value))))

    def of(self, sheets: "Mask | np.ndarray[tuple[int, ...], np.dtype[np.intp]]") -> "Scratch":
        """That of some of the sheets."""
        return Scratch(self.half[sheets], self.share[sheets])


class Line:
    """The quantities as they follow from figures that are `known`; what is not known is derived.

    Arrays may be stacks of sheets: (sheets, rows, columns). written: what the sheets have figures of.
    scratch: how every derived step is widened. edited: quantities that are computed some other way than the
    page says. unit: what one operation rounds by.
    """

    def __init__(
        self,
        ground: Ground,
        known: Mapping[Symbol, Ball],
        *,
        written: frozenset[Symbol],
        scratch: "Scratch | None" = None,
        edited: Mapping[Symbol, Expr] | None = None,
        unit: float = UNIT,
    ) -> None:
        self.ground = ground
        self.known = dict(known)
        self.blank: dict[Symbol, Mask] = {}
        self.written = written
        self._scratch = scratch
        self._edited = edited or {}
        self._unit = unit
        self._carried = ground.details if scratch is not None else written & ground.details
        self._derived: dict[Symbol, Ball] = {}
        self._changed: set[Symbol] = set()  # what is not as it was, and all that depends on it
        self._context = Enclosures(self.__getitem__, ground.coefficient, unit=unit)

    def __getitem__(self, symbol: Symbol) -> Ball:
        """A quantity as it is known, or else as it follows; on scratch paper where a cell was left blank."""
        blank = None if self._scratch is None else self.blank.get(symbol)
        if symbol in self.known and blank is None:
            return self.known[symbol]
        if symbol not in self._derived:
            if self.ground.deep:
                self._go_through(symbol)
            ball = self.step(symbol)
            if self._scratch is not None and symbol not in self.ground.givens:
                ball = self._scratch.widened(ball)
            if blank is not None:
                ball = Ball(*(np.where(blank, *pair) for pair in zip(ball, self.known[symbol], strict=True)))
            self._derived[symbol] = ball
        return self._derived[symbol]

    def _go_through(self, symbol: Symbol) -> None:
        """Derive what a quantity follows from in the order of the page, and not one inside the other."""
        needed: set[Symbol] = set()
        pending = [symbol]
        while pending:
            last = pending.pop()
            used = references(self._edited[last]) if last in self._edited else self.operands(last)
            found = used.difference(needed, self._derived, self.known)
            needed |= found
            pending += found
        for other in sorted(needed, key=self.ground.order.__getitem__):
            self[other]

    def step(self, symbol: Symbol) -> Ball:
        """What a quantity must be, going by those before it."""
        if symbol in self.ground.givens:
            value, radius = self.ground.givens[symbol]
            return Ball(value, radius * (self._unit / UNIT))
        if symbol in self._edited:
            return self.value(self._edited[symbol], symbol)
        with np.errstate(all="ignore"):
            return self._step(symbol)

    def _step(self, symbol: Symbol) -> Ball:
        routes = self.ground.routes(symbol, self._carried)
        if self._changed:  # one who did something else there goes on from that
            routes = tuple(route for route in routes if references(route) & self._changed) or routes
        balls = [self.value(route, symbol) for route in routes]
        balls += self._seen_in_activations(symbol)
        return self._settled(symbol, self._hull(balls))

    def _seen_in_activations(self, symbol: Symbol) -> list[Ball]:
        """f' by the sign of a written activation: who wrote 0.00 for 0.004 may go on from a 0."""
        Z = Symbol("Z", symbol.layer)
        if symbol.kind != "fprime" or Z not in self.known:
            return []
        f = self.ground.exercise.network.activations[symbol.layer - 1]
        if not by_the_sign(f):
            return []
        slopes = evaluate_derivative(f, self.known[Z].value)
        return [Ball(slopes, np.zeros_like(slopes))]

    def value(self, expression: Expr, symbol: Symbol) -> Ball:
        """An expression in place of a quantity's own, on the figures of this line."""
        value, radius = np.broadcast_arrays(*self.operand(expression))
        shape = self.ground.exact(symbol).shape
        if value.shape[-2:] != shape:
            stack = value.shape[:-2] + shape
            value, radius = np.broadcast_to(value, stack), np.broadcast_to(radius, stack)
        return Ball(value, radius)

    def enter(self, symbol: Symbol, ball: Ball, blank: Mask) -> None:
        """Go on from a figure; where it is blank, the ball has what follows."""
        self.known[symbol] = ball
        if blank.any():
            self.blank[symbol] = blank

    def operand(self, expression: Expr) -> Ball:
        """Any expression on the figures of this line."""
        with np.errstate(all="ignore"):
            return enclose(expression, self._context)

    def changed(
        self, *, known: Mapping[Symbol, Ball] | None = None, edited: Mapping[Symbol, Expr] | None = None
    ) -> "Line":
        """The same line with other figures, or with other equations, for some quantities."""
        line = Line(
            self.ground,
            {**self.known, **(known or {})},
            written=self.written,
            edited={**self._edited, **(edited or {})},
            unit=self._unit,
        )
        line.blank = self.blank
        line._changed = {*(known or {}), *(edited or {})}
        line._derived = self._independent(line._changed)
        return line

    def rows(self, rows: "np.ndarray[tuple[int, ...], np.dtype[np.intp]]") -> "Line":
        """The same line, of some of the sheets."""
        line = self._like(self._scratch)
        line.known = {
            symbol: Ball(ball.value[rows], ball.radius[rows]) for symbol, ball in self.known.items()
        }
        line.blank = {symbol: blank[rows] for symbol, blank in self.blank.items()}
        line._changed = self._changed
        line._derived = {
            symbol: Ball(*(part[rows] if part.ndim == _STACK else part for part in ball))
            for symbol, ball in self._derived.items()
        }
        return line

    def widened(self, scratch: "Scratch | None") -> "Line":
        """The same line with every derived step rounded on scratch paper."""
        line = self._like(scratch)
        line.known, line.blank, line._changed = dict(self.known), dict(self.blank), self._changed
        return line

    def copy(self) -> "Line":
        """A line of its own with the same figures."""
        line = self.widened(self._scratch)
        line._derived = dict(self._derived)
        return line

    def _like(self, scratch: "Scratch | None") -> "Line":
        return Line(
            self.ground, {}, written=self.written, scratch=scratch, edited=self._edited, unit=self._unit
        )

    def _independent(self, affected: set[Symbol]) -> dict[Symbol, Ball]:
        """The derived steps that do not depend on any of these, which grow by all that do."""
        kept = {}
        for symbol in self.ground.page:  # in order: what depends on something affected comes after it
            if symbol not in self.known and self.operands(symbol) & affected:
                affected.add(symbol)
            elif symbol in self._derived and symbol not in affected:
                kept[symbol] = self._derived[symbol]
        kept |= {symbol: ball for symbol, ball in self._derived.items() if symbol in self.ground.givens}
        return kept

    def operands(self, symbol: Symbol) -> frozenset[Symbol]:
        """The quantities that any way to a quantity uses."""
        return self.ground.operands(symbol, self._carried)

    def _hull(self, balls: list[Ball]) -> Ball:
        """From the least to the greatest that any route gives.

        Where one divides by nothing there is no going that way, unless all this is scratch paper.
        """
        if len(balls) == 1:
            return balls[0]
        value = np.stack(np.broadcast_arrays(*(ball.value for ball in balls)))
        radius = np.stack(np.broadcast_arrays(*(ball.radius for ball in balls)))
        low, high, finite = value - radius, value + radius, np.isfinite(radius)
        known = finite.all(axis=0)
        if not known.all() and self._scratch is None:
            low, high = np.where(finite, low, np.inf), np.where(finite, high, -np.inf)
            known = finite.any(axis=0)
        low, high = low.min(axis=0), high.max(axis=0)
        middle, reach = (low + high) / 2, (high - low) / 2
        reach = reach + self._unit * np.maximum(np.abs(low), np.abs(high))
        return Ball(np.where(known, middle, value[0]), np.where(known, reach, np.inf))

    def _settled(self, symbol: Symbol, ball: Ball) -> Ball:
        """The ball with what is zero on paper made zero: there nothing but rounding noise is left."""
        noise = (np.abs(ball.value) <= ball.radius) & (ball.radius < _NOISE * self.ground.largest)
        if not noise.any():
            return ball
        noise &= self.ground.exact(symbol) == 0
        return Ball(np.where(noise, 0.0, ball.value), np.where(noise, 0.0, ball.radius))
