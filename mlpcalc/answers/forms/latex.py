r"""Mathematics in LaTeX: chains of equals signs whose last part is a matrix or a number.

One pass makes tokens, one more finds what belongs together, one more cuts passages and chains; groups are
jumped over, never entered by recursion, so that the time taken goes with the length of the text.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mlpcalc.answers.forms.brackets import literal
from mlpcalc.answers.forms.figures import LONGEST, figure_text, scaled
from mlpcalc.answers.forms.passages import Grid, Passage, Reading, empty, grid_of, result
from mlpcalc.text.wording import clipped

_TOKEN = re.compile(
    r"\\(?P<side>begin|end)[ \t]*\{(?P<environment>[A-Za-z]{1,30}\*?)\}"
    r"|\\left[ \t]*\.|\\right[ \t]*\.|\\[A-Za-z]+\*?|\\.|(?P<number>[0-9]+(?:[.,][0-9]+)?|\.[0-9]+)"
    r"|:=|<-|[ \t\r\n]+|.",
    re.DOTALL,
)
_MATRICES = re.compile(r"[pbBvV]?(?:small)?matrix\*?|array|cases|tabular")
_OPENING = {"(": ")", "[": "]", "{": "}", r"\{": r"\}", r"\lbrace": r"\rbrace", r"\lbrack": r"\rbrack"}
_CLOSING = {closing: opening for opening, closing in _OPENING.items()}
_EQUALS = {
    "=", ":=", "≈", "≅", "≃", "≡", r"\approx", r"\simeq", r"\cong", r"\doteq", r"\equiv", r"\coloneqq",
    r"\triangleq", r"\approxeq", r"\sim",
}  # fmt: skip
_ASSIGNS = {"←", "<-", r"\leftarrow", r"\gets", r"\longleftarrow", r"\Leftarrow"}
_OTHER_RELATIONS = {r"\in", "∈", "<", ">", r"\le", r"\leq", r"\ge", r"\geq", r"\ne", r"\neq", "≠", r"\colon"}
_ROW_ENDS = {r"\\", r"\cr", r"\tabularnewline", r"\newline"}
_BREAKS = _ROW_ENDS | {
    r"\quad", r"\qquad", ";", ",", r"\Rightarrow", r"\implies", r"\Longrightarrow", r"\iff", r"\rightarrow",
    r"\to", r"\longrightarrow", "→", "⇒", "⟹", r"\par", r"\Leftrightarrow", r"\therefore", r"\because",
    r"\hspace", r"\tag*", r"\tag", r"\label", r"\hfill", r"\mid", r"\land", r"\And", r"\nonumber", r"\notag",
}  # fmt: skip
_SILENT = {
    "&", r"\left", r"\right", r"\left.", r"\right.", r"\big", r"\Big", r"\bigg", r"\Bigg", r"\bigl", r"\bigr",
    r"\Bigl", r"\Bigr", r"\biggl", r"\biggr", r"\Biggl", r"\Biggr", r"\displaystyle", r"\textstyle",
    r"\scriptstyle", r"\small", r"\scriptsize", r"\footnotesize", r"\tiny", r"\normalsize", r"\large", r"\,",
    r"\;", r"\:", r"\!", r"\ ", "~", "`", "$", r"\limits", r"\nolimits", r"\hline", r"\centering", r"\middle",
    r"\mathstrut", r"\strut", r"\noindent", r"\allowbreak", r"\quad", r"\qquad", r"\boldmath",
}  # fmt: skip
_DIGITS = {*"0123456789", "."}
_TRAILING = {".", ",", ";", ":", *_ROW_ENDS}
_BOXES = {r"\boxed", r"\fbox", r"\colorbox", r"\mathclap", r"\underline", r"\text", r"\mbox", r"\mathrm"}
_AROUND = _BOXES | {
    r"\mathbf",
    r"\boldsymbol",
    r"\bm",
    r"\textbf",
    r"\mathit",
    r"\mathsf",
    r"\mathtt",
    r"\emph",
}
_OVER = {r"\underbrace", r"\overbrace", r"\underset", r"\overset", r"\stackrel"}
_BRACES = str.maketrans("", "", "{}() \t\n")
_STYLES_OF_T = ("mathrm", "mathsf", "mathbf", "mathtt", "text", "rm", "sf", "bf", "operatorname")
_TURNED = {"T", "ᵀ", "⊤", r"\top", r"\intercal", r"\transpose", *(rf"\{style}T" for style in _STYLES_OF_T)}
_SIZE = re.compile(r"\w{1,20}?(?:\\times|×|x)\w{1,20}")
_SKIP_SPACE = re.compile(r"\[-?[0-9.]{1,8}\s?(?:pt|em|ex|mm|cm|in|bp|sp|pc|\\jot)\]")
_LINES = re.compile(
    r"\\(?:hline|toprule|midrule|bottomrule)(?![A-Za-z])|\\c(?:line|midrule)\s*(?:\([a-z]*\))?\{[0-9-]*\}"
)
_LINE_END = re.compile("\n")
_UNIT = re.compile(r"1(?:\.0*)?e[-+]?\d{1,4}")
_COMMENT = re.compile(r"(?<!\\)%[^\n]*")


class _Token(NamedTuple):
    """A piece of the text from `start` to `end`; for the begin or end of an environment, its name."""

    text: str
    start: int
    end: int
    environment: str = ""


class _Part(NamedTuple):
    """The tokens between two relations, from `start` up to `end`; `assigned` if an arrow stands after it."""

    start: int
    end: int
    assigned: bool = False


def read(text: str, line: int = 1) -> Reading:
    """The passages in a stretch of mathematics, which begins on this line of its document."""
    return _Reader(text, line).read()


class _Reader:
    """Reads one stretch of mathematics."""

    def __init__(self, text: str, line: int) -> None:
        self._text = _COMMENT.sub("", text)
        self._line = line
        self._found = empty()
        self._ends_of_lines = [found.start() for found in _LINE_END.finditer(self._text)]
        self._tokens = [
            _Token(found[0], found.start(), found.end(), found["environment"] or "")
            for found in _TOKEN.finditer(self._text)
            if found[0].strip()
        ]
        self._ends = self._matches(tell=False)
        boxes = self._boxes()
        self._tokens = [token for place, token in enumerate(self._tokens) if place not in boxes]
        self._ends = self._matches()
        self._heard = self._next_heard()

    def read(self) -> Reading:
        """Cut the stretch into passages, and those into what stands between equals signs."""
        for parts in self._chains():
            self._state(parts)
        return self._found

    # ------------------------------------------------------------------------ what belongs together

    def _boxes(self) -> set[int]:
        r"""The tokens of boxes around whole passages: \boxed{L = 0.5}."""
        found: set[int] = set()
        for place, token in enumerate(self._tokens[:-1]):
            end = self._ends.get(place + 1) if token.text in _BOXES else None
            if end is not None and any(
                each.text in _EQUALS for each in self._tokens[place + 2 : min(end, place + 16)]
            ):
                found |= {place, place + 1, end}
        return found

    def _matches(self, *, tell: bool = True) -> dict[int, int]:
        """The token that closes a bracket or an environment, for each that opens one and is closed.

        tell: whether what is never closed is reported.
        """
        closed: dict[int, int] = {}
        open_: list[tuple[str, int]] = []
        counts: dict[str, int] = {}  # of what is open, so that a stray end need not be looked for
        for place, token in enumerate(self._tokens):
            is_end = token.environment and token.text.startswith(r"\end")
            closing = token.environment or (_CLOSING.get(token.text) if token.text in _CLOSING else "")
            if token.environment and not is_end:
                open_.append((token.environment, place))
                counts[token.environment] = counts.get(token.environment, 0) + 1
            elif token.text in _OPENING:
                open_.append((token.text, place))
                counts[token.text] = counts.get(token.text, 0) + 1
            elif closing and counts.get(closing):
                while open_:
                    sign, start = open_.pop()
                    counts[sign] -= 1
                    if sign == closing:
                        closed[start] = place
                        break
                    if tell:
                        self._tell_unclosed(start)
        for _, start in open_ if tell else ():
            self._tell_unclosed(start)
        return closed

    def _next_heard(self) -> list[int]:
        """For each token, the first one from there on that is more than a space or a size."""
        places = [len(self._tokens)]
        for place in range(len(self._tokens) - 1, -1, -1):
            places.append(places[-1] if self._tokens[place].text in _SILENT else place)
        return places[::-1]

    def _tell_unclosed(self, place: int) -> None:
        environment = self._tokens[place].environment
        if _MATRICES.fullmatch(environment) and environment not in ("tabular", "cases"):
            self._leave(place, rf"\begin{{{environment}}} is never closed")

    def _leave(self, place: int, message: str) -> None:
        self._found.leave(self._line_of(place), message)

    def _line_of(self, place: int) -> int:
        return self._line + bisect_left(self._ends_of_lines, self._tokens[place].start)

    def _column_of(self, place: int) -> int:
        start = self._tokens[place].start
        lines = bisect_left(self._ends_of_lines, start)
        return start - (self._ends_of_lines[lines - 1] if lines else -1)

    # ------------------------------------------------------------------------ passages

    def _chains(self) -> Iterator[list[_Part]]:
        """Every chain that has a relation: its parts."""
        tokens, parts = self._tokens, list[_Part]()
        start = place = 0
        while place < len(tokens):
            token = tokens[place]
            if token.text in _EQUALS or token.text in _ASSIGNS:
                parts.append(_Part(start, place, token.text in _ASSIGNS))
                start = place = place + 1
            elif token.text in _OTHER_RELATIONS or (token.text in _BREAKS and self._ends_here(place)):
                yield from self._chain(parts, start, place)
                parts, start, place = [], place + 1, place + 1
            elif token.environment and not (place in self._ends and _MATRICES.fullmatch(token.environment)):
                yield from self._chain(parts, start, place)  # align and the like only surround passages
                parts, start, place = [], place + 1, place + 1
            else:
                place = self._ends.get(place, place) + 1
        yield from self._chain(parts, start, len(tokens))

    def _chain(self, parts: list[_Part], start: int, end: int) -> Iterator[list[_Part]]:
        whole = [*parts, _Part(start, end)]
        if parts or any(
            _MATRICES.fullmatch(token.environment) for token in self._tokens[start:end] if token.environment
        ):
            yield whole

    def _ends_here(self, place: int) -> bool:
        """Whether a passage ends at a sign that may stand between two, and not within one."""
        tokens, after = self._tokens, place + 1
        sign = tokens[place].text
        if sign in _ROW_ENDS and after < len(tokens) and tokens[after].text == "[":
            after = self._ends.get(after, after) + 1
        after = self._heard[after]
        if after >= len(tokens):
            return True
        word = tokens[after].text
        if sign == ",":
            number = self._heard[after + 1] if word in ("-", "+", "−") else after
            return not (number < len(tokens) and tokens[number].text[:1] in _DIGITS)  # one of a list
        if sign in _ROW_ENDS or sign in _SILENT:
            return not (word in _EQUALS or word in _ASSIGNS)  # the chain may go on in the next line
        return True

    # ------------------------------------------------------------------------ one passage

    def _state(self, parts: Sequence[_Part]) -> None:
        """Note what a chain states, or what of it is left out."""
        names: list[str] = []
        values: list[Grid] = []
        faults: list[tuple[int, str]] = []
        assigned = False
        for part in parts:
            start, end = self._stripped(part.start, part.end)
            value = self._value(start, end) if start < end else None
            if isinstance(value, Grid):
                values.append(value)
            elif isinstance(value, str):
                faults.append((start, value))
            elif start < end:
                names.append(self._source(start, end))
            assigned = assigned or part.assigned
        name = clipped(names[0], 40) if names else ""
        if faults:
            self._leave(faults[-1][0], f"{name}: {faults[-1][1]}" if name else faults[-1][1])
        elif values:
            self._note(parts[0].start, tuple(names), values, assigned=assigned)

    def _note(self, place: int, names: tuple[str, ...], values: list[Grid], *, assigned: bool) -> None:
        value = result(values)
        if value is None:
            self._leave(
                place, f"{clipped(names[0], 40) if names else 'a chain'}: two different values in one chain"
            )
            return
        start = min(self._heard[place], len(self._tokens) - 1)
        self._found.passages.append(
            Passage(names, value, self._line_of(start), self._column_of(start), assigned=assigned)
        )

    def _source(self, start: int, end: int) -> str:
        text = self._text[self._tokens[start].start : self._tokens[end - 1].end]
        return " ".join(text[: 4 * LONGEST].split())

    def _stripped(self, start: int, end: int) -> tuple[int, int]:
        """The tokens without what stands around for looks: spaces, sizes, boxes, the point at the end."""
        tokens = self._tokens
        while True:
            before = start, end
            while start < end and tokens[start].text in _SILENT:
                start += 1
            while start < end and (tokens[end - 1].text in _SILENT or tokens[end - 1].text in _TRAILING):
                end -= 1
            if start < end and tokens[start].text in _ROW_ENDS:
                start += 1
                if start < end and tokens[start].text == "[" and start in self._ends:
                    start = self._ends[start] + 1
            if start + 1 < end and tokens[start].text in _AROUND and self._ends.get(start + 1) == end - 1:
                start, end = start + 2, end - 1
            elif start < end and tokens[start].text == "{" and self._ends.get(start) == end - 1:
                start, end = start + 1, end - 1
            if (start, end) == before:
                return start, end

    def _value(self, start: int, end: int) -> Grid | str | None:
        """The figures that a part is; None where it is a name, a formula, or a matrix of letters."""
        start, end = self._without_over(start, end)
        power, start = self._power(start, end)
        end, turned = self._without_scripts(start, end)
        start, end = self._stripped(start, end)
        if start >= end:
            return None
        value = self._matrix(start, end) or self._literal(start, end)
        if not isinstance(value, Grid):
            return value
        if power:
            value = value._replace(
                rows=tuple(tuple(scaled(text, power) for text in row) for row in value.rows)
            )
        return value.turned if turned else value

    def _without_over(self, start: int, end: int) -> tuple[int, int]:
        r"""What stands in \underbrace{…}_{…}, or above the words of \underset{…}{…}."""
        tokens = self._tokens
        if start + 1 < end and tokens[start].text in _OVER and tokens[start + 1].text == "{":
            close = self._ends.get(start + 1)
            if close is not None and tokens[start].text in (r"\underbrace", r"\overbrace"):
                return start + 2, close
            if close is not None and close + 1 < end and self._ends.get(close + 1) == end - 1:
                return close + 2, end - 1
        return start, end

    def _power(self, start: int, end: int) -> tuple[int, int]:
        """The power of ten before a matrix, and where the matrix begins: a factor that only moves points."""
        tokens = self._tokens
        for place in range(start, min(start + 12, end)):
            if place > start and (tokens[place].environment or tokens[place].text in ("[", "(", r"\left")):
                text = self._source(start, place)
                for sign in (r"\times", r"\cdot", r"\,", "×", "·", "*"):
                    text = text.removesuffix(sign).rstrip()
                figure = figure_text(text)
                if figure is not None and _UNIT.fullmatch(figure):
                    return int(figure.partition("e")[2]), place
                return 0, start
        return 0, start

    def _without_scripts(self, start: int, end: int) -> tuple[int, bool]:
        """Where a value ends before what is raised or lowered behind it, and whether that turns it."""
        tokens, turned = self._tokens, False
        while True:
            begins = end - 2
            if begins > start and tokens[end - 1].text == "}":
                begins = next(
                    (p - 1 for p in range(end - 2, max(start, end - 14), -1) if self._ends.get(p) == end - 1),
                    -1,
                )
            if begins <= start or tokens[begins].text not in ("^", "_"):
                return end, turned
            script = self._source(begins + 1, end).translate(_BRACES)
            if tokens[begins].text == "^" and script in _TURNED:
                turned = not turned
            elif not _SIZE.fullmatch(script):
                return end, turned
            end = begins

    def _matrix(self, start: int, end: int) -> Grid | str | None:
        """The cells of a matrix that these tokens are, brackets around it or not."""
        tokens = self._tokens
        while tokens[start].text in _OPENING and self._ends.get(start) == end - 1:
            inner = self._stripped(start + 1, end - 1)
            if inner[0] >= inner[1] or not self._is_matrix(*inner):
                break
            start, end = inner
        if not self._is_matrix(start, end):
            return None
        last, first = end - 1, start + 1
        if tokens[start].text in (r"\matrix", r"\pmatrix", r"\bmatrix"):
            first += 1  # plain TeX has braces instead
        elif tokens[start].environment in ("array", "tabular"):
            for bracket in ("[", "{"):
                if first < last and tokens[first].text == bracket:
                    first = self._ends.get(first, first) + 1
        return grid_of(self._cells(first, last), comma=True)

    def _is_matrix(self, start: int, end: int) -> bool:
        token = self._tokens[start]
        if token.environment:
            return self._ends.get(start) == end - 1 and _MATRICES.fullmatch(token.environment) is not None
        plain_tex = token.text in (r"\matrix", r"\pmatrix", r"\bmatrix")
        return plain_tex and self._ends.get(start + 1) == end - 1

    def _cells(self, start: int, end: int) -> list[list[str]]:
        r"""The text of each cell between & and \\."""
        tokens, rows, cells = self._tokens, list[list[str]](), list[str]()
        place, begin = start, start
        while place < end:
            if tokens[place].text == "&":
                cells.append(self._cell(begin, place))
                begin = place = place + 1
            elif tokens[place].text in _ROW_ENDS:
                cells.append(self._cell(begin, place))
                rows.append(cells)
                cells = []
                skip = _SKIP_SPACE.match(self._text, tokens[place].end)
                place += 1
                while skip and place < end and tokens[place].start < skip.end():
                    place += 1
                begin = place
            else:
                place = min(self._ends.get(place, place), end - 1) + 1
        cells.append(self._cell(begin, end))
        if cells != [""]:
            rows.append(cells)
        return rows

    def _cell(self, start: int, end: int) -> str:
        if start >= end:
            return ""
        first, last = self._tokens[start].start, self._tokens[end - 1].end
        text = self._text[first : min(last, first + 4 * LONGEST)]
        return _LINES.sub("", text).strip()

    def _literal(self, start: int, end: int) -> Grid | str | None:
        """A number, or a list between brackets with commas."""
        first, last = self._tokens[start].start, self._tokens[end - 1].end
        if self._tokens[start].text in _OPENING and self._tokens[start].text != "{":
            if self._ends.get(start) != end - 1:
                return None
            if not any(token.environment for token in self._tokens[start:end]):
                text = _plain_list(self._text[first:last])
                found = literal(text)
                return None if found is None else found
            return None
        figure = figure_text(self._text[first:last], comma=True) if last - first <= LONGEST else None
        if figure is not None:
            return Grid(((figure,),), flat=True)
        return self._bare_list(start, end)

    def _bare_list(self, start: int, end: int) -> Grid | str | None:
        """Numbers between commas, without brackets."""
        commas = [place for place in range(start, end) if self._tokens[place].text == ","]
        if not commas:
            return None
        edges = zip([start, *(place + 1 for place in commas)], [*commas, end], strict=True)
        cells = [self._cell(*self._stripped(*edge)) for edge in edges]
        return grid_of([cells], flat=True) if all(figure_text(cell) for cell in cells) else None


_IN_LISTS = re.compile(r"\\(?:left|right|big[lr]?|Big[lr]?|bigg[lr]?|,|;|:|!| |quad|qquad)(?![A-Za-z])|[&~]")
_RAISED = re.compile(r"(?:\\times|\\cdot|×|·)\s*10\s*\^\s*(?:\{\s*([-+−]?[0-9]{1,4})\s*\}|([0-9]))")
_BRACED = re.compile(r"(?<!\\)\{([-+−]?[0-9.]{1,40})\}")
_SMALL_FRACTION = re.compile(r"\\[dt]?frac\{([0-9]{1,20})\}\{([0-9]{1,20})\}")


def _plain_list(text: str) -> str:
    """A list in mathematics as programs have it: without spaces, with e for powers of ten."""
    text = _RAISED.sub(lambda found: f"e{found[1] or found[2]}", text)
    text = _BRACED.sub(r"\1", _SMALL_FRACTION.sub(r"\1/\2", text))
    text = _IN_LISTS.sub(" ", text).replace(r"\\", ";").replace(r"\{", "{").replace(r"\}", "}")
    return text.replace(r"\ldots", "...").replace(r"\dots", "...").replace(r"\cdots", "...")
