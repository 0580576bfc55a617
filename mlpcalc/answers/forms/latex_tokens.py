r"""Mathematics in LaTeX cut into tokens, with what belongs together: brackets, environments, boxes.

One pass makes tokens, one more finds what belongs together; groups are jumped over, never entered by
recursion, so that the time taken goes with the length of the text.
"""

import re
from bisect import bisect_left
from typing import NamedTuple

from mlpcalc.answers.forms.figures import LONGEST
from mlpcalc.answers.forms.latex_commands import FONTS, SETTINGS, SIZES_OF_BRACKETS
from mlpcalc.answers.forms.pairing import paired

_TOKEN = re.compile(
    r"\\(?P<side>begin|end)[ \t]*\{(?P<environment>[A-Za-z]{1,30}\*?)\}"
    r"|\\left[ \t]*\.|\\right[ \t]*\.|\\[A-Za-z]+\*?|\\.|(?P<number>[0-9]+(?:[.,][0-9]+)?|\.[0-9]+)"
    r"|:=|<-|[ \t\r\n]+|.",
    re.DOTALL,
)
MATRIX_NAMES = r"[pbBvV]?(?:small)?matrix\*?|[pbBvV]?Nice(?:Matrix|Array)|array|[dr]?cases"
MATRICES = re.compile(rf"{MATRIX_NAMES}|tabular")
OPENING = {"(": ")", "[": "]", "{": "}", r"\{": r"\}", r"\lbrace": r"\rbrace", r"\lbrack": r"\rbrack"}
_CLOSING = {closing: opening for opening, closing in OPENING.items()}
EQUALS = {
    "=", ":=", "≈", "≅", "≃", "≡", r"\approx", r"\simeq", r"\cong", r"\doteq", r"\equiv", r"\coloneqq",
    r"\triangleq", r"\approxeq", r"\sim",
}  # fmt: skip
ROW_ENDS = {r"\\", r"\cr", r"\tabularnewline", r"\newline"}
SILENT = {
    "&", r"\left.", r"\right.", r"\,", r"\;", r"\:", r"\!", r"\ ", "~", "`", "$", r"\hline", r"\quad",
    r"\qquad", *(rf"\{command}" for command in SETTINGS | SIZES_OF_BRACKETS),
}  # fmt: skip
_TRAILING = {".", ",", ";", ":", *ROW_ENDS}
_BOXES = {r"\boxed", r"\fbox", r"\colorbox", r"\mathclap", r"\underline", r"\text", r"\mbox", r"\mathrm"}
_AROUND = _BOXES.union(rf"\{font}" for font in FONTS)
_LONGEST_NAME = 40  # tokens
_LINE_END = re.compile("\n")
_COMMENT = re.compile(r"(?<!\\)%[^\n]*")


class Token(NamedTuple):
    """A piece of the text from `start` to `end`; for the begin or end of an environment, its name."""

    text: str
    start: int
    end: int
    environment: str = ""


class Tokens:
    """The tokens of a stretch of mathematics, without comments and boxes around whole passages.

    text: what they are pieces of. ends: the token that closes a bracket or an environment, for each that
    opens one and is closed. unclosed: the tokens that open a matrix which is never closed.
    """

    def __init__(self, text: str) -> None:
        self.text = _COMMENT.sub("", text)
        self._ends_of_lines = [found.start() for found in _LINE_END.finditer(self.text)]
        self._tokens = [
            Token(found[0], found.start(), found.end(), found["environment"] or "")
            for found in _TOKEN.finditer(self.text)
            if found[0].strip()
        ]
        self.ends, self.unclosed = self._matches()
        if boxes := self._boxes():
            self._tokens = [token for place, token in enumerate(self._tokens) if place not in boxes]
            self.ends, self.unclosed = self._matches()
        self._heard = self._next_heard()

    def __len__(self) -> int:
        return len(self._tokens)

    def __getitem__(self, place: int) -> Token:
        return self._tokens[place]

    def heard(self, place: int) -> int:
        """The first token from there on that is more than a space or a size."""
        return self._heard[place]

    def position(self, place: int) -> tuple[int, int]:
        """The line and column of a token in the stretch, from 1."""
        start = self._tokens[place].start
        lines = bisect_left(self._ends_of_lines, start)
        return lines + 1, start - (self._ends_of_lines[lines - 1] if lines else -1)

    def has_matrix(self, start: int, end: int) -> bool:
        """Whether a matrix begins among these tokens."""
        return any(MATRICES.fullmatch(self[place].environment) for place in range(start, end))

    def source(self, start: int, end: int) -> str:
        """The text of tokens, on one line, as long as any name or figure may be."""
        text = self.text[self[start].start : self[end - 1].end]
        return " ".join(text[: 4 * LONGEST].split())

    def stripped(self, start: int, end: int) -> tuple[int, int]:
        """The tokens without what stands around for looks: spaces, sizes, boxes, the point at the end."""
        tokens = self._tokens
        while True:
            before = start, end
            while start < end and tokens[start].text in SILENT:
                start += 1
            while start < end and (tokens[end - 1].text in SILENT or tokens[end - 1].text in _TRAILING):
                end -= 1
            if start < end and tokens[start].text in ROW_ENDS:
                start += 1
                if start < end and tokens[start].text == "[" and start in self.ends:
                    start = self.ends[start] + 1
            if start + 1 < end and tokens[start].text in _AROUND and self.ends.get(start + 1) == end - 1:
                start, end = start + 2, end - 1
            elif start < end and tokens[start].text == "{" and self.ends.get(start) == end - 1:
                start, end = start + 1, end - 1
            if (start, end) == before:
                return start, end

    def _boxes(self) -> set[int]:
        r"""The tokens of boxes around whole passages: \boxed{L = 0.5}."""
        found: set[int] = set()
        for place, token in enumerate(self._tokens[:-1]):
            end = self.ends.get(place + 1) if token.text in _BOXES else None
            if end is not None and any(
                each.text in EQUALS for each in self._tokens[place + 2 : min(end, place + _LONGEST_NAME)]
            ):
                found |= {place, place + 1, end}
        return found

    def _matches(self) -> tuple[dict[int, int], list[int]]:
        """What closes each token that opens something, and what opens a matrix that is never closed."""
        closed, unclosed = paired(map(_sides, self._tokens))
        return closed, [place for place in unclosed if _must_close(self[place].environment)]

    def _next_heard(self) -> list[int]:
        """For each token, the first one from there on that is more than a space or a size."""
        places = [len(self._tokens)]
        for place in range(len(self._tokens) - 1, -1, -1):
            places.append(places[-1] if self._tokens[place].text in SILENT else place)
        return places[::-1]


def _sides(token: Token) -> tuple[str, str]:
    """What a token begins and what it ends, "" for nothing."""
    if token.environment:
        return ("", token.environment) if token.text.startswith(r"\end") else (token.environment, "")
    return token.text if token.text in OPENING else "", _CLOSING.get(token.text, "")


def _must_close(environment: str) -> bool:
    """Whether an environment is a matrix, and nothing else: a table of text and cases may be other things."""
    return MATRICES.fullmatch(environment) is not None and not environment.endswith(("tabular", "cases"))
