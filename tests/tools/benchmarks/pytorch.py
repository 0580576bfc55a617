"""One training step in process: `solve` against PyTorch (eager, float64, one thread).

PyTorch is no tool of this project: it is installed for this comparison, in an environment of its own,
where this file is run as a script.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from tests.tools.benchmarks.timing import Ratio, compare

_ROOT = Path(__file__).parents[3]
_TORCH = "torch==2.13.0"  # a release that comes for processors alone


def ratios() -> list[Ratio]:
    """The tiny network of exercise 2, and a large one."""
    with tempfile.TemporaryDirectory() as folder:
        binaries = Path(folder, "bin")
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)  # noqa: S603  # our own command
        install = [str(binaries / "pip"), "install", "--quiet", _TORCH, str(_ROOT)]
        subprocess.run(install, check=True)  # noqa: S603  # as above
        command = [str(binaries / "python"), "-m", "tests.tools.benchmarks.pytorch"]
        ended = subprocess.run(command, cwd=_ROOT, check=True, capture_output=True, text=True)  # noqa: S603  # as above
    return [Ratio(*fields) for fields in json.loads(ended.stdout)]


def measured() -> list[Ratio]:
    """Both comparisons, with PyTorch at hand; the losses must agree before the times are compared."""
    import numpy as np
    import torch

    from mlpcalc import load
    from mlpcalc.page.exercise import Exercise
    from tests.tools.benchmarks.network import exercise, solved

    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)

    def step(given: Exercise, loss: Callable[[Any, Any], Any]) -> "np.ndarray[Any, Any]":
        X, T = torch.from_numpy(given.inputs), torch.from_numpy(given.targets)
        Ws = [torch.tensor(layer.weights, requires_grad=True) for layer in given.layers]
        bs = [
            None if layer.bias is None else torch.tensor(layer.bias, requires_grad=True)
            for layer in given.layers
        ]

        def forward() -> Any:  # noqa: ANN401  # torch is not there for the type checker
            Z = X
            for layer, W, b in zip(given.layers, Ws, bs, strict=True):
                S = W @ Z if b is None else W @ Z + b
                Z = torch.relu(S) if layer.activation.name == "relu" else S
            return loss(Z, T)

        before = forward()
        before.backward()
        assert given.learning_rate is not None
        with torch.no_grad():
            for parameter in filter(lambda each: each is not None, (*Ws, *bs)):
                parameter -= float(given.learning_rate) * parameter.grad
            after = forward()
        return np.array([before.item(), after.item()])

    def squared(Y: Any, T: Any) -> Any:  # noqa: ANN401  # as above
        return ((Y - T) ** 2).sum() / (2 * T.shape[1])

    def cross_entropy(Y: Any, T: Any) -> Any:  # noqa: ANN401  # as above
        return -(T * torch.log_softmax(Y, 0)).sum() / T.shape[1]

    found = []
    large = exercise("softmax", "cross_entropy")
    for what, given, loss, target, runs, at_a_time in (
        ("exercise 2, one step", load("exercise2"), squared, 0.5, 100, 20),
        ("784-300-100-10, 1024 samples, one step", large, cross_entropy, 1.1, 15, 1),
    ):
        np.testing.assert_allclose(solved(given), step(given, loss), rtol=1e-10)
        ours, theirs = partial(solved, given), partial(step, given, loss)
        against = "PyTorch, eager, one thread"
        found.append(compare(what, against, target, ours, theirs, runs, at_a_time))
    return found


if __name__ == "__main__":
    fields = [(each.what, each.against, each.ours, each.theirs, each.target) for each in measured()]
    print(json.dumps(fields))  # noqa: T201  # for the process that started this one
