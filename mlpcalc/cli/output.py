"""What a command prints: its report in the form that was asked for, and its exit code.

Everything has been written when a command ends, or it is said why not.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import pairwise
from typing import TYPE_CHECKING, NoReturn

import click

from mlpcalc.errors import Problem, reason

if TYPE_CHECKING:
    from mlpcalc.report.report import Report

FAULTY_INPUT = 2
_NO_FOLDER = "the current folder is gone"
_WORTH_A_BAR = 20  # files
_PORTION = 500  # pieces of output


def show(report: "Report", form: str, *, full: bool = False, standalone: bool = False) -> None:
    """Print a report in the form that was asked for, and end with its status."""
    _print(report, form, full=full, standalone=standalone)
    sys.stdout.flush()  # so that it is said if this cannot be done
    sys.exit(report.status())


def writes_utf8() -> bool:
    """Whether the output is in the encoding that YAML and LaTeX are read in; else they are kept in ASCII."""
    return sys.stdout.encoding.lower().replace("-", "") == "utf8"


def _print(report: "Report", form: str, *, full: bool, standalone: bool) -> None:
    if standalone and form != "latex":
        raise click.UsageError("--standalone goes with --format latex", click.get_current_context())
    match form:
        case "json":
            from mlpcalc.report import json

            _pour(json.pieces(report.data()))
        case "csv":
            from mlpcalc.report import csv

            assert report.records is not None  # noqa: S101  # offered only for reports that have records
            from mlpcalc.text.encoding import encodable

            _pour(encodable(line, sys.stdout.encoding) for line in csv.lines(report.records()))
        case "latex":
            from mlpcalc.report import latex

            ascii_only = not writes_utf8()
            text = latex.render(report.blocks(), full=full, standalone=standalone, ascii_only=ascii_only)
            click.echo(text, nl=False)
        case "markdown":
            from mlpcalc.report import markdown

            text, encoding = markdown.render(report.blocks(), full=full), sys.stdout.encoding
            click.echo(text.encode(encoding, "xmlcharrefreplace").decode(encoding), nl=False)
        case "python":
            from mlpcalc.text.encoding import encodable

            assert report.script is not None  # noqa: S101  # as above
            click.echo(encodable(report.script(not writes_utf8()), sys.stdout.encoding), nl=False)
        case "table":
            from mlpcalc.report import terminal

            terminal.show(report.blocks(), full=full)
        case _:
            raise ValueError(f"no output is written as {form}")


def _pour(pieces: Iterable[str]) -> None:
    """Print what comes piece by piece; a portion at a time, as each write costs."""
    held: list[str] = []
    for piece in pieces:
        held.append(piece)
        if len(held) >= _PORTION:
            click.echo("".join(held), nl=False)
            held.clear()
    click.echo("".join(held), nl=False)


@contextmanager
def progress_bar(total: int, form: str) -> Iterator[Callable[[], None]]:
    """A bar on standard error if that is a terminal and there is something to wait for.

    It is gone before anything is printed; not shown where results come one by one on the same terminal.
    """
    if total < _WORTH_A_BAR or not sys.stderr.isatty() or (form != "table" and sys.stdout.isatty()):
        yield lambda: None
        return
    with tidied_up(), ExitStack() as shown:  # the cursor is hidden meanwhile
        bar = shown.enter_context(click.progressbar(length=total, label="marking", file=sys.stderr))

        def step() -> None:
            bar.update(1)
            if bar.pos >= total:
                shown.close()

        yield step


@contextmanager
def tidied_up() -> Iterator[None]:
    """Where an interrupt must not end the program at once, as something is left behind that must not be."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def fail(problems: "tuple[Problem, ...] | list[Problem]") -> NoReturn:
    """Say what is wrong, as text or as JSON, whichever was asked for, and exit."""
    try:
        _say(problems)
    except OSError as error:
        end_unwritten(error)
    sys.exit(FAULTY_INPUT)


def end_unwritten(error: OSError) -> NoReturn:
    """Exit as the output cannot be written, on a full disk for example; say so where that is possible."""
    gone = isinstance(error, FileNotFoundError)  # of an open file that is never the reason
    with suppress(OSError):
        click.echo(_NO_FOLDER if gone else f"cannot write the output: {reason(error)}", err=True)
    with suppress(OSError):  # what is still buffered has nowhere to go, and would be complained of once more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    sys.exit(FAULTY_INPUT)


def _say(problems: Iterable[Problem]) -> None:
    from mlpcalc.report import problems as renderer
    from mlpcalc.report.options import with_option

    problems = [*map(with_option, problems)]
    if _json_wanted(sys.argv[1:]):
        from mlpcalc.report import json

        click.echo(json.render(renderer.data(problems, FAULTY_INPUT)), nl=False)
    else:
        from mlpcalc.text.encoding import encodable
        from mlpcalc.text.width import columns

        width = columns(sys.stderr) if sys.stderr.isatty() else None
        click.echo(encodable(renderer.render(problems, width), sys.stderr.encoding), nl=False, err=True)


def _json_wanted(arguments: list[str]) -> bool:
    """Whether `--format json` is among the arguments; looked up by hand, as parsing may have failed."""
    return "--format=json" in arguments or ("--format", "json") in pairwise(arguments)
