r"""Values in LaTeX: matrices in environments and brackets, numbers, lists."""

import re

from mlpcalc.answers.forms.brackets import literal
from mlpcalc.answers.forms.figures import LONGEST, figure_text, joined
from mlpcalc.answers.forms.latex_commands import FONTS
from mlpcalc.answers.forms.latex_tokens import MATRICES, OPENING, ROW_ENDS, Tokens
from mlpcalc.answers.forms.passages import Grid, grid_of

_COMMANDS = {r"\matrix", r"\pmatrix", r"\bmatrix", r"\mqty", r"\pmqty", r"\bmqty"}  # plain TeX, and physics
_OVER = {r"\underbrace", r"\overbrace", r"\underset", r"\overset", r"\stackrel"}
_BRACES = str.maketrans("", "", "{}() \t\n")
_TURNED = {
    "T", "ᵀ", "⊤", r"\top", r"\intercal", r"\transpose", r"\operatornameT", *(rf"\{font}T" for font in FONTS),
}  # fmt: skip
_SIZE = re.compile(r"\w{1,20}?(?:\\times|×|x)\w{1,20}")
_SKIP_SPACE = re.compile(r"\[-?[0-9.]{1,8}\s?(?:pt|em|ex|mm|cm|in|bp|sp|pc|\\jot)\]")
_LINES = re.compile(
    r"\\(?:hline|toprule|midrule|bottomrule)(?![A-Za-z])|\\c(?:line|midrule)\s*(?:\([a-z]*\))?\{[0-9-]*\}"
)
_UNIT = re.compile(r"1(?:\.0*)?e[-+]?\d{1,4}")


class Values:
    """The values of parts of a stretch of mathematics."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._ends = tokens.ends

    def value(self, start: int, end: int) -> Grid | str | None:
        """The figures that a part is; None where it is a name, a formula, or a matrix of letters."""
        start, end = self._without_over(start, end)
        power, start = self._power(start, end)
        end, turned = self._without_scripts(start, end)
        start, end = self._tokens.stripped(start, end)
        if start >= end:
            return None
        value = self._matrix(start, end) or self._literal(start, end)
        if not isinstance(value, Grid):
            return value
        value = value.scaled(power)
        return value.turned if turned else value

    def has_figures(self, start: int, end: int) -> bool:
        """Whether a part has a matrix of figures somewhere in it."""
        return any(
            isinstance(self._matrix(place, self._ends[place] + 1), Grid)
            for place in range(start, end)
            if self._tokens[place].environment and place in self._ends
        )

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
                text = self._tokens.source(start, place)
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
            script = self._tokens.source(begins + 1, end).translate(_BRACES)
            if tokens[begins].text == "^" and script in _TURNED:
                turned = not turned
            elif not _SIZE.fullmatch(script):
                return end, turned
            end = begins

    def _matrix(self, start: int, end: int) -> Grid | str | None:
        """The cells of a matrix that these tokens are, brackets around it or not."""
        tokens = self._tokens
        while tokens[start].text in OPENING and self._ends.get(start) == end - 1:
            inner = self._tokens.stripped(start + 1, end - 1)
            if inner[0] >= inner[1] or not self._is_matrix(*inner):
                break
            start, end = inner
        if not self._is_matrix(start, end):
            return None
        last, first = end - 1, start + 1
        environment = tokens[start].environment
        if not environment:
            first += 1  # commands have brackets instead
        elif environment.endswith(("array", "Array", "tabular", "*", "NiceMatrix")):
            for bracket in "[" if environment.endswith(("*", "Matrix")) else "[{":
                if first < last and tokens[first].text == bracket:
                    first = self._ends.get(first, first) + 1
        return grid_of(self._cells(first, last), comma=True)

    def _is_matrix(self, start: int, end: int) -> bool:
        token = self._tokens[start]
        if token.environment:
            return self._ends.get(start) == end - 1 and MATRICES.fullmatch(token.environment) is not None
        return token.text in _COMMANDS and self._ends.get(start + 1) == end - 1

    def _cells(self, start: int, end: int) -> list[list[str]]:
        r"""The text of each cell between & and \\."""
        tokens, rows, cells = self._tokens, list[list[str]](), list[str]()
        place, begin = start, start
        while place < end:
            if tokens[place].text == "&":
                cells.append(self._cell(begin, place))
                begin = place = place + 1
            elif tokens[place].text in ROW_ENDS:
                cells.append(self._cell(begin, place))
                rows.append(cells)
                cells = []
                skip = _SKIP_SPACE.match(self._tokens.text, tokens[place].end)
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
        text = self._tokens.text[first : min(last, first + 4 * LONGEST)]
        return _LINES.sub("", text).strip()

    def _literal(self, start: int, end: int) -> Grid | str | None:
        """A number, or a list between brackets with commas."""
        first, last = self._tokens[start].start, self._tokens[end - 1].end
        if self._tokens[start].text in OPENING and self._tokens[start].text != "{":
            if self._ends.get(start) != end - 1:
                return None
            if not any(self._tokens[place].environment for place in range(start, end)):
                text = _plain_list(self._tokens.text[first:last])
                found = literal(text)
                return None if found is None else found
            return None
        figure = figure_text(self._tokens.text[first:last], comma=True) if last - first <= LONGEST else None
        if figure is not None:
            return Grid(((figure,),), flat=True)
        return self._bare_list(start, end)

    def _bare_list(self, start: int, end: int) -> Grid | str | None:
        """Numbers between commas, without brackets."""
        commas = [place for place in range(start, end) if self._tokens[place].text == ","]
        if not commas:
            return None
        edges = zip([start, *(place + 1 for place in commas)], [*commas, end], strict=True)
        cells = [self._cell(*self._tokens.stripped(*edge)) for edge in edges]
        return grid_of([cells], flat=True) if all(figure_text(cell) for cell in cells) else None


_IN_LISTS = re.compile(r"\\(?:left|right|big[lr]?|Big[lr]?|bigg[lr]?|,|;|:|!| |quad|qquad)(?![A-Za-z])|[&~]")
_BRACED = re.compile(r"(?<!\\)\{([-+−]?[0-9.]{1,40})\}")
_SMALL_FRACTION = re.compile(r"\\[dt]?frac\{([0-9]{1,20})\}\{([0-9]{1,20})\}")


def _plain_list(text: str) -> str:
    """A list in mathematics as programs have it: without spaces, with e for powers of ten."""
    text = joined(text)
    text = _BRACED.sub(r"\1", _SMALL_FRACTION.sub(r"\1/\2", text))
    text = _IN_LISTS.sub(" ", text).replace(r"\\", ";").replace(r"\{", "{").replace(r"\}", "}")
    return text.replace(r"\ldots", "...").replace(r"\dots", "...").replace(r"\cdots", "...")
