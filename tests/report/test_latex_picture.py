"""The picture of a network in LaTeX: every unit, line, weight and bias where it belongs."""

import re
from itertools import pairwise

import numpy as np
import pytest

from mlpcalc import load, solve
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.layout import Product
from mlpcalc.reading.keys import PRODUCTS
from mlpcalc.report import latex
from mlpcalc.report.blocks import Header
from mlpcalc.report.report import Report
from mlpcalc.solving.picture import with_picture
from mlpcalc.solving.report import solution_report
from mlpcalc.solving.selection import Selection
from mlpcalc.solving.solution import Solution
from tests.conftest import Run
from tests.report.test_latex import faults

PLACE = r"\(([-\d.]+),([-\d.]+)\)"
LINE = re.compile(rf"\\qbezier\[\d+\]{PLACE}{PLACE}{PLACE}")
CIRCLE = re.compile(rf"\\put{PLACE}\{{\\circle\{{22\}}\}}")
BIAS = re.compile(rf"\\put{PLACE}\{{\\makebox\(0,0\)\[b\]\{{\\tiny \$(.*?)\$\}}\}}")
WEIGHT = re.compile(
    rf"{LINE.pattern}{LINE.pattern}\n\\put{PLACE}\{{\\makebox\(0,0\)\{{\\tiny \$(.*?)\$\}}\}}"
)


def drawn(solution: Solution, step: int = 1) -> str:
    report = with_picture(Report(lambda: [Header("", "")], dict), solution, step)
    text = latex.render(report.blocks())
    assert faults(text) == []
    return text


def network(*sizes: int, bias: bool = True) -> Exercise:
    """Layers of these sizes, in which every weight is another number."""
    numbers = iter(range(1, 10_000))
    layers = [
        {"weights": [[next(numbers) / 8 for _ in range(below)] for _ in range(units)]}
        | ({"bias": [next(numbers) / 8 for _ in range(units)]} if bias else {})
        for below, units in pairwise(sizes)
    ]
    return load({"inputs": [[1.0]] * sizes[0], "layers": layers})


def columns(text: str) -> list[list[tuple[float, float]]]:
    """The centres of the circles, layer by layer, from the top."""
    centres = [(float(x), float(y)) for x, y in CIRCLE.findall(text)]
    return [
        sorted([c for c in centres if c[0] == x], key=lambda c: -c[1])
        for x in sorted({x for x, _ in centres})
    ]


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("sizes", [(2, 3, 1), (3, 3, 4, 2), (1, 1)])
def test_each_weight_stands_on_its_line(sizes: tuple[int, ...], product: Product) -> None:
    exercise = network(*sizes)
    solution = solve(exercise.under(exercise.conventions._replace(product=product)))
    text = drawn(solution)
    layers = columns(text)
    assert tuple(map(len, layers)) == sizes
    found: dict[tuple[int, int, int], float] = {}
    for match in WEIGHT.finditer(text):
        numbers = np.array(match.groups()[:14], dtype=float).reshape(7, 2)
        start, end, label = numbers[0], numbers[5], numbers[6]
        k = next(k for k, layer in enumerate(layers) if abs(layer[0][0] - 11 - end[0]) < 0.01)
        source = next(j for j, (_, y) in enumerate(layers[k - 1]) if abs(y - start[1]) < 0.01)
        unit = next(i for i, (_, y) in enumerate(layers[k]) if abs(y - end[1]) < 0.01)
        found[k, unit, source] = float(match[15])
        along, off = end - start, label - start
        assert abs(along[0] * off[1] - along[1] * off[0]) < 0.1 * np.hypot(*along)  # it is on the line
        assert numbers[2][0] < label[0] < numbers[3][0]  # in its gap
    expected = {
        (k, i, j): layer.weights[i, j]
        for k, layer in enumerate(exercise.layers, start=1)
        for i, j in np.ndindex(layer.weights.shape)
    }
    assert found == expected
    biases = [value for layer in exercise.layers if layer.bias is not None for value in layer.bias.ravel()]
    assert sorted(float(figure) for *_, figure in BIAS.findall(text)) == sorted(biases)


def test_weights_do_not_touch_one_another() -> None:
    for sizes in ((3, 3), (6, 6), (2, 4, 6), (6, 1, 6)):
        text = drawn(solve(network(*sizes)))
        labels = [np.array(match.groups()[12:14], dtype=float) for match in WEIGHT.finditer(text)]
        for n, label in enumerate(labels):
            for other in labels[:n]:
                assert abs(label[0] - other[0]) > 20 or abs(label[1] - other[1]) > 5


def test_a_network_without_biases_speaks_of_none() -> None:
    text = drawn(solve(network(2, 2, bias=False)))
    assert not BIAS.findall(text)
    assert "In the circles the numbers of the units; on the lines the weights." in text


def test_a_wide_layer_is_drawn_in_part_and_that_is_said() -> None:
    text = drawn(solve(network(9, 7, 2)))
    assert [len(layer) for layer in columns(text)] == [5, 5, 2]
    assert text.count(r"\vdots") == 2
    assert "in part: inputs, layer 1." in text
    assert re.findall(r"\\footnotesize (\d+)\}", text)[:5] == ["1", "2", "3", "8", "9"]


def test_of_a_deep_network_some_layers_are_drawn_and_that_is_said() -> None:
    text = drawn(solve(network(*[2] * 9)))
    assert [len(layer) for layer in columns(text)] == [2] * 4
    assert text.count(r"\cdots") == 1
    assert text.count(r"\qbezier") == 8  # between the first three layers
    assert "not all layers." in text
    assert "in part" not in text


@pytest.mark.parametrize("sizes", [(1, 1), (6, 6), (30, 2), (2, 2, 2, 2), tuple([3] * 7)])
def test_the_picture_fits_its_frame_and_the_narrowest_page(sizes: tuple[int, ...]) -> None:
    text = drawn(solve(network(*sizes)))
    (frame,) = re.findall(rf"\\begin\{{picture\}}{PLACE}", text)
    width, height = map(float, frame)
    assert width <= 345
    for x, y in re.findall(PLACE, text):
        assert 0 <= float(x) <= width
        assert 0 <= float(y) <= height


def test_weights_are_as_typed_and_those_of_the_step(run: Run) -> None:
    assert r"{\tiny $0.88$}" in run("forward", "exercise2", "--picture", "--format", "latex").out
    solution = solve(load("exercise2").with_steps(2))
    second = drawn(solution, 2)
    assert rf"{{\tiny ${solution['W1_new'][2, 1]:.4f}$}}" in second
    shown = run("solve", "exercise2", "--steps", "2", "--step", "2", "--picture", "--format", "latex").out
    assert second.partition("{picture}")[2] in shown


def test_the_layers_have_the_names_of_the_course() -> None:
    text = drawn(solve(load("mazur")))
    assert r"{\footnotesize $\mathrm{out}_1$}" in text
    assert r"{\tiny sigmoid}" in text


def test_the_picture_stands_under_the_header() -> None:
    solution = solve(load("exercise2"))
    plain = [*solution_report(solution, Selection()).blocks()]
    header, _, *others = with_picture(solution_report(solution, Selection()), solution).blocks()
    assert [header, len(others)] == [plain[0], len(plain) - 1]


@pytest.mark.parametrize("command", ["sheet", "grad", "solve"])
def test_pages_in_latex_have_a_picture_if_asked(command: str, run: Run) -> None:
    assert r"\begin{picture}" in run(command, "exercise2", "--picture", "-o-", "--format", "latex").out
    assert r"\begin{picture}" not in run(command, "exercise2", "--format", "latex").out
    refused = run(command, "exercise2", "--picture", "--format", "markdown")
    assert (refused.code, refused.out) == (2, "")
    assert "--picture needs --format latex" in refused.err
