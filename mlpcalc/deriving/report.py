"""The report of the gradients by the chain rule, of an exercise or of any network."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from mlpcalc.deriving.chain import LOSS
from mlpcalc.deriving.steps import Steps
from mlpcalc.errors import refuse
from mlpcalc.notation import mathml
from mlpcalc.notation.formulas import Formula, Notation
from mlpcalc.notation.signs import from_template
from mlpcalc.notation.styles import LATEX, MATHML, TEXT, Style
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.equations import page_of_any_step
from mlpcalc.page.expr import Hadamard, Variable
from mlpcalc.page.functions import Activation, s
from mlpcalc.page.losses import LOSSES
from mlpcalc.page.network import Network
from mlpcalc.page.pages import in_layout
from mlpcalc.page.symbols import LETTERS, Axis, Symbol
from mlpcalc.reading.choices import loss_named, network_of
from mlpcalc.report.blocks import Aligned, Block, Header, Heading, Note, Phrase, plain
from mlpcalc.report.report import Report
from mlpcalc.solving.header import header
from mlpcalc.solving.solution import Given, Solution, exercise_meant
from mlpcalc.text.wording import counted

# ---------------------------------------------------------------------------- notation


def _any_function(name: str) -> Activation:
    """An elementwise function of which nothing else is known."""
    return Activation(name, Hadamard(Variable("unknown"), s), Variable("unknown"))


def _style(style: Style, labels: Mapping[int, str] | None = None) -> Style:
    """A style in which f3 is written with an index, and layers may have labels such as k-1."""

    def function(name: str) -> str:
        found = re.fullmatch(r"f_?(\d+|k)", name)
        return f"f_{{{found[1]}}}" if found and style is LATEX else style.function(name)

    def layer(k: int) -> str:
        if labels is None:
            return style.layer(k)
        label = labels.get(k, str(k))
        if style is MATHML:
            return mathml.one_element(mathml.from_text(label))
        braced = f"{{{label}}}" if style is LATEX or len(label) > 1 else label
        return braced if style is LATEX else f"_{braced}"

    return style._replace(function=function, layer=layer)


class _GenericNotation(Notation):
    """The notation of a network without an exercise: Y for the last output, or labels for the layers."""

    def __init__(
        self,
        network: Network,
        letters: Mapping[str, str],
        labels: Mapping[int, str] | None = None,
        style: Style = TEXT,
    ) -> None:
        super().__init__(
            in_layout(page_of_any_step(network), network.conventions.layout), letters, _style(style, labels)
        )
        self._network, self._labels = network, labels

    def in_style(self, style: Style) -> Notation:
        """A notation of the same network in another style."""
        return _GenericNotation(self._network, self._letters, self._labels, style)

    def name(self, symbol: Symbol) -> str:
        """The name of a quantity; Y for the output of the network."""
        if self._labels is None and symbol in (
            Symbol("Z", self._network.depth),
            Symbol("dZ", self._network.depth),
        ):
            name = "Y" if symbol.kind == "Z" else "dY"
            return mathml.from_text(name) if self.style.names == "mathml" else name
        return super().name(symbol)


# ---------------------------------------------------------------------------- reports


def derivation(exercise: Given | Solution) -> Report:
    """Derive the gradients of an exercise.

    exercise: an exercise, the name of one, or a solution.

    Raises `InputError` if it has no loss.
    """
    exercise = exercise_meant(exercise)
    if not exercise.network.has_gradients:
        raise refuse(
            "the exercise has no loss: there is nothing to derive",
            exercise.places.get("layers"),
            hint="add targets: and loss: to the exercise",
        )
    solution = Solution(exercise)
    lengths: dict[Axis, int] = {"N": exercise.samples, "one": 1, **dict(enumerate(exercise.sizes))}
    steps = Steps(exercise.network, solution.notation, lengths)
    return _report(steps, exercise.all_letters, header(solution))


def derivation_of(
    layers: int,
    activation: str | None = None,
    loss: str = "squared_error",
    *,
    bias: bool = False,
    origin: str = "",
) -> Report:
    """Derive the gradients of any network with this number of layers.

    activation: the name of the activation of the hidden layers, or names for all layers, separated by commas;
    None for any elementwise f. The output layer then has the activation that goes with the loss.
    origin: shown in the header.

    Raises `InputError` for an unknown name, or a wrong number of names.
    """
    any_f = _any_function("f")
    function = loss_named(loss)
    output = ACTIVATIONS["softmax"] if function.by_class else any_f
    made_for = None if function.output else output
    network = network_of(layers, activation, loss, any_f, bias=bias, output=made_for)
    assert network.loss is not None  # noqa: S101  # one was asked for
    general = replace(
        network,  # with names for slopes and margins, not numbers
        activations=tuple(
            ACTIVATIONS.get(f.name) or _any_function(f"f{k}")
            for k, f in enumerate(network.activations, start=1)
        ),
        loss=network.loss._replace(function=LOSSES[network.loss.function.name]),
    )
    steps = Steps(general, _GenericNotation(general, LETTERS))
    return _report(steps, LETTERS, _header(steps, origin))


def _header(steps: Steps, origin: str) -> Header:
    functions: list[str | Formula] = []
    for f in steps.network.activations:
        functions += [" → "] * bool(functions)
        functions.append(_name_of(steps, f) if isinstance(f.derivative, Variable) else f.name)
    loss = from_template("$L = $it", L=steps.name(LOSS), it=steps.formula(LOSS))
    shapes = [
        from_template("$name: $shape", name=steps.name(symbol), shape=steps.shape(steps.shape_of(symbol)))
        for symbol in (Symbol("X"), Symbol("W", 1), Symbol("S", 1))
    ]
    lines: list[list[Phrase]] = [[functions, loss], ["samples are columns", *shapes, "…"]]
    title = f"The gradients of a network of {counted(steps.network.depth, 'layer')}"
    return Header(title, origin, lines)


def _name_of(steps: Steps, f: Activation) -> Formula:
    return steps.notation.both(lambda notation: notation.style.function(f.symbol))


def _general(steps: Steps, letters: Mapping[str, str]) -> Steps:
    """A derivation whose layer 2 is any hidden layer k, of any network like this one."""
    biased = {k for k, has_one in enumerate(steps.network.biases, start=1) if has_one}
    all_shared = biased <= steps.network.shared_biases
    network = replace(
        steps.network,
        activations=(_any_function("f_k"),) * 3,
        biases=(bool(biased),) * 3,
        from_pre_activations=False,
        shared_biases=frozenset((1, 2, 3) if biased and all_shared else ()),
    )
    return Steps(network, _GenericNotation(network, letters, {1: "k-1", 2: "k", 3: "k+1"}))


def _report(steps: Steps, letters: Mapping[str, str], head: Header) -> Report:
    general = _general(steps, letters)

    def blocks() -> Iterator[Block]:
        yield head
        yield from steps.steps()
        yield from general.in_general()

    def data() -> dict[str, Any]:
        return {
            "exercise": head.title,
            "origin": head.origin,
            "facts": [plain(fact) for facts in head.lines for fact in facts],
            "parameters": {parameter.plain: _parameter(steps, parameter) for parameter in steps.parameters()},
            "steps": _in_words(steps.steps()),
            "general": _in_words(general.in_general())[0]["lines"],
        }

    return Report(blocks, data)


def _parameter(steps: Steps, parameter: Symbol) -> dict[str, Any]:
    name, formula, _ = steps.result(parameter)
    return {
        "chain": [
            {
                "factor": factor.derivative.text,
                "value": factor.value.text,
                "shape": steps.shape(factor.shape, sized=False).text,
            }
            | ({"size": [steps.sizes[axis] for axis in factor.shape]} if steps.sizes else {})
            for factor in steps.chain(parameter)
        ],
        "element": steps.element(parameter).text,
        "result": f"{name.text} {formula.text}",
        "shape": steps.shape(steps.shape_of(parameter)).text,
    }


def _in_words(blocks: Iterator[Block]) -> list[dict[str, Any]]:
    """The steps as lines of text, by section; without the chains, which are with the parameters."""
    parts: list[dict[str, Any]] = []
    for block in blocks:
        match block:
            case Heading(title):
                parts.append({"title": plain(title), "lines": []})
            case Aligned(rows):
                parts[-1]["lines"] += [" ".join(piece.text for piece in row).strip() for row in rows]
            case Note(text):
                parts[-1]["lines"].append(plain(text))
    return parts
