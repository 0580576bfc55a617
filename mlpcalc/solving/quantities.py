"""The quantities of an exercise by name: values, formulas, spellings, layout."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property, partial
from typing import Self, TypeVar

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.notation.formulas import Notation
from mlpcalc.numerics.rounding import Digits, round_cells
from mlpcalc.numerics.values import Values
from mlpcalc.page.equations import written_out
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.expr import Expr
from mlpcalc.page.names import Names, names_of
from mlpcalc.page.pages import in_layout, page_of_step
from mlpcalc.page.simplify import simplify
from mlpcalc.page.symbols import Axis, Symbol

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
        return Notation(in_layout(self.computed.page, exercise.layout), exercise.all_letters)

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
        return self._named.symbol(name)

    def find(self, name: str) -> Symbol | None:
        """The quantity that `symbol` gives for a name, or None."""
        return self._named.find(name)

    def called_plainly(self, name: str) -> Symbol | None:
        """The quantity with this plain name, which without a step is that of the first; or None."""
        return self.symbols.get(name) or self._named.plain.get(name)

    def spelling(self, symbol: Symbol) -> str:
        """The name of a quantity in a spelling that `symbol` accepts."""
        return self._named.spelling(symbol)

    @property
    def _named(self) -> Names:
        return names_of(self.exercise.network, tuple(self.exercise.letters.items()))

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
        place = () if self.is_number(symbol) else self.exercise.layout.indices(symbol, index)
        return f"{name}[{','.join(map(str, place))}]" if place else name

    def is_number(self, symbol: Symbol) -> bool:
        """Whether a quantity is a single number in any network of this form: a loss, or a shared bias."""
        return {"one"}.issuperset(self.axes(symbol))

    def axes(self, symbol: Symbol) -> tuple[Axis, ...]:
        """What each axis of a value stands for: "N" for samples, k for the units of layer k."""
        return self.exercise.layout.axes(symbol, self.exercise.network.dimensions(symbol))

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
