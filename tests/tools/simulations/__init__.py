"""Marking simulated students, in numbers: `python -m tests.tools.simulations honest|wrong SHEETS [SEED]`.

An honest student must not be accused of anything. Of a student who makes one mistake, that mistake must be
found where it was made, and named; and all that comes after it must follow. A mistake is invisible if no
figure of the sheet differs by more than one unit from what the same student would have written without it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from mlpcalc.answers.reader import Submission
from mlpcalc.marking.marker import Marker
from mlpcalc.marking.marks import UNEXPLAINED, SheetMarks
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.symbols import Symbol
from mlpcalc.reading.reader import read_exercise
from mlpcalc.reading.source import Document
from mlpcalc.solving.solution import Solution
from tests.support.injections import DECIMALS, Injection, injections
from tests.support.marking_exercises import exercise_text, marking_exercise
from tests.support.reading import read_answers
from tests.support.reenactment import Reenactment
from tests.support.students import CUTTING, STYLES, Style, honest_sheet, random_style, wrong_sheet

_PER_EXERCISE = 8
_MOST_STATED, _ENOUGH = 4, 4  # decimals, which programs print at least; significant figures
_ONE_UNIT = 1.5 * 10.0**-DECIMALS  # between one and two

# ---------------------------------------------------------------------------- honest students


class Honest(NamedTuple):
    """An honest sheet with its marks, and how the student works: a name of `STYLES`, or "any"."""

    exercise: Exercise
    name: str
    style: Style
    text: str
    marks: SheetMarks

    @property
    def accused(self) -> bool:
        """Whether anything is said to be wrong, or to follow from what is wrong."""
        worst = {marks.verdict for marks in self.marks.quantities.values()}
        return bool(worst & {Verdict.WRONG, Verdict.TRIVIAL, Verdict.FOLLOWS} or self.marks.convention)


def honest_students(
    count: int, seed: int, styles: Mapping[str, Style] = STYLES, share: float = 1 / 2
) -> Iterator[Honest]:
    """So many honest sheets, on random exercises; half of the students have a style of their own.

    Every other exercise states the digits that it asks for, and everybody writes so many there. share: of
    those who have one of the `styles`.
    """
    rng = np.random.default_rng(seed)
    names, states_decimals = list(styles), False
    while count > 0:
        states_decimals = not states_decimals
        exercise = marking_exercise(rng)
        if states_decimals:
            exercise = replace(exercise, decimals=min(exercise.decimals, _MOST_STATED), states_decimals=True)
        solution = Solution(exercise)
        sheets = []
        for _ in range(_PER_EXERCISE):
            name = names[int(rng.integers(len(names)))] if rng.random() < share else "any"
            style = styles.get(name) or random_style(rng)
            if states_decimals:
                enough = exercise.decimals if style.form == "decimals" else _ENOUGH
                style = style._replace(digits=max(style.digits, enough))
            text = honest_sheet(exercise, rng, style)
            if text is not None:
                sheets.append((name, style, text))
        sheets = sheets[:count]
        count -= len(sheets)
        marked = Marker(solution).mark([read(text, solution) for *_, text in sheets])
        for (name, style, text), marks in zip(sheets, marked, strict=True):
            yield Honest(exercise, name, style, text, marks)


def read(text: str, solution: Solution) -> Submission:
    """A sheet as it is read."""
    return read_answers(Document(text, "sheet"), solution)


def cells(sheets: Iterable[SheetMarks]) -> Counter[Verdict]:
    """How many cells have each verdict."""
    found: Counter[Verdict] = Counter()
    for sheet in sheets:
        for marks in sheet.quantities.values():
            found.update(map(Verdict, marks.verdicts.ravel().tolist()))
    return found


# ---------------------------------------------------------------------------- wrong students


class Wrong(NamedTuple):
    """A sheet with one mistake, and its marks; `visible`: the answers that show it, in order."""

    exercise: Exercise
    solution: Solution
    injection: Injection
    text: str
    sheet: Submission
    visible: tuple[Symbol, ...]
    marks: SheetMarks

    @property
    def wrong(self) -> list[Symbol]:
        """What is said to be wrong."""
        quantities = self.marks.quantities
        return [symbol for symbol, marks in quantities.items() if marks.verdict == Verdict.WRONG]

    @property
    def placed(self) -> bool:
        """Whether it is found first where it was made or, if that is not answered, where it shows."""
        made = self.injection.symbol
        places = (made,) if made in self.visible else self.visible
        return bool(self.wrong) and self.wrong[0] in places

    @property
    def names(self) -> set[str]:
        """The explanations of the first answer that is wrong."""
        return (
            {each.mistake for each in self.marks.quantities[self.wrong[0]].diagnoses} if self.wrong else set()
        )

    @property
    def outcome(self) -> str:
        """What became of the mistake."""
        match self:
            case Wrong(visible=()):
                return "invisible"
            case Wrong(marks=SheetMarks(convention=str())):
                return "convention"
            case Wrong(wrong=[]):
                return "missed"
            case Wrong(names=names) if self.injection.mistake in names:
                return "alone" if len(names) == 1 else "among"
            case Wrong(names=names) if names <= {UNEXPLAINED}:
                return "unexplained"
        return "other name"


def wrong_students(count: int, seed: int) -> Iterator[Wrong]:
    """So many sheets with one mistake each; of the mistakes that an exercise allows, the rarest so far.

    At four decimals, with one sample and with several.
    """
    rng = np.random.default_rng(seed)
    made: Counter[str] = Counter()
    while count > 0:
        drawn = marking_exercise(rng, samples=1 if rng.random() < 0.3 else None)
        exercise = read_exercise(Document(exercise_text(drawn), "exercise"), "")  # with what may be misread
        solution = Solution(exercise)
        possible: defaultdict[str, list[Injection]] = defaultdict(list)
        for injection in injections(solution, rng):
            possible[injection.mistake].append(injection)
        rarest = sorted(possible, key=lambda name: (made[name], rng.random()))[:_PER_EXERCISE]
        marking = Marker(solution)
        for name in rarest[:count]:
            injection = possible[name][int(rng.integers(len(possible[name])))]
            sheet = _with_mistake(exercise, solution, injection, rng, marking)
            if sheet is not None:
                made[name] += 1
                count -= 1
                yield sheet


def _with_mistake(
    exercise: Exercise, solution: Solution, injection: Injection, rng: np.random.Generator, marking: Marker
) -> Wrong | None:
    """A sheet with that mistake; None where the work gets stuck, with it or without."""
    style = random_style(rng)._replace(form="decimals", digits=DECIMALS, blanks=0.0, trim=False)
    style = style._replace(answered="usual" if rng.random() < 1 / 2 else "some")
    if injection.symbol.kind in ("fprime", "dZ"):  # who collapses the error signal has none
        style = style._replace(routes=style.routes._replace(delta="chain rule"))
    same = int(rng.integers(1 << 60))
    right = honest_sheet(exercise, np.random.default_rng(same), style)
    name = injection.symbol.plain
    text = wrong_sheet(exercise, np.random.default_rng(same), style, name, injection.change)
    if right is None or text is None:
        return None
    sheet, without = read(text, solution), read(right, solution)
    if injection.slip and injection.symbol not in sheet.answers:
        return None
    visible = tuple(
        symbol
        for symbol, answer in sheet.answers.items()
        if (np.abs(answer.value - without.answers[symbol].value) > _ONE_UNIT).any()
    )
    (marks,) = marking.mark([sheet])
    return Wrong(exercise, solution, injection, text, sheet, visible, marks)


class WrongTally:
    """What became of the mistakes, by name."""

    def __init__(self) -> None:
        self.outcomes: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.visible = self.found = self.placed = self.named = self.clean = 0

    def add(self, sheet: Wrong) -> None:
        """Count a sheet."""
        outcome = sheet.outcome
        self.outcomes[sheet.injection.mistake][outcome] += 1
        self.visible += outcome not in ("invisible", "convention")
        self.found += bool(sheet.visible and sheet.wrong)
        self.placed += bool(sheet.visible and sheet.placed)
        self.named += outcome in ("alone", "among")
        self.clean += bool(sheet.visible) and len(sheet.wrong) == 1

    @property
    def totals(self) -> Mapping[str, int]:
        """How many had each outcome."""
        return sum(self.outcomes.values(), Counter())


# ---------------------------------------------------------------------------- in numbers


def honest_table(count: int, seed: int) -> Iterator[str]:
    """What becomes of honest students, by their styles; those who cut off are counted by themselves."""
    yield from _honest(honest_students(count, seed), STYLES)
    yield from _honest(honest_students(count // 20, seed, CUTTING, share=1.0), CUTTING)


def _honest(students: Iterable[Honest], styles: Mapping[str, Style]) -> Iterator[str]:
    by_style: defaultdict[str, Counter[Verdict]] = defaultdict(Counter)
    sheets: Counter[str] = Counter()
    worst: Counter[Verdict] = Counter()
    accused: Counter[str] = Counter()
    for sheet in students:
        sheets[sheet.name] += 1
        by_style[sheet.name] += cells([sheet.marks])
        worst[sheet.marks.worst] += 1
        if sheet.accused:
            accused[sheet.name] += 1
            if styles is STYLES:
                yield f"ACCUSED {sheet.name} {sheet.style}\n{exercise_text(sheet.exercise)}---\n{sheet.text}"
    shown = [verdict for verdict in Verdict if verdict not in (Verdict.CORRECT, Verdict.BLANK)]
    titles = ["sheets", "accused", "cells", *(verdict.name.lower() for verdict in shown)]
    yield f"{'':52}" + "".join(f"{title:>10}" for title in titles)
    for name in [*styles, "any", ""]:
        counts = by_style[name] if name else sum(by_style.values(), Counter())
        answered = counts.total() - counts[Verdict.BLANK]
        people = [each[name] if name else each.total() for each in (sheets, accused)]
        if people[0]:
            numbers = [*people, answered, *(counts[verdict] for verdict in shown)]
            yield f"{name or 'all':52}" + "".join(f"{number:10}" for number in numbers)
    yield "sheets by their worst cell: " + ", ".join(
        f"{v.name.lower()} {n}" for v, n in sorted(worst.items())
    )


_OUTCOMES = ("alone", "among", "other name", "unexplained", "missed", "convention", "invisible")


def wrong_table(count: int, seed: int) -> Iterator[str]:
    tally = WrongTally()
    explanations = untrue = contradicted = 0
    for sheet in wrong_students(count, seed):
        tally.add(sheet)
        explanations += sum(diagnosis.misconception for _, diagnosis in sheet.marks.diagnoses())
        reenactment = Reenactment(sheet.solution, sheet.sheet, sheet.marks)
        untrue += len([*reenactment.false()])
        contradicted += len([*reenactment.contradicted()])
    yield f"{'':36}" + "".join(f"{outcome:>12}" for outcome in _OUTCOMES)
    for name in [*sorted(tally.outcomes), ""]:
        counts = tally.outcomes[name] if name else tally.totals
        yield f"{name or 'all':36}" + "".join(f"{counts[outcome]:12}" for outcome in _OUTCOMES)
    for what, part, whole in (
        ("found", tally.found, tally.visible),
        ("found where it was made", tally.placed, tally.visible),
        ("named", tally.named, tally.found),
        ("all after it follows or is correct", tally.clean, tally.found),
    ):
        yield f"{what}: {part} of {whole}, {part / whole:.2%}"
    yield f"{explanations} misconceptions reported: {untrue} do not lead to the figures of the sheet,"
    yield f"{contradicted} are contradicted by answers before that are right"
