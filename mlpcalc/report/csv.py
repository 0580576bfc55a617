"""Reports as CSV: a record a line, full precision, an empty field for what is missing or not finite."""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import isfinite
from typing import Any

from mlpcalc.report.output import Output
from mlpcalc.text.encoding import encodable

_SIGNS = ("=", "+", "-", "@")  # and their wide and small forms, which count in some places
_SEPARATOR = re.compile(r"([;,|\t\r\n])")
_FIRST = re.compile(r"[\s\"']*([^\s\"'])")


def write(records: Callable[[], Iterable[Sequence[Any]]], output: Output) -> Iterator[str]:
    """Write the records of a report, with signs that the encoding lacks spelled out."""
    return (encodable(line, output.encoding) for line in lines(records()))


def render(records: Iterable[Sequence[Any]]) -> str:
    """Write records as comma-separated text; the first record has the names of the columns."""
    return "".join(lines(records))


def lines(records: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Write records as comma-separated text, a line at a time."""
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
    return _no_formula(value) if isinstance(value, str) else value


def _no_formula(text: str) -> str:
    """A text of which no spreadsheet makes a formula, whichever sign it takes to separate fields.

    What would be a field that begins with a sign, after spaces and quotes, gets an apostrophe in front; so
    does the whole text, where only separators and spaces stand before that.
    """
    parts = _SEPARATOR.split(text)
    formulas = [_is_formula(part) for part in parts]
    if not any(formulas):
        return text
    safe = "".join(f"'{part}" if formula else part for part, formula in zip(parts, formulas, strict=True))
    first = next(i for i, part in enumerate(parts) if part.strip() and not _SEPARATOR.fullmatch(part))
    return f"'{safe}" if first and formulas[first] else safe


def _is_formula(field: str) -> bool:
    found = _FIRST.match(field)
    return found is not None and unicodedata.normalize("NFKC", found[1]) in _SIGNS
