"""Whole documents: notebooks, JSON, and texts that have several forms in them."""

import json
from collections.abc import Mapping

import pytest

from mlpcalc.answers.forms import documents
from mlpcalc.answers.forms.passages import Passage
from mlpcalc.errors import InputError
from tests.support.hostile_documents import HOSTILE


def cell(source: str, *outputs: Mapping[str, object]) -> Mapping[str, object]:
    return {"cell_type": "code", "source": source.splitlines(keepends=True), "outputs": list(outputs)}


def printed(text: str) -> Mapping[str, object]:
    return {"output_type": "stream", "name": "stdout", "text": text.splitlines(keepends=True)}


def shown(text: str) -> Mapping[str, object]:
    return {"output_type": "execute_result", "data": {"text/plain": text}}


def notebook(*cells: Mapping[str, object]) -> list[Passage]:
    text = json.dumps({"nbformat": 4, "cells": list(cells)}, indent=1)
    found = documents.read(text, "homework.ipynb").passages
    lines = text.split("\n")
    for passage in found:
        assert passage.grid.rows[0][0] in lines[passage.line - 1]
    return found


def named(passages: list[Passage]) -> list[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]]:
    return [(each.names, each.grid.rows) for each in passages]


def test_figures_of_a_notebook_have_the_name_of_the_print_or_of_the_last_line() -> None:
    found = notebook(
        cell("print('S1 =', S1)", printed("S1 = [[0.1 0.2]\n [0.3 0.4]]\n")),
        cell("print(Z1)\nprint(b1)", printed("[[0.5]\n [0.6]]\n[0.7 0.8]\n")),
        cell("S2 = W2 @ Z1\nS2", shown("array([[0.9]])")),
        {"cell_type": "markdown", "source": ["so\n", "$$L = 0.25$$"]},
    )
    assert named(found[:3]) == [
        (("S1",), (("0.1", "0.2"), ("0.3", "0.4"))),
        (("Z1",), (("0.5",), ("0.6",))),
        (("b1",), (("0.7", "0.8"),)),
    ]
    assert named(found[3:4]) == [(("S2",), (("0.9",),))]


MATRIX = r"\begin{bmatrix} 0.1 & 0.2 \end{bmatrix}"


@pytest.mark.parametrize(
    "text",
    [
        f"$S_1$ is\n\n$$ {MATRIX} $$",
        f"Then $S_1$ is given by\n\n$$\n{MATRIX}\n$$",
        f"- $S_1$: ${MATRIX}$",
        f"| what | value |\n|---|---|\n| $S_1$ | ${MATRIX}$ |",
        f"**$S_1$**\n\\[ {MATRIX} \\]",
    ],
)
def test_mathematics_without_a_name_has_the_one_before_it(text: str) -> None:
    (passage,) = documents.read(text, "homework.md").passages
    assert (passage.names, passage.grid.rows) == (("S_1",), (("0.1", "0.2"),))


def test_what_r_markdown_has_made_of_a_print_has_the_name_of_its_block() -> None:
    found = documents.read(
        "# Forward\n\n```r\nS1\n```\n\n```\n##      [,1] [,2]\n## [1,]  0.1  0.2\n## [2,] -0.3  0.4\n```\n\n"
        "```r\nloss\n```\n\n```\n## [1] 0.5\n```\n",
        "homework.md",
    )
    assert named(found.passages) == [(("S1",), (("0.1", "0.2"), ("-0.3", "0.4"))), (("loss",), (("0.5",),))]


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("b1 = [1.2 × 10⁻³, 3x10^-4]", ("1.2e-3", "3e-4")),
        ("b1: 1.2·10^{-3} -3 * 10^(-4)", ("1.2e-3", "-3e-4")),
        ("b1 = [0. 4580 -0. 1205]", ("0.4580", "-0.1205")),
        ("b1: 0.5 0. 1.", ("0.5", "0.", "1.")),
    ],
)
def test_numbers_in_pieces_are_put_together(text: str, figures: tuple[str, ...]) -> None:
    (passage,) = documents.read(text, "homework.txt").passages
    assert passage.grid.rows == (figures,)


@pytest.mark.parametrize("text", ["L = 0.3 - 0.8", "b1 = 0.1 - 0.2 + 3", "err = |0.3 - 0.8|"])
def test_a_calculation_is_no_list(text: str) -> None:
    assert not documents.read(text, "homework.txt").passages


def test_what_a_loop_prints_has_no_name() -> None:
    (passage,) = notebook(cell("for S1 in many:\n    print(S1)", printed("[[0.1 0.2]\n [0.3 0.4]]\n")))
    assert passage.names == ()


def test_the_code_of_a_notebook_states_nothing() -> None:
    assert notebook(cell("S1 = np.array([[0.1, 0.2]])")) == []


@pytest.mark.parametrize(
    "data",
    [
        {"S1": [[0.1, 2], [1e-3, None]]},
        {"answers": {"S1": [[0.1, 2], [1e-3, None]]}},
        [{"name": "S1", "values": [[0.1, 2], [1e-3, None]]}],
        {"forward": {"S1": {"shape": [2, 2], "value": [[0.1, 2], [1e-3, None]]}}},
        {"S1": "[[0.1, 2], [0.001, ~]]"},
    ],
)
def test_json_has_names_as_keys_however_deep(data: object) -> None:
    (passage,) = documents.read(json.dumps(data), "a.json").passages
    assert passage.names == ("S1",)
    assert passage.grid.rows == (("0.1", "2"), ("0.001", "~"))


def test_a_text_may_have_several_forms_in_it() -> None:
    text = """\
# Homework
Student: Ann B.

The loss is $L = 0.49$.

S1:
$$\\begin{bmatrix} 0.1 & 0.2 \\end{bmatrix}$$

| Z1 | #1 | #2 |
|---|---|---|
| 1 | 0.3 | 0.4 |

```python
b1 = np.array([0.5, 0.6])
```
> quoted: $\\delta_1 = [0.7, 0.8]$

```math
W_1 = \\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}
```
"""
    found = documents.read(text, "a.md")
    assert found.labels == {"student": "Ann B."}
    assert not found.leftovers
    assert [(*named([each])[0], each.line) for each in found.passages] == [
        (("L",), (("0.49",),), 4),
        (("S1",), (("0.1", "0.2"),), 7),
        (("Z1",), (("0.3", "0.4"),), 9),
        (("b1",), (("0.5", "0.6"),), 14),
        ((r"\delta_1",), (("0.7", "0.8"),), 16),
        (("W_1",), (("1",), ("2",)), 19),
    ]


@pytest.mark.parametrize("relation", ["=", r"\approx", "≈"])
def test_mathematics_needs_no_signs_around_it(relation: str) -> None:
    matrix = "\\begin{bmatrix} 1 \\\\ 2\n\\end{bmatrix}"
    found = documents.read(f"so that\nS_1 {relation}\n{matrix}\n{relation} Z_1\n", "a.txt")
    assert named(found.passages) == [(("S_1", "Z_1"), (("1",), ("2",)))]


@pytest.mark.parametrize(
    "command",
    [
        *(r"\begin{center}", r"\end{center}", r"\documentclass{article}", r"\usepackage{amsmath}"),
        *(r"\maketitle", r"\title{Homework}", r"\author{Ada}", r"\date{May}"),
    ],
)
def test_what_sets_up_a_document_is_no_name_of_a_matrix(command: str) -> None:
    found = documents.read(f"S1\n{command}\n[[0.1, 0.2]]\n", "a.txt")
    assert named(found.passages) == [(("S1",), (("0.1", "0.2"),))]


@pytest.mark.parametrize("text", ['{"S1": [1,', '{"S1": [1}}', '{"S1" 1}', '{"a": "\\x"}', "[" * 200])
def test_broken_json_is_refused_at_its_place(text: str) -> None:
    with pytest.raises(InputError) as error:
        documents.read(text, "a.json")
    (problem,) = error.value.problems
    assert problem.place is not None
    assert problem.place.line == 1


# ---------------------------------------------------------------------------- hostile documents

SIZE = 4_000


class _Steps:
    """Counts the calls of functions, which tell of work whatever the machine does besides."""

    def __init__(self, text: str, ending: str) -> None:
        import sys

        self.count = 0
        sys.setprofile(self._called)
        try:
            documents.read(text, f"a.{ending}")
        except InputError:
            pass
        finally:
            sys.setprofile(None)

    def _called(self, _frame: object, event: str, _argument: object) -> None:
        self.count += event in ("call", "c_call")


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_twice_the_text_is_about_twice_the_work(name: str) -> None:
    ending, made = HOSTILE[name]
    once, twice = (_Steps(made(size), ending).count for size in (SIZE, 2 * SIZE))
    assert twice <= 2.5 * once + 2_000


@pytest.mark.slow
def test_more_figures_than_a_sheet_can_have_are_refused() -> None:
    with pytest.raises(InputError, match="too many figures"):
        documents.read("S1 = [" + "1 " * 300_000 + "]\n" + "S2 = [" + "1 " * 300_000 + "]", "a.txt")


def test_more_lines_than_anybody_writes_are_refused() -> None:
    with pytest.raises(InputError, match="too many lines"):
        documents.read("\n" * 300_000, "a.txt")
