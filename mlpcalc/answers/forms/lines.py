"""The lines of a text; those over which a bracket of figures goes belong together."""

import re
from typing import NamedTuple

from mlpcalc.answers.forms.brackets import matches

LONGEST_LINE = 5_000  # characters of a line that can be a heading, a label, a row of labels
MOST_BLANK = 2  # lines between a name and its figures
_NUMERIC = re.compile(r"\s*(?:[\[({\-+−.0-9~…'\"]|(?:np\.|numpy\.|torch\.)?(?:array|tensor|float)|np\.)")
_CALL = re.compile(r"[A-Za-z0-9_]")


class Line(NamedTuple):
    """A line with all lines that belong to a bracket opened in it; `next` is the line after that."""

    text: str
    number: int
    next: int


class Lines:
    """The lines of a text, counted from 0."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._ends = self._last_lines(text)

    def __len__(self) -> int:
        return len(self._lines)

    def __getitem__(self, number: int) -> str:
        """One line by itself; nothing beyond the last."""
        return self._lines[number] if number < len(self._lines) else ""

    def short(self, number: int) -> str:
        """One line; nothing where it is too long to have labels or words."""
        line = self[number]
        return line if len(line) <= LONGEST_LINE else ""

    def whole(self, number: int) -> Line:
        """A line with those that belong to it."""
        last = self._ends.get(number, number)
        while (further := self._ends.get(last, last)) > last:
            last = further
        return Line("\n".join(self._lines[number : last + 1]), number, last + 1)

    def after_blanks(self, number: int) -> int:
        """The first line from there on that is not empty, if that is near; else the same one."""
        for further in range(number, min(number + MOST_BLANK + 1, len(self._lines))):
            if self._lines[further].strip():
                return further
        return number

    def _last_lines(self, text: str) -> dict[int, int]:
        """For each line in which a bracket of figures is opened, the line in which it is closed."""
        closed, ends = matches(text), dict[int, int]()
        begins, start = list[int](), 0
        for line in self._lines:
            begins.append(start)
            start += len(line) + 1
        number = last_number = covered = 0
        for place in sorted(closed):
            if place < covered:
                continue
            call = place > 0 and text[place] == "(" and _CALL.match(text[place - 1])
            if (text[place] == "(" and not call) or not _NUMERIC.match(text, place + 1):
                continue
            covered = closed[place]
            while number + 1 < len(begins) and begins[number + 1] <= place:
                number += 1
            last_number = max(last_number, number)
            while last_number + 1 < len(begins) and begins[last_number + 1] <= covered:
                last_number += 1
            ends[number] = max(ends.get(number, 0), last_number)
        return ends
