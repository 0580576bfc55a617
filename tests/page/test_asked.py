"""What an exercise asks for."""

from dataclasses import replace

import pytest

from mlpcalc import load
from mlpcalc.page.asked import asked
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.symbols import Symbol

S1, Z1, LOSS = Symbol("S", 1), Symbol("Z", 1), Symbol("loss")
DEFAULT = "S1 Z1 S2 Z2 loss Delta2 Delta1 dW2 dW1 W2_new W1_new loss_new"


def unstated() -> Exercise:
    return replace(load("exercise2"), ask=None)


def names(exercise: Exercise) -> str:
    return " ".join(symbol.plain for symbol in asked(exercise))


def test_what_is_asked_where_nothing_is_said() -> None:
    assert names(unstated()) == DEFAULT
    assert set(asked(unstated()).values()) == {1}


def test_biases_are_asked_for_as_weights_are() -> None:
    found = names(replace(load("double_fprime"), ask=None))
    assert found == ("S1 Z1 S2 Z2 loss Delta2 Delta1 dW2 db2 dW1 db1 W2_new b2_new W1_new b1_new loss_new")


def test_softmax_adds_nothing_to_what_is_asked() -> None:
    assert names(replace(load("exercise3"), ask=None)) == "S1 Z1 loss Delta1 dW1 W1_new loss_new"


def test_what_is_given_is_not_asked() -> None:
    assert names(replace(unstated(), given=(S1, Z1))) == DEFAULT.removeprefix("S1 Z1 ")


def test_what_is_asked_is_in_the_order_of_the_page_with_its_points() -> None:
    exercise = replace(unstated(), ask=(LOSS, S1), points={LOSS: 2.5})
    assert [*asked(exercise).items()] == [(S1, 1), (LOSS, 2.5)]


def test_a_detail_with_points_is_asked_for() -> None:
    detail = Symbol("dZ", 1)
    assert asked(replace(unstated(), points={detail: 2}))[detail] == 2


@pytest.mark.parametrize(
    ("name", "stated"),
    [
        ("exercise1", "S1 Z1 S2 Z2 S3 Z3 loss Delta3 Delta2 Delta1 dW3 dW2 dW1"),
        ("exercise2", DEFAULT),
        ("exercise3", "S1 Z1 loss Delta1"),
        ("han_kamber", "S1 Z1 S2 Z2 Delta2 Delta1 W2_new b2_new W1_new b1_new"),
        ("mit6036", "Z1 Z2 Delta2 dZ1 W2_new W1_new b1_new"),
    ],
)
def test_the_bundled_exercises_ask_for_what_their_source_has(name: str, stated: str) -> None:
    assert names(load(name)) == stated
