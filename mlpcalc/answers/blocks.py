"""A sheet that is no YAML as a whole: its entries, `NAME: …` or `NAME = …`, each by itself."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from mlpcalc.reading.source import Document, ScalarNode

MAX_BLOCKS = 20_000
_LONGEST_KEY = 100  # characters
_SIGNS = "\"'∂∇"  # that a name may begin with, beside letters
_ASSIGNED = re.compile(r":?=|[:=]")
_QUOTES = "\"'"


class Block(NamedTuple):
    """One entry: its key as typed, the text of its value, and where that begins."""

    key: ScalarNode
    text: str
    line: int
    column: int


def blocks_of(document: Document, *, is_text: Callable[[str], bool]) -> Iterator[Block]:
    """The entries of a text; what stands before the first one, or belongs to none, is left out.

    is_text: whether a key has a text, so that lines below it that are indented are part of that.
    """
    key: ScalarNode | None = None
    lines: list[str] = []
    begin, indent, found = (1, 1), 0, 0
    for number, line in enumerate(document.lines, start=1):
        started = _start(line)
        if key is not None and started and started.indent > indent and is_text(key.text):
            started = None
        if started is None:
            lines.append("" if line.strip() in ("---", "...") else line)
            continue
        if key is not None:
            yield Block(key, "\n".join(lines), *begin)
        found += 1
        if found > MAX_BLOCKS:
            return
        key, indent = ScalarNode(started.key, number, started.indent + 1), started.indent
        lines, begin = [line[started.end :]], (number, started.end + 1)
    if key is not None:
        yield Block(key, "\n".join(lines), *begin)


class _Start(NamedTuple):
    """A line that begins an entry: its indentation, its key, and where its value begins."""

    indent: int
    key: str
    end: int


def _start(line: str) -> _Start | None:
    text = line.lstrip()
    if not text or not (text[0].isalpha() or text[0] in _SIGNS):
        return None
    sign = _ASSIGNED.search(text, 0, _LONGEST_KEY + 2)
    key = text[: sign.start()].strip().strip(_QUOTES).strip() if sign else ""
    if sign is None or not key:
        return None
    indent = len(line) - len(text)
    return _Start(indent, key, indent + sign.end())
