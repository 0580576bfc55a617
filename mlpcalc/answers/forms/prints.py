"""What programs print, and plain text: NumPy, PyTorch, MATLAB, Octave, R, Julia, lists typed by hand.

Lines are read one after another. A line that names something and ends in a relation is followed by a block:
rows of numbers, in whichever way the program lays them out.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from mlpcalc.answers.forms import chains
from mlpcalc.answers.forms.brackets import matches
from mlpcalc.answers.forms.figures import figure_text, scaled
from mlpcalc.answers.forms.passages import (
    INCOMPLETE,
    MAX_CELLS,
    Grid,
    Passage,
    Reading,
    empty,
    grid_of,
    result,
)
from mlpcalc.text.wording import clipped

_LONGEST_NAME = 80
_LONGEST_LINE = 5_000  # characters of a line that can be a heading, a label, a row of labels
_MOST_BLANK = 2  # lines between a name and its figures
_NUMERIC = re.compile(r"\s*(?:[\[({\-+−.0-9~…'\"]|(?:np\.|numpy\.|torch\.)?(?:array|tensor|float)|np\.)")
_CALL = re.compile(r"[A-Za-z0-9_]")
_FACTOR = re.compile(r"\s*+(?P<factor>[0-9.]++(?:e[-+][0-9]++|\s*+\*\s*+10\^[-+]?[0-9]++))\s*+\*?\s*+")
_COLUMNS = re.compile(
    r"\s*+Columns?\s++(?P<from>\d++)(?:\s++(?:through|and|to|-)\s++\d++)?\s*+:?\s*+", re.IGNORECASE
)
_JULIA = re.compile(r"\s*+(?:\d+[×x]\d+|\d+-element|\d+)\s++[A-Z]\w*+\{[^:\n]*+:\s*+")
_R_HEAD = re.compile(r"\s*(?:\[,\d+\]\s*)+")
_R_ROW = re.compile(r"\s*\[(?P<row>\d+),\]\s*(?P<cells>.*)")
_R_VECTOR = re.compile(r"\s*+\[(?P<first>\d++)\]\s++(?P<cells>[^\[\]]*+)")
_SHAPE = re.compile(r"\d{1,6}[×x]\d{1,6}")
_LABEL = re.compile(r"#?\d{1,6}")
_CROSS = re.compile("[×x]")
_LABELS = re.compile(r"\s*#?\d+(?:\s+#?\d+)*\s*")
_COMMANDS = (
    "\\begin",
    "\\end",
    "\\documentclass",
    "\\usepackage",
    "\\maketitle",
    "\\title",
    "\\author",
    "\\date",
)
_FIGURES = re.compile(r"[\[({\s]*[-+−]?[0-9]")
_TENSORFLOW = re.compile(r"<tf\.\w{1,20}(?: '[^'\n]{0,80}')?:? ?shape=\([^()\n]{0,80}\),[^<>\n]{0,80}numpy=")
_DIGIT = re.compile(r"\d")
READ_ELSEWHERE = "\ufffc"
"""What stands in a text for mathematics that is read as such: no name reaches beyond it."""
_PRINTED = re.compile(r"(?:print|println|disp|display|show)\s*+\(\s*+(?P<name>[^\W\d][\w.]*+)\s*+\)\s*+;?")


class _Line(NamedTuple):
    """A line with all lines that belong to a bracket opened in it; `next` is the line after that."""

    text: str
    number: int
    next: int


def read(text: str, line: int = 1, name: str = "") -> Reading:
    """The passages in a text that begins on this line of its document.

    name: what figures are called that have no name of their own.
    """
    if "<tf." in text:
        text = _TENSORFLOW.sub("", text)
    return _Reader(text, line, name).read()


class _Reader:
    """Reads one stretch of text."""

    def __init__(self, text: str, line: int, name: str) -> None:
        self._lines = text.split("\n")
        self._first, self._default = line, name
        self._ends = self._last_lines(text)
        self._found = empty()
        self._names: tuple[str, ...] = ()  # of a chain that goes on, or of figures that follow
        self._waiting_since = 0
        self._barren = 0  # the line up to which rows have no figures

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

    def _line(self, number: int) -> _Line:
        last = self._ends.get(number, number)
        while (further := self._ends.get(last, last)) > last:
            last = further
        return _Line("\n".join(self._lines[number : last + 1]), number, last + 1)

    def read(self) -> Reading:
        """Go through the lines."""
        number = 0
        while number < len(self._lines):
            line = self._line(number)
            number = self._take(line) if line.text.strip() else line.next
        return self._found

    # ------------------------------------------------------------------------ lines

    def _take(self, line: _Line) -> int:
        """Read what begins in a line; the number of the line after it."""
        text = chains.undecorated(line.text)
        if not text:
            return line.next  # a prompt by itself
        if READ_ELSEWHERE in text:
            self._names = ()
            text = text.replace(READ_ELSEWHERE, " ").strip()
            if _DIGIT.search(text) is None:
                return line.next
        if title := self._own_title(line):
            return title
        if found := chains.fields(text.partition("=")[2].strip() if text[:1] != "{" else text):
            for name, written in found:
                if (value := chains.value(written)) is not None:
                    self._state(line.number, (name,), value)
            return line.next
        block = self._block(line.number)
        if block is not None and not self._begins_with_name(text):
            return self._unnamed(line.number, *block)
        pieces = chains.several(text)
        for piece in pieces[:-1]:
            if (chain := chains.chain(piece)) is not None and (chain.values or chain.fault):
                self._chain(line, piece, chain)
        chain = chains.chain(pieces[-1])
        if chain is not None:
            return self._chain(line, pieces[-1], chain)
        if before := chains.named_before(text):
            self._state(line.number, (before[0],), before[1])
            return line.next
        words = text.split()
        if (
            len(words) > 1
            and not figure_text(words[0])
            and (value := chains.numbers(text[len(words[0]) :].strip()))
        ):
            self._state(line.number, (words[0],), value, quiet=True)
            return line.next
        self._words(line.number, text)
        return line.next

    def _begins_with_name(self, text: str) -> bool:
        return chains.begins_name(text) and chains.value(text) is None

    def _chain(self, line: _Line, text: str, chain: chains.Chain) -> int:
        names = chain.names
        if text[:1] in "=≈" and self._names:
            names = (*self._names, *names)
        if chain.fault:
            self._state(line.number, names, chain.fault)
        elif chain.values:
            value: Grid | str | None = result(chain.values)
            line, value = self._with_rows_below(line, value, last=chain.values[-1])
            self._state(
                line.number, names, value or "two different values in one chain", assigned=chain.assigned
            )
        else:
            short = tuple(name for name in names if len(name) <= _LONGEST_NAME)
            self._wait(line.number, short)
            if chain.open and short:
                block = self._block(self._after_blanks(line.next))
                if block is not None:
                    self._state(line.number, short, block[0], assigned=chain.assigned)
                    return block[1]
        return line.next

    def _with_rows_below(
        self, line: _Line, value: Grid | str | None, last: Grid
    ) -> tuple[_Line, Grid | str | None]:
        """A list that is only the first row of a matrix, with the rows on the lines below it."""
        if not isinstance(value, Grid) or not last.flat or value.size == 1:
            return line, value
        below = self._block(line.next) if line.next < len(self._lines) else None
        if below is None or self._begins_with_name(chains.undecorated(self._lines[line.next])):
            return line, value
        rows, end = below
        if isinstance(rows, str) or len(rows.rows[0]) != value.size:
            return line, "more figures follow, but not in rows of the same length"
        return _Line(line.text, line.number, end), Grid((*value.rows, *rows.rows))

    def _words(self, number: int, text: str) -> None:
        """A line without figures: a heading, a name by itself, or prose."""
        if text.startswith(_COMMANDS):
            return
        if text[:1] in "[({" and _FIGURES.match(text):
            self._found.leave(self._first + number, f"{clipped(text, 40)}: figures, but not a matrix of them")
        elif len(text) <= _LONGEST_NAME:
            if found := _PRINTED.fullmatch(text):
                text = found["name"]
            self._wait(number, (text.rstrip(":"),))
        else:
            self._names = ()

    def _wait(self, number: int, names: tuple[str, ...]) -> None:
        self._names, self._waiting_since = names, number

    def _unnamed(self, number: int, value: Grid | str, next_line: int) -> int:
        """Figures without a name in their line: it may stand in the line before."""
        near = self._names and number - self._waiting_since <= _MOST_BLANK + 1
        names = self._names if near else ((self._default,) if self._default else ())
        self._state(number, names, value)
        return next_line

    def _state(
        self,
        number: int,
        names: tuple[str, ...],
        value: Grid | str,
        *,
        assigned: bool = False,
        quiet: bool = False,
    ) -> None:
        line = self._first + number
        if isinstance(value, Grid):
            self._found.passages.append(Passage(names, value, line, assigned=assigned, quiet=quiet))
        else:
            self._found.leave(line, f"{clipped(names[0], 40)}: {value}" if names else value)
        self._names = ()

    # ------------------------------------------------------------------------ blocks

    def _after_blanks(self, number: int) -> int:
        for further in range(number, min(number + _MOST_BLANK + 1, len(self._lines))):
            if self._lines[further].strip():
                return further
        return number

    def _block(self, number: int) -> tuple[Grid | str, int] | None:
        """The figures that begin in a line, and the number of the line after them; None if none do."""
        if number >= len(self._lines):
            return None
        power = 0
        first = self._lines[number]
        if len(first) <= _LONGEST_LINE and _JULIA.fullmatch(first):
            number = self._after_blanks(number + 1)
        elif len(first) <= _LONGEST_LINE and (found := _FACTOR.fullmatch(first)) and "*" in first:
            power = _power_of_ten(found["factor"])
            number = self._after_blanks(number + 1)
        for way in (self._columns, self._r_matrix, self._r_vector, self._bracketed, self._rows):
            found_there = way(number)
            if found_there is not None:
                value, end = found_there
                if power and isinstance(value, Grid):
                    rows = tuple(tuple(scaled(text, power) for text in row) for row in value.rows)
                    value = value._replace(rows=rows)
                return value, end
        return None

    def _bracketed(self, number: int) -> tuple[Grid | str, int] | None:
        if number >= len(self._lines):
            return None
        line = self._line(number)
        text = chains.undecorated(line.text)
        if text[:1] not in "[({<" and not text[:1].isalpha():
            return None
        value = chains.value(text)
        if isinstance(value, Grid) and value.flat and value.size > 1:
            return self._list_by_list(value, line)
        return None if value is None else (value, line.next)

    def _list_by_list(self, first: Grid, line: _Line) -> tuple[Grid | str, int]:
        """A list, or a matrix with a list for each row, line by line."""
        rows, number = [*first.rows], line.next
        while number < len(self._lines):
            text = chains.undecorated(self._lines[number])
            value = chains.value(text) if text[:1] in "[({" else None
            if not isinstance(value, Grid) or not value.flat:
                break
            rows += value.rows
            number += 1
        if len({len(row) for row in rows}) > 1:
            return "lists of different lengths", number
        return Grid(tuple(rows), flat=len(rows) == 1), number

    def _rows(self, number: int) -> tuple[Grid | str, int] | None:
        """Rows of numbers, one a line."""
        rows, incomplete = list[list[str]](), False
        if number < self._barren:
            return None
        while number < len(self._lines) and (cells := self._cells(self._lines[number])):
            incomplete = incomplete or any(cell in ("...", "…", "⋮") for cell in cells)
            rows.append(cells)
            number += 1
        if not rows:
            return None
        if incomplete:
            return (INCOMPLETE, number) if len(rows) > 1 else None
        rows = _without_index(rows)
        value = grid_of(rows, flat=len(rows) == 1)
        if value is None:
            self._barren = number
        return None if value is None else (value, number)

    def _cells(self, line: str) -> list[str]:
        """The cells of a line of numbers; nothing if it is anything else."""
        text = line.strip()
        if not text or text[0] not in "0123456789.-+−–~?…⋮,;":
            return []
        if text.startswith(("- ", "– ")):
            return []  # a bullet, or a minus by itself
        cells = (
            [cell for part in text.split(";") for cell in chains.row_cells(part)]
            if ";" in text
            else chains.row_cells(text)
        )
        fine = all(
            figure_text(cell) is not None or cell in ("~", "?", "-", "", "...", "…", "⋮") for cell in cells
        )
        return cells if fine and cells else []

    def _columns(self, number: int) -> tuple[Grid | str, int] | None:
        """MATLAB's blocks of columns, side by side."""
        rows: list[list[str]] = []
        while number < len(self._lines) and len(self._lines[number]) <= _LONGEST_LINE:
            found = _COLUMNS.fullmatch(self._lines[number])
            if found is None:
                break
            if rows and int(found["from"]) != len(rows[0]) + 1:
                return "the blocks of columns do not follow one another", number + 1
            block = self._rows(self._after_blanks(number + 1))
            if block is None:
                return "a block of columns has no figures", number + 1
            value, number = block
            if isinstance(value, str):
                return value, number
            if rows and len(rows) != len(value.rows):
                return "the blocks of columns have different lengths", number
            rows = [[*a, *b] for a, b in zip(rows or [[]] * len(value.rows), value.rows, strict=True)]
            further = self._after_blanks(number)
            if further < len(self._lines) and _COLUMNS.fullmatch(self._lines[further][:_LONGEST_LINE]):
                number = further
        whole = grid_of(rows) if rows else None
        return None if whole is None else (whole, number)

    def _r_matrix(self, number: int) -> tuple[Grid | str, int] | None:
        """R's matrices: [,1] above the columns, [1,] beside the rows; wide ones in blocks."""
        rows: dict[int, list[str]] = {}
        if number < self._barren:
            return None
        while number < len(self._lines):
            line = self._lines[number]
            if len(line) <= _LONGEST_LINE and _R_HEAD.fullmatch(line):
                number += 1
            elif found := _R_ROW.fullmatch(line):
                rows.setdefault(int(found["row"]), []).extend(found["cells"].split())
                number += 1
            else:
                break
        if not rows:
            return None
        if sorted(rows) != list(range(1, len(rows) + 1)):
            return "rows are missing", number
        value = grid_of([rows[row] for row in sorted(rows)])
        if value is None:
            self._barren = number
        return None if value is None else (value, number)

    def _r_vector(self, number: int) -> tuple[Grid | str, int] | None:
        """R's vectors: [1] before the first figure, and a number before the first of each further line."""
        cells: list[str] = []
        while number < len(self._lines) and (found := _R_VECTOR.fullmatch(self._lines[number])):
            if int(found["first"]) != len(cells) + 1:
                break
            cells += found["cells"].split()
            number += 1
        value = grid_of([cells], flat=True) if cells else None
        return None if value is None else (value, number)

    # ------------------------------------------------------------------------ the program's own tables

    def _own_title(self, line: _Line) -> int | None:
        """A table as `solve` prints it: a title with the shape, labels above, a label beside each row."""
        text = line.text
        title = _title(text) if len(text) <= _LONGEST_LINE and "\n" not in text else None
        if title is None:
            return None
        names, shape, labels = title
        rows, columns = [int(each) for each in _CROSS.split(f"1×{shape}")][-2:]
        if rows * columns > MAX_CELLS:
            return None
        labelled = _SHAPE.fullmatch(shape) is not None
        number = line.number + 1
        table: list[list[str]] = [[] for _ in range(rows)]
        while len(table[0]) < columns:
            if not labels:
                if number >= len(self._lines) or not _LABELS.fullmatch(self._lines[number][:_LONGEST_LINE]):
                    return None
                labels = self._lines[number].split()
                number += 1
            for cells in table:
                words = self._lines[number].split() if number < len(self._lines) else []
                words = words[1:] if labelled else words
                if len(words) != len(labels):
                    return None
                cells += words
                number += 1
            labels = []
            while len(table[0]) < columns and number < len(self._lines) and not self._lines[number].strip():
                number += 1
        value = grid_of(table, flat=not labelled)
        chain = chains.chain(f"{names} = 0")
        if value is None or chain is None:
            return None
        self._state(line.number, chain.names, value)
        return number


def _without_index(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Rows without the numbers that a data frame has above its columns and beside its rows."""
    head, *body = [list(row) for row in rows]
    if body and all(len(row) == len(head) + 1 for row in body):
        first = [row[0] for row in body]
        for begin in ("0", "1"):
            counts = [str(int(begin) + k) for k in range(max(len(head), len(body)))]
            if first == counts[: len(first)] and head == counts[: len(head)]:
                return [row[1:] for row in body]
    return [head, *body]


def _title(text: str) -> tuple[str, str, list[str]] | None:
    """What stands in a title: names and formula, the shape, the labels of the columns if they fit in."""
    words = text.split()
    count = len(words)
    while count and _LABEL.fullmatch(words[count - 1]):
        count -= 1
    labels = words[count:]
    if count > 1 and _SHAPE.fullmatch(words[count - 1]):
        shape, count = words[count - 1], count - 1
    elif count and labels and labels[1:] == [str(k) for k in range(1, len(labels))]:
        shape, labels = labels[0], labels[1:]
    else:
        return None
    place = text.rfind(f"  {shape}", 0, len(text) - len(" ".join(labels)))
    return (text[:place].strip(), shape, labels) if place > 0 else None


def _power_of_ten(text: str) -> int:
    """The exponent of MATLAB's factor 1.0e-03."""
    figure = figure_text(text.replace(" ", "")) or "1e0"
    digits, _, exponent = figure.partition("e")
    return int(exponent or 0) + (len(digits.partition(".")[0]) - 1)
