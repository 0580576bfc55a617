"""Large exercises: pages stay small, show and explain matrices in part, and say what they left out."""

import re
from typing import Any

import numpy as np
import pytest

from mlpcalc import Solution, explain, solve
from mlpcalc.report.html import body, document, workings
from tests.support.pages import Element, assert_safe, data_of


def exercise(*sizes: int, samples: int, seed: int = 1) -> dict[str, Any]:
    rng = np.random.default_rng(seed)

    def matrix(*shape: int) -> list[list[float]]:
        numbers: list[list[float]] = rng.normal(size=shape).round(2).tolist()
        return numbers

    shapes = zip(sizes[1:], sizes, strict=False)
    return {
        "title": "-".join(map(str, sizes)),
        "inputs": matrix(sizes[0], samples),
        "targets": matrix(sizes[-1], samples),
        "layers": [{"weights": matrix(*shape), "activation": "tanh"} for shape in shapes],
        "loss": "squared_error",
        "learning_rate": 0.1,
    }


def page_of(solution: Solution) -> Element:
    return assert_safe(document.page(explain(solution).blocks()))


def labels(page: Element, key: str, scope: str) -> list[str]:
    return [label.text for label in page.one("figure", id=key).every("th", scope=scope)]


def notes(page: Element) -> str:
    return " ".join(each.text for each in page.every("p", class_="note"))


def test_a_matrix_of_a_page_with_few_figures_is_shown_in_full() -> None:
    page = page_of(solve(exercise(3, 2, samples=60)))
    assert labels(page, "S1", "col") == [f"#{n}" for n in range(1, 61)]
    assert "in part" not in page.one("body").text


def test_of_many_figures_matrices_are_shown_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "MOST_FIGURES", 600)
    page = page_of(solve(exercise(3, 2, samples=60)))
    assert labels(page, "S1", "col") == [
        *(f"#{n}" for n in range(1, 14)),
        "…",
        *(f"#{n}" for n in range(55, 61)),
    ]
    heads = page.one("figure", id="S1").every("th", scope="col")
    numbers = [label.attributes.get("data-n") for label in heads]
    assert numbers == [None] * 14 + [str(n) for n in range(55, 61)]
    assert "2 units × 60 samples, in part; min −" in page.one("figure", id="S1").text
    shown = {address for address in data_of(page)["cells"] if address.startswith("S1[")}
    assert shown == {f"S1[{i},{n}]" for i in (1, 2) for n in (*range(1, 14), *range(55, 61))}


def test_where_cells_are_too_many_the_same_number_of_each_matrix_is_explained(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workings, "MOST_CELLS", 40)
    solution = solve(exercise(3, 2, samples=10))
    page = page_of(solution)
    cells = data_of(page)["cells"]
    assert len(cells) == 37
    counts = {key: sum(each.split("[")[0] == key for each in cells) for key in data_of(page)["computed"]}
    matrices = ("S1", "Z1", "Delta1", "dW1", "W1_new", "S1_new", "Z1_new")
    assert counts == dict.fromkeys(matrices, 5) | {"loss": 1, "loss_new": 1}
    assert [each for each in cells if each.startswith("S1[")] == [
        *("S1[1,1]", "S1[2,1]", "S1[1,2]", "S1[2,2]", "S1[1,3]")
    ]
    assert re.search(r"it explains 37 of its \d+ computed figures", notes(page))


def test_where_not_even_one_of_each_fits_the_first_are_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workings, "MOST_CHARACTERS", 600)
    page = page_of(solve(exercise(3, 2, samples=10)))
    assert 0 < len(data_of(page)["cells"]) < 4
    assert "To keep the page small" in notes(page)


def test_sections_that_would_make_a_page_too_large_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "MOST_CHARACTERS", 6000)
    solution = solve(exercise(3, 2, samples=10))
    page = page_of(solution)
    assert [heading.text for heading in page.every("h2")] == ["Givens", "Forward pass"]
    assert "To keep the page small, 4 sections more are left out." in notes(page)
    whole = assert_safe(document.page(explain(solution).blocks(), full=True))
    assert len([*whole.every("h2")]) == 6


@pytest.mark.slow
@pytest.mark.parametrize(
    "large",
    [exercise(20, 20, 20, samples=100), exercise(*[20] * 60, samples=20), exercise(300, 200, 10, samples=64)],
    ids=lambda found: found["title"][:20],
)
def test_pages_of_large_exercises_stay_under_two_megabytes(large: dict[str, Any]) -> None:
    text = document.page(explain(solve(large)).blocks())
    assert len(text.encode()) < 2_000_000
    assert "To keep the page small" in notes(assert_safe(text))
