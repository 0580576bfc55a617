"""Solve and mark pen-and-paper exercises about multi-layer perceptrons.

    >>> from mlpcalc import load, solve
    >>> solution = solve(load("exercise2"))
    >>> solution["Delta1"].round(4)

`load` reads an exercise, `solve` works it out; a solution gives every quantity by its name.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlpcalc.errors import InputError
    from mlpcalc.solution import Solution, load, solve

__all__ = ["InputError", "Solution", "load", "solve"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:  # noqa: ANN401  # whatever the name stands for
    """Import what is asked for only then, so that `mlpcalc --help` needs no NumPy."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module("mlpcalc.errors" if name == "InputError" else "mlpcalc.solution"), name)
