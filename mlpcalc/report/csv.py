"""Reports as CSV: a record a line, full precision, an empty field for what is missing or not finite."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from typing import Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # wide ones count in some places


def render(records: Iterable[Sequence[Any]]) -> str:
    """The records as comma-separated text, the names of the columns first."""
    return "".join(lines(records))


def lines(records: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The same line by line."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for record in records:
        writer.writerow([_field(value) for value in record])
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def _field(value: Any) -> Any:  # noqa: ANN401  # a field is whatever a feature reports
    if isinstance(value, float):
        return repr(value + 0.0) if isfinite(value) else ""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"  # a spreadsheet would take it for a formula
    return value
