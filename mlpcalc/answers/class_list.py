"""The list of a class: who is in it, and which variant each has, in any table or a grade book's export."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from mlpcalc.answers.encoding import text_of
from mlpcalc.errors import Place, reason, refuse
from mlpcalc.text.sanitize import clean
from mlpcalc.text.wording import comparable, counted

MAX_BYTES = 16 * 1024 * 1024
MAX_ROWS = 100_000
_DELIMITERS = ",;\t"

# What columns are called, in small letters.
_NAMES = ("name", "full name", "student name", "student", "display name")
_FIRST = ("first name", "firstname", "given name", "forename")
_LAST = ("last name", "lastname", "surname", "family name")
_IDS = (
    *("id", "student id", "id number", "identifier", "number", "student number", "matriculation number"),
    *("uid", "uin", "user", "username", "user name", "login", "login id", "sis login id", "sis user id"),
    *("email", "e-mail", "email address", "e-mail address", "mail"),
)
_VARIANTS = ("variant",)
_NOBODY = ("points possible", "student, test", "test student")  # rows of Canvas that are no student's


class Student(NamedTuple):
    """Somebody on the list: what to call them, their rows, counted from 0, and the name of their variant."""

    name: str
    rows: tuple[int, ...]
    variant: str = ""


@dataclass(frozen=True, eq=False)
class ClassList:
    """A table with a row for each student; `columns` are its header, as written.

    Raises `InputError` where no column is a name or an id.
    """

    file: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def __post_init__(self) -> None:
        if not self._names and not self._ids and not (self._first and self._last):
            found = ", ".join(clean(name) for name in self.columns[:8])
            raise refuse(
                f"no column of this table is known to have names or ids: {found}",
                Place(self.file, 1),
                expected="a first line with the names of the columns, such as name, id, email, username",
            )

    @cached_property
    def students(self) -> Sequence[Student]:
        """Everybody on the list, in its order; whoever has several rows only once."""
        rows: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for number, row in enumerate(self.rows):
            if (known := self._known_by(row)) and not any(each in _NOBODY for each in known):
                rows[known].append(number)
        return [self._student(numbers) for numbers in rows.values()]

    def find(self, identities: Iterable[str]) -> Student | None:
        """The student whom the first of these stands for that stands for one only."""
        for identity in identities:
            for index, key in ((self._by_id, comparable(identity)), (self._by_name, _words(identity))):
                if len(found := index.get(key, ())) == 1:
                    return self.students[found[0]]
        return None

    def column(self, name: str) -> int | None:
        """The place of a column, in any letter case; None if there is none."""
        return next(iter(self._places([name.lower()])), None)

    # -- what the columns mean

    def _places(self, names: Sequence[str]) -> list[int]:
        return [place for place, name in enumerate(self.columns) if comparable(name) in names]

    @cached_property
    def _names(self) -> list[int]:
        return self._places(_NAMES)

    @cached_property
    def _ids(self) -> list[int]:
        return self._places(_IDS)

    @cached_property
    def _first(self) -> list[int]:
        return self._places(_FIRST)

    @cached_property
    def _last(self) -> list[int]:
        return self._places(_LAST)

    @cached_property
    def _by_id(self) -> Mapping[str, Sequence[int]]:
        """Students by every id and name as written; of an address, also by what is before the @."""
        index: dict[str, list[int]] = defaultdict(list)
        for place, student in enumerate(self.students):
            row = self.rows[student.rows[0]]
            keys = {comparable(row[column]) for column in (*self._ids, *self._names)}
            for key in keys | {key.partition("@")[0] for key in keys if "@" in key}:
                index[key].append(place)
        index.pop("", None)
        return index

    @cached_property
    def _by_name(self) -> Mapping[str, Sequence[int]]:
        """Students by the words of their names: Doe, Jane is Jane Doe."""
        index: dict[str, list[int]] = defaultdict(list)
        for place, student in enumerate(self.students):
            for key in {_words(name) for name in self._written_names(self.rows[student.rows[0]])}:
                index[key].append(place)
        index.pop("", None)
        return index

    def _written_names(self, row: Sequence[str]) -> list[str]:
        parts = [row[column] for column in (*self._first[:1], *self._last[:1])]
        return [*(row[column] for column in self._names), *([" ".join(parts)] if parts else [])]

    def _known_by(self, row: Sequence[str]) -> tuple[str, ...]:
        """Everything that a row says of its student, to be compared; nothing if it is nobody's."""
        said = (*(row[column] for column in self._ids), *self._written_names(row))
        return tuple(filter(None, map(comparable, said)))

    def _student(self, rows: Sequence[int]) -> Student:
        row = self.rows[rows[0]]
        names = (*self._written_names(row), *(row[column] for column in self._ids))
        name = next(filter(None, (" ".join(clean(each).split()) for each in names)))
        variants = self._places(_VARIANTS)
        variant = row[variants[0]].strip() if variants else ""
        return Student(name, tuple(rows), clean(variant))


def read_class_list(file: str) -> ClassList:
    """Read a class list: CSV with commas, semicolons or tabs; raises `InputError` where it is none."""
    name = clean(file)
    try:
        with open(file, "rb") as opened:
            text = text_of(opened.read(MAX_BYTES + 1), name, MAX_BYTES)
    except OSError as error:
        raise refuse(f"cannot be read: {reason(error)}", Place(name)) from None
    header = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=header.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if any(map(str.strip, row))]
    except csv.Error as error:
        raise refuse(f"not a table: {error}", Place(name, reader.line_num), expected="CSV") from None
    if len(rows) < 2:
        raise refuse("no students in this table", Place(name, 1), expected="CSV with a row for each student")
    if len(rows) > MAX_ROWS:
        raise refuse(f"{len(rows):,} rows", Place(name), expected=f"at most {MAX_ROWS:,}")
    (_, columns), *students = rows
    return ClassList(
        name, columns, [_fitting(row, len(columns), Place(name, line)) for line, row in students]
    )


def _fitting(row: Sequence[str], width: int, place: Place) -> list[str]:
    """A row with a field for each column."""
    if len(row) > width:
        hint = "put a field with a comma in it into quotes"
        raise refuse(
            f"this row has {counted(len(row), 'field')}",
            place,
            expected=f"at most {width}, as in the first line",
            hint=hint,
        )
    return [*row, *[""] * (width - len(row))]


def _words(name: str) -> str:
    """The words of a name in alphabetical order."""
    return " ".join(sorted(comparable(name.replace(",", " ")).split()))
