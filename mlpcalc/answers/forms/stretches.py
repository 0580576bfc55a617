"""The stretches of a text that are mathematics in LaTeX."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mlpcalc.answers.forms.latex_tokens import MATRIX_NAMES
from mlpcalc.answers.forms.pairing import paired

_MARK = re.compile(
    r"\\\\|\\[$%]|\\(?P<side>begin|end)[ \t]*\{(?P<environment>[A-Za-z]{1,30}\*?)\}|\\[\[\]()]|\$\$?"
    r"|^[ \t]*(?P<fence>```|~~~)[^\n]*|\n[ \t]*(?=\n)|(?<!\\)%[^\n]*",
    re.MULTILINE,
)
_MATHEMATICS = re.compile(
    r"(?:equation|align|aligned|gather|gathered|multline|eqnarray|displaymath|math|split|alignat|flalign|dmath|"
    rf"{MATRIX_NAMES})\*?"
)
_MATH_FENCE = re.compile(r"(?:```|~~~)[ \t]?(?:math|latex|tex)\b")
_CLOSING = {"$": "$", "$$": "$$", r"\[": r"\]", r"\(": r"\)"}


class Stretch(NamedTuple):
    """A part of a text that is mathematics, by its places; `inline` if it stands within a line of words."""

    start: int
    end: int
    outer_start: int
    outer_end: int
    inline: bool


def mathematics(text: str) -> Iterator[Stretch]:
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
                yield Stretch(
                    mark.end(), marks[close].start(), mark.start(), marks[close].end(), inline=False
                )
            place = close + 1
        elif sign in _CLOSING:
            close = following[_CLOSING[sign]][place]
            if close < len(marks) and (sign != "$" or close < following["blank"][place]):
                end = marks[close]
                inline = sign in ("$", r"\(")
                yield Stretch(mark.end(), end.start(), mark.start(), end.end(), inline)
                covered, place = end.end(), close + 1
            else:
                place += 1
        elif mark["side"] == "begin" and place in ends and _MATHEMATICS.fullmatch(mark["environment"]):
            start = max(covered, _line_start(text, mark.start()))
            end_place = _last_of_line(text, marks, ends, place)
            yield Stretch(start, end_place, start, end_place, inline=False)
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
    ends, _ = paired(
        (mark["environment"], "") if mark["side"] == "begin" else ("", mark["environment"] or "")
        for mark in marks
    )
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
