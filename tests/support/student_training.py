"""The steps of an exercise as a student works through them, and the mistakes that are made on the way.

Each step is worked out by the equations of an exercise that has its samples alone, in the names of the
step: `S1@2`, and for its parameters those that the step before it left. The mistakes are written from what
one does, not from the catalogue.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.page.exercise import Exercise
from tests.support.student_equations import Arithmetic, Change, Equations, Lookup, Routes

_PARAMETER = re.compile(r"[Wb]\d+")
_AFTER = re.compile(r"(?:S\d+|Z\d+|loss\w*)_new")
_BEFORE = "@0"  # behind the name of what an optimiser remembers


def rules_of_steps(
    exercise: Exercise,
    routes: Routes,
    arithmetic: Arithmetic,
    rounded_products: Callable[[Array], Array] | None = None,
) -> Iterator[tuple[str, Change]]:
    """Every quantity of every step with its equation, in the order in which one works them out."""
    for step in range(1, exercise.steps + 1):
        equations = Equations(_alone(exercise, step), routes, arithmetic, rounded_products)
        for name, rule in equations.rules():
            if step == exercise.steps or not _AFTER.fullmatch(name):
                yield named(exercise, name, step), partial(_worked_out, rule, partial(named, exercise), step)


def _alone(exercise: Exercise, step: int) -> Exercise:
    """The exercise with the samples of a step alone; its optimiser knows which step it is."""
    samples = exercise.samples_of(step)
    columns = slice(samples.start, samples.stop)
    targets = exercise.targets
    return replace(
        exercise,
        inputs=exercise.inputs[:, columns],
        targets=None if targets is None else targets[:, columns],
        steps=step,
        batch=None,
    )


def named(exercise: Exercise, name: str, step: int) -> str:
    """A quantity of a step, by its name in an exercise of one step; parameters are those left to it."""
    if name.endswith(_BEFORE):
        return name if step == 1 else named(exercise, name.removesuffix(_BEFORE), step - 1)
    if _PARAMETER.fullmatch(name):
        changes = name[0] == "W" or exercise.conventions.update_biases
        return named(exercise, f"{name}_new", step - 1) if step > 1 and changes else name
    return name if step == 1 else f"{name}@{step}"


def _worked_out(rule: Change, names: Callable[[str, int], str], step: int, look: Lookup) -> Array:
    def found(name: str) -> Array:
        name = names(name, step)
        return np.zeros(()) if name.endswith(_BEFORE) else look(name)

    return rule(found)


# ---------------------------------------------------------------------------- mistakes


class TrainingMistake(NamedTuple):
    """A mistake over steps by its name in the catalogue, and the quantities that it is made in."""

    mistake: str
    changes: Mapping[str, Change]


def training_mistakes(exercise: Exercise, routes: Routes) -> Iterator[TrainingMistake]:
    """Every mistake over steps: in each quantity alone, and throughout a step where one might do so."""
    for step in range(1, exercise.steps + 1):
        made = _Mistakes(exercise, routes, step)
        for mistake, kinds, change in made.all():
            changes = {
                named(exercise, name, step): partial(change, name)
                for name in made.rules
                if re.fullmatch(kinds, name) and not _AFTER.fullmatch(name)
            }
            for name in changes:
                yield TrainingMistake(mistake, {name: changes[name]})
            if len(changes) > 1:
                yield TrainingMistake(mistake, changes)


class _Mistakes:
    """The mistakes in one step, each with the quantities that it is made in and what it makes of one."""

    def __init__(self, exercise: Exercise, routes: Routes, step: int) -> None:
        self.exercise, self.step = exercise, step
        self.rules = dict(Equations(_alone(exercise, step), routes, "paper").rules())
        self.depth = len(exercise.layers)
        self.whole = int(exercise.inputs.shape[1])
        self.first_of_pass = step - (step - 1) % exercise.steps_of_a_pass

    def all(self) -> Iterator[tuple[str, str, Callable[[str, Lookup], Array]]]:
        if self.step > 1:
            yield from self._of_parameters()
            yield "gradients_accumulated", r"d[Wb]\d+", self._accumulated
            yield from self._of_samples()
        yield from self._of_averages()
        yield from self._of_the_optimizer()

    def _right(self, name: str, look: Lookup) -> Array:
        return _worked_out(self.rules[name], partial(named, self.exercise), self.step, look)

    def _of_parameters(self) -> Iterator[tuple[str, str, Callable[[str, Lookup], Array]]]:
        """What is the same as another mistake is made under one name only."""
        layers = list(enumerate(self.exercise.layers, start=1))
        biases = [
            k for k, layer in layers if layer.bias is not None and self.exercise.conventions.update_biases
        ]
        weights = r"S\d+|dZ\d+"
        if self.first_of_pass < self.step:
            yield "updated_after_pass", weights, partial(self._with_parameters, self.first_of_pass, "Wb")
        if self.first_of_pass == 1:
            weights = "|".join(f"S{k}" for k in biases)
        if weights:
            yield "weights_of_first_step", weights, partial(self._with_parameters, 1, "W")
        if biases:
            yield "biases_of_first_step", r"S\d+", partial(self._with_parameters, 1, "b")
        if biases and self.first_of_pass > 1:
            yield "parameters_of_first_step", r"S\d+", partial(self._with_parameters, 1, "Wb")

    def _with_parameters(self, other: int, kinds: str, name: str, look: Lookup) -> Array:
        def names(used: str, step: int) -> str:
            old = _PARAMETER.fullmatch(used) and used[0] in kinds
            return named(self.exercise, used, other if old else step)

        return _worked_out(self.rules[name], names, self.step, look)

    def _accumulated(self, name: str, look: Lookup) -> Array:
        return self._right(name, look) + look(named(self.exercise, name, self.step - 1))

    def _of_samples(self) -> Iterator[tuple[str, str, Callable[[str, Lookup], Array]]]:
        output = rf"err|loss_terms|dZ{self.depth}|Delta{self.depth}"
        for other in {self.step - 1, self.first_of_pass}:
            samples, others = (self.exercise.samples_of(each) for each in (self.step, other))
            if len(samples) == len(others) and samples != others:
                yield "samples_of_other_step", r"S1|dW1", partial(self._with_samples, other, "X")
                yield "targets_of_other_step", output, partial(self._with_samples, other, "T")

    def _with_samples(self, other: int, given: str, name: str, look: Lookup) -> Array:
        def names(used: str, step: int) -> str:
            return named(self.exercise, used, other if used == given else step)

        return _worked_out(self.rules[name], names, self.step, look)

    def _of_averages(self) -> Iterator[tuple[str, str, Callable[[str, Lookup], Array]]]:
        loss, seen = self.exercise.loss, len(self.exercise.samples_of(self.step))
        if loss is None or loss.average == "none" or loss.l2 is not None or seen == self.whole:
            return
        yield "batch_loss_averaged_over_all", "loss", self._over_all
        averaged = {
            "errors": rf"dZ{self.depth}|Delta{self.depth}",
            "gradients": r"d[Wb]\d+",
            "update": r"step_[Wb]\d+",
        }
        if place := averaged.get(self.exercise.conventions.average_in):
            yield "batch_averaged_over_all", place, self._over_all

    def _over_all(self, name: str, look: Lookup) -> Array:
        return self._right(name, look) * len(self.exercise.samples_of(self.step)) / self.whole

    def _of_the_optimizer(self) -> Iterator[tuple[str, str, Callable[[str, Lookup], Array]]]:
        parameters = {name: float(value) for name, value in self.exercise.optimizer.parameters}
        if "mu" in parameters and self.step > 1:
            yield "velocity_without_mu", r"V_[Wb]\d+", partial(self._velocity, 1.0, 1.0)
            yield "velocity_reset", r"V_[Wb]\d+", partial(self._velocity, 0.0, 1.0)
            yield "velocity_sign", r"V_[Wb]\d+", partial(self._velocity, parameters["mu"], -1.0)
        if "beta1" in parameters:
            if self.step > 1:
                yield "velocity_reset", r"[MV]_[Wb]\d+", self._moment_alone
            yield "bias_correction_forgotten", r"[MV]hat_[Wb]\d+", self._uncorrected
            for other in (self.step - 1, self.step + 1):
                if other:
                    corrected = partial(self._corrected_as_in, other)
                    yield "bias_correction_of_other_step", r"[MV]hat_[Wb]\d+", corrected

    def _velocity(self, kept: float, sign: float, name: str, look: Lookup) -> Array:
        before = look(named(self.exercise, name, self.step - 1))
        mu = float(dict(self.exercise.optimizer.parameters)["mu"])
        return kept * before + sign * (self._right(name, look) - mu * before)

    def _beta(self, name: str) -> float:
        return float(dict(self.exercise.optimizer.parameters)["beta1" if name[0] == "M" else "beta2"])

    def _moment_alone(self, name: str, look: Lookup) -> Array:
        return self._right(name, look) - self._beta(name) * look(named(self.exercise, name, self.step - 1))

    def _uncorrected(self, name: str, look: Lookup) -> Array:
        return look(named(self.exercise, name.replace("hat", ""), self.step))

    def _corrected_as_in(self, other: int, name: str, look: Lookup) -> Array:
        return self._uncorrected(name, look) / (1 - self._beta(name) ** other)
