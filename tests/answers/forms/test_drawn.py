"""Matrices drawn with strokes: by pretty printers, and by text recognition of what stands on paper."""

import pytest

from mlpcalc.answers.forms import documents
from mlpcalc.answers.forms.passages import Passage

TWO = (("0.1", "0.2"), ("-0.3", "0.4"))


def passages(text: str) -> list[Passage]:
    found = documents.read(text, "homework.md")
    assert not found.leftovers
    return found.passages


@pytest.mark.parametrize(
    "text",
    [
        "S1 = | 0.1   0.2 |\n     | -0.3  0.4 |",
        "S1 = | 0.1 | 0.2 |\n     | -0.3 | 0.4 |",
        "     | 0.1   0.2 |\nS1 = |\u22120.3  0.4 |\n",
        "S1 =\n⎡0.1   0.2⎤\n⎣-0.3  0.4⎦",
        "     ⎛ 0.1   0.2 ⎞\nS1 = ⎝ -0.3  0.4 ⎠",
        "     [ 0.1, 0.2 ]\nS1 = [ -0.3, 0.4 ]",
        "     ┌           ┐\n     │ 0.1   0.2 │\nS1 = │ -0.3  0.4 │\n     └           ┘",
        "S1 = ❘ 0.1  0.2 ❘\n     ❘ -0.3  0.4 ❘",
        "S1:\n\n+------+-----+\n| 0.1  | 0.2 |\n| -0.3 | 0.4 |\n+------+-----+\n",
        "S1 = | 1 × 10⁻¹  2·10^-1 |\n     | -3 x 10^{-1}  4*10^(-1) |",
    ],
)
def test_the_rows_are_a_matrix_with_the_name_before_any_of_them(text: str) -> None:
    (passage,) = passages(text)
    assert passage.names[0] == "S1"
    assert [[float(cell) for cell in row] for row in passage.grid.rows] == [[0.1, 0.2], [-0.3, 0.4]]


def test_a_second_name_begins_a_second_matrix() -> None:
    found = passages("S1 = | 0.1 |\n     | 0.2 |\nZ1 = | 0.3 |\n     | 0.4 |\n\nL = 0.5\n")
    assert [(each.names, each.grid.rows, each.line) for each in found] == [
        (("S1",), (("0.1",), ("0.2",)), 1),
        (("Z1",), (("0.3",), ("0.4",)), 3),
        (("L",), (("0.5",),), 6),
    ]


def test_brackets_that_do_not_stand_below_one_another_are_no_drawing() -> None:
    first, second = passages("[0.5, 0.6]\nb1 = [0.1, 0.2]\n")
    assert (first.names, first.grid.rows) == ((), (("0.5", "0.6"),))
    assert (second.names, second.grid.rows) == (("b1",), (("0.1", "0.2"),))


@pytest.mark.parametrize("text", ["p(x | 0.5)", "err = |y - t| = |0.3 - 0.8|", "| S1 | Z1 |"])
def test_strokes_in_formulas_and_words_draw_nothing(text: str) -> None:
    assert not passages(text)
