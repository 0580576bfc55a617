"""Folders of homework as learning platforms pack them, with a class list or a grade book, mostly hostile."""

import csv
import io
import random

from tests.support.grade_books import TABLES
from tests.tools import mutated_documents, mutations

CLASS, LIST, VARIANTS = "class", "list.csv", "variants"
COLUMNS = ("Homework 1", "Homework 1 (771)", "Grade", "score_perc", "")
_STUDENTS = (
    ("Jane Doe", "101", "jane"),
    ("Bob Roe", "102", "bob"),
    ("Xu Li", "103", "xu"),
    ("Zoë Ö", "104", "z"),
)
_PACKED = (
    *("{login}", "{login}/homework", "{name}/a", "{name}_{number}_assignsubmission_file_homework"),
    *("{name}_{number}_assignsubmission_file_/homework", "{login}_{number}_567890_homework"),
    *("{login}_LATE_{number}_567890_homework", "{login}@uni.example", "{name}/{login}/deep"),
)
_HEADERS = (("name", "email", "variant"), ("First name", "Surname", "id"), ("student", "variant"), ("x", "y"))


def files(rng: random.Random, exercise_file: str, exercise: str) -> dict[str, bytes]:
    """An exercise, variants of it, what a class handed in, and its list; one in three as it should be."""
    found = {
        exercise_file: exercise.encode(),
        f"{VARIANTS}/e01.yaml": exercise.encode(),
        f"{VARIANTS}/e02.yaml": mutations.mutated(rng, exercise),
        LIST: mutations.encoded(rng, _list(rng)),
    }
    hostile = rng.random() < 2 / 3
    for name, number, login in rng.sample(_STUDENTS, rng.randint(0, len(_STUDENTS))):
        place = rng.choice(_PACKED).format(name=name, number=number, login=login)
        for ending, content in _handed_in(rng, exercise, hostile=hostile):
            found[f"{CLASS}/{place}.{ending}"] = mutations.encoded(rng, content)
    found.setdefault(f"{CLASS}/scan.png", b"\x89PNG")
    return found


def _handed_in(rng: random.Random, exercise: str, *, hostile: bool) -> list[tuple[str, bytes]]:
    """One or two documents of a student, each with the ending of its name."""
    documents = []
    for _ in range(rng.choice((1, 1, 2))):
        if rng.random() < 0.5:
            document = mutated_documents.handed_in(rng, exercise)
            documents.append((document.name.rpartition(".")[2], document.content))
        else:
            sheet = rng.choice(("", "exercise: e02\n")) + mutations.answers(rng, exercise)
            documents.append(("yaml", mutations.mutated(rng, sheet) if hostile else sheet.encode()))
    return documents


def _list(rng: random.Random) -> bytes:
    """A list of the class, or the export of a grade book; half of them with something done to it."""
    text = rng.choice([*TABLES.values()]) if rng.random() < 0.7 else _plain_list(rng)
    return mutations.mutated(rng, text) if rng.random() < 0.5 else text.encode()


def _plain_list(rng: random.Random) -> str:
    header = rng.choice(_HEADERS)
    written = io.StringIO()
    table = csv.writer(written, delimiter=rng.choice(",;\t"), lineterminator=rng.choice(("\n", "\r\n")))
    table.writerow(header)
    for name, number, login in _STUDENTS:
        first, _, last = name.partition(" ")
        fields = {"name": name, "student": login, "email": f"{login}@uni.example", "id": number}
        fields |= {"First name": first, "Surname": last, "variant": rng.choice(("1", "2", "e02", "e09", ""))}
        table.writerow([fields.get(column, rng.choice(mutations.TEXTS)) for column in header])
    return written.getvalue()
