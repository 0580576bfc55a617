"""Hints for the student who wrote a sheet: where to look again, without any figure that was expected."""

from collections.abc import Iterator

from mlpcalc.marking.marks import UNEXPLAINED, SheetMarks
from mlpcalc.marking.reports.words import (
    A_CONVENTION,
    MUDDLED,
    NOTHING,
    TWICE,
    by_source,
    by_verdict,
    explanations,
    follow,
    header,
    hint,
    like_before,
    names,
    not_answered,
    number,
)
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.page.symbols import Symbol
from mlpcalc.report.blocks import Block, Group, Item, Phrase
from mlpcalc.solving.solution import Solution

_HINTS = 3  # of one answer


def student_report(solution: Solution, marks: SheetMarks) -> Iterator[Block]:
    """What is right, where to look again, and what need not be repaired."""
    lines = (Item(mark, text) for mark, text in _lines(solution, marks))
    yield Group([header(marks, points=False), *lines])


def _lines(solution: Solution, marks: SheetMarks) -> Iterator[tuple[str, Phrase]]:
    groups = by_verdict(marks)
    wrong, again, coarse = (
        groups.get(verdict, []) for verdict in (Verdict.WRONG, Verdict.TRIVIAL, Verdict.UNCHECKED)
    )
    if marks.convention:
        yield "", f"{marks.convention}: {A_CONVENTION}."
    if marks.muddled:
        yield "", MUDDLED
        return
    right = [symbol for symbol, mark in marks.quantities.items() if mark.verdict < Verdict.FOLLOWS]
    if not (wrong or again or coarse):
        yield "", "Everything is right." if marks.quantities else NOTHING
    elif right:
        yield "", ["Right: ", names(solution, right), "."]
    for symbol in wrong:
        yield from _hints(solution, symbol, marks)
    if again:
        words = f" {follow(again)} from a zero that is wrong: work this out once more after that."
        yield "", [names(solution, again), words]
    for sources, symbols in by_source(marks, groups.get(Verdict.FOLLOWS, [])).items():
        source = ["your ", names(solution, sources)] if sources else ["what you wrote before"]
        words = ": nothing else to repair there."
        yield "", [names(solution, symbols), f" {follow(symbols)} from ", *source, words]
    for words, symbols in (
        ("Too few digits were carried to check this: ", coarse),
        ("Off by rounding only, which is fine: ", groups.get(Verdict.ROUNDING, [])),
        ("Not filled in completely: ", groups.get(Verdict.BLANK, [])),
        ("Not answered: ", not_answered(solution, marks)),
    ):
        if symbols:
            yield "", [words, names(solution, symbols), "."]


def _hints(solution: Solution, symbol: Symbol, sheet: SheetMarks) -> Iterator[tuple[str, Phrase]]:
    """Where to look in one quantity, and what to ask oneself."""
    marks = sheet.quantities[symbol]
    found = explanations(marks)
    yield "", ["Look at ", names(solution, [symbol]), " again: ", _what(sheet, symbol), "."]
    if marks.repeated and found:
        yield "", [*like_before(solution, symbol, sheet), "."]
        return
    given: set[str] = set()
    for alternatives in found.values():
        hints = [text for text in dict.fromkeys(map(hint, alternatives)) if text not in given]
        yield from zip(("Hint:", *["or:  "] * (_HINTS - 1)), hints, strict=False)
        given.update(hints)


def _what(sheet: SheetMarks, symbol: Symbol) -> str:
    """`three cells, one cause`."""
    marks = sheet.quantities[symbol]
    found = explanations(marks)
    if marks.answer.written_shape is not None:
        return "its shape"
    if not found and marks.answer.twice is not None:
        return f"it {TWICE}"
    count = len(marks.cells(Verdict.WRONG))
    cells = f"{number(count)} cell{'' if count == 1 else 's'}"
    if not found or any(each.mistake == UNEXPLAINED for group in found.values() for each in group):
        return cells
    return f"{cells}, {number(len(found))} cause{'' if len(found) == 1 else 's'}"
