"""YAML tree → Exercise: what the keys mean, and what can be wrong with them.

Reading goes on after a problem, so that one run shows them all; a part that could not be read is None.
"""

import re
from collections.abc import Iterable, Mapping

from mlpcalc.page.exercise import Exercise, steps_of_a_pass
from mlpcalc.page.expr import LETTERS_OF_SCALARS
from mlpcalc.page.losses import kind_of_targets
from mlpcalc.page.network import Conventions
from mlpcalc.page.optimizers import Optimizer
from mlpcalc.page.spellings import clashes
from mlpcalc.page.symbols import LETTERS
from mlpcalc.reading import keys
from mlpcalc.reading.asking import with_what_is_asked
from mlpcalc.reading.fields import Fields
from mlpcalc.reading.fitting import Classes, Fitting, LayerGrids
from mlpcalc.reading.functions import Functions, assumed
from mlpcalc.reading.matrices import Grid, read_grid
from mlpcalc.reading.source import Document, MappingNode, Node, SequenceNode
from mlpcalc.text.wording import shown

# Of these pairs an exercise has one key, as both say the same in their own way.
_EITHER = (
    ("output_gradient", "targets"),
    ("output_gradient", "loss"),
    ("decimals", "significant"),
    ("steps", "epochs"),
)
_LETTER = re.compile(rf"[^\W\d_][\w^]{{0,{keys.MAX_LETTERS - 1}}}")


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
        self._functions = Functions(document)

    def exercise(self, origin: str) -> Exercise | None:
        root = self._document.root
        if not isinstance(root, MappingNode):
            self._complain(
                root,
                f"expected an exercise, not {'a list' if isinstance(root, SequenceNode) else 'text'}",
                expected="keys: inputs, layers, targets, loss, …",
            )
            return None
        top = self._read.block(root, "the exercise", keys.TOP, keys.required(keys.TOP), keys.ELSEWHERE)
        conventions = self._conventions(top.get("conventions"))
        optimizer = self._functions.optimizer(top.get("optimizer"), conventions)
        letters = self._letters(top.get("symbols"), optimizer)
        layers = self._layers(top.get("layers"))
        self._allow_one(top, _EITHER)
        loss = self._functions.loss(top.get("loss"))
        if loss and "targets" not in top and loss.function.targets != "none":
            self._complain(
                top["loss"], f"{loss.function.name} needs targets", hint="add targets, or leave out the loss"
            )
        from_S = _states_pre_activations(top.get("layers"))
        inputs = self._inputs(root, top, from_S=from_S)
        output_gradient = self._grid(top.get("output_gradient"), "output_gradient")
        targets = self._targets(top.get("targets"))
        title = self._read.text(top.get("title"), "title")
        source = self._read.text(top.get("source"), "source")
        learning_rate = self._read.exact(top.get("learning_rate"), "learning_rate")
        decimals = self._read.whole(top.get("decimals"), "decimals", *keys.DECIMALS)
        significant = self._read.whole(top.get("significant"), "significant", *keys.SIGNIFICANT)
        if layers is None or (inputs is None and not from_S):
            return None
        if from_S and len(layers) == 1 and "learning_rate" in top:
            self._complain(top["learning_rate"], "there are no weights to update", hint="leave it out")
        kind = kind_of_targets(loss.function, layers[-1].activation) if loss else "any"
        fitting = Fitting(self._document, conventions)
        givens = fitting.givens(inputs, targets, output_gradient, layers, kind)
        if givens is None:
            return None
        steps, batch = self._schedule(top, givens.inputs.shape[1], from_S=from_S)
        exercise = Exercise(
            title=title or "",
            source=source,
            inputs=givens.inputs,
            targets=givens.targets,
            pre_activations=givens.pre_activations,
            output_gradient=givens.output_gradient,
            layers=givens.layers,
            written=givens.written,
            loss=loss,
            learning_rate=learning_rate,
            decimals=4 if decimals is None else decimals,
            states_decimals=decimals is not None,
            significant=significant,
            conventions=conventions,
            letters=letters,
            assumed=assumed(loss, top.get("loss")),
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

    def _inputs(self, root: Node, top: Mapping[str, Node], *, from_S: bool) -> Grid | None:
        """The inputs, where the pre-activations of the first layer do not take their place."""
        if from_S and "inputs" in top:
            self._complain_of_both(top["inputs"], "inputs", "pre_activations")
        elif not from_S and "inputs" not in top:
            self._complain(root, "the exercise has no inputs", expected="a key inputs:")
        return self._grid(top.get("inputs"), "inputs")

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
        if "pre_activations" in block:
            self._check_stated(k, block)
        elif "weights" not in block:
            self._complain(node, f"layer {k} has no weights", expected="a key weights:")
        pre_activations = self._grid(block.get("pre_activations"), f"pre_activations of layer {k}")
        weights = self._grid(block.get("weights"), f"weights of layer {k}")
        bias = self._grid(block.get("bias"), f"bias of layer {k}")
        activation = self._functions.activation(block.get("activation"))
        shared = self._read.word(block.get("shared_bias"), "shared_bias", keys.YES_OR_NO) == "true"
        if shared and "bias" not in block:
            self._complain(block["shared_bias"], "shared_bias needs a bias", expected="bias: a number")
        stated = pre_activations is not None and k == 1
        if (weights is None and not stated) or activation is None:
            return None
        return LayerGrids(weights, pre_activations, bias, activation, shared)

    def _check_stated(self, k: int, block: Mapping[str, Node]) -> None:
        """See to it that pre-activations stand where they may be stated, and alone."""
        if k > 1:
            self._complain(
                block["pre_activations"],
                f"pre_activations of layer {k}",
                expected="weights: pre-activations can be given for the first layer only",
            )
        for key in ("weights", "bias", "shared_bias"):
            if key in block:
                self._complain_of_both(block[key], f"{key} of layer {k}", "pre_activations")

    def _allow_one(self, block: Mapping[str, Node], pairs: Iterable[tuple[str, str]]) -> None:
        """Complain of the second key of a pair where both are there."""
        for key, other in pairs:
            if key in block and other in block:
                self._complain_of_both(block[other], other, key)

    def _complain_of_both(self, node: Node, what: str, other: str) -> None:
        self._complain(node, f"{what} beside {other}", hint="leave one of the two out")

    def _schedule(self, top: Mapping[str, Node], samples: int, *, from_S: bool) -> tuple[int, int | None]:
        """The number of updates, and of the samples that each sees; None for all of them."""
        for key in ("steps", "epochs", "batch", "optimizer"):
            if key in top and "learning_rate" not in top:
                self._complain(top[key], f"{key} needs a learning rate", expected="a key learning_rate:")
            elif key in top and not {"loss", "output_gradient"} & top.keys():
                self._complain(top[key], f"{key} needs a loss", expected="a key loss:")
        most = f"1 to {samples}, the number of samples"
        batch = self._read.whole(top.get("batch"), "batch", 1, samples, most)
        steps = self._read.whole(top.get("steps"), "steps", *keys.STEPS) or 1
        if epochs := self._read.whole(top.get("epochs"), "epochs", *keys.STEPS):
            steps = epochs * steps_of_a_pass(samples, batch)
            if steps > keys.MAX_STEPS:
                self._complain(
                    top["epochs"], f"these are {steps} steps", expected=f"at most {keys.MAX_STEPS}"
                )
                steps = 1
        for key, present in (("pre_activations", from_S), ("output_gradient", "output_gradient" in top)):
            if present and steps > 1:
                place = top["steps"] if "steps" in top else top["epochs"]
                self._complain(place, f"{steps} steps with {key}", expected="one step")
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

    def _letters(self, node: Node | None, optimizer: Optimizer) -> dict[str, str]:
        """How the course writes quantities and numbers; each letter may stand for one of them only."""
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
        numbers = (*keys.NUMBERS_OF_ALL, *(name for name, _ in optimizer.parameters))
        in_use = {**LETTERS, **{name: LETTERS_OF_SCALARS[name] for name in numbers}, **letters}
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


def _states_pre_activations(layers: Node | None) -> bool:
    """Whether the first layer has pre-activations in place of weights."""
    first = layers.items[0] if isinstance(layers, SequenceNode) and layers.items else None
    return isinstance(first, MappingNode) and any(key.text == "pre_activations" for key, _ in first.pairs)
