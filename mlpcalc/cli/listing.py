"""The commands that list what there is: the bundled exercises, the exercise format."""

import click

from mlpcalc.cli.options import formats
from mlpcalc.cli.output import show


@click.command("list")
@formats("table", "json")
def list_(form: str) -> None:
    """The bundled exercises."""
    from mlpcalc.solving.bundled import catalogue

    show(catalogue(), form)


@click.command()
@click.argument("subject", type=click.Choice(("exercise", "answers")), default="exercise")
def schema(*, subject: str) -> None:
    """The format of exercises or of answers as a JSON Schema.

    With it, an editor completes and checks YAML.
    """
    from mlpcalc.report import json

    if subject == "answers":
        from mlpcalc.answers.entries import LABELS, WRAPPER
        from mlpcalc.reading.schema import answers_schema

        found = answers_schema(LABELS, WRAPPER)
    else:
        from mlpcalc.reading.schema import exercise_schema

        found = exercise_schema()
    click.echo(json.render(found), nl=False)
