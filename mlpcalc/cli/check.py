"""The command check: mark homework."""

import gc

import click

from mlpcalc.cli.options import Destination, completed, misused, output_options
from mlpcalc.cli.output import progress_bar, show
from mlpcalc.report.forms import FORMS

_GARBAGE = 10_000  # objects created before it is collected: a class leaves more than other commands


@click.command()
@click.argument("exercise", shell_complete=completed("exercises"))
@click.argument("answers", nargs=-1, shell_complete=completed("files"), metavar="[ANSWERS]...")
@click.option("--details", is_flag=True, help="With several sheets: also show a line for each.")
@click.option("--student", is_flag=True, help="Give hints for the student instead of the correct values.")
@click.option("--strict", is_flag=True, help="Mark rounding differences as wrong.")
@click.option("--complete", is_flag=True, help="Exit with 1 also if something is not answered.")
@output_options("check")
def check(
    *,
    exercise: str,
    answers: tuple[str, ...],
    details: bool,
    student: bool,
    strict: bool,
    complete: bool,
    destination: Destination,
) -> None:
    """Mark homework.

    ANSWERS are files, folders of them, patterns, or - for standard input: YAML, LaTeX, Markdown, notebooks,
    CSV, JSON, or what NumPy, PyTorch, MATLAB, R and Julia print. Without ANSWERS, a bundled exercise is
    checked against the answers printed in its source. One sheet is shown in full,
    several as an overview of the class; json and csv contain every sheet.

    The exit code is 0 if every answer that is asked for earns full credit, 1 if one does not or a sheet is
    blank, 2 for an error in the exercise or the command, and 3 if a file that was named cannot be read; the
    other files are marked all the same. What is not answered costs points, but changes the exit code only
    with --complete.
    """
    from mlpcalc.answers.files import chosen_files, passed_over
    from mlpcalc.marking.checking import Check
    from mlpcalc.solving.solution import load, solve

    form = destination.form
    if details and (student or FORMS[form].part != "blocks"):
        raise misused(f"--details cannot be combined with {'--student' if student else f'--format {form}'}")
    if student and form in ("json", "csv"):
        raise misused(f"--student cannot be combined with --format {form}, which contains all values")
    files = chosen_files(exercise, answers)
    gc.set_threshold(_GARBAGE)
    solution = solve(load(exercise))
    one_by_one = destination.file is None and (student or form != "table")
    with progress_bar(len(files), "marking", one_by_one=one_by_one) as progress:
        marking = Check(
            solution,
            files,
            strict=strict,
            complete=complete,
            progress=progress,
            passed_over=passed_over(answers),
        )
        if form == "gradescope":
            report = marking.gradescope(student=student)
        else:
            report = marking.report(details=details, student=student)
        show(report, destination)
