"""The answers of a stack of sheets to one question, and what follows for them along each line."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf

import numpy as np

from mlpcalc.answers.digits import Asked, power_of_ten
from mlpcalc.answers.reader import Answer, Submission
from mlpcalc.arrays import Array, Mask
from mlpcalc.marking.basis import Basis
from mlpcalc.marking.lines import Line
from mlpcalc.marking.marks import QuantityMarks, Suspicion
from mlpcalc.marking.scratch import Hidden, Procedure, Scratch, together
from mlpcalc.marking.verdicts import NOISE, Figures, Rows, Verdict, Verdicts
from mlpcalc.numerics.interval import Ball
from mlpcalc.page.symbols import Symbol


@dataclass(eq=False)
class Question:
    """The answers of a stack of sheets to one question.

    figures: shape (sheets, rows, columns), blank where an answer has the wrong shape. own, right: the lines
    of the sheets' own figures and of the right ones, up to this answer; the same while nothing is wrong.
    significant_shares: of the sheets, as of a `Scratch`. finest: half a unit of the finest figures of each,
    shape (sheets, 1, 1). filled_in: the sheets that have the same figure in every cell. marks: those of the
    earlier answers, in which `places` are the sheets. suspicions: of each sheet. verdicts: all wrong until
    they are decided. followed: where the figures follow, on each line.
    """

    symbol: Symbol
    sheets: Sequence[Submission]
    figures: Figures
    own: Line
    right: Line
    significant_shares: Array
    finest: Array
    filled_in: Mask
    marks: Mapping[Symbol, Sequence[QuantityMarks]]
    places: Rows
    suspicions: Sequence[list[Suspicion]]

    def __post_init__(self) -> None:
        self.verdicts: Verdicts = np.full(self.figures.value.shape, Verdict.WRONG, np.int8)
        self.followed: dict[Line, Mask] = {}
        self._scratched: dict[bool, tuple[Rows, list[Ball]]] = {}

    def rows(self, rows: Rows) -> "Question":
        """The same question to some of the sheets, in their order."""
        own = self.own.rows(rows)
        part = Question(
            self.symbol,
            [self.sheets[row] for row in rows],
            self.figures.rows(rows),
            own,
            own if self.right is self.own else self.right.rows(rows),
            self.significant_shares[rows],
            self.finest[rows],
            self.filled_in[rows],
            self.marks,
            self.places[rows],
            [self.suspicions[row] for row in rows],
        )
        part.verdicts = self.verdicts[rows]
        return part

    @cached_property
    def scratch(self) -> Scratch:
        """Scratch paper that rounds as the coarsest figure of each answer; whole ones do not tell."""
        half, whole = self.figures.half, np.stack([answer.whole for answer in self.answers])
        if whole.shape != half.shape:  # turned
            whole = whole.transpose(0, 2, 1)
        units = _largest(half, self._rounded & ~whole)
        units = np.where(units > 0, units, _largest(half, ~whole))
        return Scratch(units, self.significant_shares[:, None, None])

    @cached_property
    def scratch_as_asked(self) -> Scratch:
        """Scratch paper that rounds to the digits asked, or to those of the answer where these are finer."""
        units = _largest(self.figures.as_asked.half, self._rounded)
        units = np.where(units > 0, units, np.minimum(self.asked.half, self.scratch.half_unit))
        return Scratch(units, self.significant_shares[:, None, None])

    @cached_property
    def _rounded(self) -> Mask:
        """The figures that tell how a sheet rounds: not a 0, nor what is exact, nor what is given."""
        value, given = self.figures.value, self.own.basis.before_update(self.symbol)
        near = NOISE * np.abs(value)
        rounded = ~self.figures.blank & (value != 0)
        for step in self.steps:
            rounded &= (np.abs(value - step.value) > near) | (step.radius > near)
        return np.asarray(rounded if given is None else rounded & (value != given))

    @property
    def answers(self) -> list[Answer]:
        """The answers as they were read."""
        return [sheet.answers[self.symbol] for sheet in self.sheets]

    @property
    def exact(self) -> Array:
        """The exact solution."""
        return self.own.basis.exact(self.symbol)

    @property
    def asked(self) -> Asked:
        """The digits asked."""
        return self.own.basis.asked

    @property
    def alone(self) -> bool:
        """Whether it hangs on nothing that was answered before, but on the exercise alone."""
        line, seen, pending = self.own, {self.symbol}, [self.symbol]
        while pending:
            operands = line.operands(pending.pop()) - seen
            if operands & line.known.keys():
                return False
            seen |= operands
            pending += operands
        return True

    @property
    def lines(self) -> tuple[Line, ...]:
        """The right line first, then the sheets' own one, where it is another."""
        return (self.right,) if self.right is self.own else (self.right, self.own)

    @cached_property
    def own_step(self) -> Ball:
        """What follows from the sheets' own figures, by whatever route."""
        with np.errstate(all="ignore"):
            return self.own.joined(self.symbol, self.own_routes)

    @cached_property
    def own_routes(self) -> list[Ball]:
        """What follows from the sheets' own figures, by each route."""
        return self.own.routes(self.symbol)

    @cached_property
    def right_step(self) -> Ball:
        """What follows from the right figures."""
        if self.right is self.own:
            return self.own_step
        with np.errstate(all="ignore"):
            return self.right.joined(self.symbol, self.right_routes)

    @cached_property
    def right_routes(self) -> list[Ball]:
        """What follows from the right figures, by each route."""
        return self.own_routes if self.right is self.own else self.right.routes(self.symbol)

    @property
    def steps(self) -> tuple[Ball, ...]:
        """What follows on each of the lines."""
        return (self.right_step,) if self.right is self.own else (self.right_step, self.own_step)

    def on_scratch(self, undecided: Mask, *, as_asked: bool) -> tuple[Rows, list[Ball]]:
        """The sheets with undecided cells, and what follows there on each line, rounded on scratch paper.

        as_asked: to the digits asked, where the answer has fewer. Worked out when first asked for; the
        undecided cells may only grow fewer after that.
        """
        if as_asked not in self._scratched:
            rows = np.flatnonzero(undecided.any(axis=(1, 2)))
            papers = self._papers(rows, as_asked=as_asked)
            lines = [line.rows(rows).widened(paper) for line in self.lines for paper in papers]
            self._scratched[as_asked] = rows, [line.step(self.symbol) for line in lines]
        return self._scratched[as_asked]

    def on_mixed_scratch(self, undecided: Mask) -> tuple[Rows, list[Ball]]:
        """As `on_scratch`, for the sheets whose figures have now more, now fewer digits: the worst case."""
        shares = np.array([sheet.mixed_share for sheet in self.sheets])[:, None, None]
        rows = np.flatnonzero((undecided & (shares > 0)).any(axis=(1, 2)))
        paper = Scratch(np.zeros_like(shares[rows]), shares[rows])
        lines = [line.rows(rows).widened(paper) for line in self.lines] if rows.size else []
        return rows, [line.step(self.symbol) for line in lines]

    def by_procedures(
        self, rows: Rows, ways: Callable[[Hidden], Iterable[Procedure]], *, as_asked: bool
    ) -> Iterator[Ball]:
        """What follows for some of the sheets on each line, by each route; by procedure along a first axis.

        ways: the procedures, by what is not written.
        """
        most = self.own.basis.most_at_once(len(rows))
        for line in self.lines:
            part = line.rows(rows)
            hidden = unwritten(part, self.symbol)
            procedures = [*ways(hidden)]
            if aside := _exponentials(part, hidden):
                procedures += [one._replace(aside=aside) for one in procedures]
            for paper in self._papers(rows, as_asked=as_asked):
                for some in together(procedures, most):
                    for ball in part.rounded(paper, some).routes(self.symbol):
                        yield paper.rounded(ball, "cut") if some[0].ends == "cut" else ball

    def _papers(self, rows: Rows, *, as_asked: bool) -> list[Scratch]:
        """The scratch paper that a sheet may have been worked out on.

        Where it keeps significant digits, those or decimals; else the decimals of the answer, or all that the
        sheet shows: who leaves out zeros at the end has kept more than the coarsest figure tells.
        """
        scratch = (self.scratch_as_asked if as_asked else self.scratch).rows(rows)
        if scratch.significant_share.any():
            return [scratch, scratch.of_decimals()]
        finest = self.finest[rows]
        more = (finest < scratch.half_unit) & (finest > NOISE)
        if not more.any():
            return [scratch]
        return [scratch, scratch._replace(half_unit=np.where(more, finest, scratch.half_unit))]

    @property
    def finest_share(self) -> Array:
        """As `finest`, of the figures with most significant digits, as if these were from 1 to 10; else 0."""
        share = _least(self.sheets, self.own.basis, lambda answer: answer.half / power_of_ten(answer.value))
        return np.where(np.isinf(share), 0.0, share)

    # -- earlier answers

    @property
    def answered(self) -> Sequence[Symbol]:
        """The quantities that were marked before."""
        return list(self.marks)

    def marks_on(self, symbol: Symbol) -> list[QuantityMarks]:
        """The marks of each sheet for an earlier answer."""
        return [self.marks[symbol][place] for place in self.places]

    def verdicts_on(self, symbol: Symbol) -> Verdicts:
        """The verdicts on the cells of an earlier answer: shape (sheets, rows, columns)."""
        return np.stack([marks.verdicts for marks in self.marks_on(symbol)])

    # -- what is wrong

    @property
    def given_twice(self) -> Mask:
        """Where a sheet states two different figures for one cell: shape (sheets, rows, columns)."""
        return self.where(lambda answer: answer.twice)

    def where(self, mask_of: Callable[[Answer], Mask | None]) -> Mask:
        """Where the masks of the answers hold; those of a wrong shape, and None, hold nowhere."""
        holds = np.zeros(self.figures.value.shape, bool)
        for row, answer in enumerate(self.answers):
            if (mask := mask_of(answer)) is not None and answer.written_shape is None:
                holds[row] = mask
        return holds

    @property
    def wrong(self) -> Mask:
        """Where the verdict is WRONG because of what is written there: shape (sheets, rows, columns)."""
        return np.asarray((self.verdicts == Verdict.WRONG) & ~self.given_twice)


def finest_half(sheets: Sequence[Submission], basis: Basis) -> Array:
    """Half a unit of the finest figures of each sheet, of that asked where it has none: (sheets, 1, 1)."""
    half = _least(sheets, basis, lambda answer: answer.half)
    return np.where(np.isinf(half), basis.asked.half, half)


def _least(sheets: Sequence[Submission], basis: Basis, half_of: Callable[[Answer], Array]) -> Array:
    """The least of what is said of the rounded figures of each sheet; infinite where it has none.

    Updated parameters are left aside: they may have the digits of those given. The sheets have answers to the
    same quantities.
    """
    telling = [symbol for symbol in sheets[0].answers if basis.before_update(symbol) is None]
    least = np.full(len(sheets), inf)
    for row, sheet in enumerate(sheets) if telling else ():
        answers = [sheet.answers[symbol] for symbol in telling]
        half = np.concatenate([half_of(answer).ravel() for answer in answers])
        rounded = np.concatenate([(~answer.whole & (answer.half > 0)).ravel() for answer in answers])
        least[row] = half[rounded].min(initial=inf)
    return least[:, None, None]


def _largest(half: Array, of: Mask) -> Array:
    """The largest half unit among some figures of each sheet, 0 if there are none: shape (sheets, 1, 1)."""
    return np.asarray(np.where(of, half, 0.0).max(axis=(1, 2), keepdims=True))


def unwritten(line: Line, symbol: Symbol) -> Hidden:
    """The quantities between an answer and the figures that it was computed from, the nearest first."""
    users: dict[Symbol, set[Symbol]] = {}
    pending = [symbol]
    while pending:
        user = pending.pop(0)
        for operand in sorted(line.operands(user), reverse=True):
            written = operand in line.known and operand not in line.blank
            if not written and operand in line.basis.page:
                if operand not in users:
                    pending.append(operand)
                users.setdefault(operand, set()).add(user)
    return {operand: frozenset(found) for operand, found in users.items()}


def _exponentials(line: Line, hidden: Hidden) -> frozenset[Symbol]:
    """Those of hidden softmax outputs, which one may have written on scratch paper."""
    details = line.basis.details - line.known.keys()
    return frozenset(each for each in details if each.kind == "expS" and each._replace(kind="Z") in hidden)
