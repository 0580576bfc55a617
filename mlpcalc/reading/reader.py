"""YAML tree → Exercise: what the keys mean, and what can be wrong with them.

Reading goes on after a problem, so that one run shows them all; a part that could not be read is None.
"""

import re
from collections.abc import Callable, Collection, Mapping
from fractions import Fraction
from typing import TypeVar

from mlpcalc.errors import InputError
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.exercise import Conventions, DecayAverage, Exercise, Loss
from mlpcalc.page.functions import Activation, LossFunction, with_parameters
from mlpcalc.page.losses import LOSSES, kind_of_targets
from mlpcalc.page.optimizers import OPTIMIZERS, SGD, Optimizer
from mlpcalc.page.symbols import LETTERS, clashes
from mlpcalc.reading import keys
from mlpcalc.reading.asking import with_what_is_asked
from mlpcalc.reading.choices import activation_named, loss_named, optimizer_named
from mlpcalc.reading.fields import Fields
from mlpcalc.reading.fitting import Classes, Fitting, LayerGrids
from mlpcalc.reading.matrices import Grid, read_grid
from mlpcalc.reading.source import Document, MappingNode, Node, ScalarNode, SequenceNode
from mlpcalc.text.wording import shown

_LETTER = re.compile(rf"[^\W\d_][\w^]{{0,{keys.MAX_LETTERS - 1}}}")
_RECORDS: tuple[Activation | LossFunction | Optimizer, ...] = (
    *ACTIVATIONS.values(),
    *LOSSES.values(),
    *OPTIMIZERS.values(),
)
_OWNERS = {name: f"{name} belongs to {record.name}" for record in _RECORDS for name, _ in record.parameters}

Record = TypeVar("Record", Activation, LossFunction, Optimizer)


def read_exercise(document: Document, origin: str) -> Exercise:
    """The exercise in a document; raises `InputError` with every problem found."""
    exercise = _Reader(document).exercise(origin)
    document.raise_problems()
    assert exercise is not None  # noqa: S101  # it is None only where a problem was noted
    return exercise


class _Reader:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._complain = document.complain
        self._read = Fields(document)

    def exercise(self, origin: str) -> Exercise | None:
        root = self._document.root
        if not isinstance(root, MappingNode):
            self._complain(
                root,
                f"expected an exercise, not {'a list' if isinstance(root, SequenceNode) else 'text'}",
                expected="keys: inputs, layers, targets, loss, …",
            )
            return None
        top = self._read.block(root, "the exercise", keys.TOP, keys.required(keys.TOP))
        conventions = self._conventions(top.get("conventions"))
        letters = self._letters(top.get("symbols"))
        layers = self._layers(top.get("layers"))
        loss = self._loss(top.get("loss"))
        if loss and "targets" not in top and loss.function.targets != "none":
            self._complain(
                top["loss"], f"{loss.function.name} needs targets", hint="add targets, or leave out the loss"
            )
        inputs = self._grid(top.get("inputs"), "inputs")
        targets = self._targets(top.get("targets"))
        title = self._read.text(top.get("title"), "title")
        source = self._read.text(top.get("source"), "source")
        learning_rate = self._read.exact(top.get("learning_rate"), "learning_rate")
        optimizer = self._optimizer(top.get("optimizer"), conventions)
        decimals = self._read.whole(top.get("decimals"), "decimals", *keys.DECIMALS)
        significant = self._read.whole(top.get("significant"), "significant", *keys.SIGNIFICANT)
        if "decimals" in top and "significant" in top:
            self._complain(
                top["significant"],
                "significant beside decimals",
                hint="leave one of the two out",
            )
        if layers is None or inputs is None:
            return None
        kind = kind_of_targets(loss.function, layers[-1].activation) if loss else "any"
        givens = Fitting(self._document, conventions).givens(inputs, targets, layers, kind)
        if givens is None:
            return None
        steps, batch = self._schedule(top, givens.inputs.shape[1])
        exercise = Exercise(
            title=title or "",
            source=source,
            inputs=givens.inputs,
            targets=givens.targets,
            layers=givens.layers,
            written=givens.written,
            loss=loss,
            learning_rate=learning_rate,
            decimals=4 if decimals is None else decimals,
            states_decimals=decimals is not None,
            significant=significant,
            conventions=conventions,
            letters=letters,
            assumed=_assumed(loss, top.get("loss")),
            places={key: self._document.place(node) for key, node in top.items()},
            origin=origin,
            optimizer=optimizer,
            batch=batch,
            steps=steps,
        )
        return with_what_is_asked(self._document, top, exercise)

    # -- the parts of the file

    def _grid(self, node: Node | None, what: str) -> Grid | None:
        return None if node is None else read_grid(self._document, node, what)

    def _layers(self, node: Node | None) -> list[LayerGrids] | None:
        if node is None:
            return None
        if not isinstance(node, SequenceNode) or not node.items:
            self._complain(node, "layers must be a list", expected="- weights: …, one entry for each layer")
            return None
        if len(node.items) > keys.MAX_LAYERS:
            self._complain(node, f"too many layers: {len(node.items)}", expected=f"at most {keys.MAX_LAYERS}")
            return None
        layers = [self._layer(k, item) for k, item in enumerate(node.items, start=1)]
        whole = [layer for layer in layers if layer is not None]
        return whole if len(whole) == len(layers) else None

    def _layer(self, k: int, node: Node) -> LayerGrids | None:
        if not isinstance(node, MappingNode):
            self._complain(node, f"layer {k} must have keys", expected=", ".join(keys.LAYER))
            return None
        block = self._read.block(node, f"layer {k}", keys.LAYER, keys.required(keys.LAYER))
        weights = self._grid(block.get("weights"), f"weights of layer {k}")
        bias = self._grid(block.get("bias"), f"bias of layer {k}")
        activation = self._activation(block.get("activation"))
        shared = self._read.word(block.get("shared_bias"), "shared_bias", keys.YES_OR_NO) == "true"
        if shared and "bias" not in block:
            self._complain(block["shared_bias"], "shared_bias needs a bias", expected="bias: a number")
        if weights is None or activation is None:
            return None
        return LayerGrids(weights, bias, activation, shared)

    def _activation(self, node: Node | None) -> Activation | None:
        if node is None:
            return ACTIVATIONS["identity"]
        name, block = self._named(node, "activation")
        if name is None:
            return None
        record = self._chosen(name, activation_named)
        return record and self._with_parameters(record, block, node, keys.ACTIVATION)

    def _loss(self, node: Node | None) -> Loss | None:
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

    def _optimizer(self, node: Node | None, conventions: Conventions) -> Optimizer:
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

    def _schedule(self, top: Mapping[str, Node], samples: int) -> tuple[int, int | None]:
        """The number of updates, and of the samples that each sees; None for all of them."""
        for key in ("steps", "epochs", "batch", "optimizer"):
            if key in top and "learning_rate" not in top:
                self._complain(top[key], f"{key} needs a learning rate", expected="a key learning_rate:")
        if "steps" in top and "epochs" in top:
            self._complain(top["epochs"], "both steps and epochs are given", expected="one of them")
        most = f"1 to {samples}, the number of samples"
        batch = self._read.whole(top.get("batch"), "batch", 1, samples, most)
        steps = self._read.whole(top.get("steps"), "steps", *keys.STEPS) or 1
        if epochs := self._read.whole(top.get("epochs"), "epochs", *keys.STEPS):
            steps = epochs * -(-samples // (batch or samples))
            if steps > keys.MAX_STEPS:
                self._complain(
                    top["epochs"], f"these are {steps} steps", expected=f"at most {keys.MAX_STEPS}"
                )
                steps = 1
        return steps, batch

    def _conventions(self, node: Node | None) -> Conventions:
        default = Conventions()
        block = self._read.optional_block(node, "conventions", keys.CONVENTIONS)
        biases = self._read.word(block.get("update_biases"), "update_biases", keys.YES_OR_NO)
        return Conventions(
            product=self._read.word(block.get("product"), "product", keys.PRODUCTS) or default.product,
            delta=self._read.word(block.get("delta"), "delta", keys.DELTAS) or default.delta,
            average_in=self._read.word(block.get("average_in"), "average_in", keys.AVERAGED_STEPS)
            or default.average_in,
            update_biases=default.update_biases if biases is None else biases == "true",
        )

    def _letters(self, node: Node | None) -> dict[str, str]:
        """How the course writes the quantities; each letter may stand for one of them only."""
        block = self._read.optional_block(node, "symbols", keys.SYMBOLS)
        noted = len(self._document.problems)
        written = {key: self._read.text(value, f"the symbol of {key}") for key, value in block.items()}
        letters = {key: letter for key, letter in written.items() if letter is not None}
        for key, letter in letters.items():
            if not _LETTER.fullmatch(letter) or letter in keys.TAKEN_LETTERS:
                self._complain(
                    block[key],
                    f"{shown(letter)} cannot be the symbol of {key}",
                    expected="a letter or a short word, such as A, δ or net",
                )
        in_use = {**LETTERS, **letters}
        for key in letters:
            others = [other for other in in_use if other != key and in_use[other] == in_use[key]]
            if others:
                self._complain(
                    block[key],
                    f"{shown(letters[key])} would mean both {key} and {others[0]}",
                    hint=f"say how the course writes {others[0]}, too",
                )
        if len(self._document.problems) == noted:
            for key, other, name in clashes(in_use):
                blamed = key if key in letters else other
                self._complain(
                    block[blamed],
                    f"{shown(letters[blamed])} as {blamed}: {name} would have two meanings",
                    hint="choose another symbol, or say how the course writes the other quantity, too",
                )
        return letters

    def _targets(self, node: Node | None) -> Grid | Classes | None:
        if not isinstance(node, MappingNode):
            return self._grid(node, "targets")
        block = self._read.block(node, "targets", keys.CLASSES, keys.required(keys.CLASSES))
        grid = self._grid(block.get("classes"), "classes")
        if grid is None:
            return None
        cells = [cell for row in grid.rows for cell in row]
        expected = "1 for the first output unit, 2 for the next"
        numbers = [self._read.whole(cell, "a class", 0, keys.MAX_CLASSES, expected) for cell in cells]
        pairs = [(cell, number) for cell, number in zip(cells, numbers, strict=True) if number is not None]
        return Classes(node, pairs) if len(pairs) == len(cells) else None

    # -- functions

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


def _assumed(loss: Loss | None, node: Node | None) -> tuple[str, ...]:
    """What the file leaves unsaid about its loss, with the value that is taken."""
    if loss is None:
        return ()
    said = {key.text for key, _ in node.pairs} if isinstance(node, MappingNode) else set()
    words = {"factor": f"factor {loss.factor}", "average": "no average"}
    return tuple(text for key, text in words.items() if key not in said)
