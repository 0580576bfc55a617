"""One mistake in an otherwise honest sheet is found where it was made, named, and paid for once.

`python -m tests.tools.simulations wrong 5000` does the same with many more, and counts for each mistake.
"""

from collections import Counter

import pytest

from mlpcalc.marking.marks import UNEXPLAINED
from mlpcalc.marking.slips import SLIPS
from mlpcalc.mistakes import MISTAKES
from tests.support.reenactment import Reenactment
from tests.tools.simulations import Wrong, WrongTally, wrong_students

SEEDS = range(2)
SHEETS = 40


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_mistakes_are_found_and_named_and_all_after_them_follows(seed: int) -> None:
    tally, puzzling = WrongTally(), Counter[str]()
    for sheet in wrong_students(SHEETS, seed):
        tally.add(sheet)
        puzzling.update(complaints(sheet))
    assert tally.visible > SHEETS / 2
    assert puzzling["untrue"] == 0
    assert tally.found >= tally.visible - 1
    assert tally.placed >= tally.found - 1
    assert tally.named >= 0.9 * tally.found  # of some thirty; of thousands it is over 95 %
    assert tally.clean >= tally.found - 1


def complaints(sheet: Wrong) -> list[str]:
    """What is wrong with the marks of a sheet."""
    found = ["untrue" for _ in Reenactment(sheet.solution, sheet.sheet, sheet.marks).false()]
    for marks in sheet.marks.quantities.values():
        said = {each.mistake for each in marks.diagnoses}
        assert bool(said) == bool(marks.verdict.name == "WRONG")
        assert said <= {*MISTAKES, *SLIPS, UNEXPLAINED}
        assert len(said) == 1 or UNEXPLAINED not in said or len(marks.diagnoses) > 1
    return found
