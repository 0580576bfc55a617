"""Which functions of the package each test calls, and how long it takes."""

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from types import CodeType, FrameType
from typing import NamedTuple

import pytest


class Function(NamedTuple):
    """A function of the package, by its file and its first line, decorators included."""

    path: str
    line: int


class Run(NamedTuple):
    """What a test did: seconds of the processor, and the functions that it called."""

    seconds: float
    called: frozenset[Function]


class Recorder:
    """A plugin of pytest: the run of each test, by its name."""

    def __init__(self, package: Path) -> None:
        self.runs: dict[str, Run] = {}
        self._package = f"{package}/"

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Run one test, and note its calls."""
        codes: dict[int, CodeType] = {}  # by identity: to hash one is to hash all that is in it

        def trace(frame: FrameType, _event: str, _argument: object) -> None:
            codes[id(frame.f_code)] = frame.f_code

        began = time.process_time()
        sys.settrace(trace)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            called = (
                Function(code.co_filename.removeprefix(self._package), code.co_firstlineno)
                for code in codes.values()
                if code.co_filename.startswith(self._package)
            )
            self.runs[item.nodeid] = Run(time.process_time() - began, frozenset(called))


class Selection:
    """A plugin of pytest: these tests only, in this order."""

    def __init__(self, names: Iterable[str]) -> None:
        self._places = {name: place for place, name in enumerate(names)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave the tests that are wanted."""
        items[:] = [item for item in items if item.nodeid in self._places]
        items.sort(key=lambda item: self._places[item.nodeid])


def most_telling(runs: dict[str, Run], function: Function | None, seconds: float) -> Sequence[str]:
    """As many tests as fit into so many seconds: those that call a function, then the others of their files.

    The quickest first. The others may use what one before them has computed, and a cache kept. For None, and
    for a function that is called at import only, all in their order, in three times as many seconds.
    """
    calling = {name for name, run in runs.items() if function in run.called}
    if not calling:
        return _within(runs, runs, 3 * seconds)
    files = {_file(name) for name in calling}
    names = [name for name in runs if _file(name) in files]
    names.sort(key=lambda name: (name not in calling, runs[name].seconds))
    return _within(names, runs, seconds)


def _within(names: Iterable[str], runs: dict[str, Run], seconds: float) -> Sequence[str]:
    """The first of the tests, until their time is over; one at least."""
    names = list(names)
    ends = accumulate(runs[name].seconds for name in names)
    return names[: max(1, sum(end <= seconds for end in ends))]


def _file(name: str) -> str:
    return name.partition("::")[0]
