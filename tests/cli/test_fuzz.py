"""A little of the fuzzing of `tests.tools.fuzz`, and what it found before."""

from itertools import islice
from pathlib import Path

import pytest
import yaml

from mlpcalc import load, solve
from tests.conftest import Run
from tests.tools.command_lines import Case, cases
from tests.tools.fuzz import Outcome, faults, outcome
from tests.tools.simulations.filling_in import answered, typed

RUNS = 8  # for each seed; all of them take a few seconds
EXERCISE = """\
inputs: [[1, -2], [0.5, 3]]
targets: [[1, 0]]
layers:
  - weights: [[0.5, -1], [1, 2]]
    activation: relu
  - weights: [[1, -1]]
loss: {name: squared_error, factor: 1/2}
learning_rate: 0.1
"""
HUGE = EXERCISE.replace("-2", "1e200").replace("0.5, 3", "1e300, 3")


def unhurried(case: Case, folder: Path) -> Outcome:
    """What a run leaves behind, however long it took, as machines are slow or busy; a hang is an error."""
    return outcome(case, folder)._replace(seconds=0)


@pytest.mark.parametrize("seed", range(2))
def test_hostile_files_lead_to_a_result_or_to_located_problems(seed: int, tmp_path: Path) -> None:
    found = [(case, faults(case, unhurried(case, tmp_path))) for case in islice(cases(seed), RUNS)]
    assert [(case, wrong) for case, wrong in found if wrong] == []


def test_the_runs_are_the_same_for_the_same_seed() -> None:
    assert list(islice(cases(5), 20)) == list(islice(cases(5), 20))
    assert list(islice(cases(5), 20)) != list(islice(cases(6), 20))


@pytest.mark.slow
def test_many_runs_get_past_the_reader(tmp_path: Path) -> None:
    drawn = (case for seed in range(4, 10) for case in islice(cases(seed), RUNS))
    assert sum(outcome(case, tmp_path).code in {0, 1} for case in drawn) > 2 * RUNS  # a third


# ---------------------------------------------------------------------------- the rules themselves

JSON = Case(("solve", "e.yaml", "--format", "json"), {})
CSV = Case(("solve", "e.yaml", "--format", "csv"), {})
TABLE = Case(("solve", "e.yaml", "--format", "table"), {})


@pytest.mark.parametrize(
    ("case", "found", "words"),
    [
        (TABLE, Outcome(None, "", "", error="Traceback"), "Traceback"),
        (TABLE, Outcome(1, "x\n", ""), "exit code 1"),
        (TABLE, Outcome(0, "", ""), "nothing at all"),
        (TABLE, Outcome(0, "x\n", "a warning\n"), "standard error"),
        (TABLE, Outcome(0, "\x1b[31mx\n", ""), "'\\x1b' in the output"),
        (TABLE, Outcome(2, "", "\u202ex\n"), "'\\u202e' in the output"),
        (TABLE, Outcome(2, "half", "x\n"), "half a result"),
        (TABLE, Outcome(2, "", ""), "without a word"),
        (TABLE, Outcome(0, "x\n", "", seconds=4), "4.0 seconds"),
        (TABLE, Outcome(0, "x\n", "", growth=500), "500 MiB"),
        (JSON, Outcome(0, "{", ""), "json: "),
        (JSON, Outcome(0, '{"a": NaN}', ""), "NaN is not JSON"),
        (JSON, Outcome(0, '{"a": "\\u001b"}', ""), "in a text"),
        (JSON, Outcome(2, '{"error": {"problems": []}}', ""), "no problem named"),
        (CSV, Outcome(0, "a,b\n1\n", ""), "1 fields, not 2"),
        (CSV, Outcome(0, "a\nnan\n", ""), "nan in"),
    ],
)
def test_what_breaks_the_rules_is_noticed(case: Case, found: Outcome, words: str) -> None:
    assert any(words in wrong for wrong in faults(case, found))


@pytest.mark.parametrize(("case", "out"), [(TABLE, "Δ ✓\n"), (JSON, '{"a": [1]}\n'), (CSV, "a,b\n1,2\n")])
def test_what_keeps_the_rules_is_not(case: Case, out: str) -> None:
    assert faults(case, Outcome(0, out, "")) == []


# ---------------------------------------------------------------------------- found by fuzzing


def kept(arguments: tuple[str, ...], folder: Path, exercise: str = EXERCISE, sheet: str = "") -> list[str]:
    """What a command did that it must not."""
    case = Case(arguments, {"e.yaml": exercise.encode(), "a.yaml": sheet.encode()})
    return faults(case, unhurried(case, folder))


@pytest.mark.parametrize("quantity", ["loss: 3", "Delta2: [[7, 7]]", "losses: [7, 7]", "dZ2: [[7, 7]]"])
def test_a_loss_times_0_can_be_marked(quantity: str, tmp_path: Path) -> None:
    exercise = EXERCISE.replace("factor: 1/2", "factor: 0")
    assert kept(("check", "e.yaml", "a.yaml"), tmp_path, exercise, quantity + "\n") == []


@pytest.mark.parametrize("cell", ["", " ", "\t", "\u200b", "\n"])
def test_a_blank_is_no_cell(cell: str, run: Run, tmp_path: Path) -> None:
    assert kept(("explain", "e.yaml", cell), tmp_path) == []
    assert run("explain", "exercise2", cell).code == 2


SMALL_STEPS = EXERCISE.replace("learning_rate: 0.1", "learning_rate: 1e-300")
AT_THE_EDGE = EXERCISE.replace("[1, -2], [0.5, 3]", "[1e300, -2], [0.5, 3]").replace(
    "0.5, -1", "170000000, -1"
)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["table", "json", "csv", "gradescope"])
@pytest.mark.parametrize(
    ("exercise", "sheet"),
    [
        (HUGE, "Delta1: [[1e300, 1e300], [1e300, 1]]\ndW1: [[1, 2], [3, 4]]\n"),
        (SMALL_STEPS, "W1_new: [[1e300, 1e200], [1, 2]]\n"),
        (AT_THE_EDGE, "S1: [[1, 2], [3, 4]]\n"),
        (EXERCISE, "S1: [[1e300, -1e300], [1e300, 5]]\nloss: 1e300\n"),
    ],
    ids=["terms", "steps", "bounds", "figures"],
)
def test_figures_out_of_bounds_are_marked_without_a_warning(
    exercise: str, sheet: str, form: str, tmp_path: Path
) -> None:
    assert kept(("check", "e.yaml", "a.yaml", "--format", form), tmp_path, exercise, sheet) == []


@pytest.mark.parametrize("tiny", ["1e-30", "1e-160", "0." + "0" * 55 + "1"])
@pytest.mark.parametrize("form", ["table", "json", "csv", "gradescope"])
def test_a_looked_up_value_may_be_compared_with_a_figure_of_many_decimals(
    form: str, tiny: str, tmp_path: Path
) -> None:
    sheet = f"S1: [[0, -4], [2, 4]]\nZ1: [[0, 0], [{tiny}, 4]]\n"
    assert kept(("check", "e.yaml", "a.yaml", "--format", form), tmp_path, EXERCISE, sheet) == []


def test_a_factor_may_be_too_large_to_be_taken_twice(tmp_path: Path) -> None:
    exercise = EXERCISE.replace("factor: 1/2", "factor: 1e300, l2: 1e300")
    assert kept(("check", "e.yaml", "a.yaml"), tmp_path, exercise, "loss: 1\nDelta2: [[1, 1]]\n") == []


@pytest.mark.parametrize("form", ["table", "json", "csv", "gradescope"])
def test_cells_may_stand_beside_a_matrix_of_another_shape(form: str, tmp_path: Path) -> None:
    sheet = "dW1: 1; 2\ndW1[1,1]: 0.5\ndW1[2,2]: 3\n"
    assert kept(("check", "e.yaml", "a.yaml", "--format", form), tmp_path, EXERCISE, sheet) == []


def test_an_earlier_answer_of_another_shape_contradicts_nothing(tmp_path: Path) -> None:
    sheet = """\
dZ2: 0 -1446257064292.475341796875
W2_new: ~ -8.00000000000138200562105339486; -0.3 0.3; 1 0; 1e300 -1
step_b2: 0.900000000000069189098894639756 0.099999999999930866412256591502
"""
    case = Case(("check", "mit6036", "a.yaml"), {"a.yaml": sheet.encode()})
    assert faults(case, unhurried(case, tmp_path)) == []


def deep(layers: int) -> str:
    layer = "  - {weights: [[0.9]], bias: [0.1], activation: tanh}\n"
    return f"inputs: [[1, 2]]\ntargets: [[1, 0]]\nlayers:\n{layers * layer}loss: squared_error\n"


@pytest.mark.slow
@pytest.mark.parametrize("layers", [40, pytest.param(200, marks=pytest.mark.slow)])
def test_little_may_be_written_of_a_deep_network(layers: int, tmp_path: Path) -> None:
    assert kept(("check", "e.yaml", "a.yaml"), tmp_path, deep(10), "dW1: 7.1415926\nloss: 3.1415926\n") == []
    assert kept(("check", "e.yaml", "a.yaml"), tmp_path, deep(layers), f"dW{layers}: 7.1415926\n") == []


@pytest.mark.slow
def test_all_may_be_written_of_a_deep_network(tmp_path: Path) -> None:
    """Where figures of few digits are read as blanks, what follows is derived through many layers."""
    solution = solve(load(yaml.safe_load(deep(100))))
    values = {symbol: solution.value(symbol).round(4) for symbol in answered(solution)}
    assert kept(("check", "e.yaml", "a.yaml"), tmp_path, deep(100), typed(values)) == []


@pytest.mark.parametrize(("activation", "most"), [("tanh", "1e154"), ("gelu", "1e155"), ("silu", "-1e155")])
def test_a_slope_beyond_all_numbers_is_explained(activation: str, most: str, tmp_path: Path) -> None:
    exercise = ROWS.replace("relu", activation).replace("[1e154, 1e154]", f"[{most}, {most}]")
    assert kept(("explain", "e.yaml", "dW1[1,1]", "--format", "html"), tmp_path, exercise) == []


ROWS = """\
inputs: [[1e154, 1e154]]
targets: [[1, 0]]
layers: [{weights: [[1e154], [1e154]], activation: relu}, {weights: [[1, 0]]}]
loss: squared_error
"""
SMALL = """\
inputs: [[1, -2], [0.5, 3]]
targets: [[1, 0]]
layers: [{weights: [[0.5, -1]], activation: relu}]
loss: {name: squared_error, factor: 1/2}
learning_rate: 0.1
"""
TERMS = SMALL.replace("1, -2", "1e154, -2").replace("0.5, -1", "9e153, -1")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "exercise"),
    [
        (("audit", "e.yaml"), TERMS),
        (("sheet", "e.yaml", "--wrong", "term_times_ten@S1"), TERMS),
        (("audit", "e.yaml"), EXERCISE.replace("1/2", "1e155, l2: 0.5")),
        (("audit", "e.yaml"), SMALL.replace("relu", "elu").replace("1/2", "1e300")),
        (("audit", "e.yaml"), SMALL.replace("-2]", "123456789012345.6]") + "decimals: 15\n"),
        (("solve", "e.yaml"), ROWS),
    ],
    ids=["terms", "sheet", "factors", "constants", "digits", "rows"],
)
def test_what_is_out_of_bounds_in_a_mistake_is_no_error(
    command: tuple[str, ...], exercise: str, tmp_path: Path
) -> None:
    assert kept(command, tmp_path, exercise) == []


@pytest.mark.parametrize("columns", [1, 20])
def test_figures_are_never_cut_however_narrow_the_terminal(columns: int, tmp_path: Path) -> None:
    case = Case(("solve", "e.yaml", "--precision", "15"), {"e.yaml": EXERCISE.encode()}, "ascii", columns)
    found = outcome(case, tmp_path)
    assert faults(case, found) == []
    assert " -4.000000000000000" in found.out
