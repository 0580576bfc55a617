"""The weights after some updates against PyTorch's own optimisers (float64), to 1e-12.

    python -m tests.tools.torch_optimizers

Every optimiser, with batches of 1, 2 and all samples, with and without average, biases and weight decay, in
each orientation. PyTorch is no tool of this project: it is installed for this comparison, in an environment
of its own, where this file is run again with --here.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from itertools import pairwise, product
from pathlib import Path
from typing import Any, NamedTuple

_ROOT = Path(__file__).parents[2]
_TORCH = "torch==2.13.0"  # a release that comes for processors alone
_STEPS = 5
_RATE = 0.1
_DECAY = 0.3
_WITHIN = 1e-12
_PARAMETERS: Mapping[str, Mapping[str, float]] = {
    "sgd": {},
    "momentum": {"mu": 0.9},
    "nesterov": {"mu": 0.8},
    "adam": {"beta1": 0.9, "beta2": 0.99, "epsilon": 1e-8},
}


class _Case(NamedTuple):
    optimizer: str
    batch: int | None
    average: str
    bias: bool
    l2: str | None
    orientation: str


def _cases() -> Iterator[_Case]:
    orientations = ("W X", "W^T X", "X W", "X W^T")
    averages = ("none", "samples", "entries")
    decays = (None, "none", "samples")
    yield from map(
        _Case._make,
        product(_PARAMETERS, (1, 2, None), averages, (False, True), decays, orientations),
    )


def _figures(case: _Case, number: int) -> dict[str, Any]:
    """Inputs, targets and parameters on the page's side: samples in columns, a row of W for each unit."""
    import numpy as np

    rng = np.random.default_rng(number)
    sizes = (2, 3, 2)
    return {
        "X": rng.normal(size=(sizes[0], 3)).round(2),
        "T": rng.normal(size=(sizes[-1], 3)).round(2),
        "W": [rng.normal(size=(out, into)).round(2) for into, out in pairwise(sizes)],
        "b": [rng.normal(size=(out, 1)).round(2) if case.bias else None for out in sizes[1:]],
    }


def _ours(case: _Case, figures: Mapping[str, Any]) -> list[Any]:
    """The parameters after the last step, by this program."""
    import numpy as np

    from mlpcalc import load, solve

    rows, turned = case.orientation in ("X W", "X W^T"), case.orientation in ("W^T X", "X W")
    loss: dict[str, Any] = {"name": "squared_error", "average": case.average}
    if case.l2 is not None:
        loss["l2"] = {"lambda": _DECAY, "average": case.l2}
    layers = []
    for W, b, activation in zip(figures["W"], figures["b"], ("tanh", "sigmoid"), strict=True):
        layer = {"weights": W.T if turned else W, "activation": activation}
        layers.append(layer if b is None else {**layer, "bias": b.ravel()})
    exercise: dict[str, Any] = {
        "inputs": figures["X"].T if rows else figures["X"],
        "targets": figures["T"].T if rows else figures["T"],
        "layers": layers,
        "loss": loss,
        "learning_rate": _RATE,
        "steps": _STEPS,
        "optimizer": {"name": case.optimizer, **_PARAMETERS[case.optimizer]},
        "conventions": {"product": case.orientation},
    }
    solution = solve(load(exercise if case.batch is None else {**exercise, "batch": case.batch}))
    found = []
    for k in (1, 2):
        W = solution[f"W{k}_new@{_STEPS}"]
        found.append(W.T if turned else W)
        if case.bias:
            found.append(np.reshape(solution[f"b{k}_new@{_STEPS}"], (-1, 1)))
    return found


def _theirs(case: _Case, figures: Mapping[str, Any]) -> list[Any]:
    """The same by PyTorch: automatic differentiation of the loss, and its optimisers."""
    import torch

    X, T = torch.from_numpy(figures["X"]), torch.from_numpy(figures["T"])
    Ws = [torch.tensor(W, requires_grad=True) for W in figures["W"]]
    bs = [None if b is None else torch.tensor(b, requires_grad=True) for b in figures["b"]]
    parameters = [each for pair in zip(Ws, bs, strict=True) for each in pair if each is not None]
    settings = _PARAMETERS[case.optimizer]
    optimizer: Any
    if case.optimizer == "adam":
        betas = settings["beta1"], settings["beta2"]
        optimizer = torch.optim.Adam(parameters, lr=_RATE, betas=betas, eps=settings["epsilon"])
    else:
        momentum, nesterov = settings.get("mu", 0.0), case.optimizer == "nesterov"
        optimizer = torch.optim.SGD(parameters, lr=_RATE, momentum=momentum, nesterov=nesterov)
    count = X.shape[1]
    size = case.batch or count
    batches = [range(i, min(i + size, count)) for i in range(0, count, size)]
    for step in range(_STEPS):
        samples = list(batches[step % len(batches)])
        Z = X[:, samples]
        for W, b, f in zip(Ws, bs, (torch.tanh, torch.sigmoid), strict=True):
            Z = f(W @ Z if b is None else W @ Z + b)
        divisor = {"none": 1, "samples": len(samples), "entries": Z.numel()}[case.average]
        loss = ((Z - T[:, samples]) ** 2).sum() / 2 / divisor
        if case.l2 is not None:
            shared = len(samples) if case.l2 == "samples" else 1
            loss = loss + _DECAY / 2 / shared * sum((W**2).sum() for W in Ws)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return [each.detach().numpy() for each in parameters]


def _compared() -> int:
    """Compare all cases, with PyTorch at hand; the number of those that differ."""
    import numpy as np
    import torch

    torch.set_num_threads(1)
    worst, differing, count = 0.0, 0, 0
    for count, case in enumerate(_cases(), start=1):
        figures = _figures(case, count)
        pairs = zip(_ours(case, figures), _theirs(case, figures), strict=True)
        apart = max(float(np.abs(ours - theirs).max()) for ours, theirs in pairs)
        worst = max(worst, apart)
        if apart > _WITHIN:
            differing += 1
            sys.stdout.write(f"{case} differs by {apart:.1e}\n")
    told = f"{count} cases, torch {torch.__version__}: {differing} differ, by {worst:.1e} at most"
    sys.stdout.write(f"{told}\n")
    return differing


def _in_an_environment() -> int:
    with tempfile.TemporaryDirectory() as folder:
        binaries = Path(folder, "bin")
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)  # noqa: S603  # our own command
        install = [str(binaries / "pip"), "install", "--quiet", _TORCH, str(_ROOT)]
        subprocess.run(install, check=True)  # noqa: S603  # as above
        command = [str(binaries / "python"), "-m", "tests.tools.torch_optimizers", "--here"]
        return subprocess.run(command, cwd=_ROOT, check=False).returncode  # noqa: S603  # as above


if __name__ == "__main__":
    sys.exit(min(1, _compared()) if "--here" in sys.argv else _in_an_environment())
