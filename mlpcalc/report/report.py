"""A report: the output of a command, independent of form."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from mlpcalc.report.blocks import Block


class Report(NamedTuple):
    """The output of a command: functions of which only the one for the printed form is called.

    blocks: for people. data: for JSON. records: for CSV, column names first. source: a script or a YAML file
    with the same content; its argument says whether it must be ASCII. None for forms that do not exist.
    status: the exit code of the command, called after printing. aside: what people are to know and a table of
    records has no place for, called after printing.
    """

    blocks: Callable[[], Iterable[Block]]
    data: Callable[[], Mapping[str, Any]]
    records: Callable[[], Iterable[Sequence[Any]]] | None = None
    source: Callable[[bool], str] | None = None
    status: Callable[[], int] = lambda: 0
    aside: Callable[[], Iterable[Block]] = tuple

    def __repr__(self) -> str:
        """The report as plain text, as Python shows it."""
        from mlpcalc.report.terminal import text

        return text(self.blocks())

    def _repr_html_(self) -> str:
        """The report as notebooks show it; in a frame of its own if one can ask how figures were computed."""
        from mlpcalc.report.html.notebook import shown

        return shown(self.blocks())

    def _repr_markdown_(self) -> str:
        """The report in Markdown, for notebooks that are read elsewhere."""
        from mlpcalc.report.markdown import render

        return render(self.blocks())
