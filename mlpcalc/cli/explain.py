"""The command explain: where a number comes from."""

import click

from mlpcalc.cli.options import PRECISION, Destination, completed, misused, output_options
from mlpcalc.cli.output import show


@click.command()
@click.argument(
    "arguments",
    nargs=-1,
    required=True,
    shell_complete=completed("exercises or cells"),
    metavar="[EXERCISE] CELL",
)
@click.option(
    "--depth",
    default="0",
    shell_complete=completed("depths"),
    metavar="N|all",
    help="Also explain the operands, N levels back or all the way to the givens.",
)
@PRECISION
@output_options("explain")
def explain(
    *, arguments: tuple[str, ...], depth: str, precision: int | None, destination: Destination
) -> None:
    """Explain where a number comes from.

    Shows the formula, the same with indices and with numbers, and the result.

    CELL is a cell such as 'Delta1[2,1]' or loss, or a whole matrix such as S1.
    """
    from mlpcalc.explaining.report import explanation
    from mlpcalc.reading.library import is_exercise
    from mlpcalc.solving.solution import load, solve

    if len(arguments) > 2:
        raise misused("expected at most an exercise and a cell")
    if depth != "all" and not depth.isdecimal():
        raise misused("--depth takes a number or all")
    *exercise, cell = arguments
    if not exercise and is_exercise(cell):
        raise misused(f"which cell? For example: mlpcalc explain {cell} 'S1[1,1]'")
    solution = solve(load(exercise[0] if exercise else None))
    report = explanation(solution, cell, None if depth == "all" else int(depth), precision)
    show(report, destination)
