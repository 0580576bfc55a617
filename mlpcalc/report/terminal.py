"""Reports in the terminal, with colour only where it marks something."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import StringIO

from rich.console import Console
from rich.text import Text

from mlpcalc.report import blocks as kinds
from mlpcalc.report import lines, marked
from mlpcalc.report.options import OPTIONS, offer
from mlpcalc.report.output import Output
from mlpcalc.report.problems import render as problems_text
from mlpcalc.text.encoding import encodable
from mlpcalc.text.width import columns

_HEIGHT = 25  # lines; nothing depends on it, but Rich asks the system for each line if it is missing


def write(blocks: Callable[[], Iterable[kinds.Block]], output: Output) -> Iterator[str]:
    """Write the blocks of a report as wide as the terminal; plain in a pipe, in a file, or with NO_COLOR."""
    stream = StringIO() if output.to_file else sys.stdout
    console = Console(
        file=stream,
        force_terminal=False if output.to_file else None,
        width=columns(stream),
        height=_HEIGHT,
        highlight=False,
        markup=False,
        emoji=False,
        color_system=None if output.to_file or os.environ.get("NO_COLOR") else "auto",
    )
    with console.capture() as captured:
        render(blocks(), console, full=output.full)
    yield captured.get()


def text(blocks: Iterable[kinds.Block], *, full: bool = False) -> str:
    """The blocks as plain text, as wide as the terminal, without hints on options."""
    console = Console(file=StringIO(), highlight=False, markup=False, emoji=False, color_system=None)
    with console.capture() as captured:
        render(blocks, console, full=full, options={})
    return captured.get().rstrip("\n")


def render(
    blocks: Iterable[kinds.Block],
    console: Console,
    *,
    full: bool = False,
    options: Mapping[str, str] = OPTIONS,
) -> None:
    """Print the blocks, with a blank line between them but below a heading.

    full: whether large matrices are shown in full. options: the hint of each topic.
    """
    printer = _Printer(console, full, options)
    tight = True
    for block in blocks:
        lines = [*printer.lines(block)]
        if not lines:  # a picture, or the hint of an option where there are none
            continue
        if not tight:
            console.print()
        tight = isinstance(block, kinds.Heading)
        for line in lines:
            assembled = Text.assemble(*line)
            assembled.rstrip()
            console.print(assembled, soft_wrap=True)


class _Printer:
    """Lays out the blocks of one report."""

    def __init__(self, console: Console, full: bool, options: Mapping[str, str]) -> None:
        self._full, self._options = full, options
        self._room = lines.Room(console.width, lambda text: encodable(text, console.encoding))
        self._breaks_problems = console.is_terminal

    def lines(self, block: kinds.Block) -> Iterator[lines.Line]:
        """The lines of a block."""
        room = self._room
        match block:
            case kinds.Group(blocks):
                for each in blocks:
                    yield from self.lines(each)
            case kinds.Header():
                yield from lines.header(block, room)
            case kinds.Heading(text):
                parts = [part.upper() if isinstance(part, str) else part for part in kinds.pieces(text)]
                yield from room.words(room.text(parts), "bold")
            case kinds.Matrix():
                hint = self._options.get("cells")
                yield from lines.matrix(block, room, full=self._full, hint=hint)
            case kinds.Room(height):
                yield from [[]] * height
            case kinds.Table():
                yield from lines.table(block, room)
            case kinds.Aligned():
                yield from lines.aligned(block, room)
            case kinds.Chain():
                yield from lines.chain(block, room)
            case kinds.Note(text):
                yield from room.words(room.text(text))
            case kinds.ListItem():
                yield from lines.item(block, room)
            case kinds.More(what, text, level):
                if words := offer(what, text, self._options):
                    yield from lines.item(kinds.ListItem("", words, level), room)
            case kinds.MarkedMatrix():
                yield from marked.written(block, room)
            case kinds.Tally():
                yield from marked.tally(block, room)
            case kinds.Problems(problems):
                text = problems_text(problems, room.width if self._breaks_problems else None)
                yield from ([(room.text(line), "")] for line in text.splitlines())
