"""NumPy versions of the functions whose expressions, computed as written, overflow or lose digits.

Each takes the pre-activations S, shape (units, samples) or a stack of such, and the parameters of the
function; a test ties each to its expression in `functions`.
"""

from math import erfc

import numpy as np

from mlpcalc.arrays import Array

_LEAST = np.finfo(np.float64).min


def _minus_size(S: Array) -> Array:
    """-|S|, for complex S by the sign of the real part, so that derivatives by complex steps go through."""
    return np.where(S.real < 0, S, -S)


def logistic(S: Array) -> Array:
    """1 / (1 + exp(-s))."""
    small = np.exp(_minus_size(S))
    return np.asarray(np.where(S.real >= 0, 1, small) / (1 + small))


def logistic_derivative(S: Array) -> Array:
    """The derivative of the logistic function: z (1 - z)."""
    small = np.exp(_minus_size(S))
    return np.asarray(small / (1 + small) ** 2)


def tanh_derivative(S: Array) -> Array:
    """1 - tanh(s)²."""
    small = np.exp(2 * _minus_size(S))
    return np.asarray(4 * small / (1 + small) ** 2)


def elu(S: Array, alpha: float) -> Array:
    """s above 0, alpha (exp(s) - 1) below."""
    return np.where(S.real > 0, S, alpha * np.expm1(np.where(S.real > 0, 0, S)))


def elu_derivative(S: Array, alpha: float) -> Array:
    """1 above 0, alpha exp(s) below."""
    return np.where(S.real > 0, 1, alpha * np.exp(np.where(S.real > 0, 0, S)))


def softplus(S: Array) -> Array:
    """log(1 + exp(s))."""
    return np.asarray(np.where(S.real >= 0, S, 0) + np.log1p(np.exp(_minus_size(S))))


def bipolar_sigmoid(S: Array) -> Array:
    """2 / (1 + exp(-s)) - 1."""
    return np.tanh(S / 2)


def bipolar_sigmoid_derivative(S: Array) -> Array:
    """The derivative of the bipolar sigmoid: (1 - z²) / 2."""
    return 2 * logistic_derivative(S)


def silu(S: Array) -> Array:
    """s / (1 + exp(-s))."""
    return S * logistic(S)


def silu_derivative(S: Array) -> Array:
    """The derivative of silu: (1 + s / (1 + exp(s))) / (1 + exp(-s))."""
    return logistic(S) * (1 + S * logistic(-S))


def selu(S: Array, alpha: float, scale: float) -> Array:
    """s above 0, alpha (exp(s) - 1) below, times scale."""
    return scale * elu(S, alpha)


def selu_derivative(S: Array, alpha: float, scale: float) -> Array:
    """1 above 0, alpha exp(s) below, times scale."""
    return scale * elu_derivative(S, alpha)


_FAR = 40.0  # from 0, the normal distribution function is 0 or 1 in floating point
_ROOT_HALF = 0.7071067811865476  # the root of 1/2, and what it is more than that
_ROOT_HALF_REST = -4.833646656726457e-17
_INVERSE_ROOT = 0.3989422804014327  # 1 / √(2π)
_SPLIT = 134217729.0  # 2**27 + 1: times that, a number falls into halves whose products are exact
_erfc = np.frompyfunc(erfc, 1, 1)  # NumPy has none


def normal_distribution(S: Array) -> Array:
    """Φ(s) = erfc(-s / √2) / 2, the probability that a standard normal variable is below s.

    The error of s / √2 is corrected for, which far below 0 would cost digits.
    """
    if S.dtype.kind == "c":
        return normal_distribution(S.real) + 1j * (S.imag * normal_density(S.real))
    x = np.clip(S, -_FAR, _FAR)
    y, error = _exact_product(x, _ROOT_HALF)
    error = error + x * _ROOT_HALF_REST
    slope = 2**0.5 * _INVERSE_ROOT * np.exp(-(y**2))
    return np.asarray(_erfc(-y), dtype=np.float64) / 2 + slope * error


def _exact_product(a: Array, b: float) -> tuple[Array, Array]:
    """The product as a double, and what the exact one is more than that (Dekker 1971)."""
    product = a * b
    a1, b1 = (_SPLIT * part - (_SPLIT * part - part) for part in (a, b))
    a2, b2 = a - a1, b - b1
    return product, ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2


def normal_density(S: Array) -> Array:
    """φ(s) = exp(-s²/2) / √(2π), the derivative of Φ."""
    if S.dtype.kind == "c":
        return _INVERSE_ROOT * np.exp(-(S**2) / 2)
    x = np.clip(S, -_FAR, _FAR)
    coarse = np.trunc(16 * x) / 16  # its square is exact
    return _INVERSE_ROOT * np.exp(-(coarse**2) / 2) * np.exp(-(x - coarse) * (x + coarse) / 2)


def gelu(S: Array) -> Array:
    """s Φ(s)."""
    return S * normal_distribution(S)


def gelu_derivative(S: Array) -> Array:
    """The derivative of gelu: Φ(s) + s φ(s)."""
    return normal_distribution(S) + S * normal_density(S)


def _shifted(S: Array) -> tuple[Array, Array, Array]:
    """S less the largest of its column, the exponentials of that, and those of all but the largest."""
    largest = S.real.argmax(axis=-2, keepdims=True)
    shifted = S - np.take_along_axis(S, largest, axis=-2)  # with its imaginary step
    raised = np.exp(shifted)
    others = raised.copy()
    np.put_along_axis(others, largest, 0, axis=-2)
    return shifted, raised, others


def softmax(S: Array) -> Array:
    """exp(s) divided by the sum of its column."""
    _, raised, _ = _shifted(S)
    return np.asarray(raised / _column_sums(raised))


def softmax_rest(S: Array) -> Array:
    """1 - softmax(s)."""
    _, raised, others = _shifted(S)
    total, rest = _column_sums(raised), _column_sums(others)
    # Beside the largest of a column stands all the rest; 1 - softmax would lose it where it is tiny.
    return np.asarray(np.where(others == raised, 1 - raised / total, rest / total))


def log_softmax(S: Array) -> Array:
    """log softmax(s)."""
    shifted, _, others = _shifted(S)
    # Likewise: the largest exponential is 1, and a tiny rest keeps its digits.
    return np.asarray(shifted - np.log1p(_column_sums(others)))


def log_softmax_rest(S: Array) -> Array:
    """log(1 - softmax(s))."""
    shifted, raised, others = _shifted(S)
    rest = _column_sums(others)
    small = np.where(others == raised, raised / (1 + rest), 0)
    # All but the largest, from the largest of them: together they may be too small for a float.
    among = np.where(others == raised, shifted, -np.inf)
    second = np.max(among.real, axis=-2, keepdims=True, initial=_LEAST)
    with np.errstate(divide="ignore"):  # beside a single unit there is nothing
        log_rest = second + np.log(_column_sums(np.exp(among - second))) - np.log1p(rest)
    return np.asarray(np.where(others == raised, np.log1p(-small), log_rest))


def _column_sums(values: Array) -> Array:
    return np.asarray(values.sum(axis=-2, keepdims=True))
