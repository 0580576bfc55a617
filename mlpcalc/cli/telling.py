"""The commands that say where numbers and formulas come from: explain, derive, cost."""

from typing import Any

import click

from mlpcalc.cli.options import (
    ACTIVATION,
    EXERCISE,
    LOSS,
    PRECISION,
    STANDALONE,
    completed,
    formats,
    misused,
    sizes,
)
from mlpcalc.cli.output import show


@click.command()
@click.argument(
    "arguments",
    nargs=-1,
    required=True,
    shell_complete=completed("exercises or cells"),
    metavar="[EXERCISE] CELL",
)
@click.option(
    "--depth",
    default="0",
    shell_complete=completed("depths"),
    metavar="N|all",
    help="Follow the operands N steps towards the givens.",
)
@PRECISION
@formats("table", "json", "latex", "markdown")
@STANDALONE
def explain(
    *, arguments: tuple[str, ...], depth: str, precision: int | None, form: str, standalone: bool
) -> None:
    """Where a number comes from.

    The formula, with indices, with numbers, and the result.

    CELL is a cell such as 'Delta1[2,1]' or loss, or a whole matrix such as S1.
    """
    from mlpcalc.explaining.report import explanation
    from mlpcalc.reading.library import is_exercise
    from mlpcalc.solving.solution import load, solve

    if len(arguments) > 2:
        raise misused("an exercise and a cell are enough")
    if depth != "all" and not depth.isdecimal():
        raise misused("--depth is a number, or all")
    *exercise, cell = arguments
    if not exercise and is_exercise(cell):
        raise misused(f"which cell? mlpcalc explain {cell} 'S1[1,1]', for example")
    solution = solve(load(exercise[0] if exercise else None))
    report = explanation(solution, cell, None if depth == "all" else int(depth), precision)
    show(report, form, standalone=standalone)


@click.command()
@EXERCISE
@click.option(
    "--layers", type=click.IntRange(1, 20), metavar="K", help="Instead of an exercise: any network."
)
@click.option(
    "--activation",
    shell_complete=completed("activations"),
    metavar="NAME",
    help="Of the hidden layers (default any f), or NAME,NAME,... for each layer.",
)
@LOSS
@click.option("--bias", is_flag=True, default=None, help="With biases, with --layers.")
@formats("table", "json", "latex", "markdown")
@STANDALONE
def derive(
    *,
    exercise: str | None,
    form: str,
    standalone: bool,
    **options: Any,  # noqa: ANN401  # whatever Click parsed
) -> None:
    """The gradients by the chain rule.

    Every factor with its shape, the reasons, and what the product collapses to.
    """
    from mlpcalc.deriving.report import derivation, derivation_of

    chosen = {name: value for name, value in options.items() if value is not None}
    if "layers" in chosen and exercise is not None:
        raise misused("an exercise and --layers: give one of them")
    if "layers" not in chosen and chosen:
        raise misused(f"--{next(iter(chosen))} goes with --layers; an exercise has its own")
    if chosen:
        report = derivation_of(**chosen)
    else:
        from mlpcalc.solving.solution import load

        report = derivation(load(exercise))
    show(report, form, standalone=standalone)


@click.command()
@EXERCISE
@click.option(
    "--sizes",
    callback=sizes,
    metavar="784,300,10",
    help="Instead of an exercise: inputs, units of each layer.",
)
@click.option(
    "--batch", type=click.IntRange(1, 999_999), metavar="N", help="Samples, with --sizes; default 1."
)
@ACTIVATION
@LOSS
@click.option("--no-bias", is_flag=True, default=None, help="Without biases, with --sizes.")
@click.option("--full", is_flag=True, help="Every equation, however many there are.")
@formats("table", "json")
def cost(*, exercise: str | None, form: str, full: bool, **options: Any) -> None:  # noqa: ANN401  # as above
    """What all gradients cost, three ways.

    Written out one by one, with the forward pass cached, and by backpropagation.
    """
    from mlpcalc.costing.report import cost_of, cost_of_sizes

    chosen = {name: value for name, value in options.items() if value is not None}
    sizes = chosen.pop("sizes", None)
    if sizes is not None and exercise is not None:
        raise misused("an exercise and --sizes: give one of them")
    if sizes is None and chosen:
        flag = "--" + next(iter(chosen)).replace("_", "-")
        raise misused(f"{flag} goes with --sizes; an exercise has its own")
    if sizes is not None:
        chosen["bias"] = not chosen.pop("no_bias", False)
        report = cost_of_sizes(sizes, **chosen, full=full)
    else:
        from mlpcalc.solving.solution import load

        report = cost_of(load(exercise), full=full)
    show(report, form)
