"""The definitions of the functions in an equation."""

from dataclasses import replace

from mlpcalc.notation.formulas import Notation
from mlpcalc.page import expr, trees
from mlpcalc.page.functions import Apply, Derivative, s
from mlpcalc.page.layout import Layout
from mlpcalc.page.simplify import simplify
from mlpcalc.page.symbols import Symbol

Named = Apply | Derivative
"""A function or its derivative, which formulas refer to by name."""

_S = Symbol("S", 1)


def functions(expression: expr.Expr) -> list[Named]:
    """The functions of s in an expression that it takes a definition to know, each once."""
    used = [replace(part, operand=s) for part in trees.nodes(expression) if isinstance(part, Named)]
    return [part for part in dict.fromkeys(used) if not _known(part)]


def _known(part: Named) -> bool:
    """Whether a function needs no definition: exp, tanh and the like, and the identity."""
    match part:
        case Apply(function, _):
            return function.value == s or (
                isinstance(function.value, expr.Call) and function.value.operand == s
            )
        case Derivative(function, _):
            return isinstance(function.derivative, expr.Number)


def definition(part: Named, layout: Layout, notation: Notation) -> str:
    """Write the definition of a function: `σ(s) = 1 / (1 + exp(-s))`."""
    match part:
        case Apply(function, _):
            meaning = function.value
        case Derivative(function, _):
            meaning = trees.bind(function.derivative, z=Apply(function, s))
    in_layout = layout.expression(_S, simplify(trees.bind(meaning, s=expr.Ref(_S))))
    in_s = trees.replace_leaves(in_layout, lambda leaf: s if leaf == expr.Ref(_S) else leaf)
    return f"{notation.text(part)} {notation.style.literal('= ')}{notation.text(in_s)}"
