"""New exercises: friendly figures that reveal mistakes, the same for the same seed everywhere."""

import csv
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from mlpcalc import solve
from mlpcalc.auditing.audit import Audit
from mlpcalc.errors import InputError
from mlpcalc.generating.draws import exercise_of
from mlpcalc.generating.exercise_text import exercise_text
from mlpcalc.generating.friendly import BIASES, INPUTS, WEIGHTS, Dice, Rows, as_decimal
from mlpcalc.generating.generate import Form, GeneratedExercise, form_of, generate
from mlpcalc.generating.variants import BAND, Variant, manifest, variants
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.network import Loss
from mlpcalc.page.symbols import Symbol
from mlpcalc.reading.reader import read_exercise
from mlpcalc.reading.source import Document
from mlpcalc.solving.solution import Solution
from tests.conftest import Run
from tests.support.forms import FORMS

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


def loss_of(form: Form) -> Loss:
    assert form.like.loss is not None
    return form.like.loss


NAMES = [
    f"{'-'.join(map(str, form.like.sizes))} {form.like.network.activations[-1].name} "
    f"{loss_of(form).function.name}"
    for form in FORMS
]


@cache
def made(number: int) -> GeneratedExercise:
    return generate(FORMS[number], 7)


@cache
def audit(number: int) -> Audit:
    """Of the exercise as it is read from its file."""
    return Audit(solve(read_exercise(Document(exercise_text(made(number).exercise), "made.yaml"), "")))


def solved(number: int) -> Solution:
    return audit(number).solution


# ---------------------------------------------------------------------------- dice


def test_the_dice_are_those_of_the_reference() -> None:
    dice = Dice(1234567)  # SplitMix64, as published by its author
    assert [dice.below(1 << 64) for _ in range(5)] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


def test_seeds_and_their_parts_tell_dice_apart() -> None:
    rolled = {
        tuple(Dice(*seed).below(1000) for _ in range(1)) for seed in [(1,), (1, 0), (1, 1), (2, 0), (0, 1)]
    }
    assert len(rolled) == 5


def test_dice_are_fair() -> None:
    dice = Dice(8)
    counts = np.bincount([dice.below(6) for _ in range(6000)], minlength=6)
    assert counts.min() > 900
    assert sorted(dice.shuffled(range(9))) == [*range(9)]
    assert {dice.signed((3, 5)) for _ in range(50)} == {-5, -3, 3, 5}


@pytest.mark.parametrize(
    ("tenths", "written"), [(5, "0.5"), (-15, "-1.5"), (20, "2"), (-10, "-1"), (0, "0"), (-3, "-0.3")]
)
def test_tenths_are_written_with_few_digits(tenths: int, written: str) -> None:
    assert as_decimal(tenths) == written


# ---------------------------------------------------------------------------- what is made


@pytest.mark.parametrize("number", range(len(FORMS)), ids=NAMES)
def test_the_file_reads_as_the_exercise_that_was_made(number: int) -> None:
    read = solved(number).exercise
    exercise = made(number).exercise
    title = f"One step of gradient descent, {'-'.join(map(str, exercise.sizes))}"
    assert (read.title, read.decimals, read.learning_rate) == (title, 4, exercise.learning_rate)
    assert read.network == exercise.network
    for symbol, values in exercise.givens().items():
        np.testing.assert_array_equal(read.givens()[symbol], values, symbol.plain)
    assert audit(number).score == made(number).score


@pytest.mark.parametrize("number", range(len(FORMS)), ids=NAMES)
def test_no_value_is_on_a_kink_or_near_it(number: int) -> None:
    solution = solved(number)
    for k, f in enumerate(FORMS[number].like.network.activations, start=1):
        if f.kinked:
            assert np.abs(solution[f"S{k}"]).min() > 0.09
            assert np.abs(solution[f"S{k}_new"]).min() > 0.005


@pytest.mark.parametrize("number", range(len(FORMS)), ids=NAMES)
def test_units_live_and_nothing_is_said_against_the_figures(number: int) -> None:
    remarks = audit(number).remarks
    assert not any("layer" in remark or "samples" in remark or "kink" in remark for remark in remarks)
    assert not any("rounds to 0" in remark or "rise" in remark for remark in remarks)


@pytest.mark.parametrize("number", range(len(FORMS)), ids=NAMES)
def test_figures_have_few_digits_and_none_is_zero(number: int) -> None:
    for symbol, cells in made(number).exercise.written.items():
        for cell in (cell for row in cells for cell in row):
            assert re.fullmatch(r"-?\d(\.\d)?", cell)
            assert symbol.kind == "T" or float(cell) != 0


@pytest.mark.parametrize("number", range(len(FORMS)), ids=NAMES)
def test_all_figures_of_a_sheet_are_within_their_digits(number: int) -> None:
    solution = solved(number)
    sizes = [
        np.abs(solution[name]).ravel() for name, symbol in solution.symbols.items() if not symbol.spec.detail
    ]
    cells = np.concatenate(sizes)
    assert cells.max() < 100
    assert cells[cells > 0].min() >= 0.0001
    assert (cells[cells > 0] < 0.00095).mean() < 0.1


@pytest.mark.parametrize("number", range(len(FORMS)), ids=NAMES)
def test_the_loss_becomes_smaller(number: int) -> None:
    solution = solved(number)
    assert solution["loss_new"] < solution["loss"]


@pytest.mark.parametrize("number", [2, 6])
def test_classes_are_told_by_their_numbers(number: int) -> None:
    assert re.search(
        r"^targets: \{classes: \[\d(, \d)*\]\}  +# the class of each sample$", _text(number), re.M
    )


def _text(number: int) -> str:
    return exercise_text(made(number).exercise)


@pytest.mark.parametrize(
    ("number", "values"), [(3, {0, 1}), (4, {-1, 1}), (5, {-1, 1}), (7, {0.5, 1}), (8, {0.5, 1}), (1, {0, 1})]
)
def test_targets_are_those_that_the_loss_is_meant_for(number: int, values: set[float]) -> None:
    T = made(number).exercise.targets
    assert T is not None
    assert {*np.unique(T).tolist()} <= values


def test_the_sum_has_no_targets() -> None:
    assert "targets" not in _text(9)


@pytest.mark.parametrize("number", [0, 3])
def test_outputs_fall_on_both_sides(number: int) -> None:
    solution, depth = solved(number), len(FORMS[number].like.layers)
    assert {*np.sign(solution["err"]).ravel()} == {-1, 1}
    assert {*np.sign(solution[f"S{depth}"]).ravel()} == {-1, 1}


# ---------------------------------------------------------------------------- what it reveals


def unselected(form: Form, seed: int) -> Exercise:
    """An exercise of the same form with such figures as they come."""
    dice = Dice(seed)

    def rows(units: int, columns: int, sizes: Sequence[int]) -> Rows:
        return tuple(tuple(dice.signed(sizes) for _ in range(columns)) for _ in range(units))

    figures = {Symbol("X"): rows(form.like.sizes[0], form.like.samples, INPUTS)}
    for k, (below, units) in enumerate(pairwise(form.like.sizes), start=1):
        figures[Symbol("W", k)] = rows(units, below, WEIGHTS)
        figures[Symbol("b", k)] = rows(units, 1, BIASES)
    figures[Symbol("T")] = rows(form.like.sizes[-1], form.like.samples, (10,))
    return exercise_of(form.like, figures, Fraction(1, 5))


def test_selected_figures_reveal_more_than_those_that_come() -> None:
    form = form_of([2, 2, 1], "relu,sigmoid", "binary_cross_entropy", 2)
    own = [generate(form, seed) for seed in range(2)]
    others = [Audit(solve(unselected(form, 900 + seed))) for seed in range(4)]
    hidden = [Audit(solve(each.exercise)).avoidable for each in own]
    assert 2 * np.mean(hidden) < np.mean([each.avoidable for each in others])
    assert np.mean([each.score for each in own]) > np.mean([each.score for each in others])


@pytest.mark.parametrize("number", range(len(FORMS)), ids=NAMES)
def test_little_is_hidden_by_the_figures_that_others_would_show(number: int) -> None:
    assert audit(number).avoidable <= 0.04 * len(audit(number).effects)


# ---------------------------------------------------------------------------- seeds


SEED_7 = ("--batch", "4", "--no-bias", "--seed", "7")
SEVEN = """\
title: "One step of gradient descent, 2-3-1"

inputs:                         # a row for each input, a column for each of the 4 samples
  - [-0.8, -0.2,   2,   -3]
  - [ 2.5,    3, 0.5, -2.5]
targets:                        # a row for each output, a column for each of the 4 samples
  - [-0.5, 1, 1.5, 0.5]

layers:
  - weights:                    # layer 1: 2 inputs to 3 units
      - [-0.3, 0.2]
      - [-1.2, 0.3]
      - [  -1, 0.4]
    bias: [-0.1, 0.6, -0.1]
    activation: relu
  - weights:                    # layer 2: 3 units to 1 unit
      - [1.2, 0.6, -0.1]
    bias: [-0.1]
    activation: identity

loss: {name: squared_error, factor: 1/2, average: samples}
learning_rate: 0.1
decimals: 4
"""


def figures(written: str) -> str:
    """An exercise file without its head, which says how much of the catalogue it reveals."""
    return "".join(line for line in written.splitlines(keepends=True) if not line.startswith("#"))


def test_a_seed_means_these_figures_on_every_machine() -> None:
    assert figures(exercise_text(generate(FORMS[0], 7).exercise)) == SEVEN


def test_the_figures_depend_on_nothing_else_that_is_random() -> None:
    arguments = ["new", "--sizes", "2,3,1", "--activation", "relu,identity", "--seed", "7"]
    completed = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-m", "mlpcalc", *arguments],
        env={**os.environ, "PYTHONHASHSEED": "12345", "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    assert figures(completed.stdout) == SEVEN


def test_another_seed_means_other_figures() -> None:
    assert generate(FORMS[10], 1).exercise.written != generate(FORMS[10], 2).exercise.written


def test_the_options_in_the_head_of_a_file_make_it_again(run: Run) -> None:
    form = FORMS[3]
    names = ",".join(f.name for f in form.like.network.activations)
    written = run(
        "new", "--sizes", "2,3,1", "--activation", names, "--loss", loss_of(form).function.name, *SEED_7
    ).out
    assert figures(written) == figures(_text(3))
    remark = " ".join(line.removeprefix("#").strip() for line in written.splitlines() if line.startswith("#"))
    found = re.search(r"Made by mlpcalc (new .*--seed \d+)", remark)
    assert found is not None
    assert run(*found[1].split()).out == written


def test_a_learning_rate_that_was_chosen_is_kept(run: Run) -> None:
    form = form_of([2, 2, 1], learning_rate=Fraction(1, 8), batch=2)
    assert generate(form, 1).exercise.learning_rate == Fraction(1, 8)
    written = run("new", "--sizes", "2,2,1", "--batch", "2", "--learning-rate", "1/8").out
    assert "--learning-rate 0.125 --seed 1" in " ".join(written.replace("#", "").split())


# ---------------------------------------------------------------------------- forms


def test_what_is_not_said_is_filled_in() -> None:
    form = form_of([2, 3, 2], loss="cross_entropy", batch=3)
    assert [f.name for f in form.like.network.activations] == ["relu", "softmax"]
    assert loss_of(form).average == "samples"
    assert loss_of(form_of([2, 3, 2], batch=1)).average == "none"


@pytest.mark.parametrize(("output", "margin"), [("softmax", "1/4"), ("identity", "1"), ("sigmoid", "1/4")])
def test_the_margin_is_one_that_outputs_can_keep(output: str, margin: str) -> None:
    form = form_of([2, 3], output, "multiclass_hinge", 2)
    assert dict(loss_of(form).function.parameters) == {"margin": Fraction(margin)}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sizes": [2]}, "layers of the sizes 2"),
        ({"sizes": [2, 0]}, "layers of the sizes 2, 0"),
        ({"sizes": [2, 21]}, "layers of the sizes 2, 21"),
        ({"sizes": [1] * 8}, "layers of the sizes"),
        ({"batch": 0}, "0 samples"),
        ({"batch": 21}, "21 samples"),
        ({"decimals": 0}, "0 decimals"),
        ({"decimals": 16}, "16 decimals"),
        ({"learning_rate": Fraction(-1)}, "a learning rate of -1"),
        ({"loss": "mse"}, "means different things"),
        ({"loss": "nothing"}, "unknown loss 'nothing'"),
        ({"activation": "rellu"}, "unknown activation 'rellu'"),
        ({"activation": "relu,relu,relu"}, "3 activations for 2 layers"),
        ({"activation": "relu,softmax"}, "softmax in layer 2, which has 1 unit"),
        ({"loss": "multiclass_hinge"}, "multiclass_hinge with 1 output"),
    ],
)
def test_forms_that_cannot_be_are_refused(arguments: dict[str, object], message: str) -> None:
    given: dict[str, object] = {"sizes": [2, 3, 1], **arguments}
    with pytest.raises(InputError) as error:
        form_of(**given)  # type: ignore[arg-type]  # whatever the case has
    assert message in str(error.value)


def test_the_slope_has_few_digits() -> None:
    form = form_of([1, 2], "leaky_relu", batch=2)
    assert "activation: {name: leaky_relu, slope: 0.1}" in exercise_text(generate(form, 1).exercise)


def test_where_no_figures_suit_the_form_it_says_so() -> None:
    form = form_of([2, 2, 1], "relu,identity", batch=4, learning_rate=Fraction(10**6))
    with pytest.raises(
        InputError, match="no friendly figures were found for relu, identity with squared_error"
    ):
        generate(form, 1)


# ---------------------------------------------------------------------------- variants

FEW = form_of([2, 2], "tanh", "squared_error", 2)


@cache
def five() -> tuple[Variant, ...]:
    return tuple(variants(FEW, 7, 5))


def test_variants_differ_in_every_matrix() -> None:
    for one in range(5):
        for other in range(one):
            first, second = (five()[number].made.exercise.givens() for number in (one, other))
            assert all(
                not np.array_equal(first[symbol], second[symbol]) for symbol in (Symbol("X"), Symbol("W", 1))
            )


def test_variants_are_of_one_form_and_their_scores_agree() -> None:
    assert len({variant.made.exercise.network for variant in five()}) == 1
    scores = [Audit(solve(variant.made.exercise)).score for variant in five()]
    assert max(scores) - min(scores) <= BAND
    assert scores == [variant.made.score for variant in five()]


def test_variants_are_numbered_in_their_names_and_titles() -> None:
    assert [variant.file for variant in five()] == [f"exercise0{number}.yaml" for number in range(1, 6)]
    assert five()[2].made.exercise.title == "One step of gradient descent, 2-2, variant 03"


def test_a_variant_can_be_made_again_from_its_seed() -> None:
    variant = five()[3]
    again = generate(FEW.titled(variant.made.exercise.title), variant.made.seed)
    assert exercise_text(again.exercise) == exercise_text(variant.made.exercise)


def test_the_first_variants_are_the_same_however_many_there_are() -> None:
    written = [variant.made.exercise.written for variant in five()]
    assert [variant.made.exercise.written for variant in variants(FEW, 7, 2)] == written[:2]
    assert variants(FEW, 8, 1)[0].made.exercise.written != written[0]


def test_the_manifest_has_a_line_for_each() -> None:
    rows = [*csv.DictReader(manifest(five()).splitlines())]
    assert [row["file"] for row in rows] == [variant.file for variant in five()]
    assert [int(row["seed"]) for row in rows] == [variant.made.seed for variant in five()]
    assert [f"{int(row['revealed']) / int(row['of']):.4f}" for row in rows] == [row["score"] for row in rows]


def test_scores_outside_the_band_are_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    usual, worse = generate, five()[1].made.seed

    def sometimes_worse(form: Form, seed: int) -> GeneratedExercise:
        found = usual(form, seed)
        return found._replace(revealed=found.revealed - 50) if seed == worse else found

    monkeypatch.setattr("mlpcalc.generating.variants.generate", sometimes_worse)
    made = variants(FEW, 7, 3)
    assert [each.made.seed for each in made[::2]] == [five()[0].made.seed, five()[2].made.seed]
    assert made[1].made.seed == five()[3].made.seed


@pytest.mark.parametrize("count", [0, 1001])
def test_too_many_variants_are_refused(count: int) -> None:
    with pytest.raises(InputError, match=f"{count} variants"):
        variants(FEW, 1, count)


# ---------------------------------------------------------------------------- the command

ARGUMENTS = ("new", "--sizes", "2,2", "--activation", "tanh", "--batch", "2", "--seed", "7")


def test_the_command_prints_an_exercise_that_can_be_solved(run: Run) -> None:
    printed = run(*ARGUMENTS)
    assert (printed.code, printed.err) == (0, "")
    assert run("solve", "-", stdin=printed.out.encode()).code == 0


def test_the_command_writes_files_and_leaves_those_that_are_there(run: Run, tmp_path: Path) -> None:
    assert run(*ARGUMENTS, "--out", "one.yaml").out == ""
    first = (tmp_path / "one.yaml").read_text(encoding="utf-8")
    again = run(*ARGUMENTS, "--seed", "8", "--out", "one.yaml")
    assert again.code == 2
    assert again.err == "one.yaml exists already\n  hint: --force overwrites it\n"
    assert (tmp_path / "one.yaml").read_text(encoding="utf-8") == first
    assert run(*ARGUMENTS, "--seed", "8", "--out", "one.yaml", "--force").code == 0
    assert (tmp_path / "one.yaml").read_text(encoding="utf-8") != first


def test_the_command_writes_variants_into_a_folder(run: Run, tmp_path: Path) -> None:
    result = run(*ARGUMENTS, "--count", "2", "--out", "class", "--name", "sheet")
    assert result.code == 0
    assert result.out.startswith("sheet01.yaml to sheet02.yaml and manifest.csv are in class.\n")
    assert sorted(os.listdir(tmp_path / "class")) == ["manifest.csv", "sheet01.yaml", "sheet02.yaml"]
    refused = run(*ARGUMENTS, "--count", "2", "--out", "class", "--name", "sheet", "--format", "json")
    assert refused.code == 2
    assert refused.json["error"]["problems"][0]["message"] == "class/sheet01.yaml exists already, and 2 more"


def test_the_command_says_in_json_what_it_made(run: Run) -> None:
    one = run(*ARGUMENTS, "--format", "json").json
    assert one["exercise"] == run(*ARGUMENTS).out
    assert one["score"] == one["revealed"] / one["of"]
    many = run(*ARGUMENTS, "--count", "2", "--out", "class", "--format", "json").json
    assert [each["file"] for each in many["exercises"]] == ["exercise01.yaml", "exercise02.yaml"]
    assert many["scores"]["greatest"] - many["scores"]["least"] <= many["band"] == BAND


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--count", "2"), "--count needs --out with a folder"),
        (("--count", "2", "--out", "x", "--name", "../y"), "is not a simple name"),
        (("--learning-rate", "fast"), "'fast' is not a number"),
        (("--sizes", "2,x"), "'x' is not a whole number"),
        (("--out", "."), ". is a folder"),
        (("--out", "nowhere/one.yaml"), "cannot write nowhere/one.yaml: there is no folder nowhere"),
    ],
)
def test_the_command_refuses_what_it_cannot_do(more: Sequence[str], message: str, run: Run) -> None:
    result = run(*ARGUMENTS, *more)
    assert result.code == 2
    assert message in result.err


@pytest.mark.parametrize("title", ['"} #[]\\ é', "one\nS1: 5", "\u202e\x1b[31m", "\ufffe", ": - {", ""])
def test_a_title_may_be_any_text(title: str) -> None:
    read = read_exercise(Document(exercise_text(replace(made(10).exercise, title=title)), "x.yaml"), "")
    assert read.layers[0].activation.name == "identity"
    assert "\n" not in read.title


def test_the_title_of_a_variant_is_text_in_json_as_well() -> None:
    assert FEW.titled("a\u0600\u202e\x1b[31m b").like.title == "a[31m b"
