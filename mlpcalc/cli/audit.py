"""The command audit: the mistakes that an exercise cannot reveal."""

import click

from mlpcalc.cli.options import EXERCISE, STAGES, Destination, output_options, some_stages
from mlpcalc.cli.output import show


@click.command()
@EXERCISE
@some_stages("For a sheet with these stages only")
@click.option(
    "--all", "details", is_flag=True, help="For a sheet that also asks for intermediate quantities."
)
@click.option("--full", is_flag=True, help="List all mistakes that do not show, however many there are.")
@output_options("audit")
def audit(
    *, exercise: str | None, stages: list[str], details: bool, full: bool, destination: Destination
) -> None:
    """Find the mistakes that an exercise cannot reveal.

    Every mistake is made on a sheet of its own, and the sheet is marked. Lists the mistakes that do not show,
    and why; mistakes that look the same; dead units, kinks, figures that round to 0; and what to change.
    """
    from mlpcalc.auditing.report import audit_report
    from mlpcalc.page.symbols import Stage
    from mlpcalc.solving.selection import Selection
    from mlpcalc.solving.solution import load, solve

    solution = solve(load(exercise))
    selection = Selection([Stage(stage) for stage in stages or STAGES], details=details)
    show(audit_report(solution, selection, full=full), destination)
