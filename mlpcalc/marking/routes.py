"""The routes to a quantity: every form of its equation that an honest student may use.

All are forms of the page's own equations: the error signal of the output collapsed or by the chain rule,
f' from the activations or from the pre-activations, the loss from the outputs or from their pre-activations,
and any detail that was written (Y - T, the exponentials) in place of its definition.
"""

from collections.abc import Iterator, Set

import numpy as np

from mlpcalc.numerics.evaluate import evaluate_function
from mlpcalc.page import expr, trees
from mlpcalc.page.equations import Equation, Page
from mlpcalc.page.functions import NO_DERIVATIVE, Activation, Apply, s, z
from mlpcalc.page.network import Network
from mlpcalc.page.symbols import Symbol

_FROM_PRE_ACTIVATIONS = {("loss_terms", False), ("loss", True)}


def routes(symbol: Symbol, page: Page, network: Network, carried: Set[Symbol]) -> tuple[expr.Expr, ...]:
    """The expressions that give a quantity, the page's own first.

    carried: the details that may have been written down before, and used.
    """
    every: list[expr.Expr] = []
    for route in _routes(page[symbol], network):
        every.append(route)
        used = trees.references(route)
        for detail in carried:
            definition = page[detail].expression
            operands = trees.references(definition)
            if operands and operands <= used:  # a number by itself is no part that one would recognise
                every.append(_through(detail, definition, route))
    return tuple(dict.fromkeys(every))


def _routes(equation: Equation, network: Network) -> Iterator[expr.Expr]:
    yield equation.expression
    symbol = equation.symbol
    if equation.chain_rule is not None:
        yield equation.chain_rule
    if (symbol.kind, symbol.updated) in _FROM_PRE_ACTIVATIONS and network.matched is not None:
        yield equation.stable
    if symbol.kind == "fprime" and (from_z := from_activations(network.activations[symbol.layer - 1])):
        yield Apply(from_z, expr.Ref(symbol._replace(kind="Z")))
    if symbol.kind == "Z" and not symbol.updated and not network.activations[symbol.layer - 1].elementwise:
        f = network.activations[symbol.layer - 1]
        yield trees.bind(f.value, s=expr.Ref(symbol._replace(kind="S")))


def from_activations(function: Activation) -> Activation | None:
    """f' as a function of the activations, for an f that has one: σ' is z(1 - z)."""
    used = {*trees.nodes(function.derivative)}
    if z not in used or s in used:
        return None
    turns = None  # f' turns where its pre-activation does, if f leaves them in order
    if function.turns == () and function.derivative_turns is not None:
        turns = tuple(evaluate_function(function, np.array(function.derivative_turns)).tolist())
    definition = trees.bind(function.derivative, z=s)
    return Activation(f"{function.name}' of z", definition, NO_DERIVATIVE, turns=turns)


def _through(detail: Symbol, definition: expr.Expr, route: expr.Expr) -> expr.Expr:
    """A route with a detail by its name wherever its definition, or the opposite of it, is a part."""
    route = trees.exchange(route, definition, expr.Ref(detail))
    if isinstance(definition, expr.Sub):
        route = trees.exchange(route, expr.Sub(definition.right, definition.left), -expr.Ref(detail))
    return route


def by_the_sign(function: Activation) -> bool:
    """Whether f' depends on the sign of s alone, which is that of f(s) as well: ReLU and its leaky kin."""
    match function.derivative:
        case expr.Where(test, then, otherwise):
            return test == s and not {s, z} & {*trees.nodes(then), *trees.nodes(otherwise)}
    return False
