"""New exercises: friendly figures, chosen so that they reveal as many mistakes as can be."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from mlpcalc.auditing.audit import Audit
from mlpcalc.errors import refuse
from mlpcalc.generating.draws import draw, exercise_of, shows_signs, steered
from mlpcalc.generating.friendly import Dice
from mlpcalc.page.activations import ACTIVATIONS
from mlpcalc.page.exercise import Exercise, Layer, steps_of_a_pass
from mlpcalc.page.functions import Activation, LossFunction, with_parameters
from mlpcalc.page.losses import LOSSES
from mlpcalc.page.network import Average, Loss
from mlpcalc.page.optimizers import OPTIMIZERS, OptimizerName
from mlpcalc.page.symbols import Symbol
from mlpcalc.reading.choices import network_of
from mlpcalc.reading.keys import MAX_DECIMALS
from mlpcalc.solving.selection import Selection, selected
from mlpcalc.solving.solution import Solution
from mlpcalc.text.sanitize import clean
from mlpcalc.text.wording import counted

MOST_UNITS, MOST_LAYERS, MOST_SAMPLES, MOST_STEPS = 20, 6, 20, 10
_RATES = tuple(map(Fraction, ("0.2", "0.5", "0.4", "0.1", "0.05", "0.02", "0.01", "0.005", "0.001")))
_SLOPE = Fraction(1, 10)  # of leaky_relu
_OF_OPTIMIZERS = {"mu": Fraction(1, 2), "beta1": Fraction(4, 5), "beta2": Fraction(9, 10)}  # leave digits
_DRAWS = 100
_NEAR_KINK = 0.0051903
_AWAY = 0.0171903  # from the ends of the domain of the loss, after the update
_LARGEST = 99.9571903
_FEW_UNITS = 9.5371903  # of the last digit: below that a figure has one digit
_SHORT = 0.1  # share of figures that may have one digit left


class Form(NamedTuple):
    """What a new exercise is to be like: another one, whose figures do not matter.

    rates: the learning rates to try, the best first; only None for an exercise without update.
    """

    like: Exercise
    rates: tuple[Fraction | None, ...]

    def titled(self, title: str | None) -> "Form":
        """The form with another title; as it is where there is none."""
        return self if title is None else self._replace(like=replace(self.like, title=clean(title)))


class GeneratedExercise(NamedTuple):
    """A new exercise.

    seed: what it comes from. revealed, of: how many mistakes its figures reveal, of how many.
    """

    exercise: Exercise
    seed: int
    revealed: int
    of: int

    @property
    def score(self) -> float:
        """The share of the mistakes that show, as in an audit."""
        return self.revealed / self.of


def form_of(
    sizes: Sequence[int],
    activation: str | None = None,
    loss: str = "squared_error",
    batch: int = 1,
    *,
    bias: bool = True,
    average: Average | None = None,
    decimals: int = 4,
    learning_rate: Fraction | None = None,
    steps: int | None = None,
    epochs: int | None = None,
    mini_batch: int | None = None,
    optimizer: OptimizerName = "sgd",
) -> Form:
    """What an exercise with layers of these sizes is to be like, the inputs first.

    activation: a name for each layer, with commas, or one for all hidden layers (relu, if nothing is said).
    batch: the number of samples, of which a step sees `mini_batch`, or all. average: over the samples of a
    step, if nothing is said and there are several. learning_rate: one of few digits, if nothing is said.
    steps: updates, 1 if neither their number nor that of the passes is given.

    Raises `InputError` for unknown names, or what is too large to be worked out on paper.
    """
    _check_sizes(sizes, batch)
    if not 1 <= decimals <= MAX_DECIMALS:
        raise refuse(counted(decimals, "decimal"), expected=f"1 to {MAX_DECIMALS}")
    if learning_rate is not None and learning_rate <= 0:
        raise refuse(f"a learning rate of {learning_rate}", expected="more than 0")
    seen = _checked_mini_batch(batch, mini_batch)
    if epochs is not None:
        steps = epochs * steps_of_a_pass(batch, seen)
    steps = 1 if steps is None else steps
    if not 1 <= steps <= MOST_STEPS:
        raise refuse(counted(steps, "step"), expected=f"1 to {MOST_STEPS}")
    network = network_of(len(sizes) - 1, activation, loss, ACTIVATIONS["relu"], bias=bias)
    assert network.loss is not None  # noqa: S101  # it was named
    # A hundredth leaves few digits.
    activations = [with_parameters(ACTIVATIONS[f.name], {"slope": _SLOPE}) for f in network.activations]
    function = _with_margin(network.loss.function, activations[-1])
    exercise = Exercise(
        inputs=np.zeros((sizes[0], batch)),
        layers=tuple(
            Layer(np.zeros((units, below)), np.zeros((units, 1)) if bias else None, f)
            for f, (below, units) in zip(activations, pairwise(sizes), strict=True)
        ),
        loss=Loss(function, network.loss.factor, average or ("samples" if seen > 1 else "none")),
        title=f"{_method(steps, optimizer)}, {'-'.join(map(str, sizes))}",
        decimals=decimals,
        states_decimals=True,
        steps=steps,
        batch=mini_batch,
        optimizer=OPTIMIZERS[optimizer].with_parameters(_OF_OPTIMIZERS),
    )
    _check_functions(exercise)
    if learning_rate is not None:
        return Form(exercise, (learning_rate,))
    # A rate that is 1/N or 1/M would be mistaken for it.
    return Form(exercise, tuple(rate for rate in _RATES if 1 / rate not in (seen, batch, sizes[-1])))


def _checked_mini_batch(samples: int, mini_batch: int | None) -> int:
    """The number of samples that a step sees."""
    if mini_batch is not None and not 1 <= mini_batch <= samples:
        raise refuse(
            f"steps that see {counted(mini_batch, 'sample')}",
            expected=f"1 to {samples}, the number of samples",
        )
    return samples if mini_batch is None else mini_batch


def _method(steps: int, optimizer: OptimizerName) -> str:
    """`One step of gradient descent`, `3 steps of Adam`."""
    method = {"sgd": "gradient descent", "adam": "Adam", "nesterov": "Nesterov's momentum"}
    number = "One step" if steps == 1 else counted(steps, "step")
    return f"{number} of {method.get(optimizer, optimizer)}"


def form_like(exercise: Exercise) -> Form:
    """The form of an exercise: its sizes, functions, conventions and all else but the figures.

    Raises `InputError` for what is too large to be worked out on paper, or where nothing could be learnt.
    """
    sizes = exercise.sizes[1:] if exercise.network.from_pre_activations else exercise.sizes
    _check_sizes(sizes, int(exercise.inputs.shape[1]), fewest=len(sizes) - len(exercise.layers))
    _check_functions(exercise)
    title = exercise.title or f"Exercise, {'-'.join(map(str, exercise.sizes))}"
    return Form(exercise, (exercise.learning_rate,)).titled(title)


def _check_sizes(sizes: Sequence[int], samples: int, fewest: int = 1) -> None:
    """Refuse what is too large. fewest: layers, besides the inputs or the first one, that there must be."""
    if not fewest <= len(sizes) - 1 <= MOST_LAYERS or not all(1 <= size <= MOST_UNITS for size in sizes):
        raise refuse(
            f"cannot make layers of the sizes {', '.join(map(str, sizes))}",
            expected=f"the number of inputs, then the units of 1 to {MOST_LAYERS} layers, each from 1 to "
            f"{MOST_UNITS}: 2,3,1",
        )
    if not 1 <= samples <= MOST_SAMPLES:
        raise refuse(counted(samples, "sample"), expected=f"1 to {MOST_SAMPLES}")


def _check_functions(exercise: Exercise) -> None:
    """One unit is no choice between classes, and where no error passes there is nothing to do."""
    if exercise.loss is None:
        return
    activations, loss, sizes = exercise.network.activations, exercise.loss.function, exercise.sizes
    for k, f in enumerate(activations, start=1):
        if not f.elementwise and sizes[k] == 1:
            raise refuse(f"{f.name} in layer {k}, which has 1 unit", expected="2 units or more")
    if activations[-1].flat:
        raise refuse(
            f"{activations[-1].name} as the output activation: its derivative is 0, so nothing learns",
            expected="one with another derivative",
        )
    if loss.targets == "one-hot" and sizes[-1] == 1:
        raise refuse(f"{loss.name} with 1 output", expected="2 outputs or more, one for each class")


def _with_margin(loss: LossFunction, output: Activation) -> LossFunction:
    """The loss; with a margin that outputs can keep, if they are probabilities."""
    low, high = output.range
    if loss.parameters and high - low <= 1:
        return with_parameters(LOSSES[loss.name], {"margin": Fraction(1, 4)})
    return loss


def generate(form: Form, seed: int) -> GeneratedExercise:
    """The exercise of a form that belongs to a seed: the first draw without flaws, or else the best.

    Raises `InputError` if no figures are found that suit the form.
    """
    best: tuple[int, Solution] | None = None
    for candidate in _candidates(form, seed):
        best = min(best or candidate, candidate, key=lambda one: one[0])
        if best[0] == 0:
            break
    if best is None:
        names = ", ".join(f.name for f in form.like.network.activations)
        loss = f" with {form.like.loss.function.name}" if form.like.loss else ""
        raise refuse(
            f"no friendly figures were found for {names}{loss}",
            expected="a loss that is defined for these outputs",
            hint="another output activation, a smaller batch, or another seed",
        )
    solution = best[1]
    audit = Audit(solution)
    return GeneratedExercise(solution.exercise, seed, audit.revealed, len(audit.effects))


def _candidates(form: Form, seed: int) -> Iterator[tuple[int, Solution]]:
    """Exercises with acceptable figures, and each of the learning rates, after the number of their flaws."""
    for number in range(_DRAWS):
        if (figures := draw(form.like, Dice(seed, number))) is None:
            continue
        for rate in form.rates:
            solution = Solution(exercise_of(form.like, figures, rate))
            if (flaws := _flaws(solution)) is not None:
                yield flaws, solution


def _flaws(solution: Solution) -> int | None:
    """How many figures have too few digits, or are all zero, and layers too little variety after the update.

    None where something is near a kink, rounds to 0, is outside the domain of the loss, or the loss rises.
    """
    values, exercise, between = solution.computed, solution.exercise, steered(solution.exercise)
    # Of significant digits, no figure has too few.
    unit = 0.0 if exercise.significant else 10.0**-exercise.decimals
    short = cells = dull = 0
    for symbol in selected(solution, Selection()):
        value = values[symbol]
        size = np.abs(value)
        if not (size < _LARGEST).all() or ((size > 0) & (size < unit)).any():
            return None
        if symbol.kind == "S" and (symbol.updated or symbol.step > 1):
            if size.min() < _NEAR_KINK:
                return None
            f = exercise.layers[symbol.layer - 1].activation
            is_steered = between is not None and symbol.layer == len(exercise.layers)
            dull += (f.kinked or f.name == "identity") and not is_steered and not shows_signs(f, value)
        if symbol.kind in ("Delta", "dW", "db") and not size.any():
            dull += value.size  # nothing is seen of what goes into it
        cells += size.size
        short += int(((size > 0) & (size < _FEW_UNITS * unit)).sum())
    last = Symbol("loss", updated=True, step=exercise.steps)
    if last in values:
        before, after = float(values[Symbol("loss")]), float(values[last])
        output = values[Symbol("Z", len(exercise.layers), updated=True, step=last.step)]
        dull += 0 if after else output.size  # nothing is seen of what comes after the update
        comparable = exercise.batch is None  # the loss of other samples may well be higher
        if comparable and not after < before:
            return None
        if between and not ((between[0] + _AWAY < output) & (output < between[1] - _AWAY)).all():
            return None
    return dull + max(0, short - int(_SHORT * cells))
