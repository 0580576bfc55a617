"""Mutation testing: does some test fail when a line of the package is wrong?

    python -m tests.tools.mutation MODULE[:LINE] [N] [SEED]

makes one change to a module at a time (N of them at random, or all, or those of one line), runs the tests
that call the function which is changed on a copy of the tree, and prints the changes that none of them
noticed. MODULE may be `page.equations` or a whole folder such as `answers`, with the folders in it. What
fails at import or runs into the time limit is noticed. One process at a time, a few seconds a change, after
one run of the tests of the folder that records what they call. Tests marked slow are not among them.
"""

import ast
import importlib
import json
import multiprocessing
import os
import random
import resource
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NoReturn

import hypothesis
import pytest

from tests.tools.callers import Function, Recorder, Run, Selection, most_telling
from tests.tools.mutants import Mutant, mutants

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "mlpcalc"
ADDRESS_SPACE = 4 << 30
SECONDS = 20  # of the processor, in which the tests run that are to notice one change

# What may notice a wrong module, the most telling first.
TESTS = {
    "page": "page solving deriving cli/test_steps.py test_python.py",
    "numerics": "numerics page/test_functions.py solving",
    "marking": (
        "marking/test_slips.py solving/test_published.py marking/test_marking.py "
        "marking/test_digits_asked.py marking/test_stacks.py marking/test_verdicts.py marking/reports"
    ),
    "answers": "answers solving/test_published.py marking/test_marking.py marking/reports",
    "mistakes": "marking/test_marking.py solving/test_published.py mistakes",
}
_WARNING = "ignore::pytest.PytestAssertRewriteWarning"  # Hypothesis is imported already
_OPTIONS = (
    *("-x", "-q", "-o", "addopts=", "-m", "not slow", "--hypothesis-profile=mutation"),
    *("-p", "no:cacheprovider", "-p", "no:xdist", "-W", _WARNING),
)


def main(target: str, number: str = "0", seed: str = "0") -> None:
    """Prints the survivors among the mutants of a module, and how many there were."""
    module, _, line = target.partition(":")
    path = PACKAGE / module.replace(".", "/")
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
    found = [mutant for path in files for mutant in mutants(path) if not line or mutant.line == int(line)]
    if 0 < int(number) < len(found):
        found = sorted(random.Random(seed).sample(found, int(number)))  # noqa: S311  # no secret
    survived = 0
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder, "tree")
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        runs = recorded(tree, TESTS[module.partition(".")[0]].split())
        for file, where, *_, old, new in survivors(found, runs, tree):
            survived += 1
            print(f"{file.relative_to(ROOT)}:{where}\n  - {old}\n  + {new}", flush=True)  # noqa: T201  # a command
    print(f"{module}: {len(found)} mutants, {len(found) - survived} killed, {survived} survived")  # noqa: T201


def recorded(tree: Path, tests: Sequence[str]) -> dict[str, Run]:
    """The runs of the tests on the copy as it is; ends the program where one fails."""
    result = tree / "runs"
    recorder = Recorder(tree / "mlpcalc")

    def record() -> int:
        code = _run(tree, [f"tests/{name}" for name in tests], recorder)
        result.write_text(
            json.dumps([(name, run.seconds, [*run.called]) for name, run in recorder.runs.items()])
        )
        return code

    if not _passes(record):
        sys.exit(f"without any change, one of these fails: {' '.join(tests)}")
    return {
        name: Run(seconds, frozenset(Function(*one) for one in called))
        for name, seconds, called in json.loads(result.read_text())
    }


def survivors(chosen: Iterable[Mutant], runs: dict[str, Run], tree: Path) -> Iterator[Mutant]:
    """The mutants that no test notices; `tree` is a copy to work on."""
    sys.dont_write_bytecode = True  # what was compiled by now stays valid, but for the module itself
    for mutant in chosen:
        path = tree / mutant.path.relative_to(ROOT)
        source = path.read_bytes()
        tests = most_telling(runs, function_around(mutant, source), SECONDS)
        files = list(dict.fromkeys(name.partition("::")[0] for name in tests))
        for compiled in path.parent.glob(f"__pycache__/{path.stem}.*"):
            compiled.unlink()
        path.write_bytes(source[: mutant.start] + mutant.new.encode() + source[mutant.end :])
        limit = 10 + 2 * round(sum(runs[name].seconds for name in tests))
        if _passes(partial(_run, tree, files, Selection(tests)), limit):
            yield mutant
        path.write_bytes(source)


def function_around(mutant: Mutant, source: bytes) -> Function | None:
    """The innermost function of a module that a change is in; None for one outside of all."""
    around = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef) and node.lineno <= mutant.line <= (node.end_lineno or 0)
    ]
    if not around:
        return None
    innermost = max(around, key=lambda node: node.lineno)
    first = min([innermost.lineno, *(decorator.lineno for decorator in innermost.decorator_list)])
    return Function(str(mutant.path.relative_to(PACKAGE)), first)


def _passes(run: Callable[[], int], limit: int | None = None) -> bool:
    """Whether a run in a process of its own passes, within so many seconds of the processor."""
    process = multiprocessing.get_context("fork").Process(target=_in_process, args=(run, limit))
    process.start()
    process.join(limit and 10 * limit)  # where it waits for something
    process.kill()
    process.join()
    return process.exitcode == 0


def _in_process(run: Callable[[], int], limit: int | None) -> NoReturn:
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    if limit is not None:
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    os._exit(run())


def _run(tree: Path, tests: Sequence[str], plugin: object) -> int:
    """Run tests on a copy of the tree; the exit code of pytest."""
    os.chdir(tree)
    sys.path.insert(0, str(tree))
    for name in [name for name in sys.modules if name.partition(".")[0] in {"mlpcalc", "tests"}]:
        del sys.modules[name]
    phases = hypothesis.Phase.explicit, hypothesis.Phase.generate  # a failure need not be made small
    hypothesis.settings.register_profile("mutation", derandomize=True, database=None, phases=phases)
    return pytest.main([*_OPTIONS, *tests], [plugin])


if __name__ == "__main__":
    for library in ("numpy", "yaml", "click", "rich.table", "mpmath", "sympy", "jsonschema"):
        importlib.import_module(library)  # once, for all the processes that are forked
    main(*sys.argv[1:])
