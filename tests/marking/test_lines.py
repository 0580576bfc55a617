"""What follows on scratch paper, by one procedure after the other."""

import numpy as np
import pytest

from mlpcalc import load
from mlpcalc.marking.basis import Basis
from mlpcalc.marking.evidence import unwritten
from mlpcalc.marking.lines import Line
from mlpcalc.marking.scratch import Scratch, of_digits_cut_off, of_matrices, of_products, of_uses, together
from mlpcalc.mistakes import Edits
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


@pytest.mark.parametrize("on_scratch", [False, True])
@pytest.mark.parametrize("name", ["exercise2", "mazur", "momentum"])
def test_many_edits_together_give_what_each_gives_alone(name: str, *, on_scratch: bool) -> None:
    solution = Solution(load(name))
    line = Line(Basis(solution), {}, written=frozenset())
    if on_scratch:
        line = line.widened(Scratch(np.full((2, 1, 1), 0.005), np.zeros((2, 1, 1))))
    last = Symbol("W", 1, updated=True, step=solution.exercise.steps)
    every = Edits(solution.exercise, solution.notation.name)
    hidden = [*unwritten(line, last)]
    ways = [[edit.expressions for edit in every[symbol][:6]] for symbol in (last, *hidden[:4])]
    ways += [[edit.expressions] for edit in every.throughout(hidden[:6])]
    outcomes = set()
    with np.errstate(all="ignore"):  # as where sheets are marked
        for edits in filter(None, ways):
            at_once = line.outcomes(last, edits)
            for place, edit in enumerate(edits):
                alone = line.changed(edited=edit).step(last)
                outcomes.add(alone.value.tobytes())
                for one, of_all in zip(alone, at_once, strict=True):
                    np.testing.assert_array_equal(of_all[place], np.broadcast_to(one, of_all[place].shape))
    assert len(outcomes) > 10
