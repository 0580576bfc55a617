"""Which slips explain the wrong cells of an answer."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

import numpy as np

from mlpcalc.arrays import Mask
from mlpcalc.marking.basis import Basis
from mlpcalc.marking.evidence import Case, cells_of, fitting
from mlpcalc.marking.lines import Line
from mlpcalc.marking.marks import Cell, Diagnosis
from mlpcalc.marking.misprints import meant
from mlpcalc.marking.scenes import Scene, Supposed, partner_of, step_of
from mlpcalc.marking.slips import SLIPS
from mlpcalc.marking.verdicts import Figures

_LOOSE = ("digit_dropped", "digit_inserted")  # so many figures are one digit away that others come first


class Slips:
    """The slips that explain wrong cells of an exercise's answers."""

    def __init__(self, basis: Basis) -> None:
        self._basis = basis

    def of_all(self, case: Case, *, only_names: bool = False) -> list[Diagnosis]:
        """Each kind of slip that explains all wrong cells.

        only_names: of several cells, only whether names are swapped.
        """
        diagnoses = []
        cells = cells_of(case.wrong)
        for name, supposed in self._suppositions(case, ["names_swapped"] if only_names else SLIPS):
            if supposed.whole:
                agrees = case.figures.meets(supposed.ball) | ~case.written
                fits = fitting(case, supposed.ball)
                able = np.flatnonzero(agrees.all(axis=(1, 2)) & fits[:, case.wrong].all(axis=1))
                if able.size:
                    diagnoses.append(_diagnosis(name, supposed.labels[able[0]], cells))
            elif (fits := _of_single_cells(case, supposed))[:, case.wrong].any(axis=0).all():
                first = int(np.argmax(fits[(slice(None), *cells[0])]))
                diagnoses.append(_diagnosis(name, supposed.labels[first], cells))
        diagnoses += self._misprints(case) if len(cells) == 1 else []
        return diagnoses

    def cell_by_cell(self, case: Case) -> list[Diagnosis]:
        """What explains single wrong cells, where nothing explains all of them."""
        diagnoses = list(self._misprints(case))
        done = {cell for diagnosis in diagnoses for cell in diagnosis.cells}
        for name, supposed in self._suppositions(case, SLIPS):
            if supposed.whole:
                continue
            fits = _of_single_cells(case, supposed)
            for cell in cells_of(case.wrong):
                if cell not in done and (able := fits[(slice(None), *cell)]).any():
                    diagnoses.append(_diagnosis(name, supposed.labels[int(np.argmax(able))], (cell,)))
                    done.add(cell)
        return diagnoses

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
        before = line[case.symbol._replace(updated=False)].value.reshape(case.wrong.shape)
        cell = np.unravel_index(np.argmax(np.where(case.wrong, np.abs(step), -1)), step.shape)
        if step[cell] == 0:
            return None
        rate = float(f"{float(eta) * (case.figures.value[0][cell] - before[cell]) / step[cell]:.2g}")
        return Fraction(f"{rate:g}") if rate and np.isfinite(rate) else None

    def _has_partners_figures(self, case: Case) -> bool:
        """Whether the answer under the partner's name has the figures of this quantity."""
        partner = case.sheet.answers.get(partner_of(case.symbol))
        if partner is None or partner.value.shape != case.wrong.shape:
            return False
        there = Figures(partner.value[None], partner.half[None])
        return bool((there.meets(case.right.step(case.symbol)) | there.blank).all())

    def _misprints(self, case: Case) -> Iterator[Diagnosis]:
        """Figures that are one slip of the pen away from what follows, on either line."""
        texts = case.answer.texts
        for cell in cells_of(case.wrong):
            text = texts[cell[0]][cell[1]] or ""
            kinds = dict.fromkeys(
                kind
                for kind, figure, half, room in meant(text)
                for value, radius in (
                    (float(part[cell]) for part in ball) for ball in (case.step, case.should)
                )
                if figure and abs(figure - value) <= half + radius and radius < min(abs(figure) / 10, room)
            )
            telling = [kind for kind in kinds if kind not in _LOOSE] or list(kinds)
            yield from (_diagnosis(kind, f"you wrote {text}", (cell,)) for kind in telling)


def _of_single_cells(case: Case, supposed: Supposed) -> Mask:
    """Which suppositions explain which cells; a 0 is nothing done rather than something done wrong."""
    return np.asarray(fitting(case, supposed.ball) & (case.figures.value != 0))


def _diagnosis(name: str, label: str, cells: Iterable[Cell]) -> Diagnosis:
    slip = SLIPS[name]
    return Diagnosis(name, slip.title, slip.message.format(label), slip.hint, tuple(cells))
