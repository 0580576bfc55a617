"""The table of forms: every command offers what the table says, and every form can be written."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType

import click
import pytest

from mlpcalc import load, solve
from mlpcalc.cli import cli
from mlpcalc.report.blocks import Block, Header
from mlpcalc.report.forms import FORMS, Form, forms_of
from mlpcalc.report.output import Output
from mlpcalc.solving.report import solution_report
from mlpcalc.solving.selection import Selection
from tests.conftest import Run

COMMANDS = {
    "solve": "exercise2",
    "explain": "exercise2 loss",
    "derive": "exercise2",
    "cost": "exercise2",
    "check": "handout",
    "sheet": "exercise2",
    "audit": "exercise3 --stages forward",
    "new": "--sizes 1,1",
    "list": "",
    "schema": "",
}
# The tables of grade books, to be filled in.
TABLES = {
    "moodle": "Identifier,Full name,Grade,Last modified (grade)\n1,s0042,,-\n",
    "canvas": "Student,ID,Section,Homework 1 (7)\ns0042,1,A,\n",
}
PARTS = ("forward", "errors", "grad", "update")


@pytest.mark.parametrize("command", [*COMMANDS, *PARTS])
def test_a_command_offers_the_forms_of_the_table(command: str) -> None:
    (choice,) = (option for option in cli.commands[command].params if "--format" in option.opts)
    assert isinstance(choice.type, click.Choice)
    offered = forms_of("solve" if command in PARTS else command)
    assert [*choice.type.choices] == offered
    assert choice.default == offered[0]


def arguments(command: str, form: str, folder: Path) -> list[str]:
    """A command that has an output in a form, with the files that it needs in this folder."""
    if form in TABLES:
        (folder / "s0042.yaml").write_text("S1: [[1], [1]]\n", encoding="utf-8")
        (folder / "table.csv").write_text(TABLES[form], encoding="utf-8")
        return [command, "handout", "s0042.yaml", "--students", "table.csv", "--format", form]
    return [command, *COMMANDS[command].split(), "--format", form]


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.name)
def test_every_form_is_written_by_each_command_that_has_it(form: Form, run: Run, tmp_path: Path) -> None:
    assert set(form.commands) <= set(COMMANDS)
    for command in form.commands:
        result = run(*arguments(command, form.name, tmp_path))
        assert (result.code, result.err) == (int(command == "check"), "")  # that of the sheet is 1
        assert result.out.endswith("\n")
        if form.part == "data":
            json.loads(result.out)


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.name)
def test_a_document_begins_and_ends_as_one(form: Form, run: Run) -> None:
    result = run(form.commands[0], *COMMANDS[form.commands[0]].split(), "--format", form.name, "--standalone")
    assert (result.code == 0) == form.has_document


def test_a_new_form_is_a_record_and_a_module(monkeypatch: pytest.MonkeyPatch) -> None:
    def write(blocks: Callable[[], Iterable[Block]], output: Output) -> Iterator[str]:
        yield from (block.title.upper() for block in blocks() if isinstance(block, Header) and output.full)

    module = ModuleType("mlpcalc.report.titles")
    monkeypatch.setattr(module, "write", write, raising=False)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    form = Form("titles", "an outline", ".txt", ("solve",), "blocks", "titles")
    report = solution_report(solve(load("exercise2")), Selection())
    assert [*form.write(report, Output(full=True))] == ["EXERCISE 2, ONE SGD STEP"]
