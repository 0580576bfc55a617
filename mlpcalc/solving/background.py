"""What pages show beside a solution: the picture of the network, and what its figures come from."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from mlpcalc.page.symbols import Stage, Symbol
from mlpcalc.page.trees import references
from mlpcalc.report.blocks import Background, Block, Heading, Matrix
from mlpcalc.solving.picture import picture
from mlpcalc.solving.quantities import Quantities

_STEPS_BACK = 10
_TITLE = "What these figures are computed from"


def background(
    solution: Quantities, shown: Sequence[Symbol], step: int, matrix: Callable[[Symbol], Matrix]
) -> Iterator[Background]:
    """The picture and the givens of a step; folded away, what else the shown quantities are computed from.

    shown: the quantities of the page up to this step. matrix: makes the block of a quantity.
    """
    others = _origins(solution, shown, step)
    stage = solution.exercise.network.stage
    givens = [symbol for symbol in others if stage(symbol) == Stage.GIVENS]
    computed = [symbol for symbol in others if stage(symbol) != Stage.GIVENS]

    def beside() -> Iterator[Block]:
        yield picture(solution, step, matrix)
        if givens:
            yield Heading("givens", level=2 if solution.exercise.steps > 1 else 1)
            yield from map(matrix, givens)

    yield Background(beside)
    if computed:
        yield Background(lambda: map(matrix, computed), _TITLE)


def _origins(solution: Quantities, shown: Sequence[Symbol], step: int) -> list[Symbol]:
    """All that quantities are computed from, back to the givens, in the order of the page.

    Through some steps before theirs only: of a thousand there would be as many pages.
    """
    first = max(1, step - _STEPS_BACK)
    found, pending = set(shown), [*shown]
    while pending:
        symbol = pending.pop()
        if symbol.step >= first and symbol in solution.computed.page:
            operands = references(solution.expression(symbol, solution.keeps_its_name))
            pending += set(operands) - found
            found |= set(operands)
    others = found.difference(shown)
    near = chain.from_iterable(map(solution.of_step, range(max(1, first - 1), step + 1)))
    return [symbol for symbol in near if symbol in others]
