"""What is unfortunate about the figures of an exercise: dead units, kinks, figures that round to nothing."""

from collections.abc import Iterator, Sequence

import numpy as np

from mlpcalc.auditing.consequences import Consequences, differs
from mlpcalc.expr import Maximum, Number, nodes
from mlpcalc.rounding import figure
from mlpcalc.stable import Array, Mask
from mlpcalc.symbols import Symbol
from mlpcalc.wording import counted

_NAMED = 4  # cells
_NEAR = 5  # units of the last digit
_FEW = 10  # units of the last digit: below that a figure has one digit
_SATURATING = ("sigmoid", "tanh", "softmax")


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
            *self._dead(),
            *self._kinks(),
            *self._margins(),
            *self._saturated(),
            *self._alike(),
            *self._small(),
            *self._rising(),
        ]

    def dead_units(self) -> list[tuple[int, list[int]]]:
        """The units that pass nothing back for any sample, from 1, by layer; layers without any left out."""
        found = []
        for k in range(1, len(self._exercise.layers) + 1):
            fprime = self._value(Symbol("fprime", k))
            if fprime is not None and (units := np.flatnonzero(~fprime.any(axis=1))).size:
                found.append((k, [int(unit) + 1 for unit in units]))
        return found

    def _dead(self) -> Iterator[str]:
        for k, units in self.dead_units():
            idle = (
                "not active for any sample"
                if self._exercise.samples > 1
                else "not active for the only sample"
            )
            if len(units) == self._exercise.sizes[k]:
                yield f"layer {k} is dead: no unit is active for any sample, and nothing before it learns"
            elif len(units) == 1:
                yield f"unit {units[0]} of layer {k} is dead: {idle}"
            else:
                which = f"{', '.join(map(str, units[:-1]))} and {units[-1]}"
                yield f"units {which} of layer {k} are dead: {idle}"

    def _kinks(self) -> Iterator[str]:
        for k, layer in enumerate(self._exercise.layers, start=1):
            for kind in ("S", "S_new") if layer.activation.kinked else ():
                symbol = Symbol(kind, k)
                value = self._value(symbol)
                if value is None:
                    continue
                kink = f"the kink of {layer.activation.name}"
                if (there := value == 0).any():
                    yield f"{self._cells(symbol, there)} exactly at {kink}"
                if (near := ~there & (np.abs(value) < _NEAR * self._unit)).any():
                    yield f"{self._cells(symbol, near)} near {kink}: rounding may decide on f'"

    def _margins(self) -> Iterator[str]:
        """Outputs on the margin of a hinge, where the loss has its kink."""
        symbol = Symbol("loss_terms")
        if symbol not in self._consequences.page:
            return
        for node in nodes(self._consequences.page[symbol].expression):
            match node:
                case Maximum(Number(), violation):
                    value = self._consequences.operand(violation).value
                    if (near := np.abs(value) < _NEAR * self._unit).any():
                        cells = self._cells(Symbol("Z", self._depth), near)
                        yield f"{cells} at the margin of the loss, or near it"

    def _saturated(self) -> Iterator[str]:
        for k, layer in enumerate(self._exercise.layers, start=1):
            name = layer.activation.name
            if name not in _SATURATING:
                continue
            Z = self._consequences.right(Symbol("Z", k)).value
            slope = 1 - Z**2 if name == "tanh" else Z * (1 - Z)
            if (flat := slope < self._unit / 2).any():
                symbol = Symbol("S", k)
                yield f"{self._cells(symbol, flat)} so large that {name}' rounds to 0"

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
        none, one = [], []
        for symbol in self._asked:
            size = np.abs(self._consequences.right(symbol).value)
            lost = (size > 0) & (size < self._unit / 2)
            short = (size >= self._unit / 2) & (size < (_FEW - 0.5) * self._unit)
            if lost.any():
                none.append(f"{self._name(symbol)} {counted(int(lost.sum()), 'cell')}")
            if short.any():
                one.append(f"{self._name(symbol)} {counted(int(short.sum()), 'cell')}")
        at = f"at {counted(self._decimals, 'decimal')}"
        if none:
            yield f"rounds to 0 {at} without being 0: {', '.join(none)}"
        if one:
            yield f"needs more digits, only one is left {at}: {', '.join(one)}"

    def _rising(self) -> Iterator[str]:
        before, after = self._value(Symbol("loss")), self._value(Symbol("loss_new"))
        if before is None or after is None:
            return
        change = differs(*(self._consequences.right(Symbol(name)) for name in ("loss", "loss_new")))
        texts = [figure(float(value.item()), self._decimals) for value in (before, after)]
        if not change.any():
            yield "the update leaves the loss as it is"
        elif not after.item() < before.item():
            yield f"the update makes the loss rise, from {texts[0]} to {texts[1]}: a smaller η would not"

    # -- words

    @property
    def _depth(self) -> int:
        return len(self._exercise.layers)

    def _value(self, symbol: Symbol) -> Array | None:
        return self._consequences.right(symbol).value if symbol in self._consequences.page else None

    def _name(self, symbol: Symbol) -> str:
        return self._solution.notation.name(symbol)

    def _cells(self, symbol: Symbol, mask: Mask) -> str:
        """`S1[1,2] = 0.0003 is`, `S1[1,2], S1[2,2] are`."""
        cells = [(int(i), int(j)) for i, j in np.argwhere(mask)]
        names = [self._solution.cell_name(symbol, cell) for cell in cells[:_NAMED]]
        if len(cells) == 1:
            value = float(self._consequences.right(symbol).value[cells[0]])
            return f"{names[0]} = {figure(value, self._decimals)} is"
        more = f" and {len(cells) - _NAMED} more" if len(cells) > _NAMED else ""
        return f"{', '.join(names)}{more} are"


def _equal_pair(rows: Array) -> tuple[int, int] | None:
    """The first two rows that are equal, counted from 1."""
    seen: dict[bytes, int] = {}
    for number, row in enumerate(rows, start=1):
        first = seen.setdefault(np.ascontiguousarray(row + 0.0).tobytes(), number)
        if first != number:
            return first, number
    return None
