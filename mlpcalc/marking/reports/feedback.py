"""What is said of a submission in plain words, where there is room for text only, as in a grade book."""

from collections.abc import Iterator, Sequence

from mlpcalc.answers.files import Unreadable
from mlpcalc.marking.marks import QuantityMarks, SheetMarks
from mlpcalc.marking.reports import understanding, words
from mlpcalc.marking.results import Result
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.page.symbols import Symbol
from mlpcalc.report.blocks import plain
from mlpcalc.solving.solution import Solution


def lines(result: Result, *, student: bool = False) -> Iterator[str]:
    """What is right, what is wrong and why, what is missing, a line for each.

    student: with hints instead of explanations.
    """
    marked, solution = result.marked, result.solution
    if isinstance(marked, Unreadable):
        yield f"Cannot be read: {words.first_problem(marked)}"
        return
    yield f"{words.facts(marked, points=True)}."
    if marked.convention:
        yield f"{marked.convention}: {words.A_CONVENTION}."
    groups = words.by_verdict(marked)
    if right := [symbol for symbol in groups.get(Verdict.CORRECT, []) if symbol in marked.asked]:
        yield f"Right: {words.names(solution, right).text}."
    if marked.muddled:
        yield words.MUDDLED
    for symbols, said in _alike(solution, marked, student=student).items():
        names = words.names(solution, symbols).text
        yield " ".join([f"{names}: {meaning(solution, symbols, marked)}.", *said])
    if missing := marked.not_answered:
        yield f"{words.NOT_ANSWERED.capitalize()}: {words.names(solution, missing).text}."
    for problem in marked.not_understood:
        yield f"Not understood: {understanding.in_words(problem, marked.file)}."


def _alike(solution: Solution, marks: SheetMarks, *, student: bool) -> dict[tuple[Symbol, ...], list[str]]:
    """The quantities that are not simply right, those together of which the same is said, and what."""
    groups: dict[tuple[object, ...], list[Symbol]] = {}
    for symbol, mark in marks.quantities.items():
        if mark.verdict != Verdict.CORRECT and not (marks.muddled and mark.verdict == Verdict.WRONG):
            said = told(solution, symbol, mark, student=student)
            groups.setdefault((mark.verdict, symbol in marks.asked, *said), []).append(symbol)
    return {tuple(symbols): list(map(str, said)) for (_, _, *said), symbols in groups.items()}


def meaning(solution: Solution, symbols: Sequence[Symbol], marks: SheetMarks) -> str:
    """What a verdict means, said of all quantities that have it."""
    template = words.VERDICTS[marks.quantities[symbols[0]].verdict].meaning
    fields = words.digits(solution, marks, symbols)
    follow, source = words.follow(symbols), "what was written before"
    said = plain(words.filled(template, follow=follow, source=source, **fields))
    return said if symbols[0] in marks.asked else f"{said} ({words.NOT_ASKED})"


def told(solution: Solution, symbol: Symbol, marks: QuantityMarks, *, student: bool) -> list[str]:
    """What is said of a wrong answer, each thing once: in which cells, if not in all, and why.

    student: with hints instead, which do not say in which cells.
    """
    wrong = marks.cells(Verdict.WRONG)
    some = 0 < len(wrong) < marks.verdicts.size and not student
    where = [f"Wrong cells: {words.places(solution, symbol, wrong)}."] if some else []
    said: dict[str, None] = {}
    for alternatives in words.explanations(marks).values():
        texts = dict.fromkeys(words.hint(each) if student else each.message for each in alternatives)
        beginnings = ["Hint: " if student else "", *["Or: "] * (len(texts) - 1)]
        said |= dict.fromkeys(map(str.__add__, beginnings, texts))
    twice = [f"It is {words.TWICE}."] if marks.answer.twice is not None else []
    return [
        *where,
        *twice,
        *said,
        *(["The same mistake as before: counted once."] if marks.repeated and said else []),
    ]
