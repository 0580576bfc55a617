"""How the cells of a solution were computed, as pages show it beside a matrix."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from mlpcalc.explaining.arithmetic import CellWriter, elided
from mlpcalc.explaining.cells import Cell, Figure
from mlpcalc.explaining.explainer import Explainer
from mlpcalc.explaining.reasons import reasons
from mlpcalc.notation.styles import ARITHMETIC, TIGHT
from mlpcalc.page import expr
from mlpcalc.page.symbols import Symbol
from mlpcalc.report.workings import Line, Operand, Place, Working, Workings

_MARK = "\0"  # around an operand; no text has it
_MANY = 100  # operands; where there are more, only those in the lines are listed, and long sums stay elided


def workings_of(explainer: Explainer) -> Callable[[Symbol], Workings | None]:
    """The workings of each quantity; None for givens."""

    def of(symbol: Symbol) -> Workings | None:
        if symbol not in explainer.solution.computed.page:
            return None
        return Workings(explainer.definitions(symbol), partial(_working, explainer, symbol))

    return of


def _working(explainer: Explainer, symbol: Symbol, i: int, j: int) -> Working:
    cell = _cell(explainer, symbol, i, j)
    node, operands = explainer.expanded(cell), explainer.operands(cell)
    short = elided(node)
    whole = len(operands) <= _MANY
    writer = _OperandWriter(operands if whole else (), explainer.solution.exercise.letters)
    result = explainer.result(cell)
    lines = [line for line in writer.lines(short, *explainer.lines(cell)) if in_words(line) != result]
    in_full = writer.lines(node, *explainer.lines(cell, in_full=True)) if whole and short != node else ()
    return Working(
        explainer.in_words(cell),
        [*lines, [result]],
        in_full,
        [Place(operand.symbol.plain, explainer.shown_indices(operand)) for operand in writer.numbers],
        list(dict.fromkeys(reasons(explainer, node))),
    )


def _cell(explainer: Explainer, symbol: Symbol, i: int, j: int) -> Cell:
    """The cell in a row and a column as shown, where a list is a row."""
    is_column = explainer.is_list(symbol) and len(explainer.values(symbol)) > 1
    return Cell(symbol, j, i) if is_column else Cell(symbol, i, j)


class _OperandWriter(CellWriter):
    """Writes lines in which operands are marked by their numbers; others are added as they occur."""

    def __init__(self, operands: Iterable[Cell], letters: Mapping[str, str]) -> None:
        super().__init__(ARITHMETIC, letters=letters)
        self.numbers = {operand: number for number, operand in enumerate(operands)}

    def _number(self, cell: Cell) -> int:
        return self.numbers.setdefault(cell, len(self.numbers))

    def write(self, node: expr.Expr) -> tuple[str, int]:
        """The text of an expression, with marks around its operands, and its precedence."""
        match node:
            case Cell():
                return f"{_MARK}{self._number(node)}{_MARK}", TIGHT
            case Figure(text, of) if of is not None:
                figure, binds = self.number(text)
                return f"{_MARK}{self._number(of)} {figure}{_MARK}", binds
            case _:
                return super().write(node)

    def lines(self, *nodes: expr.Expr) -> list[Line]:
        """Lines with the operands taken apart from the text, each line once."""
        return [_taken_apart(text) for text in dict.fromkeys(map(self.text, nodes))]


def in_words(line: Line) -> str:
    """A line with numbers as text; without the names of its operands."""
    return "".join(piece if isinstance(piece, str) else piece.figure for piece in line)


def _taken_apart(text: str) -> Line:
    line: list[str | Operand] = []
    for number, piece in enumerate(text.split(_MARK)):
        if number % 2:
            operand, _, figure = piece.partition(" ")
            line.append(Operand(int(operand), figure))
        elif piece:
            line.append(piece)
    return line
