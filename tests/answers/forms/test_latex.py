r"""Mathematics in LaTeX: which names stand in a chain, and which figures it ends in."""

import pytest

from mlpcalc.answers.forms.figures import figure_text
from mlpcalc.answers.forms.latex import read

TWO = (("0.4580", "0.1205"), ("0.8690", "-0.1"))
BODY = r"0.4580 & 0.1205 \\ 0.8690 & -0.1"


def only(text: str) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The names and the figures of the only passage."""
    found = read(text)
    (passage,) = found.passages
    assert not found.leftovers
    return passage.names, passage.grid.rows


@pytest.mark.parametrize(
    "matrix",
    [
        rf"\begin{{bmatrix}} {BODY} \end{{bmatrix}}",
        rf"\begin{{pmatrix}} {BODY} \\ \end{{pmatrix}}.",
        rf"\begin{{Bmatrix}} {BODY} \end{{Bmatrix}},",
        rf"\begin{{smallmatrix}} {BODY} \end{{smallmatrix}}",
        rf"\left[ \begin{{matrix}} {BODY} \end{{matrix}} \right]",
        rf"\left(\begin{{array}}{{c|c}} {BODY} \end{{array}}\right)_{{2 \times 2}}",
        rf"\begin{{array}}[t]{{rr}} \hline {BODY} \\ \hline \end{{array}}",
        rf"\begin{{bmatrix*}}[r] {BODY} \end{{bmatrix*}}",
        rf"\begin{{pNiceMatrix}}[margin] {BODY} \end{{pNiceMatrix}}",
        rf"\begin{{bNiceArray}}{{cc}} {BODY} \end{{bNiceArray}}",
        rf"\mqty({BODY})",
        rf"\bmqty{{{BODY}}}",
        r"\left( \begin{array} { c c } { 0 . 4 5 8 0 } & { 0. 1205 } \\ "
        r"{ 0 . 8 6 9 0 } & { - 0 . 1 } \end{array} \right)",
        r"\pmatrix{0.4580 & 0.1205 \cr 0.8690 & -0.1 \cr}",
        r"\begin{bmatrix} 0.4580 & 0.1205 \\[2pt] 0.8690 & -0.1 \end{bmatrix}",
        r"\begin{bmatrix} 0.4580 & 0.8690 \\ 0.1205 & -0.1 \end{bmatrix}^{\top}",
        r"\underbrace{\begin{bmatrix} 0.4580 & 0.1205 \\ 0.8690 & {-0.1} \end{bmatrix}}_{2\times 2}",
        rf"\underset{{2 \times 2}}{{\begin{{bmatrix}} {BODY} \end{{bmatrix}}}}",
        rf"\stackrel{{!}}{{\begin{{bmatrix}} {BODY} \end{{bmatrix}}}}",
        r"\boxed{\begin{bmatrix} 0.4580 & 0.1205 \\ \mathbf{0.8690} & \phantom{1}-0.1 \end{bmatrix}}",
        r"[[0.4580,\ 0.1205], [0.8690, {-0.1}]]",
        r"\mathbf{[[0.4580, 0.1205], [0.8690, -0.1]]}",
        r"\begin{bmatrix} 0.4580 & 0.1205 \\ 0.8690 & $-$0.1 \end{bmatrix} \qquad \text{2 units}",
        rf"[0.5(0.6) + 1, 0.5 \times 0.25] = \begin{{bmatrix}} {BODY} \end{{bmatrix}}",
        r"[0.4 - 1, \; 0.5-0] = [0.3 \cdot 2; 1] = "
        rf"\begin{{bmatrix}} {BODY} \end{{bmatrix}}",
        r"(W^{(3)})^T \delta^{(3)} = "
        rf"\begin{{bmatrix}} {BODY} \end{{bmatrix}}",
        r"\begin{bmatrix} 1 & 2 \end{bmatrix}\begin{bmatrix} 3 & 4 \end{bmatrix} = "
        rf"\begin{{bmatrix}} {BODY} \end{{bmatrix}}",
    ],
)
def test_a_matrix_is_read_in_every_environment(matrix: str) -> None:
    names, rows = only(f"S_1 = W_1 X = {matrix}")
    assert names[:2] == ("S_1", "W_1 X")
    assert rows == TWO


@pytest.mark.parametrize("space", [r"\quad", r"\qquad", r"\\", r"\\ & \quad", "~"])
def test_space_behind_an_equals_sign_ends_nothing(space: str) -> None:
    found = read(
        rf"S_1 = {space} 0.5, \quad Z_1 = W X = {space} \begin{{bmatrix}} 0.25 & 0.5 \end{{bmatrix}}"
    )
    assert [(passage.names, passage.grid.rows) for passage in found.passages] == [
        (("S_1",), (("0.5",),)),
        (("Z_1", "W X"), (("0.25", "0.5"),)),
    ]


@pytest.mark.parametrize(
    "command",
    [
        *(
            r"\displaystyle",
            r"\textstyle",
            r"\scriptstyle",
            r"\small",
            r"\scriptsize",
            r"\footnotesize",
            r"\tiny",
        ),
        *(r"\normalsize", r"\large", r"\boldmath", r"\centering", r"\noindent", r"\allowbreak", r"\strut"),
        *(r"\mathstrut", r"\quad", r"\qquad", r"\,", r"\;", r"\:", r"\!", "~"),
    ],
)
def test_what_only_sets_size_or_space_changes_nothing(command: str) -> None:
    matrix = rf"\begin{{bmatrix}} {command} {BODY} {command} \end{{bmatrix}}"
    names, rows = only(rf"{command} S_1 ={command} {matrix}")
    assert names == ("S_1",)
    assert [[figure_text(cell) for cell in row] for row in rows] == [[*row] for row in TWO]


@pytest.mark.parametrize(
    ("written", "figure"),
    [
        (r"1.2\times10^{-3}", "1.2e-3"),
        (r"-1.2 \cdot 10^{-12}", "-1.2e-12"),
        (r"\frac{1}{3}", "1/3"),
        (r"\dfrac12", "1/2"),
        (r"{-}0.5", "-0.5"),
        ("−0.5", "-0.5"),
        ("0{,}5", "0.5"),
        (r"\mathbf{0.50}", "0.50"),
        (r"+\,0.5", "+0.5"),
        ("1e-3", "1e-3"),
    ],
)
def test_a_figure_is_spelled_as_numbers_are(written: str, figure: str) -> None:
    assert only(rf"S = \begin{{bmatrix}} {written} & 2 \end{{bmatrix}}") == (("S",), ((figure, "2"),))
    assert only(f"L = {written}.") == (("L",), ((figure,),))


def test_a_chain_goes_on_over_the_lines_of_an_align() -> None:
    found = read(
        "\\begin{align}\nS_1 &= W_1 X \\\\\n&= \\begin{pmatrix} 1 & 2 \\end{pmatrix} \\\\\n"
        "Z_1 &= f(S_1) = \\begin{pmatrix} 3 & 4 \\end{pmatrix} \\\\\nL &\\approx 0.5\n\\end{align}",
        line=10,
    )
    assert [(each.names, each.grid.rows, each.line) for each in found.passages] == [
        (("S_1", "W_1 X"), (("1", "2"),), 11),
        (("Z_1", "f(S_1)"), (("3", "4"),), 13),
        (("L",), (("0.5",),), 14),
    ]


def test_a_box_may_go_around_a_whole_passage_however_long_its_name() -> None:
    name = r"\nabla_{\boldsymbol{W}^{(1)}} \mathcal{L}_{\text{total}}"
    assert only(rf"\boxed{{{name} = \begin{{bmatrix}} {BODY} \end{{bmatrix}}}}.") == ((name,), TWO)


def test_a_number_alone_is_a_value_only_where_it_is_displayed() -> None:
    (passage,) = read("0.4916", displayed=True).passages
    assert (passage.names, passage.grid.rows) == ((), (("0.4916",),))
    assert not read("0.4916").passages


def test_equations_stand_side_by_side_in_an_align() -> None:
    found = read(
        "\\begin{align*}\nX &= \\begin{bmatrix} 1 & 2 \\end{bmatrix} & y &= 3 \\\\\n"
        "S_1 ={}& W_1 X & Z_1 =& \\begin{bmatrix} 4 & 5 \\end{bmatrix} \\\\\n"
        "L &= 6 + 1 \\\\\n & = 7 && \\text{(so)}\n\\end{align*}"
    )
    assert [(each.names, each.grid.rows) for each in found.passages] == [
        (("X",), (("1", "2"),)),
        (("y",), (("3",),)),
        (("Z_1",), (("4", "5"),)),
        (("L", "6 + 1"), (("7",),)),
    ]


def test_statements_end_at_commas_but_lists_do_not() -> None:
    found = read(r"Z_1 = 0.5, \quad Z_2 = 0{,}25, b = 0.1, 0.2")
    assert [(each.names, each.grid.rows) for each in found.passages] == [
        (("Z_1",), (("0.5",),)),
        (("Z_2",), (("0.25",),)),
        (("b",), (("0.1", "0.2"),)),
    ]


def test_an_arrow_assigns_and_a_power_of_ten_moves_the_points() -> None:
    (passage,) = read(
        r"W_1 \leftarrow W_1 - \eta dW_1 = 10^{-3} \begin{bmatrix} 1.2 & 3 \end{bmatrix}"
    ).passages
    assert passage.assigned
    assert passage.grid.rows == (("1.2e-3", "3e-3"),)


@pytest.mark.parametrize(
    "text",
    [
        r"W_1 = \begin{bmatrix} w_{11} & w_{12} \end{bmatrix}",
        r"S_1 \in \mathbb{R}^{3\times 4}",
        r"z = 0.5 \cdot 0.3 + 1",
    ],
)
def test_what_is_no_figure_states_nothing(text: str) -> None:
    assert not read(text).passages


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (r"S = \begin{bmatrix} 1 & \dots & 2 \end{bmatrix}", "incomplete"),
        (r"S = \begin{bmatrix} 1 & 2 \\ 3 \end{bmatrix}", "different lengths"),
        (r"S = \begin{bmatrix} 1 & 2", "never closed"),
        (r"S = 0.5 = 0.7", "two different values"),
        (r"S = \frac{1}{4} \begin{bmatrix} 1 & 2 \end{bmatrix}", "without its value"),
    ],
)
def test_what_cannot_be_used_is_told(text: str, words: str) -> None:
    found = read(text, line=7)
    assert not found.passages
    assert [(left.line, words in left.message) for left in found.leftovers] == [(7, True)]


def test_of_a_value_and_its_rounding_the_longer_one_counts() -> None:
    assert only(r"L = 0.49157 \approx 0.4916") == (("L",), (("0.49157",),))
