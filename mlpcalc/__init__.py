"""Solve and mark pen-and-paper exercises about multi-layer perceptrons.

    >>> from mlpcalc import explain, load, solve
    >>> solution = solve(load("exercise2"))
    >>> solution["Delta1"].round(4)
    >>> explain(solution, "Delta1[2,1]")

`load` reads an exercise, `solve` works it out; a solution gives every quantity by its name. `explain` says
where a cell comes from, `derive` goes through the chain rule, `check` marks answer files. In a notebook all
of them show their working.
"""

TYPE_CHECKING = False  # as type checkers understand it; typing itself would take longer than all else here
if TYPE_CHECKING:
    from typing import Any

    from mlpcalc.deriving.derivation import derivation as derive
    from mlpcalc.errors import InputError
    from mlpcalc.explaining.explanation import explanation as explain
    from mlpcalc.marking.checking import check
    from mlpcalc.solution import Solution, load, solve

__all__ = ["InputError", "Solution", "check", "derive", "explain", "load", "solve"]
__version__ = "0.1.0"

_PLACES = {
    "InputError": ("errors", "InputError"),
    "Solution": ("solution", "Solution"),
    "check": ("marking.checking", "check"),
    "derive": ("deriving.derivation", "derivation"),
    "explain": ("explaining.explanation", "explanation"),
    "load": ("solution", "load"),
    "solve": ("solution", "solve"),
}


def __dir__() -> list[str]:
    return ["__version__", *__all__]


def __getattr__(name: str) -> "Any":  # noqa: ANN401  # whatever the name stands for
    """Import what is asked for only then, so that `mlpcalc --help` needs no NumPy."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module, attribute = _PLACES[name]
    return getattr(import_module(f"mlpcalc.{module}"), attribute)
