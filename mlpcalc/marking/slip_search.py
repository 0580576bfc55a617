"""Which slips explain the wrong cells of an answer."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from mlpcalc.arrays import Mask
from mlpcalc.marking.basis import Basis
from mlpcalc.marking.case import Case, cells_of, fitting
from mlpcalc.marking.chance import Cells, Ledger, has_few_values, shares
from mlpcalc.marking.lines import Line
from mlpcalc.marking.marks import Cell, Diagnosis
from mlpcalc.marking.misprints import meant
from mlpcalc.marking.scenes import Scene, Supposed, partner_of, step_of
from mlpcalc.marking.slips import SLIPS
from mlpcalc.marking.verdicts import Figures

_LOOSE = ("digit_dropped", "digit_inserted")  # so many figures are one digit away that others come first


class SlipHit(NamedTuple):
    """A slip that explains wrong cells; its level, and its share of all figures, as of a `Hit`."""

    diagnosis: Diagnosis
    level: int
    share: float


class Slips:
    """The slips that explain wrong cells of an exercise's answers."""

    def __init__(self, basis: Basis) -> None:
        self._basis = basis

    def of_all(self, case: Case, ledger: Ledger, *, only_names: bool = False) -> list[SlipHit]:
        """Each kind of slip that explains all wrong cells; what is tried goes into the ledger.

        only_names: of several cells, only whether names are swapped.
        """
        hits: dict[bool, list[SlipHit]] = {True: [], False: []}
        wrong, lone = cells_of(case.wrong), case.wrong.sum() == 1
        cells = Cells(case)
        for name, supposed in self._suppositions(case, ["names_swapped"]) if only_names else self._all(case):
            level = SLIPS[name].level
            shares, keys = cells.shares(supposed.ball)
            if supposed.whole:
                agrees = case.figures.meets(supposed.ball) | ~case.written
                tried = (agrees | case.wrong).all(axis=(1, 2))
                shares, keys = np.where(tried, shares.prod(axis=1), 0.0), keys.sum(axis=1)
                fits = fitting(case, supposed.ball)
                able = agrees.all(axis=(1, 2)) & fits[:, case.wrong].all(axis=1)
            else:  # the same slip in each cell
                shares, keys = shares.prod(axis=1), keys.sum(axis=1)
                able = _of_single_cells(case, supposed)[:, case.wrong].all(axis=1)
            ledger.add(np.full(shares.shape, level), shares, keys)
            if able.any():
                first = int(np.argmax(able))
                if name != "copied" or not has_few_values(case.symbol, case.own):
                    diagnosis = _diagnosis(name, supposed.labels[first], wrong)
                    hit = SlipHit(diagnosis, level, float(shares[first]))
                    hits[supposed.whole].append(hit)
        if lone:
            return [*hits[True], *hits[False], *self._misprints(case, wrong[0], ledger)]
        return hits[True] or hits[False]  # what explains the whole rather than cell by cell

    def cell_by_cell(self, case: Case) -> list[tuple[Cell, list[SlipHit], Ledger]]:
        """The slips that explain each wrong cell by itself, and what was tried on it."""
        told: dict[Cell, tuple[list[SlipHit], Ledger]] = {}
        for cell in cells_of(case.wrong):
            ledger = Ledger()
            told[cell] = self._misprints(case, cell, ledger), ledger
        cells = Cells(case)
        for name, supposed in self._all(case):
            if supposed.whole:
                continue
            level, fits = SLIPS[name].level, _of_single_cells(case, supposed)
            found = cells.shares(supposed.ball)
            for at, (cell, (hits, ledger)) in enumerate(told.items()):
                tried = [part[:, at] for part in found]
                ledger.add(np.full(len(tried[0]), level), *tried)
                if (able := fits[(slice(None), *cell)]).any():
                    first = int(np.argmax(able))
                    diagnosis = _diagnosis(name, supposed.labels[first], (cell,))
                    hits.append(SlipHit(diagnosis, level, float(tried[0][first])))
        return [(cell, *found) for cell, found in told.items()]

    def _all(self, case: Case) -> Sequence[tuple[str, Supposed]]:
        """What all slips suppose, worked out once for an answer."""
        if case.supposed is None:
            case.supposed = [*self._suppositions(case, SLIPS)]
        return case.supposed

    def _suppositions(self, case: Case, names: Iterable[str]) -> Iterator[tuple[str, Supposed]]:
        """What each of some slips supposes: on either line if it is made in computing."""
        slips = [(name, SLIPS[name]) for name in names]
        if any(slip.computing for _, slip in slips):
            for line in case.lines:
                scene = Scene(case.symbol, line, case.step, rate=self._rate(case, line))
                for name, slip in slips:
                    if slip.computing and slip.suppose:
                        yield from ((name, supposed) for supposed in slip.suppose(scene))
        scene = self._written(case)
        for name, slip in slips:
            if slip.suppose and not slip.computing:
                yield from ((name, supposed) for supposed in slip.suppose(scene))

    def _written(self, case: Case) -> Scene:
        """The scene of what may have happened when the right result was written down."""
        wrong, shape = cells_of(case.wrong), case.wrong.shape
        earlier = {symbol: mark.answer for symbol, mark in case.earlier.items()}
        return Scene(
            case.symbol,
            case.right,
            case.step,
            swapped=wrong if len(wrong) == 2 else (),
            named=self._has_partners_figures(case),
            earlier={
                symbol: answer.value
                for symbol, answer in earlier.items()
                if answer.value.shape == shape and answer.written_shape is None
            },
        )

    def _rate(self, case: Case, line: Line) -> Fraction | None:
        """The learning rate of few digits that explains the wrong cell with the largest step."""
        eta = self._basis.exercise.learning_rate
        if case.symbol.kind not in ("W", "b") or not eta or case.wrong.sum() < 2:
            return None
        step = line[step_of(case.symbol)].value.reshape(case.wrong.shape)
        before = line[self._basis.exercise.network.before_update(case.symbol)].value.reshape(case.wrong.shape)
        cell = np.unravel_index(np.argmax(np.where(case.wrong, np.abs(step), -1)), step.shape)
        if step[cell] == 0:
            return None
        rate = float(f"{float(eta) * (case.figures.value[0][cell] - before[cell]) / step[cell]:.2g}")
        return Fraction(f"{rate:g}") if 0 < rate < np.inf else None  # another sign is another mistake

    def _has_partners_figures(self, case: Case) -> bool:
        """Whether the answer under the partner's name has the figures of this quantity."""
        partner = case.sheet.answers.get(partner_of(case.symbol))
        if partner is None or partner.value.shape != case.wrong.shape:
            return False
        there = Figures(partner.value[None], partner.half[None])
        return bool((there.meets(case.right.step(case.symbol)) | there.blank).all())

    def _misprints(self, case: Case, cell: Cell, ledger: Ledger) -> list[SlipHit]:
        """The slips of the pen that make a figure of what follows, on either line."""
        text = case.answer.texts[cell[0]][cell[1]] or ""
        written = float(case.figures.value[0][cell])
        hits: dict[str, SlipHit] = {}
        steps = [(float(ball.value[cell]), float(ball.radius[cell])) for ball in case.steps]
        off, radius = abs(written - steps[0][0]), steps[0][1]
        if not off > 0:
            return []
        variants = [one for one in meant(text) if one.value]
        levels = np.array([SLIPS[one.slip].level for one in variants])
        value, half = np.array([one.value for one in variants]), np.array([one.half for one in variants])
        apart, width = (value - written) / off, 2 * (half + radius) / off
        found = np.minimum(shares(apart, width, np.zeros(apart.shape, bool)), 1.0)
        ledger.add(levels, found, apart)
        near = np.array([np.abs(value - step) <= half + reach for step, reach in steps])
        for place, line in np.argwhere(near.T).tolist():
            one, (step, reach) = variants[place], steps[line]
            if one.half < abs(step) and reach < min(abs(one.value) / 10, one.room):
                share = float(found[place]) or min(2 * (one.half + reach) / (3 * off), 1.0)
                diagnosis = _diagnosis(one.slip, f"you wrote {text}", (cell,))
                hits.setdefault(one.slip, SlipHit(diagnosis, SLIPS[one.slip].level, share))
        telling = [hit for kind, hit in hits.items() if kind not in _LOOSE]
        return telling or list(hits.values())


def _of_single_cells(case: Case, supposed: Supposed) -> Mask:
    """Which suppositions explain which cells; a 0 is nothing done rather than something done wrong."""
    return np.asarray(fitting(case, supposed.ball) & (case.figures.value != 0))


def _diagnosis(name: str, label: str, cells: Iterable[Cell]) -> Diagnosis:
    slip = SLIPS[name]
    return Diagnosis(name, slip.title, slip.message.format(label), slip.hint, tuple(cells))
