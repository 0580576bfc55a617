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
def schema() -> None:
    """The exercise format as a JSON Schema."""
    from mlpcalc.reading.schema import schema
    from mlpcalc.report import json

    click.echo(json.render(schema()), nl=False)
