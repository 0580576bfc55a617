"""The names of quantities: what people write, and what is suggested when nothing is called so."""

import pytest

from mlpcalc import load, solve
from mlpcalc.errors import InputError
from mlpcalc.page.spellings import Spellings, spellings
from mlpcalc.page.symbols import Stage, Symbol, quantities
from tests.support.reading import parse_name

DEPTH = 3


def _known(depth: int) -> dict[str, Symbol]:
    """Every quantity that a network of that many layers can have, by plain name."""
    return {symbol.plain: symbol for k in range(1, depth + 1) for symbol in quantities(k)}


KNOWN = _known(DEPTH)


@pytest.mark.parametrize("name", KNOWN)
def test_every_plain_name_means_itself(name: str) -> None:
    assert parse_name(name, KNOWN, DEPTH) == KNOWN[name]


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Y", "Z3"),
        ("Y_out", "Z3"),
        ("Y'", "Z3_new"),
        ("Y_hat", "Z3"),
        ("y_hat", "Z3"),
        ("Delta_out", "Delta3"),
        ("delta_out", "Delta3"),
        ("∂E/∂W2", "dW2"),
        ("dJ/db3", "db3"),
        ("dC/dS1", "Delta1"),
        ("Δ_out", "Delta3"),
        ("dY", "dZ3"),
        ("dL/dY", "dZ3"),
        ("dS1", "Delta1"),
        ("dL/dS1", "Delta1"),
        ("∂L/∂S1", "Delta1"),
        ("Δ1", "Delta1"),
        ("Δ₁", "Delta1"),
        ("δ1", "Delta1"),
        ("delta1", "Delta1"),
        ("D1", "Delta1"),
        ("D3", "Delta3"),
        ("f1prime", "fprime1"),
        ("f1'", "fprime1"),
        ("f1'(S1)", "fprime1"),
        ("f'1", "fprime1"),
        ("f1′", "fprime1"),
        ("W1'", "W1_new"),
        ("W1′", "W1_new"),
        ("W₁'", "W1_new"),
        ("b2'", "b2_new"),
        ("S1'", "S1_new"),
        ("Z2'", "Z2_new"),
        ("L", "loss"),
        ("L'", "loss_new"),
        ("loss'", "loss_new"),
        ("dL/dW2", "dW2"),
        ("∂L/∂W₂", "dW2"),
        ("dL/db3", "db3"),
        ("Z0", "X"),
        ("dZ0", "dX"),
        ("  dW1 ", "dW1"),
        ("J", "loss"),
        ("Loss", "loss"),
        ("cost", "loss"),
        ("S_1", "S1"),
        ("S_{1}", "S1"),
        ("s 2", "S2"),
        ("delta 2", "Delta2"),
        ("Delta_2", "Delta2"),
        ("DELTA2", "Delta2"),
        ("δ^{(2)}", "Delta2"),
        ("W^[2]", "W2"),
        ("dw2", "dW2"),
        ("dL/dW_2", "dW2"),
        ("dL_dW2", "dW2"),
        ("grad_W2", "dW2"),
        ("∂L / ∂W_2", "dW2"),
        ("W_1_new", "W1_new"),
        ("W1 new", "W1_new"),
        ("W_1^{new}", "W1_new"),
        ("w1'", "W1_new"),
        ("y hat", "Z3"),
        ("step W1", "step_W1"),
        ("Loss Terms", "loss_terms"),
    ],
)
def test_an_alias_means_the_quantity_of_the_page(written: str, plain: str) -> None:
    assert parse_name(written, KNOWN, DEPTH) == KNOWN[plain]


def test_letter_case_is_ignored_only_where_one_quantity_then_fits() -> None:
    known = {"S1": Symbol("S", 1), "s1": Symbol("Z", 1), "T": Symbol("T")}
    meant = Spellings(known)
    assert [meant.find(name) for name in ("S1", "s1", "t")] == [Symbol("S", 1), Symbol("Z", 1), Symbol("T")]
    assert meant.find("S_1") == Symbol("S", 1)
    two = Spellings({"dS1": Symbol("S", 1), "DS1": Symbol("Z", 1)})
    assert two.find("ds1") is None


def test_the_letters_of_a_course_come_first_in_any_letter_case() -> None:
    accepted = Spellings(spellings(KNOWN, DEPTH, {"S": "Z", "Z": "A", "loss": "L"}))
    assert [accepted.find(name) for name in ("z_1", "a 1", "dz1")] == [
        Symbol("S", 1),
        Symbol("Z", 1),
        Symbol("Delta", 1),
    ]


def test_a_layer_that_is_not_there_is_told_by_how_many_there_are() -> None:
    with pytest.raises(InputError) as caught:
        parse_name("S_4", KNOWN, DEPTH)
    assert caught.value.problems[0].hint == "the network has 3 layers"


def test_layers_of_two_digits_are_told_apart() -> None:
    known = _known(12)
    assert parse_name("D12", known, 12) == Symbol("Delta", 12)
    assert parse_name("Δ₁₂", known, 12) == Symbol("Delta", 12)
    assert parse_name("W1'", known, 12) == Symbol("W", 1, updated=True)
    assert parse_name("f11'", known, 12) == Symbol("fprime", 11)


@pytest.mark.parametrize(
    ("wrong", "nearest"),
    [
        ("Detla1", "Delta1"),
        ("ddW2", "dW2"),
        ("lossterms", "loss_terms"),
        ("fprim2", "fprime2"),
        ("W1_nev", "W1_new"),
        ("stepW1", "step_W1"),
        ("Delta_ou", "Delta3"),
    ],
)
def test_an_unknown_name_suggests_the_nearest(wrong: str, nearest: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_name(wrong, KNOWN, DEPTH)
    (problem,) = caught.value.problems
    assert problem.message == f"unknown quantity {wrong!r}"
    assert problem.hint == f"did you mean {nearest}?"
    assert problem.expected is None


def test_all_names_are_listed_where_none_is_near_or_there_are_few() -> None:
    with pytest.raises(InputError) as caught:
        parse_name("gradient", KNOWN, DEPTH)
    assert caught.value.problems[0].expected == "one of " + " ".join(KNOWN)
    with pytest.raises(InputError) as caught:
        parse_name("dW1", {name: KNOWN[name] for name in ("X", "W1", "S1", "Z1")}, 1)
    problem = caught.value.problems[0]
    assert (problem.expected, problem.hint) == ("one of X W1 S1 Z1", "did you mean W1?")


@pytest.mark.parametrize("wrong", ["gradient", "", "qqq", "W4", "Delta4", "S0", "W0", "b0", "Delta01", "SS1"])
def test_what_the_network_does_not_have_is_unknown(wrong: str) -> None:
    with pytest.raises(InputError, match="unknown quantity"):
        parse_name(wrong, KNOWN, DEPTH)


def test_an_alias_of_a_quantity_that_is_not_there_is_unknown() -> None:
    without = {name: symbol for name, symbol in KNOWN.items() if symbol.kind != "fprime"}
    with pytest.raises(InputError, match="unknown quantity"):
        parse_name("f1prime", without, DEPTH)


def test_no_spelling_hides_a_plain_name() -> None:
    accepted = spellings(KNOWN, DEPTH, {})
    assert {name: accepted[name] for name in KNOWN} == KNOWN


def test_the_stages_are_those_of_the_page_in_its_order() -> None:
    assert list(Stage) == ["givens", "forward", "errors", "gradients", "update", "after"]


def test_control_characters_in_a_name_are_not_printed() -> None:
    with pytest.raises(InputError) as caught:
        parse_name("\x1b[31mW1\u202e", KNOWN, DEPTH)
    message = caught.value.problems[0].message
    assert "W1" in message
    assert message.isprintable()


def test_a_solution_is_a_mapping_that_can_be_asked_what_it_has() -> None:
    solution = solve(load("exercise3"))
    assert "dW1" in solution
    assert "Δ1" in solution
    assert "fprime1" not in solution
    assert solution.get("fprime1") is None
