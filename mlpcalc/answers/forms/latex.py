r"""Mathematics in LaTeX: chains of equals signs whose last part is a matrix or a number."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mlpcalc.answers.forms.latex_tokens import EQUALS, MATRICES, ROW_ENDS, SILENT, Tokens
from mlpcalc.answers.forms.latex_values import Values
from mlpcalc.answers.forms.passages import CONTRADICTION, Grid, Passage, Reading, empty, result
from mlpcalc.text.wording import clipped

_ASSIGNS = {"←", "<-", r"\leftarrow", r"\gets", r"\longleftarrow", r"\Leftarrow"}
_OTHER_RELATIONS = {r"\in", "∈", "<", ">", r"\le", r"\leq", r"\ge", r"\geq", r"\ne", r"\neq", "≠", r"\colon"}
_BREAKS = ROW_ENDS | {
    r"\quad", r"\qquad", ";", ",", r"\Rightarrow", r"\implies", r"\Longrightarrow", r"\iff", r"\rightarrow",
    r"\to", r"\longrightarrow", "→", "⇒", "⟹", r"\par", r"\Leftrightarrow", r"\therefore", r"\because",
    r"\hspace", r"\tag*", r"\tag", r"\label", r"\hfill", r"\mid", r"\land", r"\And", r"\nonumber", r"\notag",
}  # fmt: skip
_DIGITS = {*"0123456789", "."}


_UNWORKED = "a sum or product of matrices, without its value"


class _Part(NamedTuple):
    """The tokens between two relations, from `start` up to `end`; `assigned` if an arrow stands after it."""

    start: int
    end: int
    assigned: bool = False


def read(text: str, line: int = 1, *, displayed: bool = False) -> Reading:
    """The passages in a stretch of mathematics, which begins on this line of its document.

    displayed: whether it stands by itself, so that a number alone is a value of what is named before it.
    """
    return _Reader(text, line, displayed=displayed).read()


class _Reader:
    """Reads one stretch of mathematics."""

    def __init__(self, text: str, line: int, *, displayed: bool) -> None:
        self._tokens = Tokens(text)
        self._ends = self._tokens.ends
        self._values = Values(self._tokens)
        self._line = line
        self._displayed = displayed
        self._found = empty()

    def read(self) -> Reading:
        """Cut the stretch into passages, and those into what stands between equals signs."""
        for place in self._tokens.unclosed:
            self._leave(place, rf"\begin{{{self._tokens[place].environment}}} is never closed")
        for parts in self._chains():
            self._state(parts)
        return self._found

    def _leave(self, place: int, message: str) -> None:
        self._found.leave(self._line_of(place), message)

    def _line_of(self, place: int) -> int:
        return self._line - 1 + self._tokens.position(place)[0]

    # ------------------------------------------------------------------------ passages

    def _chains(self) -> Iterator[list[_Part]]:
        """Every chain that has a relation: its parts."""
        tokens, parts = self._tokens, list[_Part]()
        start = place = 0
        while place < len(tokens):
            token = tokens[place]
            if token.text in EQUALS or token.text in _ASSIGNS:
                parts.append(_Part(start, place, token.text in _ASSIGNS))
                start = place = place + 1
            elif (
                token.text in _OTHER_RELATIONS
                or (
                    token.text in _BREAKS
                    and self._ends_here(place)
                    and not (parts and self._is_empty(start, place))
                )
                or (token.text == "&" and self._keeps_apart(start, place))
            ):
                yield from self._chain(parts, start, place)
                parts, start, place = [], place + 1, place + 1
            elif token.environment and not (place in self._ends and MATRICES.fullmatch(token.environment)):
                yield from self._chain(parts, start, place)  # align and the like only surround passages
                parts, start, place = [], place + 1, place + 1
            else:
                place = self._ends.get(place, place) + 1
        yield from self._chain(parts, start, len(tokens))

    def _chain(self, parts: list[_Part], start: int, end: int) -> Iterator[list[_Part]]:
        whole = [*parts, _Part(start, end)]
        if parts or self._displayed or self._tokens.has_matrix(start, end):
            yield whole

    def _is_empty(self, start: int, place: int) -> bool:
        """Whether nothing stands there that is heard, as between an equals sign and the space behind it."""
        first, last = self._tokens.stripped(start, place)
        return first >= last

    def _keeps_apart(self, start: int, place: int) -> bool:
        """Whether & stands between two equations of a line, and does not align what is around a relation.

        start: where what stands before it begins.
        """
        tokens = self._tokens
        after = tokens.heard(place + 1)
        if after >= len(tokens) or tokens[after].text in EQUALS or tokens[after].text in _ASSIGNS:
            return False
        return not self._is_empty(start, place)

    def _ends_here(self, place: int) -> bool:
        """Whether a passage ends at a sign that may stand between two, and not within one."""
        tokens, after = self._tokens, place + 1
        sign = tokens[place].text
        if sign in ROW_ENDS and after < len(tokens) and tokens[after].text == "[":
            after = self._ends.get(after, after) + 1
        after = self._tokens.heard(after)
        if after >= len(tokens):
            return True
        word = tokens[after].text
        if sign == ",":
            number = self._tokens.heard(after + 1) if word in ("-", "+", "−") else after
            return not (number < len(tokens) and tokens[number].text[:1] in _DIGITS)  # one of a list
        if sign in ROW_ENDS or sign in SILENT:
            return not (word in EQUALS or word in _ASSIGNS)  # the chain may go on in the next line
        return True

    # ------------------------------------------------------------------------ one passage

    def _state(self, parts: Sequence[_Part]) -> None:
        """Note what a chain states, or what of it is left out."""
        names: list[str] = []
        values: list[Grid] = []
        faults: list[tuple[int, str]] = []
        assigned = False
        for part in parts:
            start, end = self._tokens.stripped(part.start, part.end)
            value = self._values.value(start, end) if start < end else None
            if isinstance(value, Grid):
                values.append(value)
            elif isinstance(value, str):
                faults.append((start, value))
            elif start < end:
                names.append(self._tokens.source(start, end))
            assigned = assigned or part.assigned
        name = clipped(names[0], 40) if names else ""
        if faults:
            self._leave(faults[-1][0], f"{name}: {faults[-1][1]}" if name else faults[-1][1])
        elif values:
            self._note(parts[0].start, tuple(names), values, assigned=assigned)
        elif len(parts) > 1 and self._values.has_figures(parts[-1].start, parts[-1].end):
            self._leave(parts[-1].start, f"{name}: {_UNWORKED}")

    def _note(self, place: int, names: tuple[str, ...], values: list[Grid], *, assigned: bool) -> None:
        value = result(values)
        if value is None:
            self._leave(place, f"{clipped(names[0], 40) if names else 'a chain'}: {CONTRADICTION}")
            return
        start = min(self._tokens.heard(place), len(self._tokens) - 1)
        self._found.passages.append(
            Passage(names, value, self._line_of(start), self._tokens.position(start)[1], assigned=assigned)
        )
