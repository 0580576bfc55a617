"""The command sheet: a blank answer sheet."""

from typing import Any

import click

from mlpcalc.cli.options import (
    EXERCISE,
    LAYER,
    ONLY,
    STAGES,
    STANDALONE,
    completed,
    formats,
    misused,
    some_stages,
)
from mlpcalc.cli.output import show, writes_utf8

_MARKED = "mlpcalc check EXERCISE FILE marks the sheet."


@click.command()
@EXERCISE
@some_stages("Only these stages")
@LAYER
@ONLY
@click.option("--all", "details", is_flag=True, help="Also ask for intermediate quantities.")
@click.option("--no-givens", is_flag=True, help="In print: leave out inputs, targets and parameters.")
@click.option("--full", is_flag=True, help="In print: show large matrices in full.")
@formats("yaml", "table", "json", "latex", "markdown")
@STANDALONE
@click.option(
    "--wrong",
    shell_complete=completed("mistakes"),
    metavar="MISTAKE",
    help="Fill in the sheet with a mistake: NAME, NAME@Delta1 or NAME@Delta1#2 "
    "(audit --format json lists the names).",
)
def sheet(
    *,
    exercise: str | None,
    stages: list[str],
    no_givens: bool,
    form: str,
    full: bool,
    standalone: bool,
    wrong: str | None,
    **options: Any,  # noqa: ANN401  # whatever Click parsed
) -> None:
    """Write a blank answer sheet.

    YAML to fill in and mark with check, or LaTeX and Markdown to print. With --wrong, the answers of someone
    who makes a mistake, for teaching and for tests.
    """
    from mlpcalc.answers.blank import sheet as blank_sheet
    from mlpcalc.answers.blank import sheet_yaml
    from mlpcalc.page.symbols import Stage
    from mlpcalc.solving.report import Selection
    from mlpcalc.solving.solution import load, solve

    solution = solve(load(exercise))
    selection = Selection([Stage(stage) for stage in stages or STAGES], **options)
    if wrong is not None and form != "yaml":
        raise misused("--wrong goes with --format yaml")
    if form == "yaml":
        if standalone:
            raise misused("--standalone goes with --format latex")
        ascii_only = not writes_utf8()
        if wrong is None:
            text = sheet_yaml(solution, selection, ascii_only=ascii_only, closing=[_MARKED])
        else:
            from mlpcalc.auditing.wrong_sheet import wrong_sheet

            text, mistake, shows = wrong_sheet(solution, selection, wrong, ascii_only=ascii_only)
            if not shows:
                click.echo(f"{mistake.code} does not show in these figures; mlpcalc audit says why", err=True)
        click.echo(text, nl=False)
        return
    show(blank_sheet(solution, selection, givens=not no_givens), form, full=full, standalone=standalone)
