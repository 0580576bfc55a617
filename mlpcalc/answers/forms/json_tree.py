"""JSON as a tree that remembers lines, built without recursion, with figures as they were typed."""

import json
import re
from bisect import bisect_left
from typing import NamedTuple, NoReturn

from mlpcalc.errors import Place, refuse

MAX_DEPTH = 40
_LINE_END = re.compile("\n")
_TOKEN = re.compile(
    r'[ \t\r\n]*(?:(?P<string>"(?:[^"\\\x00-\x1f]|\\.)*")'
    r"|(?P<number>-?[0-9][0-9.eE+-]*)|(?P<word>[A-Za-z]+|-Infinity)|(?P<sign>[\[\]{},:]))"
)


class Text(NamedTuple):
    """A string, a number or a word; `number` if it stands without quotation marks."""

    text: str
    line: int
    number: bool = False


class Items(NamedTuple):
    """A list."""

    items: "list[Node]"
    line: int


class Fields(NamedTuple):
    """An object: its keys and values in their order."""

    pairs: "list[tuple[str, Node]]"
    line: int

    def get(self, key: str) -> "Node | None":
        """The first value of a key; None without it."""
        return next((value for name, value in self.pairs if name == key), None)


Node = Text | Items | Fields


def parse(text: str) -> Node:
    """The tree of a document; raises `InputError` where it is no JSON, or nested too deeply."""
    ends = [found.start() for found in _LINE_END.finditer(text)]

    def fail(message: str, place: int) -> NoReturn:
        line = bisect_left(ends, place)
        column = place - (ends[line - 1] if line else -1)
        raise refuse(
            message, Place("", line + 1, column), expected="JSON, as the program that wrote it has it"
        )

    root: Node | None = None
    open_: list[Items | Fields] = []
    keys: list[str] = []
    place, end, expects = 0, len(text.rstrip()), "value"
    while place < end:
        found = _TOKEN.match(text, place)
        kind = found.lastgroup if found else None
        if found is None or kind is None:
            fail("not valid JSON", place)
        start, piece, place = found.start(kind), found[kind], found.end()
        line = bisect_left(ends, start) + 1
        if root is not None and not open_:
            fail("not valid JSON: something follows the end", start)
        if kind == "sign" and piece in ",:":
            if not open_ or expects != ("colon" if piece == ":" else "comma"):
                fail(f"not valid JSON: {piece} is not expected here", start)
            expects = "value" if piece == ":" or isinstance(open_[-1], Items) else "key"
            continue
        if kind == "sign" and piece in "]}":
            if not open_ or isinstance(open_[-1], Items) != (piece == "]") or expects == "colon":
                fail(f"not valid JSON: {piece} is not expected here", start)
            open_.pop()
            keys.pop()
            expects = "comma"
            continue
        if expects in ("comma", "colon") or (expects == "key" and kind != "string"):
            fail(f"not valid JSON: a {expects} is missing", start)
        value = _string(piece) if kind == "string" else piece
        if value is None:
            fail("not valid JSON: a text with a wrong escape", start)
        if expects == "key":
            keys[-1], expects = value, "colon"
            continue
        if kind == "sign" and len(open_) >= MAX_DEPTH:
            fail("brackets are nested too deeply", start)
        node: Node = Text(value, line, kind != "string")
        if kind == "sign":
            node = Items([], line) if piece == "[" else Fields([], line)
        if open_:
            parent = open_[-1]
            if isinstance(parent, Items):
                parent.items.append(node)
            else:
                parent.pairs.append((keys[-1], node))
        root, expects = root or node, "comma"
        if not isinstance(node, Text):
            open_.append(node)
            keys.append("")
            expects = "value" if isinstance(node, Items) else "key"
    if root is None or open_:
        fail("not valid JSON: it ends too early", end)
    return root


def _string(piece: str) -> str | None:
    """The text between quotation marks; None for a wrong escape."""
    try:
        found = json.loads(piece, strict=False)
    except ValueError:
        return None
    return str(found).encode("utf-8", "replace").decode("utf-8")
