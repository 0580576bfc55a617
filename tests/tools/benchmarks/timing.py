"""Two ways of doing something, timed in turn, so that a busy machine slows both alike."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class Ratio:
    """What ours takes and what it is measured against takes, in seconds (the median) or MiB; the target."""

    what: str
    against: str
    ours: float
    theirs: float
    target: float

    @property
    def value(self) -> float:
        return self.ours / self.theirs


def compare(
    what: str,
    against: str,
    target: float,
    ours: Callable[[], object],
    theirs: Callable[[], object],
    runs: int,
    at_a_time: int = 1,
) -> Ratio:
    """Both, alternately, `runs` times each, after one run that warms the caches.

    at_a_time: how often a run does it; often for what takes less time than it takes to look at the clock.
    """
    times: tuple[list[float], list[float]] = ([], [])
    for run in range(runs + 1):
        for task, taken in zip((ours, theirs), times, strict=True):
            began = perf_counter()
            for _ in range(at_a_time):
                task()
            if run:
                taken.append((perf_counter() - began) / at_a_time)
    return Ratio(what, against, median(times[0]), median(times[1]), target)
