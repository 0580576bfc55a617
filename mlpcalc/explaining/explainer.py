"""Work out how one cell is computed, with indices and with numbers, and what it is used in."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import partial
from itertools import product
from math import isfinite

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.errors import refuse
from mlpcalc.explaining.arithmetic import Printer, branches, elided, for_calculator, with_figures
from mlpcalc.explaining.cells import Cell, Figure, cells, expand
from mlpcalc.explaining.definitions import definition, functions
from mlpcalc.explaining.recompute import exactly, on_a_computer, on_paper
from mlpcalc.notation.formulas import Formula, Notation
from mlpcalc.numerics.rounding import Digits
from mlpcalc.page.cells import in_words, indices_of, split_cell
from mlpcalc.page.expr import Expr
from mlpcalc.page.symbols import Symbol
from mlpcalc.page.trees import references
from mlpcalc.solving.solution import Solution
from mlpcalc.text.wording import clipped, extent

_MOST_DIGITS = 17  # enough to tell every float64 from its neighbours
_PAPER = Context(prec=400, rounding=ROUND_HALF_UP)  # for every digit of a double, before and after the point
_MOST_SEARCHED = 400  # cells of one quantity, for those that use a cell
_LONGEST_INDEX = 9  # digits


class Explainer:
    """Explains the cells of one solution, in the layout of the exercise.

    decimals: digits shown after the decimal point.
    """

    def __init__(self, solution: Solution, digits: Digits) -> None:
        self.solution = solution
        self.digits = digits
        self.rounds_each = solution.carry is not None
        self._layout = solution.exercise.layout
        self._values: dict[Symbol, Array] = {}
        self._expressions: dict[Symbol, Expr] = {}
        self._expanded: tuple[Cell, Expr] | None = None
        self._lines: dict[tuple[Cell, bool], tuple[Expr, Expr]] = {}  # the same in text and in LaTeX

    # -- cells

    def find(self, text: str) -> tuple[Symbol, Cell | None]:
        """The quantity and the cell that `S1[2,3]`, `db1[2]` or `loss` name; no cell for a whole matrix.

        Raises `InputError` for a quantity or a cell that does not exist.
        """
        name, indices = split_cell(text)
        if not name:
            raise refuse("no cell was named", expected="a cell such as 'S1[1,2]', or loss")
        symbol = self.solution.symbol(name)
        rows, columns = self.values(symbol).shape
        if indices is None:
            return symbol, Cell(symbol, 0, 0) if rows * columns == 1 else None
        shape = self.solution.value(symbol).shape
        counts = [part.strip() for part in indices.split(",")]
        cells = extent(symbol.plain, shape)
        if not all(count.isdecimal() and count.isascii() for count in counts) or len(counts) > 2:
            raise refuse(f"{clipped(text)} is not a cell: {cells}")
        if len(counts) == 1 and columns > 1 and not self.is_list(symbol):
            raise refuse(f"{symbol.plain} has two indices", expected=f"a cell such as {symbol.plain}[1,2]")
        row, column = (int(count[:_LONGEST_INDEX]) - 1 for count in (*counts, "1")[:2])
        if self.is_list(symbol) and rows == 1:
            row, column = column, row
        if not (0 <= row < rows and 0 <= column < columns):
            raise refuse(cells)
        return symbol, Cell(symbol, row, column)

    def values(self, symbol: Symbol) -> Array:
        """The values of a quantity, shape (rows, columns)."""
        if symbol not in self._values:
            internal = np.atleast_2d(self.solution.computed[symbol])
            self._values[symbol] = self._layout.values(symbol, internal)
        return self._values[symbol]

    def is_list(self, symbol: Symbol) -> bool:
        """Whether the quantity is a list, whose cells have a single index."""
        return len(symbol.spec.shape) == 1

    def cells_of(self, symbol: Symbol) -> Iterator[Cell]:
        """The cells of a quantity, row by row."""
        rows, columns = self.values(symbol).shape
        return (Cell(symbol, i, j) for i in range(rows) for j in range(columns))

    def value(self, cell: Cell) -> float:
        """The value of a cell."""
        return float(self.values(cell.symbol)[cell.row, cell.column])

    def indices(self, cell: Cell) -> list[int]:
        """The 1-based indices of a cell: [row, column], [i] in a list, [] for a number."""
        return list(indices_of(cell.symbol, (cell.row, cell.column)))

    def shown_indices(self, cell: Cell) -> list[int]:
        """The indices that stand with the name of a cell: none of a number, such as a shared bias."""
        return [] if self.solution.is_number(cell.symbol) else self.indices(cell)

    def in_words(self, cell: Cell) -> str:
        """The meaning of the indices of a cell: `unit 2, sample 1`."""
        axes, first = (
            self.solution.axes(cell.symbol),
            self.solution.exercise.samples_of(cell.symbol.step).start,
        )
        if self.solution.is_number(cell.symbol):
            return ""
        indices = zip(axes, self.indices(cell), strict=True)
        return in_words(cell.symbol, axes, (first + i if axis == "N" else i for axis, i in indices))

    # -- expressions

    def expression(self, symbol: Symbol) -> Expr:
        """The right-hand side of a quantity's equation, with intermediate quantities written out."""
        if symbol not in self._expressions:
            self._expressions[symbol] = self.solution.expression(symbol, self.solution.keeps_its_name)
        return self._expressions[symbol]

    def expanded(self, cell: Cell) -> Expr:
        """A cell as an expression of the cells of its operands; of the last cell it is remembered."""
        if self._expanded is None or self._expanded[0] != cell:
            self._expanded = cell, self._expand(cell)
        return self._expanded[1]

    def _expand(self, cell: Cell) -> Expr:

        def shape_of(symbol: Symbol) -> tuple[int, int]:
            rows, columns = self.values(symbol).shape
            return rows, columns

        samples_in_rows = self._layout.is_transposed("samples")
        expression = self.expression(cell.symbol)
        return expand(expression, cell.row, cell.column, shape_of, samples_in_rows=samples_in_rows)

    def definitions(self, symbol: Symbol) -> list[Formula]:
        """The definitions of the functions in a quantity's equation."""
        expressions = [self.expression(symbol)] if symbol in self.solution.computed.page else []
        return [
            self.solution.notation.both(partial(definition, function, self._layout))
            for expression in expressions
            for function in functions(expression)
        ]

    def is_given(self, cell: Cell) -> bool:
        """Whether the cell is given in the exercise."""
        return cell.symbol not in self.solution.computed.page

    def operands(self, cell: Cell) -> list[Cell]:
        """The cells that a cell is computed from, each once, in the order of its formula."""
        return [] if self.is_given(cell) else list(dict.fromkeys(cells(self.expanded(cell))))

    def uses(self, cell: Cell) -> list[Formula]:
        """The names of the cells that use this one, or of whole quantities where those are many."""
        found: list[Formula] = []
        for symbol in self._later(cell.symbol):
            passed_over = symbol.spec.detail and not self.rounds_each
            if passed_over or cell.symbol not in references(self.expression(symbol)):
                continue
            if self.values(symbol).size > _MOST_SEARCHED:
                found.append(self.named(symbol))
                continue
            users = [each for each in self.cells_of(symbol) if cell in cells(self.expanded(each))]
            whole = len(users) == self.values(symbol).size and len(users) > 3
            found += [self.named(symbol)] if whole else [self.named(each) for each in users]
        return found

    def _later(self, symbol: Symbol) -> Iterator[Symbol]:
        """The quantities that may use this one: those of its step, and of the next if that starts from it."""
        page, steps = self.solution.computed.page, self.solution.steps
        for step in (symbol.step, symbol.step + 1) if symbol.is_carried_on else (symbol.step,):
            if step in steps:
                yield from (each for each in self.solution.of_step(step) if each in page)

    def exactly(self, node: Expr) -> float:
        """The value of an expression of cells, in full precision."""
        return exactly(node, self.value, self.solution.exercise.coefficients.exact)

    # -- texts

    def named(self, what: Cell | Symbol) -> Formula:
        """The name of a cell or a quantity, as text and as LaTeX."""
        if isinstance(what, Symbol):
            return self.solution.notation.both(lambda notation: notation.name(what))
        return self.solution.notation.both(lambda notation: self.name(what, notation))

    def name(self, cell: Cell, notation: Notation | None = None) -> str:
        """The name of a cell: Δ1[2,1]."""
        notation = notation or self.solution.notation
        name, indices = notation.name(cell.symbol), self.shown_indices(cell)
        return notation.style.cell(name, indices) if indices else name

    def result(self, cell: Cell) -> str:
        """The value as shown: a given as typed, other values rounded."""
        text = self._given_text(cell)
        return self.digits.figure(self.value(cell)) if text is None or "/" in text else text

    def lines(self, cell: Cell, *, in_full: bool = False) -> tuple[Expr, Expr]:
        """The line with numbers, and the same with functions evaluated.

        Both give the result as shown; numbers have more digits where that needs them. in_full: whether all
        terms of a long sum are there.
        """
        if (cell, in_full) not in self._lines:
            node = self.expanded(cell)
            self._lines[cell, in_full] = self._printed_lines(cell, node if in_full else elided(node))
        return self._lines[cell, in_full]

    def _printed_lines(self, cell: Cell, short: Expr) -> tuple[Expr, Expr]:
        result = self.result(cell)
        if not isfinite(self.value(cell)):
            return self._with_digits(short, self.digits)
        close = None
        for digits in self._from_these_on():
            lines = self._with_digits(short, digits)
            found = [on_paper(line) for line in lines]
            if all(rounds_to(value, result) for value in found):
                return lines
            if close is None and all(is_close_to(value, result) for value in found):
                close = lines
        return close or lines

    def _with_digits(self, short: Expr, digits: Digits) -> tuple[Expr, Expr]:
        printer = self._printer(digits)
        numbers, evaluated = (with_figures(short, printer, functions=kept) for kept in (True, False))
        # If the whole line is one function, its value is the result, which has a line of its own.
        return numbers, numbers if isinstance(evaluated, Figure) else evaluated

    def for_calculator(self, cell: Cell) -> str:
        """The complete line in plain arithmetic, with enough digits to give the result as shown."""
        result = self.result(cell)
        if isfinite(self.value(cell)):
            node = self.expanded(cell)
            # By its definition a saturated function loses all digits; then its value is written.
            for functions, digits in product((True, False), self._from_these_on()):
                line = branches(with_figures(node, self._printer(digits), functions=functions))
                if is_close_to(on_a_computer(line), result):
                    return for_calculator(line)
        return result

    def _from_these_on(self) -> Iterator[Digits]:
        """The digits shown, then one more at a time."""
        return map(self.digits.more, range(_MOST_DIGITS - self.digits.number + 1))

    def _printer(self, digits: Digits) -> Printer:
        def number(value: float) -> str:
            return str(int(value)) if value.is_integer() else digits.figure(value)

        def text(cell: Cell) -> str:
            return self._given_text(cell) or digits.figure(self.value(cell))

        return Printer(text, number, self.exactly, self.solution.exercise.coefficients.exact)

    def _given_text(self, cell: Cell) -> str | None:
        """The text typed in the cell of a given; None for any other cell."""
        texts = self.solution.exercise.typed(cell.symbol)
        if texts is None:
            return None
        row, column = self._layout.axes(cell.symbol, (cell.row, cell.column))
        return texts[row][column].replace("\N{MINUS SIGN}", "-").removeprefix("+")


def rounds_to(value: Decimal | None, result: str) -> bool:
    """Whether a value rounds to the printed result, ties away from zero."""
    if value is None:
        return False
    shown = Decimal(result)
    return _PAPER.quantize(value, shown) == shown


def is_close_to(value: Decimal | float | None, result: str) -> bool:
    """Whether a value is within half a unit of the last digit of the printed result."""
    if value is None or not isfinite(value):
        return False
    return abs(float(value) - float(result)) <= 0.5 * last_unit(result) * (1 + 1e-9)


def last_unit(text: str) -> float:
    """The unit of the last digit of a figure: 0.0001 for 0.0450, 1e-14 for 6.9e-13."""
    digits, _, exponent = text.partition("e")
    after_point = len(digits.partition(".")[2])
    return float(Fraction(10) ** (int(exponent or 0) - after_point))
