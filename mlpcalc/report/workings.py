"""How the cells of a matrix were computed, for forms in which one can ask for it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from mlpcalc.notation.formulas import Formula


class Place(NamedTuple):
    """A cell on a page.

    matrix: the plain name of its quantity. indices: as people count, from 1; one in a list, none of a number.
    """

    matrix: str
    indices: Sequence[int]

    @property
    def address(self) -> str:
        """The name of the cell, by which pages refer to it: `Delta1[2,1]`, `b1[2]`, `loss`."""
        return f"{self.matrix}[{','.join(map(str, self.indices))}]" if self.indices else self.matrix


class Operand(NamedTuple):
    """A piece of a line that stands for an operand: for its name, or for its figure.

    number: which of the operands, from 0. figure: "" for the name.
    """

    number: int
    figure: str = ""


Line = Sequence[str | Operand]
"""Text with operands in it."""


class Working(NamedTuple):
    """How one cell was computed.

    meaning: what its indices count, such as "unit 2, sample 1". lines: with indices, with numbers, the
    result. in_full: all but the last of them without an ellipsis; none if they have no ellipsis. operands:
    the cells that it is computed from, each once. remarks: sentences about it.
    """

    meaning: str
    lines: Sequence[Line]
    in_full: Sequence[Line]
    operands: Sequence[Place]
    remarks: Sequence[Sequence[str | Formula]] = ()


class Workings(NamedTuple):
    """How the cells of one matrix were computed.

    definitions: of the functions in its formula. of: the working of a cell, by its row and column from 0, as
    the matrix is shown.
    """

    definitions: Sequence[Formula]
    of: Callable[[int, int], Working]
