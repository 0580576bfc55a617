"""The equations of an exercise as a student works through them, by one route or another.

Written from the definitions, in NumPy; of the package it uses the numbers of an exercise and the names of
its quantities and functions.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Literal, NamedTuple

import numpy as np

from mlpcalc.arrays import Array
from mlpcalc.page.exercise import Exercise
from tests.support.oracle_loops import activation, slope

Lookup = Callable[[str], Array]
"""The student's figures by plain name, as columns of samples: biases (units, 1), per-sample losses (1, N)."""

Change = Callable[[Lookup], Array]
"""How a quantity is computed from others: an equation, or a mistake in its place."""


Arithmetic = Literal["paper", "float64", "float32"]


class Routes(NamedTuple):
    """Which way is taken to what can be computed in several ways.

    delta, loss: of the output, where loss and activation are made for each other.
    err_carried: whether Y - T, once found, is what further equations use.
    """

    fprime: Literal["from S", "from Z"] = "from S"
    delta: Literal["Y - T", "chain rule"] = "Y - T"
    loss: Literal["from Y", "from S"] = "from Y"
    softmax: Literal["from S", "from expS"] = "from S"
    err_carried: bool = False


class StuckError(ArithmeticError):
    """The student cannot go on."""


class Equations:
    """How each quantity of a step follows from others, samples in columns; `exercise.steps` is its number.

    rounded_products: of those who round each product of a sum before they add.
    """

    def __init__(
        self,
        exercise: Exercise,
        routes: Routes,
        arithmetic: Arithmetic,
        rounded_products: Callable[[Array], Array] | None = None,
    ) -> None:
        conventions, loss = exercise.conventions, exercise.loss
        assert loss is not None
        self.exercise, self.routes = exercise, routes
        self.depth = len(exercise.layers)
        self.activations = [layer.activation.name for layer in exercise.layers]
        self.parameters = [_floats(layer.activation.parameters) for layer in exercise.layers]
        parameters = _floats(loss.function.parameters)
        self.loss_name = loss.function.name
        self.margin, self.delta = parameters.get("margin", 0.0), parameters.get("delta", 0.0)
        self.factor, self.eta = float(loss.factor), float(exercise.learning_rate or 0)
        decay_divisor = exercise.samples if loss.decay_average == "samples" else 1
        self.l2 = self.l2_in_dW = None if loss.l2 is None else float(loss.l2) / decay_divisor
        if loss.l2 and loss.average == loss.decay_average and conventions.average_in in ("update", "loss"):
            self.l2_in_dW = float(loss.l2)  # averaged with the rest, and later
        self.sign = -1.0 if conventions.delta == "-dL/dS" else 1.0
        cells = {"none": 1, "samples": exercise.samples, "entries": exercise.samples * exercise.sizes[-1]}
        self.average = 1 / cells[loss.average]
        self.average_in = {"errors": 1.0, "gradients": 1.0, "update": 1.0}
        self.average_in[conventions.average_in] = self.average
        pair = (self.activations[-1], self.loss_name)
        self.matched = pair in {
            ("softmax", "cross_entropy"),
            ("sigmoid", "binary_cross_entropy"),
            ("sigmoid", "cross_entropy"),
        }
        self.noise = 1e-5 if arithmetic == "float32" else 1e-12
        self.on_paper = arithmetic == "paper"
        self.rounded_products = rounded_products
        self.optimizer, self.of_optimizer = exercise.optimizer.name, _floats(exercise.optimizer.parameters)

    def rules(self) -> Iterator[tuple[str, Change]]:
        """Every quantity with its equation, in the order in which one works them out."""
        K, layers = self.depth, range(1, self.depth + 1)
        yield from self._forward("")
        yield from self._loss("")
        if self.exercise.targets is not None:
            yield "err", self.error
        for k in reversed(layers):
            yield f"dZ{k}", self.slope_of_loss if k == K else partial(self.passed_back, k=k)
            if self.activations[k - 1] != "softmax":
                yield f"fprime{k}", partial(self.fprime, k=k)
            collapsed = k == K and self.matched and self.routes.delta == "Y - T"
            yield f"Delta{k}", self.collapsed if collapsed else partial(self.through_f, k=k)
        yield "dX", partial(self.passed_back, k=0)
        has_bias = [layer.bias is not None for layer in self.exercise.layers]
        for k in reversed(layers):
            yield f"dW{k}", partial(self.dW, k=k)
            if has_bias[k - 1]:
                yield f"db{k}", partial(self.db, k=k)
        if self.exercise.learning_rate is None:
            return
        for k in reversed(layers):
            yield from self._moved_by("W", k)
            if has_bias[k - 1]:
                yield from self._moved_by("b", k)
        yield from self._forward("_new")
        yield from self._loss("_new")

    def _moved_by(self, p: str, k: int) -> Iterator[tuple[str, Change]]:
        """The update of a weight matrix or a bias, with what the optimiser makes of its gradient before."""
        gradient = partial(self.averaged_gradient_of_W if p == "W" else self.averaged_gradient_of_b, k=k)
        place, direction = f"{p}{k}", gradient
        match self.optimizer:
            case "momentum" | "nesterov":
                yield f"V_{place}", partial(self.remembered, gradient, f"V_{place}", kept="mu")
                direction = partial(self.velocity, gradient, f"V_{place}")
            case "adam":
                yield f"M_{place}", partial(self.remembered, gradient, f"M_{place}", kept="beta1")
                yield f"V_{place}", partial(self.remembered, gradient, f"V_{place}", kept="beta2")
                for moment in "MV":
                    yield f"{moment}hat_{place}", partial(self.corrected, moment, place)
                direction = partial(self.normalised, place)
        yield f"step_{place}", lambda look: -self.eta * direction(look)
        if p == "W" or self.exercise.conventions.update_biases:
            yield f"{place}_new", partial(self.moved, name=place, step=f"step_{place}")

    def _forward(self, tail: str) -> Iterator[tuple[str, Change]]:
        for k, f in enumerate(self.activations, start=1):
            yield f"S{k}{tail}", partial(self.pre_activation, k=k, tail=tail)
            if f == "softmax" and not tail:
                yield f"expS{k}", partial(self.exponentials, k=k)
            yield f"Z{k}{tail}", partial(self.activation, k=k, tail=tail)

    def _loss(self, tail: str) -> Iterator[tuple[str, Change]]:
        from_S = self.matched and self.routes.loss == "from S"
        yield f"loss_terms{tail}", partial(self.terms_from_S if from_S else self.terms, tail=tail)
        yield f"losses{tail}", partial(self.losses, tail=tail)
        yield f"loss{tail}", partial(self.loss, tail=tail)

    def settled(self, value: Array, size: Array, *, decides: bool = False) -> Array:
        """A sum whose terms have the sizes `size` in all: 0 on paper where only binary noise is left."""
        tiny = np.abs(value) <= self.noise * size
        if self.on_paper:
            return np.where(tiny, 0.0, value)
        if decides and (tiny & (value != 0)).any():
            raise StuckError("noise decides")
        return value

    def product(self, left: Array, right: Array) -> Array:
        return self.settled(self.sum_of_products(left, right), np.abs(left) @ np.abs(right))

    def sum_of_products(self, left: Array, right: Array) -> Array:
        if self.rounded_products is None:
            return np.asarray(left @ right)
        return np.asarray(self.rounded_products(left[:, :, None] * right[None, :, :]).sum(axis=1))

    # -- forward

    def pre_activation(self, look: Lookup, k: int, tail: str) -> Array:
        W, below = look(f"W{k}{tail}"), look(f"Z{k - 1}{tail}" if k > 1 else "X")
        value, size = self.sum_of_products(W, below), np.abs(W) @ np.abs(below)
        if self.exercise.layers[k - 1].bias is not None:
            b = look(f"b{k}{tail}" if self.exercise.conventions.update_biases else f"b{k}")
            value, size = value + b, size + np.abs(b)
        return self.settled(value, size, decides=self.activations[k - 1] in ("relu", "leaky_relu", "elu"))

    def exponentials(self, look: Lookup, k: int) -> Array:
        return np.exp(look(f"S{k}"))

    def activation(self, look: Lookup, k: int, tail: str) -> Array:
        name = self.activations[k - 1]
        if name == "softmax":
            aside = self.routes.softmax == "from expS" and not tail
            raised = look(f"expS{k}") if aside else np.exp(look(f"S{k}{tail}"))
            return np.asarray(raised / raised.sum(axis=0))
        return _activation(name, self.parameters[k - 1], look(f"S{k}{tail}"))

    def violations(self, y: Array, t: Array) -> Array:
        """By how much each output is inside its margin."""
        if self.loss_name in ("hinge", "squared_hinge"):
            return self.settled(1 - t * y, 1 + np.abs(t * y), decides=True)
        true = (t * y).sum(axis=0)
        size = np.abs(y) + np.abs(true) + self.margin
        return self.settled(y - true + self.margin, size, decides=True)

    def terms(self, look: Lookup, tail: str) -> Array:
        y = look(f"Z{self.depth}{tail}")
        if self.loss_name == "sum":
            return self.factor * y
        t = look("T")
        match self.loss_name:
            case "squared_error":
                value = self.settled(y - t, np.abs(y) + np.abs(t)) ** 2
            case "cross_entropy":
                value = -_t_log_y(t, y)
            case "binary_cross_entropy":
                value = -_t_log_y(t, y) - _t_log_y(1 - t, 1 - y)
            case "multiclass_hinge":
                value = np.where(t == 1, 0.0, np.maximum(self.violations(y, t), 0))
            case "squared_hinge":
                value = np.maximum(self.violations(y, t), 0) ** 2
            case "absolute_error":
                value = np.abs(self.settled(y - t, np.abs(y) + np.abs(t)))
            case "huber":
                error = self.settled(y - t, np.abs(y) + np.abs(t))
                inside = np.minimum(np.abs(error), self.delta)
                value = inside * (np.abs(error) - inside / 2)
            case _:
                value = np.maximum(self.violations(y, t), 0)
        return self.factor * value

    def terms_from_S(self, look: Lookup, tail: str) -> Array:
        s, t = look(f"S{self.depth}{tail}"), look("T")
        if self.activations[-1] == "softmax":
            return np.asarray(self.factor * t * (np.log(np.exp(s).sum(axis=0)) - s))
        value = t * np.log1p(np.exp(-s))
        if self.loss_name == "binary_cross_entropy":
            value = value + (1 - t) * np.log1p(np.exp(s))
        return self.factor * value

    def losses(self, look: Lookup, tail: str) -> Array:
        terms = look(f"loss_terms{tail}")
        return self.settled(terms.sum(axis=0, keepdims=True), np.abs(terms).sum(axis=0, keepdims=True))

    def loss(self, look: Lookup, tail: str) -> Array:
        losses = look(f"losses{tail}")
        value = self.average * self.settled(losses.sum(), np.abs(losses).sum())
        if self.l2 is not None:
            for k in range(1, self.depth + 1):
                value = value + self.l2 / 2 * (look(f"W{k}{tail}") ** 2).sum()
        return value

    # -- backward

    def error(self, look: Lookup) -> Array:
        y, t = look(f"Z{self.depth}"), look("T")
        return self.settled(y - t, np.abs(y) + np.abs(t))

    def slope_of_loss(self, look: Lookup) -> Array:
        y = look(f"Z{self.depth}")
        scale = self.average_in["errors"] * self.factor
        if self.loss_name == "sum":
            return np.full_like(y, scale)
        t = look("T")
        match self.loss_name:
            case "squared_error":
                value = 2 * (look("err") if self.routes.err_carried else self.error(look))
            case "cross_entropy":
                value = -_over(t, y)
            case "binary_cross_entropy":
                value = _over(1 - t, 1 - y) - _over(t, y)
            case "multiclass_hinge":
                inside = (1 - t) * (self.violations(y, t) >= 0)
                value = inside - t * inside.sum(axis=0)
            case "squared_hinge":
                value = -2 * t * np.maximum(self.violations(y, t), 0)
            case "absolute_error":
                value = np.sign(self.error(look))
            case "huber":
                value = np.clip(self.error(look), -self.delta, self.delta)
            case _:
                value = np.where(self.violations(y, t) >= 0, -t, 0.0)
        return scale * value

    def collapsed(self, look: Lookup) -> Array:
        if (self.activations[-1], self.loss_name) == ("sigmoid", "cross_entropy"):
            value = -look("T") * (1 - look(f"Z{self.depth}"))
        else:
            value = look("err") if self.routes.err_carried else self.error(look)
        return self.sign * self.average_in["errors"] * self.factor * value

    def fprime(self, look: Lookup, k: int) -> Array:
        name = self.activations[k - 1]
        if self.routes.fprime == "from Z" and name in ("sigmoid", "tanh"):
            z = look(f"Z{k}")
            return z * (1 - z) if name == "sigmoid" else 1 - z**2
        return _slope(name, self.parameters[k - 1], look(f"S{k}"))

    def through_f(self, look: Lookup, k: int) -> Array:
        dZ = look(f"dZ{k}")
        if self.activations[k - 1] != "softmax":
            return self.sign * (dZ * look(f"fprime{k}"))
        z = look(f"Z{k}")
        mean = (z * dZ).sum(axis=0)
        inner = self.settled(dZ - mean, np.abs(dZ) + np.abs(z * dZ).sum(axis=0))
        return self.sign * (z * inner)

    def passed_back(self, look: Lookup, k: int) -> Array:
        return self.sign * self.product(look(f"W{k + 1}").T, look(f"Delta{k + 1}"))

    def dW(self, look: Lookup, k: int) -> Array:
        Delta, below = look(f"Delta{k}"), look(f"Z{k - 1}" if k > 1 else "X")
        value = self.sign * self.average_in["gradients"] * self.product(Delta, below.T)
        if self.l2_in_dW is None:
            return value
        decay = self.l2_in_dW * look(f"W{k}")
        return self.settled(value + decay, np.abs(value) + np.abs(decay))

    def db(self, look: Lookup, k: int) -> Array:
        Delta = look(f"Delta{k}")
        axes = (0, 1) if self.exercise.layers[k - 1].shared_bias else 1
        sums = self.settled(Delta.sum(axis=axes, keepdims=True), np.abs(Delta).sum(axis=axes, keepdims=True))
        return self.sign * self.average_in["gradients"] * sums

    # -- update

    def averaged_gradient_of_W(self, look: Lookup, k: int) -> Array:
        gradient, average = look(f"dW{k}"), self.average_in["update"]
        if self.l2 is None or average == 1 or self.l2 != self.l2_in_dW:
            return average * gradient
        decay = self.l2 * look(f"W{k}")  # in dW, but not averaged
        data = average * self.settled(gradient - decay, np.abs(gradient) + np.abs(decay))
        return self.settled(data + decay, np.abs(data) + np.abs(decay))

    def averaged_gradient_of_b(self, look: Lookup, k: int) -> Array:
        return self.average_in["update"] * look(f"db{k}")

    def remembered(self, gradient: Change, name: str, look: Lookup, *, kept: str) -> Array:
        """What an optimiser remembers; of the step before it has the name with @0."""
        share, new = self.of_optimizer[kept], gradient(look)
        if self.optimizer == "adam":
            new = (1 - share) * (new if name[0] == "M" else new**2)
        old = share * look(f"{name}@0")
        return self.settled(old + new, np.abs(old) + np.abs(new))

    def velocity(self, gradient: Change, name: str, look: Lookup) -> Array:
        if self.optimizer == "momentum":
            return look(name)
        new, old = gradient(look), self.of_optimizer["mu"] * look(name)
        return self.settled(new + old, np.abs(new) + np.abs(old))

    def corrected(self, moment: str, place: str, look: Lookup) -> Array:
        beta = self.of_optimizer["beta1" if moment == "M" else "beta2"]
        return np.asarray(look(f"{moment}_{place}") / (1 - beta**self.exercise.steps))

    def normalised(self, place: str, look: Lookup) -> Array:
        return look(f"Mhat_{place}") / (np.sqrt(look(f"Vhat_{place}")) + self.of_optimizer["epsilon"])

    def moved(self, look: Lookup, name: str, step: str) -> Array:
        old, change = look(name), look(step)
        return self.settled(old + change, np.abs(old) + np.abs(change))


def _activation(name: str, parameters: Mapping[str, float], s: Array) -> Array:
    match name:
        case "identity":
            return s
        case "relu":
            return np.where(s > 0, s, 0.0)
        case "leaky_relu":
            return np.where(s > 0, s, parameters["slope"] * s)
        case "elu":
            return np.where(s > 0, s, parameters["alpha"] * np.expm1(s))
        case "sigmoid":
            return np.asarray(1 / (1 + np.exp(-s)))
        case "tanh":
            return np.tanh(s)
        case "softplus":
            return np.log1p(np.exp(s))
        case "square":
            return np.asarray(s**2)
    return np.asarray(np.vectorize(partial(activation, name, parameters), otypes=[float])(s))


def _slope(name: str, parameters: Mapping[str, float], s: Array) -> Array:
    """f'(s); at a kink the slope on its left."""
    match name:
        case "identity":
            return np.ones_like(s)
        case "relu":
            return np.where(s > 0, 1.0, 0.0)
        case "leaky_relu":
            return np.where(s > 0, 1.0, parameters["slope"])
        case "elu":
            return np.where(s > 0, 1.0, parameters["alpha"] * np.exp(s))
        case "sigmoid":
            return np.asarray(np.exp(-s) / (1 + np.exp(-s)) ** 2)
        case "tanh":
            return np.asarray(1 / np.cosh(s) ** 2)
        case "softplus":
            return np.asarray(1 / (1 + np.exp(-s)))
        case "square":
            return 2 * s
    return np.asarray(np.vectorize(partial(slope, name, parameters), otypes=[float])(s))


def _t_log_y(t: Array, y: Array) -> Array:
    return np.where(t == 0, 0.0, t * np.log(y))


def _over(t: Array, y: Array) -> Array:
    return np.where(t == 0, 0.0, t / y)


def _floats(parameters: Sequence[tuple[str, Fraction]]) -> dict[str, float]:
    return {name: float(value) for name, value in parameters}
