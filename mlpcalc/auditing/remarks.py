"""What is unfortunate about the figures of an exercise: dead units, kinks, figures that round to nothing."""

from collections.abc import Iterator

import numpy as np

from mlpcalc.answers.digits import Asked
from mlpcalc.arrays import Array, Mask
from mlpcalc.auditing.right import differs
from mlpcalc.auditing.wrongs import Wrongs
from mlpcalc.numerics.evaluate import evaluate_definition, evaluate_derivative, evaluate_function
from mlpcalc.numerics.rounding import figure
from mlpcalc.page.expr import Maximum, Where
from mlpcalc.page.functions import Activation
from mlpcalc.page.symbols import Symbol
from mlpcalc.page.trees import nodes
from mlpcalc.solving.header import layers_that_learn_nothing
from mlpcalc.text.wording import counted

_NAMED = 4  # cells
_NEAR = 5  # units of the last digit
_FEW = 10  # units of the last digit: below that a figure has one digit
_FREE = 1 / 3  # of the cells
_LOSSES = Symbol("loss"), Symbol("loss", updated=True)


class Remarks:
    """Remarks about an exercise; decimals: to which the figures of its sheet are rounded."""

    def __init__(self, wrongs: Wrongs, decimals: int) -> None:
        self._right, self._asked, self._solution = wrongs.right, wrongs.asked, wrongs.solution
        self._exercise = wrongs.solution.exercise
        self._page = wrongs.page
        self._decimals, self._unit = decimals, 10.0**-decimals

    def all(self) -> list[str]:
        """Every remark, in sentences."""
        return [
            *layers_that_learn_nothing(self._exercise),
            *self._dead(),
            *self._kinks(),
            *self._edges(),
            *self._saturated(),
            *self._alike(),
            *self._small(),
            *self._free(),
            *self._unstated(),
            *self._rising(),
        ]

    def advice(self) -> list[str]:
        """What to do about dead units, and about a loss that rises."""
        found = [
            f"activate {counted(len(units), 'unit')} of layer {k}: with a larger bias, or a sample for which "
            f"it is active"
            for k, units in self._dead_units()
        ]
        if self._rises:
            found.append("use a smaller learning rate")
        if self._unstated():
            found.append(f"state the digits asked, for example decimals: {self._decimals}")
        return found

    def _dead_units(self) -> list[tuple[int, list[int]]]:
        """The units that pass nothing back for any sample, from 1, by layer; layers without any left out."""
        dead = []
        for k in range(1, len(self._exercise.layers) + 1):
            symbol = Symbol("fprime", k)
            if symbol in self._page and not (alive := self._right[symbol].value.any(axis=1)).all():
                dead.append((k, [int(unit) + 1 for unit in np.flatnonzero(~alive)]))
        return dead

    def _dead(self) -> Iterator[str]:
        only = "for any sample" if self._exercise.samples > 1 else "for the only sample"
        for k, units in self._dead_units():
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
                if symbol not in self._page:
                    continue
                value = self._right[symbol].value
                kink, decided = f"the kink of {layer.activation.name}", "f" if layer.activation.flat else "f'"
                distance = np.min([np.abs(value - at) for at in layer.activation.kinks], axis=0)
                if (there := distance == 0).any():
                    yield f"{self._cells(symbol, there)} exactly at {kink}"
                if (near := ~there & (distance < _NEAR * self._unit)).any():
                    yield f"{self._cells(symbol, near)} near {kink}: rounding may decide {decided}"

    def _edges(self) -> Iterator[str]:
        """Outputs where the cases of the loss change, as at the margin of a hinge."""
        symbol, loss = Symbol("loss_terms"), self._exercise.loss
        if loss is None:
            return
        for node in nodes(self._page[symbol].expression):
            match node:
                case Maximum(left, right):
                    edge = right - left
                case Where(test):
                    edge = test
                case _:
                    continue
            value = self._right.operand(edge).value
            if (near := np.abs(value) < _NEAR * self._unit).any():
                outputs = Symbol("Z", len(self._exercise.layers))
                yield f"{self._cells(outputs, near)} at {loss.function.edge.name} of the loss, or near it"

    def _saturated(self) -> Iterator[str]:
        for k, layer in enumerate(self._exercise.layers, start=1):
            if not layer.activation.saturates or layer.is_constant:
                continue
            symbol = Symbol("S", k)
            slopes = _own_slopes(layer.activation, self._right[symbol].value)
            if (flat := slopes < self._unit / 2).any():
                yield f"{self._cells(symbol, flat)} so large that {layer.activation.name}' rounds to 0"

    def _alike(self) -> Iterator[str]:
        """Units that do the same, and samples that are the same."""
        samples = np.vstack([*self._exercise.of_all_samples().values()])
        if pair := _equal_pair(samples.T):
            yield f"samples {pair[0]} and {pair[1]} are the same"
        for k in self._exercise.network.with_weights:
            layer = self._exercise.layers[k - 1]
            bias = 0.0 if layer.bias is None else layer.bias
            biases = np.broadcast_to(bias, (len(layer.weights), 1))
            if pair := _equal_pair(np.hstack([layer.weights, biases])):
                units = f"units {pair[0]} and {pair[1]} of layer {k}"
                yield f"{units} have the same weights: nothing tells them apart"

    def _small(self) -> Iterator[str]:
        """Figures that leave few digits at these decimals, or none."""
        at = f"at {counted(self._decimals, 'decimal')}"
        sizes = {symbol: np.abs(self._right[symbol].value) for symbol in self._asked}
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

    def _free(self) -> Iterator[str]:
        """Figures that are had without any work: 0, or a parameter as it was."""
        free = cells = 0
        for symbol in self._asked:
            value = self._right[symbol].value
            before = self._right.basis.before_update(symbol)
            same = (value, value if before is None else value - before)  # as nothing, as before the update
            free += int((np.abs(same).min(axis=0) < self._unit / 2).sum())
            cells += value.size
        if free > _FREE * cells:
            at = f"at {counted(self._decimals, 'decimal')}"
            yield f"{free} of {counted(cells, 'cell')} are 0 or unchanged {at}: they take no work to fill in"

    def _unstated(self) -> list[str]:
        if Asked.of(self._exercise).stated:
            return []
        return ["no digits are stated, so that answers of three significant digits are accepted"]

    def _rising(self) -> Iterator[str]:
        if self._rises:
            texts = [figure(float(self._right[loss].value.item()), self._decimals) for loss in _LOSSES]
            eta = self._exercise.all_letters["eta"]
            change = f"from {texts[0]} to {texts[1]}"
            yield f"the update increases the loss {change}: a smaller {eta} would reduce it"
        elif _LOSSES[1] in self._page and not self._changes_loss:
            yield "the update does not change the loss"

    @property
    def _changes_loss(self) -> bool:
        return bool(differs(*(self._right[loss] for loss in _LOSSES)).any())

    @property
    def _rises(self) -> bool:
        """Whether the update makes the loss larger, or no number at all."""
        if _LOSSES[1] not in self._page or not self._changes_loss:
            return False
        before, after = (self._right[loss].value for loss in _LOSSES)
        return not (after < before).all()

    def _cells(self, symbol: Symbol, mask: Mask) -> str:
        """`S1[1,2] = 0.0003 is`, `S1[1,2], S1[2,2] are`."""
        cells = [(int(i), int(j)) for i, j in np.argwhere(mask)]
        names = [self._solution.cell_name(symbol, cell) for cell in cells[:_NAMED]]
        if len(cells) == 1:
            value = float(self._right[symbol].value[cells[0]])
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
