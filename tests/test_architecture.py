"""The map in the package's docstring is true: data flows one way, and each outside library has its place."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import mlpcalc

PACKAGE = Path(__file__).parents[1] / "mlpcalc"

# From the bottom up: a room may import only rooms that stand before it.
ROOMS = [
    *("errors", "arrays", "text", "page", "numerics", "notation", "reading", "report"),
    *("solving", "costing", "explaining", "deriving", "answers", "mistakes", "marking"),
    *("auditing", "generating", "__init__", "cli", "__main__"),
]
MOST_AT_THE_TOP = 6
SPEAKS_OF_OPTIONS = {"report.options"}  # the table of options


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
    "rich": {"report"},
    "click": {"cli"},
    "yaml": {"reading"},
}


def room(module: str) -> str:
    """The folder that a module lies in, or the module itself at the top."""
    return module.split(".")[0]


def imports_from(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Every module that something is imported from, in full, with the name that is imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the package"
            assert node.module is not None
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                is_module = whole.removeprefix("mlpcalc.") in MODULES
                yield (whole, "") if is_module else (node.module, alias.name)


def own_imports(module: str) -> set[str]:
    """The modules of the package that a module imports: at the top, in functions, for type checkers."""
    names = {name for name, _ in imports_from(MODULES[module]) if name.split(".")[0] == "mlpcalc"}
    return {"__init__" if name == "mlpcalc" else name.removeprefix("mlpcalc.") for name in names}


def test_every_module_is_in_a_room_of_the_order_and_few_stand_at_the_top() -> None:
    assert {room(module) for module in MODULES} == set(ROOMS)
    assert sum(path.suffix == ".py" for path in PACKAGE.iterdir()) <= MOST_AT_THE_TOP


def test_imports_point_downwards_only() -> None:
    for module in MODULES:
        below = set(ROOMS[: ROOMS.index(room(module))])
        others = {room(name) for name in own_imports(module)} - {room(module)}
        if module == "__init__":  # offers the library's functions, each imported when it is asked for
            below = set(ROOMS) - {"cli", "__main__"}
        assert others <= below, module


def test_within_a_room_no_module_imports_itself_by_way_of_others() -> None:
    graph = {
        module: {name for name in own_imports(module) if room(name) == room(module)}
        - {module.rpartition(".")[0]}
        for module in MODULES
    }
    assert len([*TopologicalSorter(graph).static_order()]) == len(MODULES)


def test_no_private_name_of_another_module_is_imported() -> None:
    imported = [(module, name) for module in MODULES for _, name in imports_from(MODULES[module])]
    assert not [(module, name) for module, name in imported if re.match(r"_[a-z]", name)]


def test_the_map_names_every_folder() -> None:
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert {name for name in folders if f"{name}/" in (mlpcalc.__doc__ or "")} == folders
    readme = (PACKAGE.parent / "README.md").read_text(encoding="utf-8")
    assert {name for name in folders if f"`{name}/`" in readme} == folders


def test_the_library_speaks_of_no_option() -> None:
    """Where an option helps, a report or a problem names its topic, and the command line adds the option."""
    library = {module for module in MODULES if room(module) not in ("cli", "__init__")} - SPEAKS_OF_OPTIONS
    spoken = {
        (module, node.value)
        for module in library
        for node in ast.walk(MODULES[module])
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.search(r"(?:^|[\s'(])--[a-z]", node.value)
    }
    assert not spoken


@pytest.mark.parametrize("library", PLACES)
def test_a_library_is_imported_in_its_place_only(library: str) -> None:
    users = {
        room(module)
        for module, tree in MODULES.items()
        if any(name.split(".")[0] == library for name, _ in imports_from(tree))
    }
    assert users == PLACES[library]


def test_rich_is_imported_for_the_terminal_only() -> None:
    users = {
        module
        for module, tree in MODULES.items()
        if any(name.split(".")[0] == "rich" for name, _ in imports_from(tree))
    }
    assert users == {"report.terminal"}


@pytest.mark.parametrize(
    "library", sorted({name.split(".")[0] for tree in MODULES.values() for name, _ in imports_from(tree)})
)
def test_nothing_is_imported_that_is_not_installed_along(library: str) -> None:
    assert library in {*sys.stdlib_module_names, "mlpcalc", "numpy", "click", "rich", "yaml"}


# What each command needs beyond Click and the page: libraries, then the features that are not for everybody.
HANDOUT = PACKAGE.parent / "exercises" / "handout.answers.yaml"
NEEDS = {
    "--help": "",
    "solve --help": "",
    "schema": "numpy",
    "list": "numpy yaml rich solving",
    "solve exercise2": "numpy yaml rich solving",
    "solve exercise2 --format json": "numpy yaml solving",
    "solve exercise2 --format csv": "numpy yaml solving",
    "solve exercise2 --format markdown": "numpy yaml solving",
    "solve exercise2 --format html": "numpy yaml solving explaining",
    "derive exercise2 --format html": "numpy yaml solving deriving",
    "solve exercise2 --format python": "numpy yaml solving",
    "grad exercise2 --numeric --format json": "numpy yaml solving",
    "explain exercise2 loss": "numpy yaml rich solving explaining",
    "explain exercise2 loss --format json": "numpy yaml solving explaining",
    "derive --layers 2 --format markdown": "numpy yaml solving deriving",
    "cost --sizes 4,3,2 --format json": "numpy costing",
    f"check handout {HANDOUT}": "numpy yaml rich solving answers mistakes marking",
    f"check handout {HANDOUT} --format csv": "numpy yaml solving answers mistakes marking",
    "sheet exercise2": "numpy yaml solving answers",
    "audit ist_tanh --format json": "numpy yaml solving answers mistakes marking auditing",
    "new --sizes 1,1 --seed 7": "numpy yaml solving answers mistakes marking auditing generating",
}
FEATURES = {feature for needs in NEEDS.values() for feature in needs.split()} - {"numpy", "yaml", "rich"}


@pytest.mark.slow
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
