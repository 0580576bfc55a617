"""Solutions as LaTeX. Structure is checked here; `tests.tools.typeset` compiles everything with real engines.

`GOLDEN=write python -m pytest tests/report/test_latex.py` writes golden/latex anew.
"""

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from mlpcalc import load, solve
from mlpcalc.notation.formulas import Notation
from mlpcalc.notation.letters import latex_letter
from mlpcalc.notation.styles import LATEX, latex_function, latex_number
from mlpcalc.numerics.rounding import Digits, figure
from mlpcalc.page.symbols import LETTERS, Symbol, quantities
from mlpcalc.reading.library import bundled
from mlpcalc.report.blocks import Aligned, Block, Chain, Formula, Header, Heading, Matrix, Note, Table
from mlpcalc.report.latex import render
from mlpcalc.report.latex_text import escape
from mlpcalc.solving.report import solution_report
from mlpcalc.solving.selection import Selection
from tests.conftest import Run
from tests.support.golden import assert_golden
from tests.support.payloads import PAYLOADS

GOLDEN = Path(__file__).parents[1] / "golden" / "latex"
EXERCISES = [found.file for found in bundled()]
COMMANDS = ("solve", "forward", "errors", "grad", "update")
ENGINE_WIDTH = 33  # em, the narrowest of the standard classes
Write = Callable[[str, str | bytes], Path]

HEAD = "title: {title}\ninputs: [[1, 2]]\nlayers: [{{weights: [[0.5]]}}]\n"


def faults(latex: str) -> list[str]:
    """Braces, environments, dollars and brackets that do not belong together."""
    found, open_, text = [], [], re.sub(r"\\[\\{}$%&#_]", "", latex)
    for token in re.finditer(r"[{}]|\\(begin|end)\b\{(\w+\*?)\}|\\(left|right)\b", text):
        kind = token[1] or token[3] or token[0]
        if kind in ("{", "begin", "left"):
            open_.append((kind, token[2]))
            continue
        expected = {"}": "{", "end": "begin", "right": "left"}[kind]
        if not open_ or open_.pop() != (expected, token[2]):
            found.append(f"{token[0]} at {token.start()}")
    if text.count("$") % 2:
        found.append("an odd number of $")
    return found + [f"{kind} {name or ''} left open" for kind, name in open_]


def arrays(latex: str) -> list[list[list[str]]]:
    """The figures of all matrices, as the tables write them."""
    bodies = re.findall(r"\\begin\{array\}\{r+\}\n(.*?)\n\\end\{array\}", latex, re.DOTALL)
    unseen = r"\\phantom\{[.0]*\}|\\thickspace|\\enspace"
    plain = [re.sub(rf"{unseen}| (?=\\cdot)|(?<=\\cdot) ", "", body) for body in bodies]
    return [
        [[_figure(cell) for cell in re.split(r" & ", row)] for row in re.split(r" \\(?:\\|cr)\n", body)]
        for body in plain
    ]


def _figure(cell: str) -> str:
    text = re.sub(r"\\cdot10\^\{(-?)(\d+)\}", lambda m: f"e{m[1] or '+'}{int(m[2]):02d}", cell.strip())
    return text.replace(r"\infty", "∞")


# ---------------------------------------------------------------------------- whole pages


@pytest.mark.parametrize("name", ["exercise2", "exercise3", "han_kamber"])
def test_a_solution_is_as_expected(name: str, run: Run) -> None:
    result = run("solve", name, "--all", "--format", "latex")
    path = GOLDEN / f"{name}.tex"
    assert_golden(result.out, path)


@pytest.mark.parametrize("name", EXERCISES)
def test_every_bundled_exercise_is_in_order(name: str, run: Run) -> None:
    result = run("solve", name, "--all", "--format", "latex", "--standalone")
    assert (result.code, result.err) == (0, "")
    assert faults(result.out) == []
    assert result.out.startswith(r"\documentclass")
    assert result.out.endswith("\\end{document}\n")
    assert result.out.isascii()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_solving_command_has_a_page_without_a_preamble(command: str, run: Run) -> None:
    result = run(command, "exercise2", "--format", "latex")
    assert (result.code, faults(result.out)) == (0, [])
    assert result.out.startswith(r"\section*{Exercise 2, one SGD step}")
    assert r"\documentclass" not in result.out


def test_numerical_gradients_are_shown_beside_the_others(run: Run) -> None:
    out = run("grad", "exercise2", "--numeric", "--format", "latex").out
    assert faults(out) == []
    assert r"dW_2 \text{, numerically} =" in out
    assert re.search(r"\$dW_2\$ agrees: largest relative error \$\d\.\d \\cdot 10\^\{-1\d\}\$", out)


@pytest.mark.parametrize("form", ["table", "json", "csv", "markdown"])
def test_only_latex_can_be_a_document_of_its_own(form: str, run: Run) -> None:
    result = run("solve", "exercise2", "--format", form, "--standalone")
    assert result.code == 2
    assert "--standalone needs --format latex" in result.out + result.err


# ---------------------------------------------------------------------------- figures


@pytest.mark.parametrize("name", EXERCISES)
def test_the_figures_are_those_of_the_table(name: str) -> None:
    solution = solve(load(name))
    blocks = [
        block
        for block in solution_report(solution, Selection()).blocks()
        if isinstance(block, Matrix) and block.shape
    ]
    rounded = [
        [[block.digits.figure(cell) for cell in row] for row in block.values.tolist()] for block in blocks
    ]
    assert arrays(render(blocks)) == rounded


def test_the_figures_of_the_exercise_sheet_are_there(run: Run) -> None:
    out = run("solve", "exercise2", "--only", "S1,loss", "--format", "latex").out
    assert arrays(out) == [
        [
            ["0.4580", "0.1205", "-0.4420", "0.1195"],
            ["0.8690", "0.1615", "-0.1810", "0.1185"],
            ["0.7040", "0.0440", "0.7040", "-0.0440"],
        ]
    ]
    assert r"L = \frac{1}{2N} \sum (Z_2 - T)^2 = 0.4916" in out


def test_givens_stand_as_they_were_typed_with_their_points_under_one_another(run: Run) -> None:
    out = run("solve", "exercise2", "--only", "X", "--format", "latex").out
    assert r"0.75 & 0.2\phantom{0} & -0.75 & 0.2\phantom{0} \\" in out


def test_tiny_values_are_written_with_powers_of_ten(run: Run, write: Write) -> None:
    write("x.yaml", "inputs: [[1, 2.5e9]]\nlayers: [{weights: [[6.9e-13]]}]\n")
    out = run("solve", "x.yaml", "--all", "--format", "latex").out
    assert r"6.9 \cdot 10^{-13} & " in out
    assert r"2.5 \cdot 10^{9}" in out


def test_what_overflows_is_infinite(run: Run, write: Write) -> None:
    write("x.yaml", "inputs: [[1e200]]\nlayers: [{weights: [[-1]], activation: square}]\n")
    out = run("solve", "x.yaml", "--format", "latex").out
    assert r"\infty" in out
    assert r"outside the range of double precision: cells of $Z_1$" in out


def test_a_flat_list_is_a_column_where_its_formula_has_a_column(run: Run) -> None:
    columns = run("solve", "han_kamber", "--only", "db1", "--format", "latex").out
    rows = run("solve", "exercise2", "--only", "losses", "--format", "latex").out
    assert "\\end{array}\\right]^\\top \\tag*{\\footnotesize 2 units}" in columns
    assert "\\end{array}\\right] \\tag*{\\footnotesize 4 samples}" in rows


# ---------------------------------------------------------------------------- width


@pytest.mark.parametrize("columns", [1, 7, 11, 20, 64])
def test_no_matrix_is_wider_than_a_page_and_none_loses_a_figure(columns: int) -> None:
    values = np.arange(3 * columns, dtype=float).reshape(3, columns) / 7 - 3
    block = Matrix(
        formula=Formula("S1 = W1 X", "S_1 = W_1 X"),
        shape=f"3×{columns}",
        values=values,
        rows=["1", "2", "3"],
        columns=[f"#{j + 1}" for j in range(columns)],
        digits=Digits(4),
        counts=("unit", "sample"),
    )
    out = render([block], full=True)
    found = arrays(out)
    assert np.hstack([np.array(array, dtype=float) for array in found]).shape == values.shape
    assert [cell for row in zip(*found, strict=True) for part in row for cell in part] == [
        figure(cell, 4) for cell in values.ravel().tolist()
    ]
    assert max(len(array[0]) for array in found) * (2.28 + 1) < ENGINE_WIDTH
    assert len(found) == 1 or f"samples 1 to {len(found[0][0])}" in out


def test_a_high_matrix_goes_on_over_pages() -> None:
    values = np.arange(100, dtype=float).reshape(100, 1)
    block = Matrix(
        Formula("X", "X"),
        "100×1",
        values,
        [str(i) for i in range(100)],
        ["#1"],
        Digits(0),
        None,
        ("input", "sample"),
    )
    out = render([block], full=True)
    assert [len(array) for array in arrays(out)] == [36, 36, 28]
    assert r"\tag*{\footnotesize inputs 37 to 72}" in out


def test_a_large_matrix_is_shown_in_part() -> None:
    block = Matrix(
        Formula("X", "X"),
        "30×40",
        np.ones((30, 40)),
        [""] * 30,
        [""] * 40,
        Digits(1),
        None,
        ("input", "sample"),
    )
    out = render([block])
    assert all(dots in out for dots in (r"\cdots", r"\vdots", r"\ddots"))
    assert "30 inputs${}\\times{}$40 samples, in part; min $1.0$, max $1.0$" in out


def test_a_long_formula_is_set_as_text_that_breaks() -> None:
    long = " + ".join(f"W{k}" for k in range(60))
    block = Matrix(Formula(f"L = {long}", f"L = {long}"), "", np.ones((1, 1)), [""], [""], Digits(1))
    assert f"$\\displaystyle L = {long} = 1.0$" in render([block])


# ---------------------------------------------------------------------------- letters, names, numbers


@pytest.mark.parametrize(
    ("letter", "latex"),
    [
        ("W", "W"),
        ("Δ", r"\Delta"),
        ("δ", r"\delta"),
        ("θ", r"\theta"),
        ("λ", r"\lambda"),
        ("ε", r"\varepsilon"),
        ("Α", r"\mathrm{A}"),
        ("net", r"\mathrm{net}"),
        ("dZ", "dZ"),
        ("z_in", r"{z_{\mathrm{in}}}"),
        ("W^l", "{W^{l}}"),
        ("θ_0", r"{\theta_{0}}"),
        ("a_", "a"),
        ("é", r"\text{é}"),
        ("Δx", r"\Delta x"),
        ("größe", r"\text{größe}"),
    ],
)
def test_letters_of_a_course(letter: str, latex: str) -> None:
    assert latex_letter(letter) == latex


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("0.5", "0.5"),
        ("\N{MINUS SIGN}2", "-2"),
        ("-1/3", r"-\frac{1}{3}"),
        ("6.9e-13", r"6.9 \cdot 10^{-13}"),
        ("1E+05", r"1 \cdot 10^{5}"),
    ],
)
def test_numbers(text: str, latex: str) -> None:
    assert latex_number(text) == latex


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("relu", r"\operatorname{relu}"),
        ("σ", r"\sigma"),
        ("tanh", r"\tanh"),
        ("leaky_relu", r"\operatorname{leaky-relu}"),
    ],
)
def test_functions(name: str, latex: str) -> None:
    assert latex_function(name) == latex


def test_layers_of_two_digits_stay_together() -> None:
    notation = Notation({}, LETTERS, LATEX)
    assert notation.name(Symbol("W", 12, updated=True)) == "W_{12}'"


@pytest.mark.parametrize("letters", [LETTERS, {**LETTERS, "S": "net", "Z": "out", "Delta": "δ", "b": "θ"}])
def test_every_quantity_has_a_name_of_its_own(letters: dict[str, str]) -> None:
    notation = Notation({}, letters, LATEX)
    symbols = {symbol for k in (1, 2, 11) for symbol in quantities(k)}
    assert len({notation.name(symbol) for symbol in symbols}) == len(symbols)


@pytest.mark.parametrize(
    ("exercise", "name", "formula"),
    [
        ("exercise2", "Delta1", r"\Delta_1 = (W_2^\top \Delta_2) \odot f_1'(S_1)"),
        ("exercise2", "dW1", r"dW_1 = \Delta_1 X^\top"),
        ("exercise2", "W1_new", r"W_1' = W_1 - \eta dW_1"),
        ("han_kamber", "S1", r"I_1 = W_1 X + \theta_1 \mathbf{1}^\top"),
        ("han_kamber", "Delta1", r"\mathrm{Err}_1 = (W_2^\top \mathrm{Err}_2) \odot f_1'(I_1)"),
        ("planar", "dW2", r"dW_2 = \frac{1}{N} dZ_2 A_1^\top"),
        ("exercise3", "Delta1", r"\Delta_1 = Z_1 \odot (dZ_1 - \mathbf{1} \mathbf{1}^\top (Z_1 \odot dZ_1))"),
        ("exercise2", "loss", r"L = \frac{1}{2N} \sum (Z_2 - T)^2"),
        ("cs231n_softmax", "loss", r"L = -\sum (T \odot \ln(Z_1))"),
    ],
)
def test_formulas(exercise: str, name: str, formula: str) -> None:
    solution = solve(load(exercise))
    assert solution.notation.latex.equation(solution.symbol(name)) == formula


def test_quotients_are_fractions() -> None:
    solution = solve(load("double_fprime"))
    assert solution.notation.latex.formula(Symbol("dZ", 2)).count(r"\frac{") >= 2


def test_both_forms_are_of_one_formula() -> None:
    notation = solve(load("exercise2")).notation
    assert notation.both(lambda each: each.equation(Symbol("S", 1))) == Formula("S1 = W1 X", "S_1 = W_1 X")


def test_a_coefficient_keeps_its_sign_and_fraction() -> None:
    from mlpcalc.page.expr import Coefficient, Ref

    notation = Notation({}, LETTERS, LATEX)
    coefficient = Coefficient(Fraction(-1, 2), (("N", -1), ("eta", 1)))
    assert notation.text(coefficient * Ref(Symbol("X"))) == r"-\frac{\eta}{2N} X"


# ---------------------------------------------------------------------------- text from files


@pytest.mark.parametrize("payload", PAYLOADS)
def test_text_from_a_file_is_never_a_command(payload: str, run: Run, write: Write) -> None:
    write("x.yaml", HEAD.format(title="'" + payload.replace("'", "''") + "'"))
    out = run("solve", "x.yaml", "--format", "latex", "--standalone").out
    assert faults(out) == []
    title = re.search(r"\\section\*\{(.*)\}\n", out)
    assert title is not None
    assert not re.search(r"\\(input|end|int)\b", title[1])
    assert not re.search(r"(?<!\\)[$&#_^~%]", title[1])
    assert out.count(r"\end{document}") == 1


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        (r"a\b", r"a\textbackslash{}b"),
        ("50% & #1_2", r"50\% \& \#1\_2"),
        ("{x}", r"\{x\}"),
        ("Técnico, Łódź, ẽ", "T\\'{e}cnico, Ł\\'{o}d\\'{z}, \\~{e}"),
        ("Δθ", r"$\Delta$$\theta$"),
        ("α → β", r"$\alpha$ $\to$ $\beta$"),
        ("--", r"-\kern0pt{}-"),
        ("ﬁne ２", "fine 2"),
        ("第三", "第三"),
    ],
)
def test_text_is_escaped_and_accents_become_commands(text: str, latex: str) -> None:
    assert escape(text) == latex


def test_characters_that_fonts_lack_have_a_stand_in(run: Run, write: Write) -> None:
    write("x.yaml", HEAD.format(title="第 Ж"))
    out = run("solve", "x.yaml", "--format", "latex", "--standalone").out
    assert r"\fbox{\tiny 7B2C}" in out
    assert r"\fbox{\tiny 0416}" in out


def test_a_word_of_any_length_can_be_broken() -> None:
    assert escape("x" * 21).count(r"\allowbreak{}") == 20


# ---------------------------------------------------------------------------- other blocks


def test_every_kind_of_block_is_in_order() -> None:
    one, two = Formula("S1", "S_1"), Formula("= W1 X", "= W_1 X")
    blocks: list[Block] = [
        Header("A & B", "x_y.yaml", [["a", [one, " in words"]]]),
        Heading("layer 1"),
        Heading([one, " alone"]),
        Aligned([[one, two], [one, two, two]]),
        Aligned([[one, Formula("= " + "W1 X + " * 40, "= " + "W_1 X + " * 40)]]),
        Chain(Formula("∂L/∂W1", r"\frac{\partial L}{\partial W_1}"), [[one, two], [one, two]]),
        Table(["a_b", one], [["1 000", "x"], ["2", one]], [["below & more"], []]),
        Note(["see ", one]),
    ]
    out = render(blocks, standalone=True)
    assert faults(out) == []
    for text in (
        r"A \& B",
        r"x\_y.yaml",
        "{Layer 1}",
        r"\underbrace{S_1}",
        r"a\_b",
        r"below \& more",
        "see $S_1$",
    ):
        assert text in out
