"""The marks of many sheets: what the class got wrong, and how often."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from mlpcalc.answers.files import Unreadable
from mlpcalc.marking.marks import UNEXPLAINED, Marked, QuantityMarks, SheetMarks
from mlpcalc.marking.reports import understanding, words
from mlpcalc.marking.verdicts import Verdict
from mlpcalc.page.symbols import Symbol
from mlpcalc.report.blocks import Block, Frequency, Group, Header, ListItem, More, Table, Tally, shortened
from mlpcalc.solving.solution import Solution
from mlpcalc.text.wording import counted

_NAMED = 40  # sheets of each mistake that are held; a line has room for fewer
_STEPS, _ROOM = 3, 14  # named for each mistake, at most; characters
_TITLES = 2  # of the explanations of one answer
_ROWS = 40  # mistakes
_LISTED = 10  # unreadable sheets, conventions
_NAME, _FILE, _REASON, _WORDS = 20, 30, 200, 300  # characters held
_MUDDLED = "figures of another run"
_KINDS = ("right", "with mistakes", "rounding only", "not all checked", "too few digits", "not all read")
_LOOK = " ← look at this"


@dataclass
class _Row:
    """A mistake, in which steps it was made how often, and the sheets."""

    steps: Counter[str] = field(default_factory=Counter)
    sheets: list[str] = field(default_factory=list)
    times: int = 0

    def add(self, name: str) -> None:
        """One more sheet."""
        self.times += 1
        if len(self.sheets) < _NAMED:
            self.sheets.append(name)


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


class Overview:
    """Counts the marks of a class as they come; keeps only what will be shown."""

    def __init__(self, solution: Solution, *, details: bool) -> None:
        self._solution = solution
        self._details = details
        kinds = dict.fromkeys(said.sheet for said in words.VERDICTS.values())
        self._counts = dict.fromkeys([*sorted(kinds, key=_KINDS.index), "blank", "unreadable"], 0)
        self._mistakes: dict[str, _Row] = {}
        self._conventions: dict[str, _Row] = {}
        self._unreadable: list[str] = []
        self._not_understood = _Row()
        self._left_out = 0
        self._sheets: list[tuple[str, str, str]] = []
        self._points = self._most_points = 0.0

    def add(self, marked: Marked) -> None:
        """Count one more sheet."""
        if isinstance(marked, Unreadable):
            self._add_unreadable(marked)
            return
        self._counts[words.VERDICTS[marked.worst].sheet if marked.quantities else "blank"] += 1
        self._points += marked.points
        self._most_points += marked.most_points
        name = _name(marked)
        if marked.not_understood:
            self._left_out += len(marked.not_understood)
            place = shortened(_base(marked.file), _FILE)
            said = understanding.in_words(marked.not_understood[0])
            self._not_understood.add(shortened(f"{place}, {said}", _REASON))
        if marked.convention:
            self._conventions.setdefault(marked.convention, _Row()).add(name)
        findings = self._findings_on(marked)
        for title, steps in findings.items():
            row = self._mistakes.setdefault(title, _Row())
            row.add(name)
            row.steps.update(steps)
        if self._details:
            remarks = [f"{' '.join(steps)} {title}" for title, steps in findings.items()]
            groups = words.by_verdict(marked)
            remarks += [
                f"{' '.join(map(self._name, groups[verdict]))} {words.VERDICTS[verdict].beside_cell}"
                for verdict in (Verdict.ROUNDING, Verdict.UNCHECKED, Verdict.COARSE, Verdict.UNREAD)
                if verdict in groups
            ]
            points = f"{words.shown_points(marked.points)} of {words.shown_points(marked.most_points)}"
            said = "; ".join(filter(None, [marked.convention, *remarks]))
            self._sheets.append((name, points, shortened(said, _WORDS)))

    def blocks(self) -> Iterator[Block]:
        """The overview: how many, the mistakes by frequency, what could not be read."""
        total = sum(self._counts.values())
        counts = [f"{count} {kind}" for kind, count in self._counts.items() if count]
        share = f"{100 * self._points / self._most_points:.0f} % of the points" if self._most_points else ""
        yield Group([Header(f"{counted(total, 'sheet')}: {', '.join(counts)}", share), *self._findings()])
        if self._details:
            yield Table(("sheet", "points", "mistakes"), self._sheets, cut=True)

    def _findings(self) -> Iterator[Block]:
        if self._mistakes:
            rows = sorted(self._mistakes.items(), key=lambda row: (row[0] == UNEXPLAINED, -row[1].times))
            yield Tally(("mistake", "step", "sheets"), [self._count(*row) for row in _most(rows)])
            if (more := len(rows) - _ROWS) > 0:
                yield More("everything", f"and {counted(more, 'rarer mistake')}")
        for convention, row in list(self._conventions.items())[:_LISTED]:
            sheets = counted(row.times, "sheet")
            yield ListItem("", f"{convention}, {words.A_CONVENTION}: {sheets}, such as {row.sheets[0]}")
        if times := self._not_understood.times:
            sheets, entries = counted(times, "sheet"), counted(self._left_out, "problem")
            first = self._not_understood.sheets[0]
            yield ListItem("", f"not understood: {entries} on {sheets}, such as {first}")
        for file in self._unreadable:
            yield ListItem("unreadable ", file)
        if (more := self._counts["unreadable"] - len(self._unreadable)) > 0:
            yield ListItem("", f"and {more} more that cannot be read")
        if not self._details:
            yield More("sheets")

    def _add_unreadable(self, marked: Unreadable) -> None:
        self._counts["unreadable"] += 1
        first, *more_problems = marked.problems
        line = first.place.line if first.place else None
        where = shortened(_base(marked.file), _FILE) + (f":{line}" if line else "")
        said = shortened(words.problem_in_words(first), _REASON) + (
            f"; and {len(more_problems)} more" if more_problems else ""
        )
        if len(self._unreadable) < _LISTED:
            self._unreadable.append(f"{where}  {said}")
        if self._details:
            self._sheets.append((shortened(marked.student or _stem(marked.file), _NAME), "unreadable", said))

    def _findings_on(self, marks: SheetMarks) -> dict[str, list[str]]:
        """What went wrong on a sheet, and in which steps. Alternative explanations are one finding."""
        if marks.muddled:
            return {_MUDDLED: [self._name(symbol) for symbol in words.by_verdict(marks)[Verdict.WRONG]]}
        findings: list[_Finding] = []
        for symbol, mark in marks.quantities.items():
            for finding in self._findings_in(symbol, mark):
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

    def _findings_in(self, symbol: Symbol, marks: QuantityMarks) -> Iterator[_Finding]:
        for cells, alternatives in words.explanations(marks).items():
            titles = {diagnosis.mistake: diagnosis.title for diagnosis in alternatives}
            cell = words.place(self._solution, symbol, cells[0]) if [*titles] == [UNEXPLAINED] else ""
            yield _Finding(titles, [self._name(symbol) + cell])
        if marks.answer.twice is not None:
            yield _Finding({"twice": words.TWICE}, [self._name(symbol)])

    def _name(self, symbol: Symbol) -> str:
        return self._solution.notation.name(symbol)

    def _count(self, title: str, row: _Row) -> Frequency:
        order = {
            self._solution.notation.name(symbol): n
            for n, symbol in enumerate(self._solution.symbols.values())
        }
        steps = sorted(row.steps, key=lambda step: (-row.steps[step], order.get(step, 0)))
        shown = steps[: max(1, sum(1 for n in range(1, _STEPS + 1) if len(" ".join(steps[:n])) <= _ROOM))]
        where = " ".join([*shown, *(["…"] if len(steps) > len(shown) else [])])
        return Frequency(f"{title}{_LOOK if title == UNEXPLAINED else ''}", where, row.times, row.sheets)


def _most(rows: list[tuple[str, _Row]]) -> list[tuple[str, _Row]]:
    """The most frequent ones, what is unexplained in any case."""
    unexplained = [row for row in rows if row[0] == UNEXPLAINED]
    return [*rows[: _ROWS - len(unexplained)], *unexplained] if len(rows) > _ROWS else rows


def _name(marks: SheetMarks) -> str:
    return shortened(marks.student or _stem(marks.file), _NAME)


def _stem(file: str) -> str:
    return re.sub(r"\.ya?ml$", "", _base(file))


def _base(file: str) -> str:
    return re.split(r"[\\/]", file)[-1]
