"""The definitions of the functions in an equation."""

from mlpcalc.notation.formulas import Notation
from mlpcalc.page import expr
from mlpcalc.page.functions import s
from mlpcalc.page.layout import Layout
from mlpcalc.page.simplify import simplify
from mlpcalc.page.symbols import Symbol

Named = expr.Apply | expr.Derivative
"""A function or its derivative, which formulas refer to by name."""

_S = Symbol("S", 1)


def functions(expression: expr.Expr) -> list[Named]:
    """The functions and derivatives in an expression that need a definition, each once, applied to s."""
    used = [part.replaced(operand=s) for part in expr.nodes(expression) if isinstance(part, Named)]
    return [part for part in dict.fromkeys(used) if not _known(part)]


def _known(part: Named) -> bool:
    """Whether a function needs no definition: exp, tanh and the like, and the identity."""
    match part:
        case expr.Apply(function, _):
            return function.value == s or (
                isinstance(function.value, expr.Call) and function.value.operand == s
            )
        case expr.Derivative(function, _):
            return isinstance(function.derivative, expr.Number)


def definition(part: Named, layout: Layout, notation: Notation) -> str:
    """Write the definition of a function: `σ(s) = 1 / (1 + exp(-s))`."""
    match part:
        case expr.Apply(function, _):
            meaning = function.value
        case expr.Derivative(function, _):
            meaning = expr.bind(function.derivative, z=expr.Apply(function, s))
    turned = layout.expression(_S, simplify(expr.bind(meaning, s=expr.Ref(_S))))
    in_s = expr.replace_leaves(turned, lambda leaf: s if leaf == expr.Ref(_S) else leaf)
    return f"{notation.text(part)} = {notation.text(in_s)}"
