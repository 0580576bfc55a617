"""The library's interface: load an exercise, solve it, get quantities by name."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, lru_cache, partial
from os import PathLike, fspath
from typing import NamedTuple, TypeVar

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.errors import Problem, UnknownQuantityError, refuse
from mlpcalc.notation.formulas import Notation
from mlpcalc.numerics.rounding import round_cells
from mlpcalc.numerics.values import Values
from mlpcalc.page.cells import in_words
from mlpcalc.page.equations import in_layout, page_of_any_step, page_of_step, written_out
from mlpcalc.page.exercise import Exercise, Network
from mlpcalc.page.expr import Expr
from mlpcalc.page.simplify import simplify
from mlpcalc.page.symbols import AT, LETTERS, Axis, Symbol, meaning, spelling, spellings, split_step
from mlpcalc.reading.library import exercise_of, find
from mlpcalc.text.wording import clipped

Cell = TypeVar("Cell", bound=np.generic)
Cells = np.ndarray[tuple[int, ...], np.dtype[Cell]]


Given = Exercise | str | PathLike[str]
"""An exercise, or what `load` reads one from."""


def load(name: str | PathLike[str] | None = None) -> Exercise:
    """Read an exercise.

    name: a path, the name of a bundled exercise ("exercise2"), "-" for standard input, or None for the
    only exercise of the current folder (the bundled exercise 2 if there is none).

    Raises `InputError`, which carries every problem of the file with its line and column.
    """
    if not isinstance(name, str | PathLike | None):
        raise TypeError(f"expected the name of an exercise, not {_kind_of(name)}")
    return exercise_of(find(name if name is None else fspath(name)))


def solve(exercise: "Given | Solution", carry: int | None = None) -> "Solution":
    """Solve an exercise: forward pass, error signals, gradients, one update, and the loss after it.

    exercise: an exercise, what `load` accepts, or a solution, which is solved again.
    carry: decimals to which every quantity is rounded before it is used further, as on paper; None for full
    precision.

    Raises `InputError` if the outputs lie outside the domain of the loss.
    """
    solution = Solution(exercise_meant(exercise), carry)
    _check_domain(solution)
    return solution


def exercise_meant(given: "Given | Solution") -> Exercise:
    """The exercise itself, that of a solution, or the one so named; raises TypeError for anything else."""
    if isinstance(given, Exercise):
        return given
    if isinstance(given, Solution):
        return given.exercise
    if isinstance(given, str | PathLike):
        return load(given)
    raise TypeError(f"expected an exercise, its name, or a solution, not {_kind_of(given)}")


def solution_meant(given: "Given | Solution") -> "Solution":
    """The solution itself, or that of an exercise or a name; raises TypeError for anything else."""
    return given if isinstance(given, Solution) else solve(given)


def _kind_of(value: object) -> str:
    return "None" if value is None else f"{value!r:.40} ({type(value).__name__})"


class Solution(Mapping[str, Array]):
    """Every quantity of an exercise by name: `solution["dW1"]` is a float64 array, shape (d1, d0).

    Names are those of the exercise format (`S1`, `Delta1`, `dW1`, `W1_new`, `loss`, …), as in JSON, also
    where a course writes `Z1` for S1; any other spelling is read as on the command line. Matrices are
    oriented as in the exercise; biases and per-sample losses are flat, losses 0-dimensional. Each is computed
    when it is first asked for, and read-only. Two solutions are equal only if they are the same one.
    """

    def __init__(self, exercise: Exercise, carry: int | None = None) -> None:
        self.exercise = exercise
        self.carry = carry
        self.computed = Values(exercise, carry if carry is None else partial(round_cells, decimals=carry))

    @cached_property
    def notation(self) -> Notation:
        """How this exercise writes its formulas."""
        exercise = self.exercise
        return Notation(in_layout(self.computed.page, exercise.layout), {**LETTERS, **exercise.letters})

    @property
    def symbols(self) -> Mapping[str, Symbol]:
        """All quantities by plain name: the givens, then the page in its order; step by step."""
        return self._named.plain if self.exercise.steps == 1 else self._symbols

    @cached_property
    def _symbols(self) -> Mapping[str, Symbol]:
        return {symbol.plain: symbol for step in self.steps for symbol in self.of_step(step)}

    @property
    def steps(self) -> range:
        """The numbers of the steps, from 1."""
        return range(1, self.exercise.steps + 1)

    def of_step(self, step: int) -> list[Symbol]:
        """All quantities of a step: its samples, in the first one all givens, then its page in order."""
        network = self.exercise.network
        givens = network.givens if step == 1 else self.exercise.givens_of(step)
        return [*givens, *page_of_step(network, step)]

    def symbol(self, name: str) -> Symbol:
        """The quantity with this name, in the symbols of the course and any accepted spelling.

        Raises `InputError` for one that this exercise does not have.
        """
        network = self.exercise.network
        typed, step = split_step(name)
        symbol = network.at_step(meaning(typed, self._named.spelled), step)
        if symbol not in self.computed:
            raise UnknownQuantityError([self._not_in_this_step(symbol, clipped(name))])
        return symbol

    def _not_in_this_step(self, symbol: Symbol, name: str) -> Problem:
        """Why there is no such quantity, although there are others of its name."""
        steps = self.exercise.steps
        if symbol.step > steps:
            return Problem(f"there is no {name}", expected=f"a step from 1 to {steps}")
        return Problem(
            f"there is no {name}: only the last step has the forward pass with its updated parameters",
            expected=symbol._replace(step=steps).plain,
        )

    def spelling(self, symbol: Symbol) -> str:
        """The name of a quantity in a spelling that `symbol` accepts."""
        in_step_1 = spelling(symbol._replace(step=1), self._named.spelled)
        return in_step_1 if symbol.step == 1 else f"{in_step_1}{AT}{symbol.step}"

    @property
    def _named(self) -> "_Names":
        return _names(self.exercise.network, tuple(self.exercise.letters.items()))

    def decimals(self, precision: int | None = None) -> int:
        """Decimals to show: those asked for, else those carried, else those of the exercise."""
        if precision is not None:
            return precision
        return self.exercise.decimals if self.carry is None else self.carry

    def value(self, symbol: Symbol) -> Array:
        """The value of a quantity in the layout of the exercise: read-only, shape as in `Solution`."""
        value = np.asarray(self.in_exercise_layout(symbol, self.computed[symbol])).view()
        value.flags.writeable = False
        return value

    def in_exercise_layout(self, symbol: Symbol, values: Cells[Cell]) -> Cells[Cell]:
        """Convert an array over the cells of a quantity, (rows, columns), to the layout of the exercise."""
        return self.exercise.layout.values(symbol, values.reshape(self.exercise.shape(symbol)))

    def cell_name(self, symbol: Symbol, index: tuple[int, int]) -> str:
        """The name of a cell, given by its 0-based index on the page: `Δ1[2,1]`, `b1[2]`, `L`."""
        name = self.notation.name(symbol)
        place = self.exercise.layout.indices(symbol, index)
        return f"{name}[{','.join(map(str, place))}]" if place else name

    def axes(self, symbol: Symbol) -> tuple[Axis, ...]:
        """What each axis of a value stands for: "N" for samples, k for the units of layer k."""
        return self.exercise.layout.axes(symbol, symbol.dimensions(len(self.exercise.layers)))

    def formula(self, name: str) -> str:
        """The equation of a quantity: `Δ1 = (W2ᵀ Δ2) ⊙ f1'(S1)`."""
        return self.notation.equation(self._quantity(name))

    def _repr_markdown_(self) -> str:
        """The whole solution in Markdown, for notebooks."""
        from mlpcalc.solving.report import Selection, solution_report

        return solution_report(self, Selection())._repr_markdown_()

    def expression(self, symbol: Symbol, keeps_its_name: Callable[[Symbol], bool]) -> Expr:
        """The equation of a quantity between the matrices of the exercise, the other details written out."""
        page = self.computed.page
        whole = written_out(page[symbol].expression, page, keeps_its_name)
        return self.exercise.layout.expression(symbol, simplify(whole))

    def _quantity(self, name: str) -> Symbol:
        """The quantity with this plain name, or else what the name means in the letters of the course."""
        plain = self._named.plain
        return plain[name] if name in plain and plain[name] in self.computed else self.symbol(name)

    def __getitem__(self, name: str) -> Array:
        return self.value(self._quantity(name))

    def __iter__(self) -> Iterator[str]:
        return iter(self.symbols)

    def __len__(self) -> int:
        return len(self.symbols)

    __eq__, __hash__ = object.__eq__, object.__hash__

    def __reduce__(self) -> "tuple[type[Solution], tuple[Exercise, int | None]]":
        """Copied and pickled as the exercise; it is solved again when it is asked."""
        return type(self), (self.exercise, self.carry)

    def __repr__(self) -> str:
        carried = "" if self.carry is None else f", every quantity rounded to {self.carry} decimals"
        return f"<Solution of {self.exercise.described}{carried}>"


class _Names(NamedTuple):
    """The quantities of a network by plain name, and in every spelling that is accepted."""

    plain: Mapping[str, Symbol]
    spelled: Mapping[str, Symbol]


@lru_cache(maxsize=128)
def _names(network: Network, letters: tuple[tuple[str, str], ...]) -> _Names:
    """The names in the first step, for all exercises of one form with the same letters of their own."""
    plain = {symbol.plain: symbol for symbol in (*network.givens, *page_of_any_step(network))}
    return _Names(plain, spellings(plain, network.depth, dict(letters)))


def _check_domain(solution: Solution) -> None:
    """Refuse outputs for which the loss is not defined, such as the logarithm of a negative one."""
    exercise, network = solution.exercise, solution.exercise.network
    if exercise.loss is None or network.matched:
        return
    function, output = exercise.loss.function, network.activations[-1]
    low, high = function.domain
    T = exercise.targets
    if T is None or (low <= output.range[0] and output.range[1] <= high):
        return
    output_layer = Symbol("Z", network.depth)
    Y = solution.computed[output_layer]
    # An end that the activation only comes close to is no value of it, whatever it is rounded to.
    below = (low > Y) | ((low == Y) & (low != T) & (output.range[0] < low))
    outside = below | (high < Y) | ((high == Y) & (high != T) & (output.range[1] > high))
    if outside.any():
        unit, sample = np.argwhere(outside)[0]
        cell = in_words(output_layer, output_layer.dimensions(network.depth), (unit + 1, sample + 1))
        raise refuse(
            f"{function.name} is not defined for the output {Y[unit, sample]:.6g} ({cell})",
            exercise.places.get("loss"),
            expected=f"outputs between {low:g} and {high:g}"
            if np.isfinite(high)
            else f"outputs above {low:g}",
            hint=f"the output activation is {output.name}; sigmoid or softmax would keep the outputs inside",
        )
