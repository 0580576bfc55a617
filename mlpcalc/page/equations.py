"""The page: every quantity of an exercise, defined once.

Samples are columns: X is (d0, N), W_k (d_k, d_{k-1}), S_k and Z_k (d_k, N). K is the output layer.

    forward    S_k = W_k Z_{k-1} + b_k 1ᵀ       Z_k = f_k(S_k)      Z_0 = X     L = loss(Z_K, T)
    errors     dZ_K = ∂L/∂Z_K                   Δ_k = dZ_k ⊙ f_k'(S_k)          dZ_k = W_{k+1}ᵀ Δ_{k+1}
    gradients  dW_k = Δ_k Z_{k-1}ᵀ              db_k = Δ_k 1
    update     W_k' = W_k - η dW_k              b_k' = b_k - η db_k
    after      the forward pass again, with the updated parameters

Optimisers put something of their own for dW_k into the update; what they remember starts at 0:

    momentum   V = μ V + dW_k                   W_k' = W_k - η V
    nesterov   V = μ V + dW_k                   W_k' = W_k - η (dW_k + μ V)
    adam       M = β1 M + (1-β1) dW_k           V = β2 V + (1-β2) dW_k²
               M̂ = M/(1-β1^t)   V̂ = V/(1-β2^t)  W_k' = W_k - η M̂/(√V̂ + ε)

Step t is the same page with the parameters that step t-1 left, and with its own samples; `pages.py` unrolls
the steps. The equations are written by hand, as the course names them, and not found by automatic
differentiation. A few have a second form: `stable` is the one to compute with where the first, computed as
written, would lose digits; `chain_rule` is where a collapsed Δ_K came from.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from mlpcalc.page import expr, trees
from mlpcalc.page.functions import Apply, Derivative, exp, t, y
from mlpcalc.page.network import Loss, Network
from mlpcalc.page.saturated import stable_form
from mlpcalc.page.simplify import simplify
from mlpcalc.page.symbols import STEP_BEFORE, Symbol


class Equation(NamedTuple):
    """`symbol` = `expression`, and the other routes to the same value where there are any.

    `operands` are the quantities that `stable` uses, the form that is computed.
    """

    symbol: Symbol
    expression: expr.Expr
    stable: expr.Expr
    chain_rule: expr.Expr | None
    operands: frozenset[Symbol]


Page = Mapping[Symbol, Equation]
"""The equations of a network by quantity, in the order in which one works them out."""


@lru_cache(maxsize=128)
def page_of_any_step(network: Network) -> Page:
    """The equations of a step, in order, in the names of step 1; step 0 has what optimisers remember."""
    equations = [*_forward(network)]
    if network.loss is not None:
        equations += _loss(network, network.loss)
    if network.targets:
        equations.append(_error(network))
    if network.has_gradients:
        equations += _error_signals(network)
        equations += _gradients(network)
    if network.has_gradients and network.learns:
        equations += _update(network)
        equations += _forward(network, updated=True)
        if network.loss is not None:
            equations += _loss(network, network.loss, updated=True)
    by_symbol = {equation.symbol: equation for equation in equations}
    return {symbol: _fused(equation, by_symbol) for symbol, equation in by_symbol.items()}


def _fused(equation: Equation, equations: Mapping[Symbol, Equation]) -> Equation:
    """The equation with details that are used once (dZ, f', -η dW) inlined into `stable`.

    Such a detail is then computed for its own sake only when it is asked for.
    """
    uses = Counter(leaf.symbol for leaf in trees.nodes(equation.stable) if isinstance(leaf, expr.Ref))

    def detail(leaf: expr.Ref | expr.Variable) -> expr.Expr:
        if isinstance(leaf, expr.Ref) and _is_detail(leaf.symbol, equations) and uses[leaf.symbol] == 1:
            return _fused(equations[leaf.symbol], equations).stable
        return leaf

    stable = simplify(trees.replace_leaves(equation.stable, detail))
    return equation._replace(stable=stable, operands=frozenset(trees.references(stable)))


def written_out(node: expr.Expr, equations: Page, keeps_its_name: Callable[[Symbol], bool]) -> expr.Expr:
    """The expression with the details in it by their definitions, but for those that keep their names."""

    def definition(leaf: expr.Ref | expr.Variable) -> expr.Expr:
        if (
            isinstance(leaf, expr.Ref)
            and _is_detail(leaf.symbol, equations)
            and not keeps_its_name(leaf.symbol)
        ):
            return written_out(equations[leaf.symbol].expression, equations, keeps_its_name)
        return leaf

    return trees.replace_leaves(node, definition)


def _is_detail(symbol: Symbol, equations: Page) -> bool:
    """Whether a quantity is only a step on the way, and none that the exercise states."""
    return symbol.spec.detail and symbol in equations


def define(
    quantity: expr.Ref,
    expression: expr.Expr,
    stable: expr.Expr | None = None,
    chain_rule: expr.Expr | None = None,
) -> Equation:
    """One line of the page; see `simplify` for the form in which it is kept."""
    expression, stable = simplify(expression), simplify(stable or expression)
    chain_rule = chain_rule and simplify(chain_rule)
    return Equation(quantity.symbol, expression, stable, chain_rule, frozenset())


def _named(kind: str, layer: int = 0, *, updated: bool = False) -> expr.Ref:
    return expr.Ref(Symbol(kind, layer, updated))


X, T = _named("X"), _named("T")
eta, mu, epsilon = expr.scalar("eta"), expr.scalar("mu"), expr.scalar("epsilon")
beta1, beta2 = expr.scalar("beta1"), expr.scalar("beta2")
one_minus_beta1, one_minus_beta2 = expr.scalar("1-beta1"), expr.scalar("1-beta2")
correction1, correction2 = (
    expr.Coefficient(Fraction(1), ((name, -1),), STEP_BEFORE) for name in ("1-beta1^t", "1-beta2^t")
)


def _Z(network: Network, k: int, *, updated: bool = False) -> expr.Ref:
    """The activations of a layer; where its pre-activations are stated the update does not change them."""
    return _named("Z", k, updated=updated and k in network.with_weights) if k else X


def _layers(network: Network) -> range:
    return range(1, network.depth + 1)


def _forward(network: Network, *, updated: bool = False) -> Iterator[Equation]:
    """The forward pass, with the parameters of the exercise or with the updated ones."""
    for k in network.with_weights if updated else _layers(network):
        f = network.activations[k - 1]
        W, S, Z = (_named(kind, k, updated=updated) for kind in ("W", "S", "Z"))
        pre_activation = W @ _Z(network, k - 1, updated=updated)
        if network.biases[k - 1]:
            b: expr.Expr = _named("b", k, updated=updated and network.conventions.update_biases)
            pre_activation += expr.AcrossColumns(expr.AcrossRows(b) if k in network.shared_biases else b)
        if k in network.with_weights:
            yield define(S, pre_activation)
        if not f.elementwise and not updated:
            yield define(_named("expS", k), exp(S))
        yield define(Z, Apply(f, S))


def _error(network: Network) -> Equation:
    return define(_named("err"), _at_the_output(network, y - t), _stable_at_the_output(network, y - t))


def _loss(network: Network, loss: Loss, *, updated: bool = False) -> Iterator[Equation]:
    terms = loss.factor * _at_the_output(network, loss.function.value, updated=updated)
    stable = loss.factor * _stable_at_the_output(network, loss.function.value, updated=updated)
    if not updated:
        yield define(_named("loss_terms"), terms, stable)
        yield define(_named("losses"), expr.ColumnSums(_named("loss_terms")))
        terms = stable = _named("losses")
    average, decay = loss.normaliser, _weight_decay(network, loss, updated=updated)
    yield define(
        _named("loss", updated=updated),
        average * expr.Total(terms) + decay,
        average * expr.Total(stable) + decay,
    )


def _at_the_output(network: Network, definition: expr.Expr, *, updated: bool = False) -> expr.Expr:
    """A definition in the outputs y, their pre-activations s and the targets t, in the names of the page."""
    K = network.depth
    y, s = (_named(kind, K, updated=updated and K in network.with_weights) for kind in ("Z", "S"))
    return trees.bind(definition, y=y, s=s, t=T)


def _stable_at_the_output(network: Network, definition: expr.Expr, *, updated: bool = False) -> expr.Expr:
    """The same in a form that keeps its digits where the output saturates."""
    return _at_the_output(network, stable_form(network.activations[-1].name, definition), updated=updated)


def _weight_decay(network: Network, loss: Loss, *, updated: bool) -> expr.Expr | int:
    """λ/2 Σ ||W_k||² or λ/(2N) Σ ||W_k||², or 0 where the loss has none."""
    squares = [expr.Total(_named("W", k, updated=updated) ** 2) for k in network.with_weights]
    if loss.l2 is None or not squares:
        return 0
    return expr.Coefficient(Fraction(1, 2)) * loss.decay * expr.sum_of(squares)


def _average_in(step: str, network: Network) -> expr.Coefficient:
    """The average in the step where this course puts it, 1 in the others."""
    if network.loss is None or network.conventions.average_in != step:
        return expr.ONE
    return network.loss.normaliser


def _error_signals(network: Network) -> Iterator[Equation]:
    K, sign, matched = network.depth, network.conventions.sign, network.matched
    scale = _average_in("errors", network)
    if network.loss is not None:
        scale *= expr.Coefficient(network.loss.factor)
        derivative = network.loss.function.derivative
        slope = _at_the_output(network, derivative)
        yield define(_named("dZ", K), scale * slope, scale * _stable_at_the_output(network, derivative))
    for k in reversed(_layers(network)):
        f, S, dZ, Delta = network.activations[k - 1], _named("S", k), _named("dZ", k), _named("Delta", k)
        if k < K:
            yield define(dZ, sign * (_named("W", k + 1).T @ _named("Delta", k + 1)))
        if f.jacobian is None:
            fprime = _named("fprime", k)
            yield define(fprime, Derivative(f, S))
            through_f = stably = dZ * fprime
        else:
            ways = f.jacobian, f.stable_jacobian or f.jacobian
            through_f, stably = (trees.bind(way, z=_named("Z", k), d=dZ) for way in ways)
        if k == K and matched:
            collapsed, stably = (
                _at_the_output(network, matched.delta),
                _stable_at_the_output(network, matched.delta),
            )
            collapsed, stably = scale * collapsed, scale * stably
            yield define(Delta, sign * collapsed, sign * stably, chain_rule=sign * through_f)
        else:
            yield define(Delta, sign * through_f, sign * stably)
    if not network.from_pre_activations:
        yield define(_named("dX"), sign * (_named("W", 1).T @ _named("Delta", 1)))


def _gradients(network: Network) -> Iterator[Equation]:
    scale = _average_in("gradients", network) * expr.Coefficient(Fraction(network.conventions.sign))
    for k in reversed(network.with_weights):
        W, Delta = _named("W", k), _named("Delta", k)
        of_the_data = scale * (Delta @ _Z(network, k - 1).T)
        decay = network.decay
        yield define(_named("dW", k), of_the_data if decay is None else of_the_data + decay * W)
        if network.biases[k - 1]:
            units = expr.ColumnSums(Delta) if k in network.shared_biases else Delta
            yield define(_named("db", k), scale * expr.RowSums(units))


def _update(network: Network) -> Iterator[Equation]:
    average, loss, decay = _average_in("update", network), network.loss, network.decay
    for k in reversed(network.with_weights):
        W, dW = _named("W", k), _named("dW", k)
        gradient = average * dW
        if loss and decay and average != expr.ONE and average * decay != loss.decay:
            gradient = average * (dW - decay * W) + loss.decay * W  # only the rest is averaged here
        yield from _step(network, W, gradient)
        if network.biases[k - 1]:
            yield from _step(network, _named("b", k), average * _named("db", k))


def _step(network: Network, parameter: expr.Ref, gradient: expr.Expr) -> Iterator[Equation]:
    """The update of one parameter: what the optimiser makes of the gradient, and the parameter after it."""
    kind, k, *_ = parameter.symbol
    M, V, Mhat, Vhat, step = (_named(f"{name}_{kind}", k) for name in ("M", "V", "Mhat", "Vhat", "step"))
    direction = gradient
    if network.optimizer in ("momentum", "nesterov"):
        yield define(V, mu * _before(V) + gradient)
        direction = V if network.optimizer == "momentum" else gradient + mu * V
    elif network.optimizer == "adam":
        yield define(M, beta1 * _before(M) + one_minus_beta1 * gradient)
        yield define(V, beta2 * _before(V) + one_minus_beta2 * gradient**2)
        yield define(Mhat, correction1 * M)
        yield define(Vhat, correction2 * V)
        direction = Mhat / (expr.Call("sqrt", Vhat) + epsilon * expr.Number(Fraction(1)))
    yield define(step, -(eta * direction))
    if kind == "W" or network.conventions.update_biases:
        yield define(expr.Ref(parameter.symbol._replace(updated=True)), parameter + step)


def _before(quantity: expr.Ref) -> expr.Ref:
    """What a quantity was in the step before."""
    return expr.Ref(quantity.symbol._replace(step=STEP_BEFORE))
