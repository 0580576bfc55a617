"""The command new: a new exercise."""

import re
from typing import TYPE_CHECKING, Any

import click

from mlpcalc.cli.options import ACTIVATION, completed, formats, misused, sizes
from mlpcalc.cli.output import progress_bar, show, tidied_up

if TYPE_CHECKING:
    from fractions import Fraction


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
    "--sizes",
    callback=sizes,
    required=True,
    metavar="2,3,1",
    help="The number of inputs, then the units of each layer.",
)
@ACTIVATION
@click.option(
    "--loss",
    shell_complete=completed("losses"),
    metavar="NAME",
    default="squared_error",
    show_default=True,
    help="Also sets the output activation, unless --activation names it.",
)
@click.option("--batch", type=int, default=4, show_default=True, metavar="N", help="Number of samples.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed gives other numbers.")
@click.option("--bias/--no-bias", default=True, show_default=True, help="Whether the layers have biases.")
@click.option(
    "--average",
    type=click.Choice(("none", "samples", "entries")),
    help="What the loss is averaged over (default samples; none for a single sample).",
)
@click.option(
    "--decimals",
    type=int,
    default=4,
    show_default=True,
    metavar="D",
    help="Decimals of the answers on a sheet.",
)
@click.option(
    "--learning-rate",
    callback=_rate,
    metavar="RATE",
    help="Learning rate (default: one that suits the numbers).",
)
@click.option("--title", metavar="TEXT", help="Title of the exercise.")
@click.option(
    "--count", type=int, metavar="COUNT", help="Number of variants of equal difficulty; needs --out."
)
@click.option(
    "--out",
    shell_complete=completed("files"),
    metavar="PATH",
    help="File to write; with --count, a folder.",
)
@click.option(
    "--name",
    callback=_file_name,
    default="exercise",
    show_default=True,
    metavar="NAME",
    help="File names of the variants: NAME01.yaml, ...",
)
@click.option("--force", is_flag=True, help="Overwrite existing files.")
@formats("new")
def new(
    *,
    seed: int,
    title: str | None,
    count: int | None,
    out: str | None,
    name: str,
    force: bool,
    form: str,
    **options: Any,  # noqa: ANN401  # whatever Click parsed
) -> None:
    """Write a new exercise.

    Its numbers have few digits and reveal as many mistakes as its sizes allow. The same seed gives the same
    exercise on every machine.
    """
    from mlpcalc.generating import variants
    from mlpcalc.generating.generate import form_of, generate
    from mlpcalc.report.report import Report

    wanted = form_of(**options)
    if count is not None:
        if out is None:
            raise misused("--count needs --out with a folder")
        with tidied_up(), progress_bar(count, form) as progress:
            report = variants.write(out, wanted, seed, count, name, title, force=force, progress=progress)
        show(report, "json" if form == "json" else "table")
    one = variants.Variant(f"{name}.yaml", title or variants.usual_title(wanted), generate(wanted, seed))
    if out is not None:
        with tidied_up():
            variants.write_one(out, one.text, force=force)
    if out is None or form == "json":
        report = Report(
            blocks=tuple,
            data=lambda: {"exercise": one.text, **variants.facts(one.made)},
            source=lambda _ascii_only: one.text,
        )
        show(report, form)
