"""Reading a weight matrix of 300 × 784 from YAML against PyYAML's own loader in C."""

from functools import partial

import numpy as np
import yaml

from mlpcalc.reading.reader import read_exercise
from mlpcalc.reading.source import Document
from tests.tools.benchmarks.timing import Ratio, compare

_RUNS = 7


def ratios() -> list[Ratio]:
    """The whole exercise, checked and ready to be solved, against lists of floats."""
    random = np.random.default_rng(3)
    weights, inputs = random.normal(size=(300, 784)).round(4), random.normal(size=(784, 1)).round(4)
    text = f"inputs: {inputs.tolist()}\nlayers:\n  - weights: {weights.tolist()}\n"
    return [
        compare(
            "reading 300 × 784 weights",
            "yaml.load with the C loader",
            0.8,
            ours=partial(_read, text),
            theirs=partial(yaml.load, text, Loader=yaml.CSafeLoader),
            runs=_RUNS,
        )
    ]


def _read(text: str) -> None:
    read_exercise(Document(text, "benchmark"), "benchmark")
