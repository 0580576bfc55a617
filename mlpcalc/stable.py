"""NumPy versions of the functions whose expressions, computed as written, overflow or lose digits.

Each takes the pre-activations S, shape (units, samples), and the parameters of the function; a test ties
each to its expression in `functions`.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Table = Mapping[str, Callable[..., Array]]


def _logistic(S: Array) -> Array:
    small = np.exp(-np.abs(S))
    return np.asarray(np.where(S >= 0, 1, small) / (1 + small))


def _logistic_derivative(S: Array) -> Array:
    small = np.exp(-np.abs(S))
    return np.asarray(small / (1 + small) ** 2)


def _tanh_derivative(S: Array) -> Array:
    small = np.exp(-2 * np.abs(S))
    return np.asarray(4 * small / (1 + small) ** 2)


def _elu(S: Array, alpha: float) -> Array:
    return np.where(S > 0, S, alpha * np.expm1(np.minimum(S, 0)))


def _elu_derivative(S: Array, alpha: float) -> Array:
    return np.where(S > 0, 1, alpha * np.exp(np.minimum(S, 0)))


def _softplus(S: Array) -> Array:
    return np.asarray(np.logaddexp(0, S))


def _softmax(S: Array) -> Array:
    raised = np.exp(S - S.max(axis=0))
    return np.asarray(raised / raised.sum(axis=0))


def _log_softmax(S: Array) -> Array:
    shifted = S - S.max(axis=0)
    raised = np.exp(shifted)
    # The largest exponential is exactly 1: left to log1p, a tiny remainder keeps its digits.
    raised[S.argmax(axis=0), np.arange(S.shape[1])] = 0
    return np.asarray(shifted - np.log1p(raised.sum(axis=0)))


VALUE: Table = {
    "elu": _elu,
    "sigmoid": _logistic,
    "softplus": _softplus,
    "softmax": _softmax,
    "log_softmax": _log_softmax,
}
DERIVATIVE: Table = {
    "elu": _elu_derivative,
    "sigmoid": _logistic_derivative,
    "tanh": _tanh_derivative,
    "softplus": _logistic,
}
