"""What the sheets of one exercise are marked by."""

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np

from mlpcalc.answers.contents import given_values
from mlpcalc.answers.digits import Asked
from mlpcalc.arrays import Array
from mlpcalc.marking.misprints import MOST, misreadings
from mlpcalc.marking.routes import routes
from mlpcalc.marking.stacks import MOST_CELLS
from mlpcalc.numerics.interval import UNIT, Ball
from mlpcalc.page.asked import asked
from mlpcalc.page.expr import Expr
from mlpcalc.page.symbols import Symbol
from mlpcalc.page.trees import references
from mlpcalc.reading.numerals import NumeralError, approximate
from mlpcalc.solving.solution import Solution

_FEW_LAYERS = 6  # through which each step may ask for the one before


class Basis:
    """What the sheets of an exercise are marked by: its page, its givens, and its exact solution.

    exact: every quantity, shape (rows, columns) in the layout of the page. points: of what is to be answered.
    givens: what the exercise states, and what it gives on its sheets, which is as exact.
    """

    def __init__(self, solution: Solution) -> None:
        self.solution = solution
        self.exercise = solution.exercise
        self.asked = Asked.of(solution.exercise)
        self.points = asked(solution.exercise)
        self.page = solution.computed.page
        self.coefficient = solution.exercise.coefficients
        stated = self.exercise.givens()
        filled_in = {symbol: self._filled_in(symbol) for symbol in self.exercise.given}
        self.givens = {symbol: _given(value) for symbol, value in {**stated, **filled_in}.items()}
        self.order = _order([*stated, *self.page])
        self._exact: dict[Symbol, Array] = {}
        self._routes: dict[tuple[Symbol, frozenset[Symbol]], tuple[Expr, ...]] = {}
        self._parts: dict[Symbol, frozenset[Symbol]] = {}
        self._operands: dict[tuple[Symbol, frozenset[Symbol]], frozenset[Symbol]] = {}
        self._from_givens: dict[object, dict[Symbol, Ball]] = {}
        self._misread: dict[Symbol, tuple[Array, Sequence[str]]] = {}
        self.deep = len(self.exercise.layers) > _FEW_LAYERS
        self.largest = max(1.0, *(float(np.abs(ball.value).max()) for ball in self.givens.values()))

    def _filled_in(self, symbol: Symbol) -> Array:
        """A quantity with the figures that sheets have of it; the solution where that is infinite."""
        value = given_values(self.solution, symbol)
        value = np.where(np.isnan(value), self.solution.computed[symbol], value)
        return value.reshape(value.shape or (1, 1))

    def exact(self, symbol: Symbol) -> Array:
        """The exact solution of a quantity."""
        if symbol not in self._exact:
            value = self.solution.computed[symbol]
            self._exact[symbol] = value.reshape(value.shape or (1, 1))
        return self._exact[symbol]

    def routes(self, symbol: Symbol, carried: frozenset[Symbol]) -> tuple[Expr, ...]:
        """Every route to a quantity, the page's own first; also through the details that were `carried`."""
        details = carried & self._parts_of(symbol)
        if (symbol, details) not in self._routes:
            self._routes[symbol, details] = routes(symbol, self.page, self.exercise.network, details)
        return self._routes[symbol, details]

    def _parts_of(self, symbol: Symbol) -> frozenset[Symbol]:
        """The details before a quantity that may be a part of some route to it."""
        if symbol not in self._parts:
            place, plain = self.order[symbol], routes(symbol, self.page, self.exercise.network, frozenset())
            used = frozenset[Symbol]().union(*map(references, plain))
            self._parts[symbol] = frozenset(
                detail
                for detail in self.details
                if self.order[detail] < place and references(self.page[detail].expression) <= used
            )
        return self._parts[symbol]

    def operands(self, symbol: Symbol, carried: frozenset[Symbol]) -> frozenset[Symbol]:
        """The quantities that any route to a quantity uses."""
        if (symbol, carried) not in self._operands:
            all_routes = self.routes(symbol, carried) if symbol not in self.givens else ()
            self._operands[symbol, carried] = frozenset().union(*map(references, all_routes))
        return self._operands[symbol, carried]

    def from_givens(self, carried: frozenset[Symbol], unit: float) -> dict[Symbol, Ball]:
        """What lines have derived from the givens alone, for all lines with the same details and rounding.

        carried: the details that may have been used. unit: what one operation rounds by.
        """
        return self._from_givens.setdefault((carried, unit), {})

    def misread(self, given: Symbol) -> tuple[Array, Sequence[str]]:
        """A given as it may have been misread in one of its cells: a stack, and in words what each is."""
        if given not in self._misread:
            texts, array = self.exercise.typed(given) or (), self.givens[given].value
            variants, words = [], []
            for i, j, text in misreadings(texts) if array.size <= MOST else ():
                try:
                    value = approximate(text)
                except NumeralError:
                    continue
                if value != array[i, j]:
                    variants.append(array.copy())
                    variants[-1][i, j] = value
                    name = self.solution.cell_name(given, (i, j))
                    words.append(f"{name} is {texts[i][j]} but was read as {text}.")
            self._misread[given] = np.array(variants[:MOST]), words[:MOST]
        return self._misread[given]

    def before_update(self, symbol: Symbol) -> Array | None:
        """What is given for a parameter that an update replaces; None for other quantities."""
        if not (symbol.updated and symbol.is_parameter):
            return None
        given = self.givens.get(self.exercise.network.before_update(symbol))
        return None if given is None else given.value

    def most_at_once(self, sheets: int) -> int:
        """How often all cells of so many sheets may be worked out in one stack."""
        return max(1, MOST_CELLS // (self._largest_matrix * sheets))

    @cached_property
    def _largest_matrix(self) -> int:
        return max(value.size for value in map(self.exact, self.page))

    @cached_property
    def details(self) -> frozenset[Symbol]:
        """The quantities that are often not written down."""
        return frozenset(symbol for symbol in self.page if symbol.spec.detail)


def _order(symbols: Iterable[Symbol]) -> dict[Symbol, int]:
    """The place of every quantity: as on the page, but Y - T straight after Y, as the loss may use it."""
    symbols = list(symbols)
    depth = max(symbol.layer for symbol in symbols)
    of_output = {symbol._replace(kind="Z", layer=depth): symbol for symbol in symbols if symbol.kind == "err"}
    ordered: list[Symbol] = []
    for symbol in symbols:
        if symbol.kind != "err":
            ordered.append(symbol)
        if symbol in of_output:
            ordered.append(of_output[symbol])
    return {symbol: place for place, symbol in enumerate(ordered)}


def _given(value: Array) -> Ball:
    """A given as it is on paper: whole numbers are exact, other decimals as near as a float comes."""
    return Ball(value, np.where(value == np.rint(value), 0.0, UNIT * np.abs(value)))
