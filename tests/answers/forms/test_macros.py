r"""The author's own commands are written out, whatever they call themselves."""

import pytest

from mlpcalc.answers.forms import documents, macros

MATRIX = r"\newcommand{\mat}[1]{\begin{pmatrix}#1\end{pmatrix}}"


@pytest.mark.parametrize(
    ("defined", "used", "written"),
    [
        (r"\newcommand{\W}{\mathbf{W}}", r"\W_1", r"\mathbf{W}_1"),
        (r"\renewcommand*\L{\mathcal{L}}", r"\L = 1", r"\mathcal{L} = 1"),
        (
            r"\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}",
            r"\pd{L}{W}",
            r"\frac{\partial L}{\partial W}",
        ),
        (
            r"\newcommand{\pd}[2][L]{\frac{\partial #1}{\partial #2}}",
            r"\pd W",
            r"\frac{\partial L}{\partial W}",
        ),
        (r"\def\pd#1#2{\frac{#1}{#2}}", r"\pd{1}{3}", r"\frac{1}{3}"),
        (r"\DeclareMathOperator{\relu}{ReLU}", r"\relu(S)", r"\operatorname{ReLU}(S)"),
        (r"\newcommand{\D}{\Delta}\newcommand{\Dk}[1]{\D_{#1}}", r"\Dk{2}", r"\Delta _{2}"),
        ("", r"\pdv{L}{W_1}", r"\frac{\partial L}{\partial W_1}"),
    ],
)
def test_a_command_is_what_it_stands_for(defined: str, used: str, written: str) -> None:
    whole = macros.written_out(f"{defined}\n${used}$")
    assert whole.strip() == f"${written}$"


@pytest.mark.parametrize(
    "text",
    [
        r"\newcommand{\x}[1]{#1} \x",  # an argument is missing
        "% \\newcommand{\\W}{X}\n$\\W = 0.5$",  # in a comment
        r"\newcommand{\W}{X $\W$",  # never closed
    ],
)
def test_what_is_not_defined_or_not_complete_stays(text: str) -> None:
    assert macros.written_out(text).split()[-1] == text.split()[-1]


def test_lines_keep_their_numbers() -> None:
    two = "\\newcommand{\\two}[1]{#1 \\\\\n #1}"
    text = f"{MATRIX}\n{two}\n\n$S = \\mat{{\\two{{0.1 &\n0.2}}}}$\n\n$L = 0.5$\n"
    first, second = documents.read(text, "homework.tex").passages
    assert (first.names, first.grid.rows, first.line) == (("S",), (("0.1", "0.2"), ("0.1", "0.2")), 5)
    assert (second.names, second.line) == (("L",), 8)


def test_commands_that_grow_without_end_are_given_up() -> None:
    bomb = r"\newcommand{\a}{\a\a\a\a\a\a\a\a}" + r"\newcommand{\b}[1]{#1#1#1#1#1#1#1#1}"
    text = bomb + r"$\a$ $\b{\b{\b{\b{\b{\b{\b{\b{1234567890}}}}}}}}$ $L = 0.5$"
    assert len(macros.written_out(text)) < 1 << 19
    assert documents.read(text, "homework.tex").passages[-1].names == ("L",)
