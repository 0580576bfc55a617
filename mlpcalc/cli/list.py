"""The command list: the bundled exercises."""

import click

from mlpcalc.cli.options import Destination, output_options
from mlpcalc.cli.output import show


@click.command("list")
@output_options("list")
def list_(destination: Destination) -> None:
    """List the bundled exercises."""
    from mlpcalc.solving.bundled import catalogue

    show(catalogue(), destination)
