"""Reports as JSON: full precision, null for what is not finite, a matrix row a line."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from mlpcalc.report.output import Output

_INDENTED = 40  # columns; what is nested deeper than that is not indented any further


def write(data: Callable[[], Mapping[str, Any]], _output: Output) -> Iterator[str]:
    """Write the data of a report; in ASCII, which every encoding has."""
    return pieces(data())


def render(data: Mapping[str, Any]) -> str:
    """Write the data as indented JSON in ASCII, valid in every output encoding."""
    return "".join(pieces(data))


def pieces(data: Mapping[str, Any]) -> Iterator[str]:
    """Write the data as JSON in pieces, consuming iterators in the data as it goes."""
    before = "{\n"
    for key, value in data.items():
        yield f"{before}  {json.dumps(str(key))}: "
        before = ",\n"
        if isinstance(value, Iterator):
            yield from _list(value)
        else:
            yield from _written(value, "  ")
    yield "\n}\n" if data else "{}\n"


def _list(items: Iterator[Any]) -> Iterator[str]:
    """Of many items, each stands on a line of its own."""
    before = "[\n"
    for item in items:
        yield f"{before}    {json.dumps(item, allow_nan=False, default=plain)}"
        before = ",\n"
    yield "[]" if before == "[\n" else "\n  ]"


def _written(value: object, indent: str) -> Iterator[str]:
    """A value piece by piece; however deep it is nested, as what is inside waits on a list of our own."""
    pending = [_parts(value, indent)]
    while pending:
        part = next(pending[-1], None)
        if part is None:
            pending.pop()
        elif isinstance(part, str):
            yield part
        else:
            pending.append(part)


def _parts(value: Any, indent: str) -> "Iterator[str | Iterator[Any]]":  # noqa: ANN401  # JSON data has no narrower type
    """The text of a value, and the parts of what is inside it."""
    inner = indent + "  " if len(indent) < _INDENTED else indent
    if isinstance(value, (np.ndarray, np.generic)):
        value = plain(np.asarray(value))
    if isinstance(value, Mapping) and value:
        before = "{\n"
        for key, item in value.items():
            yield f"{before}{inner}{json.dumps(str(key))}: "
            yield _parts(item, inner)
            before = ",\n"
        yield f"\n{indent}}}"
    elif isinstance(value, Sequence) and any(isinstance(item, (Mapping, list)) for item in value):
        before = "[\n"
        for item in value:
            yield f"{before}{inner}"
            yield _parts(item, inner)
            before = ",\n"
        yield f"\n{indent}]"
    else:
        yield json.dumps(value, allow_nan=False)


def plain(array: "np.ndarray[Any, Any]") -> Any:  # noqa: ANN401  # nested lists of any depth, or a number
    """Convert an array to nested lists of floats: None for what is not finite, no negative zeros."""
    values = np.asarray(array + 0.0)
    if np.isfinite(values).all():
        return values.tolist()
    cells = values.astype(object)
    cells[~np.isfinite(values)] = None
    return cells.tolist()
