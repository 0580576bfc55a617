"""A whole solution by loops over Python floats.

Written from the definitions, one cell at a time, as one would do it with a pocket calculator. Of the
package it uses the numbers of an exercise and the names of its functions, never their expressions.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import erf, exp, log, log1p, pi, sqrt, tanh

from mlpcalc.page.exercise import Exercise
from mlpcalc.page.network import Loss

Rows = list[list[float]]
Value = float | list[float] | Rows
Parameters = Mapping[str, float]


# ---------------------------------------------------------------------------- activations


def activate(name: str, parameters: Parameters, S: Rows) -> Rows:
    """f(S): every cell by itself, or every column for softmax."""
    if name == "softmax":
        columns = []
        for column in _columns(S):
            total = sum(exp(s) for s in column)
            columns.append([exp(s) / total for s in column])
        return _columns(columns)
    return [[activation(name, parameters, s) for s in row] for row in S]


def activation(name: str, parameters: Parameters, s: float) -> float:
    """f(s) of an elementwise function."""
    match name:
        case "identity":
            return s
        case "relu":
            return s if s > 0 else 0.0
        case "leaky_relu":
            return s if s > 0 else parameters["slope"] * s
        case "elu":
            return s if s > 0 else parameters["alpha"] * (exp(s) - 1)
        case "sigmoid":
            return 1 / (1 + exp(-s))
        case "tanh":
            return tanh(s)
        case "softplus":
            return log1p(exp(s))
        case "square":
            return s * s
        case "threshold":
            return 0.0 if s < 0 else 1.0
        case "sign":
            return float(s > 0) - float(s < 0)
        case "bipolar_sigmoid":
            return (1 - exp(-s)) / (1 + exp(-s))
        case "hard_sigmoid":
            return 0.0 if s <= -3 else 1.0 if s >= 3 else s / 6 + 1 / 2
        case "hard_tanh":
            return -1.0 if s <= -1 else 1.0 if s >= 1 else s
        case "silu":
            return s / (1 + exp(-s))
        case "gelu":
            return s * (1 + erf(s / sqrt(2))) / 2
        case "selu":
            return parameters["scale"] * (s if s > 0 else parameters["alpha"] * (exp(s) - 1))
    raise ValueError(name)


def slope(name: str, parameters: Parameters, s: float) -> float:
    """f'(s); at a kink the slope on its left."""
    match name:
        case "identity":
            return 1.0
        case "relu":
            return 1.0 if s > 0 else 0.0
        case "leaky_relu":
            return 1.0 if s > 0 else parameters["slope"]
        case "elu":
            return 1.0 if s > 0 else parameters["alpha"] * exp(s)
        case "sigmoid":
            return exp(-s) / (1 + exp(-s)) ** 2
        case "tanh":
            return 1 - tanh(s) ** 2
        case "softplus":
            return exp(s) / (1 + exp(s))
        case "square":
            return 2 * s
        case "threshold" | "sign":
            return 0.0
        case "bipolar_sigmoid":
            return 2 * exp(-s) / (1 + exp(-s)) ** 2
        case "hard_sigmoid":
            return 1 / 6 if -3 < s <= 3 else 0.0
        case "hard_tanh":
            return 1.0 if -1 < s <= 1 else 0.0
        case "silu":
            return (1 + exp(-s) + s * exp(-s)) / (1 + exp(-s)) ** 2
        case "gelu":
            return (1 + erf(s / sqrt(2))) / 2 + s * exp(-s * s / 2) / sqrt(2 * pi)
        case "selu":
            return parameters["scale"] * (1.0 if s > 0 else parameters["alpha"] * exp(s))
    raise ValueError(name)


# ---------------------------------------------------------------------------- losses


def _loss_of_column(name: str, parameters: Parameters, y: list[float], t: list[float]) -> list[float]:
    """What each unit contributes to the loss of one sample."""
    match name:
        case "squared_error":
            return [(y[i] - t[i]) ** 2 for i in range(len(y))]
        case "cross_entropy":
            return [-_t_log_y(t[i], y[i]) for i in range(len(y))]
        case "binary_cross_entropy":
            return [-_t_log_y(t[i], y[i]) - _t_log_y(1 - t[i], 1 - y[i]) for i in range(len(y))]
        case "multiclass_hinge":
            true = t.index(1)
            terms = []
            for j in range(len(y)):
                separated = j == true or y[true] - y[j] > parameters["margin"]
                terms.append(0.0 if separated else y[j] - y[true] + parameters["margin"])
            return terms
        case "hinge":
            return [0.0 if t[i] * y[i] > 1 else 1 - t[i] * y[i] for i in range(len(y))]
        case "squared_hinge":
            return [0.0 if t[i] * y[i] > 1 else (1 - t[i] * y[i]) ** 2 for i in range(len(y))]
        case "absolute_error":
            return [abs(y[i] - t[i]) for i in range(len(y))]
        case "huber":
            delta, errors = parameters["delta"], [y[i] - t[i] for i in range(len(y))]
            return [e * e / 2 if abs(e) <= delta else delta * (abs(e) - delta / 2) for e in errors]
        case "sum":
            return list(y)
    raise ValueError(name)


def _t_log_y(t: float, y: float) -> float:
    return 0.0 if t == 0 else t * log(y)


def _slope_of_loss(name: str, parameters: Parameters, y: list[float], t: list[float]) -> list[float]:
    """The derivative of the loss of one sample by each of its outputs."""
    match name:
        case "squared_error":
            return [2 * (y[i] - t[i]) for i in range(len(y))]
        case "cross_entropy":
            return [0.0 if t[i] == 0 else -t[i] / y[i] for i in range(len(y))]
        case "binary_cross_entropy":
            return [(y[i] - t[i]) / (y[i] * (1 - y[i])) for i in range(len(y))]
        case "multiclass_hinge":
            true = t.index(1)
            slopes = [0.0] * len(y)
            for j in range(len(y)):
                if j != true and not y[true] - y[j] > parameters["margin"]:
                    slopes[j] += 1
                    slopes[true] -= 1
            return slopes
        case "hinge":
            return [0.0 if t[i] * y[i] > 1 else -t[i] for i in range(len(y))]
        case "squared_hinge":
            return [0.0 if t[i] * y[i] > 1 else -2 * t[i] * (1 - t[i] * y[i]) for i in range(len(y))]
        case "absolute_error":
            return [float(y[i] > t[i]) - float(y[i] < t[i]) for i in range(len(y))]
        case "huber":
            delta = parameters["delta"]
            return [max(-delta, min(delta, y[i] - t[i])) for i in range(len(y))]
        case "sum":
            return [1.0] * len(y)
    raise ValueError(name)


# ---------------------------------------------------------------------------- the network


def solve_by_loops(exercise: Exercise) -> dict[str, Value]:
    """Every quantity of an exercise with a loss, by its plain name.

    Raises `ValueError` where an output lies outside the domain of the loss.
    """
    X = _rows(exercise.inputs.tolist())
    weights = [_rows(layer.weights.tolist()) for layer in exercise.layers]
    biases = [
        None if layer.bias is None else [float(row[0]) for row in layer.bias.tolist()]
        for layer in exercise.layers
    ]
    T = None if exercise.targets is None else _rows(exercise.targets.tolist())
    loss = exercise.loss
    assert loss is not None
    found: dict[str, Value] = {"X": X}
    if T is not None:
        found["T"] = T
    for k, (W, b) in enumerate(zip(weights, biases, strict=True), start=1):
        found[f"W{k}"] = W
        if b is not None:
            found[f"b{k}"] = b

    S, Z = _forward(exercise, X, weights, biases)
    for k in range(1, len(S)):
        found[f"S{k}"], found[f"Z{k}"] = S[k], Z[k]
        if exercise.layers[k - 1].activation.name == "softmax":
            found[f"expS{k}"] = [[exp(s) for s in row] for row in S[k]]
    terms, losses, found["loss"] = _loss(loss, Z[-1], T, weights)
    found["loss_terms"], found["losses"] = terms, losses
    if T is not None:
        found["err"] = [[y - t for y, t in zip(*rows, strict=True)] for rows in zip(Z[-1], T, strict=True)]

    gradients_W, gradients_b = _backward(exercise, loss, T, weights, S, Z, found)
    assert exercise.learning_rate is not None
    eta = float(exercise.learning_rate)
    for k, (W, b) in enumerate(zip(weights, biases, strict=True), start=1):
        step = [[-eta * gradient for gradient in row] for row in gradients_W[k - 1]]
        found[f"step_W{k}"] = step
        weights[k - 1] = [[W[i][j] + step[i][j] for j in range(len(W[0]))] for i in range(len(W))]
        found[f"W{k}_new"] = weights[k - 1]
        if b is not None:
            step_b = [-eta * gradient for gradient in gradients_b[k - 1]]
            found[f"step_b{k}"] = step_b
            updated = [b[i] + step_b[i] for i in range(len(b))]
            biases[k - 1] = found[f"b{k}_new"] = updated
    S, Z = _forward(exercise, X, weights, biases)
    for k in range(1, len(S)):
        found[f"S{k}_new"], found[f"Z{k}_new"] = S[k], Z[k]
    found["loss_new"] = _loss(loss, Z[-1], T, weights)[2]
    return found


def _forward(
    exercise: Exercise, X: Rows, weights: Sequence[Rows], biases: Sequence[list[float] | None]
) -> tuple[list[Rows], list[Rows]]:
    """S_0 (empty), S_1, …, S_K and Z_0, …, Z_K."""
    S: list[Rows] = [[]]
    Z = [X]
    for layer, W, b in zip(exercise.layers, weights, biases, strict=True):
        below, pre_activation = Z[-1], []
        for i in range(len(W)):
            row = []
            for n in range(len(X[0])):
                s = 0.0 if b is None else b[0 if layer.shared_bias else i]
                for j in range(len(below)):
                    s += W[i][j] * below[j][n]
                row.append(s)
            pre_activation.append(row)
        S.append(pre_activation)
        Z.append(activate(layer.activation.name, _floats(layer.activation.parameters), pre_activation))
    return S, Z


def _loss(loss: Loss, Y: Rows, T: Rows | None, weights: Sequence[Rows]) -> tuple[Rows, list[float], float]:
    """The loss of every cell, of every sample (both with the factor, not averaged), and in all."""
    parameters = _floats(loss.function.parameters)
    of_columns = [
        [float(loss.factor) * term for term in _loss_of_column(loss.function.name, parameters, y, t)]
        for y, t in _samples(Y, T)
    ]
    losses = [sum(column) for column in of_columns]
    whole = _average(loss, Y) * sum(losses)
    if loss.l2 is not None:
        for W in weights:
            whole += _decay(loss, Y) / 2 * sum(w * w for row in W for w in row)
    return _columns(of_columns), losses, whole


def _backward(
    exercise: Exercise,
    loss: Loss,
    T: Rows | None,
    weights: Sequence[Rows],
    S: list[Rows],
    Z: list[Rows],
    found: dict[str, Value],
) -> tuple[list[Rows], list[list[float]]]:
    """Notes error signals and gradients in `found`; gives the gradients of all weights and biases."""
    parameters = _floats(loss.function.parameters)
    scale = _average(loss, Z[-1]) * float(loss.factor)
    dZ = _columns(
        [
            [scale * slope for slope in _slope_of_loss(loss.function.name, parameters, y, t)]
            for y, t in _samples(Z[-1], T)
        ]
    )
    of_weights: list[Rows] = []
    of_biases: list[list[float]] = []
    samples = range(len(Z[0][0]))
    for k in range(len(weights), 0, -1):
        layer, W, below = exercise.layers[k - 1], weights[k - 1], Z[k - 1]
        units, inputs = range(len(W)), range(len(W[0]))
        found[f"dZ{k}"] = dZ
        if layer.activation.name == "softmax":
            z = Z[k]
            Delta = [[0.0 for n in samples] for i in units]
            for n in samples:
                for i in units:
                    for j in units:  # ∂z_j/∂s_i = z_j (δ_ij - z_i)
                        Delta[i][n] += dZ[j][n] * z[j][n] * ((i == j) - z[i][n])
        else:
            name, of_layer = layer.activation.name, _floats(layer.activation.parameters)
            fprime = [[slope(name, of_layer, s) for s in row] for row in S[k]]
            found[f"fprime{k}"] = fprime
            Delta = [[dZ[i][n] * fprime[i][n] for n in samples] for i in units]
        found[f"Delta{k}"] = Delta
        dW = [[sum(Delta[i][n] * below[j][n] for n in samples) for j in inputs] for i in units]
        if loss.l2 is not None:
            dW = [[dW[i][j] + _decay(loss, Z[-1]) * W[i][j] for j in inputs] for i in units]
        db = [sum(Delta[i][n] for n in samples) for i in units]
        if layer.shared_bias:
            db = [sum(db)]
        found[f"dW{k}"] = dW
        if layer.bias is not None:
            found[f"db{k}"] = db
        of_weights.insert(0, dW)
        of_biases.insert(0, db)
        dZ = [[sum(W[i][j] * Delta[i][n] for i in units) for n in samples] for j in inputs]
    found["dX"] = dZ
    return of_weights, of_biases


def _decay(loss: Loss, Y: Rows) -> float:
    """λ, or λ/N."""
    return float(loss.l2 or 0) / (len(Y[0]) if loss.decay_average == "samples" else 1)


def _average(loss: Loss, Y: Rows) -> float:
    match loss.average:
        case "none":
            return 1.0
        case "samples":
            return 1 / len(Y[0])
        case "entries":
            return 1 / (len(Y[0]) * len(Y))


# ---------------------------------------------------------------------------- lists of lists


def _samples(Y: Rows, T: Rows | None) -> list[tuple[list[float], list[float]]]:
    """Output and target of every sample; a loss without targets gets none."""
    columns = _columns(Y)
    return list(zip(columns, _columns(T) if T is not None else [[]] * len(columns), strict=True))


def _columns(rows: Rows) -> Rows:
    return [list(column) for column in zip(*rows, strict=True)]


def _rows(cells: list[list[float]]) -> Rows:
    return [[float(cell) for cell in row] for row in cells]


def _floats(parameters: Sequence[tuple[str, Fraction]]) -> dict[str, float]:
    return {name: float(value) for name, value in parameters}
