"""What is installed: the exercises and the type marker come along, from a wheel and from a checkout."""

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import mlpcalc

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXERCISES = sorted(path.name for path in (ROOT / "exercises").iterdir())


def build(hook: str, folder: Path) -> zipfile.ZipFile:
    """The wheel that an installer would ask the build backend for."""
    code = f"import sys; from hatchling.build import {hook}; print({hook}(sys.argv[1]))"
    completed = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-c", code, str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return zipfile.ZipFile(folder / completed.stdout.split()[-1])


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    return build("build_wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def editable(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    return build("build_editable", tmp_path_factory.mktemp("editable"))


def test_the_wheel_carries_every_bundled_exercise(wheel: zipfile.ZipFile) -> None:
    prefix = "mlpcalc/exercises/"
    carried = [name.removeprefix(prefix) for name in wheel.namelist() if name.startswith(prefix)]
    assert sorted(carried) == EXERCISES


def test_the_wheel_says_that_it_is_typed(wheel: zipfile.ZipFile) -> None:
    assert "mlpcalc/py.typed" in wheel.namelist()


def test_the_wheel_holds_every_module_and_nothing_beside_the_package(wheel: zipfile.ZipFile) -> None:
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "mlpcalc").rglob("*.py")}
    assert {name for name in wheel.namelist() if name.endswith(".py")} == modules
    assert {name.split("/")[0] for name in wheel.namelist()} == {"mlpcalc", "mlpcalc-0.1.0.dist-info"}


def test_the_wheel_holds_the_style_and_the_script_of_pages(wheel: zipfile.ZipFile) -> None:
    names = {path.name for path in (ROOT / "mlpcalc/report/html").iterdir() if path.suffix in (".css", ".js")}
    assert {"page.css", "page.js"} < names
    assert {f"mlpcalc/report/html/{name}" for name in names} <= set(wheel.namelist())


def test_the_wheel_solves_an_exercise_away_from_the_checkout(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    site, empty = tmp_path / "site", tmp_path / "empty"
    empty.mkdir()
    wheel.extractall(site)
    code = (
        f"import sys; sys.path.insert(0, {str(site)!r})\n"
        "import mlpcalc; print(mlpcalc.__file__)\n"
        "solution = mlpcalc.solve(mlpcalc.load('exercise2.yaml'))\n"
        'print(f\'{solution["loss"]:.4f} {solution["loss_new"]:.4f}\')'
    )
    completed = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-c", code],
        cwd=empty,
        check=True,
        capture_output=True,
        text=True,
    )
    assert completed.stdout.splitlines() == [str(site / "mlpcalc" / "__init__.py"), "0.4916 0.4657"]


def test_an_editable_install_has_no_copies_that_could_grow_stale(editable: zipfile.ZipFile) -> None:
    assert [name for name in editable.namelist() if ".dist-info/" not in name] == ["_mlpcalc.pth"]
    assert editable.read("_mlpcalc.pth").decode() == str(ROOT)


def test_a_checkout_finds_its_exercises_beside_the_package(tmp_path: Path) -> None:
    code = "import mlpcalc; print(mlpcalc.load('exercise3').title)"
    completed = subprocess.run(  # noqa: S603  # as above
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    assert completed.stdout == "Exercise 3, multi-class hinge on softmax probabilities\n"


def test_the_version_is_the_same_everywhere() -> None:
    assert mlpcalc.__version__ == PROJECT["project"]["version"] == "0.1.0"


def test_the_build_backend_of_the_tests_is_the_one_of_the_wheel() -> None:
    (backend,) = PROJECT["build-system"]["requires"]
    assert backend in PROJECT["project"]["optional-dependencies"]["dev"]
