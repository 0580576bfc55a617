"""The marks of many submissions: how the class did, what it got wrong, and how often."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mlpcalc.answers.kinds import UNTOLD, PassedOver, ending
from mlpcalc.marking.marks import UNEXPLAINED
from mlpcalc.marking.reports import words
from mlpcalc.marking.reports.attendance import Attendance
from mlpcalc.marking.reports.summary import BLANK, UNREADABLE, Summary, summary
from mlpcalc.marking.results import Result
from mlpcalc.page.asked import asked
from mlpcalc.page.symbols import Symbol
from mlpcalc.report.blocks import Block, Frequency, Group, Header, ListItem, More, Table, Tally
from mlpcalc.solving.solution import Solution
from mlpcalc.text.wording import counted, points_in_figures

_NAMED = 40  # sheets of each mistake that are held; a line has room for fewer
_ANSWERS, _ROOM = 3, 14  # named for each mistake, at most; characters
_ROWS = 40  # mistakes
_LISTED = 10  # unreadable sheets, conventions
_KINDS = (
    *("right", "with mistakes", "rounding only"),
    *("not fully checked", "with too few digits", "not fully read"),
)
_LOOK = " ← look at this"
_MIDDLE = (25, 75)  # percentiles between which half of the class is


@dataclass
class _Row:
    """A mistake, in which answers it was made how often, and the sheets."""

    answers: Counter[str] = field(default_factory=Counter)
    sheets: list[str] = field(default_factory=list)
    times: int = 0

    def add(self, name: str) -> None:
        """One more sheet."""
        self.times += 1
        if len(self.sheets) < _NAMED:
            self.sheets.append(name)


class Overview:
    """Sums up a class; of each submission it keeps only what will be shown.

    solution: of the exercise, or of one of its variants, for the names and the order of answers.
    """

    def __init__(
        self, solution: Solution, attendance: Attendance, passed_over: Sequence[PassedOver], *, details: bool
    ) -> None:
        self._solution = solution
        self._attendance = attendance
        self._passed_over = [each for each in passed_over if each.reason not in UNTOLD]
        self._details = details
        self._asked = dict(asked(solution.exercise))
        self._counting: dict[str, Summary] = {}
        self._rows: list[tuple[str, str, Summary]] = []
        self._equal: dict[object, Any] = {}
        self._documents = self._submissions = 0

    def add(self, result: Result) -> None:
        """Take in one more submission."""
        for symbol, worth in asked(result.solution.exercise).items():
            self._asked.setdefault(symbol, worth)
        short = self._shared(summary(result, details=self._details))
        self._documents += short.documents
        self._submissions += 1
        key = self._attendance.key(result)
        if self._attendance.add(result):
            self._counting[key] = short
        if self._details:
            self._rows.append((key, result.marked.file, short))

    def _shared(self, short: Summary) -> Summary:
        """The same summary with the mappings of an earlier one, if these are equal: they often are."""
        earned = self._equal.setdefault(tuple(short.earned.items()), short.earned)
        findings = self._equal.setdefault(str(short.findings), short.findings)
        return short._replace(earned=earned, findings=findings)

    def blocks(self) -> Iterator[Block]:
        """The overview: how many, the mistakes by frequency, what could not be read."""
        sheets = [*self._counting.values()]
        marked = [sheet for sheet in sheets if sheet.kind != UNREADABLE]
        counts = Counter(sheet.kind for sheet in sheets)
        kinds = dict.fromkeys(said.sheet for said in words.VERDICTS.values())
        order = [*sorted(kinds, key=_KINDS.index), BLANK, UNREADABLE]
        told = [f"{counts[kind]} {kind}" for kind in order if counts[kind]]
        header = Header(f"{counted(len(sheets), 'sheet')}: {', '.join(told)}", _share(marked))
        yield Group([header, *self._files(), *_points(marked), *self._answers(marked)])
        findings = [*self._findings(sheets, marked), *self._attendance.blocks()]
        if not self._details:
            findings.append(More("sheets"))
        if findings:
            yield Group(findings)
        if self._details:
            yield Table(("sheet", "points", "mistakes"), [*self._all_rows()], cut=True)

    def _files(self) -> Iterator[Block]:
        """How many files there are for how many sheets, where these are not as many."""
        if self._passed_over or self._documents != len(self._counting):
            told = [counted(self._submissions, "submission")]
            if self._documents != self._submissions:
                told = [f"{self._documents} in {told[0]}"]
            if self._passed_over:
                told.append(f"{len(self._passed_over)} not marked ({_kinds(self._passed_over)})")
            files = counted(self._documents + len(self._passed_over), "file")
            yield ListItem("", f"{files}: {', '.join(told)}")

    def _answers(self, sheets: Sequence[Summary]) -> Iterator[Block]:
        """How many sheets answer each quantity, and the points that they earn with it on average."""
        if not sheets:
            return
        weighed = len({*self._asked.values()}) > 1
        rows, bars = [], []
        for symbol, worth in self._asked.items():
            earned = [sheet.earned[symbol] for sheet in sheets if symbol in sheet.earned]
            mean = sum(earned) / len(sheets)
            row = [self._name(symbol), str(len(earned)), _short(mean)]
            rows.append(row + [points_in_figures(worth)] * weighed)
            bars.append(mean / worth if worth else 0)
        labels = ["answer", f"answered, of {len(sheets)}", "mean points", *["points to be had"] * weighed]
        yield Table(labels, rows, bars=bars, across=True)

    def _findings(self, sheets: Sequence[Summary], marked: Sequence[Summary]) -> Iterator[Block]:
        mistakes: dict[str, _Row] = {}
        conventions: dict[str, _Row] = {}
        for sheet in marked:
            for title, answers in sheet.findings.items():
                row = mistakes.setdefault(title, _Row())
                row.add(sheet.name)
                row.answers.update(answers)
            if sheet.convention:
                conventions.setdefault(sheet.convention, _Row()).add(sheet.name)
        if mistakes:
            rows = sorted(mistakes.items(), key=lambda row: (row[0] == UNEXPLAINED, -row[1].times))
            yield Tally(("mistake", "answer", "sheets"), [self._count(*row) for row in _most(rows)])
            if (more := len(rows) - _ROWS) > 0:
                yield More("everything", f"and {counted(more, 'rarer mistake')}")
        for convention, row in list(conventions.items())[:_LISTED]:
            times = counted(row.times, "sheet")
            yield ListItem("", f"{convention}, {words.A_CONVENTION}: {times}, such as {row.sheets[0]}")
        if puzzling := [sheet for sheet in marked if sheet.left_out]:
            problems = counted(sum(sheet.left_out for sheet in puzzling), "problem")
            times = counted(len(puzzling), "sheet")
            yield ListItem("", f"not understood: {problems} on {times}, such as {puzzling[0].problem}")
        unreadable = [sheet.problem for sheet in sheets if sheet.kind == UNREADABLE]
        yield from (ListItem("unreadable ", problem) for problem in unreadable[:_LISTED])
        if (more := len(unreadable) - _LISTED) > 0:
            yield ListItem("", f"and {more} more that cannot be read")

    def _all_rows(self) -> Iterator[tuple[str, str, str]]:
        """A row for each submission; of those that do not count, which one does."""
        for key, file, sheet in self._rows:
            counts = self._attendance.counting(key)
            other = [] if counts == file else [f"{words.base(counts)} counts"]
            yield sheet.name, sheet.points_in_words, "; ".join(filter(None, [*other, sheet.said]))

    def _name(self, symbol: Symbol) -> str:
        return self._solution.notation.name(symbol)

    def _count(self, title: str, row: _Row) -> Frequency:
        order = {
            self._solution.notation.name(symbol): n
            for n, symbol in enumerate(self._solution.symbols.values())
        }
        names = sorted(row.answers, key=lambda name: (-row.answers[name], order.get(name, 0)))
        shown = names[: max(1, sum(1 for n in range(1, _ANSWERS + 1) if len(" ".join(names[:n])) <= _ROOM))]
        where = " ".join([*shown, *(["…"] if len(names) > len(shown) else [])])
        return Frequency(f"{title}{_LOOK if title == UNEXPLAINED else ''}", where, row.times, row.sheets)


def _kinds(files: Sequence[PassedOver]) -> str:
    """`2 .docx, 1 .png, an empty folder`."""
    kinds = Counter(ending(each.file) or each.reason.partition(";")[0] for each in files)
    return ", ".join(
        f"{count} {kind}" if kind.startswith(".") else f"{count} × {kind}" if count > 1 else kind
        for kind, count in kinds.most_common()
    )


def _share(sheets: Sequence[Summary]) -> str:
    most = sum(sheet.most_points for sheet in sheets)
    return f"{100 * sum(sheet.points for sheet in sheets) / most:.0f} % of the points" if most else ""


def _points(sheets: Sequence[Summary]) -> Iterator[Block]:
    """The mean of the points, and between which half of the sheets are; in per cent where totals differ."""
    totals = {words.rounded(sheet.most_points) for sheet in sheets if sheet.most_points}
    if not totals:
        return
    shares = np.array([sheet.points / sheet.most_points for sheet in sheets if sheet.most_points])
    mean, (low, high) = shares.mean(), np.percentile(shares, _MIDDLE)
    if len(totals) == 1:
        (total,) = totals
        said = f"mean {_figure(mean * total)} of {points_in_figures(total)}"
        middle = f"{_figure(low * total)} to {_figure(high * total)}"
    else:
        said, middle = f"mean {100 * mean:.0f} %", f"{100 * low:.0f} to {100 * high:.0f} %"
    spread = f", the middle half from {middle}" if len(shares) > 1 else ""
    yield ListItem("", f"{counted(len(shares), 'sheet')}: {said}{spread}")


def _figure(points: float) -> str:
    return points_in_figures(float(points))


def _short(points: float) -> str:
    """`.97`."""
    text = points_in_figures(points)
    return text.removeprefix("0") or text


def _most(rows: list[tuple[str, _Row]]) -> list[tuple[str, _Row]]:
    """The most frequent ones, what is unexplained in any case."""
    unexplained = [row for row in rows if row[0] == UNEXPLAINED]
    return [*rows[: _ROWS - len(unexplained)], *unexplained] if len(rows) > _ROWS else rows
