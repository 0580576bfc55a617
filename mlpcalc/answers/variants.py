"""Which exercise a submission is of, where each student may have a variant of their own."""

import re
from collections.abc import Mapping, Sequence
from os import path

from mlpcalc.answers.class_list import ClassList
from mlpcalc.errors import Place, Problem, refuse
from mlpcalc.reading.library import is_exercise_file, listed
from mlpcalc.solving.solution import Solution, load, solve
from mlpcalc.text.sanitize import clean
from mlpcalc.text.wording import comparable, one_of, shown

_NUMBER = re.compile(r"\d{1,9}$")


class Variants:
    """The exercises among which each student has one, by the names of their files; or one for all.

    students: the class list, if any, which says who has which.
    """

    def __init__(self, solutions: Mapping[str, Solution], students: ClassList | None = None) -> None:
        self.solutions = solutions
        self._students = students
        self._files = {solution: file for file, solution in solutions.items()}
        self._known: dict[str, Solution] = {}
        numbers: dict[int, list[Solution]] = {}
        for file, solution in solutions.items():
            stem = path.splitext(file)[0]
            self._known |= {comparable(file): solution, comparable(stem): solution}
            if number := _NUMBER.search(stem):
                numbers.setdefault(int(number[0]), []).append(solution)
        self._numbered = {number: one for number, (one, *more) in numbers.items() if not more}

    @property
    def first(self) -> Solution:
        """Any of them: all have the same quantities, or should."""
        return next(iter(self.solutions.values()))

    @property
    def several(self) -> bool:
        """Whether there are several."""
        return len(self.solutions) > 1

    def file(self, solution: Solution) -> str:
        """The name of the file of an exercise, "" if it is the only one."""
        return self._files[solution] if self.several else ""

    def find(self, name: str) -> Solution | None:
        """The exercise of a name: of its file, with or without the ending, or the number in it."""
        base = path.basename(name.strip().replace("\\", "/"))
        if number := _NUMBER.fullmatch(base):
            return self._numbered.get(int(number[0]))
        names = map(comparable, (base, path.splitext(base)[0]))
        return next((self._known[each] for each in names if each in self._known), None)

    def of(self, identities: Sequence[str], label: str) -> Solution | Problem:
        """The exercise of a submission, or why it is not known.

        identities: what may stand for the student. label: which exercise the sheet says that it is of.
        """
        if not self.several:
            return self.first
        student = self._students.find(identities) if self._students else None
        said = (student.variant if student else "") or label
        if not said:
            hint = "write exercise: NAME into the sheet"
            return Problem("it is not known which variant this is", hint=hint)
        return self.find(said) or Problem(f"there is no variant {shown(said)} of the exercise")


def read_variants(exercise: str, students: ClassList | None = None) -> Variants:
    """The exercise of that name, or all exercises of the folder of that name.

    Raises `InputError` for faulty exercises, for a folder without any, and where a class list names a variant
    that there is not.
    """
    if path.isdir(exercise):
        files = [name for name in listed(exercise) if is_exercise_file(path.join(exercise, name))]
        solutions = {clean(name): solve(load(path.join(exercise, name))) for name in files}
    else:
        solutions = {clean(path.basename(exercise)): solve(load(exercise))}
    if not solutions:
        raise refuse(
            "no exercises in this folder",
            Place(clean(exercise)),
            expected="an exercise, or a folder of the variants of one",
        )
    variants = Variants(solutions, students)
    if students is not None:
        _check(variants, students)
    return variants


def _check(variants: Variants, students: ClassList) -> None:
    """Raise `InputError` where a class list names variants that there are not."""
    for student in students.students:
        if student.variant and variants.find(student.variant) is None:
            raise refuse(
                f"{student.name} has the variant {shown(student.variant)}",
                Place(students.file),
                expected=one_of([*variants.solutions][:8]),
                hint="name the folder of the variants as the exercise",
            )
