"""Exercises and answers that a program has in mappings and arrays, as the text that files have.

Whatever reads the text then says what is wrong with it, in its place.
"""

import json
from collections.abc import Iterable, Mapping
from fractions import Fraction

import numpy as np

MAX_DEPTH = 20


def text_of_mapping(mapping: Mapping[str, object]) -> str:
    """A mapping as YAML, each of its keys on a line of its own.

    Values are mappings, lists, arrays of any library, numbers, texts, and None for a blank.

    Raises TypeError for anything else.
    """
    for key in mapping:
        if not isinstance(key, str):
            raise TypeError(f"expected names as keys, not {key!r:.40}")
    lines = (f"{json.dumps(key, ensure_ascii=False)}: {_written(value, 0)}" for key, value in mapping.items())
    return "\n".join(lines) + "\n" if mapping else "{}\n"


def _written(value: object, depth: int) -> str:
    """A value on one line, in brackets and braces."""
    if depth > MAX_DEPTH:
        raise TypeError("the lists are nested too deeply, or contain themselves")
    if value is None:
        return "~"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | Fraction):
        return str(float(value)) if isinstance(value, float) else str(value)
    if isinstance(value, Mapping):
        fields = (f"{_written(str(key), depth)}: {_written(item, depth + 1)}" for key, item in value.items())
        return f"{{{', '.join(fields)}}}"
    if not hasattr(value, "__array__") and isinstance(value, Iterable):
        return _listed(_written(item, depth + 1) for item in value)
    return _array(value, depth)


def _array(value: object, depth: int) -> str:
    """An array, or a number of NumPy or another library."""
    try:
        array = np.asarray(value.detach() if hasattr(value, "detach") else value)
    except (TypeError, ValueError, RuntimeError):
        array = np.asarray(None)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"expected numbers, lists or arrays of them, not {type(value).__name__}")
    if array.ndim == 0:
        return str(array[()])  # in as few digits as its precision needs
    return _listed(_array(row, depth + 1) for row in array) if depth <= MAX_DEPTH else ""


def _listed(items: Iterable[str]) -> str:
    return f"[{', '.join(items)}]"
