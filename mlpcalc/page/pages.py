"""The page of a network: unrolled step by step, and as a course writes it."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache

from mlpcalc.page import expr, trees
from mlpcalc.page.equations import Equation, Page, page_of_any_step
from mlpcalc.page.layout import Layout
from mlpcalc.page.network import Network
from mlpcalc.page.simplify import simplify
from mlpcalc.page.symbols import Stage, Symbol


@lru_cache(maxsize=128)
def page(network: Network) -> Page:
    """Every equation of the network, in order; the givens are not on it."""
    if network.steps == 1 and network.optimizer == "sgd":
        return page_of_any_step(network)
    return _Steps(network)


class _Steps(Mapping[Symbol, Equation]):
    """The pages of all steps, one after the other; each is made when it is looked at."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def __getitem__(self, symbol: Symbol) -> Equation:
        if not 1 <= symbol.step <= self._network.steps:
            raise KeyError(symbol)
        return page_of_step(self._network, symbol.step)[symbol]

    def __iter__(self) -> Iterator[Symbol]:
        for step in range(1, self._network.steps + 1):
            yield from page_of_step(self._network, step)

    def __len__(self) -> int:
        last = len(page_of_step(self._network, self._network.steps))
        return last + (self._network.steps - 1) * len(page_of_step(self._network, 1))


@lru_cache(maxsize=256)
def page_of_step(network: Network, step: int) -> Page:
    """The equations of one step, in order, between the quantities of that step and of the one before."""
    found = {}
    for symbol, equation in page_of_any_step(network).items():
        if symbol.stage != Stage.AFTER or step == network.steps:
            found[network.at_step(symbol, step)] = _at_step(equation, network, step)
    return found


def _at_step(equation: Equation, network: Network, step: int) -> Equation:
    def expression(node: expr.Expr) -> expr.Expr:
        return simplify(trees.rewrite(node, changed))

    def changed(node: expr.Expr) -> expr.Expr | None:
        match node:
            case expr.Ref(symbol):
                symbol = network.at_step(symbol, step)
                return expr.Ref(symbol) if symbol.step else expr.Number(Fraction(0))
            case expr.Scale(coefficient, operand):
                return expr.Scale(coefficient.at_step(step), trees.rewrite(operand, changed))
            case _:
                return None

    stable = expression(equation.stable)
    return Equation(
        network.at_step(equation.symbol, step),
        expression(equation.expression),
        stable,
        equation.chain_rule and expression(equation.chain_rule),
        frozenset(trees.references(stable)),
    )


def in_layout(page: Page, layout: Layout) -> Page:
    """The page as a course writes it: the same equations between its own matrices.

    `stable` stays as it is: values are computed on the page only.
    """
    if layout == Layout():
        return page
    return _InLayout(page, layout)


class _InLayout(Mapping[Symbol, Equation]):
    """A page in a layout; each equation is rewritten when it is looked at."""

    def __init__(self, page: Page, layout: Layout) -> None:
        self._page, self._layout = page, layout
        self._known: dict[Symbol, Equation] = {}

    def __getitem__(self, symbol: Symbol) -> Equation:
        if symbol not in self._known:
            equation, layout = self._page[symbol], self._layout
            self._known[symbol] = equation._replace(
                expression=layout.expression(symbol, equation.expression),
                chain_rule=equation.chain_rule and layout.expression(symbol, equation.chain_rule),
            )
        return self._known[symbol]

    def __iter__(self) -> Iterator[Symbol]:
        return iter(self._page)

    def __len__(self) -> int:
        return len(self._page)
