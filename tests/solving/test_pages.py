"""Solutions for others to read: they say what the exercise gives and where it is from."""

import re

import pytest

from mlpcalc.report.forms import FORMS
from tests.conftest import Run

GIVENS = {"table": "GIVENS\n", "markdown": "## Givens\n", "latex": "\\subsection*{Givens}\n"}
SOURCE = "Source: UvA Deep Learning, Homework 1"


@pytest.mark.parametrize("form", GIVENS)
def test_givens_and_source_are_on_pages_to_hand_out_unless_said_otherwise(form: str, run: Run) -> None:
    usual, with_givens, without = (
        run("solve", "exercise2", "--format", form, *more).out for more in ([], ["--givens"], ["--no-givens"])
    )
    assert GIVENS[form] in with_givens
    assert SOURCE in with_givens
    assert GIVENS[form] not in without
    assert SOURCE not in without
    assert usual == (with_givens if FORMS[form].is_page else without)


@pytest.mark.parametrize("more", [["--only", "S1"], ["--layer", "1", "--no-givens"]])
def test_a_selection_has_no_other_givens(more: list[str], run: Run) -> None:
    assert "Givens" not in run("solve", "exercise2", "--format", "markdown", *more).out


def test_the_source_is_told_with_all_givens_only(run: Run) -> None:
    assert SOURCE not in run("solve", "exercise2", "--only", "X,S1").out
    assert SOURCE not in run("solve", "exercise2", "--layer", "1", "--givens").out
    assert SOURCE in run("solve", "exercise2", "--all").out


def test_any_stage_may_be_shown_with_the_givens(run: Run) -> None:
    out = run("errors", "exercise2", "--givens").out
    headings = [line for line in out.splitlines() if re.fullmatch("[A-Z ]+", line)]
    assert headings == ["GIVENS", "ERROR SIGNALS"]
    assert "GIVENS" not in run("errors", "exercise2").out
    quantities = run("errors", "exercise2", "--givens", "--format", "json").json["quantities"]
    assert [*quantities][:4] == ["X", "T", "W1", "W2"]


def test_every_step_has_its_own_samples_and_the_source_is_told_once(run: Run) -> None:
    out = run("solve", "exercise2", "--steps", "2", "--givens").out
    assert (out.count("GIVENS\n"), out.count(SOURCE), out.count("\nW1   3×2")) == (2, 1, 1)


def test_the_source_is_text_and_never_markup(run: Run) -> None:
    text = b"source: '\\input{x} <b> $y$ *z*'\ninputs: [[1]]\nlayers: [{weights: [[2]]}]\n"
    latex = run("solve", "-", "--format", "latex", stdin=text).out
    assert "Source: \\textbackslash{}input\\{x\\}" in latex
    markdown = run("solve", "-", "--format", "markdown", stdin=text).out
    assert "Source: \\\\input{x} &lt;b&gt; \\$y\\$ \\*z\\*" in markdown
