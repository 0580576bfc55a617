"""Tables of spreadsheets and of Markdown: where the name of a block stands, and what are labels."""

import pytest

from mlpcalc.answers.forms.separated import read
from mlpcalc.answers.forms.tables import read_markdown

TWO = (("0.1", "0.2"), ("3", "4"))


@pytest.mark.parametrize(
    "text",
    [
        "S1\n0.1,0.2\n3,4\n",
        "S1,,\n0.1,0.2,\n3,4,\n",
        "S1,0.1,0.2\n,3,4\n",
        "S1,0.1,0.2\nS1,3,4\n",
        "S1,#1,#2\n1,0.1,0.2\n2,3,4\n",
        "S1\t0.1\t0.2\n\t3\t4\n",
        "S1;;\n0,1;0,2\n3;4\n",
        '"S1"\n"0.1","0.2"\n"3","4"\n',
        "Z1\n7,8\n9,10\nS1\n0.1,0.2\n3,4\n",
        "Z1,,,S1,\n7,8,,0.1,0.2\n9,10,,3,4\n",
        "name,i,j,value\nS1,0,0,0.1\nS1,0,1,0.2\nS1,1,0,3\nS1,1,1,4\n",
        "matrix;row;col;value\nS1;1;1;0,1\nS1;1;2;0,2\nS1;2;1;3\nS1;2;2;4\n",
        "quantity,row,column,value\nS1,1,1,0.1\nS1,1,2,0.2\nS1,2,1,3\nS1,2,2,4\n",
    ],
)
def test_a_block_has_its_name_above_or_beside_it(text: str) -> None:
    assert TWO in [each.grid.rows for each in read(text).passages if "S1" in each.names]


def markdown(*lines: str, above: str = "S1") -> list[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]]:
    return [(each.names, each.grid.rows) for each in read_markdown(lines, 1, above).passages]


@pytest.mark.parametrize(
    "lines",
    [
        ("| | #1 | #2 |", "|---|---|---|", "| 1 | 0.1 | 0.2 |", "| 2 | 3 | 4 |"),
        ("| | 1 | 2 |", "|:-:|--:|--:|", "| unit 1 | 0.1 | 0.2 |", "| unit 2 | 3 | 4 |"),
        ("| | |", "|---|---|", "| 0.1 | 0.2 |", "| 3 | 4 |"),
        ("| 0.1 | 0.2 |", "|---|---|", "| 3 | 4 |"),
        ("| sample 1 | sample 2 |", "|---|---|", "| 0.1 | 0.2 |", "| **3** | `4` |"),
    ],
)
def test_labels_are_no_figures(lines: tuple[str, ...]) -> None:
    assert markdown(*lines) == [(("S1",), TWO)]


def test_whole_numbers_are_figures_where_nothing_is_counted() -> None:
    assert markdown("| | | |", "|---|---|---|", "| 0 | 1 | -1 |") == [(("S1",), (("0", "1", "-1"),))]


def test_rows_may_have_names_and_matrices_in_their_last_cell() -> None:
    rows = markdown(
        "| step | formula | value |",
        "|---|---|---|",
        "| S1 | W1 X | [0.1, 0.2] |",
        "| L | - | (0.5) |",
        above="",
    )
    assert rows == [(("S1",), (("0.1", "0.2"),)), (("L",), (("0.5",),))]


def test_matrices_in_cells_belong_to_the_name_beside_them() -> None:
    found = read("Expected output\ndW1\t[[0.1, 0.2], [3, 4]]\nb1\t0.5\nS1\t[0.6, 0.7]\n")
    assert [(each.names, each.grid.rows) for each in found.passages] == [
        (("dW1",), TWO),
        (("b1",), (("0.5",),)),
        (("S1",), (("0.6", "0.7"),)),
    ]


def test_names_beside_rows_and_above_columns_are_kept() -> None:
    (passage,) = read_markdown(
        ["| | S1 | Z1 |", "|-|-|-|", "| h1 | 0.1 | 0.2 |", "| h2 | 3 | 4 |"], 3
    ).passages
    assert (passage.rows, passage.columns, passage.grid.rows) == (("h1", "h2"), ("S1", "Z1"), TWO)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("S1\n-2,85\n0,86\n", (("-2.85",), ("0.86",))),
        ("S1\n0,5;-1,25\n0,75;2\n", (("0.5", "-1.25"), ("0.75", "2"))),
        ("S1;0,5\n;-1,25\n", (("0.5",), ("-1.25",))),
        ("S1\n1,2\n3,4\n", (("1", "2"), ("3", "4"))),
        ("S1\t0.5\n\t-1.25\n", (("0.5",), ("-1.25",))),
    ],
)
def test_what_a_comma_is_in_a_table_is_told_by_its_figures(
    text: str, rows: tuple[tuple[str, ...], ...]
) -> None:
    (passage,) = read(text).passages
    assert passage.grid.rows == rows


def test_a_table_of_no_rows_states_nothing() -> None:
    assert markdown("|---|---|") == []


def test_a_column_of_decimal_commas_is_one_block() -> None:
    (passage,) = read("S1;\n1;\n0,25;\n").passages
    assert (passage.names, passage.grid.rows) == (("S1",), (("1",), ("0.25",)))
