"""Honest students are not accused of anything, however they round and whichever way they go.

`python -m tests.tools.simulations honest 20000` does the same with many more.
"""

from functools import cache

import pytest

from mlpcalc.marking.verdicts import Verdict
from tests.support.marked import marked, verdicts
from tests.tools.simulations import Honest, cells, honest_students

SEEDS = (0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2)))
SHEETS = 100


@cache
def students(seed: int) -> list[Honest]:
    return list(honest_students(SHEETS, seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_honest_students_are_right_but_for_rounding(seed: int) -> None:
    assert [(sheet.name, sheet.text) for sheet in students(seed) if sheet.accused] == []
    assert all(sheet.marks.convention is None for sheet in students(seed))
    counts = cells(sheet.marks for sheet in students(seed))
    answered = counts.total() - counts[Verdict.BLANK]
    assert counts[Verdict.CORRECT] + counts[Verdict.COARSE] > 0.98 * answered
    assert counts[Verdict.COARSE] < 0.05 * answered
    assert counts[Verdict.UNCHECKED] < 0.005 * answered


_SUMMED_SOFTMAX = """
inputs: [[-0.2, -0.5], [0.1, 0.0], [0.1, 0.3]]
layers:
  - {weights: [[0.3, -0.9, 0.4]], activation: square}
  - {weights: [[0.7], [0.9]], activation: softmax}
  - {weights: [[0.3, 0.9], [0.9, 0.3]], activation: softmax}
loss: {name: sum, factor: 1/3}
learning_rate: 0.1
decimals: 4
"""
_IN_SINGLE_PRECISION = """
S2: 0.008469999767839909 0.0006300000241026282; 0.010889999568462372 0.0008099999977275729
expS2: 1.008505940437317 1.0006301403045654; 1.0109496116638184 1.0008103847503662
Z3: 0.5001814961433411 0.500013530254364; 0.49981847405433655 0.49998652935028076
dZ3: 0.3333333432674408 0.3333333432674408; 0.3333333432674408 0.3333333432674408
Delta3: 1.490657020042363e-08 -1.49015644268502e-08; 1.4895751299093263e-08 -1.4900759737201952e-08
Delta2: -1.6233997653103405e-12 1.207813823999107e-13; 1.6219977834810995e-12 -1.208031342059962e-13
"""


def test_a_program_in_single_precision_prints_its_noise_for_a_zero() -> None:
    """The outputs of a softmax add up to 1, so that all error signals are 0 on paper."""
    found = verdicts(marked(_SUMMED_SOFTMAX, _IN_SINGLE_PRECISION))
    assert "wrong" not in " ".join(found.values())
