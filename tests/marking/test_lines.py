"""What follows on scratch paper, by one procedure after the other."""

import numpy as np
import pytest

from mlpcalc import load
from mlpcalc.marking.basis import Basis
from mlpcalc.marking.evidence import unwritten
from mlpcalc.marking.lines import Line
from mlpcalc.marking.scratch import Scratch, of_digits_cut_off, of_matrices, of_products, of_uses, together
from mlpcalc.page.symbols import Symbol
from mlpcalc.solving.solution import Solution


@pytest.mark.parametrize("name", ["exercise2", "han_kamber_online", "exercise3"])
def test_a_procedure_gives_the_same_alone_and_among_others(name: str) -> None:
    solution = Solution(load(name))
    line = Line(Basis(solution), {}, written=frozenset())
    last = Symbol("W", 1, updated=True, step=solution.exercise.steps)
    hidden = unwritten(line, last)
    procedures = [*of_matrices(hidden), *of_products(hidden), *of_uses(hidden), *of_digits_cut_off(hidden)]
    assert len(procedures) > 10
    scratch = Scratch(np.full((1, 1, 1), 0.005), np.zeros((1, 1, 1)))
    shape, results = solution.computed[last].shape, set[bytes]()
    for some in together(procedures, 30):
        value, radius = (
            np.broadcast_to(part, (len(some), 1, *shape)) for part in line.rounded(scratch, some).step(last)
        )
        for place, procedure in enumerate(some):
            alone = line.rounded(scratch, [procedure]).step(last)
            results.add(value[place].tobytes())
            np.testing.assert_array_equal(value[place], alone.value.reshape(1, *shape))
            np.testing.assert_array_equal(radius[place], alone.radius.reshape(1, *shape))
    assert len(results) > 5
