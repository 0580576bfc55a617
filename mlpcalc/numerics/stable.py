"""NumPy versions of the functions whose expressions, computed as written, overflow or lose digits.

Each takes the pre-activations S, shape (units, samples) or a stack of such, and the parameters of the
function; a test ties each to its expression in `functions`.
"""

from collections.abc import Callable, Mapping

import numpy as np

from mlpcalc.arrays import Array

Table = Mapping[str, Callable[..., Array]]

_LOW = -40.0  # from here on down, log(1 + exp(s)) is exp(s)
_LEAST = np.finfo(np.float64).min


def _minus_size(S: Array) -> Array:
    """-|S|, for complex S by the sign of the real part, so that derivatives by complex steps go through."""
    return np.where(S.real < 0, S, -S)


def _logistic(S: Array) -> Array:
    small = np.exp(_minus_size(S))
    return np.asarray(np.where(S.real >= 0, 1, small) / (1 + small))


def _logistic_derivative(S: Array) -> Array:
    small = np.exp(_minus_size(S))
    return np.asarray(small / (1 + small) ** 2)


def _tanh_derivative(S: Array) -> Array:
    small = np.exp(2 * _minus_size(S))
    return np.asarray(4 * small / (1 + small) ** 2)


def _elu(S: Array, alpha: float) -> Array:
    return np.where(S.real > 0, S, alpha * np.expm1(np.where(S.real > 0, 0, S)))


def _elu_derivative(S: Array, alpha: float) -> Array:
    return np.where(S.real > 0, 1, alpha * np.exp(np.where(S.real > 0, 0, S)))


def _softplus(S: Array) -> Array:
    return np.asarray(np.where(S.real >= 0, S, 0) + np.log1p(np.exp(_minus_size(S))))


def _shifted(S: Array) -> tuple[Array, Array, Array]:
    """S less the largest of its column, the exponentials of that, and those of all but the largest."""
    largest = S.real.argmax(axis=-2, keepdims=True)
    shifted = S - np.take_along_axis(S, largest, axis=-2)  # with its imaginary step
    raised = np.exp(shifted)
    others = raised.copy()
    np.put_along_axis(others, largest, 0, axis=-2)
    return shifted, raised, others


def _softmax(S: Array) -> Array:
    _, raised, _ = _shifted(S)
    return np.asarray(raised / _column_sums(raised))


def _softmax_rest(S: Array) -> Array:
    _, raised, others = _shifted(S)
    total, rest = _column_sums(raised), _column_sums(others)
    # Beside the largest of a column stands all the rest; 1 - softmax would lose it where it is tiny.
    return np.asarray(np.where(others == raised, 1 - raised / total, rest / total))


def _log_softmax(S: Array) -> Array:
    shifted, _, others = _shifted(S)
    # Likewise: the largest exponential is 1, and a tiny rest keeps its digits.
    return np.asarray(shifted - np.log1p(_column_sums(others)))


def _log_softmax_rest(S: Array) -> Array:
    shifted, raised, others = _shifted(S)
    rest = _column_sums(others)
    small = np.where(others == raised, raised / (1 + rest), 0)
    # All but the largest, from the largest of them: together they may be too small for a float.
    among = np.where(others == raised, shifted, -np.inf)
    second = np.max(among.real, axis=-2, keepdims=True, initial=_LEAST)
    with np.errstate(divide="ignore"):  # beside a single unit there is nothing
        log_rest = second + np.log(_column_sums(np.exp(among - second))) - np.log1p(rest)
    return np.asarray(np.where(others == raised, np.log1p(-small), log_rest))


def _log_softplus(S: Array) -> Array:
    low = S.real < _LOW
    return np.where(low, S, np.log(_softplus(np.where(low, 0, S))))


def _softplus_log_slope(S: Array) -> Array:
    low = S.real < _LOW
    inside = np.where(low, 0, S)
    return np.where(low, 1, _logistic(inside) / _softplus(inside))


def _column_sums(values: Array) -> Array:
    return np.asarray(values.sum(axis=-2, keepdims=True))


VALUE: Table = {
    "elu": _elu,
    "sigmoid": _logistic,
    "softplus": _softplus,
    "softmax": _softmax,
    "softmax_rest": _softmax_rest,
    "log_softmax": _log_softmax,
    "log_softmax_rest": _log_softmax_rest,
    "log_softplus": _log_softplus,
    "softplus_log_slope": _softplus_log_slope,
}
DERIVATIVE: Table = {
    "elu": _elu_derivative,
    "sigmoid": _logistic_derivative,
    "tanh": _tanh_derivative,
    "softplus": _logistic,
}
