"""Pages of HTML: safe, whole, small, the same text as in other forms, and readable without their script.

What they look like and do in a browser is what `tests.tools.browser` tries.
`GOLDEN=write python -m pytest tests/report/html` writes golden/html anew.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from mlpcalc import load, solve
from mlpcalc.reading.library import bundled
from mlpcalc.report.blocks import Aligned, Chain, Formula, Group, Header, Heading, ListItem, Note, Table
from mlpcalc.report.html import document
from tests.conftest import Run
from tests.support.golden import assert_golden
from tests.support.pages import Element, assert_safe, data_of, parsed

GOLDEN = Path(__file__).parents[2] / "golden" / "html"
EXERCISES = [found.file for found in bundled()]
Write = Callable[[str, str | bytes], Path]

COMMANDS = [
    ("solve",),
    ("solve", "--all"),
    ("grad", "--numeric"),
    ("explain", "loss"),
    ("derive",),
    ("cost",),
    ("sheet",),
    ("audit", "--stages", "forward"),
]


def page_of(run: Run, *arguments: str) -> Element:
    result = run(*arguments, "--format", "html")
    assert result.err == ""
    return assert_safe(result.out)


def visible(page: Element) -> str:
    """The text that is seen without script."""
    body = page.one("body")
    hidden = [each.text for name in ("script", "template", "style") for each in body.every(name)]
    text = body.text
    for part in hidden:
        text = text.replace(part, "")
    return text


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("name", ["exercise2", "exercise3", "planar"])
def test_every_page_is_safe_and_has_one_title(name: str, command: tuple[str, ...], run: Run) -> None:
    first, *rest = command
    page = page_of(run, first, name, *rest)
    assert len([*page.every("h1")]) == 1
    assert page.one("h1").text == page.one("head").one("title").text
    ids = [element.attributes["id"] for element in page.every() if "id" in element.attributes]
    assert len(ids) == len(set(ids))


def test_a_small_page_is_as_expected(run: Run, write: Write) -> None:
    write(
        "x.yaml",
        "title: Smallest\ninputs: 0.5 -1\ntargets: 1 0\nloss: squared_error\nlearning_rate: 0.1\n"
        "layers: [{weights: [[2]], bias: [0.1], activation: relu}]\n",
    )
    result = run("solve", "x.yaml", "--format", "html")
    text = result.out.replace(document.resource("page.css"), "…").replace(document.script_of_pages(), "…")
    text = re.sub(r"sha256-[^']*", "sha256-…", text)
    text = re.sub(r"(?<=>)(?=<(?:figure|div|section|h\d|tr|line|g|script|p)\b)", "\n", text)  # to be read
    path = GOLDEN / "smallest.html"
    assert_golden(text, path)


def test_every_matrix_of_the_solution_is_on_the_page_without_script(run: Run) -> None:
    page = page_of(run, "solve", "exercise2")
    table = page.one("figure", id="Delta1")
    assert [each.text for each in table.every("td")][1:] == [
        *("−0.0045", "−0.0049", "0.0000", "0.0050"),
        *("−0.0068", "−0.0074", "0.0000", "0.0075"),
        *("−0.0203", "−0.0222", "0.0239", "0.0000"),
    ]
    assert [each.text for each in table.every("th")] == ["#1", "#2", "#3", "#4", "1", "2", "3"]
    assert "3 units × 4 samples" in table.one("figcaption").text
    assert page.one(id="loss").one("span", class_="cell").text == "0.4916"
    headings = [heading.text for heading in page.every("h2")]
    assert headings == [
        *("Givens", "Forward pass", "Error signals", "Gradients", "Update", "After the update"),
    ]
    hidden = [
        element.attributes.get("class") or element.attributes["id"] for element in page.every(hidden="")
    ]
    assert hidden == ["tools", "working"]  # what does nothing without script


def test_what_figures_come_from_is_folded_away(run: Run) -> None:
    page = page_of(run, "grad", "exercise2", "--layer", "1")
    shown = {figure.attributes["id"] for figure in page.every("figure", class_="matrix")}
    folded = {figure.attributes["id"] for figure in page.one("details").every("figure")}
    assert shown == {"X", "T", "W1", "W2", "S1", "Z1", "S2", "Z2", "Delta2", "Delta1", "dW1"}
    assert folded == {"S1", "Z1", "S2", "Z2", "Delta2", "Delta1"}


def test_pages_without_workings_have_no_script(run: Run) -> None:
    for command in ("derive", "cost", "sheet"):
        assert not [*page_of(run, command, "exercise2").every("script")]


def test_exercise_2_is_small(run: Run) -> None:
    assert len(run("solve", "exercise2", "--format", "html").out.encode()) < 100_000


@pytest.mark.slow
@pytest.mark.parametrize("name", EXERCISES)
def test_every_computed_cell_of_a_bundled_exercise_is_explained(name: str, run: Run) -> None:
    page = page_of(run, "solve", name)
    data = data_of(page)
    for key in data["computed"]:
        matrix = page.one(id=key)
        cells = [address for address in data["cells"] if address.split("[")[0] == key]
        tables = [*matrix.every("tbody")]
        assert len(cells) == (len([*tables[0].every("td")]) - _corners(tables[0]) if tables else 1)
    known = {
        element.attributes["id"] for element in page.every(class_="matrix") if "id" in element.attributes
    }
    operands = {operand.split("[")[0] for _, _, those, *_ in data["cells"].values() for operand in those}
    assert operands <= known


def _corners(table: Element) -> int:
    """The cells of a table that stand where a list has no label."""
    return sum(1 for row in table.every("tr") if not [*row.every("th")])


def test_several_steps_have_a_slider_and_a_curve(run: Run) -> None:
    page = page_of(run, "solve", "exercise2", "--steps", "3")
    slider = page.one("input", id="step")
    assert (slider.attributes["min"], slider.attributes["max"]) == ("1", "3")
    assert [
        section.attributes["data-step"]
        for section in page.every("section")
        if "data-step" in section.attributes
    ] == [*("1", "2", "3")]
    assert [figure.attributes["data-step"] for figure in page.every("figure", class_="network")] == [
        "1",
        "2",
        "3",
    ]
    curve = page.one("figure", class_="curve")
    assert curve.one("svg").attributes["aria-label"] == "L: from 0.4916 to 0.4445"
    assert len([*curve.every("circle")]) == 3


def test_many_steps_are_their_losses_and_a_curve(run: Run) -> None:
    page = page_of(run, "solve", "exercise2", "--steps", "300")
    assert len([*page.one("figure", class_="curve").every("circle")]) == 200
    assert len([*page.every("figure", class_="matrix")]) == 0
    assert not [*page.every("script")]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_other_encodings_have_references_where_they_lack_characters(encoding: str) -> None:
    from mlpcalc.report.output import Output
    from mlpcalc.solving.report import solution_report
    from mlpcalc.solving.selection import Selection

    report = solution_report(solve(load("exercise2")), Selection())
    (text,) = document.write(report.blocks, Output(encoding))
    text.encode(encoding)
    (expected,) = document.write(report.blocks, Output("utf-8"))
    assert parsed(text).one("body").text == parsed(expected).one("body").text


def test_the_files_of_the_package_are_ascii_and_have_no_marks_of_elements() -> None:
    for name in ("page.css", *document.SCRIPTS):
        text = document.resource(name)
        assert text.isascii()
        assert not re.search(r"</|<!--|<script|@import|url\(|https?:|eval|innerHTML|Function\(", text)


# ---------------------------------------------------------------------------- blocks


def test_every_kind_of_block_is_written() -> None:
    f = Formula("a", "a")
    html = document.page(
        [
            Header("Title <b>", "file & co", [["one fact", [f, " is a"]]]),
            Note("before any heading"),
            Heading("the first"),
            Note(["words ", f]),
            ListItem("✓", "right", 1, ["below"]),
            Table(["name", "n"], [["x", "1"], ["y", "20"]], below=[["more"], []], bars=[0.5, 1]),
            Aligned([[f, Formula("= b", "= b"), Formula("+ c", "+ c")], [f, Formula("= d", "= d")]]),
            Chain(f, [[f, Formula("v", "v")], [Formula("b", "b"), Formula("w", "w")]]),
            Group([Header("Another", ""), Note("in a group")]),
            Note([Formula("____", "")]),
        ]
    )
    page = assert_safe(html)
    assert page.one("h1").text == "Title <b>"
    assert [heading.text for heading in page.every("h2")] == ["The first", "Another"]
    assert page.one("p", class_="origin").text == "file & co"
    assert page.one("span", class_="right").text == "✓"
    assert page.one("p", class_="level1").text == "✓ rightbelow"
    rows = page.one("table", class_="rows")
    assert [cell.classes for cell in rows.every("td", class_="figures")] == [["figures"]] * 2
    assert [bar.attributes["width"] for bar in rows.every("rect")] == ["50", "100"]
    assert rows.one("tr", class_="below").text == "more"
    aligned = page.one("table", class_="aligned")
    assert [cell.attributes.get("colspan") for cell in aligned.every("td")] == [None, None, None, None, "2"]
    assert [row.text for row in page.one("table", class_="chain").every("tr")] == ["a =a·b", "vw"]
    assert len([*page.every("span", class_="write")]) == 1


def test_a_report_without_a_header_has_a_title() -> None:
    page = assert_safe(document.page([Note("alone")]))
    assert page.one("h1").text == page.one("head").one("title").text == "mlpcalc"
