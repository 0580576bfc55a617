"""The derivatives of the loss by automatic differentiation, with the `autograd` library.

Only the forward pass and the loss are written here, from their definitions. Of the package it uses the
numbers of an exercise and the names of its functions, never their expressions.
"""

from math import erf, sqrt
from typing import Any

import autograd.numpy as np
from autograd import grad
from autograd.extend import defvjp, primitive

from mlpcalc.arrays import Array
from mlpcalc.page.exercise import Exercise

Boxed = Any  # an array, or autograd's record of how it came about


@primitive  # type: ignore[untyped-decorator]  # autograd has no types
def _normal(x: Array) -> Boxed:
    return np.array([(1 + erf(s / sqrt(2))) / 2 for s in x.ravel()]).reshape(x.shape)


defvjp(_normal, lambda _, x: lambda g: g * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi))


def derivatives(exercise: Exercise) -> dict[str, Array]:
    """dL/dW, dL/db, dL/dS (Delta), dL/dZ and dL/dX of every layer by plain name; biases as columns."""
    places: dict[str, Array] = {"X": exercise.inputs}
    sizes, samples = exercise.sizes, exercise.samples
    for k, layer in enumerate(exercise.layers, start=1):
        places[f"W{k}"] = layer.weights
        if layer.bias is not None:
            places[f"b{k}"] = layer.bias
        # Nothing is added to S and Z; by what is added there, the loss has dL/dS and dL/dZ as derivatives.
        places[f"S{k}"] = places[f"Z{k}"] = np.zeros((sizes[k], samples))
    found: dict[str, Array] = grad(lambda values: _loss(exercise, values))(places)
    return {_name(place): derivative for place, derivative in found.items()}


def _name(place: str) -> str:
    return "Delta" + place[1:] if place.startswith("S") else "d" + place


def _loss(exercise: Exercise, values: dict[str, Boxed]) -> Boxed:
    Z = values["X"]
    for k, layer in enumerate(exercise.layers, start=1):
        S = np.dot(values[f"W{k}"], Z) + values[f"S{k}"]
        if layer.bias is not None:
            S = S + values[f"b{k}"]
        parameters = {name: float(value) for name, value in layer.activation.parameters}
        Z = _activation(layer.activation.name, parameters, S) + values[f"Z{k}"]
    loss = exercise.loss
    assert loss is not None
    parameters = {name: float(value) for name, value in loss.function.parameters}
    whole = float(loss.factor) * np.sum(_loss_terms(loss.function.name, parameters, Z, exercise.targets))
    if loss.average != "none":
        whole = whole / exercise.samples
    if loss.average == "entries":
        whole = whole / exercise.sizes[-1]
    if loss.l2 is not None:
        decay = float(loss.l2) / (exercise.samples if loss.decay_average == "samples" else 1)
        for k in range(1, len(exercise.layers) + 1):
            whole = whole + decay / 2 * np.sum(values[f"W{k}"] ** 2)
    return whole


def _activation(name: str, parameters: dict[str, float], S: Boxed) -> Boxed:
    match name:
        case "identity":
            return S
        case "relu":
            return np.maximum(0, S)
        case "leaky_relu":
            return np.where(S > 0, S, parameters["slope"] * S)
        case "elu":
            return np.where(S > 0, S, parameters["alpha"] * (np.exp(S) - 1))
        case "sigmoid":
            return 1 / (1 + np.exp(-S))
        case "tanh":
            return np.tanh(S)
        case "softplus":
            return np.log1p(np.exp(S))
        case "square":
            return S**2
        case "threshold":
            return np.where(S >= 0, 1.0, 0.0)
        case "sign":
            return np.where(S > 0, 1.0, np.where(S < 0, -1.0, 0.0))
        case "bipolar_sigmoid":
            return np.tanh(S / 2)
        case "hard_sigmoid":
            return np.clip(S / 6 + 1 / 2, 0, 1)
        case "hard_tanh":
            return np.clip(S, -1, 1)
        case "silu":
            return S / (1 + np.exp(-S))
        case "gelu":
            return S * _normal(S)
        case "selu":
            alpha = parameters["alpha"]
            return parameters["scale"] * np.where(S > 0, S, alpha * (np.exp(S) - 1))
        case "softmax":
            return np.exp(S) / np.sum(np.exp(S), axis=0)
    raise ValueError(name)


def _loss_terms(name: str, parameters: dict[str, float], Y: Boxed, T: Array | None) -> Boxed:
    if name == "sum":
        return Y
    assert T is not None
    match name:
        case "squared_error":
            return (Y - T) ** 2
        case "cross_entropy":
            return -T * np.log(Y)
        case "binary_cross_entropy":
            return -T * np.log(Y) - (1 - T) * np.log(1 - Y)
        case "multiclass_hinge":
            true = np.sum(T * Y, axis=0)
            return (1 - T) * np.maximum(0, Y - true + parameters["margin"])
        case "hinge":
            return np.maximum(0, 1 - T * Y)
        case "squared_hinge":
            return np.maximum(0, 1 - T * Y) ** 2
        case "absolute_error":
            return np.abs(Y - T)
        case "huber":
            delta, size = parameters["delta"], np.abs(Y - T)
            return np.where(size <= delta, size**2 / 2, delta * (size - delta / 2))
    raise ValueError(name)
