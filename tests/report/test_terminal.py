"""What the terminal shows.

Each file golden/screens/NAME.txt begins with a command line, `$ COLUMNS=80 mlpcalc solve …`; the rest is
what that command prints. A new screen is a new file with that one line. After a change of the output

    GOLDEN=write python -m pytest tests/report/test_terminal.py

writes the screens anew; read the difference before you commit it.
"""

import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from mlpcalc import load, solve
from mlpcalc.arrays import Array
from mlpcalc.numerics.rounding import Digits, figure
from mlpcalc.report.blocks import Block, Formula, Header, Heading, Matrix, Note, Table
from mlpcalc.report.terminal import render
from mlpcalc.solving.report import solution_report
from mlpcalc.solving.selection import Selection
from tests.conftest import Run, without_noise
from tests.support.golden import assert_golden
from tests.support.terminal import in_a_terminal

ROOT = Path(__file__).parents[2]
SCREENS = sorted((Path(__file__).parents[1] / "golden" / "screens").glob("*.txt"))
EXERCISES = ("exercise1", "exercise2", "exercise3", "mazur", "insper")
WIDTHS = (200, 80, 60, 40)

FORWARD_ONLY = """\
title: No targets
inputs: [[1, -1]]
layers:
  - weights: [[2], [-0.5]]
    activation: softplus
"""
OVERFLOW = """\
title: Beyond the range
inputs: [[1e200, 1]]
targets: [[1, 1]]
layers:
  - weights: [[1]]
    activation: square
loss: squared_error
"""
LARGE = {
    "title": "Thirty units, twenty-five inputs",
    "inputs": [[(3 * i + 7 * j) % 11 / 10 for j in range(4)] for i in range(25)],
    "layers": [{"weights": [[((5 * i + 3 * j) % 13 - 6) / 100 for j in range(25)] for i in range(30)]}],
}
FILES = {
    "forward_only.yaml": FORWARD_ONLY,
    "overflow.yaml": OVERFLOW,
    "large.yaml": repr(LARGE),  # numbers, lists and quoted text are YAML as they are Python
}
Write = Callable[[str, str], Path]


def shown(blocks: list[Block], width: int = 80, *, full: bool = False) -> list[str]:
    """The lines that blocks take on a console of some width, without a terminal behind it."""
    file = io.StringIO()
    render(blocks, Console(width=width, file=file, highlight=False, markup=False, emoji=False), full=full)
    return file.getvalue().splitlines()


def matrix(values: Array, decimals: int = 4, formula: str = "S1 = W1 X") -> Matrix:
    height, length = values.shape
    return Matrix(
        formula=Formula(formula, formula),
        shape=f"{height}×{length}",
        values=values,
        rows=[str(i) for i in range(1, height + 1)],
        columns=[f"#{j}" for j in range(1, length + 1)],
        digits=Digits(decimals),
    )


def point_columns(lines: list[str]) -> list[set[int]]:
    """For each column of a matrix shown in one block, where its decimal points stand."""
    points = [[found.start() for found in re.finditer(r"\.", line)] for line in lines]
    return [set(column) for column in zip(*points, strict=True)]


# ---------------------------------------------------------------------------- whole screens


def test_there_are_screens() -> None:
    assert len(SCREENS) >= 12


@pytest.mark.parametrize("path", SCREENS, ids=lambda path: path.stem)
def test_a_screen_is_as_expected(path: Path, run: Run, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    command = path.read_text(encoding="utf-8").partition("\n")[0]
    width, program, *arguments = shlex.split(command.removeprefix("$ "))
    assert program == "mlpcalc"
    monkeypatch.setenv("COLUMNS", width.removeprefix("COLUMNS="))
    for name, content in FILES.items():
        if name in arguments:
            write(name, content)
    result = run(*arguments)
    assert (result.code, result.err) == (0, "")
    screen = "".join(line.rstrip() + "\n" for line in result.out.splitlines())
    assert_golden(screen, path, first=f"{command}\n", but_for=without_noise)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", EXERCISES)
def test_no_line_is_wider_than_the_terminal(name: str, width: int) -> None:
    report = solution_report(solve(load(name)), Selection(details=True))
    lines = shown(list(report.blocks()), width)
    assert [line for line in lines if len(line) > width] == []


@pytest.mark.parametrize("name", EXERCISES)
def test_no_zero_has_a_minus(name: str) -> None:
    lines = shown(list(solution_report(solve(load(name)), Selection(details=True)).blocks()))
    assert [line for line in lines if re.search(r"-0\.0+(?!\d)", line)] == []


def test_a_long_title_stays_within_the_terminal() -> None:
    lines = shown([Header("A title of several words " * 8, "sheet.yaml")], 60)
    assert [line for line in lines if len(line) > 60] == []
    assert " ".join(" ".join(lines).split()) == "A title of several words " * 8 + "sheet.yaml"


# ---------------------------------------------------------------------------- figures


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0.12345, 4, "0.1235"),
        (-0.00005, 4, "-0.0001"),
        (0.00005, 4, "0.0001"),
        (2.5, 0, "3"),
        (-2.5, 0, "-3"),
        (1.005, 2, "1.01"),
        (0.1 + 0.2, 1, "0.3"),
        (0.15 - 1e-17, 1, "0.2"),
        (0.12344999, 4, "0.1234"),
        (-0.0, 4, "0.0000"),
        (0.0, 0, "0"),
        (6.9e-13, 4, "6.9e-13"),
        (-6.94e-13, 4, "-6.9e-13"),
        (0.00004, 4, "4.0e-05"),
        (0.99996, 4, "1.0000"),
        (123456.78901, 4, "123456.7890"),
        (float("inf"), 4, "∞"),
        (float("-inf"), 4, "-∞"),
    ],
)
def test_a_figure_is_rounded_as_on_paper(value: float, decimals: int, text: str) -> None:
    assert figure(value, decimals) == text


def test_a_tiny_value_is_not_shown_as_zero() -> None:
    lines = shown([matrix(np.array([[6.9e-13, 0.25]]))])
    assert lines[-1].split() == ["1", "6.9e-13", "0.2500"]


# ---------------------------------------------------------------------------- matrices


@pytest.mark.parametrize(
    "values",
    [
        [[0.5, -12.25], [-100.125, 3.0]],
        [[6.9e-13, 0.25], [0.5, -6.9e-13]],
        [[123456.5, 0.5], [-0.5, 2.0]],
    ],
    ids=["sizes", "tiny", "large"],
)
def test_decimal_points_stand_under_one_another(values: list[list[float]]) -> None:
    lines = shown([matrix(np.array(values))])[-2:]
    assert [len(points) for points in point_columns(lines)] == [1, 1]


def test_decimal_points_of_givens_stand_under_one_another_as_typed(run: Run, write: Write) -> None:
    write("typed.yaml", "inputs: [[0.5, 10.25], [1.125, 3.5]]\nlayers:\n  - weights: [[1, 1]]\n")
    lines = run("solve", "typed.yaml", "--only", "X").out.splitlines()[-2:]
    assert [line.split() for line in lines] == [["1", "0.5", "10.25"], ["2", "1.125", "3.5"]]
    assert [len(points) for points in point_columns(lines)] == [1, 1]


def test_a_figure_without_a_point_ends_where_the_points_of_others_are(run: Run, write: Write) -> None:
    write("typed.yaml", "inputs: [[0.5], [12]]\nlayers:\n  - weights: [[1, 1]]\n")
    first, second = run("solve", "typed.yaml", "--only", "X").out.splitlines()[-2:]
    assert first.index(".") == second.index("12") + 2


def test_column_labels_end_where_the_figures_end() -> None:
    labels, row = shown([matrix(np.array([[0.25, -0.5]]))])[-2:]
    assert [match.end() for match in re.finditer(r"#\d", labels)] == [
        match.end() for match in re.finditer(r"\d\.\d{4}", row)
    ]


@pytest.mark.parametrize("width", [200, 80, 40, 25])
def test_a_wide_matrix_is_cut_between_columns_and_never_within_a_figure(width: int) -> None:
    values = np.random.default_rng(7).normal(scale=300, size=(3, 17))
    lines = shown([matrix(values)], width)
    assert max(map(len, lines)) <= width
    rows: dict[str, list[str]] = {"1": [], "2": [], "3": []}
    labels: list[str] = []
    for line in lines:
        words = line.split()
        if words and words[0] in rows:
            rows[words[0]] += words[1:]
        else:
            labels += [word for word in words if word.startswith("#")]
    assert labels == [f"#{j}" for j in range(1, 18)]
    assert list(rows.values()) == [[figure(value, 4) for value in row] for row in values.tolist()]


def test_blocks_of_columns_are_apart_by_an_empty_line() -> None:
    lines = shown([matrix(np.ones((2, 12)))], 60)
    (second,) = [i for i, line in enumerate(lines) if "#7" in line.split()[:1]]
    assert lines[second - 1] == ""


def test_a_large_matrix_is_shown_in_part_and_says_so() -> None:
    values = np.random.default_rng(7).normal(size=(25, 30))
    lines = shown([matrix(values)])
    assert len(lines) < 20
    assert any("…" in line for line in lines)
    low, high = figure(values.min(), 4), figure(values.max(), 4)
    assert lines[-1] == f"in part, of 25×30; min {low}, max {high}; --full shows all"


@pytest.mark.parametrize("width", [200, 80, 40])
def test_a_large_matrix_in_part_stays_within_the_terminal(width: int) -> None:
    values = np.random.default_rng(7).normal(scale=1000, size=(25, 30))
    assert [line for line in shown([matrix(values)], width) if len(line) > width] == []


def test_a_large_matrix_in_part_shows_its_corners() -> None:
    values = np.random.default_rng(7).normal(size=(25, 30))
    lines = [line.split() for line in shown([matrix(values)])]
    first, last = (next(line for line in lines if line[:1] == [label]) for label in ("1", "25"))
    for row, words in ((0, first), (-1, last)):
        assert words[1] == figure(values[row, 0], 4)
        assert words[-1] == figure(values[row, -1], 4)


def test_full_shows_every_figure_of_a_large_matrix() -> None:
    values = np.random.default_rng(7).normal(size=(25, 30))
    words = " ".join(shown([matrix(values)], full=True)).split()
    for value in values.ravel().tolist():
        assert figure(value, 4) in words
    assert "…" not in words


def test_a_matrix_of_twenty_by_twenty_is_shown_whole() -> None:
    assert not any("…" in line for line in shown([matrix(np.ones((20, 20)))]))


def test_a_long_formula_is_continued_within_the_width() -> None:
    formula = "dZ1 = " + " + ".join(["W2ᵀ Δ2"] * 20)
    lines = shown([matrix(np.ones((1, 2)), formula=formula)], 40)
    assert max(map(len, lines)) <= 40
    assert " ".join(" ".join(lines).split()).startswith(f"{formula} 1×2")


# ---------------------------------------------------------------------------- text from files


def test_markup_in_a_title_is_text(run: Run, write: Write) -> None:
    title = "[bold]loud[/bold] [/] :smile: [link=x]"
    write("x.yaml", f"title: '{title}'\ninputs: [[1]]\nlayers:\n  - weights: [[1]]\n")
    assert run("solve", "x.yaml").out.startswith(title)


def test_markup_is_text_in_every_kind_of_block() -> None:
    text = "[red]x[/red] :smile:"
    blocks: list[Block] = [
        Header(text, text, [[text]]),
        Heading(text.lower()),
        matrix(np.ones((1, 1)), formula=text),
        Table((text,), [[text]]),
        Note(text),
    ]
    lines = "\n".join(shown(blocks))
    assert lines.lower().count(text) == 8


@pytest.mark.parametrize("control", ["\\e[31m", "\\u202e", "\\u200b", "\\x07", "\\r", "\\u2028"])
def test_control_characters_of_a_title_do_not_reach_the_terminal(
    control: str, run: Run, write: Write
) -> None:
    write("x.yaml", f'title: "a{control}b"\ninputs: [[1]]\nlayers:\n  - weights: [[1]]\n')
    line = run("solve", "x.yaml").out.split("\n")[0]
    assert line.isprintable()


# ---------------------------------------------------------------------------- overflow


def test_overflow_is_shown_and_noted(run: Run, write: Write) -> None:
    write("x.yaml", OVERFLOW)
    result = run("solve", "x.yaml", "--only", "S1,Z1")
    assert (result.code, result.err) == (0, "")
    assert "∞" in result.out
    assert result.out.endswith("outside the range of double precision: cells of Z1\n")


# ---------------------------------------------------------------------------- encodings and terminals


def program(
    environment: dict[str, str], *arguments: str, folder: Path
) -> "subprocess.CompletedProcess[bytes]":
    kept = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "FORCE_COLOR"}}
    return subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-m", "mlpcalc", *arguments],
        cwd=folder,
        env=kept | {"PYTHONPATH": str(ROOT), "COLUMNS": "80"} | environment,
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize("name", ["exercise2", "exercise3"])
def test_an_ascii_output_spells_the_signs_out(name: str, tmp_path: Path) -> None:
    completed = program({"PYTHONIOENCODING": "ascii"}, "solve", name, "--all", folder=tmp_path)
    text = completed.stdout.decode("ascii")
    assert (completed.returncode, completed.stderr) == (0, b"")
    assert "Delta1 = " in text
    assert "^T" in text
    assert "?" not in text
    assert max(map(len, text.splitlines())) <= 80


def test_separators_of_facts_do_not_look_like_products_in_ascii(tmp_path: Path) -> None:
    completed = program({"PYTHONIOENCODING": "ascii"}, "solve", "exercise2", folder=tmp_path)
    assert b"relu * identity" not in completed.stdout


def test_an_error_is_spelled_out_in_ascii_too(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(
        "inputs: [[1]]\nlayers:\n  - weights: [[1]]\nloss: mse\n", encoding="utf-8"
    )
    completed = program({"PYTHONIOENCODING": "ascii"}, "solve", "x.yaml", folder=tmp_path)
    assert completed.returncode == 2
    assert "1/2 sum (Y-T)^2" in completed.stderr.decode("ascii")


def test_a_pipe_gets_no_escape_sequences(tmp_path: Path) -> None:
    completed = program({"TERM": "xterm-256color"}, "solve", "exercise2", folder=tmp_path)
    assert b"\x1b" not in completed.stdout


def test_a_terminal_gets_styles(tmp_path: Path) -> None:
    assert b"\x1b[1m" in in_a_terminal(tmp_path, "grad")


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["NO_COLOR", "dumb"])
def test_a_terminal_that_wants_it_plain_gets_no_escape_sequences(
    environment: dict[str, str], tmp_path: Path
) -> None:
    written = in_a_terminal(tmp_path, "grad", environment=environment)
    assert b"dW1" in written
    assert b"\x1b" not in written
