"""What the reports on marked sheets have in common: the words for verdicts, what explains what."""

import re
from collections.abc import Iterator, Sequence
from string import Formatter
from typing import NamedTuple

from mlpcalc.answers.contents import names as names  # a turn of phrase: offered here again
from mlpcalc.answers.digits import Asked, figure
from mlpcalc.answers.files import Unreadable
from mlpcalc.errors import Problem
from mlpcalc.marking.marks import Cell, Diagnosis, QuantityMarks, SheetMarks
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.page.symbols import Symbol
from mlpcalc.reading.library import bundled_answers
from mlpcalc.report.blocks import Formula, Header, Phrase, pieces
from mlpcalc.solving.solution import Solution
from mlpcalc.text.sanitize import shortened
from mlpcalc.text.wording import counted, points_in_figures


class VerdictWords(NamedTuple):
    """What is said of a verdict.

    name: for programs. sign: before a quantity. meaning: to a teacher. beside_cell: the legend of the sign
    where it stands before a cell. student: to the student. sheet: a sheet whose worst verdict it is.
    Templates for `filled` have the {names} of quantities, the verb {follow}, the {source} of what follows,
    the digits {written} and {asked}.
    """

    name: str
    sign: str
    meaning: str
    beside_cell: str
    student: str
    sheet: str


VERDICTS: dict[Verdict, VerdictWords] = {
    verdict: VerdictWords(*words)
    for verdict, words in {
        Verdict.CORRECT: ("correct", "✓", "right", "", "Right: {names}.", "right"),
        Verdict.BLANK: (
            *("blank", "✓", "correct where filled in; blank cells score nothing", ""),
            *("Not filled in completely: {names}.", "right"),
        ),
        Verdict.ROUNDING: (
            *("rounding", "≈", "off by rounding only, full credit", "off by rounding only"),
            *("Off by rounding only, which is fine: {names}.", "rounding only"),
        ),
        Verdict.FOLLOWS: (
            *("follows", "→", "{follow} from {source}, full credit", ""),
            *("{names} {follow} from {source}: nothing else to fix there.", "right"),
        ),
        Verdict.UNCHECKED: (
            *("unchecked", "?", "cannot be checked: the figures before it have too few digits"),
            *("cannot be checked", "Cannot be checked, as the figures before have too few digits: {names}."),
            "not fully checked",
        ),
        Verdict.COARSE: (
            *("coarse", "▫", "{written} written, {asked} asked: no credit", "too few digits"),
            *("Too few digits in {names}: {written} written, {asked} asked.", "with too few digits"),
        ),
        Verdict.TRIVIAL: (
            *("trivial", "○", "zero only because of a wrong zero before: no credit"),
            *(
                "zero only because of a wrong zero",
                "{names} {follow} from a wrong zero: redo this after that.",
            ),
            "with mistakes",
        ),
        Verdict.UNREAD: (
            *("unread", "!", "cannot be read: no credit", "cannot be read"),
            *("Cannot be read: {names}. See below.", "not fully read"),
        ),
        Verdict.WRONG: ("wrong", "✗", "wrong", "", "Look at {names} again: {what}.", "with mistakes"),
    }.items()
}

MUDDLED = "Most figures do not fit together. Are they from another exercise?"
A_CONVENTION = "a convention, not a mistake"
NOTHING = "Nothing is filled in."
CHANGED = "given, but changed on this sheet"
NOT_ANSWERED = "not answered"
NOT_ASKED = "not asked, without points"
TWICE = "given twice, with different values"

_SLASH = re.compile(r"[\\/]")
_NAME, _SHORT = 40, 36  # characters
_CELLS = 4  # named
_DIGITS = 6  # of points, which are fractions of cells
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def header(marks: SheetMarks, *, points: bool) -> Header:
    """`s1234.yaml     9 of 12 answered, 8 right, 8.5 of 12 points`; the points if they say more than that."""
    name = base(marks.file)
    path = name if marks.student and len(marks.file) > _NAME else marks.file
    file = f"{name} (bundled)" if bundled_answers(name) == marks.file else shortened(path, _NAME)
    if marks.others:
        file = f"{file} and {len(marks.others)} more"
    student = shortened(marks.student, _NAME)
    return Header(", ".join(filter(None, [file, student])), facts(marks, points=points))


def facts(marks: SheetMarks, *, points: bool) -> str:
    """`9 of 12 answered, 8 right, 8.5 of 12 points`."""
    answered, asked, right = len(marks.answered), len(marks.asked), len(marks.right)
    told = [f"{answered} of {asked} answered"]
    if answered:
        told.append("all right" if marks.all_right else f"{right} right")
    if points and not right == marks.points == asked == marks.most_points:
        told.append(f"{points_in_figures(marks.points)} of {points_in_figures(marks.most_points)} points")
    return ", ".join(told)


def rounded(points: float) -> float:
    """Points, or shares of them, without the noise of adding up fractions."""
    return round(float(points), _DIGITS)


def base(file: str) -> str:
    """The name of a file without its folders."""
    return _SLASH.split(file)[-1]


# ---------------------------------------------------------------------------- what belongs together


def by_verdict(marks: SheetMarks) -> dict[Verdict, list[Symbol]]:
    """The quantities by their verdicts."""
    groups: dict[Verdict, list[Symbol]] = {}
    for symbol, mark in marks.quantities.items():
        groups.setdefault(mark.verdict, []).append(symbol)
    return groups


def beside_marks(marks: SheetMarks) -> Iterator[tuple[str, list[Symbol]]]:
    """What is said of quantities that were not marked, or were without points."""
    sayings = {CHANGED: [*marks.changed], NOT_ASKED: marks.not_asked, NOT_ANSWERED: marks.not_answered}
    yield from ((said, symbols) for said, symbols in sayings.items() if symbols)


def explanations(marks: QuantityMarks) -> dict[tuple[Cell, ...], list[Diagnosis]]:
    """What explains an answer, by the cells that it explains; several for the same cells are alternatives.

    Without cells that are wrong only because they are given twice, if the answer has the right shape.
    """
    twice = None if marks.answer.written_shape else marks.answer.twice
    groups: dict[tuple[Cell, ...], list[Diagnosis]] = {}
    for diagnosis in marks.diagnoses:
        if twice is None or not all(twice[cell] for cell in diagnosis.cells):
            groups.setdefault(diagnosis.cells, []).append(diagnosis)
    return groups


def by_source(marks: SheetMarks, verdict: Verdict) -> dict[tuple[Symbol, ...], list[Symbol]]:
    """The quantities with a verdict, by the wrong ones that they follow from; () if from none."""
    groups: dict[tuple[Symbol, ...], list[Symbol]] = {}
    for symbol in by_verdict(marks).get(verdict, []):
        groups.setdefault(marks.quantities[symbol].follows_from, []).append(symbol)
    return groups


# ---------------------------------------------------------------------------- words


def digits(solution: Solution, marks: SheetMarks, symbols: Sequence[Symbol]) -> dict[str, Phrase]:
    """The fields of templates about too few digits: how many are written at least, and how many asked."""
    asked = Asked.of(solution.exercise)
    texts = [
        marks.quantities[symbol].answer.texts[i][j] or "0"
        for symbol in symbols
        for i, j in marks.quantities[symbol].cells(Verdict.COARSE)
    ]
    written = [figure(text) for text in texts]
    if not asked.stated:
        least = min((each.significant for each in written), default=0)
        return {"written": counted(least, "significant digit"), "asked": f"at least {asked.enough}"}
    if asked.significant:
        least = min((each.significant for each in written), default=0)
        return {"written": counted(least, "significant digit"), "asked": str(asked.enough)}
    places = min((each.decimals or 0 for each in written), default=0)
    return {"written": counted(places, "decimal"), "asked": str(asked.decimals)}


def filled(template: str, **fields: Phrase) -> Sequence[str | Formula]:
    """A template with phrases in its fields, which may have formulas in them."""
    phrase: list[str | Formula] = []
    for literal, field, *_ in Formatter().parse(template):
        phrase += [literal, *(pieces(fields[field]) if field else ())]
    return [piece for piece in phrase if piece]


def places(solution: Solution, symbol: Symbol, cells: Sequence[Cell]) -> str:
    """`[1,1] [1,2] …`, the first few; the name of a quantity that is one number."""
    shown = " ".join(
        place(solution, symbol, cell) or solution.notation.name(symbol) for cell in cells[:_CELLS]
    )
    return f"{shown} …" if len(cells) > _CELLS else shown


def place(solution: Solution, symbol: Symbol, cell: Cell) -> str:
    """`[1,3]`, `[2]`; nothing for a number."""
    return solution.cell_name(symbol, cell).removeprefix(solution.notation.name(symbol))


def like_before(solution: Solution, symbol: Symbol, sheet: SheetMarks) -> Iterator[str | Formula]:
    """`The same mistake as in L`."""
    mistakes = {diagnosis.mistake for diagnosis in sheet.quantities[symbol].diagnoses}
    for other, marks in sheet.quantities.items():
        if other == symbol:
            break
        if mistakes & {diagnosis.mistake for diagnosis in marks.diagnoses}:
            yield from ("The same mistake as in ", names(solution, [other]))
            return
    yield "The same mistake as before"


def problem_in_words(problem: Problem) -> str:
    """A problem on one line: the message with the hint, or else with what was expected; neither if long."""
    if problem.hint and len(problem.hint) <= _SHORT:
        return f"{problem.message} ({problem.hint})"
    if problem.expected and len(problem.expected) <= _SHORT:
        return f"{problem.message}, expected {problem.expected}"
    return problem.message


def first_problem(unreadable: Unreadable) -> str:
    """Why a file could not be read, on one line: the first problem, and how many more there are."""
    first, *more_problems = unreadable.problems
    line = first.place and first.place.line
    more = f" (and {len(more_problems)} more)" if more_problems else ""
    return f"{f'line {line}: ' if line else ''}{problem_in_words(first)}{more}"


def hint(diagnosis: Diagnosis) -> str:
    """The hint of a diagnosis as it stands behind a colon; names of quantities keep their letters."""
    text = diagnosis.hint
    return text[0].lower() + text[1:] if text[1:2].islower() else text


def follow(symbols: Sequence[Symbol]) -> str:
    """`follows` of one quantity, `follow` of several."""
    return "follows" if len(symbols) == 1 else "follow"


def number(count: int) -> str:
    """A number, small ones as a word."""
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)
