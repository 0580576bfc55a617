"""The exercise format as a JSON Schema, for editors that complete and check YAML."""

from collections.abc import Collection, Mapping
from typing import Any

from mlpcalc.page.functions import ACTIVATION_ALIASES, ACTIVATIONS, LOSSES, Activation, LossFunction
from mlpcalc.reading import keys

_SIZE = r"((0|[1-9][0-9]*)/[1-9][0-9]*|((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+−]?[0-9]+)?)"
_NUMBER = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": f"^[-+−]?{_SIZE}$"}]}
_ROW = {"type": "array", "items": {"$ref": "#/$defs/number"}, "minItems": 1}
_MATRIX = {
    "description": "A list of rows, a flat list, or text with a row a line or rows between semicolons.",
    "anyOf": [
        {"type": "string"},
        {"type": "number"},
        {"type": "array", "minItems": 1, "items": {"anyOf": [{"$ref": "#/$defs/number"}, _ROW]}},
    ],
}


def schema() -> dict[str, Any]:
    """The schema, draft 2020-12."""
    matrix, number = {"$ref": "#/$defs/matrix"}, {"$ref": "#/$defs/number"}
    layer = _object(
        keys.LAYER,
        {
            "weights": matrix,
            "bias": matrix,
            "activation": _function([*ACTIVATIONS, *ACTIVATION_ALIASES], ACTIVATIONS.values(), {}),
        },
        required=["weights"],
    )
    targets = {"anyOf": [matrix, _object(keys.CLASSES, {"classes": matrix}, required=["classes"])]}
    top = _object(
        keys.TOP,
        {
            "title": {"type": "string"},
            "source": {"type": "string"},
            "inputs": matrix,
            "targets": targets,
            "layers": {"type": "array", "minItems": 1, "maxItems": keys.MAX_LAYERS, "items": layer},
            "loss": _function(
                LOSSES,
                LOSSES.values(),
                {"factor": number, "average": {"enum": list(keys.AVERAGES)}, "l2": number},
            ),
            "learning_rate": number,
            "conventions": _object(
                keys.CONVENTIONS,
                {
                    "product": {"enum": list(keys.PRODUCTS)},
                    "delta": {"enum": list(keys.DELTAS)},
                    "average_in": {"enum": list(keys.AVERAGED_STEPS)},
                    "update_biases": {"type": "boolean"},
                },
            ),
            "points": {"type": "object", "additionalProperties": number},
            "symbols": _object(keys.SYMBOLS, {key: {"type": "string"} for key in keys.SYMBOLS}),
            "decimals": {"type": "integer", "minimum": 0, "maximum": keys.MAX_DECIMALS},
        },
        required=["inputs", "layers"],
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An mlpcalc exercise",
        **top,
        "$defs": {"number": _NUMBER, "matrix": _MATRIX},
    }


def _object(
    described: Mapping[str, str], types: Mapping[str, Any], required: Collection[str] = ()
) -> dict[str, Any]:
    """An object with the keys of a table, and no others."""
    properties = {key: {"description": described[key], **types[key]} for key in described}
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _function(
    names: Collection[str], records: Collection[Activation | LossFunction], more: Mapping[str, Any]
) -> dict[str, Any]:
    """A function by its name, or as a block with its parameters."""
    parameters = {name: {"$ref": "#/$defs/number"} for record in records for name, _ in record.parameters}
    block = {
        "type": "object",
        "properties": {"name": {"enum": list(names)}, **more, **parameters},
        "required": ["name"],
        "additionalProperties": False,
    }
    return {"anyOf": [{"enum": list(names)}, block]}
