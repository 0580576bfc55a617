"""The marks of one sheet, for people: what is right, what is wrong and why, what follows."""

from collections.abc import Iterator, Mapping, Sequence
from math import floor, isfinite, log10

import numpy as np

from mlpcalc.marking.marks import Cell, Diagnosis, QuantityMarks, SheetMarks
from mlpcalc.marking.reports import understanding, words
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.numerics.rounding import figure, rounded
from mlpcalc.page.symbols import Symbol
from mlpcalc.report.blocks import Block, Group, ListItem, MarkedMatrix, More, Phrase
from mlpcalc.solving.matrices import matrix
from mlpcalc.solving.solution import Solution
from mlpcalc.text.sanitize import shortened

_EXPLANATIONS = 4  # of the same cells, gone through
_CAUSES = 5  # of one answer, gone through
_FIGURE = 18  # characters shown
_LARGE = 1e9  # from here on figures are written with an exponent
_DOUBLE = 15  # decimals of a double
_CELL_SIGNS = {
    verdict: said.sign if said.beside_cell or verdict == Verdict.WRONG else ""
    for verdict, said in words.VERDICTS.items()
}


def sheet_report(solution: Solution, marks: SheetMarks) -> Iterator[Block]:
    """Everything about one sheet."""
    yield Group([words.header(marks, points=True), *_blocks(solution, marks)])


def _blocks(solution: Solution, marks: SheetMarks) -> Iterator[Block]:
    groups = words.by_verdict(marks)
    if not groups:
        yield ListItem("", words.NOTHING)
    if right := groups.get(Verdict.CORRECT):
        yield ListItem(words.VERDICTS[Verdict.CORRECT].sign, words.names(solution, right))
    if in_part := groups.get(Verdict.BLANK):
        yield _line(solution, Verdict.BLANK, in_part)
    if marks.convention:
        yield ListItem(words.VERDICTS[Verdict.CORRECT].sign, f"{marks.convention}: {words.A_CONVENTION}")
    wrong = groups.get(Verdict.WRONG, [])
    if marks.muddled:
        yield ListItem(words.VERDICTS[Verdict.WRONG].sign, words.names(solution, wrong))
        yield ListItem("", words.MUDDLED, 1)
    else:
        for symbol in wrong:
            yield from _wrong(solution, symbol, marks)
    for symbol in groups.get(Verdict.UNREAD, []):
        yield from _unread(solution, symbol, marks)
    said = words.VERDICTS[Verdict.FOLLOWS]
    for sources, symbols in words.by_source(marks, Verdict.FOLLOWS).items():
        source: Phrase = (
            ["the written ", words.names(solution, sources)] if sources else "what was written before"
        )
        meaning = words.filled(said.meaning, follow=words.follow(symbols), source=source)
        yield ListItem(said.sign, [words.names(solution, symbols), "   ", *meaning])
    if rounding := groups.get(Verdict.ROUNDING):
        yield _line(solution, Verdict.ROUNDING, rounding)
    for verdict in (Verdict.UNCHECKED, Verdict.COARSE, Verdict.TRIVIAL):
        for symbols, cells in _alike(solution, marks, groups.get(verdict, [])):
            yield _line(solution, verdict, symbols, cells, words.digits(solution, marks, symbols))
    for said_of, symbols in words.beside_marks(marks):
        yield ListItem("", [f"{said_of}: ", words.names(solution, symbols)])
    yield from understanding.closing(marks)


def _line(
    solution: Solution,
    verdict: Verdict,
    symbols: Sequence[Symbol],
    cells: str = "",
    fields: Mapping[str, Phrase] | None = None,
) -> ListItem:
    """What a verdict means, behind the quantities that have it."""
    said = words.VERDICTS[verdict]
    return ListItem(
        said.sign,
        [words.names(solution, symbols), f"{cells}   ", *words.filled(said.meaning, **(fields or {}))],
    )


def _alike(
    solution: Solution, marks: SheetMarks, symbols: Sequence[Symbol]
) -> Iterator[tuple[list[Symbol], str]]:
    """Quantities of which the same can be said; which of their cells, if not all of them."""
    cells = {symbol: marks.quantities[symbol].cells(marks.quantities[symbol].verdict) for symbol in symbols}
    whole = [symbol for symbol in symbols if len(cells[symbol]) == marks.quantities[symbol].verdicts.size]
    if whole:
        yield whole, ""
    for symbol in symbols:
        if symbol not in whole:
            yield [symbol], f" {words.places(solution, symbol, cells[symbol])}"


# ---------------------------------------------------------------------------- what is wrong


def _wrong(solution: Solution, symbol: Symbol, sheet: SheetMarks) -> Iterator[Block]:
    marks = sheet.quantities[symbol]
    if marks.answer.written_shape is not None:
        yield ListItem(
            "✗",
            [words.names(solution, [symbol]), "   ", *(diagnosis.message for diagnosis in marks.diagnoses)],
        )
        return
    written = _written(solution, symbol, marks)
    yield written
    signs = {sign for line in written.signs for sign in line}
    if legend := "   ".join(
        f"{said.sign} {said.beside_cell}"
        for said in reversed([*words.VERDICTS.values()])
        if said.beside_cell and said.sign in signs
    ):
        yield ListItem("", legend, 1)
    yield from _reasons(solution, symbol, marks)
    if marks.repeated and words.explanations(marks):
        yield ListItem("", [*words.like_before(solution, symbol, sheet), ": counted once."], 1)


def _unread(solution: Solution, symbol: Symbol, sheet: SheetMarks) -> Iterator[Block]:
    """An answer that cannot be read everywhere, as it was typed."""
    marks = sheet.quantities[symbol]
    if marks.answer.is_matrix:
        yield _written(solution, symbol, marks)
        said = words.VERDICTS[Verdict.UNREAD]
        yield ListItem("", f"{said.sign} {said.meaning}", 1)
    else:
        yield _line(solution, Verdict.UNREAD, [symbol])
        yield from understanding.as_typed(marks.answer)


def _written(solution: Solution, symbol: Symbol, marks: QuantityMarks) -> MarkedMatrix:
    """The answer as it stands on the sheet, oriented as in the exercise."""
    texts = [[shortened(text, _FIGURE) for text in row] for row in marks.answer.written]
    signs = [[_CELL_SIGNS[verdict] for verdict in row] for row in marks.verdicts.tolist()]
    remarks = [["" for _ in row] for row in texts]
    for i, j in marks.cells(Verdict.WRONG):
        remark = _remark(solution, marks, (i, j))
        remarks[i][j] = f"{words.place(solution, symbol, (i, j))} {remark}".lstrip()
    whole = matrix(solution, symbol, solution.digits())

    def in_exercise_layout(cells: list[list[str]]) -> list[list[str]]:
        turned = solution.in_exercise_layout(symbol, np.array(cells, dtype=object))
        return turned.reshape(len(whole.rows), len(whole.columns)).tolist()

    return MarkedMatrix(
        words.names(solution, [symbol]),
        whole.shape,
        whole.rows,
        whole.columns,
        in_exercise_layout(texts),
        in_exercise_layout(signs),
        [[remark for remark in line if remark] for line in in_exercise_layout(remarks)],
        words.VERDICTS[marks.verdict].sign,
    )


def _remark(solution: Solution, marks: QuantityMarks, cell: Cell) -> str:
    """`must be 0`, `should be 0.0239`, `should be 0.0238 to 0.0240`: with as many digits as were written."""
    if marks.answer.twice is not None and marks.answer.twice[cell]:
        return f"is {words.TWICE}"
    value, radius = (float(part[cell]) for part in marks.expected)
    if value == radius == 0:
        return "must be 0"
    if not isfinite(value - radius) or not isfinite(value + radius):
        return "is wrong"
    decimals = _decimals_here(solution, marks, cell)
    if radius:  # of an interval no more digits than tell its ends apart
        decimals = min(decimals, max(1 - floor(log10(2 * radius)), 0))
    was = float(marks.answer.value[cell])
    while True:
        low, high = (_figure(end, decimals) for end in (value - radius, value + radius))
        shown = was not in (float(low), float(high)) and (float(low) or float(high))
        if decimals >= _DOUBLE and not shown and value:
            return f"should be {value:.0e}" if abs(value) > radius else "should be 0"
        if shown or decimals >= _DOUBLE or (not value and low == high):
            return f"should be {low}" if low == high else f"should be {low} to {high}"
        decimals += 1


def _decimals_here(solution: Solution, marks: QuantityMarks, cell: Cell) -> int:
    """With how many decimals the student writes: in this cell, else in this answer, else on this sheet."""
    own = _decimals(marks.answer.texts[cell[0]][cell[1]])
    if own is None:
        own = max((_decimals(text) or 0 for row in marks.answer.texts for text in row), default=0)
    return own or solution.decimals()


def _decimals(text: str | None) -> int | None:
    """How many digits stand after the point; None for whole numbers and fractions."""
    mantissa, _, exponent = (text or "").lower().partition("e")
    _, point, digits = mantissa.partition(".")
    if not (point or exponent):
        return None
    return min(max(len(digits) - int(exponent.replace("\N{MINUS SIGN}", "-") or 0), 0), _DOUBLE)


def _figure(value: float, decimals: int) -> str:
    return figure(value, decimals) if abs(value) >= _LARGE else f"{rounded(value, decimals):f}"


def _reasons(solution: Solution, symbol: Symbol, marks: QuantityMarks) -> Iterator[Block]:
    """What explains it: every explanation, where there are several."""
    single = len(words.explanations(marks)) == 1
    groups = _merged(words.explanations(marks))
    for cells, diagnoses in groups[:_CAUSES]:
        where = "" if single else f"{words.places(solution, symbol, cells)}: "
        if len(diagnoses) == 1:
            yield ListItem("", where + diagnoses[0].message, 1, _formula(diagnoses[0]))
            continue
        any_of = "either" if len(diagnoses) == 2 else "any"
        said = f"{any_of} of {len(diagnoses)} mistakes would give these figures:"
        yield ListItem("", where + said if where else said.capitalize(), 1)
        for n, diagnosis in enumerate(diagnoses[:_EXPLANATIONS], start=1):
            yield ListItem(f"({n})", diagnosis.message, 1, _formula(diagnosis))
        if (more := len(diagnoses) - _EXPLANATIONS) > 0:
            yield More("everything", f"and {more} more", 1)
    if (more := len(groups) - _CAUSES) > 0:
        yield More("everything", f"and {more} more causes", 1)


def _merged(
    groups: Mapping[tuple[Cell, ...], list[Diagnosis]],
) -> list[tuple[tuple[Cell, ...], list[Diagnosis]]]:
    """The same, with slips of one kind in several cells as one: each has its own sentence otherwise."""
    kinds: dict[object, list[tuple[tuple[Cell, ...], list[Diagnosis]]]] = {}
    for cells, diagnoses in groups.items():
        kinds.setdefault(tuple(diagnosis.mistake for diagnosis in diagnoses), []).append((cells, diagnoses))
    merged = []
    for alike in kinds.values():
        cells, diagnoses = alike[0]
        if len(alike) > 1:
            cells = tuple(cell for part, _ in alike for cell in part)
            diagnoses = [
                diagnosis._replace(message=f"{diagnosis.title}.", formula=None) for diagnosis in diagnoses
            ]
        merged.append((cells, diagnoses))
    return merged


def _formula(diagnosis: Diagnosis) -> list[Phrase]:
    """What was computed, as an equation."""
    return [] if diagnosis.formula is None else [["used: ", diagnosis.formula]]
