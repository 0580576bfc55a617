"""What the schemas of files are made of: numbers, matrices, blocks of keys, functions by name."""

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import inf
from typing import Any

from mlpcalc.notation.styles import number_text
from mlpcalc.page.functions import Activation, LossFunction
from mlpcalc.page.optimizers import Optimizer
from mlpcalc.reading import keys
from mlpcalc.reading.keys import Key
from mlpcalc.reading.numerals import MAX_DIGITS, MAX_EXPONENT, SIGNS, SIZE

Schema = dict[str, Any]

_WIDEST = 20  # columns up to which rows of different lengths are found
_LARGEST = float(f"1e{MAX_EXPONENT}")
_SIZE = re.sub(r"\?P<\w+>", "?:", SIZE)  # not every dialect of regular expressions names its groups
_ZERO = r"(?:0(?:/[1-9][0-9]*|\.0*)?|\.0+)"
NUMBER = f"[{SIGNS}]?{_SIZE}"
CLASS = rf"(?=[^\s;]*[1-9])\+?{_SIZE}"
FIGURE = f"(?:{NUMBER}|~|null|Null|NULL)"
_GAP = r"[\s\x1c-\x1f\x85;]"


def ref(part: str) -> Schema:
    """What stands elsewhere in the schema, under `$defs`."""
    return {"$ref": f"#/$defs/{part}"}


def block(table: Mapping[str, Key], others: Mapping[str, Schema] | None = None) -> Schema:
    """An object with the keys of a table, and no others but these."""
    properties = {
        name: {"title": name, "description": key.about, **_form(key)} for name, key in table.items()
    }
    return {
        "type": "object",
        "properties": {**properties, **(others or {})},
        "required": keys.required(table),
        "additionalProperties": False,
    }


def _form(key: Key) -> Schema:
    """What may stand under a key."""
    match key.form:
        case str(part):
            return ref(part)
        case keys.Number(least):
            return number(least)
        case keys.Whole(least, most):
            return whole(least, most, NUMBER)
        case keys.Words(words):  # editors read true and false as what they are
            return {"enum": [*words, *(word == "true" for word in words if word in keys.YES_OR_NO)]}


def number(least: float = -inf) -> Schema:
    """A number, also as a fraction or with another minus, which are texts.

    One schema for both, as bounds concern numbers only and patterns texts: editors show each alternative.
    """
    pattern = rf"(?:\+?{_SIZE}|[{SIGNS}]{_ZERO})" if least == 0 else NUMBER
    bounds = {"minimum": max(least, -_LARGEST), "maximum": _LARGEST}
    return {
        "type": ["number", "string"],
        **bounds,
        "maxLength": MAX_DIGITS + 10,
        "pattern": f"^{pattern}$",
    }


def whole(least: int, most: int, pattern: str) -> Schema:
    """A whole number between two others, of this pattern where it is a text."""
    bounds = {"minimum": least, "maximum": most}
    return {**number(), "type": ["integer", "string"], **bounds, "pattern": f"^{pattern}$"}


def pointed(*types: str) -> Schema:
    """An object with points for each key, or something else of these types."""
    points = {"title": "points", "description": "The points of the answer.", **number(keys.POINTS.least)}
    return {"type": [*types], "additionalProperties": points}


def named() -> Schema:
    """What a list of quantities is beside being one."""
    return {
        "minItems": 1,
        "items": {"title": "quantity", "description": "The name of a quantity.", "type": "string"},
    }


def matrix(number: Schema, word: str, *, blanks: bool = False) -> Schema:
    """Numbers in every way they may be written. word: one in a text. blanks: whether ~ may be one."""
    part = {
        **{key: value for key, value in number.items() if key != "maxLength"},
        "type": [*number["type"], "array"],
        "pattern": _text(word, blanks=blanks),
        "minItems": 0 if blanks else 1,
    }
    rows = {"contains": {"type": "array"}}
    only_rows = {
        "if": rows,
        "then": {"title": "matrix", "items": {"type": ["array", "null"] if blanks else "array"}},
    }
    alike = [_rows_alike(width, blanks=blanks) for width in range(2 if blanks else 1, _WIDEST + 1)]
    return {**part, "items": {**part, "items": number}, "allOf": [only_rows, *alike]}


def cell(figure: Schema) -> Schema:
    """One figure, which may stand in brackets."""
    one = {
        **figure,
        "type": [*figure["type"], "array"],
        "pattern": _text(FIGURE, single=True),
    }
    filled = {"contains": {"not": {"type": "array", "maxItems": 0}}}
    return {
        "title": "cell",
        "description": "One figure of a quantity.",
        **one,
        "items": {**one, "maxItems": 1, "items": figure},
        "if": filled,
        "then": {"maxItems": 1},
    }


def or_block(other: Schema, table: Mapping[str, Key]) -> Schema:
    """Something that is no block, or a block with the keys of a table."""
    return {**block(table), **other, "type": [*other["type"], "object"]}


def _text(word: str, *, single: bool = False, blanks: bool = True) -> str:
    """A pattern of words with gaps between, or one single word. blanks: whether there may be none at all."""
    more = "" if single else f"(?:{_GAP}+{word},*)*"
    nothing = r"|[\n ;,]*" if blanks else ""
    return f"^(?:{_GAP}*{word},*{more}{_GAP}*{nothing})$"


def _rows_alike(width: int, *, blanks: bool) -> Schema:
    """If one row has so many numbers, all have."""
    alike = {"minItems": width, "maxItems": width}
    blank = {"maxItems": 1, "items": {"type": "null"}}  # a ~ may stand for a whole row
    row = {"contains": {"type": "array", **alike}}
    return _if(row, {"anyOf": [alike, blank]} if blanks else alike)


def _if(condition: Schema, items: Schema) -> Schema:
    """What items must be on a condition."""
    return {"if": condition, "then": {"items": items}}


def function(
    about: str,
    records: Sequence[Activation | LossFunction | Optimizer],
    aliases: Mapping[str, str],
    table: Mapping[str, Key],
) -> Schema:
    """A function by its name, or a block with what goes with that function, and no other."""
    plain = [record.name for record in records if not record.parameters]
    groups: list[tuple[list[str], Iterable[tuple[str, Fraction]]]] = [([*plain, *aliases], ())]
    groups += [([record.name], record.parameters) for record in records if record.parameters]
    name = _name([*(record.name for record in records), *aliases], about)
    ways = [{"title": "by name", **name}, *(_with_parameters(*group, table) for group in groups)]
    return {"anyOf": [{**way, "description": about} for way in ways]}


def _with_parameters(
    names: Sequence[str], parameters: Iterable[tuple[str, Fraction]], table: Mapping[str, Key]
) -> Schema:
    others = {
        parameter: {"title": parameter, "description": f"Default {number_text(default)}.", **number()}
        for parameter, default in parameters
    }
    about = table["name"].about
    name = {"title": "name", "description": about, **_name(names, about)}
    return {"title": ", ".join(names), **block(table, {"name": name, **others})}


def _name(names: Sequence[str], about: str) -> Schema:
    """One of the names; those in other letter cases are accepted, but not offered."""
    any_case = re.sub("[a-z]", lambda letter: f"[{letter[0]}{letter[0].upper()}]", "|".join(names))
    ways: list[Schema] = [
        {"title": "by name", "enum": list(names)},
        {"title": "in any letter case", "pattern": f"^(?:{any_case})$"},
    ]
    return {"type": "string", "anyOf": [{**way, "description": about} for way in ways]}
