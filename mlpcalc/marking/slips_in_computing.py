"""Slips made in computing: what would have come out, from the right figures or from those of the sheet."""

from collections.abc import Iterator

import numpy as np

from mlpcalc.marking.misprints import misreadings
from mlpcalc.marking.scenes import MOST, Scene, Suppose, Supposed, stacked, step_of
from mlpcalc.numerics.interval import Ball
from mlpcalc.page import expr, trees
from mlpcalc.reading.numerals import NumeralError, approximate
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
        texts, array = basis.exercise.typed(given), basis.givens[given].value
        if given in line.known or texts is None or array.size > MOST:
            continue
        variants, labels = [], []
        for i, j, text in misreadings(texts):
            try:
                value = approximate(text)
            except NumeralError:
                continue
            if value != array[i, j]:
                variant = array.copy()
                variant[i, j] = value
                variants.append(variant)
                name = scene.cell_name(given, (i, j))
                labels.append(f"{name} is {texts[i][j]}, it was read as {text}.")
        if variants:
            stack = np.array(variants[:MOST])
            ball = line.changed(known={given: Ball(stack, np.zeros_like(stack))}).step(scene.symbol)
            yield Supposed(stacked(ball, len(stack)), labels[:MOST], whole=True)


def another_rate(scene: Scene) -> Iterator[Supposed]:
    """An update with another learning rate."""
    eta = scene.basis.exercise.learning_rate
    if scene.rate is not None and eta and scene.symbol in scene.basis.page:
        taken = expr.Ref(step_of(scene.symbol))
        changed = expr.Scale(expr.Coefficient(scene.rate / eta), taken)
        expression = trees.exchange(scene.basis.page[scene.symbol].expression, taken, changed)
        ball = scene.line.value(expression, scene.symbol)
        yield Supposed(stacked(ball, 1), [f"{float(scene.rate):g}"], whole=True)
