"""Reports as JSON: full precision, null for what is not finite, a matrix row a line."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np


def render(data: Mapping[str, Any]) -> str:
    """The data as indented JSON in ASCII, valid whatever the encoding of the output."""
    return "".join(pieces(data))


def pieces(data: Mapping[str, Any]) -> Iterator[str]:
    """The same piece by piece: what an iterator in the data yields is written as it comes."""
    before = "{\n"
    for key, value in data.items():
        yield f"{before}  {json.dumps(str(key))}: "
        before = ",\n"
        if isinstance(value, Iterator):
            yield from _list(value)
        else:
            yield _value(value, "  ")
    yield "\n}\n" if data else "{}\n"


def _list(items: Iterator[Any]) -> Iterator[str]:
    """Of many items, each stands on a line of its own."""
    before = "[\n"
    for item in items:
        yield f"{before}    {json.dumps(item, allow_nan=False, default=plain)}"
        before = ",\n"
    yield "[]" if before == "[\n" else "\n  ]"


def _value(value: Any, indent: str) -> str:  # noqa: ANN401  # JSON data has no narrower type
    inner = indent + "  "
    if isinstance(value, (np.ndarray, np.generic)):
        value = plain(np.asarray(value))
    if isinstance(value, Mapping):
        entries = [f"{inner}{json.dumps(str(key))}: {_value(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(entries) + f"\n{indent}}}" if entries else "{}"
    if isinstance(value, Sequence) and any(isinstance(item, (Mapping, list)) for item in value):
        return "[\n" + ",\n".join(inner + _value(item, inner) for item in value) + f"\n{indent}]"
    return json.dumps(value, allow_nan=False)


def plain(array: "np.ndarray[Any, Any]") -> Any:  # noqa: ANN401  # nested lists of any depth, or a number
    """An array as nested lists of floats; null for what is not finite, no negative zeros."""
    values = np.asarray(array + 0.0)
    if np.isfinite(values).all():
        return values.tolist()
    cells = values.astype(object)
    cells[~np.isfinite(values)] = None
    return cells.tolist()
