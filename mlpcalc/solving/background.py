"""What pages show beside a solution: the picture of the network, and what its figures come from."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from mlpcalc.page.symbols import Stage, Symbol
from mlpcalc.page.trees import references
from mlpcalc.report.blocks import Background, Block, Heading, Layer, Matrix, Network
from mlpcalc.solving.quantities import Quantities

_ORIGINS = "What these figures are computed from"


def picture(solution: Quantities, step: int, matrix: Callable[[Symbol], Matrix]) -> Network:
    """The network as it is in a step; matrix: makes the block of a quantity."""
    exercise = solution.exercise

    def known(*symbols: Symbol) -> Matrix | None:
        """The first of these quantities that there is."""
        return next((matrix(symbol) for symbol in symbols if symbol in solution.computed), None)

    layers = []
    for k in range(len(exercise.layers) + 1):
        values = matrix(Symbol("Z", k, step=step) if k else Symbol("X", step=step))
        errors = known(Symbol("Delta", k, step=step)) if k else None
        weights = matrix(exercise.network.at_step(Symbol("W", k), step)) if k else None
        layers.append(Layer(exercise.layers[k - 1].activation.name if k else "", values, errors, weights))
    values = layers[0].values
    in_rows = exercise.layout.is_transposed("samples")
    return Network(
        layers,
        values.rows if in_rows else values.columns,
        samples_in_rows=in_rows,
        inputs_in_rows=exercise.layout.is_transposed("weights"),
        step=step if exercise.steps > 1 else 0,
    )


def origins(solution: Quantities, shown: Iterable[Symbol]) -> list[Symbol]:
    """All that quantities are computed from, back to the givens, in the order of the page."""
    found, pending = set(shown), [*shown]
    page = solution.computed.page
    before = set(found)
    while pending:
        symbol = pending.pop()
        if symbol in page:
            operands = references(solution.expression(symbol, solution.keeps_its_name))
            pending += set(operands) - found
            found |= set(operands)
    return [symbol for symbol in solution.symbols.values() if symbol in found - before]


def background(
    solution: Quantities, shown: Sequence[Symbol], step: int, matrix: Callable[[Symbol], Matrix]
) -> Iterator[Background]:
    """The picture and the givens of a step; folded away, what else the shown quantities are computed from."""
    others = origins(solution, shown)
    givens = [symbol for symbol in others if symbol.stage == Stage.GIVENS]
    computed = [symbol for symbol in others if symbol.stage != Stage.GIVENS]

    def beside() -> Iterator[Block]:
        yield picture(solution, step, matrix)
        if givens:
            yield Heading("givens", level=2 if solution.exercise.steps > 1 else 1)
            yield from map(matrix, givens)

    yield Background(beside)
    if computed:
        yield Background(lambda: map(matrix, computed), _ORIGINS)
