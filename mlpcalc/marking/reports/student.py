"""Hints for the student who wrote a sheet: where to look again, without any figure that was expected."""

from collections.abc import Iterator

from mlpcalc.marking.marks import UNEXPLAINED, SheetMarks
from mlpcalc.marking.reports import understanding, words
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.page.symbols import Symbol
from mlpcalc.report.blocks import Block, Group, ListItem, Phrase
from mlpcalc.solving.solution import Solution

_REST = (Verdict.FOLLOWS, Verdict.UNCHECKED, Verdict.ROUNDING, Verdict.BLANK)
_HINTS = 3  # of one answer


def student_report(solution: Solution, marks: SheetMarks) -> Iterator[Block]:
    """What is right, where to look again, and what need not be fixed."""
    lines = (ListItem(mark, text) for mark, text in _lines(solution, marks))
    yield Group([words.header(marks, points=False), *lines, *understanding.closing(marks)])


def _lines(solution: Solution, marks: SheetMarks) -> Iterator[tuple[str, Phrase]]:
    groups = words.by_verdict(marks)
    if marks.convention:
        yield "", f"{marks.convention}: {words.A_CONVENTION}."
    if marks.muddled:
        yield "", words.MUDDLED
        return
    right = [symbol for symbol, mark in marks.quantities.items() if mark.verdict < Verdict.FOLLOWS]
    if marks.worst < Verdict.UNCHECKED:
        yield "", "Everything is right." if marks.quantities else words.NOTHING
    elif right:
        yield "", words.filled(words.VERDICTS[Verdict.CORRECT].student, names=words.names(solution, right))
    for symbol in groups.get(Verdict.WRONG, []):
        yield from _hints(solution, symbol, marks)
    for verdict in (Verdict.TRIVIAL, Verdict.COARSE, Verdict.UNREAD, *_REST):
        for sources, symbols in words.by_source(marks, verdict).items():
            yield (
                "",
                words.filled(
                    words.VERDICTS[verdict].student,
                    names=words.names(solution, symbols),
                    follow=words.follow(symbols),
                    **words.digits(solution, marks, symbols),
                    source=["your ", words.names(solution, sources)] if sources else "what you wrote before",
                ),
            )
    if missing := words.not_answered(solution, marks):
        yield "", ["Not answered: ", words.names(solution, missing), "."]


def _hints(solution: Solution, symbol: Symbol, sheet: SheetMarks) -> Iterator[tuple[str, Phrase]]:
    """Where to look in one quantity, and what to ask oneself."""
    marks = sheet.quantities[symbol]
    groups = words.explanations(marks)
    said = words.VERDICTS[Verdict.WRONG].student
    yield "", words.filled(said, names=words.names(solution, [symbol]), what=_what(sheet, symbol))
    if marks.repeated and groups:
        yield "", [*words.like_before(solution, symbol, sheet), "."]
        return
    given: set[str] = set()
    for alternatives in groups.values():
        hints = [text for text in dict.fromkeys(map(words.hint, alternatives)) if text not in given]
        yield from zip(("Hint:", *["or:  "] * (_HINTS - 1)), hints, strict=False)
        given.update(hints)


def _what(sheet: SheetMarks, symbol: Symbol) -> str:
    """`three cells, one cause`."""
    marks = sheet.quantities[symbol]
    causes = words.explanations(marks)
    if marks.answer.written_shape is not None:
        return "its shape"
    if not causes and marks.answer.twice is not None:
        return f"it is {words.TWICE}"
    count = len(marks.cells(Verdict.WRONG))
    cells = f"{words.number(count)} cell{'' if count == 1 else 's'}"
    if not causes or any(
        diagnosis.mistake == UNEXPLAINED for group in causes.values() for diagnosis in group
    ):
        return cells
    return f"{cells}, {words.number(len(causes))} cause{'' if len(causes) == 1 else 's'}"
