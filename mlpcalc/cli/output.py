"""Print reports and errors, and exit.

A command ends after all output is written, or with a message that it could not be.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from itertools import pairwise
from typing import TYPE_CHECKING, NoReturn, TextIO

import click

from mlpcalc.cli.interrupts import before_interrupt, pipe_errors
from mlpcalc.errors import Problem, reason, refuse
from mlpcalc.report.forms import FORMS
from mlpcalc.text.wording import clipped

if TYPE_CHECKING:
    from mlpcalc.cli.options import Destination
    from mlpcalc.report.blocks import Block
    from mlpcalc.report.report import Report

FAULTY_INPUT = 2
CLOSED_PIPE = 141
_NO_FOLDER = "the current folder no longer exists"
_WORTH_A_BAR = 20  # files


def show(
    report: "Report",
    destination: "Destination",
    *,
    full: bool = False,
    last: Callable[[], None] | None = None,
) -> NoReturn:
    """Print a report, or write it to a file and perhaps open that in a browser, and exit with its status.

    last: what else is to be done before the exit, also if the reader of the output has closed the pipe.
    """
    from mlpcalc.report.output import Output

    form, file = FORMS[destination.form], destination.file
    has_reader = True
    if file is None and destination.browse:
        import tempfile  # slow to import

        file = os.path.join(tempfile.mkdtemp(prefix="mlpcalc-"), f"page{form.suffix}")
    if file is None:
        output = Output(sys.stdout.encoding, full, destination.standalone, bom=destination.bom)
        if output.bom and not output.is_utf8:
            raise refuse(f"{output.encoding} has no byte order mark", topic="encoding")
        has_reader = _print(form.write(report, output), to_the_end=last is not None)
    else:
        from mlpcalc.cli.files import write_file

        output = Output("utf-8", full, destination.standalone, to_file=True, bom=destination.bom)
        write_file(file, form.write(report, output), force=destination.force)
        if os.path.isfile(file):  # no device or pipe
            click.echo(f"written to {clipped(file)}", err=True)
        if destination.browse:
            _browse(file)
    if form.part == "records":
        _say_aside([*report.aside()])
    if last is not None:
        last()
    sys.exit(report.status() if has_reader else CLOSED_PIPE)


def _print(pieces: Iterable[str], *, to_the_end: bool) -> bool:
    """Print a text; whether there was a reader to the end.

    A reader that closes the pipe ends the program, except where something else hangs on the pieces: then they
    are made `to_the_end`.
    """
    left = iter(pieces)
    with pipe_errors() if to_the_end else nullcontext():
        try:
            sys.stdout.writelines(left)
            sys.stdout.flush()  # errors are reported before the exit
        except BrokenPipeError:
            if not to_the_end:
                raise
            for _ in left:
                pass
            _discard(sys.stdout)
            return False
    return True


def _discard(stream: TextIO) -> None:
    """Let what is left in a buffer go nowhere, or writing it at the exit raises the same error again."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _browse(file: str) -> None:
    """Open a file in the default browser; raises `InputError` where there is none."""
    import webbrowser
    from pathlib import Path

    if not webbrowser.open(Path(file).absolute().as_uri()):
        raise refuse(
            f"no browser was found to open {clipped(file)}",
            hint="open that file where there is one, or name a browser in the variable BROWSER",
        )


def _say_aside(blocks: "Sequence[Block]") -> None:
    """Print on standard error what has no place in the output."""
    if blocks:
        from mlpcalc.report.terminal import text
        from mlpcalc.text.encoding import encodable

        click.echo(encodable(text(blocks), sys.stderr.encoding), err=True)


@contextmanager
def progress_bar(
    total: int, doing: str, *, one_by_one: bool = False, least: int = _WORTH_A_BAR
) -> Iterator[Callable[[], None]]:
    """A progress bar on standard error, if that is a terminal and there are enough steps.

    doing: its label. one_by_one: whether results are printed while it is there; then a terminal has no bar.
    least: of how many steps it is worth it. It disappears before other results are printed.
    """
    if total < least or not sys.stderr.isatty() or (one_by_one and sys.stdout.isatty()):
        yield lambda: None
        return
    with ExitStack() as shown, before_interrupt(shown.close):  # which shows the cursor again
        bar = shown.enter_context(click.progressbar(length=total, label=doing, file=sys.stderr))

        def step() -> None:
            bar.update(1)
            if bar.pos >= total:
                shown.close()

        yield step


def fail(problems: "tuple[Problem, ...] | list[Problem]") -> NoReturn:
    """Print problems, as text or with --format json as JSON, and exit."""
    try:
        _say(problems)
    except OSError as error:
        end_unwritten(error)
    sys.exit(FAULTY_INPUT)


def end_unwritten(error: OSError) -> NoReturn:
    """Exit because the output cannot be written, for example on a full disk, with a message if possible."""
    gone = isinstance(error, FileNotFoundError)  # never the reason for an open file
    with suppress(OSError):
        click.echo(_NO_FOLDER if gone else f"cannot write the output: {reason(error)}", err=True)
    _discard(sys.stdout)
    _discard(sys.stderr)
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
    """Whether `--format json` is among the arguments; Click may have failed to parse them."""
    return "--format=json" in arguments or ("--format", "json") in pairwise(arguments)
