"""Whether figures can be those of a quantity, by their shape, if that is not for the marking to say."""

import re

from mlpcalc.answers.entries import Quantities
from mlpcalc.answers.forms.passages import Grid, Passage
from mlpcalc.answers.lookup import Meant
from mlpcalc.page.symbols import Symbol
from mlpcalc.text.wording import counted

_ONE_OF_MANY = re.compile(
    r"\b(?:sample|example|instance|pattern|unit|neuron|node|iteration|epoch|step|row|column)\b", re.IGNORECASE
)


def misfit(quantities: Quantities, passage: Passage, meant: Meant) -> str | None:
    """Why the figures of a passage cannot be those of a quantity; None if they may be."""
    symbol, grid = meant.symbol, passage.grid
    own = quantities.own_shape(symbol)
    cells = own[0] * own[1]
    if meant.indices is not None:
        return None if grid.size == 1 else f"{counted(grid.size, 'figure')} for one cell"
    if _fits(grid, symbol, own):
        return None
    what = f"{symbol.plain} is {own[0]}×{own[1]}"
    shape = len(grid.rows), len(grid.rows[0])
    if grid.size == 1 and cells > 1:
        return f"one figure, but {what}"
    if cells == 1:
        return f"{counted(grid.size, 'figure')}, but {symbol.plain} is one number"
    if 1 in shape and 1 not in own:
        return f"{counted(grid.size, 'figure')} in a list, but {what}"
    words = " / ".join((*passage.names, *passage.heading.split(" / ")[-1:]))
    if meant.loose or _ONE_OF_MANY.search(words):
        return f"{shape[0]}×{shape[1]} figures, but {what}"
    return None


def _fits(grid: Grid, symbol: Symbol, own: tuple[int, int]) -> bool:
    """Whether a grid has the shape of a quantity, turned or not."""
    shape = len(grid.rows), len(grid.rows[0])
    as_list = (grid.flat or len(symbol.spec.shape) < 2) and 1 in shape and 1 in own
    return shape in (own, own[::-1]) or (as_list and grid.size == own[0] * own[1])


def cell_of(quantities: Quantities, symbol: Symbol, indices: tuple[int, ...]) -> tuple[int, ...] | None:
    """The cell of a quantity; one index is enough where it has one row or one column; None for none."""
    own = quantities.own_shape(symbol)
    flat = len(symbol.spec.shape) < 2
    if len(indices) == 1 and not flat:
        if 1 not in own:
            return None
        indices = (indices[0], 1) if own[1] == 1 else (1, indices[0])
    inside = all(index >= 1 for index in indices) and (
        max(indices) <= max(own) if flat else all(a <= b for a, b in zip(indices, own, strict=True))
    )
    return indices if inside else None
