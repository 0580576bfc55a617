"""The simulations by name: see `tests.tools.simulations`."""

import sys
from collections.abc import Callable, Iterator
from functools import partial

from tests.support.marking_exercises import training_exercise
from tests.tools.simulations import honest_table, wrong_students_over_steps, wrong_table
from tests.tools.simulations.detection import detection_table
from tests.tools.simulations.filling_in import filled_in_table

_TABLES: dict[str, Callable[[int, int], Iterator[str]]] = {
    "honest": honest_table,
    "wrong": wrong_table,
    "honest-over-steps": partial(honest_table, drawn=training_exercise),
    "wrong-over-steps": partial(wrong_table, students=wrong_students_over_steps),
    "detection": detection_table,
    "filled-in": filled_in_table,
}

kind, number, *rest = sys.argv[1:]
for line in _TABLES[kind](int(number), int(rest[0]) if rest else 0):
    print(line, flush=True)  # noqa: T201  # what it is for
