"""Everything that may be written in an exercise file, and what it means."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from mlpcalc import InputError, load, solve
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.symbols import Symbol

Read = Callable[[str], Exercise]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(text: str) -> Exercise:
        path = tmp_path / "a.yaml"
        path.write_text(text, encoding="utf-8")
        return load(str(path))

    return read


MATRIX = [[0.75, 0.2, -0.75], [0.8, 0.05, 0.001]]

SPELLINGS_OF_A_MATRIX = {
    "list of rows": "inputs: [[0.75, 0.2, -0.75], [0.8, 0.05, 0.001]]",
    "a row a line": "inputs:\n  - [0.75, 0.2, -0.75]\n  - [0.8, 0.05, 0.001]",
    "a number a line": "inputs:\n- - 0.75\n  - 0.2\n  - -0.75\n- - 0.8\n  - 0.05\n  - 0.001",
    "a list over two lines": "inputs: [[0.75, 0.2,\n  -0.75], [0.8, 0.05, 0.001]]",
    "text": "inputs: 0.75 0.2 -0.75; 0.8 0.05 0.001",
    "text, no space after the semicolon": "inputs: 0.75 0.2 -0.75;0.8 0.05 0.001",
    "text with commas": "inputs: 0.75, 0.2, -0.75; 0.8, 0.05, 0.001",
    "text, semicolon at the end": "inputs: 0.75 0.2 -0.75; 0.8 0.05 0.001;",
    "quoted text": 'inputs: "0.75 0.2 -0.75; 0.8 0.05 0.001"',
    "singly quoted text": "inputs: '0.75 0.2 -0.75; 0.8 0.05 0.001'",
    "text over two lines": "inputs: 0.75 0.2 -0.75;\n  0.8 0.05 0.001",
    "block": "inputs: |\n  0.75 0.2 -0.75\n  0.8  0.05 0.001",
    "block with empty lines": "inputs: |\n\n  0.75 0.2 -0.75\n\n  0.8  0.05 0.001\n\n",
    "block with tabs": "inputs: |\n  0.75\t0.2\t-0.75\n  0.8\t0.05\t0.001",
    "block with semicolons": "inputs: |\n  0.75 0.2 -0.75;\n  0.8  0.05 0.001;",
    "block, stripped": "inputs: |-\n  0.75 0.2 -0.75\n  0.8  0.05 0.001",
    "folded block": "inputs: >\n  0.75 0.2 -0.75;\n  0.8  0.05 0.001",
    "rows as text": "inputs:\n  - 0.75 0.2 -0.75\n  - 0.8 0.05 0.001",
    "rows as quoted text": "inputs: ['0.75 0.2 -0.75', \"0.8 0.05 0.001\"]",
    "quoted cells": "inputs: [['0.75', '0.2', '-0.75'], ['0.8', '0.05', '0.001']]",
    "MATLAB": "inputs: |\n  [0.75 0.2 -0.75; 0.8 0.05 0.001]",
    "MATLAB over lines": "inputs: |\n  [0.75, 0.2, -0.75\n   0.8, 0.05, 0.001];",
    "Mathematica": "inputs: |\n  {{0.75, 0.2, -0.75}, {0.8, 0.05, 0.001}}",
    "a print of NumPy": "inputs: |\n  [[ 0.75  0.2  -0.75]\n   [ 0.8  0.05  0.001]]",
    "a long print of NumPy": "inputs: |\n  [[ 0.75  0.2\n    -0.75]\n   [ 0.8  0.05\n     0.001]]",
    "an array": "inputs: |\n  array([[0.75, 0.2, -0.75],\n         [0.8, 0.05, 0.001]], dtype=float32)",
    "a tensor": "inputs: torch.tensor([[0.75,0.2,-0.75],[0.8,0.05,0.001]])",
    "LaTeX": "inputs: |\n  \\begin{bmatrix} 0.75 & 0.2 & -0.75 \\\\ 0.8 & 0.05 & 1e-3 \\end{bmatrix}",
    "LaTeX array": "inputs: |\n  \\left[\\begin{array}{rrr}\n  0.75 & 0.2 & -0.75 \\\\[2pt]\n"
    "  0.8 & 0.05 & 0.001 \\\\\n  \\end{array}\\right]",
    "R": "inputs: |\n  [,1] [,2] [,3]\n  [1,] 0.75 0.2 -0.75\n  [2,] 0.8 0.05 0.001",
    "Julia": "inputs: |\n  2×3 Matrix{Float64}:\n  0.75 0.2 -0.75\n  0.8 0.05 0.001",
    "fractions": "inputs: [[3/4, 1/5, -3/4], [4/5, 1/20, 1/1000]]",
    "Unicode minus": "inputs: [[0.75, 0.2, −0.75], [0.8, 0.05, 0.001]]",
    "Unicode minus in text": "inputs: 0.75 0.2 −0.75; 0.8 0.05 0.001",
    "scientific": "inputs: [[7.5e-1, 2E-1, -75e-2], [0.8, 5e-2, 1e-3]]",
    "no zero before the point": "inputs: [[.75, .2, -.75], [.8, .05, .001]]",
    "plus signs": "inputs: [[+0.75, +0.2, -0.75], [+0.8, +0.05, +0.001]]",
}


@pytest.mark.parametrize("spelling", SPELLINGS_OF_A_MATRIX)
def test_a_matrix_may_be_written_in_many_ways(read: Read, spelling: str) -> None:
    exercise = read(SPELLINGS_OF_A_MATRIX[spelling] + "\nlayers:\n  - weights: [[1, 2]]\n")
    np.testing.assert_array_equal(exercise.inputs, MATRIX)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("inputs: |\n  [0.75 0.2 x; 0.8 0.05 0.001]\n", 2, 13),
        ("inputs: |\n  [[0.75 0.2 1], [0.8 0.05 0.001]\n", 2, 3),
        ("inputs: |\n  [[0.75 0.2 1],\n   [0.8 0.05 0..1]]\n", 3, 14),
        ("inputs: |\n  {{0.75, 0.2, 1},\n   {0.8, 0.05}}\n", 3, 5),
    ],
)
def test_what_is_wrong_in_a_matrix_in_brackets_is_told_at_its_place(
    read: Read, text: str, line: int, column: int
) -> None:
    with pytest.raises(InputError) as error:
        read(f"{text}layers: [{{weights: [[1, 2]]}}]\n")
    places = [problem.place for problem in error.value.problems if problem.place is not None]
    assert (line, column) in [(place.line, place.column) for place in places]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_line_endings_and_byte_order_mark_make_no_difference(tmp_path: Path, ending: str, start: str) -> None:
    text = start + "inputs: |\n  0.75 0.2 -0.75\n  0.8 0.05 0.001\nlayers:\n  - weights: [[1, 2]]\n"
    path = tmp_path / "a.yaml"
    path.write_bytes(text.replace("\n", ending).encode())
    np.testing.assert_array_equal(load(str(path)).inputs, MATRIX)


def test_what_was_typed_is_kept(read: Read) -> None:
    exercise = read("inputs: 1/3 .50 1e-3\nlayers:\n  - weights: [[−0.10, +2, 3.]]\n    bias: 0.250\n")
    assert exercise.written[Symbol("X")] == (("1/3",), (".50",), ("1e-3",))
    assert exercise.written[Symbol("W", 1)] == (("−0.10", "+2", "3."),)
    assert exercise.written[Symbol("b", 1)] == (("0.250",),)


# ---------------------------------------------------------------------------- flat lists


@pytest.mark.parametrize(
    ("inputs", "weights", "expected"),
    [
        ("[1, 2, 3]", "[[1, 1, 1]]", [[1], [2], [3]]),  # three inputs of one sample
        ("[1, 2, 3]", "[[1], [2]]", [[1, 2, 3]]),  # one input of three samples
        ("1 2 3", "[[1, 1, 1]]", [[1], [2], [3]]),
        ("1 2 3", "[[1], [2]]", [[1, 2, 3]]),
        ("1; 2; 3", "[[1, 1, 1]]", [[1], [2], [3]]),
        ("[1, 2]", "[3, 4]", [[1], [2]]),  # both fit: one sample
        ("[1, 2, 3]", "[4, 5]", [[1, 2, 3]]),  # only two units of one input fit
        ("5", "[[1], [2]]", [[5]]),
        ("[[1, 2, 3]]", "[[1]]", [[1, 2, 3]]),  # rows of a list are never turned
        ("[[1], [2]]", "[[1, 1]]", [[1], [2]]),
    ],
)
def test_flat_inputs_take_the_orientation_that_fits(
    read: Read, inputs: str, weights: str, expected: list[list[float]]
) -> None:
    exercise = read(f"inputs: {inputs}\nlayers:\n  - weights: {weights}\n")
    np.testing.assert_array_equal(exercise.inputs, expected)


@pytest.mark.parametrize(
    ("inputs", "weights", "expected"),
    [
        ("[[1], [2], [3]]", "[4, 5, 6]", [[4, 5, 6]]),  # one unit of three inputs
        ("[[1, 2]]", "[4, 5, 6]", [[4], [5], [6]]),  # three units of one input
        ("[[1]]", "[4, 5, 6]", [[4], [5], [6]]),
        ("[[1, 2]]", "7", [[7]]),
        ("[1, 2]", "[3, 4]", [[3, 4]]),
        ("[1, 2, 3]", "[4, 5]", [[4], [5]]),
    ],
)
def test_flat_weights_take_the_orientation_that_fits(
    read: Read, inputs: str, weights: str, expected: list[list[float]]
) -> None:
    exercise = read(f"inputs: {inputs}\nlayers:\n  - weights: {weights}\n")
    np.testing.assert_array_equal(exercise.layers[0].weights, expected)


@pytest.mark.parametrize(
    ("inputs", "weights", "targets", "expected"),
    [
        ("[[1, 2, 3]]", "[[1]]", "[1, 0, 1]", [[1, 0, 1]]),
        ("[[1]]", "[[1], [2], [3]]", "[1, 0, 1]", [[1], [0], [1]]),
        ("[[1]]", "[[1]]", "1", [[1]]),
        ("[[1, 2, 3]]", "[[1]]", "1 0 1", [[1, 0, 1]]),
        ("[[1]]", "[[1], [2]]", "1; 0", [[1], [0]]),
    ],
)
def test_flat_targets_take_the_orientation_that_fits(
    read: Read, inputs: str, weights: str, targets: str, expected: list[list[float]]
) -> None:
    exercise = read(f"inputs: {inputs}\ntargets: {targets}\nlayers:\n  - weights: {weights}\n")
    assert exercise.targets is not None
    np.testing.assert_array_equal(exercise.targets, expected)


@pytest.mark.parametrize(
    ("bias", "expected"),
    [
        ("[0.1, 0.2, 0.3]", [0.1, 0.2, 0.3]),
        ("[[0.1], [0.2], [0.3]]", [0.1, 0.2, 0.3]),
        ("[[0.1, 0.2, 0.3]]", [0.1, 0.2, 0.3]),
        ("0.1 0.2 0.3", [0.1, 0.2, 0.3]),
        ("0.1; 0.2; 0.3", [0.1, 0.2, 0.3]),
        ("0.5", [0.5, 0.5, 0.5]),
        ("[0.5]", [0.5, 0.5, 0.5]),
        ("1/4", [0.25, 0.25, 0.25]),
    ],
)
def test_a_bias_is_a_number_for_each_unit_or_one_for_all(
    read: Read, bias: str, expected: list[float]
) -> None:
    exercise = read(f"inputs: [[1]]\nlayers:\n  - weights: [[1], [2], [3]]\n    bias: {bias}\n")
    found = exercise.layers[0].bias
    assert found is not None
    assert found.shape == (3, 1)
    np.testing.assert_array_equal(found.ravel(), expected)


# ---------------------------------------------------------------------------- classes

CLASSES = "inputs: [[1, 2, 3]]\ntargets: {}\nlayers:\n  - weights: [[1], [2], [3]]\n    activation: softmax\n"


@pytest.mark.parametrize(
    "targets",
    ["{classes: [1, 3, 2]}", "{classes: 1 3 2}", "{classes: [[1, 3, 2]]}", "{classes: [[1], [3], [2]]}"],
)
def test_classes_become_one_hot_columns(read: Read, targets: str) -> None:
    exercise = read(CLASSES.format(targets))
    assert exercise.targets is not None
    np.testing.assert_array_equal(exercise.targets, [[1, 0, 0], [0, 0, 1], [0, 1, 0]])


# ---------------------------------------------------------------------------- functions

ONE_LAYER = "inputs: [[1, -2]]\nlayers:\n  - weights: [[3]]\n    activation: {}\n"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("identity", [[3, -6]]),
        ("linear", [[3, -6]]),
        ("relu", [[3, 0]]),
        ("{name: relu}", [[3, 0]]),
        ("leaky_relu", [[3, -0.06]]),  # slope 1/100 if none is given
        ("{name: leaky_relu, slope: 0.2}", [[3, -1.2]]),
        ("{slope: 1/3, name: leaky_relu}", [[3, -2]]),
        ("{name: leaky_relu, slope: 0}", [[3, 0]]),
        ("elu", [[3, -0.99752124782]]),  # alpha 1: e^-6 - 1
        ("{name: elu, alpha: 2}", [[3, -1.99504249565]]),
        ("sigmoid", [[0.95257412682, 0.00247262315663]]),
        ("tanh", [[0.99505475369, -0.99998771165]]),
        ("softplus", [[3.04858735157, 0.00247568513773]]),
        ("square", [[9, 36]]),
        ("softmax", [[1, 1]]),
    ],
)
def test_an_activation_is_a_name_or_a_block(read: Read, written: str, expected: list[list[float]]) -> None:
    solution = solve(read(ONE_LAYER.format(written)))
    np.testing.assert_allclose(solution["Z1"], expected, rtol=1e-9)


def test_an_activation_left_out_is_the_identity(read: Read) -> None:
    exercise = read("inputs: [[1]]\nlayers:\n  - weights: [[3]]\n")
    assert exercise.layers[0].activation.name == "identity"


WITH_LOSS = "inputs: [[1, 2]]\ntargets: [[1, 1]]\nlayers:\n  - weights: [[1]]\nloss: {}\n"


@pytest.mark.parametrize(
    ("written", "factor", "average", "l2"),
    [
        ("squared_error", Fraction(1, 2), "none", None),
        ("{name: squared_error}", Fraction(1, 2), "none", None),
        ("{name: squared_error, factor: 1, average: samples}", Fraction(1), "samples", None),
        ("{average: entries, factor: 1/3, name: squared_error}", Fraction(1, 3), "entries", None),
        ("{name: squared_error, l2: 1e-2}", Fraction(1, 2), "none", Fraction(1, 100)),
        ("{name: squared_error, l2: 0}", Fraction(1, 2), "none", None),
        ("{name: squared_error, average: none, factor: 0.25}", Fraction(1, 4), "none", None),
        ("cross_entropy", Fraction(1), "none", None),
        ("hinge", Fraction(1), "none", None),
        ("sum", Fraction(1), "none", None),
        ("{name: sum, factor: -1}", Fraction(-1), "none", None),
    ],
)
def test_a_loss_is_a_name_or_a_block(
    read: Read, written: str, factor: Fraction, average: str, l2: Fraction | None
) -> None:
    loss = read(WITH_LOSS.format(written)).loss
    assert loss is not None
    assert (loss.factor, loss.average, loss.l2) == (factor, average, l2)


@pytest.mark.parametrize(
    ("l2", "expected"),
    [
        ("0.7", (Fraction(7, 10), "none")),
        ("{lambda: 0.7}", (Fraction(7, 10), "none")),
        ("{lambda: 1/3, average: samples}", (Fraction(1, 3), "samples")),
        ("{lambda: 0, average: samples}", (None, "samples")),
    ],
)
def test_a_weight_decay_is_a_number_or_a_block(read: Read, l2: str, expected: tuple[Fraction, str]) -> None:
    loss = read(WITH_LOSS.format(f"{{name: squared_error, l2: {l2}}}")).loss
    assert loss is not None
    assert (loss.l2, loss.decay_average) == expected


@pytest.mark.parametrize(
    ("l2", "column", "message"),
    [
        ("-0.1", 33, "l2 is negative"),
        ("{lambda: -0.1}", 42, "l2 is negative"),
        ("{average: samples}", 33, "l2 has no lambda"),
        ("{lambda: 1, average: entries}", 54, "unknown average 'entries'"),
        ("{lambda: 1, factor: 2}", 45, "unknown key 'factor' in l2"),
        ("[1]", 33, "l2 must be a number"),
    ],
)
def test_what_is_wrong_with_a_weight_decay_is_told(read: Read, l2: str, column: int, message: str) -> None:
    with pytest.raises(InputError) as raised:
        read(WITH_LOSS.format(f"{{name: squared_error, l2: {l2}}}"))
    (problem,) = raised.value.problems
    assert problem.place is not None
    assert (problem.place.line, problem.place.column, problem.message) == (5, column, message)


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("l2: 0.1", "l2 belongs under loss:"),
        ("average_in: update", "average_in belongs under conventions:"),
        ("bias: 0.1", "bias belongs under layers:"),
    ],
)
def test_a_key_of_a_block_at_the_top_is_told_where_it_belongs(read: Read, key: str, hint: str) -> None:
    with pytest.raises(InputError) as raised:
        read(WITH_LOSS.format("{name: squared_error}") + f"{key}\n")
    (problem,) = raised.value.problems
    assert problem.place is not None
    assert (problem.place.line, problem.place.column, problem.hint) == (6, 1, hint)


@pytest.mark.parametrize(
    ("written", "margin"),
    [("multiclass_hinge", Fraction(1)), ("{name: multiclass_hinge, margin: 1/4}", Fraction(1, 4))],
)
def test_the_margin_is_1_unless_given(read: Read, written: str, margin: Fraction) -> None:
    text = f"inputs: [[1]]\ntargets: [1, 0]\nlayers:\n  - weights: [[1], [2]]\nloss: {written}\n"
    loss = read(text).loss
    assert loss is not None
    assert dict(loss.function.parameters) == {"margin": margin}


def test_the_sum_needs_no_targets(read: Read) -> None:
    exercise = read(WITH_LOSS.format("sum").replace("targets: [[1, 1]]\n", ""))
    assert exercise.targets is None
    assert solve(exercise)["loss"] == 3


# ---------------------------------------------------------------------------- the rest


def test_what_is_left_out_has_its_default(read: Read) -> None:
    exercise = read("inputs: [[1]]\nlayers:\n  - weights: [[3]]\n")
    assert exercise.decimals == 4
    assert exercise.title == ""
    assert exercise.source is None
    assert exercise.learning_rate is None
    assert exercise.loss is None
    assert exercise.targets is None
    assert exercise.layers[0].bias is None


def test_what_is_given_is_taken(read: Read) -> None:
    exercise = read(
        WITH_LOSS.format("squared_error") + "title: A\nsource: B\nlearning_rate: 1/3\ndecimals: 6\n"
    )
    assert (exercise.title, exercise.source) == ("A", "B")
    assert exercise.learning_rate == Fraction(1, 3)
    assert exercise.decimals == 6


def test_no_decimals_at_all_can_be_asked_for(read: Read) -> None:
    assert read("inputs: [[1]]\nlayers:\n  - weights: [[3]]\ndecimals: 0\n").decimals == 0


def test_a_title_may_look_like_a_number(read: Read) -> None:
    assert read("title: 2017\ninputs: [[1]]\nlayers:\n  - weights: [[3]]\n").title == "2017"


def test_a_title_is_shown_without_control_characters(read: Read) -> None:
    exercise = read('title: "a\\e[31mb\\u202ec\\nd"\ninputs: [[1]]\nlayers:\n  - weights: [[3]]\n')
    assert exercise.title == "a[31mbc d"


def test_the_whole_file_may_be_json(read: Read) -> None:
    exercise = read('{"inputs": [[1, 2]], "layers": [{"weights": [[3]], "activation": "relu"}]}')
    np.testing.assert_array_equal(exercise.inputs, [[1, 2]])


@pytest.mark.parametrize("targets", ["", "targets: [[1, 1]]\n"], ids=["neither", "targets only"])
def test_without_a_loss_there_is_a_forward_pass_only(read: Read, targets: str) -> None:
    names = set(solve(read(f"inputs: [[1, 2]]\n{targets}layers:\n  - weights: [[1]]\n")))
    assert {"X", "W1", "S1", "Z1"} <= names <= {"X", "T", "W1", "S1", "Z1", "err"}


def test_without_a_learning_rate_there_is_no_update(read: Read) -> None:
    names = set(solve(read(WITH_LOSS.format("squared_error"))))
    assert "dW1" in names
    assert "W1_new" not in names


def test_all_problems_are_reported_at_once_in_the_order_of_the_file(read: Read) -> None:
    text = (
        "titel: x\n"
        "inputs: [[1, y]]\n"
        "targets: [[1, 2], [3]]\n"
        "layers:\n"
        "  - weights: [[3]]\n"
        "    activation: rellu\n"
        "  - weights: [[z]]\n"
        "    bais: 1\n"
        "loss: mse\n"
        "learning_rate: fast\n"
        "decimals: 99\n"
        "decimals: 3\n"
    )
    with pytest.raises(InputError) as caught:
        read(text)
    places = [problem.place for problem in caught.value.problems]
    assert [place and (place.line, place.column) for place in places] == [
        (1, 1),
        (2, 14),
        (3, 20),
        (6, 17),
        (7, 16),
        (8, 5),
        (9, 7),
        (10, 16),
        (11, 11),
        (12, 1),
    ]
    assert all(place and place.source == text.splitlines()[(place.line or 0) - 1] for place in places)


def test_shapes_are_checked_for_all_layers_at_once(read: Read) -> None:
    text = (
        "inputs: [[1, 2], [3, 4]]\n"
        "targets: [[1]]\n"
        "layers:\n"
        "  - weights: [[1, 2, 3]]\n"
        "    bias: [1, 2]\n"
        "  - weights: [[1, 2, 3], [4, 5, 6]]\n"
    )
    with pytest.raises(InputError) as caught:
        read(text)
    assert [problem.place and problem.place.line for problem in caught.value.problems] == [2, 4, 5, 6]
