"""An exercise: a network with its numbers, and how its course writes them down.

Arrays are float64 in the orientation of the page: samples are columns, weights have shape (units, inputs),
biases (units, 1).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from mlpcalc.errors import Place, refuse
from mlpcalc.page import expr
from mlpcalc.page.coefficients import Coefficients
from mlpcalc.page.functions import Activation
from mlpcalc.page.layout import Layout
from mlpcalc.page.network import USUAL, Conventions, Loss, Network
from mlpcalc.page.optimizers import SGD, Optimizer
from mlpcalc.page.symbols import LETTERS, Axis, Symbol
from mlpcalc.text.wording import counted

if TYPE_CHECKING:
    from mlpcalc.arrays import Array


class Layer(NamedTuple):
    """Weights of shape (units, inputs), bias of shape (units, 1) or None, and the activation function.

    shared_bias: whether the units have one bias in common, of shape (1, 1). A first layer whose
    pre-activations are stated has weights of shape (units, 0).
    """

    weights: "Array"
    bias: "Array | None"
    activation: Activation
    shared_bias: bool = False

    @property
    def is_constant(self) -> bool:
        """Whether it gives the same whatever its inputs are, as a softmax of one unit does: 1."""
        return len(self.weights) == 1 and not self.activation.elementwise


@dataclass(frozen=True, eq=False)
class Exercise:
    """One exercise, ready to be solved. Its arrays are read-only: what was solved stays true.

    inputs: shape (d0, N).  targets: shape (dK, N), or None.  learning_rate: None for no update.
    pre_activations: S_1, of shape (d1, N), where that is stated; then there are 0 inputs.
    output_gradient: ∂L/∂Y, of shape (dK, N), where that is stated and there is no loss.
    decimals: digits shown after the point.  states_decimals: whether the exercise states them, so that they
    are asked of answers too.  significant: significant digits that are shown and asked for instead, or None.
    written: for each given, its cells as typed in the file.
    places: where the parts of the file stand, for complaints that only the figures can bring up.
    letters: how the course writes S, Z, Delta, W, b, X, T, the loss and its numbers, where it differs.
    assumed: what the file left unsaid about the loss, in words.
    ask: the quantities that are to be answered, or None if the exercise does not say.
    steps: updates, one after the other. batch: samples that each of them sees, in their order, from the first
    again after the last; None for all. optimizer: what an update makes of the gradients.
    points: what the answers to some quantities are worth, where that is not one point each.
    given: quantities that a sheet has already, with the figures that are shown of them.
    origin: which exercise this is, for people ("exercise2.yaml (bundled)").
    """

    inputs: "Array"
    layers: tuple[Layer, ...]
    targets: "Array | None" = None
    loss: Loss | None = None
    learning_rate: Fraction | None = None
    title: str = ""
    source: str | None = None
    decimals: int = 4
    states_decimals: bool = False
    significant: int | None = None
    conventions: Conventions = USUAL
    written: Mapping[Symbol, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    letters: Mapping[str, str] = field(default_factory=dict)
    assumed: tuple[str, ...] = ()
    ask: tuple[Symbol, ...] | None = None
    points: Mapping[Symbol, float] = field(default_factory=dict)
    given: tuple[Symbol, ...] = ()
    origin: str = ""
    steps: int = 1
    batch: int | None = None
    optimizer: Optimizer = SGD
    pre_activations: "Array | None" = None
    output_gradient: "Array | None" = None

    def __post_init__(self) -> None:
        layers = tuple(
            layer._replace(weights=_read_only(layer.weights), bias=_read_only(layer.bias))
            for layer in self.layers
        )
        object.__setattr__(self, "layers", layers)
        for name in ("inputs", "targets", "pre_activations", "output_gradient"):
            object.__setattr__(self, name, _read_only(getattr(self, name)))

    def __reduce__(self) -> "tuple[type[Exercise], tuple[Any, ...]]":
        """Copied and pickled by its fields: NumPy forgets on the way that arrays are read-only."""
        return type(self), tuple(getattr(self, each.name) for each in fields(self))

    def __repr__(self) -> str:
        return f"<Exercise {self.described}>"

    @property
    def described(self) -> str:
        """Title, origin, size, what it asks for and gives in a line, as Python shows them."""
        origin = f", {self.origin}" if self.origin else ""
        facts = [self.sizes_in_words, counted(int(self.inputs.shape[1]), "sample")]
        if self.ask is not None:
            facts.append(f"{counted(len(self.ask), 'answer')} asked for")
        if self.given:
            facts.append(f"{' '.join(symbol.plain for symbol in self.given)} given")
        return f"{self.title!r}{origin}: {', '.join(facts)}"

    def under(self, conventions: Conventions) -> "Exercise":
        """The same exercise as another course writes it."""
        return replace(self, conventions=conventions)

    def with_steps(self, steps: int) -> "Exercise":
        """The same exercise with another number of steps.

        Raises `InputError` if it has no update, or states what belongs to one step only.
        """
        for key in ("pre_activations", "output_gradient"):
            if steps > 1 and getattr(self, key) is not None:
                raise refuse(
                    f"{key} in an exercise of {steps} steps", self.places.get(key), expected="1 step"
                )
        if self.learning_rate is None or not self.network.has_gradients:
            lacking = "learning rate" if self.learning_rate is None else "loss"
            raise refuse(f"the exercise has no {lacking}, so there are no steps", self.places.get("layers"))
        return replace(self, steps=steps)

    @cached_property
    def all_letters(self) -> dict[str, str]:
        """The letters of all quantities and numbers, as the course writes them."""
        return {**LETTERS, **expr.LETTERS_OF_SCALARS, **self.letters}

    @cached_property
    def network(self) -> Network:
        """The form of this exercise's network."""
        return Network(
            activations=tuple(layer.activation for layer in self.layers),
            biases=tuple(layer.bias is not None for layer in self.layers),
            loss=self.loss,
            targets=self.targets is not None,
            learns=self.learning_rate is not None,
            conventions=self.conventions,
            optimizer=self.optimizer.name,
            steps=self.steps,
            from_pre_activations=self.pre_activations is not None,
            to_output_gradient=self.output_gradient is not None,
            shared_biases=frozenset(k for k, layer in enumerate(self.layers, start=1) if layer.shared_bias),
        )

    @cached_property
    def layout(self) -> Layout:
        """How this exercise orients its matrices."""
        return self.conventions.layout

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """Units of each layer, the inputs first: (d0, d1, …, dK)."""
        return (self.inputs.shape[0], *(layer.weights.shape[0] for layer in self.layers))

    @property
    def sizes_in_words(self) -> str:
        """`2-3-1`; without the inputs where there are none."""
        return "-".join(map(str, self.sizes[0 if self.pre_activations is None else 1 :]))

    @cached_property
    def samples(self) -> int:
        """The number of samples of a step, N; of the last batch of a pass there may be fewer."""
        return len(self.samples_of(1))

    @property
    def steps_of_a_pass(self) -> int:
        """The number of steps in which all samples are seen once."""
        return steps_of_a_pass(int(self.inputs.shape[1]), self.batch)

    def samples_of(self, step: int) -> range:
        """The samples that a step sees, from 0, by their places in the exercise."""
        count = int(self.inputs.shape[1])
        batch = min(self.batch or count, count)
        first = (step - 1) % self.steps_of_a_pass * batch
        return range(first, min(first + batch, count))

    def shape(self, symbol: Symbol) -> tuple[int, ...]:
        """The shape of a quantity on the page: () for the loss, one axis for flat lists."""
        return tuple(map(self.lengths(symbol), self.network.dimensions(symbol)))

    def lengths(self, symbol: Symbol) -> Callable[[Axis], int]:
        """A function that says how long each axis of a quantity is, from what the axis counts."""
        lengths = {"N": len(self.samples_of(symbol.step)), "one": 1}
        return lambda axis: self.sizes[axis] if isinstance(axis, int) else lengths[axis]

    def givens(self) -> "dict[Symbol, Array]":
        """The matrices that the exercise states, by name: the parameters, and the samples of every step."""
        return self._givens.copy()

    @cached_property
    def _givens(self) -> "dict[Symbol, Array]":
        found = self.givens_of(1) | self.parameters()
        for step in range(2, self.steps + 1):
            found |= self.givens_of(step)
        return found

    def parameters(self) -> "dict[Symbol, Array]":
        """The weights and biases that the exercise states."""
        found = {}
        for k in self.network.with_weights:
            layer = self.layers[k - 1]
            found[Symbol("W", k)] = layer.weights
            if layer.bias is not None:
                found[Symbol("b", k)] = layer.bias
        return found

    def givens_of(self, step: int) -> "dict[Symbol, Array]":
        """What is stated of the samples of a step."""
        samples = self.samples_of(step)
        columns = slice(samples.start, samples.stop)
        of_all = self.of_all_samples()
        return {symbol._replace(step=step): value[:, columns] for symbol, value in of_all.items()}

    def of_all_samples(self) -> "dict[Symbol, Array]":
        """What is stated of the samples, of all steps in one."""
        stated = (
            self.inputs if self.pre_activations is None else self.pre_activations,
            self.targets,
            self.output_gradient,
        )
        present = (value for value in stated if value is not None)
        return dict(zip(self.network.of_the_samples, present, strict=True))

    def with_givens(self, givens: "Mapping[Symbol, Array]") -> "Exercise":
        """The exercise with other matrices in place of those that it states, those of all samples in one."""
        network = self.network
        layers = [*self.layers]
        for k in network.with_weights:
            layers[k - 1] = layers[k - 1]._replace(
                weights=givens[Symbol("W", k)], bias=givens.get(Symbol("b", k))
            )
        return replace(
            self,
            inputs=givens.get(Symbol("X"), self.inputs),
            targets=givens.get(Symbol("T")),
            pre_activations=givens[Symbol("S", 1)] if network.from_pre_activations else None,
            output_gradient=givens.get(Symbol("dZ", network.depth)),
            layers=tuple(layers),
            written={},
        )

    def typed(self, symbol: Symbol) -> tuple[tuple[str, ...], ...] | None:
        """The cells of a given as typed in the file, rows and columns as on the page; None if unknown."""
        cells = self.written.get(symbol._replace(step=1))
        if cells is None or symbol.is_parameter:
            return cells
        samples = self.samples_of(symbol.step)
        return tuple(row[samples.start : samples.stop] for row in cells)

    @cached_property
    def coefficients(self) -> Coefficients:
        """What the coefficients of its equations are worth."""
        return Coefficients(self.scalars)

    def scalars(self, step: int = 1) -> dict[expr.Scalar, Fraction]:
        """The numbers that coefficients of a step are made of, those that this exercise has."""
        samples = Fraction(len(self.samples_of(step)))
        found: dict[expr.Scalar, Fraction] = {"N": samples, "M": Fraction(self.sizes[-1])}
        found |= self.optimizer.scalars(step)
        if self.learning_rate is not None:
            found["eta"] = self.learning_rate
        if self.loss is not None and self.loss.l2 is not None:
            found["lambda"] = self.loss.l2
        return found


def steps_of_a_pass(samples: int, batch: int | None) -> int:
    """The number of steps in which all samples are seen once, `batch` at a time; None for all at once."""
    return -(-samples // (batch or samples))


@overload
def _read_only(array: "Array") -> "Array": ...
@overload
def _read_only(array: None) -> None: ...
def _read_only(array: "Array | None") -> "Array | None":
    """The array if nobody can write into it, else a copy of it into which nobody can."""
    if array is None or not array.flags.writeable:
        return array
    array = array.copy("K")
    array.flags.writeable = False
    return array
