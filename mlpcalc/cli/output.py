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

from mlpcalc.cli.options import DOCUMENTS, misused
from mlpcalc.errors import Problem, reason
from mlpcalc.report.forms import FORMS
from mlpcalc.report.output import Output

if TYPE_CHECKING:
    from mlpcalc.report.report import Report

FAULTY_INPUT = 2
_NO_FOLDER = "the current folder is gone"
_WORTH_A_BAR = 20  # files


def show(report: "Report", form: str, *, full: bool = False, standalone: bool = False) -> None:
    """Print a report in the form that was asked for, and end with its status."""
    if standalone and not FORMS[form].has_document:
        raise misused(f"--standalone goes with --format {DOCUMENTS}")
    output = Output(sys.stdout.encoding, full, standalone)
    sys.stdout.writelines(FORMS[form].write(report, output))
    sys.stdout.flush()  # so that it is said if this cannot be done
    sys.exit(report.status())


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
