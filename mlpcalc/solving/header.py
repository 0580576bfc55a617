"""The header of a report: the facts that all values depend on, such as sizes, functions and conventions."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from mlpcalc.notation.formulas import Notation
from mlpcalc.notation.letters import latex_letter
from mlpcalc.notation.signs import from_template
from mlpcalc.notation.styles import latex_function, latex_number, number_text
from mlpcalc.numerics.evaluate import evaluate_derivative, evaluate_function
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.expr import Scalar
from mlpcalc.page.functions import Activation
from mlpcalc.page.losses import kind_of_targets
from mlpcalc.page.optimizers import SGD
from mlpcalc.page.symbols import Symbol
from mlpcalc.report.blocks import Formula, Header, Phrase, plain
from mlpcalc.solving.quantities import Quantities
from mlpcalc.text.wording import counted


def header_data(exercise: Exercise) -> dict[str, Any]:
    """The header of a report as JSON data."""
    return {
        "exercise": exercise.title,
        "origin": exercise.origin,
        "conventions": exercise.conventions._asdict(),
    }


def header(solution: Quantities) -> Header:
    """The header of an exercise: title, origin, sizes, functions, loss, rates, conventions."""
    exercise = solution.exercise
    functions = " → ".join(_named(layer.activation) for layer in exercise.layers)
    facts: list[Phrase] = [
        [f"{exercise.sizes_in_words}, {functions}, ", _equal(solution, "N", str(exercise.samples))]
    ]
    if (loss := Symbol("loss")) in solution.computed:
        facts.append(solution.notation.both(lambda notation: notation.equation(loss)))
    if exercise.learning_rate is not None:
        facts.append(_equal(solution, "eta", number_text(exercise.learning_rate)))
    if exercise.loss is not None and exercise.loss.l2 is not None:
        facts.append(_equal(solution, "lambda", number_text(exercise.loss.l2)))
    facts += _training(solution)
    network = exercise.network
    if network.to_output_gradient:
        facts.append(_output_gradient(solution, network.depth))
    lines = [facts, list(conventions_in_words(exercise)), *carried_in_words(solution)]
    return Header(exercise.title or "Exercise", exercise.origin, lines)


def carried_in_words(solution: Quantities) -> list[list[Phrase]]:
    """A line that says how quantities are rounded before they are used further; none if they are not."""
    if solution.carry is None:
        return []
    return [[f"every quantity rounded to {counted(solution.carry, 'decimal')}, as on paper"]]


def _output_gradient(solution: Quantities, depth: int) -> Phrase:
    """`dZ2 = ∂L/∂Z2 is given`."""
    names = {"dZ": Symbol("dZ", depth), "L": Symbol("loss"), "Z": Symbol("Z", depth)}
    written = {
        key: solution.notation.both(partial(Notation.name, symbol=symbol)) for key, symbol in names.items()
    }
    return [from_template("$dZ = ∂$L/∂$Z", **written), " is given"]


def _training(solution: Quantities) -> Iterator[Phrase]:
    """The number of steps and the optimiser, where they are not the usual ones."""
    exercise = solution.exercise
    if exercise.steps > 1:
        size = exercise.batch and f" of {counted(exercise.batch, 'sample')}"
        yield f"{exercise.steps} steps{size or ''}"
    if exercise.optimizer != SGD:
        yield exercise.optimizer.name
        for name, value in exercise.optimizer.parameters:
            yield _equal(solution, name, number_text(value))


def layers_that_learn_nothing(exercise: Exercise) -> list[str]:
    """A remark for each layer that passes no error: its output is constant, or only jumps."""
    found = [*_flat_layers(exercise)]
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


def _flat_layers(exercise: Exercise) -> Iterator[str]:
    """A remark about the last layer whose function only jumps, and all before it."""
    flat = [k for k, layer in enumerate(exercise.layers, start=1) if layer.activation.flat]
    if flat and exercise.loss is not None:
        k = flat[-1]
        learning = "layer 1 learns" if k == 1 else f"layers 1 {'and' if k == 2 else 'to'} {k} learn"
        name = exercise.layers[k - 1].activation.name
        yield f"the derivative of {name} is 0, so no error passes through it: {learning} nothing"


def _equal(solution: Quantities, name: Scalar, number: str) -> Formula:
    """The formula `η = 0.5`."""
    letter = solution.notation.both(partial(Notation.scalar, name=name))
    return Formula(f"{letter.text} = {number}", lambda: f"{letter.latex} = {latex_number(number)}")


def conventions_in_words(exercise: Exercise) -> Iterator[Phrase]:
    """The conventions of the exercise, including the defaults."""
    conventions, loss = exercise.conventions, exercise.loss
    yield f"samples are {exercise.layout.axes('samples', ('columns', 'rows'))[0]}"
    if exercise.network.with_weights:
        weights = exercise.letters.get("W", "W")
        rows, columns = exercise.layout.axes("weights", ("out", "in"))
        yield Formula(weights, latex_letter(weights)), f": {rows} × {columns}"
    if not exercise.network.has_gradients:
        yield "no loss: forward pass only"
        return
    yield _meaning_of_delta(exercise)
    if loss and loss.average != "none":
        N, M = exercise.all_letters["N"], exercise.all_letters["M"]
        average = "1/{}" if loss.average == "samples" else "1/({}{})"
        where = f"the {conventions.average_in}" + (" only" if conventions.average_in == "loss" else "")
        outputs = f", {M} outputs" if loss.average == "entries" else ""
        latex = average.format(latex_letter(N), latex_letter(M))
        yield Formula(average.format(N, M), latex), f"{outputs} in {where}"
    if exercise.assumed:
        yield f"assumed: {', '.join(exercise.assumed)}"
    at_kinks = {at_kink for layer in exercise.layers for at_kink in _at_kinks(layer.activation)}
    yield from sorted(at_kinks, key=plain)
    if shared := exercise.network.shared_biases:
        yield f"one bias for all units of {_layers(sorted(shared))}"
    if not conventions.update_biases and any(layer.bias is not None for layer in exercise.layers):
        yield "biases not updated"


def _layers(numbers: Sequence[int]) -> str:
    """`layer 2`, `layers 1 and 2`, `layers 1, 2 and 4`."""
    *others, last = map(str, numbers)
    return f"layers {', '.join(others)} and {last}" if others else f"layer {last}"


def _meaning_of_delta(exercise: Exercise) -> Formula:
    """The definition of Δ in the letters of the course: `Δ = ∂L/∂S`, `Δ = N ∂L/∂S`, or its negative."""
    sign = exercise.conventions.delta.removesuffix("dL/dS")
    later = exercise.conventions.average_in != "errors"
    left_out = exercise.loss.average if exercise.loss and later else "none"
    times = {"none": "", "samples": "{N} ", "entries": "{N}{M} "}[left_out]
    letters = exercise.all_letters
    in_latex = {key: latex_letter(letter) for key, letter in letters.items()}
    return Formula(
        f"{{Delta}} = {sign}{times}∂{{loss}}/∂{{S}}".format_map(letters),
        rf"{{Delta}} = {sign}{times}\partial {{loss}}/\partial {{S}}".format_map(in_latex),
    )


def _at_kinks(activation: Activation) -> Iterator[Formula]:
    """What is taken for the derivative at each kink: that from the left; at a jump, for the value."""
    compute, prime = (evaluate_function, "") if activation.flat else (evaluate_derivative, "'")
    at = np.array(activation.kinks)
    for kink, value in zip(at, compute(activation, at) if at.size else (), strict=True):
        where, it = f"{prime}({kink:g}) = ", f"{value:.4g}"
        yield Formula(
            f"{activation.name}{where}{it}",
            partial(lambda *parts: "".join(parts), latex_function(activation.name), where, latex_number(it)),
        )


def _named(activation: Activation) -> str:
    """The name of a function with its parameters."""
    parameters = ", ".join(f"{name} {number_text(value)}" for name, value in activation.parameters)
    return f"{activation.name} ({parameters})" if parameters else activation.name
