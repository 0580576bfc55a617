"""The commands that help to write exercises: sheet, audit, new."""

import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from mlpcalc.cli.options import (
    ACTIVATION,
    EXERCISE,
    LAYER,
    ONLY,
    STAGES,
    STANDALONE,
    Command,
    chosen_stages,
    completed,
    formats,
    misused,
    sizes,
)
from mlpcalc.cli.output import progress_bar, show, tidied_up, writes_utf8

if TYPE_CHECKING:
    from fractions import Fraction


def _stages(words: str) -> Callable[[Command], Command]:
    return click.option(
        "--stages",
        callback=chosen_stages,
        shell_complete=completed("stages"),
        metavar="S,S,...",
        help=f"{words}: {', '.join(STAGES)}.",
    )


@click.command()
@EXERCISE
@_stages("Only these steps")
@LAYER
@ONLY
@click.option("--all", "details", is_flag=True, help="The details too: dZ, f', loss terms, steps.")
@click.option("--no-givens", is_flag=True, help="In print: without inputs, targets and parameters.")
@click.option("--full", is_flag=True, help="In print: large matrices whole.")
@formats("yaml", "table", "json", "latex", "markdown")
@STANDALONE
@click.option(
    "--wrong",
    shell_complete=completed("mistakes"),
    metavar="MISTAKE",
    help="Filled in, with a mistake: NAME, NAME@Delta1, NAME@Delta1#2. audit --format json has the names.",
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
    """A blank answer sheet.

    YAML to fill in and have marked by check; or LaTeX and Markdown to print. With --wrong a sheet of someone
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
        raise misused("--wrong fills in a sheet as YAML")
    if form == "yaml":
        if standalone:
            raise misused("--standalone goes with --format latex")
        ascii_only = not writes_utf8()
        if wrong is None:
            text = sheet_yaml(solution, selection, ascii_only=ascii_only)
        else:
            from mlpcalc.auditing.wrongs import wrong_sheet

            text, mistake, shows = wrong_sheet(solution, selection, wrong, ascii_only=ascii_only)
            if not shows:
                click.echo(f"{mistake.code} does not show in these figures; mlpcalc audit says why", err=True)
        click.echo(text, nl=False)
        return
    show(blank_sheet(solution, selection, givens=not no_givens), form, full=full, standalone=standalone)


@click.command()
@EXERCISE
@_stages("For a sheet with these steps only")
@click.option(
    "--all", "details", is_flag=True, help="For a sheet with the details too: dZ, f', loss terms, steps."
)
@click.option("--full", is_flag=True, help="Everything that is hidden, however much it is.")
@formats("table", "json")
def audit(*, exercise: str | None, stages: list[str], details: bool, full: bool, form: str) -> None:
    """Which mistakes an exercise cannot reveal.

    Every mistake is made on a sheet of its own, and the sheet marked: what does not show, and why; mistakes
    that look the same; dead units, kinks, figures that round to 0; and what to change.
    """
    from mlpcalc.auditing.report import audit_report
    from mlpcalc.page.symbols import Stage
    from mlpcalc.solving.report import Selection
    from mlpcalc.solving.solution import load, solve

    solution = solve(load(exercise))
    selection = Selection([Stage(stage) for stage in stages or STAGES], details=details)
    show(audit_report(solution, selection, full=full), form)


def _rate(_context: click.Context, _parameter: click.Parameter, text: str | None) -> "Fraction | None":
    """`0.1` or `1/10`, exactly."""
    if text is None:
        return None
    from mlpcalc.reading.numerals import NumeralError, exact

    try:
        return exact(text)
    except NumeralError as error:
        raise click.BadParameter(f"{error}.") from None


_PLAIN_NAME = re.compile(r"[\w-]+(?:\.[\w-]+)*")  # of files: no way out of the folder


def _file_name(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    if not _PLAIN_NAME.fullmatch(text):
        raise click.BadParameter(f"{text[:20]!r} is no simple name: letters, digits, - and _.")
    return text


@click.command()
@click.option(
    "--sizes", callback=sizes, required=True, metavar="2,3,1", help="Inputs, then the units of each layer."
)
@ACTIVATION
@click.option(
    "--loss",
    shell_complete=completed("losses"),
    metavar="NAME",
    default="squared_error",
    show_default=True,
    help="The output activation follows unless it is named.",
)
@click.option("--batch", type=int, default=4, show_default=True, metavar="N", help="Number of samples.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed gives other figures.")
@click.option("--bias/--no-bias", default=True, show_default=True, help="With biases.")
@click.option(
    "--average",
    type=click.Choice(("none", "samples", "entries")),
    help="Of the loss; default samples, none if there is only one.",
)
@click.option("--decimals", type=int, default=4, show_default=True, metavar="D", help="Digits of a sheet.")
@click.option("--learning-rate", callback=_rate, metavar="RATE", help="Default: one that suits the figures.")
@click.option("--title", metavar="TEXT", help="What the exercise is called.")
@click.option(
    "--count", type=int, metavar="COUNT", help="Number of variants of equal difficulty; needs --out."
)
@click.option(
    "--out",
    shell_complete=completed("files"),
    metavar="PATH",
    help="A file to write; with --count a folder.",
)
@click.option(
    "--name",
    callback=_file_name,
    default="exercise",
    show_default=True,
    metavar="NAME",
    help="What the files of variants are called: NAME01.yaml, ...",
)
@click.option("--force", is_flag=True, help="Overwrite what is there.")
@formats("yaml", "json")
def new(
    *,
    seed: int,
    title: str | None,
    count: int | None,
    out: str | None,
    name: str,
    force: bool,
    form: str,
    **options: Any,  # noqa: ANN401  # as above
) -> None:
    """A new exercise.

    Its figures have few digits and reveal as many mistakes as its sizes allow. The same seed gives the same
    exercise everywhere.
    """
    from mlpcalc.generating import variants
    from mlpcalc.generating.generate import form_of, generate

    wanted = form_of(**options)
    if count is not None:
        if out is None:
            raise misused("--count needs --out and a folder")
        with tidied_up(), progress_bar(count, form) as progress:
            report = variants.write(out, wanted, seed, count, name, title, force=force, progress=progress)
        show(report, "json" if form == "json" else "table")
    one = variants.Variant(f"{name}.yaml", title or variants.usual_title(wanted), generate(wanted, seed))
    if out is not None:
        with tidied_up():
            variants.write_one(out, one.text, force=force)
    if form == "json":
        from mlpcalc.report import json

        click.echo(json.render({"exercise": one.text, **variants.facts(one.made)}), nl=False)
    elif out is None:
        from mlpcalc.text.encoding import encodable

        click.echo(encodable(one.text, sys.stdout.encoding), nl=False)
