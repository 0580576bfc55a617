"""The command check: mark homework."""

import gc

import click

from mlpcalc.cli.options import completed, formats, misused
from mlpcalc.cli.output import progress_bar, show

_GARBAGE = 10_000  # objects made before it is looked for: a class leaves more of it than other commands


@click.command()
@click.argument("exercise", shell_complete=completed("exercises"))
@click.argument("answers", nargs=-1, shell_complete=completed("files"), metavar="[ANSWERS]...")
@click.option("--details", is_flag=True, help="With several sheets: also show a line for each.")
@click.option("--student", is_flag=True, help="Give hints for the student instead of the correct values.")
@click.option("--strict", is_flag=True, help="Mark rounding differences as wrong.")
@formats("check")
def check(
    *, exercise: str, answers: tuple[str, ...], details: bool, student: bool, strict: bool, form: str
) -> None:
    """Mark homework.

    ANSWERS are YAML files, folders of them, patterns, or - for standard input. Without ANSWERS, a
    bundled exercise is checked against the answers printed in its source. One sheet is shown in full,
    several as an overview of the class; json and csv contain every sheet. --details goes with the table,
    --student with the table and gradescope.

    The exit code is 0 if nothing is wrong, 1 if something is, 2 for an error in the exercise or the command,
    and 3 if an answer file cannot be read; the other files are marked all the same.
    """
    from mlpcalc.answers.files import chosen_files
    from mlpcalc.marking.checking import Check
    from mlpcalc.solving.solution import load, solve

    if details and (student or form != "table"):
        raise misused("--details goes with the table, and not with --student")
    if student and form in ("json", "csv"):
        raise misused(f"--student does not go with --format {form}, which contains all values")
    files = chosen_files(exercise, answers)
    gc.set_threshold(_GARBAGE)
    solution = solve(load(exercise))
    with progress_bar(len(files), "one by one" if student else form) as progress:
        marking = Check(solution, files, strict=strict, progress=progress)
        if form == "gradescope":
            report = marking.gradescope(student=student)
        else:
            report = marking.report(details=details, student=student)
        show(report, form)
