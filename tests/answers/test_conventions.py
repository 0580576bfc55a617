"""Letters and numbers that a document uses in its own way, where its figures tell what they mean."""

import pytest

from tests.answers.test_meaning import exercise, meant, names

# S1 = [0.3775, 0.4025], Z1 = σ(S1) = [0.59327, 0.59929], S2 = Z2 = 1.10699
TWO_SIGMOIDS = exercise(
    layers=[
        {"weights": [[0.15, 0.2], [0.25, 0.3]], "bias": [0.35, 0.36], "activation": "sigmoid"},
        {"weights": [[0.4, 0.45]], "bias": [0.6], "activation": "sigmoid"},
    ]
)


def cells(text: str, ending: str = "md") -> dict[str, str]:
    """The figure of each quantity or cell that a document answers."""
    found = meant(text, TWO_SIGMOIDS, ending).answers
    return dict(zip(names(text, TWO_SIGMOIDS), (each.grid.rows[0][0] for each in found), strict=True))


@pytest.mark.parametrize(
    ("before", "after"),
    [("z", "a"), ("a", "z"), ("v", "y"), ("net", "out"), ("Z", "A"), ("u", "h"), ("s", "a")],
)
def test_of_two_letters_the_one_that_is_f_of_the_other_is_the_activation(before: str, after: str) -> None:
    text = (
        f"{before}1 = [0.3775, 0.4025]\n{after}1 = [0.5933, 0.5993]\n{before}2 = 1.107\n{after}2 = 0.7516\n"
    )
    assert cells(text) == {"S1": "0.3775", "Z1": "0.5933", "S2": "1.107", "Z2": "0.7516"}
    assert cells(f"{text}d{after}1 = [0.1, 0.2]\nd{before}1 = [0.3, 0.4]\n") == {
        "S1": "0.3775",
        "Z1": "0.5933",
        "S2": "1.107",
        "Z2": "0.7516",
        "dZ1": "0.1",
        "Delta1": "0.3",
    }


def test_a_figure_with_few_digits_may_be_exact() -> None:
    short = exercise(
        inputs=[[0], [0]],
        layers=[
            {"weights": [[0.15, 0.2], [0.25, 0.3]], "bias": [0.3, 0.3], "activation": "tanh"},
            {"weights": [[0.4, 0.45]], "bias": [0.6]},
        ],
    )
    assert names("z1 = [0.3, 0.3]\na1 = [0.2913, 0.2913]\ndL_da_1 = [0.1, 0.2]", short) == ["S1", "Z1", "dZ1"]


@pytest.mark.parametrize(
    "text",
    [
        "z1 = [0.3775, 0.4025]\na1 = [0.4, 0.7]",  # neither is f of the other
        "z1 = [0.4, 0.4]\na1 = [0.6, 0.6]",  # so few digits may agree by chance
        "u1 = [0.3775, 0.4025]\nz2 = 0.5\nh1 = [0.5933, 0.5993]\na2 = 0.3",  # and what is z?
    ],
)
def test_letters_are_left_out_where_the_figures_do_not_tell(text: str) -> None:
    found = meant(text, TWO_SIGMOIDS)
    assert not found.answers
    assert len(found.left_out) == text.count("=")


def test_letters_that_the_exercise_declares_need_no_figures() -> None:
    course = exercise(symbols={"S": "a", "Z": "z"})
    assert names("a1 = [0.1, 0.2]\nz1 = [0.3, 0.4]", course) == ["S1", "Z1"]


@pytest.mark.parametrize("loss", ["L", "J", "E", "loss"])
def test_the_inputs_may_be_the_first_layer_of_the_units(loss: str) -> None:
    text = (
        r"$w_{11}^{(1)} = 0.15$, $z_1^{(2)} = 0.3775$, $a_1^{(2)} = 0.5933$, $z_2^{(2)} = 0.4025$, "
        r"$a_2^{(2)} = 0.5993$, $z_1^{(3)} = 1.107$, $a^{(3)} = 0.7516$, $\delta_1^{(3)} = 0.0843$, "
        r"$\delta_2^{(2)} = 0.0091$, $a^{(1)} = [0.05, 0.1]$, "
        f"${loss}^{{(1)}} = 0.1019$"  # of the first sample
    )
    assert names(text, TWO_SIGMOIDS) == [
        *("S1[1,1]", "Z1[1,1]", "S1[2,1]", "Z1[2,1]", "S2[1,1]", "Z2", "Delta2[1,1]", "Delta1[2,1]")
    ]


def test_the_inputs_may_be_the_first_layer_of_the_weights_too() -> None:
    text = (
        r"$w^2 = \begin{bmatrix} 0.15 & 0.2 \\ 0.25 & 0.3 \end{bmatrix}$, $z^2 = [0.3775, 0.4025]^T$, "
        r"$a^2 = [0.5933, 0.5993]^T$, $z^3 = 1.107$, $\delta^3 = 0.0843$, $\delta^2 = [0.0081, 0.0091]^T$, "
        r"$\partial C / \partial w^3 = [0.05, 0.0505]$, "
        r"$w^3 - \eta \partial C / \partial w^3 = [0.375, 0.4247]$"
    )
    assert names(text, TWO_SIGMOIDS) == ["S1", "Z1", "S2", "Delta2", "Delta1", "dW2", "W2_new"]


def test_the_derivative_by_a_letter_in_doubt_is_left_out_as_the_letter_is() -> None:
    found = meant("z1 = [0.1, 0.2]\na1 = [0.3, 0.9]\ndL/dz2 = 0.5\n", TWO_SIGMOIDS)
    assert not found.answers
    assert [left.line for left in found.left_out] == [1, 2, 3]


def test_units_may_have_the_letter_of_their_layer() -> None:
    text = (
        r"$net_{h1} = 0.3775$, $out_{h1} = 0.5933$, $net_{o_1} = 1.107$, $out_{o_1} = 0.7516$, "
        r"$\delta_{h2} = 0.0091$, $\frac{\partial E_{total}}{\partial out_{h2}} = 0.0379$, "
        r"$\frac{\partial E_{o1}}{\partial out_{h2}} = 0.0379$, $E_{o1} = 0.1019$"
    )
    assert names(text, TWO_SIGMOIDS) == [
        *("S1[1,1]", "Z1[1,1]", "S2[1,1]", "Z2[1,1]", "Delta1[2,1]", "dZ1[2,1]")
    ]


ALL_WEIGHTS = "w1 = 0.15, w2 = 0.2, w3 = 0.25, w4 = 0.3, w5 = 0.4, w6 = 0.45\n"


@pytest.mark.parametrize(
    "weights",
    [
        ALL_WEIGHTS,
        "w1=0.15  w2=0.20\nw3=0.25  w4=0.30\nw5=0.40 w6=0.45\n",
        "[w_1, w_2, w_3] = [0.15, 0.20, 0.25]\n$(w_4, w_5, w_6) = (0.3, 0.4, 0.45)$\n",
    ],
)
def test_weights_numbered_through_the_network_are_known_by_the_given_ones(weights: str) -> None:
    text = weights + (
        r"$\frac{\partial E}{\partial w_6} = 0.0505$, $w_6^+ = 0.4247$, "
        r"$\frac{\partial E}{\partial w_3} = 0.0005$"
    )
    assert names(text, TWO_SIGMOIDS) == ["dW2[1,2]", "W2_new[1,2]", "dW1[2,1]"]


@pytest.mark.parametrize(
    "weights",
    [
        "",
        ALL_WEIGHTS.replace(", w6 = 0.45", ""),  # not all of them
        ALL_WEIGHTS.replace("0.45", "0.55"),  # others
    ],
)
def test_weights_numbered_otherwise_are_left_out(weights: str) -> None:
    found = meant(weights + "w6' = 0.4247\nw2' = 0.1995\n", TWO_SIGMOIDS)
    assert not found.answers
    assert {"w6'", "w2'"} <= {left.message.partition(":")[0].partition(" ")[0] for left in found.left_out}


def test_numbers_of_units_are_not_taken_for_those_of_layers() -> None:
    found = meant("z_1 = 0.3775\nz_2 = 0.4025\n", TWO_SIGMOIDS)
    assert not found.answers
    assert [left.line for left in found.left_out] == [1, 2]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("dW1[0,0] = 0.1\ndW1[0][1] = 0.2\ndW2[0,1] = 0.3", ["dW1[1,1]", "dW1[1,2]", "dW2[1,2]"]),
        ("dW1[1,1] = 0.1\ndW1[1][2] = 0.2", ["dW1[1,1]", "dW1[1,2]"]),
        (r"$\delta_1^{(1)} = 0.2$, dW1[0,1] = 0.1", ["Delta1[1,1]", "dW1[1,2]"]),  # each in its own way
        (r"$w_{10} = 0.3$, $\delta_2^{(1)} = 0.2$", ["Delta1[2,1]"]),  # the tenth
    ],
)
def test_cells_count_from_0_where_the_document_has_a_cell_0(text: str, read: list[str]) -> None:
    assert names(text, TWO_SIGMOIDS) == read


def test_the_weights_given_show_which_index_is_that_of_the_unit() -> None:
    here = r"$w_{12}^{(1)} = 0.2$, $\frac{\partial L}{\partial w_{12}^{(1)}} = 0.5$"
    there = here.replace("= 0.2$", "= 0.25$")
    assert names(here, TWO_SIGMOIDS) == ["dW1[1,2]"]
    assert names(there, TWO_SIGMOIDS) == ["dW1[2,1]"]
    assert names(there + "\ndW1[1,2] = 0.3", TWO_SIGMOIDS) == ["dW1[2,1]", "dW1[1,2]"]


def test_one_bias_for_a_whole_layer_is_the_given_one() -> None:
    shared = exercise(
        layers=[
            {"weights": [[0.15, 0.2], [0.25, 0.3]], "bias": [0.35, 0.35], "activation": "sigmoid"},
            {"weights": [[0.4, 0.45]], "bias": [0.6]},
        ]
    )
    found = meant("b_1 = 0.35, b_2 = 0.60", shared)
    assert [symbol.plain for symbol, _ in found.givens] == ["b1", "b2"]
    assert not found.left_out
