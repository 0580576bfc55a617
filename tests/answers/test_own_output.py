"""What `solve` prints of an exercise, handed in as homework: every figure is read, and right."""

import io
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from mlpcalc import load, solve
from mlpcalc.page.symbols import Stage
from mlpcalc.reading.library import bundled_names
from tests.conftest import Run

_ENDINGS = {"table": "txt", "csv": "csv", "json": "json", "markdown": "md", "latex": "tex", "python": "txt"}
_TOLD = {  # what is no answer, and is told
    ("cs231n_hinge.yaml", "latex"): "figures without a name",  # its formula stands on a line of its own
    ("exercise3.yaml", "latex"): "figures without a name",
}
_CASES = [
    pytest.param(name, form, marks=[] if form == "table" else [pytest.mark.slow])
    for name in bundled_names()
    for form in _ENDINGS
]


@pytest.mark.parametrize(("name", "form"), _CASES)
def test_own_output_is_homework_that_is_all_right(name: str, form: str, run: Run, tmp_path: Path) -> None:
    text = run("solve", name, "--format", form).out
    if form == "python":
        printed = io.StringIO()
        with redirect_stdout(printed):
            exec(compile(text, "script", "exec"), {})  # noqa: S102  # what is tested
        text = printed.getvalue()
    homework = tmp_path / f"homework.{_ENDINGS[form]}"
    homework.write_text(text, encoding="utf-8")
    solution = solve(load(name))
    stage = solution.exercise.network.stage
    shown = {
        symbol.plain
        for symbol in solution.symbols.values()
        if not symbol.spec.detail and stage(symbol) != Stage.GIVENS
    }
    (found,) = run("check", name, str(homework), "--format", "json").json["submissions"]
    verdicts = {name: each["verdict"] for name, each in found["quantities"].items()}
    assert shown <= verdicts.keys()
    assert set(verdicts.values()) == {"correct"}
    below_the_title = [each for each in found["not_understood"] if each["line"] > 1]
    assert [each["message"] for each in below_the_title] == [
        told for case, told in _TOLD.items() if case == (name, form)
    ]


def test_a_bias_that_a_layer_shares_is_read_from_its_table(run: Run, tmp_path: Path) -> None:
    exercise, homework = tmp_path / "exercise.yaml", tmp_path / "homework.txt"
    exercise.write_text(
        """
inputs: [[1, 2]]
targets: [[1, 0], [0, 2]]
layers: [{weights: [[1], [2]], bias: 0.5, shared_bias: true}]
loss: squared_error
learning_rate: 0.1
"""
    )
    homework.write_text(run("solve", str(exercise)).out)
    found = run("check", str(exercise), str(homework))
    assert "9 of 9 answered, all right" in found.out
    assert "Not understood" not in found.out
