"""A command's output independent of format: blocks for renderers, data for JSON and CSV."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from mlpcalc.report.blocks import Block


class Report(NamedTuple):
    """The output of a command, made only in the form that is printed.

    blocks: for people. data: for JSON. records: for CSV, column names first. source: a script or a YAML file
    that says the same; called with whether it must be ASCII. None for what there is not.
    status: the exit code of the command, asked for after printing.
    """

    blocks: Callable[[], Iterable[Block]]
    data: Callable[[], Mapping[str, Any]]
    records: Callable[[], Iterable[Sequence[Any]]] | None = None
    source: Callable[[bool], str] | None = None
    status: Callable[[], int] = lambda: 0

    def __repr__(self) -> str:
        """The report as plain text, as Python shows it."""
        from mlpcalc.report.terminal import text

        return text(self.blocks())

    def _repr_markdown_(self) -> str:
        """The report as notebooks show it."""
        from mlpcalc.report.markdown import render

        return render(self.blocks())
