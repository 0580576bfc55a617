"""One training step of a 784-300-100-10 network on 1024 samples: `solve` against NumPy written by hand."""

from fractions import Fraction
from functools import partial
from itertools import pairwise

import numpy as np

from mlpcalc import solve
from mlpcalc.arrays import Array
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.exercise import Exercise, Layer
from mlpcalc.page.losses import LOSSES
from mlpcalc.page.network import Loss
from tests.tools.benchmarks.timing import Ratio, compare

_SIZES = (784, 300, 100, 10)
_SAMPLES = 1024
_ETA = Fraction(1, 2)
_RUNS = 25


def exercise(output: str, loss: str) -> Exercise:
    """Random numbers, the same every time; targets are one-hot."""
    random = np.random.default_rng(2)
    layers = tuple(
        Layer(
            random.normal(0, 1 / np.sqrt(inputs), (units, inputs)),
            np.zeros((units, 1)),
            ACTIVATIONS["relu" if units != _SIZES[-1] else output],
        )
        for inputs, units in pairwise(_SIZES)
    )
    return Exercise(
        inputs=random.normal(size=(_SIZES[0], _SAMPLES)),
        targets=np.eye(_SIZES[-1])[:, random.integers(_SIZES[-1], size=_SAMPLES)],
        layers=layers,
        loss=Loss(LOSSES[loss], LOSSES[loss].factor, "samples"),
        learning_rate=_ETA,
    )


def solved(given: Exercise) -> Array:
    """The loss after the update, which needs everything before it, and the loss before."""
    solution = solve(given)
    return np.array([solution["loss"], solution["loss_new"]])


def by_hand(given: Exercise) -> Array:
    """The same two figures, as one would write it for this network only."""
    X, T, N, eta = given.inputs, given.targets, given.samples, float(_ETA)
    assert T is not None
    Ws = [layer.weights for layer in given.layers]
    bs = [layer.bias for layer in given.layers if layer.bias is not None]
    classifies = given.layers[-1].activation.name == "softmax"

    def forward(Ws: list[Array], bs: list[Array]) -> tuple[list[Array], list[Array], float]:
        Ss, Zs = [], [X]
        for W, b in zip(Ws, bs, strict=True):
            Ss.append(W @ Zs[-1] + b)
            Zs.append(np.maximum(Ss[-1], 0))
        S = Ss[-1]
        if not classifies:
            Zs[-1] = S
            return Ss, Zs, float(((S - T) ** 2).sum() / (2 * N))
        shifted = S - S.max(axis=0)
        raised = np.exp(shifted)
        sums = raised.sum(axis=0)
        Zs[-1] = raised / sums
        return Ss, Zs, float(-(T * (shifted - np.log(sums))).sum() / N)

    Ss, Zs, before = forward(Ws, bs)
    Delta = (Zs[-1] - T) / N
    new_Ws, new_bs = list(Ws), list(bs)
    for k in reversed(range(len(Ws))):
        new_Ws[k] = Ws[k] - eta * (Delta @ Zs[k].T)
        new_bs[k] = bs[k] - eta * Delta.sum(axis=1, keepdims=True)
        if k:
            Delta = (Ws[k].T @ Delta) * (Ss[k - 1] > 0)
    after = forward(new_Ws, new_bs)[2]
    return np.array([before, after])


def ratios() -> list[Ratio]:
    """Both kinds of output; the figures must agree before their times are compared."""
    found = []
    for output, loss in (("softmax", "cross_entropy"), ("identity", "squared_error")):
        given = exercise(output, loss)
        np.testing.assert_allclose(solved(given), by_hand(given), rtol=1e-12)
        found.append(
            compare(
                f"solve, {output} with {loss}",
                "NumPy by hand, the same steps",
                1.15,
                ours=partial(solved, given),
                theirs=partial(by_hand, given),
                runs=_RUNS,
            )
        )
    return found
