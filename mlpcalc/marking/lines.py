"""What follows from the figures of a sheet: the page in interval arithmetic, on its own figures."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from mlpcalc.arrays import Mask
from mlpcalc.marking.basis import Basis
from mlpcalc.marking.routes import by_the_sign
from mlpcalc.marking.scratch import NOISE, Procedure, Scratch, mask_of
from mlpcalc.marking.stacks import stack
from mlpcalc.marking.verdicts import Rows
from mlpcalc.numerics.evaluate import evaluate_derivative
from mlpcalc.numerics.interval import UNIT, Ball, IntervalContext, enclose, hull
from mlpcalc.page.expr import Expr
from mlpcalc.page.symbols import Symbol
from mlpcalc.page.trees import references

_STACK = 3  # axes of a stack of matrices
_SINGLE_DIGIT = 1 / 20  # of itself, that a figure of one digit may be off by


class Line:
    """The quantities as they follow from figures that are `known`; what is not known is derived.

    Arrays may be stacks of sheets: (sheets, rows, columns). written: the quantities that the sheets answer.
    edited: expressions that are used in place of those of the page. unit: what one operation rounds by.
    noise_only: whether radii are no more than the noise of floating point, and what is nothing else is 0.
    """

    def __init__(
        self,
        basis: Basis,
        known: Mapping[Symbol, Ball],
        *,
        written: frozenset[Symbol],
        edited: Mapping[Symbol, Expr] | None = None,
        unit: float = UNIT,
        noise_only: bool = False,
    ) -> None:
        self.basis = basis
        self.known = dict(known)
        self.blank: dict[Symbol, Mask] = {}
        self.coarse: dict[Symbol, Mask] = {}
        self.written = written
        self._on_scratch: Callable[[Symbol, Ball], Ball] | None = (
            None  # what scratch paper makes of a derived step
        )
        self._rounded_terms: Callable[[Ball], Ball] | None = None
        self._unrounded: dict[Symbol, dict[Symbol, Mask]] = {}  # where something takes operands unrounded
        self._edited = edited or {}
        self._unit = unit
        self._derived: dict[Symbol, Ball] = {}
        self._affected: dict[frozenset[Symbol], frozenset[Symbol]] = {}  # by what is supposed
        self._changed: set[Symbol] = set()  # what is not as it was, and all that depends on it
        # What hangs on the givens alone is the same on every line, but for one with equations of its own.
        same = not edited and not noise_only
        self._from_givens = basis.from_givens(written & basis.details, unit) if same else None
        self._alone: dict[Symbol, bool] = {}  # whether a quantity hangs on the givens alone
        self._context = IntervalContext(self.__getitem__, basis.coefficient, noise_only, unit)

    @property
    def _carried(self) -> frozenset[Symbol]:
        """The details that may have been written down, and used: on scratch paper any."""
        return self.basis.details if self._on_scratch is not None else self.written & self.basis.details

    def __getitem__(self, symbol: Symbol) -> Ball:
        """A quantity as it is known, or else derived; derived on scratch paper where a cell is blank."""
        if self._stands(symbol):
            return self.known[symbol]
        derived = self._derived
        if symbol not in derived:
            derived = self._place_of(symbol)
        if symbol not in derived:
            if self.basis.deep:
                self._derive_before(symbol)
            derived[symbol] = self._noted(symbol, self.step(symbol))
        return derived[symbol]

    def _stands(self, symbol: Symbol) -> bool:
        """Whether a quantity is known; on scratch paper without a blank cell."""
        return symbol in self.known and (self._on_scratch is None or symbol not in self.blank)

    def _is_there(self, symbol: Symbol) -> bool:
        """Whether a quantity is known, or was derived."""
        return self._stands(symbol) or symbol in self._derived or symbol in self._place_of(symbol)

    def _place_of(self, symbol: Symbol) -> dict[Symbol, Ball]:
        """Where a derived quantity is kept: with those of all lines if it hangs on the givens alone."""
        if self._from_givens is None:
            return self._derived
        alone, pending = self._alone, [symbol]
        while pending:
            last = pending[-1]
            used = self.operands(last)
            if last.kind == "fprime":  # may be seen in activations
                used |= {last._replace(kind="Z")}
            if last in self.known or last in self._changed or any(alone.get(each) is False for each in used):
                alone[last] = False
            elif unclear := used - alone.keys():
                pending += unclear
                continue
            else:
                alone[last] = True
            pending.pop()
        return self._from_givens if alone[symbol] else self._derived

    def _noted(self, symbol: Symbol, step: Ball) -> Ball:
        """What one goes on with where a quantity was derived; on scratch paper as it stands there."""
        if self._on_scratch is None:
            return step
        ball = step if symbol in self.basis.givens else self._on_scratch(symbol, step)
        return self._with_blanks_of(symbol, ball)

    def _with_blanks_of(self, symbol: Symbol, ball: Ball) -> Ball:
        """The figures of an answer, with those of a ball where they are blank; all of it for what is none."""
        if symbol not in self.known:
            return ball
        blank = self.blank.get(symbol, np.zeros(1, bool))
        return Ball(*(np.where(blank, *pair) for pair in zip(ball, self.known[symbol], strict=True)))

    def _derive_before(self, symbol: Symbol) -> None:
        """Derive what a quantity needs in the order of the page, so that no call is inside another."""
        needed: set[Symbol] = set()
        pending = [symbol]
        while pending:
            last = pending.pop()
            used = references(self._edited[last]) if last in self._edited else self.operands(last)
            missing = {each for each in used.difference(needed) if not self._is_there(each)}
            needed |= missing
            pending += missing
        for operand in sorted(needed, key=self.basis.order.__getitem__):
            self[operand]

    def step(self, symbol: Symbol) -> Ball:
        """What follows for a quantity from the figures of this line, by whatever route."""
        return self.joined(symbol, self.routes(symbol))

    def joined(self, symbol: Symbol, routes: list[Ball]) -> Ball:
        """From the least to the greatest value that any of the `routes` to a quantity gives."""
        if len(routes) == 1:
            return routes[0]
        # A route that divides by zero is left out, except on scratch paper.
        on_scratch = self._on_scratch is not None
        return self._settled(symbol, hull(routes, self._unit, with_unbounded=on_scratch))

    def routes(self, symbol: Symbol) -> list[Ball]:
        """What follows for a quantity from the figures of this line, by each route."""
        if symbol in self.basis.givens:
            value, radius = self.basis.givens[symbol]
            return [Ball(value, radius * (self._unit / UNIT))]
        if symbol in self._edited:
            return [self.value(self._edited[symbol], symbol)]
        if symbol in self._unrounded:
            return self._with_unrounded(symbol).routes(symbol)
        with np.errstate(all="ignore"):
            routes = self.basis.routes(symbol, self._carried)
            if self._changed:  # after a supposed change, keep only the routes that use it
                routes = tuple(route for route in routes if references(route) & self._changed) or routes
            balls = [self.value(route, symbol) for route in routes]
            balls += self._seen_in_activations(symbol)
            return [self._settled(symbol, ball) for ball in balls]

    def _with_unrounded(self, user: Symbol) -> "Line":
        """The line for a quantity that may take some operands before they are rounded."""
        unrounded = self._unrounded[user]
        known = dict(self.known)
        for operand, here in unrounded.items():
            pairs = zip(self._with_blanks_of(operand, self.step(operand)), self[operand], strict=True)
            known[operand] = Ball(*(np.where(here, *pair) for pair in pairs))
        derived = {operand: self[operand] for operand in self.operands(user) - unrounded.keys()}
        blank = {symbol: mask for symbol, mask in self.blank.items() if symbol not in unrounded}
        return self._like(known=known, blank=blank, _derived=derived, _unrounded={})

    def single_routes(self, symbol: Symbol, depth: int = 2) -> list[Ball]:
        """As `routes`, but with one route also to what a route uses and the sheets do not have.

        depth: how many steps back.
        """
        if symbol in self._edited:
            return self.routes(symbol)
        balls: list[Ball] = []
        for operand in sorted(self.operands(symbol) - self.known.keys() - self._edited.keys()):
            if operand in self.basis.givens:
                continue
            alternatives = self.routes(operand)
            if len(alternatives) == 1 and depth > 1:
                alternatives = self.single_routes(operand, depth - 1)
            for ball in alternatives:
                balls += self.changed(known={operand: ball}).routes(symbol)
        return balls

    def _seen_in_activations(self, symbol: Symbol) -> list[Ball]:
        """f' by the sign of a written activation: who wrote 0.00 for 0.004 may use a derivative of 0."""
        Z = symbol._replace(kind="Z")
        if symbol.kind != "fprime" or Z not in self.known:
            return []
        f = self.basis.exercise.network.activations[symbol.layer - 1]
        if not by_the_sign(f):
            return []
        slopes = evaluate_derivative(f, self.known[Z].value)
        return [Ball(slopes, np.zeros_like(slopes))]

    def value(self, expression: Expr, symbol: Symbol) -> Ball:
        """An expression in place of the one that the page has for a quantity, on the figures of this line."""
        value, radius = self.operand(expression)
        if value.shape != radius.shape:
            value, radius = np.broadcast_arrays(value, radius)
        shape = self.basis.exact(symbol).shape
        if value.shape[-2:] != shape:
            stack = value.shape[:-2] + shape
            value, radius = np.broadcast_to(value, stack), np.broadcast_to(radius, stack)
        if self._context.noise_only:
            with np.errstate(invalid="ignore"):
                noise = (np.abs(value) <= radius) & np.isfinite(radius)
            value, radius = np.where(noise, 0.0, value), np.where(noise, 0.0, radius)
        return Ball(value, radius)

    def enter(self, symbol: Symbol, ball: Ball, blank: Mask, coarse: Mask) -> None:
        """Add the figures of an answer; where it is blank, the ball has what follows.

        coarse: where figures have fewer digits than asked.
        """
        self.known[symbol] = ball
        self._affected.clear()
        if self._alone.get(symbol):
            self._alone.clear()
        if blank.any():
            self.blank[symbol] = blank
        if coarse.any():
            self.coarse[symbol] = coarse

    def derives(self, expression: Expr) -> bool:
        """Whether an expression uses anything that the sheets do not show, so that scratch paper matters."""
        return any(
            each not in self.basis.givens and (each not in self.known or each in self.blank)
            for each in references(expression)
        )

    def operand(self, expression: Expr) -> Ball:
        """An expression of any shape on the figures of this line."""
        with np.errstate(all="ignore"):
            return enclose(expression, self._context)

    def changed(
        self, *, known: Mapping[Symbol, Ball] | None = None, edited: Mapping[Symbol, Expr] | None = None
    ) -> "Line":
        """The same line with other figures, or with other equations, for some quantities."""
        changed = {*(known or {}), *(edited or {})}
        return self._like(
            known={**self.known, **(known or {})},
            _edited={**self._edited, **(edited or {})},
            _derived=self._independent(changed),
            _changed=self._changed | changed,
        )

    def outcomes(self, symbol: Symbol, edits: Sequence[Mapping[Symbol, Expr]]) -> Ball:
        """What follows for a quantity from each of several edits: stacked along a first axis.

        edits: each has other equations for the same quantities. What they have in common is worked out once,
        and what comes after these for all of them at once.
        """
        # An edited equation needs nothing that comes of it: where there is one only, this line will do.
        alone = self._remembering()
        lines = [self.changed(edited=edit) if len(edit) > 1 else alone for edit in edits]
        found = {
            each: [line.value(edit[each], each) for line, edit in zip(lines, edits, strict=True)]
            for each in edits[0]
        }
        if symbol in found:
            return stack(found[symbol])
        changed = {*found}
        derived = self._independent(changed)
        derived |= {each: stack([self._noted(each, ball) for ball in found[each]]) for each in found}
        return self._like(_derived=derived, _changed=self._changed | changed).step(symbol)

    def rows(self, rows: Rows) -> "Line":
        """The same line, of some of the sheets, in their order; a copy where these are all."""
        stacks = (ball.value for ball in self.known.values() if ball.value.ndim == _STACK)
        if len(next(stacks, ())) == len(rows):
            return self.copy()
        return self._like(
            known={symbol: Ball(value[rows], radius[rows]) for symbol, (value, radius) in self.known.items()},
            blank={symbol: blank[rows] for symbol, blank in self.blank.items()},
            coarse={symbol: coarse[rows] for symbol, coarse in self.coarse.items()},
            _derived={
                symbol: Ball(*(part[rows] if part.ndim == _STACK else part for part in ball))
                for symbol, ball in self._derived.items()
            },
        )

    def readings_of_few_digits(self, symbol: Symbol) -> Iterator["Line"]:
        """The same line with the figures that a quantity follows from read otherwise than as all they can be.

        One may have gone on with just what is written, unless that is a 0 for what is none, or with what a
        calculator had, so that a figure of a single digit tells no more than a blank. Those that are coarse
        stand for all that they can.
        """
        single, zeros, exactly = dict[Symbol, Mask](), dict[Symbol, Mask](), dict[Symbol, Ball]()
        seen, pending = {symbol}, [symbol]
        while pending:
            operands = self.basis.operands(pending.pop(), self.basis.details) - seen
            seen |= operands
            for operand in operands:
                if operand in self.known:
                    value, radius = self.known[operand]
                    fine = ~self.coarse[operand] if operand in self.coarse else True
                    single[operand] = fine & (radius > np.abs(value) * _SINGLE_DIGIT)
                    zeros[operand] = single[operand] & (value == 0)
                    exactly[operand] = Ball(value, np.where(fine, 0.0, radius))
                    if operand not in self.blank and not single[operand].any():
                        continue
                pending.append(operand)
        yield self._like(known={**self.known, **exactly})._with_blanks(zeros)
        yield self._with_blanks(single)

    def _with_blanks(self, more: Mapping[Symbol, Mask]) -> "Line":
        """The same line with some more figures that are as if they were not written."""
        blank = {symbol: mask | self.blank.get(symbol, False) for symbol, mask in more.items() if mask.any()}
        return self._like(
            blank={**self.blank, **blank}, _on_scratch=lambda _, ball: ball, _from_givens=None, _derived={}
        )

    def widened(self, scratch: Scratch) -> "Line":
        """The same line with all that scratch paper may make of every derived quantity."""
        return self._like(_on_scratch=lambda _, ball: scratch.widened(ball), _from_givens=None, _derived={})

    def rounded(self, scratch: Scratch, procedures: Sequence[Procedure]) -> "Line":
        """The line that results from procedures by which scratch paper may round, along a first axis."""
        first = procedures[0]
        unrounded: dict[Symbol, dict[Symbol, Mask]] = {}
        for user, operand in frozenset[tuple[Symbol, Symbol]]().union(*(one.unrounded for one in procedures)):
            here = mask_of((user, operand) in procedure.unrounded for procedure in procedures)
            unrounded.setdefault(user, {})[operand] = here
        exactly = {symbol: Ball(value, np.zeros_like(value)) for symbol, (value, _) in self.known.items()}
        return self._like(
            known=exactly if first.as_written else dict(self.known),
            _on_scratch=partial(scratch.by_procedures, procedures),
            _from_givens=None,
            _rounded_terms=partial(scratch.rounded, ends=first.ends) if first.products else None,
            _unrounded=unrounded,
            _changed={*first.aside},
            _derived={},
        )

    def copy(self) -> "Line":
        """An independent line with the same figures."""
        return self._like(_derived=dict(self._derived))

    def _like(self, **fields: object) -> "Line":
        line = object.__new__(Line)
        own = {"known": dict(self.known), "blank": dict(self.blank), "coarse": dict(self.coarse)}
        vars(line).update({**vars(self), **own, "_affected": {}, "_alone": {}, **fields})
        line._context = self._context._replace(quantity=line.__getitem__, rounded_terms=line._rounded_terms)
        return line

    def _remembering(self) -> "Line":
        """The same line, which works out what several expressions have in common once."""
        line = self._like(_derived=self._derived)
        line._context = line._context._replace(enclosed={})
        return line

    def _independent(self, affected: set[Symbol]) -> dict[Symbol, Ball]:
        """The derived quantities that depend on no affected one; those that do are added to the affected."""
        key = frozenset(affected)
        if key not in self._affected:
            reached = set(affected)
            for symbol in self.basis.page:  # in order: what depends on something affected comes after it
                if not self._stands(symbol) and self.operands(symbol) & reached:
                    reached.add(symbol)
            self._affected[key] = frozenset(reached)
        affected |= self._affected[key]
        return {
            symbol: ball
            for symbol, ball in self._derived.items()
            if symbol not in affected or symbol in self.basis.givens
        }

    def operands(self, symbol: Symbol) -> frozenset[Symbol]:
        """The quantities that any route to a quantity uses."""
        return self.basis.operands(symbol, self._carried)

    def _settled(self, symbol: Symbol, ball: Ball) -> Ball:
        """The ball with an exact 0 where the solution is 0 and nothing but rounding noise differs from it.

        In single precision that noise is as large as some figures are, and programs print it.
        """
        if self._unit > UNIT:
            return ball
        noise = (np.abs(ball.value) <= ball.radius) & (ball.radius < NOISE * self.basis.largest)
        if not noise.any():
            return ball
        noise &= self.basis.exact(symbol) == 0
        return Ball(np.where(noise, 0.0, ball.value), np.where(noise, 0.0, ball.radius))
