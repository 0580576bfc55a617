"""The exercise format, and that of answer sheets, as JSON Schemas for editors that complete and check YAML.

Everything in a schema comes from the tables that the readers use. Every key and every choice has a title and
a description, as editors show those of the whole file where there are none.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import inf
from typing import Any, Literal

from mlpcalc.notation.styles import number_text
from mlpcalc.page.activations import ACTIVATION_ALIASES, ACTIVATIONS
from mlpcalc.page.functions import Activation, LossFunction
from mlpcalc.page.losses import LOSSES
from mlpcalc.page.optimizers import OPTIMIZERS, Optimizer
from mlpcalc.page.symbols import name_pattern
from mlpcalc.reading import keys
from mlpcalc.reading.keys import Key
from mlpcalc.reading.numerals import MAX_DIGITS, MAX_EXPONENT, SIGNS, SIZE

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
_TEXT = {"type": ["string", "number", "boolean", "null"]}


def modeline(subject: Subject) -> list[str]:
    """Comments for the top of a file, by which editors find its schema where that has been written."""
    file, command = FILES[subject]
    return [
        f"# yaml-language-server: $schema={file}",
        f"#   for editors; to write that file: {command} >{file}",
    ]


def exercise_schema() -> Schema:
    """The schema of exercise files, draft 2020-12."""
    name = {"pattern": rf"^\s*{name_pattern()}\s*(?:@ *[1-9][0-9]{{0,8}} *)?$"}
    listed = {"items": name}
    without_points = {"title": "ask", "description": keys.TOP["ask"].about, "not": {"type": "object"}}
    named = {
        "properties": {
            "points": {"propertyNames": name},
            "ask": {"propertyNames": name, **listed},
            "given": listed,
        }
    }
    return _document(
        "exercise",
        "One network, a few samples, and a step of gradient descent.",
        {
            **_block(keys.TOP),
            "if": {"not": {"required": ["symbols"]}},
            "then": named,
            "allOf": [
                {"not": {"required": ["decimals", "significant"]}},
                {"if": {"required": ["points"]}, "then": {"properties": {"ask": without_points}}},
                *_what_is_stated(),
            ],
        },
        {
            "text": _TEXT,
            "letter": {
                "type": ["string", "boolean", "null"],
                "maxLength": keys.MAX_LETTERS,
                "not": {"enum": list(keys.TAKEN_LETTERS)},
            },
            "matrix": {"title": "matrix", **_matrix(_number(), _NUMBER)},
            "classes": _matrix(_whole(keys.FIRST_CLASS, keys.MAX_CLASSES, _CLASS), _CLASS),
            "targets": _or_block(_matrix(_number(), _NUMBER), keys.CLASSES),
            "layers": {
                "type": "array",
                "minItems": 1,
                "maxItems": keys.MAX_LAYERS,
                "items": {
                    "title": "layer",
                    "description": "One layer.",
                    **_block(keys.LAYER),
                    "dependentRequired": {"shared_bias": ["bias"]},
                    "if": {"required": ["pre_activations"]},
                    "then": _none_of("weights", "bias", "shared_bias"),
                    "else": {"required": ["weights"]},
                },
            },
            "activation": _function(
                keys.LAYER["activation"].about, [*ACTIVATIONS.values()], ACTIVATION_ALIASES, keys.ACTIVATION
            ),
            "loss": _function(keys.TOP["loss"].about, [*LOSSES.values()], {}, keys.LOSS),
            "decay": _or_block(_number(least=0), keys.DECAY),
            "optimizer": _function(keys.TOP["optimizer"].about, [*OPTIMIZERS.values()], {}, keys.OPTIMIZER),
            "conventions": _block(keys.CONVENTIONS),
            "symbols": _block(keys.SYMBOLS),
            "points": _pointed("object"),
            "ask": {**_pointed("array", "object"), **_named()},
            "names": {"type": "array", **_named()},
        },
    )


def _what_is_stated() -> list[Schema]:
    """Conditions on what is given in place of inputs and weights, or of targets and loss."""
    from_S = {"type": "object", "required": ["pre_activations"]}
    layers = {"title": "layers", "description": keys.TOP["layers"].about}
    first = {"layers": {**layers, "prefixItems": [from_S], "minItems": 1}}
    others = {"layers": {**layers, "prefixItems": [True], "items": {"not": from_S}}}
    return [
        {
            "if": {"properties": first, "required": ["layers"]},
            "then": _none_of("inputs"),
            "else": {"required": ["inputs"]},
        },
        {"properties": others},
        {"if": {"required": ["output_gradient"]}, "then": _none_of("targets", "loss")},
    ]


def _none_of(*names: str) -> Schema:
    """An object without these keys."""
    return {"allOf": [{"not": {"required": [name]}} for name in names]}


def answers_schema(labels: Mapping[str, str], wrapper: str) -> Schema:
    """The schema of answer sheets.

    labels: keys of texts, and what each is. wrapper: the key of a block with all answers.

    Which quantities there are, and their shapes, depend on the exercise: of these it says nothing.
    """
    steps = r"^ *[sS][tT][eE][pP] *[1-9][0-9]*$"
    told = {label: {"title": label, "description": about, **_TEXT} for label, about in labels.items()}
    block = {
        "title": wrapper,
        "description": "All answers, where they do not stand at the top.",
        **_answers(told, steps),
        "type": ["object", "null"],
    }
    figure = _number()
    figure["type"] = [*figure["type"], "null"]
    return _document(
        "answers",
        "Figures by quantity, or by cell; ~ where there is none.",
        _answers({**told, wrapper: block}, steps),
        {
            "matrix": {
                "title": "matrix",
                "description": "The figures of a quantity, ~ where there is none.",
                **_matrix(figure, _FIGURE, blanks=True),
            },
            "cell": _cell(figure),
            "step": {
                "title": "step",
                "description": "The answers of one step of several.",
                **_answers({}, "(?!)"),
                "type": ["object", "null"],
            },
        },
    )


def _answers(others: Schema, steps: str) -> Schema:
    """An object with figures by quantity or by cell, and other keys.

    steps: a pattern for the keys of blocks of steps.
    """
    return {
        "type": "object",
        "properties": others,
        "patternProperties": {
            r"\[": _ref("cell"),
            steps: _ref("step"),
            rf"^(?!(?:{'|'.join(others) or '(?!)'})$)(?!{steps})[^\[]*$": _ref("matrix"),
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
            return _whole(least, most, _NUMBER)
        case keys.Words(words):  # editors read true and false as what they are
            return {"enum": [*words, *(word == "true" for word in words if word in keys.YES_OR_NO)]}


def _number(least: float = -inf) -> Schema:
    """A number, also as a fraction or with another minus, which are texts.

    One schema for both, as bounds concern numbers only and patterns texts: editors show each alternative.
    """
    pattern = rf"(?:\+?{_SIZE}|[{SIGNS}]{_ZERO})" if least == 0 else _NUMBER
    bounds = {"minimum": max(least, -_LARGEST), "maximum": _LARGEST}
    return {
        "type": ["number", "string"],
        **bounds,
        "maxLength": MAX_DIGITS + 10,
        "pattern": f"^{pattern}$",
    }


def _whole(least: int, most: int, pattern: str) -> Schema:
    bounds = {"minimum": least, "maximum": most}
    return {**_number(), "type": ["integer", "string"], **bounds, "pattern": f"^{pattern}$"}


def _pointed(*types: str) -> Schema:
    """An object with points for each key, or something else of these types."""
    points = {"title": "points", "description": "The points of the answer.", **_number(keys.POINTS.least)}
    return {"type": [*types], "additionalProperties": points}


def _named() -> Schema:
    """What a list of quantities is beside being one."""
    return {
        "minItems": 1,
        "items": {"title": "quantity", "description": "The name of a quantity.", "type": "string"},
    }


def _matrix(number: Schema, word: str, *, blanks: bool = False) -> Schema:
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


def _cell(figure: Schema) -> Schema:
    """One figure, which may stand in brackets."""
    one = {
        **figure,
        "type": [*figure["type"], "array"],
        "pattern": _text(_FIGURE, single=True),
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


def _or_block(other: Schema, table: Mapping[str, Key]) -> Schema:
    """Something that is no block, or a block with the keys of a table."""
    return {**_block(table), **other, "type": [*other["type"], "object"]}


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


def _function(
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
        parameter: {"title": parameter, "description": f"Default {number_text(default)}.", **_number()}
        for parameter, default in parameters
    }
    about = table["name"].about
    name = {"title": "name", "description": about, **_name(names, about)}
    return {"title": ", ".join(names), **_block(table, {"name": name, **others})}


def _name(names: Sequence[str], about: str) -> Schema:
    """One of the names; those in other letter cases are accepted, but not offered."""
    any_case = re.sub("[a-z]", lambda letter: f"[{letter[0]}{letter[0].upper()}]", "|".join(names))
    ways: list[Schema] = [
        {"title": "by name", "enum": list(names)},
        {"title": "in any letter case", "pattern": f"^(?:{any_case})$"},
    ]
    return {"type": "string", "anyOf": [{**way, "description": about} for way in ways]}
