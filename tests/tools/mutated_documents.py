"""Homework in every form with something done to it, and hostile structures in the midst of it."""

import random
from typing import NamedTuple

import numpy as np

from mlpcalc.errors import InputError
from mlpcalc.page.symbols import Stage
from mlpcalc.reading.reader import read_exercise
from mlpcalc.reading.source import Document
from mlpcalc.solving.solution import Solution
from tests.support.hand_in import WRITERS
from tests.support.hostile_documents import HOSTILE
from tests.tools import mutations

_LARGEST = 20_000  # characters of a hostile structure
_LARGEST_FIGURE = 1e12  # that programs print as a number among others
_MOST = 8  # quantities of a document
_SIGNS = (
    *(
        "$",
        "$$",
        r"\[",
        r"\]",
        r"\(",
        r"\\",
        "&",
        "|",
        "⎡",
        "⎦",
        "[[",
        "]]",
        "{",
        "}",
        "```",
        "> ",
        "# ",
        "<-",
        "=",
        ":",
    ),
    *(
        r"\begin{bmatrix}",
        r"\end{bmatrix}",
        r"\begin{align}",
        r"\left[",
        r"\right.",
        r"\frac{",
        r"\newcommand{\a}[1]{",
        "%",
    ),
    *(
        "array(",
        "tensor(",
        "Columns 1 through 2",
        "1.0e-03 *",
        "[1,]",
        "[,1]",
        "2×3 Matrix{Float64}:",
        "<tf.Tensor",
        "■(",
    ),
    *(
        "OrderedDict([('a',",
        "row 1:",
        "x1 x2",
        "Out[1]=",
        "S1 =",
        "dW1:",
        "| S1 |",
        "|---|",
        "...",
        "~",
        "\t",
        "\n\n",
    ),
)


class HandedIn(NamedTuple):
    """A document: the name of its file, and what is in it."""

    name: str
    content: bytes


def handed_in(rng: random.Random, exercise: str) -> HandedIn:
    """Homework for an exercise in some form, mostly hostile."""
    if rng.random() < 0.1:
        ending, make = HOSTILE[rng.choice([*HOSTILE])]
        return HandedIn(f"a.{ending}", make(rng.randrange(_LARGEST)).encode())
    text, ending = _written(rng, exercise)
    way = rng.random()
    if way < 0.4:
        text = _with_signs(rng, text)
    elif way < 0.5:
        ending = rng.choice(("tex", "md", "txt", "csv", "tsv", "json", "ipynb"))
    elif way < 0.6:
        _, make = HOSTILE[rng.choice([*HOSTILE])]
        text = _inserted(rng, text, make(rng.randrange(_LARGEST // 10)))
    content = mutations.mutated(rng, text) if way > 0.3 else text.encode()
    return HandedIn(f"a.{ending}", content)


def _written(rng: random.Random, exercise: str) -> tuple[str, str]:
    """Right answers in some form, and the ending of their file."""
    try:
        solution = Solution(read_exercise(Document(exercise, ""), ""))
    except InputError:
        return "S1 = [[0.5]]\nloss: 0.25\n", "txt"
    symbols = [
        symbol
        for symbol in solution.symbols.values()
        if symbol.stage != Stage.GIVENS and np.all(np.abs(solution.value(symbol)) < _LARGEST_FIGURE)
    ]
    chosen = rng.sample(symbols, min(_MOST, len(symbols)))
    write = rng.choice([*WRITERS.values()])
    handed = write(solution, sorted(chosen, key=symbols.index), np.random.default_rng(rng.randrange(1 << 30)))
    return handed.text, handed.ending


def _with_signs(rng: random.Random, text: str) -> str:
    for _ in range(rng.choice((1, 2, 5))):
        text = _inserted(rng, text, rng.choice((*_SIGNS, *mutations.TEXTS)) * rng.choice((1, 1, 1, 40)))
    return text


def _inserted(rng: random.Random, text: str, piece: str) -> str:
    place = rng.randrange(len(text) + 1)
    return text[:place] + piece + text[place:]
