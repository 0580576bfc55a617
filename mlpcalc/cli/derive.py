"""The command derive: the gradients by the chain rule."""

from typing import Any

import click

from mlpcalc.cli.options import EXERCISE, LOSS, Destination, completed, misused, output_options
from mlpcalc.cli.output import show


@click.command()
@EXERCISE
@click.option(
    "--layers",
    type=click.IntRange(1, 20),
    metavar="K",
    help="Instead of an exercise: any network of K layers.",
)
@click.option(
    "--activation",
    shell_complete=completed("activations"),
    metavar="NAME",
    help="Activation of the hidden layers (default: any f); or NAME,NAME,..., one per layer.",
)
@LOSS
@click.option("--bias", is_flag=True, default=None, help="With --layers: the layers have biases.")
@output_options("derive")
def derive(*, exercise: str | None, destination: Destination, **options: Any) -> None:  # noqa: ANN401  # whatever Click parsed
    """Derive the gradients by the chain rule.

    Shows every factor with its shape, the reason for each step, and the simplified product.
    """
    from mlpcalc.deriving.report import derivation, derivation_of

    chosen = {name: value for name, value in options.items() if value is not None}
    if "layers" in chosen and exercise is not None:
        raise misused("give either an exercise or --layers, not both")
    if "layers" not in chosen and chosen:
        raise misused(f"--{next(iter(chosen))} needs --layers; an exercise has its own")
    if chosen:
        report = derivation_of(**chosen, origin=f"--layers {chosen['layers']}")
    else:
        from mlpcalc.solving.solution import load

        report = derivation(load(exercise))
    show(report, destination)
