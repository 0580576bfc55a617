"""Reports as JSON: full precision, null for what is not finite, a matrix row a line."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np


def render(data: Mapping[str, Any]) -> str:
    """The data as indented JSON in ASCII, valid whatever the encoding of the output."""
    return _value(data, "") + "\n"


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
