"""The commands solve, forward, errors, grad and update: the quantities of an exercise."""

from typing import Any

import click

from mlpcalc.cli.options import (
    CARRY,
    EXERCISE,
    LAYER,
    ONLY,
    PICTURE,
    PRECISION,
    STEPS,
    Command,
    Destination,
    check_picture,
    misused,
    output_options,
)
from mlpcalc.cli.output import show
from mlpcalc.report.forms import FORMS


def _solving(command: Command) -> Command:
    """Add the argument and the options of the commands that solve an exercise."""
    decorators = [
        EXERCISE,
        LAYER,
        ONLY,
        click.option("--all", "details", is_flag=True, help="Also show givens and intermediate quantities."),
        click.option(
            "--givens/--no-givens",
            default=None,
            help="Whether to show what the exercise gives (default: only on pages to hand out).",
        ),
        CARRY,
        STEPS,
        click.option("--step", type=click.IntRange(1), metavar="T", help="Only the page of step T."),
        PRECISION,
        PICTURE,
        click.option("--full", is_flag=True, help="Show large matrices in full."),
        output_options("solve"),
    ]
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def _solve(stages: tuple[str, ...], options: dict[str, Any], *, numeric: bool = False) -> None:
    """Solve an exercise and print some stages; all if none are named."""
    from mlpcalc.page.symbols import Stage
    from mlpcalc.solving.matrices import Explain, unexplained
    from mlpcalc.solving.report import solution_report
    from mlpcalc.solving.selection import Selection
    from mlpcalc.solving.solution import load
    from mlpcalc.solving.solution import solve as solved

    if numeric:
        from mlpcalc.solving.gradient_check import gradient_check as report
    else:
        report = solution_report
    exercise = load(options["exercise"])
    if options["steps"] is not None:
        exercise = exercise.with_steps(options["steps"])
    solution = solved(exercise, carry=options["carry"])
    chosen = [Stage(stage) for stage in stages] or list(Stage)
    destination, givens = options["destination"], options["givens"]
    if givens is None:
        givens = FORMS[destination.form].is_page
    elif givens:
        chosen = list({Stage.GIVENS: None, **dict.fromkeys(chosen)})
    selection = Selection(
        chosen, options["layer"], options["only"], options["details"], options["step"], givens
    )
    workings: Explain = unexplained
    if FORMS[destination.form].has_workings:
        from mlpcalc.explaining.explainer import Explainer
        from mlpcalc.explaining.workings import workings_of

        workings = workings_of(Explainer(solution, solution.digits(options["precision"])))
    found = report(solution, selection, options["precision"], workings)
    if options["picture"]:
        from mlpcalc.solving.picture import with_picture

        check_picture(destination)
        found = with_picture(found, solution, options["step"] or 1)
    show(found, destination, full=options["full"])


@click.command()
@_solving
def solve(**options: Any) -> None:  # noqa: ANN401  # whatever Click parsed
    """Solve an exercise: every matrix, in the order of the page.

    Forward pass, error signals, gradients and update of every step, and the forward pass after the last.
    """
    _solve((), options)


@click.command()
@_solving
def forward(**options: Any) -> None:  # noqa: ANN401  # as above
    """Compute the forward pass."""
    _solve(("forward",), options)


@click.command()
@_solving
def errors(**options: Any) -> None:  # noqa: ANN401  # as above
    """Compute the error signals of all layers."""
    _solve(("errors",), options)


@click.command()
@_solving
@click.option(
    "--numeric", is_flag=True, help="Compare with numerical gradients; exit code 1 if they disagree."
)
def grad(*, numeric: bool, destination: Destination, **options: Any) -> None:  # noqa: ANN401  # as above
    """Compute the gradients of weights and biases."""
    if numeric and destination.form in ("csv", "python"):
        raise misused(f"--numeric cannot be combined with --format {destination.form}; json has everything")
    _solve(("gradients",), {**options, "destination": destination}, numeric=numeric)


@click.command()
@_solving
def update(**options: Any) -> None:  # noqa: ANN401  # as above
    """Compute the parameters after each update."""
    _solve(("update",), options)
