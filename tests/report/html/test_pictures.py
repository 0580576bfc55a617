"""Pictures of networks and of losses: what the elements of SVG say, and where they stand."""

from itertools import pairwise
from math import inf

import pytest

from mlpcalc import solve
from mlpcalc.numerics.rounding import Digits
from mlpcalc.report.blocks import Background, Curve, Formula, Network
from mlpcalc.report.html import pictures
from mlpcalc.solving.report import solution_report
from mlpcalc.solving.selection import Selection
from mlpcalc.solving.solution import Given
from tests.report.html.test_limits import exercise
from tests.support.pages import Element, parsed


def network_of(given: Given, step: int = 1) -> Network:
    blocks = solution_report(solve(given), Selection()).blocks()
    backgrounds = [block for block in blocks if isinstance(block, Background)]
    found = [each for block in backgrounds for each in block.blocks() if isinstance(each, Network)]
    return found[step - 1]


def picture(given: Given, step: int = 1) -> Element:
    return parsed(pictures.network(network_of(given, step)))


def test_units_hold_the_values_of_the_first_sample_and_know_their_matrices() -> None:
    units = [*picture("exercise2").every("g", class_="unit")]
    assert [unit.text for unit in units] == ["0.75", "0.8", "0.4580", "0.8690", "0.7040", "0.0986"]
    assert units[3].attributes["data-values"] == "Z1"
    assert units[3].attributes["data-errors"] == "Delta1"
    assert units[3].attributes["data-unit"] == "2"
    assert {"Z1", "S1"} <= set(units[3].attributes["data-keys"].split())
    assert {"Delta1", "dZ1"} <= set(units[3].attributes["data-error-keys"].split())
    assert "T" in units[5].attributes["data-keys"].split()


def test_labels_name_the_values_and_the_errors_on_their_way_back() -> None:
    labels = [(label.text, label.classes[1:]) for label in picture("exercise2").every("text", class_="label")]
    forward, backward = ["of-values"], ["of-errors"]
    assert labels == [
        *[("←", backward), ("X", forward), ("Z1", forward), ("Δ1", backward), ("relu", [])],
        *[("Z2", forward), ("Δ2", backward), ("identity", [])],
    ]
    back = [
        edge.attributes["data-cell"] for edge in picture("exercise2").every("line") if "back" in edge.classes
    ]
    assert back == ["W2[1,1]", "W2[1,2]", "W2[1,3]"]


def test_in_a_later_step_the_names_are_those_of_the_formulas() -> None:
    found = picture("han_kamber_online", step=2)
    assert [label.text for label in found.every("text", class_="of-values")] == ["X", "Z1", "Z2"]
    assert found.one("figcaption").text == "the values of sample #2"


@pytest.mark.parametrize("units", [2, 6, 12, 40])
def test_units_of_a_layer_stand_apart_within_the_picture(units: int) -> None:
    found = picture(exercise(1, units, 1, samples=1))
    shapes = [each.attributes for each in found.every("rect")]
    tops = sorted((float(each["y"]), float(each["height"])) for each in shapes if each["x"] == shapes[1]["x"])
    assert len(tops) == min(units, 11 if units > 12 else 12)
    assert all(y + height < after for (y, height), (after, _) in pairwise(tops))
    svg = found.one("svg").attributes
    assert tops[0][0] >= 0
    assert tops[-1][0] + tops[-1][1] < float(svg["height"]) <= 450
    assert all(0 <= float(each["x"]) <= float(svg["width"]) - float(each["width"]) for each in shapes)


def test_edges_show_size_and_sign_of_their_weights() -> None:
    given = {
        "inputs": [[1], [1]],
        "targets": [[1]],
        "layers": [{"weights": [[4, -1]]}],
        "loss": "squared_error",
    }
    first, second = picture(given).every("line")
    assert (first.attributes["stroke-width"], first.classes) == ("5", ["edge"])
    assert (second.attributes["stroke-width"], second.classes) == ("1.85", ["edge", "negative"])
    assert [edge.attributes["data-cell"] for edge in (first, second)] == ["W1[1,1]", "W1[1,2]"]
    assert [edge.text for edge in (first, second)] == ["W1[1,1] = 4", "W1[1,2] = −1"]


def test_a_unit_that_passes_nothing_on_is_dashed() -> None:
    given = {"inputs": [[-1]], "layers": [{"weights": [[1]], "activation": "relu"}]}
    assert [unit.classes for unit in picture(given).every("g")] == [["unit"], ["unit", "off"]]


def test_the_cells_of_weights_are_those_of_the_exercise() -> None:
    """In X W, the rows of W are inputs."""
    given = {
        "inputs": [[1, 2]],
        "targets": [[1]],
        "layers": [{"weights": [[3], [4]]}],
        "loss": "squared_error",
        "conventions": {"product": "X W"},
    }
    found = picture(given)
    assert [edge.text for edge in found.every("line")] == ["W1[1,1] = 3", "W1[2,1] = 4"]
    assert "data-samples-in-rows" in found.one("svg").attributes
    assert [unit.text for unit in found.every("g")] == ["1", "2", "11.0000"]


def test_a_large_network_is_drawn_in_part() -> None:
    found = picture(exercise(2, 30, 3, samples=2))
    hidden = [
        unit.attributes["data-unit"] for unit in found.every("g") if unit.attributes["data-values"] == "Z1"
    ]
    assert hidden == [*map(str, range(1, 8)), *map(str, range(27, 31))]
    assert [gap.text for gap in found.every("text", class_="gap")] == ["⋮"]
    assert len([*found.every("line")]) == 11 * 2 + 11 * 3
    deep = picture(exercise(*[1] * 12, samples=1))
    assert len([*deep.every("g")]) == 6
    assert [gap.text for gap in deep.every("text", class_="gap")] == ["…", "…"]


@pytest.mark.parametrize(("text", "size"), [("0.5", 12), ("−0.12345678", 7.3)])
def test_a_long_figure_is_smaller(text: str, size: float) -> None:
    assert pictures.font_size(text) == size


def test_a_curve_goes_from_the_largest_to_the_smallest_and_leaves_out_what_is_infinite() -> None:
    block = Curve(Formula("L", "L"), ["1", "2", "3", "4"], [2.0, 1.0, inf, 0.0], Digits(1))
    found = parsed(pictures.curve(block))
    assert found.one("polyline").attributes["points"] == "0.0,0.0 140.0,75.0 420.0,150.0"
    assert [dot.text for dot in found.every("circle")] == ["1: 2.0", "2: 1.0", "4: 0.0"]
    assert found.one("svg").attributes["aria-label"] == "L: from 2.0 to 0.0"
    assert pictures.curve(block._replace(values=[inf, 1.0, inf, inf])) == ""
