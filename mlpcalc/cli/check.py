"""The command check: mark homework."""

import gc
from os import path
from typing import TYPE_CHECKING

import click

from mlpcalc.cli.options import Destination, completed, misused, output_options
from mlpcalc.cli.output import progress_bar, show
from mlpcalc.report.forms import FORMS, forms_of
from mlpcalc.text.wording import clipped, counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlpcalc.marking.checking import Check

_PAGES = [name for name in forms_of("check") if FORMS[name].part == "blocks"]
_GARBAGE = 10_000  # objects created before it is collected: a class leaves more than other commands


@click.command()
@click.argument("exercise", shell_complete=completed("exercises"))
@click.argument("answers", nargs=-1, shell_complete=completed("files"), metavar="[ANSWERS]...")
@click.option("--details", is_flag=True, help="With several sheets: also show a line for each.")
@click.option("--student", is_flag=True, help="Give hints for the student instead of the correct values.")
@click.option("--strict", is_flag=True, help="Mark rounding differences as wrong.")
@click.option("--complete", is_flag=True, help="Exit with 1 also if something is not answered.")
@click.option(
    "--students",
    shell_complete=completed("files"),
    metavar="LIST.csv",
    help="Class list: a table with names or ids, or a grade book's export; says who is missing. A column "
    "variant says who has which exercise, where EXERCISE is a folder of them.",
)
@click.option(
    "--column",
    metavar="NAME",
    help="With a grade book's format: the column of the grades, where that is not clear.",
)
@click.option(
    "--feedback",
    shell_complete=completed("files"),
    metavar="FOLDER",
    help="Write a file for each student into this folder, which must be empty without --force; with "
    "--student, hints only.",
)
@click.option(
    "--feedback-format",
    type=click.Choice(_PAGES),
    default=_PAGES[0],
    show_default=True,
    help="Format of these files.",
)
@output_options("check")
def check(
    *,
    exercise: str,
    answers: tuple[str, ...],
    details: bool,
    student: bool,
    strict: bool,
    complete: bool,
    students: str | None,
    column: str | None,
    feedback: str | None,
    feedback_format: str,
    destination: Destination,
) -> None:
    """Mark homework.

    ANSWERS are files, folders of them, patterns, or - for standard input: YAML, LaTeX, Markdown, notebooks,
    CSV, JSON, or what NumPy, PyTorch, MATLAB, R and Julia print. Without ANSWERS, a bundled exercise is
    checked against the answers printed in its source. One sheet is shown in full,
    several as an overview of the class; json and csv contain every sheet. EXERCISE may be a folder of
    variants: the class list, or the sheet, says which one a student has.

    The exit code is 0 if every answer that is asked for earns full credit, 1 if one does not or a sheet is
    blank, 2 for an error in the exercise or the command, and 3 if a file that was named cannot be read; the
    other files are marked all the same. What is not answered costs points, but changes the exit code only
    with --complete.
    """
    from mlpcalc.answers.class_list import read_class_list
    from mlpcalc.answers.finding import STANDARD_INPUT, chosen_files
    from mlpcalc.answers.kinds import CLASS_LIST, FEEDBACK
    from mlpcalc.answers.variants import read_variants
    from mlpcalc.marking.checking import Check

    form = FORMS[destination.form]
    if details and (student or form.part != "blocks"):
        with_what = "--student" if student else f"--format {form.name}"
        raise misused(f"--details cannot be combined with {with_what}")
    if student and form.name in ("json", "csv") and not feedback:
        raise misused(f"--student cannot be combined with --format {form.name}, which contains all values")
    if path.isdir(exercise) and STANDARD_INPUT in answers:
        raise misused("standard input cannot be one of several variants: name a file")
    apart = {students: CLASS_LIST, feedback: FEEDBACK}
    found = chosen_files(
        exercise,
        answers,
        {path.realpath(place): what for place, what in apart.items() if place},
        may_be_none=form.name == "gradescope",
    )
    class_list = read_class_list(students) if students else None
    gc.set_threshold(_GARBAGE)
    one_by_one = destination.file is None and (student or form.name != "table")
    with progress_bar(len(found.files), "marking", one_by_one=one_by_one) as progress:
        marking = Check(
            read_variants(exercise, class_list),
            found.files,
            students=class_list,
            strict=strict,
            complete=complete,
            progress=progress,
            passed_over=found.passed_over,
        )
        last = _feedback(marking, feedback, feedback_format, student, destination) if feedback else None
        if form.name == "gradescope":
            report = marking.gradescope(student=student)
        elif form.by_name:
            report = marking.grade_book(form.name, column=column, student=student)
        else:
            report = marking.report(details=details, student=student and not feedback)
        show(report, destination, last=last)


def _feedback(
    marking: "Check", folder: str, form: str, student: bool, destination: Destination
) -> "Callable[[], None]":
    """Collect feedback as sheets are marked; what is returned writes it."""
    from mlpcalc.cli.feedback import Feedback, check_empty

    check_empty(folder, force=destination.force)
    pages = Feedback(form, student=student, students=marking.students, passed_over=marking.passed_over)
    marking.take = pages.add

    def write() -> None:
        click.echo(
            f"{counted(pages.write(folder, force=destination.force), 'file')} in {clipped(folder)}", err=True
        )

    return write
