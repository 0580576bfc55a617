"""The command explain: where a number comes from."""

from contextlib import suppress

import click

from mlpcalc.cli.options import CARRY, PRECISION, STEPS, Destination, completed, misused, output_options
from mlpcalc.cli.output import show


@click.command()
@click.argument(
    "arguments",
    nargs=-1,
    required=True,
    shell_complete=completed("exercises or cells"),
    metavar="[EXERCISE] CELL...",
)
@click.option(
    "--depth",
    default="0",
    shell_complete=completed("depths"),
    metavar="N|all",
    help="Also explain the operands, N levels back or all the way to the givens.",
)
@CARRY
@STEPS
@click.option("--step", type=click.IntRange(1), metavar="T", help="Cells of step T, where they name none.")
@PRECISION
@output_options("explain")
def explain(
    *,
    arguments: tuple[str, ...],
    depth: str,
    carry: int | None,
    steps: int | None,
    step: int | None,
    precision: int | None,
    destination: Destination,
) -> None:
    """Explain where a number comes from.

    Shows the formula, the same with indices and with numbers, and the result.

    CELL is a cell such as 'Delta1[2,1]' or loss, or a whole matrix such as S1; there may be several.
    """
    from mlpcalc.explaining.report import explanation
    from mlpcalc.page.cells import cell_in_step
    from mlpcalc.solving.solution import load, solve

    if depth != "all" and not depth.isdecimal():
        raise misused("--depth takes a number or all")
    exercise, cells = _exercise_and_cells(arguments)
    read = load(exercise)
    solution = solve(read if steps is None else read.with_steps(steps), carry)
    if step is not None:
        cells = tuple(cell_in_step(cell, step) for cell in cells)
    report = explanation(solution, cells, None if depth == "all" else int(depth), precision)
    show(report, destination)


def _exercise_and_cells(arguments: tuple[str, ...]) -> tuple[str | None, tuple[str, ...]]:
    """The exercise, which may be left out, and the cells."""
    from mlpcalc.reading.library import is_exercise

    first, *others = arguments
    if not others and is_exercise(first):
        raise misused(f"which cell? For example: mlpcalc explain {first} 'S1[1,1]'")
    if not others or (not is_exercise(first) and _is_cell(first)):
        return None, arguments
    return first, (*others,)


def _is_cell(text: str) -> bool:
    """Whether this names a quantity, or a cell of one, of the exercise that is taken if none is named."""
    from mlpcalc.errors import InputError
    from mlpcalc.page.cells import split_cell
    from mlpcalc.solving.solution import load, solve

    with suppress(InputError):
        solve(load()).symbol(split_cell(text)[0])
        return True
    return False
