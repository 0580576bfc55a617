"""The marks of many sheets: what the class got wrong, and how often."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mlpcalc.batch import Marked
from mlpcalc.check_data import reason
from mlpcalc.check_report import shown_points
from mlpcalc.marks import SheetMarks, Unreadable
from mlpcalc.report import Block, Header, Note, Table
from mlpcalc.solution import Solution
from mlpcalc.symbols import Symbol
from mlpcalc.verdicts import Verdict

_BAR = 20
_NAMED = 6  # sheets named for each mistake
_LISTED = 10  # unreadable sheets
_MUDDLED = "figures of another run"


@dataclass
class _Row:
    """A mistake, the steps in which it was made, and the sheets."""

    steps: dict[Symbol, None] = field(default_factory=dict)
    sheets: list[str] = field(default_factory=list)
    count: int = 0


class Overview:
    """Counts the marks of a class as they come; keeps only what will be shown."""

    def __init__(self, solution: Solution, *, details: bool) -> None:
        self._solution = solution
        self._details = details
        self._counts = dict.fromkeys(
            ("right", "with mistakes", "rounding only", "not all checked", "unreadable"), 0
        )
        self._mistakes: dict[str, _Row] = {}
        self._conventions: dict[str, list[str]] = {}
        self._unreadable: list[str] = []
        self._sheets: list[tuple[str, ...]] = []
        self._points = self._of = 0.0

    def add(self, marked: Marked) -> None:
        """Count one more sheet."""
        if isinstance(marked, Unreadable):
            self._counts["unreadable"] += 1
            if len(self._unreadable) < _LISTED:
                self._unreadable.append(f"unreadable  {_short(marked.file)}: {reason(marked)}")
            self._row(marked.file, "unreadable", "")
            return
        self._counts[_class(marked.worst)] += 1
        self._points += marked.points
        self._of += marked.of
        if marked.convention:
            self._conventions.setdefault(marked.convention, []).append(_name(marked))
        found = _mistakes(marked)
        for title, symbols in found.items():
            row = self._mistakes.setdefault(title, _Row())
            row.count += 1
            row.steps |= dict.fromkeys(symbols)
            if len(row.sheets) <= _NAMED:
                row.sheets.append(_name(marked))
        points = f"{shown_points(marked.points)} of {shown_points(marked.of)}"
        words = "; ".join(f"{self._steps(symbols)} {title}" for title, symbols in found.items())
        self._row(_name(marked), points, marked.convention or words)

    def blocks(self) -> Iterator[Block]:
        """The overview: how many, the mistakes by frequency, what could not be read."""
        total = sum(self._counts.values())
        counts = [f"{count} {words}" for words, count in self._counts.items() if count]
        share = f"{100 * self._points / self._of:.0f} % of the points" if self._of else ""
        yield Header(f"{total} sheets", share, [counts])
        if self._mistakes:
            yield Table(("mistake", "step", "sheets"), [*self._rows()])
        for words, sheets in self._conventions.items():
            yield Note(f"{words}: {_some(sheets, len(sheets))}; not a mistake")
        for line in self._unreadable:
            yield Note(line)
        if (more := self._counts["unreadable"] - len(self._unreadable)) > 0:
            yield Note(f"and {more} more unreadable sheets")
        if self._details:
            yield Table(("sheet", "points", "mistakes"), self._sheets)
        else:
            yield Note("Every sheet: --details     Grade book: --format csv")

    def _row(self, *cells: str) -> None:
        if self._details:
            self._sheets.append(cells)

    def _rows(self) -> Iterator[tuple[str, str, str]]:
        rows = sorted(self._mistakes.items(), key=lambda item: (item[0] == "unexplained", -item[1].count))
        most = max(row.count for _, row in rows)
        width = max(1, min(_BAR, most))
        for title, row in rows:
            bar = "█" * max(1, round(width * row.count / most))
            look = "   ← look at this" if title == "unexplained" else ""
            sheets = f"{bar:<{width}} {row.count:>3}   {_some(row.sheets, row.count)}{look}"
            yield (title, self._steps(row.steps), sheets)

    def _steps(self, symbols: Iterable[Symbol]) -> str:
        return " ".join(map(self._solution.notation.name, symbols))


def _class(worst: Verdict) -> str:
    match worst:
        case Verdict.CORRECT | Verdict.BLANK | Verdict.FOLLOWS:
            return "right"
        case Verdict.ROUNDING:
            return "rounding only"
        case Verdict.UNCHECKED:
            return "not all checked"
    return "with mistakes"


def _mistakes(marks: SheetMarks) -> dict[str, list[Symbol]]:
    """What went wrong on a sheet, and in which steps; the likeliest explanation stands for all."""
    if marks.muddled:
        return {
            _MUDDLED: [symbol for symbol, mark in marks.quantities.items() if mark.verdict == Verdict.WRONG]
        }
    found: dict[str, list[Symbol]] = {}
    for symbol, mark in marks.quantities.items():
        by_cells: dict[object, str] = {}
        for each in mark.diagnoses:
            by_cells.setdefault(each.cells, each.title)
        for title in dict.fromkeys(by_cells.values()):
            found.setdefault(title, []).append(symbol)
    return found


def _name(marks: SheetMarks) -> str:
    return marks.student or _short(marks.file)


def _short(file: str) -> str:
    return file.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".yaml").removesuffix(".yml")


def _some(names: list[str], count: int) -> str:
    shown = " ".join(names[:_NAMED])
    return shown if count <= _NAMED else f"{shown} …"
