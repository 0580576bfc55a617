"""Write the lines about cells: with indices, with numbers, the result."""

from collections.abc import Callable, Iterable
from functools import cache

from mlpcalc.explaining.arithmetic import CellWriter, elided
from mlpcalc.explaining.cells import Cell
from mlpcalc.explaining.explainer import Explainer
from mlpcalc.notation.formulas import Formula, Notation
from mlpcalc.notation.styles import BETWEEN_NUMBERS
from mlpcalc.report.blocks import Aligned

_INDENTED = 10  # levels; further ones are not indented more


class LineWriter:
    """Writes the lines about cells, in the style of a notation."""

    def __init__(self, explainer: Explainer, notation: Notation) -> None:
        self.explainer = explainer
        self.notation = notation
        self.writer = CellWriter(
            BETWEEN_NUMBERS[notation.style.names], self.name, explainer.solution.exercise.letters
        )
        self._equals = self.writer.style.literal("= ")

    def name(self, cell: Cell) -> str:
        """The name of a cell."""
        return self.explainer.name(cell, self.notation)

    def formula(self, cell: Cell) -> list[str]:
        """The equation of the quantity of a cell, before its = and from there on."""
        return [self.notation.name(cell.symbol), f"{self._equals}{self.notation.formula(cell.symbol)}"]

    def result(self, cell: Cell) -> str:
        """The figure of a cell."""
        return self.writer.style.number(self.explainer.result(cell))

    def in_full(self, cell: Cell) -> list[list[str]]:
        """The lines of a cell: formula, indices, numbers, numbers with functions evaluated, result."""
        node = self.explainer.expanded(cell)
        numbers, evaluated = self.explainer.lines(cell)
        lines = [self.writer.segments(line) for line in (elided(node), numbers, evaluated)]
        lines.append([self.result(cell)])
        different = [line for i, line in enumerate(lines) if line not in lines[:i]]
        names = [self.name(cell), *[""] * len(lines)]
        return [
            self.formula(cell),
            *(
                [name, f"{self._equals}{first}", *rest]
                for name, (first, *rest) in zip(names, different, strict=False)
            ),
        ]

    def in_short(self, cell: Cell, level: int = 0) -> list[str]:
        """One line with numbers: `S1[2,1] = 0.7 · 0.75 + 0.43 · 0.8 = 0.8690`, indented by level."""
        name, result = self.name(cell), self.result(cell)
        if self.notation.style.names == "text":
            name = "  " * min(level, _INDENTED) + name
        if self.explainer.is_given(cell):
            return [name, f"{self._equals}{result}"]
        node = self.explainer.expanded(cell)
        numbers, _ = self.explainer.lines(cell)
        steps = [self.writer.text(numbers), result]
        if level:
            steps.insert(0, self.writer.text(elided(node)))
        # Equal steps are written once, rather than x = x.
        return [name, self._equals + f" {self._equals}".join(dict.fromkeys(steps))]


def aligned(explainer: Explainer, write: Callable[[LineWriter], Iterable[list[str]]]) -> Aligned:
    """Lines whose pieces are written in every style; as markup only if that is needed."""
    notation = explainer.solution.notation

    def written(styled: Callable[[], Notation]) -> Callable[[], list[list[str]]]:
        return cache(lambda: list(write(LineWriter(explainer, styled()))))

    latex, mathml = written(lambda: notation.latex), written(lambda: notation.mathml)

    def piece(text: str, i: int, j: int) -> Formula:
        return Formula(text, lambda: latex()[i][j], lambda: mathml()[i][j])

    lines = enumerate(written(lambda: notation)())
    return Aligned([[piece(text, i, j) for j, text in enumerate(line)] for i, line in lines])
