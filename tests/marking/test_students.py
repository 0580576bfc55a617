"""The simulated students, before anybody marks them: do they do what they are said to do?"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import yaml

from mlpcalc import load, solve
from mlpcalc.arrays import Array
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.exercise import Exercise, Layer
from mlpcalc.page.layout import Product
from mlpcalc.page.losses import LOSSES
from mlpcalc.page.network import AveragedStep, Conventions, DeltaSign, Loss
from mlpcalc.page.symbols import quantities
from tests.conftest import Run
from tests.support.marking_exercises import exercise_text, marking_exercise
from tests.support.networks import PAIRS, USUAL_LOSSES, random_exercise
from tests.support.student_equations import Lookup, Routes
from tests.support.students import (
    OTHER_ROUTES,
    STYLES,
    Layout,
    Style,
    honest_sheet,
    random_style,
    wrong_sheet,
)

Write = Callable[[str, str | bytes], Path]
Texts = dict[str, list[list[str]]]
LAYOUTS: tuple[Layout, ...] = get_args(Layout)
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
PRINTED = Style("python", carry="full")


def texts(sheet: str) -> Texts:
    """What was written for each quantity, row by row, however it was typed; one row for lists and numbers."""
    tree = yaml.load(sheet, Loader=LOADER)  # noqa: S506  # it makes nothing but text
    found: Texts = {}
    for key, node in tree.get("answers", tree).items():
        if cell := re.fullmatch(r"(\w+)\[(\d+),(\d+)\]", key):
            rows = found.setdefault(cell[1], [])
            rows += [[] for _ in range(int(cell[2]) - len(rows))]
            assert len(rows[-1]) == int(cell[3]) - 1
            rows[-1].append(node)
        elif key != "student":
            found[key] = _rows(node)
    return found


def _rows(node: str | list[str | list[str]]) -> list[list[str]]:
    if isinstance(node, str):
        return [row.split() for row in re.split("[\n;]", node) if row.strip()]
    rows = [item for item in node if isinstance(item, list)]
    return rows or [[item for item in node if isinstance(item, str)]]


def figures(sheet: str | None, exercise: Exercise) -> dict[str, Array]:
    """The numbers on a sheet, each quantity in the shape that the solution has; NaN for a blank."""
    assert sheet is not None
    solution = solve(exercise)
    return {
        name: np.array(
            [[float("nan") if cell == "~" else float(cell) for cell in row] for row in rows]
        ).reshape(solution[name].shape)
        for name, rows in texts(sheet).items()
    }


def cells(sheet: str | None) -> list[str]:
    assert sheet is not None
    return [cell for rows in texts(sheet).values() for row in rows for cell in row]


def sheet_of(exercise: Exercise, style: Style, seed: int = 0) -> str | None:
    return honest_sheet(exercise, np.random.default_rng(seed), style)


def network(
    activations: Sequence[str], inputs: list[list[float]], *weights: list[list[float]], loss: str = "sum"
) -> Exercise:
    """Without biases and targets, summing up its outputs; a step of 1/2."""
    layers = [Layer(np.array(W), None, ACTIVATIONS[f]) for W, f in zip(weights, activations, strict=True)]
    return Exercise(
        inputs=np.array(inputs),
        layers=tuple(layers),
        loss=Loss(LOSSES[loss], Fraction(1)),
        learning_rate=Fraction(1, 2),
    )


def assert_close(found: dict[str, Array], exercise: Exercise) -> None:
    """Every figure is that of the solution, but for the last bits of the largest of its quantity."""
    solution = solve(exercise)
    for name, values in found.items():
        size = max(float(np.abs(solution[name]).max()), 1e-3)  # what is 0 on paper prints as some 1e-17
        np.testing.assert_allclose(values, solution[name], rtol=0, atol=1e-12 * size, err_msg=name)


# ---------------------------------------------------------------------------- against the solution


@pytest.mark.slow
@pytest.mark.parametrize("routes", [Routes(), OTHER_ROUTES, Routes(err_carried=True)])
@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_a_program_in_float64_prints_the_solution(output: str, loss: str, routes: Routes) -> None:
    rng = np.random.default_rng([70, PAIRS.index((output, loss))])
    exercise = random_exercise(rng, activations=["tanh", output], loss=loss)
    found = figures(sheet_of(exercise, PRINTED._replace(routes=routes)), exercise)
    assert {*found} == {*solve(exercise)} - {"X", "T", "W1", "b1", "W2", "b2"}
    assert_close(found, exercise)


@pytest.mark.parametrize("update_biases", [True, False])
@pytest.mark.parametrize("average_in", get_args(AveragedStep))
@pytest.mark.parametrize("delta", get_args(DeltaSign))
@pytest.mark.parametrize("product", get_args(Product))
def test_students_keep_to_the_conventions(
    product: Product, delta: DeltaSign, average_in: AveragedStep, update_biases: bool
) -> None:
    conventions = Conventions(product, delta, average_in, update_biases)
    rng = np.random.default_rng(71)
    for average in ("samples", "entries"):
        exercise = random_exercise(rng, activations=["sigmoid"] * 2, bias=True, l2=True, average=average)
        exercise = replace(exercise, conventions=conventions)
        assert_close(figures(sheet_of(exercise, PRINTED), exercise), exercise)


@pytest.mark.parametrize("seed", range(16))
def test_on_paper_exercises_to_be_marked_have_the_same_solution(seed: int) -> None:
    exercise = marking_exercise(np.random.default_rng([72, seed]))
    assert_close(figures(sheet_of(exercise, Style(digits=15, carry="full")), exercise), exercise)


@pytest.mark.parametrize("decimals", [2, 3, 4, 6])
@pytest.mark.parametrize("seed", range(15))
def test_every_step_rounded_is_the_solution_that_carries_rounded_figures(seed: int, decimals: int) -> None:
    rng = np.random.default_rng([73, seed])
    exercise = random_exercise(rng, activations=["relu", "leaky_relu", "relu", "identity"][seed % 4 :])
    found = figures(sheet_of(exercise, Style(digits=decimals)), exercise)
    carried = solve(exercise, carry=decimals)
    for name, values in found.items():
        np.testing.assert_array_equal(values, carried[name], name)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "elu", "softplus", "softmax", "square"])
def test_every_step_of_a_curved_network_can_be_rounded(activation: str) -> None:
    rng = np.random.default_rng([74, list(ACTIVATIONS).index(activation)])
    exercise = random_exercise(rng, activations=[activation, "softmax"], loss="cross_entropy")
    found = figures(sheet_of(exercise, Style(digits=3)), exercise)
    carried = solve(exercise, carry=3)
    for name, values in found.items():
        np.testing.assert_array_equal(values, carried[name], name)


def test_without_a_learning_rate_there_is_no_update() -> None:
    exercise = replace(random_exercise(np.random.default_rng(75)), learning_rate=None)
    found = figures(sheet_of(exercise, PRINTED), exercise)
    assert "dW1" in found
    assert not [name for name in found if "new" in name or "step" in name]


# ---------------------------------------------------------------------------- how figures are written


@pytest.mark.parametrize("decimals", [2, 3, 4, 6])
def test_figures_have_exactly_the_decimals_asked_for(decimals: int) -> None:
    exercise = random_exercise(np.random.default_rng(76), loss="squared_error")
    written = cells(sheet_of(exercise, Style(digits=decimals, carry="full")))
    assert all(re.fullmatch(rf"-?\d+\.\d{{{decimals}}}", cell) for cell in written)


@pytest.mark.parametrize("carry", ["rounded", "full"])
def test_figures_have_exactly_the_significant_figures_asked_for(carry: str) -> None:
    exercise = random_exercise(np.random.default_rng(77), loss="squared_error")
    written = cells(sheet_of(exercise, STYLES["every step to 3 significant figures"]))
    significant = [cell.partition("E")[0].lstrip("-0.").replace(".", "") for cell in written if float(cell)]
    assert {len(figure) for figure in significant} == {3}


@pytest.mark.parametrize(
    ("weight", "style", "written"),
    [
        (0.12345, Style(), "0.1235"),  # a tie, away from zero; in binary it is 0.12344999…
        (-0.12345, Style(), "-0.1235"),
        (0.458, Style(), "0.4580"),
        (0.458, Style(trim=True), "0.458"),
        (2.0, Style(trim=True), "2"),
        (-0.00001, Style(), "0.0000"),
        (-0.00001, Style(signed_zero=True), "-0.0000"),
        (-0.00001, Style(trim=True), "0"),
        (0.458, Style("significant", 4), "0.4580"),
        (0.0, Style("significant", 4), "0"),
        (123.45, Style("significant", 3), "123"),
        (12345.0, Style("significant", 3), "1.23E+4"),
        (9996.0, Style("significant", 3), "1.00E+4"),
        (0.00001235, Style("significant", 3), "0.0000124"),
        (0.1, Style("python"), "0.1"),
        (0.1, Style("float32"), "0.10000000149011612"),
    ],
)
def test_a_figure_is_written(weight: float, style: Style, written: str) -> None:
    exercise = network(["identity"], [[1.0]], [[weight]])
    sheet = sheet_of(exercise, style)
    assert sheet is not None
    assert texts(sheet)["S1"] == [[written]]


def test_a_program_in_float32_prints_figures_that_are_float32() -> None:
    exercise = random_exercise(
        np.random.default_rng(78), activations=["tanh", "softmax"], loss="cross_entropy"
    )
    found = figures(sheet_of(exercise, STYLES["a program in float32"]), exercise)
    for name, values in found.items():
        np.testing.assert_array_equal(values, values.astype(np.float32), name)
        assert np.abs(values - solve(exercise)[name]).max() < 1e-5
    assert any((values != solve(exercise)[name]).any() for name, values in found.items())


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("product", get_args(Product))
def test_the_layout_changes_no_figure(product: Product, layout: Layout) -> None:
    exercise = random_exercise(np.random.default_rng(79), activations=["relu", "tanh"], bias=True, samples=3)
    exercise = replace(exercise, conventions=Conventions(product))
    expected = figures(sheet_of(exercise, Style(layout="rows")), exercise)
    found = figures(sheet_of(exercise, Style(layout=layout)), exercise)
    assert list(found) == list(expected)
    for name, values in found.items():
        np.testing.assert_array_equal(values, expected[name], name)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_blanks_stand_for_cells_and_leave_the_others_alone(layout: Layout) -> None:
    exercise = random_exercise(np.random.default_rng(80), activations=["relu", "tanh"], samples=3)
    expected = figures(sheet_of(exercise, Style(layout=layout)), exercise)
    found = figures(sheet_of(exercise, Style(layout=layout, blanks=0.3)), exercise)
    assert list(found) == list(expected)
    blank = np.concatenate([np.isnan(values).ravel() for values in found.values()])
    assert 0.2 < blank.mean() < 0.4
    for name, values in found.items():
        np.testing.assert_array_equal(values[~np.isnan(values)], expected[name][~np.isnan(values)], name)


# ---------------------------------------------------------------------------- honesty


def test_who_carries_full_precision_writes_the_solution_rounded() -> None:
    exercise = marking_exercise(np.random.default_rng(81))
    found = figures(sheet_of(exercise, Style(digits=3, carry="full", answered="usual")), exercise)
    for name, values in found.items():
        assert np.abs(values - solve(exercise)[name]).max() <= 0.0005 + 1e-9, name


def test_who_rounds_every_step_strays_from_the_solution() -> None:
    exercise = random_exercise(np.random.default_rng(82), activations=["tanh", "tanh"], loss="squared_error")
    found = figures(sheet_of(exercise, Style(digits=2)), exercise)
    assert any(np.abs(values - solve(exercise)[name]).max() > 0.005 for name, values in found.items())


# On the calculator S1 = 1.2249, Z1 = 1.5004 and f' = 2.4498; from 1.22, as written, 1.4884 and 2.44.
SQUARE = network(["square"], [[1.2249]], [[1.0]])
WRITTEN, UNROUNDED = ("1.49", "2.44"), ("1.50", "2.45")


def two_uses_of_S1(style: Style) -> set[tuple[str, str]]:
    """Z1 and f' as many students of a style have them, where they write both down."""
    found = set()
    for seed in range(60):
        sheet = sheet_of(SQUARE, style, seed)
        assert sheet is not None
        written = texts(sheet)
        if {"Z1", "fprime1"} <= {*written}:
            found.add((written["Z1"][0][0], written["fprime1"][0][0]))
    return found


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        (Style(digits=2), {WRITTEN}),
        (Style(digits=2, carry="full"), {UNROUNDED}),
        (Style(digits=2, carry="mixed"), {WRITTEN, UNROUNDED}),
        (Style(digits=2, carry="fickle"), {WRITTEN, UNROUNDED, ("1.49", "2.45"), ("1.50", "2.44")}),
    ],
)
def test_a_figure_comes_from_the_written_one_or_from_the_unrounded_one(
    style: Style, expected: set[tuple[str, str]]
) -> None:
    assert two_uses_of_S1(style) == expected


@pytest.mark.parametrize(("scratch", "expected"), [(True, "1.49"), (False, "1.50")])
def test_scratch_work_is_rounded_by_those_who_round_it(scratch: bool, expected: str) -> None:
    sheets = [sheet_of(SQUARE, Style(digits=2, answered="some", scratch=scratch), seed) for seed in range(60)]
    written = [texts(sheet) for sheet in sheets if sheet is not None]
    assert {each["Z1"][0][0] for each in written if "Z1" in each and "S1" not in each} == {expected}
    assert {each["Z1"][0][0] for each in written if "Z1" in each and "S1" in each} == {"1.49"}


def test_a_cell_left_blank_is_scratch_work() -> None:
    style = Style(digits=2, blanks=0.5, scratch=False)
    sheets = [sheet_of(SQUARE, style, seed) for seed in range(60)]
    written = [texts(sheet) for sheet in sheets if sheet is not None]
    found = {(each["S1"][0][0], each["Z1"][0][0]) for each in written}
    assert found == {("~", "~"), ("1.22", "~"), ("~", "1.50"), ("1.22", "1.49")}


@pytest.mark.parametrize(
    ("routes", "changed"),
    [
        (Routes(fprime="from Z"), "fprime1"),
        (Routes(delta="chain rule"), "Delta2"),
        (Routes(loss="from S"), "loss_terms"),
        (Routes(softmax="from expS"), "Z2"),
    ],
)
def test_another_route_to_a_quantity_gives_other_rounded_figures(routes: Routes, changed: str) -> None:
    others = set()
    for seed in range(10):
        rng = np.random.default_rng([83, seed])
        exercise = random_exercise(rng, activations=["tanh", "softmax"], loss="cross_entropy", samples=4)
        usual, other = (sheet_of(exercise, Style(digits=2, routes=way)) for way in (Routes(), routes))
        if usual is not None and other is not None:
            before, after = texts(usual), texts(other)
            others |= {name for name in before if before[name] != after[name]}
    assert changed in others
    assert "S1" not in others


def test_the_terms_of_the_later_loss_are_rounded_only_by_those_who_write_them_aside() -> None:
    others = set()
    for seed in range(10):
        exercise = random_exercise(np.random.default_rng([94, seed]), loss="squared_error", samples=4)
        usual, other = (sheet_of(exercise, Style(digits=2, after_terms=aside)) for aside in (False, True))
        assert usual is not None
        assert other is not None
        before, after = texts(usual), texts(other)
        others |= {name for name in before if before[name] != after[name]}
    assert others == {"loss_new"}


@pytest.mark.parametrize(("err_carried", "dZ"), [(False, "-2.95"), (True, "-2.96")])
def test_err_once_written_is_what_some_go_on_with(err_carried: bool, dZ: str) -> None:
    exercise = network(["identity"], [[1.0]], [[0.0153]], loss="squared_error")
    assert exercise.loss is not None
    form = exercise.loss._replace(factor=Fraction(3, 2))  # dZ is three times err: -0.9847, written -0.985
    exercise = replace(exercise, targets=np.array([[1.0]]), loss=form)
    sheet = sheet_of(exercise, Style("significant", 3, routes=Routes(err_carried=err_carried)))
    assert sheet is not None
    assert texts(sheet)["err"] == [["-0.985"]]
    assert texts(sheet)["dZ1"] == [[dZ]]


@pytest.mark.parametrize("form", ["decimals", "python", "float32"])
def test_zero_on_paper_is_zero_on_a_sheet_and_stops_a_program(form: str) -> None:
    exercise = network(["relu"], [[0.5], [0.3], [0.1]], [[1.0, -2.0, 1.0]])  # 2.8e-17 in binary
    sheet = sheet_of(exercise, Style(form, carry="full"))  # type: ignore[arg-type]  # of the four
    if form == "decimals":
        assert sheet is not None
        assert texts(sheet)["fprime1"] == [["0.0000"]]
    else:
        assert sheet is None


def test_who_meets_the_logarithm_of_zero_hands_in_nothing() -> None:
    exercise = network(["sigmoid"], [[-7.0]], [[1.0]], loss="cross_entropy")
    exercise = replace(exercise, targets=np.array([[1.0]]), learning_rate=None)
    sheet = sheet_of(exercise, Style(digits=2, carry="full"))
    assert sheet is not None
    assert texts(sheet)["Z1"] == [["0.00"]]
    assert sheet_of(exercise, Style(digits=2)) is None


# ---------------------------------------------------------------------------- wrong students


def wrong(
    exercise: Exercise, name: str, change: Callable[[Lookup], Array], style: Style = PRINTED
) -> str | None:
    return wrong_sheet(exercise, np.random.default_rng(0), style, {name: change})


@pytest.fixture
def two_layers() -> Exercise:
    rng = np.random.default_rng(85)
    return random_exercise(rng, activations=["tanh", "sigmoid"], loss="squared_error", bias=True, samples=3)


@pytest.mark.parametrize("carry", ["rounded", "full", "mixed", "fickle"])
def test_a_change_that_changes_nothing_leaves_the_honest_sheet(two_layers: Exercise, carry: str) -> None:
    style = Style(carry=carry, answered="some", blanks=0.1)  # type: ignore[arg-type]  # of the four
    sheet = wrong(two_layers, "db1", lambda look: look("Delta1").sum(axis=1, keepdims=True), style)
    assert sheet == sheet_of(two_layers, style)


def test_a_mistake_shows_where_it_is_made_and_later_only(two_layers: Exercise) -> None:
    honest = figures(sheet_of(two_layers, PRINTED), two_layers)
    found = figures(wrong(two_layers, "Delta1", lambda look: look("dZ1")), two_layers)  # f' forgotten
    np.testing.assert_array_equal(found["Delta1"], honest["dZ1"])
    changed = [name for name in honest if not np.array_equal(found[name], honest[name])]
    assert [name for name in changed if "new" not in name] == [
        "Delta1",
        "dX",
        "dW1",
        "db1",
        "step_W1",
        "step_b1",
    ]
    assert {"W1_new", "b1_new", "S1_new", "loss_new"} <= {*changed}
    assert not {"W2_new", "b2_new"} & {*changed}


def test_a_mistake_may_use_what_is_found_only_later(two_layers: Exercise) -> None:
    def updated_first(look: Lookup) -> Array:
        return look("W2_new").T @ look("Delta2")

    found = figures(wrong(two_layers, "dZ1", updated_first), two_layers)
    np.testing.assert_allclose(found["dZ1"], found["W2_new"].T @ found["Delta2"], rtol=1e-12)


def test_a_mistake_is_made_with_the_figures_that_the_student_uses(two_layers: Exercise) -> None:
    sheet = wrong(two_layers, "Delta1", lambda look: look("dZ1"), Style(digits=2, layout="rows"))
    assert sheet is not None
    assert texts(sheet)["Delta1"] == texts(sheet)["dZ1"]


def test_a_change_of_another_shape_is_written_as_it_is(two_layers: Exercise) -> None:
    exercise = replace(two_layers, learning_rate=None)
    sheet = wrong(exercise, "db1", lambda look: look("Delta1"))
    assert sheet is not None
    assert np.array(texts(sheet)["db1"]).shape == (exercise.sizes[1], 3)


def test_a_change_that_is_the_same_for_every_sample_fills_the_matrix(two_layers: Exercise) -> None:
    found = figures(wrong(two_layers, "Delta1", lambda look: np.array([[0.5]])), two_layers)
    assert (found["Delta1"] == 0.5).all()


def test_a_quantity_that_is_not_there_cannot_be_changed(two_layers: Exercise) -> None:
    with pytest.raises(KeyError, match="dW9"):
        wrong(two_layers, "dW9", lambda look: look("dW1"))


# ---------------------------------------------------------------------------- exercises and sheets at random


def test_the_same_seed_gives_the_same_sheet() -> None:
    def at(seed: int) -> tuple[str, Style, str | None]:
        rng = np.random.default_rng([86, seed])
        exercise, style = marking_exercise(rng), random_style(rng)
        return exercise_text(exercise), style, honest_sheet(exercise, rng, style)

    assert [at(seed) for seed in range(5)] == [at(seed) for seed in range(5)]
    assert len({at(seed)[2] for seed in range(5)}) == 5


@pytest.mark.slow
def test_two_hundred_random_students_hand_in_sheets() -> None:
    handed_in, answers = 0, set()
    for seed in range(200):
        rng = np.random.default_rng([87, seed])
        exercise, style = marking_exercise(rng), random_style(rng)
        sheet = honest_sheet(exercise, rng, style)
        if sheet is not None:
            handed_in += 1
            answers |= {re.sub(r"\d", "", name) for name in texts(sheet)}
    assert handed_in > 190
    optimizers = [symbol for symbol in quantities(1) if symbol.kind[0] in "MV"]
    assert len(answers) == len([*quantities(1)]) - len("XTWb") - len(optimizers)


@pytest.mark.parametrize("name", STYLES)
def test_students_of_every_style_hand_in_sheets(name: str) -> None:
    sheets = [
        sheet_of(marking_exercise(np.random.default_rng([88, seed])), STYLES[name]) for seed in range(10)
    ]
    assert sum(sheet is not None for sheet in sheets) >= 9


def test_a_random_style_has_every_choice() -> None:
    rng = np.random.default_rng(89)
    styles = [random_style(rng) for _ in range(300)]
    assert {style.form for style in styles} == {"decimals", "significant", "python", "float32"}
    assert {style.digits for style in styles if style.form == "decimals"} == {2, 3, 4, 6}
    assert {style.digits for style in styles if style.form == "significant"} == {3, 4, 5}
    assert {style.carry for style in styles} == {"rounded", "full", "mixed", "fickle"}
    for ways in zip(*(style.routes for style in styles), strict=True):
        assert len({*ways}) == (1 if isinstance(ways[0], bool) else 2)


@pytest.mark.slow
def test_exercises_to_be_marked_are_of_every_kind() -> None:
    exercises = [marking_exercise(np.random.default_rng([90, seed])) for seed in range(150)]
    assert {exercise.samples for exercise in exercises} == {1, 2, 3, 4, 5, 6}
    assert {len(exercise.layers) for exercise in exercises} == {1, 2, 3, 4}
    assert {layer.activation.name for exercise in exercises for layer in exercise.layers} == {
        name for name, record in ACTIVATIONS.items() if record.well_known
    }
    assert {exercise.loss.function.name for exercise in exercises if exercise.loss} == {*USUAL_LOSSES}
    for choices in zip(*(exercise.conventions for exercise in exercises), strict=True):
        assert len({*choices}) >= 2
    on_kinks = [
        exercise
        for exercise in exercises
        if any(layer.activation.kinked for layer in exercise.layers)
        and any(
            (solve(exercise)[f"S{k}"] == 0).any()
            for k, layer in enumerate(exercise.layers, start=1)
            if layer.activation.kinked
        )
    ]
    assert len(on_kinks) > 10


@pytest.mark.parametrize("seed", range(12))
def test_the_text_of_an_exercise_loads_as_that_exercise(seed: int, write: Write) -> None:
    exercise = replace(marking_exercise(np.random.default_rng([91, seed])), states_decimals=True)
    loaded = load(str(write("made.yaml", exercise_text(exercise))))
    givens = exercise.givens()
    assert loaded.givens().keys() == givens.keys()
    for symbol, values in loaded.givens().items():
        np.testing.assert_array_equal(values, givens[symbol], symbol.plain)
    assert loaded.network == exercise.network
    assert (loaded.learning_rate, loaded.decimals) == (exercise.learning_rate, exercise.decimals)


def test_the_text_of_an_exercise_can_be_solved(run: Run, write: Write) -> None:
    exercise = marking_exercise(np.random.default_rng(92))
    write("made.yaml", exercise_text(exercise))
    result = run("solve", "made.yaml", "--format", "json")
    assert result.code == 0
    found = np.array(result.json["quantities"]["dW1"]["values"])
    np.testing.assert_array_equal(found, solve(exercise)["dW1"])
