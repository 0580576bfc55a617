"""Which files are meant by the words of a command: paths, folders, patterns, bundled answers."""

import glob
from collections.abc import Mapping, Sequence
from os import path

from mlpcalc.answers.folders import (
    AnswerFile,
    Search,
    apart_from_namesakes,
    by_itself,
    in_order,
    search,
)
from mlpcalc.answers.kinds import EXERCISE, UNTOLD, PassedOver
from mlpcalc.errors import InputError, Place, refuse
from mlpcalc.reading.library import (
    bundled_answers,
    find,
    has_layers,
    is_exercise,
    is_exercise_file,
    nearest_file,
)
from mlpcalc.text.sanitize import clean
from mlpcalc.text.wording import clipped

STANDARD_INPUT = "-"


def answer_files(
    wanted: Sequence[str], apart: Mapping[str, str] | None = None, *, may_be_none: bool = False
) -> Search:
    """Find answer files.

    wanted: paths, folders, patterns, names of bundled exercises (for their printed answers), `-`. A folder
    stands for all files in it, and in the folders in it, that are in a form that is read, except exercises.
    apart: real paths in these folders that are no homework, and what they are. may_be_none: whether there may
    be folders with nothing in them that can be read.

    Raises `InputError` for a word that matches nothing.
    """
    files: dict[str, AnswerFile] = {}
    others: dict[str, PassedOver] = {}
    for word in wanted:
        found = _meant(word, apart or {})
        if not (found.files or may_be_none):
            raise _nothing_in(word, found.passed_over)
        for file in found.files:
            files.setdefault(file.path, file)
        others.update((each.file, each) for each in found.passed_over)
    return Search(apart_from_namesakes([*files.values()]), [*others.values()])


def chosen_files(
    exercise: str,
    answers: Sequence[str],
    apart: Mapping[str, str] | None = None,
    *,
    may_be_none: bool = False,
) -> Search:
    """The answer files that were named, or else the printed answers of a bundled exercise.

    apart, may_be_none: as for `answer_files`.

    Raises `InputError` where there are none, where the exercise and the answers are both standard input, and
    where they are swapped.
    """
    if STANDARD_INPUT in answers and exercise == STANDARD_INPUT:
        raise refuse(
            "the exercise and the answers are both standard input", expected="a file for one of them"
        )
    if path.isfile(exercise) and not has_layers(exercise):
        for word in answers:
            if has_layers(word) if path.exists(word) else is_exercise(word):
                raise refuse(
                    f"{clipped(exercise)} is no exercise, but {clipped(word)} is one",
                    expected="the exercise first, then the answers",
                    hint="the two are swapped",
                )
    if answers:
        return answer_files(answers, apart, may_be_none=may_be_none)
    printed = None if path.exists(exercise) else bundled_answers(exercise)
    if printed is None:
        if exercise != STANDARD_INPUT:
            find(exercise)  # if there is no such exercise, that is what is wrong
        raise refuse(
            "no answers to mark",
            expected="answer files, a folder of them, or - for standard input",
            topic="answers",
        )
    return Search([AnswerFile(printed, chosen=True)])


def _meant(word: str, apart: Mapping[str, str]) -> Search:
    """What one word stands for."""
    if word == STANDARD_INPUT:
        return Search([AnswerFile(word, chosen=True)])
    if path.isdir(word):
        return search(word, apart)
    if path.lexists(word):
        return Search([by_itself(word, chosen=True)])
    if matches := in_order(glob.glob(word)):
        return _matching(matches)
    if printed := bundled_answers(word):
        return Search([AnswerFile(printed, chosen=True)])
    near = nearest_file(word)
    raise refuse(
        f"no such file: {clipped(word)}",
        expected="answer files, a folder of them, or - for standard input",
        hint=f"did you mean {near}?" if near else None,
    )


def _matching(names: Sequence[str]) -> Search:
    """The files that match a pattern; exercises among them are passed over."""
    exercises = [name for name in names if is_exercise_file(name)]
    return Search(
        [by_itself(name, chosen=False) for name in names if name not in exercises],
        [PassedOver(clean(name), EXERCISE) for name in exercises],
    )


def _nothing_in(folder: str, others: Sequence[PassedOver]) -> InputError:
    first = next((each for each in others if each.reason not in UNTOLD), None)
    seen = f"; {first.file} is {first.reason}" if first else ""
    return refuse(
        f"no answer files in this folder{seen}",
        Place(clean(folder)),
        expected="homework as YAML, LaTeX, Markdown, text, CSV, JSON, or notebooks",
    )
