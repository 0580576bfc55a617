"""What went wrong in an answer: every mistake of the catalogue that explains all its wrong cells."""

from collections.abc import Iterable, Iterator, Sequence, Set

import numpy as np

from mlpcalc.answers.digits import INFINITE
from mlpcalc.answers.reader import Answer
from mlpcalc.marking.basis import Basis
from mlpcalc.marking.behind import mistakes_behind
from mlpcalc.marking.case import Case, cells_of
from mlpcalc.marking.chance import POSSIBLE, SURE, Hit, Ledger
from mlpcalc.marking.evidence import Question
from mlpcalc.marking.marks import UNEXPLAINED, Cell, Diagnosis, Explanation
from mlpcalc.marking.pairs import Pair, PairHit, Pairs
from mlpcalc.marking.slip_search import SlipHit, Slips
from mlpcalc.marking.suppositions import Supposition, Suppositions, suspected_steps
from mlpcalc.marking.verdicts import Verdict, Verdicts
from mlpcalc.mistakes import GENERAL, Edit
from mlpcalc.notation.formulas import Formula
from mlpcalc.numerics.evaluate import evaluate_derivative, evaluate_function
from mlpcalc.numerics.rounding import figure
from mlpcalc.page import expr
from mlpcalc.page.equations import written_out
from mlpcalc.page.functions import Apply, Derivative
from mlpcalc.page.simplify import simplify
from mlpcalc.page.symbols import Symbol
from mlpcalc.reading.keys import MAX_DECIMALS
from mlpcalc.reading.numerals import numeral

_SINGLE_CELLS = 2
_PUZZLING = 2  # answers that nothing explains
_GUESSES = 3  # of different mistakes; of more, none is worth telling
_NEAR = 4  # half units, as figures may be rounded on the way


class Diagnostics:
    """The mistakes of one exercise, ready to be looked for."""

    def __init__(self, basis: Basis) -> None:
        self._basis = basis
        self._slips = Slips(basis)
        self._suppositions = Suppositions(basis)
        self._pairs = Pairs(basis, self._suppositions)
        self._formulas: dict[tuple[Symbol, expr.Expr], Formula] = {}

    def diagnose(self, question: Question, puzzles: Sequence[int]) -> list[Explanation]:
        """Every explanation of all wrong cells, for each of the sheets, the most telling first.

        Cell by cell where nothing explains all of them. puzzles: how many answers before this one nothing
        explains on each sheet; after some of them two mistakes at once are not looked for.
        """
        if question.answers[0].written_shape is not None:
            return [Explanation((self._misshapen(question.answers[0]),))]
        cases = [Case(question, row) for row in range(len(question.sheets))]
        tried = self._suppositions.of(question)
        found = [self._by_one(case, *each) for case, each in zip(cases, tried, strict=True)]
        left = [row for row, explanation in enumerate(found) if explanation is None]
        clear = [row for row in left if puzzles[row] < _PUZZLING]
        if clear:
            ledgers = [tried[row][1] for row in clear]
            pairs = self._pairs.of(question.rows(np.array(clear)), ledgers)
            for row, hits in zip(clear, pairs, strict=True):
                found[row] = self._by_two(cases[row], hits, tried[row][1])
        for row in left:
            found[row] = found[row] or self._otherwise(cases[row], *tried[row])
        return [
            explanation._replace(diagnoses=(*_given_twice(answer), *explanation.diagnoses))
            for answer, explanation in zip(question.answers, found, strict=True)
            if explanation is not None
        ]

    def _by_one(self, case: Case, suppositions: list[Supposition], ledger: Ledger) -> Explanation | None:
        """The mistakes each of which explains all wrong cells by itself; None if there are none."""
        if not case.wrong.any():
            return Explanation(())
        suppositions.sort(key=lambda one: one.hit.match.scope)
        wide = [one for one in suppositions if one.hit.match.scope < _SINGLE_CELLS]
        only_names = bool(wide) and int(case.wrong.sum()) > 1  # one rule is likelier than several slips
        slips = self._slips.of_all(case, ledger, only_names=only_names)
        rules = [(self._misconception(one), one.hit) for one in wide]
        told = _told([*rules, *((slip.diagnosis, slip) for slip in slips)], ledger)
        if not told:
            return None
        names = {each.mistake for each in told}
        suspected = suspected_steps(case.symbol, [one for one in wide if one.edit.mistake.name in names])
        return Explanation(_distinct(told), _causes(told), suspected)

    def _by_two(self, case: Case, hits: Sequence[PairHit], ledger: Ledger) -> Explanation | None:
        """The pairs of mistakes that explain all wrong cells; None if there are none."""
        found = _told([(self._of_pair(pair, hit.match.cells), hit) for pair, hit in hits], ledger)
        told = [each for each in found if each.certain]  # a guess at two mistakes is worth nothing
        if not told:
            return None
        hidden = [pair.merged for pair, _ in hits if pair.later.symbol != case.symbol]
        suspected = tuple(edit.expressions for edit in hidden)
        return Explanation(_distinct(told), _causes(told), suspected)

    def _otherwise(self, case: Case, suppositions: list[Supposition], ledger: Ledger) -> Explanation:
        """What can be said where no mistake explains all wrong cells, and no two."""
        found = mistakes_behind(case, self._suppositions.edits)
        if behind := _distinct(self._unlike(*each) for each in found):
            return Explanation(behind)
        if told := self._in_single_cells(suppositions, ledger):
            return Explanation(_distinct(told))
        slips = self._cell_by_cell(case)
        left = self._unexplained(case, {cell for each in slips for cell in each.cells})
        return Explanation(_distinct([*slips, *left]))

    def _in_single_cells(self, suppositions: list[Supposition], ledger: Ledger) -> list[Diagnosis]:
        """Mistakes made in some cells only, while right cells beside them show that they are known."""
        single = [one for one in suppositions if one.edit.mistake.name not in GENERAL]
        told = _told([(self._misconception(one), one.hit) for one in single], ledger)
        return [_uncertain(each) for each in told if each.certain]

    def _cell_by_cell(self, case: Case) -> list[Diagnosis]:
        """Slips in single cells, where every wrong cell of the row on the sheet has one."""
        cells = self._slips.cell_by_cell(case)
        told = {
            cell: _told([(hit.diagnosis, hit) for hit in hits], ledger, count=len(cells))
            for cell, hits, ledger in cells
        }
        rows: dict[int, list[list[Diagnosis]]] = {}
        axis = int(self._basis.exercise.layout.is_transposed(case.symbol))
        for cell, diagnoses in told.items():
            rows.setdefault(cell[axis], []).append(diagnoses)
        return [each for row in rows.values() if all(row) for diagnoses in row for each in diagnoses]

    def _misshapen(self, answer: Answer) -> Diagnosis:
        """What to say of an answer of the wrong shape."""
        shape = self._basis.exact(answer.symbol).shape
        rows, columns = self._basis.exercise.layout.axes(answer.symbol, shape)
        written = answer.written_shape or shape
        message = f"{written[0]} × {written[1]} was written, {rows} × {columns} was expected"
        name, title = "wrong_shape", "wrong shape"
        if answer.transposed:
            name, title, message = "transposed", "transposed", f"{message}: this is the transpose"
        elif other := self._with_figures_of(answer):
            name, title = "another_quantity", "figures of another quantity"
            message = f"{message}: these are the figures of {self._basis.solution.notation.name(other)}"
        hint = "Which dimension do the rows stand for, and which the columns?"
        return Diagnosis(name, title, f"{message}.", hint, cells_of(np.ones(shape, bool)))

    def _with_figures_of(self, answer: Answer) -> Symbol | None:
        """The quantity whose figures an answer has; of another layer rather than of another kind."""
        page = sorted(self._basis.page, key=lambda symbol: symbol.kind != answer.symbol.kind)
        for symbol in page:
            exact = self._basis.exact(symbol)
            alike = exact.size > 1 and exact.shape == answer.value.shape
            if alike and (np.abs(answer.value - exact) <= _NEAR * answer.half).all():
                return symbol
        return None

    # -- misconceptions

    def _misconception(self, supposition: Supposition) -> Diagnosis:
        edit, mistake = supposition.edit, supposition.edit.mistake
        return Diagnosis(
            mistake.name,
            mistake.title,
            f"{mistake.done} {mistake.advice}",
            mistake.hint,
            supposition.hit.match.cells,
            self._formula(edit),
            misconception=True,
        )

    def _of_pair(self, pair: Pair, cells: tuple[Cell, ...]) -> Diagnosis:
        first, second = pair.earlier.mistake, pair.later.mistake
        return Diagnosis(
            "+".join(sorted((first.name, second.name))),
            f"{first.title}, and {second.title}",
            f"Two mistakes: {first.done} {second.done} {first.advice} {second.advice}",
            first.hint,
            cells,
            self._formula(pair.merged),
            misconception=True,
        )

    def _formula(self, edit: Edit) -> Formula:
        """The equation as it seems to have been used, in the notation of the course."""
        key = edit.symbol, edit.expression
        if key not in self._formulas:
            self._formulas[key] = self._written(edit)
        return self._formulas[key]

    def _written(self, edit: Edit) -> Formula:
        basis, notation = self._basis, self._basis.solution.notation
        whole = simplify(written_out(edit.expression, basis.page, notation.keeps_its_name))
        turned = basis.exercise.layout.expression(edit.symbol, whole)
        return notation.both(
            lambda each: f"{each.name(edit.symbol)} {each.style.literal('= ')}{each.text(turned)}"
        )

    def _unlike(self, edit: Edit, answered: Sequence[Symbol], cells: tuple[Cell, ...]) -> Diagnosis:
        """What to say of a mistake that the answers after it do not have."""
        names = " and ".join(map(self._basis.solution.notation.name, answered))
        mistake, were = edit.mistake, "was" if len(answered) == 1 else "were"
        message = f"{mistake.done} {mistake.advice} Yet {names} {were} computed correctly."
        return Diagnosis(mistake.name, mistake.title, message, mistake.hint, cells, self._formula(edit))

    # -- what is left

    def _unexplained(self, case: Case, explained: Set[Cell]) -> Iterator[Diagnosis]:
        cells = tuple(cell for cell in cells_of(case.wrong) if cell not in explained)
        if not cells:
            return
        yield _UNEXPLAINED._replace(
            message=self._function_value(case, cells) or _UNEXPLAINED.message, cells=cells
        )

    def _function_value(self, case: Case, cells: Iterable[Cell]) -> str | None:
        """`σ(2.4) = 0.9168, you wrote 0.9084`, where a function was looked up."""
        equation = self._basis.page.get(case.symbol)
        match equation and equation.expression:
            case Apply(function, expr.Ref(operand)):
                name, evaluate = function.symbol, evaluate_function
            case Derivative(function, expr.Ref(operand)):
                name, evaluate = f"{function.symbol}'", evaluate_derivative
            case _:
                return None
        if operand not in case.own.known or not function.elementwise:
            return None
        said = []
        for i, j in cells:
            argument = float(f"{float(case.own.known[operand].value[0, i, j]):.6g}")
            result = float(np.ravel(evaluate(function, np.array([[argument]])))[0])
            text = case.answer.texts[i][j]
            said.append(f"{name}({argument:g}) = {_like(result, text)}, you wrote {text}")
        return "; ".join(said[:3]) + "."


_UNEXPLAINED = Diagnosis(
    UNEXPLAINED, UNEXPLAINED, "None of the known mistakes gives this figure.", "Redo this step.", ()
)


def unexplained(verdicts: Verdicts) -> Explanation:
    """The explanation of an answer for which none is looked for."""
    return Explanation((_UNEXPLAINED._replace(cells=cells_of(verdicts == Verdict.WRONG)),))


def _like(value: float, text: str | None) -> str:
    """A value with as many decimals as a figure has."""
    decimals = 0 if text is None or text in INFINITE else numeral(text).decimals or 0
    return figure(value, min(max(decimals, 0), MAX_DECIMALS))


def _given_twice(answer: Answer) -> Iterator[Diagnosis]:
    """What to say of cells for which a sheet has two different figures."""
    if answer.twice is not None:
        names = " and ".join(answer.names)
        message = f"There are two different values for this, under {names}: which one is meant?"
        hint = "Is everything answered only once?"
        yield Diagnosis("given_twice", "two different answers", message, hint, cells_of(answer.twice))


def _told(
    found: Iterable[tuple[Diagnosis, Hit | SlipHit]], ledger: Ledger, *, count: int = 1
) -> list[Diagnosis]:
    """The diagnoses that chance does not explain as well; if it might, few enough that say that it could be.

    General ones, as that something is twice as large, are left out beside a misconception that says why.
    count: in how many cells they are looked for, each by itself.
    """
    sure, possible = [], []
    for diagnosis, hit in found:
        chance = count * ledger.chance(hit.level, hit.share)
        if chance <= SURE:
            sure.append(diagnosis)
        elif chance <= POSSIBLE:
            possible.append(_uncertain(diagnosis))
    kinds = {diagnosis.mistake for diagnosis in possible}
    told = sure or (possible if len(kinds) <= _GUESSES else [])
    if any(diagnosis.misconception and diagnosis.mistake not in GENERAL for diagnosis in told):
        return [diagnosis for diagnosis in told if diagnosis.mistake not in GENERAL]
    return told


def _causes(told: Iterable[Diagnosis]) -> frozenset[str]:
    """The misconceptions that are certain."""
    return frozenset(each.mistake for each in told if each.misconception and each.certain)


def _uncertain(diagnosis: Diagnosis) -> Diagnosis:
    """The diagnosis as one that could be; a formula would say more than is known."""
    return diagnosis._replace(message=f"It could be this: {diagnosis.message}", certain=False)


def _distinct(diagnoses: Iterable[Diagnosis]) -> tuple[Diagnosis, ...]:
    """Each mistake once for the same cells: that it can be made in several ways tells nobody more."""
    distinct: dict[tuple[str, object], Diagnosis] = {}
    for diagnosis in diagnoses:
        distinct.setdefault((diagnosis.mistake, diagnosis.cells), diagnosis)
    return tuple(distinct.values())
