"""Texts of exercises and of answers are text in every format: each kind of payload, wherever it may stand.

How a format writes text is tested with the format; here it is that every text goes through it.
"""

import csv
import io
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from mlpcalc import load, solve
from mlpcalc.answers.folders import AnswerFile
from mlpcalc.generating.exercise_text import exercise_text
from mlpcalc.generating.generate import form_of, generate
from mlpcalc.marking.checking import Check, check
from mlpcalc.page.exercise import Exercise
from mlpcalc.report import latex_text, markdown
from mlpcalc.report.forms import FORMS
from mlpcalc.report.output import Output
from mlpcalc.text.sanitize import clean
from tests.report.test_latex import faults
from tests.support.pages import assert_safe
from tests.support.payloads import KINDS
from tests.tools.command_lines import Case
from tests.tools.fuzz import Outcome, outcome

SPREADSHEET = re.compile(r"\s*[=+\-@＝＋－＠]")

payloads = pytest.mark.parametrize("payload", KINDS.values(), ids=KINDS)
Shown = Callable[..., Outcome]


def exercise(payload: str, more: str = "") -> str:
    text = json.dumps(payload)
    return (
        f"title: {text}\nsource: {text}\ninputs: [[1, -2], [0.5, 3]]\ntargets: [[1, 0]]\n"
        "layers: [{weights: [[0.5, -1], [1, 2]], activation: relu}, {weights: [[1, -1]]}]\n"
        f"loss: squared_error\nlearning_rate: 0.1\n{more}"
    )


def answers(payload: str, more: str = "") -> str:
    text = json.dumps(payload)
    return f"student: {text}\nexercise: {text}\nS1: 0 -4; 2 4\nZ1: 0 0; 2 4\n{more}"


def file_name(payload: str) -> str:
    return payload.replace("/", "_") + ".yaml"


@pytest.fixture
def shown(tmp_path: Path) -> Shown:
    """Runs a command in the folder of some files, on a terminal that is wide enough for all of it."""

    def shown(*arguments: str, **files: str) -> Outcome:
        named = {name if "." in name else f"{name}.yaml": text.encode() for name, text in files.items()}
        found = outcome(Case(arguments, named, columns=500), tmp_path)
        assert found.error == ""
        assert all(line.isprintable() for line in (found.out + found.err).split("\n"))
        return found

    return shown


def strings(data: Any) -> Iterator[str]:  # noqa: ANN401  # whatever JSON holds
    match data:
        case str():
            yield data
        case dict():
            for key, value in data.items():
                yield from (key, *strings(value))
        case list():
            for value in data:
                yield from strings(value)


def fields(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text), strict=True))


def without(text: str, payload: str, escape: Callable[[str], str]) -> str:
    """What is left of a text without the payload, and files named by it, as they are to be written."""
    text = text.replace("\n", " ")
    for each in (file_name(payload), payload):
        written = escape(" ".join(clean(each).split()))
        assert written in text or each == payload
        text = text.replace(written, "")
    return text


def inert_in_markdown(text: str, payload: str) -> None:
    """The payload is there as Markdown's escapes write it, and in no other way."""
    assert not re.search(
        r"<(?!br>)|\]\(|!\[|~~|onerror|example\.org", without(text, payload, markdown.escape)
    )


def inert_in_latex(text: str, payload: str) -> None:
    """The payload is there as LaTeX's escapes write it, and in no other way."""
    assert faults(text) == []
    assert not re.search(
        r"\\(input|end\{document|write|href|url)|example\.org", without(text, payload, latex_text.escape)
    )


# ---------------------------------------------------------------------------- exercises

TABLES = [
    ("solve",),
    ("forward",),
    ("grad", "--numeric"),
    ("explain", "loss"),
    ("derive",),
    ("cost",),
    ("sheet", "--format", "table"),
]


@payloads
@pytest.mark.parametrize("command", TABLES, ids=lambda command: command[0])
def test_an_exercise_is_text_in_a_terminal(command: tuple[str, ...], payload: str, shown: Shown) -> None:
    name, (first, *rest) = file_name(payload), command
    found = shown(first, name, *rest, **{name: exercise(payload)})
    titles = [] if first == "explain" else [clean(payload)]
    for text in (*titles, clean(name)):
        assert " ".join(text.split()) in " ".join(found.out.split("\n")[0].split())


@payloads
@pytest.mark.parametrize("command", ["solve", "explain", "derive", "sheet"])
@pytest.mark.parametrize("form", ["latex", "markdown"])
def test_an_exercise_is_text_on_a_page(form: str, command: str, payload: str, shown: Shown) -> None:
    name, cell = file_name(payload), ["loss"] * (command == "explain")
    out = shown(command, name, *cell, "--format", form, **{name: exercise(payload)}).out
    inert = inert_in_latex if form == "latex" else inert_in_markdown
    inert(out, payload)


@payloads
@pytest.mark.parametrize("command", ["solve", "explain", "derive", "cost", "sheet", "audit"])
def test_an_exercise_is_text_on_a_page_of_html(command: str, payload: str, shown: Shown) -> None:
    name, cell = file_name(payload), ["loss"] * (command == "explain")
    page = assert_safe(shown(command, name, *cell, "--format", "html", **{name: exercise(payload)}).out)
    said = [element.text for element in page.every("h1")] + [each.text for each in page.every("p")]
    for text in (name, *([payload] if command not in ("explain", "audit") else [])):
        assert any(" ".join(clean(text).split()) in " ".join(each.split()) for each in said)


@payloads
@pytest.mark.parametrize("command", ["solve", "explain", "derive", "cost", "sheet"])
def test_an_exercise_is_text_in_json(command: str, payload: str, shown: Shown) -> None:
    name, cell = file_name(payload), ["loss"] * (command == "explain")
    out = shown(command, name, *cell, "--format", "json", **{name: exercise(payload)}).out
    assert out.isascii()
    assert all(map(str.isprintable, strings(json.loads(out))))


@payloads
def test_an_exercise_is_text_in_a_spreadsheet(payload: str, shown: Shown) -> None:
    name = file_name(payload)
    rows = fields(shown("solve", name, "--format", "csv", **{name: exercise(payload)}).out)
    assert {len(row) for row in rows} == {4}
    assert not any(SPREADSHEET.match(row[0]) for row in rows)


@payloads
def test_an_exercise_is_text_in_a_notebook(payload: str, tmp_path: Path) -> None:
    path = tmp_path / file_name(payload)
    path.write_text(exercise(payload), encoding="utf-8")
    inert_in_markdown(solve(load(str(path)))._repr_markdown_(), payload)


@payloads
def test_an_exercise_is_text_on_a_sheet(payload: str, shown: Shown) -> None:
    name = file_name(payload)
    sheet = yaml.safe_load(shown("sheet", name, **{name: exercise(payload)}).out)
    plain = yaml.safe_load(shown("sheet", "x.yaml", x=exercise("x")).out)
    assert sheet.keys() == plain.keys()
    assert {name: value for name, value in sheet.items() if name != "exercise"} == {
        name: value for name, value in plain.items() if name != "exercise"
    }


@payloads
@pytest.mark.parametrize(
    "more",
    ["symbols: {{S: {0}}}\n", "{0}: 1\n", "decimals: {0}\n", "conventions: {{product: {0}}}\n"],
    ids=["symbol", "key", "number", "word"],
)
def test_what_is_wrong_with_an_exercise_is_told_as_text(more: str, payload: str, shown: Shown) -> None:
    files = {file_name(payload): exercise("x", more.format(json.dumps(payload)))}
    found = shown("solve", *files, **files)
    assert (found.code, found.out) == (2, "")
    found = shown("solve", *files, "--format", "json", **files)
    assert found.out.isascii()
    assert all(map(str.isprintable, strings(json.loads(found.out))))


# ---------------------------------------------------------------------------- new exercises


@pytest.fixture(scope="module")
def made() -> Exercise:
    return generate(form_of((1, 1), bias=False), 1).exercise


@payloads
def test_a_title_is_text_in_a_new_exercise(payload: str, made: Exercise) -> None:
    found, plain = (yaml.safe_load(exercise_text(replace(made, title=title))) for title in (payload, "x"))
    assert found == plain | {"title": found["title"]}
    assert found["title"].split() == clean(payload).split()


@payloads
def test_a_name_that_is_no_name_gets_into_no_manifest(payload: str, shown: Shown, tmp_path: Path) -> None:
    found = shown("new", "--sizes", "1,1", f"--name={payload}", "--count", "2", "--out", "there")
    assert (found.code, found.out) == (2, "")
    assert os.listdir(tmp_path) == []


@payloads
@pytest.mark.parametrize("option", ["--activation", "--loss", "--learning-rate", "--sizes"])
def test_an_option_that_means_nothing_is_told_as_text(option: str, payload: str, shown: Shown) -> None:
    sizes = [] if option == "--sizes" else ["--sizes", "1,1"]
    found = shown("new", *sizes, f"{option}={payload}")
    assert (found.code, found.out) == (2, "")
    assert found.err


# ---------------------------------------------------------------------------- answers


def sheets(payload: str) -> dict[str, str]:
    return {"e": exercise("x"), file_name(payload): answers(payload)}


@payloads
@pytest.mark.parametrize("way", [(), ("--student",)], ids=["full", "student"])
def test_a_sheet_is_text_in_a_terminal(way: tuple[str, ...], payload: str, shown: Shown) -> None:
    files = sheets(payload)
    out = shown("check", "e.yaml", file_name(payload), *way, **files).out
    assert " ".join(clean(payload).split())[:30] in " ".join(out.split("\n")[0].split())


@payloads
@pytest.mark.parametrize("way", [(), ("--details",), ("--student",)], ids=["class", "details", "student"])
def test_a_class_is_text_in_a_terminal(way: tuple[str, ...], payload: str, shown: Shown) -> None:
    files = sheets(payload) | {"other": answers(payload, f"{json.dumps(payload)}: 3\n")}
    found = shown("check", "e.yaml", file_name(payload), "other.yaml", *way, **files)
    assert (found.code, found.err) == (0, "")
    assert " ".join(clean(payload).split())[:20] in " ".join(found.out.split())


def loose_markup(text: str) -> list[str]:
    """What Markdown would read as HTML, a link or a picture, but for our own line breaks."""
    unescaped = re.sub(r"\\.", "", re.sub(r"^(`{3,})text\n.*?^\1$", "", text, flags=re.DOTALL | re.MULTILINE))
    return re.findall(r"<(?!br>)[\w!/]|\]\(|~~", unescaped)


@pytest.mark.slow
@payloads
@pytest.mark.parametrize("way", ["sheet", "student", "class"])
def test_a_sheet_is_text_on_a_page(way: str, payload: str, tmp_path: Path) -> None:
    path, given, text = tmp_path / file_name(payload), tmp_path / "e.yaml", json.dumps(payload)
    wrong = f"student: {text}\ndW2: 5 5\n{text}: 3\nS1: {text}\nloss: {text}\nZ2: [[{text}, 2]]\n"
    path.write_text(wrong, encoding="utf-8")
    (tmp_path / "other.yaml").write_text("dW2: 5 5\n", encoding="utf-8")
    given.write_text(exercise("x"), encoding="utf-8")
    files = [
        AnswerFile(str(path), chosen=True),
        *([AnswerFile(str(tmp_path / "other.yaml"), chosen=True)] if way == "class" else []),
    ]
    marking = Check(solve(load(str(given))), files)
    report = marking.report(details=way == "class", student=way == "student")
    latex, markdown_page = ("".join(FORMS[form].write(report, Output())) for form in ("latex", "markdown"))
    assert min(len(latex), len(markdown_page)) > 100
    assert faults(latex) == []
    assert not re.search(r"\\(input|end\{document|write|href|url)", latex)
    assert loose_markup(markdown_page) == []


@payloads
@pytest.mark.parametrize("way", [(), ("--student",)], ids=["full", "student"])
@pytest.mark.parametrize("number", [1, 2])
def test_sheets_are_text_on_a_page_of_html(
    number: int, way: tuple[str, ...], payload: str, shown: Shown
) -> None:
    more = f"{json.dumps(payload)}: 3\nZ2: [[{json.dumps(payload)}, 1]]\n"
    files = sheets(payload) | {"other": answers(payload, more)}
    names = [file_name(payload), "other.yaml"][-number:]
    page = assert_safe(shown("check", "e.yaml", *names, *way, "--format", "html", **files).out)
    assert " ".join(clean(payload).split())[:20] in " ".join(page.text.split())


@payloads
def test_feedback_in_html_is_text(payload: str, shown: Shown, tmp_path: Path) -> None:
    files = ["check", "e.yaml", file_name(payload), "--feedback", "feedback", "--feedback-format", "html"]
    shown(*files, **sheets(payload))
    (path,) = (tmp_path / "feedback").iterdir()
    page = assert_safe(path.read_text(encoding="utf-8"))
    assert " ".join(clean(payload).split())[:20] in " ".join(page.text.split())
    assert re.fullmatch(r"[\w.+-]+\.html", path.name)


@payloads
@pytest.mark.parametrize("form", ["json", "gradescope"])
def test_a_sheet_is_text_in_json(form: str, payload: str, shown: Shown) -> None:
    out = shown("check", "e.yaml", file_name(payload), "--format", form, **sheets(payload)).out
    assert out.isascii()
    assert all(text.replace("\n", " ").isprintable() for text in strings(json.loads(out)))


@payloads
@pytest.mark.parametrize("way", [(), ("--student",)], ids=["full", "student"])
def test_a_sheet_is_no_markup_on_the_page_of_an_autograder(
    way: tuple[str, ...], payload: str, shown: Shown
) -> None:
    out = shown("check", "e.yaml", file_name(payload), "--format", "gradescope", *way, **sheets(payload)).out
    results = json.loads(out)
    shown_as = [results.get("output_format", "text"), *(each["output_format"] for each in results["tests"])]
    assert set(shown_as) <= {"text"}


@payloads
@pytest.mark.parametrize("more", ["", "S1: 1\n"], ids=["readable", "unreadable"])
def test_a_sheet_is_text_in_a_spreadsheet(more: str, payload: str, shown: Shown) -> None:
    files = sheets(payload) | {"other": answers(payload, more and f"{json.dumps(payload)}: 3\n")}
    out = shown("check", "e.yaml", file_name(payload), "other.yaml", "--format", "csv", **files).out
    rows = fields(out)
    assert [len(row) for row in rows] == [len(rows[0])] * 3
    assert len(rows[0]) > 13
    assert not any(SPREADSHEET.match(field) for row in rows for field in row)


@payloads
def test_a_sheet_is_text_in_a_notebook(payload: str, tmp_path: Path) -> None:
    path, given = tmp_path / file_name(payload), tmp_path / "e.yaml"
    path.write_text(answers(payload), encoding="utf-8")
    given.write_text(exercise("x"), encoding="utf-8")
    title = check(solve(load(str(given))), str(path))._repr_markdown_().split("\n")[0]
    assert title.isprintable()
    assert not re.search(r"[*_`$|#~\[\]<>]", re.sub(r"\\.", "", title.removeprefix("# ")))


@payloads
@pytest.mark.parametrize(
    "more",
    ["{0}: 3\n", "S1: {0}\n", "loss: {0}\n", "dW1[1,1]: {0}\n"],
    ids=["key", "matrix", "number", "cell"],
)
def test_what_is_wrong_with_a_sheet_is_told_as_text(more: str, payload: str, shown: Shown) -> None:
    files = {"e": exercise("x"), "a": "student: x\n" + more.format(json.dumps(payload))}
    for form in ("table", "json", "csv", "gradescope"):
        found = shown("check", "e.yaml", "a.yaml", "--format", form, **files)
        assert (found.code, found.err) == (3, "")
    broken = shown("check", "e.yaml", "a.yaml", "--format", "csv", **files)
    assert not any(SPREADSHEET.match(field) for row in fields(broken.out) for field in row)
