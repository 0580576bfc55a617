"""JSON, the program's own output among it: names as keys, figures as numbers and lists of them."""

from collections.abc import Iterator

from mlpcalc.answers.forms import chains
from mlpcalc.answers.forms.json_tree import Fields, Items, Node, Text
from mlpcalc.answers.forms.passages import Grid, Passage, Reading, empty, grid_of
from mlpcalc.text.wording import clipped

_VALUES = ("values", "value", "data", "matrix", "array", "answer")
_NAMES = ("name", "quantity", "symbol", "key")
_OWN = "quantities"
_STEP = "step"
_OF_STEP = (_STEP, "samples")  # what is said of a step beside its quantities


def read(root: Node) -> Reading:
    """The passages in a document: each key with figures is one, however deep it lies."""
    found = empty()
    own = isinstance(root, Fields) and isinstance(root.get(_OWN), Fields)
    for name, node, inside, step in _named(root):
        value = _value(node)
        if isinstance(value, Grid):
            plain = own and inside == _OWN
            named = (name,) if name else ()
            heading = f"step {step}" if step else ""
            found.passages.append(Passage(named, value, node.line, heading=heading, plain=plain))
        elif value is not None:
            found.leave(node.line, f"{clipped(name, 40)}: {value}")
    return found


def labels(root: Node) -> dict[str, str]:
    """What a document says of itself: the student, the exercise."""
    if not isinstance(root, Fields):
        return {}
    found = ((key.lower(), value) for key, value in root.pairs if isinstance(value, Text))
    return {key: value.text for key, value in found if key in ("student", "exercise")}


def _named(root: Node) -> Iterator[tuple[str, Node, str, str]]:
    """Everything that may have figures, in order: its name, itself, the key that it lies under, its step."""
    waiting: list[tuple[str, Node, str, str]] = [("", root, "", "")]
    while waiting:
        name, node, inside, step = waiting.pop()
        if isinstance(node, Fields):
            number = node.get(_STEP)
            step = number.text if isinstance(number, Text) and number.number else step
            values = next((value for key in _VALUES if (value := node.get(key)) is not None), None)
            if values is not None:
                named = next((value for key in _NAMES if isinstance(value := node.get(key), Text)), None)
                own = isinstance(named, Text) and inside != _OWN
                waiting.append(
                    (named.text if own and isinstance(named, Text) else name, values, inside, step)
                )
            else:
                waiting.extend(
                    (key, value, name, step) for key, value in reversed(node.pairs) if key not in _OF_STEP
                )
        elif isinstance(node, Items) and any(isinstance(item, Fields) for item in node.items):
            waiting.extend((name, item, inside, step) for item in reversed(node.items))
        else:
            yield name, node, inside, step


def _value(node: Node) -> Grid | str | None:
    """The figures that a value is."""
    if isinstance(node, Text):
        return chains.value(node.text)
    if not isinstance(node, Items):
        return None
    if all(isinstance(item, Text) for item in node.items):
        return grid_of([_cells(node)], flat=True) if node.items else None
    rows = [_cells(item) for item in node.items if isinstance(item, Items)]
    if len(rows) < len(node.items) or any(
        not isinstance(cell, Text) for item in node.items if isinstance(item, Items) for cell in item.items
    ):
        return "not a matrix: a list of rows is expected"
    return grid_of(rows)


def _cells(row: Items) -> list[str]:
    return [
        "~" if cell.text == "null" and cell.number else cell.text
        for cell in row.items
        if isinstance(cell, Text)
    ]
