"""Everything that may be written in an answer sheet, and what it means."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from mlpcalc import InputError, load, solve
from mlpcalc.answers.reader import Answer, Submission
from mlpcalc.errors import Problem
from mlpcalc.reading.reader import read_exercise
from mlpcalc.reading.source import Document
from mlpcalc.solving.solution import Solution
from tests.support.reading import read_answers

NAN = float("nan")
BUNDLED = sorted((Path(__file__).parents[2] / "exercises").glob("*.answers.yaml"))

# Three inputs, two hidden units, one output unit, four samples.
_NETWORK = """
inputs: {X}
targets: {T}
layers:
  - weights: {W1}
    bias: [0.1, 0.2]
    activation: sigmoid
  - weights: {W2}
    bias: 0.3
    activation: sigmoid
loss: squared_error
learning_rate: 0.5
"""
_COLUMNS = {
    "X": "1 2 3 4; 5 6 7 8; 9 10 11 12",
    "T": "0 1 0 1",
    "W1": "0.1 0.2 0.3; 0.4 0.5 0.6",
    "W2": "0.7 0.8",
}
_ROWS = {
    "X": "1 5 9; 2 6 10; 3 7 11; 4 8 12",
    "T": "0; 1; 0; 1",
    "W1": "0.1 0.4; 0.2 0.5; 0.3 0.6",
    "W2": "0.7; 0.8",
}


def solution(extra: str = "", matrices: dict[str, str] = _COLUMNS) -> Solution:
    text = _NETWORK.format(**matrices) + extra
    return solve(read_exercise(Document(text, "exercise.yaml"), "exercise.yaml"))


COLUMNS = solution()
ROWS = solution("conventions: {product: X W}\n", _ROWS)
EXERCISE_2 = solve(load("exercise2"))


def read(text: str, of: Solution = COLUMNS) -> Submission:
    return read_answers(Document(text, "sheet.yaml"), of)


def answer(text: str, of: Solution = COLUMNS) -> Answer:
    (found,) = read(text, of).answers.values()
    return found


def problems(text: str, of: Solution = COLUMNS) -> Sequence[Problem]:
    """What is not understood in a sheet, whether something else in it can be read or not."""
    try:
        found = read(text, of).not_understood
    except InputError as error:
        found = error.problems
    assert found
    return found


def problem(text: str, of: Solution = COLUMNS) -> Problem:
    (found,) = problems(text, of)
    return found


def place(found: Problem) -> tuple[int | None, int | None]:
    assert found.place is not None
    assert found.place.file == "sheet.yaml"
    return found.place.line, found.place.column


# ---------------------------------------------------------------------------- whole sheets

SHEET = """\
exercise: exercise2.yaml
student: s1234
S1: |
  0.4580 0.1205 -0.4420 0.1195
  0.8690 ~      -0.1810 0.1185
  0.7040 0.0440  0.7040 -0.0440
loss: 0.4916
Delta1[2,1]: -0.0068
"""


def test_a_sheet_has_its_file_its_student_and_its_answers() -> None:
    sheet = read(SHEET, EXERCISE_2)
    assert (sheet.file, sheet.student, sheet.single) == ("sheet.yaml", "s1234", False)
    assert [symbol.plain for symbol in sheet.answers] == ["S1", "loss", "Delta1"]


def test_values_half_widths_and_texts_have_the_shape_of_the_page() -> None:
    S1, loss, Delta1 = read(SHEET, EXERCISE_2).answers.values()
    np.testing.assert_array_equal(
        S1.value,
        [[0.458, 0.1205, -0.442, 0.1195], [0.869, NAN, -0.181, 0.1185], [0.704, 0.044, 0.704, -0.044]],
    )
    assert S1.texts[1] == ("0.8690", None, "-0.1810", "0.1185")
    assert np.isnan(S1.half[1, 1])
    assert np.nanmax(S1.half) == np.nanmin(S1.half) == 0.00005
    assert not S1.whole.any()
    assert (loss.value.shape, loss.value.item(), loss.texts) == ((1, 1), 0.4916, (("0.4916",),))
    assert Delta1.value.shape == (3, 4)
    assert Delta1.value[1, 0] == -0.0068
    assert np.isnan(Delta1.value).sum() == 11


def test_answers_stand_in_the_order_of_the_page_whatever_that_of_the_sheet() -> None:
    sheet = read("loss: 1\nX: ~\nDelta1[1,1]: 1\nZ1[1,1]: 1\nW1[1,1]: 1\nS1[1,1]: 1\nW1_new[1,1]: 1\n")
    assert [symbol.plain for symbol in sheet.answers] == ["W1", "S1", "Z1", "loss", "Delta1", "W1_new"]


@pytest.mark.parametrize(
    ("line", "student"),
    [
        ("student: s1234", "s1234"),
        ("student: 20231234", "20231234"),
        ("student: 007", "007"),
        ("student: Ada Lovelace", "Ada Lovelace"),
        ("student: 'Ada  [bold]'", "Ada [bold]"),
        ("student: Zoë", "Zoë"),
        ('student: "a\\e[31m\\u202eb"', "a[31mb"),
        ("student: ~", ""),
        ("student: null", ""),
        ("student:", ""),
        ("student: s1 # me", "s1"),
        ("student: s1\n# me", "s1"),
        ("student: >\n  two\n  lines", "two lines"),
        ("exercise: 7", ""),
        (f"student: {'x' * 1000}", "x" * 100),
    ],
)
def test_the_student_is_a_label_that_is_safe_to_show(line: str, student: str) -> None:
    assert read(f"{line}\nloss: 1\n").student == student
    assert read(f"loss: 1\n{line}\n").student == student


@pytest.mark.parametrize(
    "text",
    [
        "answers:\n  loss: 0.5\n  S2: 1 2 3 4\n",
        "student: s1\nanswers:\n    loss: 0.5\n    S2: 1 2 3 4\n",
        "answers: # mine\n\n  # the first\n  loss: 0.5\n  # the second\n  S2: 1 2 3 4\n",
        "answers: {loss: 0.5, S2: [1, 2, 3, 4]}\n",
        "answers:\n  student: s1\n  loss: 0.5\n  S2: 1 2 3 4\n",
        "loss: 0.5\nanswers:\n  S2: 1 2 3 4\n",
        "answers:\n  S2: 1 2 3 4\nloss: 0.5\n",
        "answers: ~\nloss: 0.5\nS2: 1 2 3 4\n",
        "Answers:\n  answers:\n    loss: 0.5\n    S2: 1 2 3 4\n",
        "{loss: 0.5, S2: [1, 2, 3, 4]}",
        "---\nloss: 0.5\nS2: 1 2 3 4\n...\n",
        "\n# a sheet\n\nloss: 0.5\n\n# more\nS2: 1 2 3 4",
        "  loss: 0.5\n  S2: 1 2 3 4\n",
        "\ufeffloss: 0.5\nS2: 1 2 3 4\n",
    ],
)
def test_answers_may_be_wrapped_in_a_block_or_not(text: str) -> None:
    loss, S2 = sorted(read(text).answers.values(), key=lambda each: each.value.size)
    assert loss.value == [[0.5]]
    np.testing.assert_array_equal(S2.value, [[1, 2, 3, 4]])


@pytest.mark.parametrize(
    "text", ["S1: ~\nloss: ~\n", "S1: [[~, ~], [~, ~]]\n", "S1[1,1]: ~", "S1: |\n", "S1: []", "S1:\nS2: ''"]
)
def test_a_sheet_handed_in_blank_has_no_answers(text: str) -> None:
    assert read(text).answers == {}


def test_a_quantity_left_blank_is_not_answered() -> None:
    assert [symbol.plain for symbol in read("S1: ~\nS2: [~, ~, ~, ~]\nloss: 1\n").answers] == ["loss"]


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.name)
def test_the_printed_answers_of_bundled_exercises_fit_them(path: Path) -> None:
    exercise = solve(load(path.name.replace(".answers", "")))
    sheet = read(path.read_text(encoding="utf-8"), exercise)
    assert len(sheet.answers) >= 2
    assert all(each.written_shape is None and each.twice is None for each in sheet.answers.values())


def test_some_printed_answers_are_bundled() -> None:
    assert len(BUNDLED) >= 10


# ---------------------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        *[("Y", "Z2"), ("Y_out", "Z2"), ("dS1", "Delta1"), ("Δ1", "Delta1"), ("delta1", "Delta1")],
        *[("D2", "Delta2"), ("Delta_out", "Delta2"), ("W1'", "W1_new"), ("L", "loss"), ("L'", "loss_new")],
        *[("f1prime", "fprime1"), ("X", "X"), ("T", "T"), ("W1", "W1"), ("E", "err"), ("dY", "dZ2")],
    ],
)
def test_a_quantity_is_known_by_every_spelling(written: str, plain: str) -> None:
    found = answer(f'"{written}[1,1]": 0.5\n')
    assert (found.symbol.plain, found.names) == (plain, (written,))


def test_names_are_read_in_the_letters_of_the_course() -> None:
    of = solution("symbols: {S: Z, Z: A}\n")
    sheet = read("Z2: 1 2 3 4\nA2: 5 6 7 8\ndZ2: 1 1 1 1\n", of)
    assert [(symbol.plain, each.names) for symbol, each in sheet.answers.items()] == [
        ("S2", ("Z2",)),
        ("Z2", ("A2",)),
        ("Delta2", ("dZ2",)),
    ]


# ---------------------------------------------------------------------------- matrices

MATRIX = [[0.5, -0.25, 1e-3, 1 / 3], [2, NAN, 0, -1.5]]
SPELLINGS = [
    "S1: [[0.5, -0.25, 1e-3, 1/3], [2, ~, 0, -1.5]]",
    "S1: [[0.5, -0.25, 1e-3, 1/3], [2, null, 0, -1.5]]",
    "S1: [[0.50, -.25, 0.1E-2, 2/6], [+2, ~, 0, −1.5]]",
    "S1:\n- [0.5, -0.25, 1e-3, 1/3]\n- [2, ~, 0, -1.5]",
    "S1:\n  - 0.5 -0.25 1e-3 1/3\n  - 2 ~ 0 -1.5",
    "S1:\n- - 0.5\n  - -0.25\n  - 1e-3\n  - 1/3\n- - 2\n  -\n  - 0\n  - -1.5",
    "S1: 0.5 -0.25 1e-3 1/3; 2 ~ 0 -1.5",
    "S1: '0.5, -0.25, 1e-3, 1/3; 2, ~, 0, -1.5'",
    "S1: |\n  0.5 -0.25 1e-3 1/3\n  2   ~     0    -1.5",
    "S1: |2\n    0.5 -0.25 1e-3 1/3\n    2   ~     0    -1.5",
    "S1: [[0.5, -0.25, 1e-3, 1/3],\n     [2, ~, 0, -1.5]]",
    "S1: [[0.5, -0.25, 1e-3, 1/3],\n[2, ~, 0, -1.5]]",
    "{S1: [[0.5, -0.25, 1e-3, 1/3], [2, ~, 0, -1.5]]}",
]


@pytest.mark.parametrize("text", SPELLINGS)
def test_a_matrix_may_be_written_as_in_exercises_with_blanks(text: str) -> None:
    found = answer(text)
    np.testing.assert_array_equal(found.value, MATRIX)
    assert found.texts[1][1] is None
    assert found.written_shape is None


@pytest.mark.parametrize("text", ["[[1, 2, 3, 4], ~]", "1 2 3 4; ~", "[1 2 3 4, ~]", "|\n  1 2 3 4\n  ~"])
def test_a_single_blank_may_stand_for_a_whole_row(text: str) -> None:
    np.testing.assert_array_equal(answer(f"S1: {text}").value, [[1, 2, 3, 4], [NAN] * 4])


@pytest.mark.parametrize("text", ["0.49", "[0.49]", "[[0.49]]", "'0.49'", "|\n  0.49\n"])
def test_a_number_may_stand_in_brackets(text: str) -> None:
    assert answer(f"loss: {text}").value == [[0.49]]


@pytest.mark.parametrize("text", ["[1, 2, 3, 4]", "1 2 3 4", "[[1, 2, 3, 4]]", "[1, ~, 3, 4]"])
def test_a_flat_list_is_the_row_that_fits(text: str) -> None:
    found = answer(f"Z2: {text}")
    assert (found.value.shape, found.written_shape) == ((1, 4), None)


def test_a_flat_list_is_the_column_that_fits() -> None:
    found = answer("Z2: [1, 2, 3, 4]", ROWS)
    assert (found.value.tolist(), found.written_shape) == ([[1, 2, 3, 4]], None)


@pytest.mark.parametrize("of", [COLUMNS, ROWS], ids=["columns", "rows"])
@pytest.mark.parametrize("text", ["[1, 2]", "[[1, 2]]", "[[1], [2]]", "1 2", "1; 2", "|\n  1\n  2"])
def test_biases_may_be_a_list_a_row_or_a_column(text: str, of: Solution) -> None:
    found = answer(f"db1: {text}", of)
    assert (found.value.tolist(), found.written_shape) == ([[1], [2]], None)


@pytest.mark.parametrize("of", [COLUMNS, ROWS], ids=["columns", "rows"])
@pytest.mark.parametrize("text", ["[1, 2, 3, 4]", "1; 2; 3; 4", "[[1, 2, 3, 4]]"])
def test_losses_lie_in_a_row_on_the_page(text: str, of: Solution) -> None:
    assert answer(f"losses: {text}", of).value.tolist() == [[1, 2, 3, 4]]


def test_samples_in_rows_are_turned_to_lie_as_on_the_page() -> None:
    S1, dW1 = read("S1: 1 2; 3 4; 5 6; 7 8\ndW1: 1 2; 3 4; 5 6\n", ROWS).answers.values()
    assert S1.value.tolist() == [[1, 3, 5, 7], [2, 4, 6, 8]]
    assert S1.texts == (("1", "3", "5", "7"), ("2", "4", "6", "8"))
    assert dW1.value.tolist() == [[1, 3, 5], [2, 4, 6]]


# ---------------------------------------------------------------------------- the wrong shape


@pytest.mark.parametrize(
    ("text", "of", "written", "shape", "transposed"),
    [
        ("S1: [[1, 2], [3, 4], [5, 6], [7, 8]]", COLUMNS, (4, 2), (4, 2), True),
        ("S1: [[1, 2, 3, 4], [5, 6, 7, 8]]", ROWS, (2, 4), (4, 2), True),
        ("Z2: [[1], [2], [3], [4]]", COLUMNS, (4, 1), (4, 1), True),
        ("S1: [[1, 2, 3], [5, 6, 7]]", COLUMNS, (2, 3), (2, 3), False),
        ("S1: [[1, 2, 3], [5, 6, 7]]", ROWS, (2, 3), (3, 2), False),
        ("dW1: [[1, 2], [3, 4], [5, 6]]", COLUMNS, (3, 2), (3, 2), True),
        ("S1: [1, 2, 3]", COLUMNS, (1, 3), (1, 3), False),
        ("S1: 1", COLUMNS, (1, 1), (1, 1), False),
        ("db1: [1, 2, 3]", COLUMNS, (1, 3), (3, 1), False),
        ("db1: 1", COLUMNS, (1, 1), (1, 1), False),
        ("db1: [[1, 2, 3, 4], [5, 6, 7, 8]]", COLUMNS, (2, 4), (2, 4), False),
        ("db1: [[1, 2, 3, 4], [5, 6, 7, 8]]", ROWS, (2, 4), (4, 2), False),
        ("losses: 1; 2", COLUMNS, (2, 1), (1, 2), False),
        ("loss: [1, 2]", COLUMNS, (1, 2), (2, 1), False),
    ],
)
def test_a_wrong_shape_is_kept_and_a_transpose_is_known(
    text: str, of: Solution, written: tuple[int, int], shape: tuple[int, int], transposed: bool
) -> None:
    found = answer(text, of)
    assert (found.written_shape, found.value.shape, found.transposed) == (written, shape, transposed)
    assert found.half.shape == found.whole.shape == shape
    assert (len(found.texts), len(found.texts[0])) == shape


def test_a_wrong_shape_with_nothing_in_it_is_blank() -> None:
    assert read("S1: [[~, ~]]\nloss: 1\n").answers.keys() == {COLUMNS.symbol("loss")}


def test_decimal_commas_that_double_the_numbers_are_not_a_wrong_shape() -> None:
    assert answer("Z2: [[0,45, 0,12, -0,44, 0,11]]").value.tolist() == [[0.45, 0.12, -0.44, 0.11]]


# ---------------------------------------------------------------------------- cells


@pytest.mark.parametrize(
    "key", ["S1[2,3]", "S1[ 2 , 3 ]", "S1 [2,3]", "'S1[2,3]'", '"S1[2, 3]"', "? S1[2,3]\n"]
)
def test_a_cell_is_named_by_row_and_column(key: str) -> None:
    found = answer(f"{key}: 0.5")
    assert np.argwhere(found.value == 0.5).tolist() == [[1, 2]]
    assert np.isnan(found.value).sum() == 7
    assert found.names == ("S1",)


def test_a_cell_is_counted_as_the_exercise_lies() -> None:
    sheet = read("S1[3,2]: 0.5\ndW1[3,1]: 0.25\n", ROWS)
    assert [np.argwhere(each.value > 0).tolist() for each in sheet.answers.values()] == [[[1, 2]], [[0, 2]]]


@pytest.mark.parametrize("of", [COLUMNS, ROWS], ids=["columns", "rows"])
@pytest.mark.parametrize(
    ("key", "cell"),
    [
        ("db1[2]", (1, 0)),
        ("db1[2,1]", (1, 0)),
        ("db1[1,2]", (1, 0)),
        ("db1[1]", (0, 0)),
        ("losses[3]", (0, 2)),
        ("losses[3,1]", (0, 2)),
        ("losses[1,3]", (0, 2)),
        ("loss[1]", (0, 0)),
        ("loss[1,1]", (0, 0)),
    ],
)
def test_a_cell_of_a_list_is_named_by_one_number(key: str, cell: tuple[int, int], of: Solution) -> None:
    assert answer(f"{key}: 0.5", of).value[cell] == 0.5


def test_cells_of_one_quantity_make_one_answer() -> None:
    found = answer("S1[1,1]: 0.5\nS1[2,4]: ~\nS1[2,3]: 1.25\n")
    np.testing.assert_array_equal(found.value, [[0.5, NAN, NAN, NAN], [NAN, NAN, 1.25, NAN]])
    assert found.twice is None


@pytest.mark.parametrize(
    ("key", "message", "expected", "hint"),
    [
        (
            "S1[3,1]",
            "there is no S1[3,1]: S1 is 2×4: rows 1–2, columns 1–4",
            None,
            "the row comes first, then the column",
        ),
        ("S1[5,5]", "there is no S1[5,5]: S1 is 2×4: rows 1–2, columns 1–4", None, None),
        (
            "S1[0,1]",
            "there is no S1[0,1]: S1 is 2×4: rows 1–2, columns 1–4",
            None,
            "rows and columns count from 1",
        ),
        (
            "Δ1[4,2]",
            "there is no Δ1[4,2]: Δ1 is 2×4: rows 1–2, columns 1–4",
            None,
            "the row comes first, then the column",
        ),
        ("db1[3]", "there is no db1[3]: db1 is a list of 2: cells 1–2", None, None),
        ("db1[2,2]", "there is no db1[2,2]: db1 is a list of 2: cells 1–2", None, None),
        (
            "db1[0]",
            "there is no db1[0]: db1 is a list of 2: cells 1–2",
            None,
            "rows and columns count from 1",
        ),
        (
            "S1[2]",
            "S1[2] is not a cell: S1 is 2×4: rows 1–2, columns 1–4",
            None,
            "write two numbers: the row, then the column",
        ),
        (
            "S1[]",
            "S1[] is not a cell: S1 is 2×4: rows 1–2, columns 1–4",
            None,
            "write two numbers: the row, then the column",
        ),
        (
            "S1[a,b]",
            "S1[a,b] is not a cell: S1 is 2×4: rows 1–2, columns 1–4",
            None,
            "write two numbers: the row, then the column",
        ),
        (
            "S1[1.0,2]",
            "S1[1.0,2] is not a cell: S1 is 2×4: rows 1–2, columns 1–4",
            None,
            "write two numbers: the row, then the column",
        ),
        (
            "S1[-1,2]",
            "S1[-1,2] is not a cell: S1 is 2×4: rows 1–2, columns 1–4",
            None,
            "write two numbers: the row, then the column",
        ),
        ("db1[1,1,1]", "db1[1,1,1] is not a cell: db1 is a list of 2: cells 1–2", None, None),
    ],
)
def test_a_cell_that_is_not_there_is_a_problem(
    key: str, message: str, expected: str, hint: str | None
) -> None:
    found = problem(f"loss: 1\n{key}: 0.5\n")
    assert (found.message, found.expected, found.hint) == (message, expected, hint)
    assert place(found) == (2, 1)


@pytest.mark.parametrize(("value", "column"), [("[1, 2]", 11), ("1 2", 10), ("[[1], [2]]", 12)])
def test_a_cell_has_one_number(value: str, column: int) -> None:
    found = problem(f"S1[1,1]: {value}")
    assert (found.message, found.expected) == ("S1[1,1]: 2 numbers", "a single number")
    assert place(found) == (1, column)


# ---------------------------------------------------------------------------- answered twice


@pytest.mark.parametrize(
    "text",
    [
        "Z2: [0.5, ~, 0.25, ~]\nY: [~, 0.1, 0.250, ~]\n",
        "Z2: [0.5, ~, 1/4, ~]\nY[1,2]: 0.1\n",
        "Z2[1,2]: 0.1\nZ2: [0.5, ~, 0.25, ~]\nZ2[1,1]: 0.50\n",
        "Z2[1,1]: 0.5\nZ2[1, 2]: 0.1\nY[1,3]: 0.25\n",
        "Z2: [0.5, 0.1, 0.25, ~]\nanswers:\n  Z2: [0.5, 0.1, 0.25, ~]\n",
    ],
)
def test_what_is_said_twice_alike_is_put_together(text: str) -> None:
    found = answer(text)
    np.testing.assert_array_equal(found.value, [[0.5, 0.1, 0.25, NAN]])
    assert found.twice is None


def test_figures_that_differ_are_marked_and_the_first_one_is_kept() -> None:
    found = answer("Delta2: [0.5, 0.1, ~, 0.3]\ndS2: [0.5, 0.2, 0.7, ~]\nD2[1,4]: 0.4\n")
    np.testing.assert_array_equal(found.value, [[0.5, 0.1, 0.7, 0.3]])
    assert found.twice is not None
    assert found.twice.tolist() == [[False, True, False, True]]
    assert found.names == ("Delta2", "dS2", "D2")


def test_a_cell_before_its_matrix_is_the_first_one() -> None:
    found = answer("Z2[1,2]: 0.7\nZ2: [0.5, 0.1, 0.25, ~]\n")
    np.testing.assert_array_equal(found.value, [[0.5, 0.7, 0.25, NAN]])
    assert found.twice is not None
    assert found.twice.tolist() == [[False, True, False, False]]


def test_beside_the_right_shape_a_wrong_one_is_another_answer() -> None:
    found = answer("Z2: [[1], [2], [3], [4]]\nY: [1, 2, 3, ~]\n")
    assert found.written_shape is None
    np.testing.assert_array_equal(found.value, [[1, 2, 3, NAN]])
    assert found.twice is not None
    assert found.twice.tolist() == [[True, True, True, False]]


def test_cells_beside_a_wrong_shape_are_another_answer() -> None:
    found = answer("Z2: [1, 2, 3]\nZ2[1,1]: 1\n")
    assert found.written_shape == (1, 3)
    assert found.twice is not None
    assert found.twice.tolist() == [[True, True, True]]


# ---------------------------------------------------------------------------- widths


def test_whole_figures_are_known_and_half_a_unit_wide() -> None:
    found = answer("S2: [3, 2.0, 1e0, 6/2]")
    assert found.whole.tolist() == [[True, False, False, False]]
    np.testing.assert_array_equal(found.half, [[0.5, 0.05, 0.5, 0]])


def test_0_and_1_are_as_wide_as_the_coarsest_figure_of_their_matrix() -> None:
    sheet = read("S2: [0, 1, 0.25, 0.125]\nloss: 0.5\n")
    np.testing.assert_array_equal(next(iter(sheet.answers.values())).half, [[0.005, 0.005, 0.005, 0.0005]])


def test_0_and_1_are_as_wide_as_the_coarsest_figure_of_the_sheet_if_their_matrix_has_none() -> None:
    text = "S2: [1.125, ~, ~, ~]\nloss: 0.25\nfprime1[1,1]: 0\nfprime1[2,1]: 1\nfprime1[1,2]: 2\n"
    *_, fprime1 = read(text).answers.values()
    np.testing.assert_array_equal(fprime1.half, [[0.005, 0.5, NAN, NAN], [0.005, NAN, NAN, NAN]])


def test_without_any_decimals_0_and_1_are_as_wide_as_other_whole_figures() -> None:
    assert answer("S2: [0, 1, -1, 3]").half.tolist() == [[0.5] * 4]


def test_a_sheet_of_float32_values_is_known() -> None:
    assert read("S2: [0.4580000042915344, 1, 2, 3]").single
    assert read("S2: [0.86899996, -0.44200003, 0.70399994, 0.61899996]\ndX: 0.61399996 0.55200005").single
    assert not read("S2: [0.4580000000000123, 0.5000000000, 2, 3]").single


# ---------------------------------------------------------------------------- problems


@pytest.mark.parametrize(
    ("text", "where", "message", "expected", "hint"),
    [
        (
            "S1: [[1, x, 3, 4], [5, 6, 7, 8]]",
            (1, 10),
            "S1: 'x' is not a number",
            "a number such as 0.5, -2, 1e-3 or 1/3, or ~ for a blank",
            None,
        ),
        ("Z2: 0,49", (1, 5), "Z2: '0,49' is not a number", None, "decimal comma? write 0.49"),
        ("Z2: |\n  1 2 nan 4", (2, 7), "Z2: 'nan' is not a number", None, "every number must be finite"),
        ("Z2: [1, 2, 1_0, 4]", (1, 12), "Z2: '1_0' is not a number", None, "write 10"),
        ("Z2: [1, 2, 010, 4]", (1, 12), "Z2: '010' is not a number", None, "no leading zeros: 10"),
        ("Z2: [1, 2, true, 4]", (1, 12), "Z2: 'true' is not a number", None, "write 1 or 0"),
        ("Z2: [1, 2, 1e999, 4]", (1, 12), "Z2: '1e999' is out of range", None, None),
        (f"loss: {'1' * 400}", (1, 7), f"loss: '{'1' * 27}…' has more than 60 digits", None, "round it"),
        ("S1[1,2]: .nan", (1, 10), "S1: '.nan' is not a number", None, "every number must be finite"),
        (
            "S1: [[1, 2, 3, 4], [5, 6, 7]]",
            (1, 21),
            "row 2 of S1 has 3 numbers, row 1 has 4",
            "4 numbers in each row",
            "is a number missing, or one too many?",
        ),
        (
            "S1:\n- [0.5, 0.25]\n- [0,5, 0.25]",
            (3, 4),
            "row 2 of S1 has 3 numbers, row 1 has 2",
            "2 numbers in each row",
            "a decimal comma? write 0.5, not 0,5",
        ),
        ("S1: [[[1]]]", (1, 6), "row 1 of S1 is not a list of numbers", "rows such as [0.5, -1, 2]", None),
        ("S1: {a: 1}", (1, 5), "S1: expected a matrix, not a block of keys", None, None),
        ("S1[1,1]: {a: 1}", (1, 10), "S1[1,1]: expected a matrix, not a block of keys", None, None),
        ("loss: 1\nDetla1: 1", (2, 1), "unknown quantity 'Detla1'", None, "did you mean Delta1?"),
        ("loss: 1\nS1[1][2]: 1", (2, 1), "unknown quantity 'S1[1]'", None, None),
        ("loss: 1\nS3: 1", (2, 1), "unknown quantity 'S3'", None, "the network has 2 layers"),
        ("loss: 1\nStudnt: x", (2, 1), "unknown quantity 'Studnt'", None, "did you mean student?"),
        ("loss: 1\nJJ: x", (2, 1), "unknown quantity 'JJ'", None, None),
        ("loss: 1\n'': 1", (2, 1), "unknown quantity ''", None, None),
        (
            "answers:\n  loss: 1\nanswers:\n  loss: 2",
            (4, 3),
            "loss is given twice, with different values",
            None,
            "the first one, on line 2, counts",
        ),
        (
            "answers:\n  loss: 1\n  L: 2",
            (3, 3),
            "L is given twice, with different values",
            None,
            "the first one, on line 2, counts",
        ),
        ("answers: [1, 2]", (1, 10), "answers must have keys", None, None),
        ("answers: S1", (1, 10), "answers must have keys", None, None),
        ("student: s1\nexercise: a.yaml", (1, 1), "there are no answers in this sheet", None, None),
        ("student: s1\nanswers: ~", (1, 1), "there are no answers in this sheet", None, None),
        ("[1, 2]", (1, 1), "a sheet of answers was expected, not a list", None, None),
        ("just text", (1, 1), "a sheet of answers was expected, not text", None, None),
        ("inputs: 1\nlayers: 2", (1, 1), "this is an exercise, not a sheet of answers", None, None),
        ("", (1, 1), "the file is empty", None, None),
        ("# nothing", (1, 1), "the file is empty", None, None),
        ("loss: &a 1", (1, 7), "aliases and anchors (* and &) are not allowed", None, None),
        ("loss: !!float 1", (1, 7), "tags are not allowed: tag:yaml.org,2002:float", None, None),
    ],
)
def test_a_problem_has_its_place_and_says_what_to_do(
    text: str, where: tuple[int, int], message: str, expected: str | None, hint: str | None
) -> None:
    found = problem(text)
    assert (place(found), found.message) == (where, message)
    assert expected is None or found.expected == expected
    assert hint is None or found.hint == hint


def test_all_problems_are_reported_at_once_in_the_order_of_the_sheet() -> None:
    text = "S1: [[1, 2], [3]]\nfoo: 1\nZ2: [1, x, nan, 4]\nanswers:\n  db1[3]: 1\n  loss: {}\n"
    assert [place(found) for found in problems(text)] == [(1, 15), (2, 1), (3, 9), (3, 12), (5, 3), (6, 9)]


def test_an_unknown_quantity_comes_with_all_that_there_are() -> None:
    expected = problem("foo: 1\nloss: 1").expected
    assert expected is not None
    assert expected.split()[:8] == ["one", "of", "X", "T", "W1", "b1", "W2", "b2"]


def test_a_quantity_that_this_exercise_does_not_have_is_unknown() -> None:
    assert problem("loss: 1\ndb1: 1", EXERCISE_2).message == "unknown quantity 'db1'"


def test_a_problem_shows_nothing_that_a_terminal_would_obey() -> None:
    (found,) = problems('"S1\\e[31m[1,1]": 1')
    assert "\x1b" not in f"{found.message} {found.expected} {found.hint}"


@pytest.mark.parametrize("blank", ["~", "null", ""])
def test_exercises_still_refuse_blanks(blank: str) -> None:
    text = f"inputs: [[1, 2], [3, {blank}]]\nlayers:\n- weights: [[1, 2]]\n"
    with pytest.raises(InputError):
        read_exercise(Document(text, "a.yaml"), "a.yaml")


# ---------------------------------------------------------------------------- limits


@pytest.mark.parametrize(
    "value",
    ["|\n  " + "1 " * 5000, "[" + "1, " * 5000 + "1]", "|\n  " + "1 " * 100 + "\n  ~" * 100],
    ids=["words", "list", "blank rows"],
)
def test_a_matrix_far_too_large_is_refused(value: str) -> None:
    found = problem(f"S1: {value}")
    assert found.message.endswith(" cells")
    assert found.expected == "at most 1,120"


def test_of_thousands_of_problems_the_first_ones_are_shown() -> None:
    shown = problems("".join(f"k{i}: 1\n" for i in range(20_000)))
    assert [found.message for found in shown[:2]] == ["unknown quantity 'k0'", "unknown quantity 'k1'"]
    assert len(shown) == 31


@pytest.mark.parametrize(
    "block",
    [
        "[0.1 0.2 0.3]",
        "{{0.1, 0.2, 0.3}}",
        "array([[0.1, 0.2, 0.3]], dtype=float32)",
        "tensor([[0.1, 0.2, 0.3]], grad_fn=<MulBackward0>)",
        r"\begin{pmatrix} 0.1 & 0.2 & 0.3 \end{pmatrix}",
        r"\[ \left[\begin{array}{ccc} 0.1 & 0.2 & 0.3 \end{array}\right] \]",
        "     [,1] [,2] [,3]\n[1,]  0.1  0.2  0.3",
        "1×3 Matrix{Float64}:\n 0.1  0.2  0.3",
        "1.0e-01 *\n\n 1 2 3",
        "| 0.1 | 0.2 | 0.3 |",
        "[■(0.1&0.2&0.3)]",
    ],
)
def test_a_block_may_have_a_matrix_in_the_form_of_a_program(block: str) -> None:
    indented = "\n".join(f"  {line}" for line in block.split("\n"))
    sheet = read_answers(Document(f"dW2: |\n{indented}\nloss: 0.5\n", "a.yaml"), solve(load("exercise2")))
    assert [symbol.plain for symbol in sheet.answers] == ["loss", "dW2"]
    assert not sheet.not_understood
    (answer,) = (each for symbol, each in sheet.answers.items() if symbol.plain == "dW2")
    assert answer.value.round(9).tolist() == [[0.1, 0.2, 0.3]]


def test_the_figures_of_an_answer_which_other_sheets_may_share_cannot_be_changed() -> None:
    loss = answer("loss: 0.5")
    for array in (loss.value, loss.half, loss.whole):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 1
