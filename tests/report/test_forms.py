"""The table of forms: every command offers what the table says, and every form can be written."""

import json

import click
import pytest

from mlpcalc.cli import cli
from mlpcalc.report.forms import FORMS, Form, forms_of
from tests.conftest import Run

COMMANDS = {
    "solve": "exercise2",
    "explain": "exercise2 loss",
    "derive": "exercise2",
    "cost": "exercise2",
    "check": "handout",
    "sheet": "exercise2",
    "audit": "ist_tanh",
    "new": "--sizes 1,1",
    "list": "",
}
PARTS = ("forward", "errors", "grad", "update")


@pytest.mark.parametrize("command", [*COMMANDS, *PARTS])
def test_a_command_offers_the_forms_of_the_table(command: str) -> None:
    (choice,) = (option for option in cli.commands[command].params if "--format" in option.opts)
    assert isinstance(choice.type, click.Choice)
    offered = forms_of("solve" if command in PARTS else command)
    assert [*choice.type.choices] == offered
    assert choice.default == offered[0]


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.name)
def test_every_form_is_written_by_each_command_that_has_it(form: Form, run: Run) -> None:
    assert set(form.commands) <= set(COMMANDS)
    for command in form.commands:
        if command == "audit" and form.name != "json":  # takes its time
            continue
        result = run(command, *COMMANDS[command].split(), "--format", form.name)
        assert (result.code, result.err) == (int(command == "check"), "")  # that of the sheet is 1
        assert result.out.endswith("\n")
        if form.part == "data":
            json.loads(result.out)


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.name)
def test_a_document_begins_and_ends_as_one(form: Form, run: Run) -> None:
    result = run(form.commands[0], *COMMANDS[form.commands[0]].split(), "--format", form.name, "--standalone")
    assert (result.code == 0) == form.has_document
