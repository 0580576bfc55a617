"""Notebooks: cells of Markdown, and what cells of code have printed; nothing is executed."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from mlpcalc.answers.forms.json_tree import Fields, Items, Node, Text
from mlpcalc.answers.forms.passages import Reading, empty

_SHOWN = re.compile(
    r"(?:print|display|show|disp|println)\s*\(\s*(?P<name>[^\W\d][\w.]*)\s*(?:,\s*end\s*=[^()]*)?\)\s*;?"
)
_NAME = re.compile(r"[^\W\d][\w.]*+(?:\([\w, .]*+\))?")
_BLOCK = re.compile(r"\s*(?:for|while|if|with|def|try)\b")
_LONGEST = 200
_TYPES = ("text/plain", "text/latex", "text/markdown")

TextReader = Callable[[str, list[str], str], Reading]


class _Printed(NamedTuple):
    """A text with the line of the file that each of its lines stands in."""

    text: str
    lines: Sequence[int]


def read(root: Node, read_text: TextReader) -> Reading:
    """What a notebook states; `read_text` reads a cell's text."""
    found, headings = empty(), list[str]()
    cells = root.get("cells") if isinstance(root, Fields) else None
    for cell in cells.items if isinstance(cells, Items) else ():
        if not isinstance(cell, Fields):
            continue
        source = _text(cell.get("source"))
        if _word(cell.get("cell_type")) == "code":
            headings += [
                line.strip("# ")
                for line in source.text.split("\n")
                if line.startswith("#") and len(line) < _LONGEST
            ]
            found.add(_outputs(cell, source.text, headings, read_text))
        else:
            found.add(_placed(read_text(source.text, headings, ""), source.lines))
    return found


def _outputs(cell: Fields, source: str, headings: list[str], read_text: TextReader) -> Reading:
    """What the outputs of a cell of code state."""
    found = empty()
    result = _last_name(source)
    for printed, is_result in _printed(cell):
        inside = read_text(printed.text, headings, result if is_result else "")
        found.add(_placed(inside, printed.lines))
    nameless = [place for place, passage in enumerate(found.passages) if not passage.names]
    shown = _shown(source)
    if len(nameless) == len(shown):
        for place, name in zip(nameless, shown, strict=True):
            found.passages[place] = found.passages[place]._replace(names=(name,))
    return found


def _printed(cell: Fields) -> Iterator[tuple[_Printed, bool]]:
    """The texts that a cell has put out, and whether they are the value of its last line."""
    outputs = cell.get("outputs")
    for output in outputs.items if isinstance(outputs, Items) else ():
        if not isinstance(output, Fields):
            continue
        if (text := output.get("text")) is not None:
            yield _text(text), False
        elif isinstance(data := output.get("data"), Fields):
            values = [value for kind in _TYPES if (value := data.get(kind)) is not None]
            if values:
                yield _text(values[0]), _word(output.get("output_type")) == "execute_result"


def _text(node: Node | None) -> _Printed:
    """A text of a notebook, which may be one string or a list of lines."""
    pieces = node.items if isinstance(node, Items) else [node]
    text, lines = list[str](), [0]
    for piece in pieces:
        if isinstance(piece, Text):
            lines[-1] = lines[-1] or piece.line
            text.append(piece.text)
            breaks = piece.text.count("\n")
            lines += [piece.line] * breaks
            if breaks and piece.text.endswith("\n"):
                lines[-1] = 0
    last = max(lines)
    return _Printed("".join(text), [line or last for line in lines])


def _word(node: Node | None) -> str:
    return node.text if isinstance(node, Text) else ""


def _placed(found: Reading, lines: Sequence[int]) -> Reading:
    """The same with the lines of the file."""

    def line(number: int) -> int:
        return lines[min(number, len(lines)) - 1] or 1

    return Reading(
        [passage._replace(line=line(passage.line), column=1) for passage in found.passages],
        [leftover._replace(line=line(leftover.line)) for leftover in found.leftovers],
    )


def _last_name(source: str) -> str:
    """The last line of a cell, if that is a name, whose value is then shown."""
    lines = source.rstrip().split("\n")
    last = lines[-1].strip()
    return last if len(last) <= _LONGEST and not lines[-1][:1].isspace() and _NAME.fullmatch(last) else ""


def _shown(source: str) -> list[str]:
    """What a cell prints by itself, line by line; nothing where lines may run several times, or never."""
    names: list[str] = []
    for line in source.split("\n"):
        if _BLOCK.match(line):
            return []
        if line.startswith(("print", "display", "show", "disp")) and len(line) <= _LONGEST:
            found = _SHOWN.fullmatch(line.rstrip())
            if found:
                names.append(found["name"])
    return names
