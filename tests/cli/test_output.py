"""What programs read: JSON, CSV, exit codes; and the help."""

import csv
import json
import math
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import click
import numpy as np
import pytest

from mlpcalc import load, solve
from mlpcalc.cli import cli
from mlpcalc.page.network import Average
from mlpcalc.page.optimizers import OPTIMIZERS
from mlpcalc.reading.keys import MAX_STEPS
from tests.conftest import Result, Run

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SOLVING = ("solve", "forward", "errors", "grad", "update")
STAGES = ["givens", "forward", "errors", "gradients", "update", "after"]
# Softmax, a bias in the first layer only, l2, an average: every kind of quantity.
WITH_BIASES = """\
title: Biases
inputs: [[1, 0.5, -1], [2, 0, 1]]
targets: {classes: [1, 2, 2]}
layers:
  - weights: [[0.1, 0.2], [0.3, -0.4], [0.5, 0.6]]
    bias: [0.1, 0, -0.1]
    activation: tanh
  - weights: [[1, 0, -1], [0.5, 0.5, 0.5]]
    activation: softmax
loss: {name: cross_entropy, average: samples, l2: 0.1}
learning_rate: 0.5
"""
FORWARD_ONLY = "inputs: [[1, -1]]\nlayers:\n  - weights: [[2]]\n    activation: sigmoid\n"
OVERFLOW = """\
inputs: [[1e200, 1]]
targets: [[1, 1]]
layers:
  - weights: [[1]]
    activation: square
loss: squared_error
"""
Write = Callable[[str, str], Path]


def data(result: Result) -> Any:  # noqa: ANN401  # JSON
    """The JSON that a run printed, all of standard output."""
    return json.loads(result.out, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


def records(result: Result) -> list[list[str]]:
    return list(csv.reader(result.out.splitlines()))


# ---------------------------------------------------------------------------- JSON


def test_json_has_the_title_the_conventions_and_the_quantities(run: Run) -> None:
    found = data(run("solve", "exercise2.yaml", "--format", "json"))
    assert found["exercise"] == "Exercise 2, one SGD step"
    assert found["conventions"] == {
        "product": "W X",
        "delta": "dL/dS",
        "average_in": "errors",
        "update_biases": True,
    }
    assert set(found["quantities"]["dW1"]) >= {"stage", "shape", "formula", "values"}


def test_json_has_the_published_figures_of_exercise_2(run: Run) -> None:
    values = {
        name: q["values"] for name, q in quantities(run("solve", "exercise2", "--format", "json")).items()
    }
    rounded = {
        name: np.round(np.array(values[name]), 4).tolist()
        for name in ("Delta2", "dW2", "dW1", "W1_new", "W2_new")
    }
    assert rounded == {
        "Delta2": [[-0.2254, -0.2472, 0.2658, 0.2515]],
        "dW2": [[-0.1029, -0.2060, 0.0176]],
        "dW1": [[-0.0034, -0.0041], [-0.0050, -0.0062], [-0.0376, 0.0018]],
        "W1_new": [[0.6017, 0.0121], [0.7025, 0.4331], [0.0188, 0.8791]],
        "W2_new": [[0.0715, 0.1330, 0.0812]],
    }
    assert (round(values["loss"], 4), round(values["loss_new"], 4)) == (0.4916, 0.4657)


def quantities(result: Result) -> Any:  # noqa: ANN401  # as above
    return data(result)["quantities"]


def test_json_has_full_precision(run: Run) -> None:
    found = quantities(run("solve", "exercise1", "--format", "json", "--precision", "2"))
    for name, value in solve(load("exercise1")).items():
        assert np.array_equal(np.array(found[name]["values"]), value)


def test_json_has_every_quantity_in_the_order_of_the_page(run: Run, write: Write) -> None:
    path = write("x.yaml", WITH_BIASES)
    found = quantities(run("solve", "x.yaml", "--format", "json"))
    assert list(found) == list(solve(load(str(path))))
    stages = [STAGES.index(quantity["stage"]) for quantity in found.values()]
    assert stages == sorted(stages)


def test_json_has_all_names_of_a_network_with_biases_and_softmax(run: Run, write: Write) -> None:
    write("x.yaml", WITH_BIASES)
    found = quantities(run("solve", "x.yaml", "--format", "json"))
    names = """X T W1 b1 W2 S1 Z1 S2 expS2 Z2 loss_terms losses loss err dZ2 Delta2 dZ1 fprime1 Delta1 dX
        dW2 dW1 db1 step_W2 W2_new step_W1 W1_new step_b1 b1_new S1_new Z1_new S2_new Z2_new loss_new"""
    assert set(found) == set(names.split())


def test_json_values_have_the_stated_shape(run: Run, write: Write) -> None:
    write("x.yaml", WITH_BIASES)
    found = quantities(run("solve", "x.yaml", "--format", "json"))
    assert {name: list(np.shape(q["values"])) for name, q in found.items()} == {
        name: q["shape"] for name, q in found.items()
    }
    shapes = {name: found[name]["shape"] for name in ("W1", "b1", "db1", "losses", "loss", "dW2", "dX")}
    assert shapes == {
        "W1": [3, 2],
        "b1": [3],
        "db1": [3],
        "losses": [3],
        "loss": [],
        "dW2": [2, 3],
        "dX": [2, 3],
    }


def test_json_formulas_are_those_of_the_table(run: Run) -> None:
    found = quantities(run("solve", "exercise2", "--format", "json"))
    assert found["dW1"]["formula"] == "dW1 = Δ1 Xᵀ"
    assert found["W1_new"]["formula"] in run("solve", "exercise2").out


@pytest.mark.parametrize(
    ("command", "stages"),
    [
        ("solve", set(STAGES)),
        ("forward", {"forward"}),
        ("errors", {"errors"}),
        ("grad", {"gradients"}),
        ("update", {"update"}),
    ],
)
def test_a_command_reports_its_stages(command: str, stages: set[str], run: Run) -> None:
    found = quantities(run(command, "exercise2", "--format", "json"))
    assert {quantity["stage"] for quantity in found.values()} == stages


def test_layer_picks_the_quantities_of_one_layer(run: Run) -> None:
    assert set(quantities(run("grad", "--layer", "1", "--format", "json"))) == {"dW1"}


def test_only_picks_quantities_in_any_spelling(run: Run) -> None:
    found = quantities(run("solve", "exercise2", "--only", "Δ1, W1'", "--only", "Y,L", "--format", "json"))
    assert list(found) == ["Z2", "loss", "Delta1", "W1_new"]


@pytest.mark.parametrize("command", ["grad", "errors", "update", "forward"])
def test_only_what_another_command_shows_is_refused(command: str, run: Run) -> None:
    result = run(command, "exercise2", "--only", "X", "--format", "json")
    assert result.code == 2
    assert "X" in data(result)["error"]["problems"][0]["message"]


def test_carry_reaches_json(run: Run) -> None:
    found = quantities(run("solve", "exercise1", "--carry", "2", "--only", "Z1,W1_new", "--format", "json"))
    cells = [cell for quantity in found.values() for row in quantity["values"] for cell in row]
    assert cells
    assert cells == [round(cell, 2) for cell in cells]


def test_carrying_no_decimals_shows_none(run: Run) -> None:
    lines = run("solve", "exercise2", "--only", "S1", "--carry", "0").out.splitlines()[-3:]
    assert [line.split() for line in lines] == [
        ["1", "0", "0", "0", "0"],
        ["2", "1", "0", "0", "0"],
        ["3", "1", "0", "1", "0"],
    ]


def test_what_is_not_finite_is_null_with_a_note(run: Run, write: Write) -> None:
    write("x.yaml", OVERFLOW)
    result = run("solve", "x.yaml", "--format", "json")
    assert (result.code, result.err) == (0, "")
    assert quantities(result)["Z1"]["values"] == [[None, 1.0]]
    assert quantities(result)["loss"]["values"] is None
    assert "double precision" in data(result)["notes"][0]


def test_json_is_ascii_and_so_valid_in_every_encoding(run: Run) -> None:
    assert run("solve", "exercise2", "--format", "json").out.isascii()


def test_json_has_no_negative_zeros(run: Run, write: Write) -> None:
    write("x.yaml", "inputs: [[0]]\nlayers:\n  - weights: [[-1]]\n")
    assert "-0.0" not in run("solve", "x.yaml", "--format", "json").out
    assert "-0.0" not in run("solve", "x.yaml", "--format", "csv").out


def test_a_forward_pass_alone_has_no_later_stages(run: Run, write: Write) -> None:
    write("x.yaml", FORWARD_ONLY)
    assert set(quantities(run("solve", "x.yaml", "--format", "json"))) == {"X", "W1", "S1", "Z1"}


def test_list_gives_the_bundled_exercises_as_data(run: Run) -> None:
    exercises = {row["name"]: row for row in data(run("list", "--format", "json"))["exercises"]}
    assert {"exercise1", "exercise2", "exercise3"} <= set(exercises)
    assert exercises["exercise2"]["size"] == "2-3-1"
    for name in exercises:
        assert run("solve", name).code == 0


def test_schema_is_json(run: Run) -> None:
    assert data(run("schema"))["$schema"] == "https://json-schema.org/draft/2020-12/schema"


# ---------------------------------------------------------------------------- CSV


def test_csv_has_a_line_for_each_cell(run: Run) -> None:
    assert run("solve", "exercise2.yaml", "--only", "dW2,loss", "--format", "csv").out.splitlines()[0] == (
        "quantity,row,column,value"
    )
    lines = records(run("solve", "exercise2.yaml", "--only", "dW1", "--format", "csv"))
    assert [line[:3] for line in lines[1:]] == [
        ["dW1", row, column] for row in ("1", "2", "3") for column in ("1", "2")
    ]


def test_csv_serves_a_shell_script_that_wants_the_loss(run: Run) -> None:
    header, loss = records(run("solve", "exercise2.yaml", "--only", "loss", "--format", "csv"))
    assert header == ["quantity", "row", "column", "value"]
    assert loss[:3] == ["loss", "", ""]
    assert float(loss[3]) == pytest.approx(0.49161194961875, rel=1e-12)


def test_csv_has_the_values_of_json_to_the_last_digit(run: Run, write: Write) -> None:
    write("x.yaml", WITH_BIASES)
    found = quantities(run("solve", "x.yaml", "--format", "json"))
    lines = records(run("solve", "x.yaml", "--format", "csv"))[1:]
    flat = [(name, value) for name, q in found.items() for value in np.ravel(q["values"]).tolist()]
    assert [(line[0], float(line[3])) for line in lines] == flat


def test_a_flat_list_is_a_column_in_csv(run: Run, write: Write) -> None:
    write("x.yaml", WITH_BIASES)
    lines = records(run("solve", "x.yaml", "--only", "db1", "--format", "csv"))[1:]
    assert [line[:3] for line in lines] == [["db1", "1", "1"], ["db1", "2", "1"], ["db1", "3", "1"]]


def test_what_is_not_finite_is_an_empty_field(run: Run, write: Write) -> None:
    write("x.yaml", OVERFLOW)
    lines = records(run("solve", "x.yaml", "--only", "Z1", "--format", "csv"))
    assert lines[1:] == [["Z1", "1", "1", ""], ["Z1", "1", "2", "1.0"]]


# ---------------------------------------------------------------------------- exit codes and errors


@pytest.mark.parametrize("command", SOLVING)
@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_what_works_exits_with_0_and_an_empty_standard_error(command: str, form: str, run: Run) -> None:
    result = run(command, "exercise2", "--format", form)
    assert (result.code, result.err) == (0, "")
    assert result.out


MISTAKES = (
    ("solve", "missing.yaml"),
    ("solve", "exercise2", "--only", "Q7"),
    ("solve", "exercise2", "--layer", "3"),
    ("solve", "exercise2", "--carry", "-1"),
    ("solve", "exercise2", "--precision", "many"),
    ("solve", "exercise2", "exercise3"),
    ("solve", "--nothing"),
    ("sole",),
    ("list", "exercise2"),
)


@pytest.mark.parametrize("arguments", MISTAKES, ids=" ".join)
def test_a_mistake_exits_with_2_and_is_explained_on_standard_error(
    arguments: tuple[str, ...], run: Run
) -> None:
    result = run(*arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err.strip()
    assert "Traceback" not in result.err


@pytest.mark.parametrize("arguments", MISTAKES, ids=" ".join)
def test_a_mistake_is_one_json_object_where_json_was_asked_for(arguments: tuple[str, ...], run: Run) -> None:
    result = run(*arguments, "--format", "json")
    assert (result.code, result.err) == (2, "")
    error = data(result)["error"]
    assert error["code"] == 2
    assert set(error["problems"][0]) >= {"file", "line", "column", "message", "hint"}


def test_a_problem_in_a_file_has_its_place_in_json(run: Run, write: Write) -> None:
    write("x.yaml", "inputs: [[1]]\nlayers:\n  - weights: [[x]]\n")
    (problem,) = data(run("solve", "x.yaml", "--format=json"))["error"]["problems"]
    assert (problem["file"], problem["line"], problem["column"]) == ("x.yaml", 3, 16)


def test_a_stage_that_the_exercise_does_not_reach_is_refused(run: Run, write: Write) -> None:
    write("x.yaml", FORWARD_ONLY)
    result = run("grad", "x.yaml")
    assert result.code == 2
    assert "targets" in result.err


def test_numerical_gradients_that_agree_exit_with_0(run: Run) -> None:
    result = run("grad", "exercise2", "--numeric", "--format", "json")
    numeric = data(result)["numeric"]
    assert (result.code, numeric["agrees"]) == (0, True)
    assert np.shape(numeric["parameters"]["W1"]["relative_error"]) == (3, 2)
    assert np.shape(numeric["parameters"]["W1"]["kink"]) == (3, 2)
    assert math.isfinite(numeric["worst"])


# ---------------------------------------------------------------------------- finding the exercise


def test_standard_input_is_an_exercise(run: Run) -> None:
    result = run("solve", "-", "--only", "Z1", "--format", "csv", stdin=FORWARD_ONLY.encode())
    assert [float(line[3]) for line in records(result)[1:]] == pytest.approx(
        [0.8807970779778823, 0.11920292202211755]
    )


def test_the_header_names_standard_input(run: Run) -> None:
    assert "standard input" in run("solve", "-", stdin=FORWARD_ONLY.encode()).out.splitlines()[0]


def test_in_an_empty_folder_the_bundled_exercise_2_is_taken_and_named(run: Run) -> None:
    result = run("grad", "--layer", "1")
    assert "exercise2.yaml (bundled)" in result.out
    assert [line.split()[1:] for line in result.out.splitlines()[-3:]] == [
        ["-0.0034", "-0.0041"],
        ["-0.0050", "-0.0062"],
        ["-0.0376", "0.0018"],
    ]


def test_the_only_exercise_of_a_folder_is_taken_and_named(run: Run, write: Write) -> None:
    write("mine.yaml", FORWARD_ONLY)
    write("answers.yaml", "student: s1\nZ1: 1 2\n")
    result = run("solve")
    assert result.code == 0
    assert "mine.yaml" in result.out.splitlines()[0]


def test_a_file_of_the_folder_comes_before_a_bundled_exercise(run: Run, write: Write) -> None:
    write("exercise2.yaml", FORWARD_ONLY)
    result = run("solve", "exercise2.yaml")
    assert "(bundled)" not in result.out
    assert "sigmoid" in result.out


# ---------------------------------------------------------------------------- the program


def program(*arguments: str, folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-m", "mlpcalc", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_python_m_mlpcalc_is_the_program(tmp_path: Path) -> None:
    completed = program("solve", "exercise2", "--only", "loss_new", folder=tmp_path)
    assert (completed.returncode, completed.stderr) == (0, "")
    assert completed.stdout.rstrip().endswith("0.4657")


def test_python_m_mlpcalc_passes_the_exit_code_on(tmp_path: Path) -> None:
    completed = program("solve", "missing.yaml", folder=tmp_path)
    assert (completed.returncode, completed.stdout) == (2, "")
    assert completed.stderr.startswith("no such file: missing.yaml\n")


@pytest.mark.parametrize("form", ["table", "csv"])
def test_a_reader_that_stops_early_causes_no_traceback(form: str, tmp_path: Path) -> None:
    big = {"inputs": [[0.5] * 300] * 20, "layers": [{"weights": [[0.25] * 20] * 40}]}
    (tmp_path / "big.yaml").write_text(json.dumps(big), encoding="utf-8")
    with subprocess.Popen(  # noqa: S603  # as above
        [sys.executable, "-m", "mlpcalc", "solve", "big.yaml", "--full", "--format", form],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""


def test_version(run: Run) -> None:
    assert run("--version").out == "mlpcalc, version 0.1.0\n"


# ---------------------------------------------------------------------------- help


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_names_every_command(flag: str, run: Run) -> None:
    result = run(flag)
    assert (result.code, result.err) == (0, "")
    assert set(cli.commands) <= set(re.findall(r"^  (\w+)  ", result.out, re.MULTILINE))


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_help_of_a_command_explains_it_and_each_option(command: str, run: Run) -> None:
    result = run(command, "--help")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(f"Usage: mlpcalc {command} ")
    assert run("help", command).out == result.out
    options = re.findall(r"^  (?:-\w, )?(--[\w-]+)(.*(?:\n {10,}.*)*)", result.out, re.MULTILINE)
    assert options
    for name, rest in options:
        assert re.search(r"\w{2,} \w+", rest), f"{name} is not explained"


def test_the_help_command_knows_the_program_and_suggests_a_command(run: Run) -> None:
    assert run("help").out == run("--help").out
    result = run("help", "sovle")
    assert (result.code, result.out) == (2, "")
    assert "Did you mean solve?" in result.err


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_the_readme_documents_a_command_and_each_of_its_options(command: str) -> None:
    assert f"| `{command}` |" in README
    for parameter in cli.commands[command].params:
        for name in parameter.opts:
            assert not name.startswith("--") or re.search(rf"{name}(?![\w-])", README), name


def test_an_infinite_loss_is_null_in_json(run: Run) -> None:
    network = b"inputs: [1]\ntargets: [0]\nlayers: [{weights: [1], activation: softmax}]\n"
    text = network + b"loss: binary_cross_entropy\n"
    result = run("solve", "-", "--only", "loss", "--format", "json", stdin=text)
    assert result.code == 0
    assert result.json["quantities"]["loss"]["values"] is None
    assert result.json["notes"]


def test_an_empty_selection_is_refused(run: Run) -> None:
    assert run("solve", "--only", "").code == 2


def test_as_many_steps_may_be_asked_for_as_an_exercise_may_have() -> None:
    for command in SOLVING:
        (steps,) = (option for option in cli.commands[command].params if "--steps" in option.opts)
        assert isinstance(steps.type, click.IntRange)
        assert steps.type.max == MAX_STEPS


def test_the_numerical_comparison_has_no_csv(run: Run) -> None:
    assert run("grad", "--numeric", "--format", "csv").code == 2


@pytest.mark.parametrize(("target", "code"), [("| true", 141), ("> /dev/full", 2)])
def test_an_output_that_cannot_be_written_is_no_disagreement(target: str, code: int) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    command = f"{sys.executable} -m mlpcalc solve exercise2 {target}; exit ${{PIPESTATUS[0]}}"
    completed = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)  # noqa: S603, S607  # our own command
    assert completed.returncode == code
    assert "Traceback" not in completed.stderr


@pytest.mark.parametrize(
    ("option", "known"), [("average", get_args(Average)), ("optimizer", tuple(OPTIMIZERS))]
)
def test_new_offers_what_the_tables_have(option: str, known: tuple[str, ...]) -> None:
    """The command line does not load the tables to say what they have."""
    (choice,) = (each.type for each in cli.commands["new"].params if each.name == option)
    assert isinstance(choice, click.Choice)
    assert tuple(choice.choices) == known
