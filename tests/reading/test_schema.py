"""`mlpcalc schema`: a valid JSON Schema that accepts what the reader accepts, and no unknown keys."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpcalc import load, solve
from mlpcalc.answers.statements import LABELS, WRAPPER
from mlpcalc.errors import InputError
from mlpcalc.page.activations import ACTIVATION_ALIASES, ACTIVATIONS
from mlpcalc.page.functions import Activation, LossFunction
from mlpcalc.page.losses import LOSSES
from mlpcalc.page.pages import page
from mlpcalc.page.spellings import spellings
from mlpcalc.reading import keys
from mlpcalc.reading.library import Found, bundled
from mlpcalc.reading.reader import read_exercise
from mlpcalc.reading.schema import Subject, answers_schema, exercise_schema
from mlpcalc.reading.source import Document
from tests.conftest import Run
from tests.reading.test_numerals import ACCEPTED
from tests.support.reading import parse_name, read_answers

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


SCHEMAS: dict[Subject, Any] = {"exercise": exercise_schema(), "answers": answers_schema(LABELS, WRAPPER)}
ANY_EXERCISE: Validator = jsonschema.Draft202012Validator(SCHEMAS["exercise"])
SHEETS: Validator = jsonschema.Draft202012Validator(SCHEMAS["answers"])
PRINTED = sorted(Path(__file__).parents[2].glob("exercises/*.answers.yaml"))
SOLUTION = solve(load("handout"))


@pytest.fixture(scope="module")
def validator() -> Validator:
    return ANY_EXERCISE


@pytest.mark.parametrize("subject", SCHEMAS)
def test_the_command_prints_the_schema_as_json(run: Run, subject: Subject) -> None:
    result = run("schema", subject)
    assert (result.code, result.err) == (0, "")
    printed = json.loads(result.out)
    jsonschema.Draft202012Validator.check_schema(printed)
    assert printed == json.loads(json.dumps(SCHEMAS[subject]))
    assert printed["$id"] == f"urn:mlpcalc:{subject}"
    if subject == "exercise":
        assert run("schema").out == result.out


@pytest.mark.parametrize(
    ("subject", "arguments"), [("exercise", ["new", "--sizes", "1,1"]), ("answers", ["sheet"])]
)
def test_files_that_are_written_say_where_their_schema_may_be(
    run: Run, write: Callable[[str, str], Path], subject: Subject, arguments: list[str]
) -> None:
    said = re.search(
        r"^# yaml-language-server: \$schema=(\S+)\n#.*: mlpcalc (.*) >\1$", run(*arguments).out, re.MULTILINE
    )
    assert said is not None
    file, command = said.groups()
    write(file, run(*command.split()).out)
    assert json.loads(Path(file).read_text(encoding="utf-8"))["$id"] == f"urn:mlpcalc:{subject}"


# ---------------------------------------------------------------------------- the reader and the schema


def read_by_editors(text: str) -> Any:  # noqa: ANN401  # what YAML holds
    return yaml.load(text, Loader=Yaml12)  # noqa: S506  # a safe loader with fewer types


def reader_accepts(text: str) -> bool:
    try:
        read_exercise(Document(text, "exercise.yaml"), "")
    except InputError:
        return False
    return True


def reader_accepts_answers(text: str) -> bool:
    """Whether a sheet is read to the last word, as it stands."""
    try:
        found = read_answers(Document(text, "sheet.yaml"), SOLUTION)
    except InputError:
        return False
    return not (found.not_understood or found.remarks)


SIZES = st.integers(1, 3)
CELLS = st.sampled_from(
    [
        "0",
        "1",
        "-0.5",
        "1e-3",
        "1/3",
        "−2",
        "'0.25'",
        "+1",
        ".5",
        "2.",
        "x",
        "~",
        "1/0",
        "[1]",
        "1_0",
        "007",
        "1e400",
    ]
)
RIGHT = st.sampled_from(["0", "1", "-0.5", "1e-3", "1/3", "−2", "'0.25'", "+1", ".5", "2."])
NUMBERS = st.one_of(RIGHT, CELLS)


@st.composite
def matrices(draw: st.DrawFn) -> str:
    """A matrix in one of the ways to write it; now and then a wrong one."""
    cells = draw(st.sampled_from([RIGHT, RIGHT, CELLS]))
    columns = draw(SIZES)
    rows = [
        [draw(cells) for _ in range(columns + draw(st.sampled_from([0, 0, 0, 0, 1])))]
        for _ in range(draw(SIZES))
    ]
    bare = [[cell.strip("'") for cell in row] for row in rows]
    return draw(
        st.sampled_from(
            [
                "[" + ", ".join("[" + ", ".join(row) + "]" for row in rows) + "]",
                "[" + ", ".join(rows[0]) + "]",
                '"' + "; ".join(" ".join(row) for row in bare) + '"',
                '"' + r"\n".join(", ".join(row) for row in bare) + '"',
                "[" + ", ".join('"' + " ".join(row) + '"' for row in bare) + "]",
                rows[0][0],
            ]
        )
    )


def blocks(entries: Mapping[str, st.SearchStrategy[str]]) -> st.SearchStrategy[str]:
    """Some of these keys with their values, in braces."""
    return st.fixed_dictionaries({}, optional=dict(entries)).map(
        lambda block: "{" + ", ".join(f"{key}: {value}" for key, value in block.items()) + "}"
    )


def words(*known: str) -> st.SearchStrategy[str]:
    return st.sampled_from([*known, *known, "nonsense", "~", "1"])


LAYERS = blocks(
    {
        "weights": matrices(),
        "pre_activations": st.one_of(matrices(), st.just("[[1]]")),
        "shared_bias": words("true", "false"),
        "bias": matrices(),
        "activation": st.one_of(
            words(*ACTIVATIONS, *ACTIVATION_ALIASES),
            blocks({"name": words(*ACTIVATIONS), "slope": NUMBERS}),
            blocks({"name": words("elu", "leaky_relu"), "alpha": NUMBERS}),
        ),
    }
)
POINTED = ("S1", "Δ1", "dL/dW1", "loss'", "net1", "S9", "X", "Y", "Q")
NAMES = st.lists(st.sampled_from(POINTED), max_size=3).map(lambda names: f"[{', '.join(names)}]")
DECAY_BLOCKS = blocks({"lambda": NUMBERS, "average": words(*keys.AVERAGES)})
LOSS_BLOCKS = {
    "name": words(*LOSSES),
    "factor": NUMBERS,
    "l2": st.one_of(NUMBERS, DECAY_BLOCKS),
    "average": words(*keys.AVERAGES),
}
EXERCISES = st.fixed_dictionaries(
    {
        "layers": st.lists(LAYERS, min_size=1, max_size=2).map(lambda a: f"[{', '.join(a)}]"),
    },
    optional={
        "inputs": matrices(),
        "title": words("'a title'", "2024", "true"),
        "targets": st.one_of(matrices(), matrices().map(lambda text: f"{{classes: {text}}}")),
        "loss": st.one_of(
            words(*LOSSES),
            blocks(LOSS_BLOCKS),
            blocks({"name": words("multiclass_hinge", "hinge"), "margin": NUMBERS}),
        ),
        "output_gradient": matrices(),
        "learning_rate": NUMBERS,
        "steps": words("1", "3", "0"),
        "optimizer": words("sgd", "adam", "{name: momentum, mu: 0.5}"),
        "decimals": words("0", "4", "15", "16", "2.0", "'3'", "2.5", "-1"),
        "conventions": blocks(
            {
                "product": words(*keys.PRODUCTS),
                "delta": words(*keys.DELTAS),
                "update_biases": words("true", "'false'"),
            }
        ),
        "symbols": blocks({"S": words("Z", "net"), "Z": words("A", "out"), "Delta": words("δ", "L", "err")}),
        "points": blocks(dict.fromkeys(POINTED, NUMBERS)),
        "ask": st.one_of(NAMES, blocks(dict.fromkeys(POINTED, NUMBERS))),
        "given": NAMES,
        "significant": words("1", "4", "15", "16", "'3'", "0"),
    },
).map(lambda top: "\n".join(f"{key}: {value}" for key, value in top.items()))


@settings(max_examples=150, deadline=None)
@given(EXERCISES)
def test_what_the_reader_accepts_satisfies_the_schema(text: str) -> None:
    if reader_accepts(text):
        assert [
            *jsonschema.Draft202012Validator(SCHEMAS["exercise"]).iter_errors(read_by_editors(text))
        ] == []


TYPESET = ["Δ1", "δ1", "∂L/∂W1", "dE/db1", "S₁", "W1'", "W1′", "L'", "f1'", "f1'(S1)", "f'_1", "f_1'", " S1 "]


@pytest.mark.slow
@pytest.mark.parametrize("found", list(bundled()), ids=lambda found: found.file)
def test_names_that_the_reader_accepts_satisfy_the_schema(validator: Validator, found: Found) -> None:
    exercise = load(found.file)
    depth = len(exercise.layers)
    known = {symbol.plain: symbol for symbol in [*exercise.givens(), *page(exercise.network)]}
    for name in spellings(known, depth, {}):
        assert validator.is_valid({**EXERCISE, "points": {name: 1}}), name
    if found.file == "mazur.yaml":
        for name in TYPESET:
            assert parse_name(name, known, depth).plain
            assert validator.is_valid({**EXERCISE, "points": {name: 1}}), name


FAULTS = {
    "ragged rows": "inputs: [[1, 2], [3]]",
    "a ragged row of many": f"inputs: [{[1] * 12}, {[1] * 11}]",
    "a word in a text": "inputs: 1 2; 3 x",
    "a row of rows": "inputs: [[[1]]]",
    "a blank cell": "inputs: [[1, ~]]",
    "no numbers": "inputs: ''",
    "a parameter of another activation": "layers: [{weights: 1, activation: {name: leaky_relu, alpha: 1}}]",
    "a parameter of no activation": "layers: [{weights: 1, activation: {name: relu, slope: 1}}]",
    "a parameter of another loss": "loss: {name: squared_error, margin: 1}",
    "a negative l2": "loss: {name: squared_error, l2: -0.1}",
    "a negative l2 in a block": "loss: {name: squared_error, l2: {lambda: -0.1}}",
    "a weight decay without λ": "loss: {name: squared_error, l2: {average: samples}}",
    "a weight decay averaged otherwise": "loss: {name: squared_error, l2: {lambda: 1, average: entries}}",
    "a negative l2 as text": "loss: {name: squared_error, l2: -1/10}",
    "class 0": "targets: {classes: [0]}",
    "class 0 as text": "targets: {classes: ['0']}",
    "half a class": "targets: {classes: [1.5]}",
    "a class beyond all": "targets: {classes: [10001]}",
    "points of an unknown quantity": "points: {Q1: 2}",
    "points of layer 0": "points: {S0: 2}",
    "negative points": "points: {S1: -2}",
    "an unknown quantity that is asked": "ask: [S1, Q1]",
    "nothing asked": "ask: []",
    "one quantity by itself": "ask: S1",
    "a matrix of quantities": "ask: [[S1]]",
    "negative points of what is asked": "ask: {S1: -2}",
    "an unknown quantity that is given": "given: [Q1]",
    "points of what is given": "given: {S1: 2}",
    "no significant digits": "significant: 0",
    "half a significant digit": "significant: 0.5",
    "decimals beside significant digits": "decimals: 3\nsignificant: 3",
    "points twice": "ask: {S1: 2}\npoints: {S1: 2}",
    "a symbol that is taken": "symbols: {S: f}",
    "a long symbol": "symbols: {S: preactivation}",
    "an unknown convention": "conventions: {product: X * W}",
    "neither true nor false": "conventions: {update_biases: never}",
    "no such average": "loss: {name: squared_error, average: sample}",
    "an infinite rate": "learning_rate: 1e301",
    "a rate of many digits": "learning_rate: '0.0" + "1" * 80 + "'",
    "a layer of nothing": "layers: [{activation: relu}]",
    "pre-activations beside inputs": "layers: [{pre_activations: [[1]]}]",
    "pre-activations beside weights": "layers: [{pre_activations: [[1]], weights: [[1]]}]",
    "pre-activations of a later layer": "layers: [{weights: [[1]]}, {pre_activations: [[1]]}]",
    "a gradient beside the loss": "output_gradient: [[1]]",
    "a shared bias without a bias": "layers: [{weights: [[1]], shared_bias: true}]",
    "a title with keys": "title: {a: b}",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_refused_by_the_reader_and_by_the_schema(validator: Validator, fault: str) -> None:
    right = {
        "inputs": "[[1]]",
        "targets": "[[1]]",
        "layers": "[{weights: [[1]]}]",
        "loss": "squared_error",
        "learning_rate": "0.1",
    }
    assert reader_accepts("\n".join(f"{key}: {value}" for key, value in right.items()))
    key, _, value = FAULTS[fault].partition(": ")
    text = "\n".join(f"{key}: {value}" for key, value in {**right, key: value}.items())
    assert not reader_accepts(text)
    assert not validator.is_valid(read_by_editors(text))


# ---------------------------------------------------------------------------- answer sheets


@pytest.mark.parametrize(
    "path", [*Path(__file__).parents[2].glob("exercises/*.answers.yaml")], ids=lambda p: p.name
)
def test_answers_that_come_along_satisfy_the_schema(path: Path) -> None:
    assert [*SHEETS.iter_errors(read_by_editors(path.read_text(encoding="utf-8")))] == []


def test_a_blank_sheet_satisfies_the_schema(run: Run) -> None:
    assert [*SHEETS.iter_errors(read_by_editors(run("sheet", "mazur", "--all").out))] == []


SHEET_KEYS = ["S1", "Δ1", "loss", "S1[1,1]", "b1[1]", "S1[ 2 , 1 ]", "student", "exercise", "S1[x]", "[1]"]
BLANKS = ["~", "''", "'\\n, ;'", "[]", "[[]]", "[[], []]", "[~, 1]", "[[~], [1, 2]]", "1; ~", "' 1;'"]


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(st.sampled_from(SHEET_KEYS), st.one_of(matrices(), st.sampled_from(BLANKS)), min_size=1),
    st.booleans(),
)
def test_answers_that_the_reader_accepts_satisfy_the_schema(
    entries: Mapping[str, str], wrapped: bool
) -> None:
    indent = "  " if wrapped else ""
    text = ("answers:\n" if wrapped else "") + "\n".join(
        f"{indent}{json.dumps(k, ensure_ascii=False)}: {v}" for k, v in entries.items()
    )
    if reader_accepts_answers(text):
        assert [*SHEETS.iter_errors(read_by_editors(text))] == []


@pytest.mark.parametrize(
    "text",
    [
        "S1: [[1, 2], [3]]",
        "S1: [[1, x]]",
        "S1: 1 2; 3 x",
        "S1: {a: 1}",
        "student: [a]",
        "S1[1]x: 2",
        "S1[1,2,3]: 2",
        "S1[1,1]: [1, 2]",
        "S1[1,1]: x",
        "answers: [1]",
        "answers: {S1: x}",
        "[1]",
        "S1: true",
        "S1: 0,5",
    ],
)
def test_a_fault_in_a_sheet_is_refused_by_the_reader_and_by_the_schema(text: str) -> None:
    assert not reader_accepts_answers(text)
    assert not SHEETS.is_valid(read_by_editors(text))


# ---------------------------------------------------------------------------- what editors show


def _choices(node: Any, place: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401  # JSON
    """Every alternative of a schema that a person may be shown, and every property."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key == "properties" and place.rpartition("/")[2] not in ("then", "properties"):
                yield from ((f"{place}/{name}", each) for name, each in value.items())
            if key == "anyOf" and "type" not in node and not place.endswith("/items"):
                yield from ((f"{place}/{key}/{i}", each) for i, each in enumerate(value))
            yield from _choices(value, f"{place}/{key}")
    if isinstance(node, list):
        for i, value in enumerate(node):
            yield from _choices(value, f"{place}/{i}")


@pytest.mark.parametrize("subject", SCHEMAS)
def test_every_key_and_every_choice_says_what_it_is(subject: Subject) -> None:
    found = [*_choices(SCHEMAS[subject])]
    assert found
    for place, each in found:
        assert each.get("title"), place
        assert each.get("description"), place


def test_the_choices_of_a_value_have_titles_of_their_own() -> None:
    titles: dict[str, list[str]] = {}
    for place, each in _choices(exercise_schema()):
        if "/anyOf/" in place:
            titles.setdefault(place.rpartition("/")[0], []).append(each["title"])
    assert titles
    for own in titles.values():
        assert len(set(own)) == len(own)


def test_a_table_describes_its_keys() -> None:
    top = exercise_schema()
    for table, properties in (
        (keys.TOP, top["properties"]),
        (keys.LAYER, top["$defs"]["layers"]["items"]["properties"]),
        (keys.CONVENTIONS, top["$defs"]["conventions"]["properties"]),
        (keys.LOSS, top["$defs"]["loss"]["anyOf"][1]["properties"]),
    ):
        assert {name: key.about for name, key in table.items()} == {
            name: properties[name]["description"] for name in table
        }


# ---------------------------------------------------------------------------- what it accepts


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
    assert key in dict(_properties(exercise_schema()))


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
