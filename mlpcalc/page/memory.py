"""What is made of an expression, or a function, once and used many times.

Expressions are remembered by identity: to compare trees takes longer than to work with them, and those of
a page are the same objects every time.
"""

from collections.abc import Callable
from typing import TypeVar

_MOST = 20_000
Node = TypeVar("Node")
Made = TypeVar("Made")


def once_for_each(make: Callable[[Node], Made]) -> Callable[[Node], Made]:
    """`make`, with what it made of an expression before at hand."""
    kept: dict[int, tuple[Node, Made]] = {}

    def made(node: Node) -> Made:
        found = kept.get(id(node))
        if found is None:
            if len(kept) >= _MOST:
                kept.clear()
            found = kept[id(node)] = node, make(node)  # with the node, so that no other can have its id
        return found[1]

    return made
