"""What is done with expressions whatever they say: taking them apart, and putting other parts into them."""

from collections.abc import Callable, Iterator
from functools import lru_cache

from mlpcalc.page import expr
from mlpcalc.page.symbols import Symbol


def children(node: expr.Expr) -> tuple[expr.Expr, ...]:
    """The operands of a node, in the order they are written."""
    found: list[expr.Expr] = []
    for part in vars(node).values():
        if isinstance(part, expr.Expr):
            found.append(part)
        elif type(part) is tuple:  # of operands
            found += part
    return tuple(found)


def nodes(root: expr.Expr) -> Iterator[expr.Expr]:
    """The expression and everything in it."""
    yield root
    for part in children(root):
        yield from nodes(part)


def rebuild(node: expr.Expr, change: Callable[[expr.Expr], expr.Expr]) -> expr.Expr:
    """The same node with each operand replaced by `change` of it."""
    parts: list[object] = []
    for part in vars(node).values():
        if isinstance(part, expr.Expr):
            parts.append(change(part))
        else:
            parts.append(tuple(map(change, part)) if type(part) is tuple else part)
    return type(node)(*parts)


def replace_leaves(node: expr.Expr, change: Callable[[expr.Ref | expr.Variable], expr.Expr]) -> expr.Expr:
    """The expression with `change` applied to every reference and variable."""
    if isinstance(node, (expr.Ref, expr.Variable)):
        return change(node)
    return rebuild(node, lambda part: replace_leaves(part, change))


def rewrite(node: expr.Expr, change: Callable[[expr.Expr], expr.Expr | None]) -> expr.Expr:
    """The expression with `change` of every part, from the root down, that it is not None for."""
    changed = change(node)
    return rebuild(node, lambda part: rewrite(part, change)) if changed is None else changed


def exchange(node: expr.Expr, old: expr.Expr, new: expr.Expr) -> expr.Expr:
    """The expression with one part of it, wherever it occurs, replaced."""
    return new if node == old else rebuild(node, lambda part: exchange(part, old, new))


def bind(node: expr.Expr, **values: expr.Expr) -> expr.Expr:
    """The definition of a function with its variables replaced: `bind(f.value, s=S)`."""

    def fill(leaf: expr.Ref | expr.Variable) -> expr.Expr:
        return values.get(leaf.name, leaf) if isinstance(leaf, expr.Variable) else leaf

    return replace_leaves(node, fill)


@lru_cache(maxsize=20_000)
def references(node: expr.Expr) -> frozenset[Symbol]:
    """The quantities that an expression uses."""
    return frozenset(part.symbol for part in nodes(node) if isinstance(part, expr.Ref))
