"""The command line: parse, call, print, exit code.

The module of a command is imported when the command is called, and what it works with when it runs.
"""

import gc
import os
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module
from typing import NoReturn, cast

import click

from mlpcalc import __version__
from mlpcalc.cli.options import unknown
from mlpcalc.cli.output import end_unwritten, fail
from mlpcalc.errors import InputError, Problem
from mlpcalc.text.wording import clipped

INTERRUPTED = 130
_GARBAGE = 150_000  # objects created before garbage is collected; a short run leaves little
_LONGEST_MESSAGE = 400  # characters; Click repeats what was typed
_SOLVING = ("solve", "forward", "errors", "grad", "update")  # all in one module
_COMMANDS = (
    *_SOLVING,
    *("explain", "derive", "cost", "check", "sheet", "audit", "new", "list", "schema", "help"),
)
_BUILTINS = {"list", "help"}  # also names of Python, so that their functions end in an underscore


class _HelpWanted(click.UsageError):
    """The error for no command at all: its message is the help."""


class _Program(click.Group):
    """The program, with messages of its own for missing and unknown commands, as those of Click vary."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments; raise an error with the help if there are none."""
        if not args and not ctx.resilient_parsing:
            raise _HelpWanted(ctx.get_help(), ctx)
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the arguments begin with."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            raise click.UsageError(unknown("command", args[0], self.commands), ctx)
        return super().resolve_command(ctx, args)


class _Commands(Mapping[str, click.Command]):
    """The commands by name, imported when they are looked up."""

    def __getitem__(self, name: str) -> click.Command:
        if name not in _COMMANDS:
            raise KeyError(name)
        module = import_module(f"mlpcalc.cli.{'solve' if name in _SOLVING else name}")
        command: click.Command = getattr(module, f"{name}_" if name in _BUILTINS else name)
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(_COMMANDS)

    def __len__(self) -> int:
        return len(_COMMANDS)


def main() -> NoReturn:
    """Run the command line and exit: 0 fine, 1 something is wrong in an answer, 2 usage or a bad exercise."""
    gc.set_threshold(_GARBAGE)
    if os.environ.get("_MLPCALC_COMPLETE"):
        from mlpcalc.cli import shells

        shells.answer(cli)
    try:
        cli.main(prog_name="mlpcalc", standalone_mode=False)
    except InputError as error:
        fail(error.problems)
    except click.UsageError as error:
        name = error.ctx.command_path if error.ctx else "mlpcalc"
        fail([Problem(_message(error), hint=f"{name} --help")])
    except click.Abort:
        sys.exit(INTERRUPTED)
    except OSError as error:
        end_unwritten(error)
    sys.exit(0)


def _message(error: click.UsageError) -> str:
    """The message about a wrong command line; about an unknown option our own, as those of Click vary."""
    if isinstance(error, _HelpWanted):
        return error.message
    if not isinstance(error, click.NoSuchOption):
        return clipped(error.format_message(), _LONGEST_MESSAGE)
    known = [option for part in error.ctx.command.params for option in part.opts] if error.ctx else []
    return unknown("option", error.option_name, known)


@click.group(
    cls=_Program,
    commands=cast("MutableMapping[str, click.Command]", _Commands()),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__)
def cli() -> None:
    """Solve and mark pen-and-paper exercises about multi-layer perceptrons.

    EXERCISE is a YAML file, the name of a bundled exercise, or - for standard input. Without it, the only
    exercise file in this folder is taken or, if there is none, the bundled exercise 2.
    """
