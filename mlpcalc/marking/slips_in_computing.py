"""Slips made in computing: what would have come out, from the right figures or from those of the sheet."""

from collections.abc import Iterator

import numpy as np

from mlpcalc.marking.scenes import Scene, Suppose, Supposed, stacked, step_of
from mlpcalc.numerics.interval import Ball
from mlpcalc.page import expr, trees
from mlpcalc.text.wording import ordinal


def term_times(factor: int) -> Suppose:
    """One term of a sum is taken so many times."""

    def suppose(scene: Scene) -> Iterator[Supposed]:
        for total, terms, _, where, outcome in scene.sums:
            more = abs(factor - 1) if factor else -1  # what is left out adds no uncertainty
            value = total.value + (factor - 1) * terms.value
            ball = Ball(value, np.maximum(total.radius + more * terms.radius, 0))
            labels = [f"{ordinal(j)} term of the sum{where}" for j in range(1, len(terms.value) + 1)]
            yield Supposed(outcome(ball), labels, whole=False)

    return suppose


def one_sample(scene: Scene) -> Iterator[Supposed]:
    """A gradient of one sample only."""
    for found in scene.sums:
        samples = scene.basis.exercise.samples_of(found.step.step)
        if len(found.terms.value) == len(samples) > 1 and found.step.stage == "gradients":
            labels = [f"sample {n + 1}" for n in samples]
            yield Supposed(found.outcome(found.terms), labels, whole=True)


def given_misread(scene: Scene) -> Iterator[Supposed]:
    """A given with one of its cells misread."""
    basis, line = scene.basis, scene.line
    for given in sorted(line.operands(scene.symbol) & basis.givens.keys()):
        if given in line.known:
            continue
        stack, words = basis.misread(given)
        if words:
            ball = line.changed(known={given: Ball(stack, np.zeros_like(stack))}).step(scene.symbol)
            yield Supposed(stacked(ball, len(stack)), words, whole=True)


def another_rate(scene: Scene) -> Iterator[Supposed]:
    """An update with another learning rate."""
    eta = scene.basis.exercise.learning_rate
    if scene.rate is not None and eta and scene.symbol in scene.basis.page:
        taken = expr.Ref(step_of(scene.symbol))
        changed = expr.Scale(expr.Coefficient(scene.rate / eta), taken)
        expression = trees.exchange(scene.basis.page[scene.symbol].expression, taken, changed)
        ball = scene.line.value(expression, scene.symbol)
        yield Supposed(stacked(ball, 1), [f"{float(scene.rate):g}"], whole=True)
