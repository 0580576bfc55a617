"""A class from hand-out to grade book: the script of the README, which drops nothing without a word."""

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.test_readme import FILES, in_shell

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the script has been run."""
    work = tmp_path_factory.mktemp("class") / "work"
    work.mkdir()
    (work / "class.sh").write_text(FILES["class.sh"], encoding="utf-8")
    done = in_shell("sh class.sh", work)
    assert done.returncode == 0, done.stdout
    return work


@pytest.fixture(scope="module")
def found(place: Path) -> Any:  # noqa: ANN401  # JSON
    command = "mlpcalc check variants handed-in --students worksheet.csv --format json"
    return json.loads(in_shell(command, place).stdout)


def test_every_file_is_part_of_a_submission_or_listed(place: Path, found: Any) -> None:  # noqa: ANN401
    there = {str(path.relative_to(place)) for path in (place / "handed-in").rglob("*") if not path.is_dir()}
    marked = [file for each in found["submissions"] for file in each["files"]]
    listed = [each["file"] for each in found["passed_over"]]
    assert Counter(marked + listed) == Counter([*there, "handed-in/back"])
    assert all(each["reason"] for each in found["passed_over"])


def test_every_student_is_accounted_for(place: Path, found: Any) -> None:  # noqa: ANN401  # JSON
    assert len((place / "worksheet.csv").read_text(encoding="utf-8").splitlines()) == 61
    there = {each["student"].lower() for each in found["submissions"]}
    missing = {each["student"].lower(): each["passed_over"] for each in found["missing"]}
    assert there | missing.keys() == {*(f"student {number}" for number in range(101, 161)), "guest"}
    assert there & missing.keys() == set()
    assert missing["student 101"] == []
    assert [Path(file).name for file in missing["student 102"]] == ["homework.docx"]
    assert [each["student"] for each in found["not_listed"]] == ["Guest"]
    (twice,) = found["handed_in_more_than_once"]
    assert (twice["student"], Path(twice["counts"]).name) == ("Student 109", "again.yaml")


def test_every_sheet_is_marked_by_the_variant_of_its_student(found: Any) -> None:  # noqa: ANN401  # JSON
    for each in found["submissions"]:
        if each["student"].startswith("Student"):
            assert each["variant"] == f"exercise0{int(each['student'][-3:]) % 2 + 1}.yaml"
    points = {each["student"]: each["points"] for each in found["submissions"]}
    assert points["Student 103"] == points["Student 111"] == 16
    assert points["Student 105"] == points["Student 127"] == points["Student 108"] == 15
    assert points["Student 107"] == 0
    assert points["Student 106"] is None


def test_the_worksheet_has_a_grade_for_everybody_who_handed_in(place: Path) -> None:
    with (place / "worksheet.csv").open(encoding="utf-8", newline="") as file:
        before = [*csv.DictReader(file)]
    with (place / "grades.csv").open(encoding="utf-8", newline="") as file:
        after = [*csv.DictReader(file)]
    assert [each | {"Grade": "", "Feedback comments": ""} for each in after] == before
    ungraded = [each["Full name"] for each in after if not each["Grade"]]
    assert ungraded == ["Student 101", "Student 102", "Student 106"]
    assert all(0 <= float(each["Grade"]) <= 100 for each in after if each["Grade"])
    grades = {each["Full name"]: each["Grade"] for each in after}
    assert (grades["Student 103"], grades["Student 107"], grades["Student 105"]) == ("100", "0", "93.75")
    assert grades["Student 109"] not in ("", "100")


def test_what_has_no_place_in_the_worksheet_is_said(place: Path) -> None:
    notes = " ".join((place / "notes.txt").read_text(encoding="utf-8").split())
    for words in ("handed in nothing: Student 101", "Student 102 (homework.docx)", "not on the list: Guest"):
        assert words in notes


def test_there_is_feedback_for_everybody_who_handed_in(place: Path) -> None:
    files = {path.stem for path in (place / "feedback").iterdir()}
    assert files == {*(f"Student_{number}" for number in range(102, 161)), "Guest"}
