"""Arguments and options that several commands have, and what they mean as values."""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, TypeVar

import click

from mlpcalc.report.forms import FORMS, forms_of
from mlpcalc.text.wording import did_you_mean, shown

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_DIGITS_OF_A_SIZE = 6
Command = TypeVar("Command", bound=Callable[..., None])
STAGES = ("forward", "errors", "gradients", "update", "after")


def misused(message: str) -> click.UsageError:
    """The error for options that do not go together, with the command they were given to."""
    return click.UsageError(message, click.get_current_context())


def formats(command: str) -> Callable[[Command], Command]:
    """The option --format of a command, with the forms that it has."""
    names = forms_of(command)
    return click.option(
        "--format",
        "form",
        type=click.Choice(names),
        default=names[0],
        show_default=True,
        help="Output format.",
    )


def unknown(kind: str, name: str, known: Collection[str]) -> str:
    """The message about an unknown command or option, with a suggestion."""
    near = did_you_mean(name, known)
    return f"No such {kind}: {shown(name)}." + (f" {near[0].upper()}{near[1:]}" if near else "")


def completed(kind: str) -> "Callable[[click.Context, click.Parameter, str], list[CompletionItem]]":
    """What shells complete the value of an argument or an option to: words of a kind, or files."""

    def complete(
        context: click.Context, _parameter: click.Parameter, incomplete: str
    ) -> "list[CompletionItem]":
        from mlpcalc.cli import completion

        return completion.items(kind, context, incomplete)

    return complete


def names(_context: click.Context, _parameter: click.Parameter, texts: tuple[str, ...]) -> list[str]:
    """`S1,dW2` as names, wherever the option is given again."""
    names = [name.strip() for text in texts for name in text.split(",") if name.strip()]
    if texts and not names:
        raise misused("--only needs the name of a quantity")
    return names


def sizes(_context: click.Context, _parameter: click.Parameter, text: str | None) -> tuple[int, ...] | None:
    """`784,300,10` as numbers."""
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
    """`forward,errors` as names of stages."""
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
PRECISION = click.option(
    "--precision", type=click.IntRange(0, 15), metavar="D", help="Digits after the decimal point."
)
DOCUMENTS = " or ".join(form.name for form in FORMS.values() if form.has_document)
STANDALONE = click.option(
    "--standalone", is_flag=True, help=f"With --format {DOCUMENTS}: a complete document."
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
