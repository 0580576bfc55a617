"""Marking simulated students, in numbers: `python -m tests.tools.simulations KIND SHEETS [SEED]`.

An honest student must not be accused of anything. Of a student who makes one mistake, that mistake must be
found where it was made, and named; and all that comes after it must follow. A mistake is invisible if no
figure of the sheet differs by more than one unit from what the same student would have written without it,
or all that do are right to the digits that the exercise asks for.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
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
from tests.support.marking_exercises import exercise_text, marking_exercise, training_exercise
from tests.support.reading import read_answers
from tests.support.reenactment import Reenactment
from tests.support.student_equations import Change, Routes
from tests.support.student_training import TrainingMistake, training_mistakes
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
    count: int,
    seed: int,
    styles: Mapping[str, Style] = STYLES,
    share: float = 1 / 2,
    drawn: Callable[[np.random.Generator], Exercise] = marking_exercise,
) -> Iterator[Honest]:
    """So many honest sheets, on random exercises; half of the students have a style of their own.

    Every other exercise states the digits that it asks for, and everybody writes so many there. share: of
    those who have one of the `styles`. drawn: what draws an exercise.
    """
    rng = np.random.default_rng(seed)
    names, states_decimals = list(styles), False
    while count > 0:
        states_decimals = not states_decimals
        exercise = drawn(rng)
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
    """A sheet with one mistake, and its marks.

    mistake: its name. made: the quantities that it is made in. visible: the answers that show it.
    """

    exercise: Exercise
    solution: Solution
    mistake: str
    made: frozenset[Symbol]
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
        places = [symbol for symbol in self.visible if self.made == {symbol}] or self.visible
        return bool(self.wrong) and self.wrong[0] in places

    @property
    def clean(self) -> bool:
        """Whether a mistake is found once; one that is made in several quantities, by its name everywhere."""
        if len(self.made) == 1:
            return len(self.wrong) == 1
        return bool(self.wrong) and all(self.mistake in self._said(symbol) for symbol in self.wrong)

    def _said(self, symbol: Symbol) -> set[str]:
        return {each.mistake for each in self.marks.quantities[symbol].diagnoses}

    @property
    def names(self) -> set[str]:
        """The explanations of the first answer that is wrong."""
        return self._said(self.wrong[0]) if self.wrong else set()

    def _credited(self, symbol: Symbol) -> bool:
        return self.marks.quantities[symbol].verdict.is_right

    @property
    def outcome(self) -> str:
        """What became of the mistake."""
        match self:
            case Wrong(visible=()):
                return "invisible"
            case Wrong(marks=SheetMarks(convention=str())):
                return "convention"
            case Wrong(wrong=[]):
                return "missed" if all(self._credited(symbol) for symbol in self.visible) else "unchecked"
            case Wrong(names=names) if self.mistake in names:
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
        stated = replace(drawn, states_decimals=True)
        exercise = read_exercise(Document(exercise_text(stated), "exercise"), "")  # with what may be misread
        solution = Solution(exercise)
        possible: defaultdict[str, list[Injection]] = defaultdict(list)
        for injection in injections(solution, rng):
            possible[injection.mistake].append(injection)
        rarest = sorted(possible, key=lambda name: (made[name], rng.random()))[:_PER_EXERCISE]
        marking = Marker(solution)
        for name in rarest[:count]:
            mistake, symbol, change, slip = possible[name][int(rng.integers(len(possible[name])))]
            needed = [symbol] if slip else []
            sheet = with_mistake(exercise, mistake, {symbol: change}, rng, marking, solution, needed)
            if sheet is not None:
                made[name] += 1
                count -= 1
                yield sheet


def wrong_students_over_steps(count: int, seed: int) -> Iterator[Wrong]:
    """So many sheets over several steps, with one mistake each that is made over steps; the rarest so far."""
    rng = np.random.default_rng(seed)
    made: Counter[tuple[str, str, bool]] = Counter()
    while count > 0:
        exercise = training_exercise(rng)
        solution = Solution(exercise)
        possible: defaultdict[tuple[str, str, bool], list[TrainingMistake]] = defaultdict(list)
        for found in training_mistakes(exercise, Routes()):
            names = {solution.symbols[name].kind for name in found.changes}
            possible[found.mistake, min(names), len(found.changes) > 1].append(found)
        rarest = sorted(possible, key=lambda key: (made[key], rng.random()))[:_PER_EXERCISE]
        marking = Marker(solution)
        for key in rarest[:count]:
            mistake, changes = possible[key][int(rng.integers(len(possible[key])))]
            by_symbol = {solution.symbols[name]: change for name, change in changes.items()}
            sheet = with_mistake(exercise, mistake, by_symbol, rng, marking, solution)
            if sheet is not None:
                made[key] += 1
                count -= 1
                yield sheet


def with_mistake(
    exercise: Exercise,
    mistake: str,
    changes: Mapping[Symbol, Change],
    rng: np.random.Generator,
    marking: Marker,
    solution: Solution,
    needed: Iterable[Symbol] = (),
) -> Wrong | None:
    """A sheet with that mistake; None where the work gets stuck, with it or without.

    needed: what has to be answered.
    """
    style = random_style(rng)._replace(form="decimals", digits=DECIMALS, blanks=0.0, trim=False)
    style = style._replace(answered="usual" if rng.random() < 1 / 2 else "some")
    if any(symbol.kind in ("fprime", "dZ") for symbol in changes):  # who collapses the error signal has none
        style = style._replace(routes=style.routes._replace(delta="chain rule"))
    same = int(rng.integers(1 << 60))
    right = honest_sheet(exercise, np.random.default_rng(same), style)
    by_name = {symbol.plain: change for symbol, change in changes.items()}
    text = wrong_sheet(exercise, np.random.default_rng(same), style, by_name)
    if right is None or text is None:
        return None
    sheet, without = read(text, solution), read(right, solution)
    if not sheet.answers.keys() >= set(needed):
        return None
    half_asked = 0.5 * 10.0**-exercise.decimals if exercise.states_decimals else 0.0
    visible = tuple(
        symbol
        for symbol, answer in sheet.answers.items()
        if (
            (np.abs(answer.value - without.answers[symbol].value) > _ONE_UNIT)
            & (np.abs(answer.value - solution.computed[symbol]) > half_asked)
        ).any()
    )
    (marks,) = marking.mark([sheet])
    return Wrong(exercise, solution, mistake, frozenset(changes), text, sheet, visible, marks)


class WrongTally:
    """What became of the mistakes, by name."""

    def __init__(self) -> None:
        self.outcomes: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.visible = self.found = self.placed = self.named = self.clean = 0

    def add(self, sheet: Wrong) -> None:
        """Count a sheet."""
        outcome = sheet.outcome
        self.outcomes[sheet.mistake][outcome] += 1
        self.visible += outcome not in ("invisible", "convention")
        self.found += bool(sheet.visible and sheet.wrong)
        self.placed += bool(sheet.visible and sheet.placed)
        self.named += outcome in ("alone", "among")
        self.clean += bool(sheet.visible) and sheet.clean

    @property
    def totals(self) -> Mapping[str, int]:
        """How many had each outcome."""
        return sum(self.outcomes.values(), Counter())


# ---------------------------------------------------------------------------- in numbers


def honest_table(
    count: int, seed: int, drawn: Callable[[np.random.Generator], Exercise] = marking_exercise
) -> Iterator[str]:
    """What becomes of honest students, by their styles; those who cut off are counted by themselves."""
    yield from _honest(honest_students(count, seed, drawn=drawn), STYLES)
    yield from _honest(honest_students(count // 20, seed, CUTTING, share=1.0, drawn=drawn), CUTTING)


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


_OUTCOMES = ("alone", "among", "other name", "unexplained", "missed", "unchecked", "convention", "invisible")


def wrong_table(
    count: int, seed: int, students: Callable[[int, int], Iterator[Wrong]] = wrong_students
) -> Iterator[str]:
    """What becomes of the mistakes, by name, and how true what is said of them is."""
    tally = WrongTally()
    explanations = untrue = contradicted = 0
    for sheet in students(count, seed):
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
