"""The library's interface: load an exercise, solve it, get quantities by name."""

from collections.abc import Mapping
from os import PathLike, fspath

import numpy as np

from mlpcalc.errors import refuse
from mlpcalc.page.cells import in_words
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.symbols import Symbol
from mlpcalc.reading.library import Found, exercise_of, find
from mlpcalc.reading.mappings import text_of_mapping
from mlpcalc.solving.quantities import Quantities
from mlpcalc.solving.report import solution_report
from mlpcalc.solving.selection import Selection

Given = Exercise | str | PathLike[str] | Mapping[str, object]
"""An exercise, or what `load` reads one from."""


def load(name: str | PathLike[str] | Mapping[str, object] | None = None) -> Exercise:
    """Read an exercise.

    name: a path, the name of a bundled exercise ("exercise2"), "-" for standard input, None for the only
    exercise of the current folder (the bundled exercise 2 if there is none), or a mapping with the keys of an
    exercise file, whose matrices may be arrays.

    Raises `InputError`, which carries every problem of the file with its line and column.
    """
    if isinstance(name, Mapping) and not isinstance(name, Solution):
        return exercise_of(Found(text_of_mapping(name).encode(), "the exercise", ""))
    if not isinstance(name, str | PathLike | None):
        raise TypeError(f"expected the name of an exercise, not {_kind_of(name)}")
    return exercise_of(find(name if name is None else fspath(name)))


def solve(exercise: "Given | Solution", carry: int | None = None) -> "Solution":
    """Solve an exercise: forward pass, error signals, gradients, updates, and the loss after the last.

    exercise: an exercise, what `load` accepts, or a solution, which is solved again.
    carry: decimals to which every quantity is rounded before it is used further, as on paper; None for full
    precision.

    Raises `InputError` if the outputs lie outside the domain of the loss.
    """
    solution = Solution(exercise_meant(exercise), carry)
    _check_domain(solution)
    return solution


def exercise_meant(given: "Given | Solution") -> Exercise:
    """The exercise itself, that of a solution, or by name; raises TypeError for anything else."""
    if isinstance(given, Exercise):
        return given
    if isinstance(given, Solution):
        return given.exercise
    if isinstance(given, str | PathLike | Mapping):
        return load(given)
    raise TypeError(f"expected an exercise, its name, or a solution, not {_kind_of(given)}")


def solution_meant(given: "Given | Solution") -> "Solution":
    """The solution itself, or that of an exercise or a name; raises TypeError for anything else."""
    return given if isinstance(given, Solution) else solve(given)


def _kind_of(value: object) -> str:
    return "None" if value is None else f"{value!r:.40} ({type(value).__name__})"


class Solution(Quantities):
    """The quantities of a solved exercise, which show themselves in a notebook.

    `solution["dW1"]` is a float64 array, shape (d1, d0); see `Quantities` for the names.
    """

    def _repr_html_(self) -> str:
        """The whole solution as notebooks show it: tables, and the picture of the network."""
        return solution_report(self, Selection(givens=True))._repr_html_()

    def _repr_markdown_(self) -> str:
        """The whole solution in Markdown, for notebooks that are read elsewhere."""
        return solution_report(self, Selection())._repr_markdown_()


def _check_domain(solution: Solution) -> None:
    """Refuse outputs for which the loss is not defined, such as the logarithm of a negative one."""
    exercise, network = solution.exercise, solution.exercise.network
    if exercise.loss is None or network.matched:
        return
    function, output = exercise.loss.function, network.activations[-1]
    low, high = function.domain
    if exercise.targets is None or (low <= output.range[0] and output.range[1] <= high):
        return
    output_layer = Symbol("Z", network.depth)
    Y, T = solution.computed[output_layer], solution.computed[Symbol("T")]  # those of step 1
    # A limit that the activation only approaches is not a value of it, even if a value is rounded to it.
    below = (low > Y) | ((low == Y) & (low != T) & (output.range[0] < low))
    outside = below | (high < Y) | ((high == Y) & (high != T) & (output.range[1] > high))
    if outside.any():
        unit, sample = np.argwhere(outside)[0]
        cell = in_words(output_layer, network.dimensions(output_layer), (unit + 1, sample + 1))
        raise refuse(
            f"{function.name} is not defined for the output {Y[unit, sample]:.6g} ({cell})",
            exercise.places.get("loss"),
            expected=f"outputs between {low:g} and {high:g}"
            if np.isfinite(high)
            else f"outputs above {low:g}",
            hint=f"the output activation is {output.name}; sigmoid or softmax would keep the outputs inside",
        )
