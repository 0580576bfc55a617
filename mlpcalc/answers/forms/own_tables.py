"""Tables as `solve` prints them: a title with the shape, labels above, a label beside each row."""

import re
from typing import NamedTuple

from mlpcalc.answers.forms import chains
from mlpcalc.answers.forms.lines import Lines
from mlpcalc.answers.forms.passages import MAX_CELLS, Grid, grid_of

_SHAPE = re.compile(r"\d{1,6}[×x]\d{1,6}")
_LABEL = re.compile(r"#?\d{1,6}")
_CROSS = re.compile("[×x]")
_LABELS = re.compile(r"\s*#?\d+(?:\s+#?\d+)*\s*")


class OwnTable(NamedTuple):
    """A table: the names in its title, its figures, and the line after it."""

    names: tuple[str, ...]
    value: Grid | str
    next: int


def own_table(lines: Lines, number: int) -> OwnTable | None:
    """The table whose title a line is; None if it is none."""
    title = _title(lines.short(number))
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
    words = text.split()
    count = len(words)
    while count and _LABEL.fullmatch(words[count - 1]):
        count -= 1
    labels = words[count:]
    if count > 1 and _SHAPE.fullmatch(words[count - 1]):
        shape, count = words[count - 1], count - 1
    elif count and labels and labels[1:] == [str(k) for k in range(1, len(labels))]:
        shape, labels = labels[0], labels[1:]
    else:
        return None
    place = text.rfind(f"  {shape}", 0, len(text) - len(" ".join(labels)))
    return (text[:place].strip(), shape, labels) if place > 0 else None
