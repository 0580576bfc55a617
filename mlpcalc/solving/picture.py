"""The picture of a network with the weights of an exercise."""

from collections.abc import Callable, Iterable, Iterator

from mlpcalc.page.symbols import Symbol
from mlpcalc.report.blocks import Block, Layer, Matrix, Network
from mlpcalc.report.report import Report
from mlpcalc.solving.matrices import matrix
from mlpcalc.solving.quantities import Quantities

# What has a value for each unit and each sample, of every layer and of the last one.
_FORWARD, _FORWARD_OF_OUTPUTS = ("Z", "S", "expS"), ("T", "loss_terms")
_BACKWARD, _BACKWARD_OF_OUTPUTS = ("Delta", "dZ", "fprime"), ("err",)


def picture(solution: Quantities, step: int, matrix: Callable[[Symbol], Matrix]) -> Network:
    """The network with its weights before a step, and what its units hold in it.

    matrix: makes the block of a quantity.
    """
    exercise = solution.exercise
    X, depth = Symbol("X", step=step), len(exercise.layers)

    def keys(kinds: Iterable[str], layer: int = 0) -> list[str]:
        return [Symbol(kind, layer, step=step).plain for kind in kinds]

    layers = [Layer("", matrix(X), None, None, [X.plain])] if X in solution.computed else []
    for k, layer in enumerate(exercise.layers, start=1):
        values, errors = Symbol("Z", k, step=step), Symbol("Delta", k, step=step)
        weights, bias = (exercise.network.at_step(Symbol(kind, k), step) for kind in ("W", "b"))
        layers.append(
            Layer(
                layer.activation.name,
                matrix(values),
                matrix(errors) if errors in solution.computed else None,
                matrix(weights) if weights in solution.computed else None,
                keys(_FORWARD, k) + (keys(_FORWARD_OF_OUTPUTS) if k == depth else []),
                keys(_BACKWARD, k) + (keys(_BACKWARD_OF_OUTPUTS) if k == depth else []),
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
