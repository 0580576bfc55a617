"""The command cost: what all gradients cost."""

from typing import Any

import click

from mlpcalc.cli.options import ACTIVATION, EXERCISE, LOSS, Destination, misused, output_options, sizes
from mlpcalc.cli.output import show


@click.command()
@EXERCISE
@click.option(
    "--sizes",
    callback=sizes,
    metavar="784,300,10",
    help="Instead of an exercise: the number of inputs, then the units of each layer.",
)
@click.option(
    "--batch",
    type=click.IntRange(1, 999_999),
    metavar="N",
    help="With --sizes: number of samples (default 1).",
)
@ACTIVATION
@LOSS
@click.option("--no-bias", is_flag=True, default=None, help="With --sizes: the layers have no biases.")
@click.option("--full", is_flag=True, help="Show every equation, however many there are.")
@output_options("cost")
def cost(
    *,
    exercise: str | None,
    destination: Destination,
    full: bool,
    **options: Any,  # noqa: ANN401  # whatever Click parsed
) -> None:
    """Count the operations that all gradients take.

    Three ways are compared: each gradient computed by itself, with the forward pass cached, and by
    backpropagation.
    """
    from mlpcalc.costing.report import cost_of, cost_of_sizes

    chosen = {name: value for name, value in options.items() if value is not None}
    sizes = chosen.pop("sizes", None)
    if sizes is not None and exercise is not None:
        raise misused("give either an exercise or --sizes, not both")
    if sizes is None and chosen:
        flag = "--" + next(iter(chosen)).replace("_", "-")
        raise misused(f"{flag} needs --sizes; an exercise has its own")
    if sizes is not None:
        chosen["bias"] = not chosen.pop("no_bias", False)
        report = cost_of_sizes(sizes, **chosen, full=full, origin="from --sizes")
    else:
        from mlpcalc.solving.solution import load

        report = cost_of(load(exercise), full=full)
    show(report, destination)
