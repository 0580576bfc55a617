"""A whole solution in 50-digit arithmetic.

Plain loops over the definitions, one number at a time, through all steps. Of the package it uses the numbers
of an exercise and the names of its functions, never their expressions.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, NamedTuple

from mpmath import mp

from mlpcalc.arrays import Array
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.network import Loss
from tests.support.figures import (
    DIGITS,
    FLOOR,
    UNDECIDED,
    UNIT,
    ZERO,
    Figure,
    Real,
    UndecidedError,
    figure,
    image,
    is_nothing,
    is_positive,
    total,
)

_FAR = mp.mpf("1e5000")  # what is further out is as good as infinite


# ---------------------------------------------------------------------------- functions of one number


def _exp(x: Real) -> Real:
    return mp.exp(x) if abs(x) < _FAR else mp.mpf(0) if x < 0 else mp.inf


def _sigmoid(s: Real) -> Real:
    return 1 / (1 + _exp(-s)) if s > 0 else _exp(s) / (1 + _exp(s))


def _log1p_exp(s: Real) -> Real:
    return s + mp.log1p(_exp(-s)) if s > 0 else mp.log1p(_exp(s))


def _near(x: Real) -> Real:
    """The number, or one that is as good as infinite."""
    return max(min(x, mp.mpf(10_000)), mp.mpf(-10_000))


def _normal(x: Real) -> Real:
    return mp.erfc(-_near(x) / mp.sqrt(2)) / 2


def _gelu_slope(x: Real) -> Real:
    return _normal(x) + x * mp.npdf(_near(x))


def _silu_slope(x: Real) -> Real:
    return _sigmoid(x) * (1 + x * _sigmoid(-x))


class Output(NamedTuple):
    """One activation; of a probability also what is left to 1, and the logarithms of both.

    All of these keep their digits. Of other activations such things are differences of rounded figures.
    """

    value: Figure
    rest: Figure | None = None
    log: Figure | None = None
    log_rest: Figure | None = None


def activate(name: str, parameters: Mapping[str, Fraction], column: Sequence[Figure]) -> list[Output]:
    """f(S) of one sample."""
    if name == "softmax":
        return _softmax(column)
    return [_activation(name, parameters, s) for s in column]


def _activation(name: str, parameters: Mapping[str, Fraction], s: Figure) -> Output:
    x = s.value
    _check_side(name, s)
    match name:
        case "identity":
            return Output(s)
        case "relu":
            return Output(s if is_positive(s) else ZERO)
        case "leaky_relu":
            return Output(s if is_positive(s) else s * parameters["slope"])
        case "elu":
            if is_positive(s):
                return Output(s)
            return Output(figure(parameters["alpha"]) * image(mp.expm1(max(x, -_FAR)), [(_exp(x), s)]))
        case "sigmoid":
            y, rest = _sigmoid(x), _sigmoid(-x)
            return Output(
                image(y, [(y * rest, s)]),
                image(rest, [(y * rest, s)]),
                image(-_log1p_exp(-x), [(rest, s)]),
                image(-_log1p_exp(x), [(y, s)]),
            )
        case "tanh":
            value = mp.tanh(x) if abs(x) < 1000 else mp.sign(x)
            return Output(image(value, [(4 * _sigmoid(2 * x) * _sigmoid(-2 * x), s)]))
        case "softplus":
            return Output(image(_log1p_exp(x), [(_sigmoid(x), s)]))
        case "square":
            return Output(s * s)
        case "threshold":
            return Output(figure(int(is_positive(s, or_zero=True))))
        case "sign":
            return Output(figure(is_positive(s) - is_positive(-s)))
        case "bipolar_sigmoid":
            return Output(image(mp.tanh(_near(x) / 2), [(2 * _sigmoid(x) * _sigmoid(-x), s)]))
        case "hard_sigmoid":
            if is_positive(s - 3):
                return Output(figure(1))
            return Output((s + 3) * Fraction(1, 6) if is_positive(s + 3) else ZERO)
        case "hard_tanh":
            if is_positive(s - 1):
                return Output(figure(1))
            return Output(s if is_positive(s + 1) else figure(-1))
        case "silu":
            return Output(_share_of(s, _sigmoid(x), _silu_slope(x)))
        case "gelu":
            return Output(_share_of(s, _normal(x), _gelu_slope(x)))
        case "selu":
            scale, alpha = figure(parameters["scale"]), figure(parameters["alpha"])
            if is_positive(s):
                return Output(scale * s)
            return Output(scale * (alpha * image(mp.expm1(max(x, -_FAR)), [(_exp(x), s)])))
    raise ValueError(name)


def _share_of(s: Figure, share: Real, slope: Real) -> Figure:
    """s times a share of it, which loses its last digits where it is too small for a float."""
    x = s.value
    return image(x * share, [(slope, s)], own=abs(x) * (share + FLOOR))


def _check_side(name: str, s: Figure) -> None:
    """Raise `UndecidedError` where rounding decides at which end a function with an exponential saturates."""
    if name in ("hard_sigmoid", "hard_tanh", "threshold", "sign"):
        return  # nothing saturates, and at its kinks it is asked on which side one is
    if name not in ("identity", "square") and UNDECIDED * s.spread > max(1, abs(s.value)):
        raise UndecidedError


def _softmax(column: Sequence[Figure]) -> list[Output]:
    everywhere = range(len(column))
    for s in column:
        _check_side("softmax", s)
    largest = max(s.value for s in column)
    raised = [_exp(s.value - largest) for s in column]
    y = [part / sum(raised) for part in raised]
    found = []
    for i in everywhere:
        others = [j for j in everywhere if j != i]
        rest = sum((y[j] for j in others), mp.mpf(0))
        steps = [
            replace(column[j], spread=column[j].spread + abs(column[j].value - largest)) for j in everywhere
        ]
        slopes = [(y[i] * (rest if j == i else y[j]), steps[j]) for j in everywhere]
        log_y = column[i].value - largest - mp.log1p(sum(sorted(raised)[:-1], mp.mpf(0)))
        if not others:
            log_rest = -mp.inf
        elif y[i] < 0.5:
            log_rest = mp.log1p(-y[i])
        else:
            log_rest = _log_sum_exp([column[j] for j in others]) - _log_sum_exp(column)
        shares = [(y[i], steps[i])] + [(y[i] * y[j] / rest if rest else 0, steps[j]) for j in others]
        found.append(
            Output(
                image(y[i], slopes),
                image(rest, slopes),
                image(log_y, [(rest if j == i else y[j], steps[j]) for j in everywhere]),
                image(log_rest, shares),
            )
        )
    return found


def _log_sum_exp(column: Sequence[Figure]) -> Real:
    ordered = sorted((s.value for s in column), reverse=True)
    return ordered[0] + mp.log1p(sum((_exp(s - ordered[0]) for s in ordered[1:]), mp.mpf(0)))


def slope(name: str, parameters: Mapping[str, Fraction], s: Figure) -> Figure:
    """f'(s); at a kink the slope on its left."""
    x = s.value
    match name:
        case "identity":
            return figure(1)
        case "relu":
            return figure(1 if is_positive(s) else 0)
        case "leaky_relu":
            return figure(1 if is_positive(s) else parameters["slope"])
        case "elu":
            return (
                figure(1) if is_positive(s) else figure(parameters["alpha"]) * image(_exp(x), [(_exp(x), s)])
            )
        case "sigmoid":
            product = _sigmoid(x) * _sigmoid(-x)
            return image(product, [(product, s)])
        case "tanh":
            product = 4 * _sigmoid(2 * x) * _sigmoid(-2 * x)
            return image(product, [(2 * product, s)])
        case "softplus":
            return image(_sigmoid(x), [(_sigmoid(x) * _sigmoid(-x), s)])
        case "square":
            return 2 * s
        case "threshold" | "sign":
            return ZERO
        case "bipolar_sigmoid":
            product = _sigmoid(x) * _sigmoid(-x)
            return image(2 * product, [(2 * product, s)])
        case "hard_sigmoid":
            return figure(Fraction(1, 6)) if is_positive(s + 3) and not is_positive(s - 3) else ZERO
        case "hard_tanh":
            return figure(int(is_positive(s + 1) and not is_positive(s - 1)))
        case "silu":
            bend = _sigmoid(x) * _sigmoid(-x) * (2 + x * (_sigmoid(-x) - _sigmoid(x)))
            own = max(abs(_silu_slope(x)), _sigmoid(x)) + abs(x) * FLOOR
            return image(_silu_slope(x), [(bend, s)], own)
        case "gelu":
            bend = mp.npdf(_near(x)) * (2 - x * x)
            own = max(abs(_gelu_slope(x)), _normal(x)) + abs(x) * FLOOR
            return image(_gelu_slope(x), [(bend, s)], own)
        case "selu":
            scale = figure(parameters["scale"])
            below = figure(parameters["alpha"]) * image(_exp(x), [(_exp(x), s)])
            return scale if is_positive(s) else scale * below
    raise ValueError(name)


# ---------------------------------------------------------------------------- losses


def _error(y: Output, t: Figure) -> Figure:
    """y - t; of a probability beside the target 1, what is left to it."""
    return -y.rest if y.rest is not None and t.value == 1 else y.value - t


def _log(y: Output) -> Figure:
    return y.log or _log_of(y.value)


def _log_of(y: Figure) -> Figure:
    """The natural logarithm; after an update an output may be where there is none."""
    if abs(y.value) <= UNDECIDED * y.spread and y.value:
        raise UndecidedError
    if y.value <= 0:
        return Figure(mp.nan if y.value else -mp.inf, mp.inf, lost=True)
    return image(mp.log(y.value), [(1 / y.value, y)])


def _rest(y: Output) -> Figure:
    return y.rest if y.rest is not None else 1 - y.value


def _log_rest(y: Output) -> Figure:
    return y.log_rest or _log_of(_rest(y))


def _inside_by(loss: Loss, outputs: Sequence[Output], targets: Sequence[Figure], j: int) -> Figure:
    """By how much an output is inside the margin."""
    if loss.function.name in ("hinge", "squared_hinge"):
        return 1 - targets[j] * outputs[j].value
    true = next(i for i, t in enumerate(targets) if t.value == 1)
    margin = figure(dict(loss.function.parameters)["margin"])
    return total([outputs[j].value, -outputs[true].value, margin])


def losses(loss: Loss, outputs: Sequence[Output], targets: Sequence[Figure]) -> list[Figure]:
    """What each unit contributes to the loss of one sample, with the factor."""
    factor = figure(loss.factor)
    return [factor * _term(loss, outputs, targets, j) for j in range(len(outputs))]


def _term(loss: Loss, outputs: Sequence[Output], targets: Sequence[Figure], j: int) -> Figure:
    y, t = outputs[j], targets[j] if targets else ZERO
    match loss.function.name:
        case "squared_error":
            return _error(y, t) * _error(y, t)
        case "cross_entropy":
            return -t * _log(y) if t.value else ZERO
        case "binary_cross_entropy":
            own = -t * _log(y) if t.value else ZERO
            return own - (1 - t) * _log_rest(y) if t.value != 1 else own
        case "multiclass_hinge" if t.value:
            return ZERO
        case "hinge" | "multiclass_hinge" | "squared_hinge":
            by = _inside_by(loss, outputs, targets, j)
            cost = by * by if loss.function.name == "squared_hinge" else by
            return cost if is_positive(by) else ZERO
        case "absolute_error":
            error = _error(y, t)
            return error if is_positive(error) else -error
        case "huber":
            delta, error = figure(dict(loss.function.parameters)["delta"]), _error(y, t)
            for size in (error, -error):
                if is_positive(size - delta):
                    return delta * (size - delta * Fraction(1, 2))
            return error * error * Fraction(1, 2)
        case "sum":
            return y.value
    raise ValueError(loss.function.name)


def slopes_of_loss(loss: Loss, outputs: Sequence[Output], targets: Sequence[Figure]) -> list[Figure]:
    """The derivative of the loss of one sample by each of its outputs, without the factor."""
    units = range(len(outputs))
    match loss.function.name:
        case "squared_error":
            return [2 * _error(outputs[j], targets[j]) for j in units]
        case "cross_entropy":
            return [-targets[j] / outputs[j].value for j in units]
        case "binary_cross_entropy":
            return [
                total([(1 - t) / _rest(y) if t.value != 1 else ZERO, -t / y.value])
                for y, t in zip(outputs, targets, strict=True)
            ]
        case "hinge":
            inside = [is_positive(_inside_by(loss, outputs, targets, j), or_zero=True) for j in units]
            return [-targets[j] if inside[j] else ZERO for j in units]
        case "multiclass_hinge":
            inside = [
                not targets[j].value and is_positive(_inside_by(loss, outputs, targets, j), or_zero=True)
                for j in units
            ]
            return [figure(-sum(inside) if targets[j].value else int(inside[j])) for j in units]
        case "squared_hinge":
            by = [_inside_by(loss, outputs, targets, j) for j in units]
            return [-2 * (targets[j] * by[j]) if is_positive(by[j]) else ZERO for j in units]
        case "absolute_error":
            errors = [_error(outputs[j], targets[j]) for j in units]
            return [figure(is_positive(error) - is_positive(-error)) for error in errors]
        case "huber":
            delta = figure(dict(loss.function.parameters)["delta"])
            return [_clipped(_error(outputs[j], targets[j]), delta) for j in units]
        case "sum":
            return [figure(1) for _ in units]
    raise ValueError(loss.function.name)


def _clipped(error: Figure, delta: Figure) -> Figure:
    if is_positive(error - delta):
        return delta
    return -delta if is_positive(-error - delta) else error


# ---------------------------------------------------------------------------- the network

Rows = list[list[Figure]]
Solved = dict[str, Rows]


def solve_in_50_digits(exercise: Exercise) -> Solved:
    """Every quantity of an exercise with a loss by its plain name; samples in columns, always two axes.

    Raises `UndecidedError` where rounding errors may decide on which side of a kink something lies.
    """
    with mp.workdps(DIGITS):
        return _Network(exercise).solved()


def _given(matrix: Array) -> Rows:
    return [[figure(cell) for cell in row] for row in matrix.tolist()]


def _columns(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _product(left: Rows, right: Rows) -> Rows:
    columns = _columns(right)
    return [[total([a * b for a, b in zip(row, column, strict=True)]) for column in columns] for row in left]


def _each(function: Callable[..., Figure], *matrices: Rows) -> Rows:
    return [[function(*cells) for cells in zip(*rows, strict=True)] for rows in zip(*matrices, strict=True)]


class _Network:
    def __init__(self, exercise: Exercise) -> None:
        assert exercise.loss is not None
        self.exercise, self.loss, self.conventions = exercise, exercise.loss, exercise.conventions
        self.depth = len(exercise.layers)
        self.layers = range(1, self.depth + 1)
        self.functions = [
            (f.name, dict(f.parameters)) for f in (layer.activation for layer in exercise.layers)
        ]
        self.with_bias = [k for k in self.layers if exercise.layers[k - 1].bias is not None]
        self.parameters: Solved = {}
        for k, layer in enumerate(exercise.layers, start=1):
            self.parameters[f"W{k}"] = _given(layer.weights)
            if layer.bias is not None:
                self.parameters[f"b{k}"] = _given(layer.bias)
        self.remembered: Solved = {}
        self.found: Solved = {}
        self.outputs: dict[str, list[list[Output]]] = {}

    def solved(self) -> Solved:
        of_all_steps = dict(self.parameters)
        for t in range(1, self.exercise.steps + 1):
            self.begin(t)
            self.forward("")
            self.terms_of_the_loss()
            self.found["loss"] = [[self.loss_of("")]]
            self.backward()
            if self.exercise.learning_rate is not None:
                self.update(figure(self.exercise.learning_rate), t)
                if t == self.exercise.steps:
                    self.forward("_new")
                    self.found["loss_new"] = [[self.loss_of("_new")]]
            at = f"@{t}" if t > 1 else ""
            of_this_step = [name for name in self.found if name not in self.parameters]
            of_all_steps |= {name + at: self.found[name] for name in of_this_step}
        return of_all_steps

    def begin(self, t: int) -> None:
        """The samples of a step, what is divided by their number, and what the step before it left."""
        inputs, targets = self.exercise.inputs, self.exercise.targets
        count = inputs.shape[1]
        size = self.exercise.batch or count
        starts = range(0, count, size)
        first = starts[(t - 1) % len(starts)]
        columns = slice(first, first + size)
        self.samples = inputs[:, columns].shape[1]
        divisor = {"none": 1, "samples": self.samples, "entries": self.samples * self.exercise.sizes[-1]}
        self.average = figure(Fraction(1, divisor[self.loss.average]))
        self.decay = self.decay_in_dW = self.loss.l2 or Fraction(0)
        if self.loss.decay_average == "samples":
            self.decay /= self.samples
        later = self.conventions.average_in in ("update", "loss")
        if not (later and self.loss.average == self.loss.decay_average == "samples"):
            self.decay_in_dW = self.decay
        after = {name: self.found.get(f"{name}_new", rows) for name, rows in self.parameters.items()}
        self.parameters = after
        self.found = {"X": _given(inputs[:, columns])} | after
        if targets is not None:
            self.found["T"] = _given(targets[:, columns])

    def targets(self) -> list[list[Figure]]:
        """Those of each sample."""
        if "T" in self.found:
            return _columns(self.found["T"])
        return [[] for _ in range(self.samples)]

    def average_in(self, step: str) -> Figure:
        return self.average if self.conventions.average_in == step else figure(1)

    def forward(self, new: str) -> None:
        for k in self.layers:
            below = f"Z{k - 1}{new}" if k > 1 else "X"
            bias = f"b{k}{new if self.conventions.update_biases else ''}"
            W, Z = self.found[f"W{k}{new}"], _columns(self.found[below])
            b = self.found[bias] if k in self.with_bias else [[ZERO]]
            b = b * len(W) if len(b) == 1 else b
            S = [
                [total([*(w * z for w, z in zip(row, column, strict=True)), *start]) for column in Z]
                for row, start in zip(W, b, strict=True)
            ]
            outputs = [activate(*self.functions[k - 1], column) for column in _columns(S)]
            self.found[f"S{k}{new}"] = S
            if self.functions[k - 1][0] == "softmax" and not new:
                self.found[f"expS{k}"] = _each(lambda s: image(_exp(s.value), [(_exp(s.value), s)]), S)
            self.found[f"Z{k}{new}"] = _columns([[y.value for y in column] for column in outputs])
            self.outputs[new] = outputs

    def terms_by_sample(self, new: str) -> list[list[Figure]]:
        pairs = zip(self.outputs[new], self.targets(), strict=True)
        return [losses(self.loss, outputs, targets) for outputs, targets in pairs]

    def terms_of_the_loss(self) -> None:
        terms = self.terms_by_sample("")
        self.found["loss_terms"] = _columns(terms)
        self.found["losses"] = [[total(column) for column in terms]]

    def loss_of(self, new: str) -> Figure:
        parts = [self.average * total([total(column) for column in self.terms_by_sample(new)])]
        if self.loss.l2 is not None:
            cells = [w for k in self.layers for row in self.found[f"W{k}{new}"] for w in row]
            parts.append(figure(self.decay / 2) * total([w * w for w in cells]))
        return total(parts)

    def backward(self) -> None:
        K, found = self.depth, self.found
        sign = -1 if self.conventions.delta == "-dL/dS" else 1
        if "T" in found:
            pairs = zip(self.outputs[""], _columns(found["T"]), strict=True)
            found["err"] = _columns([[*map(_error, *pair)] for pair in pairs])
        scale = self.average_in("errors") * figure(self.loss.factor)
        slopes = [
            slopes_of_loss(self.loss, outputs, targets)
            for outputs, targets in zip(self.outputs[""], self.targets(), strict=True)
        ]
        found[f"dZ{K}"] = _each(lambda d: scale * d, _columns(slopes))
        for k in reversed(self.layers):
            dZ, S = found[f"dZ{k}"], found[f"S{k}"]
            name, parameters = self.functions[k - 1]
            if name == "softmax":
                through_f = _columns(
                    [_through_softmax(s, d) for s, d in zip(_columns(S), _columns(dZ), strict=True)]
                )
            else:
                fprime = _each(lambda s: slope(name, parameters, s), S)  # noqa: B023  # used at once
                found[f"fprime{k}"] = fprime
                through_f = _each(lambda d, f: d * f, dZ, fprime)
            Delta = found[f"Delta{k}"] = _each(lambda d: sign * d, through_f)
            passed_back = _product(_columns(found[f"W{k}"]), Delta)
            found[f"dZ{k - 1}" if k > 1 else "dX"] = _each(lambda d: sign * d, passed_back)
            self.gradients(k, sign)

    def gradients(self, k: int, sign: int) -> None:
        found, scale = self.found, sign * self.average_in("gradients")
        Delta, below = found[f"Delta{k}"], found[f"Z{k - 1}" if k > 1 else "X"]
        dW = _each(lambda d: scale * d, _product(Delta, _columns(below)))
        if self.loss.l2 is not None:
            decay = figure(self.decay_in_dW)
            dW = _each(lambda d, w: total([d, decay * w]), dW, found[f"W{k}"])
        found[f"dW{k}"] = dW
        if k in self.with_bias:
            found[f"db{k}"] = [[scale * total(row)] for row in Delta]
            if self.exercise.layers[k - 1].shared_bias:
                found[f"db{k}"] = [[scale * total([cell for row in Delta for cell in row])]]

    def update(self, eta: Figure, t: int) -> None:
        found, average = self.found, self.average_in("update")
        decay = figure(self.decay)  # is in dW, averaged with the rest or not
        for k in self.layers:
            gradient = _each(lambda d: average * d, found[f"dW{k}"])
            if self.decay and self.decay == self.decay_in_dW and self.conventions.average_in == "update":
                gradient = _each(
                    lambda d, w: total([average * total([d, -decay * w]), decay * w]),
                    found[f"dW{k}"],
                    found[f"W{k}"],
                )
            self.step(f"W{k}", gradient, eta, t)
            if k in self.with_bias:
                self.step(f"b{k}", _each(lambda d: average * d, found[f"db{k}"]), eta, t)

    def step(self, parameter: str, gradient: Rows, eta: Figure, t: int) -> None:
        """One parameter by its optimiser."""
        numbers = dict(self.exercise.optimizer.parameters)
        direction = gradient
        match self.exercise.optimizer.name:
            case "momentum" | "nesterov" as name:
                mu = numbers["mu"]
                V = self.remember(f"V_{parameter}", lambda v, g: mu * v + g, gradient)
                direction = V
                if name == "nesterov":
                    direction = _each(lambda g, v: g + mu * v, gradient, V)
            case "adam":
                beta1, beta2, epsilon = numbers["beta1"], numbers["beta2"], numbers["epsilon"]
                M = self.remember(f"M_{parameter}", lambda m, g: beta1 * m + (1 - beta1) * g, gradient)
                V = self.remember(f"V_{parameter}", lambda v, g: beta2 * v + (1 - beta2) * g * g, gradient)
                M = self.found[f"Mhat_{parameter}"] = _each(lambda m: m / (1 - beta1**t), M)
                V = self.found[f"Vhat_{parameter}"] = _each(lambda v: v / (1 - beta2**t), V)
                direction = _each(lambda m, v: m / (_root(v) + epsilon), M, V)
        self.found[f"step_{parameter}"] = step = _each(lambda d: -eta * d, direction)
        if parameter[0] == "W" or self.conventions.update_biases:
            self.found[f"{parameter}_new"] = _each(lambda w, s: w + s, self.found[parameter], step)

    def remember(self, name: str, average: Callable[..., Figure], gradient: Rows) -> Rows:
        """What an optimiser keeps of the gradients for the next step; before the first it is 0."""
        before = self.remembered.get(name) or _each(lambda _: ZERO, gradient)
        self.found[name] = self.remembered[name] = _each(average, before, gradient)
        return self.found[name]


def _root(x: Figure) -> Figure:
    """The square root; where x may be nothing but rounding, of all of that."""
    if is_nothing(x):
        return ZERO
    root = mp.sqrt(x.value)
    if x.value <= UNDECIDED * x.spread:
        return Figure(root, root + mp.sqrt(x.spread / UNIT), x.lost)
    return image(root, [(1 / (2 * root), x)])


def _through_softmax(S: list[Figure], d: list[Figure]) -> list[Figure]:
    """dL/dS of one sample: Σ_j y_i y_j (d_i - d_j), which is y_i (d_i - Σ_j y_j d_j)."""
    y = [output.value for output in _softmax(S)]
    units = range(len(S))
    return [total([y[i] * (y[j] * (d[i] - d[j])) for j in units if j != i]) for i in units]
