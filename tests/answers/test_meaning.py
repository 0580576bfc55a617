"""What the names of a document mean in an exercise, and what is left out rather than guessed."""

from collections.abc import Mapping

import pytest

from mlpcalc import Solution, load, solve
from mlpcalc.answers.forms import documents
from mlpcalc.answers.meaning import Understood, understood

EXERCISE = """
inputs: [[0.05], [0.1]]
targets: [[0.3]]
layers:
  - {weights: [[0.15, 0.2], [0.25, 0.3]], bias: [0.35, 0.36], activation: sigmoid}
  - {weights: [[0.4, 0.45]], bias: [0.6]}
loss: {name: squared_error, factor: 1/2}
learning_rate: 0.5
"""


def exercise(**more: object) -> Solution:
    """Two inputs, two hidden units, one output, one sample."""
    keys: Mapping[str, object] = {
        "inputs": [[0.05], [0.1]],
        "targets": [[0.3]],
        "layers": [
            {"weights": [[0.15, 0.2], [0.25, 0.3]], "bias": [0.35, 0.36], "activation": "sigmoid"},
            {"weights": [[0.4, 0.45]], "bias": [0.6]},
        ],
        "loss": {"name": "squared_error", "factor": "1/2"},
        "learning_rate": 0.5,
    }
    return solve(load({**keys, **more}))


SMALL = exercise()
EXERCISE2 = solve(load("exercise2"))


def meant(text: str, solution: Solution = SMALL, ending: str = "md") -> Understood:
    return understood(documents.read(text, f"a.{ending}"), solution)


def names(text: str, solution: Solution = SMALL) -> list[str]:
    """The quantities and cells that a document answers."""
    found = meant(text, solution).answers
    cells = (("" if each.indices is None else str([*each.indices]).replace(" ", "")) for each in found)
    return [each.symbol.plain + cell for each, cell in zip(found, cells, strict=True)]


COLUMN, ROW, SQUARE = r"[0.7; 0.2]", r"[0.7, 0.2]", r"[[0.7, 0.2], [0.3, 0.4]]"
WAYS = {
    ("dW1", SQUARE): (
        *("dW1", "dL_dW1", "dL/dW1", "∂L/∂W₁", "grad_W1", "W1.grad", "dLdW1", "dJ_dW_1", "W1_grad"),
        *(r"$\frac{\partial L}{\partial W_1}$", r"$\nabla_{W_1} \mathcal{L}$", r"$d\mathbf{W}_{1}$"),
        *("∇_W1 L", "∇W1 L", "∇W₁ J"),
        *(r"$\nabla_{\mathbf{W}^{(1)}} L$", r"$\partial \mathcal{L} / \partial W^{[1]}$"),
        *("Gradient of W1", "gradient of the loss with respect to W1", "the derivative of L w.r.t. W1"),
        *("fc1.weight.grad", "model.fc1.weight.grad", "layer1.weight.grad", "linear_1.weight_grad"),
        *(r"$\pdv{L}{W_1}$", r"$\frac { \partial L } { \partial W _ { 1 } }$"),
        *("(del L)/(del W_1)", "(partial E)/(partial W^((1)))", "grad_(W^((1))) L", "dL/(dW_(1))"),
        *(r"$\partial_{W_1} L$", r"$\partial_{\mathbf{W}^{(1)}} \mathcal{L}$"),
        *(r"$\dfrac{dE}{dW_1}$", r"$\frac{\mathrm{d} L}{\mathrm{d} {\bf W}_1}$"),
    ),
    ("W1_new", SQUARE): (
        *("W1_new", "W1'", "W1_updated", "new_W1", "W1 (new)", "updated W1", "W1 after update", "W₁′"),
        *(r"$W_1'$", r"$W_1^{\prime}$", r"$W^{(1)}_{\text{new}}$", r"$W_1^{new}$", r"$W_1^+$"),
        *('W_1^"new"', "W^((1))_(new)", r"$\mathbf{W}_{1,\text{new}}$"),
        *(r"$W_1^{(t+1)}$", r"$W_{1,\text{new}}$", r"$\mathbf{W}_{\mathrm{new}}^{(1)}$"),
        *(r"$W_1 \leftarrow W_1 - \eta dW_1$", r"$W_1 = W_1 - 0.5 \frac{\partial L}{\partial W_1}$"),
    ),
    ("Delta1", COLUMN): (
        *("Delta1", "delta1", "δ1", "Δ_1", "dS1", "dL_dS1", "D1", r"$\delta^{(1)}$"),
        *(r"$\boldsymbol{\Delta}_1$", r"$\frac{\partial L}{\partial S_1}$"),
    ),
    ("S1", COLUMN): (
        *(
            "S1",
            "S_1",
            r"$\mathbf{S}_1$",
            r"$S^{[1]}$",
            "S1 (2x1)",
            "hidden layer S1",
            "Hidden layer input (S1)",
            "hidden output (S1)",
        ),
        *("S^((1))", "bb S_(1)", "S1 (shape (2, 1))"),
        *("np.round(S1, 4)", "pd.DataFrame(S1)", "cache['S1']"),
    ),
    ("db1", ROW): (
        "We get db_1",
        "db1",
        "fc1.bias.grad",
        r"$\frac{\partial L}{\partial b_1}$",
        "grad_b1",
    ),
    ("Z2", "0.5"): (
        r"$\hat{y}$",
        r"$\hat Y$",
        "ŷ",
        "Y_out",
        "y_pred",
        "Prediction",
        r"$Y_{out}$",
        "Z2",
        "y_hat",
    ),
    ("loss", "0.5"): (
        *("L", "loss", "J", "cost", r"$\mathcal{L}$", r"$E_{total}$", "L(Y, T)", "Loss"),
        *("The loss is L", "loss before update", "Loss before"),
    ),
    ("loss_new", "0.5"): ("L'", "loss_new", r"$\mathcal{L}_{\text{new}}$", "loss after update"),
    ("fprime1", COLUMN): (
        r"$f_1'(S_1)$",
        r"$f'(S_1)$",
        r"$\sigma'(S_1)$",
        r"$\sigma'(S^{(1)})$",
        "fprime1",
        "f1'(S1)",
    ),
    ("W1_new[1,2]", "0.5"): (r"$w_{12}^{(1)'}$", r"$w_{1,2}^{(1),new}$"),
}


@pytest.mark.parametrize(
    ("name", "figures", "plain"),
    [(name, figures, plain) for (plain, figures), ways in WAYS.items() for name in ways],
)
def test_a_name_is_understood_however_it_is_written(name: str, figures: str, plain: str) -> None:
    text = f"{name[:-1]} = {figures}$" if name.startswith("$") else f"{name} = {figures}"
    text = text.replace("[0.7; 0.2]", r"\begin{bmatrix} 0.7 \\ 0.2 \end{bmatrix}") if "$" in text else text
    found = names(text)
    assert found == [plain]


@pytest.mark.parametrize(
    "name",
    [
        *(r"W_1 X", r"f_1(S_1)", r"W_1^T", r"W_2^\top", r"\Delta W_1", r"S_1^2", r"W_5", r"\bar{S}_1"),
        *(r"A_1", r"Y - T", r"\frac{\partial Y}{\partial S_1}", r"\sum S_1", r"S_1 \odot Z_1"),
        *(r"S_{total}", r"w_{ij}^{(1)}"),
    ],
)
def test_an_operand_names_nothing_and_is_told(name: str) -> None:
    found = meant(rf"$${name} = \begin{{bmatrix}} 0.7 & 0.1 \\ 0.2 & 0.3 \end{{bmatrix}}$$")
    assert not found.answers
    assert [left.line for left in found.left_out] == [1]


def test_every_lone_name_of_a_chain_gets_the_figures() -> None:
    assert names("S_2 = W_2 Z_1 = Z_2 = Y_out = 0.5") == ["S2", "Z2"]


def test_where_the_names_of_a_chain_differ_the_first_is_answered_and_the_rest_told() -> None:
    found = meant(
        r"$$\Delta_1 = \frac{\partial L}{\partial Z_1} = S_1 = \begin{bmatrix} 0.7 \\ 0.2 \end{bmatrix}$$"
    )
    assert [each.symbol.plain for each in found.answers] == ["Delta1"]
    assert len(found.left_out) == 2


AGAIN = """
$$W_1 = \\begin{bmatrix} 0.15 & 0.2 \\\\ 0.25 & 0.3 \\end{bmatrix}, \\quad L = 0.12$$
%s
$$W_1 = \\begin{bmatrix} 0.14 & 0.19 \\\\ 0.24 & 0.29 \\end{bmatrix}$$
$$L = 0.11$$
"""


@pytest.mark.parametrize(
    "between",
    [
        r"$$\frac{\partial L}{\partial b_2} = 0.5$$",
        "## Parameter updates",
        "The updated weights:",
        "Neu:\ndW2 = [[1, 2]]",
    ],
)
def test_the_same_name_after_gradients_or_under_a_heading_of_updates_is_the_updated_one(between: str) -> None:
    found = meant(AGAIN % between)
    assert [each.symbol.plain for each in found.answers if each.symbol.kind in ("W", "loss")] == [
        "loss",
        "W1_new",
        "loss_new",
    ]
    assert [symbol.plain for symbol, _ in found.givens] == ["W1"]
    assert not found.left_out


def test_without_either_it_is_told() -> None:
    found = meant(AGAIN % "")
    assert [each.symbol.plain for each in found.answers] == [
        "loss",
        "loss",
    ]  # a value given twice, for the sheet to tell
    assert [(left.line, "not the figures of the exercise" in left.message) for left in found.left_out] == [
        (4, True)
    ]


def test_the_same_figures_again_are_no_second_answer() -> None:
    assert names("L = 0.12345\ndW2 = [[1, 2]]\nL = 0.1235\n") == ["loss", "dW2"]


def test_the_target_is_known_by_its_figures() -> None:
    text = r"$y = \begin{bmatrix} 1 & 1 & -1 & -1 \end{bmatrix}$"
    assert [symbol.plain for symbol, _ in meant(text, EXERCISE2).givens] == ["T"]
    other = r"$Y = \begin{bmatrix} 0.1 & 0.2 & 0.3 & 0.4 \end{bmatrix}$"
    assert names(other, EXERCISE2) == ["Z2"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("w_1 = 0.15", "may not be that of a layer"),  # one of many in a numbering of its own
        ("w_1^+ = 0.1498", "one figure"),
        ("S1 = 0.3", "one figure"),
        ("dW1 = [0.1, 0.2]", "in a list"),
        ("A1 = [0.7, 0.2]\nZ1 = [0.5, 0.4]", "may be S1"),
        ("S1[3,1] = 0.3", "no such cell"),
        ("S1[1,1] = [0.3, 0.4]", "for one cell"),
        ("[[0.1, 0.2], [0.3, 0.5]]", "without a name"),
        ("Sample 2: S1 = [[0.1, 0.2, 0.3], [1, 2, 3]]", "S1 is 2×1"),
    ],
)
def test_what_is_not_certain_is_left_out(text: str, words: str) -> None:
    found = meant(text)
    assert not [each for each in found.answers if each.symbol.plain in ("S1", "Z1", "W1", "W1_new", "dW1")]
    assert any(words in left.message for left in found.left_out)


def test_a_matrix_that_fits_only_turned_is_read() -> None:
    assert names("S1 = [[0.1, 0.4]]\ndW2 = [[0.1], [0.2]]") == ["S1", "dW2"]


def test_single_cells_count_as_in_the_exercise() -> None:
    text = "dW1[1,2] = 0.5\nS1[2] = 0.1\n$z_1^{(2)} = 0.25$\n$b_1^{(1),new} = 0.2$\n$w_{21}^{(2)} = 0.45$"
    assert names(text)[:3] == ["dW1[1,2]", "S1[2,1]", "Z2[1,1]"]


def test_the_symbols_of_the_exercise_come_first() -> None:
    course = exercise(symbols={"S": "Z", "Z": "A", "Delta": "δ", "b": "θ"})
    text = r"$Z^{[1]} = [0.7, 0.2]^T$ $A_1 = \begin{bmatrix} 0.6 \\ 0.3 \end{bmatrix}$"
    assert names(text, course) == ["S1", "Z1"]
    assert names(r"$\frac{\partial L}{\partial Z_1} = [0.1, 0.2]^T$ $\theta_1' = [0.3, 0.2]$", course) == [
        "Delta1",
        "b1_new",
    ]
    own = '{"quantities": {"Z1": {"name": "A1", "values": [[0.6], [0.3]]}}}'
    assert [each.symbol.plain for each in meant(own, course, "json").answers] == ["Z1"]


def test_rows_and_columns_of_a_table_may_be_named() -> None:
    rows = "| step | value |\n|---|---|\n| S2 | 0.5 |\n| loss | 0.1 |\n"
    assert names(rows) == ["S2", "loss"]
    columns = "| unit | S1 | Z1 |\n|---|---|---|\n| 1 | 0.7 | 0.6 |\n| 2 | 0.2 | 0.3 |\n"
    found = meant(columns).answers
    assert [(each.symbol.plain, each.grid.rows) for each in found] == [
        ("S1", (("0.7", "0.2"),)),
        ("Z1", (("0.6", "0.3"),)),
    ]


GRADIENTS = "[0.1 0.2; 0.3 0.4]", "[0.5 0.6]"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("dW0", "dW1"),
        ("0.weight.grad", "2.weight.grad"),
        ("layers.0.weight.grad", "layers.1.weight.grad"),
        ("net[1].weight.grad", "net[3].weight.grad"),
    ],
)
def test_layers_are_those_of_the_exercise_wherever_a_document_begins_to_count(
    first: str, second: str
) -> None:
    text = "\n".join(f"{name} = {figures}" for name, figures in zip((first, second), GRADIENTS, strict=True))
    found = meant(text)
    assert [(each.symbol.plain, each.grid.rows[0]) for each in found.answers] == [
        ("dW1", ("0.1", "0.2")),
        ("dW2", ("0.5", "0.6")),
    ]


def test_names_of_modules_mean_nothing_where_there_are_not_as_many_as_layers() -> None:
    found = meant("0.weight.grad = [0.1 0.2; 0.3 0.4]\nW0 = [1 2; 3 4]\ndW2 = [0.5 0.6]\n")
    assert [each.symbol.plain for each in found.answers] == ["dW2"]
    assert [(left.line, left.message) for left in found.left_out] == [
        (1, "0.weight.grad is not a quantity of this exercise"),
        (2, "W0 is not a quantity of this exercise"),
    ]


def test_what_later_steps_give_is_no_answer() -> None:
    found = meant("Iteration 1: loss = 0.25\nIteration 2: loss = 0.125\nEpoch 100: loss = 0.01\n")
    assert [each.grid.rows for each in found.answers] == [(("0.25",),)]
    assert [left.line for left in found.left_out] == [2, 3]


@pytest.mark.parametrize("name", ["Output Error", "Network output", "final loss", "relu (S1)", "error of S1"])
def test_words_that_may_mean_many_things_mean_nothing(name: str) -> None:
    found = meant(f"{name}: [[0.7, 0.2]]", EXERCISE2)
    assert not found.answers
    assert [left.line for left in found.left_out] == [1]


def test_a_list_is_no_loss() -> None:
    found = meant("loss = [0.5, 0.25]")
    assert not found.answers
    assert [left.message for left in found.left_out] == ["loss: 2 figures, but loss is one number"]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("for the output layer ($l=2$) and the hidden one ($l=1$): $L = 2$ layers, $L = 0.4916$", ["loss"]),
        ("$j = 1$, $j=2$: $J = 0.25$", ["loss"]),
        (r"$E = \frac{1}{2}(0.8 - 0.6)^2 = 0.02$", ["loss"]),
        ("### Loss\n\n$E = 0.02$", ["loss"]),
        ("$E = 0.3 - 0.8 = -0.5$", []),
        ("loss = 0.5\nW2_new = [0.1, 0.2]\n## Forward pass (after update)\nS2 = 0.3\nloss = 0.4\n",
         ["loss", "W2_new", "S2_new", "loss_new"]),
        ("## Forward pass with the new weights\nloss = 0.4\n", ["loss_new"]),
        (r"$\frac{\partial L}{\partial b_1} = \delta_1 = [0.1, 0.2]^T$", ["db1", "Delta1"]),
        (r"$W_2 - \eta \frac{\partial L}{\partial W_2} = [0.3, 0.4]$", ["W2_new"]),
        (r"$W_2 - \eta \nabla_{W_2} L = [0.3, 0.4]$ and $b_2 - 0.5 db_2 = 0.1$", ["W2_new", "b2_new"]),
        (r"$W_2 - 2 = [0.3, 0.4]$, $S_2 - \eta dS_2 = 0.3$", []),
        ("The loss is then L = 0.5 (0.3)² = 0.045", ["loss"]),
        ("loss = 0.5\n### A second worked example\nS1 = [0.1, 0.2]\nloss = 0.7", ["loss"]),
        ("dz (output error) = 1\ndS2 (output error) = 0.5", ["Delta2"]),
        ("W1 (after one epoch) = [[1, 2], [3, 4]]", []),
    ],
)  # fmt: skip
def test_what_stands_around_figures_tells_what_they_are(text: str, read: list[str]) -> None:
    assert names(text) == read


def test_a_cell_stated_again_after_the_gradients_is_the_updated_one() -> None:
    text = "S1[1] = 0.3\ndW1[1,1] = 0.1\n## Update\nS1[1] = 0.4\nW1[1,1] = 0.5\n"
    assert names(text) == ["S1[1,1]", "dW1[1,1]", "S1_new[1,1]", "W1_new[1,1]"]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("The total error is 0.298, and $\\hat y$ is 0.7516.", ["loss", "Z2"]),
        ("The gradient of W2 is [0.1, 0.2] and the new value of W2 is [0.35, 0.4].", ["dW2", "W2_new"]),
        ("After the update the loss is 0.29.", ["loss_new"]),
        ("The learning rate is 0.5, the weights are 3 numbers and the accuracy is 0.9.", []),
        (r"We get $S_1$ = $(0.3, 0.4)^\top$, so that $Z_2$ is $-0.5$.", ["S1", "Z2"]),
    ],
)
def test_sentences_answer_what_they_name(text: str, read: list[str]) -> None:
    assert names(text) == read


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("loss = 0.3 is small", ["loss: words after the figure: 0.3 is small"]),
        ("L = 0.2 as one sees, z_1 = 0.4 if all is well", ["L: words", "z_1: words"]),
        ("Delta1: 0.5 and so on.", ["Delta1: words after the figure: 0.5 and so on."]),
        ("z_1 = 0.3 units", ["z_1: words after the figure: 0.3 units"]),
        ("S1 = [0.3, 0.4] transposed", ["S1: words after the figure: [0.3, 0.4] transposed"]),
        ("so z_1 = 0.5 V = 0.6", ["z_1: a product"]),
        ("h = 0.5 V = 1", []),
        ("eta = 0.3 is small", []),
        ("dW1 = 0.5 x1 delta1", []),
        ("layers: 2 in this network", []),
    ],
)
def test_a_figure_with_words_behind_it_is_told_if_it_is_of_a_quantity(text: str, told: list[str]) -> None:
    found = meant(text)
    assert found.answers == []
    messages = [left.message for left in found.left_out]
    assert len(messages) == len(told)
    assert all(message.startswith(start) for message, start in zip(messages, told, strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "loss = 0.3 exactly",
        "loss = 0.3 rounded.",
        "loss: approx. 0.3",
        "L = about 0.3",
        "The loss is 0.3 exactly.",
        "The loss is exactly 0.3, as expected.",
    ],
)
def test_an_adverb_beside_a_figure_changes_nothing(text: str) -> None:
    found = meant(text)
    assert [(each.symbol.plain, each.grid.rows) for each in found.answers] == [("loss", (("0.3",),))]
    assert found.left_out == []


def test_labels_of_a_matrix_that_has_a_letter_of_its_own_are_no_names() -> None:
    table = "| | s1 |\n|---|---|\n| u1 | 0.4 |\n| u2 | 0.7 |\n"
    assert not meant(f"### $q_1$\n\n{table}").answers
    assert names(f"### The hidden layer\n\n{table}") == ["S1"]


def test_a_row_of_one_table_is_no_name_of_the_next() -> None:
    text = (
        "| z1 | 1 |\n|---|---|\n| 1 | 0.4 |\n| 2 | 0.7 |\n\n| a1 | 1 |\n|---|---|\n| 1 | 0.1 |\n| 2 | 0.9 |\n"
    )
    found = meant(text)
    assert not found.answers
    assert [left.message.partition(" ")[0] for left in found.left_out] == ["z1", "a1"]


@pytest.mark.parametrize("relation", ["=", r"\approx", "≈"])
def test_a_relation_belongs_to_the_matrix_on_the_line_beside_it(relation: str) -> None:
    figures, formula = r"\begin{bmatrix} 0.7 \\ 0.2 \end{bmatrix}", r"\begin{bmatrix} w \\ v \end{bmatrix}"
    assert names(f"The sums:\n\nS_1 {relation}\n{figures}\n") == ["S1"]
    assert names(f"The sums:\n\nS_1 = {formula}\n{relation} {figures}\n") == ["S1"]


def test_a_number_of_two_digits_before_a_cell_is_that_of_a_layer() -> None:
    deep = exercise(inputs=[[0.05]], layers=[{"weights": [[0.5]]}] * 12)
    assert names("dW_12[1,1] = 0.7", deep) == ["dW12[1,1]"]


GIVEN_CELLS = {"W1[1,1]": 0.15, "W1[1,2]": 0.2, "W1[2,1]": 0.25, "W1[2,2]": 0.3, "b1[1]": 0.35, "b1[2]": 0.36}


def test_cells_of_what_is_given_are_told_only_where_their_figures_are_others() -> None:
    right = meant("".join(f"{name} = {figure}\n" for name, figure in GIVEN_CELLS.items()))
    assert (right.answers, right.left_out) == ([], [])
    wrong = meant("".join(f"{name} = {figure + 0.01:.2f}\n" for name, figure in GIVEN_CELLS.items()))
    assert not wrong.answers
    assert [each.line for each in wrong.left_out] == [1, 2, 3, 4, 5, 6]


def test_other_inputs_beside_gradients_are_no_update_of_the_inputs() -> None:
    found = meant("dL/dW2 = [0.3, 0.4]\nX = [0.6; 0.1]\n")
    assert [each.symbol.plain for each in found.answers] == ["dW2"]
    assert [each.line for each in found.left_out] == [2]
