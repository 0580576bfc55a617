"""The bundled exercises of several steps, beside figures worked out by hand."""

from collections.abc import Mapping

import numpy as np
import pytest

from mlpcalc import load, solve
from tests.conftest import Run

_Figures = float | list[float] | list[list[float]]

# Printed in the source, which carried three decimals from the first tuple to the second.
_ONLINE: Mapping[str, _Figures] = {
    "W2_new@2": [[-0.1996, -0.0823]],
    "b2_new@2": [0.3302],
    "W1_new@2": [[0.1849, 0.3927, -0.508], [-0.3098, 0.0961, 0.194]],
    "b1_new@2": [-0.4151, 0.1902],
}
# By hand, exactly: Y = W X, V = 0.5 V + dW, W' = W - 0.1 V.
_MOMENTUM: Mapping[str, _Figures] = {
    "Z1": [[0.2, 0.8]],
    "loss": 0.365,
    "dW1": [[-0.2, 0.3]],
    "V_W1": [[-0.2, 0.3]],
    "W1_new": [[0.22, 0.37]],
    "Z1@2": [[0.22, 0.81]],
    "loss@2": 0.35225,
    "dW1@2": [[-0.16, 0.31]],
    "V_W1@2": [[-0.26, 0.46]],
    "W1_new@2": [[0.246, 0.324]],
    "Z1@3": [[0.246, 0.816]],
    "loss@3": 0.334186,
    "dW1@3": [[-0.122, 0.316]],
    "V_W1@3": [[-0.252, 0.546]],
    "W1_new@3": [[0.2712, 0.2694]],
    "loss_new@3": 0.31418434,
}
# With a pocket calculator, rounded to five decimals.
_ADAM: Mapping[str, _Figures] = {
    "Z1": [[0.57444]],
    "Delta1": [[-0.42556]],
    "dW1": [[-0.42556, 0.42556]],
    "M_W1": [[-0.04256, 0.04256]],
    "V_W1": [[0.00181, 0.00181]],
    "Mhat_W1": [[-0.42556, 0.42556]],
    "Vhat_W1": [[0.18110, 0.18110]],
    "W1_new": [[0.5, 0.1]],
    "b1_new": [0.2],
    "Z1@2": [[0.65701]],
    "Delta1@2": [[0.65701]],
    "dW1@2": [[0.32851, 1.31402]],
    "M_W1@2": [[-0.00545, 0.16970]],
    "V_W1@2": [[0.00287, 0.01906]],
    "Mhat_W1@2": [[-0.02868, 0.89317]],
    "Vhat_W1@2": [[0.14432, 0.95776]],
    "M_b1@2": [0.02740],
    "V_b1@2": [0.00611],
    "W1_new@2": [[0.50755, 0.00873]],
    "b1_new@2": [0.17397],
}


@pytest.mark.parametrize(
    ("name", "figures", "within"),
    [("han_kamber_online", _ONLINE, 1.6e-4), ("momentum", _MOMENTUM, 1e-15), ("adam", _ADAM, 0.51e-5)],
)
def test_the_figures_are_those_worked_out_by_hand(
    name: str, figures: Mapping[str, _Figures], within: float
) -> None:
    solution = solve(name)
    for quantity, expected in figures.items():
        np.testing.assert_allclose(
            solution[quantity], np.array(expected), rtol=0, atol=within, err_msg=quantity
        )


@pytest.mark.parametrize(("name", "count"), [("han_kamber_online", 4), ("momentum", 13), ("adam", 20)])
def test_they_say_what_they_ask(name: str, count: int) -> None:
    exercise = load(name)
    assert exercise.ask is not None
    assert len(exercise.ask) == count
    assert exercise.source


def test_the_printed_figures_earn_full_credit(run: Run) -> None:
    result = run("check", "han_kamber_online", "--format", "json")
    assert result.code == 0
    assert result.json["submissions"][0]["points"] == 4


def test_they_are_listed(run: Run) -> None:
    names = [row["name"] for row in run("list", "--format", "json").json["exercises"]]
    assert {"han_kamber_online", "momentum", "adam"} <= set(names)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["han_kamber_online", "momentum", "adam"])
def test_their_mistakes_are_audited(run: Run, name: str) -> None:
    data = run("audit", name, "--format", "json").json
    assert data["score"] > 0.75
