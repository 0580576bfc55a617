"""Sentences on what decides the value of a cell: a kink, a saturated unit, a threshold of the loss."""

from collections.abc import Iterator
from dataclasses import replace
from math import isnan

import numpy as np

from mlpcalc.explaining.arithmetic import subtracted_from_exponents
from mlpcalc.explaining.cells import Cell, SoftmaxCell, cells, walk
from mlpcalc.explaining.explainer import Explainer
from mlpcalc.notation.formulas import Formula
from mlpcalc.numerics.evaluate import evaluate_derivative, evaluate_function
from mlpcalc.page import expr
from mlpcalc.page.functions import Activation, Apply, Derivative

_SATURATED = 0.01  # of the steepest slope there is, 1

Reason = tuple[str | Formula, ...]


def reasons(explainer: Explainer, node: expr.Expr) -> Iterator[Reason]:
    """A sentence for each kink, saturated unit, or threshold of the loss that matters here."""
    for part in walk(node):
        match part:
            case Derivative(_, Cell() as argument) | Apply(_, Cell() as argument) if isnan(
                explainer.value(argument)
            ):
                continue  # nothing is known of where it is
            case Derivative(function, Cell() as argument):
                name = explainer.named(argument)
                yield from _slope(function, name, explainer.value(argument))
            case Apply(function, Cell() as argument) if function.kinked:
                yield from _branch(function, explainer.named(argument), explainer.value(argument))
            case SoftmaxCell():
                yield from _shift(explainer, part)
            case expr.Where(test) | expr.Maximum(expr.Number(), test):
                yield from _edge(explainer, test)


def _branch(function: Activation, name: Formula, value: float) -> Iterator[Reason]:
    """On which side of its kinks f is evaluated, where that is remarkable."""
    at = np.array([value])
    if function.flat:
        result = float(evaluate_function(function, at)[0])
        yield name, f" {_side(function, value)}: {function.symbol} is {result:g} there."
    elif function.kinks == (0,):
        if value <= 0:
            yield name, f" is not above 0: {function.symbol} takes its other branch."
    elif not evaluate_derivative(function, at)[0]:
        yield name, f" {_side(function, value)}: {function.symbol} is constant there."


def _side(function: Activation, value: float) -> str:
    """`> 0`, `< -3`, `between -3 and 3`, `= 3`: where a number stands among the kinks of a function."""
    if value in function.kinks:
        return f"= {value:g}"
    below = [kink for kink in function.kinks if kink < value]
    above = [kink for kink in function.kinks if kink > value]
    if below and above:
        return f"is between {below[-1]:g} and {above[0]:g}"
    return f"> {below[-1]:g}" if below else f"< {above[0]:g}"


def _slope(function: Activation, name: Formula, value: float) -> Iterator[Reason]:
    """A sentence about f' at a pre-activation, at a kink or where the unit is off or saturated."""
    slope = float(np.ravel(evaluate_derivative(function, np.array([value])))[0])
    if function.flat:
        yield f"{function.symbol}' is 0: no error passes.", ""
    elif function.kinked:
        if value in function.kinks:
            at = f"{value:g}"
            yield name, f" is exactly {at}, at the kink: {function.symbol}'({at}) is taken as {slope:g}."
            return
        side = _side(function, value)
        if slope == 0:
            yield name, f" {side}: the unit is off and passes nothing on."
        elif slope == 1:
            yield name, f" {side}: the unit passes the error on."
        else:
            yield name, f" {side}: the unit passes on {slope:.2g} of the error."
    elif abs(slope) < _SATURATED and function.saturates:
        yield name, f" = {value:.3g}: {function.symbol} is saturated, only {slope:.1e} of the error passes."


def _shift(explainer: Explainer, softmax: SoftmaxCell) -> Iterator[Reason]:
    """A sentence about the number that is subtracted from the exponents of a softmax."""
    match subtracted_from_exponents(softmax, explainer.exactly):
        case Cell() as largest:
            shift = (
                f" = {explainer.result(largest)} is subtracted from every exponent, which leaves the quotient"
            )
            yield (
                explainer.named(largest),
                f"{shift} unchanged: the exponentials are out of the range of double precision.",
            )


def _edge(explainer: Explainer, test: expr.Expr) -> Iterator[Reason]:
    """A sentence on which side of a threshold of the loss an output is; none for the true class."""
    loss = explainer.solution.exercise.loss
    if loss is None or not loss.function.edge.above:
        return
    output = next(cell for cell in cells(test) if cell.symbol.kind == "Z")
    target = replace(output, symbol=output.symbol._replace(kind="T", layer=0, updated=False))
    if loss.function.targets == "one-hot" and explainer.value(target) == 1:
        return
    distance = explainer.exactly(test)
    sentence = loss.function.edge.above if distance >= 0 else loss.function.edge.below
    words = {
        "output": explainer.in_words(output).replace(", ", " of ").capitalize(),
        "distance": explainer.digits.figure(distance),
    }
    yield (sentence.format(**words),)
