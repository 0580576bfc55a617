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
        self._exercise, self._page = wrongs.solution.exercise, wrongs.page
        self._layers = [*enumerate(self._exercise.layers, start=1)]
        self._decimals, self._unit = decimals, 10.0**-decimals
        self._at = f"at {counted(decimals, 'decimal')}"

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
        """What to do about dead units, about a loss that rises, and about digits that are not stated."""
        changes = [
            f"activate {counted(len(units), 'unit')} of layer {k}: with a larger bias, or a sample for which "
            f"it is active"
            for k, units in self._dead_units()
        ]
        if self._rises:
            changes.append("use a smaller learning rate")
        if self._unstated():
            changes.append(f"state the digits asked, for example decimals: {self._decimals}")
        return changes

    def _value(self, symbol: Symbol) -> Array:
        return self._right[symbol].value

    def _dead_units(self) -> Iterator[tuple[int, list[int]]]:
        """The layers with units that pass nothing back for any sample, and these units, from 1."""
        for k, _ in self._layers:
            symbol = Symbol("fprime", k)
            if symbol in self._page and not (alive := self._value(symbol).any(axis=1)).all():
                yield k, [int(unit) + 1 for unit in np.flatnonzero(~alive)]

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
        for k, layer in self._layers:
            for symbol in (Symbol("S", k), Symbol("S", k, updated=True)) if layer.activation.kinked else ():
                if symbol not in self._page:
                    continue
                kink, decided = f"the kink of {layer.activation.name}", "f" if layer.activation.flat else "f'"
                distances = np.abs(np.subtract.outer(layer.activation.kinks, self._value(symbol)))
                distance = distances.min(axis=0)
                yield from self._cells(symbol, distance == 0, f"exactly at {kink}")
                near = (distance > 0) & (distance < _NEAR * self._unit)
                yield from self._cells(symbol, near, f"near {kink}: rounding may decide {decided}")

    def _edges(self) -> Iterator[str]:
        """Outputs where the cases of the loss change, as at the margin of a hinge."""
        if self._exercise.loss is None:
            return
        outputs, edge = Symbol("Z", len(self._layers)), self._exercise.loss.function.edge
        for node in nodes(self._page[Symbol("loss_terms")].expression):
            match node:
                case Maximum(left, right):
                    test = right - left
                case Where(test):
                    pass
                case _:
                    continue
            near = np.abs(self._right.operand(test).value) < _NEAR * self._unit
            yield from self._cells(outputs, near, f"at {edge.name} of the loss, or near it")

    def _saturated(self) -> Iterator[str]:
        for k, layer in self._layers:
            if layer.activation.saturates and not layer.is_constant:
                symbol = Symbol("S", k)
                flat = _own_slopes(layer.activation, self._value(symbol)) < self._unit / 2
                yield from self._cells(symbol, flat, f"so large that {layer.activation.name}' rounds to 0")

    def _alike(self) -> Iterator[str]:
        """Units that do the same, and samples that are the same."""
        samples = np.vstack([*self._exercise.of_all_samples().values()])
        for one, other in _equal_pair(samples.T):
            yield f"samples {one} and {other} are the same"
        for k in self._exercise.network.with_weights:
            weights, bias, *_ = self._exercise.layers[k - 1]
            biases = np.broadcast_to(0.0 if bias is None else bias, (len(weights), 1))
            for one, other in _equal_pair(np.hstack([weights, biases])):
                yield f"units {one} and {other} of layer {k} have the same weights: nothing tells them apart"

    def _small(self) -> Iterator[str]:
        """Figures that leave few digits at these decimals, or none."""
        half = 0.5 * self._unit
        for words, least, most in (
            (f"rounds to 0 {self._at} but is not 0", 0.0, half),
            (f"has only one digit left {self._at}", half, _FEW * self._unit - half),
        ):
            sizes = {symbol: np.abs(self._value(symbol)) for symbol in self._asked}
            counts = [
                f"{self._solution.notation.name(symbol)} {counted(cells, 'cell')}"
                for symbol, size in sizes.items()
                if (cells := int(((size > 0) & (least <= size) & (size < most)).sum()))
            ]
            if counts:
                yield f"{words}: {', '.join(counts)}"

    def _free(self) -> Iterator[str]:
        """Figures that are had without any work: 0, or a parameter as it was."""
        free: list[bool] = []
        for symbol in self._asked:
            value, before = self._value(symbol), self._right.basis.before_update(symbol)
            size = np.abs(value if before is None else np.minimum(np.abs(value), np.abs(value - before)))
            free += (size < self._unit / 2).ravel().tolist()
        if sum(free) > _FREE * len(free):
            cells = counted(len(free), "cell")
            yield f"{sum(free)} of {cells} are 0 or unchanged {self._at}: they take no work to fill in"

    def _unstated(self) -> list[str]:
        if Asked.of(self._exercise).stated:
            return []
        return ["no digits are stated, so answers with three significant digits are accepted"]

    def _rising(self) -> Iterator[str]:
        if self._rises:
            texts = [figure(float(self._value(loss).item()), self._decimals) for loss in _LOSSES]
            eta = self._exercise.all_letters["eta"]
            change = f"from {texts[0]} to {texts[1]}"
            yield f"the update increases the loss {change}: a smaller {eta} would reduce it"
        elif _LOSSES[1] in self._page and not differs(*map(self._right.__getitem__, _LOSSES)).any():
            yield "the update does not change the loss"

    @property
    def _rises(self) -> bool:
        """Whether the update makes the loss larger, or no number at all."""
        if _LOSSES[1] not in self._page:
            return False
        before, after = map(self._right.__getitem__, _LOSSES)
        return bool(differs(before, after).any() and not (after.value < before.value).all())

    def _cells(self, symbol: Symbol, mask: Mask, words: str) -> Iterator[str]:
        """`S1[1,2] = 0.0003 is …`, `S1[1,2], S1[2,2] are …`; nothing where no cell is meant."""
        cells = [(int(i), int(j)) for i, j in np.argwhere(mask)]
        names = [self._solution.cell_name(symbol, cell) for cell in cells[:_NAMED]]
        if len(cells) == 1:
            value = float(self._value(symbol)[cells[0]])
            yield f"{names[0]} = {figure(value, self._decimals)} is {words}"
        elif cells:
            more = f" and {len(cells) - _NAMED} more" if len(cells) > _NAMED else ""
            yield f"{', '.join(names)}{more} are {words}"


def _own_slopes(f: Activation, S: Array) -> Array:
    """By how much each activation changes with its own pre-activation."""
    if f.jacobian is None:
        return evaluate_derivative(f, S)
    Z, units = evaluate_function(f, S), np.eye(len(S))
    rows = [evaluate_definition(f.jacobian, z=Z, d=units[:, [i]])[i] for i in range(len(S))]
    return np.array(rows)


def _equal_pair(rows: Array) -> list[tuple[int, int]]:
    """The first two rows that are equal, counted from 1, if there are any."""
    seen: dict[tuple[float, ...], int] = {}
    for number, row in enumerate(rows, start=1):
        first = seen.setdefault(tuple(row.tolist()), number)
        if first != number:
            return [(first, number)]
    return []
