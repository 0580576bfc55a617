"""A document in whichever form it was handed in, as what it states.

The form is told by the content; the ending of the file's name is a hint where the content is not enough.
A text may have several forms in it: mathematics, tables and prints, each read by its own reader.
"""

import re
from bisect import bisect_left, bisect_right

from mlpcalc.answers.forms import (
    chains,
    drawn,
    latex,
    macros,
    notebook,
    prints,
    separated,
    structured,
    tables,
)
from mlpcalc.answers.forms.figures import joined
from mlpcalc.answers.forms.json_tree import Fields, parse
from mlpcalc.answers.forms.passages import Grid, Reading, check_size, empty
from mlpcalc.answers.forms.prints import READ_ELSEWHERE
from mlpcalc.answers.forms.stretches import Stretch, mathematics
from mlpcalc.errors import InputError, refuse

MAX_LINES = 200_000
_QUOTED = re.compile(r"^[ \t]{0,3}(?:>[ \t]?)+", re.MULTILINE)
_SECTION = re.compile(
    r"\s*\\(?:part|chapter|(?:sub){0,2}section|(?:sub)?paragraph|textbf|textit|emph)\*?\s*\{(?P<words>[^{}]*)\}.*"
)
_BOLD = re.compile(r"\\text(?:bf|it|tt)\s*\{([^{}]*)\}|\\emph\{([^{}]*)\}|\\item\b|\\verb\|([^|]*)\|")
_STUDENT = re.compile(
    r"(?:[#*_>-]\s?){0,4}+(?:student(?:\s?(?:id|name|number))?|matriculation number)\*{0,3}+\s?[:=]\*{0,3}+"
    r"(?P<student>[^:=\[\]]++)|\\author\s?\{(?P<author>[^{}\\]++)\}",
    re.IGNORECASE,
)
_AROUND_NAME = re.compile(
    r"^(?:(?:then|so|thus|hence|and|where|with|now|finally|therefore|we (?:get|have|obtain|find)|this gives)"
    r"[\s,]{1,9})+|"
    r"\s{1,9}(?:is|are|equals|becomes|ist|sind|est|es)(?:\s{1,9}(?:now|then|given by|equal to|as follows))?$",
    re.IGNORECASE,
)
_KNITTED = re.compile(
    r"^##(?=[ \t]+\[{1,2}\s?-?[.\d]|[ \t]{1,20}(?:\[\d{0,6},?\d{0,6}\]|\S{1,40}[ \t]{1,40}[-+.\d]))",
    re.MULTILINE,
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
        return _checked(separated.read(text))
    return _checked(read_text(text, [])._replace(labels=_labels(text)))


def matrix_in(text: str) -> Grid | str | None:
    """The matrix that a whole text is, in any form; a message where it cannot be used, None for none."""
    value = chains.value(text.strip())
    if value is not None:
        return value
    found = read_text(text, [])
    if len(found.passages) != 1 or found.passages[0].names:
        return found.leftovers[0].message if found.leftovers else None
    return found.passages[0].grid


def _checked(found: Reading) -> Reading:
    check_size(found.passages)
    found.passages[:] = [each for passage in found.passages for each in passage.one_by_one()]
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
    if not any("\t" in line.strip() for line in lines):
        return False
    return len(lines) > 1 and sum("\t" in line.rstrip() for line in lines) > 0.6 * len(lines)


# ---------------------------------------------------------------------------- texts


def read_text(text: str, headings: list[str], name: str = "") -> Reading:
    """What a text states, whatever forms it has in it.

    headings: those before this text; its own are added. name: of figures that have none of their own.
    """
    found = empty()
    if "\n>" in text or text.startswith(">"):
        text = _QUOTED.sub(lambda quote: " " * len(quote[0]), text)
    if "## " in text:
        text = _KNITTED.sub("  ", text)  # what R Markdown puts before what R has printed
    text = macros.written_out(text)
    lines = _Lines(text)
    plain = _Blanked(text)
    nameless: list[tuple[int, int]] = []
    for stretch in mathematics(text):
        inside = latex.read(
            text[stretch.start : stretch.end], lines.number(stretch.start), displayed=not stretch.inline
        )
        if stretch.inline and not inside.passages:
            plain.uncover(stretch)
            continue
        plain.cover(stretch.outer_start, stretch.outer_end)
        if inside.passages and not inside.passages[0].names:
            nameless.append((len(found.passages), stretch.outer_start))
        found.add(inside)
    own = joined(plain.text()).split("\n")
    for number, place in nameless:
        names = _name_before(text, place) or _name_above(own, lines.number(place) - 1)
        found.passages[number] = found.passages[number]._replace(names=names)
    own = drawn.in_brackets(_take_tables(found, own))
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

    def uncover(self, stretch: Stretch) -> None:
        """Keep what stands between two signs, without these."""
        self._pieces += [
            self._text[self._place : stretch.outer_start],
            self._text[stretch.start : stretch.end],
        ]
        self._place = stretch.outer_end

    def text(self) -> str:
        """What is left."""
        return "".join([*self._pieces, self._text[self._place :]])


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


def _name_before(text: str, place: int) -> tuple[str, ...]:
    """The name in the line that mathematics begins in: `| $S_1$ |`, `S_1 is`."""
    line = text[max(0, place - _LONGEST_HEADING) : place].rpartition("\n")[2]
    cells = [cell for cell in line.split("|") if cell.strip()]
    return _names_in(cells[-1].replace("$", "")) if cells else ()


def _names_in(line: str) -> tuple[str, ...]:
    """The name, or the chain of names, that words end in."""
    words = _AROUND_NAME.sub("", _words(line).rstrip(":= ").rstrip())
    parts = chains.chain(f"{words} = 0") if words and len(words) <= _LONGEST_HEADING else None
    return parts.names if parts else ()


def _name_above(lines: list[str], number: int) -> tuple[str, ...]:
    """The words right above a line, which may be the name of what stands there."""
    for above in range(number - 1, max(number - 1 - _MOST_BLANK, -1), -1):
        if READ_ELSEWHERE in lines[above]:
            return ()
        if text := lines[above].strip():
            return () if text[0] == text[-1] == "|" else _names_in(text)
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
