"""One submission as a class overview has it: a few words and numbers, without the figures."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from mlpcalc.answers.files import Unreadable
from mlpcalc.marking.marks import UNEXPLAINED, QuantityMarks, SheetMarks
from mlpcalc.marking.reports import understanding, words
from mlpcalc.marking.results import Result
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.page.symbols import Symbol
from mlpcalc.solving.solution import Solution
from mlpcalc.text.sanitize import shortened
from mlpcalc.text.wording import points_in_figures

BLANK, UNREADABLE = "blank", "unreadable"
_TITLES = 2  # of the explanations of one answer
_NAME, _FILE, _REASON, _WORDS = 20, 30, 200, 300  # characters held
_MUDDLED = "figures of another run"


class Summary(NamedTuple):
    """What an overview needs of a submission.

    kind: of sheet, as they are counted. earned: the points of each answer that is asked. findings: what went
    wrong, and in which steps. left_out: how many problems could not be read; problem: the first of them, with
    the file. said: everything in a line, for a table of all.
    """

    name: str
    kind: str
    documents: int
    points: float = 0.0
    most_points: float = 0.0
    earned: Mapping[Symbol, float] = {}
    findings: Mapping[str, list[str]] = {}
    convention: str | None = None
    left_out: int = 0
    problem: str = ""
    said: str = ""

    @property
    def points_in_words(self) -> str:
        """`8.5 of 12`."""
        if self.kind == UNREADABLE:
            return UNREADABLE
        return f"{points_in_figures(self.points)} of {points_in_figures(self.most_points)}"


def summary(result: Result, *, details: bool) -> Summary:
    """The summary of a submission; details: whether with everything in a line."""
    marked, solution = result.marked, result.solution
    name = shortened(result.student or words.base(marked.file), _NAME)
    documents = 1 + len(marked.others)
    if isinstance(marked, Unreadable):
        first, *more_problems = marked.problems
        line = first.place.line if first.place else None
        where = shortened(words.base(marked.file), _FILE) + (f":{line}" if line else "")
        where = where if where.startswith(name) else f"{name}, {where}"
        said = shortened(words.problem_in_words(first), _REASON) + (
            f"; and {len(more_problems)} more" if more_problems else ""
        )
        return Summary(name, UNREADABLE, documents, problem=f"{where}  {said}", said=said)
    findings = _findings_on(solution, marked)
    return Summary(
        name,
        words.VERDICTS[marked.worst_asked].sheet if marked.answered else BLANK,
        documents,
        marked.points,
        marked.most_points,
        {symbol: marks.share * marked.worth(symbol) for symbol, marks in marked.answered.items()},
        findings,
        marked.convention,
        len(marked.not_understood),
        _first_problem(marked),
        shortened(_said(solution, marked, findings), _WORDS) if details else "",
    )


def _first_problem(marked: SheetMarks) -> str:
    """The first thing on a sheet that could not be read, with the file."""
    if not marked.not_understood:
        return ""
    first = marked.not_understood[0]
    file = first.place.file if first.place else marked.file
    said = understanding.in_words(first)
    return shortened(f"{shortened(words.base(file), _FILE)}, {said}", _REASON)


def _said(solution: Solution, marked: SheetMarks, findings: Mapping[str, list[str]]) -> str:
    """What is to be said of a sheet, on one line."""
    remarks = [f"{' '.join(steps)} {title}" for title, steps in findings.items()]
    groups = words.by_verdict(marked)
    remarks += [
        f"{_names(solution, groups[verdict])} {words.VERDICTS[verdict].beside_cell}"
        for verdict in (Verdict.ROUNDING, Verdict.UNCHECKED, Verdict.COARSE, Verdict.UNREAD)
        if verdict in groups
    ]
    if marked.answered and (missing := marked.not_answered):
        remarks.append(f"{words.NOT_ANSWERED}: {_names(solution, missing)}")
    return "; ".join(filter(None, [marked.convention, *remarks]))


def _names(solution: Solution, symbols: list[Symbol]) -> str:
    return " ".join(map(solution.notation.name, symbols))


# ---------------------------------------------------------------------------- what went wrong


@dataclass
class _Finding:
    """What explains something wrong on a sheet: alternatives, by their names for programs; and where."""

    titles: dict[str, str]
    steps: list[str]

    @property
    def title(self) -> str:
        """`f' forgotten or f' taken at the error`."""
        titles = list(dict.fromkeys(self.titles.values()))
        more = [f"{len(titles) - _TITLES} more"] if len(titles) > _TITLES else []
        return " or ".join([*titles[:_TITLES], *more])


def _findings_on(solution: Solution, marks: SheetMarks) -> dict[str, list[str]]:
    """What went wrong on a sheet, and in which steps. Alternative explanations are one finding."""
    name = solution.notation.name
    if marks.muddled:
        return {_MUDDLED: [name(symbol) for symbol in words.by_verdict(marks)[Verdict.WRONG]]}
    findings: list[_Finding] = []
    for symbol, mark in marks.quantities.items():
        for finding in _findings_in(solution, symbol, mark):
            same = next(
                (one for one in findings if mark.repeated and one.titles.keys() & finding.titles.keys()),
                None,
            )
            if same is None:
                findings.append(finding)
            else:  # what explains both is what both have in common
                same.titles = {name: same.titles[name] for name in same.titles if name in finding.titles}
                same.steps += finding.steps
    steps: dict[str, dict[str, None]] = {}
    for finding in findings:
        steps.setdefault(finding.title, {}).update(dict.fromkeys(finding.steps))
    return {title: list(names) for title, names in steps.items()}


def _findings_in(solution: Solution, symbol: Symbol, marks: QuantityMarks) -> Iterator[_Finding]:
    name = solution.notation.name(symbol)
    for cells, alternatives in words.explanations(marks).items():
        titles = {diagnosis.mistake: diagnosis.title for diagnosis in alternatives}
        cell = words.place(solution, symbol, cells[0]) if [*titles] == [UNEXPLAINED] else ""
        yield _Finding(titles, [name + cell])
    if marks.answer.twice is not None:
        yield _Finding({"twice": words.TWICE}, [name])
