"""Answer sheets for the tests of what `check` prints: exercise 2 worked out in NumPy, right and wrong."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np

from mlpcalc.arrays import Array

X = np.array([[0.75, 0.2, -0.75, 0.2], [0.8, 0.05, 0.8, -0.05]])
T = np.array([[1, 1, -1, -1]])
W1 = np.array([[0.6, 0.01], [0.7, 0.43], [0.0, 0.88]])
W2 = np.array([[0.02, 0.03, 0.09]])
ETA, N = 0.5, 4


def exercise2(*, fprime: bool = True, average: bool = True, update: int = -1) -> dict[str, Array]:
    """Exercise 2 step by step; with f1' forgotten, without 1/N in Δ2, or with the update added (+1)."""
    S1 = W1 @ X
    Z1 = np.maximum(S1, 0)
    Z2 = W2 @ Z1
    Delta2 = (Z2 - T) / (N if average else 1)
    Delta1 = W2.T @ Delta2 * (S1 > 0 if fprime else 1)
    dW2, dW1 = Delta2 @ Z1.T, Delta1 @ X.T
    W2_new, W1_new = W2 + update * ETA * dW2, W1 + update * ETA * dW1
    after = W2_new @ np.maximum(W1_new @ X, 0)
    return {
        "S1": S1,
        "Z1": Z1,
        "Z2": Z2,
        "loss": np.array(((Z2 - T) ** 2).sum() / (2 * N)),
        "Delta2": Delta2,
        "Delta1": Delta1,
        "dW2": dW2,
        "dW1": dW1,
        "W2_new": W2_new,
        "W1_new": W1_new,
        "loss_new": np.array(((after - T) ** 2).sum() / (2 * N)),
    }


def sheet(values: Mapping[str, Array], student: str = "") -> str:
    """The values as a student writes them, to four decimals."""
    lines = [f"student: {student}"] if student else []
    for name, value in values.items():
        rows = [" ".join(f"{cell + 0.0:.4f}" for cell in row) for row in np.atleast_2d(value).round(4)]
        lines.append(f"{name}: {'; '.join(rows)}")
    return "\n".join(lines) + "\n"


def changed(values: Mapping[str, Array], name: str, cell: tuple[int, int], figure: float) -> dict[str, Array]:
    """The values with another figure in one cell, counted from 1."""
    other = np.array(values[name])
    other[cell[0] - 1, cell[1] - 1] = figure
    return {**values, name: other}


def a_class() -> dict[str, str]:
    """Thirty sheets: 19 right, 4 + 2 + 1 with one mistake each, 1 unexplained, 2 rounding, 1 unreadable."""
    right = exercise2()
    sheets = {f"s{number:02}": sheet(right) for number in range(1, 31)}
    for name in ("s07", "s11", "s19", "s24"):
        sheets[name] = sheet(exercise2(fprime=False))
    for name in ("s03", "s28"):
        sheets[name] = sheet(exercise2(average=False))
    sheets["s15"] = sheet(exercise2(update=1))
    sheets["s09"] = sheet(changed(right, "S1", (2, 3), -0.3333))
    sheets["s05"] = sheet(changed(right, "S1", (1, 1), 0.4581))
    sheets["s30"] = sheet(changed(right, "S1", (2, 4), 0.1184))
    sheets["s22"] = "student: s22\nS1: |\n  0.4580 0.1205 -0.4420 0.1195\n  0.8690 0.1615 -0.1810 0,1185 1\n"
    return sheets


MIXED = """\
student: s1234
S1: |
  0.4580 0.1205 -0.4420 0.1195
  0.8690 ~      -0.1810 0.1185
  0.7040 0.0440  0.7040 -0.0440
Z1: |
  0.4580 0.1205  0.0000 0.1195
  0.8690 0.1615  0.0000 0.1185
  0.7040 0.0440  0.7040 0.0000
Z2: 0.0985 0.0112 0.0634 0.0059
loss: 0.4961
Delta2: -0.2254 -0.2472 0.2658 0.2515
Delta1: |
  -0.0045 -0.0049  0.0053 0.0050
  -0.0068 -0.0074  0.0080 0.0075
  -0.0203 -0.0222  0.0239 0.0226
dW2: -0.1029 -0.2060 0.0176
dW1: -0.0073 0.0000; -0.0110 0.0002; -0.0330 0.0005
W1_new: 0.6037 0.0100; 0.7055 0.4299; 0.0165 0.8797
"""
"""Blank and right cells, rounding, two mistakes, what follows from them."""

COARSE = """\
Delta2: -0.2 -0.2 0.3 0.3
dW2: -0.0798 -0.1706 0.0616
"""
"""Figures with so few digits that what follows from them cannot be checked."""

ZEROS = """\
S1: |
  0.4580 0.1205 -0.4420 0.1195
  0.8690 0.1615 -0.1810 0.1185
  0.7040 0.0440  0.7040 -0.0440
Delta2: 0 0 0 0
Delta1: 0 0 0 0; 0 0 0 0; 0 0 0 0
dW2: 0 0 0
dW1: 0 0; 0 0; 0 0
"""
"""Nothing but zeros from a wrong step on."""

SHAPES = """\
loss: 0.4916
Delta2: -0.2254 -0.2472 0.2658 0.2515
dW2: -0.1029 -0.2060 0.0176; 1 2 3
dW1: -0.0034 -0.0050 -0.0376; -0.0041 -0.0062 0.0018
D1[1,1]: -0.0045
Delta1[1,1]: 7
"""
"""A matrix with a row too many, a transposed one, two answers to one question."""

CONVENTION = """\
Delta2: 0.2254 0.2472 -0.2658 -0.2515
Delta1: 0.0045 0.0049 0 -0.0050; 0.0068 0.0074 0 -0.0075; 0.0203 0.0222 -0.0239 0
dW2: -0.1029 -0.2060 0.0176
W2_new: 0.0715 0.1330 0.0812
"""
"""Another sign of Δ throughout."""

MUDDLED = """\
S1: 1.21 2.32 -3.43 5.54; -0.65 7.76 -0.87 0.98; 0.19 0.28 0.37 -0.46
Z1: 2.55 0.64 1.73 0.82; 0.91 1.19 2.28 0.37; 1.46 7.55 1.64 1.73
Z2: 4.82 0.91 2.19 1.28
loss: 7.37
Delta2: -3.46 -4.55 1.64 1.73
dW2: 1.82 0.91 2.19
"""
"""Figures of nowhere."""

ROWS = """\
title: Samples are rows
inputs: [[1, 2], [0.5, -1], [2, 0]]
targets: [[1], [0], [1]]
layers:
  - {weights: [[0.5, -0.25], [0.25, 0.5]], bias: [0.1, -0.1], activation: tanh}
  - {weights: [[1], [-0.5]], bias: [0.2]}
loss: {name: squared_error, average: samples}
learning_rate: 0.5
points: {db1: 2, Delta2: 3}
conventions: {product: X W}
"""
ROWS_SHEET = """\
student: Ada Lovelace
S1: 1.1 0.65; 0.1 -0.725; 1.1 -0.06
Z1: 0.8005 0.5717; 0.0997 -0.6202; 0.8005 -0.5370
Z2: 0.7147; 0.6098; 1.2690
db1: 0.0800 0.0300
"""
"""Flat lists, samples in rows, a quantity that there are points for and no answer to."""


def large() -> tuple[str, str]:
    """An exercise of 25-30-2 units with 24 samples, and a sheet with f1' forgotten and a slip in dW1."""
    rng = np.random.default_rng(1)
    inputs, targets, first, second = (
        rng.normal(size=shape).round(2) for shape in ((25, 24), (2, 24), (30, 25), (2, 30))
    )
    exercise = {
        "title": "Thirty units",
        "inputs": inputs.tolist(),
        "targets": targets.tolist(),
        "layers": [{"weights": first.tolist(), "activation": "relu"}, {"weights": second.tolist()}],
        "loss": {"name": "squared_error", "average": "samples"},
        "decimals": 6,
    }
    Delta2 = ((second @ np.maximum(first @ inputs, 0) - targets) / 24).round(6)
    Delta1 = (second.T @ Delta2).round(6)
    dW1 = Delta1 @ inputs.T
    dW1[3, 4] += 0.5
    answers = {"Delta2": Delta2.tolist(), "Delta1": Delta1.tolist(), "dW1": dW1.round(6).tolist()}
    return repr(exercise), repr(answers)


@cache
def files() -> Mapping[str, str]:
    """All of the above by their names as files, the class in a folder `sheets`."""
    exercise, answers = large()
    named = {
        "mixed": MIXED,
        "right": sheet(exercise2(), "s0001"),
        "coarse": COARSE,
        "zeros": ZEROS,
        "shapes": SHAPES,
        "convention": CONVENTION,
        "muddled": MUDDLED,
        "rounding": sheet(changed(exercise2(), "S1", (1, 1), 0.4581)),
        "broken": "student: s22\nS1: |\n  0,4580 0.1205 -0.4420 0.1195\n  0.8690 0.1615 -0.1810\n",
        "name": "student: Zoë Œil 学生 Δ\nloss: 0.4916\n",
        "rows": ROWS,
        "ada": ROWS_SHEET,
        "thirty": exercise,
        "thirty_answers": answers,
    }
    return {
        **{f"{name}.yaml": text for name, text in named.items()},
        **{f"sheets/{name}.yaml": text for name, text in a_class().items()},
    }


def write_sheets(folder: Path) -> None:
    """Write all of them."""
    (folder / "sheets").mkdir()
    for name, text in files().items():
        (folder / name).write_text(text, encoding="utf-8")
