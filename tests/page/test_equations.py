"""What the page has, and that it is worked out by the form that keeps its digits."""

from collections.abc import Sequence
from fractions import Fraction
from math import exp, log1p

import numpy as np
import pytest

from mlpcalc import Solution, solve
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.exercise import Exercise, Layer
from mlpcalc.page.losses import LOSSES
from mlpcalc.page.network import Loss
from mlpcalc.page.pages import page
from mlpcalc.page.symbols import Symbol


def chain(x: float, biases: Sequence[float | None], *, output: str, loss: str, target: float) -> Solution:
    """One unit in each layer, all weights 1, f = identity but for the output; learning rate 1/100."""
    names = ["identity"] * (len(biases) - 1) + [output]
    layers = [
        Layer(np.ones((1, 1)), None if bias is None else np.full((1, 1), bias), ACTIVATIONS[name])
        for bias, name in zip(biases, names, strict=True)
    ]
    exercise = Exercise(
        inputs=np.full((1, 1), x),
        targets=np.full((1, 1), target),
        layers=tuple(layers),
        loss=Loss(LOSSES[loss], LOSSES[loss].factor),
        learning_rate=Fraction(1, 100),
    )
    return solve(exercise)


@pytest.mark.parametrize("place", [1, 2, 3, 4])
def test_a_layer_has_its_own_bias_and_no_other(place: int) -> None:
    biases = [10.0 if k == place else None for k in (1, 2, 3, 4)]
    solution = chain(1.0, biases, output="identity", loss="squared_error", target=0.0)
    assert [solution[f"S{k}"].item() for k in (1, 2, 3, 4)] == [
        11.0 if k >= place else 1.0 for k in (1, 2, 3, 4)
    ]
    of_biases = {symbol for symbol in page(solution.exercise.network) if symbol.kind in {"db", "step_b", "b"}}
    assert of_biases == {Symbol("db", place), Symbol("step_b", place), Symbol("b", place, updated=True)}


def saturated() -> Solution:
    return chain(40.0, [None], output="sigmoid", loss="binary_cross_entropy", target=0.0)


def test_the_derivative_of_a_saturated_loss_keeps_its_digits() -> None:
    # 1 - y = 1 / (1 + e^40) is 4e-18, and y is 1.0 in floating point
    assert saturated()["dZ1"].item() == pytest.approx(1 + exp(40), rel=1e-12)


def test_a_loss_that_has_saturated_keeps_its_digits_after_the_update() -> None:
    # dW = (y - t) x = 40, so that the new weight is 1 - 40/100 and S = 24; -ln(1 - y) = ln(1 + e^24)
    solution = saturated()
    assert solution["S1_new"].item() == pytest.approx(24)
    assert solution["loss_new"].item() == pytest.approx(24 + log1p(exp(-24)), rel=1e-14)


def test_a_loss_not_meant_for_its_output_keeps_its_digits_too() -> None:
    # softmax of (40, 0): 1 - y is e^-40 / (1 + e^-40) for the first unit, so that its term is ln(1 + e^40)
    layer = Layer(np.array([[40.0], [0.0]]), None, ACTIVATIONS["softmax"])
    solution = solve(
        Exercise(
            inputs=np.ones((1, 1)),
            targets=np.zeros((2, 1)),
            layers=(layer,),
            loss=Loss(LOSSES["binary_cross_entropy"], Fraction(1)),
        )
    )
    assert solution["loss_terms"][0].item() == pytest.approx(40 + log1p(exp(-40)), rel=1e-14)
