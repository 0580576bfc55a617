"""The command sheet: a blank answer sheet."""

from typing import Any

import click

from mlpcalc.cli.options import (
    EXERCISE,
    LAYER,
    ONLY,
    PICTURE,
    STAGES,
    Destination,
    check_picture,
    completed,
    misused,
    names,
    output_options,
    some_stages,
)
from mlpcalc.cli.output import show

_MARKED = "mlpcalc check EXERCISE FILE marks the sheet."


@click.command()
@EXERCISE
@some_stages("Only these stages")
@LAYER
@ONLY
@click.option("--all", "details", is_flag=True, help="Also ask for intermediate quantities.")
@click.option(
    "--give",
    multiple=True,
    callback=names,
    shell_complete=completed("quantities"),
    metavar="S1,Z1",
    help="Fill in these quantities, on this sheet only. For check to leave them out of the score, the "
    "exercise itself must say so: given: [S1, Z1].",
)
@click.option("--no-givens", is_flag=True, help="In print: leave out inputs, targets and parameters.")
@click.option("--no-formulas", is_flag=True, help="Do not say how the answers are computed.")
@click.option(
    "--room",
    type=click.IntRange(0, 40),
    default=0,
    metavar="LINES",
    help="In print: lines for working under each answer.",
)
@PICTURE
@click.option("--full", is_flag=True, help="In print: show large matrices in full.")
@output_options("sheet")
@click.option(
    "--wrong",
    shell_complete=completed("mistakes"),
    metavar="MISTAKE",
    help="Fill in the sheet with a mistake: NAME, NAME@Delta1 or NAME@Delta1#2 "
    "(audit --format json lists the names).",
)
@click.option(
    "--from",
    "document",
    shell_complete=completed("files"),
    metavar="FILE",
    help="Write what is understood of homework in any form, with the line of each answer.",
)
def sheet(
    *,
    exercise: str | None,
    document: str | None,
    stages: list[str],
    give: list[str],
    no_givens: bool,
    no_formulas: bool,
    room: int,
    picture: bool,
    destination: Destination,
    full: bool,
    wrong: str | None,
    **options: Any,  # noqa: ANN401  # whatever Click parsed
) -> None:
    """Write a blank answer sheet.

    YAML to fill in and mark with check, LaTeX and Markdown to print, or questions for Moodle's question bank.
    It has what the exercise asks for; --only and --all may name more, which is marked, but without points.
    With --wrong, the sheet is filled in by someone who makes that mistake, for teaching and for tests. With
    --from, it has the answers in homework as it was handed in: LaTeX, Markdown, a notebook, CSV, JSON, or
    what programs print.
    """
    from mlpcalc.answers.blank import sheet as blank_sheet
    from mlpcalc.answers.blank import sheet_yaml
    from mlpcalc.answers.contents import giving
    from mlpcalc.page.symbols import Stage
    from mlpcalc.solving.selection import Selection
    from mlpcalc.solving.solution import load, solve

    solution = solve(load(exercise))
    if give:
        solution = giving(solution, give)
    selection = Selection([Stage(stage) for stage in stages or STAGES], **options)
    form = destination.form
    if wrong is not None and form != "yaml":
        raise misused("--wrong needs --format yaml")
    if document is not None and (form != "yaml" or wrong is not None):
        raise misused("--from goes with --format yaml, and not with --wrong")
    if no_formulas and (document or wrong):
        raise misused("--no-formulas is for blank sheets, without --from and --wrong")
    formulas = not no_formulas

    def in_yaml(ascii_only: bool) -> str:
        if document is not None:
            from mlpcalc.answers.files import one_document
            from mlpcalc.answers.transcript import transcript

            handed_in, ending = one_document(document)
            return transcript(solution, handed_in, ending, ascii_only=ascii_only, closing=[_MARKED])
        if wrong is None:
            return sheet_yaml(
                solution, selection, formulas=formulas, ascii_only=ascii_only, closing=[_MARKED]
            )
        from mlpcalc.auditing.wrong_sheet import wrong_sheet

        text, mistake, shows = wrong_sheet(solution, selection, wrong, ascii_only=ascii_only)
        if not shows:
            click.echo(f"{mistake.code} does not show in these figures; mlpcalc audit says why", err=True)
        return text

    def as_quiz(_ascii_only: bool) -> str:  # as of every source
        from mlpcalc.answers.quiz import quiz_xml

        return quiz_xml(solution, selection, givens=not no_givens, formulas=formulas)

    source = as_quiz if form == "moodle-xml" else in_yaml
    report = blank_sheet(solution, selection, givens=not no_givens, formulas=formulas, room=room)
    if picture:
        from mlpcalc.solving.picture import with_picture

        check_picture(destination)
        report = with_picture(report, solution)
    show(report._replace(source=source), destination, full=full)
