"""The picture of a network with the weights of an exercise."""

from collections.abc import Callable, Iterator

from mlpcalc.page.symbols import Symbol
from mlpcalc.report.blocks import Block, Layer, Matrix, Network
from mlpcalc.report.report import Report
from mlpcalc.solving.matrices import matrix
from mlpcalc.solving.quantities import Quantities

_OF_UNITS = ("Z", "S", "dZ", "fprime", "Delta", "expS")  # a value for each unit and each sample
_OF_OUTPUTS = ("T", "err", "loss_terms")  # the same of the last layer


def picture(solution: Quantities, step: int, matrix: Callable[[Symbol], Matrix]) -> Network:
    """The network with its weights before a step, and what its units hold in it.

    matrix: makes the block of a quantity.
    """
    exercise = solution.exercise
    X, depth = Symbol("X", step=step), len(exercise.layers)
    of_outputs = [Symbol(kind, step=step) for kind in _OF_OUTPUTS]
    layers = [Layer("", matrix(X), None, None, [X.plain])] if X in solution.computed else []
    for k, layer in enumerate(exercise.layers, start=1):
        of_units = {kind: Symbol(kind, k, step=step) for kind in _OF_UNITS}
        errors = of_units["Delta"]
        weights, bias = (exercise.network.at_step(Symbol(kind, k), step) for kind in ("W", "b"))
        layers.append(
            Layer(
                layer.activation.name,
                matrix(of_units["Z"]),
                matrix(errors) if errors in solution.computed else None,
                matrix(weights) if weights in solution.computed else None,
                [symbol.plain for symbol in (*of_units.values(), *(of_outputs if k == depth else ()))],
                None if layer.bias is None else matrix(bias),
            )
        )
    first = layers[0].values
    in_rows = exercise.layout.is_transposed("samples")
    return Network(
        layers,
        samples=first.rows if in_rows else first.columns,
        samples_in_rows=in_rows,
        inputs_in_rows=exercise.layout.is_transposed("weights"),
        step=step if exercise.steps > 1 else 0,
    )


def with_picture(report: Report, solution: Quantities, step: int = 1) -> Report:
    """The report with the picture of the network as it is before a step, under the header."""

    def blocks() -> Iterator[Block]:
        header, *others = report.blocks()
        yield header
        yield picture(solution, step, lambda symbol: matrix(solution, symbol, solution.digits()))
        yield from others

    return report._replace(blocks=blocks)
