"""Steps on the command line: --step and --steps with every command that has them, in every form."""

import pytest

from mlpcalc.report.forms import forms_of
from tests.conftest import Run

SOLVING = ("solve", "forward", "errors", "grad", "update")


@pytest.mark.parametrize("form", forms_of("solve"))
@pytest.mark.parametrize("command", SOLVING)
def test_the_page_of_a_step_is_shown_in_every_form(command: str, form: str, run: Run) -> None:
    found = run(command, "momentum", "--step", "2", "--format", form)
    assert (found.code, found.err) == (0, "")
    assert found.out


@pytest.mark.parametrize("form", forms_of("solve"))
@pytest.mark.parametrize("command", SOLVING)
def test_a_step_that_there_is_not_is_refused(command: str, form: str, run: Run) -> None:
    found = run(command, "momentum", "--step", "4", "--format", form)
    assert found.code == 2
    said = found.out if form == "json" else found.err
    assert "there is no step 4" in said
    assert "a step from 1 to 3" in said


def test_the_only_step_is_named_as_such(run: Run) -> None:
    assert "expected step 1, the only one" in run("solve", "exercise2", "--step", "2").err


def test_a_name_of_another_step_is_refused(run: Run) -> None:
    found = run("solve", "momentum", "--only", "dW1,S1@2", "--step", "3")
    assert found.code == 2
    assert "S1@2 is not on the page of step 3" in found.err
    assert run("solve", "momentum", "--only", "S1@3", "--step", "3").code == 0
    assert run("explain", "momentum", "S1@4").err == "there is no S1@4\n  expected a step from 1 to 3\n"


@pytest.mark.parametrize("form", forms_of("errors"))
def test_what_only_the_last_step_has_is_refused_before_anything_is_shown(form: str, run: Run) -> None:
    """The loss after the update is no error signal; steps 1 and 2 were printed before that was said."""
    found = run("errors", "momentum", "--only", "loss_new", "--format", form)
    said, other = (found.out, found.err) if form == "json" else (found.err, found.out)
    assert (found.code, other) == (2, "")
    assert "loss_new is not one of the quantities shown here" in said


def test_a_quantity_that_is_not_in_the_only_step_is_refused(run: Run) -> None:
    found = run("solve", "momentum", "--only", "loss_new", "--step", "2")
    assert (found.code, found.out) == (2, "")
    assert found.err == "loss_new is not on the page of step 2\n  expected a quantity of step 2\n"


@pytest.mark.parametrize("form", forms_of("explain"))
def test_cells_of_a_step_are_explained(form: str, run: Run) -> None:
    named = run("explain", "momentum", "S1@2[1,2]", "loss@2", "--format", form)
    assert (named.code, named.err) == (0, "")
    assert run("explain", "momentum", "S1[1,2]", "loss", "--step", "2", "--format", form).out == named.out


def test_a_cell_may_name_its_step_itself(run: Run) -> None:
    assert run("explain", "momentum", "S1@3", "--step", "2").out == run("explain", "momentum", "S1@3").out


def test_more_steps_than_the_exercise_has_are_explained(run: Run) -> None:
    found = run("explain", "exercise2", "loss", "--steps", "2", "--step", "2")
    assert found.out.splitlines()[2] == "L@2 = 1/(2N) Σ (Z2@2 - T@2)²"
    assert "there is no loss@3" in run("explain", "exercise2", "loss", "--steps", "2", "--step", "3").err


def test_a_script_prints_its_steps_by_their_names(run: Run) -> None:
    found = run("solve", "momentum", "--only", "loss,W1_new", "--format", "python")
    printed = [line for line in found.out.splitlines() if line.startswith("print(")]
    assert printed == [
        'print("L:", round(L, 4))',
        'print("W1_new:", W1_new, sep="\\n")',
        'print("L@2:", round(L, 4))',
        'print("W1_new@2:", W1_new, sep="\\n")',
        'print("L@3:", round(L, 4))',
        'print("W1_new@3:", W1_new, sep="\\n")',
    ]


def test_the_page_of_a_late_step_does_not_go_back_to_the_first(run: Run) -> None:
    late = run("solve", "exercise2", "--steps", "40", "--step", "40", "--format", "html").out
    assert 'id="W1_new@38"' in late
    assert 'id="W1_new@20"' not in late


_SHARED = b"""
inputs: [[1, 2]]
targets: [[1, 0]]
layers:
  - {weights: [[1], [2]], bias: 0.35, shared_bias: true}
  - weights: [[0.5, 1]]
loss: squared_error
learning_rate: 0.1
steps: 2
ask: [Z2]
"""


@pytest.mark.parametrize("form", forms_of("sheet"))
def test_a_sheet_asks_for_a_quantity_of_the_first_step_alone(form: str, run: Run) -> None:
    found = run("sheet", "-", "--format", form, stdin=_SHARED)
    assert (found.code, found.err) == (0, "")


def test_a_bias_that_units_share_is_above_each_of_them_in_a_picture(run: Run) -> None:
    found = run("solve", "-", "--format", "latex", "--picture", stdin=_SHARED)
    assert (found.code, found.err) == (0, "")
    assert found.out.count(r"\tiny $0.3500$") + found.out.count(r"\tiny $0.35$") == 2
