"""The commands that solve an exercise: solve, forward, errors, grad, update."""

from typing import Any

import click

from mlpcalc.cli.options import EXERCISE, LAYER, ONLY, PRECISION, STANDALONE, Command, formats, misused
from mlpcalc.cli.output import show


def _solving(command: Command) -> Command:
    """The argument and the options of the commands that solve an exercise."""
    decorators = [
        EXERCISE,
        LAYER,
        ONLY,
        click.option(
            "--all", "details", is_flag=True, help="The details too: givens, dZ, f', loss terms, steps."
        ),
        click.option(
            "--carry", type=click.IntRange(0, 12), metavar="D", help="Round each step, as on paper."
        ),
        PRECISION,
        click.option("--full", is_flag=True, help="Show large matrices whole."),
        formats("table", "json", "csv", "latex", "markdown"),
        STANDALONE,
    ]
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def _work(stages: tuple[str, ...], options: dict[str, Any], *, numeric: bool = False) -> None:
    """Solve an exercise and show some stages of it (none named: all)."""
    from mlpcalc.page.symbols import Stage
    from mlpcalc.solving.report import Selection, working
    from mlpcalc.solving.solution import load, solve

    if numeric:
        from mlpcalc.solving.gradient_check import gradient_check as report
    else:
        report = working
    solution = solve(load(options["exercise"]), carry=options["carry"])
    chosen = [Stage(stage) for stage in stages] or list(Stage)
    selection = Selection(chosen, options["layer"], options["only"], options["details"])
    found = report(solution, selection, options["precision"])
    show(found, options["form"], full=options["full"], standalone=options["standalone"])


@click.command()
@_solving
def solve(**options: Any) -> None:  # noqa: ANN401  # whatever Click parsed
    """Everything, in the order of the page.

    Forward pass, error signals, gradients, one SGD update, and the forward pass after it.
    """
    _work((), options)


@click.command()
@_solving
def forward(**options: Any) -> None:  # noqa: ANN401  # as above
    """The forward pass."""
    _work(("forward",), options)


@click.command()
@_solving
def errors(**options: Any) -> None:  # noqa: ANN401  # as above
    """The error signals of all layers."""
    _work(("errors",), options)


@click.command()
@_solving
@click.option("--numeric", is_flag=True, help="Beside numerical gradients; exit code 1 if they disagree.")
def grad(*, numeric: bool, **options: Any) -> None:  # noqa: ANN401  # as above
    """The gradients of weights and biases."""
    if numeric and options["form"] == "csv":
        raise misused("--numeric has no form as csv; json has it all")
    _work(("gradients",), options, numeric=numeric)


@click.command()
@_solving
def update(**options: Any) -> None:  # noqa: ANN401  # as above
    """The parameters after one SGD update."""
    _work(("update",), options)
