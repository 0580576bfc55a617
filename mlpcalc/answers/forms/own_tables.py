"""Tables as `solve` prints them: a title with the shape, labels above, a label beside each row."""

import re
from typing import NamedTuple

from mlpcalc.answers.forms import chains
from mlpcalc.answers.forms.lines import Lines
from mlpcalc.answers.forms.passages import MAX_CELLS, Grid, grid_of

_SHAPE = re.compile(r"\d{1,6}[×x]\d{1,6}")
_LABEL = re.compile(r"#?\d{1,6}")
_CROSS = re.compile("[×x]")
_GAP = re.compile(r" {2,}")  # a formula has single spaces
_LABELS = re.compile(r"\s*#?\d+(?:\s+#?\d+)*\s*")
_HEAD = re.compile(r"samples are |\d{1,6}(?:-\d{1,6}){0,200}, [^=]{1,500}, N = \d")
_MOST_WRAPPED = 6  # lines of a title


def is_head(text: str) -> bool:
    """Whether a line is of what `solve` says of the exercise before its tables."""
    return _HEAD.match(text) is not None


class OwnTable(NamedTuple):
    """A table: the names in its title, its figures, and the line after it."""

    names: tuple[str, ...]
    value: Grid | str
    next: int


def own_table(lines: Lines, number: int) -> OwnTable | None:
    """The table whose title a line is; None if it is none."""
    title = _title(lines.short(number))
    text = lines.short(number)
    for following in range(number + 1, number + _MOST_WRAPPED):  # a long formula goes on below, indented
        if title is not None or "=" not in text or not lines.short(following).startswith("  "):
            break
        text, number = f"{text} {lines.short(following).strip()}", following
        title = _title(text)
    if title is None:
        return None
    names, shape, labels = title
    rows, columns = [int(each) for each in _CROSS.split(f"1×{shape}")][-2:]
    if rows * columns > MAX_CELLS:
        return None
    labelled = _SHAPE.fullmatch(shape) is not None
    number += 1
    table: list[list[str]] = [[] for _ in range(rows)]
    while len(table[0]) < columns:
        if not labels:
            if not _LABELS.fullmatch(lines.short(number)):
                return None
            labels = lines[number].split()
            number += 1
        for cells in table:
            words = lines[number].split()[1 if labelled else 0 :]
            if len(words) != len(labels):
                return None
            cells += words
            number += 1
        labels = []
        while len(table[0]) < columns and number < len(lines) and not lines[number].strip():
            number += 1
    value = grid_of(table, flat=not labelled)
    chain = chains.chain(f"{names} = 0")
    return None if value is None or chain is None else OwnTable(chain.names, value, number)


def _title(text: str) -> tuple[str, str, list[str]] | None:
    """What stands in a title: names and formula, the shape, the labels of the columns if they fit in."""
    names, *others = _GAP.split(text.strip())
    words = " ".join(others).split()
    if not names or not words:
        return None
    shape, *labels = words
    flat = shape.isdecimal() and [label.lstrip("#") for label in labels] == _counted(len(labels))
    if not flat and not (_SHAPE.fullmatch(shape) and all(map(_LABEL.fullmatch, labels))):
        return None
    return names, shape, labels


def _counted(number: int) -> list[str]:
    return [str(k) for k in range(1, number + 1)]
