"""Reports as CSV in full precision; an empty field for a value that is missing or not finite."""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import isfinite
from typing import Any

from mlpcalc.report.output import Output
from mlpcalc.text.encoding import encodable

_BYTE_ORDER_MARK = "\ufeff"
_SIGNS = ("=", "+", "-", "@")  # and their wide and small forms, which some spreadsheets accept
_HARMLESS = re.compile(r"\s*+[+-]?(?:\d++(?:[.,]\d++)*+)?\s*+%?\s*+")  # a number, or a lone dash
_SEPARATOR = re.compile(r"([;,|\t\r\n])")
_FIRST = re.compile(r"[\s\"']*([^\s\"'])")


class Original(str):
    """A field of another program's table; in such a one, a number or a lone dash stays as it is."""

    __slots__ = ()


def write(records: Callable[[], Iterable[Sequence[Any]]], output: Output) -> Iterator[str]:
    """Write the records of a report, with signs that the encoding lacks spelled out."""
    if output.bom:
        yield _BYTE_ORDER_MARK
    yield from (encodable(line, output.encoding) for line in lines(records()))


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
    if not isinstance(value, str) or (isinstance(value, Original) and _HARMLESS.fullmatch(value)):
        return value
    return _as_text(value)


def _as_text(text: str) -> str:
    """Make a text safe from being read as a formula by a spreadsheet, whatever its field separator.

    A part between separators that begins with a sign, after spaces and quotes, gets an apostrophe in front;
    so does the whole text, if only separators and spaces precede that part.
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
