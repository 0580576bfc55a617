"""The exercise format, and that of answer sheets, as JSON Schemas for editors that complete and check YAML.

Everything in a schema comes from the tables that the readers use. Every key and every choice has a title and
a description, as editors show those of the whole file where there are none.
"""

from collections.abc import Mapping
from typing import Literal

from mlpcalc.page.activations import ACTIVATION_ALIASES, ACTIVATIONS
from mlpcalc.page.losses import LOSSES
from mlpcalc.page.optimizers import OPTIMIZERS
from mlpcalc.page.spellings import name_pattern
from mlpcalc.reading import keys
from mlpcalc.reading import schema_parts as parts
from mlpcalc.reading.schema_parts import Schema

Subject = Literal["exercise", "answers"]
FILES: Mapping[Subject, tuple[str, str]] = {
    "exercise": ("mlpcalc.schema.json", "mlpcalc schema"),
    "answers": ("mlpcalc.answers.schema.json", "mlpcalc schema answers"),
}
"""What a schema is called where files refer to it, and the command that writes it."""

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
            **parts.block(keys.TOP),
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
            "matrix": {"title": "matrix", **parts.matrix(parts.number(), parts.NUMBER)},
            "classes": parts.matrix(
                parts.whole(keys.FIRST_CLASS, keys.MAX_CLASSES, parts.CLASS), parts.CLASS
            ),
            "targets": parts.or_block(parts.matrix(parts.number(), parts.NUMBER), keys.CLASSES),
            "layers": {
                "type": "array",
                "minItems": 1,
                "maxItems": keys.MAX_LAYERS,
                "items": {
                    "title": "layer",
                    "description": "One layer.",
                    **parts.block(keys.LAYER),
                    "dependentRequired": {"shared_bias": ["bias"]},
                    "if": {"required": ["pre_activations"]},
                    "then": _none_of("weights", "bias", "shared_bias"),
                    "else": {"required": ["weights"]},
                },
            },
            "activation": parts.function(
                keys.LAYER["activation"].about, [*ACTIVATIONS.values()], ACTIVATION_ALIASES, keys.ACTIVATION
            ),
            "loss": parts.function(keys.TOP["loss"].about, [*LOSSES.values()], {}, keys.LOSS),
            "decay": parts.or_block(parts.number(least=0), keys.DECAY),
            "optimizer": parts.function(
                keys.TOP["optimizer"].about, [*OPTIMIZERS.values()], {}, keys.OPTIMIZER
            ),
            "conventions": parts.block(keys.CONVENTIONS),
            "symbols": parts.block(keys.SYMBOLS),
            "points": parts.pointed("object"),
            "ask": {**parts.pointed("array", "object"), **parts.named()},
            "names": {"type": "array", **parts.named()},
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
        "description": "All answers, unless they are at the top level.",
        **_answers(told, steps),
        "type": ["object", "null"],
    }
    figure = parts.number()
    figure["type"] = [*figure["type"], "null"]
    return _document(
        "answers",
        "Figures by quantity, or by cell; ~ where there is none.",
        _answers({**told, wrapper: block}, steps),
        {
            "matrix": {
                "title": "matrix",
                "description": "The figures of a quantity, ~ where there is none.",
                **parts.matrix(figure, parts.FIGURE, blanks=True),
            },
            "cell": parts.cell(figure),
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
            r"\[": parts.ref("cell"),
            steps: parts.ref("step"),
            rf"^(?!(?:{'|'.join(others) or '(?!)'})$)(?!{steps})[^\[]*$": parts.ref("matrix"),
        },
        "propertyNames": {"pattern": r"^[^\[\]]+(?:\[\s*[0-9]+\s*(?:,\s*[0-9]+\s*)?\]\s*)?$"},
    }


def _document(subject: Subject, about: str, top: Schema, parts: Schema) -> Schema:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:mlpcalc:{subject}",
        "title": f"mlpcalc: {subject}",
        "description": about,
        **top,
        "$defs": parts,
    }
