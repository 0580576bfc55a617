"""The command line: parse, call, render, exit code.

What a command does not need is not imported: each imports what it works with when it runs.
"""

import gc
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from mlpcalc import __version__
from mlpcalc.errors import InputError, Problem

if TYPE_CHECKING:
    from fractions import Fraction

    from mlpcalc.report import Report

FAULTY_INPUT = 2
CLOSED_PIPE = 141  # what a shell reports of a program that was ended by SIGPIPE
_DIGITS_OF_A_SIZE = 6
_WORTH_A_BAR = 20  # files
_PORTION = 500  # pieces of output
_GARBAGE = 50_000  # objects made before garbage is looked for; a short run leaves none worth it


class _ClosedPipeError(Exception):
    """A broken pipe; not an OSError, which Click would answer with exit code 1, that of a wrong answer."""


Command = TypeVar("Command", bound=Callable[..., None])


def main() -> NoReturn:
    """Run the command line and exit: 0 fine, 1 something is wrong in an answer, 2 usage or a bad exercise."""
    gc.set_threshold(_GARBAGE)
    try:
        cli.main(prog_name="mlpcalc", standalone_mode=False)
    except InputError as error:
        _fail(error.problems)
    except click.UsageError as error:
        name = error.ctx.command_path if error.ctx else "mlpcalc"
        _fail([Problem(error.format_message(), hint=f"{name} --help")])
    except click.Abort:
        sys.exit(130)
    except _ClosedPipeError:
        # Whoever read the output has had enough. What is still buffered has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(CLOSED_PIPE)
    except OSError as error:
        _fail([Problem(f"cannot write the output: {(error.strerror or 'unknown reason').lower()}")])
    sys.exit(0)


def _fail(problems: "tuple[Problem, ...] | list[Problem]") -> NoReturn:
    """Say what is wrong, as text or as JSON, whichever was asked for, and exit."""
    from mlpcalc.render import problems as renderer

    if _json_wanted(sys.argv[1:]):
        from mlpcalc.render import json

        click.echo(json.render(renderer.data(problems, FAULTY_INPUT)), nl=False)
    else:
        from mlpcalc.render.encoding import encodable

        click.echo(encodable(renderer.render(problems), sys.stderr.encoding), nl=False, err=True)
    sys.exit(FAULTY_INPUT)


def _json_wanted(arguments: list[str]) -> bool:
    """Whether `--format json` is among the arguments; looked up by hand, as parsing may have failed."""
    return "--format=json" in arguments or ("--format", "json") in pairwise(arguments)


def _show(report: "Report", form: str, *, full: bool = False, standalone: bool = False) -> None:
    """Print a report in the form that was asked for, and end with its status."""
    with _printing():
        _print(report, form, full=full, standalone=standalone)
    sys.exit(report.status())


@contextmanager
def _printing() -> Iterator[None]:
    """Around whatever is printed: all of it is out in the end, or else it is said why."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        raise _ClosedPipeError from None


def _print(report: "Report", form: str, *, full: bool, standalone: bool) -> None:
    if standalone and form != "latex":
        raise click.UsageError("--standalone goes with --format latex", click.get_current_context())
    match form:
        case "json":
            from mlpcalc.render import json

            _pour(json.pieces(report.data()))
        case "csv":
            from mlpcalc.render import csv

            assert report.records is not None  # noqa: S101  # offered only for reports that have records
            from mlpcalc.render.encoding import encodable

            _pour(encodable(line, sys.stdout.encoding) for line in csv.lines(report.records()))
        case "latex":
            from mlpcalc.render import latex
            from mlpcalc.render.encoding import encodable

            text = latex.render(report.blocks(), full=full, standalone=standalone)
            click.echo(encodable(text, sys.stdout.encoding), nl=False)
        case "markdown":
            from mlpcalc.render import markdown

            text, encoding = markdown.render(report.blocks(), full=full), sys.stdout.encoding
            click.echo(text.encode(encoding, "xmlcharrefreplace").decode(encoding), nl=False)
        case _:
            from mlpcalc.render import table

            table.show(report.blocks(), full=full)


def _pour(pieces: Iterable[str]) -> None:
    """Print what comes piece by piece; a portion at a time, as each write costs."""
    held: list[str] = []
    for piece in pieces:
        held.append(piece)
        if len(held) >= _PORTION:
            click.echo("".join(held), nl=False)
            held.clear()
    click.echo("".join(held), nl=False)


def _formats(*names: str) -> Callable[[Command], Command]:
    return click.option(
        "--format",
        "form",
        type=click.Choice(names),
        default=names[0],
        show_default=True,
        help="Form of the output.",
    )


def _names(_context: click.Context, _parameter: click.Parameter, texts: tuple[str, ...]) -> list[str]:
    names = [name.strip() for text in texts for name in text.split(",") if name.strip()]
    if texts and not names:
        raise click.UsageError("--only names no quantity", click.get_current_context())
    return names


def _solving(command: Command) -> Command:
    """The argument and the options of the commands that solve an exercise."""
    decorators = [
        click.argument("exercise", required=False),
        click.option("--layer", type=int, metavar="K", help="Only the quantities of layer K."),
        click.option(
            "--only", multiple=True, callback=_names, metavar="S1,dW2", help="Only these quantities."
        ),
        click.option(
            "--all", "details", is_flag=True, help="The details too: givens, dZ, f', loss terms, steps."
        ),
        click.option(
            "--carry", type=click.IntRange(0, 12), metavar="D", help="Round each step, as on paper."
        ),
        click.option("--precision", type=click.IntRange(0, 15), metavar="D", help="Digits after the point."),
        click.option("--full", is_flag=True, help="Show large matrices whole."),
        _formats("table", "json", "csv", "latex", "markdown"),
        click.option("--standalone", is_flag=True, help="With --format latex: a whole document."),
    ]
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def cli() -> None:
    """Solve pen-and-paper exercises about multi-layer perceptrons.

    EXERCISE is a YAML file, the name of a bundled exercise, or - for standard input. Without it: the only
    exercise file in this folder, or else the bundled exercise 2.
    """


def _work(stages: tuple[str, ...], options: dict[str, Any], *, numeric: bool = False) -> None:
    """Solve an exercise and show some stages of it (none named: all)."""
    from mlpcalc.solution import load, solve
    from mlpcalc.symbols import Stage
    from mlpcalc.working import Selection, working

    if numeric:
        from mlpcalc.gradcheck import gradient_check as report
    else:
        report = working
    solution = solve(load(options["exercise"]), carry=options["carry"])
    chosen = [Stage(stage) for stage in stages] or list(Stage)
    selection = Selection(chosen, options["layer"], options["only"], options["details"])
    found = report(solution, selection, options["precision"])
    _show(found, options["form"], full=options["full"], standalone=options["standalone"])


@cli.command()
@_solving
def solve(**options: Any) -> None:  # noqa: ANN401  # whatever Click parsed
    """Everything, in the order of the page.

    Forward pass, error signals, gradients, one SGD update, and the forward pass after it.
    """
    _work((), options)


@cli.command()
@_solving
def forward(**options: Any) -> None:  # noqa: ANN401  # as above
    """The forward pass."""
    _work(("forward",), options)


@cli.command()
@_solving
def errors(**options: Any) -> None:  # noqa: ANN401  # as above
    """The error signals of all layers."""
    _work(("errors",), options)


@cli.command()
@_solving
@click.option("--numeric", is_flag=True, help="Beside numerical gradients; exit code 1 if they disagree.")
def grad(*, numeric: bool, **options: Any) -> None:  # noqa: ANN401  # as above
    """The gradients of weights and biases."""
    if numeric and options["form"] == "csv":
        raise click.UsageError("--numeric has no form as csv; json has it all", click.get_current_context())
    _work(("gradients",), options, numeric=numeric)


@cli.command()
@_solving
def update(**options: Any) -> None:  # noqa: ANN401  # as above
    """The parameters after one SGD update."""
    _work(("update",), options)


def _sizes(_context: click.Context, _parameter: click.Parameter, text: str | None) -> tuple[int, ...] | None:
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


@cli.command()
@click.argument("exercise", required=False)
@click.option(
    "--sizes",
    callback=_sizes,
    metavar="784,300,10",
    help="Instead of an exercise: inputs, units of each layer.",
)
@click.option(
    "--batch", type=click.IntRange(1, 999_999), metavar="N", help="Samples, with --sizes; default 1."
)
@click.option(
    "--activation", metavar="NAME", help="Of the hidden layers (default relu), or NAME,NAME,… for each layer."
)
@click.option(
    "--loss", metavar="NAME", help="Default squared_error; the output activation follows unless it is named."
)
@click.option("--no-bias", is_flag=True, default=None, help="Without biases, with --sizes.")
@click.option("--full", is_flag=True, help="Every equation, however many there are.")
@_formats("table", "json")
def cost(*, exercise: str | None, form: str, full: bool, **options: Any) -> None:  # noqa: ANN401  # as above
    """What all gradients cost, three ways.

    Written out one by one, with the forward pass cached, and by backpropagation.
    """
    from mlpcalc.cost_report import cost_of, cost_of_sizes

    chosen = {name: value for name, value in options.items() if value is not None}
    sizes = chosen.pop("sizes", None)
    if sizes is not None and exercise is not None:
        raise click.UsageError("an exercise and --sizes: give one of them", click.get_current_context())
    if sizes is None and chosen:
        flag = "--" + next(iter(chosen)).replace("_", "-")
        raise click.UsageError(
            f"{flag} goes with --sizes; an exercise has its own", click.get_current_context()
        )
    if sizes is not None:
        chosen["bias"] = not chosen.pop("no_bias", False)
        report = cost_of_sizes(sizes, **chosen, full=full)
    else:
        from mlpcalc.solution import load

        report = cost_of(load(exercise), full=full)
    _show(report, form)


@cli.command()
@click.argument("arguments", nargs=-1, required=True, metavar="[EXERCISE] CELL")
@click.option("--depth", default="0", metavar="N|all", help="Follow the operands N steps towards the givens.")
@click.option("--precision", type=click.IntRange(0, 15), metavar="D", help="Digits after the point.")
@_formats("table", "json", "latex", "markdown")
@click.option("--standalone", is_flag=True, help="With --format latex: a whole document.")
def explain(
    *, arguments: tuple[str, ...], depth: str, precision: int | None, form: str, standalone: bool
) -> None:
    """Where a number comes from.

    The formula, with indices, with numbers, and the result.

    CELL is a cell such as 'Delta1[2,1]' or loss, or a whole matrix such as S1.
    """
    from mlpcalc.explaining.explanation import explanation
    from mlpcalc.reading.library import is_exercise
    from mlpcalc.solution import load, solve

    if len(arguments) > 2:
        raise click.UsageError("an exercise and a cell are enough")
    if depth != "all" and not depth.isdecimal():
        raise click.UsageError("--depth is a number, or all")
    *exercise, cell = arguments
    if not exercise and is_exercise(cell):
        raise click.UsageError(
            f"which cell? mlpcalc explain {cell} 'S1[1,1]', for example", click.get_current_context()
        )
    solution = solve(load(exercise[0] if exercise else None))
    report = explanation(solution, cell, None if depth == "all" else int(depth), precision)
    _show(report, form, standalone=standalone)


@cli.command()
@click.argument("exercise", required=False)
@click.option(
    "--layers", type=click.IntRange(1, 20), metavar="K", help="Instead of an exercise: any network."
)
@click.option(
    "--activation",
    metavar="NAME",
    help="Of the hidden layers (default any f), or NAME,NAME,… for each layer.",
)
@click.option(
    "--loss", metavar="NAME", help="Default squared_error; the output activation follows unless it is named."
)
@click.option("--bias", is_flag=True, default=None, help="With biases, with --layers.")
@_formats("table", "json", "latex", "markdown")
@click.option("--standalone", is_flag=True, help="With --format latex: a whole document.")
def derive(
    *,
    exercise: str | None,
    form: str,
    standalone: bool,
    **options: Any,  # noqa: ANN401  # as above
) -> None:
    """The gradients by the chain rule.

    Every factor with its shape, the reasons, and what the product collapses to.
    """
    from mlpcalc.deriving.derivation import derivation, derivation_of

    chosen = {name: value for name, value in options.items() if value is not None}
    if "layers" in chosen and exercise is not None:
        raise click.UsageError("an exercise and --layers: give one of them", click.get_current_context())
    if "layers" not in chosen and chosen:
        raise click.UsageError(
            f"--{next(iter(chosen))} goes with --layers; an exercise has its own", click.get_current_context()
        )
    if chosen:
        report = derivation_of(**chosen)
    else:
        from mlpcalc.solution import load

        report = derivation(load(exercise))
    _show(report, form, standalone=standalone)


@contextmanager
def _progress(total: int, form: str) -> Iterator[Callable[[], None]]:
    """A bar on standard error if that is a terminal and there is something to wait for.

    It is gone before anything is printed; not shown where results come one by one on the same terminal.
    """
    if total < _WORTH_A_BAR or not sys.stderr.isatty() or (form != "table" and sys.stdout.isatty()):
        yield lambda: None
        return
    with ExitStack() as shown:
        bar = shown.enter_context(click.progressbar(length=total, label="marking", file=sys.stderr))

        def step() -> None:
            bar.update(1)
            if bar.pos >= total:
                shown.close()

        yield step


@cli.command()
@click.argument("exercise")
@click.argument("answers", nargs=-1, metavar="[ANSWERS]...")
@click.option("--details", is_flag=True, help="Several sheets: a line for each of them, too.")
@click.option("--student", is_flag=True, help="Hints for the student instead of the figures that are right.")
@click.option("--strict", is_flag=True, help="Count as wrong what is off by rounding.")
@_formats("table", "json", "csv", "gradescope")
def check(
    *, exercise: str, answers: tuple[str, ...], details: bool, student: bool, strict: bool, form: str
) -> None:
    """Mark homework.

    ANSWERS are YAML files, folders of them, patterns, or - for standard input. Without ANSWERS, and by the
    name of a bundled exercise, the answers are marked that its source prints. One sheet is shown in full,
    several as an overview of the class; json and csv have all of them. --details goes with the table,
    --student with the table and gradescope.

    The exit code is 0 if nothing is wrong, 1 if something is, 2 for a faulty exercise or command, and 3 if an
    answer file cannot be read; the others are marked all the same.
    """
    from mlpcalc.marking.checking import Check, chosen_files
    from mlpcalc.solution import load, solve

    context = click.get_current_context()
    if details and (student or form != "table"):
        raise click.UsageError("--details goes with the table, and not with --student", context)
    if student and form in ("json", "csv"):
        raise click.UsageError(f"--student does not go with --format {form}, which has all figures", context)
    files = chosen_files(exercise, answers)
    solution = solve(load(exercise))
    with _progress(len(files), "one by one" if student else form) as progress:
        marking = Check(solution, files, strict=strict, progress=progress)
        if form == "gradescope":
            _show(marking.gradescope(student=student), "json")
        else:
            _show(marking.report(details=details, student=student), form)


_STAGES = ("forward", "errors", "gradients", "update", "after")


def _chosen_stages(_context: click.Context, _parameter: click.Parameter, text: str | None) -> list[str]:
    names = [name.strip() for name in (text or "").split(",") if name.strip()]
    for name in names:
        if name not in _STAGES:
            raise click.BadParameter(f"{name[:20]!r} is not one of {', '.join(_STAGES)}.")
    return names


@cli.command()
@click.argument("exercise", required=False)
@click.option(
    "--stages",
    callback=_chosen_stages,
    metavar="S,S,…",
    help=f"Only these steps: {', '.join(_STAGES)}.",
)
@click.option("--layer", type=int, metavar="K", help="Only the quantities of layer K.")
@click.option("--only", multiple=True, callback=_names, metavar="S1,dW2", help="Only these quantities.")
@click.option("--all", "details", is_flag=True, help="The details too: dZ, f', loss terms, steps.")
@click.option("--no-givens", is_flag=True, help="In print: without inputs, targets and parameters.")
@click.option("--full", is_flag=True, help="In print: large matrices whole.")
@_formats("yaml", "table", "json", "latex", "markdown")
@click.option("--standalone", is_flag=True, help="With --format latex: a whole document.")
@click.option(
    "--wrong",
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
    **options: Any,  # noqa: ANN401  # as above
) -> None:
    """A blank answer sheet.

    YAML to fill in and have marked by check; or LaTeX and Markdown to print. With --wrong a sheet of someone
    who makes a mistake, for teaching and for tests.
    """
    from mlpcalc.sheet import sheet as blank_sheet
    from mlpcalc.sheet import sheet_yaml
    from mlpcalc.solution import load, solve
    from mlpcalc.symbols import Stage
    from mlpcalc.working import Selection

    solution = solve(load(exercise))
    selection = Selection([Stage(stage) for stage in stages or _STAGES], **options)
    if wrong is not None and form != "yaml":
        raise click.UsageError("--wrong fills in a sheet as YAML", click.get_current_context())
    if form == "yaml":
        if standalone:
            raise click.UsageError("--standalone goes with --format latex", click.get_current_context())
        utf8 = sys.stdout.encoding.lower().replace("-", "") == "utf8"
        if wrong is None:
            text = sheet_yaml(solution, selection, ascii_only=not utf8)
        else:
            from mlpcalc.auditing.wrongs import wrong_sheet

            text, mistake, shows = wrong_sheet(solution, selection, wrong, ascii_only=not utf8)
            if not shows:
                click.echo(f"{mistake.code} does not show in these figures; mlpcalc audit says why", err=True)
        with _printing():
            click.echo(text, nl=False)
        return
    _show(blank_sheet(solution, selection, givens=not no_givens), form, full=full, standalone=standalone)


@cli.command()
@click.argument("exercise", required=False)
@click.option(
    "--stages",
    callback=_chosen_stages,
    metavar="S,S,…",
    help=f"For a sheet with these steps only: {', '.join(_STAGES)}.",
)
@click.option(
    "--all", "details", is_flag=True, help="For a sheet with the details too: dZ, f', loss terms, steps."
)
@click.option("--full", is_flag=True, help="Everything that is hidden, however much it is.")
@_formats("table", "json")
def audit(*, exercise: str | None, stages: list[str], details: bool, full: bool, form: str) -> None:
    """Which mistakes an exercise cannot reveal.

    Every mistake is made on a sheet of its own, and the sheet marked: what does not show, and why; mistakes
    that look the same; dead units, kinks, figures that round to 0; and what to change.
    """
    from mlpcalc.auditing.audit_report import audit_report
    from mlpcalc.solution import load, solve
    from mlpcalc.symbols import Stage
    from mlpcalc.working import Selection

    solution = solve(load(exercise))
    selection = Selection([Stage(stage) for stage in stages or _STAGES], details=details)
    _show(audit_report(solution, selection, full=full), form)


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


@cli.command()
@click.option(
    "--sizes", callback=_sizes, required=True, metavar="2,3,1", help="Inputs, then the units of each layer."
)
@click.option(
    "--activation", metavar="NAME", help="Of the hidden layers (default relu), or NAME,NAME,… for each layer."
)
@click.option(
    "--loss",
    metavar="NAME",
    default="squared_error",
    show_default=True,
    help="The output activation follows unless it is named.",
)
@click.option("--batch", type=int, default=4, show_default=True, metavar="N", help="Number of samples.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, other figures.")
@click.option("--bias/--no-bias", default=True, show_default=True, help="With biases.")
@click.option(
    "--average",
    type=click.Choice(("none", "samples", "entries")),
    help="Of the loss; default samples, none if there is only one.",
)
@click.option("--decimals", type=int, default=4, show_default=True, metavar="D", help="Digits of a sheet.")
@click.option("--learning-rate", callback=_rate, metavar="η", help="Default: one that suits the figures.")
@click.option("--title", metavar="TEXT", help="What the exercise is called.")
@click.option("--count", type=int, metavar="COUNT", help="So many variants of equal difficulty; needs --out.")
@click.option("--out", metavar="PATH", help="A file to write; with --count a folder.")
@click.option(
    "--name",
    callback=_file_name,
    default="exercise",
    show_default=True,
    metavar="NAME",
    help="What the files of variants are called: NAME01.yaml, …",
)
@click.option("--force", is_flag=True, help="Overwrite what is there.")
@_formats("yaml", "json")
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
            raise click.UsageError("--count needs --out and a folder", click.get_current_context())
        with _progress(count, form) as progress:
            report = variants.write(out, wanted, seed, count, name, title, force=force, progress=progress)
        _show(report, "json" if form == "json" else "table")
    one = variants.Variant(f"{name}.yaml", title or variants.usual_title(wanted), generate(wanted, seed))
    if out is not None:
        variants.write_one(out, one.text, force=force)
    if form == "json":
        from mlpcalc.render import json

        with _printing():
            click.echo(json.render({"exercise": one.text, **variants.facts(one.made)}), nl=False)
    elif out is None:
        from mlpcalc.render.encoding import encodable

        with _printing():
            click.echo(encodable(one.text, sys.stdout.encoding), nl=False)


@cli.command("list")
@_formats("table", "json")
def list_(form: str) -> None:
    """The bundled exercises."""
    from mlpcalc.catalogue import catalogue

    _show(catalogue(), form)


@cli.command()
def schema() -> None:
    """The exercise format as a JSON Schema."""
    from mlpcalc.reading.schema import schema
    from mlpcalc.render import json

    click.echo(json.render(schema()), nl=False)
