"""Solutions as Markdown for GitHub and Jupyter. `tests.tools.typeset` renders every formula with KaTeX.

`GOLDEN=write python -m pytest tests/report/test_markdown.py` writes golden/markdown anew.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from mlpcalc import load, solve
from mlpcalc.reading.library import bundled
from mlpcalc.report.blocks import Aligned, Block, Chain, Formula, Header, Heading, Note, Table
from mlpcalc.report.latex import render as as_latex
from mlpcalc.report.markdown import escape, render
from mlpcalc.solving.report import solution_report
from mlpcalc.solving.selection import Selection
from tests.conftest import Run
from tests.report.test_latex import COMMANDS, arrays, faults
from tests.support.golden import assert_golden
from tests.support.payloads import PAYLOADS
from tests.tools.typeset.__main__ import COMMANDS as PAGES
from tests.tools.typeset.__main__ import printed

GOLDEN = Path(__file__).parents[1] / "golden" / "markdown"
EXERCISES = [found.file for found in bundled()]
Write = Callable[[str, str | bytes], Path]


# Macros that MathJax has (docs.mathjax.org/en/v3.2/input/tex/macros) and GitHub lets through. It refuses
# \operatorname (github.com/github/markup/issues/1688), \phantom, \hphantom, \vphantom, \mbox, \unicode,
# \mathchoice, \colorbox, and whatever defines something; \require and \href are not there.
ALLOWED = """
begin end left right cr text mathrm mathbf small frac sum underbrace partial infty top
quad qquad enspace thinspace thickspace times cdot odot pm le leq ge geq ne to
exp ln log max min tanh sqrt hat cdots vdots ddots Vert lbrace rbrace
alpha beta gamma delta epsilon varepsilon zeta eta theta lambda mu nu rho sigma phi varphi omega
Gamma Delta Theta Lambda Sigma Phi Omega
"""
ENVIRONMENTS = {"array", "aligned"}


def displays(markdown: str) -> list[str]:
    return re.findall(r"^\$\$\n(.*?)\n\$\$$", markdown, re.DOTALL | re.MULTILINE)


def formulas(markdown: str) -> list[str]:
    """Everything between dollar signs."""
    rest = re.sub(r"^\$\$\n.*?\n\$\$$", "", markdown, flags=re.DOTALL | re.MULTILINE)
    return displays(markdown) + re.findall(r"(?<!\\)\$([^$\n]+)(?<!\\)\$", rest)


@pytest.mark.parametrize("name", ["exercise2", "exercise3", "han_kamber"])
def test_a_solution_is_as_expected(name: str, run: Run) -> None:
    result = run("solve", name, "--all", "--format", "markdown")
    path = GOLDEN / f"{name}.md"
    assert_golden(result.out, path)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_solving_command_has_a_page(command: str, run: Run) -> None:
    result = run(command, "exercise2", "--format", "markdown")
    assert result.code == 0
    assert result.out.startswith("# Exercise 2, one SGD step\n\n*exercise2.yaml (bundled)*\n")
    assert displays(result.out)


@pytest.mark.parametrize("name", EXERCISES)
def test_formulas_are_in_order_and_survive_markdown(name: str, run: Run) -> None:
    found = formulas(run("solve", name, "--all", "--format", "markdown").out)
    assert len(found) > 8
    assert [formula for formula in found if faults(formula)] == []
    # GitHub reads Markdown before it reads formulas.
    assert [formula for formula in found if re.search(r"\\[^a-zA-Z]|[*<`~]", formula)] == []
    assert [
        line for formula in found for line in formula.split("\n") if re.match(r"\s*([-+>#]|=+$)\s", line)
    ] == []
    assert [formula for formula in found if re.search(r"(?<!\w)_(?! )|(?<! )_(?!\w)", formula)] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", EXERCISES)
def test_github_shows_every_formula_of_every_page(name: str) -> None:
    for command in PAGES:
        page = printed(*(name if word == "EXERCISE" else word for word in command), "--format", "markdown")
        if page is None:  # no such step in this exercise
            continue
        found = formulas(page)
        assert set(re.findall(r"\\(?:begin|end)\{(\w+)\}", page)) <= ENVIRONMENTS
        assert {macro for each in found for macro in re.findall(r"\\([a-zA-Z]+|.)", each)} <= {
            *ALLOWED.split()
        }
        # A formula costs 1 and 1 for every brace; one of more than 1000, or the rest of a page of more than
        # 2000, is not rendered.
        assert sum(1 + formula.count("{") for formula in found) < 2000
        # In a line, the dollar signs need spaces or punctuation outside and none inside.
        rest = re.sub(r"^\$\$\n.*?\n\$\$$", "", page, flags=re.DOTALL | re.MULTILINE)
        inline = re.findall(r"(.?)(?<!\\)\$([^$\n]+)(?<!\\)\$(.?)", rest)
        assert {before for before, _, _ in inline} <= {"", " ", "("}
        assert {after for _, _, after in inline} <= {"", *" ,.;:-)"}
        assert all(formula == formula.strip() for _, formula, _ in inline)
        # Displays are paragraphs of their own.
        assert len(re.findall(r"(?:\A|\n\n)\$\$\n(?:.+\n)+?\$\$(?=\n\n|\n\Z)", page)) == len(displays(page))


def test_figures_are_aligned_with_spaces_as_wide_as_what_is_missing(run: Run) -> None:
    """A digit is half an em wide, a point 5/18 em: what TeX calls enspace and thickspace."""
    out = run("solve", "exercise2", "--all", "--format", "markdown").out
    assert r"0.75 & 0.2\enspace & -0.75 & 0.2\enspace \cr" in out


def test_the_head_cannot_be_read_as_arithmetic(run: Run) -> None:
    head = run("solve", "exercise2", "--format", "markdown").out.split("\n\n")[2]
    assert head == r"2-3-1, relu → identity, $N = 4$; $L = \frac{1}{2N} \sum (Z_2 - T)^2$; $\eta = 0.5$"


def test_the_lines_of_a_derivation_are_aligned(run: Run) -> None:
    """A line without a mark would stand at the right end of the others."""
    out = run("derive", "exercise2", "--format", "markdown").out
    lines = [
        line
        for display in displays(out)
        if "underbrace" not in display
        for line in display.split("\n")
        if not re.match(r"\\(begin|end)", line)
    ]
    assert len(lines) > 10
    assert all(" & " in line or line.startswith("& ") for line in lines)


@pytest.mark.parametrize("name", EXERCISES)
def test_the_figures_are_those_of_latex(name: str) -> None:
    blocks = list(solution_report(solve(load(name)), Selection(details=True)).blocks())

    def figures(text: str) -> list[str]:
        return sorted(cell for array in arrays(text) for row in array for cell in row)

    # Pages differ in width, and so in how matrices are cut.
    assert figures(render(blocks)) == figures(as_latex(blocks))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_text_from_a_file_is_never_markup(payload: str, run: Run, write: Write) -> None:
    quoted = "'" + payload.replace("'", "''") + "'"
    write("x.yaml", f"title: {quoted}\ninputs: [[1, 2]]\nlayers: [{{weights: [[0.5]]}}]\n")
    title = run("solve", "x.yaml", "--format", "markdown").out.split("\n")[0].removeprefix("# ")
    assert not re.search(r"(?<!\\)(?:\\\\)*[*_`$|#~\[\]]", re.sub(r"\\.", "", title))
    assert not re.search(r"[<>]", title)
    unescaped = re.sub(r"\\(.)", r"\1", title).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert unescaped == payload


@pytest.mark.parametrize(
    ("note", "line"),
    [("1. one", r"1\. one"), ("- one", r"\- one"), ("===", r"\==="), ("2-3-1", "2-3-1"), ("-0.5", r"\-0.5")],
)
def test_no_line_begins_a_list(note: str, line: str) -> None:
    assert render([Note(note)]) == line + "\n"


def test_spaces_and_line_breaks_are_one_space() -> None:
    assert escape("a\n\n# b") == r"a \# b"


def test_a_notebook_shows_the_page() -> None:
    solution = solve(load("exercise2"))
    assert solution._repr_markdown_() == render(solution_report(solution, Selection()).blocks())


def test_what_rows_and_columns_count_stands_in_words_beside_a_matrix(run: Run) -> None:
    out = run("forward", "exercise2", "--format", "markdown").out
    assert r"\text{3 units} {}\times{} \text{4 samples}" in out


def test_every_kind_of_block_is_shown() -> None:
    one, two = Formula("S1", "S_1"), Formula("= W1 X", "= W_1 X")
    blocks: list[Block] = [
        Header("A & B", "x_y.yaml", [["a", [one, " in words"]]]),
        Heading("layer 1"),
        Aligned([[one, two], [one, two]]),
        Aligned([[one, two], [one, two, two]]),
        Chain(Formula("∂L/∂W1", r"\frac{\partial L}{\partial W_1}"), [[one, two], [one, two]]),
        Table(["a|b", one], [["1 000", "x"], ["2", one]], [["below | more"], []]),
        Note(["see ", one]),
    ]
    out = render(blocks)
    assert [formula for formula in formulas(out) if faults(formula)] == []
    assert "## Layer 1" in out
    assert r"{}S_1 & {}= W_1 X \cr" in out
    assert r"\underbrace{S_1} _ {\begin{array}{c}= W_1 X\end{array}}" in out
    assert "| a\\|b | $S_1$ |\n| --: | --- |\n| 1 000<br>below \\| more | x |\n| 2 | $S_1$ |" in out
    assert out.endswith("see $S_1$\n")
