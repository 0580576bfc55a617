"""The head of a report: what its figures depend on, such as sizes, functions, rates and conventions."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from mlpcalc.notation.letters import latex_letter
from mlpcalc.notation.styles import LATEX, TEXT, latex_function, latex_number, number_text
from mlpcalc.numerics.evaluate import evaluate_derivative
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.expr import Where
from mlpcalc.page.functions import Activation, kind_of_targets
from mlpcalc.page.optimizers import SGD
from mlpcalc.page.symbols import LETTERS
from mlpcalc.report.blocks import Formula, Header, Phrase, plain
from mlpcalc.solving.quantities import Quantities
from mlpcalc.text.wording import counted


def header_data(exercise: Exercise) -> dict[str, Any]:
    """The head of a report as JSON data."""
    return {
        "exercise": exercise.title,
        "origin": exercise.origin,
        "conventions": exercise.conventions._asdict(),
    }


def header(solution: Quantities) -> Header:
    """Title, origin, and the facts that all values depend on: sizes, functions, loss, rates, conventions."""
    exercise = solution.exercise
    sizes = "-".join(str(size) for size in exercise.sizes)
    functions = " → ".join(_named(layer.activation) for layer in exercise.layers)
    facts: list[Phrase] = [[f"{sizes}, {functions}, ", _equal("N", str(exercise.samples))]]
    if loss := solution.symbols.get("loss"):
        facts.append(solution.notation.both(lambda notation: notation.equation(loss)))
    if exercise.learning_rate is not None:
        facts.append(_equal("η", number_text(exercise.learning_rate)))
    if exercise.loss is not None and exercise.loss.l2 is not None:
        facts.append(_equal("λ", number_text(exercise.loss.l2)))
    facts += _training(exercise)
    lines = [facts, list(conventions_in_words(exercise))]
    if solution.carry is not None:
        lines.append([f"every quantity rounded to {solution.carry} decimals, as on paper"])
    return Header(exercise.title or "Exercise", exercise.origin, lines)


def _training(exercise: Exercise) -> Iterator[Phrase]:
    """The number of steps and the optimiser, where they are not the usual ones."""
    if exercise.steps > 1:
        size = exercise.batch and f" of {counted(exercise.batch, 'sample')}"
        yield f"{exercise.steps} steps{size or ''}"
    if exercise.optimizer != SGD:
        yield exercise.optimizer.name
        for name, value in exercise.optimizer.parameters:
            text, latex = TEXT.scalars[name], LATEX.scalars[name]
            number = number_text(value)
            yield Formula(f"{text} = {number}", f"{latex} = {latex_number(number)}")


def constant_layers(exercise: Exercise) -> list[str]:
    """A remark for each layer whose output does not depend on its inputs."""
    found = []
    for k, layer in enumerate(exercise.layers, start=1):
        if layer.is_constant:
            loss, at_the_end = exercise.loss, k == len(exercise.layers)
            no_loss = (
                at_the_end
                and loss is not None
                and loss.l2 is None
                and kind_of_targets(loss.function, layer.activation) == "distribution"
            )
            found.append(
                f"layer {k} is a {layer.activation.name} of one unit: its output is always 1, "
                f"{'the loss is 0, ' if no_loss else ''}and no gradient flows through it"
            )
    return found


def _equal(letter: str, number: str) -> Formula:
    """`η = 0.5`."""
    return Formula(f"{letter} = {number}", lambda: f"{latex_letter(letter)} = {latex_number(number)}")


def conventions_in_words(exercise: Exercise) -> Iterator[Phrase]:
    """The conventions of the exercise, including the defaults."""
    conventions, loss = exercise.conventions, exercise.loss
    yield f"samples are {exercise.layout.axes('samples', ('columns', 'rows'))[0]}"
    weights = exercise.letters.get("W", "W")
    rows, columns = exercise.layout.axes("weights", ("out", "in"))
    yield Formula(weights, latex_letter(weights)), f": {rows} × {columns}"
    if loss is None:
        yield "no loss: forward pass only"
        return
    yield _meaning_of_delta(exercise)
    average = {"none": "", "samples": "1/N", "entries": "1/(NM)"}[loss.average]
    if average:
        where = {"errors": "the errors", "gradients": "the gradients", "update": "the update"}
        outputs = ", M outputs" if loss.average == "entries" else ""
        yield Formula(average, average), f"{outputs} in {where[conventions.average_in]}"
    if exercise.assumed:
        yield f"assumed: {', '.join(exercise.assumed)}"
    at_kinks = {at_kink for layer in exercise.layers if (at_kink := _at_kink(layer.activation))}
    yield from sorted(at_kinks, key=plain)
    if not conventions.update_biases and any(layer.bias is not None for layer in exercise.layers):
        yield "biases not updated"


def _meaning_of_delta(exercise: Exercise) -> Formula:
    """`Δ = ∂L/∂S`, in the letters of the course; N times that where the average comes later."""
    letters, sign = {**LETTERS, **exercise.letters}, exercise.conventions.delta.removesuffix("dL/dS")
    Delta, S = letters["Delta"], letters["S"]
    later = exercise.conventions.average_in != "errors"
    left_out = exercise.loss.average if exercise.loss and later else "none"
    times = {"none": "", "samples": "N ", "entries": "NM "}[left_out]
    return Formula(
        f"{Delta} = {sign}{times}∂L/∂{S}",
        lambda: rf"{latex_letter(Delta)} = {sign}{times}\partial L/\partial {latex_letter(S)}",
    )


def _at_kink(activation: Activation) -> Formula | None:
    """What is taken for the derivative at a kink: that of the branch for s ≤ 0."""
    if not isinstance(activation.derivative, Where):
        return None
    value = f"{evaluate_derivative(activation, np.zeros(1))[0]:g}"
    return Formula(
        f"{activation.name}'(0) = {value}",
        lambda: f"{latex_function(activation.name)}'(0) = {latex_number(value)}",
    )


def _named(activation: Activation) -> str:
    """The name of a function with its parameters."""
    parameters = ", ".join(f"{name} {number_text(value)}" for name, value in activation.parameters)
    return f"{activation.name} ({parameters})" if parameters else activation.name
