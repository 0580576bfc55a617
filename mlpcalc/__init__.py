"""Solve and mark pen-and-paper exercises about multi-layer perceptrons.

    >>> from mlpcalc import explain, load, solve
    >>> solution = solve(load("exercise2"))
    >>> solution["Delta1"].round(4)
    >>> explain(solution, "Delta1[2,1]")

`load` reads an exercise, `solve` works it out; a solution gives every quantity by its name. `explain` says
where a cell comes from, `derive` goes through the chain rule, `check` marks answer files. In a notebook all
of them show their working.

Data flows YAML → exercise → page → values → report → form, in these folders; each knows only those above it:

    text/                                  characters: sanitising, encodings, turns of phrase
    page/                                  the page of equations, and what it is made of
    numerics/  notation/                   its values; its formulas as text, LaTeX, MathML, code
    reading/  report/                      YAML → exercise; blocks → terminal, LaTeX, Markdown, HTML, …
    solving/ costing/ explaining/ deriving/  what can be shown of a solution
    answers/  mistakes/  marking/          answer sheets, misconceptions, marks
    auditing/  generating/                 what an exercise cannot reveal; new exercises
    cli/                                   one module per command
"""

TYPE_CHECKING = False  # as type checkers understand it; typing itself would take longer than all else here
if TYPE_CHECKING:
    from typing import Any

    from mlpcalc.deriving.report import derivation as derive
    from mlpcalc.errors import InputError
    from mlpcalc.explaining.report import explanation as explain
    from mlpcalc.marking.checking import check
    from mlpcalc.solving.solution import Solution, load, solve

__all__ = ["InputError", "Solution", "check", "derive", "explain", "load", "solve"]
__version__ = "0.1.0"

_PLACES = {
    "InputError": ("errors", "InputError"),
    "Solution": ("solving.solution", "Solution"),
    "check": ("marking.checking", "check"),
    "derive": ("deriving.report", "derivation"),
    "explain": ("explaining.report", "explanation"),
    "load": ("solving.solution", "load"),
    "solve": ("solving.solution", "solve"),
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
