"""The command help: the help of the program or of a command."""

import click

from mlpcalc.cli.options import completed, unknown


@click.command("help")
@click.argument("command", required=False, shell_complete=completed("commands"))
def help_(*, command: str | None) -> None:
    """Show the help of the program or of a command."""
    context = click.get_current_context().find_root()
    if command is not None:
        commands = context.command.commands if isinstance(context.command, click.Group) else {}
        if command not in commands:
            raise click.UsageError(unknown("command", command, commands), context)
        context = click.Context(
            commands[command], parent=context, info_name=command, **context.command.context_settings
        )
    click.echo(context.get_help())
