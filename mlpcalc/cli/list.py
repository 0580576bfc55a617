"""The command list: the bundled exercises."""

import click

from mlpcalc.cli.options import formats
from mlpcalc.cli.output import show


@click.command("list")
@formats("list")
def list_(form: str) -> None:
    """List the bundled exercises."""
    from mlpcalc.solving.bundled import catalogue

    show(catalogue(), form)
