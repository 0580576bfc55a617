"""What is unfortunate about the figures of an exercise: dead units, kinks, figures that round to nothing."""

from collections.abc import Iterator, Sequence

import numpy as np

from mlpcalc.arrays import Array, Mask
from mlpcalc.auditing.consequences import Consequences, differs
from mlpcalc.numerics.evaluate import evaluate_definition, evaluate_derivative, evaluate_function
from mlpcalc.numerics.interval import Ball
from mlpcalc.numerics.rounding import figure
from mlpcalc.page.expr import Maximum, Where, nodes
from mlpcalc.page.functions import Activation
from mlpcalc.page.symbols import Symbol
from mlpcalc.solving.header import constant_layers
from mlpcalc.text.wording import counted

_NAMED = 4  # cells
_NEAR = 5  # units of the last digit
_FEW = 10  # units of the last digit: below that a figure has one digit


class Remarks:
    """Remarks about an exercise.

    asked: the quantities of the sheet. decimals: to which its figures are rounded.
    """

    def __init__(self, consequences: Consequences, asked: Sequence[Symbol], decimals: int) -> None:
        self._consequences = consequences
        self._solution = consequences.solution
        self._exercise = consequences.solution.exercise
        self._asked = asked
        self._decimals = decimals
        self._unit = 10.0**-decimals

    def all(self) -> list[str]:
        """Every remark, in sentences."""
        return [
            *constant_layers(self._exercise),
            *self._dead(),
            *self._kinks(),
            *self._edges(),
            *self._saturated(),
            *self._alike(),
            *self._small(),
            *self._rising(),
        ]

    def dead_units(self) -> list[tuple[int, list[int]]]:
        """The units that pass nothing back for any sample, from 1, by layer; layers without any left out."""
        dead = []
        for k in range(1, len(self._exercise.layers) + 1):
            symbol = Symbol("fprime", k)
            if symbol in self._consequences.page:
                alive = self._consequences.right(symbol).value.any(axis=1)
                if not alive.all():
                    dead.append((k, [int(unit) + 1 for unit in np.flatnonzero(~alive)]))
        return dead

    @property
    def rises(self) -> bool:
        """Whether the update makes the loss larger, or no number at all."""
        if Symbol("loss", updated=True) not in self._consequences.page:
            return False
        before, after = self._losses()
        return bool(differs(before, after).any() and not (after.value < before.value).all())

    def _dead(self) -> Iterator[str]:
        only = "for any sample" if self._exercise.samples > 1 else "for the only sample"
        for k, units in self.dead_units():
            if len(units) == self._exercise.sizes[k]:
                yield (
                    f"layer {k} is dead: no unit is active for any sample, so neither it nor any layer "
                    "before it learns"
                )
            elif len(units) == 1:
                yield f"unit {units[0]} of layer {k} is dead: not active {only}"
            else:
                which = f"{', '.join(map(str, units[:-1]))} and {units[-1]}"
                yield f"units {which} of layer {k} are dead: not active {only}"

    def _kinks(self) -> Iterator[str]:
        for k, layer in enumerate(self._exercise.layers, start=1):
            for symbol in (Symbol("S", k), Symbol("S", k, updated=True)) if layer.activation.kinked else ():
                if symbol not in self._consequences.page:
                    continue
                value = self._consequences.right(symbol).value
                kink = f"the kink of {layer.activation.name}"
                if (there := value == 0).any():
                    yield f"{self._cells(symbol, there)} exactly at {kink}"
                if (near := ~there & (np.abs(value) < _NEAR * self._unit)).any():
                    yield f"{self._cells(symbol, near)} near {kink}: rounding may decide f'"

    def _edges(self) -> Iterator[str]:
        """Outputs where the cases of the loss change, as at the margin of a hinge."""
        symbol, loss = Symbol("loss_terms"), self._exercise.loss
        if loss is None:
            return
        for node in nodes(self._consequences.page[symbol].expression):
            match node:
                case Maximum(left, right):
                    edge = right - left
                case Where(test):
                    edge = test
                case _:
                    continue
            value = self._consequences.operand(edge).value
            if (near := np.abs(value) < _NEAR * self._unit).any():
                outputs = Symbol("Z", len(self._exercise.layers))
                yield f"{self._cells(outputs, near)} at {loss.function.edge.name} of the loss, or near it"

    def _saturated(self) -> Iterator[str]:
        for k, layer in enumerate(self._exercise.layers, start=1):
            if not layer.activation.saturates or layer.is_constant:
                continue
            symbol = Symbol("S", k)
            slopes = _own_slopes(layer.activation, self._consequences.right(symbol).value)
            if (flat := slopes < self._unit / 2).any():
                yield f"{self._cells(symbol, flat)} so large that {layer.activation.name}' rounds to 0"

    def _alike(self) -> Iterator[str]:
        """Units that do the same, and samples that are the same."""
        X, T = self._exercise.inputs, self._exercise.targets
        samples = X if T is None else np.vstack([X, T])
        if pair := _equal_pair(samples.T):
            yield f"samples {pair[0]} and {pair[1]} are the same"
        for k, layer in enumerate(self._exercise.layers, start=1):
            bias = layer.bias if layer.bias is not None else np.zeros((len(layer.weights), 1))
            if pair := _equal_pair(np.hstack([layer.weights, bias])):
                units = f"units {pair[0]} and {pair[1]} of layer {k}"
                yield f"{units} have the same weights: nothing tells them apart"

    def _small(self) -> Iterator[str]:
        """Figures that leave few digits at these decimals, or none."""
        at = f"at {counted(self._decimals, 'decimal')}"
        sizes = {symbol: np.abs(self._consequences.right(symbol).value) for symbol in self._asked}
        for words, least, most in (
            (f"rounds to 0 {at} but is not 0", 0.0, 0.5 * self._unit),
            (f"has only one digit left {at}", 0.5 * self._unit, (_FEW - 0.5) * self._unit),
        ):
            counts = [
                f"{self._solution.notation.name(symbol)} {counted(cells, 'cell')}"
                for symbol, size in sizes.items()
                if (cells := int(((size > 0) & (least <= size) & (size < most)).sum()))
            ]
            if counts:
                yield f"{words}: {', '.join(counts)}"

    def _rising(self) -> Iterator[str]:
        if Symbol("loss", updated=True) not in self._consequences.page:
            return
        before, after = self._losses()
        if self.rises:
            texts = [figure(float(loss.value.item()), self._decimals) for loss in (before, after)]
            yield f"the update increases the loss from {texts[0]} to {texts[1]}: a smaller η would reduce it"
        elif not differs(before, after).any():
            yield "the update does not change the loss"

    def _losses(self) -> tuple[Ball, Ball]:
        """The loss before and after the update."""
        return self._consequences.right(Symbol("loss")), self._consequences.right(
            Symbol("loss", updated=True)
        )

    def _cells(self, symbol: Symbol, mask: Mask) -> str:
        """`S1[1,2] = 0.0003 is`, `S1[1,2], S1[2,2] are`."""
        cells = [(int(i), int(j)) for i, j in np.argwhere(mask)]
        names = [self._solution.cell_name(symbol, cell) for cell in cells[:_NAMED]]
        if len(cells) == 1:
            value = float(self._consequences.right(symbol).value[cells[0]])
            return f"{names[0]} = {figure(value, self._decimals)} is"
        more = f" and {len(cells) - _NAMED} more" if len(cells) > _NAMED else ""
        return f"{', '.join(names)}{more} are"


def _own_slopes(f: Activation, S: Array) -> Array:
    """By how much each activation changes with its own pre-activation."""
    if f.jacobian is None:
        return evaluate_derivative(f, S)
    Z, units = evaluate_function(f, S), np.eye(len(S))
    rows = [evaluate_definition(f.jacobian, z=Z, d=units[:, [i]])[i] for i in range(len(S))]
    return np.array(rows)


def _equal_pair(rows: Array) -> tuple[int, int] | None:
    """The first two rows that are equal, counted from 1."""
    seen: dict[bytes, int] = {}
    for number, row in enumerate(rows, start=1):
        first = seen.setdefault(np.ascontiguousarray(row + 0.0).tobytes(), number)
        if first != number:
            return first, number
    return None
