"""Matrices in brackets, as programs print them and people type them: [[1, 2], [3, 4]], [1 2; 3 4], {{…}}."""

import re
from typing import NamedTuple

from mlpcalc.answers.forms.figures import DECIMAL_COMMA, figure_text, is_ellipsis
from mlpcalc.answers.forms.passages import Grid, grid_of

PAIRS = {"(": ")", "[": "]", "{": "}"}
_BRACKET = re.compile(r"[\[\](){}]")
_PIECE = re.compile(
    r"(?P<number>[A-Za-z_][\w.]*\(\s*[-+−]?[0-9.][0-9.eE+-]*\s*\))"  # np.float64(0.5)
    r"|(?P<make>[A-Za-z_][\w.:]*)\s*(?=\()|(?P<type>(?:Float(?:16|32|64)|Real|Any))(?=\[)|(?P<open>[\[({])|(?P<close>[\])}])|(?P<row>;)|(?P<comma>,)|(?P<line>\n)"
    r"|(?P<word>[^\s,;\[\](){}]+)|[ \t\r\f\v]+"
)
_MAKERS = re.compile(
    r"(?:(?:np|numpy|torch|jnp|jax|tf|mx|cp)\.)?(?:array|asarray|matrix|[tT]ensor|Array|DeviceArray|EagerTensor|Variable|c|list|"
    r"Matrix|Vector|mat|vec|constant|parameter|Parameter|float(?:16|32|64)?|Float(?:32|64))"
)
_BETWEEN = re.compile(r"\s*;\s*|\s+")
_CALCULATION = re.compile(r"\\[A-Za-z]|[0-9][-+*·×−^]|^[*·×+]$")  # in place of a figure
_LONG_LINE = 55  # characters, from where on a list may go on in the next line
_DEEPEST = 6
TOO_DEEP = "more than two levels of brackets"


def matches(text: str) -> dict[int, int]:
    """Where each bracket that is closed is closed, by its place; one pass, whatever is left open."""
    closed: dict[int, int] = {}
    stacks: dict[str, list[int]] = {")": [], "]": [], "}": []}
    for found in _BRACKET.finditer(text):
        sign, place = found[0], found.start()
        if sign in PAIRS:
            stacks[PAIRS[sign]].append(place)
        elif stacks[sign]:
            closed[stacks[sign].pop()] = place
    return closed


class _Level(NamedTuple):
    """An open bracket: what is in it so far, where rows, lines and arguments end, and what closes it.

    wraps: whether it belongs to a call such as array(…), which only wraps what is in it.
    """

    items: "list[str | _Level]"
    row_ends: list[int]
    line_ends: list[int]
    commas: list[int]
    closing: str
    wraps: bool = False


def literal(text: str) -> Grid | str | None:
    """The matrix that a whole text is, in brackets, with what a library prints around them.

    A message where it cannot be used, None where it is something else. Rows in brackets may stand beside one
    another without brackets around them.
    """
    root = _levels(_with_points(text) if "," in text and "." not in text else text)
    if root is None or not root.items:
        return None
    if len(root.items) == 1:
        (whole,) = root.items
        return grid_of([[whole]], flat=True) if isinstance(whole, str) else _grid(whole, text)
    return _grid(root, text) if all(isinstance(item, _Level) for item in root.items) else None


def _with_points(text: str) -> str:
    """A matrix with points where all commas are decimal: [0,45 0,12], but not [1,2;3,4] or [[1,2],[3,4]]."""
    lists = [words for part in _BRACKET.split(text) if (words := _BETWEEN.split(part.strip())) != [""]]
    words = [word for words in lists for word in words]
    decimal = all(len(words) > 1 for words in lists) and all(map(DECIMAL_COMMA.fullmatch, words))
    one_a_row = ";" in text and not any(" " in row.strip() for row in text.split(";"))
    if not decimal or (one_a_row and not any(",0" in word[:-1] for word in words)):
        return text
    text = text.replace(",", ".")
    return text.replace(";", " ") if one_a_row else text  # then they only keep numbers apart


def _levels(text: str) -> "_Level | None":
    """What is in a text, bracket by bracket; None where they do not match, or something else is there."""
    root = _Level([], [], [], [], "")
    open_ = [root]
    made = False
    for piece in _PIECE.finditer(text):
        kind, level = piece.lastgroup, open_[-1]
        if kind == "make":
            if _MAKERS.fullmatch(piece[0].strip()) is None:
                return None
            made = True
            continue
        if kind == "open":
            if len(open_) > _DEEPEST:
                return None
            open_.append(_Level([], [], [], [], PAIRS[piece[0]], made))
        elif kind == "close":
            if piece[0] != level.closing:
                return None
            done = open_.pop()
            inner = _unwrapped(done) if done.wraps else done
            if inner is None:
                return None
            open_[-1].items.append(inner)
        elif kind in ("number", "word"):
            level.items.append(piece[0])
        elif kind == "row":
            level.row_ends.append(len(level.items))
        elif kind == "line":
            level.line_ends.append(len(level.items))
        elif kind == "comma":
            level.commas.append(len(level.items))
        made = False
    return None if len(open_) > 1 else root


def _unwrapped(level: _Level) -> _Level | str | None:
    """What array(…) has in it: its first argument; the others must be options."""
    first = level.items[0] if level.items else None
    if isinstance(first, str):
        if figure_text(first) is not None and _are_options(level.items[1:]):
            return first
        numbers = all(isinstance(each, str) for each in level.items)
        return level if numbers else None  # c(1, 2, 3)
    return first if _are_options(level.items[1:]) else None


def _are_options(items: "list[str | _Level]") -> bool:
    """Whether arguments are no figures: dtype=float32, shape=(1, 2), grad_fn=<…>."""
    before = ""
    for item in items:
        if isinstance(item, str):
            if not ("=" in item or item[:1].isalpha() or item.startswith("<")):
                return False
            before = item
        elif not before.endswith("=") and "<" not in before:
            return False
    return True


def _grid(level: _Level, text: str) -> Grid | str | None:
    """The figures in one bracket."""
    words = [each for each in level.items if isinstance(each, str)]
    if len(words) == len(level.items):
        return _of_words(level, words, text)
    rows = []
    for item in level.items:
        if isinstance(item, str):
            if not is_ellipsis(item):
                return None  # a formula
            rows.append([item])  # in the place of rows
            continue
        if any(isinstance(each, _Level) for each in item.items):
            return TOO_DEEP if _has_figures(item) else None
        if item.row_ends:
            return None
        rows.append([each for each in item.items if isinstance(each, str)])
    return grid_of(rows)


def _has_figures(level: _Level) -> bool:
    """Whether the first thing inside is a figure."""
    item: str | _Level = level
    while isinstance(item, _Level):
        if not item.items:
            return False
        item = item.items[0]
    return figure_text(item) is not None


def _of_words(level: _Level, words: list[str], text: str) -> Grid | str | None:
    """A list of figures, or rows between semicolons or on lines of their own."""
    if any(_CALCULATION.search(word) and figure_text(word) is None for word in words):
        return None
    ends = list(level.row_ends)
    if not ends and not level.commas:
        first_line = text.find("\n")
        inner = [end for end in level.line_ends if 0 < end < len(words)]
        if inner and 0 <= first_line < _LONG_LINE and len(words) % inner[0] == 0:
            ends = inner  # else the last line is shorter: one list, broken where the line was full
    rows, start = [], 0
    for end in dict.fromkeys([*ends, len(words)]):
        if end > start:
            rows.append(words[start:end])
        start = end
    return grid_of(rows, flat=len(rows) == 1 and not level.row_ends)
