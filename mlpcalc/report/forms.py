"""The table of forms: what a command prints with `--format`, and which commands have it.

A new form is a record here, and a module of this folder with a function `write`.
"""

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from mlpcalc.report.output import Output
    from mlpcalc.report.report import Report


class Form(NamedTuple):
    """A form of output.

    name: the value of `--format`. purpose: what it is for, in the README. suffix: of a file that holds it.
    commands: those that offer it; `solve` stands for its parts, such as `forward`, too.
    part: the field of a report that it is made from. module: the one of this folder whose
    `write(part, output)` yields text; imported when it is needed, as some take long.
    has_document: whether there is a complete document besides a part to include in one.
    """

    name: str
    purpose: str
    suffix: str
    commands: tuple[str, ...]
    part: Literal["blocks", "data", "records", "source"]
    module: str
    has_document: bool = False

    def write(self, report: "Report", output: "Output") -> "Iterable[str]":
        """The report in this form, in pieces."""
        write: Callable[..., Iterable[str]] = import_module(f"mlpcalc.report.{self.module}").write
        return write(getattr(report, self.part), output)


_HANDOUTS = ("solve", "explain", "derive", "sheet")
_REPORTS = ("solve", "explain", "derive", "cost", "check", "sheet", "audit", "list")

# A command's forms stand in this order; the first is the usual one.
_ALL = (
    Form("yaml", "to fill in or to edit", ".yaml", ("sheet", "new"), "source", "source"),
    Form("table", "for people", ".txt", _REPORTS, "blocks", "terminal"),
    Form("json", "for programs", ".json", (*_REPORTS, "new"), "data", "json"),
    Form("csv", "for spreadsheets", ".csv", ("solve", "check"), "records", "csv"),
    Form("latex", "pages to hand out", ".tex", _HANDOUTS, "blocks", "latex", has_document=True),
    Form("markdown", "pages for GitHub and Jupyter", ".md", _HANDOUTS, "blocks", "markdown"),
    Form("python", "a NumPy script that computes the same", ".py", ("solve",), "source", "source"),
    Form("gradescope", "the results.json of an autograder", ".json", ("check",), "data", "json"),
)
FORMS: Mapping[str, Form] = {form.name: form for form in _ALL}


def forms_of(command: str) -> list[str]:
    """The names of the forms that a command offers, the usual one first."""
    return [form.name for form in _ALL if command in form.commands]
