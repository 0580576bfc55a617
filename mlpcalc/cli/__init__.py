"""The command line: parse, call, render, exit code.

What a command does not need is not imported: its module is when it is called, and what that works with when
it runs.
"""

import gc
import os
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module
from typing import NoReturn, cast

import click

from mlpcalc import __version__
from mlpcalc.cli.output import end_unwritten, fail
from mlpcalc.errors import InputError, Problem

INTERRUPTED = 130
_GARBAGE = 150_000  # objects made before garbage is looked for; a short run leaves none worth it
_PLACES = {
    **dict.fromkeys(("solve", "forward", "errors", "grad", "update"), "solving"),
    **dict.fromkeys(("explain", "derive", "cost"), "telling"),
    "check": "marking",
    **dict.fromkeys(("sheet", "audit", "new"), "writing"),
    **dict.fromkeys(("list", "schema"), "listing"),
}


class _Commands(Mapping[str, click.Command]):
    """The commands by name, each imported when it is looked up."""

    def __getitem__(self, name: str) -> click.Command:
        module = import_module(f"mlpcalc.cli.{_PLACES[name]}")
        command: click.Command = getattr(module, "list_" if name == "list" else name)
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(_PLACES)

    def __len__(self) -> int:
        return len(_PLACES)


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
        fail([Problem(error.format_message(), hint=f"{name} --help")])
    except click.Abort:
        sys.exit(INTERRUPTED)
    except OSError as error:
        end_unwritten(error)
    sys.exit(0)


@click.group(
    commands=cast("MutableMapping[str, click.Command]", _Commands()),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__)
def cli() -> None:
    """Solve pen-and-paper exercises about multi-layer perceptrons.

    EXERCISE is a YAML file, the name of a bundled exercise, or - for standard input. Without it: the only
    exercise file in this folder, or else the bundled exercise 2.
    """
