"""The command new: a new exercise."""

import re
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from mlpcalc.cli.options import ACTIVATION, Destination, completed, misused, output_options, sizes
from mlpcalc.cli.output import progress_bar, show
from mlpcalc.text.wording import clipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from fractions import Fraction

    from mlpcalc.generating.generate import Form, GeneratedExercise


def _rate(_context: click.Context, _parameter: click.Parameter, text: str | None) -> "Fraction | None":
    """Read `0.1` or `1/10` exactly."""
    if text is None:
        return None
    from mlpcalc.reading.numerals import NumeralError, exact

    try:
        return exact(text)
    except NumeralError as error:
        raise click.BadParameter(f"{error}.") from None


_WORTH_A_BAR = 3  # variants
_PLAIN_NAME = re.compile(r"[\w-]+(?:\.[\w-]+)*")  # of files, which cannot leave the folder


def _file_name(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    if not _PLAIN_NAME.fullmatch(text):
        raise click.BadParameter(f"{text[:20]!r} is not a simple name: use letters, digits, - and _.")
    return text


@click.command()
@click.option(
    "--like",
    shell_complete=completed("exercises"),
    metavar="EXERCISE",
    help="Take all but the figures from another exercise: sizes, functions, conventions, what is asked for.",
)
@click.option(
    "--sizes",
    callback=sizes,
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
@click.option("--steps", type=int, metavar="N", help="Number of updates, one after the other (default 1).")
@click.option("--epochs", type=int, metavar="N", help="Number of passes through all samples, for --steps.")
@click.option(
    "--mini-batch", type=int, metavar="N", help="Number of samples that a step sees (default: all)."
)
@click.option(
    "--optimizer",
    type=click.Choice(("sgd", "momentum", "nesterov", "adam")),
    default="sgd",
    show_default=True,
    help="What an update makes of the gradients.",
)
@click.option("--title", metavar="TEXT", help="Title of the exercise.")
@click.option(
    "--count",
    type=int,
    metavar="COUNT",
    help="Number of variants of equal difficulty, which go into the folder --out.",
)
@click.option(
    "--name",
    callback=_file_name,
    default="exercise",
    show_default=True,
    metavar="NAME",
    help="File names of the variants: NAME01.yaml, ...",
)
@output_options("new")
def new(
    *,
    like: str | None,
    seed: int,
    title: str | None,
    count: int | None,
    name: str,
    destination: Destination,
    **options: Any,  # noqa: ANN401  # whatever Click parsed
) -> None:
    """Write a new exercise, of given --sizes or --like another one.

    Its numbers have few digits and reveal as many mistakes as its sizes allow. The same seed gives the same
    exercise on every machine.
    """
    from mlpcalc.cli.files import check_folder, write_folder
    from mlpcalc.generating import variants
    from mlpcalc.generating.exercise_text import exercise_text
    from mlpcalc.generating.generate import form_like, form_of, generate
    from mlpcalc.report.report import Report
    from mlpcalc.solving.solution import load

    _check_one_source(like, options)
    wanted = (form_of(**options) if like is None else form_like(load(like))).titled(title)
    made_by = " ".join(_options(wanted)) if like is None else f"--like {clipped(like)}"
    if count is not None:
        folder = destination.file
        if folder is None:
            raise misused("--count needs --out with a folder")
        files = [*variants.file_names(name, count), variants.MANIFEST]
        check_folder(folder, files, force=destination.force)
        with progress_bar(count, "drawing figures", least=_WORTH_A_BAR) as progress:
            made = variants.variants(wanted, seed, count, name, progress)
        texts = {file: exercise_text(one.exercise, _head(one, made_by)) for file, one in made}
        texts[variants.MANIFEST] = variants.manifest(made)
        write_folder(folder, texts.items(), force=destination.force)
        form = "json" if destination.form == "json" else "table"
        show(variants.report(folder, made), Destination(form))
    one = generate(wanted, seed)
    text = exercise_text(one.exercise, _head(one, made_by))
    report = Report(
        blocks=tuple,
        data=lambda: {"exercise": text, **variants.facts(one)},
        source=lambda _ascii_only: text,
    )
    show(report, destination)


def _check_one_source(like: str | None, options: "Mapping[str, Any]") -> None:
    """Raise a usage error unless either --sizes, perhaps with others, or --like says what is wanted."""
    if like is None:
        if options["sizes"] is None:
            raise misused("--sizes is missing, such as --sizes 2,3,1; or --like with an exercise")
        if options["steps"] is not None and options["epochs"] is not None:
            raise misused("--steps and --epochs: give one of them")
        return
    context = click.get_current_context()
    for name in options:
        if context.get_parameter_source(name) != ParameterSource.DEFAULT:
            raise misused(f"--{name.replace('_', '-')} cannot be combined with --like, which says that too")


def _head(made: "GeneratedExercise", made_by: str) -> list[str]:
    """How a file was made, and what it reveals; made_by: the options that were given."""
    from mlpcalc.answers.digits import Asked

    return [
        f"Made by mlpcalc new {made_by} --seed {made.seed}",
        f"A sheet with {Asked.of(made.exercise).in_words} reveals {made.revealed} of {made.of} "
        "mistakes of the catalogue; mlpcalc audit lists the others and says why.",
    ]


def _options(form: "Form") -> "Iterator[str]":
    """The options that a form is made by."""
    from mlpcalc.notation.styles import number_text

    like = form.like
    yield f"--sizes {','.join(map(str, like.sizes))}"
    yield f"--activation {','.join(f.name for f in like.network.activations)}"
    if like.loss is not None:
        yield f"--loss {like.loss.function.name}"
        yield f"--average {like.loss.average}"
    yield f"--batch {like.inputs.shape[1]}"
    yield "--bias" if like.layers[0].bias is not None else "--no-bias"
    if like.steps > 1:
        yield f"--steps {like.steps}"
    if like.batch is not None:
        yield f"--mini-batch {like.batch}"
    if like.optimizer.name != "sgd":
        yield f"--optimizer {like.optimizer.name}"
    yield f"--decimals {like.decimals}"
    rate, *others = form.rates
    if rate is not None and not others:
        yield f"--learning-rate {number_text(rate)}"
