"""The command schema: the formats of exercises and answers, for editors."""

import click


@click.command()
@click.argument("subject", type=click.Choice(("exercise", "answers")), default="exercise")
def schema(*, subject: str) -> None:
    """Print the format of exercises or answers as a JSON Schema.

    With it, an editor completes and checks YAML files.
    """
    from mlpcalc.report import json

    if subject == "answers":
        from mlpcalc.answers.statements import LABELS, WRAPPER
        from mlpcalc.reading.schema import answers_schema

        found = answers_schema(LABELS, WRAPPER)
    else:
        from mlpcalc.reading.schema import exercise_schema

        found = exercise_schema()
    click.echo(json.render(found), nl=False)
