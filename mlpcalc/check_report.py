"""The marks of one sheet, for people: what is right, what is wrong and why, what follows."""

from collections.abc import Iterator, Sequence

import numpy as np

from mlpcalc.marks import Diagnosis, QuantityMarks, SheetMarks
from mlpcalc.matrices import counted
from mlpcalc.report import Aligned, Block, Formula, Header, Matrix, Note, Phrase
from mlpcalc.rounding import figure
from mlpcalc.solution import Solution
from mlpcalc.symbols import Symbol
from mlpcalc.verdicts import Verdict
from mlpcalc.working import matrix

_MOST = 6  # cells that are gone through one by one
_MARKS = {Verdict.WRONG: "✗", Verdict.TRIVIAL: "0?", Verdict.UNCHECKED: "?", Verdict.ROUNDING: "≈"}
_LINES = {
    Verdict.FOLLOWS: (
        "→",
        "follows from what was written before, full credit",
        "follow from what was written before, full credit",
    ),
    Verdict.ROUNDING: ("≈", "is off by rounding only: full credit", "are off by rounding only: full credit"),
    Verdict.UNCHECKED: (
        "?",
        "cannot be checked: what comes before was rounded too coarsely",
        "cannot be checked: what comes before was rounded too coarsely",
    ),
    Verdict.TRIVIAL: (
        "0",
        "follows from nothing but a wrong zero: no credit",
        "follow from nothing but wrong zeros: no credit",
    ),
}
MUDDLED = "The figures contradict one another throughout: are they of another exercise, or of another run?"


def sheet_report(solution: Solution, marks: SheetMarks) -> Iterator[Block]:
    """Everything about one sheet."""
    yield _header(marks)
    groups = _groups(marks)
    fine = [*groups.get(Verdict.CORRECT, ()), *groups.get(Verdict.BLANK, ())]
    if fine:
        yield Note(_listed(solution, "✓", sorted(fine, key=list(marks.quantities).index)))
    if marks.muddled:
        yield Note(MUDDLED)
    for symbol in groups.get(Verdict.WRONG, ()):
        yield from _wrong(solution, symbol, marks.quantities[symbol], brief=marks.muddled)
    for verdict, (mark, one, several) in _LINES.items():
        if symbols := groups.get(verdict):
            yield Note([*_listed(solution, mark, symbols), "   ", one if len(symbols) == 1 else several])


def student_report(solution: Solution, marks: SheetMarks) -> Iterator[Block]:
    """Where to look again, without the figures."""
    yield _header(marks)
    groups = _groups(marks)
    wrong = [*groups.get(Verdict.WRONG, ()), *groups.get(Verdict.TRIVIAL, ())]
    if not wrong:
        coarse = groups.get(Verdict.UNCHECKED, ())
        yield Note("Nothing is wrong." if coarse else "Everything is right.")
        if coarse:
            yield Note([*_names(solution, coarse), " cannot be checked: carry more digits."])
        return
    if marks.muddled:
        yield Note(MUDDLED)
        return
    right = [symbol for symbol in marks.quantities if symbol not in wrong]
    before = [symbol for symbol in right if marks.quantities[symbol].verdict != Verdict.FOLLOWS]
    if before:
        yield Note(["Right: ", *_names(solution, before), "."])
    for symbol in wrong:
        yield from _hints(solution, symbol, marks.quantities[symbol])
    following = groups.get(Verdict.FOLLOWS, ())
    if following:
        yield Note([*_names(solution, following), _follow(following)])


def _follow(symbols: Sequence[Symbol]) -> str:
    verb = "follows" if len(symbols) == 1 else "follow"
    return f" {verb} from what you wrote before: nothing else to repair there."


def _hints(solution: Solution, symbol: Symbol, marks: QuantityMarks) -> Iterator[Block]:
    if marks.verdict == Verdict.TRIVIAL:
        yield Note([*_names(solution, [symbol]), " follows from zeros alone: work it out again."])
        return
    cells = marks.cells(Verdict.WRONG)
    causes = "one cause" if len({each.mistake for each in marks.diagnoses}) == 1 else "see below"
    yield Note(["Look at ", *_names(solution, [symbol]), f" again: {counted(len(cells), 'cell')}, {causes}."])
    for hint in dict.fromkeys(each.hint for each in marks.diagnoses):
        yield Note(f"Hint: {hint}")


def _header(marks: SheetMarks) -> Header:
    right = sum(mark.verdict < Verdict.UNCHECKED for mark in marks.quantities.values())
    steps = f"{right} of {counted(len(marks.quantities), 'step')} right"
    who = f"{marks.file}, {marks.student}" if marks.student else marks.file
    facts: list[Sequence[Phrase]] = []
    if marks.points != right or marks.of != len(marks.quantities):
        facts.append([f"{shown_points(marks.points)} of {shown_points(marks.of)} points"])
    if marks.convention:
        facts.append([f"{marks.convention}: not a mistake"])
    return Header(who, steps, facts)


def shown_points(points: float) -> str:
    """Points with as few decimals as they need, two at most."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def _groups(marks: SheetMarks) -> dict[Verdict, list[Symbol]]:
    groups: dict[Verdict, list[Symbol]] = {}
    for symbol, mark in marks.quantities.items():
        groups.setdefault(mark.verdict, []).append(symbol)
    return groups


def _wrong(solution: Solution, symbol: Symbol, marks: QuantityMarks, *, brief: bool) -> Iterator[Block]:
    shown = _marked(solution, symbol, marks)
    cells = marks.cells(Verdict.WRONG)
    if shown is None or brief:
        yield Note(_listed(solution, "✗", [symbol]))
    else:
        yield shown
    if marks.answer.written_shape is None and not brief:
        rows = [_expected(solution, symbol, marks, cell) for cell in cells[:_MOST]]
        if len(cells) > _MOST:
            rows.append([Formula(f"and {len(cells) - _MOST} more", r"\ldots")])
        yield Aligned(rows)
    if not brief:
        yield from (Note(line) for line in _reasons(solution, symbol, marks))


def _marked(solution: Solution, symbol: Symbol, marks: QuantityMarks) -> Matrix | None:
    """The answer as it was written, its wrong cells marked; None for one of the wrong shape."""
    answer = marks.answer
    if answer.written_shape is not None:
        return None
    words = [
        [
            ("" if text is None else f"{_MARKS.get(Verdict(int(verdict)), '')}{text}") or "~"
            for text, verdict in zip(*row, strict=True)
        ]
        for row in zip(answer.texts, marks.verdicts.tolist(), strict=True)
    ]
    whole = matrix(solution, symbol, solution.decimals())
    lying = solution.lying(symbol, np.array(words, dtype=object))
    cells = np.atleast_2d(lying).tolist()
    name = solution.notation.both(lambda notation: f"✗ {notation.name(symbol)}")
    return whole._replace(formula=name, cells=cells)


def _expected(
    solution: Solution, symbol: Symbol, marks: QuantityMarks, cell: tuple[int, int]
) -> list[Formula]:
    """`Δ1[1,3]  0.0053 was written, 0.0000 expected`."""
    value, radius = (float(part[cell]) for part in marks.expected)
    text = marks.answer.texts[cell[0]][cell[1]]
    decimals = solution.decimals()
    if not np.isfinite(radius):
        should = "out of bounds"
    elif figure(value - radius, decimals) == figure(value + radius, decimals):
        should = f"{figure(value, decimals)} expected"
    else:
        should = f"{figure(value - radius, decimals)} to {figure(value + radius, decimals)} expected"
    name = solution.cell_name(symbol, cell)
    return [_words(f"  {name}"), _words(f" {text} was written, {should}")]


def _words(text: str) -> Formula:
    return Formula(text, rf"\text{{{text}}}")


def _reasons(solution: Solution, symbol: Symbol, marks: QuantityMarks) -> Iterator[Phrase]:
    """What explains it; all explanations, where there are several."""
    groups: dict[tuple[tuple[int, int], ...], list[Diagnosis]] = {}
    for each in marks.diagnoses:
        groups.setdefault(each.cells, []).append(each)
    for cells, explanations in groups.items():
        where = ""
        if len(groups) > 1:
            where = ", ".join(solution.cell_name(symbol, cell) for cell in cells[:_MOST]) + ": "
        if len(explanations) == 1:
            yield where + explanations[0].message
            continue
        yield f"{where}{len(explanations)} explanations:"
        for number, each in enumerate(explanations[:_MOST], start=1):
            yield f"({number}) {each.message}"
        if len(explanations) > _MOST:
            yield f"and {len(explanations) - _MOST} more: --format json has all"
    if marks.repeated:
        yield "The same mistake as before: it is not counted twice."


def _listed(solution: Solution, mark: str, symbols: Sequence[Symbol]) -> list[str | Formula]:
    """`✓ S1 Z1 Z2`."""
    return [f"{mark} ", *_names(solution, symbols)]


def _names(solution: Solution, symbols: Sequence[Symbol]) -> list[str | Formula]:
    return [solution.notation.both(lambda notation: " ".join(map(notation.name, symbols)))]
