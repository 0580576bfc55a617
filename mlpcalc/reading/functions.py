"""Activation functions, losses and optimisers of an exercise file: by name, or a block with parameters."""

from collections.abc import Callable, Collection, Mapping
from fractions import Fraction
from typing import TypeVar

from mlpcalc.errors import InputError
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.functions import Activation, LossFunction, with_parameters
from mlpcalc.page.losses import LOSSES
from mlpcalc.page.network import Conventions, DecayAverage, Loss
from mlpcalc.page.optimizers import OPTIMIZERS, SGD, Optimizer
from mlpcalc.reading import keys
from mlpcalc.reading.choices import activation_named, loss_named, optimizer_named
from mlpcalc.reading.fields import Fields
from mlpcalc.reading.source import Document, MappingNode, Node, ScalarNode

_RECORDS: tuple[Activation | LossFunction | Optimizer, ...] = (
    *ACTIVATIONS.values(),
    *LOSSES.values(),
    *OPTIMIZERS.values(),
)


def _owners() -> dict[str, str]:
    """For each parameter the functions, losses or optimisers that have it, in words."""
    owners: dict[str, list[str]] = {}
    for record in _RECORDS:
        for name, _ in record.parameters:
            owners.setdefault(name, []).append(record.name)
    return {name: f"{name} belongs to {' and '.join(of)}" for name, of in owners.items()}


_OWNERS = _owners()

Record = TypeVar("Record", Activation, LossFunction, Optimizer)


class Functions:
    """Read functions and their parameters. What is wrong is reported and read as None."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._complain = document.complain
        self._read = Fields(document)

    def activation(self, node: Node | None) -> Activation | None:
        """An activation function; the identity where none is named."""
        if node is None:
            return ACTIVATIONS["identity"]
        name, block = self._named(node, "activation")
        if name is None:
            return None
        record = self._chosen(name, activation_named)
        return record and self._with_parameters(record, block, node, keys.ACTIVATION)

    def loss(self, node: Node | None) -> Loss | None:
        """A loss with its factor, its average and its weight decay."""
        if node is None:
            return None
        name, block = self._named(node, "loss")
        if name is None:
            return None
        record = self._chosen(name, loss_named)
        function = record and self._with_parameters(record, block, node, keys.LOSS)
        if function is None:
            return None
        for key, value in function.parameters:
            if key in function.positive and value <= 0:
                self._complain(block[key], f"{key} is not above 0", expected="more than 0")
        factor = self._read.exact(block.get("factor"), "factor")
        average = self._read.word(block.get("average"), "average", keys.AVERAGES) or "none"
        decay = self._weight_decay(block.get("l2"))
        return Loss(function, function.factor if factor is None else factor, average, *decay)

    def _weight_decay(self, node: Node | None) -> tuple[Fraction | None, DecayAverage]:
        """λ, which is None where there is no weight decay, and what it is divided by."""
        block: Mapping[str, Node] = {} if node is None else {"lambda": node}
        if isinstance(node, MappingNode):
            block = self._read.block(node, "l2", keys.DECAY, keys.required(keys.DECAY))
        l2 = self._read.exact(block.get("lambda"), "l2")
        if l2 is not None and l2 < 0:
            self._complain(block["lambda"], "l2 is negative", expected="0 or more")
        average = self._read.word(block.get("average"), "average", keys.DECAY_AVERAGES)
        return l2 or None, average or "none"

    def optimizer(self, node: Node | None, conventions: Conventions) -> Optimizer:
        """An optimiser that goes with the conventions; plain gradient descent where none is named."""
        if node is None:
            return SGD
        name, block = self._named(node, "optimizer")
        record = name and self._chosen(name, optimizer_named)
        optimizer = record and self._with_parameters(record, block, node, keys.OPTIMIZER)
        if not optimizer:
            return SGD
        if optimizer != SGD and conventions.average_in == "update":
            self._complain(
                node,
                f"{optimizer.name} needs gradients that are averaged",
                expected="conventions: {average_in: gradients} or errors",
            )
        for parameter, value in optimizer.parameters:
            if parameter in block and not (value >= 0 and (value < 1 or parameter == "epsilon")):
                expected = "0 or more" if parameter == "epsilon" else "0 or more and less than 1"
                self._complain(block[parameter], f"{parameter} is out of range", expected=expected)
        return optimizer

    def _named(self, node: Node, what: str) -> tuple[ScalarNode | None, dict[str, Node]]:
        """The name in `sigmoid` or in `{name: sigmoid, …}`, and the other keys, unchecked."""
        if isinstance(node, ScalarNode) and not node.blank:
            return node, {}
        if isinstance(node, MappingNode):
            name = next((value for key, value in node.pairs if key.text == "name"), None)
            if isinstance(name, ScalarNode) and not name.blank:
                return name, {key.text: value for key, value in node.pairs}
        self._complain(node, f"{what} needs a name", expected=f"{what}: NAME, or {what}: {{name: NAME, …}}")
        return None, {}

    def _chosen(self, name: ScalarNode, choose: Callable[[str], Record]) -> Record | None:
        """The function of that name; what is wrong with the name is noted where it stands."""
        try:
            return choose(name.text)
        except InputError as error:
            (problem,) = error.problems
            self._document.note(name, problem)
            return None

    def _with_parameters(
        self, record: Record, block: Mapping[str, Node], node: Node, known: Collection[str]
    ) -> Record | None:
        """The record with the parameters of its block; keys that it does not take are noted."""
        allowed = [*known, *(name for name, _ in record.parameters)]
        if isinstance(node, MappingNode):
            self._read.block(node, record.name, allowed, elsewhere=_OWNERS)
        read = {name: self._read.exact(block.get(name), name) for name, _ in record.parameters}
        given: dict[str, Fraction] = {name: value for name, value in read.items() if value is not None}
        if isinstance(record, Optimizer):
            return record.with_parameters(given)
        return with_parameters(record, given)


def assumed(loss: Loss | None, node: Node | None) -> tuple[str, ...]:
    """What the file leaves unsaid about its loss, with the value that is taken."""
    if loss is None:
        return ()
    said = {key.text for key, _ in node.pairs} if isinstance(node, MappingNode) else set()
    words = {"factor": f"factor {loss.factor}", "average": "no average"}
    return tuple(text for key, text in words.items() if key not in said)
