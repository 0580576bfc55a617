"""What follows on scratch paper, by one procedure after the other."""

import numpy as np
import pytest

from mlpcalc import load
from mlpcalc.marking.basis import Basis
from mlpcalc.marking.evidence import unwritten
from mlpcalc.marking.lines import Line
from mlpcalc.marking.scratch import Scratch, of_matrices, of_products, of_uses
from mlpcalc.page.symbols import Symbol
from mlpcalc.solving.solution import Solution


@pytest.mark.parametrize("name", ["exercise2", "han_kamber_online", "exercise3"])
def test_a_procedure_gives_the_same_whichever_were_tried_before(name: str) -> None:
    solution = Solution(load(name))
    line = Line(Basis(solution), {}, written=frozenset())
    last = Symbol("W", 1, updated=True, step=solution.exercise.steps)
    hidden = unwritten(line, last)
    procedures = [*of_matrices(hidden), *of_products(hidden), *of_uses(hidden)]
    assert len(procedures) > 10
    scratch = Scratch(np.full((1, 1, 1), 0.005), np.zeros((1, 1, 1)))
    results = []
    for procedure, among_others in zip(procedures, line.rounded(scratch, procedures), strict=True):
        (alone,) = line.rounded(scratch, [procedure])
        value, radius = among_others.step(last)
        results.append(value.tobytes())
        np.testing.assert_array_equal(value, alone.step(last).value)
        np.testing.assert_array_equal(radius, alone.step(last).radius)
    assert len(set(results)) > 5
