"""The command line: parse, call, render, exit code.

What a command does not need is not imported: each imports what it works with when it runs.
"""

import sys
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from mlpcalc import __version__
from mlpcalc.errors import InputError, Problem

if TYPE_CHECKING:
    from mlpcalc.report import Report

FAULTY_INPUT = 2
Command = TypeVar("Command", bound=Callable[..., None])


def main() -> NoReturn:
    """Run the command line and exit: 0 fine, 1 something is wrong in an answer, 2 usage or a bad exercise."""
    try:
        cli.main(prog_name="mlpcalc", standalone_mode=False)
    except InputError as error:
        _fail(error.problems)
    except click.UsageError as error:
        name = error.ctx.command_path if error.ctx else "mlpcalc"
        _fail([Problem(error.format_message(), hint=f"{name} --help")])
    except click.Abort:
        sys.exit(130)
    sys.exit(0)


def _fail(problems: "tuple[Problem, ...] | list[Problem]") -> NoReturn:
    """Say what is wrong, as text or as JSON, whichever was asked for, and exit."""
    from mlpcalc.render import problems as renderer

    if _json_wanted(sys.argv[1:]):
        from mlpcalc.render import json

        click.echo(json.render(renderer.data(problems, FAULTY_INPUT)), nl=False)
    else:
        from mlpcalc.render.encoding import encodable

        click.echo(encodable(renderer.render(problems), sys.stderr.encoding), nl=False, err=True)
    sys.exit(FAULTY_INPUT)


def _json_wanted(arguments: list[str]) -> bool:
    """Whether `--format json` is among the arguments; looked up by hand, as parsing may have failed."""
    return "--format=json" in arguments or ("--format", "json") in pairwise(arguments)


def _show(report: "Report", form: str, *, full: bool = False) -> None:
    """Print a report in the form that was asked for."""
    match form:
        case "json":
            from mlpcalc.render import json

            click.echo(json.render(report.data()), nl=False)
        case "csv":
            from mlpcalc.render import csv

            assert report.records is not None  # noqa: S101  # offered only for reports that have records
            click.echo(csv.render(report.records()), nl=False)
        case _:
            from rich.console import Console

            from mlpcalc.render import table

            table.render(report.blocks(), Console(highlight=False, markup=False, emoji=False), full=full)
    sys.exit(report.status)


def _formats(*names: str) -> Callable[[Command], Command]:
    return click.option(
        "--format",
        "form",
        type=click.Choice(names),
        default=names[0],
        show_default=True,
        help="Form of the output.",
    )


def _names(_context: click.Context, _parameter: click.Parameter, texts: tuple[str, ...]) -> list[str]:
    return [name.strip() for text in texts for name in text.split(",") if name.strip()]


def _solving(command: Command) -> Command:
    """The argument and the options of the commands that solve an exercise."""
    decorators = [
        click.argument("exercise", required=False),
        click.option("--layer", type=int, metavar="K", help="Only the quantities of layer K."),
        click.option(
            "--only", multiple=True, callback=_names, metavar="S1,dW2", help="Only these quantities."
        ),
        click.option(
            "--all", "details", is_flag=True, help="The details too: givens, dZ, f', loss terms, steps."
        ),
        click.option(
            "--carry", type=click.IntRange(0, 12), metavar="D", help="Round each step, as on paper."
        ),
        click.option("--precision", type=click.IntRange(0, 15), metavar="D", help="Digits after the point."),
        click.option("--full", is_flag=True, help="Show large matrices whole."),
        _formats("table", "json", "csv"),
    ]
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def cli() -> None:
    """Solve pen-and-paper exercises about multi-layer perceptrons.

    EXERCISE is a YAML file, the name of a bundled exercise, or - for standard input. Without it: the only
    exercise file in this folder, or else the bundled exercise 2.
    """


def _work(stages: tuple[str, ...], options: dict[str, Any], *, numeric: bool = False) -> None:
    """Solve an exercise and show some stages of it (none named: all)."""
    from mlpcalc.solution import load, solve
    from mlpcalc.symbols import Stage
    from mlpcalc.working import Selection, working

    if numeric:
        from mlpcalc.gradcheck import gradient_check as report
    else:
        report = working
    solution = solve(load(options["exercise"]), carry=options["carry"])
    chosen = [Stage(stage) for stage in stages] or list(Stage)
    selection = Selection(chosen, options["layer"], options["only"], options["details"])
    _show(report(solution, selection, options["precision"]), options["form"], full=options["full"])


@cli.command()
@_solving
def solve(**options: Any) -> None:  # noqa: ANN401  # whatever Click parsed
    """Everything: forward pass, error signals, gradients, one SGD update, the loss after it."""
    _work((), options)


@cli.command()
@_solving
def forward(**options: Any) -> None:  # noqa: ANN401  # as above
    """The forward pass: pre-activations, activations, loss."""
    _work(("forward",), options)


@cli.command()
@_solving
def errors(**options: Any) -> None:  # noqa: ANN401  # as above
    """The error signals of all layers."""
    _work(("errors",), options)


@cli.command()
@_solving
@click.option("--numeric", is_flag=True, help="Beside numerical gradients; exit code 1 if they disagree.")
def grad(*, numeric: bool, **options: Any) -> None:  # noqa: ANN401  # as above
    """The gradients of weights and biases."""
    _work(("gradients",), options, numeric=numeric)


@cli.command()
@_solving
def update(**options: Any) -> None:  # noqa: ANN401  # as above
    """The weights and biases after one SGD update."""
    _work(("update",), options)


@cli.command("list")
@_formats("table", "json")
def list_(form: str) -> None:
    """The bundled exercises."""
    from mlpcalc.catalogue import catalogue

    _show(catalogue(), form)


@cli.command()
def schema() -> None:
    """The exercise format as a JSON Schema, for editors."""
    from mlpcalc.render import json
    from mlpcalc.schema import schema

    click.echo(json.render(schema()), nl=False)
