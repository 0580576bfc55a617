"""Mutation testing: does some test fail when a line of the package is wrong?

    python -m tests.tools.mutation MODULE[:LINE] [N] [SEED]

makes one change to a module at a time (N of them at random, or all, or those of one line), runs the tests
that look at this module on a copy of the tree, and prints the changes that none of them noticed. MODULE
may be `page.equations` or a whole folder such as `mistakes`. What fails at import or runs into the
time limit is noticed. One process at a time; a few seconds a change.
"""

import importlib
import multiprocessing
import os
import random
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NoReturn

import hypothesis
import pytest

from tests.tools.mutants import Mutant, mutants

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "mlpcalc"
ADDRESS_SPACE = 4 << 30

# What notices a wrong module soonest, the most telling first.
TESTS = {
    "page": "page deriving solving/test_reference.py solving/test_conventions.py",
    "numerics": "numerics page/test_functions.py solving",
    "marking": "marking/test_slips.py solving/test_published.py marking/test_marking.py marking/reports",
    "answers": "answers solving/test_published.py marking/test_marking.py marking/reports",
    "mistakes": "marking/test_marking.py solving/test_published.py mistakes",
}
_WARNING = "ignore::pytest.PytestAssertRewriteWarning"  # Hypothesis is imported already
_OPTIONS = ("-x", "-q", "-o", "addopts=", "-p", "no:cacheprovider", "-p", "no:xdist", "-W", _WARNING)


def main(target: str, number: str = "0", seed: str = "0") -> None:
    """Prints the survivors among the mutants of a module, and how many there were."""
    module, _, line = target.partition(":")
    path = PACKAGE / module.replace(".", "/")
    files = sorted(path.glob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
    found = [mutant for path in files for mutant in mutants(path) if not line or mutant.line == int(line)]
    if 0 < int(number) < len(found):
        found = sorted(random.Random(seed).sample(found, int(number)))  # noqa: S311  # no secret
    survived = 0
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder, "tree")
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        for file, where, *_, old, new in survivors(found, TESTS[module.partition(".")[0]], tree):
            survived += 1
            print(f"{file.relative_to(ROOT)}:{where}\n  - {old}\n  + {new}", flush=True)  # noqa: T201  # a command
    print(f"{module}: {len(found)} mutants, {len(found) - survived} killed, {survived} survived")  # noqa: T201


def survivors(chosen: Iterable[Mutant], tests: str, tree: Path) -> Iterator[Mutant]:
    """The mutants that no test notices; `tree` is a copy to work on."""
    began = time.monotonic()
    if not passes(tree, tests):
        sys.exit(f"without any change, one of these fails: {tests}")
    limit = 5 + 4 * (time.monotonic() - began)
    sys.dont_write_bytecode = True  # what was compiled by now stays valid, but for the module itself
    for mutant in chosen:
        path = tree / mutant.path.relative_to(ROOT)
        source = path.read_bytes()
        for compiled in path.parent.glob(f"__pycache__/{path.stem}.*"):
            compiled.unlink()
        path.write_bytes(source[: mutant.start] + mutant.new.encode() + source[mutant.end :])
        if passes(tree, tests, limit):
            yield mutant
        path.write_bytes(source)


def passes(tree: Path, tests: str, limit: float | None = None) -> bool:
    """Whether all tests pass within some seconds."""
    process = multiprocessing.get_context("fork").Process(target=_test, args=(tree, tests))
    process.start()
    process.join(limit)
    process.kill()
    process.join()
    return process.exitcode == 0


def _test(tree: Path, tests: str) -> NoReturn:
    """Runs tests on a copy of the tree, in a process of their own, and ends it."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    os.chdir(tree)
    sys.path.insert(0, str(tree))
    for name in [name for name in sys.modules if name.partition(".")[0] in {"mlpcalc", "tests"}]:
        del sys.modules[name]
    phases = hypothesis.Phase.explicit, hypothesis.Phase.generate  # a failure need not be made small
    hypothesis.settings.register_profile("mutation", derandomize=True, database=None, phases=phases)
    hypothesis.settings.load_profile("mutation")
    os._exit(pytest.main([*_OPTIONS, *(f"tests/{name}" for name in tests.split())]))


if __name__ == "__main__":
    for library in ("numpy", "yaml", "click", "rich.table", "mpmath", "sympy", "jsonschema"):
        importlib.import_module(library)  # once, for all the processes that are forked
    main(*sys.argv[1:])
