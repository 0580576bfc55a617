"""Questions for Moodle: valid XML in which every cell is a number with a tolerance, as Moodle reads them."""

import html
import re
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import pytest

from mlpcalc import load, solve
from mlpcalc.answers.quiz import quiz_xml
from mlpcalc.reading.library import bundled_names
from mlpcalc.solving.selection import Selection
from tests.conftest import Run
from tests.support.payloads import KINDS, PAYLOADS

# ANSWER_REGEX and NUMERICAL_ALTERNATIVE_REGEX of question/type/multianswer/questiontype.php in Moodle
NUMBER = r"-?(?:(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][-+]?[0-9]+)?)"
BOX = re.compile(rf"\{{([0-9]*):NUMERICAL:=({NUMBER}):({NUMBER})\}}")
ANY_BOX = re.compile(r"\{[0-9]*:[A-Z_]+:")


def questions(text: str) -> list[tuple[str, str, str]]:
    """Type, name and HTML of every question."""
    root = ElementTree.fromstring(text)  # noqa: S314  # our own
    assert root.tag == "quiz"
    found = []
    for question in root:
        kind = question.attrib["type"]
        place = "category" if kind == "category" else "name"
        page = "" if kind == "category" else question.findtext("questiontext/text", "")
        assert kind == "category" or question.find("questiontext").attrib == {"format": "html"}  # type: ignore[union-attr]
        found.append((kind, question.findtext(f"{place}/text", ""), page))
    return found


def boxes(page: str) -> list[tuple[int, float, float]]:
    """Weight, answer and tolerance of every box, as Moodle finds them."""
    found = [(int(weight), float(answer), float(off)) for weight, answer, off in BOX.findall(page)]
    assert len(found) == len(ANY_BOX.findall(page))
    return found


def test_exercise_2_is_a_description_and_a_question_for_each_answer(run: Run) -> None:
    found = questions(run("sheet", "exercise2", "--format", "moodle-xml").out)
    assert [kind for kind, _, _ in found] == ["category", "description", *["cloze"] * 12]
    assert found[0][1] == "$course$/Exercise 2, one SGD step"
    assert [name for _, name, _ in found[2:]] == [
        *("01 S1", "02 Z1", "03 S2", "04 Z2", "05 L", "06 Δ2", "07 Δ1", "08 dW2", "09 dW1"),
        *("10 W2'", "11 W1'", "12 L'"),
    ]
    assert "<td>0.75</td><td>0.2</td><td>-0.75</td>" in found[1][2]
    assert "Write every number with 4 decimals." in found[1][2]
    assert boxes(found[2][2])[:4] == [
        (1, 0.4580, 0.0001),
        (1, 0.1205, 0.0001),
        (1, -0.4420, 0.0001),
        (1, 0.1195, 0.0001),
    ]
    assert boxes(found[6][2]) == [(12, 0.4916, 0.0001)]
    assert [sum(weight for weight, _, _ in boxes(page)) for _, _, page in found[2:]] == [12] * 12


def test_formulas_and_givens_may_be_left_out(run: Run) -> None:
    options = ("--no-formulas", "--no-givens")
    found = questions(run("sheet", "exercise2", "--format", "moodle-xml", *options).out)
    assert "<table>" not in found[1][2]
    assert "<b>Δ1</b>" in found[8][2]
    assert not any("⊙" in page for _, _, page in found)


@pytest.mark.parametrize("name", bundled_names())
def test_every_answer_of_every_exercise_is_within_the_tolerance(name: str) -> None:
    solution = solve(load(name))
    found = questions(quiz_xml(solution, Selection()))
    for _, title, page in found[2:]:
        symbol = solution.symbol(title.split()[1])
        exact = solution.value(symbol).ravel().tolist()
        typed = boxes(page)
        assert len(typed) == len(exact)
        for value, (_, answer, off) in zip(exact, typed, strict=True):
            assert abs(value - answer) <= 0.51 * off


def test_the_questions_are_worth_what_their_points_say() -> None:
    exercise = load(
        {"inputs": [[1, 2]], "layers": [{"weights": [[2], [3], [1]]}], "ask": {"S1": 1.5, "Z1": 4}}
    )
    pages = [page for _, _, page in questions(quiz_xml(solve(exercise), Selection()))[2:]]
    s1, z1 = (sum(weight for weight, _, _ in boxes(page)) for page in pages)
    assert Fraction(s1, z1) == Fraction(3, 8)


def test_the_digits_that_are_asked_for_are_those_of_the_tolerance() -> None:
    exercise = load({"inputs": [[1]], "layers": [{"weights": [[0.68034]]}]})
    (_, _, description), (_, _, page), *_ = questions(quiz_xml(solve(exercise), Selection()))[1:]
    assert "Write every number with 4 decimals." in description
    assert boxes(page) == [(1, 0.6803, 0.0001)]


def test_significant_digits_have_a_tolerance_of_their_own() -> None:
    exercise = load({"inputs": [[1]], "layers": [{"weights": [[12345.678], [0.00012345]]}], "significant": 3})
    (_, _, page), *_ = questions(quiz_xml(solve(exercise), Selection()))[2:]
    assert [off for _, _, off in boxes(page)] == [100, 1e-06]


def test_what_is_not_finite_is_no_question() -> None:
    exercise = load({"inputs": [["1e200", 1]], "layers": [{"weights": [[1]], "activation": "square"}]})
    pages = [page for _, _, page in questions(quiz_xml(solve(exercise), Selection()))[2:]]
    assert [len(boxes(page)) for page in pages] == [2, 1]
    assert "<td>∞</td>" in pages[1]


@pytest.mark.parametrize(
    "payload", [*PAYLOADS, KINDS["html"], KINDS["direction"], "{1:NUMERICAL:=5:1}", "a/b ]]> {=}"]
)
def test_a_title_is_text(payload: str) -> None:
    exercise = load({"title": payload, "inputs": [[1]], "layers": [{"weights": [[2]]}]})
    text = quiz_xml(solve(exercise), Selection())
    assert text.isascii()
    (_, category, _), (_, name, page), *_ = questions(text)
    assert name.isprintable()
    assert not re.search("(?<!/)/(?!/)", category.removeprefix("$course$/"))
    assert boxes(page) == []
    assert set(re.findall(r"</?(\w+)", page)) <= {"p", "b", "table", "tr", "td"}
    assert html.unescape(page)


def test_a_title_has_no_character_that_xml_cannot_have(run: Run, tmp_path: Path) -> None:
    exercise = tmp_path / "e.yaml"
    exercise.write_text('title: "a\\uFFFEb\\uFDD0c"\ninputs: [[1]]\nlayers: [{weights: [[2]]}]\n')
    _, (_, name, _), *_ = questions(run("sheet", str(exercise), "--format", "moodle-xml").out)
    assert name == "abc"
