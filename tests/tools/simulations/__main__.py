"""The simulations by name: see `tests.tools.simulations`."""

import sys

from tests.tools.simulations import honest_table, wrong_table
from tests.tools.simulations.detection import detection_table
from tests.tools.simulations.filling_in import filled_in_table

_TABLES = {
    "honest": honest_table,
    "wrong": wrong_table,
    "detection": detection_table,
    "filled-in": filled_in_table,
}

kind, number, *rest = sys.argv[1:]
for line in _TABLES[kind](int(number), int(rest[0]) if rest else 0):
    print(line, flush=True)  # noqa: T201  # what it is for
