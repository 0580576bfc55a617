"""Which exercise a command works on, and that the header says so."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from mlpcalc.errors import InputError
from mlpcalc.reading.library import bundled, find
from tests.conftest import Run

Write = Callable[[str, str | bytes], Path]

EXERCISE = "title: Mine\ninputs: [[1]]\nlayers:\n  - weights: [[2]]\n"
BUNDLED = "Exercise 2, one SGD step                                exercise2.yaml (bundled)"


def header(run: Run, *arguments: str, stdin: bytes = b"") -> str:
    result = run("solve", *arguments, stdin=stdin)
    assert (result.code, result.err) == (0, "")
    return result.out.splitlines()[0]


def test_a_path_is_taken_as_it_is(run: Run, write: Write) -> None:
    write("sheets/mine.txt", EXERCISE)
    assert header(run, "sheets/mine.txt").split() == ["Mine", "sheets/mine.txt"]


@pytest.mark.parametrize("name", ["exercise2", "exercise2.yaml"])
def test_a_bundled_exercise_is_found_by_its_name_with_and_without_yaml(run: Run, name: str) -> None:
    assert header(run, name) == BUNDLED


@pytest.mark.parametrize("name", [found.file.removesuffix(".yaml") for found in bundled()])
def test_every_bundled_exercise_is_solved_and_named_in_the_header(run: Run, name: str) -> None:
    result = run("solve", name)
    assert (result.code, result.err) == (0, "")
    assert f"{name}.yaml (bundled)" in "".join(result.out.splitlines()[:2])


def test_a_file_here_goes_before_a_bundled_one_of_that_name(run: Run, write: Write) -> None:
    write("exercise2.yaml", EXERCISE)
    assert header(run, "exercise2.yaml").split() == ["Mine", "exercise2.yaml"]
    assert header(run, "exercise2") == BUNDLED


@pytest.mark.parametrize("name", ["exercise4", "exercise2.yml", "../exercises/exercise2.yaml", "xercise2"])
def test_what_is_neither_a_file_nor_bundled_is_refused(run: Run, name: str) -> None:
    result = run("solve", name)
    assert result.code == 2
    assert result.err.startswith(f"no such file: {name}\n")
    assert "exercise1, exercise2, exercise3" in " ".join(result.err.split())


def test_a_dash_is_standard_input(run: Run) -> None:
    assert header(run, "-", stdin=EXERCISE.encode()).split() == ["Mine", "standard", "input"]


def test_a_dash_is_standard_input_even_where_there_is_an_exercise(run: Run, write: Write) -> None:
    write("here.yaml", EXERCISE)
    stdin = EXERCISE.replace("Mine", "Piped").encode()
    assert header(run, "-", stdin=stdin).split()[0] == "Piped"


@pytest.mark.parametrize("name", ["mine.yaml", "mine.yml"])
def test_without_a_name_the_only_exercise_of_the_folder_is_taken(run: Run, write: Write, name: str) -> None:
    write(name, EXERCISE)
    assert header(run).split() == ["Mine", name]


def test_without_a_name_several_exercises_are_listed(run: Run, write: Write) -> None:
    for name in ("b.yaml", "c.yml", "a.yaml"):
        write(name, EXERCISE)
    result = run("solve")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("there are 3 exercises in this folder\n")
    assert "a.yaml, b.yaml, c.yml" in result.err


def test_several_exercises_do_no_harm_where_one_is_named(run: Run, write: Write) -> None:
    for name in ("a.yaml", "b.yaml"):
        write(name, EXERCISE)
    assert header(run, "b.yaml").split() == ["Mine", "b.yaml"]


def test_in_an_empty_folder_it_is_the_bundled_exercise_2(run: Run) -> None:
    assert header(run) == BUNDLED


@pytest.mark.parametrize("command", ["solve", "forward", "errors", "grad", "update"])
def test_every_solving_command_says_which_exercise_it_took(run: Run, command: str) -> None:
    result = run(command)
    assert result.code == 0
    assert result.out.startswith(BUNDLED)


def test_json_says_which_exercise_it_took(run: Run, write: Write) -> None:
    write("mine.yaml", EXERCISE)
    data = json.loads(run("solve", "--format", "json").out)
    assert (data["exercise"], data["origin"]) == ("Mine", "mine.yaml")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("answers.yaml", "exercise: exercise2.yaml\nS1: 1 2\n"),
        ("nested.yaml", "model:\n  layers:\n    - weights: 1\n"),
        ("comment.yaml", "# layers:\ntitle: x\n"),
        ("similar.yaml", "layers_of_paint: 3\nmylayers: 2\n"),
        ("text.yaml", "title: the layers: a story\n"),
        ("empty.yaml", ""),
        ("binary.yaml", b"\xff\xfe\x00layers:"),
        ("exercise.txt", EXERCISE),
        ("exercise.json", EXERCISE),
        ("folder.yaml/inner.yaml", EXERCISE),
    ],
)
def test_what_is_no_exercise_file_is_passed_over(
    run: Run, write: Write, name: str, content: str | bytes
) -> None:
    write(name, content)
    assert header(run) == BUNDLED
    write("mine.yaml", EXERCISE)
    assert header(run).split() == ["Mine", "mine.yaml"]


@pytest.mark.parametrize(
    "content",
    [
        "layers:\n  - weights: [[2]]\ninputs: [[1]]\ntitle: Mine\n",
        "\ufefflayers:\n  - weights: [[2]]\ninputs: [[1]]\ntitle: Mine\n",
        "\"layers\":\n  - weights: [[2]]\n'inputs': [[1]]\ntitle: Mine\n",
        "layers :\n  - weights: [[2]]\ninputs: [[1]]\ntitle: Mine\n",
        EXERCISE.replace("\n", "\r\n"),
        EXERCISE.replace("\n", "\r"),
        "---\n" + EXERCISE,
    ],
    ids=["first key", "byte order mark", "quoted", "space before colon", "CRLF", "CR", "document marker"],
)
def test_layers_at_the_top_make_an_exercise_however_they_are_written(
    run: Run, write: Write, content: str
) -> None:
    write("mine.yaml", content)
    assert header(run).split() == ["Mine", "mine.yaml"]


def test_an_exercise_file_with_a_mistake_is_taken_and_complained_about(run: Run, write: Write) -> None:
    """Not the bundled one instead: the student would check against the wrong exercise."""
    write("mine.yaml", EXERCISE.replace("2", "x"))
    result = run("solve")
    assert result.code == 2
    assert result.err.startswith("mine.yaml:4:")


def test_a_folder_is_no_exercise(run: Run, write: Write) -> None:
    write("sheets/mine.yaml", EXERCISE)
    result = run("solve", "sheets")
    assert result.code == 2
    assert result.err == "sheets  this is a folder\n  expected an exercise file\n"


def test_control_characters_in_a_file_name_are_not_printed(run: Run, write: Write) -> None:
    write("a\x1b[31m\u202e.yaml", EXERCISE)
    result = run("solve")
    assert result.code == 0
    assert "\x1b" not in result.out
    assert "\u202e" not in result.out


def test_the_bundled_exercises_have_the_sheet_among_them_and_no_answer_files() -> None:
    files = [found.file for found in bundled()]
    assert {"exercise1.yaml", "exercise2.yaml", "exercise3.yaml"} <= set(files)
    assert files == sorted(files)
    assert not [file for file in files if "answers" in file]


def test_list_names_them_with_their_titles(run: Run) -> None:
    result = run("list")
    assert (result.code, result.err) == (0, "")
    for words in ("exercise1", "exercise2", "exercise3", "2-3-1", "Exercise 2, one SGD step"):
        assert words in result.out


def test_list_has_json(run: Run) -> None:
    rows = json.loads(run("list", "--format", "json").out)["exercises"]
    assert [f"{row['name']}.yaml" for row in rows] == [found.file for found in bundled()]
    (row,) = (row for row in rows if row["name"] == "exercise2")
    assert (row["size"], row["samples"], row["title"]) == ("2-3-1", 4, "Exercise 2, one SGD step")


def test_find_gives_the_bytes_of_the_file(write: Write) -> None:
    path = write("mine.yaml", EXERCISE)
    found = find(str(path))
    assert (found.data, found.file) == (EXERCISE.encode(), str(path))


def test_find_raises_an_input_error_for_what_is_not_there() -> None:
    with pytest.raises(InputError, match="no such file"):
        find("nothing.yaml")
