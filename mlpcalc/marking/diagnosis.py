"""What went wrong in an answer: every mistake of the catalogue that explains all its wrong cells."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

import numpy as np

from mlpcalc.answers.reader import Answer
from mlpcalc.marking.evidence import Case, Cases, Explained, cells_of, explained, unwritten
from mlpcalc.marking.lines import Ground, Line
from mlpcalc.marking.marks import UNEXPLAINED, Cell, Diagnosis, Found
from mlpcalc.marking.slips import Slips
from mlpcalc.marking.verdicts import Figures, Verdict
from mlpcalc.mistakes import GENERAL, Edit, edits
from mlpcalc.notation.formulas import Formula
from mlpcalc.numerics.evaluate import evaluate_function
from mlpcalc.numerics.interval import Ball
from mlpcalc.numerics.rounding import figure
from mlpcalc.page import expr
from mlpcalc.page.equations import Page, written_out
from mlpcalc.page.layout import turn_expression, turned_shape
from mlpcalc.page.memory import once_for_each
from mlpcalc.page.simplify import simplify
from mlpcalc.page.symbols import Symbol
from mlpcalc.reading.keys import MAX_DECIMALS
from mlpcalc.reading.numerals import numeral

_SINGLE_CELLS = 2
_BACK = ("errors", "gradients")
_STEPS = 25_000_000  # worked out at most to explain one answer, times those of the page, squared
_TELLING = 50  # times as far off as it is uncertain


_used = once_for_each(expr.references)


class Supposition(NamedTuple):
    """An edit that explains the wrong cells; `own`: on the sheet's own line, not on the right one.

    contradicted: whether an earlier answer needs the step to be right, so that it was done twice.
    """

    edit: Edit
    found: Explained
    own: bool
    contradicted: bool


class Diagnostics:
    """The mistakes of one exercise, ready to be looked for."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._slips = Slips(ground)
        self._formulas: dict[tuple[Symbol, expr.Expr], Formula] = {}

    @cached_property
    def _edits(self) -> Mapping[Symbol, tuple[Edit, ...]]:
        return edits(self._ground.exercise, self._ground.solution.notation.name)

    def diagnose(self, cases: Cases) -> list[Found]:
        """Every explanation of all wrong cells, for each of the sheets, the most telling first.

        Cell by cell where nothing explains all of them.
        """
        suppositions = self._suppositions(cases)
        return [self._found(cases, row, suppositions[row]) for row in range(len(cases.sheets))]

    def _found(self, cases: Cases, row: int, suppositions: list[Supposition]) -> Found:
        doubtful = tuple(_given_twice(cases.sheets[row].answers[cases.symbol]))
        if not cases.wrong[row].any():
            return Found(doubtful)
        suppositions.sort(key=lambda each: (each.found.scope, each.edit.mistake.name in GENERAL))
        several = int(cases.wrong[row].sum()) > 1
        if several:  # one rule that was got wrong is likelier than several slips
            suppositions = [each for each in suppositions if each.found.scope < _SINGLE_CELLS] or suppositions
        diagnoses = [self._misconception(each) for each in suppositions]
        case = Case(cases, row)
        diagnoses += self._slips.of_all(case, only_names=several and bool(diagnoses))
        if diagnoses:
            causes = frozenset(each.mistake for each in diagnoses if each.misconception)
            return Found((*doubtful, *_distinct(diagnoses)), causes, _instead(cases, suppositions))
        if behind := _distinct(self._behind(case)):
            return Found((*doubtful, *behind))
        return Found((*doubtful, *_distinct([*self._slips.cell_by_cell(case), *self._unexplained(case)])))

    def misshapen(self, answer: Answer) -> Diagnosis:
        """What to say of an answer of the wrong shape."""
        shape = self._ground.exact(answer.symbol).shape
        rows, columns = turned_shape(shape, answer.symbol.row.lies, self._ground.exercise.conventions)
        written = answer.written_shape or shape
        message = f"{written[0]} × {written[1]} was written, {rows} × {columns} was expected"
        name, title = "wrong_shape", "wrong shape"
        if answer.transposed:
            name, title, message = "transposed", "transposed", f"{message}: this is the transpose"
        hint = "Which dimension do the rows stand for, and which the columns?"
        return Diagnosis(name, title, f"{message}.", hint, cells_of(np.ones(shape, bool)))

    # -- misconceptions

    def _suppositions(self, cases: Cases) -> list[list[Supposition]]:
        """The edits that explain all wrong cells of each sheet; with scratch paper, if nothing else does."""
        found: list[list[Supposition]] = [[] for _ in cases.sheets]
        zeros = ((cases.figures.value == 0) | cases.figures.blank).all(axis=(1, 2))
        for rounded in (False, True):
            left = [row for row, each in enumerate(found) if not each]
            if not left:
                break
            part = cases if len(left) == len(found) else cases.of(left)
            for line in part.lines:
                paper = line.widened(part.scratch) if rounded else line
                for edit in self._within_reach(part, rounded=rounded):
                    supposed = line.changed(edited={edit.symbol: edit.expression})
                    why_of = explained(part, _outcome(part, edit, paper, supposed, rounded=rounded))
                    contradicted = _contradicted(part, edit, supposed) if why_of else ()
                    for row, why in why_of.items():
                        if zeros[left[row]] and not _says_zero(edit.expression):
                            continue  # nothing was worked out there, rather than something wrongly
                        suspected = Supposition(edit, why, line is part.own, row in contradicted)
                        found[left[row]].append(suspected)
        # Something odd done once only is possible, but not just anything.
        return [
            [each for each in row if not each.contradicted]
            or [each for each in row if each.edit.mistake.name not in GENERAL]
            for row in found
        ]

    def _within_reach(self, cases: Cases, *, rounded: bool) -> Iterator[Edit]:
        """The edits of an answered step and of those before it that are not written, the nearest first.

        Not all of them in a deep network of which little is written: each is followed through these steps.
        """
        behind = unwritten(cases, cases.symbol)
        room = _STEPS / len(self._ground.page) ** 2
        for place, symbol in enumerate((cases.symbol, *behind), start=1):
            edits_of = self._edits.get(symbol, ())
            room -= len(edits_of) * (1 + len(behind) if rounded else place)
            if room < 0 and place > 1:
                return
            yield from edits_of

    def _misconception(self, supposition: Supposition) -> Diagnosis:
        edit, mistake = supposition.edit, supposition.edit.mistake
        return Diagnosis(
            mistake.name,
            mistake.title,
            f"{mistake.done} {mistake.advice}",
            mistake.hint,
            supposition.found.cells,
            self._formula(edit),
            misconception=True,
        )

    def _formula(self, edit: Edit) -> Formula:
        """The equation as it seems to have been used, in the notation of the course."""
        key = edit.symbol, edit.expression
        if key not in self._formulas:
            self._formulas[key] = self._written(edit)
        return self._formulas[key]

    def _written(self, edit: Edit) -> Formula:
        ground, notation = self._ground, self._ground.solution.notation
        whole = simplify(written_out(edit.expression, ground.page, notation.keeps_its_name))
        turned = turn_expression(edit.symbol, whole, ground.exercise.conventions)
        return notation.both(lambda style: f"{style.name(edit.symbol)} = {style.text(turned)}")

    # -- behind figures that are right

    def _behind(self, case: Case) -> Iterator[Diagnosis]:
        """The mistakes on the way back with which one went on, though what was written is right.

        It takes a figure of many digits to tell: it has to be much further off than it is uncertain.
        """
        page, own = self._ground.page, case.own
        if case.symbol.stage != "after" or case.right is not own or case.wrong.sum() > 1:
            return
        value, half = (part[0][case.wrong] for part in case.figures)
        right, radius = (part[case.wrong] for part in case.step)
        if (np.abs(value - right) < _TELLING * (half + radius)).any():
            return
        room = _STEPS / len(page) ** 2
        for symbol in page:
            if symbol.stage not in _BACK or symbol in own.known or room < 0:
                continue
            spoilt = _after(page, symbol)
            if case.symbol not in spoilt:
                continue
            room -= len(spoilt) * len(self._edits.get(symbol, ()))
            kept = {known: ball for known, ball in own.known.items() if known not in spoilt}
            others = [name for name in own.known if name in spoilt]
            for edit in self._edits.get(symbol, ()) if others else ():
                line = Line(self._ground, kept, written=own.written, edited={symbol: edit.expression})
                if (
                    edit.mistake.name not in GENERAL
                    and case.figures.meets(line.step(case.symbol))[0][case.wrong].all()
                ):
                    yield self._unlike(edit, others, cells_of(case.wrong))

    def _unlike(self, edit: Edit, others: Iterable[Symbol], cells: tuple[Cell, ...]) -> Diagnosis:
        """What to say of a mistake that the answers after it do not have."""
        names = " and ".join(map(self._ground.solution.notation.name, others))
        mistake = edit.mistake
        message = f"{mistake.done} {mistake.advice} But what was written for {names} is right."
        return Diagnosis(mistake.name, mistake.title, message, mistake.hint, cells, self._formula(edit))

    # -- what is left

    def _unexplained(self, case: Case) -> Iterator[Diagnosis]:
        explained_cells = {cell for each in self._slips.cell_by_cell(case) for cell in each.cells}
        cells = tuple(cell for cell in cells_of(case.wrong) if cell not in explained_cells)
        if not cells:
            return
        message = self._function_value(case, cells) or "No mistake that is known leads to this figure."
        yield Diagnosis(UNEXPLAINED, UNEXPLAINED, message, "Work this step out once more.", cells)

    def _function_value(self, case: Case, cells: Iterable[tuple[int, int]]) -> str | None:
        """`σ(2.4) = 0.9168, 0.9084 was written`, where a function was looked up."""
        equation = self._ground.page.get(case.symbol)
        if equation is None:
            return None
        match equation.expression:
            case expr.Apply(function, expr.Ref(operand)) if (
                operand in case.own.known and function.elementwise
            ):
                ball = case.own.known[operand]
                said = []
                for i, j in cells:
                    argument = float(f"{float(ball.value[0, i, j]):.6g}")
                    result = float(evaluate_function(function, np.array([[argument]]))[0, 0])
                    text = case.answer.texts[i][j]
                    said.append(
                        f"{function.symbol}({argument:g}) = {_like(result, text)}, {text} was written"
                    )
                return "; ".join(said[:3]) + "."
        return None


def _after(page: Page, symbol: Symbol) -> set[Symbol]:
    """All that is worked out from a quantity."""
    found = {symbol}
    for later, equation in page.items():  # in order
        if not found.isdisjoint(_used(equation.expression)):
            found.add(later)
    return found - {symbol}


def _like(value: float, text: str | None) -> str:
    """A value with as many decimals as a figure has."""
    return figure(value, min(max(numeral(text or "0").decimals or 0, 0), MAX_DECIMALS))


def _given_twice(answer: Answer) -> Iterator[Diagnosis]:
    """What to say of cells for which a sheet has two different figures."""
    if answer.twice is not None:
        names = " and ".join(answer.names)
        message = f"There are two different figures for this, under {names}: which one is meant?"
        hint = "Is everything answered only once?"
        yield Diagnosis("given_twice", "two different answers", message, hint, cells_of(answer.twice))


def _instead(cases: Cases, suppositions: Iterable[Supposition]) -> tuple[tuple[Symbol, expr.Expr], ...]:
    """What a step that was not written may have been, by what explains the whole answer."""
    return tuple(
        (each.edit.symbol, each.edit.expression)
        for each in suppositions
        if each.edit.symbol != cases.symbol and each.found.scope == 0 and each.own
    )


def _outcome(cases: Cases, edit: Edit, line: Line, supposed: Line, *, rounded: bool) -> Ball:
    """What would have come out; `rounded`: with rounding on scratch paper, which `line` has then."""
    if edit.symbol == cases.symbol:
        return line.value(edit.expression, cases.symbol)
    return (supposed.widened(cases.scratch) if rounded else supposed).step(cases.symbol)


def _contradicted(cases: Cases, edit: Edit, supposed: Line) -> set[int]:
    """The sheets that have an earlier answer which the step, as it is supposed to be, would have spoilt."""
    found: set[int] = set()
    if edit.symbol == cases.symbol:
        return found
    for symbol in cases.earlier[0]:
        if symbol not in supposed.known or edit.symbol not in unwritten(cases, symbol):
            continue
        marks = [earlier[symbol] for earlier in cases.earlier]
        if marks[0].answer.written_shape is not None:  # which cells are meant cannot be said
            continue
        figures = Figures(
            *(np.stack([getattr(each.answer, part) for each in marks]) for part in ("value", "half"))
        )
        spoilt = ~figures.meets(supposed.widened(cases.scratch).step(symbol), 2) & ~figures.blank
        wrong = np.stack([each.verdicts == Verdict.WRONG for each in marks])
        found |= set(np.flatnonzero((spoilt & ~wrong).any(axis=(1, 2))).tolist())
    return found


def _says_zero(expression: expr.Expr) -> bool:
    """Whether an expression is 0 whatever the figures are."""
    match expression:
        case expr.Scale(coefficient, _):
            return coefficient.number == 0
    return not expr.references(expression)


def _distinct(diagnoses: Iterable[Diagnosis]) -> tuple[Diagnosis, ...]:
    """Each mistake once for the same cells: that it can be made in several ways tells nobody more."""
    found: dict[tuple[str, object], Diagnosis] = {}
    for each in diagnoses:
        found.setdefault((each.mistake, each.cells), each)
    return tuple(found.values())
