"""The exercise format, and that of answer sheets, as JSON Schemas for editors that complete and check YAML.

Everything in a schema comes from the tables that the readers use. A title and a description stand at every
choice, as editors show those of the whole file where there are none.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from math import inf
from typing import Any, Literal

from mlpcalc.functions import ACTIVATION_ALIASES, ACTIVATIONS, LOSSES, Activation, LossFunction
from mlpcalc.reading import keys
from mlpcalc.reading.keys import Key
from mlpcalc.reading.numerals import MAX_DIGITS, MAX_EXPONENT, SIGNS, SIZE
from mlpcalc.symbols import name_pattern

Schema = dict[str, Any]
Subject = Literal["exercise", "answers"]
FILES: Mapping[Subject, tuple[str, str]] = {
    "exercise": ("mlpcalc.schema.json", "mlpcalc schema"),
    "answers": ("mlpcalc.answers.schema.json", "mlpcalc schema answers"),
}
"""What a schema is called where files refer to it, and the command that writes it."""

_WIDEST = 20  # columns up to which rows of different lengths are found
_LARGEST = float(f"1e{MAX_EXPONENT}")
_SIZE = re.sub(r"\?P<\w+>", "?:", SIZE)  # not every dialect of regular expressions names its groups
_ZERO = r"(?:0(?:/[1-9][0-9]*|\.0*)?|\.0+)"
_NUMBER = f"[{SIGNS}]?{_SIZE}"
_CLASS = rf"(?=[^\s;]*[1-9])\+?{_SIZE}"
_FIGURE = f"(?:{_NUMBER}|~|null|Null|NULL)"
_GAP = r"[\s\x1c-\x1f\x85;]"
_BLANK: Schema = {"title": "blank", "description": "No answer.", "type": "null"}
_TEXT = {"type": ["string", "number", "boolean", "null"]}


def modeline(subject: Subject) -> list[str]:
    """Comments for the top of a file, by which editors find its schema where that has been written."""
    file, command = FILES[subject]
    return [
        f"# yaml-language-server: $schema={file}",
        f"#   for editors, once there is such a file: {command} >{file}",
    ]


def exercise_schema() -> Schema:
    """The schema of exercise files, draft 2020-12."""
    named = {"properties": {"points": {"propertyNames": {"pattern": f"^\\s*{name_pattern()}\\s*$"}}}}
    return _document(
        "exercise",
        "One network, a few samples, and a step of gradient descent.",
        {**_block(keys.TOP), "if": {"not": {"required": ["symbols"]}}, "then": named},
        {
            "text": _TEXT,
            "letter": {
                "type": ["string", "boolean", "null"],
                "maxLength": keys.MAX_LETTERS,
                "not": {"enum": list(keys.TAKEN_LETTERS)},
            },
            "number": _number(),
            "matrix": _matrix(_ref("number"), _NUMBER),
            "classes": _matrix(_class(), _CLASS),
            "targets": {
                "anyOf": [
                    {"title": "matrix", "description": "A matrix T.", "$ref": "#/$defs/matrix"},
                    {"title": "classes", "description": "A class for each sample.", **_block(keys.CLASSES)},
                ]
            },
            "layers": {
                "type": "array",
                "minItems": 1,
                "maxItems": keys.MAX_LAYERS,
                "items": {"title": "layer", "description": "One layer.", **_block(keys.LAYER)},
            },
            "activation": _function([*ACTIVATIONS.values()], ACTIVATION_ALIASES, keys.ACTIVATION),
            "loss": _function([*LOSSES.values()], {}, keys.LOSS),
            "conventions": _block(keys.CONVENTIONS),
            "symbols": _block(keys.SYMBOLS),
            "points": {
                "type": "object",
                "additionalProperties": {
                    "title": "points",
                    "description": "What the answer is worth.",
                    **_number(keys.POINTS.least),
                },
            },
        },
    )


def answers_schema(labels: Collection[str], wrapper: str) -> Schema:
    """The schema of answer sheets. labels: keys of texts; wrapper: the key of a block with all answers.

    Which quantities there are, and their shapes, depend on the exercise: of these it says nothing.
    """
    told = {label: {"title": label, "description": f"The name of the {label}.", **_TEXT} for label in labels}
    block = {
        "title": wrapper,
        "description": "All answers, where they do not stand at the top.",
        "anyOf": [
            {"title": "block", "description": "Figures by quantity.", **_answers(told)},
            {"title": "blank", "description": "No answers.", "type": "null"},
        ],
    }
    top = _answers({**told, wrapper: block})
    figure = {"anyOf": [{"title": "figure", "description": "A number.", **_number()}, _BLANK]}
    one = {"anyOf": [_ref("figure"), _text(_FIGURE, single=True), _list(_ref("figure"))]}
    return _document(
        "answers",
        "Figures by quantity, or by cell; ~ where there is none.",
        top,
        {
            "figure": figure,
            "matrix": _matrix(_ref("figure"), _FIGURE, blanks=True),
            "cell": {
                "title": "cell",
                "description": "One figure of a quantity.",
                "anyOf": [
                    {"title": "figure", "description": "A number, or ~.", "$ref": "#/$defs/figure"},
                    {"title": "text", "description": "The same as text.", **_text(_FIGURE, single=True)},
                    {"title": "list", "description": "The same in brackets.", **_list(one)},
                    {"title": "nothing", "description": "Empty.", "type": "array", "items": _list()},
                ],
            },
        },
    )


def _answers(others: Schema) -> Schema:
    """An object with figures by quantity or by cell, and other keys."""
    return {
        "type": "object",
        "properties": others,
        "patternProperties": {
            r"\[": _ref("cell"),
            rf"^(?!(?:{'|'.join(others)})$)[^\[]*$": _ref("matrix"),
        },
        "propertyNames": {"pattern": r"^[^\[\]]+(?:\[\s*[0-9]+\s*(?:,\s*[0-9]+\s*)?\]\s*)?$"},
    }


# ---------------------------------------------------------------------------- parts


def _document(subject: Subject, about: str, top: Schema, parts: Schema) -> Schema:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:mlpcalc:{subject}",
        "title": f"mlpcalc: {subject}",
        "description": about,
        **top,
        "$defs": parts,
    }


def _ref(part: str) -> Schema:
    return {"$ref": f"#/$defs/{part}"}


def _block(table: Mapping[str, Key], others: Mapping[str, Schema] | None = None) -> Schema:
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
            return _ref(part)
        case keys.Number(least):
            return _number(least)
        case keys.Whole(least, most):
            return _written({"type": "integer", "minimum": least, "maximum": most}, _NUMBER)
        case keys.Words(words):  # editors read true and false as what they are
            return {"enum": [*words, *(word == "true" for word in words if word in keys.YES_OR_NO)]}


def _number(least: float = -inf) -> Schema:
    """A number, also as a fraction or with another minus, which are texts."""
    if least == 0:
        return _written(
            {"type": "number", "minimum": 0, "maximum": _LARGEST}, rf"(?:\+?{_SIZE}|[{SIGNS}]{_ZERO})"
        )
    return _written({"type": "number", "minimum": -_LARGEST, "maximum": _LARGEST}, _NUMBER)


def _class() -> Schema:
    bounds = {"minimum": keys.FIRST_CLASS, "maximum": keys.MAX_CLASSES}
    return _written({"type": "integer", **bounds}, _CLASS)


def _written(number: Schema, pattern: str) -> Schema:
    text = {"type": "string", "maxLength": MAX_DIGITS + 10, "pattern": f"^{pattern}$"}
    return {
        "anyOf": [
            {"title": "number", "description": "Such as 0.5 or 1e-3.", **number},
            {"title": "text", "description": "Such as 1/3.", **text},
        ]
    }


def _matrix(cell: Schema, word: str, *, blanks: bool = False) -> Schema:
    """Numbers in every way they may be written. word: one in a text. blanks: whether ~ may be one."""
    text = _text(word, blanks=blanks)
    least = 0 if blanks else 1
    row = {
        "title": "row",
        "description": "A row of numbers.",
        "type": "array",
        "minItems": least,
        "items": cell,
    }
    ways = [
        {"title": "number", "description": "A single number.", **cell},
        {"title": "text", "description": "A row a line, or rows between semicolons.", **text},
        {
            "title": "list",
            "description": "One row or column; or rows, each as text.",
            "type": "array",
            "minItems": least,
            "items": {"anyOf": [cell, {"title": "row", "description": "A row as text.", **text}]},
        },
        {
            "title": "rows",
            "description": "A list of rows, as long as one another.",
            "type": "array",
            "minItems": least,
            "items": {"anyOf": [row, _BLANK]} if blanks else row,
            "allOf": [_rows_alike(width, blanks=blanks) for width in range(1 + least, _WIDEST + 1)],
        },
    ]
    return {"anyOf": ways}


def _text(word: str, *, single: bool = False, blanks: bool = True) -> Schema:
    """Words with gaps between them, or one single word. blanks: whether there may be none at all."""
    more = "" if single else f"(?:{_GAP}+{word},*)*"
    nothing = r"|[\n ;,]*" if blanks else ""
    return {"type": "string", "pattern": f"^(?:{_GAP}*{word},*{more}{_GAP}*{nothing})$"}


def _list(*item: Schema) -> Schema:
    """A list of one item at most, or of none."""
    return {"type": "array", "maxItems": len(item), "items": item[0] if item else True}


def _rows_alike(width: int, *, blanks: bool) -> Schema:
    """If one row has so many numbers, all have."""
    alike = {"minItems": width, "maxItems": width}
    blank = {"maxItems": 1, "items": {"type": "null"}}  # a ~ may stand for a whole row
    return {
        "if": {"contains": {"type": "array", **alike}},
        "then": {"items": {"anyOf": [alike, blank]} if blanks else alike},
    }


def _function(
    records: Sequence[Activation | LossFunction], aliases: Mapping[str, str], table: Mapping[str, Key]
) -> Schema:
    """A function by its name, or a block with what goes with that function, and no other."""
    plain = [record.name for record in records if not record.parameters]
    blocks = [_with_parameters([*plain, *aliases], (), table)]
    blocks += [
        _with_parameters([record.name], record.parameters, table) for record in records if record.parameters
    ]
    name = _name([*(record.name for record in records), *aliases])
    return {"anyOf": [{"title": "name", "description": "With the usual parameters.", **name}, *blocks]}


def _with_parameters(
    names: Sequence[str], parameters: Iterable[tuple[str, Fraction]], table: Mapping[str, Key]
) -> Schema:
    others = {
        parameter: {"title": parameter, "description": f"Default {default}.", **_number()}
        for parameter, default in parameters
    }
    about = {"title": "name", "description": table["name"].about}
    block = _block(table, {"name": {**about, **_name(names)}, **others})
    return {"title": ", ".join(names), "description": "With what goes with it.", **block}


def _name(names: Sequence[str]) -> Schema:
    """One of the names; those in other letter cases are accepted, but not offered."""
    any_case = re.sub("[a-z]", lambda letter: f"[{letter[0]}{letter[0].upper()}]", "|".join(names))
    return {"type": "string", "anyOf": [{"enum": list(names)}, {"pattern": f"^(?:{any_case})$"}]}
