"""What programs print, and plain text: NumPy, PyTorch, MATLAB, Octave, R, Julia, lists typed by hand.

Lines are read one after another. A line that names something and ends in a relation is followed by a block:
rows of numbers, in whichever way the program lays them out.
"""

import re

from mlpcalc.answers.forms import chains, sentences
from mlpcalc.answers.forms.figures import figure_text
from mlpcalc.answers.forms.layouts import Layouts, labelled
from mlpcalc.answers.forms.lines import MOST_BLANK, Line, Lines
from mlpcalc.answers.forms.own_tables import is_head, own_table
from mlpcalc.answers.forms.passages import CONTRADICTION, Grid, Passage, Reading, empty, result
from mlpcalc.text.wording import clipped

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
_TENSORFLOW = re.compile(
    r"<tf\.\w{1,20}(?: '[^'\n]{0,80}')?:? ?shape=\([^()\n]{0,80}\),[^<>\n]{0,80}numpy=(?:([-+0-9.e]{1,40})>)?"
)
_WORD_MATRIX = re.compile(r"[\[(]?[■█]\(([^()]*)\)[\])]?")
_WORD_SIGNS = str.maketrans("&@", " ;")
_DIGIT = re.compile(r"\d")
_R_STRING = re.compile(r"\[1\] \"(?P<name>[^\"]{1,60}?)[:= ]*\"")
READ_ELSEWHERE = "\ufffc"
"""What stands in a text for mathematics that is read as such: no name reaches beyond it."""
_PRINTED = re.compile(r"(?:print|println|disp|display|show)\s*+\(\s*+(?P<name>[^\W\d][\w.]*+)\s*+\)\s*+;?")


def read(text: str, line: int = 1, name: str = "") -> Reading:
    """The passages in a text that begins on this line of its document.

    name: what figures are called that have no name of their own.
    """
    if "<tf." in text:
        text = _TENSORFLOW.sub(lambda found: found[1] or "", text)
    if "■" in text:
        text = _WORD_MATRIX.sub(lambda found: f"[{found[1].translate(_WORD_SIGNS)}]", text)
    text = text.replace("Parameter containing:", "")
    return _Reader(text, line, name).read()


class _Reader:
    """Reads one stretch of text."""

    def __init__(self, text: str, line: int, name: str) -> None:
        self._lines = Lines(text)
        self._layouts = Layouts(self._lines)
        self._first, self._default = line, name
        self._found = empty()
        self._names: tuple[str, ...] = ()  # of a chain that goes on, or of figures that follow
        self._waiting_since = 0

    def read(self) -> Reading:
        """Go through the lines."""
        number = 0
        while number < len(self._lines):
            line = self._lines.whole(number)
            number = self._take(line) if line.text.strip() else line.next
        return self._found

    # ------------------------------------------------------------------------ lines

    def _take(self, line: Line) -> int:
        """Read what begins in a line; the number of the line after it."""
        text = chains.undecorated(line.text)
        if not text:
            self._waiting_since += 1
            return line.next  # a prompt by itself, or the fence of a block
        if is_head(text):
            return line.next
        if READ_ELSEWHERE in text:
            self._names = ()
            text = text.replace(READ_ELSEWHERE, " ").strip(" ,;.")
            if _DIGIT.search(text) is None:
                return line.next
        if "\n" not in line.text and (table := own_table(self._lines, line.number)):
            self._state(line.number, table.names, table.value)
            return table.next
        if found := chains.fields(text):
            for name, written in found:
                if (value := chains.value(written)) is not None:
                    self._state(line.number, (name,), value)
            return line.next
        if self._names and (matrix := labelled(self._lines, line.number)):
            return self._unnamed(line.number, matrix.value, matrix.next)
        block = self._layouts.block(line.number)
        if block is not None and not self._begins_with_name(text):
            return self._unnamed(line.number, *block)
        pieces = chains.several(text)
        for piece in pieces[:-1]:
            if (chain := chains.chain(piece)) is not None and (chain.values or chain.fault):
                self._chain(line, piece, chain)
        last = pieces[-1]
        chain = chains.chain(last)
        if chain is not None and not chain.open and (chain.fault or not chain.values):
            clause, rest = chains.first_clause(last)
            if (shorter := chains.chain(clause)) is not None and shorter.values and not shorter.fault:
                self._chain(line, clause, shorter)
                self._said(line.number, rest)
                return line.next
        if chain is not None:
            return self._chain(line, last, chain)
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
        if not self._said(line.number, text):
            self._words(line.number, text)
        return line.next

    def _said(self, number: int, text: str) -> bool:
        """Note what is stated in words; whether anything is."""
        said = [*sentences.stated(text)]
        for name, value in said:
            self._state(number, (name,), value)
        return bool(said)

    def _begins_with_name(self, text: str) -> bool:
        return chains.begins_name(text) and chains.value(text) is None

    def _chain(self, line: Line, text: str, chain: chains.Chain) -> int:
        names = chain.names
        if text[:1] in "=≈" and self._names:
            names = (*self._names, *names)
        if chain.fault:
            self._state(
                line.number, names, chain.values[0] if chain.values else chain.fault, fault=chain.fault
            )
        elif chain.values:
            value: Grid | str | None = result(chain.values)
            line, value = self._with_rows_below(line, value, last=chain.values[-1])
            self._state(line.number, names, value or CONTRADICTION, assigned=chain.assigned)
        else:
            short = tuple(name for name in names if len(name) <= chains.LONGEST_NAME)
            self._wait(line.number, short)
            if chain.open and short:
                below = self._lines.after_blanks(line.next)
                block = labelled(self._lines, below) or self._layouts.block(below)
                if block is not None:
                    self._state(line.number, short, block[0], assigned=chain.assigned)
                    return block[1]
        return line.next

    def _with_rows_below(
        self, line: Line, value: Grid | str | None, last: Grid
    ) -> tuple[Line, Grid | str | None]:
        """A list that is only the first row of a matrix, with the rows on the lines below it."""
        if not isinstance(value, Grid) or not last.flat or value.size == 1:
            return line, value
        below = self._layouts.block(line.next) if line.next < len(self._lines) else None
        if below is None or self._begins_with_name(chains.undecorated(self._lines[line.next])):
            return line, value
        rows, end = below
        if isinstance(rows, str) or len(rows.rows[0]) != value.size:
            return line, "more figures follow, but not in rows of the same length"
        return Line(line.text, line.number, end), Grid((*value.rows, *rows.rows))

    def _words(self, number: int, text: str) -> None:
        """A line without figures: a heading, a name by itself, or prose."""
        if text.startswith(_COMMANDS):
            return
        if text[:1] in "[({" and _FIGURES.match(text) and not _R_STRING.fullmatch(text):
            self._found.leave(self._first + number, f"{clipped(text, 40)}: figures, but not a matrix of them")
        elif len(text) <= chains.LONGEST_NAME:
            if found := _PRINTED.fullmatch(text) or _R_STRING.fullmatch(text):
                text = found["name"]
            self._wait(number, (text.rstrip(":"),))
        else:
            self._names = ()

    def _wait(self, number: int, names: tuple[str, ...]) -> None:
        self._names, self._waiting_since = names, number

    def _unnamed(self, number: int, value: Grid | str, next_line: int) -> int:
        """Figures without a name in their line: it may stand in the line before."""
        near = self._names and number - self._waiting_since <= MOST_BLANK + 1
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
        fault: str = "",
    ) -> None:
        line = self._first + number
        if isinstance(value, Grid):
            passage = Passage(names, value, line, assigned=assigned, quiet=quiet, fault=fault)
            self._found.passages.append(passage)
        else:
            self._found.leave(line, f"{clipped(names[0], 40)}: {value}" if names else value)
        self._names = ()
