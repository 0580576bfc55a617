"""What notebooks show: a part of a page without script and names, or a page in a frame that is shut in."""

import html
import json
import re
from pathlib import Path

import pytest

from mlpcalc import derive, explain, solve
from tests.support.pages import assert_safe, parsed
from tests.support.payloads import KINDS

payloads = pytest.mark.parametrize("payload", KINDS.values(), ids=KINDS)


def framed(text: str) -> str:
    """The page in the frame of an output."""
    pattern = r'<iframe ([^<>]*) srcdoc="([^"]*)"></iframe>(<details>.*</details>)'
    found = re.fullmatch(pattern, text, re.DOTALL)
    assert found
    without = parsed(found[3])  # what is left in a notebook that is not trusted
    assert not [*without.every("script"), *(each for each in without.every() if "id" in each.attributes)]
    assert [*without.every("table")]
    assert 'sandbox="allow-scripts"' in found[1]
    return html.unescape(found[2])


def test_a_solution_is_tables_and_a_picture_without_script_and_names() -> None:
    page = parsed(solve("exercise2")._repr_html_())
    assert not [*page.every("script")]
    assert not [element for element in page.every() if "id" in element.attributes]
    assert len([*page.every("svg", role="img")]) == 1
    assert "−0.0068" in [cell.text for cell in page.every("td")]
    assert page.one("h2", class_="title").text == "Exercise 2, one SGD step"


def test_its_style_is_for_the_part_only() -> None:
    style = parsed(solve("exercise2")._repr_html_()).one("style").text
    without = r"/\*.*?\*/|@keyframes[^{]*\{.*?\}\s*\}|@page mlpcalc \{[^}]*\}|@media[^{]*\{"
    rules = re.sub(without, "", style, flags=re.DOTALL)
    selectors = [part.strip() for found in re.findall(r"([^{}]+)\{", rules) for part in found.split(",\n")]
    assert len(selectors) > 100
    assert all(re.match(r"\.mlpcalc\b", each) for each in selectors if each), selectors


def test_a_derivation_is_a_part_too() -> None:
    page = parsed(derive("exercise2")._repr_html_())
    assert not [*page.every("script")]
    assert len([*page.every("table", class_="chain")]) == 2


@pytest.mark.parametrize("cell", [None, "Delta1[2,1]"])
def test_what_can_be_asked_is_in_a_frame_of_its_own(cell: str | None) -> None:
    page = assert_safe(framed(explain("exercise2", cell)._repr_html_()))
    assert len([*page.every("script")]) == 2
    assert page.one("figure", id="Delta1")


@payloads
def test_an_exercise_is_text_in_the_output_of_a_cell(payload: str, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    exercise = {
        "title": payload,
        "inputs": [[1]],
        "targets": [[1]],
        "layers": [{"weights": [[2]]}],
        "loss": "squared_error",
    }
    path.write_text(json.dumps(exercise), encoding="utf-8")
    parsed(solve(path)._repr_html_())
    assert_safe(framed(explain(path)._repr_html_()))
