"""Arguments and options that several commands share."""

from collections.abc import Callable, Collection
from functools import wraps
from os import path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

import click
from click.core import ParameterSource

from mlpcalc.report.forms import FORMS, forms_of
from mlpcalc.text.wording import clipped, nearest, shown

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_DIGITS_OF_A_SIZE = 6
Command = TypeVar("Command", bound=Callable[..., None])
STAGES = ("forward", "errors", "gradients", "update", "after")


def misused(message: str) -> click.UsageError:
    """The usage error for options that exclude each other."""
    return click.UsageError(message, click.get_current_context())


class Destination(NamedTuple):
    """The form of the output and where it goes.

    form: its name. file: the path to write to, None for standard output. force: whether that may overwrite
    what is there. standalone: whether to write a complete document. browse: whether to open it in a browser.
    bom: whether to begin with a byte order mark.
    """

    form: str
    file: str | None = None
    force: bool = False
    standalone: bool = False
    browse: bool = False
    bom: bool = False


def output_options(command: str) -> Callable[[Command], Command]:
    """The options for the output of a command, in the forms that it has; the command gets a `Destination`."""
    names = forms_of(command)
    options = [
        click.option(
            "--format",
            "form",
            type=click.Choice(names),
            default=names[0],
            show_default=True,
            help="Output format; without it, --out chooses by the ending of the file.",
        ),
        click.option(
            "-o",
            "--out",
            "file",
            shell_complete=completed("files"),
            metavar="PATH",
            help="Write to this file instead of printing.",
        ),
        click.option("--force", is_flag=True, help="With --out: overwrite what exists."),
    ]
    documents = [name for name in names if FORMS[name].has_document]
    if documents:
        words = f"With --format {' or '.join(documents)}: a complete document."
        options.append(click.option("--standalone", is_flag=True, help=words))
    tables = [name for name in names if FORMS[name].part == "records"]
    if tables:
        words = f"With --format {tables[0]}: begin with the mark by which Excel recognises UTF-8."
        options.append(click.option("--bom", is_flag=True, help=words))
    pages = [name for name in names if FORMS[name].in_browser]
    if pages:
        words = f"Open the page in the browser; the format is {pages[0]} then."
        options.append(click.option("--open", "browse", is_flag=True, help=words))

    def with_destination(function: Command) -> Command:
        @wraps(function)
        def run(
            *,
            form: str,
            file: str | None,
            force: bool,
            standalone: bool = False,
            browse: bool = False,
            bom: bool = False,
            **rest: Any,  # noqa: ANN401  # whatever Click parsed
        ) -> None:
            file = None if file == "-" else file
            if click.get_current_context().get_parameter_source("form") == ParameterSource.DEFAULT:
                usual = pages[0] if browse else form
                form = usual if file is None else _form_by_ending(names, file, usual)
            needs = [("standalone", standalone, documents), ("open", browse, pages), ("bom", bom, tables)]
            for option, wanted, fitting in needs:
                if wanted and form not in fitting:
                    raise misused(f"--{option} needs --format {' or '.join(fitting)}")
            function(destination=Destination(form, file, force, standalone, browse, bom), **rest)

        for option in reversed(options):
            run = option(run)
        return cast("Command", run)

    return with_destination


def check_picture(destination: Destination) -> None:
    """Raise a usage error for --picture with a form that has none."""
    if not FORMS[destination.form].has_picture:
        drawing = [form.name for form in FORMS.values() if form.has_picture]
        raise misused(f"--picture needs --format {' or '.join(drawing)}")


def _form_by_ending(names: Collection[str], file: str, usual: str) -> str:
    """That one of some forms which the ending of a file stands for; the usual one if it stands for none."""
    ending = path.splitext(file)[1].lower()
    fitting = [form.name for form in FORMS.values() if form.suffix == ending]
    offered = [name for name in names if name in fitting and not FORMS[name].by_name]
    if len(offered) > 1:
        raise misused(f"{clipped(file)}: --format {' or --format '.join(offered)}?")
    if fitting and not offered:
        raise misused(
            f"{clipped(file)}: this command has no form with the ending {ending}. "
            f"Use --format, which may be {', '.join(names)}"
        )
    return offered[0] if offered else usual


def unknown(kind: str, name: str, known: Collection[str]) -> str:
    """The message about an unknown command or option, with a suggestion."""
    words = {word.lstrip("-"): word for word in known}  # dashes make no likeness
    near = nearest(name.lstrip("-"), words)
    return f"No such {kind}: {shown(name)}." + (f" Did you mean {words[near]}?" if near else "")


def completed(kind: str) -> "Callable[[click.Context, click.Parameter, str], list[CompletionItem]]":
    """The completion of an argument or an option; kind: a key of the table in `completion`."""

    def complete(
        context: click.Context, _parameter: click.Parameter, incomplete: str
    ) -> "list[CompletionItem]":
        from mlpcalc.cli import completion

        return completion.items(kind, context, incomplete)

    return complete


def names(_context: click.Context, parameter: click.Parameter, texts: tuple[str, ...]) -> list[str]:
    """Read `S1,dW2` as names; the option may be repeated."""
    names = [name.strip() for text in texts for name in text.split(",") if name.strip()]
    if texts and not names:
        raise misused(f"--{parameter.name} needs the name of a quantity")
    return names


def sizes(_context: click.Context, _parameter: click.Parameter, text: str | None) -> tuple[int, ...] | None:
    """Read `784,300,10` as numbers."""
    if text is None:
        return None
    sizes = [size.strip() for size in text.split(",")]
    for size in sizes:
        if not (size.isascii() and size.isdigit() and size[0] != "0" and len(size) <= _DIGITS_OF_A_SIZE):
            raise click.BadParameter(
                f"{size[:20]!r} is not a whole number from 1 to {'9' * _DIGITS_OF_A_SIZE}. "
                "Write the number of inputs, then the units of each layer: 784,300,10"
            )
    return tuple(map(int, sizes))


def chosen_stages(_context: click.Context, _parameter: click.Parameter, text: str | None) -> list[str]:
    """Read `forward,errors` as names of stages."""
    names = [name.strip() for name in (text or "").split(",") if name.strip()]
    for name in names:
        if name not in STAGES:
            raise click.BadParameter(f"{name[:20]!r} is not one of {', '.join(STAGES)}.")
    return names


def some_stages(words: str) -> Callable[[Command], Command]:
    """The option --stages; its help begins with these words."""
    return click.option(
        "--stages",
        callback=chosen_stages,
        shell_complete=completed("stages"),
        metavar="S,S,...",
        help=f"{words}: {', '.join(STAGES)}.",
    )


EXERCISE = click.argument("exercise", required=False, shell_complete=completed("exercises"))
LAYER = click.option(
    "--layer",
    type=int,
    shell_complete=completed("layers"),
    metavar="K",
    help="Only the quantities of layer K.",
)
ONLY = click.option(
    "--only",
    multiple=True,
    callback=names,
    shell_complete=completed("quantities"),
    metavar="S1,dW2",
    help="Only these quantities.",
)
CARRY = click.option(
    "--carry",
    type=click.IntRange(0, 12),
    metavar="D",
    help="Round every quantity to D decimals and continue with that, as on paper.",
)
_MAX_STEPS = 100_000  # as of an exercise, see reading.keys, whose import takes NumPy; a test ties them
STEPS = click.option(
    "--steps",
    type=click.IntRange(1, _MAX_STEPS),
    metavar="N",
    help="Do N updates, whatever the exercise says.",
)
PRECISION = click.option(
    "--precision", type=click.IntRange(0, 15), metavar="D", help="Digits after the decimal point."
)
PICTURE = click.option(
    "--picture",
    is_flag=True,
    help=f"With --format {' or '.join(form.name for form in FORMS.values() if form.has_picture)}: "
    "draw the network.",
)
ACTIVATION = click.option(
    "--activation",
    shell_complete=completed("activations"),
    metavar="NAME",
    help="Activation of the hidden layers (default relu); or NAME,NAME,..., one per layer.",
)
LOSS = click.option(
    "--loss",
    shell_complete=completed("losses"),
    metavar="NAME",
    help="Loss (default squared_error); also sets the output activation, unless --activation names it.",
)
