"""What programs print and people type: the name of each matrix, and its figures."""

import pytest

from mlpcalc.answers.forms.prints import read

TWO = (("0.1", "0.2"), ("-0.3", "0.4"))


@pytest.mark.parametrize(
    "text",
    [
        "S1 =\n[[ 0.1  0.2]\n [-0.3  0.4]]",
        "S1: [[0.1, 0.2], [-0.3, 0.4]]",
        "S1 [[ 0.1  0.2]\n [-0.3  0.4]]",
        "S1\n[[0.1, 0.2],\n [-0.3, 0.4]]",
        "S1 = array([[0.1, 0.2],\n       [-0.3, 0.4]], dtype=float32)",
        "S1 = np.array([[0.1, 0.2], [-0.3, 0.4]])  # pre-activations",
        "S1 = tensor([[ 0.1,  0.2],\n        [-0.3,  0.4]], grad_fn=<AddmmBackward0>)",
        "S1 tensor([[0.1, 0.2], [-0.3, 0.4]], device='cuda:0', dtype=torch.float64, requires_grad=True)",
        "S1 = tf.Tensor(\n[[ 0.1  0.2]\n [-0.3  0.4]], shape=(2, 2), dtype=float32)",
        "S1 = <tf.Tensor: shape=(2, 2), dtype=float32, numpy=\narray([[ 0.1,  0.2],\n       [-0.3,  0.4]])>",
        "S1 = [array([0.1, 0.2]), array([-0.3, 0.4])]",
        "S1 = [[np.float64(0.1), np.float64(0.2)], [np.float64(-0.3), np.float64(0.4)]]",
        "S1 =\n\n    0.1   0.2\n   -0.3   0.4\n\n",
        ">> S1\n\nS1 =\n\n    0.1   0.2\n   -0.3   0.4\n",
        "S1 =\n\n  Columns 1 through 1\n\n    0.1\n   -0.3\n\n  Column 2\n\n    0.2\n    0.4\n",
        "> S1\n     [,1] [,2]\n[1,]  0.1  0.2\n[2,] -0.3  0.4",
        "$S1\n     [,1]\n[1,]  0.1\n[2,] -0.3\n     [,2]\n[1,]  0.2\n[2,]  0.4\n",
        "julia> S1\n2×2 Matrix{Float64}:\n  0.1  0.2\n -0.3  0.4\n",
        "S1 = [0.1 0.2; -0.3 0.4]",
        "S1 = [ 0.1 0.2\n      -0.3 0.4 ];",
        "S1: {{0.1, 0.2}, {-0.3, 0.4}}",
        "S1: [0.1, 0.2], [-0.3, 0.4]",
        "S1: [0.1, 0.2]\n    [-0.3, 0.4]",
        "S1:\n- [0.1, 0.2]\n- [-0.3, 0.4]",
        "- **S1**: 0.1 0.2; −0.3 0.4",
        "S1:\n  0.1  0.2\n  –0.3  0.4\n",
        "S1: 0.1, 0.2\n    -0.3, 0.4",
        "S1 = W1 X\n   = [[0.1, 0.2], [-0.3, 0.4]]",
        "First, S1 = W1 X\nS1 = [[0.1, 0.2], [-0.3, 0.4]]",
        "S1 = W1 X, which is\n[[0.1, 0.2], [-0.3, 0.4]]",
        "In [3]: S1\nOut[3]: \narray([[ 0.1,  0.2],\n       [-0.3,  0.4]])",
        "{'S1': array([[ 0.1,  0.2],\n       [-0.3,  0.4]])}",
        "S1:\n     0    1\n0  0.1  0.2\n1 -0.3  0.4",
        "S1:\n         x1   x2\nunit 1  0.1  0.2\nunit 2 -0.3  0.4\nloss: 0.5",
        "> S1\n     x1   x2\nh1  0.1  0.2\nh2 -0.3  0.4",
        "S1:\n  sample 1  sample 2\n0  0.1  0.2\n1 -0.3  0.4",
        "S1:\n  row 1: 0.1 0.2\n  row 2: -0.3 0.4\n",
        "S1\nRow 1 = [0.1, 0.2]\nRow 2 = [-0.3, 0.4]\n",
        "dW1\n2×2 Array{Float64,2}:\n 1 2\n 3 4\nS1\n2×2 Array{Float64,2}:\n  0.1  0.2\n -0.3  0.4",
        "S1 = Float32[0.1 0.2; -0.3 0.4]",
        "S1 = mat(0.1, 0.2; -0.3, 0.4)",
        "S1=[■(0.1&0.2@-0.3&0.4)]",
        "In[1]:= S1\n\nOut[1]= {{0.1, 0.2}, {-0.3, 0.4}}",
        "In[1]:= S1 = W1.X\n\nOut[1]//MatrixForm= {{0.1, 0.2}, {-0.3, 0.4}}",
        "S1 Parameter containing:\ntensor([[ 0.1,  0.2],\n        [-0.3,  0.4]], requires_grad=True)",
        "OrderedDict([('S1', tensor([[0.1, 0.2], [-0.3, 0.4]])), ('b1', tensor([1.]))])",
        "[('b1', array([1.])), ('S1', array([[0.1, 0.2], [-0.3, 0.4]]))]",
        "Cache(S1=array([[0.1, 0.2], [-0.3, 0.4]]), b1=array([1.]))",
        "cache = {'S1': array([[0.1, 0.2], [-0.3, 0.4]]), 'b1': array([1.])}",
        "S1: [[0.1 0.2]\n [-0.3 0.4]] (2, 2)",
        "S1 tensor([[ 0.1,  0.2],\n        [-0.3,  0.4]]) torch.Size([2, 2])",
        "S1 = [0,1 0,2; -0,3 0,4]",
        "S1 =\n0.1 & 0.2 \\\\\n-0.3 & 0.4",
        '[1] "S1:"\n     [,1] [,2]\n[1,]  0.1  0.2\n[2,] -0.3  0.4',
        "x = 3, S1 = [[0.1, 0.2], [-0.3, 0.4]], y = 2",
        "S1 = [[0.1, 0.2], [-0.3, 0.4]] (rounded)",
        "S1 = [0.1 0.2] (-0.3 0.4)",
    ],
)
def test_a_matrix_is_read_as_it_is_printed(text: str) -> None:
    found = read(text)
    assert TWO in [each.grid.rows for each in found.passages if each.names[0].strip("$") == "S1"]
    assert not found.leftovers


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("b1 = [0.1, 0.2]", ("0.1", "0.2")),
        ("b1: (0.1, 0.2)", ("0.1", "0.2")),
        ("b1 <- c(0.1, 0.2)", ("0.1", "0.2")),
        ("> b1\n[1] 0.1 0.2", ("0.1", "0.2")),
        ("b1: 0,1 0,2", ("0.1", "0.2")),
        ("b1\t0.1\t0.2", ("0.1", "0.2")),
        ("loss: 0,4916", ("0.4916",)),
        ("loss 0.4916", ("0.4916",)),
        ("loss =\n\n    0.4916\n", ("0.4916",)),
        ("loss = tensor(0.4916, grad_fn=<MseLossBackward0>)", ("0.4916",)),
        ("loss = np.float64(0.4916)", ("0.4916",)),
        ("loss = 1/2 (0.1)^2 = 0.4916", ("0.4916",)),
        ("loss = 1.2×10⁻³", ("1.2e-3",)),
        ("loss = 4.9f-1", ("4.9e-1",)),
        ("loss\n<tf.Tensor: shape=(), dtype=float32, numpy=0.4916>", ("0.4916",)),
        ("Out[2]= 0.4916", ("0.4916",)),
        ("db1 = [ 0.100001  0.200002\n  0.300003]", ("0.100001", "0.200002", "0.300003")),
        ("b1 = [0,05; 0,25; -0,5]", ("0.05", "0.25", "-0.5")),
        ("b1 = vec(0.1, 0.2)", ("0.1", "0.2")),
    ],
)
def test_lists_and_numbers_lie_either_way(text: str, figures: tuple[str, ...]) -> None:
    (passage,) = read(text).passages
    assert (passage.grid.rows, passage.grid.flat) == ((figures,), True)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("W = [1,2;3,4]", (("1", "2"), ("3", "4"))),
        ("W = [[1,2],[3,4]]", (("1", "2"), ("3", "4"))),
        ("W = [1,2,\n3,4]", (("1", "2", "3", "4"),)),
        ("W: (1, 2), (3, 4)", (("1", "2"), ("3", "4"))),
    ],
)
def test_commas_between_whole_numbers_keep_them_apart(text: str, rows: tuple[tuple[str, ...], ...]) -> None:
    (passage,) = read(text).passages
    assert passage.grid.rows == rows


def test_the_common_factor_of_matlab_is_multiplied_in() -> None:
    (passage,) = read("S1 =\n\n   1.0e-03 *\n\n    1.2000   -0.3000\n    0.5000    1.0e-2\n\n").passages
    assert passage.grid.rows == (("1.2000e-3", "-0.3000e-3"), ("0.5000e-3", "1.0e-5"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("S1: [[0.1 0.2 ... 0.3]]", "incomplete"),
        ("S1:\n[[0.1]\n ...\n [0.2]]", "incomplete"),
        ("S1 = [[1, 2], [3]]", "different lengths"),
        ("S1 = [[[1, 2]], [[3, 4]]]", "two levels"),
        ("S1 =\n\n  Columns 1 through 2\n\n 1 2\n\n  Columns 4 through 5\n\n 3 4\n", "follow one another"),
        ("S1: 0.1 0.2\n    0.3", "same length"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_line(text: str, words: str) -> None:
    found = read(text, line=5)
    assert any(words in left.message and 5 <= left.line <= 12 for left in found.leftovers)
    assert not [each for each in found.passages if each.names == ("S1",)]


def test_an_open_bracket_swallows_nothing_that_follows() -> None:
    found = read("A = [[1, 2\nB = [[3, 4]]\n")
    assert [(each.names, each.grid.rows, each.line) for each in found.passages] == [
        (("B",), (("3", "4"),), 2)
    ]


def test_figures_without_a_name_have_the_one_of_their_cell() -> None:
    (passage,) = read("array([1., 2.])", name="S1").passages
    assert passage.names == ("S1",)


@pytest.mark.parametrize("text", ["S1 = >", ">", "S1: >\n", "S1 = |", "S1 ="])
def test_a_sign_alone_is_no_figure(text: str) -> None:
    assert not read(text).passages


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("z = [0.1 0.3]  a = [0.52 0.57]", {"z": ("0.1", "0.3"), "a": ("0.52", "0.57")}),
        ("z = [0.1 0.3] a = [0.52 0.57]", {"z": ("0.1", "0.3"), "a": ("0.52", "0.57")}),
        ("z=0.15 a=0.20", {"z": ("0.15",), "a": ("0.20",)}),
        ("z = 0.5\ta = 0.6", {"z": ("0.5",), "a": ("0.6",)}),
        ("z = 0.6072 a = 0.6473 L = 0.1", {"z": ("0.6072",), "a": ("0.6473",), "L": ("0.1",)}),
        ("z: 0.5 a: 0.6", {"z": ("0.5",), "a": ("0.6",)}),
        ("z: 0.5, a: 0.6", {"z": ("0.5",), "a": ("0.6",)}),
        ("L = 0.3661 for y = 1", {"L": ("0.3661",), "y": ("1",)}),
        ("we get z = 0.37, so that a = 0.59", {"z": ("0.37",), "a": ("0.59",)}),
        ("L = 0.366 (y=1)", {"L": ("0.366",)}),
        ("L = 0.366, as it should be", {"L": ("0.366",)}),
        ("z = [0.1, 0.2], so that L is 0.5.", {"z": ("0.1", "0.2"), "L": ("0.5",)}),
        ("│ unit 1 │ z = 0.51, a = 0.62", {"z": ("0.51",), "a": ("0.62",)}),
        ("## z = [[0.1],\n##      [0.2]]", {"z": ("0.1",)}),
        ("step = -0.5 dW = [0.1, 0.2]", {"step": ("0.1", "0.2")}),  # a product
        ("W = V - 0.5 dW = 0.2", {"W": ("0.2",)}),
    ],
)
def test_statements_in_one_line_are_kept_apart(text: str, stated: dict[str, tuple[str, ...]]) -> None:
    found = read(text.replace("##", "  "))
    assert {each.names[0]: each.grid.rows[0] for each in found.passages} == stated
    assert not found.leftovers


def test_a_product_and_two_statements_are_told_apart_or_left_out() -> None:
    (passage,) = read("z = 0.5 a = 0.6").passages
    assert "two statements" in passage.fault
