"""A document in whichever form it was handed in, as what it states.

The form is told by the content; the ending of the file's name is a hint where the content is not enough.
A text may have several forms in it: mathematics, tables and prints, each read by its own reader.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mlpcalc.answers.forms import chains, latex, notebook, prints, structured, tables
from mlpcalc.answers.forms.json_tree import Fields, parse
from mlpcalc.answers.forms.passages import Grid, Reading, check_size, empty
from mlpcalc.answers.forms.prints import READ_ELSEWHERE
from mlpcalc.errors import InputError, refuse

MAX_LINES = 200_000
_MARK = re.compile(
    r"\\\\|\\[$%]|\\(?P<side>begin|end)[ \t]*\{(?P<environment>[A-Za-z]{1,30}\*?)\}|\\[\[\]()]|\$\$?"
    r"|^[ \t]*(?P<fence>```|~~~)[^\n]*|\n[ \t]*(?=\n)|(?<!\\)%[^\n]*",
    re.MULTILINE,
)
_MATHEMATICS = re.compile(
    r"(?:equation|align|aligned|gather|gathered|multline|eqnarray|displaymath|math|split|alignat|flalign|dmath|"
    r"[pbBvV]?(?:small)?matrix|array|cases)\*?"
)
_MATH_FENCE = re.compile(r"(?:```|~~~)[ \t]?(?:math|latex|tex)\b")
_QUOTED = re.compile(r"^[ \t]{0,3}(?:>[ \t]?)+", re.MULTILINE)
_CLOSING = {"$": "$", "$$": "$$", r"\[": r"\]", r"\(": r"\)"}
_SECTION = re.compile(
    r"\s*\\(?:part|chapter|(?:sub){0,2}section|(?:sub)?paragraph|textbf|textit|emph)\*?\s*\{(?P<words>[^{}]*)\}.*"
)
_BOLD = re.compile(r"\\text(?:bf|it|tt)\s*\{([^{}]*)\}|\\emph\{([^{}]*)\}|\\item\b|\\verb\|([^|]*)\|")
_STUDENT = re.compile(
    r"(?:[#*_>-]\s?){0,4}+(?:student(?:\s?(?:id|name|number))?|matriculation number)\*{0,3}+\s?[:=]\*{0,3}+"
    r"(?P<student>[^:=\[\]]++)|\\author\s?\{(?P<author>[^{}\\]++)\}",
    re.IGNORECASE,
)
_FIRST_LINES = 60
_LONGEST_HEADING = 100
_HEADINGS = 3  # that are told: the last ones above a passage
_MOST_BLANK = 3
_NOT_BLANK = re.compile(r"[^\n]")
_IS_TEX = re.compile(r"\\(?:documentclass|begin\{document\}|section|usepackage)")


def read(text: str, name: str = "") -> Reading:
    """What a document states; raises `InputError` for a notebook or JSON that is broken.

    name: of the file; its ending is a hint.
    """
    if (lines := text.count("\n")) > MAX_LINES:
        raise refuse(f"too many lines: {lines:,}", expected=f"at most {MAX_LINES:,}")
    ending = name.rpartition(".")[2].lower()
    start = text.lstrip()[:1]
    if start == "{" or (start == "[" and ending in ("json", "ipynb")):
        try:
            root = parse(text)
        except InputError:
            if ending in ("json", "ipynb"):
                raise
        else:
            is_notebook = isinstance(root, Fields) and root.get("cells") is not None
            found = notebook.read(root, read_text) if is_notebook else structured.read(root)
            return _checked(found._replace(labels=structured.labels(root)))
    if ending in ("csv", "tsv") or _is_separated(text):
        return _checked(tables.read(text))
    return _checked(read_text(text, [])._replace(labels=_labels(text)))


def matrix_in(text: str) -> Grid | str | None:
    """The matrix that a whole text is, in any form; a message where it cannot be used, None for none."""
    value = chains.value(text.strip())
    if value is not None:
        return value
    found = read_text(text, [])
    if len(found.passages) != 1:
        return found.leftovers[0].message if found.leftovers else None
    return found.passages[0].grid


def _checked(found: Reading) -> Reading:
    check_size(found.passages)
    found.passages.sort(key=lambda passage: passage.line)
    found.leftovers.sort()
    return found


def _labels(text: str) -> dict[str, str]:
    """The student that a text names in its first lines, as `student: …` or by its LaTeX author."""
    for line in text.split("\n", _FIRST_LINES)[:_FIRST_LINES]:
        found = _STUDENT.fullmatch(line.strip()) if len(line) <= _LONGEST_HEADING else None
        if found:
            return {"student": (found["student"] or found["author"]).strip()}
    return {}


def _is_separated(text: str) -> bool:
    """Whether nearly every line has tabs, or it is the program's own CSV."""
    if text.startswith("quantity,row,column,value\n"):
        return True
    lines = [line for line in text.split("\n", 100)[:100] if line.strip()]
    return len(lines) > 1 and sum("\t" in line.strip() for line in lines) > 0.6 * len(lines)


# ---------------------------------------------------------------------------- texts


class _Stretch(NamedTuple):
    """A part of a text that is mathematics, by its places; `inline` if it stands within a line of words."""

    start: int
    end: int
    outer_start: int
    outer_end: int
    inline: bool


def read_text(text: str, headings: list[str], name: str = "") -> Reading:
    """What a text states, whatever forms it has in it.

    headings: those before this text; its own are added. name: of figures that have none of their own.
    """
    found = empty()
    if "\n>" in text or text.startswith(">"):
        text = _QUOTED.sub(lambda quote: " " * len(quote[0]), text)
    lines = _Lines(text)
    plain = _Blanked(text)
    nameless: list[int] = []
    for stretch in _mathematics(text):
        inside = latex.read(text[stretch.start : stretch.end], lines.number(stretch.start))
        if stretch.inline and not inside.passages:
            plain.uncover(stretch)
            continue
        plain.cover(stretch.outer_start, stretch.outer_end)
        nameless += [len(found.passages) + k for k, each in enumerate(inside.passages) if not each.names]
        found.add(inside)
    words = plain.text()
    own = words.split("\n")
    for place in nameless:
        passage = found.passages[place]
        found.passages[place] = passage._replace(names=_name_above(own, passage.line - 1))
    own = _take_tables(found, own)
    found.add(prints.read("\n".join(own), 1, name))
    found.passages.sort(key=lambda passage: passage.line)
    _set_headings(found, own, headings)
    return found


class _Lines:
    """The numbers of lines by places of a text."""

    def __init__(self, text: str) -> None:
        self._ends = [found.start() for found in re.finditer("\n", text)]

    def number(self, place: int) -> int:
        """The line of a place, from 1."""
        return bisect_left(self._ends, place) + 1


class _Blanked:
    """A text in which what other readers have read is blank, line by line."""

    def __init__(self, text: str) -> None:
        self._text, self._pieces, self._place = text, list[str](), 0

    def cover(self, start: int, end: int) -> None:
        """Leave out what stands from `start` to `end`, but not its lines."""
        lines = self._text.count("\n", start, end)
        self._pieces += [self._text[self._place : start], "\n".join([READ_ELSEWHERE] * (lines + 1))]
        self._place = max(self._place, end)

    def uncover(self, stretch: _Stretch) -> None:
        """Keep what stands between two signs, without these."""
        self._pieces += [
            self._text[self._place : stretch.outer_start],
            self._text[stretch.start : stretch.end],
        ]
        self._place = stretch.outer_end

    def text(self) -> str:
        """What is left."""
        return "".join([*self._pieces, self._text[self._place :]])


def _mathematics(text: str) -> Iterator[_Stretch]:
    """The stretches of a text that are mathematics, one after another."""
    marks = [*_MARK.finditer(text)]
    ends = _environments(marks)
    following = _following(marks)
    place = covered = 0
    while place < len(marks):
        mark, sign = marks[place], marks[place][0]
        if mark.start() < covered:
            place += 1
        elif mark["fence"]:
            close = following["fence"][place]
            if close < len(marks) and _MATH_FENCE.search(sign):
                yield _Stretch(
                    mark.end(), marks[close].start(), mark.start(), marks[close].end(), inline=False
                )
            place = close + 1
        elif sign in _CLOSING:
            close = following[_CLOSING[sign]][place]
            if close < len(marks) and (sign != "$" or close < following["blank"][place]):
                end = marks[close]
                inline = sign in ("$", r"\(")
                yield _Stretch(mark.end(), end.start(), mark.start(), end.end(), inline)
                covered, place = end.end(), close + 1
            else:
                place += 1
        elif mark["side"] == "begin" and place in ends and _MATHEMATICS.fullmatch(mark["environment"]):
            start = max(covered, _line_start(text, mark.start()))
            end_place = _last_of_line(text, marks, ends, place)
            yield _Stretch(start, end_place, start, end_place, inline=False)
            covered = end_place
            place += 1
        else:
            place += 1


def _line_start(text: str, place: int) -> int:
    """Where the line begins, or the line before it where that ends in a relation."""
    start = text.rfind("\n", 0, place) + 1
    if not text[start:place].strip() and start:
        before = text.rfind("\n", 0, start - 1) + 1
        if text[before : start - 1].rstrip().endswith(("=", r"\approx", "≈")):
            return before
    return start


def _last_of_line(text: str, marks: list[re.Match[str]], ends: Mapping[int, int], place: int) -> int:
    """Where the line ends that all environments begun in it end in, with further lines that begin with =."""
    end = marks[ends[place]].end()
    further = place
    while True:
        line_end = text.find("\n", end)
        line_end = len(text) if line_end < 0 else line_end
        while further + 1 < len(marks) and marks[further + 1].start() < line_end:
            further += 1
            if further in ends:
                end = max(end, marks[ends[further]].end())
        after = text.find("\n", end)
        after = len(text) if after < 0 else after
        if after > line_end:
            continue
        start_of_next = text[after + 1 : after + 40].lstrip()
        if not start_of_next.startswith(("=", "&=", r"\approx", "≈")) or "\n\n" in text[after : after + 2]:
            return after
        end = after + 1


def _environments(marks: list[re.Match[str]]) -> dict[int, int]:
    """The mark that ends an environment, for each that begins one and is ended."""
    ends: dict[int, int] = {}
    open_: list[tuple[str, int]] = []
    counts: dict[str, int] = {}
    for place, mark in enumerate(marks):
        name = mark["environment"]
        if mark["side"] == "begin":
            open_.append((name, place))
            counts[name] = counts.get(name, 0) + 1
        elif mark["side"] == "end" and counts.get(name):
            while open_:
                other, start = open_.pop()
                counts[other] -= 1
                if other == name:
                    ends[start] = place
                    break
    return ends


def _following(marks: list[re.Match[str]]) -> Mapping[str, list[int]]:
    """For each kind of mark and each place, the next mark of that kind after it."""
    kinds = ("$", "$$", r"\]", r"\)", "fence", "blank")
    following: dict[str, list[int]] = {kind: [len(marks)] * len(marks) for kind in kinds}
    nexts = dict.fromkeys(kinds, len(marks))
    for place in range(len(marks) - 1, -1, -1):
        for kind in kinds:
            following[kind][place] = nexts[kind]
        mark = marks[place]
        kind = "fence" if mark["fence"] else "blank" if mark[0][:1] == "\n" else mark[0]
        if kind in nexts:
            nexts[kind] = place
    return following


# ---------------------------------------------------------------------------- tables and headings in texts


def _take_tables(found: Reading, lines: list[str]) -> list[str]:
    """Read the tables of Markdown; the lines without them."""
    kept = list(lines)
    number = 1
    while number < len(lines):
        if not (tables.is_separator(lines[number]) and "|" in lines[number - 1]):
            number += 1
            continue
        start = number - 1
        while number < len(lines) and "|" in lines[number]:
            number += 1
        names = _name_above(lines, start)
        found.add(tables.read_markdown(lines[start:number], start + 1, names[0] if names else ""))
        kept[start:number] = [""] * (number - start)
        number += 1
    return kept


def _name_above(lines: list[str], number: int) -> tuple[str, ...]:
    """The words right above a line, which may be the name of what stands there."""
    for above in range(number - 1, max(number - 1 - _MOST_BLANK, -1), -1):
        if READ_ELSEWHERE in lines[above]:
            return ()
        if text := lines[above].strip():
            words = _words(text).rstrip(":=").rstrip()
            parts = chains.chain(f"{words} = 0") if len(words) <= _LONGEST_HEADING else None
            return parts.names if parts else ()
    return ()


def _words(line: str) -> str:
    """A line without what makes it a heading or a list."""
    if len(line) > 4 * _LONGEST_HEADING:
        return line
    if found := _SECTION.fullmatch(line):
        return found["words"].strip()
    return chains.undecorated(_BOLD.sub(lambda bold: bold[1] or bold[2] or bold[3] or "", line)).strip("* ")


def _set_headings(found: Reading, lines: list[str], headings: list[str]) -> None:
    """Give each passage the headings above it."""
    numbers, all_of_them = [0] * len(headings), list(headings)
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or len(text) > _LONGEST_HEADING or text.startswith(("\\begin", "\\end", "|")):
            continue
        words = _words(text)
        if words[:1].isalpha() and "=" not in words:
            numbers.append(number)
            all_of_them.append(words)
    for place, passage in enumerate(found.passages):
        count = bisect_right(numbers, passage.line)
        above = " / ".join(all_of_them[max(0, count - _HEADINGS) : count])
        found.passages[place] = passage._replace(heading=above)
    headings[:] = all_of_them[-_HEADINGS:]
