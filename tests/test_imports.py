"""Imports point one way, and each outside library has its place."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "mlpcalc"

# From the bottom up: a module may import only modules that stand before its own.
_BOTTOM_UP = """
    errors sanitize wording stable symbols expr memory simplify functions saturated shapes exercise
    rounding equations orientation evaluate interval noise values numeric letters notation
    reading.keys reading.numerals reading.events reading.syntax reading.source reading.matrices
    reading.choices reading.fields reading.fitting reading.reader reading.library reading.schema reading
    report render.encoding render.terminal render.options render.figures render.marked render.math render.csv
    render.json render.problems render.table render.latex render.markdown render
    solution working sheet gradcheck cost cost_report catalogue
    explaining.cells explaining.worth explaining.arithmetic explaining.definitions explaining.explainer
    explaining.explanation explaining
    deriving.reasons deriving.chain deriving.steps deriving.derivation deriving
    answers.pieces answers.digits answers.entries answers.reader answers
    mistakes.rules mistakes.forward mistakes.activations mistakes.loss mistakes.factors mistakes.signals
    mistakes.backward mistakes.decay mistakes.gradients mistakes
    marking.routes marking.verdicts marking.lines marking.marks marking.evidence marking.misprints
    marking.sums marking.slips marking.diagnosis marking.marker marking.conventions marking.batch
    marking.words marking.data marking.sheet_report marking.hints marking.class_report marking.checking
    marking
    auditing.catalogue auditing.consequences auditing.slips auditing.wrongs auditing.wrong_sheets
    auditing.hiding auditing.remarks auditing.audit auditing.audit_report auditing
    generating.friendly generating.draws generating.generate generating.exercise_text generating.variants
    generating
    __init__ cli.output cli.completion cli.shells cli.options cli.solving cli.telling cli.marking
    cli.writing cli.listing cli
    __main__
"""
ORDER = _BOTTOM_UP.split()
# But solutions and reports show themselves; they import what that needs when they are shown.
UPWARD = {"solution": {"working"}, "report": {"render.markdown", "render.table"}}


def modules() -> dict[str, ast.Module]:
    """Every module of the package by its name below `mlpcalc`; a package goes by its own name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        name = name.removesuffix(".__init__")
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


MODULES = modules()
PLACES = {
    "rich": {"render.table"},
    "click": {name for name in MODULES if name.split(".")[0] == "cli"},
    "yaml": {"reading.events", "reading.source"},
}


def imported(tree: ast.Module) -> Iterator[str]:
    """What a module imports, at the top, in functions and for type checkers alike: full names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the package"
            assert node.module is not None
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole.removeprefix("mlpcalc.") in MODULES else node.module


def own(tree: ast.Module) -> set[str]:
    """The modules of the package among the imports."""
    names = {name for name in imported(tree) if name.split(".")[0] == "mlpcalc"}
    return {"__init__" if name == "mlpcalc" else name.removeprefix("mlpcalc.") for name in names}


def test_every_module_has_a_place_in_the_order() -> None:
    assert set(MODULES) <= set(ORDER)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_modules_below_it(module: str) -> None:
    below = ORDER[: ORDER.index(module)]
    assert own(MODULES[module]) - UPWARD.get(module, set()) <= set(below)


@pytest.mark.parametrize("library", PLACES)
def test_a_library_is_imported_in_its_place_only(library: str) -> None:
    users = {
        name for name, tree in MODULES.items() if any(i.split(".")[0] == library for i in imported(tree))
    }
    assert users == PLACES[library]


@pytest.mark.parametrize(
    "library", sorted({i.split(".")[0] for tree in MODULES.values() for i in imported(tree)})
)
def test_nothing_is_imported_that_is_not_installed_along(library: str) -> None:
    assert library in {*sys.stdlib_module_names, "mlpcalc", "numpy", "click", "rich", "yaml"}


# What each command needs beyond Click and the page: libraries, then the features that are not for everybody.
HANDOUT = PACKAGE.parent / "exercises" / "handout.answers.yaml"
NEEDS = {
    "--help": "",
    "solve --help": "",
    "schema": "numpy",
    "list": "numpy yaml rich catalogue",
    "solve exercise2": "numpy yaml rich working",
    "solve exercise2 --format json": "numpy yaml working",
    "solve exercise2 --format csv": "numpy yaml working",
    "solve exercise2 --format markdown": "numpy yaml working",
    "grad exercise2 --numeric --format json": "numpy yaml gradcheck numeric working",
    "explain exercise2 loss": "numpy yaml rich explaining",
    "explain exercise2 loss --format json": "numpy yaml explaining",
    "derive --layers 2 --format markdown": "numpy yaml deriving working",
    "cost --sizes 4,3,2 --format json": "numpy cost cost_report",
    f"check handout {HANDOUT}": "numpy yaml rich answers mistakes marking working",
    f"check handout {HANDOUT} --format csv": "numpy yaml answers mistakes marking working",
    "sheet exercise2": "numpy yaml sheet working",
    "audit ist_tanh --format json": "numpy yaml sheet answers mistakes marking auditing working",
    "new --sizes 1,1 --seed 7": "numpy yaml sheet answers mistakes marking auditing generating working",
}
FEATURES = {feature for needs in NEEDS.values() for feature in needs.split()} - {"numpy", "yaml", "rich"}


@pytest.mark.parametrize("command", NEEDS, ids=lambda command: command.replace(str(HANDOUT), "SHEET"))
def test_a_command_imports_what_it_needs_and_nothing_else(command: str, tmp_path: Path) -> None:
    code = (
        "import atexit, sys\n"
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
        f"sys.argv[1:] = {command.split()!r}\n"
        f"sys.path.insert(0, {str(PACKAGE.parent)!r})\n"
        "from mlpcalc.cli import main; main()"
    )
    completed = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-c", code],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert completed.stdout
    modules = completed.stderr.split()
    libraries = {"click", "numpy", "yaml", "rich"}.intersection(modules)
    features = FEATURES.intersection(name.split(".")[1] for name in modules if name.startswith("mlpcalc."))
    assert libraries | features == {"click", *NEEDS[command].split()}
