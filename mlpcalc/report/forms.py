"""The table of forms, which `--format` selects from.

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

    name: the value of `--format`. purpose: what it is for, in the README. suffix: of the names of its files.
    commands: those that offer it, where `solve` includes its parts such as `forward`. part: the field of a
    report that is printed. module: the module of this folder whose `write(part, output)` yields the text,
    imported only when needed. has_document: whether `--standalone` makes it a complete document. in_browser:
    whether `--open` shows it in a browser. is_page: whether it is read without the exercise at hand, so that
    solutions show the givens. has_picture: whether `--picture` draws the network. by_name: whether only its
    name chooses it, not the ending of a file. has_workings: whether one can ask how a cell was computed.
    """

    name: str
    purpose: str
    suffix: str
    commands: tuple[str, ...]
    part: Literal["blocks", "data", "records", "source"]
    module: str
    has_document: bool = False
    in_browser: bool = False
    is_page: bool = False
    has_picture: bool = False
    by_name: bool = False
    has_workings: bool = False

    def write(self, report: "Report", output: "Output") -> "Iterable[str]":
        """Write a report in this form, piece by piece."""
        write: Callable[..., Iterable[str]] = import_module(f"mlpcalc.report.{self.module}").write
        return write(getattr(report, self.part), output)


def _grade_book(name: str, purpose: str) -> Form:
    return Form(name, purpose, ".csv", ("check",), "records", "csv", by_name=True)


_HANDOUTS = ("solve", "explain", "derive", "check", "sheet")
_PAGES = (*_HANDOUTS, "cost", "audit")
_REPORTS = ("solve", "explain", "derive", "cost", "check", "sheet", "audit", "list")

# In the order in which commands offer them; the first is the default.
_ALL = (
    Form("yaml", "to fill in or to edit", ".yaml", ("sheet", "new"), "source", "source"),
    Form("table", "for people", ".txt", _REPORTS, "blocks", "terminal"),
    Form("json", "for programs", ".json", (*_REPORTS, "new", "schema"), "data", "json"),
    Form("csv", "for spreadsheets", ".csv", ("solve", "check"), "records", "csv"),
    Form(
        "latex",
        "pages to hand out",
        ".tex",
        _HANDOUTS,
        "blocks",
        "latex",
        has_document=True,
        is_page=True,
        has_picture=True,
    ),
    Form("markdown", "pages for GitHub and Jupyter", ".md", _HANDOUTS, "blocks", "markdown", is_page=True),
    Form(
        "html",
        "pages to click on",
        ".html",
        _PAGES,
        "blocks",
        "html.document",
        in_browser=True,
        is_page=True,
        has_workings=True,
    ),
    Form("moodle-xml", "questions for Moodle's question bank", ".xml", ("sheet",), "source", "source"),
    Form("python", "a NumPy script that computes the same", ".py", ("solve",), "source", "source"),
    _grade_book("moodle", "Moodle's offline grading worksheet, filled in"),
    _grade_book("canvas", "Canvas' gradebook, filled in"),
    _grade_book("prairielearn", "PrairieLearn's scores"),
    Form("gradescope", "the results.json of an autograder", ".json", ("check",), "data", "json"),
)
FORMS: Mapping[str, Form] = {form.name: form for form in _ALL}


def forms_of(command: str) -> list[str]:
    """The names of the forms that a command offers, the default first."""
    return [form.name for form in FORMS.values() if command in form.commands]
