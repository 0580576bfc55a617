"""The command schema: the formats of exercises and answers, for editors."""

import click

from mlpcalc.cli.options import Destination, output_options
from mlpcalc.cli.output import show


@click.command()
@click.argument("subject", type=click.Choice(("exercise", "answers")), default="exercise")
@output_options("schema")
def schema(*, subject: str, destination: Destination) -> None:
    """Print the format of exercises or answers as a JSON Schema.

    With it, an editor completes and checks YAML files.
    """
    from mlpcalc.report.report import Report

    if subject == "answers":
        from mlpcalc.answers.statements import LABELS, WRAPPER
        from mlpcalc.reading.schema import answers_schema

        found = answers_schema(LABELS, WRAPPER)
    else:
        from mlpcalc.reading.schema import exercise_schema

        found = exercise_schema()
    show(Report(blocks=tuple, data=lambda: found), destination)
