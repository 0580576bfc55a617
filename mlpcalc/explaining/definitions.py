"""What the functions in an equation are, for those who do not know them by name."""

from mlpcalc.exercise import Conventions
from mlpcalc.expr import Apply, Call, Derivative, Expr, Number, Ref, bind, nodes, replace_leaves
from mlpcalc.functions import s
from mlpcalc.notation import Notation
from mlpcalc.orientation import turn_expression
from mlpcalc.simplify import simplify
from mlpcalc.symbols import Symbol

Named = Apply | Derivative
"""A function, or its derivative, that stands in formulas by its name."""

_S = Symbol("S", 1)


def functions(expression: Expr) -> list[Named]:
    """The functions of s in an expression that it takes a definition to know, each once."""
    used = [part.replaced(operand=s) for part in nodes(expression) if isinstance(part, Named)]
    return [part for part in dict.fromkeys(used) if not _known(part)]


def _known(part: Named) -> bool:
    """Whether a function is elementary, or the identity, which is not written at all."""
    match part:
        case Apply(function, _):
            return function.value == s or (isinstance(function.value, Call) and function.value.operand == s)
        case Derivative(function, _):
            return isinstance(function.derivative, Number)


def definition(part: Named, conventions: Conventions, notation: Notation) -> str:
    """`σ(s) = 1 / (1 + exp(-s))`, with samples lying as in the course."""
    match part:
        case Apply(function, _):
            meaning = function.value
        case Derivative(function, _):
            meaning = bind(function.derivative, z=Apply(function, s))
    turned = turn_expression(_S, simplify(bind(meaning, s=Ref(_S))), conventions)
    in_s = replace_leaves(turned, lambda leaf: s if leaf == Ref(_S) else leaf)
    return f"{notation.text(part)} = {notation.text(in_s)}"
