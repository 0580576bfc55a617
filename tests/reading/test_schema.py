"""`mlpcalc schema`: a valid JSON Schema that accepts what the reader accepts, and no unknown keys."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

import jsonschema
import pytest
import yaml

from mlpcalc.page.functions import ACTIVATION_ALIASES, ACTIVATIONS, LOSSES, Activation, LossFunction
from mlpcalc.reading import keys
from mlpcalc.reading.library import Found, bundled
from mlpcalc.reading.schema import schema
from tests.conftest import Run
from tests.reading.test_numerals import ACCEPTED

EXERCISE: dict[str, Any] = {
    "title": "Two layers",
    "source": "here",
    "inputs": [[0.75, 0.2], ["1/3", "1e-3"]],
    "targets": [[1, -1]],
    "layers": [
        {"weights": "0.6 0.01; 0.7 0.43", "bias": 0.1, "activation": {"name": "leaky_relu", "slope": 0.2}},
        {"weights": [0.02, 0.03], "bias": [0.1], "activation": "linear"},
    ],
    "loss": {"name": "squared_error", "factor": "1/2", "average": "samples", "l2": 0.01},
    "learning_rate": 0.5,
    "decimals": 4,
}


class Validator(Protocol):
    """What is used of a validator of jsonschema, which ships no types."""

    def is_valid(self, instance: object) -> bool: ...

    def iter_errors(self, instance: object) -> Iterable[Exception]: ...


class Yaml12(yaml.SafeLoader):
    """What editors read: YAML 1.2 with its core schema, where 1e-3 is a number and `no` a word."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  # PyYAML's own


Yaml12.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"[-+]?[0-9]+$"), list("-+0123456789"))
Yaml12.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$"),
    list("-+.0123456789"),
)
Yaml12.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("(true|false)$"), list("tf"))
Yaml12.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("(~|null|)$"), ["~", "n", ""])


@pytest.fixture(scope="module")
def validator() -> Validator:
    made: Validator = jsonschema.Draft202012Validator(schema())
    return made


def test_the_command_prints_the_schema_as_json(run: Run) -> None:
    result = run("schema")
    assert (result.code, result.err) == (0, "")
    printed = json.loads(result.out)
    jsonschema.Draft202012Validator.check_schema(printed)
    assert printed == json.loads(json.dumps(schema()))


@pytest.mark.parametrize("found", list(bundled()), ids=lambda found: found.file)
def test_a_bundled_exercise_satisfies_the_schema(validator: Validator, found: Found) -> None:
    content = yaml.load(found.data, Loader=Yaml12)  # noqa: S506  # a safe loader with fewer types
    assert list(validator.iter_errors(content)) == []


def test_an_exercise_with_all_keys_satisfies_the_schema(validator: Validator) -> None:
    assert list(validator.iter_errors(EXERCISE)) == []


@pytest.mark.parametrize("text", ACCEPTED)
def test_a_number_that_the_reader_accepts_satisfies_the_schema(validator: Validator, text: str) -> None:
    assert validator.is_valid({**EXERCISE, "learning_rate": text})


@pytest.mark.parametrize("text", ["x", "nan", "0,5", "1:30", "1_0", "", "1/0", "010"])
def test_a_number_that_the_reader_refuses_fails_the_schema(validator: Validator, text: str) -> None:
    assert not validator.is_valid({**EXERCISE, "learning_rate": text})


@pytest.mark.parametrize(
    "changes",
    [
        {"learning_rte": 0.5},
        {"layers": [{"weights": [[1]], "activaton": "relu"}]},
        {"loss": {"name": "squared_error", "mean": "samples"}},
        {"targets": {"classes": [1], "names": ["cat"]}},
        {"layers": [{"weights": [[1]], "activation": {"name": "relu", "steepness": 1}}]},
    ],
)
def test_an_unknown_key_fails_the_schema(validator: Validator, changes: Mapping[str, Any]) -> None:
    assert not validator.is_valid({**EXERCISE, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"layers": []},
        {"layers": [{}]},
        {"layers": [{"weights": [[1]], "activation": "rellu"}]},
        {"loss": "mse"},
        {"loss": {"factor": 1}},
        {"loss": {"name": "squared_error", "average": "sample"}},
        {"decimals": 16},
        {"decimals": 2.5},
        {"inputs": {}},
        {"inputs": [[[1]]]},
        {"inputs": []},
        {"targets": {}},
    ],
)
def test_a_wrong_value_fails_the_schema(validator: Validator, changes: Mapping[str, Any]) -> None:
    assert not validator.is_valid({**EXERCISE, **changes})


@pytest.mark.parametrize("key", ["inputs", "layers"])
def test_a_missing_key_fails_the_schema(validator: Validator, key: str) -> None:
    assert not validator.is_valid({name: value for name, value in EXERCISE.items() if name != key})


def _properties(node: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401  # JSON
    """Every property of every object of the schema, by name."""
    if isinstance(node, Mapping):
        yield from node.get("properties", {}).items()
        node = list(node.values())
    if isinstance(node, list):
        for item in node:
            yield from _properties(item)


TABLES = [table for name, table in vars(keys).items() if name.isupper() and isinstance(table, Mapping)]


@pytest.mark.parametrize("key", sorted({key for table in TABLES for key in table}))
def test_every_key_of_the_format_appears_in_the_schema(key: str) -> None:
    assert key in dict(_properties(schema()))


@pytest.mark.parametrize("key", keys.TOP)
def test_every_key_of_the_top_is_described(key: str) -> None:
    assert schema()["properties"][key]["description"] == keys.TOP[key]


@pytest.mark.parametrize("name", [*ACTIVATIONS, *ACTIVATION_ALIASES])
def test_every_activation_satisfies_the_schema(validator: Validator, name: str) -> None:
    assert validator.is_valid({**EXERCISE, "layers": [{"weights": [[1]], "activation": name}]})


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_satisfies_the_schema(validator: Validator, name: str) -> None:
    assert validator.is_valid({**EXERCISE, "loss": name})
    assert validator.is_valid({**EXERCISE, "loss": {"name": name, "factor": "1/2"}})


RECORDS: list[Activation | LossFunction] = [*ACTIVATIONS.values(), *LOSSES.values()]


@pytest.mark.parametrize(
    ("record", "parameter"),
    [(record, name) for record in RECORDS for name, _ in record.parameters],
    ids=lambda value: getattr(value, "name", value),
)
def test_every_parameter_of_a_function_satisfies_the_schema(
    validator: Validator,
    record: Activation | LossFunction,
    parameter: str,
) -> None:
    block = {"name": record.name, parameter: "1/4"}
    as_activation = {"layers": [{"weights": [[1]], "activation": block}]}
    changes = as_activation if record.name in ACTIVATIONS else {"loss": block}
    assert validator.is_valid({**EXERCISE, **changes})
