"""What pages show beside a solution: the picture of the network, and what its figures come from."""

from collections.abc import Callable, Iterator, Sequence

from mlpcalc.page.symbols import Stage, Symbol
from mlpcalc.page.trees import references
from mlpcalc.report.blocks import Background, Block, Heading, Layer, Matrix, Network
from mlpcalc.solving.quantities import Quantities

_TITLE = "What these figures are computed from"
_OF_UNITS = ("Z", "S", "dZ", "fprime", "Delta", "expS")  # a value for each unit and each sample
_OF_OUTPUTS = ("T", "err", "loss_terms")  # the same of the last layer


def background(
    solution: Quantities, shown: Sequence[Symbol], step: int, matrix: Callable[[Symbol], Matrix]
) -> Iterator[Background]:
    """The picture and the givens of a step; folded away, what else the shown quantities are computed from.

    shown: the quantities of the page up to this step. matrix: makes the block of a quantity.
    """
    others = _origins(solution, shown)
    givens = [symbol for symbol in others if symbol.stage == Stage.GIVENS]
    computed = [symbol for symbol in others if symbol.stage != Stage.GIVENS]

    def beside() -> Iterator[Block]:
        yield _picture(solution, step, matrix)
        if givens:
            yield Heading("givens", level=2 if solution.exercise.steps > 1 else 1)
            yield from map(matrix, givens)

    yield Background(beside)
    if computed:
        yield Background(lambda: map(matrix, computed), _TITLE)


def _origins(solution: Quantities, shown: Sequence[Symbol]) -> list[Symbol]:
    """All that quantities are computed from, back to the givens, in the order of the page."""
    found, pending = set(shown), [*shown]
    while pending:
        symbol = pending.pop()
        if symbol in solution.computed.page:
            operands = references(solution.expression(symbol, solution.keeps_its_name))
            pending += set(operands) - found
            found |= set(operands)
    return [symbol for symbol in solution.symbols.values() if symbol in found.difference(shown)]


def _picture(solution: Quantities, step: int, matrix: Callable[[Symbol], Matrix]) -> Network:
    """The network with its weights before a step, and what its units hold in it."""
    exercise = solution.exercise
    inputs, depth = matrix(Symbol("X", step=step)), len(exercise.layers)
    of_outputs = [Symbol(kind, step=step) for kind in _OF_OUTPUTS]
    layers = [Layer("", inputs, None, None, [inputs.key])]
    for k, layer in enumerate(exercise.layers, start=1):
        of_units = {kind: Symbol(kind, k, step=step) for kind in _OF_UNITS}
        errors = of_units["Delta"]
        layers.append(
            Layer(
                layer.activation.name,
                matrix(of_units["Z"]),
                matrix(errors) if errors in solution.computed else None,
                matrix(exercise.network.at_step(Symbol("W", k), step)),
                [symbol.plain for symbol in (*of_units.values(), *(of_outputs if k == depth else ()))],
            )
        )
    in_rows = exercise.layout.is_transposed("samples")
    return Network(
        layers,
        samples=inputs.rows if in_rows else inputs.columns,
        samples_in_rows=in_rows,
        inputs_in_rows=exercise.layout.is_transposed("weights"),
        step=step if exercise.steps > 1 else 0,
    )
