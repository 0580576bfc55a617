"""The losses of several steps: how far the training has come."""

from collections.abc import Iterator
from itertools import count

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.numerics.rounding import Digits
from mlpcalc.numerics.values import Training
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.symbols import Symbol
from mlpcalc.report.blocks import Block, Curve, Heading, More, Table
from mlpcalc.solving.quantities import Quantities

_ROWS = 20
_POINTS = 200  # of the curve


def losses(solution: Quantities, digits: Digits) -> Iterator[Block]:
    """A table of the loss before each step, or before some of them, and of the one after the last update."""
    exercise = solution.exercise
    steps = np.array(_round_steps(exercise.steps))
    found = _losses(solution)
    after = float(solution.computed[Symbol("loss", updated=True, step=exercise.steps)])
    shown = [*found[steps - 1].tolist(), after]
    most = max(filter(np.isfinite, shown), default=1) or 1
    batches = exercise.batch is not None
    name = solution.notation.both(lambda notation: notation.name(Symbol("loss")))
    yield Heading("the loss, step by step")
    drawn = np.unique(np.linspace(1, exercise.steps, min(_POINTS, exercise.steps)).round().astype(int))
    yield Curve(name, [*map(str, drawn)], found[drawn - 1].tolist(), digits)
    yield Table(
        ["step", *(["samples"] if batches else []), name],
        [
            [words, *([samples] if batches else []), digits.figure(loss)]
            for (words, samples), loss in zip(_in_words(exercise, steps.tolist()), shown, strict=True)
        ],
        bars=[loss / most if np.isfinite(loss) else 0 for loss in shown],
    )
    if len(steps) < exercise.steps:
        yield More("steps")


def _round_steps(last: int) -> list[int]:
    """The first step, round numbers (50, 100, 150 …), and the last one."""
    widths = (digit * 10**zeros for zeros in count() for digit in (1, 2, 5))
    width = next(width for width in widths if last <= _ROWS * width)
    return sorted({1, *range(width, last + 1, width), last})


def _in_words(exercise: Exercise, steps: list[int]) -> Iterator[tuple[str, str]]:
    """What the rows are: a step and its samples; the last row is that of the samples of the last step."""
    samples = [sample_range(exercise.samples_of(step)) for step in steps]
    yield from zip([*map(str, steps), "after the last"], [*samples, samples[-1]], strict=True)


def sample_range(samples: range) -> str:
    """`#2`, `#1 to #4`: samples as they are counted in the exercise."""
    first, last = samples.start + 1, samples.stop
    return f"#{first}" if first == last else f"#{first} to #{last}"


def _losses(solution: Quantities) -> Array:
    """The loss of every step, before its update, shape (steps,)."""
    if solution.carry is not None:
        computed = solution.computed
        return np.array([float(computed[Symbol("loss", step=step)]) for step in solution.steps])
    training = Training(solution.exercise)
    return np.array([training.advance() for _ in solution.steps])
