"""The quantities of an exercise by name: values, formulas, spellings, layout."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property, lru_cache, partial
from typing import NamedTuple, Self, TypeVar

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.errors import Problem, UnknownQuantityError
from mlpcalc.notation.formulas import Notation
from mlpcalc.numerics.rounding import Digits, round_cells
from mlpcalc.numerics.values import Values
from mlpcalc.page.equations import in_layout, page_of_any_step, page_of_step, written_out
from mlpcalc.page.exercise import Exercise, Network
from mlpcalc.page.expr import Expr
from mlpcalc.page.simplify import simplify
from mlpcalc.page.symbols import AT, LETTERS, Axis, Spellings, Symbol, spellings, split_step
from mlpcalc.text.wording import clipped

Cell = TypeVar("Cell", bound=np.generic)
Cells = np.ndarray[tuple[int, ...], np.dtype[Cell]]


class Quantities(Mapping[str, Array]):
    """Every quantity of an exercise by name: `quantities["dW1"]` is a float64 array, shape (d1, d0).

    Names are those of the exercise format (`S1`, `Delta1`, `dW1`, `W1_new`, `loss`, …), as in JSON, also
    where a course writes `Z1` for S1; any other spelling is read as on the command line. Matrices
    have the layout of the exercise; biases and per-sample losses are flat, losses 0-dimensional. Each is
    computed when it is first asked for, and read-only. Objects are compared by identity.

    carry: decimals to which every quantity is rounded before it is used further; None for full precision.
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
        typed, step = split_step(name)
        symbol = self._in_step(self._named.spelled.symbol(typed), name, step)
        if symbol not in self.computed:
            raise UnknownQuantityError([self._not_in_this_step(symbol, clipped(name))])
        return symbol

    def find(self, name: str) -> Symbol | None:
        """The quantity that `symbol` gives for a name, or None."""
        typed, step = split_step(name)
        meant = self._named.spelled.find(typed)
        symbol = None if meant is None else self._in_step(meant, name, step)
        return symbol if symbol in self.computed else None

    def _in_step(self, symbol: Symbol, name: str, step: int) -> Symbol:
        """A quantity of step 1 as it is named in another, whether there is such a one or not."""
        network = self.exercise.network
        meant = network.at_step(symbol, step)
        if meant not in self.computed and AT not in name:
            return meant._replace(step=network.steps)  # of those after the update there is only one
        return meant

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
        in_step_1 = self._named.spelled.first(symbol._replace(step=1))
        return in_step_1 if symbol.step == 1 else f"{in_step_1}{AT}{symbol.step}"

    @property
    def _named(self) -> "_Names":
        return _names(self.exercise.network, tuple(self.exercise.letters.items()))

    def exercise_of_step(self, step: int) -> Exercise:
        """The exercise that a step is by itself: its samples, and the parameters that it starts from."""
        exercise, given = self.exercise, self.exercise.givens_of(step)
        if exercise.steps == 1:
            return exercise

        def before(kind: str, layer: int) -> Array:
            return self.computed[exercise.network.at_step(Symbol(kind, layer), step)]

        layers = tuple(
            layer._replace(weights=before("W", k), bias=None if layer.bias is None else before("b", k))
            for k, layer in enumerate(exercise.layers, start=1)
        )
        return replace(
            exercise,
            inputs=given[Symbol("X", step=step)],
            targets=given.get(Symbol("T", step=step)),
            layers=layers,
            written={},
            steps=1,
            batch=None,
        )

    def digits(self, precision: int | None = None) -> Digits:
        """Digits to show: the decimals asked for, else those carried, else what the exercise states."""
        decimals = self.carry if precision is None else precision
        if decimals is not None:
            return Digits(decimals)
        significant = self.exercise.significant
        return (
            Digits(self.exercise.decimals) if significant is None else Digits(significant, significant=True)
        )

    def decimals(self, precision: int | None = None) -> int:
        """The same as decimals: where significant digits are shown, those of a figure from 0.1 to 1."""
        return self.digits(precision).number

    def value(self, symbol: Symbol) -> Array:
        """The value of a quantity in the layout of the exercise: read-only, shape as in `Quantities`."""
        value = np.asarray(self.in_exercise_layout(symbol, self.computed[symbol])).view()
        value.flags.writeable = False
        return value

    def in_exercise_layout(self, symbol: Symbol, values: Cells[Cell]) -> Cells[Cell]:
        """Convert an array of the shape of a quantity from the layout of the page to that of the exercise."""
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

    def expression(self, symbol: Symbol, keeps_its_name: Callable[[Symbol], bool]) -> Expr:
        """The right-hand side of a quantity's equation in the layout of the exercise.

        keeps_its_name: which intermediate quantities are not written out.
        """
        page = self.computed.page
        whole = written_out(page[symbol].expression, page, keeps_its_name)
        return self.exercise.layout.expression(symbol, simplify(whole))

    def keeps_its_name(self, symbol: Symbol) -> bool:
        """Whether lines about cells name an intermediate quantity, as formulas do; they never name f'.

        Where each quantity is rounded, they name all: their figures are used, not what they come from.
        """
        if self.carry is not None:
            return True
        return symbol.kind != "fprime" and self.notation.keeps_its_name(symbol)

    def _quantity(self, name: str) -> Symbol:
        """The quantity with this plain name, or else with this name in the letters of the course."""
        plain = self._named.plain
        return plain[name] if name in plain and plain[name] in self.computed else self.symbol(name)

    def __getitem__(self, name: str) -> Array:
        return self.value(self._quantity(name))

    def __iter__(self) -> Iterator[str]:
        return iter(self.symbols)

    def __len__(self) -> int:
        return len(self.symbols)

    __eq__, __hash__ = object.__eq__, object.__hash__

    def __reduce__(self) -> tuple[type[Self], tuple[Exercise, int | None]]:
        """Copy and pickle the exercise only; values are computed again when they are needed."""
        return type(self), (self.exercise, self.carry)

    def __repr__(self) -> str:
        carried = "" if self.carry is None else f", every quantity rounded to {self.carry} decimals"
        return f"<{type(self).__name__} of {self.exercise.described}{carried}>"


class _Names(NamedTuple):
    """The quantities of a network by plain name, and by every accepted spelling."""

    plain: Mapping[str, Symbol]
    spelled: Spellings


@lru_cache(maxsize=128)
def _names(network: Network, letters: tuple[tuple[str, str], ...]) -> _Names:
    """The names in a network's first step; letters: those that the course declares."""
    plain = {symbol.plain: symbol for symbol in (*network.givens, *page_of_any_step(network))}
    return _Names(plain, Spellings(spellings(plain, network.depth, dict(letters))))
